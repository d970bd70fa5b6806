/* Which answers may have changed since a snapshot, so that a commit asks again only for those.
 *
 * Each question has a place in a table by its hash, and there stands the last group that may have changed the
 * answer. Questions that share a place are asked again for nothing, which is rare and harmless; so is a group that
 * was rolled back.
 *
 * Promises: where pd_noted_is_same says true, no group after the snapshot's wrote what the answer depends on. What
 * is written other than by a plan changes everything. Fails: never. */
#include "store/inside.h"

#include <string.h>

static const unsigned char place_key[16] = "postdesk changes";

static _Atomic uint64_t *place_of(struct pd_store *store, enum pd_reading_kind kind, int64_t number, const char *a,
				  const char *b)
{
	char text[512];
	const size_t len_a = a != NULL ? strlen(a) : 0, len_b = b != NULL ? strlen(b) : 0;
	size_t len = sizeof number;
	memcpy(text, &number, sizeof number);
	text[len++] = (char)kind;
	/* Of long texts the beginnings: others may share their place. */
	for (size_t i = 0; i < len_a && len < sizeof text / 2; i++)
		text[len++] = a[i];
	text[len++] = '\0';
	for (size_t i = 0; i < len_b && len < sizeof text; i++)
		text[len++] = b[i];
	return &store->noted[pd_siphash(place_key, text, len) % PD_NOTED];
}

static void note(struct pd_store *store, enum pd_reading_kind kind, int64_t number, const char *a, const char *b)
{
	atomic_store(place_of(store, kind, number, a, b), atomic_load(&store->committed) + 1);
}

void pd_noted_all(struct pd_store *store)
{
	atomic_store(&store->noted_all, atomic_load(&store->committed) + 1);
}

static void note_contact(struct pd_store *store, const struct pd_planned_contact *planned)
{
	const struct pd_contact *contact = &planned->contact;
	if (!planned->is_new) { /* it may have lost identities that the plan does not name */
		pd_noted_all(store);
		return;
	}
	note(store, PD_READ_CONTACT, contact->id, NULL, NULL);
	for (size_t i = 0; i < contact->identities.count; i++)
		note(store, PD_READ_CONTACT_OF, 0, contact->identities.items[i].kind,
		     contact->identities.items[i].value);
}

/* A plan's events are of an action or two, which follow each other. */
static void note_event(struct pd_store *store, const struct pd_event *event, const struct pd_event *before)
{
	note(store, PD_READ_TICKET, event->ticket, NULL, NULL);
	if (before == NULL || before->action != event->action)
		note(store, PD_READ_ACTION, event->action, NULL, NULL);
}

void pd_noted_plan(struct pd_store *store, const struct pd_plan *plan)
{
	for (size_t i = 0; i < plan->tickets.count; i++)
		note(store, PD_READ_TICKET, plan->tickets.items[i].ticket->number, NULL, NULL);
	for (size_t i = 0; i < plan->events.count; i++)
		note_event(store, plan->events.items[i], i > 0 ? plan->events.items[i - 1] : NULL);
	for (size_t i = 0; i < plan->contacts.count; i++)
		note_contact(store, &plan->contacts.items[i]);
	for (size_t i = 0; i < plan->ids.count; i++)
		note(store, PD_READ_MESSAGE_ID, 0, plan->ids.items[i].message_id, NULL);
	for (size_t i = 0; i < plan->marks.count; i++)
		note(store, PD_READ_MARK, 0, plan->marks.items[i].key, NULL);
	for (size_t i = 0; i < plan->counters.count; i++)
		note(store, PD_READ_COUNTER, 0, plan->counters.items[i], NULL);
}

bool pd_noted_is_same(struct pd_store *store, uint64_t since, const struct pd_reading *reading)
{
	if (atomic_load(&store->noted_all) > since)
		return false;
	switch (reading->kind) {
	case PD_READ_TICKET:
	case PD_READ_ACTION:
	case PD_READ_CONTACT:
	case PD_READ_CONTACT_OF:
	case PD_READ_MESSAGE_ID:
	case PD_READ_MARK:
	case PD_READ_COUNTER:
		return atomic_load(place_of(store, reading->kind, reading->number, reading->a, reading->b)) <= since;
	default:
		return false;
	}
}
