/* Working-time arithmetic beside a slow and simple reference: an array with one cell a minute, filled from
 * the same rules with the C library's time zones. Random calendars of all that files may say, zones and
 * spans. PD_EXHAUSTIVE=1 tries twenty times as many; POSTDESK_SEED chooses others. */
#include "check.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/text.h"
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

struct walls {
	const char *zone;
	pd_time local[QUARTERS + 1]; /* what the wall shows at each quarter of an hour */
};
struct reference {
	pd_time from; /* UTC of minute 0; a whole UTC day */
	struct walls own, other, utc;
	bool open[MINUTES];
};

static void make_walls(struct reference *ref, struct walls *walls, const char *zone)
{
	walls->zone = zone;
	setenv("TZ", zone, 1);
	tzset();
	for (int q = 0; q <= QUARTERS; q++) {
		time_t at = (time_t)(ref->from / PD_SECOND + q * 900);
		struct tm tm;

		localtime_r(&at, &tm);
		walls->local[q] = pd_day_number(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * PD_DAY +
				  tm.tm_hour * PD_HOUR + tm.tm_min * PD_MINUTE;
	}
}

static void make_window(struct reference *ref, const char *zone, const char *around)
{
	int year, month, day;

	sscanf(around, "%d-%d-%d", &year, &month, &day);
	ref->from = (pd_day_number(year, month, day) - DAYS / 2) * PD_DAY;
	make_walls(ref, &ref->own, zone);
	make_walls(ref, &ref->other, "America/New_York");
	make_walls(ref, &ref->utc, "UTC");
}

/* The minute at which the wall first shows the time; where it never does, by the offset before. */
static int minute_of(const struct walls *walls, pd_time local)
{
	pd_time rest = local % (15 * PD_MINUTE);

	for (int q = 0; q < QUARTERS; q++)
		if (walls->local[q] == local - rest)
			return q * 15 + (int)(rest / PD_MINUTE);
	for (int q = 1; q < QUARTERS; q++)
		if (walls->local[q - 1] < local && walls->local[q] > local)
			return (q - 1) * 15 + (int)((local - walls->local[q - 1]) / PD_MINUTE);
	return local < walls->local[0] ? 0 : MINUTES;
}

static void paint(struct reference *ref, int from, int to, bool is_open)
{
	for (int i = MAX(from, 0); i < MIN(to, MINUTES); i++)
		ref->open[i] = is_open;
}

/* --- random calendars, as text and in the reference --- */

static const char *const weekday_names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

struct maker {
	GRand *rand;
	struct reference *ref;
	struct pd_buf *ics;
	int uid;
};

static int dice(struct maker *maker, int from, int to)
{
	return g_rand_int_range(maker->rand, from, to);
}

static const char *stamp_text(struct pd_arena *arena, pd_time local)
{
	int year, month, day, minutes = (int)((local - pd_day_of(local) * PD_DAY) / PD_MINUTE);

	pd_day_civil(pd_day_of(local), &year, &month, &day);
	return pd_printf(arena, "%04d%02d%02dT%02d%02d00", year, month, day, minutes / 60, minutes % 60);
}

/* NAME[;TZID=…]:TIME[Z] */
static void put_stamp(struct maker *maker, const char *name, const struct walls *walls, pd_time local)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *text = stamp_text(arena, local);

	if (walls == &maker->ref->utc)
		pd_buf_addf(maker->ics, "%s:%sZ\n", name, text);
	else if (walls == &maker->ref->other)
		pd_buf_addf(maker->ics, "%s;TZID=%s:%s\n", name, walls->zone, text);
	else
		pd_buf_addf(maker->ics, "%s:%s\n", name, text);
}

/* How long an instance is: to an end that the wall shows, or by the clock. */
struct length {
	bool is_exact;
	int minutes;
};

static void put_length(struct maker *maker, const struct walls *walls, pd_time start, struct length length)
{
	if (length.is_exact)
		pd_buf_addf(maker->ics, "DURATION:PT%dM\n", length.minutes);
	else
		put_stamp(maker, "DTEND", walls, start + length.minutes * PD_MINUTE);
}

static void paint_instance(struct maker *maker, const struct walls *walls, pd_time start,
			   struct length length, bool is_open)
{
	int from = minute_of(walls, start);

	if (from == 0 && start < walls->local[0]) /* it begins before the reference; so does its end */
		length.is_exact = false;
	paint(maker->ref, from,
	      length.is_exact ? from + length.minutes : minute_of(walls, start + length.minutes * PD_MINUTE),
	      is_open);
}

