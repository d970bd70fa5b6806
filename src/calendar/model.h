/* What calendar files say, before it is spread over time: the model.
 *
 * Made from .ics files (source.c), from a plain week (week.c) or from the canonical
 * text (canon.c); made into intervals by compile.c. Immutable once made. */
#ifndef PD_CALENDAR_MODEL_H
#define PD_CALENDAR_MODEL_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"
#include "calendar/recur.h"
#include "calendar/zone.h"
#include "config/config.h"

enum entry_effect { ENTRY_OPENS, ENTRY_CLOSES };

/* How long an instance lasts: first on the wall, then by the clock. Hours given by an end
 * time close when the wall shows it, also in a night when clocks change; a DURATION's days
 * are of the wall, its hours exact (RFC 5545, section 3.3.6). */
struct entry_length {
	pd_time wall, exact;
};

struct entry_extra { /* RDATE */
	pd_time at;    /* UTC */
	pd_time local; /* the same in the entry's zone, as written: the clocks may skip it */
	struct entry_length length;
};

struct recurs { /* PD_LIST(const struct recur *) */
	const struct recur **items;
	size_t count, room;
};

/* One event with all its instances. */
struct entry {
	enum entry_effect effect;
	bool is_date;	  /* whole days */
	bool has_start;	  /* DTSTART is an instance itself: there is no rule */
	const char *name; /* of what closes; "" otherwise */
	struct pd_where where;
	const char *component; /* "VEVENT", for messages */
	const struct pd_zone *zone;
	pd_time start; /* local, in the zone */
	struct entry_length length;
	struct recurs rules;
	struct recurs except; /* EXRULE */
	PD_LIST(struct entry_extra) extra;
	PD_LIST(pd_time) not_at; /* starts that are left out, UTC, sorted */
	PD_LIST(int64_t) not_on; /* local days whose instances are left out, sorted */
	/* A change of "this and the following" splits a series: this entry has the instances whose
	 * original start lies in [from, to), each moved by shift on the wall. */
	pd_time from, to; /* UTC */
	pd_time shift;
};

/* RFC 7953: within [from, to), time is open where an entry says so, and closed elsewhere,
 * over what availabilities of lower priority say. */
struct availability {
	int rank; /* 0 (no PRIORITY), 1 (PRIORITY:9) … 9 (PRIORITY:1); the higher wins */
	pd_time from, to;
	PD_LIST(struct entry *) entries;
};

struct model {
	const struct pd_zone *zone; /* the calendar's */
	PD_LIST(struct entry *) entries;
	PD_LIST(struct availability *) availabilities;
	bool is_closed_by_default; /* something opens; otherwise all time is open that nothing closes */
};

/* Nothing opens and nothing closes: open around the clock. */
static inline bool model_is_always(const struct model *model)
{
	return !model->is_closed_by_default && model->entries.count == 0;
}

enum source_role { SOURCE_HOURS, SOURCE_HOLIDAYS, SOURCE_BY_CONTENT };

struct source {
	struct pd_arena *arena;
	struct model *model;
	const struct pd_strings *ignore;
	struct pd_problems *problems;
	int64_t *steps; /* see struct recur_span */
};
/* Reads one file into the model. Nothing is returned: the problems tell. */
void pd_source_read(const struct source *source, const char *path, enum source_role role,
		    struct pd_where where);

/* The canonical text, and back; see calendar.h. NULL: not such a text. */
char *pd_canon_text(struct pd_arena *arena, const struct model *model);
struct model *pd_canon_parse(struct pd_arena *arena, const char *text);

/* --- intervals --- */

struct span {
	pd_time from, to;
};
struct closing {
	pd_time from, to;
	const char *name;
};
/* The model spread over [from, to): sorted, disjoint, not touching. All questions are
 * answered from it; memory is its own, freed by pd_calendar_table_free. */
struct table {
	struct table *older; /* what it took the place of; readers may still hold it */
	pd_time from, to;
	struct span *open;
	pd_time *before; /* working time before open[i]; before[count] is all */
	size_t count;
	struct span *hours; /* as open, had nothing closed */
	size_t hours_count;
	struct closing *closings; /* sorted by from, longer first; may overlap */
	size_t closing_count;
	pd_time longest_closing;
	int64_t *days; /* local days with open time, sorted */
	size_t day_count;
};
/* Stops early, with a table that lacks something, only where *steps falls below 0; then
 * *ret_costly is what it was spreading. */
struct table *pd_calendar_table_make(const struct model *model, pd_time from, pd_time to, int64_t *steps,
				     const struct entry **ret_costly);
void pd_calendar_table_free(struct table *table);

#endif
