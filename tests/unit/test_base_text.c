/* Tests of src/base/text.c and list.c. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static void test_clean_line(void **state)
{
	(void)state;
	static const struct {
		const char *name, *input;
		size_t max;
		const char *want;
	} rows[] = {
		{"plain", "Hello", 0, "Hello"},
		{"null stays null", NULL, 0, NULL},
		{"blanks at both ends and runs", "  a \t b\r\n c  ", 0, "a b c"},
		{"header injection", "x\r\nBcc: all@example.com", 0, "x Bcc: all@example.com"},
		{"escape sequence", "a\x1b[31mb", 0, "a [31mb"},
		{"C1 control",
		 "a\xc2\x9b"
		 "b",
		 0, "a b"},
		{"bidi override",
		 "a\xe2\x80\xae"
		 "b\xe2\x81\xa6"
		 "c",
		 0, "a b c"},
		{"no-break space",
		 "a\xc2\xa0\xc2\xa0"
		 "b",
		 0, "a b"},
		{"invalid bytes", "a\xff\xfe", 0, "a\xef\xbf\xbd\xef\xbf\xbd"},
		{"cut short sequence", "a\xe2\x82", 0, "a\xef\xbf\xbd\xef\xbf\xbd"},
		{"overlong NUL", "a\xc0\x80", 0, "a\xef\xbf\xbd\xef\xbf\xbd"},
		{"umlauts",
		 "Gr\xc3\xbc\xc3\x9f"
		 "e",
		 0,
		 "Gr\xc3\xbc\xc3\x9f"
		 "e"},
		{"cut at characters", "\xc3\xa4\xc3\xb6\xc3\xbc", 2, "\xc3\xa4\xc3\xb6"},
		{"cut leaves no blank", "ab cd", 3, "ab"},
		{"as long as allowed", "ab cd", 5, "ab cd"},
		{"empty", "", 0, ""},
		{"blank only", " \t\r\n", 0, ""},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].name, pd_clean_line(arena, rows[i].input, rows[i].max),
				 rows[i].want);
}

static void test_clean_text(void **state)
{
	(void)state;
	static const struct {
		const char *name, *input;
		size_t len;
		const char *want;
	} rows[] = {
		{"lines", "a\r\nb\rc\nd", 8, "a\nb\nc\nd"}, {"tabs and blanks stay", " a\t b ", 6, " a\t b "},
		{"NUL becomes a blank", "a\0b", 3, "a b"},  {"invalid", "\x80x", 2, "\xef\xbf\xbdx"},
		{"bidi", "\xe2\x80\xaex", 4, " x"},	    {"nothing", "", 0, ""},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].name, pd_clean_text(arena, rows[i].input, rows[i].len),
				 rows[i].want);
}

static void test_clean_file_name(void **state)
{
	(void)state;
	static const struct {
		const char *name, *input, *want;
	} rows[] = {
		{"plain", "a.pdf", "a.pdf"},
		{"null", NULL, "attachment"},
		{"path", "/etc/passwd", "passwd"},
		{"windows path", "C:\\dir\\a.doc", "a.doc"},
		{"dots", "..", "attachment"},
		{"hidden", ".bashrc", "bashrc"},
		{"climbing", "../../.x", "x"},
		{"ends with a slash", "dir/", "attachment"},
		{"controls", "a\r\nb.txt", "a b.txt"},
		{"trailing dots", "a. .", "a"},
		{"right-to-left",
		 "a\xe2\x80\xae"
		 "fdp.exe",
		 "a fdp.exe"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].name, pd_clean_file_name(arena, rows[i].input), rows[i].want);
	char longest[500] = "";
	for (int i = 0; i < 200; i++)
		strcat(longest, "\xc3\xa4");
	strcat(longest, ".pdf");
	const char *cut = pd_clean_file_name(arena, longest);
	assert_true(strlen(cut) <= 150 && strlen(cut) >= 149);
	assert_true(pd_ends(cut, "\xc3\xa4.pdf"));
}

static void test_compare(void **state)
{
	(void)state;
	assert_true(pd_starts("abc", "ab") && !pd_starts("ab", "abc") && pd_starts("ab", ""));
	assert_true(pd_ends("abc", "bc") && !pd_ends("c", "bc") && pd_ends("x", ""));
	assert_true(pd_starts_nocase("ReX", "re") && !pd_starts_nocase("r", "re"));
	assert_true(pd_equal_nocase("AbC", "aBc") && !pd_equal_nocase("ab", "abc"));
	assert_true(pd_equal_nocase(NULL, NULL) && !pd_equal_nocase(NULL, "") && !pd_equal_nocase("", NULL));
	assert_true(pd_equal(NULL, NULL) && !pd_equal(NULL, "") && !pd_equal("A", "a"));
	/* Beyond ASCII no letter is another one, and '@' is not '`'. */
	assert_false(pd_equal_nocase("\xc3\x84", "\xc3\xa4"));
	assert_false(pd_equal_nocase("@", "`") || pd_equal_nocase("[", "{"));
}

