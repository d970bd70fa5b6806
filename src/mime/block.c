/* The shape of commands: which lines of an author's text may be commands, and do two parts of a mail have the same.
 *
 * Only the shape counts here; what a word means is the desk's. Phones make a
 * full-width number sign, non-breaking blanks and invisible marks of what was
 * typed, and clients write bold text with stars into text/plain; all of them are
 * understood. Never fails. */
#include <glib.h>
#include <string.h>
#include "base/text.h"
#include "mime/message.h"

/* White space at the start of a line, with what keyboards and clients put there: U+00A0, U+202F, U+3000,
 * U+200B and U+FEFF. */
static const char *skip_blanks(const char *at)
{
	static const char *const blanks[] = {
		" ", "\t", "\r", "\xc2\xa0", "\xe2\x80\xaf", "\xe3\x80\x80", "\xe2\x80\x8b", "\xef\xbb\xbf"};
	for (bool moved = true; moved;) {
		moved = false;
		for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
			size_t len = strlen(blanks[i]);
			if (strncmp(at, blanks[i], len) == 0) {
				at += len;
				moved = true;
			}
		}
	}
	return at;
}

/* What clients write around bold, italic and underlined words in text/plain. */
#define MARKS	  "*_/"
#define MARKS_MAX 6

static size_t sign_len(const char *at)
{
	return *at == '#' ? 1 : strncmp(at, "\xef\xbc\x83", 3) == 0 ? 3 : 0;
}

/* Marks of emphasis right before a sign. */
static size_t marks_len(const char *line)
{
	size_t len = strspn(line, MARKS);
	return len <= MARKS_MAX && sign_len(line + len) > 0 ? len : 0;
}

bool pd_command_shape(const char *line)
{
	line = skip_blanks(line);
	line += marks_len(line);
	if (sign_len(line) == 0)
		return false;
	line += sign_len(line);
	gunichar c = g_utf8_get_char_validated(line, -1);
	return c != (gunichar)-1 && c != (gunichar)-2 && g_unichar_isalpha(c);
}

/* Where the marks end that begin before the sign: after a word, turned around. NULL: they go on. */
static const char *closing_marks(const char *text, const char *marks, size_t len)
{
	char turned[MARKS_MAX + 1];
	for (size_t i = 0; i < len; i++)
		turned[i] = marks[len - 1 - i];
	turned[len] = '\0';
	for (const char *at = strstr(text, turned); at != NULL; at = strstr(at + 1, turned)) {
		const char *after = at + len;
		if (at > text && at[-1] != ' ' && !g_ascii_isalnum(*after) && strchr(MARKS, *after) == NULL)
			return at;
		if (at > text && *after == '\0')
			return at;
	}
	return NULL;
}

char *pd_command_plain(struct pd_arena *arena, const char *line)
{
	line = skip_blanks(line);
	size_t len = marks_len(line);
	const char *text = line + len;
	const char *end = len > 0 ? closing_marks(text, line, len) : NULL;
	if (end == NULL)
		return pd_strdup(arena, text);
	return pd_printf(arena, "%.*s%s", (int)(end - text), text, end + len);
}

static bool is_blank(const char *line)
{
	return *skip_blanks(line) == '\0';
}

void pd_command_block(const struct pd_strings *lines, size_t *ret_head, size_t *ret_tail)
{
	size_t head = 0, tail = 0;
	for (size_t i = 0; i < lines->count; i++) {
		if (pd_command_shape(lines->items[i]))
			head = i + 1;
		else if (!is_blank(lines->items[i]))
			break;
	}
	for (size_t i = lines->count; i > head; i--) {
		if (pd_command_shape(lines->items[i - 1]))
			tail = lines->count - i + 1;
		else if (!is_blank(lines->items[i - 1]))
			break;
	}
	/* Only blank lines between the two blocks, or after the first: it is one block, a text of commands
	 * only. */
	bool is_all = head > 0;
	for (size_t i = head; is_all && i < lines->count - tail; i++)
		is_all = is_blank(lines->items[i]);
	if (is_all) {
		head = lines->count;
		tail = 0;
	}
	*ret_head = head;
	*ret_tail = tail;
}

/* The next byte that tells commands apart: no blanks, no links that clients write after an address. */
static const char *next_byte(const char *at)
{
	for (;;) {
		const char *here = at;
		at = skip_blanks(at);
		if (pd_starts_nocase(at, "<mailto:") || pd_starts_nocase(at, "<http"))
			at += strcspn(at, ">") + (strchr(at, '>') != NULL);
		if (at == here)
			return at;
	}
}

static bool is_same(const char *a, const char *b, bool may_be_cut)
{
	for (;;) {
		a = next_byte(a);
		b = next_byte(b);
		if (*a != *b)
			return may_be_cut && *a == '\0';
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

bool pd_command_agrees(struct pd_arena *arena, const char *text, const struct pd_strings *commands, bool may_be_cut)
{
	struct pd_strings lines = pd_lines(arena, text);
	size_t head, tail, found = 0;
	pd_command_block(&lines, &head, &tail);
	for (size_t i = 0; i < lines.count; i++) {
		if ((i >= head && i < lines.count - tail) || !pd_command_shape(lines.items[i]))
			continue;
		if (found >= commands->count ||
		    !is_same(pd_command_plain(arena, lines.items[i]), commands->items[found], may_be_cut))
			return false;
		found++;
	}
	return found == commands->count;
}
