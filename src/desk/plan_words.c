/* Words for people: actors and values, in the language of the context.
 *
 * Promises: what is not known any more is said as it was written. Cannot fail. */
#include "desk/plan.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"

const char *pd_context_language(const struct pd_context *context)
{
	if (context->agent != NULL && context->agent->language != NULL)
		return context->agent->language;
	return context->settings->language;
}

char *pd_actor_words(struct pd_context *context, const char *actor)
{
	if (pd_starts(actor, "agent:")) {
		const struct pd_agent *agent = pd_settings_agent(context->settings, actor + strlen("agent:"));
		return pd_strdup(context->arena, agent != NULL ? agent->full_name : actor + strlen("agent:"));
	}
	if (pd_starts(actor, "contact:"))
		return pd_strdup(context->arena, actor + strlen("contact:"));
	return pd_strdup(context->arena, actor);
}

static const char *contact_words(struct pd_context *context, const char *value)
{
	unsigned long long id;
	if (!pd_number(value, INT64_MAX, &id))
		return value;
	const struct pd_contact *contact = NULL;
	for (size_t i = 0; i < context->plan->contacts.count; i++)
		if (context->plan->contacts.items[i].contact.id == (int64_t)id)
			contact = &context->plan->contacts.items[i].contact;
	if (contact == NULL)
		contact = context->desk->contact(context->desk, context->arena, (int64_t)id);
	const char *address = contact != NULL ? pd_contact_address(contact) : NULL;
	return address != NULL ? address : contact != NULL ? contact->name : value;
}

char *pd_value_words(struct pd_context *context, const char *property, const char *value)
{
	enum pd_status_kind kind;
	const char *name;
	const char *language = pd_context_language(context);
	if (strcmp(property, "owner") == 0 || strcmp(property, "follower") == 0) {
		if (value == NULL)
			return pd_say(context->arena, language, "nobody", NULL);
		const struct pd_agent *agent = pd_settings_agent(context->settings, value);
		return pd_strdup(context->arena, agent != NULL ? agent->full_name : value);
	}
	if (value == NULL || *value == '\0')
		return pd_say(context->arena, language, "none", NULL);
	if (pd_ends(property, "status") && pd_status_value_parse(value, &kind, &name))
		return pd_strdup(context->arena, name);
	if (strcmp(property, "contact") == 0)
		return pd_strdup(context->arena, contact_words(context, value));
	if (strcmp(property, "absorbed") == 0)
		return pd_printf(context->arena, "#%.*s", (int)strcspn(value, " "), value);
	if (strcmp(property, "entry_deleted") == 0)
		return pd_printf(context->arena, "E%s", value);
	return pd_strdup(context->arena, value);
}
