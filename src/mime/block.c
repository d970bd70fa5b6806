/* The shape of commands: which lines of an author's text may be commands.
 *
 * Only the shape counts here; what a word means is the desk's. Phones make a
 * full-width number sign, non-breaking blanks and invisible marks of what was
 * typed; all of them are understood. Never fails. */
#include <glib.h>
#include <string.h>
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

bool pd_command_shape(const char *line)
{
	line = skip_blanks(line);
	if (*line == '#')
		line++;
	else if (strncmp(line, "\xef\xbc\x83", 3) == 0)
		line += 3;
	else
		return false;
	gunichar c = g_utf8_get_char_validated(line, -1);
	return c != (gunichar)-1 && c != (gunichar)-2 && g_unichar_isalpha(c);
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
