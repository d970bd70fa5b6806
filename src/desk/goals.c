/* How goals stand: a ticket's clocks, a policy and a calendar make due times. See goals.h.
 *
 * Promises: the same clocks, policy, calendar and instant give the same answer, always reckoned from the beginning; time
 * counts where the calendar is open and no pause holds the clock. Costs a few look-ups in the calendar for each pause of
 * the ticket. Cannot fail. */
#include "desk/goals.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "desk/chat.h"
#include "desk/sending.h"

const char *pd_goal_state_name(enum pd_goal_state state)
{
	static const char *const names[] = {"none", "active", "due_soon", "overdue", "paused", "met", "missed"};
	assert(state <= PD_GOAL_MISSED);
	return names[state];
}

/* --- sums --- */

/* Goes through the stretches of a clock's time that no pause holds, oldest first. */
struct stretches {
	const struct pd_clocks *clocks;
	pd_time from, end; /* end: PD_NEVER, or where the clock was stopped */
	size_t next;	   /* pause */
	bool is_done;
};

static struct stretches stretches_of(const struct pd_ticket *ticket, enum pd_goal goal)
{
	const struct pd_clock *clock = &ticket->clocks.of[goal];
	return (struct stretches){.clocks = &ticket->clocks,
				  .from = clock->start,
				  .end = clock->stop != 0 ? clock->stop : PD_NEVER};
}

static bool next_stretch(struct stretches *s, pd_time *ret_from, pd_time *ret_to)
{
	while (!s->is_done) {
		const struct pd_pause_span *pause =
			s->next < s->clocks->pauses.count ? &s->clocks->pauses.items[s->next++] : NULL;
		pd_time from = s->from, to = pause != NULL && pause->from < s->end ? pause->from : s->end;
		if (pause == NULL || pause->from >= s->end || pause->to == 0)
			s->is_done = true;
		else if (pause->to > s->from)
			s->from = pause->to;
		if (to <= from)
			continue;
		*ret_from = from;
		*ret_to = to;
		return true;
	}
	return false;
}

/* The instant at which so much time has been counted; PD_NEVER: it is not as things stand. */
static pd_time reach(const struct pd_ticket *ticket, enum pd_goal goal, const struct pd_calendar *calendar,
		     pd_time amount)
{
	struct stretches s = stretches_of(ticket, goal);
	pd_time from, to, last = ticket->clocks.of[goal].start;
	while (next_stretch(&s, &from, &to)) {
		if (to == PD_NEVER)
			return pd_calendar_add(calendar, from, amount);
		pd_time counted = pd_calendar_between(calendar, from, to);
		if (amount <= counted) {
			/* Adding nothing would lead to the next opening, perhaps beyond the stretch. */
			pd_time at = pd_calendar_add(calendar, from, amount);
			return at < to ? at : to;
		}
		amount -= counted;
		last = to;
	}
	return amount <= 0 ? last : PD_NEVER;
}

static pd_time counted_until(const struct pd_ticket *ticket, enum pd_goal goal, const struct pd_calendar *calendar,
			     pd_time until)
{
	struct stretches s = stretches_of(ticket, goal);
	pd_time from, to, sum = 0;
	while (next_stretch(&s, &from, &to) && from < until)
		sum += pd_calendar_between(calendar, from, to < until ? to : until);
	return sum;
}

static pd_time time_of_amount(const struct pd_calendar *calendar, pd_time start, struct pd_calendar_amount amount)
{
	if (amount.days == 0)
		return amount.working;
	pd_time end = pd_calendar_add_days(calendar, start, amount.days);
	return end == PD_NEVER ? PD_NEVER : pd_calendar_between(calendar, start, end);
}

/* How long the clocks have been held since then. */
static pd_time held_since(const struct pd_clocks *clocks, pd_time since)
{
	pd_time sum = 0;
	for (size_t i = 0; i < clocks->pauses.count; i++) {
		const struct pd_pause_span *pause = &clocks->pauses.items[i];
		if (pause->to > since)
			sum += pause->to - (pause->from > since ? pause->from : since);
	}
	return sum;
}

