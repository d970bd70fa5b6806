/* Purging: what was deleted long enough goes for good, a tombstone stays.
 *
 * Promises: the ticket's number, its events' ids, times and actors stay, with a last event that says so;
 * messages, their text, their index rows and their files go, and so do the values that events held as text
 * (names, descriptions, subjects, participants). Of a single entry the message goes, unless it stands elsewhere, too;
 * that it was there stays. Fails as any write does. */
#include "desk/chat.h"
#include "store/query_sql.h"
#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#define PURGE_BATCH 20 /* tickets a call, so that other commits do not wait long */

struct purge {
	struct pd_sqlite *store;
	struct pd_purge_request *request;
	struct pd_arena *arena;
	struct pd_error *error;
};

/* Is the message on a ticket that stays? */
static bool is_shared(struct purge *p, int64_t message, int64_t ticket, int *ret_failed)
{
	sqlite3_stmt *select =
		SQL(p->store->writer,
		    "SELECT 1 FROM event WHERE message = ?1 AND ticket <> ?2 AND kind <> 'purged' UNION ALL"
		    " SELECT 1 FROM draft WHERE message = ?1 AND ticket <> ?2 AND state = 0 LIMIT 1");
	pd_sql_bind(select, "ii", message, ticket);
	if (!pd_sql_row(p->store->writer, select, ret_failed, p->error))
		return false;
	sqlite3_reset(select);
	return true;
}

static int drop_message(struct purge *p, int64_t message)
{
	struct pd_connection *writer = p->store->writer;
	int failed = 0;
	sqlite3_stmt *file = SQL(writer, "SELECT file FROM message WHERE id = ? AND file IS NOT NULL");
	pd_sql_bind(file, "i", message);
	if (pd_sql_row(writer, file, &failed, p->error)) {
		p->request->files =
			realloc(p->request->files, (p->request->file_count + 1) * sizeof(int64_t));
		if (p->request->files == NULL)
			abort();
		p->request->files[p->request->file_count++] = sqlite3_column_int64(file, 0);
		sqlite3_reset(file);
	}
	sqlite3_stmt *drop = SQL(writer, "DELETE FROM message WHERE id = ?");
	pd_sql_bind(drop, "i", message);
	return failed ? failed : pd_sql_run(writer, drop, p->error);
}

/* Takes the event's document out of the index, as it was put in. */
static int drop_document(struct purge *p, const struct pd_event *event)
{
	const char *name, *description;
	int failed = 0;
	if (event->message != 0) {
		const char *search = NULL;
		struct pd_stored *stored = pd_sqlite_stored(p->store->writer, p->arena, event->message,
							    &search, &failed, p->error);
		if (stored != NULL)
			failed = pd_sqlite_forget_document(p->store, event->id, stored->subject, search,
							   pd_stored_people(p->store->group_arena, stored),
							   p->error);
	} else if (pd_event_text(event, &name, &description)) {
		failed = pd_sqlite_forget_document(p->store, event->id, name, description, "", p->error);
	}
	return failed;
}

static int purge_event(struct purge *p, struct pd_event *event, bool is_indexed)
{
	struct pd_connection *writer = p->store->writer;
	int failed = is_indexed ? drop_document(p, event) : 0;
	if (!failed && event->message != 0 && !is_shared(p, event->message, event->ticket, &failed))
		failed = drop_message(p, event->message);
	if (!failed && event->kind == PD_EVENT_MESSAGE && event->other != 0)
		failed = drop_message(p, event->other); /* the bytes as they were sent */
	if (failed)
		return failed;
	pd_event_redact(event);
	sqlite3_stmt *update = SQL(
		writer, "UPDATE event SET changes = ?, message = NULL, why = NULL, indexed = 0 WHERE id = ?");
	pd_sql_bind(update, "si", event->changes.count > 0 ? pd_changes_text(p->arena, event) : NULL,
		    event->id);
	return pd_sql_run(writer, update, p->error);
}

/* The ticket's row anew, from what is left of its events, and the tombstone. */
static int put_tombstone(struct purge *p, int64_t number, int64_t version)
{
	struct pd_store *face = &p->store->store;
	struct pd_window view;
	pd_window_init(&view, face, true);
	view.at = p->store->writer;
	const struct pd_event tombstone =
		pd_event_tombstone(face, number, version, p->request->deleted_before);
	sqlite3_stmt *insert =
		SQL(p->store->writer, "INSERT INTO event (id, ticket, version, format, at, kind, action,"
				      " actor, indexed) VALUES (?, ?, ?, ?, ?, 'purged', ?, ?, 0)");
	pd_sql_bind(insert, "iiiiiis", tombstone.id, number, tombstone.version, (int64_t)tombstone.format,
		    tombstone.at, tombstone.action, tombstone.actor);
	int failed = pd_sql_run(p->store->writer, insert, p->error);
	if (failed)
		return failed;
	struct pd_ticket *ticket = pd_sqlite_ticket_at(&view, p->arena, number, INT64_MAX);
	if (ticket == NULL)
		return pd_fail(p->error, PD_TEMPORARY, "ticket %lld cannot be folded", (long long)number);
	struct pd_planned_ticket planned = {.ticket = ticket, .base_version = version};
	return pd_sqlite_put_ticket(p->store, &planned, p->error);
}

