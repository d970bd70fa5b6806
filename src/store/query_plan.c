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

#define FEW	    10000 /* tickets */
#define FEW_ROWS    500	  /* tickets whose entries are looked for in the index one by one */
#define FETCH_STEPS 60	  /* of SQLite's machine that take as long as to fetch one ticket that is not expected */

struct pd_query_limits pd_query_limits = {.rare = 2000, .newest = 500, .common = 10000, .moment = 400000, .people = 5000,
					  .words = 128, .places = 20000, .documents = 4000};

static const char by_owner[] = "ticket INDEXED BY ticket_owner", by_team[] = "ticket INDEXED BY ticket_team";

static void collect(struct pd_conditions *all, const struct pd_query *query)
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

static int stop(void *data)
{
	(void)data;
	return 1;
}

/* Runs a statement that gives numbers, and frees it. ret_done false: it took longer than that moment (steps; 0: it may take
 * all). */
static int read_numbers(struct pd_sql_query *q, struct pd_sql_query *whole, int moment, struct pd_numbers *ret_numbers,
			bool *ret_done, struct pd_error *error)
{
	struct pd_numbers numbers = {0};
	sqlite3 *db = q->connection->db;
	int failed = 0;
	q->has_waiting = whole->has_waiting;
	q->waiting = whole->waiting;
	sqlite3_stmt *select = pd_sql_query_prepare(q, whole, &failed, error);
	q->connection->documents = moment > 0 ? pd_query_limits.documents : INT64_MAX;
	if (moment > 0)
		sqlite3_progress_handler(db, moment, stop, NULL);
	while (select != NULL && pd_sql_row(q->connection, select, &failed, error))
		*pd_list_add(q->arena, &numbers) = sqlite3_column_int64(select, 0);
	if (moment > 0)
		sqlite3_progress_handler(db, 0, NULL, NULL);
	*ret_done = true;
	if (failed && moment > 0 && (sqlite3_errcode(db) & 0xff) == SQLITE_INTERRUPT) {
		failed = 0;
		*ret_done = false;
	}
	sqlite3_finalize(select);
	pd_buf_free(&whole->sql);
	if (!failed)
		*ret_numbers = numbers;
	return failed;
}

/* The whole statement over that table. ret_done false: it took longer than that moment (steps; 0: it may take all). */
static int run(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
	       const char *table, int moment, struct pd_numbers *ret_numbers, bool *ret_done,
	       struct pd_error *error)
{
	struct pd_sql_query whole = pd_sql_part(q);
	/* An index that begins with the class is gone through class by class. */
	pd_buf_addf(&whole.sql, "SELECT number FROM %s WHERE ", table);
	if (table == by_owner || table == by_team)
		pd_buf_addf(&whole.sql, "class IN (0, 1, 2%s) AND ", q->has_deleted ? ", 3" : "");
	else
		pd_buf_addf(&whole.sql, "class < %d AND ", q->has_deleted ? 4 : 3);
	if (q->since_number != 0)
		pd_buf_addf(&whole.sql, "number >= %lld AND ", (long long)q->since_number);
	if (page->condition != NULL)
		pd_buf_addf(&whole.sql, "%s AND ", page->condition);
	if (q->driver != NULL) {
		pd_sql_put(&whole, "number IN (");
		pd_sql_put_candidates(&whole, q->driver);
		pd_sql_put(&whole, ") AND ");
	}
	if (query != NULL)
		pd_sql_query_put(&whole, query);
	else
		pd_buf_adds(&whole.sql, "1");
	pd_buf_addf(&whole.sql, " %s LIMIT %llu OFFSET %llu", page->order,
		    (unsigned long long)(page->limit < INT64_MAX ? page->limit : INT64_MAX),
		    (unsigned long long)(page->offset < INT64_MAX ? page->offset : INT64_MAX));
	return read_numbers(q, &whole, moment, ret_numbers, ret_done, error);
}

/* Notes the words that are common, anywhere in the query. */
static void find_common(struct pd_sql_query *q, const struct pd_query *query, struct pd_error *error,
			int *ret_failed)
{
	if (query == NULL || *ret_failed)
		return;
	if (query->op == PD_QUERY_TEXT && pd_sql_text_words(q, query)->way == PD_WORDS_ASKED_FOR &&
	    pd_sql_text_words(q, query)->match != NULL &&
	    pd_sql_count_set(q, query, pd_query_limits.common, error, ret_failed) >= pd_query_limits.common)
		*pd_list_add(q->arena, &q->common) = query;
	find_common(q, query->left, error, ret_failed);
	find_common(q, query->right, error, ret_failed);
}

