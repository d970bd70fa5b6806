#!/bin/bash
# Tickets that are made by hand (T3): what lacks comes back as a form that is filled in by reply; contacts, company and
# properties of every type from the start; without a contact it stands in every view, until a contact is added and written to.
# And a status that requires properties asks for them, and sends nothing until then (R3).
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >>"$work/postdesk.conf" <<END

[property device]
type = choice
choices = phone;laptop
on_create = required

[property floor]
type = number
on_create = ask

[property since]
type = date
required_before = closed

[property parts]
type = choices
choices = screen;keys;case

[property serial]
END
desk_start
of() { postdesk list "number:$1" --json | jq -r ".$2"; }
numbers() { postdesk list "$@" --json | jq -r 'select(.automatic | not) | .number' | sort -n | xargs; }
count() { pf_mails anna@example.com | wc -l; }
newest() { pf_mails anna@example.com | tail -1; }
send() { # TO SUBJECT [HEADER] <TEXT; waits for the answer to anna
	local before
	before=$(count)
	mail "Anna Virtanen <anna@example.com>" "$@" >"$work/mail.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com "$1" <"$work/mail.eml"
	pf_wait 20 pf_has anna@example.com $((before + 1)) || fail "no answer to $(cat "$work/mail.eml")"
}
from_of() { field "$1" From | sed 's/.*<\(.*\)>.*/\1/'; }
reply_of() { field "$1" Reply-To | sed 's/.*<\(.*\)>.*/\1/'; }

# What lacks comes back as a form; nothing is made.
send support+do@example.com "" <<-END
	#new Broken laptop
	#contact Jane Roe <jane@acme.example>
	#company Acme
END
form=$(newest)
grep -q '^device: phone, laptop' "$form" && grep -q '^#set device=' "$form" || fail "no form: $(cat "$form")"
grep -q '^#set floor=' "$form" || fail "what is asked for is not in the form"
check_equal "made too early" "$(numbers)" ""

# It is filled in by reply; wrongly first, which asks again.
echo "#set device=tablet" | send "$(from_of "$form")" "Re: form"
again=$(newest)
tr -d "\r" <"$again" | tr -s "\n " " " | grep -q 'there is no device "tablet". Choose from: ' || fail "not told what is wrong: $(cat "$again")"
check_equal "made all the same" "$(numbers)" ""
echo "#set device=Laptop" | send "$(from_of "$again")" "Re: form"
receipt=$(newest)
grep -q "Broken laptop" "$receipt" || fail "no receipt: $(cat "$receipt")"
grep -q '^#set floor=' "$receipt" || fail "the receipt does not ask for what is asked for: $(cat "$receipt")"
one=$(numbers 'name:"broken laptop"')
check_equal "as it was asked for" "$(of $one contact) $(of $one company) $(of $one properties.device)" "jane@acme.example Acme laptop"
echo "#set device=phone" | send "$(from_of "$form")" "Re: form"
grep -q "filled in before" "$(newest)" || fail "a form is filled in twice: $(cat "$(newest)")"
check_equal "one ticket" "$(numbers 'name:"broken laptop"')" "$one"
check_equal "the contact heard of it" "$(pf_mails jane@acme.example | wc -l)" 0

# Filled in where the form is quoted, as many clients answer; without a name and a subject, the name lacks, too.
echo "#new" | send support+do@example.com ""
form=$(newest)
grep -q '^#set name=' "$form" || fail "the name is not asked for: $(cat "$form")"
sed -e '1,/^\r\{0,1\}$/d' -e 's/\r$//' "$form" | sed -e 's/^#set name=$/#set name=Dark screen/' -e 's/^#set device=$/#set device=phone/' \
	-e 's/^#set floor=$/#set floor=3/' -e 's/^#contact$/#contact Jo <jo@shop.example>/' -e 's/^/> /' |
	send "$(from_of "$form")" "Re: form"
two=$(numbers 'name:"dark screen"')
check_equal "what was filled in" "$(of $two contact) $(of $two company) $(of $two properties.device) $(of $two properties.floor)" \
	"jo@shop.example shop.example phone 3"

# By the command line: all that lacks is told at once; with contact, company and properties.
postdesk create --mailbox support --name "Hot phone" 2>"$work/told" && fail "made without what is required"
grep -q 'device=phone|laptop' "$work/told" || fail "not told what lacks: $(cat "$work/told")"
three=$(postdesk create --mailbox support --name "Hot phone" --contact jane@acme.example --set company=Initech --set device=phone \
	--set 'parts=screen;case' --set since=2026-01-31 --set serial="No 5" --set priority=high --json | jq .number)
check_equal "all of it" "$(of $three company) $(of $three 'properties | [.device, .parts, .since, .serial] | join(" ")') $(of $three priority)" \
	"Initech phone screen;case 2026-01-31 No 5 high"

