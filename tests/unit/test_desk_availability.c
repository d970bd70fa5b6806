/* Who is there: hours, absences, #away and #available, invitations and out-of-office mails. Now is Saturday
 * 2026-11-21 10:00 UTC, 12:00 in Helsinki. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/availability.h"
#include "small_desk.h"

/* anna works Monday to Friday 9 to 17 in Helsinki, but not on 2026-11-24; bob, who was called rob, has no hours. */
static void give_hours(struct small_desk *desk)
{
	struct pd_calendar_week week = {.zone = "Europe/Helsinki"};
	for (int day = 0; day < 5; day++)
		*pd_list_add(desk->arena, &week.ranges) = (struct pd_calendar_range){day, 540, 1020};
	*pd_list_add(desk->arena, &week.holidays) = "2026-11-24";
	struct pd_calendar *calendar = pd_calendar_from_week(&week);
	struct pd_calendar_kept kept = {"hours", pd_strdup(desk->arena, pd_calendar_text(calendar))};
	desk->settings->calendars = pd_calendars_of_texts(&kept, 1);
	for (size_t i = 0; i < desk->settings->agents.count; i++)
		if (pd_equal(desk->settings->agents.items[i].name, "anna"))
			desk->settings->agents.items[i].calendar = "hours";
		else if (pd_equal(desk->settings->agents.items[i].name, "bob"))
			*pd_list_add(desk->arena, &desk->settings->agents.items[i].was) = "rob";
	pd_calendar_unref(calendar);
}

static int setup(void **state)
{
	struct small_desk *desk = small_desk_new(NULL);
	give_hours(desk);
	*state = desk;
	return 0;
}

static int teardown(void **state)
{
	struct small_desk *desk = *state;
	struct pd_calendars *calendars = pd_calendars_ref((struct pd_calendars *)(uintptr_t)desk->settings->calendars);
	small_desk_free(desk);
	pd_calendars_unref(calendars);
	pd_calendars_unref(calendars);
	return 0;
}

static const char *words(struct pd_arena *arena, const struct pd_availability *found)
{
	return pd_printf(arena, "%s until %s %s", found->is_available ? "available" : "away",
			 found->until == PD_NEVER ? "-" : pd_time_rfc3339(arena, found->until), found->why);
}

/* --- the pure function --- */

static const struct {
	const char *name, *agent, *at;
	const char *records; /* NAME=VALUE, one a line */
	const char *want;
} rows[] = {
	{"no hours", "bob", "2026-11-21T10:00:00Z", "", "available until - "},
	{"within hours", "anna", "2026-11-20T10:00:00Z", "", "available until 2026-11-20T15:00:00Z "},
	{"out of hours", "anna", "2026-11-21T10:00:00Z", "", "away until 2026-11-23T07:00:00Z out of hours"},
	{"a holiday of the calendar", "anna", "2026-11-24T10:00:00Z", "", "away until 2026-11-25T07:00:00Z holiday"},
	{"away without an end", "bob", "2026-11-21T10:00:00Z", "bob/away=2026-11-21T09:00:00Z/.. #away",
	 "away until - #away"},
	{"away until then", "bob", "2026-11-21T10:00:00Z",
	 "bob/away=2026-11-21T09:00:00Z/2026-11-22T09:00:00Z #away", "away until 2026-11-22T09:00:00Z #away"},
	{"away until out of hours: the next opening", "anna", "2026-11-20T10:00:00Z",
	 "anna/away=2026-11-20T09:00:00Z/2026-11-20T20:00:00Z #away", "away until 2026-11-23T07:00:00Z #away"},
	{"an absence to come", "bob", "2026-11-21T10:00:00Z",
	 "bob/abc=2026-12-01T09:00:00Z/2026-12-02T09:00:00Z Vacation", "available until 2026-12-01T09:00:00Z "},
	{"an absence within hours ends them", "anna", "2026-11-20T10:00:00Z",
	 "anna/abc=2026-11-20T12:00:00Z/2026-11-20T13:00:00Z Dentist", "available until 2026-11-20T12:00:00Z "},
	{"absences that meet are one", "bob", "2026-11-21T10:00:00Z",
	 "bob/a=2026-11-21T09:00:00Z/2026-11-21T11:00:00Z A\nbob/b=2026-11-21T11:00:00Z/2026-11-21T12:00:00Z B",
	 "away until 2026-11-21T12:00:00Z A"},
	{"of two the longer says why", "bob", "2026-11-21T10:00:00Z",
	 "bob/a=2026-11-21T09:00:00Z/2026-11-21T11:00:00Z A\nbob/b=2026-11-21T09:00:00Z/2026-11-21T12:00:00Z B",
	 "away until 2026-11-21T12:00:00Z B"},
	{"here, over an absence", "bob", "2026-11-21T10:00:00Z",
	 "bob/away=2026-11-21T09:00:00Z/.. #away\nbob/here=2026-11-21T09:30:00Z/2026-11-21T11:00:00Z #available",
	 "available until 2026-11-21T11:00:00Z #available"},
	{"here, until the hours go on", "anna", "2026-11-21T10:00:00Z",
	 "anna/here=2026-11-21T09:30:00Z/2026-11-23T07:00:00Z #available",
	 "available until 2026-11-23T15:00:00Z #available"},
	{"under a former name", "bob", "2026-11-21T10:00:00Z", "rob/away=2026-11-21T09:00:00Z/.. #away", "away until - #away"},
	{"past ones", "bob", "2026-11-21T10:00:00Z", "bob/a=2026-11-20T09:00:00Z/2026-11-21T10:00:00Z A",
	 "available until - "},
	{"another's", "bob", "2026-11-21T10:00:00Z", "anna/away=2026-11-21T09:00:00Z/.. #away", "available until - "},
	{"what is no absence", "bob", "2026-11-21T10:00:00Z",
	 "bob=2026-11-21T09:00:00Z/..\nbob/a=\nbob/b=soon/..\nbob/c=2026-11-21T09:00:00Z\nbob/d=2026-11-21T09:00:00Z/x y",
	 "available until - "},
};

