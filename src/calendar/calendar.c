/* Questions to a calendar. Promises: no question changes an answer; the table that a reader
 * found stays valid as long as the calendar (a longer one takes its place, the shorter is kept
 * behind it); only making a table longer takes the lock. */
#include "calendar/calendar.h"
#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "base/crypto.h"
#include "base/text.h"
#include "calendar/made.h"

/* Years of the first table. */
#define YEARS_BACK    2
#define YEARS_FORWARD 4
#define YEAR	      (366 * PD_DAY)
/* Days looked at while loading; a rule that wants more is refused. */
#define STEPS_LIMIT 10000000

/* What grows, apart from the calendar that those who ask see as constant. */
struct tables {
	_Atomic(struct table *) newest;
	pthread_mutex_t lock; /* for making a longer one */
};
struct pd_calendar {
	struct pd_arena *arena;
	const struct model *model;
	struct tables *tables;
	atomic_int references;
	const char *text, *hash;
};

/* --- making --- */

int64_t pd_calendar_steps(void)
{
	return STEPS_LIMIT;
}

struct pd_calendar *pd_calendar_make(struct pd_arena *arena, const struct model *model, int64_t *steps,
				     const struct entry **ret_costly)
{
	struct pd_calendar *calendar = PD_NEW(arena, struct pd_calendar);
	unsigned char digest[PD_SHA256_SIZE];
	pd_time now = pd_now(), from = MAX(now - YEARS_BACK * YEAR, PD_ZONE_FIRST);
	struct table *table = pd_calendar_table_make(
		model, from, MIN(now + YEARS_FORWARD * YEAR, PD_ZONE_LAST), steps, ret_costly);

	if (*steps < 0) {
		pd_calendar_table_free(table);
		return NULL;
	}
	calendar->arena = arena;
	calendar->model = model;
	calendar->text = pd_canon_text(arena, model);
	pd_sha256(calendar->text, strlen(calendar->text), digest);
	calendar->hash = pd_hex(arena, digest, sizeof digest);
	calendar->tables = PD_NEW(arena, struct tables);
	pthread_mutex_init(&calendar->tables->lock, NULL);
	atomic_init(&calendar->tables->newest, table);
	atomic_init(&calendar->references, 1);
	return calendar;
}

struct pd_calendar *pd_calendar_ref(struct pd_calendar *calendar)
{
	atomic_fetch_add_explicit(&calendar->references, 1, memory_order_relaxed);
	return calendar;
}

void pd_calendar_unref(struct pd_calendar *calendar)
{
	if (!calendar || atomic_fetch_sub_explicit(&calendar->references, 1, memory_order_acq_rel) != 1)
		return;
	for (struct table *table = atomic_load(&calendar->tables->newest), *older; table; table = older) {
		older = table->older;
		pd_calendar_table_free(table);
	}
	pthread_mutex_destroy(&calendar->tables->lock);
	pd_arena_free(calendar->arena);
}

const char *pd_calendar_text(const struct pd_calendar *calendar)
{
	return calendar->text;
}

const char *pd_calendar_hash(const struct pd_calendar *calendar)
{
	return calendar->hash;
}

const struct pd_zone *pd_calendar_zone(const struct pd_calendar *calendar)
{
	return calendar->model->zone;
}

/* --- the table --- */

/* At least twice as long towards where the question lies, so that few are ever made. */
static struct table *lengthen(const struct pd_calendar *calendar, pd_time from, pd_time to)
{
	struct tables *tables = calendar->tables;
	struct table *table, *longer;
	const struct entry *costly;
	int64_t steps = INT64_MAX / 2;

	pthread_mutex_lock(&tables->lock);
	table = atomic_load_explicit(&tables->newest, memory_order_relaxed);
	if (table->from > from || table->to < to) {
		pd_time length = table->to - table->from, first = table->from, last = table->to;

		if (first > from)
			first = MAX(MIN(from, first - length), PD_ZONE_FIRST);
		if (last < to)
			last = MIN(MAX(to, last + length), PD_ZONE_LAST);
		longer = pd_calendar_table_make(calendar->model, first, last, &steps, &costly);
		longer->older = table;
		atomic_store_explicit(&tables->newest, longer, memory_order_release);
		table = longer;
	}
	pthread_mutex_unlock(&tables->lock);
	return table;
}

