/* Which ticket a mail belongs to: five rules, the first hit wins (DESIGN.md, Which ticket).
 *
 * Promises: each rule has its guard, so that nobody joins a ticket by guessing a number, a Message-ID or a
 * token (invariant 6); what a stranger names is remembered as `related` and nothing else. The reason is given
 * in words. */
#include "desk/mail.h"

#include <string.h>

#include "base/text.h"
#include "desk/inbox.h"
#include "desk/company.h"

/* --- guards --- */

bool pd_ticket_knows(struct pd_context *context, const struct pd_ticket *ticket, const char *address)
{
	if (address == NULL || *address == '\0')
		return false;
	if (pd_ticket_has_participant(ticket, address) || pd_inbox_is_known(ticket, address))
		return true;
	const struct pd_contact *contact = context->desk->contact_of(context->desk, context->arena, "mail",
								     pd_lower_ascii(context->arena, address));
	for (size_t i = 0; contact != NULL && i < ticket->contacts.count; i++)
		if (ticket->contacts.items[i] == contact->id)
			return true;
	return false;
}

/* Does the sender, as far as anybody knows, take part in the ticket? */
static bool takes_part(struct pd_context *context, const struct pd_mail *mail, const struct pd_ticket *ticket)
{
	return !mail->is_refuted && pd_ticket_knows(context, ticket, mail->author.addr);
}

/* A colleague of somebody in the conversation, vouched for by our server. */
static bool is_colleague(struct pd_context *context, const struct pd_mail *mail,
			 const struct pd_ticket *ticket)
{
	if (!mail->is_authentic)
		return false;
	for (size_t c = 0; c < ticket->conversations.count; c++) {
		const struct pd_conversation *conversation = &ticket->conversations.items[c];
		for (size_t i = 0; i < conversation->participants.count; i++)
			if (pd_is_same_company(context->arena, mail->author.addr,
					       conversation->participants.items[i].address.addr))
				return true;
	}
	return false;
}

/* Mailboxes of one team are one group; a ticket belongs to every mailbox that it was addressed to. */
static bool was_in(const struct pd_context *context, const struct pd_ticket *ticket, const char *mailbox)
{
	const char *former = pd_ticket_get(context->arena, ticket, PD_PROPERTY_MOVED);
	struct pd_strings all = former != NULL ? pd_split(context->arena, former, ';') : (struct pd_strings){0};
	return pd_strings_has(&all, mailbox);
}

static bool is_in_group(const struct pd_context *context, const struct pd_mail *mail,
			const struct pd_ticket *ticket)
{
	const struct pd_mailbox *home = pd_settings_mailbox(context->settings, ticket->mailbox);
	for (size_t i = 0; i <= mail->others.count; i++) {
		const struct pd_mailbox *mailbox = i == 0 ? mail->mailbox : mail->others.items[i - 1];
		if (pd_equal(mailbox->name, ticket->mailbox) ||
		    pd_strings_has(&ticket->mailboxes_also, mailbox->name) || was_in(context, ticket, mailbox->name) ||
		    (home != NULL && home->team != NULL && pd_equal(home->team, mailbox->team)))
			return true;
	}
	return false;
}

/* The conversation that the author is in; else the one given; else the first. */
static int64_t conversation_for(const struct pd_mail *mail, const struct pd_ticket *ticket, int64_t given)
{
	if (pd_ticket_conversation(ticket, given) != NULL)
		return given;
	for (size_t i = 0; i < ticket->conversations.count; i++)
		if (pd_conversation_has(&ticket->conversations.items[i], mail->author.addr))
			return ticket->conversations.items[i].id;
	return ticket->conversations.count > 0 ? ticket->conversations.items[0].id : 0;
}

static void settle(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket,
		   int64_t conversation, const char *why, struct pd_place *place)
{
	place->ticket = ticket;
	place->conversation = conversation_for(mail, ticket, conversation);
	place->why = pd_clean_line(context->arena, why, 300);
	place->is_trusted |= mail->is_authentic && pd_ticket_knows(context, ticket, mail->author.addr);
}

/* --- rule 1: the signed reply address --- */

/* A mail to Bcc alone tells nobody but its recipients its address; whoever uses that first is one of them. */
static bool is_first(const struct pd_mail *mail, const struct pd_ticket *ticket, const struct pd_recipient *recipient)
{
	const struct pd_conversation *conversation = pd_ticket_conversation(ticket, recipient->conversation);
	return recipient->sent_id != NULL && mail->agent == NULL && !mail->is_own && !mail->is_refuted &&
	       ticket->contacts.count == 0 && (conversation == NULL || conversation->participants.count == 0);
}

