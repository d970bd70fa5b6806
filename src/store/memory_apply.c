/* Carrying a plan out in memory: deep copies of all that it holds, appended. Cannot fail. */
#include "store/memory.h"

#include <string.h>

#include "base/text.h"
#include "store/record.h"

static struct life now(const struct pd_memory *memory)
{
	return (struct life){.from = memory->writing};
}

#define END_ROWS(memory, list, condition)                                                                    \
	do {                                                                                                 \
		for (size_t row = 0; row < (memory)->list.count; row++)                                      \
			if ((memory)->list.items[row].life.until == 0 && (condition))                        \
				(memory)->list.items[row].life.until = (memory)->writing;                    \
	} while (0)

static struct pd_strings copy_strings(struct pd_arena *arena, const struct pd_strings *list)
{
	struct pd_strings copy = {0};
	for (size_t i = 0; i < list->count; i++)
		*pd_list_add(arena, &copy) = pd_strdup(arena, list->items[i]);
	return copy;
}

static void put_event(struct pd_memory *memory, const struct pd_event *event)
{
	struct pd_arena *arena = memory->arena;
	struct memory_event *row = pd_list_add(arena, &memory->events);
	row->life = now(memory);
	row->event = *event;
	memset(&row->event.changes, 0, sizeof row->event.changes);
	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];
		*pd_list_add(arena, &row->event.changes) = (struct pd_change){
			.property = pd_strdup(arena, change->property),
			.from = pd_strdup(arena, change->from),
			.to = pd_strdup(arena, change->to),
		};
	}
	row->event.actor = pd_strdup(arena, event->actor != NULL ? event->actor : "");
	row->event.why = pd_strdup(arena, event->why);
	row->event.config = pd_strdup(arena, event->config);
}

static void put_message(struct pd_memory *memory, const struct pd_commit *commit,
			const struct pd_planned_message *planned)
{
	struct pd_arena *arena = memory->arena;
	const struct pd_stored *from = &planned->stored;
	struct memory_message *row = pd_list_add(arena, &memory->messages);
	row->life = now(memory);
	row->search = pd_strdup(arena, planned->search_text);
	struct pd_bytes raw = pd_planned_raw(commit, planned);
	if (raw.data != NULL)
		row->raw = (struct pd_bytes){pd_memdup(arena, raw.data, raw.len), raw.len};
	struct pd_stored *stored = &row->stored;
	PD_AUTO_BUF record = {0};
	pd_record_stored_pack(&record, from);
	(void)pd_record_stored_unpack(arena, (struct pd_bytes){record.data, record.len}, stored);
	stored->id = from->id;
	stored->source = pd_strdup(arena, from->source);
	stored->direction = from->direction;
	stored->message_id = pd_strdup(arena, from->message_id);
	stored->from.name = pd_strdup(arena, from->from.name);
	stored->from.addr = pd_strdup(arena, from->from.addr);
	stored->subject = pd_strdup(arena, from->subject);
	stored->text = pd_strdup(arena, from->text);
	stored->html = pd_strdup(arena, from->html);
	stored->date = from->date;
	stored->kinds = from->kinds;
	stored->queue_id = pd_strdup(arena, from->queue_id);
	stored->proof = pd_strdup(arena, from->proof);
	memcpy(stored->digest, from->digest, sizeof stored->digest);
	stored->size = from->size;
}

static void put_contact(struct pd_memory *memory, const struct pd_contact *contact)
{
	struct pd_arena *arena = memory->arena;
	END_ROWS(memory, contacts, memory->contacts.items[row].contact.id == contact->id);
	struct pd_contact copy = {.id = contact->id,
				  .name = pd_strdup(arena, contact->name != NULL ? contact->name : ""),
				  .company = pd_strdup(arena, contact->company)};
	for (size_t i = 0; i < contact->identities.count; i++)
		*pd_list_add(arena, &copy.identities) = (struct pd_identity){
			.kind = pd_strdup(arena, contact->identities.items[i].kind),
			.value = pd_strdup(arena, contact->identities.items[i].value),
		};
	for (size_t i = 0; i < contact->details.count; i++)
		*pd_list_add(arena, &copy.details) = pd_strdup(arena, contact->details.items[i]);
	pd_list_add(arena, &memory->contacts)->contact = copy;
	memory->contacts.items[memory->contacts.count - 1].life = now(memory);
}

