/* Pieces of SQL on their way: text, parameters, comparisons.
 *
 * Promises: what a person wrote becomes a parameter, never a part of the statement. Fails as snapshots do. */
#include "store/query_sql.h"

#include <string.h>

#include "base/text.h"

struct pd_sql_query pd_sql_part(const struct pd_sql_query *q)
{
	struct pd_sql_query part = *q;
	part.sql = (struct pd_buf){0};
	memset(&part.parameters, 0, sizeof part.parameters);
	return part;
}

void pd_sql_put(struct pd_sql_query *q, const char *sql)
{
	pd_buf_adds(&q->sql, sql);
}

void pd_sql_put_number(struct pd_sql_query *q, int64_t number)
{
	struct pd_sql_parameter *parameter = pd_list_add(q->arena, &q->parameters);
	parameter->number = number;
	pd_buf_addc(&q->sql, '?');
}

void pd_sql_put_since(struct pd_sql_query *q, const char *column)
{
	if (q->since_number == 0)
		return;
	pd_sql_put(q, pd_printf(q->arena, " AND %s >= ", column));
	pd_sql_put_number(q, q->since_number);
}

/* Of a few new tickets the contacts are looked at; else, of each contact, its tickets. */
const char *pd_sql_ticket_contact(const struct pd_sql_query *q)
{
	return q->since_number != 0 && q->is_few ? "ticket_contact INDEXED BY ticket_contact_ticket" : "ticket_contact";
}

/* One bound alone: the index would go through all from the first one. */
void pd_sql_put_since_event(struct pd_sql_query *q, const char *column)
{
	pd_sql_put(q, pd_printf(q->arena, " AND %s >= ", column));
	pd_sql_put_number(q, q->since_number != 0 ? q->since_event : 1);
}

void pd_sql_put_root(struct pd_sql_query *q, int64_t number)
{
	pd_sql_put(q, "coalesce((SELECT root FROM absorbed WHERE number = ");
	pd_sql_put_number(q, number);
	pd_sql_put(q, "), ");
	pd_sql_put_number(q, number);
	pd_sql_put(q, ")");
}

void pd_sql_put_text(struct pd_sql_query *q, const char *text)
{
	pd_list_add(q->arena, &q->parameters)->text = text;
	pd_buf_addc(&q->sql, '?');
}

void pd_sql_query_bind(struct pd_sql_query *q, sqlite3_stmt *statement)
{
	for (size_t i = 0; i < q->parameters.count; i++) {
		const struct pd_sql_parameter *parameter = &q->parameters.items[i];
		if (parameter->text != NULL)
			sqlite3_bind_text(statement, (int)i + 1, parameter->text, -1, SQLITE_STATIC);
		else
			sqlite3_bind_int64(statement, (int)i + 1, parameter->number);
	}
}

int pd_sql_match_mode(const struct pd_query *query, bool is_part)
{
	return query->has_glob	  ? PD_MATCH_GLOB
	       : query->is_prefix ? PD_MATCH_PREFIX
	       : is_part	  ? PD_MATCH_PART
				  : PD_MATCH_WHOLE;
}

/* Does the column's value match the query's? NULL never does. */
void pd_sql_put_match(struct pd_sql_query *q, const char *column, const char *value, int mode)
{
	pd_sql_put(q, "pd_match(");
	pd_sql_put(q, column);
	pd_sql_put(q, ", ");
	pd_sql_put_text(q, pd_fold(q->arena, value));
	pd_sql_put(q, ", ");
	pd_sql_put_number(q, mode);
	pd_sql_put(q, ")");
}

/* Opens a condition on a set of numbers. The plus keeps it from being looked up by number. */
void pd_sql_put_in(struct pd_sql_query *q)
{
	pd_sql_put(q, "+number IN (");
}

void pd_sql_read_waiting(struct pd_sql_query *q)
{
	struct pd_error error;
	if (!q->has_waiting && pd_sqlite_waiting(q->connection, q->arena, &q->waiting, &error) != 0)
		pd_window_fail(q->view, &error);
	q->has_waiting = true;
}
