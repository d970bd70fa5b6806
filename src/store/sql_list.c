/* Listings: the tickets that match a query, a page at a time, in an order.
 *
 * Promises: the order is total (the newest number first among equals), values that are absent stand last.
 * Fails as snapshots do. */
#include "store/query_sql.h"

#include <string.h>

#include "base/text.h"
#include "desk/people.h"

static bool asks_deleted(const struct pd_query *query)
{
	if (query == NULL)
		return false;
	if (query->op == PD_QUERY_FIELD)
		return strcmp(query->field, "is") == 0 && pd_equal(query->value, "deleted");
	return asks_deleted(query->left) || asks_deleted(query->right);
}

/* The SQL of a column's name; NULL for what is no column. */
static const char *sort_of(const char *name, bool *ret_is_nullable)
{
	static const struct {
		const char *name, *sql;
		bool is_nullable;
	} columns[] = {
		{"number", "number", false},
		{"name", "name COLLATE NOCASE", false},
		{"status", "status", true},
		{"status_kind", "status_kind", false},
		{"pipeline", "pipeline", true},
		{"mailbox", "mailbox", true},
		{"owner", "owner", true},
		{"team", "team", true},
		{"priority",
		 "CASE priority WHEN 'low' THEN 1 WHEN 'normal' THEN 2 WHEN 'high' THEN 3 WHEN 'urgent' THEN "
		 "4 END",
		 true},
		{"category", "category", true},
		{"source", "source", true},
		{"contact",
		 "(SELECT pd_first(pd_values(identities, 'mail')) FROM contact WHERE contact.id = "
		 "ticket.contact)",
		 true},
		{"contact_name", "(SELECT nullif(name, '') FROM contact WHERE contact.id = ticket.contact)",
		 true},
		{"company",
		 "nullif(coalesce(CAST(pd_property(rest, 'company') AS TEXT), (SELECT company FROM contact WHERE contact.id ="
		 " ticket.contact)), '" PD_NO_COMPANY "')",
		 true},
		{"created", "created", false},
		{"updated", "updated", false},
		{"closed", "closed", true},
		{"messages", "messages", false},
		{"due", "(SELECT due FROM agenda WHERE agenda.ticket = ticket.number)", true},
	};
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		if (strcmp(name, columns[i].name) == 0) {
			*ret_is_nullable = columns[i].is_nullable;
			return columns[i].sql;
		}
	}
	return NULL;
}

/* As SQL writes a text: an order holds no parameters. */
static const char *quoted(struct pd_arena *arena, const char *text)
{
	PD_AUTO_BUF sql = {0};
	pd_buf_addc(&sql, '\'');
	for (; *text != '\0'; text++) {
		pd_buf_addc(&sql, *text);
		if (*text == '\'')
			pd_buf_addc(&sql, '\'');
	}
	pd_buf_addc(&sql, '\'');
	return pd_buf_string(arena, &sql);
}

static void put_order(struct pd_sql_query *q, const char *sort)
{
	bool is_descending = sort != NULL && *sort == '-', is_nullable = false;
	const char *name = sort != NULL ? sort + is_descending : "";
	const char *column = sort_of(name, &is_nullable);
	if (column == NULL && pd_sort_is_custom(name)) {
		column = pd_printf(q->arena, "pd_property(rest, %s)", quoted(q->arena, name));
		is_nullable = true;
	}
	pd_buf_adds(&q->sql, "ORDER BY ");
	if (column == NULL) {
		pd_buf_adds(&q->sql, "number DESC");
		return;
	}
	if (is_nullable)
		pd_buf_addf(&q->sql, "%s IS NULL, ", column);
	pd_buf_addf(&q->sql, "%s%s", column, is_descending ? " DESC" : "");
	if (strcmp(name, "number") != 0)
		pd_buf_adds(&q->sql, ", number DESC");
}

/* Along an index of the tickets that have such a time at all, as long as these fill the page. */
static int list_by_time(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
			const char *sort, struct pd_numbers *ret_numbers, bool *ret_done, struct pd_error *error)
{
	static const char by_due[] =
		"agenda INDEXED BY agenda_due CROSS JOIN ticket ON ticket.number = agenda.ticket";
	static const struct {
		const char *sort, *table, *condition, *order;
	} ways[] = {
		{"due", by_due, "agenda.due IS NOT NULL", "ORDER BY agenda.due, agenda.ticket DESC"},
		{"-due", by_due, "agenda.due IS NOT NULL", "ORDER BY agenda.due DESC, agenda.ticket DESC"},
		{"closed", "ticket INDEXED BY ticket_closed", "closed IS NOT NULL", "ORDER BY closed, number DESC"},
		{"-closed", "ticket INDEXED BY ticket_closed", "closed IS NOT NULL", "ORDER BY closed DESC, number DESC"},
	};
	*ret_done = false;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (!pd_equal(sort, ways[i].sort))
			continue;
		struct pd_page along = *page;
		struct pd_numbers numbers = {0};
		along.table = ways[i].table;
		along.condition = ways[i].condition;
		along.order = ways[i].order;
		int failed = pd_sql_query_follow(q, query, &along, &numbers, ret_done, error);
		*ret_done = !failed && *ret_done && numbers.count == page->limit;
		if (*ret_done)
			*ret_numbers = numbers;
		return failed;
	}
	return 0;
}

#define GROUPED_MAX 1000 /* tickets, of the pages up to this one */

