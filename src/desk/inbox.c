/* See inbox.h.
 *
 * Promises: the ordinary mailbox gets each mail whole, as it came, in the contact's thread, with the contact in Reply-To;
 * nothing internal is among it (invariant 4). Only mail that is proven to be from there takes a conversation in again;
 * anybody else's is handed on. Cannot fail. */
#include "desk/inbox.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/letters.h"

static char *property_of(struct pd_arena *arena, int64_t conversation)
{
	return pd_printf(arena, PD_PROPERTY_INBOX "%lld", (long long)conversation);
}

const char *pd_inbox_of(const struct pd_ticket *ticket, int64_t conversation)
{
	unsigned long long id;
	for (size_t i = 0; conversation != 0 && i < ticket->properties.count; i++)
		if (pd_starts(ticket->properties.items[i].property, PD_PROPERTY_INBOX) &&
		    pd_number(ticket->properties.items[i].property + strlen(PD_PROPERTY_INBOX), INT64_MAX, &id) &&
		    (int64_t)id == conversation)
			return ticket->properties.items[i].to;
	return NULL;
}

bool pd_inbox_is_known(const struct pd_ticket *ticket, const char *address)
{
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (pd_starts(ticket->properties.items[i].property, PD_PROPERTY_INBOX) &&
		    pd_equal_nocase(ticket->properties.items[i].to, address))
			return true;
	return false;
}

void pd_inbox_set(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation, const char *address,
		  const char *why)
{
	pd_plan_set(context, ticket, property_of(context->arena, conversation), address, why);
}

/* Whom answers go to: the author outside, else the conversation's first. */
static struct pd_address contact_of(const struct pd_context *context, const struct pd_ticket *ticket, int64_t conversation,
				    const struct pd_stored *stored)
{
	const struct pd_conversation *found = pd_ticket_conversation(ticket, conversation);
	if (stored != NULL && stored->direction == PD_IN && pd_is_outsider(context, stored->from.addr))
		return stored->from;
	if (found != NULL && found->participants.count > 0)
		return found->participants.items[0].address;
	return (struct pd_address){.name = "", .addr = ""};
}

void pd_inbox_hand_on(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation, const char *address,
		      const char *text, const struct pd_stored *stored, int64_t mail, int64_t event)
{
	const struct pd_conversation *found = pd_ticket_conversation(ticket, conversation);
	const struct pd_mailbox *mailbox = found != NULL ? pd_settings_mailbox(context->settings, found->mailbox) : NULL;
	if (mailbox == NULL)
		mailbox = pd_ticket_mailbox(context, ticket);
	struct pd_planned_letter *planned =
		pd_letter_new(context, PD_LETTER_FORWARD, mailbox, ticket, conversation, event);
	struct pd_letter *letter = &planned->letter;
	*pd_list_add(context->arena, &letter->recipients) = address;
	*pd_list_add(context->arena, &letter->to) = (struct pd_address){.name = "", .addr = address};
	letter->reply_to = contact_of(context, ticket, conversation, stored);
	letter->subject = pd_clean_line(context->arena,
					stored != NULL && *stored->subject != '\0' ? stored->subject : ticket->name, 0);
	if (stored != NULL && *stored->message_id != '\0') {
		for (size_t i = 0; i < stored->references.count; i++)
			pd_strings_add_once(context->arena, &letter->references, stored->references.items[i]);
		pd_strings_add_once(context->arena, &letter->references, stored->message_id);
		letter->in_reply_to = stored->message_id;
	}
	letter->text = pd_scrub(context, mailbox, text);
	planned->carried.is_whole = stored != NULL;
	planned->carried.message = mail;
	pd_letter_register(context, planned);
}

bool pd_inbox_take(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket, int64_t conversation,
		   const struct pd_event *event, const struct pd_stored *stored)
{
	const char *address = pd_inbox_of(ticket, conversation);
	if (address == NULL)
		return false;
	if (mail->is_authentic && pd_equal_nocase(mail->author.addr, address)) {
		pd_inbox_set(context, ticket, conversation, NULL, "taken in again");
		return false;
	}
	pd_inbox_hand_on(context, ticket, conversation, address,
			 pd_say(context->arena, context->settings->language,
				"This came to {mailbox} for the conversation that goes on with you. Your answer goes to "
				"{contact}. To give the conversation back, send it to {address}.",
				"mailbox", mail->mailbox->full_name, "contact", mail->author.addr, "address",
				mail->mailbox->addresses.items[0], NULL),
			 stored, 0, event->id);
	return true;
}
