/* How a page of tickets is found: by the rarest condition, or along the order until the page is full.
 *
 * SQLite cannot know which is cheaper, since it knows nothing of how many tickets match. Conditions that can
 * lead are counted up to a limit. A rare one leads, and its tickets are sorted. Else the order leads where an
 * index has it; and where that takes longer than a moment after all (what matches is rare and old), the
 * rarest condition does.
 *
 * Promises: each way gives the same tickets. Fails as statements do. */
#include "store/query_sql.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"

#define COUNT_LIMIT 20000 /* nothing is counted further */

struct pd_query_limits pd_query_limits = {.rare = 3000, .common = 20000, .moment = 150000};

struct conditions {
	const struct pd_query *items[64]; /* all must hold */
	size_t count;
};

static void collect(struct conditions *all, const struct pd_query *query)
{
	if (query == NULL)
		return;
	if (query->op == PD_QUERY_AND) {
		collect(all, query->left);
		collect(all, query->right);
	} else if (all->count < sizeof all->items / sizeof *all->items) {
		all->items[all->count++] = query;
	}
}

static bool is_field(const struct pd_query *query, const char *field)
{
	return query->op == PD_QUERY_FIELD && strcmp(query->field, field) == 0;
}

static int64_t count(struct pd_sql_query *q, struct pd_sql_query *part, struct pd_error *error,
		     int *ret_failed)
{
	sqlite3_stmt *select = NULL;
	int64_t found = INT64_MAX;
	pd_buf_addf(&part->sql, " LIMIT %d)", COUNT_LIMIT);
	if (sqlite3_prepare_v2(q->connection->db, part->sql.data, -1, &select, NULL) == SQLITE_OK)
		pd_sql_query_bind(part, select);
	if (pd_sql_row(q->connection, select, ret_failed, error))
		found = sqlite3_column_int64(select, 0);
	sqlite3_finalize(select);
	pd_buf_free(&part->sql);
	return found;
}

static struct pd_sql_query part_of(const struct pd_sql_query *q)
{
	struct pd_sql_query part = *q;
	part.sql = (struct pd_buf){0};
	memset(&part.parameters, 0, sizeof part.parameters);
	return part;
}

/* Of a set: how many it names, or how many documents it looks through. INT64_MAX: it is no set. */
static int64_t count_anew(struct pd_sql_query *q, const struct pd_query *query, struct pd_error *error,
			  int *ret_failed)
{
	struct pd_sql_query part = part_of(q);
	/* The index would gather every word that begins so before it counted one. */
	if (query->op == PD_QUERY_TEXT && query->is_prefix)
		return COUNT_LIMIT;
	if (is_field(query, "number"))
		return query->compare == PD_IS ? 1 : INT64_MAX;
	if (pd_sql_query_put_documents(&part, query,
				       "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH "))
		return count(q, &part, error, ret_failed);
	pd_buf_adds(&part.sql, "SELECT count(*) FROM (SELECT 1 FROM (");
	if (!pd_sql_query_put_set(&part, query)) {
		pd_buf_free(&part.sql);
		return INT64_MAX;
	}
	pd_buf_adds(&part.sql, ")");
	q->has_waiting = part.has_waiting;
	q->waiting = part.waiting;
	return count(q, &part, error, ret_failed);
}

static int64_t count_set(struct pd_sql_query *q, const struct pd_query *query, struct pd_error *error,
			 int *ret_failed)
{
	for (size_t i = 0; i < q->counted.count; i++)
		if (q->counted.items[i].query == query)
			return q->counted.items[i].count;
	int64_t found = count_anew(q, query, error, ret_failed);
	struct pd_counted *counted = pd_list_add(q->arena, &q->counted);
	counted->query = query;
	counted->count = found;
	return found;
}

/* Of those conditions that an index of classes serves together. */
static int64_t count_index(struct pd_sql_query *q, const struct conditions *all, const char *second,
			   const char *table, struct pd_error *error, int *ret_failed)
{
	struct pd_sql_query part = part_of(q);
	pd_buf_addf(&part.sql, "SELECT count(*) FROM (SELECT 1 FROM %s WHERE class < %d", table,
		    q->has_deleted ? 4 : 3);
	bool is_any = false;
	for (size_t i = 0; i < all->count; i++) {
		const struct pd_query *query = all->items[i];
		bool is_class = is_field(query, "is") && !q->has_deleted &&
				(pd_equal(query->value, "open") || pd_equal(query->value, "closed") ||
				 pd_equal(query->value, "spam"));
		is_class |= is_field(query, "is") && pd_equal(query->value, "deleted");
		bool is_second = is_field(query, second) || (*second == 'o' && is_field(query, "is") &&
							     pd_equal(query->value, "unassigned"));
		if (!is_class && !is_second)
			continue;
		is_any |= is_second || *second == 'o';
		pd_buf_adds(&part.sql, " AND ");
		pd_sql_query_put(&part, query);
	}
	if (!is_any) {
		pd_buf_free(&part.sql);
		return INT64_MAX;
	}
	return count(q, &part, error, ret_failed);
}

