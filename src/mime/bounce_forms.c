/* Bounces in words: qmail, Exim, Postfix, Sendmail, Exchange, Domino, GroupWise, Gmail, Yahoo, AOL, MailEnable, IMail, James
 * and many more write their own forms. Only what they share is used: the mailer's own lines stand above the returned
 * mail; recipients stand alone on a line, before a colon, or beside words like "recipient" and "user". Addresses of the
 * sender and of the mailer itself are no recipients. Linear in the text that is looked at. */
#include "mime/bounce.h"
#include "mime/kinds.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

#define LINES_LOOKED 400
#define FIRST_LINES 40

/* --- addresses --- */

static bool local_char(unsigned char c)
{
	return c >= 0x80 || g_ascii_isalnum(c) || strchr("!#$%&'*+/=?^_`{|}~.-", c);
}

static bool domain_char(unsigned char c)
{
	return c >= 0x80 || g_ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
}

/* The address around the '@' at that place; its borders. */
static bool address_at(const char *text, const char *at, const char **ret_start, const char **ret_end)
{
	const char *start = at, *end = at + 1;
	if (at > text && at[-1] == '"') {
		start--;
		while (start > text && start[-1] != '"' && at - start < 70)
			start--;
		if (start > text && start[-1] == '"')
			start--;
		else
			return false;
	} else {
		while (start > text && at - start < 250 && local_char((unsigned char)start[-1]))
			start--;
	}
	while (*end && end - at < 260 && domain_char((unsigned char)*end))
		end++;
	while (end > at + 1 && strchr(".-_", end[-1]))
		end--;
	while (start < at && strchr("'=.`|/*", *start) && start[0] != '\0')
		start++;
	if (g_str_has_prefix(start, "mailto:"))
		start += 7;
	if (start == at || end == at + 1)
		return false;
	*ret_start = start;
	*ret_end = end;
	return true;
}

char *pd_bounce_address(struct pd_arena *arena, const char *text)
{
	const char *start, *end;
	for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@'))
		if (address_at(text, at, &start, &end) && memchr(at, '.', (size_t)(end - at)))
			return pd_strndup(arena, start, (size_t)(end - start));
	return NULL;
}

/* --- the mailer's own words --- */

struct words {
	struct pd_strings lines; /* of the mailer, folded */
	struct pd_strings raw;	 /* the same as they stand */
	const char *returned;	 /* text of the returned mail below them; NULL: none here */
};

static bool is_header_name(const char *line, const char *names)
{
	char word[32];
	size_t len = strcspn(line, ":");
	if (!line[len] || len >= sizeof word)
		return false;
	for (size_t i = 0; i < len; i++)
		word[i] = g_ascii_tolower(line[i]);
	word[len] = '\0';
	return pd_words_is(word, names);
}

/* Does the returned mail begin at that line? */
static bool begins_returned(const char *fold, const char *raw, size_t next_headers)
{
	const char *core = fold + strspn(fold, " ");
	if (pd_words_begins(core, pd_original_below_words) && (*core == '-' || strlen(core) < 80) &&
	    !pd_words_has_address(core)) {
		if (*core == '-' || next_headers)
			return true;
	}
	if (is_header_name(raw, "received|return-path|delivered-to|x-received|dkim-signature|x-originating-ip"))
		return true;
	return next_headers >= 3 && is_header_name(raw, "from|to|date|message-id|subject|mime-version|sender|reply-to");
}

/* How many of the next lines look like header fields. */
static size_t headers_from(const struct pd_strings *lines, size_t at)
{
	size_t n = 0;
	for (size_t i = at; i < lines->count && i < at + 8; i++) {
		const char *line = lines->items[i];
		if (!*line && !n)
			continue;
		if (*line == ' ' || *line == '\t')
			continue;
		if (!is_header_name(line, "received|return-path|from|to|date|message-id|subject|mime-version|content-type|x-mailer|"
					  "reply-to|cc|sender|delivered-to|content-transfer-encoding|x-priority|x-received|dkim-signature"))
			break;
		n++;
	}
	return n;
}

