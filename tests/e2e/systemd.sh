#!/bin/bash
# The unit for systemd is as closed as it says: an exposure of at most 1.5. Needs no running systemd.
top_srcdir=${top_srcdir:-.}
command -v systemd-analyze >/dev/null || {
	echo "systemd-analyze is not installed"
	exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
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
exit $code
