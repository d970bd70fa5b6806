/* Tests of tree.c, parts.c and parse.c: which parts are the body, which are attachments, what they are called. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mime/inside.h"
#include "mime/reader.h"

static struct pd_parts *parts_of(struct pd_arena *arena, const char *mail)
{
	struct pd_parts *parts = PD_NEW(arena, struct pd_parts);
	pd_parts_read(arena, mail, strlen(mail), parts);
	return parts;
}

#define TEXT(text) "Content-Type: text/plain\r\n\r\n" text "\r\n"
#define HTML(text) "Content-Type: text/html\r\n\r\n" text "\r\n"
#define FILE_(name) "Content-Type: application/pdf; name=" name "\r\nContent-Disposition: attachment\r\n\r\nx\r\n"
#define MIXED(b) "Content-Type: multipart/mixed; boundary=" b "\r\n\r\n"
#define ALTERNATIVE(b) "Content-Type: multipart/alternative; boundary=" b "\r\n\r\n"
#define RELATED(b) "Content-Type: multipart/related; boundary=" b "\r\n\r\n"

static void test_body(void **state)
{
	(void)state;
	static const struct {
		const char *name, *mail, *plain, *html; /* html: as a part of it; NULL: none */
		size_t leaves, attachments;
	} rows[] = {
		{"plain", TEXT("one"), "one\n", NULL, 1, 0},
		{"no header at all", "\r\none\r\n", "one\n", NULL, 1, 0},
		{"html", HTML("<p>one"), NULL, "<p>one", 1, 0},
		{"unknown type", "Content-Type: text\r\n\r\none\r\n", "one\n", NULL, 1, 0},
		{"alternative", ALTERNATIVE("b") "--b\r\n" TEXT("one") "--b\r\n" HTML("<p>one") "--b--\r\n", "one", "<p>one", 2, 0},
		{"alternative the wrong way round", ALTERNATIVE("b") "--b\r\n" HTML("<p>one") "--b\r\n" TEXT("one") "--b--\r\n", "one", "<p>one", 2, 0},
		{"alternative with an invitation", ALTERNATIVE("b") "--b\r\n" TEXT("one") "--b\r\n" HTML("<p>one")
			"--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n", "one", "<p>one", 3, 1},
		{"related", RELATED("b") "--b\r\n" HTML("<img src=cid:p@x>") "--b\r\nContent-Type: image/png\r\nContent-ID: <p@x>\r\n\r\nx\r\n--b--\r\n",
			NULL, "cid:p@x", 2, 1},
		{"alternative of text and related", ALTERNATIVE("a") "--a\r\n" TEXT("one") "--a\r\n" RELATED("b") "--b\r\n" HTML("<p>one")
			"--b\r\nContent-Type: image/png\r\nContent-ID: <p@x>\r\n\r\nx\r\n--b--\r\n--a--\r\n", "one", "<p>one", 3, 1},
		{"mixed", MIXED("b") "--b\r\n" TEXT("one") "--b\r\n" FILE_("a.pdf") "--b--\r\n", "one", NULL, 2, 1},
		{"Apple: text, picture, text", MIXED("b") "--b\r\n" TEXT("one") "--b\r\nContent-Type: image/png\r\nContent-Disposition: inline; filename=p.png\r\n\r\nx\r\n--b\r\n"
			TEXT("two") "--b--\r\n", "one\ntwo", NULL, 3, 1},
		{"Apple: html, pdf, html", ALTERNATIVE("a") "--a\r\n" TEXT("one two") "--a\r\n" MIXED("b") "--b\r\n" HTML("<p>one") "--b\r\n" FILE_("a.pdf")
			"--b\r\n" HTML("<p>two") "--b--\r\n--a--\r\n", "one two", "<p>one\n<p>two", 4, 1},
		{"a list's footer", MIXED("b") "--b\r\n" ALTERNATIVE("a") "--a\r\n" TEXT("one") "--a\r\n" HTML("<p>one") "--a--\r\n--b\r\n" TEXT("footer") "--b--\r\n",
			"one\nfooter", "<p>one\n<div>footer", 3, 0},
		{"text file", MIXED("b") "--b\r\n" TEXT("one") "--b\r\nContent-Type: text/plain; name=log.txt\r\n\r\nlog\r\n--b--\r\n", "one", NULL, 2, 1},
		{"text attachment first", MIXED("b") "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nlog\r\n--b\r\n" TEXT("one") "--b--\r\n", "one", NULL, 2, 1},
		{"signed", "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n" TEXT("one") "--b\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\nx\r\n--b--\r\n",
			"one", NULL, 2, 0},
		{"encrypted", "Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\n"
			"Content-Type: application/octet-stream\r\n\r\nx\r\n--b--\r\n", NULL, NULL, 2, 2},
		{"report", "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n" TEXT("It failed") "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n--b\r\n"
			"Content-Type: text/rfc822-headers\r\n\r\nSubject: s\r\n--b--\r\n", "It failed", NULL, 3, 2},
		{"related around an alternative", RELATED("b") "--b\r\n" ALTERNATIVE("a") "--a\r\n" TEXT("one") "--a\r\n" HTML("<p>one") "--a--\r\n"
			"--b\r\nContent-Type: image/png\r\nContent-ID: <p@x>\r\n\r\nx\r\n--b--\r\n", "one", "<p>one", 3, 1},
		{"mixed around related around an alternative", MIXED("m") "--m\r\n" RELATED("b") "--b\r\n" ALTERNATIVE("a") "--a\r\n" TEXT("one") "--a\r\n" HTML("<p>one")
			"--a--\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <p@x>\r\n\r\nx\r\n--b--\r\n--m\r\n" FILE_("a.pdf") "--m--\r\n", "one", "<p>one", 4, 2},
		{"alternative around mixed with text", ALTERNATIVE("a") "--a\r\n" MIXED("m") "--m\r\n" TEXT("one") "--m\r\n" FILE_("a.pdf") "--m--\r\n--a\r\n" HTML("<p>one") "--a--\r\n",
			"one", "<p>one", 3, 1},
		{"alternative in an alternative", ALTERNATIVE("a") "--a\r\n" TEXT("one") "--a\r\n" ALTERNATIVE("c") "--c\r\n" TEXT("other") "--c\r\n" HTML("<p>one") "--c--\r\n--a--\r\n",
			"one", "<p>one", 3, 0},
		{"mixed in mixed", MIXED("m") "--m\r\n" MIXED("n") "--n\r\n" TEXT("one") "--n--\r\n--m\r\n" TEXT("two") "--m--\r\n", "one\ntwo", NULL, 2, 0},
		{"alternative of one", ALTERNATIVE("a") "--a\r\n" HTML("<p>one") "--a--\r\n", NULL, "<p>one", 1, 0},
		{"alternative of none", ALTERNATIVE("a") "--a--\r\n", NULL, NULL, 0, 0},
		{"files alone", MIXED("m") "--m\r\n" FILE_("a.pdf") "--m\r\n" FILE_("b.pdf") "--m--\r\n", NULL, NULL, 2, 2},
		{"a signed alternative with a file", "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n" MIXED("m") "--m\r\n" ALTERNATIVE("a") "--a\r\n" TEXT("one") "--a\r\n" HTML("<p>one")
			"--a--\r\n--m\r\n" FILE_("a.pdf") "--m--\r\n--s\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--s--\r\n", "one", "<p>one", 4, 1},
		{"S/MIME, opaque", "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n", NULL, NULL, 1, 1},
		{"boundary missing", "Content-Type: multipart/mixed\r\n\r\none\r\n", "one\n", NULL, 1, 0},
		{"boundary never there", MIXED("b") "one\r\n", "one\n", NULL, 1, 0},
		{"not ended", MIXED("b") "--b\r\n" TEXT("one"), "one\n", NULL, 1, 0},
		{"mail inside", "Content-Type: message/rfc822\r\n\r\n" TEXT("inner"), NULL, NULL, 1, 1},
		{"TNEF", MIXED("b") "--b\r\n" TEXT("one") "--b\r\nContent-Type: application/ms-tnef\r\n\r\nx\r\n--b--\r\n", "one", NULL, 2, 1},
		{"quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n\r\na=C3=A4=\r\nb=\r\n", "a\xc3\xa4" "b", NULL, 1, 0},
		{"base64", "Content-Transfer-Encoding: base64\r\n\r\nb25l\r\n", "one", NULL, 1, 0},
		{"HTML with its own charset", "Content-Type: text/html\r\n\r\n<meta charset=\"koi8-r\"><p>\xc1\r\n", NULL, "<p>\xd0\xb0", 1, 0},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_parts *parts = parts_of(arena, rows[i].mail);
		CHECK_ROW_STRING(rows[i].name, parts->plain, rows[i].plain);
		CHECK_ROW(rows[i].name, (parts->html == NULL) == (rows[i].html == NULL));
		CHECK_ROW(rows[i].name, !rows[i].html || strstr(parts->html, rows[i].html));
		CHECK_ROW(rows[i].name, parts->count == rows[i].leaves);
		struct pd_message *message = pd_parse_message(arena, rows[i].mail, strlen(rows[i].mail));
		CHECK_ROW(rows[i].name, message->attachments.count == rows[i].attachments);
		for (size_t k = 0; k < parts->count; k++)
			CHECK_ROW(rows[i].name, parts->items[k].index == k);
	}
}

