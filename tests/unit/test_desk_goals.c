/* Goals: what moves their clocks, which policy holds, what is told, what stays in history. The desk is open Monday to
 * Friday, 9 to 17 in Helsinki; it is Monday 2026-11-23, 14:00. */
#include "goals_desk.h"
#include "check.h"

#include <string.h>

#include "base/text.h"

#define DESK                                                                                                 \
	"[mailbox desk]\naddress = desk@example.com\nname = Desk\nteam = support\nsla = standard\n"          \
	"[calendar office]\n[property device]\n"                                                                         \
	"[sla standard]\ncalendar = office\nfirst_reply = 4h\nnext_reply = 2h\nclose = 3wd\ndue_soon = 1h\n"

static struct small_desk *desk;

static void begin(const char *more)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	static const char *const holidays[] = {"2026-11-25"};
	desk = small_desk_new(pd_printf(arena, DESK "%s", more));
	desk->now = goals_at("2026-11-23 14:00");
	goals_attach(desk, goals_office(holidays, 1));
}

static int end(void **state)
{
	(void)state;
	small_desk_free(desk);
	desk = NULL;
	return 0;
}

static void go_to(const char *local)
{
	goals_run_until(desk, goals_at(local), true);
}

#define CHECK(ticket, goal, want) assert_string_equal(goals_status(desk, ticket, PD_GOAL_##goal), want)
#define CHECK_TOLD(ticket, goal, want) assert_string_equal(goals_told(desk, ticket, PD_GOAL_##goal), want)

static int64_t ask(void)
{
	return small_deliver(desk, (struct small_mail){.from = "Ville <ville@customer.example>",
						       .to = "desk@example.com",
						       .subject = "Printer",
						       .text = "It burns.",
						       .id = "first@customer.example"})
		->ticket;
}

static struct pd_plan *answer(int64_t ticket)
{
	const struct pd_event *last = small_event(desk, ticket, PD_EVENT_MESSAGE);
	assert_non_null(last);
	/* As anna's client answers the notification. */
	struct pd_context context = small_context(desk, "agent:anna");
	const struct pd_ticket *now = small_ticket(desk, ticket);
	const char *to = pd_address_for_agent(&context, pd_settings_mailbox(desk->settings, "desk"), ticket,
					      now->conversations.items[0].id, "anna", now->version);
	return small_deliver(desk, (struct small_mail){.from = "Anna <anna@agents.example>",
						       .to = to,
						       .subject = "Re: Printer",
						       .text = "Turn it off.",
						       .pass = true});
}

static struct pd_plan *write_again(int64_t ticket, unsigned kinds)
{
	(void)ticket;
	static int count;
	return small_deliver(desk, (struct small_mail){.from = "Ville <ville@customer.example>",
						       .to = "desk@example.com",
						       .subject = "Re: Printer",
						       .text = pd_printf(desk->arena, "More of it, %d.", ++count),
						       .id = pd_printf(desk->arena, "more%d@customer.example", count),
						       .kinds = kinds,
						       .in_reply_to = "first@customer.example"});
}

/* --- clocks --- */

