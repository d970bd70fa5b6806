#!/bin/bash
# Signatures of registered keys, through Postfix and from the world: OpenPGP and S/MIME mail acts without a
# confirmation; with another body, another key, a removed key, sent again elsewhere, or while gpg hangs, it does not.
# postdesk key, with and without the daemon, and in a backup.
. "${top_srcdir:-.}/tests/lib/desk.sh"
for program in gpg gpgsm gpg-agent openssl; do
	if ! command -v $program >/dev/null; then
		echo "$program is not installed"
		exit 77
	fi
done
begin

# --- keys ---
keys=$work/keys
mkdir -m 700 "$keys" "$keys/home"
export GNUPGHOME=$keys/home
end_agents() {
	local code=$?
	gpgconf --kill all 2>/dev/null
	(exit $code)
	end
}
trap end_agents EXIT
gen() { gpg -q --batch --passphrase '' --pinentry-mode loopback "$@"; }
{
	gen --quick-gen-key 'Anna <anna@example.com>' ed25519 sign never &&
		gen --quick-gen-key 'Bob <bob@example.com>' ed25519 sign never &&
		gpg -q --export -a anna@example.com >"$keys/anna.key" && gpg -q --export -a bob@example.com >"$keys/bob.key" &&
		gen --export-secret-keys -a anna@example.com >"$keys/secret.key" &&
		openssl req -x509 -newkey rsa:2048 -nodes -keyout "$keys/bob.pem" -out "$keys/bob.crt" -days 30 -subj /CN=Bob
} >"$keys/log" 2>&1 || fail "no keys: $(cat "$keys/log")"
anna_key=$(gpg --with-colons --list-keys anna@example.com | sed -n 's/^fpr:*\([^:]*\):/\1/p' | head -1)

# signed KIND KEY FROM TO SUBJECT [HEADER...] <TEXT: a mail whose whole body is signed; "pgp+": To and Subject, too.
signed() {
	local kind=$1 key=$2 from=$3 to=$4 subject=$5 part signature type encoding= inside=
	shift 5
	[ "$kind" = pgp+ ] && kind=pgp inside="; protected-headers=\"v1\"\nTo: $to\nSubject: $subject"
	part=$(printf "Content-Type: text/plain; charset=utf-8$inside\n\n" && cat && echo .)
	part=${part%$'\n'.}
	printf %s "$part" | sed ':a;N;$!ba;s/\n/\r\n/g' >"$keys/part"
	if [ "$kind" = pgp ]; then
		type=application/pgp-signature
		signature=$(gen -a -u "$key" --detach-sign -o - "$keys/part")
	else
		type=application/pkcs7-signature
		encoding='Content-Transfer-Encoding: base64'
		signature=$(openssl cms -sign -binary -in "$keys/part" -outform DER -signer "$keys/$key.crt" -inkey "$keys/$key.pem" | base64)
	fi
	mail "$from" "$to" "$subject" "$@" 'MIME-Version: 1.0' \
		"Content-Type: multipart/signed; protocol=\"$type\"; boundary=b" <<-END
		A signed mail.
		--b
		$part
		--b
		Content-Type: $type
		${encoding:-Content-Description: signature}

		$signature
		--b--
	END
}
state() {
	postdesk list --json "number:$1" | grep -o "\"$2\": *\"[^\"]*\"" | sed 's/.*: *"\(.*\)"/\1/'
}
refused() {
	local words=$1 said
	shift
	said=$(postdesk "$@" 2>&1) && fail "postdesk $* was not refused"
	[[ $said == *"$words"* ]] || fail "postdesk $*: $said"
}

