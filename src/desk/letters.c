/* Letters that postdesk writes by itself: receipts, acknowledgements, confirmations, and what all letters
 * share.
 *
 * Promises: each letter's Message-ID is fixed with its outbox number (invariant 3); what goes to an agent
 * bears that agent's own reply address and a bounce address, what answers automatically the null sender
 * (invariant 7); an acknowledgement repeats nothing of an unproven stranger (invariant 6). Cannot fail. */
#include "desk/letters.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/people.h"

enum { QUOTED_LINES = 200, CONFIRMATIONS_AN_HOUR = 60 };

const struct pd_mailbox *pd_ticket_mailbox(const struct pd_context *context, const struct pd_ticket *ticket)
{
	const struct pd_mailbox *mailbox =
		ticket != NULL ? pd_settings_mailbox(context->settings, ticket->mailbox) : NULL;
	return mailbox != NULL ? mailbox : &context->settings->mailboxes.items[0];
}

const char *pd_agent_language(const struct pd_context *context, const struct pd_agent *agent)
{
	return agent != NULL && agent->language != NULL ? agent->language : context->settings->language;
}

const char *pd_ticket_language(struct pd_context *context, const struct pd_ticket *ticket)
{
	const char *own = ticket != NULL ? pd_ticket_get(context->arena, ticket, PD_PROPERTY_LANGUAGE) : NULL;
	const char *known = own != NULL ? pd_language_find(own, strlen(own)) : NULL;
	const struct pd_contact *contact = known == NULL && ticket != NULL && ticket->contacts.count > 0
						   ? pd_plan_contact_followed(context, ticket->contacts.items[0])
						   : NULL;
	struct pd_strings told = {0};
	if (contact != NULL)
		told = pd_details(context->arena, &contact->details, PD_DETAIL_LANGUAGE);
	if (told.count > 0)
		known = pd_language_find(told.items[0], strlen(told.items[0]));
	return known != NULL ? known : pd_ticket_mailbox(context, ticket)->language;
}

/* --- what all have in common --- */

struct pd_planned_letter *pd_letter_new(struct pd_context *context, enum pd_letter_kind kind,
					const struct pd_mailbox *mailbox, const struct pd_ticket *ticket,
					int64_t conversation, int64_t event)
{
	struct pd_planned_letter *planned = PD_NEW(context->arena, struct pd_planned_letter);
	planned->id = context->desk->new_id(context->desk, PD_ID_OUTBOX);
	planned->kind = kind;
	planned->ticket = ticket != NULL ? ticket->number : 0;
	planned->conversation = conversation;
	planned->event = event;
	struct pd_letter *letter = &planned->letter;
	letter->envelope_from = pd_address_for_bounce(context, mailbox, planned->id);
	letter->from = (struct pd_address){.name = mailbox->full_name, .addr = mailbox->addresses.items[0]};
	letter->reply_to = (struct pd_address){.name = "", .addr = ""};
	letter->message_id = pd_message_id_new(context, planned->ticket, planned->id);
	letter->date = context->now;
	letter->zone = context->settings->timezone;
	letter->loop = context->settings->hostname;
	letter->subject = letter->text = "";
	*pd_list_add(context->arena, &context->plan->letters) = planned;
	return planned;
}

