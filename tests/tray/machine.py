"""What stands around the tray app: a display, a home with a backend of its own, a sample cluster."""

import getpass
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

SECONDS = 20


@contextmanager
def display():
    """An X server of our own; gives its name and its process."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        # Xvfb writes the number when it is ready to be connected to.
        ready, _, _ = select.select([read], [], [], SECONDS)
        number = os.read(read, 16).decode().strip() if ready else ""
        assert number, f"Xvfb was not ready within {SECONDS} s"
        yield f":{number}", server
    finally:
        os.close(read)
        server.terminate()
        server.wait(SECONDS)


@contextmanager
def another_bus():
    """A session bus with nobody on it; gives its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    bus = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield bus.stdout.readline().decode().strip()
    finally:
        bus.terminate()
        bus.wait(SECONDS)


class Cluster:
    """A sample cluster that runs, and its admin's kubeconfig."""

    def __init__(self, process, kubeconfig):
        self.process, self.kubeconfig = process, kubeconfig

    @contextmanager
    def stands_still(self):
        """It accepts connections, and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def sample_cluster(programs, namespaces=None):
    with tempfile.TemporaryDirectory(prefix="bh") as folder:
        command = [programs / "sample-cluster", folder]
        command += [str(namespaces)] if namespaces else []
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            line = server.stdout.readline().decode().strip()
            assert line.startswith("KUBECONFIG="), f"the sample cluster said {line!r}"
            yield Cluster(server, Path(line.removeprefix("KUBECONFIG=")).read_text())
        finally:
            server.stdin.close()
            server.wait(SECONDS)


FLOW = """
[[integration]]
name = "k8s-demo"
kind = "kubernetes"
kubeconfig_context = "CONTEXT"

[[flow]]
id = "demo"
name = "Demo"
requesters = { users = ["USER"] }
duration = { default = "1h", max = "4h" }
extend = { times = 2, by = "1h" }

  [[flow.target]]
  integration = "k8s-demo"
  type = "namespace"
  resources = ["customer1", "customer2"]
  permissions = [PERMISSIONS]

  [flow.approval]
  mode = "automatic"
"""


class Home:
    """A Bellhop home: configuration, kubeconfig, and whatever backend runs in it."""

    def __init__(self, programs, folder, kubeconfig="", permissions='"edit"'):
        self.bellhop_program = programs / "bellhop"
        self.kubectl_program = os.environ["KUBECTL"]
        self.folder = Path(folder)
        self.kubeconfig = self.folder / "kubeconfig"
        self.kubeconfig.write_text(kubeconfig)
        (self.folder / "home" / "config").mkdir(parents=True, mode=0o700)
        os.chmod(self.folder / "home", 0o700)
        if kubeconfig:
            context = re.search(r'current-context"?: *"?([^",\n]+)', kubeconfig)[1]
            flow = FLOW.replace("CONTEXT", context).replace("USER", getpass.getuser())
            flow = flow.replace("PERMISSIONS", permissions)
            (self.folder / "home" / "config" / "bellhop.toml").write_text(flow)
        self.variables = {
            "BELLHOP_HOME": str(self.folder / "home"),
            "KUBECONFIG": str(self.kubeconfig),
        }

    def bellhop(self, *words, fails=False, **variables):
        """Runs bellhop to its end; gives what it printed."""
        env = os.environ | self.variables | {"BELLHOP_NO_START": "1"} | variables
        command = [self.bellhop_program, *words]
        ran = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True)
        said = (ran.stdout + ran.stderr).decode()
        assert (ran.returncode != 0) == fails, f"bellhop {' '.join(words)}: {said}"
        return ran.stdout.decode()

    def kubectl(self, *words, fails=False):
        """Runs the user's kubectl; gives what it printed, on both of its outputs."""
        env = os.environ | self.variables | {"HOME": str(self.folder)}
        ran = subprocess.run([self.kubectl_program, *words], env=env, capture_output=True)
        said = (ran.stdout + ran.stderr).decode()
        assert (ran.returncode != 0) == fails, f"kubectl {' '.join(words)}: {said}"
        return said

    def json(self, *words):
        return json.loads(self.bellhop(*words, "-o", "json"))

    def backend(self):
        """The process of the backend, asked of the kernel: who listens on the socket. None when nobody does."""
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.folder / "home" / "run" / "api.sock"))
            except (FileNotFoundError, ConnectionRefusedError):
                return None
            credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            return struct.unpack("3i", credentials)[0]

    def kill_backend(self):
        os.kill(self.backend(), signal.SIGKILL)


@contextmanager
def home(programs, kubeconfig="", **flow):
    with tempfile.TemporaryDirectory(prefix="bh") as folder:
        made = Home(programs, folder, kubeconfig, **flow)
        try:
            yield made
        finally:
            made.bellhop("service", "stop")


class App:
    """The tray app, started with some variables set; None unsets one."""

    def __init__(self, binary, *words, **variables):
        env = {name: value for name, value in (os.environ | variables).items() if value is not None}
        self.process = subprocess.Popen(
            [binary, *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.said = ""

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        self.process.kill()
        self.process.wait()
        if failure:
            os.set_blocking(self.process.stdout.fileno(), False)
            rest = self.process.stdout.read() or b""
            print(f"The app said:\n{self.said}{rest.decode()}", file=sys.stderr)
        self.process.stdout.close()

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
