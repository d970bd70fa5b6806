/* Contacts: their records, how they are found, made, corrected and merged.
 *
 * Promises: a contact has no identity twice, and no two that stand for themselves share one; what a merge moves is an
 * event on each ticket. Cannot fail; a failed snapshot sticks. */
#include "desk/people.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/command.h"
#include "desk/company.h"
#include "desk/timeline.h"

static const char *const identity_kinds[] = {"mail", "phone", "xmpp"};

static bool is_identity(const char *key)
{
	for (size_t i = 0; i < sizeof identity_kinds / sizeof *identity_kinds; i++)
		if (strcmp(key, identity_kinds[i]) == 0)
			return true;
	return false;
}

/* --- what is known --- */

const char *pd_contact_identity(const struct pd_contact *contact, const char *kind)
{
	for (size_t i = 0; i < contact->identities.count; i++)
		if (strcmp(contact->identities.items[i].kind, kind) == 0)
			return contact->identities.items[i].value;
	return NULL;
}

const char *pd_contact_address(const struct pd_contact *contact)
{
	return pd_contact_identity(contact, "mail");
}

const char *pd_contact_words(const struct pd_contact *contact)
{
	if (contact->name != NULL && *contact->name != '\0')
		return contact->name;
	return contact->identities.count > 0 ? contact->identities.items[0].value : "";
}

struct pd_strings pd_details(struct pd_arena *arena, const struct pd_strings *details, const char *key)
{
	struct pd_strings values = {0};
	const size_t len = strlen(key);
	for (size_t i = 0; i < details->count; i++)
		if (pd_starts(details->items[i], key) && details->items[i][len] == ' ')
			*pd_list_add(arena, &values) = details->items[i] + len + 1;
	return values;
}

int64_t pd_contact_merged(const struct pd_contact *contact)
{
	for (size_t i = 0; i < contact->details.count; i++)
		if (pd_starts(contact->details.items[i], PD_DETAIL_MERGED " "))
			return strtoll(contact->details.items[i] + strlen(PD_DETAIL_MERGED " "), NULL, 10);
	return 0;
}

/* --- records --- */

/* `name` is the first line; further names are details of the key "name". */
char *pd_contact_value(struct pd_arena *arena, const struct pd_contact *contact)
{
	PD_AUTO_BUF out = {0};
	pd_buf_addf(&out, "%s\n", contact->name != NULL ? contact->name : "");
	for (size_t i = 0; i < contact->identities.count; i++)
		pd_buf_addf(&out, "%s %s\n", contact->identities.items[i].kind, contact->identities.items[i].value);
	if (contact->company != NULL)
		pd_buf_addf(&out, "company %s\n", contact->company);
	for (size_t i = 0; i < contact->details.count; i++)
		pd_buf_addf(&out, "%s\n", contact->details.items[i]);
	return pd_buf_string(arena, &out);
}

struct pd_contact *pd_contact_parse(struct pd_arena *arena, int64_t id, const char *value)
{
	struct pd_contact *contact = PD_NEW(arena, struct pd_contact);
	struct pd_strings lines = pd_lines(arena, value);
	contact->id = id;
	contact->name = lines.count > 0 ? lines.items[0] : "";
	for (size_t i = 1; i < lines.count; i++) {
		const char *blank = strchr(lines.items[i], ' ');
		const char *key = blank != NULL ? pd_strndup(arena, lines.items[i], (size_t)(blank - lines.items[i])) : "";
		if (is_identity(key))
			*pd_list_add(arena, &contact->identities) = (struct pd_identity){.kind = key, .value = blank + 1};
		else if (strcmp(key, "company") == 0)
			contact->company = blank + 1;
		else if (*key != '\0')
			*pd_list_add(arena, &contact->details) = lines.items[i];
	}
	return contact;
}

/* --- identities --- */

