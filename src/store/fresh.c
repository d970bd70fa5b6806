/* Keys that came lately: Message-IDs, marks and base subjects wait, before they get to their places in trees whose
 * order is that of hashes.
 *
 * A key alone costs such a tree a page of its own, written to the log and copied home, as soon as the tree is larger
 * than a group's keys. So the keys of a group are kept together, as one row at the end of the table `fresh_key`, and,
 * for look-ups, in memory. Where there are many, they are sorted, and each group that follows takes some of them, that
 * lie beside each other, to their places. Then their rows of `fresh_key` are dropped. What is taken there twice, since
 * the daemon was killed between, is the same as what was taken there once.
 *
 * Marks are dropped from their places when they have expired (sql_tidy.c): in quiet times all is taken there once one
 * has.
 *
 * A generation is all that is sorted at once. A snapshot holds those that there were when it began, and sees of them
 * what had been committed then; so it misses nothing that is taken to its place, or dropped here, meanwhile. Who has no
 * writer (the command line) reads the table.
 *
 * Promises: a key is found from its commit on, in its place or here. Fails: as writes do; then the group does. */
#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#define ENOUGH	  65536 /* rows of a generation, until it is sorted */
#define BUCKETS	  65536
#define SLICE	  8 /* rows that a group takes to their places at least, and rows of the table that it drops */
#define SLICE_FOR 2 /* for each row that it brings: so much is done well before there is enough again */
#define SLICE_IDLE 4096 /* in quiet times */

struct entry {
	struct pd_fresh_row row;
	uint32_t next; /* in the bucket, older; place + 1, 0: none */
};

/* What is sorted by; what is the same in both is as it came. */
struct order {
	int64_t a;
	enum pd_fresh_kind kind;
	uint32_t place;
};

struct pd_generation {
	atomic_int holders;
	pthread_mutex_t lock; /* of what follows */
	struct pd_arena *arena; /* of texts */
	struct entry *entries; /* malloc */
	size_t count, room;
	uint32_t buckets[BUCKETS]; /* place + 1 of the newest, 0: none */
};

struct pd_fresh {
	pthread_mutex_t lock; /* of the two pointers, where the thread that leads changes them */
	struct pd_generation *current, *sorted; /* sorted: NULL */

	/* the thread's that leads */
	size_t committed; /* rows of `current` */
	pd_time expires;  /* of its marks the first; INT64_MAX: none does */
	bool is_due;	  /* one has: what is sorted gets to its place in quiet times, too */
	size_t slice;	  /* of the next group */
	struct order *order; /* of `sorted`; malloc */
	size_t placed, placing; /* of them: so many are in their places, will be with this group */
	int64_t last, sorted_last; /* rows of the table: the last, and the last of `sorted` or what was */
	int64_t dropped, dropping; /* likewise: up to here they are gone */
};

/* --- generations --- */

static struct pd_generation *generation_new(void)
{
	struct pd_generation *generation = calloc(1, sizeof *generation);
	if (generation == NULL)
		abort();
	atomic_init(&generation->holders, 1);
	pthread_mutex_init(&generation->lock, NULL);
	generation->arena = pd_arena_new();
	return generation;
}

static void generation_release(struct pd_generation *generation)
{
	if (generation == NULL || atomic_fetch_sub(&generation->holders, 1) > 1)
		return;
	pthread_mutex_destroy(&generation->lock);
	pd_arena_free(generation->arena);
	free(generation->entries);
	free(generation);
}

static uint32_t *bucket_of(struct pd_generation *generation, struct pd_key key)
{
	return &generation->buckets[(uint64_t)key.a % BUCKETS];
}

static void add(struct pd_generation *generation, const struct pd_fresh_row *row)
{
	pthread_mutex_lock(&generation->lock);
	if (generation->count == generation->room) {
		generation->room = generation->room > 0 ? 2 * generation->room : 64;
		generation->entries = realloc(generation->entries, generation->room * sizeof *generation->entries);
		if (generation->entries == NULL)
			abort();
	}
	uint32_t *bucket = bucket_of(generation, row->key);
	struct entry *entry = &generation->entries[generation->count++];
	*entry = (struct entry){.row = *row, .next = *bucket};
	entry->row.text = pd_strdup(generation->arena, row->text);
	*bucket = (uint32_t)generation->count;
	pthread_mutex_unlock(&generation->lock);
}

/* The newest goes; nothing else has come into its bucket since. */
static void take_back(struct pd_generation *generation, size_t count)
{
	pthread_mutex_lock(&generation->lock);
	while (generation->count > count) {
		const struct entry *entry = &generation->entries[--generation->count];
		*bucket_of(generation, entry->row.key) = entry->next;
	}
	pthread_mutex_unlock(&generation->lock);
}

