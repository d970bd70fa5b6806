/* Who is told (DESIGN.md, Who is told).
 *
 * Promises: one letter a person and ticket, with that person's own reply address; never the actor, never who
 * stands in To or Cc of that very mail, nobody twice, nobody who may not see the ticket; nothing of spam,
 * automatic mail and history. Works on the events of the plan alone, so it holds for every door. Cannot fail.
 */
#include "desk/notification.h"

#include <string.h>

#include "base/text.h"
#include "desk/inbox.h"
#include "desk/catalogue.h"
#include "desk/chat.h"
#include "desk/due.h"
#include "desk/meeting.h"
#include "desk/route.h"
#include "desk/rule.h"

struct all_told {
	struct pd_told *items;
	size_t count, room;
};

struct telling {
	struct pd_context *context;
	const struct pd_delivery *delivery; /* NULL: no mail is decided */
	bool is_late; /* what is told happened in an earlier decision, but could not be told then */
	struct all_told readers;
};

/* --- who --- */

static bool is_addressed(const struct telling *telling, const struct pd_agent *agent,
			 const struct pd_event *event)
{
	if (telling->delivery == NULL || telling->delivery->message == NULL || event->message == 0)
		return false;
	const struct pd_planned_message *planned = pd_told_planned(telling->context, event->message);
	const struct pd_message *message = telling->delivery->message;
	if (planned == NULL || memcmp(planned->stored.digest, message->digest, PD_SHA256_SIZE) != 0)
		return false;
	for (size_t a = 0; a < agent->addresses.count; a++) {
		for (size_t i = 0; i < message->to.count; i++)
			if (pd_equal_nocase(message->to.items[i].addr, agent->addresses.items[a]))
				return true;
		for (size_t i = 0; i < message->cc.count; i++)
			if (pd_equal_nocase(message->cc.items[i].addr, agent->addresses.items[a]))
				return true;
	}
	return false;
}

/* What is shown where several things happened: a contact's words before a colleague's, words before changes.
 */
static int weight(const struct pd_event *event)
{
	switch (event->kind) {
	case PD_EVENT_MESSAGE:
		return pd_told_is_incoming(event) ? 4 : 2;
	case PD_EVENT_COMMENT:
		return 3;
	case PD_EVENT_UNDELIVERED:
		return 5;
	case PD_EVENT_REMINDER: /* for one person alone, and told once */
		return 6;
	default:
		return 1;
	}
}

/* Each has words of its own to tell. */
static bool is_second_reminder(const struct pd_told *told, const struct pd_event *event)
{
	return event->kind == PD_EVENT_REMINDER && told->main->kind == PD_EVENT_REMINDER;
}

static struct pd_told *add_reader(struct telling *telling, const char *name, struct pd_ticket *ticket,
				  const struct pd_event *event)
{
	struct pd_context *context = telling->context;
	const struct pd_agent *agent = name != NULL ? pd_settings_agent(context->settings, name) : NULL;
	if (agent == NULL || agent->addresses.count == 0 ||
	    pd_equal(event->actor, pd_printf(context->arena, "agent:%s", name)) ||
	    (context->agent == agent && event->action == context->action) ||
	    !pd_may_see(context->settings, agent, ticket) || is_addressed(telling, agent, event) ||
	    ((event->action == context->action || telling->is_late) &&
	     pd_chat_tells(context, ticket, agent, event, pd_told_message(context, event))))
		return NULL;
	struct pd_told *reader = NULL;
	for (size_t i = 0; i < telling->readers.count; i++)
		if (telling->readers.items[i].agent == agent && telling->readers.items[i].ticket == ticket &&
		    !is_second_reminder(&telling->readers.items[i], event))
			reader = &telling->readers.items[i];
	if (reader == NULL) {
		if (pd_guard_is_unreachable(context, agent))
			return NULL;
		reader = pd_list_add(context->arena, &telling->readers);
		*reader = (struct pd_told){.agent = agent, .ticket = ticket, .main = event};
	} else {
		const struct pd_event *less = event;
		if (weight(event) > weight(reader->main)) {
			less = reader->main;
			reader->main = event;
		}
		if (less->kind == PD_EVENT_COMMENT)
			reader->also = less;
	}
	return reader;
}