static void test_pure(void **state)
{
	struct small_desk *desk = *state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_strings lines = pd_split(desk->arena, rows[i].records, '\n');
		struct pd_records records = {0};
		pd_time at;
		for (size_t k = 0; k < lines.count; k++) {
			char *line = pd_strdup(desk->arena, lines.items[k]), *equals = strchr(line, '=');
			*equals = '\0';
			*pd_list_add(desk->arena, &records) = (struct pd_record){.name = line, .value = equals + 1};
		}
		assert_true(pd_time_parse(rows[i].at, &at));
		struct pd_availability found =
			pd_availability_of(desk->arena, desk->settings, &records,
					   pd_settings_agent(desk->settings, rows[i].agent), at);
		CHECK_ROW_STRING(rows[i].name, words(desk->arena, &found), rows[i].want);
	}
}

/* --- what mails and commands make of it --- */

static const char *now_of(struct small_desk *desk, const char *agent)
{
	struct pd_snapshot *face = &desk->fake->snapshot;
	struct pd_records records = face->records(face, desk->arena, PD_ABSENCE);
	struct pd_availability found = pd_availability_of(desk->arena, desk->settings, &records,
							  pd_settings_agent(desk->settings, agent), desk->now);
	return words(desk->arena, &found);
}

static const char *report_of(struct small_desk *desk, const struct pd_plan *plan)
{
	return pd_strings_join(desk->arena, &plan->report, "\n");
}

static void test_commands(void **state)
{
	struct small_desk *desk = *state;
	struct pd_plan *plan = small_do(desk, "agent:bob", 0, "#away");
	assert_false(plan->is_refused);
	assert_string_equal(report_of(desk, plan), "#away: Bob Builder is away until #available (#away).");
	assert_string_equal(now_of(desk, "bob"), "away until - #away");
	assert_string_equal(now_of(desk, "anna"), "away until 2026-11-23T07:00:00Z out of hours");
	small_do(desk, "agent:bob", 0, "#away until monday 9:00"); /* takes its place */
	assert_string_equal(now_of(desk, "bob"), "away until 2026-11-23T09:00:00Z #away");
	plan = small_do(desk, "agent:bob", 0, "#available");
	assert_string_equal(report_of(desk, plan), "#available: Bob Builder is available.");
	assert_string_equal(now_of(desk, "bob"), "available until - ");
	small_do(desk, "agent:anna", 0, "#available"); /* it is Saturday */
	assert_string_equal(now_of(desk, "anna"), "available until 2026-11-23T15:00:00Z #available");
	small_do(desk, "agent:anna", 0, "#away until tuesday"); /* the day's first opening: it is closed, so 8:00 */
	assert_string_equal(now_of(desk, "anna"), "away until 2026-11-25T07:00:00Z #away");
}

