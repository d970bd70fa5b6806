/* A desk's report: see report.h.
 *
 * Each ticket is folded event by event; what happens within the period is noted with the ticket as it stood,
 * and, where the ticket counts in the end, added to its groups. Cannot fail; what does not follow (a damaged
 * history) ends its ticket there. */
#include "desk/report.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "calendar/calendar.h"

#define DAYS_LISTED 400 /* of a longer period only days with something are listed */

enum fact_kind { FACT_VOID, FACT_CREATED, FACT_CLOSED, FACT_IN, FACT_OUT, FACT_TIME, FACT_OVERDUE };
struct fact {
	enum fact_kind kind;
	enum pd_goal goal; /* of FACT_TIME and FACT_OVERDUE */
	pd_time took;	   /* of FACT_TIME */
	bool is_outside;   /* of the period: there to be taken back */
	enum pd_goal_end verdict;
	int64_t day;
	const char *team, *agent, *mailbox, *priority; /* NULL: none */
};
struct group {
	struct pd_report_line line;
	GArray *times[PD_GOALS]; /* seconds, guint32, since a big desk has millions; NULL: none yet */
};
struct pd_report {
	struct pd_arena *arena; /* of keys */
	const struct pd_settings *settings;
	struct pd_snapshot *desk;
	const struct pd_agent *agent;
	const struct pd_zone *zone;
	pd_time from, to, now;
	GHashTable *groups[PD_BY_COUNT]; /* key ("" for none) -> struct group */
};

const char *pd_report_by_name(enum pd_report_by by)
{
	static const char *const names[PD_BY_COUNT] = {"all", "day", "team", "agent", "mailbox", "priority"};
	return names[by];
}

static void free_group(void *data)
{
	struct group *group = data;
	for (int goal = 0; goal < PD_GOALS; goal++)
		if (group->times[goal] != NULL)
			g_array_unref(group->times[goal]);
}

struct pd_report *pd_report_new(const struct pd_settings *settings, struct pd_snapshot *desk,
				const struct pd_agent *agent, pd_time from, pd_time to, pd_time now)
{
	struct pd_arena *arena = pd_arena_new();
	struct pd_report *report = PD_NEW(arena, struct pd_report);
	*report = (struct pd_report){.arena = arena,
				     .settings = settings,
				     .desk = desk,
				     .agent = agent,
				     .from = from,
				     .to = to,
				     .now = now};
	report->zone = pd_zone_load(arena, settings->timezone);
	if (report->zone == NULL)
		report->zone = pd_zone_load(arena, "UTC");
	for (int by = 0; by < PD_BY_COUNT; by++)
		report->groups[by] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_group);
	return report;
}

void pd_report_free(struct pd_report *report)
{
	if (report == NULL)
		return;
	for (int by = 0; by < PD_BY_COUNT; by++)
		g_hash_table_unref(report->groups[by]);
	pd_arena_free(report->arena);
}

static struct group *group_of(struct pd_report *report, enum pd_report_by by, const char *key)
{
	const char *found = key != NULL ? key : "";
	struct group *group = g_hash_table_lookup(report->groups[by], found);
	if (group != NULL)
		return group;
	group = PD_NEW(report->arena, struct group);
	found = pd_strdup(report->arena, found);
	group->line.by = by;
	group->line.key = *found != '\0' ? found : NULL;
	g_hash_table_insert(report->groups[by], (void *)(uintptr_t)found, group);
	return group;
}

static const char *day_text(struct pd_arena *arena, int64_t day)
{
	int year, month, of_month;
	pd_day_civil(day, &year, &month, &of_month);
	return pd_printf(arena, "%04d-%02d-%02d", year, month, of_month);
}

/* --- one ticket --- */

struct ticket_facts {
	struct fact *items;
	size_t count, room;
};

static const char *changed_to(const struct pd_event *event, const char *property)
{
	for (size_t i = 0; i < event->changes.count; i++)
		if (strcmp(event->changes.items[i].property, property) == 0)
			return event->changes.items[i].to;
	return NULL;
}

static const char *agent_of(const struct pd_event *event)
{
	static const char prefix[] = "agent:";
	return pd_starts(event->actor, prefix) ? event->actor + strlen(prefix) : NULL;
}

