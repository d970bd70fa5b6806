#!/bin/bash
# Routing by skill and by load, to those who are there; another owner where the owner has gone; and who is told then:
# followers, the owner by default, nobody of its own doing.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i 's/^name = Bob Berger/&\nskills = fi/' "$work/postdesk.conf"
cat >>"$work/postdesk.conf" <<END

[route hurry]
header = X-Priority: 1*
when = to:support@example.com
assign = bob
priority = urgent

[route polish]
when = language:pl
assign = anna
priority = high

[route english]
when = language:en from:*@uk.example
assign = bob
priority = low

[route finnish]
when = suomi
skills = fi
assign = least-loaded

[route all]
assign = least-loaded
reroute = yes
END
desk_start
customer() {
	mail "Customer <$1@client.example>" support@example.com "$2" "${@:3}" >"$work/mail.eml"
	hand_in "$PF_PORT" "$1@client.example" support@example.com <"$work/mail.eml"
}
owner() { postdesk list --json "number:$1" | jq -r '.owner // "-"'; }
told() { pf_mails "$1@example.com" | wc -l; }

echo "Puhutteko suomi?" | customer a "One"
echo "Taas suomi." | customer b "Two"
check_equal "who has the skill" "$(owner 1) $(owner 2)" "bob bob"
echo "Hello." | customer c "Three"
echo "Hello." | customer d "Four"
check_equal "who has fewer, twice" "$(owner 3) $(owner 4)" "anna anna"
postdesk do 3 '#close' >/dev/null && postdesk do 4 '#close' >/dev/null || fail "not closed"
echo "Hello." | customer e "Five"
check_equal "closed ones do not count" "$(owner 5)" anna

# The owner is told, as a follower by default; not the colleague, who then follows.
told_of() { pf_mails "$1@example.com" | xargs -r grep -l "^Subject:.*$2" | wc -l; }
is_told() { [ "$(told_of "$1" "$2")" -ge "$3" ]; }
check "the owner was not told" pf_wait 20 is_told anna Five 1
check_equal "a colleague who does not follow" "$(told_of bob Five)" 0
postdesk --as bob do 5 '#follow' >/dev/null || fail "bob cannot follow"
told=$(told_of bob Five)
postdesk --as bob do 5 '#note Seen by me.' >/dev/null || fail "no comment"
check "the owner was not told of the comment" pf_wait 20 is_told anna Five 2
check_equal "of its own doing" "$(told_of bob Five)" "$told"
postdesk --as anna do 5 '#note And by me.' >/dev/null || fail "no comment"
check "the follower was not told" pf_wait 20 is_told bob Five $((told + 1))
postdesk --as bob do 5 '#unfollow' >/dev/null || fail "bob cannot unfollow"

# The owner goes away; the customer writes again.
postdesk --as anna do 5 '#away' >/dev/null || fail "anna cannot go"
check_equal "still the owner" "$(owner 5)" anna
token=$(postdesk show 5 --raw | sed -n 's/^Message-ID: *//Ip' | head -1)
echo "Is anybody there?" | customer e "Re: Five" "In-Reply-To: $token"
check_equal "another owner" "$(owner 5)" bob
postdesk show 5 --json | grep -q '"why": *"route all, anna is away"' || fail "the timeline does not say why"
postdesk --as bob do 5 '#away' >/dev/null || fail "bob cannot go"
echo "Hei suomi." | customer f "Six"
check_equal "nobody is there" "$(owner 6)" -
check_equal "it waits for its team" "$(postdesk --as bob list --view team-unassigned --columns number | xargs)" "number 6"

# By a header field, and by the language that the mail says, the mailbox's own, too.
postdesk --as anna do 5 '#available' >/dev/null && postdesk --as bob do 5 '#available' >/dev/null || fail "they are not back"
of() { postdesk list --json "number:$1" | jq -r '"\(.owner) \(.priority)"'; }
echo "Now!" | customer g "Seven" "X-Priority: 1 (Highest)"
check_equal "by its header" "$(of 7)" "bob urgent"
echo "Later." | customer g2 "Eight" "X-Priority: 3"
check_equal "another value of it" "$(of 8 | cut -d' ' -f2)" normal
echo "Dobrze." | customer h "Nine" "Content-Language: pl-PL"
check_equal "by its language" "$(of 9)" "anna high"
echo "Cheers." | mail "Customer <x@uk.example>" support@example.com "Ten" "Content-Language: en-GB" >"$work/mail.eml"
hand_in "$PF_PORT" x@uk.example support@example.com <"$work/mail.eml"
check_equal "by the mailbox's language" "$(of 10)" "bob low"
desk_stop
