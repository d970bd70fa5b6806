/* What stands on a mail's envelope and head: who wrote it, to which of our addresses, in which shape it is
 * kept.
 *
 * Promises: From is the identity, and only one plain mailbox in it can be authentic; Reply-To is kept as
 * where its author wants answers and proves nothing (invariant 6). Cannot fail. */
#include "desk/mail.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "desk/auth_results.h"
#include "desk/catalogue.h"
#include "desk/company.h"
#include "desk/mailform.h"
#include "desk/seal.h"
#include "desk/signature.h"

enum { MAX_REFERENCES = 40, MAX_SUBJECT = 250 };

/* Where the mailbox stands in To and Cc, from 0; a mailbox that does not stand there comes last. The
 * envelope's order is the MTA's own (Postfix sorts recipients), the header's is the author's. */
static size_t header_place(struct pd_context *context, const struct pd_message *message,
			   const struct pd_mailbox *mailbox)
{
	for (size_t i = 0; i < message->to.count + message->cc.count; i++) {
		const struct pd_address *address = i < message->to.count
							   ? &message->to.items[i]
							   : &message->cc.items[i - message->to.count];
		if (pd_recipient_parse(context->arena, context->settings, address->addr).mailbox == mailbox)
			return i;
	}
	return SIZE_MAX;
}

/* The mailbox that the author named first leads. */
static void put_first_named_first(struct pd_context *context, struct pd_mail *mail)
{
	size_t first = mail->others.count > 0 ? header_place(context, mail->message, mail->mailbox) : 0;
	for (size_t i = 0; i < mail->others.count; i++) {
		size_t place = header_place(context, mail->message, mail->others.items[i]);
		if (place >= first)
			continue;
		const struct pd_mailbox *other = mail->others.items[i];
		mail->others.items[i] = mail->mailbox;
		mail->mailbox = other;
		first = place;
	}
}

static void read_recipients(struct pd_context *context, struct pd_mail *mail)
{
	const struct pd_strings *given = &mail->delivery->recipients;
	for (size_t i = 0; i < given->count; i++) {
		struct pd_recipient recipient = pd_recipient_resolve(context, given->items[i]);
		if (recipient.mailbox != NULL)
			*pd_list_add(context->arena, &mail->recipients) = recipient;
	}
	for (size_t i = 0; i < mail->recipients.count; i++) {
		const struct pd_recipient *recipient = &mail->recipients.items[i];
		mail->is_do |= recipient->kind == PD_RCPT_DO;
		mail->has_bad_token |= recipient->kind == PD_RCPT_BAD_TOKEN;
		bool is_known = recipient->mailbox == mail->mailbox;
		for (size_t n = 0; n < mail->others.count; n++)
			is_known |= mail->others.items[n] == recipient->mailbox;
		if (mail->mailbox == NULL)
			mail->mailbox = recipient->mailbox;
		else if (!is_known)
			*pd_list_add(context->arena, &mail->others) = recipient->mailbox;
	}
	put_first_named_first(context, mail);
	if (mail->mailbox == NULL)
		mail->mailbox = mail->delivery->import_into != NULL ? mail->delivery->import_into
								    : &context->settings->mailboxes.items[0];
}

/* A mail that our own address writes to itself is a form's or a script's: who fills it in stands in Reply-To.
 * That makes a correspondent for a new ticket and proves nothing (invariant 6). */
static struct pd_address author_of(const struct pd_context *context, const struct pd_delivery *delivery,
				   bool *ret_is_form)
{
	const struct pd_message *message = delivery->message;
	struct pd_address author = message->from;
	if (author.addr == NULL || *author.addr == '\0')
		author = message->sender;
	if (author.addr == NULL || *author.addr == '\0')
		author = (struct pd_address){.name = "",
					     .addr = delivery->sender != NULL ? delivery->sender : ""};
	*ret_is_form = pd_settings_mailbox_of(context->settings, author.addr) != NULL &&
		       message->reply_to.count == 1 &&
		       pd_is_outsider(context, message->reply_to.items[0].addr);
	if (*ret_is_form)
		author = message->reply_to.items[0];
	if (author.name == NULL)
		author.name = "";
	return author;
}

