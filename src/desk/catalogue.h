/* Every text that leaves: one function, with the reader's language as its argument.
 *
 * Keys are the English texts themselves (as with gettext). Placeholders are names in braces, filled from pairs:
 *   pd_say(arena, "fi", "Your message to {mailbox}", "mailbox", name, NULL)
 * A text that stands elsewhere than in such a call, in a table or behind a question mark, is marked with N_ so that
 * xgettext finds it. */
#ifndef PD_DESK_CATALOGUE_H
#define PD_DESK_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/clock.h"

#define N_(text) text

/* A missing placeholder is left as it stands; language NULL or unknown: English. */
char *pd_say(struct pd_arena *arena, const char *language, const char *english, ...) __attribute__((sentinel));
/* The same of a number of things: in the form that the language has for it; {n} is the number. */
char *pd_say_n(struct pd_arena *arena, const char *language, const char *one, const char *many, long long n, ...)
	__attribute__((sentinel));
/* A text of somebody else's with its placeholders filled. */
char *pd_fill(struct pd_arena *arena, const char *text, ...) __attribute__((sentinel));

/* Names in tables that are said, ended by NULL. */
extern const char *const pd_catalogue_names[];

/* "2h 5m": the two largest units, as the language shortens them. */
char *pd_say_duration(struct pd_arena *arena, const char *language, pd_time duration);

/* The first language of ours in a list as of Content-Language (RFC 3282) or Accept-Language, "pl-PL, en;q=0.5": the one
 * with the highest weight. NULL: there is none. */
const char *pd_language_of(const char *list);
/* Its own spelling in the table, "fr" of "fr-CA"; NULL: it is none of ours. */
const char *pd_language_find(const char *tag, size_t len);

/* The compiled catalogues, one a language (po/LANGUAGE.po), embedded when built. */
struct pd_catalogue_data {
	const char *language;
	const unsigned char *bytes; /* a .mo file; NULL: English, which needs none */
	size_t size;
};
extern const struct pd_catalogue_data pd_catalogues[];
extern const size_t pd_catalogue_count;

#endif
