/* The deep look: database, rows against the fold of their events, big messages against their digests.
 *
 * Promises: a line for each thing that is wrong, none where all is well. Fails: where reading itself fails.
 */
#include "store/sqlite.h"

#include <string.h>
#include <unistd.h>

#include "desk/people.h"

#define WRONG_MAX 1000 /* lines; more say nothing more */

struct verification {
	struct pd_sqlite *store;
	struct pd_connection *connection;
	struct pd_arena *arena;
	struct pd_strings wrong;
	struct pd_error *error;
};

static void wrong(struct verification *v, char *line)
{
	if (v->wrong.count < WRONG_MAX)
		*pd_list_add(v->arena, &v->wrong) = line;
}

/* Texts of the first column that are not "ok". */
static int run_check(struct verification *v, sqlite3_stmt *select)
{
	int failed = 0;
	while (pd_sql_row(v->connection, select, &failed, v->error)) {
		const char *text = (const char *)sqlite3_column_text(select, 0);
		if (text != NULL && strcmp(text, "ok") != 0)
			wrong(v, pd_printf(v->arena, "database: %s", text));
	}
	return failed;
}

static int check_one_ticket(struct verification *v, struct pd_window *view, int64_t number)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_ticket *row = pd_sqlite_ticket(&view->face, arena, number);
	struct pd_ticket *fold = pd_sqlite_ticket_at(view, arena, number, INT64_MAX);
	if (view->face.failed != 0) {
		wrong(v, pd_printf(v->arena, "ticket %lld: %s", (long long)number, view->face.error.text));
		view->face.failed = 0;
		return 0;
	}
	if (fold == NULL || row == NULL) {
		wrong(v, pd_printf(v->arena, "ticket %lld has no events", (long long)number));
		return 0;
	}
	PD_AUTO_BUF have = {0}, want = {0};
	pd_record_ticket_pack(&have, row);
	pd_record_ticket_pack(&want, fold);
	bool is_same = have.len == want.len && memcmp(have.data, want.data, have.len) == 0 &&
		       row->version == fold->version && row->created == fold->created &&
		       row->updated == fold->updated && row->closed == fold->closed &&
		       row->merged_into == fold->merged_into && row->messages == fold->messages &&
		       row->is_spam == fold->is_spam && row->is_deleted == fold->is_deleted &&
		       row->is_automatic == fold->is_automatic && row->has_sent == fold->has_sent;
	static const char *const properties[] = {"name",     "status", "owner",	  "team",    "priority",
						 "category", "source", "mailbox", "pipeline"};
	for (size_t i = 0; i < sizeof properties / sizeof *properties && is_same; i++) {
		const char *a = pd_ticket_get(arena, row, properties[i]),
			   *b = pd_ticket_get(arena, fold, properties[i]);
		is_same = (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
	}
	if (!is_same)
		wrong(v, pd_printf(v->arena, "ticket %lld is not what its events make of it",
				   (long long)number));
	return 0;
}

static int check_tickets(struct verification *v, struct pd_window *view)
{
	int failed = 0;
	sqlite3_stmt *select = SQL(v->connection, "SELECT number FROM ticket ORDER BY number");
	while (!failed && pd_sql_row(v->connection, select, &failed, v->error))
		failed = check_one_ticket(v, view, sqlite3_column_int64(select, 0));
	if (select != NULL)
		sqlite3_reset(select);
	return failed;
}

