#!/bin/bash
# Templates: snippets, templates with placeholders, articles, documents, videos and offers go into a reply by name, in the
# contact's language; what has no value or no such name comes back before anything leaves; a playbook's answers are a comment.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
texts=$work/texts
mkdir -p "$texts"
cp -r "$top_srcdir/conf/templates/." "$texts"
chmod -R u+w "$texts"
mkdir -p "$texts/documents/fr" "$texts/videos"
printf '%%PDF-1.4 english' >"$texts/documents/prices.pdf"
printf '%%PDF-1.4 francais' >"$texts/documents/fr/prices.pdf"
printf 'GIF89a picture' >"$texts/videos/jam.gif"
printf 'Title: Clear a jam\nLink: https://video.example.com/jam?a=1&b=2\nPreview: jam.gif\n' >"$texts/videos/jam.txt"
printf 'Your {ticket.device} is on its way, {contact.first_name}.\n' >"$texts/templates/sent.txt"
mkdir -p "$texts/snippets/pl"
echo "Tylko po polsku." >"$texts/snippets/pl/only-polish.txt"
ln -s /etc/passwd "$texts/snippets/secret.txt"
sed -i -e "s/^\[postdesk\]/&\ntemplates = texts/" "$work/postdesk.conf"
printf '\n[property device]\ntype = choice\nchoices = phone;laptop\n' >>"$work/postdesk.conf"
postdesk check >"$work/checked" 2>&1
grep -q "secret.txt.*symbolic link" "$work/checked" || fail "the link was not told: $(cat "$work/checked")"
printf 'It costs {ticket.colour}.\n' >"$texts/templates/wrong.txt"
postdesk check >"$work/checked" 2>&1 && fail "an unknown placeholder was not found"
grep -q "wrong.txt.*there is no placeholder {ticket.colour}" "$work/checked" || fail "$(cat "$work/checked")"
rm "$texts/templates/wrong.txt"
desk_start

