#!/bin/bash
# Who sees and may what (P1): an agent that sees its team's tickets alone tries to see around that by each door; a viewer sees,
# comments, follows and is mentioned, and neither answers contacts nor changes anything; each door names the right that lacks.
PF_BOXES="anna@example.com bob@example.com dan@example.com vera@example.com @example.org"
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i -e 's/^name = Example Sales/&\nteam = sales/' -e 's/^notify_team = no/notify_team = yes/' "$work/postdesk.conf"
cat >>"$work/postdesk.conf" <<END

[team sales]
members = dan
sees = team

[team watch]
members = vera

[agent dan]
name = Dan Low
address = dan@example.com
may = views;merge;delete;bulk;export

[agent vera]
name = Vera Watch
address = vera@example.com
role = viewer

[sla quick]
first_reply = 4h
calendar = 24/7
END
sed -i '/^address = support@example.com/a sla = quick' "$work/postdesk.conf"
desk_start
write() { # NAME ADDRESS TO SUBJECT TEXT
	mail "$1 <$2>" "$3" "$4" "MIME-Version: 1.0" "Content-Type: multipart/mixed; boundary=x" >"$work/mail.eml" <<-END
		--x
		Content-Type: text/plain

		$5
		--x
		Content-Type: text/plain; name="secret.txt"
		Content-Disposition: attachment; filename="secret.txt"

		The Zanzibar file.
		--x--
	END
	hand_in "$PF_PORT" "$2" "$3" <"$work/mail.eml"
}
write "Jane Roe" jane@acme.example support@example.com "Zanzibar plans" "We go to Zanzibar." # 1, anna's
hidden_id=$(sed -n 's/^Message-ID: //p' "$work/mail.eml")
postdesk do 1 '#assign anna' '#note Zanzibar is nice. @dan knows.' >/dev/null || fail "ticket 1 is not anna's"
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
write "Jane Roe" jane@acme.example sales@example.com "Offer" "What does it cost?" # 2, dan's
postdesk do 2 '#assign dan' >/dev/null || fail "ticket 2 is not dan's"
write "Max Hid" max@hid.example support@example.com "Zanzibar again" "Also for me." # 3, bob's
postdesk do 3 '#assign bob' >/dev/null || fail "ticket 3 is not bob's"
action=$(postdesk show 1 --json | jq '[.timeline[] | select(.kind == "set") | .action] | max')
entry=$(postdesk show 1 --json | jq -r '.timeline[] | select(.kind == "message") | .id')

# By the command line.
dan() { # ARGUMENTS: what dan is shown; nothing of what is hidden may be in it
	postdesk --as dan "$@" >"$work/shown" 2>&1
	local code=$?
	grep -qi "zanzibar\|secret" "$work/shown" && fail "dan sees around by: $*: $(cat "$work/shown")"
	return $code
}
refused() { dan "$@" && fail "not refused: $*: $(cat "$work/shown")"; }
check_equal "what dan sees" "$(postdesk --as dan list --json | jq -r 'select(.automatic | not) | .number' | xargs)" 2
for list in "list" "list is:open --sort name" "list --view open" "list --view closed" "list -- -is:spam" "search plans" "search max" \
	"list contact:jane* --columns number;name;contact" "list number:1" "list is:deleted" "list --view mentions" "list owner:anna"; do
	dan $list
done
dan list --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
dan list --at "$before"
dan search "go to"
for number in 1 3; do
	refused show $number
	refused show $number --at "$before"
	refused show $number --raw
	refused show $number --raw "$entry"
	refused history $number
	refused why $number
	refused attachments $number
	refused fetch $number 1
	refused attach $number "$work/postdesk.conf"
	refused do $number '#note hello'
	refused do $number '#undo'
	refused do $number '#close'
	refused rules test $number
	refused bulk $number '#close'
	refused bulk 2 $number '#close'
	refused do 2 "#merge $number"
	refused do 2 "#merge $number primary this"
	refused do 2 "#link ticket:$number"
	for ask in show history why files; do
		refused do 2 "#$ask $number"
	done
