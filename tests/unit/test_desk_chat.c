/* Tests of deciding about chats: who hears what, whose the chat is, how it ends; what never reaches a visitor. */
#include "check.h"
#include "small_desk.h"

#include <string.h>

#include "base/text.h"
#include "desk/chat.h"

#define VISITOR "vera@visitors.example/tab"
#define DORA	"dora@chat.example/phone"
#define EMIL	"emil@chat.example/desk"

static struct small_desk *desk;
static int counter;

static const char configuration[] =
	"[mailbox chat]\naddress = chat@example.com\nname = Example Chat\nteam = chatters\n"
	"[team chatters]\nmembers = dora;emil\n"
	"[agent dora]\nname = Dora Doe\naddress = dora@agents.example\njid = dora@chat.example\n"
	"[agent emil]\nname = Emil Ek\naddress = emil@agents.example\njid = emil@chat.example\n"
	"[chat help]\ncomponent = desk.example.com\nserver = 127.0.0.1:5347\nsecret_file = secret\nmailbox = chat\n"
	"transcript = yes\nanswer_within = 2m\nidle = 10m\nchats_per_hour = 3\ngateway facebook = fb.example\n";

static int setup(void **state)
{
	(void)state;
	desk = small_desk_new(configuration);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	small_desk_free(desk);
	return 0;
}

static struct pd_plan *decide(const struct pd_said *said)
{
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_said(&context, said);
	small_keep(desk, &context);
	return context.plan;
}

static struct pd_plan *say(const char *from, const char *to, const char *text)
{
	const struct pd_said said = {.kind = PD_SAID_LINE,
				     .chat = "help",
				     .from = from,
				     .to = to,
				     .text = text,
				     .id = pd_printf(desk->arena, "id%d", ++counter)};
	return decide(&said);
}

static struct pd_plan *leave(const char *from)
{
	const struct pd_said said = {.kind = PD_SAID_GONE, .chat = "help", .from = from, .to = "help", .text = ""};
	return decide(&said);
}

/* Each decision takes a minute (small_desk.c). */
static struct pd_plan *wait_for(pd_time time, int64_t ticket)
{
	desk->now += time;
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_due(&context, &ticket, 1, false);
	small_keep(desk, &context);
	return context.plan;
}

/* Is a line on its way to that JID, from that local part, with these words? */
static bool tells(const struct pd_plan *plan, const char *from, const char *to, const char *words)
{
	for (size_t i = 0; i < plan->letters.count; i++) {
		const struct pd_planned_letter *letter = plan->letters.items[i];
		if (letter->is_line && pd_starts(letter->letter.envelope_from, pd_printf(desk->arena, "%s@", from)) &&
		    pd_starts(letter->letter.recipients.items[0], to) && strstr(letter->bytes.data, words) != NULL)
			return true;
	}
	return false;
}

static size_t lines_to(const struct pd_plan *plan, const char *to)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->letters.count; i++)
		count += plan->letters.items[i]->is_line &&
			 pd_starts(plan->letters.items[i]->letter.recipients.items[0], to);
	return count;
}

static int64_t begun(void)
{
	return say(VISITOR, "help", "It burns.")->ticket;
}

static const char *local(int64_t ticket)
{
	return pd_printf(desk->arena, "t%lld", (long long)ticket);
}

static int64_t taken(void)
{
	int64_t ticket = begun();
	say(DORA, local(ticket), "I come.");
	return ticket;
}

static void test_begins(void **state)
{
	(void)state;
	struct pd_plan *plan = say(VISITOR, "help", "It <burns> & \"smokes\".");
	const struct pd_ticket *ticket = small_ticket(desk, plan->ticket);
	assert_string_equal(plan->outcome, "new chat");
	assert_string_equal(ticket->source, "chat");
	assert_string_equal(ticket->mailbox, "chat");
	assert_true(tells(plan, "help", VISITOR, "Welcome to Example Chat. Somebody"));
	assert_true(tells(plan, local(plan->ticket), "dora@chat.example", "It &lt;burns&gt; &amp; &quot;smokes&quot;."));
	assert_true(tells(plan, local(plan->ticket), "emil@chat.example", "burns"));
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 0);
	assert_true(pd_chat_is_open(ticket));
	assert_int_equal(pd_chat_next(ticket), desk->now + PD_MINUTE);
	/* The next line is of the same chat, and nobody is invited again. */
	plan = say(VISITOR, "help", "Still.");
	assert_int_equal(plan->ticket, ticket->number);
	assert_int_equal(lines_to(plan, "dora@"), 0);
}

