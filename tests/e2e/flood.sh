#!/bin/bash
# Slow and many clients: 200 that send a byte a second do not keep a real mail out; 3,000 that come and go leave
# neither memory nor descriptors behind. Needs no Postfix.
. "${top_srcdir:-.}/tests/lib/desk.sh"
PF_LOG=/dev/null
work=$(mktemp -d "${TMPDIR:-/tmp}/postdesk-test.XXXXXX")
chmod 755 "$work"
trap end EXIT
trap 'exit 1' INT TERM
PF_LMTP=unix:$work/lmtp
PF_DESK_PORT=9
desk_conf >"$work/postdesk.conf"
desk_start

cat >"$work/flood.py" <<'END'
import os, socket, sys, threading, time
path, pid = sys.argv[1], sys.argv[2]

def connect():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(30)
    s.connect(path)
    return s

def deliver():
    """The final reply; None where it was sent away with 421."""
    s = connect()
    f = s.makefile("rb")
    def reply():
        while True:
            line = f.readline()
            if line[3:4] != b"-":
                return line
    try:
        if not reply().startswith(b"220"):
            return None
        for text in (b"LHLO x\r\n", b"MAIL FROM:<a@example.net>\r\n", b"RCPT TO:<sales@example.com>\r\n", b"DATA\r\n",
                     b"From: a@example.net\r\nSubject: in a flood\r\n\r\ntext\r\n.\r\n"):
            s.sendall(text)
            last = reply()
        return last
    except OSError:
        return None

def state():
    rss = [l for l in open("/proc/%s/status" % pid) if l.startswith("VmRSS")][0].split()[1]
    return int(rss), len(os.listdir("/proc/%s/fd" % pid))

assert deliver().startswith(b"250 2.0.0")
before = state()

slow, stop = [], threading.Event()
def drip():
    while not stop.is_set():
        for s in list(slow):
            try:
                s.send(b"N")
            except OSError:
                slow.remove(s)
        stop.wait(1)
for i in range(200):
    slow.append(connect())
threading.Thread(target=drip, daemon=True).start()
time.sleep(1.5)
start = time.monotonic()
while True:
    last = deliver()
    if last is not None:
        break
    if time.monotonic() - start > 5:
        sys.exit("a real mail was kept out by slow clients")
    time.sleep(0.2)
took = time.monotonic() - start
print("beside slow clients a mail took %.2f s: %s" % (took, last.decode().strip()))
if not last.startswith(b"250 2.0.0") or took > 2:
    sys.exit("too long")
stop.set()
for s in slow:
    s.close()

for i in range(3000):
    connect().close()
start = time.monotonic()
while True:
    last = deliver()
    if last is not None and last.startswith(b"250 2.0.0"):
        break
    if time.monotonic() - start > 10:
        sys.exit("no mail after the flood: %r" % last)
    time.sleep(0.2)
while state()[1] > before[1] + 2:
    if time.monotonic() - start > 10:
        sys.exit("descriptors left behind: %d, before %d" % (state()[1], before[1]))
    time.sleep(0.1)
print("memory %d kB, before %d kB; descriptors %d, before %d" % (state()[0], before[0], state()[1], before[1]))
if state()[0] > before[0] + 40000 and not os.environ.get("PD_SANITIZED") == "1":
    sys.exit("memory left behind")
END
/usr/bin/python3 "$work/flood.py" "$work/lmtp" "$desk_pid" || fail "flood"
desk_stop || fail "did not end well"
