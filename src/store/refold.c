/* The rows of tickets anew, from their events: what a migration does where the fold has learnt more than older rows
 * hold. Fails as any read or write does; then the migration fails as a whole. */
#include "store/sqlite.h"

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