static bool by_token(struct pd_context *context, const struct pd_mail *mail, struct pd_place *place)
{
	for (size_t i = 0; i < mail->recipients.count; i++) {
		const struct pd_recipient *recipient = &mail->recipients.items[i];
		if (recipient->kind != PD_RCPT_TICKET)
			continue;
		struct pd_ticket *ticket = pd_plan_ticket_followed(context, recipient->number);
		if (ticket == NULL)
			continue;
		bool is_expected;
		if (recipient->is_agent) { /* an agent's serves that agent alone: it leaks by forwarding */
			is_expected = mail->agent != NULL && pd_equal(recipient->person, mail->agent->name);
			if (!is_expected && mail->agent != NULL && mail->is_authentic) { /* a colleague's */
				settle(context, mail, ticket, recipient->conversation,
				       pd_printf(context->arena, "reply address of %s", recipient->person),
				       place);
				return true;
			}
			if (!is_expected) {
				place->related = ticket->number;
				continue;
			}
		} else if (*recipient->person == '\0') {
			place->is_first = is_first(mail, ticket, recipient);
			is_expected = place->is_first || takes_part(context, mail, ticket);
		} else {
			is_expected = !mail->is_refuted &&
				      pd_equal_nocase(recipient->person, mail->author.addr);
		}
		place->token = recipient;
		place->is_trusted = is_expected && !recipient->is_agent;
		settle(context, mail, ticket, recipient->conversation,
		       is_expected || mail->agent != NULL
			       ? "reply address"
			       : pd_printf(context->arena, PD_WHY_OTHER_SENDER "%s", mail->author.addr),
		       place);
		return true;
	}
	return false;
}

/* --- rule 2: In-Reply-To and References --- */

static bool by_known_id(struct pd_context *context, const struct pd_mail *mail, const char *id,
			bool references_only, const char *why, struct pd_place *place)
{
	struct pd_known_ids known = context->desk->message_id(context->desk, context->arena, id);
	/* Whose own id it is, before those that only name it; the newest first, to which a split gave the message; and
	 * those that stand before deleted ones. */
	for (int pass = 0; pass < 4; pass++) {
		for (size_t i = known.count; i-- > 0;) {
			const struct pd_known_id *one = &known.items[i];
			if (one->is_reference != (pass >= 2) || (references_only && !one->is_reference))
				continue;
			struct pd_ticket *ticket = pd_plan_ticket_followed(context, one->ticket);
			if (ticket == NULL || ticket->is_deleted != (pass % 2 == 1) ||
			    !is_in_group(context, mail, ticket))
				continue;
			if (!context->is_import && mail->agent == NULL &&
			    !takes_part(context, mail, ticket) &&
			    !is_colleague(context, mail, ticket)) {
				if (place->related == 0)
					place->related = ticket->number;
				continue;
			}
			settle(context, mail, ticket, one->conversation,
			       pd_printf(context->arena, "%s <%s>", why, id), place);
			return true;
		}
	}
	return false;
}

/* Which entry do the mail's ids say that it answers? Also asked where a token led to the ticket. */
static void find_answered(struct pd_context *context, const struct pd_mail *mail, struct pd_place *place)
{
	for (size_t i = 0; i < mail->message->in_reply_to.count; i++) {
		struct pd_known_ids known = context->desk->message_id(context->desk, context->arena,
								      mail->message->in_reply_to.items[i]);
		for (size_t n = 0; n < known.count; n++) {
			if (known.items[n].is_reference || known.items[n].event == 0)
				continue;
			struct pd_ticket *ticket = pd_plan_ticket_followed(context, known.items[n].ticket);
			if (ticket == place->ticket && ticket != NULL) {
				place->answers = known.items[n].event;
				return;
			}
		}
	}
}

static bool is_answer(const struct pd_invitation *invitation)
{
	return pd_equal_nocase(invitation->method, "REPLY") || pd_equal_nocase(invitation->method, "COUNTER") ||
	       pd_equal_nocase(invitation->method, "REFRESH");
}

