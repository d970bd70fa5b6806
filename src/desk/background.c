/* What stands below the message of a notification: who the contact is and what was before (MISSION R9).
 *
 * The setting notify_shows of the agent, else of the agent's primary team, else of the mailbox says what, in
 * its order. Promises: what a ticket does not have takes no line. Cannot fail. */
#include "desk/notification.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/when.h"
#include "desk/due.h"
#include "desk/find.h"
#include "desk/links.h"
#include "desk/people.h"

enum { EARLIER_MAX = 5, EARLIER_LOOKED_AT = 50 };

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
		pd_buf_addf(background->out, "%s\n",
			    pd_say(background->context->arena, background->language, "{name}: {value}", "name",
				   pd_say(background->context->arena, background->language, title, NULL), "value", value,
				   NULL));
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
	struct pd_strings names = pd_details(arena, &contact->details, PD_DETAIL_NAME), others = {0};
	for (size_t i = 0; i < contact->identities.count; i++) {
		const struct pd_identity *identity = &contact->identities.items[i];
		if (strcmp(identity->kind, "phone") == 0)
			line(background, N_("Phone"), identity->value);
		else if (identity->value != background->address)
			*pd_list_add(arena, &others) = identity->value;
	}
	for (size_t i = 0; i < names.count; i++)
		*pd_list_add(arena, &others) = names.items[i];
	line(background, N_("Also known as"), pd_strings_join(arena, &others, ", "));
}

/* Somebody new has none. */
static struct pd_tickets tickets_of(struct pd_context *context, int64_t contact)
{
	struct pd_query of = {.op = PD_QUERY_FIELD, .field = PD_FIELD_CONTACT_ID, .number = contact, .value = "", .kind = -1};
	for (size_t i = 0; i < context->plan->contacts.count; i++)
		if (context->plan->contacts.items[i].is_new && context->plan->contacts.items[i].contact.id == contact)
			return (struct pd_tickets){0};
	if (context->earlier_of != contact) {
		context->earlier_of = contact;
		context->earlier = context->desk->list(context->desk, context->arena, &of, "-number", EARLIER_LOOKED_AT, 0);
	}
	return context->earlier;
}

/* The contact's other tickets, closed ones too, the newest first; no automatic mail. */
static void write_earlier(struct background *background)
{
	struct pd_context *context = background->context;
	size_t shown = 0;
	if (background->contact == NULL)
		return;
	const struct pd_tickets found = tickets_of(context, background->contact->id);
	for (size_t i = 0; i < found.count && shown < EARLIER_MAX; i++) {
		const struct pd_ticket *ticket = found.items[i];
		if (pd_ticket_includes(background->told->ticket, ticket->number) || ticket->is_automatic ||
		    !pd_may_see(context->settings, background->told->agent, ticket))
			continue;
		if (shown++ == 0)
			pd_buf_addf(background->out, "%s\n",
				    pd_say(context->arena, background->language, "Earlier:", NULL));
		pd_buf_addf(background->out, "  #%lld  %.10s  %s  %s\n", (long long)ticket->number,
			    pd_time_rfc3339(context->arena, ticket->updated), ticket->status, ticket->name);
	}
}

static void add_links(struct pd_arena *arena, struct pd_strings *values, const struct pd_strings *details)
{
	struct pd_strings links = pd_details(arena, details, "link");
	for (size_t i = 0; i < links.count; i++)
		pd_strings_add_once(arena, values, links.items[i]);
}

/* Of the ticket, its contact and its company. */
static void write_records(struct background *background)
{
	struct pd_context *context = background->context;
	struct pd_strings values = {0};
	const char *name = pd_ticket_company(background->told->ticket, background->contact);
	struct pd_company company;
	for (size_t i = 0; i < background->told->ticket->links.count; i++)
		*pd_list_add(context->arena, &values) = background->told->ticket->links.items[i];
	if (background->contact != NULL)
		add_links(context->arena, &values, &background->contact->details);
	if (name != NULL && pd_plan_company(context, name, &company))
		add_links(context->arena, &values, &company.details);
	for (size_t i = 0; i < values.count; i++) {
		struct pd_link link;
		if (pd_link_parse(context->arena, values.items[i], &link) && strcmp(link.kind, "entry") != 0)
			line(background, N_("Link"), pd_link_words(context->arena, context->settings, &link));
	}
}

/* A time of the ticket's own as the reader's clock shows it; NULL: it is none. */
static const char *time_words(struct background *background, const char *name, const char *value)
{
	static const char *const times[] = {"created", "updated", "closed", "snoozed"};
	struct pd_context *context = background->context;
	pd_time at;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (strcmp(name, times[i]) == 0 && pd_time_parse(value, &at))
			return pd_when_text(
				context->arena, background->language,
				pd_when_place_of(context->settings, background->told->agent, context->now).zone, at);
	return NULL;
}

static void write_property(struct background *background, const char *name)
{
	static const char *const always[] = {"owner", "priority", "status"};
	struct pd_context *context = background->context;
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		if (strcmp(name, always[i]) == 0)
			return; /* it stands there whatever is set */
	const char *value = pd_ticket_get(context->arena, background->told->ticket, name);
	const struct pd_group *group = pd_find_property(context->settings, name);
	const char *title = group != NULL ? pd_group_value(group, "name", NULL) : NULL;
	if (value == NULL || *value == '\0')
		return;
	const char *time = time_words(background, name, value);
	if (title != NULL)
		pd_buf_addf(background->out, "%s: %s\n", title, value);
	else if (time != NULL)
		line(background, name, time);
	else
		line(background, name, pd_value_words(context, name, value));
}

static void write_properties(struct background *background)
{
	const struct pd_ticket *ticket = background->told->ticket;
	write_property(background, "category");
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (!pd_property_is_hidden(ticket->properties.items[i].property))
			write_property(background, ticket->properties.items[i].property);
}

static void write_part(struct background *background, const char *part)
{
	if (strcmp(part, "contact") == 0 || strcmp(part, "contacts") == 0)
		write_contact(background);
	else if (strcmp(part, "company") == 0)
		line(background, N_("Company"), pd_ticket_company(background->told->ticket, background->contact));
	else if (strcmp(part, "earlier") == 0)
		write_earlier(background);
	else if (strcmp(part, "records") == 0)
		write_records(background);
	else if (strcmp(part, "properties") == 0)
		write_properties(background);
	else if (strcmp(part, "goals") == 0 || strcmp(part, "due") == 0 || strcmp(part, "sla") == 0)
		pd_due_write(background->context, background->told->ticket, background->told->agent, background->out);
	else
		write_property(background, part);
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
	for (size_t i = 0; i < parts.count; i++)
		write_part(&background, parts.items[i]);
}
