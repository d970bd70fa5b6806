/* Tests of contacts and companies: what is read as an address or number, records, merging, correcting, links; and that each
 * is taken back. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/company.h"
#include "desk/links.h"
#include "desk/people.h"
#include "small_desk.h"

#define ANNA "agent:anna"

static struct small_desk *desk;

static int make(void **state)
{
	(void)state;
	desk = small_desk_new("[reference deal]\nname = Deal\nurl = https://crm.example/d/{id}?x\n");
	static const struct small_mail mails[] = {
		{.from = "Jane Roe <jane@acme.example>", .subject = "Printer", .id = "1@x", .text = "It burns."},
		{.from = "Jane <jane@gmail.com>", .cc = "Max <max@shop.example>", .subject = "Mouse", .id = "2@x", .text = "It squeaks."},
		{.from = "Jo <jo@acme.example>", .subject = "Screen", .id = "3@x", .text = "It is dark."},
	};
	for (size_t i = 0; i < COUNT(mails); i++)
		small_deliver(desk, mails[i]);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	small_desk_free(desk);
	return 0;
}

static const char *give(const char *actor, int64_t ticket, const char *lines)
{
	desk->now += PD_MINUTE;
	const struct pd_plan *plan = small_do(desk, actor, ticket, lines);
	return pd_printf(desk->arena, "%s%s", plan->is_refused ? "! " : "",
			 pd_strings_join(desk->arena, &plan->report, "\n"));
}

#define STEP(actor, ticket, lines, want) CHECK_ROW_STRING(lines, give(actor, ticket, lines), want)

/* Of the ticket's first contact; "-" nobody. */
static const char *first(int64_t ticket)
{
	struct pd_context context = small_context(desk, "administrator");
	const struct pd_ticket *found = small_ticket(desk, ticket);
	const struct pd_contact *contact =
		found->contacts.count > 0 ? pd_plan_contact_by_id(&context, found->contacts.items[0]) : NULL;
	const char *company = pd_ticket_company(found, contact);
	return pd_printf(desk->arena, "%s of %s", contact != NULL ? pd_contact_words(contact) : "-",
			 company != NULL ? company : "-");
}

/* --- what is read --- */

