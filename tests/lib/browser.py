#!/usr/bin/env python3
"""A browser for tests, by WebDriver (W3C), one order a call:

  browser.py PORT start                 prints the session; chromedriver listens at that port
  browser.py PORT SESSION open URL
  browser.py PORT SESSION keys TEXT     as typed where the focus is; <Tab> <Enter> <Escape> <Space> are keys
  browser.py PORT SESSION eval SCRIPT   prints what it returns
  browser.py PORT SESSION wait SCRIPT   until it returns something true, 30 s; exit 1 when it does not
  browser.py PORT SESSION shot FILE     a picture of what is seen
  browser.py PORT SESSION log           prints what the page told the console
  browser.py PORT SESSION end
"""
import base64
import json
import re
import sys
import time
import urllib.request

port, session = sys.argv[1], sys.argv[2]
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Space": " "}


def ask(method, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request("http://127.0.0.1:%s%s" % (port, path), data=data, method=method,
                                     headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["value"]


def run(script):
    return ask("POST", "/session/%s/execute/sync" % session, {"script": script, "args": []})


def main():
    if session == "start":
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1000,760",
                     "--disable-background-networking", "--disable-component-update", "--no-first-run"]
        options = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}}
        print(ask("POST", "/session", {"capabilities": {"alwaysMatch": options}})["sessionId"])
        return 0
    order, argument = sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else ""
    if order == "open":
        ask("POST", "/session/%s/url" % session, {"url": argument})
    elif order == "keys":
        actions = []
        for part in re.findall(r"<[A-Z][a-z]+>|.", argument):
            key = KEYS.get(part[1:-1], part) if len(part) > 1 else part
            actions += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        ask("POST", "/session/%s/actions" % session, {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})
    elif order == "eval":
        print(run("return " + argument))
    elif order == "wait":
        until = time.monotonic() + 30
        while not run("return " + argument):
            if time.monotonic() > until:
                return 1
            time.sleep(0.1)
    elif order == "shot":
        with open(argument, "wb") as out:
            out.write(base64.b64decode(ask("GET", "/session/%s/screenshot" % session)))
    elif order == "log":
        for line in ask("POST", "/session/%s/se/log" % session, {"type": "browser"}):
            print(line["level"], line["message"])
    elif order == "end":
        ask("DELETE", "/session/%s" % session)
    return 0


sys.exit(main())
