/* The SQLite backend, inside: connections, statements, and the pieces that it is made of.
 *
 * The only part of postdesk that knows sqlite3.h. Statements are prepared once a connection, at their first
 * use. */
#ifndef PD_STORE_SQLITE_H
#define PD_STORE_SQLITE_H

#include <sqlite3.h>

#include "store/inside.h"
#include "store/record.h"

#define PD_SQL_BUSY_MS	  5000 /* how long another process is waited for */
#define PD_SQL_STATEMENTS 192  /* call sites of SQL(), at most */

#define PD_GENERATIONS 2

struct pd_connection {
	struct pd_sqlite *store;
	sqlite3 *db;
	sqlite3_stmt *statements[PD_SQL_STATEMENTS];
	/* of its snapshot (fresh.c); NULL: none */
	struct pd_generation *generations[PD_GENERATIONS];
	uint64_t group; /* it sees what was committed up to this one */
	int64_t documents; /* that its statement may still look at (sql_function.c) */
	struct pd_connection *next; /* in the pool */
};

/* A full-text document. */
struct pd_document {
	int64_t seq; /* its place in the queue */
	int64_t id;  /* rowid: an event's id, or minus a contact's */
	bool is_removal;
	const char *subject, *text, *people;
};
struct pd_document_list {
	struct pd_document *items;
	size_t count, room;
};

/* Documents of one group. */
struct pd_documents {
	struct pd_arena *arena; /* of it all, itself too */
	struct pd_document_list list;
	size_t bytes;
	bool is_large;		   /* texts lack: the table has them */
	struct pd_documents *next; /* the indexer's */
};

struct pd_checkpointer;
struct pd_indexer;
struct pd_filter;
struct pd_fresh;

struct pd_sqlite {
	struct pd_store store; /* first */
	char *state;	       /* malloc, as are the two paths */
	char *path, *words_path;
	int lock_fd;	       /* -1: reads only */
	struct pd_connection *writer;
	sqlite3_file *log; /* the writer's */
	struct pd_checkpointer *checkpointer; /* NULL: reads only */
	int home_fd;			      /* of the database, for pd_home_begin; -1 */
	struct pd_indexer *indexer;	      /* NULL: reads only */
	struct pd_filter *filter;	      /* of Message-IDs and marks; NULL: reads only */
	struct pd_fresh *fresh;		      /* keys that are not in their places yet; NULL: reads only */
	atomic_bool has_removed;	      /* the index still has words that are to go */
	pthread_mutex_t pool_lock;
	struct pd_connection *pool;
	size_t pooled;

	/* the thread's that leads */
	struct pd_arena *group_arena;
	struct pd_documents *documents; /* of the group; NULL: none */
	int64_t last_seq;		/* the place of the last document that was committed */
	int64_t dropped, dropping;	/* rows of unindexed up to here are gone; so will be with this group */
	PD_LIST(struct {
		char hash[65];
		int64_t id;
	})
	texts; /* ids of kept texts, in texts_arena */
	struct pd_arena *texts_arena;
	int64_t last_conversation;     /* the largest of the group; 0: none */
	int64_t reserved_conversation; /* the table last_id has this one */
	/* tidying (sql_tidy.c) */
	int log_pages;		  /* of the write-ahead log, after the last commit */
	bool has_purged;	  /* since the log was cut */
	int64_t next_tidy;	  /* pd_monotonic */
	int64_t tidied_mark;	  /* up to this key */
	char tidied_counter[512]; /* likewise */
};
static inline struct pd_sqlite *pd_sqlite_of(struct pd_store *store)
{
	return (struct pd_sqlite *)(void *)store;
}

/* --- the log's file (log_file.c) --- */