static void test_first_and_next_reply(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	CHECK(ticket, FIRST_REPLY, "active 2026-11-24 10:00");
	CHECK(ticket, NEXT_REPLY, "none");
	CHECK(ticket, CLOSE, "active 2026-11-27 14:00"); /* over the holiday */
	/* A second question neither starts the second clock nor the first one anew. */
	go_to("2026-11-23 15:00");
	write_again(ticket, 0);
	CHECK(ticket, FIRST_REPLY, "active 2026-11-24 10:00");
	CHECK(ticket, NEXT_REPLY, "none");
	go_to("2026-11-23 16:00");
	assert_string_equal(answer(ticket)->outcome, "reply");
	CHECK(ticket, FIRST_REPLY, "met 2026-11-24 10:00");
	CHECK(ticket, NEXT_REPLY, "none");
	CHECK(ticket, CLOSE, "paused");
	/* The answer to it. */
	go_to("2026-11-24 16:00");
	write_again(ticket, 0);
	CHECK(ticket, NEXT_REPLY, "active 2026-11-26 10:00");
	CHECK(ticket, CLOSE, "active 2026-11-30 14:00");
	go_to("2026-11-24 16:30");
	write_again(ticket, 0);
	CHECK(ticket, NEXT_REPLY, "active 2026-11-26 10:00");
	go_to("2026-11-26 11:00");
	answer(ticket);
	CHECK(ticket, NEXT_REPLY, "missed 2026-11-26 10:00");
	CHECK_TOLD(ticket, FIRST_REPLY, "");
	CHECK_TOLD(ticket, NEXT_REPLY, "due_soon overdue");
}

static void test_close_and_reopen(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	go_to("2026-11-24 09:00");
	small_do(desk, "agent:anna", ticket, "#close");
	CHECK(ticket, CLOSE, "met 2026-11-27 14:00");
	CHECK(ticket, FIRST_REPLY, "paused");
	go_to("2026-12-07 09:00");
	CHECK_TOLD(ticket, FIRST_REPLY, "due_soon"); /* before it was closed */
	small_do(desk, "agent:anna", ticket, "#open");
	CHECK(ticket, FIRST_REPLY, "due_soon 2026-12-07 10:00");
	CHECK(ticket, CLOSE, "active 2026-12-09 14:00");
	/* Taken back: closed again, and met as it was; nothing of the clocks stands against it. */
	struct pd_plan *plan = small_do(desk, "agent:anna", ticket, "#undo");
	assert_false(plan->is_refused);
	CHECK(ticket, CLOSE, "met 2026-12-09 14:00");
}

static void test_spam_has_no_goals(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	small_do(desk, "agent:anna", ticket, "#spam");
	CHECK(ticket, FIRST_REPLY, "none");
	CHECK(ticket, CLOSE, "none");
	go_to("2026-11-30 09:00");
	CHECK_TOLD(ticket, FIRST_REPLY, "");
	small_do(desk, "agent:anna", ticket, "#ham");
	CHECK(ticket, FIRST_REPLY, "active 2026-11-30 12:59"); /* a minute went by before */
}

/* --- what desks are known to get wrong --- */

/* An out-of-office answer, a receipt, spam: no clock moves (automatic mail changes no status, no clock). */
static void test_automatic_mail_moves_no_clock(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	go_to("2026-11-23 15:00");
	answer(ticket);
	CHECK(ticket, CLOSE, "paused");
	go_to("2026-11-23 15:30");
	struct pd_plan *plan = write_again(ticket, PD_KIND_AUTO);
	assert_int_equal(plan->ticket, ticket);
	CHECK(ticket, NEXT_REPLY, "none");
	CHECK(ticket, CLOSE, "paused");
	assert_int_equal(small_ticket(desk, ticket)->status_kind, PD_STATUS_WAITING);
	go_to("2026-12-23 15:30");
	CHECK_TOLD(ticket, NEXT_REPLY, "");
	CHECK_TOLD(ticket, CLOSE, "");
}

/* The customer did not get the answer: it is none, and the clock begins again. */
static void test_bounce_restarts_the_clock(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	go_to("2026-11-23 15:00");
	struct pd_plan *plan = answer(ticket);
	const struct pd_planned_letter *reply = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_non_null(reply);
	CHECK(ticket, FIRST_REPLY, "met 2026-11-24 10:00");
	go_to("2026-11-23 16:00");
	small_undelivered(desk, reply->id, "ville@customer.example", "550 no such user");
	assert_int_equal(small_ticket(desk, ticket)->status_kind, PD_STATUS_OPEN);
	CHECK(ticket, FIRST_REPLY, "active 2026-11-24 12:00");
	assert_true(small_ticket(desk, ticket)->clocks.of[PD_GOAL_FIRST_REPLY].is_restarted);
	/* What the customer writes meanwhile waits for that same first reply. */
	write_again(ticket, 0);
	CHECK(ticket, NEXT_REPLY, "none");
	go_to("2026-11-24 12:00");
	CHECK_TOLD(ticket, FIRST_REPLY, "due_soon overdue");
	answer(ticket);
	CHECK(ticket, FIRST_REPLY, "met 2026-11-24 12:00");
}

