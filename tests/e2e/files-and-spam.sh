#!/bin/bash
# Attachments are kept whole, listed (also all those of the contact), fetched, added by hand (T8). Spam is marked by the
# upstream filter's headers or by hand; it gets no auto-reply, tells nobody and has its own view (T11). Tasks and reminders
# on a ticket; snoozing until a time or a reply (T12).
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
sed -i 's/^name = Example Support/&\nacknowledge = yes/' "$work/postdesk.conf"
clock=$work/now
set_clock() { echo "$1" >"$clock.new" && mv "$clock.new" "$clock"; }
set_clock 2026-11-20T10:00:00Z # a Friday
desk_start POSTDESK_NOW="$clock"
export POSTDESK_NOW=$clock
anna() { pf_mails anna@example.com | wc -l; }
write() { # FROM SUBJECT TEXT [HEADER...]
	local from=$1 subject=$2 text=$3
	shift 3
	mail "$from" support@example.com "$subject" "$@" <<<"$text" >"$work/in.eml"
	hand_in "$PF_PORT" "$from" support@example.com <"$work/in.eml" >/dev/null
	id=$(field "$work/in.eml" Message-ID)
}

# --- T8 ---

# A file of any bytes, with a name that is no plain word, in a mail.
python3 - "$work" <<'END'
import base64, email.message, os, sys
work = sys.argv[1]
content = bytes(range(256)) * 700 + b"\r\n.\r\n\0end"
open(work + "/whole", "wb").write(content)
mail = email.message.EmailMessage()
mail["From"], mail["To"], mail["Subject"] = "Carol <carol@example.net>", "support@example.com", "Files"
mail["Message-ID"] = "<files@example.net>"
mail.set_content("See the files.")
mail.add_attachment(content, "application", "octet-stream", filename="Käyttöohje (2).bin")
mail.add_attachment(b"\x89PNG", "image", "png", filename="photo.png")
open(work + "/files.eml", "wb").write(mail.as_bytes())
END
hand_in "$PF_PORT" carol@example.net support@example.com <"$work/files.eml" >/dev/null
check_equal "listed" "$(postdesk attachments 1 --json | jq -r '.name' | xargs -d '\n' )" "Käyttöohje (2).bin photo.png"
check_equal "its size" "$(postdesk attachments 1 --json | jq -r .size | head -1)" "$(stat -c %s "$work/whole")"
postdesk fetch 1 1 | cmp - "$work/whole" || fail "the file is another"
name=$(postdesk attachments 1 --json | jq -r .name | head -1)
postdesk fetch 1 "$name" --output "$work/fetched" && cmp "$work/fetched" "$work/whole" || fail "by its name it is another"
postdesk fetch 1 "$name" --output "$work/fetched" 2>/dev/null && fail "a file that is there was overwritten"
postdesk fetch 1 9 2>/dev/null && fail "a file that is not there was fetched"

# Added by hand, it is listed and fetched as the others, and stands on the timeline.
head -c 5000 /dev/urandom >"$work/report.pdf"
postdesk --as anna attach 1 "$work/report.pdf" >/dev/null || fail "not added"
postdesk fetch 1 report.pdf | cmp - "$work/report.pdf" || fail "the file added by hand is another"
check_equal "on the timeline" "$(postdesk show 1 --kind attached --json | jq -r '.timeline[0].actor')" anna

# All those of the contact, from any ticket of hers, and of nobody else.
write carol@example.net "Another thing" "No file."
write dave@example.net "Mine" "No file either."
check_equal "of her other ticket" "$(postdesk attachments 2 --json | wc -l)" 0
check_equal "of the contact" "$(postdesk attachments 2 --contacts --json | jq -r .name | sort | xargs -d '\n' )" \
	"Käyttöohje (2).bin photo.png report.pdf"
check_equal "of another contact" "$(postdesk attachments 3 --contacts --json | wc -l)" 0

# --- T11 ---

