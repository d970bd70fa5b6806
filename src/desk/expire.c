/* Mails that waited for their author's word, in vain.
 *
 * Promises: nothing that was kept ends in silence (invariant 8): its author hears which mails were not carried out, in
 * one mail for all of them. The mails themselves stay where they can be fetched. Cannot fail. */
#include "desk/letters.h"

#include "base/text.h"
#include "desk/catalogue.h"

enum { AT_ONCE = 100 };

static void write_line(struct pd_context *context, const struct pd_draft *draft, struct pd_buf *out,
		       const char *language)
{
	const struct pd_ticket *ticket =
		draft->ticket != 0 ? pd_plan_ticket_followed(context, draft->ticket) : NULL;
	const char *at = pd_time_short(context->arena, draft->created, context->settings->timezone);
	if (ticket == NULL)
		pd_buf_addf(out, "  %s\n", at);
	else
		pd_buf_addf(out, "  %s\n",
			    pd_say(context->arena, language, "{at}  ticket #{number}  {name}", "at", at, "number",
				   pd_printf(context->arena, "%lld", (long long)ticket->number), "name",
				   ticket->name, NULL));
}

static void tell_author(struct pd_context *context, const struct pd_agent *agent)
{
	PD_AUTO_BUF lines = {0};
	const char *language = pd_agent_language(context, agent);
	for (size_t i = 0; i < context->plan->drafts.count; i++)
		if (pd_equal(context->plan->drafts.items[i].draft.agent, agent->name))
			write_line(context, &context->plan->drafts.items[i].draft, &lines, language);
	if (lines.len == 0 || pd_guard_is_unreachable(context, agent))
		return;
	struct pd_planned_letter *planned =
		pd_letter_to_agent(context, PD_LETTER_NOTIFICATION, agent,
				   &context->settings->mailboxes.items[0], NULL, 0, 0, 0);
	planned->letter.subject = pd_say(context->arena, language, "Not confirmed in time", NULL);
	planned->letter.text =
		pd_say(context->arena, language,
		       "These mails that bear your address waited for your confirmation, which did not come in time. "
		       "They did nothing and will do nothing:\n\n{lines}\nIf you wrote them, please send them again.\n",
		       "lines", pd_buf_string(context->arena, &lines), NULL);
}

void pd_decide_expired(struct pd_context *context)
{
	int64_t above = 0;
	for (int i = 0; i < AT_ONCE; i++) {
		const struct pd_draft *found =
			context->desk->draft_expired(context->desk, context->arena, context->now, above);
		if (found == NULL)
			break;
		above = found->id;
		const struct pd_draft *draft = context->desk->draft(context->desk, context->arena, found->id);
		if (draft == NULL || draft->state != PD_DRAFT_KEPT)
			continue;
		struct pd_planned_draft *planned = pd_list_add(context->arena, &context->plan->drafts);
		planned->draft = *draft;
		planned->draft.state = PD_DRAFT_DISCARDED;
	}
	for (size_t i = 0; i < context->settings->agents.count; i++)
		if (context->settings->agents.items[i].addresses.count > 0)
			tell_author(context, &context->settings->agents.items[i]);
	context->plan->outcome = "expired";
}
