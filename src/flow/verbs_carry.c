/* The verb that carries a desk out: tickets with all that stands for ever of them, for another postdesk, and with what any
 * other desk can read. Objects of the answer, in this order:
 *
 *   {"number", "message", "raw"}          the bytes of a message of that ticket; with "entry", "source", "from", "date" (and
 *                                         "file", "type") those that are mails, as they were seen outside
 *   {"number", "ticket"}                  the ticket as show gives it, with the member "postdesk"
 *   {"letter"}                            a letter that the desk sent
 *   {"desk"}                              the desk itself
 *
 * Root and the owner of the state directory, without "as", get all of it; an agent with the right gets what it may see: no
 * drafts of others, no addresses of agents, no key. */
#include "flow/verbs_internal.h"

#include <string.h>

#include "base/text.h"
#include "desk/people.h"
#include "desk/timeline.h"
#include "flow/json_carry.h"

struct carrying {
	struct pd_call *call;
	struct pd_snapshot *snapshot;
	bool is_whole; /* all that there is, not what an agent may see */
	int64_t last[PD_ID_KINDS];
	GHashTable *numbers; /* of the tickets that were carried */
};

/* What the snapshot shows may be newer than what the store gave out when it was opened for reading. */
static void bump(struct carrying *carrying, enum pd_id_kind kind, int64_t id)
{
	if (id > carrying->last[kind])
		carrying->last[kind] = id;
}

/* --- one ticket --- */

struct ticket {
	struct carrying *carrying;
	struct pd_arena *arena;
	int64_t number;
	struct pd_entries entries; /* its own */
	PD_LIST(int64_t) given;	   /* messages whose bytes were given */
	json_t *messages, *contacts, *drafts;
	PD_LIST(int64_t) known; /* contacts that were given */
};

static bool is_given(const struct ticket *ticket, int64_t message)
{
	for (size_t i = 0; i < ticket->given.count; i++)
		if (ticket->given.items[i] == message)
			return true;
	return false;
}

static int give_raw(struct ticket *ticket, int64_t message, json_t *object)
{
	struct pd_call *call = ticket->carrying->call;
	PD_AUTO_RAW raw = NULL;
	int failed = is_given(ticket, message) ? PD_PERMANENT
					       : pd_store_raw(pd_flow_store(call->flow), message, &raw, &call->error);

	if (failed) { /* it never had any, or they were given */
		json_decref(object);
		return failed == PD_PERMANENT ? 0 : failed;
	}
	*pd_list_add(ticket->arena, &ticket->given) = message;
	json_object_set_new(object, "number", json_integer(ticket->number));
	json_object_set_new(object, "message", json_integer(message));
	json_object_set_new(object, "raw", pd_call_base64(raw->data, raw->size));
	pd_call_emit(call, object);
	return 0;
}

/* Those that are mails for everybody: what came, what left, what agents wrote among themselves and added. */
static int give_mails(struct ticket *ticket, const struct pd_entries *timeline)
{
	struct pd_arena *arena = ticket->arena;
	int failed = 0;

	for (size_t i = 0; i < timeline->count && !failed && !ticket->carrying->call->is_gone; i++) {
		const struct pd_event *event = &timeline->items[i].event;
		const struct pd_stored *message = timeline->items[i].message;
		enum pd_event_kind kind = event->kind;

		/* what never left is a draft, and a draft is its author's */
		if (!message || pd_timeline_is_stopped(timeline, event->id) ||
		    (kind != PD_EVENT_MESSAGE && kind != PD_EVENT_COMMENT && kind != PD_EVENT_ATTACHED))
			continue;
		const struct pd_attachment *file =
			kind == PD_EVENT_ATTACHED && message->attachments.count ? &message->attachments.items[0] : NULL;
		/* an agent's answer as it left, not with its commands as it came */
		bool is_answer = kind == PD_EVENT_MESSAGE && message->direction == PD_OUT && event->other;

		failed = give_raw(ticket, is_answer ? event->other : message->id,
				  json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "entry", json_sprintf("E%lld", (long long)event->id),
					    "source", pd_json_text(message->source), "file", pd_json_text(file ? file->name : NULL),
					    "type", pd_json_text(file ? file->type : NULL), "from",
					    pd_json_text(message->from.addr), "date", pd_json_time(arena, message->date)));
	}
	return failed;
}

