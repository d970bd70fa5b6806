/* The full-text index's own thread: words.db (words_file.c), written beside the mails.
 *
 * Each document has a place in a queue, which is the table `unindexed` of the desk and, as far as memory goes, a
 * list here. The thread puts many documents into the index in one transaction of words.db, together with the
 * place of the last of them; the desk's next group then drops those rows. So a document is indexed exactly once,
 * whatever is killed between: what the index has is known by the index itself.
 *
 * The index takes more of the processor than all else that large mails ask for. So, while mails come, it waits, for
 * two seconds or until so much waits that a search should not look through more of it; then it works that off.
 *
 * Promises: mails never wait for the index, but for one whose own document is taken out again while it still
 * waits; the index is never on disk before the desk is. Fails: a full disk keeps documents waiting, in `unindexed`,
 * where a search looks through them; tried again every second. A damaged file is removed and fails the store. */
#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PORTION_DOCUMENTS 512
#define PORTION_BYTES	  ((size_t)2 * 1024 * 1024)
#define BYTES_ENOUGH	  ((size_t)24 * 1024 * 1024)
#define BYTES_MAX	  ((size_t)32 * 1024 * 1024) /* then the list gives way to the table */
#define QUIET_MS	  200			     /* without mails */
#define PATIENCE_MS	  2000			     /* with them */
#define RETRY_MS	 1000
#define LAST_MS		 1000 /* at the end */
#define MERGE_MS	 20
#define MERGE_PAGES	 64 /* a step */
#define LOG_PAGES	 2000 /* until they are copied home, while there is work */

struct pd_indexer {
	struct pd_sqlite *store;
	struct pd_connection *words;
	pthread_t thread;
	bool has_thread;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t work, progress;
	struct pd_documents *first, **last; /* of committed groups, oldest first */
	struct pd_documents *writing;	    /* these are being written */
	size_t count, bytes;		    /* of the list */
	int64_t oldest, newest;		    /* when they came; pd_monotonic */
	int64_t committed, done;	    /* places: the last that there is, the last that the index has */
	int64_t synced;			    /* the last that the desk has on disk */
	bool is_lost;			    /* it could not be synced */
	bool is_behind;			    /* documents between `done` and the list are in the table alone */
	bool is_at_work;		    /* until less than a portion is left */
	bool is_hurried, is_stopping;
	int log_pages;		/* of the file's log, after the last commit; the thread's alone */
	unsigned long attempts; /* that failed */
	struct pd_error error;	/* of the last that failed */
};

/* --- the thread --- */

static void free_documents(struct pd_documents *documents)
{
	if (documents != NULL)
		pd_arena_free(documents->arena); /* it lies in its arena */
}

static int by_id(const void *a, const void *b)
{
	const struct pd_document *one = a, *two = b;
	if (one->id != two->id)
		return one->id < two->id ? -1 : 1;
	return (one->seq > two->seq) - (one->seq < two->seq);
}

static int put_document(struct pd_connection *words, const struct pd_document *document, struct pd_error *error)
{
	sqlite3_stmt *put = document->is_removal
				    ? SQL(words, "INSERT INTO search (search, rowid, subject, text, people)"
						 " VALUES ('delete', ?, ?, ?, ?)")
				    : SQL(words, "INSERT INTO search (rowid, subject, text, people)"
						 " VALUES (?, ?, ?, ?)");
	pd_sql_bind(put, "isss", document->id, document->subject, document->text, document->people);
	return pd_sql_run(words, put, error);
}

/* An index that were on disk before the desk, and the power gone between, would not be this desk's any more. */
static int await_desk(struct pd_indexer *indexer, int64_t done, struct pd_error *error)
{
	pthread_mutex_lock(&indexer->lock);
	while (indexer->synced < done && !indexer->is_lost)
		pthread_cond_wait(&indexer->progress, &indexer->lock);
	const bool is_lost = indexer->is_lost;
	pthread_mutex_unlock(&indexer->lock);
	return is_lost ? pd_fail(error, PD_TEMPORARY, "the store has failed and must be opened anew") : 0;
}

/* Readers are not waited for. */
static void copy_home(struct pd_indexer *indexer)
{
	if (pd_sql_checkpoint(indexer->words, SQLITE_CHECKPOINT_PASSIVE) == SQLITE_OK)
		indexer->log_pages = 0;
}

