/* Mails on disk: where an mbox is cut, what is put back, what a Maildir holds. */
#include "cli/mails.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib.h>

#include "check.h"

struct found {
	GString *text; /* each mail, then "|" */
	size_t count, stop_after;
};

static bool note(void *data, const struct pd_mail_place *place, const struct pd_raw *raw)
{
	struct found *found = data;

	(void)place;
	g_string_append_len(found->text, raw->data, (gssize)raw->size);
	g_string_append_c(found->text, '|');
	return ++found->count != found->stop_after;
}

static void write_file(const char *path, const char *text)
{
	assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void test_mbox(void **state)
{
	static const struct {
		const char *name, *input, *want;
	} cases[] = {
		{"an mbox without mails", "", ""},
		{"one mail without a From line", "Subject: a\n\nhello\n", "Subject: a\n\nhello\n|"},
		{"one mail of an mbox", "From x Thu\nSubject: a\n\nhello\n\n", "Subject: a\n\nhello\n|"},
		{"two mails", "From x Thu\nA: 1\n\na\n\nFrom y Thu\nB: 2\n\nb\n", "A: 1\n\na\n|B: 2\n\nb\n|"},
		{"a quoted From line", "From x Thu\nA: 1\n\n>From me\n>>From you\n", "A: 1\n\nFrom me\n>From you\n|"},
		{"From inside a paragraph", "From x Thu\nA: 1\n\nline\nFrom here on\n", "A: 1\n\nline\nFrom here on\n|"},
		{"CRLF", "From x Thu\r\nA: 1\r\n\r\na\r\n\r\nFrom y Thu\r\nB: 2\r\n\r\nb\r\n", "A: 1\r\n\r\na\r\n|B: 2\r\n\r\nb\r\n|"},
		{"no final newline", "From x Thu\nA: 1\n\na", "A: 1\n\na|"},
	};
	(void)state;
	g_autofree char *directory = g_dir_make_tmp("mails-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(directory, "box", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct found found = {.text = g_string_new("")};
		struct pd_error error = {0};

		write_file(path, cases[i].input);
		assert_int_equal(pd_mails_each(path, note, &found, &error), 0);
		if (strcmp(found.text->str, cases[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", cases[i].name, found.text->str, cases[i].want);
		g_string_free(found.text, TRUE);
	}
	unlink(path);
	rmdir(directory);
}

static void test_maildir(void **state)
{
	(void)state;
	g_autofree char *directory = g_dir_make_tmp("mails-XXXXXX", NULL);
	static const char *const folders[] = {"cur", "new", "tmp"};
	struct found found = {.text = g_string_new("")}, first = {.text = g_string_new(""), .stop_after = 1};
	struct pd_error error = {0};

	for (size_t i = 0; i < 3; i++) {
		g_autofree char *folder = g_build_filename(directory, folders[i], NULL);
		g_autofree char *file = g_build_filename(folder, "1.mail", NULL);

		assert_int_equal(mkdir(folder, 0700), 0);
		write_file(file, folders[i]);
	}
	assert_int_equal(pd_mails_each(directory, note, &found, &error), 0);
	assert_string_equal(found.text->str, "cur|new|");
	assert_int_equal(pd_mails_each(directory, note, &first, &error), 0);
	assert_string_equal(first.text->str, "cur|");
	assert_int_equal(pd_mails_each("/nonexistent/box", note, &found, &error), PD_PERMANENT);
	g_string_free(found.text, TRUE);
	g_string_free(first.text, TRUE);
	for (size_t i = 0; i < 3; i++) {
		g_autofree char *folder = g_build_filename(directory, folders[i], NULL);
		g_autofree char *file = g_build_filename(folder, "1.mail", NULL);

		unlink(file);
		rmdir(folder);
	}
	rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mbox),
		cmocka_unit_test(test_maildir),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
