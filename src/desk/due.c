/* What time alone brings to tickets: goals that are due soon or overdue, escalations, the end of a snooze, reminders.
 *
 * Promises: each step of a running goal is told once for its instant, since the event that says so is decided here with
 * the letters (invariant 3); a command of an escalation that cannot be carried out is told, and takes nothing else with
 * it; each ticket that was asked about has an agenda whose next instant is yet to come, so that nobody asks in circles.
 * Where it is late, because nothing ran for long, each person and each address outside gets one letter for all. Cannot
 * fail. */
#include "desk/notification.h"

#include <string.h>

#include "base/text.h"
#include "desk/chat.h"
#include "desk/due.h"
#include "desk/catalogue.h"
#include "desk/rule.h"
#include "desk/sending.h"
#include "desk/timeline.h"

/* Where an agenda would still ask for what was decided just now. */
#define AGAIN PD_HOUR

/* --- goals --- */

static void do_command(struct pd_context *context, struct pd_ticket *ticket, const char *line, const char *step)
{
	struct pd_savepoint before;
	int64_t number = ticket->number;
	pd_plan_save(context, &before);
	const size_t events = context->plan->events.count;
	struct pd_strings lines = {.items = &line, .count = 1};
	const char *wrong = pd_carry_out(context, ticket, &lines, pd_printf(context->arena, "escalation %s", step));
	if (wrong == NULL && pd_rule_is_endless(context, number, events))
		wrong = "no person made this ticket, and tickets made because of it would have no end";
	if (wrong == NULL)
		return;
	pd_plan_back(context, &before);
	ticket = pd_plan_ticket(context, number);
	const char *why = pd_clean_line(context->arena,
					pd_printf(context->arena, "escalation %s: %s: %s", step, line, wrong), 500);
	pd_plan_event(context, ticket, PD_EVENT_GOAL, 0, 0, why);
	context->plan->why = why;
}

/* What an address outside hears of: a goal of a ticket that reached a step. */
struct alarm {
	const char *address;
	int64_t ticket;
	int64_t event;
	const char *words; /* "The first reply is overdue" */
	pd_time due;
};

/* While what time brings is decided; the alarms wait for its end. */
struct taking {
	struct pd_context *context;
	PD_LIST(struct alarm) alarms;
};

/* Number, name, goal, time; nothing that was written on the ticket. */
static const char *alarm_text(struct pd_context *context, const struct alarm *alarm)
{
	struct pd_arena *arena = context->arena;
	const struct pd_ticket *ticket = pd_plan_ticket(context, alarm->ticket);
	return pd_say(
		arena, context->settings->language,
		"{goal}: ticket #{number}, {name}\nDue: {due}\nOwner: {owner}   Priority: {priority}   Status: {status}\n",
		"goal", alarm->words, "number", pd_printf(arena, "%lld", (long long)ticket->number), "name", ticket->name,
		"due", pd_when_text(arena, context->settings->language, pd_calendars_zone(context->settings->calendars), alarm->due), "owner",
		pd_value_words(context, "owner", ticket->owner), "priority",
		ticket->priority != NULL ? ticket->priority : "", "status", ticket->status != NULL ? ticket->status : "",
		NULL);
}

/* To an address that is no agent's: of one alarm, or, where it is late, of all of that address. */
static void mail_outside(struct pd_context *context, const struct alarm *alarms, size_t count)
{
	const struct pd_ticket *ticket = pd_plan_ticket(context, alarms[0].ticket);
	struct pd_arena *arena = context->arena;
	const char *language = context->settings->language;
	if (!pd_guard_may_send_alarm(context, ticket))
		return;
	struct pd_planned_letter *planned =
		pd_letter_new(context, PD_LETTER_NOTIFICATION, pd_ticket_mailbox(context, ticket), ticket, 0, alarms[0].event);
	struct pd_letter *letter = &planned->letter;
	*pd_list_add(arena, &letter->recipients) = alarms[0].address;
	*pd_list_add(arena, &letter->to) = (struct pd_address){.name = "", .addr = alarms[0].address};
	letter->auto_submitted = "auto-generated";
	if (count == 1) {
		letter->subject = pd_printf(arena, "[#%lld] %s", (long long)ticket->number, alarms[0].words);
		letter->text = alarm_text(context, &alarms[0]);
		return;
	}
	PD_AUTO_BUF lines = {.limit = 1024 * 1024};
	for (size_t i = 0; i < count; i++)
		pd_buf_addf(&lines, "\n%s", alarm_text(context, &alarms[i]));
	letter->subject = pd_say_n(arena, language, "{n} goal while the desk did not run",
				   "{n} goals while the desk did not run", (long long)count, NULL);
	letter->text = pd_say(arena, language,
			      "The desk did not run for a while. Meanwhile this came to pass; no other mail is sent of it:\n{lines}",
			      "lines", pd_buf_string(arena, &lines), NULL);
}