/* A table that covers [from, to], as far as there are any times at all. */
static const struct table *cover(const struct pd_calendar *calendar, pd_time from, pd_time to)
{
	const struct table *table = atomic_load_explicit(&calendar->tables->newest, memory_order_acquire);

	from = CLAMP(from, PD_ZONE_FIRST, PD_ZONE_LAST);
	to = CLAMP(to, PD_ZONE_FIRST, PD_ZONE_LAST);
	return table->from <= from && table->to >= to ? table : lengthen(calendar, from, to);
}

/* The first interval that ends after the time; count: none. */
static size_t first_after(const struct table *table, pd_time at)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->open[middle].to > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Open time of the table before the instant. */
static pd_time sum_before(const struct table *table, pd_time at)
{
	size_t i = first_after(table, at);

	return table->before[i] +
	       (i < table->count && at > table->open[i].from ? at - table->open[i].from : 0);
}

/* The first interval at whose end the sum has reached (or, beyond, has passed) it. */
static size_t first_reaching(const struct table *table, pd_time sum, bool beyond)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		pd_time end = table->before[middle + 1];

		if (beyond ? end > sum : end >= sum)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* --- questions --- */

bool pd_calendar_is_open(const struct pd_calendar *calendar, pd_time at)
{
	const struct table *table = cover(calendar, at, at + 1);
	size_t i = first_after(table, at);

	return i < table->count && table->open[i].from <= at;
}

pd_time pd_calendar_next_open(const struct pd_calendar *calendar, pd_time at)
{
	for (const struct table *table = cover(calendar, at, at);;
	     table = cover(calendar, at, table->to + 1)) {
		size_t i = first_after(table, at);

		if (i < table->count)
			return MAX(at, table->open[i].from);
		if (table->to >= PD_ZONE_LAST)
			return PD_NEVER;
	}
}

pd_time pd_calendar_next_close(const struct pd_calendar *calendar, pd_time at)
{
	for (const struct table *table = cover(calendar, at, at);;
	     table = cover(calendar, at, table->to + 1)) {
		size_t i = first_after(table, at);

		if (i < table->count && table->open[i].to < table->to)
			return table->open[i].to;
		if (table->to >= PD_ZONE_LAST)
			return PD_NEVER;
	}
}

static pd_time go_back(const struct pd_calendar *calendar, pd_time start, pd_time working)
{
	for (const struct table *table = cover(calendar, start, start);;
	     table = cover(calendar, table->from - 1, start)) {
		pd_time sum = sum_before(table, start) - working;

		if (sum >= 0) {
			size_t i = first_reaching(table, sum, true);

			return table->open[i].from + (sum - table->before[i]);
		}
		if (table->from <= PD_ZONE_FIRST)
			return -PD_NEVER;
	}
}

pd_time pd_calendar_add(const struct pd_calendar *calendar, pd_time start, pd_time working)
{
	if (working == 0)
		return pd_calendar_next_open(calendar, start);
	if (working < 0)
		return working < -PD_ZONE_LAST ? -PD_NEVER : go_back(calendar, start, -working);
	if (working > PD_ZONE_LAST)
		return PD_NEVER;
	for (const struct table *table = cover(calendar, start, start);;
	     table = cover(calendar, start, table->to + 1)) {
		pd_time sum = sum_before(table, start) + working;
		size_t i = first_reaching(table, sum, false);

		if (i < table->count)
			return table->open[i].from + (sum - table->before[i]);
		if (table->to >= PD_ZONE_LAST)
			return PD_NEVER;
	}
}

/* The first listed day that is not before it. */
static size_t first_day(const struct table *table, int64_t day)
{
	size_t low = 0, high = table->day_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->days[middle] >= day)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

pd_time pd_calendar_add_days(const struct pd_calendar *calendar, pd_time start, unsigned days)
{
	const struct pd_zone *zone = calendar->model->zone;
	pd_time open = pd_calendar_next_open(calendar, start), local;
	int64_t day;

	if (days == 0 || open == PD_NEVER)
		return open;
	local = pd_zone_to_local(zone, open);
	day = pd_day_of(local);
	for (const struct table *table = cover(calendar, open, open);;
	     table = cover(calendar, open, table->to + 1)) {
		size_t target = first_day(table, day) + days, i;
		pd_time at;

		/* The day that the table ends in is cut, so it is not counted on. */
		if (target < table->day_count &&
		    (table->days[target] < pd_day_of(pd_zone_to_local(zone, table->to)) || table->to >= PD_ZONE_LAST)) {
			at = pd_zone_to_utc(zone, table->days[target] * PD_DAY + (local - day * PD_DAY));
			i = first_after(table, at);
			if (i < table->count && table->open[i].from < at)
				return at;
			return i > 0 ? table->open[i - 1].to : at;
		}
		if (table->to >= PD_ZONE_LAST)
			return PD_NEVER;
	}
}

