/* Time: reading the clocks, and times as text.
 *
 * UTC is reckoned here, on the proleptic Gregorian calendar; named zones come from GLib, which reads
 * the system's zone files and needs no global TZ. An unknown zone is taken as UTC. Parsing fails by
 * false and accepts nothing that is no date (February 30th, 25:00). */
#include "base/clock.h"

#include <ctype.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct civil {
	int64_t year;
	int month, day, hour, minute, second; /* month and day from 1 */
	int weekday;			      /* 0: Sunday */
};

/* What stands in the file. */
static bool read_time(const char *path, pd_time *ret_time)
{
	char text[64] = "";
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return false;
	bool is_read = fgets(text, sizeof text, file) != NULL;
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return is_read && pd_time_parse(text, ret_time);
}

pd_time pd_now(void)
{
	const char *fixed = getenv("POSTDESK_NOW");
	pd_time time;
	if (fixed != NULL && (*fixed == '/' ? read_time(fixed, &time) : pd_time_parse(fixed, &time)))
		return time;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (pd_time)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t pd_monotonic(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Days since 1970-01-01, years counted from March so that the leap day is last. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct civil civil_from_time(pd_time time)
{
	int64_t days = time / PD_DAY, ms = time % PD_DAY;
	if (ms < 0) {
		ms += PD_DAY;
		days--;
	}
	struct civil civil;
	civil.weekday = (int)(((days + 4) % 7 + 7) % 7);
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t of_era = days - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t from_march = (5 * of_year + 2) / 153;
	civil.day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
	civil.month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
	civil.year = year + era * 400 + (civil.month <= 2);
	civil.hour = (int)(ms / PD_HOUR);
	civil.minute = (int)(ms / PD_MINUTE % 60);
	civil.second = (int)(ms / PD_SECOND % 60);
	return civil;
}

/* The zone's offset from UTC at that time, in seconds. Zones are kept for the life of the process. */
static int zone_offset(const char *zone, pd_time time)
{
	static GMutex lock;
	static GHashTable *zones;
	if (zone == NULL || *zone == '\0' || strcmp(zone, "UTC") == 0)
		return 0;
	g_mutex_lock(&lock);
	if (zones == NULL)
		zones = g_hash_table_new(g_str_hash, g_str_equal);
	GTimeZone *known = g_hash_table_lookup(zones, zone);
	if (known == NULL) {
		known = g_time_zone_new_identifier(zone);
		if (known == NULL)
			known = g_time_zone_new_utc();
		g_hash_table_insert(zones, g_strdup(zone), known);
	}
	g_mutex_unlock(&lock);
	int64_t seconds = time >= 0 ? time / 1000 : (time - 999) / 1000;
	int interval = g_time_zone_find_interval(known, G_TIME_TYPE_UNIVERSAL, seconds);
	return interval >= 0 ? g_time_zone_get_offset(known, interval) : 0;
}

static void put_digits(char *at, int value)
{
	at[0] = (char)('0' + value / 10);
	at[1] = (char)('0' + value % 10);
}

/* Timelines have thousands of times: hence without printf where the year has four digits. */
char *pd_time_rfc3339(struct pd_arena *arena, pd_time time)
{
	if (time == 0)
		return NULL;
	struct civil c = civil_from_time(time);
	if (c.year >= 0 && c.year <= 9999) {
		char *text = pd_strdup(arena, "0000-00-00T00:00:00Z");
		put_digits(text, (int)c.year / 100);
		put_digits(text + 2, (int)c.year % 100);
		put_digits(text + 5, c.month);
		put_digits(text + 8, c.day);
		put_digits(text + 11, c.hour);
		put_digits(text + 14, c.minute);
		put_digits(text + 17, c.second);
		return text;
	}
	return pd_printf(arena, "%04lld-%02d-%02dT%02d:%02d:%02dZ", (long long)c.year, c.month, c.day, c.hour,
			 c.minute, c.second);
}

char *pd_time_milliseconds(struct pd_arena *arena, pd_time time)
{
	const char *seconds = pd_time_rfc3339(arena, time);
	int ms = (int)(((time % 1000) + 1000) % 1000);
	return seconds != NULL ? pd_printf(arena, "%.*s.%03dZ", (int)strlen(seconds) - 1, seconds, ms) : NULL;
}

char *pd_time_rfc5322(struct pd_arena *arena, pd_time time, const char *zone)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int offset = zone_offset(zone, time);
	struct civil c = civil_from_time(time + offset * PD_SECOND);
	int minutes = abs(offset) / 60;
	return pd_printf(arena, "%s, %d %s %04lld %02d:%02d:%02d %c%02d%02d", days[c.weekday], c.day,
			 months[c.month - 1], (long long)c.year, c.hour, c.minute, c.second,
			 offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

char *pd_time_short(struct pd_arena *arena, pd_time time, const char *zone)
{
	struct civil c = civil_from_time(time + zone_offset(zone, time) * PD_SECOND);
	return pd_printf(arena, "%04lld-%02d-%02d %02d:%02d", (long long)c.year, c.month, c.day, c.hour,
			 c.minute);
}

/* Exactly n digits. */
static bool take_digits(const char **at, int n, int *ret_value)
{
	int value = 0;
	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)(*at)[i]))
			return false;
		value = value * 10 + ((*at)[i] - '0');
	}
	*at += n;
	*ret_value = value;
	return true;
}

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool is_day(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/* "Z", "+hh:mm", "-hhmm" or nothing, which is UTC; in seconds. */
static bool take_offset(const char **at, int *ret_offset)
{
	int hours, minutes;
	*ret_offset = 0;
	if (**at == '\0')
		return true;
	if (take(at, 'Z') || take(at, 'z'))
		return true;
	bool is_west = **at == '-';
	if (!take(at, '+') && !take(at, '-'))
		return false;
	if (!take_digits(at, 2, &hours))
		return false;
	(void)take(at, ':');
	if (!take_digits(at, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_offset = (hours * 60 + minutes) * 60 * (is_west ? -1 : 1);
	return true;
}

bool pd_time_parse(const char *text, pd_time *ret_time)
{
	int year, month, day, hour = 0, minute = 0, second = 0, ms = 0, offset = 0;
	const char *at = text;
	if (!take_digits(&at, 4, &year) || !take(&at, '-') || !take_digits(&at, 2, &month) ||
	    !take(&at, '-') || !take_digits(&at, 2, &day) || !is_day(year, month, day))
		return false;
	if (*at != '\0') {
		if (!take(&at, 'T') && !take(&at, 't') && !take(&at, ' '))
			return false;
		if (!take_digits(&at, 2, &hour) || !take(&at, ':') || !take_digits(&at, 2, &minute))
			return false;
		if (take(&at, ':') && !take_digits(&at, 2, &second))
			return false;
		if (take(&at, '.')) {
			if (!isdigit((unsigned char)*at))
				return false;
			for (int scale = 100; isdigit((unsigned char)*at); at++, scale /= 10)
				ms += (*at - '0') * scale;
		}
		if (hour > 23 || minute > 59 || second > 60 || !take_offset(&at, &offset) || *at != '\0')
			return false;
	}
	*ret_time = days_from_civil(year, month, day) * PD_DAY + hour * PD_HOUR + minute * PD_MINUTE +
		    (second - offset) * PD_SECOND + ms;
	return true;
}

bool pd_duration_parse(const char *text, pd_time *ret_duration)
{
	const pd_time longest = INT64_MAX / 4;
	pd_time total = 0;
	const char *at = text;
	do {
		if (!isdigit((unsigned char)*at))
			return false;
		pd_time n = 0;
		for (; isdigit((unsigned char)*at); at++) {
			if (n > longest / 10 - 1)
				return false;
			n = n * 10 + (*at - '0');
		}
		pd_time unit;
		switch (*at++) {
		case 's':
			unit = PD_SECOND;
			break;
		case 'm':
			unit = PD_MINUTE;
			break;
		case 'h':
			unit = PD_HOUR;
			break;
		case 'd':
			unit = PD_DAY;
			break;
		default:
			return false;
		}
		if (n > (longest - total) / unit)
			return false;
		total += n * unit;
	} while (*at != '\0');
	*ret_duration = total;
	return true;
}

char *pd_duration_text(struct pd_arena *arena, pd_time duration)
{
	static const struct {
		pd_time size;
		char name;
	} units[] = {{PD_DAY, 'd'}, {PD_HOUR, 'h'}, {PD_MINUTE, 'm'}, {PD_SECOND, 's'}};
	const char *sign = duration < 0 ? "-" : "";
	pd_time left = duration < 0 ? -duration : duration;
	for (int i = 0; i < 4; i++) {
		long long n = left / units[i].size;
		if (n == 0 && i < 3)
			continue;
		long long next = i < 3 ? left % units[i].size / units[i + 1].size : 0;
		if (next == 0)
			return pd_printf(arena, "%s%lld%c", n > 0 ? sign : "", n, units[i].name);
		return pd_printf(arena, "%s%lld%c %lld%c", sign, n, units[i].name, next, units[i + 1].name);
	}
	return NULL;
}
