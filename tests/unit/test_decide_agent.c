/* An agent's mail: answers, commands, comments, what is held, given back or asked about, and who is told. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/letters.h"
#include "small_desk.h"

static const struct small_mail first = {.from = "Ville Virtanen <ville@customer.example>",
					.subject = "Printer on fire",
					.text = "It burns.",
					.id = "first@customer.example",
					.references = "root@customer.example",
					.cc = "Liisa <liisa@customer.example>"};

/* A desk with one ticket; anna's and bob's notifications of it. */
struct scene {
	struct small_desk *desk;
	const struct pd_planned_letter *to_anna, *to_bob;
};

static struct scene *scene_with(const struct small_mail *mail)
{
	struct small_desk *desk = small_desk_new(NULL);
	struct scene *scene = PD_NEW(desk->arena, struct scene);
	struct pd_plan *plan = small_deliver(desk, *mail);
	scene->desk = desk;
	scene->to_anna = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	scene->to_bob = small_letter(plan, PD_LETTER_NOTIFICATION, "bob");
	return scene;
}

static int setup(void **state)
{
	*state = scene_with(&first);
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;
	small_desk_free(scene->desk);
	return 0;
}

/* What an agent's client makes of "Reply" to a letter of ours. */
static struct small_mail reply_to(struct scene *scene, const char *from,
				  const struct pd_planned_letter *letter, const char *text)
{
	static int count;
	return (struct small_mail){
		.from = from,
		.to = letter->letter.reply_to.addr != NULL && *letter->letter.reply_to.addr != '\0'
			      ? letter->letter.reply_to.addr
			      : letter->letter.from.addr,
		.subject = pd_printf(scene->desk->arena, "Re: %s", letter->letter.subject),
		.text = text,
		.id = pd_printf(scene->desk->arena, "agent%d@laptop.agents.example", ++count),
		.in_reply_to = letter->letter.message_id,
		.pass = true,
	};
}
static const char anna[] = "Anna Virtanen <anna@agents.example>";
static const char bob[] = "Bob <bob@agents.example>";

static struct pd_plan *answer(struct scene *scene, const char *text)
{
	return small_deliver(scene->desk, reply_to(scene, anna, scene->to_anna, text));
}

static bool leaks(const struct pd_planned_letter *letter, const char *text)
{
	const struct pd_letter *mail = &letter->letter;
	bool does = strstr(mail->text, text) != NULL || strstr(mail->subject, text) != NULL ||
		    (mail->html != NULL && strstr(mail->html, text) != NULL) ||
		    strstr(mail->from.name, text) != NULL || strstr(mail->from.addr, text) != NULL ||
		    strstr(mail->message_id, text) != NULL;
	for (size_t i = 0; i < mail->to.count; i++)
		does |= strstr(mail->to.items[i].addr, text) != NULL;
	for (size_t i = 0; i < mail->cc.count; i++)
		does |= strstr(mail->cc.items[i].addr, text) != NULL;
	for (size_t i = 0; i < mail->references.count; i++)
		does |= strstr(mail->references.items[i], text) != NULL;
	return does;
}

/* --- the answer (R1) --- */

static void test_reply(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "#assign me\nHave you tried water?\n");
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_string_equal(plan->outcome, "reply");
	assert_non_null(out);
	const struct pd_letter *mail = &out->letter;
	assert_string_equal(mail->text, "Have you tried water?");
	assert_string_equal(mail->from.addr, "support@example.com");
	assert_string_equal(mail->from.name, "Example Support");
	assert_string_equal(mail->subject, "Re: Printer on fire");
	assert_string_equal(mail->in_reply_to, "first@customer.example");
	assert_int_equal(mail->references.count, 2);
	assert_string_equal(mail->references.items[0], "root@customer.example");
	assert_string_equal(mail->references.items[1], "first@customer.example");
	assert_string_equal(mail->thread_topic, "Printer on fire");
	assert_null(mail->auto_submitted);
	assert_int_equal(mail->to.count, 1);
	assert_string_equal(mail->to.items[0].addr, "ville@customer.example");
	assert_int_equal(mail->cc.count, 1);
	assert_string_equal(mail->cc.items[0].addr, "liisa@customer.example");
	assert_int_equal(mail->recipients.count, 2);
	static const char *const ours[] = {"#assign", "agents.example", "+t", "Anna", "laptop", "root@mail"};
	for (size_t i = 0; i < COUNT(ours); i++)
		CHECK_ROW(ours[i], !leaks(out, ours[i]));
	struct pd_context context = small_context(scene->desk, "postdesk");
	assert_int_equal(pd_recipient_resolve(&context, mail->envelope_from).kind, PD_RCPT_BOUNCE);
	struct pd_recipient token = pd_recipient_resolve(&context, mail->reply_to.addr);
	assert_int_equal(token.kind, PD_RCPT_TICKET);
	assert_string_equal(token.person, ""); /* to two people: the conversation alone */

	const struct pd_ticket *ticket = small_ticket(scene->desk, 1);
	assert_string_equal(ticket->owner, "anna");
	assert_int_equal(ticket->status_kind, PD_STATUS_WAITING); /* after_reply */
	const struct pd_event *event = small_event(scene->desk, 1, PD_EVENT_MESSAGE);
	assert_string_equal(event->actor, "agent:anna");
	assert_string_equal(small_message(scene->desk, event->message)->message_id, mail->message_id);
	assert_int_not_equal(event->other, 0);
	/* Commands are answered (R7), with a way back. */
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	assert_non_null(receipt);
	assert_non_null(strstr(receipt->letter.text, "#undo "));
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 0);
}

static void test_plain_reply_has_no_receipt(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "Have you tried water?");
	assert_int_equal(plan->letters.count, 1);
	assert_int_equal(plan->letters.items[0]->kind, PD_LETTER_REPLY);
	assert_null(small_ticket(scene->desk, 1)->owner);
}

static void test_thread_goes_on(void **state)
{
	struct scene *scene = *state;
	const struct pd_planned_letter *out = small_letter(answer(scene, "Water?"), PD_LETTER_REPLY, NULL);
	struct small_mail more = {.from = "ville@customer.example",
				  .to = out->letter.reply_to.addr,
				  .subject = "Re: Printer on fire",
				  .in_reply_to = out->letter.message_id,
				  .reply_to = "Ville <ville@private.example>",
				  .pass = true,
				  .id = "third@customer.example",
				  .text = "Still burns."};
	struct pd_plan *plan = small_deliver(scene->desk, more);
	assert_int_equal(plan->ticket, 1);
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_OPEN); /* after_answer */
	scene->to_anna = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(strstr(scene->to_anna->letter.text, "Reply-To: Ville <ville@private.example>"));
	out = small_letter(answer(scene, "More water."), PD_LETTER_REPLY, NULL);
	assert_string_equal(out->letter.in_reply_to, "third@customer.example");
	assert_string_equal(out->letter.to.items[0].addr,
			    "ville@private.example"); /* Reply-To is where answers go */
	assert_false(pd_ticket_has_participant(small_ticket(scene->desk, 1), "eve@evil.example"));
}

static void test_no_leaks_from_text(void **state)
{
	struct scene *scene = *state;
	const char *text = pd_printf(
		scene->desk->arena,
		"Write to me at anna@home.example.\nOn Monday %s wrote:\nhello ville@customer.example",
		scene->to_anna->letter.reply_to.addr);
	struct small_mail mail = reply_to(scene, anna, scene->to_anna, text);
	const char *plus = strchr(scene->to_anna->letter.reply_to.addr, '+');
	mail.html = pd_printf(scene->desk->arena, "<p>mailto:%s</p><a href=\"mailto:support%%2B%s\">",
			      scene->to_anna->letter.reply_to.addr, plus + 1);
	const struct pd_planned_letter *out =
		small_letter(small_deliver(scene->desk, mail), PD_LETTER_REPLY, NULL);
	assert_false(leaks(out, "anna@home"));
	assert_false(leaks(out, "+t1."));
	assert_non_null(strstr(out->letter.text, "hello ville@customer.example"));
	assert_non_null(strstr(out->letter.text, "at support@example.com."));
	assert_non_null(strstr(out->letter.html, "mailto:support@example.com<"));
	assert_non_null(strstr(out->letter.html, "<a href=\"mailto:support@example.com\">"));
}

static void test_hidden_addresses(void **state)
{
	static const struct {
		const char *name, *html, *want;
	} rows[] = {
		{"percent sign", "<a href=\"mailto:anna%40agents.example\">x</a>",
		 "<a href=\"mailto:support@example.com\">x</a>"},
		{"twice", "<a href=\"mailto:anna%2540agents.example\">x</a>",
		 "<a href=\"mailto:support@example.com\">x</a>"},
		{"a letter", "<a href=\"mailto:%61nna@agents%2Eexample\">x</a>",
		 "<a href=\"mailto:support@example.com\">x</a>"},
		{"a further recipient", "<a href=\"mailto:x@y.example?cc=anna%40agents.example\">x</a>",
		 "<a href=\"mailto:x@y.example?cc=support@example.com\">x</a>"},
		{"in angles", "<a href=\"http://x.example/?to=%3Canna%40agents.example%3E\">x</a>",
		 "<a href=\"http://x.example/?to=%3Csupport@example.com%3E\">x</a>"},
		{"an element in the middle", "anna@<span>agents.example</span>!",
		 "support@example.com<span></span>!"},
		{"elements all over", "<b>an</b>na<i>@</i>agents.<wbr/>example.",
		 "<b>support@example.com</b><i></i><wbr/>."},
		{"what follows an element", "anna@agents.example<b>Tel</b>", "support@example.com<b>Tel</b>"},
		{"in italics", "_anna@agents.example_", "_support@example.com_"},
		{"another line", "anna@<br/>agents.example", "anna@<br/>agents.example"},
		{"somebody else", "joanna@agents.example <a href=\"mailto:ville%40customer.example\">x</a>",
		 "joanna@agents.example <a href=\"mailto:ville%40customer.example\">x</a>"},
		{"no address", "100%40 @ 5%", "100%40 @ 5%"},
	};
	struct scene *scene = *state;
	struct pd_context context = small_context(scene->desk, "agent:anna");
	const struct pd_mailbox *mailbox = pd_settings_mailbox(scene->desk->settings, "support");
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].name, pd_scrub_html(&context, mailbox, rows[i].html), rows[i].want);
	assert_string_equal(pd_scrub(&context, mailbox, "a <anna%40agents.example>"), "a <support@example.com>");
}