static void add_team(struct telling *telling, const char *name, struct pd_ticket *ticket,
		     const struct pd_event *event)
{
	const struct pd_team *team = name != NULL ? pd_settings_team(telling->context->settings, name) : NULL;
	for (size_t i = 0; team != NULL && i < team->members.count; i++)
		add_reader(telling, team->members.items[i], ticket, event);
}

static void add_mailbox(struct telling *telling, const char *name, struct pd_ticket *ticket,
			const struct pd_event *event)
{
	const struct pd_mailbox *mailbox = pd_settings_mailbox(telling->context->settings, name);
	if (mailbox != NULL && mailbox->notify_team)
		add_team(telling, mailbox->team, ticket, event);
}

/* The ticket's team; each further mailbox that it came to has its own. */
static void add_teams(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	const struct pd_mailbox *home = pd_settings_mailbox(telling->context->settings, ticket->mailbox);
	if (home == NULL || home->notify_team)
		add_team(telling, ticket->team, ticket, event);
	for (size_t i = 0; i < ticket->mailboxes_also.count; i++)
		add_mailbox(telling, ticket->mailboxes_also.items[i], ticket, event);
}

static void add_followers(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	add_reader(telling, ticket->owner, ticket, event);
	for (size_t i = 0; i < ticket->followers.count; i++)
		add_reader(telling, ticket->followers.items[i], ticket, event);
}

static void add_mentioned(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event,
			  const char *text)
{
	struct pd_context *context = telling->context;
	struct pd_strings mentioned = pd_mentions_in(context->arena, context->settings, text);
	for (size_t i = 0; i < mentioned.count; i++) {
		struct pd_told *reader = add_reader(telling, mentioned.items[i], ticket, event);
		if (reader != NULL)
			reader->is_mentioned = true;
	}
}

/* --- DESIGN.md's table --- */

static void tell_message(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	const struct pd_stored *stored = pd_told_message(telling->context, event);
	if (stored != NULL && (stored->kinds & (PD_KINDS_OF_MACHINES | PD_KIND_BOUNCE | PD_KIND_DSN)) != 0 &&
	    !pd_is_meeting_answer(event))
		return;
	if (pd_inbox_of(ticket, event->conversation) != NULL && pd_told_is_incoming(event))
		return;
	if (pd_told_is_incoming(event) && ticket->owner == NULL)
		add_teams(telling, ticket, event);
	if (!pd_equal(event->actor, "postdesk"))
		add_followers(telling, ticket, event);
}

static bool is_new(const struct pd_context *context, const struct pd_ticket *ticket)
{
	for (size_t i = 0; i < context->plan->events.count; i++)
		if (context->plan->events.items[i]->kind == PD_EVENT_CREATED &&
		    context->plan->events.items[i]->ticket == ticket->number)
			return true;
	return false;
}

static void tell_comment(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	const struct pd_stored *stored = pd_told_message(telling->context, event);
	if (!pd_comment_is_told(event, stored))
		return;
	if (ticket->owner == NULL && is_new(telling->context, ticket))
		add_teams(telling, ticket, event); /* an agent's own request */
	add_followers(telling, ticket, event);
	add_mentioned(telling, ticket, event, stored->text);
}

/* The entry of a mail that reached a further mailbox: its team has not seen it. */
static void tell_further_mailbox(struct telling *telling, struct pd_ticket *ticket, const char *mailbox)
{
	struct pd_context *context = telling->context;
	const struct pd_entry *entry =
		pd_ticket_last_in(ticket) != 0
			? context->desk->entry(context->desk, context->arena, pd_ticket_last_in(ticket))
			: NULL;
	if (entry != NULL && entry->event.kind == PD_EVENT_MESSAGE && ticket->owner == NULL)
		add_mailbox(telling, mailbox, ticket, &entry->event);
}

