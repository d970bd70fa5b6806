/* The plan: what a decision has gathered so far.
 *
 * Promises: every change of a ticket is an event of the plan and applied to the ticket's working copy at
 * once; a ticket, a contact and a key are asked of the desk once. Where the desk fails, tickets are NULL and
 * the desk's `failed` says why; the plan is thrown away then. */
#include "desk/people.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/inbox.h"

#define HOPS_MAX 32 /* a chain of merges is followed so far */
#define RESERVED 16 /* pointers to so many messages and contacts stay good */

struct pd_context pd_context_new(struct pd_arena *arena, const struct pd_settings *settings,
				 struct pd_snapshot *desk, pd_time now, const char *actor)
{
	struct pd_plan *plan = PD_NEW(arena, struct pd_plan);
	plan->messages.items = pd_alloc_n(arena, RESERVED, sizeof *plan->messages.items);
	plan->messages.room = RESERVED;
	plan->contacts.items = pd_alloc_n(arena, RESERVED, sizeof *plan->contacts.items);
	plan->contacts.room = RESERVED;
	struct pd_context context = {
		.arena = arena,
		.settings = settings,
		.desk = desk,
		.plan = plan,
		.now = now,
		.actor = actor,
		.action = desk->new_id(desk, PD_ID_ACTION),
	};
	if (actor != NULL && pd_starts(actor, "agent:"))
		context.agent = pd_settings_agent(settings, actor + strlen("agent:"));
	return context;
}

/* --- tickets --- */

struct pd_ticket *pd_plan_ticket(struct pd_context *context, int64_t number)
{
	struct pd_plan *plan = context->plan;
	size_t place;
	if (pd_plan_place(plan, number, &place))
		return plan->tickets.items[place].ticket;
	if (number <= 0)
		return NULL;
	const struct pd_ticket *found = context->desk->ticket(context->desk, context->arena, number);
	if (found == NULL)
		return NULL;
	struct pd_ticket *copy = pd_ticket_copy(context->arena, found);
	*pd_list_add(context->arena, &plan->tickets) =
		(struct pd_planned_ticket){.ticket = copy, .base_version = copy->version, .kept_at = plan->savepoints};
	pd_plan_index(context);
	return copy;
}

struct pd_ticket *pd_plan_ticket_followed(struct pd_context *context, int64_t number)
{
	struct pd_ticket *ticket = pd_plan_ticket(context, number);
	for (int hops = 0; ticket != NULL && ticket->merged_into != 0 && hops < HOPS_MAX; hops++) {
		struct pd_ticket *next = pd_plan_ticket(context, ticket->merged_into);
		if (next == NULL)
			break;
		ticket = next;
	}
	return ticket;
}

static const char *given(const struct pd_change *values, size_t count, const char *property,
			 const char *otherwise)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(values[i].property, property) == 0)
			return values[i].to;
	return otherwise;
}

static struct pd_event *new_event(struct pd_context *context, const struct pd_ticket *ticket,
				  enum pd_event_kind kind)
{
	struct pd_event *event = PD_NEW(context->arena, struct pd_event);
	event->id = context->desk->new_id(context->desk, PD_ID_EVENT);
	event->ticket = ticket->number;
	event->version = ticket->version + 1;
	event->format = PD_EVENT_FORMAT;
	event->at = context->now;
	event->actor = context->actor;
	event->action = context->action;
	event->kind = kind;
	event->config = context->desk->config;
	return event;
}

static void add_change(struct pd_context *context, struct pd_event *event, const char *property,
		       const char *from, const char *to)
{
	*pd_list_add(context->arena, &event->changes) =
		(struct pd_change){.property = property, .from = from, .to = pd_strdup(context->arena, to)};
}

/* What is asked of a plan that may have very many events. */
static void note(struct pd_context *context, const struct pd_change *change)
{
	pd_plan_note_contact(context, change);
	if (pd_starts(change->property, PD_RECORD_PREFIX))
		*pd_list_add(context->arena, &context->plan->recorded) = *change;
}

