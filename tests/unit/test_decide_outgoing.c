/* Mail that a member's own client sends from a mailbox's address (MISSION C7): the desk's copy of it, answers
 * before and after the copy, and what must not leave so. */
#include "check.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "desk/letters.h"
#include "desk/seal.h"
#include "desk/submission.h"
#include "mime/reader.h"
#include "small_desk.h"

static int setup(void **state)
{
	*state = small_desk_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	small_desk_free(*state);
	return 0;
}

static const struct small_mail offer = {
	.from = "Example Support <support@example.com>",
	.to = "Ville <ville@customer.example>, Liisa <liisa@customer.example>",
	.subject = "Your printer",
	.text = "It will be sent tomorrow.",
	.id = "offer@laptop.example",
	.date = 1795255200000};

/* The recipient that the milter adds to it. */
static const char *copy_of(struct small_desk *desk, const struct small_mail *mail, const char *agent,
			   const char *recipient)
{
	struct pd_context context = small_context(desk, "postdesk");
	const char *from = strchr(mail->from, '<');
	struct pd_message message = {
		.from = {.name = "", .addr = pd_strndup(desk->arena, from + 1, strlen(from) - 2)},
		.message_id = mail->id,
		.date_text = "",
		.subject = mail->subject};
	return pd_seal_address(&context, pd_settings_agent(desk->settings, agent), &message, recipient);
}

static struct pd_plan *copy(struct small_desk *desk, struct small_mail mail)
{
	mail.rcpt = copy_of(desk, &mail, "anna", "support@example.com");
	return small_deliver(desk, mail);
}

static const char *answer_address(struct small_desk *desk, const char *id)
{
	struct pd_context context = small_context(desk, "postdesk");
	return pd_address_for_message(&context, &desk->settings->mailboxes.items[0], id);
}

static struct pd_plan *answer(struct small_desk *desk, const char *from, bool has_reference)
{
	static int count;
	return small_deliver(desk, (struct small_mail){
					   .from = from,
					   .to = answer_address(desk, offer.id),
					   .subject = "About that",
					   .text = "Thank you.",
					   .id = pd_printf(desk->arena, "answer%d@customer.example", ++count),
					   .in_reply_to = has_reference ? offer.id : NULL,
				   });
}

static void test_new_ticket(void **state)
{
	struct small_desk *desk = *state;
	struct pd_plan *plan = copy(desk, offer);
	assert_string_equal(plan->outcome, "new outgoing ticket");
	assert_int_equal(plan->letters.count, 0);
	const struct pd_ticket *ticket = small_ticket(desk, plan->ticket);
	assert_string_equal(ticket->name, "Your printer");
	assert_string_equal(ticket->source, "sent");
	assert_string_equal(ticket->mailbox, "support");
	assert_int_equal(ticket->status_kind, PD_STATUS_WAITING);
	assert_true(ticket->has_sent);
	assert_null(ticket->owner);
	assert_true(pd_strings_has(&ticket->followers, "anna"));
	assert_int_equal(ticket->conversations.count, 1);
	assert_int_equal(ticket->conversations.items[0].participants.count, 2);
	const struct pd_event *event = small_event(desk, plan->ticket, PD_EVENT_MESSAGE);
	assert_string_equal(event->actor, "agent:anna");
	const struct pd_stored *stored = small_message(desk, event->message);
	assert_int_equal(stored->direction, PD_OUT);
	assert_string_equal(stored->proof, "full");
	assert_string_equal(stored->message_id, offer.id);
	/* The same once more. */
	assert_string_equal(copy(desk, offer)->outcome, "duplicate");
}

