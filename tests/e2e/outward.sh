#!/bin/bash
# Exactly once outward: what the MTA has answered to have taken it does not get again, and nothing else counts as
# taken. A filter that fails after postdesk's own, a cleanup that dies, a client or a restriction that fails at each
# step: nothing is lost. kill -9 between the MTA's answer and the mark: the very same mail again.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i "s|^lmtp = .*|&\nmilter = $PF_MILTER|" "$work/postdesk.conf"
late=$(pf_free_port)
echo accept >"$work/late"
mkfifo "$work/late.end"
"$top_srcdir/tests/lib/late-milter.py" "$late" "$work/late" "$PF_DIR/spool" <"$work/late.end" >"$work/late.out" 2>&1 &
exec {late_end}>"$work/late.end"
postconf -c "$PF_DIR/etc" -e service_throttle_time=1s

# listener [SETTING=VALUE]...: postdesk's own, with these settings more
service=127.0.0.1:$PF_DESK_PORT/inet
pf_service() { postconf -c "$PF_DIR/etc" "$@"; }
listener() {
	pf_service -PX $service/smtpd_sender_restrictions $service/smtpd_recipient_restrictions \
		$service/smtpd_data_restrictions $service/smtpd_end_of_data_restrictions 2>/dev/null
	for setting in smtpd_milters=unix:postdesk/milter,inet:127.0.0.1:$late milter_macro_daemon_name=postdesk \
		milter_default_action=tempfail smtpd_delay_reject=no "$@"; do
		pf_service -P "$service/$setting"
	done
	[ -z "$desk_pid" ] || desk_kill # its connections know the listener as it was
	postfix -c "$PF_DIR/etc" reload >/dev/null 2>&1
	desk_start
}
waiting() { postdesk outbox --json | wc -l; }
drained() { [ "$(waiting)" -eq 0 ] && [ "$(pf_deferred)" -eq 0 ]; }
# Tries at once what waits.
again() {
	local end=$((SECONDS + 60))
	until drained; do
		[ $SECONDS -lt $end ] || return 1
		postdesk outbox --flush
		sleep 0.2
	done
}
# Some attempt of what waits was answered with that.
was_answered() { postdesk outbox --json | grep -q "\"last_reply\": *\"[^\"]*$1"; }
tried() {
	postdesk outbox --flush
	was_answered "$1"
}
is_late() { grep -q "$1" "$work/late.log"; }
ids() {
	local file
	for file in $(pf_mails "$1"); do
		field "$file" Message-ID
	done | sort | uniq -c | sed 's/^ *//'
}

