/* Working-time arithmetic by hand: what people argue about, and the ends of time; threads. */
#include "check.h"

#include <glib.h>
#include "calendar/calendar.h"

/* --- by hand: what people argue about --- */

static const struct {
	const char *name, *start;
	unsigned days;
	const char *want;
} day_rows[] = {
	{"the same time on the next day", "2026-01-05T10:00", 1, "2026-01-06T10:00"},
	{"from the opening: that day's closing", "2026-01-05T09:00", 1, "2026-01-05T17:00"},
	{"from before the opening", "2026-01-05T07:00", 1, "2026-01-05T17:00"},
	{"over the weekend", "2026-01-09T10:00", 1, "2026-01-12T10:00"},
	{"from the weekend: Monday's closing", "2026-01-10T12:00", 1, "2026-01-12T17:00"},
	{"from a closing time", "2026-01-05T17:00", 1, "2026-01-06T17:00"},
	{"three days over a holiday", "2026-01-05T10:00", 3, "2026-01-09T10:00"},
	{"the day is shorter: its closing", "2026-01-08T16:00", 1, "2026-01-09T14:00"},
	{"none: the next opening", "2026-01-10T12:00", 0, "2026-01-12T09:00"},
};

static struct pd_calendar *office(struct pd_arena *arena)
{
	struct pd_calendar_week week = {.zone = "Europe/Helsinki"};

	for (int day = 0; day < 5; day++)
		*pd_list_add(arena, &week.ranges) =
			(struct pd_calendar_range){day, 540, day == 4 ? 840 : 1020};
	*pd_list_add(arena, &week.holidays) = "2026-01-07";
	return pd_calendar_from_week(&week);
}

static void test_working_days(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_calendar *calendar = office(arena);

	(void)state;
	for (size_t i = 0; i < COUNT(day_rows); i++) {
		pd_time start, want, got;

		assert_true(pd_zone_parse(pd_calendar_zone(calendar), day_rows[i].start, &start));
		assert_true(pd_zone_parse(pd_calendar_zone(calendar), day_rows[i].want, &want));
		got = pd_calendar_add_days(calendar, start, day_rows[i].days);
		CHECK_ROW_STRING(day_rows[i].name, pd_time_rfc3339(arena, got), pd_time_rfc3339(arena, want));
	}
	pd_calendar_unref(calendar);
}

static void test_amounts(void **state)
{
	static const struct {
		const char *text;
		bool is_valid;
		pd_time working;
		unsigned days;
	} amounts[] = {
		{"4h", true, 4 * PD_HOUR, 0},
		{"90m", true, 90 * PD_MINUTE, 0},
		{"1h30m", true, 90 * PD_MINUTE, 0},
		{"3wd", true, 0, 3},
		{"2d", true, 48 * PD_HOUR, 0},
		{"wd", false, 0, 0},
		{"3 wd", false, 0, 0},
		{"-1h", false, 0, 0},
		{"", false, 0, 0},
		{"1wd4h", false, 0, 0},
		{"99999999wd", false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(amounts); i++) {
		struct pd_calendar_amount amount = {0};

		CHECK_ROW(amounts[i].text,
			  pd_calendar_amount_parse(amounts[i].text, &amount) == amounts[i].is_valid);
		CHECK_ROW(amounts[i].text,
			  amount.working == amounts[i].working && amount.days == amounts[i].days);
	}
}

static void test_ends_of_time(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_calendar *always = pd_calendar_always(), *desk = office(arena);
	struct pd_calendar_week week = {.zone = "UTC"};
	struct pd_calendar *never = pd_calendar_from_week(&week);
	pd_time now = pd_day_number(2026, 1, 5) * PD_DAY;

	(void)state;
	assert_true(pd_calendar_is_open(always, now));
	assert_int_equal(pd_calendar_add(always, now, 5 * PD_HOUR), now + 5 * PD_HOUR);
	assert_int_equal(pd_calendar_add(always, now, -5 * PD_HOUR), now - 5 * PD_HOUR);
	assert_int_equal(pd_calendar_add_days(always, now + PD_HOUR, 2), now + PD_HOUR + 2 * PD_DAY);
	assert_int_equal(pd_calendar_next_close(always, now), PD_NEVER);
	assert_int_equal(pd_calendar_add(always, now, 400 * 366 * PD_DAY), PD_NEVER);
	assert_int_equal(pd_calendar_add(always, now, INT64_MAX), PD_NEVER);
	assert_int_equal(pd_calendar_add(always, now, -400 * 366 * PD_DAY), -PD_NEVER);
	assert_false(pd_calendar_is_open(never, now));
	assert_int_equal(pd_calendar_next_open(never, now), PD_NEVER);
	assert_int_equal(pd_calendar_add(never, now, PD_HOUR), PD_NEVER);
	assert_int_equal(pd_calendar_add(never, now, -PD_HOUR), -PD_NEVER);
	assert_int_equal(pd_calendar_add_days(never, now, 1), PD_NEVER);
	assert_int_equal(pd_calendar_between(never, 0, PD_NEVER), 0);
	assert_int_equal(pd_calendar_between(desk, now, now), 0);
	assert_int_equal(pd_calendar_between(desk, now + 1, now), 0);
	assert_int_equal(pd_calendar_next_open(desk, PD_NEVER - 1), PD_NEVER);
	/* Far from now the table has made itself longer. */
	assert_true(pd_calendar_is_open(desk, pd_day_number(1971, 1, 4) * PD_DAY + 10 * PD_HOUR));
	assert_true(pd_calendar_is_open(desk, pd_day_number(2199, 12, 2) * PD_DAY + 10 * PD_HOUR));
	assert_false(pd_calendar_is_open(desk, pd_day_number(2300, 12, 2) * PD_DAY + 10 * PD_HOUR));
	pd_calendar_unref(always);
	pd_calendar_unref(never);
	pd_calendar_unref(desk);
}

/* --- threads --- */

#define QUESTIONS 2000

struct asker {
	struct pd_calendar *calendar;
	pd_time answers[QUESTIONS];
};

static void *ask_all(void *data)
{
	struct asker *asker = data;
	GRand *rand = g_rand_new_with_seed(8);

	for (int i = 0; i < QUESTIONS; i++) {
		pd_time start = (pd_time)(g_rand_double(rand) * (double)PD_ZONE_LAST);

		start = i % 2 ? start / 3 : start;
		asker->answers[i] = i % 3 == 0 ? pd_calendar_add(asker->calendar, start, i * PD_MINUTE)
				    : i % 3 == 1
					    ? pd_calendar_between(asker->calendar, start, start + i * PD_HOUR)
					    : pd_calendar_add_days(asker->calendar, start, (unsigned)i % 50);
	}
	g_rand_free(rand);
	return NULL;
}

static void test_threads(void **state)
{
	static struct asker alone, together[8];
	PD_AUTO_ARENA arena = pd_arena_new();

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct pd_calendar *calendar = office(arena), *shared = office(arena);
		GThread *threads[8];

		alone.calendar = calendar;
		ask_all(&alone);
		for (int i = 0; i < 8; i++) {
			together[i].calendar = pd_calendar_ref(shared);
			threads[i] = g_thread_new("asker", ask_all, &together[i]);
		}
		for (int i = 0; i < 8; i++) {
			g_thread_join(threads[i]);
			assert_memory_equal(together[i].answers, alone.answers, sizeof alone.answers);
			pd_calendar_unref(shared);
		}
		pd_calendar_unref(shared);
		pd_calendar_unref(calendar);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_working_days),
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_ends_of_time),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