/* Base subjects are found no more. */
static void drop_conversations(struct purge *p, int64_t number)
{
	struct pd_window view;
	pd_window_init(&view, &p->store->store, true);
	view.at = p->store->writer;
	const struct pd_ticket *ticket = pd_sqlite_ticket(&view.face, p->arena, number);
	for (size_t i = 0; ticket != NULL && i < ticket->conversations.count; i++) {
		const struct pd_conversation *conversation = &ticket->conversations.items[i];
		const struct pd_key key = pd_sqlite_key(
			&p->store->store, conversation->mailbox != NULL ? conversation->mailbox : "",
			conversation->base_subject);
		pd_sqlite_put_subject(p->store, key, conversation->id, 0);
	}
}

static int purge_ticket(struct purge *p, int64_t number)
{
	struct pd_connection *writer = p->store->writer;
	PD_LIST(struct {
		struct pd_event event;
		bool is_indexed;
	})
	events = {0};
	int failed = 0;
	drop_conversations(p, number);
	sqlite3_stmt *select =
		SQL(writer, "SELECT " PD_EVENT_COLUMNS ", event.indexed FROM event WHERE ticket = ?"
			    " ORDER BY version");
	pd_sql_bind(select, "i", number);
	while (!failed && pd_sql_row(writer, select, &failed, p->error)) {
		pd_sqlite_event(p->arena, select, &pd_list_add(p->arena, &events)->event);
		events.items[events.count - 1].is_indexed =
			sqlite3_column_int(select, PD_EVENT_COLUMN_COUNT) != 0;
	}
	for (size_t i = 0; i < events.count && !failed; i++)
		failed = purge_event(p, &events.items[i].event, events.items[i].is_indexed);
	sqlite3_stmt *drafts = SQL(writer, "DELETE FROM draft WHERE ticket = ?");
	pd_sql_bind(drafts, "i", number);
	if (!failed)
		failed = pd_sql_run(writer, drafts, p->error);
	/* Who chatted is not known any more. */
	sqlite3_stmt *visitors = SQL(writer, "DELETE FROM record WHERE property > 'record:" PD_CHAT_RECORD ":'"
					     " AND property < 'record:" PD_CHAT_RECORD ";'"
					     " AND event IN (SELECT id FROM event WHERE ticket = ?)");
	pd_sql_bind(visitors, "i", number);
	if (!failed)
		failed = pd_sql_run(writer, visitors, p->error);
	return failed || events.count == 0
		       ? failed
		       : put_tombstone(p, number, events.items[events.count - 1].event.version);
}

/* --- single entries --- */

struct indexed_event {
	struct pd_event event;
	bool is_indexed;
};
struct indexed_events {
	struct indexed_event *items;
	size_t count, room;
};

/* The events of the ticket that have the message: the entry's, and those of the changes that it made. */
static int read_events_of(struct purge *p, int64_t ticket, int64_t message, struct indexed_events *events)
{
	int failed = 0;
	sqlite3_stmt *select = SQL(p->store->writer, "SELECT " PD_EVENT_COLUMNS ", event.indexed FROM event"
						     " WHERE ticket = ? AND message = ?");
	pd_sql_bind(select, "ii", ticket, message);
	while (pd_sql_row(p->store->writer, select, &failed, p->error)) {
		struct indexed_event *found = pd_list_add(p->arena, events);
		pd_sqlite_event(p->arena, select, &found->event);
		found->is_indexed = sqlite3_column_int(select, PD_EVENT_COLUMN_COUNT) != 0;
	}
	return failed;
}

static bool is_drafted(struct purge *p, int64_t message, int *ret_failed)
{
	sqlite3_stmt *select = SQL(p->store->writer, "SELECT 1 FROM draft WHERE message = ? AND state = 0 LIMIT 1");
	pd_sql_bind(select, "i", message);
	if (!pd_sql_row(p->store->writer, select, ret_failed, p->error))
		return false;
	sqlite3_reset(select);
	return true;
}

