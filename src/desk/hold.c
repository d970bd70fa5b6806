/* Mails of agents that are not carried out: given back, held, or waiting for the agent's word.
 *
 * Promises: such a mail does nothing at all (invariant 5), is kept whole as its author's draft, and the
 * author is told why with the own text below. A confirmation holds once, for that draft alone, within its
 * time, and only by a person's answer from the agent's address that begins with #yes. */
#include "desk/letters.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/form.h"
#include "desk/sending.h"

enum { OWN_LINES = 400, NEWER_LINES = 60 };

/* --- drafts --- */

static struct pd_draft *add_draft(struct pd_context *context, const struct pd_mail *mail, const struct pd_ticket *ticket,
				  int64_t message, const char *reason, int64_t answers_version)
{
	struct pd_planned_draft *planned = pd_list_add(context->arena, &context->plan->drafts);
	planned->is_new = true;
	planned->draft = (struct pd_draft){
		.id = context->desk->new_id(context->desk, PD_ID_DRAFT),
		.ticket = ticket != NULL ? ticket->number : 0,
		.message = message,
		.agent = mail->agent->name,
		.reason = reason,
		.sender = mail->delivery->sender,
		.recipients = mail->delivery->recipients,
		.answers_version = answers_version,
		.created = context->now,
		.state = PD_DRAFT_KEPT,
	};
	return &planned->draft;
}

/* Keeps the mail as a draft; gives the event that says so, 0 without a ticket. */
static int64_t keep_draft(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket,
			  int64_t conversation, int64_t message, const char *reason, int64_t answers_version,
			  pd_time expires, int64_t *ret_draft)
{
	struct pd_draft *draft = add_draft(context, mail, ticket, message, reason, answers_version);
	draft->expires = expires;
	if (ret_draft != NULL)
		*ret_draft = draft->id;
	if (ticket == NULL)
		return 0;
	struct pd_event *event =
		pd_plan_event(context, ticket, PD_EVENT_DRAFT, message, conversation, reason);
	event->other = draft->id;
	return event->id;
}

int64_t pd_hold_sent(struct pd_context *context, const struct pd_mail *mail, const struct pd_ticket *ticket,
		     int64_t message, int64_t answers_version)
{
	if (mail->delivery->held != NULL)
		return mail->delivery->held->id;
	struct pd_draft *draft = add_draft(context, mail, ticket, message, "draft", answers_version);
	draft->state = PD_DRAFT_SENT;
	return draft->id;
}

static struct pd_stored *keep_message(struct pd_context *context, const struct pd_mail *mail)
{
	struct pd_planned_message *planned = pd_mail_store(context, mail, PD_INTERNAL);
	planned->stored.html = mail->message->html;
	planned->search_text = NULL; /* a draft is its author's alone */
	return &planned->stored;
}

static const char *own_text(struct pd_context *context, const struct pd_mail *mail)
{
	const char *language = pd_agent_language(context, mail->agent);
	return pd_printf(context->arena, "%s\n\n%s",
			 pd_say(context->arena, language, "This is what you wrote:", NULL),
			 pd_quote(context->arena, mail->message->text, OWN_LINES));
}

/* --- given back --- */

/* Has the mail words beside its commands, and its author the right to send them? */
static bool may_be_sent(struct pd_context *context, const struct pd_mail *mail)
{
	const char *text;
	pd_commands_parse(context->arena, context->settings, pd_agent_language(context, mail->agent), mail->agent,
			  context->now, mail->message->text, mail->is_do, &text);
	return *text != '\0' && pd_may(mail->agent, "reply");
}

