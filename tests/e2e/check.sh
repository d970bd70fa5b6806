#!/bin/bash
# What the administrator is told: "postdesk check" names all that is wrong with file and line, in one run; the lines
# of "postdesk postfix" are such that Postfix reads them without a complaint. Needs neither root nor a daemon.
set -u
POSTDESK=${POSTDESK:-${top_srcdir:-.}/_build/postdesk}
work=$(mktemp -d "${TMPDIR:-/tmp}/postdesk-test.XXXXXX")
trap 'rm -rf "$work"' EXIT

fail() {
	echo "FAILED: $1"
	[ -f "$work/told" ] && sed 's/^/  told: /' "$work/told"
	exit 1
}

# Each fault with its line; what is told must begin with it.
cat >"$work/ten.conf" <<'END'
[postdesk]
state = /proc/nowhere/desk
submit = 127.0.0.1:25
colour = green
[mailbox support]
address = support@example.com
team = suport
after_reply = sleeping
[team support]
members = anna;ana
[agent anna]
address = anna at example.com
[view hot]
query = status:open AND (priority:urgent
[calendar office]
hours = missing.ics
[mailbox sales]
address = Support@Example.com
sales@example.com
[calendar north]
hours = none.ics
holidays = gone.ics
timezone = Mars/X
END
cat >"$work/want" <<'END'
3: error: [postdesk] submit: "127.0.0.1:25" is neither
4: error: unknown key "colour" in [postdesk]
7: error: [mailbox support] team: there is no [team suport]; did you mean "support"?
8: error: [mailbox support] after_reply: "sleeping" is none of
10: error: [team support] members: there is no [agent ana]; did you mean "anna"?
12: error: [agent anna] address: "anna at example.com" is no mail address
14: error: [view hot] query: 
16: error: calendar file 
18: error: [mailbox sales]: the address support@example.com is taken by [mailbox support] in line 6 already
19: error: neither [GROUP], KEY = VALUE nor a comment: sales@example.com
21: error: calendar file 
22: error: calendar file 
23: error: [calendar north] timezone: "Mars/X" is no time zone
END
"$POSTDESK" -c "$work/ten.conf" check >"$work/out" 2>"$work/told"
code=$?
[ $code -eq 78 ] || fail "check exits $code and not 78"
while IFS= read -r line; do
	grep -qF "$work/ten.conf:$line" "$work/told" || fail "not told: $line"
done <"$work/want"
[ "$(grep -c ': error: ' "$work/told")" -eq "$(grep -c . "$work/want")" ] || fail "more is told than is wrong"

"$POSTDESK" -c "$work/none.conf" check >"$work/out" 2>"$work/told"
code=$?
[ $code -eq 78 ] || fail "check of a missing file exits $code and not 78"
grep -q "none.conf: error: No such file" "$work/told" || fail "a missing file is not told"

cat >"$work/good.conf" <<END
[postdesk]
state = $work/state
lmtp = unix:$work/lmtp
submit = smtp://127.0.0.1:10026
[mailbox support]
address = support@example.com;help@example.com
END
"$POSTDESK" -c "$work/good.conf" check >"$work/told" 2>&1 || fail "a good file is refused"

# Whoever reaches the LMTP port is believed to be the MTA.
for lmtp in 127.0.0.1:2424 '[::1]:2424' localhost:2424; do
	sed "s|^lmtp = .*|lmtp = inet:$lmtp|" "$work/good.conf" >"$work/port.conf"
	"$POSTDESK" -c "$work/port.conf" check 2>&1 | grep 'port.conf:3:.*believed' && fail "a warning of $lmtp"
done
sed "s|^lmtp = .*|lmtp = inet:0.0.0.0:2424|" "$work/good.conf" >"$work/port.conf"
"$POSTDESK" -c "$work/port.conf" check 2>&1 | grep -q 'port.conf:3: warning: .*believed to be the MTA' || fail "no warning of an open LMTP port"

# The sample is right but for the user, whom the system must have.
sample=${top_srcdir:-$(dirname "$0")/../..}/conf/postdesk.conf
sed "s|^user = .*|user = nosuchuser|; s|^lmtp = .*|lmtp = unix:$work/lmtp|; /^\[postdesk\]/a state = $work/state" "$sample" >"$work/sample.conf"
"$POSTDESK" -c "$work/sample.conf" check >"$work/out" 2>"$work/told"
[ "$(grep -c ': error: ' "$work/told")" -eq 1 ] || fail "the sample has other faults than its user"
grep -q 'error: user = nosuchuser: there is no such user on this system; useradd --system nosuchuser makes it' "$work/told" ||
	fail "it is not told what makes the user"
grep -q '^# .*useradd --system postdesk' "$sample" || fail "the sample does not say what makes the user"

# Names that mean nothing are refused, with the nearest that does.
cat >"$work/desk.conf" <<END
[postdesk]
state = $work/desk
[mailbox support]
address = support@example.com
[property device]
[team support]
members = anna
[agent anna]
address = anna@example.com
END
desk() { "$POSTDESK" -c "$work/desk.conf" "$@" >"$work/out" 2>"$work/told"; }
mkdir -m 700 "$work/desk"
desk create --mailbox support --name "Help" || fail "no ticket"
while IFS='|' read -r nearest arguments; do
	IFS=' ' read -ra words <<<"$arguments"
	desk "${words[@]}"
	code=$?
	[ $code -eq 1 ] || fail "exit $code and not 1: postdesk $arguments"
	[ -z "$nearest" ] || grep -qF "Did you mean \"$nearest\"?" "$work/told" || fail "no word of $nearest: postdesk $arguments"
done <<'END'
owner|list --columns number;ownr
device|list --json --columns devise
|list --columns nonsense
updated|list --sort updatd
updated|list --sort -updatd
|list --sort nonsense
|list --sort followers
owner|history 1 ownr
device|history 1 devise
|history 1 nosuchprop
comment|show 1 --kind coment
|show 1 --kind nonsense
anna|show 1 --by ana
|show 1 --by nobody
support|show 1 --team suport
END
while IFS= read -r arguments; do
	IFS=' ' read -ra words <<<"$arguments"
	desk "${words[@]}" || fail "refused: postdesk $arguments"
done <<'END'
list --columns number;contact_name;device;due;
list --columns number,name
list --sort -priority
list --sort device
list --json --sort due
history 1 owner
history 1 Device
show 1 --kind note
show 1 --kind Property --by Anna --team support
show 1 --by administrator
show 1 --by carol@example.net
END

desk do 1 "#set device=laptop" || fail "no property"
desk create --mailbox support --name "Second" --set device=desk || fail "no ticket"
[ "$("$POSTDESK" -c "$work/desk.conf" list --sort device --columns number | sed 1d | xargs)" = "2 1" ] || fail "not sorted by device"
[ "$("$POSTDESK" -c "$work/desk.conf" list --sort -device --columns number | sed 1d | xargs)" = "1 2" ] || fail "not sorted by -device"

# Who is mentioned in a comment finds the ticket, now and as of then.
cat >>"$work/desk.conf" <<END
[agent bob]
address = bob@example.com
END

desk --as anna do 1 "#note Look, @bob, and @nobody." || fail "no comment"
now=$(date -u +%Y-%m-%dT%H:%M:%S.999Z)
numbers() { [ "$("$POSTDESK" -c "$work/desk.conf" "${@:2}" --json 2>"$work/told" | sed 's/.*"number": *\([0-9]*\).*/\1/' | xargs)" = "$1" ] || fail "not $1: ${*:2}"; }
numbers 1 list mentions:bob
[ "$("$POSTDESK" -c "$work/desk.conf" calendar --json)" = '{"name":"24/7","timezone":"UTC"}' ] || fail "no JSON of the calendars"
desk parse "$work/none.eml" && fail "a file that is not there is read"
[ "$(cat "$work/told")" = "postdesk: $work/none.eml: No such file or directory" ] || fail "it is not told what lacks"
# Acting agents are configuration names.
for by in anna anna@example.com; do
	desk show 1 --json --by $by --kind note && grep -q '"actor": *"anna"' "$work/out" || fail "anna's comment is not there by $by"
done
desk --as anna show 1 --json --by me && grep -q '"actor": *"anna"' "$work/out" || fail "nothing is by me"
desk show 1 --json --by administrator && ! grep -q '"actor": *"anna"' "$work/out" || fail "the administrator is anna"
# A term that is negated is no option, wherever it stands.
numbers 2 list -mentions:bob
numbers 2 list --sort -number -mentions:bob is:open
numbers 2 search Second -mentions:bob
numbers 1 --as bob list --view "My mentions"
numbers "" --as anna list --view mentions
numbers 2 list mentions:none
numbers 1 list mentions:bob --at "$now"
desk history 1 || fail "no history"
grep -q bob "$work/out" && fail "a mention is no property"

command -v postconf >/dev/null || exit 0

# What Postfix has already stays, and what would harm is told.
mkdir -p "$work/postfix"
cat >"$work/postfix/main.cf" <<'END'
compatibility_level = 3.6
recipient_delimiter = -
transport_maps = hash:/etc/postfix/transport
header_checks = pcre:/etc/postfix/checks
message_size_limit = 90000000
mailbox_size_limit = 51200000
virtual_mailbox_limit = 0
smtpd_milters = inet:127.0.0.1:8891
enable_long_queue_ids = no
END
sed "2s|\$|\nmilter = inet:127.0.0.1:2425\nauthserv_id = mx.example.com|" "$work/good.conf" >"$work/one.conf"
MAIL_CONFIG=$work/postfix "$POSTDESK" -c "$work/one.conf" postfix >"$work/lines" 2>"$work/told" || fail "postdesk postfix"
while IFS= read -r line; do
	grep -qxF "${line//DIRECTORY/$work/postfix}" "$work/lines" || fail "Postfix's own setting is lost: no \"$line\""
done <<'END'
recipient_delimiter = -+
transport_maps = hash:DIRECTORY/postdesk-transport, hash:/etc/postfix/transport
header_checks = regexp:DIRECTORY/postdesk-headers, pcre:/etc/postfix/checks
# message_size_limit = 90000000 is enough
mailbox_size_limit = 90000000
# virtual_mailbox_limit = 0 is enough
smtpd_milters = inet:127.0.0.1:2425, inet:127.0.0.1:8891
END
MAIL_CONFIG=$work/postfix "$POSTDESK" -c "$work/one.conf" check >"$work/told" 2>&1 || fail "a good file is refused"
grep -q 'one.conf:5: warning: .*enable_long_queue_ids = no' "$work/told" || fail "short queue-ids are not told"
sed -i 's/^enable_long_queue_ids = no/enable_long_queue_ids = yes/' "$work/postfix/main.cf"
MAIL_CONFIG=$work/postfix "$POSTDESK" -c "$work/one.conf" check >"$work/told" 2>&1 || fail "a good file is refused"
grep -q 'enable_long_queue_ids' "$work/told" && fail "long queue-ids are warned of"

# What header_checks take out is what might be read as a result of this server's; others' stay where the milter looks.
taken_out() { postmap -q "Authentication-Results: $1" "regexp:$work/headers" | grep -q '^IGNORE'; }
sed -n '/postdesk-headers:/,/^$/p' "$work/lines" >"$work/headers"
for value in "mx.example.com; dmarc=pass" "(c) MX.Example.com 1; none" "(;) \"mx.example.com\"; none" \
	'"mx\.example.com"; dmarc=pass' "mx.exam$(printf '\001')ple.com; dmarc=pass" "$(printf '\n\tmx.example.com;\n\tdmarc=pass')"; do
	taken_out "$value" || fail "let in: $value"
done
for value in "other.example.org; dmarc=pass" "mxxexample.com; none" ""; do
	taken_out "$value" && fail "taken out: $value"
done

for milter in "" "milter = inet:127.0.0.1:2425" "milter = inet:127.0.0.1:2425\nauthserv_id = mx.example.com"; do
	mkdir -p "$work/etc"
	sed "2s|\$|\n$milter|" "$work/good.conf" >"$work/one.conf"
	"$POSTDESK" -c "$work/one.conf" check >"$work/told" 2>&1 || fail "a good file is refused"
	"$POSTDESK" -c "$work/one.conf" postfix >"$work/lines" 2>"$work/told" || fail "postdesk postfix"
	# Up to the first line of another file it is main.cf, then master.cf, then maps.
	sed -n '/^# main.cf/,/^# master.cf/p' "$work/lines" | sed '$d' >"$work/etc/main.cf"
	sed -n '/^# master.cf/,/^$/p' "$work/lines" >"$work/etc/master.cf"
	postconf -c "$work/etc" -n >"$work/main" 2>"$work/told" || fail "Postfix does not read main.cf"
	grep -v 'compatibility_level\|hash:\|warning: .*/etc/postfix/postdesk' "$work/told" | grep . && fail "Postfix complains of main.cf"
	grep -q '#' "$work/main" && fail "a comment behind a value: $(grep '#' "$work/main")"
	postconf -c "$work/etc" -M >"$work/master" 2>"$work/told" || fail "Postfix does not read master.cf"
	grep -q '^127.0.0.1:10026 *inet' "$work/master" || fail "no listener for the desk in master.cf"
	postconf -c "$work/etc" -P postdesk/unix/lmtp_line_length_limit | grep -q '= 0$' || fail "long lines would break the seal"
	grep -q '^support@example.com[[:space:]]*postdesk:unix:' "$work/lines" || fail "no transport for support@example.com"
	grep -q '^help@example.com[[:space:]]*postdesk:unix:' "$work/lines" || fail "no transport for help@example.com"
	case $milter in
	"") grep -q '^/^Authentication-Results:/ IGNORE' "$work/lines" || fail "forged results are let in" ;;
	*authserv_id*) grep -qF '/^Authentication-Results:.*mx\.example\.com/ IGNORE' "$work/lines" || fail "forged results are let in" ;;
	*) grep -q Authentication-Results "$work/lines" && fail "results that nobody believes are taken out" ;;
	esac
	case $milter in
	"" | *authserv_id*) grep -q '^header_checks' "$work/main" || fail "forged results are let in" ;;
	*) grep -q '^header_checks' "$work/main" && fail "header_checks without a table" ;;
	esac
	if [ -n "$milter" ]; then
		grep -q '^smtpd_milters = inet:127.0.0.1:2425$' "$work/main" || fail "no milter in main.cf"
		grep -q '^submission *inet' "$work/master" || fail "no submission service in master.cf"
	else
		grep -q '^smtpd_milters' "$work/main" && fail "a milter that is not there stands in main.cf"
	fi
