#!/bin/bash
# A chat from the first line to the transcript, with a real Prosody and Postfix: the visitor's line becomes a ticket, the
# agents are invited, who answers first takes it, commands and comments stay inside, #close mails the transcript, and an
# answer to that mail continues the ticket.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top_srcdir/tests/lib/desk.sh"
. "$top_srcdir/tests/lib/chat.sh"

desk=support@desk.example.com
chat_begin
chat_start
client anna pw-anna
client bob pw-bob
client carol pw-carol

# --- a line becomes a ticket, agents are invited ---
order carol "say $desk Hello, my printer <b>burns</b> & \"smokes\"."
await "no greeting" carol 'Welcome to Example Support'
await "anna is not invited" anna 'printer <b>burns</b> & "smokes"'
await "bob is not invited" bob 'answers here first'
check "no receipt" pf_wait 10 grep -q '^receipt' "$(chat_log carol)"
check_equal "source" "$(postdesk list source:chat --json | grep -c '"number": *1,')" 1
check_equal "invitation comes from the ticket's JID" "$(grep -c '^line	t1@desk.example.com' "$(chat_log anna)")" 1

# --- who answers first takes it ---
order anna "say t1@desk.example.com Is it still burning?"
await "the answer does not reach the visitor" carol 'Is it still burning?'
await "bob is not told" bob 'Anna Virtanen has taken this chat'
check_equal "owner" "$(postdesk list --json | grep -c '"owner": *"anna"')" 1
order bob "say t1@desk.example.com I answer, too"
await "bob is not told that his words went nowhere" bob 'your words went nowhere'
order carol "say $desk Yes, still."
await "the visitor's line does not reach the agent" anna 'Yes, still'

# --- commands and comments never reach the visitor ---
order anna "say t1@desk.example.com #note Sounds dangerous, @bob"
await "no receipt for the comment" anna 'Your words are a comment'
order anna "say t1@desk.example.com #priority high\nPlease unplug it."
await "words beside a command" carol 'Please unplug it'
order anna "say t1@desk.example.com #nonsense\nNobody shall read this."
await "a wrong command is not told" anna 'nonsense'
check_equal "priority" "$(postdesk list --json | grep -c '"priority": *"high"')" 1

# --- an address, and the end ---
order carol "say $desk My address is carol@example.net."
await "anna does not learn the address" anna "address is carol@example.net from now on"
order anna "say t1@desk.example.com #close"
await "no farewell" carol 'This chat is over'
check "no transcript" pf_wait 30 eval '[ -n "$(pf_mails carol@example.net)" ]'
transcript=$(pf_mails carol@example.net | head -1)
check_equal "From" "$(field "$transcript" From)" "Example Support <support@example.com>"
check_equal "envelope" "$(field "$transcript" Return-Path)" "<>"
for words in 'burns' 'Anna Virtanen: Is it still burning?' 'Yes, still.' 'Please unplug it.' '+02:00'; do
	grep -q -- "$words" "$transcript" || fail "the transcript lacks: $words"
done
for words in dangerous '#' nonsense 'anna@' 'your words' bob Bob; do
	sed '1,/^\r*$/d' "$transcript" | sed 's/&#[0-9]*;//g' | grep -q -- "$words" && fail "the transcript tells: $words"
done
for words in dangerous priority nonsense 'read this' 'I answer, too'; do
	heard carol "$words" && fail "the visitor heard: $words"
done
postdesk list --json | grep -q '"status_kind": *"closed"' || fail "the ticket is not closed"

# --- answering the transcript continues the ticket ---
mail "Carol <carol@example.net>" "$(field "$transcript" Reply-To | sed 's/.*<\(.*\)>/\1/')" "Re: $(field "$transcript" Subject)" \
	"In-Reply-To: $(field "$transcript" Message-ID)" <<-'END' >"$work/answer.eml"
	One more thing.
END
hand_in "$PF_PORT" carol@example.net "$(field "$work/answer.eml" To)" <"$work/answer.eml"
check_equal "tickets" "$(tickets)" 1
postdesk show 1 | grep -q 'One more thing' || fail "the answer is not on the ticket"
check_equal "nothing waits" "$(postdesk outbox --json | grep -c '"kind": *"line"')" 0

# --- the visitor comes back: the ticket goes on ---
order carol "say $desk It burns again."
await "anna, whose ticket it is, is not invited" anna 'It burns again'
check_equal "tickets after coming back" "$(tickets)" 1

# --- the agent's client is gone, and no server keeps her lines: she gets them by mail ---
if [ "$server" = prosody ]; then
	order anna "say t1@desk.example.com Burns again?"
	await "carol hears nothing" carol 'Burns again'
	order anna kill
	order carol "say $desk Did you leave?"
	has_mail_of() { grep -lq "$1" $(pf_mails anna@example.com); }
	check "anna is not told by mail" pf_wait 20 has_mail_of 'Did you leave'
	client anna pw-anna
	order anna "say t1@desk.example.com I am back."
	await "carol does not hear that anna is back" carol 'I am back'
	order carol "say $desk Welcome back."
	await "anna does not hear carol" anna 'Welcome back'
fi
check "the daemon ends badly" desk_stop
