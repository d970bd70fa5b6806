/* Recurrence rules: what is taken and refused, and that our expansion gives what libical's
 * gives for thousands of random rules that libical is safe with. */
#include "check.h"

#include <glib.h>
#include <libical/ical.h>

#include "base/clock.h"
#include "calendar/recur.h"

/* --- refused, with the reason --- */

static const struct {
	const char *rule, *why; /* NULL: taken */
} parses[] = {
	{"FREQ=WEEKLY;BYDAY=MO,TU", NULL},
	{"freq=weekly;byday=mo", NULL},
	{"FREQ=DAILY;BYHOUR=9,13", NULL},
	{"FREQ=MONTHLY;BYDAY=2MO,-1FR", NULL},
	{"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "the rule is finer than DAILY"},
	{"FREQ=MINUTELY", "the rule is finer than DAILY"},
	{"FREQ=HOURLY;INTERVAL=24", "the rule is finer than DAILY"},
	{"FREQ=WEEKLY;BYDAYS=MO", "not a recurrence rule"},
	{"FREQ=OFTEN", "not a recurrence rule"},
	{"", "not a recurrence rule"},
	{"INTERVAL=2", "not a recurrence rule"},
	{"FREQ=DAILY;COUNT=99999999999", "not a recurrence rule"},
	{"FREQ=DAILY;COUNT=0", "not a recurrence rule"},
	{"FREQ=DAILY;INTERVAL=0", "not a recurrence rule"},
	{"FREQ=DAILY;UNTIL=20260230", "UNTIL is no date of the calendar"},
	{"FREQ=YEARLY;BYMONTH=13", "BYMONTH is not from 1 to 12"},
	{"RSCALE=HEBREW;FREQ=YEARLY", "RSCALE other than GREGORIAN"},
	{"FREQ=DAILY;BYMINUTE=30", "BYMINUTE and BYSECOND are taken only together with BYHOUR"},
	{"FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,"
	 "24,25",
	 "the rule names too many times of a day"},
};

static void test_parse(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(parses); i++) {
		const char *why = NULL;
		const struct recur *recur = pd_recur_parse(arena, parses[i].rule, &why);

		if (!parses[i].why && !recur)
			fail_msg("%s: refused: %s", parses[i].rule, why);
		if (parses[i].why && recur)
			fail_msg("%s: taken", parses[i].rule);
		if (parses[i].why)
			assert_string_equal(why, parses[i].why);
	}
}

/* --- rules that never happen end, and are known --- */

