/* What follows for chats from whatever was decided, and from time: invitations, taking and handing over, the question for an
 * address, who hears of it by mail.
 *
 * Promises: it looks at the plan as it stands at the decision's end, so that it holds for every door: a rule that assigns, a
 * mail that closes. Pure; cannot fail. */
#include "desk/chat_inside.h"

#include <string.h>

#include "base/text.h"
#include "desk/availability.h"

/* --- who is there --- */

static bool is_available(struct pd_context *context, const struct pd_records *absences, const struct pd_agent *agent)
{
	return agent != NULL && agent->role != PD_ROLE_VIEWER && pd_may(agent, "reply") &&
	       pd_availability_of(context->arena, context->settings, absences, agent, context->now).is_available;
}

static bool is_team_open(struct pd_context *context, const struct pd_team *team)
{
	const struct pd_calendar *calendar = team != NULL && team->calendar != NULL && context->settings->calendars != NULL
						     ? pd_calendars_find(context->settings->calendars, team->calendar)
						     : NULL;
	return team != NULL && (calendar == NULL || pd_calendar_is_open(calendar, context->now));
}

/* Who may take a chat now: its owner, who has a client for it, else the team. */
static struct pd_strings find_available(struct pd_context *context, const char *owner, const char *team_name)
{
	struct pd_strings found = {0};
	const struct pd_team *team = team_name != NULL ? pd_settings_team(context->settings, team_name) : NULL;
	struct pd_records absences = pd_plan_records(context, PD_ABSENCE);
	const struct pd_agent *own = owner != NULL ? pd_settings_agent(context->settings, owner) : NULL;
	if (own != NULL && own->jid != NULL && is_available(context, &absences, own)) {
		*pd_list_add(context->arena, &found) = owner;
		return found;
	}
	for (size_t i = 0; is_team_open(context, team) && i < team->members.count; i++)
		if (is_available(context, &absences, pd_settings_agent(context->settings, team->members.items[i])))
			*pd_list_add(context->arena, &found) = team->members.items[i];
	return found;
}

bool pd_chat_is_staffed(struct pd_context *context, const struct pd_chat *chat)
{
	const struct pd_mailbox *mailbox = pd_settings_mailbox(context->settings, chat->mailbox);
	return mailbox != NULL && find_available(context, NULL, mailbox->team).count > 0;
}

/* --- inviting --- */

static void ask_for_address(struct chat *chat, const char *english)
{
	chat->session.state = PD_CHAT_ASKED;
	chat->session.until = 0;
	const char *address = chat_known_address(chat);
	if (address == NULL)
		chat_tell_visitor(chat, CHAT_SAY(chat, chat->session.language, english, "mailbox", chat->mailbox->full_name));
	else
		chat_tell_visitor(chat, CHAT_SAY(chat, chat->session.language,
						 "Nobody is here to answer right now. We answer by mail to {address}.",
						 "address", address));
	chat_keep(chat, "chat: nobody is there");
}

static void invite(struct chat *chat)
{
	struct pd_context *context = chat->context;
	struct pd_entries said = chat_entries(chat);
	const char *text = said.count > 0 ? said.items[said.count - 1].message->text : "";
	for (size_t i = 0; i < said.count; i++) /* the newest words of the visitor */
		if (said.items[i].message->direction == PD_IN)
			text = said.items[i].message->text;
	chat->session.invited = find_available(context, chat->ticket->owner, chat->ticket->team);
	if (chat->session.invited.count == 0) {
		ask_for_address(chat, N_("Welcome to {mailbox}. Nobody is here to answer right now. Please leave your mail "
					 "address and your question: we answer by mail."));
		return;
	}
	chat->session.until = context->now + chat->settings->answer_within;
	chat_keep(chat, "chat");
	chat_tell_visitor(chat, CHAT_SAY(chat, chat->session.language, "Welcome to {mailbox}. Somebody will be with you shortly.",
					 "mailbox", chat->mailbox->full_name));
	for (size_t i = 0; i < chat->session.invited.count; i++) {
		const struct pd_agent *agent = pd_settings_agent(context->settings, chat->session.invited.items[i]);
		chat_tell_agent(chat, agent,
				CHAT_SAY(chat, pd_agent_language(context, agent),
					 "{name} asks in a chat with {mailbox} (ticket #{number}):\n{text}\n\nWho answers here "
					 "first takes the chat.",
					 "name", chat_visitor_name(chat), "mailbox", chat->mailbox->full_name, "number",
					 pd_printf(context->arena, "%lld", (long long)chat->ticket->number), "text", text));
	}
}

