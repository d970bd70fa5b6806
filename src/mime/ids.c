/* Message-IDs and dates as real mailers write them.
 *
 * Ids lack their <>, are folded in the middle, have comments beside them, and some have no
 * @. Dates lack their zone or name it, have two-digit years and words in front. What cannot
 * be read is absent. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "mime/inside.h"

#define MAX_IDS 200
#define MAX_ID	998

static void add_id(struct pd_arena *arena, const char *start, size_t len, struct pd_strings *list)
{
	/* Blanks inside come from folding. */
	char *id = pd_alloc_dirty(arena, len + 1);
	size_t to = 0;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)start[i] > ' ')
			id[to++] = start[i];
	id[to] = '\0';
	id = pd_clean_line(arena, id, 0);
	if (*id && strlen(id) <= MAX_ID && list->count < MAX_IDS)
		pd_strings_add_once(arena, list, id);
}

/* Without <>: words with an @ in them, or the only word that there is. */
static void add_bare(struct pd_arena *arena, const char *text, struct pd_strings *list)
{
	struct pd_strings words = pd_split(arena, text, ' ');
	for (size_t i = 0; i < words.count; i++) {
		const char *word = words.items[i];
		if (words.count == 1 || (strchr(word, '@') && word[0] != '(' && word[0] != '"'))
			add_id(arena, word, strcspn(word, ",;>"), list);
	}
}

void pd_mime_ids(struct pd_arena *arena, const char *text, struct pd_strings *list)
{
	if (!strchr(text, '<')) {
		if (strlen(text) < 16384)
			add_bare(arena, text, list);
		return;
	}
	for (const char *at = text; (at = strchr(at, '<')) && list->count < MAX_IDS;) {
		const char *end = at + 1 + strcspn(at + 1, "<>");
		add_id(arena, at + 1, (size_t)(end - at - 1), list);
		at = *end == '>' ? end + 1 : end;
	}
}

/* --- dates --- */

struct date {
	int day, month, year, hour, minute, second, zone; /* zone in minutes */
	bool has_time, has_zone;
};

static int month_of(const char *word, size_t len)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	if (len < 3)
		return 0;
	for (int i = 0; i < 12; i++)
		if (g_ascii_strncasecmp(word, months + (ptrdiff_t)3 * i, 3) == 0)
			return i + 1;
	return 0;
}

static bool zone_of(const char *word, size_t len, int *ret_zone)
{
	static const struct {
		const char *name;
		int hours;
	} zones[] = {{"GMT", 0},  {"UT", 0},   {"UTC", 0},  {"Z", 0},	 {"EST", -5}, {"EDT", -4},
		     {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7},
		     {"CET", 1},  {"CEST", 2}, {"MET", 1},  {"EET", 2},	 {"EEST", 3}, {"WET", 0},
		     {"WEST", 1}, {"BST", 1},  {"JST", 9},  {"MSK", 3}};
	if ((*word == '+' || *word == '-') && len >= 3) {
		int digits[4] = {0}, count = 0;
		for (size_t i = 1; i < len && count < 4; i++)
			if (g_ascii_isdigit(word[i]))
				digits[count++] = word[i] - '0';
		int hours = count >= 2 ? digits[0] * 10 + digits[1] : digits[0];
		int minutes = count == 4 ? digits[2] * 10 + digits[3] : 0;
		if (hours > 15 || minutes > 59)
			hours = minutes = 0;
		*ret_zone = (*word == '-' ? -1 : 1) * (hours * 60 + minutes);
		return true;
	}
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		if (strlen(zones[i].name) == len && g_ascii_strncasecmp(zones[i].name, word, len) == 0) {
			*ret_zone = zones[i].hours * 60;
			return true;
		}
	return false;
}

static void take_number(const char *word, size_t len, struct date *date)
{
	long value = strtol(word, NULL, 10);
	if (date->day == 0 && len <= 2 && value >= 1 && value <= 31) {
		date->day = (int)value;
	} else if (date->year == 0 && (len == 4 || (len <= 3 && date->month > 0))) {
		date->year = (int)value;
		if (len <= 3) /* RFC 5322 4.3 */
			date->year += value < 50 && len == 2 ? 2000 : 1900;
	}
}

/* One or two digits; -1: none. Past them. */
static int two_digits(const char **at)
{
	if (!g_ascii_isdigit(**at))
		return -1;
	int value = *(*at)++ - '0';
	return g_ascii_isdigit(**at) ? value * 10 + (*(*at)++ - '0') : value;
}

/* "14:03", "14:03:00" */
static bool read_time(const char *word, struct date *date)
{
	date->hour = two_digits(&word);
	date->minute = *word == ':' ? (word++, two_digits(&word)) : -1;
	if (date->hour < 0 || date->minute < 0) {
		date->hour = date->minute = 0;
		return false;
	}
	int second = *word == ':' ? (word++, two_digits(&word)) : -1;
	date->second = second < 0 ? 0 : second;
	return true;
}

static void take_word(const char *word, size_t len, struct date *date)
{
	int zone;
	if (!date->has_time && memchr(word, ':', len) && g_ascii_isdigit(*word)) {
		date->has_time = read_time(word, date);
	} else if (date->has_time && !date->has_zone && zone_of(word, len, &zone)) {
		date->zone = zone;
		date->has_zone = true;
	} else if (g_ascii_isdigit(*word)) {
		if (len == 10 && word[4] == '-' && date->year == 0)
			sscanf(word, "%4d-%2d-%2d", &date->year, &date->month, &date->day);
		else
			take_number(word, len, date);
	} else if (date->month == 0 && g_ascii_isalpha(*word)) {
		date->month = month_of(word, len);
	}
}

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
	int64_t y = year - (month <= 2), era = y / 400, yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

pd_time pd_mime_date(const char *text)
{
	struct date date = {0};
	for (size_t words = 0; *text && words < 20; words++) {
		text += strspn(text, " \t\r\n,");
		if (*text == '(') {
			text += strcspn(text, ")");
			text += *text == ')';
			continue;
		}
		size_t len = strcspn(text, " \t\r\n,(");
		/* "2026-11-21T14:03:00Z" and "21-Nov-2026" */
		if (len > 11 && text[4] == '-' && g_ascii_toupper(text[10]) == 'T') {
			take_word(text, 10, &date);
			take_word(text + 11, len - 11, &date);
			const char *zone = text + 11 + strcspn(text + 11, "Zz+- ");
			if (zone < text + len)
				take_word(zone, (size_t)(text + len - zone), &date);
		} else if (len > 6 && g_ascii_isdigit(*text) && memchr(text, '-', len) && text[4] != '-') {
			for (size_t at = 0; at < len; at += strcspn(text + at, "- ") + 1)
				take_word(text + at, strcspn(text + at, "- ,"), &date);
		} else if (len > 0) {
			take_word(text, len, &date);
		}
		text += len;
	}
	if (date.day < 1 || date.day > 31 || date.month < 1 || date.month > 12 || date.year < 1970 ||
	    date.year > 9999 || date.hour < 0 || date.hour > 24 || date.minute < 0 || date.minute > 59 ||
	    date.second < 0 || date.second > 60)
		return 0;
	int64_t seconds = days_of(date.year, date.month, date.day) * 86400 + date.hour * 3600 +
			  date.minute * 60 + date.second - (int64_t)date.zone * 60;
	return seconds * PD_SECOND;
}