done
refused do 2 "#link $entry 2"
refused do 2 "#split $entry"
refused do 2 "#pin $entry"
refused do 2 "#delete $entry"
refused do 2 "#undo $action"
refused show 2 --raw "$entry"
dan do 2 '#list open' '#search plans' '#list is:open -owner:me'
dan bulk 'is:open' '#priority high' --dry-run
check_equal "a bulk finds" "$(cat "$work/shown")" 2
dan bulk 'contact:jane*' '#priority high' >/dev/null
check_equal "a bulk changes what dan sees alone" "$(postdesk list number:1 --json | jq -r .priority)" normal
sed -i 's/secret.txt/list.txt/' "$work/shown"
postdesk --as dan attachments 2 --contacts --json | jq -r .number | grep -qx 1 && fail "files of a hidden ticket"
dan export --json | grep -q . ; grep -q '"number":1,' "$work/shown" && fail "a hidden ticket is exported"
postdesk --as dan export --json | jq -r .number | grep -qx "[13]" && fail "a hidden ticket is exported"
check_equal "jane's tickets, for dan" "$(postdesk --as dan contact jane@acme.example --json | jq -c .tickets)" "[2]"
refused contact max@hid.example
dan contact list
grep -q hid.example "$work/shown" && fail "a contact of hidden tickets is listed"
dan company list
grep -q hid.example "$work/shown" && fail "a company of hidden tickets is listed"
refused company hid.example
refused contact set max@hid.example name=Found
refused contact set jane@acme.example mail=max@hid.example
grep -q "Max Hid" "$work/shown" && fail "a hidden contact's name is told: $(cat "$work/shown")"
refused contact merge jane@acme.example max@hid.example
refused company set acme.example name=Mine
counts='"\(.tickets) \(.open) \(.messages) \(.drafts) \(.outbox_waiting) \(.database_bytes)"'
check_equal "the desk's figures, for dan" "$(postdesk --as dan status --json | jq -r "$counts")" "1 1 1 0 null null"
check_equal "nor of its doors" "$(postdesk --as dan status --json | jq -c '[.daemon, .lmtp_served]')" "[true,null]"
check_equal "for a colleague who sees all" "$(postdesk --as anna status --json | jq -r "$counts")" "3 3 3 0 null null"
check_equal "and for administrators" "$(postdesk status --json | jq -r '"\(.open) \(.messages > 2) \(.database_bytes > 0)"')" "3 true true"
check_equal "counted for dan" "$(postdesk --as dan report --json | jq -s '.[0].created')" 1

# By mail: commands, a subject's tag, an answer to the hidden mail itself.
give() { # SUBJECT [HEADER] <TEXT: what comes back to dan
	local before
	before=$(pf_mails dan@example.com | wc -l)
	mail "Dan Low <dan@example.com>" support+do@example.com "$@" >"$work/mail.eml"
	hand_in "$PF_AGENTS_PORT" dan@example.com support+do@example.com <"$work/mail.eml"
	pf_wait 20 pf_has dan@example.com $((before + 1)) || fail "no answer"
	sed -e '1,/^\r\{0,1\}$/d' "$(pf_mails dan@example.com | tail -1)" | grep -v '^ *[>|]' >"$work/shown"
	grep -qi "plans\|go to zanzibar\|secret\|We go" "$work/shown" && fail "dan sees around by mail: $(cat "$work/shown")"
}
for command in "#list is:open" "#search zanzibar" "#show 1" "#history 1" "#why 1" "#files 1" "#bulk 1: #close" "#undo $action"; do
	echo "$command" | give ""
done
echo "#show" | give "Re: [#1] x" "In-Reply-To: $hidden_id"
grep -q "that you may see\|needs the number\|needs a ticket" "$work/shown" || fail "an answer to a hidden mail: $(cat "$work/shown")"
check_equal "told of a mention" "$(grep -li 'zanzibar is nice' $(pf_mails dan@example.com) | wc -l)" 0

