/* Savepoints of a plan: all or nothing for a part of a decision (invariant 5).
 *
 * Promises: after pd_plan_back the plan is what it was; numbers drawn meanwhile stay drawn, and what was
 * looked up stays in the read set. */
#include "desk/mail.h"

#include <string.h>

void pd_plan_save(struct pd_context *context, struct pd_savepoint *ret_savepoint)
{
	const struct pd_plan *plan = context->plan;
	memset(ret_savepoint, 0, sizeof *ret_savepoint);
	ret_savepoint->plan = *plan;
	for (size_t i = 0; i < plan->tickets.count; i++) {
		struct pd_planned_ticket *kept = pd_list_add(context->arena, &ret_savepoint->tickets);
		*kept = plan->tickets.items[i];
		kept->ticket = pd_ticket_copy(context->arena, kept->ticket);
	}
	for (size_t i = 0; i < plan->contacts.count; i++)
		*pd_list_add(context->arena, &ret_savepoint->contacts) = plan->contacts.items[i];
	if (plan->events.count > 0)
		ret_savepoint->last = *plan->events.items[plan->events.count - 1];
}

void pd_plan_back(struct pd_context *context, const struct pd_savepoint *savepoint)
{
	struct pd_plan *plan = context->plan;
	*plan = savepoint->plan;
	plan->places = (struct pd_places){0}; /* later tickets stand in it */
	for (size_t i = 0; i < plan->tickets.count; i++) {
		plan->tickets.items[i] = savepoint->tickets.items[i];
		plan->tickets.items[i].ticket =
			pd_ticket_copy(context->arena, savepoint->tickets.items[i].ticket);
	}
	for (size_t i = 0; i < plan->contacts.count; i++)
		plan->contacts.items[i] = savepoint->contacts.items[i];
	if (plan->events.count > 0)
		*plan->events.items[plan->events.count - 1] = savepoint->last;
}