static void test_times_as_written(void **state)
{
	static const struct {
		const char *line, *want;
	} lines[] = {
		{"#away until monday", "away until 2026-11-23T08:00:00Z #away"},
		{"#Away until Monday.", "away until 2026-11-23T08:00:00Z #away"},
		{"#away till monday!", "away until 2026-11-23T08:00:00Z #away"},
		{"#away monday", "away until 2026-11-23T08:00:00Z #away"},
		{"#away until tomorrow 9:00.", "away until 2026-11-22T09:00:00Z #away"},
		{"#away until 24.12.", "away until 2026-12-24T08:00:00Z #away"},
		{"#away 2h", "away until 2026-11-21T12:00:00Z #away"},
		{"#away for 2 weeks", "away until 2026-12-05T10:00:00Z #away"},
		{"#away today", "away until 2026-11-22T00:00:00Z #away"},
		{"#away bis Montag um 9", "away until 2026-11-23T09:00:00Z #away"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct small_desk *desk = small_desk_new(NULL);
		struct pd_plan *plan = small_do(desk, "agent:bob", 0, lines[i].line);
		if (plan->is_refused)
			fail_msg("%s: %s", lines[i].line, report_of(desk, plan));
		CHECK_ROW_STRING(lines[i].line, now_of(desk, "bob"), lines[i].want);
		small_desk_free(desk);
	}
}

static void test_commands_refused(void **state)
{
	static const struct {
		const char *actor, *line, *want;
	} wrong[] = {
		{"agent:bob", "#away until soon", "\"until soon\" is no time"},
		{"agent:bob", "#away until 2020-01-01", "is past"},
		{"agent:bob", "#available tomorrow", ""},
		{"administrator", "#away", "as whom?"},
	};
	struct small_desk *desk = *state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct pd_plan *plan = small_do(desk, wrong[i].actor, 0, wrong[i].line);
		CHECK_ROW(wrong[i].line, plan->is_refused);
		const char *report = report_of(desk, plan);
		if (strstr(report, wrong[i].want) == NULL)
			fail_msg("%s: %s", wrong[i].line, report);
	}
	assert_string_equal(now_of(desk, "bob"), "available until - ");
}

/* On a ticket it stands there, and #undo takes it back. */
static void test_undo(void **state)
{
	struct small_desk *desk = *state;
	int64_t ticket = small_deliver(desk, (struct small_mail){.from = "v@customer.example", .subject = "x",
								 .text = "y", .id = "a@b"})
				 ->ticket;
	small_do(desk, "agent:bob", ticket, "#away until friday");
	assert_string_equal(now_of(desk, "bob"), "away until 2026-11-27T08:00:00Z #away");
	struct pd_plan *plan = small_do(desk, "agent:anna", ticket, "#undo");
	assert_true(plan->is_refused); /* another's word */
	plan = small_do(desk, "agent:bob", ticket, "#undo");
	assert_false(plan->is_refused);
	assert_string_equal(now_of(desk, "bob"), "available until - ");
}

/* Who assigns to somebody who is away is told. */
static void test_assigned(void **state)
{
	struct small_desk *desk = *state;
	int64_t ticket = small_deliver(desk, (struct small_mail){.from = "v@customer.example", .subject = "x",
								 .text = "y", .id = "a@b"})
				 ->ticket;
	struct pd_plan *plan = small_do(desk, "agent:carol", ticket, "#assign bob");
	assert_null(strstr(report_of(desk, plan), "away"));
	small_do(desk, "agent:bob", 0, "#away until monday");
	small_do(desk, "agent:carol", ticket, "#assign none");
	plan = small_do(desk, "agent:carol", ticket, "#assign bob");
	assert_non_null(strstr(report_of(desk, plan), "Bob Builder is away until Mon 2026-11-23 08:00 (#away)."));
	plan = small_do(desk, "agent:carol", ticket, "#assign anna"); /* it is Saturday, no more */
	assert_null(strstr(report_of(desk, plan), "away"));
}

