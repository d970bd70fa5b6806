/* A mail that a member's own client sent to people outside, from a mailbox's address (MISSION C7).
 *
 * It has left already, with answers and bounces to an address that stands for its Message-ID; what comes here
 * is the copy that the milter had made. Promises: nothing is sent again and no command is carried out; the
 * copy opens a ticket or goes on with one, also where an answer to it was here first. Cannot fail. */
#include "desk/letters.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/timeline.h"
#include "desk/seal.h"

/* Did a person write already who names it, on that ticket? Then the correspondent has had the last word. */
static bool is_answered(struct pd_context *context, const struct pd_mail *mail,
			const struct pd_ticket *ticket)
{
	struct pd_known_ids known =
		context->desk->message_id(context->desk, context->arena, mail->message->message_id);
	for (size_t i = 0; i < known.count; i++)
		if (pd_plan_ticket_followed(context, known.items[i].ticket) == ticket)
			return !ticket->is_automatic;
	return false;
}

/* The ticket of an answer that came to the mail's own address before the copy did. */
static bool find_early_answer(struct pd_context *context, const char *key, struct pd_place *place)
{
	struct pd_mark mark = context->desk->mark(context->desk, key);
	const struct pd_entry *entry =
		mark.exists && mark.value > 0
			? context->desk->entry(context->desk, context->arena, mark.value)
			: NULL;
	struct pd_ticket *ticket =
		entry != NULL ? pd_plan_ticket_followed(context, entry->event.ticket) : NULL;
	if (ticket == NULL || ticket->is_deleted)
		return false;
	place->ticket = ticket;
	place->conversation = pd_ticket_conversation(ticket, entry->event.conversation) != NULL
				      ? entry->event.conversation
				      : 0;
	place->why = "an answer to it came first";
	return true;
}

static struct pd_ticket *new_ticket(struct pd_context *context, const struct pd_mail *mail,
				    const struct pd_place *place)
{
	const struct pd_change values[] = {
		{.property = "name", .to = pd_mail_name(context, mail->message->subject)},
		{.property = "source", .to = "sent"},
	};
	struct pd_ticket *ticket = pd_plan_new_ticket(context, mail->mailbox, values, 2);
	if (place->related != 0) {
		struct pd_event *event = pd_plan_event(context, ticket, PD_EVENT_RELATED, 0, 0, place->why);
		event->other = place->related;
	}
	pd_plan_add(context, ticket, "follower", mail->agent->name, 0, NULL);
	return ticket;
}

static struct pd_address correspondent_of(const struct pd_context *context, const struct pd_message *message)
{
	for (size_t i = 0; i < message->to.count + message->cc.count; i++) {
		const struct pd_address *address = i < message->to.count
							   ? &message->to.items[i]
							   : &message->cc.items[i - message->to.count];
		if (pd_is_outsider(context, address->addr))
			return *address;
	}
	return (struct pd_address){.name = "", .addr = ""};
}

static void know_all(struct pd_context *context, const struct pd_addresses *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (pd_is_outsider(context, list->items[i].addr))
			pd_guard_know(context, list->items[i].addr);
}

static struct pd_event *keep(struct pd_context *context, const struct pd_mail *mail, struct pd_place *place)
{
	const struct pd_message *message = mail->message;
	struct pd_ticket *ticket = place->ticket;
	if (place->conversation == 0) {
		struct pd_address correspondent = correspondent_of(context, message);
		place->conversation = pd_add_correspondent(context, ticket, mail->mailbox, &correspondent,
							   message->subject);
	}
	struct pd_planned_message *planned = pd_mail_store(context, mail, PD_OUT);
	planned->stored.text = planned->search_text = pd_mail_text(message);
	planned->stored.reply_to = (struct pd_address){.name = "", .addr = ""}; /* ours, for the others */
	struct pd_event *event =
		pd_plan_event(context, ticket, PD_EVENT_MESSAGE, planned->stored.id, place->conversation,
			      place->why != NULL ? pd_printf(context->arena,
							     "sent by the agent's own client; %s", place->why)
						 : "sent by the agent's own client");
	pd_add_participants(context, mail, ticket, place->conversation);
	know_all(context, &message->to);
	know_all(context, &message->cc);
	return event;
}

