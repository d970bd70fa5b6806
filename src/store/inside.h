/* Inside the store: what its parts share, and what stands behind the face.
 *
 * A backend answers look-ups and carries plans out; views (read sets), the writer (groups) and the face are
 * the same for all backends. Nothing here leaves the room. */
#ifndef PD_STORE_INSIDE_H
#define PD_STORE_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/store.h"

/* --- look-ups and read sets (window.c) --- */

enum pd_reading_kind {
	PD_READ_TICKET, /* number; the digest is its version */
	PD_READ_ENTRY,
	PD_READ_ACTION,
	PD_READ_MESSAGE_ID, /* a */
	PD_READ_SUBJECT,    /* a mailbox, b base subject, since */
	PD_READ_CONTACT,
	PD_READ_CONTACT_OF, /* a kind, b value */
	PD_READ_MARK,	    /* a */
	PD_READ_RECORD,	    /* a kind, b name */
	PD_READ_RECORDS,    /* a kind */
	PD_READ_COUNTER,    /* a, since */
	PD_READ_DRAFT,
	PD_READ_DRAFT_OF, /* number, a agent */
	PD_READ_OUTBOX,
};

/* One question that a decision asked, and a digest of the answer. */
struct pd_reading {
	enum pd_reading_kind kind;
	int64_t number;
	pd_time since;
	const char *a, *b;
	uint64_t digest;
};

struct pd_window {
	struct pd_snapshot face; /* first */
	struct pd_store *store;
	bool is_writer; /* sees the write transaction; records nothing */
	void *at;	/* the backend's; NULL until the first look-up */
	uint64_t since; /* groups that were committed when it began: it sees these at least */
	struct pd_arena *arena;
	PD_LIST(struct pd_reading) readings;
};
static inline struct pd_window *pd_window_of(struct pd_snapshot *face)
{
	return (struct pd_window *)face;
}
/* Fills the face; the backend's window_begin is called at the first look-up. */
void pd_window_init(struct pd_window *view, struct pd_store *store, bool is_writer);
/* Has any answer changed? Asked through the writer's view. */
bool pd_window_has_changed(struct pd_window *view, struct pd_window *writer);
/* For backends: a look-up failed. */
void pd_window_fail(struct pd_window *view, const struct pd_error *error);

/* --- what has changed (noted.c) --- */

/* By the thread that leads, before it is written: the plan, or anything else. */
void pd_noted_plan(struct pd_store *store, const struct pd_plan *plan);
void pd_noted_all(struct pd_store *store);
/* Is the answer certainly what it was after so many groups? */
bool pd_noted_is_same(struct pd_store *store, uint64_t since, const struct pd_reading *reading);

/* --- hashes (hash.c) --- */

/* SipHash-2-4: keys of look-ups, which strangers must not be able to make collide. */
uint64_t pd_siphash(const unsigned char key[16], const void *data, size_t len);
void pd_siphash128(const unsigned char key[16], const void *data, size_t len, uint64_t ret_hash[2]);

/* --- the writer (writer.c) --- */

struct pd_job {
	/* In the write transaction. Called again, from the start, where another of its group has failed. */
	int (*run)(struct pd_store *store, struct pd_job *job, struct pd_error *error);
	void *data;
	bool touches_outbox; /* who waits for due rows shall look again */
	bool notes_changes;  /* says itself what it changes that decisions read (noted.c) */
	/* the writer's */
	int result;
	struct pd_error error;
	bool is_done, leads;
	pthread_cond_t done;
	struct pd_job *next;
};
struct pd_writer;
struct pd_writer *pd_writer_new(struct pd_store *store);
void pd_writer_free(struct pd_writer *writer); /* after what waits is done; NULL is allowed */
/* Blocks until the job's group is on disk, or failed. */
int pd_writer_do(struct pd_writer *writer, struct pd_job *job, struct pd_error *error);
/* Is all that a reader can see on disk? What is committed is seen before it is synced. */
bool pd_writer_is_settled(struct pd_writer *writer);

/* --- big messages (blob.c) --- */

/* A file that was written for a message before its commit. */
struct pd_blob {
	const char *data; /* of the bytes, as the plan names them */
	size_t size;
	int64_t file; /* messages/xx/FILE */
	unsigned char digest[PD_SHA256_SIZE];
	bool is_used;
};
struct pd_blobs {
	struct pd_blob *items;
	size_t count, room;
};
/* state/messages/xx/ID is on disk, its directory too, when this returns 0. */
int pd_blob_write(const char *state, int64_t id, const void *data, size_t size, struct pd_error *error);
int pd_blob_read(const char *state, int64_t id, struct pd_raw **ret_raw, struct pd_error *error);
void pd_blob_unlink(const char *state, int64_t id);
char *pd_blob_path(struct pd_arena *arena, const char *state, int64_t id);
int pd_fsync_directory(const char *path, struct pd_error *error);
/* Creates the directory (0700) where it is missing. */
int pd_make_directory(const char *path, struct pd_error *error);