static void put_document(struct pd_memory *memory, const struct pd_plan *plan, const struct pd_event *event)
{
	struct pd_arena *arena = memory->arena;
	const char *name, *description;
	bool has_text = pd_event_text(event, &name, &description);
	struct memory_document document = {.life = now(memory), .event = event->id};
	if (event->message != 0) {
		const struct memory_message *message =
			pd_memory_message(memory, event->message, memory->writing);
		if (message == NULL)
			return;
		document.subject = message->stored.subject;
		document.text = message->search;
		document.people = pd_stored_people(arena, &message->stored);
	} else if (has_text && (description != NULL || !pd_plan_has_subject(plan, event->ticket, name))) {
		document.subject = pd_strdup(arena, name);
		document.text = pd_strdup(arena, description);
	} else {
		return;
	}
	*pd_list_add(arena, &memory->documents) = document;
}

static void put_id(struct pd_memory *memory, const struct pd_planned_id *id)
{
	for (size_t i = 0; id->known.is_reference && i < memory->ids.count; i++)
		if (memory->ids.items[i].id.known.ticket == id->known.ticket &&
		    strcmp(memory->ids.items[i].id.message_id, id->message_id) == 0)
			return;
	struct pd_planned_id copy = *id;
	copy.message_id = pd_strdup(memory->arena, id->message_id);
	copy.known.agent = pd_strdup(memory->arena, id->known.agent);
	pd_list_add(memory->arena, &memory->ids)->id = copy;
	memory->ids.items[memory->ids.count - 1].life = now(memory);
}

static void put_mark(struct pd_memory *memory, const struct pd_planned_mark *mark)
{
	END_ROWS(memory, marks, strcmp(memory->marks.items[row].mark.key, mark->key) == 0);
	struct pd_planned_mark copy = *mark;
	copy.key = pd_strdup(memory->arena, mark->key);
	pd_list_add(memory->arena, &memory->marks)->mark = copy;
	memory->marks.items[memory->marks.count - 1].life = now(memory);
}

static void put_draft(struct pd_memory *memory, const struct pd_planned_draft *planned)
{
	struct pd_arena *arena = memory->arena;
	struct pd_draft copy = planned->draft;
	if (planned->is_new) {
		copy.agent = pd_strdup(arena, copy.agent);
		copy.reason = pd_strdup(arena, copy.reason);
		copy.sender = pd_strdup(arena, copy.sender);
		copy.recipients = copy_strings(arena, &planned->draft.recipients);
	}
	for (size_t i = 0; !planned->is_new && i < memory->drafts.count; i++) {
		if (memory->drafts.items[i].draft.id != copy.id || memory->drafts.items[i].life.until != 0)
			continue;
		copy = memory->drafts.items[i].draft;
		copy.state = planned->draft.state;
		copy.expires = planned->draft.expires;
		copy.ticket = planned->draft.ticket;
	}
	END_ROWS(memory, drafts, memory->drafts.items[row].draft.id == planned->draft.id);
	pd_list_add(arena, &memory->drafts)->draft = copy;
	memory->drafts.items[memory->drafts.count - 1].life = now(memory);
}

static void put_letter(struct pd_memory *memory, const struct pd_planned_letter *planned, pd_time at)
{
	struct pd_arena *arena = memory->arena;
	const struct pd_letter *letter = &planned->letter;
	struct memory_letter *row = pd_list_add(arena, &memory->letters);
	row->life = now(memory);
	row->event = planned->event;
	row->conversation = planned->conversation;
	row->agent = pd_strdup(arena, planned->agent);
	row->next = planned->is_line ? INT64_MAX : planned->not_before > at ? planned->not_before : at;
	row->state = planned->past != 0 ? 2 : planned->is_line ? 1 : 0; /* sent; leased at once */
	row->lease = (struct pd_lease){
		.id = planned->id,
		.ticket = planned->ticket,
		.transport = "mail", /* or what follows */
		.created = planned->past != 0 ? planned->past : at,
		.message_id = pd_strdup(arena, letter->message_id != NULL ? letter->message_id : ""),
		.sender = pd_strdup(arena, letter->envelope_from != NULL ? letter->envelope_from : ""),
		.recipients = copy_strings(arena, &letter->recipients),
		.bytes = {planned->bytes.data != NULL
				  ? pd_memdup(arena, planned->bytes.data, planned->bytes.len)
				  : NULL,
			  planned->bytes.len},
		.needs_smtputf8 = letter->needs_smtputf8,
	};
	if (planned->is_line)
		memcpy(row->lease.transport, "xmpp", sizeof "xmpp");
	strncat(row->lease.kind, pd_letter_kind_name(planned->kind), sizeof row->lease.kind - 1);
	for (size_t i = 0; i < letter->recipients.count; i++)
		*pd_list_add(arena, &row->recipient_states) = planned->past != 0 ? 2 : 0;
}

