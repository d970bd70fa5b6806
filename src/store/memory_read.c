/* Look-ups in memory: the newest row that holds at the view's instant. Cannot fail. */
#include "store/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/people.h"

#define SUBJECT_TICKETS 20

static struct pd_memory *lock(struct pd_window *view)
{
	struct pd_memory *memory = pd_memory_of(view->store);
	pthread_mutex_lock(&memory->lock);
	return memory;
}

static void unlock(struct pd_memory *memory)
{
	pthread_mutex_unlock(&memory->lock);
}

const struct memory_message *pd_memory_message(struct pd_memory *memory, int64_t id, uint64_t instant)
{
	for (size_t i = memory->messages.count; i-- > 0;)
		if (memory->messages.items[i].stored.id == id &&
		    pd_memory_holds(memory->messages.items[i].life, instant))
			return &memory->messages.items[i];
	return NULL;
}

struct pd_contact *pd_memory_contact(struct pd_memory *memory, int64_t id, uint64_t instant)
{
	for (size_t i = memory->contacts.count; i-- > 0;)
		if (memory->contacts.items[i].contact.id == id &&
		    pd_memory_holds(memory->contacts.items[i].life, instant))
			return &memory->contacts.items[i].contact;
	return NULL;
}

struct pd_ticket *pd_memory_fold(struct pd_memory *memory, struct pd_arena *arena, int64_t number,
				 uint64_t instant, pd_time at)
{
	struct pd_ticket *ticket = NULL;
	for (size_t i = 0; i < memory->events.count; i++) {
		const struct memory_event *row = &memory->events.items[i];
		if (row->event.ticket != number || !pd_memory_holds(row->life, instant) || row->event.at > at)
			continue;
		if (ticket == NULL)
			ticket = PD_NEW(arena, struct pd_ticket);
		(void)pd_ticket_apply(arena, ticket, &row->event);
	}
	return ticket;
}

static struct pd_ticket *ticket(struct pd_snapshot *face, struct pd_arena *arena, int64_t number)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	struct pd_ticket *found = pd_memory_fold(memory, arena, number, pd_memory_instant(view), INT64_MAX);
	unlock(memory);
	return found;
}

struct pd_ticket *pd_memory_ticket_at(struct pd_window *view, struct pd_arena *arena, int64_t number,
				      pd_time at)
{
	struct pd_memory *memory = lock(view);
	struct pd_ticket *found = pd_memory_fold(memory, arena, number, pd_memory_instant(view), at);
	unlock(memory);
	return found;
}

int64_t pd_memory_ticket_version(struct pd_window *view, int64_t number)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const struct pd_ticket *found = ticket(&view->face, arena, number);
	return found != NULL ? found->version : 0;
}

/* Those that the three numbers select; 0: any; an action of -1: any, without messages. */
static struct pd_entries entries(struct pd_window *view, struct pd_arena *arena, int64_t of_ticket,
				 int64_t after, int64_t id, int64_t action)
{
	struct pd_memory *memory = lock(view);
	const uint64_t instant = pd_memory_instant(view);
	struct pd_entries found = {0};
	for (size_t i = 0; i < memory->events.count; i++) {
		const struct pd_event *event = &memory->events.items[i].event;
		if (!pd_memory_holds(memory->events.items[i].life, instant) ||
		    (of_ticket != 0 && event->ticket != of_ticket) || event->version <= after ||
		    (id != 0 && event->id != id) || (action > 0 && event->action != action))
			continue;
		struct pd_entry *entry = pd_list_add(arena, &found);
		entry->event = *event;
		const struct memory_message *message =
			event->message != 0 && action == 0
				? pd_memory_message(memory, event->message, instant)
				: NULL;
		if (message != NULL)
			entry->message = pd_memdup(arena, &message->stored, sizeof message->stored);
	}
	unlock(memory);
	return found;
}