/* What the contact reads is Carol's name, not how our notification called her. */
static void test_attribution_of_a_notification(void **state)
{
	struct scene *scene = *state;
	const struct pd_planned_letter *out = small_letter(
		answer(scene, "On Monday, Ville Virtanen via Example Support <support@example.com> wrote:\n> It "
			      "burns.\nSince when?"),
		PD_LETTER_REPLY, NULL);
	assert_string_equal(out->letter.text, "On Monday, Ville Virtanen <support@example.com> wrote:\n> It "
					      "burns.\nSince when?");
}

/* An answer between the lines of a notification: the contact's words stay, ours and colleagues' go (invariant 4). */
static void test_quoted_notification(void **state)
{
	struct scene *scene = *state;
	struct pd_arena *arena = scene->desk->arena;
	small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "#note Their SECRET plan again."));
	struct pd_strings lines = pd_lines(arena, scene->to_anna->letter.text);
	const char *text = "", *html = "<div><blockquote>Ville wrote:<br/>It <b>burns</b>.";
	for (size_t i = 0; i < lines.count; i++)
		text = pd_printf(arena, "%s> %s\n%s", text, lines.items[i],
				 strstr(lines.items[i], "burns") != NULL ? "\nSince when?\n\n" : "");
	html = pd_printf(arena,
			 "%s<br/></blockquote><p>Since when?</p><blockquote>--------<br/>Ticket #1 in Example "
			 "Support<br/>Lines such as #assign&nbsp;me<br/>Their SECRET plan again.</blockquote><p>Anna</p></div>",
			 html);
	text = pd_printf(arena, "%s> Their SECRET plan again.\n\nAnna\n> 5 are enough\nBye", text);
	struct small_mail mail = reply_to(scene, anna, scene->to_anna, text);
	mail.html = html;
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_non_null(out);
	assert_string_equal(out->letter.text, "> It burns.\n\nSince when?\n\n\nAnna\nBye");
	assert_string_equal(out->letter.html,
			    "<div><blockquote>It <b>burns</b>.<br/></blockquote><p>Since when?</p>"
			    "<blockquote>--------<br/></blockquote><p>Anna</p></div>");
	assert_non_null(small_letter(plan, PD_LETTER_RECEIPT, "anna")); /* it is told */
}

/* "Forward" in place of "Reply": the notification below the own words stays here. */
static void test_forwarded_notification(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = reply_to(scene, anna, scene->to_anna, "Please see below.");
	mail.html = "<p>Please see below.</p><p>#close</p>";
	mail.html_commands = NULL;
	mail.forwarded_from = "Ville via Example Support <support@example.com>";
	mail.forwarded_text = scene->to_anna->letter.text;
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_non_null(out);
	assert_string_equal(out->letter.text, "Please see below.");
	assert_null(out->letter.html);
	assert_non_null(small_letter(plan, PD_LETTER_RECEIPT, "anna"));
}

/* A mail that says nothing is not taken for an answer, and its author is told. */
static void test_nothing_said(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "\n");
	assert_null(small_letter(plan, PD_LETTER_REPLY, NULL));
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	assert_non_null(told);
	assert_non_null(strstr(told->letter.text, "Nothing was sent"));
	told = small_letter(answer(scene, "#yes"), PD_LETTER_RECEIPT, "anna"); /* of a notification */
	assert_non_null(told);
	assert_non_null(strstr(told->letter.text, "Nothing was confirmed"));
}

static void test_subject_is_scrubbed(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, pd_printf(scene->desk->arena, "#subject Ask %s or anna@home.example\nHello.",
						       scene->to_anna->letter.reply_to.addr));
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_string_equal(out->letter.subject, "Ask support@example.com or support@example.com");
}

/* Plain text and HTML say the same commands, or the mail goes back (invariants 4 and 5). */
static void test_parts_differ(void **state)
{
	static const struct {
		const char *name, *text, *html, *commands, *want;
	} rows[] = {
		{"the same", "#take\nHello.", "<p>Hello.</p>", "#take", "reply"},
		{"bold", "*#take*\nHello.", "<p>Hello.</p>", "#take", "reply"},
		{"in the HTML alone", "Hello.", "<p>Hello.</p>", "#close", "refused"},
		{"in the text alone", "#close\nHello.", "<p>#close<br/>Hello.</p>", NULL, "refused"},
		{"others", "#assign bob\nHello.", "<p>Hello.</p>", "#assign anna", "refused"},
		{"commands alone", "Hello.", NULL, "#close", "refused"},
		{"a wrapped note", "#note a b\nc", "<p>x</p>", "#note a b c", "comment"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene *scene = scene_with(&first);
		struct small_mail mail = reply_to(scene, anna, scene->to_anna, rows[i].text);
		mail.html = rows[i].html;
		mail.html_commands = rows[i].commands;
		struct pd_plan *plan = small_deliver(scene->desk, mail);
		CHECK_ROW_STRING(rows[i].name, plan->outcome, rows[i].want);
		CHECK_ROW(rows[i].name, (small_letter(plan, PD_LETTER_REPLY, NULL) != NULL) ==
						(strcmp(rows[i].want, "reply") == 0));
		CHECK_ROW(rows[i].name, small_ticket(scene->desk, 1)->status_kind != PD_STATUS_CLOSED);
		if (strcmp(rows[i].want, "refused") == 0) {
			/* Sent all the same, it goes without the HTML, which may hold a command yet. */
			plan = answer(scene, "#send");
			const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
			CHECK_ROW(rows[i].name, out != NULL && out->letter.html == NULL);
			CHECK_ROW_STRING(rows[i].name, out->letter.text, "Hello.");
		}
		small_desk_free(scene->desk);
	}
}

static void test_command_between_lines(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "Hello\n#priority urgent\nmore");
	assert_string_equal(plan->outcome, "refused");
	assert_string_equal(small_ticket(scene->desk, 1)->priority, "normal");
	assert_string_equal(small_letter(answer(scene, "#send"), PD_LETTER_REPLY, NULL)->letter.text, "Hello\nmore");
	plan = answer(scene, "Hello\n##priority urgent\nmore");
	assert_string_equal(small_letter(plan, PD_LETTER_REPLY, NULL)->letter.text, "Hello\n#priority urgent\nmore");
}

/* Only what answers a comment's notification is a comment; what answers a receipt goes to the contact, and the receipt
 * says so. */
static void test_answer_to_a_receipt(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "#note Ask him for the number.");
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	assert_non_null(receipt);
	assert_non_null(strstr(receipt->letter.text, "Your words are a comment (E"));
	assert_non_null(strstr(receipt->letter.text, "#undo "));
	assert_non_null(strstr(receipt->letter.text, "in a reply to this mail go to the contact"));
	struct small_mail mail = reply_to(scene, anna, receipt, "What is the number?");
	assert_string_equal(small_deliver(scene->desk, mail)->outcome, "reply");
	/* Also where the client names no Message-ID. */
	plan = answer(scene, "#note And for the colour.");
	mail = reply_to(scene, anna, small_letter(plan, PD_LETTER_RECEIPT, "anna"), "Which colour?");
	mail.in_reply_to = NULL;
	assert_string_equal(small_deliver(scene->desk, mail)->outcome, "reply");
	/* What another agent sends after the receipt still holds it (invariant 9). */
	plan = answer(scene, "#note Hm.");
	receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "second@customer.example",
				  .text = "Hello?"};
	scene->to_bob = small_letter(small_deliver(scene->desk, more), PD_LETTER_NOTIFICATION, "bob");
	plan = small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "Use sand."));
	assert_string_equal(plan->outcome, "reply");
	mail = reply_to(scene, anna, receipt, "Use water.");
	mail.in_reply_to = NULL;
	assert_string_equal(small_deliver(scene->desk, mail)->outcome, "held");
}

/* The token tells which version it answers, where the client names no Message-ID: the newer one of the two counts
 * (invariant 9). */
static void test_version_of_the_token(void **state)
{
	struct scene *scene = *state;
	answer(scene, "Have you tried water?");
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "second@customer.example",
				  .text = "Hello?"};
	const struct pd_planned_letter *newer =
		small_letter(small_deliver(scene->desk, more), PD_LETTER_NOTIFICATION, "bob");
	struct small_mail mail = reply_to(scene, bob, newer, "Use sand.");
	mail.in_reply_to = NULL;
	assert_string_equal(small_deliver(scene->desk, mail)->outcome, "reply");
	mail = reply_to(scene, bob, newer, "Use more sand.");
	mail.in_reply_to = scene->to_bob->letter.message_id; /* an old thread, answered by the new address */
	assert_string_equal(small_deliver(scene->desk, mail)->outcome, "reply");
}

/* #undo is offered where there is something to take back. */
static void test_nothing_to_undo(void **state)
{
	struct scene *scene = *state;
	answer(scene, "#take\n#wait");
	struct pd_plan *plan = answer(scene, "#take\n#wait\nHello.");
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	assert_non_null(receipt);
	assert_non_null(strstr(receipt->letter.text, "already"));
	assert_null(strstr(receipt->letter.text, "To take this back"));
	receipt = small_letter(answer(scene, "#open"), PD_LETTER_RECEIPT, "anna");
	assert_non_null(strstr(receipt->letter.text, "To take this back"));
}

static void test_restore_needs_no_confirmation(void **state)
{
	struct scene *scene = *state;
	small_do(scene->desk, "agent:anna", 1, "#delete");
	struct pd_plan *plan = answer(scene, "#restore");
	assert_string_equal(plan->outcome, "commands");
	assert_false(small_ticket(scene->desk, 1)->is_deleted);
}

static void test_attachments_go_along(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = reply_to(scene, anna, scene->to_anna, "See there.");
	mail.attachment = "manual.pdf";
	const struct pd_planned_letter *out =
		small_letter(small_deliver(scene->desk, mail), PD_LETTER_REPLY, NULL);
	assert_int_equal(out->carried.count, 1);
	assert_int_equal(out->carried.message, 0);
	mail = reply_to(scene, anna, scene->to_anna, "#take");
	mail.attachment = "alone.pdf"; /* something to say, too */
	assert_non_null(small_letter(small_deliver(scene->desk, mail), PD_LETTER_REPLY, NULL));
}

