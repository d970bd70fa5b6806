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
entry=$(postdesk show 1 --json | jq -r '[.timeline[] | select(.kind == "draft")][0].id')
postdesk --as bob show 1 --raw "$entry" >/dev/null 2>&1 && fail "bob reads anna's draft"
# Nor is it found by its words, now or as of an instant.
for at in "" "--at 2099-01-01"; do
	check_equal "found by a word of it $at" "$(postdesk --as bob list switch $at --json | wc -l)" 0
	check_equal "by what the customer wrote $at" "$(postdesk --as bob list broken $at --json | wc -l)" 1
done

# Anna gets another name here: the draft is hers still, and so are what she follows and addresses of before.
postdesk do 1 '#follow anna' >/dev/null || fail "anna does not follow"
postdesk --as anna views set Torn is:open >/dev/null || fail "no view of anna's"
sed -i -e 's/^\[agent anna\]/[agent annika]\nwas = anna/' -e 's/^members = anna/members = annika/' "$work/postdesk.conf"
postdesk reload >/dev/null || fail "not reloaded"
check_equal "in her view Drafts" "$(postdesk --as annika list --view drafts --json | jq -r .number)" 1
postdesk --as annika show 1 --raw "$entry" | grep -q "Switch it on" || fail "her draft is not hers any more"
postdesk --as bob show 1 --raw "$entry" >/dev/null 2>&1 && fail "bob reads anna's draft"
check_equal "her view" "$(postdesk --as annika list --view torn --json | jq -r .number)" 1
postdesk --as annika views remove Torn >/dev/null || fail "her view is not hers any more"
postdesk --as annika do 1 '#unfollow' >/dev/null
check_equal "followers" "$(postdesk show 1 --json --brief | jq -c .followers)" "[]"
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
