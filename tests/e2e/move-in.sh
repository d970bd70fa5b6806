#!/bin/bash
# Moving in and out: tickets of Request Tracker, Zammad, Znuny and osTicket with their directions, agents, comments, files,
# times and states; the same export again changes nothing; a customer's answer to an old mail finds its ticket. A desk that
# is exported and taken in by an empty one is the same desk. A connected address moves with its tickets.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >>"$work/postdesk.conf" <<END

[property asset]
type = text
END
desk_start
python3 "$top_srcdir/tests/lib/dumps.py" "$work" broken || fail "no dumps"
show() { postdesk show "$1" --json --oldest-first | jq -r "$2"; }
of() { postdesk list "subject:\"$1\"" --json 2>/dev/null | jq -r .number | head -1; }

# Each desk: its closed ticket as it was.
moved_in() { # DESK PATH NAME
	postdesk import "$2" --mailbox support --from "$1" >"$work/told" 2>"$work/errors" || fail "$1: $(cat "$work/told" "$work/errors")"
	ticket=$(postdesk list --json | jq -r --arg name "$3" 'select(.name == $name) | .number')
	[ -n "$ticket" ] || fail "$1: no ticket \"$3\": $(postdesk list)"
	check_equal "$1: status and people" "$(show "$ticket" '[.status_kind, .owner, .contact, .contact_name, .source] | join("|")')" \
		"closed|anna|carol@example.net|Carol Customer|import"
	check_equal "$1: its timeline" "$(show "$ticket" '[.timeline[] | select(.kind == "message" or .kind == "comment") | .kind + ":" + .direction] | join(" ")')" \
		"message:in message:out comment:internal${4:+ comment:internal}"
	[ -z "${4:-}" ] || check_equal "$1: what has no place here" "$(show "$ticket" '[.timeline[] | select(.kind == "comment") | .text][1]' | tail -1)" "$4"
	check_equal "$1: who wrote" "$(show "$ticket" '[.timeline[] | select(.kind == "message") | .from][0]')" "carol@example.net"
	postdesk attachments "$ticket" --json | jq -r .name | grep -qx firmware.bin || fail "$1: no file: $(postdesk attachments "$ticket")"
	postdesk fetch "$ticket" firmware.bin | cmp - <(python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 3)') ||
		fail "$1: the file is another"
}
moved_in rt "$work/rt" 'Printer, "grey" one' "Floor: 3"
rt=$ticket
check_equal "RT's times" "$(show "$rt" '[.created, .closed, .updated] | join(" ")')" \
	"2021-03-01T09:00:00Z 2021-03-02T10:00:00Z 2021-03-02T10:00:00Z"
check_equal "RT's priority and property" "$(show "$rt" '.priority + " " + .properties.asset')" "high P-77"
check_equal "RT's further requestors and Cc" "$(show "$rt" '.conversations[0].participants | sort | join(" ")' | tr A-Z a-z | grep -c 'carol@example.net.*erin@example.net.*fred@example.org')" 1
check_equal "RT's administrative Cc" "$(postdesk list follower:bob --json | jq -r .number)" "$rt"
grep -q 'there is no property "Floor" here' "$work/errors" || fail "not told what is left out: $(cat "$work/errors")"
check_equal "RT's texts" "$(show "$rt" '[.timeline[] | select(.text) | .text | gsub("\n"; " ")] | join("|")')" \
	'It prints blank pages, "all" day, since 1e5 pages.|Please try the änderung.|An old model; they should buy a new one.|'"What the other desk knew of this ticket and this one has no place for:  Floor: 3"
another='select(.name | startswith("Another matt"))'
check_equal "RT's merged ticket" "$(postdesk list --json | jq -r "$another | .messages")" 2
check_equal "RT's low priority" "$(postdesk list --json | jq -r "$another | .priority")" low
check_equal "an open one stays open" "$(postdesk list --json | jq -r "$another | .status_kind")" open
check_equal "a broken subject is one clean line" "$(postdesk list --json | jq -r "$another | .name")" \
	"Another matt�r Bcc: eve@example.org"
check_equal "and no field of its own" "$(postdesk show "$(postdesk list --json | jq -r "$another | .number")" --raw | grep -c '^Bcc')" 0
moved_in zammad "$work/zammad" "Zammad question" "floor: 2"
check_equal "Zammad's property" "$(show "$ticket" .properties.asset)" P-79
postdesk show "$ticket" --raw | grep -q "^X-Original: yes" || fail "Zammad's mail is not as it came"
moved_in znuny "$work/znuny.xml" "Znuny <question> & more"
postdesk show "$ticket" --raw | grep -q "^X-Original: yes" || fail "Znuny's mail is not as it came"
check_equal "Znuny's priority and property" "$(show "$ticket" '.priority + " " + .properties.asset')" "urgent P-78"
moved_in osticket "$work/osticket.db" "osTicket question" "Floor: 3"
check_equal "osTicket's property" "$(show "$ticket" .properties.asset)" P-80
check_equal "osTicket's department is a mailbox here" "$(show "$ticket" .mailbox)" sales
check_equal "nobody was told" "$(pf_mails anna@example.com | wc -l)" 0

