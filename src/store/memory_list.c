/* Listings in memory: every ticket is asked whether it matches, then all are sorted. Cannot fail. */
#include "store/memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "desk/people.h"

/* Stands between the texts of a ticket, so that no phrase goes from one to the next. */
#define BETWEEN "\n0betweentexts0\n"

static bool asks_deleted(const struct pd_query *query)
{
	if (query == NULL)
		return false;
	if (query->op == PD_QUERY_FIELD)
		return strcmp(query->field, "is") == 0 && pd_equal(query->value, "deleted");
	return asks_deleted(query->left) || asks_deleted(query->right);
}

static void add_text(struct pd_buf *text, const char *more)
{
	if (more == NULL || *more == '\0')
		return;
	pd_buf_adds(text, more);
	pd_buf_adds(text, BETWEEN);
}

static void add_addresses(struct pd_arena *arena, struct pd_strings *list,
			  const struct pd_addresses *addresses)
{
	for (size_t i = 0; i < addresses->count; i++)
		*pd_list_add(arena, list) = addresses->items[i].addr;
}

static bool matches(struct pd_memory *memory, const struct pd_query *query, const struct pd_ticket *ticket,
		    uint64_t instant)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_ticket_facts facts = {.ticket = ticket};
	PD_AUTO_BUF text = {0};
	for (size_t i = 0; i < ticket->contacts.count; i++) {
		const struct pd_contact *contact =
			pd_memory_contact(memory, ticket->contacts.items[i], instant);
		if (contact == NULL)
			continue;
		*pd_list_add(arena, &facts.contacts) = contact;
		add_text(&text, pd_contact_people(arena, contact));
	}
	for (size_t i = 0; i < memory->events.count; i++) {
		const struct pd_event *event = &memory->events.items[i].event;
		if (!pd_ticket_includes(ticket, event->ticket) ||
		    !pd_memory_holds(memory->events.items[i].life, instant))
			continue;
		for (size_t n = 0; n < memory->documents.count; n++) {
			const struct memory_document *document = &memory->documents.items[n];
			if (document->event != event->id || !pd_memory_holds(document->life, instant))
				continue;
			add_text(&text, document->subject);
			add_text(&text, document->text);
			add_text(&text, document->people);
		}
		const struct memory_message *message = pd_memory_message(memory, event->message, instant);
		if (message == NULL)
			continue;
		if (message->stored.from.addr != NULL && *message->stored.from.addr != '\0')
			*pd_list_add(arena, &facts.from) = message->stored.from.addr;
		add_addresses(arena, &facts.to, &message->stored.to);
		add_addresses(arena, &facts.to, &message->stored.cc);
	}
	for (size_t i = 0; i < memory->drafts.count; i++)
		if (pd_ticket_includes(ticket, memory->drafts.items[i].draft.ticket) &&
		    memory->drafts.items[i].draft.state == PD_DRAFT_KEPT &&
		    pd_memory_holds(memory->drafts.items[i].life, instant))
			*pd_list_add(arena, &facts.drafts) = memory->drafts.items[i].draft.agent;
	facts.agenda = pd_memory_agenda(memory, ticket->number, instant);
	facts.text = pd_fold(arena, text.data != NULL ? text.data : "");
	return query == NULL || pd_query_matches(query, &facts);
}

/* --- order --- */

struct order {
	struct pd_memory *memory;
	uint64_t instant;
	const char *column;
	bool is_descending;
};

static int64_t number_of(const struct order *order, const struct pd_ticket *ticket, bool *ret_is_number)
{
	static const char *const priorities[] = {"low", "normal", "high", "urgent"};
	const char *column = order->column;
	*ret_is_number = true;
	if (strcmp(column, "due") == 0) {
		const struct pd_agenda *agenda =
			pd_memory_agenda(order->memory, ticket->number, order->instant);
		return agenda != NULL ? pd_agenda_due(agenda) : 0;
	}
	if (strcmp(column, "created") == 0)
		return ticket->created;
	if (strcmp(column, "updated") == 0)
		return ticket->updated;
	if (strcmp(column, "closed") == 0)
		return ticket->closed;
	if (strcmp(column, "messages") == 0)
		return ticket->messages + 1;
	if (strcmp(column, "status_kind") == 0)
		return (int64_t)ticket->status_kind + 1;
	if (strcmp(column, "number") == 0)
		return ticket->number;
	*ret_is_number = strcmp(column, "priority") == 0;
	for (int i = 0; *ret_is_number && i < 4; i++)
		if (pd_equal(ticket->priority, priorities[i]))
			return i + 1;
	return 0;
}

