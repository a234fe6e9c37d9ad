"""tray.py BINARY: the stories of the tray icon. run.sh starts it with what it needs around it."""

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path

from panel import Panel, until

SECONDS = 20
ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
QUIT = "Quit Bellhop (access still ends on time)"


@contextmanager
def display():
    """An X server of our own; gives its name."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        # Xvfb writes the number when it is ready to be connected to.
        ready, _, _ = select.select([read], [], [], SECONDS)
        number = os.read(read, 16).decode().strip() if ready else ""
        assert number, f"Xvfb was not ready within {SECONDS} s"
        yield f":{number}"
    finally:
        os.close(read)
        server.terminate()
        server.wait(SECONDS)


class App:
    """The tray app, started with some variables set; None unsets one."""

    def __init__(self, binary, **variables):
        env = {name: value for name, value in (os.environ | variables).items() if value is not None}
        self.process = subprocess.Popen(
            [binary], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.said = ""

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        if failure:
            print(f"The app said:\n{self.said}", file=sys.stderr)

    def listen(self, sentence=None):
        """Reads what the app says, until the sentence or the end of it."""
        deadline = time.monotonic() + SECONDS
        while sentence is None or sentence not in self.said:
            left = max(0, deadline - time.monotonic())
            ready, _, _ = select.select([self.process.stdout], [], [], left)
            assert ready, f"the app neither said {sentence!r} nor ended within {SECONDS} s"
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                assert sentence is None, f"the app ended and never said {sentence!r}"
                return
            self.said += piece.decode()

    def exit_code(self):
        self.listen()
        code = self.process.wait(SECONDS)
        assert "panicked" not in self.said, "the app panicked"
        return code


def expect(actual, expected):
    assert actual == expected, f"expected {expected!r}, got {actual!r}"


def shows_its_menu_and_quits(binary, panel, **variables):
    with App(binary, **variables) as app:
        item = panel.wait_for_item()
        until(item.entries, "the menu has entries")
        expect(
            [(label, enabled) for _, label, enabled in item.entries()],
            [(f"Bellhop {VERSION}", False), (None, False), (QUIT, True)],
        )
        expect(item.get("Status"), "Active")
        icon = Path(item.get("IconName"))
        assert icon.read_bytes().startswith(b"\x89PNG"), f"{icon} is no PNG"

        item.click(QUIT)
        expect(app.exit_code(), 0)


def says_why_it_cannot_run(binary, why, **variables):
    with App(binary, **variables) as app:
        expect(app.exit_code(), 1)
        last = app.said.strip().splitlines()[-1]
        assert re.search(why, last), f"expected {why!r} in {last!r}"
        assert "`bellhop` in the terminal" in last, f"no way out in {last!r}"


def warns_and_goes_on(binary, warning, **variables):
    with App(binary, **variables) as app:
        app.listen(warning)
        app.process.terminate()
        expect(app.exit_code(), -signal.SIGTERM)


def main(binary):
    panel = Panel()
    began = time.monotonic()
    with display() as screen, tempfile.TemporaryDirectory() as broken:
        # Empty files in the library's place: whoever loads it is as badly off as without.
        for name in ["libayatana-appindicator3.so", "libappindicator3.so"]:
            (Path(broken) / name).touch()
            (Path(broken) / f"{name}.1").touch()

        shows_its_menu_and_quits(binary, panel, DISPLAY=screen)
        says_why_it_cannot_run(binary, "neither DISPLAY nor WAYLAND_DISPLAY is set")
        says_why_it_cannot_run(binary, r"did not answer \([^)]+\)", DISPLAY=":nowhere")
        says_why_it_cannot_run(
            binary, "install libayatana-appindicator3", DISPLAY=screen, LD_LIBRARY_PATH=broken
        )
        warns_and_goes_on(
            binary, "no D-Bus session bus", DISPLAY=screen, DBUS_SESSION_BUS_ADDRESS=None
        )
    print(f"tray: menu, quit and four broken sessions as expected ({time.monotonic() - began:.1f} s)")


if __name__ == "__main__":
    main(sys.argv[1])
