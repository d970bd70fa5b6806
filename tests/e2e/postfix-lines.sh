#!/bin/bash
# The lines that `postdesk postfix` prints make a Postfix that works with the desk, as they are: every test here has
# its Postfix from them (pf_apply). This one looks at what the others do not: that Postfix finds nothing odd in them,
# that they stay the same when they are there already, and that each of them does its work.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin_with_logins
etc=$PF_DIR/etc
postconf -c "$etc" 2>&1 >/dev/null | grep -i warning && fail "Postfix warns of a parameter"
postfix -c "$etc" check >"$work/told" 2>&1 || fail "postfix check: $(cat "$work/told")"
grep 'unused parameter\|using the last' "$PF_LOG" && fail "Postfix warns"

# Once more, now that they are there: nothing is added twice, and no order changes.
pf_postdesk "$POSTDESK" "$work/postdesk.conf" >"$work/again" || fail "postdesk postfix"
is_main() { sed '/^# master.cf/,$d' "$1" | grep -v '^#' | sort; }
diff <(is_main "$work/lines" | grep -v '^\(message_size\|.*mailbox.*\)_limit = ') <(is_main "$work/again") || fail "the lines differ once they are there"

# Sockets are named from the queue directory, since these services stand in a chroot; other milters keep their place.
service() { postconf -c "$etc" -P "$1" | sed 's/.* = //'; }
check_equal "the SMTP server's chroot" "$(postconf -c "$etc" -F "127.0.0.1:$submission/inet/chroot" | sed 's/.* = //')" y
check_equal "the submission's milters" "$(service "127.0.0.1:$submission/inet/smtpd_milters")" unix:postdesk/milter
check_equal "the desk's milters" "$(service "127.0.0.1:$PF_DESK_PORT/inet/smtpd_milters")" unix:postdesk/milter
check_equal "the desk's name" "$(service "127.0.0.1:$PF_DESK_PORT/inet/milter_macro_daemon_name")" postdesk
cp "$etc/main.cf" "$work/main.cf"
postconf -c "$etc" -e "smtpd_milters = inet:127.0.0.1:8891, { unix:postdesk/milter, default_action = accept }" \
	"content_filter = smtp:[127.0.0.1]:10124"
pf_postdesk "$POSTDESK" "$work/postdesk.conf" >"$work/others"
grep -q "^smtpd_milters = unix:postdesk/milter, inet:127.0.0.1:8891$" "$work/others" || fail "smtpd_milters: $(cat "$work/others")"
sed -n '/ -o milter_macro_daemon_name/,/^[^ ]/p' "$work/others" | grep -q -- "-o smtpd_milters=inet:127.0.0.1:8891,unix:postdesk/milter$" ||
	fail "the milter is not the last of the desk's listener"
sed -n '/^127.0.0.1:10125/,/^[^ ]/p' "$work/others" | grep -q -- "-o smtpd_milters=$" || fail "no listener for what the content filter brings back"
cp "$work/main.cf" "$etc/main.cf"

desk_start
pf_postdesk "$POSTDESK" "$work/postdesk.conf" >/dev/null || fail "postdesk postfix"
MAIL_CONFIG=$etc postdesk check || fail "check is not content"
echo "Hello" | mail carol@example.net support@example.com "By the lines" \
	"Authentication-Results: mail.example.com; dmarc=pass header.from=example.net" \
	"Authentication-Results: other.example.org; dmarc=pass header.from=example.net" |
	pf_send "$PF_PORT" carol@example.net support@example.com || fail "not taken"
check "no ticket" pf_wait 20 has_tickets 1
check "no notification" pf_wait 20 pf_has anna@example.com 1
postdesk show 1 --raw >"$work/raw"
grep -q "^Authentication-Results: mail" "$work/raw" && fail "a mail brought its own proof"
grep -q "^Authentication-Results: other" "$work/raw" || fail "another server's results were taken out"
grep -q "with ESMTP id [0-9A-Za-z]\{12,\}" "$work/raw" || fail "no long queue-id"
reply_to=$(field "$(pf_mails anna@example.com | tail -1)" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
echo "Hello Carol" | mail anna@example.com "$reply_to" "Re: By the lines" |
	PF_USER=anna PF_PASSWORD="secret of anna" pf_send "$submission" anna@example.com "$reply_to" || fail "not taken"
check "no answer" pf_wait 20 pf_has carol@example.net 1
grep -q "queue-id=[0-9A-Za-z]\{12,\}" "$work/postdeskd.out" || fail "no queue-id in the log"
postdesk show 1 --json | grep -q '"proof": *"full"' || fail "the proof is not full"
# Nobody gets in without a password.
echo "Hello" | mail carol@example.net carol@example.net "No login" | pf_send "$submission" carol@example.net carol@example.net &&
	fail "taken without a login"

# A content filter behind it all, here one that passes on what it gets: the seal comes through, since what it brings
# back does not pass the milter.
filter=$(pf_free_port)
/usr/bin/python3 - "$filter" <<-'END' &
	import socket, sys, threading
	def pump(source, sink):
	    while data := source.recv(65536):
	        sink.sendall(data)
	    sink.shutdown(socket.SHUT_WR)
	listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
	while True:
	    client, _ = listener.accept()
	    server = socket.create_connection(("127.0.0.1", int(sys.argv[1]) + 1))
	    threading.Thread(target=pump, args=(client, server), daemon=True).start()
	    threading.Thread(target=pump, args=(server, client), daemon=True).start()
END
filter_pid=$!
end_filter() {
	local code=$?
	kill $filter_pid
	(exit $code)
	end
}
trap end_filter EXIT
printf 'content_filter = smtp:[127.0.0.1]:%s\nsmtp_line_length_limit = 0\n' "$filter" >>"$etc/main.own"
# What is asked of strangers is not asked of the desk and of the filter.
printf 'smtpd_%s_restrictions = reject\n' client helo sender relay recipient data end_of_data >>"$etc/main.own"
cp "$etc/main.own" "$etc/main.cf"
desk_postfix
grep -q "^127.0.0.1:$((filter + 1)) " "$work/lines" || fail "no listener for the filter"
check "nobody listens for the filter" pf_wait 20 pf_answers $((filter + 1))
{
	printf '#close\n\nHello Carol, again\n'
	printf '%3000s\n' end | tr ' ' x
} | mail anna@example.com "$reply_to" "Re: By the lines" | PF_USER=anna PF_PASSWORD="secret of anna" \
	pf_send "$submission" anna@example.com "$reply_to" || fail "not taken"
check "no second answer" pf_wait 20 pf_has carol@example.net 2
grep -q "relay=127.0.0.1\[127.0.0.1\]:$filter.*status=sent" "$PF_LOG" || fail "nothing went through the filter"
grep -q '^#yes' $(pf_mails anna@example.com) && fail "anna was asked"
postdesk list --json number:1 | grep -q '"status_kind": *"closed"' || fail "the command was not carried out"
desk_stop || fail "did not end well"