/* A file of an old Macintosh; and a CR in a header that came through an MTA, which checked what it saw. */
static void test_bare_cr(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	static const char old[] = "From: a@example.net\rSubject: x\r\rLine one\rLine two\r\rOn 5.1.2026 10:00, Anna wrote:\r> Hello\r";
	struct pd_message *message = pd_parse_message(arena, old, strlen(old));
	assert_string_equal(message->from.addr, "a@example.net");
	assert_string_equal(message->subject, "x");
	assert_string_equal(message->text, "Line one\nLine two");
	assert_int_equal(message->size, strlen(old));
	static const char hidden[] = "From: a@example.net\r\nX-A: b\rSubject: x\r\n\r\nLine one\rLine two\r\n";
	message = pd_parse_message(arena, hidden, strlen(hidden));
	assert_string_equal(message->subject, "");
	assert_string_equal(message->text, "Line one\nLine two");
}

static void test_flowed(void **state)
{
	(void)state;
	static const struct {
		const char *name, *parameters, *text, *want;
	} rows[] = {
		{"joined", "format=flowed", "one \r\ntwo\r\n", "one two\n"},
		{"not flowed", "format=fixed", "one \r\ntwo\r\n", "one \ntwo\n"},
		{"several", "format=flowed", "one \r\ntwo \r\nthree\r\nfour\r\n", "one two three\nfour\n"},
		{"DelSp", "format=flowed; delsp=yes", "wo \r\nrd\r\n", "word\n"},
		{"stuffing", "format=flowed", " From here\r\n > no quote\r\n", "From here\n> no quote\n"},
		{"quotes", "format=flowed", "> one \r\n> two\r\n>> deep \r\n>> er\r\n", "> one two\n>> deep er\n"},
		{"other depth ends it", "format=flowed", "> one \r\ntwo\r\n", "> one \ntwo\n"},
		{"signature", "format=flowed", "one \r\n-- \r\nAnna\r\n", "one \n-- \nAnna\n"},
		{"empty line", "format=flowed", "one\r\n\r\ntwo\r\n", "one\n\ntwo\n"},
		{"any case", "Format=\"Flowed\"", "one \r\ntwo\r\n", "one two\n"},
		{"command", "format=flowed", "#note a long \r\ncomment\r\n", "#note a long comment\n"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *mail = pd_printf(arena, "Content-Type: text/plain; %s\r\n\r\n%s", rows[i].parameters, rows[i].text);
		CHECK_ROW_STRING(rows[i].name, parts_of(arena, mail)->plain, rows[i].want);
	}
}

static void test_names(void **state)
{
	(void)state;
	static const struct {
		const char *name, *header, *want;
	} rows[] = {
		{"disposition", "Content-Disposition: attachment; filename=a.pdf\r\n", "a.pdf"},
		{"type", "Content-Type: image/png; name=\"a b.png\"\r\n", "a b.png"},
		{"disposition wins", "Content-Type: image/png; name=x.png\r\nContent-Disposition: attachment; filename=y.png\r\n", "y.png"},
		{"path", "Content-Type: image/png; name=\"../../etc/passwd\"\r\n", "passwd"},
		{"Windows path", "Content-Type: image/png; name=\"C:\\\\dir\\\\a.png\"\r\n", "a.png"},
		{"hidden", "Content-Type: image/png; name=\".bashrc\"\r\n", "bashrc"},
		{"turned around", "Content-Type: image/png; name*=utf-8''a%E2%80%AEgnp.exe\r\n", "a gnp.exe"},
		{"line end", "Content-Type: image/png; name*=utf-8''a%0D%0AB\r\n", "a B"},
		{"nothing left", "Content-Type: image/png; name=\"..\"\r\n", "attachment"},
		{"no name", "Content-Type: image/png\r\n", "picture.png"},
		{"no name, TNEF", "Content-Type: application/ms-tnef\r\n", "winmail.dat"},
		{"no name, unknown", "Content-Type: application/x-foo\r\n", "attachment"},
		{"72 characters of parameter name", "Content-Type: image/png; xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=\"\xc3\xa4\"; name=a.png\r\n", "a.png"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *mail = pd_printf(arena, MIXED("b") "--b\r\n\r\ntext\r\n--b\r\n%s\r\ncontent\r\n--b--\r\n", rows[i].header);
		struct pd_message *message = pd_parse_message(arena, mail, strlen(mail));
		CHECK_ROW(rows[i].name, message->attachments.count == 1);
		CHECK_ROW_STRING(rows[i].name, message->attachments.items[0].name, rows[i].want);
		CHECK_ROW(rows[i].name, message->attachments.items[0].size == 7 && message->attachments.items[0].index == 1);
	}
}

static void test_inline(void **state)
{
	(void)state;
	static const char mail[] = RELATED("b") "--b\r\n" HTML("<img src=\"cid:one@x\">")
		"--b\r\nContent-Type: image/PNG; name=1.png\r\nContent-ID: <one@x>\r\n\r\n1\r\n"
		"--b\r\nContent-Type: image/png; name=2.png\r\nContent-ID: <two@x>\r\n\r\n22\r\n"
		"--b\r\nContent-Type: image/png; name=3.png\r\n\r\n333\r\n--b--\r\n";
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_message *message = pd_parse_message(arena, mail, sizeof mail - 1);
	assert_int_equal(message->attachments.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(message->attachments.items[i].is_inline, i == 0);
		assert_int_equal(message->attachments.items[i].size, i + 1);
		assert_string_equal(message->attachments.items[i].type, "image/png");
		assert_null(message->attachments.items[i].content.data);
	}
	assert_string_equal(message->attachments.items[0].content_id, "one@x");
	assert_null(message->attachments.items[2].content_id);
}

static void test_mail_inside(void **state)
{
	(void)state;
	static const char mail[] = MIXED("b") "--b\r\n" TEXT("see below") "--b\r\nContent-Type: message/rfc822\r\n\r\n"
		"Content-Type: text/plain; charset=koi8-r\r\nFrom: Q <q@example.org>\r\nSubject: =?koi8-r?q?=C1?=\r\nMessage-ID: <1@r>\r\n\r\n\xc1\r\n"
		"--b\r\n" FILE_("a.pdf") "--b--\r\n";
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_parts *parts = parts_of(arena, mail);
	assert_int_equal(parts->count, 3);
	const struct pd_part *part = &parts->items[1];
	assert_non_null(part->message);
	assert_string_equal(part->message->from.addr, "q@example.org");
	assert_string_equal(part->message->subject, "\xd0\xb0");
	assert_string_equal(part->message->message_id, "1@r");
	assert_string_equal(part->plain, "\xd0\xb0");
	assert_true(pd_starts(part->text, "Content-Type: text/plain; charset=koi8-r\nFrom: Q"));
	assert_null(strstr(part->text, "--b"));
	assert_string_equal(parts->items[2].name, "a.pdf");
	/* a mail in base64 is against the rules and common */
	static const char encoded[] = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogcw0KDQp0ZXh0DQo=\r\n";
	parts = parts_of(arena, encoded);
	assert_int_equal(parts->count, 1);
	assert_string_equal(parts->items[0].type, "message/rfc822");
	assert_non_null(parts->items[0].message);
	assert_string_equal(parts->items[0].message->subject, "s");
	assert_string_equal(parts->items[0].plain, "text\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_bare_cr), 
		cmocka_unit_test(test_body),   cmocka_unit_test(test_flowed),	   cmocka_unit_test(test_names),
		cmocka_unit_test(test_inline), cmocka_unit_test(test_mail_inside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