/* In order of their ids: the index writes itself out whenever an id is smaller than the one before. */
static int write_documents(struct pd_indexer *indexer, struct pd_document_list *list, int64_t done,
			   struct pd_error *error)
{
	struct pd_connection *words = indexer->words;
	if (list->count > 0)
		qsort(list->items, list->count, sizeof *list->items, by_id);
	int failed = pd_sql_run(words, SQL(words, "BEGIN IMMEDIATE"), error);
	for (size_t i = 0; i < list->count && !failed; i++)
		failed = put_document(words, &list->items[i], error);
	if (!failed) {
		sqlite3_stmt *update = SQL(words, "UPDATE indexed SET done = ?");
		pd_sql_bind(update, "i", done);
		failed = pd_sql_run(words, update, error);
	}
	if (!failed)
		failed = await_desk(indexer, done, error);
	pd_crash_point("before-words");
	if (!failed)
		failed = pd_sql_run(words, SQL(words, "COMMIT"), error);
	if (failed && sqlite3_get_autocommit(words->db) == 0)
		(void)pd_sql_run(words, SQL(words, "ROLLBACK"), NULL);
	if (failed == PD_CONFIGURATION) { /* damaged, and readers have it open: the next start makes it anew */
		pd_words_remove(indexer->store);
		atomic_store(&indexer->store->store.is_failed, true);
	}
	pd_crash_point("after-words");
	if (indexer->log_pages >= LOG_PAGES)
		copy_home(indexer);
	return failed;
}

/* A portion out of the list. */
static int write_list(struct pd_indexer *indexer, struct pd_documents *portion, int64_t *ret_done,
		      struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_document_list list = {0};
	int64_t done = 0;
	for (struct pd_documents *group = portion; group != NULL; group = group->next)
		for (size_t i = 0; i < group->list.count; i++) {
			*pd_list_add(arena, &list) = group->list.items[i];
			done = group->list.items[i].seq;
		}
	int failed = write_documents(indexer, &list, done, error);
	if (!failed)
		*ret_done = done;
	return failed;
}

/* A portion out of the table, which has all up to the place `committed`. */
static int write_table(struct pd_indexer *indexer, int64_t committed, int64_t *ret_done, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_document_list list = {0};
	struct pd_connection *reader;
	int failed = pd_sqlite_take_reader(indexer->store, &reader, error);
	if (failed)
		return failed;
	failed = pd_sqlite_unindexed(reader, arena, *ret_done, PORTION_BYTES, &list, error);
	pd_sqlite_give_reader(indexer->store, reader);
	const int64_t done = list.count > 0 ? list.items[list.count - 1].seq : committed;
	if (failed)
		return failed;
	for (size_t i = 0; i < list.count; i++)
		pd_document_fold(arena, &list.items[i]);
	failed = write_documents(indexer, &list, done, error);
	if (!failed)
		*ret_done = done;
	return failed;
}

/* Under the lock. */
static void free_list(struct pd_indexer *indexer)
{
	for (struct pd_documents *group = indexer->first, *next; group != NULL; group = next) {
		next = group->next;
		free_documents(group);
	}
	indexer->first = NULL;
	indexer->last = &indexer->first;
	indexer->count = indexer->bytes = 0;
}

/* Under the lock. From here on the table alone has them. */
static void fall_behind(struct pd_indexer *indexer)
{
	indexer->is_behind = true;
	free_list(indexer);
}

/* Under the lock. The oldest of the list; NULL: it is empty. */
static struct pd_documents *take_portion(struct pd_indexer *indexer)
{
	struct pd_documents *portion = indexer->first, **end = &indexer->first;
	size_t count = 0, bytes = 0;
	for (; *end != NULL && count < PORTION_DOCUMENTS && bytes < PORTION_BYTES; end = &(*end)->next) {
		count += (*end)->list.count;
		bytes += (*end)->bytes;
	}
	indexer->first = *end;
	*end = NULL;
	if (indexer->first == NULL)
		indexer->last = &indexer->first;
	indexer->count -= count;
	indexer->bytes -= bytes;
	return portion;
}