static void mail_alarms(struct taking *taking)
{
	struct pd_context *context = taking->context;
	for (size_t i = 0; i < taking->alarms.count; i++) {
		const char *address = taking->alarms.items[i].address;
		PD_LIST(struct alarm) same = {0};
		bool is_mailed = false;
		if (!context->is_late) {
			mail_outside(context, &taking->alarms.items[i], 1);
			continue;
		}
		for (size_t n = 0; n < i; n++)
			is_mailed |= strcmp(taking->alarms.items[n].address, address) == 0;
		for (size_t n = i; !is_mailed && n < taking->alarms.count; n++)
			if (strcmp(taking->alarms.items[n].address, address) == 0)
				*pd_list_add(context->arena, &same) = taking->alarms.items[n];
		if (same.count > 0)
			mail_outside(context, same.items, same.count);
	}
}

static void escalate(struct taking *taking, int64_t number, int64_t event, const struct pd_step *step,
		     enum pd_goal goal, pd_time due)
{
	struct pd_context *context = taking->context;
	for (size_t i = 0; i < step->escalations.count; i++) {
		const struct pd_escalation *escalation = &step->escalations.items[i];
		struct pd_ticket *ticket = pd_plan_ticket(context, number);
		if (escalation->kind == PD_ESCALATE_DO)
			do_command(context, ticket, escalation->whom, step->name);
		else if (escalation->kind == PD_ESCALATE_MAIL)
			*pd_list_add(context->arena, &taking->alarms) = (struct alarm){
				escalation->whom, number, event,
				pd_goal_words(context, context->settings->language, goal, step->is_overdue), due};
	}
}

/* The steps of one goal that are reached and were not told. */
static void take_goal(struct taking *taking, int64_t number, enum pd_goal goal)
{
	struct pd_context *context = taking->context;
	struct pd_ticket *ticket = pd_plan_ticket(context, number);
	struct pd_goals goals;
	PD_LIST(const struct pd_step *) reached = {0};
	pd_plan_goals(context, ticket, &goals);
	for (size_t i = 0; goals.policy != NULL && i < goals.policy->steps.count; i++) {
		const struct pd_step *step = &goals.policy->steps.items[i];
		pd_time at = pd_goal_step_at(&goals, goal, step);
		if (at > context->now || pd_goal_is_told(ticket, goal, step, at))
			continue;
		*pd_list_add(context->arena, &reached) = step;
	}
	if (reached.count == 0)
		return;
	pd_time due = goals.of[goal].due;
	PD_LIST(struct pd_change) changes = {0};
	for (size_t i = 0; i < reached.count; i++) {
		*pd_list_add(context->arena, &changes) = (struct pd_change){
			.property = "warned",
			.to = pd_printf(context->arena, "%s %s", pd_goal_name(goal), reached.items[i]->name)};
		for (size_t n = 0; n < reached.items[i]->escalations.count; n++)
			if (reached.items[i]->escalations.items[n].kind == PD_ESCALATE_NOTIFY)
				*pd_list_add(context->arena, &changes) = (struct pd_change){
					.property = "notified", .to = reached.items[i]->escalations.items[n].whom};
	}
	struct pd_event *event = pd_plan_event_with(context, ticket, PD_EVENT_GOAL, 0, changes.items, changes.count);
	event->why = pd_printf(context->arena, "%s %s: due %s, [sla %s]", pd_goal_name(goal),
			       reached.items[reached.count - 1]->name, pd_time_rfc3339(context->arena, due),
			       goals.policy->title);
	for (size_t i = 0; i < reached.count; i++)
		escalate(taking, number, event->id, reached.items[i], goal, due);
}

/* Again as long as something was told: an escalation may bring the ticket under another policy. It comes to an end,
 * since what is told now is not told again. */
static void take_goals(struct taking *taking, int64_t number)
{
	const struct pd_plan *plan = taking->context->plan;
	size_t before;
	do {
		before = plan->events.count;
		for (int goal = 0; goal < PD_GOALS; goal++)
			take_goal(taking, number, (enum pd_goal)goal);
	} while (plan->events.count != before);
}

/* --- snoozes and reminders --- */

static void wake(struct pd_context *context, int64_t number)
{
	struct pd_ticket *ticket = pd_plan_ticket(context, number);
	if (ticket->snoozed != 0 && ticket->snoozed <= context->now)
		pd_plan_set(context, ticket, "snoozed", NULL, PD_WHY_SNOOZE_OVER);
}

static int64_t asked_by(struct pd_context *context, const struct pd_ticket *ticket, const char *value)
{
	struct pd_entries entries = pd_timeline(context->desk, context->arena, ticket);
	for (size_t i = entries.count; i-- > 0;)
		for (size_t n = 0; n < entries.items[i].event.changes.count; n++)
			if (strcmp(entries.items[i].event.changes.items[n].property, "reminder") == 0 &&
			    pd_equal(entries.items[i].event.changes.items[n].to, value))
				return entries.items[i].event.id;
	return 0;
}

static void remind(struct pd_context *context, int64_t number)
{
	struct pd_ticket *ticket = pd_plan_ticket(context, number);
	for (size_t i = 0; i < ticket->reminders.count;) {
		const char *value = ticket->reminders.items[i];
		pd_time at;
		if (!pd_time_parse(pd_strndup(context->arena, value, strcspn(value, " ")), &at) || at > context->now) {
			i++;
			continue;
		}
		const struct pd_change change = {.property = "reminder", .from = value};
		struct pd_event *event =
			pd_plan_event_with(context, ticket, PD_EVENT_REMINDER, 0, &change, 1);
		event->other = asked_by(context, ticket, value);
	}
}

