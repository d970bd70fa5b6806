/* An agent's mail that belongs to no ticket: a question to the desk, a new ticket, a contact's mail handed
 * in.
 *
 * Promises: of what is forwarded the original's author is the contact, and the guess is stated; on one's own
 * new ticket commands need no token. All or nothing, as on a ticket (invariant 5). */
#include "desk/absence.h"

#include <string.h>

#include "base/text.h"
#include "desk/command_table.h"
#include "desk/form.h"

/* One's own new ticket is no other's work: its commands need no token. */
static enum pd_proof for_own_ticket(const struct work *work)
{
	return work->proof == PD_PROOF_MAIL ? PD_PROOF_MAIL_TICKET : work->proof;
}

/* What a form can mend: only that something lacks, or what was filled in before is wrong. A form that is filled in proves
 * as much as a confirmation, for nothing but a new ticket. */
static bool may_be_filled_in(const struct work *work)
{
	const struct pd_commands *commands = work->commands;
	const struct pd_draft *held = work->mail->delivery->held;
	bool is_form = held != NULL && pd_equal(held->reason, PD_DRAFT_FORM);
	if (!commands->has_new || commands->is_grave || commands->has_send || commands->errors.count == 0)
		return false;
	return is_form || (held == NULL && commands->lacking == commands->errors.count);
}

/* Commands alone: listings, help, #new. */
static void commands_alone(struct work *work)
{
	struct pd_context *context = work->context;
	bool needs_confirmation = false;
	pd_commands_check(context, work->commands, NULL, work->proof, &needs_confirmation);
	if (may_be_filled_in(work)) {
		pd_hold_form(context, work->mail, work->commands);
		return;
	}
	if (work_is_given_back(work))
		return;
	if (needs_confirmation) {
		pd_hold_unconfirmed(context, work->mail, &work->place, true, 0);
		return;
	}
	struct pd_savepoint before;
	pd_plan_save(context, &before);
	if (!work_apply_commands(work, &before, NULL))
		return;
	struct pd_ticket *ticket =
		context->plan->ticket != 0 ? pd_plan_ticket(context, context->plan->ticket) : NULL;
	struct pd_event *event = NULL;
	if (work->commands->has_new && ticket != NULL)
		pd_form_ask(context, ticket);
	if (work->has_text && ticket != NULL) {
		event = work_comment(work, ticket, 0, work->text);
		work_name_the_mail(work, before.plan.events.count, event->message);
	} else {
		work_name_the_mail(work, before.plan.events.count, work_keep_commands(work));
	}
	work_finish(work, ticket, 0, event, "commands");
}

/* The contact of a mail that an agent sends to the desk: the author of what is forwarded, else whom the agent
 * wrote to. */
static struct pd_address contact_of(struct work *work, bool *ret_is_forward)
{
	const struct pd_message *message = work->mail->message;
	*ret_is_forward = message->forwarded_from.addr != NULL &&
			  pd_is_outsider(work->context, message->forwarded_from.addr);
	if (*ret_is_forward)
		return message->forwarded_from;
	for (size_t i = 0; i < message->to.count; i++)
		if (pd_is_outsider(work->context, message->to.items[i].addr))
			return message->to.items[i];
	return (struct pd_address){.name = "", .addr = ""};
}

/* The original as the contact's message; the agent's own words beside it are a comment. */
static struct pd_event *take_forward(struct work *work, struct pd_ticket *ticket, int64_t conversation)
{
	struct pd_context *context = work->context;
	const struct pd_message *message = work->mail->message;
	const char *actor = context->actor;
	struct pd_planned_message *planned = pd_mail_store(context, work->mail, PD_IN);
	planned->stored.message_id = message->original_message_id != NULL ? message->original_message_id : "";
	planned->stored.from = message->forwarded_from;
	planned->stored.reply_to = (struct pd_address){.name = "", .addr = ""};
	planned->stored.to = planned->stored.cc = (struct pd_addresses){0};
	planned->stored.references = (struct pd_strings){0};
	planned->stored.thread_index = NULL;
	if (message->forwarded_subject != NULL && *message->forwarded_subject != '\0')
		planned->stored.subject = message->forwarded_subject;
	planned->stored.text = planned->search_text =
		message->forwarded_text != NULL && *message->forwarded_text != '\0' ? message->forwarded_text
										    : message->full_text;
	int64_t id = planned->stored.id;
	if (*work->own_words != '\0')
		work_comment(work, ticket, conversation, work->own_words);
	context->actor = pd_printf(context->arena, "contact:%s", message->forwarded_from.addr);
	const char *why = pd_printf(context->arena, "forwarded by %s", work->mail->agent->full_name);
	if (message->forwarded_date != NULL && *message->forwarded_date != '\0')
		why = pd_printf(context->arena, "%s, written %s", why, message->forwarded_date);
	struct pd_event *event = pd_plan_event(context, ticket, PD_EVENT_MESSAGE, id, conversation, why);
	context->actor = actor;
	if (*planned->stored.message_id != '\0') {
		const struct pd_known_id known = {
			.ticket = ticket->number, .conversation = conversation, .event = event->id};
		pd_plan_id(context, planned->stored.message_id, &known);
	}
	return event;
}