static void append(struct pd_context *context, struct pd_ticket *ticket, struct pd_event *event)
{
	pd_plan_keep_ticket(context, ticket);
	bool follows = pd_ticket_apply(context->arena, ticket, event);
	assert(follows);
	(void)follows;
	for (size_t i = 0; i < event->changes.count; i++)
		note(context, &event->changes.items[i]);
	*pd_list_add(context->arena, &context->plan->events) = event;
}

static int64_t new_number(struct pd_context *context)
{
	struct pd_snapshot *desk = context->desk;
	int64_t wanted = context->import_number;
	context->import_number = 0;
	if (wanted <= 0 || desk->ticket(desk, context->arena, wanted) != NULL)
		return desk->new_id(desk, PD_ID_TICKET);
	desk->claim_id(desk, PD_ID_TICKET, wanted);
	return wanted;
}

struct pd_ticket *pd_plan_new_ticket(struct pd_context *context, const struct pd_mailbox *mailbox,
				     const struct pd_change *values, size_t count)
{
	struct pd_ticket *ticket = PD_NEW(context->arena, struct pd_ticket);
	ticket->number = new_number(context);
	struct pd_event *event = new_event(context, ticket, PD_EVENT_CREATED);
	const struct pd_status *status = pd_pipeline_first(mailbox->pipeline, PD_STATUS_NEW);
	const struct pd_change first[] = {
		{.property = "name", .to = ""},
		{.property = "mailbox", .to = mailbox->name},
		{.property = "pipeline", .to = mailbox->pipeline->name},
		{.property = "status", .to = pd_status_value(context->arena, status->kind, status->name)},
		{.property = "team", .to = mailbox->team},
		{.property = "priority", .to = context->settings->default_priority},
		{.property = "source", .to = "mail"},
	};
	const size_t firsts = sizeof first / sizeof *first;
	for (size_t i = 0; i < firsts; i++) {
		const char *to = given(values, count, first[i].property, first[i].to);
		if (to != NULL)
			add_change(context, event, first[i].property, NULL, to);
	}
	for (size_t i = 0; i < count; i++)
		if (values[i].to != NULL && given(first, firsts, values[i].property, NULL) == NULL &&
		    strcmp(values[i].property, "team") != 0)
			add_change(context, event, pd_strdup(context->arena, values[i].property), NULL,
				   values[i].to);
	*pd_list_add(context->arena, &context->plan->tickets) =
		(struct pd_planned_ticket){.ticket = ticket, .kept_at = context->plan->savepoints};
	pd_plan_index(context);
	append(context, ticket, event);
	return ticket;
}

/* --- events --- */

static const struct pd_stored *planned_message(const struct pd_context *context, int64_t message)
{
	const struct pd_plan *plan = context->plan;
	for (size_t i = plan->messages.count; message != 0 && i > 0; i--) /* mostly the newest */
		if (plan->messages.items[i - 1].stored.id == message)
			return &plan->messages.items[i - 1].stored;
	return NULL;
}

/* No person wrote it: it moves no clock. */
static bool is_of_a_machine(const struct pd_stored *stored)
{
	return (stored->kinds & (PD_KIND_AUTO | PD_KIND_RECEIPT | PD_KIND_FEEDBACK | PD_KIND_BOUNCE | PD_KIND_DSN)) != 0;
}

static void add_mentions(struct pd_context *context, struct pd_event *event, const struct pd_stored *stored)
{
	if (!pd_comment_is_told(event, stored) || stored->text == NULL)
		return;
	struct pd_strings names = pd_mentions_in(context->arena, context->settings, stored->text);
	for (size_t i = 0; i < names.count; i++)
		add_change(context, event, "mention", NULL, names.items[i]);
}

struct pd_event *pd_plan_event(struct pd_context *context, struct pd_ticket *ticket, enum pd_event_kind kind,
			       int64_t message, int64_t conversation, const char *why)
{
	struct pd_event *event = new_event(context, ticket, kind);
	event->message = message;
	event->conversation = conversation;
	event->why = pd_strdup(context->arena, why);
	const struct pd_stored *stored = planned_message(context, message);
	if (kind == PD_EVENT_MESSAGE && stored != NULL)
		add_change(context, event, "direction", NULL, stored->direction == PD_IN ? "in" : "out");
	/* What goes on elsewhere is answered there. */
	bool is_elsewhere = stored != NULL && stored->direction == PD_IN && pd_inbox_of(ticket, conversation) != NULL;
	if (kind == PD_EVENT_MESSAGE && (context->is_import || is_elsewhere || (stored != NULL && is_of_a_machine(stored))))
		add_change(context, event, "unclocked", NULL, "yes");
	if (kind == PD_EVENT_COMMENT)
		add_mentions(context, event, stored);
	append(context, ticket, event);
	return event;
}

