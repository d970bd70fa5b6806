/* A contact's message: onto its ticket or a new one; and the mail that no person wrote.
 *
 * Promises: a person's message reopens what was closed and sets what the mailbox says; automatic mail is kept
 * and changes nothing, and where it belongs to no ticket it becomes one of closed kind that nobody is told of
 * (invariant 7). Nothing accepted is dropped (invariant 8). */
#include "desk/absence.h"

#include <string.h>

#include "base/text.h"
#include "desk/inbox.h"
#include "desk/mailform.h"
#include "desk/catalogue.h"

#define PARTICIPANTS_MAX 100

/* --- people --- */

static void add_participant(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation,
			    const struct pd_address *address)
{
	const struct pd_conversation *found = pd_ticket_conversation(ticket, conversation);
	if (found == NULL || found->participants.count >= PARTICIPANTS_MAX ||
	    !pd_is_outsider(context, address->addr))
		return;
	pd_plan_add(context, ticket, "participant", pd_participant_value(context->arena, address),
		    conversation, NULL);
}

void pd_add_participants(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket,
			 int64_t conversation)
{
	const struct pd_message *message = mail->message;
	for (size_t i = 0; i < message->to.count; i++)
		add_participant(context, ticket, conversation, &message->to.items[i]);
	for (size_t i = 0; i < message->cc.count; i++)
		add_participant(context, ticket, conversation, &message->cc.items[i]);
}

static void add_contact(struct pd_context *context, struct pd_ticket *ticket, const struct pd_address *address)
{
	const struct pd_contact *contact = pd_plan_contact(context, address);
	pd_plan_add(context, ticket, "contact", pd_printf(context->arena, "%lld", (long long)contact->id), 0, NULL);
}

int64_t pd_add_correspondent(struct pd_context *context, struct pd_ticket *ticket,
			     const struct pd_mailbox *mailbox, const struct pd_address *address,
			     const char *subject)
{
	bool is_somebody = pd_is_outsider(context, address->addr);
	if (is_somebody)
		add_contact(context, ticket, address);
	int64_t conversation = pd_plan_new_conversation(context, ticket, mailbox->name, subject);
	if (is_somebody)
		add_participant(context, ticket, conversation, address);
	return conversation;
}

void pd_note_mailboxes(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket)
{
	for (size_t i = 0; i <= mail->others.count; i++) {
		const struct pd_mailbox *mailbox = i == 0 ? mail->mailbox : mail->others.items[i - 1];
		if (!pd_equal(mailbox->name, ticket->mailbox))
			pd_plan_add(context, ticket, "mailbox_also", mailbox->name, 0, NULL);
	}
}

/* --- statuses --- */

void pd_set_status_kind(struct pd_context *context, struct pd_ticket *ticket, int kind, const char *why)
{
	const struct pd_pipeline *pipeline = pd_settings_pipeline(context->settings, ticket->pipeline);
	if (pipeline == NULL || kind < 0 || kind >= PD_STATUS_KINDS ||
	    ticket->status_kind == (enum pd_status_kind)kind)
		return;
	const struct pd_status *status = pd_pipeline_first(pipeline, (enum pd_status_kind)kind);
	const char *actor = context->actor;
	context->actor = "postdesk";
	pd_plan_set(context, ticket, "status", pd_status_value(context->arena, status->kind, status->name),
		    why);
	context->actor = actor;
}

/* An answer sets what the mailbox says; a closed ticket reopens in any case. A ticket that nobody answered
 * yet stays new: a second message is no answer. */
static void after_answer(struct pd_context *context, const struct pd_mailbox *mailbox,
			 struct pd_ticket *ticket)
{
	int kind = mailbox->after_answer;
	if (ticket->status_kind == PD_STATUS_CLOSED && kind < 0)
		kind = PD_STATUS_OPEN;
	if (ticket->status_kind != PD_STATUS_NEW)
		pd_set_status_kind(context, ticket, kind, "answer of the contact");
}

/* A conversation that was closed by itself goes along with its ticket again. */
static void reopen_conversation(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation)
{
	if (ticket->status_kind != PD_STATUS_CLOSED)
		pd_plan_set_conversation(context, ticket, conversation, "conversation_status", NULL,
					 "answer of the contact");
}

/* --- new tickets --- */

/* The language that the contact's client says it writes (RFC 3282), else which it prefers; NULL: none of ours. Kept where
 * it is the mailbox's own, too, so that routes and views find it. */
