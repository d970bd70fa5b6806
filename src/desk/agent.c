/* An agent's mail: commands, an answer to the contact, a comment, a new ticket.
 *
 * Promises: it acts wholly or not at all (invariant 5); nothing is sent for an agent who is not proven for
 * it; an answer that another agent's crossed is held (invariant 9); the contact gets the author's own text
 * and nothing else (invariant 4). The order below is the order of the checks: each may end the matter, and
 * only then anything is done. */
#include "desk/letters.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"

/* What is known of the mail once it is read. */
struct work {
	struct pd_context *context;
	const struct pd_mail *mail;
	struct pd_place place;
	enum pd_proof proof;
	struct pd_commands *commands;
	const char *text; /* without commands */
	bool has_text;	  /* or something attached: there is something to say */
	bool is_comment;
	bool is_reply;
	int64_t answers_version; /* the ticket's version that it answers; 0: unknown */
	struct pd_answer answer;
	const struct pd_entry *newer_message; /* of the contact, which the author has not seen; NULL */
};

#define SAY(work, ...)                                                                                       \
	pd_say((work)->context->arena, pd_agent_language((work)->context, (work)->mail->agent), __VA_ARGS__, \
	       NULL)

/* --- reading --- */

static bool has_attachment(const struct pd_message *message)
{
	for (size_t i = 0; i < message->attachments.count; i++)
		if (!message->attachments.items[i].is_inline)
			return true;
	return false;
}

/* The entry that a signed address was made for, where the client gave no In-Reply-To. */
static void find_answered_by_token(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_recipient *token = work->place.token;
	if (work->place.answers != 0 || token == NULL || token->version <= 0 ||
	    token->number != work->place.ticket->number)
		return;
	struct pd_entries after =
		context->desk->timeline(context->desk, context->arena, token->number, token->version - 1);
	if (after.count > 0 && after.items[0].event.version == token->version)
		work->place.answers = after.items[0].event.id;
}

static void read_answered(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_recipient *token = work->place.token;
	bool is_comment = false;
	find_answered_by_token(work);
	const struct pd_entry *entry =
		work->place.answers != 0
			? context->desk->entry(context->desk, context->arena, work->place.answers)
			: NULL;
	if (entry != NULL && entry->event.ticket == work->place.ticket->number) {
		work->answers_version = entry->event.version;
		is_comment = entry->event.kind == PD_EVENT_COMMENT;
	}
	if (token != NULL && token->is_agent && token->number == work->place.ticket->number &&
	    token->version > work->answers_version)
		work->answers_version = token->version;
	if (work->mail->delivery->held != NULL && work->mail->delivery->held->answers_version != 0)
		work->answers_version = work->mail->delivery->held->answers_version;
	work->is_comment = work->has_text && (work->commands->is_note || is_comment);
}

static void read_commands(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_mail *mail = work->mail;
	/* Commands stand in what the agent wrote himself; a mail that he forwards below is passed on with his
	 * words. */
	const char *text = pd_strndup(context->arena, mail->message->text, mail->message->own_text);
	const char *foreign = mail->message->text + mail->message->own_text;
	foreign += strspn(foreign, "\n ");
	if (mail->is_do && pd_command_shape(mail->message->subject))
		text = pd_printf(context->arena, "%s\n%s", mail->message->subject, text);
	work->commands =
		pd_commands_parse(context->arena, context->settings, pd_agent_language(context, mail->agent),
				  mail->agent, context->now, text, mail->is_do, &work->text);
	if (*work->text != '\0' && *foreign != '\0')
		work->text = pd_printf(context->arena, "%s\n\n%s", work->text, foreign);
	work->commands->new_mailbox = mail->mailbox;
	if (*mail->message->subject != '\0' && !pd_command_shape(mail->message->subject))
		work->commands->new_name = pd_mail_name(context, mail->message->subject);
	/* A draft that was given back for its commands and is sent all the same goes without any. A comment
	 * stays one. */
	if (mail->delivery->held != NULL && mail->delivery->is_forced &&
	    pd_equal(mail->delivery->held->reason, "command")) {
		struct pd_commands *all = work->commands;
		work->commands = PD_NEW(context->arena, struct pd_commands);
		work->commands->is_note = all->is_note;
		work->commands->note = all->note;
	}
	const char *note =
		work->commands->is_note && work->commands->note != NULL ? work->commands->note : "";
	if (*note != '\0')
		work->text =
			*work->text != '\0' ? pd_printf(context->arena, "%s\n\n%s", note, work->text) : note;
	work->has_text = *work->text != '\0' || has_attachment(mail->message);
}