static const struct walls *any_walls(struct maker *maker)
{
	int choice = dice(maker, 0, 6);

	return choice == 0 ? &maker->ref->utc : choice == 1 ? &maker->ref->other : &maker->ref->own;
}

static int64_t first_day(const struct reference *ref)
{
	return pd_day_of(ref->from);
}

/* A weekly or fortnightly series whose instances may be left out, moved or joined by further ones. Bounds:
 * minutes of the reference in which it counts. */
static void add_series(struct maker *maker, const char *component, int first, int last)
{
	struct reference *ref = maker->ref;
	const struct walls *walls = any_walls(maker);
	int start = dice(maker, 0, 288) * 5, every = dice(maker, 0, 4) ? 1 : 2,
	    weekdays = dice(maker, 1, 128);
	struct length length = {dice(maker, 0, 3) == 0, dice(maker, 1, 200) * 5};
	int64_t anchor = first_day(ref) - 70 - pd_day_weekday(first_day(ref) - 70);
	PD_AUTO_BUF moved = {0};
	struct pd_buf *ics = maker->ics;
	bool before[MINUTES];

	memcpy(before, ref->open, sizeof before);
	pd_buf_addf(ics, "BEGIN:%s\nUID:%d\n", component, ++maker->uid);
	put_stamp(maker, "DTSTART", walls, anchor * PD_DAY + start * PD_MINUTE);
	put_length(maker, walls, anchor * PD_DAY + start * PD_MINUTE, length);
	pd_buf_addf(ics, "RRULE:FREQ=WEEKLY;INTERVAL=%d;BYDAY=", every);
	for (int d = 0, n = 0; d < 7; d++)
		if (weekdays >> d & 1)
			pd_buf_addf(ics, "%s%s", n++ ? "," : "", weekday_names[d]);
	pd_buf_adds(ics, "\n");
	for (int64_t day = first_day(ref) - 3; day < first_day(ref) + DAYS + 3; day++) {
		pd_time at = day * PD_DAY + start * PD_MINUTE;
		int fate = dice(maker, 0, 12);

		if (!(weekdays >> pd_day_weekday(day) & 1) || (day - anchor) / 7 % every != 0)
			continue;
		/* Where a day is skipped, two of its instances may be one. */
		if (minute_of(walls, at) == minute_of(walls, at - PD_DAY) ||
		    minute_of(walls, at) == minute_of(walls, at + PD_DAY))
			fate = -1;
		if (fate == 0) {
			put_stamp(maker, "EXDATE", walls, at);
		} else if (fate == 1) {
			pd_time to = at + dice(maker, -48, 48) * 5 * PD_MINUTE;
			struct length other = {dice(maker, 0, 2) == 0, dice(maker, 1, 100) * 5};

			maker->ics = &moved;
			pd_buf_addf(&moved, "BEGIN:%s\nUID:%d\n", component, maker->uid);
			put_stamp(maker, "RECURRENCE-ID", walls, at);
			put_stamp(maker, "DTSTART", walls, to);
			put_length(maker, walls, to, other);
			pd_buf_addf(&moved, "END:%s\n", component);
			maker->ics = ics;
			paint_instance(maker, walls, to, other, true);
		} else {
			paint_instance(maker, walls, at, length, true);
		}
	}
	if (dice(maker, 0, 3) == 0) {
		/* never at the start of another instance, which it would be one with */
		pd_time at = (first_day(ref) + dice(maker, 0, DAYS)) * PD_DAY +
			     (dice(maker, 0, 288) * 5 + 2) * PD_MINUTE;

		put_stamp(maker, "RDATE", walls, at);
		paint_instance(maker, walls, at, length, true);
	}
	pd_buf_addf(ics, "END:%s\n", component);
	pd_buf_add(ics, moved.data, moved.len);
	memcpy(ref->open, before, (size_t)first * sizeof *before);
	memcpy(ref->open + last, before + last, (size_t)(MINUTES - last) * sizeof *before);
}

static void add_once(struct maker *maker, bool is_open, const char *more)
{
	const struct walls *walls = any_walls(maker);
	pd_time from =
		(first_day(maker->ref) + dice(maker, 0, DAYS)) * PD_DAY + dice(maker, 0, 1440) * PD_MINUTE;
	struct length length = {dice(maker, 0, 3) == 0, dice(maker, 1, 900)};

	pd_buf_adds(maker->ics, "BEGIN:VEVENT\n");
	put_stamp(maker, "DTSTART", walls, from);
	put_length(maker, walls, from, length);
	pd_buf_addf(maker->ics, "%sEND:VEVENT\n", more);
	paint_instance(maker, walls, from, length, is_open);
}

