/* Tests of what gives tickets and messages another place, and of many tickets at once: #split, #move, #bulk. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/command.h"
#include "desk/timeline.h"
#include "small_desk.h"

#define ANNA "agent:anna"
#define BOB  "agent:bob"

static struct small_desk *desk;
static const struct pd_event *second; /* the second message of ticket 1 */

static int make(void **state)
{
	(void)state;
	desk = small_desk_new("[agent dan]\nname = Dan Low\naddress = dan@agents.example\nmay = merge\n"
			      "[mailbox billing]\naddress = billing@example.com\nname = Billing\n");
	struct small_mail ville = {.from = "Ville <ville@customer.example>",
				   .subject = "Printer broken",
				   .id = "first@customer.example",
				   .text = "It smokes."};
	struct small_mail toner = {.from = "Ville <ville@customer.example>",
				   .cc = "Max <max@customer.example>",
				   .subject = "Re: Printer broken, and toner",
				   .id = "second@customer.example",
				   .in_reply_to = "first@customer.example",
				   .text = "I need toner, too."};
	struct small_mail jo = {.from = "Jo <jo@customer.example>",
				.subject = "Smoke",
				.id = "other@customer.example",
				.text = "There is smoke in the hall."};
	small_deliver(desk, ville);
	small_deliver(desk, toner);
	second = small_event(desk, 1, PD_EVENT_MESSAGE);
	small_deliver(desk, jo);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	small_desk_free(desk);
	return 0;
}

static const char *give(const char *actor, int64_t ticket, const char *lines)
{
	desk->now += PD_MINUTE;
	const struct pd_plan *plan = small_do(desk, actor, ticket, lines);
	return pd_printf(desk->arena, "%s%s", plan->is_refused ? "! " : "",
			 pd_strings_join(desk->arena, &plan->report, "\n"));
}

#define STEP(actor, ticket, lines, want) CHECK_ROW_STRING(lines, give(actor, ticket, lines), want)

static const char *entry(const char *format)
{
	const char *at = strchr(format, '@');
	return pd_printf(desk->arena, "%.*s%lld%s", (int)(at - format), format, (long long)second->id, at + 1);
}

static int64_t newest(void)
{
	return (int64_t)desk->fake->tickets.count;
}

/* --- #split --- */

static void split(void **state)
{
	(void)state;
	give(ANNA, 1, "#take\n#priority high");
	const char *told = give(BOB, 1, entry("#split E@"));
	CHECK_ROW_STRING("told", told, entry("#split: E@ is ticket #3 \"Re: Printer broken, and toner\" now"));
	const struct pd_ticket *ticket = small_ticket(desk, 3);
	assert_string_equal(ticket->owner, "anna");
	assert_string_equal(ticket->priority, "high");
	assert_int_equal(ticket->messages, 1);
	assert_true(pd_ticket_has_participant(ticket, "ville@customer.example"));
	assert_true(pd_ticket_has_participant(ticket, "max@customer.example"));
	assert_int_equal(small_event(desk, 3, PD_EVENT_RELATED)->other, 1);
	assert_true(pd_ticket_entry_deleted(small_ticket(desk, 1), second->id));
	/* What answers it goes to the new ticket, what answers the first to the old. */
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "second@customer.example",
				  .id = "third@customer.example",
				  .text = "Black."};
	assert_int_equal(small_deliver(desk, more)->ticket, 3);
	more.in_reply_to = "first@customer.example";
	more.id = "fourth@customer.example";
	assert_int_equal(small_deliver(desk, more)->ticket, 1);
}

static void split_taken_back(void **state)
{
	(void)state;
	give(BOB, 1, entry("#split E@"));
	const char *told = give(BOB, 1, "#undo");
	CHECK_ROW(told, strstr(told, "ticket #3 deleted") != NULL && strstr(told, " restored") != NULL);
	assert_false(pd_ticket_entry_deleted(small_ticket(desk, 1), second->id));
	assert_true(small_ticket(desk, 3)->is_deleted);
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "second@customer.example",
				  .id = "third@customer.example",
				  .text = "Black."};
	assert_int_equal(small_deliver(desk, more)->ticket, 1);
}

/* What the customer wrote into the new ticket, or whom it was merged into, would be lost from sight. */
static void split_stays(void **state)
{
	(void)state;
	give(BOB, 1, entry("#split E@"));
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "second@customer.example",
				  .id = "third@customer.example",
				  .text = "Black."};
	small_deliver(desk, more);
	int64_t answer = small_event(desk, 3, PD_EVENT_MESSAGE)->id;
	STEP(BOB, 1, "#undo",
	     pd_printf(desk->arena, "! #undo: Something (E%lld) has come to #3 since; nothing was taken back.",
		       (long long)answer));
	assert_false(small_ticket(desk, 3)->is_deleted);
}

