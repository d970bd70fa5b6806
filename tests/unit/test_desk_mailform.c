/* Tests of forms and calls: what the mail of common form mailers and voicemail systems becomes, whose ticket it is,
 * and to whom replies go. */
#include "check.h"
#include "small_desk.h"

#include <string.h>

#include "base/text.h"
#include "desk/mailform.h"
#include "desk/people.h"

static struct small_desk *desk;

static const char configuration[] =
	"[property device]\ntype = choice\nchoices = phone;laptop\n"
	"[property topics]\ntype = choices\nchoices = billing;repair;other\n"
	"[property floor]\ntype = number\n"
	"[property wanted]\ntype = date\n"
	"[property street]\n"
	"[form site]\nfrom = *@site.example;forms@service.example\n"
	"field Your email = contact\nfield Email = contact\nfield Email Address = contact\nfield From = contact\n"
	"field Name = name\nfield First name = name\nfield Last name = name\n"
	"field Phone = phone\nfield Company = company\nfield Subject = subject\n"
	"field Message = text\nfield Message Body = text\nfield How can we help? = text\n"
	"field Device = device\nfield Topics = topics\nfield Floor = floor\nfield Wanted by = wanted\n"
	"field Street = street\nfield Urgency = priority\n"
	"[form headed]\nfrom = apps@example.org\nheader = X-Form: contact*\nto = sales@example.com\nfield E-mail = contact\n"
	"[form pbx]\nfrom = *@pbx.example\nkind = call\nfield Caller name = name\n"
	"[form odd]\nfrom = odd@example.org\nkind = call\ncaller = soittaja\n";

static int setup(void **state)
{
	(void)state;
	desk = small_desk_new(configuration);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	small_desk_free(desk);
	return 0;
}

static const struct pd_contact *contact_of(const struct pd_ticket *ticket)
{
	return ticket->contacts.count > 0
		       ? desk->fake->snapshot.contact(&desk->fake->snapshot, desk->arena, ticket->contacts.items[0])
		       : NULL;
}

static const char *identity_of(const struct pd_ticket *ticket)
{
	const struct pd_contact *contact = contact_of(ticket);
	return contact != NULL && contact->identities.count > 0 ? contact->identities.items[0].value : NULL;
}

/* --- fields --- */

struct form_row {
	const char *name, *subject, *reply_to, *body;
	const char *contact, *contact_name;
	const char *property, *value; /* of the ticket */
	const char *ticket_name;      /* NULL: the subject */
	const char *text;	      /* what the message says; NULL: not looked at */
};