static void test_shape_of_the_reply(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan =
		answer(scene, "#cc Boss <boss@customer.example>\n#bcc spy@other.example\n#subject New words\n"
			      "#from sales@example.com\nHello.");
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_non_null(out);
	assert_string_equal(out->letter.subject, "New words");
	assert_string_equal(out->letter.from.addr, "sales@example.com");
	assert_int_equal(out->letter.cc.count, 2);
	assert_int_equal(out->letter.recipients.count, 4);
	assert_true(pd_strings_has(&out->letter.recipients, "spy@other.example"));
	assert_false(leaks(out, "spy@other.example"));
	assert_true(pd_ticket_has_participant(small_ticket(scene->desk, 1), "boss@customer.example"));
	assert_false(pd_ticket_has_participant(small_ticket(scene->desk, 1), "spy@other.example"));
	/* Who was named in #cc gets the next answer, too, until the one that named them is taken back. */
	out = small_letter(answer(scene, "And this."), PD_LETTER_REPLY, NULL);
	assert_true(pd_strings_has(&out->letter.recipients, "boss@customer.example"));
	assert_int_equal(out->letter.cc.count, 2);
	assert_false(pd_strings_has(&out->letter.recipients, "spy@other.example"));
	small_do(scene->desk, "agent:anna", 1,
		 pd_printf(scene->desk->arena, "#undo %lld", (long long)plan->events.items[0]->action));
	out = small_letter(answer(scene, "And that."), PD_LETTER_REPLY, NULL);
	assert_false(pd_strings_has(&out->letter.recipients, "boss@customer.example"));
}

static void test_whom_the_client_wrote_to(void **state)
{
	/* Reply to all: those outside have the agent's own mail already. */
	struct scene *scene = *state;
	struct small_mail mail = reply_to(scene, anna, scene->to_anna, "Hello.");
	mail.cc = "liisa@customer.example";
	const struct pd_planned_letter *out =
		small_letter(small_deliver(scene->desk, mail), PD_LETTER_REPLY, NULL);
	assert_int_equal(out->letter.recipients.count, 1);
	assert_int_equal(out->letter.cc.count, 1);
}

/* Who is in Cc without a right to be added gets no answers (no relay, no Ticket Trick). */
/* In Cc of the contact's mail an agent answers all from the own client: the contact has it, the desk keeps
 * it. */
static void test_direct_answer(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = {.from = anna,
				  .to = "ville@customer.example",
				  .cc = "support@example.com",
				  .subject = "Re: Printer on fire",
				  .in_reply_to = "first@customer.example",
				  .text = "I come over.",
				  .id = "direct@agents.example",
				  .pass = true};
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_string_equal(plan->outcome, "reply");
	assert_int_equal(plan->ticket, 1);
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0); /* also not to liisa, whom anna left out */
	assert_int_equal(small_letters(plan, PD_LETTER_CONFIRMATION), 0);
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_WAITING);
	const struct pd_event *event = small_event(scene->desk, 1, PD_EVENT_MESSAGE);
	assert_string_equal(small_message(scene->desk, event->message)->message_id, "direct@agents.example");
	/* The answer to it finds its way. */
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "direct@agents.example",
				  .id = "second@customer.example"};
	assert_int_equal(small_deliver(scene->desk, more)->ticket, 1);
	/* Unproven it is kept as such. */
	mail.id = "direct2@agents.example";
	mail.pass = false;
	assert_string_equal(small_deliver(scene->desk, mail)->outcome, "held");
}

static void test_cc_of_the_unproven(void **state)
{
	struct scene *scene = *state;
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .cc = "eve@evil.example, liisa@customer.example",
				  .id = "second@customer.example",
				  .text = "Hello?"};
	scene->to_anna = small_letter(small_deliver(scene->desk, more), PD_LETTER_NOTIFICATION, "anna");
	const struct pd_planned_letter *out = small_letter(answer(scene, "Yes."), PD_LETTER_REPLY, NULL);
	assert_int_equal(out->letter.recipients.count, 2);
	assert_false(pd_strings_has(&out->letter.recipients, "eve@evil.example"));
}

static void test_status_of_the_author_wins(void **state)
{
	struct scene *scene = *state;
	answer(scene, "#close\nDone.");
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_CLOSED);
}

static void test_older_notification(void **state)
{
	struct scene *scene = *state;
	struct small_mail second = {.from = "liisa@customer.example",
				    .in_reply_to = "first@customer.example",
				    .id = "second@customer.example",
				    .subject = "Re: Printer on fire",
				    .text = "Mine burns, too."};
	small_deliver(scene->desk, second);
	struct pd_plan *plan = answer(scene, "To the first one.");
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_string_equal(out->letter.in_reply_to, "first@customer.example");
	assert_string_equal(out->letter.to.items[0].addr, "ville@customer.example");
	/* A newer message does not hold it, but is told (invariant 9). */
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	assert_non_null(receipt);
	assert_non_null(strstr(receipt->letter.text, "Mine burns, too."));
}

static void test_commands_only(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "#take\n#priority high\n");
	assert_string_equal(plan->outcome, "commands");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	assert_string_equal(small_ticket(scene->desk, 1)->priority, "high");
	/* Which mail did it (T6). */
	const struct pd_event *set = small_event(scene->desk, 1, PD_EVENT_SET);
	assert_int_equal(set->message, plan->messages.items[0].stored.id);
	assert_true(plan->messages.items[0].raw_is_delivery);
}

/* --- a mistyped command stops the whole mail (invariant 5, X2) --- */

static void test_given_back(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *says;
	} table[] = {
		{"unknown, with the nearest", "#asign bob\nHello.", "#assign"},
		{"no such agent", "#assign bbo\nHello.", "bob"},
		{"good before bad", "#close\n#prioritty high\nHello.", "#priority"},
		{"bad at the end", "Hello.\n\n#clsoe", "#close"},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct scene *scene = scene_with(&first);
		int64_t version = small_ticket(scene->desk, 1)->version;
		struct pd_plan *plan = answer(scene, table[i].text);
		CHECK_ROW_STRING(table[i].name, plan->outcome, "refused");
		CHECK_ROW(table[i].name, plan->is_refused);
		CHECK_ROW(table[i].name, small_letters(plan, PD_LETTER_REPLY) == 0);
		CHECK_ROW(table[i].name, small_letters(plan, PD_LETTER_NOTIFICATION) == 0);
		const struct pd_ticket *ticket = small_ticket(scene->desk, 1);
		CHECK_ROW(table[i].name, ticket->version == version + 1); /* the draft alone */
		CHECK_ROW(table[i].name, ticket->status_kind == PD_STATUS_NEW && ticket->owner == NULL);
		const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
		CHECK_ROW(table[i].name,
			  receipt != NULL && strstr(receipt->letter.text, table[i].says) != NULL);
		CHECK_ROW(table[i].name, strstr(receipt->letter.text, "> ") != NULL);
		CHECK_ROW(table[i].name, plan->drafts.count == 1);
		CHECK_ROW_STRING(table[i].name, plan->drafts.items[0].draft.reason, "command");
		/* #send lets the text go, without any command. */
		plan = small_deliver(scene->desk, reply_to(scene, anna, receipt, "#send"));
		const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
		CHECK_ROW(table[i].name, out != NULL);
		CHECK_ROW_STRING(table[i].name, out->letter.text, "Hello.");
		CHECK_ROW(table[i].name, small_ticket(scene->desk, 1)->status_kind == PD_STATUS_WAITING);
		small_desk_free(scene->desk);
	}
}

/* Sent again corrected, it is no draft any more; what answers another message stays one. */
static void test_corrected(void **state)
{
	struct scene *scene = *state;
	struct pd_snapshot *s = &scene->desk->fake->snapshot;
	answer(scene, "#asign bob\nHello.");
	assert_non_null(s->draft_of(s, scene->desk->arena, 1, "anna", 0));
	struct pd_plan *plan = answer(scene, "#assign bob\nHello.");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 1);
	assert_null(s->draft_of(s, scene->desk->arena, 1, "anna", 0));

	answer(scene, "#asign bob\nThird.");
	struct small_mail more = {.from = "ville@customer.example", .in_reply_to = "first@customer.example",
				  .id = "second@customer.example", .text = "Hello?"};
	small_do(scene->desk, "agent:bob", 1, "#assign anna");
	const struct pd_planned_letter *told =
		small_letter(small_deliver(scene->desk, more), PD_LETTER_NOTIFICATION, "anna");
	small_deliver(scene->desk, reply_to(scene, anna, told, "Fourth."));
	assert_non_null(s->draft_of(s, scene->desk->arena, 1, "anna", 0));
}

/* Nothing goes out from a ticket that is deleted, unless it is brought back first. */
static void test_deleted_ticket(void **state)
{
	struct scene *scene = *state;
	small_do(scene->desk, "agent:bob", 1, "#delete");
	struct pd_plan *plan = answer(scene, "Hello.");
	assert_string_equal(plan->outcome, "refused");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	assert_non_null(strstr(small_letter(plan, PD_LETTER_RECEIPT, "anna")->letter.text,
			       "Ticket #1 is deleted: begin with a line #restore."));
	plan = answer(scene, "#restore\nHello.");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 1);
	assert_false(small_ticket(scene->desk, 1)->is_deleted);
}

static void test_a_failing_undo(void **state)
{
	/* What fails while it is carried out takes the rest with it. */
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "#priority high");
	int64_t action = plan->events.items[0]->action;
	small_do(scene->desk, "agent:bob", 1, "#priority urgent");
	plan = answer(scene, pd_printf(scene->desk->arena, "#take\n#undo %lld\nHello.", (long long)action));
	assert_string_equal(plan->outcome, "refused");
	assert_null(small_ticket(scene->desk, 1)->owner);
	assert_string_equal(small_ticket(scene->desk, 1)->priority, "urgent");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
}

static void test_viewer(void **state)
{
	struct scene *scene = *state;
	small_do(scene->desk, "agent:anna", 1, "#follow vera");
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "second@customer.example",
				  .text = "Hello?"};
	const struct pd_planned_letter *told =
		small_letter(small_deliver(scene->desk, more), PD_LETTER_NOTIFICATION, "vera");
	assert_non_null(told);
	struct pd_plan *plan =
		small_deliver(scene->desk, reply_to(scene, "vera@agents.example", told, "I answer."));
	assert_string_equal(plan->outcome, "refused");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	assert_null(strstr(small_letter(plan, PD_LETTER_RECEIPT, "vera")->letter.text, "#send"));
	plan = small_deliver(scene->desk, reply_to(scene, "vera@agents.example", told, "#note I see."));
	assert_string_equal(plan->outcome, "comment");
}

