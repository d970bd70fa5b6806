#!/bin/bash
# A message is split off (T7), a ticket moved to another mailbox with a new owner and a reason (T9), and many tickets are
# edited at once, after a dry run, and taken back by one line (T10).
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >>"$work/postdesk.conf" <<-END

	[team sellers]
	members = bob

	[property floors]
	type = choices
	choices = first;second;third
END
sed -i 's/^name = Example Sales/&\nteam = sellers/' "$work/postdesk.conf"
desk_start

write() { # FROM SUBJECT TEXT [HEADER]
	mail "$1" support@example.com "$2" ${4:+"$4"} <<<"$3" >"$work/in.eml"
	hand_in "$PF_PORT" "$1" support@example.com <"$work/in.eml" >/dev/null
	id=$(field "$work/in.eml" Message-ID)
}
key() { # NUMBER KEY
	postdesk show "$1" --json --brief | jq -r ".$2"
}

# Split: the second message becomes a ticket of its own, and what answers it follows.
write dora@example.net "Printer" "It smokes."
write dora@example.net "Re: Printer, and toner" "Toner, too." "In-Reply-To: $id"
second=$id
entry=$(postdesk show 1 --json | jq -r '[.timeline[] | select(.kind == "message")][0].id')
postdesk do 1 "#split $entry" >"$work/split" || fail "split"
grep -q "#split: $entry is ticket #2 \"Re: Printer, and toner\" now" "$work/split" || fail "$(cat "$work/split")"
check_equal "the new ticket's messages" "$(postdesk show 2 --json | jq -r '[.timeline[] | select(.kind == "message") | .text] | join("|")' |
	tr -d '\n')" "Toner, too."
check_equal "its link" "$(postdesk show 2 --json | jq -c .links)" '[{"kind":"related","number":1}]'
check_equal "the raw mail" "$(postdesk show 2 --raw | grep -c "Toner, too.")" 1
write dora@example.net "Re: Printer, and toner" "Black." "In-Reply-To: $second"
check_equal "messages of the new ticket" "$(key 2 messages)" 2
check_equal "found by its words" "$(postdesk list black --json | jq -r .number)" 2

# Move: another mailbox and team, the named owner is told why; undone, all is as before.
before=$(postdesk show 1 --json --brief | jq -cS 'del(.updated)')
settled() { pf_has bob@example.com 3; }
check "bob was not told of the mails" pf_wait 20 settled
postdesk do 1 "#move sales to bob Wants a new one." >/dev/null || fail "move"
check_equal "mailbox, team, owner" "$(postdesk show 1 --json --brief | jq -r '[.mailbox, .team, .owner] | join(" ")')" \
	"sales sellers bob"
check "bob was not told" pf_wait 20 pf_has bob@example.com 4
grep -q "Wants a new one." "$(pf_mails bob@example.com | tail -1)" || fail "bob is not told why"
grep -q "^Reply-To:.*sales+" "$(pf_mails bob@example.com | tail -1)" || fail "bob's answer would leave from support"
postdesk do 1 "#undo" >/dev/null || fail "undo of the move"
check_equal "after the undo" "$(postdesk show 1 --json --brief | jq -cS 'del(.updated)')" "$before"