static void find_in(struct pd_generation *generation, struct pd_arena *arena, enum pd_fresh_kind kind, struct pd_key key,
		    uint64_t group, size_t max, struct pd_fresh_rows *found)
{
	pthread_mutex_lock(&generation->lock);
	for (uint32_t at = *bucket_of(generation, key); at != 0 && found->count < max;) {
		const struct entry *entry = &generation->entries[at - 1];
		at = entry->next;
		if (entry->row.kind != kind || entry->row.key.a != key.a || entry->row.key.b != key.b ||
		    entry->row.group > group)
			continue;
		struct pd_fresh_row *row = pd_list_add(arena, found);
		*row = entry->row;
		row->text = pd_strdup(arena, entry->row.text);
	}
	pthread_mutex_unlock(&generation->lock);
}

/* --- the table --- */

static void pack(struct pd_buf *buf, const struct pd_fresh_row *row)
{
	pd_buf_addc(buf, (char)row->kind);
	pd_buf_add(buf, &row->key, sizeof row->key);
	for (size_t i = 0; i < PD_FRESH_NUMBERS; i++)
		pd_record_put_number(buf, (uint64_t)row->numbers[i]);
	pd_record_put_text(buf, row->text);
}

static bool unpack(struct pd_arena *arena, struct pd_cursor *in, struct pd_fresh_row *row)
{
	*row = (struct pd_fresh_row){0};
	if ((size_t)(in->end - in->at) < 1 + sizeof row->key)
		return false;
	row->kind = (enum pd_fresh_kind)*in->at++;
	memcpy(&row->key, in->at, sizeof row->key);
	in->at += sizeof row->key;
	for (size_t i = 0; i < PD_FRESH_NUMBERS; i++)
		row->numbers[i] = (int64_t)pd_record_get_number(in);
	row->text = pd_record_get_text(arena, in);
	return !in->bad;
}

/* All of the table, oldest first. */
static int read_table(struct pd_connection *connection, struct pd_generation *generation, int64_t *ret_first,
		      int64_t *ret_last, struct pd_error *error)
{
	int failed = 0;
	*ret_first = *ret_last = 0;
	PD_AUTO_ARENA arena = pd_arena_new();
	sqlite3_stmt *select = SQL(connection, "SELECT seq, keys FROM fresh_key ORDER BY seq");
	while (pd_sql_row(connection, select, &failed, error)) {
		*ret_last = sqlite3_column_int64(select, 0);
		if (*ret_first == 0)
			*ret_first = *ret_last;
		const char *keys = sqlite3_column_blob(select, 1);
		struct pd_cursor in = {.at = keys, .end = keys + sqlite3_column_bytes(select, 1)};
		struct pd_fresh_row row;
		while (keys != NULL && in.at < in.end) {
			if (!unpack(arena, &in, &row)) {
				sqlite3_reset(select);
				return pd_fail(error, PD_TEMPORARY, "the keys of row %lld of fresh_key are damaged",
					       (long long)*ret_last);
			}
			add(generation, &row);
		}
	}
	return failed;
}

/* --- the writer's --- */

static void note_expiry(struct pd_fresh *fresh, const struct pd_fresh_row *row)
{
	if (row->kind == PD_FRESH_MARK && row->numbers[1] != 0 && row->numbers[1] < fresh->expires)
		fresh->expires = row->numbers[1];
}

int pd_fresh_new(struct pd_sqlite *store, struct pd_fresh **ret_fresh, struct pd_error *error)
{
	struct pd_fresh *fresh = calloc(1, sizeof *fresh);
	if (fresh == NULL)
		abort();
	int64_t first;
	pthread_mutex_init(&fresh->lock, NULL);
	fresh->current = generation_new();
	fresh->expires = INT64_MAX;
	fresh->slice = SLICE;
	int failed = read_table(store->writer, fresh->current, &first, &fresh->last, error);
	if (failed) {
		pd_fresh_free(fresh);
		return failed;
	}
	fresh->committed = fresh->current->count;
	fresh->sorted_last = fresh->dropped = fresh->dropping = first > 0 ? first - 1 : 0;
	for (size_t i = 0; i < fresh->current->count; i++) {
		pd_filter_add(store->filter, fresh->current->entries[i].row.key);
		note_expiry(fresh, &fresh->current->entries[i].row);
	}
	*ret_fresh = fresh;
	return 0;
}

void pd_fresh_free(struct pd_fresh *fresh)
{
	if (fresh == NULL)
		return;
	generation_release(fresh->current);
	generation_release(fresh->sorted);
	pthread_mutex_destroy(&fresh->lock);
	free(fresh->order);
	free(fresh);
}

