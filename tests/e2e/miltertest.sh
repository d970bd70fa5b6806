#!/bin/bash
# Each step of the milter's protocol, as the scripts in tests/milter play them (miltertest); no Postfix is needed. Then
# what libmilter is known to do when it stops: it is slow, and it returns while callbacks still run.
. "${top_srcdir:-.}/tests/lib/desk.sh"
if ! command -v miltertest >/dev/null; then
	echo "miltertest is not installed"
	exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/postdesk-test.XXXXXX")
trap end EXIT
trap 'exit 1' INT TERM
PF_LOG=/dev/null
PF_LMTP=unix:$work/lmtp
PF_DESK_PORT=9
milter=$work/milter
desk_conf "milter = unix:$milter" >"$work/postdesk.conf"
play() {
	cat "$top_srcdir/tests/milter/prelude" "$1" >"$work/script"
	timeout 120 miltertest -D socket="unix:$milter" -s "$work/script" >"$work/told" 2>&1 </dev/null
}

desk_start
pid=$desk_pid
for script in "$top_srcdir"/tests/milter/*.lua; do
	play "$script" || fail "${script##*/}: $(cat "$work/told")"
	kill -0 "$pid" 2>/dev/null || fail "${script##*/} ended postdeskd"
	echo "${script##*/}: passed"
done
check_equal "mails that the scripts made tickets of" "$(tickets)" 0
postdesk verify || fail "verify"

# A script that expects something else fails: the scripts can.
echo 'conn = open() envelope(conn, nil, "x@example.net", "support+t1.aaaaaaaaaaaaaaaa@example.com")' >"$work/wrong.lua"
play "$work/wrong.lua" && fail "a script that expects what is not so passes"
# The client of guesses.lua still waits 4 s for an answer. Only so many wait; the others are sent away.
echo 'conn = open("192.0.2.66") envelope(conn, nil, "x@example.org") ok(mt.rcptto(conn, "<support+t1.aaaaaaaaaaaaaaaa@example.com>"))
	reply(conn, SMFIR_REPLYCODE, "wrong") mt.disconnect(conn)' | cat "$top_srcdir/tests/milter/prelude" - >"$work/guess"
pids=
for i in $(seq 1 40); do
	miltertest -D socket="unix:$milter" -s "$work/guess" >"$work/guess.$i" 2>&1 </dev/null &
	pids="$pids $!"
done
check "nobody is sent away" pf_wait 20 grep -q "milter: put off" "$work/postdeskd.out"
play "$top_srcdir/tests/milter/eom.lua" || fail "others wait, too: $(cat "$work/told")"
for pid in $pids; do
	wait "$pid" || fail "a guess: $(cat "$work"/guess.*)"
done
[ "$(grep -c 'milter: put off' "$work/postdeskd.out")" -lt 40 ] || fail "all were sent away"

# Reloads while mail goes through: libmilter itself would end at SIGHUP.
echo 'for i = 1, 60 do conn = open() envelope(conn, "anna", "anna@example.com", "support@example.com")
	mail(conn, "load") ok(mt.bodystring(conn, "Hello")) ok(mt.eom(conn)) reply(conn, SMFIR_CONTINUE, "load")
	want(mt.eom_check(conn, MT_HDRADD, "X-Postdesk-Seal"), "no seal") mt.disconnect(conn) end' >"$work/load.lua"
cat "$top_srcdir/tests/milter/prelude" "$work/load.lua" >"$work/load"
pids=
for i in 1 2 3 4; do
	miltertest -D socket="unix:$milter" -s "$work/load" >"$work/load.$i" 2>&1 </dev/null &
	pids="$pids $!"
done
reloaded() { [ "$(grep -c 'configuration reloaded' "$work/postdeskd.out")" -ge "$1" ]; }
for i in 1 2 3 4 5; do
	kill -HUP "$desk_pid"
	check "not reloaded" pf_wait 20 reloaded "$i"
done
for pid in $pids; do
	wait "$pid" || fail "a mail failed during a reload: $(cat "$work"/load.?)"
done

# A stop in the midst of it: libmilter returns late, and while its callbacks run; the daemon ends at once, and well.
for round in 1 2 3; do
	pids=
	for i in 1 2 3 4 5 6; do
		miltertest -D socket="unix:$milter" -s "$work/load" >"$work/load.$i" 2>&1 </dev/null &
		pids="$pids $!"
	done
	sealed() { [ "$(grep -c 'milter: sealed' "$work/postdeskd.out")" -ge $((sealed_before + 10)) ]; }
	sealed_before=$(grep -c 'milter: sealed' "$work/postdeskd.out")
	check "no load" pf_wait 20 sealed
	before=$SECONDS
	desk_stop || fail "did not end well under load"
	[ $((SECONDS - before)) -le 8 ] || fail "ending took $((SECONDS - before)) s"
	for pid in $pids; do
		wait "$pid" 2>/dev/null
	done
	desk_start
