/* The SQLite backend: opening, the lock, the pool of readers, and the writer's transactions.
 *
 * Promises: one writer a state directory (the lock, held while the store is open); a group is on disk when
 * sync_group returns 0 (WAL, synchronous = FULL); a full disk refuses a group and harms nothing. Fails:
 * PD_UNCERTAIN where the log could not be written or synced: SQLite cannot know what is on disk, nor can we.
 */
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"

#define POOL_SIZE 16 /* idle readers that are kept */
/* Numbers that are reserved at a time, so that not every group writes the last one; a restart leaves a gap. */
#define CONVERSATIONS_AHEAD 32

/* --- the lock --- */

static int take_lock(const char *state, int *ret_fd, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *path = pd_printf(arena, "%s/lock", state);
	PD_AUTO_FD fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK)
			return pd_fail_errno(error, PD_TEMPORARY, errno, "%s", path);
		char pid[24] = "";
		ssize_t len = pread(fd, pid, sizeof pid - 1, 0);
		pid[len > 0 ? strspn(pid, "0123456789") : 0] = '\0';
		return pd_fail(error, PD_TEMPORARY, "another postdesk (pid %s) holds %s",
			       *pid != '\0' ? pid : "?", path);
	}
	const char *pid = pd_printf(arena, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, strlen(pid), 0) != (ssize_t)strlen(pid))
		return pd_fail_errno(error, PD_TEMPORARY, errno, "%s", path);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* --- readers --- */

int pd_sqlite_take_reader(struct pd_sqlite *store, struct pd_connection **ret, struct pd_error *error)
{
	pthread_mutex_lock(&store->pool_lock);
	struct pd_connection *connection = store->pool;
	if (connection != NULL) {
		store->pool = connection->next;
		store->pooled--;
	}
	pthread_mutex_unlock(&store->pool_lock);
	if (connection == NULL) {
		int failed = pd_connection_new(store, store->path, PD_CONNECTION_READER, &connection, error);
		if (failed)
			return failed;
	}
	*ret = connection;
	return 0;
}

void pd_sqlite_give_reader(struct pd_sqlite *store, struct pd_connection *connection)
{
	pd_fresh_release(connection);
	pthread_mutex_lock(&store->pool_lock);
	bool is_kept = store->pooled < POOL_SIZE;
	if (is_kept) {
		connection->next = store->pool;
		store->pool = connection;
		store->pooled++;
	}
	pthread_mutex_unlock(&store->pool_lock);
	if (!is_kept)
		pd_connection_free(connection);
}

static int window_begin(struct pd_window *view, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(view->store);
	struct pd_connection *connection;
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	pd_fresh_hold(connection);
	failed = pd_sql_run(connection, SQL(connection, "BEGIN"), error);
	/* The instant is that of the first read. */
	if (!failed)
		failed = pd_sql_run(connection, SQL(connection, "SELECT 1 FROM meta WHERE name = ''"), error);
	if (failed) {
		pd_connection_free(connection);
		return failed;
	}
	view->at = connection;
	return 0;
}

static void window_end(struct pd_window *view)
{
	struct pd_connection *connection = view->at;
	view->at = NULL;
	struct pd_error error;
	if (pd_sql_run(connection, SQL(connection, "COMMIT"), &error) != 0)
		pd_connection_free(connection);
	else
		pd_sqlite_give_reader(pd_sqlite_of(view->store), connection);
}

struct pd_connection *pd_window_connection(struct pd_window *view)
{
	return view->at;
}

static void writer_window(struct pd_store *store, struct pd_window *view)
{
	view->at = pd_sqlite_of(store)->writer;
}

static int read_raw(struct pd_sqlite *store, struct pd_connection *connection, int64_t message,
		    struct pd_raw **ret_raw, struct pd_error *error)
{
	sqlite3_stmt *select = SQL(connection, "SELECT file, raw FROM message WHERE id = ?");
	pd_sql_bind(select, "i", message);
	int failed = 0;
	if (!pd_sql_row(connection, select, &failed, error))
		return failed ? failed
			      : pd_fail(error, PD_PERMANENT, "there is no message %lld", (long long)message);
	int64_t file = sqlite3_column_int64(select, 0);
	if (file != 0)
		failed = pd_blob_read(store->state, file, ret_raw, error);
	else if (sqlite3_column_type(select, 1) == SQLITE_NULL)
		failed = pd_fail(error, PD_PERMANENT, "message %lld has no source", (long long)message);
	else
		*ret_raw = pd_raw_from_bytes(sqlite3_column_blob(select, 1),
					     (size_t)sqlite3_column_bytes(select, 1));
	sqlite3_reset(select);
	return failed;
}

