/* Makes entries of components: start, length, rules, RDATE, EXDATE, RECURRENCE-ID.
 *
 * Hours with an end time (DTEND) close when the wall shows that time: an office open from
 * 22:00 to 6:00 closes at 6:00 also in the night when clocks change. (RFC 5545 speaks of the
 * same exact duration there; DURATION with hours says that.) */
#include "calendar/series.h"
#include <stdlib.h>
#include <string.h>
#include "base/text.h"

#define LENGTH_LIMIT (36525 * PD_DAY)

struct event {
	const struct ics_component *component;
	const char *uid; /* NULL: none */
	struct entry *entry;
	int sequence;
	bool is_override, is_following; /* RECURRENCE-ID; with RANGE=THISANDFUTURE */
	bool is_cancelled;
	struct stamp replaced; /* RECURRENCE-ID */
	pd_time replaced_at;   /* the same in UTC */
};
struct events {
	struct reading *in;
	PD_LIST(struct event) list;
};

/* --- start and length --- */

static bool read_stamp(struct reading *in, const struct ics_component *component, const struct ics_line *line,
		       const char *text, struct stamp *ret_stamp, const struct pd_zone **ret_zone)
{
	const char *value = pd_ics_param(line, "VALUE");
	struct stamp stamp;

	if (!pd_value_stamp(text, &stamp))
		return pd_reading_wrong(in, component, line->number, "not a date of the calendar", text);
	if (value && pd_equal_nocase(value, "DATE") && !stamp.is_date)
		return pd_reading_wrong(in, component, line->number, "VALUE=DATE, but a time follows", text);
	*ret_zone = pd_value_zone(&in->zones, line, &stamp, component->name);
	if (!*ret_zone) {
		in->errors++;
		return false;
	}
	*ret_stamp = stamp;
	return true;
}

static bool read_end(struct reading *in, const struct ics_component *component, const struct ics_line *line,
		     struct entry *entry)
{
	struct stamp stamp;
	const struct pd_zone *zone;

	if (!read_stamp(in, component, line, line->value, &stamp, &zone))
		return false;
	if (stamp.is_date != entry->is_date)
		return pd_reading_wrong(in, component, line->number,
					"one of DTSTART and DTEND is a date, the other a time", line->value);
	if (zone == entry->zone)
		entry->length.wall = stamp.local - entry->start;
	else
		entry->length.exact =
			pd_zone_to_utc(zone, stamp.local) - pd_zone_to_utc(entry->zone, entry->start);
	return true;
}

static bool read_length(struct reading *in, const struct ics_component *component, struct entry *entry)
{
	const struct ics_line *end = pd_ics_line(component, "DTEND"),
			      *duration = pd_ics_line(component, "DURATION");
	int line = end ? end->number : duration ? duration->number : component->number;

	if (end && !read_end(in, component, end, entry))
		return false;
	if (!end && duration && !pd_value_duration(duration->value, &entry->length))
		return pd_reading_wrong(in, component, line, "not a DURATION", duration->value);
	if (entry->length.wall + entry->length.exact < 0)
		return pd_reading_wrong(in, component, line, "it ends before it starts", NULL);
	if (entry->length.wall + entry->length.exact > LENGTH_LIMIT)
		return pd_reading_wrong(in, component, line, "it lasts longer than 100 years", NULL);
	if (entry->length.wall + entry->length.exact > 0)
		return true;
	if (entry->is_date)
		entry->length.wall =
			PD_DAY; /* section 3.6.1; and many feeds name the day itself as the end */
	else if (in->availability && !end && !duration)
		entry->length.exact =
			in->availability->to == INT64_MAX
				? LENGTH_LIMIT
				: in->availability->to - pd_zone_to_utc(entry->zone, entry->start);
	else
		pd_reading_warn(in, component, line, "lasts no time");
	return true;
}

