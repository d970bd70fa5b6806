/* Reports of delivery: tied to what they report, shown there, never a ticket of their own.
 *
 * Promises: a failed delivery to a contact stands on its ticket, tells the owner and, where the report names the
 * mail, starts the reply clock again; one of a notification counts against its agent; what cannot be tied to anything goes to the
 * mailbox's one ticket N_("Undelivered mail") (invariants 7, 8). Nothing here is ever answered. */
#include "desk/letters.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"

#define REPORTED_WITHIN (7 * PD_DAY) /* as long as mailers keep a mail in their queues */

/* What a report is about. */
struct reported {
	struct pd_ticket *ticket; /* NULL: unknown */
	int64_t conversation, event;
	const char *agent; /* to whom the mail went, NULL: outsiders */
	bool is_minor;	   /* an acknowledgement: nobody waits for it */
	bool is_guess;	   /* by the recipient alone, whom anybody can name */
	const char *why;
};

/* --- tying --- */

static bool by_row(struct pd_context *context, int64_t outbox, struct reported *reported)
{
	const struct pd_outbox_row *row = context->desk->outbox(context->desk, context->arena, outbox);
	struct pd_ticket *ticket = row != NULL ? pd_plan_ticket_followed(context, row->ticket) : NULL;
	if (row == NULL)
		return false;
	reported->agent = row->agent;
	/* Nobody waits for an acknowledgement, or for an alarm to somebody outside. */
	reported->is_minor = pd_equal(row->kind, "acknowledgement") ||
			     (row->agent == NULL && pd_equal(row->kind, "notification"));
	if (ticket != NULL) {
		reported->ticket = ticket;
		reported->event = row->event;
		reported->why = "bounce address";
	}
	return ticket != NULL;
}

/* A mail that an agent's own client sent: its return path leads to its entry. */
static bool by_sent(struct pd_context *context, const struct pd_recipient *recipient, struct reported *reported)
{
	struct pd_ticket *ticket =
		recipient->event != 0 ? pd_plan_ticket_followed(context, recipient->number) : NULL;
	if (ticket == NULL)
		return false;
	reported->ticket = ticket;
	reported->conversation = recipient->conversation;
	reported->event = recipient->event;
	reported->why = "return path";
	return true;
}

static bool by_message_id(struct pd_context *context, const char *id, struct reported *reported)
{
	struct pd_known_ids known = {0};
	if (pd_message_id_is_ours(context, id)) /* what others wrote is not ours to deliver */
		known = context->desk->message_id(context->desk, context->arena, id);
	for (size_t i = 0; i < known.count; i++) {
		if (known.items[i].is_reference)
			continue;
		reported->ticket = pd_plan_ticket_followed(context, known.items[i].ticket);
		reported->conversation = known.items[i].conversation;
		reported->event = known.items[i].event;
		reported->agent = known.items[i].agent;
		reported->why = pd_printf(context->arena, "it returns <%s>", id);
		if (reported->ticket != NULL)
			return true;
	}
	return false;
}

/* The newest ticket with that contact that something was sent on, lately: anybody can name an address. */
static bool by_recipient(struct pd_context *context, const char *address, struct reported *reported)
{
	const struct pd_contact *contact = context->desk->contact_of(context->desk, context->arena, "mail",
								     pd_lower_ascii(context->arena, address));
	struct pd_query *query;
	if (contact == NULL || strpbrk(address, "\"\\*") != NULL ||
	    pd_query_parse(context->arena, context->settings,
			   pd_printf(context->arena, "contact:\"%s\"", address), NULL, context->now, &query,
			   NULL) != 0)
		return false;
	struct pd_tickets found = context->desk->list(context->desk, context->arena, query, "-updated", 5, 0);
	for (size_t i = 0; i < found.count; i++) {
		struct pd_ticket *ticket = pd_plan_ticket_followed(context, found.items[i]->number);
		const struct pd_entry *sent =
			ticket != NULL && pd_ticket_last_out(ticket) != 0
				? context->desk->entry(context->desk, context->arena, pd_ticket_last_out(ticket))
				: NULL;
		if (sent == NULL || context->now - sent->event.at > REPORTED_WITHIN)
			continue;
		reported->ticket = ticket;
		reported->event = pd_ticket_last_out(ticket);
		reported->why = pd_printf(context->arena, "its recipient %s", address);
		reported->is_guess = true;
		return true;
	}
	return false;
}

static void tie(struct pd_context *context, const struct pd_mail *mail, struct reported *ret_reported)
{
	struct reported reported = {0};
	const struct pd_message *message = mail->message;
	bool is_tied = false;
	for (size_t i = 0; i < mail->recipients.count && !is_tied; i++)
		if (mail->recipients.items[i].kind == PD_RCPT_BOUNCE)
			is_tied = by_row(context, mail->recipients.items[i].number, &reported);
	for (size_t i = 0; i < mail->recipients.count && !is_tied; i++)
		is_tied = by_sent(context, &mail->recipients.items[i], &reported);
	if (!is_tied && *message->original_message_id != '\0')
		is_tied = by_message_id(context, message->original_message_id, &reported);
	for (size_t i = 0; i < message->in_reply_to.count && !is_tied; i++)
		is_tied = by_message_id(context, message->in_reply_to.items[i], &reported);
	for (size_t i = 0; i < message->bounce_recipients.count && !is_tied && reported.agent == NULL; i++)
		is_tied = by_recipient(context, message->bounce_recipients.items[i], &reported);
	*ret_reported = reported;
}

/* --- what it does --- */

