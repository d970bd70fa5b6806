/* Tests of plans and of undo: what is taken back, what is refused, and that undoing all gives the first
 * state. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/command.h"
#include "any_commands.h"
#include "fake_snapshot.h"

#define START ((pd_time)1795269600123) /* 2026-11-21 14:00 UTC and some */

static struct pd_settings *settings;
static struct fake *desk;
static struct pd_arena *arena;
static pd_time now;

static int set_up(void **state)
{
	(void)state;
	settings = fake_settings(fake_config);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pd_settings_unref(settings);
	return 0;
}

static struct pd_context context_of(const char *actor)
{
	now += PD_MINUTE;
	return pd_context_new(arena, settings, &desk->snapshot, now, actor);
}

/* A message on the ticket by that actor; returns the action. */
static int64_t message(const char *actor, int64_t number, enum pd_direction direction, const char *status)
{
	struct pd_context context = context_of(actor);
	struct pd_ticket *ticket = pd_plan_ticket(&context, number);
	struct pd_planned_message *planned = pd_plan_message(&context, "mail", direction);
	pd_plan_event(&context, ticket, direction == PD_INTERNAL ? PD_EVENT_COMMENT : PD_EVENT_MESSAGE,
		      planned->stored.id, 1, NULL);
	if (status != NULL)
		pd_plan_set(&context, ticket, "status", status, "after it");
	fake_commit(desk, &context);
	return context.action;
}

static int make_desk(void **state)
{
	(void)state;
	arena = pd_arena_new();
	desk = fake_new(arena);
	now = START;
	struct pd_context context = context_of("contact:jo@customer.example");
	struct pd_ticket *ticket =
		pd_plan_new_ticket(&context, pd_settings_mailbox(settings, "support"), NULL, 0);
	const struct pd_address jo = {.name = "Jo", .addr = "jo@customer.example"};
	int64_t conversation = pd_plan_new_conversation(&context, ticket, "support", "Printer");
	pd_plan_add(&context, ticket, "participant", "Jo <jo@customer.example>", conversation, NULL);
	pd_plan_add(&context, ticket, "contact",
		    pd_printf(arena, "%lld", (long long)pd_plan_contact(&context, &jo)->id), 0, NULL);
	fake_commit(desk, &context);
	assert_int_equal(context.plan->events.count, 1); /* all first values in one event */
	message("contact:jo@customer.example", 1, PD_IN, NULL);
	return 0;
}

static int drop_desk(void **state)
{
	(void)state;
	pd_arena_free(arena);
	return 0;
}

/* Carries the text out on the ticket; what was told or went wrong. */
static const char *give(const char *actor, int64_t number, const char *text)
{
	const char *left;
	struct pd_error error = {0};
	bool needs_confirmation;
	struct pd_context context = context_of(actor);
	struct pd_ticket *ticket = pd_plan_ticket_followed(&context, number);
	struct pd_commands *commands =
		pd_commands_parse(arena, settings, "en", context.agent, now, text, true, &left);
	if (commands->errors.count == 0)
		pd_commands_check(&context, commands, ticket, PD_PROOF_FULL, &needs_confirmation);
	if (commands->errors.count > 0)
		return pd_printf(arena, "! %s", commands->errors.items[0]);
	if (pd_commands_apply(&context, commands, ticket, &error) != 0)
		return pd_printf(arena, "! %s", error.text);
	fake_commit(desk, &context);
	return pd_strings_join(arena, &context.plan->report, "\n");
}

static void step(const char *actor, const char *text, const char *want)
{
	CHECK_ROW_STRING(text, give(actor, 1, text), want);
}

#define ANNA "agent:anna"
#define BOB  "agent:bob"