/* --- drafts that go out --- */

/* One in a decision of its own: a mail of its author's. */
static bool send_one(struct pd_context *context, const int64_t *tickets, size_t count)
{
	struct pd_ticket *ticket = count == 1 ? pd_plan_ticket(context, tickets[0]) : NULL;
	if (ticket == NULL || !pd_agenda_counts(ticket) || !pd_sending_take(context, ticket))
		return false;
	context->plan->ticket = ticket->number;
	return true;
}

/* When a ticket is looked at again that has been seen to: a draft that is due is not. */
static pd_time again_at(struct pd_context *context, const struct pd_ticket *ticket)
{
	struct pd_sending sending;
	bool has_draft = ticket != NULL && pd_sending_next(context->arena, ticket, &sending) &&
			 sending.at <= context->now && pd_agenda_counts(ticket);
	return context->now + (has_draft ? 0 : AGAIN);
}

/* --- the whole --- */

/* Of tickets that no event changed: the row that made the clock ask must change all the same. */
static void look_again(struct pd_context *context, int64_t number)
{
	const struct pd_ticket *ticket = pd_plan_ticket(context, number);
	struct pd_goals goals;
	pd_plan_goals(context, ticket, &goals);
	struct pd_agenda agenda = pd_agenda_of(&goals, ticket);
	if (agenda.next != 0 && agenda.next <= context->now)
		agenda.next = again_at(context, ticket);
	*pd_list_add(context->arena, &context->plan->agendas) = (struct pd_planned_agenda){number, agenda};
}

static bool is_changed(const struct pd_context *context, int64_t number)
{
	for (size_t i = 0; i < context->plan->events.count; i++)
		if (context->plan->events.items[i]->ticket == number)
			return true;
	return false;
}

void pd_decide_due(struct pd_context *context, const int64_t *tickets, size_t count, bool is_late)
{
	struct taking taking = {.context = context};
	if (!is_late && send_one(context, tickets, count))
		return;
	context->is_late = is_late;
	for (size_t i = 0; i < count; i++) {
		if (pd_plan_ticket(context, tickets[i]) == NULL)
			continue;
		/* A ticket that wakes may be overdue at once. */
		if (pd_agenda_counts(pd_plan_ticket(context, tickets[i]))) {
			wake(context, tickets[i]);
			remind(context, tickets[i]);
		}
		pd_chat_due(context, tickets[i]);
		take_goals(&taking, tickets[i]);
		if (!is_changed(context, tickets[i]))
			look_again(context, tickets[i]);
		context->plan->ticket = tickets[i];
	}
	mail_alarms(&taking);
	context->plan->outcome = is_late ? "late" : "due";
	pd_tell(context, NULL);
	for (size_t i = 0; i < context->plan->tickets.count; i++) {
		pd_time *next = &context->plan->tickets.items[i].agenda.next;
		if (*next != 0 && *next <= context->now)
			*next = again_at(context, context->plan->tickets.items[i].ticket);
	}
}

/* --- words --- */

const char *pd_goal_words(struct pd_context *context, const char *language, enum pd_goal goal, bool is_overdue)
{
	static const char *const words[PD_GOALS][2] = {
		{N_("The first reply is due soon"), N_("The first reply is overdue")},
		{N_("The next reply is due soon"), N_("The next reply is overdue")},
		{N_("The ticket must be closed soon"), N_("The ticket should be closed by now")},
	};
	return pd_say(context->arena, language, words[goal][is_overdue], NULL);
}

void pd_due_write(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_agent *reader,
		  struct pd_buf *out)
{
	static const char *const due[PD_GOALS] = {N_("First reply due: {due} ({left})"), N_("Next reply due: {due} ({left})"),
						  N_("To be closed: {due} ({left})")};
	static const char *const over[PD_GOALS] = {N_("First reply was due: {due} ({left} ago)"),
						   N_("Next reply was due: {due} ({left} ago)"),
						   N_("Was to be closed: {due} ({left} ago)")};
	const char *language = pd_agent_language(context, reader);
	struct pd_when_place place = pd_when_place_of(context->settings, reader, context->now);
	struct pd_goals goals;
	pd_plan_goals(context, ticket, &goals);
	for (int goal = 0; goal < PD_GOALS; goal++) {
		const struct pd_goal_status *status = &goals.of[goal];
		if (status->due == 0 || status->state == PD_GOAL_MET || status->state == PD_GOAL_MISSED)
			continue;
		bool is_over = status->due <= context->now;
		pd_time left = is_over ? context->now - status->due : status->due - context->now;
		pd_buf_addf(out, "%s\n",
			    pd_say(context->arena, language, is_over ? over[goal] : due[goal], "due",
				   pd_when_text(context->arena, language, place.zone, status->due), "left",
				   pd_say_duration(context->arena, language, left), NULL));
	}
}
