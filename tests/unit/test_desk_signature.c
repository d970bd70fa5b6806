/* What a signature by a registered key proves: whom, for how long, how often, and for which ticket. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/signature.h"
#include "small_desk.h"

#define ANNA "Anna <anna@agents.example>"

/* A desk with ticket 1 of Ville, of which anna was told. */
struct place {
	struct small_desk *desk;
	const char *own_address, *notification; /* anna's; the Message-ID */
	const char *bobs_address, *villes_address;
};

static struct place new_place(void)
{
	struct place place = {.desk = small_desk_new(NULL)};
	const struct pd_plan *plan = small_deliver(
		place.desk, (struct small_mail){.from = "ville@customer.example", .subject = "Printer", .text = "Broken.", .id = "1@c"});
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(letter);
	place.own_address = letter->letter.reply_to.addr;
	place.notification = letter->letter.message_id;
	place.bobs_address = small_letter(plan, PD_LETTER_NOTIFICATION, "bob")->letter.reply_to.addr;
	place.villes_address = small_letter(plan, PD_LETTER_ACKNOWLEDGEMENT, NULL)->letter.reply_to.addr;
	return place;
}

static const char *status(struct place *place)
{
	return small_ticket(place->desk, 1)->status;
}

enum to { OWN, BOBS, VILLES, MAILBOX, DO };

