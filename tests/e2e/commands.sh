#!/bin/bash
# An agent gives commands by mail: receipts, a mistyped one that stops the mail, a draft that is sent all the same,
# a comment, lists, undo, and a confirmation for what is grave.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

echo "It prints blank pages." | mail "Carol Customer <carol@example.net>" support@example.com "Printer broken" >"$work/first.eml"
check "the customer's mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/first.eml"
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
check "bob was not told" pf_wait 20 pf_has bob@example.com 1
notification=$(pf_mails anna@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
answered=$(field "$notification" Message-ID)
told=1

# Anna answers the notification with the text on stdin; waits for what comes back, which goes to $receipt.
give() {
	mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer broken" "In-Reply-To: $answered" >"$work/command.eml"
	check "the mail was not taken" pf_send "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/command.eml" >/dev/null
	told=$((told + 1))
	check "no receipt" pf_wait 20 pf_has anna@example.com $told
	receipt=$(pf_mails anna@example.com | tail -1)
}
# Without the soft line breaks of format=flowed.
unflowed() {
	sed -e 's/\r$//' -e ':a' -e 'N' -e '$!ba' -e 's/ \n/ /g' "$1"
}
shows() {
	unflowed "$receipt" | grep -qF -- "$1" || { cat "$receipt"; fail "the receipt lacks: $1"; }
}
is() {
	postdesk list --json number:1 | grep -q "\"$1\": *\"$2\"" || fail "$1 is not $2: $(postdesk list --json)"
}
customer_has() {
	check_equal "the customer's mails" "$(pf_mails carol@example.net | wc -l)" "$1"
}

# Commands alone: a receipt, nothing to the customer.
give <<-END
	#priority high
	#category
END
shows "#category needs an argument"
is priority normal
customer_has 0

give <<-END
	#Priority  High.
	#Take
END
shows "#priority: priority normal -> high"
shows "#take: owner nobody -> Anna Virtanen"
is priority high
is owner anna

# A mistyped command stops the whole mail; #send sends its text.
give <<-END
	#asign bob
	#close

	We look into it.
END
shows "Did you mean #assign?"
is status_kind new
customer_has 0
mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer broken" "In-Reply-To: $answered" <<-END >"$work/send.eml"
	#send
END
check "#send was not taken" pf_send "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/send.eml" >/dev/null
check "the draft did not leave" pf_wait 20 pf_has carol@example.net 1
answer=$(pf_mails carol@example.net | tail -1)
grep -q "We look into it" "$answer" || fail "the draft lacks its text"
grep -q "#asign\|#close\|#send" "$answer" && fail "commands went to the customer"
sleep 0.5
told=$(pf_mails anna@example.com | wc -l)

# A comment stays inside; who is mentioned is told.
bob=$(pf_mails bob@example.com | wc -l)
mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer broken" "In-Reply-To: $answered" <<-END >"$work/note.eml"
	#note
	@bob, what do you think?
END
check "the comment was not taken" pf_send "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/note.eml" >/dev/null
check "bob was not told of the comment" pf_wait 20 pf_has bob@example.com $((bob + 1))
grep -q "what do you think" "$(pf_mails bob@example.com | tail -1)" || fail "bob does not see the comment"
sleep 0.5
told=$(pf_mails anna@example.com | wc -l)
customer_has 1

# What answers the receipt of a comment goes to the contact, and the receipt says so.
comment=$(pf_mails anna@example.com | tail -1)
unflowed "$comment" | grep -q "Your words are a comment" || { cat "$comment"; fail "the comment has no receipt"; }
unflowed "$comment" | grep -q "reply to this mail go to the contact" || fail "the receipt does not say where a reply goes"
to_comment=$(field "$comment" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
mail "Anna Virtanen <anna@example.com>" "$to_comment" "Re: Printer broken" "In-Reply-To: $(field "$comment" Message-ID)" \
	<<<"It goes to the workshop." >"$work/after-note.eml"
check "the answer was not taken" pf_send "$PF_AGENTS_PORT" anna@example.com "$to_comment" <"$work/after-note.eml" >/dev/null
check "the answer to a receipt did not leave" pf_wait 20 pf_has carol@example.net 2
sleep 0.5
told=$(pf_mails anna@example.com | wc -l)

# Close, then take it back by its number and without one.
give <<-END
	#close
END
shows "-> Closed"
is status_kind closed
action=$(unflowed "$receipt" | grep -o '#undo [0-9]*' | head -1)
[ -n "$action" ] || { cat "$receipt"; fail "the receipt does not say how to take it back"; }
give <<<"$action"
shows "taken back"
is status_kind waiting
give <<-END
	#undo 99999
END
shows "There is no action 99999"

# Asking.
give <<-END
	#list mine
	#help close
END
shows "Printer broken"
shows "Closes the ticket"
reply_to_ticket=$reply_to
reply_to=support+do@example.com
give <<-END
	list owner:anna
	search blank
END
shows "Printer broken"
give <<-END
	#list ownr:anna
END
shows 'Did you mean "owner"'
give <<-END
	#new Order toner
	#assign bob
END
shows "ticket #3" # the second collects the questions to +do
postdesk list --json number:3 | grep -q '"name": *"Order toner"' || fail "no new ticket: $(postdesk list --json)"
reply_to=$reply_to_ticket

# What is grave is asked for.
give <<-END
	#delete
END
check_equal "tickets before the answer" "$(tickets)" 2
confirm=$(field "$receipt" From | sed 's/.*<\(.*\)>.*/\1/')
case $confirm in
support+y*@example.com) ;;
*) cat "$receipt"; fail "no address to confirm: $confirm" ;;
esac
answered=$(field "$receipt" Message-ID) reply_to=$confirm
give <<-END
	#yes
END
shows "the ticket is deleted"
check_equal "tickets after the answer" "$(tickets)" 1
customer_has 2
check_equal "deleted ones" "$(tickets is:deleted)" 1
check "postdeskd did not end well" desk_stop