/* The first that #contact will add; addr "": none. */
static struct pd_address contact_to_be(const struct work *work)
{
	for (size_t i = 0; i < work->commands->items.count; i++) {
		const struct pd_command *command = &work->commands->items.items[i];
		if (strcmp(command->spec->word, "contact") == 0 && command->words.count > 0 && *command->words.items[0] != '-')
			return (struct pd_address){.name = "", .addr = command->words.items[0]};
	}
	return (struct pd_address){.name = "", .addr = ""};
}

static void report_new_ticket(struct work *work, const struct pd_ticket *ticket,
			      const struct pd_address *found, bool is_forward)
{
	const struct pd_address to_be = contact_to_be(work), *contact = *found->addr == '\0' ? &to_be : found;
	const char *number = pd_printf(work->context->arena, "%lld", (long long)ticket->number);
	if (*contact->addr == '\0')
		pd_report(work->context, "%s",
			  SAY(work, "Ticket #{number} is new. It has no contact; #contact ADDRESS adds one.",
			      "number", number));
	else
		pd_report(work->context, "%s",
			  SAY(work,
			      is_forward ? N_("Ticket #{number} is new. Its contact is {contact}, found in what "
					   "you forwarded; "
					   "#contact ADDRESS corrects it.")
					 : N_("Ticket #{number} is new. Its contact is {contact}."),
			      "number", number, "contact",
			      contact == found ? pd_participant_value(work->context->arena, contact) : contact->addr));
}

static void new_ticket(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_mail *mail = work->mail;
	const struct pd_draft *held = mail->delivery->held;
	bool is_forward, needs_confirmation = false;
	struct pd_address contact = contact_of(work, &is_forward);
	const char *subject = is_forward && *mail->message->forwarded_subject != '\0'
				      ? mail->message->forwarded_subject
				      : mail->message->subject;
	const struct pd_change values[] = {{.property = "name", .to = pd_mail_name(context, subject)}};
	if (!pd_may(mail->agent, "change")) {
		work_wrong(work, SAY(work, "You lack the right \"{right}\" that a new ticket needs.", "right", "change"));
		(void)work_is_given_back(work);
		return;
	}
	struct pd_savepoint before;
	pd_plan_save(context, &before);
	struct pd_ticket *ticket = NULL;
	if (held != NULL && held->ticket != 0) /* the one that was made to hold it */
		ticket = pd_plan_ticket_followed(context, held->ticket);
	if (ticket == NULL)
		ticket = pd_plan_new_ticket(context, mail->mailbox, values, 1);
	pd_commands_check(context, work->commands, ticket, for_own_ticket(work), &needs_confirmation);
	if (work->commands->errors.count > 0 || needs_confirmation) {
		pd_plan_back(context, &before);
		if (!work_is_given_back(work))
			pd_hold_unconfirmed(context, mail, &work->place, true, 0);
		return;
	}
	if (work->place.related != 0) {
		struct pd_event *related =
			pd_plan_event(context, ticket, PD_EVENT_RELATED, 0, 0, work->place.why);
		related->other = work->place.related;
	}
	int64_t conversation = 0;
	if (*contact.addr != '\0')
		conversation = pd_add_correspondent(context, ticket, mail->mailbox, &contact, subject);
	report_new_ticket(work, ticket, &contact, is_forward);
	if (!work_apply_commands(work, &before, ticket))
		return;
	struct pd_event *event;
	if (is_forward && !work->commands->is_note) {
		event = take_forward(work, ticket, conversation);
	} else if (*contact.addr != '\0' &&
		   !work->commands->is_note) { /* the agent's client sent it to them */
		struct pd_planned_message *message = pd_mail_store(context, mail, PD_OUT);
		message->stored.text = message->search_text = work->text;
		event = pd_plan_event(context, ticket, PD_EVENT_MESSAGE, message->stored.id, conversation,
				      NULL);
		pd_add_participants(context, mail, ticket, conversation);
	} else {
		event = work_comment(work, ticket, conversation, work->text);
		pd_plan_add(context, ticket, "follower", mail->agent->name, 0, NULL);
	}
	pd_form_ask(context, ticket);
	work_name_the_mail(work, before.plan.events.count, event->message);
	work_finish(work, ticket, conversation, event, "new ticket");
}

/* Does it only ask, or act where no ticket is needed? Then it makes none of its own. */
static bool needs_no_ticket(const struct work *work)
{
	const struct pd_commands *commands = work->commands;
	if (commands->has_new)
		return true;
	for (size_t i = 0; i < commands->items.count; i++)
		if (pd_command_needs_ticket(&commands->items.items[i]))
			return false;
	return commands->items.count > 0;
}

void work_without_ticket(struct work *work)
{
	bool is_forward;
	if (pd_absence_take_invitation(work))
		return;
	(void)contact_of(work, &is_forward);
	if (may_be_filled_in(work)) {
		pd_hold_form(work->context, work->mail, work->commands);
		return;
	}
	if (work_is_given_back(work))
		return;
	if (needs_no_ticket(work) || (!work->has_text && !is_forward && work->commands->items.count > 0))
		commands_alone(work);
	else
		new_ticket(work);
}
