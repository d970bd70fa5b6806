/* The store's face: snapshots, leases and the rest, the same over every backend; commits are in commit.c.
 *
 * Promises what store.h says. */
#include "store/inside.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

/* How long a wait for due rows trusts that nothing changed, where due rows could not be leased. */
#define BLOCKED_WAIT (1 * PD_SECOND)

void pd_store_init(struct pd_store *store, const struct pd_backend *backend, enum pd_store_mode mode)
{
	store->backend = backend;
	store->mode = mode;
	store->next_due = INT64_MAX;
	store->outbox_changes = 1;
	pthread_mutex_init(&store->lock, NULL);
	pthread_mutex_init(&store->listening, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&store->due, &attributes);
	pthread_cond_init(&store->wake, &attributes);
	pthread_condattr_destroy(&attributes);
}

void pd_store_fini(struct pd_store *store)
{
	pd_store_forget_all_answered(store);
	pthread_mutex_destroy(&store->lock);
	pthread_mutex_destroy(&store->listening);
	pthread_cond_destroy(&store->due);
	pthread_cond_destroy(&store->wake);
}

int pd_store_open(const char *state, enum pd_store_mode mode, size_t message_in_database,
		  struct pd_store **ret_store, struct pd_error *error)
{
	return pd_sqlite_open(state, mode, message_in_database, ret_store, error);
}

void pd_store_close(struct pd_store *store)
{
	if (store == NULL)
		return;
	pd_store_wake(store);
	pd_writer_free(store->writer);
	store->writer = NULL;
	store->backend->close(store);
}

bool pd_store_is_failed(const struct pd_store *store)
{
	return atomic_load(&store->is_failed);
}

/* --- snapshots --- */

int pd_store_begin(struct pd_store *store, struct pd_snapshot **ret_snapshot, struct pd_error *error)
{
	struct pd_arena *arena = pd_arena_new();
	struct pd_window *view = PD_NEW(arena, struct pd_window);
	pd_window_init(view, store, false);
	view->arena = arena;
	pthread_mutex_lock(&store->lock);
	view->face.config = store->config[0] != '\0' ? pd_strdup(arena, store->config) : NULL;
	pthread_mutex_unlock(&store->lock);
	view->since = atomic_load(&store->committed);
	int failed = store->backend->window_begin(view, error);
	if (failed) {
		pd_arena_free(arena);
		return failed;
	}
	*ret_snapshot = &view->face;
	return 0;
}

void pd_store_end(struct pd_snapshot *snapshot)
{
	if (snapshot == NULL)
		return;
	struct pd_window *view = pd_window_of(snapshot);
	if (view->at != NULL)
		view->store->backend->window_end(view);
	pd_arena_free(view->arena);
}

static bool begun(struct pd_window *view)
{
	struct pd_error error;
	if (view->face.failed != 0)
		return false;
	if (view->at == NULL && view->store->backend->window_begin(view, &error) != 0) {
		pd_window_fail(view, &error);
		return false;
	}
	return true;
}

struct pd_ticket *pd_store_ticket_at(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t number,
				     pd_time at)
{
	struct pd_window *view = pd_window_of(snapshot);
	return begun(view) ? view->store->backend->ticket_at(view, arena, number, at) : NULL;
}

void pd_store_replay(struct pd_snapshot *snapshot, pd_time from, pd_time to, pd_store_each *each, void *data)
{
	struct pd_window *view = pd_window_of(snapshot);
	if (begun(view))
		view->store->backend->replay(view, from, to, each, data);
}

/* --- lines of chats --- */

void pd_store_listen(struct pd_store *store, pd_store_line *each, void *data)
{
	pthread_mutex_lock(&store->listening);
	store->line = each;
	store->line_data = data;
	pthread_mutex_unlock(&store->listening);
}

static int lines_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	return store->backend->lease(store, job->data, error);
}

int pd_store_lines(struct pd_store *store, struct pd_arena *arena, int64_t above, size_t max, struct pd_leases *ret_lines,
		   struct pd_error *error)
{
	struct pd_leases lines = {0};
	struct pd_lease_request request = {
		.arena = arena, .is_lines = true, .above = above, .max = max, .leases = &lines};
	/* By the writer: what a reader sees may not be on disk yet. */
	struct pd_job job = {.run = lines_run, .data = &request, .notes_changes = true};
	int failed = pd_writer_do(store->writer, &job, error);
	if (!failed)
		*ret_lines = lines;
	return failed;
}

