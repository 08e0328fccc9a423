"""The processes of a ward on one machine: started in order, watched, started again, ended in reverse."""

import ctypes
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from broker.clock import Clock
from deploy.errors import DeployError, WardStopped

END_WITHIN_S = 10.0
"""[s] a process has to end by itself before it is killed."""
_RESTARTS_AT_MOST = 5
_RESTARTS_WITHIN_S = 60.0
_LONGEST_PAUSE_S = 30.0
_LOOK_EVERY_S = 0.1
_LOG_KEPT_BYTES = 5_000_000
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the ward.

    Attributes:
        name: as it is spoken of, such as `console` or `node room2`.
        command: program and arguments.
        is_vital: the ward ends when this one does not stay up.
    """

    name: str
    command: Sequence[str]
    is_vital: bool


class _Running:
    """A part with its present process and its restarts."""

    def __init__(self, part: Part, log: Path) -> None:
        self.part = part
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts: deque[float] = deque(maxlen=_RESTARTS_AT_MOST)
        self.next_start_s: float | None = None
        self.said_loop = False

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.part.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own group: Ctrl-C at the terminal reaches `up` alone, which ends the others in order.
                process_group=0,
                preexec_fn=end_with_parent,
            )

    def last_words(self) -> str:
        """Return the last line that it wrote, or nothing."""
        try:
            lines = self.log.read_bytes()[-4000:].decode("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1][:300] if lines else ""


class Processes:
    """All processes of a ward.

    A part that ends is started again after 0.5, 1, 2 … 30 s. More than 5 ends in 60 s are a crash loop: said once for
    a node, which goes on being tried every 30 s; the end of the ward for the broker and the console.
    """

    def __init__(self, logs: Path, clock: Clock, say: Say) -> None:
        self._logs = logs
        self._clock = clock
        self._say = say
        self._running: list[_Running] = []

    def start(self, part: Part) -> None:
        """Start one part; those started first are ended last.

        Raises:
            DeployError: its program cannot be run.
        """
        running = _Running(part, self._log_of(part))
        try:
            running.start()
        except OSError as error:
            raise DeployError(f"{part.name} cannot be started: {error.strerror or error}: {part.command[0]}") from error
        self._running.append(running)

    def has_ended(self, name: str) -> bool:
        """Return whether the present process of a part has ended by itself."""
        return any(
            one.process is not None and one.process.poll() is not None for one in self._running if one.part.name == name
        )

    def last_words(self, name: str) -> str:
        """Return the last line of a part's log, for a sentence that says what is wrong."""
        return next((one.last_words() for one in self._running if one.part.name == name), "")

    def pids(self) -> dict[str, int]:
        """Return the process id of each part that runs."""
        return {
            one.part.name: one.process.pid
            for one in self._running
            if one.process is not None and one.process.poll() is None
        }

    def watch(
        self, until: threading.Event, for_s: float | None = None, also: Callable[[], None] = lambda: None
    ) -> None:
        """Keep all parts running.

        Args:
            until: ends the watch.
            for_s: ends it after this time [s].
            also: called at each look.

        Raises:
            WardStopped: a vital part is in a crash loop.
        """
        end_s = None if for_s is None else self._clock.elapsed_s() + for_s
        while not self._clock.wait(until, _LOOK_EVERY_S):
            if end_s is not None and self._clock.elapsed_s() >= end_s:
                return
            also()
            for one in self._running:
                self._look_after(one)

    def stop(self) -> None:
        """End all parts, the last started first; nodes so have time to record that their sensor closed.

        What does not end within END_WITHIN_S is killed.
        """
        deadline_s = self._clock.elapsed_s() + END_WITHIN_S
        never = threading.Event()
        for level in (False, True):
            group = [one for one in reversed(self._running) if one.part.is_vital is level]
            # Nodes end side by side; the console and then the broker one after the other.
            for batch in [group] if not level else [[one] for one in group]:
                for one in batch:
                    _tell(one.process, signal.SIGTERM)
                while any(_lives(one.process) for one in batch) and self._clock.elapsed_s() < deadline_s:
                    self._clock.wait(never, _LOOK_EVERY_S)
        for one in self._running:
            if _lives(one.process):
                self._say(f"{one.part.name} did not end within {END_WITHIN_S:.0f} s and was killed")
                _tell(one.process, signal.SIGKILL)
            if one.process is not None:
                one.process.wait()
        self._running.clear()

    def _look_after(self, one: _Running) -> None:
        now_s = self._clock.elapsed_s()
        if one.next_start_s is not None:
            if now_s >= one.next_start_s:
                one.next_start_s = None
                one.start()
            return
        if _lives(one.process) or one.process is None:
            return
        code = one.process.returncode
        one.restarts.append(now_s)
        is_loop = len(one.restarts) == _RESTARTS_AT_MOST and now_s - one.restarts[0] < _RESTARTS_WITHIN_S
        words = one.last_words()
        if is_loop and one.part.is_vital:
            raise WardStopped(f"{one.part.name} does not stay up ({_reason(code)}): {words}; its log: {one.log}")
        recent = sum(1 for at_s in one.restarts if now_s - at_s < _RESTARTS_WITHIN_S)
        pause_s = _LONGEST_PAUSE_S if is_loop else 0.5 * 2 ** (recent - 1)
        one.next_start_s = now_s + pause_s
        if not is_loop:
            self._say(f"{one.part.name} ended ({_reason(code)}); it is started again in {pause_s:g} s")
        elif not one.said_loop:
            one.said_loop = True
            self._say(f"{one.part.name} does not stay up: {words}; it is tried every {pause_s:g} s; its log: {one.log}")

    def _log_of(self, part: Part) -> Path:
        log = self._logs / f"{part.name.replace(' ', '-')}.log"
        if log.exists() and log.stat().st_size > _LOG_KEPT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        return log


def python(*arguments: str) -> list[str]:
    """Return a command that runs this Python with these arguments."""
    return [sys.executable, *arguments]


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends, however that ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _lives(process: subprocess.Popen[bytes] | None) -> bool:
    return process is not None and process.poll() is None


def _tell(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    if process is not None and process.poll() is None:
        process.send_signal(number)


def _reason(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