static void takes_back(void **state)
{
	(void)state;
	step(ANNA, "#undo",
	     "! #undo: There is nothing left to take back."); /* the contact's mails are no actions of ours */
	step(ANNA, "#take\n#priority high",
	     "#take: owner nobody -> Anna Virtanen\n#priority: priority normal -> high");
	step(BOB, "#close", "#close: status New -> Closed");
	step(ANNA, "#undo", "#undo: action 5 of Bob Smith taken back: status Closed -> New");
	step(ANNA, "#undo",
	     "#undo: action 4 of Anna Virtanen taken back: owner Anna Virtanen -> nobody; priority high -> "
	     "normal");
	step(ANNA, "#undo", "! #undo: There is nothing left to take back.");
	/* An undo can be undone, and what it brought back can be taken back again. */
	step(ANNA, "#undo 7",
	     "#undo: action 7 of Anna Virtanen taken back: owner nobody -> Anna Virtanen; priority normal -> "
	     "high");
	step(ANNA, "#undo 7", "! #undo: Action 7 is taken back already.");
	step(ANNA, "#undo 5", "! #undo: Action 5 is taken back already.");
	step(ANNA, "#undo",
	     "#undo: action 4 of Anna Virtanen taken back: owner Anna Virtanen -> nobody; priority high -> "
	     "normal");
	step(ANNA, "#undo 99", "! #undo: There is no action 99.");
}

/* What follows from the rest is not said in the names that the store has for it. */
static void says_no_names(void **state)
{
	(void)state;
	step(ANNA, "#task Look at it due 5d", "#task: task E3 of Anna Virtanen, due Thu 2026-11-26 14:03: Look at it");
	step(ANNA, "#done E3", "#done: task E3 is done");
	step(ANNA, "#undo", "#undo: action 4 of Anna Virtanen taken back");
	step(ANNA, "#undo", "#undo: action 3 of Anna Virtanen taken back: E3 deleted");
}

static void refuses(void **state)
{
	(void)state;
	step(ANNA, "#priority high", "#priority: priority normal -> high");
	step(BOB, "#priority urgent", "#priority: priority high -> urgent");
	step(ANNA, "#undo 3",
	     "! #undo: priority of #1 was changed since by Bob Smith (action 4); nothing was taken back.");
	/* Also where the value came to be the same again. */
	step(BOB, "#priority high", "#priority: priority urgent -> high");
	step(ANNA, "#undo 3",
	     "! #undo: priority of #1 was changed since by Bob Smith (action 6); nothing was taken back.");
	/* Taken back themselves, they stand in nobody's way. */
	step(BOB, "#undo", "#undo: action 6 of Bob Smith taken back: priority high -> urgent");
	step(BOB, "#undo", "#undo: action 4 of Bob Smith taken back: priority urgent -> high");
	step(ANNA, "#undo", "#undo: action 3 of Anna Virtanen taken back: priority high -> normal");

	/* Wholly or not at all. */
	step(ANNA, "#take\n#wait",
	     "#take: owner nobody -> Anna Virtanen\n#wait: status New -> Waiting on customer");
	message("contact:jo@customer.example", 1, PD_IN, "open:Open");
	step(ANNA, "#undo",
	     "! #undo: status of #1 was changed since by jo@customer.example (action 12); nothing was taken "
	     "back.");
	assert_string_equal(fake_ticket(desk, 1)->owner, "anna");
}

static void never_unsends(void **state)
{
	(void)state;
	int64_t sent = message(ANNA, 1, PD_OUT, "waiting:Waiting on customer");
	step(ANNA, "#undo",
	     "#undo: action 3 of Anna Virtanen taken back: status Waiting on customer -> New\n"
	     "#undo: E3 was sent; what was sent cannot be unsent.");
	assert_int_equal(sent, 3);
	message(ANNA, 1, PD_OUT, NULL);
	step(ANNA, "#undo", "#undo: E6 was sent; what was sent cannot be unsent.");
	step(ANNA, "#undo", "! #undo: There is nothing left to take back.");
}

static void entries(void **state)
{
	(void)state;
	message(BOB, 1, PD_INTERNAL, NULL);
	step(ANNA, "#undo", "#undo: action 3 of Bob Smith taken back: E3 deleted");
	assert_true(pd_ticket_entry_deleted(fake_ticket(desk, 1), 3));
	step(ANNA, "#undo 4", "#undo: action 4 of Anna Virtanen taken back: E3 restored");
	step(ANNA, "#delete", "#delete: the ticket is deleted; #restore brings it back");
	step(ANNA, "#undo", "#undo: action 6 of Anna Virtanen taken back: ticket #1 restored");
	assert_false(fake_ticket(desk, 1)->is_deleted);
}