/* --- taking and handing over --- */

static size_t count_said(struct chat *chat)
{
	struct pd_entries said = chat_entries(chat);
	size_t count = 0;
	for (size_t i = 0; i < said.count; i++)
		count += (said.items[i].message->kinds & PD_KIND_AUTO) == 0;
	return count;
}

void chat_give(struct chat *chat, const struct pd_agent *agent, const char *why)
{
	struct pd_context *context = chat->context;
	const struct pd_agent *before =
		chat->session.agent != NULL ? pd_settings_agent(context->settings, chat->session.agent) : NULL;
	struct pd_strings invited = chat->session.invited;
	bool was_waiting = chat->session.state != PD_CHAT_TAKEN;
	chat->session.state = PD_CHAT_TAKEN;
	chat->session.agent = agent->name;
	chat->session.is_unreached = false;
	chat->session.until = 0;
	memset(&chat->session.invited, 0, sizeof chat->session.invited);
	chat_keep(chat, why);
	pd_plan_set(context, chat->ticket, "owner", agent->name, why);
	if (was_waiting && chat->ticket->status_kind == PD_STATUS_NEW)
		pd_set_status_kind(context, chat->ticket, PD_STATUS_OPEN, why);
	for (size_t i = 0; was_waiting && i < invited.count; i++) {
		const struct pd_agent *other = pd_settings_agent(context->settings, invited.items[i]);
		if (other != NULL && other != agent)
			chat_tell_agent(chat, other, CHAT_SAY(chat, pd_agent_language(context, other),
							      "{name} has taken this chat.", "name", agent->full_name));
	}
	if (before != NULL && before != agent && before != context->agent)
		chat_tell_agent(chat, before, CHAT_SAY(chat, pd_agent_language(context, before),
						       "{name} has taken this chat.", "name", agent->full_name));
	/* Not every client shows who speaks (XEP-0172). */
	chat_tell_visitor(chat, CHAT_SAY(chat, chat->session.language, "{name} is with you now.", "name", agent->full_name));
	/* Who was invited has seen the first line. */
	if (!pd_strings_has(&invited, agent->name) || count_said(chat) > 1)
		chat_tell_backlog(chat, agent);
}

static void hand_over(struct chat *chat)
{
	const struct pd_agent *agent = pd_settings_agent(chat->context->settings, chat->ticket->owner);
	if (agent == NULL)
		return;
	if (agent->jid != NULL)
		chat_tell_agent(chat, agent,
				CHAT_SAY(chat, pd_agent_language(chat->context, agent),
					 "The chat with {name} (ticket #{number}) is yours now: answer here.", "name",
					 chat_visitor_name(chat), "number",
					 pd_printf(chat->context->arena, "%lld", (long long)chat->ticket->number)));
	chat_give(chat, agent, "chat handed over");
}

void pd_chat_pass_on(struct pd_context *context, struct pd_ticket *ticket, const struct pd_event *event, const char *text)
{
	struct chat chat;
	if (context->agent == NULL || !chat_open(context, ticket->number, &chat))
		return;
	if (chat.session.state != PD_CHAT_TAKEN)
		chat_give(&chat, context->agent, "answered by mail");
	chat_say_visitor(&chat, context->agent->full_name, text, event->id);
	if (!pd_equal(chat.session.agent, context->agent->name)) {
		const struct pd_agent *talks = pd_settings_agent(context->settings, chat.session.agent);
		if (talks != NULL)
			chat_say_agent(&chat, talks, context->agent->full_name,
				       pd_printf(context->arena, "%s: %s", context->agent->full_name, text), event->id);
	}
}

/* --- at the end of a decision --- */

