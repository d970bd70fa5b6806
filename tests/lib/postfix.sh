#!/bin/bash
# A private Postfix in one folder, beside whatever the machine runs: sourced by end-to-end tests and by
# contrib/quickstart. Touches neither /etc/postfix nor any service; needs root, since Postfix does.
#
#   pf_prepare DIR    makes its files; afterwards
#     $PF_PORT          the listener for the world (127.0.0.1)
#     $PF_AGENTS_PORT   a listener for agents whose mail a DMARC filter has judged: what comes in here gets
#                       "Authentication-Results: mail.example.com; dmarc=pass header.from=example.com" where it is
#                       from example.com (elsewhere fields of that name are taken out)
#     $PF_SUBMISSION_PORT   the submission service. Where the lines have none, nobody can log in there
#     $PF_DESK_PORT     where the listener for postdesk's own mail is to be
#     $PF_LMTP          the socket where mail for the desk is brought (unix:PATH)
#     $PF_MILTER        the milter's socket (unix:PATH)
#     $PF_MAIL          Maildirs: $PF_MAIL/ADDRESS/new
#     $PF_LOG           the log
#   pf_apply FILE     puts the lines of "postdesk postfix" in place, as they are, in place of services of the same name
#   pf_start          starts it, or reloads what runs
#   pf_stop           stops it (the folder stays)
#   pf_postdesk POSTDESK CONF    "postdesk postfix" for this Postfix
#   pf_send PORT FROM TO... <MAIL   sends a mail by SMTP; prints the last
#                     reply; 1: it was not accepted. With PF_LOGIN, as a client that has logged in so, where the
#                     listener believes XCLIENT. With PF_USER and PF_PASSWORD it logs in, and with PF_CERTIFICATE (a
#                     file with key and certificate) it shows that; both by TLS.
#   pf_wait SECONDS COMMAND...      until the command succeeds
#   pf_wait_queue SECONDS COMMAND...   the same, while Postfix tries again what waits in its queue: for what must come
#                     after an attempt has failed
#   pf_mails ADDRESS  prints the files in the Maildir, oldest first
#   pf_deferred       prints how many mails wait in the queue
#
# Variables before pf_prepare: PF_DESK, the desk's addresses (support@example.com sales@example.com); PF_BOXES,
# addresses with a Maildir (@example.net: all of the domain, into one).

PF_DESK=${PF_DESK:-support@example.com sales@example.com}
PF_BOXES=${PF_BOXES:-anna@example.com bob@example.com carol@example.net dave@example.net @example.org}
PF_UID=${PF_UID:-23231}

# A port on loopback where nobody listens.
pf_free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 12000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo $port
}

pf_main_cf() {
	cat <<-END
		compatibility_level = 3.6
		queue_directory = $PF_DIR/spool
		data_directory = $PF_DIR/data
		maillog_file = $PF_LOG
		maillog_file_prefixes = /
		multi_instance_enable = yes
		multi_instance_name = postfix-postdesk
		syslog_name = postfix
		myhostname = mail.example.com
		mydestination =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		smtpd_relay_restrictions = permit_mynetworks, reject
		smtpd_peername_lookup = no
		smtpd_client_connection_count_limit = 0
		smtpd_client_connection_rate_limit = 0
		smtpd_client_message_rate_limit = 0
		smtpd_client_recipient_rate_limit = 0
		local_recipient_maps =
		local_transport = error:5.1.1 no local mail here
		default_transport = error:5.4.4 nothing leaves this private network
		alias_maps =
		alias_database =
		virtual_mailbox_domains = texthash:$PF_DIR/etc/domains
		virtual_mailbox_maps = texthash:$PF_DIR/etc/boxes
		virtual_mailbox_base = $PF_MAIL
		virtual_minimum_uid = 100
		virtual_uid_maps = static:$PF_UID
		virtual_gid_maps = static:$PF_UID
		mailbox_size_limit = 0
		virtual_mailbox_limit = 0
		queue_run_delay = 1s
		minimal_backoff_time = 1s
		maximal_backoff_time = 2s
		transport_retry_time = 1s
		in_flow_delay = 0s
		lmtp_connect_timeout = 5s
		smtp_destination_concurrency_limit = 20
		notify_classes =
	END
}

pf_master_cf() {
	cat <<-END
		127.0.0.1:$PF_PORT inet n - y - - smtpd
		127.0.0.1:$PF_AGENTS_PORT inet n - n - - smtpd
		  -o cleanup_service_name=agents-cleanup
		127.0.0.1:$PF_SUBMISSION_PORT inet n - y - - smtpd
		  -o syslog_name=postfix/submission
		  -o smtpd_relay_restrictions=reject
		agents-cleanup unix n - n - 0 cleanup
		  -o header_checks=regexp:$PF_DIR/etc/agents_header_checks
		pickup unix n - n 60 1 pickup
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		tlsmgr unix - - n 1000? 1 tlsmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		verify unix - - n - 1 verify
		flush unix n - n 1000? 0 flush
		proxymap unix - - n - - proxymap
		smtp unix - - n - - smtp
		showq unix n - n - - showq
		error unix - - n - - error
		retry unix - - n - - error
		discard unix - - n - - discard
		local unix - n n - - local
		virtual unix - n n - - virtual
		anvil unix - - n - 1 anvil
		scache unix - - n - 1 scache
		postlog unix-dgram n - n - 1 postlogd
	END
}

