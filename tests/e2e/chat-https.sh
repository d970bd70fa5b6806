#!/bin/bash
# Files that are shared in a chat from a server that speaks HTTPS, found by its name: fetched where its certificate is good for
# that name and comes from an authority of this machine, and not otherwise. Authority and name are this test's own: it runs in
# a mount namespace, in which they stand in /etc.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
authorities=/etc/ssl/certs/ca-certificates.crt
if [ -z "${CHAT_HTTPS_INSIDE:-}" ]; then
	if ! [ -x "$(dirname "$POSTDESKD")/postdesk-fetch" ] || ! command -v openssl >/dev/null || ! [ -f $authorities ]; then
		echo "postdesk was built without libcurl, or there is no openssl, or no $authorities"
		exit 77
	fi
	if ! unshare -m true 2>/dev/null; then
		echo "no mount namespace: not root"
		exit 77
	fi
	export top_srcdir CHAT_HTTPS_INSIDE=yes
	exec unshare -m --propagation private "$BASH" "$0"
fi
. "$top_srcdir/tests/lib/desk.sh"
. "$top_srcdir/tests/lib/chat.sh"

desk=support@desk.example.com
CHAT_BOB=s/x/x/ chat_begin

# --- authorities and certificates ---
authority() { # NAME
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.crt" 2>/dev/null
}
certificate() { # NAME AUTHORITY HOST DAYS
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.csr" 2>/dev/null
	openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.crt" -CAkey "$work/$2.key" -CAcreateserial -days "$4" \
		-extfile <(echo "subjectAltName=DNS:$3") -out "$work/$1.crt" 2>/dev/null
}
check "no authority" authority known
check "no authority" authority unknown
check "no certificate" certificate good known upload.test 1
check "no certificate" certificate stranger unknown upload.test 1
check "no certificate" certificate other known elsewhere.test 1
check "no certificate" certificate old known upload.test -1
cat /etc/hosts - >"$work/hosts" <<<'127.0.0.1 upload.test'
cat $authorities "$work/known.crt" >"$work/authorities"
chmod 644 "$work/hosts" "$work/authorities"
check "no names" mount --bind "$work/hosts" /etc/hosts
check "no authorities" mount --bind "$work/authorities" $authorities

files=
for name in good stranger other old; do
	python3 "$top_srcdir/tests/lib/upload.py" "$work/$name.port" "$work/$name.log" "$work/$name.crt" "$work/$name.key" &
	client_pids="${client_pids:-} $!"
	check "no server" pf_wait 20 [ -s "$work/$name.port" ]
	files="${files:+$files;}https://upload.test:$(cat "$work/$name.port")/up/"
done
sed -i "s|^transcript = yes|&\nfiles = $files|" "$work/postdesk.conf"
chat_start
client anna pw-anna
client carol pw-carol

has_file() { postdesk attachments 1 --json | grep -q "\"name\": *\"$1\""; }
says() { postdesk show 1 | grep -q -- "$1"; }
order carol "say $desk https://upload.test:$(cat "$work/good.port")/up/good/a.png"
check "a file of a good server is not there" pf_wait 30 has_file a.png
check_equal "the file" "$(postdesk fetch 1 1)" '<script>alert(1)</script> of a.png'
for name in stranger other old; do
	order carol "say $desk https://upload.test:$(cat "$work/$name.port")/up/good/$name.png"
	check "nothing is said of the server $name" pf_wait 30 says "The file $name.png was not fetched"
	has_file "$name.png" && fail "a file of the server $name was taken"
	[ -s "$work/$name.log" ] && fail "the server $name was asked: $(cat "$work/$name.log")"
done
check "the daemon ends badly" desk_stop