static int purge_entry(struct purge *p, const struct pd_event *entry)
{
	struct pd_connection *writer = p->store->writer;
	struct indexed_events events = {0};
	int failed = 0;
	if (entry->message == 0 || is_drafted(p, entry->message, &failed) || failed)
		return failed;
	failed = read_events_of(p, entry->ticket, entry->message, &events);
	for (size_t i = 0; i < events.count && !failed; i++)
		if (events.items[i].is_indexed)
			failed = drop_document(p, &events.items[i].event);
	sqlite3_stmt *update =
		SQL(writer, "UPDATE event SET message = NULL, indexed = 0 WHERE ticket = ? AND message = ?");
	pd_sql_bind(update, "ii", entry->ticket, entry->message);
	if (!failed && !is_shared(p, entry->message, entry->ticket, &failed) && !failed)
		failed = drop_message(p, entry->message);
	if (!failed && entry->kind == PD_EVENT_MESSAGE && entry->other != 0)
		failed = drop_message(p, entry->other);
	return failed ? failed : pd_sql_run(writer, update, p->error);
}

/* Deleted, in the ticket where it stands now? Else only its row goes. */
static int purge_if_deleted(struct purge *p, int64_t id, int64_t number)
{
	struct pd_connection *writer = p->store->writer;
	struct pd_window view;
	struct pd_event entry = {0};
	int64_t root = 0;
	int failed = 0;
	pd_window_init(&view, &p->store->store, true);
	view.at = writer;
	sqlite3_stmt *select = SQL(writer, "SELECT " PD_EVENT_COLUMNS ", " PD_SQL_ROOT("event.ticket") " FROM event WHERE id = ?");
	pd_sql_bind(select, "i", id);
	if (pd_sql_row(writer, select, &failed, p->error)) {
		pd_sqlite_event(p->arena, select, &entry);
		root = sqlite3_column_int64(select, PD_EVENT_COLUMN_COUNT);
		sqlite3_reset(select);
	}
	const struct pd_ticket *ticket =
		!failed && root == number ? pd_sqlite_ticket(&view.face, p->arena, number) : NULL;
	if (ticket != NULL && pd_ticket_entry_deleted(ticket, id)) {
		p->request->count++;
		failed = purge_entry(p, &entry);
	}
	sqlite3_stmt *drop = SQL(writer, "DELETE FROM deleted_entry WHERE entry = ? AND ticket = ?");
	pd_sql_bind(drop, "ii", id, number);
	return failed ? failed : pd_sql_run(writer, drop, p->error);
}

static int purge_entries(struct purge *p)
{
	PD_LIST(int64_t) pairs = {0};
	int failed = 0;
	sqlite3_stmt *select =
		SQL(p->store->writer, "SELECT entry, ticket FROM deleted_entry WHERE at < ? ORDER BY at LIMIT ?");
	pd_sql_bind(select, "ii", p->request->deleted_before, (int64_t)PURGE_BATCH);
	while (pd_sql_row(p->store->writer, select, &failed, p->error)) {
		*pd_list_add(p->arena, &pairs) = sqlite3_column_int64(select, 0);
		*pd_list_add(p->arena, &pairs) = sqlite3_column_int64(select, 1);
	}
	for (size_t i = 0; i < pairs.count && !failed; i += 2)
		failed = purge_if_deleted(p, pairs.items[i], pairs.items[i + 1]);
	return failed;
}

int pd_sqlite_purge(struct pd_store *face, struct pd_purge_request *request, struct pd_error *error)
{
	/* The index takes the old texts out at the group's end, so they live as long as the group. */
	struct pd_arena *arena = pd_sqlite_of(face)->group_arena;
	struct purge p = {.store = pd_sqlite_of(face), .request = request, .arena = arena, .error = error};
	struct pd_connection *writer = p.store->writer;
	PD_LIST(int64_t) numbers = {0};
	int failed = 0;
	request->file_count = 0;
	/* Deleted, since then untouched, and no tombstone yet. */
	sqlite3_stmt *select =
		SQL(writer, "SELECT number FROM ticket WHERE class = 3 AND updated < ?1 AND NOT EXISTS"
			    " (SELECT 1 FROM event WHERE event.ticket = number AND event.version ="
			    " ticket.version AND event.kind = 'purged') LIMIT ?2");
	pd_sql_bind(select, "ii", request->deleted_before, (int64_t)PURGE_BATCH);
	while (pd_sql_row(writer, select, &failed, error))
		*pd_list_add(arena, &numbers) = sqlite3_column_int64(select, 0);
	request->count = (int64_t)numbers.count;
	/* What was merged into them goes along. */
	for (size_t i = 0, own = numbers.count; i < own && !failed; i++) {
		sqlite3_stmt *absorbed = SQL(writer, "SELECT number FROM absorbed WHERE root = ?");
		pd_sql_bind(absorbed, "i", numbers.items[i]);
		while (pd_sql_row(writer, absorbed, &failed, error))
			*pd_list_add(arena, &numbers) = sqlite3_column_int64(absorbed, 0);
	}
	p.store->has_purged |= numbers.count > 0;
	for (size_t i = 0; i < numbers.count && !failed; i++)
		failed = purge_ticket(&p, numbers.items[i]);
	return failed ? failed : purge_entries(&p);
}