/* --- comments (R5) --- */

static void test_note(void **state)
{
	struct scene *scene = *state;
	small_do(scene->desk, "agent:anna", 1, "#assign bob");
	struct pd_plan *plan = answer(scene, "#note First line\nAll of it, @carol.\n");
	assert_string_equal(plan->outcome, "comment");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	const struct pd_event *event = small_event(scene->desk, 1, PD_EVENT_COMMENT);
	assert_string_equal(small_message(scene->desk, event->message)->text,
			    "First line\n\nAll of it, @carol.");
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_NEW);
	const struct pd_planned_letter *owner = small_letter(plan, PD_LETTER_NOTIFICATION, "bob");
	assert_non_null(owner);
	assert_non_null(strstr(owner->letter.text, "All of it"));
	const struct pd_planned_letter *mentioned = small_letter(plan, PD_LETTER_NOTIFICATION, "carol");
	assert_non_null(mentioned);
	assert_non_null(strstr(mentioned->letter.text, "mentioned you"));
	assert_int_equal(small_ticket(scene->desk, 1)->mentions.count, 1);
	assert_string_equal(small_ticket(scene->desk, 1)->mentions.items[0], "carol");
	assert_null(small_letter(plan, PD_LETTER_NOTIFICATION, "anna"));
	/* A reply to a comment's notification is a comment. */
	plan = small_deliver(scene->desk, reply_to(scene, bob, owner, "I think so, too."));
	assert_string_equal(plan->outcome, "comment");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	/* Also where the client names no Message-ID. */
	struct small_mail bare = reply_to(scene, "carol@agents.example", mentioned, "Me, too.");
	bare.in_reply_to = NULL;
	plan = small_deliver(scene->desk, bare);
	assert_string_equal(plan->outcome, "comment");
}

static void test_followers_hear_of_replies(void **state)
{
	struct scene *scene = *state;
	small_do(scene->desk, "agent:anna", 1, "#assign bob\n#follow carol");
	struct pd_plan *plan = answer(scene, "Have you tried water?");
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2);
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "carol");
	assert_non_null(strstr(told->letter.text, "answered the contact"));
	assert_non_null(strstr(told->letter.text, "Have you tried water?"));
}

/* --- crossing answers (invariant 9, X5) --- */

static void test_collision(void **state)
{
	struct scene *scene = *state;
	answer(scene, "Have you tried water?");
	struct pd_plan *plan =
		small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "#close\nUse sand."));
	assert_string_equal(plan->outcome, "held");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	assert_int_not_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_CLOSED);
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "bob");
	assert_non_null(strstr(receipt->letter.text, "> Have you tried water?"));
	assert_non_null(strstr(receipt->letter.text, "Use sand."));
	assert_string_equal(plan->drafts.items[0].draft.reason, "collision");
	plan = small_deliver(scene->desk, reply_to(scene, bob, receipt, "#send"));
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_non_null(out);
	assert_string_equal(out->letter.text, "Use sand.");
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_CLOSED);
	assert_non_null(small_letter(plan, PD_LETTER_RECEIPT, "bob"));
	assert_int_equal(small_letters(plan, PD_LETTER_RECEIPT), 1);
	/* Once. */
	plan = small_deliver(scene->desk, reply_to(scene, bob, receipt, "#send"));
	assert_string_equal(plan->outcome, "refused");
}

/* #draft keeps the mail with its commands; #send sends it, unless a colleague was first (R6, invariant 9). */
static void test_draft(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "#draft\n#close\n\nHave you tried water?");
	assert_string_equal(plan->outcome, "draft");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	assert_int_not_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_CLOSED);
	assert_string_equal(plan->drafts.items[0].draft.reason, "draft");
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	assert_non_null(strstr(receipt->letter.text, "#send"));
	plan = small_deliver(scene->desk, reply_to(scene, anna, receipt, "#send"));
	assert_string_equal(small_letter(plan, PD_LETTER_REPLY, NULL)->letter.text, "Have you tried water?");
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_CLOSED);
	/* Once. */
	plan = small_deliver(scene->desk, reply_to(scene, anna, receipt, "#send"));
	assert_string_equal(plan->outcome, "refused");
	/* A draft of nothing. */
	assert_string_equal(answer(scene, "#draft")->outcome, "refused");
}

static void test_draft_crossed(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan =
		small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "#draft\n\nUse sand."));
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "bob");
	answer(scene, "Have you tried water?");
	plan = small_deliver(scene->desk, reply_to(scene, bob, receipt, "#send"));
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	receipt = small_letter(plan, PD_LETTER_RECEIPT, "bob");
	assert_non_null(strstr(receipt->letter.text, "> Have you tried water?"));
	plan = small_deliver(scene->desk, reply_to(scene, bob, receipt, "#send"));
	assert_string_equal(small_letter(plan, PD_LETTER_REPLY, NULL)->letter.text, "Use sand.");
}

/* --- #send TIME, and the time in which #undo stops a reply --- */

/* What time brings to the ticket. */
static struct pd_plan *pass(struct scene *scene, pd_time to)
{
	struct pd_agenda agenda = {0};
	for (size_t i = 0; i < scene->desk->fake->agendas.count; i++)
		if (scene->desk->fake->agendas.items[i].ticket == 1)
			agenda = scene->desk->fake->agendas.items[i].agenda;
	scene->desk->now = to;
	return agenda.next != 0 && agenda.next <= to ? small_due(scene->desk, 1) : NULL;
}

static void test_send_later(void **state)
{
	struct scene *scene = *state;
	pd_time due;
	/* 2026-11-21 is a Saturday. */
	struct pd_plan *plan = answer(scene, "#send monday 8:00\n#close\n\nHave you tried water?");
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	assert_true(pd_time_parse("2026-11-23T08:00:00Z", &due));
	assert_string_equal(plan->outcome, "draft");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	assert_non_null(strstr(receipt->letter.text, "goes out Mon 2026-11-23 08:00"));
	assert_non_null(strstr(receipt->letter.text, "#undo"));
	assert_null(pass(scene, due - PD_SECOND));
	plan = pass(scene, due);
	assert_non_null(plan);
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_string_equal(out->letter.text, "Have you tried water?");
	assert_int_equal(out->not_before, 0);
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_CLOSED);
	assert_string_equal(small_event(scene->desk, 1, PD_EVENT_MESSAGE)->actor, "agent:anna");
	assert_null(pass(scene, due + PD_DAY)); /* once */
	/* What was sent stays sent: no undo gives the draft its time again. */
	plan = small_do(scene->desk, "agent:anna", 1, "#undo");
	assert_non_null(strstr(plan->report.items[plan->report.count - 1], "cannot be unsent"));
	assert_null(pass(scene, due + 2 * PD_DAY));
}

static void test_send_later_undone(void **state)
{
	struct scene *scene = *state;
	answer(scene, "#send 2d\nHave you tried water?");
	pd_time due = scene->desk->now + 2 * PD_DAY;
	struct pd_plan *plan = small_do(scene->desk, "agent:anna", 1, "#undo");
	assert_non_null(strstr(plan->report.items[0], "goes out no more by itself"));
	assert_null(pass(scene, due));
	/* It is a draft still: it gets another time, and is sent before that. */
	plan = small_do(scene->desk, "agent:anna", 1, "#send tomorrow 9:00");
	assert_false(plan->is_refused);
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	plan = small_do(scene->desk, "agent:anna", 1, "#send");
	assert_string_equal(small_letter(plan, PD_LETTER_REPLY, NULL)->letter.text, "Have you tried water?");
	assert_null(pass(scene, due + 2 * PD_DAY));
	static const struct {
		const char *actor, *text;
	} wrong[] = {
		{"agent:anna", "#send tomorrow"},	   /* nothing is kept */
		{"agent:anna", "#send yesterday"},	   /* past */
		{"agent:anna", "#send someday"},	   /* no time */
		{"agent:anna", "#send tomorrow 9:00 please"}, /* more than a time */
		{"administrator", "#send tomorrow"},	   /* nobody's */
	};
	for (size_t i = 0; i < COUNT(wrong); i++)
		CHECK_ROW(wrong[i].text, small_do(scene->desk, wrong[i].actor, 1, wrong[i].text)->is_refused);
}

/* A colleague who answers first holds it, as any (invariant 9); merged, it goes out from where the ticket is. */
static void test_send_later_crossed(void **state)
{
	struct scene *scene = *state;
	small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "#send 2d\n\nUse sand."));
	answer(scene, "Have you tried water?");
	struct pd_plan *plan = pass(scene, scene->desk->now + 2 * PD_DAY);
	assert_non_null(plan);
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "bob");
	assert_non_null(strstr(receipt->letter.text, "> Have you tried water?"));
	assert_null(pass(scene, scene->desk->now + 9 * PD_DAY));
	plan = small_deliver(scene->desk, reply_to(scene, bob, receipt, "#send"));
	assert_string_equal(small_letter(plan, PD_LETTER_REPLY, NULL)->letter.text, "Use sand.");
}

static int setup_with_grace(void **state)
{
	struct small_desk *desk = small_desk_new("[view x]\nquery = is:open\n");
	struct scene *scene = PD_NEW(desk->arena, struct scene);
	desk->settings->undo_send = PD_MINUTE;
	struct pd_plan *plan = small_deliver(desk, first);
	scene->desk = desk;
	scene->to_anna = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	scene->to_bob = small_letter(plan, PD_LETTER_NOTIFICATION, "bob");
	*state = scene;
	return 0;
}