echo "Mon imprimante brûle." | mail "Claire Dupont <carol@example.net>" support@example.com "Imprimante" "Content-Language: fr" >"$work/mail.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/mail.eml"
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
notification=$(pf_mails anna@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
give() {
	mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Imprimante" "In-Reply-To: $(field "$notification" Message-ID)" "$@" >"$work/command.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/command.eml"
}
read_mail() { python3 -c '
import email, email.policy, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print("Subject:", mail["Subject"])
for part in mail.walk():
    if part.get_content_maintype() == "multipart":
        continue
    print("---", part.get_content_type(), part.get_filename() or "")
    content = part.get_content()
    print(content.replace(" \n", " ") if isinstance(content, str) else content.decode())' "$1"; }
customer() { pf_mails carol@example.net | wc -l; }

# A word that nobody knows, a value that lacks, a language that is not there: all come back, and nothing leaves.
told=$(pf_mails anna@example.com | wc -l)
wrong() {
	give
	told=$((told + 1))
	check "nothing came back" pf_wait 20 pf_has anna@example.com $told
	read_mail "$(pf_mails anna@example.com | tail -1)" >"$work/wrong"
	grep -q "$1" "$work/wrong" || fail "it does not say \"$1\": $(cat "$work/wrong")"
	check_equal "mails to the customer" "$(customer)" 0
}
echo "#template solvd" | wrong 'there is no template "solvd". Did you mean "solved"?'
echo "#template sent" | wrong 'there is no value for {ticket.device}'
echo "#snippet only-polish" | wrong 'not there in the language fr; there is: pl'
echo "#snippet secret" | wrong 'there is no snippet "secret"'
echo "#attach ../postdesk.conf" | wrong 'there is no document'

# All of it in one reply: above the words what stands above, below them what stands below.
give <<-END
	#snippet thanks
	#set device=phone

	Voici la liste des prix.

	#article password
	#template sent
	#attach prices
	#video jam
END
check "no reply left" pf_wait 20 pf_has carol@example.net 1
read_mail "$(pf_mails carol@example.net)" >"$work/reply"
tr '\n' ' ' <"$work/reply" | grep -q "Merci de votre patience.*Voici la liste.*How to choose a new password.*help/password.*Your phone is on its way, Claire" ||
	fail "the reply is not as it was asked for: $(cat "$work/reply")"
grep -q "^%PDF-1.4 francais" "$work/reply" || fail "the French document is missing: $(cat "$work/reply")"
grep -q -- "--- application/pdf prices.pdf" "$work/reply" || fail "the document has no name: $(cat "$work/reply")"
grep -q "^GIF89a picture" "$work/reply" || fail "the picture is missing"
grep -q 'href="https://video.example.com/jam?a=1&amp;b=2"><img src="cid:' "$work/reply" || fail "the link is missing: $(cat "$work/reply")"
grep -q "#\(snippet\|set\|attach\)" "$work/reply" && fail "a command left"

# A template alone is a reply; its subject is the mail's.
echo "#quote repair" | give
check "no offer left" pf_wait 20 pf_has carol@example.net 2
read_mail "$(pf_mails carol@example.net | tail -1)" >"$work/reply"
grep -q "^Subject: Our offer for Imprimante" "$work/reply" || fail "the subject: $(cat "$work/reply")"
grep -q "^Dear Claire Dupont," "$work/reply" || fail "the name: $(cat "$work/reply")"
grep -q "on 20[0-9][0-9]-[0-9][0-9]-[0-9][0-9] we offer" "$work/reply" || fail "the date: $(cat "$work/reply")"
printf '#template solved\n#close\n' | give
check "no template left" pf_wait 20 pf_has carol@example.net 3
read_mail "$(pf_mails carol@example.net | tail -1)" >"$work/reply"
grep -q "Bonjour Claire," "$work/reply" || fail "the template is not the French one: $(cat "$work/reply")"
check_equal "the status" "$(postdesk show 1 --json --brief | jq -r .status_kind)" closed

# A playbook: its questions come by mail and stand on the timeline, the answers are a comment.
told=$(pf_mails anna@example.com | wc -l)
echo "#playbook intake" | give
check "no questions came" pf_wait 20 pf_has anna@example.com $((told + 2))
for questions in $(pf_mails anna@example.com | tail -2); do
	grep -q "Which device is it" "$questions" && break
done
grep -q "Which device is it" "$questions" || fail "the questions are missing: $(cat "$questions")"
reply_to=$(field "$questions" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
notification=$questions
sed -n '/^$/,$p' "$questions" | sed -e 's/^/> /' -e '/Which device/a The red one.' >"$work/answers"
give <"$work/answers"
check "the answers are no comment" pf_wait 20 sh -c "\"$POSTDESK\" -c \"$work/postdesk.conf\" show 1 --json | jq -r '.timeline[] | select(.kind == \"comment\") | .text' | grep -q 'The red one'"
check_equal "mails to the customer" "$(customer)" 3

# The command line lists them, and shows one as it would be sent.
postdesk templates | grep -q "snippet *thanks *pl" || fail "the list: $(postdesk templates)"
check_equal "languages of a snippet" "$(postdesk templates --kind snippet --json | jq -r 'select(.name == "thanks") | .language // "-"' | sort | tr '\n' ' ')" "- de fi fr pl "
postdesk --as anna templates solved --ticket 1 >"$work/preview" || fail "no preview"
grep -q "Bonjour Claire" "$work/preview" && grep -q "^Anna Virtanen" "$work/preview" || fail "the preview: $(cat "$work/preview")"
postdesk templates solvd 2>"$work/err" && fail "there is no solvd"
grep -q 'Did you mean "solved"' "$work/err" || fail "$(cat "$work/err")"
postdesk do 1 "#snippet thanks" 2>"$work/err" && fail "nothing can be inserted without a mail"
grep -q "comes by mail" "$work/err" || fail "$(cat "$work/err")"

# A new text is there after a reload.
echo "Bonne journée." >"$texts/snippets/fr/bye.txt"
postdesk reload >"$work/out" 2>&1 || fail "$(cat "$work/out")"
postdesk templates bye --language fr | grep -q "Bonne journée" || fail "the new text is not there"
desk_stop