/* People write to a list that takes mail (RFC 2369, section 3.4), as to a team address that is one; a list that only
 * sends is a newsletter. */
static bool is_discussion(const struct pd_message *message)
{
	const char *post = pd_message_header(message, "List-Post");
	return post != NULL && strstr(post, "mailto:") != NULL;
}

/* A bounce in words alone may be a person's words about one: it counts where a machine sent it. */
static unsigned kinds_of(const struct pd_context *context, const struct pd_delivery *delivery,
			 const struct pd_address *author)
{
	unsigned kinds = delivery->message->kinds;
	bool is_by_machine = delivery->sender == NULL || *delivery->sender == '\0' ||
			     pd_is_noreply(context->arena, delivery->sender) ||
			     pd_is_noreply(context->arena, author->addr);
	if ((kinds & PD_KIND_DSN) == 0 && !is_by_machine)
		kinds &= ~(unsigned)PD_KIND_BOUNCE;
	if ((kinds & PD_KIND_LIST) != 0 && !is_discussion(delivery->message))
		kinds |= PD_KIND_AUTO;
	return kinds;
}

/* A mail from a mailbox's address belongs to that mailbox, whichever it came to. */
static void lead_with(struct pd_context *context, struct pd_mail *mail, const struct pd_mailbox *mailbox)
{
	if (mail->mailbox == mailbox)
		return;
	const struct pd_mailbox *before = mail->mailbox;
	mail->mailbox = mailbox;
	for (size_t i = 0; i < mail->others.count; i++) {
		if (mail->others.items[i] != mailbox)
			continue;
		mail->others.items[i] = before;
		return;
	}
	*pd_list_add(context->arena, &mail->others) = before;
}

/* Who wrote from a mailbox's address to people outside: From names nobody, the login or the seal does. */
static void find_writer(struct pd_context *context, struct pd_mail *mail)
{
	const struct pd_delivery *delivery = mail->delivery;
	const struct pd_settings *settings = context->settings;
	if (delivery->login != NULL) {
		mail->is_logged_in = delivery->is_outgoing;
		mail->agent = delivery->is_outgoing ? delivery->login : NULL;
	}
	for (size_t i = 0; delivery->login == NULL && mail->agent == NULL && i < settings->agents.count; i++) {
		mail->seal = pd_seal_check(context, delivery, &settings->agents.items[i]);
		if (mail->seal != NULL)
			mail->agent = &settings->agents.items[i];
	}
	if (mail->agent == NULL)
		return;
	mail->is_outgoing = mail->is_authentic = true;
	mail->is_form = false;
	mail->author = mail->message->from;
	lead_with(context, mail, pd_settings_mailbox_of(settings, mail->message->from.addr));
}

/* A draft that #send sets free is proven no better than it was when it came, and than the #send is. */
static bool is_freed_in_full(struct pd_context *context, const struct pd_delivery *delivery)
{
	if (delivery->held == NULL || !delivery->is_forced || !context->is_full)
		return false;
	struct pd_entries all =
		context->desk->timeline(context->desk, context->arena, delivery->held->ticket, 0);
	for (size_t i = 0; i < all.count; i++)
		if (all.items[i].event.message == delivery->held->message && all.items[i].message != NULL)
			return pd_equal(all.items[i].message->proof, "full");
	return false;
}

