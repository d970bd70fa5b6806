#!/bin/bash
# The milter: a login is proof, a wrong command is refused while its author still looks, and nothing forged gets in.
# Postfix tells the login by XCLIENT here, as it tells one of SASL.
. "${top_srcdir:-.}/tests/lib/desk.sh"
PF_DESK="$PF_DESK ghost@example.com"
begin_with_milter
milter=${PF_MILTER#unix:}
submission=$(pf_free_port)
world=$(pf_free_port)
bare=$(pf_free_port)
# At the port bare neither the milter nor header_checks take out what a mail brings.
cat >>"$PF_DIR/etc/master.cf" <<-END
	127.0.0.1:$bare inet n - n - - smtpd
	  -o smtpd_milters=
	  -o cleanup_service_name=milter-cleanup
	127.0.0.1:$submission inet n - n - - smtpd
	  -o smtpd_authorized_xclient_hosts=127.0.0.1
	  -o smtpd_milters=unix:postdesk/milter
	  -o milter_default_action=tempfail
	  -o cleanup_service_name=milter-cleanup
	127.0.0.1:$world inet n - n - 250 smtpd
	  -o smtpd_milters=unix:postdesk/milter
	  -o milter_default_action=tempfail
	  -o cleanup_service_name=milter-cleanup
	milter-cleanup unix n - n - 0 cleanup
	  -o header_checks=
END
postfix -c "$PF_DIR/etc" reload >/dev/null 2>&1
check "the submission listener does not answer" pf_wait 20 pf_answers "$submission"
desk_start
check_equal "the socket's mode" "$(stat -c %a "$milter")" 660

state() {
	postdesk list --json "number:$1" | grep -o "\"$2\": *\"[^\"]*\"" | sed 's/.*: *"\(.*\)"/\1/'
}
# as LOGIN FROM TO... <MAIL: the reply in $reply; fails where it is refused
as() {
	PF_LOGIN=$1
	shift
	reply=$(pf_send "$submission" "$@")
	local code=$?
	PF_LOGIN=
	return $code
}

# A customer writes; forged proofs on the way in are taken out.
mail "Carol Customer <carol@example.net>" support@example.com "Printer broken" \
	"Authentication-Results: mail.example.com; dmarc=pass header.from=example.net" \
	"Authentication-Results: other.example.org; dmarc=fail header.from=example.net" \
	"Authentication-Results: (c (d)) Mail.Example.com 1; none" \
	"X-Postdesk-Seal: v1; anna; 1; aaaaaaaaaaaaaaaa; bbbb" \
	"AUTHENTICATION-RESULTS: \"mail.example.com\"; dmarc=pass header.from=example.net" \
	"x-postdesk-seal: v1; bob; 1; aaaaaaaaaaaaaaaa; bbbb" \
	<<<"It prints blank pages." >"$work/first.eml"
check "the customer's mail was not taken" pf_send "$world" carol@example.net support@example.com <"$work/first.eml"
check "no ticket" pf_wait 20 has_tickets 1
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
postdesk show 1 --raw >"$work/raw"
check_equal "results left" "$(grep -ci '^Authentication-Results' "$work/raw")" 1
grep -q "^Authentication-Results: other.example.org" "$work/raw" || fail "results of others were taken out"
grep -qi "^X-Postdesk-Seal" "$work/raw" && fail "a seal came in"
notification=$(pf_mails anna@example.com | head -1)
reply_to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')
answered=$(field "$notification" Message-ID)

# An agent's address with another signature; the day and the version in it stay.
case $reply_to in support+t1.a*) altered=${reply_to/t1.a/t1.b} ;; *) altered=${reply_to/t1.?/t1.a} ;; esac

