"""A notification service that shows nothing and writes down everything."""

import dbus
import dbus.lowlevel
import dbus.service

from panel import until

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"


class Notifications(dbus.service.Object):
    def __init__(self, bus):
        self.name = dbus.service.BusName(NAME, bus, do_not_queue=True)
        self.shown = {}
        self.told = []
        super().__init__(self.name, PATH)

    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, title, body, actions, hints, timeout):
        number = int(replaces) or len(self.told) + 1
        pairs = dict(zip(map(str, actions[::2]), map(str, actions[1::2])))
        self.shown[number] = (str(title), str(body), pairs)
        self.told.append(str(title))
        return dbus.UInt32(number)

    @dbus.service.method(NAME, in_signature="u")
    def CloseNotification(self, number):
        if self.shown.pop(int(number), None):
            self.NotificationClosed(number, dbus.UInt32(3))

    @dbus.service.method(NAME, out_signature="as")
    def GetCapabilities(self):
        return dbus.Array(["actions", "body", "body-markup", "sound"], signature="s")

    @dbus.service.method(NAME, out_signature="ssss")
    def GetServerInformation(self):
        return "Bellhop's tests", "Bellhop", "1", "1.2"

    @dbus.service.signal(NAME, signature="uu")
    def NotificationClosed(self, number, reason):
        pass

    @dbus.service.signal(NAME, signature="us")
    def ActionInvoked(self, number, action):
        pass

    def wait_for(self, title):
        """The number of the notice with this title that is on the screen."""
        found = lambda: [n for n, (said, _, _) in self.shown.items() if said == title]
        until(found, lambda: f"a notice says {title!r}, not {list(self.shown.values())}")
        return found()[0]

    def press(self, number, label):
        """Presses a button of a notice, as its user would."""
        _, _, actions = self.shown[number]
        key = next(key for key, text in actions.items() if text == label)
        self.ActionInvoked(dbus.UInt32(number), key)
        # Every service takes a notice away that was answered.
        self.CloseNotification(dbus.UInt32(number))

    def forge(self, number, label):
        """The same by somebody else on the bus, who is not the notification service."""
        _, _, actions = self.shown[number]
        key = next(key for key, text in actions.items() if text == label)
        stranger = dbus.bus.BusConnection(dbus.bus.BusConnection.TYPE_SESSION)
        # Or else this program would end with that connection.
        stranger.set_exit_on_disconnect(False)
        signal = dbus.lowlevel.SignalMessage(PATH, NAME, "ActionInvoked")
        signal.append(dbus.UInt32(number), key, signature="us")
        stranger.send_message(signal)
        stranger.flush()
        return stranger
