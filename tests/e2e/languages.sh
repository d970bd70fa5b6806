#!/bin/bash
# Languages: a Polish customer gets a Polish acknowledgement, a French agent a French notification and receipts, and gives
# commands in French; a mailbox of Finnish customers answers in Finnish; the ticket's language can be asked for and set.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i -e 's/^name = Example Support/&\nacknowledge = yes/' -e 's/^name = Anna Virtanen/&\nlanguage = fr/' \
	-e 's/^\[mailbox sales\]/&\nacknowledge = yes\nlanguage = fi/' "$work/postdesk.conf"
# No locale is needed for any of it.
export LC_ALL=C
unset LANGUAGE LANG
desk_start
decoded() { python3 -c '
import email, email.policy, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(mail["Subject"]); print(mail.get_body(("plain",)).get_content().replace(" \n", " "))' "$1"; }

echo "Drukarka płonie." | mail "Ewa <carol@example.net>" support@example.com "Drukarka" "Content-Language: pl-PL" >"$work/mail.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/mail.eml"
check "no acknowledgement for Ewa" pf_wait 20 pf_has carol@example.net 1
decoded "$(pf_mails carol@example.net)" >"$work/ack"
grep -q "^Państwa wiadomość do Example Support" "$work/ack" || fail "the subject is not Polish: $(cat "$work/ack")"
grep -q "Dziękujemy za wiadomość" "$work/ack" || fail "the text is not Polish: $(cat "$work/ack")"
grep -q "Zgłoszenie ma numer #1" "$work/ack" || fail "the number is missing: $(cat "$work/ack")"

# Anna reads French, Bob what the desk speaks.
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
check "bob was not told" pf_wait 20 pf_has bob@example.com 1
notification=$(pf_mails anna@example.com)
decoded "$notification" >"$work/anna"
decoded "$(pf_mails bob@example.com)" >"$work/bob"
grep -q "^Ewa a écrit" "$work/anna" || fail "the headline is not French: $(cat "$work/anna")"
grep -q "Responsable : personne" "$work/anna" || fail "the state is not French: $(cat "$work/anna")"
grep -q "^Ewa wrote:" "$work/bob" || fail "bob's is not English: $(cat "$work/bob")"

# A wrong word comes back with the nearest, in French; a French command is carried out, and its receipt is French.
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
give() {
	mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Drukarka" "In-Reply-To: $(field "$notification" Message-ID)" >"$work/command.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/command.eml"
}
told=$(pf_mails anna@example.com | wc -l)
echo "#prendr" | give
check "nothing came back" pf_wait 20 pf_has anna@example.com $((told + 1))
decoded "$(pf_mails anna@example.com | tail -1)" >"$work/wrong"
grep -q "il n'y a pas de commande #prendr. Vouliez-vous dire #prendre" "$work/wrong" || fail "not said in French: $(cat "$work/wrong")"
printf '#prendre\n#rappeler demain\n' | give
check "no receipt" pf_wait 20 pf_has anna@example.com $((told + 2))
decoded "$(pf_mails anna@example.com | tail -1)" >"$work/receipt"
grep -q "responsable personne -> Anna Virtanen" "$work/receipt" || fail "the receipt is not French: $(cat "$work/receipt")"
grep -q "un rappel vous parviendra : [a-z]*\. [0-9]*/[0-9]*/[0-9]* " "$work/receipt" || fail "the time is not French: $(cat "$work/receipt")"
grep -q "Pour annuler, répondez par la ligne #undo" "$work/receipt" || fail "how to undo is not French: $(cat "$work/receipt")"

# The mailbox's language, where the mail says nothing of ours.
echo "Hej." | mail "Olle <dave@example.net>" sales@example.com "Pris" "Accept-Language: sv-SE" >"$work/mail.eml"
hand_in "$PF_PORT" dave@example.net sales@example.com <"$work/mail.eml"
check "no acknowledgement for Olle" pf_wait 20 pf_has dave@example.net 1
decoded "$(pf_mails dave@example.net)" >"$work/ack"
grep -q "Kiitos viestistäsi" "$work/ack" || fail "the mailbox's language was not taken"

# The ticket knows its contact's language; it can be asked for, and set.
check_equal "tickets of Poles" "$(postdesk list language:pl --json | jq -c .number)" 1
check_equal "the property" "$(postdesk show 1 --json | jq -r .properties.language)" pl
postdesk --as bob do 1 "#set language=de" >/dev/null || fail "the language cannot be set"
check_equal "the property, set" "$(postdesk show 1 --json | jq -r .properties.language)" de
postdesk --as bob do 1 "#set language=sv" 2>"$work/err" && fail "a language that nobody speaks was set"
grep -q 'there is no language "sv". Choose from: en, fr, pl, fi, de' "$work/err" || fail "it does not say which there are: $(cat "$work/err")"
postdesk --as anna do 1 "#attribuer zoe" 2>"$work/err" && fail "there is no Zoe"
grep -q "agent inconnu(e) : « zoe »" "$work/err" || fail "the command line does not speak Anna's language: $(cat "$work/err")"

# What is known of a contact counts for a new ticket whose mail says nothing; and a mailbox's own texts go by language.
postdesk contact set dave@example.net language=pl >/dev/null || fail "the contact's language cannot be set"
postdesk contact set dave@example.net language=sv 2>/dev/null && fail "a language that nobody speaks was set"
check_equal "what is known" "$(postdesk contact show dave@example.net --json | jq -r .language)" pl
echo "Ours, {number}." >"$work/thanks.txt"
echo "Nasz tekst, {number}." >"$work/thanks.pl.txt"
sed -i -e 's/^\[mailbox sales\]/&\nacknowledgement = thanks.txt/' "$work/postdesk.conf"
postdesk reload >/dev/null || fail "no reload"
write() { # FROM LANGUAGE WANT
	echo "Hello." | mail "$1 <$1>" sales@example.com "Question $2" "Content-Language: $2" >"$work/mail.eml"
	count=$(pf_mails "$1" | wc -l)
	hand_in "$PF_PORT" "$1" sales@example.com <"$work/mail.eml"
	check "no acknowledgement for $1" pf_wait 20 pf_has "$1" $((count + 1))
	decoded "$(pf_mails "$1" | tail -1)" >"$work/ack"
	grep -q "$3" "$work/ack" || fail "in $2: $(cat "$work/ack")"
}
write dave@example.net sv "Nasz tekst, #[0-9]"
write carol@example.net fi "Ours, #[0-9]"
write carol@example.net de "Vielen Dank für Ihre Nachricht"
desk_stop
