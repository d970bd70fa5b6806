#!/bin/bash
# Outgoing mail starts tickets (MISSION C7): a member writes to a customer from the team's address by an ordinary
# client; the mail goes on its way, a ticket opens or goes on, and the view Sent has it. The customer's answer finds
# the ticket by the address that it was given, also when it is here before the desk's copy.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin_with_logins
desk_start

# as LOGIN FROM TO... <MAIL: the reply in $reply; fails where it is refused
as() {
	PF_USER=$1 PF_PASSWORD="secret of $1"
	shift
	reply=$(pf_send "$submission" "$@")
	local code=$?
	PF_USER= PF_PASSWORD=
	return $code
}
state() { postdesk list --json "$1" | grep -o "\"$2\": *\"\{0,1\}[^,\"]*" | sed 's/.*: *"\{0,1\}//'; }
newest() { pf_mails "$1" | tail -1; }
address_in() { field "$1" "$2" | sed 's/.*<\(.*\)>.*/\1/'; }
texts() { postdesk show "$1" --json --oldest-first | tr '{' '\n' | grep -o '"text": *"[^"]*"'; }
counts() { pf_mails "$1" | wc -l; }

# She writes from support@; her client names her in more fields than one.
mail "Example Support <support@example.com>" "Carol Customer <carol@example.net>" "Your new printer" \
	"Sender: anna@example.com" "Reply-To: Anna <anna@example.com>" "Disposition-Notification-To: anna@example.com" \
	"X-Identity: <ANNA@example.com>" "X-Mailer: an ordinary client" <<<"It will be sent tomorrow." >"$work/offer.eml"
as anna anna@example.com carol@example.net <"$work/offer.eml" || fail "not taken: $reply"
check "the customer got nothing" pf_wait 20 pf_has carol@example.net 1
check "no ticket" pf_wait 20 has_tickets 1
check_equal "tickets" "$(tickets)" 1
got=$(newest carol@example.net)
grep -qi 'anna\|x-postdesk-seal\|+s\.' "$got" && fail "the customer sees it: $(cat "$got")"
grep -q '^X-Mailer: an ordinary client' "$got" || fail "more was taken out than what names her"
check_equal "Reply-To fields" "$(grep -ci '^Reply-To:' "$got")" 1
answer_to=$(address_in "$got" Reply-To)
case $answer_to in support+m.*@example.com) ;; *) fail "Reply-To is $answer_to" ;; esac
check_equal "Reply-To" "$(field "$got" Reply-To)" "\"Example Support\" <$answer_to>"
check_equal "the return path" "$(field "$got" Return-Path | tr -d '<>')" "$answer_to"
check_equal "the Message-ID" "$(field "$got" Message-ID)" "$(field "$work/offer.eml" Message-ID)"
check_equal "the text" "$(sed '1,/^\r\{0,1\}$/d' "$got")" "It will be sent tomorrow."
check_equal "its source" "$(state number:1 source)" sent
check_equal "its status" "$(state number:1 status_kind)" waiting
check_equal "its contact" "$(state number:1 contact)" carol@example.net
check_equal "the view Sent" "$(tickets --view Sent)" 1
postdesk show 1 --json | grep -q '"direction": *"out"' || fail "it is not outgoing: $(postdesk show 1)"
postdesk show 1 --json | grep -q '"proof": *"full"' || fail "its author is not proven: $(postdesk show 1 --json)"
grep -q 'outcome=loop' "$work/postdeskd.out" && fail "the copy was taken for a loop"
check_equal "mails to the team" "$(counts bob@example.com) $(counts anna@example.com)" "0 0"

# The customer answers; then again without any reference, as some clients do.
mail "Carol Customer <carol@example.net>" "$answer_to" "Re: Your new printer" \
	"In-Reply-To: $(field "$got" Message-ID)" <<<"Thank you." |
	hand_in "$PF_PORT" carol@example.net "$answer_to"
mail "Carol Customer <carol@example.net>" "$answer_to" "One thing more" <<<"When will it be here?" |
	hand_in "$PF_PORT" carol@example.net "$answer_to"
check_equal "tickets" "$(tickets)" 1
check_equal "its status" "$(state number:1 status_kind)" open
check_equal "entries" "$(texts 1 | wc -l)" 3
check "the team was not told" pf_wait 20 pf_has bob@example.com 2

# She goes on from her own client, to the desk itself in Cc: one copy, the same ticket.
mail "Example Support <support@example.com>" "carol@example.net" "Re: One thing more" "Cc: support@example.com" \
	"In-Reply-To: $(postdesk show 1 --raw "$(postdesk show 1 --json | tr '{' '\n' | grep 'When will' | grep -o '"id": *"E[0-9]*"' | cut -d'"' -f4)" | sed -n 's/^Message-ID: *//Ip' | tr -d '\r')" \
	<<<"On Monday." | as anna support@example.com carol@example.net support@example.com || fail "not taken: $reply"
