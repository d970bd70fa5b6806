/* Meetings: what #meeting means, what the invitation says, whose answer counts and what it leaves alone. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "calendar/meeting.h"
#include "desk/meeting.h"
#include "small_desk.h"

static struct small_desk *desk;
static struct pd_calendars *calendars;
static const struct pd_planned_letter *to_anna;

static int make(void **state)
{
	(void)state;
	desk = small_desk_new("[sla standard]\nenabled = yes\ncalendar = 24/7\nnext_reply = 8h\n");
	struct pd_problems problems = {.arena = desk->arena};
	calendars = pd_calendars_of_texts(NULL, 0);
	desk->settings->calendars = calendars;
	desk->settings->policies = pd_policies_new(desk->settings, &problems);
	desk->settings->mailboxes.items[0].sla = "standard";
	struct small_mail ville = {.from = "Ville <ville@customer.example>",
				   .subject = "Printer; broken, again",
				   .id = "first@customer.example",
				   .text = "It smokes."};
	to_anna = small_letter(small_deliver(desk, ville), PD_LETTER_NOTIFICATION, "anna");
	return 0;
}

static int drop(void **state)
{
	(void)state;
	small_desk_free(desk);
	pd_calendars_unref(calendars);
	return 0;
}

static struct pd_plan *give(const char *text)
{
	desk->now += PD_MINUTE;
	return small_deliver(desk, (struct small_mail){
					   .from = "Anna Virtanen <anna@agents.example>",
					   .to = to_anna->letter.reply_to.addr,
					   .in_reply_to = to_anna->letter.message_id,
					   .id = pd_printf(desk->arena, "%lld@client.example", (long long)desk->now),
					   .pass = true,
					   .text = text});
}

static const char *uid_of(void)
{
	struct pd_meetings meetings = pd_ticket_meetings(desk->arena, small_ticket(desk, 1));
	return meetings.count > 0 ? meetings.items[meetings.count - 1].uid : "";
}

/* The answer of a calendar, which names nothing but the invitation. */
static struct pd_plan *answer(const char *from, const char *uid, const char *method, const char *partstat, const char *sequence)
{
	desk->now += PD_MINUTE;
	const struct pd_invitation invitation = {.method = method,
						 .uid = uid,
						 .partstat = partstat,
						 .sequence = sequence,
						 .start = "20270304T090000Z",
						 .end = "20270304T093000Z"};
	return small_deliver(desk, (struct small_mail){
					   .from = from,
					   .subject = "Answer",
					   .id = pd_printf(desk->arena, "%lld@calendar.example", (long long)desk->now),
					   .text = "As you see.",
					   .pass = true,
					   .invitation = &invitation});
}
#define VILLE "Ville <ville@customer.example>"

/* --- the text of an invitation --- */

static void test_ics(void **state)
{
	(void)state;
	struct pd_meeting meeting = {
		.uid = "u1@example.com",
		.sequence = 2,
		.start = 1798880400000, /* 2027-01-02T09:00:00Z */
		.end = 1798882200000,
		.stamp = 1798700000000,
		.summary = "A; long, \\title\nwith a line, so long that it must be folded: 0123456789 0123456789 0123456789",
		.organizer = {.name = "Example: Support", .addr = "support@example.com"},
	};
	*pd_list_add(desk->arena, &meeting.attendees) =
		(struct pd_meeting_person){.name = "Ville \"V\" Virtanen\r\nX-EVIL:1", .addr = "ville@customer.example"};
	*pd_list_add(desk->arena, &meeting.attendees) = (struct pd_meeting_person){.name = "", .addr = "jo@customer.example"};
	const char *ics = pd_meeting_ics(desk->arena, &meeting);
	struct pd_strings lines = pd_lines(desk->arena, ics);
	for (size_t i = 0; i < lines.count; i++)
		CHECK_ROW(lines.items[i], strlen(lines.items[i]) <= 75 && !pd_starts(lines.items[i], "X-EVIL"));
	PD_AUTO_BUF flat = {0};
	for (const char *c = ics; *c != '\0'; c++) {
		if (c[0] == '\n' && c[1] == ' ')
			c++;
		else
			pd_buf_addc(&flat, *c);
	}
	const char *text = pd_buf_string(desk->arena, &flat);
	static const char *const want[] = {
		"METHOD:REQUEST\n",
		"UID:u1@example.com\n",
		"SEQUENCE:2\n",
		"DTSTART:20270102T090000Z\n",
		"DTEND:20270102T093000Z\n",
		"SUMMARY:A\\; long\\, \\\\title\\nwith a line\\, so long",
		"ORGANIZER;CN=\"Example: Support\":mailto:support@example.com\n",
		":mailto:ville@customer.example\n",
		"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:jo@customer.example\n",
	};
	for (size_t i = 0; i < COUNT(want); i++)
		if (strstr(text, want[i]) == NULL)
			fail_msg("%s is missing in\n%s", want[i], text);
	meeting.is_cancelled = true;
	text = pd_meeting_ics(desk->arena, &meeting);
	assert_non_null(strstr(text, "METHOD:CANCEL\n"));
	assert_non_null(strstr(text, "STATUS:CANCELLED\n"));
	assert_null(strstr(text, "NEEDS-ACTION"));
}

