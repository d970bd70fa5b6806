/* See goals_desk.h. */
#include "goals_desk.h"
#include "check.h"

#include <string.h>

#include "base/text.h"

static const struct pd_zone *zone(void)
{
	static struct pd_arena *arena;
	static const struct pd_zone *helsinki;
	if (arena == NULL) {
		arena = pd_arena_new();
		helsinki = pd_zone_load(arena, "Europe/Helsinki");
	}
	return helsinki;
}

struct pd_calendar *goals_office(const char *const *holidays, size_t count)
{
	struct pd_calendar_range ranges[5];
	struct pd_calendar_week week = {.zone = "Europe/Helsinki"};
	for (int day = 0; day < 5; day++)
		ranges[day] = (struct pd_calendar_range){day, 9 * 60, 17 * 60};
	week.ranges.items = ranges;
	week.ranges.count = 5;
	week.holidays.items = (const char **)(uintptr_t)holidays;
	week.holidays.count = count;
	struct pd_calendar *made = pd_calendar_from_week(&week);
	assert_non_null(made);
	return made;
}

static void free_calendars(void *calendars)
{
	pd_calendars_unref(calendars);
}

void goals_attach(struct small_desk *desk, struct pd_calendar *office)
{
	struct pd_problems problems = {.arena = desk->arena};
	const struct pd_calendar_kept kept = {"office", pd_calendar_text(office)};
	struct pd_calendars *calendars = pd_calendars_of_texts(&kept, 1);
	pd_arena_defer(desk->settings->arena, free_calendars, calendars);
	desk->settings->calendars = calendars;
	desk->settings->policies = pd_policies_new(desk->settings, &problems);
	if (problems.count > 0)
		fail_msg("%s", problems.items[0].text);
	pd_calendar_unref(office);
}

void goals_run_until(struct small_desk *desk, pd_time until, bool is_inclusive)
{
	for (;;) {
		struct pd_snapshot *s = &desk->fake->snapshot;
		struct pd_wakes wakes = s->wakes(s, desk->arena, is_inclusive ? until : until - 1, 1);
		if (wakes.count == 0)
			break;
		/* Never before what happened last. */
		pd_time last = desk->fake->events.items[desk->fake->events.count - 1]->at;
		desk->now = wakes.items[0].at > last ? wakes.items[0].at : last;
		struct pd_context context = small_context(desk, "postdesk");
		pd_decide_due(&context, &wakes.items[0].ticket, 1, false);
		small_keep(desk, &context);
	}
	desk->now = until;
}

pd_time goals_at(const char *local)
{
	pd_time at;
	assert_true(pd_zone_parse(zone(), local, &at));
	return at;
}

const char *goals_status(struct small_desk *desk, int64_t ticket, enum pd_goal goal)
{
	struct pd_context context = small_context(desk, "postdesk");
	struct pd_goals goals;
	pd_plan_goals(&context, small_ticket(desk, ticket), &goals);
	const struct pd_goal_status *status = &goals.of[goal];
	return pd_printf(desk->arena, "%s%s%s", pd_goal_state_name(status->state), status->due != 0 ? " " : "",
			 status->due != 0 ? pd_time_short(desk->arena, status->due, "Europe/Helsinki") : "");
}

const char *goals_told(struct small_desk *desk, int64_t ticket, enum pd_goal goal)
{
	struct pd_strings told = {0};
	for (size_t i = 0; i < desk->fake->events.count; i++) {
		const struct pd_event *event = desk->fake->events.items[i];
		for (size_t n = 0; event->ticket == ticket && n < event->changes.count; n++) {
			const char *value = event->changes.items[n].to;
			if (strcmp(event->changes.items[n].property, "warned") == 0 &&
			    pd_starts(value, pd_goal_name(goal)))
				*pd_list_add(desk->arena, &told) = strchr(value, ' ') + 1;
		}
	}
	return pd_strings_join(desk->arena, &told, " ");
}
