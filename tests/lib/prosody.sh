#!/bin/bash
# A private Prosody in one folder: sourced by end-to-end tests of chats and by contrib/quickstart, after postfix.sh.
#
#   prosody_prepare DIR COMPONENT   its configuration; afterwards
#     $PROSODY_CLIENTS     the port for clients (plain text, loopback alone)
#     $PROSODY_COMPONENTS  the port for components
#     $PROSODY_HTTP        the port for BOSH and WebSocket
#     $PROSODY_FILES       what the URLs of shared files begin with
#     $PROSODY_SECRET      a file with the component's secret
#     $PROSODY_LOG         the log
#   prosody_user NAME PASSWORD      NAME@chat.example.com
#   prosody_start, prosody_stop
#
# The hosts: chat.example.com (registered), visitors.example.com (anonymous), and the component.

prosody_prepare() {
	PROSODY_DIR=$1
	local component=$2
	mkdir -p "$PROSODY_DIR/data"
	PROSODY_CLIENTS=$(pf_free_port)
	PROSODY_COMPONENTS=$(pf_free_port)
	PROSODY_HTTP=$(pf_free_port)
	PROSODY_FILES=http://127.0.0.1:$PROSODY_HTTP/file_share/
	PROSODY_SECRET=$PROSODY_DIR/secret
	PROSODY_LOG=$PROSODY_DIR/prosody.log
	echo "s3cret" >"$PROSODY_SECRET"
	cat >"$PROSODY_DIR/prosody.cfg.lua" <<-END
		pidfile = "$PROSODY_DIR/prosody.pid"
		data_path = "$PROSODY_DIR/data"
		log = { info = "$PROSODY_LOG" }
		interfaces = { "127.0.0.1" }
		c2s_ports = { $PROSODY_CLIENTS }
		c2s_direct_tls_ports = { }
		s2s_ports = { }
		s2s_direct_tls_ports = { }
		component_ports = { $PROSODY_COMPONENTS }
		component_interfaces = { "127.0.0.1" }
		http_ports = { $PROSODY_HTTP }
		http_interfaces = { "127.0.0.1" }
		https_ports = { }
		modules_enabled = { "roster", "saslauth", "disco", "ping", "time", "carbons", "pep", "vcard_legacy", "blocklist",
			"bosh", "websocket",
			${PROSODY_MODULES:-} }
		modules_disabled = { "s2s", "tls"${PROSODY_DISABLED-, \"offline\"} }
		allow_unencrypted_plain_auth = true
		c2s_require_encryption = false
		consider_bosh_secure = true
		consider_websocket_secure = true
		cross_domain_bosh = true
		cross_domain_websocket = true
		authentication = "internal_plain"
		disco_items = { { "upload.example.com", "Files" } }
		limits = { }
		${PROSODY_OPTIONS:-}
		VirtualHost "chat.example.com"
		VirtualHost "visitors.example.com"
			authentication = "anonymous"
		Component "upload.example.com" "http_file_share"
			http_host = "127.0.0.1"
			http_external_url = "http://127.0.0.1:$PROSODY_HTTP/"
			http_file_share_access = { "chat.example.com", "visitors.example.com" }
		Component "$component"
			component_secret = "$(cat "$PROSODY_SECRET")"
			validate_from_addresses = true
	END
	if [ "$(id -u)" -eq 0 ]; then
		chown -R prosody: "$PROSODY_DIR"
		chmod 755 "$PROSODY_DIR"
	fi
}

# In a process of its own, which it becomes.
prosody_as() {
	if [ "$(id -u)" -eq 0 ]; then
		exec setpriv --reuid prosody --regid prosody --clear-groups "$@"
	else
		exec "$@"
	fi
}

prosody_user() {
	local dir=$PROSODY_DIR/data/chat%2eexample%2ecom/accounts
	mkdir -p "$dir"
	printf 'return {\n\t["password"] = "%s";\n};\n' "$2" >"$dir/$1.dat"
	if [ "$(id -u)" -eq 0 ]; then
		chown -R prosody: "$PROSODY_DIR/data"
	fi
}

prosody_answers() {
	(exec 3<>"/dev/tcp/127.0.0.1/$PROSODY_CLIENTS") 2>/dev/null &&
		(exec 3<>"/dev/tcp/127.0.0.1/$PROSODY_COMPONENTS") 2>/dev/null
}

prosody_start() {
	prosody_as prosody --config "$PROSODY_DIR/prosody.cfg.lua" -F >>"$PROSODY_DIR/prosody.out" 2>&1 &
	prosody_pid=$!
	pf_wait 30 prosody_answers
}

prosody_has_ended() {
	case $(sed -n 's/^State:[[:space:]]*//p' "/proc/$prosody_pid/status" 2>/dev/null) in
	'' | Z*) ;;
	*) return 1 ;;
	esac
}

# With thousands of connections it may take its time.
prosody_stop() {
	if [ -n "${prosody_pid:-}" ]; then
		kill "$prosody_pid" 2>/dev/null
		pf_wait 10 prosody_has_ended || kill -9 "$prosody_pid" 2>/dev/null
		wait "$prosody_pid" 2>/dev/null
	fi
	prosody_pid=
}
