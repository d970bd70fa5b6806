/* Mails of an archive on the road: read by several readers at once, decided and kept in their order.
 *
 * Promises: a mail sees those before it, as if they had come one by one; many share a transaction, and with it a sync, but
 * so few that other mail waits for no longer than it does for a group of its own kind. Where such a transaction fails, its
 * mails are kept one by one, so that one mail's fault is that mail's alone. Fails as flow.h says. */
#include "flow/internal.h"

#include <pthread.h>

#define READING_AT_ONCE 4
#define ROW_MAILS	32
#define ROW_LARGEST	((size_t)64 * 1024) /* a larger mail is kept alone */

struct item {
	struct pd_arena *arena;
	struct pd_delivery delivery;
	struct pd_work work;
	struct pd_flow_imported *imported;
	bool is_read; /* under the lock: or it failed */
	bool is_kept;
};

struct batch {
	struct pd_flow *flow;
	struct pd_settings *settings;
	struct item *items;
	size_t count;
	size_t next; /* under the lock: to be read */
	pthread_mutex_t lock;
	pthread_cond_t read;
};

/* --- reading --- */

static void prepare(struct batch *batch, struct item *item, const struct pd_flow_import *import)
{
	const struct pd_mailbox *mailbox = import->mailbox ? pd_settings_mailbox(batch->settings, import->mailbox) : NULL;

	item->arena = pd_arena_new();
	item->delivery = (struct pd_delivery){
		.sender = "",
		.source = "import",
		.raw = import->raw,
		.import_into = mailbox,
		.import_ticket = import->ticket,
		.import_as = import->as,
		.import_by = import->by,
		.import_at = import->at,
	};
	item->work = (struct pd_work){
		.flow = batch->flow,
		.arena = item->arena,
		.settings = batch->settings,
		.delivery = &item->delivery,
		.decide = pd_flow_decide_delivery,
		.actor = "postdesk",
		.is_import = true,
		.now = pd_now(), /* deciding takes the time of an import */
	};
	if (mailbox)
		*pd_list_add(item->arena, &item->delivery.recipients) = mailbox->addresses.items[0];
	else
		item->imported->failed = pd_fail(&item->imported->error, PD_PERMANENT, "there is no mailbox \"%s\"",
						 import->mailbox ? import->mailbox : "");
}

static void read_item(struct batch *batch, struct item *item)
{
	struct pd_message *message;

	if (item->imported->failed)
		return;
	item->imported->failed = pd_read_message(pd_flow_readers(batch->flow), item->arena, item->delivery.raw, &message,
						 &item->imported->error);
	if (!item->imported->failed)
		item->delivery.message = message;
}

static void *read_all(void *data)
{
	struct batch *batch = data;

	pthread_mutex_lock(&batch->lock);
	while (batch->next < batch->count) {
		struct item *item = &batch->items[batch->next++];

		pthread_mutex_unlock(&batch->lock);
		read_item(batch, item);
		pthread_mutex_lock(&batch->lock);
		item->is_read = true;
		pthread_cond_signal(&batch->read);
	}
	pthread_mutex_unlock(&batch->lock);
	return NULL;
}

static void await_read(struct batch *batch, size_t from, size_t to)
{
	pthread_mutex_lock(&batch->lock);
	for (size_t i = from; i < to; i++)
		while (!batch->items[i].is_read)
			pthread_cond_wait(&batch->read, &batch->lock);
	pthread_mutex_unlock(&batch->lock);
}

/* --- keeping --- */

static void note(struct item *item, const struct pd_plan *plan)
{
	item->imported->is_new = plan->messages.count > 0;
	item->imported->ticket = plan->ticket;
	item->is_kept = true;
}

