/* Undo: an event that takes back what an action did, on all its tickets, wholly or not at all.
 *
 * Promises: where somebody has changed the same thing since, nothing is taken back and the error says who and
 * what. What was sent stays sent, and the report says so. An undo is an action like others: it can be taken
 * back. */
#include "desk/undo_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/availability.h"
#include "desk/command.h"
#include "desk/sending.h"

struct event_list {
	const struct pd_event **items;
	size_t count, room;
};

/* --- which actions are in force --- */

/* The ticket's events above a version: kept ones, then those of this plan. */
static struct event_list events_of(struct pd_context *context, int64_t ticket, int64_t after)
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

static bool is_taken_back(const struct event_list *events, int64_t action)
{
	return is_taken_back_from(events, 0, action);
}

static bool is_of_a_person(const struct pd_event *event)
{
	return event->actor != NULL && !pd_starts(event->actor, "contact:") && strcmp(event->actor, "postdesk") != 0;
}

int64_t pd_plan_undo_target(struct pd_context *context, const struct pd_ticket *ticket)
{
	struct event_list events = events_of(context, ticket->number, 0);
	for (size_t i = events.count; i > 0; i--) {
		const struct pd_event *event = events.items[i - 1];
		bool is_work = event->kind == PD_EVENT_CREATED || event->kind == PD_EVENT_MESSAGE ||
			       event->kind == PD_EVENT_COMMENT || event->kind == PD_EVENT_SET ||
			       event->kind == PD_EVENT_ATTACHED || event->kind == PD_EVENT_REMINDER;
		if (is_work && event->action != context->action && is_of_a_person(event) &&
		    !is_taken_back(&events, event->action))
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

/* --- what the action did --- */

static bool is_of_conversation(const char *property)
{
	return strcmp(property, "participant") == 0 || strcmp(property, "subject") == 0 ||
	       pd_starts(property, "conversation");
}

static struct net *net_of(struct undo *undo, const struct pd_event *event, const char *property, const char *value)
{
	int64_t conversation = is_of_conversation(property) ? event->conversation : 0;
	bool is_many = pd_property_is_many(property);
	for (size_t i = undo->first_net; i < undo->nets.count; i++) {
		struct net *net = &undo->nets.items[i];
		if (net->ticket == event->ticket && net->conversation == conversation &&
		    strcmp(net->property, property) == 0 && (!is_many || pd_equal(net->value, value)))
			return net;
	}
	return NULL;
}

static void add_net(struct undo *undo, const struct pd_event *event, const char *property, const char *from,
		    const char *to)
{
	const char *value = to != NULL ? to : from;
	struct net *net = net_of(undo, event, property, value);
	if (net != NULL) {
		net->to = to;
		return;
	}
	*pd_list_add(undo->context->arena, &undo->nets) = (struct net){
		.ticket = event->ticket,
		.conversation = is_of_conversation(property) ? event->conversation : 0,
		.property = property,
		.is_many = pd_property_is_many(property),
		.value = value,
		.from = from,
		.to = to,
	};
}

static void add_changes(struct undo *undo, const struct pd_event *event)
{
	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];
		bool is_of_clocks = pd_property_is_of_clocks(change->property) && !undo_is_promise(change->property);
		if (pd_property_is_of_event(change->property) || is_of_clocks)
			continue;
		if (strcmp(change->property, "conversation") == 0 && change->from == NULL) {
			*pd_list_add(undo->context->arena, &undo->new_conversations) = event->conversation;
			continue;
		}
		if (pd_property_is_many(change->property) && change->from != NULL && change->to != NULL) {
			add_net(undo, event, change->property, change->from, NULL);
			add_net(undo, event, change->property, NULL, change->to);
		} else {
			add_net(undo, event, change->property, change->from, change->to);
		}
	}
}

static bool has_id(const int64_t *items, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (items[i] == id)
			return true;
	return false;
}

