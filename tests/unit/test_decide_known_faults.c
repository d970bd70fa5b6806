/* What desks are known to get wrong when they read mail, and where each is tested:
 *
 *  - a forward falls into the old ticket or not by the word before its subject: here (test_forwards), and
 *    test_decide_contact (test_threads), e2e/subjects.sh;
 *  - Outlook shows every mail of the desk as a new thread: here (test_outlook), and test_mime_compose (fields);
 *  - autoresponders and bounces go round in loops: test_decide_contact (test_loops, test_what_is_never_acknowledged,
 *    test_acknowledgement_limit), test_decide_report, test_mime_kinds, e2e/loops.sh;
 *  - an out-of-office note changes the state or drops the owner: test_decide_contact (test_automatic),
 *    test_decide_agent (test_agents_vacation), e2e/automatic.sh;
 *  - an autoresponder that has a new address each time: e2e/loops.sh, e2e/automatic.sh;
 *  - an agent's forward: the customer is whoever stands first in the text, or a customer's forward is rewritten: here
 *    (test_customers_forward, test_redirected), test_decide_agent (test_forward, test_unproven_forward),
 *    test_mime_forward;
 *  - a reply between quotes is wiped: test_mime_reply (test_inline_answers, test_nothing_is_lost); the whole text stays
 *    on the ticket: here (test_nothing_is_lost);
 *  - a mail that cannot be read blocks the others, or is nowhere: here (test_unreadable), test_mime_reader,
 *    test_mime_limits, e2e/hostile.sh. */
#include "check.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/mail.h"
#include "small_desk.h"

static const struct small_mail first = {.from = "Ville Virtanen <ville@customer.example>",
					.subject = "Printer on fire",
					.text = "It burns.",
					.id = "first@customer.example"};
static const char anna[] = "Anna Virtanen <anna@agents.example>";

/* Who writes and what the mail refers to decide; the word before the subject does not. */
static void test_forwards(void **state)
{
	(void)state;
	static const char *const prefixes[] = {"", "Fwd: ", "FW: ", "WG: ", "TR: ", "RV: ", "VL: ", "转发: ", "Re: ", "AW: "};

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		struct small_desk *desk = small_desk_new(NULL);
		struct small_mail mail = {.from = "ville@customer.example",
					  .subject = pd_printf(desk->arena, "%sPrinter on fire", prefixes[i]),
					  .in_reply_to = "first@customer.example",
					  .text = "More.",
					  .id = "second@customer.example"};

		small_deliver(desk, first);
		CHECK_ROW(prefixes[i], small_deliver(desk, mail)->ticket == 1);
		mail.from = "eve@evil.example";
		mail.id = "third@evil.example";
		CHECK_ROW(prefixes[i], small_deliver(desk, mail)->ticket == 2);
		small_desk_free(desk);
	}
}

static size_t index_bytes(const char *text, unsigned char ret_root[22])
{
	gsize len = 0;
	guchar *bytes = g_base64_decode(text, &len);

	if (len >= 22)
		memcpy(ret_root, bytes, 22);
	g_free(bytes);
	return len;
}

/* Two answers on a ticket: one subject, one topic, one root of Outlook's index. */
static void test_outlook(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new(NULL);
	struct pd_plan *plan = small_deliver(desk, first);
	unsigned char roots[2][22];

	for (int i = 0; i < 2; i++) {
		const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
		struct small_mail answer = {.from = anna,
					    .to = told->letter.reply_to.addr,
					    .subject = pd_printf(desk->arena, "AW: %s", told->letter.subject),
					    .text = "Water.",
					    .id = pd_printf(desk->arena, "answer%d@agents.example", i),
					    .in_reply_to = told->letter.message_id,
					    .pass = true};
		const struct pd_planned_letter *out =
			small_letter(small_deliver(desk, answer), PD_LETTER_REPLY, NULL);

		assert_true(pd_ends(out->letter.subject, ": Printer on fire"));
		assert_string_equal(out->letter.thread_topic, "Printer on fire");
		assert_true(index_bytes(out->letter.thread_index, roots[i]) >= 27);
		struct small_mail more = {.from = "ville@customer.example",
					  .to = out->letter.reply_to.addr,
					  .subject = "SV: Printer on fire",
					  .text = "Still burns.",
					  .header = "Thread-Index",
					  .value = out->letter.thread_index,
					  .id = "more@customer.example",
					  .in_reply_to = out->letter.message_id};
		plan = small_deliver(desk, more);
	}
	assert_memory_equal(roots[0], roots[1], 22);
	small_desk_free(desk);
}