static struct words mailer_words(struct pd_arena *arena, const struct pd_parts *parts)
{
	struct words words = {0};
	const char *text = parts->plain;
	if (!text || !text[strspn(text, " \t\n")])
		text = parts->html ? pd_words_html_text(arena, parts->html) : "";
	size_t used = strlen(text) > 64 * 1024 ? 64 * 1024 : strlen(text);
	struct pd_strings lines = pd_lines(arena, pd_strndup(arena, text, used));
	size_t offset = 0;
	for (size_t i = 0; i < lines.count && i < LINES_LOOKED; i++) {
		const char *raw = lines.items[i];
		const char *fold = pd_words_fold(arena, raw, strlen(raw), PD_FOLD_LIMIT, NULL);
		if (i && begins_returned(fold, raw, headers_from(&lines, i + (pd_words_begins(fold, pd_original_below_words) > 0)))) {
			words.returned = text + offset;
			break;
		}
		*pd_list_add(arena, &words.lines) = fold;
		*pd_list_add(arena, &words.raw) = raw;
		offset += strlen(raw) + 1;
	}
	return words;
}

/* --- is it one? --- */

static bool is_mailer(const char *addr, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(addr, -1);
	g_autofree char *who = g_utf8_strdown(name, -1);
	if (pd_words_begins(lower, "mailer-daemon|mail-daemon|maildaemon|mailerdaemon|mailer_daemon|mailer|double-bounce|mdaemon|"
				   "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e|bounce-daemon|mailadmin|mail-delivery|auto-reply|"
				   "mailsystem|mail_daemon|mmdf|maiser|uucp|smtp|daemon"))
		return true;
	return pd_words_find(who, "mail delivery|mailer-daemon|mailer daemon|mail delivery subsystem|mail delivery system|mail administrator|"
				  "system administrator|mail system|mail gateway|mail router|delivery subsystem|non-delivery|"
				  "systemadministrator|administrador del sistema|administrateur système|internet mail delivery|mailsystem", NULL) > 0;
}

static bool is_postmaster(const char *addr)
{
	g_autofree char *lower = g_ascii_strdown(addr, -1);
	return pd_words_begins(lower, "postmaster|root|postoffice|admin|administrator|mail|mailserver|noreply|no-reply|e-mail|mta|mailmaster") > 0;
}

static bool body_says(const struct words *words)
{
	for (size_t i = 0; i < words->lines.count && i < FIRST_LINES; i++)
		if (pd_words_find(words->lines.items[i], pd_bounce_body_words, NULL))
			return true;
	return false;
}

bool pd_bounce_looks(struct pd_arena *arena, const struct pd_message *message, const struct pd_parts *parts)
{
	if (pd_message_header(message, "X-Failed-Recipients"))
		return true;
	struct words words = mailer_words(arena, parts);
	const char *path = pd_message_header(message, "Return-Path");
	const char *submitted = pd_message_header(message, "Auto-Submitted");
	bool null_path = path && (!strcmp(path, "<>") || !strcmp(path, "< >"));
	bool has_returned = words.returned != NULL;
	for (size_t i = 0; i < parts->count; i++)
		has_returned |= parts->items[i].message != NULL;
	bool subject = pd_subject_is_bounce(arena, message->subject);
	bool from = is_mailer(message->from.addr, message->from.name);
	bool body = body_says(&words);
	bool vacation = pd_subject_is_auto(arena, message->subject) ||
			(submitted && pd_starts_nocase(submitted, "auto-replied") && !subject && !from);
	bool is_report = pd_equal(parts->root_type, "multipart/report") &&
			 (pd_equal(parts->report_type, "delivery-status") || !*parts->report_type);
	if (is_report)
		return true;
	if (vacation && !(subject && body))
		return false;
	if (pd_message_header(message, "In-Reply-To") && !from && !null_path && !subject)
		return false;
	unsigned score = 3 * from + 2 * subject + 2 * body + 2 * null_path + has_returned + is_postmaster(message->from.addr);
	bool reply = pd_starts_nocase(message->subject, "re:") || pd_starts_nocase(message->subject, "fw") ||
		     pd_starts_nocase(message->subject, "aw:");
	if (reply && !from)
		return false;
	return score >= 5 || (from && (subject || body || has_returned || null_path));
}

/* --- recipients --- */

/* Who is no recipient: the sender to whom the bounce goes, and the mailer. */
static bool is_excluded(const struct pd_message *message, const char *addr)
{
	g_autofree char *lower = g_ascii_strdown(addr, -1);
	if (pd_words_begins(lower, "mailer-daemon@|postmaster@|mail-daemon@|abuse@|mailadmin@|maildaemon@|mailer_daemon@|support@mail") ||
	    !g_ascii_strcasecmp(addr, message->from.addr))
		return true;
	for (size_t i = 0; i < message->to.count; i++)
		if (!g_ascii_strcasecmp(addr, message->to.items[i].addr))
			return true;
	return false;
}