struct pd_event *pd_plan_event_with(struct pd_context *context, struct pd_ticket *ticket,
				    enum pd_event_kind kind, int64_t conversation,
				    const struct pd_change *changes, size_t count)
{
	struct pd_event *event = new_event(context, ticket, kind);
	event->conversation = conversation;
	for (size_t i = 0; i < count; i++)
		*pd_list_add(context->arena, &event->changes) = changes[i];
	append(context, ticket, event);
	return event;
}

/* The event that a change of this ticket belongs to: the newest of the plan where it is of the same reason and time,
 * else a new one. A change of a conversation needs an event of that conversation. */
static struct pd_event *event_for(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation,
				  const char *why, bool *ret_is_new)
{
	struct pd_plan *plan = context->plan;
	struct pd_event *last = plan->events.count > 0 ? plan->events.items[plan->events.count - 1] : NULL;
	*ret_is_new = true;
	if (last != NULL && last->ticket == ticket->number && last->action == context->action && last->at == context->now &&
	    (last->kind == PD_EVENT_SET || last->kind == PD_EVENT_CREATED) &&
	    (last->conversation == 0 || conversation == 0 || last->conversation == conversation) &&
	    (pd_equal(last->why, why) || (last->kind == PD_EVENT_CREATED && why == NULL))) {
		if (conversation != 0)
			last->conversation = conversation;
		*ret_is_new = false;
		return last;
	}
	struct pd_event *event = new_event(context, ticket, PD_EVENT_SET);
	event->conversation = conversation;
	event->why = pd_strdup(context->arena, why);
	return event;
}

/* Adds the changes to the event for this reason and applies them. */
static struct pd_event *change(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation,
			       const char *why, const struct pd_change *changes, size_t count)
{
	bool is_new;
	struct pd_event *event = event_for(context, ticket, conversation, why, &is_new);
	/* Applied as an event of these changes alone, since the earlier ones are applied already. */
	struct pd_event step = *event;
	memset(&step.changes, 0, sizeof step.changes);
	step.kind = PD_EVENT_SET;
	step.version = ticket->version + 1;
	for (size_t i = 0; i < count; i++) {
		add_change(context, event, changes[i].property, changes[i].from, changes[i].to);
		*pd_list_add(context->arena, &step.changes) = event->changes.items[event->changes.count - 1];
		note(context, &event->changes.items[event->changes.count - 1]);
	}
	pd_plan_keep_ticket(context, ticket);
	bool follows = pd_ticket_apply(context->arena, ticket, &step);
	assert(follows);
	(void)follows;
	ticket->version = event->version;
	if (is_new)
		*pd_list_add(context->arena, &context->plan->events) = event;
	return event;
}

void pd_plan_amend(struct pd_context *context, struct pd_ticket *ticket, struct pd_event *event, const char *property,
		   const char *from, const char *to)
{
	struct pd_event step = *event;
	assert((pd_property_is_of_clocks(property) || strcmp(property, PD_CHANGE_HELD) == 0 ||
		strcmp(property, PD_CHANGE_DRAFT) == 0) &&
	       event->version == ticket->version);
	memset(&step.changes, 0, sizeof step.changes);
	step.kind = PD_EVENT_SET;
	step.version = ticket->version + 1;
	add_change(context, event, property, from, to);
	*pd_list_add(context->arena, &step.changes) = event->changes.items[event->changes.count - 1];
	pd_plan_keep_ticket(context, ticket);
	(void)pd_ticket_apply(context->arena, ticket, &step);
	ticket->version = event->version;
}

