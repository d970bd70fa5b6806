/* Tests of files that are shared in chats by links: which link is the own server's, what is fetched once, who gets it. */
#include "check.h"
#include "small_desk.h"

#include <string.h>

#include "base/text.h"
#include "desk/chat.h"
#include "desk/chat_link.h"

#define VISITOR "vera@visitors.example/tab"
#define DORA	"dora@chat.example/phone"
#define OWN	"https://up.example.com/files/"

static struct small_desk *desk;
static int counter;

static const char configuration[] =
	"[mailbox chat]\naddress = chat@example.com\nname = Example Chat\nteam = chatters\n"
	"[team chatters]\nmembers = dora;emil\n"
	"[agent dora]\nname = Dora Doe\naddress = dora@agents.example\njid = dora@chat.example\n"
	"[agent emil]\nname = Emil Ek\naddress = emil@agents.example\n"
	"[chat help]\ncomponent = desk.example.com\nserver = 127.0.0.1:5347\nsecret_file = secret\nmailbox = chat\n"
	"transcript = yes\nfiles = " OWN ";http://127.0.0.1:5280/up/;https://[2001:db8::1]/x/\nfiles_per_hour = 4\n";

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

/* --- links --- */

static const struct {
	const char *name, *text, *url, *file; /* url NULL: none of ours */
} links[] = {
	{"alone", OWN "a/b.png", "https://up.example.com:443/files/a/b.png", "b.png"},
	{"spelling", "HTTPS://UP.Example.COM:443/files/a.png", "https://up.example.com:443/files/a.png", "a.png"},
	{"a port", "http://127.0.0.1:5280/up/x", "http://127.0.0.1:5280/up/x", "x"},
	{"IPv6", "https://[2001:db8::1]/x/y", "https://[2001:db8::1]:443/x/y", "y"},
	{"a query", OWN "a.png?v=2", "https://up.example.com:443/files/a.png?v=2", "a.png"},
	{"below words", "See:\n" OWN "a.png", "https://up.example.com:443/files/a.png", "a.png"},
	{"an encoded name", OWN "%C3%A9t%C3%A9.png", "https://up.example.com:443/files/%C3%A9t%C3%A9.png", "\xc3\xa9t\xc3\xa9.png"},
	{"a name that is none", OWN "%00", NULL, NULL},
	{"a hidden name", OWN ".htaccess", "https://up.example.com:443/files/.htaccess", "htaccess"},
	{"a name with controls", OWN "a%0Ab%E2%80%AE.exe", "https://up.example.com:443/files/a%0Ab%E2%80%AE.exe", "a b .exe"},
	{"among words", "see " OWN "a.png", NULL, NULL},
	{"words below", OWN "a.png\nsee", NULL, NULL},
	{"another scheme", "http://up.example.com/files/a.png", NULL, NULL},
	{"another port", "https://up.example.com:8443/files/a.png", NULL, NULL},
	{"a port that is none", "https://up.example.com:0/files/a.png", NULL, NULL},
	{"a port too large", "https://up.example.com:65979/files/a.png", NULL, NULL},
	{"two ports", "https://up.example.com:443:80/files/a.png", NULL, NULL},
	{"another host", "https://up.example.com.evil.example/files/a.png", NULL, NULL},
	{"a host before", "https://evil-up.example.com/files/a.png", NULL, NULL},
	{"a user", "https://up.example.com@evil.example/files/a.png", NULL, NULL},
	{"a user of ours", "https://evil@up.example.com/files/a.png", NULL, NULL},
	{"a password", "https://a:b@up.example.com/files/a.png", NULL, NULL},
	{"a user with a slash", "https://up.example.com/files/@evil.example/", "https://up.example.com:443/files/@evil.example/",
	 "attachment"},
	{"a backslash", "https://up.example.com\\@evil.example/files/a.png", NULL, NULL},
	{"a backslash for a slash", "https:\\\\up.example.com/files/a.png", NULL, NULL},
	{"one slash", "https:/up.example.com/files/a.png", NULL, NULL},
	{"three slashes", "https:///up.example.com/files/a.png", NULL, NULL},
	{"an encoded host", "https://up%2eexample.com/files/a.png", NULL, NULL},
	{"a host with a full stop", "https://up.example.com./files/a.png", NULL, NULL},
	{"another path", "https://up.example.com/filesystem/a.png", NULL, NULL},
	{"the prefix alone", OWN, NULL, NULL},
	{"dots", OWN "../a.png", NULL, NULL},
	{"dots in the middle", OWN "a/../../b.png", NULL, NULL},
	{"encoded dots", OWN "%2E%2e/a.png", NULL, NULL},
	{"half encoded dots", OWN ".%2e/a.png", NULL, NULL},
	{"an encoded slash", OWN "a%2fb.png", NULL, NULL},
	{"an encoded backslash", OWN "a%5c..%5cb.png", NULL, NULL},
	{"two slashes", OWN "/a.png", NULL, NULL},
	{"a broken percent sign", OWN "a%2", NULL, NULL},
	{"a fragment", OWN "a.png#x", NULL, NULL},
	{"not ASCII", OWN "\xc3\xa9.png", NULL, NULL},
	{"a host that is not ASCII", "https://\xd1\x83p.example.com/files/a.png", NULL, NULL},
	{"file", "file:///etc/passwd", NULL, NULL},
	{"gopher", "gopher://up.example.com/files/a.png", NULL, NULL},
	{"no URL", "up.example.com/files/a.png", NULL, NULL},
	{"nothing", "", NULL, NULL},
};

