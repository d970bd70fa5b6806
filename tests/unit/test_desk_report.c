/* The report: what is counted, under which name, and how long it took. The desk begins on Saturday 2026-11-21 10:00 UTC;
 * each decision takes a minute. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/report.h"
#include "small_desk.h"

static struct pd_report_lines report_of(struct small_desk *desk, const char *agent, const char *from, const char *to)
{
	struct pd_snapshot *face = &desk->fake->snapshot;
	pd_time start, end;
	assert_true(pd_time_parse(from, &start) && pd_time_parse(to, &end));
	struct pd_report *report =
		pd_report_new(desk->settings, agent != NULL ? pd_settings_agent(desk->settings, agent) : NULL, start,
			      end, desk->now);
	for (int64_t number = 1; face->ticket(face, desk->arena, number) != NULL; number++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_entries entries = face->timeline(face, arena, number, 0);
		PD_LIST(struct pd_event) events = {0};
		for (size_t i = 0; i < entries.count; i++)
			*pd_list_add(arena, &events) = entries.items[i].event;
		pd_report_add(report, arena, events.items, events.count);
	}
	struct pd_report_lines lines = pd_report_done(desk->arena, report);
	pd_report_free(report);
	return lines;
}

static const struct pd_report_line *line_of(const struct pd_report_lines *lines, enum pd_report_by by, const char *key)
{
	for (size_t i = 0; i < lines->count; i++)
		if (lines->items[i].by == by && pd_equal(lines->items[i].key, key))
			return &lines->items[i];
	return NULL;
}

static const char *volumes(struct small_desk *desk, const struct pd_report_lines *lines, enum pd_report_by by,
			   const char *key)
{
	const struct pd_report_line *line = line_of(lines, by, key);
	return line == NULL ? "none"
			    : pd_printf(desk->arena, "%zu %zu %zu %zu", line->created, line->closed, line->in, line->out);
}

#define DAY(text) "2026-11-" text "T00:00:00Z"

static int64_t ask(struct small_desk *desk, const char *to, const char *id)
{
	return small_deliver(desk, (struct small_mail){.from = "v@customer.example", .to = to, .subject = id,
						       .text = "Please help.", .id = id})
		->ticket;
}

static void answer(struct small_desk *desk, const char *from, int64_t ticket, const char *text)
{
	static char id[40];
	static int count;
	struct pd_context context = small_context(desk, "postdesk");
	const struct pd_ticket *found = small_ticket(desk, ticket);
	snprintf(id, sizeof id, "answer%d@laptop.example", count++);
	const char *name = pd_strndup(desk->arena, from, strcspn(from, "@"));
	struct pd_plan *plan = small_deliver(
		desk, (struct small_mail){.from = from,
					  .to = pd_address_for_agent(&context, pd_settings_mailbox(desk->settings, found->mailbox),
								     ticket, found->conversations.items[0].id, name,
								     found->version),
					  .subject = "Re: x",
					  .text = text,
					  .id = pd_strdup(desk->arena, id),
					  .pass = true});
	assert_string_equal(plan->outcome, "reply");
}

static void test_volumes(void **state)
{
	struct small_desk *desk = small_desk_new(NULL);
	(void)state;
	int64_t one = ask(desk, "support@example.com", "a@x"), two = ask(desk, "sales@example.com", "b@x");
	answer(desk, "anna@agents.example", one, "We look into it.");
	small_do(desk, "agent:bob", two, "#take\n#priority high");
	desk->now += PD_DAY; /* Sunday */
	answer(desk, "anna@agents.example", one, "Done.\n#close");
	small_do(desk, "agent:bob", two, "#close");
	small_do(desk, "agent:bob", two, "#open");
	small_do(desk, "agent:bob", two, "#close");
	ask(desk, "support@example.com", "spam@x");
	small_do(desk, "agent:bob", 3, "#spam");
	struct pd_report_lines lines = report_of(desk, NULL, DAY("20"), DAY("24"));
	assert_string_equal(volumes(desk, &lines, PD_BY_ALL, NULL), "2 3 2 2");
	assert_string_equal(volumes(desk, &lines, PD_BY_DAY, "2026-11-20"), "0 0 0 0");
	assert_string_equal(volumes(desk, &lines, PD_BY_DAY, "2026-11-21"), "2 0 2 1");
	assert_string_equal(volumes(desk, &lines, PD_BY_DAY, "2026-11-22"), "0 3 0 1");
	assert_string_equal(volumes(desk, &lines, PD_BY_DAY, "2026-11-23"), "0 0 0 0");
	assert_string_equal(volumes(desk, &lines, PD_BY_DAY, "2026-11-24"), "none");
	assert_string_equal(volumes(desk, &lines, PD_BY_TEAM, "support"), "1 1 1 2");
	assert_string_equal(volumes(desk, &lines, PD_BY_TEAM, "sales"), "1 2 1 0");
	assert_string_equal(volumes(desk, &lines, PD_BY_AGENT, "anna"), "0 1 0 2");
	assert_string_equal(volumes(desk, &lines, PD_BY_AGENT, "bob"), "0 2 0 0");
	assert_string_equal(volumes(desk, &lines, PD_BY_AGENT, NULL), "2 0 2 0");
	assert_string_equal(volumes(desk, &lines, PD_BY_MAILBOX, "sales"), "1 2 1 0");
	assert_string_equal(volumes(desk, &lines, PD_BY_PRIORITY, "normal"), "2 1 2 2");
	assert_string_equal(volumes(desk, &lines, PD_BY_PRIORITY, "high"), "0 2 0 0");
	/* In the order of the configuration, none last. */
	assert_string_equal(lines.items[0].key == NULL ? "all" : "", "all");
	size_t first_agent = 0;
	while (lines.items[first_agent].by != PD_BY_AGENT)
		first_agent++;
	assert_string_equal(lines.items[first_agent].key, "anna");
	assert_string_equal(lines.items[first_agent + 1].key, "bob");
	assert_null(lines.items[first_agent + 2].key);
	/* The period is half open, and a whole life is folded for it. */
	lines = report_of(desk, NULL, DAY("22"), DAY("23"));
	assert_string_equal(volumes(desk, &lines, PD_BY_ALL, NULL), "0 3 0 1");
	assert_string_equal(volumes(desk, &lines, PD_BY_PRIORITY, "high"), "0 2 0 0");
	small_desk_free(desk);
}