# --- registering, without the daemon ---
desk_start
check "postdeskd did not end well" desk_stop
[ -e "$work/state/gnupg" ] && fail "the verifier has a folder that nobody asked for"
postdesk key list | grep -q '^no key' || fail "keys: $(postdesk key list)"
refused 'no agent "nobody"' key add nobody "$keys/anna.key"
refused 'secret key' key add anna "$keys/secret.key"
refused 'no public key' key add anna "$work/postdesk.conf"
refused 'nothing-there' key add anna "$keys/nothing-there"
refused 'for administrators' --as bob key add bob "$keys/bob.key"
postdesk key add anna "$keys/anna.key" || fail "key add"
refused "registered for anna" key add bob "$keys/anna.key"
postdesk key add anna "$keys/anna.key" | grep -q 'already' || fail "the same key again"
postdesk key list --json | grep -q "\"agent\":\"anna\",\"kind\":\"openpgp\",\"fingerprint\":\"$anna_key\",\"name\":\"Anna <anna@example.com>\"" ||
	fail "key list: $(postdesk key list --json)"

# --- with the daemon ---
desk_start
postdesk key add bob "$keys/bob.crt" || fail "key add of a certificate"
check_equal "keys" "$(postdesk key list --json | wc -l)" 2
check_equal "bob's keys" "$(postdesk key list bob --json | grep -c smime)" 1
[ -z "$(ls -A "$work/state/gnupg")" ] || fail "left behind: $(ls "$work/state/gnupg")"

for n in 1 2; do
	echo "It prints blank pages." | mail "Carol <carol@example.net>" support@example.com "Printer $n" >"$work/customer.eml"
	hand_in "$PF_PORT" carol@example.net support@example.com <"$work/customer.eml"
	check "anna was not told" pf_wait 20 pf_has anna@example.com $n
	check "bob was not told" pf_wait 20 pf_has bob@example.com $n
done
reply_to() { field "$(pf_mails "$1@example.com" | sed -n "$2p")" Reply-To | sed 's/.*<\(.*\)>.*/\1/'; }
anna1=$(reply_to anna 1) anna2=$(reply_to anna 2) bob2=$(reply_to bob 2)
anna="Anna Virtanen <anna@example.com>"
confirmations() { cat /dev/null $(pf_mails anna@example.com) | grep -c '^#yes'; }

printf '#close\n\nWe have mended it.\n\n> Ticket #1\n' | signed pgp anna@example.com "$anna" "$anna1" "Re: Printer 1" >"$work/close.eml"
hand_in "$PF_PORT" anna@example.com "$anna1" <"$work/close.eml"
check_equal "the status" "$(state 1 status_kind)" closed
check "the customer has no answer" pf_wait 20 pf_has carol@example.net 1
grep -q 'We have mended it' "$(pf_mails carol@example.net)" || fail "the answer lacks its words"
grep -q 'BEGIN PGP\|#close' "$(pf_mails carol@example.net)" && fail "the answer has too many words"
check_equal "questions" "$(confirmations)" 0
postdesk show 1 --json | grep -q '"proof":"signature"' || fail "the proof is not told"

echo "The signed words, sent elsewhere by somebody else, and here again under another id"
sed -e 's/^Message-ID: <.*/Message-ID: <again@mallory.example>/' -e "s/^To: .*/To: $anna2/" "$work/close.eml" >"$work/again.eml"
hand_in "$PF_PORT" anna@example.com "$anna2" <"$work/again.eml"
check_equal "the status" "$(state 2 status_kind)" new
check "anna was not asked" pf_wait 20 pf_has anna@example.com 3
check_equal "questions" "$(confirmations)" 1
grep -q 'the signature was used before' "$work/postdeskd.out" || fail "the log does not say why"

echo "Another body"
printf '#close\n\nWe shall mend it.\n' | signed pgp+ anna@example.com "$anna" "$anna2" "Re: Printer 2" | sed 's/shall mend/broke/' >"$work/body.eml"
hand_in "$PF_PORT" anna@example.com "$anna2" <"$work/body.eml"
check_equal "the status" "$(state 2 status_kind)" new
grep -q 'the signature does not fit the mail' "$work/postdeskd.out" || fail "the log does not say why"

echo "Another agent's key"
printf '#close\n' | signed pgp+ bob@example.com "$anna" "$anna2" "Re: Printer 2" >"$work/bob.eml"
hand_in "$PF_PORT" anna@example.com "$anna2" <"$work/bob.eml"
printf '#close\n\nBy bob.\n' | signed smime bob "$anna" "$anna2" "Re: Printer 2" >"$work/bob.eml"
hand_in "$PF_PORT" anna@example.com "$anna2" <"$work/bob.eml"
check_equal "the status" "$(state 2 status_kind)" new

