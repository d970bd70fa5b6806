-- Who gives many wrong addresses waits, longer each time; nobody else does.
local function wrong(conn)
	ok(mt.rcptto(conn, "<support+t1.aaaaaaaaaaaaaaaa@example.com>"))
	reply(conn, SMFIR_REPLYCODE, "a wrong address")
end
conn = open("192.0.2.66")
envelope(conn, nil, "x@example.org", "support@example.com")
for i = 1, 10 do wrong(conn) end
local before = os.time()
for i = 1, 4 do wrong(conn) end
want(os.time() - before >= 3, "fourteen wrong addresses in " .. os.time() - before .. " s")
-- The plain address is none that anybody guesses.
for i = 1, 50 do envelope(conn, nil, "x@example.org", "support@example.com") end
mt.disconnect(conn)
