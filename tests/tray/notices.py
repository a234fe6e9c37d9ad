"""notices.py BINARY: notices on a real notification service. notices.sh starts it."""

import os
import select
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import dbus

from machine import SECONDS, display
from tray import expect

NAME = "org.freedesktop.Notifications"
# What dunst runs for its menu of buttons gets them as lines, and prints the one that is chosen.
CONFIG = '[global]\ndmenu = "grep -m 1 {chosen}"\nforce_xwayland = false\n'


@contextmanager
def dunst(screen, chosen):
    """dunst, in whose menu somebody chooses this button."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "dunstrc"
        config.write_text(CONFIG.format(chosen=chosen))
        service = subprocess.Popen(
            ["dunst", "-config", str(config)],
            env=os.environ | {"DISPLAY": screen},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            bus = dbus.SessionBus()
            deadline = time.monotonic() + SECONDS
            while not bus.name_has_owner(NAME):
                assert service.poll() is None, "dunst ended"
                assert time.monotonic() < deadline, f"dunst was not ready within {SECONDS} s"
                time.sleep(0.02)
            yield lambda *words: subprocess.run(
                ["dunstctl", *words], check=True, capture_output=True, text=True
            ).stdout.strip()
        finally:
            service.terminate()
            service.wait(SECONDS)


class Ring:
    """The example: shows these samples, and says what is chosen."""

    def __init__(self, binary, *samples):
        self.process = subprocess.Popen(
            [binary, *samples], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.said = b""
        for sample in samples:
            expect(self.line(), f"shown {sample}")

    def line(self):
        while b"\n" not in self.said:
            ready, _, _ = select.select([self.process.stdout], [], [], SECONDS)
            assert ready, f"the example said nothing for {SECONDS} s"
            piece = os.read(self.process.stdout.fileno(), 65536)
            assert piece, "the example ended"
            self.said += piece
        line, self.said = self.said.split(b"\n", 1)
        return line.decode()

    def end(self):
        self.process.stdin.close()
        expect(self.line(), "ended")
        expect(self.process.wait(SECONDS), 0)


def answers(binary, screen):
    with dunst(screen, "Extend") as control:
        ring = Ring(binary, "ending")
        expect(control("count", "displayed"), "1")
        control("action", "0")
        expect(ring.line(), "R-1042 Open")
        ring.end()

        ring = Ring(binary, "ending")
        control("context")
        expect(ring.line(), "R-1042 Extend")
        ring.end()

    with dunst(screen, "Approve") as control:
        # Approve is a way to the request, and decides nothing.
        ring = Ring(binary, "asked")
        control("context")
        expect(ring.line(), "R-1043 ReviewToApprove")
        ring.end()


def one_for_each_request(binary, screen):
    with dunst(screen, "Extend") as control:
        ring = Ring(binary, "granted", "ending", "asked")
        expect(control("count", "displayed"), "2")
        ring.end()
        # Nothing stays that could not be answered any more.
        expect(control("count", "displayed"), "0")


def main(binary):
    began = time.monotonic()
    with display() as (screen, _):
        answers(binary, screen)
        one_for_each_request(binary, screen)
    print(f"notices: buttons, replacement and end as expected ({time.monotonic() - began:.1f} s)")


if __name__ == "__main__":
    main(sys.argv[1])