/* --- one goal --- */

static void find_due(const struct pd_goals *goals, const struct pd_ticket *ticket, enum pd_goal goal,
		     struct pd_goal_status *status)
{
	const struct pd_policy_goal *wanted = &goals->policy->goals[goal];
	const struct pd_clock *clock = &ticket->clocks.of[goal];
	pd_time due = status->amount == PD_NEVER ? PD_NEVER
						 : reach(ticket, goal, goals->calendar, status->amount);
	pd_time kept = clock->kept != 0 ? clock->kept + held_since(&ticket->clocks, clock->kept_since) : PD_NEVER;
	bool is_kept = kept < due;
	due = is_kept ? kept : due;
	if (due == PD_NEVER)
		return;
	status->due = due;
	if (!wanted->has_soon)
		return;
	pd_time before = time_of_amount(goals->calendar, clock->start, wanted->soon);
	status->soon = is_kept			  ? pd_calendar_add(goals->calendar, due, -before)
		       : before >= status->amount ? clock->start
						  : reach(ticket, goal, goals->calendar, status->amount - before);
	if (status->soon < clock->start)
		status->soon = clock->start;
	/* Nobody is told at closing time of what is due on the next day. */
	pd_time open = status->soon != PD_NEVER ? pd_calendar_next_open(goals->calendar, status->soon) : PD_NEVER;
	if (open < due)
		status->soon = open;
	if (status->soon > due)
		status->soon = due;
}

static void find_state(const struct pd_goals *goals, const struct pd_ticket *ticket, enum pd_goal goal, pd_time now,
		       struct pd_goal_status *status)
{
	const struct pd_clock *clock = &ticket->clocks.of[goal];
	enum pd_pause cause = pd_clocks_paused(&ticket->clocks);
	bool is_on = goals->policy != NULL && goals->policy->goals[goal].is_on && clock->start != 0;
	if (is_on)
		status->amount =
			time_of_amount(goals->calendar, clock->start, goals->policy->goals[goal].amount);
	if (clock->stop != 0) {
		/* By what was promised then; without a promise of then there is no verdict. */
		if (clock->verdict == PD_GOAL_END_NONE)
			return;
		status->state = clock->verdict == PD_GOAL_END_MET ? PD_GOAL_MET : PD_GOAL_MISSED;
		status->due = clock->promised;
		return;
	}
	if (!is_on)
		return;
	if (cause != PD_PAUSE_NONE) {
		status->state = PD_GOAL_PAUSED;
		status->cause = cause;
	} else {
		find_due(goals, ticket, goal, status);
		status->state = status->due != 0 && status->due <= now	? PD_GOAL_OVERDUE
				: status->soon != 0 && status->soon <= now ? PD_GOAL_DUE_SOON
									   : PD_GOAL_ACTIVE;
	}
	pd_time counted = counted_until(ticket, goal, goals->calendar, now);
	status->left = status->amount > counted ? status->amount - counted : 0;
}

void pd_goals_at(const struct pd_settings *settings, const struct pd_ticket_facts *facts, pd_time now,
		 struct pd_goals *ret_goals)
{
	const struct pd_ticket *ticket = facts->ticket;
	struct pd_goals goals = {0};
	if (pd_clocks_paused(&ticket->clocks) != PD_PAUSE_ASIDE) {
		goals.policy = pd_policy_of(settings, facts);
		if (goals.policy != NULL)
			goals.calendar = pd_policy_calendar(settings, goals.policy, ticket, &goals.calendar_name);
		for (int goal = 0; goal < PD_GOALS; goal++)
			find_state(&goals, ticket, (enum pd_goal)goal, now, &goals.of[goal]);
	}
	*ret_goals = goals;
}

/* --- steps --- */

