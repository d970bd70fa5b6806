#!/bin/bash
# Two merges of the same tickets at once (T7): one of them wins whole, the other is told so or goes on from there; nothing is
# lost, and what was done is taken back step by step.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start
for n in 1 2 3; do
	postdesk create --mailbox support --name "Ticket $n" --contact "c$n@example.net" >/dev/null || fail "no ticket $n"
done
for round in 1 2 3 4 5; do
	postdesk --as anna do 1 '#merge 2' >"$work/anna.out" 2>&1 & one=$!
	postdesk --as bob do 2 '#merge 1' >"$work/bob.out" 2>&1 & two=$!
	postdesk do 3 '#merge 1' >"$work/three.out" 2>&1 & three=$!
	wait "$one" "$two" "$three"
	check_equal "tickets that stand ($(cat "$work"/*.out))" "$(postdesk list --json | wc -l)" 1
	left=$(postdesk list --json | jq .number)
	for n in 1 2 3; do
		check_equal "#$n leads to" "$(postdesk show $n --json --brief | jq .number)" "$left"
	done
	check_equal "conversations" "$(postdesk show "$left" --json | jq '.conversations | length')" 3
	postdesk verify >/dev/null || fail "verify: $(postdesk verify)"
	postdesk do "$left" '#undo' >/dev/null || fail "the second merge is not taken back"
	for n in 1 2 3; do
		number=$(postdesk show $n --json --brief | jq .number)
		[ "$(postdesk list --json | wc -l)" -eq 3 ] || postdesk do "$number" '#undo' >/dev/null 2>&1
	done
	check_equal "tickets after the undo" "$(postdesk list --json | wc -l)" 3
done
desk_stop
