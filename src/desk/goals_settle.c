/* What a decision does to goals: verdicts and promises into its events, and the ticket's agenda for the store.
 *
 * Promises: a verdict is given in the decision that ends a clock, by the policy and the calendar of then, and a promise
 * stands in the history as it was made; what changes later changes neither. Called again, it adds what has changed since.
 * Cannot fail. */
#include "desk/plan.h"

#include <string.h>

#include "base/text.h"

static const struct pd_contact *contact_of(struct pd_context *context, int64_t id)
{
	for (size_t i = 0; i < context->plan->contacts.count; i++)
		if (context->plan->contacts.items[i].contact.id == id)
			return &context->plan->contacts.items[i].contact;
	return context->desk->contact(context->desk, context->arena, id);
}

static struct pd_ticket_facts facts_of(struct pd_context *context, const struct pd_ticket *ticket)
{
	struct pd_ticket_facts facts = {.ticket = ticket};
	for (size_t i = 0; pd_policies_ask_contacts(context->settings->policies) && i < ticket->contacts.count; i++) {
		const struct pd_contact *contact = contact_of(context, ticket->contacts.items[i]);
		if (contact != NULL)
			*pd_list_add(context->arena, &facts.contacts) = contact;
	}
	return facts;
}

void pd_plan_goals(struct pd_context *context, const struct pd_ticket *ticket, struct pd_goals *ret_goals)
{
	struct pd_ticket_facts facts = facts_of(context, ticket);
	pd_goals_at(context->settings, &facts, context->now, ret_goals);
}

/* The newest event of each of the plan's tickets; NULL: there is none. */
static struct pd_event **newest_events(const struct pd_context *context)
{
	const struct pd_plan *plan = context->plan;
	struct pd_event **newest = pd_alloc_n(context->arena, plan->tickets.count, sizeof *newest);
	for (size_t i = 0; i < plan->events.count; i++) {
		struct pd_event *event = plan->events.items[i];
		size_t place;
		if (pd_plan_place(plan, event->ticket, &place) &&
		    event->version == plan->tickets.items[place].ticket->version)
			newest[place] = event;
	}
	return newest;
}

struct settling {
	struct pd_context *context;
	struct pd_ticket *ticket;
	struct pd_event *event;
};

static void promise(struct settling *settling, enum pd_goal goal, pd_time due)
{
	struct pd_arena *arena = settling->context->arena;
	pd_time promised = settling->ticket->clocks.of[goal].promised;
	if (due != promised)
		pd_plan_amend(settling->context, settling->ticket, settling->event,
			      pd_printf(arena, "due_%s", pd_goal_name(goal)), pd_time_milliseconds(arena, promised),
			      pd_time_milliseconds(arena, due));
}

/* As the clock stood just before it was stopped. */
static void judge(struct settling *settling, enum pd_goal goal)
{
	struct pd_context *context = settling->context;
	const struct pd_clock *clock = &settling->ticket->clocks.of[goal];
	struct pd_ticket then = *settling->ticket;
	struct pd_goals goals;
	pd_time stop = clock->stop;
	then.clocks.of[goal].stop = 0;
	for (; then.clocks.pauses.count > 0; then.clocks.pauses.count--) {
		const struct pd_pause_span *pause = &then.clocks.pauses.items[then.clocks.pauses.count - 1];
		if (pause->from < stop)
			break;
	}
	/* A pause that ends with the clock, or goes on after it, held it until then. */
	then.clocks.pauses.items =
		then.clocks.pauses.count > 0
			? pd_memdup(context->arena, then.clocks.pauses.items,
				    then.clocks.pauses.count * sizeof *then.clocks.pauses.items)
			: NULL;
	if (then.clocks.pauses.count > 0 && then.clocks.pauses.items[then.clocks.pauses.count - 1].to >= stop)
		then.clocks.pauses.items[then.clocks.pauses.count - 1].to = 0;
	pd_plan_goals(context, &then, &goals);
	const struct pd_goal_status *status = &goals.of[goal];
	if (status->state == PD_GOAL_NONE)
		return;
	bool is_met = status->state == PD_GOAL_PAUSED ? status->left > 0 : status->due == 0 || stop <= status->due;
	if (status->due != 0)
		promise(settling, goal, status->due);
	pd_plan_amend(context, settling->ticket, settling->event,
		      pd_printf(context->arena, "goal_%s", pd_goal_name(goal)), NULL, is_met ? "met" : "missed");
}

static void settle(struct settling *settling)
{
	struct pd_context *context = settling->context;
	struct pd_goals goals;
	for (int goal = 0; goal < PD_GOALS; goal++) {
		const struct pd_clock *clock = &settling->ticket->clocks.of[goal];
		if (clock->stop != 0 && clock->stop == context->now && clock->verdict == PD_GOAL_END_NONE)
			judge(settling, (enum pd_goal)goal);
	}
	pd_plan_goals(context, settling->ticket, &goals);
	for (int goal = 0; goal < PD_GOALS; goal++)
		if (goals.of[goal].due != 0 && settling->ticket->clocks.of[goal].stop == 0)
			promise(settling, (enum pd_goal)goal, goals.of[goal].due);
}

void pd_goals_settle(struct pd_context *context)
{
	struct pd_plan *plan = context->plan;
	bool has_goals = !pd_policies_are_empty(context->settings->policies);
	struct pd_event **newest = newest_events(context);
	for (size_t i = 0; i < plan->tickets.count; i++) {
		struct pd_planned_ticket *planned = &plan->tickets.items[i];
		struct pd_ticket *ticket = planned->ticket;
		struct pd_goals goals = {0};
		if (ticket->version == planned->base_version)
			continue;
		struct settling settling = {context, ticket, newest[i]};
		if (has_goals && settling.event != NULL)
			settle(&settling);
		if (has_goals)
			pd_plan_goals(context, ticket, &goals);
		planned->agenda = pd_agenda_of(&goals, ticket);
	}
}
