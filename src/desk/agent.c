/* An agent's mail: commands, an answer to the contact, a comment, a new ticket.
 *
 * Promises: it acts wholly or not at all (invariant 5); nothing is sent for an agent who is not proven for
 * it; an answer that another agent's crossed is held (invariant 9); the contact gets the author's own text
 * and nothing else (invariant 4). The order below is the order of the checks: each may end the matter, and
 * only then anything is done. */
#include "desk/agent_work.h"

#include <string.h>

#include "base/text.h"
#include "desk/chat.h"
#include "desk/insert.h"
#include "desk/seal.h"
#include "desk/sending.h"
#include "desk/signature.h"
#include "desk/timeline.h"

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
	if (work->place.answers != 0 || token == NULL || token->version <= 0)
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
	if (entry != NULL && pd_ticket_includes(work->place.ticket, entry->event.ticket)) {
		work->answers_ticket = entry->event.ticket;
		work->answers_version = entry->event.version;
		is_comment = entry->event.kind == PD_EVENT_COMMENT;
	}
	if (token != NULL && token->is_agent && work->answers_ticket == 0)
		work->answers_ticket = token->number;
	if (token != NULL && token->is_agent && token->number == work->answers_ticket &&
	    token->version > work->answers_version)
		work->answers_version = token->version;
	const struct pd_draft *held = work->mail->delivery->held;
	if (held != NULL && held->answers_version != 0) {
		work->answers_ticket = held->ticket;
		work->answers_version = held->answers_version;
	}
	work->is_comment = work->has_text && (work->commands->is_note || is_comment);
}

/* A command in the subject of a mail to +do; without its sign only where the mail says nothing else. */
static bool is_command_subject(struct work *work, const char *text)
{
	struct pd_context *context = work->context;
	const char *subject = work->mail->message->subject;
	if (pd_command_shape(subject))
		return true;
	return work->mail->is_do && *pd_trim(context->arena, text) == '\0' &&
	       pd_command_names(context->settings, pd_agent_language(context, work->mail->agent), subject);
}

/* Both parts of a mail must have the same commands: what leaves by the one would else be what the other carries out
 * (invariants 4 and 5). */
static bool parts_agree(struct work *work, const char *text)
{
	struct pd_context *context = work->context;
	const struct pd_message *message = work->mail->message;
	if (work->mail->is_do || (message->html == NULL && message->html_commands.count == 0))
		return true;
	/* A long #note is wrapped in the plain text; all of its words stay inside. */
	if (pd_command_agrees(context->arena, text, &message->html_commands, work->commands->is_note))
		return true;
	work_wrong(work,
		   message->html_commands.count > 0
			   ? SAY(work,
				 "The plain text and the HTML of your mail do not have the same commands. The HTML has: "
				 "{commands}",
				 "commands", pd_strings_join(context->arena, &message->html_commands, ", "))
			   : SAY(work, "The plain text and the HTML of your mail do not have the same commands. The "
				       "HTML has none."));
	return false;
}

/* "Tomorrow" in a draft is the day after it was written. */
static pd_time written_at(const struct work *work)
{
	const struct pd_draft *held = work->mail->delivery->held;
	return held != NULL ? held->created : work->context->now;
}

static void read_commands(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_mail *mail = work->mail;
	/* Commands stand in the agent's own words; a mail that is forwarded below goes along with them. */
	const char *text = pd_strndup(context->arena, mail->message->text, mail->message->own_text);
	const char *foreign = mail->message->text + mail->message->own_text;
	foreign += strspn(foreign, "\n ");
	bool is_in_subject = is_command_subject(work, text);
	if (is_in_subject && mail->is_do)
		text = pd_printf(context->arena, "%s\n%s", mail->message->subject, text);
	const char *added = mail->delivery->added;
	work->commands = pd_commands_parse(context->arena, context->settings, pd_agent_language(context, mail->agent),
					   mail->agent, written_at(work),
					   added != NULL ? pd_printf(context->arena, "%s\n\n%s", text, added) : text,
					   mail->is_do, &work->text);
	work->own_words = work->text;
	/* Where the HTML may hold a command yet, it goes nowhere, also not by #send. */
	work->is_html_sound = parts_agree(work, text) && !work->commands->has_lost;
	if (*work->text != '\0' && *foreign != '\0')
		work->text = pd_printf(context->arena, "%s\n\n%s", work->text, foreign);
	work->commands->new_mailbox = mail->mailbox;
	if (*mail->message->subject != '\0' && !is_in_subject)
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
	if ((mail->kinds & PD_KIND_ENCRYPTED) != 0)
		work_wrong(work, SAY(work, "Your mail is encrypted, so that what it says is not known here."));
	const char *note =
		work->commands->is_note && work->commands->note != NULL ? work->commands->note : "";
	if (*note != '\0')
		work->text =
			*work->text != '\0' ? pd_printf(context->arena, "%s\n\n%s", note, work->text) : note;
	work->has_text =
		*work->text != '\0' || has_attachment(mail->message) || work->commands->has_insertion;
}

