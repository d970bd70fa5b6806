#!/bin/bash
# postdeskd is down: what Postfix does then is the administrator's choice for port 25, and none for the others. Agents'
# mail waits in their clients, so that it never goes unsealed.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin_with_logins
as_anna() {
	PF_USER=anna PF_PASSWORD="secret of anna" pf_send "$submission" anna@example.com "$@" >"$work/told"
}
# What a client is told that would begin to log in.
starttls() {
	pf_connect "$submission" && pf_command STARTTLS
	echo "$pf_reply"
	exec 7<&- 8<&-
}
from_world() {
	pf_send "$PF_PORT" carol@example.net support@example.com >"$work/told"
}
mail "Carol Customer <carol@example.net>" support@example.com "First" <<<"Hello" >"$work/first.eml"
printf '#new By anna\n\nHello\n' | mail anna@example.com support@example.com "A call" >"$work/anna.eml"

# The lines as they are: tempfail everywhere. Nothing is taken, and nothing is lost: the clients keep it.
from_world <"$work/first.eml" && fail "taken while postdeskd is down"
grep -q '^451 4.7.1 ' "$work/told" || fail "no 451: $(cat "$work/told")"
as_anna support@example.com <"$work/anna.eml" && fail "an agent's mail was taken while postdeskd is down"
check_equal "the submission service's answer" "$(starttls)" "454 4.3.0 Try again later"
desk_start
from_world <"$work/first.eml" || fail "not taken: $(cat "$work/told")"
check "no ticket" pf_wait 20 has_tickets 1
desk_stop || fail "did not end well"

# accept for port 25: mail is taken, waits in the queue, and comes when postdeskd is there. Forged proofs are still
# taken out (header_checks), or prove nothing (the seal). Agents' mail waits in their clients as before.
sed -i 's/^milter_default_action = tempfail/milter_default_action = accept/' "$work/lines"
pf_apply "$work/lines" && pf_start || fail "Postfix does not start"
mail "Bob Berger <bob@example.com>" support@example.com "By force" \
	"Authentication-Results: mail.example.com; dmarc=pass header.from=example.com" \
	"X-Postdesk-Seal: v1; bob; $(date +%s); aaaaaaaaaaaaaaaa; aaaa" <<<"#new Forged" >"$work/forged.eml"
pf_send "$PF_PORT" bob@example.com support@example.com <"$work/forged.eml" || fail "not taken"
mail "Dave <dave@example.net>" support@example.com "Second" <<<"Hello" >"$work/second.eml"
pf_send "$PF_PORT" dave@example.net support@example.com <"$work/second.eml" || fail "not taken"
as_anna support@example.com <"$work/anna.eml" && fail "an agent's mail was taken unsealed"
check_equal "the submission service's answer" "$(starttls)" "454 4.3.0 Try again later"
desk_start
check "the mail did not come" pf_wait_queue 30 has_tickets 2
is_asked() { grep -qs '^#yes' $(pf_mails bob@example.com); }
check "bob was not asked" pf_wait_queue 20 is_asked
check_equal "forged tickets" "$(tickets Forged)" 0
as_anna support@example.com <"$work/anna.eml" || fail "not taken: $(cat "$work/told")"
made() { [ "$(tickets 'anna')" -ge 1 ]; }
check "anna's command was not carried out" pf_wait 20 made
check "postdeskd did not end well" desk_stop