/* Outlook writes whole days as times with a mark of its own. */
static void take_all_day_mark(struct reading *in, const struct ics_component *component, struct entry *entry)
{
	const char *mark = pd_ics_value(component, "X-MICROSOFT-CDO-ALLDAYEVENT");

	if (!mark || !pd_equal_nocase(mark, "TRUE") || entry->start % PD_DAY || entry->length.wall % PD_DAY ||
	    entry->length.exact || !entry->length.wall)
		return;
	entry->is_date = true;
	entry->zone = in->zones.floating;
}

/* --- what recurs --- */

static bool read_rule(struct reading *in, const struct ics_component *component, const struct ics_line *line,
		      struct entry *entry)
{
	struct pd_arena *arena = in->source->arena;
	const char *why;
	const struct recur *recur = pd_recur_parse(arena, pd_trim(arena, line->value), &why);
	struct recur_span span = {.start = entry->start,
				  .is_date = entry->is_date,
				  .zone = entry->zone,
				  .steps = in->source->steps};

	if (!recur)
		return pd_reading_wrong(in, component, line->number, why, line->value);
	if (strcmp(line->name, "EXRULE") == 0) {
		*pd_list_add(arena, &entry->except) = recur;
		return true;
	}
	if (recur->until_kind == RECUR_UNTIL_NONE && !pd_recur_happens(recur, &span))
		return pd_reading_wrong(in, component, line->number,
					*span.steps < 0 ? "the rules of the calendar cost too much"
							: "the rule never happens, on any day",
					line->value);
	*pd_list_add(arena, &entry->rules) = recur;
	entry->has_start = false;
	return true;
}

/* RDATE: a date, a time, or a period with its end or duration. */
static bool read_extra(struct reading *in, const struct ics_component *component, const struct ics_line *line,
		       char *text, struct entry *entry)
{
	struct entry_extra extra = {.length = entry->length};
	char *slash = strchr(text, '/');
	const struct pd_zone *zone;
	struct stamp stamp, end;

	if (slash)
		*slash++ = '\0';
	if (!read_stamp(in, component, line, text, &stamp, &zone))
		return false;
	if (stamp.is_date && !entry->is_date)
		stamp.local += entry->start - pd_day_of(entry->start) * PD_DAY;
	if (stamp.is_date)
		zone = entry->zone;
	extra.at = pd_zone_to_utc(zone, stamp.local);
	extra.local = zone == entry->zone ? stamp.local : pd_zone_to_local(entry->zone, extra.at);
	if (slash && *slash == 'P') {
		if (!pd_value_duration(slash, &extra.length))
			return pd_reading_wrong(in, component, line->number, "not a period", slash);
	} else if (slash) {
		if (!read_stamp(in, component, line, slash, &end, &zone))
			return false;
		extra.length = (struct entry_length){.exact = pd_zone_to_utc(zone, end.local) - extra.at};
	}
	if (extra.length.wall + extra.length.exact < 0 ||
	    extra.length.wall + extra.length.exact > LENGTH_LIMIT)
		return pd_reading_wrong(in, component, line->number,
					"a period ends before it starts, or lasts longer than 100 years",
					text);
	*pd_list_add(in->source->arena, &entry->extra) = extra;
	return true;
}

static bool read_exception(struct reading *in, const struct ics_component *component,
			   const struct ics_line *line, const char *text, struct entry *entry)
{
	struct pd_arena *arena = in->source->arena;
	const struct pd_zone *zone;
	struct stamp stamp;

	if (!read_stamp(in, component, line, text, &stamp, &zone))
		return false;
	if (entry->is_date && stamp.is_utc)
		stamp.local = pd_zone_to_local(entry->zone, stamp.local);
	if (entry->is_date || stamp.is_date)
		*pd_list_add(arena, &entry->not_on) = pd_day_of(stamp.local);
	else
		*pd_list_add(arena, &entry->not_at) = pd_zone_to_utc(zone, stamp.local);
	return true;
}

