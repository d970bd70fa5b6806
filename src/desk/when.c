/* Times as people write them: see when.h.
 *
 * A text is words; each is a day, a time of day, a length of time, or a word that only joins ("at", "um", "on"). At most
 * one day and one time of day, or lengths of time alone, make a time. What is ambiguous between countries (3/4/2026) is
 * no time. Cannot fail otherwise. */
#include "desk/when.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"

#define MORNING	  (8 * PD_HOUR)
#define WORDS_MAX 8
#define YEARS_MAX 100 /* so far from now is a slip */

struct name {
	int value;
	const char *names; /* folded, a blank around each */
};

static const struct name weekdays[] = {
	{0, " monday mon lundi poniedziałek pon maanantai maanantaina montag "},
	{1, " tuesday tue tues mardi wtorek tiistai tiistaina dienstag "},
	{2, " wednesday wed mercredi środa środę keskiviikko keskiviikkona mittwoch "},
	{3, " thursday thu thur thurs jeudi czwartek torstai torstaina donnerstag "},
	{4, " friday fri vendredi piątek perjantai perjantaina freitag "},
	{5, " saturday sat samedi sobota sobotę lauantai lauantaina samstag sonnabend "},
	{6, " sunday sun dimanche niedziela niedzielę sunnuntai sunnuntaina sonntag "},
};
static const struct name days[] = {
	{0, " today aujourd'hui dziś dzisiaj tänään heute "},
	{1, " tomorrow tmrw demain jutro huomenna morgen "},
	{2, " après-demain apres-demain pojutrze ylihuomenna übermorgen "},
};
static const struct name months[] = {
	{1, " january jan janvier stycznia tammikuuta januar "},
	{2, " february feb février fevrier lutego helmikuuta februar "},
	{3, " march mar mars marca maaliskuuta märz "},
	{4, " april apr avril kwietnia huhtikuuta "},
	{5, " may mai maja toukokuuta "},
	{6, " june jun juin czerwca kesäkuuta juni "},
	{7, " july jul juillet lipca heinäkuuta juli "},
	{8, " august aug août aout sierpnia elokuuta "},
	{9, " september sep sept septembre września syyskuuta "},
	{10, " october oct octobre października lokakuuta oktober "},
	{11, " november nov novembre listopada marraskuuta "},
	{12, " december dec décembre grudnia joulukuuta dezember "},
};
enum unit { UNIT_MINUTES, UNIT_HOURS, UNIT_DAYS, UNIT_WEEKS, UNIT_WORKING_DAYS };
static const struct name units[] = {
	{UNIT_MINUTES, " min mins minute minutes minut minuty minutę minuuttia minuutti minuten "},
	{UNIT_HOURS,
	 " h hour hours hr hrs heure heures godzina godziny godzinę godzin tunti tuntia stunde stunden "},
	{UNIT_DAYS, " d day days jour jours dzień dni päivä päivää tag tage tagen "},
	{UNIT_WEEKS, " w week weeks semaine semaines tydzień tygodnie tygodni viikko viikkoa woche wochen "},
	{UNIT_WORKING_DAYS, " wd workday workdays arbeitstag arbeitstage arbeitstagen "},
};
/* After these a bare number is an hour. */
static const char at_words[] = " at à a um klo o godz ";
static const char joining_words[] = " on in am le w we dans za next the of den ";
static const char one_words[] = " a an one un une einem einer ";

static bool is_among(const char *names, const char *word)
{
	char padded[64];
	return strlen(word) > 0 && strlen(word) < sizeof padded - 2 &&
	       snprintf(padded, sizeof padded, " %s ", word) > 0 && strstr(names, padded) != NULL;
}

static bool find_name(const struct name *table, size_t count, const char *word, int *ret_value)
{
	for (size_t i = 0; i < count; i++) {
		if (is_among(table[i].names, word)) {
			*ret_value = table[i].value;
			return true;
		}
	}
	return false;
}
#define FIND(table, word, ret) find_name(table, sizeof table / sizeof *table, word, ret)

/* While the words are read. */
struct reading {
	const struct pd_when_place *place;
	int64_t today; /* the reader's day */
	bool has_day, has_time, has_length;
	int64_t day;
	int weekday; /* of a weekday that was named; -1 */
	pd_time of_day;
	pd_time length;
	unsigned working_days;
};

static bool set_day(struct reading *reading, int64_t day)
{
	if (reading->has_day)
		return false;
	reading->has_day = true;
	reading->day = day;
	return true;
}

