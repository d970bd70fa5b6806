/* Answers that stand in a quote that nothing marks, as Outlook makes it: in a colour of their own.
 *
 * Colours stand in signatures and letterheads, too. So a coloured line is an answer where it stands right below a question of
 * another colour, or where two of them part the text of the first quoted mail. In doubt it is none; never fails. */
#include "mime/reply.h"
#include <string.h>

#define LINES_LOOKED 2000

static bool is_prose(const char *fold)
{
	size_t len = strlen(fold);
	return pd_words_count(fold) >= 5 || (len > 1 && pd_words_count(fold) >= 2 && strchr(".!?", fold[len - 1]));
}

bool pd_reply_coloured(const struct pd_line_list *lines, size_t from)
{
	const struct pd_line *above = NULL; /* the last line that is not blank */
	unsigned runs = 0;
	for (size_t i = from; i < lines->count && i < from + LINES_LOOKED; i++) {
		const struct pd_line *line = &lines->items[i];
		if (pd_line_is_blank(line))
			continue;
		if (i > from && pd_mark_header(lines, i))
			return false; /* the mail before the one that is answered */
		bool begins = (line->hints & PD_HINT_COLOURED) && above && !(above->hints & PD_HINT_COLOURED);
		if (begins) {
			const char *question = pd_line_fold(above);
			size_t len = strlen(question);
			runs += is_prose(pd_line_fold(line)) && is_prose(question);
			if ((len > 1 && question[len - 1] == '?') || runs >= 2)
				return true;
		}
		above = line;
	}
	return false;
}
