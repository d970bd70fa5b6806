/* Forwards: who wrote the mail that this one passes on, its subject, its date and its text.
 *
 * An attached message first (no report's), then the first header block of the body: below a marker of a
 * forward, or where the subject says that it is a forward, or where nothing is written above it. Never just
 * an address somewhere in the text. The first block is the newest mail of a chain: what the forwarder himself
 * had got. */
#include "mime/forward.h"
#include "mime/html.h"
#include "mime/parts.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

#define BODY_LIMIT ((size_t)512 * 1024)

static void from_part(struct pd_arena *arena, struct pd_message *message, const struct pd_part *part)
{
	message->forwarded_from = part->message->from;
	message->forwarded_subject = part->message->subject;
	message->forwarded_date = pd_clean_line(arena, part->message->date_text, 200);
	message->forwarded_text = part->plain  ? part->plain
				  : part->html ? pd_words_html_text(arena, part->html)
					       : "";
}

/* The value of a field that begins at a line of the block, its folded lines joined. */
static char *value_at(struct pd_arena *arena, const struct pd_line_list *lines, size_t at, size_t end)
{
	PD_AUTO_BUF out = {0};
	for (size_t i = at; i < end && i < at + 6; i++) {
		const struct pd_line *line = &lines->items[i];
		size_t skip;
		if (i > at && (pd_label_of(pd_line_fold(line), &skip) != PD_LABEL_NONE || pd_line_is_blank(line)))
			break;
		const char *text = line->text, *stop = line->text + line->len;
		while (text < stop && strchr("> *_|\t", *text))
			text++;
		if (i == at) {
			const char *colon = memchr(text, ':', (size_t)(stop - text));
			const char *wide = memmem(text, (size_t)(stop - text), "：", 3);
			if (!colon || (wide && wide < colon))
				colon = wide ? wide + 2 : stop - 1;
			text = colon + 1;
		}
		if (out.len)
			pd_buf_addc(&out, ' ');
		pd_buf_add(&out, text, (size_t)(stop - text));
	}
	char *value = pd_clean_line(arena, out.data ? out.data : "", 2000);
	size_t len = strlen(value);
	while (len && strchr("* _", value[len - 1]))
		value[--len] = '\0';
	while (*value && strchr("* _", *value))
		value++;
	return value;
}

/* "Anna <anna@example.com>", "Anna [mailto:anna@example.com]", "Anna (anna@…)", "<a@b<mailto:a@b>>". */
static struct pd_address author(struct pd_arena *arena, const char *value)
{
	struct pd_address address = {.name = "", .addr = ""};
	const char *at = strchr(value, '@');
	if (!at)
		return (struct pd_address){.name = pd_clean_line(arena, value, 200), .addr = ""};
	const char *start = at, *end = at + 1;
	while (start > value && !strchr(" <>()[]\"',;:", start[-1]))
		start--;
	while (*end && !strchr(" <>()[]\"',;:", *end))
		end++;
	char *addr = pd_strndup(arena, start, (size_t)(end - start));
	struct pd_address parsed = pd_mime_address(arena, addr);
	address.addr = *parsed.addr ? parsed.addr : addr;
	const char *name_end = start;
	if (pd_ends(pd_lower_ascii(arena, pd_strndup(arena, value, (size_t)(start - value))), "mailto:"))
		name_end -= 7;
	char *name = pd_strndup(arena, value, (size_t)(name_end - value));
	size_t len = strlen(name);
	while (len && strchr(" <([\"'", name[len - 1]))
		name[--len] = '\0';
	while (*name && strchr(" \"'", *name))
		name++;
	/* "Anna Virtanen via Example" and "on behalf of" keep the first. */
	address.name = pd_clean_line(arena, pd_mime_decode(arena, name), 200);
	return address;
}

/* Everything from that line on, the marks of the quote taken off. */
static char *text_from(struct pd_arena *arena, const struct pd_line_list *lines, size_t from, unsigned depth)
{
	PD_AUTO_BUF text = {0};
	for (size_t i = from; i < lines->count; i++) {
		const struct pd_line *line = &lines->items[i];
		const char *at = line->text;
		size_t len = line->len;
		for (unsigned k = line->structure; k < depth && k < line->depth; k++) {
			const char *mark = memchr(at, '>', len);
			if (!mark)
				break;
			mark++;
			len -= (size_t)(mark - at);
			at = mark;
			if (len && *at == ' ')
				at++, len--;
		}
		pd_buf_add(&text, at, len);
		pd_buf_addc(&text, '\n');
	}
	return pd_trim(arena, pd_clean_text(arena, text.data ? text.data : "", text.len));
}

