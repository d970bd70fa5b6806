#!/bin/bash
# A desk with a chat beside a private Prosody, and clients: sourced by end-to-end tests, after desk.sh.
#
#   chat_begin [LINE...]     as "begin", with Prosody and [chat support], these lines in it; anna and bob have JIDs
#   client NAME [PASSWORD]   a client NAME@chat.example.com; without a password an anonymous visitor
#   order NAME ORDER...      see chatter.py
#   chat_log NAME            its log
#   heard NAME WORDS         has it been told a line with these words (a basic regular expression)?
#   await WORDS NAME TEXT    waits for that; WORDS say what fails otherwise
#   count_lines NAME TEXT    how often
#   ticket_number WORDS      the ticket that the words of a message find
#   connected                is the component connected?
# With CHAT_SERVER=ejabberd it is that server, where it is installed, instead of Prosody.
. "$top_srcdir/tests/lib/prosody.sh"
. "$top_srcdir/tests/lib/ejabberd.sh"
server=${CHAT_SERVER:-prosody}

prosody_programs() {
	if ! command -v prosody >/dev/null; then
		echo "prosody is not installed"
		exit 77
	fi
}

chat_programs() {
	${server}_programs
	for program in python3 setpriv; do
		if ! command -v $program >/dev/null; then
			echo "$program is not installed"
			exit 77
		fi
	done
}

chat_begin() {
	chat_programs
	desk_prepare
	trap chat_end_all EXIT
	"${server}_prepare" "$work/$server" desk.example.com
	"${server}_user" anna pw-anna
	"${server}_user" bob pw-bob
	"${server}_user" carol pw-carol
	check "$server does not start" "${server}_start"
	{
		desk_conf ${CHAT_DESK:-} | sed -e 's/^address = anna@example.com/&\njid = anna@chat.example.com/' \
			-e "${CHAT_BOB:-s/^address = bob@example.com/&\njid = bob@chat.example.com/}"
		cat <<-END

			[chat support]
			component = desk.example.com
			server = 127.0.0.1:$PROSODY_COMPONENTS
			secret_file = $PROSODY_SECRET
			mailbox = support
			transcript = yes
			$(printf '%s\n' "$@")
		END
	} >"$work/postdesk.conf"
	desk_postfix
}

chat_end_all() {
	local code=$?
	for pid in ${client_pids:-}; do
		kill "$pid" 2>/dev/null
	done
	"${server}_stop"
	(exit $code)
	end
}

connected() {
	[ "$(postdesk status --json | sed -n 's/.*"chats_connected": *\([0-9]*\).*/\1/p')" = 1 ]
}

chat_start() {
	desk_start "$@"
	check "the component does not connect" pf_wait 30 connected
}

ticket_number() {
	postdesk search "$1" --json | sed -n 's/.*"number": *\([0-9]*\).*/\1/p' | head -1
}

has_ticket() {
	[ -n "$(ticket_number "$1")" ]
}

chat_log() {
	echo "$work/client.$1"
}

client() {
	local domain=chat.example.com user=$1
	[ $# -gt 1 ] || { domain=visitors.example.com user=; }
	rm -f "$work/fifo.$1"
	mkfifo "$work/fifo.$1"
	: >"$(chat_log "$1")"
	python3 "$top_srcdir/tests/lib/chatter.py" "$PROSODY_CLIENTS" "$domain" "$user" "${2:-}" "$work/fifo.$1" \
		"$(chat_log "$1")" 2>>"$work/clients.err" &
	client_pids="${client_pids:-} $!"
	pf_wait 20 grep -q '^ready' "$(chat_log "$1")" || fail "the client $1 does not log in: $(cat "$work/clients.err")"
}

order() {
	local name=$1
	shift
	printf '%s\n' "$*" >"$work/fifo.$name"
}

heard() {
	grep '^line' "$(chat_log "$1")" | grep -q -- "$2"
}

count_lines() {
	grep '^line' "$(chat_log "$1")" | grep -c -- "$2"
}

await() {
	pf_wait 20 heard "$2" "$3" || {
		echo "--- $2 heard"
		cat "$(chat_log "$2")"
		fail "$1"
	}
}
