/* Connections to SQLite, statements prepared once, and what its results mean.
 *
 * Promises: every connection has the settings that durability and hostile files ask for; a write that is
 * refused for want of space is PD_FULL and can be tried again. Fails: PD_TEMPORARY otherwise;
 * PD_CONFIGURATION for a file that is no database of ours. */
#include "store/query_sql.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* In KiB. Of the writer: the pages where trees grow. SQLite looks through its whole cache at a commit that parted a
 * page in another order than that of the file, so that a large one costs each mail more than what it spares. Readers
 * ask little, but there are many. */
#define WRITER_CACHE "-8192"
#define READER_CACHE "-4096"
/* A write-ahead log that grew longer is cut to this once it was emptied, bytes. */
#define JOURNAL_SIZE_LIMIT "67108864"

/* The errno of the last failure on the write-ahead log: by the time that SQLite answers, errno is another. */
static int log_errno(sqlite3 *db)
{
	sqlite3_file *file = NULL;
	int number = 0;
	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK &&
	    file != NULL && file->pMethods != NULL)
		(void)file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number);
	return number;
}

static bool is_no_space(sqlite3 *db)
{
	const int code = sqlite3_extended_errcode(db);
	if ((code & 0xff) == SQLITE_FULL)
		return true;
	if (code != SQLITE_IOERR_WRITE && code != SQLITE_IOERR_SHMSIZE && (code & 0xff) != SQLITE_CANTOPEN)
		return false;
	const int number = code == SQLITE_IOERR_WRITE ? log_errno(db) : sqlite3_system_errno(db);
	return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

int pd_sql_fail(struct pd_connection *connection, struct pd_error *error, const char *what)
{
	const int code = sqlite3_errcode(connection->db) & 0xff;
	enum pd_class class = is_no_space(connection->db)			? PD_FULL
			      : code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? PD_CONFIGURATION
										: PD_TEMPORARY;
	return pd_fail(error, class, "%s: %s", what, sqlite3_errmsg(connection->db));
}

int pd_sql_exec(struct pd_connection *connection, const char *sql, struct pd_error *error)
{
	if (sqlite3_exec(connection->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return pd_sql_fail(connection, error, "database");
}

int pd_sql_checkpoint(struct pd_connection *connection, int mode)
{
	const int code = sqlite3_wal_checkpoint_v2(connection->db, NULL, mode, NULL, NULL);
	/* A second sync would succeed, and what the first one lost would be lost. */
	if (code != SQLITE_OK && sqlite3_extended_errcode(connection->db) == SQLITE_IOERR_FSYNC)
		atomic_store(&connection->store->store.is_failed, true);
	return code;
}

static int count_log(void *pages, sqlite3 *db, const char *name, int count)
{
	(void)db;
	(void)name;
	*(int *)pages = count;
	return SQLITE_OK;
}

void pd_sql_count_log(struct pd_connection *connection, int *pages)
{
	sqlite3_wal_hook(connection->db, count_log, pages);
}

sqlite3_stmt *pd_sql_statement(struct pd_connection *connection, _Atomic int *slot, const char *text)
{
	static _Atomic int slots;
	int mine = atomic_load_explicit(slot, memory_order_acquire);
	if (mine == 0) {
		static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
		pthread_mutex_lock(&lock);
		mine = atomic_load(slot);
		if (mine == 0) {
			mine = atomic_fetch_add(&slots, 1) + 1;
			assert(mine < PD_SQL_STATEMENTS);
			atomic_store_explicit(slot, mine, memory_order_release);
		}
		pthread_mutex_unlock(&lock);
	}
	sqlite3_stmt **statement = &connection->statements[mine];
	if (*statement == NULL)
		sqlite3_prepare_v3(connection->db, text, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
	return *statement;
}

void pd_sql_bind(sqlite3_stmt *statement, const char *types, ...)
{
	if (statement == NULL)
		return;
	va_list args;
	va_start(args, types);
	for (int i = 1; *types != '\0'; types++, i++) {
		const void *data;
		int64_t number;
		switch (*types) {
		case 'i':
			sqlite3_bind_int64(statement, i, va_arg(args, int64_t));
			break;
		case 'z':
			number = va_arg(args, int64_t);
			if (number != 0)
				sqlite3_bind_int64(statement, i, number);
			else
				sqlite3_bind_null(statement, i);
			break;
		case 's':
			data = va_arg(args, const char *);
			sqlite3_bind_text(statement, i, data, -1, SQLITE_STATIC);
			break;
		case 'b':
			data = va_arg(args, const void *);
			sqlite3_bind_blob64(statement, i, data, va_arg(args, size_t), SQLITE_STATIC);
			break;
		default:
			sqlite3_bind_null(statement, i);
		}
	}
	va_end(args);
}

bool pd_sql_row(struct pd_connection *connection, sqlite3_stmt *statement, int *ret_failed,
		struct pd_error *error)
{
	int code = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		*ret_failed = pd_sql_fail(connection, error, "database");
	if (statement != NULL)
		sqlite3_reset(statement);
	return false;
}

int pd_sql_run(struct pd_connection *connection, sqlite3_stmt *statement, struct pd_error *error)
{
	int failed = 0;
	while (pd_sql_row(connection, statement, &failed, error))
		;
	return failed;
}

char *pd_sql_text(struct pd_arena *arena, sqlite3_stmt *statement, int column)
{
	const void *text = sqlite3_column_text(statement, column);
	return text != NULL ? pd_strndup(arena, text, (size_t)sqlite3_column_bytes(statement, column)) : NULL;
}

struct pd_bytes pd_sql_blob(struct pd_arena *arena, sqlite3_stmt *statement, int column)
{
	const void *data = sqlite3_column_blob(statement, column);
	size_t len = (size_t)sqlite3_column_bytes(statement, column);
	return (struct pd_bytes){data != NULL ? pd_memdup(arena, data, len) : NULL, data != NULL ? len : 0};
}

int64_t pd_sql_number(struct pd_connection *connection, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t number = 0;
	if (sqlite3_prepare_v2(connection->db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

static int configure(struct pd_connection *connection, enum pd_connection_kind kind, struct pd_error *error)
{
	static const char *const settings[] = {
		[PD_CONNECTION_WRITER] =
			"PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA secure_delete = fast;"
			"PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = " JOURNAL_SIZE_LIMIT
			"; PRAGMA cache_size = " WRITER_CACHE,
		[PD_CONNECTION_WORDS] =
			"PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA secure_delete = fast;"
			"PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = " JOURNAL_SIZE_LIMIT
			"; PRAGMA cache_size = " READER_CACHE,
		[PD_CONNECTION_READER] = "PRAGMA cache_size = " READER_CACHE,
		[PD_CONNECTION_HOME] = "PRAGMA cache_size = " READER_CACHE,
	};
	sqlite3 *db = connection->db;
	sqlite3_extended_result_codes(db, 0);
	sqlite3_busy_timeout(db, PD_SQL_BUSY_MS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	int failed = pd_sql_exec(connection,
				 "PRAGMA foreign_keys = on; PRAGMA trusted_schema = off;"
				 "PRAGMA cell_size_check = on; PRAGMA temp_store = memory;",
				 error);
	return failed ? failed : pd_sql_exec(connection, settings[kind], error);
}

/* Where it cannot be read, only a search fails, and says so. */
static void attach_words(struct pd_connection *connection)
{
	sqlite3_stmt *attach = NULL;
	if (sqlite3_prepare_v2(connection->db, "ATTACH ? AS words", -1, &attach, NULL) == SQLITE_OK) {
		sqlite3_bind_text(attach, 1, connection->store->words_path, -1, SQLITE_STATIC);
		if (sqlite3_step(attach) == SQLITE_DONE) /* where each of its words stands */
			(void)pd_sql_exec(connection, "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (words, search,"
						      " instance)", NULL);
	}
	sqlite3_finalize(attach);
}

int pd_connection_new(struct pd_sqlite *store, const char *path, enum pd_connection_kind kind,
		      struct pd_connection **ret, struct pd_error *error)
{
	struct pd_connection *connection = calloc(1, sizeof *connection);
	if (connection == NULL)
		abort();
	connection->store = store;
	const bool is_writer = kind == PD_CONNECTION_WRITER || kind == PD_CONNECTION_WORDS;
	int flags = is_writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
	int code = sqlite3_open_v2(path, &connection->db, flags | SQLITE_OPEN_NOMUTEX,
				   is_writer ? pd_log_vfs() : NULL);
	if (code != SQLITE_OK && !is_writer) {
		/* Who may not write still may look. */
		sqlite3_close(connection->db);
		code = sqlite3_open_v2(path, &connection->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
				       NULL);
	}
	int failed = 0;
	if (code != SQLITE_OK)
		failed = pd_sql_fail(connection, error, path);
	if (!failed)
		failed = configure(connection, kind, error);
	if (!failed)
		failed = pd_sql_functions(connection, error);
	if (!failed && kind == PD_CONNECTION_READER)
		attach_words(connection);
	if (!failed && !is_writer)
		failed = pd_sql_exec(connection, "PRAGMA query_only = on", error);
	if (failed) {
		pd_connection_free(connection);
		return failed;
	}
	*ret = connection;
	return 0;
}

void pd_connection_free(struct pd_connection *connection)
{
	if (connection == NULL)
		return;
	pd_fresh_release(connection);
	for (size_t i = 0; i < PD_SQL_STATEMENTS; i++)
		sqlite3_finalize(connection->statements[i]);
	/* What a log holds that could not be synced is copied by who has checked it again: the next to open it. */
	if (connection->db != NULL && atomic_load(&connection->store->store.is_failed))
		sqlite3_db_config(connection->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_close(connection->db);
	free(connection);
}
