#!/bin/bash
# Routes and rules on the wire: whose a new ticket is, what is done by itself, and what "postdesk rules" says of it.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >>"$work/postdesk.conf" <<END

[route vip]
when = from:*@big.example
assign = bob
priority = high

[route all]
assign = round-robin

[rule refund]
on = created;answered
when = refund
do = #category billing;#note A refund, @anna: look at the contract first.

[rule thanks]
on = replied
do = #set tone=polite

[rule stale]
on = after:2s
when = stale
do = #priority low

[rule follow]
on = after:3s
when = stale
do = #new Look at it again

[property tone]
type = text
END
sed -i 's/^authserv_id.*/&\ncategories = billing;other/' "$work/postdesk.conf"
desk_start
customer() {
	mail "Customer <$1>" support@example.com "$2" >"$work/mail.eml"
	hand_in "$PF_PORT" "$1" support@example.com <"$work/mail.eml"
}
value() { postdesk list --json "number:$1" | sed -n "s/.*\"$2\": *\"\{0,1\}\([^\",}]*\).*/\1/p"; }

echo "It burns." | customer ceo@big.example "Printer"
check_equal "the route's owner" "$(value 1 owner)" bob
check_equal "its priority" "$(value 1 priority)" high
check "bob was not told" pf_wait 20 pf_has bob@example.com 1
check_equal "anna is told of bob's" "$(pf_mails anna@example.com | wc -l)" 0
postdesk history 1 owner | grep -q "postdesk" || fail "the history does not say who gave it: $(postdesk history 1 owner)"
postdesk show 1 --json | grep -q '"why": *"route vip"' || fail "the timeline does not say why"

# Turns, past who is away, over a restart.
echo "One." | customer a@small.example "One"
echo "Two." | customer b@small.example "Two"
check_equal "turns" "$(value 2 owner) $(value 3 owner)" "anna bob"
desk_stop || fail "it does not end"
desk_start
echo "Three." | customer c@small.example "Three"
check_equal "the turn after a restart" "$(value 4 owner)" anna
postdesk --as anna do 4 '#away' >/dev/null || fail "anna cannot go"
postdesk --as bob do 4 '#away' >/dev/null || fail "bob cannot go"
echo "Four." | customer d@small.example "Four"
check_equal "nobody is there" "$(postdesk list 'is:unrouted' --columns number | xargs)" "number 5"
check_equal "in the team's view" "$(postdesk --as anna list --view team-unassigned --columns number | xargs)" "number 5"
postdesk --as anna do 5 '#take' >/dev/null
check_equal "somebody took it" "$(postdesk list 'is:unrouted' --json | wc -l)" 0

# A rule on a customer's words, and one on an answer.
told=$(pf_mails anna@example.com | wc -l)
echo "I want a refund." | customer ceo@big.example "Money"
check_equal "the rule's category" "$(value 6 category)" billing
postdesk show 6 --json | grep -q '"actor": *"rule:refund"' || fail "the rule is not on the timeline"
check "anna was not told of the rule's words" pf_wait 20 pf_has anna@example.com $((told + 1))
check_equal "what would act" "$(postdesk rules test 6 --json | grep -c '"fires": *true')" 2
check_equal "and what not" "$(postdesk rules test 1 | sed -n 's/  */ /g; /refund/p' | grep -c 'does not hold')" 1
postdesk rules | grep -q 'created; answered' || fail "the rules are not listed"

# Time that passes: once, and a ticket made by it.
echo "It is stale." | customer e@small.example "Bread"
is_low() { [ "$(value 7 priority)" = low ]; }
check "time did not set the rule off" pf_wait 20 is_low
is_made() { postdesk list --json source:rule | grep -q '"name": *"Look at it again"'; }
check "time made no ticket" pf_wait 20 is_made
check_equal "tickets that it made" "$(postdesk list --json source:rule | wc -l)" 1
desk_stop
