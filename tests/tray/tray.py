"""tray.py BINARY: the stories of the tray icon. run.sh starts it with what it needs around it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from agreement import the_menu_agrees_with_the_terminal_within_a_second
from firstrun import the_third_door_opens_a_sample_cluster_that_leaves_nothing
from machine import App, another_bus, display, home, sample_cluster
from notifications import Notifications
from panel import Panel, until
from window import ALT, CTRL, ENTER, NO_KEY, window

QUIT = "Quit Bellhop"
SHORTCUT = "Ctrl+Alt+B"


def expect(actual, expected):
    assert actual == expected, f"expected {expected!r}, got {actual!r}"


def leaves(app, item):
    """Quits through the menu, and serves the bus meanwhile: the app takes its notices away."""
    item.click(QUIT)
    until(lambda: app.process.poll() is not None, "the app ends")
    expect(app.exit_code(), 0)


def starts_a_backend_and_leaves_it_running(binary, panel, at, **variables):
    """The first start on a machine: the backend is started, and outlives the tray."""
    with App(binary, **at.variables, **variables) as app:
        item = panel.wait_for_item()
        item.wait_for("No active access")
        expect(
            item.labels(),
            [
                "No active access",
                None,
                f"Request access…\t{SHORTCUT}",
                None,
                "Pause notifications for 1 hour",
                "Open Bellhop",
                "Settings…",
                QUIT,
            ],
        )
        expect(item.get("Status"), "Active")
        icon = Path(item.get("IconName"))
        assert icon.read_bytes().startswith(b"\x89PNG"), f"{icon} is no PNG"
        leaves(app, item)
    assert at.bellhop("status"), "the backend is there without the tray"


def shows_access_from_the_terminal_and_acts_on_it(binary, panel, at, **variables):
    """Story A beside a terminal: what is asked for there shows here, and can be used and ended."""
    at.bellhop("connect", "kubernetes", "k8s-demo", "--yes")
    with App(binary, **at.variables, **variables) as app:
        item = panel.wait_for_item()
        item.wait_for("No active access")
        at.bellhop(
            "request", "k8s-demo/namespace/customer1:edit", "--for", "1h", "--reason", "a test", "--wait"
        )
        access = "customer1, edit: "
        # A minute may begin between asking and reading.
        item.wait_for(r"customer1, edit: (1 h|59 min) left")
        expect(item.find("Active").enabled, False)
        context = "bellhop-k8s-demo"
        assert not item.wait_for(context, "Hop to context").checked, "asking changes no context"

        item.click("Use context", access)
        until(lambda: item.find(context, "Hop to context").checked, "the context is current")
        item.click("Hop back")
        until(lambda: not item.find(context, "Hop to context").checked, "the other one is again")

        item.click("Extend", access)
        item.wait_for(r"customer1, edit: (2 h|1 h 59 min) left")

        item.click("End now", access)
        item.wait_for("No active access")
        item.wait_without(context)
        item.wait_for("customer1, edit", "Request again")
        expect(at.json("show", "R-1001")["status"], "ended")

        item.click("customer1, edit", "Request again")
        item.wait_for(r"customer1, edit: (1 h|59 min) left")
        expect(at.json("show", "R-1002")["status"], "active")
        leaves(app, item)
    # p24: the tray has nothing to do with the end of it.
    expect(at.json("show", "R-1002")["status"], "active")
    at.bellhop("end", "R-1002")


def a_notice_rings_and_only_its_own_answer_counts(binary, panel, at, notifications, **variables):
    """The bell that rings: access opens, the button works, a forged answer does not."""
    with App(binary, **at.variables, **variables) as app:
        item = panel.wait_for_item()
        item.wait_for("No active access")
        at.bellhop(
            "request", "k8s-demo/namespace/customer2:edit", "--for", "1h", "--reason", "<b>a & test</b>", "--wait"
        )
        notice = notifications.wait_for("customer2 is open for you")
        context = "bellhop-k8s-demo"
        item.wait_for(context, "Hop to context")
        stranger = notifications.forge(notice, "Use context")
        # The real answer comes after the forged one, and is about the command.
        notifications.press(notice, "Copy command")
        item.click("Pause notifications")
        item.wait_for("Notifications paused until")
        # What the stranger said came before all that.
        assert not item.find(context, "Hop to context").checked, "a stranger's answer was believed"
        stranger.close()
        told = len(notifications.told)
        at.bellhop("end", at.json("list")["items"][0]["number"])
        item.wait_for("No active access")
        expect(len(notifications.told), told)
        item.click("Notifications paused until")
        item.wait_for("Pause notifications")
        leaves(app, item)
    expect(notifications.shown, {})


def story_a_by_keyboard_in_the_real_window(binary, panel, at, notifications, **variables):
    """From a few letters to a kubectl that works, and out again at the deadline by itself."""
    variables = at.variables | variables
    with window(binary, "--palette", **variables) as palette:
        item = panel.wait_for_item()
        palette.type("input[role=combobox]", "customer1 edit")
        palette.says("Granted automatically")
        palette.type("input[role=combobox]", ENTER)
        palette.says("Say why in a few words")
        palette.type("#reason", "to see what the window does" + ENTER)
        palette.says("customer1 is open for you")
        number = at.json("list")["items"][0]["number"]
        expect(at.json("show", number)["status"], "active")
        item.wait_for("customer1, edit: ")
        notifications.wait_for("customer1 is open for you")

        # The tray adds the context of what was asked for in it, and changes no current one.
        context = "bellhop-k8s-demo"
        assert not item.wait_for(context, "Hop to context").checked
        assert "mongodb" in at.kubectl("get", "pods", "-n", "customer1", "--context", context)
        assert "orbidden" in at.kubectl(
            "get", "pods", "-n", "customer2", "--context", context, fails=True
        )
        item.click(context, "Hop to context")
        until(lambda: item.find(context, "Hop to context").checked, "the context is current")
        expect(at.kubectl("config", "current-context").strip(), context)
        # The page has no way to anything but the API.
        assert "Pages may not call" in palette.run(
            "return window.__TAURI_INTERNALS__.invoke('api', {method: 'POST', path:"
            " '/api/v1/integrations/k8s-demo/credential'}).then(String, String)"
        )
        expect(palette.run("return typeof window.__TAURI__"), "undefined")

        at.bellhop("end", number)
        item.wait_for("No active access")
        item.wait_without(context)
        palette.says("Returned")
        expect(at.kubectl("config", "current-context").strip(), "sample")
        app = item.process()
    # The driver ends the app with its window, or leaves it to us.
    with contextlib.suppress(ProcessLookupError):
        os.kill(app, signal.SIGTERM)
    until(panel.is_empty, "the app ends")


def what_is_set_in_the_window_holds_at_once(binary, panel, at, notifications, **variables):
    """The shortcut, the clock, notices and the start at login, each without a restart."""
    variables = at.variables | variables
    kept = at.folder / "home" / "config" / "settings.json"
    start = Path(os.environ["HOME"]) / ".config" / "autostart" / "bellhop-desktop.desktop"
    with window(binary, "bellhop://open/settings", **variables) as page:
        item = panel.wait_for_item()
        app = item.process()
        item.wait_for(f"Request access…\t{re.escape(SHORTCUT)}")
        page.click("[aria-describedby=shortcut-help]")
        page.says("Press the new keys together")
        page.type("[aria-describedby=shortcut-help]", CTRL + ALT + "n" + NO_KEY)
        item.wait_for(r"Request access…\tCtrl\+Alt\+N")
        pressed("ctrl+alt+b", **variables)
        pressed("ctrl+alt+n", **variables)
        # Of the two only the new one opens the palette: whatever the old one did came first.
        until(lambda: shown(app, **variables) == 2, "the palette opens by the new shortcut")

        page.click("[aria-labelledby=login-name]")
        until(start.exists, "the app starts at login")
        assert f'Exec=env "BELLHOP_HOME={at.variables["BELLHOP_HOME"]}" "{binary}" --hidden' in start.read_text()
        page.click("[aria-labelledby=login-name]")
        until(lambda: not start.exists(), "it does so no more")

        page.click("[aria-labelledby=granted-name]")
        until(lambda: '"notice_granted": false' in kept.read_text(), "no notice of access is wanted")
        told = len(notifications.told)
        request = ["request", "--for", "1h", "--reason", "a test", "--wait"]
        at.bellhop(*request, "k8s-demo/namespace/customer2:edit")
        rows = at.json("audit", "list", "--request", at.json("list")["items"][0]["number"])["items"]
        heard = lambda: json.loads((at.folder / "home" / "data" / "notices.json").read_text())["place"]
        until(lambda: heard() >= max(row["event"]["seq"] for row in rows), "the app heard that it is open")
        page.click("[aria-labelledby=granted-name]")
        until(lambda: '"notice_granted": true' in kept.read_text(), "notices of access are wanted")
        at.bellhop(*request, "k8s-demo/namespace/customer1:edit")
        notifications.wait_for("customer1 is open for you")
        expect(notifications.told[told:], ["customer1 is open for you"])

        # Late in the evening it names the day, too.
        item.wait_for(r"Ends (.* )?\d\d:\d\d$")
        page.click("[aria-labelledby=clock-name] > :last-child")
        item.wait_for(r"Ends (.* )?\d+:\d\d [AP]M$")
        page.click("[aria-labelledby=theme-name] > :last-child")
        until(lambda: page.run("return document.documentElement.dataset.theme") == "dark", "the page is dark")
        for request in at.json("list")["items"]:
            if request["status"] == "active":
                at.bellhop("end", request["number"])
        item.wait_for("No active access")
    with contextlib.suppress(ProcessLookupError):
        os.kill(app, signal.SIGTERM)
    until(panel.is_empty, "the app ends")
    kept.unlink()


def pressed(keys, **variables):
    """As somebody at the keyboard presses them, whatever has the focus."""
    subprocess.run(["xdotool", "key", keys], env=os.environ | variables, check=True)


def t16_comes_back_with_a_backend_that_was_killed(binary, panel, at, **variables):
    with App(binary, **at.variables, **variables):
        item = panel.wait_for_item()
        item.wait_for("No active access")
        before = at.backend()
        at.kill_backend()
        until(lambda: at.backend() not in (None, before), "the tray starts another one")
        at.bellhop(
            "request", "k8s-demo/namespace/customer1:edit", "--for", "1h", "--reason", "a test", "--wait"
        )
        item.wait_for("customer1, edit: ")
        at.bellhop("end", at.json("list")["items"][0]["number"])
        item.wait_for("No active access")


def t16_a_backend_that_was_stopped_stays_stopped(binary, panel, at, **variables):
    with App(binary, **at.variables, **variables):
        item = panel.wait_for_item()
        item.wait_for("No active access")
        at.bellhop("service", "stop")
        item.wait_for("The backend was stopped")
        expect(at.backend(), None)
        item.click("Start it now")
        item.wait_for("No active access")


def t16_the_display_dies_and_the_backend_does_not(binary, panel, at, **variables):
    with display() as (screen, server):
        with App(binary, **at.variables, **(variables | {"DISPLAY": screen})) as app:
            panel.wait_for_item().wait_for("No active access")
            before = at.backend()
            server.kill()
            app.exit_code()
    expect(at.backend(), before)


def a_second_start_opens_the_window_of_the_first(binary, panel, at, **variables):
    with App(binary, **at.variables, **variables) as app:
        item = panel.wait_for_item()
        item.wait_for("No active access")
        expect(windows(app, **variables), 0)
        for word in ["bellhop://open/R-1001", "bellhop://approve/R-1001", "--palette"]:
            with App(binary, word, **at.variables, **variables) as second:
                expect(second.exit_code(), 0)
        # The main window, once, and the palette.
        until(lambda: windows(app, **variables) == 2, "two windows are open")
        leaves(app, item)


def t22_a_start_opens_no_window_where_nothing_is_missing(binary, panel, at, **variables):
    with App(binary, **at.variables, **variables) as app:
        item = panel.wait_for_item()
        # It has looked for the panel and for the shortcut by now.
        item.wait_for("Request access…\t")
        item.wait_for("No active access")
        expect(windows(app, **variables), 0)


def without_a_panel_or_the_shortcut_the_window_opens(binary, panel, at, **variables):
    with another_bus() as elsewhere:
        # Nobody shows icons on this bus.
        lonely = variables | {"DBUS_SESSION_BUS_ADDRESS": elsewhere}
        with App(binary, **at.variables, **lonely) as app:
            until(lambda: windows(app, **variables) == 1, lambda: f"one window opens without a panel, not {windows(app, **variables)}")
            # That one has the shortcut now; here it is refused.
            with App(binary, **at.variables, **variables) as second:
                item = panel.wait_for_item()
                until(lambda: windows(second, **variables) == 1, "the window opens without the shortcut")
                assert not item.find(f"Request access…\t{SHORTCUT}"), "no key is named that does nothing"


def windows(app, **variables):
    """How many windows of the app can be seen."""
    return shown(app.process.pid, **variables)


def shown(process, **variables):
    command = ["xdotool", "search", "--all", "--onlyvisible", "--pid", str(process), "--name", "^Bellhop"]
    found = subprocess.run(command, env=os.environ | variables, capture_output=True)
    return len(found.stdout.split())


def a_link_opens_the_window_of_the_installed_app(binary, panel, at, **variables):
    """Through the desktop's own way: the handler that the package registers."""
    env = os.environ | at.variables | variables

    def follow(link):
        subprocess.run(["gio", "open", link], env=env, check=True)

    follow("bellhop://open/R-1001")
    item = panel.wait_for_item()
    app = item.process()
    try:
        until(lambda: shown(app, **variables) == 1, "the app starts with its window")
        follow("bellhop://open/R-1002")
        follow("bellhop://approve/R-1002")
        item.wait_for("No active access")
        expect(shown(app, **variables), 1)
    finally:
        os.kill(app, signal.SIGTERM)
    until(panel.is_empty, "the app ends")


