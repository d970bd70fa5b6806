/* What proofs stand on: signed addresses, Authentication-Results, companies by domain. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/auth_results.h"
#include "desk/company.h"
#include "desk/mail.h"
#include "small_desk.h"

/* --- signed addresses --- */

static void test_recipient_forms(void **state)
{
	(void)state;
	static const struct {
		const char *address;
		enum pd_recipient_kind kind;
		int64_t number;
	} table[] = {
		{"support@example.com", PD_RCPT_MAILBOX, 0},
		{"Support@Example.COM", PD_RCPT_MAILBOX, 0},
		{"support+anything@example.com", PD_RCPT_MAILBOX, 0},
		{"support+do@example.com", PD_RCPT_DO, 0},
		{"support+DO@example.com", PD_RCPT_DO, 0},
		{"support+t12.aaaaaaaaaaaaaaaa@example.com", PD_RCPT_TICKET, 12},
		{"support+t12.aaaaaaaaaaaaaaaabbbbbbbb@example.com", PD_RCPT_TICKET, 12},
		{"support+t12.short@example.com", PD_RCPT_BAD_TOKEN, 12},
		{"support+t0.aaaaaaaaaaaaaaaa@example.com", PD_RCPT_MAILBOX, 0},
		{"support+t12@example.com", PD_RCPT_MAILBOX, 0},
		{"support+t99999999999999999999999.aaaaaaaaaaaaaaaa@example.com", PD_RCPT_MAILBOX, 0},
		{"support+b7.aaaaaaaaaaaaaaaa@example.com", PD_RCPT_BOUNCE, 7},
		{"support+y7.aaaaaaaaaaaaaaaa@example.com", PD_RCPT_CONFIRM, 7},
		{"support+m.aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb@example.com", PD_RCPT_MESSAGE, 0},
		{"support+m.aaaaaaaaaaaaaaaa@example.com", PD_RCPT_BAD_TOKEN, 0},
		{"other@example.com", PD_RCPT_UNKNOWN, 0},
		{"support@example.org", PD_RCPT_UNKNOWN, 0},
		{"+t12.aaaaaaaaaaaaaaaa@example.com", PD_RCPT_UNKNOWN, 0},
		{"support", PD_RCPT_UNKNOWN, 0},
		{"", PD_RCPT_UNKNOWN, 0},
	};
	struct small_desk *desk = small_desk_new(NULL);
	for (size_t i = 0; i < COUNT(table); i++) {
		struct pd_recipient got = pd_recipient_parse(desk->arena, desk->settings, table[i].address);
		CHECK_ROW(table[i].address, got.kind == table[i].kind);
		if (got.kind != PD_RCPT_MAILBOX)
			CHECK_ROW(table[i].address, got.number == table[i].number);
	}
	small_desk_free(desk);
}

/* Every single character of a token counts, and none of it serves another ticket or kind. */
static void test_forged_tokens(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new(NULL);
	for (int i = 0; i < 2; i++)
		small_deliver(desk, (struct small_mail){.from = "ville@customer.example",
							.subject = i == 0 ? "One" : "Two",
							.id = i == 0 ? "1@c" : "2@c"});
	struct pd_context context = small_context(desk, "postdesk");
	const struct pd_mailbox *mailbox = &desk->settings->mailboxes.items[0];
	int64_t conversation = small_ticket(desk, 1)->conversations.items[0].id;
	char *addresses[] = {
		pd_address_for_contact(&context, mailbox, 1, conversation, "ville@customer.example"),
		pd_address_for_contact(&context, mailbox, 1, conversation, ""),
		pd_address_for_agent(&context, mailbox, 1, conversation, "anna", 3),
		pd_address_for_bounce(&context, mailbox, 12),
		pd_address_for_confirmation(&context, mailbox, 12),
	};
	for (size_t i = 0; i < COUNT(addresses); i++) {
		assert_int_not_equal(pd_recipient_resolve(&context, addresses[i]).kind, PD_RCPT_BAD_TOKEN);
		char *token = strchr(addresses[i], '.') + 1;
		for (char *at = token; *at != '@'; at++) {
			char was = *at;
			*at = was == 'a' ? 'b' : 'a';
			CHECK_ROW(addresses[i],
				  pd_recipient_resolve(&context, addresses[i]).kind == PD_RCPT_BAD_TOKEN);
			*at = was;
		}
	}
	struct pd_recipient agent = pd_recipient_resolve(&context, addresses[2]);
	assert_string_equal(agent.person, "anna");
	assert_int_equal(agent.version, 3);
	assert_int_equal(agent.conversation, conversation);
	assert_false(agent.is_expired);
	/* The same token at another ticket. */
	char *other = pd_strdup(desk->arena, addresses[0]);
	*strchr(other, '1') = '2';
	assert_int_equal(pd_recipient_resolve(&context, other).kind, PD_RCPT_BAD_TOKEN);
	/* Expired. */
	context.now += 92 * PD_DAY;
	assert_true(pd_recipient_resolve(&context, addresses[2]).is_expired);
	assert_false(pd_recipient_resolve(&context, addresses[0]).is_expired);
	/* Under another key. */
	desk->fake->snapshot.key[5] ^= 1;
	for (size_t i = 0; i < COUNT(addresses); i++)
		assert_int_equal(pd_recipient_resolve(&context, addresses[i]).kind, PD_RCPT_BAD_TOKEN);
	small_desk_free(desk);
}

