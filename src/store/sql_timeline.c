/* Events and messages read back from SQLite: timelines, entries, actions, a ticket as it stood.
 *
 * Fails as snapshots do; a damaged record is a failure, never a guess. */
#include "store/sqlite.h"

#include <string.h>

void pd_sqlite_event(struct pd_arena *arena, sqlite3_stmt *statement, struct pd_event *event)
{
	event->id = sqlite3_column_int64(statement, 0);
	event->ticket = sqlite3_column_int64(statement, 1);
	event->version = sqlite3_column_int64(statement, 2);
	event->format = sqlite3_column_int(statement, 3);
	event->at = sqlite3_column_int64(statement, 4);
	const char *kind = (const char *)sqlite3_column_text(statement, 5);
	if (kind == NULL || !pd_event_kind_parse(kind, &event->kind))
		event->kind = PD_EVENT_SET;
	event->action = sqlite3_column_int64(statement, 6);
	event->message = sqlite3_column_int64(statement, 7);
	event->conversation = sqlite3_column_int64(statement, 8);
	event->other = sqlite3_column_int64(statement, 9);
	event->actor = pd_sql_text(arena, statement, 10);
	event->why = pd_sql_text(arena, statement, 11);
	const char *changes = (const char *)sqlite3_column_text(statement, 12);
	if (changes != NULL)
		(void)pd_changes_parse(arena, changes, event);
	event->config = pd_sql_text(arena, statement, 13);
}

struct pd_stored *pd_sqlite_stored(struct pd_connection *connection, struct pd_arena *arena, int64_t id,
				   const char **ret_search, int *ret_failed, struct pd_error *error)
{
	sqlite3_stmt *select = SQL(
		connection, "SELECT source, direction, kinds, date, size, message_id, from_name, from_addr,"
			    " subject, queue_id, proof, digest, rest,"
			    " coalesce(text, substr(raw, coalesce(text_at, 0) + 1, text_size)), html, indexed, search"
			    " FROM message WHERE id = ?");
	pd_sql_bind(select, "i", id);
	if (!pd_sql_row(connection, select, ret_failed, error))
		return NULL;
	struct pd_stored *stored = PD_NEW(arena, struct pd_stored);
	stored->id = id;
	stored->source = pd_sql_text(arena, select, 0);
	stored->direction = (enum pd_direction)sqlite3_column_int(select, 1);
	stored->kinds = (unsigned)sqlite3_column_int64(select, 2);
	stored->date = sqlite3_column_int64(select, 3);
	stored->size = (size_t)sqlite3_column_int64(select, 4);
	stored->message_id = pd_sql_text(arena, select, 5);
	stored->from.name = pd_sql_text(arena, select, 6);
	stored->from.addr = pd_sql_text(arena, select, 7);
	stored->subject = pd_sql_text(arena, select, 8);
	stored->queue_id = pd_sql_text(arena, select, 9);
	stored->proof = pd_sql_text(arena, select, 10);
	if (sqlite3_column_bytes(select, 11) == PD_SHA256_SIZE)
		memcpy(stored->digest, sqlite3_column_blob(select, 11), PD_SHA256_SIZE);
	struct pd_bytes rest = {sqlite3_column_blob(select, 12), (size_t)sqlite3_column_bytes(select, 12)};
	if (!pd_record_stored_unpack(arena, rest, stored))
		*ret_failed =
			pd_fail(error, PD_TEMPORARY, "the row of message %lld is damaged", (long long)id);
	if (sqlite3_column_type(select, 13) == SQLITE_BLOB)
		stored->text = pd_slice_text(arena, (struct pd_bytes){sqlite3_column_blob(select, 13),
								      (size_t)sqlite3_column_bytes(select, 13)});
	else
		stored->text = pd_sql_text(arena, select, 13);
	stored->html = pd_sql_text(arena, select, 14);
	if (ret_search != NULL) {
		int indexed = sqlite3_column_int(select, 15);
		*ret_search = indexed == 1   ? stored->text
			      : indexed == 2 ? pd_sql_text(arena, select, 16)
					     : NULL;
	}
	sqlite3_reset(select);
	return *ret_failed ? NULL : stored;
}

struct pd_planned_message *pd_sqlite_message(struct pd_window *view, struct pd_arena *arena, int64_t id)
{
	struct pd_planned_message *planned = PD_NEW(arena, struct pd_planned_message);
	struct pd_error error;
	int failed = 0;
	const struct pd_stored *stored =
		pd_sqlite_stored(pd_window_connection(view), arena, id, &planned->search_text, &failed, &error);
	if (failed)
		pd_window_fail(view, &error);
	if (stored == NULL)
		return NULL;
	planned->stored = *stored;
	return planned;
}

