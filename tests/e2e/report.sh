#!/bin/bash
# What the desk did (S5): goals met and missed, times in working time, volumes by day, team, agent, mailbox and priority,
# on the terminal, as JSON and as CSV. The daemon lives through two days of made-up time.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i 's/^name = Example Support/&\nsla = standard/; s/^members = .*/&\ncalendar = office/' "$work/postdesk.conf"
cat >>"$work/postdesk.conf" <<-END
	[calendar office]
	hours = $top_srcdir/conf/calendars/office.ics
	holidays = $top_srcdir/conf/calendars/holidays-fi.ics
	[sla standard]
	first_reply = 4h
END

at() {
	[ -n "$desk_pid" ] && desk_stop
	desk_start POSTDESK_NOW="$1"
	export POSTDESK_NOW=$1
}
asks=0
customer() {
	echo "It prints blank pages." | mail "Carol <carol@example.net>" support@example.com "$1" >"$work/ask.eml"
	hand_in "$PF_PORT" carol@example.net support@example.com <"$work/ask.eml"
	asks=$((asks + 1))
	check "anna was not told" pf_wait 20 pf_has anna@example.com $asks
	cp "$(pf_mails anna@example.com | tail -1)" "$work/$1.eml"
}
anna() {
	local reply_to
	reply_to=$(field "$work/$1.eml" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
	echo "We look into it." | mail "Anna <anna@example.com>" "$reply_to" "Re: $1" "In-Reply-To: $(field "$work/$1.eml" Message-ID)" >"$work/reply.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/reply.eml"
}
# value BY KEY NAME…: of postdesk report --json
value() {
	postdesk report --from 2026-12-01 --to 2026-12-31 --json | python3 -c '
import json, sys
by, key, *names = sys.argv[1:]
for line in sys.stdin:
    found = json.loads(line)
    if found["by"] == by and (found["key"] or "") == key:
        for name in names:
            found = found[name]
        print(found)' "$@"
}
is() {
	local want=$1
	shift
	check_equal "$*" "$(value "$@")" "$want"
}

at 2026-12-04T12:00:00Z # a Friday, 9 to 17 is open; the next days are a weekend, then come two more days
customer early
customer late
at 2026-12-04T14:00:00Z
anna early # 2 hours
at 2026-12-07T11:00:00Z
anna late # 5 hours on Friday, 2 on Monday: missed
postdesk do 1 '#close' >/dev/null || fail "close"
desk_stop

is 2 all "" created
is 1 all "" closed
is 2 all "" in
is 2 all "" out
is 2 all "" first_reply count
is 16200 all "" first_reply median
is 25200 all "" first_reply p90
is 1 all "" first_reply met
is 1 all "" first_reply missed
is 0 all "" first_reply overdue
is 2 day 2026-12-04 in
is 1 day 2026-12-04 first_reply met
is 1 day 2026-12-07 first_reply missed
is 0 day 2026-12-05 in
is 2 team support created
is 2 agent anna out
is 2 mailbox support in
is 2 priority normal in

postdesk report --from 2026-12-01 --to 2026-12-31 --csv >"$work/report.csv" || fail "csv"
head -1 "$work/report.csv" | grep -q '^by,key,created,closed,in,out,first_reply_count,' || fail "$(cat "$work/report.csv")"
grep -q '^all,,2,1,2,2,2,16200,25200,1,1,0,' "$work/report.csv" || fail "$(cat "$work/report.csv")"
check_equal "columns" "$(awk -F, '{print NF}' "$work/report.csv" | sort -u)" 24
postdesk report --from 2026-12-01 --to 2026-12-31 >"$work/report.txt" || fail "report"
grep -q '^First reply  *2  *4h 30m  *7h 00m  *1  *1  *0 ' "$work/report.txt" || fail "$(cat "$work/report.txt")"
grep -q '^2026-12-04  *2  *0  *2  *1  .*█' "$work/report.txt" || fail "$(cat "$work/report.txt")"
postdesk report --from nonsense 2>"$work/wrong" && fail "nonsense is no day"
grep -q 'is no day' "$work/wrong" || fail "$(cat "$work/wrong")"
# Without a period: the last thirty days, up to this very instant.
postdesk report | grep -q '^tickets created 2, closed 1; messages in 2, out 2' || fail "$(postdesk report | head -2)"
