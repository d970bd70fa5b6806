/* May an action be taken back, and does nothing stand against it? Nothing is changed here.
 *
 * Fails with the reason where the actor lacks a right to what it touched, or somebody has changed the same thing since. */
#include "desk/undo_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/availability.h"
#include "desk/catalogue.h"
#include "desk/command.h"
#include "desk/sending.h"

/* --- which actions are in force --- */

/* The ticket's events above a version: kept ones, then those of this plan. */
struct event_list undo_events_of(struct pd_context *context, int64_t ticket, int64_t after)
{
	struct event_list list = {0};
	struct pd_entries kept = context->desk->timeline(context->desk, context->arena, ticket, after);
	for (size_t i = 0; i < kept.count; i++)
		*pd_list_add(context->arena, &list) = &kept.items[i].event;
	for (size_t i = 0; i < context->plan->events.count; i++) {
		const struct pd_event *event = context->plan->events.items[i];
		if (event->ticket == ticket && event->version > after)
			*pd_list_add(context->arena, &list) = event;
	}
	return list;
}

/* Has an undo that is itself in force taken the action back, from this event on? */
static bool is_taken_back_from(const struct event_list *events, size_t from, int64_t action)
{
	for (size_t i = from; i < events->count; i++) {
		const struct pd_event *event = events->items[i];
		if (event->kind == PD_EVENT_UNDO && event->other == action &&
		    !is_taken_back_from(events, i + 1, event->action))
			return true;
	}
	return false;
}

bool undo_is_taken_back(const struct event_list *events, int64_t action)
{
	return is_taken_back_from(events, 0, action);
}

/* --- may it, and does nothing stand against it --- */

int undo_check_rights(const struct undo *undo, struct pd_error *error)
{
	struct pd_context *context = undo->context;
	const char *language = pd_context_language(context);
	const struct pd_agent *agent = context->agent;
	if (agent == NULL)
		return 0;
	for (size_t i = 0; i < undo->tickets.count; i++) {
		const struct pd_ticket *ticket = pd_plan_ticket(context, undo->tickets.items[i].number);
		/* What one said of oneself stands on a ticket that collects such things. */
		bool is_own_word = ticket != NULL && ticket->is_automatic && pd_equal(undo->actor, context->actor);
		if (ticket != NULL && !is_own_word && !pd_may_see(context->settings, agent, ticket))
			return pd_fail(error, PD_PERMANENT, "%s",
				       pd_say(context->arena, language,
					      "It touched tickets that you may not see: nothing was taken back.", NULL));
	}
	if (pd_equal(undo->actor, context->actor))
		return 0;
	for (size_t i = 0; i < undo->nets.count; i++) {
		const char *property = undo->nets.items[i].property;
		const char *right = pd_ends(property, "deleted")      ? "delete"
				    : strcmp(property, "merged") == 0 ? "merge"
								      : NULL;
		if (agent->role == PD_ROLE_VIEWER && right == NULL)
			right = "change";
		if (pd_starts(property, PD_RECORD_PREFIX PD_ABSENCE ":") && agent->role != PD_ROLE_ADMINISTRATOR)
			right = "administrator";
		if (right != NULL && !pd_may(agent, right))
			return pd_fail(error, PD_PERMANENT, "%s",
				       pd_say(context->arena, language,
					      "You lack the right \"{right}\" that taking this back needs.",
					      "right", right, NULL));
	}
	return 0;
}

