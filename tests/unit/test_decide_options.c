/* The options of a mailbox that deciding obeys: each value does what the manual says. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "small_desk.h"

/* A mailbox shop@ of team shop (dan and erik) with that option; a customer's mail, dan's answer, the
 * customer's. */
struct course {
	struct small_desk *desk;
	struct pd_plan *first, *answer, *second;
	const struct pd_planned_letter *out;
};

static struct course run(const char *option)
{
	struct course course = {0};
	PD_AUTO_ARENA arena = pd_arena_new();
	course.desk = small_desk_new(pd_printf(arena,
					       "[mailbox shop]\naddress = shop@example.com\nteam = shop\n%s\n"
					       "[team shop]\nmembers = dan;erik\n"
					       "[agent dan]\naddress = dan@agents.example\n"
					       "[agent erik]\naddress = erik@agents.example\n",
					       option));
	struct small_desk *desk = course.desk;
	course.first = small_deliver(desk, (struct small_mail){.from = "Ville <ville@customer.example>",
							       .to = "shop@example.com",
							       .subject = "A lamp",
							       .id = "first@customer.example"});
	struct pd_context context = small_context(desk, "postdesk");
	const struct pd_ticket *ticket = small_ticket(desk, 1);
	course.answer = small_deliver(
		desk, (struct small_mail){.from = "dan@agents.example",
					  .to = pd_address_for_agent(
						  &context, pd_settings_mailbox(desk->settings, "shop"), 1,
						  ticket->conversations.items[0].id, "dan", 2),
					  .text = "Yes.",
					  .id = "dan@agents.example",
					  .pass = true});
	course.out = small_letter(course.answer, PD_LETTER_REPLY, NULL);
	assert_non_null(course.out);
	return course;
}

static void go_on(struct course *course)
{
	course->second =
		small_deliver(course->desk, (struct small_mail){.from = "ville@customer.example",
								.to = "shop@example.com",
								.in_reply_to = course->out->letter.message_id,
								.id = "second@customer.example"});
}

static void test_statuses(void **state)
{
	(void)state;
	static const struct {
		const char *option;
		enum pd_status_kind after_reply, after_answer;
	} table[] = {
		{"", PD_STATUS_WAITING, PD_STATUS_OPEN},
		{"after_reply = none", PD_STATUS_NEW, PD_STATUS_NEW},
		{"after_reply = closed", PD_STATUS_CLOSED, PD_STATUS_OPEN},
		{"after_reply = open", PD_STATUS_OPEN, PD_STATUS_OPEN},
		{"after_answer = none", PD_STATUS_WAITING, PD_STATUS_WAITING},
		{"after_answer = none\nafter_reply = closed", PD_STATUS_CLOSED,
		 PD_STATUS_OPEN}, /* it reopens */
		{"after_answer = waiting", PD_STATUS_WAITING, PD_STATUS_WAITING},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct course course = run(table[i].option);
		CHECK_ROW(table[i].option, small_ticket(course.desk, 1)->status_kind == table[i].after_reply);
		go_on(&course);
		CHECK_ROW(table[i].option,
			  small_ticket(course.desk, 1)->status_kind == table[i].after_answer);
		small_desk_free(course.desk);
	}
}

static void test_notify_team(void **state)
{
	(void)state;
	struct course course = run("notify_team = no");
	assert_int_equal(course.first->letters.count, 0);
	/* Who follows is told all the same. */
	small_do(course.desk, "agent:dan", 1, "#follow erik");
	go_on(&course);
	assert_int_equal(small_letters(course.second, PD_LETTER_NOTIFICATION), 1);
	small_desk_free(course.desk);
}

static void test_reply_address(void **state)
{
	(void)state;
	struct course course = run("reply_address = no\nacknowledge = yes");
	assert_string_equal(course.out->letter.reply_to.addr, "");
	const struct pd_planned_letter *letter = small_letter(course.first, PD_LETTER_ACKNOWLEDGEMENT, NULL);
	assert_non_null(letter);
	assert_string_equal(letter->letter.reply_to.addr, "");
	small_desk_free(course.desk);
}

static void test_tag_subject(void **state)
{
	(void)state;
	struct course course = run("tag_subject = yes");
	assert_string_equal(course.out->letter.subject, "Re: A lamp [#1]");
	small_desk_free(course.desk);
	course = run("");
	assert_string_equal(course.out->letter.subject, "Re: A lamp");
	small_desk_free(course.desk);
}

static void test_subject_window(void **state)
{
	(void)state;
	static const struct {
		const char *option;
		int days;
		bool joins;
	} table[] = {
		{"", 13, true},
		{"", 15, false},
		{"subject_window = 30d", 15, true},
		{"subject_window = 1d", 2, false},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct course course = run(table[i].option);
		course.desk->now += table[i].days * PD_DAY;
		struct pd_plan *plan =
			small_deliver(course.desk, (struct small_mail){.from = "ville@customer.example",
								       .to = "shop@example.com",
								       .subject = "Re: A lamp",
								       .id = "late@customer.example"});
		CHECK_ROW(table[i].option, (plan->ticket == 1) == table[i].joins);
		small_desk_free(course.desk);
	}
}

static void test_acknowledgement_text(void **state)
{
	(void)state;
	char file[] = "/tmp/pd-test-textXXXXXX";
	int fd = mkstemp(file);
	assert_true(fd >= 0);
	FILE *out = fdopen(fd, "w");
	fputs("Kiitos {name}! {number} {mailbox} {subject} {other}\n", out);
	fclose(out);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct course course =
		run(pd_printf(arena, "acknowledge = yes\nname = Shop\nacknowledgement = %s", file));
	unlink(file);
	const struct pd_planned_letter *letter = small_letter(course.first, PD_LETTER_ACKNOWLEDGEMENT, NULL);
	assert_non_null(letter);
	/* An unproven stranger's name and subject are not repeated. */
	assert_non_null(strstr(letter->letter.text, "Kiitos ! #1 Shop  {other}"));
	small_desk_free(course.desk);
}

static void test_delimiter(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new(NULL);
	desk->settings->delimiter = '-';
	struct pd_context context = small_context(desk, "postdesk");
	const char *address = pd_address_for_bounce(&context, &desk->settings->mailboxes.items[0], 7);
	assert_true(pd_starts(address, "support-b7."));
	assert_int_equal(pd_recipient_resolve(&context, address).kind, PD_RCPT_BOUNCE);
	assert_int_equal(pd_recipient_resolve(&context, "support-do@example.com").kind, PD_RCPT_DO);
	assert_int_equal(pd_recipient_resolve(&context, "support+do@example.com").kind, PD_RCPT_UNKNOWN);
	small_desk_free(desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),       cmocka_unit_test(test_notify_team),
		cmocka_unit_test(test_reply_address),  cmocka_unit_test(test_tag_subject),
		cmocka_unit_test(test_subject_window), cmocka_unit_test(test_acknowledgement_text),
		cmocka_unit_test(test_delimiter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
