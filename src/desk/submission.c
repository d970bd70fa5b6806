/* See submission.h.
 *
 * Promises: a token is called forged only where nobody who ever took part in the ticket fits it, so that a
 * mail of last year is answered in peace; the commands of a mail are judged by deciding it (decide.h), so
 * that both doors say the same. Pure; a failed snapshot sticks. */
#include "desk/submission.h"

#include <string.h>

#include "base/text.h"
#include "desk/token_parts.h"

/* --- signed addresses --- */

/* Was it made for somebody who has left the conversation since? */
static bool fits_former(struct pd_context *context, int64_t number, const char *mac)
{
	struct pd_entries all = context->desk->timeline(context->desk, context->arena, number, 0);
	for (size_t i = 0; i < all.count; i++) {
		const struct pd_event *event = &all.items[i].event;
		if (event->conversation == 0)
			continue;
		if (pd_token_equal(mac, pd_token_for_contact(context, number, event->conversation, "")))
			return true;
		for (size_t c = 0; c < event->changes.count; c++) {
			const struct pd_change *change = &event->changes.items[c];
			const char *value = change->to != NULL ? change->to : change->from;
			if (!pd_equal(change->property, "participant") || value == NULL)
				continue;
			struct pd_address who = pd_participant_parse(context->arena, value);
			if (pd_token_equal(mac, pd_token_for_contact(context, number, event->conversation,
								     who.addr)))
				return true;
		}
	}
	return false;
}

/* An agent may have left the configuration: what its address tells must only be possible. */
static bool payload_is_possible(const struct pd_context *context, const struct pd_ticket *ticket,
				const char *payload)
{
	pd_time made;
	int64_t version;
	return pd_token_payload_parse(payload, &made, &version) && made + PD_DAY >= ticket->created &&
	       made <= context->now + PD_DAY && version <= ticket->version;
}

bool pd_recipient_is_forged(struct pd_context *context, const char *address)
{
	struct pd_recipient recipient = pd_recipient_resolve(context, address);
	if (recipient.kind != PD_RCPT_BAD_TOKEN)
		return false;
	if (pd_recipient_parse(context->arena, context->settings, address).kind != PD_RCPT_TICKET)
		return true;
	const struct pd_ticket *ticket = pd_plan_ticket(context, recipient.number);
	if (ticket == NULL)
		return true;
	if (ticket->is_deleted)
		return false;
	const char *at = strrchr(address, '@');
	const char *token = at;
	while (token > address && token[-1] != '.')
		token--;
	token = pd_lower_ascii(context->arena, pd_strndup(context->arena, token, (size_t)(at - token)));
	if (strlen(token) == PD_TOKEN_CHARS + PD_PAYLOAD_CHARS)
		return !payload_is_possible(context, ticket, token + PD_TOKEN_CHARS);
	return !fits_former(context, ticket->number, token);
}

/* --- logins --- */

const char *pd_submission_wrong_author(struct pd_context *context, const struct pd_delivery *delivery)
{
	const struct pd_settings *settings = context->settings;
	const struct pd_message *message = delivery->message;
	const struct pd_agent *author = pd_settings_agent_of(settings, message->from.addr);
	const struct pd_agent *sender = pd_settings_agent_of(settings, delivery->sender);
	if ((author != NULL && author != delivery->login) || (sender != NULL && sender != delivery->login))
		return pd_printf(context->arena, "%s is the address of somebody else than your login",
				 author != NULL && author != delivery->login ? message->from.addr
									     : delivery->sender);
	if (delivery->login == NULL)
		return NULL;
	if (message->from_count != 1)
		return "A mail to this address needs exactly one author in From";
	if (author == NULL && pd_settings_mailbox_of(settings, message->from.addr) == NULL)
		return pd_printf(context->arena, "%s is no address of your login; From must be one",
				 message->from.addr);
	return NULL;
}

bool pd_submission_is_agents(const struct pd_delivery *delivery)
{
	const char *from = delivery->message->from.addr;
	return delivery->login != NULL && pd_strings_has_nocase(&delivery->login->addresses, from);
}
