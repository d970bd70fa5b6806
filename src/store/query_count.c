/* How many tickets a condition names, as far as that need be known.
 *
 * SQLite cannot know which way to a page is cheaper, since it knows nothing of how many tickets match. So each condition
 * that can lead is counted, up to a limit, by its index.
 *
 * Promises: a condition is counted once for each limit. Fails as statements do. */
#include "store/query_sql.h"

#include <string.h>

#include "base/text.h"

bool pd_sql_is_field(const struct pd_query *query, const char *field)
{
	return query->op == PD_QUERY_FIELD && strcmp(query->field, field) == 0;
}

bool pd_sql_is_time(const struct pd_query *query)
{
	return pd_sql_is_field(query, "created") || pd_sql_is_field(query, "updated") || pd_sql_is_field(query, "closed");
}

/* A statement that SQLite will not take is one that it will never take. */
sqlite3_stmt *pd_sql_query_prepare(struct pd_sql_query *q, struct pd_sql_query *part, int *ret_failed, struct pd_error *error)
{
	sqlite3_stmt *select = NULL;
	const int code = sqlite3_prepare_v2(q->connection->db, part->sql.data, -1, &select, NULL);
	if (code == SQLITE_OK)
		pd_sql_query_bind(part, select);
	else if (code == SQLITE_ERROR || code == SQLITE_TOOBIG)
		*ret_failed = pd_fail(error, PD_PERMANENT, "the query is too much for the database: %s",
				      sqlite3_errmsg(q->connection->db));
	else
		*ret_failed = pd_sql_fail(q->connection, error, "database");
	return select;
}

static int64_t count(struct pd_sql_query *q, struct pd_sql_query *part, int64_t limit, struct pd_error *error,
		     int *ret_failed)
{
	int64_t found = INT64_MAX;
	pd_buf_addf(&part->sql, " LIMIT %lld)", (long long)limit);
	sqlite3_stmt *select = pd_sql_query_prepare(q, part, ret_failed, error);
	if (select != NULL && pd_sql_row(q->connection, select, ret_failed, error))
		found = sqlite3_column_int64(select, 0);
	sqlite3_finalize(select);
	pd_buf_free(&part->sql);
	return found;
}

int64_t pd_sql_least_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Of either the sum, of both the smaller one. */
static int64_t count_both(struct pd_sql_query *q, const struct pd_query *query, int64_t limit, struct pd_error *error,
			  int *ret_failed)
{
	const int64_t left = pd_sql_count_set(q, query->left, limit, error, ret_failed);
	const int64_t right = left < INT64_MAX || query->op == PD_QUERY_AND
				      ? pd_sql_count_set(q, query->right, limit, error, ret_failed)
				      : INT64_MAX;
	if (query->op == PD_QUERY_AND)
		return left < right ? left : right;
	return left < INT64_MAX && right < INT64_MAX ? left + right : INT64_MAX;
}

/* Of a set: how many it names, or how many documents it looks through. INT64_MAX: it is no set. */
static int64_t count_anew(struct pd_sql_query *q, const struct pd_query *query, int64_t limit, struct pd_error *error,
			  int *ret_failed)
{
	struct pd_sql_query part = pd_sql_part(q);
	const struct pd_sql_words *words = query->op == PD_QUERY_TEXT ? pd_sql_text_words(q, query) : NULL;
	if (words != NULL && words->way != PD_WORDS_ASKED_FOR)
		return words->way == PD_WORDS_GATHERED ? pd_sql_least_of(words->places, PD_COUNT_LIMIT) : INT64_MAX;
	if (pd_sql_is_field(query, "number"))
		return query->compare == PD_IS ? 1 : INT64_MAX;
	/* Indexes of times are not in the order of numbers: only what few tickets have is a set of the newest. */
	const bool is_of_time = pd_sql_is_time(query);
	if (is_of_time && q->since_number != 0 && limit < PD_SET_LIMIT)
		limit = PD_SET_LIMIT;
	if (query->op == PD_QUERY_OR || query->op == PD_QUERY_AND)
		return count_both(q, query, limit, error, ret_failed);
	if (pd_sql_query_put_documents(&part, query,
				       "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH "))
		return count(q, &part, limit, error, ret_failed);
	pd_buf_adds(&part.sql, "SELECT count(*) FROM (SELECT 1 FROM (");
	if (!pd_sql_query_put_set(&part, query)) {
		pd_buf_free(&part.sql);
		return INT64_MAX;
	}
	pd_buf_adds(&part.sql, ")");
	q->has_waiting = part.has_waiting;
	q->waiting = part.waiting;
	const int64_t found = count(q, &part, limit, error, ret_failed);
	return is_of_time && q->since_number != 0 && found >= PD_SET_LIMIT ? INT64_MAX : found;
}

