/* Merging: one ticket goes into another and leads there from then on.
 *
 * Promises: events stay where they are, conversations keep their ids, so that old numbers, subject tags and reply
 * addresses lead on; the values of the ticket that stays win, and where it has none the other's come; the earliest
 * promise is kept; all of it is changes that an undo takes back. Cannot fail. */
#include "desk/plan.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"

struct merging {
	struct pd_context *context;
	struct pd_ticket *from, *into;
	const char *why;
	struct pd_merge *merge;
};

static void add(struct merging *m, const char *property, const char *value)
{
	pd_plan_add(m->context, m->into, property, value, 0, m->why);
}

static const char *number_text(struct merging *m, int64_t number)
{
	return pd_printf(m->context->arena, "%lld", (long long)number);
}

/* --- values --- */

static const char *pair(struct merging *m, const char *property, const char *value)
{
	struct pd_context *context = m->context;
	return pd_printf(context->arena, "%s %s",
			 pd_say(context->arena, pd_context_language(context), property, NULL),
			 pd_value_words(context, property, value));
}

/* The one that stays has its value, or takes the other's. */
static void settle_value(struct merging *m, const char *property)
{
	struct pd_arena *arena = m->context->arena;
	const char *own = pd_ticket_get(arena, m->into, property), *other = pd_ticket_get(arena, m->from, property);
	bool has_own = own != NULL && *own != '\0', has_other = other != NULL && *other != '\0';
	if (!has_other || pd_equal(own, other))
		return;
	if (has_own) {
		*pd_list_add(arena, &m->merge->stays) =
			pd_printf(arena, "%s (%s)", pair(m, property, own), pd_value_words(m->context, property, other));
		return;
	}
	pd_plan_set(m->context, m->into, property, other, m->why);
	*pd_list_add(arena, &m->merge->comes) = pair(m, property, other);
}

static void settle_values(struct merging *m)
{
	static const char *const properties[] = {"name",     "status",	 "owner",   "team",	"priority",
						 "category", "pipeline", "mailbox", "description"};
	const char *owner = m->from->owner;
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		settle_value(m, properties[i]);
	for (size_t i = 0; i < m->from->properties.count; i++)
		if (!pd_property_is_hidden(m->from->properties.items[i].property) ||
		    strcmp(m->from->properties.items[i].property, PD_PROPERTY_COMPANY) == 0)
			settle_value(m, m->from->properties.items[i].property);
	/* What was pinned there stands behind what is here. */
	const char *pinned = pd_ticket_get(m->context->arena, m->from, PD_PROPERTY_PINNED);
	const char *own = pd_ticket_get(m->context->arena, m->into, PD_PROPERTY_PINNED);
	if (pinned != NULL)
		pd_plan_set(m->context, m->into, PD_PROPERTY_PINNED,
			    own != NULL ? pd_printf(m->context->arena, "%s;%s", own, pinned) : pinned, m->why);
	const char *meetings = pd_ticket_get(m->context->arena, m->from, PD_PROPERTY_MEETING);
	own = pd_ticket_get(m->context->arena, m->into, PD_PROPERTY_MEETING);
	if (meetings != NULL)
		pd_plan_set(m->context, m->into, PD_PROPERTY_MEETING,
			    own != NULL ? pd_printf(m->context->arena, "%s\n%s", meetings, own) : meetings, m->why);
	for (size_t i = 0; i < m->from->properties.count; i++)
		if (pd_starts(m->from->properties.items[i].property, PD_PROPERTY_SENDING) ||
		    pd_starts(m->from->properties.items[i].property, PD_PROPERTY_TASK) ||
		    pd_starts(m->from->properties.items[i].property, PD_PROPERTY_INBOX))
			pd_plan_set(m->context, m->into, m->from->properties.items[i].property,
				    m->from->properties.items[i].to, m->why);
	/* Who owned it goes on being told. */
	if (owner != NULL && !pd_equal(owner, m->into->owner))
		add(m, "follower", owner);
}

/* --- people, entries, conversations --- */

