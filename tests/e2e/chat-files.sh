#!/bin/bash
# Files that are shared in a chat by links (XEP-0363), with Prosody's own upload and a server that behaves badly: what lies on
# the own server is fetched, once, and goes along with mails; what lies elsewhere, or is too much, stays a link.
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top_srcdir/tests/lib/desk.sh"
. "$top_srcdir/tests/lib/chat.sh"

if ! [ -x "$(dirname "$POSTDESKD")/postdesk-fetch" ]; then
	echo "postdesk was built without libcurl"
	exit 77
fi
desk=support@desk.example.com
CHAT_BOB=s/x/x/ chat_begin 'idle = 4h' 'file_size = 100k' 'files_per_hour = 40'
python3 "$top_srcdir/tests/lib/upload.py" "$work/bad.port" "$work/bad.log" &
client_pids="${client_pids:-} $!"
check "no bad server" pf_wait 20 [ -s "$work/bad.port" ]
bad=http://127.0.0.1:$(cat "$work/bad.port")
sed -i "s|^file_size.*|&\nfiles = $PROSODY_FILES;$bad/up/|" "$work/postdesk.conf"
chat_start
client anna pw-anna
client carol pw-carol

mails_with() { # ADDRESS WORDS
	local files
	files=$(pf_mails "$1")
	[ -n "$files" ] && grep -l -- "$2" $files
}
newest_with() { mails_with "$1" "$2" | tail -1; }
files() { postdesk attachments 1 --json; }
has_file() { files | grep -q "\"name\": *\"$1\""; }
says() { postdesk show 1 | grep -q -- "$1"; }
asked() { grep -c -- "$1" "$work/bad.log"; }
link() { # PATH WORDS: the visitor says the link; in the end the ticket says so
	order carol "say $desk $bad/up/$1"
	pf_wait 60 says "$2" || fail "no word of $1 in the ticket: $(postdesk show 1 | tail -30)"
}

# --- the visitor's file, and the agent's ---
head -c 20000 /dev/urandom >"$work/Schäden am Gerät.png"
head -c 3000 /dev/urandom >"$work/manual.pdf"
order carol "say $desk It looks like this:"
await "anna is not invited" anna 'It looks like this'
order anna "say t1@desk.example.com Show me."
await "carol hears nothing" carol 'Show me'
order carol "share $desk $work/Schäden am Gerät.png"
await "anna does not get the link" anna "$PROSODY_FILES.*png"
check "the visitor's file is not there" pf_wait 20 has_file 'Schäden am Gerät.png'
postdesk fetch 1 1 >"$work/fetched" || fail "the file cannot be fetched"
cmp -s "$work/fetched" "$work/Schäden am Gerät.png" || fail "the file is another one"
order anna "share t1@desk.example.com $work/manual.pdf"
await "carol does not get the link" carol "$PROSODY_FILES.*manual.pdf"
check "the agent's file is not there" pf_wait 20 has_file manual.pdf
order anna "say t1@desk.example.com #files"
await "#files does not tell of it" anna 'manual.pdf'
check_equal "files" "$(files | wc -l)" 2

# --- what the server does wrong ---
link gone/a.txt 'The file a.txt was not fetched, since the server does not give it'
link huge/b.txt 'The file b.txt was not fetched, since it is too large'
link endless/c.txt 'The file c.txt was not fetched, since it is too large'
link short/d.txt 'The file d.txt was not fetched, since the server cannot be reached'
link noise/e.txt 'The file e.txt was not fetched, since the server cannot be reached'
link away/f.txt 'The file f.txt was not fetched, since the server cannot be reached'
check_equal "a server that is away is asked some times" "$(asked away)" 3
link "to/$(sed 's|[:/]|%&|g; s|%:|%3A|g; s|%/|-|g' <<<"$bad")" 'was not fetched, since the server does not give it'
link slow/g.txt 'The file g.txt was not fetched, since the server cannot be reached'
check_equal "files, still" "$(files | wc -l)" 2
order carol "say $desk aesgcm://127.0.0.1/up/good/secret.jpg#0011223344"
check "that it is encrypted is not said" pf_wait 20 says 'The file secret.jpg was not fetched, since it is encrypted'

