/* Expands recurrence rules. Promises: every call ends, after at most *span->steps days
 * looked at; the same rule gives the same instances on every thread (no state is kept). */
#include "calendar/recur.h"
#include <glib.h>
#include <libical/ical.h>
#include <string.h>
#include "base/text.h"

/* --- reading --- */

static size_t short_count(const short *list, size_t room)
{
	size_t n = 0;

	while (n < room && list[n] != ICAL_RECURRENCE_ARRAY_MAX)
		n++;
	return n;
}
#define COUNT(list) short_count((list), G_N_ELEMENTS(list))

static int by_value(const void *a, const void *b)
{
	const pd_time *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The product of hours, minutes and seconds. What the rule leaves to the start (its minute,
 * its second) is added when it is expanded. */
static const char *read_times(struct pd_arena *arena, const struct icalrecurrencetype *rule,
			      struct recur *made)
{
	size_t hours = COUNT(rule->by_hour), minutes = COUNT(rule->by_minute),
	       seconds = COUNT(rule->by_second);
	pd_time *times;
	size_t n = 0;

	if (hours + minutes + seconds == 0)
		return NULL;
	if (hours == 0 || (seconds > 0 && minutes == 0))
		return "BYMINUTE and BYSECOND are taken only together with BYHOUR";
	if (hours * MAX(minutes, 1) * MAX(seconds, 1) > PD_RECUR_TIMES)
		return "the rule names too many times of a day";
	times = PD_NEW_N(arena, pd_time, hours * MAX(minutes, 1) * MAX(seconds, 1));
	for (size_t h = 0; h < hours; h++)
		for (size_t m = 0; m < MAX(minutes, 1); m++)
			for (size_t s = 0; s < MAX(seconds, 1); s++)
				times[n++] = rule->by_hour[h] * PD_HOUR +
					     (minutes ? rule->by_minute[m] : 0) * PD_MINUTE +
					     (seconds ? rule->by_second[s] : 0) * PD_SECOND;
	qsort(times, n, sizeof *times, by_value);
	made->times = times;
	made->time_count = n;
	made->kept = seconds ? 1 : minutes ? PD_MINUTE : PD_HOUR;
	return NULL;
}

static const char *read_until(const struct icalrecurrencetype *rule, struct recur *made)
{
	struct icaltimetype until = rule->until;
	int64_t day;

	if (icaltime_is_null_time(until))
		return NULL;
	if (until.month < 1 || until.month > 12 || until.day < 1 ||
	    until.day > pd_month_days(until.year, until.month) ||
	    (!until.is_date && (until.hour < 0 || until.hour > 24 || until.minute < 0 || until.minute > 59 ||
				until.second < 0 || until.second > 60)))
		return "UNTIL is no date of the calendar";
	day = pd_day_number(until.year, until.month, until.day);
	if (until.is_date) {
		made->until_kind = RECUR_UNTIL_DATE;
		made->until = day;
		return NULL;
	}
	made->until_kind = icaltime_is_utc(until) ? RECUR_UNTIL_UTC : RECUR_UNTIL_LOCAL;
	made->until =
		day * PD_DAY + until.hour * PD_HOUR + until.minute * PD_MINUTE + until.second * PD_SECOND;
	return NULL;
}

static const char *read_lists(struct pd_arena *arena, struct icalrecurrencetype *rule, struct recur *made)
{
	size_t n = COUNT(rule->by_day);
	struct recur_nth *days = PD_NEW_N(arena, struct recur_nth, n);

	for (size_t i = 0; i < n; i++) {
		days[i].n = (short)icalrecurrencetype_day_position(rule->by_day[i]);
		days[i].weekday = (short)((icalrecurrencetype_day_day_of_week(rule->by_day[i]) + 5) % 7);
		if (days[i].n != 0 && made->freq != RECUR_MONTHLY && made->freq != RECUR_YEARLY)
			return "a numbered BYDAY stands only in MONTHLY and YEARLY rules";
	}
	made->days = days;
	made->day_count = n;
	for (size_t i = 0; i < COUNT(rule->by_month); i++) {
		if (rule->by_month[i] < 1 || rule->by_month[i] > 12)
			return "BYMONTH is not from 1 to 12";
		made->months |= (uint16_t)(1u << rule->by_month[i]);
	}
	for (size_t i = 0; i < COUNT(rule->by_month_day); i++) {
		int day = rule->by_month_day[i];

		if (day == 0 || day < -31 || day > 31)
			return "BYMONTHDAY is not from 1 to 31";
		if (day > 0)
			made->month_days |= UINT32_C(1) << day;
		else
			made->month_days_back |= UINT32_C(1) << -day;
	}
	made->year_day_count = COUNT(rule->by_year_day);
	made->year_days = pd_memdup(arena, rule->by_year_day, made->year_day_count * sizeof(short));
	made->week_count = COUNT(rule->by_week_no);
	made->weeks = pd_memdup(arena, rule->by_week_no, made->week_count * sizeof(short));
	made->set_count = COUNT(rule->by_set_pos);
	made->set = pd_memdup(arena, rule->by_set_pos, made->set_count * sizeof(short));
	return NULL;
}

static const char *read_rule(struct pd_arena *arena, struct icalrecurrencetype *rule, struct recur *made)
{
	const char *why;

	switch (rule->freq) {
	case ICAL_DAILY_RECURRENCE:
		made->freq = RECUR_DAILY;
		break;
	case ICAL_WEEKLY_RECURRENCE:
		made->freq = RECUR_WEEKLY;
		break;
	case ICAL_MONTHLY_RECURRENCE:
		made->freq = RECUR_MONTHLY;
		break;
	case ICAL_YEARLY_RECURRENCE:
		made->freq = RECUR_YEARLY;
		break;
	case ICAL_SECONDLY_RECURRENCE:
	case ICAL_MINUTELY_RECURRENCE:
	case ICAL_HOURLY_RECURRENCE:
		return "the rule is finer than DAILY";
	default:
		return "not a recurrence rule";
	}
	if (rule->rscale && g_ascii_strcasecmp(rule->rscale, "GREGORIAN") != 0)
		return "RSCALE other than GREGORIAN";
	if (rule->skip != ICAL_SKIP_OMIT && rule->skip != ICAL_SKIP_UNDEFINED)
		return "SKIP other than OMIT";
	made->interval = rule->interval < 1 ? 1 : rule->interval;
	made->count = rule->count;
	if (made->count < 0)
		return "COUNT is no number that can be";
	made->week_start = rule->week_start == ICAL_NO_WEEKDAY ? 0 : (int)(rule->week_start + 5) % 7;
	why = read_lists(arena, rule, made);
	if (!why)
		why = read_times(arena, rule, made);
	return why ? why : read_until(rule, made);
}

/* libical's number reader wraps: numbers longer than anything meant are stopped before it. */
static bool has_huge_number(const char *text)
{
	for (const char *c = text; *c; c++) {
		size_t digits = strspn(c, "0123456789");

		if (digits > 9)
			return true;
		c += digits;
		if (!*c)
			break;
	}
	return false;
}

const struct recur *pd_recur_parse(struct pd_arena *arena, const char *text, const char **ret_why)
{
	struct icalrecurrencetype rule;
	struct recur *made = PD_NEW(arena, struct recur);
	const char *why;
	char *plain;

	if (strlen(text) > 2000 || has_huge_number(text)) {
		*ret_why = "not a recurrence rule";
		return NULL;
	}
	rule = icalrecurrencetype_from_string(text);
	why = read_rule(arena, &rule, made);
	plain = why ? NULL : icalrecurrencetype_as_string_r(&rule);
	made->text = pd_strdup(arena, plain ? plain : "");
	icalmemory_free_buffer(plain);
	free(rule.rscale);
	if (why) {
		*ret_why = why;
		return NULL;
	}
	return made;
}

/* --- expanding --- */

/* A period of the rule: the days [first, last] that are tested, and the year they are judged by. */
struct period {
	int64_t first, last;
	int year;
};
struct expansion {
	const struct recur *recur;
	const struct recur_span *span;
	recur_each *each;
	void *context;
	int64_t start_day;
	pd_time start_time; /* of day */
	int start_year, start_month, start_mday, start_weekday;
	bool by_start_mday, by_start_weekday, by_start_month; /* what the rule leaves to DTSTART */
	int left;					      /* of COUNT */
	bool is_done;
};

static bool has_short(const short *list, size_t count, int value)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == value)
			return true;
	return false;
}

