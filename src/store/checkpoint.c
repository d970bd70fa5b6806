/* Copying the log's pages home, beside the writer: a thread with a connection of its own does the bulk, so
 * that no group waits for it; the writer then copies the few that came meanwhile, after which the log begins
 * anew, in the same file. The thread makes that file as long as it will be, once it is used.
 *
 * Promises: nothing about durability, which the log has. Fails: silently, and the log grows until the next attempt;
 * where the database cannot be synced, the store is failed. */
#include "store/sqlite.h"

#include <stdlib.h>

#define LOG_PAGES     4000  /* of the log, until it is worth the work */
#define LOG_PAGES_MAX 32000 /* then readers are waited for, so that the log can begin anew */
#define READERS_MS    200
#define LOG_RESERVED  ((int64_t)24 * 1024 * 1024) /* bytes: somewhat more than LOG_PAGES */
#define LOG_USED      16 /* pages, until that is worth it */

enum state { RESTING, WORKING, DONE };
enum reserving { UNUSED, WANTED, RESERVED };

struct pd_checkpointer {
	struct pd_connection *connection;
	sqlite3_file *log; /* the writer's */
	int home_fd;	   /* the store's */
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;
	enum state state;
	enum reserving reserving;
	bool is_stopping;

	/* the writer's thread alone */
	int seen;  /* pages in the log at the last group */
	int start; /* begin at so many */
};

static void restart_log(struct pd_connection *connection)
{
	sqlite3_busy_timeout(connection->db, READERS_MS);
	(void)pd_sql_checkpoint(connection, SQLITE_CHECKPOINT_RESTART);
	sqlite3_busy_timeout(connection->db, PD_SQL_BUSY_MS);
}

static void copy_pages(struct pd_connection *connection)
{
	(void)pd_sql_checkpoint(connection, SQLITE_CHECKPOINT_PASSIVE);
}

/* Under the lock, but for the writing itself. */
static void reserve(struct pd_checkpointer *checkpointer)
{
	pthread_mutex_unlock(&checkpointer->lock);
	const bool has_more = pd_log_reserve(checkpointer->log, LOG_RESERVED);
	pthread_mutex_lock(&checkpointer->lock);
	checkpointer->reserving = has_more ? WANTED : RESERVED;
}

static void *work(void *data)
{
	struct pd_checkpointer *checkpointer = data;
	pd_home_begin(checkpointer->home_fd);
	pthread_mutex_lock(&checkpointer->lock);
	while (!checkpointer->is_stopping) {
		if (checkpointer->reserving == WANTED) {
			reserve(checkpointer);
			continue;
		}
		if (checkpointer->state != WORKING) {
			pthread_cond_wait(&checkpointer->wake, &checkpointer->lock);
			continue;
		}
		pthread_mutex_unlock(&checkpointer->lock);
		copy_pages(checkpointer->connection);
		pthread_mutex_lock(&checkpointer->lock);
		checkpointer->state = DONE;
	}
	pthread_mutex_unlock(&checkpointer->lock);
	return NULL;
}

int pd_checkpointer_new(struct pd_sqlite *store, struct pd_checkpointer **ret_checkpointer,
			struct pd_error *error)
{
	struct pd_checkpointer *checkpointer = calloc(1, sizeof *checkpointer);
	if (checkpointer == NULL)
		abort();
	int failed = pd_connection_new(store, store->path, PD_CONNECTION_HOME, &checkpointer->connection, error);
	if (failed) {
		free(checkpointer);
		return failed;
	}
	/* What has not read yet does not know that there is a log. */
	(void)pd_sql_number(checkpointer->connection, "PRAGMA user_version");
	pd_home_pace(checkpointer->connection);
	checkpointer->start = LOG_PAGES;
	checkpointer->log = store->log;
	checkpointer->home_fd = store->home_fd;
	pthread_mutex_init(&checkpointer->lock, NULL);
	pthread_cond_init(&checkpointer->wake, NULL);
	if (pthread_create(&checkpointer->thread, NULL, work, checkpointer) != 0) {
		pthread_mutex_destroy(&checkpointer->lock);
		pthread_cond_destroy(&checkpointer->wake);
		pd_connection_free(checkpointer->connection);
		free(checkpointer);
		return pd_fail(error, PD_TEMPORARY, "the thread that empties the log cannot be started");
	}
	pthread_setname_np(checkpointer->thread, "checkpoint");
	*ret_checkpointer = checkpointer;
	return 0;
}

void pd_checkpointer_free(struct pd_checkpointer *checkpointer)
{
	if (checkpointer == NULL)
		return;
	pthread_mutex_lock(&checkpointer->lock);
	checkpointer->is_stopping = true;
	pthread_cond_signal(&checkpointer->wake);
	pthread_mutex_unlock(&checkpointer->lock);
	pthread_join(checkpointer->thread, NULL);
	pthread_mutex_destroy(&checkpointer->lock);
	pthread_cond_destroy(&checkpointer->wake);
	pd_connection_free(checkpointer->connection);
	free(checkpointer);
}

void pd_checkpointer_before_group(struct pd_checkpointer *checkpointer, struct pd_connection *writer,
				 int pages)
{
	const bool is_anew = pages < checkpointer->seen;
	if (is_anew)
		checkpointer->start = LOG_PAGES;
	checkpointer->seen = pages;
	pthread_mutex_lock(&checkpointer->lock);
	if (is_anew) /* perhaps it was cut */
		checkpointer->reserving = UNUSED;
	if (pages >= LOG_USED && checkpointer->reserving == UNUSED) {
		checkpointer->reserving = WANTED;
		pthread_cond_signal(&checkpointer->wake);
	}
	bool is_done = checkpointer->state == DONE;
	if (is_done) {
		checkpointer->state = RESTING;
		/* A reader may keep the log from beginning anew. */
		checkpointer->start = pages + LOG_PAGES / 4;
	} else if (checkpointer->state == RESTING && pages >= checkpointer->start) {
		checkpointer->state = WORKING;
		pthread_cond_signal(&checkpointer->wake);
	}
	pthread_mutex_unlock(&checkpointer->lock);
	if (is_done && pages >= LOG_PAGES_MAX)
		restart_log(writer);
	else if (is_done)
		copy_pages(writer);
}