# --- what is not the own server's, or only looks so ---
host=${bad#http://}
for url in "http://localhost:${host#*:}/up/good/x" "http://user@$host/up/good/x" "http://$host@evil.example/up/good/x" \
	"http://$host/other/x" "http://$host/up/../up/good/x" "http://$host/up/%2e%2e/x" "http://$host/up%2fgood/x" \
	"http://$host/up/good%2f..%2fx" "http://$host/up//x" "http://$host\\@evil.example/up/good/x" "http://$host:80/up/good/x" \
	"https://$host/up/good/x" "ftp://$host/up/good/x" "file:///etc/passwd" "http://$host/upper/x" "http://$host/up/" \
	"http://127.0.0.1/up/good/x" "http://127.1:${host#*:}/up/good/x" "http://[::1]:${host#*:}/up/good/x" \
	"see http://$host/up/good/x"; do
	order carol "say $desk $url"
	await "a link does not reach anna" anna "$(sed 's/[][\\.]/\\&/g' <<<"$url")"
done
before=$(wc -l <"$work/bad.log")
order carol "say $desk HTTP://$host/up/good/..%3Cb%3E.html?x=1"
check "a good file with an odd name is not there" pf_wait 20 has_file '[^"/]*<b>.html'
check_equal "requests for what is not ours" "$(($(wc -l <"$work/bad.log") - before))" 1
grep -q secrets "$work/bad.log" && fail "secrets went to the server"
files | grep -q '"type": *"text/html"' || fail "no type by the name"
check_equal "files" "$(files | wc -l)" 3

# --- the transcript ---
order carol "say $desk My address is carol@example.net"
await "anna does not learn the address" anna 'carol@example.net from now on'
order anna "say t1@desk.example.com #close"
check "no transcript" pf_wait 30 mails_with carol@example.net 'manual.pdf'
transcript=$(mails_with carol@example.net 'manual.pdf')
python3 - "$transcript" "$work/Schäden am Gerät.png" "$work/manual.pdf" <<-'END' || fail "the transcript lacks a file"
	import email, email.policy, sys
	mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
	files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
	for path in sys.argv[2:]:
	    assert files[path.split("/")[-1]] == open(path, "rb").read(), path
	assert len(files) == 3, files.keys()
END

# --- who talks by mail gets the file with the mail that tells of the line ---
order anna "say t1@desk.example.com #away"
await "anna is not away" anna '#away'
postdesk do 1 '#assign none' >/dev/null || fail "#assign none"
order carol "say $desk Anybody there?"
check "bob is not told" pf_wait 20 mails_with bob@example.com 'Anybody there'
told=$(newest_with bob@example.com 'Anybody there')
to=$(field "$told" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
mail "Bob Berger <bob@example.com>" "$to" "Re: $(field "$told" Subject)" "In-Reply-To: $(field "$told" Message-ID)" \
	<<<"Bob is there." >"$work/bob.eml"
hand_in "$PF_AGENTS_PORT" bob@example.com "$to" <"$work/bob.eml"
await "bob's mail is not said in the chat" carol 'Bob is there'
order carol "share $desk $work/manual.pdf"
check "bob does not get the file" pf_wait 20 mails_with bob@example.com 'filename.*manual.pdf'
check_equal "mails about it" "$(mails_with bob@example.com 'file_share.*manual' | wc -l)" 1

# --- killed while it is fetched: fetched anew, kept once ---
count=$(files | wc -l)
desk_stop || fail "the daemon ends badly"
chat_start POSTDESK_CRASH=file-fetched-before-kept
order carol "say $desk $bad/up/good/once.txt"
check "no crash" pf_wait 20 eval '! kill -0 $desk_pid 2>/dev/null'
desk_kill
has_file once.txt && fail "it is there too early"
chat_start
check "what was fetched at the crash is not fetched again" pf_wait 30 has_file once.txt
for round in 1 2 3; do
	order carol "say $desk $bad/up/slow/$round.txt"
	order carol "say $desk $bad/up/good/round$round.txt"
	pf_wait 20 eval '[ "$(asked "slow/$round.txt")" -ge 1 ]'
	desk_kill
	chat_start
done
for round in 1 2 3; do
	check "a file is lost" pf_wait 60 has_file "round$round.txt"
	check "a slow file is not settled" pf_wait 90 says "The file $round.txt was not fetched"
done
order carol "say $desk The end."
pf_wait 20 says 'The end'
check_equal "files, each once" "$(files | wc -l)" $((count + 4))
for round in 1 2 3; do
	check_equal "said once" "$(postdesk show 1 | grep -c "The file $round.txt was not fetched")" 1
done
pgrep -f "postdesk-fetch" -P "$desk_pid" >/dev/null && fail "a fetch goes on"
check "the daemon ends badly" desk_stop