/* A chat that nobody took: its newest message, as if it had come by mail. */
static void tell_left(struct telling *telling, struct pd_ticket *ticket)
{
	struct pd_context *context = telling->context;
	const struct pd_entry *entry =
		pd_ticket_last_in(ticket) != 0 && ticket->status_kind != PD_STATUS_CLOSED
			? context->desk->entry(context->desk, context->arena, pd_ticket_last_in(ticket))
			: NULL;
	if (entry == NULL)
		return;
	if (ticket->owner == NULL)
		add_teams(telling, ticket, &entry->event);
	add_followers(telling, ticket, &entry->event);
}

/* A line whose file has come, or cannot be had: now it is told with it. */
static void tell_file(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *file)
{
	struct pd_context *context = telling->context;
	const struct pd_entry *line =
		file->other != 0 ? context->desk->entry(context->desk, context->arena, file->other) : NULL;
	if (line == NULL || line->event.kind != PD_EVENT_MESSAGE)
		return; /* none, or one of this very decision, which tells itself */
	telling->is_late = true;
	tell_message(telling, ticket, &line->event);
	telling->is_late = false;
}

static void tell_changes(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	bool is_duplicate = pd_equal(telling->context->plan->outcome, "duplicate");
	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];
		if (strcmp(change->property, "owner") == 0 && change->to != NULL &&
		    pd_equal(change->to, ticket->owner)) {
			struct pd_told *reader = add_reader(telling, change->to, ticket, event);
			if (reader != NULL)
				reader->is_assigned = true;
		} else if (strcmp(change->property, "mailbox") == 0 && event->kind == PD_EVENT_SET &&
			   change->to != NULL && ticket->owner == NULL) {
			add_teams(telling, ticket, event);
		} else if (pd_chat_is_left(change)) {
			tell_left(telling, ticket);
		} else if (is_duplicate && strcmp(change->property, "mailbox_also") == 0 &&
			   change->to != NULL) {
			tell_further_mailbox(telling, ticket, change->to);
		}
	}
}

/* The owner and those who follow; without an owner the team. */
static void tell_responsible(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	add_followers(telling, ticket, event);
	if (ticket->owner == NULL)
		add_teams(telling, ticket, event);
}

/* Of a later step only an escalation tells. */
static bool is_of_state(const struct pd_event *event)
{
	for (size_t i = 0; i < event->changes.count; i++)
		if (strcmp(event->changes.items[i].property, "warned") == 0 &&
		    strchr(event->changes.items[i].to, '+') == NULL)
			return true;
	return event->changes.count == 0; /* an escalation that failed */
}

static void tell_goal(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	if (is_of_state(event))
		tell_responsible(telling, ticket, event);
	for (size_t i = 0; i < event->changes.count; i++) {
		const char *whom = event->changes.items[i].to;
		if (strcmp(event->changes.items[i].property, "notified") != 0 || whom == NULL)
			continue;
		if (pd_starts(whom, "agent:"))
			add_reader(telling, whom + strlen("agent:"), ticket, event);
		else if (pd_starts(whom, "team:"))
			add_team(telling, whom + strlen("team:"), ticket, event);
		else if (strcmp(whom, "team") == 0)
			add_team(telling, ticket->team, ticket, event);
		else if (strcmp(whom, "owner") == 0)
			add_reader(telling, ticket->owner, ticket, event);
		else
			add_followers(telling, ticket, event);
	}
}

static void tell_reminder(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];
		const char *blank = change->from != NULL ? strchr(change->from, ' ') : NULL;
		if (blank != NULL && change->to == NULL && strcmp(change->property, "reminder") == 0 &&
		    pd_equal(event->actor, "postdesk"))
			add_reader(telling, blank + 1, ticket, event);
	}
}

