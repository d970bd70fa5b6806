/* The verbs of the control socket: the manual tells of each that there is, and of no other; who may
 * speak for another. */
#include "check.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/text.h"
#include "flow/internal.h"
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

static bool keep_exit(void *data, const char *text, size_t len)
{
	int *code = data;
	json_t *object = json_loadb(text, len, 0, NULL);

	if (json_object_get(object, "exit"))
		*code = (int)json_integer_value(json_object_get(object, "exit"));
	json_decref(object);
	return true;
}

/* Who says "as" speaks for another: root and the owner may, nobody else, an administrator neither. */
static void test_as(void **state)
{
	static const struct {
		const char *name;
		bool is_owner;
		const char *agent, *as;
		int want;
	} rows[] = {
		{"root", true, NULL, NULL, 0},
		{"root as an agent", true, NULL, "anna", 0},
		{"the owner, who is an agent, as another", true, "anna", "carol", 0},
		{"root as nobody there is", true, NULL, "zoe", 1},
		{"an agent", false, "anna", NULL, 0},
		{"an agent as an administrator", false, "anna", "carol", 1},
		{"an agent as itself", false, "anna", "anna", 1},
		{"an administrator as an agent", false, "carol", "anna", 1},
		{"a stranger", false, NULL, NULL, 1},
		{"a stranger as an agent", false, NULL, "anna", 1},
	};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	char *directory = g_dir_make_tmp("test_flow_verbs.XXXXXX", NULL);
	const char *file = pd_printf(arena, "%s/postdesk.conf", directory);

	assert_true(g_file_set_contents(file,
					pd_printf(arena,
						  "[postdesk]\nstate = %s\n[mailbox support]\naddress = support@example.com\n"
						  "[agent anna]\naddress = anna@example.com\n"
						  "[agent carol]\naddress = carol@example.com\nrole = administrator\n",
						  directory),
					-1, NULL));
	struct pd_settings *settings = pd_flow_load(file, &problems);
	assert_non_null(settings);
	struct pd_store *store = pd_store_memory();
	struct pd_flow *flow = pd_flow_new(settings, store, NULL);

	pd_settings_unref(settings);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct pd_peer peer = {.is_owner = rows[i].is_owner, .agent = rows[i].agent};
		json_t *request = json_pack("{s:s,s:s*}", "verb", "agents", "as", rows[i].as);
		int code = -1;

		pd_flow_verb(flow, &peer, request, keep_exit, &code);
		json_decref(request);
		CHECK_ROW(rows[i].name, code == rows[i].want);
	}
	pd_flow_free(flow);
	pd_store_close(store);
	unlink(file);
	rmdir(directory);
	g_free(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_manual_tells_of_each), cmocka_unit_test(test_as)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
