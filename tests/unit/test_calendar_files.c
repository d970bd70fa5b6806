/* What .ics files mean: each row is an event or two, a span, and the open times in it. */
#include "check.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/text.h"
#include "calendar/calendar.h"

#define WEEK                                                                          \
	"BEGIN:VEVENT\nUID:w\nDTSTART;TZID=Europe/Helsinki:20260105T090000\n"         \
	"DTEND;TZID=Europe/Helsinki:20260105T170000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\nEND:VEVENT\n"
#define DAY(uid, date, more) "BEGIN:VEVENT\nUID:" uid "\nDTSTART;VALUE=DATE:" date "\n" more "END:VEVENT\n"
#define TIMED(uid, from, to, more) "BEGIN:VEVENT\nUID:" uid "\nDTSTART:" from "\nDTEND:" to "\n" more "END:VEVENT\n"
#define AVAILABLE(from, to, more) "BEGIN:AVAILABLE\nUID:a\nDTSTART:" from "\nDTEND:" to "\n" more "END:AVAILABLE\n"
#define AVAILABILITY(more, parts) "BEGIN:VAVAILABILITY\nUID:v\n" more parts "END:VAVAILABILITY\n"
#define CLOSED "closed"

static const struct {
	const char *name, *hours, *holidays, *ignore, *from, *to, *want;
} rows[] = {
	{"a week", WEEK, NULL, NULL, "2026-01-05", "2026-01-08", "05 09:00-17:00, 06 09:00-17:00, 07 09:00-17:00"},
	{"two ranges a day",
	 TIMED("m", "20260105T080000", "20260105T120000", "RRULE:FREQ=WEEKLY;BYDAY=MO\n")
	 TIMED("n", "20260105T130000", "20260105T170000", "RRULE:FREQ=WEEKLY;BYDAY=MO\n"),
	 NULL, NULL, "2026-01-12", "2026-01-19", "12 08:00-12:00, 12 13:00-17:00"},
	{"over midnight", TIMED("n", "20260105T220000", "20260106T060000", "RRULE:FREQ=WEEKLY;BYDAY=MO\n"), NULL, NULL,
	 "2026-01-12", "2026-01-19", "12 22:00-13 06:00"},
	{"over midnight, when clocks change: closes by the wall",
	 TIMED("n", "20260307T220000", "20260308T060000", "RRULE:FREQ=WEEKLY;BYDAY=SA\n"), NULL, NULL, "2026-03-28",
	 "2026-03-30", "28 22:00-29 06:00"},
	{"a DURATION's hours are exact",
	 "BEGIN:VEVENT\nUID:n\nDTSTART:20260307T220000\nDURATION:PT8H\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n", NULL, NULL,
	 "2026-03-28", "2026-03-30", "28 22:00-29 07:00"},
	{"a DURATION's days are of the wall",
	 "BEGIN:VEVENT\nUID:n\nDTSTART:20260307T220000\nDURATION:P1D\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n", NULL, NULL,
	 "2026-03-28", "2026-03-30", "28 22:00-29 22:00"},
	{"to 24:00", TIMED("n", "20260105T180000", "20260105T240000", "RRULE:FREQ=DAILY\n"), NULL, NULL, "2026-01-05",
	 "2026-01-07", "05 18:00-06 00:00, 06 18:00-07 00:00"},
	{"23:59 is not 24:00: a minute is closed",
	 TIMED("n", "20260105T180000", "20260105T235900", "") TIMED("o", "20260106T000000", "20260106T060000", ""), NULL,
	 NULL, "2026-01-05", "2026-01-07", "05 18:00-23:59, 06 00:00-06:00"},
	{"24:00 meets 0:00: one interval",
	 TIMED("n", "20260105T180000", "20260106T000000", "") TIMED("o", "20260106T000000", "20260106T060000", ""), NULL,
	 NULL, "2026-01-05", "2026-01-07", "05 18:00-06 06:00"},
	{"overlapping events count once",
	 TIMED("n", "20260105T090000", "20260105T130000", "") TIMED("o", "20260105T120000", "20260105T150000", ""), NULL,
	 NULL, "2026-01-05", "2026-01-07", "05 09:00-15:00"},
	{"EXDATE, zoned and in UTC",
	 "BEGIN:VEVENT\nUID:w\nDTSTART;TZID=Europe/Helsinki:20260105T090000\nDTEND;TZID=Europe/Helsinki:20260105T170000\n"
	 "RRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Helsinki:20260106T090000,20260107T090000\nEXDATE:20260108T070000Z\n"
	 "END:VEVENT\n", NULL, NULL, "2026-01-05", "2026-01-10", "05 09:00-17:00, 09 09:00-17:00"},
	{"EXDATE as a date", TIMED("n", "20260105T090000", "20260105T130000", "RRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20260106\n"),
	 NULL, NULL, "2026-01-05", "2026-01-08", "05 09:00-13:00, 07 09:00-13:00"},
	{"EXRULE", TIMED("n", "20260105T090000", "20260105T130000", "RRULE:FREQ=DAILY\nEXRULE:FREQ=DAILY;INTERVAL=2\n"),
	 NULL, NULL, "2026-01-05", "2026-01-09", "06 09:00-13:00, 08 09:00-13:00"},
	{"RDATE: times and a period",
	 TIMED("n", "20260105T090000", "20260105T130000",
	       "RDATE:20260107T100000\nRDATE;VALUE=PERIOD:20260108T070000Z/20260108T080000Z,20260109T070000Z/PT30M\n"),
	 NULL, NULL, "2026-01-05", "2026-01-12", "05 09:00-13:00, 07 10:00-14:00, 08 09:00-10:00, 09 09:00-09:30"},
	{"RECURRENCE-ID moves one",
	 WEEK "BEGIN:VEVENT\nUID:w\nRECURRENCE-ID;TZID=Europe/Helsinki:20260106T090000\n"
	      "DTSTART;TZID=Europe/Helsinki:20260106T100000\nDTEND;TZID=Europe/Helsinki:20260106T120000\nEND:VEVENT\n",
	 NULL, NULL, "2026-01-05", "2026-01-08", "05 09:00-17:00, 06 10:00-12:00, 07 09:00-17:00"},
	{"RECURRENCE-ID in UTC, before its master in the file",
	 "BEGIN:VEVENT\nUID:w\nRECURRENCE-ID:20260106T070000Z\nDTSTART:20260106T080000Z\nDTEND:20260106T090000Z\n"
	 "END:VEVENT\n" WEEK, NULL, NULL, "2026-01-05", "2026-01-07", "05 09:00-17:00, 06 10:00-11:00"},
	{"RECURRENCE-ID cancels one",
	 WEEK "BEGIN:VEVENT\nUID:w\nRECURRENCE-ID;TZID=Europe/Helsinki:20260106T090000\nSTATUS:CANCELLED\n"
	      "DTSTART;TZID=Europe/Helsinki:20260106T090000\nEND:VEVENT\n",
	 NULL, NULL, "2026-01-05", "2026-01-08", "05 09:00-17:00, 07 09:00-17:00"},
	{"the newest SEQUENCE of an override holds",
	 WEEK "BEGIN:VEVENT\nUID:w\nRECURRENCE-ID:20260106T070000Z\nSEQUENCE:1\nDTSTART:20260106T080000Z\n"
	      "DTEND:20260106T090000Z\nEND:VEVENT\n"
	      "BEGIN:VEVENT\nUID:w\nRECURRENCE-ID:20260106T070000Z\nSEQUENCE:2\nDTSTART:20260106T100000Z\n"
	      "DTEND:20260106T110000Z\nEND:VEVENT\n", NULL, NULL, "2026-01-06", "2026-01-07", "06 12:00-13:00"},
	{"the newest SEQUENCE of a series holds",
	 TIMED("x", "20260105T090000", "20260105T100000", "SEQUENCE:1\n")
	 TIMED("x", "20260105T120000", "20260105T130000", "SEQUENCE:3\n"), NULL, NULL, "2026-01-05", "2026-01-06",
	 "05 12:00-13:00"},
	{"this and the following",
	 TIMED("x", "20260105T090000", "20260105T100000", "RRULE:FREQ=DAILY\n")
	 "BEGIN:VEVENT\nUID:x\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260107T090000\nDTSTART:20260107T110000\n"
	 "DTEND:20260107T130000\nEND:VEVENT\n", NULL, NULL, "2026-01-05", "2026-01-09",
	 "05 09:00-10:00, 06 09:00-10:00, 07 11:00-13:00, 08 11:00-13:00"},
	{"an extra Saturday", WEEK TIMED("s", "20260110T100000", "20260110T140000", ""), NULL, NULL, "2026-01-09",
	 "2026-01-12", "09 09:00-17:00, 10 10:00-14:00"},
	{"a cancelled event does nothing", WEEK DAY("x", "20260106", "STATUS:CANCELLED\n"), NULL, NULL, "2026-01-06",
	 "2026-01-07", "06 09:00-17:00"},
	{"METHOD:CANCEL does nothing", "METHOD:CANCEL\n" WEEK, NULL, NULL, "2026-01-06", "2026-01-07",
	 "06 00:00-07 00:00"},
	{"UTC", TIMED("u", "20260105T090000Z", "20260105T170000Z", ""), NULL, NULL, "2026-01-05", "2026-01-06",
	 "05 11:00-19:00"},
	{"another zone",
	 "BEGIN:VEVENT\nUID:z\nDTSTART;TZID=America/New_York:20260105T090000\nDTEND;TZID=America/New_York:20260105T170000\n"
	 "END:VEVENT\n", NULL, NULL, "2026-01-05", "2026-01-07", "05 16:00-06 00:00"},
	{"start and end in different zones",
	 "BEGIN:VEVENT\nUID:z\nDTSTART;TZID=Europe/Helsinki:20260105T090000\nDTEND:20260105T100000Z\nEND:VEVENT\n", NULL,
	 NULL, "2026-01-05", "2026-01-07", "05 09:00-12:00"},
	{"a zone of a vendor's name",
	 "BEGIN:VEVENT\nUID:z\nDTSTART;TZID=/vendor.example/20250101_1/America/New_York:20260105T090000\n"
	 "DURATION:PT1H\nEND:VEVENT\n", NULL, NULL, "2026-01-05", "2026-01-07", "05 16:00-17:00"},
	{"a zone that only the file knows",
	 "BEGIN:VTIMEZONE\nTZID:Our Office\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
	 "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\n"
	 "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
	 "BEGIN:VEVENT\nUID:z\nDTSTART;TZID=\"Our Office\":20260327T090000\nDTEND;TZID=Our Office:20260327T100000\n"
	 "RRULE:FREQ=DAILY\nEND:VEVENT\n", NULL, NULL, "2026-03-27", "2026-03-31",
	 "27 10:00-11:00, 28 10:00-11:00, 29 10:00-11:00, 30 10:00-11:00"},
	{"a recurring time in the gap", TIMED("g", "20260328T033000", "20260328T043000", "RRULE:FREQ=DAILY\n"), NULL,
	 NULL, "2026-03-28", "2026-03-31", "28 03:30-04:30, 30 03:30-04:30"},
	{"an RDATE in the gap ends by the wall",
	 TIMED("g", "20260105T033000", "20260105T060000", "RDATE:20260329T033000\n"), NULL, NULL, "2026-03-29",
	 "2026-03-30", "29 04:30-06:00"},
	{"an RDATE in UTC in the second of two equal hours",
	 "BEGIN:VEVENT\nUID:o\nDTSTART:20260105T033000\nDURATION:PT30M\nRDATE:20261025T013000Z\nEND:VEVENT\n", NULL,
	 NULL, "2026-10-25", "2026-10-26", "25 03:30-04:00"},
	{"a time that occurs twice is the first of them",
	 "BEGIN:VEVENT\nUID:o\nDTSTART:20261025T033000\nDURATION:PT1H\nEND:VEVENT\n", NULL, NULL, "2026-10-25",
	 "2026-10-26", "25 03:30-03:30"},
	{"a whole day in the hours closes", WEEK DAY("x", "20260106", "SUMMARY:Outing\n"), NULL, NULL, "2026-01-05",
	 "2026-01-08", "05 09:00-17:00, [Outing], 07 09:00-17:00"},
	{"a transparent one does not", WEEK DAY("x", "20260106", "TRANSP:TRANSPARENT\n"), NULL, NULL, "2026-01-06",
	 "2026-01-07", "06 09:00-17:00"},
	{"Outlook's free one neither", WEEK DAY("x", "20260106", "X-MICROSOFT-CDO-BUSYSTATUS:FREE\n"), NULL, NULL,
	 "2026-01-06", "2026-01-07", "06 09:00-17:00"},
	{"Outlook's out of office closes", WEEK DAY("x", "20260106", "SUMMARY:Away\nTRANSP:TRANSPARENT\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\n"),
	 NULL, NULL, "2026-01-06", "2026-01-07", "[Away]"},
	{"Outlook's out of office, some hours",
	 WEEK TIMED("x", "20260106T120000", "20260106T150000", "SUMMARY:Dentist\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\n"), NULL,
	 NULL, "2026-01-06", "2026-01-07", "06 09:00-12:00, [Dentist], 06 15:00-17:00"},
	{"Outlook's whole day as a time",
	 WEEK TIMED("x", "20260106T000000", "20260107T000000", "SUMMARY:Away\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE\n"), NULL,
	 NULL, "2026-01-06", "2026-01-07", "[Away]"},
	{"working elsewhere is working", WEEK DAY("x", "20260106", "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE\n"), NULL,
	 NULL, "2026-01-06", "2026-01-07", "06 09:00-17:00"},
	{"a holiday closes, transparent as it is", WEEK, DAY("h", "20260106", "SUMMARY:Epiphany\nTRANSP:TRANSPARENT\n"),
	 NULL, "2026-01-05", "2026-01-08", "05 09:00-17:00, [Epiphany], 07 09:00-17:00"},
	{"ignored by its summary", WEEK, DAY("h", "20260106", "SUMMARY:Mother's Day\n"), "Mother's Day;x", "2026-01-06",
	 "2026-01-07", "06 09:00-17:00"},
	{"ignored by its description", WEEK, DAY("h", "20260106", "SUMMARY:Some day\nDESCRIPTION:Observance\\nTo hide it\\, go away\n"),
	 "observance*", "2026-01-06", "2026-01-07", "06 09:00-17:00"},
	{"ignored by its category", WEEK, DAY("h", "20260106", "SUMMARY:Some day\nCATEGORIES:Feasts,Observances\n"),
	 "Observances", "2026-01-06", "2026-01-07", "06 09:00-17:00"},
	{"not ignored by a part of its summary", WEEK, DAY("h", "20260106", "SUMMARY:Not Mother's Day\n"), "Mother's Day",
	 "2026-01-06", "2026-01-07", "[Not Mother's Day]"},
	{"a holiday of several days", WEEK, DAY("h", "20260106", "DTEND;VALUE=DATE:20260109\nSUMMARY:Break\n"), NULL,
	 "2026-01-05", "2026-01-10", "05 09:00-17:00, [Break], 09 09:00-17:00"},
	{"a holiday whose end is its day", WEEK, DAY("h", "20260106", "DTEND;VALUE=DATE:20260106\nSUMMARY:Day\n"), NULL,
	 "2026-01-06", "2026-01-08", "[Day], 07 09:00-17:00"},
	{"a holiday every year", WEEK, DAY("h", "20100106", "RRULE:FREQ=YEARLY\nSUMMARY:Epiphany\n"), NULL, "2027-01-06",
	 "2027-01-08", "[Epiphany], 07 09:00-17:00"},
	{"a holiday of one afternoon", WEEK, TIMED("h", "20260106T130000", "20260107T000000", "SUMMARY:Eve\n"), NULL,
	 "2026-01-06", "2026-01-08", "06 09:00-13:00, [Eve], 07 09:00-17:00"},
	{"a holiday cancelled for one year", WEEK,
	 DAY("h", "20250106", "RRULE:FREQ=YEARLY\nSUMMARY:Epiphany\nEXDATE;VALUE=DATE:20260106\n"), NULL, "2026-01-06",
	 "2026-01-07", "06 09:00-17:00"},
	{"a closed day that was closed anyway is not told", WEEK, DAY("h", "20260110", "SUMMARY:Saturday\n"), NULL,
	 "2026-01-10", "2026-01-12", CLOSED},
	{"nothing but absences: open otherwise", DAY("x", "20260106", "SUMMARY:Away\n"), NULL, NULL, "2026-01-05",
	 "2026-01-08", "05 00:00-06 00:00, [Away], 07 00:00-08 00:00"},
	{"holidays alone", NULL, DAY("h", "20260106", "SUMMARY:Day\n"), NULL, "2026-01-05", "2026-01-08",
	 "05 00:00-06 00:00, [Day], 07 00:00-08 00:00"},
	{"availability", AVAILABILITY("", AVAILABLE("20260105T090000", "20260105T170000", "RRULE:FREQ=WEEKLY\n")), NULL,
	 NULL, "2026-01-12", "2026-01-14", "12 09:00-17:00"},
	{"available only within its range",
	 AVAILABILITY("DTSTART:20260107T120000\nDTEND:20260109T100000\n",
		      AVAILABLE("20260105T090000", "20260105T170000", "RRULE:FREQ=DAILY\n")),
	 NULL, NULL, "2026-01-05", "2026-01-12", "07 12:00-17:00, 08 09:00-17:00, 09 09:00-10:00"},
	{"a higher PRIORITY takes its range",
	 AVAILABILITY("PRIORITY:5\n", AVAILABLE("20260105T090000", "20260105T170000", "RRULE:FREQ=DAILY\n"))
	 AVAILABILITY("PRIORITY:2\nDTSTART:20260106T000000\nDURATION:P1D\n", AVAILABLE("20260106T100000", "20260106T110000", "")),
	 NULL, NULL, "2026-01-05", "2026-01-08", "05 09:00-17:00, 06 10:00-11:00, 07 09:00-17:00"},
	{"PRIORITY:9 is above none",
	 AVAILABILITY("PRIORITY:9\nDTSTART:20260106T000000\nDTEND:20260107T000000\n", "")
	 AVAILABILITY("", AVAILABLE("20260105T090000", "20260105T170000", "RRULE:FREQ=DAILY\n")),
	 NULL, NULL, "2026-01-05", "2026-01-08", "05 09:00-17:00, 07 09:00-17:00"},
	{"equal PRIORITY: both count",
	 AVAILABILITY("", AVAILABLE("20260105T090000", "20260105T120000", ""))
	 AVAILABILITY("", AVAILABLE("20260105T140000", "20260105T160000", "")),
	 NULL, NULL, "2026-01-05", "2026-01-06", "05 09:00-12:00, 05 14:00-16:00"},
	{"beside an availability, events are busy",
	 AVAILABILITY("", AVAILABLE("20260105T090000", "20260105T120000", "RRULE:FREQ=DAILY\n"))
	 TIMED("b", "20260105T100000", "20260105T110000", "SUMMARY:Meeting\n")
	 TIMED("c", "20260105T180000", "20260105T190000", "")
	 TIMED("d", "20260106T100000", "20260106T110000", "TRANSP:TRANSPARENT\n"),
	 NULL, NULL, "2026-01-05", "2026-01-07", "05 09:00-10:00, [Meeting], 05 11:00-12:00, 06 09:00-12:00"},
	{"AVAILABLE with an override",
	 "BEGIN:VAVAILABILITY\n" AVAILABLE("20260105T090000", "20260105T120000", "RRULE:FREQ=DAILY\n")
	 AVAILABLE("20260106T100000", "20260106T110000", "RECURRENCE-ID:20260106T090000\n") "END:VAVAILABILITY\n",
	 NULL, NULL, "2026-01-05", "2026-01-08", "05 09:00-12:00, 06 10:00-11:00, 07 09:00-12:00"},
	{"folded lines and lower case",
	 "begin:vevent\nuid:f\ndtstart:2026010\n 5T090000\nDTEND:20260105T170000\nSUMMARY:a\n\tb\nend:vevent\n", NULL,
	 NULL, "2026-01-05", "2026-01-06", "05 09:00-17:00"},
	{"other components are passed over",
	 "BEGIN:VTODO\nDTSTART:nonsense\nEND:VTODO\n" WEEK "BEGIN:X-OWN\nBEGIN:VALARM\nEND:VALARM\nEND:X-OWN\n", NULL, NULL,
	 "2026-01-05", "2026-01-06", "05 09:00-17:00"},
};

