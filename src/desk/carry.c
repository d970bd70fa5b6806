/* Taking in a ticket that another desk wrote, events and all.
 *
 * Promises: the ticket's events stand here as they stood there, with the numbers of here, and all that is derived from
 * them is derived again; a ticket that is here changes nothing; nobody is told and nothing leaves. A file may have been made
 * by anybody: what no desk could have written is refused, with the reason, and nothing of it is kept. Cannot fail otherwise. */
#include "desk/carry.h"

#include <string.h>

#include "base/text.h"
#include "desk/mail.h"
#include "desk/meeting.h"
#include "desk/people.h"
#include "desk/sending.h"
#include "desk/token_parts.h"

#define FUTURE_MAX   PD_DAY /* clocks differ */
#define PROPERTY_MAX 400    /* bytes */
#define VALUE_MAX    (1 << 20)

/* --- what no desk could have written --- */

static bool is_clean(const char *text, size_t max, bool may_have_lines)
{
	size_t len = 0;
	for (; text != NULL && text[len] != '\0'; len++)
		if (!may_have_lines && (text[len] == '\n' || text[len] == '\r'))
			return false;
	return len <= max;
}

static bool has_lines(const char *property)
{
	return pd_property_is_record(property) || strcmp(property, "description") == 0 || strcmp(property, PD_PROPERTY_MEETING) == 0;
}

static const char *wrong_change(struct pd_arena *arena, const struct pd_change *change)
{
	bool may_have_lines;
	if (change->property == NULL || *change->property == '\0' || !is_clean(change->property, PROPERTY_MAX, false))
		return "the name of a property is no clean line";
	if (pd_starts(change->property, PD_RECORD_PREFIX PD_CARRIED_RECORD ":")) /* else the file would choose whose key signs */
		return "no ticket tells of other desks";
	may_have_lines = has_lines(change->property);
	if (!is_clean(change->from, VALUE_MAX, may_have_lines) || !is_clean(change->to, VALUE_MAX, may_have_lines))
		return pd_printf(arena, "a value of %s is no clean line", change->property);
	return NULL;
}

