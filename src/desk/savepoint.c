/* Savepoints of a plan: all or nothing for a part of a decision (invariant 5).
 *
 * Promises: after pd_plan_back the plan is what it was; numbers drawn meanwhile stay drawn, and what was looked up stays
 * in the read set. A savepoint remembers lengths; of a ticket or contact that stood in the plan a copy is kept when it is
 * changed for the first time after it. So the cost is that of what is changed, however long the plan is: rules and
 * escalations make a savepoint a ticket. Cannot fail. */
#include "desk/mail.h"

#include <string.h>

#define FEW 16 /* tickets are found without an index */

/* --- where tickets stand --- */

bool pd_plan_place(const struct pd_plan *plan, int64_t number, size_t *ret_place)
{
	size_t place;
	if (pd_places_find(&plan->places, number, &place) && place < plan->tickets.count &&
	    plan->tickets.items[place].ticket->number == number) {
		*ret_place = place;
		return true;
	}
	for (size_t i = plan->placed; i < plan->tickets.count; i++)
		if (plan->tickets.items[i].ticket->number == number) {
			*ret_place = i;
			return true;
		}
	return false;
}

void pd_plan_index(struct pd_context *context)
{
	struct pd_plan *plan = context->plan;
	for (; plan->tickets.count > FEW && plan->placed < plan->tickets.count; plan->placed++)
		pd_places_set(context->arena, &plan->places, plan->tickets.items[plan->placed].ticket->number, plan->placed);
}

/* --- what was before a change --- */

void pd_plan_keep_ticket(struct pd_context *context, struct pd_ticket *ticket)
{
	struct pd_plan *plan = context->plan;
	size_t place;
	if (plan->savepoints == 0 || !pd_plan_place(plan, ticket->number, &place))
		return;
	struct pd_planned_ticket *planned = &plan->tickets.items[place];
	if (planned->ticket != ticket || planned->kept_at == plan->savepoints)
		return;
	planned->kept_at = plan->savepoints;
	*pd_list_add(context->arena, &plan->formers) =
		(struct pd_planned_former){.ticket = ticket, .was = pd_ticket_copy(context->arena, ticket)};
}

void pd_plan_keep_contact(struct pd_context *context, const struct pd_planned_contact *contact)
{
	struct pd_plan *plan = context->plan;
	if (plan->savepoints > 0)
		*pd_list_add(context->arena, &plan->formers) = (struct pd_planned_former){
			.place = (size_t)(contact - plan->contacts.items), .contact = *contact};
}

/* --- there and back --- */

void pd_plan_save(struct pd_context *context, struct pd_savepoint *ret_savepoint)
{
	struct pd_plan *plan = context->plan;
	plan->savepoints++;
	memset(ret_savepoint, 0, sizeof *ret_savepoint);
	ret_savepoint->plan = *plan;
	if (plan->events.count > 0)
		ret_savepoint->last = *plan->events.items[plan->events.count - 1];
}

void pd_plan_back(struct pd_context *context, const struct pd_savepoint *savepoint)
{
	struct pd_plan *plan = context->plan;
	const struct pd_plan later = *plan;
	*plan = savepoint->plan;
	plan->places = later.places;
	plan->placed = later.placed < plan->tickets.count ? later.placed : plan->tickets.count;
	plan->savepoints = later.savepoints + 1; /* it may be gone back to again */
	for (size_t i = later.formers.count; i > savepoint->plan.formers.count; i--) {
		const struct pd_planned_former *former = &later.formers.items[i - 1];
		if (former->ticket != NULL)
			*former->ticket = *former->was;
		else if (former->place < plan->contacts.count)
			plan->contacts.items[former->place] = former->contact;
	}
	if (plan->events.count > 0)
		*plan->events.items[plan->events.count - 1] = savepoint->last;
}
