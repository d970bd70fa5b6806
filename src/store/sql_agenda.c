/* Agendas: when something happens on a ticket by itself, and how its goals stand; the rows that the clock and queries of
 * goals go by.
 *
 * Promises: a ticket's agenda is written with the ticket; retiming passes over all that can have one, some at a time, so
 * that other commits wait for a moment only, and over nothing twice. Fails as any read or write does. */
#include "store/sqlite.h"

#include <pthread.h>
#include <string.h>

#define RETIME_BATCH 20000

int pd_sqlite_put_agenda(struct pd_sqlite *store, int64_t ticket, const struct pd_agenda *agenda,
			 struct pd_error *error)
{
	if (pd_agenda_is_empty(agenda)) {
		sqlite3_stmt *drop = SQL(store->writer, "DELETE FROM agenda WHERE ticket = ?");
		pd_sql_bind(drop, "i", ticket);
		return pd_sql_run(store->writer, drop, error);
	}
	sqlite3_stmt *put =
		SQL(store->writer,
		    "INSERT INTO agenda (ticket, next, due, reply_soon, reply_due, close_soon, close_due, states)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ticket) DO UPDATE SET next = excluded.next,"
		    " due = excluded.due, reply_soon = excluded.reply_soon, reply_due = excluded.reply_due,"
		    " close_soon = excluded.close_soon, close_due = excluded.close_due, states = excluded.states");
	pd_sql_bind(put, "izzzzzzi", ticket, agenda->next, pd_agenda_due(agenda), agenda->running[0].soon,
		    agenda->running[0].due, agenda->running[1].soon, agenda->running[1].due,
		    (int64_t)agenda->states);
	return pd_sql_run(store->writer, put, error);
}

/* Of the columns next, reply_soon, reply_due, close_soon, close_due, states, from that one on. */
static struct pd_agenda agenda_of(sqlite3_stmt *select, int column)
{
	struct pd_agenda agenda = {.next = sqlite3_column_int64(select, column)};
	agenda.running[0].soon = sqlite3_column_int64(select, column + 1);
	agenda.running[0].due = sqlite3_column_int64(select, column + 2);
	agenda.running[1].soon = sqlite3_column_int64(select, column + 3);
	agenda.running[1].due = sqlite3_column_int64(select, column + 4);
	agenda.states = (unsigned)sqlite3_column_int(select, column + 5);
	return agenda;
}

/* --- the clock --- */

struct pd_wakes pd_sqlite_wakes(struct pd_snapshot *face, struct pd_arena *arena, pd_time until, size_t limit)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_connection *connection = pd_window_connection(view);
	sqlite3_stmt *select = SQL(connection, "SELECT ticket, next FROM agenda WHERE next <= ? ORDER BY next, ticket"
					       " LIMIT ?");
	struct pd_wakes wakes = {0};
	struct pd_error error;
	int failed = 0;
	pd_sql_bind(select, "ii", until, (int64_t)limit);
	while (pd_sql_row(connection, select, &failed, &error))
		*pd_list_add(arena, &wakes) = (struct pd_wake){.ticket = sqlite3_column_int64(select, 0),
							       .at = sqlite3_column_int64(select, 1)};
	if (failed)
		pd_window_fail(view, &error);
	return wakes;
}

int pd_sqlite_next_wake(struct pd_store *face, pd_time *ret_next, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	struct pd_connection *connection;
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	pd_time next = INT64_MAX;
	sqlite3_stmt *select = SQL(connection, "SELECT next FROM agenda WHERE next IS NOT NULL ORDER BY next LIMIT 1");
	if (pd_sql_row(connection, select, &failed, error)) {
		next = sqlite3_column_int64(select, 0);
		sqlite3_reset(select);
	}
	pd_sqlite_give_reader(store, connection);
	if (!failed)
		*ret_next = next;
	return failed;
}

/* --- retiming --- */

static int timed_by(struct pd_sqlite *store, const char *config, bool *ret_is_it, struct pd_error *error)
{
	struct pd_connection *connection;
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	sqlite3_stmt *select = SQL(connection, "SELECT 1 FROM meta WHERE name = 'timed by' AND CAST(value AS TEXT) = ?");
	pd_sql_bind(select, "s", config);
	*ret_is_it = pd_sql_row(connection, select, &failed, error);
	if (*ret_is_it)
		sqlite3_reset(select);
	pd_sqlite_give_reader(store, connection);
	return failed;
}

struct retimed {
	int64_t ticket, version;
	struct pd_agenda agenda;
};
struct batch {
	struct retimed items[RETIME_BATCH];
	size_t count;	    /* of those whose agenda changes */
	int64_t last;	    /* ticket; 0: there is none after it */
	const char *config; /* with the last batch */
};

