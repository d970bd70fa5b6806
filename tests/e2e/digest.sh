#!/bin/bash
# Digests and rules at set times of the week, with a clock that the test sets: mailed in each reader's zone, once, also
# after an interruption; nothing where nothing is; a ticket that is made each Monday.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >>"$work/postdesk.conf" <<END

[calendar south]
timezone = America/Sao_Paulo

[digest morning]
view = unassigned;spam
at = mon-fri 8:00
to = anna;bob

[digest weekly]
view = deleted
at = mon 7:00
to = anna
empty = yes

[rule backup]
on = at:mon 6:00
do = #new Check the backups;#assign bob

[rule old]
on = at:tue 6:00
when = name:Printer is:open
do = #priority high
END
sed -i 's/^address = bob@example.com/&\ncalendar = south/' "$work/postdesk.conf"
set_clock() { echo "$1" >"$work/now.new" && mv "$work/now.new" "$work/now"; }
has() { [ "$(pf_mails "$1" | wc -l)" -ge "$2" ]; }
subjects() { pf_mails "$1" | while read -r file; do field "$file" Subject; done; }

set_clock 2026-11-20T12:00:00Z
desk_start POSTDESK_NOW="$work/now"
export POSTDESK_NOW=$work/now
postdesk create --mailbox support --name Printer >/dev/null || fail "no ticket"
postdesk create --mailbox support --name Scanner >/dev/null || fail "no ticket"

# Monday before dawn: the rule's ticket, which is bob's; then anna's two digests, and three hours later bob's.
set_clock 2026-11-23T06:30:00Z
made() { postdesk list 'name:backups' --json | grep -q '"owner": *"bob"'; }
check "the rule made no ticket" pf_wait 20 made
check_equal "its source" "$(postdesk list name:backups --columns source | xargs)" "source rule"
check "bob was not told" pf_wait 20 has bob@example.com 1
set_clock 2026-11-23T08:30:00Z
check "anna has no digests" pf_wait 20 has anna@example.com 2
check_equal "anna's" "$(subjects anna@example.com | sort | xargs -d '\n' | tr '\n' '|')" "Digest: deleted Digest: unassigned, spam|"
grep -lq '#1 .*Printer' $(pf_mails anna@example.com) || fail "the digest does not list the ticket"
check_equal "bob's, in his zone" "$(subjects bob@example.com | grep -c Digest)" 0
# Each listed ticket carries its next steps (X13): a link of the digest, sent as a client writes it, takes the ticket.
digest=$(grep -l '^Subject: Digest: unassigned' $(pf_mails anna@example.com) | tail -1)
[ "$(links "$digest" html Take)" = "$(links "$digest" plain Take)" ] || fail "the links of text and HTML differ: $(cat "$digest")"
links "$digest" html Take >"$work/link"
{ read -r to; read -r subject; read -r body; } <"$work/link"
[ -n "$to" ] || fail "no link in the digest: $(cat "$digest")"
echo "$body" | mail "Anna Virtanen <anna@example.com>" "$to" "$subject" >"$work/mail.eml"
hand_in "$PF_AGENTS_PORT" anna@example.com "$to" <"$work/mail.eml"
taken() { [ "$(postdesk list name:Scanner --json | jq -r .owner)" = anna ]; }
check "the digest's link did not take the ticket" pf_wait 20 taken
check "no receipt" pf_wait 20 has anna@example.com 3
set_clock 2026-11-23T11:30:00Z
check "bob has no digest" pf_wait 20 has bob@example.com 2

# Down for days: one digest for all that passed, and no second ticket for the same Monday.
desk_stop || fail "it does not end"
set_clock 2026-11-27T12:00:00Z
desk_start POSTDESK_NOW="$work/now"
check "no digest after the interruption" pf_wait 20 has anna@example.com 4
check "nor bob's" pf_wait 20 has bob@example.com 3
urgent() { postdesk list name:Printer --json | grep -q '"priority": *"high"'; }
check "the rule with a query did nothing" pf_wait 20 urgent
check_equal "tickets made" "$(postdesk list name:backups --json | wc -l)" 1

# With nothing on its views none is sent; an empty one only where that is wanted.
postdesk do 1 '#close' >/dev/null && postdesk do 2 '#close' >/dev/null || fail "not closed"
set_clock 2026-11-30T12:00:00Z
again() { [ "$(postdesk list name:backups --json | wc -l)" = 2 ]; }
check "no ticket on the next Monday" pf_wait 20 again
check "no empty digest where it is wanted" pf_wait 20 has anna@example.com 5
check_equal "anna's since" "$(subjects anna@example.com | tail -1)" "Digest: deleted"
desk_stop
