#!/bin/bash
# An agent's reply from a client that writes HTML, with a picture in it and a file: the customer gets the author's new
# words in both forms, the picture and the file; no command, no quote, no script, nothing of the agent's machine.
. "${top_srcdir:-.}/tests/lib/desk.sh"
begin
desk_start

carol="Carol Customer <carol@example.net>"
mail "$carol" support@example.com "Printer" <<<"It is broken." >"$work/mail"
check "the mail was not taken" pf_send "$PF_PORT" carol@example.net support@example.com <"$work/mail" >/dev/null
check "anna was not told" pf_wait 20 pf_has anna@example.com 1
notification=$(pf_mails anna@example.com | head -1)
to=$(field "$notification" Reply-To | sed 's/.*<\(.*\)>.*/\1/')

cat >"$work/reply" <<END
From: Anna Virtanen <anna@example.com>
To: $to
Subject: Re: Printer
Message-ID: <a1@annas-laptop.lan>
In-Reply-To: $(field "$notification" Message-ID)
Date: $(date -R)
User-Agent: Client on annas-laptop.lan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable

#wait
Gr=C3=BC=C3=9Fe, press the button.

On Mon, 1 Jan 2024 at 10:00, Example Support <support@example.com> wrote:
> It is broken.
--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<html><head><style>p{}</style></head><body><div>#wait</div>
<div>Gr=C3=BC=C3=9Fe, press <b>the button</b>: <img src=3D"cid:pic1@annas-laptop.lan"></div>
<script>alert(1)</script><img src=3D"http://tracker.example.org/x.gif">
<div class=3D"gmail_quote">On Mon, 1 Jan 2024 Example Support wrote:<blockquote>It is broken.</blockquote></div>
</body></html>
--r
Content-Type: image/png; name="button.png"
Content-ID: <pic1@annas-laptop.lan>
Content-Disposition: inline; filename="button.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--r--
--a--
--m
Content-Type: application/pdf; xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx*=utf-8''%C3%A4
Content-Disposition: attachment; filename*=utf-8''h%C3%A4nge.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--m--
END
check "the reply was not taken" pf_send "$PF_AGENTS_PORT" anna@example.com "$to" <"$work/reply" >/dev/null
check "carol got no answer" pf_wait 30 pf_has carol@example.net 1
answer=$(pf_mails carol@example.net | head -1)

for words in 'Gr=C3=BC=C3=9Fe, press the button' 'multipart/alternative' 'multipart/related' '<b>the button</b>' \
	'button.png' 'iVBORw0KGgo=' "filename\*=utf-8''h%C3%A4nge.pdf" 'JVBERi0xLjQK'; do
	grep -q -- "$words" "$answer" || fail "the customer lost: $words"
done
for words in '#wait' 'It is broken' 'annas-laptop' 'anna@example.com' '<script' 'alert' 'User-Agent' 'gmail_quote' 'tracker\.example'; do
	grep -q -- "$words" "$answer" && fail "the customer sees: $words"
done
picture=$(sed -n 's/^Content-ID: <\(.*\)>.*/\1/p' "$answer")
tr -d '\r' <"$answer" | sed -e ':a' -e 'N' -e '$!ba' -e 's/=\n//g' | grep -q "cid:$picture" ||
	fail "the HTML does not show the picture $picture"
check_equal "the status" "$(postdesk list --json | sed -n 's/.*"status_kind": *"\([a-z]*\)".*/\1/p')" waiting

# Anna's further answers, as a client writes them that has both forms: TEXT HTML.
both() {
	cat >"$work/both" <<-END
		From: Anna Virtanen <anna@example.com>
		To: $to
		Subject: Re: Printer
		Message-ID: <both$RANDOM@annas-laptop.lan>
		In-Reply-To: $(field "$notification" Message-ID)
		Date: $(date -R)
		MIME-Version: 1.0
		Content-Type: multipart/alternative; boundary=b

		--b
		Content-Type: text/plain; charset=utf-8

		$1
		--b
		Content-Type: text/html; charset=utf-8

		$2
		--b--
	END
	check "the mail was not taken" pf_send "$PF_AGENTS_PORT" anna@example.com "$to" <"$work/both" >/dev/null
}
status() {
	postdesk list --json | sed -n 's/.*"status_kind": *"\([a-z]*\)".*/\1/p'
}

# A bold command is a command; it leaves in neither form.
both $'*#open*\nIt is on its way.' '<div><b>#open</b></div><div>It is on its way.</div>'
check "carol got no second answer" pf_wait 30 pf_has carol@example.net 2
grep -q '#open' "$(pf_mails carol@example.net | tail -1)" && fail "the customer sees a bold command"
check_equal "the status after a bold command" "$(status)" open

# What only one of them has is not guessed: the mail goes back.
told=$(pf_mails anna@example.com | wc -l)
both 'It is closed.' '#close<br>It is closed.'
check "a command in the HTML alone was not given back" pf_wait 30 pf_has anna@example.com $((told + 1))
tr -d '\r' <"$(pf_mails anna@example.com | tail -1)" | sed -e ':a' -e 'N' -e '$!ba' -e 's/ \n/ /g' |
	grep -q "do not have the same commands" || fail "anna is not told what is wrong"
check_equal "the status after a mail that was given back" "$(status)" open
check_equal "the customer's mails" "$(pf_mails carol@example.net | wc -l)" 2
check "postdeskd did not end well" desk_stop
