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

/* Member by member: the same text as that of a value with these members. */
static void test_straight_away(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{"nothing", NULL, "null"},
		{"empty", "", "\"\""},
		{"plain", "Printer", "\"Printer\""},
		{"escapes", "a\"b\\c\n\x1f", "\"a\\\"b\\\\c\\n\\u001F\""},
		{"brackets at the end", "{[", "\"{[\""},
		{"beyond ASCII", "M\xc3\xbcller \xf0\x9f\x94\xa5", "\"M\xc3\xbcller \xf0\x9f\x94\xa5\""},
		{"no UTF-8", "M\xfcller", "\"\""},
		{"a surrogate", "\xed\xa0\x80", "\"\""},
		{"an overlong slash", "\xc0\xaf", "\"\""},
		{"cut off", "abc\xc3", "\"\""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_BUF have = {0}, want = {0};
		json_t *more = json_pack("{s:i,s:[]}", "x", -7, "y");

		pd_json_open(&have, NULL, '{');
		pd_json_put(&have, "a", rows[i].text);
		pd_json_put_id(&have, "id", 'E', 12);
		pd_json_put_number(&have, "n", INT64_MIN);
		pd_json_put_members(&have, more);
		pd_json_open(&have, "list", '[');
		pd_json_put(&have, NULL, rows[i].text);
		pd_json_open(&have, NULL, '{');
		pd_json_put_flag(&have, "yes", true);
		pd_json_put_flag(&have, "no", false);
		pd_json_close(&have, '}');
		pd_json_close(&have, ']');
		pd_json_open(&have, "none", '[');
		pd_json_close(&have, ']');
		pd_json_close(&have, '}');
		pd_buf_addf(&want,
			    "{\"a\":%1$s,\"id\":\"E12\",\"n\":-9223372036854775808,\"x\":-7,\"y\":[],"
			    "\"list\":[%1$s,{\"yes\":true,\"no\":false}],\"none\":[]}",
			    rows[i].want);
		if (strcmp(have.data, want.data) != 0)
			fail_msg("%s: %s instead of %s", rows[i].name, have.data, want.data);
		json_decref(more);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_jansson_writes), cmocka_unit_test(test_straight_away)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