static const char *wrong_event(const struct pd_context *context, const struct pd_event *event, int64_t version)
{
	if (event->version != version)
		return pd_printf(context->arena, "its version is %lld, where %lld is wanted", (long long)event->version,
				 (long long)version);
	if (event->format < 1 || event->format > PD_EVENT_FORMAT)
		return pd_printf(context->arena, "its format %d is not known here: it needs a newer postdesk", event->format);
	if ((event->kind == PD_EVENT_CREATED) != (version == 1))
		return version == 1 ? "the first one must be of kind created" : "only the first one may be of kind created";
	if (event->id <= 0 || event->action <= 0)
		return "it has no id or no action";
	if (event->at <= 0 || event->at > context->now + FUTURE_MAX)
		return "its time is none, or has yet to come";
	if (event->actor == NULL || *event->actor == '\0' || !is_clean(event->actor, PROPERTY_MAX, false))
		return "its actor is no clean line";
	if (!is_clean(event->why, VALUE_MAX, false))
		return "its reason is no clean line";
	for (size_t i = 0; i < event->changes.count; i++) {
		const char *wrong = wrong_change(context->arena, &event->changes.items[i]);
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

/* What this desk's configuration does not know cannot stand here. */
static const char *wrong_ticket(const struct pd_context *context, const struct pd_ticket *ticket)
{
	struct pd_arena *arena = context->arena;
	const struct pd_pipeline *pipeline =
		ticket->pipeline != NULL ? pd_settings_pipeline(context->settings, ticket->pipeline) : NULL;
	if (ticket->mailbox == NULL || pd_settings_mailbox(context->settings, ticket->mailbox) == NULL)
		return pd_printf(arena, "there is no mailbox \"%s\" here", ticket->mailbox != NULL ? ticket->mailbox : "");
	if (pipeline == NULL)
		return pd_printf(arena, "there is no pipeline \"%s\" here", ticket->pipeline != NULL ? ticket->pipeline : "");
	if (ticket->status == NULL || pd_pipeline_status(pipeline, ticket->status) == NULL)
		return pd_printf(arena, "the pipeline %s has no status \"%s\" here", pipeline->name,
				 ticket->status != NULL ? ticket->status : "");
	if (ticket->priority == NULL || ticket->source == NULL)
		return "it has no priority or no source";
	for (size_t i = 0; i < ticket->conversations.count; i++)
		if (pd_settings_mailbox(context->settings, ticket->conversations.items[i].mailbox) == NULL)
			return pd_printf(arena, "there is no mailbox \"%s\" here", ticket->conversations.items[i].mailbox);
	return NULL;
}

static void refuse(struct pd_context *context, const struct pd_carry *carry, const char *wrong)
{
	struct pd_plan *plan = context->plan;
	const struct pd_strings none = {0};
	*plan = (struct pd_plan){.outcome = "refused", .is_refused = true, .report = none};
	pd_report(context, "ticket %lld: %s", (long long)carry->number, wrong);
}

/* --- what goes with it --- */

static const struct pd_stored *message_of(const struct pd_carry *carry, int64_t id)
{
	for (size_t i = 0; i < carry->messages.count; i++)
		if (carry->messages.items[i]->id == id)
			return carry->messages.items[i];
	return NULL;
}

/* Answers find the ticket by the Message-IDs that it has seen; the same mail again is known. */
static void register_message(struct pd_context *context, const struct pd_carry *carry, const struct pd_event *event,
			     const struct pd_stored *stored)
{
	struct pd_known_id known = {.ticket = event->ticket, .conversation = event->conversation, .event = event->id};
	if (*stored->message_id != '\0')
		pd_plan_id(context, stored->message_id, &known);
	known.is_reference = true;
	for (size_t i = 0; i < stored->references.count; i++)
		if (!pd_equal(stored->references.items[i], stored->message_id))
			pd_plan_id(context, stored->references.items[i], &known);
	if (pd_equal(stored->source, "mail") || pd_equal(stored->source, "import"))
		pd_guard_carried(context, stored, event->id);
	if (stored->direction == PD_OUT && pd_starts(event->actor, "agent:")) {
		const struct pd_addresses *lists[] = {&stored->to, &stored->cc};
		for (size_t l = 0; l < 2; l++)
			for (size_t i = 0; i < lists[l]->count; i++)
				if (pd_is_outsider(context, lists[l]->items[i].addr))
					pd_guard_know(context, lists[l]->items[i].addr);
	} else if (stored->direction == PD_IN && pd_equal(stored->proof, "dmarc")) {
		pd_guard_know(context, stored->from.addr);
	}
	if (stored->direction == PD_OUT && carry->from->has_key && *stored->message_id != '\0') {
		context->former_key = carry->from->key;
		const char *key = pd_sent_key(context->arena, pd_sent_id(context, stored->message_id));
		context->former_key = NULL;
		pd_plan_mark(context, key, event->id, 0);
	}
}

/* The answer to an invitation finds its ticket by the meeting's id. */
static void register_meetings(struct pd_context *context, const struct pd_ticket *ticket)
{
	const struct pd_meetings meetings = pd_ticket_meetings(context->arena, ticket);
	for (size_t i = 0; i < meetings.count; i++) {
		const struct pd_known_id known = {.ticket = ticket->number,
						  .conversation = ticket->conversations.count > 0 ? ticket->conversations.items[0].id
												  : 0};
		pd_plan_id(context, meetings.items[i].uid, &known);
	}
}

static bool is_seen(const struct pd_plan *plan, const struct pd_event *event)
{
	for (size_t i = 0; i < plan->events.count && plan->events.items[i] != event; i++)
		if (plan->events.items[i]->message == event->message)
			return true;
	return false;
}

static void carry_draft(struct pd_carry_ids *ids, const struct pd_draft *draft)
{
	struct pd_context *context = ids->context;
	struct pd_draft here = *draft;
	here.id = pd_carry_id(ids, PD_ID_DRAFT, draft->id);
	here.ticket = pd_carry_id(ids, PD_ID_TICKET, draft->ticket);
	here.message = pd_carry_id(ids, PD_ID_MESSAGE, draft->message);
	bool is_there = here.id == 0 || context->desk->draft(context->desk, context->arena, here.id) != NULL;
	for (size_t i = 0; i < context->plan->drafts.count && !is_there; i++)
		is_there = context->plan->drafts.items[i].draft.id == here.id;
	if (!is_there)
		*pd_list_add(context->arena, &context->plan->drafts) = (struct pd_planned_draft){.draft = here, .is_new = true};
}

/* What should have left since the export does not leave because of an import: it waits for its author. */
static void stop_late_drafts(struct pd_context *context, struct pd_ticket *ticket)
{
	for (size_t i = ticket->properties.count; i-- > 0;) {
		struct pd_sending sending;
		if (i < ticket->properties.count && pd_sending_parse(context->arena, &ticket->properties.items[i], &sending) &&
		    sending.at <= context->now)
			pd_sending_end(context, ticket, sending.draft, "its time was over when it was imported");
	}
}

/* --- the whole --- */

static const char *take_events(struct pd_carry_ids *ids, const struct pd_carry *carry, struct pd_ticket *ticket)
{
	struct pd_context *context = ids->context;
	struct pd_plan *plan = context->plan;
	for (size_t i = 0; i < carry->events.count; i++) {
		struct pd_event *event = pd_memdup(context->arena, &carry->events.items[i], sizeof *event);
		const int64_t id = event->id;
		const char *wrong = wrong_event(context, event, (int64_t)i + 1);
		event->changes.items = pd_memdup(context->arena, event->changes.items,
						 event->changes.count * sizeof *event->changes.items);
		event->changes.room = event->changes.count;
		event->ticket = carry->number;
		if (wrong == NULL) {
			pd_carry_event(ids, event);
			wrong = ids->wrong;
		}
		if (wrong == NULL && event->message != 0 && message_of(carry, event->message) == NULL)
			wrong = "its message is not in the export";
		for (size_t n = 0; wrong == NULL && n < plan->events.count; n++)
			if (plan->events.items[n]->id == event->id)
				wrong = "its id stands twice";
		if (wrong == NULL && context->desk->entry(context->desk, context->arena, event->id) != NULL)
			wrong = "its id is another entry's";
		if (wrong == NULL && !pd_ticket_apply(context->arena, ticket, event))
			wrong = "it does not follow";
		if (wrong != NULL)
			return pd_printf(context->arena, "event E%lld: %s", (long long)id, wrong);
		*pd_list_add(context->arena, &plan->events) = event;
	}
	return carry->events.count > 0 ? NULL : "it has no events";
}

/* Is it here already? */
static bool is_there(struct pd_context *context, const struct pd_carry *carry, int64_t number, const char **ret_wrong)
{
	const struct pd_ticket *ticket = context->desk->ticket(context->desk, context->arena, number);
	*ret_wrong = NULL;
	if (ticket == NULL)
		return false;
	const int64_t first =
		carry->events.count > 0 ? pd_carried_here(carry->from, PD_ID_EVENT, carry->events.items[0].id) : 0;
	const struct pd_entry *entry = first != 0 ? context->desk->entry(context->desk, context->arena, first) : NULL;
	if (entry == NULL || entry->event.ticket != number)
		*ret_wrong = pd_printf(context->arena, "its number %lld is another ticket's by now", (long long)number);
	else if (ticket->version < (int64_t)carry->events.count)
		pd_report(context, "ticket %lld is here already, without the %lld newest entries of the export; it stays as it is",
			  (long long)number, (long long)carry->events.count - (long long)ticket->version);
	return true;
}

static void reckon_agenda(struct pd_context *context, struct pd_planned_ticket *planned)
{
	struct pd_goals goals = {0};
	if (!pd_policies_are_empty(context->settings->policies))
		pd_plan_goals(context, planned->ticket, &goals);
	planned->agenda = pd_agenda_of(&goals, planned->ticket);
}

void pd_decide_carry(struct pd_context *context, const struct pd_carry *carry)
{
	struct pd_plan *plan = context->plan;
	struct pd_carry_ids ids = {.context = context, .from = carry->from};
	const int64_t number = pd_carry_id(&ids, PD_ID_TICKET, carry->number);
	struct pd_ticket *ticket = PD_NEW(context->arena, struct pd_ticket);
	const char *wrong = number == 0 ? ids.wrong != NULL ? ids.wrong : "it has no number" : NULL;
	plan->outcome = "duplicate";
	plan->ticket = number;
	plan->is_carried = true;
	if (wrong == NULL && is_there(context, carry, number, &wrong) && wrong == NULL)
		return;
	if (wrong == NULL && carry->from->is_own)
		wrong = "it says that it is this desk's, which does not have it";
	for (size_t i = 0; i < carry->contacts.count && wrong == NULL; i++)
		pd_carry_contact(&ids, &carry->contacts.items[i]);
	if (wrong == NULL)
		wrong = ids.wrong != NULL ? ids.wrong : take_events(&ids, carry, ticket);
	if (wrong == NULL)
		wrong = wrong_ticket(context, ticket);
	for (size_t i = 0; i < carry->drafts.count && wrong == NULL; i++) {
		carry_draft(&ids, &carry->drafts.items[i]);
		wrong = ids.wrong;
	}
	if (wrong != NULL) {
		refuse(context, carry, wrong);
		return;
	}
	*pd_list_add(context->arena, &plan->tickets) = (struct pd_planned_ticket){.ticket = ticket};
	for (size_t i = 0, count = plan->events.count; i < count; i++) {
		const struct pd_event *event = plan->events.items[i];
		if (event->message != 0 && !is_seen(plan, event))
			register_message(context, carry, event, message_of(carry, event->message));
	}
	register_meetings(context, ticket);
	stop_late_drafts(context, ticket);
	reckon_agenda(context, &plan->tickets.items[0]);
	plan->outcome = "new ticket";
}

void pd_decide_carry_contacts(struct pd_context *context, const struct pd_carry *carry)
{
	struct pd_carry_ids ids = {.context = context, .from = carry->from};
	context->plan->outcome = "duplicate";
	for (size_t i = 0; i < carry->contacts.count; i++)
		pd_carry_contact(&ids, &carry->contacts.items[i]);
	for (size_t i = 0; i < carry->drafts.count; i++)
		carry_draft(&ids, &carry->drafts.items[i]);
	if (ids.wrong != NULL)
		refuse(context, carry, ids.wrong);
	else if (!(context->plan->contacts.count == 0 && context->plan->drafts.count == 0))
		context->plan->outcome = "done";
}

static enum pd_letter_kind letter_kind(const char *name)
{
	for (int kind = PD_LETTER_REPLY; kind <= PD_LETTER_LINE; kind++)
		if (pd_equal(name, pd_letter_kind_name((enum pd_letter_kind)kind)))
			return (enum pd_letter_kind)kind;
	return PD_LETTER_NOTIFICATION;
}

static bool is_planned(const struct pd_context *context, int64_t letter)
{
	for (size_t i = 0; i < context->plan->letters.count; i++)
		if (context->plan->letters.items[i]->id == letter)
			return true;
	return false;
}

void pd_decide_carry_letters(struct pd_context *context, const struct pd_carry_letters *letters)
{
	struct pd_carry_ids ids = {.context = context, .from = letters->from};
	context->plan->outcome = "duplicate";
	for (size_t i = 0; i < letters->items.count; i++) {
		const struct pd_outbox_row *row = &letters->items.items[i];
		struct pd_planned_letter *letter = PD_NEW(context->arena, struct pd_planned_letter);
		letter->id = pd_carry_id(&ids, PD_ID_OUTBOX, row->id);
		letter->ticket = pd_carry_id(&ids, PD_ID_TICKET, row->ticket);
		letter->event = pd_carry_id(&ids, PD_ID_EVENT, row->event);
		letter->conversation = pd_carry_id(&ids, PD_ID_CONVERSATION, row->conversation);
		if (ids.wrong != NULL)
			break;
		if (context->desk->outbox(context->desk, context->arena, letter->id) != NULL || is_planned(context, letter->id) ||
		    (letter->ticket != 0 && context->desk->ticket(context->desk, context->arena, letter->ticket) == NULL))
			continue;
		letter->kind = letter_kind(row->kind);
		letter->agent = row->agent;
		letter->is_line = pd_equal(row->transport, "xmpp");
		letter->past = row->created > 0 ? row->created : 1;
		letter->letter.envelope_from = row->sender != NULL ? row->sender : "";
		letter->letter.message_id = row->message_id != NULL ? row->message_id : "";
		letter->letter.recipients = row->recipients;
		letter->bytes = (struct pd_bytes){"", 0};
		*pd_list_add(context->arena, &context->plan->letters) = letter;
		if (*letter->letter.message_id != '\0' && letter->ticket != 0) {
			const struct pd_known_id known = {.ticket = letter->ticket, .conversation = letter->conversation,
							  .event = letter->event, .agent = letter->agent};
			pd_plan_id(context, letter->letter.message_id, &known);
		}
		context->plan->outcome = "done";
	}
	if (ids.wrong != NULL) {
		*context->plan = (struct pd_plan){.outcome = "refused", .is_refused = true};
		pd_report(context, "letters: %s", ids.wrong);
	}
}
