#!/bin/bash
# An mbox is moved in: each answer stands on the ticket of its question, in the order of the file, also where both come in
# one request; what stands in it twice is there once. kill -9 of the daemon at any moment loses nothing and takes nothing
# in twice when the import is started again.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
pairs=400
kills=8
if [ "${PD_EXHAUSTIVE:-0}" = 1 ]; then
	pairs=3000
	kills=60
fi

for ((i = 1; i <= pairs; i++)); do
	printf 'From carol@example.net Mon Nov 16 10:00:00 2026\nFrom: Carol <carol%d@example.net>\nTo: support@example.com\nSubject: Number %d\nDate: Mon, 16 Nov 2026 10:00:00 +0000\nMessage-ID: <q%d@example.net>\n\nQuestion %d.\n\n' $i $i $i $i
	printf 'From bob@example.com Mon Nov 16 11:00:00 2026\nFrom: Bob <bob@example.com>\nTo: carol%d@example.net\nSubject: Re: Number %d\nDate: Mon, 16 Nov 2026 11:00:00 +0000\nMessage-ID: <a%d@example.com>\nIn-Reply-To: <q%d@example.net>\n\nAnswer %d.\n\n' $i $i $i $i $i
	[ $((i % 50)) -eq 1 ] && printf 'From carol@example.net Mon Nov 16 10:00:00 2026\nFrom: Carol <carol%d@example.net>\nTo: support@example.com\nSubject: Number %d\nDate: Mon, 16 Nov 2026 10:00:00 +0000\nMessage-ID: <q%d@example.net>\n\nQuestion %d.\n\n' $i $i $i $i
done >"$work/all.mbox"
mails=$(grep -c '^From ' "$work/all.mbox")

desk_start
killed=0
for ((k = 0; k < kills; k++)); do
	postdesk import "$work/all.mbox" --mailbox support >"$work/told" 2>&1 &
	importer=$!
	# when some more are in, wherever the daemon is just then
	before=$(tickets) tries=0
	while [ "$(tickets)" -le "$before" ] && kill -0 $importer 2>/dev/null && [ $((tries++)) -lt 200 ]; do :; done
	desk_kill
	wait $importer && break # it was done before
	grep -q "not known\|interrupted\|nobody answers" "$work/told" || fail "the command did not say so: $(cat "$work/told")"
	killed=$((killed + 1))
	desk_start
done
[ "$killed" -gt 0 ] || fail "nothing was interrupted"
kill -0 "$desk_pid" 2>/dev/null || desk_start
postdesk import "$work/all.mbox" --mailbox support >"$work/told" 2>&1 || fail "the last: $(cat "$work/told")"
grep -q "^$mails mails read: .* 0 failed" "$work/told" || fail "the last: $(cat "$work/told")"
check_equal "tickets" "$(tickets)" $pairs
postdesk list --limit 100000 --json | jq -r '"\(.name) \(.messages)"' | sort >"$work/got"
for ((i = 1; i <= pairs; i++)); do
	echo "Number $i 2"
done | sort | diff - "$work/got" || fail "not each question has its answer"
postdesk verify || fail "verify"
postdesk import "$work/all.mbox" --mailbox support >"$work/told" 2>&1 || fail "again: $(cat "$work/told")"
check_equal "again" "$(cat "$work/told")" "$mails mails read: 0 new, $mails there already, 0 failed"
desk_stop || fail "did not end well"

# Nobody was told, and nothing left.
check_equal "mails to the team" "$(pf_mails anna@example.com | wc -l)" 0