struct marking {
	const struct pd_line_mark *marks;
	size_t count;
	pd_time now;
};

static int lines_sent_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	const struct marking *marking = job->data;
	for (size_t i = 0; i < marking->count; i++) {
		const struct pd_line_mark *mark = &marking->marks[i];
		const struct pd_sent_recipient said = {
			mark->recipient, mark->is_taken ? PD_SENT_TAKEN : PD_SENT_REFUSED, mark->reply};
		struct pd_sent_request request = {
			.id = mark->id, .recipients = &said, .count = 1, .now = marking->now, .next = marking->now};
		int failed = store->backend->sent(store, &request, error);
		if (failed && failed != PD_PERMANENT) /* a row that is gone needs no mark */
			return failed;
	}
	return 0;
}

int pd_store_lines_sent(struct pd_store *store, const struct pd_line_mark *marks, size_t count, pd_time now,
			struct pd_error *error)
{
	struct marking marking = {marks, count, now};
	struct pd_job job = {.run = lines_sent_run, .data = &marking};
	return pd_writer_do(store->writer, &job, error);
}

int pd_store_raw(struct pd_store *store, int64_t message, struct pd_raw **ret_raw, struct pd_error *error)
{
	return store->backend->raw(store, message, ret_raw, error);
}

struct pd_planned_message *pd_store_message(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t id)
{
	struct pd_window *view = pd_window_of(snapshot);
	return begun(view) ? view->store->backend->message(view, arena, id) : NULL;
}

int64_t pd_store_last_id(struct pd_store *store, enum pd_id_kind kind)
{
	return atomic_load(&store->last_id[kind]);
}

int64_t pd_store_reserve(struct pd_store *store, enum pd_id_kind kind, int64_t count, int64_t first, int64_t *ret_before)
{
	int64_t last = atomic_load(&store->last_id[kind]), here;
	do
		here = last < first ? first : last + 1;
	while (!atomic_compare_exchange_weak(&store->last_id[kind], &last, here + count - 1));
	*ret_before = last;
	return here;
}

static int refold_records_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	(void)job;
	return store->backend->refold_records(store, error);
}

int pd_store_refold_records(struct pd_store *store, struct pd_error *error)
{
	struct pd_job job = {.run = refold_records_run};
	return pd_writer_do(store->writer, &job, error);
}

/* --- the outbox --- */

static int lease_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	struct pd_lease_request *request = job->data;
	int failed = store->backend->lease(store, request, error);
	job->touches_outbox = request->leases->count > 0;
	return failed;
}

int pd_store_lease(struct pd_store *store, struct pd_arena *arena, const char *owner, pd_time now,
		   pd_time until, size_t max, struct pd_leases *ret_leases, struct pd_error *error)
{
	pthread_mutex_lock(&store->lock);
	unsigned long changes = store->outbox_changes;
	pthread_mutex_unlock(&store->lock);
	struct pd_leases leases = {0};
	struct pd_lease_request request = {
		.arena = arena, .owner = owner, .now = now, .until = until, .max = max, .leases = &leases};
	struct pd_job job = {.run = lease_run, .data = &request, .notes_changes = true};
	int failed = pd_writer_do(store->writer, &job, error);
	if (failed)
		return failed;
	if (leases.count == 0) {
		/* Due rows that cannot be leased yet must not make their waiter run in circles. */
		pthread_mutex_lock(&store->lock);
		if (store->outbox_changes == changes)
			store->seen_empty = changes;
		pthread_mutex_unlock(&store->lock);
	}
	*ret_leases = leases;
	return 0;
}

void pd_store_outbox_changed(struct pd_store *store, pd_time next_due)
{
	pthread_mutex_lock(&store->lock);
	store->next_due = next_due;
	store->outbox_changes++;
	pthread_cond_broadcast(&store->due);
	pthread_mutex_unlock(&store->lock);
}

