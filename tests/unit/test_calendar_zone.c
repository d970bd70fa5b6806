/* Local time <-> UTC at gaps and overlaps (RFC 5545, section 3.3.5), beside a search minute by
 * minute that uses the C library's conversion. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/text.h"
#include "calendar/zone.h"

static const struct {
	const char *name, *zone, *local, *want;
} points[] = {
	{"winter", "Europe/Berlin", "2026-01-15T12:00", "2026-01-15T11:00:00Z"},
	{"summer", "Europe/Berlin", "2026-07-15T12:00", "2026-07-15T10:00:00Z"},
	{"before the gap", "Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59:00Z"},
	{"gap begins", "Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00:00Z"},
	{"in the gap: offset before it", "Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00Z"},
	{"gap ends", "Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00Z"},
	{"before the overlap", "Europe/Berlin", "2026-10-25T01:59", "2026-10-24T23:59:00Z"},
	{"overlap: the first", "Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00:00Z"},
	{"in the overlap: the first", "Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"},
	{"overlap ends", "Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z"},
	{"gap west of Greenwich", "America/New_York", "2007-03-11T02:30", "2007-03-11T07:30:00Z"},
	{"overlap west of Greenwich", "America/New_York", "2007-11-04T01:30", "2007-11-04T05:30:00Z"},
	{"gap at midnight", "America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00:00Z"},
	{"overlap at midnight: the first", "America/Sao_Paulo", "2018-02-17T23:30", "2018-02-18T01:30:00Z"},
	{"midnight after an overlap", "America/Sao_Paulo", "2018-02-18T00:00", "2018-02-18T03:00:00Z"},
	{"half an hour, gap", "Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z"},
	{"half an hour, overlap", "Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"},
	{"a day that never was", "Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00:00Z"},
	{"the day before it", "Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59:00Z"},
	{"the day after it", "Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00:00Z"},
	{"quarters of an hour", "Asia/Kathmandu", "2026-06-01T00:00", "2026-05-31T18:15:00Z"},
	{"Ramadan", "Africa/Casablanca", "2026-03-01T12:00", "2026-03-01T12:00:00Z"},
	{"beyond the table of zone files", "Europe/Berlin", "2099-07-01T12:00", "2099-07-01T10:00:00Z"},
	{"24:00", "Europe/Berlin", "2026-10-24T24:00", "2026-10-24T22:00:00Z"},
	{"a date alone", "Europe/Helsinki", "2026-12-24", "2026-12-23T22:00:00Z"},
	{"with an offset", "Europe/Helsinki", "2026-12-24T10:00:00-05:00", "2026-12-24T15:00:00Z"},
	{"with Z", "Europe/Helsinki", "2026-12-24T10:00:00Z", "2026-12-24T10:00:00Z"},
};

static void test_points(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(points); i++) {
		const struct pd_zone *zone = pd_zone_load(arena, points[i].zone);
		pd_time time = 0;

		assert_non_null(zone);
		CHECK_ROW(points[i].name, pd_zone_parse(zone, points[i].local, &time));
		CHECK_ROW_STRING(points[i].name, pd_time_rfc3339(arena, time), points[i].want);
	}
}

static void test_not_times(void **state)
{
	static const char *const rows[] = {"",
					   "x",
					   "2026-02-29",
					   "2026-13-01",
					   "2026-01-01T25:00",
					   "2026-01-01T24:01",
					   "2026-01-01T9:00",
					   "2026-01-01T09:60",
					   "20260101",
					   "2026-01-01T09:00:00x"};
	PD_AUTO_ARENA arena = pd_arena_new();
	const struct pd_zone *zone = pd_zone_load(arena, "UTC");
	pd_time time;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(rows[i], !pd_zone_parse(zone, rows[i], &time));
}

static void test_names(void **state)
{
	static const char *const wrong[] = {
		"",	  "Nowhere/Town",   "../etc/passwd", "/etc/localtime", "EST5EDT,M3.2.0,M11.1.0",
		"+02:00", "Europe/Berlin ", "Europe/..",     "Europe"};
	PD_AUTO_ARENA arena = pd_arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		CHECK_ROW(wrong[i], pd_zone_load(arena, wrong[i]) == NULL);
	assert_non_null(pd_zone_load(arena, "Etc/GMT+5"));
	assert_non_null(pd_zone_load(arena, "UTC"));
}

static const char *const zones[] = {
	"Europe/Helsinki",   "America/Sao_Paulo", "Asia/Kathmandu",   "Australia/Lord_Howe",
	"Africa/Casablanca", "Pacific/Apia",	  "America/New_York", "UTC"};

static pd_time local_by_libc(pd_time utc)
{
	time_t seconds = (time_t)(utc / PD_SECOND);
	struct tm tm;

	localtime_r(&seconds, &tm);
	return pd_day_number(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * PD_DAY + tm.tm_hour * PD_HOUR +
	       tm.tm_min * PD_MINUTE;
}

/* The first instant at which a wall clock shows the time, searched for; where none does, the
 * instant by the offset that held a day before. */
static pd_time utc_by_search(pd_time local)
{
	pd_time before = local - 26 * PD_HOUR;

	for (pd_time utc = before; utc < local + 26 * PD_HOUR; utc += 15 * PD_MINUTE)
		if (local_by_libc(utc) == local)
			return utc;
	return local - (local_by_libc(before) - before);
}

static void test_beside_libc(void **state)
{
	(void)state;
	for (size_t z = 0; z < COUNT(zones); z++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const struct pd_zone *zone = pd_zone_load(arena, zones[z]);

		setenv("TZ", zones[z], 1);
		tzset();
		for (size_t i = 1; i < zone->count; i++) {
			if (zone->at[i] > pd_day_number(2036, 1, 1) * PD_DAY ||
			    zone->at[i] < 10 * 365 * PD_DAY || zone->at[i] % (15 * PD_MINUTE))
				continue;
			for (pd_time by = -30 * PD_HOUR; by <= 30 * PD_HOUR; by += 30 * PD_MINUTE) {
				pd_time utc = zone->at[i] + by, local = local_by_libc(utc);

				if (pd_zone_to_local(zone, utc) != local)
					fail_msg("%s %s", zones[z], pd_time_rfc3339(arena, utc));
				local = utc + zone->offset[i];
				if (pd_zone_to_utc(zone, local) != utc_by_search(local))
					fail_msg("%s local %s", zones[z], pd_time_rfc3339(arena, local));
			}
		}
	}
	unsetenv("TZ");
	tzset();
}

static void test_days(void **state)
{
	int64_t day = pd_day_number(1599, 12, 31);

	(void)state;
	assert_int_equal(pd_day_number(1970, 1, 1), 0);
	assert_int_equal(pd_day_weekday(0), 3);
	assert_int_equal(pd_day_of(-1), -1);
	assert_int_equal(pd_day_of(-PD_DAY), -1);
	assert_int_equal(pd_day_of(-PD_DAY - 1), -2);
	for (int year = 1600; year < 2401; year++)
		for (int month = 1; month <= 12; month++)
			for (int of_month = 1; of_month <= pd_month_days(year, month); of_month++) {
				int y, m, d;

				assert_int_equal(pd_day_number(year, month, of_month), ++day);
				pd_day_civil(day, &y, &m, &d);
				assert_true(y == year && m == month && d == of_month);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_points),	    cmocka_unit_test(test_not_times),
		cmocka_unit_test(test_names),	    cmocka_unit_test(test_days),
		cmocka_unit_test(test_beside_libc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
