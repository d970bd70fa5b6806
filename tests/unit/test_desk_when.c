/* Times as people write them. Now is Saturday 2026-11-21 16:00 in Helsinki, 14:00 UTC. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/when.h"

static struct pd_when_place place_in(struct pd_arena *arena, const char *zone, const char *now)
{
	struct pd_when_place place = {.zone = pd_zone_load(arena, zone)};
	assert_true(pd_time_parse(now, &place.now));
	return place;
}

static const struct {
	const char *input;
	const char *want; /* UTC; "" no time. A day alone: "day …" */
} rows[] = {
	{"monday", "day 2026-11-22T22:00:00Z"},
	{"Monday.", "day 2026-11-22T22:00:00Z"},
	{"Monday", "day 2026-11-22T22:00:00Z"},
	{"next monday", "day 2026-11-22T22:00:00Z"},
	{"saturday", "day 2026-11-27T22:00:00Z"},
	{"saturday 17:00", "2026-11-21T15:00:00Z"},
	{"saturday 15:00", "2026-11-28T13:00:00Z"},
	{"mon 9:00", "2026-11-23T07:00:00Z"},
	{"Mon, 9:00", "2026-11-23T07:00:00Z"},
	{"lundi à 9h30", "2026-11-23T07:30:00Z"},
	{"Montag um 9", "2026-11-23T07:00:00Z"},
	{"am Montag um 9.30", "2026-11-23T07:30:00Z"},
	{"w poniedziałek o 9", "2026-11-23T07:00:00Z"},
	{"maanantaina klo 9.30", "2026-11-23T07:30:00Z"},
	{"maanantaina 9.30", "2026-11-23T07:30:00Z"},
	{"24.12.2026 17.30", "2026-12-24T15:30:00Z"},
	{"tomorrow", "day 2026-11-21T22:00:00Z"},
	{"tomorrow 9:00", "2026-11-22T07:00:00Z"},
	{"9:00 tomorrow", "2026-11-22T07:00:00Z"},
	{"tomorrow at 9", "2026-11-22T07:00:00Z"},
	{"tomorrow 5pm", "2026-11-22T15:00:00Z"},
	{"tomorrow 12am", "2026-11-21T22:00:00Z"},
	{"tomorrow noon", "2026-11-22T10:00:00Z"},
	{"demain", "day 2026-11-21T22:00:00Z"},
	{"jutro", "day 2026-11-21T22:00:00Z"},
	{"huomenna", "day 2026-11-21T22:00:00Z"},
	{"morgen 24:00", "2026-11-22T22:00:00Z"},
	{"übermorgen", "day 2026-11-22T22:00:00Z"},
	{"today", "day 2026-11-20T22:00:00Z"},
	{"today 18:00", "2026-11-21T16:00:00Z"},
	{"17:00", "2026-11-21T15:00:00Z"},
	{"15:00", "2026-11-22T13:00:00Z"},
	{"16:00", "2026-11-22T14:00:00Z"}, /* now is no time to come */
	{"2026-12-24", "day 2026-12-23T22:00:00Z"},
	{"2026-12-24 9:00", "2026-12-24T07:00:00Z"},
	{"2026-12-24 09:00", "2026-12-24T07:00:00Z"},
	{"2026-12-24T09:00:00Z", "2026-12-24T09:00:00Z"},
	{"2026-12-24T09:00:00+01:00", "2026-12-24T08:00:00Z"},
	{"2020-02-29", "day 2020-02-28T22:00:00Z"}, /* past: the caller's to refuse */
	{"24.12.", "day 2026-12-23T22:00:00Z"},
	{"24.12.2026 18:00", "2026-12-24T16:00:00Z"},
	{"20.11.", "day 2027-11-19T22:00:00Z"},
	{"29.2.", "day 2028-02-28T22:00:00Z"},
	{"24 december", "day 2026-12-23T22:00:00Z"},
	{"december 24", "day 2026-12-23T22:00:00Z"},
	{"Dec 24th, 2027", "day 2027-12-23T22:00:00Z"},
	{"24. Dezember 2026 um 18", "2026-12-24T16:00:00Z"},
	{"2d", "2026-11-23T14:00:00Z"},
	{"1h30m", "2026-11-21T15:30:00Z"},
	{"90s", "2026-11-21T14:01:30Z"},
	{"1w", "2026-11-28T14:00:00Z"},
	{"in 2 days", "2026-11-23T14:00:00Z"},
	{"in an hour", "2026-11-21T15:00:00Z"},
	{"2 hours", "2026-11-21T16:00:00Z"},
	{"in 3 Wochen", "2026-12-12T14:00:00Z"},
	{"za 2 dni", "2026-11-23T14:00:00Z"},
	{"dans 2 jours", "2026-11-23T14:00:00Z"},
	{"2 days 3 hours", "2026-11-23T17:00:00Z"},
	/* no times */
	{"", ""},
	{" ", ""},
	{"soon", ""},
	{"at", ""},
	{"9", ""},
	{"25:00", ""},
	{"9:60", ""},
	{"24:30", ""},
	{"13pm", ""},
	{"0am", ""},
	{"2026-02-29", ""},
	{"2026-13-01", ""},
	{"31.4.", ""},
	{"3/4/2026", ""},
	{"monday tuesday", ""},
	{"9:00 10:00", ""},
	{"2d monday", ""},
	{"monday please", ""},
	{"9999999d", ""},
	{"-2d", ""},
	{"2d2", ""},
	{"99999-01-01", ""},
	{"9999-01-01", ""},
	{"tomorrow tomorrow tomorrow tomorrow tomorrow tomorrow tomorrow tomorrow tomorrow", ""},
};