/* The VFS of the writer's connection; registered at the first call. */
const char *pd_log_vfs(void);
/* The log, for pd_log_sync and pd_log_reserve; NULL while there is none. */
sqlite3_file *pd_log_file(struct pd_connection *writer);
/* From now on commits are written but not synced (or synced again); false: there is no log yet. */
bool pd_log_defer(struct pd_connection *writer, bool is_deferred);
/* Syncs what was committed, beside whatever the writer does meanwhile: SQLite's code. */
int pd_log_sync(sqlite3_file *log);
/* In any thread: makes the file a step longer, until it is so long; false: it is, or cannot be. Ask again. */
bool pd_log_reserve(sqlite3_file *log, int64_t size);

/* --- the database's file, as pages are copied home (home_file.c) --- */

/* Of the connection that copies: what its threads write leaves for the disk at an even pace, once they have begun. */
void pd_home_pace(struct pd_connection *connection);
/* fd: another descriptor of that file. It must be closed behind all connections: closing it drops the process's locks. */
void pd_home_begin(int fd);

/* --- emptying the log (checkpoint.c) --- */

int pd_checkpointer_new(struct pd_sqlite *store, struct pd_checkpointer **ret_checkpointer,
			struct pd_error *error);
void pd_checkpointer_free(struct pd_checkpointer *checkpointer); /* NULL is allowed */
/* In the thread that leads, outside any transaction; pages: in the log after the group before. */
void pd_checkpointer_before_group(struct pd_checkpointer *checkpointer, struct pd_connection *writer,
				 int pages);

/* --- connections (sql.c) --- */

enum pd_connection_kind {
	PD_CONNECTION_WRITER,
	PD_CONNECTION_READER, /* of the desk and, as `words`, of the full-text index */
	PD_CONNECTION_HOME,   /* copies the log home */
	PD_CONNECTION_WORDS,  /* writes the index */
};
int pd_connection_new(struct pd_sqlite *store, const char *path, enum pd_connection_kind kind,
		      struct pd_connection **ret, struct pd_error *error);
void pd_connection_free(struct pd_connection *connection);
/* What SQLite's last result on the connection means for the MTA. */
int pd_sql_fail(struct pd_connection *connection, struct pd_error *error, const char *what);
int pd_sql_exec(struct pd_connection *connection, const char *sql, struct pd_error *error);
/* Copies the log home, as much as the mode (SQLITE_CHECKPOINT_...) can: SQLite's code. Where the disk did not take it,
 * the store is failed. */
int pd_sql_checkpoint(struct pd_connection *connection, int mode);
/* From now on each commit of the connection says how many pages its log has. */
void pd_sql_count_log(struct pd_connection *connection, int *pages);

/* The statement of this call site on the connection; NULL where it cannot be prepared (memory, a damaged
 * schema). */
#define SQL(connection, text)                                                                                \
	(__extension__({                                                                                     \
		static _Atomic int slot;                                                                     \
		pd_sql_statement((connection), &slot, (text));                                               \
	}))
sqlite3_stmt *pd_sql_statement(struct pd_connection *connection, _Atomic int *slot, const char *text);
/* Binds parameters 1, 2, …: i int64_t; s const char * (NULL: null); b const void * and size_t (NULL: null); n
 * null; z int64_t where 0 is null. Texts must live until the statement is done. */
void pd_sql_bind(sqlite3_stmt *statement, const char *types, ...);
/* Steps: true: a row. At the end and on errors resets and gives false; *ret_failed tells them apart. */
bool pd_sql_row(struct pd_connection *connection, sqlite3_stmt *statement, int *ret_failed,
		struct pd_error *error);
/* Runs to the end and resets. */
int pd_sql_run(struct pd_connection *connection, sqlite3_stmt *statement, struct pd_error *error);
/* Columns, copied into the arena; NULL for null. */
char *pd_sql_text(struct pd_arena *arena, sqlite3_stmt *statement, int column);
struct pd_bytes pd_sql_blob(struct pd_arena *arena, sqlite3_stmt *statement, int column);

