#!/bin/bash
# Undo of everything, by a reply, merges and bulk edits included (X3): each command's receipt names its action, and an answer
# with #undo gives the ticket again as it was; in order, one after the other, or by number; where somebody has changed the
# same thing since it is refused, with the reason. What was sent is not unsent, and the answer says so (T7). Deleted tickets
# are seen with the days that are left, and restored for 90 days; then they go for good, also where the daemon has just
# been started.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >>"$work/postdesk.conf" <<-END

	[property device]
	type = choice
	choices = printer;phone

	[property floors]
	type = choices
	choices = first;second
END
clock=$work/now
set_clock() { echo "$1" >"$clock.new" && mv "$clock.new" "$clock"; }
set_clock 2026-11-20T10:00:00Z
desk_start POSTDESK_NOW="$clock"
export POSTDESK_NOW=$clock

write() { # FROM SUBJECT TEXT
	mail "$1" support@example.com "$2" <<<"$3" >"$work/in.eml"
	hand_in "$PF_PORT" "$1" support@example.com <"$work/in.eml" >/dev/null
}
unflowed() {
	sed -e 's/\r$//' -e ':a' -e 'N' -e '$!ba' -e 's/ \n/ /g' "$1"
}
write carol@example.net "Printer" "It burns."
write dave@example.net "Paper" "None is left."
write carol@example.net "Toner" "None, either."
check "anna was not told" pf_wait 20 pf_has anna@example.com 3
check "bob was not told" pf_wait 20 pf_has bob@example.com 3
notification=$(pf_mails anna@example.com | xargs grep -l "^Subject: .*#1\]" | head -1)

# Anna answers that mail with these lines; what comes back goes to $receipt.
answer() { # MAIL LINES
	local to had
	had=$(pf_mails anna@example.com | wc -l)
	case $(field "$1" From) in
	*support+y*) to=$(field "$1" From | sed 's/.*<\(.*\)>.*/\1/') ;;
	*) to=$(field "$1" Reply-To | sed 's/.*<\(.*\)>.*/\1/') ;;
	esac
	printf '%b\n' "$2" | mail anna@example.com "$to" "Re: Printer" "In-Reply-To: $(field "$1" Message-ID)" >"$work/answer.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com "$to" <"$work/answer.eml" >/dev/null
	check "no answer to: $2" pf_wait 20 pf_has anna@example.com $((had + 1))
	receipt=$(pf_mails anna@example.com | tail -1)
}
# The same, and #yes where it is asked for.
give() {
	answer "$1" "$2"
	case $(field "$receipt" From) in *support+y*) answer "$receipt" "#yes" ;; esac
}
shows() { unflowed "$receipt" | grep -qF -- "$1" || fail "the receipt lacks \"$1\": $(cat "$receipt")"; }
# All that the desk knows of the three tickets, without when they were touched and what was done to them.
state() {
	postdesk list contact:max@example.org --json | jq .number
	for n in 1 2 3; do
		postdesk list "number:$n OR (number:$n is:deleted)" --json | jq -cS 'del(.updated)'
		postdesk show $n --json | jq -cS '{number, conversations, links, messages: [.timeline[] | select(.kind == "message") | .id] | sort,
			said: [.timeline[] | select(.kind == "comment" or .kind == "call" or .kind == "task") | .id] | sort,
			tasks: [.tasks[]? | .id], pins: [.timeline[] | select(.pinned == true) | .id]}'
	done
}
entry=$(postdesk show 1 --json | jq -r '[.timeline[] | select(.kind == "message")][0].id')
first=$(state)

# Each command by itself, taken back by an answer to its own receipt.
while read -r command; do
	give "$notification" "$command"
	after=$(state)
	[ "$after" != "$first" ] || fail "$command did nothing: $(cat "$receipt")"
	unflowed "$receipt" | grep -q '#undo [0-9]' || fail "the receipt of $command does not say how to take it back: $(cat "$receipt")"
	give "$receipt" "#undo"
	shows "taken back"
	check_equal "after $command and #undo" "$(state)" "$first"