static char *words_of(struct pd_arena *arena, const struct pd_when *when)
{
	return pd_printf(arena, "%s%s", when->has_time ? "" : "day ", pd_time_rfc3339(arena, when->at));
}

static void test_rows(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_when_place place = place_in(arena, "Europe/Helsinki", "2026-11-21T14:00:00Z");
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pd_when when;
		bool is_time = pd_when_parse(&place, rows[i].input, &when);
		const char *got = is_time ? words_of(arena, &when) : "";
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("\"%s\": %s instead of %s", rows[i].input, got, rows[i].want);
	}
}

/* The day is the reader's, and hours that a change of clocks takes or doubles are read as RFC 5545 says. */
static void test_zones(void **state)
{
	static const struct {
		const char *zone, *now, *input, *want;
	} tests[] = {
		{"Pacific/Auckland", "2026-11-21T14:00:00Z", "tomorrow 9:00", "2026-11-22T20:00:00Z"},
		{"America/Sao_Paulo", "2026-11-22T02:00:00Z", "tomorrow 9:00", "2026-11-22T12:00:00Z"},
		{"Asia/Kathmandu", "2026-11-21T14:00:00Z", "monday 9:00", "2026-11-23T03:15:00Z"},
		{"Europe/Helsinki", "2026-03-28T12:00:00Z", "tomorrow 3:30", "2026-03-29T01:30:00Z"},
		{"Europe/Helsinki", "2026-10-24T12:00:00Z", "tomorrow 3:30", "2026-10-25T00:30:00Z"},
		{"Europe/Helsinki", "2026-10-24T12:00:00Z", "2d", "2026-10-26T12:00:00Z"},
		{"Europe/Helsinki", "2026-03-28T23:30:00Z", "tomorrow", "day 2026-03-29T21:00:00Z"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
		struct pd_when_place place = place_in(arena, tests[i].zone, tests[i].now);
		struct pd_when when;
		assert_true(pd_when_parse(&place, tests[i].input, &when));
		if (strcmp(words_of(arena, &when), tests[i].want) != 0)
			fail_msg("%s in %s: %s instead of %s", tests[i].input, tests[i].zone,
				 words_of(arena, &when), tests[i].want);
	}
}

static struct pd_calendar *office(void)
{
	struct pd_calendar_week week = {.zone = "Europe/Helsinki"};
	struct pd_calendar_range ranges[5];
	for (int day = 0; day < 5; day++)
		ranges[day] = (struct pd_calendar_range){day, 9 * 60, 17 * 60};
	week.ranges.items = ranges;
	week.ranges.count = 5;
	return pd_calendar_from_week(&week);
}

/* The words at the beginning of a text, its morning, its end. */
static void test_rest(void **state)
{
	static const struct {
		const char *input;
		size_t words;
		const char *at, *morning, *end; /* of a calendar with office hours */
	} tests[] = {
		{"monday call Carol", 1, "2026-11-22T22:00:00Z", "2026-11-23T07:00:00Z", "2026-11-23T22:00:00Z"},
		{"saturday", 1, "2026-11-27T22:00:00Z", "2026-11-28T06:00:00Z", "2026-11-28T22:00:00Z"},
		{"tomorrow 9:00 call Carol", 2, "2026-11-22T07:00:00Z", "2026-11-22T07:00:00Z",
		 "2026-11-22T07:00:00Z"},
		{"2wd", 1, "2026-11-24T15:00:00Z", "2026-11-24T15:00:00Z", "2026-11-24T15:00:00Z"},
		{"in 2 days 5 boxes", 3, "2026-11-23T14:00:00Z", "2026-11-23T14:00:00Z", "2026-11-23T14:00:00Z"},
		{"2026-12-24T09:00:00Z Christmas", 1, "2026-12-24T09:00:00Z", "2026-12-24T09:00:00Z",
		 "2026-12-24T09:00:00Z"},
		{"call Carol monday", 0, NULL, NULL, NULL},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_calendar *calendar = office();
	struct pd_when_place place = place_in(arena, "Europe/Helsinki", "2026-11-21T14:00:00Z");
	(void)state;
	place.calendar = calendar;
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
		struct pd_strings words = pd_split(arena, tests[i].input, ' ');
		struct pd_when when;
		assert_int_equal(pd_when_parse_words(&place, &words, &when), tests[i].words);
		if (tests[i].words == 0)
			continue;
		assert_string_equal(pd_time_rfc3339(arena, when.at), tests[i].at);
		assert_string_equal(pd_time_rfc3339(arena, pd_when_morning(&place, &when)), tests[i].morning);
		assert_string_equal(pd_time_rfc3339(arena, pd_when_end(&place, &when)), tests[i].end);
	}
	assert_string_equal(pd_when_text(arena, NULL, place.zone, place.now), "Sat 2026-11-21 16:00");
	pd_calendar_unref(calendar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
