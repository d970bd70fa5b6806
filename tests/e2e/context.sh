#!/bin/bash
# Context for the agent (R9): below the message each notification tells contact, company, properties, goals, the contact's
# earlier conversations, closed ones too, and associated records; which of them, in which order, is set by mailbox, team and
# agent. Sender, subject, newest message, owner, priority and status always stand there.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i -e 's/^address = bob@example.com/&\nnotify_shows = earlier;goals/' -e '/^address = support@example.com/a sla = quick' "$work/postdesk.conf"
cat >>"$work/postdesk.conf" <<END

[sla quick]
first_reply = 4h
calendar = 24/7

[property device]
name = Device
type = choice
choices = phone;laptop

[reference deal]
name = Deal
url = https://crm.example.com/deals/{id}
END
desk_start
write() { # SUBJECT TEXT [HEADER]
	echo "$2" | mail "Jane Roe <jane@acme.example>" support@example.com "$1" ${3+"$3"} >"$work/mail.eml"
	hand_in "$PF_PORT" jane@acme.example support@example.com <"$work/mail.eml"
}
told() { # ADDRESS: what stands below the line of the newest mail
	sed -e 's/\r$//' "$(pf_mails "$1" | tail -1)" | sed -n '/^--------$/,$p'
}
# The next steps stand below all of it.
labels() { told "$1" | sed -n 's|^\([A-Z][A-Za-z ]*\):.*|\1|p' | grep -v '^Owner\|^Take\|^Close\|^Show' | xargs -d '\n' | tr ' ' '_'; }
write "Old matter" "It burns."
pf_wait 20 pf_has bob@example.com 1
postdesk do 1 '#close' >/dev/null || fail "not closed"
postdesk do 1 '#contact jane@acme.example phone=+358401234567 link=deal:77' '#company acme.example name=Acme' >/dev/null ||
	fail "nothing known of her"
write "New matter" "It smokes."
pf_wait 20 pf_has anna@example.com 2 && pf_wait 20 pf_has bob@example.com 2
check_equal "all of it, in order" "$(labels anna@example.com)" "Contact_Phone_Company_First_reply_due_Earlier_Link"
told anna@example.com | grep -q '^ *#1 .*Closed  Old matter' || fail "no earlier conversation: $(told anna@example.com)"
told anna@example.com | grep -q 'Deal 77 (https://crm.example.com/deals/77)' || fail "no record"
check_equal "as bob wants it" "$(labels bob@example.com)" "Earlier_First_reply_due"
for address in anna bob; do
	mail=$(pf_mails $address@example.com | tail -1)
	for part in 'From: Jane Roe <jane@acme.example>' 'Subject: New matter' 'It smokes.' 'Owner: nobody   Priority: normal   Status: New'; do
		grep -q "$part" "$mail" || fail "$address is not told $part: $(cat "$mail")"
	done
done

# By the mailbox, and by the team, which goes before it.
sed -i '/^address = support@example.com/a notify_shows = device;contact' "$work/postdesk.conf"
postdesk reload >/dev/null || fail "not reloaded"
postdesk do 2 '#set device=laptop' >/dev/null || fail "not set"
write "Re: New matter" "It smokes more." "In-Reply-To: $(sed -n 's/^Message-ID: //p' "$work/mail.eml")"
pf_wait 20 pf_has anna@example.com 3
check_equal "as the mailbox has it" "$(labels anna@example.com)" "Device_Contact_Phone"
sed -i '/^members = anna;bob/a notify_shows = company' "$work/postdesk.conf"
postdesk reload >/dev/null || fail "not reloaded"
write "Third matter" "It is hot."
pf_wait 20 pf_has anna@example.com 4
check_equal "as the team has it" "$(labels anna@example.com)" "Company"
pf_wait 20 pf_has bob@example.com 4
check_equal "bob's own goes before it" "$(labels bob@example.com)" "Earlier_First_reply_due"
sed -i 's/^notify_shows = company/notify_shows = compny/' "$work/postdesk.conf"
postdesk check 2>&1 | grep -q 'no property "compny"; did you mean "company"' || fail "any word will do"
desk_stop
