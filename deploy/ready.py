"""Waiting until a part of the ward answers."""

import socket
import threading

from broker.clock import Clock
from deploy.errors import DeployError, WardStopped
from deploy.processes import Processes

_LOOK_EVERY_S = 0.05


class Interrupted(DeployError):
    """The ward was told to end while it was being started."""


def wait_for_port(
    processes: Processes, name: str, host: str, port: int, clock: Clock, until: threading.Event, within_s: float = 60.0
) -> None:
    """Wait until a part listens.

    Args:
        processes: what has been started.
        name: the part.
        host: where it will listen.
        port: where it will listen.
        clock: real time.
        until: ends the wait early.
        within_s: how long it may take [s].

    Raises:
        WardStopped: the part ended, or does not answer in time.
        Interrupted: `until` was set.
    """
    deadline_s = clock.elapsed_s() + within_s
    while not _answers(host, port):
        if processes.has_ended(name):
            raise WardStopped(f"the {name} could not start: {processes.last_words(name) or 'it gave no reason'}")
        if clock.elapsed_s() >= deadline_s:
            raise WardStopped(f"the {name} does not answer on port {port} after {within_s:.0f} s; see its log")
        if clock.wait(until, _LOOK_EVERY_S):
            raise Interrupted("ended before the ward was ready")


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False
