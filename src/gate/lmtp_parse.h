/* Words of an LMTP command line: paths, parameters, xtext. Pure; never fails but by false. */
#ifndef PD_GATE_LMTP_PARSE_H
#define PD_GATE_LMTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

/* Skips the word (any case) and the blanks after it; false where the line does not begin with it. A word that
 * ends with a colon may be followed by anything, others by a blank or the end. */
bool pd_lmtp_word(const char **at, const char *word);

/* "<user@example.com>", "<>" (the null sender, ""), with quoted local parts; a source route is left out
 * (RFC 5321, section 4.1.2). Without the angle brackets it is no path. */
bool pd_lmtp_path(struct pd_arena *arena, const char **at, const char **ret_address);

/* The next "NAME" or "NAME=VALUE" after a path, NULL in ret_name at the line's end; false: malformed.
 * Value is NULL where there is none (RFC 5321, section 4.1.2). */
bool pd_lmtp_parameter(struct pd_arena *arena, const char **at, const char **ret_name,
		       const char **ret_value);

/* "+41" stands for "A" (RFC 3461, section 4); NULL for malformed text or an encoded control character. */
char *pd_lmtp_xtext(struct pd_arena *arena, const char *text);

#endif
