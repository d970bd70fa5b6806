/* Tests of src/mime/prescan.c: what is kept from the parser. */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mime/inside.h"

struct mail {
	const char *data;
	size_t size;
};

/* before, then unit count times, then after. */
static struct mail repeat(struct pd_arena *arena, const char *before, const char *unit, size_t count, const char *after)
{
	PD_AUTO_BUF buf = {0};
	pd_buf_adds(&buf, before);
	for (size_t i = 0; i < count; i++)
		pd_buf_adds(&buf, unit);
	pd_buf_adds(&buf, after);
	return (struct mail){pd_buf_string(arena, &buf), buf.len};
}

#define MULTIPART "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="

static void test_limits(void **state)
{
	(void)state;
	static const struct {
		const char *name, *before, *unit;
		size_t count;
		const char *after;
		bool is_over;
	} rows[] = {
		{"plain mail", "From: a@b\r\n\r\n", "text\r\n", 100000, "", false},
		{"long body of lines like fields", "Message-ID: <a@b>\r\n\r\n", "name: value\r\n", 100000, "", false},
		{"1,000 fields", "", "X: y\r\n", 1000, "\r\nbody", false},
		{"1,001 fields", "", "X: y\r\n", 1001, "\r\nbody", true},
		{"200,000 fields", "", "X: y\r\n", 200000, "\r\nbody", true},
		{"one folded field", "X: y\r\n", " more\r\n", 5000, "\r\nbody", false},
		{"12,000 parts", MULTIPART "b\r\n\r\n", "--b\r\n\r\nx\r\n", 12000, "", false},
		{"200,000 parts", MULTIPART "b\r\n\r\n", "--b\r\n\r\n\r\n", 200000, "--b--\r\n", true},
		{"quoted boundary", MULTIPART "\"b b\"\r\n\r\n", "--b b\r\n\r\n", 12001, "", true},
		{"boundary in a folded line", "Content-Type: multipart/mixed;\r\n\tboundary=b\r\n\r\n", "--b\r\n\r\n", 12001, "", true},
		{"boundary after its name", "Content-Type: multipart/mixed; boundary=\r\n b\r\n\r\n", "--b\r\n\r\n", 12001, "", true},
		{"boundary in sections", "Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\r\n\r\n", "--bc\r\n\r\n", 12001, "", true},
		{"boundary escaped", MULTIPART "\"b\\c\"\r\n\r\n", "--bc\r\n\r\n", 12001, "", true},
		{"empty boundary", MULTIPART "\"\"\r\n\r\n", "--\r\n\r\n", 12001, "", true},
		{"boundary in capitals", "CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY=b\r\n\r\n", "--b\r\n\r\n", 12001, "", true},
		{"dashes in text", MULTIPART "b\r\n\r\n--b\r\n\r\n", "-- a comment of SQL\r\n--- a/file\r\n", 2000, "--b--\r\n", false},
		{"dashes without a multipart", "From: a@b\r\n\r\n", "--b\r\n", 5000, "", false},
		{"boundaries in LF lines", "Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\n", 12001, "", true},
		{"fields of a part", MULTIPART "b\r\n\r\n--b\r\n", "X: y\r\n", 1001, "\r\n\r\n--b--\r\n", true},
		{"fields of a mail inside", MULTIPART "b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n", "X: y\r\n", 1001, "\r\n\r\n--b--\r\n", true},
		{"fields of a mail inside, with blanks", MULTIPART "b\r\n\r\n--b\r\nContent-Type: message\r\n /rfc822\r\n\r\n", "X: y\r\n", 1001, "\r\n\r\n--b--\r\n", true},
		{"fields of a mail in a digest", "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n", "X: y\r\n", 1001, "\r\n\r\n--b--\r\n", true},
		{"text of a mail in a digest", "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nA: b\r\n\r\n", "X: y\r\n", 5000, "\r\n\r\n--b--\r\n", false},
		{"a daily digest", "Subject: daily digest\r\n" MULTIPART "b\r\n\r\n--b\r\n\r\n", "QUFB\r\n", 5000, "--b--\r\n", false},
		{"200 levels", "", MULTIPART "b\r\n\r\n--b\r\n", 200, "\r\n", false},
		{"50,000 levels", "", MULTIPART "b\r\n\r\n--b\r\n", 50000, "\r\n", true},
		{"empty", "", "", 0, "", false},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mail mail = repeat(arena, rows[i].before, rows[i].unit, rows[i].count, rows[i].after);
		struct pd_scan scan;
		pd_prescan(arena, mail.data, mail.size, &scan);
		if ((scan.over != NULL) != rows[i].is_over)
			fail_msg("row \"%s\": %s", rows[i].name, scan.over ? scan.over : "within the limits");
	}
}