/* Also by who sees nothing but its own tickets. */
static void test_undo_unseen(void **state)
{
	struct small_desk *desk = small_desk_new("[team own]\nmembers = dora\nsees = own\n[agent dora]\n"
						 "address = dora@agents.example\n");
	(void)state;
	small_do(desk, "agent:carol", 0, "#away"); /* makes the ticket that collects */
	struct pd_plan *plan = small_do(desk, "agent:dora", 0, "#away");
	int64_t action = plan->events.items[0]->action;
	assert_string_equal(now_of(desk, "dora"), "away until - #away");
	plan = small_do(desk, "agent:bob", 0, pd_printf(desk->arena, "#undo %lld", (long long)action));
	assert_true(plan->is_refused);
	plan = small_do(desk, "agent:dora", 0, pd_printf(desk->arena, "#undo %lld", (long long)action));
	assert_false(plan->is_refused);
	assert_string_equal(now_of(desk, "dora"), "available until - ");
	small_desk_free(desk);
}

static struct small_mail mail_of(const char *from, const char *to, const char *text, bool pass)
{
	static int count;
	static char ids[32][40];
	snprintf(ids[count % 32], sizeof ids[0], "m%d@laptop.example", count);
	return (struct small_mail){
		.from = from, .to = to, .subject = "s", .text = text, .id = ids[count++ % 32], .pass = pass};
}

#define BOB  "Bob Builder <bob@agents.example>"
#define DO   "support+do@example.com"
#define DESK "support@example.com"

static void test_by_mail(void **state)
{
	struct small_desk *desk = *state;
	struct pd_plan *plan = small_deliver(desk, mail_of(BOB, DO, "away until monday", true));
	assert_string_equal(plan->outcome, "commands");
	assert_int_equal(small_letters(plan, PD_LETTER_RECEIPT), 1);
	assert_string_equal(now_of(desk, "bob"), "away until 2026-11-23T08:00:00Z #away");
	/* The receipt's line takes it back, without a ticket. */
	const char *undo = strstr(small_letter(plan, PD_LETTER_RECEIPT, "bob")->letter.text, "#undo ");
	assert_non_null(undo);
	plan = small_do(desk, "agent:bob", 0, pd_strndup(desk->arena, undo, strcspn(undo, "\n")));
	assert_false(plan->is_refused);
	assert_string_equal(now_of(desk, "bob"), "available until - ");
	/* Without proof nothing happens. */
	plan = small_deliver(desk, mail_of(BOB, DO, "away", false));
	assert_string_equal(now_of(desk, "bob"), "available until - ");
	assert_int_equal(small_letters(plan, PD_LETTER_CONFIRMATION), 1);
}

