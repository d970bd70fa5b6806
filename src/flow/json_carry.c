/* What is carried over, as JSON and back: events, messages, contacts, drafts, letters. See json_carry.h. */
#include "flow/json_carry.h"

#include <string.h>

#include "base/text.h"

/* --- writing --- */

static void put_text(json_t *object, const char *key, const char *text)
{
	if (text != NULL)
		json_object_set_new_nocheck(object, key, pd_json_text(text));
}

static void put_word(json_t *object, const char *key, const char *text)
{
	put_text(object, key, text != NULL && *text != '\0' ? text : NULL);
}

static void put_number(json_t *object, const char *key, int64_t number)
{
	if (number != 0)
		json_object_set_new_nocheck(object, key, json_integer(number));
}

static void put_time(struct pd_arena *arena, json_t *object, const char *key, pd_time time)
{
	put_text(object, key, pd_time_milliseconds(arena, time));
}

static void put_strings(json_t *object, const char *key, const struct pd_strings *list)
{
	if (list->count > 0)
		json_object_set_new_nocheck(object, key, pd_json_strings(list));
}

static json_t *address_of(const struct pd_address *address)
{
	json_t *object = json_object();
	put_word(object, "name", address->name);
	put_word(object, "addr", address->addr);
	return object;
}

static void put_address(json_t *object, const char *key, const struct pd_address *address)
{
	if ((address->addr != NULL && *address->addr != '\0') || (address->name != NULL && *address->name != '\0'))
		json_object_set_new_nocheck(object, key, address_of(address));
}

static void put_addresses(json_t *object, const char *key, const struct pd_addresses *list)
{
	json_t *array = list->count > 0 ? json_array() : NULL;
	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, address_of(&list->items[i]));
	if (array != NULL)
		json_object_set_new_nocheck(object, key, array);
}

json_t *pd_json_carry_event(struct pd_arena *arena, const struct pd_event *event)
{
	json_t *object = json_object(), *changes = json_array();
	put_number(object, "id", event->id);
	put_number(object, "version", event->version);
	put_number(object, "format", event->format);
	put_time(arena, object, "at", event->at);
	put_text(object, "actor", event->actor);
	put_number(object, "action", event->action);
	put_text(object, "kind", pd_event_kind_name(event->kind));
	put_number(object, "message", event->message);
	put_number(object, "conversation", event->conversation);
	put_number(object, "other", event->other);
	put_text(object, "why", event->why);
	put_text(object, "config", event->config);
	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];
		json_t *item = json_array();
		json_array_append_new(item, pd_json_text(change->property));
		json_array_append_new(item, pd_json_text(change->from));
		json_array_append_new(item, pd_json_text(change->to));
		json_array_append_new(changes, item);
	}
	if (event->changes.count > 0)
		json_object_set(object, "changes", changes);
	json_decref(changes);
	return object;
}

static const char *const directions[] = {[PD_IN] = "in", [PD_OUT] = "out", [PD_INTERNAL] = "internal"};
static const char *const draft_states[] = {
	[PD_DRAFT_KEPT] = "kept", [PD_DRAFT_SENT] = "sent", [PD_DRAFT_DISCARDED] = "discarded"};

static json_t *attachment_of(const struct pd_attachment *attachment)
{
	json_t *object = json_object();
	json_object_set_new_nocheck(object, "index", json_integer((json_int_t)attachment->index));
	put_text(object, "name", attachment->name);
	put_text(object, "type", attachment->type);
	put_text(object, "content_id", attachment->content_id);
	if (attachment->is_inline)
		json_object_set_new_nocheck(object, "inline", json_true());
	put_number(object, "size", (int64_t)attachment->size);
	return object;
}

