/* The catalogue: placeholders. */
#include "check.h"

#include "desk/catalogue.h"

static void test_say(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	assert_string_equal(pd_say(arena, "en", "Plain.", NULL), "Plain.");
	assert_string_equal(pd_say(arena, NULL, "To {a} and {b}.", "b", "Bob", "a", "Anna", NULL),
			    "To Anna and Bob.");
	assert_string_equal(pd_say(arena, "xx", "Unknown {stays}.", "a", "Anna", NULL), "Unknown {stays}.");
	assert_string_equal(pd_say(arena, "en", "{a}{a}{", "a", "x", NULL), "xx{");
	assert_string_equal(pd_say(arena, "en", "{a}", "a", "{b}", "b", "never", NULL), "{b}");
	assert_string_equal(pd_say(arena, "en", "<{a}>", "a", NULL, NULL), "<>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_say)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