/* Of an order by few values that are known: the tickets with the first of them, with the next, and so on until the page is
 * full; each value's newest first. Where not even a page matches, all are sorted. */
static int list_by_value(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
			 const char *sort, struct pd_numbers *ret_numbers, bool *ret_done, struct pd_error *error)
{
	static const struct {
		const char *sort, *field, *value, *condition; /* in ascending order */
		int kind;
	} groups[] = {
		{"status_kind", "status", "new", "status_kind = 0", PD_STATUS_NEW},
		{"status_kind", "status", "open", "status_kind = 1", PD_STATUS_OPEN},
		{"status_kind", "status", "waiting", "status_kind = 2", PD_STATUS_WAITING},
		{"status_kind", "status", "closed", "status_kind = 3", PD_STATUS_CLOSED},
		{"priority", "priority", "low", "priority = 'low'", -1},
		{"priority", "priority", "normal", "priority = 'normal'", -1},
		{"priority", "priority", "high", "priority = 'high'", -1},
		{"priority", "priority", "urgent", "priority = 'urgent'", -1},
	};
	const size_t count = sizeof groups / sizeof *groups;
	const bool is_descending = sort != NULL && *sort == '-';
	const char *name = sort != NULL ? sort + is_descending : "";
	*ret_done = false;
	if ((strcmp(name, "priority") != 0 && strcmp(name, "status_kind") != 0) || page->limit > GROUPED_MAX ||
	    page->offset > GROUPED_MAX)
		return 0;
	struct pd_page newest = {.order = "ORDER BY number DESC", .table = "ticket NOT INDEXED", .is_newest_first = true,
				 .limit = page->limit + page->offset};
	struct pd_numbers numbers = {0}, all = {0};
	struct pd_query own = query != NULL ? *query : (struct pd_query){.op = PD_QUERY_ALL};
	struct pd_sql_query any = pd_sql_part(q);
	int failed = pd_sql_query_run(&any, query, &newest, &numbers, error);
	if (failed || numbers.count < newest.limit)
		return failed;
	/* A page that is full may yet lack tickets without a value, which come last: then all are sorted. */
	for (size_t i = 0; i < count && !failed && newest.limit > 0; i++) {
		const size_t at = is_descending ? count - 1 - i : i;
		if (strcmp(groups[at].sort, name) != 0)
			continue;
		struct pd_query *value = PD_NEW(q->arena, struct pd_query), *both = PD_NEW(q->arena, struct pd_query);
		*value = (struct pd_query){.op = PD_QUERY_FIELD, .field = groups[at].field, .value = groups[at].value,
					   .kind = groups[at].kind};
		*both = (struct pd_query){.op = PD_QUERY_AND, .left = &own, .right = value};
		struct pd_sql_query part = pd_sql_part(q);
		newest.condition = groups[at].condition;
		failed = pd_sql_query_run(&part, both, &newest, &numbers, error);
		for (size_t n = 0; n < numbers.count && !failed; n++)
			*pd_list_add(q->arena, &all) = numbers.items[n];
		newest.limit -= failed ? 0 : numbers.count;
	}
	*ret_done = !failed && newest.limit == 0;
	for (size_t n = page->offset; n < all.count && *ret_done; n++)
		*pd_list_add(q->arena, ret_numbers) = all.items[n];
	return failed;
}

struct pd_tickets pd_sqlite_list(struct pd_snapshot *face, struct pd_arena *arena,
				 const struct pd_query *query, const char *sort, size_t limit, size_t offset)
{
	PD_AUTO_ARENA scratch = pd_arena_new();
	struct pd_window *view = pd_window_of(face);
	struct pd_sql_memo memo = {.values = {0}};
	struct pd_sql_query q = {.arena = scratch, .view = view, .connection = pd_window_connection(view), .memo = &memo};
	q.has_deleted = asks_deleted(query);
	put_order(&q, sort);
	struct pd_page page = {.order = pd_buf_string(scratch, &q.sql), .limit = limit, .offset = offset};
	pd_buf_free(&q.sql);
	/* The orders that the table or an index has by itself. */
	const char *column = sort != NULL ? sort + (*sort == '-') : "number";
	if (strcmp(column, "updated") == 0)
		page.table = "ticket INDEXED BY ticket_updated";
	else if (strcmp(column, "created") == 0)
		page.table = "ticket INDEXED BY ticket_created";
	else if (strcmp(column, "number") == 0 || strstr(page.order, " BY number DESC") != NULL)
		page.table = "ticket NOT INDEXED";
	page.is_newest_first = strcmp(page.order, "ORDER BY number DESC") == 0;
	struct pd_tickets tickets = {0};
	struct pd_numbers numbers = {0};
	struct pd_error error;
	bool is_done = false;
	if (list_by_time(&q, query, &page, sort, &numbers, &is_done, &error) != 0)
		pd_window_fail(view, &error);
	if (view->face.failed == 0 && !is_done && list_by_value(&q, query, &page, sort, &numbers, &is_done, &error) != 0)
		pd_window_fail(view, &error);
	if (view->face.failed == 0 && !is_done && pd_sql_query_run(&q, query, &page, &numbers, &error) != 0)
		pd_window_fail(view, &error);
	for (size_t i = 0; i < numbers.count && view->face.failed == 0; i++) {
		struct pd_ticket *ticket = pd_sqlite_ticket(face, arena, numbers.items[i]);
		if (ticket != NULL)
			*pd_list_add(arena, &tickets) = ticket;
	}
	return tickets;
}
