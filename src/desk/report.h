/* What a desk did in a period: volumes, times to reply and to close, goals met and missed, by day, team,
 * agent, mailbox and priority. Reckoned from events alone: tickets go in one by one, as the store replays
 * them.
 *
 * Counted is what happened in [from, to), under the team, mailbox and priority that the ticket had then, and
 * under the agent who did it, else the owner of then. Tickets that are spam or automatic in the end do not
 * count. */
#ifndef PD_DESK_REPORT_H
#define PD_DESK_REPORT_H

#include "desk/command.h"
#include "desk/goals.h"

enum pd_report_by {
	PD_BY_ALL,
	PD_BY_DAY,
	PD_BY_TEAM,
	PD_BY_AGENT,
	PD_BY_MAILBOX,
	PD_BY_PRIORITY,
	PD_BY_COUNT
};
const char *pd_report_by_name(enum pd_report_by by); /* "all" "day" … */

/* Times are of the goal's calendar (of the policy, else of the team, else all the time), in ms, without
 * pauses. A time counts when it ended in the period; of what was taken back (a bounce, a reopening) only what
 * holds in the end. */
struct pd_report_goal {
	size_t count;
	pd_time median, p90; /* 0 without any; p90: nine of ten took no longer */
	size_t met, missed;
	size_t overdue; /* became due in the period, and still waits */
};
struct pd_report_line {
	enum pd_report_by by;
	const char *key;	/* "2026-11-21", a name; NULL: none (no owner, no team), and of PD_BY_ALL */
	size_t created, closed; /* tickets */
	size_t in, out;		/* messages of contacts, of agents; no acknowledgements */
	struct pd_report_goal goals[PD_GOALS];
};
struct pd_report_lines {
	struct pd_report_line *items;
	size_t count, room;
};

struct pd_report;
/* desk: for contacts that policies ask for. agent: what that one may not see does not count; NULL: all. */
struct pd_report *pd_report_new(const struct pd_settings *settings, struct pd_snapshot *desk,
				const struct pd_agent *agent, pd_time from, pd_time to, pd_time now);
void pd_report_free(struct pd_report *report); /* NULL is allowed */
/* All events of one ticket, oldest first. The arena is for the meantime. */
void pd_report_add(struct pd_report *report, struct pd_arena *arena, const struct pd_event *events,
		   size_t count);
/* PD_BY_ALL, then each day of the period (of a long one, each on which something happened), then the others,
 * in the order of the configuration. They lie in the arena, and outlive the report. */
struct pd_report_lines pd_report_done(struct pd_arena *arena, struct pd_report *report);

#endif