done
# Names that tickets bear do not go without a word; was says what has taken their place, and tickets follow.
cat >"$work/names.conf" <<END
[postdesk]
state = $work/names
[mailbox support]
address = support@example.com
team = support
pipeline = cases
[pipeline cases]
statuses = new:New;open:Open;closed:Closed
[team support]
members = anna;bob
sees = own
[agent anna]
address = anna@example.com
[agent bob]
address = bob@example.com
END
mkdir -m 700 "$work/names"
names() { "$POSTDESK" -c "$work/names.conf" "$@" >"$work/out" 2>"$work/told"; }
names create --mailbox support --name "Help" --set owner=anna || fail "no ticket"
names create --mailbox support --name "Old" --set owner=bob || fail "no ticket"
names do 2 '#close' && names do 1 '#open' || fail "no status"
names check || fail "names that are there are told"
renamed() { sed -e 's/\[mailbox support\]/[mailbox help]\nMAILBOX/; s/\[pipeline cases\]/[pipeline work]\nPIPELINE/' \
	-e 's/= cases/= work/; s/\[team support\]/[team helpers]\nTEAM/; s/= support$/= helpers/; s/\[agent anna\]/[agent anna.v]\nAGENT/' \
	-e 's/anna;bob/anna.v/; /^\[agent bob/,$d' "$work/names.conf"; }