/* Pauses are found in the history each time: when the policy changes, none is forgotten. */
static void test_pauses_survive_another_policy(void **state)
{
	(void)state;
	begin("[sla standard priority:urgent]\nfirst_reply = 30m\n[sla standard priority:low]\nfirst_reply = 8h\n");
	int64_t ticket = ask();
	go_to("2026-11-23 14:15");
	small_do(desk, "agent:anna", ticket, "#wait");
	go_to("2026-11-23 16:00");
	small_do(desk, "agent:anna", ticket, "#snooze tomorrow 12:00\n#open");
	goals_run_until(desk, goals_at("2026-11-24 14:00"), true); /* noon in UTC, the desk's zone */
	CHECK(ticket, FIRST_REPLY, "active 2026-11-26 09:45");
	small_do(desk, "agent:anna", ticket, "#priority urgent");
	CHECK(ticket, FIRST_REPLY, "due_soon 2026-11-24 14:15");
	small_do(desk, "agent:anna", ticket, "#priority low");
	CHECK(ticket, FIRST_REPLY, "active 2026-11-26 13:45");
	small_do(desk, "agent:anna", ticket, "#priority normal");
	CHECK(ticket, FIRST_REPLY, "active 2026-11-26 09:45");
}

/* Nobody is woken at midnight or on a holiday; the clock ends at closing time, and so does its last minute. */
static void test_warnings_come_in_working_time(void **state)
{
	(void)state;
	begin("");
	desk->now = goals_at("2026-11-24 14:00");
	int64_t ticket = ask();
	CHECK(ticket, FIRST_REPLY, "active 2026-11-26 10:00"); /* the 25th is a holiday */
	go_to("2026-11-26 08:59");
	CHECK_TOLD(ticket, FIRST_REPLY, "");
	go_to("2026-11-26 09:00");
	CHECK_TOLD(ticket, FIRST_REPLY, "due_soon");
	go_to("2026-11-26 09:59");
	CHECK(ticket, FIRST_REPLY, "due_soon 2026-11-26 10:00");
	go_to("2026-11-26 10:00");
	CHECK(ticket, FIRST_REPLY, "overdue 2026-11-26 10:00");
	CHECK_TOLD(ticket, FIRST_REPLY, "due_soon overdue");
}

static void test_first_reply_beats_next_reply(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	for (int i = 0; i < 3; i++)
		write_again(ticket, 0);
	go_to("2026-12-01 09:00");
	CHECK_TOLD(ticket, FIRST_REPLY, "due_soon overdue");
	CHECK_TOLD(ticket, NEXT_REPLY, "");
}

/* --- policies --- */

