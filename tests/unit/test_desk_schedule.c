/* Tests of set times of the week: how they are written, when the next is, over changes of daylight saving. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/schedule.h"

static void is_a_time(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{"8:00", true},	       {"08:00", true},	       {"mon 8:00", true},	 {"Monday 8:00", true},
		{"mon-fri 08:00", true}, {"fri-mon 08:00", true}, {"mon,wed 9:30; sat 10:00", true}, {"daily 23:59", true},
		{"weekdays 8:00", true}, {"", false},	       {"mon", false},		 {"mo 8:00", false},
		{"24:00", false},      {"8", false},	       {"8:0", false},		 {"8:60", false},
		{"mon- 8:00", false},  {"mon, 8:00", false},   {"mon-tue-wed 8:00", false}, {"8:00 mon", false},
		{"mon 8:00;x", false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK_ROW(rows[i].text, pd_schedule_is(rows[i].text) == rows[i].want);
}

static void next(void **state)
{
	static const struct {
		const char *name, *zone, *text, *after, *want;
	} rows[] = {
		{"today", "UTC", "8:00", "2026-11-21T07:59:59Z", "2026-11-21T08:00:00Z"},
		{"not this instant again", "UTC", "8:00", "2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z"},
		{"Saturday to Monday", "UTC", "mon-fri 8:00", "2026-11-21T07:00:00Z", "2026-11-23T08:00:00Z"},
		{"a week ahead", "UTC", "sat 8:00", "2026-11-21T09:00:00Z", "2026-11-28T08:00:00Z"},
		{"the first of several", "UTC", "mon 8:00; sun 20:00", "2026-11-21T09:00:00Z", "2026-11-22T20:00:00Z"},
		{"over the week's end", "UTC", "sat-sun 8:00", "2026-11-21T09:00:00Z", "2026-11-22T08:00:00Z"},
		{"in a zone", "Europe/Helsinki", "8:00", "2026-11-21T05:00:00Z", "2026-11-21T06:00:00Z"},
		{"its day is another", "Pacific/Auckland", "sun 8:00", "2026-11-21T12:00:00Z", "2026-11-21T19:00:00Z"},
		{"before the change", "Europe/Helsinki", "8:00", "2026-10-24T03:00:00Z", "2026-10-24T05:00:00Z"},
		{"after it", "Europe/Helsinki", "8:00", "2026-10-24T05:00:00Z", "2026-10-25T06:00:00Z"},
		{"a time that is skipped", "Europe/Helsinki", "3:30", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"},
		{"a time that is there twice: once", "Europe/Helsinki", "3:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		pd_time after;
		assert_true(pd_time_parse(rows[i].after, &after));
		pd_time at = pd_schedule_next(pd_zone_load(arena, rows[i].zone), rows[i].text, after);
		CHECK_ROW_STRING(rows[i].name, pd_time_rfc3339(arena, at), rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(is_a_time), cmocka_unit_test(next)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
