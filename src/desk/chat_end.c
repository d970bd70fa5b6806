/* The end of a chat: by closing, by leaving, by silence.
 *
 * Promises: both sides are told, but for who has left; the transcript is on its way (chat_transcript.c). Cannot fail. */
#include "desk/chat_inside.h"

#include <string.h>

#include "base/text.h"
#include "desk/due.h"

/* --- the end --- */

static bool is_answered_last(struct chat *chat)
{
	struct pd_entries said = chat_entries(chat);
	for (size_t i = said.count; i > 0; i--)
		if ((said.items[i - 1].message->kinds & PD_KIND_AUTO) == 0)
			return said.items[i - 1].message->direction == PD_OUT;
	return false;
}

static void tell_end(struct chat *chat, enum chat_end how)
{
	struct pd_context *context = chat->context;
	const struct pd_agent *agent =
		chat->session.agent != NULL ? pd_settings_agent(context->settings, chat->session.agent) : NULL;
	const char *language = pd_agent_language(context, agent), *address = chat_known_address(chat);
	if (how != CHAT_END_LEFT && chat->settings->transcript && address != NULL && chat->session.state == PD_CHAT_TAKEN)
		chat_tell_visitor(chat, CHAT_SAY(chat, chat->session.language,
						 "This chat is over. What was said is mailed to {address}. If you write again, we go on.",
						 "address", address));
	else if (how != CHAT_END_LEFT && chat->session.state == PD_CHAT_TAKEN)
		chat_tell_visitor(chat, CHAT_SAY(chat, chat->session.language, "This chat is over. If you write again, we go on."));
	if (agent == NULL || chat->session.state != PD_CHAT_TAKEN)
		return;
	if (how == CHAT_END_LEFT)
		chat_tell_agent(chat, agent, CHAT_SAY(chat, language, "The visitor has left. The chat is over."));
	else if (how == CHAT_END_IDLE)
		chat_tell_agent(chat, agent, CHAT_SAY(chat, language, "Nobody said anything for {time}: the chat is over.", "time",
						      pd_say_duration(context->arena, language, chat->session.idle)));
	else if (agent != context->agent)
		chat_tell_agent(chat, agent, CHAT_SAY(chat, language, "The ticket was closed: the chat is over."));
}

void chat_end(struct chat *chat, enum chat_end how)
{
	static const char *const why[] = {
		[CHAT_END_CLOSED] = "chat over: closed",
		[CHAT_END_LEFT] = "chat over: the visitor left",
		[CHAT_END_IDLE] = "chat over: nobody said anything",
	};
	struct pd_context *context = chat->context;
	const char *actor = context->actor;
	tell_end(chat, how);
	chat_transcript(chat);
	if (how != CHAT_END_CLOSED && chat->session.state == PD_CHAT_TAKEN && is_answered_last(chat))
		pd_set_status_kind(context, chat->ticket, chat->mailbox->after_reply, why[how]);
	context->actor = "postdesk";
	pd_plan_set(context, chat->ticket, PD_PROPERTY_CHAT, NULL, why[how]);
	context->actor = actor;
}
