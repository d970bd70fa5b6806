/* Time zones: local time <-> UTC, by one rule, for every use in the house.
 *
 * A local time that a change of offset skips is read with the offset before the
 * change; one that occurs twice means the first (RFC 5545, section 3.3.5). Local
 * times are "wall milliseconds": what the clock on the wall shows, counted as if
 * it were UTC. A zone is immutable and lives in the arena it was made in. Changes
 * are known from 1970 to 2200; outside, the nearest offset holds. */
#ifndef PD_CALENDAR_ZONE_H
#define PD_CALENDAR_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/clock.h"

/* 1970-01-01 and 2200-01-01 UTC: outside of them nothing is computed. */
#define PD_ZONE_FIRST ((pd_time)0)
#define PD_ZONE_LAST  ((pd_time)84006 * PD_DAY)

struct pd_zone {
	const char *name;
	size_t count;	       /* of stretches with one offset; at least 1 */
	const pd_time *at;     /* where each begins, UTC; at[0] is INT64_MIN */
	const pd_time *offset; /* local minus UTC, ms */
};

/* From the system's zone data by its name ("Europe/Helsinki", "UTC"); NULL: unknown. */
const struct pd_zone *pd_zone_load(struct pd_arena *arena, const char *name);
/* From count stretches (copied); equal neighbours are made one. */
const struct pd_zone *pd_zone_make(struct pd_arena *arena, const char *name, const pd_time *at,
				   const pd_time *offset, size_t count);

pd_time pd_zone_offset(const struct pd_zone *zone, pd_time utc);
pd_time pd_zone_to_local(const struct pd_zone *zone, pd_time utc);
pd_time pd_zone_to_utc(const struct pd_zone *zone, pd_time local);

/* Days since 1970-01-01 of the proleptic Gregorian calendar, and back. */
int64_t pd_day_number(int year, int month, int day);
void pd_day_civil(int64_t number, int *ret_year, int *ret_month, int *ret_day);
/* 0 Monday … 6 Sunday. */
int pd_day_weekday(int64_t number);
int pd_month_days(int year, int month);
/* The day that a time of either kind lies on, rounding down. */
int64_t pd_day_of(pd_time time);

/* "2026-10-12", "2026-10-12T09:00", "2026-10-12 09:00:30" (up to 24:00) as the zone's local
 * time; with an offset or Z at its end as that says. */
bool pd_zone_parse(const struct pd_zone *zone, const char *text, pd_time *ret_time);

#endif