static int raw(struct pd_store *face, int64_t message, struct pd_raw **ret_raw, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	struct pd_connection *connection;
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	failed = read_raw(store, connection, message, ret_raw, error);
	pd_sqlite_give_reader(store, connection);
	return failed;
}

/* --- big messages --- */

static int prepare(struct pd_store *face, struct pd_committing *committing, struct pd_error *error)
{
	const struct pd_plan *plan = committing->commit->plan;
	for (size_t i = 0; i < plan->messages.count; i++) {
		const struct pd_planned_message *message = &plan->messages.items[i];
		struct pd_bytes bytes = pd_planned_raw(committing->commit, message);
		if (bytes.data == NULL || bytes.len <= face->message_in_database)
			continue;
		bool is_there = false;
		for (size_t j = 0; j < committing->blobs.count; j++)
			is_there |= committing->blobs.items[j].data == bytes.data;
		if (is_there)
			continue;
		struct pd_blob blob = {.data = bytes.data, .size = bytes.len, .file = message->stored.id};
		pd_sha256(bytes.data, bytes.len, blob.digest);
		int failed =
			pd_blob_write(pd_sqlite_of(face)->state, blob.file, bytes.data, bytes.len, error);
		if (failed)
			return failed;
		*pd_list_add(committing->arena, &committing->blobs) = blob;
	}
	return 0;
}

static void unprepare(struct pd_store *face, struct pd_committing *committing)
{
	for (size_t i = 0; i < committing->blobs.count; i++)
		if (!committing->blobs.items[i].is_used)
			pd_blob_unlink(pd_sqlite_of(face)->state, committing->blobs.items[i].file);
}

/* --- the writer's transactions --- */

static int begin_group(struct pd_store *face, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	pd_arena_free(store->group_arena);
	store->group_arena = pd_arena_new();
	pd_sqlite_documents_begin(store);
	store->last_conversation = 0;
	pd_fresh_rollback(store);
	return pd_sql_run(store->writer, SQL(store->writer, "BEGIN IMMEDIATE"), error);
}

static int commit_group(struct pd_store *face, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	int failed = pd_sqlite_documents_commit(store, error);
	if (!failed)
		failed = pd_fresh_commit(store, error);
	const int64_t reserved = store->last_conversation + CONVERSATIONS_AHEAD;
	const bool is_reserving = store->last_conversation > store->reserved_conversation;
	if (!failed && is_reserving) {
		sqlite3_stmt *put =
			SQL(store->writer, "INSERT INTO last_id (kind, id) VALUES (?, ?) ON CONFLICT (kind)"
					   " DO UPDATE SET id = max(id, excluded.id)");
		pd_sql_bind(put, "ii", (int64_t)PD_ID_CONVERSATION, reserved);
		failed = pd_sql_run(store->writer, put, error);
	}
	if (failed)
		return failed;
	/* Synced by sync_group, beside the next group. */
	(void)pd_log_defer(store->writer, true);
	failed = pd_sql_run(store->writer, SQL(store->writer, "COMMIT"), error);
	(void)pd_log_defer(store->writer, false);
	/* Where there was no space for it, the frame that commits is not in the log: nothing happened. */
	if (failed && failed != PD_FULL && (sqlite3_errcode(store->writer->db) & 0xff) == SQLITE_IOERR) {
		error->class = PD_UNCERTAIN;
		return PD_UNCERTAIN;
	}
	if (!failed && is_reserving)
		store->reserved_conversation = reserved;
	if (!failed) {
		pd_sqlite_documents_committed(store);
		pd_fresh_committed(store);
	}
	return failed;
}

