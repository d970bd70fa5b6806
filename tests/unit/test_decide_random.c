/* Thousands of mails put together at random, on one desk after another: what never breaks (DESIGN.md) holds
 * after each. The numbers are the same in every run; POSTDESK_SEED gives others. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/letters.h"
#include "small_desk.h"

static uint64_t state_of_chance;

static unsigned chance(unsigned below)
{
	state_of_chance = state_of_chance * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state_of_chance >> 33) % below;
}
#define PICK(table) ((table)[chance(COUNT(table))])

static const char *const outsiders[] = {"ville@customer.example", "Liisa <liisa@customer.example>",
					"eve@evil.example",	  "noreply@shop.example",
					"someone@gmail.com",	  "MAILER-DAEMON@mx.example"};
static const char *const insiders[] = {"anna@agents.example", "Bob <bob@agents.example>",
				       "carol@agents.example", "vera@agents.example", "anna@home.example"};
static const char *const texts[] = {"It burns.",
				    "#close\nDone.",
				    "#assign bob\n#priority high",
				    "#note Between us, @carol: SECRET.",
				    "#asign bob\nHello.",
				    "#send",
				    "#yes",
				    "#undo",
				    "#take\nWrite to anna@home.example.",
				    "#cc boss@customer.example\nSee.",
				    "#delete",
				    "#list open",
				    "#new Another thing",
				    "#spam",
				    "#ham",
				    "",
				    "## no command\n@bob"};
static const char *const subjects[] = {
	"Printer on fire", "Re: Printer on fire", "[#1] hello", "Re: [#2] x", "", "Fwd: It", "#list open"};
static const unsigned kinds[] = {0,
				 0,
				 0,
				 0,
				 0,
				 0,
				 PD_KIND_AUTO,
				 PD_KIND_LIST,
				 PD_KIND_SPAM,
				 PD_KIND_BOUNCE | PD_KIND_DSN | PD_KIND_AUTO,
				 PD_KIND_RECEIPT,
				 PD_KIND_UNPARSED};

/* An address that the desk has given out, or a mailbox. */
static const char *some_address(struct small_desk *desk)
{
	static const char *const plain[] = {"support@example.com", "sales@example.com",
					    "support+do@example.com",
					    "support+t1.aaaaaaaaaaaaaaaa@example.com"};
	if (desk->fake->letters.count == 0 || chance(3) == 0)
		return PICK(plain);
	const struct pd_letter *letter =
		&desk->fake->letters.items[chance((unsigned)desk->fake->letters.count)]->letter;
	switch (chance(4)) {
	case 0:
		return *letter->envelope_from != '\0' ? letter->envelope_from : "support@example.com";
	case 1:
		return letter->from.addr;
	default:
		return letter->reply_to.addr != NULL && *letter->reply_to.addr != '\0' ? letter->reply_to.addr
										       : letter->from.addr;
	}
}

static const char *some_id(struct small_desk *desk)
{
	if (desk->fake->ids.count == 0 || chance(4) == 0)
		return chance(2) == 0 ? NULL : "unknown@elsewhere.example";
	return desk->fake->ids.items[chance((unsigned)desk->fake->ids.count)].message_id;
}

static void answer_to(struct small_desk *desk, const struct pd_planned_letter *planned,
		      struct small_mail *mail)
{
	const struct pd_letter *letter = &planned->letter;
	bool has_own = letter->reply_to.addr != NULL && *letter->reply_to.addr != '\0';
	mail->from = pd_strdup(desk->arena, letter->recipients.items[0]);
	mail->to = has_own ? letter->reply_to.addr : letter->from.addr;
	mail->in_reply_to = letter->message_id;
	mail->kinds = 0;
	mail->pass = chance(4) != 0;
}

static struct small_mail some_mail(struct small_desk *desk, int number)
{
	struct small_mail mail = {
		.from = chance(5) == 0	 ? "support@example.com"
			: chance(2) == 0 ? PICK(outsiders)
					 : PICK(insiders),
		.to = some_address(desk),
		.subject = PICK(subjects),
		.text = PICK(texts),
		.kinds = PICK(kinds),
		.in_reply_to = some_id(desk),
		.references = some_id(desk),
		.original = chance(4) == 0 ? some_id(desk) : NULL,
		.pass = chance(2) == 0,
		.id = chance(30) == 0 ? NULL : pd_printf(desk->arena, "mail%d@somewhere.example", number),
		.attachment = chance(8) == 0 ? "a.pdf" : NULL,
		.queue = pd_printf(desk->arena, "4b%d", number),
	};
	if (chance(3) == 0 && desk->fake->letters.count > 0) /* a real answer to a letter of ours */
		answer_to(desk, desk->fake->letters.items[chance((unsigned)desk->fake->letters.count)],
			  &mail);
	if (chance(5) == 0)
		mail.cc = PICK(outsiders);
	else if (chance(5) == 0)
		mail.cc = "sales@example.com, bob@agents.example";
	if (chance(8) == 0)
		mail.reply_to = PICK(outsiders);
	if (chance(8) == 0) {
		mail.forwarded_from = PICK(outsiders);
		mail.forwarded_text = "An original.";
	}
	if (chance(10) == 0)
		mail.bounced = "ville@customer.example";
	if (chance(20) == 0)
		mail.id = some_id(desk); /* one's own, or ours come back */
	return mail;
}

static bool contains(const char *text, const char *what)
{
	return text != NULL && strstr(text, what) != NULL;
}