static void test_reply_is_stopped(void **state)
{
	struct scene *scene = *state;
	small_do(scene->desk, "administrator", 1, "#follow carol");
	pd_time before = scene->desk->now;
	const struct pd_ticket *ticket = small_ticket(scene->desk, 1);
	struct pd_plan *plan = answer(scene, "#take\nHave you tried water?");
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	assert_int_equal(out->not_before, before + PD_MINUTE);
	assert_int_equal(small_letter(plan, PD_LETTER_NOTIFICATION, "carol")->not_before, before + PD_MINUTE);
	assert_int_equal(receipt->not_before, 0);
	assert_non_null(strstr(receipt->letter.text, "Until then #undo stops it."));
	assert_non_null(strstr(receipt->letter.text, "leaves in 1m"));
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_WAITING);
	assert_int_not_equal(ticket->clocks.of[PD_GOAL_FIRST_REPLY].stop, 0);
	/* The contact writes meanwhile, which opens the ticket. */
	small_deliver(scene->desk, (struct small_mail){.from = "Ville <ville@customer.example>",
						       .subject = "Re: Printer on fire",
						       .text = "Forget it.",
						       .in_reply_to = "first@customer.example",
						       .id = "second@customer.example"});
	assert_int_equal(ticket->messages, 4); /* and the acknowledgement */
	plan = small_deliver(scene->desk, reply_to(scene, anna, receipt, "#undo"));
	assert_int_equal(plan->stops.count, 1);
	assert_int_equal(plan->stops.items[0].outbox, out->id);
	const char *told = small_letter(plan, PD_LETTER_RECEIPT, "anna")->letter.text;
	assert_non_null(strstr(told, "does not leave"));
	assert_non_null(strstr(told, "owner Anna Virtanen -> nobody"));
	assert_non_null(strstr(told, "status of #1 was changed since and stays as it is."));
	assert_int_equal(ticket->messages, 3);
	assert_false(ticket->has_sent);
	assert_int_equal(ticket->clocks.of[PD_GOAL_FIRST_REPLY].stop, 0);
	assert_false(ticket->clocks.has_replied);
	assert_int_equal(ticket->status_kind, PD_STATUS_OPEN);
	/* It never left: it holds no colleague's answer, cannot be restored, and is no news to anybody but its author. */
	assert_string_equal(
		small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "Use sand."))->outcome, "reply");
	const char *entry = pd_printf(scene->desk->arena, "#restore E%lld", (long long)out->event);
	assert_true(small_do(scene->desk, "agent:anna", 1, entry)->is_refused);
	assert_string_equal(scene->desk->fake->snapshot.draft_of(&scene->desk->fake->snapshot, scene->desk->arena, 1,
								 "anna", 0)
				    ->reason,
			    "draft");
	/* Bob was first by now; then it is sent all the same, at a time, and does not wait again. */
	plan = small_do(scene->desk, "agent:anna", 1, "#send");
	assert_string_equal(plan->outcome, "held");
	small_do(scene->desk, "agent:anna", 1, "#send 2d");
	plan = pass(scene, scene->desk->now + 2 * PD_DAY);
	assert_string_equal(plan->outcome, "reply");
	out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_string_equal(out->letter.text, "Have you tried water?");
	assert_int_equal(out->not_before, 0);
}

/* Once somebody has tried to send it, it is out. An undo of the undo sends nothing. */
static void test_reply_is_out(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "Have you tried water?");
	((struct pd_planned_letter *)small_letter(plan, PD_LETTER_REPLY, NULL))->not_before = 0;
	plan = small_do(scene->desk, "agent:bob", 1, "#undo");
	assert_int_equal(plan->stops.count, 0);
	assert_non_null(strstr(plan->report.items[plan->report.count - 1], "cannot be unsent"));
	plan = answer(scene, "Or sand?");
	int64_t action = small_event(scene->desk, 1, PD_EVENT_MESSAGE)->action;
	plan = small_do(scene->desk, "agent:bob", 1, "#undo");
	assert_int_equal(plan->stops.count, 1);
	/* Its author is told who did that. */
	assert_non_null(strstr(small_letter(plan, PD_LETTER_RECEIPT, "anna")->letter.text,
			       "Bob Builder has stopped your answer"));
	int64_t undo = small_event(scene->desk, 1, PD_EVENT_UNDO)->action;
	plan = small_do(scene->desk, "agent:bob", 1, pd_printf(scene->desk->arena, "#undo %lld", (long long)undo));
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	plan = small_do(scene->desk, "agent:bob", 1, pd_printf(scene->desk->arena, "#undo %lld", (long long)action));
	assert_int_equal(plan->stops.count, 0);
	assert_null(strstr(plan->report.items[plan->report.count - 1], "cannot be unsent"));
}

/* --- tasks, comments on entries, older messages (T5, T12) --- */

static void test_task(void **state)
{
	struct scene *scene = *state;
	pd_time due;
	struct pd_plan *plan = small_do(scene->desk, "agent:anna", 1, "#task @bob Order paper due monday 12:00");
	const struct pd_event *task = small_event(scene->desk, 1, PD_EVENT_COMMENT);
	const char *entry = pd_printf(scene->desk->arena, "E%lld", (long long)task->id);
	const struct pd_ticket *ticket = small_ticket(scene->desk, 1);
	assert_true(pd_time_parse("2026-11-23T12:00:00Z", &due));
	assert_string_equal(pd_event_words(task), "task");
	assert_non_null(strstr(plan->report.items[0], "of Bob Builder, due Mon 2026-11-23 12:00: @bob Order paper"));
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob")); /* told at once, … */
	assert_int_equal(ticket->reminders.count, 1);
	assert_null(pass(scene, due - PD_SECOND));
	plan = pass(scene, due); /* … and reminded when it is due */
	const struct pd_planned_letter *reminder = small_letter(plan, PD_LETTER_NOTIFICATION, "bob");
	assert_non_null(reminder);
	assert_non_null(strstr(reminder->letter.text, "Order paper"));
	plan = small_do(scene->desk, "agent:bob", 1, pd_printf(scene->desk->arena, "#done %s", entry));
	assert_non_null(strstr(plan->report.items[0], "is done"));
	assert_string_equal(pd_ticket_get(scene->desk->arena, ticket, pd_printf(scene->desk->arena, "task:%s", entry + 1)),
			    "done 2026-11-23T12:01:00Z bob");
	assert_non_null(strstr(small_do(scene->desk, "agent:bob", 1, pd_printf(scene->desk->arena, "#done %s", entry))
				       ->report.items[0],
			       "already"));
	small_do(scene->desk, "agent:bob", 1, "#undo");
	assert_non_null(strstr(pd_ticket_get(scene->desk->arena, ticket,
					     pd_printf(scene->desk->arena, "task:%s", entry + 1)),
			       "open "));
	/* One that is done before is reminded of no more; without a time, nobody is. */
	plan = small_do(scene->desk, "agent:anna", 1, "#task Call her due 3d");
	task = small_event(scene->desk, 1, PD_EVENT_COMMENT);
	assert_int_equal(ticket->reminders.count, 1);
	small_do(scene->desk, "agent:anna", 1, pd_printf(scene->desk->arena, "#done E%lld", (long long)task->id));
	assert_int_equal(ticket->reminders.count, 0);
	plan = small_do(scene->desk, "agent:anna", 1, "#task Pay what is due");
	assert_non_null(strstr(plan->report.items[0], "of Anna Virtanen: Pay what is due"));
	assert_int_equal(ticket->reminders.count, 0);
	static const char *const wrong[] = {"#task", "#done E2", "#done E999", "#task Old due 2020-01-01"};
	for (size_t i = 0; i < COUNT(wrong); i++)
		CHECK_ROW(wrong[i], small_do(scene->desk, "agent:anna", 1, wrong[i])->is_refused);
	/* Of a day alone, its end is told as that day. */
	plan = small_do(scene->desk, "agent:anna", 1, "#task Pay due 2026-12-24");
	assert_non_null(strstr(plan->report.items[0], "due 2026-12-24: Pay"));
}

static void test_about_an_entry(void **state)
{
	struct scene *scene = *state;
	int64_t asked = small_event(scene->desk, 1, PD_EVENT_MESSAGE)->id - 1; /* before the acknowledgement */
	const char *id = pd_printf(scene->desk->arena, "E%lld", (long long)asked);
	answer(scene, pd_printf(scene->desk->arena, "#note %s He says so every week.", id));
	const struct pd_event *comment = small_event(scene->desk, 1, PD_EVENT_COMMENT);
	assert_int_equal(comment->other, asked);
	assert_string_equal(small_message(scene->desk, comment->message)->text, "He says so every week.");
	assert_string_equal(answer(scene, "#note E999 Hm.")->outcome, "refused");
	small_deliver(scene->desk, (struct small_mail){.from = "Ville <ville@customer.example>", .subject = "Re: Printer on fire",
						       .text = "And the scanner.", .in_reply_to = "first@customer.example",
						       .id = "second@customer.example"});
	int64_t newer = small_event(scene->desk, 1, PD_EVENT_MESSAGE)->id;
	struct pd_plan *plan =
		answer(scene, pd_printf(scene->desk->arena, "#reply E%lld\n\nUse sand.", (long long)newer));
	assert_string_equal(small_letter(plan, PD_LETTER_REPLY, NULL)->letter.in_reply_to, "second@customer.example");
	assert_string_equal(answer(scene, "#reply E999\n\nUse sand.")->outcome, "refused");
}

/* --- #inbox (T9) --- */

static struct small_mail from_ville(const char *text, const char *id)
{
	return (struct small_mail){.from = "Ville <ville@customer.example>", .subject = "Re: Printer on fire",
				   .text = text, .in_reply_to = "first@customer.example", .id = id};
}