static const struct form_row forms[] = {
	{"Contact Form 7", "[Shop] \"Broken\"", "jane@example.net",
	 "From: Jane Roe <jane@example.net>\nSubject: Broken printer\n\nMessage Body:\nIt is broken.\n\nPlease help.\n\n-- \n"
	 "This is a notification that a contact form was submitted on your website (Shop https://site.example).\n",
	 "jane@example.net", "Jane Roe", "source", "form", "Broken printer",
	 "It is broken.\n\nPlease help.\n\nThis is a notification that a contact form was submitted on your website (Shop "
	 "https://site.example)."},
	{"Contact Form 7, older, no brackets", "x", NULL, "From: Jane Roe jane@example.net\n\nMessage Body:\nHi\n",
	 "jane@example.net", "Jane Roe", "source", "form", NULL, "Hi"},
	{"WPForms, plain", "New Entry: Contact", NULL,
	 "--- Name ---\n\nJane Roe\n\n--- Email ---\n\njane@example.net\n\n--- Device ---\n\nLaptop\n\n--- Message ---\n\nOne\nTwo\n",
	 "jane@example.net", "Jane Roe", "device", "laptop", NULL, "One\nTwo"},
	{"WPForms, from its HTML", "New Entry: Contact", NULL,
	 "Name\nJane Roe\nEmail\njane@example.net\nMessage\nMy printer\nis broken.\n", "jane@example.net", "Jane Roe", "source",
	 "form", NULL, "My printer\nis broken."},
	{"Gravity Forms, from its table", "New submission from Contact", NULL,
	 "Name\n\tJane Roe\nEmail\n\tjane@example.net\nFloor\n\t3\nMessage\n\tHello\n", "jane@example.net", "Jane Roe", "floor",
	 "3", NULL, "Hello"},
	{"Typeform", "Contact: new response", NULL,
	 "1. First name\nJane\n2. Last name\nRoe\n3. Your email\njane@example.net\n4. How can we help?\nWith a printer.\n",
	 "jane@example.net", "Jane Roe", "source", "form", NULL, "With a printer."},
	{"Jotform, from its table", "Re: Contact form", NULL,
	 "Name\tJane Roe\nEmail\tjane@example.net\nTopics\tbilling, other\nMessage\tHello\nthere\n", "jane@example.net",
	 "Jane Roe", "topics", "billing;other", NULL, "Hello\nthere"},
	{"Google Forms", "New response", NULL,
	 "Your form has a new response.\n\n*Email Address*\njane@example.net\n\n*Wanted by*\n2026-12-01\n\n*Message*\nHello\n",
	 "jane@example.net", "", "wanted", "2026-12-01", NULL, "Hello\n\nYour form has a new response."},
	{"Formspree", "New submission", "jane@example.net",
	 "name:\nJane Roe\n\nemail:\njane@example.net\n\nmessage:\nHello\n", "jane@example.net", "Jane Roe", "source", "form",
	 NULL, "Hello"},
	{"FormMail", "WWW Form Submission", NULL,
	 "Below is the result of your feedback form.  It was submitted by\nJane Roe (jane@example.net) on Monday\n"
	 "---------------------------------------------------------------------------\n\n"
	 "email: jane@example.net\n\nstreet: Main Street 1\n\nmessage: Hello\n\n"
	 "---------------------------------------------------------------------------\n",
	 "jane@example.net", "", "street", "Main Street 1", NULL,
	 "Hello\n\nBelow is the result of your feedback form.  It was submitted by\nJane Roe (jane@example.net) on Monday"},
	{"marks of emphasis", "x", NULL, "**Name:** Jane Roe\n*Email:* <jane@example.net>\n*Urgency*: High\n", "jane@example.net",
	 "Jane Roe", "priority", "high", NULL, NULL},
	{"a link for an address", "x", NULL, "Email: jane@example.net<mailto:jane@example.net>\n", "jane@example.net", NULL,
	 "source", "form", NULL, NULL},
	{"no address in a field: Reply-To", "x", "Jane Roe <jane@example.net>", "Floor: 2\n", "jane@example.net", "Jane Roe",
	 "floor", "2", NULL, NULL},
	{"our own address is nobody's", "x", NULL, "Email: support@example.com\n", NULL, NULL, "source", "form", NULL, NULL},
	{"an agent's address is no contact's", "x", NULL, "Email: anna@agents.example\n", NULL, NULL, "source", "form", NULL,
	 NULL},
	{"nobody", "x", NULL, "Floor: 2\n", NULL, NULL, "floor", "2", NULL, NULL},
	{"a number alone", "x", NULL, "Name: Jane Roe\nPhone: +358 40 1234567\n", "+358401234567", "Jane Roe", "source", "form",
	 NULL, NULL},
	{"a label without a value", "x", NULL, "Floor:\nDevice: phone\nEmail: jane@example.net\n", "jane@example.net", NULL,
	 "floor", NULL, NULL, NULL},
	{"a label again, in the text, is none", "x", NULL,
	 "Email: jane@example.net\nMessage: Write to\nEmail: boss@example.net\n", "jane@example.net", NULL, "source", "form", NULL,
	 "Write to\nEmail: boss@example.net"},
	{"the company", "x", NULL, "Email: jane@example.net\nCompany: Roe Ltd.\n", "jane@example.net", NULL, "company", "Roe Ltd.",
	 NULL, NULL},
	{"a number that is none", "x", NULL, "Email: jane@example.net\nFloor: third\nMessage: Hello\n", "jane@example.net", NULL,
	 "floor", NULL, NULL, "Hello\n\nFloor: third"},
	{"a date of another form", "x", NULL, "Email: jane@example.net\nWanted by: 1.12.2026\nMessage: Hello\n",
	 "jane@example.net", NULL, "wanted", NULL, NULL, "Hello\n\nWanted by: 1.12.2026"},
	{"one choice of several is none", "x", NULL, "Email: jane@example.net\nTopics: billing, nonsense\n", "jane@example.net",
	 NULL, "topics", NULL, NULL, NULL},
	{"what has no field stays", "x", NULL, "Email: jane@example.net\nBudget: 100\nMessage: Hello\n", "jane@example.net", NULL,
	 "source", "form", NULL, "Hello\n\nBudget: 100"},
	{"a command is text", "x", NULL, "Email: jane@example.net\nMessage: #close\n", "jane@example.net", NULL, "status",
	 "new:New", NULL, "#close"},
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		const struct form_row *row = &forms[i];
		struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = "Site <wordpress@site.example>",
									       .subject = row->subject,
									       .reply_to = row->reply_to,
									       .text = row->body,
									       .kinds = PD_KIND_AUTO});
		struct pd_ticket *ticket = small_ticket(desk, plan->ticket);
		CHECK_ROW_STRING(row->name, plan->outcome, "new ticket");
		CHECK_ROW_STRING(row->name, identity_of(ticket), row->contact);
		CHECK_ROW(row->name, ticket->contacts.count == (row->contact != NULL));
		CHECK_ROW(row->name, !ticket->is_automatic);
		CHECK_ROW_STRING(row->name, pd_ticket_get(desk->arena, ticket, row->property), row->value);
		CHECK_ROW_STRING(row->name, ticket->name, row->ticket_name != NULL ? row->ticket_name : row->subject);
		const struct pd_stored *stored = small_message(desk, ticket->first_in_message);
		if (row->contact_name != NULL)
			CHECK_ROW_STRING(row->name, stored->from.name, row->contact_name);
		if (row->text != NULL)
			CHECK_ROW_STRING(row->name, stored->text, row->text);
		const struct pd_event *told = small_event(desk, plan->ticket, PD_EVENT_COMMENT);
		bool is_misfit = row->value == NULL && strstr(row->body, "Floor:\n") == NULL;
		CHECK_ROW(row->name, (told != NULL) == is_misfit);
		if (told != NULL)
			CHECK_ROW(row->name, strstr(small_message(desk, told->message)->text, row->property) != NULL);
		desk->now += PD_HOUR;
		if (row->contact == NULL || strchr(row->contact, '@') == NULL)
			continue;
		CHECK_ROW(row->name, ticket->conversations.items[0].participants.count == 1);
		CHECK_ROW_STRING(row->name, stored->from.addr, row->contact);
	}
}