# In the context of what dan may see.
write "Jane Roe" jane@acme.example sales@example.com "More" "And this?" # its team is dan's
more() { grep -q "^Subject:.*More" $(pf_mails dan@example.com); }
pf_wait 20 more || fail "dan is not told of his team's ticket"
for mail in $(pf_mails dan@example.com); do
	grep -q "Zanzibar plans" "$mail" && ! grep -q "^ *[>|]" "$mail" && fail "the context tells of it: $(cat "$mail")"
done

# Who may see, may share, and then it is seen.
postdesk do 1 '#follow dan' >/dev/null || fail "dan does not follow"
postdesk --as dan show 1 | grep -q Zanzibar || fail "a follower does not see it"
postdesk do 1 '#unfollow dan' >/dev/null

# A viewer: sees, comments, follows, is mentioned; each refusal names the right.
vera() { # RIGHT ARGUMENTS
	local right=$1
	shift
	postdesk --as vera "$@" >"$work/told" 2>&1 && fail "a viewer may: $*"
	grep -q "the right \"$right\"" "$work/told" || fail "$*: no right is named: $(cat "$work/told")"
}
postdesk --as vera show 1 | grep -q Zanzibar || fail "a viewer does not see"
for command in '#close' '#assign anna' '#set name=x' '#contact x@example.net' '#priority high' '#spam' '#new x' '#follow bob'; do
	vera change do 1 "$command"
done
vera reply do 1 '#send'
vera delete do 1 '#delete'
vera merge do 1 '#merge 3'
vera move do 1 '#move sales'
vera bulk bulk is:open '#close'
vera views views set Mine is:open
vera change create --mailbox support --name x
vera change attach 1 "$work/postdesk.conf"
vera export export --json
vera change contact set jane@acme.example name=x
postdesk --as vera do 1 '#note I have seen it. @anna look.' >/dev/null || fail "a viewer cannot comment"
mentioned() { grep -q "Vera Watch mentioned you" $(pf_mails anna@example.com); }
pf_wait 20 mentioned || fail "anna is not told of the mention"
postdesk --as vera do 1 '#follow' >/dev/null || fail "a viewer cannot follow"
told=$(pf_mails vera@example.com | wc -l)
postdesk do 1 '#note @vera look here.' >/dev/null
pf_wait 20 pf_has vera@example.com $((told + 1)) || fail "a viewer is not told of a mention"
notification=$(pf_mails vera@example.com | tail -1)
grep -q "Your reply goes to the contact" "$notification" && fail "a viewer is told that its reply goes to the contact"
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
sent=$(pf_mails jane@acme.example 2>/dev/null | wc -l)
answer() { # TEXT: vera answers
	told=$(pf_mails vera@example.com | wc -l)
	echo "$1" | mail "Vera Watch <vera@example.com>" "$reply_to" "Re: x" >"$work/mail.eml"
	hand_in "$PF_AGENTS_PORT" vera@example.com "$reply_to" <"$work/mail.eml"
}
answer "Dear Jane, here it is."
check_equal "a viewer's words to the contact" "$(postdesk show 1 --json | jq '[.timeline[] | select(.direction == "out")] | length')" 0
echo "A ticket of mine" | mail "Vera Watch <vera@example.com>" support@example.com "Mine" >"$work/mail.eml"
told=$(pf_mails vera@example.com | wc -l)
hand_in "$PF_AGENTS_PORT" vera@example.com support@example.com <"$work/mail.eml"
pf_wait 20 pf_has vera@example.com $((told + 1)) || fail "no answer to the viewer"
grep -q 'the right "change"' "$(pf_mails vera@example.com | tail -1)" || fail "no right is named: $(cat "$(pf_mails vera@example.com | tail -1)")"
check_equal "a viewer's ticket" "$(postdesk list name:mine --json | wc -l)" 0
desk_stop
