/* A year of tickets, with the clock run from instant to instant, beside a reference that goes through the year minute by
 * minute: every warning once and at the right minute, every verdict the same. The reference knows of a ticket only what
 * happened to it, and counts minutes; it shares nothing with goals but the question whether the calendar is open. */
#include "goals_desk.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define TICKETS 250
#define MINUTES (366 * 24 * 60)
#define DESK                                                                                                 \
	"[mailbox desk]\naddress = desk@example.com\nname = Desk\nteam = support\nsla = standard\n"          \
	"notify_team = no\n[calendar office]\n"                                                              \
	"[sla standard]\ncalendar = office\nfirst_reply = 4h\nnext_reply = 8h\nclose = 3wd\ndue_soon = 1h\n" \
	"[sla standard priority:urgent]\nfirst_reply = 30m\nnext_reply = 1h\nclose = 6h\ndue_soon = 10m\n"   \
	"[sla standard priority:low]\nfirst_reply = off\nnext_reply = off\nclose = off\n"

enum what { CREATE, WRITE, ANSWER, WAIT, OPEN, CLOSE, SNOOZE, URGENT, NORMAL, LOW, WHATS };
struct action {
	enum what what;
	int minute;
	int until; /* of a snooze */
};
struct told {
	int minute;
	int goal; /* 0 reply, first or next; 1 close */
	bool is_overdue;
};
struct story {
	struct action actions[40];
	size_t count;
	int64_t ticket;
	struct told told[200]; /* by the reference */
	size_t told_count;
	char verdicts[64]; /* 'm' and 'x' of replies, in order */
	size_t verdict_count;
};

static struct small_desk *desk;
static pd_time year;
static bool *open_at;
static struct story *stories;

static unsigned next_random(void)
{
	static uint64_t seed = 20260101;
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33);
}

/* --- what happens --- */

static void write_stories(void)
{
	for (int i = 0; i < TICKETS; i++) {
		struct story *story = &stories[i];
		int minute = (int)(next_random() % (MINUTES - 30 * 1440));
		story->actions[story->count++] = (struct action){CREATE, minute, 0};
		size_t count = 3 + next_random() % 30;
		while (story->count < count) {
			static const int steps[] = {1, 29, 60, 61, 480, 1440, 2000, 4320};
			minute += steps[next_random() % 8] + (int)(next_random() % 3 == 0 ? next_random() % 600 : 0);
			if (minute >= MINUTES - 1)
				break;
			enum what what = (enum what)(1 + next_random() % (WHATS - 1));
			story->actions[story->count++] =
				(struct action){what, minute, minute + 1 + (int)(next_random() % 3000)};
		}
	}
}

/* --- the reference --- */

struct clock {
	int start; /* minute; -1: does not run */
	int counted;
	int reached[MINUTES / 30]; /* when so many minutes had been counted */
	int soon_told, due_told;   /* when; -1: never */
	int due_told_counted;
};

static void run_anew(struct clock *clock, int minute)
{
	clock->start = minute;
	clock->counted = 0;
	clock->reached[0] = minute;
	clock->soon_told = clock->due_told = -1;
	clock->due_told_counted = -1;
}

static int amount_of(enum what priority, bool is_close, bool is_first, int start)
{
	static const struct pd_calendar *office;
	office = pd_calendars_find(desk->settings->calendars, "office");
	if (priority == LOW)
		return -1;
	if (!is_close)
		return priority == URGENT ? (is_first ? 30 : 60) : (is_first ? 240 : 480);
	if (priority == URGENT)
		return 360;
	pd_time from = year + start * PD_MINUTE;
	return (int)(pd_calendar_between(office, from, pd_calendar_add_days(office, from, 3)) / PD_MINUTE);
}

static void tell(struct story *story, int minute, bool is_close, bool is_overdue)
{
	assert_true(story->told_count < 200);
	story->told[story->told_count++] = (struct told){minute, is_close, is_overdue};
}

/* What is told of a running clock in this minute. */
static void look(struct story *story, struct clock *clock, int minute, bool is_close, int amount, int before)
{
	if (amount < 0)
		return;
	int soon_from = amount > before ? amount - before : 0;
	bool is_due = clock->counted >= amount;
	if (clock->counted >= soon_from) {
		/* From the next open minute on, but never after the due time. */
		int from = soon_from == 0 ? clock->start : clock->reached[soon_from];
		while (!open_at[from])
			from++;
		if (is_due && clock->reached[amount] < from)
			from = clock->reached[amount];
		if (minute >= from && !(clock->soon_told >= from)) {
			tell(story, minute, is_close, false);
			clock->soon_told = minute;
		}
	}
	if (is_due && !(clock->due_told >= clock->reached[amount])) {
		tell(story, minute, is_close, true);
		clock->due_told = minute;
	}
}