static void test_inbox(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "#inbox office@agents.example to bob This is yours.");
	assert_string_equal(plan->outcome, "held"); /* it leaves the desk: a second word below full proof */
	plan = small_do(scene->desk, "agent:anna", 1, "#inbox support@example.com");
	assert_true(plan->is_refused);
	plan = small_do(scene->desk, "agent:anna", 1, "#inbox office@agents.example to bob This is yours.");
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_FORWARD, NULL);
	assert_non_null(letter);
	assert_string_equal(letter->letter.recipients.items[0], "office@agents.example");
	assert_string_equal(letter->letter.reply_to.addr, "ville@customer.example");
	assert_string_equal(letter->letter.in_reply_to, "first@customer.example");
	assert_true(letter->carried.is_whole);
	assert_non_null(strstr(letter->letter.text, "This is yours."));
	const struct pd_ticket *ticket = small_ticket(scene->desk, 1);
	assert_string_equal(ticket->owner, "bob");
	assert_int_equal(ticket->status_kind, PD_STATUS_WAITING);
	/* It goes on there: nobody here is told, nothing here changes, and the ticket has it all the same. */
	int64_t messages = ticket->messages;
	plan = small_deliver(scene->desk, from_ville("Still burning.", "second@customer.example"));
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 0);
	letter = small_letter(plan, PD_LETTER_FORWARD, NULL);
	assert_string_equal(letter->letter.recipients.items[0], "office@agents.example");
	assert_int_equal(letter->carried.message, 0);
	assert_int_equal(ticket->messages, messages + 1);
	assert_int_equal(ticket->status_kind, PD_STATUS_WAITING);
	assert_int_equal(ticket->clocks.of[PD_GOAL_NEXT_REPLY].start, 0);
	/* Anybody can write that address: it is handed on like the others. */
	struct small_mail back = {.from = "Office <office@agents.example>", .subject = "Re: Printer on fire",
				  .text = "Please take it.", .in_reply_to = letter->letter.message_id,
				  .id = "third@agents.example"};
	plan = small_deliver(scene->desk, back);
	assert_int_equal(small_letters(plan, PD_LETTER_FORWARD), 1);
	/* Proven, it takes the conversation in again, into the same ticket. */
	back.id = "fourth@agents.example";
	back.pass = true;
	plan = small_deliver(scene->desk, back);
	assert_int_equal(plan->ticket, 1);
	assert_int_equal(small_letters(plan, PD_LETTER_FORWARD), 0);
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
	assert_int_equal(ticket->status_kind, PD_STATUS_OPEN);
	plan = small_deliver(scene->desk, from_ville("Thank you.", "fifth@customer.example"));
	assert_int_equal(small_letters(plan, PD_LETTER_FORWARD), 0);
	/* By hand, and taken back. */
	small_do(scene->desk, "agent:bob", 1, "#inbox office@agents.example");
	small_do(scene->desk, "agent:bob", 1, "#undo");
	plan = small_deliver(scene->desk, from_ville("Hello?", "sixth@customer.example"));
	assert_int_equal(small_letters(plan, PD_LETTER_FORWARD), 0);
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
	small_do(scene->desk, "agent:bob", 1, "#inbox office@agents.example");
	plan = small_do(scene->desk, "agent:bob", 1, "#inbox none");
	assert_non_null(strstr(plan->report.items[0], "goes on here again"));
}

/* A draft is its author's alone (R6), and a change does not repeat the mail that made it. */
static void test_what_show_shows(void **state)
{
	struct scene *scene = *state;
	answer(scene, "#priority high\nHave you tried water?");
	small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "Use secret sand."));
	static const struct {
		const char *actor, *text;
		int times;
	} table[] = {
		{"agent:anna", "secret sand", 0},
		{"agent:bob", "secret sand", 1},
		{"agent:bob", "tried water", 1},
		{"agent:bob", "#priority", 0},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		const struct pd_plan *plan = small_do(scene->desk, table[i].actor, 1, "#show");
		int times = 0;
		for (size_t n = 0; n < plan->report.count; n++)
			times += strstr(plan->report.items[n], table[i].text) != NULL &&
				 strstr(plan->report.items[n], "command #") == NULL;
		CHECK_ROW(table[i].text, times == table[i].times);
	}
}

static void test_collision_by_token_alone(void **state)
{
	struct scene *scene = *state;
	answer(scene, "Have you tried water?");
	struct small_mail mail = reply_to(scene, bob, scene->to_bob, "Use sand.");
	mail.in_reply_to = NULL;
	assert_string_equal(small_deliver(scene->desk, mail)->outcome, "held");
}

static void test_no_collision(void **state)
{
	struct scene *scene = *state;
	/* One's own answer, a comment, an acknowledgement cross nothing. */
	answer(scene, "Have you tried water?");
	assert_string_equal(answer(scene, "I forgot: or foam.")->outcome, "reply");
	struct pd_plan *plan =
		small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "#note I would use sand."));
	assert_string_equal(plan->outcome, "comment");
	/* Whoever answers the newer notification has seen all. */
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "second@customer.example",
				  .text = "Hello?"};
	scene->to_bob = small_letter(small_deliver(scene->desk, more), PD_LETTER_NOTIFICATION, "bob");
	assert_string_equal(
		small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "Use sand."))->outcome,
		"reply");
}

/* --- proof --- */

static void test_unproven(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = reply_to(scene, anna, scene->to_anna, "#close\nPay to this account.");
	mail.pass = false;
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_string_equal(plan->outcome, "held");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 0);
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_NEW);
	const struct pd_event *kept = small_event(scene->desk, 1, PD_EVENT_COMMENT);
	assert_non_null(strstr(kept->why, "unverified"));
	assert_string_equal(kept->actor, "postdesk");
	const struct pd_planned_letter *asked = small_letter(plan, PD_LETTER_CONFIRMATION, "anna");
	assert_non_null(asked);
	assert_true(pd_strings_has(&asked->letter.recipients, "anna@agents.example"));
	assert_non_null(strstr(asked->letter.text, "Pay to this account."));

	/* No automatic mail, no bare mail, no stranger confirms it. */
	struct small_mail yes = reply_to(scene, anna, asked, "#yes");
	yes.pass = false; /* asked for exactly because the desk cannot prove the agent */
	yes.kinds = PD_KIND_AUTO;
	assert_int_equal(small_letters(small_deliver(scene->desk, yes), PD_LETTER_REPLY), 0);
	yes.kinds = 0;
	yes.id = "empty@agents.example";
	yes.text = "";
	assert_string_equal(small_deliver(scene->desk, yes)->outcome, "refused");
	yes.id = "stranger@evil.example";
	yes.from = "eve@evil.example";
	yes.text = "#yes";
	assert_int_equal(small_letters(small_deliver(scene->desk, yes), PD_LETTER_REPLY), 0);

	yes.from = anna;
	yes.id = "yes@agents.example";
	plan = small_deliver(scene->desk, yes);
	const struct pd_planned_letter *out = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_non_null(out);
	assert_string_equal(out->letter.text, "Pay to this account.");
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_CLOSED);
	assert_int_not_equal(out->carried.message, -1);
	/* Used once. */
	yes.id = "again@agents.example";
	plan = small_deliver(scene->desk, yes);
	assert_string_equal(plan->outcome, "refused");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
}

static void test_confirmation_expires(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = reply_to(scene, anna, scene->to_anna, "Hello.");
	mail.pass = false;
	const struct pd_planned_letter *asked =
		small_letter(small_deliver(scene->desk, mail), PD_LETTER_CONFIRMATION, "anna");
	scene->desk->now += 49 * PD_HOUR;
	struct pd_plan *plan = small_deliver(scene->desk, reply_to(scene, anna, asked, "#yes"));
	assert_string_equal(plan->outcome, "refused");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
}

/* Bob's question is bob's: with its address anna, proven, frees nothing of his. */
static void test_confirmation_of_another(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = reply_to(scene, bob, scene->to_bob, "Use sand.");
	mail.pass = false;
	const struct pd_planned_letter *asked =
		small_letter(small_deliver(scene->desk, mail), PD_LETTER_CONFIRMATION, "bob");
	struct pd_plan *plan = small_deliver(scene->desk, reply_to(scene, anna, asked, "#yes"));
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	assert_string_not_equal(plan->outcome, "reply");
	plan = small_deliver(scene->desk, reply_to(scene, bob, asked, "#yes"));
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 1); /* it was kept for him */
}

/* Invariant 9 where the client gives no In-Reply-To: the address says what is answered. */
static void test_collision_by_address_alone(void **state)
{
	struct scene *scene = *state;
	answer(scene, "Have you tried water?");
	struct small_mail mail = reply_to(scene, bob, scene->to_bob, "Use sand.");
	mail.in_reply_to = mail.references = NULL;
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_string_equal(plan->outcome, "held");
	assert_string_equal(plan->why, "Anna Virtanen answered first");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	/* Words that were not sent are nobody's to find. */
	for (size_t i = 0; i < plan->messages.count; i++)
		assert_null(plan->messages.items[i].search_text);
}

/* Another agent's address leads a proven agent to the ticket, and no further. */
static void test_colleagues_address(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = reply_to(scene, anna, scene->to_bob, "Use sand.");
	mail.in_reply_to = mail.references = NULL;
	mail.subject = "Sand";
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_int_equal(plan->ticket, 1);
	assert_string_equal(plan->outcome, "held");
	const struct pd_planned_letter *asked = small_letter(plan, PD_LETTER_CONFIRMATION, "anna");
	assert_true(pd_starts(asked->letter.subject, "Please confirm: "));
	assert_null(strstr(asked->letter.text, "not proven"));
	assert_null(small_event(scene->desk, 1, PD_EVENT_COMMENT)); /* no "unverified" */
	plan = small_deliver(scene->desk, reply_to(scene, anna, asked, "#yes"));
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 1);
	assert_int_equal(plan->ticket, 1);
	mail.pass = false;
	mail.id = "forged@agents.example";
	asked = small_letter(small_deliver(scene->desk, mail), PD_LETTER_CONFIRMATION, "anna");
	assert_true(pd_starts(asked->letter.subject, "Is it you? "));
	assert_non_null(strstr(asked->letter.text, "not proven"));
}

/* Their end is told, all of one author's in one mail, once. */
static void test_expiry_is_told(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = reply_to(scene, anna, scene->to_anna, "Hello.");
	mail.pass = false;
	small_deliver(scene->desk, mail);
	mail = reply_to(scene, anna, scene->to_anna, "Hello again.");
	mail.pass = false;
	const struct pd_planned_letter *asked =
		small_letter(small_deliver(scene->desk, mail), PD_LETTER_CONFIRMATION, "anna");
	for (int round = 0; round < 3; round++) {
		struct pd_context context = small_context(scene->desk, "postdesk");
		pd_decide_expired(&context);
		assert_int_equal(context.plan->drafts.count, round == 1 ? 2 : 0);
		assert_int_equal(context.plan->letters.count, round == 1 ? 1 : 0);
		if (round == 1) {
			const struct pd_letter *letter = &context.plan->letters.items[0]->letter;
			assert_true(pd_strings_has(&letter->recipients, "anna@agents.example"));
			assert_non_null(strstr(letter->text, "ticket #1  Printer on fire"));
		}
		small_keep(scene->desk, &context);
		if (round == 0)
			scene->desk->now += 49 * PD_HOUR;
	}
	struct pd_plan *plan = small_deliver(scene->desk, reply_to(scene, anna, asked, "#yes"));
	assert_non_null(strstr(plan->why, "too late"));
}

static void test_send_frees_no_unproven_mail(void **state)
{
	struct scene *scene = *state;
	struct small_mail forged = reply_to(scene, anna, scene->to_anna, "Pay to this account.");
	forged.pass = false;
	small_deliver(scene->desk, forged);
	struct pd_plan *plan = answer(scene, "#send");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
}