/* One number of one row; 0 where there is none. */
int64_t pd_sql_number(struct pd_connection *connection, const char *sql);

/* --- schema (schema.c) --- */

#define PD_SCHEMA_VERSION 16
#define PD_FIRST_ENTRY	  32 /* tickets to a row of first_entry; the schema has it, too */
int pd_schema_migrate(struct pd_connection *connection, struct pd_error *error);
int pd_schema_check(struct pd_connection *connection, struct pd_error *error); /* for readers */
int pd_schema_load(struct pd_sqlite *store, struct pd_connection *connection, struct pd_error *error);

/* --- classes of tickets: what the indexes of views stand on --- */

enum pd_ticket_class { PD_CLASS_OPEN, PD_CLASS_CLOSED, PD_CLASS_SPAM, PD_CLASS_DELETED, PD_CLASS_MERGED };
enum pd_ticket_flags {
	PD_FLAG_SPAM = 1,
	PD_FLAG_AUTOMATIC = 2,
	PD_FLAG_DELETED = 4,
	PD_FLAG_SENT = 8,
	PD_FLAG_SNOOZED = 16,
};
enum pd_ticket_class pd_ticket_class_of(const struct pd_ticket *ticket);

/* --- look-ups (sql_read.c, sql_timeline.c, query_sql.c) --- */

extern const struct pd_snapshot pd_sqlite_lookups;
struct pd_connection *pd_window_connection(struct pd_window *view);
int64_t pd_sqlite_ticket_version(struct pd_window *view, int64_t number);
struct pd_ticket *pd_sqlite_ticket(struct pd_snapshot *face, struct pd_arena *arena, int64_t number);
/* A ticket of PD_TICKET_COLUMNS, from that column on; NULL where the row is damaged, which fails the view. */
#define PD_TICKET_COLUMNS                                                                                    \
	"ticket.number, ticket.version, ticket.status_kind, ticket.flags, ticket.created, ticket.updated, "    \
	"ticket.closed, ticket.merged_into, ticket.messages, ticket.status, ticket.owner, ticket.team, "       \
	"ticket.priority, ticket.category, ticket.source, ticket.mailbox, ticket.pipeline, ticket.name, "      \
	"ticket.rest"
struct pd_ticket *pd_sqlite_ticket_row(struct pd_window *view, struct pd_arena *arena, sqlite3_stmt *select, int column);
struct pd_ticket *pd_sqlite_ticket_at(struct pd_window *view, struct pd_arena *arena, int64_t number,
				      pd_time at);
void pd_sqlite_replay(struct pd_window *view, pd_time from, pd_time to, pd_store_each *each, void *data);
struct pd_entries pd_sqlite_timeline(struct pd_snapshot *face, struct pd_arena *arena, int64_t ticket,
				     int64_t after);
struct pd_passed_list pd_sqlite_passed(struct pd_snapshot *face, struct pd_arena *arena, int64_t above, pd_time until,
				       size_t limit);
struct pd_entry *pd_sqlite_entry(struct pd_snapshot *face, struct pd_arena *arena, int64_t event);
struct pd_entries pd_sqlite_action(struct pd_snapshot *face, struct pd_arena *arena, int64_t action);
struct pd_tickets pd_sqlite_list(struct pd_snapshot *face, struct pd_arena *arena,
				 const struct pd_query *query, const char *sort, size_t limit, size_t offset);
/* An event of the columns of PD_EVENT_COLUMNS. */
#define PD_EVENT_COLUMNS                                                                                     \
	"event.id, event.ticket, event.version, event.format, event.at, event.kind, event.action, "          \
	"event.message, event.conversation, event.other, event.actor, event.why, event.changes, "            \
	"(SELECT hash FROM text WHERE text.id = event.config)"