static int add_message(struct ticket *ticket, int64_t id)
{
	struct carrying *carrying = ticket->carrying;
	size_t i;
	const json_t *there;

	json_array_foreach(ticket->messages, i, there)
		if (json_integer_value(json_object_get(there, "id")) == id)
			return 0;
	const struct pd_planned_message *message = id ? pd_store_message(carrying->snapshot, ticket->arena, id) : NULL;

	if (!message)
		return 0;
	bump(carrying, PD_ID_MESSAGE, id);
	json_array_append_new(ticket->messages, pd_json_carry_message(ticket->arena, message));
	return give_raw(ticket, id, json_object());
}

static void add_contact(struct ticket *ticket, const char *number)
{
	struct pd_snapshot *snapshot = ticket->carrying->snapshot;
	unsigned long long id = 0;

	for (int hops = 0; hops < 32 && (hops || pd_number(number, INT64_MAX, &id)) && id; hops++) {
		bool is_known = false;

		for (size_t i = 0; i < ticket->known.count; i++)
			is_known = is_known || ticket->known.items[i] == (int64_t)id;
		const struct pd_contact *contact = is_known ? NULL : snapshot->contact(snapshot, ticket->arena, (int64_t)id);

		if (!contact)
			return;
		*pd_list_add(ticket->arena, &ticket->known) = (int64_t)id;
		bump(ticket->carrying, PD_ID_CONTACT, (int64_t)id);
		/* whom it turned out to be comes before it */
		json_array_insert_new(ticket->contacts, 0, pd_json_carry_contact(contact));
		id = (unsigned long long)pd_contact_merged(contact);
	}
}

static bool is_somebody_elses(const struct carrying *carrying, const struct pd_draft *draft)
{
	const struct pd_agent *agent = carrying->call->agent;

	return !carrying->is_whole && (!agent || !pd_agent_is(agent, draft->agent));
}

/* What an event names. The words of others' drafts are theirs. */
static int add_named(struct ticket *ticket, struct pd_event *event)
{
	static const char record[] = PD_RECORD_PREFIX PD_CONTACT_RECORD ":";
	struct pd_snapshot *snapshot = ticket->carrying->snapshot;
	int failed = 0;

	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];

		if (pd_equal(change->property, "contact")) {
			add_contact(ticket, change->from ? change->from : "");
			add_contact(ticket, change->to ? change->to : "");
		} else if (pd_starts(change->property, record)) {
			add_contact(ticket, change->property + strlen(record));
		}
	}
	if (event->kind == PD_EVENT_DRAFT && event->other) {
		const struct pd_draft *draft = snapshot->draft(snapshot, ticket->arena, event->other);

		bump(ticket->carrying, PD_ID_DRAFT, event->other);

		if (draft && is_somebody_elses(ticket->carrying, draft)) {
			event->message = 0;
		} else if (draft) {
			json_array_append_new(ticket->drafts, pd_json_carry_draft(ticket->arena, draft));
			failed = add_message(ticket, draft->message);
		}
	}
	if (!failed)
		failed = add_message(ticket, event->message);
	if (!failed && event->kind == PD_EVENT_MESSAGE)
		failed = add_message(ticket, event->other);
	return failed;
}

static json_t *last_of(const struct carrying *carrying)
{
	json_t *last = json_object();

	for (int kind = 0; kind < PD_ID_KINDS; kind++)
		json_object_set_new(last, pd_id_kind_name((enum pd_id_kind)kind), json_integer(carrying->last[kind]));
	return last;
}

