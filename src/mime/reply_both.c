/* A mail that says the same in plain text and in HTML: what HTML's structure shows to be quote or signature is taken out
 * of the plain text too, where its words alone did not tell (an attribution in a language that no table has).
 *
 * Only where both agree word for word: the kept plain text must be the HTML's own part, followed by what the HTML has
 * below it. Otherwise nothing changes. Linear; never fails. */
#include <string.h>
#include "mime/reply.h"

/* The bytes of both bodies that can be compared: no blanks, no quote marks, no stars of bold text. */
static bool is_counted(const char **text, const char *end)
{
	unsigned char c = (unsigned char)**text;
	if (c == 0xC2 && *text + 1 < end && (unsigned char)(*text)[1] == 0xA0) {
		++*text;
		return false;
	}
	return c > ' ' && c != '>' && c != '*' && c != '_' && c != '|';
}

/* Adds the comparable bytes of a line's first len bytes. */
static void add_bytes(struct pd_buf *out, const struct pd_line *line, size_t len)
{
	const char *end = line->text + len;
	char *to = pd_buf_reserve(out, len);
	for (const char *at = line->text; at < end; at++) {
		const char *here = at;
		if (is_counted(&at, end))
			*to++ = *here;
	}
	*to = '\0';
	out->len = (size_t)(to - out->data);
}

/* Does the line go on at that place of the stream? Moves it. */
static bool goes_on(const struct pd_line *line, const char **stream, const char *stream_end)
{
	const char *end = line->text + line->kept;
	for (const char *at = line->text; at < end; at++) {
		const char *here = at;
		if (!is_counted(&at, end))
			continue;
		if (*stream >= stream_end || **stream != *here)
			return false;
		++*stream;
	}
	return true;
}

struct streams {
	struct pd_buf own, below;
	size_t signature; /* bytes of below that are signature, at its start */
};

/* What the HTML has as own part, and what below it. False: there is nothing to learn from it. */
static bool read_streams(const struct pd_line_list *html, struct streams *streams)
{
	size_t last = 0;
	bool has = false;
	for (size_t i = 0; i < html->count; i++) {
		if (html->items[i].is_foreign && html->items[i].fate == PD_LINE_KEPT)
			return false;
		if (html->items[i].fate == PD_LINE_KEPT && !pd_line_is_blank(&html->items[i])) {
			last = i;
			has = true;
		}
	}
	bool has_below = false;
	for (size_t i = last + 1; i < html->count && !has_below; i++)
		has_below = !pd_line_is_blank(&html->items[i]);
	if (!has || !has_below)
		return false;
	bool only_signature = true;
	for (size_t i = 0; i < html->count; i++) {
		const struct pd_line *line = &html->items[i];
		if (i <= last && line->fate != PD_LINE_KEPT)
			return false; /* answers between quotes: too much to compare */
		add_bytes(i <= last ? &streams->own : &streams->below, line, i <= last ? line->kept : line->len);
		only_signature &= i <= last || line->fate != PD_LINE_QUOTED || pd_line_is_blank(line);
		if (only_signature)
			streams->signature = streams->below.len;
	}
	return streams->own.len && streams->below.len;
}

/* The kept line with which the own part is over; lines->count: they differ. */
static size_t boundary(const struct pd_line_list *lines, const struct pd_buf *own)
{
	const char *at = own->data, *end = own->data + own->len;
	for (size_t i = 0; i < lines->count; i++) {
		const struct pd_line *line = &lines->items[i];
		if (line->fate != PD_LINE_KEPT)
			continue;
		if (line->is_foreign || !goes_on(line, &at, end))
			return lines->count;
		if (at == end)
			return i + 1;
	}
	return lines->count;
}

void pd_reply_compare(struct pd_line_list *lines, const struct pd_line_list *html)
{
	struct streams streams = {0};
	size_t from = lines->count;
	if (read_streams(html, &streams))
		from = boundary(lines, &streams.own);
	const char *at = streams.below.data, *end = at ? at + streams.below.len : NULL;
	bool same = from < lines->count;
	for (size_t i = from; same && i < lines->count; i++) {
		const struct pd_line *line = &lines->items[i];
		if (line->fate != PD_LINE_KEPT || pd_line_is_blank(line))
			continue;
		same = !line->is_foreign && goes_on(line, &at, end);
	}
	bool is_signature = same && at && (size_t)(at - streams.below.data) <= streams.signature;
	for (size_t i = from; same && i < lines->count; i++)
		if (lines->items[i].fate == PD_LINE_KEPT)
			lines->items[i].fate = is_signature ? PD_LINE_SIGNATURE : PD_LINE_QUOTED;
	pd_buf_free(&streams.own);
	pd_buf_free(&streams.below);
}