#define PD_EVENT_COLUMN_COUNT 14
void pd_sqlite_event(struct pd_arena *arena, sqlite3_stmt *statement, struct pd_event *ret_event);
struct pd_stored *pd_sqlite_stored(struct pd_connection *connection, struct pd_arena *arena, int64_t id,
				   const char **ret_search, int *ret_failed, struct pd_error *error);
/* The key of a text, or of two, in an index of hashes. */
struct pd_key {
	int64_t a, b;
};
struct pd_key pd_sqlite_key(const struct pd_store *store, const char *a, const char *b);
/* What is known of a Message-ID of that key. */
struct pd_known_ids pd_sqlite_known(struct pd_window *view, struct pd_arena *arena, struct pd_key key);

/* --- keys that were never there (filter.c) --- */

struct pd_filter *pd_filter_new(int64_t keys); /* with room for so many, in reason */
void pd_filter_free(struct pd_filter *filter); /* NULL is allowed */
/* Before the row of the key is committed. */
void pd_filter_add(struct pd_filter *filter, struct pd_key key);
/* Is the key certainly in no row? NULL: false. */
bool pd_filter_lacks(struct pd_filter *filter, struct pd_key key);
/* With all keys of Message-IDs and marks, before anything is written. */
int pd_filter_load(struct pd_connection *connection, struct pd_filter **ret_filter, struct pd_error *error);

/* --- keys that are not in their places yet (fresh.c) --- */

enum pd_fresh_kind { PD_FRESH_ID = 1, PD_FRESH_MARK, PD_FRESH_SUBJECT };
#define PD_FRESH_NUMBERS 4
struct pd_fresh_row {
	struct pd_key key;
	enum pd_fresh_kind kind;
	/* of an id: event, ticket, conversation, is it a reference; of a mark: value, expires; of a subject:
	 * conversation, ticket (0: no longer) */
	int64_t numbers[PD_FRESH_NUMBERS];
	const char *text; /* of an id: agent; NULL */
	uint64_t group;	  /* that brought it */
};
struct pd_fresh_rows {
	struct pd_fresh_row *items;
	size_t count, room;
};
/* Reads what waits, and adds its keys to the store's filter. */
int pd_fresh_new(struct pd_sqlite *store, struct pd_fresh **ret_fresh, struct pd_error *error);
void pd_fresh_free(struct pd_fresh *fresh); /* NULL is allowed */
/* In the thread that leads. Into the group; before its COMMIT; after it; where it is rolled back. */
void pd_fresh_put(struct pd_sqlite *store, const struct pd_fresh_row *row);
int pd_fresh_commit(struct pd_sqlite *store, struct pd_error *error);
void pd_fresh_committed(struct pd_sqlite *store);
void pd_fresh_rollback(struct pd_sqlite *store);
/* In quiet times: has a mark expired, so that all shall get to their places? Then the next group takes many there. */
bool pd_fresh_is_due(struct pd_sqlite *store, pd_time now);
/* Before a reader's snapshot begins, and after its end. */
void pd_fresh_hold(struct pd_connection *connection);
void pd_fresh_release(struct pd_connection *connection);
/* Newest first, so many at most; what stands in the key's place is older than all of them, or the same. */
struct pd_fresh_rows pd_fresh_find(struct pd_window *view, struct pd_arena *arena, enum pd_fresh_kind kind,
				   struct pd_key key, size_t max);

/* --- texts that stand in raw bytes (slice.c) --- */

/* Where the text stands in the raw bytes, CRLF for LF; false: nowhere, or it is not worth it. */
bool pd_slice_find(struct pd_bytes raw, const char *text, int64_t *ret_at, int64_t *ret_size);
char *pd_slice_text(struct pd_arena *arena, struct pd_bytes slice);

/* --- carrying out (sql_apply.c, sql_ticket.c, sql_fts.c, sql_outbox.c) --- */

int pd_sqlite_apply(struct pd_store *store, struct pd_committing *committing, struct pd_error *error);
int pd_sqlite_put_ticket(struct pd_sqlite *store, const struct pd_planned_ticket *planned,
			 struct pd_error *error);
