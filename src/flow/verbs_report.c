/* The verb `report`: what the desk did in a period (desk/report.h), an object a line of it.
 *
 * `from` and `to` are days or times as people write them, in the desk's zone; a day is counted whole. Fails:
 * PD_PERMANENT for what is no time, the store's classes. */
#include "flow/verbs_internal.h"

#include "desk/report.h"
#include "desk/when.h"

#define PERIOD_DAYS 30 /* without a `from` */

static int read_time(struct pd_call *call, const struct pd_when_place *place, const char *key, bool is_end,
		     pd_time *ret_time)
{
	const char *text = pd_call_text(call, key);
	struct pd_when when;

	if (!text)
		return 0;
	if (!pd_when_parse(place, text, &when))
		return pd_fail(&call->error, PD_PERMANENT, "\"%s\" is no day; write %s", text,
			       is_end ? "--to 2026-11-30" : "--from 2026-11-01");
	*ret_time = is_end ? pd_when_end(place, &when) : when.at;
	return 0;
}

/* The whole days before today, and today so far. */
static pd_time days_before(const struct pd_zone *zone, pd_time now, int days)
{
	return pd_zone_to_utc(zone, (pd_day_of(pd_zone_to_local(zone, now)) - days) * PD_DAY);
}

static bool add(void *data, struct pd_arena *arena, const struct pd_event *events, size_t count)
{
	pd_report_add(data, arena, events, count);
	return true;
}

static json_t *json_goal(const struct pd_report_goal *goal)
{
	json_t *object = json_object();

	json_object_set_new(object, "count", json_integer((json_int_t)goal->count));
	json_object_set_new(object, "median",
			    goal->count ? json_integer(goal->median / PD_SECOND) : json_null());
	json_object_set_new(object, "p90", goal->count ? json_integer(goal->p90 / PD_SECOND) : json_null());
	json_object_set_new(object, "met", json_integer((json_int_t)goal->met));
	json_object_set_new(object, "missed", json_integer((json_int_t)goal->missed));
	json_object_set_new(object, "overdue", json_integer((json_int_t)goal->overdue));
	return object;
}

static json_t *json_line(struct pd_call *call, const struct pd_report_line *line, pd_time from, pd_time to)
{
	json_t *object = json_object();

	json_object_set_new(object, "by", pd_json_text(pd_report_by_name(line->by)));
	json_object_set_new(object, "key", pd_json_text(line->key));
	json_object_set_new(object, "from", pd_json_time(call->arena, from));
	json_object_set_new(object, "to", pd_json_time(call->arena, to));
	json_object_set_new(object, "created", json_integer((json_int_t)line->created));
	json_object_set_new(object, "closed", json_integer((json_int_t)line->closed));
	json_object_set_new(object, "in", json_integer((json_int_t)line->in));
	json_object_set_new(object, "out", json_integer((json_int_t)line->out));
	for (int goal = 0; goal < PD_GOALS; goal++)
		json_object_set_new(object, pd_goal_name((enum pd_goal)goal), json_goal(&line->goals[goal]));
	return object;
}

int pd_call_period(struct pd_call *call, const struct pd_when_place *place, pd_time *ret_from, pd_time *ret_to)
{
	pd_time now = place->now, to = now + 1; /* what happens now has happened */
	pd_time from = days_before(place->zone, now, PERIOD_DAYS - 1);
	int failed = read_time(call, place, "to", true, &to);

	if (!failed && to < now)
		from = days_before(place->zone, to - 1, PERIOD_DAYS - 1);
	if (!failed)
		failed = read_time(call, place, "from", false, &from);
	if (!failed && from >= to)
		failed = pd_fail(&call->error, PD_PERMANENT, "the period ends before it begins");
	*ret_from = from;
	*ret_to = to;
	return failed;
}

int pd_verb_report(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	const struct pd_when_place place = pd_when_place_of(call->settings, NULL, pd_now());
	pd_time from, to;
	int failed = pd_call_period(call, &place, &from, &to);

	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	if (failed)
		return failed;
	struct pd_report *report = pd_report_new(call->settings, snapshot, call->agent, from, to, place.now);

	pd_store_replay(snapshot, from, to, add, report);
	failed = pd_call_checked(call, snapshot);
	if (!failed) {
		struct pd_report_lines lines = pd_report_done(call->arena, report);

		for (size_t i = 0; i < lines.count; i++)
			if (!pd_call_emit(call, json_line(call, &lines.items[i], from, to)))
				break;
	}
	pd_report_free(report);
	return failed;
}