void pd_memory_replay(struct pd_window *view, pd_time from, pd_time to, pd_store_each *each, void *data)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_entries all = entries(view, arena, 0, 0, 0, -1);
	int64_t last = 0;
	for (size_t i = 0; i < all.count; i++)
		last = all.items[i].event.ticket > last ? all.items[i].event.ticket : last;
	for (int64_t number = 1; number <= last; number++) {
		PD_AUTO_ARENA own = pd_arena_new();
		PD_LIST(struct pd_event) events = {0};
		const struct pd_ticket *ticket = pd_memory_ticket_at(view, own, number, INT64_MAX);
		if (ticket == NULL || ticket->updated < from || ticket->created >= to)
			continue;
		for (size_t i = 0; i < all.count; i++)
			if (all.items[i].event.ticket == number)
				*pd_list_add(own, &events) = all.items[i].event;
		if (!each(data, own, events.items, events.count))
			break;
	}
}

static struct pd_entries timeline(struct pd_snapshot *face, struct pd_arena *arena, int64_t number,
				  int64_t after)
{
	return number != 0 ? entries(pd_window_of(face), arena, number, after, 0, 0) : (struct pd_entries){0};
}

struct pd_planned_message *pd_memory_planned(struct pd_window *view, struct pd_arena *arena, int64_t id)
{
	struct pd_memory *memory = lock(view);
	const struct memory_message *message = pd_memory_message(memory, id, pd_memory_instant(view));
	struct pd_planned_message *planned = NULL;
	if (message != NULL) {
		planned = PD_NEW(arena, struct pd_planned_message);
		planned->stored = message->stored;
		planned->search_text = message->search;
	}
	unlock(memory);
	return planned;
}

static struct pd_entry *entry(struct pd_snapshot *face, struct pd_arena *arena, int64_t event)
{
	struct pd_entries found = {0};
	if (event != 0)
		found = entries(pd_window_of(face), arena, 0, 0, event, 0);
	return found.count > 0 ? &found.items[0] : NULL;
}

static struct pd_passed_list passed(struct pd_snapshot *face, struct pd_arena *arena, int64_t above, pd_time until,
				    size_t limit)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = pd_memory_of(view->store);
	struct pd_passed_list list = {0};
	pthread_mutex_lock(&memory->lock);
	for (int64_t last = above;;) {
		const struct pd_event *next = NULL;
		for (size_t i = 0; i < memory->events.count; i++) {
			const struct pd_event *event = &memory->events.items[i].event;
			if (event->id > last && (next == NULL || event->id < next->id) &&
			    (above >= 0 || event->at <= until) &&
			    pd_memory_holds(memory->events.items[i].life, pd_memory_instant(view)))
				next = event;
		}
		if (next == NULL || (above >= 0 && list.count == limit))
			break;
		if (above < 0)
			list.count = 0;
		last = next->id;
		*pd_list_add(arena, &list) =
			(struct pd_passed){.event = next->id, .ticket = next->ticket, .at = next->at};
	}
	pthread_mutex_unlock(&memory->lock);
	return list;
}

static struct pd_entries action(struct pd_snapshot *face, struct pd_arena *arena, int64_t id)
{
	return id != 0 ? entries(pd_window_of(face), arena, 0, 0, 0, id) : (struct pd_entries){0};
}

static struct pd_known_ids message_id(struct pd_snapshot *face, struct pd_arena *arena, const char *id)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	struct pd_known_ids known = {0};
	for (size_t i = 0; i < memory->ids.count; i++)
		if (pd_memory_holds(memory->ids.items[i].life, pd_memory_instant(view)) &&
		    strcmp(memory->ids.items[i].id.message_id, id) == 0)
			*pd_list_add(arena, &known) = memory->ids.items[i].id.known;
	unlock(memory);
	return known;
}