static void add_event(struct undo *undo, const struct pd_event *event)
{
	struct pd_arena *arena = undo->context->arena;
	const char *id = pd_printf(arena, "%lld", (long long)event->id);
	struct stopped stopped;
	*pd_list_add(arena, &undo->events) = event;
	bool is_known = has_id(undo->tickets.items, undo->tickets.count, event->ticket);
	undo->first_net = is_known ? 0 : undo->nets.count;
	if (!is_known)
		*pd_list_add(arena, &undo->tickets) = event->ticket;
	/* A ticket that only collects was made by the way, and others stand on it by now. */
	bool is_collector = event->kind == PD_EVENT_CREATED && pd_equal(event->actor, "postdesk");
	if (undo->actor == NULL && !is_collector)
		undo->actor = event->actor;
	switch (event->kind) {
	case PD_EVENT_CREATED:
		if (!is_collector)
			*pd_list_add(arena, &undo->new_tickets) = event->ticket;
		break;
	case PD_EVENT_COMMENT:
	case PD_EVENT_ATTACHED:
		/* Hidden as if deleted: the net change so far is that it is shown. */
		add_net(undo, event, "entry_deleted", id, NULL);
		for (size_t i = 0; i < event->changes.count; i++)
			if (strcmp(event->changes.items[i].property, "reminder") == 0) /* of a task */
				add_net(undo, event, "reminder", event->changes.items[i].from,
					event->changes.items[i].to);
		break;
	case PD_EVENT_MESSAGE:
		if (undo_can_stop(undo->context, event, &stopped)) {
			*pd_list_add(arena, &undo->stopped) = stopped;
			add_changes(undo, event);
			break;
		}
		if (pd_reply_is_stopped(undo->context, event)) {
			add_changes(undo, event);
			break;
		}
		for (size_t i = 0; i < event->changes.count; i++)
			if (strcmp(event->changes.items[i].property, "direction") == 0 &&
			    pd_equal(event->changes.items[i].to, "out"))
				*pd_list_add(arena, &undo->sent) = event->id;
		add_changes(undo, event);
		break;
	case PD_EVENT_SET:
	case PD_EVENT_UNDO:
	case PD_EVENT_REMINDER:
		add_changes(undo, event);
		break;
	default:
		break;
	}
}

/* The first state and the last are the same, or it belongs to what is new and stays or goes as a whole. */
static bool is_idle(const struct undo *undo, const struct net *net)
{
	if (has_id(undo->new_tickets.items, undo->new_tickets.count, net->ticket))
		return true;
	if (net->conversation != 0 &&
	    has_id(undo->new_conversations.items, undo->new_conversations.count, net->conversation))
		return true;
	if (strcmp(net->property, "closed") == 0) { /* goes with the status, or stays */
		bool has_status = false;
		for (size_t i = 0; i < undo->nets.count; i++) {
			const struct net *other = &undo->nets.items[i];
			has_status |= other->ticket == net->ticket &&
				      strcmp(other->property, "status") == 0 &&
				      !pd_equal(other->from, other->to);
		}
		return !has_status;
	}
	return pd_equal(net->from, net->to);
}

/* The nets come in the order of the tickets, mostly. */
static void find_spans(struct undo *undo)
{
	size_t at = 0;
	for (size_t i = 0; i < undo->tickets.count; i++) {
		pd_list_add(undo->context->arena, &undo->spans)->first = undo->nets.count;
		undo->spans.items[i].end = 0;
	}
	for (size_t i = 0; i < undo->nets.count; i++) {
		for (size_t n = 0; undo->tickets.items[at] != undo->nets.items[i].ticket && n < undo->tickets.count; n++)
			at = (at + 1) % undo->tickets.count;
		if (i < undo->spans.items[at].first)
			undo->spans.items[at].first = i;
		undo->spans.items[at].end = i + 1;
	}
}

static void gather(struct undo *undo)
{
	struct pd_context *context = undo->context;
	struct pd_entries kept = context->desk->action(context->desk, context->arena, undo->action);
	for (size_t i = 0; i < kept.count; i++)
		add_event(undo, &kept.items[i].event);
	size_t count = 0;
	for (size_t i = 0; i < undo->nets.count; i++)
		if (!is_idle(undo, &undo->nets.items[i]))
			undo->nets.items[count++] = undo->nets.items[i];
	undo->nets.count = count;
	if (undo->actor == NULL)
		undo->actor = "postdesk";
	/* What the action made is deleted: as if it had been so before. */
	for (size_t i = 0; i < undo->new_tickets.count; i++)
		*pd_list_add(context->arena, &undo->nets) = (struct net){
			.ticket = undo->new_tickets.items[i], .property = "deleted", .from = "yes"};
	find_spans(undo);
}

/* --- may it, and does nothing stand against it --- */