/* --- refusing and holding: true where the matter ends --- */

/* What another agent sent, and what the contact wrote, after what this mail answers. */
static const struct pd_entry *find_newer(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_entry *answer = NULL;
	if (work->answers_version == 0)
		return NULL;
	struct pd_entries after = pd_timeline_after(context, work->answers_ticket, work->answers_version);
	for (size_t i = 0; i < after.count; i++) {
		const struct pd_entry *entry = &after.items[i];
		if (entry->event.kind != PD_EVENT_MESSAGE || entry->message == NULL ||
		    (entry->message->kinds & PD_KIND_AUTO) != 0)
			continue;
		if (entry->message->direction == PD_IN)
			work->newer_message = entry;
		else if (pd_starts(entry->event.actor, "agent:") &&
			 !pd_equal(entry->event.actor, context->actor) && !pd_reply_is_stopped(context, &entry->event))
			answer = entry;
	}
	return answer;
}

/* #draft: the whole mail waits, with its commands, until #send sets it free; #send TIME: until then. */
static bool is_kept(struct work *work)
{
	const struct pd_draft *held = work->mail->delivery->held;
	bool is_sent = held != NULL && work->mail->delivery->is_forced && !work->mail->delivery->is_confirmed;
	bool is_later = work->commands->send_at != 0 && work->is_reply;
	if ((!work->commands->has_draft && !is_later) || is_sent)
		return false;
	pd_hold_draft(work->context, work->mail, &work->place, work_answers_version(work),
		      is_later ? pd_sending_value(work->context->arena, work->commands->send_at, work->mail->agent->name,
						  work->context->is_full)
			       : NULL);
	if (held != NULL)
		work_end_draft(work->context, held, PD_DRAFT_DISCARDED);
	return true;
}

static bool is_held(struct work *work)
{
	const struct pd_entry *newer = work->is_reply && !work->is_direct ? find_newer(work) : NULL;
	/* Who sends a draft of its own may not know of the newer answer either. */
	const struct pd_draft *held = work->mail->delivery->held;
	bool is_forced = work->mail->delivery->is_forced && !work->mail->delivery->is_confirmed &&
			 !(held != NULL && (pd_equal(held->reason, "draft") || pd_equal(held->reason, "later")));
	if (newer == NULL || is_forced || work->commands->has_send)
		return false;
	pd_hold_collision(work->context, work->mail, &work->place, newer, work_answers_version(work));
	if (work->mail->delivery->held !=
	    NULL) /* a new draft stands for it, which needs no confirmation any more */
		work_end_draft(work->context, work->mail->delivery->held, PD_DRAFT_DISCARDED);
	return true;
}

/* --- doing --- */

