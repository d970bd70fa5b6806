/* A contact's mail: new tickets, threads with their guards, acknowledgements, who is told. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/mail.h"
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

static const struct small_mail first = {.from = "Ville Virtanen <ville@customer.example>",
					.subject = "Printer on fire",
					.text = "It burns.",
					.id = "first@customer.example"};

static bool has_recipient(const struct pd_planned_letter *letter, const char *address)
{
	return pd_strings_has(&letter->letter.recipients, address);
}

static bool is_participant(struct small_desk *desk, int64_t number, const char *address)
{
	return pd_ticket_has_participant(small_ticket(desk, number), address);
}

/* --- new tickets --- */

static void test_new_ticket(void **state)
{
	struct small_desk *desk = *state;
	struct pd_plan *plan = small_deliver(desk, first);
	assert_string_equal(plan->outcome, "new ticket");
	const struct pd_ticket *ticket = small_ticket(desk, plan->ticket);
	assert_string_equal(ticket->name, "Printer on fire");
	assert_string_equal(ticket->team, "support");
	assert_int_equal(ticket->status_kind, PD_STATUS_NEW);
	assert_int_equal(ticket->contacts.count, 1);
	assert_true(is_participant(desk, plan->ticket, "ville@customer.example"));

	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_string_equal(told->letter.subject, "[#1] Printer on fire");
	assert_string_equal(told->letter.from.name, "Ville Virtanen via Example Support");
	assert_string_equal(told->letter.from.addr, "support@example.com");
	assert_string_equal(told->letter.auto_submitted, "auto-generated");
	assert_true(has_recipient(told, "anna@agents.example"));
	assert_int_equal(told->letter.recipients.count, 1);
	assert_non_null(strstr(told->letter.text, "It burns."));
	assert_non_null(strstr(told->letter.text, "ville@customer.example"));
	assert_non_null(strstr(told->letter.text, "Status: New"));
	struct pd_context context = small_context(desk, "postdesk");
	struct pd_recipient own = pd_recipient_resolve(&context, told->letter.reply_to.addr);
	assert_int_equal(own.kind, PD_RCPT_TICKET);
	assert_string_equal(own.person, "anna");
	assert_true(own.is_agent);
	struct pd_recipient bounce = pd_recipient_resolve(&context, told->letter.envelope_from);
	assert_int_equal(bounce.kind, PD_RCPT_BOUNCE);
	assert_int_equal(bounce.number, told->id);
}

static void test_acknowledgement(void **state)
{
	struct small_desk *desk = *state;
	struct pd_plan *plan = small_deliver(desk, first);
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_ACKNOWLEDGEMENT, NULL);
	assert_non_null(letter);
	assert_string_equal(letter->letter.envelope_from, "");
	assert_string_equal(letter->letter.auto_submitted, "auto-replied");
	assert_true(has_recipient(letter, "ville@customer.example"));
	/* Nothing of an unproven stranger's text (invariant 6). */
	assert_string_equal(letter->letter.subject, "Your message to Example Support");
	assert_null(strstr(letter->letter.text, "It burns"));
	assert_null(strstr(letter->letter.text, "Printer"));
	assert_string_equal(letter->letter.to.items[0].name, "");
	assert_non_null(strstr(letter->letter.text, "#1"));
	/* A proven one's subject is repeated; a second ticket of a known contact, too. */
	struct small_mail proven = first;
	proven.from = "Liisa <liisa@other.example>";
	proven.pass = true;
	proven.id = "liisa@other.example";
	letter = small_letter(small_deliver(desk, proven), PD_LETTER_ACKNOWLEDGEMENT, NULL);
	assert_string_equal(letter->letter.subject, "Re: Printer on fire");
}

static void test_no_acknowledgement(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct small_mail mail;
	} table[] = {
		{"null sender", {.from = "a@b.example", .sender = "<>", .id = "1@b"}},
		{"noreply", {.from = "noreply@b.example", .id = "2@b"}},
		{"noreply in From alone",
		 {.from = "noreply@b.example", .sender = "vip@b.example", .id = "10@b"}},
		{"no-reply with a tag", {.from = "billing-no-reply@b.example", .id = "3@b"}},
		{"mailer-daemon", {.from = "MAILER-DAEMON@b.example", .id = "4@b"}},
		{"automatic", {.from = "a@b.example", .kinds = PD_KIND_AUTO, .id = "5@b"}},
		{"list", {.from = "a@b.example", .kinds = PD_KIND_LIST, .id = "6@b"}},
		{"a person by a list",
		 {.from = "a@b.example", .kinds = PD_KIND_LIST, .id = "11@b", .header = "List-Post", .value = "<mailto:l@b.example>"}},
		{"spam", {.from = "a@b.example", .kinds = PD_KIND_SPAM, .id = "7@b"}},
		{"own address", {.from = "sales@example.com", .id = "8@b"}},
		{"a mailbox that does not", {.from = "a@b.example", .to = "sales@example.com", .id = "9@b"}},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct small_desk *desk = small_desk_new(NULL);
		struct pd_plan *plan = small_deliver(desk, table[i].mail);
		CHECK_ROW(table[i].name, small_letters(plan, PD_LETTER_ACKNOWLEDGEMENT) == 0);
		CHECK_ROW(table[i].name, plan->ticket != 0);
		small_desk_free(desk);
	}
}

static void test_acknowledgement_limit(void **state)
{
	struct small_desk *desk = *state;
	size_t sent = 0;
	for (int i = 0; i < 10; i++) {
		struct small_mail mail = first;
		mail.id = pd_printf(desk->arena, "n%d@customer.example", i);
		mail.subject = pd_printf(desk->arena, "Thing %d", i);
		sent += small_letters(small_deliver(desk, mail), PD_LETTER_ACKNOWLEDGEMENT);
	}
	assert_int_equal(sent, desk->settings->acknowledge_per_address);
	desk->now += 25 * PD_HOUR;
	struct small_mail next_day = first;
	next_day.id = "later@customer.example";
	assert_int_equal(small_letters(small_deliver(desk, next_day), PD_LETTER_ACKNOWLEDGEMENT), 1);
}

