#!/bin/bash
# A conversation is handed to an ordinary mailbox (T9): it goes on there, the ticket with its history stays, and taken in
# again it rejoins.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start
mail "Carol <carol@example.net>" support@example.com "Invoice" <<<"It is wrong." >"$work/one.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/one.eml"
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
postdesk --as anna do 1 '#inbox office@example.org to bob Accounts know more.' || fail "not handed on"
check "the office got nothing" pf_wait 20 pf_has office@example.org 1
handed=$(pf_mails office@example.org | head -1)
grep -q "Accounts know more" "$handed" || fail "the reason lacks"
grep -q "message/rfc822" "$handed" || fail "the mail itself lacks"
check_equal "answers go to" "$(field "$handed" Reply-To)" "Carol <carol@example.net>"
one=$(field "$work/one.eml" Message-ID)
check_equal "in the thread" "$(field "$handed" In-Reply-To)" "$one"
check_equal "the ticket" "$(postdesk show 1 --json | jq -rc '[.owner, .status_kind, .conversations[0].inbox]')" \
	'["bob","waiting","office@example.org"]'

# What the customer writes goes on there, and stands on the ticket; nobody here is told.
told=$(pf_mails bob@example.com | wc -l)
mail "Carol <carol@example.net>" support@example.com "Re: Invoice" "In-Reply-To: $one" <<<"Hello?" >"$work/two.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/two.eml"
check "the office got no second mail" pf_wait 20 pf_has office@example.org 2
grep -q "Hello?" "$(pf_mails office@example.org | tail -1)" || fail "the second mail lacks its words"
check_equal "messages on the ticket" "$(postdesk show 1 --json | jq .messages)" 2
check_equal "mails to bob" "$(pf_mails bob@example.com | wc -l)" "$told"

# Taken in again, it rejoins its ticket; and an undo hands it back.
postdesk --as anna do 1 '#inbox none' || fail "not taken in"
mail "Carol <carol@example.net>" support@example.com "Re: Invoice" "In-Reply-To: $one" <<<"At last." >"$work/three.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/three.eml"
check "bob was not told" pf_wait 20 pf_has bob@example.com $((told + 1))
check_equal "tickets" "$(postdesk list --json | wc -l)" 1
check_equal "messages on the ticket" "$(postdesk show 1 --json | jq .messages)" 3
check_equal "mails to the office" "$(pf_mails office@example.org | wc -l)" 2
desk_stop