static int stop(void *data)
{
	(void)data;
	return 1;
}

/* The whole statement over that table. ret_done false: it took longer than a moment. */
static int run(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
	       const char *table, bool is_limited, struct pd_numbers *ret_numbers, bool *ret_done,
	       struct pd_error *error)
{
	struct pd_sql_query whole = part_of(q);
	struct pd_numbers numbers = {0};
	sqlite3 *db = q->connection->db;
	pd_buf_addf(&whole.sql, "SELECT number FROM %s WHERE class < %d AND ", table, q->has_deleted ? 4 : 3);
	if (query != NULL)
		pd_sql_query_put(&whole, query);
	else
		pd_buf_adds(&whole.sql, "1");
	pd_buf_addf(&whole.sql, " %s LIMIT %llu OFFSET %llu", page->order,
		    (unsigned long long)(page->limit < INT64_MAX ? page->limit : INT64_MAX),
		    (unsigned long long)(page->offset < INT64_MAX ? page->offset : INT64_MAX));
	q->has_waiting = whole.has_waiting;
	q->waiting = whole.waiting;
	sqlite3_stmt *select = NULL;
	int failed = 0;
	if (sqlite3_prepare_v2(db, whole.sql.data, -1, &select, NULL) == SQLITE_OK)
		pd_sql_query_bind(&whole, select);
	if (is_limited)
		sqlite3_progress_handler(db, pd_query_limits.moment, stop, NULL);
	while (pd_sql_row(q->connection, select, &failed, error))
		*pd_list_add(q->arena, &numbers) = sqlite3_column_int64(select, 0);
	if (is_limited)
		sqlite3_progress_handler(db, 0, NULL, NULL);
	*ret_done = true;
	if (failed && is_limited && (sqlite3_errcode(db) & 0xff) == SQLITE_INTERRUPT) {
		failed = 0;
		*ret_done = false;
	}
	sqlite3_finalize(select);
	pd_buf_free(&whole.sql);
	if (!failed)
		*ret_numbers = numbers;
	return failed;
}

/* Notes the words that are common, anywhere in the query. */
static void find_common(struct pd_sql_query *q, const struct pd_query *query, struct pd_error *error,
			int *ret_failed)
{
	if (query == NULL || *ret_failed)
		return;
	if (query->op == PD_QUERY_TEXT && !query->is_prefix &&
	    pd_sql_phrase(q->arena, query->value, false) != NULL &&
	    count_set(q, query, error, ret_failed) >= pd_query_limits.common)
		*pd_list_add(q->arena, &q->common) = query;
	find_common(q, query->left, error, ret_failed);
	find_common(q, query->right, error, ret_failed);
}

static bool has_prefix(const struct pd_query *query)
{
	return query != NULL && ((query->op == PD_QUERY_TEXT && query->is_prefix) ||
				 has_prefix(query->left) || has_prefix(query->right));
}

int pd_sql_query_run(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
		     struct pd_numbers *ret_numbers, struct pd_error *error)
{
	struct conditions all = {0};
	collect(&all, query);
	static const char by_owner[] = "ticket INDEXED BY ticket_owner",
			  by_team[] = "ticket INDEXED BY ticket_team";
	int failed = 0;
	const char *table = by_owner;
	int64_t least = count_index(q, &all, "owner", by_owner, error, &failed);
	int64_t found = failed ? 0 : count_index(q, &all, "team", by_team, error, &failed);
	if (found < least) {
		least = found;
		table = by_team;
	}
	const struct pd_query *driver = NULL;
	for (size_t i = 0; i < all.count && !failed && least > 1; i++) {
		found = count_set(q, all.items[i], error, &failed);
		if (found >= least)
			continue;
		least = found;
		driver = all.items[i];
		table = "ticket NOT INDEXED";
	}
	const bool may_follow_order = page->table != NULL && !has_prefix(query);
	if (!failed)
		find_common(q, query, error, &failed);
	if (failed)
		return failed;
	bool is_done = false;
	if (least > pd_query_limits.rare && may_follow_order) {
		q->is_by_row = true;
		failed = run(q, query, page, page->table, true, ret_numbers, &is_done, error);
		q->is_by_row = false;
	}
	if (failed || is_done)
		return failed;
	q->driver = driver;
	return run(q, query, page,
		   least < INT64_MAX	 ? table
		   : page->table != NULL ? page->table
					 : "ticket",
		   false, ret_numbers, &is_done, error);
}

int pd_sql_query_follow(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
			struct pd_numbers *ret_numbers, bool *ret_done, struct pd_error *error)
{
	int failed = 0;
	*ret_done = false;
	if (has_prefix(query))
		return 0;
	find_common(q, query, error, &failed);
	if (failed)
		return failed;
	q->is_by_row = true;
	failed = run(q, query, page, page->table, true, ret_numbers, ret_done, error);
	q->is_by_row = false;
	return failed;
}