struct pd_event *pd_plan_set_conversation(struct pd_context *context, struct pd_ticket *ticket,
					  int64_t conversation, const char *property, const char *value,
					  const char *why)
{
	const struct pd_conversation *found = pd_ticket_conversation(ticket, conversation);
	if (found == NULL)
		return NULL;
	const char *now = strcmp(property, "conversation_status") == 0 ? found->status : found->owner;
	if (pd_equal(now, value))
		return NULL;
	const struct pd_change changed = {.property = pd_strdup(context->arena, property), .from = now, .to = value};
	return change(context, ticket, conversation, why, &changed, 1);
}

/* Closing a ticket closes its conversations; reopened, the only one goes along with it again, of several none
 * does. */
static void conversations_follow(struct pd_context *context, struct pd_ticket *ticket, bool was_closed,
				 const char *status, const char *why)
{
	bool is_closed = ticket->status_kind == PD_STATUS_CLOSED;
	bool is_one = ticket->conversations.count == 1;
	if (was_closed == is_closed || (!is_closed && !is_one))
		return;
	for (size_t i = 0; i < ticket->conversations.count; i++)
		pd_plan_set_conversation(context, ticket, ticket->conversations.items[i].id, "conversation_status",
					 is_one ? NULL : status, why);
}

struct pd_event *pd_plan_set(struct pd_context *context, struct pd_ticket *ticket, const char *property,
			     const char *value, const char *why)
{
	const char *now = pd_ticket_get(context->arena, ticket, property);
	if (pd_equal(now, value))
		return NULL;
	struct pd_change changes[3] = {
		{.property = pd_strdup(context->arena, property), .from = now, .to = value},
	};
	size_t count = 1;
	enum pd_status_kind kind;
	const char *name;
	bool is_status = strcmp(property, "status") == 0;
	bool was_closed = ticket->status_kind == PD_STATUS_CLOSED;
	/* Reopening forgets when it was closed; an undo of it must not. */
	if (is_status && pd_status_value_parse(value, &kind, &name) && ticket->closed != 0 &&
	    kind != PD_STATUS_CLOSED)
		changes[count++] = (struct pd_change){.property = "closed",
						      .from = pd_time_milliseconds(context->arena, ticket->closed)};
	if (strcmp(property, "owner") == 0 && pd_ticket_is_unrouted(ticket))
		changes[count++] = (struct pd_change){.property = PD_PROPERTY_UNROUTED, .from = "yes"};
	struct pd_event *event = change(context, ticket, 0, why, changes, count);
	if (is_status)
		conversations_follow(context, ticket, was_closed, value, why);
	return event;
}

/* What the plan has made of a record so far; false: nothing. */
static bool is_planned_record(const struct pd_plan *plan, const char *property, const char **ret_value)
{
	for (size_t i = plan->recorded.count; i > 0; i--)
		if (strcmp(plan->recorded.items[i - 1].property, property) == 0) {
			*ret_value = plan->recorded.items[i - 1].to;
			return true;
		}
	return false;
}

const char *pd_plan_record(struct pd_context *context, const char *kind, const char *name)
{
	const char *value;
	if (strcmp(kind, PD_CONTACT_RECORD) == 0) {
		const struct pd_contact *contact = pd_plan_contact_by_id(context, strtoll(name, NULL, 10));
		return contact != NULL ? pd_contact_value(context->arena, contact) : NULL;
	}
	if (is_planned_record(context->plan, pd_record_property(context->arena, kind, name), &value))
		return value;
	return context->desk->record(context->desk, context->arena, kind, name);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct pd_record *)a)->name, ((const struct pd_record *)b)->name);
}

struct pd_records pd_plan_records(struct pd_context *context, const char *kind)
{
	struct pd_records kept = context->desk->records(context->desk, context->arena, kind), records = {0};
	const char *prefix = pd_record_property(context->arena, kind, "");
	struct pd_strings planned = {0};
	for (size_t i = 0; i < context->plan->recorded.count; i++) {
		const char *property = context->plan->recorded.items[i].property;
		if (pd_starts(property, prefix) && !pd_strings_has(&planned, property + strlen(prefix)))
			*pd_list_add(context->arena, &planned) = property + strlen(prefix);
	}
	for (size_t i = 0; i < kept.count; i++)
		if (!pd_strings_has(&planned, kept.items[i].name))
			*pd_list_add(context->arena, &records) = kept.items[i];
	for (size_t i = 0; i < planned.count; i++) {
		const char *value = pd_plan_record(context, kind, planned.items[i]);
		if (value != NULL)
			*pd_list_add(context->arena, &records) =
				(struct pd_record){.name = planned.items[i], .value = value};
	}
	if (records.count > 1)
		qsort(records.items, records.count, sizeof *records.items, by_name);
	return records;
}

