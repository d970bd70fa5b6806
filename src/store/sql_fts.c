/* Documents of the full-text index: one an event that has text, one a contact.
 *
 * Writing a document alone costs many times what it costs among others, so documents wait, by their places in the
 * table `unindexed`, for the index's own thread (indexer.c). A search looks through those that wait, too. The
 * index is contentless: what is taken out must be given again as it was put in; that waits in the table with its
 * texts. Words are kept folded (pd_fold), as queries in memory compare them.
 *
 * Promises: every event with text and every contact stands in the index or in `unindexed`, whatever happens.
 * Fails as any write does; then the whole group does. */
#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define PER_DOCUMENT 512		       /* bytes, beside its text */
#define KEPT_MAX     ((size_t)4 * 1024 * 1024)  /* bytes of a group that wait in memory */
#define SEARCHED_MAX ((size_t)64 * 1024 * 1024) /* bytes of documents that a search looks through itself */

/* The tokenizer lowers ASCII by itself. */
static const char *folded(struct pd_arena *arena, const char *text, bool is_copied)
{
	if (text == NULL)
		return "";
	for (const char *at = text; *at != '\0'; at++)
		if ((*at & 0x80) != 0)
			return pd_fold(arena, text);
	return is_copied ? pd_strdup(arena, text) : text;
}

void pd_document_fold(struct pd_arena *arena, struct pd_document *document)
{
	document->subject = folded(arena, document->subject, false);
	document->text = folded(arena, document->text, false);
	document->people = folded(arena, document->people, false);
}

static void add_document(struct pd_sqlite *store, int64_t id, bool is_removal, const char *subject,
			 const char *text, const char *people)
{
	if (store->documents == NULL) {
		struct pd_arena *arena = pd_arena_new();
		store->documents = PD_NEW(arena, struct pd_documents);
		store->documents->arena = arena;
	}
	struct pd_documents *group = store->documents;
	struct pd_document *document = pd_list_add(group->arena, &group->list);
	group->bytes += PER_DOCUMENT + (text != NULL ? strlen(text) : 0);
	if (group->bytes > KEPT_MAX && !is_removal) {
		group->is_large = true;
		*document = (struct pd_document){.id = id};
		return;
	}
	*document = (struct pd_document){
		.id = id,
		.is_removal = is_removal,
		.subject = folded(group->arena, subject, true),
		.text = folded(group->arena, text, true),
		.people = folded(group->arena, people, true),
	};
}

void pd_sqlite_document(struct pd_sqlite *store, int64_t id, const char *subject, const char *text,
			const char *people)
{
	add_document(store, id, false, subject, text, people);
}

int pd_sqlite_forget_document(struct pd_sqlite *store, int64_t id, const char *subject, const char *text,
			      const char *people, struct pd_error *error)
{
	/* What this group put in never gets there. */
	struct pd_documents *group = store->documents;
	for (size_t i = group != NULL ? group->list.count : 0; i > 0; i--) {
		struct pd_document *document = &group->list.items[i - 1];
		if (document->id != id || document->is_removal)
			continue;
		memmove(document, document + 1, (group->list.count - i) * sizeof *document);
		group->list.count--;
		return 0;
	}
	/* What a group before put in must have got there, to be taken out again. */
	int failed = pd_indexer_settle(store->indexer, id, error);
	if (!failed)
		add_document(store, id, true, subject, text, people);
	return failed;
}

void pd_sqlite_documents_begin(struct pd_sqlite *store)
{
	if (store->documents != NULL)
		pd_arena_free(store->documents->arena);
	store->documents = NULL;
}

/* Rows of which the index has the documents are dropped. */
static int drop_indexed(struct pd_sqlite *store, struct pd_error *error)
{
	store->dropping = pd_indexer_done(store->indexer);
	if (store->dropping <= store->dropped)
		return 0;
	sqlite3_stmt *drop = SQL(store->writer, "DELETE FROM unindexed WHERE seq <= ?");
	pd_sql_bind(drop, "i", store->dropping);
	int failed = pd_sql_run(store->writer, drop, error);
	if (failed)
		return failed;
	sqlite3_stmt *note = SQL(store->writer, "INSERT INTO last_id (kind, id) VALUES (-1, ?)"
						" ON CONFLICT (kind) DO UPDATE SET id = excluded.id");
	pd_sql_bind(note, "i", store->dropping);
	return pd_sql_run(store->writer, note, error);
}

int pd_sqlite_documents_commit(struct pd_sqlite *store, struct pd_error *error)
{
	struct pd_documents *group = store->documents;
	int failed = drop_indexed(store, error);
	for (size_t i = 0; group != NULL && i < group->list.count && !failed; i++) {
		struct pd_document *document = &group->list.items[i];
		document->seq = store->last_seq + 1 + (int64_t)i;
		sqlite3_stmt *put;
		if (document->is_removal) {
			put = SQL(store->writer, "INSERT INTO unindexed (seq, id, subject, text, people)"
						 " VALUES (?, ?, ?, ?, ?)");
			pd_sql_bind(put, "iisss", document->seq, document->id, document->subject,
				    document->text, document->people);
		} else {
			put = SQL(store->writer, "INSERT INTO unindexed (seq, id) VALUES (?, ?)");
			pd_sql_bind(put, "ii", document->seq, document->id);
		}
		failed = pd_sql_run(store->writer, put, error);
	}
	return failed;
}

