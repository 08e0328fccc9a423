"""`python -m edge`: run the node of one room."""

import argparse
import fcntl
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from broker.clock import Clock, SystemClock, clock_from
from broker.configuration import describe
from broker.errors import BrokerError
from broker.service import Service
from edge.commissioning.drawing import DrawingFile
from edge.compose import compose, new_start, paho_link, supervisor
from edge.doorkeeper import LOOK_EVERY_S
from edge.errors import EdgeError, SettingsError
from edge.illuminator import illuminator_of
from edge.logs import log_to_stderr
from edge.node import Node
from edge.secrecy import keep_memory_private
from edge.settings import NodeSettings, load
from edge.supervisor import SensingProcess
from models.errors import ModelError

log = logging.getLogger("edge")

STEP_S = 0.1
"""[s] between steps when nothing comes."""
CHANGING_STEP_S = 0.02
"""[s] between steps while the sensor opens or closes."""
END_WITHIN_S = 2.0
"""[s] in which the last records may be settled when the node is asked to end."""
CLOSE_WITHIN_S = 10.0
"""[s] after which a process that even SIGKILL does not end is left to the kernel."""
_EPILOG = """\
example:
  hushward node --config node.toml
  hushward node --config node.toml --replay night.h5

Without a lease from the console the sensor stays closed. SIGTERM or Ctrl-C closes it, records that, and ends.
A file named `pause` in the node's data folder stands in for the control on the wall: touch it to pause for 10 min.

When the console's audit log is not the one that this node saw before (edited, cut short, or restored from an older
backup), no lease opens the sensor any more, over restarts too. Once an engineer knows why, they stop the node, move
`witness.json` out of its data folder, keep it as evidence for `hushward audit verify`, and start the node again.

exit codes: 0 ended as asked; 1 it could not run, with the reason in one sentence; 2 the command was not understood.
"""


class _Asked:
    """Set by SIGTERM and Ctrl-C; a plain flag, since a signal may come while any lock is held."""

    to_end = False

    def end(self, *_: object) -> None:
        self.to_end = True


def run(
    settings: NodeSettings, clock: Clock, drawing: DrawingFile | None = None, sensing: SensingProcess | None = None
) -> int:
    """Run a node until SIGTERM or Ctrl-C; call it on the main thread.

    Args:
        settings: the node's.
        clock: the ward's.
        drawing: the settings file, in which a camera's room is drawn.
        sensing: runs the sensing process; None means a real one.

    Returns:
        0 when it was asked to end and its sensor is closed, 1 when a sensing process would not die.

    Raises:
        EdgeError, BrokerError, ModelError, OSError: it could not start.
    """
    keep_memory_private()
    asked, wake, real = _Asked(), threading.Event(), SystemClock()
    service = Service.of(os.environ, ("node",), real)
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, asked.end)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone_in(settings.data_dir):
        start = new_start(settings, clock)
        link, sensing = paho_link(settings, start), sensing or supervisor(settings, clock, drawing)
        node, outbox = compose(settings, clock, start, link, sensing, drawing=drawing, wake=wake.set)
        log.info("node started", extra={"boot_id": start.boot_id, "origin": str(start.origin)})
        # An error that nobody foresaw ends the process, loudly: the kernel then ends sensing, which closes the sensor.
        service.ready()
        ended = threading.Event()
        threading.Thread(target=_keep_the_door, args=(node, ended, real), name="door", daemon=True).start()
        try:
            while not asked.to_end:
                node.step()
                service.gone_round("node")
                real.wait(wake, CHANGING_STEP_S if node.is_changing else STEP_S)
                wake.clear()
            service.ending()
            is_closed = _end(node, wake, real)
        finally:
            ended.set()
            link.stop()
            outbox.close()
    log.info("node ended", extra={"sensor_is_closed": is_closed})
    return 0 if is_closed else 1


def darken(settings: NodeSettings) -> int:
    """Turn the infra-red light off; for whoever finds a node's process gone, however it went (rule K4).

    Returns:
        0 when it is off, 1 when it could not be told so.

    Raises:
        SettingsError: its pin cannot be had, such as while a node runs.
    """
    is_dark = illuminator_of(settings.illuminator, settings.modality, settings.data_dir).shine(False)
    return 0 if is_dark else 1


def _keep_the_door(node: Node, ended: threading.Event, real: Clock) -> None:
    """Look at the control in the room beside the loop, which may wait for a disk."""
    while not real.wait(ended, LOOK_EVERY_S):
        node.keep_the_door(real.elapsed_s())


def _end(node: Node, wake: threading.Event, real: Clock) -> bool:
    """Close the sensor, then give the records a moment to be settled; say whether the sensor is closed."""
    node.begin_to_end()
    began_s = real.elapsed_s()
    node.step()
    while not node.sensor_is_closed and real.elapsed_s() < began_s + CLOSE_WITHIN_S:
        _wait_and_step(node, wake, real)
    while node.has_unsettled_records and real.elapsed_s() < began_s + END_WITHIN_S:
        _wait_and_step(node, wake, real)
    return node.sensor_is_closed


def _wait_and_step(node: Node, wake: threading.Event, real: Clock) -> None:
    real.wait(wake, CHANGING_STEP_S)
    wake.clear()
    node.step()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep a second node out of the folder: two would number their records alike."""
    handle = os.open(folder / "node.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise SettingsError(f"{folder}: another node runs on it; end that one, or choose another data_dir") from error
    try:
        yield
    finally:
        os.close(handle)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run.

    Returns:
        0 when it ended as asked, 1 with one sentence on standard error when it could not run.
    """
    parser = argparse.ArgumentParser(
        prog="hushward node",
        description="Run the node of one room. It senses only while a lease signed by the console says so, and closes "
        "its sensor when the lease ends, when somebody presses the control in the room, or when anything is in doubt.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the node's TOML file")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play this recording instead of the source")
    parser.add_argument("--darken", action="store_true", help="turn the infra-red light off, and end (rule K4)")
    parser.add_argument("--print-settings", action="store_true", help="show every setting with its meaning, and end")
    asked = parser.parse_args(arguments)
    try:
        settings = load(asked.config, replay=asked.replay)
        if asked.print_settings:
            sys.stdout.write(describe(settings))
            return 0
        log_to_stderr(settings.node_id)
        if asked.darken:
            return darken(settings)
        return run(settings, clock_from(settings.clock_file), DrawingFile(asked.config))
    except (EdgeError, BrokerError, ModelError) as error:
        sys.stderr.write(f"hushward node: {error}\n")
    except OSError as error:
        where = error.filename or "the data folder"
        sys.stderr.write(f"hushward node: {where}: {error.strerror}; free some space or check the folder's rights\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