static int read_batch(struct pd_sqlite *store, const struct pd_retime *retime, struct batch *batch, int64_t after,
		      struct pd_error *error)
{
	struct pd_snapshot *face;
	int failed = pd_store_begin(&store->store, &face, error);
	if (failed)
		return failed;
	struct pd_window *view = pd_window_of(face);
	struct pd_connection *connection = pd_window_connection(view);
	PD_AUTO_ARENA arena = pd_arena_new();
	sqlite3_stmt *select =
		SQL(connection, "SELECT next, reply_soon, reply_due, close_soon, close_due, states, " PD_TICKET_COLUMNS
				" FROM ticket LEFT JOIN agenda ON agenda.ticket = number WHERE number > ? AND"
				" (class = 0 OR agenda.ticket IS NOT NULL) ORDER BY number LIMIT ?");
	size_t count = 0;
	pd_sql_bind(select, "ii", after, (int64_t)RETIME_BATCH);
	batch->count = 0;
	while (pd_sql_row(connection, select, &failed, error)) {
		struct pd_agenda have = agenda_of(select, 0);
		struct pd_ticket *ticket = pd_sqlite_ticket_row(view, arena, select, 6);
		if (ticket == NULL)
			break;
		int64_t number = batch->last = ticket->number;
		struct pd_agenda want = retime->reckon(retime->data, face, arena, ticket);
		count++;
		if (!pd_agenda_is_same(&have, &want))
			batch->items[batch->count++] =
				(struct retimed){.ticket = number, .version = ticket->version, .agenda = want};
		if (count % 500 == 0) { /* what a ticket needs is not needed for the next */
			pd_arena_free(arena);
			arena = pd_arena_new();
		}
	}
	if (select != NULL)
		sqlite3_reset(select);
	if (!failed && face->failed != 0) {
		*error = face->error;
		failed = face->failed;
	}
	pd_store_end(face);
	if (count < RETIME_BATCH)
		batch->last = 0;
	return failed;
}

static int write_batch(struct pd_store *face, struct pd_job *job, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	const struct batch *batch = job->data;
	int failed = 0;
	for (size_t i = 0; i < batch->count && !failed; i++) {
		const struct retimed *item = &batch->items[i];
		sqlite3_stmt *select = SQL(store->writer, "SELECT 1 FROM ticket WHERE number = ? AND version = ?");
		pd_sql_bind(select, "ii", item->ticket, item->version);
		if (!pd_sql_row(store->writer, select, &failed, error))
			continue; /* it has changed meanwhile, and was reckoned then */
		sqlite3_reset(select);
		failed = pd_sqlite_put_agenda(store, item->ticket, &item->agenda, error);
	}
	if (failed || batch->config == NULL)
		return failed;
	sqlite3_stmt *put = SQL(store->writer, "INSERT INTO meta (name, value) VALUES ('timed by', ?)"
					       " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
	pd_sql_bind(put, "b", batch->config, strlen(batch->config));
	return pd_sql_run(store->writer, put, error);
}

/* A batch is written while the next one is read. */
struct writing {
	struct pd_store *store;
	struct batch *batch;
	pthread_t thread;
	bool is_started;
	int failed;
	struct pd_error error;
};

static void *write_aside(void *data)
{
	struct writing *writing = data;
	struct pd_job job = {.run = write_batch, .data = writing->batch};
	writing->failed = pd_writer_do(writing->store->writer, &job, &writing->error);
	return NULL;
}

static void start_writing(struct writing *writing, struct batch *batch)
{
	writing->batch = batch;
	writing->failed = 0;
	writing->is_started = pthread_create(&writing->thread, NULL, write_aside, writing) == 0;
	if (!writing->is_started)
		(void)write_aside(writing);
}

static int end_writing(struct writing *writing, struct pd_error *error)
{
	if (writing->is_started)
		pthread_join(writing->thread, NULL);
	writing->is_started = false;
	if (writing->failed)
		*error = writing->error;
	return writing->failed;
}

int pd_sqlite_retime(struct pd_store *face, const struct pd_retime *retime, int64_t *ret_count, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct batch *batches[] = {PD_NEW(arena, struct batch), PD_NEW(arena, struct batch)};
	struct writing writing = {.store = face};
	int64_t after = 0, sum = 0;
	bool is_done;
	int failed = timed_by(store, retime->config, &is_done, error);
	for (int turn = 0; !failed && !is_done; turn = !turn) {
		struct batch *batch = batches[turn];
		failed = read_batch(store, retime, batch, after, error);
		int before = end_writing(&writing, failed ? &(struct pd_error){0} : error);
		if (failed || before) {
			failed = failed ? failed : before;
			break;
		}
		after = batch->last;
		is_done = after == 0;
		batch->config = is_done ? retime->config : NULL;
		sum += (int64_t)batch->count;
		if (batch->count > 0 || is_done)
			start_writing(&writing, batch);
	}
	if (!failed)
		failed = end_writing(&writing, error);
	if (!failed)
		*ret_count = sum;
	return failed;
}
