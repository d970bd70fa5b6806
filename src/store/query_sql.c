/* A query of the desk's language as SQL: bound parameters only, never text pasted.
 *
 * Promises: the same tickets as pd_query_matches finds (a test compares them); no text of a query is an error
 * of SQLite's. Values that an index holds few different ones of (owners, teams, followers) are looked up
 * first, folded as the desk compares, and asked for exactly, so that the index serves. Fails as snapshots do.
 */
#include "store/query_sql.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* No row has it; a constant would make SQLite forget that a partial index serves, which is an error with INDEXED BY. */
#define NEVER "number < 0"

/* --- values that stand in an index --- */

bool pd_sql_matches_stored(const struct pd_query *query, const char *stored)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	if (query->values.count == 0)
		return pd_match(stored, pd_fold(arena, query->value), pd_sql_match_mode(query, false));
	for (size_t i = 0; i < query->values.count; i++)
		if (pd_match(stored, pd_fold(arena, query->values.items[i]), PD_MATCH_WHOLE))
			return true;
	return false;
}

struct pd_strings *pd_sql_values(struct pd_sql_query *q, const struct pd_query *query, const char *column, bool *ret_is_new)
{
	struct pd_sql_memo *memo = q->memo;
	*ret_is_new = false;
	for (size_t i = 0; i < memo->values.count; i++)
		if (memo->values.items[i].query == query && strcmp(memo->values.items[i].column, column) == 0)
			return &memo->values.items[i].values;
	*ret_is_new = true;
	struct pd_sql_values *values = pd_list_add(q->arena, &memo->values);
	*values = (struct pd_sql_values){.query = query, .column = column};
	return &values->values;
}

void pd_sql_collect(struct pd_sql_query *q, sqlite3_stmt *next, const char *text_prefix, int64_t prefix,
		    const struct pd_query *query, struct pd_strings *ret_values)
{
	const char *last = "";
	int failed = 0;
	struct pd_error error;
	for (;;) {
		if (text_prefix != NULL)
			pd_sql_bind(next, "ss", text_prefix, last);
		else
			pd_sql_bind(next, "is", prefix, last);
		if (!pd_sql_row(q->connection, next, &failed, &error))
			break;
		last = pd_sql_text(q->arena, next, 0);
		sqlite3_reset(next);
		if (last == NULL)
			break;
		if (pd_sql_matches_stored(query, last))
			pd_strings_add_once(q->arena, ret_values, last);
	}
	if (failed)
		pd_window_fail(q->view, &error);
}

void pd_sql_put_list(struct pd_sql_query *q, const char *column, const struct pd_strings *values)
{
	if (values->count == 0) {
		pd_sql_put(q, pd_printf(q->arena, "(%1$s IS NULL AND %1$s IS NOT NULL)", column)); /* see NEVER */
		return;
	}
	pd_sql_put(q, "(");
	pd_sql_put(q, column);
	pd_sql_put(q, " IS NOT NULL AND ");
	pd_sql_put(q, column);
	pd_sql_put(q, values->count == 1 ? " = " : " IN (");
	for (size_t i = 0; i < values->count; i++) {
		pd_sql_put(q, i > 0 ? ", " : "");
		pd_sql_put_text(q, values->items[i]);
	}
	pd_sql_put(q, values->count == 1 ? ")" : "))");
}

void pd_sql_put_belonging(struct pd_sql_query *q, const struct pd_query *query, bool is_owner)
{
	if (query->value == NULL) {
		pd_sql_put(q, is_owner ? "owner IS NULL" : "team IS NULL");
		return;
	}
	bool is_new;
	struct pd_strings *values = pd_sql_values(q, query, is_owner ? "owner" : "team", &is_new);
	for (int class = 0; is_new && class <= PD_CLASS_MERGED; class ++) {
		sqlite3_stmt *next =
			is_owner ? SQL(q->connection, "SELECT owner FROM ticket WHERE class = ? AND"
						      " owner > ? ORDER BY owner LIMIT 1")
				 : SQL(q->connection, "SELECT team FROM ticket WHERE class = ? AND"
						      " team > ? ORDER BY team LIMIT 1");
		pd_sql_collect(q, next, NULL, class, query, values);
	}
	pd_sql_put_list(q, is_owner ? "owner" : "team", values);
}

