#!/bin/bash
# Pipelines: statuses of their own, in order; several mailboxes on one; a ticket that moves to another keeps its kind of
# status.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i '/^address = \(support\|sales\)@/a pipeline = care' "$work/postdesk.conf"
cat >>"$work/postdesk.conf" <<END

[mailbox repairs]
address = repairs@example.com
pipeline = workshop
notify_team = no

[pipeline care]
statuses = new:Fresh;open:Working;open:Checking;waiting:Asked;closed:Done

[property reason]
required_before = workshop:Scrapped

[pipeline workshop]
statuses = new:Arrived;open:On the bench;waiting:Parts ordered;closed:Handed back;closed:Scrapped
END
desk_postfix
desk_start
status() { postdesk list --json "number:$1" | jq -r '"\(.pipeline) \(.status_kind) \(.status)"'; }
for mailbox in support sales; do
	echo "It is broken." | mail "Kim <kim@client.example>" "$mailbox@example.com" "For $mailbox" >"$work/mail.eml"
	hand_in "$PF_PORT" kim@client.example "$mailbox"@example.com <"$work/mail.eml"
done
postdesk create --mailbox repairs --name "For repairs" >/dev/null || fail "no ticket of repairs"
check_equal "three tickets" "$(postdesk list --columns number | xargs)" "number 3 2 1"
check_equal "the first status" "$(status 1)" "care new Fresh"
check_equal "another mailbox of that pipeline" "$(status 2)" "care new Fresh"
check_equal "another pipeline" "$(status 3)" "workshop new Arrived"

# Each has its own names and no other's.
postdesk do 2 '#status Checking' >/dev/null || fail "no status of its own"
check_equal "a second one of a kind" "$(status 2)" "care open Checking"
postdesk do 2 '#status Scrapped' >/dev/null 2>"$work/told" && fail "a status of another pipeline was taken"
grep -q 'Scrapped' "$work/told" || fail "no reason: $(cat "$work/told")"
# One of them requires a property (R3), which stays as long as the status.
postdesk do 3 '#status Scrapped' >/dev/null 2>"$work/told" && fail "scrapped without a reason"
grep -q 'Scrapped needs the property reason' "$work/told" || fail "not told what it requires: $(cat "$work/told")"
postdesk do 3 '#status Scrapped' '#set reason=Rust' >/dev/null || fail "no second closed status"
postdesk do 3 '#set reason=none' >/dev/null 2>&1 && fail "what the status requires was taken away"
check_equal "its reason" "$(postdesk list number:3 --json | jq -r .properties.reason)" Rust
check_equal "found by kind" "$(postdesk list status:closed --columns number | xargs)" "number 3"
check_equal "found by pipeline" "$(postdesk list pipeline:care --columns number | xargs)" "number 2 1"

# By kind into another pipeline and back; within one the status stays.
postdesk do 1 '#status Asked' >/dev/null && postdesk do 1 '#move sales' >/dev/null || fail "not moved"
check_equal "within a pipeline" "$(status 1)" "care waiting Asked"
postdesk do 1 '#move repairs' >/dev/null && postdesk do 2 '#move repairs' >/dev/null || fail "not moved"
check_equal "waiting elsewhere" "$(status 1)" "workshop waiting Parts ordered"
check_equal "open elsewhere" "$(status 2)" "workshop open On the bench"
postdesk do 3 '#move support' >/dev/null || fail "not moved"
check_equal "closed elsewhere" "$(status 3)" "care closed Done"
postdesk do 2 '#move support' >/dev/null || fail "not moved back"
check_equal "the first of that kind" "$(status 2)" "care open Working"
desk_stop
