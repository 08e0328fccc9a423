"""`python -m edge`: run the node of one room."""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from broker.clock import Clock, SystemClock, clock_from
from broker.errors import BrokerError
from edge.compose import compose, new_start, paho_link, supervisor
from edge.errors import EdgeError
from edge.logs import log_to_stderr
from edge.node import Node
from edge.settings import NodeSettings, describe, load
from models.errors import ModelError

log = logging.getLogger("edge")

STEP_S = 0.1
"""[s] between steps when nothing comes."""
CHANGING_STEP_S = 0.02
"""[s] between steps while the sensor opens or closes."""
END_WITHIN_S = 2.0
"""[s] in which the last records may be settled when the node is asked to end."""


class _Asked:
    """Set by SIGTERM and Ctrl-C; a plain flag, since a signal may come while any lock is held."""

    to_end = False

    def end(self, *_: object) -> None:
        self.to_end = True


def run(settings: NodeSettings, clock: Clock) -> int:
    """Run a node until SIGTERM or Ctrl-C.

    Args:
        settings: the node's.
        clock: the ward's.

    Returns:
        0 when it was asked to end and its sensor is closed.

    Raises:
        EdgeError, BrokerError, ModelError, OSError: it could not start.
    """
    asked, wake, real = _Asked(), threading.Event(), SystemClock()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, asked.end)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    start = new_start(settings, clock)
    link, sensing = paho_link(settings, start), supervisor(settings, clock)
    node, outbox = compose(settings, clock, start, link, sensing, wake=wake.set)
    log.info("node started", extra={"boot_id": start.boot_id, "origin": str(start.origin)})
    try:
        while not asked.to_end:
            node.step()
            real.wait(wake, CHANGING_STEP_S if node.is_changing else STEP_S)
            wake.clear()
    finally:
        _end(node, wake, real)
        link.stop()
        outbox.close()
    log.info("node ended; its sensor is closed")
    return 0


def _end(node: Node, wake: threading.Event, real: Clock) -> None:
    """Close the sensor, however long its process takes to die; then give the records a moment to be settled."""
    node.begin_to_end()
    ends_s = real.elapsed_s() + END_WITHIN_S
    node.step()
    while not node.sensor_is_closed or (node.has_unsettled_records and real.elapsed_s() < ends_s):
        real.wait(wake, CHANGING_STEP_S)
        wake.clear()
        node.step()


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run.

    Returns:
        0 when it ended as asked, 1 with one sentence on standard error when it could not start.
    """
    parser = argparse.ArgumentParser(
        prog="hushward node",
        description="Run the node of one room: it senses only while the console's signed lease says so, and closes "
        "its sensor when the lease ends, when the patient presses the control, or when anything is in doubt.",
    )
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the node's TOML file")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play this recording instead of the source")
    parser.add_argument("--print-settings", action="store_true", help="show every setting with its meaning, and end")
    asked = parser.parse_args(arguments)
    try:
        settings = load(asked.config, replay=asked.replay)
        if asked.print_settings:
            sys.stdout.write(describe(settings))
            return 0
        log_to_stderr(settings.node_id)
        return run(settings, clock_from(settings.clock_file))
    except (EdgeError, BrokerError, ModelError, OSError) as error:
        sys.stderr.write(f"hushward node: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