static struct fact *note(struct pd_report *report, struct pd_arena *arena, struct ticket_facts *facts,
			 const struct pd_ticket *ticket, const struct pd_event *event, enum fact_kind kind)
{
	struct fact *fact = pd_list_add(arena, facts);
	*fact = (struct fact){
		.kind = kind,
		.day = pd_day_of(pd_zone_to_local(report->zone, event->at)),
		.team = ticket->team,
		.agent = agent_of(event) != NULL ? agent_of(event) : ticket->owner,
		.mailbox = ticket->mailbox,
		.priority = ticket->priority,
	};
	return fact;
}

static void note_message(struct pd_report *report, struct pd_arena *arena, struct ticket_facts *facts,
			 const struct pd_ticket *ticket, const struct pd_event *event)
{
	const char *direction = changed_to(event, "direction");
	bool is_in = direction != NULL ? strcmp(direction, "in") == 0 : pd_starts(event->actor, "contact:");
	/* What moves no clock was written by a machine, or is history. */
	if (changed_to(event, "unclocked") != NULL && !pd_equal(ticket->source, "import"))
		return;
	if (is_in)
		note(report, arena, facts, ticket, event, FACT_IN);
	else if (agent_of(event) != NULL || pd_equal(event->actor, "administrator"))
		note(report, arena, facts, ticket, event, FACT_OUT);
}

static bool is_closed(const struct pd_ticket *ticket)
{
	return ticket->status != NULL && ticket->status_kind == PD_STATUS_CLOSED;
}

/* --- times --- */

static void read_facts(struct pd_report *report, struct pd_arena *arena, const struct pd_ticket *ticket,
		       struct pd_ticket_facts *ret_facts)
{
	struct pd_ticket_facts facts = {.ticket = ticket};
	const struct pd_policies *policies = report->settings->policies;
	if (policies != NULL && report->desk != NULL && pd_policies_ask_contacts(policies))
		for (size_t i = 0; i < ticket->contacts.count; i++) {
			const struct pd_contact *contact =
				report->desk->contact(report->desk, arena, ticket->contacts.items[i]);
			if (contact != NULL)
				*pd_list_add(arena, &facts.contacts) = contact;
		}
	*ret_facts = facts;
}

/* NULL: all the time. */
static const struct pd_calendar *calendar_of(struct pd_report *report, struct pd_arena *arena,
					     const struct pd_ticket *ticket)
{
	struct pd_ticket_facts facts;
	const char *name;
	read_facts(report, arena, ticket, &facts);
	const struct pd_policy *policy =
		report->settings->policies != NULL ? pd_policy_of(report->settings, &facts) : NULL;
	if (policy != NULL)
		return pd_policy_calendar(report->settings, policy, ticket, &name);
	const struct pd_team *team =
		ticket->team != NULL ? pd_settings_team(report->settings, ticket->team) : NULL;
	if (team == NULL || team->calendar == NULL || report->settings->calendars == NULL)
		return NULL;
	return pd_calendars_find(report->settings->calendars, team->calendar);
}

static pd_time open_between(const struct pd_calendar *calendar, pd_time from, pd_time to)
{
	if (to <= from)
		return 0;
	return calendar != NULL ? pd_calendar_between(calendar, from, to) : to - from;
}

/* From the clock's start to its stop, without pauses. */
static pd_time took(const struct pd_calendar *calendar, const struct pd_clocks *clocks,
		    const struct pd_clock *clock)
{
	pd_time sum = open_between(calendar, clock->start, clock->stop);
	for (size_t i = 0; i < clocks->pauses.count; i++) {
		const struct pd_pause_span *pause = &clocks->pauses.items[i];
		pd_time from = MAX(pause->from, clock->start),
			to = pause->to != 0 ? MIN(pause->to, clock->stop) : clock->stop;
		sum -= open_between(calendar, from, to);
	}
	return MAX(sum, 0);
}

/* The last time of that goal; NULL: none yet. */
static struct fact *last_time(struct ticket_facts *facts, enum pd_goal goal)
{
	for (size_t i = facts->count; i > 0; i--)
		if (facts->items[i - 1].kind == FACT_TIME && facts->items[i - 1].goal == goal)
			return &facts->items[i - 1];
	return NULL;
}

static void take_back(struct ticket_facts *facts, enum pd_goal goal)
{
	struct fact *fact = last_time(facts, goal);
	if (fact != NULL)
		fact->kind = FACT_VOID;
}

