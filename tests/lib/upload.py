#!/usr/bin/env python3
"""A file server that behaves badly, for tests: upload.py PORTFILE LOG [CERTIFICATE KEY]; with a certificate over TLS. Every path is a kind of misbehaviour:
  /up/good/NAME   a file, as it should be       /up/huge/NAME   says that it has 1 GB
  /up/endless/X   a body without end            /up/slow/NAME   a byte now and then, for ever
  /up/short/NAME  says 1000 bytes, sends 10     /up/gone/NAME   404
  /up/away/NAME   503                           /up/to/URL      redirects to that URL
  /up/noise/NAME  no HTTP
LOG has a line for each request: METHOD PATH HOST and whether there were credentials or cookies."""
import socketserver
import ssl
import sys
import time
import urllib.parse

log = open(sys.argv[2], "a", buffering=1)


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        request = self.rfile.readline().decode("latin-1").split()
        headers = {}
        while True:
            line = self.rfile.readline().decode("latin-1").strip()
            if not line:
                break
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if len(request) < 2:
            return
        secret = "secrets" if "authorization" in headers or "cookie" in headers else "-"
        log.write("%s %s %s %s\n" % (request[0], request[1], headers.get("host", ""), secret))
        kind, _, rest = request[1].lstrip("/").partition("/")[2].partition("/")
        send = self.wfile.write
        try:
            if kind == "good":
                body = b"<script>alert(1)</script> of " + rest.encode()
                send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            elif kind == "huge":
                send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
                time.sleep(5)
            elif kind == "endless":
                send(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    send(b"x" * 65536)
            elif kind == "slow":
                send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
                while True:
                    send(b"x")
                    time.sleep(0.5)
            elif kind == "short":
                send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789")
            elif kind == "gone":
                send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone")
            elif kind == "away":
                send(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
            elif kind == "to":
                send(b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % urllib.parse.unquote(rest).encode())
            elif kind == "noise":
                send(b"hello, I speak no HTTP\r\n")
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def finish_request(self, request, client_address):
        if tls is not None:
            try:
                request = tls.wrap_socket(request, server_side=True)
            except OSError:
                return
        super().finish_request(request, client_address)
        if tls is not None:
            try:
                request.unwrap()
            except OSError:
                pass
            request.close()


tls = None
if len(sys.argv) > 3:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3], sys.argv[4])

server = Server(("127.0.0.1", 0), Handler)
with open(sys.argv[1] + ".new", "w") as out:
    out.write("%d\n" % server.server_address[1])
import os
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