/* --- refusing and holding: true where the matter ends --- */

static void wrong(struct work *work, const char *what)
{
	*pd_list_add(work->context->arena, &work->commands->errors) = what;
}

static bool is_given_back(struct work *work)
{
	if (work->commands->errors.count == 0)
		return false;
	pd_give_back(work->context, work->mail, &work->place, &work->commands->errors, work->answers_version);
	return true;
}

/* The draft is done with. */
static void end_draft(struct pd_context *context, const struct pd_draft *draft, enum pd_draft_state state)
{
	struct pd_planned_draft *planned = pd_list_add(context->arena, &context->plan->drafts);
	planned->draft = *draft;
	planned->draft.state = state;
}

/* What another agent sent, and what the contact wrote, after what this mail answers. */
static const struct pd_entry *find_newer(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_entry *answer = NULL;
	if (work->answers_version == 0)
		return NULL;
	struct pd_entries after = context->desk->timeline(context->desk, context->arena,
							  work->place.ticket->number, work->answers_version);
	for (size_t i = 0; i < after.count; i++) {
		const struct pd_entry *entry = &after.items[i];
		if (entry->event.kind != PD_EVENT_MESSAGE || entry->message == NULL ||
		    (entry->message->kinds & PD_KIND_AUTO) != 0)
			continue;
		if (entry->message->direction == PD_IN)
			work->newer_message = entry;
		else if (pd_starts(entry->event.actor, "agent:") &&
			 !pd_equal(entry->event.actor, context->actor))
			answer = entry;
	}
	return answer;
}

static bool is_held(struct work *work)
{
	const struct pd_entry *newer = work->is_reply ? find_newer(work) : NULL;
	bool is_forced = work->mail->delivery->is_forced && !work->mail->delivery->is_confirmed;
	if (newer == NULL || is_forced || work->commands->has_send)
		return false;
	pd_hold_collision(work->context, work->mail, &work->place, newer, work->answers_version);
	if (work->mail->delivery->held !=
	    NULL) /* a new draft stands for it, which needs no confirmation any more */
		end_draft(work->context, work->mail->delivery->held, PD_DRAFT_DISCARDED);
	return true;
}

/* --- doing --- */

/* T6: which mail changed it. */
static void name_the_mail(struct work *work, size_t first_event, int64_t message)
{
	const struct pd_plan *plan = work->context->plan;
	for (size_t i = first_event; i < plan->events.count; i++)
		if (plan->events.items[i]->message == 0 && plan->events.items[i]->kind != PD_EVENT_MESSAGE)
			plan->events.items[i]->message = message;
}

static void report_newer(struct work *work)
{
	const struct pd_entry *newer = work->newer_message;
	if (newer != NULL)
		pd_report(work->context, "%s",
			  SAY(work, "The contact wrote again before your answer went out (E{entry}):\n{text}",
			      "entry", pd_printf(work->context->arena, "%lld", (long long)newer->event.id),
			      "text", pd_quote(work->context->arena, newer->message->text, 40)));
}

