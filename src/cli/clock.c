/* postdesk clock: working-time arithmetic, for people who want to know and for tests.
 *
 * Reads .ics files (or, with --case, one question as JSON), asks the calendar once and prints
 * the answer: a UTC time or a number of seconds, with --explain the sum behind it. Needs no
 * configuration and no store. Fails with 1 for files that are no calendars and for answers
 * that do not exist, with 2 for what it does not understand. */
#include "cli/cli.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "calendar/calendar.h"

struct clock {
	struct pd_cli *cli;
	struct pd_calendar_files files;
	const char *start, *add, *from, *to, *case_file;
	bool is_explained, is_json;
	struct pd_calendar *calendar;
};

static int refuse(const char *format, const char *what)
{
	fputs("postdesk clock: ", stderr);
	fprintf(stderr, format, what); // NOLINT: the formats stand in this file
	fputc('\n', stderr);
	return PD_EXIT_REFUSED;
}

/* "+02:00" */
static const char *offset_text(struct pd_arena *arena, pd_time offset)
{
	int minutes = (int)(offset / PD_MINUTE), size = abs(minutes);

	return pd_printf(arena, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

static const char *local_text(struct pd_arena *arena, const struct pd_zone *zone, pd_time at)
{
	pd_time local = pd_zone_to_local(zone, at);
	int64_t day = pd_day_of(local);
	int year, month, of_month, second = (int)((local - day * PD_DAY) / PD_SECOND);

	pd_day_civil(day, &year, &month, &of_month);
	return second % 60 ? pd_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d", year, month, of_month,
				       second / 3600, second / 60 % 60, second % 60)
			   : pd_printf(arena, "%04d-%02d-%02d %02d:%02d", year, month, of_month,
				       second / 3600, second / 60 % 60);
}

static const char *span_text(struct pd_arena *arena, pd_time duration)
{
	pd_time seconds = duration / PD_SECOND;

	return seconds % 60 ? pd_printf(arena, "%lldh %02lldm %02llds", (long long)seconds / 3600,
					(long long)seconds / 60 % 60, (long long)seconds % 60)
			    : pd_printf(arena, "%lldh %02lldm", (long long)seconds / 3600,
					(long long)seconds / 60 % 60);
}

static void explain_people(struct clock *clock, const struct pd_calendar_parts *parts)
{
	struct pd_arena *arena = clock->cli->arena;
	const struct pd_zone *zone = pd_calendar_zone(clock->calendar);
	pd_time sum = 0;

	printf("times in %s\n", zone->name);
	for (size_t i = 0; i < parts->count; i++) {
		const struct pd_calendar_part *part = &parts->items[i];
		const char *from = local_text(arena, zone, part->from);

		switch (part->kind) {
		case PD_PART_COUNTED:
			sum += part->to - part->from;
			printf("%s  to %s  counted %s, in all %s\n", from, local_text(arena, zone, part->to),
			       span_text(arena, part->to - part->from), span_text(arena, sum));
			break;
		case PD_PART_CLOSED:
			printf("%s  to %s  closed: %s\n", from, local_text(arena, zone, part->to),
			       part->name);
			break;
		case PD_PART_ZONE:
			printf("%s  clocks change from UTC%s to UTC%s\n", from,
			       offset_text(arena, part->offset_before),
			       offset_text(arena, part->offset_after));
			break;
		}
	}
}

static json_t *part_json(struct pd_arena *arena, const struct pd_calendar_part *part)
{
	static const char *const kinds[] = {"counted", "closed", "zone"};
	json_t *object =
		json_pack("{s:s, s:s, s:s}", "kind", kinds[part->kind], "from",
			  pd_time_rfc3339(arena, part->from), "to", pd_time_rfc3339(arena, part->to));

	if (part->kind == PD_PART_COUNTED)
		json_object_set_new(object, "seconds", json_integer((part->to - part->from) / PD_SECOND));
	if (part->kind == PD_PART_CLOSED)
		json_object_set_new(object, "name", json_string(part->name));
	if (part->kind == PD_PART_ZONE) {
		json_object_set_new(object, "offset_before", json_integer(part->offset_before / PD_SECOND));
		json_object_set_new(object, "offset_after", json_integer(part->offset_after / PD_SECOND));
	}
	return object;
}

static int answer(struct clock *clock, json_t *value, pd_time from, pd_time to)
{
	struct pd_arena *arena = clock->cli->arena;
	struct pd_calendar_parts parts = {0};

	if (clock->is_explained)
		pd_calendar_explain(arena, clock->calendar, from, to, &parts);
	if (clock->is_json) {
		json_t *object = json_object(), *list = clock->is_explained ? json_array() : NULL;

		json_object_set_new(object, "answer", value);
		for (size_t i = 0; i < parts.count; i++)
			json_array_append_new(list, part_json(arena, &parts.items[i]));
		if (list)
			json_object_set_new(object, "parts", list);
		json_dumpf(object, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(object);
		return PD_EXIT_DONE;
	}
	if (json_is_string(value))
		puts(json_string_value(value));
	else
		printf("%lld\n", (long long)json_integer_value(value));
	json_decref(value);
	if (clock->is_explained)
		explain_people(clock, &parts);
	return PD_EXIT_DONE;
}

static int answer_time(struct clock *clock, pd_time start, pd_time end)
{
	if (end == PD_NEVER)
		return refuse("the calendar has no such instant before %s", "2200");
	return answer(clock, json_string(pd_time_rfc3339(clock->cli->arena, end)), start, end);
}

static int answer_between(struct clock *clock, pd_time from, pd_time to)
{
	return answer(clock, json_integer(pd_calendar_between(clock->calendar, from, to) / PD_SECOND), from,
		      to);
}

/* --- by files --- */

static int ask(struct clock *clock)
{
	const struct pd_zone *zone = pd_calendar_zone(clock->calendar);
	struct pd_calendar_amount amount = {0};
	pd_time start, end;

	if (clock->from) {
		if (!pd_zone_parse(zone, clock->from, &start))
			return refuse("not a time: %s", clock->from);
		if (!pd_zone_parse(zone, clock->to, &end))
			return refuse("not a time: %s", clock->to);
		return answer_between(clock, start, end);
	}
	if (!pd_zone_parse(zone, clock->start, &start))
		return refuse("not a time: %s", clock->start);
	if (clock->add && strcmp(clock->add, "0") != 0 && !pd_calendar_amount_parse(clock->add, &amount))
		return refuse("not a duration (90m, 4h, 3wd): %s", clock->add);
	return answer_time(clock, start, pd_calendar_add_amount(clock->calendar, start, amount));
}

static int ask_files(struct clock *clock)
{
	struct pd_problems problems = {.arena = clock->cli->arena};
	int code;

	clock->files.where.file = "--tz";
	clock->calendar = pd_calendar_load(&clock->files, &problems);
	pd_problems_print(&problems, stderr);
	if (!clock->calendar)
		return PD_EXIT_REFUSED;
	code = ask(clock);
	pd_calendar_unref(clock->calendar);
	return code;
}

/* --- by a case in JSON --- */

/* "09:00" to "24:00" */
static bool read_minutes(const json_t *value, int *ret_minutes)
{
	const char *text = json_string_value(value);
	int hour, minute, used = 0;

	if (!text || sscanf(text, "%2d:%2d%n", &hour, &minute, &used) != 2 || text[used] || hour < 0 ||
	    hour > 24 || minute < 0 || minute > 59 || (hour == 24 && minute))
		return false;
	*ret_minutes = hour * 60 + minute;
	return true;
}

static bool read_week(struct pd_arena *arena, json_t *object, struct pd_calendar_week *week)
{
	static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

	for (int day = 0; day < 7; day++) {
		json_t *ranges = json_object_get(object, days[day]), *range;
		size_t i;

		json_array_foreach(ranges, i, range)
		{
			struct pd_calendar_range *made = pd_list_add(arena, &week->ranges);

			made->weekday = day;
			if (!read_minutes(json_array_get(range, 0), &made->from) ||
			    !read_minutes(json_array_get(range, 1), &made->to))
				return false;
		}
	}
	return true;
}

static int ask_case_object(struct clock *clock, json_t *object)
{
	struct pd_arena *arena = clock->cli->arena;
	const char *op = json_string_value(json_object_get(object, "op"));
	const char *start_text = json_string_value(json_object_get(object, "start"));
	const char *end_text = json_string_value(json_object_get(object, "end"));
	struct pd_calendar_week week = {.zone = json_string_value(json_object_get(object, "time_zone"))};
	pd_time start, end, working = 0;
	json_t *holiday;
	size_t i;

	json_array_foreach(json_object_get(object, "holidays"), i, holiday)
	{
		if (json_is_string(holiday))
			*pd_list_add(arena, &week.holidays) = json_string_value(holiday);
	}
	if (!read_week(arena, json_object_get(object, "week"), &week))
		return refuse("%s: a range is not [\"HH:MM\", \"HH:MM\"]", clock->case_file);
	clock->calendar = pd_calendar_from_week(&week);
	if (!clock->calendar)
		return refuse("%s: an unknown time zone, or a date that does not exist", clock->case_file);
	if (!op || !start_text || !pd_zone_parse(pd_calendar_zone(clock->calendar), start_text, &start))
		return refuse("%s: op or start is missing or wrong", clock->case_file);
	if (strcmp(op, "within") == 0) {
		if (!end_text || !pd_zone_parse(pd_calendar_zone(clock->calendar), end_text, &end))
			return refuse("%s: end is missing or wrong", clock->case_file);
		return answer_between(clock, start, end);
	}
	if (strcmp(op, "add") == 0) {
		if (!json_is_number(json_object_get(object, "seconds")))
			return refuse("%s: seconds is missing or no number", clock->case_file);
		working = (pd_time)(json_number_value(json_object_get(object, "seconds")) * PD_SECOND);
	} else if (strcmp(op, "next_open") != 0) {
		return refuse("op is not add, within or next_open: %s", op);
	}
	return answer_time(clock, start, pd_calendar_add(clock->calendar, start, working));
}

static int ask_case(struct clock *clock)
{
	json_error_t error;
	json_t *object = strcmp(clock->case_file, "-") == 0 ? json_loadf(stdin, 0, &error)
							    : json_load_file(clock->case_file, 0, &error);
	int code;

	if (!json_is_object(object)) {
		json_decref(object);
		fprintf(stderr, "postdesk clock: %s:%d: %s\n", clock->case_file, object ? 1 : error.line,
			object ? "not a JSON object" : error.text);
		return PD_EXIT_REFUSED;
	}
	code = ask_case_object(clock, object);
	pd_calendar_unref(clock->calendar);
	json_decref(object);
	return code;
}

/* --- arguments --- */

static bool read_option(struct clock *clock, int option, int argc, char **argv)
{
	struct pd_arena *arena = clock->cli->arena;

	switch (option) {
	case 'i':
		*pd_list_add(arena, &clock->files.either) = optarg;
		return true;
	case 'H':
		*pd_list_add(arena, &clock->files.hours) = optarg;
		return true;
	case 'C':
		*pd_list_add(arena, &clock->files.holidays) = optarg;
		return true;
	case 'I':
		*pd_list_add(arena, &clock->files.ignore) = optarg;
		return true;
	case 'z':
		clock->files.zone = optarg;
		return true;
	case 's':
		clock->start = optarg;
		return true;
	case 'a':
		clock->add = optarg;
		return true;
	case 'b':
		clock->from = optarg;
		clock->to = optind < argc ? argv[optind++] : NULL;
		return clock->to != NULL;
	case 'e':
		clock->is_explained = true;
		return true;
	case 'j':
		clock->is_json = true;
		return true;
	case 'c':
		clock->case_file = optarg;
		return true;
	default:
		return false;
	}
}

int pd_cli_clock(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"ics", required_argument, NULL, 'i'},	    {"hours", required_argument, NULL, 'H'},
		{"holidays", required_argument, NULL, 'C'}, {"ignore", required_argument, NULL, 'I'},
		{"tz", required_argument, NULL, 'z'},	    {"start", required_argument, NULL, 's'},
		{"add", required_argument, NULL, 'a'},	    {"between", required_argument, NULL, 'b'},
		{"explain", no_argument, NULL, 'e'},	    {"case", required_argument, NULL, 'c'},
		{"json", no_argument, NULL, 'j'},	    {0},
	};
	struct clock clock = {.cli = cli};
	int option;

	/* "-": what is no option is given as 1, where it stands; after --ics it is one more file. */
	while ((option = getopt_long(argc, argv, "-", options, NULL)) != -1)
		if (!read_option(&clock, option == 1 && clock.files.either.count ? 'i' : option, argc, argv))
			return pd_cli_usage(cli);
	if (optind < argc || !!clock.start + !!clock.from + !!clock.case_file != 1 ||
	    (clock.add && !clock.start))
		return pd_cli_usage(cli);
	return clock.case_file ? ask_case(&clock) : ask_files(&clock);
}