/* What a customer passes on is the customer's mail, whoever wrote the original. */
static void test_customers_forward(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new(NULL);
	struct small_mail mail = first;

	mail.subject = "Fwd: Your invoice";
	mail.text = "What is this?\n\nFrom: Eve <eve@evil.example>\nSubject: Your invoice\n\nPay.";
	mail.forwarded_from = "Eve <eve@evil.example>";
	mail.forwarded_subject = "Your invoice";
	mail.forwarded_text = "Pay.";
	struct pd_plan *plan = small_deliver(desk, mail);

	assert_true(pd_ticket_has_participant(small_ticket(desk, plan->ticket), "ville@customer.example"));
	assert_false(pd_ticket_has_participant(small_ticket(desk, plan->ticket), "eve@evil.example"));
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");

	assert_non_null(strstr(told->letter.text, "What is this?"));
	assert_non_null(strstr(told->letter.text, "Pay."));
	small_desk_free(desk);
}

/* A mail that an agent's client redirects keeps its author: From is who wrote it. */
static void test_redirected(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new(NULL);
	struct small_mail mail = first;

	mail.header = "Resent-From";
	mail.value = anna;
	mail.sender = "anna@agents.example";
	struct pd_plan *plan = small_deliver(desk, mail);

	assert_true(pd_ticket_has_participant(small_ticket(desk, plan->ticket), "ville@customer.example"));
	assert_false(pd_ticket_has_participant(small_ticket(desk, plan->ticket), "anna@agents.example"));
	small_desk_free(desk);
}

/* An agent's forward: the ticket's history tells when the original was written. */
static void test_date_of_the_original(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new(NULL);
	struct small_mail mail = {.from = anna,
				  .subject = "WG: Rechnung",
				  .text = "",
				  .id = "forward@agents.example",
				  .pass = true,
				  .forwarded_from = "Matti <matti@customer.example>",
				  .forwarded_subject = "Rechnung",
				  .forwarded_date = "Montag, 5. Januar 2026 10:00",
				  .forwarded_text = "Falsch."};
	struct pd_plan *plan = small_deliver(desk, mail);

	assert_string_equal(small_event(desk, plan->ticket, PD_EVENT_MESSAGE)->why,
			    "forwarded by Anna Virtanen, written Montag, 5. Januar 2026 10:00");
	small_desk_free(desk);
}

/* The ticket has the whole text, also what a view may fold. */
static void test_nothing_is_lost(void **state)
{
	(void)state;
	static const char text[] = "> Does it burn?\n\nYes.\n\n> Since when?\n\nMonday.";
	struct small_desk *desk = small_desk_new(NULL);
	struct small_mail mail = first;

	mail.text = text;
	struct pd_plan *plan = small_deliver(desk, mail);

	assert_string_equal(plan->messages.items[0].stored.text, text);
	small_desk_free(desk);
}

/* A mail that no reader could read is a ticket like any other. */
static void test_unreadable(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new(NULL);
	struct small_mail mail = first;

	mail.text = "";
	mail.kinds = PD_KIND_UNPARSED;
	struct pd_plan *plan = small_deliver(desk, mail);

	assert_string_equal(plan->outcome, "new ticket");
	assert_int_equal(plan->messages.count >= 1, 1);
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "anna"));
	assert_true(pd_ticket_has_participant(small_ticket(desk, plan->ticket), "ville@customer.example"));
	small_desk_free(desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forwards),	     cmocka_unit_test(test_outlook),
		cmocka_unit_test(test_customers_forward),    cmocka_unit_test(test_redirected),
		cmocka_unit_test(test_date_of_the_original), cmocka_unit_test(test_nothing_is_lost),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
