/* Events and AVAILABLE parts with their recurrence: masters, overrides, exceptions. */
#ifndef PD_CALENDAR_SERIES_H
#define PD_CALENDAR_SERIES_H

#include "calendar/ics.h"
#include "calendar/model.h"
#include "calendar/value.h"

/* One file being read. */
struct reading {
	const struct source *source;
	const char *path;
	enum source_role role;
	bool is_by_content;		   /* the role was found out by what stands in it */
	bool has_availability;		   /* a VAVAILABILITY stands in the file */
	struct availability *availability; /* the one being read */
	struct zones zones;
	size_t errors;
};

/* Tells what is wrong with the component; `what`, if any, is quoted. Always false. */
bool pd_reading_wrong(struct reading *in, const struct ics_component *component, int line, const char *why,
		      const char *what);
void pd_reading_warn(struct reading *in, const struct ics_component *component, int line, const char *why);

/* Calls take for each entry that the parent's children of that name come to: every master less
 * its exceptions, every override by itself (RFC 5545, section 3.8.4.4). What is cancelled or
 * replaced by a newer SEQUENCE is left out. */
typedef void series_take(void *context, const struct ics_component *component, struct entry *entry);
void pd_series_read(struct reading *in, const struct ics_component *parent, const char *name,
		    series_take *take);

#endif