void pd_store_wait_due(struct pd_store *store, int64_t deadline)
{
	pthread_mutex_lock(&store->lock);
	const unsigned long wakes = store->wakes;
	int64_t blocked_until = -1;
	while (store->wakes == wakes) {
		int64_t left = deadline - pd_monotonic();
		if (left <= 0)
			break;
		pd_time due_in = store->next_due == INT64_MAX ? left : store->next_due - pd_now();
		if (due_in <= 0 && store->seen_empty != store->outbox_changes)
			break;
		if (due_in <= 0) {
			if (blocked_until < 0)
				blocked_until = pd_monotonic() + BLOCKED_WAIT;
			due_in = blocked_until - pd_monotonic();
			if (due_in <= 0)
				break;
		}
		if (left > due_in)
			left = due_in;
		int64_t until = pd_monotonic() + left;
		struct timespec at = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
		pthread_cond_timedwait(&store->due, &store->lock, &at);
	}
	pthread_mutex_unlock(&store->lock);
}

void pd_store_wake(struct pd_store *store)
{
	pthread_mutex_lock(&store->lock);
	store->wakes++;
	pthread_cond_broadcast(&store->due);
	pthread_cond_broadcast(&store->wake);
	pthread_mutex_unlock(&store->lock);
}

static int take_over_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	return store->backend->take_over(store, *(pd_time *)job->data, error);
}

int pd_store_take_over_leases(struct pd_store *store, pd_time now, struct pd_error *error)
{
	struct pd_job job = {.run = take_over_run, .data = &now, .touches_outbox = true};
	return pd_writer_do(store->writer, &job, error);
}

static int flush_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	(void)job;
	return store->backend->flush(store, error);
}

int pd_store_outbox_flush(struct pd_store *store, struct pd_error *error)
{
	struct pd_job job = {.run = flush_run, .touches_outbox = true};
	return pd_writer_do(store->writer, &job, error);
}

int pd_store_outbox(struct pd_store *store, struct pd_arena *arena, bool all, size_t limit,
		    struct pd_outbox_lines *ret, struct pd_error *error)
{
	return store->backend->outbox(store, arena, all, limit, ret, error);
}

/* --- the rest --- */

static int keep_text_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	return store->backend->keep_text(store, job->data, error);
}

int pd_store_keep_text(struct pd_store *store, const char *kind, const char *text, char ret_hash[65],
		       struct pd_error *error)
{
	unsigned char digest[PD_SHA256_SIZE];
	pd_sha256(text, strlen(text), digest);
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *hash = pd_hex(arena, digest, sizeof digest);
	if (store->mode == PD_STORE_WRITE) {
		struct pd_text_request request = {.kind = kind, .text = text, .hash = hash};
		struct pd_job job = {.run = keep_text_run, .data = &request};
		int failed = pd_writer_do(store->writer, &job, error);
		if (failed)
			return failed;
	}
	memcpy(ret_hash, hash, 65);
	return 0;
}

void pd_store_set_config(struct pd_store *store, const char *hash)
{
	pthread_mutex_lock(&store->lock);
	store->config[0] = '\0';
	if (hash != NULL)
		strncat(store->config, hash, sizeof store->config - 1);
	pthread_mutex_unlock(&store->lock);
}

/* --- the clock --- */

void pd_store_wait_wake(struct pd_store *store, int64_t deadline)
{
	pthread_mutex_lock(&store->lock);
	const unsigned long wakes = store->wakes;
	while (store->wakes == wakes) {
		int64_t left = deadline - pd_monotonic();
		pd_time next_in = store->next_wake == INT64_MAX ? left : store->next_wake - pd_now();
		if (left <= 0 || next_in <= 0)
			break;
		int64_t until = pd_monotonic() + (next_in < left ? next_in : left);
		struct timespec at = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
		pthread_cond_timedwait(&store->wake, &store->lock, &at);
	}
	pthread_mutex_unlock(&store->lock);
}

bool pd_store_is_wake_due(struct pd_store *store)
{
	pthread_mutex_lock(&store->lock);
	bool is_due = store->next_wake != INT64_MAX && store->next_wake <= pd_now();
	pthread_mutex_unlock(&store->lock);
	return is_due;
}

int pd_store_next_wake(struct pd_store *store, pd_time *ret_next, struct pd_error *error)
{
	pthread_mutex_lock(&store->lock);
	const unsigned long changes = store->wake_changes;
	pthread_mutex_unlock(&store->lock);
	pd_time next;
	int failed = store->backend->next_wake(store, &next, error);
	if (failed)
		return failed;
	pthread_mutex_lock(&store->lock);
	/* What was committed meanwhile may not have been seen. */
	if (changes == store->wake_changes || next < store->next_wake)
		store->next_wake = next;
	*ret_next = store->next_wake;
	pthread_mutex_unlock(&store->lock);
	return 0;
}

