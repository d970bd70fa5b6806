/* The sum behind a due time, in words. */
#ifndef PD_DESK_WHY_H
#define PD_DESK_WHY_H

#include "desk/goals.h"

/* A line for the goal, one for its policy, and one for each part of the sum, with what has been counted so far. Times are
 * those of the goal's calendar; of one that never closes, of the reader's zone. No lines: the goal does not hold. */
struct pd_strings pd_why_lines(struct pd_arena *arena, const char *language, const struct pd_goals *goals,
			       const struct pd_ticket *ticket, enum pd_goal goal, pd_time now, const struct pd_zone *zone);

#endif
