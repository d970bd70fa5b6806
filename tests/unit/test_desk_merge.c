/* Tests of merging (T7): whose values win, where old numbers, tags and addresses lead, what is told, what is held, and
 * how it is taken back. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/command.h"
#include "desk/facts.h"
#include "desk/timeline.h"
#include "small_desk.h"

#define ANNA "agent:anna"
#define BOB  "agent:bob"

static struct small_desk *desk;
static struct pd_calendars *calendars;
static const struct pd_planned_letter *to_bob; /* of ticket 1, the one that goes */

static int make(void **state)
{
	(void)state;
	desk = small_desk_new("[sla standard]\nenabled = yes\ncalendar = 24/7\nfirst_reply = 4h\nnext_reply = 8h\n"
			      "close = off\n"
			      "[property device]\ntype = choice\nchoices = phone;laptop\n");
	struct pd_problems problems = {.arena = desk->arena};
	calendars = pd_calendars_of_texts(NULL, 0);
	desk->settings->calendars = calendars;
	desk->settings->policies = pd_policies_new(desk->settings, &problems);
	assert_int_equal(problems.errors, 0);
	desk->settings->mailboxes.items[0].sla = "standard";
	struct small_mail ville = {.from = "Ville <ville@customer.example>",
				   .subject = "Printer broken",
				   .id = "first@customer.example",
				   .text = "It smokes."};
	struct small_mail jo = {.from = "Jo <jo@customer.example>",
				.subject = "Smoke",
				.id = "other@customer.example",
				.text = "There is smoke in the hall."};
	to_bob = small_letter(small_deliver(desk, ville), PD_LETTER_NOTIFICATION, "bob");
	desk->now += PD_HOUR;
	small_deliver(desk, jo);
	desk->now += PD_MINUTE;
	return 0;
}

static int drop(void **state)
{
	(void)state;
	small_desk_free(desk);
	pd_calendars_unref(calendars);
	return 0;
}

/* What was told, or after "! " what was wrong. */
static const char *give(const char *actor, int64_t ticket, const char *lines)
{
	desk->now += PD_MINUTE;
	const struct pd_plan *plan = small_do(desk, actor, ticket, lines);
	return pd_printf(desk->arena, "%s%s", plan->is_refused ? "! " : "",
			 pd_strings_join(desk->arena, &plan->report, "\n"));
}

#define STEP(actor, ticket, lines, want) CHECK_ROW_STRING(lines, give(actor, ticket, lines), want)

/* A mail by that agent in answer to the letter. */
static struct small_mail answer(const char *from, const struct pd_planned_letter *letter, const char *text)
{
	return (struct small_mail){.from = from,
				   .to = letter->letter.reply_to.addr,
				   .in_reply_to = letter->letter.message_id,
				   .id = pd_printf(desk->arena, "%lld@client.example", (long long)desk->now),
				   .pass = true,
				   .text = text};
}

static const char *texts(int64_t number)
{
	const char *all = "";
	struct pd_context context = small_context(desk, ANNA);
	struct pd_entries entries = pd_timeline(context.desk, desk->arena, small_ticket(desk, number));
	for (size_t i = 0; i < entries.count; i++)
		if (entries.items[i].event.kind == PD_EVENT_MESSAGE &&
		    !pd_equal(entries.items[i].event.actor, "postdesk"))
			all = pd_printf(desk->arena, "%s%s|", all, entries.items[i].message->text);
	return all;
}

static void values(void **state)
{
	(void)state;
	give(ANNA, 1, "#take\n#priority high\n#set device=phone");
	give(BOB, 2, "#priority low\n#follow");
	STEP(ANNA, 1, "#merge 2",
	     "#merge: #1 \"Printer broken\" is merged into #2 \"Smoke\"\n"
	     "#merge: of #2 stays, with the other's in parentheses: name Smoke (Printer broken), priority low (high)\n"
	     "#merge: from #1 comes: owner Anna Virtanen, device phone");
	const struct pd_ticket *ticket = small_ticket(desk, 2);
	assert_string_equal(ticket->owner, "anna");
	assert_string_equal(ticket->priority, "low");
	assert_int_equal(ticket->contacts.count, 2);
	assert_int_equal(ticket->conversations.count, 2);
	assert_true(pd_ticket_has_participant(ticket, "ville@customer.example"));
	assert_true(pd_strings_has(&ticket->followers, "bob"));
	assert_int_equal(ticket->messages, 4); /* two mails, two acknowledgements */
	assert_int_equal(small_ticket(desk, 1)->merged_into, 2);
	assert_string_equal(texts(2), "It smokes.|There is smoke in the hall.|");
	/* The number leads on. */
	STEP(ANNA, 1, "#priority urgent", "#priority: priority low -> urgent");
	assert_string_equal(small_ticket(desk, 2)->priority, "urgent");
}