static bool by_references(struct pd_context *context, const struct pd_mail *mail, struct pd_place *place)
{
	const struct pd_message *message = mail->message;
	for (size_t i = 0; i < message->in_reply_to.count && i < 10; i++)
		if (by_known_id(context, mail, message->in_reply_to.items[i], false, "in reply to", place))
			return true;
	for (size_t i = message->references.count; i > 0 && message->references.count - i < 50; i--)
		if (by_known_id(context, mail, message->references.items[i - 1], false, "refers to", place))
			return true;
	if (message->references.count > 50 &&
	    by_known_id(context, mail, message->references.items[0], false, "refers to", place))
		return true;
	/* An answer to an invitation often names nothing else. */
	if (*message->invitation.uid != '\0' && is_answer(&message->invitation) &&
	    by_known_id(context, mail, message->invitation.uid, false, "answers the invitation", place))
		return true;
	/* An answer to it was here first. */
	return *message->message_id != '\0' &&
	       by_known_id(context, mail, message->message_id, true, "named by an earlier mail:", place);
}

/* --- rules 3 and 4: the subject --- */

static bool by_tag(struct pd_context *context, const struct pd_mail *mail, struct pd_place *place)
{
	int64_t number = pd_subject_tag(mail->message->subject);
	struct pd_ticket *ticket = number > 0 ? pd_plan_ticket_followed(context, number) : NULL;
	if (ticket == NULL || !is_in_group(context, mail, ticket))
		return false;
	bool may = mail->agent != NULL ? mail->is_authentic || mail->delivery->is_confirmed
				       : takes_part(context, mail, ticket);
	if (!may) {
		if (place->related == 0)
			place->related = number;
		return false;
	}
	settle(context, mail, ticket, 0, pd_printf(context->arena, "subject tag [#%lld]", (long long)number),
	       place);
	return true;
}

static bool by_subject(struct pd_context *context, const struct pd_mail *mail, struct pd_place *place)
{
	bool is_reply = false;
	const char *base = pd_base_subject(context->arena, mail->message->subject, &is_reply);
	if (!is_reply || *base == '\0' || mail->agent != NULL || mail->mailbox->subject_window <= 0)
		return false;
	struct pd_known_ids known =
		context->desk->subject(context->desk, context->arena, mail->mailbox->name, base,
				       context->now - mail->mailbox->subject_window);
	for (size_t i = 0; i < known.count; i++) {
		struct pd_ticket *ticket = pd_plan_ticket_followed(context, known.items[i].ticket);
		if (ticket == NULL || ticket->is_automatic || ticket->is_deleted || ticket->is_spam ||
		    !takes_part(context, mail, ticket))
			continue;
		settle(context, mail, ticket, known.items[i].conversation, "the same subject and sender",
		       place);
		return true;
	}
	return false;
}

/* --- what forbids to join after all --- */

static void leave(struct pd_place *place, const char *why)
{
	place->related = place->ticket->number;
	place->ticket = NULL;
	place->conversation = place->answers = 0;
	place->token = NULL;
	place->is_trusted = false;
	place->why = why;
}

static void check_joined(struct pd_context *context, const struct pd_mail *mail, struct pd_place *place)
{
	const struct pd_ticket *ticket = place->ticket;
	const struct pd_mailbox *home = pd_settings_mailbox(context->settings, ticket->mailbox);
	if (mail->agent != NULL)
		return;
	if (mail->is_form && !context->is_import)
		leave(place, mail->filled != NULL ? "a form proves nobody" : "who wrote it stands in Reply-To alone");
	else if (ticket->is_deleted)
		leave(place, "its ticket was deleted");
	else if (ticket->is_spam && !mail->is_automatic && (mail->kinds & PD_KIND_SPAM) == 0)
		leave(place, "its ticket is spam"); /* nobody looks there, and this one may be none */
	else if (!mail->is_automatic && !context->is_import && ticket->closed != 0 && home != NULL &&
		 home->reopen_within > 0 && context->now - ticket->closed > home->reopen_within)
		leave(place, "its ticket was closed too long ago");
}

void pd_mail_place(struct pd_context *context, const struct pd_mail *mail, struct pd_place *ret_place)
{
	struct pd_place place = {0};
	bool is_found = by_token(context, mail, &place) || by_references(context, mail, &place) ||
			by_tag(context, mail, &place) || by_subject(context, mail, &place);
	if (is_found) {
		find_answered(context, mail, &place);
		check_joined(context, mail, &place);
	}
	if (place.ticket == NULL && place.why == NULL)
		place.why = place.related != 0 ? "names a ticket that its sender has no part in" : NULL;
	if (mail->has_bad_token)
		place.why = place.why != NULL ? pd_printf(context->arena, "%s; bad token", place.why)
					      : "bad token";
	*ret_place = place;
}
