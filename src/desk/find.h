/* Names as people write them, found among those of the settings: any case, full names, first names,
 * addresses. */
#ifndef PD_DESK_FIND_H
#define PD_DESK_FIND_H

#include "config/config.h"

/* What was found. Exactly one of: name; choices (it may be several, in a line for people); neither (nothing).
 */
struct pd_found {
	const char *name;    /* as in the settings */
	const char *choices; /* "anna, anna.k" */
	const char *nearest; /* where nothing was found: what it may have meant; NULL */
	const char *valid;   /* where nothing was found: those that there are, in a line for people; NULL: not said */
};
/* What is said where no name was found, in one sentence everywhere: kind is "priority", text what was written. */
char *pd_found_words(struct pd_arena *arena, const char *language, const char *kind, const char *text,
		     const struct pd_found *found);
/* Nothing found of that text among these names. */
struct pd_found pd_found_none(struct pd_arena *arena, const char *text, const struct pd_strings *names);

/* By configuration name, address, full name, or a first name that only one agent has. A full stop or comma at
 * the end is taken for a slip where the name with it is none. */
struct pd_found pd_find_agent(struct pd_arena *arena, const struct pd_settings *settings, const char *text);
struct pd_found pd_find_team(struct pd_arena *arena, const struct pd_settings *settings, const char *text);
/* By name, full name or an address of it. */
struct pd_found pd_find_mailbox(struct pd_arena *arena, const struct pd_settings *settings, const char *text);
struct pd_found pd_find_pipeline(struct pd_arena *arena, const struct pd_settings *settings,
				 const char *text);
/* A status of the pipeline, or of any when it is NULL; the name as the pipeline writes it. */
struct pd_found pd_find_status(struct pd_arena *arena, const struct pd_settings *settings,
			       const struct pd_pipeline *pipeline, const char *text);
/* Among the items of a list. */
struct pd_found pd_find_word(struct pd_arena *arena, const struct pd_strings *list, const char *text);
/* "3", "-2.5": a value of a property that is a number. */
bool pd_is_decimal(const char *value);
/* The [property …] group of that name; NULL when there is none. */
const struct pd_group *pd_find_property(const struct pd_settings *settings, const char *name);

#endif