/* A forged mail does not hide what the agent may send. */
static void test_forged_mail_hides_no_draft(void **state)
{
	struct scene *scene = *state;
	answer(scene, "Have you tried water?");
	small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "Use sand."));
	struct small_mail forged = reply_to(scene, bob, scene->to_bob, "Pay to this account.");
	forged.pass = false;
	small_deliver(scene->desk, forged);
	struct pd_plan *plan = small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "#send"));
	assert_string_equal(small_letter(plan, PD_LETTER_REPLY, NULL)->letter.text, "Use sand.");
}

/* Where nothing proves agents (the default), each mail is confirmed, also the #send of a held one. */
static void test_send_by_confirmation(void **state)
{
	struct scene *scene = *state;
	answer(scene, "Have you tried water?");
	struct small_mail mail = reply_to(scene, bob, scene->to_bob, "Use sand.");
	mail.pass = false;
	const struct pd_planned_letter *asked =
		small_letter(small_deliver(scene->desk, mail), PD_LETTER_CONFIRMATION, "bob");
	mail = reply_to(scene, bob, asked, "#yes");
	mail.pass = false;
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_string_equal(plan->outcome, "held"); /* it is bob's, and anna was first */
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "bob");
	mail = reply_to(scene, bob, receipt, "#send");
	mail.pass = false;
	asked = small_letter(small_deliver(scene->desk, mail), PD_LETTER_CONFIRMATION, "bob");
	mail = reply_to(scene, bob, asked, "#yes");
	mail.pass = false;
	plan = small_deliver(scene->desk, mail);
	assert_string_equal(small_letter(plan, PD_LETTER_REPLY, NULL)->letter.text, "Use sand.");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 1);
	assert_int_equal(small_letters(plan, PD_LETTER_RECEIPT), 1);
}

/* A draft is proven no better than it was when it came, and no better than what sets it free: a grave command in it
 * is carried out at once only where both were proven in full. */
static void test_proof_of_a_freed_draft(void **state)
{
	static const struct {
		bool comes_in_full, goes_in_full;
	} table[] = {{true, true}, {true, false}, {false, true}, {false, false}};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		teardown(state);
		setup(state);
		struct scene *scene = *state;
		answer(scene, "Have you tried water?");
		struct small_mail mail = reply_to(scene, bob, scene->to_bob, "#delete\n\nUse sand.");
		mail.pass = !table[i].comes_in_full;
		struct pd_plan *plan = small_deliver(scene->desk, mail);
		if (table[i].comes_in_full) {
			mail = reply_to(scene, bob, small_letter(plan, PD_LETTER_CONFIRMATION, "bob"), "#yes");
			mail.pass = false;
			plan = small_deliver(scene->desk, mail);
		}
		assert_string_equal(plan->outcome, "held");
		if (table[i].goes_in_full)
			plan = small_do(scene->desk, "agent:bob", 1, "#send");
		else
			plan = small_deliver(scene->desk, reply_to(scene, bob, scene->to_bob, "#send"));
		bool is_asked = small_letters(plan, PD_LETTER_CONFIRMATION) > 0;
		if (is_asked == (table[i].comes_in_full && table[i].goes_in_full))
			fail_msg("case %zu: %s", i, is_asked ? "asked" : "not asked");
		assert_int_equal(small_letters(plan, PD_LETTER_REPLY), !is_asked);
	}
}

static void test_proofs(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *from;
		bool pass, has_token, is_bobs_token;
		int days;
		const char *text, *outcome;
	} table[] = {
		{"pass and token", anna, true, true, false, 0, "Hello.", "reply"},
		{"pass, plain address", anna, true, false, false, 0, "Hello.", "held"},
		{"pass, plain address, harmless command", anna, true, false, false, 0, "#take", "commands"},
		{"pass, plain address, other command", anna, true, false, false, 0, "#close", "held"},
		{"token alone", anna, false, true, false, 0, "Hello.", "held"},
		{"another agent's token", anna, true, true, true, 0, "Hello.", "held"},
		{"another agent's token, harmless command", anna, true, true, true, 0, "#take", "commands"},
		{"another agent's token, grave command", anna, true, true, true, 0, "#delete", "held"},
		{"an expired token", anna, true, true, false, 92, "Hello.", "held"},
		{"a grave command", anna, true, true, false, 0, "#delete", "held"},
		{"a second address of the agent", "anna@home.example", true, true, false, 0, "Hello.",
		 "reply"},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct scene *scene = scene_with(&first);
		const struct pd_planned_letter *letter =
			table[i].is_bobs_token ? scene->to_bob : scene->to_anna;
		struct small_mail mail = reply_to(scene, table[i].from, letter, table[i].text);
		if (!table[i].has_token)
			mail.to = "support@example.com";
		mail.pass = table[i].pass;
		scene->desk->now += table[i].days * PD_DAY;
		struct pd_plan *plan = small_deliver(scene->desk, mail);
		CHECK_ROW_STRING(table[i].name, plan->outcome, table[i].outcome);
		CHECK_ROW(table[i].name, plan->ticket == 1);
		if (strcmp(table[i].outcome, "held") == 0) {
			CHECK_ROW(table[i].name, small_letters(plan, PD_LETTER_REPLY) == 0);
			CHECK_ROW(table[i].name, small_letters(plan, PD_LETTER_CONFIRMATION) == 1);
		}
		small_desk_free(scene->desk);
	}
}

static void test_agents_vacation(void **state)
{
	struct scene *scene = *state;
	struct small_mail away = reply_to(scene, anna, scene->to_anna, "I am away.");
	away.kinds = PD_KIND_AUTO;
	struct pd_plan *plan = small_deliver(scene->desk, away);
	assert_int_equal(plan->letters.count, 0);
	assert_int_equal(small_ticket(scene->desk, 1)->messages,
			 2); /* the contact's and the acknowledgement */
	/* To the envelope's sender, as vacations go. */
	away.to = scene->to_anna->letter.envelope_from;
	away.in_reply_to = NULL;
	away.id = "away2@agents.example";
	plan = small_deliver(scene->desk, away);
	assert_int_equal(plan->ticket, 1);
	assert_int_equal(plan->letters.count, 0);
}

/* --- new tickets of agents --- */

static const struct small_mail forward = {.from = anna,
					  .subject = "Fwd: My invoice",
					  .text = "#assign bob\nPlease look.",
					  .id = "forward@agents.example",
					  .pass = true,
					  .forwarded_from = "Matti <matti@customer.example>",
					  .forwarded_subject = "My invoice",
					  .forwarded_text = "It is wrong."};

static void test_forward(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = small_deliver(scene->desk, forward);
	assert_string_equal(plan->outcome, "new ticket");
	const struct pd_ticket *ticket = small_ticket(scene->desk, plan->ticket);
	assert_string_equal(ticket->name, "My invoice");
	assert_string_equal(ticket->owner, "bob");
	assert_true(pd_ticket_has_participant(ticket, "matti@customer.example"));
	assert_false(pd_ticket_has_participant(ticket, "anna@agents.example"));
	const struct pd_event *event = small_event(scene->desk, plan->ticket, PD_EVENT_MESSAGE);
	assert_string_equal(event->actor, "contact:matti@customer.example");
	assert_string_equal(small_message(scene->desk, event->message)->text, "It is wrong.");
	assert_string_equal(
		small_message(scene->desk, small_event(scene->desk, plan->ticket, PD_EVENT_COMMENT)->message)
			->text,
		"Please look.");
	/* The guess is stated. */
	assert_non_null(
		strstr(small_letter(plan, PD_LETTER_RECEIPT, "anna")->letter.text, "matti@customer.example"));
	assert_int_equal(small_letters(plan, PD_LETTER_ACKNOWLEDGEMENT), 0);
	const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "bob");
	assert_non_null(told);
	assert_non_null(strstr(told->letter.text, "It is wrong."));
	assert_non_null(strstr(told->letter.text, "Anna Virtanen commented:\n\nPlease look."));
	plan = small_deliver(scene->desk, reply_to(scene, bob, told, "We mend it."));
	assert_string_equal(small_letter(plan, PD_LETTER_REPLY, NULL)->letter.to.items[0].addr,
			    "matti@customer.example");
}

/* Commands work in the mail that makes the ticket, and its receipt knows of the contact. */
static void test_commands_in_first_mail(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = {.from = anna,
				  .subject = "Called",
				  .text = "#contact matti@customer.example\n#priority high\n\nShe wants it today.",
				  .id = "first@agents.example",
				  .pass = true};
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_string_equal(plan->outcome, "new ticket");
	const struct pd_ticket *ticket = small_ticket(scene->desk, plan->ticket);
	assert_string_equal(ticket->priority, "high");
	assert_int_equal(ticket->contacts.count, 1);
	const char *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna")->letter.text;
	assert_non_null(strstr(receipt, "Its contact is matti@customer.example."));
	assert_null(strstr(receipt, "has no contact"));
	mail.id = "second@agents.example";
	mail.text = "#priority high\n\nNobody knows who it was.";
	plan = small_deliver(scene->desk, mail);
	assert_non_null(strstr(small_letter(plan, PD_LETTER_RECEIPT, "anna")->letter.text, "It has no contact"));
}

static void test_forwarder_is_not_told(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = forward;
	mail.text = "";
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
	assert_null(small_letter(plan, PD_LETTER_NOTIFICATION, "anna"));
}

/* A forger must not fill an agent's inbox with questions. */
static void test_limit_of_confirmations(void **state)
{
	struct scene *scene = *state;
	size_t asked = 0, told = 0;
	for (int i = 0; i < 70; i++) {
		struct small_mail mail = reply_to(scene, anna, scene->to_anna, "Pay.");
		mail.pass = false;
		struct pd_plan *plan = small_deliver(scene->desk, mail);
		assert_string_equal(plan->outcome, "held");
		asked += small_letters(plan, PD_LETTER_CONFIRMATION);
		told += small_letters(plan, PD_LETTER_NOTIFICATION);
		if (small_letters(plan, PD_LETTER_CONFIRMATION) == 0)
			assert_non_null(strstr(plan->why, "not asked: too many"));
		scene->desk->now -= PD_MINUTE;
	}
	assert_int_equal(asked, 60);
	assert_int_equal(told, 1); /* but in silence it stops not */
}

static void test_who_may_not_see_is_not_told(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new("[team narrow]\nmembers = dan\nsees = own\n"
						 "[agent dan]\naddress = dan@agents.example\n");
	small_deliver(desk, first);
	struct pd_plan *plan = small_do(desk, "agent:anna", 1, "#note What do you think, @dan and @bob?");
	assert_null(small_letter(plan, PD_LETTER_NOTIFICATION, "dan"));
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
	small_desk_free(desk);
}

