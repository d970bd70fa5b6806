/* The fold: a ticket is what its events, in order of version, make of it.
 *
 * Promises: the same events give the same ticket; an event that does not follow changes nothing. What an
 * event holds beyond the known properties is kept as a custom property. Cannot fail otherwise. */
#include "desk/ticket.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* --- the fold --- */

static int64_t number_of(const char *text)
{
	unsigned long long number;
	return pd_number(text, INT64_MAX, &number) ? (int64_t)number : 0;
}

static void take_out(void *items, size_t *count, size_t size, size_t index)
{
	char *at = (char *)items + index * size;
	memmove(at, at + size, (*count - index - 1) * size);
	(*count)--;
}

static void change_strings(struct pd_arena *arena, struct pd_strings *list, const struct pd_change *change)
{
	for (size_t i = 0; change->from != NULL && i < list->count; i++) {
		if (strcmp(list->items[i], change->from) == 0) {
			take_out(list->items, &list->count, sizeof *list->items, i);
			break;
		}
	}
	if (change->to != NULL && !pd_strings_has(list, change->to))
		*pd_list_add(arena, list) = change->to;
}

/* A list of numbers, whose type has no name. */
#define CHANGE_NUMBERS(arena, list, change)                                                                  \
	do {                                                                                                 \
		int64_t gone = number_of((change)->from), come = number_of((change)->to);                    \
		bool is_there = false;                                                                       \
		for (size_t n = 0; come != 0 && n < (list)->count; n++)                                      \
			is_there |= (list)->items[n] == come;                                                \
		for (size_t n = 0; n < (list)->count; n++) {                                                 \
			if (gone == 0 || (list)->items[n] != gone)                                           \
				continue;                                                                    \
			if (come != 0 && !is_there) { /* in its place */                                     \
				(list)->items[n] = come;                                                     \
				is_there = true;                                                             \
			} else {                                                                             \
				take_out((list)->items, &(list)->count, sizeof *(list)->items, n--);         \
			}                                                                                    \
		}                                                                                            \
		if (come != 0 && !is_there)                                                                  \
			*pd_list_add(arena, list) = come;                                                    \
	} while (0)

static void change_participant(struct pd_arena *arena, struct pd_conversation *conversation,
			       const struct pd_change *change)
{
	if (change->from != NULL) {
		const char *addr = pd_participant_parse(arena, change->from).addr;
		for (size_t i = 0; i < conversation->participants.count; i++) {
			if (pd_equal_nocase(conversation->participants.items[i].address.addr, addr)) {
				take_out(conversation->participants.items, &conversation->participants.count,
					 sizeof *conversation->participants.items, i);
				break;
			}
		}
	}
	if (change->to != NULL) {
		struct pd_address address = pd_participant_parse(arena, change->to);
		if (!pd_conversation_has(conversation, address.addr))
			pd_list_add(arena, &conversation->participants)->address = address;
	}
}

static void change_conversation(struct pd_arena *arena, struct pd_ticket *ticket, int64_t id,
				const struct pd_change *change)
{
	struct pd_conversation *conversation = pd_ticket_conversation(ticket, id);
	if (strcmp(change->property, "conversation") == 0 ||
	    strcmp(change->property, "conversation_adopted") == 0) {
		if (change->to == NULL) {
			if (conversation != NULL)
				take_out(ticket->conversations.items, &ticket->conversations.count,
					 sizeof *conversation,
					 (size_t)(conversation - ticket->conversations.items));
			return;
		}
		if (conversation == NULL) {
			conversation = pd_list_add(arena, &ticket->conversations);
			conversation->id = id;
			conversation->subject = conversation->base_subject = "";
		}
		conversation->mailbox = change->to;
	} else if (conversation == NULL) {
		return;
	} else if (strcmp(change->property, "participant") == 0) {
		change_participant(arena, conversation, change);
	} else if (strcmp(change->property, "subject") == 0 ||
		   strcmp(change->property, "conversation_subject") == 0) {
		bool is_reply;
		conversation->subject = change->to != NULL ? change->to : "";
		conversation->base_subject = pd_base_subject(arena, conversation->subject, &is_reply);
	} else if (strcmp(change->property, "conversation_status") == 0) {
		conversation->status = change->to;
	} else {
		conversation->owner = change->to;
	}
}

/* --- absorbed tickets --- */

char *pd_absorbed_value(struct pd_arena *arena, const struct pd_absorbed *absorbed)
{
	return pd_printf(arena, "%lld %lld %lld %lld", (long long)absorbed->ticket, (long long)absorbed->messages,
			 (long long)absorbed->last_in_event, (long long)absorbed->last_out_event);
}

