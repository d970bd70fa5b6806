/* Bounces in words: qmail, Exim, Postfix, Sendmail, Exchange, Domino, GroupWise, Gmail, Yahoo, AOL,
 * MailEnable, IMail, James and many more write their own forms. Only what they share is used: the mailer's
 * own lines stand above the returned mail; recipients stand alone on a line, before a colon, or beside words
 * like "recipient" and "user". Addresses of the sender and of the mailer itself are no recipients. Linear in
 * the text that is looked at. */
#include "mime/bounce.h"
#include "mime/kinds.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

/* "… to the following recipients:": what comes next is the list. */
static bool is_announcement(const char *fold)
{
	static const char words[] =
		"following recipient|following recipients|following recipient(s)|following address|following "
		"addresses|following address(es)|"
		"the following user|following users|following destinations|following persons|not delivered "
		"to|delivered to|could not be delivered to|"
		"message not delivered to|failed addresses follow|addresses failed|address(es) "
		"failed|failed:|"
		"an die folgenden empfänger|folgende empfänger|folgenden empfänger|destinataires "
		"suivants|siguientes destinatarios|"
		"seguintes destinatários|seguenti destinatari|volgende geadresseerden|següents|following "
		"intended recipients|unable to deliver to";
	return !strchr(fold, '@') && pd_words_find(fold, words, NULL) > 0;
}

struct finding {
	enum pd_rank best;
	struct pd_strings others; /* addresses that lines about senders and helpers name */
	bool take_sender;	  /* the address to which the bounce goes may be the recipient too */
};

/* Looks at one line; adds what has the best rank in the second pass. */
static void find_in_line(struct pd_arena *arena, struct pd_message *message, struct finding *finding,
			 const char *fold, bool listed, bool adds)
{
	const char *start, *end;
	for (const char *at = strchr(fold, '@'); at; at = strchr(at + 1, '@')) {
		if (!pd_bounce_address_at(fold, at, &start, &end))
			continue;
		char *addr = pd_strndup(arena, start, (size_t)(end - start));
		enum pd_rank rank = pd_bounce_rank(fold, start, end);
		if (listed && rank >= PD_RANK_NAMED)
			rank = PD_RANK_LISTED;
		if (listed && start - fold < 80)
			rank = PD_RANK_LISTED;
		if (pd_bounce_is_excluded(message, addr) && !(finding->take_sender && rank >= PD_RANK_ALONE))
			continue;
		if (pd_strings_has_nocase(&finding->others, addr) ||
		    (!strchr(at, '.') && rank < PD_RANK_ALONE))
			continue;
		if (!adds)
			finding->best = rank > finding->best ? rank : finding->best;
		else if (rank == finding->best)
			pd_bounce_add(arena, message, addr);
		if (listed || (adds && rank == PD_RANK_ANY))
			return;
	}
}

static void note_others(struct pd_arena *arena, struct finding *finding, const char *fold)
{
	const char *start, *end;
	for (const char *at = strchr(fold, '@'); at; at = strchr(at + 1, '@'))
		if (pd_bounce_address_at(fold, at, &start, &end) && finding->others.count < 50) {
			pd_strings_add_once(arena, &finding->others,
					    pd_strndup(arena, start, (size_t)(end - start)));
			if (pd_starts(fold, "from"))
				return; /* "From: <a> RCPT: <b>" */
		}
}

static void find_all(struct pd_arena *arena, struct pd_message *message, struct finding *finding,
		     const struct pd_mailer_words *words, bool adds)
{
	unsigned listed = 0;
	for (size_t i = 0; i < words->lines.count; i++) {
		const char *fold = words->lines.items[i];
		if (is_announcement(fold)) {
			listed = 4;
			continue;
		}
		if (!*fold)
			continue;
		if (strchr(fold, '@') && !pd_bounce_is_other_line(fold)) {
			find_in_line(arena, message, finding, fold, listed > 0, adds);
			if (listed && words->raw.items[i][0] &&
			    pd_bounce_rank(fold, fold, fold) != PD_RANK_NONE)
				listed = 4;
		}
		listed -= listed > 0;
		if (adds && finding->best == PD_RANK_ANY && message->bounce_recipients.count)
			return;
	}
}

/* AOL, Yale and others give the local part alone, or what is wrong with it in a second column: it is at the mailer's
 * domain. */
static void local_part_listed(struct pd_arena *arena, struct pd_message *message,
			      const struct pd_mailer_words *words)
{
	const char *domain = strchr(message->from.addr, '@');
	for (size_t i = 0; domain && i < words->lines.count; i++) {
		if (!pd_words_find(words->lines.items[i],
				   "following recipient|following recipients|following address|following addresses|"
				   "delivered to the following",
				   NULL))
			continue;
		for (size_t k = i + 1; k < words->lines.count && k < i + 4; k++) {
			const char *fold = words->lines.items[k], *raw = words->raw.items[k];
			raw += strspn(raw, " \t");
			size_t len = strcspn(raw, " \t");
			bool is_column = strspn(raw + len, " ") >= 3 || raw[len] == '\t' || !raw[len];
			if (len && len <= 64 && is_column && strcspn(raw, "@:<>,;") >= len)
				pd_bounce_add(arena, message, pd_printf(arena, "%.*s%s", (int)len, raw, domain));
			if (*fold)
				return;
		}
	}
}