/* A colleague's answer since the message that this mail answers: nothing can be held any more, but it is told
 * (invariant 9). */
static const struct pd_entry *find_crossing(struct pd_context *context, const struct pd_place *place)
{
	const struct pd_entry *answered =
		place->answers != 0 ? context->desk->entry(context->desk, context->arena, place->answers)
				    : NULL;
	const struct pd_entry *found = NULL;
	if (answered == NULL || !pd_ticket_includes(place->ticket, answered->event.ticket))
		return NULL;
	struct pd_entries after = pd_timeline_after(context, answered->event.ticket, answered->event.version);
	for (size_t i = 0; i < after.count; i++) {
		const struct pd_entry *entry = &after.items[i];
		if (entry->event.kind == PD_EVENT_MESSAGE && entry->message != NULL &&
		    entry->message->direction == PD_OUT && pd_starts(entry->event.actor, "agent:") &&
		    !pd_equal(entry->event.actor, context->actor))
			found = entry;
	}
	return found;
}

static void tell_crossing(struct pd_context *context, const struct pd_mail *mail,
			  const struct pd_place *place, const struct pd_entry *crossing,
			  const struct pd_event *event)
{
	pd_report(context, "%s",
		  pd_say(context->arena, pd_agent_language(context, mail->agent),
			 "{who} had answered already when your mail went out (E{entry}):\n{text}", "who",
			 pd_actor_words(context, crossing->event.actor), "entry",
			 pd_printf(context->arena, "%lld", (long long)crossing->event.id), "text",
			 pd_quote(context->arena, crossing->message->text, 40), NULL));
	pd_letter_receipt(context, mail, place->ticket, place->conversation, event->id,
			  pd_receipt_text(context, mail->agent));
}

void pd_take_outgoing(struct pd_context *context, const struct pd_mail *mail)
{
	struct pd_place place;
	const char *key = pd_sent_key(context->arena, pd_sent_id(context, mail->message->message_id));
	context->agent = mail->agent;
	context->actor = pd_printf(context->arena, "agent:%s", mail->agent->name);
	if (mail->seal != NULL)
		pd_seal_use(context, mail->delivery, mail->seal);
	pd_mail_place(context, mail, &place);
	if (place.ticket != NULL && (place.ticket->is_deleted || place.ticket->is_spam ||
				     !pd_may_see(context->settings, mail->agent, place.ticket)))
		place = (struct pd_place){.related = place.ticket->number, .why = place.why};
	bool is_late = place.ticket == NULL && find_early_answer(context, key, &place);
	bool is_new = place.ticket == NULL;
	is_late = is_late || (!is_new && is_answered(context, mail, place.ticket));
	const struct pd_entry *crossing = is_new ? NULL : find_crossing(context, &place);
	if (is_new)
		place.ticket = new_ticket(context, mail, &place);
	struct pd_event *event = keep(context, mail, &place);
	pd_plan_set(context, place.ticket, "automatic", NULL, "a person wrote");
	if (!is_late)
		pd_set_status_kind(context, place.ticket, mail->mailbox->after_reply, "answer of an agent");
	pd_plan_mark(context, key, event->id, 0);
	pd_note_mailboxes(context, mail, place.ticket);
	pd_mail_register(context, mail, place.ticket, place.conversation, event->id);
	pd_guard_taken(context, mail, event->id);
	context->plan->outcome = is_new ? "new outgoing ticket" : "outgoing";
	context->plan->ticket = place.ticket->number;
	context->plan->why = place.why;
	if (crossing != NULL)
		tell_crossing(context, mail, &place, crossing, event);
}