/* Of clocks that this event stopped, and of those that it sets going again. */
static void note_times(struct pd_report *report, struct pd_arena *arena, struct ticket_facts *facts,
		       const struct pd_ticket *ticket, const struct pd_event *event)
{
	enum pd_goal restarted;
	const char *clock_of = changed_to(event, "clock");
	if (clock_of != NULL && pd_goal_parse(clock_of, &restarted))
		take_back(facts, restarted);
	for (int i = 0; i < PD_GOALS; i++) {
		const struct pd_clock *clock = &ticket->clocks.of[i];
		if (clock->stop == 0 || clock->stop_event != event->id || clock->start == 0)
			continue;
		struct fact *fact = note(report, arena, facts, ticket, event, FACT_TIME);
		fact->goal = (enum pd_goal)i;
		fact->is_outside = event->at < report->from || event->at >= report->to;
		if (fact->is_outside)
			continue;
		fact->took = took(calendar_of(report, arena, ticket), &ticket->clocks, clock);
	}
	/* The verdict stands in the last event of the decision that stopped the clock. */
	for (size_t i = 0; i < event->changes.count; i++) {
		const char *property = event->changes.items[i].property;
		enum pd_goal goal;
		struct fact *fact =
			pd_starts(property, "goal_") && pd_goal_parse(property + strlen("goal_"), &goal)
				? last_time(facts, goal)
				: NULL;
		if (fact != NULL)
			fact->verdict = ticket->clocks.of[goal].verdict;
	}
}

static void note_overdue(struct pd_report *report, struct pd_arena *arena, struct ticket_facts *facts,
			 const struct pd_ticket *ticket, const struct pd_event *last)
{
	struct pd_ticket_facts known;
	struct pd_goals goals;
	if (report->settings->policies == NULL || pd_policies_are_empty(report->settings->policies))
		return;
	read_facts(report, arena, ticket, &known);
	pd_goals_at(report->settings, &known, report->now, &goals);
	for (int i = 0; i < PD_GOALS; i++) {
		if (goals.of[i].state != PD_GOAL_OVERDUE || goals.of[i].due < report->from ||
		    goals.of[i].due >= report->to)
			continue;
		struct fact *fact = note(report, arena, facts, ticket, last, FACT_OVERDUE);
		fact->goal = (enum pd_goal)i;
		fact->agent = ticket->owner;
		fact->day = pd_day_of(pd_zone_to_local(report->zone, goals.of[i].due));
	}
}

static void add_time(struct group *group, const struct fact *fact)
{
	struct pd_report_goal *goal = &group->line.goals[fact->goal];
	if (fact->kind == FACT_OVERDUE) {
		goal->overdue++;
		return;
	}
	if (group->times[fact->goal] == NULL)
		group->times[fact->goal] = g_array_new(FALSE, FALSE, sizeof(guint32));
	guint32 took = (guint32)MIN(fact->took / PD_SECOND, UINT32_MAX);
	g_array_append_val(group->times[fact->goal], took);
	goal->met += fact->verdict == PD_GOAL_END_MET;
	goal->missed += fact->verdict == PD_GOAL_END_MISSED;
}

static int by_size(const void *a, const void *b)
{
	const guint32 *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static pd_time nth(const GArray *times, guint n)
{
	return g_array_index(times, guint32, n) * PD_SECOND;
}

/* The median of an even number lies between the two in the middle. */
static void reckon(struct group *group)
{
	for (int i = 0; i < PD_GOALS; i++) {
		struct pd_report_goal *goal = &group->line.goals[i];
		GArray *times = group->times[i];
		if (times == NULL)
			continue;
		g_array_sort(times, by_size);
		goal->count = times->len;
		goal->median = (nth(times, (times->len - 1) / 2) + nth(times, times->len / 2)) / 2;
		goal->p90 = nth(times, (guint)(((guint64)times->len * 9 + 9) / 10 - 1));
	}
}

/* --- groups --- */

static void add_fact(struct group *group, const struct fact *fact)
{
	struct pd_report_line *line = &group->line;
	line->created += fact->kind == FACT_CREATED;
	line->closed += fact->kind == FACT_CLOSED;
	line->in += fact->kind == FACT_IN;
	line->out += fact->kind == FACT_OUT;
	if (fact->kind == FACT_TIME || fact->kind == FACT_OVERDUE)
		add_time(group, fact);
}

static void add_facts(struct pd_report *report, struct pd_arena *arena, const struct ticket_facts *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];
		if (fact->kind == FACT_VOID || fact->is_outside)
			continue;
		const char *keys[PD_BY_COUNT] = {[PD_BY_DAY] = day_text(arena, fact->day),
						 [PD_BY_TEAM] = fact->team,
						 [PD_BY_AGENT] = fact->agent,
						 [PD_BY_MAILBOX] = fact->mailbox,
						 [PD_BY_PRIORITY] = fact->priority};
		for (int by = 0; by < PD_BY_COUNT; by++)
			add_fact(group_of(report, (enum pd_report_by)by, keys[by]), fact);
	}
}