void pd_give_back(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place,
		  const struct pd_strings *errors, int64_t answers_version)
{
	const char *language = pd_agent_language(context, mail->agent);
	bool is_held = mail->delivery->held != NULL; /* it is a draft already and stays one */
	int64_t event = 0;
	if (!is_held)
		event = keep_draft(context, mail, place->ticket, place->conversation,
				   keep_message(context, mail)->id, "command", answers_version, 0, NULL);
	PD_AUTO_BUF out = {.limit = 256 * 1024};
	pd_buf_addf(&out, "%s\n\n",
		    pd_say(context->arena, language,
			   "Nothing was sent and nothing was changed, because of this:", NULL));
	for (size_t i = 0; i < errors->count; i++) {
		pd_buf_addf(&out, "  %s\n", errors->items[i]);
		pd_report(context, "%s", errors->items[i]);
	}
	if (place->ticket != NULL)
		pd_buf_addf(&out, "\n%s\n",
			    may_be_sent(context, mail)
				    ? pd_say(context->arena, language,
					     "Send it again with the lines corrected. Or answer this mail with #send: "
					     "then the text goes "
					     "out without any of its commands.",
					     NULL)
				    : pd_say(context->arena, language, "Send it again with the lines corrected.",
					     NULL));
	pd_buf_addf(&out, "\n%s", own_text(context, mail));
	context->plan->is_refused = true;
	context->plan->outcome = "refused";
	context->plan->why =
		pd_clean_line(context->arena, pd_strings_join(context->arena, errors, "; "), 300);
	if (place->ticket != NULL)
		context->plan->ticket = place->ticket->number;
	pd_letter_receipt(context, mail, place->ticket, place->conversation, event,
			  pd_buf_string(context->arena, &out));
	pd_guard_taken(context, mail, event);
}

/* --- another agent was first (invariant 9) --- */

void pd_hold_collision(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place,
		       const struct pd_entry *newer, int64_t answers_version)
{
	const char *language = pd_agent_language(context, mail->agent);
	const char *who = pd_actor_words(context, newer->event.actor);
	int64_t event = keep_draft(context, mail, place->ticket, place->conversation,
				   keep_message(context, mail)->id, "collision", answers_version, 0, NULL);
	pd_report(context, "%s",
		  pd_say(context->arena, language, "Held: {who} answered first (E{entry}).", "who", who,
			 "entry", pd_printf(context->arena, "%lld", (long long)newer->event.id), NULL));
	const char *text = pd_printf(
		context->arena, "%s\n\n%s\n%s\n\n%s",
		pd_say(context->arena, language,
		       "Your answer was not sent: {who} has answered in the meantime:", "who", who, NULL),
		pd_quote(context->arena, newer->message != NULL ? newer->message->text : "", NEWER_LINES),
		pd_say(context->arena, language,
		       "Your text is kept. To send it all the same, answer with the line #send", NULL),
		own_text(context, mail));
	context->plan->outcome = "held";
	context->plan->why = pd_printf(context->arena, "%s answered first", who);
	context->plan->ticket = place->ticket->number;
	pd_letter_receipt(context, mail, place->ticket, place->conversation, event, text);
	pd_guard_taken(context, mail, event);
}

/* --- #draft --- */

void pd_hold_draft(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place,
		   int64_t answers_version, const char *sending)
{
	const char *language = pd_agent_language(context, mail->agent);
	int64_t draft, event = keep_draft(context, mail, place->ticket, place->conversation,
					  keep_message(context, mail)->id, sending != NULL ? "later" : "draft",
					  answers_version, 0, &draft);
	const char *kept = sending == NULL
				   ? pd_say(context->arena, language,
					    "Your answer is kept as a draft that you alone see. To send it, answer with the line "
					    "#send",
					    NULL)
				   : pd_sending_set(context, place->ticket, draft, sending, "command #send");
	context->plan->outcome = "draft";
	context->plan->ticket = place->ticket->number;
	pd_report(context, "%s", kept);
	pd_letter_receipt(context, mail, place->ticket, place->conversation, event,
			  pd_printf(context->arena, "%s\n\n%s",
				    sending == NULL ? kept : pd_receipt_text(context, mail->agent), own_text(context, mail)));
	pd_guard_taken(context, mail, event);
}

/* --- forms --- */