static void split_merged_on(void **state)
{
	(void)state;
	give(BOB, 1, entry("#split E@"));
	int64_t action = small_event(desk, 3, PD_EVENT_CREATED)->action;
	give(BOB, 3, "#merge 2");
	CHECK_ROW_STRING("merged on", give(BOB, 1, pd_printf(desk->arena, "#undo %lld", (long long)action)),
			 "! #undo: #3 was merged into #2 since; nothing was taken back.");
	assert_true(pd_ticket_entry_deleted(small_ticket(desk, 1), second->id));
}

static void split_refused(void **state)
{
	(void)state;
	STEP(ANNA, 1, "#split", "! Line 1, \"#split\": #split needs an argument: #split E7");
	STEP(ANNA, 2, entry("#split E@"),
	     pd_printf(desk->arena, "! Line 1, \"%s\": this ticket has no entry E%lld.", entry("#split E@"),
		       (long long)second->id));
	STEP(ANNA, 1, "#split E1", "! Line 1, \"#split E1\": E1 is no message.");
	STEP("agent:vera", 1, entry("#split E@"),
	     pd_printf(desk->arena, "! Line 1, \"%s\": you lack the right \"merge\" that #split needs.",
		       entry("#split E@")));
	assert_int_equal(newest(), 2);
}

/* --- #move --- */

static void move(void **state)
{
	(void)state;
	give(ANNA, 1, "#take");
	struct pd_plan *plan = small_do(desk, ANNA, 1, "#move sales to carol Wants a new one.");
	assert_string_equal(plan->report.items[0], "#move: the ticket is in Example Sales now; owner Carol Seller");
	const struct pd_ticket *ticket = small_ticket(desk, 1);
	assert_string_equal(ticket->mailbox, "sales");
	assert_string_equal(ticket->team, "sales");
	assert_string_equal(ticket->owner, "carol");
	assert_string_equal(ticket->conversations.items[0].mailbox, "sales");
	const struct pd_event *reason = small_event(desk, 1, PD_EVENT_COMMENT);
	assert_string_equal(small_message(desk, reason->message)->text, "Wants a new one.");
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_NOTIFICATION, "carol");
	assert_non_null(letter);
	assert_non_null(strstr(letter->letter.text, "Wants a new one."));
	/* What answers the old address by its references alone finds it. */
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "third@customer.example",
				  .text = "Black."};
	plan = small_deliver(desk, more);
	assert_int_equal(plan->ticket, 1);
	STEP(ANNA, 1, "#move sales", "#move: the ticket is in Example Sales already");
}

static void move_tells_the_team(void **state)
{
	(void)state;
	give(ANNA, 1, "#take");
	struct pd_plan *plan = small_do(desk, ANNA, 1, "#move sales");
	assert_null(small_ticket(desk, 1)->owner);
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "carol"));
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
}

static void move_taken_back(void **state)
{
	(void)state;
	give(ANNA, 1, "#take");
	give(ANNA, 1, "#move sales to bob Because.");
	const char *told = give(ANNA, 1, "#undo");
	CHECK_ROW(told, strstr(told, "mailbox sales -> support") != NULL && strstr(told, "moved_from") == NULL);
	const struct pd_ticket *ticket = small_ticket(desk, 1);
	assert_string_equal(ticket->mailbox, "support");
	assert_string_equal(ticket->team, "support");
	assert_string_equal(ticket->owner, "anna");
	assert_string_equal(ticket->conversations.items[0].mailbox, "support");
	assert_int_equal(ticket->properties.count, 0);
	assert_true(pd_ticket_entry_deleted(ticket, small_event(desk, 1, PD_EVENT_COMMENT)->id));
}

static void move_refused(void **state)
{
	(void)state;
	STEP(ANNA, 1, "#move", "! Line 1, \"#move\": #move needs an argument: #move MAILBOX [to NAME] [REASON]");
	STEP(ANNA, 1, "#move sale", "! Line 1, \"#move sale\": there is no mailbox \"sale\". Did you mean \"sales\"? "
		 "Choose from: support, sales, billing.");
	STEP(ANNA, 1, "#move sales to nobody",
	     "! Line 1, \"#move sales to nobody\": there is no agent \"nobody\". Choose from: "
		 "anna, bob, carol, vera, dan.");
	STEP("agent:dan", 1, "#move sales", "! Line 1, \"#move sales\": you lack the right \"move\" that #move needs.");
	assert_string_equal(small_ticket(desk, 1)->mailbox, "support");
}