/* The index gathers all the words anew for each statement: one is enough. */
static bool has_gathered(struct pd_sql_query *q, const struct pd_query *query)
{
	return pd_sql_has_way(q, query, PD_WORDS_GATHERED);
}

/* Conditions on a ticket's own values whose sets are small: who asks the set need not look at the ticket. */
static void add_sets(struct pd_sql_query *q, const struct pd_conditions *all, struct pd_error *error, int *ret_failed)
{
	memset(&q->as_sets, 0, sizeof q->as_sets);
	for (size_t i = 0; i < all->count && !*ret_failed; i++)
		if ((all->items[i]->op == PD_QUERY_FIELD || all->items[i]->op == PD_QUERY_OR) &&
		    !pd_sql_is_field(all->items[i], "number") && all->items[i] != q->driver &&
		    pd_sql_count_set(q, all->items[i], PD_SET_LIMIT, error, ret_failed) < PD_SET_LIMIT)
			*pd_list_add(q->arena, &q->as_sets) = all->items[i];
}

/* An entry before which the tickets from that number on have none. */
static int64_t first_event_of(struct pd_sql_query *q, int64_t number, struct pd_error *error, int *ret_failed)
{
	int64_t first = 0;
	sqlite3_stmt *select = SQL(q->connection, "SELECT min(event) FROM first_entry WHERE tickets >= ?");
	pd_sql_bind(select, "i", number / PD_FIRST_ENTRY);
	if (pd_sql_row(q->connection, select, ret_failed, error)) {
		first = sqlite3_column_int64(select, 0);
		sqlite3_reset(select);
	}
	return first;
}

/* One look at the newest tickets alone: by the smallest set of these, or one by one. */
static int look_at_newest(struct pd_sql_query *q, const struct pd_query *query, const struct pd_conditions *all,
			  const struct pd_page *page, int64_t window, struct pd_numbers *ret_numbers, bool *ret_done, struct pd_error *error)
{
	int failed = 0;
	int64_t least = INT64_MAX;
	memset(&q->counted, 0, sizeof q->counted);
	q->driver = NULL;
	q->since_event = first_event_of(q, q->since_number, error, &failed);
	for (size_t i = 0; i < all->count && !failed; i++) {
		const int64_t found = pd_sql_count_set(q, all->items[i], pd_sql_least_of(PD_COUNT_LIMIT, least), error, &failed);
		if (found >= least)
			continue;
		least = found;
		q->driver = all->items[i];
	}
	/* To find the ticket of a document takes as long as to look at several. */
	if (q->driver != NULL && q->driver->op == PD_QUERY_TEXT && least > window / 4)
		q->driver = NULL;
	add_sets(q, all, error, &failed);
	return failed ? failed : run(q, query, page, "ticket NOT INDEXED", q->is_patient ? pd_query_limits.moment * 4 : pd_query_limits.moment, ret_numbers,
				     ret_done, error);
}

/* How many of the newest tickets to look at after so many gave so many of the page: what they promise, and a quarter. */
static int64_t wider(int64_t count, const struct pd_page *page, size_t found)
{
	if (found == 0 || page->offset > 0)
		return count * 4;
	const double promised = (double)count * (double)page->limit / (double)found * 1.25;
	return promised > (double)count * 2 ? promised < 1e15 ? (int64_t)promised : (int64_t)1e15 : count * 2;
}

/* Looks at more and more of the newest tickets, from so many until there are more, until they fill the page; then tells
 * how many would be next. ret_done false: they do not, or it would take longer than a moment. */
static int run_newest(struct pd_sql_query *q, const struct pd_query *query, const struct pd_conditions *all,
		      const struct pd_page *page, int64_t *from, int64_t until, struct pd_numbers *ret_numbers,
		      bool *ret_done, struct pd_error *error)
{
	const int64_t last = pd_sql_number(q->connection, "SELECT max(number) FROM ticket");
	int failed = 0;
	*ret_done = false;
	int64_t count = *from;
	while (count < last / 2 && count <= until && !failed && !*ret_done) {
		bool is_in_time = false;
		struct pd_numbers numbers = {0};
		q->since_number = last - count + 1;
		q->is_few = count <= FEW;
		q->window = count;
		failed = look_at_newest(q, query, all, page, count, &numbers, &is_in_time, error);
		if (failed || !is_in_time)
			break;
		*ret_done = numbers.count == page->limit;
		if (*ret_done)
			*ret_numbers = numbers;
		count = wider(count, page, numbers.count);
	}
	*from = count;
	q->since_number = q->since_event = q->window = 0;
	q->driver = NULL;
	memset(&q->counted, 0, sizeof q->counted);
	memset(&q->as_sets, 0, sizeof q->as_sets);
	return failed;
}