/* --- commands --- */

static void test_wrong(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"#meeting", "a time and a length are missing"},
		{"#meeting soon 1h", "a time and a length are missing"},
		{"#meeting tomorrow 1h", "a time and a length are missing"}, /* no time of day */
		{"#meeting tomorrow 14:00", "a time and a length are missing"},
		{"#meeting tomorrow 14:00 0m", "a time and a length are missing"},
		{"#meeting 2020-01-01 9:00 1h", "is past"},
		{"#meeting move tomorrow 14:00 1h now", "a time and a length are missing"},
		{"#meeting tomorrow 14:00 1h\n#meeting tomorrow 15:00 1h", "one mail invites to one meeting"},
		{"#meeting cancel", "there is no meeting on this ticket"},
		{"#meeting move tomorrow 14:00", "there is no meeting on this ticket"},
		{"#meeting tomorrow 14:00 1h\n#note For us.", "A comment goes to nobody"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct pd_plan *plan = give(rows[i].text);
		const struct pd_planned_letter *receipt = small_letter(plan, PD_LETTER_RECEIPT, "anna");
		CHECK_ROW(rows[i].text, plan->is_refused && receipt != NULL &&
						strstr(receipt->letter.text, rows[i].want) != NULL);
		CHECK_ROW(rows[i].text, small_letters(plan, PD_LETTER_REPLY) == 0);
	}
	assert_null(pd_ticket_get(desk->arena, small_ticket(desk, 1), PD_PROPERTY_MEETING));
}

static void test_invite_move_cancel(void **state)
{
	(void)state;
	const struct pd_planned_letter *letter =
		small_letter(give("Hello.\n\n#meeting 2027-03-02 14:00 1h30m"), PD_LETTER_REPLY, NULL);
	assert_string_equal(letter->letter.calendar_method, "REQUEST");
	assert_non_null(strstr(letter->letter.calendar, "DTEND:20270302T153000Z"));
	assert_non_null(strstr(letter->letter.calendar, "SUMMARY:Printer\\; broken\\, again"));
	assert_non_null(strstr(letter->letter.text, "Hello.\n\nWe invite you to a meeting:\n\nPrinter; broken, again\n"
						    "Tue 2027-03-02 14:00 - 15:30 (UTC)"));
	const char *uid = uid_of();
	assert_non_null(strstr(letter->letter.calendar, uid));
	letter = small_letter(give("#meeting move 2027-03-03 9:00"), PD_LETTER_REPLY, NULL);
	assert_string_equal(uid_of(), uid);
	assert_non_null(strstr(letter->letter.calendar, "SEQUENCE:1\n"));
	assert_non_null(strstr(letter->letter.calendar, "DTSTART:20270303T090000Z"));
	assert_non_null(strstr(letter->letter.calendar, "DTEND:20270303T103000Z"));
	letter = small_letter(give("#meeting cancel"), PD_LETTER_REPLY, NULL);
	assert_string_equal(letter->letter.calendar_method, "CANCEL");
	assert_non_null(strstr(letter->letter.calendar, "SEQUENCE:2\n"));
	assert_string_equal(uid_of(), "");
}