static const char *text_of(const struct order *order, const struct pd_ticket *ticket)
{
	const struct pd_contact *contact =
		ticket->contacts.count > 0
			? pd_memory_contact(order->memory, ticket->contacts.items[0], order->instant)
			: NULL;
	static const struct {
		const char *column;
		size_t offset;
	} places[] = {
		{"name", offsetof(struct pd_ticket, name)},
		{"status", offsetof(struct pd_ticket, status)},
		{"pipeline", offsetof(struct pd_ticket, pipeline)},
		{"mailbox", offsetof(struct pd_ticket, mailbox)},
		{"owner", offsetof(struct pd_ticket, owner)},
		{"team", offsetof(struct pd_ticket, team)},
		{"category", offsetof(struct pd_ticket, category)},
		{"source", offsetof(struct pd_ticket, source)},
	};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (strcmp(order->column, places[i].column) == 0)
			return *(const char *const *)(const void *)((const char *)ticket + places[i].offset);
	if (strcmp(order->column, "company") == 0)
		return pd_ticket_company(ticket, contact);
	if (contact == NULL)
		return NULL;
	if (strcmp(order->column, "contact") == 0)
		return pd_contact_address(contact);
	return strcmp(order->column, "contact_name") == 0 && *contact->name != '\0' ? contact->name : NULL;
}

/* As SQLite orders them: numbers, then texts. */
static int compare_custom(const struct order *order, const struct pd_ticket *one, const struct pd_ticket *two,
			  bool *ret_is_absent_one, bool *ret_is_absent_two)
{
	bool is_number_one, is_number_two;
	double number_one, number_two;
	const char *text_one = pd_custom_value(one, order->column, &is_number_one, &number_one);
	const char *text_two = pd_custom_value(two, order->column, &is_number_two, &number_two);
	*ret_is_absent_one = text_one == NULL;
	*ret_is_absent_two = text_two == NULL;
	if (text_one == NULL || text_two == NULL)
		return 0;
	if (is_number_one != is_number_two)
		return is_number_one ? -1 : 1;
	return is_number_one ? (number_one > number_two) - (number_one < number_two)
			     : strcmp(text_one, text_two);
}

static int compare(const void *a, const void *b, void *data)
{
	const struct order *order = data;
	const struct pd_ticket *one = *(struct pd_ticket *const *)a, *two = *(struct pd_ticket *const *)b;
	bool is_number, is_absent_one, is_absent_two;
	int result;
	int64_t number_one = number_of(order, one, &is_number);
	int64_t number_two = number_of(order, two, &is_number);
	if (is_number) {
		is_absent_one = number_one == 0;
		is_absent_two = number_two == 0;
		result = (number_one > number_two) - (number_one < number_two);
	} else if (pd_sort_is_custom(order->column)) {
		result = compare_custom(order, one, two, &is_absent_one, &is_absent_two);
	} else {
		const char *text_one = text_of(order, one), *text_two = text_of(order, two);
		is_absent_one = text_one == NULL;
		is_absent_two = text_two == NULL;
		result = is_absent_one || is_absent_two	      ? 0
			 : strcmp(order->column, "name") == 0 ? strcasecmp(text_one, text_two)
							      : strcmp(text_one, text_two);
	}
	if (is_absent_one != is_absent_two)
		return is_absent_one - is_absent_two;
	if (result != 0)
		return order->is_descending ? -result : result;
	return (one->number < two->number) - (one->number > two->number);
}

struct pd_tickets pd_memory_list(struct pd_snapshot *face, struct pd_arena *arena,
				 const struct pd_query *query, const char *sort, size_t limit, size_t offset)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = pd_memory_of(view->store);
	struct order order = {.memory = memory,
			      .instant = pd_memory_instant(view),
			      .column = "number",
			      .is_descending = true};
	if (sort != NULL) {
		order.is_descending = *sort == '-';
		order.column = sort + order.is_descending;
	}
	bool has_deleted = asks_deleted(query);
	struct pd_tickets found = {0}, page = {0};
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->events.count; i++) {
		const struct memory_event *row = &memory->events.items[i];
		if (row->event.version != 1 || !pd_memory_holds(row->life, order.instant))
			continue;
		struct pd_ticket *ticket =
			pd_memory_fold(memory, arena, row->event.ticket, order.instant, INT64_MAX);
		if (ticket->merged_into == 0 && (has_deleted || !ticket->is_deleted) &&
		    matches(memory, query, ticket, order.instant))
			*pd_list_add(arena, &found) = ticket;
	}
	if (found.count > 0)
		qsort_r(found.items, found.count, sizeof *found.items, compare, &order);
	pthread_mutex_unlock(&memory->lock);
	for (size_t i = offset; i < found.count && page.count < limit; i++)
		*pd_list_add(arena, &page) = found.items[i];
	return page;
}
