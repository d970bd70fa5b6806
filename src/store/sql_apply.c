/* Carrying a plan out in SQLite: rows of events, messages, contacts, keys; the derived row of each ticket.
 *
 * Promises: all of the plan, or a failure, after which the writer rolls back. Fails: with the class of the
 * first row that could not be written; PD_TEMPORARY where another version of a ticket stands in the way. */
#include "store/sqlite.h"

#include <string.h>

#include "base/text.h"
#include "desk/people.h"

/* --- messages --- */

static const struct pd_blob *blob_of(struct pd_committing *committing, const char *data)
{
	for (size_t i = 0; i < committing->blobs.count; i++) {
		if (committing->blobs.items[i].data == data) {
			committing->blobs.items[i].is_used = true;
			return &committing->blobs.items[i];
		}
	}
	return NULL;
}

/* Every address that it went to, in lower case between line ends, for queries. */
static char *recipients_text(struct pd_arena *arena, const struct pd_stored *stored)
{
	PD_AUTO_BUF text = {0};
	const struct pd_addresses *lists[] = {&stored->to, &stored->cc};
	for (int i = 0; i < 2; i++) {
		for (size_t j = 0; j < lists[i]->count; j++) {
			pd_buf_addc(&text, '\n');
			pd_buf_adds(&text, lists[i]->items[j].addr);
		}
	}
	pd_buf_addc(&text, '\n');
	return pd_lower_ascii(arena, text.data);
}

static int put_message(struct pd_sqlite *store, struct pd_committing *committing,
		       const struct pd_planned_message *message, struct pd_error *error)
{
	struct pd_arena *arena = committing->arena;
	const struct pd_stored *stored = &message->stored;
	const char *search = message->search_text;
	int64_t indexed = search == NULL ? 0 : pd_equal(search, stored->text) ? 1 : 2;
	struct pd_bytes raw = pd_planned_raw(committing->commit, message);
	const struct pd_blob *blob = raw.data != NULL && raw.len > store->store.message_in_database
					     ? blob_of(committing, raw.data)
					     : NULL;
	if (raw.data != NULL && raw.len > store->store.message_in_database && blob == NULL)
		return pd_fail(error, PD_TEMPORARY, "message %lld was not written before its commit",
			       (long long)stored->id);
	int64_t text_at = 0, text_size = 0;
	const bool is_sliced = blob == NULL && pd_slice_find(raw, stored->text, &text_at, &text_size);
	PD_AUTO_BUF rest = {0};
	pd_record_stored_pack(&rest, stored);
	sqlite3_stmt *insert =
		SQL(store->writer,
		    "INSERT INTO message (id, source, direction, kinds, date, size, indexed, file,"
		    " message_id, from_name, from_addr, recipients, subject, queue_id, proof, digest,"
		    " raw_digest, rest, text, html, search, raw, text_at, text_size)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	pd_sql_bind(insert, "isiiziizsssssssbbbsssbzz", stored->id,
		    stored->source != NULL ? stored->source : "", (int64_t)stored->direction,
		    (int64_t)stored->kinds, stored->date, (int64_t)stored->size, indexed,
		    blob != NULL ? blob->file : (int64_t)0,
		    stored->message_id != NULL ? stored->message_id : "", stored->from.name,
		    stored->from.addr, recipients_text(arena, stored), stored->subject, stored->queue_id,
		    stored->proof, stored->digest, (size_t)PD_SHA256_SIZE, blob != NULL ? blob->digest : NULL,
		    (size_t)PD_SHA256_SIZE, rest.data, rest.len, is_sliced ? NULL : stored->text,
		    stored->html, indexed == 2 ? search : NULL, blob != NULL ? NULL : raw.data, raw.len, text_at,
		    text_size);
	return pd_sql_run(store->writer, insert, error);
}

/* --- people --- */

