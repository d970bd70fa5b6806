/* Facts for queries that are evaluated in memory, while deciding.
 *
 * Promises: the same answer as the store gives once the plan is kept. Looks up what the query asks for and nothing
 * else: the timeline only for words and addresses. Cannot fail; a failed snapshot sticks. */
#include "desk/facts.h"

#include <string.h>

#include "base/text.h"
#include "desk/goals.h"
#include "desk/people.h"
#include "desk/timeline.h"

/* Does the query ask for such a thing? */
static bool asks(const struct pd_query *query, enum pd_query_op op, const char *const *fields, size_t count)
{
	if (query == NULL)
		return false;
	if (query->op == op && op == PD_QUERY_TEXT)
		return true;
	for (size_t i = 0; query->op == PD_QUERY_FIELD && i < count; i++)
		if (strcmp(query->field, fields[i]) == 0)
			return true;
	return asks(query->left, op, fields, count) || asks(query->right, op, fields, count);
}

static bool asks_people(const struct pd_query *query)
{
	static const char *const fields[] = {"contact", "company", "phone", "from", "to"};
	return asks(query, PD_QUERY_TEXT, fields, sizeof fields / sizeof *fields);
}

static bool asks_messages(const struct pd_query *query)
{
	static const char *const fields[] = {"from", "to"};
	return asks(query, PD_QUERY_TEXT, fields, sizeof fields / sizeof *fields);
}

static void add_message(struct pd_context *context, struct pd_ticket_facts *facts, struct pd_buf *text,
			const struct pd_stored *stored, const char *words)
{
	struct pd_arena *arena = context->arena;
	if (stored->from.addr != NULL && *stored->from.addr != '\0')
		*pd_list_add(arena, &facts->from) = stored->from.addr;
	for (size_t i = 0; i < stored->to.count; i++)
		*pd_list_add(arena, &facts->to) = stored->to.items[i].addr;
	for (size_t i = 0; i < stored->cc.count; i++)
		*pd_list_add(arena, &facts->to) = stored->cc.items[i].addr;
	pd_buf_addf(text, "%s\n%s\n%s %s\n", stored->subject != NULL ? stored->subject : "",
		    words != NULL ? words : "", stored->from.name != NULL ? stored->from.name : "",
		    stored->from.addr != NULL ? stored->from.addr : "");
}

/* A draft's words are its author's alone, and those of a mail of commands say nothing beside what it did: neither is
 * searched, by nobody. */
static bool is_searched(const struct pd_entries *entries, const struct pd_event *event)
{
	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].event.kind == PD_EVENT_DRAFT && entries->items[i].event.message == event->message)
			return false;
	return event->kind == PD_EVENT_MESSAGE || event->kind == PD_EVENT_COMMENT || event->kind == PD_EVENT_ATTACHED ||
	       event->kind == PD_EVENT_REMINDER || event->kind == PD_EVENT_UNDELIVERED;
}

static void add_messages(struct pd_context *context, const struct pd_ticket *ticket, pd_time until,
			 struct pd_ticket_facts *facts)
{
	const struct pd_plan *plan = context->plan;
	PD_AUTO_BUF text = {0};
	struct pd_entries before = pd_timeline(context->desk, context->arena, ticket);
	for (size_t i = 0; i < before.count; i++)
		if (before.items[i].message != NULL && (until == 0 || before.items[i].event.at <= until))
			add_message(context, facts, &text, before.items[i].message,
				    is_searched(&before, &before.items[i].event) ? before.items[i].message->text : NULL);
	for (size_t i = 0; i < plan->events.count; i++) {
		const struct pd_event *event = plan->events.items[i];
		for (size_t n = 0; pd_ticket_includes(ticket, event->ticket) && event->message != 0 && n < plan->messages.count; n++) {
			const struct pd_planned_message *message = &plan->messages.items[n];
			if (message->stored.id == event->message)
				add_message(context, facts, &text, &message->stored, message->search_text);
		}
	}
	facts->text = pd_fold(context->arena, text.data != NULL ? text.data : "");
}

static bool asks_goals(const struct pd_query *query)
{
	static const char *const fields[] = {"sla", "due"};
	return asks(query, PD_QUERY_FIELD, fields, sizeof fields / sizeof *fields);
}

static bool asks_drafts(const struct pd_query *query)
{
	if (query == NULL)
		return false;
	if (query->op == PD_QUERY_FIELD && strcmp(query->field, "is") == 0)
		return pd_equal(query->value, "draft");
	return asks_drafts(query->left) || asks_drafts(query->right);
}

static const struct pd_agenda *agenda_of(struct pd_context *context, const struct pd_ticket *ticket)
{
	struct pd_goals goals;
	struct pd_agenda *agenda = PD_NEW(context->arena, struct pd_agenda);
	pd_plan_goals(context, ticket, &goals);
	*agenda = pd_agenda_of(&goals, ticket);
	return agenda;
}

static void add_drafts(struct pd_context *context, const struct pd_ticket *ticket, struct pd_ticket_facts *facts)
{
	for (size_t i = 0; i < context->settings->agents.count; i++) {
		const struct pd_agent *agent = &context->settings->agents.items[i];
		if (pd_timeline_draft(context, ticket, agent, 0) != NULL)
			*pd_list_add(context->arena, &facts->drafts) = agent->name;
	}
}

struct pd_ticket_facts pd_plan_facts(struct pd_context *context, const struct pd_ticket *ticket,
				     const struct pd_query *query, pd_time until)
{
	struct pd_ticket_facts facts = {.ticket = ticket, .text = ""};
	for (size_t i = 0; asks_people(query) && i < ticket->contacts.count; i++) {
		const struct pd_contact *contact = pd_plan_contact_by_id(context, ticket->contacts.items[i]);
		if (contact != NULL)
			*pd_list_add(context->arena, &facts.contacts) = contact;
	}
	if (asks_messages(query))
		add_messages(context, ticket, until, &facts);
	if (until == 0 && asks_drafts(query))
		add_drafts(context, ticket, &facts);
	if (asks_goals(query))
		facts.agenda = agenda_of(context, ticket);
	return facts;
}

bool pd_plan_holds(struct pd_context *context, const struct pd_ticket *ticket, const char *query)
{
	struct pd_query *tree;
	if (query == NULL)
		return true;
	if (pd_query_parse(context->arena, context->settings, query, NULL, context->now, &tree, NULL) != 0)
		return false;
	const struct pd_ticket_facts facts = pd_plan_facts(context, ticket, tree, 0);
	return pd_query_matches(tree, &facts);
}
