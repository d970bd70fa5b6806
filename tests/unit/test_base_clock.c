/* Tests of src/base/clock.c. */
#include "check.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

static void test_parse(void **state)
{
	(void)state;
	static const struct {
		const char *input;
		bool is_valid;
		const char *want; /* in UTC */
	} rows[] = {
		{"2026-11-21T14:03:00Z", true, "2026-11-21T14:03:00Z"},
		{"2026-11-21t14:03:00z", true, "2026-11-21T14:03:00Z"},
		{"2026-11-21T14:03:00.75Z", true, "2026-11-21T14:03:00Z"},
		{"2026-11-21T16:03:00+02:00", true, "2026-11-21T14:03:00Z"},
		{"2026-11-21T08:33:00-0530", true, "2026-11-21T14:03:00Z"},
		{"2026-11-21 14:03:00", true, "2026-11-21T14:03:00Z"},
		{"2026-11-21 14:03", true, "2026-11-21T14:03:00Z"},
		{"2026-11-21", true, "2026-11-21T00:00:00Z"},
		{"2024-02-29", true, "2024-02-29T00:00:00Z"},
		{"1969-12-31T23:59:59Z", true, "1969-12-31T23:59:59Z"},
		{"0001-01-01", true, "0001-01-01T00:00:00Z"},
		{"9999-12-31T23:59:59Z", true, "9999-12-31T23:59:59Z"},
		{"2016-12-31T23:59:60Z", true, "2017-01-01T00:00:00Z"},
		{"2026-02-29", false, NULL},
		{"1900-02-29", false, NULL},
		{"2026-13-01", false, NULL},
		{"2026-00-01", false, NULL},
		{"2026-11-00", false, NULL},
		{"2026-11-21T24:00:00Z", false, NULL},
		{"2026-11-21T14:60:00Z", false, NULL},
		{"2026-11-21T14:03:61Z", false, NULL},
		{"2026-11-21T14:03:00+24:00", false, NULL},
		{"2026-11-21T14:03:00.Z", false, NULL},
		{"2026-11-21T", false, NULL},
		{"2026-11-21x", false, NULL},
		{"2026-11-21T14:03:00Zx", false, NULL},
		{"26-11-21", false, NULL},
		{"", false, NULL},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		pd_time time = 77;
		CHECK_ROW(rows[i].input, pd_time_parse(rows[i].input, &time) == rows[i].is_valid);
		if (rows[i].is_valid)
			CHECK_ROW_STRING(rows[i].input, pd_time_rfc3339(arena, time), rows[i].want);
		else
			CHECK_ROW(rows[i].input, time == 77);
	}
	assert_null(pd_time_rfc3339(arena, 0));
}

/* Against the C library, a day in each of many months. */
static void test_calendar(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	for (int64_t day = -200000; day < 200000; day += 29) {
		time_t seconds = (time_t)(day * 86400 + 12345);
		struct tm tm;
		char want[64];
		gmtime_r(&seconds, &tm);
		strftime(want, sizeof want, "%a, %e %b %Y %H:%M:%S +0000", &tm);
		char *got = pd_time_rfc5322(arena, seconds * PD_SECOND, NULL);
		if (want[5] == ' ')
			__builtin_memmove(want + 5, want + 6, sizeof want - 6);
		assert_string_equal(got, want);
	}
}

static void test_zones(void **state)
{
	(void)state;
	static const struct {
		const char *time, *zone, *want, *want_short;
	} rows[] = {
		{"2026-11-21T14:03:00Z", NULL, "Sat, 21 Nov 2026 14:03:00 +0000", "2026-11-21 14:03"},
		{"2026-11-21T14:03:00Z", "UTC", "Sat, 21 Nov 2026 14:03:00 +0000", "2026-11-21 14:03"},
		{"2026-11-21T14:03:00Z", "Europe/Helsinki", "Sat, 21 Nov 2026 16:03:00 +0200",
		 "2026-11-21 16:03"},
		{"2026-07-01T23:03:00Z", "Europe/Helsinki", "Thu, 2 Jul 2026 02:03:00 +0300",
		 "2026-07-02 02:03"},
		{"2026-07-01T00:03:00Z", "America/St_Johns", "Tue, 30 Jun 2026 21:33:00 -0230",
		 "2026-06-30 21:33"},
		{"2026-07-01T00:03:00Z", "No/Where", "Wed, 1 Jul 2026 00:03:00 +0000", "2026-07-01 00:03"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		pd_time time;
		assert_true(pd_time_parse(rows[i].time, &time));
		CHECK_ROW_STRING(rows[i].time, pd_time_rfc5322(arena, time, rows[i].zone), rows[i].want);
		CHECK_ROW_STRING(rows[i].time, pd_time_short(arena, time, rows[i].zone), rows[i].want_short);
	}
}

static void test_durations(void **state)
{
	(void)state;
	static const struct {
		const char *input;
		bool is_valid;
		pd_time want;
		const char *text;
	} rows[] = {
		{"30s", true, 30 * PD_SECOND, "30s"},
		{"15m", true, 15 * PD_MINUTE, "15m"},
		{"4h", true, 4 * PD_HOUR, "4h"},
		{"2d", true, 2 * PD_DAY, "2d"},
		{"1h30m", true, 90 * PD_MINUTE, "1h 30m"},
		{"2d4h5m", true, 2 * PD_DAY + 4 * PD_HOUR + 5 * PD_MINUTE, "2d 4h"},
		{"90s", true, 90 * PD_SECOND, "1m 30s"},
		{"1d1s", true, PD_DAY + PD_SECOND, "1d"},
		{"0s", true, 0, "0s"},
		{"", false, 0, NULL},
		{"4", false, 0, NULL},
		{"h", false, 0, NULL},
		{"-4h", false, 0, NULL},
		{"4h ", false, 0, NULL},
		{"3wd", false, 0, NULL},
		{"1.5h", false, 0, NULL},
		{"99999999999999999999d", false, 0, NULL},
		{"9999999999999d", false, 0, NULL},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		pd_time got = 77;
		CHECK_ROW(rows[i].input, pd_duration_parse(rows[i].input, &got) == rows[i].is_valid);
		CHECK_ROW(rows[i].input, got == (rows[i].is_valid ? rows[i].want : 77));
		if (rows[i].is_valid)
			CHECK_ROW_STRING(rows[i].input, pd_duration_text(arena, got), rows[i].text);
	}
	assert_string_equal(pd_duration_text(arena, -90 * PD_MINUTE), "-1h 30m");
	assert_string_equal(pd_duration_text(arena, 999), "0s");
}

static void test_now(void **state)
{
	(void)state;
	pd_time want;
	assert_true(pd_time_parse("2026-03-01T10:00:00Z", &want));
	setenv("POSTDESK_NOW", "2026-03-01T12:00:00+02:00", 1);
	assert_int_equal(pd_now(), want);
	unsetenv("POSTDESK_NOW");
	pd_time now = pd_now();
	assert_true(llabs(now - (pd_time)time(NULL) * 1000) < 5000);
	int64_t before = pd_monotonic();
	assert_true(pd_monotonic() >= before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse), cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_zones), cmocka_unit_test(test_durations),
		cmocka_unit_test(test_now),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
