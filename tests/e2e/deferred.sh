#!/bin/bash
# While postdeskd is away Postfix keeps the mail and brings it later; an unknown address bounces; a full desk of
# recipients gets a reply each; a mail for two mailboxes is one ticket.
. "${top_srcdir:-.}/tests/lib/desk.sh"
PF_DESK="$PF_DESK ghost@example.com"
begin

# Nobody is there yet.
for i in 1 2 3; do
	echo "Text $i" | mail carol@example.net support@example.com "While you were out $i" |
		pf_send "$PF_PORT" carol@example.net support@example.com || fail "Postfix did not take mail $i"
done
waiting() { [ "$(pf_deferred)" -eq 3 ]; }
check "the mails do not wait in the queue" pf_wait 10 waiting
desk_start
check "the queue was not drained" pf_wait_queue 30 has_tickets 3
empty() { [ "$(pf_deferred)" -eq 0 ]; }
check "the queue is not empty" pf_wait_queue 20 empty

# An address that Postfix gives us but that is not the desk's bounces to its sender.
echo "Text" | mail carol@example.net ghost@example.com "Anybody there" |
	pf_send "$PF_PORT" carol@example.net ghost@example.com || fail "Postfix did not take the mail"
check "no bounce" pf_wait 20 pf_has carol@example.net 1
grep -q "550 5.1.1" "$(pf_mails carol@example.net | tail -1)" || fail "the bounce does not tell why"
check_equal "tickets after the bounce" "$(tickets)" 3

# One mail to two mailboxes: Postfix brings it once, and it is one ticket of the first.
echo "Text" | mail dave@example.net "support@example.com, sales@example.com" "To both" >"$work/both.eml"
pf_send "$PF_PORT" dave@example.net support@example.com sales@example.com <"$work/both.eml" || fail "not taken"
check "no ticket for two mailboxes" pf_wait 20 has_tickets 4
check "not delivered" pf_wait_queue 20 empty
check_equal "tickets for a mail to two mailboxes" "$(tickets)" 4

# The same mail brought again, as after a lost reply: nothing new.
pf_send "$PF_PORT" dave@example.net support@example.com sales@example.com <"$work/both.eml" || fail "not taken"
check "not delivered again" pf_wait_queue 20 empty
check_equal "tickets after the same mail again" "$(tickets)" 4

# Too large for the desk, which may take less than Postfix: a bounce, no ticket.
desk_stop || fail "did not end well"
sed -i 's/^\[postdesk\]/&\nmessage_size_limit = 20k/' "$work/postdesk.conf"
desk_start
head -c 30000 /dev/zero | tr '\0' x | fold -w 70 | mail dave@example.net support@example.com "Large" |
	pf_send "$PF_PORT" dave@example.net support@example.com || fail "Postfix did not take the large mail"
check "no bounce of the large mail" pf_wait 20 pf_has dave@example.net 1
check_equal "tickets after the large mail" "$(tickets)" 4

# An idle connection of Postfix hears 421 when the daemon ends, and the daemon ends at once.
before=$SECONDS
desk_stop || fail "did not end well"
[ $((SECONDS - before)) -le 5 ] || fail "ending took $((SECONDS - before)) s"
