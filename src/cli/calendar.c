/* postdesk calendar: what was understood of a calendar of the configuration.
 *
 * Prints the coming weeks, a line a day: when it is open, and what closes it, by name.
 * Without a name it lists the calendars. Reads the configuration and the calendar files,
 * nothing else. */
#include "cli/cli.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "calendar/calendar.h"

#define WEEKS_LIMIT 520

struct view {
	struct pd_cli *cli;
	struct pd_calendar *calendar;
	const char *from;
	int weeks;
	bool is_json;
};

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static const char *date_text(struct pd_arena *arena, int64_t day)
{
	int year, month, of_month;

	pd_day_civil(day, &year, &month, &of_month);
	return pd_printf(arena, "%04d-%02d-%02d", year, month, of_month);
}

/* "09:00", and "24:00" for the end of the day. */
static const char *time_text(struct pd_arena *arena, const struct pd_zone *zone, pd_time at, int64_t day)
{
	pd_time of_day = pd_zone_to_local(zone, at) - day * PD_DAY;
	long long minutes = of_day / PD_MINUTE, seconds = of_day / PD_SECOND % 60;

	return seconds ? pd_printf(arena, "%02lld:%02lld:%02lld", minutes / 60, minutes % 60, seconds)
		       : pd_printf(arena, "%02lld:%02lld", minutes / 60, minutes % 60);
}

static void print_people(struct view *view, struct pd_table *table, int64_t day,
			 const struct pd_calendar_parts *parts, const struct pd_calendar_parts *closings)
{
	struct pd_arena *arena = view->cli->arena;
	const struct pd_zone *zone = pd_calendar_zone(view->calendar);
	struct pd_strings open = {0}, notes = {0};

	for (size_t i = 0; i < parts->count; i++) {
		const struct pd_calendar_part *part = &parts->items[i];

		if (part->kind == PD_PART_COUNTED)
			*pd_list_add(arena, &open) =
				pd_printf(arena, "%s-%s", time_text(arena, zone, part->from, day),
					  time_text(arena, zone, part->to, day));
		else if (part->kind == PD_PART_ZONE)
			pd_strings_add_once(arena, &notes, "clocks change");
	}
	for (size_t i = 0; i < closings->count; i++)
		pd_strings_add_once(arena, &notes, closings->items[i].name);
	pd_table_row(table);
	pd_table_add(table, weekdays[pd_day_weekday(day)]);
	pd_table_add(table, date_text(arena, day));
	pd_table_add(table, open.count ? pd_strings_join(arena, &open, " ") : "closed");
	pd_table_add(table, pd_strings_join(arena, &notes, "; "));
}

static json_t *json_span(struct pd_arena *arena, const struct pd_calendar_part *part)
{
	return json_pack("{s:s, s:s}", "from", pd_time_rfc3339(arena, part->from), "to",
			 pd_time_rfc3339(arena, part->to));
}

static void print_json(struct view *view, int64_t day, const struct pd_calendar_parts *parts,
		       const struct pd_calendar_parts *closings)
{
	struct pd_arena *arena = view->cli->arena;
	json_t *open = json_array(), *closed = json_array(), *object;

	for (size_t i = 0; i < parts->count; i++)
		if (parts->items[i].kind == PD_PART_COUNTED)
			json_array_append_new(open, json_span(arena, &parts->items[i]));
	for (size_t i = 0; i < closings->count; i++) {
		object = json_span(arena, &closings->items[i]);
		json_object_set_new(object, "name", json_string(closings->items[i].name));
		json_array_append_new(closed, object);
	}
	object = json_pack("{s:s, s:s, s:o, s:o}", "date", date_text(arena, day), "weekday",
			   weekdays[pd_day_weekday(day)], "open", open, "closed", closed);
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

static int print_days(struct view *view)
{
	static const char *const names[] = {"Day", "Date", "Open", "Remarks"};
	struct pd_arena *arena = view->cli->arena;
	const struct pd_zone *zone = pd_calendar_zone(view->calendar);
	struct pd_strings columns = {.items = (const char **)(uintptr_t)names, .count = 4};
	struct pd_table *table = pd_table_new(arena, &columns);
	pd_time start = pd_now();
	int64_t first, day;

	if (view->from && !pd_zone_parse(zone, view->from, &start)) {
		fprintf(stderr, "postdesk calendar: not a date: %s\n", view->from);
		return PD_EXIT_USAGE;
	}
	first = pd_day_of(pd_zone_to_local(zone, start));
	if (!view->from)
		first -= pd_day_weekday(first);
	for (day = first; day < first + view->weeks * 7; day++) {
		pd_time from = pd_zone_to_utc(zone, day * PD_DAY), to = pd_zone_to_utc(zone, (day + 1) * PD_DAY);
		struct pd_calendar_parts parts, closings;

		pd_calendar_explain(arena, view->calendar, from, to, &parts);
		pd_calendar_closings(arena, view->calendar, from, to, &closings);
		if (view->is_json)
			print_json(view, day, &parts, &closings);
		else
			print_people(view, table, day, &parts, &closings);
	}
	if (!view->is_json) {
		printf("%s\n", zone->name);
		pd_table_print(table, stdout);
	}
	return PD_EXIT_DONE;
}

static int list_names(const struct view *view, const struct pd_calendars *calendars)
{
	struct pd_strings names = pd_calendars_names(view->cli->arena, calendars);

	for (size_t i = 0; i < names.count; i++) {
		if (!view->is_json) {
			puts(names.items[i]);
			continue;
		}
		const struct pd_calendar *calendar = pd_calendars_find(calendars, names.items[i]);
		json_t *object = json_pack("{s:s, s:s?}", "name", names.items[i], "timezone",
					   calendar ? pd_calendar_zone(calendar)->name : NULL);

		json_dumpf(object, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(object);
	}
	return PD_EXIT_DONE;
}

static int show(struct view *view, const char *name)
{
	struct pd_cli *cli = view->cli;
	struct pd_problems problems = {.arena = cli->arena};
	struct pd_calendars *calendars = pd_calendars_load(cli->settings, NULL, &problems);
	int code;

	pd_problems_print(&problems, stderr);
	view->calendar = pd_calendars_find(calendars, name);
	if (!name) {
		code = list_names(view, calendars);
	} else if (view->calendar) {
		code = print_days(view);
	} else {
		if (problems.errors == 0)
			fprintf(stderr, "postdesk calendar: there is no calendar \"%s\"\n", name);
		code = problems.errors ? PD_EXIT_CONFIG : PD_EXIT_REFUSED;
	}
	pd_calendars_unref(calendars);
	return code;
}

int pd_cli_calendar(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"from", required_argument, NULL, 'f'},
		{"weeks", required_argument, NULL, 'w'},
		{"json", no_argument, NULL, 'j'},
		{0},
	};
	struct view view = {.cli = cli, .weeks = 4};
	unsigned long long number;
	int option, code;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f')
			view.from = optarg;
		else if (option == 'j')
			view.is_json = true;
		else if (option == 'w' && pd_number(optarg, WEEKS_LIMIT, &number))
			view.weeks = (int)number;
		else
			return pd_cli_usage(cli);
	}
	if (argc - optind > 1)
		return pd_cli_usage(cli);
	code = pd_cli_settings(cli);
	return code == PD_EXIT_DONE ? show(&view, argv[optind]) : code;
}
