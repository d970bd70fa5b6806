/* Dumps of foreign tables: what stands in them comes out, and what is broken is told with its place. */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "check.h"
#include "store/foreign.h"

static char folder[] = "/tmp/postdesk-foreign.XXXXXX";

static const char *put(const char *name, const char *text)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

/* The first column of all rows, joined with '|'; NULL as "-". */
static char *answer(const char *path, const char *sql, const char *argument)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_foreign *tables;
	struct pd_question *question;
	struct pd_error error = {0};
	GString *out = g_string_new(NULL);

	if (pd_foreign_open(path, &tables, &error) != 0) {
		g_string_assign(out, error.text);
		return g_string_free(out, FALSE);
	}
	assert_int_equal(pd_question_new(tables, sql, &question, &error), 0);
	pd_question_ask(question, argument);
	while (pd_question_next(question, &error) == 1) {
		const char *text = pd_question_text(question, arena, 0);

		g_string_append_printf(out, "%s%s", out->len ? "|" : "", text ? text : "-");
	}
	pd_question_end(question);
	pd_foreign_close(tables);
	return g_string_free(out, FALSE);
}

static void check_answer(const char *path, const char *sql, const char *argument, const char *want)
{
	g_autofree char *got = answer(path, sql, argument);

	assert_string_equal(got, want);
}

static void test_csv(void **state)
{
	(void)state;
	static const struct {
		const char *name, *csv, *want; /* the column "value" of all rows */
	} cases[] = {
		{"plain", "id,value\n1,a\n2,b\n", "a|b"},
		{"CRLF, no end of the last line", "id,value\r\n1,a\r\n2,b", "a|b"},
		{"quotes, commas, line breaks", "id,value\n1,\"a, \"\"b\"\"\nc\"\n2,d\n", "a, \"b\"\nc|d"},
		{"nothing, and what MySQL writes for it", "id,value\n1,\n2,\\N\n3,c\n", "-|-|c"},
		{"bytes", "id,value\n1,\\x414243\n", "ABC"},
		{"no bytes", "id,value\n1,\\xyz\n2,\\x4\n", "\\xyz|\\x4"},
		{"numbers stay as they are written", "id,value\n1,0042\n2,1e5\n", "0042|1e5"},
		{"only a head", "id,value\n", ""},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		put("t.csv", cases[i].csv);
		g_autofree char *got = answer(folder, "SELECT value FROM t ORDER BY id", NULL);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: wanted \"%s\", got \"%s\"", cases[i].name, cases[i].want, got);
	}
	check_answer(folder, "SELECT count(*) FROM t WHERE id = ?1", "1", "0");
	put("t.csv", "id,value\n7,a\n");
	check_answer(folder, "SELECT value FROM t WHERE id = ?1", "7", "a");
	put("t.csv", "id,value\n1,a\n2,b,c\n");
	g_autofree char *wrong = g_strdup_printf("%s/t.csv:3: 3 fields, but 2 columns", folder);
	check_answer(folder, "SELECT 1", NULL, wrong);
	unlink(put("t.csv", ""));
}

#define HEAD \
	"<?xml version=\"1.0\"?>\n<mysqldump xmlns:xsi=\"x\"><database name=\"d\">\n<table_structure name=\"t\">" \
	"<field Field=\"id\" Type=\"int\" /><field Field=\"value\" Type=\"text\" /></table_structure>\n<table_data name=\"t\">\n"
#define TAIL "</table_data></database></mysqldump>\n"
#define ROW(value) "<row><field name=\"id\">1</field>" value "</row>\n"

static void test_xml(void **state)
{
	(void)state;
	static const struct {
		const char *name, *xml, *want;
	} cases[] = {
		{"plain", HEAD ROW("<field name=\"value\">a</field>") TAIL, "a"},
		{"entities", HEAD ROW("<field name=\"value\">&lt;a&gt; &amp; b</field>") TAIL, "<a> & b"},
		{"nothing", HEAD ROW("<field name=\"value\" xsi:nil=\"true\" />") TAIL, "-"},
		{"bytes", HEAD ROW("<field name=\"value\" xsi:type=\"xs:hexBinary\">4142</field>") TAIL, "AB"},
		{"a column that lacks", HEAD ROW("") ROW("<field name=\"value\">b</field>") TAIL, "-|b"},
		{"a column too many", HEAD ROW("<field name=\"other\">x</field><field name=\"value\">b</field>") TAIL, "b"},
		{"what XML forbids", HEAD ROW("<field name=\"value\">a\fb</field>") TAIL, "a b"},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got = answer(put("dump.xml", cases[i].xml), "SELECT value FROM t ORDER BY rowid", NULL);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: wanted \"%s\", got \"%s\"", cases[i].name, cases[i].want, got);
	}
	g_autofree char *cut = answer(put("dump.xml", HEAD ROW("<field name=\"value\">a")), "SELECT 1", NULL);
	assert_non_null(strstr(cut, "dump.xml: "));
	g_autofree char *bare = answer(put("dump.xml", "<?xml version=\"1.0\"?><m><table_data name=\"t\"><row/></table_data></m>"), "SELECT 1", NULL);
	assert_non_null(strstr(bare, "says nothing of the columns of t"));
	g_autofree char *other = answer(put("dump.xml", "hello"), "SELECT 1", NULL);
	assert_non_null(strstr(other, "is neither a folder of CSV files"));
	unlink(put("dump.xml", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_csv), cmocka_unit_test(test_xml)};

	if (!mkdtemp(folder))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	rmdir(folder);
	return failed;
}
