#!/bin/bash
# contrib/quickstart does what the README says, and leaves nothing behind.
. "${top_srcdir:-.}/tests/lib/desk.sh"
if [ "$(id -u)" -ne 0 ] || ! command -v postfix >/dev/null; then
	echo "needs root and Postfix"
	exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/postdesk-test.XXXXXX")
chmod 755 "$work"
export POSTDESK_QUICKSTART=$work/quickstart QUICKSTART_BUILD=${top_builddir:-$top_srcdir/_build}
PF_LOG=$work/quickstart/postfix/mail.log
quickstart() {
	"$top_srcdir/contrib/quickstart" "$@"
}
tidy() {
	local code=$?
	quickstart stop >/dev/null 2>&1
	(exit $code)
	end
}
trap tidy EXIT
trap 'exit 1' INT TERM

quickstart >"$work/out" 2>&1 || {
	cat "$work/out"
	fail "quickstart"
}
for words in "prints blank pages" "Reply-To: Example Support <support+t1" "#assign: owner nobody" \
	"550 5.7.0 Line 1, \"#asign me\"" "Did you mean #assign" "please take off the tape" "That was it, thank you" "quickstart stop"; do
	grep -qF -- "$words" "$work/out" || fail "it does not show: $words"
done
# What Carol got has neither commands nor Anna's address.
quickstart mails carol@example.net >"$work/carol"
grep -q "please take off" "$work/carol" || fail "no answer for Carol"
grep -q "#assign\|anna@" "$work/carol" && fail "Carol sees too much"

# The commands that it proposes.
echo "It smokes." | quickstart send dave@example.net support@example.com "My printer" || fail "send"
notified() { quickstart mails anna@example.com | grep -q "It smokes"; }
check "anna was not told" pf_wait 20 notified
printf '#take\n#close\n\nCall the fire brigade.\n' | quickstart reply anna@example.com || fail "reply"
answered() { quickstart mails dave@example.net | grep -q "fire brigade"; }
check "dave got no answer" pf_wait 20 answered
quickstart desk list --json | grep -q '"status_kind": *"closed"' || fail "the ticket is not closed"
quickstart desk do 1 close >/dev/null || fail "desk do"

quickstart stop >/dev/null || fail "stop"
[ ! -e "$work/quickstart" ] || fail "something is left"
pgrep -f "$work/quickstart" && fail "a process is left"
quickstart mails anna@example.com >/dev/null 2>&1 && fail "it runs on"
exit 0