static void tell_event(struct telling *telling, const struct pd_event *event)
{
	struct pd_ticket *ticket = pd_plan_ticket(telling->context, event->ticket);
	if (ticket == NULL || ticket->is_spam || ticket->is_deleted)
		return;
	if (event->kind == PD_EVENT_MESSAGE && !ticket->is_automatic) {
		tell_message(telling, ticket, event);
	} else if (event->kind == PD_EVENT_COMMENT) {
		tell_comment(telling, ticket, event);
	} else if (event->kind == PD_EVENT_ATTACHED) {
		tell_file(telling, ticket, event);
	} else if (event->kind == PD_EVENT_GOAL) {
		tell_goal(telling, ticket, event);
	} else if (event->kind == PD_EVENT_REMINDER) {
		tell_reminder(telling, ticket, event);
	} else if (event->kind == PD_EVENT_SET && pd_equal(event->why, PD_WHY_SNOOZE_OVER)) {
		if (ticket->status_kind != PD_STATUS_CLOSED)
			tell_responsible(telling, ticket, event);
	} else if (event->kind == PD_EVENT_SET || event->kind == PD_EVENT_CREATED) {
		tell_changes(telling, ticket, event);
	} else if (event->kind == PD_EVENT_UNDELIVERED) {
		if (ticket->owner != NULL)
			add_followers(telling, ticket, event);
		else
			add_teams(telling, ticket, event);
	}
}

/* The root that notifications name, so that an agent's answer is known by it, too. */
static void register_root(struct pd_context *context, const struct pd_ticket *ticket)
{
	const char *root = pd_message_id_root(context, ticket->number);
	for (size_t i = 0; i < context->plan->ids.count; i++)
		if (strcmp(context->plan->ids.items[i].message_id, root) == 0)
			return;
	const struct pd_known_id known = {.ticket = ticket->number, .is_reference = true};
	pd_plan_id(context, root, &known);
}

/* One letter a person, however many tickets. */
static void tell_late(struct telling *telling)
{
	for (size_t i = 0; i < telling->readers.count; i++) {
		const struct pd_agent *agent = telling->readers.items[i].agent;
		bool is_told = false;
		for (size_t n = 0; n < i; n++)
			is_told |= telling->readers.items[n].agent == agent;
		if (!is_told)
			pd_summary_write(telling->context, agent, telling->readers.items, telling->readers.count);
	}
}

/* What tells of a reply that may be stopped yet goes out with it. */
static void hold_with_replies(struct pd_context *context)
{
	struct pd_plan *plan = context->plan;
	for (size_t i = 0; i < plan->letters.count; i++) {
		const struct pd_planned_letter *reply = plan->letters.items[i];
		for (size_t n = 0; reply->kind == PD_LETTER_REPLY && reply->not_before != 0 && n < plan->letters.count; n++)
			if (plan->letters.items[n]->kind == PD_LETTER_NOTIFICATION &&
			    plan->letters.items[n]->event == reply->event)
				plan->letters.items[n]->not_before = reply->not_before;
	}
}

void pd_tell(struct pd_context *context, const struct pd_delivery *delivery)
{
	struct telling telling = {.context = context, .delivery = delivery};
	pd_route(context, delivery != NULL ? delivery->message : NULL);
	pd_rules(context);
	pd_chat_follow(context);
	pd_goals_settle(context);
	if (context->is_import)
		return;
	for (size_t i = 0; i < context->plan->events.count; i++)
		tell_event(&telling, context->plan->events.items[i]);
	if (context->is_late || context->is_bulk) {
		tell_late(&telling);
		return;
	}
	for (size_t i = 0; i < telling.readers.count; i++) {
		pd_notification_write(context, &telling.readers.items[i]);
		register_root(context, telling.readers.items[i].ticket);
	}
	hold_with_replies(context);
}
