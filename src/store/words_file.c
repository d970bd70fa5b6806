/* The full-text index's own file: words.db, beside the desk's.
 *
 * All that it knows is in the desk's tables, too. So where the two files do not belong together (a file that was lost,
 * or restored alone), all is indexed anew; where it is damaged, or of a newer program, it is removed and made again.
 *
 * Promises: a connection to an index that has nothing that the desk has not. Fails: PD_CONFIGURATION where the file is
 * to be removed; PD_FULL, PD_TEMPORARY. */
#include "store/sqlite.h"

#include <string.h>
#include <unistd.h>

#define WORDS_VERSION	 3
#define TEXT_OF_IT(text) #text
#define TEXT_OF(number)	 TEXT_OF_IT(number)

static const char words_schema[] =
	/* Words are folded already. */
	"CREATE VIRTUAL TABLE search USING fts5 (subject, text, people, content = '', columnsize = 0,"
	" tokenize = 'unicode61 remove_diacritics 0');"
	/* Which desk's `unindexed` it follows, and how far. */
	"CREATE TABLE indexed (one INTEGER PRIMARY KEY CHECK (one = 1), name BLOB NOT NULL,"
	" done INTEGER NOT NULL) STRICT;"
	"INSERT INTO indexed VALUES (1, randomblob(16), 0);";

static const char words_settings[] =
	/* Each document is merged seldom while mails come, and step by step, so that it costs the same however many
	 * there are; in quiet times merging goes on. All at once only where that does not suffice. A portion is
	 * written out in one piece. */
	"INSERT INTO search (search, rank) VALUES ('automerge', 64);"
	"INSERT INTO search (search, rank) VALUES ('crisismerge', 128);"
	"INSERT INTO search (search, rank) VALUES ('usermerge', 8);"
	"INSERT INTO search (search, rank) VALUES ('hashsize', 8388608);"
	"PRAGMA user_version = " TEXT_OF(WORDS_VERSION) ";";

static int transact(struct pd_connection *connection, const char *sql, struct pd_error *error)
{
	int failed = pd_sql_exec(connection, "BEGIN IMMEDIATE", error);
	if (failed)
		return failed;
	failed = pd_sql_exec(connection, sql, error);
	if (!failed)
		failed = pd_sql_exec(connection, "COMMIT", error);
	if (failed)
		(void)pd_sql_exec(connection, "ROLLBACK", NULL);
	return failed;
}

/* Does the file belong to the desk, and know neither more nor less than the desk can know of it? */
static int fits(struct pd_sqlite *store, struct pd_connection *words, bool *ret_fits, struct pd_error *error)
{
	int failed = 0;
	bool is_same = false;
	PD_AUTO_ARENA arena = pd_arena_new();
	sqlite3_stmt *name = SQL(words, "SELECT name FROM indexed");
	sqlite3_stmt *known = SQL(store->writer, "SELECT value FROM meta WHERE name = 'words'");
	if (pd_sql_row(words, name, &failed, error)) {
		struct pd_bytes its = pd_sql_blob(arena, name, 0), ours = {0};
		sqlite3_reset(name);
		if (pd_sql_row(store->writer, known, &failed, error)) {
			ours = pd_sql_blob(arena, known, 0);
			sqlite3_reset(known);
		}
		is_same = its.len > 0 && its.len == ours.len && memcmp(its.data, ours.data, its.len) == 0;
	}
	const int64_t done = pd_sql_number(words, "SELECT done FROM indexed");
	const int64_t dropped = pd_sql_number(store->writer, "SELECT id FROM last_id WHERE kind = -1");
	const int64_t last = pd_sql_number(store->writer, "SELECT max(seq) FROM unindexed");
	*ret_fits = is_same && done >= dropped && done <= (last > dropped ? last : dropped);
	return failed;
}

/* An index that is not this desk's is emptied, and everything waits for it. */
static int start_anew(struct pd_sqlite *store, struct pd_connection *words, struct pd_error *error)
{
	int failed = transact(words,
			      "INSERT INTO search (search) VALUES ('delete-all');"
			      "UPDATE indexed SET name = randomblob(16), done = 0",
			      error);
	if (failed)
		return failed;
	PD_AUTO_ARENA arena = pd_arena_new();
	sqlite3_stmt *select = SQL(words, "SELECT name FROM indexed");
	if (!pd_sql_row(words, select, &failed, error))
		return failed ? failed : pd_fail(error, PD_TEMPORARY, "the full-text index has no name");
	const struct pd_bytes name = pd_sql_blob(arena, select, 0);
	sqlite3_reset(select);
	failed = pd_sql_exec(store->writer, "BEGIN IMMEDIATE", error);
	if (failed)
		return failed;
	failed = pd_sql_exec(store->writer,
			     "DELETE FROM unindexed; DELETE FROM last_id WHERE kind = -1;"
			     "INSERT INTO unindexed (id) SELECT id FROM event WHERE indexed <> 0 ORDER BY id;"
			     "INSERT INTO unindexed (id) SELECT -id FROM contact ORDER BY id",
			     error);
	if (!failed) {
		sqlite3_stmt *put = SQL(store->writer, "INSERT INTO meta (name, value) VALUES ('words', ?)"
						       " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
		pd_sql_bind(put, "b", name.data, name.len);
		failed = pd_sql_run(store->writer, put, error);
	}
	if (!failed)
		failed = pd_sql_exec(store->writer, "COMMIT", error);
	if (failed)
		(void)pd_sql_exec(store->writer, "ROLLBACK", NULL);
	return failed;
}

static bool has_table(struct pd_connection *words)
{
	return pd_sql_number(words, "SELECT count(*) FROM sqlite_schema WHERE name = 'indexed'") > 0;
}

static int open_words(struct pd_sqlite *store, struct pd_connection *words, struct pd_error *error)
{
	bool is_fit = false;
	const int64_t version = pd_sql_number(words, "PRAGMA user_version");
	if (version > WORDS_VERSION) /* it can be made again, as this program knows it */
		return pd_fail(error, PD_CONFIGURATION, "the full-text index is a newer program's");
	int failed = version == 0 && !has_table(words) ? transact(words, words_schema, error) : 0;
	if (!failed && version < WORDS_VERSION)
		failed = transact(words, words_settings, error);
	if (!failed)
		failed = fits(store, words, &is_fit, error);
	return failed || is_fit ? failed : start_anew(store, words, error);
}

/* All that it knows is in the desk's tables, too. */
void pd_words_remove(struct pd_sqlite *store)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	unlink(pd_printf(arena, "%s-wal", store->words_path));
	unlink(pd_printf(arena, "%s-shm", store->words_path));
	unlink(store->words_path);
}

int pd_words_connect(struct pd_sqlite *store, struct pd_connection **ret_words, struct pd_error *error)
{
	int failed = pd_connection_new(store, store->words_path, PD_CONNECTION_WORDS, ret_words, error);
	if (failed)
		return failed;
	pd_tokenizer_register((*ret_words)->db);
	failed = open_words(store, *ret_words, error);
	if (failed) {
		pd_connection_free(*ret_words);
		*ret_words = NULL;
	}
	return failed;
}
