/* The one writer at a time: all that waits goes into one transaction, one sync, then all are answered.
 *
 * There is no thread that does nothing but write: who brings a job while nobody writes leads, that is, carries out
 * its own job and all that come meanwhile, so that a single mail waits for no other thread. The leader commits,
 * hands the lead to the first that waits, and syncs the log; meanwhile the next group is carried out, and takes in
 * whoever comes until the sync before it has ended. A thread of the writer's own only tidies up in quiet times.
 *
 * Invariants: (a) is_led: exactly one thread touches the backend's write connection; (b) the leader's own job is
 * the first that waits; (c) where jobs wait, somebody leads; (d) a group commits only when the sync before it has
 * ended, so that one sync is under way at most.
 *
 * Promises: pd_writer_do returns 0 only when the job's group is on disk (invariant 1); a job that fails alone
 * is answered alone; a group that fails answers all its members. Fails: with the job's own class, PD_FULL and
 * PD_TEMPORARY where the group was rolled back, PD_UNCERTAIN where nobody knows; then the store is failed and
 * every later job is refused. */
#include "store/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define GROUP_LIMIT 256 /* jobs a transaction */
#define IDLE_MS	    200 /* without a job until the store tidies up */

struct pd_writer {
	struct pd_store *store;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows, and of every job's is_done and leads */
	pthread_cond_t more;  /* the leader waits with an open transaction: a job came, or the sync ended */
	pthread_cond_t wake;  /* the thread that tidies up */
	struct pd_job *first, **last; /* waiting jobs, oldest first */
	bool is_led, is_syncing, is_stopping;
	bool has_idle_work;
	int64_t last_job; /* when it came; pd_monotonic */
};

/* Jobs of one transaction. */
struct group {
	struct pd_job *first, **last;
	int count;
};

static void fail_all(struct group *group, const struct pd_error *error)
{
	for (struct pd_job *job = group->first; job != NULL; job = job->next) {
		if (job->result == 0) {
			job->result = (int)error->class;
			job->error = *error;
		}
	}
}

/* The next job that waits is the group's; NULL: there is none, and nothing to wait for. */
static struct pd_job *take_job(struct pd_writer *writer, struct group *group)
{
	struct pd_job *job = NULL;
	pthread_mutex_lock(&writer->lock);
	while (writer->is_syncing && (writer->first == NULL || group->count >= GROUP_LIMIT))
		pthread_cond_wait(&writer->more, &writer->lock);
	if (writer->first != NULL && group->count < GROUP_LIMIT) {
		job = writer->first;
		writer->first = job->next;
		if (writer->first == NULL)
			writer->last = &writer->first;
		job->next = NULL;
		*group->last = job;
		group->last = &job->next;
		group->count++;
	}
	pthread_mutex_unlock(&writer->lock);
	return job;
}

static int run_job(struct pd_store *store, struct pd_job *job)
{
	if (!job->notes_changes)
		pd_noted_all(store);
	job->result = job->run(store, job, &job->error);
	if (job->result == 0)
		pd_crash_point("after-write");
	return job->result;
}

/* A member has failed: all that it did is gone with the transaction, so that the others are carried out again
 * without it. Savepoints would cost every member a copy of each page that it writes, and this is rare. Non-zero:
 * the whole group fails, and no transaction is open. */
static int run_again(struct pd_store *store, struct group *group, struct pd_job *failed, struct pd_error *error)
{
	while (failed != NULL) {
		*error = failed->error;
		store->backend->rollback(store);
		if (error->class == PD_FULL || store->backend->begin(store, error) != 0)
			return (int)error->class;
		failed = NULL;
		for (struct pd_job *job = group->first; job != NULL && failed == NULL; job = job->next)
			if (job->result == 0 && run_job(store, job) != 0)
				failed = job;
	}
	return 0;
}

/* Carries out all that waits and all that comes while the sync before is under way; 0: it is committed, not
 * synced. */
static int run_group(struct pd_writer *writer, struct group *group, struct pd_error *error)
{
	struct pd_store *store = writer->store;
	const struct pd_backend *backend = store->backend;
	struct pd_job *job = take_job(writer, group);
	if (atomic_load(&store->is_failed))
		return pd_fail(error, PD_TEMPORARY, "the store has failed and must be opened anew");
	backend->before_group(store);
	int failed = backend->begin(store, error);
	for (; job != NULL && !failed; job = take_job(writer, group))
		if (run_job(store, job) != 0)
			failed = run_again(store, group, job, error);
	if (failed)
		return failed;
	if (atomic_load(&store->is_failed)) { /* since the sync before it */
		backend->rollback(store);
		return pd_fail(error, PD_TEMPORARY, "the store has failed and must be opened anew");
	}
	pd_crash_point("before-commit");
	failed = backend->commit(store, error);
	if (failed) {
		backend->rollback(store);
	} else {
		atomic_fetch_add(&store->committed, 1);
		pd_crash_point("before-sync");
	}
	return failed;
}

/* Under the lock. Nobody leads any more, but who waits first. */
static void hand_over(struct pd_writer *writer)
{
	writer->is_led = writer->first != NULL;
	if (writer->first != NULL) {
		writer->first->leads = true;
		pthread_cond_signal(&writer->first->done);
	}
}

/* Under the lock, but for the sync itself. What it brings due is told while no later group can have been synced, so
 * that the newest answer is the one that stays. */
static int sync_group(struct pd_writer *writer, bool touches_outbox, pd_time next_due, struct pd_error *error)
{
	struct pd_store *store = writer->store;
	writer->is_syncing = true;
	pthread_mutex_unlock(&writer->lock);
	int failed = store->backend->sync(store, error);
	if (failed)
		atomic_store(&store->is_failed, true);
	else
		pd_crash_point("after-commit");
	if (!failed && touches_outbox)
		pd_store_outbox_changed(store, next_due);
	pthread_mutex_lock(&writer->lock);
	writer->is_syncing = false;
	pthread_cond_signal(&writer->more);
	return failed;
}

