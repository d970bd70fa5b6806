#!/bin/bash
# Which ticket a customer's mail belongs to, where other desks fail their users: prefixes of all languages, roots never
# seen, people in Cc, two team addresses, the same mail twice, a Message-ID used again.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

# customer FROM TO SUBJECT [HEADER...] <TEXT: takes it and waits until it is on a ticket; $id is its Message-ID.
count=0
customer() {
	local from=$1 to=$2 subject=$3 recipients
	shift 3
	recipients=${RECIPIENTS:-$to}
	mail "$from" "$to" "$subject" "$@" >"$work/mail.eml"
	id=$(field "$work/mail.eml" Message-ID)
	# shellcheck disable=SC2086
	check "a mail was not taken" pf_send "$PF_PORT" "$(echo "$from" | sed 's/.*<\(.*\)>.*/\1/')" ${recipients//,/ } <"$work/mail.eml" >/dev/null
	count=$((count + 1))
	check "a mail did not arrive: $subject" pf_wait 20 arrived $count
}
# The messages on all tickets.
arrived() {
	[ "$(postdesk list --json | grep -o '"messages": *[0-9]*' | awk '{n += $NF} END {print n + 0}' FS='[: ]+')" -ge "$1" ]
}
ticket_of() {
	local n
	for n in $(postdesk list --json | grep -o '"number": *[0-9]*' | grep -o '[0-9]*$'); do
		postdesk show "$n" --json | grep -qF "$1" && echo "$n"
	done
}
carol="Carol Customer <carol@example.net>"
dave="Dave Doe <dave@example.net>"

# A reply without any reference joins by its subject, in whatever language; a forward never does.
customer "$carol" support@example.com "Printer broken" <<<"first-mail"
for prefix in "Re:" "AW:" "SV :" "Odp:" "RE[2]:" "回复："; do
	customer "$carol" support@example.com "$prefix Printer broken" <<<"again"
	check_equal "tickets after \"$prefix\"" "$(tickets)" 1
done
wanted=1
for prefix in "Fwd:" "WG:" "TR :" ""; do
	customer "$carol" support@example.com "$prefix Printer broken" <<<"forwarded"
	wanted=$((wanted + 1))
	check_equal "tickets after \"$prefix\"" "$(tickets)" $wanted
done
# Nor does somebody else's reply to a subject that happens to be the same.
customer "$dave" support@example.com "Re: Printer broken" <<<"mine too"
wanted=$((wanted + 1))
check_equal "tickets after another's reply" "$(tickets)" $wanted

# Answers that share a root which the desk has never seen.
root="<root.$$@elsewhere.example>"
RECIPIENTS=support@example.com
customer "$dave" "$carol, support@example.com" "Lunch room" "In-Reply-To: $root" "References: $root" <<<"lunch-one"
customer "$carol" "$dave, support@example.com" "Re: Lunch room" "In-Reply-To: $root" "References: $root" <<<"lunch-two"
wanted=$((wanted + 1))
check_equal "tickets after a root never seen" "$(tickets)" $wanted
check_equal "the ticket of both answers" "$(ticket_of lunch-one)" "$(ticket_of lunch-two)"

# Somebody in Cc answers the original mail, which reached the desk by the customer.
customer "$carol" support@example.com "Broken chair" "Cc: $dave" <<<"chair-one"
wanted=$((wanted + 1))
customer "$dave" "$carol" "Re: Broken chair" "Cc: support@example.com" "In-Reply-To: $id" "References: $id" <<<"chair-two"
check_equal "tickets after an answer of Cc" "$(tickets)" $wanted
check_equal "the ticket of the answer" "$(ticket_of chair-two)" "$(ticket_of chair-one)"

# One mail to two teams is one ticket, seen by both.
RECIPIENTS=support@example.com,sales@example.com
customer "$carol" "support@example.com, sales@example.com" "To both of you" <<<"both-teams"
wanted=$((wanted + 1))
sleep 0.5
check_equal "tickets after a mail to two teams" "$(tickets)" $wanted
both=$(ticket_of both-teams)
check_equal "seen in support" "$(tickets "mailbox:support number:$both")" 1
check_equal "seen in sales" "$(tickets "mailbox:sales number:$both")" 1
RECIPIENTS=

# The same mail once more is no second entry; a Message-ID that is used again for other words is.
cp "$work/mail.eml" "$work/same.eml"
check "the same mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/same.eml" >/dev/null
sleep 1
check_equal "tickets after the same mail" "$(tickets)" $wanted
arrived $((count + 1)) && fail "the same mail counts twice"
sed -e 's/both-teams/other-words/' "$work/same.eml" >"$work/reused.eml"
check "the mail with a used id was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/reused.eml" >/dev/null
count=$((count + 1))
check "a Message-ID alone made a duplicate" pf_wait 20 arrived $count
[ -n "$(ticket_of other-words)" ] || fail "the other words are nowhere"

postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
