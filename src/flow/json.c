/* Tickets, entries and messages as JSON. Pure but for the contacts that it looks up in the snapshot. */
#include "flow/json.h"

#include <string.h>
#include "base/text.h"
#include "desk/chat.h"
#include "desk/command.h"
#include "desk/inbox.h"
#include "desk/people.h"

json_t *pd_json_text(const char *text)
{
	json_t *value = text ? json_string(text) : json_null();

	return value ? value : json_string_nocheck("");
}

json_t *pd_json_time(struct pd_arena *arena, pd_time time)
{
	return pd_json_text(pd_time_rfc3339(arena, time));
}

json_t *pd_json_strings(const struct pd_strings *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, pd_json_text(list->items[i]));
	return array;
}

static json_t *addresses(const struct pd_addresses *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, pd_json_text(list->items[i].addr));
	return array;
}

static const char *actor_shown(const char *actor)
{
	return actor && pd_starts(actor, "agent:") ? actor + strlen("agent:") : actor;
}

json_t *pd_json_actor(const char *actor)
{
	return pd_json_text(actor_shown(actor));
}

static json_t *text_or_null(const char *text)
{
	return pd_json_text(text && *text ? text : NULL);
}

static json_t *properties(const struct pd_ticket *ticket)
{
	json_t *object = json_object();

	for (size_t i = 0; i < ticket->properties.count; i++) {
		const struct pd_change *property = &ticket->properties.items[i];

		if (property->to && !pd_property_is_hidden(property->property))
			json_object_set_new(object, property->property, pd_json_text(property->to));
	}
	return object;
}

static const struct pd_contact *first_contact(struct pd_arena *arena, struct pd_snapshot *snapshot,
					      const struct pd_ticket *ticket)
{
	const struct pd_contact *contact =
		ticket->contacts.count ? snapshot->contact(snapshot, arena, ticket->contacts.items[0]) : NULL;

	for (int hops = 0; contact && pd_contact_merged(contact) && hops < 32; hops++)
		contact = snapshot->contact(snapshot, arena, pd_contact_merged(contact));
	return contact;
}

struct pd_ticket_facts pd_json_facts(struct pd_arena *arena, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	struct pd_ticket_facts facts = {.ticket = ticket, .text = ""};

	for (size_t i = 0; i < ticket->contacts.count; i++) {
		const struct pd_contact *contact = snapshot->contact(snapshot, arena, ticket->contacts.items[i]);

		if (contact)
			*pd_list_add(arena, &facts.contacts) = contact;
	}
	return facts;
}

/* {"first_reply": {"state": …, "due": …}, …}; null where there is no such goal. */
static json_t *goals_of(struct pd_arena *arena, const struct pd_json_scene *scene, const struct pd_ticket *ticket)
{
	struct pd_ticket_facts facts = {.ticket = ticket};
	struct pd_goals goals;
	json_t *object = json_object();

	if (scene->snapshot && pd_policies_ask_contacts(scene->settings->policies))
		facts = pd_json_facts(arena, scene->snapshot, ticket);
	pd_goals_at(scene->settings, &facts, scene->now, &goals);
	for (int i = 0; i < PD_GOALS; i++) {
		const struct pd_goal_status *status = &goals.of[i];
		json_t *goal = json_null();

		if (status->state != PD_GOAL_NONE)
			goal = json_pack("{s:s,s:o}", "state", pd_goal_state_name(status->state), "due",
					 pd_json_time(arena, status->due));
		json_object_set_new(object, pd_goal_name((enum pd_goal)i), goal);
	}
	return object;
}

const json_t *pd_json_due(const json_t *goals)
{
	const json_t *earliest = NULL;
	const char *name;
	json_t *goal;

	json_object_foreach((json_t *)(uintptr_t)goals, name, goal) {
		const char *state = json_string_value(json_object_get(goal, "state"));
		const json_t *due = json_object_get(goal, "due");

		if (json_is_string(due) && !pd_equal(state, "met") && !pd_equal(state, "missed") &&
		    (!earliest || strcmp(json_string_value(due), json_string_value(earliest)) < 0))
			earliest = due;
	}
	return earliest;
}

