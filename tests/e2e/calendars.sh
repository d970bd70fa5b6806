#!/bin/bash
# A calendar file that breaks while the desk works leaves the old table in force, with a warning, also over a restart;
# postdesk check tells file, line and component at once. A good one counts from the reload on.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i 's/^name = Anna Virtanen/&\ncalendar = anna/' "$work/postdesk.conf"
cat >>"$work/postdesk.conf" <<-END
	[calendar anna]
	hours = hours.ics
END
# hours SUMMARY: open now, and the day is closed under that name
hours() {
	cat <<-END
		BEGIN:VCALENDAR
		BEGIN:VEVENT
		DTSTART:20260101T000000Z
		DTEND:20260102T000000Z
		RRULE:FREQ=DAILY
		END:VEVENT
		BEGIN:VEVENT
		SUMMARY:$1
		DTSTART;VALUE=DATE:$(date -u +%Y%m%d)
		DTEND;VALUE=DATE:$(date -u -d '+2 days' +%Y%m%d)
		END:VEVENT
		END:VCALENDAR
	END
}
# What the command line itself warns of is the same.
is_closed_by() {
	postdesk agents 2>/dev/null | grep -q "^anna .* away .* $1" || fail "not closed by $1: $(postdesk agents)"
}

hours Stocktaking >"$work/hours.ics"
desk_start
is_closed_by Stocktaking

hours Stocktaking | head -c 180 >"$work/hours.ics" # cut
postdesk reload >"$work/reload" 2>&1
cat "$work/reload" "$work/postdeskd.out" | grep -q 'hours.ics:.*VEVENT' || fail "no warning: $(cat "$work/reload" "$work/postdeskd.out")"
is_closed_by Stocktaking
timeout 5 "$POSTDESK" -c "$work/postdesk.conf" check >"$work/check" 2>&1
check_equal "check" $? 78
grep -q '/hours.ics:[0-9]*: error: VEVENT' "$work/check" || fail "$(cat "$work/check")"

desk_kill
desk_start
is_closed_by Stocktaking
grep -q 'VEVENT.*hours.ics line=' "$work/postdeskd.out" || fail "no warning at the start: $(cat "$work/postdeskd.out")"

hours Repairs >"$work/hours.ics"
check "reload" postdesk reload
is_closed_by Repairs

# A rule without an end that never happens, and one by the second: refused, and quickly.
for rule in 'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30' 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'; do
	hours Repairs | sed "s/RRULE:.*/RRULE:$rule/" >"$work/hours.ics"
	timeout 5 "$POSTDESK" -c "$work/postdesk.conf" check >"$work/check" 2>&1
	check_equal "check" $? 78
	grep -q "/hours.ics:5: error: VEVENT: .*$rule" "$work/check" || fail "$(cat "$work/check")"
done
is_closed_by Repairs