/* A property with rows of its own (followers, mentions, further mailboxes, custom ones), whose values are folded. */
void pd_sql_put_value_set(struct pd_sql_query *q, const char *property, const struct pd_query *query)
{
	const char *wanted = pd_fold(q->arena, query->value);
	pd_sql_put(q, "SELECT ticket FROM ticket_value WHERE property = ");
	pd_sql_put_text(q, property);
	pd_sql_put(q, " AND ");
	if (query->compare != PD_IS || query->has_glob) {
		pd_sql_put(q, query->compare != PD_IS ? "pd_compare(value, " : "pd_match(value, ");
		pd_sql_put_text(q, wanted);
		pd_sql_put(q, ", ");
		pd_sql_put_number(q, query->compare != PD_IS ? (int64_t)query->compare : (int64_t)PD_MATCH_GLOB);
		pd_sql_put(q, ")");
	} else if (query->values.count > 0) {
		struct pd_strings values = {0};
		for (size_t i = 0; i < query->values.count; i++)
			*pd_list_add(q->arena, &values) = pd_fold(q->arena, query->values.items[i]);
		pd_sql_put_list(q, "value", &values);
	} else {
		pd_sql_put(q, query->is_prefix ? "value >= " : "value = ");
		pd_sql_put_text(q, wanted);
		if (query->is_prefix && *wanted != '\0') {
			/* UTF-8 has no byte 255. */
			pd_sql_put(q, " AND value < ");
			pd_sql_put_text(q, pd_printf(q->arena, "%s\xff", wanted));
		}
	}
	pd_sql_put_since(q, "ticket");
}

static void put_value(struct pd_sql_query *q, const char *property, const struct pd_query *query)
{
	if (query->value == NULL) {
		pd_sql_put(q, "number NOT IN (SELECT ticket FROM ticket_value WHERE property = ");
		pd_sql_put_text(q, property);
		pd_sql_put(q, " AND value <> '')");
		return;
	}
	/* Of values that are known, one seek each. */
	const bool is_known = query->compare == PD_IS && !query->has_glob && !query->is_prefix;
	pd_sql_put(q, is_known ? "EXISTS (" : "+number IN (");
	pd_sql_put_value_set(q, property, query);
	pd_sql_put(q, is_known ? " AND ticket_value.ticket = ticket.number)" : ")");
}

/* A custom property that is not there. The ticket's own row tells, so that few are looked at until a page is full. */
static void put_lack(struct pd_sql_query *q, const char *property)
{
	pd_sql_put(q, "coalesce(pd_property(rest, ");
	pd_sql_put_text(q, property);
	pd_sql_put(q, "), '') = ''");
}

/* --- numbers and times --- */

static void put_comparison(struct pd_sql_query *q, const char *column, enum pd_compare compare, int64_t value)
{
	static const char *const signs[] = {[PD_IS] = " = ",
					    [PD_LESS] = " < ",
					    [PD_LESS_EQUAL] = " <= ",
					    [PD_GREATER] = " > ",
					    [PD_GREATER_EQUAL] = " >= "};
	pd_sql_put(q, column);
	pd_sql_put(q, signs[compare]);
	pd_sql_put_number(q, value);
}

void pd_sql_put_time(struct pd_sql_query *q, const char *column, const struct pd_query *query)
{
	pd_sql_put(q, "(");
	pd_sql_put(q, column);
	if (query->value == NULL) {
		pd_sql_put(q, " IS NULL)");
		return;
	}
	pd_sql_put(q, " IS NOT NULL AND ");
	bool is_span = query->compare == PD_IS && query->time_end != 0;
	put_comparison(q, column, is_span ? PD_GREATER_EQUAL : query->compare, query->time);
	if (is_span) {
		pd_sql_put(q, " AND ");
		put_comparison(q, column, PD_LESS, query->time_end);
	}
	pd_sql_put(q, ")");
}

/* --- single values --- */