void pd_sqlite_documents_committed(struct pd_sqlite *store)
{
	struct pd_documents *group = store->documents;
	store->documents = NULL;
	if (store->dropping > store->dropped)
		store->dropped = store->dropping;
	if (group == NULL)
		return;
	if (group->list.count == 0) {
		pd_arena_free(group->arena);
		return;
	}
	store->last_seq += (int64_t)group->list.count;
	for (size_t i = 0; i < group->list.count; i++)
		if (group->list.items[i].is_removal)
			atomic_store(&store->has_removed, true);
	pd_indexer_add(store->indexer, group);
}

/* --- documents out of the tables --- */

static int contact_document(struct pd_connection *connection, struct pd_arena *arena,
			    struct pd_document *document, struct pd_error *error)
{
	int failed = 0;
	struct pd_contact *contact =
		pd_sqlite_contact_by_id(connection, arena, -document->id, &failed, error);
	document->people = contact != NULL ? pd_contact_people(arena, contact) : "";
	return failed;
}

int pd_sqlite_load_document(struct pd_connection *connection, struct pd_arena *arena, struct pd_document *ret_document,
			    struct pd_error *error)
{
	const int64_t id = ret_document->id;
	struct pd_document document = {.seq = ret_document->seq, .id = id, .subject = "", .text = "", .people = ""};
	int failed = 0;
	if (id < 0) {
		failed = contact_document(connection, arena, &document, error);
	} else {
		sqlite3_stmt *select = SQL(connection, "SELECT message, changes FROM event WHERE id = ?");
		pd_sql_bind(select, "i", id);
		if (!pd_sql_row(connection, select, &failed, error))
			return failed;
		int64_t message = sqlite3_column_int64(select, 0);
		const char *changes = pd_sql_text(arena, select, 1);
		sqlite3_reset(select);
		struct pd_event event = {0};
		struct pd_stored *stored = message != 0 ? pd_sqlite_stored(connection, arena, message,
									   &document.text, &failed, error)
							: NULL;
		if (stored != NULL) {
			document.subject = stored->subject;
			document.people = pd_stored_people(arena, stored);
		} else if (changes != NULL && pd_changes_parse(arena, changes, &event)) {
			(void)pd_event_text(&event, &document.subject, &document.text);
		}
	}
	if (!failed)
		*ret_document = document;
	return failed;
}

static void queued_document(struct pd_arena *arena, sqlite3_stmt *select, struct pd_document *ret_document)
{
	*ret_document = (struct pd_document){
		.seq = sqlite3_column_int64(select, 0),
		.id = sqlite3_column_int64(select, 1),
		.is_removal = sqlite3_column_type(select, 2) != SQLITE_NULL,
		.subject = pd_sql_text(arena, select, 2),
		.text = pd_sql_text(arena, select, 3),
		.people = pd_sql_text(arena, select, 4),
	};
}

int pd_sqlite_unindexed(struct pd_connection *connection, struct pd_arena *arena, int64_t after, size_t bytes,
			struct pd_document_list *ret_documents, struct pd_error *error)
{
	int failed = 0;
	size_t have = 0;
	struct pd_document_list documents = {0};
	sqlite3_stmt *select = SQL(connection, "SELECT seq, id, subject, text, people FROM unindexed"
					       " WHERE seq > ? ORDER BY seq");
	pd_sql_bind(select, "i", after);
	while (!failed && have < bytes && pd_sql_row(connection, select, &failed, error)) {
		struct pd_document *document = pd_list_add(arena, &documents);
		queued_document(arena, select, document);
		if (!document->is_removal)
			failed = pd_sqlite_load_document(connection, arena, document, error);
		have += PER_DOCUMENT + (document->text != NULL ? strlen(document->text) : 0);
	}
	if (select != NULL)
		sqlite3_reset(select);
	if (!failed)
		*ret_documents = documents;
	return failed;
}

int pd_sqlite_waiting(struct pd_connection *connection, struct pd_arena *arena, struct pd_document_list *ret_documents,
		      struct pd_error *error)
{
	/* The desk's instant is earlier than the index's: what was indexed between is in both. */
	const int64_t done = pd_sql_number(connection, "SELECT done FROM words.indexed");
	struct pd_document_list all, going_in = {0};
	int failed = pd_sqlite_unindexed(connection, arena, done, SEARCHED_MAX, &all, error);
	if (failed)
		return failed;
	for (size_t i = 0; i < all.count; i++)
		if (!all.items[i].is_removal)
			*pd_list_add(arena, &going_in) = all.items[i];
	*ret_documents = going_in;
	return 0;
}