static void test_links(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		const char *url = NULL, *name = NULL;
		enum chat_link link =
			chat_link_of(desk->arena, &desk->settings->chats.items[0].files, links[i].text, &url, &name);
		if ((link == CHAT_LINK_OWN) != (links[i].url != NULL) || !pd_equal(url, links[i].url) ||
		    !pd_equal(name, links[i].file))
			fail_msg("%s: got %d, %s, %s", links[i].name, (int)link, url != NULL ? url : "none",
				 name != NULL ? name : "none");
	}
	char *longer = pd_alloc(desk->arena, 4000);
	memset(longer, 'a', 3999);
	memcpy(longer, OWN, strlen(OWN));
	const char *url, *name;
	assert_int_equal(chat_link_of(desk->arena, &desk->settings->chats.items[0].files, longer, &url, &name), CHAT_LINK_NONE);
	static const struct pd_strings none = {0};
	assert_int_equal(chat_link_of(desk->arena, &none, OWN "a.png", &url, &name), CHAT_LINK_NONE);
}

static void test_prefixes(void **state)
{
	(void)state;
	static const char *const good[] = {OWN, "http://localhost:5280/file_share/", "https://up.example.com/"};
	static const char *const bad[] = {"https://up.example.com", "https://up.example.com/files", "ftp://up.example.com/",
					  "https://a@up.example.com/", "https://up.example.com/x?y=/", "up.example.com/", ""};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_null(chat_link_prefix_wrong(desk->arena, good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_non_null(chat_link_prefix_wrong(desk->arena, bad[i]));
}

/* --- what comes of it --- */

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

static struct pd_chat_files wanted(void)
{
	struct pd_context context = small_context(desk, "postdesk");
	return pd_chat_files_wanted(&context, "help");
}

static struct pd_plan *come(int64_t event, enum pd_file_fault fault, const char *content)
{
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_fetched(&context, event, fault, (struct pd_bytes){.data = content, .len = strlen(content)});
	small_keep(desk, &context);
	return context.plan;
}

static const struct pd_planned_letter *told(const struct pd_plan *plan, const char *agent)
{
	return small_letter(plan, PD_LETTER_NOTIFICATION, agent);
}

static void test_once(void **state)
{
	(void)state;
	struct pd_plan *plan = say(VISITOR, "help", OWN "a/shot.png");
	int64_t ticket = plan->ticket;
	struct pd_chat_files files = wanted();
	assert_int_equal(files.count, 1);
	assert_string_equal(files.items[0].url, "https://up.example.com:443/files/a/shot.png");
	assert_int_equal(files.items[0].limit, 10 * 1024 * 1024);
	assert_null(told(plan, "emil")); /* his mail waits for the file */
	plan = come(files.items[0].event, PD_FILE_IS_THERE, "PNG");
	assert_string_equal(plan->outcome, "attached");
	assert_int_equal(plan->ticket, ticket);
	const struct pd_event *event = small_event(desk, ticket, PD_EVENT_ATTACHED);
	assert_int_equal(event->other, files.items[0].event);
	assert_string_equal(event->actor, "postdesk");
	const struct pd_stored *stored = small_message(desk, event->message);
	assert_string_equal(stored->attachments.items[0].name, "shot.png");
	assert_string_equal(stored->attachments.items[0].type, "image/png");
	assert_int_equal(stored->attachments.items[0].size, 3);
	assert_string_equal(stored->from.addr, "xmpp:vera@visitors.example");
	const struct pd_planned_letter *letter = told(plan, "emil");
	assert_non_null(letter);
	assert_int_equal(letter->files.count, 1);
	assert_int_equal(letter->files.items[0].message, stored->id);
	assert_non_null(strstr(letter->letter.text, "Attached: shot.png (3 bytes)"));
	assert_null(told(plan, "dora")); /* she has the chat */
	assert_int_equal(wanted().count, 0);
	plan = come(files.items[0].event, PD_FILE_IS_THERE, "PNG");
	assert_string_equal(plan->outcome, "duplicate");
	assert_int_equal(plan->events.count + plan->letters.count, 0);
}

static void test_faults(void **state)
{
	(void)state;
	struct pd_plan *plan = say(VISITOR, "help", OWN "shot.png");
	plan = come(wanted().items[0].event, PD_FILE_TOO_LARGE, "");
	assert_string_equal(plan->outcome, "not fetched");
	const struct pd_event *event = small_event(desk, plan->ticket, PD_EVENT_ATTACHED);
	assert_string_equal(small_message(desk, event->message)->text,
			    "The file shot.png was not fetched, since it is too large. The link stays.");
	assert_int_equal(small_message(desk, event->message)->attachments.count, 0);
	assert_non_null(told(plan, "emil"));
	assert_int_equal(told(plan, "emil")->files.count, 0);
	plan = say(VISITOR, "help", "aesgcm://up.example.com/files/secret.jpg#0011");
	event = small_event(desk, plan->ticket, PD_EVENT_ATTACHED);
	assert_non_null(strstr(small_message(desk, event->message)->text, "secret.jpg was not fetched, since it is encrypted"));
	assert_int_equal(wanted().count, 0);
	for (int i = 0; i < 4; i++)
		plan = say(VISITOR, "help", OWN "again.png");
	event = small_event(desk, plan->ticket, PD_EVENT_ATTACHED);
	assert_non_null(strstr(small_message(desk, event->message)->text, "too many within an hour"));
	assert_int_equal(wanted().count, 3);
}

static void test_agents(void **state)
{
	(void)state;
	int64_t ticket = say(VISITOR, "help", "Where is the manual?")->ticket;
	const char *to = pd_printf(desk->arena, "t%lld", (long long)ticket);
	struct pd_plan *plan = say(DORA, to, OWN "manual.pdf");
	/* Clients of visitors are shown what is behind it. */
	bool has_beside = false;
	for (size_t i = 0; i < plan->letters.count; i++)
		has_beside |= strstr(plan->letters.items[i]->bytes.data,
				     "<x xmlns='jabber:x:oob'><url>" OWN "manual.pdf</url></x>") != NULL;
	assert_true(has_beside);
	come(wanted().items[0].event, PD_FILE_IS_THERE, "PDF");
	say(VISITOR, "help", "I am vera@example.net");
	/* What is under way is no hindrance to taking back what was done beside it. */
	say(DORA, to, "#priority high\n" OWN "second.pdf");
	assert_int_equal(wanted().count, 1);
	come(wanted().items[0].event, PD_FILE_IS_THERE, "PDF 2");
	plan = small_do(desk, "agent:dora", ticket, "undo");
	assert_false(plan->is_refused);
	assert_string_equal(small_ticket(desk, ticket)->priority, "normal");
	assert_int_equal(wanted().count, 0);
	plan = say(DORA, to, "#close");
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_TRANSCRIPT, NULL);
	assert_non_null(letter);
	assert_int_equal(letter->files.count, 2);
	assert_string_equal(letter->files.items[0].name, "manual.pdf");
	assert_non_null(strstr(letter->letter.text, "Attached: second.pdf"));
	assert_non_null(strstr(letter->letter.html, "Attached: second.pdf"));
}

/* Once it is over, what nobody answered is told with all files, as far as they fit. */
static void test_left(void **state)
{
	(void)state;
	int64_t ticket = say(VISITOR, "help", OWN "a.png")->ticket;
	come(wanted().items[0].event, PD_FILE_IS_THERE, "A");
	say(VISITOR, "help", OWN "b.png");
	char *large = pd_alloc(desk->arena, 6 * 1024 * 1024 + 1);
	memset(large, 'b', 6 * 1024 * 1024);
	come(wanted().items[0].event, PD_FILE_IS_THERE, large);
	desk->now += 5 * PD_MINUTE;
	struct pd_plan *plan = small_due(desk, ticket);
	const struct pd_planned_letter *letter = told(plan, "emil");
	assert_non_null(letter);
	assert_int_equal(letter->files.count, 1);
	assert_string_equal(letter->files.items[0].name, "a.png");
	assert_non_null(strstr(letter->letter.text, "Not attached, too large: b.png"));
}

/* What comes after the chat's end is in the transcript, too; what was said later is not. */
static void test_transcript_waits(void **state)
{
	(void)state;
	int64_t ticket = say(VISITOR, "help", "I am vera@example.net")->ticket;
	const char *to = pd_printf(desk->arena, "t%lld", (long long)ticket);
	say(DORA, to, "Show me.");
	say(VISITOR, "help", OWN "a.png");
	say(VISITOR, "help", OWN "b.png");
	struct pd_chat_files files = wanted();
	struct pd_plan *plan = say(DORA, to, "#close");
	assert_null(small_letter(plan, PD_LETTER_TRANSCRIPT, NULL));
	say(VISITOR, "help", "I am back.");
	say(DORA, to, "Welcome.");
	say(VISITOR, "help", OWN "c.png");
	plan = come(files.items[0].event, PD_FILE_IS_THERE, "A");
	assert_null(small_letter(plan, PD_LETTER_TRANSCRIPT, NULL));
	plan = come(files.items[1].event, PD_FILE_UNREACHABLE, "");
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_TRANSCRIPT, NULL);
	assert_non_null(letter);
	assert_int_equal(letter->files.count, 1);
	assert_string_equal(letter->letter.recipients.items[0], "vera@example.net");
	assert_non_null(strstr(letter->letter.text, "Attached: a.png"));
	assert_non_null(strstr(letter->letter.text, OWN "b.png"));
	assert_null(strstr(letter->letter.text, "I am back"));
	assert_null(small_letter(come(wanted().items[0].event, PD_FILE_IS_THERE, "C"), PD_LETTER_TRANSCRIPT, NULL));
	letter = small_letter(say(DORA, to, "#close"), PD_LETTER_TRANSCRIPT, NULL);
	assert_non_null(letter);
	assert_non_null(strstr(letter->letter.text, "I am back"));
	assert_null(strstr(letter->letter.text, OWN "b.png"));
}