/* Under the lock. Of the group, whose first job is the leader's own. */
static void answer(struct group *group)
{
	for (struct pd_job *job = group->first, *next; job != NULL; job = next) {
		next = job->next; /* the job is gone once its thread runs on */
		job->is_done = true;
		if (job != group->first)
			pthread_cond_signal(&job->done);
	}
}

/* The lead is this thread's. */
static void lead(struct pd_writer *writer)
{
	struct pd_store *store = writer->store;
	struct group group = {.last = &group.first};
	struct pd_error error = {0};
	int failed = run_group(writer, &group, &error);
	bool touches_outbox = false;
	for (struct pd_job *job = group.first; job != NULL && !failed; job = job->next)
		touches_outbox |= job->touches_outbox && job->result == 0;
	const pd_time next_due = touches_outbox ? store->backend->next_due(store) : INT64_MAX;
	if (failed == PD_UNCERTAIN)
		atomic_store(&store->is_failed, true);

	pthread_mutex_lock(&writer->lock);
	hand_over(writer);
	if (!failed) /* else the sync before it may still be under way */
		failed = sync_group(writer, touches_outbox, next_due, &error);
	pthread_mutex_unlock(&writer->lock);
	if (failed)
		fail_all(&group, &error);
	else
		atomic_fetch_add(&store->groups, 1);
	pthread_mutex_lock(&writer->lock);
	answer(&group);
	pthread_mutex_unlock(&writer->lock);
}

/* Under the lock. Nobody has brought a job for a while: the store tidies up. */
static void tidy(struct pd_writer *writer)
{
	struct pd_error error;
	writer->is_led = true;
	pthread_mutex_unlock(&writer->lock);
	pd_noted_all(writer->store);
	bool has_more = writer->store->backend->idle(writer->store);
	atomic_fetch_add(&writer->store->committed, 1);
	if (writer->store->backend->sync(writer->store, &error) != 0)
		atomic_store(&writer->store->is_failed, true);
	pthread_mutex_lock(&writer->lock);
	writer->has_idle_work = has_more;
	hand_over(writer);
}

static void *tidy_main(void *data)
{
	struct pd_writer *writer = data;
	pthread_mutex_lock(&writer->lock);
	while (!writer->is_stopping) {
		const int64_t left = writer->last_job + IDLE_MS - pd_monotonic();
		if (!writer->has_idle_work) {
			pthread_cond_wait(&writer->wake, &writer->lock);
		} else if (left <= 0 && !writer->is_led && !writer->is_syncing) {
			tidy(writer);
			writer->last_job = pd_monotonic();
		} else {
			struct timespec until;
			clock_gettime(CLOCK_MONOTONIC, &until);
			until.tv_nsec += (left > 0 ? left : IDLE_MS) * 1000000L;
			until.tv_sec += until.tv_nsec / 1000000000L;
			until.tv_nsec %= 1000000000L;
			pthread_cond_timedwait(&writer->wake, &writer->lock, &until);
		}
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

static void free_conditions(struct pd_writer *writer)
{
	pthread_mutex_destroy(&writer->lock);
	pthread_cond_destroy(&writer->more);
	pthread_cond_destroy(&writer->wake);
	free(writer);
}

struct pd_writer *pd_writer_new(struct pd_store *store)
{
	struct pd_writer *writer = calloc(1, sizeof *writer);
	if (writer == NULL)
		abort();
	writer->store = store;
	writer->last = &writer->first;
	writer->has_idle_work = true;
	writer->last_job = pd_monotonic();
	pthread_mutex_init(&writer->lock, NULL);
	pthread_cond_init(&writer->more, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&writer->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&writer->thread, NULL, tidy_main, writer) != 0) {
		free_conditions(writer);
		return NULL;
	}
	pthread_setname_np(writer->thread, "tidy");
	return writer;
}

void pd_writer_free(struct pd_writer *writer)
{
	if (writer == NULL)
		return;
	pthread_mutex_lock(&writer->lock);
	writer->is_stopping = true;
	pthread_cond_signal(&writer->wake);
	pthread_mutex_unlock(&writer->lock);
	pthread_join(writer->thread, NULL);
	free_conditions(writer);
}

int pd_writer_do(struct pd_writer *writer, struct pd_job *job, struct pd_error *error)
{
	if (writer == NULL)
		return pd_fail(error, PD_TEMPORARY, "the store is open for reading only");
	job->next = NULL;
	job->result = 0;
	job->is_done = false;
	pthread_cond_init(&job->done, NULL);
	pthread_mutex_lock(&writer->lock);
	*writer->last = job;
	writer->last = &job->next;
	writer->last_job = pd_monotonic();
	if (!writer->has_idle_work) {
		writer->has_idle_work = true;
		pthread_cond_signal(&writer->wake);
	}
	job->leads = !writer->is_led;
	writer->is_led = true;
	if (!job->leads && writer->is_syncing)
		pthread_cond_signal(&writer->more);
	while (!job->is_done && !job->leads)
		pthread_cond_wait(&job->done, &writer->lock);
	pthread_mutex_unlock(&writer->lock);
	if (job->leads)
		lead(writer);
	pthread_cond_destroy(&job->done);
	if (job->result != 0 && error != NULL)
		*error = job->error;
	return job->result;
}

bool pd_writer_is_settled(struct pd_writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	bool is_settled = !writer->is_led && !writer->is_syncing;
	pthread_mutex_unlock(&writer->lock);
	return is_settled && !atomic_load(&writer->store->is_failed);
}