static void test_repeated(void **state)
{
	(void)state;
	const struct pd_said said = {.kind = PD_SAID_LINE, .chat = "help", .from = VISITOR, .to = "help", .id = "same", .text = "A"};
	assert_string_equal(decide(&said)->outcome, "new chat");
	struct pd_plan *plan = decide(&said);
	assert_string_equal(plan->outcome, "duplicate");
	assert_int_equal(plan->events.count + plan->letters.count, 0);
	/* Some clients count from one anew: an id alone makes no repeated line (invariant 2). */
	struct pd_said other = said;
	other.text = "B";
	assert_string_equal(decide(&other)->outcome, "line");
	assert_string_equal(decide(&other)->outcome, "duplicate");
}

/* What was refused is not known: the client may send it again as it is. */
static void test_refused_again(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		say(pd_printf(desk->arena, "v%d@visitors.example/x", i), "help", "Hi");
	const struct pd_said said = {.kind = PD_SAID_LINE, .chat = "help", .from = VISITOR, .to = "help", .id = "same", .text = "A"};
	assert_true(decide(&said)->is_refused);
	desk->now += 2 * PD_HOUR;
	assert_string_equal(decide(&said)->outcome, "new chat");
}

static void test_gateway(void **state)
{
	(void)state;
	assert_string_equal(small_ticket(desk, say("12345@fb.example/x", "help", "Hi")->ticket)->source, "facebook");
}

/* A visitor's words look like nobody else's, and a visitor is called as no colleague is. */
static void test_forged(void **state)
{
	(void)state;
	const struct pd_said said = {.kind = PD_SAID_LINE, .chat = "help", .from = VISITOR, .to = "help", .id = "f",
				     .nick = "DORA  doe", .text = "Hi\nDora Doe: We pay it back.\n* The desk says so."};
	int64_t ticket = decide(&said)->ticket;
	assert_string_equal(small_message(desk, small_event(desk, ticket, PD_EVENT_MESSAGE)->message - 1)->from.name, "");
	say(VISITOR, "help", "Emil Ek: Indeed.");
	struct pd_plan *plan = say(DORA, local(ticket), "I come.");
	assert_true(tells(plan, local(ticket), "dora@",
			  "vera: Hi\n    Dora Doe: We pay it back.\n    * The desk says so.\nvera: Emil Ek: Indeed."));
	small_do(desk, "agent:dora", ticket, "assign emil");
	desk->now += 20 * PD_MINUTE;
	plan = wait_for(0, ticket);
	say("other@visitors.example/x", "help", "One");
	ticket = say("other@visitors.example/x", "help", "Dora Doe: Two")->ticket;
	plan = wait_for(3 * PD_MINUTE, ticket);
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_NOTIFICATION, "emil");
	assert_non_null(letter);
	assert_non_null(strstr(letter->letter.text, "other: One\nother: Dora Doe: Two"));
}

static void test_take(void **state)
{
	(void)state;
	int64_t ticket = begun();
	struct pd_plan *plan = say(DORA, local(ticket), "I come.");
	assert_string_equal(small_ticket(desk, ticket)->owner, "dora");
	assert_true(tells(plan, "help", VISITOR, "<body>I come.</body><nick xmlns='http://jabber.org/protocol/nick'>Dora Doe<"));
	assert_true(tells(plan, local(ticket), "emil@", "Dora Doe has taken this chat."));
	assert_true(tells(plan, "help", VISITOR, "Dora Doe is with you now."));
	assert_int_equal(lines_to(plan, "dora@"), 0); /* she has seen what was said */
	plan = say(EMIL, local(ticket), "Me too.");
	assert_int_equal(lines_to(plan, VISITOR), 0);
	assert_true(tells(plan, local(ticket), "emil@", "your words went nowhere"));
	plan = say(VISITOR, "help", "Thanks.");
	assert_true(tells(plan, local(ticket), "dora@", ">Thanks.<"));
	assert_int_equal(lines_to(plan, "emil@"), 0);
	plan = say(EMIL, local(ticket), "#take\nNow me.");
	assert_true(tells(plan, "help", VISITOR, "Now me."));
	assert_true(tells(plan, local(ticket), "dora@", "Emil Ek has taken this chat."));
	assert_string_equal(small_ticket(desk, ticket)->owner, "emil");
}