/* Invariant 4, and who gets what. */
static void check_letter(struct small_desk *desk, const struct pd_planned_letter *planned, const char *seed)
{
	const struct pd_letter *letter = &planned->letter;
	struct pd_context context = small_context(desk, "postdesk");
	CHECK_ROW(seed, letter->recipients.count > 0);
	CHECK_ROW(seed, pd_message_id_is_ours(&context, letter->message_id));
	CHECK_ROW(seed, letter->loop != NULL);
	CHECK_ROW(seed, strchr(letter->subject, '\n') == NULL);
	if (planned->agent != NULL) {
		const struct pd_agent *agent = pd_settings_agent(desk->settings, planned->agent);
		CHECK_ROW(seed, letter->recipients.count == 1);
		CHECK_ROW(seed, pd_strings_has(&agent->addresses, letter->recipients.items[0]));
		CHECK_ROW(seed, letter->auto_submitted != NULL);
		CHECK_ROW(seed, *letter->envelope_from != '\0');
		return;
	}
	for (size_t i = 0; i < letter->recipients.count; i++)
		CHECK_ROW(seed, pd_is_outsider(&context, letter->recipients.items[i]));
	const char *const all[] = {letter->text, letter->html, letter->subject, letter->from.name,
				   letter->in_reply_to};
	for (size_t i = 0; i < COUNT(all); i++) {
		CHECK_ROW(seed, !contains(all[i], "agents.example"));
		CHECK_ROW(seed, !contains(all[i], "home.example"));
		CHECK_ROW(seed, !contains(all[i], "SECRET"));
		CHECK_ROW(seed, !contains(all[i], "#close") && !contains(all[i], "#as"));
	}
	struct pd_recipient reply_to = pd_recipient_resolve(&context, letter->reply_to.addr);
	CHECK_ROW(seed, reply_to.kind == PD_RCPT_TICKET && !reply_to.is_agent);
	if (planned->kind == PD_LETTER_ACKNOWLEDGEMENT) {
		CHECK_ROW(seed, *letter->envelope_from == '\0' && letter->recipients.count == 1);
		CHECK_ROW(seed, !pd_is_noreply(desk->arena, letter->recipients.items[0]));
	} else {
		CHECK_ROW(seed, planned->kind == PD_LETTER_REPLY);
	}
}

static void check_plan(struct small_desk *desk, const struct small_mail *mail, const struct pd_plan *plan,
		       const char *seed)
{
	CHECK_ROW(seed, plan->outcome != NULL);
	bool is_duplicate = strcmp(plan->outcome, "duplicate") == 0;
	bool is_kept = false;
	for (size_t i = 0; i < plan->messages.count; i++)
		is_kept |= plan->messages.items[i].raw_is_delivery;
	CHECK_ROW(seed, is_kept || is_duplicate); /* invariant 8 */
	bool is_automatic = (mail->kinds & ~(unsigned)PD_KIND_UNPARSED) != 0;
	for (size_t i = 0; i < plan->letters.count; i++) {
		const struct pd_planned_letter *letter = plan->letters.items[i];
		check_letter(desk, letter, seed);
		for (size_t n = 0; n < i; n++) /* nobody twice */
			CHECK_ROW(seed, letter->kind != PD_LETTER_NOTIFICATION ||
						plan->letters.items[n]->kind != PD_LETTER_NOTIFICATION ||
						letter->ticket != plan->letters.items[n]->ticket ||
						!pd_equal(letter->agent, plan->letters.items[n]->agent));
		if (letter->kind == PD_LETTER_ACKNOWLEDGEMENT) /* invariant 7 */
			CHECK_ROW(seed, !is_automatic);
		if (letter->kind == PD_LETTER_REPLY) /* invariant 5 */
			CHECK_ROW(seed, strstr(mail->from, "agents.example") != NULL ||
						strstr(mail->from, "home.example") != NULL);
		if (letter->kind == PD_LETTER_REPLY && !mail->pass) /* a confirmation set it free */
			CHECK_ROW(seed, strcmp(mail->text, "#yes") == 0);
	}
}

static void test_random(void **state)
{
	(void)state;
	const char *given = getenv("POSTDESK_SEED");
	unsigned long first = given != NULL ? strtoul(given, NULL, 10) : 1, seeds = given != NULL ? 1 : 20;
	size_t replies = 0, acknowledgements = 0, held = 0, tickets = 0;
	for (unsigned long seed = first; seed < first + seeds; seed++) {
		struct small_desk *desk = small_desk_new(NULL);
		state_of_chance = seed * 2654435761u;
		for (int i = 0; i < 150; i++) {
			struct small_mail mail = some_mail(desk, i);
			const char *name = pd_printf(desk->arena, "seed %lu, mail %d", seed, i);
			const struct pd_plan *plan = small_deliver(desk, mail);
			check_plan(desk, &mail, plan, name);
			replies += small_letters(plan, PD_LETTER_REPLY);
			acknowledgements += small_letters(plan, PD_LETTER_ACKNOWLEDGEMENT);
			held += strcmp(plan->outcome, "held") == 0;
			tickets += strcmp(plan->outcome, "new ticket") == 0;
		}
		small_desk_free(desk);
	}
	/* Chance has been everywhere. */
	print_message("%zu replies, %zu acknowledgements, %zu held, %zu new tickets\n", replies,
		      acknowledgements, held, tickets);
	if (given == NULL) {
		assert_true(replies > 20);
		assert_true(acknowledgements > 20);
		assert_true(held > 20);
		assert_true(tickets > 100);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
