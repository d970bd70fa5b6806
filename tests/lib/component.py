#!/usr/bin/env python3
"""Another component of the same name: component.py PORT DOMAIN SECRET; holds the name until its input ends. Prints "in"."""
import hashlib
import re
import socket
import sys

port, domain, secret = sys.argv[1:4]
sock = socket.create_connection(("127.0.0.1", int(port)), timeout=20)
sock.sendall(("<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='%s'>"
              % domain).encode())
answer = ""
while not re.search(r"id=['\"]([^'\"]+)", answer):
    answer += sock.recv(4096).decode()
stream_id = re.search(r"id=['\"]([^'\"]+)", answer).group(1)
sock.sendall(("<handshake>%s</handshake>" % hashlib.sha1((stream_id + secret).encode()).hexdigest()).encode())
answer = ""
while "<handshake" not in answer:
    answer += sock.recv(4096).decode()
print("in", flush=True)
sys.stdin.read()
