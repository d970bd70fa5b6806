/* Is a mail without a standard report a bounce, and does its mailer go on trying? By the sender, the subject
 * and the first lines together: no single sign is enough for what a person may write. */
#include "mime/bounce.h"
#include "mime/kinds.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

static bool is_mailer(const char *addr, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(addr, -1);
	g_autofree char *who = g_utf8_strdown(name, -1);
	if (pd_words_begins(lower, "mailer-daemon|mail-daemon|maildaemon|mailerdaemon|mailer_daemon|mailer|"
				   "double-bounce|mdaemon|"
				   "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e|bounce-daemon|"
				   "mailadmin|mail-delivery|auto-reply|"
				   "mailsystem|mail_daemon|mmdf|maiser|uucp|smtp|daemon"))
		return true;
	return pd_words_find(who,
			     "mail delivery|mailer-daemon|mailer daemon|mail delivery subsystem|mail "
			     "delivery system|mail administrator|"
			     "system administrator|mail system|mail gateway|mail router|delivery "
			     "subsystem|non-delivery|"
			     "systemadministrator|postmaster|administrador del sistema|administrateur "
			     "système|internet mail delivery|mailsystem",
			     NULL) > 0;
}

static bool is_postmaster(const char *addr)
{
	g_autofree char *lower = g_ascii_strdown(addr, -1);
	return pd_words_begins(lower,
			       "postmaster|post_master|post-master|root|postoffice|admin|administrator|mail|"
			       "mailserver|noreply|no-reply|e-mail|mta|mailmaster") > 0;
}

static bool body_says(const struct pd_mailer_words *words)
{
	for (size_t i = 0; i < words->lines.count && i < PD_BOUNCE_FIRST; i++)
		if (pd_words_find(words->lines.items[i], pd_bounce_body_words, NULL))
			return true;
	return false;
}

/* A provider's notification in JSON (Amazon's SNS). NULL: none. */
const char *pd_bounce_notification(const struct pd_parts *parts)
{
	const char *text = parts->plain ? parts->plain : "";
	text += strspn(text, " \n\t");
	if (*text != '{')
		return NULL;
	static const char *const signs[] = {"\"notificationType\":\"Bounce\"", "\"eventType\":\"Bounce\"",
					    "\"notificationType\": \"Bounce\"",
					    "\\\"notificationType\\\":\\\"Bounce\\\""};
	bool found = false;
	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		found |= strstr(text, signs[i]) != NULL;
	if (!found)
		return NULL;
	return text;
}

/* Does a line near the start hold nothing but an address? */
static bool names_recipient(struct pd_arena *arena, const struct pd_message *message,
			    const struct pd_mailer_words *words)
{
	for (size_t i = 0; i < words->lines.count && i < PD_BOUNCE_FIRST; i++) {
		const char *fold = words->lines.items[i], *start, *end, *at = strchr(fold, '@');
		if (!at || pd_bounce_is_other_line(fold) || !pd_bounce_address_at(fold, at, &start, &end))
			continue;
		if (pd_bounce_rank(fold, start, end) >= PD_RANK_ALONE &&
		    !pd_bounce_is_excluded(message, pd_strndup(arena, start, (size_t)(end - start))))
			return true;
	}
	return false;
}

/* Lines of an SMTP dialogue. */
static bool has_transcript(const struct pd_mailer_words *words)
{
	for (size_t i = 0; i < words->lines.count && i < PD_BOUNCE_FIRST; i++)
		if (pd_words_find(words->lines.items[i], "rcpt to:|>>> rcpt|<<< 5|error message below", NULL))
			return true;
	return false;
}

