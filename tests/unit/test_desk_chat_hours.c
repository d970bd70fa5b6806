/* Chats and time: who is greeted how by the team's opening hours, and service levels of chats. The desk is open Monday to
 * Friday, 9 to 17 in Helsinki, not on Wednesday 2026-11-25; it is Monday 2026-11-23, 14:00. */
#include "check.h"
#include "goals_desk.h"

#include <string.h>

#include "base/text.h"
#include "desk/chat.h"

#define VISITOR "vera@visitors.example/tab"
#define DORA	"dora@chat.example/phone"

static struct small_desk *desk;
static int counter;

static const char configuration[] =
	"[mailbox chat]\naddress = chat@example.com\nname = Example Chat\nteam = chatters\nsla = standard\n"
	"[calendar office]\n"
	"[sla standard]\ncalendar = office\nfirst_reply = 4h\nnext_reply = 2h\nclose = 2wd\ndue_soon = 1h\n"
	"[team chatters]\nmembers = dora;emil\ncalendar = office\n"
	"[agent dora]\nname = Dora Doe\naddress = dora@agents.example\njid = dora@chat.example\n"
	"[agent emil]\nname = Emil Ek\naddress = emil@agents.example\n"
	"[chat help]\ncomponent = desk.example.com\nserver = 127.0.0.1:5347\nsecret_file = secret\nmailbox = chat\n"
	"transcript = yes\nanswer_within = 5m\nidle = 30m\n";

static int setup(void **state)
{
	(void)state;
	static const char *const holidays[] = {"2026-11-25"};
	desk = small_desk_new(configuration);
	desk->now = goals_at("2026-11-23 14:00");
	goals_attach(desk, goals_office(holidays, 1));
	return 0;
}

static int drop(void **state)
{
	(void)state;
	small_desk_free(desk);
	return 0;
}

static struct pd_plan *say(const char *from, const char *to, const char *text)
{
	const struct pd_said said = {.kind = PD_SAID_LINE,
				     .chat = "help",
				     .from = from,
				     .to = to,
				     .text = text,
				     .id = pd_printf(desk->arena, "id%d", ++counter)};
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_said(&context, &said);
	small_keep(desk, &context);
	return context.plan;
}

static bool tells(const struct pd_plan *plan, const char *to, const char *words)
{
	for (size_t i = 0; i < plan->letters.count; i++)
		if (plan->letters.items[i]->is_line &&
		    pd_starts(plan->letters.items[i]->letter.recipients.items[0], to) &&
		    strstr(plan->letters.items[i]->bytes.data, words) != NULL)
			return true;
	return false;
}

static const char *local(int64_t ticket)
{
	return pd_printf(desk->arena, "t%lld", (long long)ticket);
}

/* --- who is greeted how --- */

static const struct {
	const char *name, *at, *away; /* away: an agent; NULL */
	bool is_open;
} hours[] = {
	{"in the morning", "2026-11-23 09:00", NULL, true},	    {"a minute before", "2026-11-23 08:59", NULL, false},
	{"at the last minute", "2026-11-23 16:59", NULL, true},	    {"at closing time", "2026-11-23 17:00", NULL, false},
	{"at night", "2026-11-24 02:00", NULL, false},		    {"on a holiday", "2026-11-25 12:00", NULL, false},
	{"after the holiday", "2026-11-26 12:00", NULL, true},	    {"on Saturday", "2026-11-28 12:00", NULL, false},
	{"with one agent away", "2026-11-23 12:00", "dora", true},
};

static void test_greeting(void **state)
{
	for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
		drop(state);
		setup(state);
		desk->now = goals_at(hours[i].at);
		if (hours[i].away != NULL)
			small_do(desk, pd_printf(desk->arena, "agent:%s", hours[i].away), 0, "away");
		desk->now = goals_at(hours[i].at);
		struct pd_context context = small_context(desk, "postdesk");
		bool is_staffed = pd_chat_is_staffed(&context, &desk->settings->chats.items[0]);
		desk->now = goals_at(hours[i].at);
		struct pd_plan *plan = say(VISITOR, "help", "Hello?");
		bool is_greeted = tells(plan, VISITOR, "Welcome to Example Chat. Somebody will be with you shortly.");
		bool is_asked = tells(plan, VISITOR, "Please leave your mail address and your question");
		bool is_invited = tells(plan, "dora@", "Who answers here first");
		bool may_invite = hours[i].is_open && !pd_equal(hours[i].away, "dora");
		if (is_staffed != hours[i].is_open || is_greeted != hours[i].is_open || is_asked == hours[i].is_open ||
		    is_invited != may_invite)
			fail_msg("%s: staffed %d, greeted %d, asked %d, invited %d", hours[i].name, is_staffed, is_greeted,
				 is_asked, is_invited);
		/* What nobody can take is told by mail, as any mail is. */
		if (!hours[i].is_open)
			assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
	}
}