static void give_verdict(struct story *story, const struct clock *clock, int minute, int amount, bool is_paused)
{
	if (amount < 0)
		return;
	bool is_met = clock->counted < amount || (clock->reached[amount] >= minute && !is_paused);
	story->verdicts[story->verdict_count++] = is_met ? 'm' : 'x';
}

static void tell_story(struct story *story)
{
	static struct clock reply, close;
	bool is_closed = false, is_waiting = false, has_replied = false;
	int snoozed_until = 0;
	enum what priority = NORMAL;
	size_t next = 0;
	reply.start = close.start = -1;
	for (int minute = story->actions[0].minute; minute < MINUTES; minute++) {
		if (snoozed_until != 0 && minute >= snoozed_until)
			snoozed_until = 0;
		for (; next < story->count && story->actions[next].minute == minute; next++) {
			const struct action *action = &story->actions[next];
			bool is_paused = is_closed || is_waiting || snoozed_until != 0;
			switch (action->what) {
			case CREATE:
				run_anew(&reply, minute);
				run_anew(&close, minute);
				break;
			case WRITE:
				if (has_replied && reply.start < 0)
					run_anew(&reply, minute);
				snoozed_until = 0;
				is_closed = is_waiting = false;
				break;
			case ANSWER:
				if (reply.start >= 0)
					give_verdict(story, &reply, minute, amount_of(priority, false, !has_replied, 0),
						     is_paused);
				reply.start = -1;
				has_replied = true;
				is_waiting = true;
				is_closed = false;
				break;
			case WAIT:
			case OPEN:
			case CLOSE:
				is_waiting = action->what == WAIT;
				is_closed = action->what == CLOSE;
				break;
			case SNOOZE:
				snoozed_until = action->until;
				break;
			default:
				priority = action->what;
				break;
			}
		}
		bool is_paused = is_closed || is_waiting || snoozed_until != 0;
		if (is_paused)
			continue;
		if (reply.start >= 0)
			look(story, &reply, minute, false, amount_of(priority, false, !has_replied, 0),
			     priority == URGENT ? 10 : 60);
		look(story, &close, minute, true, amount_of(priority, true, false, close.start),
		     priority == URGENT ? 10 : 60);
		if (!open_at[minute])
			continue;
		struct clock *clocks[] = {&reply, &close};
		for (int i = 0; i < 2; i++)
			if (clocks[i]->start >= 0 && clocks[i]->counted + 1 < MINUTES / 30)
				clocks[i]->reached[++clocks[i]->counted] = minute + 1;
	}
}

/* --- the desk --- */

static struct pd_context context_for(const char *actor, int minute)
{
	desk->now = year + minute * PD_MINUTE;
	return small_context(desk, actor);
}

static void add_message(struct pd_context *context, struct pd_ticket *ticket, enum pd_direction direction)
{
	struct pd_planned_message *message = pd_plan_message(context, "mail", direction);
	pd_plan_event(context, ticket, PD_EVENT_MESSAGE, message->stored.id, 0, NULL);
}

static void set_status(struct pd_context *context, struct pd_ticket *ticket, enum pd_status_kind kind)
{
	const struct pd_pipeline *pipeline = pd_settings_pipeline(desk->settings, ticket->pipeline);
	const struct pd_status *status = pd_pipeline_first(pipeline, kind);
	pd_plan_set(context, ticket, "status", pd_status_value(desk->arena, kind, status->name), NULL);
}

static void act(struct story *story, const struct action *action)
{
	static const char *const priorities[] = {[URGENT] = "urgent", [NORMAL] = "normal", [LOW] = "low"};
	bool is_contact = action->what == CREATE || action->what == WRITE;
	struct pd_context context = context_for(is_contact ? "contact:ville@customer.example" : "agent:anna", action->minute);
	struct pd_ticket *ticket = action->what != CREATE ? pd_plan_ticket(&context, story->ticket) : NULL;
	switch (action->what) {
	case CREATE:
		ticket = pd_plan_new_ticket(&context, pd_settings_mailbox(desk->settings, "desk"), NULL, 0);
		story->ticket = ticket->number;
		add_message(&context, ticket, PD_IN);
		break;
	case WRITE:
		add_message(&context, ticket, PD_IN);
		pd_plan_set(&context, ticket, "snoozed", NULL, NULL);
		set_status(&context, ticket, PD_STATUS_OPEN);
		break;
	case ANSWER:
		add_message(&context, ticket, PD_OUT);
		set_status(&context, ticket, PD_STATUS_WAITING);
		break;
	case WAIT:
		set_status(&context, ticket, PD_STATUS_WAITING);
		break;
	case OPEN:
		set_status(&context, ticket, PD_STATUS_OPEN);
		break;
	case CLOSE:
		set_status(&context, ticket, PD_STATUS_CLOSED);
		break;
	case SNOOZE:
		pd_plan_set(&context, ticket, "snoozed",
			    pd_time_rfc3339(desk->arena, year + action->until * PD_MINUTE), NULL);
		break;
	default:
		pd_plan_set(&context, ticket, "priority", priorities[action->what], NULL);
		break;
	}
	pd_tell(&context, NULL);
	small_keep(desk, &context);
}