/* Who may not see a ticket is told nothing of it. */
static void test_sees(void **state)
{
	struct small_desk *desk = small_desk_new("[team own]\nmembers = dora\nsees = own\n[agent dora]\n"
						 "address = dora@agents.example\n");
	(void)state;
	int64_t one = ask(desk, "support@example.com", "a@x"), two = ask(desk, "sales@example.com", "b@x");
	small_do(desk, "agent:carol", one, "#assign dora");
	small_do(desk, "agent:carol", two, "#assign bob");
	struct pd_report_lines lines = report_of(desk, "dora", DAY("20"), DAY("24"));
	assert_string_equal(volumes(desk, &lines, PD_BY_ALL, NULL), "1 0 1 0");
	lines = report_of(desk, "carol", DAY("20"), DAY("24"));
	assert_string_equal(volumes(desk, &lines, PD_BY_ALL, NULL), "2 0 2 0");
	small_desk_free(desk);
}

/* Automatic mail is no volume, an acknowledgement no answer. */
static void test_automatic(void **state)
{
	struct small_desk *desk = small_desk_new(NULL);
	(void)state;
	struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = "robot@customer.example", .subject = "x",
								       .text = "y", .id = "r@x", .kinds = PD_KIND_AUTO});
	assert_string_equal(plan->outcome, "automatic");
	plan = small_deliver(desk, (struct small_mail){.from = "v@customer.example", .subject = "x", .text = "y",
						       .id = "s@x", .pass = true});
	assert_int_equal(small_letters(plan, PD_LETTER_ACKNOWLEDGEMENT), 1);
	struct pd_report_lines lines = report_of(desk, NULL, DAY("20"), DAY("24"));
	assert_string_equal(volumes(desk, &lines, PD_BY_ALL, NULL), "1 0 1 0");
	small_desk_free(desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_volumes),
		cmocka_unit_test(test_sees),
		cmocka_unit_test(test_automatic),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
