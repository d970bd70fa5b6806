#!/bin/bash
# What became of each mail that came in: postdesk audit counts each of them once, with one outcome, and lists them with
# the MTA's queue-id and the place where they can be read as they came.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

# take FROM TO SUBJECT [HEADER...] <TEXT: from the world
take() {
	mail "$@" >"$work/mail.eml"
	hand_in "$PF_PORT" carol@example.net support@example.com <"$work/mail.eml"
}
# give TO [HEADER...] <TEXT: from anna, proven
give() {
	local to=$1
	shift
	mail "Anna Virtanen <anna@example.com>" "$to" "Re: Printer broken" "$@" >"$work/mail.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com "$to" <"$work/mail.eml"
}
sum() { postdesk audit --json | jq -s -r "map(.$1) | add"; }

check_equal "nothing yet" "$(postdesk audit --json)" ""
take "Carol <carol@example.net>" support@example.com "Printer broken" <<<"It prints blank pages."
take "Carol <carol@example.net>" support@example.com "Re: Printer broken" "In-Reply-To: $(grep -i '^Message-ID' "$work/mail.eml" | cut -d' ' -f2)" <<<"More."
take "Carol <carol@example.net>" support@example.com "Out of office" "Auto-Submitted: auto-replied" <<<"I am away."
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
reply_to=$(field "$(pf_mails anna@example.com | head -1)" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
give "$reply_to" <<<"We look into it."
give "$reply_to" <<-MAIL
	#note
	Look at this.
MAIL
give "$reply_to" <<<"#priority high"
give "$reply_to" <<-MAIL
	#clsoe
	This is held.
MAIL
give support+do@example.com <<<"#list unassigned"
for outcome in new:1 threaded:1 automatic:1 replies:1 comments:1 commands:2 held:1 undelivered:0 lost:0 in:8; do
	check_equal "${outcome%:*}" "$(sum "${outcome%:*}")" "${outcome#*:}"
done
check_equal "a sentence" "$(postdesk audit | sed 's/^[-0-9]*: //')" \
	"8 in = 1 threaded + 1 new + 1 replies + 1 comments + 2 commands + 1 held + 1 automatic; 0 lost"

# What was held is that, also when it has been sent; the #send are commands. The same mail again is no other.
give "$reply_to" <<<"#send"
check_equal "the draft leaves" "$(postdesk show 1 --json | jq '[.timeline[] | select(.direction == "out")] | length')" 2
for outcome in held:1 replies:1 commands:3 in:9; do
	check_equal "${outcome%:*}" "$(sum "${outcome%:*}")" "${outcome#*:}"
done
take "Carol <carol@example.net>" support@example.com "Again" <<<"Again."
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/mail.eml"
check_equal "twice the same" "$(sum in)" 10

# Each is found by the queue-id of the MTA's log, and fetched as it came. A reply has the Message-ID with which it left.
delivered=$(grep -v outcome=duplicate "$work/postdeskd.out" | sed -n 's/.*delivered queue-id=\([^ ]*\) .*/\1/p' | sort -u)
check_equal "queue-ids" "$(postdesk audit --mails --json | jq -r .queue_id | sort -u | xargs)" "$(echo $delivered)"
postdesk audit --mails --json | jq -r 'select(.outcome != "replies") | "\(.number) \(.entry) \(.message_id)"' >"$work/mails"
while read -r number entry id; do
	postdesk show "$number" --raw "$entry" | grep -qF "<$id>" || fail "#$number $entry is not $id"
done <"$work/mails"
postdesk audit --mails | sed -n 2p | grep -q ' new ' || fail "no table of mails: $(postdesk audit --mails)"

postdesk audit --from 2000-01-01 --to 2000-12-31 --json | grep . && fail "mail of another year"
postdesk audit --from someday 2>"$work/told" && fail "no day is taken"
grep -q '"someday" is no day' "$work/told" || fail "no reason: $(cat "$work/told")"
postdesk --as anna audit 2>"$work/told" && fail "an agent audits"
grep -q "for administrators" "$work/told" || fail "no reason: $(cat "$work/told")"
exit 0