/* In order of time, over all tickets. */
static void live(void)
{
	size_t next[TICKETS] = {0};
	for (;;) {
		int first = -1;
		for (int i = 0; i < TICKETS; i++)
			if (next[i] < stories[i].count &&
			    (first < 0 || stories[i].actions[next[i]].minute < stories[first].actions[next[first]].minute))
				first = i;
		if (first < 0)
			break;
		const struct action *action = &stories[first].actions[next[first]++];
		goals_run_until(desk, year + action->minute * PD_MINUTE, false);
		act(&stories[first], action);
	}
	goals_run_until(desk, year + MINUTES * PD_MINUTE, false);
}

static int by_minute(const void *a, const void *b)
{
	const struct told *x = a, *y = b;
	if (x->minute != y->minute)
		return x->minute < y->minute ? -1 : 1;
	if (x->goal != y->goal)
		return x->goal - y->goal;
	return x->is_overdue - y->is_overdue;
}

static void compare(struct story *story)
{
	struct told told[200];
	size_t count = 0, verdicts = 0;
	char given[64];
	for (size_t i = 0; i < desk->fake->events.count; i++) {
		const struct pd_event *event = desk->fake->events.items[i];
		for (size_t n = 0; event->ticket == story->ticket && n < event->changes.count; n++) {
			const struct pd_change *change = &event->changes.items[n];
			if (strcmp(change->property, "warned") == 0 && count < 200)
				told[count++] = (struct told){(int)((event->at - year) / PD_MINUTE),
							      pd_starts(change->to, "close"),
							      strstr(change->to, "overdue") != NULL};
			if ((strcmp(change->property, "goal_first_reply") == 0 ||
			     strcmp(change->property, "goal_next_reply") == 0) &&
			    change->to != NULL && verdicts < 64)
				given[verdicts++] = *change->to == 'm' && change->to[1] == 'e' ? 'm' : 'x';
		}
	}
	qsort(told, count, sizeof *told, by_minute);
	qsort(story->told, story->told_count, sizeof *told, by_minute);
	for (size_t i = 0; i < count || i < story->told_count; i++) {
		const struct told none = {-1, 0, false};
		const struct told *got = i < count ? &told[i] : &none;
		const struct told *want = i < story->told_count ? &story->told[i] : &none;
		if (by_minute(got, want) != 0)
			fail_msg("ticket %lld, warning %zu: minute %d goal %d %s, not %d %d %s", (long long)story->ticket, i,
				 got->minute, got->goal, got->is_overdue ? "overdue" : "due soon", want->minute,
				 want->goal, want->is_overdue ? "overdue" : "due soon");
	}
	assert_int_equal(verdicts, story->verdict_count);
	assert_memory_equal(given, story->verdicts, verdicts);
}

static void test_year(void **state)
{
	static const char *const holidays[] = {"2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14",
					       "2026-06-19", "2026-12-24", "2026-12-25"};
	(void)state;
	size_t told = 0, verdicts = 0;
	desk = small_desk_new(DESK);
	goals_attach(desk, goals_office(holidays, sizeof holidays / sizeof *holidays));
	assert_true(pd_time_parse("2026-01-01", &year));
	const struct pd_calendar *office = pd_calendars_find(desk->settings->calendars, "office");
	open_at = calloc(2 * MINUTES, sizeof *open_at);
	stories = calloc(TICKETS, sizeof *stories);
	for (int minute = 0; minute < 2 * MINUTES; minute++)
		open_at[minute] = pd_calendar_is_open(office, year + minute * PD_MINUTE);
	write_stories();
	live();
	for (int i = 0; i < TICKETS; i++) {
		tell_story(&stories[i]);
		compare(&stories[i]);
		told += stories[i].told_count;
		verdicts += stories[i].verdict_count;
	}
	print_message("%zu warnings, %zu verdicts on replies\n", told, verdicts);
	assert_true(told > 500);
	assert_true(verdicts > 150);
	free(open_at);
	free(stories);
	small_desk_free(desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_year)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
