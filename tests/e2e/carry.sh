#!/bin/bash
# Moving out and in again gives the same desk (C8): a desk where all kinds of things happened is exported, and taken in by an
# empty one of the same configuration. What `show`, `history`, `list`, `contact`, `company` and every view tell is the same;
# a customer's answer to an old mail, an agent's to an old notification and a resent mail find their tickets; nobody is told
# and nothing leaves; again, or interrupted and gone on with, changes nothing. Beside tickets of its own another desk gives
# new numbers to those that it has. Files that somebody has made by hand are refused with the reason.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >>"$work/postdesk.conf" <<END

[property device]
type = text

[reference deal]
name = Deal
url = https://crm.example.com/deals/{id}

[sla standard]
first_reply = 4h
close = 30d
END
sed -i 's/^team = support/&\nsla = standard/; s/^name = Bob Berger/&\nmay = export/' "$work/postdesk.conf"
desk_start

write() { # NAME ADDRESS SUBJECT TEXT [HEADER]
	mail "$1 <$2>" support@example.com "$3" ${5:+"$5"} <<<"$4" >"$work/$3.eml"
	hand_in "$PF_PORT" "$2" support@example.com <"$work/$3.eml"
}
do_it() { postdesk --as "$1" do "${@:2}" >"$work/told" 2>&1 || fail "do ${*:2}: $(cat "$work/told")"; }
write "Carol Customer" carol@example.net Printer "It prints zebras."           # 1
write "Dave Doe" dave@example.org Zebras "All is striped."                     # 2
write "Carol" carol@other.example Scanner "It scans zebras."                   # 3
write "Eve" eve@example.edu Spam "Buy zebras."                                 # 4
write "Frank" frank@example.edu Mouse "It squeaks."                            # 5
check "anna was not told" pf_wait 20 pf_has anna@example.com 5
notification=$(pf_mails anna@example.com | xargs grep -l 'zebras' | xargs grep -l '^Subject:.*Printer' | head -1)
of_agent=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
answer() { # TEXT...
	printf '%s\n' "$@" | mail "Anna Virtanen <anna@example.com>" "$of_agent" "Re: Printer" \
		"In-Reply-To: $(field "$notification" Message-ID)" >"$work/anna.eml"
	pf_send "$PF_AGENTS_PORT" anna@example.com "$of_agent" <"$work/anna.eml" >/dev/null || fail "anna's mail was not taken"
}
answer "#wait" "" "Switch it off and on."
check "carol got no answer" pf_wait 20 pf_has carol@example.net 1
reply=$(pf_mails carol@example.net | head -1)
of_contact=$(field "$reply" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
told=$(pf_mails anna@example.com | wc -l)
answer "#draft" "" "And buy another one."
check "no receipt" pf_wait 20 pf_has anna@example.com $((told + 1))
first=$(postdesk show 1 --json --oldest-first | jq -r '[.timeline[] | select(.kind == "message")][0].id')
do_it anna 1 "#note It is the old model, @bob." "#log call She was cross."
do_it anna 1 "#pin $first" "#task Send a new one due 2099-01-02 10:00" "#link deal:77" "#link $first 2" "#set device=P-77"
do_it anna 2 "#snooze 2099-01-01" "#remind 2099-02-01 Look again" "#follow bob" "#priority high"
printf 'id,name\r\n1,a' >"$work/table.csv"
postdesk attach 1 "$work/table.csv" >/dev/null || fail "no file"
postdesk contact set carol@example.net "name=Carol C. Customer" phone=+358-40-1234567 language=fi >/dev/null || fail "no contact"
postdesk contact merge carol@other.example carol@example.net >/dev/null || fail "contacts not merged"
postdesk company set example.org "name=Zebra Ltd" domain=zebra.example >/dev/null || fail "no company"
postdesk do 3 "#merge 1" >/dev/null || fail "no merge"
postdesk do 4 "#spam" >/dev/null && postdesk do 5 "#delete" >/dev/null || fail "neither spam nor deleted"
write "Dave Doe" dave@example.org "Re: Zebras" "Also the cat." "In-Reply-To: $(field "$work/Zebras.eml" Message-ID)"
second=$(postdesk show 2 --json --oldest-first | jq -r '[.timeline[] | select(.kind == "message")][1].id')
postdesk do 2 "#split $second" >/dev/null || fail "no split"
postdesk do 2 "#close" >/dev/null && postdesk do 2 "#undo" >/dev/null || fail "no undo"
do_it anna 1 "#view zebras = device:P-77"
postdesk agents away bob --until 2099-01-01 >/dev/null 2>&1 || postdesk --as bob do 1 "#away until 2099-01-01" >/dev/null || fail "not away"
check "no mail waits" pf_wait 20 sh -c "! \"$POSTDESK\" -c \"$work/postdesk.conf\" outbox --json | grep -q waiting"

# All that the desk tells.
everything() {
	local n
	postdesk list --json | jq -cS 'del(.sla)'
	for n in $(seq 1 12); do
		postdesk show "$n" --json --oldest-first 2>/dev/null | jq -cS .
		postdesk show "$n" --json --deleted 2>/dev/null | jq -cS .
		postdesk show "$n" --raw 2>/dev/null | sha256sum
		postdesk history "$n" --json 2>/dev/null
		postdesk attachments "$n" --json 2>/dev/null
		postdesk why "$n" 2>/dev/null | sed 's/ so far.*//'
		postdesk --as anna do "$n" "#history" 2>/dev/null
	done
	postdesk --as anna views --json | jq -r .name | while read -r view; do
		echo "$view: $(postdesk --as anna list --view "$view" --json | jq -c .number | xargs)"
	done
	postdesk contact --json
	postdesk company --json
	postdesk agents --json
	postdesk search zebras --json | jq .number
	postdesk list phone:040* contact:zebra* --json | jq .number
	postdesk fetch 1 table.csv | sha256sum
	postdesk --as anna do 1 "#show" | grep -c "And buy another one"
}
everything >"$work/here"
grep -c . "$work/here" >/dev/null
check_equal "the merged number leads on" "$(postdesk show 3 --json --brief | jq .number)" 1
postdesk export --tickets "$work/out" 2>"$work/told" || fail "no export: $(cat "$work/told")"
check_equal "only the owner reads it" "$(stat -c %a "$work/out" "$work/out/desk.json" "$work/out/1.json" | xargs)" "700 600 600"
grep -q "^From " "$work/out/1.mbox" || fail "no mbox"
grep -q "And buy another one" "$work/out/1.json" || fail "no draft"
postdesk import "$work/out" 2>&1 | grep -q "tickets read: 0 new" || fail "the desk does not know itself"

# An agent with the right gets what it may see: no draft of anna's, no key, no deleted ticket.
postdesk --as anna export --tickets "$work/annas" 2>"$work/told" && fail "anna has no right to export"
postdesk --as bob export --tickets "$work/bobs" 2>"$work/told" || fail "bob's export: $(cat "$work/told")"
grep -rq "And buy another one" "$work/bobs" && fail "bob has anna's draft"
grep -q '"key"' "$work/bobs/desk.json" && fail "bob has the key"
grep -q "anna@example.com" "$work/bobs/letters.jsonl" && fail "bob has what anna was told"
[ -f "$work/bobs/5.json" ] && fail "bob has a deleted ticket"
[ -f "$work/bobs/3.json" ] || fail "bob lacks the ticket that was merged"
anna_before=$(pf_mails anna@example.com | wc -l) carol_before=$(pf_mails carol@example.net | wc -l)
desk_stop || fail "the desk does not stop"
mv "$work/state" "$work/state.old"
desk_start

# An export without the word of a mail is refused, that ticket alone, and nothing of it is here.
cp -r "$work/out" "$work/bad"
jq '.postdesk.events[1].version = 7' "$work/out/2.json" >"$work/bad/2.json"
rm "$work/bad/1.json" "$work/bad/letters.jsonl"
for n in 3 4 5 6 7 8 9; do rm -f "$work/bad/$n.json"; done
mkfifo "$work/bad/6.json"
postdesk import "$work/bad" >"$work/told" 2>"$work/errors" && fail "a wrong file was taken"
grep -q "ticket 2: event E[0-9]*: its version is 7" "$work/errors" || fail "not told: $(cat "$work/errors")"
grep -q "/6.json: it is no regular file" "$work/errors" || fail "nobody writes into a pipe: $(cat "$work/errors")"
grep -q "0 new, 2 files refused" "$work/told" && ! grep -q "[0-9]\{12\} there" "$work/told" || fail "miscounted: $(cat "$work/told")"
check_equal "nothing of it is here" "$(postdesk list --json | wc -l)" 0

postdesk import "$work/out" >"$work/told" 2>"$work/errors" || fail "not taken in: $(cat "$work/told" "$work/errors")"
everything >"$work/there"
diff "$work/here" "$work/there" >"$work/diff" || fail "it is another desk: $(head -c 3000 "$work/diff")"
postdesk verify >"$work/told" || fail "verify: $(cat "$work/told")"
postdesk import "$work/out" >"$work/told" 2>&1 || fail "again: $(cat "$work/told")"
grep -q "tickets read: 0 new" "$work/told" || fail "new ones: $(cat "$work/told")"
everything >"$work/there"
diff "$work/here" "$work/there" >/dev/null || fail "the second import changed something"
check_equal "anna was told nothing" "$(pf_mails anna@example.com | wc -l)" "$anna_before"
check_equal "nothing left" "$(pf_mails carol@example.net | wc -l)" "$carol_before"

# A customer answers the old mail at its old address; a resent mail is known; an agent answers an old notification.
mail "Carol Customer <carol@example.net>" "$of_contact" "another subject" <<<"Now it hums." >"$work/old.eml"
hand_in "$PF_PORT" carol@example.net "$of_contact" <"$work/old.eml"
check_equal "the answer is on its ticket" "$(postdesk show 1 --json | jq -r '[.timeline[] | select(.text == "Now it hums.")] | .[0].why')" \
	"reply address"
messages=$(postdesk show 2 --json --brief | jq .messages)
hand_in "$PF_PORT" dave@example.org support@example.com <"$work/Zebras.eml"
check_equal "the resent mail is known" "$(postdesk show 2 --json --brief | jq .messages)" "$messages"
answer "#send"
check "the draft did not leave" pf_wait 20 pf_has carol@example.net $((carol_before + 1))
grep -q "And buy another one" "$(pf_mails carol@example.net | tail -1)" || fail "another draft left"
postdesk do 4 "#undo" >/dev/null || fail "what was done there cannot be taken back here"
check_equal "no spam any more" "$(postdesk list --view spam --json | wc -l)" 0
postdesk do 5 "#restore" >/dev/null || fail "no restore"

# Beside tickets of its own: who has the number keeps it; references follow.
desk_stop || fail "the desk does not stop"
mv "$work/state" "$work/state.second"
desk_start
write "Greta" greta@example.net Keyboard "It is loud."
write "Dave Doe" dave@example.org Cable "It is short."
postdesk import "$work/out" >"$work/told" 2>"$work/errors" || fail "not taken in: $(cat "$work/told" "$work/errors")"
grep -q "1 was taken: this ticket is" "$work/errors" || fail "not told: $(cat "$work/errors")"
one=$(postdesk list '"prints zebras"' --json | jq .number | head -1)
[ "$one" -gt 2 ] || fail "which one is it: $one"
check_equal "whose was first" "$(postdesk show 1 --json --brief | jq -r .name)" Keyboard
check_equal "the link leads to the other's number" "$(postdesk show "$one" --json | jq -r '.links[].id' | grep -c "^77$")" 1
check_equal "Dave is one person" "$(postdesk contact dave@example.org --json | jq -c '.tickets | length')" 3
mail "Carol Customer <carol@example.net>" "$of_contact" "another subject" <<<"And it hums." >"$work/old.eml"
hand_in "$PF_PORT" carol@example.net "$of_contact" <"$work/old.eml"
check_equal "its old address leads there" "$(postdesk show "$one" --json | jq -r '[.timeline[] | select(.text == "And it hums.")] | length')" 1
postdesk verify >"$work/told" || fail "verify: $(cat "$work/told")"
check "postdeskd did not end well" desk_stop
