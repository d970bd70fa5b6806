#!/bin/bash
# Autoresponders start no loop, even without any mark and from ever new addresses; reports of delivery that belong
# nowhere make no tickets of their own.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i -e '/^\[mailbox support\]/a acknowledge = yes' "$work/postdesk.conf"
desk_start

# send FROM TO <MAIL: the envelope, then the mail as it is
send() {
	check "a mail was not taken" pf_send "$PF_PORT" "$1" "$2" >/dev/null
}
carol="Carol Customer <carol@example.net>"

echo "It prints blank pages." | mail "$carol" support@example.com "Printer broken" | send carol@example.net support@example.com
check "no acknowledgement" pf_wait 20 pf_has carol@example.net 1
acknowledgement=$(pf_mails carol@example.net | head -1)
check_equal "the sender of the acknowledgement" "$(field "$acknowledgement" Return-Path)" "<>"
check_equal "what it is" "$(field "$acknowledgement" Auto-Submitted)" auto-replied

# An autoresponder that hides: no mark, a new address each time, it answers each acknowledgement. It must run dry.
last=$(field "$acknowledgement" Message-ID)
before=$(tickets)
for i in $(seq 1 25); do
	mail "CRM <case-$i@example.org>" support@example.com "Re: Your case" "In-Reply-To: $last" "References: $last" \
		<<<"We have received your mail." | send "case-$i@example.org" support@example.com
	pf_wait 2 pf_has "case-$i@example.org" 1 || break
	last=$(field "$(pf_mails "case-$i@example.org" | head -1)" Message-ID)
done
[ "$i" -le 12 ] || fail "the CRM got $i acknowledgements: a loop"
check "a mail of the CRM is nowhere" has_tickets $((before + 1))
# And one that does not even say what it answers.
before=$(tickets)
for i in $(seq 1 15); do
	mail "CRM <new-$i@example.org>" support@example.com "Case $i" <<<"We have received your mail." |
		send "new-$i@example.org" support@example.com
done
check "mails of the CRM are nowhere" pf_wait 20 has_tickets $((before + 15))
sleep 1
answers=$(find "$PF_MAIL" -path '*example.org*' -type f | wc -l)
[ "$answers" -ge 5 ] && [ "$answers" -le 12 ] || fail "the CRM got $answers acknowledgements"

dsn() {
	cat <<-END
		From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
		To: $1
		Subject: Undelivered Mail Returned to Sender
		Message-ID: <dsn.$RANDOM@mx.example.net>
		Date: $(date -R)
		Auto-Submitted: auto-replied
		MIME-Version: 1.0
		Content-Type: multipart/report; report-type=delivery-status; boundary="b"

		--b
		Content-Type: text/plain

		I am sorry.

		--b
		Content-Type: message/delivery-status

		Reporting-MTA: dns; mx.example.net

		Final-Recipient: rfc822; $2
		Action: failed
		Status: 5.1.1
		Diagnostic-Code: smtp; 550 5.1.1 no such user here

		--b
		Content-Type: text/rfc822-headers

		Message-ID: $3

		--b--
	END
}
before=$(tickets)
# Reports that belong nowhere are kept together, closed and silent, and make no tickets of their own.
open=$(tickets is:open)
for i in 1 2 3; do
	dsn support@example.com "nobody$i@example.net" "<unknown$i@example.com>" |
		sed -e 's/Action: failed/Action: delivered/' -e 's/5\.1\.1/2.0.0/' | send "" support@example.com
done
check "the reports are nowhere" pf_wait 20 has_tickets $((before + 1))
sleep 1
check_equal "tickets after three reports" "$(tickets)" $((before + 1))
check_equal "open ones" "$(tickets is:open)" "$open"
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