void pd_hold_form(struct pd_context *context, const struct pd_mail *mail, const struct pd_commands *commands)
{
	const char *language = pd_agent_language(context, mail->agent);
	const struct pd_draft *held = mail->delivery->held; /* filled in, and not yet whole */
	int64_t draft = held != NULL ? held->id : 0;
	if (held == NULL)
		(void)keep_draft(context, mail, NULL, 0, keep_message(context, mail)->id, PD_DRAFT_FORM, 0, 0, &draft);
	PD_AUTO_BUF out = {.limit = 256 * 1024};
	pd_buf_addf(&out, "%s\n\n",
		    pd_say(context->arena, language,
			   "The ticket is not made yet, because of what lacks. Answer this mail, and fill in these lines, "
			   "in your words or where they are quoted:",
			   NULL));
	pd_buf_adds(&out, pd_form_lines(context, mail->agent, commands));
	for (size_t i = 0; i < commands->errors.count; i++) {
		if (commands->errors.count > commands->lacking)
			pd_buf_addf(&out, "  %s\n", commands->errors.items[i]);
		pd_report(context, "%s", commands->errors.items[i]);
	}
	if (mail->delivery->added != NULL)
		pd_buf_addf(&out, "\n%s\n\n%s\n", pd_say(context->arena, language, "This is what you filled in:", NULL),
			    mail->delivery->added);
	pd_buf_addf(&out, "\n%s", own_text(context, mail));
	context->plan->is_refused = context->plan->is_incomplete = true;
	context->plan->outcome = "held";
	context->plan->why = pd_clean_line(context->arena, pd_strings_join(context->arena, &commands->errors, "; "), 300);
	pd_letter_form(context, mail, draft, pd_buf_string(context->arena, &out));
	pd_guard_taken(context, mail, 0);
}

/* The answer to a form: what it fills in goes behind the commands that were kept. */
static const char *take_form(struct pd_context *context, const struct pd_mail *mail, const struct pd_draft *draft)
{
	const char *wrong;
	const char *added = pd_form_read(context, mail->agent, mail->message, &wrong);
	if (draft->state != PD_DRAFT_KEPT)
		return N_("That form was filled in before.");
	if (wrong != NULL)
		return N_("A form takes #set, #add, #contact and #company alone. Nothing was done.");
	if (*added == '\0')
		return N_("Nothing was filled in.");
	context->plan->resume_draft = draft->id;
	context->plan->resume_confirmed = true;
	context->plan->resume_added = added;
	context->plan->outcome = "form";
	return NULL;
}

/* --- is it you? --- */

/* An unproven mail stands on the ticket for colleagues to see, marked as what it is. */
static struct pd_ticket *keep_unverified(struct pd_context *context, const struct pd_mail *mail,
					 struct pd_place *place, int64_t message, int64_t *ret_event)
{
	const char *actor = context->actor;
	context->actor = "postdesk";
	if (place->ticket == NULL) {
		const struct pd_change values[] = {
			{.property = "name", .to = pd_mail_name(context, mail->message->subject)},
		};
		place->ticket = pd_plan_new_ticket(context, mail->mailbox, values, 1);
		if (place->related != 0) {
			struct pd_event *related =
				pd_plan_event(context, place->ticket, PD_EVENT_RELATED, 0, 0, place->why);
			related->other = place->related;
		}
	}
	const char *why = pd_printf(
		context->arena, "unverified: bears an address of %s, and is not proven%s%s",
		mail->agent->full_name, place->why != NULL ? "; " : "", place->why != NULL ? place->why : "");
	*ret_event =
		pd_plan_event(context, place->ticket, PD_EVENT_COMMENT, message, place->conversation, why)
			->id;
	context->actor = actor;
	return place->ticket;
}

