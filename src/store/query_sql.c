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

/* Opens a condition on a set of numbers. Unless it leads, the plus keeps it from being looked up by number. */
static void put_in(struct pd_sql_query *q, const struct pd_query *query)
{
	put(q, query == q->driver ? "number IN (" : "+number IN (");
}

/* A property with rows of its own (followers, further mailboxes, custom ones). */
static void put_value_set(struct pd_sql_query *q, const char *property, const struct pd_query *query)
{
	put(q, "SELECT ticket FROM ticket_value WHERE property = ");
	put_text(q, property);
	if (query->compare != PD_IS) {
		put(q, " AND pd_compare(value, ");
		put_text(q, query->value);
		put(q, ", ");
		put_number(q, query->compare);
		put(q, ")");
		return;
	}
	struct pd_strings values = {0};
	sqlite3_stmt *next = SQL(q->connection, "SELECT value FROM ticket_value WHERE property = ? AND value > ?"
						" ORDER BY value LIMIT 1");
	collect(q, next, property, 0, query, &values);
	put(q, " AND ");
	put_list(q, "value", &values);
}

static void put_value(struct pd_sql_query *q, const char *property, const struct pd_query *query)
{
	if (query->value == NULL) {
		put(q, "number NOT IN (SELECT ticket FROM ticket_value WHERE property = ");
		put_text(q, property);
		put(q, " AND value <> '')");
		return;
	}
	put_in(q, query);
	put_value_set(q, property, query);
	put(q, ")");
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

#define DRAFTS "SELECT ticket FROM draft WHERE state = 0"

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
		{"draft", "number IN (" DRAFTS ")", "number IN (" DRAFTS ")"},
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

/* Fields that are no property. */
static bool is_no_property(const char *field)
{
	static const char *const fields[] = {"is", "from", "to", "phone", "sla", "due", "mentions", "view", "age"};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(field, fields[i]) == 0)
			return true;
	return false;
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

/* The words that a value's matches have for certain; NULL: none, or only parts of words. */
static char *sure_phrase(struct pd_arena *arena, const struct pd_query *query)
{
	if (!query->has_glob)
		return strchr(query->value, '@') != NULL ? pd_sql_phrase(arena, query->value, query->is_prefix) : NULL;
	/* The longest part between stars, without the words that touch one. */
	char *best = NULL;
	for (const char *at = query->value; *at != '\0';) {
		const char *start = at, *end = at + strcspn(at, "*");
		const bool is_cut_before = start > query->value, is_cut_after = *end == '*';
		at = end + (*end == '*');
		while (is_cut_before && start < end && (g_ascii_isalnum(*start) || (*start & 0x80) != 0))
			start++;
		while (is_cut_after && end > start && (g_ascii_isalnum(end[-1]) || (end[-1] & 0x80) != 0))
			end--;
		if (end > start && (best == NULL || (size_t)(end - start) > strlen(best)))
			best = pd_strndup(arena, start, (size_t)(end - start));
	}
	return best != NULL ? pd_sql_phrase(arena, best, false) : NULL;
}

static void read_waiting(struct pd_sql_query *q)
{
	struct pd_error error;
	if (!q->has_waiting && pd_sqlite_unindexed(q->connection, q->arena, &q->waiting, &error) != 0)
		pd_window_fail(q->view, &error);
	q->has_waiting = true;
}

/* ids of documents: of contacts, positive, or of events. All that wait for the index are among them. */
static void put_candidates(struct pd_sql_query *q, const char *phrase, bool is_contact)
{
	put(q, is_contact ? "SELECT -rowid FROM search WHERE rowid < 0 AND search MATCH "
			  : "SELECT rowid FROM search WHERE rowid > 0 AND search MATCH ");
	put_text(q, pd_printf(q->arena, "people : %s", phrase));
	read_waiting(q);
	for (size_t i = 0; i < q->waiting.count; i++) {
		int64_t id = q->waiting.items[i].id;
		if ((id < 0) == is_contact) {
			put(q, " UNION ALL SELECT ");
			put_number(q, is_contact ? -id : id);
		}
	}
}

static void put_contact_condition(struct pd_sql_query *q, const struct pd_query *query, bool is_phone, bool is_company)
{
	int mode = mode_of(query, strchr(query->value, '@') == NULL);
	const char *phrase = is_phone ? NULL : sure_phrase(q->arena, query);
	put(q, "(");
	if (phrase != NULL) {
		put(q, "id IN (");
		put_candidates(q, phrase, true);
		put(q, ") AND (");
	}
	if (is_company) {
		put_match(q, "company", query->value, mode);
	} else if (is_phone) {
		put_match(q, "pd_values(identities, 'phone')", query->value, mode | PD_MATCH_LINES);
		put(q, " OR ");
		put_match(q, "pd_digits(pd_values(identities, 'phone'))", query->value, mode | PD_MATCH_LINES);
	} else {
		put(q, "(name <> '' AND ");
		put_match(q, "name", query->value, mode);
		put(q, ") OR ");
		put_match(q, "pd_values(identities, '')", query->value, mode | PD_MATCH_LINES);
	}
	put(q, phrase != NULL ? "))" : ")");
}

static void put_people_set(struct pd_sql_query *q, const struct pd_query *query)
{
	bool is_phone = strcmp(query->field, "phone") == 0, is_company = strcmp(query->field, "company") == 0;
	put(q, "SELECT ticket FROM ticket_contact WHERE contact IN (SELECT id FROM contact WHERE ");
	if (query->value != NULL)
		put_contact_condition(q, query, is_phone, is_company);
	else
		put(q, is_company ? "company IS NOT NULL"
		       : is_phone ? "pd_values(identities, 'phone') <> ''"
				  : "(name <> '' OR identities <> '')");
	put(q, ")");
}

static void put_people(struct pd_sql_query *q, const struct pd_query *query)
{
	if (query->value == NULL)
		put(q, "number NOT IN (");
	else
		put_in(q, query);
	put_people_set(q, query);
	put(q, ")");
}

static void put_correspondent_match(struct pd_sql_query *q, const struct pd_query *query)
{
	bool is_from = strcmp(query->field, "from") == 0;
	int mode = mode_of(query, strchr(query->value, '@') == NULL);
	put_match(q, is_from ? "message.from_addr" : "message.recipients", query->value,
		  is_from ? mode : mode | PD_MATCH_LINES);
}

static bool put_correspondents_set(struct pd_sql_query *q, const struct pd_query *query)
{
	const char *phrase = query->value != NULL ? sure_phrase(q->arena, query) : NULL;
	if (phrase == NULL)
		return false;
	put(q, "SELECT event.ticket FROM event JOIN message ON message.id = event.message WHERE event.id IN (");
	put_candidates(q, phrase, false);
	put(q, ") AND ");
	put_correspondent_match(q, query);
	return true;
}

static void put_correspondents(struct pd_sql_query *q, const struct pd_query *query)
{
	if (query->value != NULL && sure_phrase(q->arena, query) != NULL) {
		put_in(q, query);
		(void)put_correspondents_set(q, query);
		put(q, ")");
		return;
	}
	put(q, query->value == NULL ? "NOT " : "");
	put(q, "EXISTS (SELECT 1 FROM event JOIN message ON message.id = event.message"
	       " WHERE event.ticket = ticket.number AND ");
	if (query->value != NULL)
		put_correspondent_match(q, query);
	else
		put(q, strcmp(query->field, "from") == 0 ? "message.from_addr <> ''" : "length(message.recipients) > 1");
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
		put_value(q, field, query);
	} else if (strcmp(field, "from") == 0 || strcmp(field, "to") == 0) {
		put_correspondents(q, query);
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
			put_value(q, field, query);
	}
}