int pd_store_retime(struct pd_store *store, const struct pd_retime *retime, int64_t *ret_count,
		    struct pd_error *error)
{
	return store->backend->retime(store, retime, ret_count, error);
}

struct enforcing {
	const char *hash;
	pd_time now;
};

static int enforce_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	const struct enforcing *enforcing = job->data;
	return store->backend->enforce(store, enforcing->hash, enforcing->now, error);
}

int pd_store_enforce(struct pd_store *store, const char *hash, pd_time now, struct pd_error *error)
{
	if (store->mode == PD_STORE_WRITE) {
		struct enforcing enforcing = {hash, now};
		struct pd_job job = {.run = enforce_run, .data = &enforcing};
		int failed = pd_writer_do(store->writer, &job, error);
		if (failed)
			return failed;
	}
	pd_store_set_config(store, hash);
	return 0;
}

int pd_store_text(struct pd_store *store, struct pd_arena *arena, const char *hash, char **ret_text,
		  struct pd_error *error)
{
	return store->backend->text(store, arena, hash, ret_text, error);
}

int pd_store_texts(struct pd_store *store, struct pd_arena *arena, const char *kind, struct pd_strings *ret_texts,
		   struct pd_error *error)
{
	return store->backend->texts(store, arena, kind, ret_texts, error);
}

int pd_store_config_at(struct pd_store *store, struct pd_arena *arena, pd_time at, char **ret_hash,
		       struct pd_error *error)
{
	return store->backend->config_at(store, arena, at, ret_hash, error);
}

int pd_store_stats(struct pd_store *store, struct pd_store_stats *ret_stats, struct pd_error *error)
{
	struct pd_store_stats stats = {0};
	int failed = store->backend->stats(store, &stats, error);
	if (failed)
		return failed;
	stats.commits = atomic_load(&store->commits);
	stats.groups = atomic_load(&store->groups);
	stats.redecided = atomic_load(&store->redecided);
	*ret_stats = stats;
	return 0;
}

int pd_store_backup(struct pd_store *store, const char *destination, struct pd_error *error)
{
	return store->backend->backup(store, destination, error);
}

int pd_store_verify(struct pd_store *store, struct pd_arena *arena, struct pd_strings *ret_wrong,
		    struct pd_error *error)
{
	return store->backend->verify(store, arena, ret_wrong, error);
}

static int purge_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	return store->backend->purge(store, job->data, error);
}

int pd_store_purge(struct pd_store *store, pd_time deleted_before, int64_t *ret_count, struct pd_error *error)
{
	struct pd_purge_request request = {.deleted_before = deleted_before};
	struct pd_job job = {.run = purge_run, .data = &request, .touches_outbox = true};
	int failed = pd_writer_do(store->writer, &job, error);
	if (!failed) {
		struct pd_committing gone = {0};
		PD_AUTO_ARENA arena = pd_arena_new();
		for (size_t i = 0; i < request.file_count; i++)
			*pd_list_add(arena, &gone.blobs) = (struct pd_blob){.file = request.files[i]};
		store->backend->unprepare(store, &gone);
		*ret_count = request.count;
	}
	free(request.files);
	return failed;
}

void pd_crash_point(const char *point)
{
	static const char *wanted;
	static atomic_int left = -1; /* -1: the environment was not read yet; 0: no crash here */
	if (atomic_load(&left) == 0)
		return;
	static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&once);
	if (atomic_load(&left) < 0) {
		wanted = getenv("POSTDESK_CRASH");
		const char *colon = wanted != NULL ? strrchr(wanted, ':') : NULL;
		atomic_store(&left, wanted == NULL ? 0 : colon != NULL ? atoi(colon + 1) : 1);
	}
	if (atomic_load(&left) > 0) {
		size_t len = strcspn(wanted, ":");
		if (strlen(point) == len && strncmp(wanted, point, len) == 0 &&
		    atomic_fetch_sub(&left, 1) == 1)
			kill(getpid(), SIGKILL);
	}
	pthread_mutex_unlock(&once);
}