/* Administrators hear once that an agent's notifications stopped. */
static void tell_administrators(struct pd_context *context, const struct pd_agent *agent,
				const struct pd_mailbox *mailbox)
{
	for (size_t i = 0; i < context->settings->agents.count; i++) {
		const struct pd_agent *reader = &context->settings->agents.items[i];
		if (reader->role != PD_ROLE_ADMINISTRATOR || reader == agent || reader->addresses.count == 0)
			continue;
		struct pd_planned_letter *planned =
			pd_letter_to_agent(context, PD_LETTER_NOTIFICATION, reader, mailbox, NULL, 0, 0, 0);
		const char *language = pd_agent_language(context, reader);
		planned->letter.subject =
			pd_say(context->arena, language, "Notifications to {agent} have stopped", "agent",
			       agent->full_name, NULL);
		planned->letter.text =
			pd_say(context->arena, language,
			       "Mail to {agent} <{address}> bounces again and again, so that nothing is sent "
			       "there for now.\nPlease look at the address.\n",
			       "agent", agent->full_name, "address", agent->addresses.items[0], NULL);
	}
}

static void count_against(struct pd_context *context, const char *name, const struct pd_mailbox *mailbox)
{
	const struct pd_agent *agent = pd_settings_agent(context->settings, name);
	if (agent != NULL && pd_guard_count_bounce(context, agent))
		tell_administrators(context, agent, mailbox);
}

/* The contact did not get the answer that ended a clock. */
static void start_clock_again(struct pd_context *context, const struct reported *reported, struct pd_event *event)
{
	for (int goal = PD_GOAL_FIRST_REPLY; goal <= PD_GOAL_NEXT_REPLY; goal++) {
		const struct pd_clock *clock = &reported->ticket->clocks.of[goal];
		if (reported->event == 0 || clock->stop == 0 || clock->stop_event != reported->event)
			continue;
		pd_plan_amend(context, reported->ticket, event, "clock", NULL, pd_goal_name((enum pd_goal)goal));
		return;
	}
}

static void mark_undelivered(struct pd_context *context, const struct reported *reported, int64_t message,
			     const char *recipient, const char *diagnostic)
{
	const char *why =
		pd_clean_line(context->arena,
			      pd_printf(context->arena, "%s%s%s%s", recipient,
					*recipient != '\0' && *diagnostic != '\0' ? ": " : "", diagnostic,
					reported->is_guess ? " (not proven: the report names no mail of ours)" : ""),
			      500);
	struct pd_event *event = pd_plan_event(context, reported->ticket, PD_EVENT_UNDELIVERED, message,
					       reported->conversation, why);
	event->other = reported->event;
	bool is_over = reported->ticket->status_kind == PD_STATUS_WAITING ||
		       reported->ticket->status_kind == PD_STATUS_CLOSED;
	if (!reported->is_guess) /* a stranger who knows an address changes nothing (invariant 6) */
		start_clock_again(context, reported, event);
	if (is_over && !reported->is_guess && !reported->is_minor)
		pd_set_status_kind(context, reported->ticket, PD_STATUS_OPEN, "undelivered");
	context->plan->outcome = "undelivered";
	context->plan->ticket = reported->ticket->number;
}

static const char *recipients_of(struct pd_context *context, const struct pd_message *message)
{
	return pd_strings_join(context->arena, &message->bounce_recipients, ", ");
}

/* Failed for good, and a contact waits for it. */
static bool is_failure(const struct pd_mail *mail)
{
	return (mail->kinds & PD_KIND_BOUNCE) != 0 && !mail->message->bounce_waits;
}

void pd_take_report(struct pd_context *context, const struct pd_mail *mail)
{
	struct reported reported;
	const struct pd_message *message = mail->message;
	context->actor = "postdesk";
	tie(context, mail, &reported);
	if (reported.agent != NULL && is_failure(mail))
		count_against(context, reported.agent, mail->mailbox);
	struct pd_planned_message *planned = pd_mail_store(context, mail, PD_INTERNAL);
	planned->stored.kinds |= PD_KIND_AUTO;
	int64_t event;
	if (reported.ticket != NULL && reported.agent == NULL && !reported.is_minor && is_failure(mail)) {
		mark_undelivered(context, &reported, planned->stored.id, recipients_of(context, message),
				 *message->bounce_text != '\0' ? message->bounce_text
							       : message->bounce_status);
		event = context->plan->events.items[context->plan->events.count - 1]->id;
	} else {
		struct pd_ticket *ticket =
			reported.ticket != NULL
				? reported.ticket
				: pd_collector(context, mail->mailbox, "undelivered", N_("Undelivered mail"));
		const char *what =
			reported.agent != NULL
				? pd_printf(context->arena, "a mail to %s was reported", reported.agent)
				: "report of delivery";
		event = pd_plan_event(context, ticket, PD_EVENT_COMMENT, planned->stored.id,
				      reported.conversation,
				      reported.why != NULL
					      ? pd_printf(context->arena, "%s (%s)", what, reported.why)
					      : what)
				->id;
		context->plan->outcome = "report";
		context->plan->ticket = ticket->number;
	}
	pd_guard_taken(context, mail, event);
}

void pd_decide_undelivered(struct pd_context *context, int64_t outbox, const char *recipient,
			   const char *diagnostic)
{
	struct reported reported = {0};
	context->actor = "postdesk";
	bool is_tied = by_row(context, outbox, &reported);
	if (reported.agent != NULL) {
		count_against(context, reported.agent, pd_ticket_mailbox(context, reported.ticket));
		context->plan->outcome = "undelivered";
	} else if (is_tied) {
		mark_undelivered(context, &reported, 0, recipient, diagnostic);
	}
	pd_tell(context, NULL);
}
