/* Working-time arithmetic beside a slow and simple reference: an array with one cell a minute,
 * filled from the same rules with the C library's time zones. Random calendars, zones, spans. */
#include "check.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/buf.h"
#include "calendar/calendar.h"

#ifdef PD_SANITIZED
#define CALENDARS 300
#else
#define CALENDARS 2000
#endif
#define DAYS	 24 /* of the reference; the middle ones are asked about */
#define MINUTES	 (DAYS * 1440)
#define QUARTERS (MINUTES / 15)
#define MARGIN	 (5 * 1440)

static const struct {
	const char *zone, *around; /* near a change of offset */
} windows[] = {
	{"Europe/Helsinki", "2026-03-29"},     {"Europe/Helsinki", "2026-10-25"},
	{"America/Sao_Paulo", "2018-11-04"},   {"America/Sao_Paulo", "2018-02-18"},
	{"Asia/Kathmandu", "1986-01-01"},      {"Asia/Kathmandu", "2026-06-01"},
	{"Australia/Lord_Howe", "2026-04-05"}, {"Australia/Lord_Howe", "2026-10-04"},
	{"Africa/Casablanca", "2026-02-15"},   {"Africa/Casablanca", "2026-03-22"},
	{"Pacific/Apia", "2011-12-30"},	       {"UTC", "2026-01-01"},
};

/* --- the reference --- */

