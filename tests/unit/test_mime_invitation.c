/* Tests of src/mime/invitation.c: what an iCalendar part says in words. */
#include "check.h"

#include <string.h>

#include "mime/inside.h"
#include "mime/reader.h"

static void test_texts(void **state)
{
	(void)state;
	static const struct {
		const char *name, *ics, *want;
	} rows[] = {
		{"all of it",
		 "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Visit\r\nDTSTART:20261123T100000Z\r\nDTEND;TZID=\"a:b\":20261123T110000\r\n"
		 "LOCATION:Room 5\\, left\r\nDESCRIPTION:Bring\\nkeys\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		 "Visit\nStart: 2026-11-23 10:00 UTC\nEnd: 2026-11-23 11:00\nPlace: Room 5, left\nBring\nkeys"},
		{"a folded summary", "BEGIN:VEVENT\nSUMMARY;LANGUAGE=en:A long\n  name\nEND:VEVENT\n", "A long name"},
		{"an all-day event", "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261224\nSUMMARY:Eve\nEND:VEVENT\n",
		 "Eve\nStart: 2026-12-24"},
		{"the zone's own times are none of the event's",
		 "BEGIN:VTIMEZONE\nBEGIN:STANDARD\nDTSTART:19701025T030000\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nSUMMARY:S\nEND:VEVENT\n",
		 "S"},
		{"the first event", "BEGIN:VEVENT\nSUMMARY:one\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:two\nEND:VEVENT\n", "one"},
		{"a time that is none", "BEGIN:VEVENT\nSUMMARY:x\nDTSTART:soon\nEND:VEVENT\n", "x\nStart: soon"},
		{"nothing to say", "BEGIN:VEVENT\nUID:1\nEND:VEVENT\n", NULL},
		{"no calendar", "SUMMARYx\n", NULL},
		{"empty", "", NULL},
	};
	PD_AUTO_ARENA arena = pd_arena_new();

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].name, pd_invitation_text(arena, rows[i].ics), rows[i].want);
}

static void test_mail(void **state)
{
	(void)state;
	static const char alone[] = "From: a@example.org\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n"
				    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Visit\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
	static const char beside[] = "From: a@example.org\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\n"
				     "Please come.\r\n--x\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nSUMMARY:Visit\r\n"
				     "END:VEVENT\r\n--x--\r\n";
	PD_AUTO_ARENA arena = pd_arena_new();

	assert_string_equal(pd_parse_message(arena, alone, sizeof alone - 1)->text, "Visit");
	struct pd_message *message = pd_parse_message(arena, beside, sizeof beside - 1);

	assert_string_equal(message->text, "Please come.");
	assert_int_equal(message->attachments.count, 1);
	assert_string_equal(message->attachments.items[0].name, "invite.ics");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_mail)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
