-- The end of a mail: an agent's is sealed or refused, in one go.
conn = open()
envelope(conn, "anna", "anna@example.com", "support@example.com")
mail(conn, "right")
ok(mt.bodystring(conn, "#new A call\r\n\r\nHello\r\n"))
ok(mt.eom(conn))
reply(conn, SMFIR_CONTINUE, "a right mail")
want(mt.eom_check(conn, MT_HDRADD, "X-Postdesk-Seal"), "no seal")
want(not mt.eom_check(conn, MT_HDRADD, "Message-ID"), "a second Message-ID")
want(not mt.eom_check(conn, MT_RCPTDELETE, "<support@example.com>"), "a recipient is changed")
want(mt.getheader(conn, "X-Postdesk-Seal", 0):match("^v1; anna; %d+; "), "the seal looks otherwise")

-- Its own, forged seal goes before it gets one.
envelope(conn, "anna", "anna@example.com", "support@example.com")
mail(conn, "forged")
fields(conn, {{"X-Postdesk-Seal", "v1; bob; 1; aaaaaaaaaaaaaaaa; bbbb"}, {"Authentication-Results", "mail.example.com; dmarc=pass"}})
ok(mt.eom(conn))
want(mt.eom_check(conn, MT_HDRDELETE, "X-Postdesk-Seal"), "an agent's forged seal is left")
want(mt.eom_check(conn, MT_HDRDELETE, "Authentication-Results"), "an agent's forged results are left")
want(mt.eom_check(conn, MT_HDRADD, "X-Postdesk-Seal"), "no seal")

-- Without a Message-ID.
envelope(conn, "anna", "anna@example.com", "support@example.com")
fields(conn, {{"From", "anna@example.com"}, {"Subject", "no id"}})
ok(mt.bodystring(conn, "Hello\r\n"))
ok(mt.eom(conn))
want(mt.eom_check(conn, MT_HDRADD, "Message-ID"), "no Message-ID")
want(mt.eom_check(conn, MT_HDRADD, "X-Postdesk-Seal"), "no seal")

-- Somebody outside gets it, too: no field, but the desk's recipient bears the seal.
envelope(conn, "anna", "anna@example.com", "support@example.com", "dave@example.net", "sales@example.com")
mail(conn, "outside", "support@example.com, dave@example.net")
ok(mt.bodystring(conn, "Hello\r\n"))
ok(mt.eom(conn))
reply(conn, SMFIR_CONTINUE, "with somebody outside")
want(not mt.eom_check(conn, MT_HDRADD, "X-Postdesk-Seal"), "the seal goes outside")
want(mt.eom_check(conn, MT_RCPTDELETE, "<support@example.com>"), "the desk's recipient stays")
want(mt.eom_check(conn, MT_RCPTDELETE, "<sales@example.com>"), "the desk's second recipient stays")
want(not mt.eom_check(conn, MT_RCPTDELETE, "<dave@example.net>"), "the recipient outside goes")

-- Refused: a wrong command, another's From, a login that is nobody's. Nothing is changed then.
for _, case in ipairs({{"anna", "anna@example.com", "#clsoe 100%d\r\n"}, {"bob", "bob@example.com", "Hello\r\n"},
	{"eve", "eve@example.com", "Hello\r\n"}}) do
	envelope(conn, case[1], case[2], "support@example.com")
	mail(conn, "wrong")
	ok(mt.bodystring(conn, case[3]))
	ok(mt.eom(conn))
	reply(conn, SMFIR_REPLYCODE, case[1] .. " writes as anna")
	want(not mt.eom_check(conn, MT_HDRADD), "a refused mail is changed")
end
mt.disconnect(conn)
-- What leaves in a mailbox's name, though not by its address alone in one field, is refused; its author's own mail is not.
for _, one in ipairs({
	{"anna@example.com", {{"From", "support(c)@example.com"}}},
	{"anna@example.com", {{"From", "support+x@example.com"}}},
	{"anna@example.com", {{"From", "anna@example.com"}, {"From ", "support@example.com"}}},
	{"anna@example.com", {{"From ", "support@example.com"}, {"From", "anna@example.com"}}},
	{"support@example.com", {{"Subject", "nobody"}}},
}) do
	conn = open()
	envelope(conn, "anna", one[1], "dave@example.net")
	fields(conn, {{"To", "dave@example.net"}, {"Message-ID", "<odd@client.example.net>"}})
	fields(conn, one[2])
	ok(mt.eoh(conn))
	reply(conn, SMFIR_CONTINUE, "end of the header")
	ok(mt.bodystring(conn, "Hello\r\n"))
	ok(mt.eom(conn))
	reply(conn, SMFIR_REPLYCODE, "a mailbox's name in another way: " .. one[2][1][2])
	mt.disconnect(conn)
end
for _, one in ipairs({"anna@example.com", "Anna <anna@example.com>", "support@example.net"}) do
	conn = open()
	envelope(conn, "anna", "anna@example.com", "dave@example.net")
	fields(conn, {{"To", "support@example.com"}, {"From", one}})
	let_go(conn, one)
	mt.disconnect(conn)
end
