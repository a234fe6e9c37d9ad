"""The panel's side of a tray icon, as far as a test needs it.

Owns org.kde.StatusNotifierWatcher, where tray icons register, and reads and clicks their menus
over com.canonical.dbusmenu.
"""

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
    try:
        while not condition():
            if over:
                raise AssertionError(f"{what}: not within {seconds} s")
            GLib.MainContext.default().iteration(True)
    finally:
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

    def wait_for_item(self):
        """The next icon to register."""
        until(lambda: self.items, "a tray icon registers with the panel")
        return Item(self.bus, *self.items.pop())


class Item:
    """A tray icon that registered."""

    def __init__(self, bus, sender, path):
        self.properties = dbus.Interface(bus.get_object(sender, path), PROPERTIES)
        self.menu = dbus.Interface(bus.get_object(sender, self.get("Menu")), MENU)

    def get(self, name):
        return self.properties.Get(ITEM, name)

    def entries(self):
        """The menu from top to bottom: (id, label, enabled); None is the label of a separator."""
        _, (_, _, children) = self.menu.GetLayout(0, -1, dbus.Array(signature="s"))
        return [self._entry(entry, properties) for entry, properties, _ in children]

    @staticmethod
    def _entry(entry, properties):
        if properties.get("type") == "separator":
            return int(entry), None, False
        # An underscore marks the letter to underline; two are one underscore.
        label = str(properties["label"]).replace("__", "\0").replace("_", "").replace("\0", "_")
        return int(entry), label, bool(properties.get("enabled", True))

    def click(self, label):
        """Chooses the entry with this label. Ids change with every redraw, labels do not."""
        entry = next(entry for entry, text, _ in self.entries() if text == label)
        self.menu.Event(entry, "clicked", dbus.String("", variant_level=1), dbus.UInt32(0))
