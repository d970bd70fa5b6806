/* The verb why: the sum behind each due time of a ticket, as it stands or stood at an instant. A goal that has ended is
 * explained by the settings and calendars of when it ended. One snapshot. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"
#include "desk/when.h"
#include "desk/why.h"

static const char *const part_kinds[] = {
	[PD_GOAL_PART_COUNTED] = "counted",
	[PD_GOAL_PART_PAUSED] = "paused",
	[PD_GOAL_PART_CLOSED] = "closed",
	[PD_GOAL_PART_ZONE] = "zone",
};

static json_t *part_of(struct pd_arena *arena, const struct pd_goal_part *part)
{
	json_t *object = json_pack("{s:s,s:o,s:o,s:I}", "kind", part_kinds[part->kind], "from",
				   pd_json_time(arena, part->from), "to", pd_json_time(arena, part->to), "sum",
				   (json_int_t)(part->sum / PD_SECOND));

	if (part->kind == PD_GOAL_PART_COUNTED)
		json_object_set_new(object, "seconds", json_integer((part->to - part->from) / PD_SECOND));
	else if (part->kind == PD_GOAL_PART_PAUSED)
		json_object_set_new(object, "cause", pd_json_text(pd_pause_name(part->cause)));
	else if (part->kind == PD_GOAL_PART_CLOSED)
		json_object_set_new(object, "name", pd_json_text(part->name));
	if (part->kind == PD_GOAL_PART_ZONE) {
		json_object_set_new(object, "offset_before", json_integer(part->offset_before / PD_SECOND));
		json_object_set_new(object, "offset_after", json_integer(part->offset_after / PD_SECOND));
	}
	return object;
}

static json_t *goal_of(struct pd_arena *arena, const struct pd_goals *goals, const struct pd_ticket *ticket, enum pd_goal goal,
		       pd_time now)
{
	const struct pd_goal_status *status = &goals->of[goal];
	const struct pd_clock *clock = &ticket->clocks.of[goal];
	const struct pd_policy *policy = goals->policy;
	bool is_on = policy && policy->goals[goal].is_on;
	struct pd_goal_parts parts;
	json_t *array = json_array();

	pd_goal_explain(arena, goals, ticket, goal, now, &parts);
	for (size_t i = 0; i < parts.count; i++)
		json_array_append_new(array, part_of(arena, &parts.items[i]));
	return json_pack("{s:I,s:s,s:s,s:o,s:o,s:o,s:b,s:o,s:o,s:o,s:o,s:o}", "number", (json_int_t)ticket->number, "goal",
			 pd_goal_name(goal), "state", pd_goal_state_name(status->state), "due",
			 pd_json_time(arena, status->due), "started", pd_json_time(arena, clock->start), "ended",
			 pd_json_time(arena, clock->stop), "restarted", clock->is_restarted, "policy",
			 pd_json_text(is_on ? policy->title : NULL), "calendar",
			 pd_json_text(goals->calendar ? goals->calendar_name : NULL), "timezone",
			 pd_json_text(goals->calendar ? pd_calendar_zone(goals->calendar)->name : NULL), "seconds",
			 is_on ? json_integer(status->amount / PD_SECOND) : json_null(), "parts", array);
}

static int explain(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket, pd_time at)
{
	struct pd_ticket_facts facts = pd_json_facts(call->arena, snapshot, ticket);
	pd_time now = at ? at : pd_now();
	bool is_text = pd_call_flag(call, "as_text");

	for (int goal = 0; goal < PD_GOALS; goal++) {
		pd_time stop = ticket->clocks.of[goal].stop;
		PD_AUTO_SETTINGS then = pd_flow_settings_at(call->flow, stop ? stop : at);
		struct pd_goals goals;

		pd_goals_at(then, &facts, now, &goals);
		if (goals.of[goal].state == PD_GOAL_NONE)
			continue;
		if (!is_text) {
			pd_call_emit(call, goal_of(call->arena, &goals, ticket, (enum pd_goal)goal, now));
			continue;
		}
		struct pd_strings lines =
			pd_why_lines(call->arena, "en", &goals, ticket, (enum pd_goal)goal, now,
				     pd_when_place_of(call->settings, call->agent, now).zone);

		for (size_t i = 0; i < lines.count; i++)
			pd_call_emit(call, json_pack("{s:o}", "line", pd_json_text(lines.items[i])));
	}
	return pd_call_checked(call, snapshot);
}

int pd_verb_why(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	struct pd_ticket *ticket = NULL;
	pd_time at;
	int failed = pd_call_at(call, &at);

	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (failed)
		return failed;
	if (at) {
		int64_t number = ticket->number;

		ticket = pd_store_ticket_at(snapshot, call->arena, number, at);
		if (!ticket)
			return pd_fail(&call->error, PD_PERMANENT, "there was no ticket %lld then", (long long)number);
	}
	return explain(call, snapshot, ticket, at);
}