# Again: nothing new, and what was done here since stays.
postdesk do "$rt" '#open' '#priority low' >/dev/null || fail "not opened"
postdesk list --json >"$work/before"
for one in "rt $work/rt" "zammad $work/zammad" "znuny $work/znuny.xml" "osticket $work/osticket.db"; do
	postdesk import "${one#* }" --mailbox support --from "${one%% *}" >"$work/told" 2>&1 || fail "again: $(cat "$work/told")"
	grep -q "tickets read: 0 new" "$work/told" || fail "new ones: $(cat "$work/told")"
	grep -q ": 0 new, .* 0 failed" "$work/told" || fail "new mails: $(cat "$work/told")"
done
postdesk list --json | diff "$work/before" - || fail "the second import changed something"

# A customer answers a mail of years ago.
mail "Carol Customer <carol@example.net>" support@example.com "Re: Printer" "In-Reply-To: <rt-5.0-1002@example.org>" \
	"References: <q1@client.example.net> <rt-5.0-1002@example.org>" <<<"It is broken again." >"$work/mail.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/mail.eml"
check_equal "the answer is on its ticket" "$(show "$rt" '[.timeline[] | select(.text == "It is broken again.")] | length')" 1

# What is no export says so.
mkdir "$work/none" && echo "id,name" >"$work/none/queue.csv"
postdesk import "$work/none" --mailbox support --from znuny 2>"$work/errors" && fail "an empty export was taken"
grep -q "has no table ticket" "$work/errors" || fail "not told: $(cat "$work/errors")"
printf 'id,Subject\n1,"a\n' >"$work/none/Tickets.csv"
postdesk import "$work/none" --mailbox support --from rt 2>"$work/errors" && fail "a broken table was taken"
postdesk import "$work/broken.db" --mailbox support --from rt >/dev/null 2>"$work/errors" && fail "a damaged database was taken for whole"
grep -q "malformed" "$work/errors" || fail "not told: $(cat "$work/errors")"
mkfifo "$work/none/pipe"
postdesk import "$work/none/pipe" --mailbox support --from rt 2>/dev/null && fail "a pipe was taken"
postdesk import "$work/none" --mailbox support --from remedy 2>/dev/null
check_equal "an unknown desk" $? 2

# Out of this desk and into an empty one.
postdesk do "$rt" '#note Written here.' '#follow bob' >/dev/null && postdesk attach "$rt" "$work/none/queue.csv" >/dev/null || fail "no note"
postdesk export --tickets "$work/out" 2>/dev/null || fail "no export"
postdesk export --json | jq -S . >"$work/here"
desk_stop || fail "the desk does not stop"
mv "$work/state" "$work/state.old"
desk_start
postdesk import "$work/out" --mailbox support >"$work/told" 2>&1 || fail "its own export: $(cat "$work/told")"
grep -q " 0 failed" "$work/told" || fail "mails failed: $(cat "$work/told")"
postdesk export --json | jq -S . >"$work/there"
diff "$work/here" "$work/there" || fail "it is another desk"
check_equal "its words" "$(show "$rt" '[.timeline[] | select(.kind == "comment") | .text | gsub("\n"; " ")] | join("|")')" \
	"An old model; they should buy a new one.|What the other desk knew of this ticket and this one has no place for:  Floor: 3|Written here."
check_equal "its file" "$(postdesk fetch "$rt" queue.csv)" "id,name"
postdesk import "$work/out" --mailbox support 2>&1 | grep -q "tickets read: 0 new" || fail "its own export again is new"

# A connected address moves: first its open tickets, then its history.
postdesk --as anna mailbox move support sales 2>"$work/told" && fail "without the right"
grep -q 'the right "channels"' "$work/told" || fail "no right is named: $(cat "$work/told")"
sed -i 's/^address = anna@example.com/&\nmay = channels/' "$work/postdesk.conf"
postdesk reload >/dev/null || fail "not reloaded"
check_equal "the open ones move" "$(postdesk --as anna mailbox move support sales | head -1)" "3 tickets moved to sales"
check_equal "who did it" "$(for moved in $(postdesk list mailbox:sales --json | jq -r .number); do
	postdesk history "$moved" mailbox --json
done | jq -r 'select(.from == "support") | .actor' | xargs)" "anna anna anna"
check_equal "the closed ones stay" "$(postdesk list mailbox:support --json | jq -r .status_kind | sort -u)" closed
postdesk mailbox move support@example.com sales --with-history >"$work/told" || fail "no move of the address"
grep -q 'New mail to support@example.com goes to support until its address stands in \[mailbox sales\]' "$work/told" ||
	fail "not told what to change: $(cat "$work/told")"
postdesk mailbox move support sales --with-history >/dev/null || fail "no move"
check_equal "all are there" "$(postdesk list mailbox:support --json | wc -l)" 0
check_equal "with their owner's history" "$(postdesk history "$rt" mailbox | tail -1 | grep -c sales)" 1
