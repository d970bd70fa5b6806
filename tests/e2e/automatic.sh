#!/bin/bash
# Mail that no person wrote: it changes nothing, answers nothing, loops nowhere; bounces are tied to what they answer.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i 's/^name = Example Support/&\nacknowledge = yes/' "$work/postdesk.conf"
desk_start

# from_world FROM TO SUBJECT [HEADER...] <TEXT
from_world() {
	local from=$1 to=$2
	mail "$@" >"$work/one.eml"
	hand_in "$PF_PORT" "$(sed 's/.*<\(.*\)>.*/\1/' <<<"$from")" "$to" <"$work/one.eml"
}
value() {
	postdesk list "$1" --json | sed -n "s/.*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p" | head -1
}
count() {
	pf_mails "$1" | wc -l
}
# Until the outbox is empty and the queue too: then everything that was going to be told was told.
quiet() {
	pf_wait 30 sh -c "'$POSTDESK' -c '$work/postdesk.conf' outbox --json | grep -q . && exit 1; exit 0"
	pf_wait 30 test "$(pf_deferred)" -eq 0
}
carol="Carol Customer <carol@example.net>"

from_world "$carol" support@example.com "Printer broken" <<<"It burns."
pf_wait 20 pf_has carol@example.net 1 || fail "no acknowledgement"
postdesk do 1 '#assign anna' '#wait' >/dev/null || fail "#assign"
quiet
ack=$(pf_mails carol@example.net | head -1)
check_equal "the acknowledgement's sender" "$(field "$ack" Return-Path)" "<>"
check_equal "the acknowledgement's kind" "$(field "$ack" Auto-Submitted)" auto-replied
anna=$(count anna@example.com) bob=$(count bob@example.com)

# Carol's vacation program answers the acknowledgement; it has a new address each time, as some have.
for i in 1 2 3 4 5; do
	from_world "Vacation <vacation$i@example.net>" support@example.com "Automatic reply: Printer broken" \
		"Auto-Submitted: auto-replied" "In-Reply-To: $(field "$ack" Message-ID)" <<<"I am away until Monday."
	from_world "$carol" "$(field "$ack" Reply-To | sed 's/.*<\(.*\)>.*/\1/')" "Abwesenheitsnotiz: Printer broken" \
		"X-Auto-Response-Suppress: All" "Precedence: bulk" <<<"Ich bin im Urlaub $i."
done
quiet
check_equal "the status after vacation notes" "$(value number:1 status_kind)" waiting
check_equal "the owner after vacation notes" "$(value number:1 owner)" anna
check_equal "mails to carol" "$(count carol@example.net)" 1
check_equal "mails to anna about vacation notes" "$(count anna@example.com)" "$anna"
check_equal "mails to bob about vacation notes" "$(count bob@example.com)" "$bob"
check_equal "open tickets" "$(postdesk list is:open --json | wc -l)" 1
check "a vacation note is not kept" test "$(postdesk show 1 --json | grep -o 'Ich bin im Urlaub' | wc -l)" -eq 5

# Automatic mail of its own: kept, in the view Automatic, nobody is told.
from_world "Monitor <monitor@example.net>" support@example.com "Disk full" "Auto-Submitted: auto-generated" <<<"host7: /var 100%"
quiet
check_equal "the view Automatic" "$(postdesk list --view automatic --json | grep -c 'Disk full')" 1
check_equal "mails to the monitor" "$(postdesk outbox --all --json | grep -c monitor@example.net)" 0
check_equal "mails to anna about the monitor" "$(count anna@example.com)" "$anna"
# A mail from noreply gets no acknowledgement; one from nobody neither.
from_world "Shop <no-reply@example.org>" support@example.com "Your order" <<<"Thank you."
mail "Ghost <ghost@example.org>" support@example.com "Boo" <<<"Boo." >"$work/ghost.eml"
hand_in "$PF_PORT" "" support@example.com <"$work/ghost.eml"
quiet
check_equal "mails to example.org" "$(count @example.org)" 0

# The team's mail comes back to the desk (a loop): nothing is sent.
notification=$(pf_mails anna@example.com | head -1)
sent=$(postdesk outbox --all --json | wc -l)
sed '/^Received:/,/^[^ \t]/{/^Received:\|^[ \t]/d}' "$notification" >"$work/loop.eml"
hand_in "$PF_PORT" anna@example.com support@example.com <"$work/loop.eml"
quiet
check_equal "what a loop sent" "$(postdesk outbox --all --json | wc -l)" "$sent"

# Spam is marked, and nobody hears of it.
from_world "Pills <pills@example.org>" support@example.com "Cheap" "X-Spam-Flag: YES" <<<"buy"
quiet
check_equal "the view Spam" "$(postdesk list --view spam --json | grep -c Cheap)" 1
check_equal "what spam sent" "$(postdesk outbox --all --json | grep -c "\"number\":$(value is:spam number)[,}]")" 0

# The customer's address is dead: the answer comes back, the ticket shows it, its owner is told, it is open again.
from_world "Erin <erin@nowhere.example>" support@example.com "Are you there" <<<"Hello?"
erin=$(value Hello number)
postdesk do "$erin" '#assign anna' '#wait' >/dev/null || fail "#assign of Erin's ticket"
quiet
anna=$(count anna@example.com)
tickets=$(postdesk list 'is:open OR is:closed OR is:automatic' --json | wc -l)
told=$(pf_mails anna@example.com | xargs grep -l 'Are you there' | tail -1)
reply_to=$(field "$told" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Are you there" "In-Reply-To: $(field "$told" Message-ID)" \
	<<<"Yes, we are." >"$work/answer.eml"
hand_in "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/answer.eml"
undelivered() {
	postdesk show "$erin" --json | grep -q '"kind":"undelivered"'
}
pf_wait 30 undelivered || fail "the bounce is not on its ticket"
pf_wait 30 pf_has anna@example.com $((anna + 1)) || fail "the owner is not told"
quiet
check_equal "tickets after the bounce" "$(postdesk list 'is:open OR is:closed OR is:automatic' --json | wc -l)" "$tickets"
check_equal "the status after the bounce" "$(value "number:$erin" status_kind)" open
echo "machines are not answered, bounces are told"
