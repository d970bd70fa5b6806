#!/bin/bash
# The other roads of a chat: an agent without an XMPP client answers by mail and is heard in the chat, a chat is handed over,
# several go on at once, nobody is there or nobody answers, the visitor leaves or says nothing any more.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top_srcdir/tests/lib/desk.sh"
. "$top_srcdir/tests/lib/chat.sh"

desk=support@desk.example.com
CHAT_BOB=s/x/x/ chat_begin 'answer_within = 2m' 'idle = 10m' 'gateway facebook = visitors.example.com'
clock=$work/clock
echo 2026-11-21T10:00:00Z >"$clock"
later() { # MINUTES
	date -u -d "$(cat "$clock") + $1 minutes" +%Y-%m-%dT%H:%M:%SZ >"$clock.new" && mv "$clock.new" "$clock"
}
mails() { # ADDRESS WORDS: how many mails say that
	local files
	files=$(pf_mails "$1")
	[ -n "$files" ] && grep -l -- "$2" $files | wc -l || echo 0
}
has_mail() { [ "$(mails "$1" "$2")" -ge 1 ]; }
newest() { # ADDRESS WORDS
	grep -l -- "$2" $(pf_mails "$1") | tail -1
}
by_mail() { # NOTIFICATION <TEXT: bob answers it
	local to
	to=$(field "$1" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
	mail "Bob Berger <bob@example.com>" "$to" "Re: $(field "$1" Subject)" "In-Reply-To: $(field "$1" Message-ID)" >"$work/bob.eml"
	hand_in "$PF_AGENTS_PORT" bob@example.com "$to" <"$work/bob.eml"
}
ticket() { postdesk list --json | grep "\"number\": *$1,"; }

chat_start POSTDESK_NOW="$clock"
export POSTDESK_NOW=$clock
client anna pw-anna
client carol pw-carol
client visitor

# --- bob has no JID: he is told by mail once, and answers by mail ---
order anna "say $desk #away"  # which makes ticket 1, where such commands stand
await 'anna is not away' anna '#away'
order carol "say $desk Is anybody there?"
await "no greeting" carol 'Somebody will be with you'
first=$(ticket_number '"Is anybody there"')
check "bob is not told by mail" pf_wait 20 has_mail bob@example.com 'Is anybody there'
check_equal "anna, who is away, is invited" "$(count_lines anna 'Is anybody there')" 0
order carol "say $desk I am carol@example.net"
by_mail "$(newest bob@example.com 'Is anybody there')" <<<"Bob is there."
await "bob's mail is not said in the chat" carol 'Bob is there'
check_equal "bob's words went by mail" "$(mails carol@example.net 'Bob is there')" 0
order carol "say $desk Fine. My screen is black."
check "bob is not told of the next line" pf_wait 20 has_mail bob@example.com 'My screen is black'
check_equal "owner" "$(ticket "$first" | grep -c '"owner": *"bob"')" 1

# --- the visitor leaves: the transcript ---
order carol "gone $desk"
check "no transcript" pf_wait 20 has_mail carol@example.net 'Bob Berger: Bob is there'
check "the ticket does not wait" eval 'ticket "$first" | grep -q "\"status_kind\": *\"open\""'

# --- several chats at once, and handing over; a gateway gives the source ---
order anna "say $desk #available"
await "anna is not available" anna '#available'
order carol "say $desk First again."
order visitor "say $desk Second chat."
check "no second ticket" pf_wait 20 has_ticket '"Second chat"'
second=$(ticket_number '"Second chat"')
check_equal "tickets" "$(tickets)" 2
check_equal "source by the gateway" "$(ticket "$second" | grep -c '"source": *"facebook"')" 1
await "anna is not invited to the second" anna 'Second chat'
order anna "say t$second@desk.example.com I am here for the second."
await "the second hears nothing" visitor 'I am here for the second'
heard carol 'here for the second' && fail "the first hears what is for the second"
by_mail "$(newest bob@example.com 'My screen is black')" <<<"Bob goes on."
await "the first hears nothing" carol 'Bob goes on'
order anna "say t$second@desk.example.com #note Please go on, @bob: the cable.\n#assign bob"
await "the visitor is not told who comes" visitor 'Bob Berger is with you now'
check "bob is not told of the comment" pf_wait 20 has_mail bob@example.com 'the cable'
heard visitor cable && fail "the visitor heard the comment"
order anna "say t$first@desk.example.com #assign me"
await "anna does not get what was said" anna 'Bob goes on'
order carol "say $desk Now for anna."
await "anna does not get the line" anna 'Now for anna'

# --- a stranger who guesses a ticket's address joins nothing ---
order visitor "say t$first@desk.example.com Let me in"
pf_wait 10 eval 'postdesk show "$second" | grep -q "Let me in"' || fail "a line to another's ticket is not the visitor's own"
heard anna 'Let me in' && fail "a stranger was let in"

# --- silence ends it ---
later 11
await "no end by silence" carol 'This chat is over'
await "anna is not told of the end" anna 'the chat is over'
check "no second transcript" pf_wait 20 has_mail carol@example.net 'Now for anna'
grep -q 'Bob is there' "$(newest carol@example.net 'Now for anna')" && fail "the second transcript tells the first chat"

# --- nobody answers within answer_within; the address makes it an ordinary ticket ---
order visitor "say $desk Anybody for the third?"
await "anna is not invited again" anna 'Anybody for the third'
later 3
await "the visitor is not asked for an address" visitor 'leave your mail address'
await "anna is not told that it is over" anna 'Nobody took this chat in time'
check "the team is not told by mail" pf_wait 20 has_mail bob@example.com 'Anybody for the third'
order visitor "say $desk Write to dave@example.net, please."
await "no thanks" visitor 'We answer by mail to dave@example.net'
check_equal "the contact" "$(ticket "$second" | grep -c '"contact": *"dave@example.net"')" 1
later 11
check "the third does not end" pf_wait 20 eval '[ "$(postdesk show "$second" | grep -c "chat over: nobody said anything")" = 2 ]'
by_mail "$(newest bob@example.com 'Anybody for the third')" <<<"By mail now."
check "the answer does not come by mail" pf_wait 20 has_mail dave@example.net 'By mail now'
check_equal "nobody answered: no transcript" "$(mails dave@example.net 'what was said')" 0

# --- nobody is there at all ---
order anna "say $desk #away"
pf_wait 10 eval '[ "$(count_lines anna "#away")" -ge 2 ]'
postdesk --as bob do "$first" '#away' >/dev/null || fail "bob cannot go"
order carol "say $desk Nobody at all?"
await "the visitor is not told" carol 'Nobody is here to answer right now. We answer by mail to carol@example.net'
check "the daemon ends badly" desk_stop
