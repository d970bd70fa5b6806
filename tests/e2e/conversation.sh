#!/bin/bash
# A customer writes, the team is told, an agent answers from a mail client, the customer gets a clean mail, and
# the customer's answer comes back to the same ticket.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

echo "It prints blank pages." | mail "Carol Customer <carol@example.net>" support@example.com "Printer broken" >"$work/first.eml"
check "the customer's mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/first.eml"
check "no ticket" pf_wait 20 has_tickets 1
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
check "bob was not told" pf_wait 20 pf_has bob@example.com 1
check "the acknowledgement is off" test "$(pf_mails carol@example.net | wc -l)" -eq 0

notification=$(pf_mails anna@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
case $reply_to in
support+*@example.com) ;;
*) fail "the notification has no reply address: $reply_to" ;;
esac
grep -q "blank pages" "$notification" || fail "the notification does not show the message"
check_equal "the notification answers automatic mail's rules" "$(field "$notification" Auto-Submitted)" auto-generated

# Anna answers from her client: commands on top, quoted text below.
mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: $(field "$notification" Subject)" \
	"In-Reply-To: $(field "$notification" Message-ID)" "User-Agent: SecretClient/1.0" <<-END >"$work/reply.eml"
	#assign me
	#wait

	Please turn it off and on.

	On Monday, Example Support wrote:
	> It prints blank pages.
END
check "the agent's reply was not taken" pf_send "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/reply.eml"
check "the customer got no answer" pf_wait 20 pf_has carol@example.net 1
answer=$(pf_mails carol@example.net | head -1)
grep -q "turn it off and on" "$answer" || fail "the answer lacks its text"
grep -q "#assign\|#wait" "$answer" && fail "commands went to the customer"
grep -qi "anna@example.com\|SecretClient" "$answer" && fail "the agent's address or client went to the customer"
case $(field "$answer" From) in
*support@example.com*) ;;
*) fail "the answer is from $(field "$answer" From)" ;;
esac
check_equal "the customer's thread" "$(field "$answer" In-Reply-To)" "$(field "$work/first.eml" Message-ID)"

ticket=$(postdesk list --json)
case $ticket in
*'"owner": "anna"'* | *'"owner":"anna"'*) ;;
*) fail "the owner is not anna: $ticket" ;;
esac
case $ticket in
*'"status_kind": "waiting"'* | *'"status_kind":"waiting"'*) ;;
*) fail "the status is not waiting: $ticket" ;;
esac

# The customer answers the mail as clients do: to Reply-To, with the thread's references.
reply_to=$(field "$answer" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
echo "That helped, thank you." | mail "Carol Customer <carol@example.net>" "${reply_to:-support@example.com}" \
	"Re: Printer broken" "In-Reply-To: $(field "$answer" Message-ID)" "References: $(field "$answer" Message-ID)" >"$work/second.eml"
check "the second mail was not taken" pf_send "$PF_PORT" carol@example.net "${reply_to:-support@example.com}" <"$work/second.eml"
messages() { postdesk show 1 --json | grep -q "That helped"; }
check "the answer is not on the ticket" pf_wait 20 messages
check_equal "tickets" "$(tickets)" 1
check "the owner was not told" pf_wait 20 pf_has anna@example.com 2
postdesk list --json | grep -q '"status_kind": *"open"' || fail "the answer did not open the ticket"
sleep 0.5
check_equal "bob is told of the owner's ticket" "$(pf_mails bob@example.com | wc -l)" 1

# The conversation alone is closed, and its contact opens it again; the ticket stays.
is_closed() { postdesk show 1 --json | grep -q '"id": *"C1"[^}]*"status": *"Closed"'; }
notification=$(pf_mails anna@example.com | tail -1)
agents_reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
echo "#close conversation" | mail "Anna Virtanen <anna@example.com>" "$agents_reply_to" "Re: Printer broken" \
	"In-Reply-To: $(field "$notification" Message-ID)" >"$work/close.eml"
hand_in "$PF_AGENTS_PORT" anna@example.com "$agents_reply_to" <"$work/close.eml"
check "the conversation is not closed" is_closed
postdesk list --json | grep -q '"status_kind": *"open"' || fail "closing the conversation closed the ticket"
echo "One more thing." | mail "Carol Customer <carol@example.net>" "${reply_to:-support@example.com}" "Re: Printer broken" \
	"In-Reply-To: $(field "$answer" Message-ID)" >"$work/third.eml"
hand_in "$PF_PORT" carol@example.net "${reply_to:-support@example.com}" <"$work/third.eml"
is_closed && fail "the contact's answer did not open the conversation"
check "the queue is empty" test "$(pf_deferred)" -eq 0
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
