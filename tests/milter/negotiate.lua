-- What the milter asks of the MTA: what it uses, and nothing that costs.
conn = mt.connect(socket, 50, 0.1)
want(conn, "nobody listens")
ok(mt.negotiate(conn, nil, nil, nil))
for _, action in ipairs({SMFIF_ADDHDRS, SMFIF_CHGHDRS, SMFIF_ADDRCPT, SMFIF_DELRCPT}) do
	want(mt.test_action(conn, action), "an action that it needs is not asked for")
end
for _, action in ipairs({SMFIF_CHGBODY, SMFIF_QUARANTINE}) do
	want(not mt.test_action(conn, action), "an action that it never takes is asked for")
end
for _, step in ipairs({SMFIP_NOHELO, SMFIP_NODATA, SMFIP_NOUNKNOWN, SMFIP_NR_HDR, SMFIP_NR_BODY}) do
	want(mt.test_option(conn, step), "a step, or an answer, that it has no use for is asked for")
end
for _, step in ipairs({SMFIP_NOMAIL, SMFIP_NORCPT, SMFIP_NOHDRS, SMFIP_NOEOH, SMFIP_NOBODY, SMFIP_NR_RCPT, SMFIP_NR_EOH}) do
	want(not mt.test_option(conn, step), "a step is left out that it needs")
end
mt.disconnect(conn)

-- An MTA that lets nothing be changed is of no use: it is told so at once, and postdeskd goes on.
conn = mt.connect(socket)
want(mt.negotiate(conn, 6, 0, 0) ~= nil, "an MTA that lets nothing be changed is served")
mt.disconnect(conn, false)

-- One of long ago, which waits for an answer to each step, and sends each body whole.
conn = mt.connect(socket)
ok(mt.negotiate(conn, 2, SMFIF_ADDHDRS + SMFIF_CHGHDRS + SMFIF_ADDRCPT + SMFIF_DELRCPT + SMFIF_CHGBODY, 127))
ok(mt.conninfo(conn, "client.example.net", "192.0.2.1"))
envelope(conn, "anna", "anna@example.com", "support@example.com")
mail(conn, "old")
reply(conn, SMFIR_CONTINUE, "header")
ok(mt.bodystring(conn, "Hello\r\n"))
reply(conn, SMFIR_CONTINUE, "body")
ok(mt.eom(conn))
reply(conn, SMFIR_CONTINUE, "end of the mail")
want(mt.eom_check(conn, MT_HDRADD, "X-Postdesk-Seal"), "no seal")
mt.disconnect(conn)
