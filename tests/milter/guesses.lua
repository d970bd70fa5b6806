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
-- A login that is no agent's waits like a client, wherever it comes from, and nobody beside it does; an agent never.
local function takes(least, most, what, login, address)
	conn = open(address)
	envelope(conn, login, "x@example.org", "support@example.com")
	before = os.time()
	for i = 1, 7 do wrong(conn) end
	local took = os.time() - before
	want(took >= least and took <= most, what .. ": seven wrong addresses in " .. took .. " s")
	mt.disconnect(conn)
end
takes(0, 2, "a login", "eve", "192.0.2.67")
takes(2, 60, "the same login from elsewhere", "eve", "192.0.2.68")
takes(0, 2, "another client of that address", nil, "192.0.2.67")
for i = 1, 3 do takes(0, 2, "an agent", "anna", "192.0.2.69") end
takes(0, 2, "another client of the agent's address", nil, "192.0.2.69")
-- No refusal comes at once: sixty, none of which waits for having guessed, take 3 s at least.
before = os.time()
for client = 1, 6 do
	conn = open("192.0.2." .. 100 + client)
	envelope(conn, nil, "x@example.org", "support@example.com")
	for i = 1, 10 do wrong(conn) end
	mt.disconnect(conn)
end
want(os.time() - before >= 2, "sixty refusals in " .. os.time() - before .. " s")