static void test_fold(void **state)
{
	(void)state;
	static const struct {
		const char *name, *input, *want;
	} rows[] = {
		{"ascii", "AbC", "abc"},
		{"umlaut", "\xc3\x84", "\xc3\xa4"},
		{"decomposed", "A\xcc\x88", "\xc3\xa4"},
		{"sharp s",
		 "Stra\xc3\x9f"
		 "e",
		 "strasse"},
		{"ligature", "\xef\xac\x81x", "fix"},
		{"full width", "\xef\xbc\xa1\xef\xbc\xa2", "ab"},
		{"invalid", "\xc3\x84\xff", "\xc3\xa4\xef\xbf\xbd"},
		{"null", NULL, NULL},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].name, pd_fold(arena, rows[i].input), rows[i].want);
}

static void test_split(void **state)
{
	(void)state;
	static const struct {
		const char *name, *input;
		char separator;
		const char *want;
	} rows[] = {
		{"two", "a;b", ';', "a|b"},
		{"trimmed", " a ; b ", ';', "a|b"},
		{"empty ones left out", ";a;;b;", ';', "a|b"},
		{"kept literal", "a\\;b;c", ';', "a;b|c"},
		{"other backslashes stay", "a\\n;\\\\b", ';', "a\\n|\\\\b"},
		{"backslash at the end", "a\\", ';', "a\\"},
		{"none", "", ';', ""},
		{"null", NULL, ';', ""},
		{"no-break space",
		 "\xc2\xa0"
		 "a\xc2\xa0;b",
		 ';', "a|b"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_strings parts = pd_split(arena, rows[i].input, rows[i].separator);
		CHECK_ROW_STRING(rows[i].name, pd_strings_join(arena, &parts, "|"), rows[i].want);
	}
}

static void test_lines(void **state)
{
	(void)state;
	static const struct {
		const char *name, *input, *want;
	} rows[] = {
		{"none", "", ""},
		{"one", "a", "a"},
		{"ended", "a\n", "a"},
		{"crlf", "a\r\nb\r\n", "a|b"},
		{"empty ones", "\n\na\n", "||a"},
		{"lone cr stays", "a\rb", "a\rb"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_strings lines = pd_lines(arena, rows[i].input);
		CHECK_ROW_STRING(rows[i].name, pd_strings_join(arena, &lines, "|"), rows[i].want);
	}
}

static void test_glob(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *text;
		bool want;
	} rows[] = {
		{"*@example.com", "Anna@Example.COM", true},
		{"*@example.com", "anna@example.com.evil.org", false},
		{"abc", "ABC", true},
		{"abc", "abcd", false},
		{"a*", "a", true},
		{"*", "", true},
		{"", "", true},
		{"", "a", false},
		{"a*b*c", "axxbyyc", true},
		{"a*b*c", "axxcyyb", false},
		{"ab*ba", "aba", false},
		{"ab*ba", "abba", true},
		{"**a**", "xay", true},
		{"*aa*aa*", "aaa", false},
		{"*aa*aa*", "aaaa", true},
		{"a?c", "abc", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(rows[i].pattern, pd_glob(rows[i].pattern, rows[i].text) == rows[i].want);
	/* What takes exponential time in a matcher that goes back. */
	static char text[100001];
	memset(text, 'a', sizeof text - 1);
	int64_t start = cpu_time();
	assert_false(pd_glob("*a*a*a*a*a*a*a*a*a*a*b", text));
	assert_false(pd_glob("*aaaaaaaaaaaaaaaaaaaaaaaaaaaab*c*", text));
	assert_true(cpu_time() - start < 1000);
}

static void test_edit_distance(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		unsigned max, want;
	} rows[] = {
		{"assign", "assign", 2, 0},
		{"asign", "assign", 2, 1},
		{"asisgn", "assign", 2, 1},
		{"close", "clsoe", 2, 1},
		{"abc", "xyz", 2, 3},
		{"abc", "xyz", 5, 3},
		{"", "ab", 2, 2},
		{"ab", "", 2, 2},
		{"", "", 0, 0},
		{"a", "b", 0, 1},
		{"kitten", "sitting", 3, 3},
		{"ca", "abc", 3, 3},
		{"\xc3\xa4", "a", 2, 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned got = pd_edit_distance(rows[i].a, rows[i].b, rows[i].max);
		if (got != rows[i].want)
			fail_msg("%s -> %s: got %u, want %u", rows[i].a, rows[i].b, got, rows[i].want);
	}
	char longer[1000];
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(pd_edit_distance(longer, "x", 2), 3);
}

static void test_nearest(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings words = pd_split(arena, "assign;close;cc;bcc;to;note", ';');
	static const struct {
		const char *word, *want;
	} rows[] = {
		{"asign", "assign"}, {"ASSIGN", "assign"}, {"clsoe", "close"}, {"xc", "cc"},
		{"xy", NULL},	     {"clxxx", NULL},	   {"banana", NULL},   {"", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].word, pd_nearest(rows[i].word, &words), rows[i].want);
}

static void test_number(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned long long max;
		bool want;
		unsigned long long number;
	} rows[] = {
		{"0", 10, true, 0},
		{"12", 12, true, 12},
		{"13", 12, false, 0},
		{"007", 10, true, 7},
		{"", 10, false, 0},
		{"-1", 10, false, 0},
		{"+1", 10, false, 0},
		{" 1", 10, false, 0},
		{"1x", 10, false, 0},
		{"18446744073709551615", 18446744073709551615ull, true, 18446744073709551615ull},
		{"18446744073709551616", 18446744073709551615ull, false, 0},
		{"99999999999999999999999", 18446744073709551615ull, false, 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned long long number = 77;
		CHECK_ROW(rows[i].text, pd_number(rows[i].text, rows[i].max, &number) == rows[i].want);
		CHECK_ROW(rows[i].text, number == (rows[i].want ? rows[i].number : 77));
	}
	unsigned long long untouched;
	assert_false(pd_number(NULL, 1, &untouched));
}

static void test_trim(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	assert_string_equal(pd_trim(arena, "\xc2\xa0 a b\t\xc2\xa0\r\n"), "a b");
	assert_string_equal(pd_trim(arena, " \xc2\xa0 "), "");
	/* The last byte of à is not half a no-break space. */
	assert_string_equal(pd_trim(arena, "\xc3\xa0"), "\xc3\xa0");
	assert_null(pd_trim(arena, NULL));
}

static void test_lists(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings list = {0};
	for (int i = 0; i < 1000; i++)
		*pd_list_add(arena, &list) = pd_printf(arena, "item %d", i);
	assert_int_equal(list.count, 1000);
	assert_string_equal(list.items[777], "item 777");
	assert_true(pd_strings_has(&list, "item 0") && !pd_strings_has(&list, "ITEM 0"));
	assert_true(pd_strings_has_nocase(&list, "ITEM 0"));
	pd_strings_add_once(arena, &list, "item 5");
	assert_int_equal(list.count, 1000);
	pd_strings_add_once(arena, &list, "new");
	assert_int_equal(list.count, 1001);
	/* A new item is zeroed even where an older one was taken back. */
	list.count = 1;
	assert_null(*pd_list_add(arena, &list));
	struct pd_strings none = {0};
	assert_string_equal(pd_strings_join(arena, &none, ", "), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean_line),
		cmocka_unit_test(test_clean_text),
		cmocka_unit_test(test_clean_file_name),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_edit_distance),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