/* The status, by the name that it has now (status_was). */
static const char *status_now(const struct pd_settings *settings, const struct pd_ticket *ticket)
{
	const struct pd_pipeline *pipeline = pd_settings_pipeline(settings, ticket->pipeline);

	for (size_t i = 0; pipeline && i < pipeline->statuses.count; i++)
		if (ticket->status && pd_equal(pipeline->statuses.items[i].was, ticket->status))
			return pipeline->statuses.items[i].name;
	return ticket->status;
}

json_t *pd_json_ticket(struct pd_arena *arena, const struct pd_json_scene *scene, const struct pd_ticket *ticket)
{
	struct pd_snapshot *snapshot = scene->snapshot;
	const struct pd_settings *settings = scene->settings;
	const struct pd_contact *contact = first_contact(arena, snapshot, ticket);
	json_t *object = json_object();

	json_object_set_new(object, "number", json_integer(ticket->number));
	json_object_set_new(object, "name", pd_json_text(ticket->name));
	json_object_set_new(object, "description", text_or_null(ticket->description));
	json_object_set_new(object, "status", pd_json_text(status_now(settings, ticket)));
	json_object_set_new(object, "status_kind", pd_json_text(pd_status_kind_name(ticket->status_kind)));
	const struct pd_pipeline *pipeline = pd_settings_pipeline(settings, ticket->pipeline);
	const struct pd_mailbox *mailbox = pd_settings_mailbox(settings, ticket->mailbox);
	const struct pd_agent *owner = pd_settings_agent(settings, ticket->owner);
	const struct pd_team *team = pd_settings_team(settings, ticket->team);

	json_object_set_new(object, "pipeline", pd_json_text(pipeline ? pipeline->name : ticket->pipeline));
	json_object_set_new(object, "mailbox", pd_json_text(mailbox ? mailbox->name : ticket->mailbox));
	json_object_set_new(object, "owner", pd_json_text(owner ? owner->name : ticket->owner));
	json_object_set_new(object, "team", pd_json_text(team ? team->name : ticket->team));
	json_object_set_new(object, "priority", pd_json_text(ticket->priority));
	json_object_set_new(object, "category", pd_json_text(ticket->category));
	json_object_set_new(object, "source", pd_json_text(ticket->source));
	json_object_set_new(object, "contact", pd_json_text(contact ? pd_contact_address(contact) : NULL));
	json_object_set_new(object, "contact_name", text_or_null(contact ? contact->name : NULL));
	json_object_set_new(object, "company", text_or_null(pd_ticket_company(ticket, contact)));
	json_object_set_new(object, "created", pd_json_time(arena, ticket->created));
	json_object_set_new(object, "updated", pd_json_time(arena, ticket->updated));
	json_object_set_new(object, "closed", pd_json_time(arena, ticket->closed));
	json_object_set_new(object, "messages", json_integer(ticket->messages));
	json_object_set_new(object, "snoozed", pd_json_time(arena, ticket->snoozed));
	json_object_set_new(object, "followers", pd_json_strings(&ticket->followers));
	json_object_set_new(object, "spam", json_boolean(ticket->is_spam));
	json_object_set_new(object, "automatic", json_boolean(ticket->is_automatic));
	json_object_set_new(object, "deleted", json_boolean(ticket->is_deleted));
	json_object_set_new(object, "days_left",
			    ticket->is_deleted
				    ? json_integer(pd_ticket_days_left(ticket, scene->settings->keep_deleted, scene->now))
				    : json_null());
	json_object_set_new(object, "merged_into", ticket->merged_into ? json_integer(ticket->merged_into) : json_null());
	json_object_set_new(object, "properties", properties(ticket));
	json_object_set_new(object, "sla", goals_of(arena, scene, ticket));
	return object;
}

