#!/bin/bash
# The chat page for visitors in a real browser: opened by the keyboard alone, a line, the agent's answer, the address, the
# end, and the transcript in the visitor's mailbox. Nothing comes from a foreign host. CONVERSE names the package of
# Converse.js; else it is fetched. SHOT names a file for a picture of the window.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top_srcdir/tests/lib/desk.sh"
. "$top_srcdir/tests/lib/chat.sh"
for program in chromium chromedriver; do
	if ! command -v $program >/dev/null; then
		echo "$program is not installed"
		exit 77
	fi
done
site=$(mktemp -d "${TMPDIR:-/tmp}/postdesk-site.XXXXXX")
chmod 755 "$site"
trap 'rm -rf "$site"' EXIT
if ! CONVERSE=${CONVERSE:-} "$top_srcdir/contrib/chat/install" "$site" >"$site.out" 2>&1; then
	cat "$site.out"
	rm -rf "$site" "$site.out"
	echo "Converse.js cannot be fetched here"
	exit 77
fi
rm -f "$site.out"

PROSODY_MODULES='"http_files",'
PROSODY_OPTIONS="http_files_dir = \"$site\"; http_default_host = \"visitors.example.com\""
chat_begin
page_end() {
	local code=$?
	browse end >/dev/null 2>&1
	kill "$driver_pid" 2>/dev/null
	rm -rf "$site"
	(exit $code)
	chat_end_all
}
driver_pid=
trap page_end EXIT
chat_start
client anna pw-anna

driver=$(pf_free_port)
chromedriver --port="$driver" >"$work/driver.out" 2>&1 &
driver_pid=$!
driver_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$driver") 2>/dev/null; }
pf_wait 30 driver_answers || fail "chromedriver does not start"
session=$(python3 "$top_srcdir/tests/lib/browser.py" "$driver" start) || fail "the browser does not start: $(tail -3 "$work/driver.out")"
browse() { python3 "$top_srcdir/tests/lib/browser.py" "$driver" "$session" "$@"; }
see() {
	browse wait "$2" && return
	browse shot "${SHOT:-$work/failed.png}"
	browse log | tail -5
	fail "$1: $(browse eval 'document.body.innerText' | tail -20)"
}

# --- by the keyboard alone ---
browse open "http://127.0.0.1:$PROSODY_HTTP/files/index.html"
browse keys '<Tab><Tab>'
check_equal "the second stop of the Tab key" "$(browse eval 'document.activeElement.id')" postdesk-chat-button
check_equal "it says that it opens something" \
	"$(browse eval 'document.activeElement.getAttribute("aria-expanded") + " " + document.activeElement.getAttribute("aria-controls")')" \
	"false postdesk-chat"
browse keys '<Enter>'
see "no window" '!document.getElementById("postdesk-chat").hidden'
see "no line to write" '!!document.querySelector("#postdesk-chat textarea")'
see "the line has not the focus" 'document.activeElement === document.querySelector("#postdesk-chat textarea")'
check_equal "the line's name" "$(browse eval 'document.activeElement.getAttribute("aria-label")')" "Your message"
check_equal "the dialog's name" "$(browse eval 'document.getElementById(document.getElementById("postdesk-chat").getAttribute("aria-labelledby")).textContent')" Chat

# --- a conversation ---
browse keys 'Hello, my printer burns.<Enter>'
await "anna is not invited" anna 'my printer burns'
see "no greeting" 'document.querySelector("#postdesk-chat").innerText.includes("Welcome to Example Support")'
order anna "say t1@desk.example.com Please unplug it."
see "the answer is not seen" 'document.querySelector("#postdesk-chat").innerText.includes("Please unplug it.")'
# Seen, not only there: the line to write in and the answer lie on top at their place.
on_top() {
	browse eval "(function (e) { const r = e.getBoundingClientRect(), t = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2); return r.width > 60 && r.height > 10 && !!t && (e.contains(t) || t.contains(e)); })($1)"
}
check_equal "the line is seen" "$(on_top 'document.querySelector("#postdesk-chat textarea")')" True
check_equal "the answer is seen" \
	"$(on_top 'Array.from(document.querySelectorAll("#postdesk-chat converse-chat-message-body")).find(e => e.innerText.includes("Please unplug it."))')" True
check_equal "new lines are told to screen readers" \
	"$(browse eval '!!Array.from(document.querySelectorAll("#postdesk-chat [role=log][aria-live=polite]")).find(e => e.innerText.includes("Please unplug it."))')" True
browse keys 'I am carol@example.net, thank you.<Enter>'
await "anna does not learn the address" anna "address is carol@example.net from now on"
[ -z "${SHOT:-}" ] || browse shot "$SHOT"

# --- Escape closes the window and not the chat ---
browse keys '<Escape>'
check_equal "the window" "$(browse eval 'document.getElementById("postdesk-chat").hidden')" True
check_equal "the focus" "$(browse eval 'document.activeElement.id')" postdesk-chat-button
browse keys '<Space>'
see "the words are gone" 'document.querySelector("#postdesk-chat").innerText.includes("Please unplug it.")'

# --- the end, and the transcript ---
order anna "say t1@desk.example.com #close"
see "no farewell" 'document.querySelector("#postdesk-chat").innerText.includes("This chat is over")'
check "no transcript" pf_wait 30 eval '[ -n "$(pf_mails carol@example.net)" ]'
transcript=$(pf_mails carol@example.net | head -1)
for words in 'my printer burns' 'Please unplug it.'; do
	grep -q -- "$words" "$transcript" || fail "the transcript lacks: $words"
done

# --- nothing foreign, nothing refused by the page's own policy ---
check_equal "foreign hosts" "$(browse eval 'performance.getEntriesByType("resource").map(e => new URL(e.name).host).filter(h => h !== location.host).join()')" ""
browse log | grep -i 'content security policy' && fail "the page asks for what its policy forbids"
check "the daemon ends badly" desk_stop
