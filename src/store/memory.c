/* The store in memory: proof that store.h is a real seam, and the desk of tests.
 *
 * Tickets have no row here: each is folded from its events whenever it is asked for, queries are answered by
 * pd_query_matches. Promises what store.h says but for durability. A backup of it is refused. */
#include "store/memory.h"

#include <stdlib.h>
#include <string.h>

static int window_begin(struct pd_window *view, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(view->store);
	(void)error;
	uint64_t *instant = PD_NEW(view->arena, uint64_t);
	pthread_mutex_lock(&memory->lock);
	*instant = memory->committed;
	pthread_mutex_unlock(&memory->lock);
	view->at = instant;
	return 0;
}

static void window_end(struct pd_window *view)
{
	view->at = NULL;
}

static void writer_window(struct pd_store *store, struct pd_window *view)
{
	static const uint64_t now = UINT64_MAX - 1;
	(void)store;
	view->at = (void *)(uintptr_t)&now;
}

static int raw(struct pd_store *store, int64_t message, struct pd_raw **ret_raw, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	int failed = 0;
	pthread_mutex_lock(&memory->lock);
	const struct memory_message *found = pd_memory_message(memory, message, memory->committed);
	if (found == NULL || found->raw.data == NULL)
		failed = pd_fail(error, PD_PERMANENT, "there is no source of message %lld",
				 (long long)message);
	else
		*ret_raw = pd_raw_from_bytes(found->raw.data, found->raw.len);
	pthread_mutex_unlock(&memory->lock);
	return failed;
}

static int stats(struct pd_store *store, struct pd_store_stats *stats, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	struct pd_snapshot *snapshot;
	int failed = pd_store_begin(store, &snapshot, error);
	if (failed)
		return failed;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_tickets tickets = snapshot->list(snapshot, arena, NULL, NULL, SIZE_MAX, 0);
	pd_store_end(snapshot);
	for (size_t i = 0; i < tickets.count; i++) {
		stats->tickets++;
		stats->open +=
			tickets.items[i]->status_kind != PD_STATUS_CLOSED && !tickets.items[i]->is_spam;
		stats->messages += tickets.items[i]->messages;
	}
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->letters.count; i++) {
		const struct memory_letter *letter = &memory->letters.items[i];
		if (!pd_memory_holds(letter->life, memory->committed) || letter->state > 1)
			continue;
		stats->outbox_waiting++;
		if (stats->oldest_waiting == 0 || letter->lease.created < stats->oldest_waiting)
			stats->oldest_waiting = letter->lease.created;
	}
	for (size_t i = 0; i < memory->drafts.count; i++)
		stats->drafts += pd_memory_holds(memory->drafts.items[i].life, memory->committed) &&
				 memory->drafts.items[i].draft.state == PD_DRAFT_KEPT;
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

static int backup(struct pd_store *store, const char *destination, struct pd_error *error)
{
	(void)store;
	return pd_fail(error, PD_PERMANENT, "%s: a store in memory has no backup", destination);
}

static int verify(struct pd_store *store, struct pd_arena *arena, struct pd_strings *ret_wrong,
		  struct pd_error *error)
{
	(void)store;
	(void)arena;
	(void)error;
	*ret_wrong = (struct pd_strings){0}; /* nothing is kept twice that could differ */
	return 0;
}

static int prepare(struct pd_store *store, struct pd_committing *committing, struct pd_error *error)
{
	(void)store;
	(void)committing;
	(void)error;
	return 0;
}

static void unprepare(struct pd_store *store, struct pd_committing *committing)
{
	(void)store;
	(void)committing;
}

/* --- transactions --- */

/* Rows of the open commit go, and what it ended lives on. */
#define TAKE_BACK(list, instant)                                                                             \
	do {                                                                                                 \
		while ((list).count > 0 && (list).items[(list).count - 1].life.from > (instant))             \
			(list).count--;                                                                      \
		for (size_t n = 0; n < (list).count; n++)                                                    \
			if ((list).items[n].life.until > (instant))                                          \
				(list).items[n].life.until = 0;                                              \
	} while (0)

static void rollback_to(struct pd_memory *memory, uint64_t instant)
{
	pthread_mutex_lock(&memory->lock);
	TAKE_BACK(memory->events, instant);
	TAKE_BACK(memory->messages, instant);
	TAKE_BACK(memory->documents, instant);
	TAKE_BACK(memory->letters, instant);
	TAKE_BACK(memory->contacts, instant);
	TAKE_BACK(memory->ids, instant);
	TAKE_BACK(memory->marks, instant);
	TAKE_BACK(memory->counters, instant);
	TAKE_BACK(memory->drafts, instant);
	TAKE_BACK(memory->texts, instant);
	TAKE_BACK(memory->in_force, instant);
	TAKE_BACK(memory->agendas, instant);
	TAKE_BACK(memory->keys, instant);
	memory->writing = instant;
	pthread_mutex_unlock(&memory->lock);
}

