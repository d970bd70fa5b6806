#!/bin/bash
# An agent proves itself by its password at submission: Postfix asks Dovecot, the milter is told the login. What a mail
# client shows of a refusal is what swaks prints here.
. "${top_srcdir:-.}/tests/lib/desk.sh"
if ! command -v swaks >/dev/null || ! perl -MNet::SSLeay -e 1 2>/dev/null; then
	echo "swaks is not installed, or not its TLS (libnet-ssleay-perl)"
	exit 77
fi
begin_with_logins
# Bob has a certificate, too, and Postfix trusts the authority that gave it.
sed -i 's/^login = b.berger/&\ncertificate = Bob B;Bob at home/' "$work/postdesk.conf"
desk_postfix
desk_start

# as LOGIN PASSWORD FROM TO <MAIL: what a client gets told is in $work/told
as() {
	cat >"$work/mail.eml"
	swaks --server 127.0.0.1 --port "$submission" --tls --auth PLAIN --auth-user "$1" --auth-password "$2" \
		--from "$3" --to "$4" --data "@$work/mail.eml" --suppress-data >"$work/told" 2>&1
}
state() {
	postdesk list --json "number:$1" | grep -o "\"$2\": *\"[^\"]*\"" | sed 's/.*: *"\(.*\)"/\1/'
}

mail "Carol Customer <carol@example.net>" support@example.com "Printer broken" <<<"It prints blank pages." |
	pf_send "$PF_PORT" carol@example.net support@example.com || fail "the customer's mail was not taken"
check "bob was not told" pf_wait 20 pf_has bob@example.com 1
notification=$(pf_mails bob@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
answered=$(field "$notification" Message-ID)

mail bob@example.com "$reply_to" "Re: Printer broken" <<<"Hello" | as b.berger wrong bob@example.com "$reply_to" &&
	fail "taken with a wrong password"
grep -q '^<~\* 535 ' "$work/told" || fail "no 535: $(cat "$work/told")"

printf '#asign anna\n\nPlease restart it.\n' | mail bob@example.com "$reply_to" "Re: Printer broken" |
	as b.berger "secret of b.berger" bob@example.com "$reply_to" && fail "a wrong command was taken"
grep '^<~\* 550 5.7.0 ' "$work/told" || fail "no refusal: $(cat "$work/told")"
grep -q '^<~\* 550 5.7.0 .*Line 1.*#asign anna.*#assign' "$work/told" || fail "the refusal says something else"

# The login is another's name than the agent's, and that counts.
printf 'Hello\n' | mail anna@example.com support@example.com "Hello" |
	as b.berger "secret of b.berger" anna@example.com support@example.com && fail "bob wrote as anna"
grep '^<~\* 550 5.7.1 ' "$work/told" || fail "no refusal: $(cat "$work/told")"

printf '#close\n\nPlease restart it.\n' | mail "Bob Berger <bob@example.com>" "$reply_to" "Re: Printer broken" \
	"In-Reply-To: $answered" | as b.berger "secret of b.berger" bob@example.com "$reply_to" ||
	fail "the right mail was refused: $(cat "$work/told")"
check "the customer got no answer" pf_wait 20 pf_has carol@example.net 1
check_equal "the status" "$(state 1 status_kind)" closed
check_equal "questions to bob" "$(grep -l '^#yes' $(pf_mails bob@example.com) | wc -l)" 0
postdesk show 1 --json | grep -q '"proof": *"full"' || fail "the proof is not full"

# The certificate is a login like any other. One of the same name that another authority gave is none, and neither is
# one of a name that is no agent's.
pf_client_certificate "Bob at home" "$work/bob.pem" && pf_client_certificate "Bob at home" "$work/forged.pem" "$work/other" &&
	pf_client_certificate "Eve" "$work/eve.pem" || fail "no certificates"
with() {
	PF_CERTIFICATE=$1 pf_send "$submission" bob@example.com "$reply_to" >"$work/told"
}
printf '#open\n\nOne thing more.\n' | mail "Bob Berger <bob@example.com>" "$reply_to" "Re: Printer broken" \
	"In-Reply-To: $answered" >"$work/more.eml"
with "$work/forged.pem" <"$work/more.eml" && fail "a certificate of another authority was believed"
grep -q '^554 5.7.1 .*Access denied' "$work/told" || fail "no refusal: $(cat "$work/told")"
with "$work/eve.pem" <"$work/more.eml" || fail "a trusted client was not let in: $(cat "$work/told")"
is_asked() { grep -qs '^#yes' $(pf_mails bob@example.com); }
check "bob was not asked" pf_wait 20 is_asked
check_equal "the status" "$(state 1 status_kind)" closed
with "$work/bob.pem" <<<"$(sed 's/#open/#opne/' "$work/more.eml")" && fail "a wrong command was taken"
grep -q '^550 5.7.0 .*#opne.*#open' "$work/told" || fail "no refusal: $(cat "$work/told")"
sed -i 's/^Message-ID: </&again-/' "$work/more.eml"
with "$work/bob.pem" <"$work/more.eml" || fail "the certificate was not believed: $(cat "$work/told")"
check "the customer got no answer" pf_wait 20 pf_has carol@example.net 2
check_equal "the status" "$(state 1 status_kind)" open

# What only lacks something is no mistake: it is taken and sealed, and the desk keeps it as a draft. So is an answer that
# a colleague has been faster with, and one that sets a status before which a property must be set.
held() {
	check "not held: $1" pf_wait 20 grep -q "outcome=\(held\|refused\) why=.*$2.*sender=anna@example.com" "$work/postdeskd.out"
	check_equal "the customer's mails" "$(pf_mails carol@example.net | wc -l)" 2
}
anna_first=$(pf_mails anna@example.com | head -1)
reply_to=$(field "$anna_first" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
mail anna@example.com "$reply_to" "Re: Printer broken" "In-Reply-To: $(field "$anna_first" Message-ID)" <<<"Buy another." |
	as anna "secret of anna" anna@example.com "$reply_to" || fail "an answer that crosses another was refused: $(cat "$work/told")"
held "a crossing answer" "answer"
printf '\n[property cause]\ntype = text\nrequired_before = closed\n' >>"$work/postdesk.conf"
postdesk reload || fail "not reloaded"
printf '#close\n\nBought.\n' | mail anna@example.com "$reply_to" "Re: Printer broken" |
	as anna "secret of anna" anna@example.com "$reply_to" || fail "a property that lacks was refused: $(cat "$work/told")"
held "a property that lacks" "cause"
check_equal "the status" "$(state 1 status_kind)" open
check_equal "anna's drafts" "$(postdesk --as anna list --json is:draft | wc -l)" 1
check_equal "questions to anna whether it was she" "$(grep -l '^#yes' $(pf_mails anna@example.com) | wc -l)" 0
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
