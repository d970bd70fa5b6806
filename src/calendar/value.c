/* Reads the values of calendar properties. Fails by false or NULL; values that no
 * calendar can mean (30 February, a duration of millennia) are not taken. */
#include "calendar/value.h"
#include <stdlib.h>
#include <string.h>
#include "base/text.h"

/* Exactly n digits. */
static bool digits(const char *at, int n, int *ret_number)
{
	int number = 0;

	for (int i = 0; i < n; i++) {
		if (!g_ascii_isdigit(at[i]))
			return false;
		number = number * 10 + (at[i] - '0');
	}
	*ret_number = number;
	return true;
}

bool pd_value_stamp(const char *text, struct stamp *ret_stamp)
{
	int year, month, day, hour, minute, second;
	struct stamp stamp = {0};

	if (!digits(text, 4, &year) || !digits(text + 4, 2, &month) || !digits(text + 6, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > pd_month_days(year, month))
		return false;
	stamp.local = pd_day_number(year, month, day) * PD_DAY;
	text += 8;
	if (*text == '\0') {
		stamp.is_date = true;
	} else {
		if (*text != 'T' || !digits(text + 1, 2, &hour) || !digits(text + 3, 2, &minute) ||
		    !digits(text + 5, 2, &second))
			return false;
		if (hour > 24 || minute > 59 || second > 60 || (hour == 24 && (minute || second)))
			return false;
		stamp.local += hour * PD_HOUR + minute * PD_MINUTE + second * PD_SECOND;
		stamp.is_utc = text[7] == 'Z';
		if (text[7 + stamp.is_utc] != '\0')
			return false;
	}
	*ret_stamp = stamp;
	return true;
}

bool pd_value_duration(const char *text, struct entry_length *ret_length)
{
	static const struct {
		char unit;
		bool is_time;
		pd_time ms;
	} units[] = {{'W', false, 7 * PD_DAY},
		     {'D', false, PD_DAY},
		     {'H', true, PD_HOUR},
		     {'M', true, PD_MINUTE},
		     {'S', true, PD_SECOND}};
	struct entry_length length = {0};
	bool is_time = false, is_negative = *text == '-';
	size_t next = 0, parts = 0;

	if (*text == '+' || *text == '-')
		text++;
	if (*text++ != 'P')
		return false;
	while (*text) {
		pd_time number = 0;
		size_t len;

		if (*text == 'T' && !is_time) {
			is_time = true;
			text++;
		}
		len = strspn(text, "0123456789");
		if (len == 0 || len > 9)
			return false;
		for (size_t i = 0; i < len; i++)
			number = number * 10 + (text[i] - '0');
		text += len;
		while (next < G_N_ELEMENTS(units) &&
		       (units[next].unit != *text || units[next].is_time != is_time))
			next++;
		if (next == G_N_ELEMENTS(units))
			return false;
		*(is_time ? &length.exact : &length.wall) += number * units[next++].ms;
		text++;
		parts++;
	}
	if (parts == 0 || length.wall > 36525 * PD_DAY || length.exact > 36525 * PD_DAY)
		return false;
	if (is_negative)
		length = (struct entry_length){-length.wall, -length.exact};
	*ret_length = length;
	return true;
}

bool pd_value_offset(const char *text, pd_time *ret_offset)
{
	int hour, minute, second = 0;
	size_t len = strlen(text);

	if ((len != 5 && len != 7) || (text[0] != '+' && text[0] != '-') || !digits(text + 1, 2, &hour) ||
	    !digits(text + 3, 2, &minute) || (len == 7 && !digits(text + 5, 2, &second)) || hour > 23 ||
	    minute > 59 || second > 59)
		return false;
	*ret_offset = (hour * PD_HOUR + minute * PD_MINUTE + second * PD_SECOND) * (text[0] == '-' ? -1 : 1);
	return true;
}

/* --- VTIMEZONE, section 3.6.5 --- */

struct onset {
	pd_time at, before, after; /* UTC; offsets */
};
struct onsets {
	struct zones *zones;
	PD_LIST(struct onset) list;
	pd_time before, after; /* of the observance being read */
};

static bool add_onset(void *context, pd_time local)
{
	struct onsets *onsets = context;

	*pd_list_add(onsets->zones->arena, &onsets->list) =
		(struct onset){local - onsets->before, onsets->before, onsets->after};
	return true;
}

static int by_onset(const void *a, const void *b)
{
	const struct onset *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static bool bad(struct zones *zones, int line, const char *format, const char *what)
{
	struct pd_where where = {.file = zones->path, .line = line};
	const char *text = pd_printf(zones->arena, "%s: %s", format, what);

	pd_problem_add(zones->problems, where, "VTIMEZONE: %s", pd_clean_line(zones->arena, text, 200));
	return false;
}

static bool add_rule(struct onsets *onsets, const struct ics_line *line, pd_time start)
{
	struct zones *zones = onsets->zones;
	const pd_time at = INT64_MIN;
	struct recur_span span = {
		.start = start, .from = -10 * 366 * PD_DAY, .to = PD_ZONE_LAST, .steps = zones->steps};
	const char *why;
	const struct recur *recur = pd_recur_parse(zones->arena, line->value, &why);

	if (!recur)
		return bad(zones, line->number, "RRULE", why);
	span.zone = pd_zone_make(zones->arena, "", &at, &onsets->before, 1);
	pd_recur_expand(recur, &span, add_onset, onsets);
	return true;
}

static bool read_observance(struct onsets *onsets, const struct ics_component *part)
{
	struct zones *zones = onsets->zones;
	const char *from = pd_ics_value(part, "TZOFFSETFROM"), *to = pd_ics_value(part, "TZOFFSETTO");
	const char *start = pd_ics_value(part, "DTSTART");
	struct stamp stamp;

	if (!from || !pd_value_offset(from, &onsets->before))
		return bad(zones, part->number, part->name, "no TZOFFSETFROM that is an offset");
	if (!to || !pd_value_offset(to, &onsets->after))
		return bad(zones, part->number, part->name, "no TZOFFSETTO that is an offset");
	if (!start || !pd_value_stamp(start, &stamp))
		return bad(zones, part->number, part->name, "no DTSTART that is a date");
	add_onset(onsets, stamp.local);
	for (size_t i = 0; i < part->lines.count; i++) {
		const struct ics_line *line = &part->lines.items[i];

		if (strcmp(line->name, "RRULE") == 0 && !add_rule(onsets, line, stamp.local))
			return false;
		if (strcmp(line->name, "RDATE") == 0) {
			struct pd_strings dates = pd_split(zones->arena, line->value, ',');

			for (size_t k = 0; k < dates.count; k++) {
				struct stamp date;

				if (!pd_value_stamp(dates.items[k], &date))
					return bad(zones, line->number, "RDATE", "not a date");
				add_onset(onsets, date.is_utc ? date.local + onsets->before : date.local);
			}
		}
	}
	return true;
}

static const struct pd_zone *read_definition(struct zones *zones, const struct ics_component *definition,
					     const char *tzid)
{
	struct onsets onsets = {.zones = zones};
	pd_time *at, *offset;

	for (size_t i = 0; i < definition->children.count; i++) {
		const struct ics_component *part = definition->children.items[i];

		if ((strcmp(part->name, "STANDARD") == 0 || strcmp(part->name, "DAYLIGHT") == 0) &&
		    !read_observance(&onsets, part))
			return NULL;
	}
	if (onsets.list.count == 0) {
		bad(zones, definition->number, tzid, "neither STANDARD nor DAYLIGHT in it");
		return NULL;
	}
	qsort(onsets.list.items, onsets.list.count, sizeof *onsets.list.items, by_onset);
	at = PD_NEW_N(zones->arena, pd_time, onsets.list.count + 1);
	offset = PD_NEW_N(zones->arena, pd_time, onsets.list.count + 1);
	at[0] = INT64_MIN;
	offset[0] = onsets.list.items[0].before;
	for (size_t i = 0; i < onsets.list.count; i++) {
		at[i + 1] = onsets.list.items[i].at;
		offset[i + 1] = onsets.list.items[i].after;
	}
	return pd_zone_make(zones->arena, tzid, at, offset, onsets.list.count + 1);
}

/* The name as it stands, or what follows any of its slashes ("/vendor.example/v2/Europe/Paris"). */
static const struct pd_zone *system_zone(struct zones *zones, const char *tzid)
{
	const struct pd_zone *zone =
		pd_equal(tzid, zones->floating->name) ? zones->floating : pd_zone_load(zones->arena, tzid);

	while (!zone && (tzid = strchr(tzid, '/')) != NULL && strchr(tzid + 1, '/'))
		zone = pd_zone_load(zones->arena, ++tzid);
	return zone;
}

static void compare(struct zones *zones, const struct ics_component *definition, const struct pd_zone *system,
		    const char *tzid)
{
	const struct pd_zone *own = read_definition(zones, definition, tzid);
	struct pd_where where = {.file = zones->path, .line = definition->number};
	pd_time now = pd_now();

	for (pd_time at = now; own && at < now + 730 * PD_DAY; at += PD_DAY) {
		if (pd_zone_offset(own, at) == pd_zone_offset(system, at))
			continue;
		pd_warning_add(
			zones->problems, where,
			"VTIMEZONE %s: differs from the system's zone data on %.10s; the system's holds",
			tzid, pd_time_rfc3339(zones->arena, at));
		return;
	}
}

static const struct pd_zone *find_zone(struct zones *zones, const char *tzid)
{
	const struct ics_component *definition = NULL;
	const struct pd_zone *system = system_zone(zones, tzid);

	for (size_t i = 0; i < zones->definitions.count; i++)
		if (pd_equal(pd_ics_value(zones->definitions.items[i], "TZID"), tzid))
			definition = zones->definitions.items[i];
	if (definition && !system && pd_ics_value(definition, "X-LIC-LOCATION"))
		system = pd_zone_load(zones->arena, pd_ics_value(definition, "X-LIC-LOCATION"));
	if (system && definition)
		compare(zones, definition, system, tzid);
	if (system)
		return system;
	return definition ? read_definition(zones, definition, tzid) : NULL;
}

const struct pd_zone *pd_value_zone(struct zones *zones, const struct ics_line *line,
				    const struct stamp *stamp, const char *component)
{
	struct pd_where where = {.file = zones->path, .line = line->number};
	const char *tzid = pd_ics_param(line, "TZID");
	const struct pd_zone *zone;

	if (stamp->is_utc)
		return zones->utc;
	if (stamp->is_date || !tzid)
		return zones->floating;
	if (g_hash_table_lookup_extended(zones->known, tzid, NULL, (void **)&zone))
		return zone;
	zone = find_zone(zones, tzid);
	g_hash_table_insert(zones->known, (void *)tzid, (void *)zone);
	if (!zone)
		pd_problem_add(zones->problems, where,
			       "%s: %s: no such time zone, and no VTIMEZONE says what it is", component,
			       pd_clean_line(zones->arena, tzid, 80));
	return zone;
}
