#!/usr/bin/env python3
"""A chat client for tests, over a plain socket.

  chatter.py PORT DOMAIN USER PASSWORD FIFO LOG     USER "": an anonymous visitor

Takes orders from the FIFO, a line each:
  say TO TEXT          a line, with a receipt asked for; sent again with the same id until the receipt is there
  again TO ID TEXT     a line with that id, once
  share TO FILE        uploads a file (XEP-0363, at upload.example.com) and says its link (XEP-0066)
  gone TO              leaves the chat (XEP-0085)
  raw XML              as it is
  quit                 closes the stream; kill: closes the connection
Writes to LOG, a line each, fields separated by tabs:
  ready JID | line FROM ID TEXT | receipt ID | error FROM ID CONDITION | presence FROM TYPE | state FROM STATE | iq XML | end
A line that comes again with the same id is told once, as clients do, but counted: again FROM ID.
"""
import base64
import os
import select
import socket
import sys
import time
import urllib.request
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

port, domain, user, password, fifo, log_name = sys.argv[1:7]
log_file = open(log_name, "a", buffering=1)
CLIENT = "{jabber:client}"
RESEND = 3.0


def log(*fields):
    log_file.write("\t".join(str(f).replace("\n", "\\n").replace("\t", " ") for f in fields) + "\n")


class Stream:
    def __init__(self):
        self.sock = socket.create_connection(("127.0.0.1", int(port)), timeout=30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.restart()

    def restart(self):
        self.parser = ET.XMLPullParser(["start", "end"])
        self.depth = 0
        self.root = None
        self.stanzas = []
        self.send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream="
                  "'http://etherx.jabber.org/streams' to=%s version='1.0'>" % quoteattr(domain))

    def send(self, text):
        self.sock.sendall(text.encode())

    def feed(self):
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        self.parser.feed(data)
        for event, element in self.parser.read_events():
            if event == "start":
                self.depth += 1
                if self.depth == 1:
                    self.root = element
            else:
                self.depth -= 1
                if self.depth == 1:
                    self.stanzas.append(element)
                    self.root.remove(element)

    def next(self):
        while not self.stanzas:
            self.feed()
        return self.stanzas.pop(0)


def login():
    stream = Stream()
    stream.next()
    if user:
        secret = base64.b64encode(("\0%s\0%s" % (user, password)).encode()).decode()
        stream.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>" % secret)
    else:
        stream.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>")
    answer = stream.next()
    if not answer.tag.endswith("success"):
        raise SystemExit("login refused: " + ET.tostring(answer).decode())
    stream.restart()
    stream.next()
    stream.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
    bound = stream.next()
    jid = bound.find(".//{urn:ietf:params:xml:ns:xmpp-bind}jid").text
    stream.send("<presence/>")
    return stream, jid


shares = {}  # id of the question for a slot -> (to, file)
UPLOAD = "{urn:xmpp:http:upload:0}"


def ask_for_slot(stream, to, path):
    ident = "slot-%d" % (len(shares) + 1)
    shares[ident] = (to, path)
    stream.send("<iq type='get' id='%s' to='upload.example.com'><request xmlns='urn:xmpp:http:upload:0' filename=%s size='%d' "
                "content-type='application/octet-stream'/></iq>" % (ident, quoteattr(os.path.basename(path)), os.path.getsize(path)))


def share(stream, ident, stanza):
    to, path = shares[ident]
    put, get = stanza.find(".//" + UPLOAD + "put"), stanza.find(".//" + UPLOAD + "get")
    headers = {h.get("name"): h.text for h in put.findall(UPLOAD + "header")}
    headers["Content-Type"] = "application/octet-stream"
    with open(path, "rb") as file:
        request = urllib.request.Request(put.get("url"), data=file.read(), headers=headers, method="PUT")
    urllib.request.urlopen(request, timeout=30).close()
    log("shared", get.get("url"))
    say(stream, to, get.get("url"), beside="<x xmlns='jabber:x:oob'><url>%s</url></x>" % escape(get.get("url")))


waiting = {}  # id -> [when it was sent, bytes]
seen = set()
count = 0