struct reference {
	pd_time from;		     /* UTC of minute 0; a whole UTC day */
	pd_time local[QUARTERS + 1]; /* what the wall shows at each quarter of an hour */
	bool open[MINUTES];
};

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void make_walls(struct reference *ref, const char *around)
{
	int year, month, day;

	sscanf(around, "%d-%d-%d", &year, &month, &day);
	ref->from = (pd_day_number(year, month, day) - DAYS / 2) * PD_DAY;
	for (int q = 0; q <= QUARTERS; q++) {
		time_t at = (time_t)(ref->from / PD_SECOND + q * 900);
		struct tm tm;

		localtime_r(&at, &tm);
		ref->local[q] = pd_day_number(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * PD_DAY +
				tm.tm_hour * PD_HOUR + tm.tm_min * PD_MINUTE;
	}
}

/* The minute at which the wall first shows the time; where it never does, by the offset before. */
static int minute_of(const struct reference *ref, pd_time local)
{
	pd_time rest = local % (15 * PD_MINUTE);

	for (int q = 0; q < QUARTERS; q++)
		if (ref->local[q] == local - rest)
			return q * 15 + (int)(rest / PD_MINUTE);
	for (int q = 1; q < QUARTERS; q++)
		if (ref->local[q - 1] < local && ref->local[q] > local)
			return (q - 1) * 15 + (int)((local - ref->local[q - 1]) / PD_MINUTE);
	return local < ref->local[0] ? 0 : MINUTES;
}

static void mark(struct reference *ref, pd_time from, pd_time to, bool is_open)
{
	int last = minute_of(ref, to);

	for (int i = minute_of(ref, from); i < last; i++)
		ref->open[i] = is_open;
}

/* --- random calendars, as text and in the reference --- */

static const char *const weekday_names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

static void put_stamp(struct pd_buf *ics, const char *name, pd_time local)
{
	int year, month, day, minutes = (int)((local - pd_day_of(local) * PD_DAY) / PD_MINUTE);

	pd_day_civil(pd_day_of(local), &year, &month, &day);
	pd_buf_addf(ics, "%s:%04d%02d%02dT%02d%02d00\n", name, year, month, day, minutes / 60, minutes % 60);
}

static void put_event(struct pd_buf *ics, pd_time from, pd_time to, const char *more)
{
	pd_buf_adds(ics, "BEGIN:VEVENT\n");
	put_stamp(ics, "DTSTART", from);
	put_stamp(ics, "DTEND", to);
	pd_buf_addf(ics, "%sEND:VEVENT\n", more);
}

static int64_t first_day(const struct reference *ref)
{
	return pd_day_of(ref->from);
}

/* A range of hours on some weekdays, every week or every other one. */
static void add_week(GRand *rand, struct reference *ref, struct pd_buf *ics)
{
	int start = g_rand_int_range(rand, 0, 288) * 5, length = g_rand_int_range(rand, 1, 200) * 5;
	int every = g_rand_int_range(rand, 0, 4) ? 1 : 2, weekdays = g_rand_int_range(rand, 1, 128);
	int64_t anchor = first_day(ref) - 70 - pd_day_weekday(first_day(ref) - 70);
	char more[100] = "";

	g_snprintf(more, sizeof more, "RRULE:FREQ=WEEKLY;INTERVAL=%d;BYDAY=", every);
	for (int d = 0, n = 0; d < 7; d++)
		if (weekdays >> d & 1)
			g_snprintf(more + strlen(more), sizeof more - strlen(more), "%s%s", n++ ? "," : "",
				   weekday_names[d]);
	g_strlcat(more, "\n", sizeof more);
	put_event(ics, anchor * PD_DAY + start * PD_MINUTE, anchor * PD_DAY + (start + length) * PD_MINUTE,
		  more);
	for (int64_t day = first_day(ref) - 3; day < first_day(ref) + DAYS + 3; day++)
		if (weekdays >> pd_day_weekday(day) & 1 && (day - anchor) / 7 % every == 0)
			mark(ref, day * PD_DAY + start * PD_MINUTE,
			     day * PD_DAY + (start + length) * PD_MINUTE, true);
}

static void add_once(GRand *rand, struct reference *ref, struct pd_buf *ics)
{
	pd_time from = (first_day(ref) + g_rand_int_range(rand, 0, DAYS)) * PD_DAY +
		       g_rand_int_range(rand, 0, 1440) * PD_MINUTE;
	pd_time to = from + g_rand_int_range(rand, 1, 900) * PD_MINUTE;

	put_event(ics, from, to, "");
	mark(ref, from, to, true);
}

static void add_closing(GRand *rand, struct reference *ref, struct pd_buf *ics)
{
	int64_t day = first_day(ref) + g_rand_int_range(rand, 0, DAYS), days = g_rand_int_range(rand, 1, 4);
	int year, month, of_month;

	if (g_rand_boolean(rand)) {
		pd_time from = day * PD_DAY + g_rand_int_range(rand, 0, 1440) * PD_MINUTE;
		pd_time to = from + g_rand_int_range(rand, 1, 2000) * PD_MINUTE;

		put_event(ics, from, to, "SUMMARY:Closed\n");
		mark(ref, from, to, false);
		return;
	}
	pd_day_civil(day, &year, &month, &of_month);
	pd_buf_addf(
		ics,
		"BEGIN:VEVENT\nSUMMARY:Holiday\nDTSTART;VALUE=DATE:%04d%02d%02d\nDURATION:P%dD\nEND:VEVENT\n",
		year, month, of_month, (int)days);
	mark(ref, day * PD_DAY, (day + days) * PD_DAY, false);
}

static char *path_of_hours, *path_of_holidays;

/* Without the fsync of g_file_set_contents: there are thousands. */
static void write_file(const char *path, const struct pd_buf *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
	assert_int_equal(fclose(file), 0);
}

static struct pd_calendar *make_calendar(struct pd_arena *arena, GRand *rand, struct reference *ref,
					 const char *zone)
{
	PD_AUTO_BUF hours = {0}, holidays = {0};
	struct pd_problems problems = {.arena = arena};
	struct pd_calendar_files files = {.zone = zone};
	struct pd_calendar *calendar;

	memset(ref->open, 0, sizeof ref->open);
	pd_buf_adds(&hours, "BEGIN:VCALENDAR\n");
	pd_buf_adds(&holidays, "BEGIN:VCALENDAR\n");
	for (int n = g_rand_int_range(rand, 1, 5); n > 0; n--)
		add_week(rand, ref, &hours);
	for (int n = g_rand_int_range(rand, 0, 3); n > 0; n--)
		add_once(rand, ref, &hours);
	for (int n = g_rand_int_range(rand, 0, 4); n > 0; n--)
		add_closing(rand, ref, &holidays);
	pd_buf_adds(&hours, "END:VCALENDAR\n");
	pd_buf_adds(&holidays, "END:VCALENDAR\n");
	write_file(path_of_hours, &hours);
	write_file(path_of_holidays, &holidays);
	*pd_list_add(arena, &files.hours) = path_of_hours;
	*pd_list_add(arena, &files.holidays) = path_of_holidays;
	calendar = pd_calendar_load(&files, &problems);
	if (!calendar)
		fail_msg("%s\n%s", problems.items[0].text, hours.data);
	return calendar;
}

/* --- the questions --- */

static pd_time at(const struct reference *ref, int minute)
{
	return ref->from + minute * PD_MINUTE;
}

static int next_minute(const struct reference *ref, int i, bool is_open)
{
	while (i < MINUTES && ref->open[i] != is_open)
		i++;
	return i;
}

/* As pd_calendar_add; MINUTES: beyond the reference. */
static int add_minutes(const struct reference *ref, int i, int working)
{
	if (working == 0)
		return next_minute(ref, i, true);
	for (; i < MINUTES; i++)
		if (ref->open[i] && --working == 0)
			return i + 1;
	return MINUTES;
}

static int64_t day_at(const struct reference *ref, int minute)
{
	return pd_day_of(ref->local[minute / 15] + minute % 15 * PD_MINUTE);
}

/* As pd_calendar_add_days. */
static int add_days(const struct reference *ref, int i, int days)
{
	pd_time local;
	int64_t last;

	i = next_minute(ref, i, true);
	if (i >= MINUTES)
		return MINUTES;
	local = ref->local[i / 15] + i % 15 * PD_MINUTE;
	last = pd_day_of(local);
	for (int k = i; k < MINUTES && days > 0; k++)
		if (ref->open[k] && day_at(ref, k) > last) {
			last = day_at(ref, k);
			days--;
		}
	if (days > 0)
		return MINUTES;
	i = minute_of(ref, last * PD_DAY + (local - pd_day_of(local) * PD_DAY));
	if (i >= MINUTES || (ref->open[i] && ref->open[i - 1]))
		return i;
	while (!ref->open[i - 1])
		i--;
	return i;
}

#define CHECK_TIME(what, got, want)                                                                          \
	do {                                                                                                 \
		if ((got) != (want))                                                                         \
			fail_msg("%s, calendar %d, at %s, %d: got %s, want %s", (what), number,              \
				 pd_time_rfc3339(arena, at(ref, i)), amount, pd_time_rfc3339(arena, (got)),  \
				 pd_time_rfc3339(arena, (want)));                                            \
	} while (0)

static void ask(struct pd_arena *arena, GRand *rand, const struct reference *ref,
		const struct pd_calendar *calendar, int number)
{
	for (int round = 0; round < 40; round++) {
		int i = g_rand_int_range(rand, MARGIN, MINUTES - MARGIN),
		    end = g_rand_int_range(rand, i, MINUTES - MARGIN + 1);
		int amount = g_rand_int_range(rand, 0, 3000), want, open = 0;
		pd_time start = at(ref, i), got;

		assert_int_equal(pd_calendar_is_open(calendar, start), ref->open[i]);
		for (int k = i; k < end; k++)
			open += ref->open[k];
		assert_int_equal(pd_calendar_between(calendar, start, at(ref, end)), open * PD_MINUTE);
		if (g_rand_int_range(rand, 0, 10) == 0)
			amount = 0;
		want = add_minutes(ref, i, amount);
		got = pd_calendar_add(calendar, start, amount * PD_MINUTE);
		if (want < MINUTES - MARGIN)
			CHECK_TIME("add", got, at(ref, want));
		/* Adding, then measuring, gives back what was added. */
		if (got != PD_NEVER)
			assert_int_equal(pd_calendar_between(calendar, start, got), amount * PD_MINUTE);
		if (got != PD_NEVER && amount > 0) {
			got = pd_calendar_add(calendar, got, -amount * PD_MINUTE);
			want = next_minute(ref, i, true);
			if (want < MINUTES - MARGIN)
				CHECK_TIME("back", got, at(ref, want));
		}
		want = next_minute(ref, i, true);
		if (want < MINUTES - MARGIN) {
			CHECK_TIME("next open", pd_calendar_next_open(calendar, start), at(ref, want));
			want = next_minute(ref, want, false);
			if (want < MINUTES - MARGIN)
				CHECK_TIME("next close", pd_calendar_next_close(calendar, start),
					   at(ref, want));
		}
		amount = g_rand_int_range(rand, 0, 6);
		want = amount ? add_days(ref, i, amount) : next_minute(ref, i, true);
		if (want < MINUTES - MARGIN)
			CHECK_TIME("days", pd_calendar_add_days(calendar, start, (unsigned)amount),
				   at(ref, want));
	}
}

static void test_beside_reference(void **state)
{
	static struct reference reference;
	struct reference *ref = &reference;
	GRand *rand = g_rand_new_with_seed(33);

	(void)state;
	for (int number = 0; number < CALENDARS; number++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *zone = windows[number / 10 % COUNT(windows)].zone;
		struct pd_calendar *calendar;

		if (number % 10 == 0) {
			set_zone(zone);
			make_walls(ref, windows[number / 10 % COUNT(windows)].around);
		}
		calendar = make_calendar(arena, rand, ref, zone);
		ask(arena, rand, ref, calendar, number);
		pd_calendar_unref(calendar);
	}
	g_rand_free(rand);
	set_zone("UTC");
}

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

static int set_up(void **state)
{
	char *directory = g_dir_make_tmp("postdesk-XXXXXX", NULL);

	(void)state;
	path_of_hours = g_build_filename(directory, "hours.ics", NULL);
	path_of_holidays = g_build_filename(directory, "holidays.ics", NULL);
	g_free(directory);
	return 0;
}

static int tear_down(void **state)
{
	char *directory = g_path_get_dirname(path_of_hours);

	(void)state;
	unlink(path_of_hours);
	unlink(path_of_holidays);
	rmdir(directory);
	g_free(directory);
	g_free(path_of_hours);
	g_free(path_of_holidays);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_working_days),	 cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_ends_of_time),	 cmocka_unit_test(test_threads),
		cmocka_unit_test(test_beside_reference),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
