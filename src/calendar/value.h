/* Values of calendar properties: dates, times, durations, zones (RFC 5545, section 3.3). */
#ifndef PD_CALENDAR_VALUE_H
#define PD_CALENDAR_VALUE_H

#include <glib.h>
#include <stdbool.h>
#include "calendar/ics.h"
#include "calendar/model.h"

struct stamp {
	bool is_date, is_utc;
	pd_time local; /* wall time, or UTC where is_utc */
};
/* DATE or DATE-TIME; 24:00 is the next day's 0:00. Days must exist. */
bool pd_value_stamp(const char *text, struct stamp *ret_stamp);
/* dur-value, section 3.3.6; at most 100 years. */
bool pd_value_duration(const char *text, struct entry_length *ret_length);
/* "+0100", "-043000" in ms. */
bool pd_value_offset(const char *text, pd_time *ret_offset);

/* The zones of one file. A name that the system knows means the system's zone data, which is
 * newer than what files carry (RFC 7809); where the VTIMEZONE of the file says otherwise for the
 * next two years, that is a warning. Other names mean the file's VTIMEZONE. */
struct zones {
	struct pd_arena *arena;
	const struct pd_zone *floating; /* for times without zone, and for whole days */
	const struct pd_zone *utc;
	const char *path;
	struct pd_problems *problems;
	int64_t *steps;
	PD_LIST(const struct ics_component *) definitions; /* VTIMEZONEs */
	GHashTable *known;				   /* TZID -> zone */
};
/* The zone of a stamp on that line; NULL: unknown, told. */
const struct pd_zone *pd_value_zone(struct zones *zones, const struct ics_line *line,
				    const struct stamp *stamp, const char *component);

#endif
