-- RCPT: who is the desk's, who is not, and what was never an address of ours.
conn = open()
envelope(conn, nil, "carol@example.net", "support@example.com", "SUPPORT@EXAMPLE.COM", "support+what@example.com",
	"support+do@example.com", "dave@example.net", "postmaster")
for _, address in ipairs({"support+t1.aaaaaaaaaaaaaaaa@example.com", "support+t99999.aaaaaaaaaaaaaaaa@example.com",
	"support+t1.aaaaaaaaaaaaaaaaaaaaaaaa@example.com", "support+t1.short@example.com",
	"support+b1.aaaaaaaaaaaaaaaa@example.com", "support+y1.aaaaaaaaaaaaaaaa@example.com"}) do
	ok(mt.rcptto(conn, "<" .. address .. ">"))
	reply(conn, SMFIR_REPLYCODE, address)
end
-- What Postfix would bring to the desk, and the desk does not know.
ok(mt.macro(conn, SMFIC_RCPT, "{rcpt_mailer}", "postdesk"))
ok(mt.rcptto(conn, "<ghost@example.com>"))
reply(conn, SMFIR_REPLYCODE, "ghost@example.com")
ok(mt.macro(conn, SMFIC_RCPT, "{rcpt_mailer}", "virtual"))
ok(mt.rcptto(conn, "<ghost@example.com>"))
reply(conn, SMFIR_CONTINUE, "ghost@example.com, for somebody else")
mt.disconnect(conn)
