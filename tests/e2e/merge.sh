#!/bin/bash
# Two tickets are merged (T7): the agent is asked first, the receipt says whose values won, old numbers, tags and reply
# addresses lead on, and the merge is taken back by one line, or refused where somebody wrote since.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

write() { # FROM SUBJECT TEXT [HEADER]
	mail "$1" support@example.com "$2" ${4:+"$4"} <<<"$3" >"$work/in.eml"
	hand_in "$PF_PORT" "$1" support@example.com <"$work/in.eml" >/dev/null
	id=$(field "$work/in.eml" Message-ID)
}
key() { # NUMBER KEY
	postdesk show "$1" --json --brief | jq -r ".$2"
}

write carol@example.net "Printer broken" "It prints zebras."
carols=$id
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
check "bob was not told" pf_wait 20 pf_has bob@example.com 1
anna=$(pf_mails anna@example.com | tail -1)
bob=$(pf_mails bob@example.com | tail -1)
write dave@example.net "Zebras everywhere" "All paper is striped."
check_equal "tickets" "$(tickets)" 2
postdesk do 1 "#priority high" "#assign anna" >/dev/null || fail "do"
check "bob was not told of Dave" pf_wait 20 pf_has bob@example.com 2
check "anna was not told of Dave, and that it is hers" pf_wait 20 pf_has anna@example.com 3
told=$(pf_mails anna@example.com | wc -l)

# Below full proof it is asked for.
reply_to=$(field "$anna" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer broken" "In-Reply-To: $(field "$anna" Message-ID)" \
	<<<"#merge 2" >"$work/merge.eml"
pf_send "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/merge.eml" >/dev/null || fail "the mail was not taken"
check "nothing was asked" pf_wait 20 pf_has anna@example.com $((told + 1))
asked=$(pf_mails anna@example.com | tail -1)
check_equal "tickets before the answer" "$(tickets)" 2
confirm=$(field "$asked" From | sed 's/.*<\(.*\)>.*/\1/')
mail "Anna Virtanen <anna@example.com>" "$confirm" "Re: merge" "In-Reply-To: $(field "$asked" Message-ID)" \
	<<<"#yes" >"$work/yes.eml"
pf_send "$PF_AGENTS_PORT" anna@example.com "$confirm" <"$work/yes.eml" >/dev/null || fail "#yes was not taken"
check "no receipt" pf_wait 20 pf_has anna@example.com $((told + 2))
receipt=$(sed -e 's/\r$//' -e ':a' -e 'N' -e '$!ba' -e 's/ \n/ /g' "$(pf_mails anna@example.com | tail -1)")
case $receipt in
*'#1 "Printer broken" is merged into #2 "Zebras everywhere"'*) ;;
*) fail "the receipt: $receipt" ;;
esac
case $receipt in
*"of #2 stays, with the other's in parentheses: name Zebras everywhere (Printer broken), priority normal (high)"*) ;;
*) fail "whose values won is not told: $receipt" ;;
esac
case $receipt in
*"from #1 comes: owner Anna Virtanen"*) ;;
*) fail "what came is not told: $receipt" ;;
esac

# One ticket with the people, the messages and the entries of both.
check_equal "tickets" "$(tickets)" 1
check_equal "where 1 leads" "$(key 1 number)" 2
check_equal "its owner" "$(key 2 owner)" anna
check_equal "its messages" "$(key 2 messages)" 2
postdesk show 1 --json >"$work/show.json"
check_equal "its timeline" "$(jq -r '[.timeline[] | select(.kind == "message") | .subject] | sort | join(",")' "$work/show.json")" \
	"Printer broken,Zebras everywhere"
check_equal "its conversations" "$(jq -r '[.conversations[].participants[]] | sort | join(",")' "$work/show.json")" \
	"carol@example.net,dave@example.net"
check_equal "its link" "$(jq -c '.links' "$work/show.json")" '[{"kind":"merged","number":1}]'
for query in number:1 prints striped from:carol@example.net from:dave@example.net contact:carol@example.net; do
	check_equal "found by $query" "$(postdesk list "$query" --json | jq -r .number)" 2
