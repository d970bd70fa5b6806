/* Rules (MISSION.md T13): on an event, when a query holds, commands.
 *
 * Promises: the same queries and commands as by mail, as the actor "rule:NAME", each with the rule as its reason on the
 * timeline; all of a rule's commands or none, and where they fail a comment says so. No rule sets off another for ever: a
 * plan is gone through once, in the order of the file, and each rule acts once on a ticket; tickets that rules make set
 * off none, and later no rule that would make another ticket of them. History sets off none. Cannot fail. */
#include "desk/rule.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/due.h"
#include "desk/facts.h"

/* --- what happened --- */

bool pd_rule_is_on(const char *on, enum pd_occurrence occurrence, const char *detail)
{
	static const char *const words[] = {
		[PD_OCCURS_CREATED] = "created",   [PD_OCCURS_REPLIED] = "replied", [PD_OCCURS_ANSWERED] = "answered",
		[PD_OCCURS_CHANGED] = "changed:", [PD_OCCURS_GOAL] = "goal:",	     [PD_OCCURS_AFTER] = "after:",
		[PD_OCCURS_AT] = "at:",
	};
	const char *word = words[occurrence];
	size_t len = strlen(word);
	if (!pd_ends(word, ":"))
		return strcmp(on, word) == 0;
	return strncmp(on, word, len) == 0 && detail != NULL && strcmp(on + len, detail) == 0;
}

bool pd_rule_is_enabled(const struct pd_group *rule)
{
	const char *enabled = pd_group_value(rule, "enabled", NULL);
	return enabled == NULL || strcmp(enabled, "yes") == 0 || strcmp(enabled, "true") == 0;
}

static bool is_of_a_machine(const struct pd_context *context, const struct pd_event *event)
{
	for (size_t i = context->plan->messages.count; event->message != 0 && i > 0; i--) {
		const struct pd_stored *stored = &context->plan->messages.items[i - 1].stored;
		if (stored->id == event->message)
			return (stored->kinds & (PD_KINDS_OF_MACHINES | PD_KIND_BOUNCE | PD_KIND_DSN)) != 0;
	}
	return false;
}

/* Was the ticket made by this plan before that event? */
static bool is_made_here(const struct pd_context *context, int64_t ticket)
{
	for (size_t i = 0; i < context->plan->events.count; i++)
		if (context->plan->events.items[i]->ticket == ticket &&
		    context->plan->events.items[i]->kind == PD_EVENT_CREATED)
			return true;
	return false;
}

static bool has_changed(const char *on, const struct pd_event *event)
{
	for (size_t i = 0; i < event->changes.count; i++)
		if (pd_rule_is_on(on, PD_OCCURS_CHANGED, event->changes.items[i].property))
			return true;
	return false;
}

/* A goal was due soon or overdue (told as "first_reply overdue"). */
static bool has_warned(const char *on, const struct pd_event *event)
{
	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];
		const char *state = change->to != NULL ? strchr(change->to, ' ') : NULL;
		if (strcmp(change->property, "warned") == 0 && state != NULL &&
		    pd_rule_is_on(on, PD_OCCURS_GOAL, state + 1))
			return true;
	}
	return false;
}

/* A goal has reached that state by what the plan does. Of due soon and overdue the clock tells, once. */
static bool has_reached(struct pd_context *context, const char *on, const struct pd_ticket *ticket)
{
	struct pd_goals before, now;
	const struct pd_ticket *was = context->desk->ticket(context->desk, context->arena, ticket->number);
	pd_plan_goals(context, ticket, &now);
	if (was != NULL)
		pd_plan_goals(context, was, &before);
	for (int goal = 0; goal < PD_GOALS; goal++)
		if ((was == NULL || before.of[goal].state != now.of[goal].state) &&
		    now.of[goal].state != PD_GOAL_NONE && now.of[goal].state != PD_GOAL_DUE_SOON &&
		    now.of[goal].state != PD_GOAL_OVERDUE &&
		    pd_rule_is_on(on, PD_OCCURS_GOAL, pd_goal_state_name(now.of[goal].state)))
			return true;
	return false;
}

static bool is_set_off_by(const struct pd_context *context, const char *on, const struct pd_event *event)
{
	bool is_agents = pd_starts(event->actor, "agent:") || pd_starts(event->actor, "rule:") ||
			 pd_equal(event->actor, "administrator");
	switch (event->kind) {
	case PD_EVENT_CREATED:
		return pd_rule_is_on(on, PD_OCCURS_CREATED, NULL);
	case PD_EVENT_MESSAGE:
		if (is_of_a_machine(context, event))
			return false;
		if (is_agents)
			return pd_rule_is_on(on, PD_OCCURS_REPLIED, NULL);
		return pd_starts(event->actor, "contact:") && !is_made_here(context, event->ticket) &&
		       pd_rule_is_on(on, PD_OCCURS_ANSWERED, NULL);
	case PD_EVENT_SET:
	case PD_EVENT_UNDO:
		return has_changed(on, event);
	case PD_EVENT_GOAL:
		return has_warned(on, event);
	default:
		return false;
	}
}

/* The events of a plan by ticket. It grows with the plan; what a rule did in vain is gone before it is asked again. */
struct by_ticket {
	struct pd_places chains;  /* ticket -> place in newest */
	PD_LIST(size_t) newest;	  /* of a ticket: one more than the place of its newest event */
	PD_LIST(size_t) previous; /* of each event: the same of the one before it on that ticket; 0: none */
};