static void test_invitations(void **state)
{
	static const struct {
		const char *name, *to;
		bool pass;
		struct pd_invitation invitation;
		const char *outcome, *want;
	} mails[] = {
		{"whole days", DESK, true,
		 {.method = "REQUEST", .uid = "1", .summary = "Vacation", .start = "20261121", .end = "20261124"}, "absence",
		 "away until 2026-11-24T00:00:00Z Vacation"},
		{"whole days, without an end: one", DESK, true, {.uid = "2", .start = "20261121"}, "absence",
		 "away until 2026-11-22T00:00:00Z absence"},
		{"out of office, some hours, in a zone", DESK, true,
		 {.uid = "3", .summary = "Dentist", .start = "20261121T110000", .start_zone = "Europe/Helsinki",
		  .duration = "PT2H30M", .busy = "OOF"},
		 "absence", "away until 2026-11-21T11:30:00Z Dentist"},
		{"to +do, any busy hours", DO, true,
		 {.uid = "4", .summary = "Course", .start = "20261121T090000Z", .end = "20261121T120000Z"}, "absence",
		 "away until 2026-11-21T12:00:00Z Course"},
		{"a meeting is none", DESK, true,
		 {.uid = "5", .summary = "Meeting", .start = "20261121T090000Z", .end = "20261121T120000Z"}, "new ticket",
		 "available until - "},
		{"free days are none", DESK, true,
		 {.uid = "6", .summary = "Fair", .start = "20261121", .end = "20261124", .transparency = "TRANSPARENT"},
		 "new ticket", "available until - "},
		{"working elsewhere is working", DESK, true,
		 {.uid = "6", .start = "20261121", .busy = "WORKINGELSEWHERE"}, "new ticket", "available until - "},
		{"an answer is none", DESK, true, {.method = "REPLY", .uid = "7", .start = "20261121"}, "new ticket",
		 "available until - "},
		{"one that recurs", DESK, true, {.uid = "8", .start = "20261121", .recurs = true}, "refused",
		 "available until - "},
		{"one that is past", DESK, true, {.uid = "9", .start = "20251121"}, "refused", "available until - "},
		{"not proven", DESK, false, {.uid = "10", .start = "20261121"}, "held", "available until - "},
		{"of another's making", DESK, true,
		 {.uid = "13", .start = "20261121", .organizer = "mailto:anna@agents.example"}, "new ticket",
		 "available until - "},
		{"of one's own", DESK, true,
		 {.uid = "14", .start = "20261121", .organizer = "MAILTO:Bob@agents.example"}, "absence",
		 "away until 2026-11-22T00:00:00Z absence"},
		{"to a customer, too", "support@example.com,v@customer.example", true,
		 {.uid = "15", .start = "20261121"}, "new ticket", "available until - "},
		{"no date", DESK, true, {.uid = "11", .start = "2026112x"}, "new ticket", "available until - "},
		{"ends before it starts", DESK, true, {.uid = "12", .start = "20261121T090000Z", .end = "20261120T090000Z",
		 .busy = "OOF"}, "new ticket", "available until - "},
	};
	for (size_t i = 0; i < COUNT(mails); i++) {
		struct small_desk *desk = small_desk_new(NULL);
		struct small_mail mail = mail_of(BOB, mails[i].to, "Words that are no command", mails[i].pass);
		mail.invitation = &mails[i].invitation;
		struct pd_plan *plan = small_deliver(desk, mail);
		CHECK_ROW_STRING(mails[i].name, plan->outcome, mails[i].outcome);
		CHECK_ROW_STRING(mails[i].name, now_of(desk, "bob"), mails[i].want);
		small_desk_free(desk);
	}
	(void)state;
}

static void test_invitation_changes(void **state)
{
	struct small_desk *desk = *state;
	struct pd_invitation invitation = {.method = "REQUEST", .uid = "1", .summary = "Trip", .start = "20261121",
					   .end = "20261123"};
	struct small_mail mail = mail_of(BOB, DESK, "", true);
	mail.invitation = &invitation;
	struct pd_plan *plan = small_deliver(desk, mail);
	const char *text = small_letter(plan, PD_LETTER_RECEIPT, "bob")->letter.text;
	assert_non_null(strstr(text, "Noted: away from Sat 2026-11-21 00:00 until Mon 2026-11-23 00:00 (Trip)."));
	assert_non_null(strstr(text, "#undo "));
	mail = mail_of(BOB, DESK, "", true); /* the same event at another time */
	invitation.end = "20261125";
	mail.invitation = &invitation;
	small_deliver(desk, mail);
	assert_string_equal(now_of(desk, "bob"), "away until 2026-11-25T00:00:00Z Trip");
	mail = mail_of(BOB, DESK, "", true);
	invitation.method = "CANCEL";
	mail.invitation = &invitation;
	small_deliver(desk, mail);
	assert_string_equal(now_of(desk, "bob"), "available until - ");
	/* #available ends one that is going on, and leaves one to come. */
	invitation = (struct pd_invitation){.uid = "2", .summary = "Now", .start = "20261121"};
	mail = mail_of(BOB, DESK, "", true);
	mail.invitation = &invitation;
	small_deliver(desk, mail);
	invitation = (struct pd_invitation){.uid = "3", .summary = "Later", .start = "20261201"};
	mail = mail_of(BOB, DESK, "", true);
	mail.invitation = &invitation;
	small_deliver(desk, mail);
	small_do(desk, "agent:bob", 0, "#available");
	assert_string_equal(now_of(desk, "bob"), "available until 2026-12-01T00:00:00Z ");
}