static void test_answers(void **state)
{
	static const struct {
		const char *name, *from, *why;
		bool has_reference;
	} table[] = {
		{"with its reference", "Ville <ville@customer.example>", "reply address", true},
		{"by the address alone", "Ville <ville@customer.example>", "reply address", false},
		{"by the other one", "liisa@customer.example", "reply address", false},
		{"by somebody else", "x@else.example",
		 "reply address, used by another sender: x@else.example", false},
	};
	struct small_desk *desk = *state;
	int64_t number = copy(desk, offer)->ticket;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct pd_plan *plan = answer(desk, table[i].from, table[i].has_reference);
		CHECK_ROW(table[i].name, plan->ticket == number);
		CHECK_ROW(table[i].name,
			  pd_equal(small_event(desk, number, PD_EVENT_MESSAGE)->why, table[i].why));
		CHECK_ROW(table[i].name, small_ticket(desk, number)->status_kind == PD_STATUS_OPEN);
	}
}

/* To Bcc alone: the first who answers becomes the contact, and nobody after it. */
static void test_hidden_recipients(void **state)
{
	static const struct {
		const char *name, *from, *why;
		size_t people;
	} table[] = {
		{"an out-of-office answer is nobody's first", "Away <away@customer.example>", NULL, 0},
		{"the first", "Ville <ville@customer.example>", "reply address", 1},
		{"the first again", "ville@customer.example", "reply address", 1},
		{"another", "x@else.example", "reply address, used by another sender: x@else.example", 1},
	};
	struct small_desk *desk = *state;
	struct small_mail hidden = offer;
	hidden.to = "";
	int64_t number = copy(desk, hidden)->ticket;
	assert_int_equal(small_ticket(desk, number)->contacts.count, 0);
	for (size_t i = 0; i < COUNT(table); i++) {
		struct small_mail mail = {.from = table[i].from,
					  .to = answer_address(desk, offer.id),
					  .subject = "About that",
					  .text = "Thank you.",
					  .id = pd_printf(desk->arena, "hidden%zu@customer.example", i),
					  .kinds = table[i].why == NULL ? PD_KIND_AUTO : 0};
		struct pd_plan *plan = small_deliver(desk, mail);
		const struct pd_ticket *ticket = small_ticket(desk, number);
		CHECK_ROW(table[i].name, plan->ticket == number);
		CHECK_ROW(table[i].name, ticket->contacts.count == table[i].people);
		CHECK_ROW(table[i].name, ticket->conversations.items[0].participants.count == table[i].people);
		if (table[i].why != NULL)
			CHECK_ROW_STRING(table[i].name, small_event(desk, number, PD_EVENT_MESSAGE)->why, table[i].why);
	}
	assert_string_equal(small_ticket(desk, number)->conversations.items[0].participants.items[0].address.addr, "ville@customer.example");
}

static void test_answer_before_the_copy(void **state)
{
	(void)state;
	for (int has_reference = 0; has_reference < 2; has_reference++) {
		struct small_desk *desk = small_desk_new(NULL);
		int64_t number = answer(desk, "Ville <ville@customer.example>", has_reference)->ticket;
		assert_int_equal(answer(desk, "Ville <ville@customer.example>", false)->ticket, number);
		struct pd_plan *plan = copy(desk, offer);
		assert_string_equal(plan->outcome, "outgoing");
		assert_int_equal(plan->ticket, number);
		/* The customer has had the last word. */
		assert_int_equal(small_ticket(desk, number)->status_kind, PD_STATUS_NEW);
		assert_true(small_ticket(desk, number)->has_sent);
		assert_int_equal(answer(desk, "liisa@customer.example", false)->ticket, number);
		small_desk_free(desk);
	}
}

/* An out-of-office reply is no answer: the ticket that it became is the copy's, and a person's again. */
static void test_automatic_answer_before_the_copy(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail away = {.from = "ville@customer.example",
				  .to = answer_address(desk, offer.id),
				  .sender = "<>",
				  .subject = "Away",
				  .text = "I am away.",
				  .id = "away@customer.example",
				  .in_reply_to = offer.id,
				  .kinds = PD_KIND_AUTO};
	int64_t number = small_deliver(desk, away)->ticket;
	assert_true(small_ticket(desk, number)->is_automatic);
	assert_int_equal(copy(desk, offer)->ticket, number);
	assert_false(small_ticket(desk, number)->is_automatic);
	assert_int_equal(small_ticket(desk, number)->status_kind, PD_STATUS_WAITING);
}

