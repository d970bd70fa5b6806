/* Undo: an event that takes back what an action did, on all its tickets, wholly or not at all.
 *
 * Promises: where somebody has changed the same thing since, nothing is taken back and the error says who and
 * what. What was sent stays sent, and the report says so. An undo is an action like others: it can be taken
 * back. */
#include "desk/undo_inside.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command.h"

static bool is_of_a_person(const struct pd_event *event)
{
	return event->actor != NULL && !pd_starts(event->actor, "contact:") && strcmp(event->actor, "postdesk") != 0;
}

int64_t pd_plan_undo_target(struct pd_context *context, const struct pd_ticket *ticket)
{
	struct event_list events = undo_events_of(context, ticket->number, 0);
	for (size_t i = events.count; i > 0; i--) {
		const struct pd_event *event = events.items[i - 1];
		bool is_work = event->kind == PD_EVENT_CREATED || event->kind == PD_EVENT_MESSAGE ||
			       event->kind == PD_EVENT_COMMENT || event->kind == PD_EVENT_SET ||
			       event->kind == PD_EVENT_ATTACHED || event->kind == PD_EVENT_REMINDER ||
			       undo_is_own_draft(context, event);
		if (is_work && event->action != context->action && is_of_a_person(event) &&
		    !undo_is_taken_back(&events, event->action))
			return event->action;
	}
	return 0;
}

bool pd_undo_is_grave(struct pd_context *context, int64_t action, int64_t ticket)
{
	struct pd_entries entries = context->desk->action(context->desk, context->arena, action);
	for (size_t i = 0; i < entries.count; i++) {
		const struct pd_event *event = &entries.items[i].event;
		if (event->ticket != ticket || event->kind == PD_EVENT_CREATED)
			return true;
		for (size_t n = 0; n < event->changes.count; n++)
			if (strcmp(event->changes.items[n].property, "deleted") == 0 ||
			    strcmp(event->changes.items[n].property, "merged") == 0)
				return true;
	}
	return false;
}

/* --- carrying it out --- */

static void take_back_on(struct undo *undo, const struct undone *undone, int64_t conversation, bool is_first)
{
	const int64_t number = undone->number;
	struct pd_context *context = undo->context;
	struct pd_ticket *ticket = pd_plan_ticket(context, number);
	PD_LIST(struct pd_change) changes = {0};
	bool opens = false, has_time = false;
	for (size_t i = undone->first; i < undone->end; i++) {
		const struct net *net = &undo->nets.items[i];
		if (net->ticket != number || net->conversation != conversation || net->is_left)
			continue;
		struct pd_change *before = changes.count > 0 ? &changes.items[changes.count - 1] : NULL;
		/* One contact that took another's place gives it back. */
		if (before != NULL && strcmp(net->property, "contact") == 0 && strcmp(before->property, "contact") == 0 &&
		    before->from == NULL && net->from == NULL)
			before->from = net->to;
		else
			*pd_list_add(context->arena, &changes) = (struct pd_change){
				.property = net->property, .from = net->to, .to = net->from};
		if (strcmp(net->property, PD_CHANGE_DRAFT) == 0)
			undo_put_draft(context, net);
		opens |= strcmp(net->property, "status") == 0 && ticket->closed != 0;
		has_time |= strcmp(net->property, "closed") == 0;
	}
	/* When it was closed is forgotten by opening it; an undo of this must not. */
	if (opens && !has_time)
		*pd_list_add(context->arena, &changes) = (struct pd_change){
			.property = "closed", .from = pd_time_milliseconds(context->arena, ticket->closed)};
	for (size_t i = 0; is_first && i < undo->stopped.count; i++)
		if (undo->stopped.items[i].event->ticket == number)
			*pd_list_add(context->arena, &changes) = undo_stop(undo, &undo->stopped.items[i]);
	if (changes.count > 0 || is_first)
		pd_plan_event_with(context, ticket, PD_EVENT_UNDO, conversation, changes.items, changes.count)
			->other = undo->action;
}