/* The value as it stands now; for many values the value itself or NULL. */
static const char *undo_value_now(struct pd_context *context, const struct pd_ticket *ticket, const struct net *net)
{
	const struct pd_conversation *conversation = pd_ticket_conversation(ticket, net->conversation);
	unsigned long long number = 0;
	bool has = false;
	if (!net->is_many) {
		if (pd_property_is_record(net->property)) {
			const char *kind = net->property + strlen(PD_RECORD_PREFIX), *colon = strchr(kind, ':');
			return colon == NULL ? NULL
					     : pd_plan_record(context,
							      pd_strndup(context->arena, kind, (size_t)(colon - kind)),
							      colon + 1);
		}
		if (undo_is_promise(net->property))
			return net->to;
		if (strcmp(net->property, PD_CHANGE_DRAFT) == 0)
			return undo_draft_now(context, net);
		if (net->conversation == 0)
			return pd_ticket_get(context->arena, ticket, net->property);
		if (conversation == NULL)
			return NULL;
		if (pd_ends(net->property, "subject"))
			return conversation->subject;
		if (strcmp(net->property, "conversation_adopted") == 0 || strcmp(net->property, "conversation") == 0)
			return conversation->mailbox;
		return strcmp(net->property, "conversation_status") == 0 ? conversation->status
									 : conversation->owner;
	}
	if (strcmp(net->property, "follower") == 0) {
		has = pd_strings_has(&ticket->followers, net->value);
	} else if (strcmp(net->property, "link") == 0) {
		has = pd_strings_has(&ticket->links, net->value);
	} else if (strcmp(net->property, "mailbox_also") == 0) {
		has = pd_strings_has(&ticket->mailboxes_also, net->value);
	} else if (strcmp(net->property, "mention") == 0) {
		has = pd_strings_has(&ticket->mentions, net->value);
	} else if (strcmp(net->property, "reminder") == 0) {
		has = pd_strings_has(&ticket->reminders, net->value);
	} else if (strcmp(net->property, "absorbed") == 0) {
		has = pd_ticket_includes(ticket, strtoll(net->value, NULL, 10));
	} else if (strcmp(net->property, "participant") == 0) {
		has = conversation != NULL &&
		      pd_conversation_has(conversation,
					  pd_participant_parse(context->arena, net->value).addr);
	} else if (pd_number(net->value, INT64_MAX, &number)) {
		has = strcmp(net->property, "contact") == 0
			      ? undo_has_id(ticket->contacts.items, ticket->contacts.count, (int64_t)number)
			      : pd_ticket_entry_deleted(ticket, (int64_t)number);
	}
	return has ? net->value : NULL;
}

static bool touches(const struct pd_event *event, const struct net *net)
{
	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];
		if (strcmp(change->property, net->property) != 0 ||
		    (net->conversation != 0 && event->conversation != net->conversation))
			continue;
		if (!net->is_many || pd_equal(change->from, net->value) || pd_equal(change->to, net->value))
			return true;
	}
	return false;
}

/* What has happened to the ticket after the action. */
static const struct event_list *events_since(struct undo *undo, int64_t ticket)
{
	struct undone *undone = undo_ticket(undo, ticket);
	if (!undone->is_loaded)
		undone->since = undo_events_of(undo->context, ticket, undone->last);
	undone->is_loaded = true;
	return &undone->since;
}

/* Who has changed it after the action, and is not taken back; NULL: nobody. An undo only brings back an
 * earlier state: whether that is ours, the value tells. */
static const struct pd_event *changed_since(const struct undo *undo, const struct event_list *events,
					    const struct net *net)
{
	for (size_t i = events->count; i > 0; i--) {
		const struct pd_event *event = events->items[i - 1];
		if (event->kind != PD_EVENT_UNDO && event->action != undo->action &&
		    touches(event, net) && !undo_is_taken_back(events, event->action))
			return event;
	}
	return NULL;
}

static bool is_to_be_deleted(const struct net *net)
{
	return strcmp(net->property, "deleted") == 0 && net->from != NULL;
}

/* A message, a comment or another ticket has come by it, and is still there. */
static bool has_come(const struct undo *undo, const struct event_list *events, const struct pd_ticket *ticket,
		     const struct pd_event *event)
{
	if (event->kind == PD_EVENT_MESSAGE || event->kind == PD_EVENT_COMMENT)
		return !pd_ticket_entry_deleted(ticket, event->id) && !pd_reply_is_stopped(undo->context, event);
	return event->kind == PD_EVENT_SET && touches(event, &(struct net){.property = "absorbed"}) &&
	       !undo_is_taken_back(events, event->action);
}

/* What has happened since in a conversation that came by the action, or on a ticket that would be deleted, and would be
 * left behind; NULL: nothing. */
static const struct pd_event *used_since(const struct undo *undo, const struct event_list *events,
					 const struct pd_ticket *ticket, const struct net *net)
{
	bool is_end = is_to_be_deleted(net);
	if (!is_end && (strcmp(net->property, "conversation_adopted") != 0 || net->to == NULL))
		return NULL;
	for (size_t i = 0; i < events->count; i++) {
		const struct pd_event *event = events->items[i];
		bool is_others = event->action != undo->action;
		bool is_inside = event->conversation == net->conversation &&
				 (event->kind == PD_EVENT_MESSAGE || event->kind == PD_EVENT_SET);
		if (is_others && (is_end ? has_come(undo, events, ticket, event)
					 : is_inside && !undo_is_taken_back(events, event->action)))
			return event;
	}
	return NULL;
}

