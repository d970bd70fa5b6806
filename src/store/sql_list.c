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

/* Along the index of due times, as long as tickets that have one fill the page. */
static int list_by_due(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
		       bool is_descending, struct pd_numbers *ret_numbers, bool *ret_done, struct pd_error *error)
{
	struct pd_page by_due = *page;
	struct pd_numbers numbers = {0};
	by_due.table = "agenda CROSS JOIN ticket ON ticket.number = agenda.ticket AND"
		       " agenda.due IS NOT NULL";
	by_due.order = is_descending ? "ORDER BY agenda.due DESC, number DESC" : "ORDER BY agenda.due, number DESC";
	int failed = pd_sql_query_follow(q, query, &by_due, &numbers, ret_done, error);
	*ret_done = !failed && *ret_done && numbers.count == page->limit;
	if (*ret_done)
		*ret_numbers = numbers;
	return failed;
}

struct pd_tickets pd_sqlite_list(struct pd_snapshot *face, struct pd_arena *arena,
				 const struct pd_query *query, const char *sort, size_t limit, size_t offset)
{
	PD_AUTO_ARENA scratch = pd_arena_new();
	struct pd_window *view = pd_window_of(face);
	struct pd_sql_query q = {.arena = scratch, .view = view, .connection = pd_window_connection(view)};
	q.has_deleted = asks_deleted(query);
	put_order(&q, sort);
	struct pd_page page = {.order = pd_buf_string(scratch, &q.sql), .limit = limit, .offset = offset};
	pd_buf_free(&q.sql);
	/* The orders that the table or an index has by itself. */
	const char *column = sort != NULL ? sort + (*sort == '-') : "number";
	if (strcmp(column, "updated") == 0)
		page.table = "ticket INDEXED BY ticket_updated";
	else if (strcmp(column, "number") == 0 || strstr(page.order, " BY number DESC") != NULL)
		page.table = "ticket NOT INDEXED";
	struct pd_tickets tickets = {0};
	struct pd_numbers numbers = {0};
	struct pd_error error;
	bool is_done = false;
	if (strcmp(column, "due") == 0 && list_by_due(&q, query, &page, *sort == '-', &numbers, &is_done, &error) != 0)
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
