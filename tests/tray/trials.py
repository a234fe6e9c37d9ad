"""trials.py BINARY: what happens to the tray, its backend and the machine around them, and what is to
hold all the same: access ends on time, and the tray says what is stored. run.sh starts it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from clocks import WallClock, login_manager
from machine import App, another_bus, display, home, sample_cluster
from notifications import Notifications
from panel import Panel, until
from tray import expect, leaves, shown, windows
from updates import newer

TEST = ["--reason", "a test"]
ONE, OTHER = "k8s-demo/namespace/customer1:edit", "k8s-demo/namespace/customer2:edit"


class Scene:
    """A connected home beside a panel, a display and a sample cluster, each of them its own."""

    def __init__(self, binary, panel, notifications, at, screen, cluster, clock):
        self.binary, self.panel, self.notifications = binary, panel, notifications
        self.at, self.screen, self.cluster, self.clock = at, screen, cluster, clock
        self.quiet = None

    def app(self, *words, binary=None, **variables):
        variables = self.at.variables | {"DISPLAY": self.screen} | variables
        return App(binary or self.binary, *words, **variables)

    def ask(self, target, length, wait=True):
        """Asks for access in the terminal; gives its number."""
        waits = ["--wait"] if wait else []
        return self.at.json("request", target, "--for", length, *TEST, *waits)["number"]

    def status(self, number):
        return self.at.json("show", number)["status"]

    def ends_on_time(self, number):
        """With whatever runs now."""
        until(lambda: self.status(number) == "ended", f"{number} ends")
        expect(self.at.json("show", number)["label"], "Expired")

    def is_quiet(self, item):
        """t17: nothing is active, and both menu and icon say so."""
        item.wait_for("No active access")
        self.quiet = self.quiet or picture(item)
        until(lambda: picture(item) == self.quiet, "the icon says that nothing is active")

    def has(self, item, left):
        """t17: so much of the first access is left, and the icon says that some is active."""
        item.wait_for(f"customer1, edit: {left}")
        until(lambda: picture(item) != self.quiet, "the icon says that access is active")


def picture(item):
    try:
        return Path(item.get("IconName")).read_bytes()
    except FileNotFoundError:
        # It was replaced just now.
        return None


# Six things to ask for, in two namespaces.
PERMISSIONS = '"edit", "view", "admin"'
HOUR = r"(1 h|59 min) left"


def p24_t16_the_tray_is_killed_and_access_ends_without_it(scene):
    with scene.app() as app:
        item = scene.panel.wait_for_item()
        scene.is_quiet(item)
        long, short = scene.ask(ONE, "1h"), scene.ask(OTHER, "3s")
        scene.has(item, HOUR)
        app.process.kill()
        until(scene.panel.is_empty, "the tray is gone")
    scene.ends_on_time(short)
    with scene.app() as app:
        item = scene.panel.wait_for_item()
        scene.has(item, HOUR)
        assert not item.find("customer2, edit: "), item.labels()
        scene.at.bellhop("end", long)
        scene.is_quiet(item)
        leaves(app, item)


def p24_t16_the_backend_is_killed_and_access_ends_on_time(scene):
    with scene.app() as app:
        item = scene.panel.wait_for_item()
        scene.is_quiet(item)
        long, short = scene.ask(ONE, "1h"), scene.ask(OTHER, "3s")
        deadline = scene.at.json("show", long)["deadline"]
        before = scene.at.backend()
        scene.at.kill_backend()
        until(lambda: scene.at.backend() not in (None, before), "the tray starts another one")
        scene.ends_on_time(short)
        expect(scene.at.json("show", long)["deadline"], deadline)
        scene.has(item, HOUR)
        scene.at.bellhop("end", long)
        scene.is_quiet(item)
        leaves(app, item)


def p24_t16_the_display_is_killed_and_a_new_session_finds_everything(scene):
    with display() as (screen, server), scene.app(DISPLAY=screen) as app:
        item = scene.panel.wait_for_item()
        item.wait_for("No active access")
        long, short = scene.ask(ONE, "1h"), scene.ask(OTHER, "3s")
        scene.has(item, HOUR)
        before = scene.at.backend()
        server.kill()
        # No crash: it says nothing, and is gone.
        expect(app.exit_code(), 1)
    expect(scene.at.backend(), before)
    scene.ends_on_time(short)
    with scene.app() as app:
        item = scene.panel.wait_for_item()
        scene.has(item, HOUR)
        scene.at.bellhop("end", long)
        scene.is_quiet(item)
        leaves(app, item)


def t16_t17_the_clock_is_set_forward_and_access_ends_at_once(scene):
    with scene.app() as app:
        item = scene.panel.wait_for_item()
        scene.is_quiet(item)
        number = scene.ask(ONE, "1h")
        scene.has(item, HOUR)
        scene.clock.set(2 * 3600)
        scene.ends_on_time(number)
        scene.is_quiet(item)
        scene.notifications.wait_for("customer1 has ended")
        leaves(app, item)


def t16_t17_the_clock_is_set_back_and_access_lasts_no_longer(scene):
    with scene.app() as app:
        item = scene.panel.wait_for_item()
        scene.is_quiet(item)
        long, short = scene.ask(ONE, "30m"), scene.ask(OTHER, "4s")
        scene.has(item, r"(30|29) min left")
        scene.clock.set(-3600)
        scene.ends_on_time(short)
        item.wait_without("customer2, edit: ")
        # By the time that access ends by, whatever the clock in the panel says.
        scene.has(item, r"(30|29) min left")
        scene.at.bellhop("end", long)
        scene.is_quiet(item)
        leaves(app, item)


def t16_t17_the_machine_sleeps_over_a_deadline(scene):
    """Everything stands still, and it is two hours later."""
    with another_bus() as system, login_manager(system) as manager:
        with scene.app(DBUS_SYSTEM_BUS_ADDRESS=system) as app:
            item = scene.panel.wait_for_item()
            scene.is_quiet(item)
            one = scene.ask(ONE, "1h")
            scene.notifications.wait_for("customer1 is open for you")
            other = scene.ask(OTHER, "30m")
            scene.notifications.wait_for("customer2 is open for you")
            scene.has(item, HOUR)
            until(manager.hears, "the tray listens")
            backend = scene.at.backend()
            processes = [app.process.pid, backend]
            for process in processes:
                os.kill(process, signal.SIGSTOP)
            try:
                scene.clock.set(2 * 3600)
                os.kill(app.process.pid, signal.SIGCONT)
                told = len(scene.notifications.told)
                manager.wakes()
                # Before the backend says anything, and long before the tray's next look.
                until(lambda: item.find("customer1, edit: time is up"), item.labels, 5)
            finally:
                for process in processes:
                    os.kill(process, signal.SIGCONT)
            for number in [one, other]:
                scene.ends_on_time(number)
            scene.is_quiet(item)
            # What happened meanwhile is told as one.
            since = lambda: scene.notifications.told[told:]
            until(since, "a notice tells what happened")
            expect(since(), ["2 things happened while you were away"])
            leaves(app, item)


def p24_t16_an_update_in_the_middle_of_access(scene):
    """A newer package is unpacked over this one, as dpkg does it, while access is open."""
    with installation(scene) as installed:
        with scene.app(binary=installed / "bellhop-desktop") as app:
            item = scene.panel.wait_for_item()
            scene.is_quiet(item)
            long, short = scene.ask(ONE, "1h"), scene.ask(OTHER, "5s")
            deadline = scene.at.json("show", long)["deadline"]
            scene.has(item, HOUR)
            before = scene.at.backend()
            for name in ["bellhop", "bellhop-desktop"]:
                newer(installed / name)
            # The next command finds an older backend, which gives way.
            scene.at.bellhop("status", BELLHOP_NO_START="")
            until(lambda: scene.at.backend() not in (None, before), "the newer backend runs")
            expect(scene.at.json("show", long)["deadline"], deadline)
            scene.ends_on_time(short)
            item.wait_for(r"Bellhop \d+\.\d+\.\d+ is installed; this is ")
            scene.has(item, HOUR)
            item.click("Restart to use it")
            until(lambda: not item.process(), "the older icon is gone")
            item = scene.panel.wait_for_item()
            # The same process, and it is the newer program.
            expect(item.process(), app.process.pid)
            scene.has(item, HOUR)
            assert not item.find("Restart"), item.labels()
            scene.at.bellhop("end", long)
            scene.is_quiet(item)
            leaves(app, item)


@contextmanager
def installation(scene):
    """Bellhop in a folder of its own, where it can be replaced."""
    programs = Path(scene.binary).parent
    scene.at.bellhop("service", "stop")
    with tempfile.TemporaryDirectory() as folder:
        for name in ["bellhop", "bellhop-desktop"]:
            shutil.copy(programs / name, folder)
        scene.at.bellhop_program = Path(folder) / "bellhop"
        try:
            yield Path(folder)
        finally:
            scene.at.bellhop("service", "stop")
            scene.at.bellhop_program = programs / "bellhop"


def t20_the_tray_says_active_and_ended_only_when_it_is_so(scene):
    """The cluster answers nothing for a while."""
    with scene.app() as app:
        item = scene.panel.wait_for_item()
        scene.is_quiet(item)
        told = len(scene.notifications.told)
        with scene.cluster.stands_still():
            number = scene.ask(ONE, "1h", wait=False)
            item.wait_for("customer1, edit: setting up")
            expect(picture(item), scene.quiet)
            expect(len(scene.notifications.told), told)
        scene.has(item, HOUR)
        scene.notifications.wait_for("customer1 is open for you")
        with scene.cluster.stands_still():
            item.click("End now", "customer1, edit: ")
            item.wait_for("customer1, edit: ending")
            assert not item.find("No active access"), item.labels()
            assert scene.status(number) != "ended"
        scene.is_quiet(item)
        leaves(app, item)


def t22_nothing_that_happens_opens_a_window_or_a_browser(scene):
    with tempfile.TemporaryDirectory() as folder:
        opened = Path(folder) / "opened"
        for name in ["xdg-open", "gio", "x-www-browser", "sensible-browser"]:
            browser = Path(folder) / name
            browser.write_text(f"#!/bin/sh\necho \"$0 $*\" >>{opened}\n")
            browser.chmod(0o700)
        path = f"{folder}:{os.environ['PATH']}"
        with scene.app(PATH=path, BROWSER=str(Path(folder) / "xdg-open")) as app:
            item = scene.panel.wait_for_item()
            scene.is_quiet(item)
            focused = focus(scene.screen)
            long = scene.ask(ONE, "1h")
            scene.has(item, HOUR)
            scene.notifications.wait_for("customer1 is open for you")
            before = scene.at.backend()
            scene.at.kill_backend()
            until(lambda: scene.at.backend() not in (None, before), "the tray starts another one")
            scene.at.bellhop("end", long)
            scene.is_quiet(item)
            scene.at.bellhop("service", "stop")
            item.wait_for("The backend was stopped")
            item.click("Start it now")
            scene.is_quiet(item)
            expect((shown(app.process.pid, DISPLAY=scene.screen), opened.exists()), (0, False))
            expect(focus(scene.screen), focused)
            leaves(app, item)


def focus(screen):
    asked = ["xdotool", "getwindowfocus"]
    return subprocess.run(asked, env=os.environ | {"DISPLAY": screen}, capture_output=True).stdout


def a_start_in_the_moment_of_a_quit_is_the_next_app(scene):
    """Neither is it swallowed by the one that ends, nor does it fail because that one is gone."""
    for _ in range(3):
        with scene.app() as first:
            item = scene.panel.wait_for_item()
            item.wait_for("No active access")
            item.click("Quit Bellhop")
            with scene.app("--palette") as second:
                until(lambda: first.process.poll() is not None, "the first one ends")
                expect(first.exit_code(), 0)
                item = scene.panel.wait_for_item()
                item.wait_for("No active access")
                until(lambda: windows(second, DISPLAY=scene.screen) == 1, "its window opens")
                leaves(second, item)


def many_things_at_once_ring_three_times_and_once_for_the_rest(scene):
    with scene.app() as app:
        item = scene.panel.wait_for_item()
        scene.is_quiet(item)
        asked = [scene.ask(ONE, "1h")]
        # From here on it tells what happens as it happens.
        scene.notifications.wait_for("customer1 is open for you")
        told = len(scene.notifications.told)
        names = ["customer1:view", "customer1:admin", "customer2:edit", "customer2:view", "customer2:admin"]
        asked += [scene.ask(f"k8s-demo/namespace/{name}", "1h", wait=False) for name in names]
        # How many of the five are the rest is a matter of the five seconds in which they come.
        rest = re.compile(r"\d things happened meanwhile")
        until(lambda: any(map(rest.match, scene.notifications.told)), "the rest is told together")
        assert len(scene.notifications.told) - told <= 4, scene.notifications.told
        for number in asked:
            scene.at.bellhop("end", number)
        scene.is_quiet(item)
        leaves(app, item)


@contextmanager
def scenes(binary, panel, notifications, screen):
    programs = Path(binary).parent
    with tempfile.TemporaryDirectory(prefix="bh") as folder:
        clock = WallClock(folder)
        with sample_cluster(programs) as cluster, home(programs, cluster.kubeconfig, permissions=PERMISSIONS) as at:
            at.variables |= clock.variables
            at.bellhop("service", "start", BELLHOP_NO_START="")
            at.bellhop("connect", "kubernetes", "k8s-demo", "--yes")
            yield Scene(binary, panel, notifications, at, screen, cluster, clock)


STORIES = [
    p24_t16_the_tray_is_killed_and_access_ends_without_it,
    p24_t16_the_backend_is_killed_and_access_ends_on_time,
    p24_t16_the_display_is_killed_and_a_new_session_finds_everything,
    t16_t17_the_clock_is_set_forward_and_access_ends_at_once,
    t16_t17_the_clock_is_set_back_and_access_lasts_no_longer,
    t16_t17_the_machine_sleeps_over_a_deadline,
    p24_t16_an_update_in_the_middle_of_access,
    t20_the_tray_says_active_and_ended_only_when_it_is_so,
    t22_nothing_that_happens_opens_a_window_or_a_browser,
    a_start_in_the_moment_of_a_quit_is_the_next_app,
    many_things_at_once_ring_three_times_and_once_for_the_rest,
]


def main(binary, *names):
    panel = Panel()
    notifications = Notifications(panel.bus)
    began = time.monotonic()
    stories = [story for story in STORIES if not names or story.__name__ in names]
    with display() as (screen, _):
        for story in stories:
            with scenes(binary, panel, notifications, screen) as scene:
                story(scene)
            print(f"trials: {story.__name__.replace('_', ' ')}", flush=True)
    print(f"trials: {len(stories)} stories ({time.monotonic() - began:.1f} s)")


if __name__ == "__main__":
    main(*sys.argv[1:])
