/* The text of an .ics file as a tree of components, each line with its number.
 *
 * RFC 5545, section 3.1: folded lines are joined, parameters split off; values are
 * left as they stand. libical's own parser forgets where a line stood and drops what
 * it does not understand, and a cut file gives it no error; so the lines are read here
 * and only values are given to it. A file that is no calendar, is cut, or whose
 * components do not match is refused with file and line. */
#ifndef PD_CALENDAR_ICS_H
#define PD_CALENDAR_ICS_H

#include <stddef.h>
#include "base/arena.h"
#include "base/list.h"
#include "config/config.h"

#define PD_ICS_LIMIT ((size_t)16 * 1024 * 1024) /* bytes of a file */

struct ics_param {
	const char *name, *value; /* without quotes */
};
struct ics_line {
	const char *name; /* upper case */
	const char *value;
	PD_LIST(struct ics_param) params;
	int number;
};
struct ics_component {
	const char *name; /* upper case */
	int number;	  /* of its BEGIN line */
	PD_LIST(struct ics_line) lines;
	PD_LIST(struct ics_component *) children;
};

/* The whole file; PD_ICS_LIMIT at most, regular files only. NULL where the problems tell why. */
char *pd_ics_slurp(struct pd_arena *arena, const char *path, struct pd_where where, size_t *ret_len,
		   struct pd_problems *problems);
/* A nameless root with the VCALENDARs as its children; NULL where the problems tell why. */
struct ics_component *pd_ics_parse(struct pd_arena *arena, const char *path, const char *data, size_t len,
				   struct pd_problems *problems);

/* The first line of the name, the value of a parameter; NULL: none. */
const struct ics_line *pd_ics_line(const struct ics_component *component, const char *name);
const char *pd_ics_value(const struct ics_component *component, const char *name);
const char *pd_ics_param(const struct ics_line *line, const char *name);
/* A TEXT value for people: unescaped (section 3.3.11), one clean line. */
char *pd_ics_text(struct pd_arena *arena, const char *value);

#endif