pf_maps() {
	local address
	for address in $PF_DESK $PF_BOXES; do
		echo "${address#*@} x"
	done | sort -u >"$PF_DIR/etc/domains"
	for address in $PF_BOXES; do
		echo "$address $address/"
	done >"$PF_DIR/etc/boxes"
	for address in $PF_DESK; do
		echo "$address $address/"
	done >>"$PF_DIR/etc/boxes"
	cat >"$PF_DIR/etc/agents_header_checks" <<-'END'
		/^Authentication-Results:/ IGNORE
		/^From:.*@example\.com>?[[:space:]]*$/ PREPEND Authentication-Results: mail.example.com; dmarc=pass header.from=example.com
	END
}

pf_prepare() {
	local group
	PF_DIR=$1
	PF_LOG=$PF_DIR/mail.log
	PF_MAIL=$PF_DIR/mail
	PF_LMTP=unix:$PF_DIR/spool/postdesk/lmtp
	PF_MILTER=unix:$PF_DIR/spool/postdesk/milter
	PF_PORT=${PF_PORT:-$(pf_free_port)}
	PF_AGENTS_PORT=${PF_AGENTS_PORT:-$(pf_free_port)}
	PF_DESK_PORT=${PF_DESK_PORT:-$(pf_free_port)}
	PF_SUBMISSION_PORT=${PF_SUBMISSION_PORT:-$(pf_free_port)}
	if [ "$(id -u)" -ne 0 ]; then
		echo "Postfix needs root" >&2
		return 1
	fi
	mkdir -p "$PF_DIR/etc" "$PF_DIR/spool/postdesk" "$PF_DIR/data" "$PF_MAIL"
	chmod 755 "$PF_DIR" "$PF_DIR/etc" "$PF_DIR/spool"
	chown root "$PF_DIR/spool"
	chown postfix "$PF_DIR/data"
	chmod 700 "$PF_DIR/data"
	chown "$PF_UID:$PF_UID" "$PF_MAIL"
	chmod 700 "$PF_MAIL"
	# The socket gets the folder's group, so that Postfix's lmtp client may connect.
	group=$(id -gn postfix)
	chgrp "$group" "$PF_DIR/spool/postdesk"
	chmod 2750 "$PF_DIR/spool/postdesk"
	cp /etc/postfix/dynamicmaps.cf "$PF_DIR/etc/" 2>/dev/null
	pf_main_cf >"$PF_DIR/etc/main.cf"
	pf_master_cf >"$PF_DIR/etc/master.cf"
	cp "$PF_DIR/etc/main.cf" "$PF_DIR/etc/main.own"
	cp "$PF_DIR/etc/master.cf" "$PF_DIR/etc/master.own"
	pf_maps
}

pf_postdesk() {
	MAIL_CONFIG=$PF_DIR/etc "$1" -c "$2" postfix
}

# Each part of the lines goes where its heading says.
pf_apply() {
	local etc=$PF_DIR/etc lines
	rm -f "$etc"/lines.*
	awk -v lines="$etc/lines." '
		/^# main.cf/ { part = "main"; next }
		/^# master.cf/ { part = "master"; next }
		/^# .*\/postdesk-transport:/ { part = "transport"; next }
		/^# .*\/postdesk-headers:/ { part = "headers"; next }
		part != "" { print > (lines part) }
	' "$1" || return 1
	cp "$etc/main.own" "$etc/main.cf"
	grep -v '^#' "$etc/lines.main" | grep . >"$etc/lines.set"
	mapfile -t lines <"$etc/lines.set"
	postconf -c "$etc" -e "${lines[@]}" || return 1
	awk '
		/^[^ #]/ && FNR == NR { new[$1 " " $2] }
		FNR == NR { next }
		/^[^ ]/ { skip = ($1 " " $2) in new }
		!skip
	' "$etc/lines.master" "$etc/master.own" | cat - "$etc/lines.master" >"$etc/master.cf"
	[ ! -f "$etc/lines.headers" ] || cp "$etc/lines.headers" "$etc/postdesk-headers"
	# An address that the desk does not know is brought to it all the same.
	for address in $PF_DESK; do
		grep -q "^$address[[:space:]]" "$etc/lines.transport" || echo "$address postdesk:unix:postdesk/lmtp"
	done | cat "$etc/lines.transport" - >"$etc/postdesk-transport"
	postmap -c "$etc" "$(postconf -c "$etc" -h default_database_type):$etc/postdesk-transport"
}

pf_start() {
	if postfix -c "$PF_DIR/etc" status >/dev/null 2>&1; then
		postfix -c "$PF_DIR/etc" reload >"$PF_DIR/start.log" 2>&1
	elif ! postfix -c "$PF_DIR/etc" start >"$PF_DIR/start.log" 2>&1; then
		cat "$PF_DIR/start.log" "$PF_LOG" >&2
		return 1
	fi
	pf_wait 20 pf_answers "$PF_PORT" && pf_wait 20 pf_answers "$PF_DESK_PORT"
}

pf_answers() {
	local line
	exec 9<>"/dev/tcp/127.0.0.1/$1" || return 1
	read -r -t 5 line <&9
	exec 9<&-
	case $line in 220*) return 0 ;; *) return 1 ;; esac
} 2>/dev/null