/* Keys of base subjects, where the event changes a conversation's mailbox or subject. */
void pd_sqlite_put_conversation(struct pd_sqlite *store, struct pd_arena *arena, const struct pd_plan *plan,
				const struct pd_event *event);
/* ticket 0: the conversation has that subject no longer. */
void pd_sqlite_put_subject(struct pd_sqlite *store, struct pd_key key, int64_t conversation, int64_t ticket);
/* is_carried: of records the newest event counts, not the one that comes last. */
int pd_sqlite_put_values(struct pd_sqlite *store, const struct pd_event *event, bool is_carried, struct pd_error *error);
/* Where the number of a ticket that was merged away leads in the end, as far as the tickets on the way are there. */
int pd_sqlite_put_root(struct pd_sqlite *store, int64_t number, struct pd_error *error);
/* Records as the events have them, after events came out of order. */
int pd_sqlite_refold_records(struct pd_store *store, struct pd_error *error);
/* The message, and what of it is indexed; NULL: there is none. */
struct pd_planned_message *pd_sqlite_message(struct pd_window *view, struct pd_arena *arena, int64_t id);
int pd_sqlite_put_letter(struct pd_sqlite *store, const struct pd_plan *plan,
			 const struct pd_planned_letter *letter, pd_time now, struct pd_error *error);
/* A document of the group goes into the index, or out of it again as it was put in. */
void pd_sqlite_document(struct pd_sqlite *store, int64_t id, const char *subject, const char *text,
			const char *people);
int pd_sqlite_forget_document(struct pd_sqlite *store, int64_t id, const char *subject, const char *text,
			      const char *people, struct pd_error *error);
void pd_sqlite_documents_begin(struct pd_sqlite *store); /* and where the group is rolled back */
int pd_sqlite_documents_commit(struct pd_sqlite *store, struct pd_error *error); /* before the COMMIT */
void pd_sqlite_documents_committed(struct pd_sqlite *store);
/* The next in the queue after that place, until they have so many bytes; texts of what goes in are as the tables
 * have them, not folded. */
int pd_sqlite_unindexed(struct pd_connection *connection, struct pd_arena *arena, int64_t after, size_t bytes,
			struct pd_document_list *ret_documents, struct pd_error *error);
/* Those that the index does not have yet, for a reader; the first of them only, where an index is made again. */
int pd_sqlite_waiting(struct pd_connection *connection, struct pd_arena *arena,
		      struct pd_document_list *ret_documents, struct pd_error *error);
/* The document of that id, an event's or minus a contact's, as it stands in the tables, not folded. */
int pd_sqlite_load_document(struct pd_connection *connection, struct pd_arena *arena, struct pd_document *ret_document,
			    struct pd_error *error);
void pd_document_fold(struct pd_arena *arena, struct pd_document *document);

/* --- the full-text index's file (words_file.c) --- */

/* The only connection that writes it; a file that is not this desk's is emptied, and everything waits for it. */
int pd_words_connect(struct pd_sqlite *store, struct pd_connection **ret_words, struct pd_error *error);
/* Who has it open keeps what was there. */
void pd_words_remove(struct pd_sqlite *store);

/* On this connection the index's tokenizer takes less time (tokenizer.c). */
void pd_tokenizer_register(sqlite3 *db);

/* --- the full-text index's thread (indexer.c) --- */