static bool read_recurrence(struct reading *in, const struct ics_component *component, struct entry *entry)
{
	struct pd_arena *arena = in->source->arena;

	for (size_t i = 0; i < component->lines.count; i++) {
		const struct ics_line *line = &component->lines.items[i];
		bool is_extra = strcmp(line->name, "RDATE") == 0;
		struct pd_strings dates = {0};

		if ((strcmp(line->name, "RRULE") == 0 || strcmp(line->name, "EXRULE") == 0) &&
		    !read_rule(in, component, line, entry))
			return false;
		if (is_extra || strcmp(line->name, "EXDATE") == 0)
			dates = pd_split(arena, line->value, ',');
		for (size_t k = 0; k < dates.count; k++) {
			char *text = pd_strdup(arena, dates.items[k]);

			if (is_extra ? !read_extra(in, component, line, text, entry)
				     : !read_exception(in, component, line, text, entry))
				return false;
		}
	}
	return true;
}

/* --- one component --- */

static bool read_override(struct reading *in, const struct ics_component *component, struct event *event)
{
	const struct ics_line *line = pd_ics_line(component, "RECURRENCE-ID");
	const struct pd_zone *zone;
	const char *range;

	if (!line)
		return true;
	if (!read_stamp(in, component, line, line->value, &event->replaced, &zone))
		return false;
	range = pd_ics_param(line, "RANGE");
	if (range && !pd_equal_nocase(range, "THISANDFUTURE"))
		return pd_reading_wrong(in, component, line->number, "RANGE is not THISANDFUTURE", range);
	event->is_override = true;
	event->is_following = range != NULL;
	event->replaced_at = pd_zone_to_utc(zone, event->replaced.local);
	return true;
}

static bool read_event(struct reading *in, const struct ics_component *component, struct event *event)
{
	struct pd_arena *arena = in->source->arena;
	const struct ics_line *start = pd_ics_line(component, "DTSTART");
	const char *summary = pd_ics_value(component, "SUMMARY"), *status = pd_ics_value(component, "STATUS");
	const char *sequence = pd_ics_value(component, "SEQUENCE");
	struct entry *entry = PD_NEW(arena, struct entry);
	unsigned long long number;
	struct stamp stamp;

	if (!start)
		return pd_reading_wrong(in, component, component->number, "no DTSTART", NULL);
	if (!read_stamp(in, component, start, start->value, &stamp, &entry->zone))
		return false;
	*event =
		(struct event){.component = component, .entry = entry, .uid = pd_ics_value(component, "UID")};
	entry->component = component->name;
	entry->name = summary ? pd_ics_text(arena, summary) : "";
	entry->where = (struct pd_where){.file = in->path, .line = component->number};
	entry->is_date = stamp.is_date;
	entry->has_start = true;
	entry->start = stamp.local;
	entry->from = INT64_MIN;
	entry->to = INT64_MAX;
	event->is_cancelled = status && pd_equal_nocase(status, "CANCELLED");
	if (sequence && pd_number(sequence, 1000000000, &number))
		event->sequence = (int)number;
	if (!read_length(in, component, entry))
		return false;
	take_all_day_mark(in, component, entry);
	return read_override(in, component, event) &&
	       (event->is_override || read_recurrence(in, component, entry));
}

/* --- series --- */

/* By UID; masters first, then overrides by the instance that they replace; newest SEQUENCE first. */
static int by_series(const void *a, const void *b)
{
	const struct event *x = a, *y = b;
	int order = strcmp(x->uid ? x->uid : "", y->uid ? y->uid : "");

	if (order)
		return order;
	if (x->is_override != y->is_override)
		return x->is_override ? 1 : -1;
	if (x->is_override && x->replaced_at != y->replaced_at)
		return x->replaced_at < y->replaced_at ? -1 : 1;
	if (x->sequence != y->sequence)
		return x->sequence > y->sequence ? -1 : 1;
	return x->component->number - y->component->number;
}

/* This and the following instances of the series move with the override. */
static struct entry *split_series(struct reading *in, struct entry *master, const struct event *override)
{
	struct entry *rest = pd_memdup(in->source->arena, master, sizeof *master);
	pd_time start = pd_zone_to_utc(override->entry->zone, override->entry->start);