static void test_message_ids(void **state)
{
	(void)state;
	struct small_desk *desk = small_desk_new(NULL);
	struct pd_context context = small_context(desk, "postdesk");
	char *id = pd_message_id_new(&context, 12, 34);
	assert_string_equal(id, pd_message_id_new(&context, 12, 34));
	assert_string_not_equal(id, pd_message_id_new(&context, 12, 35));
	assert_true(pd_message_id_is_ours(&context, id));
	assert_true(pd_message_id_is_ours(&context, pd_message_id_root(&context, 12)));
	for (char *at = id + 1; *at != '@'; at++) {
		char was = *at;
		*at = was == '7' ? '6' : '7';
		assert_false(pd_message_id_is_ours(&context, id));
		*at = was;
	}
	assert_false(pd_message_id_is_ours(&context, ""));
	assert_false(pd_message_id_is_ours(&context, "t1.2.3@mail.example.com"));
	small_desk_free(desk);
}

/* --- Authentication-Results (RFC 8601) --- */

static void test_auth_results(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		bool parses, passes; /* for example.com */
	} table[] = {
		{"mail.example.com; dmarc=pass header.from=example.com", true, true},
		{"mail.example.com; dmarc=pass (p=none dis=none) header.from=example.com", true, true},
		{"mail.example.com 1; dmarc=pass header.from=EXAMPLE.com;", true, true},
		{" mail.example.com ;\r\n\tspf=pass smtp.mailfrom=a@example.com;\r\n dmarc = pass header . "
		 "from = example.com",
		 true, true},
		{"mail.example.com; dkim=pass header.d=example.com header.s=x header.b=\"a+/=\"", true, true},
		{"mail.example.com; dkim=pass header.i=@mail.example.com header.b=a/b+c", true, true},
		{"mail.example.com; dkim=pass header.d=evil.example", true, false},
		{"mail.example.com; dkim=pass header.d=com", true, false},
		{"mail.example.com; dmarc=fail header.from=example.com", true, false},
		{"mail.example.com; dmarc=pass header.from=evil.example", true, false},
		{"mail.example.com; dmarc=pass", true, false},
		{"mail.example.com; dmarc=pass header.from=example.com header.from=evil.example", true,
		 false},
		{"mail.example.com; dkim=pass header.d=example.com; dmarc=fail header.from=example.com", true,
		 false},
		{"mail.example.com; spf=pass smtp.mailfrom=example.com", true, false},
		{"mail.example.com; none", true, false},
		{"mail.example.com", true, false},
		{"evil.example; dmarc=pass header.from=example.com", true, false},
		{"mail.example.com.evil.example; dmarc=pass header.from=example.com", true, false},
		{"xmail.example.com; dmarc=pass header.from=example.com", true, false},
		{"\"mail.example.com\"; dmarc=pass header.from=example.com", true, true},
		{"mail.example.com; spf=fail (dmarc=pass header.from=example.com)", true, false},
		{"mail.example.com; spf=fail reason=\"; dmarc=pass header.from=example.com\"", true, false},
		{"mail.example.com; spf=fail (a (b) \\) ; dmarc=pass header.from=example.com )", true, false},
		{"(mail.example.com; dmarc=pass header.from=example.com", false, false},
		{"mail.example.com; spf=fail \"; dmarc=pass header.from=example.com", false, false},
		{"mail.example.com; dmarc=pass header.from=example.com garbage", false, false},
		{"mail.example.com; dmarc=pass header.from=\"example.com\"x", false, false},
		{"mail.example.com; dmarc=pass action=none header.from=example.com", false, false},
		{"mail.example.com; dmarc", false, false},
		{"mail.example.com; =pass", false, false},
		{"mail.example.com evil; dmarc=pass header.from=example.com", false, false},
		{"; dmarc=pass header.from=example.com", false, false},
		{"mail.example.com; none; dmarc=pass header.from=example.com", false, false},
		{"mail.example.com; dmarc=passed header.from=example.com", true, false},
		{"", false, false},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(table); i++) {
		struct pd_auth_results results;
		struct pd_message message = {0};
		*pd_list_add(arena, &message.headers) =
			(struct pd_header){.name = "authentication-results", .value = table[i].value};
		CHECK_ROW(table[i].value,
			  pd_auth_results_parse(arena, table[i].value, &results) == table[i].parses);
		CHECK_ROW(table[i].value, pd_auth_results_pass(arena, &message, "mail.example.com",
							       "example.com") == table[i].passes);
		/* The default believes none. */
		CHECK_ROW(table[i].value, !pd_auth_results_pass(arena, &message, "", "example.com"));
		CHECK_ROW(table[i].value, !pd_auth_results_pass(arena, &message, NULL, "example.com"));
		CHECK_ROW(table[i].value, !pd_auth_results_pass(arena, &message, "mail.example.com", ""));
	}
}

