"""bench.py BINARY BARE: what the tray app costs, beside the least that such an app can be, measured in
the same run: the example `bare`, made of the same toolkit. bench.sh starts it. Beside each ratio stands
what is aimed at; a figure beyond it is no error, as a machine may be busy."""

import getpass
import gzip
import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from machine import App, display, home, sample_cluster
from panel import Panel, until
from window import call, window

STARTS = 9
IDLE_SECONDS = 20
KEYS = 40
FRAME = 1000 / 60
AIM = 1.1
NAMESPACES = 25_000

FLOW = """
[[flow]]
id = "all"
name = "All"
requesters = { users = ["USER"] }
duration = { default = "1h", max = "4h" }

  [[flow.target]]
  integration = "k8s-demo"
  type = "namespace"
  resources = ["*"]
  permissions = ["view", "edit"]

  [flow.approval]
  mode = "automatic"
"""


def row(what, unit, ours, bare, aim=f"aim {AIM}"):
    ratio = f"{ours / bare:5.2f} x" if bare else "        "
    print(f"  {what:<44} {ours:8.1f} {unit:<4} bare {bare:8.1f} {unit:<4} {ratio}  {aim}", flush=True)


def family(process):
    """This process and all that it started."""
    found = [process]
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def memory(process):
    """The memory of the process and its children in MB, what is shared counted in parts (PSS)."""
    total = 0
    for one in family(process):
        text = Path(f"/proc/{one}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def settled(process):
    """The same, once it does not change any more."""
    last, same = 0, 0
    deadline = time.monotonic() + 30
    while same < 5 and time.monotonic() < deadline:
        until_later(0.3)
        now = memory(process)
        same = same + 1 if abs(now - last) < 0.005 * now else 0
        last = now
    return last


def until_later(seconds):
    """Serves the bus meanwhile: a panel that does not answer would be waited for."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end, "time goes by", seconds + 10)


def awake(process):
    """How often each of its threads went to sleep again so far, and how many ticks all worked."""
    switches = {}
    for task in Path(f"/proc/{process}/task").iterdir():
        status = (task / "status").read_text()
        switches[task.name] = int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])
    ticks = sum(map(int, Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
    return switches, ticks


def woken(process, seconds):
    """How often its threads woke up in this time, and how many ticks they worked."""
    before, worked = awake(process)
    until_later(seconds)
    after, more = awake(process)
    return sum(count - before.get(thread, 0) for thread, count in after.items()), more - worked


class Side:
    """One of the two programs."""

    def __init__(self, binary, panel, variables, line):
        self.binary, self.panel, self.variables, self.line = binary, panel, variables, line
        self.starts = []

    @contextmanager
    def running(self, *words):
        began = time.monotonic()
        with App(self.binary, *words, **self.variables) as app:
            # Others register as well; this one is new.
            until(lambda: self.panel.icon_of(app.process.pid), "the icon registers")
            self.starts.append((time.monotonic() - began) * 1000)
            yield app, self.panel.icon_of(app.process.pid)
        until(self.panel.is_empty, "it is gone")

    def costs(self):
        """Memory without a window, with one, and after it; wake-ups without one."""
        with self.running() as (app, item):
            process = app.process.pid
            item.wait_for(self.line)
            alone = settled(process)
            idle = woken(process, IDLE_SECONDS)
            item.click(self.line)
            until(lambda: len(family(process)) >= 3, "the page is there")
            until_later(1)
            opened = settled(process)
            env = os.environ | self.variables
            subprocess.run(["xdotool", "key", "alt+F4"], env=env, check=True)
            until(lambda: not any(web(one) for one in family(process)), "the page is gone")
            return alone, opened, settled(process), idle


def web(process):
    try:
        return Path(f"/proc/{process}/comm").read_text().startswith("WebKitWebPro")
    except FileNotFoundError:
        return False


MEASURE = """
window.times = [];
document.querySelector('input[role=combobox]').addEventListener('keydown', (event) => {
  requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => window.times.push(performance.now() - event.timeStamp);
    after.port2.postMessage(null);
  });
}, true);
"""


def typing(page):
    """From a key to the frame after it, in milliseconds, for words that are typed and taken back."""
    element = page.find("input[role=combobox]")
    page.run(MEASURE)
    text = ("billing worker eu 17\ue003" + "ledger web" + "\ue003" * 9)[:KEYS]
    for key in text:
        page.call("POST", f"/element/{element}/value", {"text": key})
        until_later(0.08)
    until(lambda: page.run("return window.times.length") >= len(text), "all keys are drawn")
    return sorted(page.run("return window.times"))


def keys(ours, bare):
    with window(bare.binary, "--open", **bare.variables) as page:
        least = typing(page)
    with window(ours.binary, "--palette", **ours.variables) as page:
        page.says("namespace")
        times = typing(page)
        page.call("POST", f"/element/{page.find('input[role=combobox]')}/clear", {})
        until(lambda: not page.run(FOUND), "nothing of it is there yet")
        began = time.monotonic()
        page.type("input[role=combobox]", RARE)
        until(lambda: page.run(FOUND), "the results are there")
        found = (time.monotonic() - began) * 1000
    return times, least, found


RARE = "stock-web-test-124"
FOUND = f"return document.querySelector('[role=listbox]')?.innerText.includes('{RARE}') ?? false"


def sizes(binary, bare):
    """Of the packages where they were made, and of the programs as a package holds them."""
    packed = lambda path: len(gzip.compress(Path(path).read_bytes(), 6)) / 1e6
    row("the tray app, compressed", "MB", packed(binary), packed(bare))
    programs = Path(binary).parent
    print(f"  the program bellhop, compressed {packed(programs / 'bellhop'):24.1f} MB")
    for package in sorted(programs.glob("bundle/*/*.deb")) + sorted(programs.glob("bundle/*/*.rpm")):
        print(f"  {package.name:<44} {package.stat().st_size / 1e6:19.1f} MB, all of it")


def main(binary, bare):
    programs = Path(binary).parent
    sizes(binary, bare)
    panel = Panel()
    with ExitStack() as stack:
        screen, _ = stack.enter_context(display())
        os.environ["DISPLAY"] = screen
        manager = subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL)
        stack.callback(manager.terminate)
        cluster = stack.enter_context(sample_cluster(programs, NAMESPACES))
        at = stack.enter_context(home(programs, cluster.kubeconfig))
        config = at.folder / "home" / "config" / "bellhop.toml"
        flows = config.read_text().split("[[flow]]")[0] + FLOW.replace("USER", getpass.getuser())
        config.write_text(flows)
        at.bellhop("service", "start", BELLHOP_NO_START="")
        at.bellhop("connect", "kubernetes", "k8s-demo", "--yes")
        total = lambda: at.json("search", "")["total"]
        until(lambda: total() >= 2 * NAMESPACES, lambda: f"all can be asked for, not {total()}", 120)
        ours = Side(binary, panel, at.variables | {"DISPLAY": screen}, "Open Bellhop")
        least = Side(bare, panel, {"DISPLAY": screen}, "Open")
        for _ in range(STARTS):
            for side in [least, ours]:
                with side.running():
                    pass
        middle = [statistics.median(side.starts) for side in [ours, least]]
        row("process start to icon in the panel", "ms", *middle)
        mine, other = ours.costs(), least.costs()
        row("memory (PSS), no window", "MB", mine[0], other[0])
        row("memory (PSS), window open", "MB", mine[1], other[1])
        row("memory (PSS), window closed", "MB", mine[2], other[2])
        aim = "aim 0 ticks of 10 ms"
        row(f"wake-ups in {IDLE_SECONDS} s, idle", "", mine[3][0], other[3][0], "")
        row(f"CPU in {IDLE_SECONDS} s, idle", "", mine[3][1], other[3][1], aim)
        times, bare_times, found = keys(ours, least)
        aim = f"aim one frame, {FRAME:.1f} ms"
        what = f"key to paint, {2 * NAMESPACES} targets"
        row(f"{what}, median", "ms", statistics.median(times), statistics.median(bare_times), aim)
        nth = lambda all: all[int(0.95 * len(all))]
        row(f"{what}, 95 of 100", "ms", nth(times), nth(bare_times), aim)
        print(f"  results of what was typed are drawn after {found:.0f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