/* A web form's or a voicemail's: an agent's mail never is, nor is a report. */
static void read_form(struct pd_context *context, struct pd_mail *mail)
{
	const struct pd_delivery *delivery = mail->delivery;
	if (mail->agent != NULL || delivery->held != NULL || delivery->import_as != PD_IMPORT_BY_SENDER || mail->is_do || mail->has_bad_token ||
	    (mail->message->kinds & (PD_KIND_DSN | PD_KIND_FEEDBACK)) != 0)
		return;
	const struct pd_group *form = pd_mailform_of(context->arena, context->settings, mail->message, delivery->sender,
						     &delivery->recipients);
	if (form == NULL)
		return;
	mail->filled = pd_mailform_read(context->arena, context->settings, form, mail->message);
	mail->is_authentic = false;
	pd_mailform_author(context, mail);
}

void pd_mail_read(struct pd_context *context, const struct pd_delivery *delivery, struct pd_mail *ret_mail)
{
	const struct pd_message *message = delivery->message;
	struct pd_mail mail = {.delivery = delivery, .message = message};
	read_recipients(context, &mail);
	mail.author = author_of(context, delivery, &mail.is_form);
	mail.agent = delivery->held != NULL ? pd_settings_agent(context->settings, delivery->held->agent)
					    : pd_settings_agent_of(context->settings, message->from.addr);
	mail.is_own = pd_settings_mailbox_of(context->settings, message->from.addr) != NULL;
	mail.is_refuted =
		pd_auth_results_fail(context->arena, message, context->settings->authserv_id);
	mail.is_vouched_for = !mail.is_form && message->from_count == 1 && message->from_is_plain &&
			    pd_auth_results_pass(context->arena, message, context->settings->authserv_id,
						 pd_address_domain(context->arena, message->from.addr));
	mail.is_authentic = mail.is_vouched_for;
	if (mail.agent != NULL && delivery->held == NULL) {
		mail.is_logged_in = delivery->login == mail.agent && message->from_count == 1;
		mail.seal = mail.is_logged_in ? NULL : pd_seal_check(context, delivery, mail.agent);
		if (!mail.is_logged_in && mail.seal == NULL)
			mail.signature =
				pd_signature_check(context, delivery, mail.agent, &mail.signature_fault);
		mail.is_authentic |= mail.is_logged_in || mail.seal != NULL || mail.signature != NULL;
	}
	if (mail.agent == NULL && mail.is_own && !context->is_import)
		find_writer(context, &mail);
	mail.is_freed_in_full = is_freed_in_full(context, delivery);
	mail.kinds = kinds_of(context, delivery, &mail.author);
	read_form(context, &mail);
	mail.is_automatic = (mail.kinds & PD_KINDS_OF_MACHINES) != 0;
	*ret_mail = mail;
}

static const char *proof_of(const struct pd_mail *mail)
{
	if (mail->agent == NULL)
		return mail->is_authentic ? "dmarc" : "none";
	if (mail->delivery->is_confirmed || mail->is_logged_in || mail->seal != NULL || mail->is_freed_in_full)
		return "full";
	if (mail->signature != NULL)
		return "signature";
	return mail->is_authentic || mail->delivery->is_forced ? "mail" : "none";
}

/* Root and newest, so that a long thread stays short. */
static struct pd_strings references_of(struct pd_arena *arena, const struct pd_message *message)
{
	struct pd_strings all = {0};
	const struct pd_strings *references = &message->references;
	for (size_t i = 0; i < references->count; i++)
		if (i == 0 || references->count - i < MAX_REFERENCES)
			pd_strings_add_once(arena, &all, references->items[i]);
	for (size_t i = 0; i < message->in_reply_to.count && i < 3; i++)
		pd_strings_add_once(arena, &all, message->in_reply_to.items[i]);
	return all;
}

bool pd_mail_has_header(struct pd_arena *arena, const struct pd_message *message, const char *wanted)
{
	size_t len = strcspn(wanted, ":");
	const char *name = pd_trim(arena, pd_strndup(arena, wanted, len));
	const char *value = wanted[len] == ':' ? pd_trim(arena, wanted + len + 1) : "*";
	for (size_t i = 0; i < message->headers.count; i++)
		if (pd_equal_nocase(message->headers.items[i].name, name) &&
		    pd_glob(value, pd_trim(arena, message->headers.items[i].value)))
			return true;
	return false;
}

