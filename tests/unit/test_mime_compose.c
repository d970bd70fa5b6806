/* Tests of compose.c, encode.c and markup.c: what leaves is well-formed whatever went in, and reads back the same. */
#include "check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mime/inside.h"
#include "mime/letter.h"

static struct pd_letter letter_of(struct pd_arena *arena)
{
	struct pd_letter letter = {
		.envelope_from = "",
		.from = {.name = "Example Support", .addr = "support@example.com"},
		.reply_to = {.name = "", .addr = ""},
		.subject = "Re: Printer",
		.message_id = "t1.2@example.com",
		.date = 1795269780000,
		.text = "Hello,\n\nit works again.\n",
	};
	*pd_list_add(arena, &letter.to) = (struct pd_address){.name = "Anna", .addr = "anna@example.org"};
	return letter;
}

static struct pd_bytes compose(struct pd_arena *arena, struct pd_letter *letter)
{
	struct pd_bytes bytes = {0};
	struct pd_error error = {0};
	if (pd_letter_compose(arena, letter, &bytes, &error) != PD_OK)
		fail_msg("%s", error.text);
	return bytes;
}

/* What holds for every mail that leaves. */
static void check_form(const char *name, struct pd_bytes bytes)
{
	size_t body = pd_fields_end(bytes.data, bytes.len);
	CHECK_ROW(name, body > 0 && body <= bytes.len);
	for (size_t i = 0, width = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.data[i];
		CHECK_ROW(name, c != '\0');
		if (c == '\r')
			CHECK_ROW(name, i + 1 < bytes.len && bytes.data[i + 1] == '\n');
		if (c == '\n') {
			CHECK_ROW(name, i > 0 && bytes.data[i - 1] == '\r');
			CHECK_ROW(name, width <= 999);
			width = 0;
			continue;
		}
		width++;
		CHECK_ROW(name, i >= body || c == '\r' || (c >= ' ' && c < 127));
	}
	CHECK_ROW(name, bytes.len > 2 && bytes.data[bytes.len - 1] == '\n');
}

static const char *names_of(struct pd_arena *arena, struct pd_bytes bytes)
{
	struct pd_message *message = pd_message_blank(arena);
	struct pd_strings names = {0};
	pd_fields_read(arena, bytes.data, bytes.len, message, false);
	for (size_t i = 0; i < message->headers.count; i++)
		*pd_list_add(arena, &names) = message->headers.items[i].name;
	return pd_strings_join(arena, &names, " ");
}

static struct pd_message *read_back(struct pd_arena *arena, struct pd_bytes bytes, struct pd_parts *parts)
{
	struct pd_message *message = pd_message_blank(arena);
	struct pd_scan scan;
	pd_prescan(arena, bytes.data, bytes.len, &scan);
	assert_null(scan.over);
	pd_message_read_header(arena, scan.data, scan.size, message, false);
	pd_parts_read(arena, scan.data, scan.size, parts);
	return message;
}

/* RFC 6047, section 2.4. */
static void test_calendar(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	for (int has_html = 0; has_html < 2; has_html++) {
		struct pd_letter letter = letter_of(arena);
		struct pd_parts parts = {0};
		letter.html = has_html ? "<p>Hello</p>" : NULL;
		letter.calendar = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nSUMMARY:Kätzchen\nEND:VEVENT\nEND:VCALENDAR\n";
		letter.calendar_method = "REQUEST";
		struct pd_bytes bytes = compose(arena, &letter);
		check_form("a calendar", bytes);
		const char *text = pd_strndup(arena, bytes.data, bytes.len);
		assert_non_null(strstr(text, "Content-Type: multipart/alternative;"));
		assert_non_null(strstr(text, "Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n"));
		assert_true(strstr(text, "text/plain") < strstr(text, "text/calendar"));
		assert_int_equal(strstr(text, "text/html") != NULL, has_html);
		read_back(arena, bytes, &parts);
		assert_string_equal(parts.plain, letter.text);
	}
}

