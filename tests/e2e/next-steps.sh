#!/bin/bash
# Mails that list tickets carry the next steps as links (X13): each opens a mail in any client, and that mail, sent, does
# the step. From a listing's HTML, from its text, and from a notification.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start
echo "It burns & smokes." | mail "Carol <carol@example.net>" support@example.com 'Printer "A" <on fire>' > "$work/mail.eml"
hand_in "$PF_PORT" carol@example.net support@example.com < "$work/mail.eml"
check "anna was not told" pf_wait 20 pf_has anna@example.com 1

# follow MAIL PART WORD: anna's client opens the link, and she sends what it shows
follow() {
	links "$@" > "$work/link"
	{ read -r to; read -r subject; read -r body; } < "$work/link"
	[ -n "$to" ] || fail "no link $3 in the $2 of $1: $(cat "$1")"
	echo "$body" | mail "Anna Virtanen <anna@example.com>" "$to" "$subject" > "$work/mail.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com "$to" < "$work/mail.eml"
}
value() { postdesk list --json "number:$1" | sed -n "s/.*\"$2\": *\"\{0,1\}\([^\",}]*\).*/\1/p"; }
is() { [ "$(value 1 "$1")" = "$2" ]; }
newest() { pf_mails anna@example.com | tail -1; }

follow "$(newest)" plain Take
check "the notification's link did not take it" pf_wait 20 is owner anna
check "no receipt" pf_wait 20 pf_has anna@example.com 2

echo "#list is:open" | mail "Anna Virtanen <anna@example.com>" support+do@example.com "" > "$work/mail.eml"
hand_in "$PF_AGENTS_PORT" anna@example.com support+do@example.com < "$work/mail.eml"
check "no listing" pf_wait 20 pf_has anna@example.com 3
listing=$(newest)
[ "$(links "$listing" html Take | head -1)" = "" ] || fail "a ticket of her own can be taken"
follow "$listing" html Close
check "the listing's link did not close it" pf_wait 20 is status_kind closed
check "no receipt" pf_wait 20 pf_has anna@example.com 4
follow "$listing" plain Show
check "the text's link shows nothing" pf_wait 20 pf_has anna@example.com 5
grep -q "smokes" "$(newest)" || fail "the ticket is not shown: $(cat "$(newest)")"
check_equal "what the contact got" "$(pf_mails carol@example.net | wc -l)" 0
desk_stop
