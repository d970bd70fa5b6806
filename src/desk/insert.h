/* Texts and files that agents insert by name, and what becomes of a mail that they are put into. */
#ifndef PD_DESK_INSERT_H
#define PD_DESK_INSERT_H

#include "desk/command.h"
#include "desk/find.h"

/* By the name of its file, with or without the suffix. */
struct pd_found pd_text_find(struct pd_arena *arena, const struct pd_settings *settings, enum pd_text_kind kind,
			     const char *name);
/* The text of that name for a reader of the language, else the one of no language. is_asked: the author named the language,
 * and no other will do. NULL: none fits; ret_others: the languages, or files, that there are. */
const struct pd_text *pd_text_choose(struct pd_arena *arena, const struct pd_settings *settings, enum pd_text_kind kind,
				     const char *name, const char *language, bool is_asked,
				     struct pd_strings *ret_others);
/* In which language its values are said: its own, else the mailbox's. */
const char *pd_text_language(const struct pd_context *context, const struct pd_ticket *ticket, const struct pd_text *text);
/* Is it filled with values? Else it is said as it stands. */
bool pd_text_is_filled(const struct pd_text *text);
/* What the commands insert, above and below the author's words. */
char *pd_insert_text(struct pd_arena *arena, const struct pd_commands *commands, const char *text);
/* The same with HTML. html NULL: the mail has none; then NULL, unless what is inserted must have it. */
char *pd_insert_html(struct pd_arena *arena, const struct pd_commands *commands, const char *html, const char *text);

#endif
