#!/bin/bash
# What an agent's reply can say: To, Cc, Bcc and subject added or changed, From chosen among the connected addresses, people
# in Cc become participants (R2); comments and mentions that the contact never sees (R5); each command answered, with what
# was done in the same thread and how to undo it, or with what was wrong, the nearest command and the mail kept (R7); the
# customer's acknowledgement, switchable, rate-limited, in the customer's language (R8); a ticket shared whole, within the
# colleague's rights, without a change of owner or followers (R10).
PF_BOXES="anna@example.com bob@example.com vera@example.com"
for who in carole dora erik frank guy helga ida; do PF_BOXES="$PF_BOXES $who@example.net"; done
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin "acknowledge_per_address = 2" "undo_send = none"
cat >>"$work/postdesk.conf" <<-END

	[agent vera]
	name = Vera Viewer
	address = vera@example.com
	role = viewer

	[team own]
	members = vera
	sees = own
END
sed -i 's/^name = Example Support/&\nacknowledge = yes/; s/^name = Example Sales/&\nacknowledge = no/' "$work/postdesk.conf"
desk_start

write() { # FROM TO SUBJECT TEXT [HEADER...]
	local from=$1 to=$2 subject=$3 text=$4
	shift 4
	mail "$from" "$to" "$subject" "$@" <<<"$text" >"$work/in.eml"
	hand_in "$PF_PORT" "$(sed 's/.*<\(.*\)>.*/\1/' <<<"$from")" "$to" <"$work/in.eml" >/dev/null
	id=$(field "$work/in.eml" Message-ID)
}
count() { pf_mails "$1" | wc -l; }
newest() { pf_mails "$1" | tail -1; }
# Anna (or $by) answers a mail of hers with the text on stdin.
answer() { # MAIL
	local by=${by:-anna} to
	to=$(field "$1" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
	mail "$by@example.com" "$to" "Re: $(field "$1" Subject)" "In-Reply-To: $(field "$1" Message-ID)" >"$work/answer.eml"
	hand_in "$PF_AGENTS_PORT" "$by@example.com" "$to" <"$work/answer.eml" >/dev/null
}
unflowed() {
	sed -e 's/\r$//' -e ':a' -e 'N' -e '$!ba' -e 's/ \n/ /g' "$1"
}
# What comes back to anna of this answer goes to $receipt.
give() {
	local had
	had=$(count anna@example.com)
	answer "$notification"
	check "no receipt" pf_wait 20 pf_has anna@example.com $((had + 1))
	receipt=$(newest anna@example.com)
}
shows() { unflowed "$receipt" | grep -qF -- "$1" || fail "the receipt lacks \"$1\": $(cat "$receipt")"; }

# --- R8 ---

write "Carole <carole@example.net>" support@example.com "Imprimante" "Bonjour, mon imprimante ne marche plus depuis hier." "Content-Language: fr"
check "no acknowledgement" pf_wait 20 pf_has carole@example.net 1
ack=$(newest carole@example.net)
for one in "Return-Path|<>" "Auto-Submitted|auto-replied" "In-Reply-To|$id" "To|.*carole@example.net.*"; do
	field "$ack" "${one%|*}" | grep -qx -- "${one#*|}" || fail "the acknowledgement's ${one%|*}: $(field "$ack" "${one%|*}")"
done
unflowed "$ack" | grep -q "Nous vous remercions" || fail "it is not in her language: $(cat "$ack")"
write "Dora <dora@example.net>" support@example.com "Printer" "My printer does not work."
check "no acknowledgement for dora" pf_wait 20 pf_has dora@example.net 1
unflowed "$(newest dora@example.net)" | grep -q "Thank you" || fail "not in English: $(cat "$(newest dora@example.net)")"
write "Dora <dora@example.net>" support@example.com "Paper" "None is left."
write "Dora <dora@example.net>" support@example.com "Toner" "None is left, either."
write "Erik <erik@example.net>" sales@example.com "Offer" "How much?"
write "Frank <frank@example.net>" support@example.com "The last" "All before it is out."
check "no acknowledgement for frank" pf_wait 20 pf_has frank@example.net 1
check_equal "dora's: two a day and no more" "$(count dora@example.net)" 2
check_equal "erik's: switched off for sales" "$(count erik@example.net)" 0

# --- R2 ---

check "anna was not told" pf_wait 20 pf_has anna@example.com 5
notification=$(pf_mails anna@example.com | xargs grep -l "^Subject: .*#1\]" | head -1)
give <<-END
	#to guy@example.net
	#cc Helga Hill <helga@example.net>
	#bcc ida@example.net
	#from sales@example.com
	#subject Votre imprimante, modele 7
	#take

	We send a new one.
END
check "carole got no answer" pf_wait 20 pf_has carole@example.net 2
for who in guy helga ida; do check "$who got no mail" pf_wait 20 pf_has $who@example.net 1; done
sent=$(newest carole@example.net)
field "$sent" To | grep -q "carole@example.net.*guy@example.net" || fail "To: $(field "$sent" To)"
check_equal "Cc" "$(field "$sent" Cc)" "Helga Hill <helga@example.net>"
check_equal "Bcc is seen by nobody" "$(cat "$(newest guy@example.net)" "$sent" | grep -v '^\(Delivered\|X-Original\)-To' | grep -c ida@example.net)" 0
field "$sent" From | grep -q "sales@example.com" || fail "From: $(field "$sent" From)"
check_equal "Subject" "$(field "$sent" Subject | sed 's/^Re: //; s/ *\[#1\]//')" "Votre imprimante, modele 7"
postdesk show 1 --json | jq -r '.conversations[0].participants[]' >"$work/participants"
grep -q helga@example.net "$work/participants" || fail "helga takes no part: $(cat "$work/participants")"
grep -q ida@example.net "$work/participants" && fail "ida takes part"
# As a participant she joins by an answer, and gets the next one.
write "Helga <helga@example.net>" support@example.com "Re: Votre imprimante" "And a cable?" "In-Reply-To: $(field "$sent" Message-ID)"
check_equal "helga's answer stands on" "$(postdesk list 'from:helga@example.net' --json | jq -r .number)" 1
give <<<"A cable, too."
check "helga got no second mail" pf_wait 20 pf_has helga@example.net 2
# An address that is none of the desk's is refused, and nothing leaves.
had=$(count carole@example.net)
give <<-END
	#from ceo@example.com

	I am the chief.
END
shows "ceo@example.com"
check_equal "carole's mails" "$(count carole@example.net)" "$had"

# --- R5 ---

before=$(cat $(pf_mails carole@example.net) $(pf_mails helga@example.net) | wc -c)
bob=$(count bob@example.com)
give <<-END
	#note
	@bob SECRET-1, do you know more?
END
check "bob was not told" pf_wait 20 pf_has bob@example.com $((bob + 1))
comment=$(newest bob@example.com)
grep -q SECRET-1 "$comment" || fail "bob does not see the comment"
check_equal "bob's mentions" "$(postdesk --as bob list --view mentions --json | jq -r .number)" 1
told=$(count anna@example.com)
by=bob answer "$comment" <<<"SECRET-2, I do."
check "anna was not told of bob's comment" pf_wait 20 eval 'pf_mails anna@example.com | tail -n +'$((told + 1))' | xargs -r grep -l SECRET-2 | grep -q .'
check_equal "comments" "$(postdesk show 1 --kind comment --json | jq -r '[.timeline[].text] | map(select(test("SECRET"))) | length')" 2
check_equal "what the contacts have got of it" "$(cat $(pf_mails carole@example.net) $(pf_mails helga@example.net) | wc -c)" "$before"

# --- R7 ---

give <<-END
	#priority high
	#assign bob
END
shows "#priority: priority normal -> high"
shows "#assign: owner Anna Virtanen -> Bob Berger"
field "$receipt" References | grep -qF "$(field "$notification" Message-ID)" ||
	field "$receipt" In-Reply-To | grep -qF "$(field "$work/answer.eml" Message-ID)" || fail "the receipt is not in the thread: $(cat "$receipt")"
action=$(unflowed "$receipt" | grep -o '#undo [0-9]*' | head -1)
[ -n "$action" ] || fail "it does not say how to undo: $(cat "$receipt")"
give <<<"$action"
check_equal "undone" "$(postdesk show 1 --json --brief | jq -r '.priority')" normal
had=$(count carole@example.net)
give <<-END
	#prioritty low
	#close

	Good bye, and thanks for the fish.
END
shows "Did you mean #priority?"
shows "thanks for the fish"
check_equal "status, as it was" "$(postdesk show 1 --json --brief | jq -r .status_kind)" waiting
check_equal "carole's mails" "$(count carole@example.net)" "$had"
check_equal "it is kept as her draft" "$(postdesk --as anna list --view drafts --json | jq -r .number)" 1

# --- R10 ---

owner=$(postdesk show 1 --json --brief | jq -c '[.owner, .followers]')
postdesk --as anna do 2 "#share bob Please look at it." >/dev/null || fail "#share"
shared() { shared=$(pf_mails bob@example.com | xargs grep -l "Please look at it" | head -1); [ -n "$shared" ]; }
check "bob did not get the ticket" pf_wait 20 shared
grep -q "My printer does not work" "$shared" || fail "it is not whole: $(cat "$shared")"
check_equal "owner and followers" "$(postdesk show 2 --json --brief | jq -c '[.owner, .followers]')" '[null,[]]'
# Who may not see the ticket does not get it.
postdesk --as anna do 1 "#share vera Look." >"$work/told" 2>&1
sleep 0.5
check_equal "vera's mails" "$(count vera@example.com)" 0
check_equal "owner and followers" "$(postdesk show 1 --json --brief | jq -c '[.owner, .followers]')" "$owner"
check "postdeskd did not end well" desk_stop
