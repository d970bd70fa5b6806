/* Who is there: an agent's own hours, absences, and the agent's own word.
 *
 * Pure: routing, chat and whoever else asks gives the records and the time. Absences are records of the desk
 * of the kind "absence" (desk/ticket.h), named "AGENT/KEY", each an ISO 8601 interval and words: "FROM/UNTIL
 * why", UNTIL ".." where no end is known. The keys:
 *
 *   away        by #away; takes the place of the one before
 *   here        by #available: present although the calendar says otherwise; over all others
 *   reply       by an out-of-office mail
 *   else        an invitation, by a digest of its UID
 */
#ifndef PD_DESK_AVAILABILITY_H
#define PD_DESK_AVAILABILITY_H

#include "calendar/calendar.h"
#include "desk/snapshot.h"

#define PD_ABSENCE	"absence" /* the kind of the records */
#define PD_OUT_OF_HOURS "out of hours"

struct pd_absence {
	const char *agent, *key;
	pd_time from, until; /* half-open; until PD_NEVER: no end is known */
	const char *why;     /* "" */
};
/* The value of a record, and back; false: no such record. */
char *pd_absence_value(struct pd_arena *arena, pd_time from, pd_time until, const char *why);
bool pd_absence_parse(struct pd_arena *arena, const struct pd_record *record, struct pd_absence *ret_absence);
char *pd_absence_name(struct pd_arena *arena, const struct pd_agent *agent, const char *key);

struct pd_availability {
	bool is_available;
	pd_time until;	 /* when that changes; PD_NEVER: no change is known */
	const char *why; /* of an absence, for people: "#away", "Vacation", PD_OUT_OF_HOURS; "" where there is
			    nothing to say */
};
/* As it is at that time. records: all of the kind PD_ABSENCE. An agent without a calendar has no hours: only
 * absences count. */
struct pd_availability pd_availability_of(struct pd_arena *arena, const struct pd_settings *settings,
					  const struct pd_records *records, const struct pd_agent *agent,
					  pd_time at);

#endif
