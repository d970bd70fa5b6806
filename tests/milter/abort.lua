-- A mail that is broken off at any step leaves nothing behind for the next one, over the same connection.
conn = open()
for _, last in ipairs({"mail", "rcpt", "header", "body"}) do
	envelope(conn, "anna", "anna@example.com", "support@example.com", "dave@example.net")
	if last ~= "mail" and last ~= "rcpt" then
		fields(conn, {{"Authentication-Results", "mail.example.com; dmarc=pass"}, {"X-Postdesk-Seal", "x"}})
		mail(conn, "broken off")
	end
	if last == "body" then ok(mt.bodystring(conn, "#clsoe\r\n")) end
	ok(mt.abort(conn))
	envelope(conn, nil, "carol@example.net", "support@example.com")
	fields(conn, {{"From", "carol@example.net"}, {"Subject", "after it"}})
	let_go(conn, "after a mail that ended at " .. last)
end
mt.disconnect(conn)
