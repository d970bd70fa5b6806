/* The one writer: all that waits goes into one transaction, one fsync, then all are answered.
 *
 * Promises: pd_writer_do returns 0 only when the job's group is on disk (invariant 1); a job that fails alone
 * is answered alone; a group that fails answers all its members. Fails: with the job's own class, PD_FULL and
 * PD_TEMPORARY where the group was rolled back, PD_UNCERTAIN where nobody knows; then the store is failed and
 * every later job is refused. */
#include "store/inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define GROUP_LIMIT 256 /* jobs a transaction */
#define IDLE_MS	    200 /* without a job until the store tidies up */

struct pd_writer {
	struct pd_store *store;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows, and of every job's is_done */
	pthread_cond_t wake;
	struct pd_job *first, **last; /* waiting jobs, oldest first */
	bool is_stopping;
};

/* Takes up to GROUP_LIMIT jobs off the queue; NULL where there are none. */
static struct pd_job *take_group(struct pd_writer *writer)
{
	struct pd_job *group = writer->first, **end = &group;
	for (int i = 0; i < GROUP_LIMIT && *end != NULL; i++)
		end = &(*end)->next;
	writer->first = *end;
	if (writer->first == NULL)
		writer->last = &writer->first;
	*end = NULL;
	return group;
}

static void fail_all(struct pd_job *group, const struct pd_error *error)
{
	for (struct pd_job *job = group; job != NULL; job = job->next) {
		if (job->result == 0) {
			job->result = (int)error->class;
			job->error = *error;
		}
	}
}

/* Runs the jobs in one transaction; NULL: all are on disk. Else who failed (PD_FULL: for all of them), and
 * error says why; nothing of the group is kept then. */
static struct pd_job *try_group(struct pd_store *store, struct pd_job *group, struct pd_error *error)
{
	const struct pd_backend *backend = store->backend;
	error->class = PD_OK;
	if (backend->begin(store, error) != 0)
		return group;
	for (struct pd_job *job = group; job != NULL; job = job->next) {
		if (job->result != 0)
			continue;
		job->result = job->run(store, job, &job->error);
		if (job->result != 0) {
			*error = job->error;
			backend->rollback(store);
			return job;
		}
		pd_crash_point("after-write");
	}
	pd_crash_point("before-commit");
	if (backend->commit(store, error) != 0) {
		backend->rollback(store);
		return group;
	}
	pd_crash_point("after-commit");
	return NULL;
}

/* Savepoints would cost every member a copy of each page that it writes; a member that fails is rare, and
 * costs the others of its group that they are carried out again without it. */
static void run_group(struct pd_writer *writer, struct pd_job *group)
{
	struct pd_store *store = writer->store;
	struct pd_error error = {0};
	if (atomic_load(&store->is_failed)) {
		pd_fail(&error, PD_TEMPORARY, "the store has failed and must be opened anew");
		fail_all(group, &error);
		return;
	}
	for (;;) {
		struct pd_job *failed = try_group(store, group, &error);
		if (failed == NULL) {
			atomic_fetch_add(&store->groups, 1);
			return;
		}
		if (failed->result == 0 || error.class == PD_FULL) {
			if (error.class == PD_UNCERTAIN)
				atomic_store(&store->is_failed, true);
			fail_all(group, &error);
			return;
		}
	}
}

static void answer(struct pd_writer *writer, struct pd_job *group)
{
	bool touches_outbox = false;
	for (struct pd_job *job = group; job != NULL; job = job->next)
		touches_outbox |= job->touches_outbox && job->result == 0;
	if (touches_outbox)
		pd_store_outbox_changed(writer->store);
	pthread_mutex_lock(&writer->lock);
	for (struct pd_job *job = group, *next; job != NULL; job = next) {
		next = job->next; /* the job is gone once its thread runs on */
		job->is_done = true;
		pthread_cond_signal(&job->done);
	}
	pthread_mutex_unlock(&writer->lock);
}

/* Waits for jobs, tidying up in quiet times. NULL: stop. */
static struct pd_job *wait_group(struct pd_writer *writer, bool *has_idle_work)
{
	pthread_mutex_lock(&writer->lock);
	while (writer->first == NULL && !writer->is_stopping) {
		if (!*has_idle_work) {
			pthread_cond_wait(&writer->wake, &writer->lock);
			continue;
		}
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += IDLE_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		if (pthread_cond_timedwait(&writer->wake, &writer->lock, &until) != ETIMEDOUT)
			continue;
		pthread_mutex_unlock(&writer->lock);
		*has_idle_work = writer->store->backend->idle(writer->store);
		pthread_mutex_lock(&writer->lock);
	}
	struct pd_job *group = take_group(writer);
	pthread_mutex_unlock(&writer->lock);
	return group;
}

static void *writer_main(void *data)
{
	struct pd_writer *writer = data;
	bool has_idle_work = true;
	for (;;) {
		struct pd_job *group = wait_group(writer, &has_idle_work);
		if (group == NULL)
			return NULL;
		run_group(writer, group);
		answer(writer, group);
		writer->store->backend->after_group(writer->store);
		has_idle_work = true;
	}
}

struct pd_writer *pd_writer_new(struct pd_store *store)
{
	struct pd_writer *writer = calloc(1, sizeof *writer);
	if (writer == NULL)
		abort();
	writer->store = store;
	writer->last = &writer->first;
	pthread_mutex_init(&writer->lock, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&writer->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&writer->thread, NULL, writer_main, writer) != 0) {
		pthread_mutex_destroy(&writer->lock);
		pthread_cond_destroy(&writer->wake);
		free(writer);
		return NULL;
	}
	pthread_setname_np(writer->thread, "writer");
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
	pthread_mutex_destroy(&writer->lock);
	pthread_cond_destroy(&writer->wake);
	free(writer);
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
	pthread_cond_signal(&writer->wake);
	while (!job->is_done)
		pthread_cond_wait(&job->done, &writer->lock);
	pthread_mutex_unlock(&writer->lock);
	pthread_cond_destroy(&job->done);
	if (job->result != 0 && error != NULL)
		*error = job->error;
	return job->result;
}
