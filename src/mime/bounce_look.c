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
	return pd_words_begins(lower, "postmaster|post_master|post-master|mailserver|mta|mailmaster") > 0;
}

/* Mailers write from these, and so do shops and people. */
static bool is_role(const char *addr)
{
	g_autofree char *lower = g_ascii_strdown(addr, -1);
	return pd_words_begins(lower, "root|postoffice|admin|administrator|mail|noreply|no-reply|e-mail") > 0;
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

/* Does a line near the start hold somebody's address, whatever stands beside it? */
static bool mentions_address(const struct pd_message *message, const struct pd_mailer_words *words)
{
	for (size_t i = 0; i < words->lines.count && i < PD_BOUNCE_FIRST; i++) {
		const char *fold = words->lines.items[i], *start, *end;
		for (const char *at = strchr(fold, '@'); at && !pd_bounce_is_other_line(fold); at = strchr(at + 1, '@')) {
			if (!pd_bounce_address_at(fold, at, &start, &end))
				continue;
			g_autofree char *addr = g_strndup(start, (gsize)(end - start));
			if (!pd_bounce_is_excluded(message, addr))
				return true;
		}
	}
	return false;
}

/* People greet and ask; a mailer's "Hi. This is the qmail-send program" has no comma. */
static bool is_letter(const struct pd_mailer_words *words)
{
	static const char greetings[] =
		"hi|hello|hey|dear|good morning|good afternoon|good day|hallo|guten tag|guten morgen|sehr geehrte|liebe|lieber|moin|servus|"
		"bonjour|bonsoir|salut|cher|chère|madame|monsieur|hola|buenos días|buenas tardes|estimado|estimada|olá|bom dia|boa tarde|"
		"prezado|prezados|caro|buongiorno|salve|ciao|gentile|gentili|buonasera|beste|geachte|goedemorgen|goedemiddag|hoi|hej|hejsan|"
		"god morgon|kära|kære|goddag|kjære|hei|moi|terve|hyvä|hyvää päivää|tere|labdien|laba diena|sveiki|dzień dobry|witam|cześć|"
		"szanowni|dobrý den|dobrý deň|ahoj|vážený|vážení|jó napot|tisztelt|kedves|szia|bună ziua|bună|stimate|dobar dan|pozdravljeni|"
		"poštovani|здравствуйте|добрый день|привет|уважаемые|уважаемый|добрий день|вітаю|здравейте|добър ден|γεια σας|καλημέρα|merhaba|"
		"sayın|שלום|مرحبا|السلام عليكم|您好|你好|お世話になっております|こんにちは|안녕하세요|xin chào|halo|selamat pagi|สวัสดี";
	bool first = true;
	for (size_t i = 0; i < words->lines.count && i < PD_BOUNCE_FIRST; i++) {
		const char *fold = words->lines.items[i];
		if (pd_ends(fold, "?") || pd_ends(fold, "？"))
			return true;
		size_t greets = first ? pd_words_begins(fold, greetings) : 0;
		if (greets && (!fold[greets] || strlen(fold) < 40 || strchr(",!", fold[greets]) ||
			       pd_starts(fold + greets, "，")))
			return fold[greets] != '.';
		first = first && !*fold;
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
	bool is_machine = from || postmaster || null_path;
	bool role = is_role(message->from.addr);
	bool is_report = pd_equal(parts->root_type, "multipart/report") &&
			 (pd_equal(parts->report_type, "delivery-status") || !*parts->report_type);
	if (is_report)
		return true;
	/* Words of the body alone are never enough below: most mail ends here. */
	bool is_bare = !subject && !is_machine && !role;
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
	unsigned score = 3 * from + 2 * subject + 2 * body + 2 * null_path + has_returned + (postmaster || role) +
			 names_recipient(arena, message, &words) +
			 2 * ((postmaster || role) && body && has_transcript(&words));
	/* Whoever passes a bounce on, is a person: mailers do not forward. */
	if (pd_subject_says_forward(message->subject) && !is_machine)
		return false;
	bool reply = pd_starts_nocase(message->subject, "re:") || pd_starts_nocase(message->subject, "fw") ||
		     pd_starts_nocase(message->subject, "aw:");
	if (reply && !from && !postmaster && (answers || !subject))
		return false;
	/* "Delivery failed" is what parcels do too: without a mailer's address the mail must show a mailer's work. */
	if (!is_machine && !has_returned && !has_transcript(&words) &&
	    (!mentions_address(message, &words) || is_letter(&words)))
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
