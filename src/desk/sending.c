/* See sending.h.
 *
 * Promises: a draft whose time has come is decided once, by the road of its author's mails, with no more rights than the
 * mail that named the time had; where it is held or given back then, it stays a draft without a time. Cannot fail. */
#include "desk/sending.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/when.h"

static const char *property_of(struct pd_arena *arena, int64_t draft)
{
	return pd_printf(arena, PD_PROPERTY_SENDING "%lld", (long long)draft);
}

bool pd_sending_parse(struct pd_arena *arena, const struct pd_change *property, struct pd_sending *ret_sending)
{
	unsigned long long draft;
	pd_time at;
	if (!pd_starts(property->property, PD_PROPERTY_SENDING) || property->to == NULL ||
	    !pd_number(property->property + strlen(PD_PROPERTY_SENDING), INT64_MAX, &draft))
		return false;
	struct pd_strings words = pd_split(arena, property->to, ' ');
	if (words.count < 2 || !pd_time_parse(words.items[0], &at))
		return false;
	*ret_sending = (struct pd_sending){(int64_t)draft, at, words.items[1],
					   words.count > 2 && strcmp(words.items[2], "full") == 0};
	return true;
}

bool pd_sending_next(struct pd_arena *arena, const struct pd_ticket *ticket, struct pd_sending *ret_sending)
{
	struct pd_sending sending, soonest = {0};
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (pd_sending_parse(arena, &ticket->properties.items[i], &sending) &&
		    (soonest.draft == 0 || sending.at < soonest.at))
			soonest = sending;
	if (soonest.draft == 0)
		return false;
	*ret_sending = soonest;
	return true;
}

char *pd_sending_value(struct pd_arena *arena, pd_time at, const char *agent, bool is_full)
{
	return pd_printf(arena, "%s %s %s", pd_time_rfc3339(arena, at), agent, is_full ? "full" : "mail");
}

const char *pd_sending_set(struct pd_context *context, struct pd_ticket *ticket, int64_t draft, const char *value,
			   const char *why)
{
	const struct pd_change property = {.property = property_of(context->arena, draft), .to = value};
	struct pd_when_place place = pd_when_place_of(context->settings, context->agent, context->now);
	struct pd_sending sending = {0};
	(void)pd_sending_parse(context->arena, &property, &sending);
	pd_plan_set(context, ticket, property.property, value, why);
	return pd_say(context->arena, pd_context_language(context),
		      "Your answer goes out {time}. Until then it is a draft that you alone see: #send sends it at once, "
		      "#undo takes the time away.",
		      "time", pd_when_text(context->arena, pd_context_language(context), place.zone, sending.at), NULL);
}

void pd_sending_end(struct pd_context *context, struct pd_ticket *ticket, int64_t draft, const char *why)
{
	if (ticket != NULL)
		pd_plan_set(context, ticket, property_of(context->arena, draft), NULL, why);
}

bool pd_sending_take(struct pd_context *context, struct pd_ticket *ticket)
{
	struct pd_sending sending;
	while (pd_sending_next(context->arena, ticket, &sending) && sending.at <= context->now) {
		const struct pd_draft *draft = context->desk->draft(context->desk, context->arena, sending.draft);
		const struct pd_agent *agent = pd_settings_agent(context->settings, sending.agent);
		bool is_there = draft != NULL && draft->state == PD_DRAFT_KEPT && agent != NULL;
		if (is_there) {
			context->agent = agent;
			context->actor = pd_printf(context->arena, "agent:%s", agent->name);
			context->is_full = sending.is_full;
			context->is_timed = true;
			context->plan->resume_draft = sending.draft;
		}
		pd_sending_end(context, ticket, sending.draft, "its time has come");
		if (is_there)
			return true;
	}
	return false;
}