# At RCPT: wrong signatures, all in the same words; what is right or no signature of ours goes through.
for address in support+t1.aaaaaaaaaaaaaaaa@example.com support+t999.aaaaaaaaaaaaaaaa@example.com \
	support+t1.aaaaaaaaaaaaaaaaaaaaaaaa@example.com support+b1.aaaaaaaaaaaaaaaa@example.com \
	"$altered" \
	ghost@example.com ghost+t1.aaaaaaaaaaaaaaaa@example.com; do
	reply=$(pf_send "$world" x@example.org "$address" <"$work/first.eml") && fail "$address is taken"
	check_equal "the reply to $address" "$reply" "550 5.1.1 There is no such address here"
done
check "an extension of the author's own is refused" pf_send "$world" x@example.org support+what@example.com \
	<<<"Subject: extension" >/dev/null

# A wrong command: refused at once, and nothing is done.
mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer broken" "In-Reply-To: $answered" <<-END >"$work/wrong.eml"
	#clsoe 100% now

	Please restart it.
END
as anna anna@example.com "$reply_to" <"$work/wrong.eml" && fail "a wrong command was taken"
echo "$reply"
case $reply in "550 5.7.0 "*"#clsoe"*100%*close*) ;; *) fail "the refusal says: $reply" ;; esac
check_equal "the customer's mails" "$(pf_mails carol@example.net | wc -l)" 0
check_equal "the status" "$(state 1 status_kind)" new

# Another's address, and one that is nobody's.
as bob bob@example.com "$reply_to" <"$work/wrong.eml" && fail "bob wrote as anna"
case $reply in "550 5.7.1 "*) ;; *) fail "the refusal says: $reply" ;; esac
as eve eve@example.com "$reply_to" <"$work/wrong.eml" && fail "eve wrote as anna"
case $reply in "550 5.7.1 "*) ;; *) fail "the refusal says: $reply" ;; esac
mail "Anna <anna@example.net>" support@example.com "Hello" <<<"Private." >"$work/other.eml"
as anna anna@example.com support@example.com <"$work/other.eml" && fail "anna wrote with an address that is not hers"
case $reply in "550 5.7.1 "*) ;; *) fail "the refusal says: $reply" ;; esac
for from in "Eve <eve@example.com>, Anna <anna@example.com>" "eve@example.com
From : anna@example.com"; do
	mail "$from" support@example.com "Two authors" <<<"Private." >"$work/two.eml"
	as eve eve@example.com support@example.com <"$work/two.eml" && fail "taken of two authors: $from"
	case $reply in "550 5.7.1 "*) ;; *) fail "the refusal says: $reply" ;; esac
done
# To others the desk has nothing to say.
mail "Bob <bob@example.com>" dave@example.net "Hello" <<<"#clsoe" >"$work/out.eml"
as anna anna@example.com dave@example.net <"$work/out.eml" || fail "mail to others was refused: $reply"

# The right one: sealed, and carried out without any question, to the plain address too. Long lines, dots and
# empty lines at the end do not matter.
{
	mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer broken" "In-Reply-To: $answered" <<-END
		#close

		Please restart it.
		.hidden dot
	END
	printf '%2500s end\n\n\n' | tr ' ' x
} >"$work/right.eml"
as anna anna@example.com "$reply_to" <"$work/right.eml" || fail "the right mail was refused: $reply"
check "the customer got no answer" pf_wait 20 pf_has carol@example.net 1
check_equal "the status" "$(state 1 status_kind)" closed
grep -q "milter: sealed queue-id=[0-9A-Za-z]* agent=anna" "$work/postdeskd.out" || fail "it was not sealed"
postdesk show 1 --json | grep -q '"proof": *"full"' || fail "the proof is not full: $(postdesk show 1 --json)"
grep -qi x-postdesk-seal "$(pf_mails carol@example.net | head -1)" && fail "the seal went outside"
check_equal "anna's mails with questions" "$(grep -l '^#yes' $(pf_mails anna@example.com) | wc -l)" 0

# Without Message-ID and Date; to two mailboxes.
printf 'From: bob@example.com\nTo: support@example.com, sales@example.com\nSubject: By phone\n\n#new Phone call\n#note\nShe called.\n' |
	as bob bob@example.com support@example.com sales@example.com || fail "not taken: $reply"