static void new_tickets(void **state)
{
	(void)state;
	CHECK_ROW_STRING(
		"new", give(ANNA, 0, "#new Second\n#take"),
		"#new: ticket #2 \"Second\" in Example Support\n#take: owner nobody -> Anna Virtanen");
	CHECK_ROW_STRING("undo", give(ANNA, 2, "#undo"),
			 "#undo: action 3 of Anna Virtanen taken back: ticket #2 deleted");
	assert_true(fake_ticket(desk, 2)->is_deleted);
	CHECK_ROW_STRING("undo of undo", give(ANNA, 2, "#undo 4"),
			 "#undo: action 4 of Anna Virtanen taken back: ticket #2 restored");
}

/* One action on two tickets, as a bulk does. */
static void over_tickets(void **state)
{
	(void)state;
	give(ANNA, 0, "#new Second");
	struct pd_context context = context_of(BOB);
	pd_plan_set(&context, pd_plan_ticket(&context, 1), "priority", "urgent", "bulk");
	pd_plan_set(&context, pd_plan_ticket(&context, 2), "priority", "low", "bulk");
	fake_commit(desk, &context);
	struct pd_context asking = context_of(ANNA);
	assert_true(pd_undo_is_grave(&asking, context.action, 1));
	assert_false(pd_undo_is_grave(&asking, 2, 1));
	assert_true(pd_undo_is_grave(&asking, 3, 2)); /* it made the ticket */
	step(ANNA, "#undo",
	     "#undo: action 4 of Bob Smith taken back: #1 priority urgent -> normal; #2 priority low -> "
	     "normal");
	assert_string_equal(fake_ticket(desk, 2)->priority, "normal");
	/* A conflict on the other ticket stops it on both. */
	CHECK_ROW_STRING("redo", give(ANNA, 1, "#undo 6"),
			 "#undo: action 6 of Anna Virtanen taken back: #1 priority normal -> urgent; #2 "
			 "priority normal -> low");
	give(BOB, 2, "#priority high");
	step(ANNA, "#undo 4",
	     "! #undo: priority of #2 was changed since by Bob Smith (action 8); nothing was taken back.");
	assert_string_equal(fake_ticket(desk, 1)->priority, "urgent");
}

static void rights(void **state)
{
	(void)state;
	step("agent:vera", "#follow", "#follow: Vera Watch follows now");
	step("agent:vera", "#undo",
	     "#undo: action 3 of Vera Watch taken back: follower Vera Watch -> nobody");
	step(ANNA, "#close", "#close: status New -> Closed");
	step("agent:vera", "#undo", "! #undo: You lack the right \"change\" that taking this back needs.");
	step("administrator", "#undo", "#undo: action 5 of Anna Virtanen taken back: status Closed -> New");
}

/* When it was closed comes back with the status. */
static void closing_time(void **state)
{
	(void)state;
	step(ANNA, "#close", "#close: status New -> Closed");
	pd_time closed = fake_ticket(desk, 1)->closed;
	assert_int_equal(closed, now);
	step(ANNA, "#open", "#open: status Closed -> Open");
	step(ANNA, "#undo", "#undo: action 4 of Anna Virtanen taken back: status Open -> Closed");
	assert_int_equal(fake_ticket(desk, 1)->closed, closed);
	step(ANNA, "#undo", "#undo: action 3 of Anna Virtanen taken back: status Closed -> New");
	assert_int_equal(fake_ticket(desk, 1)->closed, 0);
	step(ANNA, "#undo 6", "#undo: action 6 of Anna Virtanen taken back: status New -> Closed");
}

/* People who came into the conversation go again; a conversation that was begun stays with what was said in
 * it. */
