/* A query evaluated on a ticket in memory. The same meaning as the store's SQL (query.h says how values
 * compare).
 *
 * Cannot fail: what a ticket has no data for is no value. */
#include "desk/query.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/tasks.h"
#include "desk/goals.h"
#include "desk/people.h"

struct matcher {
	struct pd_arena *arena; /* for what is folded on the way */
	const struct pd_ticket_facts *facts;
};

/* --- values --- */

static bool matches_value(struct matcher *m, const struct pd_query *query, const char *value, bool is_part)
{
	if (value == NULL)
		return false;
	const char *have = pd_fold(m->arena, value), *want = pd_fold(m->arena, query->value);
	if (query->has_glob)
		return pd_glob(want, have);
	if (query->is_prefix)
		return pd_starts(have, want) && (*want != '\0' || *have != '\0');
	return is_part ? strstr(have, want) != NULL : strcmp(have, want) == 0;
}

/* The value, or any of the values. */
static bool matches_any(struct matcher *m, const struct pd_query *query, const char *value)
{
	if (query->values.count == 0)
		return matches_value(m, query, value, false);
	for (size_t i = 0; i < query->values.count; i++)
		if (value != NULL &&
		    pd_equal(pd_fold(m->arena, value), pd_fold(m->arena, query->values.items[i])))
			return true;
	return false;
}

static bool compares(enum pd_compare compare, double order)
{
	switch (compare) {
	case PD_LESS:
		return order < 0;
	case PD_LESS_EQUAL:
		return order <= 0;
	case PD_GREATER:
		return order > 0;
	case PD_GREATER_EQUAL:
		return order >= 0;
	default:
		return order == 0;
	}
}

static double order_of(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b ? 1 : 0;
}

static bool matches_time(const struct pd_query *query, pd_time time)
{
	if (query->value == NULL || time == 0)
		return query->value == NULL && time == 0;
	if (query->compare == PD_IS && query->time_end != 0)
		return time >= query->time && time < query->time_end;
	return compares(query->compare, order_of(time, query->time));
}

/* A custom property: numbers as numbers, all else (dates, too) as texts. */
static bool matches_custom(struct matcher *m, const struct pd_query *query, const char *value)
{
	if (query->value == NULL || value == NULL)
		return query->value == NULL && (value == NULL || *value == '\0');
	if (query->compare == PD_IS)
		return matches_value(m, query, value, false);
	char *a_end, *b_end;
	double a = g_ascii_strtod(value, &a_end), b = g_ascii_strtod(query->value, &b_end);
	if (a_end != value && *a_end == '\0' && b_end != query->value && *b_end == '\0')
		return compares(query->compare, a < b ? -1 : a > b ? 1 : 0);
	return compares(query->compare, strcmp(pd_fold(m->arena, value), pd_fold(m->arena, query->value)));
}

static bool matches_strings(struct matcher *m, const struct pd_query *query, const struct pd_strings *list,
			    bool is_part)
{
	if (query->value == NULL)
		return list->count == 0;
	for (size_t i = 0; i < list->count; i++)
		if (matches_value(m, query, list->items[i], is_part))
			return true;
	return false;
}

/* --- people --- */

static bool is_part(const struct pd_query *query)
{
	return query->value != NULL && strchr(query->value, '@') == NULL;
}

static void add_digits(struct pd_arena *arena, struct pd_strings *list, const char *value)
{
	char *digits = pd_strdup(arena, value), *to = digits;
	for (const char *c = value; *c != '\0'; c++)
		if (g_ascii_isdigit(*c))
			*to++ = *c;
	*to = '\0';
	*pd_list_add(arena, list) = digits;
}

static bool is_contact(const struct pd_ticket *ticket, int64_t id)
{
	for (size_t i = 0; i < ticket->contacts.count; i++)
		if (ticket->contacts.items[i] == id)
			return true;
	return false;
}

static bool matches_contacts(struct matcher *m, const struct pd_query *query)
{
	struct pd_strings values = {0};
	bool is_phone = strcmp(query->field, "phone") == 0;
	if (strcmp(query->field, "company") == 0 &&
	    pd_ticket_get(m->arena, m->facts->ticket, PD_PROPERTY_COMPANY) != NULL) {
		const char *own = pd_ticket_company(m->facts->ticket, NULL);
		if (own != NULL)
			*pd_list_add(m->arena, &values) = own;
		return matches_strings(m, query, &values, is_part(query));
	}
	for (size_t i = 0; i < m->facts->contacts.count; i++) {
		const struct pd_contact *contact = m->facts->contacts.items[i];
		if (strcmp(query->field, "company") == 0) {
			if (contact->company != NULL)
				*pd_list_add(m->arena, &values) = contact->company;
			continue;
		}
		if (!is_phone && contact->name != NULL && *contact->name != '\0')
			*pd_list_add(m->arena, &values) = contact->name;
		struct pd_strings names = pd_details(m->arena, &contact->details, PD_DETAIL_NAME);
		for (size_t n = 0; !is_phone && n < names.count; n++)
			*pd_list_add(m->arena, &values) = names.items[n];
		for (size_t n = 0; n < contact->identities.count; n++) {
			const struct pd_identity *identity = &contact->identities.items[n];
			if (!is_phone || strcmp(identity->kind, "phone") == 0)
				*pd_list_add(m->arena, &values) = identity->value;
			if (is_phone && strcmp(identity->kind, "phone") == 0)
				add_digits(m->arena, &values, identity->value);
		}
	}
	return matches_strings(m, query, &values, is_part(query));
}