static char *directory;

static const char *write_file(struct pd_arena *arena, const char *name, const char *text)
{
	const char *path = pd_printf(arena, "%s/%s", directory, name);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static const char *calendar_file(struct pd_arena *arena, const char *name, const char *body)
{
	return write_file(arena, name,
			  pd_printf(arena, "BEGIN:VCALENDAR\nVERSION:2.0\n%sEND:VCALENDAR\n", body));
}

static const char *stamp(struct pd_arena *arena, const struct pd_zone *zone, pd_time at, bool with_day)
{
	pd_time local = pd_zone_to_local(zone, at), of_day = local - pd_day_of(local) * PD_DAY;
	int year, month, day;

	pd_day_civil(pd_day_of(local), &year, &month, &day);
	return with_day ? pd_printf(arena, "%02d %02d:%02d", day, (int)(of_day / PD_HOUR), (int)(of_day / PD_MINUTE % 60))
			: pd_printf(arena, "%02d:%02d", (int)(of_day / PD_HOUR), (int)(of_day / PD_MINUTE % 60));
}

static const char *describe(struct pd_arena *arena, const struct pd_calendar *calendar, pd_time from, pd_time to)
{
	const struct pd_zone *zone = pd_calendar_zone(calendar);
	struct pd_calendar_parts parts;
	struct pd_strings texts = {0};
	pd_time sum = 0;

	pd_calendar_explain(arena, calendar, from, to, &parts);
	for (size_t i = 0; i < parts.count; i++) {
		const struct pd_calendar_part *part = &parts.items[i];

		if (part->kind == PD_PART_CLOSED)
			*pd_list_add(arena, &texts) = pd_printf(arena, "[%s]", part->name);
		if (part->kind != PD_PART_COUNTED)
			continue;
		sum += part->to - part->from;
		*pd_list_add(arena, &texts) = pd_printf(
			arena, "%s-%s", stamp(arena, zone, part->from, true),
			stamp(arena, zone, part->to,
			      pd_day_of(pd_zone_to_local(zone, part->from)) != pd_day_of(pd_zone_to_local(zone, part->to))));
	}
	assert_int_equal(sum, pd_calendar_between(calendar, from, to));
	return texts.count ? pd_strings_join(arena, &texts, ", ") : CLOSED;
}

static void test_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_problems problems = {.arena = arena};
		struct pd_calendar_files files = {.zone = "Europe/Helsinki"};
		struct pd_calendar *calendar, *again;
		pd_time from, to;

		if (rows[i].hours)
			*pd_list_add(arena, &files.hours) = calendar_file(arena, "hours.ics", rows[i].hours);
		if (rows[i].holidays)
			*pd_list_add(arena, &files.holidays) = calendar_file(arena, "holidays.ics", rows[i].holidays);
		if (rows[i].ignore)
			files.ignore = pd_split(arena, rows[i].ignore, ';');
		calendar = pd_calendar_load(&files, &problems);
		if (problems.errors || !calendar)
			fail_msg("row \"%s\": line %d: %s", rows[i].name, problems.items[0].where.line,
				 problems.items[0].text);
		assert_true(pd_zone_parse(pd_calendar_zone(calendar), rows[i].from, &from));
		assert_true(pd_zone_parse(pd_calendar_zone(calendar), rows[i].to, &to));
		CHECK_ROW_STRING(rows[i].name, describe(arena, calendar, from, to), rows[i].want);
		/* The canonical text makes the same calendar. */
		again = pd_calendar_from_text(pd_calendar_text(calendar));
		CHECK_ROW(rows[i].name, again != NULL);
		CHECK_ROW_STRING(rows[i].name, pd_calendar_text(again), pd_calendar_text(calendar));
		CHECK_ROW_STRING(rows[i].name, pd_calendar_hash(again), pd_calendar_hash(calendar));
		CHECK_ROW_STRING(rows[i].name, describe(arena, again, from, to), rows[i].want);
		pd_calendar_unref(again);
		pd_calendar_unref(calendar);
	}
}