static void test_not_told_again(void **state)
{
	/* Who stands in To or Cc of the very mail has it already. */
	struct small_desk *desk = *state;
	struct small_mail mail = first;
	mail.cc = "Anna <anna@home.example>";
	struct pd_plan *plan = small_deliver(desk, mail);
	assert_null(small_letter(plan, PD_LETTER_NOTIFICATION, "anna"));
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
	assert_false(is_participant(desk, plan->ticket, "anna@home.example"));
}

static void test_several_mailboxes(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = first;
	mail.cc = "sales@example.com";
	struct pd_plan *plan = small_deliver(desk, mail);
	const struct pd_ticket *ticket = small_ticket(desk, plan->ticket);
	assert_int_equal(plan->messages.count - 1, 1); /* and the acknowledgement */
	assert_string_equal(ticket->mailbox, "support");
	assert_true(pd_strings_has(&ticket->mailboxes_also, "sales"));
	/* anna, carol, and bob of both teams once. */
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 3);
}

/* --- the same mail again (invariant 2) --- */

static void test_duplicates(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = first;
	mail.queue = "4bXyz";
	mail.date = desk->now;
	struct pd_plan *plan = small_deliver(desk, mail);
	struct pd_plan *again = small_deliver(desk, mail); /* the reply was lost */
	assert_string_equal(again->outcome, "duplicate");
	assert_int_equal(again->ticket, plan->ticket);
	assert_int_equal(again->events.count + again->messages.count + again->letters.count, 0);
	mail.queue = "4bOther"; /* the sender's own retry */
	again = small_deliver(desk, mail);
	assert_string_equal(again->outcome, "duplicate");
	assert_int_equal(again->messages.count + again->letters.count, 0);
	assert_int_equal(again->ticket, plan->ticket);
	/* A Message-ID alone is no duplicate. */
	mail.text = "Another text";
	mail.queue = "4bThird";
	again = small_deliver(desk, mail);
	assert_string_not_equal(again->outcome, "duplicate");
	assert_int_equal(small_letters(again, PD_LETTER_NOTIFICATION), 2);
}

/* Without Message-ID and Date only the queue-id tells a retry from another mail. */
static void test_retries_without_names(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = {
		.from = "form@shop.example", .text = "The same.", .queue = "4bXyz", .date = -1};
	assert_int_equal(small_deliver(desk, mail)->ticket, 1);
	assert_string_equal(small_deliver(desk, mail)->outcome, "duplicate");
	mail.queue = "4bAbc";
	assert_int_equal(small_deliver(desk, mail)->ticket, 2);
	/* A queue-id is given again: other words are another mail. */
	mail.text = "Something else.";
	assert_int_equal(small_deliver(desk, mail)->ticket, 3);
}

/* The bytes below the topmost Received tell a retry from another mail with the same queue-id. */
static void test_retries_by_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *name, *first, *second;
		bool is_again;
	} table[] = {
		{"the same", "Received: a\nSubject: x\n\ny\n", "Received: a\nSubject: x\n\ny\n", true},
		{"another way in", "Received: a\nSubject: x\n\ny\n",
		 "Return-Path: <z>\nReceived: b\n\tc\nSubject: x\n\ny\n", true},
		{"another text", "Received: a\nSubject: x\n\ny\n", "Received: a\nSubject: x\n\nz\n", false},
		{"another way before", "Received: a\nReceived: b\n\ny\n", "Received: a\nReceived: c\n\ny\n",
		 false},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct small_desk *desk = small_desk_new(NULL);
		struct small_mail mail = {
			.from = "form@shop.example", .text = "x", .queue = "4bXyz", .date = -1};
		mail.raw = table[i].first;
		small_deliver(desk, mail);
		mail.raw = table[i].second;
		CHECK_ROW(table[i].name, (small_deliver(desk, mail)->ticket == 1) == table[i].is_again);
		small_desk_free(desk);
	}
}

/* Each reason alone keeps an acknowledgement back, whichever road the mail took. */
static void test_what_is_never_acknowledged(void **state)
{
	struct small_desk *desk = *state;
	small_deliver(desk, first);
	struct pd_message message = {.message_id = "", .subject = ""};
	struct pd_delivery delivery = {.message = &message, .sender = "ville@customer.example"};
	static const char *const reasons[] = {"none",	     "import",		 "automatic",
					      "spam ticket", "automatic ticket", "own"};
	for (size_t i = 0; i < COUNT(reasons); i++) {
		struct pd_context context = small_context(desk, "postdesk");
		struct pd_ticket *ticket = pd_plan_ticket(&context, 1);
		struct pd_mail mail = {.delivery = &delivery,
				       .message = &message,
				       .author = {.name = "", .addr = "ville@customer.example"}};
		context.is_import = i == 1;
		mail.is_automatic = i == 2;
		ticket->is_spam = i == 3;
		ticket->is_automatic = i == 4;
		mail.is_own = i == 5;
		CHECK_ROW(reasons[i], pd_guard_may_acknowledge(&context, &mail, ticket) == (i == 0));
	}
}

static void test_duplicate_to_another_mailbox(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = first;
	mail.cc = "sales@example.com";
	mail.rcpt = "support@example.com";
	mail.queue = "4bXyz";
	mail.date = desk->now;
	struct pd_plan *plan = small_deliver(desk, mail);
	mail.rcpt = "sales@example.com";
	struct pd_plan *again = small_deliver(desk, mail);
	assert_string_equal(again->outcome, "duplicate");
	assert_int_equal(again->messages.count, 0);
	assert_int_equal(again->ticket, plan->ticket);
	assert_true(pd_strings_has(&small_ticket(desk, plan->ticket)->mailboxes_also, "sales"));
	assert_non_null(small_letter(again, PD_LETTER_NOTIFICATION, "carol"));
	assert_non_null(
		strstr(small_letter(again, PD_LETTER_NOTIFICATION, "carol")->letter.text, "It burns."));
}

