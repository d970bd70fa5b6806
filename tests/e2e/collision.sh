#!/bin/bash
# Two agents answer the same message: the second answer is held, its author sees the first, and #send sends it all
# the same (invariant 9). A newer message of the customer holds nothing, but is told.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

echo "It prints blank pages." | mail "Carol Customer <carol@example.net>" support@example.com "Printer broken" >"$work/first.eml"
check "the customer's mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/first.eml" >/dev/null
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
check "bob was not told" pf_wait 20 pf_has bob@example.com 1

# answer AGENT ADDRESS NOTIFICATION <TEXT
answer() {
	local to
	to=$(field "$3" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
	mail "$1 <$2>" "$to" "Re: $(field "$3" Subject)" "In-Reply-To: $(field "$3" Message-ID)" >"$work/answer.eml"
	check "the answer of $1 was not taken" pf_send "$PF_AGENTS_PORT" "$2" "$to" <"$work/answer.eml" >/dev/null
}
# What came last, without soft line breaks.
last() {
	sed -e 's/\r$//' -e ':a' -e 'N' -e '$!ba' -e 's/ \n/ /g' "$(pf_mails "$1" | tail -1)"
}
settled() {
	sleep 0.7
	check "the queue is empty" test "$(pf_deferred)" -eq 0
}
anna_first=$(pf_mails anna@example.com | head -1)
bob_first=$(pf_mails bob@example.com | head -1)

answer "Anna Virtanen" anna@example.com "$anna_first" <<<"Answer of Anna."
check "the customer did not get Anna's answer" pf_wait 20 pf_has carol@example.net 1
settled
bob_has=$(pf_mails bob@example.com | wc -l)

answer "Bob Berger" bob@example.com "$bob_first" <<<"Answer of Bob."
check "bob was not told that his answer is held" pf_wait 20 pf_has bob@example.com $((bob_has + 1))
settled
check_equal "the customer's mails" "$(pf_mails carol@example.net | wc -l)" 1
last bob@example.com | grep -q "Answer of Anna" || fail "bob does not see Anna's answer"
last bob@example.com | grep -q "#send" || fail "bob is not told how to send it all the same"

# A draft stays a draft until he says so, and leaves once.
answer "Bob Berger" bob@example.com "$(pf_mails bob@example.com | tail -1)" <<<"#send"
check "the customer did not get Bob's answer" pf_wait 20 pf_has carol@example.net 2
last carol@example.net | grep -q "Answer of Bob" || fail "the draft lacks its text"
last carol@example.net | grep -q "#send" && fail "a command went to the customer"
settled
answer "Bob Berger" bob@example.com "$bob_first" <<<"#send"
settled
check_equal "the customer's mails after a second #send" "$(pf_mails carol@example.net | wc -l)" 2
last bob@example.com | grep -q "nothing of yours is held" || fail "the second #send is not answered: $(last bob@example.com)"

# The customer writes again while anna answers the older mail: that is no collision.
echo "It also smells." | mail "Carol Customer <carol@example.net>" support@example.com "Re: Printer broken" \
	"In-Reply-To: $(field "$(pf_mails carol@example.net | tail -1)" Message-ID)" >"$work/second.eml"
anna_has=$(pf_mails anna@example.com | wc -l)
check "the second mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/second.eml" >/dev/null
check "anna was not told" pf_wait 20 pf_has anna@example.com $((anna_has + 1))
anna_newest=$(pf_mails anna@example.com | tail -1)
echo "And now it burns." | mail "Carol Customer <carol@example.net>" support@example.com "Re: Printer broken" \
	"In-Reply-To: $(field "$work/second.eml" Message-ID)" >"$work/third.eml"
check "the third mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/third.eml" >/dev/null
check "anna was not told again" pf_wait 20 pf_has anna@example.com $((anna_has + 2))
answer "Anna Virtanen" anna@example.com "$anna_newest" <<<"Open the window."
check "the answer was held" pf_wait 20 pf_has carol@example.net 3
check_equal "tickets" "$(tickets)" 1
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