/* One more than the place of the ticket's newest event; 0: the plan has none. */
static size_t newest_of(struct pd_context *context, struct by_ticket *events, int64_t ticket)
{
	size_t at;
	while (events->previous.count < context->plan->events.count) {
		const size_t place = events->previous.count;
		at = pd_places_add(context->arena, &events->chains, context->plan->events.items[place]->ticket,
				   events->newest.count);
		if (at == events->newest.count)
			*pd_list_add(context->arena, &events->newest) = 0;
		*pd_list_add(context->arena, &events->previous) = events->newest.items[at];
		events->newest.items[at] = place + 1;
	}
	return pd_places_find(&events->chains, ticket, &at) ? events->newest.items[at] : 0;
}

/* Does an event of the plan on the ticket set the rule off? */
static bool is_set_off(struct pd_context *context, const struct pd_group *rule, const struct pd_ticket *ticket,
		       struct by_ticket *events)
{
	const char *on = pd_group_value(rule, "on", NULL);
	struct pd_strings all = pd_split(context->arena, on != NULL ? on : "", ';');
	for (size_t at = newest_of(context, events, ticket->number); at > 0; at = events->previous.items[at - 1])
		for (size_t n = 0; n < all.count; n++)
			if (is_set_off_by(context, all.items[n], context->plan->events.items[at - 1]))
				return true;
	for (size_t n = 0; n < all.count; n++)
		if (pd_starts(all.items[n], "goal:") && has_reached(context, all.items[n], ticket))
			return true;
	return false;
}

/* --- doing it --- */

static bool is_by_nobody(const char *actor)
{
	return pd_starts(actor, "rule:") || pd_equal(actor, "postdesk");
}

/* Was the ticket made by a rule or an escalation, be it this one or another? */
static bool is_of_nobody(struct pd_context *context, int64_t ticket)
{
	struct pd_entries entries = context->desk->timeline(context->desk, context->arena, ticket, 0);
	for (size_t i = 0; i < entries.count; i++)
		if (entries.items[i].event.kind == PD_EVENT_CREATED)
			return is_by_nobody(entries.items[i].event.actor);
	for (size_t i = 0; i < context->plan->events.count; i++) {
		const struct pd_event *event = context->plan->events.items[i];
		if (event->ticket == ticket && event->kind == PD_EVENT_CREATED)
			return is_by_nobody(event->actor);
	}
	return false;
}

/* Have the plan's events from that one on made a ticket? That which collects commands is none. */
static bool has_made_ticket(struct pd_context *context, size_t from)
{
	for (size_t i = from; i < context->plan->events.count; i++) {
		const struct pd_event *event = context->plan->events.items[i];
		if (event->kind == PD_EVENT_CREATED && !pd_plan_ticket(context, event->ticket)->is_automatic)
			return true;
	}
	return false;
}

bool pd_rule_is_endless(struct pd_context *context, int64_t ticket, size_t from)
{
	return ticket != 0 && has_made_ticket(context, from) && is_of_nobody(context, ticket);
}

bool pd_rule_run(struct pd_context *context, const struct pd_group *rule, struct pd_ticket *ticket)
{
	struct pd_plan *plan = context->plan;
	if (ticket != NULL && !pd_plan_holds(context, ticket, pd_group_value(rule, "when", NULL)))
		return false;
	const char *work = pd_group_value(rule, "do", NULL);
	struct pd_strings lines = pd_split(context->arena, work != NULL ? work : "", ';');
	struct pd_context own = *context;
	own.actor = pd_printf(context->arena, "rule:%s", rule->name);
	own.agent = NULL;
	own.action = context->desk->new_id(context->desk, PD_ID_ACTION);
	own.held_draft = 0;
	const char *why = pd_printf(context->arena, "rule %s", rule->name);
	const int64_t number = ticket != NULL ? ticket->number : 0;
	struct pd_savepoint before;
	pd_plan_save(&own, &before);
	const size_t events = plan->events.count;
	const char *wrong = pd_carry_out(&own, ticket, &lines, why);
	bool is_endless = pd_rule_is_endless(&own, number, events);
	if (wrong == NULL && !is_endless)
		return true;
	pd_plan_back(&own, &before);
	if (is_endless)
		return false;
	if (number == 0) {
		plan->why = pd_clean_line(context->arena, pd_printf(context->arena, "%s: %s", why, wrong), 300);
		return true;
	}
	const char *words = pd_say(context->arena, context->settings->language, "The rule {name} did nothing: {error}",
				   "name", rule->name, "error", wrong, NULL);
	pd_plan_event(&own, pd_plan_ticket(&own, number), PD_EVENT_COMMENT, pd_plan_words(&own, words)->stored.id, 0, why);
	return true;
}

bool pd_rule_minds(const struct pd_ticket *ticket)
{
	return ticket != NULL && !ticket->is_automatic && !ticket->is_spam && !ticket->is_deleted &&
	       ticket->merged_into == 0;
}

void pd_rules(struct pd_context *context)
{
	const struct pd_settings *settings = context->settings;
	PD_LIST(int64_t) tickets = {0};
	struct by_ticket events = {0};
	if (context->is_import || context->plan->is_refused)
		return;
	for (size_t i = 0; i < context->plan->tickets.count; i++)
		*pd_list_add(context->arena, &tickets) = context->plan->tickets.items[i].ticket->number;
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *rule = &settings->groups.items[i];
		if (strcmp(rule->type, "rule") != 0 || !pd_rule_is_enabled(rule))
			continue;
		for (size_t n = 0; n < tickets.count; n++) {
			struct pd_ticket *ticket = pd_plan_ticket(context, tickets.items[n]);
			if (pd_rule_minds(ticket) && is_set_off(context, rule, ticket, &events))
				pd_rule_run(context, rule, ticket);
		}
	}
}