def the_tour_opens_the_tray_and_leaves_nothing(binary, panel, at, **variables):
    """What `make run` does on a desktop, beside a Bellhop of one's own that goes on."""
    with tempfile.TemporaryDirectory() as empty, App(binary, **at.variables, **variables) as own:
        panel.wait_for_item().wait_for("No active access")
        env = os.environ | variables | {"HOME": empty}
        tour = [at.bellhop_program, "tour", "--window", "--kubectl", at.kubectl_program]
        watching = subprocess.Popen(tour, env=env, stdout=subprocess.DEVNULL)
        try:
            item = panel.wait_for_item(beside=own.process.pid)
            item.wait_for("No active access")
            item.wait_for("admin@k8s-demo", "Hop to context")
            item.click(QUIT)
            until(lambda: watching.poll() is not None, "the tour ends")
            expect(watching.returncode, 0)
        finally:
            watching.kill()
        expect(os.listdir(empty), [])
        expect(own.process.poll(), None)


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


def broken_sessions(binary, screen):
    with tempfile.TemporaryDirectory() as broken:
        # Empty files in the library's place: whoever loads it is as badly off as without.
        for name in ["libayatana-appindicator3.so", "libappindicator3.so"]:
            (Path(broken) / name).touch()
            (Path(broken) / f"{name}.1").touch()
        says_why_it_cannot_run(binary, "neither DISPLAY nor WAYLAND_DISPLAY is set")
        says_why_it_cannot_run(binary, r"did not answer \([^)]+\)", DISPLAY=":nowhere")
        says_why_it_cannot_run(
            binary, "install libayatana-appindicator3", DISPLAY=screen, LD_LIBRARY_PATH=broken
        )
        warns_and_goes_on(
            binary, "no D-Bus session bus", DISPLAY=screen, DBUS_SESSION_BUS_ADDRESS=None, BELLHOP_NO_START="1"
        )