/* The end was taken back while a file was under way: the transcript is that of the end that stays. */
static void test_transcript_of_no_end(void **state)
{
	(void)state;
	int64_t ticket = say(VISITOR, "help", "I am vera@example.net")->ticket;
	const char *to = pd_printf(desk->arena, "t%lld", (long long)ticket);
	say(DORA, to, "Show me.");
	say(VISITOR, "help", OWN "a.png");
	struct pd_chat_files files = wanted();
	say(DORA, to, "#close");
	assert_false(small_do(desk, "agent:dora", ticket, "undo")->is_refused);
	assert_true(pd_chat_is_open(small_ticket(desk, ticket)));
	assert_null(small_letter(come(files.items[0].event, PD_FILE_IS_THERE, "A"), PD_LETTER_TRANSCRIPT, NULL));
	say(DORA, to, "So this is it.");
	const struct pd_planned_letter *letter = small_letter(say(DORA, to, "#close"), PD_LETTER_TRANSCRIPT, NULL);
	assert_non_null(letter);
	assert_int_equal(letter->files.count, 1);
	assert_non_null(strstr(letter->letter.text, "So this is it"));
}

/* The settings changed meanwhile: it is nobody's, and that is said. */
static void test_no_more(void **state)
{
	(void)state;
	say(VISITOR, "help", OWN "a.png");
	((struct pd_settings *)(uintptr_t)desk->settings)->chats.items[0].files.count = 0;
	assert_int_equal(wanted().count, 1);
	assert_null(wanted().items[0].url);
	assert_string_equal(come(wanted().items[0].event, PD_FILE_NOT_GIVEN, "")->outcome, "not fetched");
	assert_int_equal(wanted().count, 0);
}

