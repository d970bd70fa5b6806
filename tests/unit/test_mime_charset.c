/* Tests of src/mime/charset.c: labels that are right, wrong, missing. Under the filter: test_mime_reader. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "mime/inside.h"

static void test_utf8(void **state)
{
	(void)state;
	static const struct {
		const char *name, *label, *input, *want;
	} rows[] = {
		{"ASCII", "us-ascii", "abc", "abc"},
		{"no label", NULL, "abc", "abc"},
		{"UTF-8", "utf-8", "\xc3\xa9", "\xc3\xa9"},
		{"UTF-8 without a label", NULL, "\xc3\xa9", "\xc3\xa9"},
		{"UTF-8 labelled Latin-1", "iso-8859-1", "gr\xc3\xbcn", "gr\xc3\xbcn"},
		{"Latin-1", "iso-8859-1", "gr\xfcn", "gr\xc3\xbcn"},
		{"Latin-1 is windows-1252", "ISO-8859-1", "10 \x80", "10 \xe2\x82\xac"},
		{"label in quotes", "\"iso-8859-15\"", "\xa4", "\xe2\x82\xac"},
		{"label with blanks", " koi8-r", "\xc1", "\xd0\xb0"},
		{"windows-1251", "windows-1251", "\xcf\xf0\xe8", "\xd0\x9f\xd1\x80\xd0\xb8"},
		{"windows-1250", "windows-1250", "\xb9\xe6", "\xc4\x85\xc4\x87"},
		{"ISO-8859-2", "iso-8859-2", "\xb1\xe6", "\xc4\x85\xc4\x87"},
		{"Shift_JIS", "Shift_JIS", "\x93\xfa\x96\x7b", "\xe6\x97\xa5\xe6\x9c\xac"},
		{"ISO-2022-JP", "iso-2022-jp", "\x1b$BF|K\\\x1b(B", "\xe6\x97\xa5\xe6\x9c\xac"},
		{"ISO-2022-JP without a label", NULL, "\x1b$BF|K\\\x1b(B", "\xe6\x97\xa5\xe6\x9c\xac"},
		{"EUC-JP", "euc-jp", "\xc6\xfc\xcb\xdc", "\xe6\x97\xa5\xe6\x9c\xac"},
		{"GB2312 is GB18030", "gb2312", "\xc4\xe3\xba\xc3", "\xe4\xbd\xa0\xe5\xa5\xbd"},
		{"Big5", "big5", "\xa7\x41\xa6\x6e", "\xe4\xbd\xa0\xe5\xa5\xbd"},
		{"Korean", "ks_c_5601-1987", "\xc7\xd1\xb1\xdb", "\xed\x95\x9c\xea\xb8\x80"},
		{"UTF-7", "utf-7", "a+AOk-", "a\xc3\xa9"},
		{"UTF-16 by its mark", NULL, "\xff\xfe" "a\0\xe9\0", "a\xc3\xa9"},
		{"Thai", "tis-620", "\xa1", "\xe0\xb8\x81"},
		{"unknown label, UTF-8", "x-nonsense", "\xc3\xa9", "\xc3\xa9"},
		{"unknown label, other", "x-nonsense", "caf\xe9", "caf\xc3\xa9"},
		{"UTF-8 and Latin-1", "utf-8", "gr\xc3\xbcn f\xfcr", "gr\xc3\xbcn f\xc3\xbcr"},
		{"UTF-8 and Latin-1 without a label", NULL, "gr\xc3\xbcn, K\xc3\xb6ln f\xfcr", "gr\xc3\xbcn, K\xc3\xb6ln f\xc3\xbcr"},
		{"UTF-8 and Latin-1, labelled Latin-1", "iso-8859-1", "gr\xc3\xbcn \xe2\x80\x93 f\xfcr", "gr\xc3\xbcn \xe2\x80\x93 f\xc3\xbcr"},
		{"much Latin-1, labelled UTF-8", "utf-8", "gr\xc3\xbcn f\xfcr f\xfcr f\xfcr f\xfcr f\xfcr f\xfcr",
		 "gr\xc3\xbcn f\xc3\xbcr f\xc3\xbcr f\xc3\xbcr f\xc3\xbcr f\xc3\xbcr f\xc3\xbcr"},
		{"Latin-1 that looks like UTF-8 by chance", "iso-8859-1", "\xab" "CAF\xc9\xbb \xfc", "\xc2\xab" "CAF\xc3\x89\xc2\xbb \xc3\xbc"},
		{"wrong label", "utf-8", "caf\xe9 cr\xe8me", "caf\xc3\xa9 cr\xc3\xa8me"},
		{"label a path", "../../etc/passwd", "a\xe9", "a\xc3\xa9"},
		{"Vietnamese held back", "windows-1258", "a\xec", "\xc3\xa1"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = rows[i].input[0] == '\xff' ? 6 : strlen(rows[i].input);
		CHECK_ROW_STRING(rows[i].name, pd_charset_utf8(arena, rows[i].label, rows[i].input, len), rows[i].want);
	}
}

static void test_always_valid(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	unsigned seed = 1;
	for (size_t i = 0; pd_charset_name(i); i++) {
		for (int round = 0; round < 50; round++) {
			char bytes[200];
			for (size_t k = 0; k < sizeof bytes; k++) {
				seed = seed * 1103515245u + 12345u;
				bytes[k] = (char)(seed >> 16);
			}
			const char *text = pd_charset_utf8(arena, pd_charset_name(i), bytes, sizeof bytes);
			CHECK_ROW(pd_charset_name(i), pd_is_utf8(text, strlen(text)));
		}
	}
}

static void test_nul(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	assert_string_equal(pd_charset_utf8(arena, "utf-8", "a\0b\xc3\xa9", 5), "a b\xc3\xa9");
	assert_string_equal(pd_charset_utf8(arena, "iso-8859-1", "a\0b\xe9", 4), "a b\xc3\xa9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_always_valid),
		cmocka_unit_test(test_nul),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