static bool set_time(struct reading *reading, int hour, int minute, int second)
{
	if (reading->has_time || hour > 24 || minute > 59 || second > 59 ||
	    (hour == 24 && (minute > 0 || second > 0)))
		return false;
	reading->has_time = true;
	reading->of_day = hour * PD_HOUR + minute * PD_MINUTE + second * PD_SECOND;
	return true;
}

static bool set_date(struct reading *reading, int year, int month, int day)
{
	bool is_year_given = year > 0;
	int this_year, unused;
	pd_day_civil(reading->today, &this_year, &unused, &unused);
	if (!is_year_given)
		year = this_year;
	if (year < this_year - YEARS_MAX || year > this_year + YEARS_MAX || month < 1 || month > 12 || day < 1)
		return false;
	/* Without a year the next such day; the 29th of February waits for a leap year. */
	for (int i = 0; !is_year_given && i < 8; i++, year++)
		if (day <= pd_month_days(year, month) && pd_day_number(year, month, day) >= reading->today)
			break;
	return day <= pd_month_days(year, month) && set_day(reading, pd_day_number(year, month, day));
}

static bool add_length(struct reading *reading, unsigned long long n, int unit)
{
	static const pd_time sizes[] = {PD_MINUTE, PD_HOUR, PD_DAY, 7 * PD_DAY};
	if (n > 100000)
		return false;
	reading->has_length = true;
	if (unit == UNIT_WORKING_DAYS)
		reading->working_days += (unsigned)n;
	else
		reading->length += (pd_time)n * sizes[unit];
	return reading->length < YEARS_MAX * 366 * PD_DAY;
}

/* "9:00", "9:00:30", "9.30" (after a word for "at", or a day), "9h", "9h30", "9am", "5:30pm". */
static bool read_time(struct reading *reading, const char *word, bool is_after_at)
{
	int hour, minute = 0, second = 0, used = 0;
	char mark;
	if (sscanf(word, "%2d%n", &hour, &used) != 1 || *word == '-' || *word == '+')
		return false;
	const char *rest = word + used;
	mark = *rest;
	if ((mark == ':' || mark == 'h' || (mark == '.' && (is_after_at || reading->has_day))) && g_ascii_isdigit(rest[1]) &&
	    sscanf(rest + 1, "%2d%n", &minute, &used) == 1 && used == 2) {
		rest += 3;
		if (mark == ':' && *rest == ':' && g_ascii_isdigit(rest[1]) &&
		    sscanf(rest + 1, "%2d%n", &second, &used) == 1 && used == 2)
			rest += 3;
	} else if (mark == 'h' && is_after_at) {
		rest++;
	} else if (mark != 'a' && mark != 'p' && !(is_after_at && mark == '\0')) {
		return false;
	}
	if (strcmp(rest, "am") == 0 || strcmp(rest, "pm") == 0) {
		if (hour < 1 || hour > 12)
			return false;
		hour = hour % 12 + (*rest == 'p' ? 12 : 0);
		rest += 2;
	}
	return *rest == '\0' && set_time(reading, hour, minute, second);
}

