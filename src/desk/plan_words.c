/* Words for people: actors and values, in the language of the context.
 *
 * Promises: what is not known any more is said as it was written. Cannot fail. */
#include "desk/people.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/chat.h"
#include "desk/links.h"
#include "desk/when.h"

const char *pd_letter_kind_name(enum pd_letter_kind kind)
{
	static const char *const names[] = {
		[PD_LETTER_REPLY] = "reply",
		[PD_LETTER_ACKNOWLEDGEMENT] = "acknowledgement",
		[PD_LETTER_NOTIFICATION] = "notification",
		[PD_LETTER_RECEIPT] = "receipt",
		[PD_LETTER_CONFIRMATION] = "confirmation",
		[PD_LETTER_FORWARD] = "forward",
		[PD_LETTER_TRANSCRIPT] = "transcript",
		[PD_LETTER_LINE] = "line",
	};
	assert(kind <= PD_LETTER_LINE);
	return names[kind];
}

const char *pd_context_language(const struct pd_context *context)
{
	if (context->agent != NULL && context->agent->language != NULL)
		return context->agent->language;
	return context->settings->language;
}

bool pd_is_actor(const struct pd_agent *agent, const char *actor)
{
	return pd_starts(actor, "agent:") && pd_agent_is(agent, actor + strlen("agent:"));
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
	const struct pd_contact *contact = pd_plan_contact_followed(context, (int64_t)id);
	const char *address = contact != NULL ? pd_contact_address(contact) : NULL;
	return address != NULL ? address : contact != NULL ? pd_contact_words(contact) : value;
}

/* "2026-11-24T10:00:00Z", and of a reminder the agent behind it. */
static char *time_words(struct pd_context *context, const char *value)
{
	const struct pd_when_place place = pd_when_place_of(context->settings, context->agent, context->now);
	struct pd_strings words = pd_split(context->arena, value, ' ');
	pd_time at;
	if (words.count == 0 || !pd_time_parse(words.items[0], &at))
		return pd_strdup(context->arena, value);
	char *when = pd_when_text(context->arena, pd_context_language(context), place.zone, at);
	return words.count > 1 ? pd_printf(context->arena, "%s, %s", when, pd_value_words(context, "owner", words.items[1])) : when;
}

char *pd_value_words(struct pd_context *context, const char *property, const char *value)
{
	enum pd_status_kind kind;
	const char *name;
	struct pd_link link;
	const char *language = pd_context_language(context);
	if (strcmp(property, "owner") == 0 || strcmp(property, "follower") == 0) {
		if (value == NULL)
			return pd_say(context->arena, language, "nobody", NULL);
		const struct pd_agent *agent = pd_settings_agent(context->settings, value);
		return pd_strdup(context->arena, agent != NULL ? agent->full_name : value);
	}
	if (value == NULL || *value == '\0')
		return pd_say(context->arena, language, "none", NULL);
	if (strcmp(property, PD_PROPERTY_CHAT) == 0)
		return pd_chat_state_words(context->arena, value);
	if (pd_ends(property, "status") && pd_status_value_parse(value, &kind, &name))
		return pd_strdup(context->arena, name);
	if (strcmp(property, "contact") == 0)
		return pd_strdup(context->arena, contact_words(context, value));
	if (strcmp(property, "absorbed") == 0)
		return pd_printf(context->arena, "#%.*s", (int)strcspn(value, " "), value);
	if (strcmp(property, "reminder") == 0 || strcmp(property, "snoozed") == 0)
		return time_words(context, value);
	if (strcmp(property, "entry_deleted") == 0)
		return pd_printf(context->arena, "E%s", value);
	if (strcmp(property, "link") == 0 && pd_link_parse(context->arena, value, &link))
		return pd_link_words(context->arena, context->settings, &link);
	if (pd_property_is_record(property) && strchr(value, '\n') != NULL) {
		struct pd_strings lines = pd_lines(context->arena, value), parts = {0};
		for (size_t i = 0; i < lines.count; i++)
			if (*lines.items[i] != '\0')
				*pd_list_add(context->arena, &parts) = lines.items[i];
		return pd_strings_join(context->arena, &parts, ", ");
	}
	return pd_strdup(context->arena, value);
}
