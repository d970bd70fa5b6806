/* Calendars of a configuration: groups, relative files, problems, and what stays in force. */
#include "check.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>
#include "base/text.h"
#include "calendar/calendar.h"

#define DESK                                                                                                 \
	"[mailbox support]\naddress = support@example.com\n[agent anna]\naddress = anna@example.com\n"       \
	"[team support]\nmembers = anna\n"
#define OFFICE                                                                                               \
	"[calendar office]\nhours = office.ics\nholidays = days.ics\nignore = Eve*\ntimezone = "             \
	"Europe/Helsinki\n"

static char *directory;

static char *path_to(struct pd_arena *arena, const char *name)
{
	return pd_printf(arena, "%s/%s", directory, name);
}

static void write_file(struct pd_arena *arena, const char *name, const char *text)
{
	assert_true(g_file_set_contents(path_to(arena, name), text, -1, NULL));
}

static void write_office(struct pd_arena *arena)
{
	write_file(arena, "office.ics",
		   "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T090000\nDTEND:20260105T170000\nRRULE:"
		   "FREQ=DAILY\n"
		   "END:VEVENT\nEND:VCALENDAR\n");
	write_file(arena, "days.ics",
		   "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Epiphany\nDTSTART:20260106\nEND:VEVENT\n"
		   "BEGIN:VEVENT\nSUMMARY:Eve of it\nDTSTART:20260105\nEND:VEVENT\nEND:VCALENDAR\n");
}

static struct pd_settings *load(struct pd_arena *arena, const char *text)
{
	struct pd_problems problems = {.arena = arena};
	struct pd_settings *settings;

	write_file(arena, "postdesk.conf", pd_printf(arena, DESK "%s", text));
	settings = pd_config_load(path_to(arena, "postdesk.conf"), &problems);
	if (!settings)
		fail_msg("line %d: %s", problems.items[0].where.line, problems.items[0].text);
	return settings;
}

static pd_time hours_on(struct pd_calendar *calendar, const char *date)
{
	pd_time from;

	assert_true(pd_zone_parse(pd_calendar_zone(calendar), date, &from));
	return pd_calendar_between(calendar, from, from + PD_DAY) / PD_HOUR;
}

static void test_office(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_settings *settings;
	struct pd_calendars *calendars;
	struct pd_calendar *office;
	struct pd_strings names;

	(void)state;
	write_office(arena);
	settings = load(arena, OFFICE "[calendar bare]\n");
	calendars = pd_calendars_load(settings, NULL, &problems);
	assert_int_equal(problems.count, 0);
	names = pd_calendars_names(arena, calendars);
	assert_string_equal(pd_strings_join(arena, &names, " "), "office bare 24/7");
	office = pd_calendars_find(calendars, "office");
	assert_non_null(office);
	assert_string_equal(pd_calendar_zone(office)->name, "Europe/Helsinki");
	assert_int_equal(hours_on(office, "2026-01-05"), 8); /* the Eve is ignored */
	assert_int_equal(hours_on(office, "2026-01-06"), 0);
	assert_int_equal(hours_on(pd_calendars_find(calendars, "bare"), "2026-01-06"), 24);
	assert_int_equal(hours_on(pd_calendars_find(calendars, "24/7"), "2026-01-06"), 24);
	assert_null(pd_calendars_find(calendars, "other"));
	assert_null(pd_calendars_find(calendars, NULL));
	pd_calendars_unref(calendars);
	pd_settings_unref(settings);
}

/* A file that breaks later leaves the old table in force, and says so. */
static void test_breaks_later(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_settings *settings;
	struct pd_calendars *before, *after;
	struct pd_calendar *kept;

	(void)state;
	write_office(arena);
	settings = load(arena, OFFICE);
	before = pd_calendars_load(settings, NULL, &problems);
	write_file(arena, "days.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUM");
	after = pd_calendars_load(settings, before, &problems);
	assert_int_equal(problems.errors, 0);
	assert_int_equal(problems.count, 2);
	assert_string_equal(problems.items[0].where.file, path_to(arena, "days.ics"));
	assert_int_equal(problems.items[0].where.line, 3);
	assert_string_equal(problems.items[1].text, "[calendar office] stays as it was loaded before");
	kept = pd_calendar_ref(pd_calendars_find(after, "office"));
	pd_calendars_unref(before);
	pd_calendars_unref(after);
	assert_int_equal(hours_on(kept, "2026-01-06"), 0);
	pd_calendar_unref(kept);
	/* Without an old one it is an error, and the calendar is missing. */
	after = pd_calendars_load(settings, NULL, &problems);
	assert_int_equal(problems.errors, 1);
	assert_null(pd_calendars_find(after, "office"));
	pd_calendars_unref(after);
	pd_settings_unref(settings);
}

static void test_check(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_settings *settings;

	(void)state;
	write_office(arena);
	write_file(arena, "one.ics",
		   "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105\nRRULE:FREQ=HOURLY\nEND:VEVENT\nEND:"
		   "VCALENDAR\n");
	write_file(arena, "two.ics", "<html>\n");
	settings = load(arena,
			OFFICE "[calendar a]\nhours = one.ics;two.ics\n[calendar b]\nholidays = none.ics\n");
	pd_calendar_check(settings, &problems);
	assert_int_equal(problems.errors, 3);
	assert_string_equal(problems.items[0].text, "VEVENT: the rule is finer than DAILY: FREQ=HOURLY");
	assert_int_equal(problems.items[0].where.line, 4);
	assert_string_equal(problems.items[1].where.file, path_to(arena, "two.ics"));
	assert_true(pd_starts(problems.items[2].text, "calendar file "));
	assert_string_equal(problems.items[2].where.file, path_to(arena, "postdesk.conf"));
	pd_settings_unref(settings);
}

static int set_up(void **state)
{
	(void)state;
	directory = g_dir_make_tmp("postdesk-XXXXXX", NULL);
	return directory ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = {"office.ics", "days.ics", "one.ics", "two.ics", "postdesk.conf"};
	PD_AUTO_ARENA arena = pd_arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		unlink(path_to(arena, names[i]));
	rmdir(directory);
	g_free(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_office),
		cmocka_unit_test(test_breaks_later),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
