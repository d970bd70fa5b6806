#!/bin/bash
# Replies that wait (R6, T7): one that #undo stops before it leaves, also when the contact has written meanwhile; one that
# leaves when its time is over; one that #send TIME sends later, with a restart in between; drafts are their author's alone.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin "undo_send = 1h"
clock=$work/now
set_clock() { echo "$1" >"$clock.new" && mv "$clock.new" "$clock"; }
set_clock 2026-11-20T10:00:00Z # a Friday
desk_start POSTDESK_NOW="$clock"
export POSTDESK_NOW=$clock

mail "Carol Customer <carol@example.net>" support@example.com "Printer" <<<"It is broken." >"$work/first.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/first.eml" >/dev/null
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
check "bob was not told" pf_wait 20 pf_has bob@example.com 1
notification=$(pf_mails anna@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
write() { # TEXT...
	printf '%s\n' "$@" | mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer" \
		"In-Reply-To: $(field "$notification" Message-ID)" >"$work/anna.eml"
	pf_send "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/anna.eml" >/dev/null || fail "the mail was not taken"
}
newest() { pf_mails anna@example.com | tail -1; }
show() { postdesk show 1 --json "$@"; }
sent() { pf_mails carol@example.net | wc -l; }
waits() { [ "$(postdesk outbox --json | jq -r 'select(.kind == "reply") | .state')" = waiting ]; }

# The reply waits; its receipt tells how to stop it.
write "#take" "" "Buy a new one."
check "no receipt" pf_wait 20 pf_has anna@example.com 2
grep -q "Until then #undo stops it" "$(newest)" || fail "the receipt does not say so"
check "the reply does not wait" waits
check_equal "status" "$(show | jq -r .status_kind)" waiting
postdesk outbox --flush || fail "flush"

# The contact writes meanwhile. The undo stops the reply all the same.
mail "Carol Customer <carol@example.net>" support@example.com "Re: Printer" "In-Reply-To: <first@example.net>" \
	<<<"It smokes, too." >"$work/second.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/second.eml" >/dev/null
check "anna was not told of the answer" pf_wait 20 pf_has anna@example.com 3
write "#undo"
check "no receipt" pf_wait 20 pf_has anna@example.com 4
grep -q "does not leave" "$(newest)" || fail "the undo did not stop it: $(cat "$(newest)")"
check_equal "owner" "$(show | jq -r .owner)" null
check_equal "status" "$(show | jq -r .status_kind)" open
check_equal "outgoing messages shown" "$(show | jq '[.timeline[] | select(.direction == "out")] | length')" 0
set_clock 2026-11-20T12:00:00Z
check_equal "replies that wait" "$(postdesk outbox --json | jq -r .kind | grep -c reply)" 0
check_equal "mails to the customer" "$(sent)" 0

# It is anna's draft, and nobody else's.
check_equal "anna's view Drafts" "$(postdesk --as anna list --view drafts --json | jq -r .number)" 1
check_equal "bob's view Drafts" "$(postdesk --as bob list --view drafts --json | wc -l)" 0
entry=$(show | jq -r '[.timeline[] | select(.kind == "draft")][0].id')
postdesk --as bob show 1 --raw "$entry" 2>/dev/null | grep -q "Buy a new one" && fail "bob reads anna's draft"
postdesk --as anna show 1 --raw "$entry" | grep -q "Buy a new one" || fail "anna cannot read her draft"

# It gets a time: Monday at eight, in the desk's zone. The desk is restarted and forgets nothing.
write "#send monday 8:00"
check "no receipt" pf_wait 20 pf_has anna@example.com 5
grep -q "goes out Mon 2026-11-23 08:00" "$(newest)" || fail "the receipt lacks the time: $(cat "$(newest)")"
check_equal "shown" "$(show | jq -rc '.sending[0] | [.at, .agent]')" '["2026-11-23T08:00:00Z","anna"]'
check "postdeskd did not end well" desk_stop
set_clock 2026-11-23T07:59:00Z
desk_start POSTDESK_NOW="$clock"
check_equal "mails to the customer" "$(sent)" 0
set_clock 2026-11-23T08:00:01Z
check "the draft did not leave" pf_wait 30 pf_has carol@example.net 1
grep -q "Buy a new one" "$(pf_mails carol@example.net | tail -1)" || fail "the draft lacks its text"
check_equal "sending" "$(show | jq -c .sending)" "[]"
check_equal "drafts" "$(postdesk list --view drafts --json | wc -l)" 0

# One that nobody stops leaves when its time is over.
write "Or have it repaired."
check "no receipt" pf_wait 20 eval 'grep -q "leaves in 1h" "$(newest)"'
check_equal "mails to the customer" "$(sent)" 1
set_clock 2026-11-23T09:10:00Z
postdesk outbox --flush || fail "flush" # who waits looks at the clock again
check "the reply did not leave" pf_wait 30 pf_has carol@example.net 2
# Now it is too late.
write "#undo"
check "no receipt" pf_wait 20 eval 'grep -q "cannot be unsent" "$(newest)"'
check "postdeskd did not end well" desk_stop