static void rollback(struct pd_store *face)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	if (sqlite3_get_autocommit(store->writer->db) == 0)
		(void)pd_sql_run(store->writer, SQL(store->writer, "ROLLBACK"), NULL);
	pd_sqlite_documents_begin(store);
	pd_fresh_rollback(store);
	store->texts.count = 0; /* what was looked up may have been of this group */
}

static int sync_group(struct pd_store *face, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	const bool is_good = pd_log_sync(store->log) == SQLITE_OK;
	pd_indexer_synced(store->indexer, is_good);
	if (!is_good)
		return pd_fail(error, PD_UNCERTAIN, "database: the log could not be synced");
	/* Words that were taken out are found no more once this is answered; what cannot be written now will be. */
	if (atomic_exchange(&store->has_removed, false))
		(void)pd_indexer_settle(store->indexer, 0, NULL);
	return 0;
}

static void before_group(struct pd_store *face)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	pd_checkpointer_before_group(store->checkpointer, store->writer, store->log_pages);
}

/* A group of no jobs: rows of documents that the index has got since, keys that are to get to their places. */
static bool commit_nothing(struct pd_store *face)
{
	struct pd_error error;
	int failed = begin_group(face, &error);
	if (!failed)
		failed = commit_group(face, &error);
	if (failed)
		rollback(face);
	if (failed == PD_UNCERTAIN)
		atomic_store(&face->is_failed, true);
	return !failed;
}

static bool idle(struct pd_store *face)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	if (atomic_load(&face->is_failed))
		return false;
	const int64_t done = pd_indexer_done(store->indexer);
	const bool is_due = pd_fresh_is_due(store, pd_now());
	if ((is_due || done > store->dropped) && !commit_nothing(face))
		return false;
	return pd_sqlite_tidy(store) || is_due || done < store->last_seq;
}

static int text_id(struct pd_sqlite *store, const char *hash, int64_t *ret_id, struct pd_error *error)
{
	for (size_t i = 0; i < store->texts.count; i++) {
		if (strcmp(store->texts.items[i].hash, hash) == 0) {
			*ret_id = store->texts.items[i].id;
			return 0;
		}
	}
	sqlite3_stmt *insert =
		SQL(store->writer, "INSERT INTO text (hash) VALUES (?) ON CONFLICT DO NOTHING");
	pd_sql_bind(insert, "s", hash);
	int failed = pd_sql_run(store->writer, insert, error);
	if (failed)
		return failed;
	sqlite3_stmt *select = SQL(store->writer, "SELECT id FROM text WHERE hash = ?");
	pd_sql_bind(select, "s", hash);
	if (!pd_sql_row(store->writer, select, &failed, error))
		return failed;
	*ret_id = sqlite3_column_int64(select, 0);
	sqlite3_reset(select);
	if (strlen(hash) < sizeof store->texts.items->hash) {
		pd_list_add(store->texts_arena, &store->texts)->id = *ret_id;
		strcpy(store->texts.items[store->texts.count - 1].hash, hash);
	}
	return 0;
}

int pd_sqlite_text_id(struct pd_sqlite *store, const char *hash, int64_t *ret_id, struct pd_error *error)
{
	*ret_id = 0;
	return hash != NULL ? text_id(store, hash, ret_id, error) : 0;
}

static int keep_text(struct pd_store *face, struct pd_text_request *request, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	sqlite3_stmt *insert = SQL(store->writer, "INSERT INTO text (hash, kind, text) VALUES (?, ?, ?)"
						  " ON CONFLICT (hash) DO UPDATE SET kind = excluded.kind,"
						  " text = excluded.text WHERE text.text IS NULL");
	pd_sql_bind(insert, "sss", request->hash, request->kind, request->text);
	return pd_sql_run(store->writer, insert, error);
}

static int enforce(struct pd_store *face, const char *hash, pd_time now, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	int64_t id = 0, last = pd_sql_number(store->writer,
					     "SELECT text FROM in_force ORDER BY at DESC, place DESC LIMIT 1");
	int failed = pd_sqlite_text_id(store, hash, &id, error);
	if (failed || id == last)
		return failed;
	sqlite3_stmt *insert = SQL(store->writer, "INSERT INTO in_force (at, text) VALUES (?, ?)");
	pd_sql_bind(insert, "ii", now, id);
	return pd_sql_run(store->writer, insert, error);
}

