/* See submission.h.
 *
 * Promises: a token is called forged only where nobody who ever took part in the ticket fits it, so that a
 * mail of last year is answered in peace; the commands of a mail are judged by deciding it (decide.h), so
 * that both doors say the same. Pure; a failed snapshot sticks. */
#include "desk/submission.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/letters.h"
#include "desk/token_parts.h"

/* --- signed addresses --- */

struct token {
	const char *mac;
	const char *payload; /* of an agent's; NULL: a contact's */
	int64_t ticket;
};

static bool fits_agent(struct pd_context *context, const struct token *token, int64_t conversation, const char *name)
{
	return pd_token_equal(token->mac,
			      pd_token_for_agent(context, token->ticket, conversation, name, token->payload));
}

static bool fits_contact(struct pd_context *context, const struct token *token, int64_t conversation,
			 const char *address)
{
	return pd_token_equal(token->mac, pd_token_for_contact(context, token->ticket, conversation, address));
}

/* Was it made for an agent, one that has left the configuration since included? */
static bool fits_any_agent(struct pd_context *context, const struct token *token, int64_t conversation)
{
	const struct pd_settings *settings = context->settings;
	for (size_t i = 0; i < settings->agents.count; i++) {
		const struct pd_agent *agent = &settings->agents.items[i];
		bool fits = fits_agent(context, token, conversation, agent->name);
		for (size_t n = 0; !fits && n < agent->was.count; n++)
			fits = fits_agent(context, token, conversation, agent->was.items[n]);
		if (fits)
			return true;
	}
	for (size_t i = 0; i < settings->former_agents.count; i++)
		if (fits_agent(context, token, conversation, settings->former_agents.items[i]))
			return true;
	return false;
}

/* Was it made for a person that the event brings into the conversation, or takes out of it? */
static bool fits_participant(struct pd_context *context, const struct token *token, const struct pd_event *event)
{
	for (size_t c = 0; c < event->changes.count; c++) {
		const struct pd_change *change = &event->changes.items[c];
		const char *value = change->to != NULL ? change->to : change->from;
		if (!pd_equal(change->property, "participant") || value == NULL)
			continue;
		struct pd_address who = pd_participant_parse(context->arena, value);
		if (fits_contact(context, token, event->conversation, who.addr))
			return true;
	}
	return false;
}

/* Was it made for a conversation that is elsewhere since, or for somebody who has left? */
static bool fits_former(struct pd_context *context, const struct token *token)
{
	struct pd_entries all = context->desk->timeline(context->desk, context->arena, token->ticket, 0);
	PD_LIST(int64_t) seen = {0};
	if (token->payload != NULL && fits_any_agent(context, token, 0))
		return true;
	for (size_t i = 0; i < all.count; i++) {
		const struct pd_event *event = &all.items[i].event;
		bool is_seen = event->conversation == 0;
		for (size_t k = 0; k < seen.count && !is_seen; k++)
			is_seen = seen.items[k] == event->conversation;
		if (!is_seen) {
			*pd_list_add(context->arena, &seen) = event->conversation;
			if (token->payload != NULL ? fits_any_agent(context, token, event->conversation)
						   : fits_contact(context, token, event->conversation, ""))
				return true;
		}
		if (token->payload == NULL && event->conversation != 0 && fits_participant(context, token, event))
			return true;
	}
	return false;
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
	const struct token token = {
		.mac = pd_strndup(context->arena, recipient.token, PD_TOKEN_CHARS),
		.payload = strlen(recipient.token) > PD_TOKEN_CHARS ? recipient.token + PD_TOKEN_CHARS : NULL,
		.ticket = ticket->number,
	};
	return !fits_former(context, &token);
}

/* --- logins --- */

const char *pd_submission_wrong_author(struct pd_context *context, const struct pd_delivery *delivery)
{
	const struct pd_settings *settings = context->settings;
	const struct pd_message *message = delivery->message;
	const struct pd_agent *author = pd_settings_agent_of(settings, message->from.addr);
	const struct pd_agent *sender = pd_settings_agent_of(settings, delivery->sender);
	const char *language = pd_agent_language(context, delivery->login);
	if ((author != NULL && author != delivery->login) || (sender != NULL && sender != delivery->login))
		return pd_say(context->arena, language, "{address} is the address of somebody else than your login",
			      "address",
			      author != NULL && author != delivery->login ? message->from.addr : delivery->sender, NULL);
	/* Of several, who knows whom others take for the author? */
	if (message->from_count > 1 || (message->from_count == 0 && delivery->login != NULL))
		return pd_say(context->arena, language, "A mail to this address needs exactly one author in From", NULL);
	if (delivery->login != NULL && author == NULL &&
	    pd_settings_mailbox_of(settings, message->from.addr) == NULL)
		return pd_say(context->arena, language, "{address} is no address of your login; From must be one",
			      "address", message->from.addr, NULL);
	return NULL;
}

bool pd_submission_is_agents(const struct pd_delivery *delivery)
{
	const char *from = delivery->message->from.addr;
	return delivery->login != NULL && pd_strings_has_nocase(&delivery->login->addresses, from);
}