static void the_other_way(void **state)
{
	(void)state;
	give(BOB, 2, "#take");
	give(ANNA, 1, "#take");
	STEP(ANNA, 1, "#merge #2 primary this",
	     "#merge: #2 \"Smoke\" is merged into #1 \"Printer broken\"\n"
	     "#merge: of #1 stays, with the other's in parentheses: name Printer broken (Smoke), owner Anna Virtanen "
	     "(Bob Builder)");
	/* Who owned it goes on being told. */
	assert_true(pd_strings_has(&small_ticket(desk, 1)->followers, "bob"));
	assert_int_equal(small_ticket(desk, 2)->merged_into, 1);
}

static void refusals(void **state)
{
	(void)state;
	STEP(ANNA, 1, "#merge", "! Line 1, \"#merge\": #merge needs an argument: #merge N [primary N|this]");
	STEP(ANNA, 1, "#merge two", "! Line 1, \"#merge two\": #merge needs an argument: #merge N [primary N|this]");
	STEP(ANNA, 1, "#merge 1", "! Line 1, \"#merge 1\": a ticket cannot be merged into itself.");
	STEP(ANNA, 1, "#merge 99", "! Line 1, \"#merge 99\": there is no ticket #99 that you may see.");
	STEP(ANNA, 1, "#merge 2 primary 3",
	     "! Line 1, \"#merge 2 primary 3\": the ticket that stays is one of both: primary 2 or primary this.");
	STEP("agent:vera", 1, "#merge 2", "! Line 1, \"#merge 2\": you lack the right \"merge\" that #merge needs.");
	give(ANNA, 2, "#delete");
	STEP(ANNA, 1, "#merge 2", "! Line 1, \"#merge 2\": ticket #2 is deleted; #restore brings it back first.");
	STEP(ANNA, 2, "#merge 1", "! Line 1, \"#merge 1\": ticket #2 is deleted; #restore brings it back first.");
	give(ANNA, 2, "#restore");
	give(ANNA, 1, "#merge 2 primary 1");
	STEP(ANNA, 1, "#merge 2", "! Line 1, \"#merge 2\": #2 is merged into this ticket already.");
	STEP(ANNA, 2, "#merge 1", "! Line 1, \"#merge 1\": a ticket cannot be merged into itself.");
	assert_int_equal(small_ticket(desk, 1)->merged_into, 0);
	/* Nothing of a mail with a wrong command is done. */
	STEP(ANNA, 1, "#priority high\n#merge 1", "! Line 2, \"#merge 1\": a ticket cannot be merged into itself.");
	assert_string_equal(small_ticket(desk, 1)->priority, "normal");
}

/* What a contact and an agent do with what they got of the ticket that went. */
static void addresses(void **state)
{
	(void)state;
	give(ANNA, 1, "#merge 2");
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "second@customer.example",
				  .text = "More smoke."};
	struct pd_plan *plan = small_deliver(desk, more);
	assert_int_equal(plan->ticket, 2);
	struct small_mail tagged = {.from = "ville@customer.example",
				    .subject = "[#1] smoke",
				    .id = "third@customer.example",
				    .text = "Fire."};
	assert_int_equal(small_deliver(desk, tagged)->ticket, 2);
	assert_int_equal(small_ticket(desk, 2)->messages, 6);
	plan = small_deliver(desk, answer("bob@agents.example", to_bob, "Use sand."));
	assert_string_equal(plan->outcome, "reply");
	assert_int_equal(plan->ticket, 2);
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_string_equal(letter->letter.to.items[0].addr, "ville@customer.example");
	/* The answer to that letter's own address, too. */
	struct small_mail again = {.from = "ville@customer.example",
				   .to = letter->letter.reply_to.addr,
				   .id = "fourth@customer.example",
				   .text = "Thanks."};
	plan = small_deliver(desk, again);
	assert_int_equal(plan->ticket, 2);
	assert_string_equal(texts(2), "It smokes.|There is smoke in the hall.|More smoke.|Fire.|Use sand.|Thanks.|");
}

/* Invariant 9: a colleague answered after what the notification of the merged ticket told. */
static void crossing(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool is_before, in_reply_to;
	} table[] = {
		{"answered before the merge", true, true},
		{"answered after the merge", false, true},
		{"known by the address alone", false, false},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		void *nothing = NULL;
		drop(&nothing);
		make(&nothing);
		const struct pd_planned_letter *to_anna = NULL;
		struct small_mail more = {.from = "ville@customer.example",
					  .in_reply_to = "first@customer.example",
					  .id = "second@customer.example",
					  .text = "More smoke."};
		to_anna = small_letter(small_deliver(desk, more), PD_LETTER_NOTIFICATION, "anna");
		if (!table[i].is_before)
			give(ANNA, 1, "#merge 2");
		desk->now += PD_MINUTE;
		small_deliver(desk, answer("anna@agents.example", to_anna, "Have you tried water?"));
		if (table[i].is_before)
			give(ANNA, 1, "#merge 2");
		desk->now += PD_MINUTE;
		struct small_mail mail = answer("bob@agents.example", to_bob, "Use sand.");
		if (!table[i].in_reply_to)
			mail.in_reply_to = NULL;
		CHECK_ROW_STRING(table[i].name, small_deliver(desk, mail)->outcome, "held");
	}
}

