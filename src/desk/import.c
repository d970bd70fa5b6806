/* History: mails of an archive, each onto its thread, as of the day when it was written.
 *
 * Promises: nobody is told and nothing leaves; the archive's threads hold without the guards against
 * strangers, since whoever imports vouches for it; the same mail again changes nothing. Statuses stay as new
 * tickets have them. */
#include "desk/mail.h"

#include "base/text.h"

/* A mail that left us: from a mailbox, or from an agent to somebody outside. */
static bool is_outgoing(const struct pd_context *context, const struct pd_mail *mail)
{
	const struct pd_message *message = mail->message;
	if (mail->is_own)
		return true;
	if (mail->agent == NULL)
		return false;
	for (size_t i = 0; i < message->to.count; i++)
		if (pd_is_outsider(context, message->to.items[i].addr))
			return true;
	return false;
}

/* Whom the correspondence is with. */
static struct pd_address correspondent(const struct pd_context *context, const struct pd_mail *mail,
				       bool is_out)
{
	const struct pd_message *message = mail->message;
	if (!is_out)
		return mail->author;
	for (size_t i = 0; i < message->to.count; i++)
		if (pd_is_outsider(context, message->to.items[i].addr))
			return message->to.items[i];
	return (struct pd_address){.name = "", .addr = ""};
}

static struct pd_ticket *new_ticket(struct pd_context *context, const struct pd_mail *mail, bool is_automatic)
{
	struct pd_change values[4] = {
		{.property = "name", .to = pd_mail_name(context, mail->message->subject)},
		{.property = "source", .to = "import"},
	};
	size_t count = 2;
	if (is_automatic) {
		const struct pd_status *closed = pd_pipeline_first(mail->mailbox->pipeline, PD_STATUS_CLOSED);
		values[count++] =
			(struct pd_change){.property = "status",
					   .to = pd_status_value(context->arena, closed->kind, closed->name)};
		values[count++] = (struct pd_change){.property = "automatic", .to = "yes"};
	} else if ((mail->kinds & PD_KIND_SPAM) != 0) {
		values[count++] = (struct pd_change){.property = "spam", .to = "yes"};
	}
	return pd_plan_new_ticket(context, mail->mailbox, values, count);
}

void pd_take_import(struct pd_context *context, const struct pd_mail *mail)
{
	struct pd_place place;
	bool is_out = is_outgoing(context, mail);
	bool is_automatic =
		mail->is_automatic || (mail->kinds & (PD_KIND_BOUNCE | PD_KIND_DSN)) != 0;
	struct pd_address with = correspondent(context, mail, is_out);
	if (mail->agent != NULL)
		context->actor = pd_printf(context->arena, "agent:%s", mail->agent->name);
	else
		context->actor =
			is_out ? "administrator" : pd_printf(context->arena, "contact:%s", mail->author.addr);
	pd_mail_place(context, mail, &place);
	struct pd_ticket *ticket =
		place.ticket != NULL ? place.ticket : new_ticket(context, mail, is_automatic);
	if (place.ticket == NULL || place.conversation == 0)
		place.conversation =
			pd_add_correspondent(context, ticket, mail->mailbox, &with, mail->message->subject);
	struct pd_planned_message *message = pd_mail_store(context, mail, is_out ? PD_OUT : PD_IN);
	struct pd_event *event = pd_plan_event(context, ticket, PD_EVENT_MESSAGE, message->stored.id,
					       place.conversation, place.ticket != NULL ? place.why : NULL);
	if (!is_automatic) {
		if (!is_out && pd_is_outsider(context, mail->author.addr))
			pd_plan_add(context, ticket, "participant",
				    pd_participant_value(context->arena, &mail->author), place.conversation,
				    NULL);
		pd_add_participants(context, mail, ticket, place.conversation);
	}
	pd_mail_register(context, mail, ticket, place.conversation, event->id);
	pd_guard_taken(context, mail, event->id);
	context->plan->outcome = place.ticket != NULL ? "threaded" : "new ticket";
	context->plan->ticket = ticket->number;
}
