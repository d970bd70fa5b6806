/* A query of the desk's language as SQL: bound parameters only, never text pasted.
 *
 * Promises: the same tickets as pd_query_matches finds (a test compares them); no text of a query is an error of
 * SQLite's. Values that an index holds few different ones of (owners, teams, followers) are looked up first, folded
 * as the desk compares, and asked for exactly, so that the index serves. Fails as snapshots do. */
#include "store/query_sql.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* --- parts --- */

static void put(struct pd_sql_query *q, const char *sql)
{
	pd_buf_adds(&q->sql, sql);
}

static void put_number(struct pd_sql_query *q, int64_t number)
{
	struct pd_sql_parameter *parameter = pd_list_add(q->arena, &q->parameters);
	parameter->number = number;
	pd_buf_addc(&q->sql, '?');
}

static void put_text(struct pd_sql_query *q, const char *text)
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

static int mode_of(const struct pd_query *query, bool is_part)
{
	return query->has_glob ? PD_MATCH_GLOB : query->is_prefix ? PD_MATCH_PREFIX : is_part ? PD_MATCH_PART : PD_MATCH_WHOLE;
}

/* Does the column's value match the query's? NULL never does. */
static void put_match(struct pd_sql_query *q, const char *column, const char *value, int mode)
{
	put(q, "pd_match(");
	put(q, column);
	put(q, ", ");
	put_text(q, pd_fold(q->arena, value));
	put(q, ", ");
	put_number(q, mode);
	put(q, ")");
}

/* --- values that stand in an index --- */

static bool matches_stored(struct pd_sql_query *q, const struct pd_query *query, const char *stored)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	if (query->values.count == 0)
		return pd_match(stored, pd_fold(arena, query->value), mode_of(query, false));
	for (size_t i = 0; i < query->values.count; i++)
		if (pd_match(stored, pd_fold(arena, query->values.items[i]), PD_MATCH_WHOLE))
			return true;
	(void)q;
	return false;
}

/* Steps through the different values of an index, one seek each: next takes (prefix, last value). */
static void collect(struct pd_sql_query *q, sqlite3_stmt *next, const char *text_prefix, int64_t prefix,
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
		if (matches_stored(q, query, last))
			pd_strings_add_once(q->arena, ret_values, last);
	}
	if (failed)
		pd_window_fail(q->view, &error);
}

static void put_list(struct pd_sql_query *q, const char *column, const struct pd_strings *values)
{
	if (values->count == 0) {
		put(q, "0");
		return;
	}
	put(q, "(");
	put(q, column);
	put(q, " IS NOT NULL AND ");
	put(q, column);
	put(q, values->count == 1 ? " = " : " IN (");
	for (size_t i = 0; i < values->count; i++) {
		put(q, i > 0 ? ", " : "");
		put_text(q, values->items[i]);
	}
	put(q, values->count == 1 ? ")" : "))");
}

static void put_indexed(struct pd_sql_query *q, const struct pd_query *query, bool is_owner)
{
	if (query->value == NULL) {
		put(q, is_owner ? "owner IS NULL" : "team IS NULL");
		return;
	}
	struct pd_strings values = {0};
	for (int class = 0; class <= PD_CLASS_MERGED; class++) {
		sqlite3_stmt *next = is_owner ? SQL(q->connection, "SELECT owner FROM ticket WHERE class = ? AND"
								   " owner > ? ORDER BY owner LIMIT 1")
					      : SQL(q->connection, "SELECT team FROM ticket WHERE class = ? AND"
								   " team > ? ORDER BY team LIMIT 1");
		collect(q, next, NULL, class, query, &values);
	}
	put_list(q, is_owner ? "owner" : "team", &values);
}

/* A property with rows of its own (followers, further mailboxes, custom ones). */
static void put_value(struct pd_sql_query *q, const char *property, const struct pd_query *query)
{
	if (query->value == NULL) {
		put(q, "number NOT IN (SELECT ticket FROM ticket_value WHERE property = ");
		put_text(q, property);
		put(q, " AND value <> '')");
		return;
	}
	struct pd_strings values = {0};
	sqlite3_stmt *next = SQL(q->connection, "SELECT value FROM ticket_value WHERE property = ? AND value > ?"
						" ORDER BY value LIMIT 1");
	collect(q, next, property, 0, query, &values);
	put(q, "number IN (SELECT ticket FROM ticket_value WHERE property = ");
	put_text(q, property);
	put(q, " AND ");
	put_list(q, "value", &values);
	put(q, ")");
}