static json_t *part_of(const struct carrying *carrying)
{
	return json_pack("{s:i,s:o,s:o}", "format", PD_CARRY_FORMAT, "desk",
			 pd_json_text(pd_desk_name(carrying->call->arena, carrying->snapshot->key)), "last", last_of(carrying));
}

static int carry_ticket(struct carrying *carrying, const struct pd_ticket *of)
{
	struct pd_call *call = carrying->call;
	struct pd_snapshot *snapshot = carrying->snapshot;
	struct ticket ticket = {.carrying = carrying, .arena = call->arena, .number = of->number};
	json_t *events = json_array(), *part;

	ticket.messages = json_array();
	ticket.contacts = json_array();
	ticket.drafts = json_array();
	ticket.entries = snapshot->timeline(snapshot, call->arena, of->number, 0);

	const struct pd_entries timeline = pd_timeline(snapshot, call->arena, of);
	int failed = give_mails(&ticket, &timeline);

	for (size_t i = 0; i < ticket.entries.count && !failed; i++) {
		struct pd_event *event = &ticket.entries.items[i].event;

		bump(carrying, PD_ID_TICKET, event->ticket);
		bump(carrying, PD_ID_EVENT, event->id);
		bump(carrying, PD_ID_ACTION, event->action);
		bump(carrying, PD_ID_CONVERSATION, event->conversation);
		bump(carrying, PD_ID_MESSAGE, event->message);
		if (!carrying->is_whole && pd_timeline_is_stopped(&timeline, event->id))
			event->message = event->other = 0;
		failed = add_named(&ticket, event);
		json_array_append_new(events, pd_json_carry_event(call->arena, event));
	}
	part = part_of(carrying);
	json_object_set_new(part, "events", events);
	json_object_set_new(part, "messages", ticket.messages);
	json_object_set_new(part, "contacts", ticket.contacts);
	json_object_set_new(part, "drafts", ticket.drafts);
	if (failed) {
		json_decref(part);
		return failed;
	}
	pd_call_write_whole(call, snapshot, of);
	json_t *whole = json_loadb(call->line.data, call->line.len, 0, NULL);

	pd_buf_clear(&call->line);
	if (!whole)
		whole = json_object();
	json_object_set_new(whole, "postdesk", part);
	g_hash_table_add(carrying->numbers, g_memdup2(&of->number, sizeof of->number));
	pd_call_emit(call, json_pack("{s:I,s:o}", "number", (json_int_t)of->number, "ticket", whole));
	return pd_call_checked(call, snapshot);
}

static int carry_number(struct carrying *carrying, int64_t number)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_call *call = carrying->call;
	struct pd_arena *outer = call->arena;
	const struct pd_ticket *ticket = carrying->snapshot->ticket(carrying->snapshot, arena, number);

	if (!ticket || g_hash_table_contains(carrying->numbers, &number))
		return pd_call_checked(call, carrying->snapshot);
	call->arena = arena;
	int failed = carry_ticket(carrying, ticket);

	call->arena = outer;
	return failed;
}

/* With those that were merged into it. */
static int carry_found(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	struct carrying *carrying = call->carrying;
	int failed = 0;

	(void)snapshot;
	for (size_t i = 0; i < ticket->absorbed.count && !failed; i++)
		failed = carry_number(carrying, ticket->absorbed.items[i].ticket);
	return failed ? failed : carry_number(carrying, ticket->number);
}

/* --- the desk --- */

/* What the desk sent, so that answers and reports of failure find their tickets. */
static int carry_letters(struct carrying *carrying, bool is_all)
{
	struct pd_call *call = carrying->call;
	struct pd_snapshot *snapshot = carrying->snapshot;

	for (int64_t id = 1; id <= carrying->last[PD_ID_OUTBOX] && !call->is_gone; id++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const struct pd_outbox_row *letter = snapshot->outbox(snapshot, arena, id);

		if (snapshot->failed)
			break;
		if (!letter || (!carrying->is_whole && letter->agent) ||
		    (letter->ticket ? !g_hash_table_contains(carrying->numbers, &letter->ticket) : !is_all))
			continue;
		pd_call_emit(call, json_pack("{s:o}", "letter", pd_json_carry_letter(arena, letter)));
	}
	return pd_call_checked(call, snapshot);
}