/* Each identity's key leads to the contact, or away from it. */
static int put_identities(struct pd_sqlite *store, const struct pd_contact *contact, bool is_there,
			  struct pd_error *error)
{
	int failed = 0;
	if (is_there && pd_contact_merged(contact) != 0)
		return 0; /* they lead to whoever it turned out to be */
	for (size_t i = 0; i < contact->identities.count && !failed; i++) {
		const struct pd_identity *identity = &contact->identities.items[i];
		const struct pd_key key = pd_sqlite_key(&store->store, identity->kind, identity->value);
		sqlite3_stmt *put =
			is_there ? SQL(store->writer,
				       "INSERT INTO identity (key_a, key_b, contact) VALUES (?, ?, ?)"
				       " ON CONFLICT (key_a, key_b) DO UPDATE SET contact = excluded.contact")
				 : SQL(store->writer,
				       "DELETE FROM identity WHERE key_a = ? AND key_b = ? AND contact = ?");
		pd_sql_bind(put, "iii", key.a, key.b, contact->id);
		failed = pd_sql_run(store->writer, put, error);
	}
	return failed;
}

static int forget_contact(struct pd_sqlite *store, int64_t id, struct pd_error *error)
{
	int failed = 0;
	struct pd_contact *old =
		pd_sqlite_contact_by_id(store->writer, store->group_arena, id, &failed, error);
	if (old == NULL)
		return failed;
	failed = pd_sqlite_forget_document(store, -id, "", "", pd_contact_people(store->group_arena, old), error);
	return failed ? failed : put_identities(store, old, false, error);
}

static int put_contact(struct pd_sqlite *store, const struct pd_planned_contact *planned,
		       struct pd_error *error)
{
	const struct pd_contact *contact = &planned->contact;
	int failed = planned->is_new ? 0 : forget_contact(store, contact->id, error);
	if (failed)
		return failed;
	PD_AUTO_BUF identities = {0}, details = {0};
	for (size_t i = 0; i < contact->details.count; i++)
		pd_buf_addf(&details, "%s\n", contact->details.items[i]);
	for (size_t i = 0; i < contact->identities.count; i++) {
		pd_buf_adds(&identities, contact->identities.items[i].kind);
		pd_buf_addc(&identities, ' ');
		pd_buf_adds(&identities, contact->identities.items[i].value);
		pd_buf_addc(&identities, '\n');
	}
	sqlite3_stmt *put =
		SQL(store->writer,
		    "INSERT INTO contact (id, name, company, identities, details) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id)"
		    " DO UPDATE SET name = excluded.name, company = excluded.company,"
		    " identities = excluded.identities, details = excluded.details");
	pd_sql_bind(put, "issss", contact->id, contact->name != NULL ? contact->name : "", contact->company,
		    identities.data != NULL ? identities.data : "", details.data != NULL ? details.data : "");
	failed = pd_sql_run(store->writer, put, error);
	if (failed)
		return failed;
	pd_sqlite_document(store, -contact->id, "", "",
			   pd_contact_people(store->group_arena, contact));
	return put_identities(store, contact, true, error);
}

/* --- keys --- */

/* What the ticket has already says nothing new. */
static bool is_known(struct pd_sqlite *store, struct pd_arena *arena, struct pd_key key, int64_t ticket)
{
	struct pd_window view;
	pd_window_init(&view, &store->store, true);
	view.at = store->writer;
	const struct pd_known_ids known = pd_sqlite_known(&view, arena, key);
	for (size_t i = 0; i < known.count; i++)
		if (known.items[i].ticket == ticket)
			return true;
	return false;
}

static void put_known_id(struct pd_sqlite *store, struct pd_arena *arena, const struct pd_planned_id *id)
{
	const struct pd_key key = pd_sqlite_key(&store->store, id->message_id, NULL);
	const struct pd_known_id *known = &id->known;
	if (known->is_reference && is_known(store, arena, key, known->ticket))
		return;
	pd_filter_add(store->filter, key);
	pd_fresh_put(store, &(struct pd_fresh_row){
				    .kind = PD_FRESH_ID,
				    .key = key,
				    .numbers = {known->event, known->ticket, known->conversation, known->is_reference},
				    .text = known->agent,
			    });
}

static void put_mark(struct pd_sqlite *store, const struct pd_planned_mark *mark)
{
	const struct pd_key key = pd_sqlite_key(&store->store, mark->key, NULL);
	pd_filter_add(store->filter, key);
	pd_fresh_put(store, &(struct pd_fresh_row){
				    .kind = PD_FRESH_MARK, .key = key, .numbers = {mark->value, mark->expires}});
}