enum rank {
	RANK_NONE,
	RANK_ANY,
	RANK_NAMED, /* beside a word like "recipient" */
	RANK_ALONE, /* alone on its line, or before a colon at the line's start */
};

static const char recipient_words[] =
	"recipient|recipients|rcpt to|rcpt|undeliverable to|delivered to|deliver to|delivery to|deliver mail to|delivering to|not delivered to|"
	"user|mailbox|address|addresses|account|destinataire|destinatario|empfänger|mottagare|mottaker|modtager|vastaanottaja|"
	"adresat|адрес|получател|получателю|destinatário|ontvanger|宛先|收件人|user unknown|unknown user|recipient's|addressee|"
	"message to|mail to|email to|sent to|send to|reach|was addressed to|addressed to|intended for|for|original-recipient|final-recipient|to";

static enum rank rank_of(const char *fold, const char *start, const char *end)
{
	const char *before = fold + strspn(fold, " \t<(['\"*-|>");
	const char *after = end + strspn(end, ">)]'\" ");
	bool alone = start <= before || (start - fold < 40 && pd_words_begins(fold, "to:|recipient:|rcpt to:|user:|address:|recipient address:|"
		"original recipient:|failed recipient:|recipients:|for:|to|your message to|mail to|addressed to|undeliverable to|"
		"undeliverable message to|the recipient|recipient|user|delivery to|message to|unable to deliver to|could not deliver message to"));
	if (alone && (!*after || *after == ':' || *after == ',' || *after == ';' || *after == '(' || *after == '-'))
		return RANK_ALONE;
	if (start <= before && (*after == '.' || !strncmp(after, "...", 3)))
		return RANK_ALONE;
	if (pd_words_find(fold, recipient_words, NULL))
		return RANK_NAMED;
	return RANK_ANY;
}

/* Lines that name other addresses than the recipient's. */
static bool is_other_line(const char *fold)
{
	return pd_words_begins(fold, "message-id|from:|from |sender:|reply-to|return-path|x-|received|contact|please contact|mail from|"
				     "reporting-mta|dsn-gateway|subject:|envelope-from|>>> mail|in-reply-to|references|if you|for assistance|"
				     "for further assistance|for help|questions|please send|to request|the sender|originator") > 0 ||
	       pd_words_find(fold, "message-id:|message id|mail from:|postmaster|forward this|report this|contact your|questions to|"
				   "e-mail us|email us|send mail to|please forward|for assistance", NULL) > 0;
}

static void recipients_in_words(struct pd_arena *arena, struct pd_message *message, const struct words *words)
{
	enum rank best = RANK_NONE;
	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < words->lines.count; i++) {
			const char *fold = words->lines.items[i], *start, *end;
			if (!strchr(fold, '@') || is_other_line(fold))
				continue;
			for (const char *at = strchr(fold, '@'); at; at = strchr(at + 1, '@')) {
				if (!address_at(fold, at, &start, &end))
					continue;
				char *addr = pd_strndup(arena, start, (size_t)(end - start));
				if (is_excluded(message, addr))
					continue;
				enum rank rank = rank_of(fold, start, end);
				if (!strchr(at, '.') && rank < RANK_ALONE)
					continue;
				if (!pass) {
					best = rank > best ? rank : best;
				} else if (rank == best) {
					pd_bounce_add(arena, message, addr);
					if (rank == RANK_ANY)
						return;
				}
			}
		}
		if (best == RANK_NONE)
			return;
	}
}

/* To, then the "for <…>" of the newest Received field of the returned mail. */
static void recipients_of_returned(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts,
				   const struct words *words)
{
	for (size_t i = 0; i < parts->count; i++) {
		const struct pd_message *inner = parts->items[i].message;
		for (size_t k = 0; inner && k < inner->to.count && k < 10; k++)
			pd_bounce_add(arena, message, inner->to.items[k].addr);
	}
	if (message->bounce_recipients.count || !words->returned)
		return;
	struct pd_message inner = {0};
	const char *text = words->returned;
	text += strcspn(text, "\n") + (text[strcspn(text, "\n")] == '\n');
	text += strspn(text, "\n ");
	const char *text_or_line = is_header_name(words->returned, "received|return-path|from|to|date|message-id|subject|mime-version") ?
		words->returned : text;
	pd_mime_fields(arena, text_or_line, &inner);
	const char *to = pd_message_header(&inner, "To");
	if (!to)
		to = pd_message_header(&inner, "X-Original-To");
	if (to) {
		struct pd_addresses list = {0};
		pd_mime_addresses(arena, to, &list);
		for (size_t i = 0; i < list.count && i < 10; i++)
			pd_bounce_add(arena, message, list.items[i].addr);
	}
	if (!*message->original_message_id && pd_message_header(&inner, "Message-ID")) {
		struct pd_strings ids = {0};
		pd_mime_ids(arena, pd_message_header(&inner, "Message-ID"), &ids);
		if (ids.count)
			message->original_message_id = ids.items[0];
	}
}

