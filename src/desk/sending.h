/* Drafts that go out by themselves at a time which their author named (#send TIME). Each is a hidden property of the
 * ticket (PD_PROPERTY_SENDING), so that it survives restarts, stands in the history and can be taken back. */
#ifndef PD_DESK_SENDING_H
#define PD_DESK_SENDING_H

#include "desk/plan.h"

struct pd_sending {
	int64_t draft;
	pd_time at;
	const char *agent; /* whose draft */
	bool is_full;	   /* who named the time was proven in full */
};

/* Of a ticket's property; false: it is no such thing. */
bool pd_sending_parse(struct pd_arena *arena, const struct pd_change *property, struct pd_sending *ret_sending);
/* The ticket's soonest; false: it has none. */
bool pd_sending_next(struct pd_arena *arena, const struct pd_ticket *ticket, struct pd_sending *ret_sending);
/* The property's value. */
char *pd_sending_value(struct pd_arena *arena, pd_time at, const char *agent, bool is_full);
/* Gives the draft its time, and back the words for its author. */
const char *pd_sending_set(struct pd_context *context, struct pd_ticket *ticket, int64_t draft, const char *value,
			   const char *why);
/* The draft has no time any more, where it had one. */
void pd_sending_end(struct pd_context *context, struct pd_ticket *ticket, int64_t draft, const char *why);
/* Is a draft of the ticket due? Then it is taken up as its author's mail, by plan->resume_draft; the caller goes on with
 * pd_decide_held. One that is a draft no more only loses its time. */
bool pd_sending_take(struct pd_context *context, struct pd_ticket *ticket);

#endif