json_t *pd_json_carry_message(struct pd_arena *arena, const struct pd_planned_message *message)
{
	const struct pd_stored *stored = &message->stored;
	json_t *object = json_object(), *attachments = json_array();
	put_number(object, "id", stored->id);
	put_text(object, "source", stored->source);
	put_text(object, "direction", directions[stored->direction]);
	put_word(object, "message_id", stored->message_id);
	put_address(object, "from", &stored->from);
	put_address(object, "reply_to", &stored->reply_to);
	put_addresses(object, "to", &stored->to);
	put_addresses(object, "cc", &stored->cc);
	put_strings(object, "references", &stored->references);
	put_text(object, "thread_index", stored->thread_index);
	put_text(object, "subject", stored->subject);
	put_text(object, "text", stored->text);
	put_text(object, "html", stored->html);
	if (message->search_text == NULL)
		json_object_set_new_nocheck(object, "search", json_false());
	else if (!pd_equal(message->search_text, stored->text))
		put_text(object, "search", message->search_text);
	put_time(arena, object, "date", stored->date);
	put_number(object, "kinds", stored->kinds);
	put_text(object, "queue_id", stored->queue_id);
	put_text(object, "proof", stored->proof);
	put_text(object, "digest", pd_hex(arena, stored->digest, sizeof stored->digest));
	put_number(object, "size", (int64_t)stored->size);
	for (size_t i = 0; i < stored->attachments.count; i++)
		json_array_append_new(attachments, attachment_of(&stored->attachments.items[i]));
	if (stored->attachments.count > 0)
		json_object_set(object, "attachments", attachments);
	json_decref(attachments);
	return object;
}

json_t *pd_json_carry_contact(const struct pd_contact *contact)
{
	json_t *object = json_object(), *identities = json_array();
	put_number(object, "id", contact->id);
	put_word(object, "name", contact->name);
	put_word(object, "company", contact->company);
	for (size_t i = 0; i < contact->identities.count; i++)
		json_array_append_new(identities,
				      json_pack("{s:o,s:o}", "kind", pd_json_text(contact->identities.items[i].kind), "value",
						pd_json_text(contact->identities.items[i].value)));
	json_object_set_new_nocheck(object, "identities", identities);
	put_strings(object, "details", &contact->details);
	return object;
}

json_t *pd_json_carry_draft(struct pd_arena *arena, const struct pd_draft *draft)
{
	json_t *object = json_object();
	put_number(object, "id", draft->id);
	put_number(object, "ticket", draft->ticket);
	put_number(object, "message", draft->message);
	put_text(object, "agent", draft->agent);
	put_text(object, "reason", draft->reason);
	put_text(object, "sender", draft->sender);
	put_strings(object, "recipients", &draft->recipients);
	put_number(object, "answers_version", draft->answers_version);
	put_time(arena, object, "created", draft->created);
	put_time(arena, object, "expires", draft->expires);
	put_text(object, "state", draft_states[draft->state]);
	return object;
}

json_t *pd_json_carry_letter(struct pd_arena *arena, const struct pd_outbox_row *letter)
{
	json_t *object = json_object();
	put_number(object, "id", letter->id);
	put_number(object, "ticket", letter->ticket);
	put_number(object, "event", letter->event);
	put_number(object, "conversation", letter->conversation);
	put_text(object, "kind", letter->kind);
	put_text(object, "agent", letter->agent);
	put_text(object, "transport", letter->transport);
	put_word(object, "sender", letter->sender);
	put_word(object, "message_id", letter->message_id);
	put_strings(object, "recipients", &letter->recipients);
	put_time(arena, object, "created", letter->created);
	return object;
}

/* --- reading --- */

/* Of one object; the first thing that is wrong stays. */
struct reading {
	struct pd_arena *arena;
	const json_t *object;
	const char *wrong; /* the member; NULL */
	const char *wanted;
};

static void note_wrong(struct reading *in, const char *key, const char *wanted)
{
	if (in->wrong == NULL) {
		in->wrong = key;
		in->wanted = wanted;
	}
}

static const char *text_in(struct reading *in, const char *key)
{
	const json_t *value = json_object_get(in->object, key);
	if (value == NULL || json_is_null(value))
		return NULL;
	if (!json_is_string(value))
		note_wrong(in, key, "must be a text");
	return json_string_value(value);
}

static const char *word_in(struct reading *in, const char *key)
{
	const char *text = text_in(in, key);
	return text != NULL ? text : "";
}