static void conversations(void **state)
{
	(void)state;
	struct pd_context context = context_of(ANNA);
	struct pd_ticket *ticket = pd_plan_ticket(&context, 1);
	int64_t first = ticket->conversations.items[0].id;
	pd_plan_add(&context, ticket, "participant", "Max <max@customer.example>", first, "command #cc");
	pd_plan_set(&context, ticket, "priority", "high", "command #priority");
	int64_t other = pd_plan_new_conversation(&context, ticket, "sales", "Re: Offer");
	pd_plan_add(&context, ticket, "participant", "<kim@other.example>", other, NULL);
	fake_commit(desk, &context);
	assert_int_equal(fake_ticket(desk, 1)->conversations.count, 2);
	step(ANNA, "#undo",
	     "#undo: action 3 of Anna Virtanen taken back: participant Max <max@customer.example> -> none; "
	     "priority high -> normal");
	ticket = fake_ticket(desk, 1);
	assert_false(pd_conversation_has(&ticket->conversations.items[0], "max@customer.example"));
	assert_true(pd_conversation_has(&ticket->conversations.items[0], "jo@customer.example"));
	assert_int_equal(ticket->conversations.count, 2);
	assert_true(pd_conversation_has(&ticket->conversations.items[1], "kim@other.example"));
	step(ANNA, "#undo 4",
	     "#undo: action 4 of Anna Virtanen taken back: priority normal -> high; "
	     "participant none -> Max <max@customer.example>");
	/* Somebody took him out since. */
	struct pd_context taking = context_of(BOB);
	ticket = pd_plan_ticket(&taking, 1);
	pd_plan_remove(&taking, ticket, "participant", "<MAX@customer.example>", first, "by hand");
	fake_commit(desk, &taking);
	const char *told = give(ANNA, 1, "#undo 3");
	if (strstr(told, "participant of #1 was changed since") == NULL)
		fail_msg("%s", told);
	assert_string_equal(fake_ticket(desk, 1)->priority, "high");
}

/* --- the property: any actions, then #undo for each, give the first state --- */

static const char *state_of(int64_t number)
{
	static const char *const properties[] = {"name",   "description", "mailbox",  "pipeline", "owner",
						 "team",   "priority",	  "category", "source",	  "status",
						 "closed", "deleted",	  "spam",     "device",
						 "snoozed", "pinned",	  "inbox:1",  "company"};
	const struct pd_ticket *ticket = fake_ticket(desk, number);
	char *text = pd_printf(arena, "closed=%lld reminders=%zu links=%zu", (long long)ticket->closed, ticket->reminders.count,
			       ticket->links.count);
	for (size_t i = 0; i < COUNT(properties); i++) {
		const char *value = pd_ticket_get(arena, ticket, properties[i]);
		text = pd_printf(arena, "%s %s=%s", text, properties[i], value != NULL ? value : "-");
	}
	/* A list has no order that anybody sees. */
	static const char *const agents[] = {"anna", "bob", "carol", "vera"};
	for (size_t i = 0; i < COUNT(agents); i++)
		text = pd_printf(arena, "%s %s:%d", text, agents[i],
				 pd_strings_has(&ticket->followers, agents[i]));
	for (int64_t id = 1; id < 6; id++) {
		bool is_contact = false;
		for (size_t i = 0; i < ticket->contacts.count; i++)
			is_contact |= ticket->contacts.items[i] == id;
		/* What an action wrote, its undo hides: of entries those count that were there before. */
		text = pd_printf(arena, "%s c%d e%d", text, is_contact, id <= 2 && pd_ticket_entry_deleted(ticket, id));
	}
	return text;
}

static const char *state_of_all(void)
{
	const char *all = "";
	for (size_t number = 1; number <= desk->tickets.count; number++) {
		const struct pd_ticket *ticket = fake_ticket(desk, (int64_t)number);
		if (number > 3 && ticket->is_deleted)
			continue; /* what a split made, and its undo took away */
		all = pd_printf(arena, "%s\n#%zu %s merged=%lld messages=%lld in=%lld sent=%d also=%zu", all, number,
				state_of((int64_t)number), (long long)ticket->merged_into, (long long)ticket->messages,
				(long long)pd_ticket_last_in(ticket), ticket->has_sent, ticket->mailboxes_also.count);
		for (int64_t id = 1; id <= 3; id++) {
			const struct pd_conversation *conversation = pd_ticket_conversation(ticket, id);
			if (conversation != NULL)
				all = pd_printf(arena, "%s C%lld(%s %zu %s %s)", all, (long long)id,
						conversation->subject, conversation->participants.count,
						conversation->status != NULL ? conversation->status : "-",
						conversation->owner != NULL ? conversation->owner : "-");
		}
		for (int64_t other = 1; other <= 3; other++)
			all = pd_printf(arena, "%s %d", all, pd_ticket_includes(ticket, other));
	}
	return all;
}

