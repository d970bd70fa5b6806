/* The outbox in memory; as sql_outbox.c, row by row. */
#include "store/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum outbox_state { WAITING, LEASED, SENT, REFUSED, STOPPED };

static bool is_current(const struct memory_letter *letter)
{
	return letter->life.until == 0;
}

/* A new version of the row; older snapshots keep the old one. */
static struct memory_letter *change(struct pd_memory *memory, size_t index)
{
	struct memory_letter copy = memory->letters.items[index];
	memory->letters.items[index].life.until = memory->writing;
	copy.life = (struct life){.from = memory->writing};
	const size_t count = copy.recipient_states.count;
	copy.recipient_states.items =
		count > 0 ? pd_memdup(memory->arena, copy.recipient_states.items, count * sizeof(int)) : NULL;
	*pd_list_add(memory->arena, &memory->letters) = copy;
	return &memory->letters.items[memory->letters.count - 1];
}

void pd_memory_stop_letters(struct pd_memory *memory, const struct pd_planned_stop *stop)
{
	const size_t count = memory->letters.count;
	for (size_t i = 0; i < count; i++) {
		const struct memory_letter *letter = &memory->letters.items[i];
		bool is_meant = letter->lease.id == stop->outbox ||
				strcmp(letter->lease.kind, pd_letter_kind_name(PD_LETTER_NOTIFICATION)) == 0;
		if (!is_current(letter) || letter->lease.ticket != stop->ticket || letter->event != stop->event ||
		    letter->state != WAITING || letter->lease.attempts > 0 || !is_meant)
			continue;
		struct memory_letter *stopped = change(memory, i);
		stopped->state = STOPPED;
		stopped->lease.bytes = (struct pd_bytes){0};
	}
}

static int by_next(const void *a, const void *b, void *data)
{
	const struct pd_memory *memory = data;
	const struct memory_letter *one = &memory->letters.items[*(const size_t *)a];
	const struct memory_letter *two = &memory->letters.items[*(const size_t *)b];
	if (one->next != two->next)
		return one->next < two->next ? -1 : 1;
	return (one->lease.id > two->lease.id) - (one->lease.id < two->lease.id);
}

static int by_id(const void *a, const void *b, void *data)
{
	const struct pd_memory *memory = data;
	int64_t one = memory->letters.items[*(const size_t *)a].lease.id;
	int64_t two = memory->letters.items[*(const size_t *)b].lease.id;
	return (one > two) - (one < two);
}

static bool is_line(const struct memory_letter *letter)
{
	return strcmp(letter->lease.transport, "xmpp") == 0;
}

/* Has the ticket an older mail on its way, or due and not among these? */
static bool is_blocked(const struct pd_memory *memory, const struct memory_letter *letter, pd_time now,
		       const size_t *due, size_t count)
{
	for (size_t i = 0; i < memory->letters.count; i++) {
		const struct memory_letter *older = &memory->letters.items[i];
		if (!is_current(older) || older->state > LEASED || is_line(older) ||
		    older->lease.ticket != letter->lease.ticket || older->lease.id >= letter->lease.id)
			continue;
		bool is_among = false;
		for (size_t n = 0; n < count; n++)
			is_among |= due[n] == i;
		if ((older->state == LEASED && older->next > now) || (older->next <= now && !is_among))
			return true;
	}
	return false;
}

static void give(struct pd_memory *memory, struct pd_lease_request *request, size_t index)
{
	struct memory_letter *letter = change(memory, index);
	letter->state = LEASED;
	letter->next = request->until;
	letter->owner = pd_strdup(memory->arena, request->owner);
	struct pd_lease *lease = pd_list_add(request->arena, request->leases);
	*lease = letter->lease;
	memset(&lease->recipients, 0, sizeof lease->recipients);
	for (size_t i = 0; i < letter->recipient_states.count; i++)
		if (letter->recipient_states.items[i] == WAITING)
			*pd_list_add(request->arena, &lease->recipients) = letter->lease.recipients.items[i];
}

/* What nobody has marked, oldest first. */
static int read_lines(struct pd_memory *memory, struct pd_lease_request *request)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_LIST(size_t) rows = {0};
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->letters.count; i++) {
		const struct memory_letter *letter = &memory->letters.items[i];
		if (is_current(letter) && letter->state <= LEASED && is_line(letter) &&
		    letter->lease.id > request->above)
			*pd_list_add(arena, &rows) = i;
	}
	if (rows.count > 0)
		qsort_r(rows.items, rows.count, sizeof *rows.items, by_id, memory);
	for (size_t i = 0; i < rows.count && i < request->max; i++)
		*pd_list_add(request->arena, request->leases) = memory->letters.items[rows.items[i]].lease;
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

int pd_memory_lease(struct pd_store *store, struct pd_lease_request *request, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	if (request->is_lines)
		return read_lines(memory, request);
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_LIST(size_t) due = {0};
	*request->leases = (struct pd_leases){0};
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->letters.count; i++)
		if (is_current(&memory->letters.items[i]) && memory->letters.items[i].state <= LEASED &&
		    !is_line(&memory->letters.items[i]) && memory->letters.items[i].next <= request->now)
			*pd_list_add(arena, &due) = i;
	if (due.count > 0) {
		qsort_r(due.items, due.count, sizeof *due.items, by_next, memory);
		due.count = due.count > request->max ? request->max : due.count;
		qsort_r(due.items, due.count, sizeof *due.items, by_id, memory);
	}
	PD_LIST(size_t) free_rows = {0};
	for (size_t i = 0; i < due.count; i++)
		if (!is_blocked(memory, &memory->letters.items[due.items[i]], request->now, due.items,
				due.count))
			*pd_list_add(arena, &free_rows) = due.items[i];
	for (size_t i = 0; i < free_rows.count; i++)
		give(memory, request, free_rows.items[i]);
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