/* Under the lock, but for the writing itself: one portion. */
static int write_portion(struct pd_indexer *indexer)
{
	struct pd_error error;
	int64_t done = indexer->done, committed = indexer->committed;
	struct pd_documents *portion = indexer->is_behind ? NULL : take_portion(indexer);
	indexer->writing = portion;
	pthread_mutex_unlock(&indexer->lock);
	int failed = portion != NULL ? write_list(indexer, portion, &done, &error)
				     : write_table(indexer, committed, &done, &error);
	pthread_mutex_lock(&indexer->lock);
	indexer->writing = NULL;
	for (struct pd_documents *next; portion != NULL; portion = next) {
		next = portion->next;
		free_documents(portion);
	}
	indexer->is_hurried = false; /* who still waits says so again */
	if (failed) {
		fall_behind(indexer);
		indexer->attempts++;
		indexer->error = error;
	} else {
		indexer->done = done;
		indexer->is_behind = indexer->is_behind && done < indexer->committed;
	}
	pthread_cond_broadcast(&indexer->progress);
	return failed;
}

/* One step of merging the index's segments, of which each search looks through all; false: they are few. */
static bool merge(struct pd_indexer *indexer)
{
	sqlite3 *db = indexer->words->db;
	const int before = sqlite3_total_changes(db);
	sqlite3_stmt *step = SQL(indexer->words, "INSERT INTO search (search, rank) VALUES ('merge', ?)");
	pd_sql_bind(step, "i", (int64_t)MERGE_PAGES);
	/* Where nothing was merged, the command itself is the one change. */
	const bool has_merged = pd_sql_run(indexer->words, step, NULL) == 0 && sqlite3_total_changes(db) - before >= 2;
	if (indexer->log_pages >= (has_merged ? LOG_PAGES : 1))
		copy_home(indexer);
	return has_merged;
}

/* Under the lock. For so long at most, or until there is work; true: the time is up. */
static bool wait_for_work(struct pd_indexer *indexer, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += ms * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	return pthread_cond_timedwait(&indexer->work, &indexer->lock, &until) != 0;
}

static bool is_portion(const struct pd_indexer *indexer)
{
	return indexer->count >= PORTION_DOCUMENTS || indexer->bytes >= PORTION_BYTES;
}

/* Under the lock. Until then mails go first, in ms; 0: now. */
static int64_t must_wait(const struct pd_indexer *indexer)
{
	if (indexer->is_hurried || indexer->is_behind || indexer->bytes >= BYTES_ENOUGH ||
	    (indexer->is_at_work && is_portion(indexer)))
		return 0;
	const int64_t quiet = indexer->newest + QUIET_MS, patience = indexer->oldest + PATIENCE_MS;
	const int64_t left = (quiet < patience ? quiet : patience) - pd_monotonic();
	return left > 0 ? left : 0;
}

static void *work(void *data)
{
	struct pd_indexer *indexer = data;
	bool can_merge = true, has_failed = false;
	pthread_mutex_lock(&indexer->lock);
	while (!indexer->is_stopping) {
		const bool has_documents = indexer->is_behind || indexer->first != NULL;
		if (has_failed) {
			has_failed = false;
			(void)wait_for_work(indexer, RETRY_MS);
		} else if (!has_documents && !can_merge) {
			pthread_cond_wait(&indexer->work, &indexer->lock);
		} else if (!has_documents) {
			if (wait_for_work(indexer, MERGE_MS)) {
				pthread_mutex_unlock(&indexer->lock);
				can_merge = merge(indexer);
				pthread_mutex_lock(&indexer->lock);
			}
		} else if (must_wait(indexer) > 0) {
			indexer->is_at_work = false;
			(void)wait_for_work(indexer, must_wait(indexer));
		} else {
			indexer->is_at_work = true;
			has_failed = write_portion(indexer) != 0;
			indexer->oldest = pd_monotonic();
			can_merge = true;
		}
	}
	/* A good end leaves nothing to load, where that does not take long. */
	const int64_t deadline = pd_monotonic() + LAST_MS;
	while (!has_failed && (indexer->first != NULL || indexer->is_behind) && pd_monotonic() < deadline)
		has_failed = write_portion(indexer) != 0;
	pthread_mutex_unlock(&indexer->lock);
	return NULL;
}

/* --- what the store asks --- */