json_t *pd_json_conversations(const struct pd_ticket *ticket)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ticket->conversations.count; i++) {
		const struct pd_conversation *conversation = &ticket->conversations.items[i];
		json_t *participants = json_array();
		const char *status = conversation->status ? strchr(conversation->status, ':') : NULL;

		for (size_t k = 0; k < conversation->participants.count; k++)
			json_array_append_new(participants,
					      pd_json_text(conversation->participants.items[k].address.addr));
		json_array_append_new(
			array, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "id",
					 json_sprintf("C%lld", (long long)conversation->id), "inbox",
					 pd_json_text(pd_inbox_of(ticket, conversation->id)), "mailbox",
					 pd_json_text(conversation->mailbox), "subject",
					 pd_json_text(conversation->subject), "status",
					 pd_json_text(status ? status + 1 : ticket->status), "owner",
					 pd_json_text(conversation->owner ? conversation->owner : ticket->owner),
					 "participants", participants));
	}
	return array;
}

/* A value for people and programs: a status without its kind, a contact's address for its id. */
static const char *shown(struct pd_arena *arena, struct pd_snapshot *snapshot, const char *property, const char *value)
{
	unsigned long long id;

	if (!value)
		return NULL;
	if (pd_equal(property, "status")) {
		const char *colon = strchr(value, ':');

		return colon ? colon + 1 : value;
	}
	if (pd_equal(property, "contact") && pd_number(value, INT64_MAX, &id)) {
		const struct pd_contact *contact = snapshot->contact(snapshot, arena, (int64_t)id);
		const char *address = contact ? pd_contact_address(contact) : NULL;

		return address ? address : contact && *pd_contact_words(contact) ? pd_contact_words(contact) : value;
	}
	if (pd_equal(property, PD_PROPERTY_CHAT)) /* how it stands, without who and where */
		return pd_chat_state_words(arena, value);
	if (pd_equal(property, "absorbed"))
		return pd_strndup(arena, value, strcspn(value, " "));
	if (pd_property_is_record(property)) { /* what is known of people and of views, a line for each thing */
		const struct pd_strings lines = pd_lines(arena, value);
		struct pd_strings parts = {0};

		for (size_t i = 0; i < lines.count; i++)
			if (*lines.items[i] != '\0')
				*pd_list_add(arena, &parts) = lines.items[i];
		return pd_strings_join(arena, &parts, ", ");
	}
	return value;
}

bool pd_json_is_property(const struct pd_change *change)
{
	static const char *const hidden[] = {"direction", "mention", "unclocked", "clock", "warned", "reminder",
					     "conversation_adopted", "conversation_subject", PD_CHANGE_HELD, PD_PROPERTY_MEETING,
					     PD_CHANGE_STOPPED, PD_CHANGE_DRAFT};

	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (pd_equal(change->property, hidden[i]))
			return false;
	/* Which visitor is where, and what changes nothing for people. */
	if (pd_equal(change->property, PD_PROPERTY_CHAT)) {
		PD_AUTO_ARENA arena = pd_arena_new();

		return !pd_equal(pd_chat_state_words(arena, change->from), pd_chat_state_words(arena, change->to));
	}
	return !pd_starts(change->property, PD_RECORD_PREFIX PD_CHAT_RECORD ":");
}

json_t *pd_json_change(struct pd_arena *arena, struct pd_snapshot *snapshot, const struct pd_event *event,
		       const struct pd_change *change)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "at", pd_json_time(arena, event->at), "actor",
			 pd_json_actor(event->actor), "property", pd_json_text(change->property), "from",
			 pd_json_text(shown(arena, snapshot, change->property, change->from)), "to",
			 pd_json_text(shown(arena, snapshot, change->property, change->to)), "entry",
			 json_sprintf("E%lld", (long long)event->id));
}