/* Opens or makes words.db, and goes on where it stopped; sets store->last_seq. */
int pd_indexer_new(struct pd_sqlite *store, struct pd_indexer **ret_indexer, struct pd_error *error);
void pd_indexer_free(struct pd_indexer *indexer); /* NULL is allowed */
/* Takes the documents of a group that was committed, at least one. */
void pd_indexer_add(struct pd_indexer *indexer, struct pd_documents *group);
/* All of them are on disk in the desk, too, or cannot be. */
void pd_indexer_synced(struct pd_indexer *indexer, bool is_good);
/* The index has all documents up to this place, on disk. */
int64_t pd_indexer_done(struct pd_indexer *indexer);
/* Waits until nothing of that id, or with 0 nothing at all, waits of the groups before; its failure. */
int pd_indexer_settle(struct pd_indexer *indexer, int64_t id, struct pd_error *error);

struct pd_contact *pd_sqlite_contact_by_id(struct pd_connection *connection, struct pd_arena *arena,
					   int64_t id, int *ret_failed, struct pd_error *error);

int pd_sqlite_lease(struct pd_store *store, struct pd_lease_request *request, struct pd_error *error);
int pd_sqlite_taken(struct pd_store *store, struct pd_arena *arena, int64_t id, const char *message_id,
		    struct pd_strings *taken, struct pd_error *error);
int pd_sqlite_sent(struct pd_store *store, struct pd_sent_request *request, struct pd_error *error);
int pd_sqlite_take_over(struct pd_store *store, pd_time now, struct pd_error *error);
int pd_sqlite_flush(struct pd_store *store, struct pd_error *error);
pd_time pd_sqlite_next_due(struct pd_store *store);
int pd_sqlite_stop_letters(struct pd_sqlite *store, const struct pd_planned_stop *stop, struct pd_error *error);
int pd_sqlite_outbox(struct pd_store *store, struct pd_arena *arena, bool all, size_t limit,
		     struct pd_outbox_lines *ret, struct pd_error *error);

/* --- agendas (sql_agenda.c) --- */

int pd_sqlite_put_agenda(struct pd_sqlite *store, int64_t ticket, const struct pd_agenda *agenda,
			 struct pd_error *error);
struct pd_wakes pd_sqlite_wakes(struct pd_snapshot *face, struct pd_arena *arena, pd_time until, size_t limit);
int pd_sqlite_next_wake(struct pd_store *store, pd_time *ret_next, struct pd_error *error);
int pd_sqlite_retime(struct pd_store *store, const struct pd_retime *retime, int64_t *ret_count,
		     struct pd_error *error);

/* refold.c: in a migration. */
int pd_sqlite_refold(struct pd_connection *connection, struct pd_error *error);

/* --- care (sql_admin.c, sql_verify.c, sql_purge.c) --- */

int pd_sqlite_stats(struct pd_store *store, struct pd_store_stats *ret_stats, struct pd_error *error);
/* sql_keys.c */
int pd_sqlite_keys(struct pd_store *store, struct pd_arena *arena, const char *agent, bool all,
		   struct pd_agent_keys *ret_keys, struct pd_error *error);
int pd_sqlite_key_add(struct pd_store *store, struct pd_key_request *request, struct pd_error *error);
int pd_sqlite_key_remove(struct pd_store *store, struct pd_key_request *request, struct pd_error *error);
int pd_sqlite_backup(struct pd_store *store, const char *destination, struct pd_error *error);
int pd_sqlite_verify(struct pd_store *store, struct pd_arena *arena, struct pd_strings *ret_wrong,
		     struct pd_error *error);
int pd_sqlite_purge(struct pd_store *store, struct pd_purge_request *request, struct pd_error *error);

/* --- tidying (sql_tidy.c) --- */

bool pd_sqlite_tidy(struct pd_sqlite *store); /* true: there is more to do */

/* --- sqlite.c --- */

/* The id of a kept text; 0 for NULL. In the writer's transaction. */
int pd_sqlite_text_id(struct pd_sqlite *store, const char *hash, int64_t *ret_id, struct pd_error *error);

int pd_sqlite_take_reader(struct pd_sqlite *store, struct pd_connection **ret, struct pd_error *error);
void pd_sqlite_give_reader(struct pd_sqlite *store, struct pd_connection *connection);

#endif
