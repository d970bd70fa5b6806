#!/bin/bash
# A reply is kept as a draft and sent later (R6); a deleted ticket shows how many days are left.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin "keep_deleted = 90d"
desk_start

mail "Carol Customer <carol@example.net>" support@example.com "Printer" <<<"It is broken." >"$work/first.eml"
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/first.eml" >/dev/null
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
notification=$(pf_mails anna@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
write() { # TEXT...
	printf '%s\n' "$@" | mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer" \
		"In-Reply-To: $(field "$notification" Message-ID)" >"$work/anna.eml"
	pf_send "$PF_AGENTS_PORT" anna@example.com "$reply_to" <"$work/anna.eml" >/dev/null || fail "the mail was not taken"
}

write "#draft" "#close" "" "Switch it on."
check "no receipt" pf_wait 20 pf_has anna@example.com 2
grep -q "kept as a draft" "$(pf_mails anna@example.com | tail -1)" || fail "the receipt does not say so"
check_equal "the customer's mails" "$(pf_mails carol@example.net | wc -l)" 0
check_equal "in the view Drafts" "$(postdesk list --view drafts --json | jq -r .number)" 1
check_equal "its status" "$(postdesk show 1 --json --brief | jq -r .status_kind)" new
postdesk --as bob do 1 "#show" 2>&1 | grep -q "Switch it on" && fail "bob sees anna's draft"
write "#send"
check "the draft did not leave" pf_wait 20 pf_has carol@example.net 1
grep -q "Switch it on" "$(pf_mails carol@example.net | tail -1)" || fail "the draft lacks its text"
grep -q "#draft\|#close\|#send" "$(pf_mails carol@example.net | tail -1)" && fail "commands went to the customer"
check_equal "its status" "$(postdesk show 1 --json --brief | jq -r .status_kind)" closed
check_equal "in the view Drafts" "$(postdesk list --view drafts --json | wc -l)" 0

check_equal "days left" "$(postdesk show 1 --json --brief | jq -r .days_left)" null
postdesk do 1 "#delete" >/dev/null || fail "delete"
check_equal "days left" "$(postdesk list --view deleted --json | jq -r .days_left)" 90
postdesk list --view deleted | grep -q "90" || fail "the view does not show the days: $(postdesk list --view deleted)"
postdesk do 1 "#restore" >/dev/null || fail "restore"
check_equal "deleted ones" "$(postdesk list --view deleted --json | wc -l)" 0
check "postdeskd did not end well" desk_stop