json_t *pd_json_attachment(const struct pd_attachment *attachment)
{
	return json_pack("{s:o,s:o,s:I}", "name", pd_json_text(attachment->name), "type",
			 pd_json_text(attachment->type), "size", (json_int_t)attachment->size);
}

bool pd_json_carries(const struct pd_entry *entry)
{
	enum pd_event_kind kind = entry->event.kind;

	return entry->message && (kind == PD_EVENT_MESSAGE || kind == PD_EVENT_COMMENT || kind == PD_EVENT_ATTACHED);
}

static const char *direction_name(enum pd_direction direction)
{
	static const char *const names[] = {[PD_IN] = "in", [PD_OUT] = "out", [PD_INTERNAL] = "internal"};

	return names[direction];
}

static void put_addresses(struct pd_buf *out, const char *key, const struct pd_addresses *list)
{
	pd_json_open(out, key, '[');
	for (size_t i = 0; i < list->count; i++)
		pd_json_put(out, NULL, list->items[i].addr);
	pd_json_close(out, ']');
}

static const char *null_if_empty(const char *text)
{
	return text && *text ? text : NULL;
}

static void put_message(struct pd_buf *out, struct pd_arena *arena, const struct pd_stored *message)
{
	pd_json_put(out, "message_id", null_if_empty(message->message_id));
	pd_json_put(out, "direction", direction_name(message->direction));
	pd_json_put(out, "source", message->source);
	pd_json_put(out, "from", null_if_empty(message->from.addr));
	pd_json_put(out, "from_name", null_if_empty(message->from.name));
	put_addresses(out, "to", &message->to);
	put_addresses(out, "cc", &message->cc);
	pd_json_put(out, "subject", null_if_empty(message->subject));
	pd_json_put(out, "text", message->text);
	pd_json_put(out, "date", pd_time_rfc3339(arena, message->date));
	pd_json_put_flag(out, "auto_reply", message->kinds & PD_KIND_AUTO);
	pd_json_put_flag(out, "bounce", message->kinds & PD_KIND_BOUNCE);
	pd_json_put_flag(out, "encrypted", message->kinds & PD_KIND_ENCRYPTED);
	pd_json_put(out, "queue_id", message->queue_id);
	pd_json_put(out, "proof", message->proof);
	pd_json_open(out, "attachments", '[');
	for (size_t i = 0; i < message->attachments.count; i++) {
		const struct pd_attachment *attachment = &message->attachments.items[i];

		pd_json_open(out, NULL, '{');
		pd_json_put(out, "name", attachment->name);
		pd_json_put(out, "type", attachment->type);
		pd_json_put_number(out, "size", (int64_t)attachment->size);
		pd_json_close(out, '}');
	}
	pd_json_close(out, ']');
}

static void put_changes(struct pd_buf *out, struct pd_arena *arena, struct pd_snapshot *snapshot, const struct pd_event *event)
{
	bool is_any = false;

	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];

		if (!pd_json_is_property(change))
			continue;
		if (!is_any)
			pd_json_open(out, "changes", '[');
		is_any = true;
		pd_json_open(out, NULL, '{');
		pd_json_put(out, "property", change->property);
		pd_json_put(out, "from", shown(arena, snapshot, change->property, change->from));
		pd_json_put(out, "to", shown(arena, snapshot, change->property, change->to));
		pd_json_close(out, '}');
	}
	if (is_any)
		pd_json_close(out, ']');
}

/* "GOAL STEP" of which it tells, the last where there are several; NULL: none. */
static const char *warned_of(const struct pd_event *event)
{
	for (size_t i = event->changes.count; i-- > 0;) {
		const struct pd_change *change = &event->changes.items[i];

		if (change->to && strchr(change->to, ' ') && pd_equal(change->property, "warned"))
			return change->to;
	}
	return NULL;
}