/* --- which ticket --- */

static void test_threads(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct small_mail mail;
		bool joins;
		const char *why; /* begins so */
	} table[] = {
		{"in reply to, participant",
		 {.from = "ville@customer.example", .in_reply_to = "first@customer.example"},
		 true,
		 "in reply to <first@customer.example>"},
		{"references, participant",
		 {.from = "VILLE@customer.example", .references = "x@y first@customer.example z@y"},
		 true,
		 "refers to"},
		{"in reply to, stranger",
		 {.from = "eve@evil.example", .in_reply_to = "first@customer.example"},
		 false,
		 "names a ticket"},
		{"a stranger whose Reply-To is the participant",
		 {.from = "eve@evil.example",
		  .reply_to = "ville@customer.example",
		  .in_reply_to = "first@customer.example"},
		 false,
		 "names a ticket"},
		{"a proven colleague",
		 {.from = "boss@mail.customer.example",
		  .in_reply_to = "first@customer.example",
		  .pass = true},
		 true,
		 "in reply to"},
		{"a colleague who is not proven",
		 {.from = "boss@customer.example", .in_reply_to = "first@customer.example"},
		 false,
		 "names a ticket"},
		{"tag, participant",
		 {.from = "ville@customer.example", .subject = "What about [#1]?"},
		 true,
		 "subject tag"},
		{"tag, stranger",
		 {.from = "eve@evil.example", .subject = "Re: [#1] Printer on fire"},
		 false,
		 "names"},
		{"subject of a reply, the same sender",
		 {.from = "ville@customer.example", .subject = "AW: printer on  fire"},
		 true,
		 "the same subject"},
		{"subject that is no reply",
		 {.from = "ville@customer.example", .subject = "Printer on fire"},
		 false,
		 NULL},
		{"subject, another sender",
		 {.from = "eve@evil.example", .subject = "Re: Printer on fire"},
		 false,
		 NULL},
		{"to another team's mailbox",
		 {.from = "ville@customer.example",
		  .to = "sales@example.com",
		  .in_reply_to = "first@customer.example"},
		 false,
		 NULL},
		{"a token that is wrong",
		 {.from = "eve@evil.example", .to = "support+t1.aaaaaaaaaaaaaaaa@example.com"},
		 false,
		 "bad token"},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct small_desk *desk = small_desk_new(NULL);
		small_deliver(desk, first);
		struct small_mail mail = table[i].mail;
		mail.id = "second@somewhere.example";
		mail.text = "More.";
		if (mail.subject == NULL)
			mail.subject = "Something else";
		struct pd_plan *plan = small_deliver(desk, mail);
		CHECK_ROW(table[i].name, (plan->ticket == 1) == table[i].joins);
		const struct pd_event *event = small_event(desk, plan->ticket, PD_EVENT_MESSAGE);
		if (!table[i].joins && strstr(mail.from, "ville") == NULL)
			for (size_t n = 0; n < plan->events.count; n++)
				CHECK_ROW(table[i].name, plan->events.items[n]->ticket != 1);
		if (small_letters(plan, PD_LETTER_ACKNOWLEDGEMENT) > 0) /* it is the newest message */
			for (size_t n = 0; n < plan->events.count; n++)
				if (plan->events.items[n]->kind == PD_EVENT_MESSAGE) {
					event = plan->events.items[n];
					break;
				}
		if (table[i].why == NULL)
			CHECK_ROW_STRING(table[i].name, event->why, NULL);
		else
			CHECK_ROW(table[i].name, event->why != NULL && pd_starts(event->why, table[i].why));
		small_desk_free(desk);
	}
}

static void test_stranger_is_related(void **state)
{
	struct small_desk *desk = *state;
	small_deliver(desk, first);
	struct small_mail mail = {.from = "eve@evil.example",
				  .subject = "Re: [#1] Printer on fire",
				  .in_reply_to = "first@customer.example",
				  .id = "eve@evil.example"};
	struct pd_plan *plan = small_deliver(desk, mail);
	const struct pd_event *related = small_event(desk, plan->ticket, PD_EVENT_RELATED);
	assert_int_equal(plan->ticket, 2);
	assert_non_null(related);
	assert_int_equal(related->other, 1);
	assert_string_equal(small_ticket(desk, 2)->name, "Re: Printer on fire");
	assert_non_null(strstr(small_letter(plan, PD_LETTER_NOTIFICATION, "anna")->letter.text,
			       "Perhaps related to ticket #1"));
}

static void test_reply_address(void **state)
{
	struct small_desk *desk = *state;
	struct pd_plan *plan = small_deliver(desk, first);
	const struct pd_planned_letter *ack = small_letter(plan, PD_LETTER_ACKNOWLEDGEMENT, NULL);
	struct small_mail mail = {.from = "ville@customer.example",
				  .to = ack->letter.reply_to.addr,
				  .subject = "No prefix, no reference",
				  .id = "second@customer.example"};
	assert_int_equal(small_deliver(desk, mail)->ticket, 1);
	/* Another sender who has it joins, and is marked as such. */
	mail.from = "secretary@customer.example";
	mail.id = "third@customer.example";
	assert_int_equal(small_deliver(desk, mail)->ticket, 1);
	assert_non_null(strstr(small_event(desk, 1, PD_EVENT_MESSAGE)->why, "another sender"));
	mail.id = "again@customer.example";
	plan = small_deliver(desk, mail);
	assert_non_null(strstr(small_letter(plan, PD_LETTER_NOTIFICATION, "anna")->letter.text,
			       "WARNING: it came to the reply address of somebody else. Your reply goes to "
			       "secretary@customer.example"));
	assert_false(is_participant(desk, 1, "secretary@customer.example"));
	/* Case is lost on the way. */
	mail.to = pd_strdup(desk->arena, ack->letter.reply_to.addr);
	for (char *at = (char *)mail.to; *at != '\0'; at++)
		*at = *at >= 'a' && *at <= 'z' ? *at - 32 : *at;
	mail.id = "fourth@customer.example";
	assert_int_equal(small_deliver(desk, mail)->ticket, 1);
}

