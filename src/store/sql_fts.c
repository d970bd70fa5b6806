/* The full-text index: one document an event that has text, one a contact.
 *
 * Writing a document alone costs many times what it costs among others, so documents wait in memory, and by
 * their ids in the table `unindexed`, until there are enough of them or nothing else to do; then they are
 * written in one transaction. A search looks through those that wait, too. The index is contentless: what is
 * taken out must be given again as it was put in. Words are kept folded (pd_fold), as queries in memory
 * compare them.
 *
 * Promises: every event with text and every contact stands in the index or in `unindexed`, whatever happens.
 * Fails as any write does; then the whole group does. */
#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Larger portions cost little less a document, and keep the mails waiting that come meanwhile. */
#define DOCUMENTS_ENOUGH 96
#define BYTES_ENOUGH	 ((size_t)1024 * 1024)

/* The tokenizer lowers ASCII by itself. */
static const char *folded(struct pd_arena *arena, const char *text)
{
	if (text == NULL)
		return "";
	for (const char *at = text; *at != '\0'; at++)
		if ((*at & 0x80) != 0)
			return pd_fold(arena, text);
	return pd_strdup(arena, text);
}

void pd_sqlite_document(struct pd_sqlite *store, int64_t id, bool is_removal, const char *subject,
			const char *text, const char *people)
{
	struct pd_documents *waiting = &store->waiting;
	if (waiting->arena == NULL)
		waiting->arena = pd_arena_new();
	struct pd_document *document = pd_list_add(waiting->arena, &waiting->list);
	*document = (struct pd_document){
		.id = id,
		.is_removal = is_removal,
		.subject = folded(waiting->arena, subject),
		.text = folded(waiting->arena, text),
		.people = folded(waiting->arena, people),
	};
	waiting->bytes += strlen(document->text);
}

static int by_id(const void *a, const void *b)
{
	const struct pd_document *one = a, *two = b;
	if (one->id != two->id)
		return one->id < two->id ? -1 : 1;
	return (one->place > two->place) - (one->place < two->place);
}

/* In order of their ids: the index writes itself out whenever an id is smaller than the one before. */
int pd_sqlite_write_documents(struct pd_sqlite *store, struct pd_error *error)
{
	struct pd_documents *waiting = &store->waiting;
	struct pd_document *first = waiting->list.items + waiting->written;
	const size_t count = waiting->list.count - waiting->written;
	for (size_t i = 0; i < count; i++)
		first[i].place = waiting->written + i;
	if (count > 0)
		qsort(first, count, sizeof *first, by_id);
	for (size_t i = 0; i < count; i++) {
		sqlite3_stmt *put = first[i].is_removal
					    ? SQL(store->writer,
						  "INSERT INTO search (search, rowid, subject, text, people)"
						  " VALUES ('delete', ?, ?, ?, ?)")
					    : SQL(store->writer, "INSERT INTO search (rowid, subject, text, "
								 "people) VALUES (?, ?, ?, ?)");
		pd_sql_bind(put, "isss", first[i].id, first[i].subject, first[i].text, first[i].people);
		int failed = pd_sql_run(store->writer, put, error);
		if (failed)
			return failed;
	}
	waiting->written = waiting->list.count;
	return pd_sql_run(store->writer, SQL(store->writer, "DELETE FROM unindexed"), error);
}

void pd_sqlite_documents_begin(struct pd_sqlite *store)
{
	store->waiting.kept = store->waiting.list.count;
	store->waiting.written = 0;
}

bool pd_sqlite_documents_are_enough(const struct pd_sqlite *store)
{
	return store->waiting.list.count >= DOCUMENTS_ENOUGH || store->waiting.bytes >= BYTES_ENOUGH;
}

int pd_sqlite_documents_commit(struct pd_sqlite *store, struct pd_error *error)
{
	struct pd_documents *waiting = &store->waiting;
	if (waiting->written > 0)
		return pd_sqlite_write_documents(store, error);
	int failed = 0;
	for (size_t i = waiting->kept; i < waiting->list.count && !failed; i++) {
		sqlite3_stmt *put =
			SQL(store->writer, "INSERT INTO unindexed (id) VALUES (?) ON CONFLICT DO NOTHING");
		pd_sql_bind(put, "i", waiting->list.items[i].id);
		failed = pd_sql_run(store->writer, put, error);
	}
	return failed;
}

void pd_sqlite_documents_committed(struct pd_sqlite *store)
{
	if (store->waiting.written == 0)
		return;
	pd_arena_free(store->waiting.arena);
	store->waiting = (struct pd_documents){0};
}

void pd_sqlite_documents_rollback(struct pd_sqlite *store)
{
	/* Sorting has mixed the group's own with those before: its places tell them apart. */
	struct pd_documents *waiting = &store->waiting;
	size_t kept = 0;
	for (size_t i = 0; i < waiting->list.count; i++)
		if (i >= waiting->written ? i < waiting->kept : waiting->list.items[i].place < waiting->kept)
			waiting->list.items[kept++] = waiting->list.items[i];
	waiting->list.count = kept;
	waiting->written = 0;
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

int pd_sqlite_load_document(struct pd_connection *connection, struct pd_arena *arena, int64_t id,
			    struct pd_document *ret_document, struct pd_error *error)
{
	struct pd_document document = {.id = id, .subject = "", .text = "", .people = ""};
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

int pd_sqlite_unindexed(struct pd_connection *connection, struct pd_arena *arena,
			struct pd_document_list *ret_documents, struct pd_error *error)
{
	int failed = 0;
	sqlite3_stmt *select = SQL(connection, "SELECT id FROM unindexed ORDER BY id");
	struct pd_document_list documents = {0};
	while (pd_sql_row(connection, select, &failed, error))
		pd_list_add(arena, &documents)->id = sqlite3_column_int64(select, 0);
	for (size_t i = 0; i < documents.count && !failed; i++)
		failed = pd_sqlite_load_document(connection, arena, documents.items[i].id,
						 &documents.items[i], error);
	if (!failed)
		*ret_documents = documents;
	return failed;
}

/* What a process before this one left. */
int pd_sqlite_documents_open(struct pd_sqlite *store, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_document_list left;
	int failed = pd_sqlite_unindexed(store->writer, arena, &left, error);
	for (size_t i = 0; !failed && i < left.count; i++)
		pd_sqlite_document(store, left.items[i].id, false, left.items[i].subject, left.items[i].text,
				   left.items[i].people);
	return failed;
}
