/* Agendas in memory: the newest of each ticket. Cannot fail, but as decisions do while retiming. */
#include "store/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const struct pd_agenda *pd_memory_agenda(struct pd_memory *memory, int64_t ticket, uint64_t instant)
{
	for (size_t i = memory->agendas.count; i-- > 0;)
		if (memory->agendas.items[i].ticket == ticket &&
		    pd_memory_holds(memory->agendas.items[i].life, instant))
			return &memory->agendas.items[i].agenda;
	return NULL;
}

void pd_memory_put_agenda(struct pd_memory *memory, int64_t ticket, const struct pd_agenda *agenda)
{
	for (size_t i = 0; i < memory->agendas.count; i++)
		if (memory->agendas.items[i].life.until == 0 && memory->agendas.items[i].ticket == ticket)
			memory->agendas.items[i].life.until = memory->writing;
	if (!pd_agenda_is_empty(agenda))
		*pd_list_add(memory->arena, &memory->agendas) = (struct memory_agenda){
			.life = {.from = memory->writing}, .ticket = ticket, .agenda = *agenda};
}

static int by_time(const void *a, const void *b)
{
	const struct pd_wake *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->ticket > y->ticket) - (x->ticket < y->ticket);
}

struct pd_wakes pd_memory_wakes(struct pd_snapshot *face, struct pd_arena *arena, pd_time until, size_t limit)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = pd_memory_of(view->store);
	struct pd_wakes wakes = {0};
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->agendas.count; i++) {
		const struct memory_agenda *row = &memory->agendas.items[i];
		if (row->agenda.next != 0 && row->agenda.next <= until &&
		    pd_memory_holds(row->life, pd_memory_instant(view)))
			*pd_list_add(arena, &wakes) = (struct pd_wake){row->ticket, row->agenda.next};
	}
	pthread_mutex_unlock(&memory->lock);
	if (wakes.count > 0)
		qsort(wakes.items, wakes.count, sizeof *wakes.items, by_time);
	wakes.count = wakes.count < limit ? wakes.count : limit;
	return wakes;
}

int pd_memory_next_wake(struct pd_store *store, pd_time *ret_next, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	pd_time next = INT64_MAX;
	(void)error;
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->agendas.count; i++) {
		const struct memory_agenda *row = &memory->agendas.items[i];
		if (pd_memory_holds(row->life, memory->committed) && row->agenda.next != 0 && row->agenda.next < next)
			next = row->agenda.next;
	}
	pthread_mutex_unlock(&memory->lock);
	*ret_next = next;
	return 0;
}

/* --- retiming --- */

struct retimed {
	int64_t ticket, version;
	struct pd_agenda agenda;
};
struct retiming {
	PD_LIST(struct retimed) list;
	const char *config;
};

static int write_all(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	const struct retiming *retiming = job->data;
	PD_AUTO_ARENA arena = pd_arena_new();
	(void)error;
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < retiming->list.count; i++) {
		const struct retimed *item = &retiming->list.items[i];
		const struct pd_ticket *ticket =
			pd_memory_fold(memory, arena, item->ticket, memory->writing, INT64_MAX);
		if (ticket != NULL && ticket->version == item->version)
			pd_memory_put_agenda(memory, item->ticket, &item->agenda);
	}
	memory->timed_by = pd_strdup(memory->arena, retiming->config);
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

int pd_memory_retime(struct pd_store *store, const struct pd_retime *retime, int64_t *ret_count, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	struct retiming retiming = {.config = retime->config};
	struct pd_snapshot *face;
	PD_AUTO_ARENA arena = pd_arena_new();
	if (pd_equal(memory->timed_by, retime->config)) {
		*ret_count = 0;
		return 0;
	}
	int failed = pd_store_begin(store, &face, error);
	if (failed)
		return failed;
	for (int64_t number = 1; number <= atomic_load(&store->last_id[PD_ID_TICKET]); number++) {
		struct pd_ticket *ticket = store->backend->lookups.ticket(face, arena, number);
		if (ticket == NULL)
			continue;
		struct pd_agenda agenda = retime->reckon(retime->data, face, arena, ticket), none = {0};
		pthread_mutex_lock(&memory->lock);
		const struct pd_agenda *have = pd_memory_agenda(memory, number, memory->committed);
		bool is_same = pd_agenda_is_same(have != NULL ? have : &none, &agenda);
		pthread_mutex_unlock(&memory->lock);
		if (!is_same)
			*pd_list_add(arena, &retiming.list) = (struct retimed){number, ticket->version, agenda};
	}
	pd_store_end(face);
	struct pd_job job = {.run = write_all, .data = &retiming};
	failed = pd_writer_do(store->writer, &job, error);
	if (!failed)
		*ret_count = (int64_t)retiming.list.count;
	return failed;
}
