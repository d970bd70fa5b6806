#!/bin/bash
# What agents need to log in at the private Postfix's submission service: passwords, which a private Dovecot checks,
# and certificates. Sourced after postfix.sh; the Postfix is prepared.
#
#   pf_certificate           gives the Postfix a key and a certificate, made here
#   pf_passwords NAME...     starts Dovecot; each NAME's password is "secret of NAME"
#   pf_passwords_stop        ends it
#   pf_client_certificate NAME FILE [AUTHORITY]   makes a certificate for a client of that name, of an authority that
#                            the Postfix trusts; of another AUTHORITY, it does not

pf_make_key() {
	openssl req -quiet -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 "$@" 2>/dev/null ||
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 "$@" 2>/dev/null
}

# Before pf_apply, which keeps what main.own says.
pf_certificate() {
	local etc=$PF_DIR/etc
	pf_make_key -subj /CN=mail.example.com -keyout "$etc/server.key" -out "$etc/server.crt" &&
		cat "$etc/server.key" "$etc/server.crt" >"$etc/server.pem" &&
		pf_make_key -subj "/CN=Example authority" -keyout "$etc/authority.key" -out "$etc/authority.crt" || return 1
	chmod 600 "$etc"/*.key "$etc/server.pem"
	cat >>"$etc/main.own" <<-END
		smtpd_tls_chain_files = $etc/server.pem
		smtpd_tls_CAfile = $etc/authority.crt
	END
	cp "$etc/main.own" "$etc/main.cf"
}

pf_client_certificate() {
	local authority=${3:-$PF_DIR/etc/authority}
	[ -f "$authority.key" ] || pf_make_key -subj "/CN=Other authority" -keyout "$authority.key" -out "$authority.crt" || return 1
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "$2.key" -out "$2.csr" 2>/dev/null &&
		openssl x509 -req -in "$2.csr" -CA "$authority.crt" -CAkey "$authority.key" -CAcreateserial -days 30 \
			-out "$2.crt" 2>/dev/null && cat "$2.key" "$2.crt" >"$2"
}

pf_dovecot_conf() {
	local newer=
	case $(dovecot --version) in 2.[0-3].*) ;; *) newer=yes ;; esac
	[ -z "$newer" ] || printf 'dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n'
	cat <<-END
		base_dir = $PF_DIR/dovecot
		state_dir = $PF_DIR/dovecot
		log_path = $PF_DIR/dovecot.log
		protocols =
		ssl = no
		auth_mechanisms = plain login
		default_internal_user = postfix
		default_login_user = postfix
	END
	if [ -n "$newer" ]; then
		printf 'auth_allow_cleartext = yes\npassdb passwd-file {\n  passwd_file_path = %s\n}\n' "$PF_DIR/passwords"
	else
		printf 'disable_plaintext_auth = no\npassdb {\n  driver = passwd-file\n  args = %s\n}\n' "$PF_DIR/passwords"
	fi
	cat <<-END
		service auth {
		  unix_listener $PF_DIR/spool/private/auth {
		    mode = 0660
		    user = postfix
		  }
		}
	END
}

pf_passwords() {
	local name
	mkdir -p "$PF_DIR/dovecot" "$PF_DIR/spool/private"
	chown postfix "$PF_DIR/spool/private"
	chmod 700 "$PF_DIR/spool/private"
	for name; do
		echo "$name:{PLAIN}secret of $name"
	done >"$PF_DIR/passwords"
	chown postfix "$PF_DIR/passwords"
	chmod 600 "$PF_DIR/passwords"
	pf_dovecot_conf >"$PF_DIR/dovecot.conf"
	dovecot -c "$PF_DIR/dovecot.conf" </dev/null >"$PF_DIR/dovecot.out" 2>&1
	pf_wait 20 test -S "$PF_DIR/spool/private/auth" || {
		cat "$PF_DIR/dovecot.out" "$PF_DIR/dovecot.log" >&2
		return 1
	}
}

pf_passwords_stop() {
	local pid
	[ -f "${PF_DIR:-}/dovecot/master.pid" ] && read -r pid <"$PF_DIR/dovecot/master.pid" || return 0
	kill "$pid" 2>/dev/null
	gone() { ! kill -0 "$pid" 2>/dev/null; }
	pf_wait 10 gone
}
