/* Conditions on people: contacts, companies, phones, senders and recipients.
 *
 * Where a value has whole words, the full-text index gives the candidates, and each is compared as the desk
 * compares. Fails as snapshots do. */
#include "store/query_sql.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/people.h"

#define COMPANIES_MAX 1000
#define CONTACTS_MAX  2000
#define LOOKED_AT     2000 /* new tickets whose contacts are looked at sooner than all contacts */

/* The words that a value's matches have for certain; NULL: none, or only parts of words. */
const char *pd_sql_sure_phrase(struct pd_sql_query *q, const struct pd_query *query)
{
	if (!query->has_glob && strchr(query->value, '@') == NULL)
		return NULL;
	if (!query->has_glob) {
		const struct pd_sql_words *words = pd_sql_words(q, query, query->value, query->is_prefix);
		return words->way != PD_WORDS_LOOKED_FOR ? words->match : NULL;
	}
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
			best = pd_strndup(q->arena, start, (size_t)(end - start));
	}
	return best != NULL ? pd_sql_phrase(q->arena, best, false) : NULL;
}

/* ids of documents: of contacts, positive, or of events. All that wait for the index are among them. */
static void put_candidates(struct pd_sql_query *q, const char *phrase, bool is_contact)
{
	pd_sql_put(q, is_contact ? "SELECT -rowid FROM search WHERE rowid < 0 AND search MATCH "
				 : "SELECT rowid FROM search WHERE search MATCH ");
	pd_sql_put_text(q, pd_printf(q->arena, "people : %s", phrase));
	if (!is_contact)
		pd_sql_put_since_event(q, "rowid");
	pd_sql_read_waiting(q);
	bool is_any = false;
	for (size_t i = 0; i < q->waiting.count; i++) {
		int64_t id = q->waiting.items[i].id;
		if ((id < 0) != is_contact)
			continue;
		pd_sql_put(q, is_any ? ", " : is_contact ? " UNION ALL SELECT id FROM contact WHERE id IN ("
							 : " UNION ALL SELECT id FROM event WHERE id IN (");
		pd_sql_put(q, pd_printf(q->arena, "%lld", (long long)(is_contact ? -id : id)));
		is_any = true;
	}
	pd_sql_put(q, is_any ? ")" : "");
}

/* Of all companies those that match, one seek each: they are fewer than contacts. */
static void read_companies(struct pd_sql_query *q, const struct pd_query *query, int mode, struct pd_strings *values)
{
	sqlite3_stmt *next = SQL(q->connection, "SELECT company FROM contact INDEXED BY contact_company WHERE company IS NOT NULL"
						" AND company > ? ORDER BY company LIMIT 1");
	const char *wanted = pd_fold(q->arena, query->value), *last = "";
	struct pd_error error;
	int failed = 0;
	while (last != NULL && values->count < COMPANIES_MAX) {
		pd_sql_bind(next, "s", last);
		if (!pd_sql_row(q->connection, next, &failed, &error))
			break;
		last = pd_sql_text(q->arena, next, 0);
		sqlite3_reset(next);
		if (last != NULL && pd_match(last, wanted, mode))
			*pd_list_add(q->arena, values) = last;
	}
	if (failed)
		pd_window_fail(q->view, &error);
}

static void put_companies(struct pd_sql_query *q, const struct pd_query *query, int mode)
{
	bool is_new;
	struct pd_strings *values = pd_sql_values(q, query, "company", &is_new);
	if (is_new)
		read_companies(q, query, mode, values);
	if (values->count == COMPANIES_MAX)
		pd_sql_put_match(q, "company", query->value, mode);
	else
		pd_sql_put_list(q, "company", values);
}

static void put_contact_condition(struct pd_sql_query *q, const struct pd_query *query, bool is_phone,
				  bool is_company)
{
	int mode = pd_sql_match_mode(query, strchr(query->value, '@') == NULL);
	const char *phrase = is_phone ? NULL : pd_sql_sure_phrase(q, query);
	pd_sql_put(q, "(");
	if (phrase != NULL) {
		pd_sql_put(q, "id IN (");
		put_candidates(q, phrase, true);
		pd_sql_put(q, ") AND (");
	}
	if (is_company) {
		put_companies(q, query, mode);
	} else if (is_phone) {
		pd_sql_put_match(q, "pd_values(identities, 'phone')", query->value, mode | PD_MATCH_LINES);
		pd_sql_put(q, " OR ");
		pd_sql_put_match(q, "pd_digits(pd_values(identities, 'phone'))", query->value,
				 mode | PD_MATCH_LINES);
	} else {
		pd_sql_put(q, "(name <> '' AND ");
		pd_sql_put_match(q, "name", query->value, mode);
		pd_sql_put(q, ") OR (details <> '' AND ");
		pd_sql_put_match(q, "pd_values(details, '" PD_DETAIL_NAME "')", query->value, mode | PD_MATCH_LINES);
		pd_sql_put(q, ") OR ");
		pd_sql_put_match(q, "pd_values(identities, '')", query->value, mode | PD_MATCH_LINES);
	}
	pd_sql_put(q, phrase != NULL ? "))" : ")");
}