const char *pd_mail_text(const struct pd_message *message)
{
	const char *at = message->text;
	while (*at == ' ' || *at == '\n' || *at == '\t')
		at++;
	return *at != '\0' ? message->text : message->full_text;
}

struct pd_planned_message *pd_mail_store(struct pd_context *context, const struct pd_mail *mail,
					 enum pd_direction direction)
{
	const struct pd_delivery *delivery = mail->delivery;
	const struct pd_message *message = mail->message;
	struct pd_planned_message *planned = pd_plan_message(context, delivery->source, direction);
	struct pd_stored *stored = &planned->stored;
	stored->message_id = message->message_id;
	stored->from = mail->filled != NULL ? mail->author : message->from;
	if (message->reply_to.count > 0 && mail->filled == NULL)
		stored->reply_to = message->reply_to.items[0];
	stored->to = message->to;
	stored->cc = message->cc;
	stored->references = references_of(context->arena, message);
	stored->thread_index = pd_message_header(message, "Thread-Index");
	stored->subject = message->subject;
	stored->text = mail->filled != NULL ? mail->filled->text
		       : direction == PD_IN ? pd_mail_text(message)
					    : message->text;
	stored->date = message->date != 0 ? message->date : context->now;
	stored->kinds = mail->kinds;
	stored->queue_id = delivery->queue_id;
	stored->proof = proof_of(mail);
	memcpy(stored->digest, message->digest, sizeof stored->digest);
	stored->size = message->size;
	for (size_t i = 0; i < message->attachments.count; i++)
		*pd_list_add(context->arena, &stored->attachments) = message->attachments.items[i];
	if (delivery->held == NULL)
		planned->raw_is_delivery = true;
	else if (delivery->raw != NULL) /* the delivery of this plan is the mail that set it free */
		planned->raw = (struct pd_bytes){.data = delivery->raw->data, .len = delivery->raw->size};
	planned->search_text = stored->text;
	return planned;
}

void pd_mail_register(struct pd_context *context, const struct pd_mail *mail, const struct pd_ticket *ticket,
		      int64_t conversation, int64_t event)
{
	const struct pd_message *message = mail->message;
	struct pd_known_id known = {.ticket = ticket->number, .conversation = conversation, .event = event};
	struct pd_strings references = references_of(context->arena, message);
	if (*message->message_id != '\0' && !pd_message_id_is_ours(context, message->message_id))
		pd_plan_id(context, message->message_id, &known);
	known.is_reference = true;
	for (size_t i = 0; i < references.count; i++)
		if (strcmp(references.items[i], message->message_id) != 0 &&
		    !pd_message_id_is_ours(context, references.items[i]))
			pd_plan_id(context, references.items[i], &known);
}

bool pd_is_outsider(const struct pd_context *context, const char *address)
{
	if (address == NULL || strchr(address, '@') == NULL || pd_starts(address, PD_XMPP_URI))
		return false;
	struct pd_recipient ours = pd_recipient_parse(context->arena, context->settings, address);
	return ours.mailbox == NULL && pd_settings_agent_of(context->settings, address) == NULL;
}

const char *pd_mail_name(struct pd_context *context, const char *subject)
{
	const char *name = pd_clean_line(context->arena, subject, MAX_SUBJECT);
	const char *tag = strstr(name, "[#"); /* another ticket's: in the name of this one it would mislead */
	size_t digits = tag != NULL ? strspn(tag + 2, "0123456789") : 0;
	if (digits > 0 && tag[2 + digits] == ']')
		name = pd_clean_line(
			context->arena,
			pd_printf(context->arena, "%.*s%s", (int)(tag - name), name, tag + 3 + digits), 0);
	return *name != '\0' ? name
			     : pd_say(context->arena, context->settings->language, "(no subject)", NULL);
}
