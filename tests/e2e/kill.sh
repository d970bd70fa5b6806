#!/bin/bash
# kill -9 at any moment loses nothing and takes nothing in twice: while mails with numbered subjects come in by
# Postfix, postdeskd is killed again and again; at the end each subject is exactly one ticket, and the team got
# one notification of each, or the very same one (Message-ID and bytes) again.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
count=60
kills=12
if [ "${PD_EXHAUSTIVE:-0}" = 1 ]; then
	count=500
	kills=100
fi

send_all() {
	local i
	for ((i = 1; i <= count; i++)); do
		echo "Text of number $i" | mail "carol@example.net" support@example.com "Number $i." |
			pf_send "$PF_PORT" carol@example.net support@example.com >/dev/null || echo "mail $i was not taken"
	done
}

desk_start
send_all >"$work/send.log" &
sender=$!
for ((k = 0; k < kills; k++)); do
	sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
	desk_kill
	desk_start
done
wait $sender
[ -s "$work/send.log" ] && fail "$(cat "$work/send.log")"
check "not all mails became tickets" pf_wait_queue 120 has_tickets $count
empty() { [ "$(pf_deferred)" -eq 0 ]; }
check "the queue is not empty" pf_wait_queue 60 empty
check_equal "tickets" "$(tickets)" $count
for ((i = 1; i <= count; i++)); do
	echo "Number $i."
done | sort >"$work/wanted"
postdesk list --json | sed 's/.*"name": *"\([^"]*\)".*/\1/' | sort >"$work/got"
diff "$work/wanted" "$work/got" || fail "subjects differ"

# Leases of the killed are taken over at the start: the outbox drains without waiting for them to end.
drained() { [ "$(postdesk outbox --json | wc -l)" -eq 0 ]; }
check "the outbox was not drained" pf_wait 60 drained
check "the queue is not empty" pf_wait_queue 30 empty
seen=0
for file in $(pf_mails anna@example.com); do
	echo "$(field "$file" Message-ID) $(sed -e '1,/^Message-I[dD]:/d' "$file" | sha256sum | cut -c1-16)"
done | sort | uniq >"$work/notified"
seen=$(wc -l <"$work/notified")
check_equal "different notifications" "$seen" $count
check_equal "Message-IDs of notifications" "$(cut -d' ' -f1 "$work/notified" | sort -u | wc -l)" $count
postdesk verify || fail "verify"
desk_stop || fail "did not end well"
