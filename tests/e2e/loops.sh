#!/bin/bash
# Automatic mail: out-of-office changes nothing, autoresponders start no loop even from ever new addresses, bounces of
# replies are shown and told, bounces of notifications make no tickets.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i -e '/^\[mailbox support\]/a acknowledge = yes' "$work/postdesk.conf"
desk_start

# send FROM TO <MAIL: the envelope, then the mail as it is
send() {
	check "a mail was not taken" pf_send "$PF_PORT" "$1" "$2" >/dev/null
}
arrived() {
	[ "$(postdesk show "$1" --json | grep -o '"kind": *"message"' | wc -l)" -ge "$2" ]
}
value() {
	postdesk list --json "number:$1" | grep -o "\"$2\": *[^,}]*" | sed -e 's/^[^:]*: *//' -e 's/"//g'
}
carol="Carol Customer <carol@example.net>"

echo "It prints blank pages." | mail "$carol" support@example.com "Printer broken" | send carol@example.net support@example.com
check "no acknowledgement" pf_wait 20 pf_has carol@example.net 1
acknowledgement=$(pf_mails carol@example.net | head -1)
check_equal "the sender of the acknowledgement" "$(field "$acknowledgement" Return-Path)" "<>"
check_equal "what it is" "$(field "$acknowledgement" Auto-Submitted)" auto-replied
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
notification=$(pf_mails anna@example.com | head -1)
agents_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
mail "Anna Virtanen <anna@example.com>" "$agents_to" "Re: Printer broken" \
	"In-Reply-To: $(field "$notification" Message-ID)" <<-END >"$work/answer.eml"
	#take
	#wait

	Please turn it off and on.
END
check "the answer was not taken" pf_send "$PF_AGENTS_PORT" anna@example.com "$agents_to" <"$work/answer.eml" >/dev/null
check "the customer got no answer" pf_wait 20 pf_has carol@example.net 2
answer=$(pf_mails carol@example.net | tail -1)
reply_to=$(field "$answer" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
bounce_to=$(field "$answer" Return-Path | tr -d '<>')
sleep 0.5
anna_has=$(pf_mails anna@example.com | wc -l)
messages=$(postdesk show 1 --json | grep -o '"kind": *"message"' | wc -l)

# Out of office: kept, and nothing changes, nobody is told, nothing is answered.
mail "$carol" "$reply_to" "Out of office: Printer broken" "Auto-Submitted: auto-replied" \
	"In-Reply-To: $(field "$answer" Message-ID)" <<<"I am away until Monday." | send "" "$reply_to"
check "the out-of-office is not kept" pf_wait 20 arrived 1 $((messages + 1))
sleep 0.7
check_equal "the status" "$(value 1 status_kind)" waiting
check_equal "the owner" "$(value 1 owner)" anna
check_equal "anna's mails" "$(pf_mails anna@example.com | wc -l)" "$anna_has"
check_equal "carol's mails" "$(pf_mails carol@example.net | wc -l)" 2

# Automatic mail that belongs to no ticket: closed, in its view, silent.
mail "Robot <noreply@shop.example.org>" support@example.com "Your order" "Precedence: bulk" "Auto-Submitted: auto-generated" \
	<<<"It was sent." | send noreply@shop.example.org support@example.com
check "it has no ticket" pf_wait 20 has_tickets 2
check_equal "automatic" "$(tickets --view automatic)" 1
check_equal "open" "$(tickets --view open)" 1
sleep 0.7
check_equal "mails to the robot" "$(find "$PF_MAIL" -path '*example.org*' -type f | wc -l)" 0
check_equal "anna's mails" "$(pf_mails anna@example.com | wc -l)" "$anna_has"

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

# The answer bounces: it is shown on the ticket, the owner is told, and no ticket is made.
before=$(tickets)
anna_has=$(pf_mails anna@example.com | wc -l)
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
dsn "$bounce_to" carol@example.net "$(field "$answer" Message-ID)" | send "" "$bounce_to"
undelivered() { postdesk show 1 --json | grep -q '"undelivered"'; }
check "the bounce is not shown" pf_wait 20 undelivered
check "the owner was not told of the bounce" pf_wait 20 pf_has anna@example.com $((anna_has + 1))
sed -e 's/\r$//' -e ':a' -e 'N' -e '$!ba' -e 's/ \n/ /g' "$(pf_mails anna@example.com | tail -1)" | grep -q "no such user here" ||
	fail "the owner does not see why: $(cat "$(pf_mails anna@example.com | tail -1)")"
check_equal "tickets after the bounce" "$(tickets)" "$before"

# A notification bounces: no ticket, no mail to the customer, no loop.
notice_to=$(field "$notification" Return-Path | tr -d '<>')
dsn "$notice_to" anna@example.com "$(field "$notification" Message-ID)" | send "" "$notice_to"
sleep 1
check_equal "tickets after the notification's bounce" "$(tickets)" "$before"
check_equal "carol's mails" "$(pf_mails carol@example.net | wc -l)" 2
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
