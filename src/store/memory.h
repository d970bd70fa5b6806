/* Inside the store in memory: its rows. Every row says from which commit on it holds, and until which. */
#ifndef PD_STORE_MEMORY_H
#define PD_STORE_MEMORY_H

#include "store/inside.h"

/* Rows are appended and end; none is changed otherwise. So each snapshot sees the rows of its commit. */
struct life {
	uint64_t from;
	uint64_t until; /* 0: still holds */
};

struct memory_letter {
	struct life life;
	struct pd_lease lease; /* recipients: all */
	int64_t event, conversation;
	const char *agent, *owner;
	int state; /* 0 waiting, 1 leased, 2 sent, 3 refused */
	pd_time next;
	PD_LIST(int) recipient_states; /* likewise, 0, 2 or 3 */
	const char *last_reply;
};

struct memory_message {
	struct life life;
	struct pd_stored stored;
	const char *search;
	struct pd_bytes raw;
};

struct memory_event {
	struct life life;
	struct pd_event event;
};

struct memory_document {
	struct life life;
	int64_t event;
	const char *subject, *text, *people;
};

struct memory_text {
	struct life life;
	const char *hash, *kind, *text;
};
struct memory_force {
	struct life life;
	pd_time at;
	const char *hash;
};

struct memory_agenda {
	struct life life;
	int64_t ticket;
	struct pd_agenda agenda;
};
struct memory_key {
	struct life life;
	struct pd_agent_key key;
};

struct pd_memory {
	struct pd_store store; /* first */
	pthread_mutex_t lock;  /* of all below */
	struct pd_arena *arena;
	uint64_t committed, writing; /* writing: the commit that rows are now written for */
	PD_LIST(struct memory_event) events;
	PD_LIST(struct memory_message) messages;
	PD_LIST(struct memory_document) documents;
	PD_LIST(struct memory_letter) letters;
	PD_LIST(struct {
		struct life life;
		struct pd_contact contact;
	})
	contacts;
	PD_LIST(struct {
		struct life life;
		struct pd_planned_id id;
	})
	ids;
	PD_LIST(struct {
		struct life life;
		struct pd_planned_mark mark;
	})
	marks;
	PD_LIST(struct {
		struct life life;
		const char *key;
		pd_time at;
	})
	counters;
	PD_LIST(struct {
		struct life life;
		struct pd_draft draft;
	})
	drafts;
	PD_LIST(struct memory_text) texts;
	PD_LIST(struct memory_force) in_force;
	PD_LIST(struct memory_agenda) agendas;
	const char *timed_by; /* NULL */
	PD_LIST(struct memory_key) keys;
	PD_LIST(struct {
		struct life life;
		const char *property;
		const char *value;
	})
	records; /* that no event tells of */
};
static inline struct pd_memory *pd_memory_of(struct pd_store *store)
{
	return (struct pd_memory *)(void *)store;
}

/* The commit that a view sees; the writer's sees what it has not committed yet. */
static inline uint64_t pd_memory_instant(const struct pd_window *view)
{
	return *(const uint64_t *)view->at;
}
static inline bool pd_memory_holds(struct life life, uint64_t instant)
{
	return life.from <= instant && (life.until == 0 || life.until > instant);
}

/* memory_read.c; the lock is held */
struct pd_ticket *pd_memory_fold(struct pd_memory *memory, struct pd_arena *arena, int64_t number,
				 uint64_t instant, pd_time at);
const struct memory_message *pd_memory_message(struct pd_memory *memory, int64_t id, uint64_t instant);
/* Takes the lock. */
struct pd_planned_message *pd_memory_planned(struct pd_window *view, struct pd_arena *arena, int64_t id);
struct pd_contact *pd_memory_contact(struct pd_memory *memory, int64_t id, uint64_t instant);
/* memory_read.c, memory_list.c */
extern const struct pd_snapshot pd_memory_lookups;
struct pd_tickets pd_memory_list(struct pd_snapshot *face, struct pd_arena *arena,
				 const struct pd_query *query, const char *sort, size_t limit, size_t offset);
int64_t pd_memory_ticket_version(struct pd_window *view, int64_t number);
struct pd_ticket *pd_memory_ticket_at(struct pd_window *view, struct pd_arena *arena, int64_t number,
				      pd_time at);

void pd_memory_replay(struct pd_window *view, pd_time from, pd_time to, pd_store_each *each, void *data);

/* memory_apply.c */
int pd_memory_apply(struct pd_store *store, struct pd_committing *committing, struct pd_error *error);
int pd_memory_purge(struct pd_store *store, struct pd_purge_request *request, struct pd_error *error);

/* memory_agenda.c; of the first two the lock is held */
const struct pd_agenda *pd_memory_agenda(struct pd_memory *memory, int64_t ticket, uint64_t instant); /* NULL */
void pd_memory_put_agenda(struct pd_memory *memory, int64_t ticket, const struct pd_agenda *agenda);
struct pd_wakes pd_memory_wakes(struct pd_snapshot *face, struct pd_arena *arena, pd_time until, size_t limit);
int pd_memory_next_wake(struct pd_store *store, pd_time *ret_next, struct pd_error *error);
int pd_memory_retime(struct pd_store *store, const struct pd_retime *retime, int64_t *ret_count,
		     struct pd_error *error);
/* memory_keys.c */
int pd_memory_keys(struct pd_store *store, struct pd_arena *arena, const char *agent, bool all,
		   struct pd_agent_keys *ret_keys, struct pd_error *error);
int pd_memory_key_add(struct pd_store *store, struct pd_key_request *request, struct pd_error *error);
int pd_memory_key_remove(struct pd_store *store, struct pd_key_request *request, struct pd_error *error);

/* memory_outbox.c */
int pd_memory_lease(struct pd_store *store, struct pd_lease_request *request, struct pd_error *error);
int pd_memory_taken(struct pd_store *store, struct pd_arena *arena, int64_t id, const char *message_id,
		    struct pd_strings *taken, struct pd_error *error);
int pd_memory_sent(struct pd_store *store, struct pd_sent_request *request, struct pd_error *error);
int pd_memory_take_over(struct pd_store *store, pd_time now, struct pd_error *error);
int pd_memory_flush(struct pd_store *store, struct pd_error *error);
pd_time pd_memory_next_due(struct pd_store *store);
void pd_memory_stop_letters(struct pd_memory *memory, const struct pd_planned_stop *stop);
int pd_memory_outbox(struct pd_store *store, struct pd_arena *arena, bool all, size_t limit,
		     struct pd_outbox_lines *ret, struct pd_error *error);

#endif