/* Reads the block of `takes` lines at that place. */
static bool from_block(struct pd_arena *arena, struct pd_message *message, const struct pd_line_list *lines,
		       size_t at, size_t takes)
{
	struct pd_address found = {.name = "", .addr = ""};
	const char *subject = "", *date = "";
	size_t end = at + takes;
	for (size_t i = at; i < end; i++) {
		size_t skip;
		enum pd_label label = pd_label_of(pd_line_fold(&lines->items[i]), &skip);
		if (label == PD_LABEL_NONE && (lines->items[i].hints & PD_HINT_LABEL) && i == at)
			label = PD_LABEL_FROM; /* a language that no table has: the first field is the author
						*/
		if (label == PD_LABEL_FROM && !*found.addr && !*found.name)
			found = author(arena, value_at(arena, lines, i, end));
		else if (label == PD_LABEL_SUBJECT && !*subject)
			subject = value_at(arena, lines, i, end);
		else if ((label == PD_LABEL_DATE || label == PD_LABEL_SENT) && !*date)
			date = value_at(arena, lines, i, end);
	}
	if (!*found.addr)
		return false;
	message->forwarded_from = found;
	if (end < lines->count && pd_mark_is_ruled(&lines->items[end]))
		end++; /* Zoho closes its block with the marker */
	message->forwarded_subject = subject;
	message->forwarded_date = pd_clean_line(arena, date, 200);
	message->forwarded_text = text_from(arena, lines, end, lines->items[at].depth);
	return true;
}

/* "From "Anna" <anna@example.com>" and "| 发件人 | Anna <…> |": labels without a colon, as eM Client and Netease write them
 * below their marker. Reads the lines that begin so. */
static bool from_bare_labels(struct pd_arena *arena, struct pd_message *message, const struct pd_line_list *lines,
			     size_t at)
{
	struct pd_address found = {.name = "", .addr = ""};
	const char *subject = "", *date = "";
	size_t end = at;
	for (; end < lines->count && end < at + 8 && !pd_line_is_blank(&lines->items[end]); end++) {
		const struct pd_line *line = &lines->items[end];
		char *text = pd_strndup(arena, line->text + line->marks, line->len - line->marks);
		text += strspn(text, " |\t*");
		size_t word = strcspn(text, " |\t"), skip;
		const char *fold = pd_words_fold(arena, pd_printf(arena, "%.*s:", (int)word, text), word + 1, 60, NULL);
		enum pd_label label = pd_label_of(fold, &skip);
		const char *value = text + word + strspn(text + word, " |\t*");
		size_t len = strlen(value);
		while (len && strchr(" |\t*", value[len - 1]))
			len--;
		value = pd_clean_line(arena, pd_strndup(arena, value, len), 2000);
		if (label == PD_LABEL_NONE || memchr(text, ':', word) || memmem(text, word, "：", 3) || *value == ':' ||
		    pd_starts(value, "："))
			return false;
		if (label == PD_LABEL_FROM)
			found = author(arena, value);
		else if (label == PD_LABEL_SUBJECT)
			subject = value;
		else if (label == PD_LABEL_DATE || label == PD_LABEL_SENT)
			date = value;
	}
	if (!*found.addr || end < at + 2)
		return false;
	message->forwarded_from = found;
	message->forwarded_subject = subject;
	message->forwarded_date = pd_clean_line(arena, date, 200);
	message->forwarded_text = text_from(arena, lines, end, lines->items[at].depth);
	return true;
}