/* An agent's address serves that agent alone (it leaks by forwarding). */
static void test_agents_address_in_other_hands(void **state)
{
	struct small_desk *desk = *state;
	const struct pd_planned_letter *told =
		small_letter(small_deliver(desk, first), PD_LETTER_NOTIFICATION, "anna");
	struct small_mail mail = {.from = "eve@evil.example",
				  .to = told->letter.reply_to.addr,
				  .subject = "Let me in",
				  .id = "eve@evil.example"};
	struct pd_plan *plan = small_deliver(desk, mail);
	assert_int_equal(plan->ticket, 2);
	assert_int_equal(small_event(desk, 2, PD_EVENT_RELATED)->other, 1);
}

static void test_deleted_ticket(void **state)
{
	struct small_desk *desk = *state;
	small_deliver(desk, first);
	small_do(desk, "agent:carol", 1, "#delete");
	assert_true(small_ticket(desk, 1)->is_deleted);
	struct small_mail answer = {.from = "ville@customer.example",
				    .in_reply_to = "first@customer.example",
				    .id = "second@customer.example"};
	struct pd_plan *plan = small_deliver(desk, answer);
	assert_int_equal(plan->ticket, 2);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
}

static void test_people_in_cc_meet(void **state)
{
	struct small_desk *desk = *state;
	/* The answer of one in Cc comes before the mail that it answers. */
	struct small_mail answer = {.from = "liisa@customer.example",
				    .to = "Ville <ville@customer.example>",
				    .cc = "support@example.com",
				    .subject = "Re: Printer on fire",
				    .references = "root@elsewhere.example first@customer.example",
				    .in_reply_to = "first@customer.example",
				    .id = "answer@customer.example"};
	assert_int_equal(small_deliver(desk, answer)->ticket, 1);
	struct small_mail late = first;
	late.cc = "liisa@customer.example";
	struct pd_plan *plan = small_deliver(desk, late);
	assert_int_equal(plan->ticket, 1);
	/* A sibling that shares a root that nobody here ever saw. */
	struct small_mail sibling = {.from = "ville@customer.example",
				     .subject = "Another subject",
				     .references = "root@elsewhere.example",
				     .id = "sibling@customer.example"};
	assert_int_equal(small_deliver(desk, sibling)->ticket, 1);
}

static void test_participants(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = first;
	mail.cc = "Liisa <liisa@customer.example>, sales@example.com, bob@agents.example";
	small_deliver(desk, mail);
	assert_true(is_participant(desk, 1, "liisa@customer.example"));
	assert_false(is_participant(desk, 1, "sales@example.com"));
	assert_false(is_participant(desk, 1, "bob@agents.example"));
	/* Later, who is not proven adds nobody. */
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .cc = "eve@evil.example",
				  .id = "2@customer.example"};
	small_deliver(desk, more);
	assert_false(is_participant(desk, 1, "eve@evil.example"));
	more.pass = true;
	more.cc = "boss@customer.example";
	more.id = "3@customer.example";
	small_deliver(desk, more);
	assert_true(is_participant(desk, 1, "boss@customer.example"));
}

/* --- statuses --- */

static void test_answer_reopens(void **state)
{
	struct small_desk *desk = *state;
	small_deliver(desk, first);
	struct small_mail answer = {.from = "ville@customer.example",
				    .in_reply_to = "first@customer.example",
				    .id = "second@customer.example"};
	small_deliver(desk, answer);
	assert_int_equal(small_ticket(desk, 1)->status_kind, PD_STATUS_NEW); /* nobody answered yet */
	small_do(desk, "agent:anna", 1, "#close");
	assert_int_equal(small_ticket(desk, 1)->status_kind, PD_STATUS_CLOSED);
	answer.id = "third@customer.example";
	small_deliver(desk, answer);
	assert_int_equal(small_ticket(desk, 1)->status_kind, PD_STATUS_OPEN);
}

static void test_reopen_within(void **state)
{
	(void)state;
	struct small_desk *desk =
		small_desk_new("[mailbox shop]\naddress = shop@example.com\nteam = support\n"
			       "reopen_within = 7d\n");
	struct small_mail mail = first;
	mail.to = "shop@example.com";
	small_deliver(desk, mail);
	small_do(desk, "agent:anna", 1, "#close");
	desk->now += 8 * PD_DAY;
	struct small_mail answer = {.from = "ville@customer.example",
				    .to = "shop@example.com",
				    .in_reply_to = "first@customer.example",
				    .id = "second@customer.example"};
	struct pd_plan *plan = small_deliver(desk, answer);
	assert_int_equal(plan->ticket, 2);
	assert_int_equal(small_event(desk, 2, PD_EVENT_RELATED)->other, 1);
	assert_int_equal(small_ticket(desk, 1)->status_kind, PD_STATUS_CLOSED);
	small_desk_free(desk);
}

/* --- no person wrote it --- */

