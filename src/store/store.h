/* The store: tickets, messages and the outbox, kept for good.
 *
 * It speaks of the desk, never of SQL; SQLite stands behind it, and a store in memory for tests (one suite
 * runs on both). One writer thread commits in groups: everything that waits goes into one transaction, one
 * fsync, then all are answered. Readers use connections of their own.
 *
 * A commit is on disk when pd_store_commit returns 0 (invariant 1). Classes: PD_TEMPORARY, PD_FULL (no
 * space), PD_UNCERTAIN (a write may have happened; the store is failed from then on and the process should
 * end). */
#ifndef PD_STORE_STORE_H
#define PD_STORE_STORE_H

#include "desk/plan.h"
#include "mime/verifier.h"

struct pd_store;

#define PD_STORE_FILE "desk.db"	/* the database in the state directory */
#define PD_WORDS_FILE "words.db" /* its full-text index, which is made again where it is missing */

enum pd_store_mode {
	PD_STORE_WRITE, /* takes the lock "lock" in the state directory; where another holds it: PD_TEMPORARY
			 */
	PD_STORE_READ,	/* reads only; no writer thread */
};
/* Opens or creates the database in the state directory, migrates an older schema in one transaction, refuses
 * a newer one (PD_CONFIGURATION). message_in_database: raw bytes up to this size lie in the database, larger
 * ones are files. */
int pd_store_open(const char *state, enum pd_store_mode mode, size_t message_in_database,
		  struct pd_store **ret_store, struct pd_error *error);
/* The store in memory. */
struct pd_store *pd_store_memory(void);
/* Lets the writer finish what waits; NULL is allowed. */
void pd_store_close(struct pd_store *store);
bool pd_store_is_failed(const struct pd_store *store);

/* A view of the desk at this instant, with an empty read set. Thread-safe; many at once. End it soon: a long
 * one keeps the write-ahead log from being reset. */
int pd_store_begin(struct pd_store *store, struct pd_snapshot **ret_snapshot, struct pd_error *error);
void pd_store_end(struct pd_snapshot *snapshot); /* NULL is allowed */

/* Makes the decision anew on the snapshot of the write transaction; the plan lives as long as the commit. */
typedef int (*pd_redecide)(void *data, struct pd_snapshot *snapshot, struct pd_plan **ret_plan,
			   struct pd_error *error);
struct pd_commit {
	struct pd_snapshot *snapshot; /* the plan's read set */
	struct pd_plan *plan;	      /* afterwards the plan that was carried out */
	const struct pd_raw *raw;     /* of messages with raw_is_delivery; NULL: none */
	pd_time now;
	pd_redecide redecide;
	void *data;
};
/* Blocks until durable or failed. An empty plan commits nothing and succeeds. */
int pd_store_commit(struct pd_store *store, struct pd_commit *commit, struct pd_error *error);
/* Many in one transaction: each is decided in it by its redecide, after those before it, which it sees; snapshot and
 * plan are not looked at. All or none; others wait meanwhile, so let it be a few dozen, and none with a large message. */
int pd_store_commit_row(struct pd_store *store, struct pd_commit *commits, size_t count, struct pd_error *error);

/* The raw bytes of a message; PD_PERMANENT when there is none (or purged). */
int pd_store_raw(struct pd_store *store, int64_t message, struct pd_raw **ret_raw, struct pd_error *error);

/* A message as it is kept, with what of it is indexed, without its bytes; NULL: there is none. */
struct pd_planned_message *pd_store_message(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t id);
/* The largest number of that kind that was ever given or claimed. */
int64_t pd_store_last_id(struct pd_store *store, enum pd_id_kind kind);
/* Takes so many numbers that follow each other, `first` or above, and gives the first; with 0 none, but all below `first`
 * are given from then on. ret_before: the largest that had been given. */
int64_t pd_store_reserve(struct pd_store *store, enum pd_id_kind kind, int64_t count, int64_t first, int64_t *ret_before);
/* Records as the events have them, after plans with is_carried brought events out of order. */
int pd_store_refold_records(struct pd_store *store, struct pd_error *error);