/* --- #bulk --- */

static void bulk(void **state)
{
	(void)state;
	STEP(ANNA, 0, "#bulk is:open: #priority high #take",
	     "#bulk: 2 of 2 tickets changed by #priority high #take: 1 2");
	assert_string_equal(small_ticket(desk, 1)->owner, "anna");
	assert_string_equal(small_ticket(desk, 2)->priority, "high");
	STEP(BOB, 0, "#bulk 1, #2 2: close", "#bulk: 2 of 2 tickets changed by close: 1 2");
	assert_int_equal(small_ticket(desk, 1)->status_kind, PD_STATUS_CLOSED);
	STEP(BOB, 0, "#bulk 1 2: #close", "#bulk: 0 of 2 tickets changed by #close: ");
	/* One undo for the whole. */
	const char *told = give(BOB, 2, "#undo");
	CHECK_ROW(told, strstr(told, "#1 status Closed -> New; #2 status Closed -> New") != NULL);
	assert_int_equal(small_ticket(desk, 1)->status_kind, PD_STATUS_NEW);
	/* By a view. */
	STEP(ANNA, 0, "#bulk mine: #assign none", "#bulk: 2 of 2 tickets changed by #assign none: 1 2");
}

/* Of so many that tickets are found by an index: all at once, and back; one changed since, and nothing is. */
static void bulk_of_many(void **state)
{
	(void)state;
	const int64_t last = 60;
	for (int64_t i = 3; i <= last; i++) {
		const char *id = pd_printf(desk->arena, "m%lld@customer.example", (long long)i);
		small_deliver(desk, (struct small_mail){.from = "max@customer.example", .subject = id, .id = id, .text = "x"});
	}
	const char *told = give(ANNA, 0, "#bulk number:<=60: #close #priority high");
	CHECK_ROW(told, strstr(told, "#bulk: 60 of 60 tickets changed") != NULL);
	for (int64_t i = 1; i <= last; i++)
		assert_int_equal(small_ticket(desk, i)->status_kind, PD_STATUS_CLOSED);
	told = give(BOB, last, "#undo");
	CHECK_ROW(told, strstr(told, "taken back: 60 tickets") != NULL);
	for (int64_t i = 1; i <= last; i++) {
		assert_int_equal(small_ticket(desk, i)->status_kind, PD_STATUS_NEW);
		assert_string_equal(small_ticket(desk, i)->priority, "normal");
	}
	told = give(ANNA, 0, "#bulk number:<=60: #priority low");
	CHECK_ROW(told, strstr(told, "#bulk: 60 of 60 tickets changed") != NULL);
	give(BOB, 37, "#priority urgent");
	told = give(ANNA, 5, "#undo");
	CHECK_ROW(told, *told == '!' && strstr(told, "priority of #37 was changed since by Bob") != NULL);
	assert_string_equal(small_ticket(desk, last)->priority, "low");
}

static void bulk_refused(void **state)
{
	(void)state;
	static const struct {
		const char *actor, *line, *want;
	} table[] = {
		{ANNA, "#bulk", "#bulk needs an argument: #bulk QUERY|N…: COMMAND…"},
		{ANNA, "#bulk is:open", "#bulk needs an argument"},
		{ANNA, "#bulk is:open: #clsoe", "there is no command #clsoe. Did you mean #close?"},
		{ANNA, "#bulk ownr:anna: #close", "the query is wrong"},
		{ANNA, "#bulk 1 99: #close", "there is no ticket #99 that you may see."},
		{ANNA, "#bulk 1: #priority burning", "there is no priority \"burning\""},
		{ANNA, "#bulk 1: #send", "#send cannot be given to many tickets."},
		{ANNA, "#bulk 1 2: #bulk 1: #close", "#bulk needs an argument"},
		{ANNA, "#bulk 1 2: #undo", "#undo cannot be given to many tickets."},
		{"agent:dan", "#bulk 1 2: #close", "you lack the right \"bulk\" that #bulk needs."},
		{ANNA, "#bulk 1 2: #merge 2", "#2: Line 1, \"#merge 2\": a ticket cannot be merged into itself."},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		const char *told = give(table[i].actor, 0, table[i].line);
		if (*told != '!' || strstr(told, table[i].want) == NULL)
			fail_msg("%s: %s", table[i].line, told);
	}
	assert_int_equal(small_ticket(desk, 1)->status_kind, PD_STATUS_NEW);
}