def say(stream, to, text, ident=None, again=False, beside=""):
    global count
    count += 1
    ident = ident or "%s-%d-%d" % (user or "v", os.getpid(), count)
    body = ("<message type='chat' to=%s id=%s%s><body>%s</body><request xmlns='urn:xmpp:receipts'/>"
            "<origin-id xmlns='urn:xmpp:sid:0' id=%s/>%s</message>" %
            (quoteattr(to), quoteattr(ident), os.environ.get("CHATTER_LANG", ""), escape(text), quoteattr(ident), beside))
    if not again:
        waiting[ident] = [time.monotonic(), body]
    stream.send(body)


def take(stream, stanza, jid):
    sender, ident, kind = stanza.get("from", ""), stanza.get("id", ""), stanza.get("type", "")
    name = stanza.tag.replace(CLIENT, "")
    if kind == "error":
        condition = ""
        for child in stanza.iter():
            if child.tag.startswith("{urn:ietf:params:xml:ns:xmpp-stanzas}") and not child.tag.endswith("}text"):
                condition = child.tag.split("}")[1]
        log("error", sender, ident, condition)
        if condition == "not-acceptable":
            waiting.pop(ident, None)
        elif ident in waiting and condition == "policy-violation":
            waiting.pop(ident, None)
        return
    if name == "message":
        receipt = stanza.find("{urn:xmpp:receipts}received")
        if receipt is not None:
            log("receipt", receipt.get("id"))
            waiting.pop(receipt.get("id"), None)
        body = stanza.find(CLIENT + "body")
        for state in ("composing", "paused", "gone"):
            if stanza.find("{http://jabber.org/protocol/chatstates}" + state) is not None:
                log("state", sender, state)
        if body is None:
            return
        if stanza.find("{urn:xmpp:receipts}request") is not None:
            stream.send("<message to=%s><received xmlns='urn:xmpp:receipts' id=%s/></message>" %
                        (quoteattr(sender), quoteattr(ident)))
        if (sender, ident) in seen and ident:
            log("again", sender, ident)
            return
        seen.add((sender, ident))
        log("line", sender, ident, body.text or "")
    elif name == "presence":
        log("presence", sender, kind or "available")
    elif name == "iq" and kind == "result" and ident in shares:
        share(stream, ident, stanza)
    elif name == "iq":
        if kind == "get" and stanza.find("{urn:xmpp:time}time") is not None:
            stream.send("<iq type='result' id=%s to=%s><time xmlns='urn:xmpp:time'><tzo>+02:00</tzo><utc>2026-01-01T00:00:00Z"
                        "</utc></time></iq>" % (quoteattr(ident), quoteattr(sender)))
        elif kind == "get":
            stream.send("<iq type='error' id=%s to=%s><error type='cancel'><service-unavailable xmlns="
                        "'urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>" % (quoteattr(ident), quoteattr(sender)))
        else:
            log("iq", ET.tostring(stanza).decode())


def main():
    stream, jid = login()
    orders = os.open(fifo, os.O_RDWR)
    log("ready", jid)
    pending = b""
    while True:
        while stream.stanzas:
            take(stream, stream.stanzas.pop(0), jid)
        ready, _, _ = select.select([stream.sock, orders], [], [], 0.5)
        if stream.sock in ready:
            stream.feed()
        for ident, entry in list(waiting.items()):
            if time.monotonic() - entry[0] > RESEND:
                entry[0] = time.monotonic()
                stream.send(entry[1])
        if orders not in ready:
            continue
        pending += os.read(orders, 65536)
        *lines, pending = pending.split(b"\n")
        for line in lines:
            order, _, rest = line.decode().partition(" ")
            if order == "say":
                to, _, text = rest.partition(" ")
                say(stream, to, text.replace("\\n", "\n"))
            elif order == "again":
                to, ident, text = rest.split(" ", 2)
                say(stream, to, text, ident, True)
            elif order == "share":
                ask_for_slot(stream, *rest.split(" ", 1))
            elif order == "gone":
                stream.send("<message type='chat' to=%s><gone xmlns='http://jabber.org/protocol/chatstates'/></message>" %
                            quoteattr(rest))
            elif order == "raw":
                stream.send(rest)
            elif order == "quit":
                stream.send("<presence type='unavailable'/></stream:stream>")
                return
            elif order == "kill":
                return


try:
    main()
except (EOFError, OSError, ET.ParseError) as fault:
    log("end", fault)