/* --- knowing --- */

static const struct {
	const char *name;
	struct small_mail mail;
	const char *source;
} known[] = {
	{"its sender", {.from = "wordpress@site.example"}, "form"},
	{"the envelope's sender", {.from = "jane@example.net", .sender = "www@site.example"}, "form"},
	{"a service's address", {.from = "forms@service.example"}, "form"},
	{"another of that service", {.from = "else@service.example"}, "mail"},
	{"another domain", {.from = "wordpress@site.example.net"}, "mail"},
	{"header and recipient",
	 {.from = "apps@example.org", .to = "sales@example.com", .header = "X-Form", .value = "contact-7"},
	 "form"},
	{"another header", {.from = "apps@example.org", .to = "sales@example.com", .header = "X-Form", .value = "order"}, "mail"},
	{"no header", {.from = "apps@example.org", .to = "sales@example.com"}, "mail"},
	{"another recipient", {.from = "apps@example.org", .header = "X-Form", .value = "contact-7"}, "mail"},
	{"a call", {.from = "vm@pbx.example"}, "call"},
	{"our own address, with Reply-To", {.from = "support@example.com", .reply_to = "jane@example.net"}, "form"},
};

static void test_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		struct small_mail mail = known[i].mail;
		mail.text = "Email: jane@example.net\n";
		mail.subject = "x";
		struct pd_plan *plan = small_deliver(desk, mail);
		CHECK_ROW_STRING(known[i].name, small_ticket(desk, plan->ticket)->source, known[i].source);
		desk->now += PD_HOUR;
	}
}

