#!/bin/bash
# contrib/quickstart --chat shows a chat from the first line to the transcript, and leaves nothing behind.
. "${top_srcdir:-.}/tests/lib/desk.sh"
if [ "$(id -u)" -ne 0 ]; then
	echo "needs root"
	exit 77
fi
for program in postfix dovecot prosody python3; do
	if ! command -v $program >/dev/null; then
		echo "$program is not installed"
		exit 77
	fi
done
work=$(mktemp -d "${TMPDIR:-/tmp}/postdesk-test.XXXXXX")
chmod 755 "$work"
export POSTDESK_QUICKSTART=$work/quickstart QUICKSTART_BUILD=${top_builddir:-${POSTDESK%/postdesk}}
PF_LOG=$work/quickstart/postfix/mail.log
mkdir "$work/bin"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/npm" # the page has a test of its own
chmod +x "$work/bin/npm"
quickstart() {
	PATH=$work/bin:$PATH "$top_srcdir/contrib/quickstart" "$@"
}
tidy() {
	local code=$?
	quickstart stop >/dev/null 2>&1
	(exit $code)
	end
}
trap tidy EXIT
trap 'exit 1' INT TERM

quickstart --chat >"$work/out" 2>&1 || {
	cat "$work/out"
	fail "quickstart --chat"
}
for words in "Welcome to Example Support" "Who answers here first takes the chat" "Bob here. Where may we write to" \
	"address is dave@example.net" "Subject: Your chat with Example Support" "Bob Berger: Bob here"; do
	grep -qF -- "$words" "$work/out" || fail "it does not show: $words"
done
prosody=$(cat "$POSTDESK_QUICKSTART/prosody.started")
quickstart stop >/dev/null || fail "stop"
check "Prosody goes on" pf_wait 20 eval '! kill -0 "$prosody" 2>/dev/null'
[ ! -e "$POSTDESK_QUICKSTART" ] || fail "the folder is still there"
