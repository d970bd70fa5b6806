#!/bin/bash
# The web page of contrib/chat in Chromium: a visitor opens the chat by keyboard, writes, gets the agent's answer, closes it,
# and finds the transcript in the mailbox. Nothing is loaded from elsewhere. Needs Chromium, its driver, and Converse.js,
# which CHAT_SITE names (made by contrib/chat/fetch) or npm fetches; skipped (77) where one of these is not there.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top_srcdir/tests/lib/desk.sh"
. "$top_srcdir/tests/lib/chat.sh"
for program in chromium chromedriver; do
	if ! command -v $program >/dev/null; then
		echo "$program is not installed"
		exit 77
	fi
done
site=${CHAT_SITE:-}
desk=support@desk.example.com
CHAT_BOB=s/x/x/ chat_begin
if [ -z "$site" ]; then
	site=$work/site
	"$top_srcdir/contrib/chat/fetch" "$site" >"$work/fetch.log" 2>&1 || {
		echo "Converse.js cannot be fetched: $(tail -1 "$work/fetch.log")"
		exit 77
	}
else
	cp "$top_srcdir"/contrib/chat/*.html "$top_srcdir"/contrib/chat/*.js "$top_srcdir"/contrib/chat/*.css "$site/"
fi
browser() { python3 "$top_srcdir/tests/lib/browser.py" "$driver_port" "$work/session" "$@"; }
shows() { browser text "$1" 2>/dev/null | grep -q -- "$2"; }
focused() { [ "$(browser run 'return document.activeElement.id || document.activeElement.tagName')" = "$1" ]; }

chat_start
client anna pw-anna
driver_port=$(pf_free_port)
site_port=$(pf_free_port)
(cd "$site" && exec python3 -m http.server --bind 127.0.0.1 "$site_port") >"$work/http.log" 2>&1 &
client_pids="$client_pids $!"
HOME=$work TMPDIR=$work chromedriver --port="$driver_port" >"$work/driver.log" 2>&1 &
client_pids="$client_pids $!"
check "the driver does not start" pf_wait 30 eval '(exec 3<>"/dev/tcp/127.0.0.1/$driver_port") 2>/dev/null'
end_page() {
	local code=$?
	browser quit >/dev/null 2>&1 # the driver alone would leave it behind
	(exit $code)
	chat_end_all
}
trap end_page EXIT
browser start || fail "no browser"
browser open "http://127.0.0.1:$site_port/index.html?websocket=ws://127.0.0.1:$PROSODY_HTTP/xmpp-websocket" || fail "no page"

# --- by keyboard: the button, then the words ---
browser run 'document.getElementById("chat-button").focus()' >/dev/null
browser press Enter
check "the panel does not open" pf_wait 10 eval '[ "$(browser run "return document.getElementById(\"chat-panel\").hidden ? 1 : 2")" = 2 ]'
pf_wait 60 focused TEXTAREA || {
	browser log
	fail "there is nothing to write into"
}
browser type textarea 'Hello from the page, <b>can</b> you help?\n'
await "the agent is not invited" anna 'Hello from the page, <b>can</b> you help'
number=$(ticket_number '"Hello from the page"')
check "no greeting" pf_wait 20 shows '#chat-body' 'Somebody will be with you shortly'
order anna "say t$number@desk.example.com Of course. What is your address?"
check "the page does not show the answer" pf_wait 20 shows '#chat-body' 'Of course. What is your address'
browser type textarea 'carol@example.net\n'
await "the agent does not get the line" anna 'carol@example.net'
[ -n "${CHAT_SHOT:-}" ] && browser shot "$CHAT_SHOT"

# --- names for those who do not see, nothing from elsewhere ---
check_equal "the field's name" "$(browser run 'return document.querySelector("textarea").getAttribute("aria-label")')" "Your message"
check_equal "the panel's name" \
	"$(browser run 'return document.getElementById(document.querySelector("[role=dialog]").getAttribute("aria-labelledby")).textContent')" \
	"Chat with Example Support"
hosts=$(browser hosts)
check_equal "foreign hosts" "$(grep -vc '^127\.0\.0\.1:' <<<"$hosts")" 0

# --- Escape closes: the chat is over, the transcript is mailed, the focus is on the button ---
browser run 'document.querySelector("textarea").focus()' >/dev/null
browser press Escape
await "the agent is not told of the end" anna 'The visitor has left'
check "the focus is lost" pf_wait 10 focused chat-button
check "no transcript" pf_wait 30 eval '[ -n "$(pf_mails carol@example.net)" ]'
grep -q 'Anna Virtanen: Of course' "$(pf_mails carol@example.net | head -1)" || fail "the transcript lacks the answer"
