/* The verbs of the control socket: the manual tells of each that there is, and of no other. */
#include "check.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "flow/verbs.h"

/* The first word of each item of the section VERBS, in its order. */
static struct pd_strings verbs_of_manual(struct pd_arena *arena)
{
	const char *top = getenv("top_srcdir");
	char *text = NULL;
	struct pd_strings verbs = {0};

	assert_true(g_file_get_contents(pd_printf(arena, "%s/man/postdesk-control.7", top ? top : ".."), &text, NULL, NULL));
	struct pd_strings lines = pd_split(arena, text, '\n');
	bool is_there = false;

	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];

		if (pd_starts(line, ".Sh "))
			is_there = strcmp(line, ".Sh VERBS") == 0;
		else if (is_there && pd_starts(line, ".It Ic "))
			*pd_list_add(arena, &verbs) = pd_strndup(arena, line + 7, strcspn(line + 7, " "));
	}
	g_free(text);
	return verbs;
}

static void test_manual_tells_of_each(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings manual = verbs_of_manual(arena), code = {0};

	for (size_t i = 0; pd_verb_at(i); i++) {
		*pd_list_add(arena, &code) = pd_verb_at(i);
		if (!pd_strings_has(&manual, pd_verb_at(i)))
			fail_msg("postdesk-control(7) does not tell of %s", pd_verb_at(i));
	}
	for (size_t i = 0; i < manual.count; i++)
		if (!pd_strings_has(&code, manual.items[i]))
			fail_msg("postdesk-control(7) tells of %s, which there is not", manual.items[i]);
	assert_int_equal(manual.count, code.count);
	assert_true(code.count > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_manual_tells_of_each)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
