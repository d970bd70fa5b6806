/* The full-text index: one document an event that has text, one a contact.
 *
 * The index is contentless: what is taken out must be given again as it was put in. Documents wait until the end of
 * their group, so that the tables before them stay in the processor's caches. Words are compared folded (pd_fold), as queries in memory are. Fails as any
 * write does; then the whole group does. */
#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* The tokenizer lowers ASCII by itself. */
static const char *folded(struct pd_arena *arena, const char *text)
{
	if (text == NULL)
		return "";
	for (const char *at = text; *at != '\0'; at++)
		if ((*at & 0x80) != 0)
			return pd_fold(arena, text);
	return text;
}

void pd_sqlite_document(struct pd_sqlite *store, int64_t id, bool is_removal, const char *subject, const char *text,
			const char *people)
{
	/* What the plan points to lives until its group is answered. */
	*pd_list_add(store->group_arena, &store->documents) = (struct pd_document){
		.id = id, .is_removal = is_removal, .subject = subject, .text = text, .people = people};
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
	for (size_t i = 0; i < store->documents.count; i++)
		store->documents.items[i].place = i;
	if (store->documents.count > 0)
		qsort(store->documents.items, store->documents.count, sizeof *store->documents.items, by_id);
	for (size_t i = 0; i < store->documents.count; i++) {
		const struct pd_document *document = &store->documents.items[i];
		sqlite3_stmt *put =
			document->is_removal
				? SQL(store->writer, "INSERT INTO search (search, rowid, subject, text, people)"
						     " VALUES ('delete', ?, ?, ?, ?)")
				: SQL(store->writer,
				      "INSERT INTO search (rowid, subject, text, people) VALUES (?, ?, ?, ?)");
		pd_sql_bind(put, "isss", document->id, folded(store->group_arena, document->subject),
			    folded(store->group_arena, document->text), folded(store->group_arena, document->people));
		int failed = pd_sql_run(store->writer, put, error);
		if (failed)
			return failed;
	}
	store->documents.count = 0;
	return 0;
}
