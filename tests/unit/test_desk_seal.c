/* The seal: what proves the agent at delivery, and what does not; forged addresses; authors of logins. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/auth_results.h"
#include "desk/seal.h"
#include "desk/submission.h"
#include "desk/token_parts.h"
#include "small_desk.h"

struct sealed {
	struct small_desk *desk;
	struct pd_context context;
	struct pd_message message;
	struct pd_header fields[2];
	struct pd_delivery delivery;
	const struct pd_agent *anna;
};

static void seal(struct sealed *s)
{
	memset(s, 0, sizeof *s);
	s->desk = small_desk_new(NULL);
	s->context = small_context(s->desk, "postdesk");
	s->anna = pd_settings_agent(s->desk->settings, "anna");
	s->message.from_count = 1;
	s->message.from = (struct pd_address){.name = "", .addr = s->anna->addresses.items[0]};
	s->message.message_id = "1@c";
	s->message.date_text = "Sat, 21 Nov 2026 10:00:00 +0000";
	s->message.subject = "Hello";
	memset(s->message.body_digest, 7, sizeof s->message.body_digest);
	s->delivery.message = &s->message;
	s->delivery.sender = s->anna->addresses.items[0];
	*pd_list_add(s->desk->arena, &s->delivery.recipients) = "support@example.com";
	*pd_list_add(s->desk->arena, &s->delivery.recipients) = "Sales+do@example.com";
	s->fields[0].name = s->fields[1].name = "x-postdesk-seal";
	s->fields[0].value = s->fields[1].value =
		pd_seal_make(&s->context, s->anna, &s->message, &s->delivery.recipients);
	s->message.headers.items = s->fields;
	s->message.headers.count = 1;
}

static const char *check(struct sealed *s)
{
	return pd_seal_check(&s->context, &s->delivery, s->anna);
}

static void alter_message_id(struct sealed *s)
{
	s->message.message_id = "2@c";
}
static void alter_from(struct sealed *s)
{
	s->message.from.addr = "anna@example.org";
}
static void alter_from_count(struct sealed *s)
{
	s->message.from_count = 2;
}
static void alter_date(struct sealed *s)
{
	s->message.date_text = "";
}
static void alter_subject(struct sealed *s)
{
	s->message.subject = "#close";
}
static void alter_body(struct sealed *s)
{
	s->message.body_digest[31] ^= 1;
}
static void alter_agent(struct sealed *s)
{
	s->anna = pd_settings_agent(s->desk->settings, "bob");
}
static void alter_recipient(struct sealed *s)
{
	s->delivery.recipients.items[0] = "sales@example.com";
}
static void alter_none(struct sealed *s)
{
	s->delivery.recipients.count = 0;
}
static void alter_twice(struct sealed *s)
{
	s->message.headers.count = 2;
}
static void alter_late(struct sealed *s)
{
	s->context.now += PD_SEAL_LIVES + PD_SECOND;
}
static void alter_early(struct sealed *s)
{
	s->context.now -= PD_HOUR;
}
static void alter_key(struct sealed *s)
{
	s->desk->fake->snapshot.key[0] ^= 1;
}
static void alter_version(struct sealed *s)
{
	s->fields[0].value = pd_printf(s->desk->arena, "v2%s", s->fields[0].value + 2);
}
static void alter_time(struct sealed *s)
{
	char *value = pd_strdup(s->desk->arena, s->fields[0].value);
	char *digit = strstr(value, "anna; ") + strlen("anna; ") + 9;
	*digit = *digit == '5' ? '4' : '5';
	s->fields[0].value = value;
}
static void alter_cut(struct sealed *s)
{
	s->fields[0].value = pd_strndup(s->desk->arena, s->fields[0].value, strlen(s->fields[0].value) - 1);
}
static void alter_empty(struct sealed *s)
{
	s->fields[0].value = "";
}

static void keep_order(struct sealed *s)
{
	const char *first = s->delivery.recipients.items[0];
	s->delivery.recipients.items[0] = s->delivery.recipients.items[1];
	s->delivery.recipients.items[1] = first;
}
static void keep_one(struct sealed *s)
{
	s->delivery.recipients.count = 1;
}
static void keep_case(struct sealed *s)
{
	s->delivery.recipients.items[0] = "SUPPORT@example.com";
}
static void keep_late(struct sealed *s)
{
	s->context.now += PD_SEAL_LIVES - PD_SECOND;
}
static void keep_all(struct sealed *s)
{
	(void)s;
}
static void keep_blanks(struct sealed *s)
{
	PD_AUTO_BUF out = {0};
	for (const char *c = s->fields[0].value; *c != '\0'; c++)
		pd_buf_adds(&out, *c == ' ' ? " \t " : (char[]){*c, '\0'});
	s->fields[0].value = pd_buf_string(s->desk->arena, &out);
}

static void test_check(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		void (*alter)(struct sealed *);
		bool want;
	} table[] = {
		{"as it is", keep_all, true},
		{"another order", keep_order, true},
		{"one recipient of them", keep_one, true},
		{"case", keep_case, true},
		{"nearly late", keep_late, true},
		{"folded anew", keep_blanks, true},
		{"Message-ID", alter_message_id, false},
		{"From", alter_from, false},
		{"two authors", alter_from_count, false},
		{"Date", alter_date, false},
		{"Subject", alter_subject, false},
		{"body", alter_body, false},
		{"agent", alter_agent, false},
		{"a recipient more", alter_recipient, false},
		{"no recipient", alter_none, false},
		{"two seals", alter_twice, false},
		{"late", alter_late, false},
		{"from the future", alter_early, false},
		{"another desk", alter_key, false},
		{"version", alter_version, false},
		{"time", alter_time, false},
		{"cut", alter_cut, false},
		{"empty", alter_empty, false},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct sealed s;
		seal(&s);
		table[i].alter(&s);
		CHECK_ROW(table[i].name, (check(&s) != NULL) == table[i].want);
		small_desk_free(s.desk);
	}
}

/* In the address: for each recipient its own, and it is the same place as without. */
static void test_address(void **state)
{
	(void)state;
	static const char *const addresses[] = {
		"support@example.com",
		"support+do@example.com",
		"support+t1.aaaaaaaaaaaaaaaa@example.com",
	};
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct sealed s;
		seal(&s);
		s.message.headers.count = 0;
		const char *address = pd_seal_address(&s.context, s.anna, &s.message, addresses[i]);
		struct pd_recipient plain = pd_recipient_parse(s.desk->arena, s.desk->settings, addresses[i]);
		struct pd_recipient got = pd_recipient_parse(s.desk->arena, s.desk->settings, address);
		CHECK_ROW(address, got.kind == plain.kind && got.mailbox == plain.mailbox &&
					   got.number == plain.number);
		s.delivery.recipients.count = 1;
		CHECK_ROW(address, check(&s) == NULL);
		s.delivery.recipients.items[0] = address;
		CHECK_ROW(address, check(&s) != NULL);
		s.message.subject = "other";
		CHECK_ROW(address, check(&s) == NULL);
		s.message.subject = "Hello";
		s.context.now += PD_SEAL_LIVES + PD_SECOND;
		CHECK_ROW(address, check(&s) == NULL);
		s.context.now -= PD_SEAL_LIVES + PD_SECOND;
		const struct pd_agent *anna = s.anna;
		s.anna = pd_settings_agent(s.desk->settings, "bob");
		CHECK_ROW(address, check(&s) == NULL);
		s.anna = anna;
		char *other = pd_strdup(s.desk->arena, address);
		char *last = strrchr(other, '@') - 1;
		*last = *last == 'a' ? 'b' : 'a';
		s.delivery.recipients.items[0] = other;
		CHECK_ROW(address, check(&s) == NULL);
		s.delivery.recipients.items[0] = address;
		pd_seal_use(&s.context, &s.delivery, check(&s));
		small_keep(s.desk, &s.context);
		CHECK_ROW(address, check(&s) == NULL);
		small_desk_free(s.desk);
	}
}