/* --- refused: the file's text, the line, the words --- */

static const struct {
	const char *name, *text;
	int line;
	const char *want;
} wrong[] = {
	{"empty", "", 0, "no VCALENDAR in it: not a calendar file"},
	{"a web page", "<!DOCTYPE html>\n<html>\n", 1, "not a calendar file (BEGIN:VCALENDAR expected)"},
	{"JSON", "{\"a\": 1}\n", 1, "not a calendar file (BEGIN:VCALENDAR expected)"},
	{"cut in an event", "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART:20260101\n", 3,
	 "VEVENT without its END: the file is cut at line 4"},
	{"cut after an event", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n", 1,
	 "VCALENDAR without its END: the file is cut at line 4"},
	{"cut in a line", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nRRU", 4, "VEVENT: not a NAME:VALUE line"},
	{"crossed", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT\n", 3, "END:VCALENDAR inside the VEVENT of line 2"},
	{"an end too many", "BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR\n", 3, "END:VCALENDAR without its BEGIN"},
	{"a component alone", "BEGIN:VEVENT\nEND:VEVENT\n", 1, "VEVENT outside of a VCALENDAR: not a calendar file"},
	{"too deep",
	 "BEGIN:VCALENDAR\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\n", 8,
	 "A: components nested deeper than 8"},
	{"no start", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n", 2, "VEVENT \"x\": no DTSTART"},
	{"a day that is none", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u1\nDTSTART:20260230T100000\nEND:VEVENT\nEND:VCALENDAR\n", 4,
	 "VEVENT \"u1\": not a date of the calendar: 20260230T100000"},
	{"a date that is a time", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260203T100000\nEND:VEVENT\nEND:VCALENDAR\n",
	 3, "VEVENT: VALUE=DATE, but a time follows: 20260203T100000"},
	{"ends before it starts",
	 "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T170000\nDTEND:20260105T090000\nEND:VEVENT\nEND:VCALENDAR\n", 4,
	 "VEVENT: it ends before it starts"},
	{"a life and more",
	 "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:00260105T170000\nDTEND:20260105T170000\nEND:VEVENT\nEND:VCALENDAR\n", 4,
	 "VEVENT: it lasts longer than 100 years"},
	{"a negative duration",
	 "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T170000\nDURATION:-PT1H\nEND:VEVENT\nEND:VCALENDAR\n", 4,
	 "VEVENT: it ends before it starts"},
	{"no duration", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T170000\nDURATION:1h\nEND:VEVENT\nEND:VCALENDAR\n", 4,
	 "VEVENT: not a DURATION: 1h"},
	{"date and time mixed",
	 "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T170000\nDTEND;VALUE=DATE:20260106\nEND:VEVENT\nEND:VCALENDAR\n", 4,
	 "VEVENT: one of DTSTART and DTEND is a date, the other a time: 20260106"},
	{"an unknown zone",
	 "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=Nowhere:20260105T170000\nEND:VEVENT\nEND:VCALENDAR\n", 3,
	 "VEVENT: Nowhere: no such time zone, and no VTIMEZONE says what it is"},
	{"an empty VTIMEZONE",
	 "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:N\nEND:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=N:20260105T170000\nEND:VEVENT\n"
	 "END:VCALENDAR\n", 2, "VTIMEZONE: N: neither STANDARD nor DAYLIGHT in it"},
	{"finer than daily",
	 "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:tick\nDTSTART:20260105T170000\nDURATION:PT1M\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\n"
	 "END:VEVENT\nEND:VCALENDAR\n", 6,
	 "VEVENT \"tick\": the rule is finer than DAILY: FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"},
	{"never happens",
	 "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T170000\nDURATION:PT1M\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\n"
	 "END:VEVENT\nEND:VCALENDAR\n", 5,
	 "VEVENT: the rule never happens, on any day: FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"},
	{"no rule", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T170000\nDURATION:PT1M\nRRULE:every day\nEND:VEVENT\nEND:VCALENDAR\n",
	 5, "VEVENT: not a recurrence rule: every day"},
	{"a priority", "BEGIN:VCALENDAR\nBEGIN:VAVAILABILITY\nPRIORITY:10\nEND:VAVAILABILITY\nEND:VCALENDAR\n", 3,
	 "VAVAILABILITY: PRIORITY is not from 0 to 9: 10"},
	{"an exception", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T170000\nDURATION:PT1M\nEXDATE:20260106T0900\nEND:VEVENT\n"
	 "END:VCALENDAR\n", 5, "VEVENT: not a date of the calendar: 20260106T0900"},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_problems problems = {.arena = arena};
		struct pd_calendar_files files = {0};
		const char *path = write_file(arena, "wrong.ics", wrong[i].text);
		int64_t started = cpu_time();

		*pd_list_add(arena, &files.hours) = path;
		CHECK_ROW(wrong[i].name, pd_calendar_load(&files, &problems) == NULL);
		CHECK_ROW(wrong[i].name, problems.errors >= 1 && cpu_time() - started < 1000);
		CHECK_ROW_STRING(wrong[i].name, problems.items[0].text, wrong[i].want);
		CHECK_ROW_STRING(wrong[i].name, problems.items[0].where.file, path);
		assert_int_equal(problems.items[0].where.line, wrong[i].line);
	}
}

/* Every beginning of a good file is refused, and none costs more than a moment. */
static void test_cut(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *whole = "BEGIN:VCALENDAR\r\n" WEEK "END:VCALENDAR\r\n";

	(void)state;
	for (size_t len = 0; len < strlen(whole) - 2; len++) {
		struct pd_problems problems = {.arena = arena};
		struct pd_calendar_files files = {0};
		struct pd_calendar *calendar;

		*pd_list_add(arena, &files.hours) = write_file(arena, "cut.ics", pd_strndup(arena, whole, len));
		calendar = pd_calendar_load(&files, &problems);
		if (calendar)
			fail_msg("taken, cut at %zu", len);
	}
}

static void test_not_files(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *fifo = pd_printf(arena, "%s/fifo", directory), *paths[] = {"/dev/zero", directory, fifo, "/nonexistent"};

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct pd_problems problems = {.arena = arena};
		struct pd_calendar_files files = {.where = {.file = "x.conf", .line = 7}};

		*pd_list_add(arena, &files.hours) = paths[i];
		CHECK_ROW(paths[i], pd_calendar_load(&files, &problems) == NULL);
		assert_int_equal(problems.errors, 1);
		assert_int_equal(problems.items[0].where.line, 7);
		CHECK_ROW_STRING(paths[i], problems.items[0].where.file, "x.conf");
	}
	unlink(fifo);
}

