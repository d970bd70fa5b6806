/* Tests of one ticket with several conversations: what closing, opening, owning and deleting one does to the ticket
 * and to the others, and the reverse. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/command.h"
#include "fake_snapshot.h"

#define NOW  ((pd_time)1795269600000)
#define ANNA "agent:anna"

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

static void add_conversation(struct pd_context *context, struct pd_ticket *ticket, const char *subject, const char *who)
{
	int64_t id = pd_plan_new_conversation(context, ticket, "support", subject);
	pd_plan_add(context, ticket, "participant", who, id, NULL);
	struct pd_planned_message *message = pd_plan_message(context, "mail", PD_IN);
	message->stored.text = subject;
	pd_plan_event(context, ticket, PD_EVENT_MESSAGE, message->stored.id, id, NULL);
}

/* A ticket with that many conversations: C1, C2. */
static void make_ticket(size_t conversations)
{
	arena = pd_arena_new();
	desk = fake_new(arena);
	now = NOW;
	struct pd_context context =
		pd_context_new(arena, settings, &desk->snapshot, now, "contact:jo@customer.example");
	struct pd_ticket *ticket = pd_plan_new_ticket(&context, pd_settings_mailbox(settings, "support"), NULL, 0);
	add_conversation(&context, ticket, "Printer", "Jo <jo@customer.example>");
	if (conversations > 1)
		add_conversation(&context, ticket, "Toner", "Max <max@customer.example>");
	fake_commit(desk, &context);
}

static int one(void **state)
{
	(void)state;
	make_ticket(1);
	return 0;
}

static int two(void **state)
{
	(void)state;
	make_ticket(2);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	pd_arena_free(arena);
	return 0;
}

/* Carries the text out, given in a mail of that conversation; what was told, or what was wrong. */
static const char *give_in(int64_t conversation, const char *text)
{
	const char *left;
	struct pd_error error = {0};
	bool needs_confirmation = false;
	now += PD_MINUTE;
	struct pd_context context = pd_context_new(arena, settings, &desk->snapshot, now, ANNA);
	struct pd_ticket *ticket = pd_plan_ticket(&context, 1);
	struct pd_commands *commands = pd_commands_parse(arena, settings, "en", context.agent, now, text, true, &left);
	commands->conversation = conversation;
	if (commands->errors.count == 0)
		pd_commands_check(&context, commands, ticket, PD_PROOF_FULL, &needs_confirmation);
	if (commands->errors.count > 0)
		return pd_printf(arena, "! %s", pd_strings_join(arena, &commands->errors, "\n"));
	if (pd_commands_apply(&context, commands, ticket, &error) != 0)
		return pd_printf(arena, "! %s", error.text);
	fake_commit(desk, &context);
	return pd_strings_join(arena, &context.plan->report, "\n");
}

/* "Open Anna | C1 Closed Bob | C2 - -": the ticket's status and owner, then each conversation's own. */
static const char *stands(void)
{
	const struct pd_ticket *ticket = fake_ticket(desk, 1);
	const char *text = pd_printf(arena, "%s %s%s", ticket->status, ticket->owner != NULL ? ticket->owner : "-",
				     ticket->is_deleted ? " deleted" : "");
	for (size_t i = 0; i < ticket->conversations.count; i++) {
		const struct pd_conversation *c = &ticket->conversations.items[i];
		text = pd_printf(arena, "%s | C%lld %s %s", text, (long long)c->id,
				 c->status != NULL ? strchr(c->status, ':') + 1 : "-", c->owner != NULL ? c->owner : "-");
	}
	return text;
}

struct row {
	const char *name;
	int64_t in;
	const char *text, *told, *stands;
};

static void run(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CHECK_ROW_STRING(rows[i].name, give_in(rows[i].in, rows[i].text), rows[i].told);
		CHECK_ROW_STRING(rows[i].name, stands(), rows[i].stands);
	}
}
#define RUN(rows) run(rows, sizeof rows / sizeof *rows)

static void closing(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"closing one leaves the ticket and the others", 2, "#close conversation",
		 "#close: conversation C2: Closed", "New - | C1 - - | C2 Closed -"},
		{"again", 2, "#close conversation", "#close: conversation C2 is Closed already",
		 "New - | C1 - - | C2 Closed -"},
		{"undone", 2, "#undo", "#undo: action 2 of Anna Virtanen taken back",
		 "New - | C1 - - | C2 - -"},
		{"by its name, from elsewhere", 1, "#close conversation c2", "#close: conversation C2: Closed",
		 "New - | C1 - - | C2 Closed -"},
		{"opened", 2, "#open conversation", "#open: conversation C2: Open", "New - | C1 - - | C2 - -"},
		{"closing the ticket closes all", 1, "#close", "#close: status New -> Closed",
		 "Closed - | C1 Closed - | C2 Closed -"},
		{"reopened with several, none reopens", 1, "#open", "#open: status Closed -> Open",
		 "Open - | C1 Closed - | C2 Closed -"},
		{"one of them", 1, "#open conversation", "#open: conversation C1: Open", "Open - | C1 - - | C2 Closed -"},
		{"closed again", 1, "#close", "#close: status Open -> Closed", "Closed - | C1 Closed - | C2 Closed -"},
		{"opening one opens its ticket", 2, "#open conversation",
		 "#open: status Closed -> Open\n#open: conversation C2: Open", "Open - | C1 Closed - | C2 - -"},
		{"not said which", 0, "#close conversation",
		 "! Line 1, \"#close conversation\": which conversation? Name one of C1 (Printer), C2 (Toner).",
		 "Open - | C1 Closed - | C2 - -"},
		{"none of that name", 1, "#close conversation C7",
		 "! Line 1, \"#close conversation C7\": which conversation? Name one of C1 (Printer), C2 (Toner).",
		 "Open - | C1 Closed - | C2 - -"},
	};
	RUN(rows);
	give_in(1, "#close");
	CHECK_ROW_STRING("closed", stands(), "Closed - | C1 Closed - | C2 Closed -");
	give_in(1, "#undo");
	CHECK_ROW_STRING("the ticket's undo reaches its conversations", stands(), "Open - | C1 Closed - | C2 - -");
}