/* An invitation that has left is not unsent: the meeting stands, so that its answers count and it can be cancelled. */
static void test_undo(void **state)
{
	(void)state;
	give("#close\n#meeting 2027-03-02 14:00 1h");
	const struct pd_plan *plan = small_do(desk, "agent:anna", 1, "#undo");
	assert_int_equal(small_ticket(desk, 1)->status_kind, PD_STATUS_NEW);
	assert_string_not_equal(uid_of(), "");
	assert_non_null(strstr(pd_strings_join(desk->arena, &plan->report, "\n"), "#meeting cancel cancels it"));
	assert_string_equal(answer(VILLE, uid_of(), "REPLY", "ACCEPTED", "0")->why, "meeting accepted");
	/* One that has not left goes with its mail. */
	give("#meeting cancel");
	desk->settings->undo_send = PD_HOUR;
	give("#meeting 2027-03-02 14:00 1h");
	small_do(desk, "agent:anna", 1, "#undo");
	assert_string_equal(uid_of(), "");
}

/* Of several, one is named by the entry that invited to it; it is not guessed which. */
static void test_several(void **state)
{
	(void)state;
	give("#meeting 2027-03-02 14:00 1h First");
	int64_t first = small_event(desk, 1, PD_EVENT_MESSAGE)->id;
	give("#meeting 2027-03-04 14:00 1h Second");
	int64_t second = small_event(desk, 1, PD_EVENT_MESSAGE)->id;
	const struct pd_plan *plan = give("#meeting move 2027-03-03 9:00");
	assert_true(plan->is_refused && small_letters(plan, PD_LETTER_REPLY) == 0);
	const char *report = pd_strings_join(desk->arena, &plan->report, "\n");
	const char *want = pd_printf(desk->arena,
				     "there are several meetings; name one by its entry, such as #meeting move E7: E%lld: First, "
				     "Tue 2027-03-02 14:00 - 15:00; E%lld: Second, Thu 2027-03-04 14:00 - 15:00",
				     (long long)first, (long long)second);
	if (strstr(report, want) == NULL)
		fail_msg("%s", report);
	plan = give(pd_printf(desk->arena, "#meeting move E%lld 2027-03-03 9:00", (long long)first));
	int64_t moved = small_event(desk, 1, PD_EVENT_MESSAGE)->id;
	const struct pd_planned_letter *letter = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_non_null(strstr(letter->letter.calendar, "SUMMARY:First\n"));
	assert_non_null(strstr(letter->letter.calendar, "SEQUENCE:1\n"));
	assert_non_null(strstr(letter->letter.calendar, "DTSTART:20270303T090000Z"));
	assert_true(give("#meeting cancel E1")->is_refused);
	/* By the entry that moved it as well; and after a merge. */
	small_deliver(desk, (struct small_mail){.from = "Ville <ville@customer.example>", .subject = "Paper", .id = "2@customer.example",
						.text = "Out of it."});
	small_do(desk, "agent:anna", 2, "#merge 1 primary 2");
	struct pd_meetings meetings = pd_ticket_meetings(desk->arena, small_ticket(desk, 2));
	plan = small_do(desk, "agent:anna", 2, "#undo");
	plan = give(pd_printf(desk->arena, "#meeting cancel E%lld", (long long)moved));
	letter = small_letter(plan, PD_LETTER_REPLY, NULL);
	assert_non_null(strstr(letter->letter.calendar, "SUMMARY:First\n"));
	assert_string_equal(letter->letter.calendar_method, "CANCEL");
	assert_int_equal(meetings.count, 2);
	assert_int_equal(pd_ticket_meetings(desk->arena, small_ticket(desk, 2)).count, 0); /* parted again */
	/* The other is the only one now. */
	letter = small_letter(give("#meeting cancel"), PD_LETTER_REPLY, NULL);
	assert_non_null(strstr(letter->letter.calendar, "SUMMARY:Second\n"));
}

/* --- answers --- */

