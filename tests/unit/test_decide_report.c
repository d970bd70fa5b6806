/* Reports of delivery: what they are tied to, whom they are told, and what is never made of them. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/letters.h"
#include "small_desk.h"

struct scene {
	struct small_desk *desk;
	const struct pd_planned_letter *told, *out; /* anna's notification, her answer */
};

/* A ticket of Ville's that anna has answered. */
static int setup(void **state)
{
	struct small_desk *desk = small_desk_new(NULL);
	struct scene *scene = PD_NEW(desk->arena, struct scene);
	scene->desk = desk;
	struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = "ville@customer.example",
								       .subject = "Printer on fire",
								       .text = "It burns.",
								       .id = "first@customer.example"});
	scene->told = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	plan = small_deliver(desk, (struct small_mail){.from = "anna@agents.example",
						       .to = scene->told->letter.reply_to.addr,
						       .in_reply_to = scene->told->letter.message_id,
						       .text = "Water?",
						       .id = "a@agents.example",
						       .pass = true});
	scene->out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_non_null(scene->out);
	*state = scene;
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;
	small_desk_free(scene->desk);
	return 0;
}

static struct small_mail bounce(struct scene *scene, const char *to, const char *original)
{
	static int count;
	return (struct small_mail){.from = "MAILER-DAEMON@mx.customer.example",
				   .sender = "<>",
				   .to = to,
				   .original = original,
				   .bounced = "ville@customer.example",
				   .bounce_text = "550 no such user",
				   .subject = "Undelivered Mail Returned to Sender",
				   .kinds = PD_KIND_BOUNCE | PD_KIND_DSN | PD_KIND_AUTO,
				   .id = pd_printf(scene->desk->arena, "dsn%d@mx.customer.example", ++count)};
}

static void test_tied(void **state)
{
	(void)state;
	static const char *const ways[] = {"bounce address", "original Message-ID", "recipient"};
	for (size_t i = 0; i < COUNT(ways); i++) {
		void *one;
		setup(&one);
		struct scene *scene = one;
		assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_WAITING);
		struct pd_plan *plan = small_deliver(
			scene->desk,
			bounce(scene, i == 0 ? scene->out->letter.envelope_from : "support@example.com",
			       i == 1 ? scene->out->letter.message_id : NULL));
		CHECK_ROW(ways[i], plan->ticket == 1);
		const struct pd_event *event = small_event(scene->desk, 1, PD_EVENT_UNDELIVERED);
		CHECK_ROW(ways[i], event != NULL && event->other == scene->out->event);
		/* Anybody can name a recipient: that is told as what it is, and changes nothing (invariant 6). */
		bool is_guess = i == 2;
		CHECK_ROW_STRING(ways[i], event->why,
				 is_guess ? "ville@customer.example: 550 no such user (not proven: the report "
					    "names no mail of ours)"
					  : "ville@customer.example: 550 no such user");
		CHECK_ROW(ways[i], small_ticket(scene->desk, 1)->status_kind ==
					   (is_guess ? PD_STATUS_WAITING : PD_STATUS_OPEN));
		/* Nobody owns it: the team is told. */
		CHECK_ROW(ways[i], small_letters(plan, PD_LETTER_NOTIFICATION) == 2);
		CHECK_ROW(ways[i], plan->letters.count == 2);
		CHECK_ROW(ways[i], strstr(small_letter(plan, PD_LETTER_NOTIFICATION, "anna")->letter.text,
					  "no such user") != NULL);
		teardown(&one);
	}
}

static void test_owner_is_told(void **state)
{
	struct scene *scene = *state;
	small_do(scene->desk, "agent:anna", 1, "#assign anna");
	struct pd_plan *plan =
		small_deliver(scene->desk, bounce(scene, scene->out->letter.envelope_from, NULL));
	assert_int_equal(plan->letters.count, 1);
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(told);
	assert_non_null(strstr(told->letter.text, "Water?")); /* what did not arrive */
}

static void test_delayed_and_delivered(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned kinds;
		bool is_temporary;
	} table[] = {
		{"delivered", PD_KIND_DSN | PD_KIND_AUTO, false},
		{"delayed", PD_KIND_BOUNCE | PD_KIND_DSN | PD_KIND_AUTO, true},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		void *one;
		setup(&one);
		struct scene *scene = one;
		struct small_mail report = bounce(scene, scene->out->letter.envelope_from, NULL);
		report.kinds = table[i].kinds;
		report.is_temporary = table[i].is_temporary;
		struct pd_plan *plan = small_deliver(scene->desk, report);
		CHECK_ROW(table[i].name, plan->ticket == 1);
		CHECK_ROW(table[i].name, plan->letters.count == 0);
		CHECK_ROW(table[i].name, plan->messages.count == 1);
		CHECK_ROW(table[i].name, small_ticket(scene->desk, 1)->status_kind == PD_STATUS_WAITING);
		teardown(&one);
	}
}