/* "2026-12-24", "24.12.2026", "24.12.". */
static bool read_date(struct reading *reading, const char *word)
{
	int year = 0, month, day, used = 0;
	if (sscanf(word, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && used == 10 && word[10] == '\0')
		return set_date(reading, year, month, day);
	if (sscanf(word, "%2d.%2d.%4d%n", &day, &month, &year, &used) == 3 && word[used] == '\0')
		return set_date(reading, year < 100 ? year + 2000 : year, month, day);
	used = 0;
	if (sscanf(word, "%2d.%2d.%n", &day, &month, &used) == 2 && used > 0 && word[used] == '\0')
		return set_date(reading, 0, month, day);
	return false;
}

/* "2d", "1h30m", "2wd", "1w". */
static bool read_length(struct reading *reading, const char *word)
{
	pd_time length;
	unsigned long long n;
	size_t digits = strspn(word, "0123456789");
	if (digits == 0 || digits > 6)
		return false;
	if (pd_duration_parse(word, &length) && length < YEARS_MAX * 366 * PD_DAY) {
		reading->has_length = true;
		reading->length += length;
		return true;
	}
	n = strtoull(word, NULL, 10);
	if (strcmp(word + digits, "wd") == 0)
		return add_length(reading, n, UNIT_WORKING_DAYS);
	return strcmp(word + digits, "w") == 0 && add_length(reading, n, UNIT_WEEKS);
}

/* "24 december 2026", "december 24", "24th of december": the words taken, 0: none. */
static size_t read_month(struct reading *reading, char *const *words, size_t count)
{
	int month, day = 0, year = 0;
	size_t at = 0, month_at = FIND(months, words[0], &month) ? 0 : 1;
	const char *number = words[month_at == 0 ? 1 : 0];
	if (count < 2 || (month_at == 1 && !FIND(months, words[1], &month)))
		return 0;
	char *end;
	day = (int)strtol(number, &end, 10);
	if (!g_ascii_isdigit(*number) || (*end != '\0' && !is_among(" st nd rd th . er ", end)))
		return 0;
	at = 2;
	unsigned long long value;
	if (count > 2 && strlen(words[2]) == 4 && pd_number(words[2], 9999, &value)) {
		year = (int)value;
		at = 3;
	}
	return set_date(reading, year, month, day) ? at : 0;
}

/* One word or several; how many were taken, 0: they are no part of a time. */
static size_t read_words(struct reading *reading, char *const *words, size_t count, bool is_after_at)
{
	int value;
	unsigned long long n;
	const char *word = words[0];
	if (FIND(days, word, &value))
		return set_day(reading, reading->today + value) ? 1 : 0;
	if (FIND(weekdays, word, &value)) {
		int64_t ahead = (value - pd_day_weekday(reading->today) + 7) % 7;
		reading->weekday = value;
		return set_day(reading, reading->today + ahead) ? 1 : 0;
	}
	size_t taken = read_month(reading, words, count);
	if (taken > 0)
		return taken;
	if (count > 1 && FIND(units, words[1], &value)) {
		if (pd_number(word, 100000, &n))
			return add_length(reading, n, value) ? 2 : 0;
		if (is_among(one_words, word))
			return add_length(reading, 1, value) ? 2 : 0;
	}
	if (is_among(" noon midday midi południe keskipäivä mittag ", word))
		return set_time(reading, 12, 0, 0) ? 1 : 0;
	if (read_date(reading, word) || read_time(reading, word, is_after_at) || read_length(reading, word))
		return 1;
	return 0;
}

static bool finish(struct reading *reading, struct pd_when *ret_when)
{
	const struct pd_when_place *place = reading->place;
	if (reading->has_length) {
		if (reading->has_day || reading->has_time)
			return false;
		pd_time at = place->now + reading->length;
		if (reading->working_days > 0 && place->calendar != NULL)
			at = pd_calendar_add_days(place->calendar, at, reading->working_days);
		else
			at += reading->working_days * PD_DAY;
		*ret_when = (struct pd_when){at, true};
		return at != PD_NEVER;
	}
	if (!reading->has_day && !reading->has_time)
		return false;
	int64_t day = reading->has_day ? reading->day : reading->today;
	pd_time local = day * PD_DAY + (reading->has_time ? reading->of_day : 0);
	pd_time at = pd_zone_to_utc(place->zone, local);
	if (reading->weekday >= 0 && at <= place->now)
		at = pd_zone_to_utc(place->zone, local + 7 * PD_DAY);
	else if (!reading->has_day && at <= place->now)
		at = pd_zone_to_utc(place->zone, local + PD_DAY);
	*ret_when = (struct pd_when){at, reading->has_time};
	return true;
}

static bool parse(const struct pd_when_place *place, char *const *words, size_t count, struct pd_when *ret_when)
{
	struct reading reading = {
		.place = place, .today = pd_day_of(pd_zone_to_local(place->zone, place->now)), .weekday = -1};
	bool is_after_at = false;
	if (count == 0 || count > WORDS_MAX)
		return false;
	for (size_t at = 0; at < count;) {
		size_t taken = read_words(&reading, words + at, count - at, is_after_at);
		is_after_at = taken == 0 && is_among(at_words, words[at]);
		if (taken == 0 && (at + 1 == count || (!is_after_at && !is_among(joining_words, words[at]))))
			return false;
		at += taken > 0 ? taken : 1;
	}
	return finish(&reading, ret_when);
}

/* RFC 3339 and the like, with an offset of its own or in the zone. */
static bool parse_exact(const struct pd_when_place *place, const char *text, struct pd_when *ret_when)
{
	size_t len = strlen(text);
	if (len < 16 || text[4] != '-' || !pd_zone_parse(place->zone, text, &ret_when->at))
		return false;
	ret_when->has_time = true;
	return true;
}

size_t pd_when_parse_words(const struct pd_when_place *place, const struct pd_strings *words, struct pd_when *ret_when)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_LIST(char *) folded = {0};
	struct pd_when when;
	for (size_t i = 0; i < words->count && i < WORDS_MAX; i++) {
		char *word = pd_fold(arena, words->items[i]);
		/* What phones put behind a word; "24.12." is a date. */
		char last = *word != '\0' ? word[strlen(word) - 1] : '\0';
		if (last == ',' || (last == '.' && strpbrk(word, "0123456789") == NULL))
			word[strlen(word) - 1] = '\0';
		*pd_list_add(arena, &folded) = word;
	}
	for (size_t count = folded.count; count > 0; count--) {
		struct pd_strings part = {.items = words->items, .count = count};
		if ((count <= 2 && parse_exact(place, pd_strings_join(arena, &part, " "), &when)) ||
		    parse(place, folded.items, count, &when)) {
			*ret_when = when;
			return count;
		}
	}
	return 0;
}