/* One that was not proven counts once its agent has said that it is. */
static void test_invitation_confirmed(void **state)
{
	struct small_desk *desk = *state;
	const struct pd_invitation invitation = {.uid = "1", .summary = "Trip", .start = "20261121", .end = "20261123"};
	struct small_mail mail = mail_of(BOB, DESK, "", false);
	mail.invitation = &invitation;
	struct pd_plan *plan = small_deliver(desk, mail);
	const struct pd_letter *question = &small_letter(plan, PD_LETTER_CONFIRMATION, "bob")->letter;
	assert_string_equal(now_of(desk, "bob"), "available until - ");
	mail = mail_of(BOB, question->from.addr, "#yes", false);
	mail.in_reply_to = question->message_id;
	small_deliver(desk, mail);
	assert_string_equal(now_of(desk, "bob"), "away until 2026-11-23T00:00:00Z Trip");
}

static void test_out_of_office(void **state)
{
	static const struct {
		const char *name, *text;
		bool pass;
		const char *want;
	} replies[] = {
		{"no day", "I am out of the office.", true, "away until - out of office"},
		{"until a day, its end", "I am away until Friday. Best regards", true,
		 "away until 2026-11-28T00:00:00Z out of office"},
		{"back on a day, its morning", "Hello,\nI will be back on 1 December.\nAnna", true,
		 "away until 2026-12-01T08:00:00Z out of office"},
		{"an ISO date", "Out of office until 2026-12-03!", true, "away until 2026-12-04T00:00:00Z out of office"},
		{"in German", "Ich bin bis 3.12.2026 nicht im Haus.", true, "away until 2026-12-04T00:00:00Z out of office"},
		{"in French", "Je suis absent jusqu'au 3 décembre.", true, "away until 2026-12-04T00:00:00Z out of office"},
		{"a past day is no end", "I was away until 2020-01-01.", true, "away until - out of office"},
		{"not proven", "I am out of the office.", false, "available until - "},
	};
	for (size_t i = 0; i < COUNT(replies); i++) {
		struct small_desk *desk = small_desk_new(NULL);
		struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = "v@customer.example", .subject = "x",
									       .text = "y", .id = "a@b"});
		const struct pd_letter *told = &small_letter(plan, PD_LETTER_NOTIFICATION, "bob")->letter;
		struct small_mail mail = mail_of(BOB, told->reply_to.addr, replies[i].text, replies[i].pass);
		mail.kinds = PD_KIND_AUTO;
		mail.in_reply_to = told->message_id;
		plan = small_deliver(desk, mail);
		CHECK_ROW_STRING(replies[i].name, plan->outcome, "automatic");
		CHECK_ROW_STRING(replies[i].name, now_of(desk, "bob"), replies[i].want);
		assert_int_equal(plan->letters.count, 0); /* nobody is answered */
		small_desk_free(desk);
	}
	(void)state;
}

/* A mail that answers nothing of ours is no out-of-office mail; who writes is back. */
static void test_heard_again(void **state)
{
	struct small_desk *desk = *state;
	struct small_mail mail = mail_of(BOB, DESK, "The nightly report", true);
	mail.kinds = PD_KIND_AUTO;
	small_deliver(desk, mail);
	assert_string_equal(now_of(desk, "bob"), "available until - ");
	struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = "v@customer.example", .subject = "x",
								       .text = "y", .id = "a@b"});
	const struct pd_letter *told = &small_letter(plan, PD_LETTER_NOTIFICATION, "bob")->letter;
	mail = mail_of(BOB, told->reply_to.addr, "I am out of the office.", true);
	mail.kinds = PD_KIND_AUTO;
	mail.in_reply_to = told->message_id;
	small_deliver(desk, mail);
	assert_string_equal(now_of(desk, "bob"), "away until - out of office");
	mail = mail_of(BOB, told->reply_to.addr, "#note I am back", true);
	mail.in_reply_to = told->message_id;
	plan = small_deliver(desk, mail);
	assert_string_equal(now_of(desk, "bob"), "available until - ");
	assert_non_null(strstr(report_of(desk, plan), "You wrote, so your out-of-office mail does not count any more"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pure),	TEST(test_commands),	       TEST(test_commands_refused), TEST(test_undo), TEST(test_undo_unseen), TEST(test_assigned),
		TEST(test_times_as_written),
		TEST(test_by_mail),	TEST(test_invitations),	       TEST(test_invitation_changes), TEST(test_invitation_confirmed),
		TEST(test_out_of_office), TEST(test_heard_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
