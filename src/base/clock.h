/* Time. Milliseconds since 1970-01-01 UTC; now is read here and nowhere else. */
#ifndef PD_BASE_CLOCK_H
#define PD_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"

typedef int64_t pd_time; /* ms since the epoch; 0: not set */

#define PD_SECOND ((pd_time)1000)
#define PD_MINUTE (60 * PD_SECOND)
#define PD_HOUR	  (60 * PD_MINUTE)
#define PD_DAY	  (24 * PD_HOUR)

/* The wall clock. The environment's POSTDESK_NOW fixes it for tests: a time (RFC 3339), or the absolute name of a file
 * in which one stands, which a test sets while the program runs. */
pd_time pd_now(void);
/* Milliseconds that only go forward, for deadlines. */
int64_t pd_monotonic(void);

/* "2026-11-21T14:03:00Z" (RFC 3339, section 5.6; UTC, whole seconds). 0 gives NULL. */
char *pd_time_rfc3339(struct pd_arena *arena, pd_time time);
/* The same with milliseconds. */
char *pd_time_milliseconds(struct pd_arena *arena, pd_time time);
/* Takes RFC 3339 with any offset, a date alone (its start in UTC), a blank for the T. */
bool pd_time_parse(const char *text, pd_time *ret_time);
/* "Sat, 21 Nov 2026 14:03:00 +0000" (RFC 5322, section 3.3); in the named zone, NULL: UTC. */
char *pd_time_rfc5322(struct pd_arena *arena, pd_time time, const char *zone);
/* For people: "2026-11-21 14:03" in the zone, NULL: UTC. */
char *pd_time_short(struct pd_arena *arena, pd_time time, const char *zone);

/* "30s" "15m" "4h" "2d" (24 hours); several may follow each other ("1h30m"). In ms. */
bool pd_duration_parse(const char *text, pd_time *ret_duration);
/* "2d 4h", for people; the two largest units. */
char *pd_duration_text(struct pd_arena *arena, pd_time duration);

#endif
