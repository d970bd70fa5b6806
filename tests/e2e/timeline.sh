#!/bin/bash
# The timeline by mail and command line: a logged call, a pin that stands first, a ticket shared with a colleague, filters.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start
echo "It burns." | mail "Carol <carol@example.net>" support@example.com "Printer" >"$work/mail.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/mail.eml"
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
notification=$(pf_mails anna@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
give() {
	mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer" "In-Reply-To: $(field "$notification" Message-ID)" >"$work/command.eml"
	hand_in "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/command.eml"
}
kinds() { postdesk show 1 --json "$@" | python3 -c 'import json,sys; print(" ".join(e["kind"] for e in json.load(sys.stdin)["timeline"]))'; }

told=$(pf_mails bob@example.com | wc -l)
give <<-END
	#log call She wants a new one by Friday.
	#pin E2
	#share bob Please order one.
END
check "bob did not get the ticket" pf_wait 20 pf_has bob@example.com $((told + 1))
shared=$(pf_mails bob@example.com | tail -1)
grep -q "Please order one" "$shared" || fail "the share lacks its text: $(cat "$shared")"
grep -q "It burns" "$shared" || fail "the share lacks the ticket"
check_equal "the customer heard of it" "$(pf_mails carol@example.net | wc -l)" 0
case $(kinds) in message\ *call*) ;; *) fail "the pin is not first, or the call is missing: $(kinds)" ;; esac
check_equal "calls alone" "$(kinds --kind call)" call
check_equal "in words" "$(kinds --search friday)" call
check_equal "followers" "$(postdesk list --json number:1 | grep -o '"followers": *\[[^]]*\]' | tr -d ' ')" '"followers":[]'
postdesk --as bob do 1 '#unpin E2' >/dev/null || fail "not unpinned"
case $(kinds) in message\ *) fail "the pin is still first" ;; esac
# A task of bob's, who finds it in his view until it is done; a comment on an entry.
postdesk --as anna do 1 '#task @bob Order one due 2030-01-02 12:00' >/dev/null || fail "no task"
task=$(postdesk show 1 --json | jq -r '.tasks[0].id')
check_equal "the task" "$(postdesk show 1 --json | jq -rc '.tasks[0] | [.text, .agent, .due, .done]')" \
	'["@bob Order one","bob","2030-01-02T12:00:00Z",null]'
check_equal "tasks alone" "$(kinds --kind task)" task
check_equal "bob's tasks" "$(postdesk --as bob list --view tasks --json | jq .number)" 1
check_equal "anna's tasks" "$(postdesk --as anna list --view tasks --json | wc -l)" 0
postdesk --as bob do 1 "#done $task" >/dev/null || fail "not done"
check_equal "bob's tasks" "$(postdesk --as bob list --view tasks --json | wc -l)" 0
postdesk --as bob do 1 "#note E2 She means the red one." >/dev/null || fail "no comment"
check_equal "about" "$(postdesk show 1 --kind comment --json | jq -r '.timeline[0].about')" E2
# An entry is deleted, seen with the days left, and restored.
postdesk do 1 "#delete E2" >/dev/null || fail "not deleted"
check_equal "shown" "$(postdesk show 1 --json | jq '[.timeline[] | select(.id == "E2")] | length')" 0
check_equal "days left" "$(postdesk show 1 --json | jq -rc '.deleted_entries[] | [.id, .days_left]')" '["E2",90]'
check_equal "deleted" "$(postdesk show 1 --deleted --json | jq -r '.timeline[].id')" E2
postdesk do 1 "#restore E2" >/dev/null || fail "not restored"
check_equal "shown" "$(postdesk show 1 --json | jq '[.timeline[] | select(.id == "E2")] | length')" 1
desk_stop
