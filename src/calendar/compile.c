/* Spreads a model over a stretch of time: sets of half-open intervals, combined.
 *
 * open = (events that open + availabilities by rank) - what closes. Promises: the same
 * model and stretch give the same table; within the stretch the table is exact. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include "calendar/model.h"

/* --- sets of intervals --- */

static int by_from(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

#define SPAN(set, i) g_array_index((set), struct span, (i))

static GArray *set_new(void)
{
	return g_array_new(FALSE, FALSE, sizeof(struct span));
}

static void set_add(GArray *set, pd_time from, pd_time to)
{
	struct span span = {from, to};

	if (from < to)
		g_array_append_val(set, span);
}

/* Sorts, and makes one of what overlaps or touches. */
static void set_tidy(GArray *set)
{
	guint n = 0;

	g_array_sort(set, by_from);
	for (guint i = 0; i < set->len; i++) {
		if (n > 0 && SPAN(set, i).from <= SPAN(set, n - 1).to)
			SPAN(set, n - 1).to = MAX(SPAN(set, n - 1).to, SPAN(set, i).to);
		else
			SPAN(set, n++) = SPAN(set, i);
	}
	g_array_set_size(set, n);
}

/* What is in one and not in the other; both tidy, so is the result. */
static GArray *set_minus(const GArray *one, const GArray *other)
{
	GArray *result = set_new();
	guint j = 0;

	for (guint i = 0; i < one->len; i++) {
		struct span rest = SPAN(one, i);

		while (j < other->len && SPAN(other, j).to <= rest.from)
			j++;
		for (guint k = j; k < other->len && SPAN(other, k).from < rest.to; k++) {
			set_add(result, rest.from, SPAN(other, k).from);
			rest.from = MAX(rest.from, SPAN(other, k).to);
		}
		set_add(result, rest.from, rest.to);
	}
	return result;
}

static void set_clip(GArray *set, pd_time from, pd_time to)
{
	guint n = 0;

	for (guint i = 0; i < set->len; i++) {
		struct span span = {MAX(SPAN(set, i).from, from), MIN(SPAN(set, i).to, to)};

		if (span.from < span.to)
			SPAN(set, n++) = span;
	}
	g_array_set_size(set, n);
}

/* --- instances of an entry --- */

#define INSTANCE_STEPS 5 /* what an instance costs beside a day looked at: to be kept, sorted and combined */

struct spreading {
	const struct entry *entry;
	pd_time from, to;
	GArray *into;
	const struct pd_zone *zone;
	int64_t *steps;
	GHashTable *except; /* starts named by an EXRULE, UTC; NULL: none */
};

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool has_number(const int64_t *sorted, size_t count, int64_t number)
{
	return count && bsearch(&number, sorted, count, sizeof *sorted, by_number);
}

static bool is_left_out(const struct spreading *s, pd_time utc)
{
	const struct entry *entry = s->entry;

	if (utc < entry->from || utc >= entry->to)
		return true;
	if (has_number(entry->not_at.items, entry->not_at.count, utc))
		return true;
	if (entry->not_on.count && has_number(entry->not_on.items, entry->not_on.count,
					      pd_day_of(pd_zone_to_local(entry->zone, utc))))
		return true;
	return s->except && g_hash_table_contains(s->except, &utc);
}

/* utc: what the local start is, which a local time that occurs twice does not tell. */
static void add_instance(const struct spreading *s, pd_time local, pd_time utc, struct entry_length length)
{
	pd_time start = local + s->entry->shift;
	pd_time from = s->entry->shift ? pd_zone_to_utc(s->entry->zone, start) : utc;
	pd_time to = length.wall ? pd_zone_to_utc(s->entry->zone, start + length.wall) : from;

	to += length.exact;
	from = MAX(from, s->from);
	to = MIN(to, s->to);
	set_add(s->into, from, to);
}

static bool take_instance(void *context, pd_time local)
{
	const struct spreading *s = context;

	pd_time utc = pd_zone_to_utc(s->entry->zone, local);

	if (!is_left_out(s, utc))
		add_instance(s, local, utc, s->entry->length);
	*s->steps -= INSTANCE_STEPS;
	return *s->steps >= 0;
}

static bool take_exception(void *context, pd_time local)
{
	const struct spreading *s = context;
	pd_time *utc = g_new(pd_time, 1);

	*utc = pd_zone_to_utc(s->entry->zone, local);
	g_hash_table_add(s->except, utc);
	*s->steps -= INSTANCE_STEPS;
	return *s->steps >= 0;
}

/* The entry's instances within [from, to), added to the set. */
static void spread(const struct entry *entry, pd_time from, pd_time to, GArray *into, int64_t *steps)
{
	struct spreading s = {.entry = entry, .from = from, .to = to, .into = into, .steps = steps};
	pd_time reach = entry->length.wall + entry->length.exact + ABS(entry->shift) + 3 * PD_DAY;
	struct recur_span span = {.start = entry->start,
				  .from = from - reach,
				  .to = to + reach,
				  .is_date = entry->is_date,
				  .zone = entry->zone,
				  .steps = steps};

	if (entry->except.count) {
		s.except = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
		for (size_t i = 0; i < entry->except.count; i++)
			pd_recur_expand(entry->except.items[i], &span, take_exception, &s);
	}
	if (entry->has_start)
		take_instance(&s, entry->start);
	for (size_t i = 0; i < entry->rules.count; i++)
		pd_recur_expand(entry->rules.items[i], &span, take_instance, &s);
	for (size_t i = 0; i < entry->extra.count; i++)
		if (!is_left_out(&s, entry->extra.items[i].at))
			add_instance(&s, entry->extra.items[i].local, entry->extra.items[i].at,
				     entry->extra.items[i].length);
	if (s.except)
		g_hash_table_unref(s.except);
	*steps -= 1 + (int64_t)into->len / 1000;
}

/* --- the table --- */

/* RFC 7953, section 4: from the lowest rank up, each takes its own range and opens in it. */
static GArray *spread_availabilities(const struct model *model, pd_time from, pd_time to, int64_t *steps)
{
	GArray *open = set_new();

	for (int rank = 0; rank <= 9; rank++) {
		GArray *ranges = set_new(), *available = set_new(), *rest;

		for (size_t i = 0; i < model->availabilities.count; i++) {
			const struct availability *a = model->availabilities.items[i];
			pd_time first = MAX(a->from, from), last = MIN(a->to, to);

			if (a->rank != rank || first >= last)
				continue;
			set_add(ranges, first, last);
			for (size_t j = 0; j < a->entries.count; j++)
				spread(a->entries.items[j], first, last, available, steps);
		}
		set_tidy(ranges);
		rest = set_minus(open, ranges);
		g_array_append_vals(rest, available->data, available->len);
		set_tidy(rest);
		g_array_unref(open);
		g_array_unref(ranges);
		g_array_unref(available);
		open = rest;
	}
	return open;
}

static int by_closing(const void *a, const void *b)
{
	const struct closing *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to > y->to ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The closings with their names, and the set that they cover. */
static GArray *spread_closings(const struct model *model, struct table *table, int64_t *steps,
			       const struct entry **ret_costly)
{
	GArray *covered = set_new(), *own = set_new(),
	       *named = g_array_new(FALSE, FALSE, sizeof(struct closing));

	for (size_t i = 0; i < model->entries.count && *steps >= 0; i++) {
		const struct entry *entry = model->entries.items[i];

		if (entry->effect != ENTRY_CLOSES)
			continue;
		*ret_costly = entry;
		g_array_set_size(own, 0);
		spread(entry, table->from, table->to, own, steps);
		set_tidy(own);
		for (guint k = 0; k < own->len; k++) {
			struct closing closing = {SPAN(own, k).from, SPAN(own, k).to, entry->name};

			table->longest_closing = MAX(table->longest_closing, closing.to - closing.from);
			g_array_append_val(named, closing);
		}
		g_array_append_vals(covered, own->data, own->len);
	}
	g_array_unref(own);
	set_tidy(covered);
	g_array_sort(named, by_closing);
	table->closing_count = named->len;
	table->closings = (struct closing *)(void *)g_array_free(named, FALSE);
	return covered;
}

static GArray *spread_hours(const struct model *model, const struct table *table, int64_t *steps,
			    const struct entry **ret_costly)
{
	GArray *hours = spread_availabilities(model, table->from, table->to, steps);

	if (*steps < 0 && model->availabilities.count)
		*ret_costly = model->availabilities.items[0]->entries.count
				      ? model->availabilities.items[0]->entries.items[0]
				      : NULL;
	for (size_t i = 0; i < model->entries.count && *steps >= 0; i++) {
		if (model->entries.items[i]->effect != ENTRY_OPENS)
			continue;
		*ret_costly = model->entries.items[i];
		spread(model->entries.items[i], table->from, table->to, hours, steps);
	}
	if (!model->is_closed_by_default)
		set_add(hours, table->from, table->to);
	set_tidy(hours);
	set_clip(hours, table->from, table->to);
	return hours;
}

/* A day that the zone never had (2011-12-30 in Apia). */
static bool is_skipped_day(const struct pd_zone *zone, int64_t day)
{
	return pd_zone_to_utc(zone, day * PD_DAY) >= pd_zone_to_utc(zone, (day + 1) * PD_DAY);
}

static void list_days(struct table *table, const struct pd_zone *zone)
{
	GArray *days = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (size_t i = 0; i < table->count; i++) {
		int64_t first = pd_day_of(pd_zone_to_local(zone, table->open[i].from));
		int64_t last = pd_day_of(pd_zone_to_local(zone, table->open[i].to - 1));

		if (days->len && first <= g_array_index(days, int64_t, days->len - 1))
			first = g_array_index(days, int64_t, days->len - 1) + 1;
		for (; first <= last; first++)
			if (!is_skipped_day(zone, first))
				g_array_append_val(days, first);
	}
	table->day_count = days->len;
	table->days = (int64_t *)(void *)g_array_free(days, FALSE);
}

struct table *pd_calendar_table_make(const struct model *model, pd_time from, pd_time to, int64_t *steps,
				     const struct entry **ret_costly)
{
	struct table *table = g_new0(struct table, 1);
	GArray *hours, *closed, *open;
	pd_time sum = 0;

	*table = (struct table){.from = from, .to = to};
	hours = spread_hours(model, table, steps, ret_costly);
	closed = spread_closings(model, table, steps, ret_costly);
	open = set_minus(hours, closed);
	g_array_unref(closed);
	table->hours_count = hours->len;
	table->hours = (struct span *)(void *)g_array_free(hours, FALSE);
	table->count = open->len;
	table->open = (struct span *)(void *)g_array_free(open, FALSE);
	table->before = g_new(pd_time, table->count + 1);
	for (size_t i = 0; i < table->count; i++) {
		table->before[i] = sum;
		sum += table->open[i].to - table->open[i].from;
	}
	table->before[table->count] = sum;
	list_days(table, model->zone);
	return table;
}

void pd_calendar_table_free(struct table *table)
{
	if (!table)
		return;
	g_free(table->open);
	g_free(table->before);
	g_free(table->hours);
	g_free(table->closings);
	g_free(table->days);
	g_free(table);
}