static void identities(void **state)
{
	(void)state;
	static const struct {
		const char *name, *input, *want; /* want NULL: it is none */
	} rows[] = {
		{"an address", "Jane@Acme.example", "mail jane@acme.example"},
		{"a link of mail", "mailto:jane@acme.example", "mail jane@acme.example"},
		{"two at signs", "jane@acme@example", NULL},
		{"no domain", "jane@", NULL},
		{"a name beside", "Jane jane@acme.example", NULL},
		{"a number", "+358 40 123-4567", "phone +358401234567"},
		{"with zeros", "00358 (40) 1234567", "phone +358401234567"},
		{"of the town", "09/555 123", "phone 09555123"},
		{"a link of phones", "tel:+358401234567", "phone +358401234567"},
		{"with what is dialled at home alone", "+44 (0)20 7946 0000", "phone +442079460000"},
		{"too short", "1234", NULL},
		{"letters", "+358 CALL", NULL},
		{"a messenger's", "xmpp:Jane@chat.example", "xmpp jane@chat.example"},
		{"an id", "id:12", "id 12"},
		{"nothing", "", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_identity found;
		const char *got = pd_identity_parse(desk->arena, rows[i].input, &found)
					  ? pd_printf(desk->arena, "%s %s", found.kind, found.value)
					  : "none";
		CHECK_ROW_STRING(rows[i].name, got, rows[i].want != NULL ? rows[i].want : "none");
	}
}

/* A number at home and the same from abroad. */
static void phones(void **state)
{
	(void)state;
	static const struct {
		const char *code, *prefix, *input, *want; /* want NULL: it has one spelling */
	} rows[] = {
		{"+358", "0", "0401234567", "+358401234567"},
		{"358", "0", "+358401234567", "0401234567"},
		{"+358", "0", "+46401234567", NULL},
		{"+358", "0", "401234567", NULL}, /* no number of that country */
		{"+358", "0", "01234", NULL},	  /* an extension */
		{"+48", "", "601234567", "+48601234567"},
		{"+48", "", "+48601234567", "601234567"},
		{"+39", "", "0612345678", "+390612345678"},
		{"+48", "", "20115", NULL},
		{"", "0", "0401234567", NULL},
		{NULL, "0", "0401234567", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_settings own = {.country_code = rows[i].code, .national_prefix = rows[i].prefix};
		CHECK_ROW_STRING(rows[i].input, pd_phone_elsewhere(desk->arena, &own, rows[i].input), rows[i].want);
	}
	static const struct {
		const char *code, *prefix;
		size_t problems;
	} settings[] = {{"+358", "0", 0}, {"1", "", 0}, {"", "0", 0},	 {NULL, NULL, 0},
			{"FI", "0", 1},	  {"0358", "0", 1}, {"+3589", "0", 1}, {"+358", "+", 1}};
	for (size_t i = 0; i < COUNT(settings); i++) {
		struct pd_settings own = {.country_code = settings[i].code, .national_prefix = settings[i].prefix};
		struct pd_problems problems = {.arena = desk->arena};
		pd_phone_check(&own, &problems);
		CHECK_ROW(settings[i].code, problems.count == settings[i].problems);
	}
	desk->settings->country_code = "+358";
	desk->settings->national_prefix = "0";
	STEP(ANNA, 1, "#contact +358 40 999 8877", "#contact: +358409998877 is a contact now");
	STEP(ANNA, 1, "#contact 040-9998877", "#contact: 0409998877 is a contact already");
	STEP(ANNA, 1, "#contact -040 9998877", "#contact: 0409998877 is no contact any more");
}

static void domains(void **state)
{
	(void)state;
	static const struct {
		const char *name, *want;
	} rows[] = {
		{"acme.example", "acme.example"}, {"mail.acme.co.uk", "acme.co.uk"}, {"gmail.com", "none"},
		{"localhost", "none"},		  {"co.uk", "none"},		       {"", "none"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *got = pd_company_domain(rows[i].name);
		CHECK_ROW_STRING(rows[i].name, got != NULL ? got : "none", rows[i].want);
	}
}

static void records(void **state)
{
	(void)state;
	static const char *const values[] = {"Jane\nmail jane@x.example\nphone +358401234567\ncompany A B\nname Mrs Roe\nmerged 7\n",
					     "\nxmpp jane@chat.example\n", "\n"};
	for (size_t i = 0; i < COUNT(values); i++)
		CHECK_ROW_STRING(values[i],
				 pd_contact_value(desk->arena, pd_contact_parse(desk->arena, 5, values[i])), values[i]);
	assert_int_equal(pd_contact_merged(pd_contact_parse(desk->arena, 5, values[0])), 7);
	assert_int_equal(pd_contact_merged(pd_contact_parse(desk->arena, 5, values[1])), 0);
}

static void links(void **state)
{
	(void)state;
	static const struct {
		const char *input, *value, *words; /* NULL: it is none */
	} rows[] = {
		{"deal:77", "deal:77", "Deal 77 (https://crm.example/d/77?x)"},
		{"Deal: a b", "deal:a b", "Deal a b (https://crm.example/d/a%20b?x)"},
		{"order:5", "order:5", "order 5"},
		{"E7 12", "E7 ticket:12", "E7: #12"},
		{"e7 #12", "E7 ticket:12", "E7: #12"},
		{"ticket:#12", "ticket:12", "#12"},
		{"https://x.example/a:b", "url:https://x.example/a:b", "https://x.example/a:b"},
		{"url:https://x.example", "url:https://x.example", "https://x.example"},
		{"deal", NULL, NULL},
		{"deal:", NULL, NULL},
		{"a b:c", NULL, NULL},
		{"E7", NULL, NULL},
		{"", NULL, NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_link link;
		bool is_link = pd_link_parse(desk->arena, rows[i].input, &link);
		CHECK_ROW_STRING(rows[i].input, is_link ? pd_link_value(desk->arena, &link) : "none",
				 rows[i].value != NULL ? rows[i].value : "none");
		if (is_link)
			CHECK_ROW_STRING(rows[i].input, pd_link_words(desk->arena, desk->settings, &link), rows[i].words);
	}
}

/* --- what is done --- */

static void merge(void **state)
{
	(void)state;
	give(ANNA, 2, "#contact jo@acme.example");
	STEP(ANNA, 2, "#contact jane@gmail.com = jane@acme.example", "#contact: Jane is jane@acme.example now; tickets: 1");
	CHECK_ROW_STRING("in her place", first(2), "Jane Roe of acme.example");
	struct small_mail more = {.from = "jane@gmail.com", .subject = "Again", .id = "4@x", .text = "It squeaks again."};
	const struct pd_plan *plan = small_deliver(desk, more);
	CHECK_ROW_STRING("her next mail", first(plan->ticket), "Jane Roe of acme.example");
	STEP(ANNA, 1, "#contact jane@acme.example = jane@gmail.com",
	     "! Line 1, \"#contact jane@acme.example = jane@gmail.com\": they are one contact already.");
	give(ANNA, 2, "#undo");
	CHECK_ROW_STRING("first again", first(2), "Jane of -");
	CHECK_ROW_STRING("what came meanwhile stays", first(plan->ticket), "Jane Roe of acme.example");
}

static void refused(void **state)
{
	(void)state;
	static const struct {
		const char *line, *want;
	} rows[] = {
		{"#contact jane", "\"jane\" is no mail address, phone number or xmpp:ADDRESS."},
		{"#contact support@example.com", "support@example.com is an address of the desk itself."},
		{"#contact id:99 name=X", "there is no contact id:99."},
		{"#contact x@y.example = jane@gmail.com", "there is no contact x@y.example."},
		{"#contact jane@gmail.com colour=red",
		 "there is no property \"colour\". Choose from: name, also, mail, phone, mobile, xmpp, company, title, address, "
		 "note, link, language."},
		{"#contact jane@gmail.com name=Jane Roe",
		 "\"Roe\" is no KEY=VALUE; a value with blanks is put in quotation marks."},
		{"#contact jane@gmail.com mail=jo@acme.example",
		 "jo@acme.example is Jo's. #contact jo@acme.example = jane@gmail.com tells that they are one."},
		{"#contact jane@gmail.com phone=none", "\"none\" is none for phone."},
		{"#contact jane@gmail.com mail=support@example.com", "support@example.com is an address of the desk itself."},
		{"#company Foo domain=gmail.com", "gmail.com stands for no company: it is a provider's, or no whole domain."},
		{"#company Nobody = Acme", "there is no company Nobody."},
		{"#link deal", "\"deal\" is no link; it is written KIND:ID, E7 N or E7 KIND:ID."},
		{"#link ticket:1", "that is this ticket itself."},
		{"#link ticket:99", "there is no ticket #99 that you may see."},
		{"#link E999 2", "there is no entry E999 on this ticket."},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].line, give(ANNA, 1, rows[i].line),
				 pd_printf(desk->arena, "! Line 1, \"%s\": %s", rows[i].line, rows[i].want));
}

static void corrections(void **state)
{
	(void)state;
	STEP(ANNA, 1, "#contact jane@acme.example name=\"Jane A. Roe\" mobile=+358401234567 also=Janie title=CTO",
	     "#contact: Jane A. Roe, mail jane@acme.example, phone +358401234567, company acme.example, name Janie, title CTO");
	STEP(ANNA, 1, "#contact jane@acme.example -phone=+358401234567 -also=Janie title=CEO company=none",
	     "#contact: Jane A. Roe, mail jane@acme.example, title CEO");
	give(ANNA, 1, "#undo");
	give(ANNA, 1, "#undo");
	CHECK_ROW_STRING("both taken back", first(1), "Jane Roe of acme.example");
	give("agent:bob", 3, "#contact jane@acme.example name=Jana");
	give(ANNA, 1, "#contact jane@acme.example title=CTO");
	const char *told = give("agent:bob", 3, "#undo");
	assert_true(pd_starts(told, "! "));
	assert_non_null(strstr(told, "was changed since"));
	CHECK_ROW_STRING("nobody's change is lost", first(1), "Jana of acme.example");
}

/* That two are one only who may merge tells. */
static void right_to_merge(void **state)
{
	(void)state;
	struct small_desk *all = desk;
	desk = small_desk_new("[agent dan]\naddress = dan@agents.example\nmay = views\n");
	small_deliver(desk, (struct small_mail){.from = "jane@acme.example", .subject = "A", .id = "1@x", .text = "x"});
	small_deliver(desk, (struct small_mail){.from = "jane@gmail.com", .subject = "B", .id = "2@x", .text = "x"});
	STEP("agent:dan", 0, "#contact jane@gmail.com = jane@acme.example",
	     "! Line 1, \"#contact jane@gmail.com = jane@acme.example\": you lack the right \"merge\" that #contact "
	     "jane@gmail.com = jane@acme.example needs.");
	STEP("agent:dan", 0, "#company acme.example = Acme",
	     "! Line 1, \"#company acme.example = Acme\": you lack the right \"merge\" that #company acme.example = Acme "
	     "needs.");
	assert_false(pd_starts(give("agent:dan", 1, "#contact jane@acme.example title=CTO"), "!"));
	/* An address that tells who called makes one of two as well, where it is a contact's. */
	give("administrator", 0, "#new A call\n#contact +358 9 555 123");
	int64_t call = (int64_t)desk->fake->tickets.count;
	STEP("agent:dan", call, "#contact jane@acme.example",
	     "! Line 1, \"#contact jane@acme.example\": you lack the right \"merge\" that #contact jane@acme.example needs.");
	CHECK_ROW_STRING("nobody was merged", first(call), "+3589555123 of -");
	STEP("agent:dan", call, "#contact new@shop.example", "#contact: +3589555123 is new@shop.example now; tickets: 1");
	give("administrator", 0, "#new Another call\n#contact +358 9 555 124");
	STEP(ANNA, call + 1, "#contact jane@acme.example", "#contact: +3589555124 is jane@acme.example now; tickets: 1");
	small_desk_free(desk);
	desk = all;
}

/* Who adds a contact of tickets unseen to a ticket of its own sees no more of it, until the contact writes there. */
static void unseen(void **state)
{
	(void)state;
	struct small_desk *all = desk;
	desk = small_desk_new("[team shop]\nmembers = dan\nsees = own\n[agent dan]\naddress = dan@agents.example\n");
	small_deliver(desk, (struct small_mail){.from = "kim@foo.example", .subject = "A", .id = "1@x", .text = "x"});
	small_deliver(desk, (struct small_mail){.from = "jane@acme.example", .subject = "B", .id = "2@x", .text = "x"});
	give("administrator", 2, "#assign dan");
	give("administrator", 0, "#contact kim@foo.example note=Secret");
	static const char *const steps[] = {"#contact kim@foo.example", "#new Own\n#contact kim@foo.example",
					    "#contact new@bar.example"};
	for (size_t i = 0; i < COUNT(steps); i++)
		CHECK_ROW(steps[i], !pd_starts(give("agent:dan", i == 1 ? 0 : 2, steps[i]), "!"));
	STEP("agent:dan", 2, "#contact kim@foo.example note=Mine",
	     "! Line 1, \"#contact kim@foo.example note=Mine\": there is no contact kim@foo.example.");
	give("agent:dan", 0, "#new Another\n#contact nobody@gmail.com\n#assign dan");
	int64_t another = (int64_t)desk->fake->tickets.count;
	int64_t hidden = small_deliver(desk, (struct small_mail){.from = "nobody@gmail.com",
								 .subject = "C",
								 .id = "3@x",
								 .text = "x"})->ticket;
	STEP("agent:dan", another, "#company Mine", "#company: company none -> Mine");
	CHECK_ROW_STRING("of a contact unseen, nothing is changed", first(hidden), "nobody@gmail.com of -");
	CHECK_ROW("whom it saw before", !pd_starts(give("agent:dan", 2, "#contact jane@acme.example note=Hers"), "!"));
	CHECK_ROW("whom it made", !pd_starts(give("agent:dan", 2, "#contact new@bar.example note=His"), "!"));
	give("administrator", 0, "#new A call\n#contact +358 9 555 123\n#assign dan");
	STEP("agent:dan", (int64_t)desk->fake->tickets.count, "#contact kim@foo.example",
	     "! Line 1, \"#contact kim@foo.example\": there is no contact kim@foo.example.");
	give("administrator", 1, "#assign dan");
	CHECK_ROW("whose ticket it got", !pd_starts(give("agent:dan", 2, "#contact kim@foo.example note=Mine"), "!"));
	small_desk_free(desk);
	desk = all;
}

static int64_t last_action(void)
{
	return desk->fake->events.items[desk->fake->events.count - 1]->action;
}

/* What `postdesk contact undo` takes back: corrections and merges, nothing of tickets. */
static void of_people(void **state)
{
	(void)state;
	static const struct {
		int64_t ticket;
		const char *lines;
		bool want;
	} rows[] = {
		{0, "#contact jane@acme.example title=CTO", true},
		{0, "#contact jane@gmail.com = jane@acme.example", true},
		{0, "#undo 5", true},
		{0, "#company acme.example name=Acme domain=acme.test", true},
		{1, "#contact new@bar.example", false},
		{1, "#contact jane@acme.example title=CEO\n#close", false},
		{1, "#contact jane@acme.example title=CIO\n#note x", false},
		{1, "#priority high", false},
		{0, "#new Other", false},
	};
	struct pd_context context = small_context(desk, "administrator");
	assert_false(pd_action_is_of_people(&context, 1)); /* a customer's mail */
	assert_false(pd_action_is_of_people(&context, 9999));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *lines = pd_starts(rows[i].lines, "#undo")
					    ? pd_printf(desk->arena, "#undo %lld", (long long)last_action())
					    : rows[i].lines;
		assert_false(pd_starts(give("administrator", rows[i].ticket, lines), "!"));
		context = small_context(desk, "administrator");
		CHECK_ROW(lines, pd_action_is_of_people(&context, last_action()) == rows[i].want);
	}
	/* Names alike are of no people: a property that ends so, and another kind of record. */
	context = small_context(desk, "administrator");
	pd_plan_set(&context, pd_plan_ticket(&context, 1), "garantycontact:1", "x", NULL);
	small_keep(desk, &context);
	context = small_context(desk, "administrator");
	assert_false(pd_action_is_of_people(&context, last_action()));
	pd_plan_set_record(&context, pd_plan_ticket(&context, 1), "contactless", "x", "y", NULL);
	small_keep(desk, &context);
	context = small_context(desk, "administrator");
	assert_false(pd_action_is_of_people(&context, last_action()));
}

static void companies(void **state)
{
	(void)state;
	STEP(ANNA, 2, "#company Initech", "#company: Jane is of Initech now\n#company: company none -> Initech");
	CHECK_ROW_STRING("the contact's, too", first(2), "Jane of Initech");
	STEP(ANNA, 1, "#company initech", "#company: company acme.example -> initech");
	STEP(ANNA, 1, "#company none", "#company: company initech -> none");
	STEP(ANNA, 1, "#company acme.example", "#company: company none -> acme.example");
	give(ANNA, 1, "#company acme.example name=Acme domain=acme.test");
	CHECK_ROW_STRING("all of them", first(3), "Jo of Acme");
	struct small_mail more = {.from = "Kim <kim@acme.test>", .subject = "Hi", .id = "4@x", .text = "Hello."};
	const struct pd_plan *plan = small_deliver(desk, more);
	CHECK_ROW_STRING("by the new domain", first(plan->ticket), "Kim of Acme");
	give(ANNA, 1, "#undo");
	CHECK_ROW_STRING("taken back", first(3), "Jo of acme.example");
	STEP(ANNA, 1, "#company Initech = acme.example", "#company: Initech is acme.example now; contacts: 1");
	CHECK_ROW_STRING("one company", first(2), "Jane of acme.example");
}

static void identified(void **state)
{
	(void)state;
	give("administrator", 0, "#new First call\n#contact +358 9 555 123");
	give("administrator", 0, "#new Second call\n#contact 00358 9 555123");
	int64_t second = (int64_t)desk->fake->tickets.count;
	CHECK_ROW_STRING("unknown", first(second - 1), "+3589555123 of -");
	give(ANNA, second, "#contact Cal Ler <cal@shop.example>");
	CHECK_ROW_STRING("the old one, too", first(second - 1), "Cal Ler of shop.example");
	give(ANNA, second, "#undo");
	give(ANNA, second, "#contact jane@acme.example");
	CHECK_ROW_STRING("who is known already", first(second - 1), "Jane Roe of acme.example");
	/* One with an address is not taken for another. */
	give(ANNA, 3, "#contact cal@shop.example");
	CHECK_ROW_STRING("a second contact", first(3), "Jo of acme.example");
	assert_int_equal(small_ticket(desk, 3)->contacts.count, 2);
}

/* --- forms --- */

/* What lacks comes back as a form; each reply fills in a form of its own. */
static void forms(void **state)
{
	(void)state;
	static const struct {
		const char *name, *reply, *want; /* the ticket's properties, else the reason */
	} rows[] = {
		{"in one's own words", "#set device=laptop", "laptop - jane@acme.example"},
		{"in the quoted form", "Here.\n\n> device: phone, laptop\n> #set device=phone\n>\n>> #set floor=3\n> #set tags=",
		 "phone 3 jane@acme.example"},
		{"own words before the quote", "#set device=laptop\n> #set device=phone", "laptop - jane@acme.example"},
		{"with a contact", "#set device=phone\n#contact kim@shop.example", "phone - jane@acme.example"},
		{"nothing", "Thank you!\n> #set device=", "! Nothing was filled in."},
		{"another command", "#set device=phone\n#close", "! A form takes #set, #add, #contact and #company alone. Nothing was "
							     "done."},
		{"a wrong value", "#set device=tablet", "! Line 4, \"#set device=tablet\": there is no device \"tablet\". Choose from: "
		 "phone, laptop."},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct small_desk *own = small_desk_new("[property device]\ntype = choice\nchoices = phone;laptop\n"
							"on_create = required\n[property floor]\ntype = number\non_create = ask\n");
		struct small_mail mail = {.from = "anna@agents.example",
					  .to = "support+do@example.com",
					  .text = "#new Broken\n#contact jane@acme.example",
					  .id = "1@c",
					  .pass = true};
		const struct pd_plan *plan = small_deliver(own, mail);
		const struct pd_planned_letter *form = small_letter(plan, PD_LETTER_CONFIRMATION, "anna");
		assert_non_null(form);
		assert_non_null(strstr(form->letter.text, "device: phone, laptop\n#set device=\n"));
		assert_non_null(strstr(form->letter.text, "#set floor=\n"));
		assert_null(strstr(form->letter.text, "#set name="));
		mail.to = form->letter.from.addr;
		mail.text = rows[i].reply;
		mail.id = "2@c";
		plan = small_deliver(own, mail);
		const struct pd_ticket *ticket = small_ticket(own, plan->ticket);
		const char *got;
		if (plan->is_refused || ticket == NULL) {
			got = pd_printf(own->arena, "! %s", pd_strings_join(own->arena, &plan->report, "\n"));
		} else {
			const char *floor = pd_ticket_get(own->arena, ticket, "floor");
			struct pd_context context = small_context(own, "administrator");
			got = pd_printf(own->arena, "%s %s %s", pd_ticket_get(own->arena, ticket, "device"),
					floor != NULL ? floor : "-",
					pd_contact_address(pd_plan_contact_by_id(&context, ticket->contacts.items[0])));
		}
		CHECK_ROW_STRING(rows[i].name, got, rows[i].want);
		small_desk_free(own);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(identities, make, drop), cmocka_unit_test_setup_teardown(phones, make, drop),
		cmocka_unit_test_setup_teardown(domains, make, drop),
		cmocka_unit_test_setup_teardown(records, make, drop),	 cmocka_unit_test_setup_teardown(links, make, drop),
		cmocka_unit_test_setup_teardown(merge, make, drop),	 cmocka_unit_test_setup_teardown(refused, make, drop),
		cmocka_unit_test_setup_teardown(corrections, make, drop), cmocka_unit_test_setup_teardown(companies, make, drop),
		cmocka_unit_test_setup_teardown(right_to_merge, make, drop),
		cmocka_unit_test_setup_teardown(unseen, make, drop), cmocka_unit_test_setup_teardown(of_people, make, drop),
		cmocka_unit_test_setup_teardown(identified, make, drop), cmocka_unit_test(forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
