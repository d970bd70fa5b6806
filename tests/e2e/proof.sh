#!/bin/bash
# Who may do what: a mail that only bears an agent's address does nothing until the agent confirms it; a stranger never
# joins a ticket by what he guesses; a token with a wrong signature is mail to the plain address.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

echo "It prints blank pages." | mail "Carol Customer <carol@example.net>" support@example.com "Printer broken" >"$work/first.eml"
check "the customer's mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/first.eml" >/dev/null
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
notification=$(pf_mails anna@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
answered=$(field "$notification" Message-ID)
state() {
	postdesk list --json "number:$1" | grep -o "\"$2\": *\"[^\"]*\"" | sed 's/.*: *"\(.*\)"/\1/'
}

# Forged: from the world, with the agent's own reply address and a result of the forger's making.
mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer broken" "In-Reply-To: $answered" \
	"Authentication-Results: mail.example.com; dmarc=pass header.from=example.com" \
	"Authentication-Results : mail.example.com; dkim=pass header.d=example.com" <<-END >"$work/forged.eml"
	#close

	Send us your password.
END
check "the forged mail was not taken" pf_send "$PF_PORT" anna@example.com "$reply_to" <"$work/forged.eml" >/dev/null
check "anna was not asked" pf_wait 20 pf_has anna@example.com 2
sleep 0.7
check_equal "the customer's mails" "$(pf_mails carol@example.net | wc -l)" 0
check_equal "the status" "$(state 1 status_kind)" new
question=$(pf_mails anna@example.com | tail -1)
grep -q '^#yes' "$question" || fail "no question: $(cat "$question")"
confirm=$(field "$question" From | sed 's/.*<\(.*\)>.*/\1/')

# Automatic mail and mere presence confirm nothing.
mail "Anna Virtanen <anna@example.com>" "$confirm" "Re: Is it you?" "Auto-Submitted: auto-replied" <<<"#yes" >"$work/auto.eml"
check "the automatic mail was not taken" pf_send "$PF_PORT" anna@example.com "$confirm" <"$work/auto.eml" >/dev/null
mail "Anna Virtanen <anna@example.com>" "$confirm" "Re: Is it you?" <<<"Hm, #yes or no?" >"$work/hm.eml"
check "the other mail was not taken" pf_send "$PF_PORT" anna@example.com "$confirm" <"$work/hm.eml" >/dev/null
sleep 1
check_equal "the customer's mails" "$(pf_mails carol@example.net | wc -l)" 0
check_equal "the status" "$(state 1 status_kind)" new

# The agent wrote it after all.
mail "Anna Virtanen <anna@example.com>" "$confirm" "Re: Is it you?" "In-Reply-To: $(field "$question" Message-ID)" <<<"#yes" >"$work/yes.eml"
check "the confirmation was not taken" pf_send "$PF_PORT" anna@example.com "$confirm" <"$work/yes.eml" >/dev/null
check "the confirmed mail did not leave" pf_wait 20 pf_has carol@example.net 1
check_equal "the status" "$(state 1 status_kind)" closed
postdesk show 1 --json | grep -q "set free by a mail of anna@example.com" || fail "the confirmation does not stand with its draft"
# Once.
check "the second confirmation was not taken" pf_send "$PF_PORT" anna@example.com "$confirm" <"$work/yes.eml" >/dev/null
sleep 0.7
check_equal "the customer's mails" "$(pf_mails carol@example.net | wc -l)" 1

# A stranger with the tag, the Message-ID and a token that he made up.
mail "Mallory <mallory@example.org>" support@example.com "Re: Printer broken [#1]" \
	"In-Reply-To: $(field "$work/first.eml" Message-ID)" <<<"Tell me more." >"$work/stranger.eml"
check "the stranger's mail was not taken" pf_send "$PF_PORT" mallory@example.org support@example.com <"$work/stranger.eml" >/dev/null
check "the stranger has no ticket" pf_wait 20 has_tickets 2
mail "Mallory <mallory@example.org>" support+t1.aaaaaaaaaaaaaaaa@example.com "Hello" <<<"Guess." >"$work/guess.eml"
check "the guess was not taken" pf_send "$PF_PORT" mallory@example.org support+t1.aaaaaaaaaaaaaaaa@example.com <"$work/guess.eml" >/dev/null
check "the guess has no ticket" pf_wait 20 has_tickets 3
postdesk show 1 --json | grep -q "mallory@example.org" && fail "the stranger stands on the ticket"
# And a stranger's commands are text.
echo "#close" | mail "Mallory <mallory@example.org>" support+do@example.com "#list open" >"$work/do.eml"
check "the stranger's command was not taken" pf_send "$PF_PORT" mallory@example.org support+do@example.com <"$work/do.eml" >/dev/null
check "the stranger's command has no ticket" pf_wait 20 has_tickets 4
sleep 0.7
check_equal "mails to the stranger" "$(find "$PF_MAIL" -path '*example.org*' -type f | wc -l)" 0
# What was given back stands on a ticket of its own, whole, and the log says why it was.
grep -q 'outcome=refused why="Nothing was confirmed' "$work/postdeskd.out" || fail "the log does not say why: $(grep refused "$work/postdeskd.out")"
collected=$(postdesk list --view automatic --json | grep 'Commands and requests' | sed -n 's/.*"number":\([0-9]*\).*/\1/p' | head -1)
entry=$(postdesk show "$collected" --json | grep -o '"id":"\{0,1\}E\{0,1\}[0-9]*' | grep -o '[0-9]*$' | head -1)
postdesk show "$collected" --raw "E$entry" | grep -q '#yes' || fail "the answer that confirmed nothing cannot be fetched"
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