struct pd_event *pd_plan_set_record(struct pd_context *context, struct pd_ticket *ticket, const char *kind,
				    const char *name, const char *value, const char *why)
{
	const char *now = pd_plan_record(context, kind, name);
	if (pd_equal(now, value))
		return NULL;
	const struct pd_change changed = {
		.property = pd_record_property(context->arena, kind, name), .from = now, .to = value};
	return change(context, ticket, 0, why, &changed, 1);
}

static bool has_number(const int64_t *items, size_t count, const char *value)
{
	unsigned long long number;
	if (!pd_number(value, INT64_MAX, &number))
		return false;
	for (size_t i = 0; i < count; i++)
		if (items[i] == (int64_t)number)
			return true;
	return false;
}

/* Does the property of many values have this one? */
static bool has_value(struct pd_context *context, const struct pd_ticket *ticket, const char *property,
		      const char *value, int64_t conversation)
{
	if (strcmp(property, "follower") == 0)
		return pd_strings_has(&ticket->followers, value);
	if (strcmp(property, "mailbox_also") == 0)
		return pd_strings_has(&ticket->mailboxes_also, value);
	if (strcmp(property, "mention") == 0)
		return pd_strings_has(&ticket->mentions, value);
	if (strcmp(property, "absorbed") == 0) {
		struct pd_absorbed absorbed;
		return pd_absorbed_parse(value, &absorbed) && pd_ticket_includes(ticket, absorbed.ticket);
	}
	if (strcmp(property, "contact") == 0)
		return has_number(ticket->contacts.items, ticket->contacts.count, value);
	if (strcmp(property, "reminder") == 0)
		return pd_strings_has(&ticket->reminders, value);
	if (strcmp(property, "link") == 0)
		return pd_strings_has(&ticket->links, value);
	if (strcmp(property, "entry_deleted") == 0)
		return has_number(ticket->deleted_entries.items, ticket->deleted_entries.count, value);
	assert(strcmp(property, "participant") == 0);
	const struct pd_conversation *found = pd_ticket_conversation(ticket, conversation);
	return found != NULL && pd_conversation_has(found, pd_participant_parse(context->arena, value).addr);
}

struct pd_event *pd_plan_add(struct pd_context *context, struct pd_ticket *ticket, const char *property,
			     const char *value, int64_t conversation, const char *why)
{
	if (has_value(context, ticket, property, value, conversation))
		return NULL;
	const struct pd_change added = {.property = pd_strdup(context->arena, property), .to = value};
	return change(context, ticket, conversation, why, &added, 1);
}

struct pd_event *pd_plan_remove(struct pd_context *context, struct pd_ticket *ticket, const char *property,
				const char *value, int64_t conversation, const char *why)
{
	if (!has_value(context, ticket, property, value, conversation))
		return NULL;
	const struct pd_change removed = {.property = pd_strdup(context->arena, property),
					  .from = pd_strdup(context->arena, value)};
	return change(context, ticket, conversation, why, &removed, 1);
}

struct pd_event *pd_plan_replace_contact(struct pd_context *context, struct pd_ticket *ticket, const char *from,
					 const char *to, const char *why)
{
	if (!has_number(ticket->contacts.items, ticket->contacts.count, from))
		return NULL;
	bool has_both = has_number(ticket->contacts.items, ticket->contacts.count, to);
	const struct pd_change replaced = {.property = "contact", .from = from, .to = has_both ? NULL : to};
	return change(context, ticket, 0, why, &replaced, 1);
}