/* The day number of the first day of week 1: the first week with four days in the year. */
static int64_t first_week(int year, int week_start)
{
	int64_t january = pd_day_number(year, 1, 1);
	int into = (pd_day_weekday(january) - week_start + 7) % 7;

	return into <= 3 ? january - into : january + 7 - into;
}

static bool in_weeks(const struct recur *recur, int64_t day, int year)
{
	/* The day may belong to a week of the year before or after. */
	for (int of = year - 1; of <= year + 1; of++) {
		int64_t first = first_week(of, recur->week_start),
			next = first_week(of + 1, recur->week_start);
		int number, all;

		if (day < first || day >= next)
			continue;
		number = (int)((day - first) / 7) + 1;
		all = (int)((next - first) / 7);
		return has_short(recur->weeks, recur->week_count, number) ||
		       has_short(recur->weeks, recur->week_count, number - all - 1);
	}
	return false;
}

static bool in_days(const struct expansion *e, int64_t day, int year, int month, int mday)
{
	const struct recur *recur = e->recur;
	int weekday = pd_day_weekday(day);

	for (size_t i = 0; i < recur->day_count; i++) {
		int n = recur->days[i].n, place, back;
		bool of_month = recur->freq == RECUR_MONTHLY || recur->months;

		if (recur->days[i].weekday != weekday)
			continue;
		if (n == 0)
			return true;
		if (of_month) {
			place = (mday - 1) / 7 + 1;
			back = (pd_month_days(year, month) - mday) / 7 + 1;
		} else {
			place = (int)((day - pd_day_number(year, 1, 1)) / 7) + 1;
			back = (int)((pd_day_number(year, 12, 31) - day) / 7) + 1;
		}
		if (n == place || n == -back)
			return true;
	}
	return false;
}

