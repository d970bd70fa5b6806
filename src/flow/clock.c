/* The clock's way through the house: what is due is decided and kept like a mail, a ticket at a time.
 *
 * Promises: what was to be told longer ago than LATE, since nothing ran or the clock was set, is told in one letter a
 * person; each warning is kept with its letters in one transaction, so that it comes once, crash or not. Tickets are
 * asked for by the time that stands in their rows, soonest first. Fails with the store's class; what is left is due
 * again. */
#include "flow/internal.h"

#include "base/text.h"
#include "desk/schedule.h"
#include "flow/json.h"

#define LATE	   (15 * PD_MINUTE)
#define AT_ONCE	   200	/* asked for */
#define SUMMARY_OF 2000 /* tickets in one summary */

struct due {
	struct pd_work work; /* first: the work is cast back */
	const int64_t *tickets;
	size_t count;
	bool is_late;
};

static void decide_due(struct pd_work *work, struct pd_context *context)
{
	const struct due *due = (const struct due *)work;

	pd_decide_due(context, due->tickets, due->count, due->is_late);
}

static int keep_due(struct pd_flow *flow, const int64_t *tickets, size_t count, bool is_late, pd_time now,
		    struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct due due = {
		.work = {.flow = flow, .arena = arena, .settings = settings, .decide = decide_due, .actor = "postdesk",
			 .now = now},
		.tickets = tickets,
		.count = count,
		.is_late = is_late,
	};
	struct pd_plan *plan;

	return pd_flow_keep(&due.work, &plan, error);
}

static int ask(struct pd_flow *flow, struct pd_arena *arena, pd_time until, size_t limit, struct pd_wakes *ret_wakes,
	       struct pd_error *error)
{
	struct pd_snapshot *snapshot;
	int failed = pd_store_begin(pd_flow_store(flow), &snapshot, error);

	if (failed)
		return failed;
	*ret_wakes = snapshot->wakes(snapshot, arena, until, limit);
	failed = snapshot->failed;
	if (failed)
		*error = snapshot->error;
	pd_store_end(snapshot);
	return failed;
}

static int decide_late(struct pd_flow *flow, pd_time now, size_t *count, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_LIST(int64_t) tickets = {0};
	struct pd_wakes wakes = {0};
	int failed = ask(flow, arena, now - LATE, SUMMARY_OF, &wakes, error);

	for (size_t i = 0; i < wakes.count; i++)
		*pd_list_add(arena, &tickets) = wakes.items[i].ticket;
	if (!failed && tickets.count)
		failed = keep_due(flow, tickets.items, tickets.count, true, now, error);
	*count += tickets.count;
	return failed;
}

/* --- retiming --- */

struct reckoning {
	struct pd_settings *settings;
	pd_time now;
};

static struct pd_agenda reckon(void *data, struct pd_snapshot *snapshot, struct pd_arena *arena, struct pd_ticket *ticket)
{
	const struct reckoning *reckoning = data;
	struct pd_ticket_facts facts = {.ticket = ticket};
	struct pd_goals goals;

	if (pd_policies_ask_contacts(reckoning->settings->policies))
		facts = pd_json_facts(arena, snapshot, ticket);
	pd_goals_at(reckoning->settings, &facts, reckoning->now, &goals);
	return pd_agenda_of(&goals, ticket);
}

static int retime(struct pd_flow *flow, int64_t *ret_count, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct reckoning reckoning = {settings, pd_now()};
	struct pd_snapshot *snapshot;
	int failed = pd_store_begin(pd_flow_store(flow), &snapshot, error);

	if (failed)
		return failed;
	struct pd_retime work = {.config = pd_strdup(arena, snapshot->config), .reckon = reckon, .data = &reckoning};

	pd_store_end(snapshot);
	if (!work.config)
		work.config = "";
	return pd_store_retime(pd_flow_store(flow), &work, ret_count, error);
}

/* --- set times --- */

struct schedule {
	struct pd_work work; /* first: the work is cast back */
	pd_time next;
};

static void decide_schedule(struct pd_work *work, struct pd_context *context)
{
	struct schedule *schedule = (struct schedule *)work;

	schedule->next = pd_decide_schedule(context);
}

static int keep_schedule(struct pd_flow *flow, pd_time now, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct schedule schedule = {
		.work = {.flow = flow, .arena = arena, .settings = settings, .decide = decide_schedule, .actor = "postdesk",
			 .now = now},
	};
	struct pd_plan *plan;

	if (!pd_has_schedule(settings)) {
		pd_flow_set_next_schedule(flow, PD_NEVER);
		return 0;
	}
	int failed = pd_flow_keep(&schedule.work, &plan, error);

	if (!failed)
		pd_flow_set_next_schedule(flow, schedule.next);
	return failed;
}

/* --- what is due --- */

int pd_flow_clock(struct pd_flow *flow, struct pd_ticked *ret_ticked, struct pd_error *error)
{
	size_t count = 0, before = 1;
	int64_t retimed = 0;
	pd_time now = pd_now(), next;
	int failed = 0;

	if (pd_flow_take_retiming(flow)) { /* new settings */
		pd_flow_set_next_schedule(flow, 0);
		if ((failed = retime(flow, &retimed, error)) ||
		    (failed = pd_store_next_wake(pd_flow_store(flow), &next, error)))
			pd_flow_ask_retiming(flow);
	}
	/* A clock that was set back is minded, too: nothing lies further ahead than a week. */
	pd_time next_schedule = pd_flow_next_schedule(flow);

	if (!failed && (now >= next_schedule || (next_schedule != PD_NEVER && next_schedule > now + 8 * PD_DAY)))
		failed = keep_schedule(flow, now, error);
	if (!failed && !pd_store_is_wake_due(pd_flow_store(flow))) {
		*ret_ticked = (struct pd_ticked){count, retimed};
		return 0;
	}
	while (!failed && count != before) {
		before = count;
		failed = decide_late(flow, now, &count, error);
	}
	while (!failed) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_wakes wakes = {0};

		failed = ask(flow, arena, now, AT_ONCE, &wakes, error);
		for (size_t i = 0; i < wakes.count && !failed; i++)
			failed = keep_due(flow, &wakes.items[i].ticket, 1, false, now, error);
		count += wakes.count;
		if (wakes.count == 0)
			break;
	}
	if (!failed)
		failed = pd_store_next_wake(pd_flow_store(flow), &next, error);
	if (!failed)
		*ret_ticked = (struct pd_ticked){count, retimed};
	return failed;
}

void pd_flow_clock_wait(struct pd_flow *flow, int64_t deadline)
{
	pd_store_wait_wake(pd_flow_store(flow), deadline);
}

void pd_flow_clock_wake(struct pd_flow *flow)
{
	pd_store_wake(pd_flow_store(flow));
}