struct pd_planned_letter *pd_letter_to_agent(struct pd_context *context, enum pd_letter_kind kind,
					     const struct pd_agent *agent, const struct pd_mailbox *mailbox,
					     const struct pd_ticket *ticket, int64_t conversation,
					     int64_t event, int64_t version)
{
	struct pd_planned_letter *planned =
		pd_letter_new(context, kind, mailbox, ticket, conversation, event);
	struct pd_letter *letter = &planned->letter;
	planned->agent = agent->name;
	*pd_list_add(context->arena, &letter->recipients) = agent->addresses.items[0];
	*pd_list_add(context->arena, &letter->to) =
		(struct pd_address){.name = agent->full_name, .addr = agent->addresses.items[0]};
	letter->auto_submitted = kind == PD_LETTER_NOTIFICATION ? "auto-generated" : "auto-replied";
	if (ticket != NULL) {
		letter->subject = pd_clean_line(
			context->arena,
			pd_printf(context->arena, "[#%lld] %s", (long long)ticket->number, ticket->name), 0);
		letter->reply_to.name = mailbox->full_name;
		letter->reply_to.addr = pd_address_for_agent(context, mailbox, ticket->number, conversation,
							     agent->name, version);
		letter->in_reply_to = pd_message_id_root(context, ticket->number);
		*pd_list_add(context->arena, &letter->references) = letter->in_reply_to;
	}
	return planned;
}

void pd_letter_register(struct pd_context *context, const struct pd_planned_letter *letter)
{
	if (letter->ticket == 0)
		return;
	const struct pd_known_id known = {
		.ticket = letter->ticket,
		.conversation = letter->conversation,
		.event = letter->event,
		.agent = letter->agent,
	};
	pd_plan_id(context, letter->letter.message_id, &known);
}

char *pd_quote(struct pd_arena *arena, const char *text, size_t lines)
{
	PD_AUTO_BUF out = {.limit = 256 * 1024};
	struct pd_strings all = pd_lines(arena, text);
	while (all.count > 0 && *all.items[all.count - 1] == '\0')
		all.count--;
	for (size_t i = 0; i < all.count && i < lines; i++)
		pd_buf_addf(&out, "> %s\n", all.items[i]);
	if (all.count > lines)
		pd_buf_adds(&out, "> [...]\n");
	return pd_buf_string(arena, &out);
}

/* --- receipts --- */

/* Did it do anything that #undo takes back? What was sent stays sent. */
static bool has_changed(const struct pd_context *context)
{
	for (size_t i = 0; i < context->plan->events.count; i++) {
		const struct pd_event *event = context->plan->events.items[i];
		if (event->kind == PD_EVENT_SET || event->kind == PD_EVENT_CREATED ||
		    event->kind == PD_EVENT_UNDO || event->kind == PD_EVENT_COMMENT ||
		    event->kind == PD_EVENT_ATTACHED || event->kind == PD_EVENT_REMINDER)
			return true;
		for (size_t n = 0; event->kind == PD_EVENT_MESSAGE && n < event->changes.count; n++)
			if (strcmp(event->changes.items[n].property, "direction") != 0 &&
			    !pd_property_is_of_clocks(event->changes.items[n].property))
				return true;
	}
	return false;
}

static bool is_comment_at(struct pd_context *context, const struct pd_ticket *ticket, int64_t version)
{
	for (size_t i = 0; i < context->plan->events.count; i++) {
		const struct pd_event *event = context->plan->events.items[i];
		if (event->ticket == ticket->number && event->version == version)
			return event->kind == PD_EVENT_COMMENT;
	}
	struct pd_entries after =
		context->desk->timeline(context->desk, context->arena, ticket->number, version - 1);
	return after.count > 0 && after.items[0].event.version == version &&
	       after.items[0].event.kind == PD_EVENT_COMMENT;
}

/* The version that an answer to a receipt answers: only what answers a comment's notification is a comment. Comments
 * do not count for what is newer (invariant 9), so nothing is lost by going back before them. */
static int64_t version_of_receipt(struct pd_context *context, const struct pd_ticket *ticket)
{
	int64_t version = ticket->version;
	while (version > 1 && is_comment_at(context, ticket, version))
		version--;
	return version;
}

char *pd_receipt_text(struct pd_context *context, const struct pd_agent *agent)
{
	PD_AUTO_BUF out = {.limit = 256 * 1024};
	const struct pd_strings *report = &context->plan->report;
	for (size_t i = 0; i < report->count; i++)
		pd_buf_addf(&out, "%s\n", report->items[i]);
	if (report->count > 0 && has_changed(context) && !context->plan->is_refused)
		pd_buf_addf(&out, "\n%s\n",
			    pd_say(context->arena, pd_agent_language(context, agent),
				   "To take this back, answer with the line #undo {action}", "action",
				   pd_printf(context->arena, "%lld", (long long)context->action), NULL));
	return pd_buf_string(context->arena, &out);
}

