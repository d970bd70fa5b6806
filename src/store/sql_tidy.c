/* What the writer does between groups and when there is nothing else: copying the log home, dropping what has
 * expired.
 *
 * Promises: none of it takes long, whatever the desk's size: tables are gone through a piece at a time. Fails
 * quietly; the next time tries again. */
#include "store/sqlite.h"

#include <string.h>

#define PIECE	      2000	      /* rows looked at each time */
#define TIDY_EVERY    (2 * PD_SECOND) /* on the monotonic clock */
#define COUNTERS_KEPT (32 * PD_DAY)

static bool tidy_marks(struct pd_sqlite *store, pd_time now)
{
	struct pd_connection *writer = store->writer;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_LIST(struct pd_key) expired = {0};
	int failed = 0;
	size_t rows = 0;
	sqlite3_stmt *select =
		SQL(writer, "SELECT key_a, key_b, expires FROM mark WHERE key_a > ? ORDER BY key_a LIMIT ?");
	pd_sql_bind(select, "ii", store->tidied_mark, (int64_t)PIECE);
	for (; pd_sql_row(writer, select, &failed, NULL); rows++) {
		store->tidied_mark = sqlite3_column_int64(select, 0);
		if (sqlite3_column_type(select, 2) != SQLITE_NULL && sqlite3_column_int64(select, 2) < now)
			*pd_list_add(arena, &expired) =
				(struct pd_key){store->tidied_mark, sqlite3_column_int64(select, 1)};
	}
	if (rows < PIECE)
		store->tidied_mark = INT64_MIN;
	for (size_t i = 0; i < expired.count && !failed; i++) {
		sqlite3_stmt *drop = SQL(writer, "DELETE FROM mark WHERE key_a = ? AND key_b = ?");
		pd_sql_bind(drop, "ii", expired.items[i].a, expired.items[i].b);
		failed = pd_sql_run(writer, drop, NULL);
	}
	return !failed;
}

static bool tidy_counters(struct pd_sqlite *store, pd_time now)
{
	struct pd_connection *writer = store->writer;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_LIST(const char *) keys = {0};
	int failed = 0;
	sqlite3_stmt *select =
		SQL(writer, "SELECT DISTINCT key FROM counter WHERE key > ? ORDER BY key LIMIT ?");
	pd_sql_bind(select, "si", store->tidied_counter, (int64_t)PIECE);
	while (pd_sql_row(writer, select, &failed, NULL))
		*pd_list_add(arena, &keys) = pd_sql_text(arena, select, 0);
	store->tidied_counter[0] = '\0';
	if (keys.count == PIECE && strlen(keys.items[PIECE - 1]) < sizeof store->tidied_counter)
		strcpy(store->tidied_counter, keys.items[PIECE - 1]);
	for (size_t i = 0; i < keys.count && !failed; i++) {
		sqlite3_stmt *drop = SQL(writer, "DELETE FROM counter WHERE key = ? AND minute < ?");
		pd_sql_bind(drop, "si", keys.items[i], (now - COUNTERS_KEPT) / PD_MINUTE);
		failed = pd_sql_run(writer, drop, NULL);
	}
	return !failed;
}

/* A commit that failed may be on disk or not, as any commit: then the store is failed. */
static void note_failure(struct pd_sqlite *store, int failed)
{
	if (failed && failed != PD_FULL && (sqlite3_errcode(store->writer->db) & 0xff) == SQLITE_IOERR)
		atomic_store(&store->store.is_failed, true);
}

bool pd_sqlite_tidy(struct pd_sqlite *store)
{
	struct pd_connection *writer = store->writer;
	const pd_time now = pd_now();
	if (pd_monotonic() >= store->next_tidy) {
		store->next_tidy = pd_monotonic() + TIDY_EVERY;
		if (pd_sql_run(writer, SQL(writer, "BEGIN IMMEDIATE"), NULL) != 0)
			return false;
		bool is_good = tidy_marks(store, now) && tidy_counters(store, now);
		int failed = is_good ? pd_sql_run(writer, SQL(writer, "COMMIT"), NULL) : PD_TEMPORARY;
		if (failed) {
			if (is_good)
				note_failure(store, failed);
			if (sqlite3_get_autocommit(writer->db) == 0)
				(void)pd_sql_run(writer, SQL(writer, "ROLLBACK"), NULL);
			return false;
		}
	}
	/* Nobody is waited for. The log keeps its length, but for what was purged and stands there still. */
	sqlite3_busy_timeout(writer->db, 0);
	const int mode = store->has_purged ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
	if (pd_sql_checkpoint(writer, mode) == SQLITE_OK)
		store->has_purged = false;
	sqlite3_busy_timeout(writer->db, PD_SQL_BUSY_MS);
	return false;
}