pd_time pd_calendar_between(const struct pd_calendar *calendar, pd_time from, pd_time to)
{
	const struct table *table;

	if (to <= from)
		return 0;
	table = cover(calendar, from, to);
	return sum_before(table, to) - sum_before(table, from);
}

bool pd_calendar_amount_parse(const char *text, struct pd_calendar_amount *ret_amount)
{
	struct pd_calendar_amount amount = {0};
	size_t digits = strspn(text, "0123456789");

	if (digits > 0 && digits < 6 && strcmp(text + digits, "wd") == 0)
		amount.days = (unsigned)strtoul(text, NULL, 10);
	else if (!pd_duration_parse(text, &amount.working))
		return false;
	*ret_amount = amount;
	return true;
}

pd_time pd_calendar_add_amount(const struct pd_calendar *calendar, pd_time start,
			       struct pd_calendar_amount amount)
{
	return amount.days ? pd_calendar_add_days(calendar, start, amount.days)
			   : pd_calendar_add(calendar, start, amount.working);
}

/* --- explaining --- */

static bool takes_from_hours(const struct table *table, pd_time from, pd_time to)
{
	size_t low = 0, high = table->hours_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->hours[middle].to > from)
			high = middle;
		else
			low = middle + 1;
	}
	return low < table->hours_count && table->hours[low].from < to;
}

static void add_closings(struct pd_arena *arena, const struct table *table, pd_time from, pd_time to,
			 bool is_all, struct pd_calendar_parts *parts)
{
	size_t low = 0, high = table->closing_count;

	/* None that begins longer ago than the longest lasts can reach into [from, to). */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->closings[middle].from > from - table->longest_closing)
			high = middle;
		else
			low = middle + 1;
	}
	for (size_t i = low; i < table->closing_count && table->closings[i].from < to; i++) {
		const struct closing *closing = &table->closings[i];
		pd_time first = MAX(closing->from, from), last = MIN(closing->to, to);

		if (first < last && (is_all || takes_from_hours(table, first, last)))
			*pd_list_add(arena, parts) = (struct pd_calendar_part){
				.kind = PD_PART_CLOSED, .from = first, .to = last, .name = closing->name};
	}
}

static int by_time(const void *a, const void *b)
{
	const struct pd_calendar_part *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind > y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

void pd_calendar_explain(struct pd_arena *arena, const struct pd_calendar *calendar, pd_time from, pd_time to,
			 struct pd_calendar_parts *ret_parts)
{
	const struct pd_zone *zone = calendar->model->zone;
	struct pd_calendar_parts parts = {0};
	const struct table *table;

	*ret_parts = parts;
	if (to <= from)
		return;
	table = cover(calendar, from, to);
	for (size_t i = first_after(table, from); i < table->count && table->open[i].from < to; i++)
		*pd_list_add(arena, &parts) =
			(struct pd_calendar_part){.kind = PD_PART_COUNTED,
						  .from = MAX(table->open[i].from, from),
						  .to = MIN(table->open[i].to, to),
						  .name = ""};
	add_closings(arena, table, from, to, false, &parts);
	for (size_t i = 1; i < zone->count; i++)
		if (zone->at[i] > from && zone->at[i] < to)
			*pd_list_add(arena, &parts) =
				(struct pd_calendar_part){.kind = PD_PART_ZONE,
							  .from = zone->at[i],
							  .to = zone->at[i],
							  .name = "",
							  .offset_before = zone->offset[i - 1],
							  .offset_after = zone->offset[i]};
	if (parts.count)
		qsort(parts.items, parts.count, sizeof *parts.items, by_time);
	*ret_parts = parts;
}

void pd_calendar_closings(struct pd_arena *arena, const struct pd_calendar *calendar, pd_time from, pd_time to,
			  struct pd_calendar_parts *ret_parts)
{
	struct pd_calendar_parts parts = {0};

	if (to > from)
		add_closings(arena, cover(calendar, from, to), from, to, true, &parts);
	*ret_parts = parts;
}
