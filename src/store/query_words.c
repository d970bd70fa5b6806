/* Conditions on words: the full-text index, the documents that still wait for it, people's names, a ticket's
 * number.
 *
 * Promises: no text is a syntax error of the index. Fails as snapshots do. */
#include "store/query_sql.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"

#define SEVERAL 4 /* words: to ask the index for more of one document takes longer than to look at it */

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

bool pd_sql_document_has(const struct pd_document *document, const struct pd_query *query)
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

static void put_ids(struct pd_sql_query *q, const char *select, const struct pd_buf *ids)
{
	pd_sql_put(q, " UNION ALL ");
	pd_sql_put(q, select);
	pd_sql_put(q, " IN (");
	pd_sql_put(q, ids->data);
	pd_sql_put(q, ")");
}

/* Tickets whose number it is, whose contacts have the words, or of documents that still wait for the index.
 */
static void put_few(struct pd_sql_query *q, const struct pd_query *query, const char *match)
{
	const char *digits = *query->value == '#' ? query->value + 1 : query->value;
	unsigned long long number = 0;
	pd_sql_put(q, "SELECT ");
	pd_sql_put_root(q, pd_number(digits, INT64_MAX, &number) ? (int64_t)number : -1);
	if (match == NULL)
		return;
	pd_sql_put(q, " UNION ALL SELECT ticket FROM ");
	pd_sql_put(q, pd_sql_ticket_contact(q));
	pd_sql_put(q, " WHERE contact IN (SELECT -rowid FROM search WHERE rowid < 0 AND search MATCH ");
	pd_sql_put_text(q, match);
	pd_sql_put(q, ")");
	pd_sql_put_since(q, "ticket");
	PD_AUTO_BUF contacts = {0}, events = {0};
	pd_sql_read_waiting(q);
	for (size_t i = 0; i < q->waiting.count; i++) {
		int64_t id = q->waiting.items[i].id;
		struct pd_buf *ids = id < 0 ? &contacts : &events;
		if (pd_sql_document_has(&q->waiting.items[i], query))
			pd_buf_addf(ids, ids->len > 0 ? ", %lld" : "%lld", (long long)(id < 0 ? -id : id));
	}
	if (contacts.len > 0)
		put_ids(q, "SELECT ticket FROM ticket_contact WHERE contact", &contacts);
	if (events.len > 0)
		put_ids(q, "SELECT " PD_SQL_ROOT("ticket") " FROM event WHERE id", &events);
}

/* The documents of entries that have the words. */
static void put_documents(struct pd_sql_query *q, const char *match)
{
	pd_sql_put(q, "SELECT rowid FROM search WHERE search MATCH ");
	pd_sql_put_text(q, match);
	pd_sql_put_since_event(q, "rowid");
}

/* Older entries belong to newer tickets where these took older tickets in. */
static void put_taken_in(struct pd_sql_query *q, const char *match)
{
	if (q->since_number == 0)
		return;
	pd_sql_put(q, " UNION ALL SELECT root FROM absorbed CROSS JOIN event ON event.ticket = absorbed.number CROSS JOIN search ON"
		      " search.rowid = event.id WHERE event.indexed AND search MATCH ");
	pd_sql_put_text(q, match);
	pd_sql_put_since(q, "absorbed.root");
	pd_sql_put(q, " AND absorbed.number < ");
	pd_sql_put_number(q, q->since_number);
}

void pd_sql_put_text_set(struct pd_sql_query *q, const struct pd_query *query)
{
	const char *match = pd_sql_text_words(q, query)->match;
	put_few(q, query, match);
	if (match == NULL)
		return;
	pd_sql_put(q, " UNION ALL SELECT " PD_SQL_ROOT("ticket") " FROM event WHERE id IN (");
	put_documents(q, match);
	pd_sql_put(q, ")");
	put_taken_in(q, match);
}

/* Of tickets that something else names, the entries are looked for among all documents that have the words: the entry's
 * own row, which would tell its ticket, is not read. */
static void put_beside_driver(struct pd_sql_query *q, const struct pd_query *query, const char *match)
{
	pd_sql_put(q, "(EXISTS (SELECT 1 FROM event INDEXED BY event_ticket WHERE event.ticket IN " PD_SQL_PARTS
		      " AND event.id IN (");
	put_documents(q, match);
	pd_sql_put(q, ")) OR +number IN (");
	put_few(q, query, match);
	put_taken_in(q, match);
	pd_sql_put(q, "))");
}

/* Ticket by ticket, in the documents themselves: of its entries and of its contacts. */
static void put_by_document(struct pd_sql_query *q, const struct pd_query *query)
{
	static const char *const parts[] = {
		"(EXISTS (SELECT 1 FROM event INDEXED BY event_ticket WHERE event.ticket IN " PD_SQL_PARTS
		" AND event.indexed AND pd_says(event.id, ",
		")) OR EXISTS (SELECT 1 FROM ticket_contact INDEXED BY ticket_contact_ticket WHERE ticket_contact.ticket ="
		" ticket.number AND pd_says(-ticket_contact.contact, "};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		pd_sql_put(q, parts[i]);
		pd_sql_put_text(q, query->value);
		pd_sql_put(q, ", ");
		pd_sql_put_number(q, query->is_prefix);
	}
	pd_sql_put(q, ")) OR +number IN (");
	put_few(q, query, NULL);
	pd_sql_put(q, "))");
}

void pd_sql_put_full_text(struct pd_sql_query *q, const struct pd_query *query)
{
	bool is_common = false;
	for (size_t i = 0; i < q->common.count; i++)
		is_common |= q->common.items[i] == query;
	const struct pd_sql_words *words = pd_sql_text_words(q, query);
	const char *match = words->match;
	if (words->way == PD_WORDS_LOOKED_FOR || (is_common && q->is_by_row && words->count > SEVERAL)) {
		put_by_document(q, query);
		return;
	}
	if (match != NULL && !(is_common && q->is_by_row) && (is_common || q->driver != NULL || q->since_number != 0)) {
		put_beside_driver(q, query, match);
		return;
	}
	if (!is_common) {
		pd_sql_put_in(q);
		pd_sql_put_text_set(q, query);
		pd_sql_put(q, ")");
		return;
	}
	pd_sql_put(q, "(EXISTS (SELECT 1 FROM event CROSS JOIN search WHERE event.ticket IN " PD_SQL_PARTS " AND "
		      "event.indexed"
		      " AND search.rowid = event.id AND search MATCH ");
	pd_sql_put_text(q, match);
	pd_sql_put(q, ") OR +number IN (");
	put_few(q, query, match);
	pd_sql_put(q, "))");
}