echo "Signed words beside others that are not"
{
	mail "$anna" "$anna2" "Re: Printer 2" 'MIME-Version: 1.0' 'Content-Type: multipart/mixed; boundary=o' <<-END
		--o
		Content-Type: text/plain

		#close
		--o
	END
	printf '#take\n' | signed pgp anna@example.com "$anna" "$anna2" x | sed -n '/^Content-Type: multipart/,$p'
	echo --o--
} >"$work/beside.eml"
hand_in "$PF_PORT" anna@example.com "$anna2" <"$work/beside.eml"
check_equal "the status" "$(state 2 status_kind)" new

echo "Commands that name no ticket, to nobody's own address, and one that does"
printf '#close\n' | signed pgp anna@example.com "$anna" support@example.com "Re: Printer 2 [#2]" >"$work/loose.eml"
hand_in "$PF_PORT" anna@example.com support@example.com <"$work/loose.eml"
check_equal "the status" "$(state 2 status_kind)" new
grep -q 'what is signed does not name the ticket' "$work/postdeskd.out" || fail "the log does not say why"

echo "Words for somebody outside, brought here by one who knows an address of hers, or has one"
carol1=$(field "$(pf_mails carol@example.net)" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
for kind in pgp pgp+; do
	for to in "$anna1" "$carol1"; do
		printf 'Carol is a swindler (%s).\n' "$kind $to" | signed $kind anna@example.com "$anna" dave@example.net "private" >"$work/private.eml"
		hand_in "$PF_PORT" dave@example.net "$to" <"$work/private.eml"
		grep 'queue-id' "$work/postdeskd.out" | tail -1 | grep -q 'outcome=held' || fail "$kind $to: $(tail -1 "$work/postdeskd.out")"
	done
done
printf 'Carol is a swindler, see #1.\n' | signed pgp anna@example.com "$anna" dave@example.net "private" >"$work/private.eml"
hand_in "$PF_PORT" dave@example.net "$carol1" <"$work/private.eml"
grep 'queue-id' "$work/postdeskd.out" | tail -1 | grep -q 'outcome=held' || fail "named: $(tail -1 "$work/postdeskd.out")"
printf 'It works.\n' | signed pgp+ anna@example.com "$anna" "$anna1" "Re: Printer 1" >"$work/works.eml"
hand_in "$PF_PORT" anna@example.com "$anna1" <"$work/works.eml"
check "the customer has no second answer" pf_wait 20 pf_has carol@example.net 2
cat $(pf_mails carol@example.net) | grep -q swindler && fail "the customer has what was not written to the desk"

printf '#new Signed words\n' | signed pgp anna@example.com "$anna" support+do@example.com "x" >"$work/do.eml"
hand_in "$PF_PORT" anna@example.com support+do@example.com <"$work/do.eml"
check_equal "tickets of the signed words" "$(postdesk list --json | grep -c '"name":"Signed words"')" 1

echo "S/MIME"
printf '#close\n\n> Ticket #2\n' | signed smime bob "Bob Berger <bob@example.com>" "$bob2" "Re: Printer 2" >"$work/smime.eml"
sed 's/^#close/#spam/' "$work/smime.eml" >"$work/smime-body.eml"
hand_in "$PF_PORT" bob@example.com "$bob2" <"$work/smime-body.eml"
check_equal "the status" "$(state 2 status_kind)" new
hand_in "$PF_PORT" bob@example.com "$bob2" <"$work/smime.eml"
check_equal "the status" "$(state 2 status_kind)" closed

echo "While gpg hangs or is gone, mail is taken, and only this proof is lost"
postdesk do 2 open >/dev/null || fail "open"
cat >"$work/hang" <<-'END'
	#!/bin/sh
	exec sleep 1000
END
chmod 755 "$work/hang"
sed -i "/^submit/a gpg = $work/hang\nsignature_deadline = 1s" "$work/postdesk.conf"
postdesk reload || fail "reload"
printf '#close\n\nHanging.\n' | signed pgp+ anna@example.com "$anna" "$anna2" "Re: Printer 2" >"$work/hang.eml"
hand_in "$PF_PORT" anna@example.com "$anna2" <"$work/hang.eml"
check_equal "the status" "$(state 2 status_kind)" open
grep -q 'could not be checked in time' "$work/postdeskd.out" || fail "the log does not say why"
sed -i "s/^gpg = .*/gpg = $(sed 's/[\/&]/\\&/g' <<<"$work/gone")/" "$work/postdesk.conf"
postdesk check 2>&1 | grep -q 'gpg = .* cannot be run' || fail "check does not tell: $(postdesk check 2>&1)"
postdesk reload || fail "reload"
printf '#close\n\nGone.\n' | signed pgp+ anna@example.com "$anna" "$anna2" "Re: Printer 2" >"$work/gone.eml"
hand_in "$PF_PORT" anna@example.com "$anna2" <"$work/gone.eml"
check_equal "the status" "$(state 2 status_kind)" open
sed -i '/^gpg = /d; /^signature_deadline/d' "$work/postdesk.conf"
postdesk reload || fail "reload"
[ -z "$(ls -A "$work/state/gnupg")" ] || fail "left behind: $(ls "$work/state/gnupg")"

echo "A key goes on under its agent's new name"
cp "$work/postdesk.conf" "$work/former.conf"
sed -i 's/^\[agent anna\]/[agent anja]\nwas = anna/; s/^members = anna/members = anja/' "$work/postdesk.conf"
postdesk reload || fail "reload: $(postdesk check 2>&1)"
printf '#close\n\nRenamed.\n' | signed pgp+ anna@example.com "$anna" "$anna2" "Re: Printer 2" >"$work/renamed.eml"
hand_in "$PF_PORT" anna@example.com "$anna2" <"$work/renamed.eml"
check_equal "the status" "$(state 2 status_kind)" closed
cp "$work/former.conf" "$work/postdesk.conf"
postdesk reload && postdesk do 2 open >/dev/null || fail "reload and open"

echo "A backup has the keys; a removed key proves nothing"
postdesk backup "$work/backup" || fail "backup"
sed "s|^state = .*|state = $work/backup|" "$work/postdesk.conf" >"$work/backup.conf"
check_equal "keys in the backup" "$("$POSTDESK" -c "$work/backup.conf" key list --json | wc -l)" 2
refused 'no key' key remove anna 0123456789abcdef
refused 'is no fingerprint' key remove anna x
postdesk key remove anna "$(tail -c 17 <<<"$anna_key")" || fail "key remove"
refused 'no registered key' key remove anna
printf '#close\n\nRemoved.\n' | signed pgp+ anna@example.com "$anna" "$anna2" "Re: Printer 2" >"$work/removed.eml"
hand_in "$PF_PORT" anna@example.com "$anna2" <"$work/removed.eml"
check_equal "the status" "$(state 2 status_kind)" open
postdesk key list anna --all --json | grep -q "\"fingerprint\":\"$anna_key\".*\"removed\":\"20.*\"removed_by\":\"administrator\"" ||
	fail "it is not told who removed the key: $(postdesk key list --all --json)"
check_equal "anna's keys" "$(postdesk key list anna --json | wc -l)" 0

echo "An encrypted mail is kept, and nothing is done with it"
mail "Carol <carol@example.net>" support@example.com "Secret" 'MIME-Version: 1.0' \
	'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e' <<-END >"$work/encrypted.eml"
	--e
	Content-Type: application/pgp-encrypted

	Version: 1
	--e
	Content-Type: application/octet-stream; name=encrypted.asc

	-----BEGIN PGP MESSAGE-----

	eA==
	-----END PGP MESSAGE-----
	--e--
END
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/encrypted.eml"
postdesk show "$(postdesk list --json 'Secret' | sed -n 's/.*"number":\([0-9]*\).*/\1/p' | head -1)" --json | tee "$work/shown" | grep -q '"encrypted":true' ||
	fail "it is not told that the mail is encrypted: $(cat "$work/shown")"
pgrep -f "homedir.*$work/state" >/dev/null && fail "a process was left behind"
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