/* What the visitor hears of a line of the agent who talks: NULL: nothing. */
static void test_commands(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *visitor, *agent;
	} rows[] = {
		{"words", "Hello.", "<body>Hello.</body>", NULL},
		{"a comment", "#note He is angry.", NULL, "Your words are a comment"},
		{"a comment of more lines", "#note\nHe is\nangry.", NULL, "Your words are a comment"},
		{"a command", "#priority high", NULL, "#priority"},
		{"words and a command", "#priority low\nHello again.", "<body>Hello again.</body>", "#priority"},
		{"a command below", "Hello below.\n#priority high", "<body>Hello below.</body>", "#priority"},
		{"a wrong command", "#prioriti high\nHello.", NULL, "#prioriti"},
		{"a command in the middle", "Hello.\n#close\nBye.", NULL, "#close"},
		{"a forbidden word", "#draft\nHello.", NULL, "#draft"},
		{"a literal sign", "##1 is best", "<body>#1 is best</body>", NULL},
		{"a private address", "Write to dora@agents.example.", "<body>Write to chat@example.com.</body>", NULL},
	};
	int64_t ticket = taken();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_plan *plan = say(DORA, local(ticket), rows[i].text);
		CHECK_ROW(rows[i].name, lines_to(plan, VISITOR) == (rows[i].visitor != NULL));
		if (rows[i].visitor != NULL)
			CHECK_ROW(rows[i].name, tells(plan, "help", VISITOR, rows[i].visitor));
		if (rows[i].agent != NULL)
			CHECK_ROW(rows[i].name, tells(plan, local(ticket), "dora@", rows[i].agent));
		CHECK_ROW(rows[i].name, pd_chat_is_open(small_ticket(desk, ticket)));
	}
	assert_string_equal(small_ticket(desk, ticket)->priority, "high");
}

static void test_strangers(void **state)
{
	(void)state;
	int64_t ticket = taken();
	struct pd_plan *plan = say("mallory@visitors.example/x", local(ticket), "Let me in");
	assert_int_not_equal(plan->ticket, ticket);
	assert_string_equal(plan->outcome, "new chat");
	/* Anna may see the ticket, and is no member of the team: she has no JID, and is a stranger here. */
	plan = say("anna@agents.example/x", local(ticket), "#close");
	assert_int_not_equal(plan->ticket, ticket);
	assert_int_equal(small_ticket(desk, ticket)->status_kind, PD_STATUS_OPEN);
}

/* The agent's client is gone: what the visitor says comes by mail, until the agent says something again. */
static void test_agent_gone(void **state)
{
	(void)state;
	int64_t ticket = taken();
	const struct pd_said gone = {.kind = PD_SAID_UNDELIVERED, .chat = "help", .from = DORA, .to = local(ticket), .text = ""};
	const struct pd_said other = {.kind = PD_SAID_UNDELIVERED, .chat = "help", .from = EMIL, .to = local(ticket), .text = ""};
	assert_int_equal(small_letters(say(VISITOR, "help", "Are you there?"), PD_LETTER_NOTIFICATION), 0);
	assert_string_equal(decide(&other)->outcome, "ignored");
	struct pd_plan *plan = decide(&gone);
	assert_string_equal(plan->outcome, "agent gone");
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_NOTIFICATION, "dora");
	assert_non_null(letter);
	assert_non_null(strstr(letter->letter.text, "Are you there?"));
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 1);
	assert_string_equal(decide(&gone)->outcome, "ignored");
	plan = say(VISITOR, "help", "Hello?");
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "dora"));
	say(DORA, local(ticket), "Back again.");
	assert_int_equal(small_letters(say(VISITOR, "help", "Good."), PD_LETTER_NOTIFICATION), 0);
	/* To hand it over is to reach somebody. */
	decide(&gone);
	small_do(desk, "administrator", ticket, "assign emil");
	assert_int_equal(small_letters(say(VISITOR, "help", "And you?"), PD_LETTER_NOTIFICATION), 0);
}