static const char *language_of(const struct pd_mail *mail)
{
	const char *found = pd_language_of(pd_message_header(mail->message, "Content-Language"));
	if (found == NULL)
		found = pd_language_of(pd_message_header(mail->message, "Accept-Language"));
	return found;
}

static const char *subject_of(const struct pd_mail *mail)
{
	return mail->filled != NULL && mail->filled->subject != NULL ? mail->filled->subject : mail->message->subject;
}

static const char *source_of(const struct pd_mail *mail)
{
	if (mail->is_form)
		return mail->filled != NULL && mail->filled->is_call ? "call" : "form";
	return strcmp(mail->delivery->source, "import") == 0 ? "import" : "mail";
}

static struct pd_ticket *new_ticket(struct pd_context *context, const struct pd_mail *mail,
				    const struct pd_place *place, bool is_automatic)
{
	struct pd_change values[5] = {
		{.property = "name", .to = pd_mail_name(context, subject_of(mail))},
		{.property = "source", .to = source_of(mail)},
	};
	size_t count = 2;
	const char *language = language_of(mail);
	if (language != NULL)
		values[count++] = (struct pd_change){.property = PD_PROPERTY_LANGUAGE, .to = language};
	if (is_automatic) {
		const struct pd_status *closed = pd_pipeline_first(mail->mailbox->pipeline, PD_STATUS_CLOSED);
		values[count++] =
			(struct pd_change){.property = "status",
					   .to = pd_status_value(context->arena, closed->kind, closed->name)};
		values[count++] = (struct pd_change){.property = "automatic", .to = "yes"};
	} else if ((mail->kinds & PD_KIND_SPAM) != 0) {
		values[count++] = (struct pd_change){.property = "spam", .to = "yes"};
	}
	struct pd_ticket *ticket = pd_plan_new_ticket(context, mail->mailbox, values, count);
	if (place->related != 0) {
		struct pd_event *event = pd_plan_event(context, ticket, PD_EVENT_RELATED, 0, 0,
						       place->why != NULL ? place->why : "perhaps related");
		event->other = place->related;
	}
	return ticket;
}

/* An answer to a mail whose copy has yet to come: the copy, and further answers, find it. */
static void await_sent(struct pd_context *context, const struct pd_mail *mail, int64_t event)
{
	for (size_t i = 0; i < mail->recipients.count; i++)
		if (mail->recipients.items[i].kind == PD_RCPT_MESSAGE)
			pd_plan_mark(context, pd_sent_key(context->arena, mail->recipients.items[i].sent_id),
				     event, 0);
}

static void finish(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket,
		   int64_t conversation, const struct pd_event *event, const char *outcome)
{
	pd_note_mailboxes(context, mail, ticket);
	pd_mail_register(context, mail, ticket, conversation, event->id);
	pd_guard_taken(context, mail, event->id);
	await_sent(context, mail, event->id);
	context->plan->outcome = outcome;
	context->plan->ticket = ticket->number;
	context->plan->why = event->why;
}

/* --- a person's message --- */

/* The address, else the number of a caller, else whose machine speaks. */
static const char *writer_of(const struct pd_mail *mail)
{
	if (*mail->author.addr != '\0' || mail->filled == NULL)
		return mail->author.addr;
	return mail->filled->phone != NULL ? mail->filled->phone : mail->message->from.addr;
}

/* Of a new ticket. */
static int64_t begin_conversation(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket)
{
	if (mail->filled == NULL)
		return pd_add_correspondent(context, ticket, mail->mailbox, &mail->author, mail->message->subject);
	return pd_mailform_begin(context, mail, ticket);
}

