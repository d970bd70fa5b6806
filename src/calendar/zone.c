/* Time zones over GTimeZone's data, with our own conversion.
 *
 * GLib and libical both move a skipped local time to where RFC 5545 does not put
 * it, so only the offsets are taken from the system: every change between 1970 and
 * 2200 is found once, by bisection, and kept in a sorted table. Conversion is then a
 * binary search, the same in every thread, and needs no lock. */
#include "calendar/zone.h"
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include "base/list.h"
#include "base/text.h"

struct stretch {
	pd_time at, offset;
};
struct search {
	GTimeZone *zone;
	struct pd_arena *arena;
	PD_LIST(struct stretch) found;
};

static pd_time offset_at(GTimeZone *zone, int interval)
{
	return (pd_time)g_time_zone_get_offset(zone, interval) * PD_SECOND;
}

/* The first second of each interval after that of `low`, up to and including that of `high`. */
static void find_changes(struct search *search, gint64 low, gint64 high)
{
	GTimeZone *zone = search->zone;
	int low_interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, low);
	int high_interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, high);

	while (low_interval != high_interval) {
		gint64 before = low, after = high;
		int interval = high_interval;

		while (after - before > 1) {
			gint64 middle = before + (after - before) / 2;
			int found = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, middle);

			if (found == low_interval) {
				before = middle;
			} else {
				after = middle;
				interval = found;
			}
		}
		*pd_list_add(search->arena, &search->found) =
			(struct stretch){after * PD_SECOND, offset_at(zone, interval)};
		low = after;
		low_interval = interval;
	}
}

/* Names of zones only: nothing that could lead out of the zone directory, no POSIX rules. */
static bool is_zone_name(const char *name)
{
	if (!g_ascii_isalpha(name[0]) || strlen(name) > 64)
		return false;
	for (const char *c = name; *c; c++)
		if (!g_ascii_isalnum(*c) && !strchr("_+-/", *c))
			return false;
	return true;
}

static const struct pd_zone *make(struct pd_arena *arena, const char *name, const struct stretch *items,
				  size_t count)
{
	pd_time *at = PD_NEW_N(arena, pd_time, count), *offset = PD_NEW_N(arena, pd_time, count);
	struct pd_zone *made = PD_NEW(arena, struct pd_zone);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (n > 0 && offset[n - 1] == items[i].offset)
			continue;
		at[n] = n ? items[i].at : INT64_MIN;
		offset[n++] = items[i].offset;
	}
	*made = (struct pd_zone){.name = pd_strdup(arena, name), .count = n, .at = at, .offset = offset};
	return made;
}

const struct pd_zone *pd_zone_make(struct pd_arena *arena, const char *name, const pd_time *at,
				   const pd_time *offset, size_t count)
{
	struct stretch *items = PD_NEW_N(arena, struct stretch, count);

	for (size_t i = 0; i < count; i++)
		items[i] = (struct stretch){at[i], offset[i]};
	return make(arena, name, items, count);
}

const struct pd_zone *pd_zone_load(struct pd_arena *arena, const char *name)
{
	struct search search = {.arena = arena};
	const gint64 year = 365 * 24 * 60 * 60;
	const gint64 last = PD_ZONE_LAST / PD_SECOND;

	if (!is_zone_name(name))
		return NULL;
	if (strcmp(name, "UTC") == 0) {
		*pd_list_add(arena, &search.found) = (struct stretch){INT64_MIN, 0};
		return make(arena, name, search.found.items, search.found.count);
	}
	search.zone = g_time_zone_new_identifier(name);
	if (!search.zone)
		return NULL;
	*pd_list_add(arena, &search.found) = (struct stretch){
		INT64_MIN,
		offset_at(search.zone, g_time_zone_find_interval(search.zone, G_TIME_TYPE_UNIVERSAL, 0))};
	for (gint64 low = 0; low < last; low += year)
		find_changes(&search, low, low + year < last ? low + year : last);
	g_time_zone_unref(search.zone);
	return make(arena, name, search.found.items, search.found.count);
}

/* The last stretch that begins at or before the time. */
static size_t stretch_of(const struct pd_zone *zone, pd_time utc)
{
	size_t low = 0, high = zone->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (zone->at[middle] <= utc)
			low = middle;
		else
			high = middle;
	}
	return low;
}

pd_time pd_zone_offset(const struct pd_zone *zone, pd_time utc)
{
	return zone->offset[stretch_of(zone, utc)];
}

pd_time pd_zone_to_local(const struct pd_zone *zone, pd_time utc)
{
	return utc + pd_zone_offset(zone, utc);
}

/* RFC 5545, section 3.3.5. The first stretch whose local end lies after the time either
 * holds it (and holds its first occurrence), or begins after it: then the time is skipped. */
pd_time pd_zone_to_utc(const struct pd_zone *zone, pd_time local)
{
	size_t i = stretch_of(zone, local - 2 * PD_DAY);

	while (i + 1 < zone->count && local >= zone->at[i + 1] + zone->offset[i])
		i++;
	if (i > 0 && local < zone->at[i] + zone->offset[i])
		i--;
	return local - zone->offset[i];
}

int64_t pd_day_number(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void pd_day_civil(int64_t number, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t shifted = number + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;

	*ret_day = (int)(of_year - (153 * month + 2) / 5 + 1);
	*ret_month = (int)(month < 10 ? month + 3 : month - 9);
	*ret_year = (int)(year + era * 400 + (*ret_month <= 2));
}

int pd_day_weekday(int64_t number)
{
	return (int)(((number + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

int pd_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

int64_t pd_day_of(pd_time time)
{
	return time >= 0 ? time / PD_DAY : -((-time + PD_DAY - 1) / PD_DAY);
}

bool pd_zone_parse(const struct pd_zone *zone, const char *text, pd_time *ret_time)
{
	int year, month, day, hour = 0, minute = 0, second = 0, used = 0, more = 0;
	size_t len = strspn(text, "0123456789-:T ");

	if (text[len] != '\0')
		return pd_time_parse(text, ret_time);
	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) < 3 || used != 10)
		return false;
	if (text[used] != '\0') {
		if (sscanf(text + used, "%*1[T ]%2d:%2d%n", &hour, &minute, &more) < 2 || more != 6)
			return pd_time_parse(text, ret_time);
		used += more;
		more = 0;
		if (text[used] == ':') {
			if (sscanf(text + used, ":%2d%n", &second, &more) < 1 || more != 3)
				return false;
			used += more;
		}
		if (text[used] != '\0')
			return pd_time_parse(text, ret_time);
	}
	if (month < 1 || month > 12 || day < 1 || day > pd_month_days(year, month) || hour < 0 || hour > 24 ||
	    minute < 0 || minute > 59 || second < 0 || second > 60 || (hour == 24 && (minute || second)))
		return false;
	*ret_time = pd_zone_to_utc(zone, pd_day_number(year, month, day) * PD_DAY + hour * PD_HOUR +
						 minute * PD_MINUTE + second * PD_SECOND);
	return true;
}
