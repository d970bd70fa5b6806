/* An agent's availability: see availability.h.
 *
 * Promises: the answer holds from the time asked about until the instant that it names, and not longer. A
 * record that is none counts for nothing. Cannot fail. */
#include "desk/availability.h"

#include <string.h>

#include "base/text.h"

#define OPEN_END "/.."
#define STEPS	 1000 /* changes of hours that are looked at for the end of an absence */

/* --- records --- */

char *pd_absence_name(struct pd_arena *arena, const struct pd_agent *agent, const char *key)
{
	return pd_printf(arena, "%s/%s", agent->name, key);
}

char *pd_absence_value(struct pd_arena *arena, pd_time from, pd_time until, const char *why)
{
	const char *end = until == PD_NEVER ? ".." : pd_time_rfc3339(arena, until);
	return pd_clean_line(arena,
			     pd_printf(arena, "%s/%s%s%s", pd_time_rfc3339(arena, from), end,
				       *why != '\0' ? " " : "", why),
			     200);
}

bool pd_absence_parse(struct pd_arena *arena, const struct pd_record *record, struct pd_absence *ret_absence)
{
	struct pd_absence absence = {.until = PD_NEVER};
	const char *slash = strrchr(record->name, '/'), *middle = strchr(record->value, '/');
	if (slash == NULL || middle == NULL)
		return false;
	size_t end = strcspn(middle + 1, " ");
	absence.agent = pd_strndup(arena, record->name, (size_t)(slash - record->name));
	absence.key = slash + 1;
	absence.why = middle + 1 + end + (middle[1 + end] == ' ');
	if (!pd_time_parse(pd_strndup(arena, record->value, (size_t)(middle - record->value)), &absence.from))
		return false;
	if ((end != 2 || !pd_starts(middle, OPEN_END)) &&
	    !pd_time_parse(pd_strndup(arena, middle + 1, end), &absence.until))
		return false;
	*ret_absence = absence;
	return true;
}

/* --- the answer --- */

struct presence {
	const struct pd_calendar *calendar;  /* NULL: no hours */
	PD_LIST(struct pd_absence) absences; /* the agent's */
};

static bool covers(const struct pd_absence *absence, pd_time at)
{
	return absence->from <= at && at < absence->until;
}

/* What decides at that time; NULL: the calendar. Of several absences the one that lasts longest. */
static const struct pd_absence *deciding(const struct presence *presence, pd_time at)
{
	const struct pd_absence *found = NULL;
	for (size_t i = 0; i < presence->absences.count; i++) {
		const struct pd_absence *absence = &presence->absences.items[i];
		if (!covers(absence, at))
			continue;
		if (strcmp(absence->key, "here") == 0)
			return absence;
		if (found == NULL || absence->until > found->until)
			found = absence;
	}
	return found;
}

static bool is_here(const struct presence *presence, pd_time at)
{
	const struct pd_absence *absence = deciding(presence, at);
	if (absence != NULL)
		return strcmp(absence->key, "here") == 0;
	return presence->calendar == NULL || pd_calendar_is_open(presence->calendar, at);
}

/* The next instant at which anything that counts changes. */
static pd_time next_change(const struct presence *presence, pd_time at)
{
	pd_time next = PD_NEVER;
	for (size_t i = 0; i < presence->absences.count; i++) {
		const struct pd_absence *absence = &presence->absences.items[i];
		if (absence->from > at && absence->from < next)
			next = absence->from;
		if (absence->until > at && absence->until < next)
			next = absence->until;
	}
	if (presence->calendar != NULL) {
		pd_time change = pd_calendar_is_open(presence->calendar, at)
					 ? pd_calendar_next_close(presence->calendar, at)
					 : pd_calendar_next_open(presence->calendar, at);
		if (change < next)
			next = change;
	}
	return next;
}

static pd_time until(const struct presence *presence, pd_time at)
{
	bool is = is_here(presence, at);
	for (int i = 0; i < STEPS; i++) {
		at = next_change(presence, at);
		if (at == PD_NEVER || is_here(presence, at) != is)
			break;
	}
	return at;
}

/* Why nobody is there: a holiday or an absence of the calendar by name. */
static const char *closing(struct pd_arena *arena, const struct presence *presence, pd_time at)
{
	struct pd_calendar_parts parts;
	pd_calendar_closings(arena, presence->calendar, at, at + 1, &parts);
	return parts.count > 0 ? parts.items[0].name : PD_OUT_OF_HOURS;
}

struct pd_availability pd_availability_of(struct pd_arena *arena, const struct pd_settings *settings,
					  const struct pd_records *records, const struct pd_agent *agent,
					  pd_time at)
{
	struct presence presence = {0};
	struct pd_availability answer = {.why = ""};
	if (settings->calendars != NULL && agent->calendar != NULL)
		presence.calendar = pd_calendars_find(settings->calendars, agent->calendar);
	for (size_t i = 0; i < records->count; i++) {
		struct pd_absence absence;
		if (pd_absence_parse(arena, &records->items[i], &absence) &&
		    pd_agent_is(agent, absence.agent) && absence.until > at)
			*pd_list_add(arena, &presence.absences) = absence;
	}
	const struct pd_absence *absence = deciding(&presence, at);
	answer.is_available = is_here(&presence, at);
	answer.until = until(&presence, at);
	if (absence != NULL)
		answer.why = absence->why;
	else if (!answer.is_available)
		answer.why = closing(arena, &presence, at);
	return answer;
}