static void test_signatures(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum to to;
		pd_time age;		/* of the signature */
		struct small_mail mail; /* text: default #close, which quotes the number; to: by default there; cc "-": there */
		const char *signer;	/* default anna; "": nobody */
		bool answers;		/* anna's notification */
		const char *outcome;
		const char *why; /* in the plan's reason; NULL: closed */
	} rows[] = {
		{"to the own address, naming the ticket", OWN, 0, {0}, NULL, false, "commands", NULL},
		{"to the own address alone", OWN, 0, {.quoted = ""}, NULL, false, "held", "what is signed does not name the ticket"},
		{"to the own address, as an answer", OWN, 0, {.quoted = ""}, NULL, true, "held", "what is signed does not name the ticket"},
		{"words for somebody outside, brought to the own address", OWN, 0, {.quoted = "", .text = "He is a swindler, pay him nothing."}, NULL, false,
		 "held", "what is signed does not name the ticket"},
		{"and to the contact beside it", OWN, 0, {.quoted = "", .text = "He is a swindler, pay him nothing.", .cc = "ville@customer.example"}, NULL, true,
		 "held", "what is signed does not name the ticket"},
		{"to the own address, which is signed", OWN, 0, {.quoted = "", .repeats = PD_REPEATS_TO}, NULL, false, "commands", NULL},
		{"signed for somebody outside, to the own address", OWN, 0,
		 {.quoted = "", .to = "ville@customer.example", .repeats = PD_REPEATS_TO | PD_REPEATS_SUBJECT}, NULL, false, "held",
		 "what is signed does not name the ticket"},
		{"signed for the mailbox, to the own address", OWN, 0, {.quoted = "", .to = "support@example.com", .repeats = PD_REPEATS_TO}, NULL, false,
		 "held", "what is signed does not name the ticket"},
		{"the own address in a signed Cc", OWN, 0, {.quoted = "", .to = "ville@customer.example", .cc = "-", .repeats = PD_REPEATS_CC}, NULL,
		 false, "commands", NULL},
		{"the own address in a Cc that is not signed", OWN, 0,
		 {.quoted = "", .to = "ville@customer.example", .cc = "-", .repeats = PD_REPEATS_TO}, NULL, false, "held",
		 "what is signed does not name the ticket"},
		{"of yesterday", OWN, 23 * PD_HOUR, {0}, NULL, false, "commands", NULL},
		{"older", OWN, 25 * PD_HOUR, {0}, NULL, false, "held", "signed too long ago"},
		{"by a clock that is ahead", OWN, -14 * PD_MINUTE, {0}, NULL, false, "commands", NULL},
		{"of the future", OWN, -16 * PD_MINUTE, {0}, NULL, false, "held", "signed in the future"},
		{"without a time", OWN, INT64_MAX, {0}, NULL, false, "held", "does not say when"},
		{"of another agent", OWN, 0, {0}, "bob", false, "held", "a key of somebody else"},
		{"none", OWN, 0, {0}, "", false, "held", "not proven"},
		{"bad", OWN, 0, {.signature_fault = "it is broken"}, "", false, "held", "signature: it is broken"},
		{"with another header inside", OWN, 0, {.is_contradicted = true, .repeats = PD_REPEATS_TO}, NULL, false, "held",
		 "the signed header is another"},
		{"to another agent's address", BOBS, 0, {0}, NULL, false, "held", "what is signed does not name the ticket"},
		{"to the contact's address", VILLES, 0, {0}, NULL, false, "held", "what is signed does not name the ticket"},
		{"signed for the contact, to the contact's address", VILLES, 0,
		 {.to = "ville@customer.example", .repeats = PD_REPEATS_TO | PD_REPEATS_SUBJECT}, NULL, false, "held",
		 "what is signed does not name the ticket"},
		{"to the mailbox, an answer to the notification", MAILBOX, 0, {0}, NULL, true, "commands", NULL},
		{"to the mailbox, such an answer that names no ticket", MAILBOX, 0, {.quoted = ""}, NULL, true, "held", "does not name the ticket"},
		{"to the mailbox, an answer to the contact", MAILBOX, 0, {.in_reply_to = "1@c"}, NULL, false, "held", "does not name the ticket"},
		{"to the mailbox, naming the ticket outside", MAILBOX, 0, {.subject = "Re: Printer [#1]"}, NULL, false, "held",
		 "does not name the ticket"},
		{"to the mailbox, naming another one", MAILBOX, 0, {.quoted = "> Ticket #12"}, NULL, true, "held",
		 "does not name the ticket"},
		{"to the mailbox, with a signed subject", MAILBOX, 0, {.quoted = "", .subject = "Re: Printer [#1]", .repeats = PD_REPEATS_SUBJECT}, NULL,
		 true, "commands", NULL},
		{"to the mailbox, with a signed header", MAILBOX, 0, {.in_reply_to = "1@c", .repeats = PD_REPEATS_TO | PD_REPEATS_IN_REPLY_TO}, NULL,
		 false, "commands", NULL},
		{"to the mailbox, with a header signed for somebody else", MAILBOX, 0,
		 {.to = "ville@customer.example", .in_reply_to = "1@c", .repeats = PD_REPEATS_TO | PD_REPEATS_IN_REPLY_TO}, NULL, false, "held",
		 "does not name the ticket"},
		{"to the mailbox, with a header signed for another ticket", MAILBOX, 0,
		 {.to = "support+t2.abc@example.com", .in_reply_to = "1@c", .repeats = PD_REPEATS_TO | PD_REPEATS_IN_REPLY_TO}, NULL, false, "held",
		 "does not name the ticket"},
		{"signed for the mailbox and no ticket, to another agent's address", BOBS, 0,
		 {.to = "support@example.com", .repeats = PD_REPEATS_TO | PD_REPEATS_SUBJECT}, NULL, false, "held", "does not name the ticket"},
		{"to the mailbox, with a signed tag", MAILBOX, 0,
		 {.subject = "Re: Printer [#1]", .repeats = PD_REPEATS_TO | PD_REPEATS_SUBJECT}, NULL, false, "commands", NULL},
		{"to the mailbox, with half a header", MAILBOX, 0, {.in_reply_to = "1@c", .repeats = PD_REPEATS_TO | PD_REPEATS_SUBJECT}, NULL, false,
		 "held", "does not name the ticket"},
		{"to the mailbox, without a signed recipient", MAILBOX, 0, {.in_reply_to = "1@c", .repeats = PD_REPEATS_IN_REPLY_TO}, NULL, false, "held",
		 "does not name the ticket"},
		{"to +do, a command in the subject", DO, 0, {.in_reply_to = "1@c", .subject = "#spam", .text = "#close\n#note This is #1."}, NULL, false, "held",
		 "does not name the ticket"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct place place = new_place();
		struct small_mail mail = rows[i].mail;
		struct pd_signer signer = {.agent = rows[i].signer != NULL ? rows[i].signer : "anna",
					   .fingerprint = "AB",
					   .digest = "d",
					   .at = rows[i].age == INT64_MAX ? 0 : place.desk->now - rows[i].age};
		const char *const addresses[] = {place.own_address, place.bobs_address, place.villes_address, "support@example.com", "support+do@example.com"};
		mail.from = ANNA;
		mail.id = "2@a";
		mail.rcpt = addresses[rows[i].to];
		mail.to = mail.to != NULL ? mail.to : mail.rcpt;
		mail.cc = mail.cc != NULL && *mail.cc == '-' ? mail.rcpt : mail.cc;
		mail.text = mail.text != NULL ? mail.text : "#close";
		mail.quoted = mail.quoted != NULL ? mail.quoted : "> Ticket #1 in support";
		mail.subject = mail.subject != NULL ? mail.subject : "Re: Printer";
		mail.in_reply_to = rows[i].answers ? place.notification : mail.in_reply_to;
		mail.signer = *signer.agent != '\0' ? &signer : NULL;
		const struct pd_plan *plan = small_deliver(place.desk, mail);
		CHECK_ROW_STRING(rows[i].name, plan->outcome, rows[i].outcome);
		CHECK_ROW_STRING(rows[i].name, status(&place), rows[i].why == NULL ? "Closed" : "New");
		if (rows[i].why != NULL && (plan->why == NULL || strstr(plan->why, rows[i].why) == NULL))
			fail_msg("row \"%s\": %s", rows[i].name, plan->why);
		small_desk_free(place.desk);
	}
}