/* Once a recipient; a failed check uses nothing up. */
static void test_once(void **state)
{
	(void)state;
	struct sealed s;
	seal(&s);
	s.message.subject = "other";
	assert_null(check(&s));
	s.message.subject = "Hello";
	const char *mac = check(&s);
	assert_non_null(mac);
	assert_non_null(check(&s));
	s.delivery.recipients.count = 1;
	pd_seal_use(&s.context, &s.delivery, mac);
	small_keep(s.desk, &s.context);
	assert_null(check(&s));
	s.delivery.recipients.count = 2;
	assert_null(check(&s));
	s.delivery.recipients.items++;
	s.delivery.recipients.count = 1;
	assert_non_null(check(&s));
	small_desk_free(s.desk);
}

/* The address with another character at that place of its token. */
static const char *altered(struct small_desk *desk, const char *address, size_t place)
{
	char *copy = pd_strdup(desk->arena, address);
	char *at = strrchr(copy, '@') - PD_TOKEN_CHARS - PD_PAYLOAD_CHARS + place;
	*at = *at == 'a' ? 'b' : 'a';
	return copy;
}

/* What a token of a person who has left says is old, not forged. */
static void test_forged(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new(NULL);
	small_deliver(desk,
		      (struct small_mail){.from = "ville@customer.example", .subject = "One", .id = "1@c"});
	struct pd_context context = small_context(desk, "postdesk");
	const struct pd_mailbox *mailbox = &desk->settings->mailboxes.items[0];
	int64_t conversation = small_ticket(desk, 1)->conversations.items[0].id;
	context.now += PD_DAY;
	*pd_list_add(desk->settings->arena, &desk->settings->former_agents) = "gone";
	const char *gone = pd_address_for_agent(&context, mailbox, 1, conversation, "gone", 1);
	const char *anna = pd_address_for_agent(&context, mailbox, 1, conversation, "anna", 1);
	/* What an outsider can make of one that it has seen: the day and the version stay, or become later. */
	const char *guessed = altered(desk, anna, 0), *later = altered(desk, anna, PD_TOKEN_CHARS + 7);
	const char *ville =
		pd_address_for_contact(&context, mailbox, 1, conversation, "ville@customer.example");
	const struct {
		const char *address;
		bool want;
	} table[] = {
		{ville, false},
		{pd_address_for_contact(&context, mailbox, 1, conversation, ""), false},
		{pd_address_for_contact(&context, mailbox, 1, conversation, "other@customer.example"), true},
		{pd_address_for_contact(&context, mailbox, 2, conversation, "ville@customer.example"), true},
		{anna, false},
		{gone, false},
		{guessed, true},
		{later, true},
		{pd_address_for_agent(&context, mailbox, 1, conversation, "nobody", 1), true},
		{pd_address_for_agent(&context, mailbox, 1, conversation + 1000, "anna", 1), true},
		{pd_address_for_bounce(&context, mailbox, 3), false},
		{"support+b3.aaaaaaaaaaaaaaaa@example.com", true},
		{"support+y3.aaaaaaaaaaaaaaaa@example.com", true},
		{"support+t1.aaaaaaaaaaaaaaaa@example.com", true},
		{"support+t1.short@example.com", true},
		{"support+t7.aaaaaaaaaaaaaaaa@example.com", true},
		{"support@example.com", false},
		{"support+do@example.com", false},
		{"support+t1@example.com", false},
		{"nobody+t1.aaaaaaaaaaaaaaaa@example.com", false},
	};
	for (size_t i = 0; i < COUNT(table); i++)
		CHECK_ROW(table[i].address,
			  pd_recipient_is_forged(&context, table[i].address) == table[i].want);
	struct pd_plan *plan = small_do(desk, "administrator", 1, "delete");
	assert_non_null(plan);
	context = small_context(desk, "postdesk");
	assert_false(pd_recipient_is_forged(&context, "support+t1.aaaaaaaaaaaaaaaa@example.com"));
	small_desk_free(desk);
}

