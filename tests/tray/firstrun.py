"""The first run in the real window: what its doors do."""

import os
import signal
from pathlib import Path

from machine import home
from panel import until
from window import window


def the_third_door_opens_a_sample_cluster_that_leaves_nothing(binary, panel, at, **variables):
    """Where nothing was ever connected: a second Bellhop, until it is quit."""
    kubectl = Path(at.kubectl_program).parent
    with home(Path(binary).parent) as new:
        variables = new.variables | variables | {"PATH": f"{kubectl}:{os.environ['PATH']}"}
        with window(binary, "--open", **variables) as page:
            own = panel.wait_for_item().process()
            page.says("Return it when you are done.")
            page.click("#door-2")
            page.says("The sample cluster opens in a second Bellhop.")
            try:
                item = panel.wait_for_item(beside=own)
                item.wait_for("admin@k8s-demo", "Hop to context")
                item.click("Quit Bellhop")
                page.says("The sample cluster is gone.")
            finally:
                os.kill(own, signal.SIGTERM)
        until(panel.is_empty, "both are gone")