static void test_policies(void **state)
{
	static const struct {
		const char *name, *more, *commands, *first, *close;
	} rows[] = {
		{"base", "", "#take", "active 2026-11-24 10:00", "active 2026-11-27 14:00"},
		{"override", "[sla standard priority:urgent]\nfirst_reply = 30m\n", "#priority urgent",
		 "due_soon 2026-11-23 14:30", "active 2026-11-27 14:00"},
		{"first match", "[sla standard priority:>normal]\nfirst_reply = 1h\n[sla standard priority:urgent]\n"
				"first_reply = 30m\n",
		 "#priority urgent", "due_soon 2026-11-23 15:00", "active 2026-11-27 14:00"},
		{"a goal off", "[sla standard device:phone]\nfirst_reply = off\n", "#set device=phone", "none",
		 "active 2026-11-27 14:00"},
		{"all off", "[sla standard device:phone]\nenabled = no\n", "#set device=phone", "none", "none"},
		{"another calendar", "[sla standard device:phone]\ncalendar = 24/7\n", "#set device=phone",
		 "active 2026-11-23 18:00", "active 2026-11-26 14:00"},
		{"by contact", "[sla standard contact:ville@customer.example]\nfirst_reply = 1h\n", "#take",
		 "due_soon 2026-11-23 15:00", "active 2026-11-27 14:00"},
		{"by owner", "[sla standard owner:none]\nfirst_reply = 1h\n", "#take", "active 2026-11-24 10:00",
		 "active 2026-11-27 14:00"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin(rows[i].more);
		int64_t ticket = ask();
		small_do(desk, "agent:anna", ticket, rows[i].commands);
		const char *first = goals_status(desk, ticket, PD_GOAL_FIRST_REPLY);
		const char *close = goals_status(desk, ticket, PD_GOAL_CLOSE);
		if (strcmp(first, rows[i].first) != 0 || strcmp(close, rows[i].close) != 0)
			fail_msg("%s: %s, %s", rows[i].name, first, close);
		small_desk_free(desk);
		desk = NULL;
	}
	begin("");
}

static void test_faults(void **state)
{
	static const struct {
		const char *more, *want;
	} rows[] = {
		{"[sla standard printer]\n", "goals cannot depend on words"},
		{"[sla standard from:a@b.example]\n", "goals cannot depend on from"},
		{"[sla standard sla:overdue]\n", "goals cannot depend on sla"},
		{"[sla standard age:>3d]\n", "cannot depend on what time it is"},
		{"[sla standard created:today]\n", "cannot depend on what time it is"},
		{"[sla standard prioty:high]\n", "there is no field"},
		{"[sla other]\nescalate = late: notify owner\n", "it begins with none of"},
		{"[sla other]\nescalate = overdue+0m: notify owner\n", "it begins with none of"},
		{"[sla other]\nescalate = overdue: notify nobody\n", "none of owner, team"},
		{"[sla other]\nescalate = overdue: mail boss\n", "no mail address"},
		{"[sla other]\nescalate = overdue: asign bob\n", "there is no command"},
		{"[sla other]\nescalate = overdue: assign team nosuch\n", "there is no team"},
		{"[sla other]\nescalate = overdue\n", "it begins with none of"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_problems problems = {.arena = arena};
		struct small_desk *wrong = small_desk_new(pd_printf(arena, DESK "%s", rows[i].more));
		(void)pd_policies_new(wrong->settings, &problems);
		if (problems.count != 1 || strstr(problems.items[0].text, rows[i].want) == NULL)
			fail_msg("%s: %s", rows[i].more, problems.count > 0 ? problems.items[0].text : "nothing");
		small_desk_free(wrong);
	}
	begin("");
}

/* --- who is told --- */

static struct pd_plan *due(int64_t ticket, bool is_late)
{
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_due(&context, &ticket, 1, is_late);
	small_keep(desk, &context);
	return context.plan;
}

static void test_who_is_told(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	desk->now = goals_at("2026-11-24 09:00");
	struct pd_plan *plan = due(ticket, false);
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(letter);
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob")); /* the team, without an owner */
	assert_non_null(strstr(letter->letter.text, "The first reply is due soon."));
	assert_non_null(strstr(letter->letter.text, "First reply due: Tue 2026-11-24 08:00 (1h)")); /* UTC, the desk's */
	assert_non_null(strstr(letter->letter.text, "It burns."));
	small_do(desk, "agent:anna", ticket, "#take");
	desk->now = goals_at("2026-11-24 10:00");
	plan = due(ticket, false);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 1);
	letter = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(strstr(letter->letter.text, "The first reply is overdue."));
	/* Once. */
	plan = due(ticket, false);
	assert_int_equal(plan->letters.count, 0);
	assert_int_equal(plan->events.count, 0);
}

static void test_escalation(void **state)
{
	(void)state;
	begin("[team leads]\nmembers = bob\n"
	      "[sla standard priority:high]\n"
	      "escalate = due_soon: notify bob;overdue: assign team leads;overdue: priority urgent;"
	      "overdue+30m: mail boss@example.net;overdue+30m: note Please look.\n");
	int64_t ticket = ask();
	small_do(desk, "agent:anna", ticket, "#priority high\n#take");
	desk->now = goals_at("2026-11-24 09:00");
	struct pd_plan *plan = due(ticket, false);
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "anna"));
	desk->now = goals_at("2026-11-24 10:00");
	plan = due(ticket, false);
	assert_string_equal(small_ticket(desk, ticket)->team, "leads");
	assert_string_equal(small_ticket(desk, ticket)->priority, "urgent");
	CHECK_TOLD(ticket, FIRST_REPLY, "due_soon overdue");
	/* By then another policy holds, which does not mail. */
	small_do(desk, "agent:bob", ticket, "#priority high");
	desk->now = goals_at("2026-11-24 10:30");
	plan = due(ticket, false);
	const struct pd_planned_letter *letter = NULL;
	for (size_t i = 0; i < plan->letters.count; i++)
		if (pd_strings_has(&plan->letters.items[i]->letter.recipients, "boss@example.net"))
			letter = plan->letters.items[i];
	assert_non_null(letter);
	assert_non_null(strstr(letter->letter.subject, "The first reply is overdue"));
	assert_null(strstr(letter->letter.text, "burns"));
	assert_non_null(small_event(desk, ticket, PD_EVENT_COMMENT));
	CHECK_TOLD(ticket, FIRST_REPLY, "due_soon overdue overdue+30m");
}