static void test_many_boundaries(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF buf = {0};
	for (int i = 0; i < 601; i++)
		pd_buf_addf(&buf, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
	struct pd_scan scan;
	pd_prescan(arena, buf.data, buf.len, &scan);
	assert_non_null(scan.over);
}

static void test_broken_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *name, *before, *unit;
		size_t count;
		const char *after;
		bool is_renamed;
	} rows[] = {
		{"few colons", "To: ", "a:", 60, "b@c;\r\n\r\n", false},
		{"many colons", "To: ", "a:", 65, "b@c;\r\n\r\n", true},
		{"6 kB", "To: ", "a:", 3000, "\r\n\r\n", true},
		{"102,400 bytes", "To: ", "a:", 51200, "\r\n\r\n", true},
		{"blank before the colon", "To : ", "a:", 65, "\r\n\r\n", true},
		{"other case", "rePly-to: ", "a:", 65, "\r\n\r\n", true},
		{"From", "From: ", "a:", 65, "\r\n\r\n", true},
		{"Cc, folded", "Cc:\r\n", " a:\r\n", 65, "\r\n", true},
		{"Sender", "Sender: ", "a:", 65, "\r\n\r\n", true},
		{"Bcc", "Bcc: ", "a:", 65, "\r\n\r\n", true},
		{"colons in quotes", "To: \"", "a:", 200, "\" <b@c>\r\n\r\n", false},
		{"far too many colons in quotes", "To: \"", "a:", 2000, "\" <b@c>\r\n\r\n", true},
		{"escaped quote", "To: \"\\\"\" ", "a:", 65, "\r\n\r\n", true},
		{"over 16 KiB", "To: ", "someone@example.org, ", 1000, "b@c\r\n\r\n", true},
		{"below 16 KiB", "To: ", "someone@example.org, ", 700, "b@c\r\n\r\n", false},
		{"other field", "X-To: ", "a:", 65, "\r\n\r\n", false},
		{"in a mail inside", "Content-Type: message/rfc822\r\n\r\nTo: ", "a:", 65, "\r\n\r\n", true},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mail mail = repeat(arena, rows[i].before, rows[i].unit, rows[i].count, rows[i].after);
		char *before = pd_memdup(arena, mail.data, mail.size);
		struct pd_scan scan;
		pd_prescan(arena, mail.data, mail.size, &scan);
		CHECK_ROW(rows[i].name, scan.over == NULL);
		CHECK_ROW(rows[i].name, (scan.data != mail.data) == rows[i].is_renamed);
		CHECK_ROW(rows[i].name, (memmem(scan.data, scan.size, "X-Postdesk-Broken-", 18) != NULL) == rows[i].is_renamed);
		CHECK_ROW(rows[i].name, memcmp(before, mail.data, mail.size) == 0);
		CHECK_ROW(rows[i].name, scan.size == mail.size + (rows[i].is_renamed ? 18 : 0));
	}
}

static void test_two_broken(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct mail one = repeat(arena, "From: a@b\r\nTo: ", "a:", 70, "\r\nSubject: s\r\nCc: ");
	struct mail two = repeat(arena, one.data, "b:", 70, "\r\nX: y\r\n\r\nbody\r\n");
	struct pd_scan scan;
	pd_prescan(arena, two.data, two.size, &scan);
	struct pd_message *message = pd_message_blank(arena);
	pd_message_read_header(arena, scan.data, scan.size, message, false);
	assert_int_equal(message->headers.count, 5);
	assert_string_equal(message->headers.items[1].name, "X-Postdesk-Broken-To");
	assert_string_equal(message->headers.items[3].name, "X-Postdesk-Broken-Cc");
	assert_string_equal(message->subject, "s");
	assert_int_equal(message->to.count + message->cc.count, 0);
	assert_memory_equal(scan.data + scan.size - 6, "body\r\n", 6);
}

/* Ten million lines that could be boundaries of two hundred multiparts end soon. */
static void test_linear(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF buf = {0};
	for (int i = 0; i < 190; i++)
		pd_buf_addf(&buf, "Content-Type: multipart/mixed; boundary=c%d\r\n", i);
	pd_buf_adds(&buf, "\r\n");
	for (int i = 0; i < 2000000; i++)
		pd_buf_adds(&buf, "--d\r\n");
	int64_t began = pd_monotonic();
	struct pd_scan scan;
	pd_prescan(arena, buf.data, buf.len, &scan);
	assert_true(pd_monotonic() - began < 5000);
	assert_non_null(scan.over);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),	   cmocka_unit_test(test_many_boundaries),
		cmocka_unit_test(test_broken_addresses), cmocka_unit_test(test_two_broken),
		cmocka_unit_test(test_linear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