/* --- full text --- */

char *pd_sql_phrase(struct pd_arena *arena, const char *value, bool is_prefix)
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

/* Tickets whose number it is, whose contacts have the words, or of documents that still wait for the index. */
static void put_few(struct pd_sql_query *q, const struct pd_query *query, const char *match)
{
	const char *digits = *query->value == '#' ? query->value + 1 : query->value;
	unsigned long long number = 0;
	put(q, "SELECT ");
	put_number(q, pd_number(digits, INT64_MAX, &number) ? (int64_t)number : -1);
	if (match == NULL)
		return;
	put(q, " UNION ALL SELECT ticket FROM ticket_contact WHERE contact IN"
	       " (SELECT -rowid FROM search WHERE rowid < 0 AND search MATCH ");
	put_text(q, match);
	put(q, ")");
	read_waiting(q);
	for (size_t i = 0; i < q->waiting.count; i++) {
		int64_t id = q->waiting.items[i].id;
		if (!waits_with(&q->waiting.items[i], query))
			continue;
		put(q, id < 0 ? " UNION ALL SELECT ticket FROM ticket_contact WHERE contact = "
			      : " UNION ALL SELECT ticket FROM event WHERE id = ");
		put_number(q, id < 0 ? -id : id);
	}
}

static void put_text_set(struct pd_sql_query *q, const struct pd_query *query)
{
	const char *match = pd_sql_phrase(q->arena, query->value, query->is_prefix);
	put_few(q, query, match);
	if (match == NULL)
		return;
	put(q, " UNION ALL SELECT ticket FROM event WHERE id IN (SELECT rowid FROM search WHERE rowid > 0 AND search MATCH ");
	put_text(q, match);
	put(q, ")");
}