/* A policy that is off is off with all its overrides. */
static void test_off_as_a_whole(void **state)
{
	(void)state;
	begin("[mailbox other]\naddress = other@example.com\nteam = support\nsla = other\n"
	      "[sla other]\nenabled = no\nfirst_reply = 1h\n[sla other device:phone]\nenabled = yes\nfirst_reply = 2h\n");
	int64_t ticket = small_deliver(desk, (struct small_mail){.from = "ville@customer.example", .to = "other@example.com",
								 .subject = "Printer", .text = "It burns.", .id = "x@customer.example"})
				 ->ticket;
	CHECK(ticket, FIRST_REPLY, "none");
	small_do(desk, "agent:anna", ticket, "#set device=phone");
	CHECK(ticket, FIRST_REPLY, "none");
}

/* What an escalation changes may bring the ticket under a policy whose steps are reached long since. */
static void test_escalation_into_another_policy(void **state)
{
	(void)state;
	begin("[sla standard priority:normal]\nescalate = overdue: priority urgent\n"
	      "[sla standard priority:urgent]\nfirst_reply = 30m\nescalate = overdue+10m: mail boss@example.net\n");
	int64_t ticket = ask();
	go_to("2026-11-24 10:00");
	CHECK_TOLD(ticket, FIRST_REPLY, "due_soon overdue overdue+10m");
}

