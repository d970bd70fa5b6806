#!/bin/bash
# Which ticket a mail belongs to, on the wire: what other desks get wrong in both directions.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

# write FROM TO SUBJECT ID [HEADER...] <TEXT: from the world, with a Message-ID of our choice
write() {
	local from=$1 to=$2 subject=$3 id=$4 address
	shift 4
	address=$(sed 's/.*<\(.*\)>.*/\1/' <<<"$from")
	mail "$from" "$to" "$subject" "$@" | sed "s/^Message-ID: .*/Message-ID: <$id>/" >"$work/one.eml"
	# shellcheck disable=SC2046
	hand_in "$PF_PORT" "$address" $(tr ',' '\n' <<<"$to" | sed 's/.*<\(.*\)>.*/\1/;s/ //g' | grep '@example.com$') <"$work/one.eml"
}
# The number of the ticket that holds the text; empty: none.
ticket_of() {
	postdesk search "$1" --json | sed -n 's/.*"number":\([0-9]*\).*/\1/p' | head -1
}
messages() {
	postdesk show "$1" --json | grep -o '"kind":"message"' | wc -l
}
carol="Carol Customer <carol@example.net>"
dave="Dave <dave@example.net>"
stranger="Mallory <mallory@example.org>"

write "$carol" support@example.com "Printer broken" first@client.example.net <<<"the opening words"
one=$(ticket_of opening)
check_equal "the first ticket" "$one" 1

# A stranger with the number, with the Message-ID, with a guessed token: a ticket of its own, and nobody is shown in.
write "$stranger" support@example.com "Re: Printer broken [#1]" s1@evil.example.org <<<"strangerbytag"
write "$stranger" support@example.com "Re: Printer broken" s2@evil.example.org \
	"In-Reply-To: <first@client.example.net>" <<<"strangerbyreference"
write "$stranger" support+t1.aaaaaaaaaaaaaaaa@example.com "Re: Printer broken" s3@evil.example.org <<<"strangerbytoken"
for words in strangerbytag strangerbyreference strangerbytoken; do
	check "a stranger got into the ticket ($words)" test "$(ticket_of $words)" -ne 1
done
check_equal "messages of the ticket" "$(messages 1)" 1
postdesk show "$(ticket_of strangerbytag)" --json | grep -q '"kind":"related"' || fail "the strangers' ticket is not marked as related"
postdesk show "$(ticket_of strangerbytoken)" --json | grep -q 'bad token' || fail "the bad token is not marked"
# the same words from the customer do join
write "$carol" support@example.com "Re: Printer broken [#1]" c2@client.example.net <<<"customerbytag"
check_equal "the customer's tag" "$(ticket_of customerbytag)" 1
write "$carol" support@example.com "AW: Printer broken" c3@client.example.net <<<"customerbysubject"
check_equal "the customer's subject" "$(ticket_of customerbysubject)" 1
write "$carol" support@example.com "Printer broken" c4@client.example.net <<<"customernewmatter"
check "the same subject without a reply prefix is a new matter" test "$(ticket_of customernewmatter)" -ne 1

# Two answers that share a root which the desk never saw.
write "$carol" support@example.com "Re: Fwd: Invoice" r1@client.example.net "References: <unseen@elsewhere.example>" <<<"rootanswerone"
write "$carol" support@example.com "Re: SV: Invoice again" r2@client.example.net "References: <unseen@elsewhere.example>" <<<"rootanswertwo"
check_equal "the shared root" "$(ticket_of rootanswertwo)" "$(ticket_of rootanswerone)"

# People in Cc answer the customer's own mail, which they got beside the desk.
mail "$carol" support@example.com "Cable" "Cc: dave@example.net" |
	sed "s/^Message-ID: .*/Message-ID: <cable@client.example.net>/" >"$work/cable.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/cable.eml"
write "$dave" support@example.com "Re: Cable" d1@client.example.net "In-Reply-To: <cable@client.example.net>" <<<"daveanswers"
check_equal "the answer of one in Cc" "$(ticket_of daveanswers)" "$(postdesk list Cable --json | sed -n 's/.*"number":\([0-9]*\).*/\1/p' | tail -1)"

# One mail to two team addresses: one message, one ticket, once delivered or twice.
before=$(tickets)
write "$carol" "support@example.com, sales@example.com" "To both" both@client.example.net <<<"bothteams"
check_equal "tickets for a mail to two mailboxes" "$(tickets)" $((before + 1))
check_equal "its mailbox" "$(postdesk list number:"$(ticket_of bothteams)" --json | grep -o '"mailbox":"[a-z]*"')" '"mailbox":"support"'
mail "$carol" "support@example.com, sales@example.com" "Twice" | sed "s/^Message-ID: .*/Message-ID: <twice@client.example.net>/" >"$work/twice.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/twice.eml"
hand_in "$PF_PORT" carol@example.net sales@example.com <"$work/twice.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/twice.eml"
check_equal "tickets for one mail delivered three times" "$(tickets)" $((before + 2))
# The same Message-ID with other words is another mail: an id alone never makes a duplicate.
write "$carol" support@example.com "Twice" twice@client.example.net <<<"otherwords"
check "a mail was taken for a duplicate by its Message-ID alone" test -n "$(ticket_of otherwords)"

# Reply-To is where answers go, never who somebody is.
write "$stranger" support@example.com "Re: Printer broken" s4@evil.example.org "Reply-To: carol@example.net" \
	"In-Reply-To: <first@client.example.net>" <<<"strangerwithreplyto"
check "Reply-To let a stranger in" test "$(ticket_of strangerwithreplyto)" -ne 1
# A mail in our own name is a form's: who stands in its Reply-To begins a ticket and joins none.
write "Support <support@example.com>" support@example.com "Re: Printer broken [#1]" f1@evil.example.org \
	"Reply-To: carol@example.net" "In-Reply-To: <first@client.example.net>" <<<"forminournames"
check "Reply-To of a mail in our own name let somebody in" test "$(ticket_of forminournames)" -ne 1
# A participant's name with somebody else's Reply-To joins, and the team is warned.
write "$carol" support@example.com "Re: Printer broken [#1]" c6@client.example.net "Reply-To: mallory@example.org" <<<"answersgoelsewhere"
check_equal "the mail with another Reply-To" "$(ticket_of answersgoelsewhere)" 1
warned() {
	pf_mails anna@example.com | xargs grep -l answersgoelsewhere | xargs grep -q 'WARNING: that address takes no part'
}
check "nobody was warned of the Reply-To" pf_wait 20 warned

# A closed ticket opens again with the customer's answer.
postdesk do 1 '#close' >/dev/null || fail "#close"
write "$carol" support@example.com "Re: Printer broken" c5@client.example.net "In-Reply-To: <first@client.example.net>" <<<"stillbroken"
check_equal "where the answer went" "$(ticket_of stillbroken)" 1
check_equal "the status after it" "$(postdesk list number:1 --json | grep -o '"status_kind":"[a-z]*"')" '"status_kind":"open"'
echo "threads are kept, strangers stay out"
