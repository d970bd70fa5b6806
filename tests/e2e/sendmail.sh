#!/bin/bash
# The other way out: submit = sendmail:PATH, with Postfix's own program; the acknowledgement's null sender too.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
cat >"$work/sendmail" <<-END
	#!/bin/sh
	exec $(command -v sendmail || echo /usr/sbin/sendmail) -C "$PF_DIR/etc" "\$@"
END
chmod 755 "$work/sendmail"
sed -i -e "s|^submit = .*|submit = sendmail:$work/sendmail|" -e 's/^name = Example Support/&\nacknowledge = yes/' \
	"$work/postdesk.conf"
desk_start
printf 'First line\n.\nFrom the third line on\n' | mail carol@example.net support@example.com "By sendmail" |
	pf_send "$PF_PORT" carol@example.net support@example.com || fail "not taken"
check "no acknowledgement" pf_wait 20 pf_has carol@example.net 1
check_equal "its envelope sender" "$(field "$(pf_mails carol@example.net | tail -1)" Return-Path)" "<>"
check "no notification" pf_wait 20 pf_has anna@example.com 1
notification=$(pf_mails anna@example.com | tail -1)
grep -qx "\.*" <(sed -n '/First line/,/From the third/p' "$notification" | sed -n 2p) || fail "the line of a dot is lost"
case $(field "$notification" Return-Path) in
"<support+b"*"@example.com>") ;;
*) fail "envelope sender: $(field "$notification" Return-Path)" ;;
esac
grep -q "$(printf '\r')" "$notification" && fail "carriage returns in the mail"
drained() { [ "$(postdesk outbox --json | wc -l)" -eq 0 ]; }
check "the outbox was not drained" pf_wait 20 drained
desk_stop || fail "did not end well"