/* Files that cost as much as they can: answered within a second all the same. */
static void test_costly(void **state)
{
	static const struct {
		const char *name, *event;
		int count;
		const char *want; /* the last problem; NULL: the file is taken */
	} files[] = {
		{"long events", "SUMMARY:e\nDTSTART:19%02d%02d05T090000\nDURATION:P36000D\n", 20000, NULL},
		{"counted for ever", "SUMMARY:e\nDTSTART:19%02d%02d05T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=900000\n", 20000,
		 "VEVENT e: the rules cost too much"},
		{"nearly never", "SUMMARY:e\nDTSTART:19%02d%02d05T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\n",
		 20000,
		 "VEVENT \"e\": the rules of the calendar cost too much: FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"},
		{"wrong", "SUMMARY:e\nDTSTART:19%02d%02d05T090000\nDURATION:P99Y\n", 20000, "further mistakes are not told"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_problems problems = {.arena = arena};
		struct pd_calendar_files named = {0};
		struct pd_calendar *calendar;
		PD_AUTO_BUF text = {0};
		int64_t took;

		for (int k = 0; k < files[i].count; k++) {
			pd_buf_addf(&text, "BEGIN:VEVENT\nUID:%d\n", k);
			pd_buf_addf(&text, files[i].event, k % 100, k % 12 + 1);
			pd_buf_adds(&text, "END:VEVENT\n");
		}
		*pd_list_add(arena, &named.hours) = calendar_file(arena, "costly.ics", text.data);
		took = -cpu_time();
		calendar = pd_calendar_load(&named, &problems);
		took += cpu_time();
#ifndef PD_SANITIZED
		if (took > 1000)
			fail_msg("row \"%s\": %d ms", files[i].name, (int)took);
#endif
		CHECK_ROW(files[i].name, (calendar != NULL) == (files[i].want == NULL));
		CHECK_ROW_STRING(files[i].name, problems.count ? problems.items[problems.count - 1].text : NULL, files[i].want);
		pd_calendar_unref(calendar);
	}
}

/* The text does not depend on the order of files or events, nor on their names. */
static void test_canonical(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *a = TIMED("a", "20260105T090000", "20260105T130000", "RRULE:FREQ=DAILY\n"),
		   *b = TIMED("b", "20260105T140000", "20260105T150000", "EXDATE:20260106T140000,20260107T140000\nRRULE:FREQ=DAILY\n"),
		   *c = TIMED("c", "20260105T140000", "20260105T150000", "EXDATE:20260107T140000,20260106T140000\nRRULE:FREQ=DAILY\n");
	const char *bodies[] = {pd_printf(arena, "%s%s", a, b), pd_printf(arena, "%s%s", c, a),
				pd_printf(arena, "%s%s%s", c, a, a), a};
	const char *hashes[4];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct pd_problems problems = {.arena = arena};
		struct pd_calendar_files files = {.zone = "Europe/Helsinki"};
		struct pd_calendar *calendar;

		*pd_list_add(arena, &files.hours) = calendar_file(arena, pd_printf(arena, "%zu.ics", i), bodies[i]);
		calendar = pd_calendar_load(&files, &problems);
		assert_non_null(calendar);
		hashes[i] = pd_strdup(arena, pd_calendar_hash(calendar));
		pd_calendar_unref(calendar);
	}
	assert_string_equal(hashes[0], hashes[1]);
	assert_string_equal(hashes[0], hashes[2]);
	assert_string_not_equal(hashes[0], hashes[3]);
	assert_null(pd_calendar_from_text(""));
	assert_null(pd_calendar_from_text("postdesk-calendar 1\nopen\n"));
	assert_null(pd_calendar_from_text("postdesk-calendar 1\nopen\nzone\t0\tUTC\t0\nopens\tdate\tstart\t7\n"));
	assert_null(pd_calendar_from_text("postdesk-calendar 2\nopen\nzone\t0\tUTC\t0\n"));
}