done <<-END
	#take
	#assign bob
	#assign team support\n#assign bob\n#priority urgent\n#close
	#close
	#wait
	#status open
	#priority low
	#set name=Another
	#set device=phone
	#add floors=first
	#spam
	#snooze 3d
	#follow bob
	#pin $entry
	#log call She called.
	#note Between us.
	#task Look at it due 5d
	#contact max@example.org
	#contact -carol@example.net
	#company Acme
	#link deal:7
	#link $entry 2
	#move sales to bob Theirs.
	#inbox office@example.org to bob Yours.
	#split $entry
	#delete $entry
	#delete
	#merge 2
	#merge 2 primary this
	#bulk 1 2 3: #priority urgent #assign bob
	#bulk is:open: #close
	#bulk 2 3: #merge 1
END

# One after the other, then #undo as often: each takes back the one before.
give "$notification" "#priority high"
second=$(state)
give "$notification" "#merge 3 primary this"
third=$(state)
give "$notification" "#bulk 1 2: #assign bob"
for want in "$third" "$second" "$first"; do
	give "$notification" "#undo"
	check_equal "one back" "$(state)" "$want"
done

# By number, out of order; and refused where somebody has changed the same thing since.
answer "$notification" "#priority high"
action=$(unflowed "$receipt" | grep -o '#undo [0-9]*' | head -1)
answer "$notification" "#take"
answer "$notification" "$action"
check_equal "priority and owner" "$(postdesk show 1 --json --brief | jq -r '[.priority, .owner] | join(" ")')" "normal anna"
answer "$notification" "#category none\n#priority low"
action=$(unflowed "$receipt" | grep -o '#undo [0-9]*' | head -1)
postdesk --as bob do 1 "#priority urgent" >/dev/null || fail "bob's change"
answer "$notification" "$action"
shows "was changed since by Bob Berger"
check_equal "priority" "$(postdesk show 1 --json --brief | jq -r .priority)" urgent

# What was sent stays sent.
answer "$notification" "#close\n\nIt was the fuse."
check "carol got no answer" pf_wait 20 pf_has carol@example.net 1
answer "$notification" "#undo"
shows "what was sent cannot be unsent"
check_equal "the status" "$(postdesk show 1 --json --brief | jq -r .status_kind)" new
check_equal "carol's mails" "$(pf_mails carol@example.net | wc -l)" 1

# Deleted: seen with the days that are left, restored within 90 days.
postdesk do 2 "#delete" >/dev/null && postdesk do 3 "#delete" >/dev/null || fail "delete"
set_clock 2027-02-17T11:00:00Z # 89 days later
check_equal "days left" "$(postdesk list --view deleted --sort number --json | jq -rc "select(.number < 4) | [.number, .days_left]" | xargs)" "[2,1] [3,1]"
postdesk --as anna do 2 "#restore" >/dev/null || fail "#restore after 89 days"
check_equal "restored" "$(postdesk search "None is left" --json | jq -r .number)" 2

# Then they are purged, soon after the start, however many: more than go at once.
for i in $(seq 150); do
	printf 'From erin@example.net Mon Nov 16 10:00:00 2026\nFrom: erin%d@example.net\nTo: support@example.com\n' "$i"
	printf 'Subject: Parcel %d\nMessage-ID: <parcel%d@example.net>\n\nWhere is it?\n\n' "$i" "$i"
done >"$work/parcels.mbox"
postdesk import "$work/parcels.mbox" --mailbox support >/dev/null 2>&1 || fail "import"
postdesk bulk "from:erin*" "#delete" >/dev/null || fail "bulk delete"
check "postdeskd did not end well" desk_stop
set_clock 2027-05-19T11:00:00Z # 91 days later
desk_start POSTDESK_NOW="$clock"
purged() { # NUMBER
	! postdesk show "$1" --raw >/dev/null 2>&1
}
last=$(postdesk list --view deleted --json | jq -r .number | sort -n | tail -1)
check "what was deleted first was not purged after the start" pf_wait 20 purged 3
check "what was deleted last was not purged after the start" pf_wait 20 purged "${last:-153}"
check_equal "restored, it is there" "$(postdesk search "None is left" --json | jq -r .number)" 2
check "postdeskd did not end well" desk_stop