check "no ticket of bob's" pf_wait 20 has_tickets 3
pf_wait 20 grep -q "agent=bob" "$work/postdeskd.out" || fail "bob's mail was not sealed"
number=$(postdesk list --json 'Phone' | grep -o '"number": *[0-9]*' | head -1 | grep -o '[0-9]*')
check_equal "questions to bob" "$(grep -l '^#yes' $(pf_mails bob@example.com) | wc -l)" 0
[ -n "$number" ] || fail "bob's command was not carried out"
postdesk show "$number" --raw >"$work/raw"
check_equal "Message-IDs" "$(grep -ci '^Message-ID:' "$work/raw")" 1

# Copied, altered and replayed: none is believed. They come where no milter takes the seal out.
seal=$(sed -n '/^X-Postdesk-Seal:/,/^[^[:space:]]/p' "$work/raw" | sed -e '1!{/^[^[:space:]]/d}' | tr -d '\n')
[ -n "$seal" ] || fail "no seal in $(cat "$work/raw")"
printf '%s\n' "$seal" >"$work/seal"
for what in forged copied body replayed; do
	before=$(tickets)
	case $what in
	forged)
		mail bob@example.com support@example.com "By a seal" \
			"X-Postdesk-Seal: v1; bob; $(date +%s); aaaaaaaaaaaaaaaa; $(printf 'a%.0s' {1..52})" <<<"#new Forged $what" >"$work/$what.eml"
		;;
	copied) mail bob@example.com support@example.com "Copied" "$seal" <<<"#new Forged $what" >"$work/$what.eml" ;;
	body) sed 's/She called/She did not call/' "$work/raw" >"$work/$what.eml" ;;
	replayed) cp "$work/raw" "$work/$what.eml" ;;
	esac
	reply=$(pf_send "$bare" bob@example.com support@example.com <"$work/$what.eml") || fail "$what: $reply"
	pf_wait 20 grep -q "queue-id=${reply##* } " "$work/postdeskd.out" || fail "$what: not delivered"
	case $what in replayed) check_equal "tickets after $what" "$(tickets)" "$before" ;; esac
done
check_equal "forged tickets" "$(tickets 'Forged')" 0
[ "$(grep -l '^#yes' $(pf_mails bob@example.com) | wc -l)" -ge 1 ] || pf_wait 10 pf_has bob@example.com 3 || fail "bob was not asked"

# Results that others write are not believed, in however many copies, and whatever stands around them.
before=$(tickets)
asked=$(cat $(pf_mails bob@example.com) | grep -c '^#yes')
mail "Bob Berger <bob@example.com>" support@example.com "By results" \
	"Authentication-Results: mail.example.com; dmarc=pass header.from=example.com" \
	"Authentication-Results: mail.example.com; dkim=pass header.d=example.com" \
	"Authentication-Results: (a comment (in one)) mail.example.com (and) 1 (more); dmarc=pass (p=none) header.from=example.com" \
	"Authentication-Results: other.example.org; dmarc=pass header.from=example.com" \
	"Authentication-Results: mail.example.com.example.org; dmarc=pass header.from=example.com" \
	"Authentication-Results: (mail.example.com;) other.example.org (; mail.example.com); dmarc=pass header.from=example.com" \
	"authentication-RESULTS: \"mail.example.com\"; dmarc=pass header.from=example.com" \
	"Authentication-Results : mail.example.com; dmarc=pass header.from=example.com" \
	"Authentication-Results:
	mail.example.com;
	dmarc=pass header.from=example.com" \
	"ARC-Authentication-Results: i=1; mail.example.com; dmarc=pass header.from=example.com" <<<"#new Forged by results" >"$work/results.eml"