static void test_goes_on_with_a_ticket(void **state)
{
	struct small_desk *desk = *state;
	const struct small_mail first = {.from = "Ville <ville@customer.example>",
					 .subject = "Printer",
					 .text = "Where is it?",
					 .id = "first@customer.example"};
	int64_t number = small_deliver(desk, first)->ticket;
	struct small_mail mail = offer;
	mail.in_reply_to = first.id;
	assert_int_equal(copy(desk, mail)->ticket, number);
	assert_int_equal(small_ticket(desk, number)->status_kind, PD_STATUS_WAITING);
	/* It has the answer's address, too: another than the ticket's own, and as good. */
	assert_int_equal(answer(desk, "ville@customer.example", false)->ticket, number);
}

/* What has left cannot be held; that a colleague had answered is told. */
/* A ticket that its author may not see is not gone on with, nor is one that is spam or deleted. */
static void test_hidden_ticket(void **state)
{
	static const struct {
		const char *name, *actor, *commands;
		bool is_joined;
	} table[] = {
		{"seen", "agent:bob", "#priority high", true},
		{"a colleague's", "agent:bob", "#assign bob", false},
		{"spam", "agent:bob", "#spam", false},
		{"deleted", "administrator", "#delete", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct small_desk *desk = small_desk_new("[team shop]\nmembers = dan\nsees = team\n"
							 "[agent dan]\naddress = dan@agents.example\n"
							 "[mailbox shop]\naddress = shop@example.com\nteam = shop\n");
		struct pd_plan *asked = small_deliver(desk, (struct small_mail){.from = "ville@customer.example",
										.to = "shop@example.com",
										.subject = "Question",
										.text = "How?",
										.id = "q@customer.example"});
		small_do(desk, table[i].actor, asked->ticket, table[i].commands + 1);
		if (strcmp(table[i].name, "a colleague's") == 0)
			small_do(desk, "administrator", asked->ticket, "set team=support");
		struct small_mail mail = {.from = "Shop <shop@example.com>",
					  .to = "ville@customer.example",
					  .subject = "Re: Question",
					  .text = "So.",
					  .id = "a@laptop.example",
					  .in_reply_to = "q@customer.example",
					  .date = 1795255200000};
		mail.rcpt = copy_of(desk, &mail, "dan", "shop@example.com");
		struct pd_plan *plan = small_deliver(desk, mail);
		CHECK_ROW_STRING(table[i].name, plan->outcome, table[i].is_joined ? "outgoing" : "new outgoing ticket");
		CHECK_ROW(table[i].name, (plan->ticket == asked->ticket) == table[i].is_joined);
		const struct pd_event *related =
			table[i].is_joined ? NULL : small_event(desk, plan->ticket, PD_EVENT_RELATED);
		CHECK_ROW(table[i].name, table[i].is_joined || related->other == asked->ticket);
		small_desk_free(desk);
	}
}

static void test_crossing(void **state)
{
	struct small_desk *desk = *state;
	const struct small_mail first = {.from = "Ville <ville@customer.example>",
					 .subject = "Printer",
					 .text = "Where is it?",
					 .id = "first@customer.example"};
	int64_t number = small_deliver(desk, first)->ticket;
	struct small_mail mail = offer, other = offer;
	mail.in_reply_to = other.in_reply_to = first.id;
	mail.rcpt = copy_of(desk, &mail, "bob", "support@example.com");
	assert_null(small_letter(small_deliver(desk, mail), PD_LETTER_RECEIPT, "bob"));
	other.id = "other@laptop.example";
	struct pd_plan *plan = copy(desk, other);
	assert_int_equal(plan->ticket, number);
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	assert_non_null(letter);
	assert_non_null(strstr(letter->letter.text, "Bob Builder had answered already"));
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
}

static void test_mailboxes(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = offer;
	mail.from = "Sales <sales@example.com>";
	mail.cc = "support@example.com";
	mail.rcpt = copy_of(desk, &mail, "anna", "support@example.com");
	const struct pd_ticket *ticket = small_ticket(desk, small_deliver(desk, mail)->ticket);
	assert_string_equal(ticket->mailbox, "sales");
	assert_true(pd_strings_has(&ticket->mailboxes_also, "support"));
}

static void test_bounce(void **state)
{
	struct small_desk *desk = *state;
	int64_t number = copy(desk, offer)->ticket;
	int64_t sent = small_event(desk, number, PD_EVENT_MESSAGE)->id;
	struct pd_plan *plan =
		small_deliver(desk, (struct small_mail){.from = "mailer-daemon@customer.example",
							.to = answer_address(desk, offer.id),
							.sender = "<>",
							.subject = "Undelivered",
							.text = "No such user.",
							.id = "bounce@customer.example",
							.bounced = "ville@customer.example",
							.kinds = PD_KIND_DSN | PD_KIND_BOUNCE});
	assert_string_equal(plan->outcome, "undelivered");
	assert_int_equal(plan->ticket, number);
	assert_int_equal(small_event(desk, number, PD_EVENT_UNDELIVERED)->other, sent);
}

/* A seal for another mail, of nobody, or none: a mail from the mailbox's address like any other. */
static void test_no_proof(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail other = offer, mail = offer;
	other.subject = "Another one";
	const char *const recipients[] = {
		copy_of(desk, &other, "anna", "support@example.com"),
		"support+s.1795255200.aaaaaaaaaaaaaaaa@example.com",
		"support@example.com",
	};
	for (size_t i = 0; i < COUNT(recipients); i++) {
		mail.rcpt = recipients[i];
		mail.id = pd_printf(desk->arena, "forged%zu@laptop.example", i);
		struct pd_plan *plan = small_deliver(desk, mail);
		CHECK_ROW(recipients[i], !small_ticket(desk, plan->ticket)->has_sent);
		CHECK_ROW(recipients[i],
			  !pd_starts(small_event(desk, plan->ticket, PD_EVENT_MESSAGE)->actor, "agent:"));
	}
}

static void test_forged_address(void **state)
{
	struct small_desk *desk = *state;
	struct pd_context context = small_context(desk, "postdesk");
	char *address = pd_strdup(desk->arena, answer_address(desk, offer.id));
	assert_false(pd_recipient_is_forged(&context, address)); /* no copy is here yet */
	assert_int_equal(pd_recipient_resolve(&context, address).kind, PD_RCPT_MESSAGE);
	address[strlen("support+m.")] ^= 1;
	assert_true(pd_recipient_is_forged(&context, address));
	assert_int_equal(pd_recipient_resolve(&context, address).kind, PD_RCPT_BAD_TOKEN);
}

/* --- at submission --- */

static void test_refused(void **state)
{
	struct small_desk *desk = *state;
	struct pd_context context = small_context(desk, "postdesk");
	const char *token = pd_printf(
		desk->arena, "On Monday, <%s> wrote",
		pd_address_for_agent(&context, &desk->settings->mailboxes.items[0], 1, 1, "anna", 1));
	const char *harmless =
		pd_printf(desk->arena, "On Monday, <%s> wrote", answer_address(desk, offer.id));
	const struct {
		const char *name, *agent, *from_name, *cc, *subject, *text, *html, *html_command;
		const char *status, *says; /* NULL: it may leave */
	} table[] = {
		{.name = "plain", .text = "Hello."},
		{.name = "a number", .text = "#12 is the number."},
		{.name = "a viewer", .agent = "vera", .text = "Hello.", .status = "5.7.1", .says = "right"},
		{.name = "a command", .text = "#close\n\nDone.", .status = "5.7.0", .says = "#close"},
		{.name = "a wrong one", .text = "Done.\n\n#clsoe", .status = "5.7.0", .says = "#clsoe"},
		{.name = "one between lines",
		 .text = "One\n#close\nTwo",
		 .status = "5.7.0",
		 .says = "#close"},
		{.name = "one in HTML",
		 .text = "Done.",
		 .html = "<p>Done.</p>",
		 .html_command = "#close",
		 .status = "5.7.0",
		 .says = "#close"},
		{.name = "in Cc",
		 .cc = "bob@agents.example",
		 .text = "x",
		 .status = "5.7.0",
		 .says = "bob@agents"},
		{.name = "the mailbox in Cc", .cc = "sales@example.com", .text = "x"},
		{.name = "in From's name",
		 .from_name = "anna@agents.example",
		 .text = "x",
		 .status = "5.7.0",
		 .says = "anna@agents.example"},
		{.name = "in the subject",
		 .subject = "For ANNA@home.example",
		 .text = "x",
		 .status = "5.7.0",
		 .says = "ANNA@home.example"},
		{.name = "in the text",
		 .text = "Write to anna@agents.example.",
		 .status = "5.7.0",
		 .says = "anna@agents.example"},
		{.name = "in HTML",
		 .text = "x",
		 .html = "<a href=\"mailto:anna%40agents.example\">x</a>",
		 .status = "5.7.0",
		 .says = "private"},
		{.name = "an agent's reply address", .text = token, .status = "5.7.0", .says = "support+t1."},
		{.name = "a contact's", .text = harmless},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct pd_message message = {
			.from = {.name = table[i].from_name != NULL ? table[i].from_name : "",
				 .addr = "support@example.com"},
			.from_count = 1,
			.subject = table[i].subject != NULL ? table[i].subject : "",
			.text = table[i].text,
			.own_text = strlen(table[i].text),
			.full_text = table[i].text,
			.signature = "",
			.html = table[i].html,
		};
		if (table[i].cc != NULL)
			*pd_list_add(desk->arena, &message.cc) =
				(struct pd_address){.name = "", .addr = table[i].cc};
		if (table[i].html_command != NULL)
			*pd_list_add(desk->arena, &message.html_commands) = table[i].html_command;
		const struct pd_delivery delivery = {
			.message = &message,
			.login = pd_settings_agent(desk->settings,
						   table[i].agent != NULL ? table[i].agent : "anna"),
			.is_outgoing = true};
		const char *status = NULL;
		const char *said = pd_submission_wrong_outgoing(&context, &delivery, &status);
		CHECK_ROW(table[i].name, (said == NULL) == (table[i].says == NULL));
		CHECK_ROW(table[i].name, said == NULL || strstr(said, table[i].says) != NULL);
		CHECK_ROW(table[i].name, said == NULL || strcmp(status, table[i].status) == 0);
	}
}

/* Whatever others may take for a mailbox's name is one, or does not leave. */
static void test_authors(void **state)
{
	struct small_desk *desk = *state;
	struct pd_context context = small_context(desk, "postdesk");
	static const struct {
		const char *from, *second, *sender;
		bool is_named, is_refused;
	} table[] = {
		{"support@example.com", NULL, "", true, false},
		{"Example Support <SUPPORT@Example.com>", NULL, "", true, false},
		{"anna@agents.example", NULL, "", false, false},
		{"Anna <anna@agents.example>", NULL, "support@example.com", false, false},
		{"\"support@example.com, Anna\" <anna@agents.example>", NULL, "", true, false},
		{"support@example.com.au", NULL, "", true, false},
		{"xsupport@example.com", NULL, "", true, false},
		{"support@example.com (Example)", NULL, "", true, true},
		{"support(c)@example.com", NULL, "", true, true},
		{"support@(c (d) \\) e)example . com", NULL, "", true, true},
		{"\"sup\\port\"@example.com", NULL, "", true, true},
		{"\"(\" <\"support\"@example.com>", NULL, "", true, true},
		{"support+x@example.com", NULL, "", true, true},
		{"support+do@example.com", NULL, "", true, true},
		{"<support+t1.aaaaaaaaaaaaaaaa@example.com>", NULL, "", true, true},
		{"support(c)+x@example.com", NULL, "", true, true},
		{"support@example.com.", NULL, "", true, true},
		{"<@relay.example:support@example.com>", NULL, "", true, true},
		{"anna@agents.example, support@example.com", NULL, "", true, true},
		{"support@example.com, anna@agents.example", NULL, "", true, true},
		{"anna@agents.example", "support@example.com", "", false, true},
		{"support@example.com", "support@example.com", "", true, true},
		{"(support@example.com", NULL, "", true, true},
		{"anna@agents.example, bob@agents.example", NULL, "support@example.com", false, false},
		{"x@example.com", NULL, "", false, false},
		{"", NULL, "support@example.com", false, false},
		{NULL, NULL, "support@example.com", false, true},
		{NULL, NULL, "anna@agents.example", false, false},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		PD_AUTO_BUF raw = {0};
		if (table[i].from != NULL)
			pd_buf_addf(&raw, "From: %s\r\n", table[i].from);
		if (table[i].second != NULL)
			pd_buf_addf(&raw, "from : %s\r\n", table[i].second);
		pd_buf_adds(&raw, "Subject: x\r\n\r\nHello\r\n");
		const struct pd_message *message = pd_parse_message(desk->arena, raw.data, raw.len);
		const struct pd_delivery delivery = {.message = message,
						     .sender = table[i].sender,
						     .login = pd_settings_agent(desk->settings, "anna")};
		const char *name = table[i].from != NULL ? table[i].from : "none";
		CHECK_ROW(name, (table[i].from != NULL && pd_submission_names_mailbox(desk->arena, desk->settings, table[i].from)) ==
					table[i].is_named);
		CHECK_ROW(name, (pd_submission_wrong_mailbox(&context, &delivery) != NULL) == table[i].is_refused);
	}
}

static void test_removals(void **state)
{
	struct small_desk *desk = *state;
	struct pd_context context = small_context(desk, "postdesk");
	static const struct {
		const char *name, *value;
		unsigned place; /* where it is taken out; 0: it stays */
	} table[] = {
		{"From", "Anna <support@example.com>", 0},
		{"Reply-To", "anna@agents.example", 1},
		{"reply-to", "ville@customer.example", 2},
		{"X-Mailer", "an ordinary client", 0},
		{"Sender", "support@example.com", 1},
		{"Received", "from pc (login bob) by mail", 0},
		{"Received", "from pc (login bob@agents.example) by mail", 2},
		{"Message-ID", "<1.anna@agents.example>", 0},
		{"Autocrypt", "addr=ANNA@home.example; keydata=x", 1},
		{"Received", "from pc by mail", 0},
	};
	struct pd_message message = {0};
	size_t found = 0;
	for (size_t i = 0; i < COUNT(table); i++)
		*pd_list_add(desk->arena, &message.headers) =
			(struct pd_header){.name = table[i].name, .value = table[i].value};
	struct pd_removals removals = pd_submission_removals(&context, &message);
	for (size_t i = 0; i < COUNT(table); i++) {
		if (table[i].place == 0)
			continue;
		CHECK_ROW(table[i].name, found < removals.count);
		CHECK_ROW(table[i].name, strcmp(removals.items[found].name, table[i].name) == 0);
		CHECK_ROW(table[i].name, removals.items[found].place == table[i].place);
		found++;
	}
	assert_int_equal(removals.count, found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_new_ticket, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hidden_recipients, setup, teardown),
		cmocka_unit_test(test_answer_before_the_copy),
		cmocka_unit_test_setup_teardown(test_automatic_answer_before_the_copy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goes_on_with_a_ticket, setup, teardown),
		cmocka_unit_test(test_hidden_ticket),
		cmocka_unit_test_setup_teardown(test_crossing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mailboxes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounce, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_proof, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forged_address, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_authors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_removals, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