static void closing_the_only_one(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"leaves the ticket", 1, "#close conversation", "#close: conversation C1: Closed", "New - | C1 Closed -"},
		{"the ticket's closing takes it along", 1, "#close", "#close: status New -> Closed", "Closed - | C1 - -"},
		{"and its reopening", 1, "#open", "#open: status Closed -> Open", "Open - | C1 - -"},
		{"no name is needed", 0, "#close conversation", "#close: conversation C1: Closed", "Open - | C1 Closed -"},
		{"an end that is no name", 0, "#close conversations",
		 "! Line 1, \"#close conversations\": #close stands alone; \"conversations\" after it has no meaning.",
		 "Open - | C1 Closed -"},
	};
	RUN(rows);
}

static void owning(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"its new owner becomes the ticket's", 2, "#assign bob conversation",
		 "#assign: conversation C2: owner Bob Smith\n#assign: owner nobody -> Bob Smith", "New bob | C1 - - | C2 - bob"},
		{"not the reverse", 2, "#assign anna", "#assign: owner Bob Smith -> Anna Virtanen",
		 "New anna | C1 - - | C2 - bob"},
		{"nobody", 2, "#assign none conversation", "#assign: conversation C2: owner nobody",
		 "New anna | C1 - - | C2 - -"},
		{"a full name", 1, "#assign to Bob Smith conversation C2",
		 "#assign: conversation C2: owner Bob Smith\n#assign: owner Anna Virtanen -> Bob Smith",
		 "New bob | C1 - - | C2 - bob"},
		{"a team has tickets", 2, "#assign team sales conversation",
		 "! Line 1, \"#assign team sales conversation\": a conversation has an owner, its ticket a team: leave the word "
		 "conversation out.",
		 "New bob | C1 - - | C2 - bob"},
	};
	RUN(rows);
}

static void deleting(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"one of several", 2, "#delete conversation",
		 "#delete: conversation C2 is deleted; #restore conversation C2 brings it back", "New - | C1 - - | C2 - -"},
		{"again", 2, "#delete conversation", "#delete: conversation C2 is deleted already", "New - | C1 - - | C2 - -"},
	};
	static const struct row back[] = {
		{"restored", 1, "#restore conversation C2", "#restore: conversation C2 is back", "New - | C1 - - | C2 - -"},
	};
	RUN(rows);
	assert_int_equal(fake_ticket(desk, 1)->deleted_entries.count, 1);
	assert_int_equal(fake_ticket(desk, 1)->deleted_entries.items[0], 4);
	RUN(back);
	assert_int_equal(fake_ticket(desk, 1)->deleted_entries.count, 0);
	static const struct row all[] = {
		{"one", 1, "#delete conversation C1",
		 "#delete: conversation C1 is deleted; #restore conversation C1 brings it back", "New - | C1 - - | C2 - -"},
		{"the last deletes the ticket", 1, "#delete conversation C2",
		 "#delete: conversation C2 is deleted; #restore conversation C2 brings it back",
		 "New - deleted | C1 - - | C2 - -"},
		{"which comes back with one", 1, "#restore conversation C1", "#restore: conversation C1 is back",
		 "New - | C1 - - | C2 - -"},
	};
	RUN(all);
}

static void deleting_the_only_one(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"deletes the ticket", 1, "#delete conversation",
		 "#delete: conversation C1 is deleted; #restore conversation C1 brings it back", "New - deleted | C1 - -"},
		{"which comes back with it", 1, "#restore conversation", "#restore: conversation C1 is back", "New - | C1 - -"},
	};
	RUN(rows);
}

/* On a ticket that #new makes there is none yet. */
static void without(void **state)
{
	(void)state;
	CHECK_ROW_STRING("new", give_in(0, "#new Third\n#close conversation"),
			 "! Line 2, \"#close conversation\": this ticket has no conversation.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(closing, two, drop),
		cmocka_unit_test_setup_teardown(closing_the_only_one, one, drop),
		cmocka_unit_test_setup_teardown(owning, two, drop),
		cmocka_unit_test_setup_teardown(deleting, two, drop),
		cmocka_unit_test_setup_teardown(deleting_the_only_one, one, drop),
		cmocka_unit_test_setup_teardown(without, one, drop),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