/* The newest conversations first: by their ids, as they were made. */
static struct pd_known_ids subject(struct pd_snapshot *face, struct pd_arena *arena, const char *mailbox,
				   const char *base_subject, pd_time since)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	const uint64_t instant = pd_memory_instant(view);
	struct pd_known_ids known = {0};
	for (size_t i = memory->events.count; i-- > 0 && known.count < SUBJECT_TICKETS;) {
		const struct pd_event *event = &memory->events.items[i].event;
		bool is_new = false;
		for (size_t n = 0; n < event->changes.count; n++)
			is_new |= strcmp(event->changes.items[n].property, "conversation") == 0;
		if (!is_new || !pd_memory_holds(memory->events.items[i].life, instant))
			continue;
		const struct pd_ticket *found =
			pd_memory_fold(memory, arena, event->ticket, instant, INT64_MAX);
		const struct pd_conversation *conversation =
			pd_ticket_conversation(found, event->conversation);
		if (found->updated < since || conversation == NULL ||
		    !pd_equal(conversation->mailbox, mailbox) ||
		    !pd_equal(conversation->base_subject, base_subject))
			continue;
		*pd_list_add(arena, &known) =
			(struct pd_known_id){.ticket = event->ticket, .conversation = event->conversation};
	}
	unlock(memory);
	return known;
}

static struct pd_contact *contact(struct pd_snapshot *face, struct pd_arena *arena, int64_t id)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	struct pd_contact *found = pd_memory_contact(memory, id, pd_memory_instant(view));
	found = found != NULL ? pd_memdup(arena, found, sizeof *found) : NULL;
	unlock(memory);
	return found;
}

static struct pd_contact *contact_of(struct pd_snapshot *face, struct pd_arena *arena, const char *kind,
				     const char *value)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	struct pd_contact *found = NULL;
	for (size_t i = 0; i < memory->contacts.count && found == NULL; i++) {
		const struct pd_contact *row = &memory->contacts.items[i].contact;
		if (!pd_memory_holds(memory->contacts.items[i].life, pd_memory_instant(view)) ||
		    pd_contact_merged(row) != 0)
			continue;
		for (size_t n = 0; n < row->identities.count && found == NULL; n++)
			if (strcmp(row->identities.items[n].kind, kind) == 0 &&
			    strcmp(row->identities.items[n].value, value) == 0)
				found = pd_memdup(arena, row, sizeof *row);
	}
	unlock(memory);
	return found;
}

static int by_id(const void *a, const void *b)
{
	const struct pd_contact *one = *(struct pd_contact *const *)a, *two = *(struct pd_contact *const *)b;
	return (one->id > two->id) - (one->id < two->id);
}

static struct pd_contacts contacts(struct pd_snapshot *face, struct pd_arena *arena, const char *company,
				   const char *text, int64_t after, size_t limit)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	struct pd_contacts found = {0};
	for (size_t i = 0; i < memory->contacts.count; i++) {
		const struct pd_contact *row = &memory->contacts.items[i].contact;
		if (!pd_memory_holds(memory->contacts.items[i].life, pd_memory_instant(view)) || row->id <= after ||
		    pd_contact_merged(row) != 0 || (company != NULL && !pd_equal(row->company, company)) ||
		    (text != NULL && strstr(pd_fold(arena, pd_contact_value(arena, row)), text) == NULL))
			continue;
		*pd_list_add(arena, &found) = pd_memdup(arena, row, sizeof *row);
	}
	unlock(memory);
	if (found.count > 1)
		qsort(found.items, found.count, sizeof *found.items, by_id);
	found.count = found.count > limit ? limit : found.count;
	return found;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct pd_record *)a)->name, ((const struct pd_record *)b)->name);
}

