/* Recurrence rules (RFC 5545, section 3.3.10), read by libical, expanded here.
 *
 * libical's iterator can run without ever returning, so the days of a rule are found
 * by testing each day of a period against the rule: time linear in the days looked at,
 * counted in steps that the caller limits. Rules finer than DAILY are refused. A DTSTART
 * that the rule does not name is no instance and is not counted. */
#ifndef PD_CALENDAR_RECUR_H
#define PD_CALENDAR_RECUR_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "calendar/zone.h"

#define PD_RECUR_TIMES 96 /* times of day in one rule (BYHOUR, BYMINUTE, BYSECOND) */

enum recur_freq { RECUR_DAILY, RECUR_WEEKLY, RECUR_MONTHLY, RECUR_YEARLY };
enum recur_until { RECUR_UNTIL_NONE, RECUR_UNTIL_DATE, RECUR_UNTIL_LOCAL, RECUR_UNTIL_UTC };

struct recur_nth {
	short n; /* 0: every one; -1: the last */
	short weekday;
};
struct recur {
	const char *text; /* the rule in libical's spelling */
	enum recur_freq freq;
	int interval, count; /* count 0: without end */
	enum recur_until until_kind;
	pd_time until;			      /* a day number for RECUR_UNTIL_DATE */
	int week_start;			      /* 0 Monday */
	uint16_t months;		      /* bit 1: January; 0: any */
	uint32_t month_days, month_days_back; /* bit 1: the first, the last */
	size_t day_count, year_day_count, week_count, set_count, time_count;
	const struct recur_nth *days;
	const short *year_days, *weeks, *set;
	const pd_time *times; /* of day, sorted; none: that of the start */
	pd_time kept;	      /* times add the start's time modulo this */
};

/* NULL and a reason in *ret_why (static text) for what is wrong or not taken. */
const struct recur *pd_recur_parse(struct pd_arena *arena, const char *text, const char **ret_why);

struct recur_span {
	pd_time start;		    /* DTSTART, local */
	pd_time from, to;	    /* instances wanted, local, half-open */
	bool is_date;		    /* UNTIL is compared as a date */
	const struct pd_zone *zone; /* for an UNTIL in UTC */
	int64_t *steps;		    /* counts down; below 0 the expansion stops */
};
/* Calls each(context, local) in order of periods; false from it stops. */
typedef bool recur_each(void *context, pd_time local);
void pd_recur_expand(const struct recur *recur, const struct recur_span *span, recur_each *each,
		     void *context);
/* Does any instance come within 400 years of the start, after which all repeats? */
bool pd_recur_happens(const struct recur *recur, const struct recur_span *span);

#endif