static void test_automatic(void **state)
{
	struct small_desk *desk = *state;
	small_deliver(desk, first);
	small_do(desk, "agent:anna", 1, "#wait\n#take");
	struct small_mail vacation = {.from = "ville@customer.example",
				      .in_reply_to = "first@customer.example",
				      .kinds = PD_KIND_AUTO,
				      .text = "I am away.",
				      .id = "vacation@customer.example"};
	struct pd_plan *plan = small_deliver(desk, vacation);
	assert_int_equal(plan->ticket, 1);
	assert_int_equal(plan->letters.count, 0);
	const struct pd_ticket *ticket = small_ticket(desk, 1);
	assert_int_equal(ticket->status_kind, PD_STATUS_WAITING);
	assert_string_equal(ticket->owner, "anna");
	assert_int_equal(ticket->messages, 3); /* with the acknowledgement */
	/* One that belongs nowhere. */
	vacation.from = "news@shop.example";
	vacation.in_reply_to = NULL;
	vacation.id = "news@shop.example";
	plan = small_deliver(desk, vacation);
	assert_int_equal(plan->letters.count, 0);
	ticket = small_ticket(desk, plan->ticket);
	assert_true(ticket->is_automatic);
	assert_int_equal(ticket->status_kind, PD_STATUS_CLOSED);
}

static void test_spam(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail spam = first;
	spam.kinds = PD_KIND_SPAM;
	struct pd_plan *plan = small_deliver(desk, spam);
	assert_true(small_ticket(desk, plan->ticket)->is_spam);
	assert_int_equal(plan->letters.count, 0);
	/* Nor does it join a ticket under a sender that anybody can write. */
	struct small_mail good = first;
	good.id = "good@customer.example";
	good.subject = "Good";
	small_deliver(desk, good);
	spam.in_reply_to = "good@customer.example";
	spam.id = "spam@customer.example";
	plan = small_deliver(desk, spam);
	assert_int_equal(plan->ticket, 3);
	assert_int_equal(plan->letters.count, 0);
}

/* A team address may itself be a list; a newsletter is none that anybody writes to. */
static void test_lists(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail words = first, news = first;
	words.kinds = news.kinds = PD_KIND_LIST;
	words.header = "List-Post";
	words.value = "<mailto:support@example.com>";
	struct pd_plan *plan = small_deliver(desk, words);
	assert_false(small_ticket(desk, plan->ticket)->is_automatic);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
	news.id = "news@customer.example";
	news.header = "List-Post";
	news.value = "NO";
	plan = small_deliver(desk, news);
	assert_true(small_ticket(desk, plan->ticket)->is_automatic);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 0);
}

/* What nobody looks at must not swallow a person's words. */
static void test_words_on_an_automatic_ticket(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail news = first;
	news.kinds = PD_KIND_LIST;
	small_deliver(desk, news);
	assert_true(small_ticket(desk, 1)->is_automatic);
	struct small_mail words = {.from = "ville@customer.example",
				   .in_reply_to = "first@customer.example",
				   .id = "second@customer.example"};
	struct pd_plan *plan = small_deliver(desk, words);
	assert_int_equal(plan->ticket, 1);
	assert_false(small_ticket(desk, 1)->is_automatic);
	assert_int_equal(small_ticket(desk, 1)->status_kind, PD_STATUS_OPEN);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
}

static void test_words_on_a_spam_ticket(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail spam = first;
	spam.kinds = PD_KIND_SPAM;
	small_deliver(desk, spam);
	struct small_mail words = {.from = "ville@customer.example",
				   .in_reply_to = "first@customer.example",
				   .id = "second@customer.example"};
	struct pd_plan *plan = small_deliver(desk, words);
	assert_int_equal(plan->ticket, 2);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
}

static void test_loops(void **state)
{
	struct small_desk *desk = *state;
	struct pd_plan *plan = small_deliver(desk, first);
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	const struct {
		const char *name;
		struct small_mail mail;
		int64_t ticket;
	} table[] = {
		{"our own Message-ID", {.from = "support@example.com", .id = told->letter.message_id}, 1},
		{"our mark",
		 {.from = "a@b.example",
		  .id = "1@b",
		  .header = "X-Postdesk-Loop",
		  .value = "mail.example.com"},
		 2},
		{"too many hops", {.from = "a@b.example", .id = "2@b", .received = 51}, 3},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		plan = small_deliver(desk, table[i].mail);
		CHECK_ROW_STRING(table[i].name, plan->outcome, "loop");
		CHECK_ROW(table[i].name, plan->letters.count == 0);
		CHECK_ROW(table[i].name, plan->messages.count == 1);
		CHECK_ROW(table[i].name, plan->ticket == table[i].ticket);
	}
}

static void test_a_mark_of_somebody_else(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = first;
	mail.header = "X-Postdesk-Loop";
	mail.value = "desk.other.example";
	assert_string_equal(small_deliver(desk, mail)->outcome, "new ticket");
}

static void test_form_mailer(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = first;
	mail.from = "support@example.com";
	mail.reply_to = "Visitor <visitor@home.example.org>";
	struct pd_plan *plan = small_deliver(desk, mail);
	assert_true(is_participant(desk, plan->ticket, "visitor@home.example.org"));
	assert_false(is_participant(desk, plan->ticket, "support@example.com"));
}

/* Whoever writes in our name and puts a participant into Reply-To is not that participant (invariant 6). */
static void test_form_proves_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct small_mail mail;
		bool to_reply_address;
	} table[] = {
		{"tag", {.subject = "What of [#1]?"}, false},
		{"tag, with a pass for our domain", {.subject = "What of [#1]?", .pass = true}, false},
		{"reference", {.in_reply_to = "first@customer.example"}, false},
		{"subject", {.subject = "Re: Printer on fire"}, false},
		{"reply address", {.subject = "x", .pass = true}, true},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct small_desk *desk = small_desk_new(NULL);
		struct pd_plan *plan = small_deliver(desk, first);
		struct small_mail mail = table[i].mail;
		mail.from = "support@example.com";
		mail.reply_to = "ville@customer.example";
		mail.id = "form@example.com";
		if (table[i].to_reply_address)
			mail.to = small_letter(plan, PD_LETTER_ACKNOWLEDGEMENT, NULL)->letter.reply_to.addr;
		plan = small_deliver(desk, mail);
		CHECK_ROW(table[i].name, plan->ticket == 2);
		CHECK_ROW_STRING(table[i].name, plan->messages.items[0].stored.proof, "none");
		CHECK_ROW(table[i].name, small_event(desk, 2, PD_EVENT_RELATED)->other == 1);
		CHECK_ROW(table[i].name, is_participant(desk, 2, "ville@customer.example"));
		small_desk_free(desk);
	}
}

