/* The clocks' part of the fold: see clocks.h.
 *
 * Promises: what happens within one event at one instant leaves no pause of no length, so that events which are made
 * one by one and as a whole give the same clocks. Cannot fail. */
#include "desk/clocks.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "desk/ticket.h"

static const char *const goal_names[PD_GOALS] = {"first_reply", "next_reply", "close"};

const char *pd_goal_name(enum pd_goal goal)
{
	assert(goal < PD_GOALS);
	return goal_names[goal];
}

bool pd_goal_parse(const char *name, enum pd_goal *ret_goal)
{
	for (int goal = 0; goal < PD_GOALS; goal++) {
		if (pd_equal(name, goal_names[goal])) {
			*ret_goal = (enum pd_goal)goal;
			return true;
		}
	}
	return false;
}

const char *pd_pause_name(enum pd_pause cause)
{
	static const char *const names[] = {"none", "waiting", "snoozed", "closed", "aside"};
	return names[cause];
}

bool pd_property_is_of_clocks(const char *property)
{
	static const char *const others[] = {"warned", "notified", "clock", "unclocked"};
	static const char *const starts[] = {"due_", "goal_", "kept_"};
	enum pd_goal goal;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(property, others[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (pd_starts(property, starts[i]) && pd_goal_parse(property + strlen(starts[i]), &goal))
			return true;
	return false;
}

enum pd_pause pd_clocks_paused(const struct pd_clocks *clocks)
{
	const struct pd_pause_span *last =
		clocks->pauses.count > 0 ? &clocks->pauses.items[clocks->pauses.count - 1] : NULL;
	return last != NULL && last->to == 0 ? last->cause : PD_PAUSE_NONE;
}

pd_time pd_clocks_warned(const struct pd_clocks *clocks, enum pd_goal goal, const char *step)
{
	for (size_t i = 0; i < clocks->warned.count; i++)
		if (clocks->warned.items[i].goal == goal && strcmp(clocks->warned.items[i].step, step) == 0)
			return clocks->warned.items[i].at;
	return 0;
}

/* --- one clock --- */

static void start(struct pd_clocks *clocks, enum pd_goal goal, pd_time at)
{
	size_t count = 0;
	clocks->of[goal] = (struct pd_clock){.start = at};
	for (size_t i = 0; i < clocks->warned.count; i++)
		if (clocks->warned.items[i].goal != goal)
			clocks->warned.items[count++] = clocks->warned.items[i];
	clocks->warned.count = count;
}

static bool runs(const struct pd_clock *clock)
{
	return clock->start != 0 && clock->stop == 0;
}

static bool stop(struct pd_clocks *clocks, enum pd_goal goal, const struct pd_event *event)
{
	struct pd_clock *clock = &clocks->of[goal];
	if (!runs(clock))
		return false;
	clock->stop = event->at;
	clock->stop_event = event->id;
	return true;
}

/* --- changes --- */

static void apply_warned(struct pd_arena *arena, struct pd_clocks *clocks, const char *value, pd_time at)
{
	const char *blank = strchr(value, ' ');
	enum pd_goal goal;
	if (blank == NULL || !pd_goal_parse(pd_strndup(arena, value, (size_t)(blank - value)), &goal))
		return;
	for (size_t i = 0; i < clocks->warned.count; i++) {
		struct pd_warned *warned = &clocks->warned.items[i];
		if (warned->goal == goal && strcmp(warned->step, blank + 1) == 0) {
			warned->at = at;
			return;
		}
	}
	*pd_list_add(arena, &clocks->warned) = (struct pd_warned){goal, blank + 1, at};
}

static pd_time time_of(const char *value)
{
	pd_time time;
	return value != NULL && pd_time_parse(value, &time) ? time : 0;
}

/* A clock that does not run begins with the promise, and ends with it when the merge is taken back. */
static void keep(struct pd_clocks *clocks, enum pd_goal goal, pd_time promise, pd_time at)
{
	struct pd_clock *clock = &clocks->of[goal];
	if (promise != 0 && !runs(clock))
		start(clocks, goal, at);
	else if (promise == 0 && clock->start == clock->kept_since)
		start(clocks, goal, 0);
	clock->kept = promise;
	clock->kept_since = promise != 0 ? at : 0;
}

static void restart(struct pd_clocks *clocks, const char *value, pd_time at)
{
	enum pd_goal goal;
	if (!pd_goal_parse(value, &goal))
		return;
	start(clocks, goal, at);
	clocks->of[goal].is_restarted = true;
	if (goal == PD_GOAL_FIRST_REPLY) {
		clocks->has_replied = false;
		start(clocks, PD_GOAL_NEXT_REPLY, 0);
	}
}

/* A reply that never left has ended nothing; what the contact wrote meanwhile is asked by the first goal still. */
static void go_on(struct pd_clocks *clocks, const char *value)
{
	int64_t event, other;
	if (!pd_number_pair(value, &event, &other))
		return;
	for (int goal = PD_GOAL_FIRST_REPLY; goal <= PD_GOAL_NEXT_REPLY; goal++) {
		struct pd_clock *clock = &clocks->of[goal];
		if (clock->stop == 0 || clock->stop_event != event)
			continue;
		clock->stop = 0;
		clock->stop_event = 0;
		clock->verdict = PD_GOAL_END_NONE;
		if (goal == PD_GOAL_FIRST_REPLY) {
			clocks->has_replied = false;
			start(clocks, PD_GOAL_NEXT_REPLY, 0);
		}
	}
}

static void apply_change(struct pd_arena *arena, struct pd_clocks *clocks, const struct pd_change *change, pd_time at)
{
	const char *underscore = strchr(change->property, '_');
	enum pd_goal goal;
	if (strcmp(change->property, "warned") == 0 && change->to != NULL) {
		apply_warned(arena, clocks, change->to, at);
	} else if (strcmp(change->property, "clock") == 0) {
		restart(clocks, change->to, at);
	} else if (strcmp(change->property, PD_CHANGE_STOPPED) == 0) {
		go_on(clocks, change->to);
	} else if (underscore != NULL && pd_goal_parse(underscore + 1, &goal)) {
		struct pd_clock *clock = &clocks->of[goal];
		if (pd_starts(change->property, "due_")) {
			clock->promised = time_of(change->to);
		} else if (pd_starts(change->property, "goal_")) {
			clock->verdict = pd_equal(change->to, "met")	  ? PD_GOAL_END_MET
					 : pd_equal(change->to, "missed") ? PD_GOAL_END_MISSED
									  : PD_GOAL_END_NONE;
		} else if (pd_starts(change->property, "kept_")) {
			keep(clocks, goal, time_of(change->to), at);
		}
	}
}

/* --- what happened --- */

static const char *changed_to(const struct pd_event *event, const char *property)
{
	for (size_t i = 0; i < event->changes.count; i++)
		if (strcmp(event->changes.items[i].property, property) == 0)
			return event->changes.items[i].to;
	return NULL;
}

static bool is_of_a_person_here(const struct pd_event *event)
{
	return pd_equal(event->actor, "administrator") || pd_starts(event->actor, "agent:");
}

static void apply_incoming(struct pd_clocks *clocks, pd_time at)
{
	if (!clocks->has_replied) {
		if (clocks->of[PD_GOAL_FIRST_REPLY].start == 0)
			start(clocks, PD_GOAL_FIRST_REPLY, at);
	} else if (!runs(&clocks->of[PD_GOAL_NEXT_REPLY])) {
		start(clocks, PD_GOAL_NEXT_REPLY, at);
	}
}

static void apply_message(struct pd_ticket *ticket, const struct pd_event *event)
{
	struct pd_clocks *clocks = &ticket->clocks;
	const char *direction = changed_to(event, "direction");
	bool is_unclocked = changed_to(event, "unclocked") != NULL;
	bool is_in = direction != NULL ? strcmp(direction, "in") == 0 : pd_starts(event->actor, "contact:");
	if (is_in) {
		if (!is_unclocked)
			apply_incoming(clocks, event->at);
		return;
	}
	if (!is_of_a_person_here(event))
		return;
	struct pd_clock *first = &clocks->of[PD_GOAL_FIRST_REPLY];
	/* Who writes first gives no reply; of history it is only known that there was one. */
	if (!clocks->has_replied && ticket->first_in_message == 0 && first->start == event->at)
		start(clocks, PD_GOAL_FIRST_REPLY, 0);
	if (!is_unclocked && !stop(clocks, PD_GOAL_FIRST_REPLY, event))
		stop(clocks, PD_GOAL_NEXT_REPLY, event);
	if (!runs(first))
		clocks->has_replied = true;
}

static void apply_kind(struct pd_ticket *ticket, const struct pd_event *event)
{
	switch (event->kind) {
	case PD_EVENT_CREATED:
		if (pd_equal(changed_to(event, "source"), "import"))
			break;
		start(&ticket->clocks, PD_GOAL_FIRST_REPLY, event->at);
		start(&ticket->clocks, PD_GOAL_CLOSE, event->at);
		break;
	case PD_EVENT_MESSAGE:
		apply_message(ticket, event);
		break;
	default:
		break;
	}
}

/* --- pauses --- */

static enum pd_pause cause_of(const struct pd_ticket *ticket)
{
	if (ticket->is_spam || ticket->is_deleted || ticket->is_automatic || ticket->merged_into != 0)
		return PD_PAUSE_ASIDE;
	if (ticket->status != NULL && ticket->status_kind == PD_STATUS_CLOSED)
		return PD_PAUSE_CLOSED;
	if (ticket->snoozed != 0)
		return PD_PAUSE_SNOOZED;
	return ticket->status != NULL && ticket->status_kind == PD_STATUS_WAITING ? PD_PAUSE_WAITING
										  : PD_PAUSE_NONE;
}

static void apply_pause(struct pd_arena *arena, struct pd_ticket *ticket, pd_time at)
{
	struct pd_clocks *clocks = &ticket->clocks;
	enum pd_pause cause = cause_of(ticket);
	if (cause == pd_clocks_paused(clocks))
		return;
	if (pd_clocks_paused(clocks) != PD_PAUSE_NONE) {
		struct pd_pause_span *last = &clocks->pauses.items[clocks->pauses.count - 1];
		last->to = at;
		if (last->from >= at)
			clocks->pauses.count--;
	}
	if (cause == PD_PAUSE_NONE)
		return;
	/* The same cause again at once goes on. */
	struct pd_pause_span *last =
		clocks->pauses.count > 0 ? &clocks->pauses.items[clocks->pauses.count - 1] : NULL;
	if (last != NULL && last->to == at && last->cause == cause)
		last->to = 0;
	else
		*pd_list_add(arena, &clocks->pauses) = (struct pd_pause_span){.from = at, .cause = cause};
}

static void apply_closing(struct pd_ticket *ticket, const struct pd_event *event)
{
	struct pd_clock *close = &ticket->clocks.of[PD_GOAL_CLOSE];
	if (ticket->status != NULL && ticket->status_kind == PD_STATUS_CLOSED) {
		stop(&ticket->clocks, PD_GOAL_CLOSE, event);
	} else if (close->stop != 0) {
		close->stop = 0;
		close->stop_event = 0;
		close->verdict = PD_GOAL_END_NONE;
	}
}

void pd_clocks_apply(struct pd_arena *arena, struct pd_ticket *ticket, const struct pd_event *event)
{
	apply_kind(ticket, event);
	apply_closing(ticket, event);
	apply_pause(arena, ticket, event->at);
	/* Last: a verdict and a promise are of the clocks as the event leaves them. */
	for (size_t i = 0; i < event->changes.count; i++)
		apply_change(arena, &ticket->clocks, &event->changes.items[i], event->at);
}
