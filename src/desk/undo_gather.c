/* What an action did, all in all: a net change for each thing that it touched, whatever the way from the first value to the
 * last. Cannot fail. */
#include "desk/undo_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/chat.h"
#include "desk/sending.h"

static bool is_of_conversation(const char *property)
{
	return strcmp(property, "participant") == 0 || strcmp(property, "subject") == 0 ||
	       pd_starts(property, "conversation");
}

static struct net *net_of(struct undo *undo, const struct pd_event *event, const char *property, const char *value)
{
	int64_t conversation = is_of_conversation(property) ? event->conversation : 0;
	bool is_many = pd_property_is_many(property);
	for (size_t i = undo_ticket(undo, event->ticket)->first; i < undo->nets.count; i++) {
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
		bool is_draft = strcmp(change->property, PD_CHANGE_DRAFT) == 0;
		/* A file that is under way comes, whatever else is taken back; what waits for it looks how things stand. */
		bool is_of_file = pd_starts(change->property, PD_RECORD_PREFIX PD_CHAT_FILE_RECORD ":") ||
				  pd_starts(change->property, PD_RECORD_PREFIX PD_CHAT_TRANSCRIPT_RECORD ":");
		if ((pd_property_is_of_event(change->property) && !is_draft) || is_of_clocks || is_of_file)
			continue;
		if (strcmp(change->property, "conversation") == 0 && change->from == NULL) {
			(void)pd_places_add(undo->context->arena, &undo->new_conversations, event->conversation, 0);
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

bool undo_has_id(const int64_t *items, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (items[i] == id)
			return true;
	return false;
}

/* Made at its first event. */
static struct undone *ticket_of(struct undo *undo, int64_t number)
{
	struct pd_arena *arena = undo->context->arena;
	const size_t place = pd_places_add(arena, &undo->places, number, undo->tickets.count);
	if (place == undo->tickets.count)
		*pd_list_add(arena, &undo->tickets) = (struct undone){.number = number, .first = undo->nets.count};
	return &undo->tickets.items[place];
}

struct undone *undo_ticket(const struct undo *undo, int64_t number)
{
	size_t place = 0;
	const bool is_there = pd_places_find(&undo->places, number, &place);
	assert(is_there);
	(void)is_there;
	return &undo->tickets.items[place];
}

static void add_event(struct undo *undo, const struct pd_event *event)
{
	struct pd_arena *arena = undo->context->arena;
	const char *id = pd_printf(arena, "%lld", (long long)event->id);
	struct stopped stopped;
	*pd_list_add(arena, &undo->events) = event;
	struct undone *undone = ticket_of(undo, event->ticket);
	if (event->version > undone->last)
		undone->last = event->version;
	/* A ticket that only collects was made by the way, and others stand on it by now. */
	bool is_collector = event->kind == PD_EVENT_CREATED && pd_equal(event->actor, "postdesk");
	if (undo->actor == NULL && !is_collector)
		undo->actor = event->actor;
	switch (event->kind) {
	case PD_EVENT_CREATED:
		if (!is_collector)
			undone->is_new = true;
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
	case PD_EVENT_DRAFT:
		if (undo_is_draft(event))
			add_net(undo, event, PD_CHANGE_DRAFT, NULL, pd_printf(arena, "%lld", (long long)event->other));
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
	const struct undone *undone = undo_ticket(undo, net->ticket);
	size_t place;
	if (undone->is_new ||
	    (net->conversation != 0 && pd_places_find(&undo->new_conversations, net->conversation, &place)))
		return true;
	if (strcmp(net->property, "closed") == 0) /* goes with the status, or stays */
		return !undone->has_status;
	return pd_equal(net->from, net->to);
}

/* Where the nets of each ticket stand: those of others may be among them. */
static void find_spans(struct undo *undo)
{
	for (size_t i = 0; i < undo->tickets.count; i++)
		undo->tickets.items[i].first = undo->tickets.items[i].end = 0;
	for (size_t i = 0; i < undo->nets.count; i++) {
		struct undone *undone = undo_ticket(undo, undo->nets.items[i].ticket);
		if (undone->end == 0)
			undone->first = i;
		undone->end = i + 1;
	}
}

void undo_gather(struct undo *undo)
{
	struct pd_context *context = undo->context;
	struct pd_entries kept = context->desk->action(context->desk, context->arena, undo->action);
	for (size_t i = 0; i < kept.count; i++)
		add_event(undo, &kept.items[i].event);
	for (size_t i = 0; i < undo->nets.count; i++) {
		const struct net *net = &undo->nets.items[i];
		if (strcmp(net->property, "status") == 0 && !pd_equal(net->from, net->to))
			undo_ticket(undo, net->ticket)->has_status = true;
	}
	size_t count = 0;
	for (size_t i = 0; i < undo->nets.count; i++)
		if (!is_idle(undo, &undo->nets.items[i]))
			undo->nets.items[count++] = undo->nets.items[i];
	undo->nets.count = count;
	if (undo->actor == NULL)
		undo->actor = "postdesk";
	/* What the action made is deleted: as if it had been so before. */
	for (size_t i = 0; i < undo->tickets.count; i++)
		if (undo->tickets.items[i].is_new)
			*pd_list_add(context->arena, &undo->nets) = (struct net){
				.ticket = undo->tickets.items[i].number, .property = "deleted", .from = "yes"};
	find_spans(undo);
}