/* --- codes and times --- */

/* "5.1.1" with no digit or dot beside it, 4 or 5 first. */
static const char *enhanced_code(const char *fold)
{
	for (const char *c = fold; (c = strpbrk(c, "45")); c++) {
		if ((c > fold && (g_ascii_isalnum(c[-1]) || c[-1] == '.' || c[-1] == '-')) || c[1] != '.' || !g_ascii_isdigit(c[2]))
			continue;
		size_t subject = strspn(c + 2, "0123456789");
		if (subject > 3 || c[2 + subject] != '.')
			continue;
		const char *detail = c + 3 + subject;
		size_t len = strspn(detail, "0123456789");
		if (len >= 1 && len <= 3 && detail[len] != '.' && !g_ascii_isalpha(detail[len]))
			return c;
	}
	return NULL;
}

/* A reply code "550 " where a server's answer may begin. */
static const char *reply_code(const char *fold)
{
	for (const char *c = fold; (c = strpbrk(c, "45")); c++)
		if ((c == fold || strchr(" :([\"'>-#", c[-1])) && strchr("0123457", c[1]) && g_ascii_isdigit(c[2]) &&
		    (c[3] == ' ' || c[3] == '-' || c[3] == '_' || !c[3] || c[3] == ':' || c[3] == ')'))
			return c;
	return NULL;
}

static void codes_in_words(struct pd_arena *arena, struct pd_message *message, const struct words *words)
{
	for (size_t i = 0; i < words->lines.count; i++) {
		const char *fold = words->lines.items[i];
		const char *code = enhanced_code(fold), *reply = reply_code(fold);
		if (!code && !reply)
			continue;
		if (!*message->bounce_status && code)
			message->bounce_status = pd_strndup(arena, code, strspn(code, "0123456789."));
		if (!*message->bounce_text)
			message->bounce_text = pd_clean_line(arena, words->raw.items[i], 500);
		if (*message->bounce_status)
			return;
	}
	if (*message->bounce_text)
		return;
	for (size_t i = 0; i < words->lines.count && i < FIRST_LINES; i++)
		if (pd_words_find(words->lines.items[i], pd_bounce_body_words, NULL)) {
			message->bounce_text = pd_clean_line(arena, words->raw.items[i], 500);
			return;
		}
}

void pd_bounce_forms(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts)
{
	struct words words = mailer_words(arena, parts);
	const char *failed = pd_message_header(message, "X-Failed-Recipients");
	if (!message->bounce_recipients.count && failed) {
		struct pd_addresses list = {0};
		pd_mime_addresses(arena, failed, &list);
		for (size_t i = 0; i < list.count; i++)
			pd_bounce_add(arena, message, list.items[i].addr);
	}
	if (!message->bounce_recipients.count)
		recipients_in_words(arena, message, &words);
	bool had = message->bounce_recipients.count > 0;
	if (!had)
		recipients_of_returned(arena, message, parts, &words);
	if (had && !*message->original_message_id && words.returned) {
		struct pd_message probe = {.original_message_id = ""};
		recipients_of_returned(arena, &probe, parts, &words);
		message->original_message_id = probe.original_message_id;
	}
	codes_in_words(arena, message, &words);
}

bool pd_bounce_is_temporary(struct pd_arena *arena, const struct pd_message *message, const struct pd_parts *parts)
{
	struct words words = mailer_words(arena, parts);
	const char *subject = pd_words_fold(arena, message->subject, strlen(message->subject), 300, NULL);
	if (pd_words_find(subject, "delay|delayed|warning|(delay)|could not send message for past|still trying|deferred|verzögert|retardé", NULL) &&
	    !pd_words_find(subject, "failure|failed|failed:", NULL))
		return true;
	for (size_t i = 0; i < words.lines.count && i < FIRST_LINES; i++) {
		const char *fold = words.lines.items[i];
		if (pd_words_find(fold, pd_temporary_words, NULL) && !pd_words_find(fold, "not be retried|will not|permanent|gave up|giving up", NULL))
			return true;
		if (pd_words_find(fold, pd_permanent_words, NULL))
			return false;
	}
	return message->bounce_status[0] == '4' && !*subject;
}