static void same_state(unsigned seed, const char *got, const char *want)
{
	struct pd_strings gots = pd_split(arena, got, ' '), wants = pd_split(arena, want, ' ');
	for (size_t i = 0; i < gots.count && i < wants.count; i++)
		if (strcmp(gots.items[i], wants.items[i]) != 0)
			fail_msg("seed %u: \"%s\" for \"%s\" in %s", seed, gots.items[i], wants.items[i], got);
	assert_int_equal(gots.count, wants.count);
}

static void any_sequence(void **state)
{
	static const char *const actors[] = {ANNA, BOB, "agent:carol", "administrator"};
	(void)state;
	for (unsigned seed = 1; seed <= 60; seed++) {
		void *nothing = NULL;
		drop_desk(&nothing);
		make_desk(&nothing);
		srand(seed);
		const char *states[64];
		size_t done = 0;
		states[0] = state_of(1);
		while (done < 25) {
			size_t events = desk->events.count;
			const char *text = any_commands[(size_t)rand() % COUNT(any_commands)];
			const char *actor = actors[(size_t)rand() % COUNT(actors)];
			const char *told = give(actor, 1, text);
			if (*told == '!' && strstr(told, "\"me\"") == NULL &&
			    strstr(told, "#take needs") == NULL &&
			    strstr(told, "reminds an agent") == NULL && strstr(told, "whose task") == NULL &&
			    strstr(told, "is no task") == NULL && strstr(told, "has no status") == NULL)
				fail_msg("seed %u: %s: %s", seed, text, told);
			if (desk->events.count > events)
				states[++done] = state_of(1);
		}
		for (; done > 0; done--) {
			CHECK_ROW_STRING("before the undo", state_of(1), states[done]);
			const char *told = give(actors[(size_t)rand() % COUNT(actors)], 1, "#undo");
			if (*told == '!')
				fail_msg("seed %u, action %zu: %s", seed, done, told);
		}
		CHECK_ROW_STRING("at the end", state_of(1), states[0]);
	}
}

/* --- plans --- */

/* The same over two tickets that are merged and parted on the way; what each action did is undone by its number. */
static void any_merges(void **state)
{
	static const char *const actors[] = {ANNA, BOB, "administrator"};
	(void)state;
	size_t merges = 0;
	for (unsigned seed = 1; seed <= 150; seed++) {
		void *nothing = NULL;
		drop_desk(&nothing);
		make_desk(&nothing);
		give(ANNA, 0, "#new Second\n#contact kim@other.example");
		give(BOB, 0, "#new Third\n#take");
		message("contact:jo@customer.example", 3, PD_IN, NULL);
		srand(seed);
		const char *states[64];
		int64_t actions[64];
		size_t done = 0;
		states[0] = state_of_all();
		while (done < 25) {
			size_t events = desk->events.count;
			int64_t number = 1 + rand() % 3;
			const char *told = give(actors[(size_t)rand() % COUNT(actors)], number,
						any_merging_commands[(size_t)rand() % COUNT(any_merging_commands)]);
			if (desk->events.count == events)
				continue;
			merges += strstr(told, "is merged into") != NULL && strstr(told, "again") == NULL;
			actions[++done] = desk->events.items[events]->action;
			states[done] = state_of_all();
		}
		for (; done > 0; done--) {
			same_state(seed, state_of_all(), states[done]);
			const char *told =
				give("agent:carol", 1, pd_printf(arena, "#undo %lld", (long long)actions[done]));
			if (*told == '!')
				fail_msg("seed %u, action %zu: %s", seed, done, told);
		}
		same_state(seed, state_of_all(), states[0]);
	}
	assert_true(merges > 150);
}