/* The last word of every branch that did something. */
static void finish(struct work *work, struct pd_ticket *ticket, int64_t conversation,
		   const struct pd_event *event, const char *outcome)
{
	struct pd_context *context = work->context;
	const struct pd_draft *held = work->mail->delivery->held;
	if (held != NULL)
		end_draft(context, held, PD_DRAFT_SENT);
	if (ticket != NULL) {
		pd_note_mailboxes(context, work->mail, ticket);
		pd_mail_register(context, work->mail, ticket, conversation, event != NULL ? event->id : 0);
		context->plan->ticket = ticket->number;
	}
	context->plan->outcome = outcome;
	pd_guard_taken(context, work->mail, event != NULL ? event->id : 0);
	if (context->plan->resume_draft != 0)
		return; /* the draft's own decision tells it all */
	pd_letter_receipt(context, work->mail, ticket, conversation,
			  event != NULL && event->kind != PD_EVENT_COMMENT ? event->id : 0,
			  pd_receipt_text(context, work->mail->agent));
}

/* Own words beside #send take the draft's place. */
static void replace_draft(struct work *work)
{
	struct pd_context *context = work->context;
	if (context->plan->resume_draft == 0 || !work->has_text)
		return;
	const struct pd_draft *draft =
		context->desk->draft(context->desk, context->arena, context->plan->resume_draft);
	if (draft != NULL)
		end_draft(context, draft, PD_DRAFT_DISCARDED);
	context->plan->resume_draft = 0;
}

/* false: it failed; the plan is as before and the mail was given back. */
static bool apply_commands(struct work *work, const struct pd_savepoint *before, struct pd_ticket *ticket)
{
	struct pd_context *context = work->context;
	struct pd_error error = {0};
	if (pd_commands_apply(context, work->commands, ticket, &error) == 0)
		return true;
	pd_plan_back(context, before);
	if (work->place.ticket != NULL)
		work->place.ticket = pd_plan_ticket(context, work->place.ticket->number);
	wrong(work, pd_strdup(context->arena, error.text));
	is_given_back(work);
	return false;
}

static struct pd_event *comment(struct work *work, struct pd_ticket *ticket, int64_t conversation)
{
	struct pd_context *context = work->context;
	struct pd_planned_message *message = pd_mail_store(context, work->mail, PD_INTERNAL);
	message->stored.text = message->search_text = work->text;
	return pd_plan_event(context, ticket, PD_EVENT_COMMENT, message->stored.id, conversation, NULL);
}

static const char *names_of(struct pd_context *context, const struct pd_stored *stored)
{
	PD_AUTO_BUF out = {0};
	for (size_t i = 0; i < stored->to.count + stored->cc.count; i++)
		pd_buf_addf(&out, "%s%s", i > 0 ? ", " : "",
			    i < stored->to.count ? stored->to.items[i].addr
						 : stored->cc.items[i - stored->to.count].addr);
	return pd_buf_string(context->arena, &out);
}

static struct pd_event *reply(struct work *work)
{
	struct pd_context *context = work->context;
	struct pd_ticket *ticket = work->place.ticket;
	const struct pd_mailbox *mailbox = pd_ticket_mailbox(context, ticket);
	struct pd_event *event = pd_answer_send(context, work->mail, &work->answer, work->place.why);
	if (!work->commands->sets_status)
		pd_set_status_kind(context, ticket, mailbox->after_reply, "answer of an agent");
	if (work->mail->delivery->held != NULL || work->commands->items.count > 0)
		for (size_t i = 0; i < context->plan->messages.count; i++)
			if (context->plan->messages.items[i].stored.id == event->message)
				pd_report(context, "%s",
					  SAY(work, "Your answer goes to {names}.", "names",
					      names_of(context, &context->plan->messages.items[i].stored)));
	report_newer(work);
	return event;
}

/* --- on a ticket --- */

static void check_words(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_ticket *ticket = work->place.ticket;
	if (!pd_may_see(context->settings, work->mail->agent, ticket))
		wrong(work, SAY(work, "There is no ticket #{number} that you may see.", "number",
				pd_printf(context->arena, "%lld", (long long)ticket->number)));
	else if (work->is_reply && !pd_may(work->mail->agent, "reply"))
		wrong(work,
		      SAY(work,
			  "You lack the right to answer contacts. A line #note makes your mail a comment."));
	else if (work->is_reply && *work->answer.to.addr == '\0' && work->commands->to.count == 0)
		wrong(work, SAY(work, "No address of a contact is known; a line #to ADDRESS names one."));
}