pf_stop() {
	[ -n "${PF_DIR:-}" ] && [ -f "$PF_DIR/etc/main.cf" ] || return 0
	postfix -c "$PF_DIR/etc" stop >/dev/null 2>&1
}

pf_wait() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

# A mail that the queue manager meets before the last attempt has let go of it ("skipped, still being delivered") rests
# for 5 minutes, whatever else is configured, unless the queue is flushed. That may meet it so again.
pf_wait_queue() {
	local end=$((SECONDS + $1)) flushed=-1
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		[ $SECONDS -eq $flushed ] || postqueue -c "$PF_DIR/etc" -f
		flushed=$SECONDS
		sleep 0.1
	done
}

# One reply of the server, from descriptor 7; its last line in $pf_reply.
pf_reply() {
	pf_reply=
	while read -r -t 60 pf_reply <&7; do
		pf_reply=${pf_reply%$'\r'}
		case $pf_reply in [0-9][0-9][0-9]-*) ;; *) break ;; esac
	done
	case $pf_reply in [23]*) return 0 ;; *) return 1 ;; esac
}

pf_command() {
	printf '%s\r\n' "$1" >&8
	pf_reply
}

# Descriptors 7, to read, and 8, to write; the client has said EHLO.
pf_connect() {
	local options=()
	if [ -z "${PF_USER:-}${PF_CERTIFICATE:-}" ]; then
		exec 8<>"/dev/tcp/127.0.0.1/$1" || return 1
		exec 7<&8
		pf_reply && pf_command "EHLO client.example.net"
		return
	fi
	[ -z "${PF_CERTIFICATE:-}" ] || options=(-cert "$PF_CERTIFICATE" -key "$PF_CERTIFICATE")
	coproc pf_client { exec openssl s_client -quiet -starttls smtp "${options[@]}" -connect "127.0.0.1:$1" 2>/dev/null; }
	exec 7<&"${pf_client[0]}" 8>&"${pf_client[1]}"
	pf_command "EHLO client.example.net"
}

pf_login() {
	if [ -n "${PF_LOGIN:-}" ]; then
		pf_command "XCLIENT LOGIN=$PF_LOGIN" && pf_command "EHLO client.example.net"
	elif [ -n "${PF_USER:-}" ]; then
		pf_command "AUTH PLAIN $(printf '\0%s\0%s' "$PF_USER" "$PF_PASSWORD" | base64 -w0)"
	fi
}

pf_send() {
	local port=$1 from=$2 recipient status=0
	shift 2
	pf_reply=
	if ! pf_connect "$port" && [ -z "$pf_reply" ]; then
		echo "nobody listens at port $port"
		return 1
	fi
	case $pf_reply in 2*) ;; *) status=1 ;; esac
	[ $status -eq 0 ] && pf_login && pf_command "MAIL FROM:<$from>" || status=1
	for recipient; do
		[ $status -eq 0 ] && { pf_command "RCPT TO:<$recipient>" || status=1; }
	done
	if [ $status -eq 0 ] && pf_command DATA; then
		awk '{ sub(/\r$/, ""); sub(/^[.]/, ".."); printf "%s\r\n", $0 }' >&8
		pf_command . || status=1
	else
		status=1
		cat >/dev/null
	fi
	echo "$pf_reply"
	printf 'QUIT\r\n' >&8
	exec 7<&- 8<&-
	return $status
} 2>/dev/null

pf_mails() {
	local folder=$PF_MAIL/$1
	# Those of a whole domain lie together.
	[ -d "$folder" ] || folder=$PF_MAIL/@${1#*@}
	find "$folder/new" -type f -printf '%T@ %p\n' 2>/dev/null | sort -n | cut -d' ' -f2- |
		while read -r file; do
			[ "${folder##*/}" = "$1" ] || grep -qix "Delivered-To: $1" "$file" || continue
			echo "$file"
		done
}

# At least so many mails in the Maildir.
pf_has() {
	[ "$(pf_mails "$1" | wc -l)" -ge "$2" ]
}

pf_deferred() {
	postqueue -c "$PF_DIR/etc" -j 2>/dev/null | wc -l
}