/* The ticket's contacts in the order that they had before the action, the first of whom replies go to; later ones behind. */
static void order_contacts(const struct undo *undo, const struct undone *undone)
{
	struct pd_context *context = undo->context;
	struct pd_ticket *ticket = pd_plan_ticket(context, undone->number), before = {0};
	PD_LIST(struct pd_change) changes = {0};
	bool has_come_back = false;
	for (size_t i = undone->first; i < undone->end; i++)
		has_come_back |= undo->nets.items[i].ticket == ticket->number && !undo->nets.items[i].is_left &&
				 strcmp(undo->nets.items[i].property, "contact") == 0 && undo->nets.items[i].from != NULL;
	if (!has_come_back)
		return;
	struct event_list events = undo_events_of(context, ticket->number, 0);
	for (size_t i = 0; i < events.count && events.items[i]->action != undo->action; i++)
		if (!pd_ticket_apply(context->arena, &before, events.items[i]))
			return;
	PD_LIST(int64_t) wanted = {0};
	for (size_t i = 0; i < before.contacts.count; i++)
		if (undo_has_id(ticket->contacts.items, ticket->contacts.count, before.contacts.items[i]))
			*pd_list_add(context->arena, &wanted) = before.contacts.items[i];
	for (size_t i = 0; i < ticket->contacts.count; i++)
		if (!undo_has_id(wanted.items, wanted.count, ticket->contacts.items[i]))
			*pd_list_add(context->arena, &wanted) = ticket->contacts.items[i];
	size_t same = 0;
	while (same < wanted.count && wanted.items[same] == ticket->contacts.items[same])
		same++;
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = same; i < wanted.count; i++) {
			const char *id = pd_printf(context->arena, "%lld", (long long)wanted.items[i]);
			*pd_list_add(context->arena, &changes) =
				pass == 0 ? (struct pd_change){.property = "contact", .from = id}
					  : (struct pd_change){.property = "contact", .to = id};
		}
	if (changes.count > 0)
		pd_plan_event_with(context, ticket, PD_EVENT_UNDO, 0, changes.items, changes.count)->other = undo->action;
}

static int find_action(struct undo *undo, const struct pd_ticket *ticket, struct pd_error *error)
{
	struct pd_context *context = undo->context;
	const char *language = pd_context_language(context);
	bool is_named = undo->action != 0;
	if (!is_named && ticket != NULL)
		undo->action = pd_plan_undo_target(context, ticket);
	if (undo->action == 0)
		return pd_fail(error, PD_PERMANENT, "%s",
			       pd_say(context->arena, language, "There is nothing left to take back.", NULL));
	undo_gather(undo);
	const char *action = pd_printf(context->arena, "%lld", (long long)undo->action);
	if (undo->events.count == 0 || undo_is_others_draft(undo))
		return pd_fail(error, PD_PERMANENT, "%s",
			       pd_say(context->arena, language, "There is no action {action}.", "action",
				      action, NULL));
	struct event_list events = undo_events_of(context, undo->tickets.items[0].number, 0);
	if (undo_is_taken_back(&events, undo->action))
		return pd_fail(error, PD_PERMANENT, "%s",
			       pd_say(context->arena, language, "Action {action} is taken back already.",
				      "action", action, NULL));
	return 0;
}

int pd_plan_undo(struct pd_context *context, struct pd_ticket *ticket, int64_t action, struct pd_error *error)
{
	struct undo undo = {.context = context, .action = action};
	int failed = find_action(&undo, ticket, error);
	if (failed == 0)
		failed = undo_check_rights(&undo, error);
	if (failed == 0)
		failed = undo_check_conflicts(&undo, error);
	if (failed != 0)
		return failed;
	for (size_t i = 0; i < undo.tickets.count; i++) {
		const struct undone *undone = &undo.tickets.items[i];
		take_back_on(&undo, undone, 0, true);
		order_contacts(&undo, undone);
		PD_LIST(int64_t) done = {0};
		for (size_t n = undone->first; n < undone->end; n++) {
			int64_t conversation = undo.nets.items[n].conversation;
			if (undo.nets.items[n].ticket != undone->number || conversation == 0 ||
			    undo_has_id(done.items, done.count, conversation))
				continue;
			*pd_list_add(context->arena, &done) = conversation;
			take_back_on(&undo, undone, conversation, false);
		}
	}
	undo_give_back(&undo);
	undo_report(&undo);
	return 0;
}
