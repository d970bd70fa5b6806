#!/bin/bash
# The desk that benchmarks measure on, made small: it is one that postdesk could have made, the same each time, and every
# question that is measured finds something there.
set -eu
make -s -C "$top_builddir" tests/bench/ask tests/bench/desk
work=$(mktemp -d /tmp/large-desk-XXXXXX)
trap 'rm -rf "$work"' EXIT
fail()
{
	echo "large-desk: $*" >&2
	exit 1
}
"$top_builddir/tests/bench/desk" "$work/one" 2000 > "$work/made"
"$top_builddir/tests/bench/desk" "$work/two" 2000 >> "$work/made"
for desk in one two; do
	"$POSTDESK" -c "$work/$desk/postdesk.conf" verify > "$work/verified" || fail "$(cat "$work/verified")"
	"$POSTDESK" -c "$work/$desk/postdesk.conf" export --json > "$work/$desk.json"
done
cmp "$work/one.json" "$work/two.json" || fail "it is another one each time"
[ "$(wc -l < "$work/one.json")" -gt 1900 ] || fail "$(wc -l < "$work/one.json") tickets"
BENCH=$top_builddir/tests/bench TIMES=2 "$top_srcdir/tests/bench/large-desk" "$work/one" 2000 > "$work/figures" 2> "$work/errors" ||
	fail "$(cat "$work/errors")"
cat "$work/figures"
! grep ' 0 objects' "$work/figures" | grep -v 'serial:\|w12345\|w1234 \|since we\|mentions\|drafts' || fail "a question finds nothing"
grep -q '^resident memory of postdeskd: [1-9]' "$work/figures" || fail "no figure of memory"