/* After days without the daemon: one letter a person, each step noted, nothing told again. */
static void test_one_summary(void **state)
{
	(void)state;
	begin("");
	int64_t tickets[5];
	for (int i = 0; i < 5; i++)
		tickets[i] = small_deliver(desk, (struct small_mail){.from = pd_printf(desk->arena,
										       "V%d <v%d@customer.example>", i, i),
								     .to = "desk@example.com",
								     .subject = pd_printf(desk->arena, "Case %d", i),
								     .text = "Help.",
								     .id = pd_printf(desk->arena, "c%d@customer.example", i)})
				     ->ticket;
	desk->now = goals_at("2026-12-03 11:00");
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_due(&context, tickets, 5, true);
	small_keep(desk, &context);
	assert_int_equal(context.plan->letters.count, 2);
	const struct pd_planned_letter *letter = small_letter(context.plan, PD_LETTER_NOTIFICATION, "anna");
	assert_string_equal(letter->letter.subject, "Tickets that time ran on for: 5");
	for (int i = 0; i < 5; i++) {
		assert_non_null(strstr(letter->letter.text, pd_printf(desk->arena, "Case %d", i)));
		CHECK_TOLD(tickets[i], FIRST_REPLY, "due_soon overdue");
		CHECK_TOLD(tickets[i], CLOSE, "due_soon overdue");
	}
	size_t events = desk->fake->events.count;
	goals_run_until(desk, goals_at("2027-01-03 11:00"), true);
	assert_int_equal(desk->fake->events.count, events);
}

/* Likewise one for each address that an escalation names, however many tickets and goals. */
static void test_one_summary_outside(void **state)
{
	(void)state;
	begin("[sla standard priority:normal]\n"
	      "escalate = due_soon: mail lead@example.net;overdue: mail boss@example.net;overdue+30m: mail boss@example.net\n");
	int64_t tickets[3];
	for (int i = 0; i < 3; i++)
		tickets[i] = small_deliver(desk, (struct small_mail){.from = pd_printf(desk->arena, "v%d@customer.example", i),
								     .to = "desk@example.com",
								     .subject = pd_printf(desk->arena, "Case %d", i),
								     .text = "Help.",
								     .id = pd_printf(desk->arena, "o%d@customer.example", i)})
				     ->ticket;
	desk->now = goals_at("2026-12-03 11:00");
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_due(&context, tickets, 3, true);
	small_keep(desk, &context);
	const struct pd_letter *letter = NULL;
	size_t count = 0;
	for (size_t i = 0; i < context.plan->letters.count; i++) {
		if (pd_strings_has(&context.plan->letters.items[i]->letter.recipients, "boss@example.net")) {
			letter = &context.plan->letters.items[i]->letter;
			count++;
		}
	}
	assert_int_equal(count, 1);
	assert_int_equal(context.plan->letters.count, 4); /* anna, bob, lead, boss */
	for (int i = 0; i < 3; i++)
		assert_non_null(strstr(letter->text, pd_printf(desk->arena, "The first reply is overdue: ticket #%lld, Case %d",
							       (long long)tickets[i], i)));
	assert_non_null(strstr(letter->text, "The ticket should be closed by now: ticket #"));
	assert_null(strstr(letter->text, "Help."));
}

/* --- snoozes and reminders --- */

/* Both at one instant, as "#remind monday" given twice: no words are lost. */
static void test_remind_twice(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	small_do(desk, "agent:anna", ticket, "#remind 2h call Ville\n#remind 2h send the invoice\n#remind 2h");
	assert_int_equal(small_ticket(desk, ticket)->reminders.count, 2);
	desk->now = goals_at("2026-11-23 16:02");
	struct pd_plan *plan = due(ticket, false);
	bool is_call = false, is_invoice = false;
	for (size_t i = 0; i < plan->letters.count; i++) {
		is_call |= strstr(plan->letters.items[i]->letter.text, "call Ville") != NULL;
		is_invoice |= strstr(plan->letters.items[i]->letter.text, "send the invoice") != NULL;
	}
	assert_true(is_call && is_invoice);
	assert_int_equal(small_ticket(desk, ticket)->reminders.count, 0);
	/* Late, in one letter. */
	small_do(desk, "agent:anna", ticket, "#remind 2h call Ulla\n#remind 2h send it again");
	desk->now += PD_DAY;
	plan = due(ticket, true);
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(strstr(letter->letter.text, "call Ulla"));
	assert_non_null(strstr(letter->letter.text, "send it again"));
	assert_string_equal(letter->letter.subject, "Tickets that time ran on for: 1");
}