/* A holiday, or an afternoon off. */
static void add_closing(struct maker *maker)
{
	const struct reference *ref = maker->ref;
	int64_t day = first_day(ref) + dice(maker, 0, DAYS), days = dice(maker, 1, 4);
	int year, month, of_month;

	if (dice(maker, 0, 2)) {
		add_once(maker, false, "SUMMARY:Closed\nTRANSP:TRANSPARENT\n");
		return;
	}
	pd_day_civil(day, &year, &month, &of_month);
	pd_buf_addf(
		maker->ics,
		"BEGIN:VEVENT\nSUMMARY:Holiday\nDTSTART;VALUE=DATE:%04d%02d%02d\nDURATION:P%dD\nEND:VEVENT\n",
		year, month, of_month, (int)days);
	paint(maker->ref, minute_of(&ref->own, day * PD_DAY), minute_of(&ref->own, (day + days) * PD_DAY),
	      false);
}

/* RFC 7953: from the lowest priority up; each closes its range but for what it makes available. */
static void add_availabilities(struct maker *maker)
{
	struct reference *ref = maker->ref;
	int ranks = dice(maker, 1, 4);

	for (int rank = 0; rank < ranks; rank++) {
		int first = 0, last = MINUTES;

		pd_buf_addf(maker->ics, "BEGIN:VAVAILABILITY\nUID:%d\n", ++maker->uid);
		if (rank > 0)
			pd_buf_addf(maker->ics, "PRIORITY:%d\n", 9 - rank * 2);
		if (rank > 0 || dice(maker, 0, 2)) {
			pd_time from =
				ref->from + dice(maker, -5, DAYS) * PD_DAY + dice(maker, 0, 1440) * PD_MINUTE;
			pd_time to = from + dice(maker, 1, DAYS) * PD_DAY;

			put_stamp(maker, "DTSTART", &ref->utc, from);
			put_stamp(maker, "DTEND", &ref->utc, to);
			first = CLAMP((int)((from - ref->from) / PD_MINUTE), 0, MINUTES);
			last = CLAMP((int)((to - ref->from) / PD_MINUTE), 0, MINUTES);
		}
		paint(ref, first, last, false);
		for (int n = dice(maker, 0, 3); n > 0; n--)
			add_series(maker, "AVAILABLE", first, last);
		pd_buf_adds(maker->ics, "END:VAVAILABILITY\n");
	}
	for (int n = dice(maker, 0, 3); n > 0; n--)
		add_once(maker, false, "SUMMARY:Busy\n");
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
					 int number)
{
	PD_AUTO_BUF hours = {0}, holidays = {0};
	struct pd_problems problems = {.arena = arena};
	struct pd_calendar_files files = {.zone = ref->own.zone};
	struct maker maker = {.rand = rand, .ref = ref, .ics = &hours};
	struct pd_calendar *calendar;

	memset(ref->open, 0, sizeof ref->open);
	pd_buf_adds(&hours, "BEGIN:VCALENDAR\n");
	if (number % 4 == 3) {
		add_availabilities(&maker);
	} else {
		for (int n = dice(&maker, 1, 5); n > 0; n--)
			add_series(&maker, "VEVENT", 0, MINUTES);
		for (int n = dice(&maker, 0, 3); n > 0; n--)
			add_once(&maker, true, "");
	}
	pd_buf_adds(&hours, "END:VCALENDAR\n");
	pd_buf_adds(&holidays, "BEGIN:VCALENDAR\n");
	maker.ics = &holidays;
	for (int n = dice(&maker, 0, 4); n > 0; n--)
		add_closing(&maker);
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
	return pd_day_of(ref->own.local[minute / 15] + minute % 15 * PD_MINUTE);
}