bool pd_bounce_looks(struct pd_arena *arena, const struct pd_message *message, const struct pd_parts *parts)
{
	if (pd_message_header(message, "X-Failed-Recipients"))
		return true;
	const char *path = pd_message_header(message, "Return-Path");
	const char *submitted = pd_message_header(message, "Auto-Submitted");
	bool null_path = path && (!strcmp(path, "<>") || !strcmp(path, "< >") ||
				  pd_starts_nocase(path, "<mailer-daemon"));
	bool subject = pd_subject_is_bounce(arena, message->subject);
	bool from = is_mailer(message->from.addr, message->from.name);
	bool postmaster = is_postmaster(message->from.addr);
	bool is_report = pd_equal(parts->root_type, "multipart/report") &&
			 (pd_equal(parts->report_type, "delivery-status") || !*parts->report_type);
	if (is_report)
		return true;
	/* Words of the body alone are never enough below: most mail ends here. */
	bool is_bare = !from && !subject && !null_path && !postmaster;
	if (is_bare && (message->in_reply_to.count > 0 || !pd_bounce_notification(parts)))
		return false;
	bool vacation = pd_subject_kind(arena, message->subject) != PD_SUBJECT_PERSON ||
			(submitted && pd_starts_nocase(submitted, "auto-replied") && !subject && !from);
	if (is_bare)
		return !vacation;
	struct pd_mailer_words words = pd_bounce_words(arena, parts);
	bool has_returned = words.returned != NULL;
	for (size_t i = 0; i < parts->count; i++)
		has_returned |= parts->items[i].message != NULL;
	bool body = body_says(&words);
	if (vacation && !(subject && body))
		return false;
	if (pd_bounce_notification(parts))
		return true;
	bool answers = message->in_reply_to.count || message->references.count;
	unsigned score = 3 * from + 2 * subject + 2 * body + 2 * null_path + has_returned + postmaster +
			 names_recipient(arena, message, &words) +
			 2 * (postmaster && body && has_transcript(&words));
	/* Whoever passes a bounce on, is a person: mailers do not forward. */
	if (pd_subject_says_forward(message->subject) && !from && !postmaster && !null_path)
		return false;
	bool reply = pd_starts_nocase(message->subject, "re:") || pd_starts_nocase(message->subject, "fw") ||
		     pd_starts_nocase(message->subject, "aw:");
	if (reply && !from && !postmaster && (answers || !subject))
		return false;
	return score >= 5 || (from && (subject || body || has_returned || null_path));
}

bool pd_bounce_waits(struct pd_arena *arena, const struct pd_message *message, const struct pd_parts *parts)
{
	struct pd_mailer_words words = pd_bounce_words(arena, parts);
	const char *subject = pd_words_fold(arena, message->subject, strlen(message->subject), 300, NULL);
	if (pd_words_find(subject,
			  "delay|delayed|warning|(delay)|could not send message for past|still "
			  "trying|verzögert|retardé|retrasado|"
			  "atrasado|ritardata|vertraagd|försenat|forsinket|viivästynyt|opóźnion|отложен",
			  NULL) &&
	    !pd_words_find(subject, "failure|failed|error|returned mail", NULL))
		return true;
	for (size_t i = 0; i < words.lines.count && i < PD_BOUNCE_FIRST; i++) {
		const char *fold = words.lines.items[i];
		if (pd_words_find(fold, pd_temporary_words, NULL) &&
		    !pd_words_find(fold,
				   "not be retried|will not|won't|permanent|gave up|giving up|no longer",
				   NULL))
			return true;
	}
	return false;
}

bool pd_bounce_is_expired(struct pd_arena *arena, const struct pd_message *message,
			  const struct pd_parts *parts)
{
	/* "4.4.7" is the code for it; a refusal (5.1.1 and the like) is none, whatever else is said. */
	const char *status = message->bounce_status;
	if (pd_ends(status, ".4.7"))
		return true;
	if (status[0] == '5' && !pd_equal(status, "5.0.0"))
		return false;
	const char *text =
		pd_words_fold(arena, message->bounce_text, strlen(message->bounce_text), 500, NULL);
	if (pd_words_find(text, pd_expired_words, NULL))
		return true;
	struct pd_mailer_words words = pd_bounce_words(arena, parts);
	for (size_t i = 0; i < words.lines.count && i < PD_BOUNCE_FIRST; i++)
		if (pd_words_find(words.lines.items[i], pd_expired_words, NULL))
			return true;
	return false;
}