/* --- calls --- */

static const struct {
	const char *name, *from, *subject, *header, *value, *text;
	const char *phone, *caller; /* NULL: withheld */
} calls[] = {
	{"Asterisk", "asterisk@pbx.example", "[PBX]: New message 3 in mailbox 100", NULL, NULL,
	 "Dear Support:\n\n\tjust wanted to let you know you were just left a 0:12 long message (number 3)\nin mailbox 100 from "
	 "\"Jane Roe\" <5551234567>, on Saturday, November 21, 2026 at 10:00:00 AM so you might\nwant to check it when you get a "
	 "chance.  Thanks!\n",
	 "5551234567", "Jane Roe"},
	{"Asterisk, withheld", "asterisk@pbx.example", "[PBX]: New message 3 in mailbox 100", NULL, NULL,
	 "you were just left a 0:12 long message in mailbox 100 from an unknown caller, on Saturday, November 21, 2026\n", NULL,
	 NULL},
	{"Asterisk, by its field", "asterisk@pbx.example", "New message", "X-Asterisk-VM-Caller-ID-Num", "0401234567", "x\n",
	 "0401234567", ""},
	{"FreePBX", "vm@pbx.example", "Voicemail from \"+358501112223\" <+358501112223>", NULL, NULL, "A message.\n",
	 "+358501112223", ""},
	{"FritzBox", "fritz@pbx.example", "Nachricht von 030 7654321", NULL, NULL, "Dauer: 0:14\n", "0307654321", ""},
	{"FritzBox, in the text", "fritz@pbx.example", "Neue Nachricht", NULL, NULL,
	 "Am 21.11.2026 um 10:00 Uhr\nRufnummer:\n030 7654322\n", "0307654322", ""},
	{"3CX", "noreply@pbx.example", "New Voicemail Message from Max Muster (0445556677)", NULL, NULL, "See the file.\n",
	 "0445556677", "Max Muster"},
	{"Teams", "noreply@pbx.example", "Voice Mail from +1 425 555 0100 (12 seconds)", NULL, NULL, "x\n", "+14255550100", ""},
	{"Exchange", "noreply@pbx.example", "Voice Mail (12 seconds)", "X-CallingTelephoneNumber", "+14255550101", "x\n",
	 "+14255550101", ""},
	{"Cisco Unity", "unityconnection@pbx.example", "Message from Unknown sender (4085550123)", NULL, NULL, "", "4085550123",
	 "Unknown sender"},
	{"Cisco, name behind", "unityconnection@pbx.example", "Message from 4085550124 (Ann Example)", NULL, NULL, "", "4085550124",
	 "Ann Example"},
	{"an extension is no contact", "vm@pbx.example", "Voicemail from 101", NULL, NULL, "", NULL, NULL},
	{"a date is no number", "vm@pbx.example", "Voicemail from 2026-11-21 10:00", NULL, NULL, "from 21.11.2026\n", NULL, NULL},
	{"anonymous", "vm@pbx.example", "Voicemail from anonymous", NULL, NULL, "Caller: private\n", NULL, NULL},
	{"a name in a field", "vm@pbx.example", "Voicemail from 0445556688", NULL, NULL, "Caller name: Eve Example\n", "0445556688",
	 "Eve Example"},
	{"words of its own", "odd@example.org", "Viesti, soittaja 0409998877", NULL, NULL, "from 0401112222\n", "0409998877", ""},
};

static void test_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++) {
		struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = calls[i].from,
									       .subject = calls[i].subject,
									       .header = calls[i].header,
									       .value = calls[i].value,
									       .text = calls[i].text,
									       .attachment = "msg0003.wav",
									       .kinds = PD_KIND_AUTO});
		struct pd_ticket *ticket = small_ticket(desk, plan->ticket);
		CHECK_ROW_STRING(calls[i].name, ticket->source, "call");
		CHECK_ROW_STRING(calls[i].name, identity_of(ticket), calls[i].phone);
		if (calls[i].phone != NULL)
			CHECK_ROW_STRING(calls[i].name, contact_of(ticket)->name, calls[i].caller);
		const struct pd_stored *stored = small_message(desk, ticket->first_in_message);
		CHECK_ROW(calls[i].name, stored->attachments.count == 1);
		CHECK_ROW_STRING(calls[i].name, stored->from.addr, "");
		CHECK_ROW(calls[i].name, ticket->conversations.count == 1 &&
						 ticket->conversations.items[0].participants.count == 0);
		desk->now += PD_HOUR;
	}
}

