/* Snapshots: every look-up is passed to the backend and noted in the read set, absences included.
 *
 * A reading is the question and a 64-bit digest of the answer; the writer asks again inside its transaction,
 * and where a digest differs the decision is made anew (DESIGN.md, Processes, threads and the writer). Fails
 * as the face says: failures stick in the snapshot. */
#include "store/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- digests of answers --- */

static const unsigned char digest_key[16] = "postdesk reading";

struct digest {
	struct pd_buf buf;
};

static void put_number(struct pd_buf *buf, int64_t number)
{
	pd_buf_add(buf, &number, sizeof number);
}

static uint64_t digest_done(struct pd_buf *buf)
{
	uint64_t digest = pd_siphash(digest_key, buf->data != NULL ? buf->data : "", buf->len);
	pd_buf_free(buf);
	return digest;
}

static uint64_t digest_known(const struct pd_known_ids *known)
{
	struct pd_buf buf = {0};
	for (size_t i = 0; i < known->count; i++) {
		const struct pd_known_id *id = &known->items[i];
		put_number(&buf, id->ticket);
		put_number(&buf, id->conversation);
		put_number(&buf, id->event);
		put_number(&buf, id->is_reference);
		pd_buf_put_string(&buf, id->agent);
	}
	return digest_done(&buf);
}

static uint64_t digest_contact(const struct pd_contact *contact)
{
	if (contact == NULL)
		return 0;
	struct pd_buf buf = {0};
	put_number(&buf, contact->id);
	pd_buf_put_string(&buf, contact->name);
	pd_buf_put_string(&buf, contact->company);
	for (size_t i = 0; i < contact->identities.count; i++) {
		pd_buf_put_string(&buf, contact->identities.items[i].kind);
		pd_buf_put_string(&buf, contact->identities.items[i].value);
	}
	for (size_t i = 0; i < contact->details.count; i++)
		pd_buf_put_string(&buf, contact->details.items[i]);
	return digest_done(&buf);
}

static uint64_t digest_mark(struct pd_mark mark)
{
	struct pd_buf buf = {0};
	put_number(&buf, mark.exists);
	put_number(&buf, mark.value);
	return digest_done(&buf);
}

static uint64_t digest_records(const struct pd_records *records)
{
	struct pd_buf buf = {0};
	for (size_t i = 0; i < records->count; i++) {
		pd_buf_put_string(&buf, records->items[i].name);
		pd_buf_put_string(&buf, records->items[i].value);
	}
	return digest_done(&buf);
}

static uint64_t digest_record(const char *value)
{
	struct pd_buf buf = {0};
	pd_buf_put_string(&buf, value);
	return digest_done(&buf);
}

static uint64_t digest_draft(const struct pd_draft *draft)
{
	if (draft == NULL)
		return 0;
	struct pd_buf buf = {0};
	put_number(&buf, draft->id);
	put_number(&buf, draft->ticket);
	put_number(&buf, draft->message);
	put_number(&buf, draft->state);
	put_number(&buf, draft->expires);
	return digest_done(&buf);
}

static uint64_t digest_entries(const struct pd_entries *entries)
{
	struct pd_buf buf = {0};
	for (size_t i = 0; i < entries->count; i++)
		put_number(&buf, entries->items[i].event.id);
	return digest_done(&buf);
}

/* Events never change: that it is there is all. */
static uint64_t digest_entry(const struct pd_entry *entry)
{
	return entry == NULL ? 0 : (uint64_t)entry->event.version;
}

static uint64_t digest_outbox(const struct pd_outbox_row *row)
{
	return row == NULL ? 0 : (uint64_t)row->id << 1 | row->is_untried;
}

/* --- asking --- */

static const struct pd_snapshot *lookups(struct pd_window *view)
{
	return &view->store->backend->lookups;
}

/* Makes sure that the view has begun; false: it failed. */
static bool ready(struct pd_window *view)
{
	if (view->face.failed != 0)
		return false;
	if (view->at != NULL)
		return true;
	struct pd_error error;
	if (view->store->backend->window_begin(view, &error) == 0)
		return true;
	pd_window_fail(view, &error);
	return false;
}

void pd_window_fail(struct pd_window *view, const struct pd_error *error)
{
	if (view->face.failed == 0) {
		view->face.failed = (int)error->class;
		view->face.error = *error;
	}
}

static void note(struct pd_window *view, enum pd_reading_kind kind, int64_t number, const char *a,
		 const char *b, pd_time since, uint64_t digest)
{
	if (view->is_writer || view->face.failed != 0)
		return;
	*pd_list_add(view->arena, &view->readings) = (struct pd_reading){
		.kind = kind,
		.number = number,
		.since = since,
		.a = pd_strdup(view->arena, a),
		.b = pd_strdup(view->arena, b),
		.digest = digest,
	};
}

static struct pd_ticket *ask_ticket(struct pd_snapshot *face, struct pd_arena *arena, int64_t number)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return NULL;
	struct pd_ticket *ticket = lookups(view)->ticket(face, arena, number);
	note(view, PD_READ_TICKET, number, NULL, NULL, 0, ticket != NULL ? (uint64_t)ticket->version : 0);
	return ticket;
}