/* A Reply-To that anybody can write takes no conversation over. */
static void test_reply_to_of_a_forger(void **state)
{
	struct small_desk *desk = *state;
	small_deliver(desk, first);
	struct small_mail forged = {.from = "ville@customer.example",
				    .reply_to = "eve@evil.example",
				    .subject = "What of [#1]?",
				    .text = "More.",
				    .id = "forged@evil.example"};
	struct pd_plan *plan = small_deliver(desk, forged);
	assert_int_equal(plan->ticket, 1);
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(strstr(told->letter.text, "Reply-To: <eve@evil.example>\nWARNING: "));
	struct small_mail reply = {.from = "anna@agents.example",
				   .to = told->letter.reply_to.addr,
				   .in_reply_to = told->letter.message_id,
				   .subject = "Re: x",
				   .text = "Yes.",
				   .id = "anna1@agents.example",
				   .pass = true};
	const struct pd_planned_letter *out =
		small_letter(small_deliver(desk, reply), PD_LETTER_REPLY, NULL);
	assert_true(has_recipient(out, "ville@customer.example"));
	assert_int_equal(out->letter.recipients.count, 1);
	assert_false(is_participant(desk, 1, "eve@evil.example"));
	/* Where the mail is proven it is where its author wants answers. */
	forged.pass = true;
	forged.reply_to = "ville@private.example";
	forged.id = "proven@customer.example";
	told = small_letter(small_deliver(desk, forged), PD_LETTER_NOTIFICATION, "anna");
	assert_null(strstr(told->letter.text, "WARNING"));
	reply.to = told->letter.reply_to.addr;
	reply.in_reply_to = told->letter.message_id;
	reply.id = "anna2@agents.example";
	assert_true(has_recipient(small_letter(small_deliver(desk, reply), PD_LETTER_REPLY, NULL),
				  "ville@private.example"));
	/* Whoever begins a thread chooses its people. */
	struct small_mail begun = first;
	begun.reply_to = "desk@customer.example";
	begun.id = "begun@customer.example";
	told = small_letter(small_deliver(desk, begun), PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(strstr(told->letter.text,
			       "Reply-To: <desk@customer.example>\nYour reply goes to desk@customer.example.\n"));
	assert_null(strstr(told->letter.text, "WARNING"));
	reply.to = told->letter.reply_to.addr;
	reply.in_reply_to = told->letter.message_id;
	reply.id = "anna3@agents.example";
	assert_true(has_recipient(small_letter(small_deliver(desk, reply), PD_LETTER_REPLY, NULL),
				  "desk@customer.example"));
}

/* Our own server says that From is forged: rules 2 to 4 see a stranger. */
static void test_refuted(void **state)
{
	(void)state;
	static const struct small_mail table[] = {
		{.in_reply_to = "first@customer.example"},
		{.subject = "What of [#1]?"},
		{.subject = "Re: Printer on fire"},
	};
	static const char *const fields[] = {"mail.example.com; dmarc=fail header.from=customer.example",
					     "other.example; dmarc=fail header.from=customer.example"};
	for (size_t i = 0; i < COUNT(table); i++) {
		for (size_t f = 0; f < COUNT(fields); f++) {
			struct small_desk *desk = small_desk_new(NULL);
			small_deliver(desk, first);
			struct small_mail mail = table[i];
			mail.from = "ville@customer.example";
			mail.id = "second@customer.example";
			mail.header = "Authentication-Results";
			mail.value = fields[f];
			CHECK_ROW(fields[f], (small_deliver(desk, mail)->ticket == 1) == (f == 1));
			small_desk_free(desk);
		}
	}
}

/* That mails in somebody's name came makes nobody known: else a second forged one is relayed (invariant 6). */
static void test_who_is_known(void **state)
{
	struct small_desk *desk = *state;
	struct pd_plan *plan = NULL;
	struct small_mail mail = first;
	for (int i = 0; i < 2; i++) {
		mail.id = pd_printf(desk->arena, "n%d@customer.example", i);
		mail.text = mail.id;
		plan = small_deliver(desk, mail);
		assert_string_equal(small_letter(plan, PD_LETTER_ACKNOWLEDGEMENT, NULL)->letter.subject,
				    "Your message to Example Support");
	}
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	struct small_mail reply = {.from = "anna@agents.example",
				   .to = told->letter.reply_to.addr,
				   .in_reply_to = told->letter.message_id,
				   .subject = "Re: x",
				   .text = "Yes.",
				   .id = "anna1@agents.example",
				   .pass = true};
	small_deliver(desk, reply);
	mail.id = mail.text = "n3@customer.example";
	plan = small_deliver(desk, mail);
	assert_string_equal(small_letter(plan, PD_LETTER_ACKNOWLEDGEMENT, NULL)->letter.subject,
			    "Re: Printer on fire");
	/* Proven once. */
	struct small_mail other = {.from = "liisa@other.example",
				   .subject = "One",
				   .text = "One.",
				   .id = "l1@other.example",
				   .pass = true};
	small_deliver(desk, other);
	other.pass = false;
	other.id = other.text = "l2@other.example";
	plan = small_deliver(desk, other);
	assert_string_equal(small_letter(plan, PD_LETTER_ACKNOWLEDGEMENT, NULL)->letter.subject, "Re: One");
	/* But not against our server's word. */
	other.id = other.text = "l3@other.example";
	other.header = "Authentication-Results";
	other.value = "mail.example.com; dmarc=fail header.from=other.example";
	plan = small_deliver(desk, other);
	assert_string_equal(small_letter(plan, PD_LETTER_ACKNOWLEDGEMENT, NULL)->letter.subject,
			    "Your message to Example Support");
}

/* So many an hour on one ticket, whoever asks. */
static void test_limit_per_ticket(void **state)
{
	struct small_desk *desk = *state;
	desk->settings->automatic_per_ticket = 3;
	small_deliver(desk, first);
	desk->now += 2 * PD_HOUR;
	size_t allowed = 0;
	for (int i = 0; i < 6; i++) {
		const char *address = pd_printf(desk->arena, "p%d@customer.example", i);
		struct pd_message message = {.message_id = "", .subject = "", .text = address};
		struct pd_delivery delivery = {.message = &message, .sender = address};
		struct pd_mail mail = {
			.delivery = &delivery, .message = &message, .author = {.name = "", .addr = address}};
		struct pd_context context = small_context(desk, "postdesk");
		allowed += pd_guard_may_acknowledge(&context, &mail, pd_plan_ticket(&context, 1));
		small_keep(desk, &context);
	}
	assert_int_equal(allowed, 3);
}

/* So many an hour in all, whoever writes. */
static void test_limit_of_automatic_mail(void **state)
{
	struct small_desk *desk = *state;
	desk->settings->automatic_per_hour = 3;
	size_t sent = 0;
	for (int i = 0; i < 6; i++) {
		struct small_mail mail = {.from = pd_printf(desk->arena, "p%d@customer.example", i),
					  .subject = pd_printf(desk->arena, "Thing %d", i)};
		mail.id = mail.text = mail.from;
		sent += small_letters(small_deliver(desk, mail), PD_LETTER_ACKNOWLEDGEMENT);
	}
	assert_int_equal(sent, 3);
	desk->now += 2 * PD_HOUR;
	struct small_mail later = first;
	assert_int_equal(small_letters(small_deliver(desk, later), PD_LETTER_ACKNOWLEDGEMENT), 1);
}

static void test_owner_and_followers(void **state)
{
	struct small_desk *desk = *state;
	small_deliver(desk, first);
	struct pd_plan *plan = small_do(desk, "agent:anna", 1, "#assign bob\n#follow carol");
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 1);
	const struct pd_planned_letter *assigned = small_letter(plan, PD_LETTER_NOTIFICATION, "bob");
	assert_non_null(assigned);
	assert_non_null(strstr(assigned->letter.text, "Anna Virtanen assigned this ticket to you"));
	assert_non_null(strstr(assigned->letter.text, "It burns."));
	struct small_mail answer = {.from = "ville@customer.example",
				    .in_reply_to = "first@customer.example",
				    .id = "second@customer.example"};
	plan = small_deliver(desk, answer);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "carol"));
}