static void plans(void **state)
{
	(void)state;
	struct pd_context context = context_of(ANNA);
	struct pd_ticket *ticket = pd_plan_ticket(&context, 1);
	assert_ptr_equal(ticket, pd_plan_ticket(&context, 1));
	assert_null(pd_plan_ticket(&context, 9));
	assert_null(pd_plan_ticket(&context, 0));
	assert_null(pd_plan_set(&context, ticket, "priority", "normal", "x"));
	struct pd_event *event = pd_plan_set(&context, ticket, "priority", "high", "x");
	assert_ptr_equal(event, pd_plan_set(&context, ticket, "owner", "anna", "x"));
	assert_ptr_equal(event, pd_plan_add(&context, ticket, "follower", "bob", 0, "x"));
	assert_ptr_not_equal(event, pd_plan_set(&context, ticket, "category", "billing", "y"));
	assert_null(pd_plan_add(&context, ticket, "follower", "bob", 0, "x"));
	assert_null(pd_plan_remove(&context, ticket, "follower", "vera", 0, "x"));
	assert_string_equal(fake_ticket(desk, 1)->priority, "normal"); /* the desk's own is untouched */
	const struct pd_address jo = {.name = "Joanna", .addr = "JO@customer.example"};
	const struct pd_address max = {.name = "", .addr = "Max@customer.example"};
	const struct pd_address named = {.name = "Max", .addr = "max@customer.example"};
	assert_string_equal(pd_plan_contact(&context, &jo)->name, "Jo"); /* a name that is known stays */
	int64_t id = pd_plan_contact(&context, &max)->id;
	assert_int_equal(pd_plan_contact(&context, &named)->id, id);
	assert_string_equal(pd_plan_contact(&context, &max)->name, "Max");
	assert_int_equal(context.plan->contacts.count, 1);
	fake_commit(desk, &context);
	assert_string_equal(fake_ticket(desk, 1)->priority, "high");
}

static void merged_numbers(void **state)
{
	(void)state;
	give(ANNA, 0, "#new Second");
	give(ANNA, 0, "#new Third");
	struct pd_context context = context_of(ANNA);
	pd_plan_set(&context, pd_plan_ticket(&context, 2), "merged", "3", "merge");
	pd_plan_set(&context, pd_plan_ticket(&context, 3), "merged", "1", "merge");
	fake_commit(desk, &context);
	struct pd_context asking = context_of(ANNA);
	assert_int_equal(pd_plan_ticket_followed(&asking, 2)->number, 1);
	assert_int_equal(pd_plan_ticket(&asking, 2)->number, 2);
	CHECK_ROW_STRING(
		"undo of a merge", give(ANNA, 3, "#undo 5"),
		"#undo: action 5 of Anna Virtanen taken back: #2 stands alone again; #3 stands alone again");
}

static void set_view(const char *actor, int64_t ticket, const char *query)
{
	struct pd_context context = context_of(actor);
	pd_plan_set_record(&context, pd_plan_ticket(&context, ticket), "view", "hot", query, "command #view");
	fake_commit(desk, &context);
}

/* Records are taken back like properties; a change from another ticket stands against it. */
static void records(void **state)
{
	(void)state;
	give(ANNA, 0, "#new Second");
	set_view(ANNA, 1, "is:open");
	set_view(ANNA, 1, "is:spam");
	CHECK_ROW_STRING("undo", give(ANNA, 1, "#undo"),
			 "#undo: action 5 of Anna Virtanen taken back: view hot is:spam -> is:open");
	set_view(BOB, 2, "is:closed");
	CHECK_ROW_STRING("changed elsewhere", give(ANNA, 1, "#undo"),
			 "! #undo: view hot of #1 was changed since; nothing was taken back.");
	give(BOB, 2, "#undo");
	CHECK_ROW_STRING("undo of the first", give(ANNA, 1, "#undo"),
			 "#undo: action 4 of Anna Virtanen taken back: view hot is:open -> none");
	assert_null(desk->snapshot.record(&desk->snapshot, arena, "view", "hot"));
}

int main(void)
{
#define ON_DESK(test) cmocka_unit_test_setup_teardown(test, make_desk, drop_desk)
	const struct CMUnitTest tests[] = {
		ON_DESK(takes_back),   ON_DESK(says_no_names), ON_DESK(refuses),      ON_DESK(never_unsends),  ON_DESK(entries),
		ON_DESK(new_tickets),  ON_DESK(over_tickets), ON_DESK(rights),	       ON_DESK(closing_time),
		ON_DESK(any_sequence), ON_DESK(any_merges), ON_DESK(plans),	      ON_DESK(merged_numbers), ON_DESK(conversations),
		ON_DESK(records),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
