"""One sensing process as the node holds it: two pipes, a polite end, a certain end."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from broker.clock import Clock
from edge.errors import PipeError

SENSING = (sys.executable, "-m", "edge.sensing")
MAX_LINE_BYTES = 2048
"""A longer line is a fault: the pipe carries numbers, and a picture or a waveform does not fit (rule K1)."""
GRACE_S = 1.0
"""[s] between asking the process to end and killing it (HOUSE 9)."""
_READ_AT_ONCE = 65536


class Child:
    """A running sensing process; reading and writing never wait for it."""

    def __init__(self, command: Sequence[str], clock: Clock) -> None:
        self._clock = clock
        self._buffer = b""
        self._asked_s: float | None = None
        self._killed = False
        # A session of its own: Ctrl-C in the terminal reaches the node, and the node ends its child.
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            # One thread does all: numpy's helpers would only sleep beside it and count against a small machine.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        os.set_blocking(self._to.fileno(), False)
        os.set_blocking(self._from.fileno(), False)

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def tell(self, line: bytes) -> bool:
        """Write a line.

        Returns:
            False when the process does not read: it hangs or has ended, and the kernel's timer will end it.
        """
        try:
            return self._to.write(line) == len(line)
        except (OSError, ValueError):
            return False

    def read(self) -> list[bytes]:
        """Return the whole lines that have come, without their ends.

        Raises:
            PipeError: a line is longer than MAX_LINE_BYTES; nothing more is read from this process.
        """
        with contextlib.suppress(BlockingIOError):
            self._buffer += self._from.read(_READ_AT_ONCE) or b""
        *lines, self._buffer = self._buffer.split(b"\n")
        if len(self._buffer) > MAX_LINE_BYTES or any(len(line) > MAX_LINE_BYTES for line in lines):
            self._buffer = b""
            raise PipeError(f"a line of more than {MAX_LINE_BYTES} bytes came from the sensing process")
        return lines

    def ask_to_end(self) -> None:
        """Close its input and send SIGTERM; the second call changes nothing."""
        if self._asked_s is not None:
            return
        self._asked_s = self._clock.elapsed_s()
        with contextlib.suppress(OSError):
            self._to.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def has_ended(self) -> bool:
        """Reap the process if it is gone; kill it when it was asked to end and did not within GRACE_S.

        Returns:
            True once the kernel has taken back everything it held: only then is the device closed.
        """
        if self._process.poll() is not None:
            return True
        late = self._asked_s is not None and self._clock.elapsed_s() - self._asked_s >= GRACE_S
        if late and not self._killed:
            self._killed = True
            self._process.kill()
        return False

    def kill(self) -> None:
        """End it now; unlike all else here this may be called on any thread."""
        self._process.kill()

    def is_gone(self) -> bool:
        """Return whether it has ended, without reaping it, which is the loop's; may be asked on any thread."""
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            return True

    def close(self) -> None:
        """Let go of the pipes of a process that has ended."""
        with contextlib.suppress(OSError):
            self._to.close()
        self._from.close()

    @property
    def exit_status(self) -> int | None:
        """Return how it ended: 0 or more for an exit, minus the signal's number; None while it runs."""
        return self._process.returncode
