/* Commits: plans carried out, and decided anew where what they stood on has changed; the same over every backend.
 *
 * Promises what store.h says. The thread that commits writes its big messages first; deciding anew and
 * carrying out happen in the thread that leads the writing, while it waits. */
#include "store/inside.h"

#include <string.h>

/* Decides inside the transaction. */
static int decide_anew(struct pd_store *store, struct pd_committing *committing, const char *config, struct pd_error *error)
{
	struct pd_commit *commit = committing->commit;
	if (commit->redecide == NULL)
		return pd_fail(error, PD_TEMPORARY, "the desk changed meanwhile");
	struct pd_window writer;
	pd_window_init(&writer, store, true);
	writer.face.config = config;
	store->backend->writer_window(store, &writer);
	struct pd_plan *plan = NULL;
	int failed = commit->redecide(commit->data, &writer.face, &plan, error);
	if (failed)
		return failed;
	if (writer.face.failed != 0) {
		if (error != NULL)
			*error = writer.face.error;
		return writer.face.failed;
	}
	commit->plan = plan;
	return store->backend->prepare(store, committing, error);
}

static int carry_out(struct pd_store *store, struct pd_job *job, struct pd_committing *committing, struct pd_error *error)
{
	const struct pd_commit *commit = committing->commit;
	if (pd_plan_is_empty(commit->plan))
		return 0;
	job->touches_outbox |= commit->plan->letters.count > 0;
	int failed = pd_plan_check(committing->arena, commit->plan, error);
	if (failed)
		return failed;
	pd_noted_plan(store, commit->plan);
	return store->backend->apply(store, committing, error);
}

/* Where anything that was read has changed, it is decided anew. */
static int commit_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	struct pd_committing *committing = job->data;
	struct pd_commit *commit = committing->commit;
	if (commit->snapshot != NULL) {
		struct pd_window writer;
		pd_window_init(&writer, store, true);
		store->backend->writer_window(store, &writer);
		bool has_changed = pd_window_has_changed(pd_window_of(commit->snapshot), &writer);
		if (writer.face.failed != 0) {
			*error = writer.face.error;
			return writer.face.failed;
		}
		if (has_changed)
			atomic_fetch_add(&store->redecided, 1);
		int failed = has_changed ? decide_anew(store, committing, commit->snapshot->config, error) : 0;
		if (failed)
			return failed;
	}
	return carry_out(store, job, committing, error);
}

/* What the plan brings on may be sooner than all that was known. */
static void note_wakes(struct pd_store *store, const struct pd_plan *plan)
{
	for (size_t i = 0; i < plan->tickets.count; i++) {
		pd_time next = plan->tickets.items[i].agenda.next;
		if (next == 0)
			continue;
		pthread_mutex_lock(&store->lock);
		store->wake_changes++;
		if (next < store->next_wake) {
			store->next_wake = next;
			pthread_cond_broadcast(&store->wake);
		}
		pthread_mutex_unlock(&store->lock);
	}
}

static void give_lines(struct pd_store *store, const struct pd_plan *plan)
{
	for (size_t i = 0; i < plan->letters.count; i++) {
		if (!plan->letters.items[i]->is_line || plan->letters.items[i]->past != 0)
			continue;
		pthread_mutex_lock(&store->listening);
		if (store->line != NULL)
			store->line(store->line_data, plan->letters.items[i]);
		pthread_mutex_unlock(&store->listening);
	}
}

int pd_store_commit(struct pd_store *store, struct pd_commit *commit, struct pd_error *error)
{
	/* A mail that came before changes nothing; its 250 waits until what came before is on disk (invariant 1). */
	if (pd_plan_is_empty(commit->plan) && (store->writer == NULL || pd_writer_is_settled(store->writer)))
		return 0;
	if (commit->snapshot != NULL && commit->snapshot->failed != 0) {
		if (error != NULL)
			*error = commit->snapshot->error;
		return commit->snapshot->failed;
	}
	if (store->writer == NULL)
		return pd_fail(error, PD_TEMPORARY, "the store is open for reading only");
	/* The read set is all that is still needed; a look-up after this begins anew. */
	if (commit->snapshot != NULL && pd_window_of(commit->snapshot)->at != NULL)
		store->backend->window_end(pd_window_of(commit->snapshot));
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_committing committing = {.commit = commit, .arena = arena};
	struct pd_job job = {.run = commit_run, .data = &committing, .notes_changes = true};
	struct pd_error own;
	if (error == NULL)
		error = &own;
	int failed = store->backend->prepare(store, &committing, error);
	if (!failed)
		failed = pd_writer_do(store->writer, &job, error);
	if (failed != PD_UNCERTAIN) {
		for (size_t i = 0; failed && i < committing.blobs.count; i++)
			committing.blobs.items[i].is_used = false;
		store->backend->unprepare(store, &committing);
	}
	if (!failed) {
		atomic_fetch_add(&store->commits, 1);
		note_wakes(store, commit->plan);
		give_lines(store, commit->plan);
	}
	return failed;
}

/* --- many, one after the other --- */

struct row {
	struct pd_committing *items;
	size_t count;
	const char *config;
};

static int row_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	const struct row *row = job->data;
	int failed = 0;
	for (size_t i = 0; i < row->count && !failed; i++) {
		failed = decide_anew(store, &row->items[i], row->config, error);
		if (!failed)
			failed = carry_out(store, job, &row->items[i], error);
	}
	return failed;
}

int pd_store_commit_row(struct pd_store *store, struct pd_commit *commits, size_t count, struct pd_error *error)
{
	if (store->writer == NULL)
		return pd_fail(error, PD_TEMPORARY, "the store is open for reading only");
	PD_AUTO_ARENA arena = pd_arena_new();
	struct row row = {.items = pd_alloc_n(arena, count, sizeof *row.items), .count = count};
	for (size_t i = 0; i < count; i++)
		row.items[i] = (struct pd_committing){.commit = &commits[i], .arena = arena};
	pthread_mutex_lock(&store->lock);
	row.config = store->config[0] != '\0' ? pd_strdup(arena, store->config) : NULL;
	pthread_mutex_unlock(&store->lock);
	struct pd_job job = {.run = row_run, .data = &row, .notes_changes = true};
	int failed = pd_writer_do(store->writer, &job, error);
	for (size_t i = 0; i < count && failed != PD_UNCERTAIN; i++) {
		for (size_t n = 0; failed && n < row.items[i].blobs.count; n++)
			row.items[i].blobs.items[n].is_used = false;
		store->backend->unprepare(store, &row.items[i]);
	}
	for (size_t i = 0; i < count && !failed; i++) {
		atomic_fetch_add(&store->commits, 1);
		note_wakes(store, commits[i].plan);
		give_lines(store, commits[i].plan);
	}
	return failed;
}