/* How the clock of the next reply stands. */
static enum pd_goal_state goal_of(const struct pd_ticket *ticket)
{
	struct pd_goals goals;
	struct pd_context context = small_context(desk, "postdesk");
	pd_plan_goals(&context, ticket, &goals);
	return goals.of[PD_GOAL_NEXT_REPLY].state;
}

static void test_answers(void **state)
{
	(void)state;
	give("#meeting 2027-03-02 14:00 1h Look at it");
	const char *uid = uid_of();
	const struct {
		const char *method, *partstat, *sequence, *why, *headline;
	} rows[] = {
		{"REPLY", "ACCEPTED", "0", "meeting accepted", "accepts the meeting:"},
		{"reply", "declined", "", "meeting declined", "declines the meeting:"},
		{"REPLY", "TENTATIVE", "0", "meeting tentatively accepted", "may come to the meeting:"},
		{"COUNTER", "TENTATIVE", "0", "meeting another time proposed", "proposes another time"},
	};
	int64_t messages = small_ticket(desk, 1)->messages;
	enum pd_goal_state before = goal_of(small_ticket(desk, 1));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct pd_plan *plan = answer(VILLE, uid, rows[i].method, rows[i].partstat, rows[i].sequence);
		CHECK_ROW_STRING(rows[i].why, plan->why, rows[i].why);
		const struct pd_planned_letter *told = small_letter(plan, PD_LETTER_NOTIFICATION, "anna");
		CHECK_ROW(rows[i].why, told != NULL && strstr(told->letter.text, rows[i].headline) != NULL);
		CHECK_ROW(rows[i].why, strstr(told->letter.text, "Look at it\nTue 2027-03-02 14:00 - 15:00") != NULL);
		CHECK_ROW(rows[i].why, (strstr(told->letter.text, "Proposed instead: Thu 2027-03-04 09:00 - 09:30") != NULL) ==
					       (i == 3));
	}
	const struct pd_ticket *ticket = small_ticket(desk, 1);
	assert_int_equal(ticket->messages, messages + (int64_t)COUNT(rows));
	assert_int_equal(ticket->status_kind, PD_STATUS_WAITING); /* as the invitation left it */
	assert_int_equal(goal_of(ticket), before);
	give("#meeting move 2027-03-03 14:00");
	assert_string_equal(answer(VILLE, uid, "REPLY", "ACCEPTED", "0")->why,
			    "meeting accepted, for an earlier invitation");
}

/* What is no answer to an invitation of this ticket is mail like any other. */
static void test_not_an_answer(void **state)
{
	(void)state;
	give("#meeting 2027-03-02 14:00 1h");
	const char *uid = uid_of();
	const struct {
		const char *name, *from, *uid, *method, *partstat;
	} rows[] = {
		{"a stranger", "Eve <eve@elsewhere.example>", uid, "REPLY", "ACCEPTED"},
		{"another meeting", VILLE, "other@example.com", "REPLY", "ACCEPTED"},
		{"no answer", VILLE, uid, "REPLY", "NEEDS-ACTION"},
		{"an invitation of theirs", VILLE, uid, "REQUEST", "ACCEPTED"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct pd_plan *plan = answer(rows[i].from, rows[i].uid, rows[i].method, rows[i].partstat, "0");
		CHECK_ROW(rows[i].name, plan->why == NULL || !pd_starts(plan->why, PD_WHY_MEETING));
		CHECK_ROW(rows[i].name, small_letters(plan, PD_LETTER_NOTIFICATION) > 0);
	}
	assert_int_equal(small_event(desk, 1, PD_EVENT_MESSAGE)->ticket, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ics, make, drop),
		cmocka_unit_test_setup_teardown(test_wrong, make, drop),
		cmocka_unit_test_setup_teardown(test_invite_move_cancel, make, drop),
		cmocka_unit_test_setup_teardown(test_several, make, drop),
		cmocka_unit_test_setup_teardown(test_undo, make, drop),
		cmocka_unit_test_setup_teardown(test_answers, make, drop),
		cmocka_unit_test_setup_teardown(test_not_an_answer, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
