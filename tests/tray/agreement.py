"""What a command in the terminal changed is in the tray's menu within a second, as it is on pages."""

from pathlib import Path

from machine import App
from panel import until


def the_menu_agrees_with_the_terminal_within_a_second(binary, panel, at, **variables):
    """Asked, extended, ended: each from the command's end on. The icon follows."""
    with App(binary, **at.variables, **variables) as app:
        item = panel.wait_for_item()
        item.wait_for("No active access")

        def icon():
            return Path(item.get("IconName")).read_bytes()

        idle = icon()

        def says(label, under=""):
            what = f"the menu says {label!r}, not"
            until(lambda: item.find(label, under), lambda: f"{what} {item.labels()}", seconds=1)

        asked = ["request", "k8s-demo/namespace/customer2:edit", "--for", "1h", "--reason", "a test"]
        at.bellhop(*asked, "--wait")
        number = at.json("list", "--open")["items"][0]["number"]
        says(r"customer2, edit: (1 h|59 min) left")
        until(lambda: icon() != idle, "the icon says that there is access", seconds=1)
        at.bellhop("extend", number)
        says(r"customer2, edit: (2 h|1 h 59 min) left")
        at.bellhop("end", number)
        says("No active access")
        until(lambda: icon() == idle, "the icon says that there is none", seconds=1)
        item.click("Quit Bellhop")
        until(lambda: app.process.poll() is not None, "the app ends")
        assert app.exit_code() == 0
