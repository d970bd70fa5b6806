/* What becomes of a form's or a voicemail's mail: its contact, its properties, what is told.
 *
 * Promises: replies go to the address that the form names, else to the one in Reply-To, of a call to the contact's own;
 * never to the form mailer. Cannot fail. */
#include "desk/mailform.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/people.h"

static const struct pd_contact *caller_of(struct pd_context *context, const struct pd_filled *filled)
{
	const struct pd_identity identity = {.kind = "phone", .value = filled->phone};
	return filled->phone != NULL ? pd_plan_contact_of(context, &identity) : NULL;
}

void pd_mailform_author(struct pd_context *context, struct pd_mail *mail)
{
	const struct pd_filled *filled = mail->filled;
	const struct pd_message *message = mail->message;
	struct pd_address author = filled->contact;
	if (!pd_is_outsider(context, author.addr) && !filled->is_call && message->reply_to.count == 1)
		author.addr = message->reply_to.items[0].addr;
	if (*author.name == '\0' && !filled->is_call && message->reply_to.count == 1 &&
	    pd_equal_nocase(author.addr, message->reply_to.items[0].addr) && message->reply_to.items[0].name != NULL)
		author.name = message->reply_to.items[0].name;
	if (!pd_is_outsider(context, author.addr)) {
		const struct pd_contact *caller = caller_of(context, filled);
		const char *address = caller != NULL ? pd_contact_identity(caller, "mail") : NULL;
		author.addr = address != NULL ? address : "";
		if (caller != NULL && *caller->name != '\0')
			author.name = caller->name;
		else if (*author.name == '\0' && filled->phone != NULL)
			author.name = filled->phone;
	}
	if (*author.addr == '\0' && *author.name == '\0') /* nobody: shown as the machine that speaks */
		author.name = *message->from.name != '\0' ? message->from.name : message->from.addr;
	mail->author = author;
	mail->is_form = true;
	/* Somebody filled it in, whatever the mailer says of itself. */
	mail->kinds &= ~(unsigned)(PD_KIND_AUTO | PD_KIND_BOUNCE | PD_KIND_LIST | PD_KIND_RECEIPT);
}

int64_t pd_mailform_caller(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket)
{
	const struct pd_filled *filled = mail->filled;
	const struct pd_contact *caller = caller_of(context, filled);
	if (caller == NULL && filled->phone != NULL) {
		const struct pd_identity identity = {.kind = "phone", .value = filled->phone};
		caller = pd_plan_new_contact(context, &identity, filled->name);
	}
	if (caller != NULL)
		pd_plan_add(context, ticket, "contact", pd_printf(context->arena, "%lld", (long long)caller->id), 0, NULL);
	int64_t conversation =
		pd_plan_new_conversation(context, ticket, mail->mailbox->name, mail->message->subject);
	if (pd_is_outsider(context, mail->author.addr))
		pd_plan_add(context, ticket, "participant", pd_participant_value(context->arena, &mail->author), conversation,
			    NULL);
	return conversation;
}

void pd_mailform_set(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket)
{
	const struct pd_filled *filled = mail->filled;
	const char *why = pd_printf(context->arena, "form %s", filled->form->name);
	for (size_t i = 0; i < filled->values.count; i++)
		pd_plan_set(context, ticket, filled->values.items[i].property, filled->values.items[i].value, why);
}

int64_t pd_mailform_begin(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket)
{
	const char *subject = mail->filled->subject != NULL ? mail->filled->subject : mail->message->subject;
	pd_mailform_set(context, mail, ticket);
	if (mail->filled->is_call || !pd_is_outsider(context, mail->author.addr))
		return pd_mailform_caller(context, mail, ticket);
	return pd_add_correspondent(context, ticket, mail->mailbox, &mail->author, subject);
}

void pd_mailform_tell(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket)
{
	const struct pd_filled *filled = mail->filled;
	if (filled->misfits.count == 0)
		return;
	const char *actor = context->actor;
	context->actor = "postdesk";
	const char *words = pd_say(context->arena, context->settings->language,
				   "Not all that the form {name} says fits its property: {error}", "name", filled->form->name,
				   "error", pd_strings_join(context->arena, &filled->misfits, " "), NULL);
	pd_plan_event(context, ticket, PD_EVENT_COMMENT, pd_plan_words(context, words)->stored.id, 0,
		      pd_printf(context->arena, "form %s", filled->form->name));
	context->actor = actor;
}