/* One text of one row, found by a text or by a time; NULL: there is no such row. */
static int one_text(struct pd_store *face, struct pd_arena *arena, bool is_config, const char *hash, pd_time at,
		    char **ret_text, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	struct pd_connection *connection;
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	sqlite3_stmt *select =
		is_config ? SQL(connection, "SELECT hash FROM in_force JOIN text ON text.id = in_force.text"
					    " WHERE at <= ? ORDER BY at DESC, place DESC LIMIT 1")
			  : SQL(connection, "SELECT text FROM text WHERE hash = ?");
	if (is_config)
		pd_sql_bind(select, "i", at);
	else
		pd_sql_bind(select, "s", hash);
	char *text = NULL;
	if (pd_sql_row(connection, select, &failed, error)) {
		text = pd_sql_text(arena, select, 0);
		sqlite3_reset(select);
	}
	pd_sqlite_give_reader(store, connection);
	if (!failed)
		*ret_text = text;
	return failed;
}

static int text_of(struct pd_store *face, struct pd_arena *arena, const char *hash, char **ret_text,
		   struct pd_error *error)
{
	return one_text(face, arena, false, hash, 0, ret_text, error);
}

static int config_at(struct pd_store *face, struct pd_arena *arena, pd_time at, char **ret_hash,
		     struct pd_error *error)
{
	return one_text(face, arena, true, NULL, at, ret_hash, error);
}

static int texts(struct pd_store *face, struct pd_arena *arena, const char *kind, struct pd_strings *ret_texts,
		 struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	struct pd_connection *connection;
	struct pd_strings found = {0};
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	sqlite3_stmt *select = SQL(connection, "SELECT text FROM text WHERE kind = ? AND text IS NOT NULL");
	pd_sql_bind(select, "s", kind);
	while (pd_sql_row(connection, select, &failed, error))
		*pd_list_add(arena, &found) = pd_sql_text(arena, select, 0);
	pd_sqlite_give_reader(store, connection);
	if (!failed)
		*ret_texts = found;
	return failed;
}

/* --- opening and closing --- */

static void close_store(struct pd_store *face)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	pd_indexer_free(store->indexer);
	while (store->pool != NULL) {
		struct pd_connection *next = store->pool->next;
		pd_connection_free(store->pool);
		store->pool = next;
	}
	pd_checkpointer_free(store->checkpointer);
	pd_connection_free(store->writer);
	if (store->home_fd >= 0)
		close(store->home_fd);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	pd_arena_free(store->group_arena);
	if (store->documents != NULL)
		pd_arena_free(store->documents->arena);
	pd_arena_free(store->texts_arena);
	pthread_mutex_destroy(&store->pool_lock);
	pd_store_fini(face);
	free(store->state);
	free(store->path);
	free(store->words_path);
	pd_filter_free(store->filter);
	pd_fresh_free(store->fresh);
	free(store);
}

static struct pd_backend backend = {
	.ticket_version = pd_sqlite_ticket_version,
	.ticket_at = pd_sqlite_ticket_at,
	.replay = pd_sqlite_replay,
	.window_begin = window_begin,
	.window_end = window_end,
	.raw = raw,
	.message = pd_sqlite_message,
	.refold_records = pd_sqlite_refold_records,
	.outbox = pd_sqlite_outbox,
	.taken = pd_sqlite_taken,
	.stats = pd_sqlite_stats,
	.backup = pd_sqlite_backup,
	.keys = pd_sqlite_keys,
	.key_add = pd_sqlite_key_add,
	.key_remove = pd_sqlite_key_remove,
	.verify = pd_sqlite_verify,
	.prepare = prepare,
	.unprepare = unprepare,
	.begin = begin_group,
	.commit = commit_group,
	.rollback = rollback,
	.before_group = before_group,
	.idle = idle,
	.writer_window = writer_window,
	.apply = pd_sqlite_apply,
	.lease = pd_sqlite_lease,
	.sent = pd_sqlite_sent,
	.take_over = pd_sqlite_take_over,
	.flush = pd_sqlite_flush,
	.keep_text = keep_text,
	.enforce = enforce,
	.retime = pd_sqlite_retime,
	.next_wake = pd_sqlite_next_wake,
	.text = text_of,
	.texts = texts,
	.config_at = config_at,
	.purge = pd_sqlite_purge,
	.next_due = pd_sqlite_next_due,
	.sync = sync_group,
	.close = close_store,
};