static void test_close(void **state)
{
	(void)state;
	int64_t ticket = taken();
	say(VISITOR, "help", "I am vera@customer.example.");
	say(DORA, local(ticket), "#note Secret words.");
	struct pd_plan *plan = say(DORA, local(ticket), "Bye.\n#close");
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_TRANSCRIPT, NULL);
	assert_non_null(letter);
	assert_string_equal(letter->letter.recipients.items[0], "vera@customer.example");
	assert_string_equal(letter->letter.envelope_from, "");
	static const char *const wanted[] = {"You: It burns.", "Dora Doe: I come.", "Dora Doe: Bye."};
	for (size_t i = 0; i < COUNT(wanted); i++)
		CHECK_ROW(wanted[i], strstr(letter->letter.text, wanted[i]) != NULL);
	static const char *const unwanted[] = {"Secret", "#close", "#note", "agents.example", "emil", "Emil"};
	for (size_t i = 0; i < COUNT(unwanted); i++)
		CHECK_ROW(unwanted[i], strstr(letter->letter.text, unwanted[i]) == NULL &&
					       strstr(letter->letter.html, unwanted[i]) == NULL);
	assert_true(tells(plan, "help", VISITOR, "This chat is over."));
	assert_false(pd_chat_is_open(small_ticket(desk, ticket)));
	/* Words after the end go nowhere. */
	plan = say(DORA, local(ticket), "One more thing.");
	assert_int_equal(lines_to(plan, VISITOR), 0);
	assert_true(tells(plan, local(ticket), "dora@", "This chat is over"));
	/* The visitor comes back: the ticket goes on. */
	plan = say(VISITOR, "help", "It burns again.");
	assert_int_equal(plan->ticket, ticket);
	assert_int_equal(small_ticket(desk, ticket)->status_kind, PD_STATUS_OPEN);
	assert_true(tells(plan, local(ticket), "dora@", "It burns again."));
	assert_int_equal(lines_to(plan, "emil@"), 0);
}

/* Whoever closes, wherever. */
static void test_close_elsewhere(void **state)
{
	(void)state;
	int64_t ticket = taken();
	struct pd_plan *plan = small_do(desk, "administrator", ticket, "close");
	assert_true(tells(plan, "help", VISITOR, "This chat is over."));
	assert_true(tells(plan, local(ticket), "dora@", "The ticket was closed"));
	assert_false(pd_chat_is_open(small_ticket(desk, ticket)));
	assert_null(small_letter(plan, PD_LETTER_TRANSCRIPT, NULL)); /* no address is known */
}

static void test_hand_over(void **state)
{
	(void)state;
	int64_t ticket = taken();
	struct pd_plan *plan = small_do(desk, "administrator", ticket, "assign emil");
	assert_true(tells(plan, "help", VISITOR, "Emil Ek is with you now."));
	assert_true(tells(plan, local(ticket), "emil@", "is yours now"));
	assert_true(tells(plan, local(ticket), "emil@", "Dora Doe: I come."));
	assert_true(tells(say(VISITOR, "help", "Hi Emil."), local(ticket), "emil@", "Hi Emil."));
}

static void test_nobody_answers(void **state)
{
	(void)state;
	int64_t ticket = begun();
	struct pd_plan *plan = wait_for(0, ticket);
	assert_int_equal(lines_to(plan, VISITOR), 0);
	plan = wait_for(0, ticket);
	assert_true(tells(plan, "help", VISITOR, "leave your mail address"));
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
	plan = say(VISITOR, "help", "vera@customer.example, thanks");
	assert_true(tells(plan, "help", VISITOR, "We answer by mail to vera@customer.example."));
	plan = wait_for(11 * PD_MINUTE, ticket);
	assert_false(pd_chat_is_open(small_ticket(desk, ticket)));
	assert_null(small_letter(plan, PD_LETTER_TRANSCRIPT, NULL)); /* nobody answered: nobody's words are mailed */
	assert_int_equal(pd_chat_next(small_ticket(desk, ticket)), 0);
}

static void test_nobody_there(void **state)
{
	(void)state;
	small_do(desk, "agent:dora", 0, "away");
	small_do(desk, "agent:emil", 0, "away");
	struct pd_plan *plan = say(VISITOR, "help", "Hello?");
	assert_true(tells(plan, "help", VISITOR, "Nobody is here to answer right now."));
	assert_int_equal(lines_to(plan, "dora@") + lines_to(plan, "emil@"), 0);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
}

static void test_ends(void **state)
{
	(void)state;
	int64_t ticket = taken();
	struct pd_plan *plan = wait_for(8 * PD_MINUTE, ticket);
	assert_int_equal(plan->letters.count, 0);
	say(VISITOR, "help", "Wait.");
	assert_int_equal(wait_for(8 * PD_MINUTE, ticket)->letters.count, 0);
	plan = wait_for(0, ticket);
	assert_true(tells(plan, "help", VISITOR, "This chat is over."));
	assert_true(tells(plan, local(ticket), "dora@", "Nobody said anything for 10m"));
	ticket = taken();
	assert_string_equal(leave("vera@visitors.example/other")->outcome, "ignored");
	plan = leave(VISITOR);
	assert_int_equal(lines_to(plan, VISITOR), 0);
	assert_true(tells(plan, local(ticket), "dora@", "The visitor has left."));
	assert_false(pd_chat_is_open(small_ticket(desk, ticket)));
}

