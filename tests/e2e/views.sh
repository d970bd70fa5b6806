#!/bin/bash
# Views: those that every desk has, narrowed for the desk; those of the configuration and those that agents make by
# mail and by the command line; columns and order of each; and lists as of an earlier instant.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >>"$work/postdesk.conf" <<END

[view hot]
name = 🔥 Hot
query = priority:>=high
columns = number;priority;name
sort = priority
share = team:support

[view closed]
query = -priority:low
columns = name

[sla quick]
first_reply = 4h
calendar = 24/7
END
sed -i '/^address = sales@example.com/a sla = quick' "$work/postdesk.conf"
desk_start
for name in Apple Banana Cherry; do
	postdesk create --mailbox support --name "$name" >/dev/null || fail "no ticket $name"
done
postdesk do 1 '#priority urgent' >/dev/null && postdesk do 2 '#priority high' >/dev/null || fail "no priority"
# A whole second after all that was done so far, and before all that follows.
made=$(date -u +%Y-%m-%dT%H:%M:%SZ)
later() { [ "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \> "$1" ]; }
check "the clock stands still" pf_wait 5 later "$made"
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)

check_equal "a view's columns and order" "$(postdesk list --view hot | tr -s ' ' | tr '\n' '|')" \
	"number priority name|2 high Banana|1 urgent Apple|"
check_equal "its title, and other columns" "$(postdesk list --view '🔥 Hot' --columns number --sort -number | xargs)" "number 2 1"
postdesk --as bob list --view hot --json >/dev/null || fail "bob does not see the team's view"

postdesk list --view mine 2>"$work/told" && fail "a view of nobody's"
check_equal "what is wrong with a view" "$(cat "$work/told")" 'postdesk: view mine: "me" is nobody here: name the agent'

# By mail: anna's own, one of the team's, and what bob sees of them.
send() {
	mail "Anna Virtanen <anna@example.com>" support+do@example.com "$1" >"$work/mail.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com support+do@example.com <"$work/mail.eml"
}
echo "#view Fruit = name:a is:open sort name columns name" | send "" || fail "the mail was not taken"
pf_wait 20 pf_has anna@example.com 1
check_equal "anna's view" "$(postdesk --as anna list --view fruit | xargs)" "name Apple Banana"
postdesk --as bob list --view fruit 2>&1 | grep -qx 'postdesk: there is no view "fruit". Choose from: unassigned,.*, hot.' || fail "bob sees anna's view"
postdesk --as bob views --json | grep -q fruit && fail "bob is shown anna's view"
postdesk --as anna views set Team 'owner:none is:open' --for 'team support' >/dev/null || fail "no view for the team"
check_equal "bob's use of it" "$(postdesk --as bob list --view team --json | wc -l)" 3
postdesk --as bob views remove Team 2>"$work/told" && fail "bob deletes anna's view"
grep -q "is anna's" "$work/told" || fail "no reason: $(cat "$work/told")"
postdesk --as anna views remove Team >/dev/null || fail "the author cannot delete it"
postdesk list --view team 2>/dev/null && fail "the view is still there"
postdesk --as anna views set 🔥\ Hot 'is:open' 2>/dev/null && fail "a view of the configuration was changed"
check_equal "all views of anna" "$(postdesk --as anna views --json | sed 's/.*"name": *"\([^"]*\)".*/\1/' | xargs)" \
	"fruit unassigned mine team-unassigned team-open open mentions closed sent spam drafts tasks automatic deleted hot"

# One that every desk has, narrowed in the configuration.
postdesk do 3 '#priority low' '#close' >/dev/null && postdesk do 2 '#close' >/dev/null || fail "not closed"
check_equal "All closed, narrowed" "$(postdesk list --view closed | xargs)" "name Banana"

# Bytes that are no text are refused, and nobody is taken for somebody else.
refused() {
	postdesk "$@" >"$work/out" 2>"$work/told"
	[ $? -eq 2 ] && [ ! -s "$work/out" ] && grep -q 'not valid UTF-8' "$work/told"
}
check "bad bytes in a search" refused search $'a\xff'
check "bad bytes in a query" refused list $'a\xff'
check "bad bytes in an option" refused list --view $'a\xff'
check "bad bytes in an export" refused export $'a\xff' --json
check "bad bytes in an agent's name" refused --as $'a\xff' list

# As of then.
check_equal "open then" "$(postdesk list is:open --at "$before" --columns number | xargs)" "number 3 2 1"
check_equal "in the order asked for" "$(postdesk list is:open --at "$before" --sort -priority --columns name | xargs)" \
	"name Apple Banana Cherry"
check_equal "downwards" "$(postdesk list is:open --at "$before" --sort -name --columns name | xargs)" "name Cherry Banana Apple"
# What was merged since stood on its own then.
postdesk do 2 '#merge 1' >/dev/null || fail "not merged"
check_equal "merged since" "$(postdesk list --at "$before" --columns number | xargs)" "number 3 2 1"
check_equal "merged now" "$(postdesk list 'number:<4' --columns number | xargs)" "number 3 1"

# Views are of the desk: they are there after a restart.
desk_stop || fail "it does not end"
desk_start
check_equal "after a restart" "$(postdesk --as anna list --view fruit | xargs)" "name Apple"

# What was written until then, by whom, and how the goals stood, is asked of then, too.
write() { # SUBJECT TEXT
	echo "$2" | mail "Jane Roe <jane@acme.example>" sales@example.com "$1" >"$work/mail.eml"
	hand_in "$PF_PORT" jane@acme.example sales@example.com <"$work/mail.eml"
}
write "Trip" "We go to Zanzibar."
trip=$(postdesk list name:trip --json | jq .number)
check "the clock stands still" pf_wait 5 later "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
check "the clock stands still" pf_wait 5 later "$before"
write "Re: Trip" "The steamer leaves at noon."
postdesk do "$trip" '#close' >/dev/null || fail "not closed"
for query in zanzibar from:jane@acme.example to:sales@example.com sla:active 'due:<1d' -steamer; do
	check_equal "then, $query" "$(postdesk list "$query number:$trip" --at "$before" --columns number | xargs)" "number $trip"
done
for query in steamer sla:paused is:closed; do
	check_equal "not then, $query" "$(postdesk list "$query number:$trip" --at "$before" --columns number | xargs)" ""
	check_equal "but now, $query" "$(postdesk list "$query number:$trip" --columns number | xargs)" "number $trip"
done
desk_stop
