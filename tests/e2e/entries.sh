#!/bin/bash
# The timeline (T5): every message, comment, note, call, meeting, task and property change stands on it, newest first or
# last; it is filtered by kind, person and team, and searched in; entries are pinned, commented on, deleted and restored;
# each has its own history; an entry is associated with several tickets, contacts, companies and deals.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >>"$work/postdesk.conf" <<-END

	[team sellers]
	members = bob

	[reference deal]
	url = https://crm.example/deals/{id}
END
desk_start
write() { # FROM SUBJECT TEXT
	mail "$1" support@example.com "$2" <<<"$3" >"$work/in.eml"
	hand_in "$PF_PORT" "$1" support@example.com <"$work/in.eml" >/dev/null
}
as() { # AGENT NUMBER COMMAND...
	local agent=$1
	shift
	postdesk --as "$agent" do "$@" >"$work/told" 2>&1 || fail "$agent: $*: $(cat "$work/told")"
}
# shown FILTER...: the kinds of the entries, in order
shown() { postdesk show 1 --json "$@" | jq -r '[.timeline[].kind] | join(" ")'; }
entries() { postdesk show 1 --json "$@" | jq -r '[.timeline[].id] | join(" ")'; }
entry() { # JQ: the id of the entry for which it holds
	postdesk show 1 --json | jq -r "[.timeline[] | select($1)][0].id"
}

# Every kind of entry.
write carol@example.net "Printer" "It prints zebras."
write dave@example.net "Zebra stripes" "Mine, too."
check "anna was not told" pf_wait 20 pf_has anna@example.com 2
notification=$(pf_mails anna@example.com | xargs grep -l "^Subject: .*#1\]" | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer" "In-Reply-To: $(field "$notification" Message-ID)" \
	<<<"We look into the giraffes." >"$work/answer.eml"
hand_in "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/answer.eml" >/dev/null
check "carol got no answer" pf_wait 20 pf_has carol@example.net 1
as bob 1 "#note The drum is scratched."
as anna 1 "#log call She called about okapis."
as anna 1 "#log meeting We met at the zoo."
as anna 1 "#log email She wrote to Bob alone."
as bob 1 "#task Order a tapir due 2030-01-02 12:00"
as bob 1 "#priority high"
as anna 1 "#remind 2030-01-03 9:00 Feed it."
for kind in message comment call meeting email task set; do
	case " $(shown) " in *" $kind "*) ;; *) fail "no $kind on the timeline: $(shown)" ;; esac
done

# Newest first, or last.
times() { postdesk show 1 --json "$@" | jq -r '.timeline[].id' | sed 's/E//'; }
check_equal "newest first" "$(times | xargs)" "$(times | sort -rn | xargs)"
check_equal "newest last" "$(times --oldest-first | xargs)" "$(times | sort -n | xargs)"
postdesk show 1 --oldest-first | grep -n "zebras\|tapir" | sed 's/:.*//' | sort -nc || fail "the table is not oldest first"

# By kind, person, team.
check_equal "calls" "$(shown --kind call)" call
check_equal "notes" "$(shown --kind note)" comment
check_equal "property changes" "$(shown --kind property | tr ' ' '\n' | sort -u)" set
check_equal "what carol did" "$(postdesk show 1 --by carol@example.net --kind message --json | jq -r '[.timeline[].from] | unique[]')" carol@example.net
case " $(shown --by bob) " in *" call "*) fail "bob did not call: $(shown --by bob)" ;; esac
case " $(shown --by bob) " in *" comment "*) ;; *) fail "bob's comment lacks: $(shown --by bob)" ;; esac
check_equal "what the sellers did" "$(shown --team sellers)" "$(shown --by bob)"
postdesk show 1 --kind nonsense 2>"$work/told" && fail "a kind that there is not is taken"

# Searched in: subjects and texts of mails, notes, calls, meetings, tasks.
for one in "zebras message" "giraffes message" "printer message" "scratched comment" "okapis call" "zoo meeting" "tapir task"; do
	check_equal "search for ${one% *}" "$(shown --search "${one% *}" | tr ' ' '\n' | sort -u | xargs)" "${one#* }"
done
check_equal "search for what is nowhere" "$(shown --search walrus)" ""

# Pinned ones stand first, in either order, until they are unpinned.
note=$(entry '.kind == "comment"') call=$(entry '.kind == "call"')
as bob 1 "#pin $note"
check_equal "the first" "$(entries | cut -d' ' -f1)" "$note"
check_equal "the first, oldest first" "$(entries --oldest-first | cut -d' ' -f1)" "$note"
as anna 1 "#pin $call"
check_equal "the first two" "$(entries | cut -d' ' -f1-2)" "$call $note"
as anna 1 "#unpin $call" "#unpin $note"
case $(entries) in "$note "*) fail "still pinned" ;; esac

# A comment on an entry says which.
as anna 1 "#note $call She sounded happy."
check_equal "about" "$(postdesk show 1 --json | jq -r '.timeline[] | select(.text == "She sounded happy." or (.text // "" | startswith("She sounded"))) | .about')" "$call"

# Deleted it is hidden, found by nobody, and comes back whole; each step stands in its history.
as anna 1 "#delete $note"
case " $(entries) " in *" $note "*) fail "the deleted entry is shown" ;; esac
check_equal "search for deleted words" "$(shown --search scratched)" ""
check_equal "among the deleted" "$(entries --deleted)" "$note"
check_equal "days left" "$(postdesk show 1 --json | jq -rc '.deleted_entries[] | [.id, .days_left]')" "[\"$note\",90]"
as bob 1 "#restore $note"
check_equal "restored" "$(shown --search scratched)" comment
postdesk history 1 --json | jq -rc --arg e "${note#E}" 'select(.property == "entry_deleted") | [.actor, .from, .to]' >"$work/history"
grep -q anna "$work/history" && grep -q bob "$work/history" || fail "the entry has no history: $(postdesk history 1 --json | tail -4)"

# Associated with another ticket, it stands there, too; with a contact, a company and a deal it names them.
as anna 1 "#link $call 2" "#link $call deal:77" "#link $call company:Acme" "#link $call contact:carol@example.net"
postdesk show 2 --json | jq -e --arg e "$call" '.timeline[] | select(.id == $e and .kind == "call")' >/dev/null ||
	fail "the call does not stand on ticket 2: $(postdesk show 2)"
postdesk show 1 --json | jq -rc --arg e "$call" '.timeline[] | select(.id == $e) | .links' >"$work/links"
postdesk show 1 --json | jq -rc .links >>"$work/links"
for what in 77 Acme carol@example.net; do
	grep -q "$what" "$work/links" || fail "no link to $what: $(cat "$work/links")"
done
postdesk show 1 | grep -q "https://crm.example/deals/77" || fail "the deal's link leads nowhere"
as anna 1 "#unlink $call 2"
postdesk show 2 --json | jq -e --arg e "$call" '.timeline[] | select(.id == $e)' >/dev/null && fail "the call is still on ticket 2"
# An agent who may not see it gets nothing of it, and the contact never.
check_equal "carol's mails" "$(pf_mails carol@example.net | wc -l)" 1
check "postdeskd did not end well" desk_stop