bool pd_identity_parse(struct pd_arena *arena, const char *text, struct pd_identity *ret_identity)
{
	unsigned long long id;
	const char *clean = pd_trim(arena, text);
	if (pd_starts_nocase(clean, "id:") && pd_number(clean + 3, INT64_MAX, &id)) {
		*ret_identity = (struct pd_identity){.kind = "id", .value = clean + 3};
		return true;
	}
	if (pd_starts_nocase(clean, "xmpp:") && strchr(clean, '@') != NULL) {
		*ret_identity = (struct pd_identity){.kind = "xmpp",
						     .value = pd_lower_ascii(arena, clean + strlen("xmpp:"))};
		return true;
	}
	const char *phone = pd_phone(arena, clean);
	if (phone != NULL) {
		*ret_identity = (struct pd_identity){.kind = "phone", .value = phone};
		return true;
	}
	clean = pd_starts_nocase(clean, "mailto:") ? clean + strlen("mailto:") : clean;
	const char *at = strchr(clean, '@');
	if (at == NULL || at == clean || at[1] == '\0' || strpbrk(clean, " \t<>\",;=") != NULL || strchr(at + 1, '@') != NULL)
		return false;
	*ret_identity = (struct pd_identity){.kind = "mail", .value = pd_lower_ascii(arena, clean)};
	return true;
}

static bool has_identity(const struct pd_contact *contact, const struct pd_identity *identity)
{
	for (size_t i = 0; i < contact->identities.count; i++)
		if (strcmp(contact->identities.items[i].kind, identity->kind) == 0 &&
		    strcmp(contact->identities.items[i].value, identity->value) == 0)
			return true;
	return false;
}

/* --- in the plan --- */

static struct pd_planned_contact *planned(struct pd_context *context, int64_t id)
{
	for (size_t i = 0; i < context->plan->contacts.count; i++)
		if (context->plan->contacts.items[i].contact.id == id)
			return &context->plan->contacts.items[i];
	return NULL;
}

const struct pd_contact *pd_plan_contact_by_id(struct pd_context *context, int64_t id)
{
	const struct pd_planned_contact *found = planned(context, id);
	return found != NULL ? &found->contact : context->desk->contact(context->desk, context->arena, id);
}

const struct pd_contact *pd_plan_contact_followed(struct pd_context *context, int64_t id)
{
	const struct pd_contact *contact = pd_plan_contact_by_id(context, id);
	for (int hops = 0; contact != NULL && pd_contact_merged(contact) != 0 && hops < 32; hops++)
		contact = pd_plan_contact_by_id(context, pd_contact_merged(contact));
	return contact;
}

static const struct pd_contact *contact_spelt(struct pd_context *context, const struct pd_identity *identity)
{
	for (size_t i = 0; i < context->plan->contacts.count; i++) {
		const struct pd_contact *contact = &context->plan->contacts.items[i].contact;
		if (pd_contact_merged(contact) == 0 && has_identity(contact, identity))
			return contact;
	}
	const struct pd_contact *known =
		context->desk->contact_of(context->desk, context->arena, identity->kind, identity->value);
	/* The plan may have taken the identity from it. */
	return known != NULL && planned(context, known->id) == NULL ? known : NULL;
}

const struct pd_contact *pd_plan_contact_of(struct pd_context *context, const struct pd_identity *identity)
{
	if (strcmp(identity->kind, "id") == 0)
		return pd_plan_contact_followed(context, strtoll(identity->value, NULL, 10));
	const struct pd_contact *known = contact_spelt(context, identity);
	const char *other = known == NULL && strcmp(identity->kind, "phone") == 0
				    ? pd_phone_elsewhere(context->arena, context->settings, identity->value)
				    : NULL;
	return other != NULL ? contact_spelt(context, &(struct pd_identity){.kind = "phone", .value = other}) : known;
}

const struct pd_contact *pd_plan_new_contact(struct pd_context *context, const struct pd_identity *identity,
					     const char *name)
{
	struct pd_planned_contact *made = pd_list_add(context->arena, &context->plan->contacts);
	made->is_new = true;
	made->contact.id = context->desk->new_id(context->desk, PD_ID_CONTACT);
	made->contact.name = name;
	*pd_list_add(context->arena, &made->contact.identities) = *identity;
	if (strcmp(identity->kind, "mail") == 0)
		made->contact.company = pd_plan_company_of(context, identity->value);
	return &made->contact;
}