/* A calendar that ends: its last day counts as others do, and beyond it there is none. */
static void test_last_day(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_calendar_files files = {.zone = "UTC"};
	struct pd_calendar *calendar;
	pd_time monday = pd_day_number(2026, 1, 5) * PD_DAY + 10 * PD_HOUR;

	(void)state;
	*pd_list_add(arena, &files.hours) = calendar_file(
		arena, "ends.ics", TIMED("e", "20260105T090000", "20260105T170000", "RRULE:FREQ=DAILY;COUNT=3\n"));
	calendar = pd_calendar_load(&files, &problems);
	assert_non_null(calendar);
	assert_int_equal(pd_calendar_add_days(calendar, monday, 1), monday + PD_DAY);
	assert_int_equal(pd_calendar_add_days(calendar, monday, 2), monday + 2 * PD_DAY);
	assert_int_equal(pd_calendar_add_days(calendar, monday, 3), PD_NEVER);
	pd_calendar_unref(calendar);
}

/* Files given without a role, as to postdesk clock --ics: some hours among whole days are no holiday. */
static void test_by_content(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_calendar_files files = {.zone = "Europe/Helsinki"};
	struct pd_calendar *calendar;
	pd_time from, to;

	(void)state;
	*pd_list_add(arena, &files.either) = calendar_file(arena, "week.ics", WEEK);
	*pd_list_add(arena, &files.either) = calendar_file(
		arena, "days.ics",
		DAY("a", "20260106", "SUMMARY:Epiphany\nTRANSP:TRANSPARENT\n") DAY("b", "20260109", "SUMMARY:Break\n")
		DAY("c", "20260112", "")
		TIMED("d", "20260107T100000", "20260107T120000", "SUMMARY:Reports are given out\n")
		TIMED("e", "20260108T100000", "20260108T120000", "SUMMARY:Dentist\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\n"));
	calendar = pd_calendar_load(&files, &problems);
	assert_non_null(calendar);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.items[0].text,
			    "VEVENT \"Reports are given out\": some hours among whole days: it closes nothing here");
	assert_true(pd_zone_parse(pd_calendar_zone(calendar), "2026-01-05", &from));
	assert_true(pd_zone_parse(pd_calendar_zone(calendar), "2026-01-10", &to));
	assert_string_equal(describe(arena, calendar, from, to),
			    "05 09:00-17:00, [Epiphany], 07 09:00-17:00, 08 09:00-10:00, [Dentist], 08 12:00-17:00, [Break]");
	pd_calendar_unref(calendar);
}

