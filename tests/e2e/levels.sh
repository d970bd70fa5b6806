#!/bin/bash
# Service levels as time goes by: goals that become due soon and overdue, once each and also after a crash; escalation;
# a calendar that changes, and one that breaks; days without the daemon; snoozes and reminders. The daemon's clock is
# a file.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
clock=$work/now
set_clock() {
	echo "$1" >"$clock.new" && mv "$clock.new" "$clock"
}
set_clock 2026-11-23T12:00:00Z # Monday, 14:00 in Helsinki
chmod 644 "$clock"
# The events of the arguments beside the hours.
office() {
	{
		printf '%s\n' BEGIN:VCALENDAR VERSION:2.0 BEGIN:VEVENT UID:hours DTSTART:20260105T090000 \
			DTEND:20260105T170000 "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" END:VEVENT
		[ $# -gt 0 ] && printf '%s\n' "$@"
		echo END:VCALENDAR
	} >"$work/office.ics.new"
	chmod 644 "$work/office.ics.new"
	mv "$work/office.ics.new" "$work/office.ics"
}
office
sed -i 's/^\[mailbox support\]/&\nsla = standard/' "$work/postdesk.conf"
cat >>"$work/postdesk.conf" <<-END
	[calendar office]
	hours = office.ics
	timezone = Europe/Helsinki

	[sla standard]
	calendar = office
	first_reply = 4h
	close = 3wd
	due_soon = 1h
	escalate = overdue: priority high; overdue+30m: mail boss@example.org

	[sla standard priority:urgent]
	first_reply = 30m
END
desk_start POSTDESK_NOW="$clock"
export POSTDESK_NOW=$clock

goal() {
	postdesk show "$1" --brief --json | sed "s/.*\"$2\":\({[^}]*}\|null\).*/\1/"
}
goal_is() {
	[ "$(goal "$1" "$2")" = "$3" ]
}

echo "It prints blank pages." | mail "Carol Customer <carol@example.net>" support@example.com "Printer broken" >"$work/first.eml"
check "the customer's mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/first.eml"
check "no ticket" pf_wait 20 has_tickets 1
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
check_equal "the goal" "$(goal 1 first_reply)" '{"state":"active","due":"2026-11-24T08:00:00Z"}'
grep -q "First reply due: Tue 2026-11-24 08:00" "$(pf_mails anna@example.com | head -1)" || fail "the notification does not say what is due"

# Due soon at the opening of the next day, not at closing time; once, also after a crash.
set_clock 2026-11-23T15:00:01Z
set_clock 2026-11-24T07:00:00Z
check "nobody was told that the reply is due soon" pf_wait 30 pf_has anna@example.com 2
check_equal "due soon" "$(goal 1 first_reply)" '{"state":"due_soon","due":"2026-11-24T08:00:00Z"}'
desk_kill
desk_start POSTDESK_NOW="$clock"
set_clock 2026-11-24T08:00:00Z
check "nobody was told that the reply is overdue" pf_wait 30 pf_has anna@example.com 3
grep -lq "The first reply is due soon" $(pf_mails anna@example.com) || fail "no mail says due soon"
grep -lq "The first reply is overdue" $(pf_mails anna@example.com) || fail "no mail says overdue"
check_equal "overdue" "$(tickets "sla:overdue due:<1h")" 1
check "the escalation did nothing" test "$(tickets "priority:high")" -eq 1
set_clock 2026-11-24T08:30:00Z
check "the boss heard nothing" pf_wait 30 pf_has boss@example.org 1
grep -q "blank pages" "$(pf_mails boss@example.org | head -1)" && fail "the customer's words went to the boss"
postdesk why 1 | grep -q "First reply: overdue, due Tue 2026-11-24 10:00 (Europe/Helsinki)" || fail "why does not tell: $(postdesk why 1)"
postdesk why 1 --json | grep -q '"seconds":14400.*"kind":"counted"' || fail "why has no sum: $(postdesk why 1 --json)"

# A calendar that changes re-times what is open, and history keeps what was promised.
set_clock 2026-11-26T12:00:00Z
postdesk create --mailbox support --name "Second" --contact dave@example.net >/dev/null || fail "no second ticket"
check_equal "the second" "$(goal 2 first_reply)" '{"state":"active","due":"2026-11-27T08:00:00Z"}'
office BEGIN:VEVENT UID:day "SUMMARY:Day of the Desk" "DTSTART;VALUE=DATE:20261127" END:VEVENT
set_clock 2026-11-26T12:01:00Z
postdesk reload || fail "not reloaded"
check "not re-timed" pf_wait 30 goal_is 2 first_reply '{"state":"active","due":"2026-11-30T08:00:00Z"}'
pf_wait 30 grep -q "reckoned due times anew" "$work/postdeskd.out" || fail "the log does not tell"
check_equal "found by its new time" "$(tickets "due:<2026-11-28")" 1
postdesk why 2 | grep -q "Day of the Desk" || fail "the holiday has no name: $(postdesk why 2)"
postdesk why 2 --at 2026-11-26T12:00:30Z | grep -q "due Fri 2026-11-27 10:00" || fail "history forgot the promise"
postdesk history 2 due_first_reply | grep -q "2026-11-27T08:00" || fail "no promise in history"

# One that breaks stays as it was, over a restart too, and the log says so.
echo "BEGIN:VCALENDAR" >"$work/office.ics"
postdesk reload 2>&1 | grep -q "stays as it was loaded before" || fail "the broken calendar is not told"
check_equal "after the fault" "$(goal 2 first_reply)" '{"state":"active","due":"2026-11-30T08:00:00Z"}'
desk_stop || fail "it did not stop"
desk_start POSTDESK_NOW="$clock"
grep -q "stays as it was loaded before" "$work/postdeskd.out" || fail "the broken calendar is not logged"
check_equal "after a restart" "$(goal 2 first_reply)" '{"state":"active","due":"2026-11-30T08:00:00Z"}'
postdesk check 2>&1 | grep -q "office.ics" || fail "check does not tell the broken calendar"

# Reminders and snoozes.
postdesk --as anna do 2 "#remind 2h call Dave" "#snooze 2026-11-26 16:30" >/dev/null || fail "no reminder"
check_equal "snoozed" "$(tickets is:snoozed)" 1
before=$(pf_mails anna@example.com | wc -l)
set_clock 2026-11-26T14:01:00Z
check "no reminder" pf_wait 30 pf_has anna@example.com $((before + 1))
grep -lq "call Dave" $(pf_mails anna@example.com) || fail "the reminder lacks its words"
set_clock 2026-11-26T16:30:00Z
check "the snooze does not end" pf_wait 30 pf_has anna@example.com $((before + 2))
check_equal "awake" "$(tickets is:snoozed)" 0

# Ten days without the daemon, both tickets far beyond their times: one letter each.
desk_stop || fail "it did not stop"
before=$(pf_mails anna@example.com | wc -l)
set_clock 2026-12-06T12:00:00Z
desk_start POSTDESK_NOW="$clock"
check "no summary" pf_wait 30 pf_has anna@example.com $((before + 1))
summary=$(pf_mails anna@example.com | tail -1)
grep -q "The desk did not run for a while" "$summary" || fail "the mail is no summary: $(cat "$summary")"
grep -q "Second" "$summary" || fail "the summary does not name the ticket"
set_clock 2026-12-06T12:00:05Z
echo "Again." | mail "Carol Customer <carol@example.net>" support@example.com "Re: another" >"$work/last.eml"
check "the last mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/last.eml"
check "no third ticket" pf_wait 20 has_tickets 3
check "anna was not told of it" pf_wait 20 pf_has anna@example.com $((before + 2))
check_equal "nothing besides" "$(pf_mails anna@example.com | wc -l)" $((before + 2))
postdesk verify | grep -q "all is well" || fail "verify: $(postdesk verify)"
desk_stop || fail "it did not stop"
exit 0