/* A block of Notes without colons, its author in that line. */
static bool from_notes(struct pd_arena *arena, struct pd_message *message, const struct pd_line_list *lines, size_t at)
{
	size_t takes = 0, from = lines->count;
	for (size_t i = at + 1; i < lines->count && i < at + 8 && !takes; i++)
		takes = pd_mark_notes(lines, i, &from);
	if (!takes || from != at)
		return false;
	const struct pd_line *last = &lines->items[at + takes - 1], *first = &lines->items[at];
	struct pd_address found = author(arena, pd_strndup(arena, first->text, first->len));
	size_t date = at + 1;
	while (pd_line_is_blank(&lines->items[date]))
		date++;
	if (!*found.addr)
		return false;
	message->forwarded_from = found;
	message->forwarded_subject = pd_clean_line(arena, pd_strndup(arena, last->text, last->len), 2000);
	message->forwarded_date = pd_clean_line(arena, pd_strndup(arena, lines->items[date].text, lines->items[date].len), 200);
	message->forwarded_text = text_from(arena, lines, at + takes, 0);
	return true;
}

/* Behind the prefix of a forward. */
static const char *bare_subject(const char *subject)
{
	const char *colon = strchr(subject, ':'), *wide = strstr(subject, "：");
	if (wide && (!colon || wide < colon))
		colon = wide + 2;
	return colon ? colon + 1 + strspn(colon + 1, " \t") : subject;
}

/* "02.03.2020, 10:00, "Anna" <anna@example.com>:" below a forward's marker, or where the subject says that it is one. */
static bool from_attribution(struct pd_arena *arena, struct pd_message *message, const struct pd_line_list *lines,
			     size_t at, size_t takes)
{
	PD_AUTO_BUF line = {0};
	for (size_t i = at; i < at + takes; i++) {
		pd_buf_addc(&line, ' ');
		pd_buf_add(&line, lines->items[i].text, lines->items[i].len);
	}
	struct pd_address found;
	const char *date;
	if (!pd_forward_line(arena, line.data, &found, &date))
		return false;
	message->forwarded_from = found;
	message->forwarded_date = date;
	if (pd_subject_says_forward(message->subject))
		message->forwarded_subject = bare_subject(message->subject);
	message->forwarded_text = text_from(arena, lines, at + takes, 0);
	return true;
}

/* The first header block, when the mail shows that it is a forward. */
static bool from_lines(struct pd_arena *arena, struct pd_message *message, struct pd_line_list *lines,
		       bool says_forward)
{
	bool above = false, marked = false;
	for (size_t i = 0; i < lines->count && i < 2000; i++) {
		const struct pd_line *line = &lines->items[i];
		if (pd_line_is_blank(line) || pd_mark_rule(line))
			continue;
		if (pd_mark_forward(lines, i)) {
			marked = true;
			continue;
		}
		if (marked && from_bare_labels(arena, message, lines, i))
			return true;
		if ((marked || says_forward) && from_notes(arena, message, lines, i))
			return true;
		size_t kept, takes = marked || says_forward ? pd_mark_attribution(lines, i, &kept) : 0;
		if (takes && !kept && from_attribution(arena, message, lines, i, takes))
			return true;
		if (!marked && !says_forward && !line->depth && pd_mark_attribution(lines, i, &kept))
			return false; /* an answer; what it quotes is no forward */
		size_t n = pd_mark_header(lines, i);
		if (n)
			return (marked || says_forward || !above) && from_block(arena, message, lines, i, n);
		if (pd_mark_original(lines, i))
			continue;
		above = true;
	}
	return false;
}

void pd_words_forward(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts)
{
	if (message->kinds & (PD_KIND_DSN | PD_KIND_BOUNCE | PD_KIND_FEEDBACK | PD_KIND_RECEIPT))
		return;
	for (size_t i = 0; i < parts->count; i++) {
		const struct pd_part *part = &parts->items[i];
		if (part->message && *part->message->from.addr &&
		    (pd_equal(part->type, "message/rfc822") || pd_equal(part->type, "message/global"))) {
			from_part(arena, message, part);
			return;
		}
	}
	/* What reads replies has kept a forward, and said that the author did not write it. */
	if (*message->text && message->own_text == strlen(message->text))
		return;
	bool says_forward = pd_subject_says_forward(message->subject);
	struct pd_line_list lines = {0};
	if (parts->plain) {
		size_t len = strlen(parts->plain);
		pd_reply_lines(arena,
			       len > BODY_LIMIT ? pd_strndup(arena, parts->plain, BODY_LIMIT) : parts->plain,
			       &lines);
		if (from_lines(arena, message, &lines, says_forward))
			return;
	}
	if (parts->html) {
		struct pd_html *html = pd_html_read(arena, parts->html);
		from_lines(arena, message, &html->lines, says_forward);
	}
}