/* How long to go along the order where so many tickets could be fetched and sorted instead: no longer than that takes. */
static int moment_beside(int64_t least)
{
	const int64_t steps = least < PD_COUNT_LIMIT ? least * FETCH_STEPS : INT64_MAX;
	return steps < pd_query_limits.moment ? (int)(steps > 0 ? steps : 1) : pd_query_limits.moment;
}

/* Is a time asked for that few tickets have? Their numbers are near each other, and need not be the newest. */
static bool has_short_span(struct pd_sql_query *q, const struct pd_conditions *all, struct pd_error *error, int *ret_failed)
{
	bool is_short = false;
	for (size_t i = 0; i < all->count && !*ret_failed && !is_short; i++)
		is_short = pd_sql_is_time(all->items[i]) && pd_sql_count_set(q, all->items[i], PD_SET_LIMIT, error, ret_failed) < PD_SET_LIMIT;
	return is_short;
}

/* --- along an index of classes --- */

/* Which classes the conditions leave: bits. */
static unsigned classes_of(const struct pd_sql_query *q, const struct pd_conditions *all)
{
	static const char *const words[] = {"open", "closed", "spam"};
	unsigned classes = q->has_deleted ? 15 : 7;
	for (size_t i = 0; i < all->count; i++) {
		const struct pd_query *query = all->items[i];
		for (unsigned class = 0; class < 3 && !q->has_deleted && pd_sql_is_field(query, "is"); class++)
			if (pd_equal(query->value, words[class]))
				classes &= 1u << class;
		if (pd_sql_is_field(query, "status") && query->kind >= 0 && query->kind != PD_STATUS_CLOSED)
			classes &= ~2u;
		if (pd_sql_is_field(query, "status") && query->kind == PD_STATUS_CLOSED)
			classes &= ~1u;
	}
	return classes;
}

/* The owner or team of whom all tickets must be, where that is a single one; its index has them class by class in the
 * order of their last change. NULL: there is none. */
static const struct pd_query *belonging_of(struct pd_sql_query *q, const struct pd_conditions *all, const char *field)
{
	for (size_t i = 0; i < all->count; i++) {
		bool is_new;
		if (!pd_sql_is_field(all->items[i], field) || all->items[i]->value == NULL)
			continue;
		struct pd_sql_query part = pd_sql_part(q);
		pd_sql_put_belonging(&part, all->items[i], *field == 'o'); /* reads the values */
		pd_buf_free(&part.sql);
		if (pd_sql_values(q, all->items[i], field, &is_new)->count == 1)
			return all->items[i];
	}
	return NULL;
}

/* The first of each class, in order; of these the first. */
static void put_by_class(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page, const char *table,
			 unsigned classes)
{
	const size_t most = page->limit < INT32_MAX && page->offset < INT32_MAX ? page->limit + page->offset : INT64_MAX;
	bool is_any = false;
	pd_sql_put(q, "SELECT number FROM (");
	for (int class = 0; class <= PD_CLASS_DELETED; class++) {
		if ((classes & 1u << class) == 0)
			continue;
		pd_buf_addf(&q->sql, "%sSELECT * FROM (SELECT number, updated FROM %s WHERE class = %d AND ",
			    is_any ? " UNION ALL " : "", table, class);
		pd_sql_query_put(q, query);
		pd_buf_addf(&q->sql, " %s LIMIT %llu)", page->order, (unsigned long long)most);
		is_any = true;
	}
	pd_buf_addf(&q->sql, ") %s LIMIT %llu OFFSET %llu", page->order,
		    (unsigned long long)(page->limit < INT64_MAX ? page->limit : INT64_MAX),
		    (unsigned long long)(page->offset < INT64_MAX ? page->offset : INT64_MAX));
}

/* Goes along the index of owners or teams, where it has the page's order. ret_done false: it has not, or it would take
 * longer than a moment. */