/* Who answers a mail of a conversation that is another ticket's since writes no mail to be refused. */
static void test_former(void **state)
{
	(void)state;
	static const struct {
		const char *name, *before, *after;
		bool is_left; /* the addresses lead to their ticket no more */
	} table[] = {
		{"in it", NULL, NULL, false},
		{"deleted", NULL, "delete", false},
		{"merged", NULL, "merge 2 primary 2", false},
		{"taken in by a merge", "merge 2 primary this", NULL, false},
		{"taken in, and given back", "merge 2 primary this", "undo", true},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct small_desk *desk = small_desk_new(NULL);
		small_deliver(desk, (struct small_mail){.from = "ville@customer.example", .subject = "One", .id = "1@c"});
		small_deliver(desk, (struct small_mail){.from = "liisa@customer.example", .subject = "Two", .id = "2@c"});
		if (table[i].before != NULL)
			assert_false(small_do(desk, "administrator", 1, table[i].before)->is_refused);
		struct pd_context context = small_context(desk, "postdesk");
		const struct pd_mailbox *mailbox = &desk->settings->mailboxes.items[0];
		const struct pd_ticket *ticket = small_ticket(desk, 1);
		const struct pd_conversation *last = &ticket->conversations.items[ticket->conversations.count - 1];
		const char *who = last->participants.items[0].address.addr;
		const char *const addresses[] = {
			pd_address_for_contact(&context, mailbox, 1, last->id, who),
			pd_address_for_contact(&context, mailbox, 1, last->id, ""),
			pd_address_for_agent(&context, mailbox, 1, last->id, "anna", 1),
		};
		if (table[i].after != NULL)
			assert_false(small_do(desk, "administrator", 1, table[i].after)->is_refused);
		context = small_context(desk, "postdesk");
		for (size_t k = 0; k < COUNT(addresses); k++) {
			bool is_left = pd_recipient_resolve(&context, addresses[k]).kind == PD_RCPT_BAD_TOKEN;
			CHECK_ROW(table[i].name, table[i].is_left == is_left);
			CHECK_ROW(table[i].name, !pd_recipient_is_forged(&context, addresses[k]));
		}
		small_desk_free(desk);
	}
}

