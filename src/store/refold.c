/* Rows anew from their events: of tickets, what a migration does where the fold has learnt more than older rows hold; of
 * records, after events came in another order than that in which they happened. Fails as any read or write does; then the
 * whole of it fails. */
#include "store/sqlite.h"

#include "desk/people.h"

struct told {
	const char *property, *newest; /* newest NULL: taken away */
	int64_t event;
};

int pd_sqlite_refold_records(struct pd_store *face, struct pd_error *error)
{
	struct pd_connection *writer = pd_sqlite_of(face)->writer;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_LIST(struct told) wrong = {0};
	int failed = 0;
	sqlite3_stmt *select =
		SQL(writer, "SELECT told.property, told.newest, told.id FROM"
			    " (SELECT c.value ->> 0 AS property, c.value ->> 2 AS newest, event.id AS id,"
			    " max(event.id * 1000 + c.key) FROM event, json_each(event.changes) AS c"
			    " WHERE event.changes LIKE '%\"" PD_RECORD_PREFIX "%'"
			    " AND c.value ->> 0 LIKE '" PD_RECORD_PREFIX "%'"
			    /* which is kept in the contact */
			    " AND c.value ->> 0 NOT LIKE '" PD_RECORD_PREFIX PD_CONTACT_RECORD ":%' GROUP BY c.value ->> 0)"
			    " AS told WHERE told.newest IS NOT (SELECT value FROM record WHERE"
			    " record.property = told.property)");
	while (pd_sql_row(writer, select, &failed, error))
		*pd_list_add(arena, &wrong) = (struct told){pd_sql_text(arena, select, 0), pd_sql_text(arena, select, 1),
							    sqlite3_column_int64(select, 2)};
	for (size_t i = 0; i < wrong.count && !failed; i++) {
		const struct told *told = &wrong.items[i];
		sqlite3_stmt *put =
			told->newest != NULL ? SQL(writer, "INSERT OR REPLACE INTO record (property, value, event) VALUES (?, ?, ?)")
					     : SQL(writer, "DELETE FROM record WHERE property = ?");
		pd_sql_bind(put, told->newest != NULL ? "ssi" : "s", told->property, told->newest, told->event);
		failed = pd_sql_run(writer, put, error);
	}
	return failed;
}

int pd_sqlite_refold(struct pd_connection *connection, struct pd_error *error)
{
	int64_t last = pd_sql_number(connection, "SELECT max(number) FROM ticket");
	struct pd_window view;
	pd_window_init(&view, &connection->store->store, true);
	view.at = connection;
	for (int64_t number = 1; number <= last; number++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const struct pd_ticket *ticket = pd_sqlite_ticket_at(&view, arena, number, INT64_MAX);
		if (view.face.failed != 0) {
			*error = view.face.error;
			return view.face.failed;
		}
		if (ticket == NULL)
			continue;
		PD_AUTO_BUF rest = {0};
		pd_record_ticket_pack(&rest, ticket);
		sqlite3_stmt *put = SQL(connection, "UPDATE ticket SET rest = ? WHERE number = ?");
		pd_sql_bind(put, "bi", rest.data, rest.len, number);
		int failed = pd_sql_run(connection, put, error);
		if (failed)
			return failed;
	}
	return 0;
}