static void recipients_in_words(struct pd_arena *arena, struct pd_message *message,
				const struct pd_mailer_words *words)
{
	struct finding finding = {0};
	for (size_t i = 0; i < words->lines.count; i++)
		if (pd_bounce_is_other_line(words->lines.items[i]))
			note_others(arena, &finding, words->lines.items[i]);
	find_all(arena, message, &finding, words, false);
	if (finding.best < PD_RANK_ALONE) {
		struct finding again = {.take_sender = true, .others = finding.others};
		find_all(arena, message, &again, words, false);
		if (again.best >= PD_RANK_ALONE)
			finding = again;
	}
	if (finding.best != PD_RANK_NONE)
		find_all(arena, message, &finding, words, true);
	else
		local_part_listed(arena, message, words);
}

/* "list-bounces+bob=example.net@…": the address that the bounce was sent to names whose mail failed. Signed senders
 * ("prvs=…=bob@…", "srs0=…") have the same sign and name their own. */
static void recipient_of_return_path(struct pd_arena *arena, struct pd_message *message)
{
	for (size_t i = 0; i < message->to.count && !message->bounce_recipients.count; i++) {
		const char *addr = message->to.items[i].addr, *at = strrchr(addr, '@');
		char *local = at ? pd_strndup(arena, addr, (size_t)(at - addr)) : NULL;
		char *equals = local ? strrchr(local, '=') : NULL;
		if (!equals || !strchr(equals, '.') || strchr(local, '=') != equals ||
		    pd_starts_nocase(local, "srs") || pd_starts_nocase(local, "prvs"))
			continue;
		*equals = '\0';
		const char *user = strrchr(local, '+');
		if (!user && pd_starts_nocase(local, "bounce"))
			user = strchr(local, '-');
		if (user && user[1])
			pd_bounce_add(arena, message, pd_bounce_address(arena, pd_printf(arena, "%s@%s", user + 1, equals + 1)));
	}
}

/* To, then the "for <…>" of the newest Received field of the returned mail. */
static void recipients_of_returned(struct pd_arena *arena, struct pd_message *message,
				   const struct pd_parts *parts, const struct pd_mailer_words *words)
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
	const char *text_or_line =
		pd_bounce_is_field(words->returned,
				   "received|return-path|from|to|date|message-id|subject|mime-version")
			? words->returned
			: text;
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
		if ((c > fold && (g_ascii_isalnum(c[-1]) || c[-1] == '.' || c[-1] == '-')) || c[1] != '.' ||
		    !g_ascii_isdigit(c[2]))
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
		if ((c == fold || strchr(" :([\"'>-#", c[-1])) && strchr("0123457", c[1]) &&
		    g_ascii_isdigit(c[2]) &&
		    (c[3] == ' ' || c[3] == '-' || c[3] == '_' || !c[3] || c[3] == ':' || c[3] == ')'))
			return c;
	return NULL;
}

static void codes_in_words(struct pd_arena *arena, struct pd_message *message,
			   const struct pd_mailer_words *words)
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
	for (size_t i = 0; i < words->lines.count && i < PD_BOUNCE_FIRST; i++)
		if (pd_words_find(words->lines.items[i], pd_bounce_body_words, NULL)) {
			message->bounce_text = pd_clean_line(arena, words->raw.items[i], 500);
			return;
		}
}

/* The string behind "name": from there on; NULL: none. */
static char *json_string(struct pd_arena *arena, const char *text, const char *name)
{
	const char *at = strstr(text, pd_printf(arena, "\"%s\"", name));
	if (!at)
		return NULL;
	at += strlen(name) + 2;
	at += strspn(at, " :\n");
	if (*at != '"')
		return NULL;
	size_t len = strcspn(at + 1, "\"\\\n");
	return at[1 + len] == '"' ? pd_strndup(arena, at + 1, len) : NULL;
}

static void from_notification(struct pd_arena *arena, struct pd_message *message, const char *raw)
{
	/* The notification may be a string inside another object. */
	char *text = pd_strdup(arena, raw), *out = text;
	for (; *raw; raw++)
		if (*raw != '\\' || raw[1] != '"')
			*out++ = *raw;
	*out = '\0';
	const char *list = strstr(text, "\"bouncedRecipients\"");
	const char *end = list ? list + strcspn(list, "]") : NULL;
	for (const char *at = list; at && (at = strstr(at, "\"emailAddress\"")) && at < end; at++)
		pd_bounce_add(arena, message, json_string(arena, at, "emailAddress"));
	if (!list)
		return;
	char *status = json_string(arena, list, "status"),
	     *diagnostic = json_string(arena, list, "diagnosticCode");
	if (status && !*message->bounce_status)
		message->bounce_status = pd_clean_line(arena, status, 20);
	if (diagnostic && !*message->bounce_text)
		message->bounce_text = pd_clean_line(arena, diagnostic, 500);
}

void pd_bounce_forms(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts)
{
	const char *notification = pd_bounce_notification(parts);
	if (notification) {
		from_notification(arena, message, notification);
		return;
	}
	struct pd_mailer_words words = pd_bounce_words(arena, parts);
	const char *failed = pd_message_header(message, "X-Failed-Recipients");
	if (!message->bounce_recipients.count && failed) {
		struct pd_addresses list = {0};
		pd_mime_addresses(arena, failed, &list);
		for (size_t i = 0; i < list.count; i++)
			pd_bounce_add(arena, message, list.items[i].addr);
	}
	if (!message->bounce_recipients.count)
		recipients_in_words(arena, message, &words);
	if (!message->bounce_recipients.count)
		recipient_of_return_path(arena, message);
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
