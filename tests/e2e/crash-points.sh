#!/bin/bash
# Ends the daemon at each numbered point around commit and submission, starts it again, and compares what is there
# with what is there without an end: one ticket, the same timeline, each mail once or the very same twice.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
times="1 2 3"
[ "${PD_EXHAUSTIVE:-0}" = 1 ] && times="1 2 3 4 5 6 7 8"
sed -i -e 's/^name = Example Support/&\nacknowledge = yes/' -e 's/^\[postdesk\]/&\nmessage_in_database = 20k/' \
	"$work/postdesk.conf"

# With a file that is too large for the database, so that it is kept beside it.
{
	printf 'From: Carol <carol@example.net>\nTo: support@example.com\nSubject: With a file\nMessage-ID: <crash@example.net>\n'
	printf 'Date: Sat, 21 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n'
	printf -- '--b\nContent-Type: text/plain\n\nSee the file.\n--b\nContent-Type: application/octet-stream\n'
	printf 'Content-Disposition: attachment; filename=data.bin\nContent-Transfer-Encoding: base64\n\n'
	head -c 60000 /dev/zero | base64
	printf -- '--b--\n'
} >"$work/mail.eml"

# What does not depend on when it happened.
end_state() {
	postdesk list --json | sed 's/, *"\(created\|updated\|closed\)": *\("[^"]*"\|null\)//g; s/"number": *[0-9]*/"number": N/'
	number=$(postdesk list --json | sed 's/.*"number": *\([0-9]*\).*/\1/')
	postdesk show "$number" --oldest-first | sed -e 's/[0-9-]\{10\} [0-9:]\{5\}//g' -e 's/#[0-9]*/#N/g' -e 's/^E[0-9]* /E /' \
		-e 's/C[0-9]*:/C:/' -e '/^\(Created\|Updated\)/d'
	postdesk show "$number" --raw | sed '1,/^Message-ID/d' | sha256sum
	for address in anna@example.com bob@example.com carol@example.net; do
		for file in $(pf_mails $address); do
			echo "$address $(field "$file" Message-ID) $(sed -n '/^From:/,$p' "$file" | sha256sum)"
		done | sort -u | wc -l
	done
	postdesk outbox --all --json | sed 's/.*"state": *"\([a-z]*\)".*/\1/' | sort | uniq -c
}

settled() {
	has_tickets 1 && [ "$(pf_deferred)" -eq 0 ] && [ "$(postdesk outbox --json | wc -l)" -eq 0 ] &&
		pf_has anna@example.com 1 && pf_has bob@example.com 1 && pf_has carol@example.net 1
}

gone() { ! kill -0 "$desk_pid" 2>/dev/null; }
gone_or_settled() { gone || settled; }

again() {
	reached="$reached $1"
	wait "$desk_pid" 2>/dev/null
	desk_pid=
	desk_log
	desk_start
}

# one [POINT:N]: the end state of a desk that ends there once
one() {
	rm -rf "$work/state" "$PF_MAIL"/*/new/*
	# The first commits are of the start itself, which may end there, too.
	env ${1:+POSTDESK_CRASH=$1} "$POSTDESKD" -f -c "$work/postdesk.conf" >"$work/postdeskd.out" 2>&1 &
	desk_pid=$!
	pf_wait 30 desk_settled || fail "$1: it neither starts nor ends"
	gone && again "$1"
	pf_send "$PF_PORT" carol@example.net support@example.com <"$work/mail.eml" >/dev/null || fail "not taken"
	pf_wait 40 gone_or_settled || fail "$1: neither ended nor settled"
	gone && again "$1"
	pf_wait_queue 60 settled || fail "$1: not settled after the new start"
	postdesk verify >/dev/null || fail "$1: verify"
	end_state >"$work/end"
	desk_stop || fail "$1: did not end well"
}

reached=
one
cp "$work/end" "$work/wanted"
[ -z "$reached" ] || fail "it ended by itself"
grep -q "See the file" "$work/wanted" || fail "the end state is not told: $(cat "$work/wanted")"
for point in after-blob before-commit after-write after-commit before-mark after-mark after-250-before-mark; do
	for time in $times; do
		one $point:$time
		diff "$work/wanted" "$work/end" || fail "ended at $point:$time, another end state"
	done
	case $reached in *" $point:"*) ;; *) fail "the point $point was never reached" ;; esac
done
echo "ended at:$reached"
