"""A machine's first start on a pseudo-terminal of 80 by 24, typed into and read as a person does."""

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

from broker.clock import SystemClock
from tests.kit.processes import ROOT


class Terminal:
    """A first start on a pseudo-terminal of 80 by 24."""

    def __init__(self, home: Path) -> None:
        self._master, slave = pty.openpty()
        # A test run that was started in the background leaves Ctrl-C ignored to all that it starts.
        code = (
            "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "from deploy.cli import main; sys.exit(main(sys.argv[1:]))"
        )
        told = ["first-boot", "--demonstration", "--data", str(home / "node"), "--config", str(home / "node.toml")]
        environment = os.environ | {"COLUMNS": "80", "LINES": "24", "TERM": "vt100"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *told], cwd=ROOT, stdin=slave, stdout=slave, stderr=slave, env=environment,
            start_new_session=True, preexec_fn=lambda: _control(0),
        )  # fmt: skip
        os.close(slave)
        self.shown = ""

    def until(self, words: str, within_s: float = 250) -> None:
        """Read until words are shown."""
        clock = SystemClock()
        ends_s = clock.elapsed_s() + within_s
        while words not in self.shown:
            assert clock.elapsed_s() < ends_s, self.shown
            if select.select([self._master], [], [], 1)[0]:
                try:
                    self.shown += os.read(self._master, 4096).decode()
                except OSError:
                    break
        assert words in self.shown, self.shown

    def type(self, line: str) -> None:
        os.write(self._master, line.encode())

    def end(self) -> int:
        code = self.process.wait(250)
        os.close(self._master)
        return code


def _control(descriptor: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)


def asking(terminal: Terminal, exchange: list[tuple[str, str | Callable[[], str]]]) -> None:
    for words, answer in exchange:
        terminal.until(words)
        terminal.type(answer if isinstance(answer, str) else answer())