done
check_equal "search" "$(postdesk search zebras --json | jq -r .number)" 2
check_equal "the raw mail" "$(postdesk show 1 --raw | grep -c "prints zebras")" 1

# Carol's thread, her subject tag, and the address in what bob has of her ticket lead on.
write carol@example.net "Re: Printer broken" "Now they gallop." "In-Reply-To: $carols"
write carol@example.net "[#1] zebras" "And neigh."
check_equal "tickets" "$(tickets)" 1
check_equal "its messages" "$(key 2 messages)" 4
check_equal "found by a later word" "$(postdesk list gallop --json | jq -r .number)" 2
reply_to=$(field "$bob" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
mail "Bob Berger <bob@example.com>" "$reply_to" "Re: Printer broken" "In-Reply-To: $(field "$bob" Message-ID)" \
	<<<"Zebras do not neigh." >"$work/bob.eml"
pf_send "$PF_AGENTS_PORT" bob@example.com "$reply_to" <"$work/bob.eml" >/dev/null || fail "bob's answer was not taken"
check "carol has no answer" pf_wait 20 pf_has carol@example.net 1
check_equal "its messages" "$(key 2 messages)" 5
# An answer to what bob has seen, when anna has answered since, is held.
mail "Anna Virtanen <anna@example.com>" "$(field "$anna" Reply-To | sed 's/.*<\(.*\)>.*/\1/')" "Re: Printer broken" \
	"In-Reply-To: $(field "$anna" Message-ID)" <<<"Feed them." >"$work/anna.eml"
told=$(pf_mails anna@example.com | wc -l)
pf_send "$PF_AGENTS_PORT" anna@example.com "$(field "$anna" Reply-To | sed 's/.*<\(.*\)>.*/\1/')" <"$work/anna.eml" >/dev/null
check "anna was not told that bob was first" pf_wait 20 pf_has anna@example.com $((told + 1))
grep -q "Zebras do not neigh" "$(pf_mails anna@example.com | tail -1)" || fail "bob's answer is not shown"
check_equal "carol's mails" "$(pf_mails carol@example.net | wc -l)" 1

# She wrote since: it is not taken back.
postdesk do 2 "#undo $(jq -r '[.timeline[] | select(.why == "command #merge")][0].action' "$work/show.json")" \
	2>"$work/refused" && fail "the merge was taken back"
grep -q "A message (E[0-9]*) has come since in conversation C1 of #2; nothing was taken back" "$work/refused" ||
	fail "the reason: $(cat "$work/refused")"

# Where nobody did, it is, wholly.
write erin@example.net "A giraffe" "In the hall."
write frank@example.net "Long neck" "Behind the door."
set -- $(postdesk list is:open --json | jq -r 'select(.contact | test("erin|frank")) | .number' | sort -n)
before=$(postdesk show "$1" --json | jq -cS 'del(.updated)'; postdesk show "$2" --json | jq -cS 'del(.updated)')
postdesk do "$1" "#merge $2 primary this" >/dev/null || fail "merge"
check_equal "where the second leads" "$(key "$2" number)" "$1"
postdesk do "$2" "#undo" >"$work/undone" || fail "undo"
grep -q "#$2 stands alone again" "$work/undone" || fail "$(cat "$work/undone")"
after=$(postdesk show "$1" --json | jq -cS 'del(.updated) | .timeline |= map(select(.why != "command #merge" and .kind != "undo"))'
	postdesk show "$2" --json | jq -cS 'del(.updated) | .timeline |= map(select(.why != "command #merge" and .kind != "undo"))')
check_equal "both after the undo" "$after" "$before"
check_equal "found by the second's words" "$(postdesk list door --json | jq -r .number)" "$2"
postdesk verify >/dev/null || fail "verify: $(postdesk verify 2>&1)"

# Into itself, into what is not there: a clear answer, and nothing else.
for bad in "#merge $1" "#merge 99"; do
	postdesk do "$1" "#priority low" "$bad" 2>"$work/refused" && fail "$bad was done"
	grep -q 'cannot be merged into itself\|there is no ticket #99 that you may see' "$work/refused" || fail "$(cat "$work/refused")"
done
check_equal "its priority" "$(key "$1" priority)" normal
check "postdeskd did not end well" desk_stop