static void put_record(struct pd_memory *memory, const struct pd_planned_record *record)
{
	const char *property = pd_record_property(memory->arena, record->kind, record->name);
	END_ROWS(memory, records, strcmp(memory->records.items[row].property, property) == 0);
	pd_list_add(memory->arena, &memory->records)->property = property;
	memory->records.items[memory->records.count - 1].value = pd_strdup(memory->arena, record->value);
	memory->records.items[memory->records.count - 1].life = now(memory);
}

int pd_memory_apply(struct pd_store *store, struct pd_committing *committing, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	const struct pd_commit *commit = committing->commit;
	const struct pd_plan *plan = commit->plan;
	(void)error;
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < plan->contacts.count; i++)
		put_contact(memory, &plan->contacts.items[i].contact);
	for (size_t i = 0; i < plan->messages.count; i++)
		put_message(memory, commit, &plan->messages.items[i]);
	for (size_t i = 0; i < plan->events.count; i++) {
		put_event(memory, plan->events.items[i]);
		put_document(memory, plan, plan->events.items[i]);
	}
	for (size_t i = 0; i < plan->tickets.count; i++)
		if (plan->tickets.items[i].ticket->version != plan->tickets.items[i].base_version)
			pd_memory_put_agenda(memory, plan->tickets.items[i].ticket->number,
					     &plan->tickets.items[i].agenda);
	for (size_t i = 0; i < plan->agendas.count; i++)
		pd_memory_put_agenda(memory, plan->agendas.items[i].ticket, &plan->agendas.items[i].agenda);
	for (size_t i = 0; i < plan->ids.count; i++)
		put_id(memory, &plan->ids.items[i]);
	for (size_t i = 0; i < plan->marks.count; i++)
		put_mark(memory, &plan->marks.items[i]);
	for (size_t i = 0; i < plan->counters.count; i++) {
		pd_list_add(memory->arena, &memory->counters)->life = now(memory);
		memory->counters.items[memory->counters.count - 1].key =
			pd_strdup(memory->arena, plan->counters.items[i]);
		memory->counters.items[memory->counters.count - 1].at = commit->now;
	}
	for (size_t i = 0; i < plan->drafts.count; i++)
		put_draft(memory, &plan->drafts.items[i]);
	for (size_t i = 0; i < plan->letters.count; i++)
		put_letter(memory, plan->letters.items[i], commit->now);
	for (size_t i = 0; i < plan->records.count; i++)
		put_record(memory, &plan->records.items[i]);
	for (size_t i = 0; i < plan->stops.count; i++)
		pd_memory_stop_letters(memory, &plan->stops.items[i]);
	pthread_mutex_unlock(&memory->lock);
	return 0;
}

/* --- purging --- */

static void purge_event(struct pd_memory *memory, size_t index)
{
	struct pd_event event = memory->events.items[index].event;
	END_ROWS(memory, documents, memory->documents.items[row].event == event.id);
	bool is_shared = false;
	for (size_t i = 0; i < memory->events.count; i++)
		is_shared |= memory->events.items[i].event.message == event.message &&
			     memory->events.items[i].event.ticket != event.ticket &&
			     memory->events.items[i].life.until == 0;
	if (event.message != 0 && !is_shared)
		END_ROWS(memory, messages, memory->messages.items[row].stored.id == event.message);
	if (event.kind == PD_EVENT_MESSAGE && event.other != 0)
		END_ROWS(memory, messages, memory->messages.items[row].stored.id == event.other);
	memory->events.items[index].life.until = memory->writing;
	event.message = 0;
	event.why = NULL;
	struct pd_event copy = event;
	memset(&copy.changes, 0, sizeof copy.changes);
	for (size_t i = 0; i < event.changes.count; i++)
		*pd_list_add(memory->arena, &copy.changes) = event.changes.items[i];
	pd_event_redact(&copy);
	put_event(memory, &copy);
}