static void test_plain(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_letter letter = letter_of(arena);
	struct pd_bytes bytes = compose(arena, &letter);
	assert_string_equal(bytes.data, "Date: Sat, 21 Nov 2026 14:03:00 +0000\r\n"
					"From: Example Support <support@example.com>\r\n"
					"To: Anna <anna@example.org>\r\n"
					"Subject: Re: Printer\r\n"
					"Message-ID: <t1.2@example.com>\r\n"
					"MIME-Version: 1.0\r\n"
					"Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
					"Content-Transfer-Encoding: 7bit\r\n"
					"\r\n"
					"Hello,\r\n\r\nit works again.\r\n");
	struct pd_bytes again = compose(arena, &letter);
	assert_string_equal(bytes.data, again.data);
	assert_false(letter.needs_smtputf8);
}

/* Tables are not flowed. */
static void test_fixed(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_letter letter = letter_of(arena);
	letter.text = pd_printf(arena, "number  %-80s  end\n  #1    %-80s  x\n", "name", "Printer");
	letter.is_fixed = true;
	struct pd_bytes bytes = compose(arena, &letter);
	check_form("fixed", bytes);
	assert_null(strstr(bytes.data, "format=flowed"));
	assert_non_null(strstr(bytes.data, pd_printf(arena, "\r\nnumber  %-80s  end\r\n  #1    %-80s  x\r\n", "name",
						     "Printer")));
}

/* Invariant: whatever the subject, the names and the file names hold, the header's fields are those that were meant. */
static void test_hostile(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"x\r\nBcc: all@example.com", "x\nBcc: all@example.com", "x\rBcc: a@b", "x\r\n\r\n<html>", "",
		" ", "\x01\x02\x1b[31m", "=?utf-8?q?=0D=0ABcc:_a@b?=", "\xe2\x80\xae" "cod.exe", "\xff\xfe\xfd",
		"a\"b\\c", "\"", "\\", "(comment", "a, b; c: <d@e>", "Gr\xc3\xbc\xc3\x9f" "e",
		"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe9\x95\xb7\xe3\x81\x84\xe9\xa1\x8c\xe5\x90\x8d\xe3\x81\xa7\xe3\x81\x99\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe9\x95\xb7\xe3\x81\x84\xe9\xa1\x8c\xe5\x90\x8d",
		"../../etc/passwd", "C:\\x\\y.txt", "=", "?=", ".", "--=_pd-000",
	};
	static const char want[] = "Date From Reply-To To Cc Subject Message-ID In-Reply-To References Thread-Topic "
				   "Auto-Submitted X-Auto-Response-Suppress X-Postdesk-Loop X-Postdesk-Ticket MIME-Version Content-Type";
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF very_long = {0};
	for (int i = 0; i < 3000; i++)
		pd_buf_adds(&very_long, i % 7 ? "x" : "\xc3\xa4");
	for (size_t i = 0; i <= COUNT(texts); i++) {
		const char *text = i < COUNT(texts) ? texts[i] : very_long.data;
		struct pd_letter letter = letter_of(arena);
		letter.subject = letter.thread_topic = letter.loop = letter.auto_submitted = letter.text = letter.html = text;
		letter.from.name = letter.to.items[0].name = text;
		letter.reply_to = (struct pd_address){.name = text, .addr = "support+t1.x@example.com"};
		*pd_list_add(arena, &letter.cc) = (struct pd_address){.name = text, .addr = "c@example.org"};
		letter.in_reply_to = "parent@example.org";
		*pd_list_add(arena, &letter.references) = "root@example.org";
		*pd_list_add(arena, &letter.references) = text;
		struct pd_header *extra = pd_list_add(arena, &letter.extra);
		extra->name = "X-Postdesk-Ticket";
		extra->value = text;
		struct pd_attachment *file = pd_list_add(arena, &letter.attachments);
		file->name = text;
		file->type = text;
		file->content_id = text;
		file->is_inline = true;
		file->content = (struct pd_bytes){text, strlen(text)};
		struct pd_attachment *other = pd_list_add(arena, &letter.attachments);
		*other = letter.attachments.items[0];
		other->is_inline = false;
		struct pd_bytes bytes = compose(arena, &letter);
		check_form(text, bytes);
		CHECK_ROW_STRING(text, names_of(arena, bytes), want);
		struct pd_parts parts = {0};
		struct pd_message *message = read_back(arena, bytes, &parts);
		CHECK_ROW_STRING(text, message->from.addr, "support@example.com");
		CHECK_ROW(text, message->from_count == 1 && message->from_is_plain);
		CHECK_ROW(text, message->to.count == 1 && message->cc.count == 1 && message->reply_to.count == 1);
		if (i < COUNT(texts))
			CHECK_ROW_STRING(text, message->subject, pd_clean_line(arena, text, 0));
		CHECK_ROW(text, parts.count == 4);
		CHECK_ROW(text, parts.items[2].size == strlen(text) && parts.items[3].size == strlen(text));
	}
}