static struct pd_records companies(struct pd_snapshot *face, struct pd_arena *arena)
{
	struct pd_contacts all = contacts(face, arena, NULL, NULL, 0, SIZE_MAX);
	struct pd_records found = {0};
	for (size_t i = 0; i < all.count; i++) {
		size_t count = 0, n = 0;
		for (; n < found.count && !pd_equal(found.items[n].name, all.items[i]->company); n++)
			;
		if (n < found.count || all.items[i]->company == NULL)
			continue;
		for (size_t k = 0; k < all.count; k++)
			count += pd_equal(all.items[k]->company, all.items[i]->company);
		*pd_list_add(arena, &found) = (struct pd_record){.name = all.items[i]->company,
								 .value = pd_printf(arena, "%zu", count)};
	}
	if (found.count > 1)
		qsort(found.items, found.count, sizeof *found.items, by_name);
	return found;
}

static struct pd_mark mark(struct pd_snapshot *face, const char *key)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	struct pd_mark found = {0};
	for (size_t i = 0; i < memory->marks.count; i++)
		if (pd_memory_holds(memory->marks.items[i].life, pd_memory_instant(view)) &&
		    strcmp(memory->marks.items[i].mark.key, key) == 0)
			found = (struct pd_mark){.exists = true, .value = memory->marks.items[i].mark.value};
	unlock(memory);
	return found;
}

/* The newest value that an event gave it. */
static const char *record_of(struct pd_memory *memory, uint64_t instant, const char *property)
{
	const char *value = NULL;
	int64_t newest = 0;
	for (size_t i = 0; i < memory->records.count; i++)
		if (pd_memory_holds(memory->records.items[i].life, instant) &&
		    strcmp(memory->records.items[i].property, property) == 0)
			return memory->records.items[i].value;
	for (size_t i = 0; i < memory->events.count; i++) {
		const struct pd_event *event = &memory->events.items[i].event;
		if (!pd_memory_holds(memory->events.items[i].life, instant) || event->id < newest)
			continue;
		for (size_t n = 0; n < event->changes.count; n++)
			if (strcmp(event->changes.items[n].property, property) == 0) {
				value = event->changes.items[n].to;
				newest = event->id;
			}
	}
	return value;
}

static const char *record(struct pd_snapshot *face, struct pd_arena *arena, const char *kind,
			  const char *name)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	const char *value =
		record_of(memory, pd_memory_instant(view), pd_record_property(arena, kind, name));
	unlock(memory);
	return value;
}

static int by_record_name(const void *a, const void *b)
{
	return strcmp(((const struct pd_record *)a)->name, ((const struct pd_record *)b)->name);
}

static struct pd_records records(struct pd_snapshot *face, struct pd_arena *arena, const char *kind)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	const char *prefix = pd_record_property(arena, kind, "");
	struct pd_strings seen = {0};
	struct pd_records found = {0};
	for (size_t i = 0; i < memory->records.count; i++)
		if (pd_memory_holds(memory->records.items[i].life, pd_memory_instant(view)) &&
		    pd_starts(memory->records.items[i].property, prefix))
			*pd_list_add(arena, &found) =
				(struct pd_record){.name = memory->records.items[i].property + strlen(prefix),
						   .value = memory->records.items[i].value};
	for (size_t i = 0; i < memory->events.count; i++) {
		const struct pd_event *event = &memory->events.items[i].event;
		for (size_t n = 0; n < event->changes.count; n++) {
			const char *property = event->changes.items[n].property;
			if (!pd_starts(property, prefix) || pd_strings_has(&seen, property))
				continue;
			*pd_list_add(arena, &seen) = property;
			const char *value = record_of(memory, pd_memory_instant(view), property);
			if (value != NULL)
				*pd_list_add(arena, &found) =
					(struct pd_record){.name = property + strlen(prefix), .value = value};
		}
	}
	unlock(memory);
	if (found.count > 1)
		qsort(found.items, found.count, sizeof *found.items, by_record_name);
	return found;
}