named=$(postdesk create --mailbox support --name "Two people" --contact "Max Hall <max@hall.example>" --contact "Ida <ida@hall.example>" \
	--set device=phone --json | jq .number)
check_equal "contacts with their names" "$(of "$named" contact) $(of "$named" contact_name), $(postdesk contact ida@hall.example --json | jq -r .name)" \
	"max@hall.example Max Hall, Ida"

# Each type takes what is of it, and says what it takes.
while read -r line want; do
	postdesk do "$three" "#set ${line//_/ }" >/dev/null 2>"$work/told" && fail "taken: $line"
	grep -q "${want//_/ }" "$work/told" || fail "$line: $(cat "$work/told")"
done <<-END
	floor=ground is_a_number
	since=yesterday is_a_date_such_as
	device=tablet device
	parts=screen;wheel parts
	colour=red no_property
END
postdesk do "$three" '#add parts=keys' '#remove parts=screen' '#set floor=-1.5' >/dev/null || fail "not changed"
check_equal "added and removed" "$(of $three 'properties | [.parts, .floor] | join(" ")')" "case;keys -1.5"
check_equal "found by each" "$(numbers parts:keys floor:'<0' since:'>2026-01-01' serial:'"no 5"')" "$three"
check_equal "as columns, sorted" "$(postdesk list floor:* --columns 'number;floor' --sort -floor | xargs)" "number floor $two 3 $three -1.5"
check_equal "in the history" "$(postdesk history "$three" parts --json | jq -cr '[.from, .to]' | tail -1)" '["screen;case;keys","case;keys"]'

# Without a contact there is no conversation, but it stands in every view that fits.
four=$(postdesk create --mailbox support --name "Lift inspection" --set device=phone --json | jq .number)
check_equal "no conversation" "$(postdesk show "$four" --json | jq -c .conversations)" "[]"
for view in unassigned open team-open; do
	postdesk --as anna list --view $view --json | jq .number | grep -qx "$four" || fail "not in the view $view"
done
before=$(count)
postdesk do "$four" '#assign anna' >/dev/null || fail "not assigned"
pf_wait 20 pf_has anna@example.com $((before + 1)) || fail "anna was not told"
told=$(newest)
postdesk --as anna list --view mine --json | jq .number | grep -qx "$four" || fail "not in the view mine"
echo "When can you come?" | send "$(reply_of "$told")" "Re: Lift inspection"
grep -q "No address of a contact is known" "$(newest)" || fail "a text without a contact: $(cat "$(newest)")"
printf '#contact Carol Lift <carol@example.net>\n\nWhen can you come?\n' | mail "Anna Virtanen <anna@example.com>" \
	"$(reply_of "$told")" "Re: Lift inspection" >"$work/mail.eml"
hand_in "$PF_AGENTS_PORT" anna@example.com "$(reply_of "$told")" <"$work/mail.eml"
pf_wait 20 pf_has carol@example.net 1 || fail "nothing reached the contact"
question=$(pf_mails carol@example.net | head -1)
grep -q "When can you come" "$question" || fail "not what was written"
grep -q "#contact" "$question" && fail "the command leaked"
check_equal "a conversation" "$(postdesk show "$four" --json | jq -cr '.conversations[0].participants[0]')" carol@example.net
echo "On Monday." | mail "Carol Lift <carol@example.net>" "$(reply_of "$question")" "Re: Lift inspection" >"$work/mail.eml"
hand_in "$PF_PORT" carol@example.net "$(reply_of "$question")" <"$work/mail.eml"
check_equal "her answer" "$(postdesk show "$four" --json | jq -r '[.timeline[] | select(.direction == "in")] | length')" 1

# A status that requires a property: nothing is sent until it is there (R3).
pf_wait 20 pf_has anna@example.com $((before + 4))
sent=$(pf_mails carol@example.net | wc -l)
printf '#close\n\nSee you on Monday.\n' | send "$(reply_of "$told")" "Re: Lift inspection"
grep -q 'since=VALUE' "$(newest)" || fail "not told how to give it: $(cat "$(newest)")"
check_equal "sent all the same" "$(pf_mails carol@example.net | wc -l) $(of $four status_kind)" "$sent open"
printf '#close\n#set since=2026-02-01\n\nSee you on Monday.\n' | send "$(reply_of "$told")" "Re: Lift inspection"
pf_wait 20 pf_has carol@example.net $((sent + 1)) || fail "not sent"
check_equal "closed with it" "$(of $four status_kind) $(of $four properties.since)" "closed 2026-02-01"
postdesk do "$four" '#open' >/dev/null || fail "not opened"
postdesk do "$four" '#set since=none' '#close' >/dev/null 2>"$work/told" && fail "closed without what it requires"
grep -q 'since=VALUE' "$work/told" || fail "not told what it requires: $(cat "$work/told")"
check_equal "open with it" "$(of $four status_kind) $(of $four properties.since)" "open 2026-02-01"
desk_stop
