# A desk beside the private Postfix: sourced by end-to-end tests.
#
#   . "$top_srcdir/tests/lib/desk.sh"
#   begin [LINE...]    a folder in $work, a configuration with these lines in [postdesk], and Postfix with what
#                      "postdesk postfix" prints for it; all ends with the test
#   begin_with_milter [LINE...]   the same with the milter
#   begin_with_logins [LINE...]   the same with the milter, and with a submission service at the port $submission where anna and
#                      b.berger, who is bob, log in; ends the test where Dovecot is not installed
#   desk_postfix       again puts the lines of "postdesk postfix" in place, and nothing else
#   desk_start [VARIABLE=VALUE...]   starts postdeskd with that in its environment, until it takes mail
#   desk_stop          ends it by SIGTERM;  desk_kill: by SIGKILL
#   hand_in PORT FROM TO... <MAIL    sends a mail and waits until the desk has taken it
#   postdesk ARGS...   the command line with this configuration
#   mail FROM TO SUBJECT [HEADER...] <TEXT   prints a mail
#   field FILE NAME    prints a header field's value, unfolded
#   fail WORDS         ends the test, with the logs
#   check WORDS COMMAND...   fails with the words where the command fails
#
# The desk: support@example.com of anna and bob (agents), and sales@example.com, which tells nobody.
set -u
top_srcdir=${top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
POSTDESK=${POSTDESK:-$top_srcdir/_build/postdesk}
POSTDESKD=${POSTDESKD:-$top_srcdir/_build/postdeskd}
. "$top_srcdir/tests/lib/postfix.sh"
. "$top_srcdir/tests/lib/login.sh"
desk_pid=

end() {
	local code=$?
	trap - EXIT
	[ -n "$desk_pid" ] && kill -9 "$desk_pid" 2>/dev/null
	pf_passwords_stop
	pf_stop
	if [ -n "${KEEP:-}" ]; then
		echo "kept: $work"
	else
		rm -rf "$work"
	fi
	exit $code
}

desk_prepare() {
	if [ "$(id -u)" -ne 0 ]; then
		echo "a private Postfix needs root"
		exit 77
	fi
	if ! command -v postfix >/dev/null; then
		echo "Postfix is not installed"
		exit 77
	fi
	work=$(mktemp -d "${TMPDIR:-/tmp}/postdesk-test.XXXXXX")
	trap end EXIT
	trap 'exit 1' INT TERM
	chmod 755 "$work"
	pf_prepare "$work/postfix" || fail "Postfix cannot be prepared"
}

begin() {
	desk_prepare
	desk_conf "$@" >"$work/postdesk.conf"
	desk_postfix
}

begin_with_milter() {
	desk_prepare
	desk_conf "milter = $PF_MILTER" "$@" >"$work/postdesk.conf"
	desk_postfix
}

begin_with_logins() {
	for program in dovecot openssl; do
		if ! command -v $program >/dev/null; then
			echo "$program is not installed"
			exit 77
		fi
	done
	desk_prepare
	desk_conf "milter = $PF_MILTER" "$@" | sed 's/^name = Bob Berger/&\nlogin = b.berger/' >"$work/postdesk.conf"
	pf_certificate || fail "no certificate"
	pf_passwords anna b.berger || fail "Dovecot does not start"
	desk_postfix
	submission=$PF_SUBMISSION_PORT
	check "the submission service does not answer" pf_wait 20 pf_answers "$submission"
}

desk_postfix() {
	pf_postdesk "$POSTDESK" "$work/postdesk.conf" >"$work/lines" || fail "postdesk postfix"
	pf_apply "$work/lines" || fail "the lines of postdesk postfix do not fit"
	pf_start || fail "Postfix does not start"
}

desk_conf() {
	cat <<-END
		[postdesk]
		state = $work/state
		hostname = mail.example.com
		lmtp = $PF_LMTP
		$(printf '%s\n' "$@")
		submit = smtp://127.0.0.1:$PF_DESK_PORT
		authserv_id = mail.example.com

		[mailbox support]
		address = support@example.com
		name = Example Support
		team = support

		[mailbox sales]
		address = sales@example.com
		name = Example Sales
		notify_team = no

		[team support]
		members = anna;bob

		[agent anna]
		name = Anna Virtanen
		address = anna@example.com

		[agent bob]
		name = Bob Berger
		address = bob@example.com
	END
}

# It takes mail, or it ended.
desk_settled() {
	grep -q '^info: started' "$work/postdeskd.out" 2>/dev/null || ! kill -0 "$desk_pid" 2>/dev/null
}

desk_start() {
	env "$@" "$POSTDESKD" -f -c "$work/postdesk.conf" >"$work/postdeskd.out" 2>&1 &
	desk_pid=$!
	pf_wait 60 desk_settled
	grep -q '^info: started' "$work/postdeskd.out" || fail "postdeskd does not start"
}

desk_log() {
	[ -f "$work/postdeskd.out" ] && cat "$work/postdeskd.out" >>"$work/postdeskd.log"
	: >"$work/postdeskd.out"
}

desk_stop() {
	kill "$desk_pid" && wait "$desk_pid"
	local code=$?
	desk_pid=
	desk_log
	return $code
}

desk_kill() {
	kill -9 "$desk_pid" 2>/dev/null
	wait "$desk_pid" 2>/dev/null
	desk_pid=
	desk_log
	return 0
}

postdesk() {
	"$POSTDESK" -c "$work/postdesk.conf" "$@"
}

mail() {
	local from=$1 to=$2 subject=$3
	shift 3
	printf 'From: %s\nTo: %s\nSubject: %s\n' "$from" "$to" "$subject"
	printf 'Message-ID: <%s.%s.%s@client.example.net>\n' "$$" "$RANDOM" "$SECONDS"
	printf 'Date: %s\n' "$(date -R)"
	[ $# -gt 0 ] && printf '%s\n' "$@"
	printf '\n'
	cat
}

hand_in() {
	local reply queue_id
	reply=$(pf_send "$@") || fail "the mail was not taken: $reply"
	queue_id=${reply##* }
	pf_wait 30 grep -q "queue-id=$queue_id " "$work/postdeskd.out" || fail "the desk did not take $queue_id"
}

field() {
	sed -e '/^\r\{0,1\}$/q' "$1" | sed -e 's/\r$//' -e ':a' -e 'N' -e '$!ba' -e 's/\n[ \t]\+/ /g' |
		sed -n "s/^$2: *//Ip" | head -1
}

# How many tickets the query finds.
tickets() {
	postdesk list "$@" --json | grep -vc '"name":"Commands and requests"'
}

has_tickets() {
	[ "$(tickets)" -ge "$1" ]
}

fail() {
	echo "FAILED: $*"
	echo "--- postdeskd"
	tail -n 30 "$work/postdeskd.log" "$work/postdeskd.out" 2>/dev/null
	echo "--- Postfix"
	tail -n 20 "$PF_LOG" 2>/dev/null
	exit 1
}

check() {
	local words=$1
	shift
	"$@" || fail "$words"
}

check_equal() {
	[ "$2" = "$3" ] || fail "$1: wanted \"$3\", got \"$2\""
}

# links MAIL PART WORD: the address, subject and text of the link of that word, as a client understands it
links() {
	python3 - "$@" << 'END'
import email, email.policy, html, re, sys, urllib.parse
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
body = mail.get_body((sys.argv[2],)).get_content()
if sys.argv[2] == "html":
    found = re.search(r'<a href="([^"]*)">' + sys.argv[3] + "</a>", body)
    link = html.unescape(found.group(1)) if found else ""
else:
    found = re.search("^" + sys.argv[3] + r":\s+(mailto:\S+)$", body, re.M) # flowed
    link = found.group(1) if found else ""
to, _, query = link.partition("?")
fields = dict(urllib.parse.parse_qsl(query))
print(urllib.parse.unquote(to[len("mailto:"):]), fields.get("subject", ""), fields.get("body", "").strip(), sep="\n")
END
}
