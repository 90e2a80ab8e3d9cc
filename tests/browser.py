"""Chromium without a driver's library: the DevTools protocol over the pipe that the browser offers (fd 3 and 4)."""

import base64
import json
import os
import re
import shutil
import subprocess
from contextlib import contextmanager

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)
WHY_NOT = "Chromium is not on this machine"


class Tab:
    """One page: loads, measures, prints; remembers what it asked the network for and what the console said."""

    def __init__(self, read, write):
        self.read, self.write, self.held = read, write, b""
        self.number, self.requests, self.complaints = 0, [], []
        target = self.ask("Target.createTarget", {"url": "about:blank"}, session=None)["targetId"]
        made = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True}, session=None)
        self.session = made["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable", {})

    session = None

    def ask(self, method, params, session=""):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            found = self.next_message()
            if found.get("id") == self.number:
                if "error" in found:
                    raise RuntimeError(f"{method}: {found['error']}")
                return found["result"]

    def next_message(self):
        while b"\0" not in self.held:
            part = os.read(self.read, 1 << 16)
            if not part:
                raise RuntimeError("the browser ended")
            self.held += part
        text, _, self.held = self.held.partition(b"\0")
        found = json.loads(text)
        match found.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(found["params"]["request"]["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(found["params"])
            case "Log.entryAdded" if found["params"]["entry"]["level"] == "error":
                self.complaints.append(found["params"]["entry"])
        return found

    def open(self, url, width, height):
        """Load a page in a window of some width and height."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", size)
        self.ask("Page.navigate", {"url": url})
        while self.next_message().get("method") != "Page.loadEventFired":
            pass

    def value(self, expression):
        """Return what an expression is on the page."""
        found = self.ask("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"])
        return found["result"].get("value")

    def printed(self):
        """Return the page as PDF."""
        return base64.b64decode(self.ask("Page.printToPDF", {"preferCSSPageSize": True})["data"])


@contextmanager
def browser(folder):
    """Yield a tab of a browser whose profile lies in a folder; it ends with the block."""
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()

    def pipes():
        os.dup2(to_read, 13)
        os.dup2(from_write, 14)
        os.dup2(13, 3)
        os.dup2(14, 4)

    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]
    process = subprocess.Popen(
        [*command, f"--user-data-dir={folder}", "about:blank"],
        preexec_fn=pipes,
        pass_fds=(3, 4),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_read)
    os.close(from_write)
    try:
        yield Tab(from_read, to_write)
    finally:
        process.kill()
        process.wait()
        os.close(from_read)
        os.close(to_write)


def pages_of(pdf):
    """Return the bytes of drawing on each page of a PDF."""
    lengths = {int(number): int(size) for number, size in re.findall(rb"(\d+) 0 obj\s*<<[^>]*?/Length (\d+)", pdf)}
    return [lengths[int(n)] for n in re.findall(rb"/Type /Page\b[^s].*?/Contents (\d+) 0 R", pdf, re.DOTALL)]


def links_of(tab: Tab, section: str) -> tuple[list[str], list[str], list[str]]:
    """Return what a section of a report links to: files beside the page, parts of itself, methods."""
    links = tab.value(f"[...document.querySelectorAll('#{section} a')].map(a => a.getAttribute('href'))")
    files = [link for link in links if link.endswith(".csv")]
    contents = [link for link in links if link.startswith("#")]
    return files, contents, [link for link in links if link not in files and link not in contents]