bool pd_when_parse(const struct pd_when_place *place, const char *text, struct pd_when *ret_when)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings words = pd_split(arena, pd_clean_line(arena, text, 0), ' ');
	struct pd_when when;
	if (words.count == 0 || words.count > WORDS_MAX ||
	    pd_when_parse_words(place, &words, &when) != words.count)
		return false;
	*ret_when = when;
	return true;
}

pd_time pd_when_morning(const struct pd_when_place *place, const struct pd_when *when)
{
	if (when->has_time)
		return when->at;
	int64_t day = pd_day_of(pd_zone_to_local(place->zone, when->at));
	pd_time open = place->calendar != NULL ? pd_calendar_next_open(place->calendar, when->at) : PD_NEVER;
	/* An opening at midnight is that of a calendar without hours. */
	if (open != PD_NEVER && open > when->at && pd_day_of(pd_zone_to_local(place->zone, open)) == day)
		return open;
	return pd_zone_to_utc(place->zone, day * PD_DAY + MORNING);
}

pd_time pd_when_end(const struct pd_when_place *place, const struct pd_when *when)
{
	if (when->has_time)
		return when->at;
	int64_t day = pd_day_of(pd_zone_to_local(place->zone, when->at));
	return pd_zone_to_utc(place->zone, (day + 1) * PD_DAY);
}

struct pd_when_place pd_when_place_of(const struct pd_settings *settings, const struct pd_agent *agent, pd_time now)
{
	struct pd_when_place place = {.now = now, .zone = pd_calendars_zone(settings->calendars)};
	if (agent != NULL && agent->calendar != NULL && settings->calendars != NULL) {
		place.calendar = pd_calendars_find(settings->calendars, agent->calendar);
		if (place.calendar != NULL)
			place.zone = pd_calendar_zone(place.calendar);
	}
	return place;
}

static int64_t local_parts(const struct pd_zone *zone, pd_time at, pd_time *ret_of_day)
{
	pd_time local = pd_zone_to_local(zone, at);
	int64_t day = pd_day_of(local);
	*ret_of_day = local - day * PD_DAY;
	return day;
}

static char *time_text(struct pd_arena *arena, pd_time of_day)
{
	return pd_printf(arena, "%02d:%02d", (int)(of_day / PD_HOUR), (int)(of_day / PD_MINUTE % 60));
}

char *pd_when_date(struct pd_arena *arena, const char *language, const struct pd_zone *zone, pd_time at)
{
	int year, month, of_month;
	pd_time of_day;
	pd_day_civil(local_parts(zone, at, &of_day), &year, &month, &of_month);
	return pd_say(arena, language, "{year}-{month}-{day}", "year", pd_printf(arena, "%04d", year), "month",
		      pd_printf(arena, "%02d", month), "day", pd_printf(arena, "%02d", of_month), NULL);
}

char *pd_when_text(struct pd_arena *arena, const char *language, const struct pd_zone *zone, pd_time at)
{
	static const char *const names[] = {N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")};
	pd_time of_day;
	int64_t day = local_parts(zone, at, &of_day);
	return pd_say(arena, language, "{weekday} {date} {time}", "weekday",
		      pd_say(arena, language, names[pd_day_weekday(day)], NULL), "date",
		      pd_when_date(arena, language, zone, at), "time", time_text(arena, of_day), NULL);
}

char *pd_when_due_text(struct pd_arena *arena, const char *language, const struct pd_zone *zone, pd_time at)
{
	pd_time of_day;
	local_parts(zone, at, &of_day);
	return of_day == 0 ? pd_when_date(arena, language, zone, at - 1) : pd_when_text(arena, language, zone, at);
}

char *pd_when_span(struct pd_arena *arena, const char *language, const struct pd_zone *zone, pd_time from, pd_time to)
{
	pd_time from_of_day, to_of_day;
	bool is_one_day = local_parts(zone, from, &from_of_day) == local_parts(zone, to, &to_of_day);
	return pd_printf(arena, "%s - %s", pd_when_text(arena, language, zone, from),
			 is_one_day ? time_text(arena, to_of_day) : pd_when_text(arena, language, zone, to));
}