bool pd_absorbed_parse(const char *value, struct pd_absorbed *ret_absorbed)
{
	int64_t *const places[] = {&ret_absorbed->ticket, &ret_absorbed->messages, &ret_absorbed->last_in_event,
				   &ret_absorbed->last_out_event};
	for (size_t i = 0; value != NULL && i < sizeof places / sizeof *places; i++) {
		char *end;
		*places[i] = strtoll(value, &end, 10);
		if (end == value || *places[i] < 0)
			return false;
		value = end;
	}
	return value != NULL && ret_absorbed->ticket > 0;
}

bool pd_ticket_includes(const struct pd_ticket *ticket, int64_t number)
{
	for (size_t i = 0; i < ticket->absorbed.count; i++)
		if (ticket->absorbed.items[i].ticket == number)
			return true;
	return ticket->number == number;
}

int64_t pd_ticket_last_in(const struct pd_ticket *ticket)
{
	int64_t last = ticket->last_in_event;
	for (size_t i = 0; i < ticket->absorbed.count; i++)
		if (ticket->absorbed.items[i].last_in_event > last)
			last = ticket->absorbed.items[i].last_in_event;
	return last;
}

int64_t pd_ticket_last_out(const struct pd_ticket *ticket)
{
	int64_t last = ticket->last_out_event;
	for (size_t i = 0; i < ticket->absorbed.count; i++)
		if (ticket->absorbed.items[i].last_out_event > last)
			last = ticket->absorbed.items[i].last_out_event;
	return last;
}

static void change_absorbed(struct pd_arena *arena, struct pd_ticket *ticket, const struct pd_change *change)
{
	struct pd_absorbed gone, come;
	bool has_gone = pd_absorbed_parse(change->from, &gone);
	for (size_t i = 0; has_gone && i < ticket->absorbed.count; i++) {
		if (ticket->absorbed.items[i].ticket != gone.ticket)
			continue;
		ticket->messages -= ticket->absorbed.items[i].messages;
		take_out(ticket->absorbed.items, &ticket->absorbed.count, sizeof *ticket->absorbed.items, i);
		break;
	}
	if (pd_absorbed_parse(change->to, &come) && !pd_ticket_includes(ticket, come.ticket)) {
		*pd_list_add(arena, &ticket->absorbed) = come;
		ticket->messages += come.messages;
	}
	ticket->has_sent = pd_ticket_last_out(ticket) != 0;
}

static void change_custom(struct pd_arena *arena, struct pd_ticket *ticket, const struct pd_change *change)
{
	for (size_t i = 0; i < ticket->properties.count; i++) {
		if (strcmp(ticket->properties.items[i].property, change->property) != 0)
			continue;
		if (change->to != NULL)
			ticket->properties.items[i].to = change->to;
		else
			take_out(ticket->properties.items, &ticket->properties.count,
				 sizeof *ticket->properties.items, i);
		return;
	}
	if (change->to != NULL)
		*pd_list_add(arena, &ticket->properties) =
			(struct pd_change){.property = change->property, .to = change->to};
}

static void change_status(struct pd_ticket *ticket, const struct pd_change *change, pd_time at)
{
	enum pd_status_kind kind;
	const char *name;
	if (!pd_status_value_parse(change->to, &kind, &name))
		return;
	if (kind != PD_STATUS_CLOSED)
		ticket->closed = 0;
	else if (ticket->closed == 0)
		ticket->closed = at;
	ticket->status_kind = kind;
	ticket->status = name;
}

/* Where a single value that is a text stands; NULL: it is none of these. */
static const char **text_place(struct pd_ticket *ticket, const char *property)
{
	const struct {
		const char *property;
		const char **place;
	} places[] = {
		{"name", &ticket->name},	 {"description", &ticket->description},
		{"mailbox", &ticket->mailbox},	 {"pipeline", &ticket->pipeline},
		{"owner", &ticket->owner},	 {"team", &ticket->team},
		{"category", &ticket->category}, {"priority", &ticket->priority},
		{"source", &ticket->source},
	};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (strcmp(property, places[i].property) == 0)
			return places[i].place;
	return NULL;
}

/* A reply that never left is as if it had never been. */
static void stop_reply(struct pd_arena *arena, struct pd_ticket *ticket, const struct pd_change *change)
{
	int64_t event, other;
	if (!pd_number_pair(change->to, &event, &other))
		return;
	ticket->messages--;
	if (ticket->last_out_event == event)
		ticket->last_out_event = other;
	ticket->has_sent = pd_ticket_last_out(ticket) != 0;
	if (!pd_ticket_entry_deleted(ticket, event))
		*pd_list_add(arena, &ticket->deleted_entries) = event;
}

