/* Tasks: entries of the timeline that somebody has to do. What each says is a comment that logs "task"; how it stands is a
 * hidden property of the ticket, PD_PROPERTY_TASK and the entry's number: "open TIME AGENT" or "done TIME AGENT", where
 * the time of an open one is when it is due ("-": no time). */
#ifndef PD_DESK_TASKS_H
#define PD_DESK_TASKS_H

#include "desk/plan.h"

struct pd_task {
	int64_t entry;
	bool is_done;
	pd_time at;	   /* when it is due, or was done; 0: no time */
	const char *agent; /* who has to do it, or did it */
};

/* Of a ticket's property; false: it is no task. */
bool pd_task_parse(struct pd_arena *arena, const struct pd_change *property, struct pd_task *ret_task);
char *pd_task_property(struct pd_arena *arena, int64_t entry);
char *pd_task_value(struct pd_arena *arena, bool is_done, pd_time at, const char *agent);
/* Has the ticket a task yet to be done, of that agent (NULL: of anybody)? */
bool pd_task_is_open(const struct pd_ticket *ticket, const char *agent);

#endif
