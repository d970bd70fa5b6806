/* The keys of agents in SQLite: a row each, which stays when the key is removed, with who did what when.
 *
 * Fails as statements do. */
#include "store/sqlite.h"

#include "base/text.h"

#define COLUMNS                                                                                        \
	"SELECT fingerprint, kind, agent, name, created, expires, data, added, added_by, removed,"    \
	" removed_by FROM agent_key"

static void read_row(struct pd_arena *arena, sqlite3_stmt *select, struct pd_agent_key *key)
{
	key->key.fingerprint = pd_sql_text(arena, select, 0);
	key->key.kind = pd_signed_kind_of(pd_sql_text(arena, select, 1));
	key->agent = pd_sql_text(arena, select, 2);
	key->key.name = pd_sql_text(arena, select, 3);
	key->key.created = sqlite3_column_int64(select, 4);
	key->key.expires = sqlite3_column_int64(select, 5);
	key->key.data = pd_sql_blob(arena, select, 6);
	key->added = sqlite3_column_int64(select, 7);
	key->added_by = pd_sql_text(arena, select, 8);
	key->removed = sqlite3_column_int64(select, 9);
	key->removed_by = pd_sql_text(arena, select, 10);
}

int pd_sqlite_keys(struct pd_store *face, struct pd_arena *arena, const char *agent, bool all,
		   struct pd_agent_keys *ret_keys, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	struct pd_connection *connection;
	struct pd_agent_keys keys = {0};
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	sqlite3_stmt *select =
		SQL(connection, COLUMNS " WHERE (?1 IS NULL OR agent = ?1) AND (?2 OR removed IS NULL) ORDER BY id");
	pd_sql_bind(select, "si", agent, (int64_t)all);
	while (pd_sql_row(connection, select, &failed, error))
		read_row(arena, select, pd_list_add(arena, &keys));
	pd_sqlite_give_reader(store, connection);
	if (!failed)
		*ret_keys = keys;
	return failed;
}

/* The row in force; agent NULL: there is none. */
static int find(struct pd_connection *writer, struct pd_arena *arena, const char *fingerprint,
		struct pd_agent_key *ret_key, struct pd_error *error)
{
	int failed = 0;
	sqlite3_stmt *select = SQL(writer, COLUMNS " WHERE fingerprint = ? AND removed IS NULL");
	pd_sql_bind(select, "s", fingerprint);
	if (pd_sql_row(writer, select, &failed, error)) {
		read_row(arena, select, ret_key);
		sqlite3_reset(select);
	}
	return failed;
}

static int remove_row(struct pd_connection *writer, const char *fingerprint, pd_time at, const char *by,
		      struct pd_error *error)
{
	sqlite3_stmt *update = SQL(writer, "UPDATE agent_key SET removed = ?, removed_by = ?"
					   " WHERE fingerprint = ? AND removed IS NULL");
	pd_sql_bind(update, "iss", at, by, fingerprint);
	return pd_sql_run(writer, update, error);
}

int pd_sqlite_key_add(struct pd_store *face, struct pd_key_request *request, struct pd_error *error)
{
	struct pd_connection *writer = pd_sqlite_of(face)->writer;
	const struct pd_agent_key *key = request->key;
	struct pd_agent_key there = {0};
	PD_AUTO_ARENA arena = pd_arena_new();
	int failed = find(writer, arena, key->key.fingerprint, &there, error);
	if (!failed)
		failed = pd_key_may_be_added(there.agent != NULL ? &there : NULL, key, &request->added, error);
	if (failed || request->added == PD_KEY_THERE)
		return failed;
	if (request->added == PD_KEY_RENEWED)
		failed = remove_row(writer, key->key.fingerprint, key->added, key->added_by, error);
	if (failed)
		return failed;
	sqlite3_stmt *insert =
		SQL(writer, "INSERT INTO agent_key (fingerprint, kind, agent, name, created, expires, data, added,"
			    " added_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
	pd_sql_bind(insert, "ssssiibis", key->key.fingerprint, pd_signed_kind_name(key->key.kind), key->agent,
		    key->key.name, key->key.created, key->key.expires, key->key.data.data, key->key.data.len,
		    key->added, key->added_by);
	return pd_sql_run(writer, insert, error);
}

int pd_sqlite_key_remove(struct pd_store *face, struct pd_key_request *request, struct pd_error *error)
{
	struct pd_connection *writer = pd_sqlite_of(face)->writer;
	int failed = remove_row(writer, request->fingerprint, request->at, request->by, error);
	if (!failed && sqlite3_changes(writer->db) == 0)
		failed = pd_fail(error, PD_PERMANENT, "no key %s is registered", request->fingerprint);
	return failed;
}
