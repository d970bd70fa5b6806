#!/bin/bash
# The mail of a web form's mailer is read as fields: the visitor is the contact, fields become properties, a reply goes to
# the visitor. Voicemail becomes a ticket of whoever called, with the sound; a reply goes to the contact's address, and where
# none is known the author is asked and nothing is sent.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin "country_code = +358"
cat >>"$work/postdesk.conf" <<-END

	[property device]
	type = choice
	choices = printer;phone

	[property floor]
	type = number

	[form contact]
	from = wordpress@shop.example
	field From = contact
	field Subject = subject
	field Device = device
	field Floor = floor
	field Message Body = text

	[form voicemail]
	from = asterisk@pbx.example
	kind = call
END
desk_start
check "the configuration is not taken" postdesk check

# --- a form ---

mail "Shop <wordpress@shop.example>" support@example.com '[Shop] "Printer broken"' "Auto-Submitted: auto-generated" <<-END >"$work/form.eml"
	From: Carol Customer <carol@example.net>
	Subject: Printer broken
	Device: Printer
	Floor: third

	Message Body:
	It prints blank pages.

	Please help.

	--
	This is a notification that a contact form was submitted on your website.
END
hand_in "$PF_PORT" wordpress@shop.example support@example.com <"$work/form.eml"
check "no ticket" pf_wait 20 has_tickets 1
ticket=$(postdesk list --json)
value() { printf '%s\n' "$ticket" | python3 -c 'import json,sys
at = json.loads(sys.stdin.readline())
for key in sys.argv[1:]: at = at[key]
print(at)' "$@"; }
check_equal "the contact" "$(value contact)" carol@example.net
check_equal "the contact's name" "$(value contact_name)" "Carol Customer"
check_equal "the source" "$(value source)" form
check_equal "the name" "$(value name)" "Printer broken"
check_equal "the device" "$(value properties device)" printer
postdesk show 1 | grep -q "Floor: third" || fail "what does not fit is not in the text"
postdesk show 1 | grep -q "floor is a number" || fail "what does not fit is not told"
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
notification=$(pf_mails anna@example.com | head -1)
grep -q "carol@example.net" "$notification" || fail "the notification does not name the visitor"

reply() { # NOTIFICATION TEXT: anna answers it
	local to
	to=$(field "$1" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
	printf '%s\n' "$2" | mail "Anna Virtanen <anna@example.com>" "$to" "Re: $(field "$1" Subject)" \
		"In-Reply-To: $(field "$1" Message-ID)" >"$work/reply.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com "$to" <"$work/reply.eml"
}
reply "$notification" "Please turn it off and on."
check "the visitor got no answer" pf_wait 20 pf_has carol@example.net 1
grep -q "turn it off" "$(pf_mails carol@example.net | head -1)" || fail "the answer lacks its text"
check_equal "the form mailer got mail" "$(pf_mails wordpress@shop.example | wc -l)" 0

# --- a call ---

call() { # CALLER
	cat <<-END
		From: Asterisk PBX <asterisk@pbx.example>
		To: support@example.com
		Subject: [PBX]: New message 1 in mailbox 100
		Message-ID: <$RANDOM.$RANDOM@pbx.example>
		Date: $(date -R)
		MIME-Version: 1.0
		Content-Type: multipart/mixed; boundary=b

		--b
		Content-Type: text/plain; charset=utf-8

		Dear Support: you were just left a 0:12 long message (number 1)
		in mailbox 100 from $1, on Saturday, November 21, 2026 at 10:00:00 AM.
		--b
		Content-Type: audio/x-wav; name=msg0001.wav
		Content-Disposition: attachment; filename=msg0001.wav
		Content-Transfer-Encoding: base64

		UklGRiQAAABXQVZFZm10IBAAAAABAAEA
		--b--
	END
}
call '"Dave Caller" <+358401234567>' >"$work/call.eml"
hand_in "$PF_PORT" asterisk@pbx.example support@example.com <"$work/call.eml"
check "no ticket of the call" pf_wait 20 has_tickets 2
ticket=$(postdesk list --json | head -1)
check_equal "the source of the call" "$(value source)" call
check_equal "the caller's name" "$(value contact_name)" "Dave Caller"
postdesk list phone:+358401234567 --json | grep -q '"number": *2[,}]' || fail "the caller is not found by the number"
postdesk attachments 2 | grep -q "msg0001.wav" || fail "the sound is not attached"
check "anna was not told of the call" pf_wait 20 pf_has anna@example.com 2
call_notification=
for file in $(pf_mails anna@example.com); do
	grep -q '^Subject: .*#2\]' "$file" && call_notification=$file
done
[ -n "$call_notification" ] || fail "no notification of the call"

grep -q "^From: Dave Caller$" "$call_notification" || fail "the notification does not name the caller"

# Comments work; for a reply the author is asked for an address, and nothing leaves.
postdesk --as anna do 2 "#note He sounded angry." >/dev/null || fail "a comment on the call"
before=$(pf_mails anna@example.com | wc -l)
reply "$call_notification" "We call you back."
asked() { pf_mails anna@example.com | xargs grep -l "No address of a contact is known" | grep -q .; }
check "the author is not asked (had $before mails)" pf_wait 20 asked
postdesk show 2 --json | grep -q '"direction": *"out"' && fail "a reply left without an address"

# The same number again, as it is dialled at home, now with an address: the same contact, and the reply goes there.
contact=$(postdesk contact --json | python3 -c 'import json,sys
for line in sys.stdin:
	at = json.loads(line)
	if "+358401234567" in json.dumps(at): print(at["id"])')
postdesk do 2 "#contact id:$contact mail=dave@example.net" >/dev/null || fail "no address for the caller"
call '040 1234567' >"$work/again.eml"
hand_in "$PF_PORT" asterisk@pbx.example support@example.com <"$work/again.eml"
check "no ticket of the second call" pf_wait 20 has_tickets 3
ticket=$(postdesk list --json | head -1)
check_equal "the contact of the second call" "$(value contact)" dave@example.net
postdesk list phone:+358401234567 --json | grep -c . | grep -qx 2 || fail "two calls of one number are not one contact's"
for spelling in phone:0401234567 phone:+358401234567 0401234567 "040 123 4567" "+358 40 1234567"; do
	check_equal "found by $spelling" "$(postdesk list "$spelling" --json | jq -r .number | sort | xargs)" "2 3"
done
told() { pf_mails anna@example.com | xargs grep -l '^Subject: .*#3\]' | grep -q .; }
check "anna was not told of the second call" pf_wait 20 told
reply "$(pf_mails anna@example.com | xargs grep -l '^Subject: .*#3\]' | head -1)" "Your printer is ready."
check "the caller got no answer" pf_wait 20 pf_has dave@example.net 1
check_equal "the voicemail system got mail" "$(pf_mails asterisk@pbx.example | wc -l)" 0

# A withheld number: a ticket without a contact.
call 'an unknown caller' >"$work/withheld.eml"
hand_in "$PF_PORT" asterisk@pbx.example support@example.com <"$work/withheld.eml"
check "no ticket of the withheld call" pf_wait 20 has_tickets 4
ticket=$(postdesk list --json | head -1)
check_equal "the contact of a withheld number" "$(value contact)" None

# Imported, years later, a form's mail is read alike: with its own date, and nobody is written to.
sed -e 's/carol@example.net/erin@example.net/' -e 's/^Date: .*/Date: Mon, 01 Mar 2021 09:00:00 +0000/' \
	-e 's/^Message-ID: .*/Message-ID: <old@shop.example>/' "$work/form.eml" >"$work/old.eml"
postdesk import "$work/old.eml" --mailbox support >"$work/told" 2>&1 || fail "import: $(cat "$work/told")"
ticket=$(postdesk list --json | head -1)
check_equal "an imported form" "$(printf '%s' "$ticket" | jq -r '[.contact, .name, .properties.device, .created, .source] | join("|")')" \
	"erin@example.net|Printer broken|printer|2021-03-01T09:00:00Z|import"
check_equal "erin got mail" "$(pf_mails erin@example.net | wc -l)" 0