static int keep_alone(struct item *item, struct pd_error *error)
{
	struct pd_plan *plan;

	if (!item->imported->failed)
		item->imported->failed = pd_flow_keep(&item->work, &plan, &item->imported->error);
	if (!item->imported->failed)
		note(item, plan);
	if (!item->imported->failed || item->imported->failed == PD_PERMANENT)
		return 0;
	*error = item->imported->error;
	return item->imported->failed;
}

/* All of them in one transaction; false: it was not. */
static bool keep_row(struct batch *batch, size_t from, size_t to, struct pd_error *error, int *ret_failed)
{
	struct pd_commit commits[ROW_MAILS] = {0};

	for (size_t i = from; i < to; i++) {
		struct pd_work *work = &batch->items[i].work;

		if (batch->items[i].imported->failed)
			return false;
		commits[i - from] = (struct pd_commit){
			.raw = work->delivery->raw, .now = work->now, .redecide = pd_flow_decide, .data = work};
	}
	int failed = pd_store_commit_row(pd_flow_store(batch->flow), commits, to - from, error);

	for (size_t i = from; i < to && !failed; i++)
		note(&batch->items[i], commits[i - from].plan);
	if (failed == PD_UNCERTAIN) /* to be asked again is all that helps */
		*ret_failed = failed;
	return !failed || failed == PD_UNCERTAIN;
}

/* How many from this one on go together. */
static size_t row_of(const struct batch *batch, size_t from)
{
	size_t to = from;

	while (to < batch->count && to - from < ROW_MAILS && batch->items[to].delivery.raw->size <= ROW_LARGEST)
		to++;
	return to > from ? to : from + 1;
}

static int keep(struct batch *batch, size_t from, size_t to, struct pd_error *error)
{
	int failed = 0;

	await_read(batch, from, to);
	if (to - from > 1 && keep_row(batch, from, to, error, &failed))
		return failed;
	for (size_t i = from; i < to && !failed; i++)
		failed = keep_alone(&batch->items[i], error);
	return failed;
}

/* The rest is not tried. */
static void give_up(struct batch *batch, int failed, const struct pd_error *error)
{
	for (size_t i = 0; i < batch->count; i++)
		if (!batch->items[i].imported->failed && !batch->items[i].is_kept) {
			batch->items[i].imported->failed = failed;
			batch->items[i].imported->error = *error;
		}
}

/* As many threads as can be had; what they leave is read here. */
static int keep_all(struct batch *batch, struct pd_error *error)
{
	pthread_t threads[READING_AT_ONCE];
	size_t started = 0;
	int failed = 0;

	while (started < READING_AT_ONCE && started < batch->count &&
	       pthread_create(&threads[started], NULL, read_all, batch) == 0)
		started++;
	if (started == 0)
		read_all(batch);
	for (size_t from = 0, to; from < batch->count && !failed; from = to) {
		to = row_of(batch, from);
		failed = keep(batch, from, to, error);
	}
	pthread_mutex_lock(&batch->lock);
	batch->next = batch->count; /* after a failure nothing more is read */
	pthread_mutex_unlock(&batch->lock);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	if (failed)
		give_up(batch, failed, error);
	return failed;
}

int pd_flow_import(struct pd_flow *flow, const struct pd_flow_import *imports, size_t count, struct pd_flow_imported *imported,
		   struct pd_error *error)
{
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct batch batch = {.flow = flow, .settings = settings, .count = count};

	batch.items = pd_alloc_n(arena, count, sizeof *batch.items);
	pthread_mutex_init(&batch.lock, NULL);
	pthread_cond_init(&batch.read, NULL);
	for (size_t i = 0; i < count; i++) {
		imported[i] = (struct pd_flow_imported){0};
		batch.items[i].imported = &imported[i];
		prepare(&batch, &batch.items[i], &imports[i]);
	}
	int failed = keep_all(&batch, error);

	for (size_t i = 0; i < count; i++)
		pd_arena_free(batch.items[i].arena);
	pthread_mutex_destroy(&batch.lock);
	pthread_cond_destroy(&batch.read);
	return failed;
}