static void nothing_crosses(void **state)
{
	(void)state;
	/* What was answered on the ticket that stays, before the two had to do with each other. */
	struct small_mail more = {.from = "jo@customer.example",
				  .in_reply_to = "other@customer.example",
				  .id = "more@customer.example",
				  .text = "And now?"};
	const struct pd_planned_letter *to_anna =
		small_letter(small_deliver(desk, more), PD_LETTER_NOTIFICATION, "anna");
	small_deliver(desk, answer("anna@agents.example", to_anna, "Leave the hall."));
	give(ANNA, 1, "#merge 2");
	assert_string_equal(small_deliver(desk, answer("bob@agents.example", to_bob, "Use sand."))->outcome, "reply");
}

/* A reply goes with the merge that stands above it, and so do the commands below. */
static void reply_with_merge(void **state)
{
	(void)state;
	struct small_mail mail = answer("bob@agents.example", to_bob, "#merge 2\n#priority high\n\nUse sand.");
	mail.signer = NULL;
	struct pd_plan *plan = small_deliver(desk, mail);
	assert_string_equal(plan->outcome, "held"); /* grave: it is asked for */
	const struct pd_planned_letter *asked = small_letter(plan, PD_LETTER_CONFIRMATION, "bob");
	assert_non_null(asked);
	assert_int_equal(small_ticket(desk, 1)->merged_into, 0);
	desk->now += PD_MINUTE;
	struct small_mail yes = answer("bob@agents.example", asked, "#yes");
	yes.to = asked->letter.from.addr;
	plan = small_deliver(desk, yes);
	assert_int_equal(plan->ticket, 2);
	assert_int_equal(small_ticket(desk, 1)->merged_into, 2);
	assert_string_equal(small_ticket(desk, 2)->priority, "high");
	assert_string_equal(small_letter(plan, PD_LETTER_REPLY, NULL)->letter.to.items[0].addr, "ville@customer.example");
	assert_string_equal(texts(2), "It smokes.|There is smoke in the hall.|Use sand.|");
}

/* The earliest promise is kept; who has had an answer owes one all the same to whom has had none. */
static void promises(void **state)
{
	(void)state;
	struct pd_context context = small_context(desk, ANNA);
	struct pd_goals goals;
	pd_plan_goals(&context, small_ticket(desk, 1), &goals);
	pd_time due = goals.of[PD_GOAL_FIRST_REPLY].due;
	assert_int_not_equal(due, 0);
	pd_plan_goals(&context, small_ticket(desk, 2), &goals);
	pd_time later = goals.of[PD_GOAL_FIRST_REPLY].due;
	assert_true(later > due);
	give(ANNA, 1, "#merge 2");
	context = small_context(desk, ANNA);
	pd_plan_goals(&context, small_ticket(desk, 2), &goals);
	assert_int_equal(goals.of[PD_GOAL_FIRST_REPLY].due, due);
	pd_plan_goals(&context, small_ticket(desk, 1), &goals);
	assert_int_equal(goals.of[PD_GOAL_FIRST_REPLY].state, PD_GOAL_NONE);
	give(ANNA, 2, "#undo");
	context = small_context(desk, ANNA);
	pd_plan_goals(&context, small_ticket(desk, 2), &goals);
	assert_int_equal(goals.of[PD_GOAL_FIRST_REPLY].due, later);
	pd_plan_goals(&context, small_ticket(desk, 1), &goals);
	assert_int_not_equal(goals.of[PD_GOAL_FIRST_REPLY].due, 0);
}

static void owed(void **state)
{
	(void)state;
	struct pd_context context = small_context(desk, ANNA);
	struct pd_goals goals;
	small_deliver(desk, answer("bob@agents.example", to_bob, "#open\n\nUse sand."));
	STEP(ANNA, 1, "#open", "#open: status is Open already");
	pd_plan_goals(&context, small_ticket(desk, 2), &goals);
	pd_time due = goals.of[PD_GOAL_FIRST_REPLY].due;
	give(ANNA, 2, "#merge 1");
	context = small_context(desk, ANNA);
	pd_plan_goals(&context, small_ticket(desk, 1), &goals);
	assert_int_equal(goals.of[PD_GOAL_FIRST_REPLY].state, PD_GOAL_MET);
	assert_int_equal(goals.of[PD_GOAL_NEXT_REPLY].due, due);
	give(ANNA, 1, "#undo");
	context = small_context(desk, ANNA);
	pd_plan_goals(&context, small_ticket(desk, 1), &goals);
	assert_int_equal(goals.of[PD_GOAL_NEXT_REPLY].state, PD_GOAL_NONE);
}

