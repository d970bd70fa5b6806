/* What time brings, and the words for it; for this room alone, but for pd_decide_due (decide.h). */
#ifndef PD_DESK_DUE_H
#define PD_DESK_DUE_H

#include "desk/letters.h"
#include "desk/when.h"

/* Why a ticket woke by itself. */
#define PD_WHY_SNOOZE_OVER "the snooze is over"

/* "The first reply is overdue". */
const char *pd_goal_words(struct pd_context *context, const char *language, enum pd_goal goal, bool is_overdue);
/* A line for each goal that runs: what is due when, in the reader's zone. */
void pd_due_write(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_agent *reader,
		  struct pd_buf *out);
/* hand.c: what escalations and rules do by themselves: the lines as `postdesk do` would carry them out, on a plan that goes
 * on; words of a #note stand as a comment with that reason. NULL: done; else what is wrong, and the plan is to be taken
 * back. ticket NULL: none. */
const char *pd_carry_out(struct pd_context *context, struct pd_ticket *ticket, const struct pd_strings *lines,
			 const char *why);
/* guard.c: within the limits of automatic mail to outsiders? Counts it where it is. */
bool pd_guard_may_send_alarm(struct pd_context *context, const struct pd_ticket *ticket);

#endif