def main(binary):
    programs = Path(binary).parent
    panel = Panel()
    began = time.monotonic()
    stories = [
        shows_access_from_the_terminal_and_acts_on_it,
        the_menu_agrees_with_the_terminal_within_a_second,
        a_notice_rings_and_only_its_own_answer_counts,
        story_a_by_keyboard_in_the_real_window,
        t16_comes_back_with_a_backend_that_was_killed,
        t16_a_backend_that_was_stopped_stays_stopped,
        t16_the_display_dies_and_the_backend_does_not,
        t22_a_start_opens_no_window_where_nothing_is_missing,
        a_second_start_opens_the_window_of_the_first,
        what_is_set_in_the_window_holds_at_once,
        without_a_panel_or_the_shortcut_the_window_opens,
        the_tour_opens_the_tray_and_leaves_nothing,
        the_third_door_opens_a_sample_cluster_that_leaves_nothing,
    ]
    if os.environ.get("PACKAGED"):
        stories.append(a_link_opens_the_window_of_the_installed_app)
    with display() as (screen, _):
        broken_sessions(binary, screen)
        with home(programs) as empty:
            starts_a_backend_and_leaves_it_running(binary, panel, empty, DISPLAY=screen)
        notifications = Notifications(panel.bus)
        with sample_cluster(programs) as cluster, home(programs, cluster.kubeconfig) as at:
            at.bellhop("service", "start", BELLHOP_NO_START="")
            for story in stories:
                named = story.__code__.co_varnames[: story.__code__.co_argcount]
                extra = {"notifications": notifications} if "notifications" in named else {}
                story(binary, panel, at, **extra, DISPLAY=screen)
                print(f"tray: {story.__name__.replace('_', ' ')}")
    print(f"tray: {len(stories) + 1} stories and four broken sessions ({time.monotonic() - began:.1f} s)")


if __name__ == "__main__":
    main(sys.argv[1])