/* Up to the limit: what is larger need not be known. */
int64_t pd_sql_count_set(struct pd_sql_query *q, const struct pd_query *query, int64_t limit, struct pd_error *error,
			 int *ret_failed)
{
	struct pd_counted *counted = NULL;
	for (size_t i = 0; i < q->counted.count && counted == NULL; i++)
		if (q->counted.items[i].query == query)
			counted = &q->counted.items[i];
	if (counted != NULL && (counted->count < counted->limit || counted->limit >= limit || counted->count == INT64_MAX))
		return counted->count;
	const int64_t found = count_anew(q, query, limit, error, ret_failed);
	if (counted == NULL)
		counted = pd_list_add(q->arena, &q->counted);
	*counted = (struct pd_counted){.query = query, .count = found, .limit = limit};
	return found;
}

/* Of those conditions that an index of classes serves together. ret_is_whole: these are all. */
int64_t pd_sql_count_index(struct pd_sql_query *q, const struct pd_conditions *all, const char *second,
			   const char *table, bool *ret_is_whole, struct pd_error *error, int *ret_failed)
{
	struct pd_sql_query part = pd_sql_part(q);
	pd_buf_addf(&part.sql, "SELECT count(*) FROM (SELECT 1 FROM %s WHERE class IN (0, 1, 2%s)", table,
		    q->has_deleted ? ", 3" : "");
	bool is_any = false;
	size_t served = 0;
	for (size_t i = 0; i < all->count; i++) {
		const struct pd_query *query = all->items[i];
		bool is_class = pd_sql_is_field(query, "is") && !q->has_deleted &&
				(pd_equal(query->value, "open") || pd_equal(query->value, "closed") ||
				 pd_equal(query->value, "spam"));
		is_class |= pd_sql_is_field(query, "is") && pd_equal(query->value, "deleted");
		bool is_second = pd_sql_is_field(query, second) || (*second == 'o' && pd_sql_is_field(query, "is") &&
							     pd_equal(query->value, "unassigned"));
		if (!is_class && !is_second)
			continue;
		is_any |= is_second || *second == 'o';
		served++;
		pd_buf_adds(&part.sql, " AND ");
		pd_sql_query_put(&part, query);
	}
	if (!is_any) {
		pd_buf_free(&part.sql);
		return INT64_MAX;
	}
	*ret_is_whole = served == all->count;
	return count(q, &part, PD_COUNT_LIMIT, error, ret_failed);
}

/* The set of a condition that leads, as it was counted: of both the smaller one, so that the condition itself must hold
 * beside it. */
void pd_sql_put_candidates(struct pd_sql_query *q, const struct pd_query *query)
{
	struct pd_error error;
	int failed = 0;
	if (query->op == PD_QUERY_OR) {
		pd_sql_put_candidates(q, query->left);
		/* A set may be several: in parentheses of its own it is one term to SQLite, which counts them. */
		pd_sql_put(q, " UNION ALL SELECT * FROM (");
		pd_sql_put_candidates(q, query->right);
		pd_sql_put(q, ")");
	} else if (query->op == PD_QUERY_AND) {
		const int64_t left = pd_sql_count_set(q, query->left, PD_COUNT_LIMIT, &error, &failed);
		const int64_t right = pd_sql_count_set(q, query->right, pd_sql_least_of(PD_COUNT_LIMIT, left), &error, &failed);
		pd_sql_put_candidates(q, left < right ? query->left : query->right);
	} else if (pd_sql_is_field(query, "number")) {
		pd_sql_put(q, "SELECT ");
		pd_sql_put_root(q, query->number);
	} else {
		(void)pd_sql_query_put_set(q, query);
	}
}