/* An address is not taken out of a link. */
static void test_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *text, *address;
	} said[] = {
		{"http://vera@example.net/x", NULL},	 {"xmpp:vera@example.net", NULL},
		{"<sip:vera@example.net>", NULL},	 {"mailto:Vera@example.net", "vera@example.net"},
		{"see https://x.example/@a@b.example and vera@example.net.", "vera@example.net"},
	};
	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		const char *jid = pd_printf(desk->arena, "v%zu@visitors.example/x", i);
		const struct pd_ticket *ticket = small_ticket(desk, say(jid, "help", said[i].text)->ticket);
		assert_int_equal(ticket->contacts.count, said[i].address != NULL ? 2 : 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_links, setup, drop),
		cmocka_unit_test_setup_teardown(test_prefixes, setup, drop),
		cmocka_unit_test_setup_teardown(test_once, setup, drop),
		cmocka_unit_test_setup_teardown(test_faults, setup, drop),
		cmocka_unit_test_setup_teardown(test_agents, setup, drop),
		cmocka_unit_test_setup_teardown(test_left, setup, drop),
		cmocka_unit_test_setup_teardown(test_transcript_waits, setup, drop),
		cmocka_unit_test_setup_teardown(test_transcript_of_no_end, setup, drop),
		cmocka_unit_test_setup_teardown(test_no_more, setup, drop),
		cmocka_unit_test_setup_teardown(test_addresses, setup, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
