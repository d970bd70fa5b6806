/* What is done by hand: `do`, `create`, `attach`. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "small_desk.h"

static int setup(void **state)
{
	struct small_desk *desk =
		small_desk_new("[property device]\ntype = choice\nchoices = phone;laptop\n");
	small_deliver(desk, (struct small_mail){.from = "Ville <ville@customer.example>",
						.subject = "Printer on fire",
						.text = "It burns.",
						.id = "first@customer.example"});
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	small_desk_free(*state);
	return 0;
}

static struct pd_strings list(struct small_desk *desk, const char *items)
{
	return pd_split(desk->arena, items, ';');
}

static struct pd_plan *create(struct small_desk *desk, const char *actor, const char *contacts,
			      const char *values)
{
	struct pd_context context = small_context(desk, actor);
	struct pd_strings people = list(desk, contacts), properties = list(desk, values);
	pd_decide_create(&context, &desk->settings->mailboxes.items[0], "By hand", &people, &properties);
	small_keep(desk, &context);
	return context.plan;
}

static void test_create(void **state)
{
	struct small_desk *desk = *state;
	struct pd_plan *plan = create(desk, "administrator", "a@customer.example;b@customer.example",
				      "priority=high;device=phone;owner=bob");
	assert_string_equal(plan->outcome, "new ticket");
	assert_int_equal(plan->ticket, 2);
	const struct pd_ticket *ticket = small_ticket(desk, 2);
	assert_string_equal(ticket->name, "By hand");
	assert_string_equal(ticket->source, "manual");
	assert_string_equal(ticket->priority, "high");
	assert_int_equal(ticket->contacts.count, 2);
	assert_int_equal(ticket->conversations.count, 1);
	assert_true(pd_ticket_has_participant(ticket, "b@customer.example"));
	/* The new owner is told, and nobody outside. */
	assert_int_equal(plan->letters.count, 1);
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
	/* Without a contact there is no conversation (T3). */
	plan = create(desk, "agent:anna", "", "");
	assert_int_equal(small_ticket(desk, plan->ticket)->conversations.count, 0);
}

static void test_create_is_all_or_nothing(void **state)
{
	struct small_desk *desk = *state;
	static const struct {
		const char *name, *actor, *contacts, *values;
	} table[] = {
		{"a value that is none", "administrator", "a@customer.example",
		 "priority=high;device=fridge"},
		{"an unknown property", "administrator", "", "colour=red"},
		{"our own address as contact", "administrator", "support@example.com", ""},
		{"an agent as contact", "administrator", "anna@agents.example", ""},
		{"no address", "administrator", "nonsense", ""},
		{"a viewer", "agent:vera", "a@customer.example", ""},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct pd_plan *plan = create(desk, table[i].actor, table[i].contacts, table[i].values);
		CHECK_ROW(table[i].name, plan->is_refused);
		CHECK_ROW(table[i].name, plan->report.count > 0);
		CHECK_ROW(table[i].name,
			  plan->events.count == 0 && plan->tickets.count == 0 && plan->contacts.count == 0);
		CHECK_ROW(table[i].name, plan->letters.count == 0);
	}
}

static void test_do(void **state)
{
	struct small_desk *desk = *state;
	struct pd_plan *plan = small_do(desk, "agent:anna", 1, "take\nnote Look here, @bob.");
	assert_string_equal(plan->outcome, "done");
	assert_string_equal(small_ticket(desk, 1)->owner, "anna");
	const struct pd_event *comment = small_event(desk, 1, PD_EVENT_COMMENT);
	assert_string_equal(small_message(desk, comment->message)->text, "Look here, @bob.");
	assert_int_equal(small_ticket(desk, 1)->mentions.count, 1);
	assert_string_equal(small_ticket(desk, 1)->mentions.items[0], "bob");
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 1); /* bob, whom the comment names */
	assert_int_equal(small_letters(plan, PD_LETTER_RECEIPT), 0);
	/* What shapes a mail says that there is none. */
	plan = small_do(desk, "agent:anna", 1, "cc max@foo.example");
	assert_int_equal(plan->report.count, 1);
	assert_string_equal(plan->report.items[0], "Nothing was sent: the mail has no text of its own.");
	/* An administrator at the command line is no agent, and all are told. */
	plan = small_do(desk, "administrator", 1, "#note From the machine room.");
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "anna"));
}