static void test_attachments(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = first;
	mail.attachment = "invoice.pdf";
	struct pd_plan *plan = small_deliver(desk, mail);
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_int_equal(told->carried.count, 1);
	assert_int_equal(told->carried.message, 0);
	assert_non_null(strstr(told->letter.text, "Attached: invoice.pdf"));
	desk->settings->notify_attach_limit = 100;
	mail.id = "large@customer.example";
	told = small_letter(small_deliver(desk, mail), PD_LETTER_NOTIFICATION, "anna");
	assert_int_equal(told->carried.count, 0);
	assert_non_null(strstr(told->letter.text, "too large: invoice.pdf"));
}

/* R9: the agent's wish goes before the mailbox's. */
static void test_background(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new("[mailbox shop]\naddress = shop@example.com\nteam = shop\n"
						 "notify_shows = contact;category;earlier\n"
						 "[team shop]\nmembers = dan;erik\n"
						 "[agent dan]\naddress = dan@agents.example\n"
						 "[agent erik]\naddress = erik@agents.example\n"
						 "notify_shows = earlier\n");
	struct small_mail mail = first;
	small_deliver(desk, mail);
	mail.to = "shop@example.com";
	mail.id = "second@customer.example";
	mail.subject = "Again";
	struct pd_plan *plan = small_deliver(desk, mail);
	const char *text = small_letter(plan, PD_LETTER_NOTIFICATION, "dan")->letter.text;
	assert_non_null(strstr(text, "Contact: Ville Virtanen <ville@customer.example>\nEarlier:\n"));
	assert_non_null(strstr(text, pd_printf(desk->arena, "  #1  %.10s  New  Printer on fire",
					       pd_time_rfc3339(desk->arena, desk->now))));
	assert_null(strstr(text, "  #2"));
	assert_null(strstr(text, "category"));
	text = small_letter(plan, PD_LETTER_NOTIFICATION, "erik")->letter.text;
	assert_null(strstr(text, "Contact:"));
	assert_non_null(strstr(text, "Earlier:"));
	small_desk_free(desk);
}

/* The part of a notification that stands below its line. */
static const char *below(const struct pd_plan *plan, const char *agent)
{
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_NOTIFICATION, agent);
	return letter != NULL ? strstr(letter->letter.text, "--------\n") + strlen("--------\n") : "not told";
}

/* What is told when nothing is set; by mailbox, team and agent, each in its order; and nothing that the reader may not
 * see. A viewer is not told that its reply goes to the contact. */