static void put_custom(struct pd_sql_query *q, const struct pd_query *query)
{
	if (query->value == NULL || query->compare == PD_IS) {
		put_value(q, query->field, query);
		return;
	}
	put(q, "number IN (SELECT ticket FROM ticket_value WHERE property = ");
	put_text(q, query->field);
	put(q, " AND pd_compare(value, ");
	put_text(q, query->value);
	put(q, ", ");
	put_number(q, query->compare);
	put(q, "))");
}

/* --- numbers and times --- */

static void put_comparison(struct pd_sql_query *q, const char *column, enum pd_compare compare, int64_t value)
{
	static const char *const signs[] = {
		[PD_IS] = " = ", [PD_LESS] = " < ", [PD_LESS_EQUAL] = " <= ", [PD_GREATER] = " > ", [PD_GREATER_EQUAL] = " >= "};
	put(q, column);
	put(q, signs[compare]);
	put_number(q, value);
}

static void put_time(struct pd_sql_query *q, const char *column, const struct pd_query *query)
{
	put(q, "(");
	put(q, column);
	if (query->value == NULL) {
		put(q, " IS NULL)");
		return;
	}
	put(q, " IS NOT NULL AND ");
	bool is_span = query->compare == PD_IS && query->time_end != 0;
	put_comparison(q, column, is_span ? PD_GREATER_EQUAL : query->compare, query->time);
	if (is_span) {
		put(q, " AND ");
		put_comparison(q, column, PD_LESS, query->time_end);
	}
	put(q, ")");
}

/* --- single values --- */

static void put_single(struct pd_sql_query *q, const char *column, const struct pd_query *query, bool is_part)
{
	if (query->value == NULL) {
		put(q, "(");
		put(q, column);
		put(q, " IS NULL OR ");
		put(q, column);
		put(q, " = '')");
		return;
	}
	put(q, "(");
	for (size_t i = 0; i < query->values.count; i++) {
		put(q, i > 0 ? " OR " : "");
		put_match(q, column, query->values.items[i], PD_MATCH_WHOLE);
	}
	if (query->values.count == 0)
		put_match(q, column, query->value, mode_of(query, is_part));
	put(q, ")");
}

static void put_is(struct pd_sql_query *q, const char *word)
{
	/* Without deleted tickets the classes say it, and their indexes serve. */
	const struct {
		const char *word, *plain, *with_deleted;
	} words[] = {
		{"open", "class = 0", "(status_kind <> 3 AND flags & 1 = 0)"},
		{"closed", "class = 1", "(status_kind = 3 AND flags & 1 = 0)"},
		{"spam", "class = 2", "flags & 1 <> 0"},
		{"unassigned", "owner IS NULL", "owner IS NULL"},
		{"automatic", "flags & 2 <> 0", "flags & 2 <> 0"},
		{"deleted", "class = 3", "class = 3"},
		{"sent", "flags & 8 <> 0", "flags & 8 <> 0"},
		{"draft", "number IN (SELECT ticket FROM draft WHERE state = 0)",
		 "number IN (SELECT ticket FROM draft WHERE state = 0)"},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(word, words[i].word) == 0) {
			put(q, q->has_deleted ? words[i].with_deleted : words[i].plain);
			return;
		}
	}
	put(q, "0");
}

static void put_status(struct pd_sql_query *q, const struct pd_query *query)
{
	if (query->kind >= 0) {
		put_comparison(q, "status_kind", PD_IS, query->kind);
		return;
	}
	if (query->value == NULL)
		put(q, "status IS NULL");
	else
		put_single(q, "status", query, false);
}

static void put_mailbox(struct pd_sql_query *q, const struct pd_query *query)
{
	if (query->value == NULL) {
		put(q, "mailbox IS NULL");
		return;
	}
	struct pd_query single = *query;
	single.values = (struct pd_strings){0};
	put(q, "(");
	put_single(q, "mailbox", query, false);
	put(q, " OR ");
	put_value(q, "mailbox_also", &single);
	put(q, ")");
}