static void put_single(struct pd_sql_query *q, const char *column, const struct pd_query *query, bool is_part)
{
	if (query->value == NULL) {
		pd_sql_put(q, "(");
		pd_sql_put(q, column);
		pd_sql_put(q, " IS NULL OR ");
		pd_sql_put(q, column);
		pd_sql_put(q, " = '')");
		return;
	}
	pd_sql_put(q, "(");
	for (size_t i = 0; i < query->values.count; i++) {
		pd_sql_put(q, i > 0 ? " OR " : "");
		pd_sql_put_match(q, column, query->values.items[i], PD_MATCH_WHOLE);
	}
	if (query->values.count == 0)
		pd_sql_put_match(q, column, query->value, pd_sql_match_mode(query, is_part));
	pd_sql_put(q, ")");
}

#define AUTOMATIC "flags & 2 <> 0"
#define SENT	  "flags & 8 <> 0"
#define SNOOZED	  "flags & 16 <> 0"
#define UNROUTED  "SELECT ticket FROM ticket_value WHERE property = '" PD_PROPERTY_UNROUTED "' AND value = 'yes'"
#define UNROUTED_HERE UNROUTED " AND ticket_value.ticket = ticket.number"
#define DRAFTS	  "SELECT " PD_SQL_ROOT("ticket") " FROM draft WHERE state = 0"

static void put_drafts(struct pd_sql_query *q, const struct pd_query *query)
{
	pd_sql_put(q, DRAFTS);
	if (query->me == NULL)
		return;
	pd_sql_put(q, " AND agent IN (");
	pd_sql_put_text(q, query->me);
	for (size_t i = 0; i < query->me_was.count; i++) {
		pd_sql_put(q, ", ");
		pd_sql_put_text(q, query->me_was.items[i]);
	}
	pd_sql_put(q, ")");
}

static void put_task_of(struct pd_sql_query *q, const char *agent)
{
	pd_sql_put(q, "substr(value, -length(");
	pd_sql_put_text(q, agent);
	pd_sql_put(q, ") - 1) = ' ' || ");
	pd_sql_put_text(q, agent);
}

/* Tickets with a task that is yet to be done (desk/tasks.h). */
static void put_tasks(struct pd_sql_query *q, const struct pd_query *query)
{
	pd_sql_put(q, "SELECT ticket FROM ticket_value WHERE property >= '" PD_PROPERTY_TASK "' AND property < 'task;'"
		      " AND value >= 'open ' AND value < 'open!'");
	if (query->me == NULL)
		return;
	pd_sql_put(q, " AND (");
	put_task_of(q, query->me);
	for (size_t i = 0; i < query->me_was.count; i++) {
		pd_sql_put(q, " OR ");
		put_task_of(q, query->me_was.items[i]);
	}
	pd_sql_put(q, ")");
}

static void put_is(struct pd_sql_query *q, const struct pd_query *query)
{
	const char *word = query->value != NULL ? query->value : "";
	/* Without deleted tickets the classes say it, and their indexes serve. */
	const struct {
		const char *word, *plain, *with_deleted;
	} words[] = {
		{"open", "class = 0", "(status_kind <> 3 AND flags & 1 = 0)"},
		{"closed", "class = 1", "(status_kind = 3 AND flags & 1 = 0)"},
		{"spam", "class = 2", "flags & 1 <> 0"},
		{"unassigned", "owner IS NULL", "owner IS NULL"},
		{"automatic", AUTOMATIC, AUTOMATIC},
		{"deleted", "class = 3", "class = 3"},
		{"sent", SENT, SENT},
		{"snoozed", SNOOZED, SNOOZED},
		{"unrouted", "owner IS NULL AND EXISTS (" UNROUTED_HERE ")", "owner IS NULL AND EXISTS (" UNROUTED_HERE ")"},
	};
	if (strcmp(word, "draft") == 0 || strcmp(word, "task") == 0) {
		pd_sql_put(q, "number IN (");
		(*word == 'd' ? put_drafts : put_tasks)(q, query);
		pd_sql_put(q, ")");
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(word, words[i].word) == 0) {
			pd_sql_put(q, q->has_deleted ? words[i].with_deleted : words[i].plain);
			return;
		}
	}
	pd_sql_put(q, NEVER);
}