static void test_zone_warning(void **state)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_calendar_files files = {0};
	struct pd_calendar *calendar;

	(void)state;
	*pd_list_add(arena, &files.hours) = calendar_file(arena, "old.ics",
		"BEGIN:VTIMEZONE\nTZID:Europe/Helsinki\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300\n"
		"TZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n" WEEK);
	calendar = pd_calendar_load(&files, &problems);
	assert_non_null(calendar);
	assert_int_equal(problems.errors, 0);
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.items[0].where.line, 3);
	assert_true(pd_starts(problems.items[0].text, "VTIMEZONE Europe/Helsinki: differs from the system's zone data on "));
	pd_calendar_unref(calendar);
}

static int set_up(void **state)
{
	(void)state;
	directory = g_dir_make_tmp("postdesk-XXXXXX", NULL);
	return directory ? 0 : -1;
}

static int tear_down(void **state)
{
	GDir *dir = g_dir_open(directory, 0, NULL);
	const char *name;

	(void)state;
	while (dir && (name = g_dir_read_name(dir)) != NULL) {
		char *path = g_build_filename(directory, name, NULL);

		unlink(path);
		g_free(path);
	}
	g_dir_close(dir);
	rmdir(directory);
	g_free(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_meaning),	  cmocka_unit_test(test_refused), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_not_files), cmocka_unit_test(test_costly),  cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_zone_warning), cmocka_unit_test(test_last_day), cmocka_unit_test(test_by_content),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
