#!/bin/bash
# What XMPP clients ask of a chat: who is there, what it can do, its name; other languages; a correction as a new line; a
# ticket's address knows its agent alone. What is no chat does nothing.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top_srcdir/tests/lib/desk.sh"
. "$top_srcdir/tests/lib/chat.sh"

desk=support@desk.example.com
CHAT_BOB='s/^members = anna;bob/members = anna/' chat_begin
chat_start
client anna pw-anna
client carol pw-carol
told() { grep -q -- "$2" "$(chat_log "$1")"; }

# --- discovery, vCard, ping; what is not known is refused ---
order carol "raw <iq type='get' id='q1' to='desk.example.com'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
check "no discovery" pf_wait 20 told carol 'id="q1".*urn:xmpp:receipts'
order carol "raw <iq type='get' id='q2' to='desk.example.com'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>"
check "no items" pf_wait 20 told carol 'id="q2".*jid="support@desk.example.com"'
order carol "raw <iq type='get' id='q3' to='$desk'><vCard xmlns='vcard-temp'/></iq>"
check "no vCard" pf_wait 20 told carol 'id="q3".*Example Support'
order carol "raw <iq type='get' id='q4' to='$desk'><ping xmlns='urn:xmpp:ping'/></iq>"
check "no ping" pf_wait 20 told carol 'type="result"[^>]*id="q4"\|id="q4"[^>]*type="result"'
order carol "raw <iq type='set' id='q5' to='$desk'><query xmlns='jabber:iq:register'/></iq>"
check "what is not known is not refused" pf_wait 20 told carol "^error.*q5.service-unavailable"

# --- there when an agent is ---
order carol "raw <presence type='subscribe' to='$desk'/>"
check "the chat is not there" pf_wait 20 told carol "^presence.$desk.available"
order anna "say $desk #away"
await "anna is not away" anna '#away'
check "the chat is there without anybody" pf_wait 40 told carol "^presence.$desk.unavailable"
order anna "say $desk #available"
await "anna is not available" anna '#available'

# --- languages; a correction; what is no chat ---
order carol "raw <message to='$desk' type='chat' id='fi1' xml:lang='fi'><body>Hei, tulostin palaa.</body></message>"
await "no greeting in Finnish" carol 'Tervetuloa: Example Support'
order carol "raw <message to='$desk' type='chat' id='fi2' xml:lang='fi'><body>Hei, tulostin savuaa.</body><replace id='fi1' xmlns='urn:xmpp:message-correct:0'/></message>"
check "a correction is no line" pf_wait 20 has_ticket '"tulostin savuaa"'
check_equal "both lines are kept" "$(ticket_number '"tulostin palaa"')" "$(ticket_number '"tulostin savuaa"')"
number=$(ticket_number '"tulostin palaa"')
order carol "raw <message to='$desk' type='groupchat' id='g1'><body>In a room</body></message>"
order carol "raw <message to='$desk' type='headline' id='h1'><body>News</body></message>"
order carol "raw <message to='$desk' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>"
order carol "raw <message to='$desk' type='chat' id='e1'><body>   </body></message>"
order carol "say $desk The last one."
check "no last line" pf_wait 20 has_ticket '"The last one"'
show=$(postdesk show "$number")
for words in 'In a room' 'News' composing; do
	grep -q -- "$words" <<<"$show" && fail "no chat, and kept: $words"
done
check_equal "messages" "$(grep -c 'message in ' <<<"$show")" 3

# --- an agent's own language and the desk's commands ---
order anna "say t$number@desk.example.com Tulen."
await "no answer" carol 'Tulen'
order anna "raw <message to='t$number@desk.example.com' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>"
check "the visitor does not see that anna writes" pf_wait 20 told carol "^state.$desk.composing"
order carol "raw <message to='$desk' type='chat'><paused xmlns='http://jabber.org/protocol/chatstates'/></message>"
check "anna does not see that carol pauses" pf_wait 20 told anna "^state.t$number@desk.example.com.paused"
order anna "raw <message to='t$number@desk.example.com' type='chat' id='k1'><body>Tulen pian.</body><replace id='k0' xmlns='urn:xmpp:message-correct:0'/></message>"
await "anna's correction does not reach the visitor" carol '(korjattu) Tulen pian'
order anna "say $desk #list is:open"
await "no list" anna 'tulostin palaa'
order anna "say $desk Just words"
await "words to the desk go nowhere, and that is not told" anna 'Words go to the address of a chat'
order anna "say t99999@desk.example.com Hello?"
await "a ticket that is not there" anna 'There is no ticket #99999'
check "the daemon ends badly" desk_stop