/* A text as one line, as it goes into header fields. */
static const char *line_in(struct reading *in, const char *key)
{
	const char *text = text_in(in, key);
	return text != NULL && strpbrk(text, "\r\n") != NULL ? pd_clean_line(in->arena, text, 0) : text;
}

static int64_t number_in(struct reading *in, const char *key, int64_t max)
{
	const json_t *value = json_object_get(in->object, key);
	if (value == NULL || json_is_null(value))
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > max) {
		note_wrong(in, key, "must be a number, and not that large");
		return 0;
	}
	return json_integer_value(value);
}

static int64_t id_in(struct reading *in, const char *key)
{
	return number_in(in, key, PD_CARRY_ID_MAX);
}

static pd_time time_in(struct reading *in, const char *key)
{
	const char *text = text_in(in, key);
	pd_time time = 0;
	if (text != NULL && !pd_time_parse(text, &time))
		note_wrong(in, key, "must be a time, as 2026-11-21T14:00:00.000Z");
	return time;
}

/* The place of the word among those; -1. */
static int choice_in(struct reading *in, const char *key, const char *const *words, size_t count)
{
	const char *text = text_in(in, key);
	for (size_t i = 0; text != NULL && i < count; i++)
		if (strcmp(words[i], text) == 0)
			return (int)i;
	note_wrong(in, key, "is none that there is");
	return -1;
}

static const json_t *list_in(struct reading *in, const char *key)
{
	const json_t *value = json_object_get(in->object, key);
	if (value == NULL || json_is_null(value))
		return NULL;
	if (!json_is_array(value)) {
		note_wrong(in, key, "must be a list");
		return NULL;
	}
	return value;
}

static struct pd_strings strings_in(struct reading *in, const char *key)
{
	const json_t *array = list_in(in, key), *item;
	struct pd_strings list = {0};
	size_t i;
	json_array_foreach(array, i, item)
	{
		const char *text = json_string_value(item);
		if (text == NULL || strpbrk(text, "\r\n") != NULL) {
			note_wrong(in, key, "must be a list of texts, each one line");
			break;
		}
		*pd_list_add(in->arena, &list) = text;
	}
	return list;
}

static struct pd_address address_in(struct reading *in, const char *key, const json_t *object)
{
	struct reading inner = {.arena = in->arena, .object = object};
	if (object != NULL && !json_is_object(object))
		note_wrong(in, key, "must be an address");
	const char *name = line_in(&inner, "name"), *addr = line_in(&inner, "addr");
	if (inner.wrong != NULL)
		note_wrong(in, key, "must be an address");
	return (struct pd_address){.name = name != NULL ? name : "", .addr = addr != NULL ? addr : ""};
}

static struct pd_addresses addresses_in(struct reading *in, const char *key)
{
	const json_t *array = list_in(in, key), *item;
	struct pd_addresses list = {0};
	size_t i;
	json_array_foreach(array, i, item) *pd_list_add(in->arena, &list) = address_in(in, key, item);
	return list;
}

