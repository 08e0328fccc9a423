"""Brings nodes up quickly: one process that has loaded everything, and forks a process for each node it is asked for.

Each node is a process of its own, with its own memory, files and sockets; only the seconds of importing are shared.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from deploy.drill.node import live
from deploy.processes import end_with_parent, python

_PR_SET_PDEATHSIG = 1


class Nursery:
    """The process from which nodes are forked."""

    def __init__(self, log: Path) -> None:
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                python("-m", "deploy.drill.nursery"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                preexec_fn=end_with_parent,
            )

    def bring_up(self, config: Path, control: Path, seed: int, log: Path) -> int:
        """Start a node; return its process id."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps([str(config), str(control), seed, str(log)]).encode() + b"\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    def close(self) -> None:
        """End it; nodes that still live end with it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(20)


def main() -> None:
    """Fork a node for each line until there are no more."""
    # Whoever ends is forgotten at once, so that a process id which is still there is a node that still lives.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        config, control, seed, log = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os._exit(_be_node(Path(config), Path(control), seed, Path(log)))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _be_node(config: Path, control: Path, seed: int, log: Path) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for given, taken in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(given, taken)
    try:
        return live(config, control, seed)
    except BaseException as error:
        sys.stderr.write(f"drill node: {type(error).__name__}: {error}\n")
        return 1


if __name__ == "__main__":
    main()