static void test_bad_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *addr;
		bool good, utf8;
	} rows[] = {
		{"a@example.org", true, false},
		{"a.b+c@example.org", true, false},
		{"\"a b\"@example.org", true, false},
		{"\"a\\\"b\"@example.org", true, false},
		{"j\xc3\xbcrgen@example.org", true, true},
		{"a@example.org\r\nBcc: b@c", false, false},
		{"a@example.org>, <b@c", false, false},
		{"a b@example.org", false, false},
		{"a@b@c", false, false},
		{"a,b@example.org", false, false},
		{"\"a\"b\"@example.org", false, false},
		{"a", false, false},
		{"@example.org", false, false},
		{"a@", false, false},
		{"", false, false},
		{"a\xff@example.org", false, false},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_letter letter = letter_of(arena);
		struct pd_bytes bytes = {0};
		letter.to.items[0].addr = rows[i].addr;
		int result = pd_letter_compose(arena, &letter, &bytes, NULL);
		CHECK_ROW(rows[i].addr, (result == PD_OK) == rows[i].good);
		CHECK_ROW(rows[i].addr, !rows[i].good || letter.needs_smtputf8 == rows[i].utf8);
	}
	struct pd_letter letter = letter_of(arena);
	struct pd_bytes bytes = {0};
	letter.message_id = "a b";
	assert_int_equal(pd_letter_compose(arena, &letter, &bytes, NULL), PD_PERMANENT);
}

static void test_text(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *want; /* want NULL: the text comes back as it was */
	} rows[] = {
		{"short", "Hello\n", NULL},
		{"long line", "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen\n", NULL},
		{"long line of umlauts", "\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc\n", NULL},
		{"blank at the end is soft and goes", "Hello \nthere\n", "Hello\nthere\n"},
		{"signature", "Hello\n-- \nAnna\n", NULL},
		{"leading blanks", "Code:\n  x = 1\n", NULL},
		{"From at the start", "From here on\n.\n", NULL},
		{"quote", "> one\n>> two\n", "> one\n>> two\n"},
		{"long quote", "> one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen\n", NULL},
		{"greater than later", "a\n b > c\n", NULL},
		{"no line end", "Hello", "Hello\n"},
		{"empty lines", "a\n\n\nb\n", NULL},
		{"emoji", "\xf0\x9f\x94\xa5 hot\n", NULL},
		{"URL", "https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and more\n", NULL},
		{"equals", "a=b =20 =\n", NULL},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_letter letter = letter_of(arena);
		letter.text = rows[i].text;
		struct pd_bytes bytes = compose(arena, &letter);
		check_form(rows[i].name, bytes);
		struct pd_parts parts = {0};
		read_back(arena, bytes, &parts);
		CHECK_ROW_STRING(rows[i].name, parts.plain, rows[i].want ? rows[i].want : rows[i].text);
	}
	/* a word longer than a line may be */
	struct pd_letter letter = letter_of(arena);
	char *word = pd_alloc(arena, 5001);
	memset(word, 'x', 5000);
	letter.text = word;
	check_form("long word", compose(arena, &letter));
}