static bool is_day(const struct expansion *e, int64_t day)
{
	const struct recur *recur = e->recur;
	int year, month, mday;

	pd_day_civil(day, &year, &month, &mday);
	if (recur->months ? !(recur->months >> month & 1) : e->by_start_month && month != e->start_month)
		return false;
	if (recur->month_days || recur->month_days_back) {
		int back = pd_month_days(year, month) - mday + 1;

		if (!(recur->month_days >> mday & 1) && !(recur->month_days_back >> back & 1))
			return false;
	} else if (e->by_start_mday && mday != e->start_mday) {
		return false;
	}
	if (recur->day_count ? !in_days(e, day, year, month, mday)
			     : e->by_start_weekday && pd_day_weekday(day) != e->start_weekday)
		return false;
	if (recur->year_day_count) {
		int of_year = (int)(day - pd_day_number(year, 1, 1)) + 1;
		int back = (int)(of_year - (pd_day_number(year, 12, 31) - pd_day_number(year, 1, 1) + 1)) - 1;

		if (!has_short(recur->year_days, recur->year_day_count, of_year) &&
		    !has_short(recur->year_days, recur->year_day_count, back))
			return false;
	}
	return !recur->week_count || in_weeks(recur, day, year);
}

static bool is_past_until(const struct expansion *e, pd_time local)
{
	const struct recur *recur = e->recur;

	switch (recur->until_kind) {
	case RECUR_UNTIL_DATE:
		return pd_day_of(local) > recur->until;
	case RECUR_UNTIL_LOCAL:
		return e->span->is_date ? pd_day_of(local) > pd_day_of(recur->until) : local > recur->until;
	case RECUR_UNTIL_UTC:
		return e->span->is_date ? pd_day_of(local) > pd_day_of(recur->until)
					: pd_zone_to_utc(e->span->zone, local) > recur->until;
	default:
		return false;
	}
}

static void give(struct expansion *e, pd_time local)
{
	if (local < e->span->start)
		return;
	if (is_past_until(e, local) || (e->recur->count && e->left-- <= 0) || local >= e->span->to) {
		e->is_done = true;
		return;
	}
	if (local >= e->span->from && !e->each(e->context, local))
		e->is_done = true;
}

static void give_day(struct expansion *e, int64_t day)
{
	if (!e->recur->time_count)
		give(e, day * PD_DAY + e->start_time);
	for (size_t i = 0; i < e->recur->time_count && !e->is_done; i++)
		give(e, day * PD_DAY + e->recur->times[i] + e->start_time % e->recur->kept);
}

/* BYSETPOS: the named ones of all (day, time) pairs of the period. */
static void give_set(struct expansion *e, const int64_t *days, size_t count)
{
	size_t times = e->recur->time_count ? e->recur->time_count : 1, all = count * times;

	for (size_t i = 0; i < all && !e->is_done; i++) {
		pd_time time = !e->recur->time_count
				       ? e->start_time
				       : e->recur->times[i % times] + e->start_time % e->recur->kept;

		if (has_short(e->recur->set, e->recur->set_count, (int)i + 1) ||
		    has_short(e->recur->set, e->recur->set_count, (int)i - (int)all))
			give(e, days[i / times] * PD_DAY + time);
	}
}