int64_t pd_plan_new_conversation(struct pd_context *context, struct pd_ticket *ticket, const char *mailbox,
				 const char *subject)
{
	int64_t id = context->desk->new_id(context->desk, PD_ID_CONVERSATION);
	const struct pd_change changes[] = {
		{.property = "conversation", .to = mailbox},
		{.property = "subject", .to = subject != NULL ? subject : ""},
	};
	change(context, ticket, id, NULL, changes, 2);
	return id;
}

struct pd_event *pd_plan_message_again(struct pd_context *context, struct pd_ticket *ticket,
				       const struct pd_stored *stored, int64_t conversation, const char *why)
{
	struct pd_event *event = new_event(context, ticket, PD_EVENT_MESSAGE);
	event->message = stored->id;
	event->conversation = conversation;
	event->why = pd_strdup(context->arena, why);
	add_change(context, event, "direction", NULL, stored->direction == PD_IN ? "in" : "out");
	add_change(context, event, "unclocked", NULL, "yes");
	append(context, ticket, event);
	return event;
}

void pd_plan_move_conversation(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation,
			       const char *mailbox, const char *why)
{
	const struct pd_conversation *found = pd_ticket_conversation(ticket, conversation);
	const struct pd_change moved = {
		.property = "conversation", .from = found != NULL ? found->mailbox : NULL, .to = mailbox};
	if (found != NULL)
		change(context, ticket, conversation, why, &moved, 1);
}

struct pd_event *pd_plan_adopt(struct pd_context *context, struct pd_ticket *ticket,
			       const struct pd_conversation *conversation, const char *status, const char *why)
{
	PD_LIST(struct pd_change) changes = {0};
	*pd_list_add(context->arena, &changes) =
		(struct pd_change){.property = "conversation_adopted", .to = conversation->mailbox};
	*pd_list_add(context->arena, &changes) =
		(struct pd_change){.property = "conversation_subject", .to = conversation->subject};
	for (size_t i = 0; i < conversation->participants.count; i++)
		*pd_list_add(context->arena, &changes) = (struct pd_change){
			.property = "participant",
			.to = pd_participant_value(context->arena, &conversation->participants.items[i].address)};
	if (status != NULL)
		*pd_list_add(context->arena, &changes) =
			(struct pd_change){.property = "conversation_status", .to = status};
	if (conversation->owner != NULL)
		*pd_list_add(context->arena, &changes) =
			(struct pd_change){.property = "conversation_owner", .to = conversation->owner};
	return change(context, ticket, conversation->id, why, changes.items, changes.count);
}

/* --- messages, marks --- */

struct pd_planned_message *pd_plan_message(struct pd_context *context, const char *source,
					   enum pd_direction direction)
{
	struct pd_planned_message *message = pd_list_add(context->arena, &context->plan->messages);
	message->stored = (struct pd_stored){
		.id = context->desk->new_id(context->desk, PD_ID_MESSAGE),
		.source = source,
		.direction = direction,
		.message_id = "",
		.from = {.name = "", .addr = ""},
		.subject = "",
		.text = "",
		.date = context->now,
	};
	return message;
}

struct pd_planned_message *pd_plan_words(struct pd_context *context, const char *text)
{
	struct pd_planned_message *message = pd_plan_message(context, "manual", PD_INTERNAL);
	message->stored.text = message->search_text = text;
	message->stored.proof = "full";
	message->stored.size = strlen(text);
	message->raw = (struct pd_bytes){.data = text, .len = strlen(text)};
	return message;
}

void pd_plan_mark(struct pd_context *context, const char *key, int64_t value, pd_time expires)
{
	*pd_list_add(context->arena, &context->plan->marks) = (struct pd_planned_mark){
		.key = pd_strdup(context->arena, key), .value = value, .expires = expires};
}

void pd_plan_count(struct pd_context *context, const char *key)
{
	*pd_list_add(context->arena, &context->plan->counters) = pd_strdup(context->arena, key);
}

void pd_plan_id(struct pd_context *context, const char *message_id, const struct pd_known_id *known)
{
	*pd_list_add(context->arena, &context->plan->ids) =
		(struct pd_planned_id){.message_id = pd_strdup(context->arena, message_id), .known = *known};
}

void pd_report(struct pd_context *context, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	*pd_list_add(context->arena, &context->plan->report) = pd_vprintf(context->arena, format, args);
	va_end(args);
}