/* --- the outbox --- */
struct pd_lease {
	int64_t id; /* outbox row */
	int64_t ticket;
	char kind[24];
	char transport[8]; /* "mail" "xmpp" */
	unsigned attempts; /* before this one */
	pd_time created;
	const char *message_id, *sender; /* envelope */
	struct pd_strings recipients;	 /* those not yet taken */
	struct pd_bytes bytes;
	bool needs_smtputf8;
};
struct pd_leases {
	struct pd_lease *items;
	size_t count, room;
};
/* Takes up to max mails that are due; they are the owner's until `until`. In order of their id, rows of one
 * ticket never out of order at the same time. */
int pd_store_lease(struct pd_store *store, struct pd_arena *arena, const char *owner, pd_time now,
		   pd_time until, size_t max, struct pd_leases *ret_leases, struct pd_error *error);
/* Lines of chats wait for no lease: each is given to the one who listens as soon as its transaction is on disk, in the
 * thread that committed it, and is that listener's until it is marked. What was not marked when the store was opened, and
 * what is committed while nobody listens, is asked for by pd_store_lines. */
typedef void pd_store_line(void *data, const struct pd_planned_letter *line);
/* One listener at a time; NULL: none. What is handed over is only the call's. */
void pd_store_listen(struct pd_store *store, pd_store_line *each, void *data);
/* Up to max lines with an id above that, oldest first, that nobody has marked; they are on disk. */
int pd_store_lines(struct pd_store *store, struct pd_arena *arena, int64_t above, size_t max, struct pd_leases *ret_lines,
		   struct pd_error *error);
struct pd_line_mark {
	int64_t id;
	const char *recipient;
	bool is_taken; /* by the server; else refused */
	const char *reply;
};
/* All of them in one transaction. */
int pd_store_lines_sent(struct pd_store *store, const struct pd_line_mark *marks, size_t count, pd_time now,
			struct pd_error *error);
/* Blocks until something may be due, or the deadline (pd_monotonic). */
void pd_store_wait_due(struct pd_store *store, int64_t deadline);
void pd_store_wake(struct pd_store *store); /* ends all waits */
enum pd_sent { PD_SENT_TAKEN, PD_SENT_REFUSED, PD_SENT_LATER };
struct pd_sent_recipient {
	const char *recipient;
	enum pd_sent sent;
	const char *reply; /* the MTA's words */
};
/* Marks what the MTA said. LATER and no final answer: tried again at `next`. Taken by all: the bytes are
 * dropped and the mark stays. */
int pd_store_sent(struct pd_store *store, int64_t id, const struct pd_sent_recipient *recipients,
		  size_t count, pd_time now, pd_time next, struct pd_error *error);
/* Of the row with that id and Message-ID, the recipients whom the MTA has certainly taken: it answered so, be that
 * marked or not (yet). Of a row that is not there, or is another mail: none. */
int pd_store_taken(struct pd_store *store, struct pd_arena *arena, int64_t id, const char *message_id,
		   struct pd_strings *ret_taken, struct pd_error *error);
/* At start: the holder of the lock takes over its predecessor's leases. */
int pd_store_take_over_leases(struct pd_store *store, pd_time now, struct pd_error *error);
struct pd_outbox_line {
	int64_t id, ticket;
	const char *kind, *state;			  /* "waiting" "leased" "sent" "refused" */
	const char *recipients, *message_id, *last_reply; /* last_reply NULL */
	unsigned attempts;
	pd_time created, next;
};
struct pd_outbox_lines {
	struct pd_outbox_line *items;
	size_t count, room;
};
/* all: also what is sent. */
int pd_store_outbox(struct pd_store *store, struct pd_arena *arena, bool all, size_t limit,
		    struct pd_outbox_lines *ret, struct pd_error *error);
/* Makes waiting rows due now. */
int pd_store_outbox_flush(struct pd_store *store, struct pd_error *error);

/* --- the rest --- */
/* Keeps an accepted configuration or a compiled calendar by the hash of its text. */
int pd_store_keep_text(struct pd_store *store, const char *kind, const char *text, char ret_hash[65],
		       struct pd_error *error);
/* The hash that snapshots give as `config` from now on. */
void pd_store_set_config(struct pd_store *store, const char *hash);
/* The same, and kept: that text is in force from this time on. Where it is already, nothing changes. */
int pd_store_enforce(struct pd_store *store, const char *hash, pd_time now, struct pd_error *error);
/* The text of that hash; NULL: it was not kept. */
int pd_store_text(struct pd_store *store, struct pd_arena *arena, const char *hash, char **ret_text,
		  struct pd_error *error);
