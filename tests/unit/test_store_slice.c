/* Texts that stand in a mail's raw bytes: what is found is given back byte for byte, or it is not found. */
#include <string.h>

#include "check.h"
#include "store/sqlite.h"

/* Stands for a long line. */
#define LONG                                                                                                           \
	"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "           \
	"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 more"

static const struct {
	const char *name, *raw, *text;
	bool is_found;
} cases[] = {
	{"CRLF", "Subject: x\r\n\r\nHello\r\n" LONG "\r\nBye\r\n", "Hello\n" LONG "\nBye\n", true},
	{"LF", "Subject: x\n\nHello\n" LONG "\nBye\n", "Hello\n" LONG "\nBye\n", true},
	{"mixed", "\r\nHello\n" LONG "\r\nBye\n", "Hello\n" LONG "\nBye", true},
	{"empty lines", "\r\nHello\r\n\r\n\r\n" LONG "\r\n", "Hello\n\n\n" LONG, true},
	{"the last line is cut", "\r\nHello\r\n" LONG "and more\r\n", "Hello\n" LONG "and", true},
	{"without a line end", "\r\n" LONG, LONG, true},
	{"the very first bytes", LONG "\r\n", LONG, true},
	{"the first line stands elsewhere, too", "Hello\r\nyou\r\nHello\r\n" LONG "\r\n", "Hello\n" LONG, true},
	{"not at a line's start", "\r\n Hello\r\n" LONG "\r\n", "Hello\n" LONG, false},
	{"the first line too often",
	 "Hi\r\nHi\r\nHi\r\nHi\r\nHi\r\nHi\r\nHi\r\nHi\r\nHi\r\nHi\r\n" LONG "\r\n", "Hi\n" LONG, false},
	{"a CR within a line", "\r\nHel\rlo\r\n" LONG "\r\n", "Hel\rlo\n" LONG, true},
	{"a CR before CRLF", "\r\nHello\r\r\n" LONG "\r\n", "Hello\r\n" LONG, false},
	{"a CR of the text's own", "\r\nHello\r\n" LONG "\r\n", "Hello\r\n" LONG, false},
	{"a CR at the end", "\r\nHello\r\n" LONG "\r\n", "Hello\n" LONG "\r", true},
	{"changed", "\r\nHello\r\n" LONG " \r\n", "Hello\n" LONG "\n", false},
	{"encoded", "\r\nHello=\r\n" LONG "\r\n", "Hello" LONG, false},
	{"short", "\r\nHello\r\n", "Hello\n", false},
	{"longer than the bytes", "\r\nHello\r\n" LONG, "Hello\n" LONG "still", false},
	{"begins with an empty line", "\r\n\r\n" LONG "\r\n", "\n" LONG, false},
};

static void test_slices(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const struct pd_bytes raw = {cases[i].raw, strlen(cases[i].raw)};
		int64_t at = 0, size = 0;
		if (pd_slice_find(raw, cases[i].text, &at, &size) != cases[i].is_found)
			fail_msg("%s: %s", cases[i].name, cases[i].is_found ? "not found" : "found");
		if (!cases[i].is_found)
			continue;
		assert_true(at >= 0 && size > 0 && (size_t)(at + size) <= raw.len);
		const char *text = pd_slice_text(arena, (struct pd_bytes){raw.data + at, (size_t)size});
		if (strcmp(text, cases[i].text) != 0)
			fail_msg("%s: the text is given back as \"%s\"", cases[i].name, text);
	}
	int64_t at, size;
	assert_false(pd_slice_find((struct pd_bytes){0}, LONG, &at, &size));
	assert_false(pd_slice_find((struct pd_bytes){LONG, strlen(LONG)}, NULL, &at, &size));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_slices)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
