/* Text: cleaning what came from outside, comparing, cutting. UTF-8 everywhere. */
#ifndef PD_BASE_TEXT_H
#define PD_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/list.h"

/* One line fit for a header, a log or a terminal: invalid UTF-8 replaced by U+FFFD;
 * C0, C1, NUL, CR, LF, bidi controls (U+202A-202E, U+2066-2069) made blanks; runs of
 * white space made one blank; trimmed; at most max_chars characters (0: no limit). */
char *pd_clean_line(struct pd_arena *arena, const char *text, size_t max_chars);
/* As above but keeps lines (LF alone) and tabs. */
char *pd_clean_text(struct pd_arena *arena, const char *text, size_t len);
/* The same for text that is valid UTF-8; NULL where it is not. */
char *pd_clean_valid_text(struct pd_arena *arena, const char *text, size_t len);
/* How many of the first bytes are ASCII, NUL too. */
size_t pd_ascii_run(const char *text, size_t len);
/* RFC 3629, NUL allowed. */
bool pd_is_utf8(const char *text, size_t len);
/* A file name that is safe to show and to save: last component after / and \, no
 * leading dot, no controls, at most 150 bytes; "attachment" when nothing is left. */
char *pd_clean_file_name(struct pd_arena *arena, const char *name);

bool pd_starts(const char *text, const char *prefix);
bool pd_ends(const char *text, const char *suffix);
bool pd_starts_nocase(const char *text, const char *prefix); /* ASCII */
bool pd_equal_nocase(const char *a, const char *b);	    /* ASCII; NULL equals NULL only */
bool pd_equal(const char *a, const char *b);		    /* NULL equals NULL only */
/* Unicode case folding and normalization (NFKC), for comparing what people typed. */
char *pd_fold(struct pd_arena *arena, const char *text);
char *pd_lower_ascii(struct pd_arena *arena, const char *text);
/* Without white space at both ends (ASCII and U+00A0). */
char *pd_trim(struct pd_arena *arena, const char *text);
/* Parts between separators; a backslash keeps a separator literal. Parts are trimmed; empty ones left out. */
struct pd_strings pd_split(struct pd_arena *arena, const char *text, char separator);
/* Lines without their LF or CRLF. */
struct pd_strings pd_lines(struct pd_arena *arena, const char *text);
/* With `*` for any run of characters, without regard to ASCII case. Linear time. */
bool pd_glob(const char *pattern, const char *text);
/* Edits (insert, delete, replace, swap of neighbours) from a to b; gives up above max: max + 1. */
unsigned pd_edit_distance(const char *a, const char *b, unsigned max);
/* The nearest of the candidates within 2 edits (1 for words of up to 3 letters); NULL: none. */
const char *pd_nearest(const char *word, const struct pd_strings *candidates);
/* A whole decimal number without sign, at most max; false otherwise. */
bool pd_number(const char *text, unsigned long long max, unsigned long long *ret_number);

#endif