/* --- the ticket's own --- */

static bool is_drafted(const struct pd_ticket_facts *facts, const char *agent)
{
	return pd_strings_has(&facts->drafts, agent);
}

static bool has_task(const struct pd_ticket_facts *facts, const char *agent)
{
	return pd_task_is_open(facts->ticket, agent);
}

/* Is it so for the asking agent, under the name that it has or had? */
static bool has_mine(const struct pd_query *query, bool (*is_so)(const struct pd_ticket_facts *, const char *),
		     const struct pd_ticket_facts *facts)
{
	bool is_mine = is_so(facts, query->me);
	for (size_t i = 0; !is_mine && i < query->me_was.count; i++)
		is_mine = is_so(facts, query->me_was.items[i]);
	return is_mine;
}

static bool matches_is(const struct pd_ticket_facts *facts, const struct pd_query *query)
{
	const struct pd_ticket *ticket = facts->ticket;
	const char *word = query->value;
	bool is_closed = ticket->status_kind == PD_STATUS_CLOSED;
	if (strcmp(word, "open") == 0)
		return !is_closed && !ticket->is_spam;
	if (strcmp(word, "closed") == 0)
		return is_closed && !ticket->is_spam;
	if (strcmp(word, "unassigned") == 0)
		return ticket->owner == NULL;
	if (strcmp(word, "spam") == 0)
		return ticket->is_spam;
	if (strcmp(word, "sent") == 0)
		return ticket->has_sent;
	if (strcmp(word, "deleted") == 0)
		return ticket->is_deleted;
	if (strcmp(word, "automatic") == 0)
		return ticket->is_automatic;
	if (strcmp(word, "draft") == 0)
		return query->me == NULL ? facts->drafts.count > 0 : has_mine(query, is_drafted, facts);
	if (strcmp(word, "task") == 0)
		return query->me == NULL ? pd_task_is_open(ticket, NULL) : has_mine(query, has_task, facts);
	if (strcmp(word, "snoozed") == 0)
		return ticket->snoozed != 0;
	if (strcmp(word, "unrouted") == 0)
		return ticket->owner == NULL && pd_ticket_is_unrouted(ticket);
	return false;
}

static bool matches_status(struct matcher *m, const struct pd_query *query)
{
	if (query->kind >= 0)
		return (int)m->facts->ticket->status_kind == query->kind;
	return query->value == NULL ? m->facts->ticket->status == NULL
				    : matches_any(m, query, m->facts->ticket->status);
}

static bool matches_mailbox(struct matcher *m, const struct pd_query *query)
{
	const struct pd_ticket *ticket = m->facts->ticket;
	if (query->value == NULL)
		return ticket->mailbox == NULL;
	return matches_any(m, query, ticket->mailbox) ||
	       matches_strings(m, query, &ticket->mailboxes_also, false);
}

static bool matches_single(struct matcher *m, const struct pd_query *query, const char *value, bool part)
{
	if (query->value == NULL)
		return value == NULL || *value == '\0';
	return query->values.count > 0 ? matches_any(m, query, value) : matches_value(m, query, value, part);
}

/* Of several choices ("a;b") each, and all as they are written. */
static bool matches_parts(struct matcher *m, const struct pd_query *query, const char *value)
{
	if (matches_custom(m, query, value))
		return true;
	if (query->value == NULL || value == NULL || strchr(value, ';') == NULL)
		return false;
	struct pd_strings parts = pd_split(m->arena, value, ';');
	for (size_t i = 0; i < parts.count; i++)
		if (matches_custom(m, query, parts.items[i]))
			return true;
	return false;
}