static const struct {
	const char *rule;
	bool want;
} happens[] = {
	{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", false},
	{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", false},
	{"FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31", false},
	{"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", false},
	{"FREQ=YEARLY;BYWEEKNO=20;BYMONTH=1", false},
	{"FREQ=DAILY;BYYEARDAY=366;BYMONTH=1", false},
	{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", true},
	{"FREQ=YEARLY;BYYEARDAY=366", true},
	{"FREQ=YEARLY;BYWEEKNO=53", true},
};

static void test_happens(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	int64_t started = cpu_time();

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(happens); i++) {
		const char *why;
		const struct recur *recur = pd_recur_parse(arena, happens[i].rule, &why);
		int64_t steps = 1000000;
		struct recur_span span = {.start = pd_day_number(2026, 1, 5) * PD_DAY,
					  .steps = &steps,
					  .zone = pd_zone_load(arena, "UTC")};

		assert_non_null(recur);
		if (pd_recur_happens(recur, &span) != happens[i].want)
			fail_msg("%s", happens[i].rule);
		assert_true(steps >= 0);
	}
	assert_true(cpu_time() - started < 1000);
}

/* --- beside libical --- */

struct found {
	pd_time times[400];
	size_t count, limit;
};

static bool note(void *context, pd_time local)
{
	struct found *found = context;

	found->times[found->count++] = local;
	return found->count < found->limit;
}

static size_t from_libical(const char *rule, int64_t day, pd_time of_day, pd_time to, struct found *found)
{
	struct icaltimetype start = icaltime_null_time(), next;
	icalrecur_iterator *iterator;
	int year, month, mday;

	pd_day_civil(day, &year, &month, &mday);
	start.year = year;
	start.month = month;
	start.day = mday;
	start.hour = (int)(of_day / PD_HOUR);
	start.minute = (int)(of_day / PD_MINUTE % 60);
	iterator = icalrecur_iterator_new(icalrecurrencetype_from_string(rule), start);
	while (iterator && found->count < found->limit) {
		pd_time at;

		next = icalrecur_iterator_next(iterator);
		if (icaltime_is_null_time(next))
			break;
		at = pd_day_number(next.year, next.month, next.day) * PD_DAY + next.hour * PD_HOUR +
		     next.minute * PD_MINUTE + next.second * PD_SECOND;
		if (at >= to)
			break;
		found->times[found->count++] = at;
	}
	if (iterator)
		icalrecur_iterator_free(iterator);
	return found->count;
}

static const char *pick_days(GRand *rand, char *text, size_t room, bool is_numbered)
{
	static const char *const names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
	static const char *const numbers[] = {"1", "2", "-1", "3", "-2"};
	int n = g_rand_int_range(rand, 1, 4), first = g_rand_int_range(rand, 0, 7);

	*text = '\0';
	for (int i = 0; i < n; i++) {
		if (i)
			g_strlcat(text, ",", room);
		if (is_numbered)
			g_strlcat(text, numbers[g_rand_int_range(rand, 0, 5)], room);
		g_strlcat(text, names[(first + 2 * i) % 7], room);
	}
	return text;
}

/* Only combinations whose meaning RFC 5545 fixes. */
static void make_rule(GRand *rand, char *rule, size_t room)
{
	char days[64], part[100];
	bool numbered = g_rand_boolean(rand);
	int kind = g_rand_int_range(rand, 0, 10), month = g_rand_int_range(rand, 1, 13);

	pick_days(rand, days, sizeof days, kind == 4 && numbered);
	switch (kind) {
	case 0:
		g_snprintf(rule, room, "FREQ=DAILY");
		break;
	case 1:
		g_snprintf(rule, room, "FREQ=DAILY;BYDAY=%s;BYMONTH=%d", days, month);
		break;
	case 2:
		g_snprintf(rule, room, "FREQ=WEEKLY");
		break;
	case 3:
		g_snprintf(rule, room, "FREQ=WEEKLY;BYDAY=%s;WKST=%s", days, numbered ? "SU" : "MO");
		break;
	case 4:
		g_snprintf(rule, room, "FREQ=MONTHLY;BYDAY=%s", days);
		break;
	case 5:
		g_snprintf(rule, room, "FREQ=MONTHLY;BYMONTHDAY=%d,-%d", g_rand_int_range(rand, 1, 32),
			   g_rand_int_range(rand, 1, 10));
		break;
	case 6:
		g_snprintf(rule, room, "FREQ=MONTHLY;BYDAY=%s;BYSETPOS=%s", days, numbered ? "1,-1" : "2");
		break;
	case 7:
		g_snprintf(rule, room, "FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%d", month,
			   g_rand_int_range(rand, 1, 29));
		break;
	case 8:
		pick_days(rand, days, sizeof days, true);
		g_snprintf(rule, room, "FREQ=YEARLY;BYMONTH=%d;BYDAY=%s", month, days);
		break;
	default:
		g_snprintf(rule, room, "FREQ=YEARLY;BYYEARDAY=%d,-%d", g_rand_int_range(rand, 1, 366),
			   g_rand_int_range(rand, 1, 100));
	}
	if (g_rand_boolean(rand)) {
		g_snprintf(part, sizeof part, ";INTERVAL=%d", g_rand_int_range(rand, 2, kind < 4 ? 5 : 3));
		g_strlcat(rule, part, room);
	}
	if (g_rand_int_range(rand, 0, 3) == 0) {
		g_snprintf(part, sizeof part, ";COUNT=%d", g_rand_int_range(rand, 1, 40));
		g_strlcat(rule, part, room);
	} else if (g_rand_int_range(rand, 0, 3) == 0) {
		g_snprintf(part, sizeof part, ";UNTIL=20%02d0315T100000", g_rand_int_range(rand, 20, 40));
		g_strlcat(rule, part, room);
	}
}

static int by_time(const void *a, const void *b)
{
	const pd_time *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void test_beside_libical(void **state)
{
	GRand *rand = g_rand_new_with_seed(5545);

	(void)state;
	for (int round = 0; round < 4000; round++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct found ours = {.limit = 60}, theirs = {.limit = 60};
		int64_t day = pd_day_number(2020, 1, 1) + g_rand_int_range(rand, 0, 3000), steps = 10000000;
		pd_time of_day = g_rand_int_range(rand, 0, 96) * 15 * PD_MINUTE;
		struct recur_span span = {
			.start = day * PD_DAY + of_day, .zone = pd_zone_load(arena, "UTC"), .steps = &steps};
		const struct recur *recur;
		const char *why;
		char rule[300];

		make_rule(rand, rule, sizeof rule);
		span.from = span.start;
		span.to = span.start + 20 * 366 * PD_DAY;
		recur = pd_recur_parse(arena, rule, &why);
		if (!recur)
			fail_msg("%s: %s", rule, why);
		/* Where the rule does not name DTSTART, RFC 5545 leaves its meaning open. */
		ours.limit = 1;
		pd_recur_expand(recur, &span, note, &ours);
		if (ours.count == 0)
			continue;
		span.start = span.from = ours.times[0];
		ours = (struct found){.limit = 60};
		pd_recur_expand(recur, &span, note, &ours);
		from_libical(rule, pd_day_of(span.start), of_day, span.to, &theirs);
		qsort(theirs.times, theirs.count, sizeof theirs.times[0], by_time);
		if (ours.count != theirs.count ||
		    memcmp(ours.times, theirs.times, ours.count * sizeof ours.times[0]) != 0) {
			for (size_t i = 0; i < 12; i++)
				printf("%s | %s\n",
				       i < ours.count ? pd_time_rfc3339(arena, ours.times[i]) : "-",
				       i < theirs.count ? pd_time_rfc3339(arena, theirs.times[i]) : "-");
			fail_msg("%s from %s: ours %zu, libical %zu", rule,
				 pd_time_rfc3339(arena, span.start), ours.count, theirs.count);
		}
	}
	g_rand_free(rand);
}

/* A window far from the start gives what the whole expansion has there. */
static void test_window(void **state)
{
	GRand *rand = g_rand_new_with_seed(7953);

	(void)state;
	for (int round = 0; round < 2000; round++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct found whole = {.limit = 400}, part = {.limit = 400};
		int64_t steps = 100000000;
		struct recur_span span = {.start = pd_day_number(1601, 1, 1) * PD_DAY + 9 * PD_HOUR,
					  .zone = pd_zone_load(arena, "UTC"),
					  .steps = &steps};
		const struct recur *recur;
		const char *why;
		char rule[300];

		make_rule(rand, rule, sizeof rule);
		if (strstr(rule, "COUNT"))
			continue;
		recur = pd_recur_parse(arena, rule, &why);
		span.from = pd_day_number(2001, 3, 10) * PD_DAY;
		span.to = span.from + 366 * PD_DAY;
		pd_recur_expand(recur, &span, note, &part);
		/* The same, with the beginning of the window long before it. */
		span.from = pd_day_number(1990, 1, 1) * PD_DAY;
		span.to = pd_day_number(2001, 3, 10) * PD_DAY;
		pd_recur_expand(recur, &span, note, &whole);
		if (whole.count == 400)
			continue;
		span.to += 366 * PD_DAY;
		{
			size_t before = whole.count;

			whole.count = 0;
			pd_recur_expand(recur, &span, note, &whole);
			if (whole.count < 400 && whole.count - before != part.count)
				fail_msg("%s: %zu before, %zu in all, %zu alone", rule, before, whole.count,
					 part.count);
		}
	}
	g_rand_free(rand);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_happens),
		cmocka_unit_test(test_beside_libical),
		cmocka_unit_test(test_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