static void put_status(struct pd_sql_query *q, const struct pd_query *query)
{
	if (query->kind >= 0) {
		/* The class, which an index of times has, too, rules most tickets out. */
		if (query->kind != PD_STATUS_CLOSED)
			pd_sql_put(q, "class <> 1 AND ");
		put_comparison(q, "status_kind", PD_IS, query->kind);
		return;
	}
	if (query->value == NULL)
		pd_sql_put(q, "status IS NULL");
	else
		put_single(q, "status", query, false);
}

/* --- goals --- */

/* A running goal of that slot that is due soon, or active. */
static void put_running(struct pd_sql_query *q, const char *slot, const struct pd_query *query)
{
	pd_sql_put(q, pd_printf(q->arena, "%s_due > ", slot));
	pd_sql_put_number(q, query->time);
	if (strcmp(query->value, "due_soon") == 0)
		pd_sql_put(q, pd_printf(q->arena, " AND %s_soon <= ", slot));
	else
		pd_sql_put(q, pd_printf(q->arena, " AND coalesce(%1$s_soon, %1$s_due) > ", slot));
	pd_sql_put_number(q, query->time);
}

/* The tickets with that state or due time; for `none` those that have any. */
static void put_agenda_set(struct pd_sql_query *q, const struct pd_query *query)
{
	const struct {
		const char *state;
		int64_t flag;
	} ended[] = {{"paused", PD_AGENDA_PAUSED}, {"met", PD_AGENDA_MET}, {"missed", PD_AGENDA_MISSED}};
	/* The newest are found by their numbers, not by when they are due. */
	pd_sql_put(q, q->since_number != 0 ? "SELECT ticket FROM agenda NOT INDEXED WHERE " : "SELECT ticket FROM agenda WHERE ");
	if (strcmp(query->field, "due") == 0) {
		if (query->value == NULL)
			pd_sql_put(q, "due IS NOT NULL");
		else
			pd_sql_put_time(q, "due", query);
		return;
	}
	if (query->value == NULL) {
		pd_sql_put(q, "(states <> 0 OR due IS NOT NULL)");
		return;
	}
	for (size_t i = 0; i < sizeof ended / sizeof *ended; i++) {
		if (strcmp(query->value, ended[i].state) == 0) {
			pd_sql_put(q, "states & ");
			pd_sql_put_number(q, ended[i].flag);
			pd_sql_put(q, " <> 0");
			return;
		}
	}
	if (strcmp(query->value, "overdue") == 0) {
		pd_sql_put(q, "due <= ");
		pd_sql_put_number(q, query->time);
		return;
	}
	pd_sql_put(q, "((");
	put_running(q, "reply", query);
	pd_sql_put(q, ") OR (");
	put_running(q, "close", query);
	pd_sql_put(q, "))");
}

/* Fields that are no property. */
static bool is_no_property(const char *field)
{
	static const char *const fields[] = {"is",  "from",	"to",	"phone", "sla",
					     "due", "mentions", "view", "age"};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(field, fields[i]) == 0)
			return true;
	return false;
}

static void put_mailbox(struct pd_sql_query *q, const struct pd_query *query)
{
	if (query->value == NULL) {
		pd_sql_put(q, "mailbox IS NULL");
		return;
	}
	struct pd_query single = *query;
	single.values = (struct pd_strings){0};
	pd_sql_put(q, "(");
	put_single(q, "mailbox", query, false);
	pd_sql_put(q, " OR ");
	put_value(q, "mailbox_also", &single);
	pd_sql_put(q, ")");
}

/* A contact by its id; a company as it is written. */
static void put_exact_set(struct pd_sql_query *q, const struct pd_query *query)
{
	if (strcmp(query->field, PD_FIELD_CONTACT_ID) == 0) {
		pd_sql_put(q, "SELECT ticket FROM ticket_contact WHERE contact = ");
		pd_sql_put_number(q, query->number);
	} else {
		pd_sql_put(q, "SELECT ticket FROM ticket_value WHERE property = 'company' AND value = ");
		pd_sql_put_text(q, query->value);
	}
}

/* --- fields --- */

