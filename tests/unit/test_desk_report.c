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
		pd_report_new(desk->settings, face, agent != NULL ? pd_settings_agent(desk->settings, agent) : NULL, start,
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

static struct pd_plan *answer(struct small_desk *desk, const char *from, int64_t ticket, const char *text)
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
	return plan;
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
	plan = small_deliver(desk, (struct small_mail){.from = "v@customer.example", .subject = "Out of office",
						       .text = "I am away.", .id = "t@x", .in_reply_to = "s@x",
						       .pass = true, .kinds = PD_KIND_AUTO});
	assert_string_equal(plan->outcome, "automatic");
	assert_int_equal(plan->ticket, 2);
	struct pd_report_lines lines = report_of(desk, NULL, DAY("20"), DAY("24"));
	assert_string_equal(volumes(desk, &lines, PD_BY_ALL, NULL), "1 0 1 0");
	small_desk_free(desk);
}

/* --- times: Monday to Friday 9 to 17 in Helsinki, which is 7 to 15 UTC --- */

static const char levels[] = "[mailbox care]\naddress = care@example.com\nteam = care\nsla = standard\n"
			     "[team care]\nmembers = anna;bob\n"
			     "[sla standard]\nfirst_reply = 4h\nnext_reply = 1h\nclose = 2wd\n";

static struct small_desk *desk_with_levels(void)
{
	struct small_desk *desk = small_desk_new(levels);
	struct pd_problems problems = {.arena = desk->arena};
	struct pd_calendar_week week = {.zone = "Europe/Helsinki"};
	for (int day = 0; day < 5; day++)
		*pd_list_add(desk->arena, &week.ranges) = (struct pd_calendar_range){day, 540, 1020};
	struct pd_calendar *calendar = pd_calendar_from_week(&week);
	struct pd_calendar_kept kept = {"hours", pd_strdup(desk->arena, pd_calendar_text(calendar))};
	desk->settings->calendars = pd_calendars_of_texts(&kept, 1);
	for (size_t i = 0; i < desk->settings->teams.count; i++)
		if (pd_equal(desk->settings->teams.items[i].name, "care"))
			desk->settings->teams.items[i].calendar = "hours";
	desk->settings->policies = pd_policies_new(desk->settings, &problems);
	assert_int_equal(problems.errors, 0);
	pd_calendar_unref(calendar);
	return desk;
}

static void free_desk(struct small_desk *desk)
{
	struct pd_calendars *calendars = (struct pd_calendars *)(uintptr_t)desk->settings->calendars;
	small_desk_free(desk);
	pd_calendars_unref(calendars);
}

static void at(struct small_desk *desk, const char *time)
{
	assert_true(pd_time_parse(time, &desk->now));
}

static const char *times(struct small_desk *desk, const struct pd_report_lines *lines, enum pd_report_by by,
			 const char *key, enum pd_goal goal)
{
	const struct pd_report_line *line = line_of(lines, by, key);
	if (line == NULL)
		return "none";
	const struct pd_report_goal *found = &line->goals[goal];
	return pd_printf(desk->arena, "%zu %lld %lld %zu/%zu/%zu", found->count, (long long)(found->median / PD_MINUTE),
			 (long long)(found->p90 / PD_MINUTE), found->met, found->missed, found->overdue);
}

