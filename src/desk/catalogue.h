/* Every text that leaves: one function, with the reader's language as its argument.
 *
 * Keys are the English texts themselves (as with gettext). Placeholders are names in braces, filled from pairs:
 *   pd_say(arena, "fi", "Your message to {mailbox}", "mailbox", name, NULL) */
#ifndef PD_DESK_CATALOGUE_H
#define PD_DESK_CATALOGUE_H

#include "base/arena.h"

/* A missing placeholder is left as it stands; language NULL or unknown: English. */
char *pd_say(struct pd_arena *arena, const char *language, const char *english, ...) __attribute__((sentinel));

#endif