	master->to = override->replaced_at;
	rest->from = override->replaced_at;
	rest->shift =
		pd_zone_to_local(master->zone, start) - pd_zone_to_local(master->zone, override->replaced_at);
	rest->length = override->entry->length;
	rest->where = override->entry->where;
	if (*override->entry->name)
		rest->name = override->entry->name;
	return rest;
}

static void except(struct reading *in, struct entry *master, const struct event *override)
{
	if (master->is_date || override->replaced.is_date)
		*pd_list_add(in->source->arena, &master->not_on) = pd_day_of(override->replaced.local);
	else
		*pd_list_add(in->source->arena, &master->not_at) = override->replaced_at;
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void give(struct entry *entry, const struct event *event, series_take *take, void *context)
{
	if (entry->not_at.count)
		qsort(entry->not_at.items, entry->not_at.count, sizeof *entry->not_at.items, by_number);
	if (entry->not_on.count)
		qsort(entry->not_on.items, entry->not_on.count, sizeof *entry->not_on.items, by_number);
	take(context, event->component, entry);
}

/* The master at `first`, changed by the overrides [from, to) of its series. */
static void give_master(struct reading *in, struct event *master, const struct event *from,
			const struct event *to, series_take *take)
{
	struct entry *entry = master->entry;
	const struct event *current = master;

	if (master->is_cancelled)
		return;
	for (const struct event *override = from; override < to; override++)
		if (!override->is_following)
			except(in, entry, override);
	for (const struct event *override = from; override < to; override++) {
		struct entry *rest;

		if (!override->is_following)
			continue;
		rest = split_series(in, entry, override);
		if (!current->is_cancelled)
			give(entry, current, take, in);
		entry = rest;
		current = override;
	}
	if (!current->is_cancelled)
		give(entry, current, take, in);
}

static void give_override(struct event *override, const struct event *master, series_take *take,
			  void *context)
{
	if (override->is_cancelled || (override->is_following && master))
		return;
	if (!*override->entry->name && master)
		override->entry->name = master->entry->name;
	give(override->entry, override, take, context);
}

/* All events of one UID, sorted. */
static void give_series(struct reading *in, struct event *from, struct event *to, series_take *take)
{
	struct event *overrides = from, *masters_end;
	const struct event *last = NULL;

	while (overrides < to && !overrides->is_override && overrides->sequence == from->sequence)
		overrides++;
	masters_end = overrides;
	while (overrides < to && !overrides->is_override)
		overrides++; /* masters of an older SEQUENCE */
	for (struct event *master = from; master < masters_end; master++)
		give_master(in, master, overrides, to, take);
	for (struct event *override = overrides; override < to; override++) {
		if (!last || last->replaced_at != override->replaced_at)
			give_override(override, masters_end > from ? from : NULL, take, in);
		last = override;
	}
}

void pd_series_read(struct reading *in, const struct ics_component *parent, const char *name,
		    series_take *take)
{
	struct pd_arena *arena = in->source->arena;
	struct events events = {.in = in};
	size_t first = 0;

	for (size_t i = 0; i < parent->children.count; i++) {
		struct event event;

		if (*in->source->steps < 0) {
			if (in->errors == 0)
				pd_reading_wrong(in, parent->children.items[i],
						 parent->children.items[i]->number,
						 "the rules before it cost too much", NULL);
			return;
		}
		if (strcmp(parent->children.items[i]->name, name) == 0 &&
		    read_event(in, parent->children.items[i], &event))
			*pd_list_add(arena, &events.list) = event;
	}
	if (events.list.count == 0)
		return;
	qsort(events.list.items, events.list.count, sizeof *events.list.items, by_series);
	for (size_t i = 1; i <= events.list.count; i++) {
		struct event *from = &events.list.items[first];

		if (i < events.list.count && from->uid && pd_equal(from->uid, events.list.items[i].uid))
			continue;
		give_series(in, from, &events.list.items[i], take);
		first = i;
	}
}
