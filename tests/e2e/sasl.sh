#!/bin/bash
# An agent proves itself by its password at submission: Postfix asks Dovecot, the milter is told the login. What a mail
# client shows of a refusal is what swaks prints here.
. "${top_srcdir:-.}/tests/lib/desk.sh"
for program in dovecot swaks; do
	if ! command -v $program >/dev/null; then
		echo "$program is not installed"
		exit 77
	fi
done
dovecot_pid=
end_all() {
	local code=$?
	[ -n "$dovecot_pid" ] && kill "$dovecot_pid" 2>/dev/null && wait "$dovecot_pid" 2>/dev/null
	(exit $code)
	end
}
begin
trap end_all EXIT

mkdir -p "$work/dovecot" "$PF_DIR/spool/private"
chmod 755 "$work/dovecot"
cat >"$work/passwords" <<-'END'
	anna:{PLAIN}secret of anna::::::
	b.berger:{PLAIN}secret of bob::::::
END
cat >"$work/dovecot.conf" <<-END
	base_dir = $work/dovecot
	state_dir = $work/dovecot
	log_path = $work/dovecot.log
	protocols =
	ssl = no
	disable_plaintext_auth = no
	auth_mechanisms = plain login
	passdb {
	  driver = passwd-file
	  args = scheme=plain username_format=%u $work/passwords
	}
	userdb {
	  driver = static
	  args = uid=$PF_UID gid=$PF_UID home=/nonexistent
	}
	service auth {
	  unix_listener $PF_DIR/spool/postdesk/auth {
	    mode = 0660
	    user = postfix
	  }
	}
END
dovecot -F -c "$work/dovecot.conf" </dev/null >"$work/dovecot.out" 2>&1 &
dovecot_pid=$!
check "Dovecot does not start" pf_wait 20 test -S "$PF_DIR/spool/postdesk/auth"

milter=$PF_DIR/spool/postdesk/milter
sed -i -e "s|^lmtp = .*|&\nmilter = unix:$milter|" -e 's|^name = Bob Berger|&\nlogin = b.berger|' "$work/postdesk.conf"
submission=$(pf_free_port)
# The world's listener gives no Authentication-Results here: nobody but the login vouches for an agent.
cat >>"$PF_DIR/etc/master.cf" <<-END
	127.0.0.1:$submission inet n - n - - smtpd
	  -o smtpd_sasl_auth_enable=yes
	  -o smtpd_sasl_type=dovecot
	  -o smtpd_sasl_path=postdesk/auth
	  -o smtpd_sasl_security_options=noanonymous
	  -o smtpd_tls_auth_only=no
	  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
	  -o smtpd_milters=unix:postdesk/milter
	  -o milter_default_action=tempfail
END
postconf -c "$PF_DIR/etc" -e lmtp_line_length_limit=0
postfix -c "$PF_DIR/etc" reload >/dev/null 2>&1
desk_start
check "the submission listener does not answer" pf_wait 20 pf_answers "$submission"

# as LOGIN PASSWORD FROM TO <MAIL: what a client gets told is in $work/told
as() {
	cat >"$work/mail.eml"
	swaks --server 127.0.0.1 --port "$submission" --auth PLAIN --auth-user "$1" --auth-password "$2" \
		--from "$3" --to "$4" --data "@$work/mail.eml" --suppress-data >"$work/told" 2>&1
}
state() {
	postdesk list --json "number:$1" | grep -o "\"$2\": *\"[^\"]*\"" | sed 's/.*: *"\(.*\)"/\1/'
}

mail "Carol Customer <carol@example.net>" support@example.com "Printer broken" <<<"It prints blank pages." |
	pf_send "$PF_PORT" carol@example.net support@example.com || fail "the customer's mail was not taken"
check "bob was not told" pf_wait 20 pf_has bob@example.com 1
notification=$(pf_mails bob@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
answered=$(field "$notification" Message-ID)

mail bob@example.com "$reply_to" "Re: Printer broken" <<<"Hello" | as b.berger wrong bob@example.com "$reply_to" &&
	fail "taken with a wrong password"
grep -q '^<\*\* 535 ' "$work/told" || fail "no 535: $(cat "$work/told")"

printf '#asign anna\n\nPlease restart it.\n' | mail bob@example.com "$reply_to" "Re: Printer broken" |
	as b.berger "secret of bob" bob@example.com "$reply_to" && fail "a wrong command was taken"
grep '^<\*\* 550 5.7.0 ' "$work/told" || fail "no refusal: $(cat "$work/told")"
grep -q '^<\*\* 550 5.7.0 .*Line 1.*#asign anna.*#assign' "$work/told" || fail "the refusal says something else"

# The login is another's name than the agent's, and that counts.
printf 'Hello\n' | mail anna@example.com support@example.com "Hello" |
	as b.berger "secret of bob" anna@example.com support@example.com && fail "bob wrote as anna"
grep '^<\*\* 550 5.7.1 ' "$work/told" || fail "no refusal: $(cat "$work/told")"

printf '#close\n\nPlease restart it.\n' | mail "Bob Berger <bob@example.com>" "$reply_to" "Re: Printer broken" \
	"In-Reply-To: $answered" | as b.berger "secret of bob" bob@example.com "$reply_to" ||
	fail "the right mail was refused: $(cat "$work/told")"
check "the customer got no answer" pf_wait 20 pf_has carol@example.net 1
check_equal "the status" "$(state 1 status_kind)" closed
check_equal "questions to bob" "$(grep -l '^#yes' $(pf_mails bob@example.com) | wc -l)" 0
postdesk show 1 --json | grep -q '"proof": *"full"' || fail "the proof is not full"
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
