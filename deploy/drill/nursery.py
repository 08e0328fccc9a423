"""Brings nodes up quickly: one process that has loaded everything, and forks a process for each node it is asked for.

Each node is a process of its own, with its own memory, files and sockets; only the seconds of importing are shared.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.drill.node import live
from deploy.processes import end_with_parent, python

_PR_SET_PDEATHSIG = 1


class Nursery:
    """The process from which others are forked: nodes, or consoles."""

    def __init__(self, log: Path, module: str = "deploy.drill.nursery") -> None:
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                python("-m", module),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                preexec_fn=end_with_parent,
                # Ctrl-C reaches the drill alone, which ends the ward in its order.
                start_new_session=True,
            )

    def bring_up(self, *told: Path | int) -> int:
        """Start one with what it is told, such as its settings and its log; return its process id."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps([one if isinstance(one, int) else str(one) for one in told]).encode() + b"\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    def close(self) -> None:
        """End it; nodes that still live end with it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(20)


def fork_for_each_line(live: Callable[[list[Any]], int]) -> None:
    """Fork a process for each line of standard input until there are no more.

    Args:
        live: what the process is, until it ends; gets the line's values, of which the last is the path of its log.
    """
    # Whoever ends is forgotten at once, so that a process id which is still there is one that still lives.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os._exit(_be(live, told))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _be(live: Callable[[list[Any]], int], told: list[Any]) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # As a service of its own: the machine shares its time out among nodes, not among nodes and all others.
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    out = os.open(told[-1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for given, taken in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(given, taken)
    try:
        return live(told)
    except BaseException as error:
        sys.stderr.write(f"drill: {type(error).__name__}: {error}\n")
        return 1


def _live_as_node(told: list[Any]) -> int:
    config, control, seed, _log = told
    return live(Path(config), Path(control), seed)


if __name__ == "__main__":
    fork_for_each_line(_live_as_node)