/* All rows of a statement over PD_EVENT_COLUMNS, with their messages where asked. */
static struct pd_entries entries(struct pd_window *view, struct pd_arena *arena, sqlite3_stmt *select,
				 bool has_messages)
{
	struct pd_connection *connection = pd_window_connection(view);
	struct pd_entries list = {0};
	struct pd_error error;
	int failed = 0;
	while (pd_sql_row(connection, select, &failed, &error))
		pd_sqlite_event(arena, select, &pd_list_add(arena, &list)->event);
	for (size_t i = 0; has_messages && !failed && i < list.count; i++)
		if (list.items[i].event.message != 0)
			list.items[i].message = pd_sqlite_stored(
				connection, arena, list.items[i].event.message, NULL, &failed, &error);
	if (failed) {
		pd_window_fail(view, &error);
		return (struct pd_entries){0};
	}
	return list;
}

struct pd_entries pd_sqlite_timeline(struct pd_snapshot *face, struct pd_arena *arena, int64_t ticket,
				     int64_t after)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select = SQL(pd_window_connection(view),
				   "SELECT " PD_EVENT_COLUMNS " FROM event WHERE ticket = ? AND version > ?"
				   " ORDER BY version");
	pd_sql_bind(select, "ii", ticket, after);
	return entries(view, arena, select, true);
}

struct pd_passed_list pd_sqlite_passed(struct pd_snapshot *face, struct pd_arena *arena, int64_t above, pd_time until,
				       size_t limit)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_connection *connection = pd_window_connection(view);
	struct pd_passed_list passed = {0};
	struct pd_error error;
	int failed = 0;
	sqlite3_stmt *select =
		above < 0 ? SQL(connection, "SELECT id, ticket, at FROM event WHERE id > ?1 AND at <= ?2 ORDER BY id DESC LIMIT 1")
			  : SQL(connection, "SELECT id, ticket, at FROM event WHERE id > ?1 AND ?2 = ?2 ORDER BY id LIMIT ?3");
	pd_sql_bind(select, above < 0 ? "ii" : "iii", above, until, (int64_t)limit);
	while (pd_sql_row(connection, select, &failed, &error))
		*pd_list_add(arena, &passed) = (struct pd_passed){.event = sqlite3_column_int64(select, 0),
								  .ticket = sqlite3_column_int64(select, 1),
								  .at = sqlite3_column_int64(select, 2)};
	if (failed)
		pd_window_fail(view, &error);
	return passed;
}

struct pd_entry *pd_sqlite_entry(struct pd_snapshot *face, struct pd_arena *arena, int64_t event)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select =
		SQL(pd_window_connection(view), "SELECT " PD_EVENT_COLUMNS " FROM event WHERE id = ?");
	pd_sql_bind(select, "i", event);
	struct pd_entries list = entries(view, arena, select, true);
	return list.count > 0 ? &list.items[0] : NULL;
}

struct pd_entries pd_sqlite_action(struct pd_snapshot *face, struct pd_arena *arena, int64_t action)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select = SQL(pd_window_connection(view),
				   "SELECT " PD_EVENT_COLUMNS " FROM event WHERE action = ? ORDER BY id");
	pd_sql_bind(select, "i", action);
	return entries(view, arena, select, false);
}

struct pd_ticket *pd_sqlite_ticket_at(struct pd_window *view, struct pd_arena *arena, int64_t number,
				      pd_time at)
{
	sqlite3_stmt *select =
		SQL(pd_window_connection(view),
		    "SELECT " PD_EVENT_COLUMNS " FROM event WHERE ticket = ? ORDER BY version");
	pd_sql_bind(select, "i", number);
	struct pd_entries list = entries(view, arena, select, false);
	struct pd_ticket *ticket = NULL;
	for (size_t i = 0; i < list.count && list.items[i].event.at <= at; i++) {
		if (ticket == NULL)
			ticket = PD_NEW(arena, struct pd_ticket);
		(void)pd_ticket_apply(arena, ticket, &list.items[i].event);
	}
	return ticket;
}

/* By the time of the last thing that happened: so the index on it finds them. */
void pd_sqlite_replay(struct pd_window *view, pd_time from, pd_time to, pd_store_each *each, void *data)
{
	struct pd_connection *connection = pd_window_connection(view);
	struct pd_arena *arena = pd_arena_new();
	PD_LIST(struct pd_event) events = {0};
	struct pd_error error;
	int failed = 0;
	bool goes_on = true;
	sqlite3_stmt *select =
		SQL(connection, "SELECT id, ticket, version, format, at, kind, action, message, conversation, other, actor,"
				" NULL, changes, NULL FROM event WHERE ticket IN"
				" (SELECT number FROM ticket WHERE updated >= ? AND created < ?) ORDER BY ticket, version");
	pd_sql_bind(select, "ii", from, to);
	while (goes_on && pd_sql_row(connection, select, &failed, &error)) {
		if (events.count > 0 && events.items[0].ticket != sqlite3_column_int64(select, 1)) {
			goes_on = each(data, arena, events.items, events.count);
			pd_arena_free(arena);
			arena = pd_arena_new();
			memset(&events, 0, sizeof events);
		}
		pd_sqlite_event(arena, select, pd_list_add(arena, &events));
	}
	if (goes_on && !failed && events.count > 0)
		(void)each(data, arena, events.items, events.count);
	sqlite3_reset(select);
	pd_arena_free(arena);
	if (failed)
		pd_window_fail(view, &error);
}