done

# A stop while one mail is judged, held there by readers that stand still: nothing new gets in, that one gets its answer,
# and only then it is over. (The load above has made the readers.)
echo 'conn = open() envelope(conn, "anna", "anna@example.com", "support@example.com") mail(conn, "held")
	ok(mt.bodystring(conn, "Hello")) mt.set_timeout(60) io.open(ended, "w"):close() ok(mt.eom(conn))
	reply(conn, SMFIR_CONTINUE, "held") want(mt.eom_check(conn, MT_HDRADD, "X-Postdesk-Seal"), "no seal")
	mt.disconnect(conn)' |
	cat "$top_srcdir/tests/milter/prelude" - >"$work/held"
echo 'conn = open() ok(mt.macro(conn, SMFIC_MAIL, "{mail_addr}", "x@example.net")) ok(mt.mailfrom(conn, "<x@example.net>"))
	ok(mt.rcptto(conn, "<support@example.com>")) reply(conn, SMFIR_TEMPFAIL, "put off")' >"$work/late.lua"
play "$top_srcdir/tests/milter/eom.lua" || fail "before the held one: $(cat "$work/told")"
readers=$(pgrep -P "$desk_pid" -f -- --reader)
[ -n "$readers" ] || fail "there is no reader"
kill -STOP $readers
miltertest -D socket="unix:$milter" -D ended="$work/at.end" -s "$work/held" >"$work/held.out" 2>&1 </dev/null &
held=$!
pf_wait 20 test -e "$work/at.end" || fail "the mail does not come to its end: $(cat "$work/held.out")"
kill "$desk_pid"
check "the milter takes mail while it stops" pf_wait 8 play "$work/late.lua"
kill -0 "$held" || fail "the mail in the midst has its answer while no reader ran: $(cat "$work/held.out")"
kill -0 "$desk_pid" || fail "it ended with a mail in the midst"
kill -CONT $readers
wait "$held" || fail "the mail in the midst was lost: $(cat "$work/held.out")"
wait "$desk_pid" || fail "did not end well"
grep -q "ended with work under way" "$work/postdeskd.out" && fail "it did not wait"
tail -n +"$(grep -n 'milter: sealed' "$work/postdeskd.out" | tail -1 | cut -d: -f1)" "$work/postdeskd.out" | grep -q 'stopped' ||
	fail "it ended before the mail in the midst: $(tail -3 "$work/postdeskd.out")"
desk_pid=
desk_log
desk_start

# A socket that a killed daemon left is taken over.
desk_kill
[ -S "$milter" ] || fail "no socket is left to be taken over"
desk_start
play "$top_srcdir/tests/milter/eom.lua" || fail "after a kill: $(cat "$work/told")"

# Where libmilter ends by itself, a signal having reached its thread and not the daemon's, the daemon ends, too.
tell_threads() {
	/usr/bin/python3 - "$1" <<-'END'
		import ctypes, os, signal, sys
		libc, pid = ctypes.CDLL(None), int(sys.argv[1])
		for thread in os.listdir(f"/proc/{pid}/task"):
		    if int(thread) != pid:
		        libc.tgkill(pid, int(thread), signal.SIGHUP)
	END
}
tell_threads "$desk_pid"
ended() { ! kill -0 "$desk_pid" 2>/dev/null; }
check "the daemon goes on without its milter" pf_wait 30 ended
wait "$desk_pid"
check_equal "its exit status" "$?" 75
grep -q "error: the milter has ended" "$work/postdeskd.out" || fail "it does not say why"
desk_pid=
desk_log

# The socket is opened before privileges are given up: a port that only root may open.
if [ "$(id -u)" -eq 0 ]; then
	port=
	for one in $(seq 1023 -1 600); do
		(exec 3<>"/dev/tcp/127.0.0.1/$one") 2>/dev/null || { port=$one && break; }
	done
	rm -rf "$work/state" "$work/lmtp"
	chmod 777 "$work"
	sed -e "s|^milter = .*|milter = inet:127.0.0.1:$port\nuser = nobody|" -i "$work/postdesk.conf"
	desk_start
	check_equal "the daemon's user" "$(stat -c %U "/proc/$desk_pid")" nobody
	sed "s|socket|\"inet:$port@127.0.0.1\"|" "$top_srcdir/tests/milter/prelude" | cat - "$top_srcdir/tests/milter/eom.lua" >"$work/script"
	miltertest -s "$work/script" >"$work/told" 2>&1 </dev/null || fail "by TCP, as another user: $(cat "$work/told")"
	desk_stop || fail "did not end well"
fi
exit 0
