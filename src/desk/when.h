/* Times as people write them: `monday`, `tomorrow 9:00`, `2026-12-24`, `2d`, `2wd`, `in 3 hours`, in English, French,
 * Polish, Finnish and German. Pure: the time, the zone and the calendar are arguments. */
#ifndef PD_DESK_WHEN_H
#define PD_DESK_WHEN_H

#include "calendar/calendar.h"

/* Where and when the words are read. */
struct pd_when_place {
	pd_time now;
	const struct pd_zone *zone;	    /* of the reader; see pd_when_place_of */
	const struct pd_calendar *calendar; /* of the reader, for working days and mornings; NULL: every day */
};
struct pd_when {
	pd_time at;    /* an instant; of a day alone, its start in the zone */
	bool has_time; /* false: a day was named, and no time of it */
};
/* The agent's zone and calendar: those of `[agent] calendar`, else the desk's zone. agent NULL: the desk's. */
struct pd_when_place pd_when_place_of(const struct pd_settings *settings, const struct pd_agent *agent, pd_time now);

/* The whole text. A weekday is the next one after today, an hour the next such; other days and times may be past.
 * False: it is no time. */
bool pd_when_parse(const struct pd_when_place *place, const char *text, struct pd_when *ret_when);
/* The most words at the beginning that are a time; how many they are. 0: none. */
size_t pd_when_parse_words(const struct pd_when_place *place, const struct pd_strings *words, struct pd_when *ret_when);
/* When work on that day begins: the time itself where one was named, else the day's first opening, or 8 o'clock where
 * there is no calendar or the day is closed. */
pd_time pd_when_morning(const struct pd_when_place *place, const struct pd_when *when);
/* The same for something that must be done by then: of a day alone, its end. */
pd_time pd_when_end(const struct pd_when_place *place, const struct pd_when *when);

/* "Mon 2026-11-23 10:40", in the zone, as the language writes it. language NULL: English. */
char *pd_when_text(struct pd_arena *arena, const char *language, const struct pd_zone *zone, pd_time at);
/* The same of a time by which something must be done: midnight ends a day, and is told as that day, "2026-11-23". */
char *pd_when_due_text(struct pd_arena *arena, const char *language, const struct pd_zone *zone, pd_time at);
/* "2026-11-23" */
char *pd_when_date(struct pd_arena *arena, const char *language, const struct pd_zone *zone, pd_time at);
/* "Mon 2026-11-23 14:00 - 17:00", with the day again where it is another. */
char *pd_when_span(struct pd_arena *arena, const char *language, const struct pd_zone *zone, pd_time from, pd_time to);

#endif