static bool runs(const struct pd_goal_status *status)
{
	return status->state == PD_GOAL_ACTIVE || status->state == PD_GOAL_DUE_SOON ||
	       status->state == PD_GOAL_OVERDUE;
}

pd_time pd_goal_step_at(const struct pd_goals *goals, enum pd_goal goal, const struct pd_step *step)
{
	const struct pd_goal_status *status = &goals->of[goal];
	if (!runs(status))
		return PD_NEVER;
	pd_time at = step->is_overdue ? status->due : status->soon;
	if (at == 0)
		return PD_NEVER;
	return step->after == 0 ? at : pd_calendar_add(goals->calendar, at, step->after);
}

bool pd_goal_is_told(const struct pd_ticket *ticket, enum pd_goal goal, const struct pd_step *step, pd_time at)
{
	pd_time told = pd_clocks_warned(&ticket->clocks, goal, step->name);
	return told != 0 && told >= at;
}

/* --- the agenda --- */

static void sooner(pd_time *next, pd_time at)
{
	if (at != PD_NEVER && at != 0 && (*next == 0 || at < *next))
		*next = at;
}

bool pd_agenda_counts(const struct pd_ticket *ticket)
{
	return !ticket->is_deleted && ticket->merged_into == 0;
}

struct pd_agenda pd_agenda_of(const struct pd_goals *goals, const struct pd_ticket *ticket)
{
	struct pd_agenda agenda = {0};
	for (int goal = 0; goal < PD_GOALS; goal++) {
		const struct pd_goal_status *status = &goals->of[goal];
		if (status->state == PD_GOAL_PAUSED)
			agenda.states |= PD_AGENDA_PAUSED;
		else if (status->state == PD_GOAL_MET)
			agenda.states |= PD_AGENDA_MET;
		else if (status->state == PD_GOAL_MISSED)
			agenda.states |= PD_AGENDA_MISSED;
		if (!runs(status) || status->due == 0)
			continue;
		int slot = goal == PD_GOAL_CLOSE;
		agenda.running[slot].due = status->due;
		agenda.running[slot].soon = status->soon;
		for (size_t i = 0; i < goals->policy->steps.count; i++) {
			const struct pd_step *step = &goals->policy->steps.items[i];
			pd_time at = pd_goal_step_at(goals, (enum pd_goal)goal, step);
			if (at != PD_NEVER && !pd_goal_is_told(ticket, (enum pd_goal)goal, step, at))
				sooner(&agenda.next, at);
		}
	}
	sooner(&agenda.next, pd_chat_next(ticket));
	if (!pd_agenda_counts(ticket))
		return agenda;
	sooner(&agenda.next, ticket->snoozed);
	PD_AUTO_ARENA scratch = pd_arena_new();
	struct pd_sending sending;
	if (ticket->properties.count > 0 && pd_sending_next(scratch, ticket, &sending))
		sooner(&agenda.next, sending.at);
	for (size_t i = 0; i < ticket->reminders.count; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *value = ticket->reminders.items[i];
		pd_time at;
		if (pd_time_parse(pd_strndup(arena, value, strcspn(value, " ")), &at))
			sooner(&agenda.next, at);
	}
	return agenda;
}

bool pd_agenda_is_same(const struct pd_agenda *one, const struct pd_agenda *two)
{
	for (int slot = 0; slot < 2; slot++)
		if (one->running[slot].due != two->running[slot].due ||
		    one->running[slot].soon != two->running[slot].soon)
			return false;
	return one->next == two->next && one->states == two->states;
}

bool pd_agenda_is_empty(const struct pd_agenda *agenda)
{
	return agenda->next == 0 && agenda->states == 0 && pd_agenda_due(agenda) == 0;
}

pd_time pd_agenda_due(const struct pd_agenda *agenda)
{
	pd_time due = 0;
	sooner(&due, agenda->running[0].due);
	sooner(&due, agenda->running[1].due);
	return due;
}