static void on_ticket(struct work *work)
{
	struct pd_context *context = work->context;
	struct pd_ticket *ticket = work->place.ticket;
	bool needs_confirmation = false;
	read_answered(work);
	work->is_reply = work->has_text && !work->is_comment && !work->commands->has_new;
	pd_answer_find(context, ticket, work->place.conversation,
		       work->commands->reply_to_event != 0 ? work->commands->reply_to_event
							   : work->place.answers,
		       &work->answer);
	work->answer.text = work->text;
	work->answer.html = work->mail->message->has_html ? work->mail->message->html : NULL;
	work->answer.commands = work->commands;

	if (work->commands->errors.count == 0) {
		pd_commands_check(context, work->commands, ticket, work->proof, &needs_confirmation);
		check_words(work);
	}
	if (is_given_back(work))
		return;
	if (needs_confirmation || (work->proof == PD_PROOF_MAIL && (work->is_reply || work->is_comment))) {
		pd_hold_unconfirmed(context, work->mail, &work->place, true, work->answers_version);
		return;
	}
	if (is_held(work))
		return;

	struct pd_savepoint before;
	pd_plan_save(context, &before);
	if (!apply_commands(work, &before, ticket))
		return;
	replace_draft(work);
	struct pd_event *event = NULL;
	int64_t message;
	if (work->is_reply) {
		event = reply(work);
		message = event->message;
	} else if (work->has_text) { /* a comment; with #new, on what it made */
		if (work->commands->has_new && context->plan->ticket != 0)
			ticket = pd_plan_ticket(context, context->plan->ticket);
		event = comment(work, ticket, ticket == work->place.ticket ? work->place.conversation : 0);
		message = event->message;
	} else {
		message = pd_mail_store(context, work->mail, PD_INTERNAL)->stored.id;
		if (work->commands->to.count + work->commands->cc.count + work->commands->bcc.count > 0 ||
		    work->commands->subject != NULL)
			pd_report(context, "%s",
				  SAY(work, "Nothing was sent: the mail has no text of its own."));
	}
	name_the_mail(work, before.plan.events.count, message);
	finish(work, ticket, work->place.conversation, event,
	       work->is_reply  ? "reply"
	       : event != NULL ? "comment"
			       : "commands");
}

/* --- without a ticket --- */

/* One's own new ticket is no other's work: its commands need no token. */
static enum pd_proof for_own_ticket(const struct work *work)
{
	return work->proof == PD_PROOF_MAIL ? PD_PROOF_MAIL_TICKET : work->proof;
}

/* Commands alone: listings, help, #new. */
static void commands_alone(struct work *work)
{
	struct pd_context *context = work->context;
	bool needs_confirmation = false;
	pd_commands_check(context, work->commands, NULL,
			  work->commands->has_new ? for_own_ticket(work) : work->proof, &needs_confirmation);
	if (is_given_back(work))
		return;
	if (needs_confirmation) {
		pd_hold_unconfirmed(context, work->mail, &work->place, true, 0);
		return;
	}
	struct pd_savepoint before;
	pd_plan_save(context, &before);
	if (!apply_commands(work, &before, NULL))
		return;
	struct pd_ticket *ticket =
		context->plan->ticket != 0 ? pd_plan_ticket(context, context->plan->ticket) : NULL;
	struct pd_event *event = NULL;
	if (work->has_text && ticket != NULL) {
		event = comment(work, ticket, 0);
		name_the_mail(work, before.plan.events.count, event->message);
	} else {
		name_the_mail(work, before.plan.events.count,
			      pd_mail_store(context, work->mail, PD_INTERNAL)->stored.id);
	}
	finish(work, ticket, 0, event, "commands");
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
	if (*work->text != '\0')
		comment(work, ticket, conversation);
	context->actor = pd_printf(context->arena, "contact:%s", message->forwarded_from.addr);
	struct pd_event *event =
		pd_plan_event(context, ticket, PD_EVENT_MESSAGE, id, conversation,
			      pd_printf(context->arena, "forwarded by %s", work->mail->agent->full_name));
	context->actor = actor;
	if (*planned->stored.message_id != '\0') {
		const struct pd_known_id known = {
			.ticket = ticket->number, .conversation = conversation, .event = event->id};
		pd_plan_id(context, planned->stored.message_id, &known);
	}
	return event;
}

