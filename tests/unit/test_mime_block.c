/* Tests of src/mime/block.c: which lines have the shape of commands. */
#include "check.h"

#include "base/text.h"
#include "mime/message.h"

static void test_shape(void **state)
{
	(void)state;
	static const struct {
		const char *name, *line;
		bool want;
	} rows[] = {
		{"plain", "#close", true},
		{"capital by a phone", "#Close ", true},
		{"leading blanks", "  \t#close", true},
		{"no-break space before", "\xc2\xa0#close", true},
		{"zero-width space before", "\xe2\x80\x8b#close", true},
		{"full-width sign", "\xef\xbc\x83" "close", true},
		{"letter of another language", "#\xc3\xa4ndern", true},
		{"arguments", "#assign Bob.", true},
		{"literal", "##close", false},
		{"literal in full width", "#\xef\xbc\x83" "close", false},
		{"bold", "*#close*", true},
		{"italic", "_#wait_", true},
		{"bold and underlined", "*_#close_*", true},
		{"bold word with arguments", "*#assign* bob", true},
		{"bold literal", "*##close*", false},
		{"list item", "* #close", false},
		{"number", "#123", false},
		{"heading", "# close", false},
		{"no-break space after the sign", "#\xc2\xa0" "close", false},
		{"sign alone", "#", false},
		{"in the middle", "please #close", false},
		{"quoted", "> #close", false},
		{"empty", "", false},
		{"cut character", "#\xc3", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(rows[i].name, pd_command_shape(rows[i].line) == rows[i].want);
}

static void test_block(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
		size_t head, tail;
	} rows[] = {
		{"no commands", "Hello\nthere", 0, 0},
		{"head", "#close\nHello", 1, 0},
		{"head with blank lines", "\n#close\n\n#take\n\nHello", 4, 0},
		{"blank lines alone are no head", "\n\nHello", 0, 0},
		{"tail", "Hello\n\n#close", 0, 1},
		{"tail with blank lines", "Hello\n#take\n\n#close\n \n", 0, 4},
		{"both", "#take\nHello\n#close", 1, 1},
		{"middle is text", "Hello\n#close\nthere", 0, 0},
		{"commands only", "#take\n#close", 2, 0},
		{"commands and blank lines only", "\n#take\n\n#close\n\n", 5, 0},
		{"one command", "#take", 1, 0},
		{"a literal ends the head", "##take\n#close\nHello", 0, 0},
		{"a literal is text between", "#take\n##x\n#close", 1, 1},
		{"a number is text", "#12\nHello", 0, 0},
		{"empty", "", 0, 0},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_strings lines = pd_lines(arena, rows[i].text);
		size_t head = 99, tail = 99;
		pd_command_block(&lines, &head, &tail);
		if (head != rows[i].head || tail != rows[i].tail)
			fail_msg("row \"%s\": %zu and %zu", rows[i].name, head, tail);
	}
}

static void test_plain(void **state)
{
	(void)state;
	static const struct {
		const char *name, *line, *want;
	} rows[] = {
		{"nothing to take", "#close", "#close"},
		{"blanks", " \xc2\xa0#close", "#close"},
		{"bold", "*#close*", "#close"},
		{"bold in Markdown", "**#close**", "#close"},
		{"italic", "_#wait_", "#wait"},
		{"italic by a client", "/#wait/", "#wait"},
		{"two marks", "*_#close_*", "#close"},
		{"bold word", "*#assign* bob", "#assign bob"},
		{"bold line", "*#assign bob*", "#assign bob"},
		{"full stop after it", "*#close*.", "#close."},
		{"never closed", "*#close", "#close"},
		{"a star of its own", "#search print*", "#search print*"},
		{"inside a word", "_#set a_b=c_", "#set a_b=c"},
		{"no sign", "*bold*", "*bold*"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].name, pd_command_plain(arena, rows[i].line), rows[i].want);
}

static void test_agrees(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *commands; /* separated by LF */
		bool may_be_cut, want;
	} rows[] = {
		{"none in both", "Hello", "", false, true},
		{"the same", "#close\nHello\n#take", "#close\n#take", false, true},
		{"bold", "*#close*\nHello", "#close", false, true},
		{"blanks", "#assign\xc2\xa0 bob", "#assign bob", false, true},
		{"a link", "#cc jo@c.example<mailto:jo@c.example>", "#cc jo@c.example", false, true},
		{"text alone", "#close\nHello", "", false, false},
		{"HTML alone", "Hello", "#close", false, false},
		{"another order", "#close\n#take", "#take\n#close", false, false},
		{"other arguments", "#assign bob", "#assign anna", false, false},
		{"one more", "#close\n#take\nHello", "#close", false, false},
		{"wrapped", "#note a b\nc", "#note a b c", false, false},
		{"wrapped note", "#note a b\nc", "#note a b c", true, true},
		{"another note", "#note a b\nc", "#note a x c", true, false},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_strings commands = {0};
		if (*rows[i].commands != '\0')
			commands = pd_lines(arena, rows[i].commands);
		CHECK_ROW(rows[i].name,
			  pd_command_agrees(arena, rows[i].text, &commands, rows[i].may_be_cut) == rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_shape), cmocka_unit_test(test_block),
					   cmocka_unit_test(test_plain), cmocka_unit_test(test_agrees)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