renamed >"$work/new.conf"
sed '/^[A-Z]*$/d' "$work/new.conf" >"$work/names.conf"
names check
[ $? -eq 78 ] || fail "names that are in use may go"
for gone in "mailbox support" "team support" "agent anna" "pipeline cases"; do
	grep -q "names.conf: error: \[$gone\] is gone and in use (tickets\{0,1\} 1[^0-9]" "$work/told" || fail "[$gone] went without a word"
done
grep -q 'agent bob' "$work/told" && fail "who has closed tickets alone may not go"
sed -e 's/^MAILBOX$/was = support/; s/^TEAM$/was = support/; s/^AGENT$/was = anna/; s/^PIPELINE$/was = cases/' "$work/new.conf" >"$work/names.conf"
sed -i 's/^statuses = .*/statuses = new:New;open:Running;closed:Closed/' "$work/names.conf"
names check
grep -q 'the status "Open" is gone and in use (ticket 1)' "$work/told" || fail "a status went without a word"
[ "$(grep -c ' error: ' "$work/told")" -eq 1 ] || fail "was is not heard"
sed -i 's/^statuses = .*/&\nstatus_was = Running:Open/' "$work/names.conf"
names check || fail "status_was is not heard"
for query in owner:anna.v mailbox:help team:helpers pipeline:work status:running; do
	names list "$query" --json && grep -q '"number":1,' "$work/out" || fail "not found: $query"
done
[ "$(jq -r '[.owner, .mailbox, .team, .pipeline, .status] | join(" ")' "$work/out")" = "anna.v help helpers work Running" ] ||
	fail "it bears its old names: $(cat "$work/out")"
names --as anna.v list --view mine --json && grep -q '"number":1,' "$work/out" || fail "it is nobody's"
exit 0