# Bulk: a dry run shows the numbers and changes nothing.
for i in 3 4 5; do write "erin$i@example.net" "Question $i" "How?"; done
check_equal "dry run" "$(postdesk bulk is:open "#priority high" --dry-run | xargs)" "1 2 3 4 5"
check_equal "priorities after it" "$(postdesk list --json | jq -r .priority | sort -u)" normal
postdesk bulk is:open "#priority high" "#assign anna" >"$work/bulk" || fail "bulk"
grep -q "5 of 5 tickets changed by #priority high #assign anna: 1 2 3 4 5" "$work/bulk" || fail "$(cat "$work/bulk")"
check_equal "priorities" "$(postdesk list --json | jq -r .priority | sort -u)" high
# One letter to anna, however many tickets.
told() { pf_mails anna@example.com | xargs grep -l "^Subject: 5 tickets were changed together" | grep -q .; }
check "anna was not told" pf_wait 20 told
check_equal "letters to anna" "$(pf_mails anna@example.com | xargs grep -l "^Subject: 5 tickets" | wc -l)" 1
postdesk bulk 3 4 "#close" >/dev/null || fail "bulk of numbers"
check_equal "closed" "$(postdesk list is:closed --sort number --json | jq -r .number | xargs)" "3 4"
postdesk bulk --dry-run Closed "#open" >/dev/null 2>&1
# A choice of several.
postdesk bulk "1 2" "#set floors=first;second" >/dev/null || fail "choices"
check_equal "floors" "$(postdesk list floors:second --sort number --json | jq -r .number | xargs)" "1 2"
# Added to, and taken from, what is there; and replaced. Over a view by its name.
postdesk bulk 1 "#add floors=third" >/dev/null && postdesk bulk 2 "#set floors=third" >/dev/null || fail "choices added, replaced"
check_equal "added, replaced" "$(postdesk list floors:third --sort number --json | jq -r .properties.floors)" "first;second;third
third"
check_equal "a view, dry" "$(postdesk bulk "All closed" "#set floors=first" --dry-run | xargs)" "3 4"
postdesk bulk "All closed" "#set floors=first" >/dev/null || fail "bulk over a view"
check_equal "over a view" "$(postdesk list floors:first --sort number --json | jq -r .number | xargs)" "1 3 4"
postdesk do 3 "#undo" >/dev/null || fail "undo of the bulk over a view"
# One that cannot be on one of them changes none.
postdesk bulk "1 2" "#merge 2" 2>"$work/refused" && fail "a ticket was merged into itself"
grep -q "#2: .*a ticket cannot be merged into itself" "$work/refused" || fail "$(cat "$work/refused")"
check_equal "where 1 leads" "$(key 1 number)" 1
# A dry run is judged as the real one would be: which, why, and which of them would change at all.
postdesk bulk "1 2" "#merge 2" --dry-run --json >"$work/tried" 2>"$work/why" && fail "a dry run of what is refused is fine"
check_equal "tried" "$(jq -c '[.listed, .changing, [.refused[].number]]' "$work/tried")" "[[1,2],[],[2]]"
jq -r '.refused[0].why' "$work/tried" | grep -q "a ticket cannot be merged into itself" || fail "$(cat "$work/tried")"
grep -q "#2: .*a ticket cannot be merged into itself" "$work/why" || fail "$(cat "$work/why")"
check_equal "would change" "$(postdesk bulk "3 5" "#close" --dry-run --json | jq -c '[.listed, .changing, .refused]')" "[[3,5],[5],[]]"
check_equal "5 is as it was" "$(key 5 status_kind)" "$(key 1 status_kind)"
# One undo for the whole, given on any of them.
postdesk do 4 "#undo" >/dev/null || fail "undo of the closing"
check_equal "closed" "$(postdesk list is:closed --json | wc -l)" 0
postdesk do 5 "#undo" >"$work/undone" || fail "undo: $(cat "$work/undone")"
check_equal "priorities after the undo" "$(postdesk list --json | jq -r .priority | sort -u)" normal
check_equal "owners after the undo" "$(postdesk list --json | jq -r .owner | sort -u)" null
postdesk verify >/dev/null || fail "verify: $(postdesk verify 2>&1)"

# By mail it is asked for first.
mail "Anna Virtanen <anna@example.com>" support+do@example.com "" <<<"#bulk 3 4 5: #close" >"$work/bulk.eml"
told=$(pf_mails anna@example.com | wc -l)
pf_send "$PF_AGENTS_PORT" anna@example.com support+do@example.com <"$work/bulk.eml" >/dev/null || fail "not taken"
asked() { pf_mails anna@example.com | tail -n +$((told + 1)) | xargs -r grep -l "^From:.*support+y" | grep -q .; }
check "nothing was asked" pf_wait 20 asked
check_equal "closed before the answer" "$(tickets is:closed)" 0
question=$(pf_mails anna@example.com | tail -n +$((told + 1)) | xargs grep -l "^From:.*support+y" | head -1)
confirm=$(field "$question" From | sed 's/.*<\(.*\)>.*/\1/')
mail "Anna Virtanen <anna@example.com>" "$confirm" "Re: bulk" "In-Reply-To: $(field "$question" Message-ID)" <<<"#yes" >"$work/yes.eml"
pf_send "$PF_AGENTS_PORT" anna@example.com "$confirm" <"$work/yes.eml" >/dev/null || fail "#yes was not taken"
closed() { [ "$(postdesk list is:closed --json | grep -c Question)" -eq 3 ]; }
check "the tickets were not closed" pf_wait 20 closed
check "postdeskd did not end well" desk_stop