/* --- a commit on its way --- */

struct pd_committing {
	struct pd_commit *commit;
	struct pd_arena *arena; /* of this commit; owned by the caller's thread */
	struct pd_blobs blobs;
};
/* --- plans (planned.c) --- */

/* The raw bytes of a planned message; data NULL: none. */
struct pd_bytes pd_planned_raw(const struct pd_commit *commit, const struct pd_planned_message *message);
/* The people of a message as the full-text index has them. */
char *pd_stored_people(struct pd_arena *arena, const struct pd_stored *stored);
bool pd_plan_is_empty(const struct pd_plan *plan);
/* A contact's people, likewise. */
char *pd_contact_people(struct pd_arena *arena, const struct pd_contact *contact);
const struct pd_planned_message *pd_plan_message_of(const struct pd_plan *plan,
						    int64_t id); /* NULL: not in the plan */
/* Does the plan bring a message with that subject to the ticket? Then its name is found by that. */
bool pd_plan_has_subject(const struct pd_plan *plan, int64_t ticket, const char *name);
/* The name and description that an event gives, for the full-text index; false: neither. */
bool pd_event_text(const struct pd_event *event, const char **ret_name, const char **ret_description);
/* Do the plan's events lead from each ticket's base version to its working copy's? */
int pd_plan_check(struct pd_arena *arena, const struct pd_plan *plan, struct pd_error *error);

/* Takes out what a person wrote and who it was; ids and names of the configuration stay. */
void pd_event_redact(struct pd_event *event);
/* The last event of a purged ticket whose newest version is given. */
struct pd_event pd_event_tombstone(struct pd_store *store, int64_t ticket, int64_t version, pd_time at);

/* --- backends --- */

struct pd_lease_request {
	struct pd_arena *arena;
	bool is_lines; /* of chats: above and max count alone, and nothing is leased */
	int64_t above;
	const char *owner;
	pd_time now, until;
	size_t max;
	struct pd_leases *leases;
};
struct pd_sent_request {
	int64_t id;
	const struct pd_sent_recipient *recipients;
	size_t count;
	pd_time now, next;
};
struct pd_text_request {
	const char *kind, *text, *hash;
};
struct pd_key_request {
	const struct pd_agent_key *key; /* to add */
	enum pd_key_added added;
	const char *fingerprint, *by; /* to remove */
	pd_time at;
};
/* there: the key of that fingerprint that is in force; NULL. */
int pd_key_may_be_added(const struct pd_agent_key *there, const struct pd_agent_key *key, enum pd_key_added *ret_added,
			struct pd_error *error);
struct pd_purge_request {
	pd_time deleted_before;
	int64_t count;
	int64_t *files; /* big messages to unlink after the commit; malloc */
	size_t file_count;
};

struct pd_backend {
	/* In any thread. The look-ups of a snapshot, unrecorded; new_id is not among them. */
	struct pd_snapshot lookups;
	int64_t (*ticket_version)(struct pd_window *view, int64_t number); /* 0: none */
	struct pd_ticket *(*ticket_at)(struct pd_window *view, struct pd_arena *arena, int64_t number,
				       pd_time at);
	void (*replay)(struct pd_window *view, pd_time from, pd_time to, pd_store_each *each, void *data);
	int (*window_begin)(struct pd_window *view, struct pd_error *error); /* sets view->at */
	void (*window_end)(struct pd_window *view);
	int (*raw)(struct pd_store *store, int64_t message, struct pd_raw **ret_raw, struct pd_error *error);
	struct pd_planned_message *(*message)(struct pd_window *view, struct pd_arena *arena, int64_t id);
	int (*outbox)(struct pd_store *store, struct pd_arena *arena, bool all, size_t limit,
		      struct pd_outbox_lines *ret, struct pd_error *error);
	int (*text)(struct pd_store *store, struct pd_arena *arena, const char *hash, char **ret_text,
		    struct pd_error *error);
	int (*texts)(struct pd_store *store, struct pd_arena *arena, const char *kind, struct pd_strings *ret_texts,
		     struct pd_error *error);
	int (*config_at)(struct pd_store *store, struct pd_arena *arena, pd_time at, char **ret_hash,
			 struct pd_error *error);
	/* Adds recipients that are marked as taken. */
	int (*taken)(struct pd_store *store, struct pd_arena *arena, int64_t id, const char *message_id,
		     struct pd_strings *taken, struct pd_error *error);
	int (*keys)(struct pd_store *store, struct pd_arena *arena, const char *agent, bool all,
		    struct pd_agent_keys *ret_keys, struct pd_error *error);
	int (*stats)(struct pd_store *store, struct pd_store_stats *ret_stats, struct pd_error *error);
	int (*backup)(struct pd_store *store, const char *destination, struct pd_error *error);
	int (*verify)(struct pd_store *store, struct pd_arena *arena, struct pd_strings *ret_wrong,
		      struct pd_error *error);
	/* Big messages, before the commit; in the caller's thread, after a new decision in the writer's. */
	int (*prepare)(struct pd_store *store, struct pd_committing *committing, struct pd_error *error);
	void (*unprepare)(struct pd_store *store, struct pd_committing *committing); /* what was not used */

