-- Header fields: forged proofs go, whatever they look like, and nothing else does.
local function begin(list)
	local conn = open()
	envelope(conn, nil, "carol@example.net", "support@example.com")
	fields(conn, {{"From", "carol@example.net"}, {"Subject", "x"}})
	fields(conn, list)
	return conn
end
local function run(list)
	local conn = begin(list)
	ok(mt.eoh(conn))
	reply(conn, SMFIR_CONTINUE, "end of the header")
	ok(mt.bodystring(conn, "Hello\r\n"))
	ok(mt.eom(conn))
	reply(conn, SMFIR_CONTINUE, "end of the mail")
	return conn
end
for _, value in ipairs({"mail.example.com; dmarc=pass", "mail.example.com 1; none", "(c) mail.example.com; none",
	"(a (b) \\) c) MAIL.example.COM (d) 1 (e); dmarc=pass header.from=example.com", "\"mail.example.com\"; dmarc=pass",
	"\n\tmail.example.com;\n\tdmarc=pass", "mail.example.com", "mail.example.com;", "\vmail.example.com; dmarc=pass", "\1mail.example.com; dmarc=pass"}) do
	local conn = run({{"Authentication-Results", value}})
	want(mt.eom_check(conn, MT_HDRDELETE, "Authentication-Results"), "left: " .. value)
	mt.disconnect(conn)
end
for _, value in ipairs({"other.example.org; dmarc=pass", "(mail.example.com) other.example.org; none",
	"mail.example.com.example.org; dmarc=pass", "xmail.example.com; dmarc=pass", "", ";", "(", "\"", "1"}) do
	local conn = begin({{"Authentication-Results", value}})
	let_go(conn, value)
	mt.disconnect(conn)
end
for _, name in ipairs({"X-Postdesk-Seal", "x-postdesk-seal", "X-POSTDESK-SEAL"}) do
	local conn = run({{name, "v1; anna; 1; aaaaaaaaaaaaaaaa; bbbb"}, {"X-Other", "y"}, {name, ""}})
	want(mt.eom_check(conn, MT_HDRDELETE, "X-Postdesk-Seal"), "a seal is left")
	mt.disconnect(conn)
end
-- As many as there may be.
local many = {}
for i = 1, 500 do
	many[#many + 1] = {"Authentication-Results", i % 2 == 0 and "mail.example.com; dmarc=pass" or "other.example.org; none"}
end
conn = run(many)
want(mt.eom_check(conn, MT_HDRDELETE, "Authentication-Results"), "many: left")
mt.disconnect(conn)
-- More than anybody has without intent, and each costs Postfix a look at all before it: refused.
for _, field in ipairs({{"X-Postdesk-Seal", "x"}, {"Authentication-Results", "mail.example.com; dmarc=pass"}}) do
	many = {}
	for i = 1, 501 do many[i] = field end
	conn = begin(many)
	ok(mt.eoh(conn))
	reply(conn, SMFIR_CONTINUE, "end of the header")
	ok(mt.bodystring(conn, "Hello\r\n"))
	ok(mt.eom(conn))
	reply(conn, SMFIR_REPLYCODE, "501 times " .. field[1])
	mt.disconnect(conn)
end
-- Nothing of ours in it: nothing is touched.
conn = begin({{"Received", "from x"}, {"X-Long", string.rep("y", 900)}})
let_go(conn, "a mail that has nothing to do with us")
mt.disconnect(conn)