/* The ids of the contacts that match, "1, 2, 3", looked for once; "": they are too many. */
static const char *read_contacts(struct pd_sql_query *q, const struct pd_query *query, bool is_phone, bool is_company)
{
	struct pd_sql_query part = pd_sql_part(q);
	PD_AUTO_BUF ids = {0};
	sqlite3_stmt *select = NULL;
	struct pd_error error;
	int failed = 0, count = 0;
	pd_sql_put(&part, "SELECT id FROM contact WHERE ");
	put_contact_condition(&part, query, is_phone, is_company);
	pd_sql_put(&part, " LIMIT ");
	pd_sql_put_number(&part, CONTACTS_MAX + 1);
	if (sqlite3_prepare_v2(q->connection->db, part.sql.data, -1, &select, NULL) != SQLITE_OK)
		failed = pd_sql_fail(q->connection, &error, "database");
	else
		pd_sql_query_bind(&part, select);
	while (!failed && pd_sql_row(q->connection, select, &failed, &error) && ++count)
		pd_buf_addf(&ids, count > 1 ? ", %lld" : "%lld", (long long)sqlite3_column_int64(select, 0));
	sqlite3_finalize(select);
	pd_buf_free(&part.sql);
	q->has_waiting = part.has_waiting;
	q->waiting = part.waiting;
	if (failed)
		pd_window_fail(q->view, &error);
	return count == 0 ? "-1" : count > CONTACTS_MAX ? "" : pd_buf_string(q->arena, &ids);
}

static void put_contacts(struct pd_sql_query *q, const struct pd_query *query, bool is_phone, bool is_company)
{
	bool is_new;
	struct pd_strings *known = pd_sql_values(q, query, "id", &is_new);
	if (is_new) {
		/* the list may move while it is read */
		const char *ids = read_contacts(q, query, is_phone, is_company);
		known = pd_sql_values(q, query, "id", &is_new);
		*pd_list_add(q->arena, known) = ids;
	}
	if (*known->items[0] != '\0') {
		pd_sql_put(q, known->items[0]);
		return;
	}
	pd_sql_put(q, "SELECT id FROM contact WHERE ");
	put_contact_condition(q, query, is_phone, is_company);
}

static void put_own_company(struct pd_sql_query *q, const struct pd_query *query)
{
	pd_sql_put(q, "SELECT ticket FROM ticket_value WHERE property = 'company' AND value <> '" PD_NO_COMPANY "'");
	if (query->value != NULL) {
		pd_sql_put(q, " AND ");
		pd_sql_put_match(q, "value", query->value, pd_sql_match_mode(query, strchr(query->value, '@') == NULL));
	}
}

/* Of a few new tickets the contacts themselves are looked at, where those that match are not known or too many. */
static bool is_by_contact(struct pd_sql_query *q, const struct pd_query *query)
{
	if (q->since_number == 0 || !q->is_few || query->value == NULL)
		return false;
	for (size_t i = 0; i < q->memo->values.count; i++)
		if (q->memo->values.items[i].query == query && strcmp(q->memo->values.items[i].column, "id") == 0)
			return *q->memo->values.items[i].values.items[0] == '\0';
	return q->window <= LOOKED_AT;
}

void pd_sql_put_people_set(struct pd_sql_query *q, const struct pd_query *query)
{
	bool is_phone = strcmp(query->field, "phone") == 0, is_company = strcmp(query->field, "company") == 0;
	if (!is_company && is_by_contact(q, query)) {
		pd_sql_put(q, "SELECT ticket FROM ticket_contact INDEXED BY ticket_contact_ticket CROSS JOIN contact ON"
			      " contact.id = ticket_contact.contact WHERE ");
		put_contact_condition(q, query, is_phone, false);
		pd_sql_put_since(q, "ticket");
		return;
	}
	pd_sql_put(q, "SELECT ticket FROM ");
	pd_sql_put(q, pd_sql_ticket_contact(q));
	pd_sql_put(q, " WHERE contact IN (");
	if (query->value != NULL)
		put_contacts(q, query, is_phone, is_company);
	else
		pd_sql_put(q, is_company ? "SELECT id FROM contact WHERE company IS NOT NULL"
			      : is_phone ? "SELECT id FROM contact WHERE pd_values(identities, 'phone') <> ''"
					 : "SELECT id FROM contact WHERE (name <> '' OR identities <> '')");
	pd_sql_put(q, ")");
	pd_sql_put_since(q, "ticket");
	if (!is_company)
		return;
	/* A ticket's own company stands in the place of its contacts'. */
	pd_sql_put(q, " AND ticket NOT IN (SELECT ticket FROM ticket_value WHERE property = 'company') UNION ALL ");
	put_own_company(q, query);
}

