#!/bin/bash
# postdeskd as a program: exit codes, going to the background, the lock, reloading, the control socket and who
# may ask it. Needs no Postfix.
top_srcdir=${top_srcdir:-.}
. "$top_srcdir/tests/lib/desk.sh"
PF_LOG=/dev/null
work=$(mktemp -d "${TMPDIR:-/tmp}/postdesk-test.XXXXXX")
chmod 755 "$work"
trap end EXIT
trap 'exit 1' INT TERM
PF_LMTP=unix:$work/lmtp
PF_DESK_PORT=9
desk_conf "milter = unix:$work/milter" >"$work/postdesk.conf"

# wants CODE WORDS COMMAND...
wants() {
	local code=$1 words=$2
	shift 2
	timeout 20 "$@" >"$work/out" 2>&1
	local got=$?
	[ $got -eq "$code" ] && { [ -z "$words" ] || grep -q "$words" "$work/out"; } && return
	cat "$work/out"
	fail "exit $got instead of $code, or no \"$words\": $*"
}

wants 0 '^postdeskd [0-9]' "$POSTDESKD" --version
wants 0 '^usage: postdeskd' "$POSTDESKD" --help
wants 2 '^usage: postdeskd' "$POSTDESKD" --nonsense
wants 2 '^usage: postdeskd' "$POSTDESKD" -f extra
wants 78 'nonexistent' "$POSTDESKD" -f -c "$work/nonexistent"
{
	cat "$work/postdesk.conf"
	printf '[mailbox broken]\naddress = broken\nnosuchkey = 1\n'
} >"$work/bad.conf"
wants 78 'bad.conf:[0-9]*: error' "$POSTDESKD" -f -c "$work/bad.conf"
wants 78 'bad.conf:[0-9]*: error' "$POSTDESKD" -c "$work/bad.conf"
check_equal "errors told" "$(grep -c ': error: ' "$work/out")" 2

# To the background: the command returns when mail is taken.
wants 0 '' "$POSTDESKD" -c "$work/postdesk.conf"
[ -S "$work/lmtp" ] && [ -S "$work/state/control" ] || fail "it returned before it was ready"
check_equal "mode of the state directory" "$(stat -c %a "$work/state")" 751
check_equal "mode of the LMTP socket" "$(stat -c %a "$work/lmtp")" 660
check_equal "mode of the control socket" "$(stat -c %a "$work/state/control")" 666
find "$work/state" -type f -perm /077 | grep . && fail "files of the state directory are open to others"
desk_pid=$(pgrep -f "$POSTDESKD -c $work/postdesk.conf" | head -1)
[ -n "$desk_pid" ] || fail "no background process"
wants 0 '' "$POSTDESK" -c "$work/postdesk.conf" list

# A second one finds the lock or a socket taken, and leaves all sockets to the first.
wants 75 'lock\|listens\|another' "$POSTDESKD" -f -c "$work/postdesk.conf"
wants 75 'lock\|listens\|another' "$POSTDESKD" -c "$work/postdesk.conf"
sed "s|^lmtp = .*|lmtp = unix:$work/lmtp2|" "$work/postdesk.conf" >"$work/second.conf"
wants 75 'lock\|another' "$POSTDESKD" -f -c "$work/second.conf"
answers() { python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])' "$work/$1"; }
for socket in milter lmtp state/control; do
	check "the first no longer listens at $socket" answers $socket
done

kill "$desk_pid"
# Who adopts it may never wait for it.
gone() { ! grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$desk_pid/status" 2>/dev/null; }
check "it does not end" pf_wait 15 gone
desk_pid=

# In the foreground; reloading a good and a bad configuration.
desk_start
logged() { grep -q "$1" "$work/postdeskd.out"; }
sed -i 's/^address = bob@example.com/address = robert@example.com/' "$work/postdesk.conf"
kill -HUP "$desk_pid"
check "not reloaded" pf_wait 10 logged 'configuration reloaded'
cp "$work/postdesk.conf" "$work/good.conf"
printf '[nonsense]\n' >>"$work/postdesk.conf"
kill -HUP "$desk_pid"
check "the bad configuration was not refused" pf_wait 10 logged 'not reloaded'
cp "$work/good.conf" "$work/postdesk.conf"
check "the daemon goes on" postdesk create --mailbox support --name "Still here" >/dev/null
check "reload by command" postdesk reload

# Who may ask the control socket.
ask() {
	/usr/bin/python3 - "$work/state/control" "$@" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.settimeout(20)
		s.connect(sys.argv[1])
		data = b""
		try:
		    s.sendall(sys.argv[2].encode().decode("unicode_escape").encode() + b"\n")
		    s.shutdown(socket.SHUT_WR)
		except OSError:
		    pass
		while True:
		    more = s.recv(65536)
		    if not more:
		        break
		    data += more
		sys.stdout.write(data.decode())
	END
}
case $(ask '{"verb": "status"}') in
*'"daemon":true'*'{"exit":0}'*) ;;
*) fail "status: $(ask '{"verb": "status"}')" ;;
esac
case $(ask '{"verb": "nonsense"}') in
*'"exit":'[12]*) ;;
*) fail "unknown verb: $(ask '{"verb": "nonsense"}')" ;;
esac
case $(ask 'rubbish') in *'"exit":2'*) ;; *) fail "rubbish: $(ask rubbish)" ;; esac
case $(ask '[1]') in *'"exit":2'*) ;; *) fail "an array" ;; esac
for request in '"query":5' '"query":["x"]' '"limit":"10"' '"columns":"number"' '"columns":[1]'; do
	case $(ask "{\"verb\":\"list\",$request}") in
	*'must be'*'"exit":1'* | *'"exit":1'*'must be'*) ;;
	*) fail "a member of the wrong type: $request: $(ask "{\"verb\":\"list\",$request}")" ;;
	esac