int pd_indexer_new(struct pd_sqlite *store, struct pd_indexer **ret_indexer, struct pd_error *error)
{
	struct pd_indexer *indexer = calloc(1, sizeof *indexer);
	if (indexer == NULL)
		abort();
	indexer->store = store;
	indexer->last = &indexer->first;
	pthread_mutex_init(&indexer->lock, NULL);
	pthread_cond_init(&indexer->progress, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&indexer->work, &attributes);
	pthread_condattr_destroy(&attributes);
	int failed = pd_words_connect(store, &indexer->words, error);
	if (failed == PD_CONFIGURATION) { /* damaged */
		pd_words_remove(store);
		failed = pd_words_connect(store, &indexer->words, error);
	}
	if (!failed) {
		pd_sql_count_log(indexer->words, &indexer->log_pages);
		const int64_t last = pd_sql_number(store->writer, "SELECT max(seq) FROM unindexed");
		indexer->done = pd_sql_number(indexer->words, "SELECT done FROM indexed");
		indexer->committed = last > indexer->done ? last : indexer->done;
		indexer->is_behind = last > indexer->done;
		indexer->synced = indexer->committed;
		store->last_seq = indexer->committed;
		if (pthread_create(&indexer->thread, NULL, work, indexer) == 0)
			indexer->has_thread = true;
		else
			failed = pd_fail(error, PD_TEMPORARY, "the indexer's thread cannot be started");
	}
	if (failed) {
		pd_indexer_free(indexer);
		return failed;
	}
	pthread_setname_np(indexer->thread, "indexer");
	*ret_indexer = indexer;
	return 0;
}

void pd_indexer_free(struct pd_indexer *indexer)
{
	if (indexer == NULL)
		return;
	pthread_mutex_lock(&indexer->lock);
	indexer->is_stopping = true;
	pthread_cond_signal(&indexer->work);
	pthread_mutex_unlock(&indexer->lock);
	if (indexer->has_thread)
		pthread_join(indexer->thread, NULL);
	free_list(indexer);
	pd_connection_free(indexer->words);
	pthread_cond_destroy(&indexer->work);
	pthread_cond_destroy(&indexer->progress);
	pthread_mutex_destroy(&indexer->lock);
	free(indexer);
}

void pd_indexer_add(struct pd_indexer *indexer, struct pd_documents *group)
{
	pthread_mutex_lock(&indexer->lock);
	const bool was_empty = indexer->first == NULL;
	indexer->newest = pd_monotonic();
	if (was_empty)
		indexer->oldest = indexer->newest;
	indexer->committed = group->list.items[group->list.count - 1].seq;
	if (!indexer->is_behind && (group->is_large || indexer->bytes + group->bytes > BYTES_MAX))
		fall_behind(indexer);
	if (indexer->is_behind) {
		free_documents(group);
	} else {
		*indexer->last = group;
		indexer->last = &group->next;
		indexer->count += group->list.count;
		indexer->bytes += group->bytes;
	}
	if (was_empty || must_wait(indexer) == 0)
		pthread_cond_signal(&indexer->work);
	pthread_mutex_unlock(&indexer->lock);
}

void pd_indexer_synced(struct pd_indexer *indexer, bool is_good)
{
	pthread_mutex_lock(&indexer->lock);
	indexer->synced = is_good ? indexer->committed : indexer->synced;
	indexer->is_lost = indexer->is_lost || !is_good;
	pthread_cond_broadcast(&indexer->progress);
	pthread_mutex_unlock(&indexer->lock);
}

int64_t pd_indexer_done(struct pd_indexer *indexer)
{
	pthread_mutex_lock(&indexer->lock);
	const int64_t done = indexer->done;
	pthread_mutex_unlock(&indexer->lock);
	return done;
}

static bool is_among(const struct pd_documents *groups, int64_t id)
{
	for (; groups != NULL; groups = groups->next)
		for (size_t i = 0; i < groups->list.count; i++)
			if (groups->list.items[i].id == id)
				return true;
	return false;
}

int pd_indexer_settle(struct pd_indexer *indexer, int64_t id, struct pd_error *error)
{
	int failed = 0;
	pthread_mutex_lock(&indexer->lock);
	if (id == 0 || indexer->is_behind || is_among(indexer->first, id) || is_among(indexer->writing, id)) {
		const int64_t wanted = indexer->committed;
		const unsigned long attempts = indexer->attempts;
		while (indexer->done < wanted && indexer->attempts == attempts) {
			indexer->is_hurried = true;
			pthread_cond_signal(&indexer->work);
			pthread_cond_wait(&indexer->progress, &indexer->lock);
		}
		if (indexer->done < wanted) {
			failed = (int)indexer->error.class;
			if (error != NULL)
				*error = indexer->error;
		}
	}
	pthread_mutex_unlock(&indexer->lock);
	return failed;
}
