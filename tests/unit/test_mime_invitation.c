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

static void test_values(void **state)
{
	(void)state;
	static const struct {
		const char *name, *ics, *want;
	} rows[] = {
		{"all of it",
		 "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19701025T030000\n"
		 "RRULE:FREQ=YEARLY\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:u1\nSUMMARY:Va\n cation\\, far\n"
		 "DTSTART;TZID=\"Our; Zone\":20261224T090000\nDTEND;VALUE=DATE-TIME;TZID=Europe/Helsinki:20261225T090000\n"
		 "ORGANIZER;CN=\"B: B\":mailto:bob@example.com\nSTATUS:CONFIRMED\nTRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\nBEGIN:VALARM\nSUMMARY:alarm\n"
		 "DURATION:PT5M\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n",
		 "REQUEST|u1|Vacation, far|CONFIRMED|mailto:bob@example.com|20261224T090000|Our; Zone|20261225T090000|Europe/Helsinki||OOF|OPAQUE|0"},
		{"a day that recurs",
		 "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261224\nDURATION:P2D\nRRULE:FREQ=YEARLY\nEND:VEVENT\n",
		 "|||||20261224||||P2D|||1"},
		{"the first event alone",
		 "BEGIN:VEVENT\nUID:1\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20261224T090000Z\nEND:VEVENT\n", "|1|||||||||||0"},
		{"no event", "BEGIN:VTODO\nDTSTART:20261224T090000Z\nEND:VTODO\n", "||||||||||||0"},
		{"cut in a parameter", "BEGIN:VEVENT\nDTSTART;TZID=\"x", "||||||||||||0"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_invitation found = pd_message_blank(arena)->invitation;

		pd_invitation_read(arena, rows[i].ics, &found);
		CHECK_ROW_STRING(rows[i].name,
				 pd_printf(arena, "%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%d", found.method, found.uid, found.summary,
					   found.status, found.organizer, found.start, found.start_zone, found.end, found.end_zone,
					   found.duration, found.busy, found.transparency, found.recurs),
				 rows[i].want);
	}
}

static void test_answer(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_invitation found = pd_message_blank(arena)->invitation;

	pd_invitation_read(arena,
			   "METHOD:REPLY\nBEGIN:VEVENT\nUID:u\nSEQUENCE:3\nATTENDEE;CN=\"J; PARTSTAT=DECLINED\";PARTSTAT=ACCEPTED:\n"
			   " mailto:jo@example.com\nATTENDEE;PARTSTAT=DECLINED:mailto:x@example.com\nCOMMENT:Gladly\nEND:VEVENT\n",
			   &found);
	assert_string_equal(found.partstat, "ACCEPTED");
	assert_string_equal(found.sequence, "3");
	assert_string_equal(found.comment, "Gladly");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_mail),
					   cmocka_unit_test(test_values), cmocka_unit_test(test_answer)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