static void test_context(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new(
		"[mailbox shop]\naddress = shop@example.com\nteam = shop\n"
		"[team shop]\nmembers = dan;erik;fay\nsees = own\n"
		"[team wishes]\nmembers = hal\nnotify_shows = records;company\n"
		"[mailbox wish]\naddress = wish@example.com\nteam = wishes\n"
		"[property device]\nname = Device\n[reference deal]\nname = Deal\n"
		"[agent dan]\naddress = dan@agents.example\n"
		"[agent erik]\naddress = erik@agents.example\nnotify_shows = priority;contact\n"
		"[agent fay]\naddress = fay@agents.example\nrole = viewer\n"
		"[agent hal]\naddress = hal@agents.example\n");
	struct small_mail mail = {.from = "Kim Lee <kim@acme.example>", .to = "shop@example.com", .subject = "Old", .text = "x", .id = "1@c"};
	small_deliver(desk, mail);
	small_do(desk, "administrator", 1,
		 "#close\n#contact kim@acme.example phone=+358401234567 also=Kimmy link=deal:1\n#company acme.example link=deal:2");
	mail.id = "2@c";
	mail.subject = "Hidden";
	small_deliver(desk, mail);
	small_do(desk, "administrator", 2, "#assign erik");
	mail.id = "3@c";
	mail.subject = "Now";
	const struct pd_plan *plan = small_deliver(desk, mail);
	const char *text = below(plan, "dan");
	CHECK_ROW("in order", pd_starts(text, "Contact: Kim Lee <kim@acme.example>\nPhone: +358401234567\nAlso known as: Kimmy\n"
					      "Company: acme.example\nEarlier:\n  #1  "));
	const char *earlier = strstr(text, "Earlier:\n  #1  "), *records = strstr(text, "Link: Deal 1\nLink: Deal 2\n");
	CHECK_ROW("closed ones, too", earlier != NULL && strstr(earlier, "  Closed  Old\n") != NULL);
	CHECK_ROW("records", records != NULL && records > earlier);
	CHECK_ROW("not what dan may not see", strstr(text, "Hidden") == NULL);
	CHECK_ROW("what stands always", strstr(text, "Owner: nobody   Priority: normal   Status: New") != NULL);
	CHECK_ROW("a reply", strstr(text, "Your reply goes to the contact.") != NULL);
	text = below(plan, "erik");
	CHECK_ROW("erik's order", pd_starts(text, "Contact: Kim Lee"));
	CHECK_ROW("erik's alone", strstr(text, "Earlier:") == NULL && strstr(text, "Company:") == NULL);
	CHECK_ROW("not twice", strstr(text, "Priority: normal") == strstr(text, "Priority:"));
	text = below(plan, "fay");
	CHECK_ROW("a viewer's reply", strstr(text, "Your reply") == NULL && strstr(text, "#note at its top is a comment") != NULL);
	mail.id = "4@c";
	mail.to = "wish@example.com";
	text = below(small_deliver(desk, mail), "hal");
	CHECK_ROW("the team's", pd_starts(text, "Link: Deal 1\nLink: Deal 2\nCompany: acme.example\nTicket #4"));
	small_desk_free(desk);
}

static void test_import(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = first;
	mail.is_import = true;
	mail.date = desk->now - 400 * PD_DAY;
	struct pd_plan *plan = small_deliver(desk, mail);
	assert_int_equal(plan->letters.count, 0);
	assert_int_equal(small_ticket(desk, 1)->created, mail.date);
	assert_string_equal(small_ticket(desk, 1)->source, "import");
	assert_string_equal(small_deliver(desk, mail)->outcome, "duplicate");
	struct small_mail out = {.from = "support@example.com",
				 .to = "ville@customer.example",
				 .subject = "Re: Printer on fire",
				 .references = "first@customer.example",
				 .id = "out@example.com",
				 .is_import = true,
				 .date = mail.date + PD_HOUR,
				 .rcpt = "support@example.com"};
	plan = small_deliver(desk, out);
	assert_int_equal(plan->ticket, 1);
	assert_int_equal(plan->messages.items[0].stored.direction, PD_OUT);
	assert_true(small_ticket(desk, 1)->has_sent);
	assert_string_equal(small_event(desk, 1, PD_EVENT_MESSAGE)->actor, "administrator");
	/* Whoever answers in the archive belongs to it. */
	struct small_mail other = {.from = "liisa@home.example",
				   .references = "out@example.com",
				   .id = "liisa@home.example",
				   .is_import = true};
	assert_int_equal(small_deliver(desk, other)->ticket, 1);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_new_ticket),
		TEST(test_acknowledgement),
		cmocka_unit_test(test_no_acknowledgement),
		TEST(test_acknowledgement_limit),
		TEST(test_not_told_again),
		TEST(test_several_mailboxes),
		TEST(test_duplicates),
		TEST(test_duplicate_to_another_mailbox),
		TEST(test_retries_without_names),
		cmocka_unit_test(test_retries_by_bytes),
		TEST(test_what_is_never_acknowledged),
		cmocka_unit_test(test_threads),
		TEST(test_stranger_is_related),
		TEST(test_reply_address),
		TEST(test_agents_address_in_other_hands),
		TEST(test_deleted_ticket),
		TEST(test_people_in_cc_meet),
		TEST(test_participants),
		TEST(test_answer_reopens),
		cmocka_unit_test(test_reopen_within),
		TEST(test_automatic),
		TEST(test_spam),
		TEST(test_lists),
		TEST(test_words_on_an_automatic_ticket),
		TEST(test_words_on_a_spam_ticket),
		TEST(test_loops),
		TEST(test_a_mark_of_somebody_else),
		TEST(test_form_mailer),
		cmocka_unit_test(test_form_proves_nothing),
		TEST(test_reply_to_of_a_forger),
		cmocka_unit_test(test_refuted),
		TEST(test_who_is_known),
		TEST(test_limit_per_ticket),
		TEST(test_limit_of_automatic_mail),
		TEST(test_owner_and_followers),
		TEST(test_attachments),
		cmocka_unit_test(test_background),
		cmocka_unit_test(test_context),
		TEST(test_import),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