static json_t *contacts_of(const struct carrying *carrying)
{
	struct pd_snapshot *snapshot = carrying->snapshot;
	json_t *contacts = json_array();

	for (int64_t id = 1; id <= carrying->last[PD_ID_CONTACT] && !snapshot->failed; id++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const struct pd_contact *contact = snapshot->contact(snapshot, arena, id);

		if (contact)
			json_array_append_new(contacts, pd_json_carry_contact(contact));
	}
	return contacts;
}

/* Those that belong to no ticket yet. */
static int drafts_of(struct carrying *carrying, json_t *desk)
{
	struct pd_call *call = carrying->call;
	struct pd_snapshot *snapshot = carrying->snapshot;
	struct ticket none = {.carrying = carrying, .arena = call->arena};
	int failed = 0;

	none.messages = json_array();
	none.drafts = json_array();
	for (int64_t id = 1; id <= carrying->last[PD_ID_DRAFT] && !snapshot->failed && !failed; id++) {
		const struct pd_draft *draft = snapshot->draft(snapshot, call->arena, id);

		if (!draft || draft->ticket || draft->state != PD_DRAFT_KEPT)
			continue;
		json_array_append_new(none.drafts, pd_json_carry_draft(call->arena, draft));
		failed = add_message(&none, draft->message);
	}
	json_object_set_new(desk, "messages", none.messages);
	json_object_set_new(desk, "drafts", none.drafts);
	return failed;
}

static int carry_desk(struct carrying *carrying, bool is_all)
{
	struct pd_call *call = carrying->call;
	struct pd_snapshot *snapshot = carrying->snapshot;
	json_t *desk = part_of(carrying), *former = json_object();
	int failed = 0;

	if (carrying->is_whole)
		json_object_set_new(desk, "key", pd_json_text(pd_hex(call->arena, snapshot->key, sizeof snapshot->key)));
	if (carrying->is_whole) {
		const struct pd_records records = snapshot->records(snapshot, call->arena, PD_CARRIED_RECORD);

		for (size_t i = 0; i < records.count; i++)
			json_object_set_new(former, records.items[i].name, pd_json_text(records.items[i].value));
	}
	json_object_set_new(desk, "former", former);
	if (carrying->is_whole && is_all) {
		json_object_set_new(desk, "contacts", contacts_of(carrying));
		failed = drafts_of(carrying, desk);
	}
	if (failed) {
		json_decref(desk);
		return failed;
	}
	pd_call_emit(call, json_pack("{s:o}", "desk", desk));
	return pd_call_checked(call, snapshot);
}

int pd_verb_carry_out(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	struct pd_store *store = pd_flow_store(call->flow);
	struct carrying carrying = {.call = call, .is_whole = call->peer->is_owner && !pd_call_text(call, "as")};
	const char *query = pd_call_text(call, "query");
	bool is_all = carrying.is_whole && (!query || !*query);
	int failed = pd_store_begin(store, &snapshot, &call->error);

	if (failed)
		return failed;
	carrying.snapshot = snapshot;
	carrying.numbers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	/* No smaller than what the snapshot shows. */
	for (int kind = 0; kind < PD_ID_KINDS; kind++)
		carrying.last[kind] = pd_store_last_id(store, (enum pd_id_kind)kind);
	call->carrying = &carrying;
	for (int64_t n = 1; is_all && n <= carrying.last[PD_ID_TICKET] && !failed && !call->is_gone; n++)
		failed = carry_number(&carrying, n);
	if (!is_all)
		failed = pd_call_export(call, snapshot, carry_found);
	if (!failed)
		failed = carry_letters(&carrying, is_all);
	if (!failed)
		failed = carry_desk(&carrying, is_all);
	g_hash_table_destroy(carrying.numbers);
	call->carrying = NULL;
	return failed;
}
