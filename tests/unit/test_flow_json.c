/* JSON as text: the same as jansson's own, for whatever a mail can hold. */
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "flow/json.h"

static void test_as_jansson_writes(void **state)
{
	static const struct {
		const char *name, *input;
	} rows[] = {
		{"nothing in it", "{}"},
		{"empty", "[[],{},\"\"]"},
		{"words", "[null,true,false]"},
		{"numbers", "[0,-1,9223372036854775807,1.5,-2e300]"},
		{"order of members", "{\"b\":1,\"a\":{\"z\":2,\"y\":[3]}}"},
		{"escapes", "[\"a\\\"b\\\\c/d\\n\\r\\t\\b\\fe\"]"},
		{"control characters", "[\"\\u0001\\u001f\\u007f\"]"},
		{"a member's name that is escaped", "{\"a\\\"\\n\":0}"},
		{"beyond ASCII", "[\"Müller 日本語 🔥\"]"},
		{"a NUL", "[\"a\\u0000b\"]"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_BUF have = {0};
		json_t *value = json_loads(rows[i].input, JSON_ALLOW_NUL, NULL);

		assert_non_null(value);
		char *want = json_dumps(value, JSON_COMPACT);

		pd_json_write(&have, value);
		if (strcmp(have.data, want) != 0)
			fail_msg("%s: %s instead of %s", rows[i].name, have.data, want);
		free(want);
		json_decref(value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_jansson_writes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