/* As pd_calendar_add_days. */
static int add_days(const struct reference *ref, int i, int days)
{
	pd_time local;
	int64_t last;

	i = next_minute(ref, i, true);
	if (i >= MINUTES)
		return MINUTES;
	local = ref->own.local[i / 15] + i % 15 * PD_MINUTE;
	last = pd_day_of(local);
	for (int k = i; k < MINUTES && days > 0; k++)
		if (ref->open[k] && day_at(ref, k) > last) {
			last = day_at(ref, k);
			days--;
		}
	if (days > 0)
		return MINUTES;
	i = minute_of(&ref->own, last * PD_DAY + (local - pd_day_of(local) * PD_DAY));
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
	for (int round = 0; round < 15; round++) {
		int i = g_rand_int_range(rand, MARGIN, MINUTES - MARGIN),
		    end = g_rand_int_range(rand, i, MINUTES - MARGIN + 1);
		int amount = g_rand_int_range(rand, 0, 3000), want, open = 0;
		pd_time start = at(ref, i), got;

		if (pd_calendar_is_open(calendar, start) != ref->open[i])
			fail_msg("calendar %d, open at %s?", number, pd_time_rfc3339(arena, start));
		for (int k = i; k < end; k++)
			open += ref->open[k];
		CHECK_TIME("between", pd_calendar_between(calendar, start, at(ref, end)), open * PD_MINUTE);
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

static void fail_at(const struct reference *ref, int minute, int number)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	char *hours, *holidays;

	assert_true(g_file_get_contents(path_of_hours, &hours, NULL, NULL));
	assert_true(g_file_get_contents(path_of_holidays, &holidays, NULL, NULL));
	fail_msg("calendar %d (%s): wrong at %s\n%s%s", number, ref->own.zone,
		 pd_time_rfc3339(arena, at(ref, minute)), hours, holidays);
}

/* The counted parts of an explanation are the open minutes, each and no others. */
static void check_all(struct pd_arena *arena, const struct reference *ref, const struct pd_calendar *calendar,
		      int number)
{
	struct pd_calendar_parts parts;
	int minute = MARGIN;

	pd_calendar_explain(arena, calendar, at(ref, MARGIN), at(ref, MINUTES - MARGIN), &parts);
	for (size_t i = 0; i < parts.count; i++) {
		int from = (int)((parts.items[i].from - ref->from) / PD_MINUTE),
		    to = (int)((parts.items[i].to - ref->from) / PD_MINUTE);

		if (parts.items[i].kind != PD_PART_COUNTED)
			continue;
		if (from < minute || (from > MARGIN && ref->open[from - 1]))
			fail_at(ref, from, number);
		for (; minute < to; minute++)
			if (ref->open[minute] != (minute >= from))
				fail_at(ref, minute, number);
	}
	for (; minute < MINUTES - MARGIN; minute++)
		if (ref->open[minute])
			fail_at(ref, minute, number);
}

/* --- threads --- */

#define THREADS	  8
#define QUESTIONS 300

struct asker {
	struct pd_calendar *calendar;
	pd_time answers[QUESTIONS];
};

/* All over the years, so that the table grows while others read it. */
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

static void check_threads(const struct pd_calendar *calendar)
{
	static struct asker alone, together[THREADS];
	struct pd_calendar *shared = pd_calendar_from_text(pd_calendar_text(calendar));
	GThread *threads[THREADS];

	assert_non_null(shared);
	alone.calendar = pd_calendar_from_text(pd_calendar_text(calendar));
	ask_all(&alone);
	for (int i = 0; i < THREADS; i++) {
		together[i].calendar = shared;
		threads[i] = g_thread_new("asker", ask_all, &together[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		g_thread_join(threads[i]);
		assert_memory_equal(together[i].answers, alone.answers, sizeof alone.answers);
	}
	pd_calendar_unref(alone.calendar);
	pd_calendar_unref(shared);
}

static void test_beside_reference(void **state)
{
	static struct reference reference;
	struct reference *ref = &reference;
	const char *given = getenv("POSTDESK_SEED"), *exhaustive = getenv("PD_EXHAUSTIVE");
	GRand *rand = g_rand_new_with_seed(given ? (guint32)strtoul(given, NULL, 10) : 33);
	int count = CALENDARS * (exhaustive && *exhaustive == '1' ? 20 : 1);

	(void)state;
	for (int number = 0; number < count; number++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_calendar *calendar;

		if (number % 10 == 0)
			make_window(ref, windows[number / 10 % COUNT(windows)].zone,
				    windows[number / 10 % COUNT(windows)].around);
		calendar = make_calendar(arena, rand, ref, number);
		check_all(arena, ref, calendar, number);
		ask(arena, rand, ref, calendar, number);
		if (number % 400 == 99)
			check_threads(calendar);
		pd_calendar_unref(calendar);
	}
	g_rand_free(rand);
	setenv("TZ", "UTC", 1);
	tzset();
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
		cmocka_unit_test(test_beside_reference),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