static void taken_back(void **state)
{
	(void)state;
	give(ANNA, 1, "#take");
	give(ANNA, 1, "#merge 2");
	const char *told = give(ANNA, 2, "#undo");
	if (strstr(told, "taken back: #2 owner Anna Virtanen -> nobody") == NULL ||
	    strstr(told, "#1 stands alone again") == NULL || strstr(told, "onversation") != NULL)
		fail_msg("%s", told);
	assert_int_equal(small_ticket(desk, 1)->merged_into, 0);
	assert_int_equal(small_ticket(desk, 2)->conversations.count, 1);
	assert_int_equal(small_ticket(desk, 2)->messages, 2);
	assert_int_equal(small_ticket(desk, 2)->contacts.count, 1);
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "second@customer.example",
				  .text = "More smoke."};
	assert_int_equal(small_deliver(desk, more)->ticket, 1);
	assert_string_equal(texts(1), "It smokes.|More smoke.|");
	assert_string_equal(texts(2), "There is smoke in the hall.|");
}

static void not_taken_back(void **state)
{
	(void)state;
	give(ANNA, 1, "#merge 2");
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "second@customer.example",
				  .text = "More smoke."};
	struct pd_plan *plan = small_deliver(desk, more);
	const char *told = give(BOB, 2, "#undo");
	const char *want = pd_printf(desk->arena, "! #undo: A message (E%lld) has come since in conversation C1 of #2; "
						  "nothing was taken back.",
				     (long long)plan->events.items[0]->id);
	CHECK_ROW_STRING("a message since", told, want);
	assert_int_equal(small_ticket(desk, 1)->merged_into, 2);
}

/* What was merged goes along when it is merged again; parted in the other order, nothing is lost on the way. */
static void merged_twice(void **state)
{
	(void)state;
	struct small_mail max = {.from = "Max <max@customer.example>", .subject = "Hall", .id = "max@customer.example",
				 .text = "Where is everybody?"};
	small_deliver(desk, max);
	give(ANNA, 1, "#merge 2");
	struct pd_plan *first = small_do(desk, ANNA, 3, "#merge 2 primary this");
	assert_false(first->is_refused);
	const struct pd_ticket *all = small_ticket(desk, 3);
	assert_int_equal(all->conversations.count, 3);
	assert_int_equal(all->messages, 6);
	assert_true(pd_ticket_includes(all, 1) && pd_ticket_includes(all, 2));
	assert_string_equal(texts(3), "It smokes.|There is smoke in the hall.|Where is everybody?|");
	/* The first merge cannot be undone alone. */
	const struct pd_event *event = small_event(desk, 1, PD_EVENT_SET);
	const char *told = give(ANNA, 3, pd_printf(desk->arena, "#undo %lld", (long long)event->action));
	CHECK_ROW_STRING("in the wrong order", told, "! #undo: #2 was merged into #3 since; nothing was taken back.");
	assert_true(strstr(give(ANNA, 3, "#undo"), "#2 stands alone again") != NULL);
	assert_int_equal(small_ticket(desk, 3)->messages, 2);
	assert_int_equal(small_ticket(desk, 2)->messages, 4);
	assert_true(strstr(give(ANNA, 2, "#undo"), "#1 stands alone again") != NULL);
	assert_int_equal(small_ticket(desk, 2)->messages, 2);
}

/* Queries find it by the numbers and words of both. */
static void found(void **state)
{
	(void)state;
	static const char *const queries[] = {"number:1", "number:2", "smokes", "\"the hall\"", "from:ville@customer.example",
					      "contact:jo@customer.example", "follower:anna"};
	give(ANNA, 1, "#follow");
	give(ANNA, 1, "#merge 2");
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct pd_context context = small_context(desk, ANNA);
		CHECK_ROW(queries[i], pd_plan_holds(&context, small_ticket(desk, 2), queries[i]));
	}
}

int main(void)
{
#define ON_DESK(test) cmocka_unit_test_setup_teardown(test, make, drop)
	const struct CMUnitTest tests[] = {
		ON_DESK(values),	   ON_DESK(the_other_way), ON_DESK(refusals), ON_DESK(addresses),
		ON_DESK(crossing),	   ON_DESK(nothing_crosses), ON_DESK(reply_with_merge), ON_DESK(promises),
		ON_DESK(owed),		   ON_DESK(taken_back),	   ON_DESK(not_taken_back), ON_DESK(merged_twice),
		ON_DESK(found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