static int64_t counter(struct pd_snapshot *face, const char *key, pd_time since)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	int64_t count = 0;
	for (size_t i = 0; i < memory->counters.count; i++)
		count += pd_memory_holds(memory->counters.items[i].life, pd_memory_instant(view)) &&
			 strcmp(memory->counters.items[i].key, key) == 0 &&
			 memory->counters.items[i].at / PD_MINUTE >= since / PD_MINUTE;
	unlock(memory);
	return count;
}

static struct pd_draft *draft(struct pd_snapshot *face, struct pd_arena *arena, int64_t id)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	struct pd_draft *found = NULL;
	for (size_t i = 0; i < memory->drafts.count && found == NULL; i++)
		if (memory->drafts.items[i].draft.id == id &&
		    pd_memory_holds(memory->drafts.items[i].life, pd_memory_instant(view)))
			found = pd_memdup(arena, &memory->drafts.items[i].draft, sizeof *found);
	unlock(memory);
	return found;
}

static struct pd_draft *draft_of(struct pd_snapshot *face, struct pd_arena *arena, int64_t of_ticket,
				 const char *agent, int64_t below)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	int64_t newest = 0;
	for (size_t i = 0; i < memory->drafts.count; i++) {
		const struct pd_draft *row = &memory->drafts.items[i].draft;
		if (row->ticket == of_ticket && row->state == PD_DRAFT_KEPT &&
		    strcmp(row->agent, agent) == 0 && row->id > newest && (below == 0 || row->id < below) &&
		    pd_memory_holds(memory->drafts.items[i].life, pd_memory_instant(view)))
			newest = row->id;
	}
	unlock(memory);
	return newest != 0 ? draft(face, arena, newest) : NULL;
}

static struct pd_draft *draft_expired(struct pd_snapshot *face, struct pd_arena *arena, pd_time now,
				      int64_t above)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	int64_t next = 0;
	for (size_t i = 0; i < memory->drafts.count; i++) {
		const struct pd_draft *row = &memory->drafts.items[i].draft;
		if (row->state == PD_DRAFT_KEPT && row->expires > 0 && row->expires < now && row->id > above &&
		    (next == 0 || row->id < next) &&
		    pd_memory_holds(memory->drafts.items[i].life, pd_memory_instant(view)))
			next = row->id;
	}
	unlock(memory);
	return next != 0 ? draft(face, arena, next) : NULL;
}

static struct pd_outbox_row *outbox(struct pd_snapshot *face, struct pd_arena *arena, int64_t id)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_memory *memory = lock(view);
	struct pd_outbox_row *found = NULL;
	for (size_t i = 0; i < memory->letters.count && found == NULL; i++) {
		const struct memory_letter *letter = &memory->letters.items[i];
		if (letter->lease.id != id || !pd_memory_holds(letter->life, pd_memory_instant(view)))
			continue;
		found = PD_NEW(arena, struct pd_outbox_row);
		*found = (struct pd_outbox_row){.id = id,
						.ticket = letter->lease.ticket,
						.event = letter->event,
						.conversation = letter->conversation,
						.created = letter->lease.created,
						.sender = letter->lease.sender,
						.transport = letter->lease.transport,
						.kind = pd_strdup(arena, letter->lease.kind),
						.agent = letter->agent,
						.message_id = letter->lease.message_id,
						.is_untried = letter->state == 0 && letter->lease.attempts == 0,
						.recipients = letter->lease.recipients};
	}
	unlock(memory);
	return found;
}

const struct pd_snapshot pd_memory_lookups = {
	.ticket = ticket,
	.timeline = timeline,
	.entry = entry,
	.action = action,
	.message_id = message_id,
	.subject = subject,
	.contact = contact,
	.contact_of = contact_of,
	.contacts = contacts,
	.companies = companies,
	.mark = mark,
	.record = record,
	.records = records,
	.counter = counter,
	.draft = draft,
	.draft_of = draft_of,
	.draft_expired = draft_expired,
	.wakes = pd_memory_wakes,
	.passed = passed,
	.outbox = outbox,
	.list = pd_memory_list,
};
