#!/bin/bash
# A meeting: #meeting sends an invitation (RFC 5546) in the conversation; the contact's answers, which name the invitation
# alone, land on the timeline and are told; it is moved and cancelled in place. A stranger's answer gets nowhere.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start
echo "It burns." | mail "Carol Jones <carol@example.net>" support@example.com "Printer" >"$work/mail.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/mail.eml"
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
notification=$(pf_mails anna@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
give() {
	mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer" "In-Reply-To: $(field "$notification" Message-ID)" >"$work/command.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/command.eml"
}
# The calendar in a mail, unfolded; what its type says goes first.
calendar_of() { python3 -c '
import email, email.policy, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
part = [p for p in mail.walk() if p.get_content_type() == "text/calendar"][0]
print("TYPE:" + part.get_param("method"))
print(part.get_content().replace("\r", "").replace("\n ", ""))' "$1"; }
# Carol answers: answer METHOD PARTSTAT SEQUENCE [LINE...]
answer() {
	local method=$1 partstat=$2 sequence=$3
	shift 3
	{
		mail "${from:-Carol Jones <carol@example.net>}" support@example.com "${partstat,,}: Printer" "MIME-Version: 1.0" \
			"Content-Type: multipart/alternative; boundary=b" <<-END
			--b
			Content-Type: text/plain; charset=utf-8

			This is what my calendar says.
			--b
			Content-Type: text/calendar; charset=utf-8; method=$method

			BEGIN:VCALENDAR
			VERSION:2.0
			PRODID:-//Example//EN
			METHOD:$method
			BEGIN:VEVENT
			UID:$uid
			DTSTAMP:20261121T120000Z
			SEQUENCE:$sequence
			ORGANIZER:mailto:support@example.com
			ATTENDEE;CN=Carol Jones;PARTSTAT=$partstat:mailto:carol@example.net
			$(printf '%s\n' "$@")
			END:VEVENT
			END:VCALENDAR
			--b--
		END
	} >"$work/answer.eml"
	hand_in "$PF_PORT" "${sender:-carol@example.net}" support@example.com <"$work/answer.eml"
}
why() { postdesk show 1 --json | jq -r '[.timeline[] | select(.kind == "message" and .direction == "in")][0].why'; }
mails() { pf_mails "$1" | wc -l; }

year=$(($(date +%Y) + 1))
printf 'Let us look at it together.\n\n#meeting %s-03-02 14:00 45m Looking at the printer, together\n' "$year" | give
check "no invitation left" pf_wait 20 pf_has carol@example.net 1
invitation=$(pf_mails carol@example.net)
calendar_of "$invitation" >"$work/ics"
uid=$(sed -n 's/^UID://p' "$work/ics")
for line in TYPE:REQUEST METHOD:REQUEST SEQUENCE:0 "DTSTART:${year}0302T140000Z" "DTEND:${year}0302T144500Z" \
	'SUMMARY:Looking at the printer\\, together' 'ORGANIZER;CN=.*:mailto:support@example.com' \
	'ATTENDEE;.*PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:carol@example.net' STATUS:CONFIRMED; do
	grep -q "^$line" "$work/ics" || fail "$line is missing: $(cat "$work/ics")"
done
grep -q "Let us look at it together" "$invitation" || fail "the words are missing"
grep -q "We invite you to a meeting" "$invitation" || fail "the invitation in words is missing: $(cat "$invitation")"
grep -qi "^In-Reply-To:" "$invitation" || fail "it is not in the contact's thread"
status=$(postdesk show 1 --json --brief | jq -r .status)

# Accepted: on the timeline, told, and the status as it was.
told=$(mails anna@example.com)
answer REPLY ACCEPTED 0 "COMMENT:I bring cake"
check "anna was not told of the answer" pf_wait 20 pf_has anna@example.com $((told + 1))
grep -q "Carol Jones accepts the meeting" "$(pf_mails anna@example.com | tail -1)" || fail "$(cat "$(pf_mails anna@example.com | tail -1)")"
check_equal "why" "$(why)" "meeting accepted"
postdesk show 1 --json | jq -r '.timeline[].text' | grep -q "I bring cake" || fail "her comment is lost"
check_equal "the status after it" "$(postdesk show 1 --json --brief | jq -r .status)" "$status"
check_equal "tickets" "$(postdesk list --json | wc -l)" 1

# Another time proposed, moved there: the same meeting, one more in its sequence; then tentative, then declined.
answer COUNTER TENTATIVE 0 "DTSTART:${year}0303T090000Z" "DTEND:${year}0303T094500Z"
check "no other time" pf_wait 20 sh -c "\"$POSTDESK\" -c \"$work/postdesk.conf\" show 1 | grep -q 'Proposed instead: ... $year-03-03 09:00'"
check_equal "why" "$(why)" "meeting another time proposed"
echo "#meeting move $year-03-03 9:00" | give
check "no second invitation" pf_wait 20 pf_has carol@example.net 2
calendar_of "$(pf_mails carol@example.net | tail -1)" >"$work/ics"
for line in "UID:$uid" SEQUENCE:1 METHOD:REQUEST "DTSTART:${year}0303T090000Z" "DTEND:${year}0303T094500Z"; do
	grep -q "^$line" "$work/ics" || fail "moved: $line is missing: $(cat "$work/ics")"
done
answer REPLY ACCEPTED 0
check "the late answer" pf_wait 20 sh -c "\"$POSTDESK\" -c \"$work/postdesk.conf\" show 1 --json | grep -q 'meeting accepted, for an earlier invitation'"
answer REPLY DECLINED 1
check "the refusal" pf_wait 20 sh -c "\"$POSTDESK\" -c \"$work/postdesk.conf\" show 1 --json | grep -q 'meeting declined'"

# Who does not belong to the ticket answers for nobody.
from="Eve <eve@example.org>" sender=eve@example.org answer REPLY ACCEPTED 1
check "no ticket of its own" pf_wait 20 sh -c "[ \$(\"$POSTDESK\" -c \"$work/postdesk.conf\" list --json | wc -l) = 2 ]"
check_equal "why, still" "$(why)" "meeting declined"

# Cancelled; and what is wrong comes back.
echo "#meeting cancel" | give
check "no cancellation" pf_wait 20 pf_has carol@example.net 3
calendar_of "$(pf_mails carol@example.net | tail -1)" >"$work/ics"
for line in TYPE:CANCEL METHOD:CANCEL "UID:$uid" SEQUENCE:2 STATUS:CANCELLED; do
	grep -q "^$line" "$work/ics" || fail "cancelled: $line is missing: $(cat "$work/ics")"
done
for wrong in "#meeting cancel|there is no meeting" "#meeting tomorrow|a time and a length are missing" \
	"#meeting 2020-01-01 9:00 1h|is past"; do
	told=$(mails anna@example.com)
	echo "${wrong%|*}" | give
	check "nothing came back" pf_wait 20 pf_has anna@example.com $((told + 1))
	grep -q "${wrong#*|}" "$(pf_mails anna@example.com | tail -1)" || fail "$wrong: $(cat "$(pf_mails anna@example.com | tail -1)")"
done
check_equal "mails to Carol" "$(mails carol@example.net)" 3

# Of two that are to come it is not guessed which; the older is moved by the entry that invited to it, and keeps its identity.
invited() { postdesk show 1 --json | jq -r '[.timeline[] | select(.kind == "message" and .direction == "out")][0].id'; }
echo "#meeting $year-04-02 10:00 30m First" | give
check "no first invitation" pf_wait 20 pf_has carol@example.net 4
first=$(invited)
calendar_of "$(pf_mails carol@example.net | tail -1)" | grep "^UID" >"$work/first"
echo "#meeting $year-04-03 10:00 30m Second" | give
check "no second invitation" pf_wait 20 pf_has carol@example.net 5
told=$(mails anna@example.com)
echo "#meeting move $year-04-04 10:00" | give
check "nothing came back" pf_wait 20 pf_has anna@example.com $((told + 1))
grep -q "there are several meetings" "$(pf_mails anna@example.com | tail -1)" || fail "$(cat "$(pf_mails anna@example.com | tail -1)")"
echo "#meeting move $first $year-04-04 10:00" | give
check "the older was not moved" pf_wait 20 pf_has carol@example.net 6
calendar_of "$(pf_mails carol@example.net | tail -1)" >"$work/ics"
for line in "$(cat "$work/first")" SEQUENCE:1 SUMMARY:First "DTSTART:${year}0404T100000Z" "DTEND:${year}0404T103000Z"; do
	grep -q "^$line" "$work/ics" || fail "the older one moved: $line is missing: $(cat "$work/ics")"
done
desk_stop
