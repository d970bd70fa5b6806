/* Care of the database: figures, the online backup.
 *
 * Promises: a backup is a desk that opens, as it stood at one instant; the files of big messages that it
 * names are beside it. Fails: PD_FULL and PD_TEMPORARY, leaving what was copied. */
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

int pd_sqlite_stats(struct pd_store *face, struct pd_store_stats *stats, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	struct pd_connection *connection;
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	stats->tickets = pd_sql_number(connection, "SELECT count(*) FROM ticket WHERE class < 3");
	stats->open = pd_sql_number(connection, "SELECT count(*) FROM ticket WHERE class = 0");
	stats->messages = pd_sql_number(connection, "SELECT coalesce(sum(messages), 0) FROM ticket");
	stats->outbox_waiting = pd_sql_number(connection, "SELECT count(*) FROM outbox WHERE state < 2");
	stats->oldest_waiting = pd_sql_number(connection, "SELECT min(created) FROM outbox WHERE state < 2");
	stats->drafts = pd_sql_number(connection, "SELECT count(*) FROM draft WHERE state = 0");
	stats->unindexed = pd_sql_number(connection, "SELECT count(*) FROM unindexed WHERE seq >"
						     " (SELECT done FROM words.indexed)");
	stats->database_bytes = pd_sql_number(connection, "PRAGMA main.page_count") *
					pd_sql_number(connection, "PRAGMA main.page_size") +
				pd_sql_number(connection, "PRAGMA words.page_count") *
					pd_sql_number(connection, "PRAGMA words.page_size");
	pd_sqlite_give_reader(store, connection);
	return 0;
}

static int copy_database(struct pd_connection *connection, const char *name, const char *path,
			 struct pd_error *error)
{
	sqlite3 *copy = NULL;
	int failed = 0;
	if (sqlite3_open(path, &copy) != SQLITE_OK) {
		failed = pd_fail(error, PD_TEMPORARY, "%s: %s", path, sqlite3_errmsg(copy));
		sqlite3_close(copy);
		return failed;
	}
	sqlite3_backup *backup = sqlite3_backup_init(copy, "main", connection->db, name);
	/* The reader's transaction holds one instant: all in one step, while the writer goes on. */
	int code = backup != NULL ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;
	sqlite3_backup_finish(backup);
	if (code != SQLITE_DONE)
		failed = pd_fail(error, sqlite3_errcode(copy) == SQLITE_FULL ? PD_FULL : PD_TEMPORARY,
				 "%s: %s", path, sqlite3_errmsg(copy));
	sqlite3_close(copy);
	if (failed)
		return failed;
	PD_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "%s", path);
	return 0;
}

/* The reader's transaction sees the desk and its index at instants that belong together: while the index stands
 * still, the desk drops no row of `unindexed` that the index does not have, and the index has no document that
 * the desk does not have. */
static int begin_both(struct pd_sqlite *store, struct pd_connection *reader, struct pd_error *error)
{
	struct pd_connection *words;
	int failed = pd_connection_new(store, store->words_path, PD_CONNECTION_WORDS, &words, error);
	if (failed)
		return failed;
	failed = pd_sql_exec(words, "BEGIN IMMEDIATE", error);
	if (!failed)
		failed = pd_sql_exec(reader, "BEGIN; SELECT 1 FROM main.meta; SELECT 1 FROM words.indexed", error);
	pd_connection_free(words);
	return failed;
}

static int copy_messages(struct pd_sqlite *store, struct pd_connection *connection, const char *destination,
			 struct pd_error *error)
{
	int failed = 0;
	sqlite3_stmt *select = SQL(connection, "SELECT file FROM message WHERE file IS NOT NULL");
	while (pd_sql_row(connection, select, &failed, error)) {
		PD_AUTO_RAW raw = NULL;
		int64_t file = sqlite3_column_int64(select, 0);
		failed = pd_blob_read(store->state, file, &raw, error);
		if (!failed)
			failed = pd_blob_write(destination, file, raw->data, raw->size, error);
		if (failed) {
			sqlite3_reset(select);
			break;
		}
	}
	return failed;
}

int pd_sqlite_backup(struct pd_store *face, const char *destination, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *path = pd_printf(arena, "%s/" PD_STORE_FILE, destination);
	const char *words = pd_printf(arena, "%s/" PD_WORDS_FILE, destination);
	int failed = pd_make_directory(destination, error);
	if (failed)
		return failed;
	if (access(path, F_OK) == 0)
		return pd_fail(error, PD_PERMANENT, "%s exists already", path);
	struct pd_connection *connection;
	failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	failed = begin_both(store, connection, error);
	if (!failed)
		failed = copy_database(connection, "words", words, error);
	if (!failed)
		failed = copy_database(connection, "main", path, error);
	if (!failed)
		failed = copy_messages(store, connection, destination, error);
	struct pd_error ignored;
	if (sqlite3_get_autocommit(connection->db) == 0)
		(void)pd_sql_run(connection, SQL(connection, "COMMIT"), &ignored);
	pd_sqlite_give_reader(store, connection);
	return failed ? failed : pd_fsync_directory(destination, error);
}
