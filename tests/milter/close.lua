-- A connection that breaks at any step hurts nobody; the next one is served.
for i = 1, 20 do
	for _, last in ipairs({"connect", "mail", "header", "body"}) do
		conn = open()
		if last ~= "connect" then envelope(conn, "anna", "anna@example.com", "support@example.com") end
		if last == "header" or last == "body" then mail(conn, "lost") end
		if last == "body" then ok(mt.bodystring(conn, string.rep("x", 60000))) end
		mt.disconnect(conn, false)
	end
end
conn = open()
envelope(conn, "anna", "anna@example.com", "support@example.com")
mail(conn, "after")
ok(mt.bodystring(conn, "Hello\r\n"))
ok(mt.eom(conn))
reply(conn, SMFIR_CONTINUE, "end of the mail")
want(mt.eom_check(conn, MT_HDRADD, "X-Postdesk-Seal"), "no seal")
mt.disconnect(conn)