static void report_newer(struct work *work)
{
	const struct pd_entry *newer = work->newer_message;
	if (newer != NULL)
		pd_report(work->context, "%s",
			  SAY(work, "The contact wrote again before your answer went out (E{entry}):\n{text}",
			      "entry", pd_printf(work->context->arena, "%lld", (long long)newer->event.id),
			      "text", pd_quote(work->context->arena, newer->message->text, 40)));
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
		work_end_draft(context, draft, PD_DRAFT_DISCARDED);
	work->answer.replaced = context->plan->resume_draft;
	context->plan->resume_draft = 0;
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

/* A notification that is forwarded to its own ticket tells a contact what it tells an agent (invariant 4). */
static bool leave_out_quotes(struct work *work)
{
	struct pd_context *context = work->context;
	const char *from = work->mail->message->forwarded_from.addr;
	bool is_ours = from != NULL && pd_recipient_parse(context->arena, context->settings, from).mailbox != NULL;
	if (is_ours) {
		work->answer.text = work->own_words;
		work->answer.html = NULL;
	}
	return !pd_answer_quotes(context, &work->answer) || is_ours;
}

/* An answer to the visitor of an open chat is said there; who names further people means a mail. */
static bool is_for_chat(const struct work *work)
{
	const struct pd_commands *commands = work->commands;
	return pd_chat_is_open(work->place.ticket) &&
	       commands->to.count + commands->cc.count + commands->bcc.count == 0 && !has_attachment(work->mail->message);
}

static struct pd_event *say_in_chat(struct work *work)
{
	struct pd_context *context = work->context;
	const char *text = pd_scrub(context, pd_ticket_mailbox(context, work->place.ticket), work->answer.text);
	struct pd_planned_message *message = pd_mail_store(context, work->mail, PD_OUT);
	message->stored.source = "chat";
	message->stored.text = message->search_text = text;
	struct pd_event *event = pd_plan_event(context, work->place.ticket, PD_EVENT_MESSAGE, message->stored.id,
					       work->answer.conversation, "said in the chat");
	pd_chat_pass_on(context, work->place.ticket, event, text);
	return event;
}

static struct pd_event *reply(struct work *work)
{
	struct pd_context *context = work->context;
	struct pd_ticket *ticket = work->place.ticket;
	const struct pd_mailbox *mailbox = pd_ticket_mailbox(context, ticket);
	if (work->answer.conversation == 0 && *work->answer.to.addr != '\0') /* until now it had no contact */
		work->answer.conversation = work->place.conversation =
			pd_add_correspondent(context, ticket, mailbox, &work->answer.to, ticket->name);
	if (!work->is_direct && leave_out_quotes(work))
		pd_report(context, "%s",
			  SAY(work, "What you quoted and the contact has not seen was left out of your answer."));
	bool is_said = !work->is_direct && is_for_chat(work);
	work->answer.html =
		pd_insert_html(context->arena, work->commands, work->answer.html, work->answer.text);
	work->answer.text = pd_insert_text(context->arena, work->commands, work->answer.text);
	if (!work->is_direct && !is_said && context->settings->undo_send > 0 && !context->is_timed)
		work->answer.not_before = context->now + context->settings->undo_send;
	struct pd_event *event =
		is_said ? say_in_chat(work)
		: work->is_direct
			? pd_answer_note(context, work->mail, &work->answer, "sent by the agent's own client")
			: pd_answer_send(context, work->mail, &work->answer, work->place.why);
	if (!work->commands->sets_status && !is_said)
		pd_set_status_kind(context, ticket, mailbox->after_reply, "answer of an agent");
	if (is_said)
		pd_report(context, "%s", SAY(work, "Your answer was said in the chat."));
	else if (!work->is_direct && (work->mail->delivery->held != NULL || work->commands->items.count > 0))
		for (size_t i = 0; i < context->plan->messages.count; i++)
			if (context->plan->messages.items[i].stored.id == event->message)
				pd_report(context, "%s",
					  SAY(work, "Your answer goes to {names}.", "names",
					      names_of(context, &context->plan->messages.items[i].stored)));
	if (work->answer.not_before != 0)
		pd_report(context, "%s",
			  SAY(work, "Your answer (E{entry}) leaves in {time}. Until then #undo stops it.", "entry",
			      pd_printf(context->arena, "%lld", (long long)event->id), "time",
			      pd_say_duration(context->arena, pd_agent_language(context, work->mail->agent),
					      work->answer.not_before - context->now)));
	report_newer(work);
	return event;
}

/* --- on a ticket --- */

static bool has_command(const struct work *work, const char *word)
{
	for (size_t i = 0; i < work->commands->items.count; i++)
		if (strcmp(pd_command_word(work->commands->items.items[i].spec), word) == 0)
			return true;
	return false;
}

/* What was given back for its commands, and is sent again corrected, is no draft any more. */
static void end_corrected(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_ticket *ticket = work->place.ticket;
	const struct pd_draft *draft = NULL;
	int64_t below = 0;
	if (work->mail->delivery->held != NULL || work->answers_version == 0 || context->plan->resume_draft != 0)
		return;
	while ((draft = context->desk->draft_of(context->desk, context->arena, ticket->number,
						work->mail->agent->name, below)) != NULL) {
		below = draft->id;
		if (pd_equal(draft->reason, "command") && draft->answers_version == work->answers_version)
			work_end_draft(context, draft, PD_DRAFT_DISCARDED);
	}
}

static void check_words(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_ticket *ticket = work->place.ticket;
	if (!pd_may_see(context->settings, work->mail->agent, ticket))
		work_wrong(work, SAY(work, "There is no ticket #{number} that you may see.", "number",
				     pd_printf(context->arena, "%lld", (long long)ticket->number)));
	else if (work->is_reply && ticket->is_deleted && !has_command(work, "restore"))
		work_wrong(work, SAY(work, "Ticket #{number} is deleted: begin with a line #restore.", "number",
				     pd_printf(context->arena, "%lld", (long long)ticket->number)));
	else if (work->is_reply && !pd_may(work->mail->agent, "reply"))
		work_wrong(work, SAY(work,
				     "You lack the right \"{right}\" that answering contacts needs. A line #note makes your "
				     "mail a comment.",
				     "right", "reply"));
	else if (work->commands->has_insertion && work->is_direct)
		work_wrong(work, SAY(work, "Your own client has sent this mail to the contact: nothing can be put into it. "
					   "Answer the desk alone."));
	else if (work->commands->has_file && is_for_chat(work))
		work_wrong(work, SAY(work, "No file goes through a chat: #attach, #video and #meeting have no meaning in it."));
	else if (work->commands->has_file && work->is_comment)
		work_wrong(work, SAY(work, "A comment goes to nobody: #attach, #video and #meeting have no meaning in it."));
	else if (work->commands->has_draft && !work->is_reply)
		work_wrong(work, SAY(work, "#draft keeps an answer to the contact, and there is none."));
	else if ((work->commands->has_draft || work->commands->send_at != 0) && work->is_direct &&
		 work->mail->delivery->held == NULL)
		work_wrong(work, SAY(work, "Your own mail program sends this answer to the contact, at once. Write to "
					   "the desk alone."));
	else if (work->is_reply && *work->answer.to.addr == '\0' && work->commands->to.count == 0 && !is_for_chat(work))
		work_wrong(work,
			   SAY(work, "No address of a contact is known; a line #to ADDRESS names one."));
}

/* A ticket of which no contact has an address: the one that this mail adds is whom it goes to. */
static void find_added_contact(struct work *work)
{
	for (size_t i = 0; i < work->commands->items.count && *work->answer.to.addr == '\0'; i++) {
		const struct pd_command *command = &work->commands->items.items[i];
		if (strcmp(pd_command_word(command->spec), "contact") != 0 || command->is_alone || command->number < 0 ||
		    strchr(command->value, '@') == NULL || pd_starts_nocase(command->value, "xmpp:"))
			continue;
		work->answer.to = pd_participant_parse(work->context->arena, command->value);
	}
	/* Whom #to names is written to first. */
	if (work->answer.conversation == 0 && *work->answer.to.addr == '\0' && work->commands->to.count > 0)
		work->answer.to = work->commands->to.items[0];
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
	if (work->is_reply)
		find_added_contact(work);
	work->answer.text = work->text;
	work->answer.html = work->is_html_sound ? work->mail->message->html : NULL;
	work->answer.commands = work->commands;
	work->is_direct = work->is_reply && pd_answer_is_direct(work->mail, &work->answer);
	work->answer.answers_version = work_answers_version(work);

	work->commands->conversation = work->answer.conversation;
	work->commands->reader = &work->answer.to;
	if (work->commands->errors.count == 0) {
		pd_commands_check(context, work->commands, ticket, work->proof, &needs_confirmation);
		check_words(work);
	}
	if (work_is_given_back(work))
		return;
	if (needs_confirmation ||
	    (work->proof == PD_PROOF_MAIL &&
	     ((work->is_reply && !(work->is_direct && work->mail->is_vouched_for)) || work->is_comment))) {
		pd_hold_unconfirmed(context, work->mail, &work->place, true, work_answers_version(work));
		return;
	}
	if (is_kept(work) || is_held(work))
		return;

	struct pd_savepoint before;
	pd_plan_save(context, &before);
	if (!work_apply_commands(work, &before, ticket))
		return;
	/* A merge has given it another place. */
	ticket = work->place.ticket = work->answer.ticket = pd_plan_ticket_followed(context, ticket->number);
	replace_draft(work);
	end_corrected(work);
	struct pd_event *event = NULL;
	int64_t message;
	if (work->is_reply) {
		event = reply(work);
		message = event->message;
	} else if (work->has_text) { /* a comment; with #new, on what it made */
		if (work->commands->has_new && context->plan->ticket != 0)
			ticket = pd_plan_ticket(context, context->plan->ticket);
		event = work_comment(work, ticket,
				     ticket == work->place.ticket ? work->place.conversation : 0, work->text);
		message = event->message;
		pd_report(context, "%s",
			  SAY(work, "Your words are a comment (E{entry}): the contact does not see them.", "entry",
			      pd_printf(context->arena, "%lld", (long long)event->id)));
	} else {
		message = work_keep_commands(work);
		if (work->commands->has_yes)
			pd_report(context, "%s",
				  SAY(work, "Nothing was confirmed: #yes answers the mail that asked."));
		if (work->commands->items.count == 0 || work->commands->subject != NULL ||
		    work->commands->to.count + work->commands->cc.count + work->commands->bcc.count > 0)
			pd_report(context, "%s",
				  SAY(work, "Nothing was sent: the mail has no text of its own."));
	}
	work_name_the_mail(work, before.plan.events.count, message);
	work_finish(work, ticket, work->place.conversation, event,
		    work->is_reply  ? "reply"
		    : event != NULL ? "comment"
				    : "commands");
}

/* --- the road --- */

/* A kept mail whose agent has not said #yes is not set free by anything else. */
static bool must_stay(struct work *work)
{
	const struct pd_draft *held = work->mail->delivery->held;
	if (held == NULL || work->mail->delivery->is_confirmed || !pd_equal(held->reason, "unconfirmed"))
		return false;
	work_wrong(work, SAY(work, "That mail was not proven to be yours. Answer the mail that asked you "
				   "with #yes instead."));
	return work_is_given_back(work);
}

void pd_take_agent(struct pd_context *context, const struct pd_mail *mail)
{
	struct work work = {.context = context, .mail = mail};
	context->agent = mail->agent;
	context->actor = pd_printf(context->arena, "agent:%s", mail->agent->name);
	pd_mail_place(context, mail, &work.place);
	if (work.place.ticket == NULL && mail->delivery->held != NULL && !mail->delivery->is_confirmed)
		work.place.ticket = pd_plan_ticket_followed(context, mail->delivery->held->ticket);
	work.proof = pd_mail_proof(context, mail, &work.place);
	context->is_full = work.proof == PD_PROOF_FULL;
	if (work.proof == PD_PROOF_NONE) {
		if (mail->signature_fault != NULL)
			work.place.why = pd_printf(context->arena, "%s%ssignature: %s",
						   work.place.why != NULL ? work.place.why : "",
						   work.place.why != NULL ? "; " : "", mail->signature_fault);
		context->agent = NULL;
		if ((mail->kinds & PD_KIND_SPAM) != 0)
			pd_take_contact(context, mail);
		else
			pd_hold_unconfirmed(context, mail, &work.place, false,
					    work.place.token != NULL ? work.place.token->version : 0);
		return;
	}
	if (mail->seal != NULL)
		pd_seal_use(context, mail->delivery, mail->seal);
	if (mail->signature != NULL)
		pd_signature_use(context, mail->signature);
	read_commands(&work);
	if (must_stay(&work))
		return;
	if (work.place.ticket != NULL)
		on_ticket(&work);
	else
		work_without_ticket(&work);
}