check "not taken" pf_send "$world" bob@example.com support@example.com <"$work/results.eml"
is_asked() { [ "$(cat $(pf_mails bob@example.com) | grep -c '^#yes')" -gt "$asked" ]; }
check "bob was not asked" pf_wait 20 is_asked
# Nor those that begin with what reading takes for a blank.
for byte in 01 0b 0c 0e; do
	asked=$(cat $(pf_mails bob@example.com) | grep -c '^#yes')
	mail "Bob Berger <bob@example.com>" support@example.com "By a byte" \
		"Authentication-Results: $(printf "\\x$byte") mail.example.com; dmarc=pass header.from=example.com" \
		<<<"#new Forged by byte $byte" >"$work/byte.eml"
	check "not taken" pf_send "$world" bob@example.com support@example.com <"$work/byte.eml"
	check "bob was not asked for byte $byte" pf_wait 20 is_asked
done
check_equal "tickets that forged results made" "$(tickets 'Forged')" 0

# With outsiders among the recipients no seal leaves: it stands in the desk's own recipient, and proves as much.
questions() { cat $(pf_mails anna@example.com) | grep -c '^#yes'; }
before=$(pf_mails carol@example.net | wc -l)
asked=$(questions)
mail "Anna Virtanen <anna@example.com>" "$reply_to, dave@example.net" "Re: Printer broken" "In-Reply-To: $answered" \
	<<<"See you." >"$work/both.eml"
as anna anna@example.com "$reply_to" dave@example.net <"$work/both.eml" || fail "not taken: $reply"
check "dave got nothing" pf_wait 20 pf_has dave@example.net 2
check "the customer got no answer" pf_wait 20 pf_has carol@example.net $((before + 1))
grep -qi x-postdesk-seal $(pf_mails dave@example.net) $(pf_mails carol@example.net) && fail "a seal went outside"
sealed=$(grep -o 'to=<support+t1[.][^>]*[.]s[.][^>]*>' "$PF_LOG" | tail -1 | sed 's/to=<\(.*\)>/\1/')
[ -n "$sealed" ] || fail "no seal in the recipient"
grep -F "$sealed" $(pf_mails dave@example.net) $(pf_mails carol@example.net) && fail "the sealed address went outside"
check_equal "questions to anna" "$(questions)" "$asked"
check_equal "times delivered" "$(grep -c "${reply##* }: to=<support+t1.*status=sent" "$PF_LOG")" 1
# Dave, who sees anna's reply address in To, gains nothing by it, and neither does whoever gets it from him: in their own
# names they have a new ticket, of which the desk alone knows that it may be related; in hers, with a command or without,
# there is no more than a question to her.
as_it_is() {
	echo "$(state 1 status_kind), messages in $(postdesk show 1 --json | grep -o '"direction": *"in"' | wc -l)," \
		"answers to the customer $(pf_mails carol@example.net | wc -l)"
}
as_it_was=$(as_it_is)
mail "Mallory <mallory@example.org>" "$reply_to" "Re: Printer broken" "In-Reply-To: $answered" <<<"$(printf '#open\n\nWhat was it about?')" |
	hand_in "$world" mallory@example.org "$reply_to"
check_equal "tickets of mallory's" "$(tickets contact:mallory@example.org)" 1
for body in '#open\nPay me.' 'Pay me.'; do
	asked=$(questions)
	mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer broken" <<<"$(printf "$body")" |
		hand_in "$world" dave@example.net "$reply_to"
	is_asked() { [ "$(questions)" -gt "$asked" ]; }
	check "anna was not asked" pf_wait 20 is_asked
done
asked=$(questions)
check_equal "the ticket" "$(as_it_is)" "$as_it_was"
# What is for the desk alone is refused, since they would read it: a command, a comment; one that is wrong, too.
for body in '#close' '#note\nHe never pays.' 'See you.\n\n#asign bob'; do
	mail "Anna Virtanen <anna@example.com>" "$reply_to, dave@example.net" "Re: Printer broken" "In-Reply-To: $answered" \
		<<<"$(printf "$body")" >"$work/aloud.eml"
	as anna anna@example.com "$reply_to" dave@example.net <"$work/aloud.eml" && fail "people outside got: $body"
	case $reply in "550 5.7.0 "*"People outside"*"#"*) ;; *) fail "the refusal says: $reply" ;; esac
