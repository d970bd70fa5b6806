#!/bin/bash
# A private ejabberd in one folder, in Prosody's place: sourced by end-to-end tests of chats with CHAT_SERVER=ejabberd. The
# functions are those of prosody.sh under another name, and set the variables that tests of chats know (PROSODY_CLIENTS,
# PROSODY_COMPONENTS, PROSODY_HTTP, PROSODY_FILES, PROSODY_SECRET, PROSODY_LOG). The component and the anonymous host are
# configured as postdesk-chat(7) says.

ejabberd_programs() {
	ejabberd_code=$(ls -d /usr/lib/*/ejabberd-*/ebin /usr/lib/ejabberd*/ebin /usr/lib/erlang/lib/ejabberd-*/ebin 2>/dev/null | head -1)
	if ! command -v erl >/dev/null || [ -z "$ejabberd_code" ]; then
		echo "ejabberd is not installed: nothing was tried with it"
		exit 77
	fi
}

ejabberd_prepare() {
	ejabberd_dir=$1
	local component=$2
	mkdir -p "$ejabberd_dir/mnesia" "$ejabberd_dir/upload" "$ejabberd_dir/log"
	PROSODY_CLIENTS=$(pf_free_port)
	PROSODY_COMPONENTS=$(pf_free_port)
	PROSODY_HTTP=$(pf_free_port)
	PROSODY_FILES=http://127.0.0.1:$PROSODY_HTTP/upload/
	PROSODY_SECRET=$ejabberd_dir/secret
	PROSODY_LOG=$ejabberd_dir/log/ejabberd.log
	ejabberd_users=
	echo "s3cret" >"$PROSODY_SECRET"
	cat >"$ejabberd_dir/ejabberd.yml" <<-END
		hosts:
		  - "chat.example.com"
		  - "visitors.example.com"
		loglevel: info
		auth_method: internal
		listen:
		  -
		    port: $PROSODY_CLIENTS
		    ip: "127.0.0.1"
		    module: ejabberd_c2s
		  -
		    port: $PROSODY_COMPONENTS
		    ip: "127.0.0.1"
		    module: ejabberd_service
		    hosts:
		      "$component":
		        password: "$(cat "$PROSODY_SECRET")"
		  -
		    port: $PROSODY_HTTP
		    ip: "127.0.0.1"
		    module: ejabberd_http
		    request_handlers:
		      /upload: mod_http_upload
		host_config:
		  "visitors.example.com":
		    auth_method: anonymous
		    allow_multiple_connections: true
		    anonymous_protocol: sasl_anon
		access_rules:
		  everybody:
		    allow: all
		modules:
		  mod_disco:
		    extra_domains: ["upload.example.com"]
		  mod_roster: {}
		  mod_ping: {}
		  mod_carboncopy: {}
		  mod_offline: {}
		  mod_stream_mgmt: {}
		append_host_config:
		  "chat.example.com":
		    modules:
		      mod_http_upload:
		        hosts: ["upload.example.com"]
		        docroot: "$ejabberd_dir/upload"
		        put_url: "http://127.0.0.1:$PROSODY_HTTP/upload"
		        access: everybody
	END
	chmod 755 "$ejabberd_dir"
	[ "$(id -u)" -ne 0 ] || chown -R ejabberd: "$ejabberd_dir"
}

ejabberd_user() {
	ejabberd_users="$ejabberd_users ejabberd_auth:try_register(<<\"$1\">>, <<\"chat.example.com\">>, <<\"$2\">>),"
}

ejabberd_answers() {
	(exec 3<>"/dev/tcp/127.0.0.1/$PROSODY_CLIENTS") 2>/dev/null &&
		(exec 3<>"/dev/tcp/127.0.0.1/$PROSODY_COMPONENTS") 2>/dev/null && [ -e "$ejabberd_dir/mnesia/ready" ]
}

# Without a node name: no epmd, and nobody can reach it but by its ports.
ejabberd_start() {
	local as=
	[ "$(id -u)" -ne 0 ] || as="setpriv --reuid ejabberd --regid ejabberd --clear-groups"
	rm -f "$ejabberd_dir/mnesia/ready"
	HOME=$ejabberd_dir ERL_LIBS=${ejabberd_code%/*/*} ERL_CRASH_DUMP=/dev/null EJABBERD_CONFIG_PATH=$ejabberd_dir/ejabberd.yml \
		EJABBERD_LOG_PATH=$PROSODY_LOG $as erl -noinput -pa "$ejabberd_code" -mnesia dir "\"$ejabberd_dir/mnesia\"" -s ejabberd \
		-eval "$ejabberd_users file:write_file(\"$ejabberd_dir/mnesia/ready\", <<>>)." >>"$ejabberd_dir/out" 2>&1 &
	ejabberd_pid=$!
	pf_wait 60 ejabberd_answers
}

ejabberd_stop() {
	if [ -n "${ejabberd_pid:-}" ]; then
		kill "$ejabberd_pid" 2>/dev/null
		wait "$ejabberd_pid" 2>/dev/null
	fi
	ejabberd_pid=
}