check "the customer got nothing" pf_wait 20 pf_has carol@example.net 2
has_texts() { [ "$(texts "$1" | wc -l)" -ge "$2" ]; }
check "no entry" pf_wait 20 has_texts 1 4
check_equal "tickets" "$(tickets)" 1
check_equal "entries" "$(texts 1 | wc -l)" 4
check_equal "its status" "$(state number:1 status_kind)" waiting
grep -q '+s\.' "$(newest carol@example.net)" && fail "the seal went outside"

# A bounce of it comes to its return path.
mail "Mail System <mailer-daemon@example.net>" "$answer_to" "Undelivered Mail" "Auto-Submitted: auto-replied" \
	"MIME-Version: 1.0" "Content-Type: multipart/report; report-type=delivery-status; boundary=b" <<-END >"$work/bounce.eml"
	--b
	Content-Type: text/plain

	It could not be delivered.
	--b
	Content-Type: message/delivery-status

	Reporting-MTA: dns; mail.example.net

	Final-Recipient: rfc822; carol@example.net
	Action: failed
	Status: 5.1.1

	--b--
END
hand_in "$PF_PORT" "" "$answer_to" <"$work/bounce.eml"
postdesk show 1 | grep -qi 'undelivered' || fail "the bounce is not told: $(postdesk show 1)"
check_equal "tickets" "$(tickets)" 1

lmtp=${PF_LMTP#unix:}
# late SUBJECT: the copy waits in the queue until the answer was here, unless Postfix was faster. Sets answer_to and
# message_id.
late() {
	local before=$(counts carol@example.net)
	mv "$lmtp" "$lmtp.away"
	mail "Example Support <support@example.com>" carol@example.net "$1" <<<"An offer." >"$work/late.eml"
	as anna anna@example.com carol@example.net <"$work/late.eml" || fail "not taken: $reply"
	check "the customer got nothing" pf_wait 20 pf_has carol@example.net $((before + 1))
	held=${reply##* }
	postsuper -c "$PF_DIR/etc" -h "$held" 2>/dev/null
	mv "$lmtp.away" "$lmtp"
	answer_to=$(address_in "$(newest carol@example.net)" Reply-To)
	message_id=$(field "$(newest carol@example.net)" Message-ID)
}
# Sets was_late: the copy was indeed behind the answer.
release() {
	was_late=$(postsuper -c "$PF_DIR/etc" -H "$held" 2>&1 | grep 'Released from hold: 1 ')
	postqueue -c "$PF_DIR/etc" -f
	check "the copy did not come" pf_wait 30 grep -q "queue-id=$held " "$work/postdeskd.out"
}
late "An offer"
mail carol@example.net "$answer_to" "Re: An offer" "In-Reply-To: $message_id" <<<"I take it." |
	hand_in "$PF_PORT" carol@example.net "$answer_to"
check_equal "tickets" "$(tickets)" 2
release
check_equal "tickets" "$(tickets)" 2
check_equal "entries" "$(texts 2 | wc -l)" 2
[ -z "$was_late" ] || check_equal "who has the last word" "$(state number:2 status_kind)" new
late "Another offer"
mail carol@example.net "$answer_to" "Hello" <<<"I take that, too." | hand_in "$PF_PORT" carol@example.net "$answer_to"
mail carol@example.net "$answer_to" "Hello again" <<<"Both of them." | hand_in "$PF_PORT" carol@example.net "$answer_to"
check_equal "tickets" "$(tickets)" 3
release
check_equal "tickets" "$(tickets)" 3
check_equal "entries" "$(texts 3 | wc -l)" 3
check_equal "the view Sent" "$(tickets --view Sent)" 3

# Several recipients, no Message-ID, and the same once more, as from a client that lost the answer.
printf 'From: support@example.com\nTo: carol@example.net, Dave <dave@example.net>\nSubject: To both\nDate: %s\n\nHello.\n' \
	"$(date -R)" >"$work/both.eml"
as b.berger bob@example.com carol@example.net dave@example.net <"$work/both.eml" || fail "not taken: $reply"
check "dave got nothing" pf_wait 20 pf_has dave@example.net 1
check "no ticket" pf_wait 20 has_tickets 4
got=$(newest dave@example.net)
[ -n "$(field "$got" Message-ID)" ] || fail "no Message-ID"
grep -qi 'bob@\|berger' "$got" && fail "the customer sees it: $(cat "$got")"
mail "Dave <dave@example.net>" "$(address_in "$got" Reply-To)" "Re: To both" <<<"Hello." |
	hand_in "$PF_PORT" dave@example.net "$(address_in "$got" Reply-To)"
check_equal "tickets" "$(tickets)" 4
as anna anna@example.com carol@example.net <"$work/offer.eml" || fail "not taken: $reply"
check "not here again" pf_wait 20 grep -q 'outcome=duplicate' "$work/postdeskd.out"
check_equal "tickets" "$(tickets)" 4

# From one mailbox with the other in Cc: the ticket is the first one's, the other's team has it, too. Who may not see
# its tickets may not.
sed -i -e 's/^name = Example Sales/&\nteam = vendors/' -e 's/^members = anna;bob/&\nsees = team/' "$work/postdesk.conf"
printf '\n[team vendors]\nmembers = anna\n' >>"$work/postdesk.conf"
postdesk reload || fail "not reloaded"
mail "Example Sales <sales@example.com>" dave@example.net "From sales" "Cc: support@example.com" <<<"Hello." >"$work/sales.eml"
as b.berger bob@example.com dave@example.net <"$work/sales.eml" && fail "bob is no member"
case $reply in "550 5.7.1 "*sales@example.com*) ;; *) fail "the refusal says: $reply" ;; esac
as anna anna@example.com dave@example.net support@example.com <"$work/sales.eml" || fail "not taken: $reply"
check "no ticket" pf_wait 20 has_tickets 5
check_equal "its mailbox" "$(state number:5 mailbox)" sales
case $(address_in "$(newest dave@example.net)" Reply-To) in sales+m.*) ;; *) fail "Reply-To is another mailbox's" ;; esac