/* --- people --- */

static void put_people(struct pd_sql_query *q, const struct pd_query *query)
{
	bool is_phone = strcmp(query->field, "phone") == 0, is_company = strcmp(query->field, "company") == 0;
	const char *all = is_company ? "SELECT id FROM contact WHERE company IS NOT NULL"
			  : is_phone ? "SELECT id FROM contact WHERE pd_values(identities, 'phone') <> ''"
				     : "SELECT id FROM contact WHERE name <> '' OR identities <> ''";
	if (query->value == NULL) {
		put(q, "number NOT IN (SELECT ticket FROM ticket_contact WHERE contact IN (");
		put(q, all);
		put(q, "))");
		return;
	}
	int mode = mode_of(query, strchr(query->value, '@') == NULL);
	put(q, "number IN (SELECT ticket FROM ticket_contact WHERE contact IN (");
	if (is_company) {
		put(q, "SELECT id FROM contact WHERE ");
		put_match(q, "company", query->value, mode);
	} else if (is_phone) {
		put(q, "SELECT id FROM contact WHERE (");
		put_match(q, "pd_values(identities, 'phone')", query->value, mode | PD_MATCH_LINES);
		put(q, " OR ");
		put_match(q, "pd_digits(pd_values(identities, 'phone'))", query->value, mode | PD_MATCH_LINES);
		put(q, ")");
	} else {
		put(q, "SELECT id FROM contact WHERE (name <> '' AND ");
		put_match(q, "name", query->value, mode);
		put(q, ") OR ");
		put_match(q, "pd_values(identities, '')", query->value, mode | PD_MATCH_LINES);
	}
	put(q, "))");
}

static void put_correspondents(struct pd_sql_query *q, const struct pd_query *query, bool is_from)
{
	const char *column = is_from ? "message.from_addr" : "message.recipients";
	put(q, query->value == NULL ? "NOT " : "");
	put(q, "EXISTS (SELECT 1 FROM event JOIN message ON message.id = event.message WHERE event.ticket = number AND ");
	if (query->value == NULL) {
		put(q, is_from ? "message.from_addr <> ''" : "length(message.recipients) > 1");
	} else {
		int mode = mode_of(query, strchr(query->value, '@') == NULL);
		put_match(q, column, query->value, is_from ? mode : mode | PD_MATCH_LINES);
	}
	put(q, ")");
}

/* --- fields --- */

static void put_field(struct pd_sql_query *q, const struct pd_query *query)
{
	static const char *const columns[] = {"priority", "category", "source", "pipeline"};
	const char *field = query->field;
	if (strcmp(field, "is") == 0) {
		put_is(q, query->value != NULL ? query->value : "");
	} else if (strcmp(field, "number") == 0) {
		put_comparison(q, "number", query->compare, query->number);
	} else if (strcmp(field, "status") == 0) {
		put_status(q, query);
	} else if (strcmp(field, "mailbox") == 0) {
		put_mailbox(q, query);
	} else if (strcmp(field, "created") == 0 || strcmp(field, "updated") == 0 || strcmp(field, "closed") == 0) {
		put_time(q, field, query);
	} else if (strcmp(field, "owner") == 0 || strcmp(field, "team") == 0) {
		put_indexed(q, query, *field == 'o');
	} else if (strcmp(field, "follower") == 0) {
		struct pd_query single = *query;
		single.values = (struct pd_strings){0};
		put_value(q, field, &single);
	} else if (strcmp(field, "from") == 0 || strcmp(field, "to") == 0) {
		put_correspondents(q, query, *field == 'f');
	} else if (strcmp(field, "contact") == 0 || strcmp(field, "company") == 0 || strcmp(field, "phone") == 0) {
		put_people(q, query);
	} else if (strcmp(field, "sla") == 0 || strcmp(field, "due") == 0 || strcmp(field, "mentions") == 0) {
		put(q, query->value == NULL ? "1" : "0"); /* nothing has these yet */
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
			put(q, query->value == NULL ? "1" : "0");
		else
			put_custom(q, query);
	}
}

/* --- full text --- */