static void digest_in(struct reading *in, const char *key, unsigned char ret_digest[PD_SHA256_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	const char *text = text_in(in, key);
	if (text == NULL || strlen(text) != 2 * PD_SHA256_SIZE || strspn(text, digits) != 2 * PD_SHA256_SIZE) {
		note_wrong(in, key, "must be a SHA-256, in hexadecimal");
		return;
	}
	for (size_t i = 0; i < PD_SHA256_SIZE; i++)
		ret_digest[i] = (unsigned char)((strchr(digits, text[2 * i]) - digits) << 4 |
						(strchr(digits, text[2 * i + 1]) - digits));
}

static struct reading read_object(struct pd_arena *arena, const json_t *object)
{
	struct reading in = {.arena = arena, .object = object};
	if (!json_is_object(object))
		note_wrong(&in, "it", "must be an object");
	return in;
}

static int done(const struct reading *in, const char *what, int64_t id, struct pd_error *error)
{
	if (in->wrong == NULL)
		return 0;
	return pd_fail(error, PD_PERMANENT, "%s %lld: \"%s\" %s", what, (long long)id, in->wrong, in->wanted);
}

static void changes_in(struct reading *in, struct pd_event *event)
{
	const json_t *array = list_in(in, "changes"), *item;
	size_t i;
	json_array_foreach(array, i, item)
	{
		const json_t *values[3] = {json_array_get(item, 0), json_array_get(item, 1), json_array_get(item, 2)};
		bool is_good = json_array_size(item) == 3 && json_is_string(values[0]);
		for (size_t n = 1; n < 3 && is_good; n++)
			is_good = json_is_string(values[n]) || json_is_null(values[n]);
		if (!is_good) {
			note_wrong(in, "changes", "must be a list of [property, from, to]");
			return;
		}
		*pd_list_add(in->arena, &event->changes) =
			(struct pd_change){json_string_value(values[0]), json_string_value(values[1]), json_string_value(values[2])};
	}
}

int pd_carry_read_event(struct pd_arena *arena, const json_t *object, struct pd_event *ret_event, struct pd_error *error)
{
	struct reading in = read_object(arena, object);
	struct pd_event event = {
		.id = id_in(&in, "id"),
		.version = id_in(&in, "version"),
		.format = (int)number_in(&in, "format", 1000000),
		.at = time_in(&in, "at"),
		.actor = line_in(&in, "actor"),
		.action = id_in(&in, "action"),
		.message = id_in(&in, "message"),
		.conversation = id_in(&in, "conversation"),
		.other = id_in(&in, "other"),
		.why = text_in(&in, "why"),
		.config = text_in(&in, "config"),
	};
	const char *kind = text_in(&in, "kind");
	if (kind == NULL || !pd_event_kind_parse(kind, &event.kind))
		note_wrong(&in, "kind", "is none that there is");
	if (event.config != NULL &&
	    (strlen(event.config) != 2 * PD_SHA256_SIZE || strspn(event.config, "0123456789abcdef") != 2 * PD_SHA256_SIZE))
		note_wrong(&in, "config", "must be a SHA-256, in hexadecimal");
	changes_in(&in, &event);
	*ret_event = event;
	return done(&in, "event", event.id, error);
}

int pd_carry_read_message(struct pd_arena *arena, const json_t *object, struct pd_planned_message *ret_message,
			  struct pd_error *error)
{
	struct reading in = read_object(arena, object);
	struct pd_planned_message message = {0};
	struct pd_stored *stored = &message.stored;
	stored->id = id_in(&in, "id");
	stored->source = line_in(&in, "source");
	int direction = choice_in(&in, "direction", directions, sizeof directions / sizeof *directions);
	stored->direction = direction > 0 ? (enum pd_direction)direction : PD_IN;
	const char *message_id = line_in(&in, "message_id");
	stored->message_id = message_id != NULL ? message_id : "";
	stored->from = address_in(&in, "from", json_object_get(object, "from"));
	stored->reply_to = address_in(&in, "reply_to", json_object_get(object, "reply_to"));
	stored->to = addresses_in(&in, "to");
	stored->cc = addresses_in(&in, "cc");
	stored->references = strings_in(&in, "references");
	stored->thread_index = line_in(&in, "thread_index");
	const char *subject = line_in(&in, "subject");
	stored->subject = subject != NULL ? subject : "";
	stored->text = word_in(&in, "text");
	stored->html = text_in(&in, "html");
	stored->date = time_in(&in, "date");
	stored->kinds = (unsigned)number_in(&in, "kinds", 0xffff);
	stored->queue_id = line_in(&in, "queue_id");
	stored->proof = line_in(&in, "proof");
	digest_in(&in, "digest", stored->digest);
	stored->size = (size_t)id_in(&in, "size");
	const json_t *search = json_object_get(object, "search");
	message.search_text = json_is_string(search) ? json_string_value(search) : json_is_false(search) ? NULL : stored->text;
	const json_t *array = list_in(&in, "attachments"), *item;
	size_t i;
	json_array_foreach(array, i, item)
	{
		struct reading inner = read_object(arena, item);
		const struct pd_attachment attachment = {
			.index = (unsigned)number_in(&inner, "index", UINT32_MAX),
			.name = line_in(&inner, "name"),
			.type = line_in(&inner, "type"),
			.content_id = line_in(&inner, "content_id"),
			.is_inline = json_is_true(json_object_get(item, "inline")),
			.size = (size_t)id_in(&inner, "size"),
		};
		if (inner.wrong != NULL || attachment.name == NULL || attachment.type == NULL)
			note_wrong(&in, "attachments", "must be a list of files, with name and type");
		*pd_list_add(arena, &stored->attachments) = attachment;
	}
	if (stored->id == 0 || stored->source == NULL)
		note_wrong(&in, stored->id == 0 ? "id" : "source", "is missing");
	*ret_message = message;
	return done(&in, "message", stored->id, error);
}

int pd_carry_read_contact(struct pd_arena *arena, const json_t *object, struct pd_contact *ret_contact, struct pd_error *error)
{
	struct reading in = read_object(arena, object);
	static const char *const kinds[] = {"mail", "xmpp", "phone"};
	const char *name = line_in(&in, "name");
	struct pd_contact contact = {.id = id_in(&in, "id"), .name = name != NULL ? name : "", .company = line_in(&in, "company"),
				     .details = strings_in(&in, "details")};
	const json_t *array = list_in(&in, "identities"), *item;
	size_t i;
	json_array_foreach(array, i, item)
	{
		struct reading inner = read_object(arena, item);
		int kind = choice_in(&inner, "kind", kinds, sizeof kinds / sizeof *kinds);
		const char *value = line_in(&inner, "value");
		if (inner.wrong != NULL || value == NULL || *value == '\0') {
			note_wrong(&in, "identities", "must be a list of kinds (mail, xmpp, phone) and values");
			break;
		}
		*pd_list_add(arena, &contact.identities) = (struct pd_identity){.kind = kinds[kind], .value = value};
	}
	if (contact.id == 0)
		note_wrong(&in, "id", "is missing");
	*ret_contact = contact;
	return done(&in, "contact", contact.id, error);
}

int pd_carry_read_draft(struct pd_arena *arena, const json_t *object, struct pd_draft *ret_draft, struct pd_error *error)
{
	struct reading in = read_object(arena, object);
	struct pd_draft draft = {
		.id = id_in(&in, "id"),
		.ticket = id_in(&in, "ticket"),
		.message = id_in(&in, "message"),
		.agent = line_in(&in, "agent"),
		.reason = line_in(&in, "reason"),
		.sender = line_in(&in, "sender"),
		.recipients = strings_in(&in, "recipients"),
		.answers_version = id_in(&in, "answers_version"),
		.created = time_in(&in, "created"),
		.expires = time_in(&in, "expires"),
	};
	int state = choice_in(&in, "state", draft_states, sizeof draft_states / sizeof *draft_states);
	draft.state = state > 0 ? (enum pd_draft_state)state : PD_DRAFT_KEPT;
	if (draft.id == 0 || draft.agent == NULL)
		note_wrong(&in, draft.id == 0 ? "id" : "agent", "is missing");
	*ret_draft = draft;
	return done(&in, "draft", draft.id, error);
}

int pd_carry_read_letter(struct pd_arena *arena, const json_t *object, struct pd_outbox_row *ret_letter, struct pd_error *error)
{
	struct reading in = read_object(arena, object);
	struct pd_outbox_row letter = {
		.id = id_in(&in, "id"),
		.ticket = id_in(&in, "ticket"),
		.event = id_in(&in, "event"),
		.conversation = id_in(&in, "conversation"),
		.kind = line_in(&in, "kind"),
		.agent = line_in(&in, "agent"),
		.transport = line_in(&in, "transport"),
		.sender = line_in(&in, "sender"),
		.message_id = line_in(&in, "message_id"),
		.recipients = strings_in(&in, "recipients"),
		.created = time_in(&in, "created"),
	};
	if (letter.id == 0 || letter.kind == NULL)
		note_wrong(&in, letter.id == 0 ? "id" : "kind", "is missing");
	*ret_letter = letter;
	return done(&in, "letter", letter.id, error);
}