void pd_letter_receipt(struct pd_context *context, const struct pd_mail *mail, const struct pd_ticket *ticket,
		       int64_t conversation, int64_t event, const char *text)
{
	const struct pd_agent *agent = mail->agent;
	const struct pd_mailbox *mailbox =
		ticket != NULL ? pd_ticket_mailbox(context, ticket) : mail->mailbox;
	if (agent == NULL || *text == '\0' || pd_guard_is_unreachable(context, agent))
		return;
	struct pd_planned_letter *planned =
		pd_letter_to_agent(context, PD_LETTER_RECEIPT, agent, mailbox, ticket, conversation, event,
				   ticket != NULL ? version_of_receipt(context, ticket) : 0);
	struct pd_letter *letter = &planned->letter;
	const char *answered = mail->message->message_id;
	if (ticket == NULL)
		letter->subject =
			pd_clean_line(context->arena,
				      pd_printf(context->arena, "Re: %s",
						*mail->message->subject != '\0' ? mail->message->subject
										: mailbox->full_name),
				      250);
	if (*answered != '\0' && mail->delivery->held == NULL) {
		letter->in_reply_to = answered;
		*pd_list_add(context->arena, &letter->references) = answered;
	}
	letter->text = text;
	if (ticket != NULL && pd_may(agent, "reply"))
		letter->text = pd_printf(context->arena, "%s\n--------\n%s\n", text,
					 pd_say(context->arena, pd_agent_language(context, agent),
						"Words of yours in a reply to this mail go to the contact; with a line "
						"#note they are a comment.",
						NULL));
	letter->is_fixed = context->plan->has_table;
	pd_steps_add(context, agent, &context->plan->shown, letter);
	pd_letter_register(context, planned);
}

/* --- the acknowledgement --- */

static const char *acknowledgement_subject(struct pd_context *context, const struct pd_mail *mail,
					   const struct pd_mailbox *mailbox, const char *language, bool is_repeated)
{
	const char *subject = pd_clean_line(context->arena, mail->message->subject, 100);
	bool is_reply;
	if (!is_repeated || *subject == '\0')
		return pd_say(context->arena, language, "Your message to {mailbox}", "mailbox",
			      mailbox->full_name, NULL);
	(void)pd_base_subject(context->arena, subject, &is_reply);
	return is_reply ? subject : pd_printf(context->arena, "Re: %s", subject);
}

static const char acknowledgement_text[] =
	N_("Thank you for your message. We have received it and will answer as soon as we can.\n"
	"\n"
	"Your request has the number {number}. To add something, answer this mail.\n"
	"\n"
	"{mailbox}\n");

/* The mailbox's own text in that language, else ours. */
static const char *acknowledgement_words(struct pd_context *context, const struct pd_mailbox *mailbox, const char *language)
{
	for (size_t i = 0; i < mailbox->acknowledgement_texts.count; i++)
		if (strcmp(mailbox->acknowledgement_texts.items[i].language, language) == 0)
			return mailbox->acknowledgement_texts.items[i].text;
	return pd_say(context->arena, language, acknowledgement_text, NULL);
}

void pd_letter_keep(struct pd_context *context, struct pd_planned_letter *planned, struct pd_ticket *ticket,
		    int64_t conversation, const char *why)
{
	const struct pd_letter *letter = &planned->letter;
	const char *actor = context->actor;
	struct pd_planned_message *message = pd_plan_message(context, "mail", PD_OUT);
	message->stored.message_id = letter->message_id;
	message->stored.from = letter->from;
	message->stored.to = letter->to;
	message->stored.subject = letter->subject;
	message->stored.text = letter->text;
	message->stored.kinds = PD_KIND_AUTO;
	message->raw_is_letter = planned->id;
	context->actor = "postdesk";
	struct pd_event *event = pd_plan_event(context, ticket, PD_EVENT_MESSAGE, message->stored.id, conversation, why);
	context->actor = actor;
	planned->event = event->id;
	pd_letter_register(context, planned);
}