void pd_fresh_put(struct pd_sqlite *store, const struct pd_fresh_row *row)
{
	struct pd_fresh_row mine = *row;
	mine.group = atomic_load(&store->store.committed) + 1;
	note_expiry(store->fresh, &mine);
	add(store->fresh->current, &mine);
}

static int place(struct pd_connection *writer, const struct pd_fresh_row *row, struct pd_error *error)
{
	const int64_t *numbers = row->numbers;
	sqlite3_stmt *put = NULL;
	switch (row->kind) {
	case PD_FRESH_ID:
		put = SQL(writer, "INSERT INTO known_id (key_a, key_b, event, ticket, conversation, is_reference, agent)"
				  " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
		pd_sql_bind(put, "iiiizis", row->key.a, row->key.b, numbers[0], numbers[1], numbers[2], numbers[3],
			    row->text);
		break;
	case PD_FRESH_MARK:
		put = SQL(writer, "INSERT INTO mark (key_a, key_b, value, expires) VALUES (?, ?, ?, ?)"
				  " ON CONFLICT (key_a, key_b) DO UPDATE SET value = excluded.value,"
				  " expires = excluded.expires");
		pd_sql_bind(put, "iiiz", row->key.a, row->key.b, numbers[0], numbers[1]);
		break;
	case PD_FRESH_SUBJECT:
		put = numbers[1] != 0
			      ? SQL(writer, "INSERT INTO conversation (key_a, key_b, id, ticket) VALUES (?, ?, ?, ?)"
					    " ON CONFLICT (key_a, key_b, id) DO UPDATE SET ticket = excluded.ticket")
			      : SQL(writer, "DELETE FROM conversation WHERE key_a = ? AND key_b = ? AND id = ?"
					    " AND ? = 0");
		pd_sql_bind(put, "iiii", row->key.a, row->key.b, numbers[0], numbers[1]);
		break;
	}
	return pd_sql_run(writer, put, error);
}

static bool is_same_mark(const struct pd_fresh_row *one, const struct pd_fresh_row *other)
{
	return one->kind == PD_FRESH_MARK && other->kind == PD_FRESH_MARK && one->key.a == other->key.a &&
	       one->key.b == other->key.b;
}

/* The next of what is sorted gets to its place. */
static int place_some(struct pd_sqlite *store, size_t count, struct pd_error *error)
{
	struct pd_fresh *fresh = store->fresh;
	const struct pd_generation *sorted = fresh->sorted;
	int failed = 0;
	for (; count > 0 && fresh->placing < sorted->count && !failed; count--) {
		const struct pd_fresh_row *row = &sorted->entries[fresh->order[fresh->placing++].place].row;
		/* Of a mark that was set again and again the last is all. */
		if (fresh->placing == sorted->count ||
		    !is_same_mark(row, &sorted->entries[fresh->order[fresh->placing].place].row))
			failed = place(store->writer, row, error);
	}
	return failed;
}

static int drop_some(struct pd_sqlite *store, int64_t count, struct pd_error *error)
{
	struct pd_fresh *fresh = store->fresh;
	const int64_t until = fresh->dropped + count;
	fresh->dropping = until < fresh->sorted_last ? until : fresh->sorted_last;
	sqlite3_stmt *drop = SQL(store->writer, "DELETE FROM fresh_key WHERE seq <= ?");
	pd_sql_bind(drop, "i", fresh->dropping);
	return pd_sql_run(store->writer, drop, error);
}

int pd_fresh_commit(struct pd_sqlite *store, struct pd_error *error)
{
	struct pd_fresh *fresh = store->fresh;
	const struct pd_generation *current = fresh->current;
	const size_t brought = current->count - fresh->committed, slice = fresh->slice;
	int failed = 0;
	fresh->slice = SLICE;
	if (brought > 0) {
		PD_AUTO_BUF keys = {0};
		for (size_t i = fresh->committed; i < current->count; i++)
			pack(&keys, &current->entries[i].row);
		sqlite3_stmt *put = SQL(store->writer, "INSERT INTO fresh_key (seq, keys) VALUES (?, ?)");
		pd_sql_bind(put, "ib", fresh->last + 1, keys.data, keys.len);
		failed = pd_sql_run(store->writer, put, error);
	}
	if (!failed && fresh->sorted != NULL)
		failed = place_some(store, slice > SLICE_FOR * brought ? slice : SLICE_FOR * brought, error);
	else if (!failed && fresh->dropped < fresh->sorted_last)
		failed = drop_some(store, (int64_t)slice, error);
	return failed;
}

static int in_order(const void *a, const void *b)
{
	const struct order *one = a, *other = b;
	if (one->kind != other->kind)
		return one->kind < other->kind ? -1 : 1;
	if (one->a != other->a)
		return one->a < other->a ? -1 : 1;
	return (one->place > other->place) - (one->place < other->place);
}

/* What is current is sorted from now on. */
static void sort(struct pd_fresh *fresh)
{
	struct pd_generation *sorted = fresh->current, *next = generation_new();
	fresh->order = realloc(fresh->order, sorted->count * sizeof *fresh->order);
	if (fresh->order == NULL)
		abort();
	for (size_t i = 0; i < sorted->count; i++)
		fresh->order[i] = (struct order){sorted->entries[i].row.key.a, sorted->entries[i].row.kind, (uint32_t)i};
	qsort(fresh->order, sorted->count, sizeof *fresh->order, in_order);
	fresh->placed = fresh->placing = 0;
	fresh->sorted_last = fresh->last;
	fresh->committed = 0;
	fresh->expires = INT64_MAX;
	pthread_mutex_lock(&fresh->lock);
	fresh->sorted = sorted;
	fresh->current = next;
	pthread_mutex_unlock(&fresh->lock);
}

void pd_fresh_committed(struct pd_sqlite *store)
{
	struct pd_fresh *fresh = store->fresh;
	if (fresh->current->count > fresh->committed)
		fresh->last++;
	fresh->committed = fresh->current->count;
	fresh->placed = fresh->placing;
	fresh->dropped = fresh->dropping;
	if (fresh->sorted != NULL && fresh->placed == fresh->sorted->count) {
		struct pd_generation *done = fresh->sorted;
		pthread_mutex_lock(&fresh->lock);
		fresh->sorted = NULL;
		pthread_mutex_unlock(&fresh->lock);
		generation_release(done);
	} else if (fresh->sorted == NULL && fresh->dropped == fresh->sorted_last && fresh->committed >= ENOUGH) {
		sort(fresh);
	}
}

void pd_fresh_rollback(struct pd_sqlite *store)
{
	struct pd_fresh *fresh = store->fresh;
	take_back(fresh->current, fresh->committed);
	fresh->placing = fresh->placed;
	fresh->dropping = fresh->dropped;
}

bool pd_fresh_is_due(struct pd_sqlite *store, pd_time now)
{
	struct pd_fresh *fresh = store->fresh;
	const bool is_busy = fresh->sorted != NULL || fresh->dropped < fresh->sorted_last;
	fresh->is_due = fresh->is_due && is_busy;
	if (!is_busy && fresh->expires < now) {
		sort(fresh);
		fresh->is_due = true;
	}
	if (fresh->is_due)
		fresh->slice = SLICE_IDLE;
	return fresh->is_due;
}

/* --- look-ups --- */

void pd_fresh_hold(struct pd_connection *connection)
{
	struct pd_fresh *fresh = connection->store->fresh;
	if (fresh == NULL)
		return;
	connection->group = atomic_load(&connection->store->store.committed);
	pthread_mutex_lock(&fresh->lock);
	struct pd_generation *held[] = {fresh->current, fresh->sorted};
	for (size_t i = 0; i < PD_GENERATIONS; i++) {
		if (held[i] != NULL)
			atomic_fetch_add(&held[i]->holders, 1);
		connection->generations[i] = held[i];
	}
	pthread_mutex_unlock(&fresh->lock);
}

void pd_fresh_release(struct pd_connection *connection)
{
	for (size_t i = 0; i < PD_GENERATIONS; i++) {
		generation_release(connection->generations[i]);
		connection->generations[i] = NULL;
	}
}

/* Who has no writer reads the table, once a snapshot. */
static int read_own(struct pd_connection *connection, struct pd_error *error)
{
	int64_t first, last;
	connection->group = UINT64_MAX;
	connection->generations[0] = generation_new();
	return read_table(connection, connection->generations[0], &first, &last, error);
}

struct pd_fresh_rows pd_fresh_find(struct pd_window *view, struct pd_arena *arena, enum pd_fresh_kind kind,
				   struct pd_key key, size_t max)
{
	struct pd_connection *connection = pd_window_connection(view);
	struct pd_sqlite *store = connection->store;
	struct pd_generation **generations = connection->generations;
	struct pd_generation *own[PD_GENERATIONS];
	struct pd_fresh_rows found = {0};
	struct pd_error error;
	uint64_t group = connection->group;
	if (connection == store->writer) {
		own[0] = store->fresh->current;
		own[1] = store->fresh->sorted;
		generations = own;
		group = UINT64_MAX;
	} else if (store->fresh == NULL && generations[0] == NULL && read_own(connection, &error) != 0) {
		pd_window_fail(view, &error);
		return found;
	} else {
		group = connection->group;
	}
	for (size_t i = 0; i < PD_GENERATIONS; i++)
		if (generations[i] != NULL)
			find_in(generations[i], arena, kind, key, group, max, &found);
	return found;
}