static void put_full_text(struct pd_sql_query *q, const struct pd_query *query)
{
	bool is_common = false;
	for (size_t i = 0; q->is_by_row && i < q->common.count; i++)
		is_common |= q->common.items[i] == query;
	if (!is_common) {
		put_in(q, query);
		put_text_set(q, query);
		put(q, ")");
		return;
	}
	const char *match = pd_sql_phrase(q->arena, query->value, query->is_prefix);
	put(q, "(EXISTS (SELECT 1 FROM event CROSS JOIN search WHERE event.ticket = ticket.number AND event.indexed"
	       " AND search.rowid = event.id AND search MATCH ");
	put_text(q, match);
	put(q, ") OR +number IN (");
	put_few(q, query, match);
	put(q, "))");
}

bool pd_sql_query_put_documents(struct pd_sql_query *q, const struct pd_query *query, const char *start)
{
	const char *match = NULL;
	if (query->op == PD_QUERY_TEXT) {
		match = pd_sql_phrase(q->arena, query->value, query->is_prefix);
	} else if (query->op == PD_QUERY_FIELD && query->value != NULL &&
		   (strcmp(query->field, "from") == 0 || strcmp(query->field, "to") == 0)) {
		const char *phrase = sure_phrase(q->arena, query);
		match = phrase != NULL ? pd_printf(q->arena, "people : %s", phrase) : NULL;
	}
	if (match == NULL)
		return false;
	put(q, start);
	put_text(q, match);
	return true;
}

bool pd_sql_query_put_set(struct pd_sql_query *q, const struct pd_query *query)
{
	if (query->op == PD_QUERY_TEXT) {
		put_text_set(q, query);
		return true;
	}
	if (query->op != PD_QUERY_FIELD || query->value == NULL)
		return false;
	const char *field = query->field;
	if (strcmp(field, "is") == 0 && strcmp(query->value, "draft") == 0) {
		put(q, DRAFTS);
		return true;
	}
	if (strcmp(field, "from") == 0 || strcmp(field, "to") == 0)
		return put_correspondents_set(q, query);
	if (strcmp(field, "contact") == 0 || strcmp(field, "company") == 0 || strcmp(field, "phone") == 0)
		put_people_set(q, query);
	else if (strcmp(field, "follower") == 0 || (!pd_property_is_builtin(field) && !is_no_property(field)))
		put_value_set(q, field, query);
	else
		return false;
	return true;
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