const struct pd_contact *pd_plan_contact(struct pd_context *context, const struct pd_address *address)
{
	const struct pd_identity identity = {.kind = "mail", .value = pd_lower_ascii(context->arena, address->addr)};
	const char *name = address->name != NULL ? address->name : "";
	const struct pd_contact *known = pd_plan_contact_of(context, &identity);
	if (known == NULL)
		return pd_plan_new_contact(context, &identity, name);
	if (*name == '\0' || *known->name != '\0')
		return known;
	/* The first name that is told is taken; which is no correction that anybody made. */
	struct pd_planned_contact *better = planned(context, known->id);
	if (better == NULL) {
		better = pd_list_add(context->arena, &context->plan->contacts);
		better->contact = *known;
	} else {
		pd_plan_keep_contact(context, better);
	}
	better->contact.name = name;
	return &better->contact;
}

void pd_plan_note_contact(struct pd_context *context, const struct pd_change *change)
{
	static const char prefix[] = PD_RECORD_PREFIX PD_CONTACT_RECORD ":";
	if (!pd_starts(change->property, prefix) || change->to == NULL)
		return;
	int64_t id = strtoll(change->property + strlen(prefix), NULL, 10);
	struct pd_planned_contact *place = planned(context, id);
	if (place == NULL)
		place = pd_list_add(context->arena, &context->plan->contacts);
	else
		pd_plan_keep_contact(context, place);
	place->contact = *pd_contact_parse(context->arena, id, change->to);
}

void pd_plan_set_contact(struct pd_context *context, struct pd_ticket *home, const struct pd_contact *contact,
			 const char *why)
{
	(void)pd_plan_set_record(context, home, PD_CONTACT_RECORD,
				 pd_printf(context->arena, "%lld", (long long)contact->id),
				 pd_contact_value(context->arena, contact), why);
}

/* --- tickets of contacts --- */

struct pd_tickets pd_tickets_of(struct pd_context *context, struct pd_query *query, size_t limit)
{
	struct pd_query all = {.op = PD_QUERY_ALL};
	struct pd_query deleted = {.op = PD_QUERY_FIELD, .field = "is", .value = "deleted", .kind = -1};
	struct pd_query any = {.op = PD_QUERY_OR, .left = &all, .right = &deleted};
	struct pd_query both = {.op = PD_QUERY_AND, .left = query, .right = &any};
	return context->desk->list(context->desk, context->arena, &both, "number", limit, 0);
}

struct pd_tickets pd_contact_tickets(struct pd_context *context, int64_t contact)
{
	struct pd_query who = {.op = PD_QUERY_FIELD, .field = PD_FIELD_CONTACT_ID, .number = contact, .kind = -1, .value = ""};
	return pd_tickets_of(context, &who, SIZE_MAX / 2);
}

/* Did anybody but the agent bring the contact to the ticket: the contact itself, who wrote, or another? */
static bool is_brought_by_others(struct pd_context *context, const struct pd_agent *agent, const struct pd_ticket *ticket,
				 int64_t contact)
{
	const char *id = pd_printf(context->arena, "%lld", (long long)contact);
	struct pd_entries entries = pd_timeline(context->desk, context->arena, ticket);
	for (size_t i = 0; i < entries.count; i++) {
		const struct pd_event *event = &entries.items[i].event;
		bool is_own = pd_starts(event->actor, "agent:") && strcmp(event->actor + strlen("agent:"), agent->name) == 0;
		if (pd_starts(event->actor, "contact:") && strcmp(event->actor + strlen("contact:"), id) == 0)
			return true;
		for (size_t n = 0; !is_own && n < event->changes.count; n++)
			if (strcmp(event->changes.items[n].property, "contact") == 0 &&
			    pd_equal(event->changes.items[n].to, id))
				return true;
	}
	return false;
}

bool pd_may_see_contact(struct pd_context *context, const struct pd_agent *agent, int64_t contact)
{
	if (agent == NULL || pd_sees_all(context->settings, agent))
		return true;
	struct pd_tickets tickets = pd_contact_tickets(context, contact);
	size_t seen = 0;
	for (size_t i = 0; i < tickets.count; i++)
		seen += pd_may_see(context->settings, agent, tickets.items[i]);
	if (seen == tickets.count)
		return true;
	for (size_t i = 0; seen > 0 && i < tickets.count; i++)
		if (pd_may_see(context->settings, agent, tickets.items[i]) &&
		    is_brought_by_others(context, agent, tickets.items[i], contact))
			return true;
	return false;
}

