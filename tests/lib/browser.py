#!/usr/bin/env python3
"""A browser for tests, by WebDriver (chromedriver): browser.py PORT SESSION-FILE ORDER...

  start            begins a session;  quit ends it
  open URL | click CSS | type CSS TEXT (\\n is Enter) | press KEY (Enter, Escape, Tab) | text CSS | run SCRIPT | shot FILE
Prints the answer, "" where there is none. Exits 1 where the element is not there.
"""
import base64
import json
import sys
import urllib.error
import urllib.request

port, session_file, order = sys.argv[1:4]
words = sys.argv[4:]
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004"}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def call(method, path, body=None):
    request = urllib.request.Request("http://127.0.0.1:%s%s" % (port, path), method=method,
                                     data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as fault:
        raise SystemExit("browser: " + json.load(fault)["value"]["message"].split("\n")[0])


if order == "start":
    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=900,800",
                 "--no-proxy-server", "--disable-background-networking", "--disable-component-update"]
    made = call("POST", "/session", {"capabilities": {"alwaysMatch": {
        "browserName": "chrome", "goog:chromeOptions": {"args": arguments},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
    open(session_file, "w").write(made["sessionId"])
    sys.exit(0)

session = "/session/" + open(session_file).read()


def find(css):
    return session + "/element/" + call("POST", session + "/element", {"using": "css selector", "value": css})[ELEMENT]


if order == "open":
    call("POST", session + "/url", {"url": words[0]})
elif order == "click":
    call("POST", find(words[0]) + "/click", {})
elif order == "type":
    call("POST", find(words[0]) + "/value", {"text": words[1].replace("\\n", "\ue007")})
elif order == "press":
    call("POST", session + "/actions", {"actions": [{"type": "key", "id": "keys", "actions": [
        {"type": "keyDown", "value": KEYS[words[0]]}, {"type": "keyUp", "value": KEYS[words[0]]}]}]})
elif order == "text":
    print(call("GET", find(words[0]) + "/text"))
elif order == "run":
    print(call("POST", session + "/execute/sync", {"script": words[0], "args": []}) or "")
elif order == "hosts":  # where it asked for anything
    hosts = set()
    for entry in call("POST", session + "/se/log", {"type": "performance"}):
        message = json.loads(entry["message"])["message"]
        if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
            url = message["params"].get("url") or message["params"]["request"]["url"]
            if not url.startswith(("data:", "blob:", "chrome")):
                hosts.add(url.split("/")[2])
    print("\n".join(sorted(hosts)))
elif order == "log":
    for entry in call("POST", session + "/se/log", {"type": "browser"}):
        print(entry["level"], entry["message"][:300])
elif order == "shot":
    open(words[0], "wb").write(base64.b64decode(call("GET", session + "/screenshot")))
elif order == "quit":
    call("DELETE", session)
