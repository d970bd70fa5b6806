/* A marker and its header block in one line, as Yahoo writes them into plain text:
 *
 *	----- Forwarded Message ----- From: "Anna" <anna@example.com>To: Ben <ben@example.com>Sent: Monday …Subject: Help
 *
 * cut into the lines that they would be. Once a body, so that hostile mail costs no more; never fails. */
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

#define GLUED_MAX  2000
#define LABEL_MAX 40 /* bytes of a label */

/* The label that ends with the colon at that place; where it begins. */
static enum pd_label label_before(struct pd_arena *arena, const char *text, size_t from, size_t colon, size_t *ret_start)
{
	enum pd_label found = PD_LABEL_NONE;
	for (size_t at = colon; at-- > from && colon - at <= LABEL_MAX;) {
		size_t value;
		if (((unsigned char)text[at] & 0xc0) == 0x80 || strchr("*> _|\t", text[at]))
			continue;
		const char *fold = pd_words_fold(arena, text + at, colon + 1 - at, PD_FOLD_LIMIT, NULL);
		enum pd_label label = pd_label_of(fold, &value);
		if (label == PD_LABEL_NONE || label == PD_LABEL_OTHER)
			continue;
		found = label;
		*ret_start = at;
	}
	return found;
}

/* Bytes of the marker and its dashes at the start of the text; 0: there is none. */
static size_t marker_len(struct pd_arena *arena, const char *text, size_t len)
{
	size_t at = strspn(text, " \t"), dashes = strspn(text + at, "-=");
	const char *close = dashes >= 3 ? strpbrk(text + at + dashes, "-=\n") : NULL;
	size_t run = close ? strspn(close, "-=") : 0;
	if (run < 3 || (size_t)(close - text) + run >= len)
		return 0;
	struct pd_line_list probe = {0};
	struct pd_line *line = pd_reply_add(arena, &probe, text, (size_t)(close - text) + run, 0, 0);
	return pd_mark_is_ruled(line) ? line->len : 0;
}

bool pd_reply_glued(struct pd_arena *arena, const char *text, size_t len, struct pd_line_list *lines)
{
	if (lines->has_glued || len > GLUED_MAX || !memchr(text, '@', len))
		return false;
	size_t from = marker_len(arena, text, len), start = 0;
	if (!from)
		return false;
	from += strspn(text + from, " \t");
	const char *colon = memchr(text + from, ':', len - from);
	if (!colon || label_before(arena, text, from, (size_t)(colon - text), &start) != PD_LABEL_FROM || start != from)
		return false;
	lines->has_glued = true;
	pd_reply_add(arena, lines, text, from, 0, 0);
	size_t begin = from, next = (size_t)(colon - text) + 1;
	for (enum pd_label label = PD_LABEL_FROM;
	     label != PD_LABEL_SUBJECT && (colon = memchr(text + next, ':', len - next)); next = (size_t)(colon - text) + 1) {
		enum pd_label here = label_before(arena, text, next, (size_t)(colon - text), &start);
		if (here == PD_LABEL_NONE)
			continue;
		pd_reply_add(arena, lines, text + begin, start - begin, 0, 0);
		begin = start;
		label = here;
	}
	pd_reply_add(arena, lines, text + begin, len - begin, 0, 0);
	return true;
}