/* Ticket by ticket, where the contacts have many. */
static void put_people_by_row(struct pd_sql_query *q, const struct pd_query *query)
{
	bool is_phone = strcmp(query->field, "phone") == 0, is_company = strcmp(query->field, "company") == 0;
	pd_sql_put(q, "(EXISTS (SELECT 1 FROM ticket_contact INDEXED BY ticket_contact_ticket WHERE ticket_contact.ticket ="
		      " ticket.number AND contact IN (");
	put_contacts(q, query, is_phone, is_company);
	pd_sql_put(q, "))");
	if (is_company) {
		pd_sql_put(q, " AND +number NOT IN (SELECT ticket FROM ticket_value WHERE property = 'company') OR +number IN (");
		put_own_company(q, query);
		pd_sql_put(q, ")");
	}
	pd_sql_put(q, ")");
}

void pd_sql_put_people(struct pd_sql_query *q, const struct pd_query *query)
{
	bool is_common = false;
	for (size_t i = 0; q->is_by_row && query->value != NULL && i < q->counted.count; i++)
		is_common |= q->counted.items[i].query == query && q->counted.items[i].count >= pd_query_limits.people;
	if (is_common) {
		put_people_by_row(q, query);
		return;
	}
	if (query->value == NULL)
		pd_sql_put(q, "number NOT IN (");
	else
		pd_sql_put_in(q);
	pd_sql_put_people_set(q, query);
	pd_sql_put(q, ")");
}

static void put_correspondent_match(struct pd_sql_query *q, const struct pd_query *query)
{
	bool is_from = strcmp(query->field, "from") == 0;
	int mode = pd_sql_match_mode(query, strchr(query->value, '@') == NULL);
	pd_sql_put_match(q, is_from ? "message.from_addr" : "message.recipients", query->value,
			 is_from ? mode : mode | PD_MATCH_LINES);
}

bool pd_sql_put_correspondents_set(struct pd_sql_query *q, const struct pd_query *query)
{
	const char *phrase = query->value != NULL ? pd_sql_sure_phrase(q, query) : NULL;
	if (phrase == NULL)
		return false;
	pd_sql_put(q, "SELECT " PD_SQL_ROOT("event.ticket") " FROM event JOIN message ON message.id = event.message WHERE "
		      "event.id IN (");
	put_candidates(q, phrase, false);
	pd_sql_put(q, ") AND ");
	put_correspondent_match(q, query);
	if (q->since_number == 0)
		return true;
	/* Older entries belong to newer tickets where these took older tickets in. */
	pd_sql_put(q, " UNION ALL SELECT root FROM absorbed CROSS JOIN event ON event.ticket = absorbed.number CROSS JOIN"
		      " message ON message.id = event.message WHERE ");
	put_correspondent_match(q, query);
	pd_sql_put_since(q, "absorbed.root");
	pd_sql_put(q, " AND absorbed.number < ");
	pd_sql_put_number(q, q->since_number);
	return true;
}

void pd_sql_put_correspondents(struct pd_sql_query *q, const struct pd_query *query)
{
	if (query->value != NULL && pd_sql_sure_phrase(q, query) != NULL) {
		pd_sql_put_in(q);
		(void)pd_sql_put_correspondents_set(q, query);
		pd_sql_put(q, ")");
		return;
	}
	pd_sql_put(q, query->value == NULL ? "NOT " : "");
	pd_sql_put(q, "EXISTS (SELECT 1 FROM event JOIN message ON message.id = event.message"
		      " WHERE event.ticket IN " PD_SQL_PARTS " AND ");
	if (query->value != NULL)
		put_correspondent_match(q, query);
	else
		pd_sql_put(q, strcmp(query->field, "from") == 0 ? "message.from_addr <> ''"
								: "length(message.recipients) > 1");
	pd_sql_put(q, ")");
}