void pd_letter_acknowledgement(struct pd_context *context, const struct pd_mail *mail,
			       struct pd_ticket *ticket, int64_t conversation)
{
	const struct pd_mailbox *mailbox = pd_ticket_mailbox(context, ticket);
	if (!mailbox->acknowledge || !pd_guard_may_acknowledge(context, mail, ticket))
		return;
	bool is_repeated = /* may anything of theirs be repeated? */
		mail->is_authentic || (!mail->is_refuted && pd_guard_knows(context, mail->author.addr));
	struct pd_planned_letter *planned =
		pd_letter_new(context, PD_LETTER_ACKNOWLEDGEMENT, mailbox, ticket, conversation, 0);
	struct pd_letter *letter = &planned->letter;
	const char *language = pd_ticket_language(context, ticket);
	struct pd_address to = {.name = is_repeated ? mail->author.name : "", .addr = mail->author.addr};
	letter->envelope_from = ""; /* RFC 3834 section 3.3 */
	letter->auto_submitted = "auto-replied";
	*pd_list_add(context->arena, &letter->recipients) = to.addr;
	*pd_list_add(context->arena, &letter->to) = to;
	letter->subject = acknowledgement_subject(context, mail, mailbox, language, is_repeated);
	if (mailbox->reply_address)
		letter->reply_to =
			(struct pd_address){.name = mailbox->full_name,
					    .addr = pd_address_for_contact(context, mailbox, ticket->number,
									   conversation, to.addr)};
	if (*mail->message->message_id != '\0' && strlen(mail->message->message_id) < 250) {
		letter->in_reply_to = mail->message->message_id;
		for (size_t i = 0; is_repeated && i < mail->message->references.count; i++)
			*pd_list_add(context->arena, &letter->references) =
				mail->message->references.items[i];
		*pd_list_add(context->arena, &letter->references) = mail->message->message_id;
	}
	letter->text = pd_fill(
		context->arena, acknowledgement_words(context, mailbox, language),
		"number", pd_printf(context->arena, "#%lld", (long long)ticket->number), "mailbox",
		mailbox->full_name, "name", is_repeated ? mail->author.name : "", "subject",
		is_repeated ? pd_clean_line(context->arena, mail->message->subject, 100) : "", NULL);

	pd_letter_keep(context, planned, ticket, conversation, "acknowledgement");
}

/* --- forms --- */

void pd_letter_form(struct pd_context *context, const struct pd_mail *mail, int64_t draft, const char *text)
{
	struct pd_planned_letter *planned =
		pd_letter_to_agent(context, PD_LETTER_CONFIRMATION, mail->agent, mail->mailbox, NULL, 0, 0, 0);
	struct pd_letter *letter = &planned->letter;
	letter->from.addr = pd_address_for_confirmation(context, mail->mailbox, draft);
	letter->reply_to = (struct pd_address){.name = "", .addr = ""};
	letter->subject = pd_say(context->arena, pd_agent_language(context, mail->agent), "Please fill in: {subject}", "subject",
				 pd_clean_line(context->arena, mail->message->subject, 150), NULL);
	letter->text = text;
	pd_letter_register(context, planned);
}

/* --- is it you? --- */

static const char unproven_text[] = N_("A mail that bears your address reached {mailbox}. It was not proven to be "
				    "yours, so it was kept, and nothing was sent or changed.\n\n");
static const char grave_text[] = N_("Your mail to {mailbox} asks for something that needs your word once more. "
				 "It was kept, and nothing was sent or changed yet.\n\n");