static void mark(struct memory_letter *letter, struct pd_arena *arena, const struct pd_sent_recipient *said)
{
	for (size_t i = 0; i < letter->recipient_states.count; i++) {
		int *state = &letter->recipient_states.items[i];
		if (*state != WAITING || strcmp(letter->lease.recipients.items[i], said->recipient) != 0)
			continue;
		*state = said->sent == PD_SENT_TAKEN	 ? SENT
			 : said->sent == PD_SENT_REFUSED ? REFUSED
							 : WAITING;
		letter->last_reply = pd_strdup(arena, said->reply);
	}
}

int pd_memory_sent(struct pd_store *store, struct pd_sent_request *request, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	struct memory_letter *letter = NULL;
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->letters.count && letter == NULL; i++)
		if (is_current(&memory->letters.items[i]) && memory->letters.items[i].lease.id == request->id)
			letter = change(memory, i);
	bool is_waiting = false, is_taken = false;
	if (letter != NULL) {
		for (size_t i = 0; i < request->count; i++)
			mark(letter, memory->arena, &request->recipients[i]);
		for (size_t i = 0; i < letter->recipient_states.count; i++) {
			is_waiting |= letter->recipient_states.items[i] == WAITING;
			is_taken |= letter->recipient_states.items[i] == SENT;
		}
		letter->state = is_waiting ? WAITING : is_taken ? SENT : REFUSED;
		letter->next = is_waiting ? request->next : request->now;
		letter->lease.attempts++;
		letter->owner = NULL;
		if (!is_waiting)
			letter->lease.bytes = (struct pd_bytes){0};
	}
	pthread_mutex_unlock(&memory->lock);
	return letter != NULL
		       ? 0
		       : pd_fail(error, PD_PERMANENT, "there is no outbox row %lld", (long long)request->id);
}

int pd_memory_taken(struct pd_store *store, struct pd_arena *arena, int64_t id, const char *message_id,
		    struct pd_strings *taken, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->letters.count; i++) {
		const struct memory_letter *letter = &memory->letters.items[i];
		if (!pd_memory_holds(letter->life, memory->committed) || letter->lease.id != id ||
		    !pd_equal(letter->lease.message_id, message_id))
			continue;
		for (size_t r = 0; r < letter->recipient_states.count; r++)
			if (letter->recipient_states.items[r] == SENT)
				*pd_list_add(arena, taken) = pd_strdup(arena, letter->lease.recipients.items[r]);
	}
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

int pd_memory_take_over(struct pd_store *store, pd_time now, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	pthread_mutex_lock(&memory->lock);
	const size_t count = memory->letters.count;
	for (size_t i = 0; i < count; i++) {
		if (!is_current(&memory->letters.items[i]) || memory->letters.items[i].state != LEASED ||
		    is_line(&memory->letters.items[i]))
			continue;
		struct memory_letter *letter = change(memory, i);
		letter->state = WAITING;
		letter->next = letter->next < now ? letter->next : now;
		letter->lease.attempts += letter->lease.attempts == 0; /* whoever had it may have sent it */
		letter->owner = NULL;
	}
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

int pd_memory_flush(struct pd_store *store, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	pthread_mutex_lock(&memory->lock);
	const size_t count = memory->letters.count;
	for (size_t i = 0; i < count; i++) {
		if (!is_current(&memory->letters.items[i]) || memory->letters.items[i].state != WAITING ||
		    memory->letters.items[i].lease.attempts == 0)
			continue;
		struct memory_letter *letter = change(memory, i);
		letter->next = letter->lease.created;
	}
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

pd_time pd_memory_next_due(struct pd_store *store)
{
	struct pd_memory *memory = pd_memory_of(store);
	pd_time next = INT64_MAX;
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->letters.count; i++) {
		const struct memory_letter *letter = &memory->letters.items[i];
		if (is_current(letter) && !is_line(letter) && letter->state <= LEASED && letter->next < next)
			next = letter->next;
	}
	pthread_mutex_unlock(&memory->lock);
	return next;
}

int pd_memory_outbox(struct pd_store *store, struct pd_arena *arena, bool all, size_t limit,
		     struct pd_outbox_lines *ret, struct pd_error *error)
{
	static const char *const names[] = {"waiting", "leased", "sent", "refused", "stopped"};
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	struct pd_outbox_lines lines = {0};
	PD_AUTO_ARENA scratch = pd_arena_new();
	PD_LIST(size_t) rows = {0};
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->letters.count; i++)
		if (pd_memory_holds(memory->letters.items[i].life, memory->committed) &&
		    (all || memory->letters.items[i].state <= LEASED))
			*pd_list_add(scratch, &rows) = i;
	if (rows.count > 0)
		qsort_r(rows.items, rows.count, sizeof *rows.items, by_id, memory);
	for (size_t i = 0; i < rows.count && lines.count < limit; i++) {
		const struct memory_letter *letter = &memory->letters.items[rows.items[i]];
		*pd_list_add(arena, &lines) = (struct pd_outbox_line){
			.id = letter->lease.id,
			.ticket = letter->lease.ticket,
			.kind = pd_strdup(arena, letter->lease.kind),
			.state = names[letter->state],
			.recipients = pd_strings_join(arena, &letter->lease.recipients, " "),
			.message_id = letter->lease.message_id,
			.last_reply = letter->last_reply,
			.attempts = letter->lease.attempts,
			.created = letter->lease.created,
			.next = letter->next,
		};
	}
	pthread_mutex_unlock(&memory->lock);
	*ret = lines;
	return 0;
}
