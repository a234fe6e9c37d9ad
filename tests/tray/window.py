"""The app's windows as somebody at the keyboard has them: WebKit's own driver, over WebDriver."""

import base64
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from panel import until

SECONDS = 30
ENTER, CTRL, ALT = "\ue007", "\ue009", "\ue00a"
# Lets go of all keys that are held down.
NO_KEY = "\ue000"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Window:
    """The window that the app opened at its start."""

    def __init__(self, address, session):
        self.session = f"{address}/session/{session}"

    def call(self, method, path, body=None):
        return call(method, self.session + path, body)

    def find(self, css):
        """The element, once it is there."""
        until(lambda: self._one(css), f"the page has {css!r}", SECONDS)
        return self._one(css)

    def _one(self, css):
        found = self.call("POST", "/elements", {"using": "css selector", "value": css})
        return found[0][ELEMENT] if found else None

    def type(self, css, text):
        self.call("POST", f"/element/{self.find(css)}/value", {"text": text})

    def click(self, css):
        self.call("POST", f"/element/{self.find(css)}/click", {})

    def text(self):
        script = {"script": "return document.body.innerText", "args": []}
        return self.call("POST", "/execute/sync", script)

    def says(self, words):
        until(lambda: words in self.text(), lambda: f"the page says {words!r}, not {self.text()!r}", SECONDS)

    def picture(self, file):
        Path(file).write_bytes(base64.b64decode(self.call("GET", "/screenshot")))

    def run(self, script):
        return self.call("POST", "/execute/sync", {"script": script, "args": []})


def call(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {url}: {error.read().decode()}") from error


@contextmanager
def window(binary, *words, **variables):
    """Starts the app with these words, which make it open a window, and drives that."""
    env = os.environ | variables | {"TAURI_AUTOMATION": "true", "TAURI_WEBVIEW_AUTOMATION": "true"}
    port = free_port()
    driver = subprocess.Popen(["WebKitWebDriver", f"--port={port}"], env=env)
    address, session = f"http://127.0.0.1:{port}", None
    try:
        deadline = time.monotonic() + SECONDS
        while not listens(port):
            assert time.monotonic() < deadline, "WebKitWebDriver does not listen"
            time.sleep(0.05)
        options = {"webkitgtk:browserOptions": {"binary": str(binary), "args": list(words)}}
        made = call("POST", f"{address}/session", {"capabilities": {"alwaysMatch": options}})
        session = made["sessionId"]
        yield Window(address, session)
    finally:
        # The driver ends the app with the session.
        if session:
            call("DELETE", f"{address}/session/{session}")
        driver.terminate()
        driver.wait(SECONDS)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
