-- Who connects does not matter: IPv4, IPv6, nobody knows; and many mails come over one connection.
for _, address in ipairs({"192.0.2.1", "2001:db8::1", "unspec"}) do
	conn = open(address)
	for i = 1, 3 do
		envelope(conn, nil, "carol@example.net", "support@example.com")
		mail(conn, "one")
		let_go(conn, address)
	end
	mt.disconnect(conn)
end