# What must not leave is refused while she still looks: commands, private addresses.
before="$(tickets) $(counts carol@example.net)"
refused() {
	local words=$1
	shift
	as anna anna@example.com carol@example.net && fail "taken: $words"
	case $reply in "550 5.7.0 "*"$1"*) ;; *) fail "$words: the refusal says: $reply" ;; esac
}
printf '#close\n\nDone.\n' | mail support@example.com carol@example.net Hello | refused "a command" "#close"
printf 'Done.\n\n#asign bob\n' | mail support@example.com carol@example.net Hello | refused "a wrong command" "#asign bob"
mail support@example.com carol@example.net Hello "Cc: Bob <bob@example.com>" <<<"Hello." | refused "Cc" bob@example.com
mail support@example.com carol@example.net Hello <<<"Write to anna@example.com." | refused "the text" anna@example.com
# So is what others would take for a mailbox's mail, and the desk not for its author's; the envelope does not matter.
for from in "support@example.com (Support)" "support(x)@example.com" "Support <support+x@example.com>" \
	"anna@example.com, support@example.com" "support@example.com
From : anna@example.com"; do
	mail "$from" carol@example.net Hello <<<"Hello." >"$work/odd.eml"
	as anna anna@example.com carol@example.net <"$work/odd.eml" && fail "taken: $from"
	case $reply in "550 5.7.1 From names a mailbox "*) ;; *) fail "$from: the refusal says: $reply" ;; esac
done
mail anna@example.com carol@example.net Hello "From : support@example.com" <<<"Hello." |
	as anna anna@example.com carol@example.net && fail "taken: a second author, the blank before the colon"
check_equal "tickets, mails to the customer" "$(tickets) $(counts carol@example.net)" "$before"
mail '"support@example.com, Anna" <anna@example.com>' dave@example.net "My own" <<<"Hello." |
	as anna anna@example.com dave@example.net || fail "not taken: $reply"

# No member's login, an automatic mail, a forged seal: the mail is left alone, and starts nothing.
mail support@example.com carol@example.net "No login" "Reply-To: eve@example.org" <<<"Hello." |
	pf_send "$PF_PORT" support@example.com carol@example.net >/dev/null || fail "not taken"
mail support@example.com carol@example.net "Automatic" "Reply-To: shop@example.org" "Auto-Submitted: auto-generated" <<<"Hello." |
	as anna anna@example.com carol@example.net || fail "not taken: $reply"
check "the customer got nothing" pf_wait 20 pf_has carol@example.net $((${before#* } + 2))
grep -l '^Reply-To: \(eve\|shop\)@example.org' $(pf_mails carol@example.net) | wc -l | grep -qx 2 || fail "they were changed"
for seal in "s.$(date +%s).aaaaaaaaaaaaaaaa" "m.aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb"; do
	reply=$(mail support@example.com carol@example.net "Forged" <<<"Hello." |
		pf_send "$PF_PORT" support@example.com "support+$seal@example.com")
	case $seal$reply in s.*250\ * | m.*550\ 5.1.1\ *) ;; *) fail "$seal: $reply" ;; esac
done
check "the forged one did not come" pf_wait 20 has_tickets 6
check_equal "the view Sent" "$(tickets --view Sent)" 5
check_equal "tickets" "$(tickets)" 6
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