static bool is_record_of_people(const char *property)
{
	static const char *const kinds[] = {PD_CONTACT_RECORD, PD_COMPANY_RECORD, PD_DOMAIN_RECORD};
	if (!pd_property_is_record(property))
		return false;
	const char *kind = property + strlen(PD_RECORD_PREFIX);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (pd_starts(kind, kinds[i]) && kind[strlen(kinds[i])] == ':')
			return true;
	return false;
}

bool pd_action_is_of_people(struct pd_context *context, int64_t action)
{
	struct pd_entries entries = context->desk->action(context->desk, context->arena, action);
	bool has_any = false;
	for (size_t i = 0; i < entries.count; i++) {
		const struct pd_event *event = &entries.items[i].event;
		const struct pd_ticket *ticket = pd_plan_ticket(context, event->ticket);
		/* The ticket that collects such commands may have been made for the first. */
		if (event->kind == PD_EVENT_CREATED && ticket != NULL && ticket->is_automatic)
			continue;
		if (event->kind != PD_EVENT_SET && event->kind != PD_EVENT_UNDO)
			return false;
		for (size_t n = 0; n < event->changes.count; n++) {
			const char *property = event->changes.items[n].property;
			bool is_record = is_record_of_people(property);
			has_any |= is_record;
			if (!is_record && strcmp(property, "contact") != 0 && strcmp(property, PD_PROPERTY_COMPANY) != 0)
				return false;
		}
	}
	return has_any;
}

/* What the contact that stays has of both. */
static struct pd_contact joined(struct pd_arena *arena, const struct pd_contact *from, const struct pd_contact *into)
{
	struct pd_contact all = {.id = into->id, .name = into->name, .company = into->company};
	for (size_t i = 0; i < into->identities.count; i++)
		*pd_list_add(arena, &all.identities) = into->identities.items[i];
	for (size_t i = 0; i < into->details.count; i++)
		*pd_list_add(arena, &all.details) = into->details.items[i];
	for (size_t i = 0; i < from->identities.count; i++)
		if (!has_identity(&all, &from->identities.items[i]))
			*pd_list_add(arena, &all.identities) = from->identities.items[i];
	for (size_t i = 0; i < from->details.count; i++)
		pd_strings_add_once(arena, &all.details, from->details.items[i]);
	if (all.name == NULL || *all.name == '\0')
		all.name = from->name;
	else if (from->name != NULL && *from->name != '\0' && !pd_equal_nocase(from->name, all.name))
		pd_strings_add_once(arena, &all.details, pd_printf(arena, PD_DETAIL_NAME " %s", from->name));
	if (all.company == NULL)
		all.company = from->company;
	return all;
}

int64_t pd_plan_merge_contacts(struct pd_context *context, struct pd_ticket *home, int64_t from, int64_t into,
			       const char *why)
{
	struct pd_arena *arena = context->arena;
	const struct pd_contact *gone = pd_plan_contact_by_id(context, from), *kept = pd_plan_contact_by_id(context, into);
	struct pd_tickets tickets = pd_contact_tickets(context, from);
	for (size_t i = 0; context->agent != NULL && i < tickets.count; i++)
		if (!pd_may_see(context->settings, context->agent, tickets.items[i]))
			return -1;
	struct pd_contact all = joined(arena, gone, kept), merged = *gone;
	memset(&merged.details, 0, sizeof merged.details);
	for (size_t i = 0; i < gone->details.count; i++)
		*pd_list_add(arena, &merged.details) = gone->details.items[i];
	*pd_list_add(arena, &merged.details) = pd_printf(arena, PD_DETAIL_MERGED " %lld", (long long)into);
	pd_plan_set_contact(context, home, &merged, why);
	pd_plan_set_contact(context, home, &all, why);
	const char *old = pd_printf(arena, "%lld", (long long)from), *new = pd_printf(arena, "%lld", (long long)into);
	int64_t count = 0;
	for (size_t i = 0; i < context->plan->tickets.count; i++) { /* those that this plan has given it */
		struct pd_ticket *ticket = context->plan->tickets.items[i].ticket;
		count += pd_plan_replace_contact(context, ticket, old, new, why) != NULL;
	}
	for (size_t i = 0; i < tickets.count; i++) {
		struct pd_ticket *ticket = pd_plan_ticket(context, tickets.items[i]->number);
		if (ticket != NULL)
			count += pd_plan_replace_contact(context, ticket, old, new, why) != NULL;
	}
	return count;
}