void pd_json_write_entry(struct pd_buf *out, struct pd_arena *arena, struct pd_snapshot *snapshot, const struct pd_entry *entry)
{
	const struct pd_event *event = &entry->event;

	pd_json_put_id(out, "id", 'E', event->id);
	pd_json_put(out, "at", pd_time_rfc3339(arena, event->at));
	pd_json_put(out, "kind", pd_event_words(event));
	pd_json_put(out, "actor", actor_shown(event->actor));
	pd_json_put(out, "why", event->why);
	pd_json_put_number(out, "action", event->action);
	put_changes(out, arena, snapshot, event);
	const char *warned = event->kind == PD_EVENT_GOAL ? warned_of(event) : NULL;

	if (warned) {
		pd_json_put(out, "goal", pd_strndup(arena, warned, strcspn(warned, " ")));
		pd_json_put(out, "step", strchr(warned, ' ') + 1);
	}
	if (event->conversation)
		pd_json_put_id(out, "conversation", 'C', event->conversation);
	if (event->other)
		pd_json_put_number(out, "other", event->other);
	if (event->other && event->kind == PD_EVENT_COMMENT)
		pd_json_put_id(out, "about", 'E', event->other);
	if (pd_json_carries(entry))
		put_message(out, arena, entry->message);
}

json_t *pd_json_message(struct pd_arena *arena, const struct pd_message *message)
{
	json_t *attachments = json_array();
	struct pd_strings none = {0};

	for (size_t i = 0; i < message->attachments.count; i++)
		json_array_append_new(attachments, pd_json_attachment(&message->attachments.items[i]));
	json_t *object = json_object();

	json_object_set_new(object, "subject", text_or_null(message->subject));
	json_object_set_new(object, "from_addr", text_or_null(message->from.addr));
	json_object_set_new(object, "from_name", text_or_null(message->from.name));
	json_object_set_new(object, "to", addresses(&message->to));
	json_object_set_new(object, "cc", addresses(&message->cc));
	json_object_set_new(object, "reply_to", addresses(&message->reply_to));
	json_object_set_new(object, "message_id", text_or_null(message->message_id));
	json_object_set_new(object, "in_reply_to", pd_json_strings(&message->in_reply_to));
	json_object_set_new(object, "references", pd_json_strings(&message->references));
	json_object_set_new(object, "date", pd_json_time(arena, message->date));
	json_object_set_new(object, "text", pd_json_text(message->text));
	json_object_set_new(object, "quoted", pd_json_text(message->quoted));
	json_object_set_new(object, "signature", pd_json_text(message->signature));
	json_object_set_new(object, "html", json_boolean(message->has_html));
	json_object_set_new(object, "attachments", attachments);
	json_object_set_new(object, "auto_reply", json_boolean(message->kinds & PD_KIND_AUTO));
	json_object_set_new(object, "bounce", json_boolean(message->kinds & PD_KIND_BOUNCE));
	json_object_set_new(object, "bounce_recipient", pd_json_strings(&message->bounce_recipients));
	json_object_set_new(object, "bounce_temporary",
			    json_boolean((message->kinds & PD_KIND_BOUNCE) && message->bounce_temporary));
	json_object_set_new(object, "list", json_boolean(message->kinds & PD_KIND_LIST));
	json_object_set_new(object, "spam", json_boolean(message->kinds & PD_KIND_SPAM));
	json_object_set_new(object, "encrypted", json_boolean(message->kinds & PD_KIND_ENCRYPTED));
	json_object_set_new(object, "signed", json_boolean(message->kinds & PD_KIND_SIGNED));
	json_object_set_new(object, "unparsed", json_boolean(message->kinds & PD_KIND_UNPARSED));
	json_object_set_new(object, "forwarded_from", text_or_null(message->forwarded_from.addr));
	json_object_set_new(object, "forwarded_subject", text_or_null(message->forwarded_subject));
	json_object_set_new(object, "forwarded_date", text_or_null(message->forwarded_date));
	json_object_set_new(object, "commands", pd_json_strings(&none));
	return object;
}