static const char confirmation_text[] = N_("If you wrote it, answer this mail with the line\n"
					"\n"
					"#yes\n"
					"\n"
					"within {within}. If you did not write it, do nothing.\n"
					"\n"
					"This is the mail:\n"
					"\n"
					"> Subject: {subject}\n"
					">\n"
					"{text}");

static const char too_many_text[] =
	N_("Within an hour, {count} mails to {mailbox} that bear your address had to be confirmed. No more questions "
	"are sent for now. Further such mails are kept and do nothing.\n"
	"\n"
	"If you did not write them, somebody else uses your address. If you did, send what is missing again in an "
	"hour.\n");

/* A forger must not fill the agent's inbox; but silence would look as if all were well. */
static void tell_too_many(struct pd_context *context, const struct pd_agent *agent,
			  const struct pd_mailbox *mailbox)
{
	struct pd_planned_letter *planned =
		pd_letter_to_agent(context, PD_LETTER_NOTIFICATION, agent, mailbox, NULL, 0, 0, 0);
	const char *language = pd_agent_language(context, agent);
	planned->letter.subject =
		pd_say(context->arena, language, "Too many mails wait for your confirmation", NULL);
	planned->letter.text =
		pd_say(context->arena, language, too_many_text, "count",
		       pd_printf(context->arena, "%d", CONFIRMATIONS_AN_HOUR), "mailbox", mailbox->full_name, NULL);
}

static void not_asked(struct pd_context *context, const char *why)
{
	context->plan->why = pd_printf(context->arena, "%s; not asked: %s",
				       context->plan->why != NULL ? context->plan->why : "held", why);
}

void pd_letter_confirmation(struct pd_context *context, const struct pd_mail *mail,
			    const struct pd_ticket *ticket, int64_t event, int64_t draft, bool is_proven)
{
	const struct pd_agent *agent = mail->agent;
	const struct pd_mailbox *mailbox =
		ticket != NULL ? pd_ticket_mailbox(context, ticket) : mail->mailbox;
	const char *language = pd_agent_language(context, agent);
	if (pd_guard_is_unreachable(context, agent)) {
		not_asked(context, "mails to the agent bounce");
		return;
	}
	const char *key = pd_printf(context->arena, "confirm:%s", agent->name);
	int64_t asked = context->desk->counter(context->desk, key, context->now - PD_HOUR);
	if (asked >= CONFIRMATIONS_AN_HOUR)
		not_asked(context, "too many confirmations within an hour");
	if (asked > CONFIRMATIONS_AN_HOUR)
		return;
	pd_plan_count(context, key);
	if (asked == CONFIRMATIONS_AN_HOUR) {
		tell_too_many(context, agent, mailbox);
		return;
	}
	struct pd_planned_letter *planned =
		pd_letter_to_agent(context, PD_LETTER_CONFIRMATION, agent, mailbox, ticket, 0, event,
				   ticket != NULL ? ticket->version : 0);
	struct pd_letter *letter = &planned->letter;
	letter->from.addr = pd_address_for_confirmation(context, mailbox, draft);
	letter->reply_to = (struct pd_address){.name = "", .addr = ""};
	letter->subject =
		pd_say(context->arena, language, is_proven ? N_("Please confirm: {subject}") : N_("Is it you? {subject}"),
		       "subject", pd_clean_line(context->arena, mail->message->subject, 150), NULL);
	letter->text = pd_printf(
		context->arena, "%s%s",
		pd_say(context->arena, language, is_proven ? grave_text : unproven_text, "mailbox",
		       mailbox->full_name, NULL),
		pd_say(context->arena, language, confirmation_text, "within",
		       pd_say_duration(context->arena, language, context->settings->confirm_within), "subject",
		       pd_clean_line(context->arena, mail->message->subject, 0), "text",
		       pd_quote(context->arena, mail->message->text, QUOTED_LINES), NULL));
	pd_letter_register(context, planned);
}
