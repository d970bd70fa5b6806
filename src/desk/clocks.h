/* The clocks of a ticket's goals, as its events make them: when each began, what held it, when it ended.
 *
 * Part of the fold (desk/ticket.h): settings, calendars and the present play no part here, and no sum of paused time
 * is kept. What is due when is reckoned from this by desk/goals.h. */
#ifndef PD_DESK_CLOCKS_H
#define PD_DESK_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"

enum pd_goal { PD_GOAL_FIRST_REPLY, PD_GOAL_NEXT_REPLY, PD_GOAL_CLOSE, PD_GOALS };
const char *pd_goal_name(enum pd_goal goal); /* "first_reply" "next_reply" "close" */
bool pd_goal_parse(const char *name, enum pd_goal *ret_goal);

/* Why clocks stand still; of several the last one here counts. */
enum pd_pause {
	PD_PAUSE_NONE,
	PD_PAUSE_WAITING, /* a status of kind waiting */
	PD_PAUSE_SNOOZED,
	PD_PAUSE_CLOSED,
	PD_PAUSE_ASIDE, /* spam, deleted, merged away, automatic: no goals at all */
};
const char *pd_pause_name(enum pd_pause cause); /* "waiting" … */

struct pd_pause_span {
	pd_time from, to; /* to 0: still */
	enum pd_pause cause;
};
/* What was told of a running clock. step: "due_soon" "overdue" "overdue+30m". */
struct pd_warned {
	enum pd_goal goal;
	const char *step;
	pd_time at;
};
enum pd_goal_end { PD_GOAL_END_NONE, PD_GOAL_END_MET, PD_GOAL_END_MISSED };

struct pd_clock {
	pd_time start; /* 0: it never ran, or does not apply */
	pd_time stop;  /* 0: it runs, or is held by a pause */
	int64_t stop_event;
	bool is_restarted;	 /* the reply that ended it was not delivered: it began again */
	enum pd_goal_end verdict; /* of a stopped one, by the promise of then */
	pd_time promised;	 /* the due time that was promised last; 0: none was */
	pd_time kept, kept_since; /* a promise of a ticket merged into this one, and when; 0: none */
};
struct pd_clocks {
	struct pd_clock of[PD_GOALS];
	PD_LIST(struct pd_pause_span) pauses; /* oldest first, not overlapping */
	PD_LIST(struct pd_warned) warned;
	bool has_replied; /* a person here has written to the contact */
};

struct pd_ticket;
struct pd_event;
/* The event's part in the clocks; called by pd_ticket_apply after everything else of it is applied.
 *
 * Besides messages and statuses these changes are read; none of them is a property of the ticket, and no undo
 * takes them back:
 *   due_GOAL    the promise, RFC 3339      goal_GOAL   "met" or "missed"
 *   warned      "GOAL STEP"                kept_GOAL   a promise that came by a merge
 *   notified    whom an escalation tells besides: "owner" "team" "followers" "agent:NAME" "team:NAME"
 *   clock       in an UNDELIVERED event: the goal whose clock begins again
 *   unclocked   in a MESSAGE event: it moves no clock (automatic mail, history) */
void pd_clocks_apply(struct pd_arena *arena, struct pd_ticket *ticket, const struct pd_event *event);
bool pd_property_is_of_clocks(const char *property);
/* What holds the clocks now. */
enum pd_pause pd_clocks_paused(const struct pd_clocks *clocks);
/* When the last warning of that step of the running clock was given; 0: never. */
pd_time pd_clocks_warned(const struct pd_clocks *clocks, enum pd_goal goal, const char *step);

#endif
