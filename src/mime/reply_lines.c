/* A body cut into lines: where they begin, their '>' marks, and what is known of their bytes.
 *
 * The text is looked through once for each byte that rules ask for, so that most lines of prose are done with without another
 * look; a line's fold is made when somebody asks for it. Linear; never fails. */
#include "mime/reply.h"
#include "base/text.h"
#include <string.h>

/* Bytes of a line that are quote marks, and how many marks. */
static size_t quote_marks(const char *text, size_t len, unsigned *ret_depth)
{
	size_t at = 0, end = 0;
	*ret_depth = 0;
	while (at < len && at < 3 && text[at] == ' ')
		at++;
	while (at < len && (text[at] == '>' || (text[at] == ' ' && *ret_depth))) {
		if (text[at++] == '>') {
			end = at;
			if (*ret_depth < 1000)
				++*ret_depth;
		} else if (at < len && text[at] == ' ') {
			break; /* two blanks: the indent of what is quoted */
		}
	}
	return *ret_depth ? end : 0;
}

/* "<addr" folded so that ">:" or "> wrote:" begins a line: no quote. */
static bool closes_bracket(const struct pd_line_list *lines, const char *text, size_t len)
{
	while (len && (text[len - 1] == ' ' || text[len - 1] == '\r'))
		len--;
	if (!len || len > 120 || text[len - 1] != ':')
		return false;
	int open = 0;
	for (size_t back = 0; back < 3 && back < lines->count; back++) {
		const struct pd_line *line = &lines->items[lines->count - 1 - back];
		if (line->depth || pd_line_is_blank(line))
			break;
		for (const char *c = pd_line_fold(line); *c; c++)
			open += (*c == '<') - (*c == '>');
	}
	return open > 0;
}

/* What its bytes say, each looked for. */
static unsigned bytes_of(const char *text, size_t len)
{
	return (memchr(text, ':', len) ? PD_HAS_COLON : 0) | (memchr(text, '>', len) ? PD_HAS_ANGLE : 0) |
	       (memchr(text, 0xef, len) || memchr(text, 0xea, len) ? PD_HAS_WIDE : 0);
}

static inline struct pd_line *add(struct pd_arena *arena, struct pd_line_list *lines, const char *text, size_t len, unsigned has)
{
	unsigned depth = 0;
	size_t marks = 0;
	if (len && (*text == '>' || *text == ' ')) {
		marks = quote_marks(text, len, &depth);
		if (depth == 1 && closes_bracket(lines, text, len))
			marks = depth = 0;
	}
	struct pd_line *line = lines->count < lines->room ? &lines->items[lines->count++] : pd_list_add(arena, lines);
	*line = (struct pd_line){.text = text,
				 .len = len,
				 .depth = depth,
				 .has = (unsigned char)has,
				 .arena = arena,
				 .marks = marks,
				 .fold = marks == len ? "" : NULL,
				 .kept = len};
	return line;
}

struct pd_line *pd_reply_add(struct pd_arena *arena, struct pd_line_list *lines, const char *text, size_t len,
			     unsigned structure, unsigned hints)
{
	struct pd_line *line = add(arena, lines, text, len, bytes_of(text, len));
	line->structure = structure;
	line->depth += structure;
	line->hints = hints;
	return line;
}

const char *pd_line_make_fold(const struct pd_line *line)
{
	struct pd_line *known = (struct pd_line *)(uintptr_t)line; /* in a list of the arena, never a constant */
	known->fold = pd_words_fold(line->arena, line->text + line->marks, line->len - line->marks, PD_FOLD_LIMIT,
				    &known->is_long);
	return known->fold;
}

#define USUAL_LINE 40 /* bytes, the empty ones too: a guess that saves growing */

/* Where each byte that is asked for stands next. */
struct ahead {
	const char *colon, *angle, *wide, *wide_too;
};

static inline bool is_before(const char **ahead, const char *text, const char *end, int byte)
{
	if (*ahead < text)
		*ahead = strchrnul(text, byte);
	return *ahead < end;
}

/* What the bytes of the line that ends there say; lines are asked for in their order. */
static inline unsigned bytes_ahead(struct ahead *ahead, const char *text, const char *end)
{
	bool is_wide = is_before(&ahead->wide, text, end, 0xef) || is_before(&ahead->wide_too, text, end, 0xea);
	return (is_before(&ahead->colon, text, end, ':') ? PD_HAS_COLON : 0) |
	       (is_before(&ahead->angle, text, end, '>') ? PD_HAS_ANGLE : 0) | (is_wide ? PD_HAS_WIDE : 0);
}

void pd_reply_lines(struct pd_arena *arena, const char *text, struct pd_line_list *ret_lines)
{
	struct ahead ahead = {0};
	const char *stop = text + strlen(text);
	size_t room = (size_t)(stop - text) / USUAL_LINE + 16;
	if (ret_lines->room == 0) {
		ret_lines->room = room < PD_LINES_MAX ? room : PD_LINES_MAX;
		ret_lines->items = pd_alloc_dirty(arena, ret_lines->room * sizeof *ret_lines->items);
	}
	while (text < stop) {
		const char *lf = ret_lines->count + 1 < PD_LINES_MAX ? memchr(text, '\n', (size_t)(stop - text)) : NULL;
		const char *end = lf ? lf : stop;
		bool may_be_glued = *text == '-' || *text == '=' || *text == ' ';
		if (!may_be_glued || !pd_reply_glued(arena, text, (size_t)(end - text), ret_lines))
			add(arena, ret_lines, text, (size_t)(end - text), bytes_ahead(&ahead, text, end));
		text = end + 1;
	}
}
