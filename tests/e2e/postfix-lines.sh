#!/bin/bash
# The lines that `postdesk postfix` prints make a Postfix that works with the desk: they replace those of the
# private Postfix, and a conversation goes through.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
port=$(pf_free_port)
sed -i "s|^submit = .*|submit = smtp://127.0.0.1:$port|" "$work/postdesk.conf"
postdesk postfix >"$work/lines" || fail "postdesk postfix"

# Each part goes to the file that its heading names.
etc=$PF_DIR/etc
awk -v dir="$work" '
	/^# main.cf/ { file = dir "/main"; next }
	/^# master.cf/ { file = dir "/master"; next }
	/^# \/etc\/postfix\/postdesk-transport/ { file = dir "/transport"; next }
	/^# \/etc\/postfix\/postdesk-headers/ { file = dir "/headers"; next }
	/^#/ || /^$/ { next }
	{ print > file }
' "$work/lines"
for part in main master transport headers; do
	[ -s "$work/$part" ] || fail "no part for $part in $(cat "$work/lines")"
done
sed -i "s|/etc/postfix/|$etc/|" "$work/main"
cp "$work/transport" "$etc/postdesk-transport"
cp "$work/headers" "$etc/postdesk-headers"
while IFS= read -r line; do
	postconf -c "$etc" -e "$line" || fail "postconf does not take: $line"
done <"$work/main"
cat "$work/master" >>"$etc/master.cf"
case $(postconf -c "$etc" -h transport_maps) in
hash:*) postmap -c "$etc" "$etc/postdesk-transport" || fail "postmap" ;;
esac
postconf -c "$etc" 2>&1 >/dev/null | grep -i warning && fail "Postfix warns of a parameter"
postfix -c "$etc" check || fail "postfix check"
postfix -c "$etc" reload >/dev/null 2>&1
check "the listener for postdesk does not answer" pf_wait 20 pf_answers "$port"

desk_start
postdesk check || fail "check is not content"
echo "Hello" | mail carol@example.net support@example.com "By the lines" \
	"Authentication-Results: mail.example.com; dmarc=pass header.from=example.net" |
	pf_send "$PF_PORT" carol@example.net support@example.com || fail "not taken"
check "no ticket" pf_wait 20 has_tickets 1
check "no notification" pf_wait 20 pf_has anna@example.com 1
postdesk show 1 --raw >"$work/raw"
grep -q "^Authentication-Results" "$work/raw" && fail "a mail brought its own proof"
grep -q "with ESMTP id [0-9A-Za-z]\{12,\}" "$work/raw" || fail "no long queue-id"
reply_to=$(field "$(pf_mails anna@example.com | tail -1)" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
echo "Hello Carol" | mail anna@example.com "$reply_to" "Re: By the lines" |
	pf_send "$PF_AGENTS_PORT" anna@example.com "$reply_to" || fail "not taken"
check "no answer" pf_wait 20 pf_has carol@example.net 1
grep -q "queue-id=[0-9A-Za-z]\{12,\}" "$work/postdeskd.out" || fail "no queue-id in the log"
desk_stop || fail "did not end well"
