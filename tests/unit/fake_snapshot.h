/* A desk in memory, for tests of deciding: a snapshot to read and a way to keep a plan. No files, no
 * database.
 *
 * fake_commit refuses (by failing the test) what a store would refuse: a ticket that has changed since it was
 * read, an event that does not follow; and checks that each working copy is the fold of its events. */
#ifndef TESTS_UNIT_FAKE_SNAPSHOT_H
#define TESTS_UNIT_FAKE_SNAPSHOT_H

#include "desk/decide.h"

struct fake_message {
	struct pd_stored stored;
	const char *search_text;
};
struct fake_counter {
	const char *key;
	pd_time at;
};

struct fake_agenda {
	int64_t ticket;
	struct pd_agenda agenda;
};

struct fake {
	struct pd_snapshot snapshot; /* first: the functions cast back */
	struct pd_arena *arena;
	PD_LIST(struct pd_ticket *) tickets;
	PD_LIST(struct pd_event *) events; /* in order of commit */
	PD_LIST(struct fake_message) messages;
	PD_LIST(struct pd_contact) contacts;
	PD_LIST(struct pd_planned_id) ids;
	PD_LIST(struct pd_planned_mark) marks;
	PD_LIST(struct fake_counter) counters;
	PD_LIST(struct pd_draft) drafts;
	PD_LIST(struct fake_agenda) agendas; /* one a ticket */
	/* The outbox; one that was to wait waits until it is stopped or a test takes its time away. */
	PD_LIST(struct pd_planned_letter *) letters;
	int64_t last[PD_ID_KINDS];
};

/* Lives in the arena, as everything that is committed: the plan's arena must be the same or outlive it. */
struct fake *fake_new(struct pd_arena *arena);
void fake_commit(struct fake *fake, const struct pd_context *context);
struct pd_ticket *fake_ticket(struct fake *fake, int64_t number); /* NULL */

/* A configuration from its text; fails the test where it is wrong. fake_config is a desk of three agents:
 * administrator carol, agents anna and bob (team support, bob in sales too), viewer vera; mailboxes support
 * and sales. Unref it at the end. */
struct pd_settings *fake_settings(const char *text);
extern const char fake_config[];

#endif