static void start_once(void)
{
	backend.lookups = pd_sqlite_lookups;
	/* SQLite would count its memory under a lock that all connections share. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* What the log holds may be in the system's memory alone, where a predecessor could not sync it, and a sync now would
 * not tell: it is written again, to its place in the database. Without space, or beside a reader that stays, it waits
 * in the log as it did. */
static int copy_home(struct pd_connection *writer, struct pd_error *error)
{
	const int code = pd_sql_checkpoint(writer, SQLITE_CHECKPOINT_TRUNCATE) & 0xff;
	if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return 0;
	int failed = pd_sql_fail(writer, error, "the log cannot be copied into the database");
	return failed == PD_FULL ? 0 : failed;
}

static int open_writer(struct pd_sqlite *store, struct pd_error *error)
{
	int failed = take_lock(store->state, &store->lock_fd, error);
	if (failed)
		return failed;
	const mode_t mask = umask(0077);
	failed = pd_connection_new(store, store->path, PD_CONNECTION_WRITER, &store->writer, error);
	umask(mask);
	if (failed)
		return failed;
	failed = copy_home(store->writer, error);
	if (!failed)
		failed = pd_schema_migrate(store->writer, error);
	if (!failed)
		failed = pd_schema_load(store, store->writer, error);
	if (failed)
		return failed;
	store->log = pd_log_file(store->writer);
	if (store->log == NULL || pd_log_sync(store->log) != SQLITE_OK)
		return pd_fail(error, PD_TEMPORARY, "%s: the log cannot be written", store->path);
	pd_sql_count_log(store->writer, &store->log_pages);
	store->store.next_due = pd_sqlite_next_due(&store->store);
	failed = pd_filter_load(store->writer, &store->filter, error);
	if (!failed)
		failed = pd_fresh_new(store, &store->fresh, error);
	store->home_fd = open(store->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (!failed)
		failed = pd_checkpointer_new(store, &store->checkpointer, error);
	if (!failed) {
		(void)umask(0077);
		failed = pd_indexer_new(store, &store->indexer, error);
		umask(mask);
	}
	if (!failed)
		failed = pd_fsync_directory(store->state, error);
	if (failed)
		return failed;
	store->store.writer = pd_writer_new(&store->store);
	if (store->store.writer == NULL)
		return pd_fail(error, PD_TEMPORARY, "the writer's thread cannot be started");
	return 0;
}

static int open_reader(struct pd_sqlite *store, struct pd_error *error)
{
	if (access(store->path, F_OK) != 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "%s: there is no desk yet", store->path);
	struct pd_connection *connection;
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	failed = pd_schema_check(connection, error);
	if (!failed)
		failed = pd_schema_load(store, connection, error);
	pd_sqlite_give_reader(store, connection);
	return failed;
}

int pd_sqlite_open(const char *state, enum pd_store_mode mode, size_t message_in_database,
		   struct pd_store **ret_store, struct pd_error *error)
{
	struct pd_sqlite *store = calloc(1, sizeof *store);
	if (store == NULL)
		abort();
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start_once);
	pd_store_init(&store->store, &backend, mode);
	store->store.message_in_database = message_in_database;
	store->lock_fd = store->home_fd = -1;
	store->tidied_mark = INT64_MIN;
	pthread_mutex_init(&store->pool_lock, NULL);
	store->texts_arena = pd_arena_new();
	store->state = strdup(state);
	PD_AUTO_ARENA arena = pd_arena_new();
	store->path = strdup(pd_printf(arena, "%s/" PD_STORE_FILE, state));
	store->words_path = strdup(pd_printf(arena, "%s/" PD_WORDS_FILE, state));
	int failed = mode == PD_STORE_WRITE ? pd_make_directory(state, error) : 0;
	if (!failed)
		failed = mode == PD_STORE_WRITE ? open_writer(store, error) : open_reader(store, error);
	if (failed) {
		pd_store_close(&store->store);
		return failed;
	}
	*ret_store = &store->store;
	return 0;
}
