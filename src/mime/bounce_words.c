/* The words of a mailer: its own lines above the returned mail, the addresses in them, and how much each
 * looks like the recipient's. Linear in the text that is looked at, which is bounded. */
#include "mime/bounce.h"
#include "mime/kinds.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

#define LINES_LOOKED 400

/* --- addresses --- */

static bool local_char(unsigned char c)
{
	return c >= 0x80 || g_ascii_isalnum(c) || strchr("!#$%&'*+/=?^_`{|}~.-", c);
}

static bool domain_char(unsigned char c)
{
	return c >= 0x80 || g_ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
}

/* East Asian text stands right beside an address, and no top-level domain or name is half of it. */
static bool is_east_asian(char byte)
{
	return (unsigned char)byte >= 0xe3 && (unsigned char)byte <= 0xef;
}

static const char *without_text_behind(const char *at, const char *end)
{
	const char *label = end;
	while (label > at + 1 && label[-1] != '.')
		label--;
	const char *stop = label;
	while (stop < end && g_ascii_isalpha(*stop))
		stop++;
	return stop - label >= 2 && stop < end && is_east_asian(*stop) ? stop : end;
}

static const char *without_text_before(const char *start, const char *at)
{
	const char *ascii = at;
	while (ascii > start && (unsigned char)ascii[-1] < 0x80)
		ascii--;
	return at - ascii >= 2 && g_ascii_isalpha(*ascii) && ascii > start && is_east_asian(*start) ? ascii : start;
}

/* The address around the '@' at that place; its borders. */
bool pd_bounce_address_at(const char *text, const char *at, const char **ret_start, const char **ret_end)
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
	end = without_text_behind(at, end);
	start = without_text_before(start, at);
	while (start < at && strchr("'=.`|/*", *start) && strncmp(start, "=?", 2))
		start++;
	for (const char *mark = start; mark + 4 < at; mark++)
		if (!g_ascii_strncasecmp(mark, "smtp=", 5) || !g_ascii_strncasecmp(mark, "smtp:", 5))
			start = mark + 5;
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
		if (pd_bounce_address_at(text, at, &start, &end) && memchr(at, '.', (size_t)(end - at)))
			return pd_strndup(arena, start, (size_t)(end - start));
	return NULL;
}

bool pd_bounce_is_field(const char *line, const char *names)
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
static bool begins_returned(const char *fold, const char *raw, size_t next_headers, bool is_sure)
{
	const char *core = fold + strspn(fold, " ");
	if (pd_words_begins(core, pd_original_below_words) && (*core == '-' || strlen(core) < 80) &&
	    !pd_words_has_address(core)) {
		if (*core == '-' || next_headers)
			return true;
	}
	if (pd_bounce_is_field(
		    raw, "received|return-path|delivered-to|x-received|dkim-signature|x-originating-ip"))
		return true;
	return is_sure && next_headers >= 3 &&
	       pd_bounce_is_field(raw, "from|to|date|message-id|subject|mime-version|sender|reply-to");
}

/* How many of the next lines look like header fields, and whether one of them stands in mails alone. */
static size_t headers_from(const struct pd_strings *lines, size_t at, bool *ret_sure)
{
	size_t n = 0;
	*ret_sure = false;
	for (size_t i = at; i < lines->count && i < at + 12; i++) {
		const char *line = lines->items[i];
		if (!*line && !n)
			continue;
		if (*line == ' ' || *line == '\t')
			continue;
		if (pd_bounce_is_field(
			    line,
			    "received|return-path|message-id|mime-version|content-type|x-mailer|delivered-to|"
			    "content-transfer-encoding|x-received|dkim-signature"))
			*ret_sure = true;
		else if (!pd_bounce_is_field(line, "from|to|date|subject|reply-to|cc|sender|x-priority|user-"
						   "agent|references|in-reply-to"))
			break;
		n++;
	}
	return n;
}