static void test_structure(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_letter letter = letter_of(arena);
	char every[256];
	for (int i = 0; i < 256; i++)
		every[i] = (char)i;
	letter.html = "<p>Hello <img src=\"cid:pic1@x\"><img src=\"cid:pic1@xy\"></p>";
	*pd_list_add(arena, &letter.attachments) = (struct pd_attachment){
		.name = "\xc3\xa4 \xe6\x97\xa5.png", .type = "image/png", .content_id = "pic1@x", .is_inline = true,
		.content = {every, sizeof every}};
	*pd_list_add(arena, &letter.attachments) = (struct pd_attachment){
		.name = "a long file name, longer than any header line should ever be, with more and more words.pdf",
		.type = "application/pdf", .content = {every, sizeof every}};
	*pd_list_add(arena, &letter.attachments) = (struct pd_attachment){
		.name = "mail.eml", .type = "message/rfc822", .content = {"Subject: inner\n\ntext\n", 21}};
	struct pd_raw *original = pd_raw_from_bytes("Subject: \xe4\r\n\r\nold\rtext\r\n", 25);
	letter.original = original;
	struct pd_bytes bytes = compose(arena, &letter);
	check_form("structure", bytes);
	struct pd_parts parts = {0};
	read_back(arena, bytes, &parts);
	static const struct {
		const char *type, *container, *name;
	} want[] = {
		{"text/plain", "multipart/alternative", ""},
		{"text/html", "multipart/related", ""},
		{"image/png", "multipart/related", "\xc3\xa4 \xe6\x97\xa5.png"},
		{"application/pdf", "multipart/mixed", "a long file name, longer than any header line should ever be, with more and more words.pdf"},
		{"message/rfc822", "multipart/mixed", "mail.eml"},
		{"application/octet-stream", "multipart/mixed", "original.eml"},
	};
	assert_int_equal(parts.count, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		CHECK_ROW_STRING(want[i].type, parts.items[i].type, want[i].type);
		CHECK_ROW_STRING(want[i].type, parts.items[i].container, want[i].container);
		CHECK_ROW_STRING(want[i].type, parts.items[i].name, want[i].name);
	}
	/* the picture's own id may name the author's machine */
	assert_string_equal(parts.items[2].content_id, "p0.t1.2@example.com");
	assert_non_null(strstr(parts.html, "src=\"cid:p0.t1.2@example.com\""));
	assert_null(strstr(bytes.data, "pic1@x\""));
	assert_int_equal(parts.items[2].size, 256);
	assert_string_equal(parts.items[4].message->subject, "inner");
	assert_int_equal(parts.items[5].size, 25);
	assert_string_equal(parts.plain, "Hello,\n\nit works again.\n");
	assert_non_null(strstr(parts.html, "cid:pic1@xy\"")); /* another's, of which there is no part */
	pd_raw_free(original);
}

static void test_references(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_letter letter = letter_of(arena);
	for (int i = 0; i < 500; i++)
		*pd_list_add(arena, &letter.references) = pd_printf(arena, "%d@example.org", i);
	struct pd_parts parts = {0};
	struct pd_message *message = read_back(arena, compose(arena, &letter), &parts);
	assert_int_equal(message->references.count, 11);
	assert_string_equal(message->references.items[0], "0@example.org");
	assert_string_equal(message->references.items[1], "490@example.org");
	assert_string_equal(message->references.items[10], "499@example.org");
}

static void test_auto(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_letter letter = letter_of(arena);
	assert_null(strstr(compose(arena, &letter).data, "Auto"));
	letter.auto_submitted = "auto-replied";
	letter.loop = "desk1";
	const char *mail = compose(arena, &letter).data;
	assert_non_null(strstr(mail, "\r\nAuto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nX-Postdesk-Loop: desk1\r\n"));
}

static void test_markup(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{"plain", "a\nb", "<div>a<br>\nb</div>\n"},
		{"escaped", "<script>&\"", "<div>&lt;script&gt;&amp;&quot;</div>\n"},
		{"link", "see https://example.org/?a=1&b=2.", "<div>see <a href=\"https://example.org/?a=1&amp;b=2\">https://example.org/?a=1&amp;b=2</a>.</div>\n"},
		{"link in angles", "<http://x.example>", "<div>&lt;<a href=\"http://x.example\">http://x.example</a>&gt;</div>\n"},
		{"no script link", "javascript:alert(1)", "<div>javascript:alert(1)</div>\n"},
		{"quote breaks no attribute", "http://x\"onclick=y", "<div><a href=\"http://x\">http://x</a>&quot;onclick=y</div>\n"},
		{"leading blanks", "  a", "<div>&nbsp;&nbsp;a</div>\n"},
		{"prefix alone", "http://", "<div>http://</div>\n"},
		{"empty", "", "<div></div>\n"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].name, pd_html_from_text(arena, rows[i].text), rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_plain),	   cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_bad_addresses), cmocka_unit_test(test_text),
		cmocka_unit_test(test_structure),  cmocka_unit_test(test_references),
		cmocka_unit_test(test_auto),	   cmocka_unit_test(test_markup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