static int check_rights(const struct undo *undo, struct pd_error *error)
{
	struct pd_context *context = undo->context;
	const char *language = pd_context_language(context);
	const struct pd_agent *agent = context->agent;
	if (agent == NULL)
		return 0;
	for (size_t i = 0; i < undo->tickets.count; i++) {
		const struct pd_ticket *ticket = pd_plan_ticket(context, undo->tickets.items[i]);
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
static const char *value_now(struct pd_context *context, const struct pd_ticket *ticket, const struct net *net)
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
			      ? has_id(ticket->contacts.items, ticket->contacts.count, (int64_t)number)
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

/* The action's newest on the ticket. */
static int64_t last_version(const struct undo *undo, int64_t ticket)
{
	int64_t last = 0;
	for (size_t i = 0; i < undo->events.count; i++)
		if (undo->events.items[i]->ticket == ticket && undo->events.items[i]->version > last)
			last = undo->events.items[i]->version;
	return last;
}

/* Who has changed it after the action, and is not taken back; NULL: nobody. An undo only brings back an
 * earlier state: whether that is ours, the value tells. */
static const struct pd_event *changed_since(const struct undo *undo, const struct event_list *events,
					    const struct net *net)
{
	int64_t last = last_version(undo, net->ticket);
	for (size_t i = events->count; i > 0; i--) {
		const struct pd_event *event = events->items[i - 1];
		if (event->version > last && event->kind != PD_EVENT_UNDO && event->action != undo->action &&
		    touches(event, net) && !is_taken_back(events, event->action))
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
	       !is_taken_back(events, event->action);
}

/* What has happened since in a conversation that came by the action, or on a ticket that would be deleted, and would be
 * left behind; NULL: nothing. */
static const struct pd_event *used_since(const struct undo *undo, const struct event_list *events,
					 const struct pd_ticket *ticket, const struct net *net)
{
	bool is_end = is_to_be_deleted(net);
	if (!is_end && (strcmp(net->property, "conversation_adopted") != 0 || net->to == NULL))
		return NULL;
	int64_t last = last_version(undo, net->ticket);
	for (size_t i = 0; i < events->count; i++) {
		const struct pd_event *event = events->items[i];
		bool is_later = event->version > last && event->action != undo->action;
		bool is_inside = event->conversation == net->conversation &&
				 (event->kind == PD_EVENT_MESSAGE || event->kind == PD_EVENT_SET);
		if (is_later && (is_end ? has_come(undo, events, ticket, event)
					: is_inside && !is_taken_back(events, event->action)))
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

/* A draft that has gone out, or is overdue, gets no time again. */
static bool is_over(const struct undo *undo, const struct pd_ticket *ticket, const struct net *net)
{
	struct pd_arena *arena = undo->context->arena;
	const struct pd_change restored = {.property = net->property, .to = net->from};
	struct pd_sending sending;
	return pd_starts(net->property, PD_PROPERTY_SENDING) &&
	       (!pd_equal(value_now(undo->context, ticket, net), net->to) ||
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

static int check_conflicts(struct undo *undo, struct pd_error *error)
{
	struct pd_context *context = undo->context;
	const char *language = pd_context_language(context);
	struct event_list events = {0};
	int64_t loaded = 0;
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
		if (loaded != net->ticket) {
			events = events_of(context, net->ticket, 0);
			loaded = net->ticket;
		}
		const struct pd_event *since = used_since(undo, &events, ticket, net);
		if (since != NULL || is_merged_on(ticket, net))
			return undo_refuse_parting(undo, ticket, net, since, error);
		if (is_purged(context, net))
			return pd_fail(error, PD_PERMANENT, "%s",
				       pd_say(context->arena, language,
					      "{entry} was deleted so long ago that it is gone for good.", "entry",
					      pd_printf(context->arena, "E%s", net->value), NULL));
		since = changed_since(undo, &events, net);
		if (since == NULL && pd_equal(value_now(context, ticket, net), net->to))
			continue;
		/* That a reply does not leave matters more than what it changed beside. */
		net->is_left = undo->stopped.count > 0;
		if (!net->is_left)
			return undo_refuse_changed(undo, net, since, error);
	}
	return 0;
}

/* --- carrying it out --- */

static void take_back_on(struct undo *undo, size_t index, int64_t conversation, bool is_first)
{
	int64_t number = undo->tickets.items[index];
	struct pd_context *context = undo->context;
	struct pd_ticket *ticket = pd_plan_ticket(context, number);
	PD_LIST(struct pd_change) changes = {0};
	bool opens = false, has_time = false;
	for (size_t i = undo->spans.items[index].first; i < undo->spans.items[index].end; i++) {
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
	gather(undo);
	const char *action = pd_printf(context->arena, "%lld", (long long)undo->action);
	if (undo->events.count == 0)
		return pd_fail(error, PD_PERMANENT, "%s",
			       pd_say(context->arena, language, "There is no action {action}.", "action",
				      action, NULL));
	struct event_list events = events_of(context, undo->tickets.items[0], 0);
	if (is_taken_back(&events, undo->action))
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
		failed = check_rights(&undo, error);
	if (failed == 0)
		failed = check_conflicts(&undo, error);
	if (failed != 0)
		return failed;
	for (size_t i = 0; i < undo.tickets.count; i++) {
		int64_t number = undo.tickets.items[i];
		take_back_on(&undo, i, 0, true);
		PD_LIST(int64_t) done = {0};
		for (size_t n = undo.spans.items[i].first; n < undo.spans.items[i].end; n++) {
			int64_t conversation = undo.nets.items[n].conversation;
			if (undo.nets.items[n].ticket != number || conversation == 0 ||
			    has_id(done.items, done.count, conversation))
				continue;
			*pd_list_add(context->arena, &done) = conversation;
			take_back_on(&undo, i, conversation, false);
		}
	}
	undo_give_back(&undo);
	undo_report(&undo);
	return 0;
}