static int begin_group(struct pd_store *store, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	pthread_mutex_lock(&memory->lock);
	memory->writing = memory->committed + 1;
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

static int commit_group(struct pd_store *store, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	pthread_mutex_lock(&memory->lock);
	memory->committed = memory->writing;
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

static void rollback(struct pd_store *store)
{
	struct pd_memory *memory = pd_memory_of(store);
	rollback_to(memory, memory->committed);
}

static int sync_group(struct pd_store *store, struct pd_error *error)
{
	(void)store;
	(void)error;
	return 0;
}

static void before_group(struct pd_store *store)
{
	(void)store;
}

static bool idle(struct pd_store *store)
{
	(void)store;
	return false;
}

/* The lock is held. NULL: not kept. */
static const char *find_text(const struct pd_memory *memory, const char *hash)
{
	for (size_t i = 0; i < memory->texts.count; i++)
		if (strcmp(memory->texts.items[i].hash, hash) == 0)
			return memory->texts.items[i].text;
	return NULL;
}

/* They are looked up in the events themselves. */
static int refold_records(struct pd_store *store, struct pd_error *error)
{
	(void)store;
	(void)error;
	return 0;
}

static int keep_text(struct pd_store *store, struct pd_text_request *request, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	pthread_mutex_lock(&memory->lock);
	if (find_text(memory, request->hash) == NULL)
		*pd_list_add(memory->arena, &memory->texts) =
			(struct memory_text){.life = {.from = memory->writing},
					     .hash = pd_strdup(memory->arena, request->hash),
					     .kind = pd_strdup(memory->arena, request->kind),
					     .text = pd_strdup(memory->arena, request->text)};
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

static int enforce(struct pd_store *store, const char *hash, pd_time now, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	pthread_mutex_lock(&memory->lock);
	size_t count = memory->in_force.count;
	if (count == 0 || strcmp(memory->in_force.items[count - 1].hash, hash) != 0)
		*pd_list_add(memory->arena, &memory->in_force) = (struct memory_force){
			.life = {.from = memory->writing}, .at = now, .hash = pd_strdup(memory->arena, hash)};
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

static int text_of(struct pd_store *store, struct pd_arena *arena, const char *hash, char **ret_text,
		   struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	pthread_mutex_lock(&memory->lock);
	*ret_text = pd_strdup(arena, find_text(memory, hash));
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

static int texts(struct pd_store *store, struct pd_arena *arena, const char *kind, struct pd_strings *ret_texts,
		 struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	*ret_texts = (struct pd_strings){0};
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->texts.count; i++)
		if (strcmp(memory->texts.items[i].kind, kind) == 0)
			*pd_list_add(arena, ret_texts) = pd_strdup(arena, memory->texts.items[i].text);
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

static int config_at(struct pd_store *store, struct pd_arena *arena, pd_time at, char **ret_hash,
		     struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	pd_time newest = INT64_MIN;
	(void)error;
	*ret_hash = NULL;
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->in_force.count; i++) {
		if (memory->in_force.items[i].at > at || memory->in_force.items[i].at < newest)
			continue;
		newest = memory->in_force.items[i].at;
		*ret_hash = pd_strdup(arena, memory->in_force.items[i].hash);
	}
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

static void close_store(struct pd_store *store)
{
	struct pd_memory *memory = pd_memory_of(store);
	pd_arena_free(memory->arena);
	pthread_mutex_destroy(&memory->lock);
	pd_store_fini(store);
	free(memory);
}

static struct pd_backend backend = {
	.ticket_version = pd_memory_ticket_version,
	.ticket_at = pd_memory_ticket_at,
	.replay = pd_memory_replay,
	.window_begin = window_begin,
	.window_end = window_end,
	.raw = raw,
	.message = pd_memory_planned,
	.refold_records = refold_records,
	.outbox = pd_memory_outbox,
	.taken = pd_memory_taken,
	.stats = stats,
	.backup = backup,
	.verify = verify,
	.prepare = prepare,
	.unprepare = unprepare,
	.begin = begin_group,
	.commit = commit_group,
	.rollback = rollback,
	.before_group = before_group,
	.idle = idle,
	.writer_window = writer_window,
	.apply = pd_memory_apply,
	.lease = pd_memory_lease,
	.sent = pd_memory_sent,
	.take_over = pd_memory_take_over,
	.flush = pd_memory_flush,
	.keep_text = keep_text,
	.enforce = enforce,
	.retime = pd_memory_retime,
	.next_wake = pd_memory_next_wake,
	.text = text_of,
	.texts = texts,
	.config_at = config_at,
	.keys = pd_memory_keys,
	.key_add = pd_memory_key_add,
	.key_remove = pd_memory_key_remove,
	.purge = pd_memory_purge,
	.next_due = pd_memory_next_due,
	.sync = sync_group,
	.close = close_store,
};

static void fill_lookups(void)
{
	backend.lookups = pd_memory_lookups;
}

struct pd_store *pd_store_memory(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, fill_lookups);
	struct pd_memory *memory = calloc(1, sizeof *memory);
	if (memory == NULL)
		abort();
	pd_store_init(&memory->store, &backend, PD_STORE_WRITE);
	pthread_mutex_init(&memory->lock, NULL);
	memory->arena = pd_arena_new();
	memory->committed = memory->writing = 1;
	pd_random(memory->store.key, sizeof memory->store.key);
	memory->store.writer = pd_writer_new(&memory->store);
	if (memory->store.writer == NULL)
		abort();
	return &memory->store;
}