/* One signature, one mail: not again under another Message-ID, also where the first did nothing but ask. */
static void test_once(void **state)
{
	(void)state;
	struct place place = new_place();
	struct pd_signer signer = {.agent = "anna", .fingerprint = "AB", .digest = "d", .at = place.desk->now};
	struct small_mail mail = {.from = ANNA, .to = place.own_address, .subject = "Re: Printer", .text = "#close", .id = "2@a", .signer = &signer,
				  .repeats = PD_REPEATS_TO, .date = place.desk->now};
	assert_string_equal(small_deliver(place.desk, mail)->outcome, "commands");
	assert_string_equal(status(&place), "Closed");
	small_do(place.desk, "administrator", 1, "#open");
	/* The same mail over another way is the same mail. */
	assert_string_equal(small_deliver(place.desk, mail)->outcome, "duplicate");
	mail.id = "3@a";
	const struct pd_plan *plan = small_deliver(place.desk, mail);
	assert_string_equal(plan->outcome, "held");
	assert_non_null(strstr(plan->why, "the signature was used before"));
	assert_string_equal(status(&place), "Open");
	/* Another second, another signature. */
	signer.at += PD_SECOND;
	mail.id = "4@a";
	assert_string_equal(small_deliver(place.desk, mail)->outcome, "commands");
	assert_string_equal(status(&place), "Closed");
	small_desk_free(place.desk);
}

/* An old address of its own proves nothing, as without a signature. */
static void test_expired_address(void **state)
{
	(void)state;
	struct place place = new_place();
	place.desk->now += 100 * PD_DAY;
	struct pd_signer signer = {.agent = "anna", .fingerprint = "AB", .digest = "d", .at = place.desk->now};
	struct small_mail mail = {.from = ANNA, .to = place.own_address, .subject = "Re: Printer", .text = "#close", .id = "2@a", .signer = &signer};
	assert_string_equal(small_deliver(place.desk, mail)->outcome, "held");
	assert_string_equal(status(&place), "New");
	small_desk_free(place.desk);
}

/* No token and no other proof is needed; what asks for full proof gets it. */
static void test_full(void **state)
{
	(void)state;
	struct place place = new_place();
	struct pd_signer signer = {.agent = "anna", .fingerprint = "AB", .digest = "d", .at = place.desk->now};
	struct pd_signer carol = {.agent = "carol", .fingerprint = "CD", .digest = "d", .at = place.desk->now};
	struct small_mail mail = {.from = "carol@agents.example", .subject = "Printers [#1]", .text = "#delete\n\n#note As #1.", .id = "2@a", .signer = &carol,
				  .repeats = PD_REPEATS_TO | PD_REPEATS_SUBJECT};
	const struct pd_plan *plan = small_deliver(place.desk, mail);
	if (!pd_equal(plan->outcome, "comment"))
		fail_msg("%s: %s", plan->outcome, plan->why);
	assert_true(small_ticket(place.desk, 1)->is_deleted);
	assert_string_equal(plan->messages.items[0].stored.proof, "signature");
	small_do(place.desk, "administrator", 1, "#restore");
	/* The answer leaves without a question. */
	signer.at += PD_SECOND;
	mail = (struct small_mail){.from = ANNA, .to = place.own_address, .subject = "Re: Printer", .text = "It is mended.", .id = "3@a", .signer = &signer,
				   .repeats = PD_REPEATS_TO};
	plan = small_deliver(place.desk, mail);
	assert_string_equal(plan->outcome, "reply");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 1);
	small_desk_free(place.desk);
}

/* An encrypted mail of an agent is not sent on, and a contact's is told of. */
static void test_encrypted(void **state)
{
	(void)state;
	struct place place = new_place();
	struct pd_signer signer = {.agent = "anna", .fingerprint = "AB", .digest = "d", .at = place.desk->now};
	struct small_mail mail = {.from = ANNA, .to = place.own_address, .subject = "Re: Printer", .attachment = "encrypted.asc", .id = "2@a",
				  .kinds = PD_KIND_ENCRYPTED, .signer = &signer, .repeats = PD_REPEATS_TO};
	const struct pd_plan *plan = small_deliver(place.desk, mail);
	assert_string_equal(plan->outcome, "refused");
	assert_int_equal(small_letters(plan, PD_LETTER_REPLY), 0);
	plan = small_deliver(place.desk, (struct small_mail){.from = "mikko@other.example", .subject = "Second", .id = "9@c",
							     .attachment = "encrypted.asc", .kinds = PD_KIND_ENCRYPTED});
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(strstr(letter->letter.text, "The mail is encrypted."));
	small_desk_free(place.desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_expired_address),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_encrypted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