static void test_times(void **state)
{
	struct small_desk *desk = desk_with_levels();
	(void)state;
	int64_t one = ask(desk, "care@example.com", "a@x"), two = ask(desk, "care@example.com", "b@x");
	ask(desk, "care@example.com", "c@x"); /* never answered */
	at(desk, "2026-11-23T09:00:00Z");
	answer(desk, "anna@agents.example", one, "We look into it."); /* after 2 hours of work */
	at(desk, "2026-11-23T10:00:00Z");
	small_deliver(desk, (struct small_mail){.from = "v@customer.example", .to = "care@example.com", .subject = "Re: a@x",
						.text = "And?", .id = "a2@x", .in_reply_to = "a@x", .pass = true});
	at(desk, "2026-11-23T11:30:00Z");
	answer(desk, "bob@agents.example", one, "It works."); /* after 90 minutes */
	at(desk, "2026-11-23T13:00:00Z");
	answer(desk, "bob@agents.example", two, "We look into it."); /* after 6 hours */
	at(desk, "2026-11-24T08:00:00Z");
	small_do(desk, "agent:anna", one, "#close"); /* 2 hours, then waiting; 1.5 hours, then waiting */
	at(desk, "2026-11-24T12:00:00Z");
	struct pd_report_lines lines = report_of(desk, NULL, DAY("20"), DAY("25"));
	assert_string_equal(times(desk, &lines, PD_BY_ALL, NULL, PD_GOAL_FIRST_REPLY), "2 240 360 1/1/1");
	assert_string_equal(times(desk, &lines, PD_BY_ALL, NULL, PD_GOAL_NEXT_REPLY), "1 90 90 0/1/0");
	assert_string_equal(times(desk, &lines, PD_BY_ALL, NULL, PD_GOAL_CLOSE), "1 210 210 1/0/0");
	assert_string_equal(times(desk, &lines, PD_BY_AGENT, "anna", PD_GOAL_FIRST_REPLY), "1 120 120 1/0/0");
	assert_string_equal(times(desk, &lines, PD_BY_AGENT, "bob", PD_GOAL_FIRST_REPLY), "1 360 360 0/1/0");
	assert_string_equal(times(desk, &lines, PD_BY_AGENT, NULL, PD_GOAL_FIRST_REPLY), "0 0 0 0/0/1");
	assert_string_equal(times(desk, &lines, PD_BY_DAY, "2026-11-23", PD_GOAL_FIRST_REPLY), "2 240 360 1/1/1");
	assert_string_equal(times(desk, &lines, PD_BY_TEAM, "care", PD_GOAL_NEXT_REPLY), "1 90 90 0/1/0");
	lines = report_of(desk, NULL, DAY("24"), DAY("25"));
	assert_string_equal(times(desk, &lines, PD_BY_ALL, NULL, PD_GOAL_FIRST_REPLY), "0 0 0 0/0/0");
	assert_string_equal(times(desk, &lines, PD_BY_ALL, NULL, PD_GOAL_CLOSE), "1 210 210 1/0/0");
	/* Reopened, the closing was none; closed again, the whole counts, without the time in between. */
	small_do(desk, "agent:anna", one, "#open");
	lines = report_of(desk, NULL, DAY("20"), DAY("25"));
	assert_string_equal(times(desk, &lines, PD_BY_ALL, NULL, PD_GOAL_CLOSE), "0 0 0 0/0/0");
	at(desk, "2026-11-24T13:00:00Z");
	small_do(desk, "agent:anna", one, "#close");
	lines = report_of(desk, NULL, DAY("20"), DAY("25"));
	assert_string_equal(times(desk, &lines, PD_BY_ALL, NULL, PD_GOAL_CLOSE), "1 270 270 1/0/0");
	free_desk(desk);
}

/* An answer that was not delivered is none, whatever was said of it before. */
static void test_bounced(void **state)
{
	struct small_desk *desk = desk_with_levels();
	(void)state;
	int64_t one = ask(desk, "care@example.com", "a@x");
	at(desk, "2026-11-23T09:00:00Z");
	struct pd_plan *plan = answer(desk, "anna@agents.example", one, "We look into it.");
	struct pd_report_lines lines = report_of(desk, NULL, DAY("20"), DAY("25"));
	assert_string_equal(times(desk, &lines, PD_BY_ALL, NULL, PD_GOAL_FIRST_REPLY), "1 120 120 1/0/0");
	at(desk, "2026-11-23T10:00:00Z");
	small_undelivered(desk, small_letter(plan, PD_LETTER_REPLY, NULL)->id, "v@customer.example", "550 no such user");
	lines = report_of(desk, NULL, DAY("20"), DAY("25"));
	assert_string_equal(times(desk, &lines, PD_BY_ALL, NULL, PD_GOAL_FIRST_REPLY), "0 0 0 0/0/0");
	at(desk, "2026-11-23T11:00:00Z");
	answer(desk, "anna@agents.example", one, "Once more."); /* an hour after that */
	lines = report_of(desk, NULL, DAY("20"), DAY("25"));
	assert_string_equal(times(desk, &lines, PD_BY_ALL, NULL, PD_GOAL_FIRST_REPLY), "1 60 60 1/0/0");
	free_desk(desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_bounced),
		cmocka_unit_test(test_volumes),
		cmocka_unit_test(test_sees),
		cmocka_unit_test(test_automatic),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
