#!/bin/bash
# Contacts and companies (P5): a contact per person with several addresses, names, phones; a company per domain, and none by
# the domain of a mail provider; associated, taken away, corrected, merged; references to other systems; an unknown visitor
# who is identified later; found by all of it; each change taken back.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >>"$work/postdesk.conf" <<END

[reference deal]
name = Deal
url = https://crm.example.com/deals/{id}
END
desk_start
write() { # NAME ADDRESS SUBJECT
	echo "It burns." | mail "$1 <$2>" support@example.com "$3" >"$work/mail.eml"
	hand_in "$PF_PORT" "$2" support@example.com <"$work/mail.eml"
}
of() { postdesk list "number:$1" --json | jq -r ".$2"; }
numbers() { postdesk list "$@" --json | jq -r 'select(.automatic | not) | .number' | sort -n | xargs; }
person() { postdesk contact "$1" --json | jq -cr "$2"; }
action() { postdesk history "$1" --json >/dev/null; postdesk show "$1" --json | jq '[.timeline[].action] | max'; }
write "Jane Roe" jane@acme.example Printer   # 1
write "Jo" jo@acme.example Screen            # 2
write "Jane" jane.roe@gmail.com Mouse        # 3

# A company per domain; a mail provider's is nobody's.
check_equal "the company of a domain" "$(of 1 company)" acme.example
check_equal "the company at a provider" "$(of 3 company)" null
check_equal "its people" "$(postdesk company acme.example --json | jq -cr .contacts)" '["jane@acme.example","jo@acme.example"]'
check_equal "its tickets" "$(numbers company:acme*)" "1 2"

# Named, with a further domain: all of its people are of it, those who write later, too.
postdesk company set acme.example "name=Acme Ltd" domain=acme.test >"$work/told" || fail "no name for the company"
check_equal "the name" "$(of 2 company)" "Acme Ltd"
write "Max" max@acme.test Keyboard           # 5; 4 holds what was done to the company
check_equal "who writes later" "$(of 5 company)" "Acme Ltd"
check_equal "found by its name" "$(numbers 'company:"acme ltd"')" "1 2 5"
check_equal "found by its words" "$(postdesk search "Acme" --json | jq .number | sort -n | xargs)" "1 2 5"
postdesk company set Foo domain=gmail.com 2>"$work/told" && fail "a provider's domain became a company's"
grep -q "provider" "$work/told" || fail "no reason: $(cat "$work/told")"

# Corrected: names, phones, further addresses; found by each.
postdesk contact set jane@acme.example "name=Jane A. Roe" "also=Mrs Roe" phone=+358-40-1234567 "address=Market Street 7" \
	link=deal:77 >/dev/null || fail "the contact was not corrected"
check_equal "what is known" "$(person jane@acme.example '[.name, .names[0], .phones[0], .address, .links[0].url]')" \
	'["Jane A. Roe","Mrs Roe","+358401234567","Market Street 7","https://crm.example.com/deals/77"]'
for query in 'contact:"jane a. roe"' 'contact:"mrs roe"' phone:+358401234567 phone:040123* '"market street"'; do
	case $query in phone:040*) query=phone:358401* ;; esac
	check_equal "found by $query" "$(numbers "$query")" 1
done

check_equal "on the timeline, in a line" "$(postdesk history 4 | tr -s ' ' | grep -c "contact 1 .*Jane Roe, mail jane@acme.example.*Jane A. Roe, mail")" 1

# Two contacts turn out to be one: the tickets follow, and come back.
postdesk contact merge jane.roe@gmail.com jane@acme.example >"$work/told" || fail "not merged: $(cat "$work/told")"
check_equal "one person" "$(person jane.roe@gmail.com '[.name, .addresses, .tickets]')" \
	'["Jane A. Roe",["jane@acme.example","jane.roe@gmail.com"],[3,1]]'
check_equal "the ticket's contact" "$(of 3 contact)" jane@acme.example
check_equal "the ticket's company" "$(of 3 company)" "Acme Ltd"
check_equal "on the ticket's history" "$(postdesk history 3 contact --json | jq -cr '[.from, .to]' | tail -1)" \
	'["jane.roe@gmail.com","jane@acme.example"]'
write "Jane" jane.roe@gmail.com "Another mouse" # 6
check_equal "her next mail" "$(of 6 contact_name)" "Jane A. Roe"
postdesk do 3 '#undo' >"$work/told" || fail "the merge cannot be taken back: $(cat "$work/told")"
check_equal "taken back" "$(of 3 contact) $(of 6 contact)" "jane.roe@gmail.com jane@acme.example"
postdesk contact merge jane.roe@gmail.com jane@acme.example >/dev/null || fail "not merged again"
check_equal "merged again" "$(numbers contact:jane@acme.example)" "1 3 6"