static void put_field(struct pd_sql_query *q, const struct pd_query *query)
{
	static const char *const columns[] = {"priority", "category", "source", "pipeline"};
	const char *field = query->field;
	if (strcmp(field, "is") == 0) {
		put_is(q, query);
	} else if (strcmp(field, "number") == 0 && query->compare == PD_IS) {
		pd_sql_put(q, "number = ");
		pd_sql_put_root(q, query->number);
	} else if (strcmp(field, "number") == 0) {
		put_comparison(q, "number", query->compare, query->number);
	} else if (strcmp(field, "status") == 0) {
		put_status(q, query);
	} else if (strcmp(field, "mailbox") == 0) {
		put_mailbox(q, query);
	} else if (strcmp(field, "created") == 0 || strcmp(field, "updated") == 0 ||
		   strcmp(field, "closed") == 0) {
		pd_sql_put_time(q, field, query);
	} else if (strcmp(field, "owner") == 0 || strcmp(field, "team") == 0) {
		pd_sql_put_belonging(q, query, *field == 'o');
	} else if (strcmp(field, "follower") == 0 || strcmp(field, "link") == 0) {
		put_value(q, field, query);
	} else if (strcmp(field, PD_FIELD_CONTACT_ID) == 0 || strcmp(field, PD_FIELD_OWN_COMPANY) == 0) {
		pd_sql_put(q, "number IN (");
		put_exact_set(q, query);
		pd_sql_put(q, ")");
	} else if (strcmp(field, "mentions") == 0) {
		put_value(q, "mention", query);
	} else if (strcmp(field, "from") == 0 || strcmp(field, "to") == 0) {
		pd_sql_put_correspondents(q, query);
	} else if (strcmp(field, "contact") == 0 || strcmp(field, "company") == 0 ||
		   strcmp(field, "phone") == 0) {
		pd_sql_put_people(q, query);
	} else if (strcmp(field, "sla") == 0 || strcmp(field, "due") == 0) {
		pd_sql_put(q, query->value == NULL ? "NOT EXISTS (" : "EXISTS (");
		put_agenda_set(q, query);
		pd_sql_put(q, " AND agenda.ticket = ticket.number)");
	} else if (strcmp(field, "name") == 0) {
		put_single(q, "name", query, true);
	} else if (strcmp(field, "description") == 0) {
		put_single(q, "pd_description(rest)", query, true);
	} else {
		for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
			if (strcmp(field, columns[i]) == 0) {
				put_single(q, columns[i], query, false);
				return;
			}
		}
		if (pd_property_is_builtin(field))
			pd_sql_put(q, query->value == NULL ? "1" : NEVER);
		else if (query->value == NULL)
			put_lack(q, field);
		else
			put_value(q, field, query);
	}
}

bool pd_sql_query_put_documents(struct pd_sql_query *q, const struct pd_query *query, const char *start)
{
	const char *match = NULL;
	if (query->op == PD_QUERY_TEXT) {
		match = pd_sql_text_words(q, query)->match;
	} else if (query->op == PD_QUERY_FIELD && query->value != NULL &&
		   (strcmp(query->field, "from") == 0 || strcmp(query->field, "to") == 0)) {
		const char *phrase = pd_sql_sure_phrase(q, query);
		match = phrase != NULL ? pd_printf(q->arena, "people : %s", phrase) : NULL;
	}
	if (match == NULL)
		return false;
	pd_sql_put(q, start);
	pd_sql_put_text(q, match);
	if (q->since_number != 0)
		pd_sql_put_since_event(q, "rowid");
	return true;
}