is_warned() { MAIL_CONFIG=$PF_DIR/etc postdesk check 2>&1 | grep -q "$PF_DESK_PORT has no milter_macro_daemon_name=postdesk"; }
check "postdesk check does not tell that the listener has no name" is_warned
listener
is_warned && fail "postdesk check does not see the listener's name"
check "no listener" pf_wait 20 pf_answers "$PF_DESK_PORT"
mail "Carol <carol@example.net>" support@example.com "Once" "Cc: dave@example.net" <<<"Please." |
	hand_in "$PF_PORT" carol@example.net support@example.com
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
check "bob was not told" pf_wait 20 pf_has bob@example.com 1
reply_to=$(field "$(pf_mails anna@example.com)" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
answer() {
	echo "$1" | mail "Anna <anna@example.com>" "$reply_to" "Re: Once" |
		hand_in "$PF_AGENTS_PORT" anna@example.com "$reply_to"
}
answer "The first answer"
check "no answer" pf_wait 20 pf_has dave@example.net 1
check "no answer" pf_wait 20 pf_has carol@example.net 1
check "not marked" pf_wait 20 drained

# The same mail once more, as one would bring it that knows nothing of the answer: only who is not marked gets it.
sent=$(pf_mails carol@example.net)
strip() { sed -e '/^\(Return-Path\|X-Original-To\|Delivered-To\|Received\|	\)/d' "$1"; }
strip "$sent" >"$work/sent.eml"
sender=$(field "$sent" Return-Path | tr -d '<>')
repeat() { pf_send "$PF_DESK_PORT" "$sender" "$@" <"$work/sent.eml" >"$work/reply" || fail "not taken: $(cat "$work/reply")"; }
repeat carol@example.net
repeat carol@example.net dave@example.net
repeat dave@example.net anyone@example.org carol@example.net
check "nobody was left" pf_wait 20 pf_has anyone@example.org 1
check "not delivered" pf_wait 20 drained
check_equal "carol's mails" "$(pf_mails carol@example.net | wc -l)" 1
check_equal "dave's mails" "$(pf_mails dave@example.net | wc -l)" 1
taken_out() { cat "$work/postdeskd.log" "$work/postdeskd.out" 2>/dev/null | grep -c 'milter: not sent again.*recipient=\(carol\|dave\)@'; }
check_equal "taken out" "$(taken_out)" 5
# Another Message-ID, of somebody else or none of ours, is another mail; a changed one, too.
sed -i 's/^Message-ID: <t1/Message-ID: <t2/I' "$work/sent.eml"
repeat carol@example.net
check "another mail was taken out" pf_wait 20 pf_has carol@example.net 2
# Of one with two Message-IDs, a marked one among them, first or last, nobody can say which mail it is.
sed -i 's/^Message-ID: <t2/Message-ID: <t1/I' "$work/sent.eml"
cp "$work/sent.eml" "$work/once.eml"
sed 's/^Message-ID: /Message-ID: <another@example.net>\n&/I' "$work/once.eml" >"$work/sent.eml"
repeat carol@example.net
check "one with the marked id as its second was taken out" pf_wait 20 pf_has carol@example.net 3
sed 's/^Message-ID: .*/&\nMessage-ID: <another@example.net>/I' "$work/once.eml" >"$work/sent.eml"
repeat carol@example.net
check "one with the marked id as its first was taken out" pf_wait 20 pf_has carol@example.net 4
cp "$work/once.eml" "$work/sent.eml"
# Elsewhere than on the listener nothing is taken out: that is not postdesk's own submission.
pf_send "$PF_PORT" "$sender" carol@example.net <"$work/sent.eml" >/dev/null || fail "not taken"
check "taken out on another listener" pf_wait 20 pf_has carol@example.net 5

count=1
# Each step fails once: a restriction at MAIL, RCPT, DATA, the end; a later filter that says no or goes; cleanup
# that dies when all filters have said yes. Nothing is taken for taken, and afterwards it comes, once.
fails() {
	local words=$1 reply=$2
	answer "While $words"
	check "$words: not tried" pf_wait 30 tried "$reply"
	[ "$(waiting)" -gt 0 ] || fail "$words: taken for taken"
	check_equal "$words: dave's mails" "$(pf_mails dave@example.net | wc -l)" $count
}
recovers() {
	count=$((count + 1))
	check "$1: it does not leave" again
	check "$1: dave got nothing" pf_wait 20 pf_has dave@example.net $count
	check_equal "$1: dave's mails" "$(pf_mails dave@example.net | wc -l)" $count
	check_equal "$1: Message-IDs of them" "$(ids dave@example.net | wc -l)" $count
}
for step in smtpd_sender_restrictions smtpd_recipient_restrictions smtpd_data_restrictions \
	smtpd_end_of_data_restrictions; do
	listener $step=defer
	fails $step 450
	listener
	recovers $step
done
for mode in tempfail vanish kill; do
	echo $mode >"$work/late"
	fails "$mode behind postdesk" '\(4[0-9][0-9]\|connection\)'
	check "$mode: the late filter was not asked" is_late $mode
	echo accept >"$work/late"
	recovers $mode
done
check_equal "taken out after failures" "$(taken_out)" 5

# Answered, and the mark cannot be written, since somebody locks the database from then on: it is known all the same.
cat >"$work/lock.py" <<-'END'
	import os, sqlite3, sys, time
	database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
	database.execute("BEGIN IMMEDIATE")
	open(sys.argv[2], "w").close()
	while os.path.exists(sys.argv[2]):
	    time.sleep(0.1)
END
printf '#!/bin/sh\npython3 "%s" "%s" "%s" >/dev/null 2>&1 &\nuntil [ -e "%s" ]; do sleep 0.1; done\necho accept >"%s"\n' \
	"$work/lock.py" "$work/state/desk.db" "$work/locked" "$work/locked" "$work/late" >"$work/late.run"
chmod +x "$work/late.run"
echo run >"$work/late"
answer "While the mark cannot be written"
check "dave got nothing" pf_wait 20 pf_has dave@example.net $((count + 1))
check "it was marked all the same" pf_wait 30 grep -q "cannot mark a mail" "$work/postdeskd.out"
sent=$(pf_mails dave@example.net | tail -1)
strip "$sent" >"$work/sent.eml"
sender=$(field "$sent" Return-Path | tr -d '<>')
repeat dave@example.net anyone@example.org
check "nobody was left" pf_wait 20 pf_has anyone@example.org 2
rm "$work/locked"
count=$((count + 1))
check "it was not marked in the end" pf_wait 60 drained
check_equal "dave's mails" "$(pf_mails dave@example.net | wc -l)" $count
check_equal "taken out" "$(taken_out)" 6
desk_stop || fail "did not end well"

# Ended between the MTA's answer and the mark, over and over: the very same mail comes again, and then no more.
gone() { ! kill -0 "$desk_pid" 2>/dev/null; }
until_its_end() {
	env "$@" "$POSTDESKD" -f -c "$work/postdesk.conf" >>"$work/postdeskd.log" 2>&1 &
	desk_pid=$!
}
until_its_end POSTDESK_CRASH=after-250-before-mark:1
echo "Over and over" | mail "Anna <anna@example.com>" "$reply_to" "Re: Once" |
	pf_send "$PF_AGENTS_PORT" anna@example.com "$reply_to" >/dev/null || fail "not taken"
kills=5
[ "${PD_EXHAUSTIVE:-0}" = 1 ] && kills=50
for ((n = 1; n <= kills; n++)); do
	check "it did not end at the $n. time" pf_wait_queue 30 gone
	wait "$desk_pid" 2>/dev/null
	until_its_end POSTDESK_CRASH=after-250-before-mark:1
done
check "it did not end at last" pf_wait_queue 30 gone
wait "$desk_pid" 2>/dev/null
desk_start
check "not sent at last" pf_wait 60 drained
got=$(pf_mails dave@example.net | wc -l)
[ "$got" -gt $((count + 1)) ] && [ "$got" -le $((count + kills + 2)) ] || fail "sent $((got - count)) times"
check_equal "Message-IDs" "$(ids dave@example.net | wc -l)" $((count + 1))
for file in $(pf_mails dave@example.net); do
	strip "$file" | sha256sum
done | sort -u >"$work/bytes"
check_equal "different mails" "$(wc -l <"$work/bytes")" $((count + 1))

# Killed at any moment: who is marked gets it no more. copies: how often each recipient got what is marked for it.
copies() {
	postdesk outbox --all --json | grep '"state": *"sent"' | grep -o '"message_id": *"[^"]*"' | cut -d'"' -f4 |
		sort >"$work/marked"
	for address in anna@example.com bob@example.com carol@example.net dave@example.net; do
		ids $address | sed "s/\([0-9]*\) <\(.*\)>/\2 $address \1/"
	done | sort | join - "$work/marked"
}
# What came in for the desk may wait; what left it may not.
outward_is_empty() { ! postqueue -c "$PF_DIR/etc" -j | grep -qv '"address": "support'; }
load() {
	local i
	for ((i = 1; i <= 20; i++)); do
		mail "c$i@example.org" support@example.com "Load $i" <<<"x" |
			pf_send "$PF_PORT" "c$i@example.org" support@example.com
	done
}
before=$(tickets)
load >"$work/load" 2>/dev/null &
loader=$!
for ((n = 1; n <= kills * 2; n++)); do
	sleep 0.$((RANDOM % 5))$((RANDOM % 10))
	desk_kill
	check "the queue does not empty" pf_wait_queue 30 outward_is_empty
	copies >"$work/copies"
	[ $n -eq 1 ] || comm -23 "$work/copies.old" "$work/copies" >"$work/changed"
	[ ! -s "$work/changed" ] || fail "sent again though marked: $(cat "$work/changed")"
	mv "$work/copies" "$work/copies.old"
	desk_start
done
wait $loader
check_equal "mails that were taken" "$(grep -c '^250' "$work/load")" 20
check "not all mails became tickets" pf_wait_queue 120 has_tickets $((before + 20))
check "not all is sent" pf_wait_queue 60 drained
copies >"$work/copies"
comm -23 "$work/copies.old" "$work/copies" >"$work/changed"
[ ! -s "$work/changed" ] || fail "sent again though marked: $(cat "$work/changed")"
lost=$(postdesk outbox --all --json | grep -o '"message_id": *"[^"]*"' | cut -d'"' -f4 | sort -u |
	comm -23 - <(for address in anna@example.com bob@example.com carol@example.net dave@example.net; do
		ids $address
	done | sed 's/.*<\(.*\)>/\1/' | sort -u))
check_equal "lost" "$lost" ""
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
