/* What is said over XMPP: who said it, and to which chat it belongs.
 *
 * Promises: a stanza that comes again does nothing; an agent is who writes from the JID that the settings name, as the XMPP
 * server vouches for it; nobody joins a ticket by writing to its JID but an agent who may see it (invariant 6). Cannot
 * fail. */
#include "desk/chat_inside.h"

#include <string.h>

#include "base/crypto.h"
#include "base/text.h"

#define KNOWN_FOR  (7 * PD_DAY) /* a stanza that comes again is known so long */
#define MARK_BYTES 16		/* of the digest of its words */

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

/* The mark by which a line that comes again is known: its id and its words, since some clients count their ids from one anew
 * (invariant 2). NULL: it has no id. */
static const char *mark_of(struct pd_context *context, const struct pd_said *said)
{
	unsigned char digest[PD_SHA256_SIZE];
	if (said->kind != PD_SAID_LINE || said->id == NULL || *said->id == '\0')
		return NULL;
	pd_sha256(said->text, strlen(said->text), digest);
	return pd_printf(context->arena, "said:%s:%s:%s:%s:%s", said->chat, chat_bare(context->arena, said->from), said->to, said->id,
			 pd_hex(context->arena, digest, MARK_BYTES));
}

/* The open chat that the sender takes part in. */
static bool chat_of(struct pd_context *context, const struct pd_said *said, const struct pd_agent *agent,
		    struct chat *ret_chat)
{
	unsigned long long number = 0;
	const char *record = agent == NULL ? context->desk->record(context->desk, context->arena, PD_CHAT_RECORD,
								   chat_record_name(context->arena, said->chat, said->from))
			     : said->to[0] == 't' ? said->to + 1
						  : NULL;
	if (record == NULL || !pd_number(record, INT64_MAX, &number) || !chat_open(context, (int64_t)number, ret_chat) ||
	    ret_chat->session.state != PD_CHAT_TAKEN)
		return false;
	return agent != NULL ? pd_equal(ret_chat->session.agent, agent->name)
			     : pd_equal(ret_chat->session.visitor, said->from);
}

bool pd_chat_peer(struct pd_context *context, const struct pd_said *said, const char **ret_from, const char **ret_to)
{
	const struct pd_agent *agent =
		pd_settings_agent_jid(context->settings, chat_bare(context->arena, said->from));
	struct chat chat;
	if (!chat_of(context, said, agent, &chat))
		return false;
	const struct pd_agent *talks = pd_settings_agent(context->settings, chat.session.agent);
	*ret_from = agent != NULL ? chat.settings->name
				  : pd_printf(context->arena, "t%lld", (long long)chat.ticket->number);
	*ret_to = agent != NULL ? chat.session.visitor : talks != NULL ? talks->jid : NULL;
	return *ret_to != NULL;
}

void pd_decide_said(struct pd_context *context, const struct pd_said *said)
{
	const struct pd_chat *settings = pd_settings_chat(context->settings, said->chat);
	const struct pd_agent *agent =
		pd_settings_agent_jid(context->settings, chat_bare(context->arena, said->from));
	context->plan->outcome = "ignored";
	if (settings == NULL || pd_settings_mailbox(context->settings, settings->mailbox) == NULL)
		return;
	const char *mark = mark_of(context, said);
	if (mark != NULL && context->desk->mark(context->desk, mark).exists) {
		context->plan->outcome = "duplicate";
		return;
	}
	if (agent != NULL)
		chat_take_agent(context, settings, said, agent);
	else
		chat_take_visitor(context, settings, said);
	if (mark != NULL && !context->plan->is_refused) /* what was refused may come again */
		pd_plan_mark(context, mark, 0, context->now + KNOWN_FOR);
	pd_tell(context, NULL);
}
