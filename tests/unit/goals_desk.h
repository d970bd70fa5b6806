/* Goals in tests: calendars made of plain weeks instead of files, and the clock run by hand. */
#ifndef TESTS_UNIT_GOALS_DESK_H
#define TESTS_UNIT_GOALS_DESK_H

#include "small_desk.h"

/* Monday to Friday, 9 to 17 in Helsinki, closed on these days ("2026-12-24"; NULL: none). One reference. */
struct pd_calendar *goals_office(const char *const *holidays, size_t count);
/* Puts "office" and "24/7" and the policies into the desk's settings; whatever is wrong fails the test. */
void goals_attach(struct small_desk *desk, struct pd_calendar *office);
/* Decides, ticket by ticket, each at its own instant, all that is due before then (or at it). */
void goals_run_until(struct small_desk *desk, pd_time until, bool is_inclusive);
/* At this instant, "2026-11-23 14:00" in Helsinki. */
pd_time goals_at(const char *local);
/* "active 2026-11-24 10:00" of a goal now; "none". */
const char *goals_status(struct small_desk *desk, int64_t ticket, enum pd_goal goal);
/* The steps told of a goal, oldest first: "due_soon overdue". */
const char *goals_told(struct small_desk *desk, int64_t ticket, enum pd_goal goal);

#endif