static void test_savepoint(void **state)
{
	struct scene *scene = *state;
	struct pd_context context = small_context(scene->desk, "agent:anna");
	struct pd_savepoint before;
	pd_plan_set(&context, pd_plan_ticket(&context, 1), "priority", "high", NULL);
	pd_plan_save(&context, &before);
	pd_plan_set(&context, pd_plan_ticket(&context, 1), "category", "other",
		    NULL); /* into the same event */
	pd_plan_event(&context, pd_plan_ticket(&context, 1), PD_EVENT_RELATED, 0, 0, NULL);
	pd_plan_back(&context, &before);
	assert_int_equal(context.plan->events.count, 1);
	assert_int_equal(context.plan->events.items[0]->changes.count, 1);
	assert_null(pd_plan_ticket(&context, 1)->category);
	small_keep(scene->desk, &context);
	assert_string_equal(small_ticket(scene->desk, 1)->priority, "high");
}

/* One within another: each is gone back to, the inner twice; a ticket read meanwhile is as the desk has it. */
static void test_savepoints(void **state)
{
	struct scene *scene = *state;
	struct pd_context context = small_context(scene->desk, "agent:anna");
	struct pd_savepoint outer, inner;
	struct pd_ticket *ticket = pd_plan_ticket(&context, 1);
	const char *as_it_was = ticket->priority;
	pd_plan_save(&context, &outer);
	pd_plan_set(&context, ticket, "priority", "low", NULL);
	pd_plan_save(&context, &inner);
	for (int i = 0; i < 2; i++) {
		pd_plan_set(&context, ticket, "priority", "high", NULL);
		pd_plan_add(&context, ticket, "follower", "bob", 0, NULL);
		pd_plan_back(&context, &inner);
		assert_ptr_equal(pd_plan_ticket(&context, 1), ticket);
		assert_string_equal(ticket->priority, "low");
		assert_false(pd_strings_has(&ticket->followers, "bob"));
	}
	pd_plan_set(&context, ticket, "category", "other", NULL);
	pd_plan_back(&context, &outer);
	assert_string_equal(ticket->priority, as_it_was);
	assert_null(ticket->category);
	assert_int_equal(context.plan->events.count, 0);
	assert_int_equal(ticket->version, small_ticket(scene->desk, 1)->version);
}

static void test_unproven_forward(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = forward;
	mail.pass = false;
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_string_equal(plan->outcome, "held");
	assert_int_equal(plan->ticket, 2);
	const struct pd_planned_letter *asked = small_letter(plan, PD_LETTER_CONFIRMATION, "anna");
	plan = small_deliver(scene->desk, reply_to(scene, anna, asked, "#yes"));
	assert_int_equal(plan->ticket, 2); /* the one that held it */
	assert_true(pd_ticket_has_participant(small_ticket(scene->desk, 2), "matti@customer.example"));
	assert_string_equal(small_ticket(scene->desk, 2)->owner, "bob");
}

static void test_bad_command_in_first_mail(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = forward;
	mail.text = "#asign bob\nPlease look.";
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_string_equal(plan->outcome, "refused");
	assert_non_null(strstr(plan->why, "#asign"));
	assert_int_equal(plan->ticket, 0);
	assert_int_equal(plan->messages.count, 1); /* kept all the same, where it can be found (invariant 8) */
	const struct pd_event *kept = small_event(scene->desk, 2, PD_EVENT_COMMENT);
	assert_int_equal(kept->message, plan->messages.items[0].stored.id);
	assert_string_equal(small_ticket(scene->desk, 2)->name, "Commands and requests");
	assert_int_equal(small_ticket(scene->desk, 2)->status_kind, PD_STATUS_CLOSED);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 0);
	assert_null(plan->messages.items[0].search_text); /* a draft is its author's alone */
	assert_non_null(small_letter(plan, PD_LETTER_RECEIPT, "anna"));
}

static void test_question_of_an_agent(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = {.from = anna,
				  .subject = "The coffee machine",
				  .text = "It is empty.",
				  .id = "coffee@agents.example",
				  .pass = true};
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_string_equal(plan->outcome, "new ticket");
	const struct pd_ticket *ticket = small_ticket(scene->desk, plan->ticket);
	assert_int_equal(ticket->contacts.count, 0);
	assert_true(pd_strings_has(&ticket->followers, "anna"));
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
}

static void test_do_address(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = {.from = anna,
				  .to = "support+do@example.com",
				  .subject = "#list open",
				  .id = "do@agents.example",
				  .pass = true};
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	assert_non_null(receipt);
	assert_non_null(strstr(receipt->letter.text, "Printer on fire"));
	assert_int_equal(plan->ticket, 0);
	assert_int_equal(plan->messages.count, 1);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 0);
	mail.subject = "#list closed";
	mail.id = "do1@agents.example";
	small_deliver(scene->desk, mail); /* the same ticket collects it */
	assert_true(receipt->letter.is_fixed); /* columns stand below each other */
	mail.subject = "list open"; /* the sign is not needed, as in the body */
	mail.id = "do0@agents.example";
	plan = small_deliver(scene->desk, mail);
	assert_string_equal(plan->outcome, "commands");
	assert_int_equal(plan->ticket, 0);
	assert_non_null(strstr(small_letter(plan, PD_LETTER_RECEIPT, "anna")->letter.text, "Printer on fire"));
	mail.subject = "#new Order paper";
	mail.text = "#priority low";
	mail.id = "do2@agents.example";
	plan = small_deliver(scene->desk, mail);
	assert_int_equal(plan->ticket, 3);
	assert_string_equal(small_ticket(scene->desk, 3)->name, "Order paper");
	assert_string_equal(small_ticket(scene->desk, 3)->priority, "low");
}

static void test_a_contacts_commands_are_text(void **state)
{
	struct scene *scene = *state;
	struct small_mail mail = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "second@customer.example",
				  .text = "#close\n#assign bob\nHello."};
	struct pd_plan *plan = small_deliver(scene->desk, mail);
	assert_int_equal(plan->ticket, 1);
	assert_int_equal(small_ticket(scene->desk, 1)->status_kind, PD_STATUS_NEW);
	assert_null(small_ticket(scene->desk, 1)->owner);
}

static void test_undo_by_receipt(void **state)
{
	struct scene *scene = *state;
	struct pd_plan *plan = answer(scene, "#priority high");
	const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
	const char *undo = strstr(receipt->letter.text, "#undo ");
	assert_non_null(undo);
	plan = small_deliver(
		scene->desk,
		reply_to(scene, anna, receipt, pd_strndup(scene->desk->arena, undo, strcspn(undo, "\n"))));
	assert_string_equal(small_ticket(scene->desk, 1)->priority, "normal");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
}

static void test_merged_number_is_followed(void **state)
{
	struct scene *scene = *state;
	struct small_mail other = {
		.from = "ville@customer.example", .subject = "Once more", .id = "other@customer.example"};
	small_deliver(scene->desk, other);
	struct pd_context context = small_context(scene->desk, "agent:anna");
	pd_plan_set(&context, pd_plan_ticket(&context, 1), "merged", "2", NULL);
	small_keep(scene->desk, &context);
	struct small_mail more = {.from = "ville@customer.example",
				  .in_reply_to = "first@customer.example",
				  .id = "third@customer.example"};
	assert_int_equal(small_deliver(scene->desk, more)->ticket, 2);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_reply),
		TEST(test_plain_reply_has_no_receipt),
		TEST(test_thread_goes_on),
		TEST(test_no_leaks_from_text),
		TEST(test_hidden_addresses),
		TEST(test_attribution_of_a_notification),
		TEST(test_quoted_notification),
		TEST(test_forwarded_notification),
		TEST(test_nothing_said),
		TEST(test_subject_is_scrubbed),
		cmocka_unit_test(test_parts_differ),
		TEST(test_command_between_lines),
		TEST(test_answer_to_a_receipt),
		TEST(test_version_of_the_token),
		TEST(test_nothing_to_undo),
		TEST(test_restore_needs_no_confirmation),
		TEST(test_attachments_go_along),
		TEST(test_shape_of_the_reply),
		TEST(test_whom_the_client_wrote_to),
		TEST(test_direct_answer),
		TEST(test_cc_of_the_unproven),
		TEST(test_status_of_the_author_wins),
		TEST(test_older_notification),
		TEST(test_commands_only),
		cmocka_unit_test(test_given_back),
		TEST(test_corrected),
		TEST(test_deleted_ticket),
		TEST(test_a_failing_undo),
		TEST(test_viewer),
		TEST(test_note),
		TEST(test_followers_hear_of_replies),
		TEST(test_collision),
		TEST(test_what_show_shows),
		TEST(test_draft),
		TEST(test_draft_crossed),
		TEST(test_inbox),
		TEST(test_task),
		TEST(test_about_an_entry),
		TEST(test_send_later),
		TEST(test_send_later_undone),
		TEST(test_send_later_crossed),
		cmocka_unit_test_setup_teardown(test_reply_is_stopped, setup_with_grace, teardown),
		cmocka_unit_test_setup_teardown(test_reply_is_out, setup_with_grace, teardown),
		TEST(test_collision_by_token_alone),
		TEST(test_no_collision),
		TEST(test_unproven),
		TEST(test_confirmation_expires),
		TEST(test_confirmation_of_another),
		TEST(test_collision_by_address_alone),
		TEST(test_colleagues_address),
		TEST(test_expiry_is_told),
		TEST(test_send_frees_no_unproven_mail),
		TEST(test_forged_mail_hides_no_draft),
		TEST(test_proof_of_a_freed_draft),
		TEST(test_send_by_confirmation),
		cmocka_unit_test(test_proofs),
		TEST(test_agents_vacation),
		TEST(test_forward),
		TEST(test_commands_in_first_mail),
		TEST(test_forwarder_is_not_told),
		TEST(test_limit_of_confirmations),
		cmocka_unit_test(test_who_may_not_see_is_not_told),
		TEST(test_savepoint),
		TEST(test_savepoints),
		TEST(test_unproven_forward),
		TEST(test_bad_command_in_first_mail),
		TEST(test_question_of_an_agent),
		TEST(test_do_address),
		TEST(test_a_contacts_commands_are_text),
		TEST(test_undo_by_receipt),
		TEST(test_merged_number_is_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