static void test_long_fields_take_linear_time(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF text = {0};
	struct pd_auth_results results;
	pd_buf_adds(&text, "mail.example.com; ");
	for (int i = 0; i < 100000; i++)
		pd_buf_addc(&text, '(');
	assert_false(pd_auth_results_parse(arena, text.data, &results));
	pd_buf_clear(&text);
	pd_buf_adds(&text, "mail.example.com");
	for (int i = 0; i < 20000; i++)
		pd_buf_adds(&text, "; a=b c.d=e");
	assert_false(pd_auth_results_parse(arena, text.data, &results)); /* too many */
}

/* Whatever is done to a field of somebody else's server, it never becomes ours; and nothing reads past its
 * end. */
static void test_mangled_fields(void **state)
{
	(void)state;
	static const char *const seeds[] = {
		"evil.example; dmarc=pass header.from=example.com",
		("evil.example 1; dkim=pass (good) header.d=example.com header.b=\"a\\\"b\"; dmarc=pass "
		"header.from=example.com"),
		"evil.example; spf=fail (mail.example.com; dmarc=pass header.from=example.com)",
	};
	static const char alphabet[] = ";()\"\\=./@ \t\nab1-";
	uint64_t chance = 1;
	for (int round = 0; round < 10000; round++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		char *field = pd_strdup(arena, seeds[round % COUNT(seeds)]);
		for (int i = 0; i < 1 + round % 5; i++) {
			chance = chance * 6364136223846793005u + 1442695040888963407u;
			field[(chance >> 33) % strlen(field)] =
				alphabet[(chance >> 20) % (sizeof alphabet - 1)];
			if (round % 7 == 0)
				field[strlen(field) * ((chance >> 40) % 8) / 8 + (strlen(field) < 8)] = '\0';
			if (*field == '\0')
				break;
		}
		struct pd_message message = {0};
		*pd_list_add(arena, &message.headers) =
			(struct pd_header){.name = "Authentication-Results", .value = field};
		CHECK_ROW(field, !pd_auth_results_pass(arena, &message, "mail.example.com", "example.com"));
	}
}