/* What only sounds like a bounce is one where a machine sent it; a person's words are never swallowed. */
static void test_bounces_in_words(void **state)
{
	struct scene *scene = *state;
	struct small_mail words = {.from = "matti@other.example",
				   .subject = "Mail delivery failed",
				   .text = "I got this back from you: ...",
				   .kinds = PD_KIND_BOUNCE,
				   .id = "words@other.example"};
	struct pd_plan *plan = small_deliver(scene->desk, words);
	assert_string_equal(plan->outcome, "new ticket");
	assert_false(small_ticket(scene->desk, plan->ticket)->is_automatic);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
	words.sender = "<>";
	words.id = "words2@other.example";
	assert_string_equal(small_deliver(scene->desk, words)->outcome, "report");
	words.sender = "postmaster@other.example";
	words.id = "words3@other.example";
	assert_string_equal(small_deliver(scene->desk, words)->outcome, "report");
}

static void test_untied_are_collected(void **state)
{
	struct scene *scene = *state;
	struct small_mail report = bounce(scene, "support@example.com", "unknown@elsewhere.example");
	report.bounced = "nobody@elsewhere.example";
	struct pd_plan *plan = small_deliver(scene->desk, report);
	assert_int_equal(plan->letters.count, 0);
	const struct pd_ticket *ticket = small_ticket(scene->desk, plan->ticket);
	assert_true(ticket->is_automatic);
	assert_int_equal(ticket->status_kind, PD_STATUS_CLOSED);
	assert_string_equal(ticket->name, "Undelivered mail");
	int64_t collector = plan->ticket;
	report = bounce(scene, "support@example.com", "unknown2@elsewhere.example");
	report.bounced = "nobody@elsewhere.example";
	plan = small_deliver(scene->desk, report);
	assert_int_equal(plan->ticket, collector);
	report.to = "sales@example.com"; /* each mailbox has its own */
	report.id = "another@elsewhere.example";
	plan = small_deliver(scene->desk, report);
	assert_int_not_equal(plan->ticket, collector);
}

static void test_forged_bounce_address(void **state)
{
	struct scene *scene = *state;
	struct small_mail report = bounce(scene, "support+b3.aaaaaaaaaaaaaaaa@example.com", NULL);
	report.bounced = "nobody@elsewhere.example";
	struct pd_plan *plan = small_deliver(scene->desk, report);
	assert_int_not_equal(plan->ticket, 1);
	assert_null(small_event(scene->desk, 1, PD_EVENT_UNDELIVERED));
}

static void test_guessed_reports(void **state)
{
	/* Naming an address or somebody's Message-ID is no proof of a failed delivery. */
	struct scene *scene = *state;
	struct small_mail report = bounce(scene, "support@example.com", "first@customer.example");
	report.bounced = "nobody@elsewhere.example";
	assert_int_not_equal(small_deliver(scene->desk, report)->ticket, 1);
	scene->desk->now += 8 * PD_DAY;
	assert_int_not_equal(small_deliver(scene->desk, bounce(scene, "support@example.com", NULL))->ticket,
			     1);
	assert_null(small_event(scene->desk, 1, PD_EVENT_UNDELIVERED));
}

/* Five bounces of an agent's notifications end them; administrators hear of it once (invariant 7). */
static void test_agents_bounces(void **state)
{
	struct scene *scene = *state;
	size_t heard = 0;
	for (int i = 0; i < 6; i++) {
		struct pd_plan *plan =
			small_deliver(scene->desk, bounce(scene, scene->told->letter.envelope_from, NULL));
		assert_null(small_event(scene->desk, 1, PD_EVENT_UNDELIVERED));
		assert_int_equal(plan->ticket, 1);
		heard += small_letters(plan, PD_LETTER_NOTIFICATION);
		if (i == 4)
			assert_non_null(strstr(
				small_letter(plan, PD_LETTER_NOTIFICATION, "carol")->letter.text, "Anna"));
	}
	assert_int_equal(heard, 1);
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "second@customer.example"};
	struct pd_plan *plan = small_deliver(scene->desk, more);
	assert_null(small_letter(plan, PD_LETTER_NOTIFICATION, "anna"));
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
}

static void test_refused_by_the_mta(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan =
		small_undelivered(scene->desk, scene->out->id, "ville@customer.example", "550 5.1.1 unknown");
	assert_non_null(small_event(scene->desk, 1, PD_EVENT_UNDELIVERED));
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_OPEN);
	/* An agent's: counted, and no event of the contact's. */
	plan = small_undelivered(scene->desk, scene->told->id, "anna@agents.example", "550 5.1.1 unknown");
	assert_int_equal(plan->events.count, 0);
	assert_int_equal(plan->counters.count, 1);
}

static void test_the_same_report_again(void **state)
{
	struct scene *scene = *state;
	struct small_mail report = bounce(scene, scene->out->letter.envelope_from, NULL);
	report.date = scene->desk->now;
	small_deliver(scene->desk, report);
	assert_string_equal(small_deliver(scene->desk, report)->outcome, "duplicate");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tied),
		TEST(test_owner_is_told),
		cmocka_unit_test(test_delayed_and_delivered),
		TEST(test_bounces_in_words),
		TEST(test_untied_are_collected),
		TEST(test_forged_bounce_address),
		TEST(test_guessed_reports),
		TEST(test_agents_bounces),
		TEST(test_refused_by_the_mta),
		TEST(test_the_same_report_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