/* A ticket that took another in, or would be deleted, and was itself merged away since, has handed all on. */
static bool is_merged_on(const struct pd_ticket *ticket, const struct net *net)
{
	bool has_given = is_to_be_deleted(net) || (strcmp(net->property, "absorbed") == 0 && net->to != NULL);
	return has_given && ticket->merged_into != 0;
}

/* Is the action an undo that stopped a reply, which nothing sends again? */
static bool has_stopped(const struct undo *undo)
{
	for (size_t i = 0; i < undo->events.count; i++)
		if (touches(undo->events.items[i], &(struct net){.property = PD_CHANGE_STOPPED}))
			return true;
	return false;
}

/* What depends on a reply that has left, or that nothing sends again: the meeting it invited to, the draft whose place it
 * took. A draft that has gone out stays so; it gets no time again, nor does one that is overdue. */
static bool is_over(const struct undo *undo, const struct pd_ticket *ticket, const struct net *net)
{
	struct pd_arena *arena = undo->context->arena;
	const struct pd_change restored = {.property = net->property, .to = net->from};
	struct pd_sending sending;
	if (strcmp(net->property, PD_PROPERTY_MEETING) == 0 && (undo->sent.count > 0 || has_stopped(undo)))
		return true;
	if (strcmp(net->property, PD_CHANGE_DRAFT) == 0 && undo->sent.count > 0)
		return true;
	if (strcmp(net->property, PD_CHANGE_DRAFT) == 0)
		return !pd_equal(undo_value_now(undo->context, ticket, net), net->to);
	return pd_starts(net->property, PD_PROPERTY_SENDING) &&
	       (!pd_equal(undo_value_now(undo->context, ticket, net), net->to) ||
		(pd_sending_parse(arena, &restored, &sending) && sending.at <= undo->context->now));
}

/* An entry that would come back, and whose words are gone. */
static bool is_purged(struct pd_context *context, const struct net *net)
{
	if (strcmp(net->property, "entry_deleted") != 0 || net->to == NULL)
		return false;
	const struct pd_entry *entry = context->desk->entry(context->desk, context->arena, strtoll(net->value, NULL, 10));
	return entry != NULL && entry->message == NULL &&
	       (entry->event.kind == PD_EVENT_MESSAGE || entry->event.kind == PD_EVENT_COMMENT ||
		entry->event.kind == PD_EVENT_ATTACHED);
}

int undo_check_conflicts(struct undo *undo, struct pd_error *error)
{
	struct pd_context *context = undo->context;
	const char *language = pd_context_language(context);
	for (size_t i = 0; i < undo->nets.count; i++) {
		struct net *net = &undo->nets.items[i];
		const struct pd_ticket *ticket = pd_plan_ticket(context, net->ticket);
		if (ticket == NULL)
			return pd_fail(error, PD_PERMANENT, "%s",
				       pd_say(context->arena, language, "A ticket that it touched is gone.", NULL));
		if (strcmp(net->property, "closed") == 0 || undo_is_promise(net->property))
			continue; /* follows the status, the merge */
		net->is_left = is_over(undo, ticket, net);
		if (net->is_left)
			continue;
		const struct event_list *events = events_since(undo, net->ticket);
		const struct pd_event *since = used_since(undo, events, ticket, net);
		if (since != NULL || is_merged_on(ticket, net))
			return undo_refuse_parting(undo, ticket, net, since, error);
		if (is_purged(context, net))
			return pd_fail(error, PD_PERMANENT, "%s",
				       pd_say(context->arena, language,
					      "{entry} was deleted so long ago that it is gone for good.", "entry",
					      pd_printf(context->arena, "E%s", net->value), NULL));
		since = changed_since(undo, events, net);
		if (since == NULL && pd_equal(undo_value_now(context, ticket, net), net->to))
			continue;
		/* That a reply does not leave matters more than what it changed beside. */
		net->is_left = undo->stopped.count > 0;
		if (!net->is_left)
			return undo_refuse_changed(undo, net, since, error);
	}
	return 0;
}