bool pd_agenda_is(const struct pd_agenda *agenda, const char *state, pd_time now)
{
	if (state == NULL)
		return agenda == NULL || (agenda->states == 0 && pd_agenda_due(agenda) == 0);
	if (agenda == NULL)
		return false;
	if (strcmp(state, "paused") == 0)
		return agenda->states & PD_AGENDA_PAUSED;
	if (strcmp(state, "met") == 0)
		return agenda->states & PD_AGENDA_MET;
	if (strcmp(state, "missed") == 0)
		return agenda->states & PD_AGENDA_MISSED;
	for (int slot = 0; slot < 2; slot++) {
		pd_time due = agenda->running[slot].due, soon = agenda->running[slot].soon;
		const char *is = due <= now ? "overdue" : soon != 0 && soon <= now ? "due_soon" : "active";
		if (due != 0 && strcmp(state, is) == 0)
			return true;
	}
	return false;
}

/* --- why --- */

static void add_counted(struct pd_arena *arena, const struct pd_calendar *calendar, pd_time from, pd_time to,
			pd_time *sum, struct pd_goal_parts *parts)
{
	struct pd_calendar_parts found;
	pd_calendar_explain(arena, calendar, from, to, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct pd_calendar_part *part = &found.items[i];
		if (part->kind == PD_PART_COUNTED)
			*sum += part->to - part->from;
		*pd_list_add(arena, parts) = (struct pd_goal_part){
			.kind = part->kind == PD_PART_COUNTED  ? PD_GOAL_PART_COUNTED
				: part->kind == PD_PART_CLOSED ? PD_GOAL_PART_CLOSED
							       : PD_GOAL_PART_ZONE,
			.from = part->from,
			.to = part->to,
			.sum = *sum,
			.name = part->name,
			.offset_before = part->offset_before,
			.offset_after = part->offset_after,
		};
	}
}

/* The pauses that lie in [from, to), as far as they do. */
static void add_pauses(struct pd_arena *arena, const struct pd_ticket *ticket, pd_time from, pd_time to, pd_time sum,
		       struct pd_goal_parts *parts)
{
	for (size_t i = 0; i < ticket->clocks.pauses.count; i++) {
		const struct pd_pause_span *pause = &ticket->clocks.pauses.items[i];
		pd_time first = pause->from > from ? pause->from : from;
		pd_time end = pause->to != 0 && pause->to < to ? pause->to : to;
		if (first < end)
			*pd_list_add(arena, parts) = (struct pd_goal_part){.kind = PD_GOAL_PART_PAUSED,
									   .from = first,
									   .to = end == PD_NEVER ? 0 : end,
									   .sum = sum,
									   .cause = pause->cause};
	}
}

void pd_goal_explain(struct pd_arena *arena, const struct pd_goals *goals, const struct pd_ticket *ticket,
		     enum pd_goal goal, pd_time now, struct pd_goal_parts *ret_parts)
{
	const struct pd_goal_status *status = &goals->of[goal];
	const struct pd_clock *clock = &ticket->clocks.of[goal];
	struct pd_goal_parts parts = {0};
	pd_time sum = 0, last = clock->start, from, to;
	/* Up to the due time; without one, as far as the clock has come. */
	pd_time end = status->due != 0 ? status->due : now;
	if (clock->stop != 0)
		end = clock->stop;
	struct stretches s = stretches_of(ticket, goal);
	*ret_parts = parts;
	if (status->state == PD_GOAL_NONE || goals->calendar == NULL)
		return;
	while (next_stretch(&s, &from, &to) && from < end) {
		add_pauses(arena, ticket, last, from, sum, &parts);
		add_counted(arena, goals->calendar, from, to < end ? to : end, &sum, &parts);
		last = to < end ? to : end;
	}
	/* What holds it now, or held it to its end. */
	if (status->state == PD_GOAL_PAUSED || clock->stop != 0)
		add_pauses(arena, ticket, last, clock->stop != 0 ? clock->stop : PD_NEVER, sum, &parts);
	*ret_parts = parts;
}