static void apply_change(struct pd_arena *arena, struct pd_ticket *ticket, const struct pd_event *event,
			 const struct pd_change *change)
{
	const char *property = change->property;
	const char **place = text_place(ticket, property);
	if (place != NULL) {
		*place = change->to;
	} else if (strcmp(property, "status") == 0) {
		change_status(ticket, change, event->at);
	} else if (strcmp(property, "closed") == 0) {
		if (change->to != NULL && ticket->status_kind == PD_STATUS_CLOSED)
			(void)pd_time_parse(change->to, &ticket->closed);
	} else if (strcmp(property, "spam") == 0) {
		ticket->is_spam = change->to != NULL;
	} else if (strcmp(property, "automatic") == 0) {
		ticket->is_automatic = change->to != NULL;
	} else if (strcmp(property, "deleted") == 0) {
		ticket->is_deleted = change->to != NULL;
	} else if (strcmp(property, "merged") == 0) {
		ticket->merged_into = number_of(change->to);
	} else if (strcmp(property, "follower") == 0) {
		change_strings(arena, &ticket->followers, change);
	} else if (strcmp(property, "mailbox_also") == 0) {
		change_strings(arena, &ticket->mailboxes_also, change);
	} else if (strcmp(property, "mention") == 0) {
		change_strings(arena, &ticket->mentions, change);
	} else if (strcmp(property, "snoozed") == 0) {
		ticket->snoozed = 0;
		if (change->to != NULL)
			(void)pd_time_parse(change->to, &ticket->snoozed);
	} else if (strcmp(property, "reminder") == 0) {
		change_strings(arena, &ticket->reminders, change);
	} else if (strcmp(property, "link") == 0) {
		change_strings(arena, &ticket->links, change);
	} else if (strcmp(property, "contact") == 0) {
		CHANGE_NUMBERS(arena, &ticket->contacts, change);
	} else if (strcmp(property, "absorbed") == 0) {
		change_absorbed(arena, ticket, change);
	} else if (strcmp(property, "entry_deleted") == 0) {
		CHANGE_NUMBERS(arena, &ticket->deleted_entries, change);
	} else if (strcmp(property, "conversation") == 0 || strcmp(property, "participant") == 0 ||
		   strcmp(property, "subject") == 0 || pd_starts(property, "conversation_")) {
		change_conversation(arena, ticket, event->conversation, change);
	} else if (strcmp(property, PD_CHANGE_STOPPED) == 0) {
		stop_reply(arena, ticket, change);
	} else if (!pd_property_is_of_event(property) && !pd_property_is_of_clocks(property) &&
		   !pd_property_is_record(property)) {
		change_custom(arena, ticket, change);
	}
}

static bool is_incoming(const struct pd_event *event)
{
	for (size_t i = 0; i < event->changes.count; i++)
		if (strcmp(event->changes.items[i].property, "direction") == 0)
			return pd_equal(event->changes.items[i].to, "in");
	return event->actor != NULL && pd_starts(event->actor, "contact:");
}

static void apply_message(struct pd_ticket *ticket, const struct pd_event *event)
{
	ticket->messages++;
	if (is_incoming(event)) {
		ticket->last_in_event = event->id;
		if (ticket->first_in_message == 0)
			ticket->first_in_message = event->message;
	} else if (!pd_equal(event->actor, "postdesk")) {
		ticket->last_out_event = event->id;
		ticket->has_sent = true;
	}
}

bool pd_ticket_apply(struct pd_arena *arena, struct pd_ticket *ticket, const struct pd_event *event)
{
	if (event->version != ticket->version + 1)
		return false;
	ticket->version = event->version;
	if (event->kind == PD_EVENT_CREATED) {
		ticket->number = event->ticket;
		ticket->created = event->at;
		ticket->name = ticket->name != NULL ? ticket->name : "";
		ticket->description = ticket->description != NULL ? ticket->description : "";
	}
	if (event->at > ticket->updated)
		ticket->updated = event->at;
	for (size_t i = 0; i < event->changes.count; i++)
		apply_change(arena, ticket, event, &event->changes.items[i]);
	if (event->kind == PD_EVENT_MESSAGE)
		apply_message(ticket, event);
	else if (event->kind == PD_EVENT_COMMENT)
		ticket->last_comment_event = event->id;
	pd_clocks_apply(arena, ticket, event);
	if (ticket->name == NULL)
		ticket->name = "";
	if (ticket->description == NULL)
		ticket->description = "";
	return true;
}