done
mail anna@example.com "support+do@example.com, dave@example.net" "list" <<<"list" >"$work/aloud.eml"
as anna anna@example.com support+do@example.com dave@example.net <"$work/aloud.eml" && fail "people outside got lines of +do"
# A colleague may.
mail "Anna Virtanen <anna@example.com>" "$reply_to, bob@example.com" "Re: Printer broken" "In-Reply-To: $answered" \
	<<<"$(printf '#note\nHe never pays.')" >"$work/colleague.eml"
as anna anna@example.com "$reply_to" bob@example.com <"$work/colleague.eml" || fail "not taken: $reply"
# The address with another mail proves nothing.
mail "Anna Virtanen <anna@example.com>" "$reply_to" "Re: Printer broken" <<<"Pay at once." >"$work/copied.eml"
reply=$(pf_send "$bare" anna@example.com "$sealed" <"$work/copied.eml") || fail "not taken: $reply"
is_asked() { [ "$(questions)" -gt "$asked" ]; }
check "anna was not asked" pf_wait 20 is_asked
check_equal "the customer's mails" "$(pf_mails carol@example.net | wc -l)" $((before + 1))

# Two hundred clients at once, each in the midst of a mail.
sockets=()
for i in $(seq 1 200); do
	exec {socket}<>"/dev/tcp/127.0.0.1/$world" || fail "client $i is not let in"
	sockets+=("$socket")
done
for socket in "${sockets[@]}"; do
	read -r -t 30 line <&"$socket"
	printf 'EHLO client.example.net\r\n' >&"$socket"
done
for socket in "${sockets[@]}"; do
	while read -r -t 30 line <&"$socket"; do
		case $line in 250-*) ;; *) break ;; esac
	done
	printf 'MAIL FROM:<c%s@example.org>\r\nRCPT TO:<support@example.com>\r\nDATA\r\n' "$socket" >&"$socket"
done
taken=0
for socket in "${sockets[@]}"; do
	while read -r -t 30 line <&"$socket"; do
		case $line in 354*) taken=$((taken + 1)) && break ;; [45]*) break ;; esac
	done
done
check_equal "clients at once" "$taken" 200
for socket in "${sockets[@]}"; do
	exec {socket}<&-
done

# Many at once, a reload in the midst, and the end under load.
load() {
	local i
	for i in $(seq 1 20); do
		mail "c$1-$i@example.org" support@example.com "Load $1 $i" <<<"x" |
			pf_send "$world" "c$1-$i@example.org" support@example.com
	done >"$work/load.$1" 2>&1
}
before=$(tickets)
pids=
for n in 1 2 3 4; do
	load $n &
	pids="$pids $!"
done
for n in 1 2 3 4 5; do
	kill -HUP "$desk_pid"
	sleep 0.2
done
wait $pids
check_equal "mails refused under load" "$(cat "$work"/load.? | grep -vc '^250')" 0
check "mail was lost" pf_wait 60 has_tickets $((before + 80))
kill -0 "$desk_pid" || fail "a reload ended it"
[ "$(grep -c 'configuration reloaded' "$work/postdeskd.out")" -ge 1 ] || fail "it was not reloaded"
postdesk status | grep -q "milter_sealed *4" || fail "status: $(postdesk status)"
pids=
for n in 5 6; do
	load $n &
	pids="$pids $!"
done
pf_wait 20 grep -qs '^250' "$work/load.5"
check "postdeskd did not end well" desk_stop
wait $pids
grep -v '^[24]5' "$work"/load.[56] | grep -q . && fail "refused for good: $(grep -v '^[24]5' "$work"/load.[56])"
desk_start
check "mail was lost" pf_wait 60 has_tickets $((before + 80 + $(cat "$work"/load.[56] | grep -c '^250')))
postdesk verify || fail "verify"
check "postdeskd did not end well" desk_stop