static int run_by_class(struct pd_sql_query *q, const struct pd_query *query, const struct pd_conditions *all,
			const struct pd_page *page, struct pd_numbers *ret_numbers, bool *ret_done, struct pd_error *error)
{
	const unsigned classes = classes_of(q, all);
	const char *table = NULL;
	*ret_done = false;
	if (page->table == NULL || strstr(page->table, "ticket_updated") == NULL || classes == 0 || has_gathered(q, query))
		return 0;
	if (belonging_of(q, all, "owner") != NULL)
		table = by_owner;
	else if (belonging_of(q, all, "team") != NULL)
		table = by_team;
	else
		return 0;
	struct pd_sql_query whole = pd_sql_part(q);
	put_by_class(&whole, query, page, table, classes);
	/* Conditions stand in it once a class: what is too much so may not be too much otherwise. */
	const int failed = read_numbers(q, &whole, pd_query_limits.moment / 4, ret_numbers, ret_done, error);
	*ret_done = *ret_done && failed == 0;
	return failed == PD_PERMANENT ? 0 : failed;
}

int pd_sql_query_run(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
		     struct pd_numbers *ret_numbers, struct pd_error *error)
{
	struct pd_conditions all = {0};
	collect(&all, query);
	q->all = all.items;
	q->all_count = all.count;
	*ret_numbers = (struct pd_numbers){0};
	if (classes_of(q, &all) == 0)
		return 0; /* what is open and closed */
	int failed = 0;
	bool is_whole = false, is_done = false;
	/* Counting takes longer than that. */
	int64_t newest = pd_query_limits.newest;
	const int64_t soon = newest * 16;
	const bool is_span = has_short_span(q, &all, error, &failed);
	const bool may_be_newest = page->is_newest_first && !has_gathered(q, query) && !is_span;
	if (failed)
		return failed;
	if (may_be_newest)
		failed = run_newest(q, query, &all, page, &newest, soon, ret_numbers, &is_done, error);
	else
		failed = run_by_class(q, query, &all, page, ret_numbers, &is_done, error);
	if (failed || is_done)
		return failed;
	const char *table = by_owner;
	int64_t least = pd_sql_count_index(q, &all, "owner", by_owner, &is_whole, error, &failed);
	bool is_team_whole = false;
	int64_t found = failed ? 0 : pd_sql_count_index(q, &all, "team", by_team, &is_team_whole, error, &failed);
	if (found < least) {
		least = found;
		table = by_team;
		is_whole = is_team_whole;
	}
	const struct pd_query *driver = NULL;
	for (size_t i = 0; i < all.count && !failed && least > 1; i++) {
		found = pd_sql_count_set(q, all.items[i], pd_sql_least_of(PD_COUNT_LIMIT, least), error, &failed);
		if (found >= least)
			continue;
		least = found;
		driver = all.items[i];
		table = "ticket NOT INDEXED";
	}
	/* Where the index tells all, its entries are sorted without a look at their tickets. */
	const int64_t rare = is_span						 ? PD_SET_LIMIT
			     : driver == NULL && is_whole && least < PD_COUNT_LIMIT ? PD_COUNT_LIMIT
										 : pd_query_limits.rare;
	if (!failed && least > rare && may_be_newest) {
		newest = newest > soon * 4 ? newest : soon * 4;
		find_common(q, query, error, &failed);
		q->is_patient = q->common.count > 0; /* what else there is takes longer */
		failed = failed ? failed : run_newest(q, query, &all, page, &newest, INT64_MAX, ret_numbers, &is_done, error);
	} else if (!failed && least > rare && page->table != NULL && !has_gathered(q, query)) {
		find_common(q, query, error, &failed);
		add_sets(q, &all, error, &failed);
		q->is_by_row = true;
		failed = failed ? failed
				: run(q, query, page, page->table, moment_beside(least), ret_numbers, &is_done, error);
		q->is_by_row = false;
	}
	if (failed || is_done)
		return failed;
	q->driver = driver;
	if (q->common.count == 0 && !has_gathered(q, query))
		find_common(q, query, error, &failed);
	if (failed)
		return failed;
	/* A look into the index for each entry of some tickets, or at all documents that have the words. */
	q->is_by_row = driver != NULL && least < FEW_ROWS;
	if (!q->is_by_row && pd_sql_has_way(q, query, PD_WORDS_LOOKED_FOR))
		failed = pd_sql_gather_words(q, query, error);
	return failed ? failed : run(q, query, page,
		   least < INT64_MAX	 ? table
		   : page->table != NULL ? page->table
					 : "ticket",
		   0, ret_numbers, &is_done, error);
}

int pd_sql_query_follow(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
			struct pd_numbers *ret_numbers, bool *ret_done, struct pd_error *error)
{
	int failed = 0;
	*ret_done = false;
	if (has_gathered(q, query))
		return 0;
	find_common(q, query, error, &failed);
	if (failed)
		return failed;
	q->is_by_row = true;
	failed = run(q, query, page, page->table, pd_query_limits.moment, ret_numbers, ret_done, error);
	q->is_by_row = false;
	return failed;
}