/* All texts of that kind that were ever kept, in no order. */
int pd_store_texts(struct pd_store *store, struct pd_arena *arena, const char *kind, struct pd_strings *ret_texts,
		   struct pd_error *error);
/* The hash of the configuration that was in force at that time; NULL: none was. */
int pd_store_config_at(struct pd_store *store, struct pd_arena *arena, pd_time at, char **ret_hash,
		       struct pd_error *error);
/* The ticket as it stood at that instant; NULL before its creation. */
struct pd_ticket *pd_store_ticket_at(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t number,
				     pd_time at);
/* Calls each for every ticket on which something may have happened in [from, to), in order of number, with all of its
 * events, oldest first (no `why`, no `config`). The arena is each's alone. False from it ends the replay. The snapshot's
 * failure tells of errors. */
typedef bool pd_store_each(void *data, struct pd_arena *arena, const struct pd_event *events, size_t count);
void pd_store_replay(struct pd_snapshot *snapshot, pd_time from, pd_time to, pd_store_each *each, void *data);

/* --- the clock --- */
/* Blocks until something may have to happen on a ticket by itself, or the deadline (pd_monotonic). */
void pd_store_wait_wake(struct pd_store *store, int64_t deadline);
/* May it have to now? As far as is known without looking. */
bool pd_store_is_wake_due(struct pd_store *store);
/* Looks up anew what is next; after what was due has been done. ret_next: INT64_MAX: nothing. */
int pd_store_next_wake(struct pd_store *store, pd_time *ret_next, struct pd_error *error);
/* Reckons the agendas of all tickets that may have one anew, unless that was done for this configuration already.
 * A ticket that changes meanwhile is left to its own commit. ret_count: how many changed. */
struct pd_retime {
	const char *config; /* hash */
	struct pd_agenda (*reckon)(void *data, struct pd_snapshot *snapshot, struct pd_arena *arena,
				   struct pd_ticket *ticket);
	void *data;
};
int pd_store_retime(struct pd_store *store, const struct pd_retime *retime, int64_t *ret_count,
		    struct pd_error *error);
/* --- keys by which agents' signatures are known --- */
struct pd_agent_key {
	struct pd_public_key key;
	const char *agent;
	const char *added_by, *removed_by; /* actors; removed_by NULL */
	pd_time added, removed;		   /* removed 0: in force */
};
struct pd_agent_keys {
	struct pd_agent_key *items;
	size_t count, room;
};
/* In the order of their coming. agent NULL: everybody's; all: also those removed. */
int pd_store_keys(struct pd_store *store, struct pd_arena *arena, const char *agent, bool all,
		  struct pd_agent_keys *ret_keys, struct pd_error *error);
enum pd_key_added { PD_KEY_NEW, PD_KEY_RENEWED, PD_KEY_THERE };
/* Renewed: the agent has that key, with other bytes, which are removed now. PD_PERMANENT: another agent has it. */
int pd_store_key_add(struct pd_store *store, const struct pd_agent_key *key, enum pd_key_added *ret_added,
		     struct pd_error *error);
/* PD_PERMANENT: it is not in force. The row stays, and says so. */
int pd_store_key_remove(struct pd_store *store, const char *fingerprint, pd_time at, const char *by,
			struct pd_error *error);

struct pd_store_stats {
	int64_t tickets, open, messages, outbox_waiting, drafts;
	pd_time oldest_waiting; /* created; 0 */
	int64_t unindexed; /* documents that the full-text index does not have yet */
	int64_t database_bytes;
	unsigned long commits, groups, redecided;
};
int pd_store_stats(struct pd_store *store, struct pd_store_stats *ret_stats, struct pd_error *error);
/* Online, to a directory that is made: database and big messages. */
int pd_store_backup(struct pd_store *store, const char *destination, struct pd_error *error);
/* integrity_check, foreign keys, rows against the fold of their events, big messages against their digests;
 * a line for each thing wrong. */
int pd_store_verify(struct pd_store *store, struct pd_arena *arena, struct pd_strings *ret_wrong,
		    struct pd_error *error);
/* Deleted tickets older than that: messages, text and index rows go, a tombstone stays. */
int pd_store_purge(struct pd_store *store, pd_time deleted_before, int64_t *ret_count,
		   struct pd_error *error);

/* Numbered points where a test ends the process at once: environment POSTDESK_CRASH=POINT[:N] (the Nth time).
 */
void pd_crash_point(const char *point);

#endif
