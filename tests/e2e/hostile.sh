#!/bin/bash
# Mail that is made to break its reader: each becomes a ticket, costs nobody else anything, and nothing in it
# reaches a header or a line of the log. A reader that is killed is replaced.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start
started=$desk_pid

send() {
	check "a mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com >/dev/null
}
# times COUNT TEXT: the text that often
times() {
	awk -v n="$1" -v text="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", text }'
}
# The value of a figure of `postdesk status`.
figure() {
	postdesk status --json | sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p"
}
sent=0
# hostile NAME: sends $work/mail, and waits for its ticket.
hostile() {
	sent=$((sent + 1))
	send <"$work/mail"
	check "no ticket of: $1" pf_wait 60 has_tickets $sent
	kill -0 "$started" 2>/dev/null || fail "postdeskd died of: $1"
}
carol="Carol Customer <carol@example.net>"

# Nested groups overflow the stack of a recursive parser.
for levels in 3000 50000; do
	{
		printf 'From: %s\nCc: ' "$carol"
		times $levels 'a:'
		printf '\nSubject: groups %s\n\ntext\n' $levels
	} >"$work/mail"
	hostile "$levels nested groups"
done
# Two hundred thousand empty parts.
{
	printf 'From: %s\nTo: support@example.com\nSubject: parts\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n' "$carol"
	times 200000 $'--b\n\n\n'
} >"$work/mail"
hostile "200,000 parts"
postdesk show $sent --json | grep -q '"subject": *"parts"' || fail "the subject of what cannot be parsed is lost"
postdesk show $sent --raw | grep -c '^--b' | grep -qx 200000 || fail "the raw mail is not whole"
# Fields without end, in the header of a part.
{
	printf 'From: %s\nTo: support@example.com\nSubject: fields\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n' "$carol"
	times 100000 $'X: y\n'
	printf '\ntext\n--b--\n'
} >"$work/mail"
hostile "100,000 fields"
# A charset that nobody has, and one that would have to be opened.
printf 'From: %s\nTo: support@example.com\nSubject: =?EBCDIC-US?q?=C1?= charset\nContent-Type: text/plain; charset=IBM1047\n\n\301\302\n' \
	"$carol" >"$work/mail"
hostile "strange charsets"
# HTML that nests as deep as it can.
{
	printf 'From: %s\nTo: support@example.com\nSubject: html\nMIME-Version: 1.0\nContent-Type: text/html\n\n' "$carol"
	times 20000 $'<div><blockquote>\n'
	printf 'deep words\n'
} >"$work/mail"
hostile "nested HTML"
# A parameter name that one library never finishes writing, line ends in encoded words and in a file's name.
long=$(times 72 x)
cat >"$work/mail" <<-END
	From: =?utf-8?q?Carol=0D=0ABcc:_evil@example.org?= <carol@example.net>
	To: support@example.com
	Subject: =?utf-8?q?Hello=0D=0ABcc:_evil@example.org=0D=0A=0D=0Abody?=
	MIME-Version: 1.0
	Content-Type: multipart/mixed; boundary=b

	--b
	Content-Type: text/plain

	see the file
	--b
	Content-Type: application/pdf; $long*=utf-8''%C3%A4; name="x"
	Content-Disposition: attachment; filename*=utf-8''../..%2Fa%0D%0ABcc:evil.pdf

	content
	--b--
END
hostile "line ends in words"
check "anna was not told" pf_wait 30 pf_has anna@example.com $sent
grep -q '^Bcc:' "$work/postdeskd.out" && fail "a line of the log is the sender's"
for notification in $(pf_mails anna@example.com); do
	sed '/^\r\{0,1\}$/q' "$notification" | grep -qi '^Bcc:' && fail "a header field is the sender's: $notification"
done
postdesk attachments $sent --json | grep -q '[/\\]a' && fail "a file's name has its path: $(postdesk attachments $sent --json)"

check_equal "readers that died" "$(figure readers_replaced)" 0
check_equal "mails that were too much" "$(figure mails_unparsed)" 2

# A reader is killed: the next mail is read by another.
readers=$(pgrep -P "$started" -f -- --reader)
[ -n "$readers" ] || fail "no reader runs"
kill -9 $readers
mail "$carol" support@example.com "after the kill" <<<"Still here?" >"$work/mail"
hostile "a killed reader"
postdesk show $sent --json | grep -q "Still here?" || fail "the mail after the kill was not read"
check_equal "mails that were not read" "$(figure mails_unparsed)" 2

resident=$(awk '/VmHWM/ { print $2 }' "/proc/$started/status")
[ "$resident" -lt 262144 ] || [ -n "${PD_SANITIZED:-}" ] || fail "postdeskd took $resident KiB"
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