static void test_snooze_twice(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	small_do(desk, "agent:anna", ticket, "#snooze 2026-11-25 14:00");
	struct pd_plan *again = small_do(desk, "agent:anna", ticket, "#snooze 2026-11-25 14:00");
	assert_string_equal(again->report.items[0], "#snooze: the ticket is snoozed until Wed 2026-11-25 14:00 already");
}

static void test_snooze(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	small_do(desk, "agent:anna", ticket, "#snooze 2d");
	CHECK(ticket, FIRST_REPLY, "paused");
	desk->now = goals_at("2026-11-25 14:01"); /* each decision takes a minute here */
	struct pd_plan *plan = due(ticket, false);
	assert_int_equal(small_ticket(desk, ticket)->snoozed, 0);
	assert_non_null(strstr(small_letter(plan, PD_LETTER_NOTIFICATION, "bob")->letter.text,
			       "The snooze of this ticket is over."));
	CHECK(ticket, FIRST_REPLY, "active 2026-11-26 12:59");
	/* The contact's word wakes it, too. */
	small_do(desk, "agent:anna", ticket, "#snooze 2d");
	go_to("2026-11-26 09:00");
	write_again(ticket, 0);
	assert_int_equal(small_ticket(desk, ticket)->snoozed, 0);
	CHECK(ticket, FIRST_REPLY, "active 2026-11-26 12:59");
	size_t events = desk->fake->events.count;
	goals_run_until(desk, goals_at("2026-11-26 11:00"), true);
	assert_int_equal(desk->fake->events.count, events);
}

static void test_remind(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	struct pd_plan *plan = small_do(desk, "agent:anna", ticket, "#remind 2h call Ville");
	assert_int_equal(plan->letters.count, 0);
	small_do(desk, "agent:bob", ticket, "#remind 3h");
	desk->now = goals_at("2026-11-23 16:01");
	plan = due(ticket, false);
	assert_int_equal(plan->letters.count, 1);
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(strstr(letter->letter.text, "You asked to be reminded of this ticket."));
	assert_non_null(strstr(letter->letter.text, "call Ville"));
	assert_int_equal(small_ticket(desk, ticket)->reminders.count, 1);
	small_do(desk, "agent:bob", ticket, "#undo");
	assert_int_equal(small_ticket(desk, ticket)->reminders.count, 0);
	desk->now = goals_at("2026-11-23 17:10");
	plan = due(ticket, false);
	assert_int_equal(plan->letters.count, 0);
}

/* Listings that leave by mail tell how goals stand, as those of the command line do. */
static void test_columns(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	struct pd_plan *plan = small_do(desk, "agent:anna", ticket, "#list is:open columns number, due, sla, status_kind, owner");
	assert_string_equal(pd_strings_join(desk->arena, &plan->report, "|"),
			    "#list: is:open columns number, due, sla, status_kind, owner|"
			    "number  due               sla     status_kind  owner|"
			    "#1      2026-11-24 08:00  active  new          -");
	go_to("2026-11-24 10:30");
	plan = small_do(desk, "agent:anna", ticket, "#list is:open columns sla");
	assert_non_null(strstr(pd_strings_join(desk->arena, &plan->report, "|"), "|overdue"));
	answer(ticket);
	go_to("2026-11-24 10:31");
	plan = small_do(desk, "agent:anna", ticket, "#list number:1 columns number, due, sla");
	assert_non_null(strstr(pd_strings_join(desk->arena, &plan->report, "|"), "|#1           paused"));
}

/* --- history --- */

static const char *promises(int64_t ticket)
{
	struct pd_strings all = {0};
	for (size_t i = 0; i < desk->fake->events.count; i++) {
		const struct pd_event *event = desk->fake->events.items[i];
		for (size_t n = 0; event->ticket == ticket && n < event->changes.count; n++)
			if (strcmp(event->changes.items[n].property, "due_first_reply") == 0)
				*pd_list_add(desk->arena, &all) = event->changes.items[n].to;
	}
	return pd_strings_join(desk->arena, &all, " ");
}