void pd_hold_unconfirmed(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *given,
			 bool is_proven, int64_t answers_version)
{
	struct pd_place place = *given;
	int64_t event = 0, draft;
	int64_t message = keep_message(context, mail)->id;
	struct pd_ticket *ticket = place.ticket;
	bool needs_none = ticket == NULL && mail->is_do; /* nothing but commands */
	if (!is_proven && !needs_none)
		ticket = keep_unverified(context, mail, &place, message, &event);
	const char *actor = context->actor;
	if (!is_proven)
		context->actor = "postdesk";
	int64_t kept = keep_draft(context, mail, ticket, place.conversation, message,
				  is_proven ? "confirm" : "unconfirmed", answers_version,
				  context->now + context->settings->confirm_within, &draft);
	context->actor = actor;
	if (event == 0)
		event = kept;
	if (ticket != NULL && *mail->message->message_id != '\0') {
		const struct pd_known_id known = {
			.ticket = ticket->number, .conversation = place.conversation, .event = event};
		pd_plan_id(context, mail->message->message_id, &known);
	}
	pd_report(context, "%s",
		  pd_say(context->arena, pd_agent_language(context, mail->agent),
			 "Held until it is confirmed.", NULL));
	context->plan->outcome = "held";
	context->plan->why = is_proven && mail->signature != NULL
				     ? "it needs a confirmation: what is signed does not name the ticket"
			     : is_proven ? "it needs a confirmation"
				       : pd_printf(context->arena, "it bears an address of %s and is not proven%s%s",
						   mail->agent->name, given->why != NULL ? "; " : "",
						   given->why != NULL ? given->why : "");
	pd_letter_confirmation(context, mail, ticket, event, draft, is_proven);
	context->plan->ticket = ticket != NULL ? ticket->number : 0;
	pd_guard_taken(context, mail, event);
}

/* The draft that this mail is an answer about; NULL: none. */
static const struct pd_draft *asked_about(struct pd_context *context, const struct pd_mail *mail)
{
	for (size_t i = 0; i < mail->recipients.count; i++)
		if (mail->recipients.items[i].kind == PD_RCPT_CONFIRM)
			return context->desk->draft(context->desk, context->arena,
						    mail->recipients.items[i].number);
	return NULL;
}

bool pd_take_confirmation(struct pd_context *context, const struct pd_mail *mail)
{
	const struct pd_draft *draft = asked_about(context, mail);
	/* Whoever else has the address has it by forwarding: that is mail like any other. */
	if (draft == NULL || mail->agent == NULL || !pd_agent_is(mail->agent, draft->agent))
		return false;
	const char *language = pd_agent_language(context, mail->agent);
	struct pd_ticket *ticket =
		draft->ticket != 0 ? pd_plan_ticket_followed(context, draft->ticket) : NULL;
	const char *wrong = NULL;
	context->agent = mail->agent;
	context->actor = pd_printf(context->arena, "agent:%s", mail->agent->name);
	context->plan->ticket = ticket != NULL ? ticket->number : 0;
	keep_message(context, mail);
	pd_guard_taken(context, mail, 0);
	if (mail->is_automatic || (mail->kinds & (PD_KIND_BOUNCE | PD_KIND_DSN)) != 0) {
		context->plan->outcome = "automatic";
		context->plan->why = "automatic mail confirms nothing";
		return true;
	}
	bool is_form = pd_equal(draft->reason, PD_DRAFT_FORM);
	if (is_form)
		wrong = take_form(context, mail, draft);
	else if (draft->state != PD_DRAFT_SENT && draft->expires != 0 && context->now > draft->expires)
		wrong = N_("It is too late to confirm that mail. Please send it again.");
	else if (draft->state != PD_DRAFT_KEPT)
		wrong = N_("That mail was confirmed, or discarded, before.");
	else if (!pd_commands_begins_yes(
			 pd_strndup(context->arena, mail->message->text, mail->message->own_text)))
		wrong = N_("Nothing was confirmed: the answer must begin with the line #yes");
	if (wrong != NULL) {
		context->plan->outcome = "refused";
		context->plan->is_refused = true;
		context->plan->why = wrong;
		pd_report(context, "%s", pd_say(context->arena, language, wrong, NULL));
		pd_letter_receipt(context, mail, ticket, 0, 0, pd_receipt_text(context, mail->agent));
		return true;
	}
	if (is_form)
		return true;
	context->plan->resume_draft = draft->id;
	context->plan->resume_confirmed = true;
	context->plan->outcome = "confirmed";
	return true;
}
