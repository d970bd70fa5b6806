#!/bin/bash
# The unit for systemd: as closed as it says, an exposure of at most 1.5; and not too closed: under its filters a mail is
# read, kept and shown. Needs no running systemd.
top_srcdir=${top_srcdir:-.}
. "$top_srcdir/tests/lib/desk.sh"
command -v systemd-analyze >/dev/null || {
	echo "systemd-analyze is not installed"
	exit 77
}
PF_LOG=/dev/null
work=$(mktemp -d "${TMPDIR:-/tmp}/postdesk-test.XXXXXX")
chmod 755 "$work"
trap end EXIT
trap 'exit 1' INT TERM
cp "$top_srcdir/contrib/systemd/postdesk.service" "$work/"
systemd-analyze security --offline=true --threshold=15 "$work/postdesk.service" >"$work/out" 2>&1
code=$?
if grep -qi "unrecognized option\|unknown option\|invalid option" "$work/out"; then
	echo "this systemd-analyze cannot judge a file"
	exit 77
fi
# What it did not understand in the unit.
grep "postdesk.service:[0-9]" "$work/out" && exit 1
tail -1 "$work/out"
[ $code -eq 0 ] || exit $code

# The directories are there before it starts, as systemd makes them.
PF_LMTP=unix:$work/lmtp
PF_DESK_PORT=9
desk_conf >"$work/postdesk.conf"
mkdir -m 751 "$work/state"
printf '#!/bin/sh\nexec "%s" "%s" "%s" "$@"\n' "$top_srcdir/tests/lib/under-unit.py" "$work/postdesk.service" "$POSTDESKD" >"$work/confined"
chmod +x "$work/confined"
"$work/confined" --version >"$work/out" 2>&1
case $? in
0) ;;
77)
	cat "$work/out"
	exit 77
	;;
*) fail "it does not start: $(cat "$work/out")" ;;
esac
POSTDESKD=$work/confined
desk_start
printf '%s\n' "From: Carol <carol@example.net>" "To: support@example.com" "Subject: =?iso-8859-2?q?Drukarka_si=EA_zaci=EAa?=" \
	"Message-ID: <confined@example.net>" "Content-Type: text/html; charset=windows-1250" "" "<p>Pomocy!</p>" |
	sed 's/$/\r/' >"$work/mail.eml"
python3 - "$work/lmtp" "$work/mail.eml" <<-'END' || fail "not taken"
	import socket, sys
	lmtp = socket.socket(socket.AF_UNIX)
	lmtp.connect(sys.argv[1])
	talk = lmtp.makefile("rwb")
	for line in (None, b"LHLO x", b"MAIL FROM:<carol@example.net>", b"RCPT TO:<support@example.com>", b"DATA",
	             open(sys.argv[2], "rb").read() + b"."):
	    if line is not None:
	        talk.write(line + b"\r\n")
	        talk.flush()
	    answer = talk.readline()
	    while answer[3:4] == b"-":
	        answer = talk.readline()
	    if answer[:1] not in b"23":
	        sys.exit(answer.decode())
END
check_equal "its name" "$(postdesk list --json | jq -r .name)" "Drukarka się zacięa"
check_equal "its text" "$(postdesk show 1 --json | jq -r '.timeline[] | select(.kind == "message") | .text')" "Pomocy!"
check_equal "mails that were not read" "$(postdesk status --json | jq .mails_unparsed)" 0
desk_stop || fail "it does not stop"
