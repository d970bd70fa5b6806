/* Any bytes at all into the readers of the desk: subjects, queries, commands, changes. What they give must be
 * valid UTF-8 and end; with the sanitizers this is where an overrun shows. Deterministic: the seed is the
 * row. */
#include "check.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/command.h"
#include "fake_snapshot.h"

#define ROUNDS 4000
#define NOW    ((pd_time)1795269600000)

static struct pd_settings *settings;

static int set_up(void **state)
{
	(void)state;
	settings = fake_settings(fake_config);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pd_settings_unref(settings);
	return 0;
}

/* Pieces that the readers know, and bytes that they do not. */
static char *any_text(struct pd_arena *arena)
{
	static const char *const pieces[] = {
		"#",
		"\uff03",
		"##",
		" ",
		"\n",
		"\r\n",
		"\t",
		"\u00a0",
		"Re:",
		"RE[2]:",
		"Fwd",
		":",
		"：",
		"[",
		"]",
		"[#12]",
		"(fwd)",
		"[fwd:",
		"ΑΠ",
		"回复",
		"İLT",
		"\"",
		"\u201c",
		"(",
		")",
		"-",
		"*",
		"NOT ",
		"AND",
		"OR ",
		"owner:",
		"is:",
		"me",
		"none",
		">",
		"<=",
		"2026-01-31",
		"3d",
		"age:",
		"status:",
		"view:hot",
		"assign",
		"close",
		"set",
		"=",
		"E7",
		"12",
		"to",
		"team",
		"list",
		"sort",
		"columns",
		"@",
		"a@b.example",
		"<",
		">",
		",",
		";",
		"mailto:",
		"note",
		"history",
		"new",
		"yes",
		"\\",
		"\\u",
		"[[",
		"null",
		"\xff",
		"\xc3",
		"\xe2\x80",
		"\xf0\x9f\x94\xa5",
		"é",
		"\u202e",
		"\u200b",
	};
	char *text = pd_strdup(arena, "");
	size_t count = (size_t)rand() % 24;
	for (size_t i = 0; i < count; i++)
		text = pd_printf(arena, "%s%s", text, pieces[(size_t)rand() % COUNT(pieces)]);
	return text;
}

static void subjects(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		srand(i);
		const char *text = any_text(arena);
		bool is_reply;
		const char *base = pd_base_subject(arena, text, &is_reply);
		CHECK_ROW(text, g_utf8_validate(base, -1, NULL));
		/* What is left has no leader any more. */
		bool again = false;
		CHECK_ROW_STRING(text, pd_base_subject(arena, base, &again), base);
		CHECK_ROW(text, !again);
		CHECK_ROW(text, pd_subject_tag(text) >= 0);
	}
}

static void queries(void **state)
{
	(void)state;
	struct pd_ticket ticket = {
		.number = 12, .name = "me owner", .description = "", .status = "Open", .mailbox = "support"};
	struct pd_ticket_facts facts = {.ticket = &ticket};
	for (unsigned i = 0; i < ROUNDS; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_query *query, *again;
		struct pd_error error = {0};
		srand(i);
		const char *text = any_text(arena);
		if (pd_query_parse(arena, settings, text, "anna", NOW, &query, &error) != 0) {
			CHECK_ROW(text, *error.text != '\0');
			continue;
		}
		bool matches = pd_query_matches(query, &facts);
		const char *printed = pd_query_text(arena, query);
		if (pd_query_parse(arena, settings, printed, "anna", NOW, &again, &error) != 0)
			fail_msg("\"%s\" is printed as \"%s\": %s", text, printed, error.text);
		if (pd_query_matches(again, &facts) != matches)
			fail_msg("\"%s\" is printed as \"%s\", which means something else", text, printed);
	}
}

static void commands(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *left;
		srand(i);
		const char *raw = any_text(arena);
		const char *text = pd_clean_text(arena, raw, strlen(raw));
		struct pd_commands *parsed =
			pd_commands_parse(arena, settings, "de", pd_settings_agent(settings, "anna"), NOW,
					  text, i % 2 == 0, &left);
		CHECK_ROW(text, g_utf8_validate(left, -1, NULL));
		for (size_t n = 0; n < parsed->errors.count; n++)
			CHECK_ROW(text, g_utf8_validate(parsed->errors.items[n], -1, NULL) &&
						strchr(parsed->errors.items[n], '\n') == NULL);
		(void)pd_commands_begins_yes(text);
	}
}

static void changes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_event event = {0}, read = {0};
		srand(i);
		(void)pd_changes_parse(arena, any_text(arena), &read);
		*pd_list_add(arena, &event.changes) = (struct pd_change){
			any_text(arena), i % 3 == 0 ? NULL : any_text(arena), any_text(arena)};
		CHECK_ROW(event.changes.items[0].property,
			  pd_changes_parse(arena, pd_changes_text(arena, &event), &read));
		CHECK_ROW_STRING("property", read.changes.items[0].property, event.changes.items[0].property);
		CHECK_ROW_STRING("from", read.changes.items[0].from, event.changes.items[0].from);
		CHECK_ROW_STRING("to", read.changes.items[0].to, event.changes.items[0].to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(subjects),
		cmocka_unit_test(queries),
		cmocka_unit_test(commands),
		cmocka_unit_test(changes),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