	/* In the thread that leads the writing (writer.c). */
	void (*before_group)(struct pd_store *store); /* outside any transaction */
	int (*begin)(struct pd_store *store, struct pd_error *error);
	int (*commit)(struct pd_store *store, struct pd_error *error); /* need not be on disk yet */
	void (*rollback)(struct pd_store *store);
	bool (*idle)(struct pd_store *store); /* nothing to do for a while; true: there is more to do */
	void (*writer_window)(struct pd_store *store, struct pd_window *view); /* sets view->at */
	int (*apply)(struct pd_store *store, struct pd_committing *committing, struct pd_error *error);
	int (*lease)(struct pd_store *store, struct pd_lease_request *request, struct pd_error *error);
	int (*sent)(struct pd_store *store, struct pd_sent_request *request, struct pd_error *error);
	int (*take_over)(struct pd_store *store, pd_time now, struct pd_error *error);
	int (*flush)(struct pd_store *store, struct pd_error *error);
	int (*keep_text)(struct pd_store *store, struct pd_text_request *request, struct pd_error *error);
	int (*retime)(struct pd_store *store, const struct pd_retime *retime, int64_t *ret_count,
		      struct pd_error *error); /* in any thread */
	int (*next_wake)(struct pd_store *store, pd_time *ret_next, struct pd_error *error); /* likewise */
	int (*enforce)(struct pd_store *store, const char *hash, pd_time now, struct pd_error *error);
	int (*key_add)(struct pd_store *store, struct pd_key_request *request, struct pd_error *error);
	int (*key_remove)(struct pd_store *store, struct pd_key_request *request, struct pd_error *error);
	int (*refold_records)(struct pd_store *store, struct pd_error *error);
	int (*purge)(struct pd_store *store, struct pd_purge_request *request, struct pd_error *error);
	pd_time (*next_due)(struct pd_store *store); /* INT64_MAX: nothing waits */

	/* In any thread, beside the one that leads. Whatever was committed before is on disk; PD_UNCERTAIN. */
	int (*sync)(struct pd_store *store, struct pd_error *error);

	void (*close)(struct pd_store *store);
};

#define PD_NOTED 8192

struct pd_store {
	const struct pd_backend *backend;
	enum pd_store_mode mode;
	unsigned char key[PD_KEY_SIZE];
	size_t message_in_database;
	_Atomic int64_t last_id[PD_ID_KINDS];
	atomic_bool is_failed;
	struct pd_writer *writer; /* NULL: reads only */

	pthread_mutex_t lock; /* of what follows */
	char config[65];      /* "": none */
	pthread_cond_t due;   /* on the monotonic clock */
	pd_time next_due;
	unsigned long outbox_changes; /* grows with each change of the outbox */
	unsigned long seen_empty;     /* outbox_changes when a lease found nothing */
	unsigned long wakes;
	pthread_cond_t wake;	      /* on the monotonic clock */
	pd_time next_wake;	      /* 0: not known yet */
	unsigned long wake_changes;   /* grows with each commit that may bring it nearer */
	struct pd_answered *answered; /* sent.c */

	pthread_mutex_t listening; /* of what follows, and while the listener is called */
	pd_store_line *line;	   /* NULL */
	void *line_data;

	atomic_ulong commits, groups, redecided;

	_Atomic uint64_t committed; /* groups */
	_Atomic uint64_t noted_all; /* the last group that may have changed any answer */
	_Atomic uint64_t noted[PD_NOTED];
};
/* Common members; last_id and key are the backend's to fill afterwards. */
void pd_store_init(struct pd_store *store, const struct pd_backend *backend, enum pd_store_mode mode);
void pd_store_fini(struct pd_store *store);
void pd_store_forget_all_answered(struct pd_store *store); /* sent.c */
/* After a group that touched the outbox; next_due as the backend said within the group's lead. */
void pd_store_outbox_changed(struct pd_store *store, pd_time next_due);

/* sqlite.c, memory.c */
int pd_sqlite_open(const char *state, enum pd_store_mode mode, size_t message_in_database,
		   struct pd_store **ret_store, struct pd_error *error);

/* A custom property's value by its name, without regard to case; NULL: it has none. ret_number: its value where it is
 * a number, by which it is sorted then, before all texts. */
const char *pd_custom_value(const struct pd_ticket *ticket, const char *property, bool *ret_is_number,
			    double *ret_number);
/* Is what a list is sorted by a custom property, and nothing of the ticket or its contact (or of goals)? */
bool pd_sort_is_custom(const char *name);

#endif