void pd_take_contact(struct pd_context *context, const struct pd_mail *mail)
{
	struct pd_place place;
	bool is_spam = (mail->kinds & PD_KIND_SPAM) != 0;
	context->actor = pd_printf(context->arena, "contact:%s", writer_of(mail));
	pd_mail_place(context, mail, &place);
	if (is_spam && !place.is_trusted) { /* a sender that anybody can write joins nothing with spam */
		place.related = place.ticket != NULL ? place.ticket->number : place.related;
		place.ticket = NULL;
	}
	struct pd_ticket *ticket = place.ticket;
	bool is_new = ticket == NULL;
	if (is_new) {
		ticket = new_ticket(context, mail, &place, false);
		place.conversation = begin_conversation(context, mail, ticket);
	} else if (place.conversation == 0) {
		place.conversation = pd_add_correspondent(context, ticket, mail->mailbox, &mail->author,
							  mail->message->subject);
	}
	if (!is_new && place.is_first)
		add_contact(context, ticket, &mail->author);
	struct pd_planned_message *message = pd_mail_store(context, mail, PD_IN);
	struct pd_event *event = pd_plan_event(context, ticket, PD_EVENT_MESSAGE, message->stored.id,
					       place.conversation, place.why);
	/* Whoever began the thread chose its people; later only who is known for sure may add some (invariant
	 * 6). */
	if ((is_new && mail->filled == NULL) || place.is_trusted)
		pd_add_participants(context, mail, ticket, place.conversation);
	if (is_new && mail->message->reply_to.count > 0 && mail->filled == NULL)
		add_participant(context, ticket, place.conversation, &mail->message->reply_to.items[0]);
	if (!is_new && place.is_trusted)
		add_participant(context, ticket, place.conversation, &mail->author);
	bool is_elsewhere =
		!is_new && pd_inbox_take(context, mail, ticket, place.conversation, event, &message->stored);
	if (!is_new && !is_elsewhere) {
		pd_plan_set(context, ticket, "automatic", NULL, "a person wrote");
		pd_plan_set(context, ticket, "snoozed", NULL, "the contact wrote");
		after_answer(context, pd_ticket_mailbox(context, ticket), ticket);
		reopen_conversation(context, ticket, place.conversation);
	}
	finish(context, mail, ticket, place.conversation, event, is_new ? "new ticket" : "threaded");
	if (mail->filled != NULL)
		pd_mailform_tell(context, mail, ticket);
	if (mail->is_authentic)
		pd_guard_know(context, mail->author.addr);
	if (is_new)
		pd_letter_acknowledgement(context, mail, ticket, place.conversation);
}

/* --- no person's --- */

/* The outbox row whose bounce address it came to: vacations answer the envelope. */
static const struct pd_outbox_row *row_of(struct pd_context *context, const struct pd_mail *mail)
{
	for (size_t i = 0; i < mail->recipients.count; i++)
		if (mail->recipients.items[i].kind == PD_RCPT_BOUNCE)
			return context->desk->outbox(context->desk, context->arena,
						     mail->recipients.items[i].number);
	return NULL;
}

void pd_take_automatic(struct pd_context *context, const struct pd_mail *mail)
{
	struct pd_place place;
	const char *why = mail->message->why_auto != NULL ? mail->message->why_auto : "automatic";
	const char *loop = pd_guard_loop(context, mail);
	context->actor =
		mail->agent != NULL ? "postdesk" : pd_printf(context->arena, "contact:%s", mail->author.addr);
	pd_mail_place(context, mail, &place);
	const struct pd_outbox_row *row = place.ticket == NULL ? row_of(context, mail) : NULL;
	if (row != NULL && row->ticket != 0)
		place.ticket = pd_plan_ticket_followed(context, row->ticket);
	if (loop != NULL) {
		struct pd_known_ids own =
			context->desk->message_id(context->desk, context->arena, mail->message->message_id);
		for (size_t i = 0; i < own.count && place.ticket == NULL; i++)
			if (!own.items[i].is_reference)
				place.ticket = pd_plan_ticket_followed(context, own.items[i].ticket);
		why = loop;
	}
	bool is_new = place.ticket == NULL;
	struct pd_ticket *ticket = is_new ? new_ticket(context, mail, &place, true) : place.ticket;
	/* Ours, an agent's, and what came back are no correspondence. */
	bool is_internal = loop != NULL || mail->agent != NULL || mail->is_own;
	if (place.conversation == 0 && !is_internal)
		place.conversation = is_new || ticket->conversations.count == 0
					     ? pd_add_correspondent(context, ticket, mail->mailbox,
								    &mail->author, mail->message->subject)
					     : ticket->conversations.items[0].id;
	struct pd_planned_message *message = pd_mail_store(context, mail, is_internal ? PD_INTERNAL : PD_IN);
	message->stored.kinds |= PD_KIND_AUTO;
	struct pd_event *event = pd_plan_event(
		context, ticket, is_internal ? PD_EVENT_COMMENT : PD_EVENT_MESSAGE, message->stored.id,
		place.conversation,
		place.why != NULL && loop == NULL ? pd_printf(context->arena, "%s; %s", why, place.why)
						  : why);
	if (is_new)
		pd_note_mailboxes(context, mail, ticket);
	if (loop == NULL && (!is_new || row != NULL))
		pd_absence_take_reply(context, mail);
	if (loop == NULL)
		pd_mail_register(context, mail, ticket, place.conversation, event->id);
	pd_guard_taken(context, mail, event->id);
	context->plan->outcome = loop != NULL ? "loop" : "automatic";
	context->plan->ticket = ticket->number;
	context->plan->why = why;
}