/* An open chat goes along with its ticket into the one that it was merged into, unless that has one. */
static void move(struct chat *chat, struct pd_ticket *from)
{
	struct pd_context *context = chat->context;
	struct pd_ticket *into = pd_plan_ticket_followed(context, from->number);
	const char *text = pd_ticket_get(context->arena, from, PD_PROPERTY_CHAT);
	pd_plan_set(context, from, PD_PROPERTY_CHAT, NULL, "merged");
	if (into == NULL || into == from || pd_chat_is_open(into))
		return;
	pd_plan_set(context, into, PD_PROPERTY_CHAT, text, "merged");
	pd_plan_set_record(context, into, PD_CHAT_RECORD,
			   chat_record_name(context->arena, chat->session.chat, chat->session.visitor),
			   pd_printf(context->arena, "%lld", (long long)into->number), "merged");
}

static void follow(struct pd_context *context, struct pd_ticket *ticket)
{
	struct chat chat = {.context = context};
	if (ticket->merged_into != 0) {
		if (pd_chat_session_of(context->arena, ticket, &chat.session))
			move(&chat, ticket);
		return;
	}
	if (!chat_open(context, ticket->number, &chat))
		return;
	if (ticket->status_kind == PD_STATUS_CLOSED || ticket->is_deleted || ticket->is_spam)
		chat_end(&chat, CHAT_END_CLOSED);
	else if (chat.session.state == PD_CHAT_WAITING && chat.session.until == 0)
		invite(&chat);
	else if (chat.session.state == PD_CHAT_TAKEN && ticket->owner != NULL &&
		 !pd_equal(ticket->owner, chat.session.agent))
		hand_over(&chat);
}

void pd_chat_follow(struct pd_context *context)
{
	if (context->settings->chats.count == 0 || context->is_import)
		return;
	/* What follows may bring in further tickets. */
	for (size_t i = 0; i < context->plan->tickets.count; i++) {
		struct pd_planned_ticket *planned = &context->plan->tickets.items[i];
		if (planned->ticket->version != planned->base_version && pd_chat_is_open(planned->ticket))
			follow(context, planned->ticket);
	}
}

/* --- time --- */

void pd_chat_due(struct pd_context *context, int64_t number)
{
	struct chat chat;
	if (!chat_open(context, number, &chat) || pd_chat_next(chat.ticket) > context->now)
		return;
	if (chat.session.state != PD_CHAT_WAITING || chat.session.until == 0) {
		chat_end(&chat, CHAT_END_IDLE);
		return;
	}
	for (size_t i = 0; i < chat.session.invited.count; i++) {
		const struct pd_agent *agent = pd_settings_agent(context->settings, chat.session.invited.items[i]);
		if (agent != NULL)
			chat_tell_agent(&chat, agent,
					CHAT_SAY(&chat, pd_agent_language(context, agent),
						 "Nobody took this chat in time: the visitor was asked for a mail address."));
	}
	ask_for_address(&chat,
			N_("Nobody is free to answer right now. Please leave your mail address here: we answer by mail."));
}

/* --- who hears of it by mail --- */

bool pd_chat_tells(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_agent *agent,
		   const struct pd_event *event, const struct pd_stored *stored)
{
	struct pd_chat_session session;
	if (stored == NULL || !pd_equal(stored->source, "chat") || event->kind != PD_EVENT_MESSAGE)
		return false;
	if (stored->direction != PD_IN)
		return true;
	/* The mail waits for the file (tell.c). */
	if (pd_plan_record(context, PD_CHAT_FILE_RECORD, pd_printf(context->arena, "%lld", (long long)event->id)) != NULL)
		return true;
	if (!pd_chat_session_of(context->arena, ticket, &session))
		return true; /* it is over: what is unanswered is told as a whole */
	if (session.state == PD_CHAT_ASKED)
		return false;
	/* Of who talks by mail, each line; else that there is somebody. */
	if (session.state == PD_CHAT_TAKEN)
		return (agent->jid != NULL && !session.is_unreached) || !pd_equal(session.agent, agent->name);
	return agent->jid != NULL || event->id != session.since;
}

bool pd_chat_is_left(const struct pd_change *change)
{
	static const char unreached[] = " unreached=1";
	if (strcmp(change->property, PD_PROPERTY_CHAT) == 0 && change->from != NULL && change->to != NULL &&
	    pd_ends(change->to, unreached) && !pd_ends(change->from, unreached))
		return true;
	return strcmp(change->property, PD_PROPERTY_CHAT) == 0 && change->from != NULL &&
	       pd_starts(change->from, "state=waiting") && (change->to == NULL || pd_starts(change->to, "state=asked"));
}