/* Only a From that can be read in one way is authentic. */
static void test_authentic(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned from_count;
		bool is_plain, is_authentic;
	} table[] = {
		{"one plain mailbox", 1, true, true},
		{"two", 2, true, false},
		{"none", 0, true, false},
		{"one that is read in two ways", 1, false, false},
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct small_desk *desk = small_desk_new(NULL);
		struct pd_context context = small_context(desk, "postdesk");
		struct pd_message message = {.from = {.name = "", .addr = "ville@customer.example"},
					     .from_count = table[i].from_count,
					     .from_is_plain = table[i].is_plain,
					     .sender = {.name = "", .addr = ""},
					     .message_id = "",
					     .subject = ""};
		*pd_list_add(desk->arena, &message.headers) = (struct pd_header){
			.name = "Authentication-Results",
			.value = "mail.example.com; dmarc=pass header.from=customer.example"};
		struct pd_delivery delivery = {.message = &message, .sender = "", .source = "mail"};
		*pd_list_add(desk->arena, &delivery.recipients) = "support@example.com";
		struct pd_mail mail;
		pd_mail_read(&context, &delivery, &mail);
		CHECK_ROW(table[i].name, mail.is_authentic == table[i].is_authentic);
		small_desk_free(desk);
	}
}

/* --- companies --- */

static void test_registrable_domain(void **state)
{
	(void)state;
	static const struct {
		const char *domain, *want;
	} table[] = {
		{"example.com", "example.com"},
		{"mail.example.com", "example.com"},
		{"a.b.example.co.uk", "example.co.uk"},
		{"example.com.au", "example.com.au"},
		{"co.uk", "co.uk"},
		{"localhost", "localhost"},
		{"x.example.fi", "example.fi"},
		{"", ""},
#ifdef PD_HAVE_PSL
		{"www.city.kawasaki.jp", "city.kawasaki.jp"},
		{"a.example.kawasaki.jp", "a.example.kawasaki.jp"},
		{"mail.one.github.io", "one.github.io"},
		{"github.io", "github.io"},
		{"x.pvt.k12.ma.us", "x.pvt.k12.ma.us"},
		{"mail.shop.com.pl", "shop.com.pl"},
		{"mail.firma.waw.pl", "firma.waw.pl"},
#endif
	};
	for (size_t i = 0; i < COUNT(table); i++)
		CHECK_ROW_STRING(table[i].domain, pd_registrable_domain(table[i].domain), table[i].want);
}

static void test_same_company(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool is_same;
	} table[] = {
		{"a@example.com", "b@example.com", true},   {"a@Mail.Example.COM", "b@example.com", true},
		{"a@example.com", "b@example.org", false},  {"a@gmail.com", "b@gmail.com", false},
		{"a@googlemail.com", "b@gmail.com", false}, {"a@yahoo.co.uk", "b@yahoo.co.uk", false},
		{"a@one.co.uk", "b@two.co.uk", false},	    {"a@shop.co.uk", "b@mail.shop.co.uk", true},
#ifdef PD_HAVE_PSL
		{"a@one.waw.pl", "b@two.waw.pl", false},    {"a@one.github.io", "b@two.github.io", false},
		{"a@waw.pl", "b@waw.pl", false},	    {"a@shop.waw.pl", "b@mail.shop.waw.pl", true},
#endif
		{"a@localhost", "b@localhost", false},	    {"a", "b", false},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(table); i++)
		CHECK_ROW(table[i].a, pd_is_same_company(arena, table[i].a, table[i].b) == table[i].is_same);
}

static void test_noreply(void **state)
{
	(void)state;
	static const struct {
		const char *address;
		bool is;
	} table[] = {
		{"noreply@x.example", true},	     {"No-Reply@x.example", true},
		{"billing-noreply@x.example", true}, {"do-not-reply+12@x.example", true},
		{"MAILER-DAEMON@x.example", true},   {"postmaster@x.example", true},
		{"list-request@x.example", true},    {"owner-list@x.example", true},
		{"bounces+abc@x.example", true},     {"nora@reply.example", false},
		{"anna@noreply.example", false},     {"bob@x.example", false},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(table); i++)
		CHECK_ROW(table[i].address, pd_is_noreply(arena, table[i].address) == table[i].is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recipient_forms),
		cmocka_unit_test(test_forged_tokens),
		cmocka_unit_test(test_message_ids),
		cmocka_unit_test(test_auth_results),
		cmocka_unit_test(test_long_fields_take_linear_time),
		cmocka_unit_test(test_mangled_fields),
		cmocka_unit_test(test_authentic),
		cmocka_unit_test(test_registrable_domain),
		cmocka_unit_test(test_same_company),
		cmocka_unit_test(test_noreply),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