static int bump_counter(struct pd_sqlite *store, const char *key, pd_time now, struct pd_error *error)
{
	sqlite3_stmt *bump = SQL(store->writer, "INSERT INTO counter (key, minute, count) VALUES (?, ?, 1)"
						" ON CONFLICT (key, minute) DO UPDATE SET count = count + 1");
	pd_sql_bind(bump, "si", key, now / PD_MINUTE);
	return pd_sql_run(store->writer, bump, error);
}

static int put_draft(struct pd_sqlite *store, struct pd_arena *arena, const struct pd_planned_draft *planned,
		     struct pd_error *error)
{
	const struct pd_draft *draft = &planned->draft;
	sqlite3_stmt *put;
	if (planned->is_new) {
		put = SQL(store->writer,
			  "INSERT INTO draft (id, ticket, message, agent, reason, sender, recipients,"
			  " answers_version, created, expires, state)"
			  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
		pd_sql_bind(put, "izzssssiizi", draft->id, draft->ticket, draft->message,
			    draft->agent != NULL ? draft->agent : "", draft->reason, draft->sender,
			    pd_strings_join(arena, &draft->recipients, "\n"), draft->answers_version,
			    draft->created, draft->expires, (int64_t)draft->state);
	} else {
		put = SQL(store->writer, "UPDATE draft SET state = ?, expires = ?, ticket = ? WHERE id = ?");
		pd_sql_bind(put, "izzi", (int64_t)draft->state, draft->expires, draft->ticket, draft->id);
	}
	return pd_sql_run(store->writer, put, error);
}

/* --- full text --- */

static int index_event(struct pd_sqlite *store, const struct pd_plan *plan, const struct pd_event *event,
		       bool *ret_is_indexed, struct pd_error *error)
{
	struct pd_arena *arena = store->group_arena;
	const char *name, *description;
	if (event->message == 0) {
		*ret_is_indexed = pd_event_text(event, &name, &description);
		if (*ret_is_indexed && description == NULL && pd_plan_has_subject(plan, event->ticket, name))
			*ret_is_indexed = false;
		if (*ret_is_indexed)
			pd_sqlite_document(store, event->id, name, description, "");
		return 0;
	}
	const struct pd_planned_message *planned = pd_plan_message_of(plan, event->message);
	const struct pd_stored *stored = planned != NULL ? &planned->stored : NULL;
	const char *search = planned != NULL ? planned->search_text : NULL;
	if (planned == NULL) {
		int failed = 0;
		stored = pd_sqlite_stored(store->writer, arena, event->message, &search, &failed, error);
		if (failed)
			return failed;
	}
	*ret_is_indexed = stored != NULL;
	if (stored != NULL)
		pd_sqlite_document(store, event->id, stored->subject, search,
				   pd_stored_people(arena, stored));
	return 0;
}

/* No entry of a ticket is older than the one that made it. */
static int put_first_entry(struct pd_sqlite *store, const struct pd_event *event, struct pd_error *error)
{
	sqlite3_stmt *put = SQL(store->writer, "INSERT INTO first_entry (tickets, event) VALUES (?, ?) ON CONFLICT (tickets)"
					       " DO UPDATE SET event = excluded.event WHERE excluded.event < event");
	pd_sql_bind(put, "ii", event->ticket / PD_FIRST_ENTRY, event->id);
	return pd_sql_run(store->writer, put, error);
}

static int put_event(struct pd_sqlite *store, struct pd_arena *arena, const struct pd_plan *plan,
		     const struct pd_event *event, struct pd_error *error)
{
	int64_t config;
	bool is_indexed = false;
	int failed = pd_sqlite_text_id(store, event->config, &config, error);
	if (!failed)
		failed = index_event(store, plan, event, &is_indexed, error);
	if (failed)
		return failed;
	sqlite3_stmt *insert = SQL(
		store->writer, "INSERT INTO event (id, ticket, version, format, at, kind, action, message,"
			       " conversation, other, actor, why, changes, config, indexed)"
			       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	pd_sql_bind(
		insert, "iiiiisizzzssszi", event->id, event->ticket, event->version, (int64_t)event->format,
		event->at, pd_event_kind_name(event->kind), event->action, event->message,
		event->conversation, event->other, event->actor != NULL ? event->actor : "", event->why,
		event->changes.count > 0 ? pd_changes_text(arena, event) : NULL, config, (int64_t)is_indexed);
	failed = pd_sql_run(store->writer, insert, error);
	if (!failed && event->version == 1)
		failed = put_first_entry(store, event, error);
	if (!failed)
		failed = pd_sqlite_put_values(store, event, plan->is_carried, error);
	if (!failed && event->conversation != 0)
		pd_sqlite_put_conversation(store, arena, plan, event);
	return failed;
}

/* --- what no event tells of --- */

static int put_record(struct pd_sqlite *store, struct pd_arena *arena, const struct pd_planned_record *record,
		      struct pd_error *error)
{
	sqlite3_stmt *put = SQL(store->writer, "INSERT INTO record (property, value, event) VALUES (?, ?, 0)"
					       " ON CONFLICT (property) DO UPDATE SET value = excluded.value");
	pd_sql_bind(put, "ss", pd_record_property(arena, record->kind, record->name), record->value);
	return pd_sql_run(store->writer, put, error);
}

static int put_claim(struct pd_sqlite *store, const struct pd_planned_claim *claim, struct pd_error *error)
{
	sqlite3_stmt *put = SQL(store->writer, "INSERT INTO last_id (kind, id) VALUES (?, ?) ON CONFLICT (kind)"
					       " DO UPDATE SET id = max(id, excluded.id)");
	pd_sql_bind(put, "ii", (int64_t)claim->kind, claim->id);
	return pd_sql_run(store->writer, put, error);
}

/* --- the whole --- */

int pd_sqlite_apply(struct pd_store *face, struct pd_committing *committing, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	const struct pd_plan *plan = committing->commit->plan;
	const pd_time now = committing->commit->now;
	struct pd_arena *arena = committing->arena;
	int failed = 0;
	for (size_t i = 0; i < plan->contacts.count && !failed; i++)
		failed = put_contact(store, &plan->contacts.items[i], error);
	for (size_t i = 0; i < plan->messages.count && !failed; i++)
		failed = put_message(store, committing, &plan->messages.items[i], error);
	for (size_t i = 0; i < plan->tickets.count && !failed; i++)
		failed = pd_sqlite_put_ticket(store, &plan->tickets.items[i], error);
	for (size_t i = 0; i < plan->events.count && !failed; i++)
		failed = put_event(store, arena, plan, plan->events.items[i], error);
	for (size_t i = 0; i < plan->ids.count && !failed; i++)
		put_known_id(store, arena, &plan->ids.items[i]);
	for (size_t i = 0; i < plan->marks.count && !failed; i++)
		put_mark(store, &plan->marks.items[i]);
	for (size_t i = 0; i < plan->counters.count && !failed; i++)
		failed = bump_counter(store, plan->counters.items[i], now, error);
	for (size_t i = 0; i < plan->drafts.count && !failed; i++)
		failed = put_draft(store, arena, &plan->drafts.items[i], error);
	for (size_t i = 0; i < plan->agendas.count && !failed; i++)
		failed = pd_sqlite_put_agenda(store, plan->agendas.items[i].ticket, &plan->agendas.items[i].agenda,
					      error);
	for (size_t i = 0; i < plan->letters.count && !failed; i++)
		failed = pd_sqlite_put_letter(store, plan, plan->letters.items[i], now, error);
	for (size_t i = 0; i < plan->records.count && !failed; i++)
		failed = put_record(store, arena, &plan->records.items[i], error);
	for (size_t i = 0; i < plan->claims.count && !failed; i++)
		failed = put_claim(store, &plan->claims.items[i], error);
	for (size_t i = 0; i < plan->tickets.count && !failed && plan->is_carried; i++)
		if (plan->tickets.items[i].ticket->merged_into != 0)
			failed = pd_sqlite_put_root(store, plan->tickets.items[i].ticket->number, error);
	for (size_t i = 0; i < plan->stops.count && !failed; i++)
		failed = pd_sqlite_stop_letters(store, &plan->stops.items[i], error);
	return failed;
}