struct pd_mailer_words pd_bounce_words(struct pd_arena *arena, const struct pd_parts *parts)
{
	struct pd_mailer_words words = {0};
	const char *text = parts->plain;
	if (!text || !text[strspn(text, " \t\n")])
		text = parts->html ? pd_words_html_text(arena, parts->html) : "";
	size_t used = strlen(text) > 64 * 1024 ? 64 * 1024 : strlen(text);
	struct pd_strings lines = pd_lines(arena, pd_strndup(arena, text, used));
	size_t offset = 0;
	for (size_t i = 0; i < lines.count && i < LINES_LOOKED; i++) {
		const char *raw = lines.items[i];
		const char *fold = pd_words_fold(arena, raw, strlen(raw), PD_FOLD_LIMIT, NULL);
		bool sure;
		size_t headers =
			headers_from(&lines, i + (pd_words_begins(fold, pd_original_below_words) > 0), &sure);
		if (i && begins_returned(fold, raw, headers, sure)) {
			words.returned = text + offset;
			break;
		}
		*pd_list_add(arena, &words.lines) = fold;
		*pd_list_add(arena, &words.raw) = raw;
		offset += strlen(raw) + 1;
	}
	return words;
}

/* Who is no recipient: the sender to whom the bounce goes, and the mailer. */
bool pd_bounce_is_excluded(const struct pd_message *message, const char *addr)
{
	g_autofree char *lower = g_ascii_strdown(addr, -1);
	if (pd_words_begins(lower, "mailer-daemon@|postmaster@|mail-daemon@|abuse@|mailadmin@|maildaemon@|"
				   "mailer_daemon@|support@mail") ||
	    !g_ascii_strcasecmp(addr, message->from.addr))
		return true;
	for (size_t i = 0; i < message->to.count; i++)
		if (!g_ascii_strcasecmp(addr, message->to.items[i].addr))
			return true;
	return false;
}

static const char recipient_words[] =
	"recipient|recipients|rcpt to|rcpt|undeliverable to|delivered to|deliver to|delivery to|deliver mail "
	"to|delivering to|not delivered to|"
	"user|mailbox|address|addresses|account|destinataire|destinatario|empfänger|mottagare|mottaker|"
	"modtager|vastaanottaja|"
	"adresat|адрес|получател|получателю|destinatário|ontvanger|宛先|收件人|user unknown|unknown "
	"user|recipient's|addressee|"
	"message to|mail to|email to|sent to|send to|reach|was addressed to|addressed to|intended "
	"for|for|original-recipient|final-recipient|to";

enum pd_rank pd_bounce_rank(const char *fold, const char *start, const char *end)
{
	const char *before = fold + strspn(fold, " \t<(['\"*-|>");
	const char *after = end + strspn(end, ">)]'\" ");
	bool alone =
		start <= before ||
		(start - fold < 40 &&
		 pd_words_begins(fold, "to:|recipient:|rcpt to:|user:|address:|recipient address:|"
				       "original recipient:|failed recipient:|recipients:|for:|to|your "
				       "message to|mail to|addressed to|undeliverable to|"
				       "undeliverable message to|the recipient|recipient|user|delivery "
				       "to|message to|unable to deliver to|could not deliver message to"));
	if (alone &&
	    (!*after || *after == ':' || *after == ',' || *after == ';' || *after == '(' || *after == '-'))
		return PD_RANK_ALONE;
	if (start <= before && (*after == '.' || !strncmp(after, "...", 3)))
		return PD_RANK_ALONE;
	if (pd_words_find(fold, recipient_words, NULL))
		return PD_RANK_NAMED;
	return PD_RANK_ANY;
}

/* Lines that name other addresses than the recipient's. */
bool pd_bounce_is_other_line(const char *fold)
{
	return pd_words_begins(fold,
			       "message-id|from:|from "
			       "|sender:|reply-to|return-path|x-|received|contact|please contact|mail from|"
			       "reporting-mta|dsn-gateway|subject:|envelope-from|>>> "
			       "mail|in-reply-to|references|if you|for assistance|"
			       "for further assistance|for help|questions|please send|to request|the "
			       "sender|originator|in: mail") > 0 ||
	       pd_words_find(fold,
			     "message-id:|message id|mail from:|postmaster|forward this|report this|contact "
			     "your|questions to|"
			     "e-mail us|email us|send mail to|please forward|for assistance",
			     NULL) > 0;
}