static void test_too_many(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_false(say(pd_printf(desk->arena, "v%d@visitors.example/x", i), "help", "Hi")->is_refused);
	struct pd_plan *plan = say("v3@visitors.example/x", "help", "Hi");
	assert_true(plan->is_refused);
	assert_int_equal(plan->events.count, 0);
	assert_false(say("v1@visitors.example/x", "help", "I go on")->is_refused);
	leave("v1@visitors.example/x");
	assert_false(say("v1@visitors.example/x", "help", "I am back")->is_refused);
	/* Other domains have room left, of which that took one; but not for ever. */
	assert_false(say("w1@fb.example/x", "help", "Hi")->is_refused);
	assert_false(say("w1@chat.example/x", "help", "Hi")->is_refused);
	assert_true(say("w2@chat.example/x", "help", "Hi")->is_refused);
}

static void test_merge(void **state)
{
	(void)state;
	int64_t into = say("other@visitors.example/x", "help", "Other")->ticket;
	leave("other@visitors.example/x");
	int64_t ticket = taken();
	small_do(desk, "administrator", ticket, pd_printf(desk->arena, "merge %lld", (long long)into));
	assert_true(pd_chat_is_open(small_ticket(desk, into)));
	assert_false(pd_chat_is_open(small_ticket(desk, ticket)));
	struct pd_plan *plan = say(VISITOR, "help", "Still me.");
	assert_int_equal(plan->ticket, into);
	assert_true(tells(plan, local(into), "dora@", "Still me."));
	assert_true(tells(say(DORA, local(ticket), "Still I."), "help", VISITOR, "Still I."));
}

static void test_session(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_chat_session want = {.chat = "help me", .visitor = "a b@c/d e=f%", .state = PD_CHAT_TAKEN, .language = "fi",
				       .zone = "+02:00", .agent = "dora", .since = 12, .until = 5, .idle = 600000};
	*pd_list_add(arena, &want.invited) = "dora";
	*pd_list_add(arena, &want.invited) = "emil";
	struct pd_ticket ticket = {0};
	*pd_list_add(arena, &ticket.properties) =
		(struct pd_change){.property = PD_PROPERTY_CHAT, .to = pd_chat_session_text(arena, &want)};
	struct pd_chat_session got;
	assert_true(pd_chat_session_of(arena, &ticket, &got));
	assert_string_equal(got.chat, want.chat);
	assert_string_equal(got.visitor, want.visitor);
	assert_int_equal(got.state, want.state);
	assert_string_equal(got.agent, "dora");
	assert_string_equal(got.zone, "+02:00");
	assert_int_equal(got.invited.count, 2);
	assert_int_equal(got.since, 12);
	assert_int_equal(got.idle, 600000);
	ticket.properties.items[0].to = "state=nonsense chat=x visitor=y";
	assert_false(pd_chat_session_of(arena, &ticket, &got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_begins, setup, drop),
		cmocka_unit_test_setup_teardown(test_repeated, setup, drop),
		cmocka_unit_test_setup_teardown(test_refused_again, setup, drop),
		cmocka_unit_test_setup_teardown(test_gateway, setup, drop),
		cmocka_unit_test_setup_teardown(test_forged, setup, drop),
		cmocka_unit_test_setup_teardown(test_take, setup, drop),
		cmocka_unit_test_setup_teardown(test_commands, setup, drop),
		cmocka_unit_test_setup_teardown(test_strangers, setup, drop),
		cmocka_unit_test_setup_teardown(test_agent_gone, setup, drop),
		cmocka_unit_test_setup_teardown(test_close, setup, drop),
		cmocka_unit_test_setup_teardown(test_close_elsewhere, setup, drop),
		cmocka_unit_test_setup_teardown(test_hand_over, setup, drop),
		cmocka_unit_test_setup_teardown(test_nobody_answers, setup, drop),
		cmocka_unit_test_setup_teardown(test_nobody_there, setup, drop),
		cmocka_unit_test_setup_teardown(test_ends, setup, drop),
		cmocka_unit_test_setup_teardown(test_too_many, setup, drop),
		cmocka_unit_test_setup_teardown(test_merge, setup, drop),
		cmocka_unit_test(test_session),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