static void test_authors(void **state)
{
	(void)state;
	static const struct {
		const char *name, *login, *from, *sender;
		unsigned from_count;
		bool is_wrong, is_agents;
	} table[] = {
		{"own", "anna", "anna@agents.example", "anna@agents.example", 1, false, true},
		{"case", "anna", "Anna@agents.example", "", 1, false, true},
		{"another agent's", "anna", "bob@agents.example", "anna@agents.example", 1, true, false},
		{"another's envelope", "anna", "anna@agents.example", "bob@agents.example", 1, true, true},
		{"nobody's", "anna", "x@example.org", "anna@agents.example", 1, true, false},
		{"two authors", "anna", "anna@agents.example", "anna@agents.example", 2, true, true},
		{"a mailbox's", "anna", "support@example.com", "anna@agents.example", 1, false, false},
		{"another login", NULL, "anna@agents.example", "x@example.org", 1, true, false},
		{"another login, two authors", NULL, "x@example.org", "x@example.org", 2, true, false},
		{"another login, no author", NULL, "", "x@example.org", 0, false, false},
		{"no author", "anna", "", "anna@agents.example", 0, true, false},
		{"another login, its own", NULL, "x@example.org", "x@example.org", 1, false, false},
		{"another login, an agent's envelope", NULL, "x@example.org", "anna@agents.example", 1, true,
		 false},
	};
	struct small_desk *desk = small_desk_new(NULL);
	struct pd_context context = small_context(desk, "postdesk");
	for (size_t i = 0; i < COUNT(table); i++) {
		struct pd_message message = {.from = {.name = "", .addr = table[i].from},
					     .from_count = table[i].from_count};
		struct pd_delivery delivery = {
			.message = &message,
			.sender = table[i].sender,
			.login = table[i].login != NULL ? pd_settings_agent(desk->settings, table[i].login)
							: NULL};
		CHECK_ROW(table[i].name,
			  (pd_submission_wrong_author(&context, &delivery) != NULL) == table[i].is_wrong);
		CHECK_ROW(table[i].name, pd_submission_is_agents(&delivery) == table[i].is_agents);
	}
	small_desk_free(desk);
}

