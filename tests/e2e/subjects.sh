#!/bin/bash
# A mail without any reference joins by its subject only where it is a reply, in whatever language, of the same sender.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

# customer FROM TO SUBJECT [HEADER...] <TEXT: takes it and waits until it is on a ticket.
count=0
customer() {
	local from=$1 to=$2 subject=$3
	shift 3
	mail "$from" "$to" "$subject" "$@" >"$work/mail.eml"
	check "a mail was not taken" pf_send "$PF_PORT" "$(echo "$from" | sed 's/.*<\(.*\)>.*/\1/')" "$to" <"$work/mail.eml" >/dev/null
	count=$((count + 1))
	check "a mail did not arrive: $subject" pf_wait 20 arrived $count
}
# The messages on all tickets.
arrived() {
	[ "$(postdesk list --json | grep -o '"messages": *[0-9]*' | awk '{n += $NF} END {print n + 0}' FS='[: ]+')" -ge "$1" ]
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

postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