/* The same number again is the same contact; once it has an address, replies go there. */
static void test_caller_again(void **state)
{
	(void)state;
	struct pd_plan *plan = small_deliver(
		desk, (struct small_mail){.from = "vm@pbx.example", .subject = "Voicemail from +358 40 123 4567", .text = "1"});
	int64_t first = plan->ticket, contact = small_ticket(desk, first)->contacts.items[0];
	small_do(desk, "agent:anna", first,
		 pd_printf(desk->arena, "#contact id:%lld mail=jane@example.net", (long long)contact));
	plan = small_deliver(desk,
			     (struct small_mail){.from = "vm@pbx.example", .subject = "Voicemail from 0035840-1234567", .text = "2"});
	struct pd_ticket *ticket = small_ticket(desk, plan->ticket);
	assert_int_not_equal(plan->ticket, first);
	assert_int_equal(ticket->contacts.items[0], contact);
	assert_int_equal(ticket->conversations.items[0].participants.count, 1);
	assert_string_equal(ticket->conversations.items[0].participants.items[0].address.addr, "jane@example.net");
}

/* What a stranger may send costs no more than its length. */
static void test_hostile(void **state)
{
	(void)state;
	static const char *const pieces[] = {":", "from ", "Email:\n", "a:b:c:d:e\n", "Message\n", "----\n", "from 0", "@", "\n"};
	for (size_t i = 0; i < COUNT(pieces); i++) {
		size_t len = strlen(pieces[i]), size = (size_t)1024 * 1024;
		char *text = pd_alloc(desk->arena, size + 1);
		for (size_t at = 0; at + len <= size; at += len)
			memcpy(text + at, pieces[i], len);
		int64_t before = cpu_time();
		small_deliver(desk, (struct small_mail){.from = i % 2 == 0 ? "a@site.example" : "a@pbx.example", .text = text});
		small_deliver(desk, (struct small_mail){.from = i % 2 == 1 ? "a@site.example" : "a@pbx.example", .text = text});
		CHECK_ROW(pieces[i], cpu_time() - before < 5000);
	}
}

/* --- what is wrong --- */

static const struct {
	const char *name, *configuration, *want; /* NULL: all is well */
} wrong[] = {
	{"well", "from = a@b.example\nfield X = device\n", NULL},
	{"no sender", "field X = device\n", "has no from"},
	{"no address", "from = b.example\n", "neither an address nor"},
	{"an agent", "from = anna@agents.example\n", "an agent's address"},
	{"no such property", "from = a@b.example\nfield X = nothing\n", "no property"},
	{"a property that no form sets", "from = a@b.example\nfield X = owner\n", "no property"},
};

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct small_desk *other = small_desk_new(
			pd_printf(desk->arena, "[property device]\n[form f]\n%s", wrong[i].configuration));
		struct pd_problems problems = {.arena = desk->arena};
		pd_mailform_check(other->settings, &problems);
		CHECK_ROW(wrong[i].name, (problems.count > 0) == (wrong[i].want != NULL));
		if (wrong[i].want != NULL)
			CHECK_ROW(wrong[i].name, strstr(problems.items[0].text, wrong[i].want) != NULL);
		small_desk_free(other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_forms, setup, drop),
		cmocka_unit_test_setup_teardown(test_known, setup, drop),
		cmocka_unit_test_setup_teardown(test_calls, setup, drop),
		cmocka_unit_test_setup_teardown(test_caller_again, setup, drop),
		cmocka_unit_test_setup_teardown(test_hostile, setup, drop),
		cmocka_unit_test_setup_teardown(test_wrong, setup, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
