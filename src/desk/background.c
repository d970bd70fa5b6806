/* What stands below the message of a notification: who the contact is and what was before (MISSION R9).
 *
 * The setting notify_shows of the agent, else of the agent's primary team, else of the mailbox says what, in
 * its order. Promises: what a ticket does not have takes no line. Cannot fail. */
#include "desk/notification.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/people.h"

enum { EARLIER_MAX = 5 };

struct background {
	struct pd_context *context;
	const struct pd_told *told;
	const struct pd_contact *contact; /* the ticket's first; NULL */
	const char *address;		  /* its first mail address; NULL */
	const char *language;
	struct pd_buf *out;
};

static const char *setting_for(const struct pd_context *context, const struct pd_told *told)
{
	const struct pd_team *team =
		told->agent->team != NULL ? pd_settings_team(context->settings, told->agent->team) : NULL;
	if (told->agent->notify_shows != NULL)
		return told->agent->notify_shows;
	if (team != NULL && team->notify_shows != NULL)
		return team->notify_shows;
	return pd_ticket_mailbox(context, told->ticket)->notify_shows;
}

static const struct pd_contact *first_contact(struct pd_context *context, const struct pd_ticket *ticket)
{
	return ticket->contacts.count > 0 ? pd_plan_contact_followed(context, ticket->contacts.items[0]) : NULL;
}

static void line(struct background *background, const char *title, const char *value)
{
	if (value != NULL && *value != '\0')
		pd_buf_addf(background->out, "%s: %s\n",
			    pd_say(background->context->arena, background->language, title, NULL), value);
}

static void write_contact(struct background *background)
{
	struct pd_arena *arena = background->context->arena;
	const struct pd_contact *contact = background->contact;
	if (contact == NULL)
		return;
	if (background->address != NULL) {
		const struct pd_address address = {.name = contact->name, .addr = background->address};
		line(background, N_("Contact"), pd_participant_value(arena, &address));
	} else {
		line(background, N_("Contact"), contact->name);
	}
	for (size_t i = 0; i < contact->identities.count; i++)
		if (strcmp(contact->identities.items[i].kind, "phone") == 0)
			line(background, N_("Phone"), contact->identities.items[i].value);
}

/* The contact's other tickets, the newest first. */
static void write_earlier(struct background *background)
{
	struct pd_context *context = background->context;
	struct pd_query *query;
	size_t shown = 0;
	if (background->address == NULL || strpbrk(background->address, "\"\\*") != NULL ||
	    pd_query_parse(context->arena, context->settings,
			   pd_printf(context->arena, "contact:\"%s\"", background->address), NULL,
			   context->now, &query, NULL) != 0)
		return;
	struct pd_tickets found =
		context->desk->list(context->desk, context->arena, query, "-number", EARLIER_MAX + 1, 0);
	for (size_t i = 0; i < found.count && shown < EARLIER_MAX; i++) {
		const struct pd_ticket *ticket = found.items[i];
		if (ticket->number == background->told->ticket->number ||
		    !pd_may_see(context->settings, background->told->agent, ticket))
			continue;
		if (shown++ == 0)
			pd_buf_addf(background->out, "%s\n",
				    pd_say(context->arena, background->language, "Earlier:", NULL));
		pd_buf_addf(background->out, "  #%lld  %s  %s\n", (long long)ticket->number, ticket->status,
			    ticket->name);
	}
}

static void write_property(struct background *background, const char *name)
{
	struct pd_context *context = background->context;
	const char *value = pd_ticket_get(context->arena, background->told->ticket, name);
	if (value != NULL && *value != '\0')
		line(background, name, pd_value_words(context, name, value));
}

void pd_background_write(struct pd_context *context, const struct pd_told *told, struct pd_buf *out)
{
	const char *shows = setting_for(context, told);
	struct background background = {.context = context,
					.told = told,
					.out = out,
					.language = pd_agent_language(context, told->agent)};
	if (shows == NULL)
		return;
	background.contact = first_contact(context, told->ticket);
	background.address = background.contact != NULL ? pd_contact_address(background.contact) : NULL;
	struct pd_strings parts = pd_split(context->arena, shows, ';');
	for (size_t i = 0; i < parts.count; i++) {
		if (strcmp(parts.items[i], "contact") == 0)
			write_contact(&background);
		else if (strcmp(parts.items[i], "company") == 0)
			line(&background, N_("Company"), pd_ticket_company(told->ticket, background.contact));
		else if (strcmp(parts.items[i], "earlier") == 0)
			write_earlier(&background);
		else if (strcmp(parts.items[i], "properties") == 0)
			for (size_t p = 0; p < told->ticket->properties.count; p++)
				write_property(&background, told->ticket->properties.items[p].property);
		else
			write_property(&background, parts.items[i]);
	}
}
