#!/bin/bash
# The same chat, from the first line to the transcript, with ejabberd as the manual configures it, where it is installed; then
# what differs between servers: anonymous visitors, uploads, a wrong secret, a restart of the server.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
export top_srcdir CHAT_SERVER=ejabberd
. "$top_srcdir/tests/e2e/chat.sh"

# --- the secret ---
logged() { grep -q -- "$1" "$work/postdeskd.out"; }
postdesk check >"$work/check" 2>&1
grep -q 'chat support.*does not log in' "$work/check" && fail "check finds fault with a good component: $(cat "$work/check")"
echo wrong >"$PROSODY_SECRET"
postdesk check >"$work/check" 2>&1 && fail "check passes a wrong secret"
grep -q 'desk.example.com does not log in.*refuses the secret' "$work/check" || fail "check says: $(cat "$work/check")"
desk_start
check "a wrong secret is not told" pf_wait 20 logged 'refused the secret (not-authorized)'
echo s3cret >"$PROSODY_SECRET"
sed -i "s|^transcript = yes|&\nfiles = $PROSODY_FILES|" "$work/postdesk.conf"
tries_again() { connected || { postdesk reload >/dev/null; false; }; }
check "it does not connect" pf_wait 30 tries_again

# --- an anonymous visitor, whom the server calls by a name of its own; a file; presence ---
client visitor
order visitor "raw <presence to='$desk' type='probe'/>"
order visitor "raw <presence to='$desk'/>"
check "the chat is not there" pf_wait 20 grep -q "^presence	$desk	available" "$(chat_log visitor)"
order visitor "say $desk I have no name."
await "no greeting" visitor 'Somebody will be with you'
await "anna is not invited" anna 'I have no name'
number=$(ticket_number '"I have no name"')
order anna "say t$number@desk.example.com Never mind."
await "the visitor hears nothing" visitor 'Never mind'
head -c 5000 /dev/urandom >"$work/a b.png"
order anna "share t$number@desk.example.com $work/a b.png"
await "the visitor does not get the link" visitor "$PROSODY_FILES"
if [ -x "$(dirname "$POSTDESKD")/postdesk-fetch" ]; then
	check "no file" pf_wait 30 eval 'postdesk attachments "$number" --json | grep -q "\"size\": *5000"'
	postdesk fetch "$number" 1 | cmp -s - "$work/a b.png" || fail "the file is another one"
fi
order visitor quit
await "anna is not told that the visitor left" anna 'The visitor has left'

# --- the server is restarted: what was said meanwhile comes ---
order anna "say t1@desk.example.com I am here again."
await "carol hears nothing" carol 'I am here again'
order carol "say $desk Before the restart."
await "anna is not told" anna 'Before the restart'
ejabberd_stop
postdesk --as anna do 1 '#close' >/dev/null || fail "the desk does not go on without the server"
check "ejabberd does not start again" ejabberd_start
check "it does not connect to the server that came back" pf_wait 60 connected
client carol pw-carol
await "what was said while the server was away is lost" carol 'This chat is over'
check "something waits" pf_wait 20 eval '! postdesk outbox --json | grep -q "\"kind\": *\"line\""'
check "the daemon ends badly" desk_stop