static void test_history_keeps_promises(void **state)
{
	(void)state;
	begin("[sla standard priority:urgent]\nfirst_reply = 30m\n");
	int64_t ticket = ask();
	small_do(desk, "agent:anna", ticket, "#priority urgent");
	assert_string_equal(promises(ticket), "2026-11-24T08:00:00.000Z 2026-11-23T12:30:00.000Z");
	go_to("2026-11-23 15:00");
	answer(ticket);
	CHECK(ticket, FIRST_REPLY, "missed 2026-11-23 14:30");
	/* A calendar that changes afterwards changes no verdict; nor does the policy. */
	goals_attach(desk, goals_office(NULL, 0));
	CHECK(ticket, FIRST_REPLY, "missed 2026-11-23 14:30");
	small_do(desk, "agent:anna", ticket, "#priority normal");
	CHECK(ticket, FIRST_REPLY, "missed 2026-11-23 14:30");
}

/* What a merge will bring: an earlier promise holds, and pauses move it. */
static void test_kept_promise(void **state)
{
	(void)state;
	begin("");
	int64_t ticket = ask();
	struct pd_context context = small_context(desk, "postdesk");
	struct pd_ticket *copy = pd_plan_ticket(&context, ticket);
	const struct pd_change change = {.property = "kept_first_reply", .to = "2026-11-23T13:00:00Z"};
	pd_plan_event_with(&context, copy, PD_EVENT_SET, 0, &change, 1);
	pd_tell(&context, NULL);
	small_keep(desk, &context);
	CHECK(ticket, FIRST_REPLY, "due_soon 2026-11-23 15:00");
	go_to("2026-11-23 14:30");
	small_do(desk, "agent:anna", ticket, "#wait");
	go_to("2026-11-23 14:50");
	small_do(desk, "agent:anna", ticket, "#open");
	CHECK(ticket, FIRST_REPLY, "due_soon 2026-11-23 15:20");
	go_to("2026-11-23 15:00");
	answer(ticket);
	CHECK(ticket, FIRST_REPLY, "met 2026-11-23 15:20");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_first_and_next_reply, end),
		cmocka_unit_test_teardown(test_close_and_reopen, end),
		cmocka_unit_test_teardown(test_spam_has_no_goals, end),
		cmocka_unit_test_teardown(test_automatic_mail_moves_no_clock, end),
		cmocka_unit_test_teardown(test_bounce_restarts_the_clock, end),
		cmocka_unit_test_teardown(test_pauses_survive_another_policy, end),
		cmocka_unit_test_teardown(test_warnings_come_in_working_time, end),
		cmocka_unit_test_teardown(test_first_reply_beats_next_reply, end),
		cmocka_unit_test_teardown(test_policies, end),
		cmocka_unit_test_teardown(test_faults, end),
		cmocka_unit_test_teardown(test_who_is_told, end),
		cmocka_unit_test_teardown(test_escalation, end),
		cmocka_unit_test_teardown(test_escalation_into_another_policy, end),
		cmocka_unit_test_teardown(test_off_as_a_whole, end),
		cmocka_unit_test_teardown(test_one_summary, end),
		cmocka_unit_test_teardown(test_one_summary_outside, end),
		cmocka_unit_test_teardown(test_snooze, end),
		cmocka_unit_test_teardown(test_snooze_twice, end),
		cmocka_unit_test_teardown(test_remind, end),
		cmocka_unit_test_teardown(test_remind_twice, end),
		cmocka_unit_test_teardown(test_columns, end),
		cmocka_unit_test_teardown(test_history_keeps_promises, end),
		cmocka_unit_test_teardown(test_kept_promise, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
