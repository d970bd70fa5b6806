/* What every backend asks of a plan: its bytes, its texts, whether its events follow each other.
 *
 * Pure (but for ids of tombstones); pd_plan_check fails with PD_TEMPORARY where a plan contradicts itself,
 * which no decision makes. */
#include "store/inside.h"

#include <string.h>

#include "base/text.h"
#include "desk/chat.h"
#include "desk/people.h"

bool pd_plan_is_empty(const struct pd_plan *plan)
{
	return plan->events.count == 0 && plan->messages.count == 0 && plan->contacts.count == 0 &&
	       plan->ids.count == 0 && plan->letters.count == 0 && plan->marks.count == 0 &&
	       plan->counters.count == 0 && plan->drafts.count == 0 && plan->agendas.count == 0 &&
	       plan->stops.count == 0 && plan->records.count == 0 && plan->claims.count == 0;
}

struct pd_bytes pd_planned_raw(const struct pd_commit *commit, const struct pd_planned_message *message)
{
	if (message->raw_is_delivery)
		return commit->raw != NULL ? (struct pd_bytes){commit->raw->data, commit->raw->size}
					   : (struct pd_bytes){0};
	for (size_t i = 0; message->raw_is_letter != 0 && i < commit->plan->letters.count; i++)
		if (commit->plan->letters.items[i]->id == message->raw_is_letter)
			return commit->plan->letters.items[i]->bytes;
	return message->raw;
}

static void add_person(struct pd_buf *people, const struct pd_address *address)
{
	if (address->addr == NULL || *address->addr == '\0')
		return;
	if (people->len > 0)
		pd_buf_addc(people, '\n');
	if (address->name != NULL && *address->name != '\0') {
		pd_buf_adds(people, address->name);
		pd_buf_addc(people, ' ');
	}
	pd_buf_adds(people, address->addr);
}

char *pd_stored_people(struct pd_arena *arena, const struct pd_stored *stored)
{
	PD_AUTO_BUF people = {0};
	add_person(&people, &stored->from);
	for (size_t i = 0; i < stored->to.count; i++)
		add_person(&people, &stored->to.items[i]);
	for (size_t i = 0; i < stored->cc.count; i++)
		add_person(&people, &stored->cc.items[i]);
	return pd_buf_string(arena, &people);
}

bool pd_event_text(const struct pd_event *event, const char **ret_name, const char **ret_description)
{
	*ret_name = *ret_description = NULL;
	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];
		if (strcmp(change->property, "name") == 0)
			*ret_name = change->to;
		else if (strcmp(change->property, "description") == 0)
			*ret_description = change->to;
		else if (strcmp(change->property, PD_PROPERTY_COMPANY) == 0 && *ret_description == NULL)
			*ret_description = change->to;
	}
	return *ret_name != NULL || *ret_description != NULL;
}

int pd_plan_check(struct pd_arena *arena, const struct pd_plan *plan, struct pd_error *error)
{
	int64_t *versions = pd_alloc_n(arena, plan->tickets.count, sizeof *versions);
	for (size_t i = 0; i < plan->tickets.count; i++)
		versions[i] = plan->tickets.items[i].base_version;
	for (size_t i = 0; i < plan->events.count; i++) {
		const struct pd_event *event = plan->events.items[i];
		size_t place;
		if (!pd_plan_place(plan, event->ticket, &place))
			return pd_fail(error, PD_TEMPORARY, "an event of the plan belongs to no ticket of it");
		if (event->version != ++versions[place])
			return pd_fail(error, PD_TEMPORARY, "the events of ticket %lld do not follow each other",
				       (long long)event->ticket);
	}
	for (size_t i = 0; i < plan->tickets.count; i++)
		if (versions[i] != plan->tickets.items[i].ticket->version)
			return pd_fail(error, PD_TEMPORARY, "ticket %lld is not what its events make of it",
				       (long long)plan->tickets.items[i].ticket->number);
	return 0;
}

char *pd_contact_people(struct pd_arena *arena, const struct pd_contact *contact)
{
	PD_AUTO_BUF people = {0};
	pd_buf_adds(&people, contact->name != NULL ? contact->name : "");
	for (size_t i = 0; i < contact->identities.count; i++) {
		pd_buf_addc(&people, '\n');
		pd_buf_adds(&people, contact->identities.items[i].value);
	}
	if (contact->company != NULL) {
		pd_buf_addc(&people, '\n');
		pd_buf_adds(&people, contact->company);
	}
	for (size_t i = 0; i < contact->details.count; i++) {
		const char *detail = contact->details.items[i];
		if (!pd_starts(detail, PD_DETAIL_MERGED " "))
			pd_buf_adds(&people, pd_printf(arena, "\n%s", detail + strcspn(detail, " ")));
	}
	return pd_buf_string(arena, &people);
}

const struct pd_planned_message *pd_plan_message_of(const struct pd_plan *plan, int64_t id)
{
	for (size_t i = 0; i < plan->messages.count; i++)
		if (plan->messages.items[i].stored.id == id)
			return &plan->messages.items[i];
	return NULL;
}

bool pd_plan_has_subject(const struct pd_plan *plan, int64_t ticket, const char *name)
{
	for (size_t i = 0; i < plan->events.count; i++) {
		const struct pd_event *event = plan->events.items[i];
		if (event->ticket != ticket || event->message == 0)
			continue;
		const struct pd_planned_message *message = pd_plan_message_of(plan, event->message);
		if (message != NULL && pd_equal(message->stored.subject, name))
			return true;
	}
	return false;
}

/* What a person wrote and who it was; the rest of an event is ids and names of the configuration. */
void pd_event_redact(struct pd_event *event)
{
	static const char *const texts[] = {"name", "description", "subject"};
	size_t kept = 0;
	for (size_t i = 0; i < event->changes.count; i++) {
		struct pd_change change = event->changes.items[i];
		if (strcmp(change.property, "participant") == 0 || strcmp(change.property, PD_PROPERTY_CHAT) == 0 ||
		    pd_starts(change.property, PD_RECORD_PREFIX PD_CHAT_RECORD ":") ||
		    pd_starts(change.property, PD_RECORD_PREFIX PD_CONTACT_RECORD ":"))
			continue;
		for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) {
			if (strcmp(change.property, texts[j]) == 0) {
				change.from = change.from != NULL ? "" : NULL;
				change.to = change.to != NULL ? "" : NULL;
			}
		}
		event->changes.items[kept++] = change;
	}
	event->changes.count = kept;
}

struct pd_event pd_event_tombstone(struct pd_store *store, int64_t ticket, int64_t version, pd_time at)
{
	return (struct pd_event){
		.id = atomic_fetch_add(&store->last_id[PD_ID_EVENT], 1) + 1,
		.ticket = ticket,
		.version = version + 1,
		.format = PD_EVENT_FORMAT,
		.at = at,
		.actor = "postdesk",
		.action = atomic_fetch_add(&store->last_id[PD_ID_ACTION], 1) + 1,
		.kind = PD_EVENT_PURGED,
	};
}
