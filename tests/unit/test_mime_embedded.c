/* Tests of src/mime/embedded.c: files inside a text, and texts that only look like one. */
#include "check.h"

#include <string.h>
#include <unistd.h>

#include "mime/inside.h"
#include "mime/reader.h"

#define UU "begin 644 hello.txt\n+:&5L;&\\@=V]R;&0`\n`\nend\n"

static void test_files(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *file, *content;
	} rows[] = {
		{"uuencode", "See:\n" UU "bye\n", "hello.txt", "hello world"},
		{"uuencode with CRLF", "begin 644 a\r\n#86)C\r\n`\r\nend\r\n", "a", "abc"},
		{"trailing blanks lost", "begin 644 a\n!80\n`\nend\n", "a", "a"},
		{"a path in the name", "begin 600 ../../etc/passwd\n#86)C\n`\nend\n", "passwd", "abc"},
		{"yEnc", "=ybegin line=128 size=3 name=x y.bin\n\x8b\x8c\x8d\n=yend size=3\n", "x y.bin", "abc"},
		{"yEnc escapes", "=ybegin line=128 size=2 name=z\n=}=n\n=yend size=2\n", "z", "\x13\x04"},
		{"a sentence", "begin 644 times a day\nand rest\nend\n", NULL, NULL},
		{"no end", "begin 644 a\n#86)C\n", NULL, NULL},
		{"no mode", "begin the work\nend\n", NULL, NULL},
		{"yEnc without an end", "=ybegin line=128 size=3 name=x\nabc\n", NULL, NULL},
		{"empty", "", NULL, NULL},
	};
	PD_AUTO_ARENA arena = pd_arena_new();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_embedded_files files = {0};
		PD_AUTO_BUF content = {0};

		pd_embedded_find(arena, rows[i].text, strlen(rows[i].text), &files);
		CHECK_ROW(rows[i].name, files.count == (rows[i].file ? 1 : 0));
		if (!rows[i].file)
			continue;
		CHECK_ROW_STRING(rows[i].name, files.items[0].name, rows[i].file);
		pd_embedded_decode(rows[i].text, &files.items[0], &content);
		CHECK_ROW_STRING(rows[i].name, content.data, rows[i].content);
	}
}

static void test_mail(void **state)
{
	(void)state;
	static const char mail[] = "From: a@example.org\r\nSubject: files\r\n\r\nFirst.\n" UU "Second.\n"
				   "begin 644 other\n#86)C\n`\nend\n";
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_message *message = pd_parse_message(arena, mail, sizeof mail - 1);

	assert_string_equal(message->text, "First.\nSecond.");
	assert_int_equal(message->attachments.count, 2);
	assert_string_equal(message->attachments.items[0].name, "hello.txt");
	assert_int_equal(message->attachments.items[0].size, 11);
	assert_string_equal(message->attachments.items[1].name, "other");
	assert_int_equal(PD_EMBEDDED_LEAF(message->attachments.items[1].index), 0);
	assert_int_equal(PD_EMBEDDED_NUMBER(message->attachments.items[1].index), 2);

	struct pd_reader_limits limits = {.count = 1, .deadline = 10000, .memory = (size_t)512 << 20};
	struct pd_readers *readers = pd_readers_new("/proc/self/exe", &limits);
	PD_AUTO_RAW raw = pd_raw_from_bytes(mail, sizeof mail - 1);
	struct pd_error error = {0};

	assert_int_equal(pd_read_message(readers, arena, raw, &message, &error), 0);
	assert_int_equal(pd_read_contents(readers, arena, raw, message, NULL, &error), 0);
	assert_int_equal(message->attachments.items[1].content.len, 3);
	assert_memory_equal(message->attachments.items[1].content.data, "abc", 3);
	pd_readers_free(readers);
}

int main(int argc, char **argv)
{
	pd_reader_main(argc, argv);
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_files), cmocka_unit_test(test_mail)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