# By the filter's header, in each of the ways that filters have.
check "anna was not told of the three" pf_wait 20 pf_has anna@example.com 3
check "carol has no acknowledgement" pf_wait 20 pf_has carol@example.net 2
told=$(anna)
n=4
for header in "X-Spam-Flag: YES" "X-Spam-Status: Yes, score=12.1 required=5.0" "X-Spam: Yes"; do
	write "pills$n@example.org" "Cheap $n" "Buy." "$header"
	check_equal "$header" "$(postdesk list number:$n --json | jq -r .number; postdesk list is:spam --json | jq -r .number | grep -x $n)" "$n
$n"
	n=$((n + 1))
done
write dave@example.net "Good offer" "Not marked." "X-Spam-Flag: NO"
check "anna was not told of what is no spam" pf_wait 20 pf_has anna@example.com $((told + 1))
check_equal "no spam" "$(postdesk list is:spam --json | wc -l)" 3
# By hand; and what it is not, is taken back. Spam is not among the open ones.
told=$(anna)
postdesk --as anna do 7 "#spam" >/dev/null || fail "#spam"
check_equal "its own view" "$(postdesk list --view spam --sort number --json | jq -r .number | xargs)" "4 5 6 7"
check_equal "among the open" "$(postdesk list --view open --sort number --json | jq -r .number | xargs)" "1 2 3"
postdesk --as anna do 4 "#ham" >/dev/null || fail "#ham"
check_equal "spam after #ham" "$(postdesk list --view spam --sort number --json | jq -r .number | xargs)" "5 6 7"
# Nobody was told, nothing was answered: the acknowledgements are those of tickets that were none.
write carol@example.net "The last" "So that all before was told."
check "anna was not told of the last" pf_wait 20 pf_has anna@example.com $((told + 1))
check_equal "mails to anna" "$(anna)" $((told + 1))
check_equal "mails to spammers" "$(postdesk outbox --all --json | jq -r '.recipients[]?' | grep -c pills)" 0
check_equal "mails to dave: an acknowledgement for each that was none when it came" "$(pf_mails dave@example.net | wc -l)" 2

# --- T12 ---

# A task: on the timeline and in the view of whose it is, reminded of when it is due, until it is done.
postdesk --as anna do 1 "#task @bob Order toner due 2026-11-20 12:00" >/dev/null || fail "#task"
check_equal "bob's tasks" "$(postdesk --as bob list --view tasks --json | jq -r .number)" 1
bob=$(pf_mails bob@example.com | wc -l)
set_clock 2026-11-20T12:00:01Z
check "bob is not reminded" pf_wait 30 eval 'pf_mails bob@example.com | tail -n +'$((bob + 1))' | xargs -r grep -l "Order toner" | grep -q .'
task=$(postdesk show 1 --json | jq -r '.tasks[0].id')
postdesk --as bob do 1 "#done $task" >/dev/null || fail "#done"
check_equal "bob's tasks" "$(postdesk --as bob list --view tasks --json | wc -l)" 0
# A reminder of one's own: #remind 2d.
postdesk --as anna do 2 "#remind 2d Ask again." >/dev/null || fail "#remind"
before=$(anna)
set_clock 2026-11-22T11:00:00Z
postdesk status >/dev/null
check_equal "reminded before its time" "$(anna)" "$before"
set_clock 2026-11-22T12:01:00Z
check "no reminder" pf_wait 30 pf_has anna@example.com $((before + 1))
grep -q "Ask again" "$(pf_mails anna@example.com | tail -1)" || fail "the reminder lacks its words"
# Snoozed until a time; or until a reply, whichever is first.
postdesk --as anna do 2 "#snooze 1d" >/dev/null && postdesk --as anna do 3 "#snooze 5d" >/dev/null || fail "#snooze"
check_equal "asleep" "$(postdesk list is:snoozed --sort number --json | jq -r .number | xargs)" "2 3"
write dave@example.net "Re: Mine" "I found a file." "In-Reply-To: $(postdesk show 3 --json | jq -r '"<" + ([.timeline[] | select(.direction == "in")][0].message_id) + ">"')"
check_equal "awake by a reply" "$(postdesk list is:snoozed --json | jq -r .number)" 2
set_clock 2026-11-23T12:02:00Z
awake() { [ "$(postdesk list is:snoozed --json | wc -l)" = 0 ]; }
check "the time did not wake it" pf_wait 30 awake
check "postdeskd did not end well" desk_stop
