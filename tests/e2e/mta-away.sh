#!/bin/bash
# A vanished MTA fills the outbox, which drains when it is back; a mail killed between the MTA's 250 and the mark
# leaves again with the same Message-ID and bytes; a refused recipient is told on the ticket.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start
postdesk status >/dev/null || fail "status"

# Without Postfix: tickets made by hand notify the team, and wait.
pf_stop
sleep 0.2
for i in 1 2 3; do
	postdesk create --mailbox support --name "By hand $i" --contact carol@example.net \
		>/dev/null || fail "create"
	postdesk do $i "#note for @bob" >/dev/null || fail "do"
done
waiting() { [ "$(postdesk outbox --json | wc -l)" -ge 3 ]; }
check "nothing waits in the outbox" pf_wait 10 waiting
tried() { postdesk outbox --json | grep -q 'refused\|reached'; }
check "the outbox does not tell that nobody answers" pf_wait 40 tried
postfix -c "$PF_DIR/etc" start >/dev/null 2>&1
drained() { [ "$(postdesk outbox --json | wc -l)" -eq 0 ]; }
check "the outbox was not drained within 45 s" pf_wait 45 drained
check "bob was not told" pf_wait 20 pf_has bob@example.com 3
desk_stop || fail "did not end well"

# Killed after the MTA took it, before the mark: sent again at once after the start, the same bytes.
before=$(pf_mails bob@example.com | wc -l)
desk_start POSTDESK_CRASH=after-250-before-mark
postdesk do 1 "#note once more @bob" >/dev/null
gone() { ! kill -0 "$desk_pid" 2>/dev/null; }
check "the crash point was not reached" pf_wait 40 gone
wait "$desk_pid"
desk_pid=
check "the first copy did not arrive" pf_wait 20 pf_has bob@example.com $((before + 1))
desk_start
check "the second copy did not arrive within 30 s" pf_wait 30 pf_has bob@example.com $((before + 2))
check "the outbox was not drained" pf_wait 20 drained
one=$(pf_mails bob@example.com | tail -2 | head -1)
two=$(pf_mails bob@example.com | tail -1)
check_equal "Message-ID" "$(field "$two" Message-ID)" "$(field "$one" Message-ID)"
# what Postfix adds stands before From
body() { sed -n '/^From:/,$p' "$1" | sha256sum; }
check_equal "bytes" "$(body "$two")" "$(body "$one")"
desk_stop || fail "did not end well"

# An address that the MTA refuses for good: the ticket tells it, and it is not tried again.
desk_start
echo "Please answer" | mail nobody@example.net support@example.com "From nowhere" |
	pf_send "$PF_PORT" nobody@example.net support@example.com || fail "not taken"
check "no ticket" pf_wait 20 has_tickets 4
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
reply_to=$(field "$(pf_mails anna@example.com | tail -1)" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
echo "Here is the answer." | mail anna@example.com "$reply_to" "Re: From nowhere" |
	pf_send "$PF_AGENTS_PORT" anna@example.com "$reply_to" || fail "not taken"
told() { postdesk show 4 | grep -qi undelivered; }
check "the ticket does not tell of the refused mail" pf_wait 20 told
check "a refused mail is tried again" pf_wait 10 drained
check "the refusal does not stand in the outbox" grep -q '"refused"' <(postdesk outbox --all --json)
desk_stop || fail "did not end well"
