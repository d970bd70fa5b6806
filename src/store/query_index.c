/* Sets of tickets by a value of their own that an index finds: priority, category, source, mailbox, status, owner, team,
 * times.
 *
 * An index of values that nearly all tickets have in common is partial, and leaves that value out: whoever asks for it
 * gets no set, since going along the order is faster then. Fails as snapshots do. */
#include "store/query_sql.h"

#include <string.h>

#include "base/text.h"

#define NO_TICKET "SELECT number FROM ticket WHERE 0"

/* In an index where the class follows the value: the one that all conditions together ask for, or each that is listed. */
static void put_class(struct pd_sql_query *q)
{
	static const char *const words[] = {"open", "closed", "spam"};
	for (size_t i = 0; i < q->all_count && !q->has_deleted; i++)
		for (int class = PD_CLASS_OPEN; class <= PD_CLASS_SPAM; class++)
			if (q->all[i]->op == PD_QUERY_FIELD && strcmp(q->all[i]->field, "is") == 0 &&
			    pd_equal(q->all[i]->value, words[class])) {
				pd_sql_put(q, pd_printf(q->arena, " AND class = %d", class));
				return;
			}
	pd_sql_put(q, " AND class IN (0, 1, 2, 3)");
}

/* Values of one column, "" where the index has all of them. */
static bool put_column(struct pd_sql_query *q, const struct pd_query *query, const char *column, const char *usual,
		       const char *condition, sqlite3_stmt *next)
{
	if (*usual != '\0' && pd_sql_matches_stored(query, usual))
		return false;
	bool is_new;
	struct pd_strings *values = pd_sql_values(q, query, column, &is_new);
	if (is_new)
		pd_sql_collect(q, next, "", 0, query, values);
	if (values->count == 0) {
		pd_sql_put(q, NO_TICKET);
		return true;
	}
	pd_sql_put(q, pd_printf(q->arena, "SELECT number FROM ticket INDEXED BY ticket_%s WHERE %s AND ", column, condition));
	pd_sql_put_list(q, column, values);
	if (strcmp(column, "priority") == 0)
		put_class(q);
	pd_sql_put_since(q, "number");
	return true;
}

static bool put_mailbox(struct pd_sql_query *q, const struct pd_query *query)
{
	sqlite3_stmt *next = SQL(q->connection, "SELECT mailbox FROM ticket INDEXED BY ticket_mailbox WHERE ? = '' AND"
						" mailbox > ? ORDER BY mailbox LIMIT 1");
	struct pd_query single = *query;
	single.values = (struct pd_strings){0};
	(void)put_column(q, query, "mailbox", "", "1", next);
	pd_sql_put(q, " UNION ALL ");
	pd_sql_put_value_set(q, "mailbox_also", &single);
	return true;
}

static bool put_status(struct pd_sql_query *q, const struct pd_query *query)
{
	bool is_new;
	struct pd_strings *values = pd_sql_values(q, query, "status", &is_new);
	sqlite3_stmt *next = SQL(q->connection, "SELECT status FROM ticket INDEXED BY ticket_status WHERE status_kind = ? AND"
						" status > ? ORDER BY status LIMIT 1");
	if (query->kind >= 0) {
		/* By each status of the kind, since only so the numbers are in order. */
		struct pd_query any = {.op = PD_QUERY_FIELD, .field = "status", .value = "*", .has_glob = true, .kind = -1};
		if (is_new)
			pd_sql_collect(q, next, NULL, query->kind, &any, values);
		pd_sql_put(q, "SELECT number FROM ticket INDEXED BY ticket_status WHERE status_kind = ");
		pd_sql_put_number(q, query->kind);
		pd_sql_put(q, " AND ");
		pd_sql_put_list(q, "status", values);
		pd_sql_put_since(q, "number");
		pd_sql_put(q, " UNION ALL SELECT number FROM ticket INDEXED BY ticket_status WHERE status IS NULL AND status_kind = ");
		pd_sql_put_number(q, query->kind);
		pd_sql_put_since(q, "number");
		return true;
	}
	for (int kind = PD_STATUS_NEW; is_new && kind <= PD_STATUS_CLOSED; kind++)
		pd_sql_collect(q, next, NULL, kind, query, values);
	if (values->count == 0) {
		pd_sql_put(q, NO_TICKET);
		return true;
	}
	pd_sql_put(q, "SELECT number FROM ticket INDEXED BY ticket_status WHERE status_kind IN (0, 1, 2, 3) AND ");
	pd_sql_put_list(q, "status", values);
	pd_sql_put_since(q, "number");
	return true;
}

/* Whom a ticket belongs to: all classes but those that listings leave out. */
static bool put_belongs(struct pd_sql_query *q, const struct pd_query *query, const char *column)
{
	pd_sql_put(q, pd_printf(q->arena, "SELECT number FROM ticket INDEXED BY ticket_%s WHERE class IN (0, 1, 2, 3) AND ",
				column));
	pd_sql_put_belonging(q, query, *column == 'o');
	pd_sql_put_since(q, "number");
	return true;
}

bool pd_sql_put_index_set(struct pd_sql_query *q, const struct pd_query *query)
{
	const char *field = query->field;
	if (strcmp(field, "owner") == 0 || strcmp(field, "team") == 0) {
		if (q->since_number != 0)
			return false; /* their indexes are not in the order of numbers */
		return put_belongs(q, query, field);
	}
	if (query->value == NULL)
		return false;
	if (strcmp(field, "priority") == 0)
		return put_column(q, query, field, "normal", "priority <> 'normal'",
				  SQL(q->connection, "SELECT priority FROM ticket INDEXED BY ticket_priority WHERE ? = '' AND"
						     " priority <> 'normal' AND priority > ? ORDER BY priority LIMIT 1"));
	if (strcmp(field, "category") == 0)
		return put_column(q, query, field, "", "category IS NOT NULL",
				  SQL(q->connection, "SELECT category FROM ticket INDEXED BY ticket_category WHERE ? = '' AND"
						     " category IS NOT NULL AND category > ? ORDER BY category LIMIT 1"));
	if (strcmp(field, "source") == 0)
		return put_column(q, query, field, "mail", "source <> 'mail'",
				  SQL(q->connection, "SELECT source FROM ticket INDEXED BY ticket_source WHERE ? = '' AND"
						     " source <> 'mail' AND source > ? ORDER BY source LIMIT 1"));
	if (strcmp(field, "mailbox") == 0)
		return put_mailbox(q, query);
	if (strcmp(field, "status") == 0)
		return put_status(q, query);
	if (strcmp(field, "created") != 0 && strcmp(field, "updated") != 0 && strcmp(field, "closed") != 0)
		return false;
	pd_sql_put(q, pd_printf(q->arena, "SELECT number FROM ticket INDEXED BY ticket_%s WHERE ", field));
	pd_sql_put_time(q, field, query);
	/* Where all conditions must hold, both ends of a span. */
	bool is_one_of_all = false;
	for (size_t i = 0; i < q->all_count; i++)
		is_one_of_all |= q->all[i] == query;
	for (size_t i = 0; i < q->all_count && is_one_of_all; i++) {
		const struct pd_query *other = q->all[i];
		if (other == query || other->op != PD_QUERY_FIELD || strcmp(other->field, field) != 0 || other->value == NULL)
			continue;
		pd_sql_put(q, " AND ");
		pd_sql_put_time(q, field, other);
	}
	return true;
}
