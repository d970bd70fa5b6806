#!/bin/bash
# What may go wrong with a chat: a wrong secret, a name that is taken, a daemon that is killed again and again, a server that
# is restarted, stanzas that come twice, are too long, too deep or not well-formed, a visitor who floods, too many visitors.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top_srcdir/tests/lib/desk.sh"
. "$top_srcdir/tests/lib/chat.sh"

desk=support@desk.example.com
PROSODY_DISABLED= chat_begin 'lines_per_minute = 40' 'chats_per_hour = 3' 'idle = 4h'
logged() { grep -q -- "$1" "$work/postdeskd.out"; }
told() { grep -c "$(printf '%s\t' "$2")" "$(chat_log "$1")"; }
condition() { grep '^error' "$(chat_log "$1")" | grep -q "$2"; }

# --- the secret, the name; "postdesk check" tells, and changes nothing ---
postdesk check >"$work/check" 2>&1
grep -q 'chat support.*does not log in' "$work/check" && fail "check finds fault with a good component: $(cat "$work/check")"
echo wrong >"$PROSODY_SECRET"
chmod 640 "$PROSODY_SECRET"
postdesk check >"$work/check" 2>&1 && fail "check passes a wrong secret"
grep -q 'desk.example.com does not log in.*refuses the secret' "$work/check" || fail "check says: $(cat "$work/check")"
desk_start
check "a wrong secret is not told" pf_wait 20 logged 'refused the secret (not-authorized)'
mkfifo "$work/hold"
: >"$work/held"
python3 "$top_srcdir/tests/lib/component.py" "$PROSODY_COMPONENTS" desk.example.com s3cret <"$work/hold" >"$work/held" &
held_pid=$!
exec 7>"$work/hold"
check "the other component does not get in" pf_wait 20 grep -q in "$work/held"
echo s3cret >"$PROSODY_SECRET"
postdesk reload >/dev/null || fail "reload"
check "a name that is taken is not told" pf_wait 20 logged 'another component has this name (conflict)'
exec 7>&-
wait $held_pid
tries_again() { connected || { postdesk reload >/dev/null; false; }; }
check "it does not connect" pf_wait 30 tries_again
postdesk check >"$work/check" 2>&1
grep -q 'chat support.*does not log in' "$work/check" && fail "check disturbs a daemon that runs: $(cat "$work/check")"

# --- killed again and again in the middle of a chat: nothing is lost, nothing is told twice ---
client anna pw-anna
client carol pw-carol
order carol "say $desk Line 0"
await "anna is not invited" anna 'Line 0'
order anna "say t1@desk.example.com Answer 0"
await "carol hears nothing" carol 'Answer 0'
mkfifo "$work/never"
exec 8<>"$work/never" # nobody writes there: a random instant
for round in 1 2 3 4 5 6; do
	for n in 1 2 3; do
		order carol "say $desk Line $round.$n"
		order anna "say t1@desk.example.com Answer $round.$n"
	done
	read -r -t 0.0$((RANDOM % 10)) <&8
	desk_kill
	desk_start
done
check "it does not connect again" pf_wait 60 connected
for round in 1 2 3 4 5 6; do
	for n in 1 2 3; do
		await "a line is lost" anna "Line $round\\.$n\$"
		await "an answer is lost" carol "Answer $round\\.$n\$"
	done
done
show=$(postdesk show 1)
for round in 1 2 3 4 5 6; do
	for n in 1 2 3; do
		check_equal "told to anna: $round.$n" "$(count_lines anna "Line $round\\.$n\$")" 1
		check_equal "told to carol: $round.$n" "$(count_lines carol "Answer $round\\.$n\$")" 1
		check_equal "kept: $round.$n" "$(grep -c "Line $round\\.$n\$" <<<"$show")" 1
		check_equal "kept: answer $round.$n" "$(grep -c "Answer $round\\.$n\$" <<<"$show")" 1
	done
done

# --- at the very instant between the server's word and the mark: once more, with the same id ---
desk_stop || fail "the daemon ends badly"
chat_start POSTDESK_CRASH=lines-taken-before-mark
order anna "say t1@desk.example.com Said at the crash."
check "no crash" pf_wait 20 eval '! kill -0 $desk_pid 2>/dev/null'
desk_kill
chat_start
await "what was said at the crash is lost" carol 'Said at the crash'
check_equal "what was said at the crash is told twice" "$(count_lines carol 'Said at the crash')" 1

# --- the same stanza again ---
order carol "again $desk same-1 Twice the same."
await "a line is lost" anna 'Twice the same'
order carol "again $desk same-1 Twice the same."
order carol "say $desk After it."
await "a line is lost" anna 'After it'
check_equal "a repeated stanza" "$(postdesk show 1 | grep -c 'Twice the same')" 1

