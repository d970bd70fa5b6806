/* Placeholders: see placeholder.h.
 *
 * Promises: a contact is told no agent's address, since no placeholder has it (invariant 4); values are never searched for
 * placeholders; what has no value is named, and never an empty hole. Cannot fail. */
#include "desk/placeholder.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/find.h"
#include "desk/letters.h"
#include "desk/people.h"
#include "desk/when.h"

#define NAME_MAX_LEN 100

/* --- values; "": there is none --- */

static const struct pd_contact *contact_of(const struct pd_placeholders *values)
{
	struct pd_context *context = values->context;
	const struct pd_ticket *ticket = values->ticket;
	if (values->contact != NULL && *values->contact->addr != '\0') {
		const struct pd_identity identity = {.kind = "mail",
						     .value = pd_lower_ascii(context->arena, values->contact->addr)};
		const struct pd_contact *found = pd_plan_contact_of(context, &identity);
		if (found != NULL)
			return found;
	}
	return ticket != NULL && ticket->contacts.count > 0
		       ? pd_plan_contact_followed(context, ticket->contacts.items[0])
		       : NULL;
}

static const char *contact_name(const struct pd_placeholders *values)
{
	const struct pd_contact *contact = contact_of(values);
	if (contact != NULL && contact->name != NULL && *contact->name != '\0')
		return contact->name;
	return values->contact != NULL && values->contact->name != NULL ? values->contact->name : "";
}

/* The first word of a name, or what follows it; "Virtanen, Anna" has its first name last. */
static const char *part_of(struct pd_arena *arena, const char *name, bool is_first)
{
	const char *comma = strchr(name, ',');
	size_t len = comma != NULL ? (size_t)(comma - name) : strcspn(name, " ");
	const char *before = pd_trim(arena, pd_strndup(arena, name, len));
	const char *after = name[len] != '\0' ? pd_trim(arena, name + len + 1) : "";
	return is_first == (comma == NULL) ? before : after;
}

static const char *contact_value(const struct pd_placeholders *values, const char *name)
{
	struct pd_arena *arena = values->context->arena;
	const struct pd_contact *contact = contact_of(values);
	if (strcmp(name, "name") == 0)
		return contact_name(values);
	if (strcmp(name, "first_name") == 0 || strcmp(name, "last_name") == 0)
		return part_of(arena, contact_name(values), *name == 'f');
	if (strcmp(name, "company") == 0)
		return values->ticket != NULL && pd_ticket_company(values->ticket, contact) != NULL
			       ? pd_ticket_company(values->ticket, contact)
			       : "";
	if (strcmp(name, "address") == 0) {
		const char *own = contact != NULL ? pd_contact_address(contact) : NULL;
		return values->contact != NULL && *values->contact->addr != '\0' ? values->contact->addr
		       : own != NULL						   ? own
											   : "";
	}
	if (strcmp(name, "phone") != 0)
		return NULL;
	for (size_t i = 0; contact != NULL && i < contact->identities.count; i++)
		if (strcmp(contact->identities.items[i].kind, "phone") == 0)
			return contact->identities.items[i].value;
	return "";
}

static const char *ticket_value(const struct pd_placeholders *values, const char *name)
{
	static const char *const known[] = {"number", "name", "status", "priority", "category", "description", NULL};
	struct pd_context *context = values->context;
	bool is_known = pd_find_property(context->settings, name) != NULL;
	for (size_t i = 0; known[i] != NULL; i++)
		is_known |= strcmp(known[i], name) == 0;
	if (!is_known)
		return NULL;
	if (values->ticket == NULL)
		return "";
	if (strcmp(name, "number") == 0)
		return pd_printf(context->arena, "%lld", (long long)values->ticket->number);
	const char *value = pd_ticket_get(context->arena, values->ticket, name);
	return value != NULL && *value != '\0' ? pd_value_words(context, name, value) : "";
}

/* NULL: there is no such placeholder. */
static const char *value_of(const struct pd_placeholders *values, const char *name)
{
	struct pd_context *context = values->context;
	const struct pd_mailbox *mailbox = pd_ticket_mailbox(context, values->ticket);
	if (pd_starts(name, "contact."))
		return contact_value(values, name + strlen("contact."));
	if (pd_starts(name, "ticket."))
		return ticket_value(values, name + strlen("ticket."));
	if (strcmp(name, "agent.name") == 0)
		return context->agent != NULL ? context->agent->full_name : "";
	if (strcmp(name, "agent.first_name") == 0)
		return context->agent != NULL ? part_of(context->arena, context->agent->full_name, true) : "";
	if (strcmp(name, "mailbox.name") == 0 || strcmp(name, "mailbox") == 0)
		return mailbox->full_name;
	if (strcmp(name, "mailbox.address") == 0)
		return mailbox->addresses.items[0];
	if (strcmp(name, "date") == 0)
		return pd_when_date(context->arena, values->language,
				    pd_calendars_zone(context->settings->calendars), context->now);
	if (strcmp(name, "number") == 0)
		return values->ticket != NULL
			       ? pd_printf(context->arena, "#%lld", (long long)values->ticket->number)
			       : "";
	if (strcmp(name, "name") == 0)
		return contact_name(values);
	if (strcmp(name, "subject") == 0)
		return values->ticket != NULL ? values->ticket->name : "";
	return NULL;
}

/* --- texts --- */

/* A placeholder at the start of the text: its name, folded, what is said without a value (NULL: nothing may be) and how
 * long it is. 0: there is none. */
static size_t read_placeholder(struct pd_arena *arena, const char *text, const char **ret_name, const char **ret_else)
{
	size_t len = strcspn(text, "}\n");
	if (*text != '{' || !g_ascii_isalpha(text[1]) || text[len] != '}' || len > NAME_MAX_LEN)
		return 0;
	const char *inner = pd_strndup(arena, text + 1, len - 1), *bar = strchr(inner, '|');
	*ret_else = bar != NULL ? bar + 1 : NULL;
	*ret_name = pd_trim(arena, pd_fold(arena, bar != NULL ? pd_strndup(arena, inner, (size_t)(bar - inner)) : inner));
	return len + 1;
}

char *pd_placeholders_fill(const struct pd_placeholders *values, const char *text, struct pd_strings *ret_missing)
{
	struct pd_arena *arena = values->context->arena;
	PD_AUTO_BUF out = {0};
	while (*text != '\0') {
		const char *name, *otherwise;
		size_t len = read_placeholder(arena, text, &name, &otherwise);
		if (len == 0) {
			pd_buf_addc(&out, *text);
			text += *text == '{' && text[1] == '{' ? 2 : 1;
			continue;
		}
		const char *value = value_of(values, name);
		if (value != NULL && *value != '\0')
			pd_buf_adds(&out, value);
		else if (otherwise != NULL)
			pd_buf_adds(&out, otherwise);
		else
			pd_strings_add_once(arena, ret_missing, pd_strndup(arena, text, len));
		text += len;
	}
	return pd_buf_string(arena, &out);
}

struct pd_strings pd_placeholders_unknown(struct pd_arena *arena, const struct pd_settings *settings, const char *text)
{
	struct pd_strings unknown = {0};
	struct pd_context context = {.arena = arena, .settings = settings};
	struct pd_placeholders values = {.context = &context, .language = "en"};
	for (; *text != '\0' && settings->mailboxes.count > 0; text++) {
		const char *name, *otherwise;
		if (*text == '{' && text[1] == '{')
			text++;
		else if (read_placeholder(arena, text, &name, &otherwise) > 0 && value_of(&values, name) == NULL)
			pd_strings_add_once(arena, &unknown, name);
	}
	return unknown;
}
