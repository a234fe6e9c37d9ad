"""Clocks that a test sets, and a login manager that says when the machine sleeps."""

import os
from contextlib import contextmanager
from glob import glob
from pathlib import Path

import dbus
import dbus.lowlevel
import dbus.service

LOGIN = "org.freedesktop.login1"


class WallClock:
    """The wall clock of the programs that get these variables. How long the machine runs, and timers,
    go on as they are."""

    def __init__(self, folder):
        self.file = Path(folder) / "clock"
        self.set(0)
        [library] = glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        self.variables = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds):
        """So many seconds later than it is, or earlier."""
        staged = self.file.with_suffix(".new")
        staged.write_text(f"{seconds:+d}\n")
        os.replace(staged, self.file)


class LoginManager(dbus.service.Object):
    """On a system bus of its own."""

    def __init__(self, address):
        self.bus = dbus.bus.BusConnection(address)
        self.bus.set_exit_on_disconnect(False)
        self.bus.request_name(LOGIN)
        super().__init__(self.bus, "/org/freedesktop/login1")

    @dbus.service.signal(f"{LOGIN}.Manager", signature="b")
    def PrepareForSleep(self, falls_asleep):
        pass

    def wakes(self):
        self.PrepareForSleep(dbus.Boolean(False))
        self.bus.flush()

    def hears(self):
        """Whether anybody listens."""
        bus = self.bus.get_object("org.freedesktop.DBus", "/org/freedesktop/DBus")
        names = [name for name in bus.ListNames() if name.startswith(":")]
        return len(names) > 1


@contextmanager
def login_manager(address):
    manager = LoginManager(address)
    try:
        yield manager
    finally:
        manager.remove_from_connection()
        manager.bus.close()