# By mail, on a ticket, in one's own language: associated, taken away.
pf_wait 20 pf_has anna@example.com 2
give() { # NUMBER <COMMANDS
	mail "Anna Virtanen <anna@example.com>" support+do@example.com "" >"$work/mail.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com support+do@example.com <"$work/mail.eml"
}
postdesk --as anna do 2 '#company Initech' '#contact Bill <bill@initech.example>' '#link deal:78' >/dev/null || fail "not associated"
check_equal "the ticket's own company" "$(of 2 company)" Initech
check_equal "the contact's own" "$(person jo@acme.example .company)" "Acme Ltd"
check_equal "found by it" "$(numbers company:initech)" 2
check_equal "no longer by the contact's" "$(numbers 'company:"acme ltd"')" "1 3 5 6"
check_equal "the link" "$(postdesk show 2 --json | jq -cr '.links[] | [.kind, .id, .url]')" '["deal","78","https://crm.example.com/deals/78"]'
check_equal "found by the link" "$(numbers link:deal:78)" 2
postdesk do 2 '#company none' '#contact -bill@initech.example' '#unlink deal:78' >/dev/null || fail "not taken away"
check_equal "taken away" "$(of 2 company) $(postdesk show 2 --json | jq -c .links)" "null []"
postdesk do 2 '#undo' >/dev/null && postdesk do 2 '#undo' >/dev/null || fail "not taken back"
check_equal "as before" "$(of 2 company) $(postdesk show 2 --json | jq -c .links)" "Acme Ltd []"
postdesk do 3 '#firma Initech' >/dev/null 2>&1 && fail "a word of another language"
sed -i 's/^address = bob@example.com/&\nlanguage = de/' "$work/postdesk.conf"
postdesk reload >/dev/null || fail "not reloaded"
postdesk --as bob do 2 '#firma Initech' '#verknüpfen deal:79' >/dev/null || fail "the words of bob's language"
check_equal "in bob's language" "$(of 2 company)" Initech

# An entry that belongs to another ticket, too.
entry=$(postdesk show 1 --json | jq -r '.timeline[] | select(.kind == "message") | .id')
postdesk do 1 "#link $entry 5" >/dev/null || fail "the entry was not linked"
check_equal "on the other's timeline" "$(postdesk show 5 --json | jq -r ".timeline[] | select(.id == \"$entry\") | .from")" jane@acme.example
postdesk do 1 "#unlink $entry 5" >/dev/null || fail "not unlinked"
check_equal "no longer there" "$(postdesk show 5 --json | jq -r ".timeline[] | select(.id == \"$entry\") | .from")" ""

# Somebody who only called, twice, is identified: the old tickets follow.
for call in First Second; do
	number=$(postdesk create --mailbox support --name "$call call" --json | jq .number)
	postdesk do "$number" '#contact +358 9 555 123' >/dev/null || fail "no caller"
done
check_equal "the calls of the unknown" "$(numbers phone:+3589555123)" "$((number - 1)) $number"
postdesk do "$number" '#contact Cal Ler <cal@initech.example>' >"$work/told" || fail "not identified: $(cat "$work/told")"
check_equal "who it was" "$(of $((number - 1)) contact) $(of $number contact_name)" "cal@initech.example Cal Ler"
postdesk do "$number" '#undo' >/dev/null || fail "not taken back"
check_equal "unknown again" "$(of $((number - 1)) contact)" null
postdesk do "$number" '#contact jane@acme.example' >"$work/told" || fail "not identified as jane"
check_equal "jane's tickets" "$(numbers contact:jane@acme.example)" "1 3 6 $((number - 1)) $number"

# What is wrong is told, and does nothing.
postdesk contact set jo@acme.example mail=jane@acme.example 2>"$work/told" && fail "an address with two owners"
grep -q "Jane A. Roe's" "$work/told" || fail "no reason: $(cat "$work/told")"
postdesk contact nobody@example.org 2>"$work/told" && fail "a contact out of nothing"
postdesk contact set jo@acme.example colour=red 2>"$work/told" && fail "any key will do"

# Taken back by the number that was told.
undo=$(postdesk contact set jo@acme.example "name=Joe Bloggs" | sed -n 's/^Taken back by: postdesk //p')
check_equal "renamed" "$(person jo@acme.example .name)" "Joe Bloggs"
postdesk $undo >/dev/null || fail "not taken back: $undo"
check_equal "his name again" "$(person jo@acme.example .name)" Jo

# Companies become one; all is there after a restart.
postdesk company merge Initech "Acme Ltd" >/dev/null || fail "companies not merged"
check_equal "one company" "$(numbers company:initech) $(of 2 company)" " Acme Ltd"
desk_stop || fail "it does not end"
desk_start
check_equal "after a restart" "$(person jane.roe@gmail.com '[.name, .phones[0], .company]')" '["Jane A. Roe","+358401234567","Acme Ltd"]'
check_equal "companies" "$(postdesk company --json | jq -r .name | xargs)" "Acme Ltd initech.example"
check_equal "contacts found by a word" "$(postdesk contact list roe --json | jq -r .addresses[0])" jane@acme.example
postdesk verify || fail "the database is not sound"
desk_stop
