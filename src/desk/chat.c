/* What is said over XMPP: who said it, and to which chat it belongs.
 *
 * Promises: a stanza that comes again does nothing; an agent is who writes from the JID that the settings name, as the XMPP
 * server vouches for it; nobody joins a ticket by writing to its JID but an agent who may see it (invariant 6). Cannot
 * fail. */
#include "desk/chat_inside.h"

#include <string.h>

#include "base/text.h"

#define KNOWN_FOR (7 * PD_DAY) /* a stanza that comes again is known so long */

const char *chat_bare(struct pd_arena *arena, const char *jid)
{
	return pd_lower_ascii(arena, pd_strndup(arena, jid, strcspn(jid, "/")));
}

const char *chat_record_name(struct pd_arena *arena, const char *chat, const char *visitor)
{
	return pd_printf(arena, "%s/%s", chat, chat_bare(arena, visitor));
}

bool chat_open(struct pd_context *context, int64_t number, struct chat *ret_chat)
{
	struct chat chat = {.context = context, .ticket = pd_plan_ticket_followed(context, number)};
	if (chat.ticket == NULL || !pd_chat_session_of(context->arena, chat.ticket, &chat.session))
		return false;
	chat.settings = pd_settings_chat(context->settings, chat.session.chat);
	if (chat.settings == NULL)
		return false;
	chat.mailbox = pd_ticket_mailbox(context, chat.ticket);
	const struct pd_entry *first = chat.session.since != 0
					       ? context->desk->entry(context->desk, context->arena, chat.session.since)
					       : NULL;
	if (first != NULL)
		chat.conversation = first->event.conversation;
	else if (chat.ticket->conversations.count > 0)
		chat.conversation = chat.ticket->conversations.items[chat.ticket->conversations.count - 1].id;
	*ret_chat = chat;
	return true;
}

void chat_keep(struct chat *chat, const char *why)
{
	pd_plan_set(chat->context, chat->ticket, PD_PROPERTY_CHAT,
		    pd_chat_session_text(chat->context->arena, &chat->session), why);
}

/* Known already? Marks it where it is not. */
static bool is_repeated(struct pd_context *context, const struct pd_said *said)
{
	if (said->kind != PD_SAID_LINE || said->id == NULL || *said->id == '\0')
		return false;
	const char *key = pd_printf(context->arena, "said:%s:%s:%s:%s", said->chat, chat_bare(context->arena, said->from),
				    said->to, said->id);
	if (context->desk->mark(context->desk, key).exists)
		return true;
	pd_plan_mark(context, key, 0, context->now + KNOWN_FOR);
	return false;
}

void pd_decide_said(struct pd_context *context, const struct pd_said *said)
{
	const struct pd_chat *settings = pd_settings_chat(context->settings, said->chat);
	const struct pd_agent *agent =
		pd_settings_agent_jid(context->settings, chat_bare(context->arena, said->from));
	context->plan->outcome = "ignored";
	if (settings == NULL || pd_settings_mailbox(context->settings, settings->mailbox) == NULL)
		return;
	if (is_repeated(context, said)) {
		context->plan->outcome = "duplicate";
		return;
	}
	if (agent != NULL)
		chat_take_agent(context, settings, said, agent);
	else
		chat_take_visitor(context, settings, said);
	pd_tell(context, NULL);
}
