/* Undo of a reply that has not left yet: it is stopped, and its author's draft again.
 *
 * Promises: only what nobody has tried to send is stopped, in the transaction of the undo; where a sender was faster, the
 * undo is decided anew and says that it was sent (invariant 3). Cannot fail. */
#include "desk/undo_inside.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/letters.h"
#include "desk/timeline.h"

static const char *change_of(const struct pd_event *event, const char *property)
{
	for (size_t i = 0; i < event->changes.count; i++)
		if (strcmp(event->changes.items[i].property, property) == 0)
			return event->changes.items[i].to;
	return NULL;
}

bool pd_reply_is_stopped(struct pd_context *context, const struct pd_event *event)
{
	if (change_of(event, PD_CHANGE_HELD) == NULL)
		return false;
	struct pd_entries since =
		context->desk->timeline(context->desk, context->arena, event->ticket, event->version);
	return pd_timeline_is_stopped(&since, event->id);
}

bool undo_can_stop(struct pd_context *context, const struct pd_event *event, struct stopped *ret_stopped)
{
	int64_t draft, outbox;
	if (!pd_number_pair(change_of(event, PD_CHANGE_HELD), &draft, &outbox))
		return false;
	const struct pd_outbox_row *row = context->desk->outbox(context->desk, context->arena, outbox);
	const struct pd_draft *found = context->desk->draft(context->desk, context->arena, draft);
	if (row == NULL || !row->is_untried || found == NULL)
		return false;
	*ret_stopped = (struct stopped){event, found, outbox};
	return true;
}

/* The newest before it that did leave. */
static int64_t sent_before(struct pd_context *context, const struct pd_event *reply)
{
	struct pd_entries all = context->desk->timeline(context->desk, context->arena, reply->ticket, 0);
	for (size_t i = all.count; i-- > 0;) {
		const struct pd_event *event = &all.items[i].event;
		if (event->version < reply->version && event->kind == PD_EVENT_MESSAGE &&
		    !pd_equal(change_of(event, "direction"), "in") && !pd_equal(event->actor, "postdesk") &&
		    !pd_starts(event->actor, "contact:") && !pd_reply_is_stopped(context, event))
			return event->id;
	}
	return 0;
}

struct pd_change undo_stop(struct undo *undo, const struct stopped *stopped)
{
	struct pd_context *context = undo->context;
	const struct pd_event *event = stopped->event;
	*pd_list_add(context->arena, &context->plan->stops) =
		(struct pd_planned_stop){stopped->outbox, event->ticket, event->id};
	struct pd_planned_draft *planned = pd_list_add(context->arena, &context->plan->drafts);
	planned->draft = *stopped->draft;
	planned->draft.state = PD_DRAFT_KEPT;
	return (struct pd_change){.property = PD_CHANGE_STOPPED,
				  .to = pd_printf(context->arena, "%lld %lld", (long long)event->id,
						  (long long)sent_before(context, event))};
}

/* Somebody else stopped it. */
static void tell_author(struct undo *undo, const struct stopped *stopped, int64_t entry)
{
	struct pd_context *context = undo->context;
	const struct pd_agent *author = pd_settings_agent(context->settings, stopped->draft->agent);
	const struct pd_ticket *ticket = pd_plan_ticket(context, stopped->event->ticket);
	if (author == NULL || author->addresses.count == 0 || author == context->agent)
		return;
	struct pd_planned_letter *planned = pd_letter_to_agent(
		context, PD_LETTER_RECEIPT, author, pd_ticket_mailbox(context, ticket), ticket,
		stopped->event->conversation, entry, ticket->version);
	planned->letter.text =
		pd_printf(context->arena, "%s\n",
			  pd_say(context->arena, pd_agent_language(context, author),
				 "{who} has stopped your answer (E{entry}) before it left. It is your draft: to send it, "
				 "answer with the line #send",
				 "who", pd_actor_words(context, context->actor), "entry",
				 pd_printf(context->arena, "%lld", (long long)stopped->event->id), NULL));
	pd_letter_register(context, planned);
}

void undo_give_back(struct undo *undo)
{
	struct pd_context *context = undo->context;
	for (size_t i = 0; i < undo->stopped.count; i++) {
		const struct stopped *stopped = &undo->stopped.items[i];
		struct pd_ticket *ticket = pd_plan_ticket(context, stopped->event->ticket);
		const char *actor = context->actor;
		context->actor = pd_printf(context->arena, "agent:%s", stopped->draft->agent);
		struct pd_event *event = pd_plan_event(context, ticket, PD_EVENT_DRAFT, stopped->draft->message,
						       stopped->event->conversation, "stopped by #undo");
		event->other = stopped->draft->id;
		context->actor = actor;
		tell_author(undo, stopped, event->id);
	}
}
