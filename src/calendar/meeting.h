/* An invitation to a meeting as iCalendar text: iTIP's REQUEST and CANCEL (RFC 5546, sections 3.2.2 and 3.2.5). */
#ifndef PD_CALENDAR_MEETING_H
#define PD_CALENDAR_MEETING_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"

struct pd_meeting_person {
	const char *name; /* "" */
	const char *addr;
};
struct pd_meeting {
	const char *uid;
	int sequence; /* one more with each change */
	bool is_cancelled;
	pd_time start, end, stamp; /* stamp: when this was said */
	const char *summary, *description;
	struct pd_meeting_person organizer;
	PD_LIST(struct pd_meeting_person) attendees;
};

/* The whole VCALENDAR, LF at the ends of lines, folded (RFC 5545, section 3.1). Times in UTC. Cannot fail. */
char *pd_meeting_ics(struct pd_arena *arena, const struct pd_meeting *meeting);

#endif