static bool matches_field(struct matcher *m, const struct pd_query *query)
{
	const struct pd_ticket *ticket = m->facts->ticket;
	const char *field = query->field;
	if (strcmp(field, "is") == 0)
		return matches_is(m->facts, query);
	if (strcmp(field, "number") == 0)
		return query->compare == PD_IS ? pd_ticket_includes(ticket, query->number)
					       : compares(query->compare, order_of(ticket->number, query->number));
	if (strcmp(field, "status") == 0)
		return matches_status(m, query);
	if (strcmp(field, "mailbox") == 0)
		return matches_mailbox(m, query);
	if (strcmp(field, "created") == 0)
		return matches_time(query, ticket->created);
	if (strcmp(field, "updated") == 0)
		return matches_time(query, ticket->updated);
	if (strcmp(field, "closed") == 0)
		return matches_time(query, ticket->closed);
	if (strcmp(field, "follower") == 0)
		return matches_strings(m, query, &ticket->followers, false);
	if (strcmp(field, "mentions") == 0)
		return matches_strings(m, query, &ticket->mentions, false);
	if (strcmp(field, "from") == 0)
		return matches_strings(m, query, &m->facts->from, is_part(query));
	if (strcmp(field, "to") == 0)
		return matches_strings(m, query, &m->facts->to, is_part(query));
	if (strcmp(field, "contact") == 0 || strcmp(field, "company") == 0 || strcmp(field, "phone") == 0)
		return matches_contacts(m, query);
	if (strcmp(field, PD_FIELD_CONTACT_ID) == 0)
		return is_contact(ticket, query->number);
	if (strcmp(field, PD_FIELD_OWN_COMPANY) == 0)
		return pd_equal(pd_ticket_get(m->arena, ticket, PD_PROPERTY_COMPANY), query->value);
	if (strcmp(field, "link") == 0)
		return matches_strings(m, query, &ticket->links, false);
	if (strcmp(field, "sla") == 0)
		return pd_agenda_is(m->facts->agenda, query->value, query->time);
	if (strcmp(field, "due") == 0)
		return matches_time(query, m->facts->agenda != NULL ? pd_agenda_due(m->facts->agenda) : 0);
	const char *value = pd_ticket_get(m->arena, ticket, field);
	if (strcmp(field, "name") == 0 || strcmp(field, "description") == 0)
		return matches_single(m, query, value, true);
	if (pd_property_is_builtin(field))
		return matches_single(m, query, value, false);
	return matches_parts(m, query, value);
}

/* --- full text --- */

static bool is_word_char(const char *at)
{
	return g_unichar_isalnum(g_utf8_get_char(at));
}

/* The folded text's words one after another with one blank between, for phrases. */
static char *words_of(struct pd_arena *arena, const char *folded)
{
	char *words = pd_alloc(arena, strlen(folded) + 3), *to = words;
	*to++ = ' ';
	for (const char *at = folded; *at != '\0'; at = g_utf8_next_char(at)) {
		size_t len = (size_t)(g_utf8_next_char(at) - at);
		if (is_word_char(at)) {
			memcpy(to, at, len);
			to += len;
		} else if (to[-1] != ' ') {
			*to++ = ' ';
		}
	}
	if (to[-1] != ' ')
		*to++ = ' ';
	*to = '\0';
	return words;
}

static bool has_words(struct matcher *m, const char *text, const char *wanted, bool is_prefix)
{
	if (text == NULL)
		return false;
	const char *words = words_of(m->arena, pd_fold(m->arena, text));
	char *phrase = words_of(m->arena, wanted);
	if (is_prefix)
		phrase[strlen(phrase) - 1] = '\0';
	return strlen(phrase) > 1 && strstr(words, phrase) != NULL;
}

static bool matches_text(struct matcher *m, const struct pd_query *query)
{
	const struct pd_ticket *ticket = m->facts->ticket;
	const char *wanted = pd_fold(m->arena, query->value);
	const char *digits = *wanted == '#' ? wanted + 1 : wanted;
	unsigned long long number;
	if (pd_number(digits, INT64_MAX, &number) && pd_ticket_includes(ticket, (int64_t)number))
		return true;
	if (has_words(m, ticket->name, wanted, query->is_prefix) ||
	    has_words(m, ticket->description, wanted, query->is_prefix) ||
	    has_words(m, m->facts->text, wanted, query->is_prefix))
		return true;
	if (has_words(m, pd_ticket_get(m->arena, ticket, PD_PROPERTY_COMPANY), wanted, query->is_prefix))
		return true;
	for (size_t i = 0; i < m->facts->contacts.count; i++) {
		const struct pd_contact *contact = m->facts->contacts.items[i];
		if (has_words(m, contact->name, wanted, query->is_prefix) ||
		    has_words(m, contact->company, wanted, query->is_prefix))
			return true;
		for (size_t n = 0; n < contact->details.count; n++)
			if (has_words(m, contact->details.items[n] + strcspn(contact->details.items[n], " "), wanted,
				      query->is_prefix))
				return true;
		for (size_t n = 0; n < contact->identities.count; n++)
			if (has_words(m, contact->identities.items[n].value, wanted, query->is_prefix))
				return true;
	}
	return false;
}

static bool matches(struct matcher *m, const struct pd_query *query)
{
	switch (query->op) {
	case PD_QUERY_ALL:
		return true;
	case PD_QUERY_AND:
		return matches(m, query->left) && matches(m, query->right);
	case PD_QUERY_OR:
		return matches(m, query->left) || matches(m, query->right);
	case PD_QUERY_NOT:
		return !matches(m, query->left);
	case PD_QUERY_FIELD:
		return matches_field(m, query);
	case PD_QUERY_TEXT:
		return matches_text(m, query);
	}
	return false;
}

bool pd_query_matches(const struct pd_query *query, const struct pd_ticket_facts *facts)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct matcher m = {.arena = arena, .facts = facts};
	return matches(&m, query);
}