bool pd_sql_query_put_set(struct pd_sql_query *q, const struct pd_query *query)
{
	if (query->op == PD_QUERY_TEXT) {
		if (pd_sql_text_words(q, query)->way == PD_WORDS_LOOKED_FOR)
			return false;
		pd_sql_put_text_set(q, query);
		return true;
	}
	if (query->op == PD_QUERY_FIELD && pd_sql_put_index_set(q, query))
		return true;
	if (query->op != PD_QUERY_FIELD || query->value == NULL)
		return false;
	const char *field = query->field;
	if (strcmp(field, "is") == 0 && strcmp(query->value, "unrouted") == 0) {
		pd_sql_put(q, UNROUTED);
		pd_sql_put_since(q, "ticket");
		return true;
	}
	if (strcmp(field, "is") == 0 && strcmp(query->value, "draft") == 0) {
		put_drafts(q, query);
		return true;
	}
	if (strcmp(field, "is") == 0 && strcmp(query->value, "task") == 0) {
		put_tasks(q, query);
		return true;
	}
	if (strcmp(field, "is") == 0 &&
	    (strcmp(query->value, "automatic") == 0 || strcmp(query->value, "sent") == 0 ||
	     strcmp(query->value, "snoozed") == 0)) {
		pd_sql_put(q, "SELECT number FROM ticket WHERE ");
		pd_sql_put(q, *query->value == 'a' ? AUTOMATIC : query->value[1] == 'e' ? SENT : SNOOZED);
		pd_sql_put(q, " AND class IN (0, 1, 2, 3)"); /* each in the order of numbers */
		pd_sql_put_since(q, "number");
		return true;
	}
	if (strcmp(field, "from") == 0 || strcmp(field, "to") == 0)
		return pd_sql_put_correspondents_set(q, query);
	if (strcmp(field, "contact") == 0 || strcmp(field, "company") == 0 || strcmp(field, "phone") == 0)
		pd_sql_put_people_set(q, query);
	else if (strcmp(field, "sla") == 0 || strcmp(field, "due") == 0) {
		put_agenda_set(q, query);
		pd_sql_put_since(q, "ticket");
	} else if (strcmp(field, "mentions") == 0)
		pd_sql_put_value_set(q, "mention", query);
	else if (strcmp(field, PD_FIELD_CONTACT_ID) == 0 || strcmp(field, PD_FIELD_OWN_COMPANY) == 0)
		put_exact_set(q, query);
	else if (strcmp(field, "follower") == 0 || strcmp(field, "link") == 0 ||
		 (!pd_property_is_builtin(field) && !is_no_property(field)))
		pd_sql_put_value_set(q, field, query);
	else
		return false;
	return true;
}

/* Is the set that leads wider than the condition? */
static bool is_wider(const struct pd_query *query)
{
	if (query->op != PD_QUERY_FIELD)
		return query->op != PD_QUERY_TEXT;
	return strcmp(query->field, "is") == 0 && pd_equal(query->value, "unrouted");
}

/* What one operator holds together, without parentheses of its own: each that is open takes places on the stack of
 * SQLite's parser, which are few. */
static void put_chain(struct pd_sql_query *q, const struct pd_query *query, enum pd_query_op op)
{
	if ((op != PD_QUERY_AND && op != PD_QUERY_OR) || query->op != op) {
		pd_sql_query_put(q, query);
		return;
	}
	put_chain(q, query->left, op);
	pd_sql_put(q, op == PD_QUERY_AND ? " AND " : " OR ");
	put_chain(q, query->right, op);
}

void pd_sql_query_put(struct pd_sql_query *q, const struct pd_query *query)
{
	/* What leads holds already. */
	if (query == q->driver && !is_wider(query)) {
		pd_sql_put(q, "1");
		return;
	}
	bool is_set = false;
	for (size_t i = 0; i < q->as_sets.count; i++)
		is_set |= q->as_sets.items[i] == query;
	if (is_set) {
		pd_sql_put_in(q);
		pd_sql_put_candidates(q, query);
		pd_sql_put(q, ")");
		if (!is_wider(query))
			return;
		pd_sql_put(q, " AND ");
	}
	switch (query->op) {
	case PD_QUERY_ALL:
		pd_sql_put(q, "1");
		break;
	case PD_QUERY_AND:
	case PD_QUERY_OR:
		pd_sql_put(q, "(");
		put_chain(q, query, query->op);
		pd_sql_put(q, ")");
		break;
	case PD_QUERY_NOT:
		pd_sql_put(q, "NOT (");
		put_chain(q, query->left, query->left->op);
		pd_sql_put(q, ")");
		break;
	case PD_QUERY_FIELD:
		put_field(q, query);
		break;
	case PD_QUERY_TEXT:
		pd_sql_put_full_text(q, query);
		break;
	}
}
