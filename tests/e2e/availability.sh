#!/bin/bash
# Who is there (P4): hours of a calendar file, #away and #available by mail, an invitation, an out-of-office mail; a
# restart and kill -9 forget nothing, and a stranger sends nobody away.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin

# Anna works now, around this hour, every day; but not tomorrow.
printf 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T000000Z\nDTEND:20260102T000000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR\n' >"$work/hours.ics"
printf 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Founders day\nDTSTART;VALUE=DATE:%s\nEND:VEVENT\nEND:VCALENDAR\n' "$(date -u -d tomorrow +%Y%m%d)" >"$work/days.ics"
sed -i 's/^name = Anna Virtanen/&\ncalendar = anna/' "$work/postdesk.conf"
cat >>"$work/postdesk.conf" <<-END
	[calendar anna]
	hours = hours.ics
	holidays = days.ics
END
desk_start

# agent NAME KEY: the value in postdesk agents --json
agent() {
	postdesk agents --json | python3 -c '
import json, sys
for line in sys.stdin:
    agent = json.loads(line)
    if agent["name"] == sys.argv[1]:
        print(agent[sys.argv[2]])' "$1" "$2"
}
is() {
	check_equal "$1 $2" "$(agent "$1" "$2")" "$3"
}
told=0
# hand to the desk as bob, and wait for the receipt, which goes to $receipt
bob_says() {
	mail "Bob Berger <bob@example.com>" "$1" "${2:-}" >"$work/bob.eml"
	hand_in "$PF_AGENTS_PORT" bob@example.com "$1" <"$work/bob.eml"
	told=$((told + 1))
	check "bob has no receipt" pf_wait 20 pf_has bob@example.com $told
	receipt=$(pf_mails bob@example.com | tail -1)
}

is anna available True
is anna until "$(date -u -d tomorrow +%Y-%m-%dT00:00:00Z)"
is bob available True
is bob until None
postdesk agents | grep -q '^bob  *Bob Berger  *support  *available' || fail "the table: $(postdesk agents)"

# By mail to +do; no ticket is made.
monday=$(date -u -d 'next monday' +%Y-%m-%d)
bob_says support+do@example.com "" <<<"#away until $monday 12:00"
grep -q "Bob Berger is away until ... $monday 12:00 (#away)" "$receipt" || fail "receipt: $(cat "$receipt")"
is bob available False
is bob until "${monday}T12:00:00Z"
check_equal "tickets" "$(tickets)" 0

# A stranger who writes in his name sends nobody away and fetches nobody back.
mail "Bob Berger <bob@example.com>" support+do@example.com "" <<<"#available" >"$work/forged.eml"
hand_in "$PF_PORT" mallory@example.net support+do@example.com <"$work/forged.eml"
is bob available False
told=$((told + 1)) # bob is asked whether it was him
check "bob was not asked" pf_wait 20 pf_has bob@example.com $told

desk_kill
desk_start
is bob why '#away'
bob_says support+do@example.com "" <<<"#available"
is bob available True

# What the receipt offers takes it back.
bob_says support+do@example.com "" <<<"#away"
undo=$(grep -o '#undo [0-9]*' "$receipt")
postdesk --as bob do 1 "$undo" >/dev/null || fail "$undo"
is bob available True

# An invitation: vacation, then its cancellation.
invite() {
	{
		mail "Bob Berger <bob@example.com>" support@example.com "Vacation" "MIME-Version: 1.0" "Content-Type: text/calendar; method=$1; charset=utf-8" <<-END
			BEGIN:VCALENDAR
			VERSION:2.0
			METHOD:$1
			BEGIN:VEVENT
			UID:vacation-1@example.com
			SUMMARY:Vacation
			DTSTART;VALUE=DATE:$(date -u +%Y%m%d)
			DTEND;VALUE=DATE:$(date -u -d '+7 days' +%Y%m%d)
			END:VEVENT
			END:VCALENDAR
		END
	} >"$work/invite.eml"
	hand_in "$PF_AGENTS_PORT" bob@example.com support@example.com <"$work/invite.eml"
	told=$((told + 1))
	check "bob has no receipt" pf_wait 20 pf_has bob@example.com $told
}
invite REQUEST
is bob why Vacation
check_equal "absences" "$(agent bob absences)" "[{'from': '$(date -u +%Y-%m-%d)T00:00:00Z', 'until': '$(date -u -d '+7 days' +%Y-%m-%d)T00:00:00Z', 'why': 'Vacation'}]"
is bob until "$(date -u -d '+7 days' +%Y-%m-%dT00:00:00Z)"
check_equal "tickets" "$(tickets)" 0
invite CANCEL
is bob available True

# A vacation program answers a notification.
echo "It prints blank pages." | mail "Carol <carol@example.net>" support@example.com "Printer broken" >"$work/first.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/first.eml"
told=$((told + 1))
check "bob was not told" pf_wait 20 pf_has bob@example.com $told
notification=$(pf_mails bob@example.com | tail -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
answer() {
	mail "Bob Berger <bob@example.com>" "$reply_to" "Automatic reply" "Auto-Submitted: auto-replied" "In-Reply-To: $(field "$notification" Message-ID)"
}
answer <<<"I am out of the office." >"$work/vacation.eml"
hand_in "$PF_PORT" mallory@example.net "$reply_to" <"$work/vacation.eml"
is bob available True
answer <<<"I am out of the office, back on 1 March." >"$work/vacation.eml"
hand_in "$PF_AGENTS_PORT" bob@example.com "$reply_to" <"$work/vacation.eml"
is bob available False
is bob why 'out of office'
case $(agent bob until) in *-03-01T08:00:00Z) ;; *) fail "until $(agent bob until)" ;; esac

desk_stop
is bob available False
postdesk --as bob agents available | grep -q 'Bob Berger is available' || fail "agents available"
is bob available True
postdesk verify || fail "verify"