static void report_new_ticket(struct work *work, const struct pd_ticket *ticket,
			      const struct pd_address *contact, bool is_forward)
{
	const char *number = pd_printf(work->context->arena, "%lld", (long long)ticket->number);
	if (*contact->addr == '\0')
		pd_report(work->context, "%s",
			  SAY(work, "Ticket #{number} is new. It has no contact; #contact ADDRESS adds one.",
			      "number", number));
	else
		pd_report(work->context, "%s",
			  SAY(work,
			      is_forward ? "Ticket #{number} is new. Its contact is {contact}, found in what "
					   "you forwarded; "
					   "#contact ADDRESS corrects it."
					 : "Ticket #{number} is new. Its contact is {contact}.",
			      "number", number, "contact",
			      pd_participant_value(work->context->arena, contact)));
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
		if (!is_given_back(work))
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
	if (!apply_commands(work, &before, ticket))
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
		event = comment(work, ticket, conversation);
		pd_plan_add(context, ticket, "follower", mail->agent->name, 0, NULL);
	}
	name_the_mail(work, before.plan.events.count, event->message);
	finish(work, ticket, conversation, event, "new ticket");
}

/* Does it only ask, or act where no ticket is needed? Then it makes none of its own. */
static bool needs_no_ticket(const struct work *work)
{
	const struct pd_commands *commands = work->commands;
	if (commands->has_new)
		return true;
	for (size_t i = 0; i < commands->items.count; i++)
		if ((pd_command_flags(commands->items.items[i].spec) & PD_COMMAND_NO_TICKET) == 0)
			return false;
	return commands->items.count > 0;
}

static void without_ticket(struct work *work)
{
	bool is_forward;
	(void)contact_of(work, &is_forward);
	if (is_given_back(work))
		return;
	if (needs_no_ticket(work) || (!work->has_text && !is_forward && work->commands->items.count > 0))
		commands_alone(work);
	else
		new_ticket(work);
}

/* --- the road --- */

/* A kept mail whose agent has not said #yes is not set free by anything else. */
static bool must_stay(struct work *work)
{
	const struct pd_draft *held = work->mail->delivery->held;
	if (held == NULL || work->mail->delivery->is_confirmed || !pd_equal(held->reason, "unconfirmed"))
		return false;
	wrong(work,
	      SAY(work,
		  "That mail was not proven to be yours. Answer the mail that asked you with #yes instead."));
	return is_given_back(work);
}

void pd_take_agent(struct pd_context *context, const struct pd_mail *mail)
{
	struct work work = {.context = context, .mail = mail};
	context->agent = mail->agent;
	context->actor = pd_printf(context->arena, "agent:%s", mail->agent->name);
	pd_mail_place(context, mail, &work.place);
	if (work.place.ticket == NULL && mail->delivery->held != NULL && !mail->delivery->is_confirmed)
		work.place.ticket = pd_plan_ticket_followed(context, mail->delivery->held->ticket);
	work.proof = pd_mail_proof(mail, &work.place);
	if (work.proof == PD_PROOF_NONE) {
		context->agent = NULL;
		if ((mail->message->kinds & PD_KIND_SPAM) != 0)
			pd_take_contact(context, mail);
		else
			pd_hold_unconfirmed(context, mail, &work.place, false,
					    work.place.token != NULL ? work.place.token->version : 0);
		return;
	}
	read_commands(&work);
	if (must_stay(&work))
		return;
	if (work.place.ticket != NULL)
		on_ticket(&work);
	else
		without_ticket(&work);
}