/* One run of days inside a period. */
static void test_days(struct expansion *e, int64_t first, int64_t last, int64_t *set, size_t *set_len)
{
	for (int64_t day = first; day <= last && !e->is_done; day++) {
		if (--*e->span->steps < 0)
			e->is_done = true;
		else if (!is_day(e, day))
			continue;
		else if (e->recur->set_count)
			set[(*set_len)++] = day;
		else
			give_day(e, day);
	}
}

static void expand_period(struct expansion *e, const struct period *period)
{
	int64_t set[7 + 366];
	size_t set_len = 0;

	if (e->recur->freq == RECUR_YEARLY && (e->recur->months || e->by_start_month)) {
		for (int month = 1; month <= 12; month++) {
			int64_t first = pd_day_number(period->year, month, 1);

			if (e->recur->months ? e->recur->months >> month & 1 : month == e->start_month)
				test_days(e, first, first + pd_month_days(period->year, month) - 1, set,
					  &set_len);
		}
	} else {
		test_days(e, period->first, period->last, set, &set_len);
	}
	if (e->recur->set_count)
		give_set(e, set, set_len);
}

/* The k-th period from the one that holds the start. */
static struct period period_at(const struct expansion *e, int64_t k)
{
	struct period period = {0};
	int64_t at = k * e->recur->interval;
	int month, day;

	switch (e->recur->freq) {
	case RECUR_DAILY:
		period.first = period.last = e->start_day + at;
		break;
	case RECUR_WEEKLY:
		period.first = e->start_day - (e->start_weekday - e->recur->week_start + 7) % 7 + at * 7;
		period.last = period.first + 6;
		break;
	case RECUR_MONTHLY:
		at += e->start_month - 1;
		period.year = (int)(e->start_year + at / 12);
		month = (int)(at % 12) + 1;
		period.first = pd_day_number(period.year, month, 1);
		period.last = period.first + pd_month_days(period.year, month) - 1;
		break;
	case RECUR_YEARLY:
		period.year = (int)(e->start_year + at);
		period.first = pd_day_number(period.year, 1, 1);
		period.last = pd_day_number(period.year, 12, 31);
		break;
	}
	if (e->recur->freq < RECUR_MONTHLY)
		pd_day_civil(period.first, &period.year, &month, &day);
	return period;
}

/* A period that surely ends before the day. */
static int64_t periods_before(const struct expansion *e, int64_t day)
{
	static const int longest[] = {1, 7, 31, 366};
	int64_t days = day - e->start_day - 400;

	return days <= 0 ? 0 : days / ((int64_t)longest[e->recur->freq] * e->recur->interval);
}

static void prepare(struct expansion *e)
{
	const struct recur *recur = e->recur;
	bool has_days =
		recur->day_count || recur->month_days || recur->month_days_back || recur->year_day_count;

	e->start_day = pd_day_of(e->span->start);
	e->start_time = e->span->start - e->start_day * PD_DAY;
	e->start_weekday = pd_day_weekday(e->start_day);
	e->left = recur->count;
	pd_day_civil(e->start_day, &e->start_year, &e->start_month, &e->start_mday);
	if (has_days)
		return;
	if (recur->freq == RECUR_WEEKLY || (recur->freq == RECUR_YEARLY && recur->week_count)) {
		e->by_start_weekday = true;
	} else if (recur->freq == RECUR_MONTHLY || recur->freq == RECUR_YEARLY) {
		e->by_start_mday = true;
		e->by_start_month = recur->freq == RECUR_YEARLY && !recur->months;
	}
}

void pd_recur_expand(const struct recur *recur, const struct recur_span *span, recur_each *each,
		     void *context)
{
	struct expansion e = {.recur = recur, .span = span, .each = each, .context = context};
	int64_t last = pd_day_of(span->to), k;

	prepare(&e);
	/* A COUNT is counted from the start; everything else may begin where it is wanted. */
	k = recur->count ? 0 : periods_before(&e, pd_day_of(span->from));
	for (; !e.is_done; k++) {
		struct period period = period_at(&e, k);

		if (period.first > last || --*span->steps < 0)
			break;
		expand_period(&e, &period);
	}
}

static bool note(void *context, pd_time local)
{
	(void)local;
	*(bool *)context = true;
	return false;
}

bool pd_recur_happens(const struct recur *recur, const struct recur_span *span)
{
	struct recur_span all = *span;
	bool has_any = false;

	all.from = span->start;
	all.to = span->start + 146097 * PD_DAY;
	pd_recur_expand(recur, &all, note, &has_any);
	return has_any;
}
