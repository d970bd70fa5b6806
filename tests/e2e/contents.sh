#!/bin/bash
# What arrives is kept and shown, and people see who is on a mail: answers between quotes, broken mail, people in Cc,
# Reply-To that is no identity, somebody who answers in another's place.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

send() {
	check "a mail was not taken" pf_send "$PF_PORT" "$@" >/dev/null
}
shown() {
	postdesk show "$1" --json | grep -q -- "$2"
}
carol="Carol Customer <carol@example.net>"

# Answers between quotes stay (and are told to the team).
mail "$carol" support@example.com "Re: Your questions" <<-END | send carol@example.net support@example.com
	> Which printer is it?
	It is the grey one.

	> What does it print?
	Blank pages, all day.

	> Since when?
	Since Monday.
END
check "no ticket" pf_wait 20 has_tickets 1
for words in "the grey one" "Blank pages" "Since Monday"; do
	check "lost: $words" shown 1 "$words"
done
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
notification=$(pf_mails anna@example.com | head -1)
for words in "the grey one" "Blank pages" "Since Monday"; do
	grep -q "$words" "$notification" || fail "not told: $words"
done

# What cannot be parsed is a ticket with the raw mail.
printf 'From: %s\nTo: support@example.com\nSubject: =?no-such-charset?B?////?= broken\nMessage-ID: <broken@example.net>\nContent-Type: text/plain; charset=no-such-charset\n\n\377\376\0raw-words\n' \
	"$carol" | send carol@example.net support@example.com
printf 'To: support@example.com\nSubject: only this\nContent-Type: multipart/mixed; boundary="never"\n\nbody-without-a-part\n' |
	send carol@example.net support@example.com
printf 'no header at all, just-words\n' | send carol@example.net support@example.com
check "broken mail is nowhere" pf_wait 20 has_tickets 4
for n in 2 3 4; do
	postdesk show $n --raw >"$work/raw.$n" || fail "no raw mail of $n"
done
grep -q raw-words "$work"/raw.* || fail "the raw words are lost"
grep -q body-without-a-part "$work"/raw.* || fail "the raw body is lost"
grep -q just-words "$work"/raw.* || fail "the words without a header are lost"

# People in Cc get one and the same mail with the customer, and see each other.
mail "$carol" support@example.com "Move of desks" "Cc: Dave Doe <dave@example.net>" <<<"We move on Friday." |
	send carol@example.net support@example.com
check "no ticket of the move" pf_wait 20 has_tickets 5
check "anna was not told of the move" pf_wait 20 shown 5 "on Friday"
told() { postdesk list --json >/dev/null; newest=$(pf_mails anna@example.com | tail -1); grep -q "on Friday" "$newest"; }
check "anna was not told of the move" pf_wait 20 told
to=$(field "$newest" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
mail "Anna Virtanen <anna@example.com>" "$to" "Re: Move of desks" "In-Reply-To: $(field "$newest" Message-ID)" \
	<<<"We will help." >"$work/answer.eml"
check "the answer was not taken" pf_send "$PF_AGENTS_PORT" anna@example.com "$to" <"$work/answer.eml" >/dev/null
check "carol got no answer" pf_wait 20 pf_has carol@example.net 1
check "dave got no answer" pf_wait 20 pf_has dave@example.net 1
sleep 0.7
check_equal "carol's mails" "$(pf_mails carol@example.net | wc -l)" 1
check_equal "dave's mails" "$(pf_mails dave@example.net | wc -l)" 1
for who in carol dave; do
	answer=$(pf_mails $who@example.net | head -1)
	case "$(field "$answer" To) $(field "$answer" Cc)" in
	*carol@example.net*dave@example.net*) ;;
	*) fail "$who does not see who is on the mail: $(field "$answer" To) $(field "$answer" Cc)" ;;
	esac
done
check_equal "the same mail" "$(field "$(pf_mails carol@example.net)" Message-ID)" "$(field "$(pf_mails dave@example.net)" Message-ID)"

# Dave has the mail of Carol's answer already where he stands in it: nobody sends it to him again.
carol_to=$(field "$(pf_mails carol@example.net)" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
mail "$carol" "${carol_to:-support@example.com}" "Re: Move of desks" "Cc: Dave Doe <dave@example.net>" \
	"In-Reply-To: $(field "$(pf_mails carol@example.net)" Message-ID)" <<<"Thank you both." |
	send carol@example.net "${carol_to:-support@example.com}"
check "carol's answer is not on the ticket" pf_wait 20 shown 5 "Thank you both"
sleep 0.7
check_equal "dave's mails" "$(pf_mails dave@example.net | wc -l)" 1

# Reply-To is where answers go, not who somebody is.
mail "$carol" support@example.com "Invoice" "Reply-To: Boss <boss@example.org>" <<<"Please answer my boss." |
	send carol@example.net support@example.com
check "no ticket of the invoice" pf_wait 20 has_tickets 6
postdesk list --json number:6 | grep -q '"contact": *"carol@example.net"' || fail "the contact is not the sender: $(postdesk list --json number:6)"

# Somebody who answers from another address, by the customer's reply address, is marked and replaces nobody.
mail "Eve <eve@example.org>" "$carol_to" "Re: Move of desks" <<<"I speak for Carol." | send eve@example.org "$carol_to"
check "eve's answer is nowhere" pf_wait 20 shown 5 "speak for Carol"
postdesk list --json number:5 | grep -q '"contact": *"carol@example.net"' || fail "eve replaced the customer"
check_equal "tickets" "$(tickets)" 6
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
