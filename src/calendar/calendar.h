/* Working time: .ics files, compiled once, asked often.
 *
 * Any number of files are one calendar: `hours` open, `holidays` close (see the top of source.c
 * for what each event means). Where nothing opens, all time is open that nothing closes. The
 * files become a sorted table of half-open intervals over some years around now; a question
 * outside of them makes the table longer (1970 to 2200), by itself and safely in any thread.
 * Questions are binary searches and change nothing; a calendar is immutable, counted by
 * references, and may be asked by all threads at once.
 *
 * Times are UTC milliseconds. Local times follow RFC 5545, section 3.3.5 (see zone.h).
 * A calendar has a canonical text, which depends on what the files say and on the zone data
 * alone, not on order, file names or the time of loading; its SHA-256 names it. A calendar made
 * from the text answers as the first one did, without the files. */
#ifndef PD_CALENDAR_CALENDAR_H
#define PD_CALENDAR_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"
#include "calendar/zone.h"
#include "config/config.h"

#define PD_NEVER INT64_MAX /* no such instant before 2200 */

struct pd_calendar;

/* --- making --- */

struct pd_calendar_files {
	struct pd_strings hours, holidays; /* paths */
	struct pd_strings either;	   /* paths; a file is hours or holidays by what stands in it */
	struct pd_strings ignore; /* globs of summaries, categories, descriptions that close nothing */
	const char *zone;	  /* for floating times and whole days; NULL: UTC */
	struct pd_where where;	  /* where they are named, for messages */
	struct pd_where hours_where, holidays_where, zone_where; /* more exactly; without a file: `where` */
};
/* One reference. NULL where a problem is an error; the problems tell all, with file and line.
 * Any file is read or refused within a second. */
struct pd_calendar *pd_calendar_load(const struct pd_calendar_files *files, struct pd_problems *problems);

struct pd_calendar_range {
	int weekday;  /* 0 Monday … 6 Sunday */
	int from, to; /* minutes of the day; to 1440 at most, or not after from: of the next day */
};
struct pd_calendar_week {
	PD_LIST(struct pd_calendar_range) ranges;
	struct pd_strings holidays; /* "2026-12-25" */
	const char *zone;
};
/* NULL: an unknown zone or a day that does not exist. A week without ranges is never open. */
struct pd_calendar *pd_calendar_from_week(const struct pd_calendar_week *week);
/* Open around the clock. */
struct pd_calendar *pd_calendar_always(void);

/* The canonical text, and its SHA-256 in hexadecimal; both live as long as the calendar. */
const char *pd_calendar_text(const struct pd_calendar *calendar);
const char *pd_calendar_hash(const struct pd_calendar *calendar);
/* NULL: not a text of ours. */
struct pd_calendar *pd_calendar_from_text(const char *text);

struct pd_calendar *pd_calendar_ref(struct pd_calendar *calendar);
void pd_calendar_unref(struct pd_calendar *calendar); /* NULL is allowed */

/* --- asking --- */

bool pd_calendar_is_open(const struct pd_calendar *calendar, pd_time at);
/* The time itself when it is open, else the next opening. PD_NEVER: none. */
pd_time pd_calendar_next_open(const struct pd_calendar *calendar, pd_time at);
/* The end of the open interval that holds the time, or else of the next one. PD_NEVER: none. */
pd_time pd_calendar_next_close(const struct pd_calendar *calendar, pd_time at);
/* The instant at which `working` ms of open time have passed since start. It ends at closing
 * time, not at the next opening; adding nothing outside hours gives the next opening. PD_NEVER: none.
 * A negative amount goes back: the last instant from which that much passes until start;
 * -PD_NEVER: none. */
pd_time pd_calendar_add(const struct pd_calendar *calendar, pd_time start, pd_time working);
/* Working days: the same time on the wall on the days-th day after that start (or the next
 * opening) that has any open time; where that is closed or just opens, the closing before it.
 * So a day added at opening time ends at that day's closing. 0 days: the next opening. */
pd_time pd_calendar_add_days(const struct pd_calendar *calendar, pd_time start, unsigned days);
/* Open time in [from, to); 0 when to is not after from. */
pd_time pd_calendar_between(const struct pd_calendar *calendar, pd_time from, pd_time to);

/* An amount as goals and commands write it: "4h" and the like of working time, or "3wd". */
struct pd_calendar_amount {
	pd_time working;
	unsigned days; /* when not 0, working is 0 */
};
bool pd_calendar_amount_parse(const char *text, struct pd_calendar_amount *ret_amount);
pd_time pd_calendar_add_amount(const struct pd_calendar *calendar, pd_time start,
			       struct pd_calendar_amount amount);

/* --- explaining --- */

enum pd_calendar_part_kind {
	PD_PART_COUNTED, /* open time */
	PD_PART_CLOSED,	 /* a holiday or absence that closed what would have been open */
	PD_PART_ZONE,	 /* the offset of local time changes: from is the instant, to the same */
};
struct pd_calendar_part {
	enum pd_calendar_part_kind kind;
	pd_time from, to;
	const char *name;		     /* of what closed; "" otherwise */
	pd_time offset_before, offset_after; /* PD_PART_ZONE; local minus UTC, ms */
};
struct pd_calendar_parts {
	struct pd_calendar_part *items;
	size_t count, room;
};
/* All that makes up pd_calendar_between(from, to), in order of time: the counted parts add up to
 * it. Texts belong to the calendar. */
void pd_calendar_explain(struct pd_arena *arena, const struct pd_calendar *calendar, pd_time from, pd_time to,
			 struct pd_calendar_parts *ret_parts);

/* All that closes within [from, to) by name, also where nothing would have been open; in order of time. */
void pd_calendar_closings(struct pd_arena *arena, const struct pd_calendar *calendar, pd_time from, pd_time to,
			  struct pd_calendar_parts *ret_parts);

const struct pd_zone *pd_calendar_zone(const struct pd_calendar *calendar);

/* --- the calendars of the configuration: [calendar NAME], and "24/7" --- */

struct pd_calendars;

/* One reference, never NULL. A calendar whose files are wrong is an error for the problems; where
 * `old` (NULL: none) has one of that name, it stays in force and the problem is a warning. */
struct pd_calendars *pd_calendars_load(const struct pd_settings *settings, const struct pd_calendars *old,
				       struct pd_problems *problems);
/* A set of canonical texts, as they were kept; what is no such text is left out. One reference. */
struct pd_calendar_kept {
	const char *name, *text;
};
struct pd_calendars *pd_calendars_of_texts(const struct pd_calendar_kept *kept, size_t count);
struct pd_calendars *pd_calendars_ref(struct pd_calendars *calendars);
void pd_calendars_unref(struct pd_calendars *calendars); /* NULL is allowed */
/* Lives as long as the set, unless referenced. NULL: none of that name. */
struct pd_calendar *pd_calendars_find(const struct pd_calendars *calendars, const char *name);
/* The desk's zone, for times of those who have no calendar; UTC where the set is NULL. */
const struct pd_zone *pd_calendars_zone(const struct pd_calendars *calendars);
/* Names in file order. */
struct pd_strings pd_calendars_names(struct pd_arena *arena, const struct pd_calendars *calendars);

/* Everything that is wrong with the files of calendars. */
void pd_calendar_check(const struct pd_settings *settings, struct pd_problems *problems);

#endif