# --- too long, too deep, not well-formed ---
order carol "raw <message to='$desk' id='long' type='chat'><body>$(printf 'x%.0s' $(seq 1 20000))</body></message>"
check "a long line is not refused" pf_wait 20 eval 'grep "^error" "$(chat_log carol)" | grep -q "long.not-acceptable"'
order carol "raw <message to='$desk' id='huge' type='chat'><body>$(printf 'x%.0s' $(seq 1 100000))</body></message>"
check "a huge line is not refused" pf_wait 20 eval 'grep "^error" "$(chat_log carol)" | grep -q "huge.not-acceptable"'
order carol "raw <message to='$desk' id='deep' type='chat'>$(printf '<a>%.0s' $(seq 1 100))$(printf '</a>%.0s' $(seq 1 100))<body>Deep</body></message>"
check "a deep stanza is not refused" pf_wait 20 eval 'grep "^error" "$(chat_log carol)" | grep -q "deep.not-acceptable"'
order carol "raw <message to='$desk' id='odd' type='chat'><body>&#9;&lt;body&gt; ]]&gt; &amp;amp; &#xE000; end</body></message>"
await "odd characters break the stream" anna '<body> ]]> &amp;'
order carol "raw <message to='$desk' id='room' type='chat'><body>From a room</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>"
check "words from a room are not refused" pf_wait 20 eval 'grep "^error" "$(chat_log carol)" | grep -q "room.service-unavailable"'
order carol "raw <message to='$desk' id='all' type='groupchat'><body>To all in a room</body></message>"
order carol "raw <message to='$desk' id='back' type='error'><body>An error</body><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
order carol "raw <message to='$desk' id='copy' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message from='anna@chat.example.com' to='$desk' type='chat'><body>A forged copy</body></message></forwarded></sent></message>"
order carol "again $desk $(printf 'i%.0s' $(seq 1 9000)) A long id."
order carol "again $desk $(printf 'i%.0s' $(seq 1 9000)) A long id."
await "a line with a long id is lost" anna 'A long id'
for words in 'From a room' 'To all in' 'An error' 'A forged copy'; do
	heard anna "$words" && fail "anna heard: $words"
done
check_equal "answers to errors" "$(grep '^error' "$(chat_log carol)" | grep -c back)" 0
check_equal "a line with a long id, again" "$(postdesk show 1 | grep -c 'A long id')" 1
client bob pw-bob
order bob "raw <message to='$desk'><body>not closed</message>"
order carol "say $desk Still here."
await "a malformed stanza of another breaks the chat" anna 'Still here'
check_equal "the component lost its stream" "$(grep -c 'connected to the chat server' "$work/postdeskd.out")" 1

# --- a flood of one visitor: refused, others go on ---
client flood
for i in $(seq 1 100); do
	echo "say $desk flood $i"
done >"$work/fifo.flood"
check "a flood is not refused" pf_wait 30 condition flood policy-violation
check "no ticket of the flood" pf_wait 20 has_ticket '"flood 1"'
flooded=$(ticket_number '"flood 1"')
order carol "say $desk In the flood."
await "others suffer from a flood" anna 'In the flood'
pf_wait 20 eval '[ "$(postdesk show "$flooded" | grep -c "flood [0-9]")" -ge 40 ]'
[ "$(postdesk show "$flooded" | grep -c 'flood [0-9]')" -le 45 ] || fail "the flood was kept: $(postdesk show "$flooded" | grep -c 'flood [0-9]')"
check "the flood is not logged" logged 'a line of a chat was refused'

# --- too many chats within an hour ---
for i in 1 2 3; do
	client "many$i"
	order "many$i" "say $desk One of many $i"
done
check "too many chats are not refused" pf_wait 20 eval 'cat "$work"/client.many* | grep "^error" | grep -q resource-constraint'
check_equal "tickets" "$(tickets)" 4

# --- the server is restarted: lines wait, and come ---
prosody_stop
postdesk --as anna do 1 '#note While the server was away' >/dev/null || fail "the desk does not go on without the server"
postdesk --as anna do 1 '#close' >/dev/null || fail "the desk does not go on without the server"
check "nothing waits" eval 'postdesk outbox --json | grep -q "\"kind\": *\"line\""'
check "Prosody does not start again" prosody_start
check "it does not connect to the server that came back" pf_wait 60 connected
client carol pw-carol
await "what was said while the server was away is lost" carol 'This chat is over'
check "something waits" pf_wait 20 eval '! postdesk outbox --json | grep -q "\"kind\": *\"line\""'
check "the daemon ends badly" desk_stop