/* A required property that lacks is the one mistake that a door lets pass: the mail becomes a draft. */
static void test_incomplete(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_refused, is_incomplete;
	} table[] = {
		{"#new x", true, true},
		{"#new x\n#set floor=2\n#close", true, true},
		{"#new x\n#close", true, true},
		{"#new x\n#set floor=2\n#set cause=y\n#close", false, false},
		{"#new x\n#set floor=2\n#close\n#frobnicate", true, false},
		{"#new x\n#set floor=2", false, false},
		{"#new x\n#frobnicate", true, false},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct small_desk *desk = small_desk_new("[property floor]\non_create = required\n"
							 "[property cause]\nrequired_before = closed\n");
		struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = "anna@agents.example",
									       .to = "support+do@example.com",
									       .text = table[i].text,
									       .id = "1@c",
									       .pass = true});
		CHECK_ROW(table[i].text, plan->is_refused == table[i].is_refused);
		CHECK_ROW(table[i].text, plan->is_incomplete == table[i].is_incomplete);
		small_desk_free(desk);
	}
}

static void test_results_id(void **state)
{
	(void)state;
	static const struct {
		const char *value, *want;
	} table[] = {
		{"mail.example.com; none", "mail.example.com"},
		{" (a (b) \\) )\r\n\tmail.example.com 1; dmarc=pass", "mail.example.com"},
		{"\"mail.example.com\"; dmarc=pass", "mail.example.com"},
		{"mail.example.com", "mail.example.com"},
		{"mail.example.com; broken ((((", "mail.example.com"},
		{"mail.example.com(x);", "mail.example.com"},
		{"", NULL},
		{"; dmarc=pass", NULL},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(table); i++)
		CHECK_ROW(table[i].value, pd_equal(pd_auth_results_id(arena, table[i].value), table[i].want));
}

static void test_results_claims(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		bool want;
	} table[] = {
		{"mail.example.com; dmarc=pass", true},
		{"(c)\r\n\tMAIL.example.com 1; dmarc=pass", true},
		{"other.example.org; dmarc=pass", false},
		{"", false},
		/* What reading cleans away, or makes a blank. */
		{"\x0bmail.example.com; dmarc=pass", true},
		{"\x0c mail.example.com; dmarc=pass", true},
		{"\x01mail.example.com; dmarc=pass", true},
		{"mail.exam\x7fple.com; dmarc=pass", true},
		{"mail.exam\xe2\x80\xaeple.com; dmarc=pass", true},
		{"(\\\x01) other.example.org )mail.example.com; dmarc=pass", true},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(table); i++) {
		CHECK_ROW(table[i].value,
			  pd_auth_results_claims(arena, table[i].value, "mail.example.com") == table[i].want);
		assert_false(pd_auth_results_claims(arena, table[i].value, ""));
		assert_false(pd_auth_results_claims(arena, table[i].value, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),	   cmocka_unit_test(test_address),
		cmocka_unit_test(test_once),	   cmocka_unit_test(test_forged),
		cmocka_unit_test(test_former),
		cmocka_unit_test(test_authors),	   cmocka_unit_test(test_results_id),
		cmocka_unit_test(test_incomplete),
		cmocka_unit_test(test_results_claims),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