static int check_messages(struct verification *v)
{
	int failed = 0;
	sqlite3_stmt *select = SQL(
		v->connection, "SELECT id, file, raw_digest FROM message WHERE file IS NOT NULL ORDER BY id");
	while (pd_sql_row(v->connection, select, &failed, v->error)) {
		long long id = sqlite3_column_int64(select, 0);
		PD_AUTO_RAW raw = NULL;
		struct pd_error error;
		if (pd_blob_read(v->store->state, sqlite3_column_int64(select, 1), &raw, &error) != 0) {
			wrong(v, pd_printf(v->arena, "message %lld: %s", id, error.text));
			continue;
		}
		unsigned char digest[PD_SHA256_SIZE];
		pd_sha256(raw->data, raw->size, digest);
		if (sqlite3_column_bytes(select, 2) != PD_SHA256_SIZE ||
		    memcmp(sqlite3_column_blob(select, 2), digest, PD_SHA256_SIZE) != 0)
			wrong(v, pd_printf(v->arena, "message %lld: its file is not what came", id));
	}
	return failed;
}

/* Nothing is lost with the index; what says so is said. */
static void check_words(struct verification *v)
{
	const char *found = NULL;
	int failed = 0;
	struct pd_error error;
	if (access(v->store->words_path, F_OK) != 0)
		return;
	sqlite3_stmt *select = SQL(v->connection, "PRAGMA words.integrity_check(1)");
	if (pd_sql_row(v->connection, select, &failed, &error)) {
		found = pd_sql_text(v->arena, select, 0);
		sqlite3_reset(select);
	}
	if (failed || select == NULL)
		found = pd_strdup(v->arena, sqlite3_errmsg(v->connection->db));
	if (found == NULL || strcmp(found, "ok") == 0)
		return;
	wrong(v, pd_printf(v->arena,
			   "full-text index: %s; without the files %s* postdeskd makes it again when it starts", found,
			   v->store->words_path));
}

int pd_sqlite_verify(struct pd_store *face, struct pd_arena *arena, struct pd_strings *ret_wrong,
		     struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	struct pd_connection *connection;
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	struct pd_error own;
	struct verification v = {.store = store,
				 .connection = connection,
				 .arena = arena,
				 .error = error != NULL ? error : &own};
	struct pd_window view;
	pd_window_init(&view, face, true);
	view.at = connection;
	failed = pd_sql_run(connection, SQL(connection, "BEGIN"), v.error);
	if (!failed)
		failed = run_check(&v, SQL(connection, "PRAGMA main.integrity_check"));
	if (!failed)
		failed = run_check(&v, SQL(connection,
					   "SELECT \"table\" || ': a row points to nothing in ' || parent"
					   " FROM pragma_foreign_key_check"));
	if (!failed)
		failed = run_check(&v, SQL(connection,
					   "SELECT 'event ' || id || ' belongs to no ticket' FROM event"
					   " WHERE ticket NOT IN (SELECT number FROM ticket)"));
	if (!failed)
		failed = run_check(&v, SQL(connection,
					   "SELECT 'event ' || id || ' names a message that is not there'"
					   " FROM event WHERE message IS NOT NULL AND message NOT IN"
					   " (SELECT id FROM message)"));
	if (!failed)
		failed = run_check(
			&v, SQL(connection,
				"SELECT told.property || ' is not what its events make of it' FROM"
				" (SELECT c.value ->> 0 AS property, c.value ->> 2 AS newest,"
				" max(event.id * 1000 + c.key) FROM event, json_each(event.changes) AS c"
				" WHERE event.changes LIKE '%\"" PD_RECORD_PREFIX "%'"
				" AND c.value ->> 0 LIKE '" PD_RECORD_PREFIX "%'"
				/* which is kept in the contact */
				" AND c.value ->> 0 NOT LIKE '" PD_RECORD_PREFIX PD_CONTACT_RECORD ":%' GROUP BY c.value ->> 0)"
				" AS told WHERE told.newest IS NOT (SELECT value FROM record WHERE"
				" record.property = told.property)"));
	if (!failed)
		failed = check_tickets(&v, &view);
	if (!failed)
		failed = check_messages(&v);
	if (!failed)
		check_words(&v);
	struct pd_error ignored;
	(void)pd_sql_run(connection, SQL(connection, "COMMIT"), &ignored);
	pd_sqlite_give_reader(store, connection);
	if (!failed)
		*ret_wrong = v.wrong;
	return failed;
}