static void test_do_is_all_or_nothing(void **state)
{
	struct small_desk *desk = *state;
	static const struct {
		const char *name, *actor, *lines;
		int64_t ticket;
	} table[] = {
		{"a bad line after a good one", "agent:anna", "#take\n#priority extreme", 1},
		{"an unknown word", "agent:anna", "#explode", 1},
		{"no such ticket", "agent:anna", "#take", 99},
		{"a viewer", "agent:vera", "#close", 1},
		{"no right", "agent:vera", "#delete", 1},
		{"an undo of nothing", "agent:anna", "#take\n#undo 4711", 1},
	};
	int64_t version = small_ticket(desk, 1)->version;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct pd_plan *plan = small_do(desk, table[i].actor, table[i].ticket, table[i].lines);
		CHECK_ROW(table[i].name, plan->is_refused);
		CHECK_ROW(table[i].name, plan->report.count > 0);
		CHECK_ROW(table[i].name, plan->events.count == 0 && plan->letters.count == 0);
		CHECK_ROW(table[i].name, small_ticket(desk, 1)->version == version);
	}
}

static void test_do_sends_a_draft(void **state)
{
	struct small_desk *desk = *state;
	struct pd_context context = small_context(desk, "postdesk");
	const struct pd_ticket *ticket = small_ticket(desk, 1);
	const char *address = pd_address_for_agent(&context, &desk->settings->mailboxes.items[0], 1,
						   ticket->conversations.items[0].id, "anna", 2);
	small_deliver(desk, (struct small_mail){.from = "anna@agents.example",
						.to = address,
						.text = "#asign bob\nHello.",
						.id = "a@agents.example",
						.pass = true});
	struct pd_plan *plan = small_do(desk, "agent:anna", 1, "#send");
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_non_null(out);
	assert_string_equal(out->letter.text, "Hello.");
	assert_int_not_equal(out->event, 0);
}

static void test_attach(void **state)
{
	struct small_desk *desk = *state;
	struct pd_context context = small_context(desk, "agent:anna");
	pd_decide_attach(&context, 1, "../../etc/plan.PDF", (struct pd_bytes){.data = "bytes", .len = 5});
	small_keep(desk, &context);
	const struct pd_event *event = small_event(desk, 1, PD_EVENT_ATTACHED);
	assert_non_null(event);
	const struct pd_stored *stored = small_message(desk, event->message);
	assert_string_equal(stored->attachments.items[0].name, "plan.PDF");
	assert_string_equal(stored->attachments.items[0].type, "application/pdf");
	assert_int_equal(stored->attachments.items[0].index, PD_ATTACHMENT_WHOLE);
	assert_int_equal(stored->size, 5);
	assert_int_equal(context.plan->letters.count, 0);
	context = small_context(desk, "agent:vera");
	pd_decide_attach(&context, 1, "x", (struct pd_bytes){.data = "", .len = 0});
	assert_true(context.plan->is_refused);
	assert_int_equal(context.plan->messages.count, 0);
	context = small_context(desk, "agent:anna");
	pd_decide_attach(&context, 99, "x", (struct pd_bytes){.data = "", .len = 0});
	assert_true(context.plan->is_refused);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_create),
		TEST(test_create_is_all_or_nothing),
		TEST(test_do),
		TEST(test_do_is_all_or_nothing),
		TEST(test_do_sends_a_draft),
		TEST(test_attach),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