void pd_report_add(struct pd_report *report, struct pd_arena *arena, const struct pd_event *events,
		   size_t count)
{
	struct pd_ticket *ticket = PD_NEW(arena, struct pd_ticket);
	struct ticket_facts facts = {0};
	for (size_t i = 0; i < count; i++) {
		const struct pd_event *event = &events[i];
		bool was_closed = is_closed(ticket);
		if (!pd_ticket_apply(arena, ticket, event))
			break;
		if (was_closed && !is_closed(ticket))
			take_back(&facts, PD_GOAL_CLOSE);
		note_times(report, arena, &facts, ticket, event);
		if (event->at < report->from || event->at >= report->to)
			continue;
		if (event->kind == PD_EVENT_CREATED)
			note(report, arena, &facts, ticket, event, FACT_CREATED);
		if (event->kind == PD_EVENT_MESSAGE)
			note_message(report, arena, &facts, ticket, event);
		if (!was_closed && is_closed(ticket))
			note(report, arena, &facts, ticket, event, FACT_CLOSED);
	}
	if (ticket->version == 0 || ticket->is_spam || ticket->is_automatic ||
	    (report->agent != NULL && !pd_may_see(report->settings, report->agent, ticket)))
		return;
	note_overdue(report, arena, &facts, ticket, &events[count - 1]);
	add_facts(report, arena, &facts);
}

/* --- the lines --- */

/* Names of the configuration come in its order, what it does not know any more after them, and none last. */
static size_t place_of(const struct pd_report *report, enum pd_report_by by, const char *key)
{
	const struct pd_settings *settings = report->settings;
	size_t place = 0;
	if (key == NULL)
		return SIZE_MAX;
	if (by == PD_BY_TEAM)
		while (place < settings->teams.count && !pd_equal(settings->teams.items[place].name, key))
			place++;
	else if (by == PD_BY_AGENT)
		while (place < settings->agents.count && !pd_equal(settings->agents.items[place].name, key))
			place++;
	else if (by == PD_BY_MAILBOX)
		while (place < settings->mailboxes.count &&
		       !pd_equal(settings->mailboxes.items[place].name, key))
			place++;
	else if (by == PD_BY_PRIORITY)
		while (place < settings->priorities.count &&
		       !pd_equal(settings->priorities.items[place], key))
			place++;
	return place;
}

struct placed {
	size_t place;
	const struct group *group;
};

static int by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return strcmp(x->group->line.key != NULL ? x->group->line.key : "",
		      y->group->line.key != NULL ? y->group->line.key : "");
}

/* It outlives the report. */
static struct pd_report_line line_of(struct pd_arena *arena, const struct group *group)
{
	struct pd_report_line line = group->line;
	line.key = pd_strdup(arena, line.key);
	return line;
}

static void list_days(struct pd_report *report)
{
	int64_t first = pd_day_of(pd_zone_to_local(report->zone, report->from)),
		last = pd_day_of(pd_zone_to_local(report->zone, report->to - 1));
	if (last - first < DAYS_LISTED)
		for (int64_t day = first; day <= last; day++) {
			PD_AUTO_ARENA arena = pd_arena_new();
			(void)group_of(report, PD_BY_DAY, day_text(arena, day));
		}
}

struct pd_report_lines pd_report_done(struct pd_arena *arena, struct pd_report *report)
{
	struct pd_report_lines lines = {0};
	(void)group_of(report, PD_BY_ALL, NULL);
	list_days(report);
	for (int by = 0; by < PD_BY_COUNT; by++) {
		PD_LIST(struct placed) placed = {0};
		GHashTableIter iter;
		gpointer group;
		g_hash_table_iter_init(&iter, report->groups[by]);
		while (g_hash_table_iter_next(&iter, NULL, &group)) {
			reckon(group);
			*pd_list_add(arena, &placed) = (struct placed){
				place_of(report, (enum pd_report_by)by, ((struct group *)group)->line.key),
				group};
		}
		if (placed.count > 0)
			qsort(placed.items, placed.count, sizeof *placed.items, by_place);
		for (size_t i = 0; i < placed.count; i++)
			*pd_list_add(arena, &lines) = line_of(arena, placed.items[i].group);
	}
	return lines;
}
