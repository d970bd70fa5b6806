#!/usr/bin/env python3
"""Visitors who chat at once: chat.py PORT VISITORS SECONDS PAUSE WHO

Each visitor says a line each PAUSE seconds; WHO "desk": to the desk, where the agent anna answers each line at once; WHO
"echo": to carol, who sends each line back, so that the server's own way is known. Prints "WHO lines N p50 MS p99 MS max MS",
the time from the visitor's line to the answer to it.

  chat.py PORT N,N,... 0 0 hold

opens that many chats, each taken by anna, prints "open N", waits for a line on standard input, opens more, and in the end
waits for its end: for looking at what open chats cost.
"""
import asyncio
import base64
import re
import sys
import time

port, seconds, pause, who = int(sys.argv[1]), float(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
steps = [int(step) for step in sys.argv[2].split(",")]
visitors = steps[0]
DESK = "support@desk.example.com"
MESSAGE = re.compile(rb"<message [^>]*?>.*?</message>", re.S)


def attribute(stanza, name):
    found = re.search(rb"\s" + name + rb"=(['\"])(.*?)\1", stanza[:stanza.index(b">")])
    return found.group(2).decode() if found else ""


class Client:
    async def login(self, user, domain, password=""):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        self.rest = b""
        open_stream = ("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='%s' "
                       "version='1.0'>" % domain)
        self.write(open_stream)
        await self.until(b"</stream:features>")
        if user:
            self.write("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>" %
                       base64.b64encode(("\0%s\0%s" % (user, password)).encode()).decode())
        else:
            self.write("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>")
        await self.until(b"<success")
        self.write(open_stream)
        await self.until(b"</stream:features>")
        self.write("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
        await self.until(b"</bind>")
        self.write("<presence/>")

    def write(self, text):
        self.writer.write(text.encode())

    async def until(self, end):
        while end not in self.rest:
            self.rest += await self.reader.read(65536)
        self.rest = b""

    def say(self, to, text):
        self.write("<message type='chat' to='%s' id='%d-%d'><body>%s</body></message>" %
                   (to, id(self), time.monotonic_ns(), text))

    async def stanzas(self):
        while True:
            data = await self.reader.read(65536)
            if not data:
                return
            self.rest += data
            end = 0
            for found in MESSAGE.finditer(self.rest):
                end = found.end()
                yield found.group(0)
            self.rest = self.rest[end:]


async def answer(client):
    """The agent, or carol: answers each line that carries a time."""
    async for stanza in client.stanzas():
        body = re.search(rb"<body>(.*?)</body>", stanza, re.S)
        if not body or b"type='error'" in stanza or b'type="error"' in stanza:
            continue
        text = body.group(1).decode()
        sender = attribute(stanza, b"from")
        if text.startswith("* "):  # the desk's own word: an invitation is answered, to take the chat
            if "answers here first" in text:
                client.say(sender, "Hello")
        elif text.startswith("at "):
            client.say(sender, text)


times = []


async def hear(client):
    async for stanza in client.stanzas():
        body = re.search(rb"<body>at (\d+)</body>", stanza)
        if body:
            times.append(time.monotonic_ns() - int(body.group(1)))
        elif b"<body>Hello</body>" in stanza:
            client.taken.set()


async def visit(client, to, start, end, number):
    asyncio.ensure_future(hear(client))
    if who == "desk":
        client.say(to, "I have a question")
        await client.taken.wait()
    await start.wait()
    await asyncio.sleep(pause * number / visitors)
    while time.monotonic() < end[0]:
        client.say(to, "at %d" % time.monotonic_ns())
        await asyncio.sleep(pause)


async def hold():
    agent, clients = Client(), []
    await agent.login("anna", "chat.example.com", "pw-anna")
    asyncio.ensure_future(answer(agent))
    loop = asyncio.get_running_loop()

    async def enter():
        client = Client()
        client.taken = asyncio.Event()
        await client.login("", "visitors.example.com")
        asyncio.ensure_future(hear(client))
        client.say(DESK, "I have a question")
        await client.taken.wait()
        clients.append(client)

    for step in steps:
        while len(clients) < step:
            await asyncio.gather(*(enter() for _ in range(min(50, step - len(clients)))))
        print("open", len(clients), flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)


async def main():
    other = Client()
    await other.login("anna" if who == "desk" else "carol", "chat.example.com", "pw-anna" if who == "desk" else "pw-carol")
    asyncio.ensure_future(answer(other))
    start, end, tasks, clients = asyncio.Event(), [0], [], []
    to = DESK if who == "desk" else "carol@chat.example.com"
    for number in range(visitors):
        client = Client()
        client.taken = asyncio.Event()
        await client.login("", "visitors.example.com")
        clients.append(client)
        tasks.append(asyncio.ensure_future(visit(client, to, start, end, number)))
    if who == "desk":
        await asyncio.gather(*(client.taken.wait() for client in clients))
    end[0] = time.monotonic() + seconds
    start.set()
    await asyncio.gather(*tasks)
    for _ in range(50):
        await asyncio.sleep(0.1)
    times.sort()
    at = lambda part: times[min(len(times) - 1, int(len(times) * part))] / 1e6
    print("%s lines %d p50 %.1f p99 %.1f max %.1f" % (who, len(times), at(0.5), at(0.99), times[-1] / 1e6), flush=True)

asyncio.run(hold() if who == "hold" else main())