/* The words as FTS5 takes them without a syntax error for any input: one quoted phrase. NULL: there is no word. */
static char *match_text(struct pd_arena *arena, const char *value, bool is_prefix)
{
	bool has_word = false;
	const char *text = pd_fold(arena, value);
	PD_AUTO_BUF match = {0};
	pd_buf_addc(&match, '"');
	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		bool is_word = g_unichar_isalnum(g_utf8_get_char(at));
		has_word |= is_word;
		if (is_word)
			pd_buf_add(&match, at, (size_t)(g_utf8_next_char(at) - at));
		else
			pd_buf_addc(&match, ' ');
	}
	while (match.data[match.len - 1] == ' ')
		match.data[--match.len] = '\0';
	pd_buf_adds(&match, is_prefix ? "\" *" : "\"");
	return has_word ? pd_buf_string(arena, &match) : NULL;
}

/* Is the text in a document that the index does not have yet? As the desk itself would say. */
static bool waits_with(const struct pd_document *document, const struct pd_query *query)
{
	const char *const texts[] = {document->subject, document->text, document->people};
	PD_AUTO_ARENA arena = pd_arena_new();
	const struct pd_ticket nothing = {.name = "", .description = ""};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct pd_ticket_facts facts = {.ticket = &nothing};
		facts.text = texts[i] != NULL ? pd_fold(arena, texts[i]) : "";
		if (pd_query_matches(query, &facts))
			return true;
	}
	return false;
}

/* Tickets that documents which still wait for the index add: "number IN (…) OR ", or nothing. */
static void put_waiting(struct pd_sql_query *q, const struct pd_query *query)
{
	struct pd_error error;
	if (!q->has_waiting && pd_sqlite_unindexed(q->connection, q->arena, &q->waiting, &error) != 0)
		pd_window_fail(q->view, &error);
	q->has_waiting = true;
	for (int is_contact = 0; is_contact < 2; is_contact++) {
		bool is_open = false;
		for (size_t i = 0; i < q->waiting.count; i++) {
			const struct pd_document *document = &q->waiting.items[i];
			if ((document->id < 0) != (is_contact != 0) || !waits_with(document, query))
				continue;
			if (!is_open)
				put(q, is_contact ? "number IN (SELECT ticket FROM ticket_contact WHERE contact IN ("
						  : "number IN (SELECT ticket FROM event WHERE id IN (");
			else
				put(q, ", ");
			put_number(q, is_contact ? -document->id : document->id);
			is_open = true;
		}
		put(q, is_open ? ")) OR " : "");
	}
}

static void put_full_text(struct pd_sql_query *q, const struct pd_query *query)
{
	const char *digits = *query->value == '#' ? query->value + 1 : query->value;
	unsigned long long number = 0;
	bool is_number = pd_number(digits, INT64_MAX, &number);
	const char *match = match_text(q->arena, query->value, query->is_prefix);
	put(q, "(");
	if (match != NULL)
		put_waiting(q, query);
	if (is_number) {
		put(q, "number = ");
		put_number(q, (int64_t)number);
	}
	if (match != NULL) {
		put(q, is_number ? " OR " : "");
		put(q, "number IN (SELECT ticket FROM event WHERE id IN (SELECT rowid FROM search WHERE search MATCH ");
		put_text(q, match);
		put(q, ")) OR number IN (SELECT ticket FROM ticket_contact WHERE contact IN"
		       " (SELECT -rowid FROM search WHERE search MATCH ");
		put_text(q, match);
		put(q, "))");
	}
	put(q, is_number || match != NULL ? ")" : "0)");
}

void pd_sql_query_put(struct pd_sql_query *q, const struct pd_query *query)
{
	switch (query->op) {
	case PD_QUERY_ALL:
		put(q, "1");
		break;
	case PD_QUERY_AND:
	case PD_QUERY_OR:
		put(q, "(");
		pd_sql_query_put(q, query->left);
		put(q, query->op == PD_QUERY_AND ? " AND " : " OR ");
		pd_sql_query_put(q, query->right);
		put(q, ")");
		break;
	case PD_QUERY_NOT:
		put(q, "NOT (");
		pd_sql_query_put(q, query->left);
		put(q, ")");
		break;
	case PD_QUERY_FIELD:
		put_field(q, query);
		break;
	case PD_QUERY_TEXT:
		put_full_text(q, query);
		break;
	}
}