/* --- copies and look-ups --- */

#define COPY_LIST(arena, list)                                                                               \
	do {                                                                                                 \
		(list).room = (list).count;                                                                  \
		(list).items = (list).count > 0                                                              \
				       ? pd_memdup(arena, (list).items, (list).count * sizeof *(list).items) \
				       : NULL;                                                               \
	} while (0)

struct pd_ticket *pd_ticket_copy(struct pd_arena *arena, const struct pd_ticket *ticket)
{
	struct pd_ticket *copy = pd_memdup(arena, ticket, sizeof *ticket);
	COPY_LIST(arena, copy->contacts);
	COPY_LIST(arena, copy->followers);
	COPY_LIST(arena, copy->mailboxes_also);
	COPY_LIST(arena, copy->mentions);
	COPY_LIST(arena, copy->conversations);
	COPY_LIST(arena, copy->properties);
	COPY_LIST(arena, copy->deleted_entries);
	COPY_LIST(arena, copy->absorbed);
	COPY_LIST(arena, copy->reminders);
	COPY_LIST(arena, copy->links);
	COPY_LIST(arena, copy->clocks.pauses);
	COPY_LIST(arena, copy->clocks.warned);
	for (size_t i = 0; i < copy->conversations.count; i++)
		COPY_LIST(arena, copy->conversations.items[i].participants);
	return copy;
}

const char *pd_ticket_get(struct pd_arena *arena, const struct pd_ticket *ticket, const char *property)
{
	const char **place = text_place((struct pd_ticket *)ticket, property);
	if (place != NULL)
		return *place;
	if (strcmp(property, "status") == 0)
		return ticket->status != NULL ? pd_status_value(arena, ticket->status_kind, ticket->status)
					      : NULL;
	if (strcmp(property, "number") == 0)
		return pd_printf(arena, "%lld", (long long)ticket->number);
	if (strcmp(property, "messages") == 0)
		return pd_printf(arena, "%lld", (long long)ticket->messages);
	if (strcmp(property, "created") == 0)
		return pd_time_rfc3339(arena, ticket->created);
	if (strcmp(property, "updated") == 0)
		return pd_time_rfc3339(arena, ticket->updated);
	if (strcmp(property, "closed") == 0)
		return pd_time_rfc3339(arena, ticket->closed);
	if (strcmp(property, "snoozed") == 0)
		return pd_time_rfc3339(arena, ticket->snoozed);
	if (strcmp(property, "spam") == 0)
		return ticket->is_spam ? "yes" : NULL;
	if (strcmp(property, "automatic") == 0)
		return ticket->is_automatic ? "yes" : NULL;
	if (strcmp(property, "deleted") == 0)
		return ticket->is_deleted ? "yes" : NULL;
	if (strcmp(property, "merged") == 0)
		return ticket->merged_into != 0 ? pd_printf(arena, "%lld", (long long)ticket->merged_into)
						: NULL;
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (strcmp(ticket->properties.items[i].property, property) == 0)
			return ticket->properties.items[i].to;
	return NULL;
}

bool pd_ticket_is_unrouted(const struct pd_ticket *ticket)
{
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (strcmp(ticket->properties.items[i].property, PD_PROPERTY_UNROUTED) == 0)
			return true;
	return false;
}

struct pd_conversation *pd_ticket_conversation(const struct pd_ticket *ticket, int64_t id)
{
	for (size_t i = 0; i < ticket->conversations.count; i++)
		if (ticket->conversations.items[i].id == id)
			return &ticket->conversations.items[i];
	return NULL;
}

bool pd_conversation_has(const struct pd_conversation *conversation, const char *address)
{
	for (size_t i = 0; i < conversation->participants.count; i++)
		if (pd_equal_nocase(conversation->participants.items[i].address.addr, address))
			return true;
	return false;
}

bool pd_ticket_has_participant(const struct pd_ticket *ticket, const char *address)
{
	for (size_t i = 0; i < ticket->conversations.count; i++)
		if (pd_conversation_has(&ticket->conversations.items[i], address))
			return true;
	return false;
}

bool pd_ticket_entry_deleted(const struct pd_ticket *ticket, int64_t event)
{
	for (size_t i = 0; i < ticket->deleted_entries.count; i++)
		if (ticket->deleted_entries.items[i] == event)
			return true;
	return false;
}
