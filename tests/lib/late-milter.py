#!/usr/bin/env python3
"""A filter that stands behind postdesk's own, for tests: late-milter.py PORT FILE [QUEUE]

At the end of each mail it does what the first word of FILE says: "accept", "tempfail", "reject", "discard",
"vanish" (closes the connection), "run" (runs FILE.run before it accepts), or "kill" (ends all cleanup processes of the
Postfix whose queue is QUEUE, in the midst of the mail). Each end of a mail is a line in FILE.log. Ends with its standard input.
"""
import os
import signal
import socket
import struct
import subprocess
import sys
import threading


def receive(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data


def answer(connection, command, data=b""):
    connection.sendall(struct.pack("!I", len(data) + 1) + command + data)


def kill_cleanup(queue):
    with open(queue + "/pid/master.pid", encoding="ascii") as file:
        master = int(file.read())
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                name, rest = file.read().rsplit(")", 1)
            if name.endswith("(cleanup") and int(rest.split()[1]) == master:
                os.kill(int(entry), signal.SIGKILL)
        except (OSError, ValueError):
            continue


def end_of_mail(connection):
    with open(sys.argv[2], encoding="ascii") as file:
        mode = file.read().split()[0]
    with open(sys.argv[2] + ".log", "a", encoding="ascii") as file:
        file.write(mode + "\n")
    if mode == "kill":
        kill_cleanup(sys.argv[3])
        mode = "accept"
    if mode == "run":
        subprocess.run([sys.argv[2] + ".run"], check=True)
        mode = "accept"
    if mode == "vanish":
        raise ConnectionError
    answer(connection, {"tempfail": b"t", "reject": b"r", "discard": b"d"}.get(mode, b"a"))


def serve(connection):
    try:
        while True:
            (size,) = struct.unpack("!I", receive(connection, 4))
            packet = receive(connection, size)
            if packet[:1] == b"O":  # version 2: nothing but the plain steps
                answer(connection, b"O", struct.pack("!III", 2, 0, 0))
            elif packet[:1] == b"E":
                end_of_mail(connection)
            elif packet[:1] == b"Q":
                return
            elif packet[:1] not in (b"D", b"A"):
                answer(connection, b"c")
    except (ConnectionError, OSError):
        pass
    finally:
        connection.close()


def listen():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=64)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


threading.Thread(target=listen, daemon=True).start()
sys.stdin.read()
