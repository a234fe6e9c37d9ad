"""The panel's side of a tray icon, as far as a test needs it.

Owns org.kde.StatusNotifierWatcher, where tray icons register, and reads and clicks their menus
over com.canonical.dbusmenu.
"""

import re
from dataclasses import dataclass

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
PROPERTIES = "org.freedesktop.DBus.Properties"


def until(condition, what, seconds=20):
    """Serves D-Bus until condition() is true; fails with `what` after the time limit."""
    over = []
    timer = GLib.timeout_add_seconds(seconds, lambda: over.append(True))
    # Not everything that is waited for comes over the bus.
    look = GLib.timeout_add(50, lambda: True)
    try:
        while not condition():
            if over:
                raise AssertionError(f"{what() if callable(what) else what}: not within {seconds} s")
            GLib.MainContext.default().iteration(True)
    finally:
        GLib.source_remove(look)
        if not over:
            GLib.source_remove(timer)


class Panel(dbus.service.Object):
    """A panel that draws nothing."""

    def __init__(self):
        dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
        self.bus = dbus.SessionBus()
        self.name = dbus.service.BusName(WATCHER, self.bus, do_not_queue=True)
        self.items = []
        super().__init__(self.name, "/StatusNotifierWatcher")

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, path, sender=None):
        self.items.append((sender, path))
        self.StatusNotifierItemRegistered(sender + path)

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.signal(WATCHER, signature="s")
    def StatusNotifierItemRegistered(self, service):
        pass

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return {
            "RegisteredStatusNotifierItems": dbus.Array(
                [sender + path for sender, path in self.items], signature="s"
            ),
            "IsStatusNotifierHostRegistered": True,
            "ProtocolVersion": dbus.Int32(0),
        }

    def wait_for_item(self, beside=None):
        """The icon of the app that runs now, or of the one beside that process."""
        until(lambda: self._living(beside), "a tray icon registers with the panel")
        return Item(self.bus, *self._living(beside)[-1])

    def icon_of(self, process):
        """The icon of this very process, once it is there."""
        found = [item for item in self.items if process_of(self.bus, item[0]) == process]
        return Item(self.bus, *found[-1]) if found else None

    def is_empty(self):
        return not self._living()

    def _living(self, beside=None):
        """Those of apps that are gone are no more."""
        found = [(item, process_of(self.bus, item[0])) for item in self.items]
        self.items = [item for item, process in found if process]
        return [item for item, process in found if process not in (None, beside)]


def process_of(bus, sender):
    """Whoever has this name on the bus; None when it is gone."""
    names = bus.get_object("org.freedesktop.DBus", "/org/freedesktop/DBus")
    try:
        return int(names.GetConnectionUnixProcessID(sender))
    except dbus.DBusException:
        return None


class Item:
    """A tray icon that registered."""

    def __init__(self, bus, sender, path):
        self.bus, self.sender = bus, sender
        self.properties = dbus.Interface(bus.get_object(sender, path), PROPERTIES)
        self.menu = dbus.Interface(bus.get_object(sender, self.get("Menu")), MENU)

    def process(self):
        return process_of(self.bus, self.sender)

    def get(self, name):
        return self.properties.Get(ITEM, name)

    def lines(self):
        """The menu from top to bottom, submenus after the line that they belong to."""
        try:
            _, (_, _, children) = self.menu.GetLayout(0, -1, dbus.Array(signature="s"))
        except dbus.DBusException as error:
            # An icon registers a moment before its menu is there.
            if error.get_dbus_name() == "org.freedesktop.DBus.Error.UnknownMethod":
                return []
            raise
        return self._lines(children, ())

    def _lines(self, children, above):
        lines = []
        for entry, properties, nested in children:
            line = self._line(int(entry), properties, above)
            lines.append(line)
            lines += self._lines(nested, (*above, line.label))
        return lines

    @staticmethod
    def _line(entry, properties, above):
        if properties.get("type") == "separator":
            return Line(entry, None, False, False, above)
        # An underscore marks the letter to underline; two are one underscore.
        label = str(properties["label"]).replace("__", "\0").replace("_", "").replace("\0", "_")
        checked = int(properties.get("toggle-state", 0)) == 1
        return Line(entry, label, bool(properties.get("enabled", True)), checked, above)

    def labels(self):
        """What the menu says; submenus are indented, None is a separator."""
        return [line.label and "  " * len(line.above) + line.label for line in self.lines()]

    def find(self, label, under=""):
        """The line that begins with this pattern, below one that begins with that; None if there is none."""
        for line in self.lines():
            beneath = not under or any(re.match(under, above) for above in line.above if above)
            if line.label and re.match(label, line.label) and beneath:
                return line
        return None

    def wait_for(self, label, under=""):
        until(lambda: self.find(label, under), lambda: f"the menu says {label!r}, not {self.labels()}")
        return self.find(label, under)

    def wait_without(self, label):
        until(lambda: not self.find(label), f"the menu says {label!r} no more")

    def click(self, label, under=""):
        """Chooses a line. Ids change with every redraw, labels do not."""
        self.wait_for(label, under)
        until(lambda: self._chosen(label, under), lambda: f"{label!r} is chosen from {self.labels()}")

    def _chosen(self, label, under):
        line = self.find(label, under)
        if not line:
            return False
        assert line.enabled, f"{line.label!r} is grey"
        try:
            self.menu.Event(line.entry, "clicked", dbus.String("", variant_level=1), dbus.UInt32(0))
        except dbus.DBusException as error:
            # It was drawn anew since we looked.
            if "does not refer to a menu item" in str(error):
                return False
            raise
        return True


@dataclass(frozen=True)
class Line:
    """A line of a menu. The label of a separator is None."""

    entry: int
    label: str | None
    enabled: bool
    checked: bool
    above: tuple