static void add_lists(struct merging *m)
{
	const struct pd_ticket *from = m->from;
	for (size_t i = 0; i < from->contacts.count; i++)
		add(m, "contact", number_text(m, from->contacts.items[i]));
	for (size_t i = 0; i < from->followers.count; i++)
		add(m, "follower", from->followers.items[i]);
	for (size_t i = 0; i < from->mentions.count; i++)
		add(m, "mention", from->mentions.items[i]);
	for (size_t i = 0; i < from->reminders.count; i++)
		add(m, "reminder", from->reminders.items[i]);
	for (size_t i = 0; i < from->links.count; i++)
		add(m, "link", from->links.items[i]);
	for (size_t i = 0; i < from->deleted_entries.count; i++)
		add(m, "entry_deleted", number_text(m, from->deleted_entries.items[i]));
	if (from->mailbox != NULL && !pd_equal(from->mailbox, m->into->mailbox))
		add(m, "mailbox_also", from->mailbox);
	for (size_t i = 0; i < from->mailboxes_also.count; i++)
		if (!pd_equal(from->mailboxes_also.items[i], m->into->mailbox))
			add(m, "mailbox_also", from->mailboxes_also.items[i]);
}

static void absorb(struct merging *m)
{
	struct pd_arena *arena = m->context->arena;
	struct pd_absorbed absorbed = {.ticket = m->from->number,
				       .messages = m->from->messages,
				       .last_in_event = pd_ticket_last_in(m->from),
				       .last_out_event = pd_ticket_last_out(m->from)};
	add(m, "absorbed", pd_absorbed_value(arena, &absorbed));
	for (size_t i = 0; i < m->from->absorbed.count; i++) {
		absorbed = (struct pd_absorbed){.ticket = m->from->absorbed.items[i].ticket};
		add(m, "absorbed", pd_absorbed_value(arena, &absorbed));
	}
}

/* A closed ticket's conversations stay closed. */
static const char *status_of(struct merging *m, const struct pd_conversation *conversation)
{
	if (conversation->status != NULL || m->from->status == NULL ||
	    m->from->status_kind != PD_STATUS_CLOSED || m->into->status_kind == PD_STATUS_CLOSED)
		return conversation->status;
	return pd_status_value(m->context->arena, m->from->status_kind, m->from->status);
}

/* --- goals --- */

static bool runs(const struct pd_clock *clock)
{
	return clock->start != 0 && clock->stop == 0;
}

/* The earlier of both promises holds. An answer that is owed stays owed: as the first where the ticket that stays
 * has had none. */
static void keep_promises(struct merging *m, const struct pd_goals *theirs, struct pd_event *event)
{
	struct pd_context *context = m->context;
	struct pd_goals own;
	pd_plan_goals(context, m->into, &own);
	for (int goal = 0; goal < PD_GOALS; goal++) {
		pd_time due = runs(&m->from->clocks.of[goal]) ? theirs->of[goal].due : 0;
		enum pd_goal to = goal == PD_GOAL_CLOSE				    ? PD_GOAL_CLOSE
				  : runs(&m->into->clocks.of[PD_GOAL_FIRST_REPLY]) ? PD_GOAL_FIRST_REPLY
										    : PD_GOAL_NEXT_REPLY;
		const struct pd_clock *clock = &m->into->clocks.of[to];
		bool is_over = goal == PD_GOAL_CLOSE && !runs(clock);
		pd_time promised = runs(clock) ? own.of[to].due : 0;
		if (due == 0 || is_over || (promised != 0 && promised <= due) || (clock->kept != 0 && clock->kept <= due))
			continue;
		pd_plan_amend(context, m->into, event, pd_printf(context->arena, "kept_%s", pd_goal_name(to)),
			      pd_time_milliseconds(context->arena, clock->kept), pd_time_milliseconds(context->arena, due));
	}
}

void pd_plan_merge(struct pd_context *context, struct pd_ticket *from, struct pd_ticket *into, const char *why,
		   struct pd_merge *ret_merge)
{
	struct merging m = {.context = context, .from = from, .into = into, .why = why, .merge = ret_merge};
	struct pd_goals goals;
	pd_plan_goals(context, from, &goals);
	absorb(&m);
	settle_values(&m);
	add_lists(&m);
	struct pd_event *event = context->plan->events.items[context->plan->events.count - 1];
	keep_promises(&m, &goals, event);
	for (size_t i = 0; i < from->conversations.count; i++)
		pd_plan_adopt(context, into, &from->conversations.items[i], status_of(&m, &from->conversations.items[i]),
			      why);
	pd_plan_set(context, from, "merged", number_text(&m, into->number), why);
}