static struct pd_entries ask_timeline(struct pd_snapshot *face, struct pd_arena *arena, int64_t ticket,
				      int64_t after)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_entries){0};
	note(view, PD_READ_TICKET, ticket, NULL, NULL, 0,
	     (uint64_t)view->store->backend->ticket_version(view, ticket));
	return lookups(view)->timeline(face, arena, ticket, after);
}

static struct pd_entry *ask_entry(struct pd_snapshot *face, struct pd_arena *arena, int64_t event)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return NULL;
	struct pd_entry *entry = lookups(view)->entry(face, arena, event);
	note(view, PD_READ_ENTRY, event, NULL, NULL, 0, digest_entry(entry));
	return entry;
}

static struct pd_entries ask_action(struct pd_snapshot *face, struct pd_arena *arena, int64_t action)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_entries){0};
	struct pd_entries entries = lookups(view)->action(face, arena, action);
	note(view, PD_READ_ACTION, action, NULL, NULL, 0, digest_entries(&entries));
	return entries;
}

static struct pd_known_ids ask_message_id(struct pd_snapshot *face, struct pd_arena *arena,
					  const char *message_id)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_known_ids){0};
	struct pd_known_ids known = lookups(view)->message_id(face, arena, message_id);
	note(view, PD_READ_MESSAGE_ID, 0, message_id, NULL, 0, digest_known(&known));
	return known;
}

static struct pd_known_ids ask_subject(struct pd_snapshot *face, struct pd_arena *arena, const char *mailbox,
				       const char *base_subject, pd_time since)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_known_ids){0};
	struct pd_known_ids known = lookups(view)->subject(face, arena, mailbox, base_subject, since);
	note(view, PD_READ_SUBJECT, 0, mailbox, base_subject, since, digest_known(&known));
	return known;
}

static struct pd_contact *ask_contact(struct pd_snapshot *face, struct pd_arena *arena, int64_t id)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return NULL;
	struct pd_contact *contact = lookups(view)->contact(face, arena, id);
	note(view, PD_READ_CONTACT, id, NULL, NULL, 0, digest_contact(contact));
	return contact;
}

static struct pd_contact *ask_contact_of(struct pd_snapshot *face, struct pd_arena *arena, const char *kind,
					 const char *value)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return NULL;
	struct pd_contact *contact = lookups(view)->contact_of(face, arena, kind, value);
	note(view, PD_READ_CONTACT_OF, 0, kind, value, 0, digest_contact(contact));
	return contact;
}

static struct pd_contacts ask_contacts(struct pd_snapshot *face, struct pd_arena *arena, const char *company,
				       const char *text, int64_t after, size_t limit)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_contacts){0};
	return lookups(view)->contacts(face, arena, company, text, after, limit);
}

static struct pd_records ask_companies(struct pd_snapshot *face, struct pd_arena *arena)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_records){0};
	return lookups(view)->companies(face, arena);
}

static struct pd_mark ask_mark(struct pd_snapshot *face, const char *key)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_mark){0};
	struct pd_mark mark = lookups(view)->mark(face, key);
	note(view, PD_READ_MARK, 0, key, NULL, 0, digest_mark(mark));
	return mark;
}

static const char *ask_record(struct pd_snapshot *face, struct pd_arena *arena, const char *kind,
			      const char *name)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return NULL;
	const char *value = lookups(view)->record(face, arena, kind, name);
	note(view, PD_READ_RECORD, 0, kind, name, 0, digest_record(value));
	return value;
}

static struct pd_records ask_records(struct pd_snapshot *face, struct pd_arena *arena, const char *kind)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_records){0};
	struct pd_records records = lookups(view)->records(face, arena, kind);
	note(view, PD_READ_RECORDS, 0, kind, NULL, 0, digest_records(&records));
	return records;
}

static int64_t ask_counter(struct pd_snapshot *face, const char *key, pd_time since)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return 0;
	int64_t count = lookups(view)->counter(face, key, since);
	note(view, PD_READ_COUNTER, 0, key, NULL, since, (uint64_t)count);
	return count;
}

static struct pd_draft *ask_draft(struct pd_snapshot *face, struct pd_arena *arena, int64_t id)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return NULL;
	struct pd_draft *draft = lookups(view)->draft(face, arena, id);
	note(view, PD_READ_DRAFT, id, NULL, NULL, 0, digest_draft(draft));
	return draft;
}

static struct pd_draft *ask_draft_of(struct pd_snapshot *face, struct pd_arena *arena, int64_t ticket,
				     const char *agent, int64_t below)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return NULL;
	struct pd_draft *draft = lookups(view)->draft_of(face, arena, ticket, agent, below);
	note(view, PD_READ_DRAFT_OF, ticket, agent, NULL, below, digest_draft(draft));
	return draft;
}

static struct pd_draft *ask_draft_expired(struct pd_snapshot *face, struct pd_arena *arena, pd_time now,
					  int64_t above)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return NULL;
	return lookups(view)->draft_expired(face, arena, now, above);
}

