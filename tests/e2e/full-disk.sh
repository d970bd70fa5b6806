#!/bin/bash
# A full disk answers 452 and recovers by itself: what was answered with 250 is there, what was not is not; the
# queue of the MTA brings the rest when there is room again.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
mkdir "$work/state"
mount -t tmpfs -o size=3m,mode=0751 tmpfs "$work/state" 2>/dev/null || {
	echo "a small file system cannot be mounted here"
	exit 77
}
end_mount() {
	local code=$?
	[ -n "$desk_pid" ] && kill -9 "$desk_pid" 2>/dev/null && wait "$desk_pid" 2>/dev/null
	desk_pid=
	umount -l "$work/state"
	(exit $code)
	end
}
trap end_mount EXIT
# Everything in the database, so that it fills.
sed -i 's/^\[postdesk\]/&\nmessage_in_database = 1M/' "$work/postdesk.conf"
desk_start

# Mails of 100 kB by LMTP until the disk is full; prints the replies to the final dots.
deliver() {
	/usr/bin/python3 - "${PF_LMTP#unix:}" "$@" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.settimeout(60)
		s.connect(sys.argv[1])
		f = s.makefile("rb")
		def reply():
		    while True:
		        line = f.readline()
		        if line[3:4] != b"-":
		            return line.decode().strip()
		def say(text):
		    s.sendall(text)
		    return reply()
		reply()
		say(b"LHLO client\r\n")
		for i in range(int(sys.argv[2]), int(sys.argv[3])):
		    say(b"MAIL FROM:<carol@example.net>\r\n")
		    say(b"RCPT TO:<sales@example.com>\r\n")
		    say(b"DATA\r\n")
		    head = b"From: carol@example.net\r\nTo: sales@example.com\r\nSubject: Number %d\r\nMessage-ID: <%d@full>\r\n\r\n" % (i, i)
		    body = (b"abcdefgh%08d " % i * 4 + b"\r\n") * int(sys.argv[4])
		    print(i, say(head + body + b".\r\n"))
	END
}
deliver 0 60 1500 >"$work/replies"
taken=$(grep -c ' 250 ' "$work/replies")
[ "$taken" -ge 3 ] || fail "only $taken were taken: $(head -3 "$work/replies")"
grep -q ' 452 4.3.1 ' "$work/replies" || fail "no 452: $(tail -2 "$work/replies")"
grep -v ' 250 \| 45[12] ' "$work/replies" && fail "a reply that is neither 250 nor 4xx"
kill -0 "$desk_pid" 2>/dev/null || { wait "$desk_pid"; desk_pid=; desk_log; }

# Room again: it goes on, where need be after a new start.
mount -o remount,size=64m "$work/state"
sleep 1
kill -0 "${desk_pid:-0}" 2>/dev/null && [ -n "$desk_pid" ] || desk_start
deliver 100 105 100 >"$work/after"
check_equal "taken when there is room again" "$(grep -c ' 250 ' "$work/after")" 5

check_equal "tickets" "$(tickets)" $((taken + 5))
sed -n 's/^\([0-9]*\) 250 .*/Number \1/p' "$work/replies" "$work/after" | sort >"$work/wanted"
postdesk list --json | sed 's/.*"name": *"\([^"]*\)".*/\1/' | sort >"$work/got"
diff "$work/wanted" "$work/got" || fail "what was answered with 250 differs from what is there"
postdesk verify || fail "verify"
desk_stop || fail "did not end well"