/* Below full proof it is asked for, and whoever is told gets one letter. */
static void bulk_by_mail(void **state)
{
	(void)state;
	struct small_mail mail = {.from = "anna@agents.example",
				  .to = "support+do@example.com",
				  .id = "bulk@agents.example",
				  .pass = true,
				  .text = "#bulk is:open: #assign bob"};
	struct pd_plan *plan = small_deliver(desk, mail);
	assert_string_equal(plan->outcome, "held");
	const struct pd_planned_letter *asked = small_letter(plan, PD_LETTER_CONFIRMATION, "anna");
	struct small_mail yes = {.from = "anna@agents.example",
				 .to = asked->letter.from.addr,
				 .id = "yes@agents.example",
				 .in_reply_to = asked->letter.message_id,
				 .pass = true,
				 .text = "#yes"};
	plan = small_deliver(desk, yes);
	assert_string_equal(small_ticket(desk, 1)->owner, "bob");
	assert_string_equal(small_ticket(desk, 2)->owner, "bob");
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 1);
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "bob");
	assert_string_equal(told->letter.subject, "2 tickets were changed together");
	assert_non_null(strstr(told->letter.text, "#1  Printer broken"));
	assert_non_null(strstr(small_letter(plan, PD_LETTER_RECEIPT, "anna")->letter.text, "2 of 2 tickets changed"));
}

static void bulk_dry(void **state)
{
	(void)state;
	struct pd_context context = small_context(desk, ANNA);
	struct pd_strings lines = {0};
	*pd_list_add(desk->arena, &lines) = "close";
	pd_decide_bulk(&context, "is:open", &lines, true);
	assert_false(context.plan->is_refused);
	assert_int_equal(context.plan->listed.count, 2);
	assert_int_equal(context.plan->changing.count, 2);
	assert_int_equal(context.plan->refusals.count, 0);
	assert_int_equal(context.plan->events.count, 0);
	assert_string_equal(context.plan->report.items[0],
			    "#bulk: 2 of 2 tickets would be changed by close: 1 2; nothing was changed");
	assert_int_equal(pd_plan_ticket(&context, 1)->status_kind, PD_STATUS_NEW);
	context = small_context(desk, "agent:dan");
	pd_decide_bulk(&context, "is:open", &lines, true);
	assert_true(context.plan->is_refused);
}

/* What the real run would say no to is told of each ticket, whether checking finds it or carrying out. */
static void bulk_dry_refused(void **state)
{
	(void)state;
	static const struct {
		const char *line, *why;
		int64_t ticket;
	} rows[] = {
		{"merge 2", "a ticket cannot be merged into itself", 2},
		{"unlink 2", NULL, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pd_context context = small_context(desk, ANNA), real = small_context(desk, ANNA);
		struct pd_strings lines = {0};
		*pd_list_add(desk->arena, &lines) = rows[i].line;
		pd_decide_bulk(&context, "1 2", &lines, true);
		pd_decide_bulk(&real, "1 2", &lines, false);
		CHECK_ROW(rows[i].line, context.plan->is_refused == real.plan->is_refused);
		CHECK_ROW(rows[i].line, context.plan->listed.count == 2 && context.plan->events.count == 0);
		CHECK_ROW(rows[i].line, (context.plan->refusals.count > 0) == real.plan->is_refused);
		if (rows[i].why == NULL || context.plan->refusals.count == 0)
			continue;
		CHECK_ROW(rows[i].line, context.plan->refusals.items[0].ticket == rows[i].ticket);
		CHECK_ROW(rows[i].line, strstr(context.plan->refusals.items[0].why, rows[i].why) != NULL);
	}
}

int main(void)
{
#define ON_DESK(test) cmocka_unit_test_setup_teardown(test, make, drop)
	const struct CMUnitTest tests[] = {
		ON_DESK(split),		  ON_DESK(split_taken_back), ON_DESK(split_stays), ON_DESK(split_merged_on),
		ON_DESK(split_refused), ON_DESK(move),
		ON_DESK(move_tells_the_team), ON_DESK(move_taken_back), ON_DESK(move_refused), ON_DESK(bulk), ON_DESK(bulk_of_many),
		ON_DESK(bulk_refused),	  ON_DESK(bulk_by_mail),     ON_DESK(bulk_dry),
		ON_DESK(bulk_dry_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