done
case $(ask '{"verb": "list", "query": null, "limit": null}') in *'"exit":0'*) ;; *) fail "null is not absent" ;; esac
check_equal "two requests on one connection" \
	"$(ask '{"verb": "list"}\n{"verb": "list"}' | grep -c '"exit":0')" 2
if [ "$(id -u)" -eq 0 ] && id nobody >/dev/null 2>&1; then
	as_nobody() { (
		export -f ask
		export work
		setpriv --reuid nobody --regid nogroup --clear-groups "$@"
	); }
	case $(as_nobody bash -c "ask '{\"verb\": \"list\"}'") in
	*'"exit":1'*'"error"'*) ;;
	*) fail "a stranger was not refused" ;;
	esac
	sed -i 's/^address = robert@example.com/&\nuser = nobody/' "$work/postdesk.conf"
	postdesk reload || fail "reload"
	case $(as_nobody bash -c "ask '{\"verb\": \"list\"}'") in
	*'"name":"Still here"'*'"exit":0'*) ;;
	*) fail "an agent was refused" ;;
	esac
	case $(as_nobody bash -c "ask '{\"verb\": \"reload\"}'") in
	*'"exit":1'*) ;;
	*) fail "an agent may reload" ;;
	esac
	# The command line of an agent goes the same way.
	as_nobody "$POSTDESK" -c "$work/postdesk.conf" list --json | grep -q "Still here" || fail "an agent's list"
	as_nobody "$POSTDESK" -c "$work/postdesk.conf" check >"$work/told" 2>&1 || fail "an agent's check: $(cat "$work/told")"
	grep -q "not yours to read" "$work/told" || fail "not told that the database was left out: $(cat "$work/told")"
fi

# What systemd is told.
desk_stop || fail "did not end well"
/usr/bin/python3 - "$work/notify" <<-'END' >"$work/notified" &
	import socket, sys
	s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	s.bind(sys.argv[1])
	s.settimeout(60)
	text = ""
	while "STOPPING" not in text:
	    text = s.recv(4096).decode()
	    print(text, flush=True)
END
listener=$!
listening() { [ -S "$work/notify" ]; }
check "nobody listens" pf_wait 10 listening
desk_start NOTIFY_SOCKET="$work/notify" WATCHDOG_USEC=300000
notified() { [ "$(grep -c "$1" "$work/notified")" -ge "$2" ]; }
check "not told that it is ready" pf_wait 10 notified '^READY=1' 1
check "no sign of life" pf_wait 10 notified '^WATCHDOG=1' 3
kill -HUP "$desk_pid"
check "not told that it reloads" pf_wait 10 notified '^RELOADING=1' 1
check "not told that it is ready again" pf_wait 10 notified '^READY=1' 2
check_equal "a reload's time" "$(grep -c '^MONOTONIC_USEC=[0-9]' "$work/notified")" 1
desk_stop || fail "did not end well"
wait $listener
grep -q '^STOPPING=1' "$work/notified" || fail "not told that it stops"

# By TCP, on loopback.
PF_PORT=$(pf_free_port)
sed -i "s|^lmtp = .*|lmtp = inet:127.0.0.1:$PF_PORT|" "$work/postdesk.conf"
desk_start
check "nobody answers by TCP" pf_answers "$PF_PORT"

# Small while idle.
rss=$(sed -n 's/^VmRSS:[ \t]*\([0-9]*\) kB/\1/p' "/proc/$desk_pid/status")
if [ "${PD_SANITIZED:-0}" != 1 ] && [ "$rss" -ge 30720 ]; then
	fail "idle with $rss kB"
fi
desk_stop || fail "did not end well"