static void purge_ticket(struct pd_store *store, const struct pd_ticket *ticket, pd_time deleted_before)
{
	struct pd_memory *memory = pd_memory_of(store);
	const size_t count = memory->events.count;
	for (size_t i = 0; i < count; i++)
		if (memory->events.items[i].event.ticket == ticket->number && memory->events.items[i].life.until == 0)
			purge_event(memory, i);
	END_ROWS(memory, drafts, memory->drafts.items[row].draft.ticket == ticket->number);
	const struct pd_event tombstone = pd_event_tombstone(store, ticket->number, ticket->version, deleted_before);
	put_event(memory, &tombstone);
	const struct pd_agenda nothing = {0};
	pd_memory_put_agenda(memory, ticket->number, &nothing);
}

static pd_time entry_deleted_at(const struct pd_memory *memory, int64_t ticket, int64_t entry)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *id = pd_printf(arena, "%lld", (long long)entry);
	pd_time at = 0;
	for (size_t i = 0; i < memory->events.count; i++) {
		const struct pd_event *event = &memory->events.items[i].event;
		for (size_t n = 0; event->ticket == ticket && n < event->changes.count; n++)
			if (strcmp(event->changes.items[n].property, "entry_deleted") == 0 &&
			    pd_equal(event->changes.items[n].to, id) && event->at > at)
				at = event->at;
	}
	return at;
}

static bool is_drafted(const struct pd_memory *memory, int64_t message)
{
	bool is_kept = false;
	for (size_t i = 0; i < memory->drafts.count; i++)
		is_kept |= memory->drafts.items[i].life.until == 0 &&
			   memory->drafts.items[i].draft.message == message &&
			   memory->drafts.items[i].draft.state == PD_DRAFT_KEPT;
	return is_kept;
}

/* The message of a deleted entry goes, with all that names it. */
static void purge_entry(struct pd_memory *memory, const struct pd_event *entry)
{
	const size_t count = memory->events.count;
	const int64_t message = entry->message, ticket = entry->ticket;
	bool is_shared = false;
	if (entry->kind == PD_EVENT_MESSAGE && entry->other != 0)
		END_ROWS(memory, messages, memory->messages.items[row].stored.id == entry->other);
	for (size_t i = 0; i < count; i++) {
		struct pd_event event = memory->events.items[i].event;
		if (event.message != message || memory->events.items[i].life.until != 0)
			continue;
		is_shared |= event.ticket != ticket;
		if (event.ticket != ticket)
			continue;
		END_ROWS(memory, documents, memory->documents.items[row].event == event.id);
		memory->events.items[i].life.until = memory->writing;
		event.message = 0;
		put_event(memory, &event);
	}
	if (!is_shared)
		END_ROWS(memory, messages, memory->messages.items[row].stored.id == message);
}

static void purge_entries(struct pd_memory *memory, struct pd_purge_request *request, const struct pd_ticket *ticket)
{
	for (size_t n = 0; n < ticket->deleted_entries.count; n++) {
		const int64_t id = ticket->deleted_entries.items[n];
		const pd_time at = entry_deleted_at(memory, ticket->number, id);
		for (size_t i = 0; at != 0 && at < request->deleted_before && i < memory->events.count; i++) {
			const struct pd_event entry = memory->events.items[i].event;
			if (entry.id != id || memory->events.items[i].life.until != 0 || entry.message == 0 ||
			    is_drafted(memory, entry.message))
				continue;
			request->count++;
			purge_entry(memory, &entry);
			break;
		}
	}
}

int pd_memory_purge(struct pd_store *store, struct pd_purge_request *request, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	(void)error;
	PD_AUTO_ARENA arena = pd_arena_new();
	request->count = 0;
	pthread_mutex_lock(&memory->lock);
	for (int64_t number = 1; number <= atomic_load(&store->last_id[PD_ID_TICKET]); number++) {
		const struct pd_ticket *ticket =
			pd_memory_fold(memory, arena, number, memory->writing, INT64_MAX);
		if (ticket != NULL && ticket->merged_into == 0)
			purge_entries(memory, request, ticket);
		if (ticket == NULL || !ticket->is_deleted || ticket->updated >= request->deleted_before)
			continue;
		bool is_purged = false;
		for (size_t i = 0; i < memory->events.count; i++)
			is_purged |= memory->events.items[i].event.ticket == number &&
				     memory->events.items[i].event.kind == PD_EVENT_PURGED;
		if (is_purged)
			continue;
		request->count++;
		for (size_t i = 0; i < ticket->absorbed.count; i++)
			purge_ticket(store, pd_memory_fold(memory, arena, ticket->absorbed.items[i].ticket,
							   memory->writing, INT64_MAX),
				     request->deleted_before);
		purge_ticket(store, ticket, request->deleted_before);
	}
	pthread_mutex_unlock(&memory->lock);
	return 0;
}
