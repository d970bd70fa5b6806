/* The tickets of a mailbox that hold what belongs to no other: reports of delivery, mails that only asked.
 *
 * Promises: every mail that is kept can be fetched again by some ticket (invariant 8); such a ticket is closed and
 * automatic, and nobody is told of it. Cannot fail. */
#include "desk/mail.h"

#include "base/text.h"
#include "desk/catalogue.h"

struct pd_ticket *pd_collector(struct pd_context *context, const struct pd_mailbox *mailbox, const char *kind,
			       const char *name)
{
	const char *key = pd_printf(context->arena, "%s:%s", kind, mailbox->name);
	for (size_t i = 0; i < context->plan->marks.count; i++)
		if (pd_equal(context->plan->marks.items[i].key, key))
			return pd_plan_ticket_followed(context, context->plan->marks.items[i].value);
	struct pd_mark mark = context->desk->mark(context->desk, key);
	struct pd_ticket *ticket = mark.exists ? pd_plan_ticket_followed(context, mark.value) : NULL;
	if (ticket != NULL && !ticket->is_deleted)
		return ticket;
	const struct pd_status *closed = pd_pipeline_first(mailbox->pipeline, PD_STATUS_CLOSED);
	const struct pd_change values[] = {
		{.property = "name", .to = pd_say(context->arena, mailbox->language, name, NULL)},
		{.property = "status", .to = pd_status_value(context->arena, closed->kind, closed->name)},
		{.property = "automatic", .to = "yes"},
	};
	ticket = pd_plan_new_ticket(context, mailbox, values, sizeof values / sizeof *values);
	pd_plan_mark(context, key, ticket->number, 0);
	return ticket;
}

static bool is_named(const struct pd_plan *plan, int64_t message)
{
	for (size_t i = 0; i < plan->events.count; i++)
		if (plan->events.items[i]->message == message)
			return true;
	return false;
}

/* The mail that sets a draft free stands with it, where the draft has a ticket. */
static bool stands_with_draft(struct pd_context *context, const struct pd_mail *mail, int64_t message)
{
	int64_t id = context->plan->resume_draft;
	const struct pd_draft *draft = id != 0 ? context->desk->draft(context->desk, context->arena, id) : NULL;
	struct pd_ticket *ticket =
		draft != NULL && draft->ticket != 0 ? pd_plan_ticket_followed(context, draft->ticket) : NULL;
	if (ticket == NULL)
		return false;
	struct pd_event *event = pd_plan_event(
		context, ticket, PD_EVENT_DRAFT, message, 0,
		pd_clean_line(context->arena, pd_printf(context->arena, "set free by a mail of %s", mail->author.addr), 300));
	event->other = id;
	return true;
}

void pd_collect(struct pd_context *context, const struct pd_mail *mail)
{
	const char *actor = context->actor;
	const struct pd_plan *plan = context->plan;
	for (size_t i = 0; i < plan->messages.count; i++) {
		int64_t message = plan->messages.items[i].stored.id;
		if (!plan->messages.items[i].raw_is_delivery || is_named(plan, message))
			continue;
		context->actor = "postdesk";
		if (stands_with_draft(context, mail, message))
			continue;
		struct pd_ticket *ticket =
			pd_collector(context, mail->mailbox, "commands", N_("Commands and requests"));
		pd_plan_event(context, ticket, PD_EVENT_COMMENT, message, 0,
			      pd_clean_line(context->arena,
					    pd_printf(context->arena, "mail of %s: %s%s%s", mail->author.addr,
						      plan->outcome, plan->why != NULL ? ": " : "",
						      plan->why != NULL ? plan->why : ""),
					    300));
	}
	context->actor = actor;
}