static struct pd_wakes ask_wakes(struct pd_snapshot *face, struct pd_arena *arena, pd_time until, size_t limit)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_wakes){0};
	return lookups(view)->wakes(face, arena, until, limit);
}

static struct pd_passed_list ask_passed(struct pd_snapshot *face, struct pd_arena *arena, int64_t above, pd_time until,
					size_t limit)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_passed_list){0};
	return lookups(view)->passed(face, arena, above, until, limit);
}

static struct pd_outbox_row *ask_outbox(struct pd_snapshot *face, struct pd_arena *arena, int64_t id)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return NULL;
	struct pd_outbox_row *row = lookups(view)->outbox(face, arena, id);
	note(view, PD_READ_OUTBOX, id, NULL, NULL, 0, digest_outbox(row));
	return row;
}

static struct pd_tickets ask_list(struct pd_snapshot *face, struct pd_arena *arena,
				  const struct pd_query *query, const char *sort, size_t limit, size_t offset)
{
	struct pd_window *view = pd_window_of(face);
	if (!ready(view))
		return (struct pd_tickets){0};
	return lookups(view)->list(face, arena, query, sort, limit, offset);
}

static int64_t new_id(struct pd_snapshot *face, enum pd_id_kind kind)
{
	assert(kind < PD_ID_KINDS);
	return atomic_fetch_add(&pd_window_of(face)->store->last_id[kind], 1) + 1;
}

static void claim_id(struct pd_snapshot *face, enum pd_id_kind kind, int64_t id)
{
	_Atomic int64_t *last = &pd_window_of(face)->store->last_id[kind];
	int64_t known = atomic_load(last);
	while (known < id && !atomic_compare_exchange_weak(last, &known, id))
		;
}

void pd_window_init(struct pd_window *view, struct pd_store *store, bool is_writer)
{
	*view = (struct pd_window){
		.face =
			{
				.ticket = ask_ticket,
				.timeline = ask_timeline,
				.entry = ask_entry,
				.action = ask_action,
				.message_id = ask_message_id,
				.subject = ask_subject,
				.contact = ask_contact,
				.contact_of = ask_contact_of,
				.contacts = ask_contacts,
				.companies = ask_companies,
				.mark = ask_mark,
				.record = ask_record,
				.records = ask_records,
				.counter = ask_counter,
				.draft = ask_draft,
				.draft_of = ask_draft_of,
				.draft_expired = ask_draft_expired,
				.outbox = ask_outbox,
				.wakes = ask_wakes,
				.passed = ask_passed,
				.list = ask_list,
				.new_id = new_id,
				.claim_id = claim_id,
			},
		.store = store,
		.is_writer = is_writer,
	};
	memcpy(view->face.key, store->key, sizeof view->face.key);
}

/* --- asking again --- */

static uint64_t ask_again(struct pd_window *writer, struct pd_arena *arena, const struct pd_reading *reading)
{
	const struct pd_snapshot *ask = lookups(writer);
	struct pd_snapshot *face = &writer->face;
	switch (reading->kind) {
	case PD_READ_TICKET:
		return (uint64_t)writer->store->backend->ticket_version(writer, reading->number);
	case PD_READ_ENTRY:
		return digest_entry(ask->entry(face, arena, reading->number));
	case PD_READ_ACTION: {
		struct pd_entries entries = ask->action(face, arena, reading->number);
		return digest_entries(&entries);
	}
	case PD_READ_MESSAGE_ID: {
		struct pd_known_ids known = ask->message_id(face, arena, reading->a);
		return digest_known(&known);
	}
	case PD_READ_SUBJECT: {
		struct pd_known_ids known = ask->subject(face, arena, reading->a, reading->b, reading->since);
		return digest_known(&known);
	}
	case PD_READ_CONTACT:
		return digest_contact(ask->contact(face, arena, reading->number));
	case PD_READ_CONTACT_OF:
		return digest_contact(ask->contact_of(face, arena, reading->a, reading->b));
	case PD_READ_MARK:
		return digest_mark(ask->mark(face, reading->a));
	case PD_READ_RECORD:
		return digest_record(ask->record(face, arena, reading->a, reading->b));
	case PD_READ_RECORDS: {
		struct pd_records records = ask->records(face, arena, reading->a);
		return digest_records(&records);
	}
	case PD_READ_COUNTER:
		return (uint64_t)ask->counter(face, reading->a, reading->since);
	case PD_READ_DRAFT:
		return digest_draft(ask->draft(face, arena, reading->number));
	case PD_READ_DRAFT_OF:
		return digest_draft(ask->draft_of(face, arena, reading->number, reading->a, reading->since));
	case PD_READ_OUTBOX:
		return digest_outbox(ask->outbox(face, arena, reading->number));
	}
	return 0;
}

bool pd_window_has_changed(struct pd_window *view, struct pd_window *writer)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < view->readings.count; i++)
		if (!pd_noted_is_same(view->store, view->since, &view->readings.items[i]) &&
		    ask_again(writer, arena, &view->readings.items[i]) != view->readings.items[i].digest)
			return true;
	return false;
}