/* The hours end while it waits: nobody comes, and the visitor is asked. */
static void test_closing_time(void **state)
{
	(void)state;
	desk->now = goals_at("2026-11-23 16:58");
	int64_t ticket = say(VISITOR, "help", "Quickly!")->ticket;
	desk->now = goals_at("2026-11-23 17:03");
	assert_true(tells(small_due(desk, ticket), VISITOR, "Nobody is free to answer right now."));
	struct pd_plan *plan = say(VISITOR, "help", "vera@example.net");
	assert_true(tells(plan, VISITOR, "We answer by mail to vera@example.net."));
	/* Who has it goes on with it after hours. */
	desk->now = goals_at("2026-11-23 16:50");
	ticket = say("other@visitors.example/x", "help", "Hello")->ticket;
	say(DORA, local(ticket), "I am here.");
	desk->now = goals_at("2026-11-23 17:10");
	assert_true(tells(say("other@visitors.example/x", "help", "And now?"), "dora@", "And now?"));
	assert_true(tells(say(DORA, local(ticket), "Now, too."), "other@", "Now, too."));
}

/* --- service levels --- */

#define CHECK(ticket, goal, want) assert_string_equal(goals_status(desk, ticket, PD_GOAL_##goal), want)

static void test_goals(void **state)
{
	(void)state;
	int64_t ticket = say(VISITOR, "help", "It burns.")->ticket;
	/* The greeting is no answer. */
	CHECK(ticket, FIRST_REPLY, "active 2026-11-24 10:00");
	CHECK(ticket, CLOSE, "active 2026-11-26 14:00");
	desk->now = goals_at("2026-11-23 14:02");
	say(DORA, local(ticket), "#note I look at it");
	CHECK(ticket, FIRST_REPLY, "active 2026-11-24 10:00");
	say(DORA, local(ticket), "Unplug it.");
	assert_true(pd_starts(goals_status(desk, ticket, PD_GOAL_FIRST_REPLY), "met"));
	desk->now = goals_at("2026-11-23 14:10");
	say(VISITOR, "help", "It is out.");
	CHECK(ticket, NEXT_REPLY, "active 2026-11-23 16:10");
	say(VISITOR, "help", "Hello?"); /* the first line counts */
	CHECK(ticket, NEXT_REPLY, "active 2026-11-23 16:10");
	say(DORA, local(ticket), "Good.");
	assert_false(pd_starts(goals_status(desk, ticket, PD_GOAL_NEXT_REPLY), "active"));
	say(DORA, local(ticket), "#close");
	assert_true(pd_starts(goals_status(desk, ticket, PD_GOAL_CLOSE), "met"));
}

/* Nobody takes it: due soon and overdue are told by mail as of any ticket, once each. */
static void test_overdue(void **state)
{
	(void)state;
	desk->now = goals_at("2026-11-23 18:00");
	int64_t ticket = say(VISITOR, "help", "Hello?")->ticket;
	CHECK(ticket, FIRST_REPLY, "active 2026-11-24 13:00");
	goals_run_until(desk, goals_at("2026-11-24 12:30"), true);
	assert_string_equal(goals_told(desk, ticket, PD_GOAL_FIRST_REPLY), "due_soon");
	goals_run_until(desk, goals_at("2026-11-24 13:30"), true);
	assert_string_equal(goals_told(desk, ticket, PD_GOAL_FIRST_REPLY), "due_soon overdue");
	assert_false(pd_chat_is_open(small_ticket(desk, ticket))); /* it was idle long ago */
}

/* Answered, and then nothing: it waits for the contact, and its clock with it. */
static void test_idle(void **state)
{
	(void)state;
	int64_t ticket = say(VISITOR, "help", "It burns.")->ticket;
	say(DORA, local(ticket), "Is it plugged in?");
	CHECK(ticket, CLOSE, "active 2026-11-26 14:00");
	desk->now = goals_at("2026-11-23 15:00");
	small_due(desk, ticket);
	assert_int_equal(small_ticket(desk, ticket)->status_kind, PD_STATUS_WAITING);
	assert_true(pd_starts(goals_status(desk, ticket, PD_GOAL_CLOSE), "paused"));
	desk->now = goals_at("2026-11-24 10:00");
	say(VISITOR, "help", "Yes.");
	assert_int_equal(small_ticket(desk, ticket)->status_kind, PD_STATUS_OPEN);
	CHECK(ticket, NEXT_REPLY, "active 2026-11-24 12:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_greeting, setup, drop),
		cmocka_unit_test_setup_teardown(test_closing_time, setup, drop),
		cmocka_unit_test_setup_teardown(test_goals, setup, drop),
		cmocka_unit_test_setup_teardown(test_overdue, setup, drop),
		cmocka_unit_test_setup_teardown(test_idle, setup, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
