"""The walk from frame to estimate, in a process of its own that has the device and no network.

Run by the node as `python -m edge.sensing`; the lines on its two pipes are those of `edge.pipe`. Whatever happens
to the node, the kernel ends this process: with the node's death, and with the lease's end.
"""

import contextlib
import ctypes
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from broker.clock import Clock, clock_from
from broker.errors import BrokerError
from broker.vocabulary import Purpose, Withheld
from edge.commissioning.trying import Trying
from edge.errors import EdgeError, PipeError, SourceError
from edge.estimates import Estimator, Moment, withheld_estimate
from edge.frames import Frame, FrameSource, LoopMark, Quiet
from edge.noise_profile import read_profile
from edge.pacing import Pacer
from edge.permitted import permitted
from edge.pipe import Ended, Extend, Fault, FromSensing, Loop, Notice, Open, Opened, decode_to_sensing, encode, trial_of
from edge.secrecy import forbid_network, keep_memory_private, needs_network
from edge.senses import shipped_models
from edge.sources.table import SourceEntry, entry_of
from edge.trials import Trial
from edge.zones import zones_from
from models.errors import ModelError

PR_SET_PDEATHSIG = 1
ENDED_FIRST = 500
"""Half of all the memory there is counts on top of what this process holds (proc(5), oom_score_adj)."""
MAX_SENTENCE = 200
SECOND_S = 1.0


class Stopped(Exception):
    """The node wants no more."""


class Orders(Protocol):
    """What the node says while sensing runs."""

    def pending(self) -> Iterator[Extend]:
        """Give the lines that have come; never waits.

        Raises:
            Stopped: the node has closed its end.
            PipeError: a line was not what was agreed.
        """
        ...


class Deadline(Protocol):
    """Ends the process when its time is over, whatever it is doing."""

    def __call__(self, seconds: float) -> None:
        """Set the time from now [s]."""
        ...


@dataclass(frozen=True)
class Parts:
    """What sensing is made of; tests bring their own."""

    clock: Clock
    source: FrameSource
    estimator: Estimator
    orders: Orders
    say: Callable[[FromSensing], None]
    arm: Deadline
    is_live: bool = False
    """The frames come in their own time; otherwise each is held back until it is due."""


class Sensing:
    """One source, sensed until the node stops it."""

    def __init__(
        self, parts: Parts, purposes: Collection[Purpose], vital_signs: bool, trial: Trial | None = None
    ) -> None:
        self._parts = parts
        self._purposes = frozenset(purposes)
        self._vital_signs = vital_signs
        self._pacer = Pacer(parts.clock, self.wait)
        self._trying = Trying(parts.estimator, parts.estimator.zones)
        self._second = 1
        self._why_lost = ""
        self._never = threading.Event()
        self._trying.begin(trial)

    def wait(self, seconds: float) -> None:
        """Wait on the clock, and take what the node says.

        Raises:
            Stopped: the node has closed its end.
        """
        self._parts.clock.wait(self._never, seconds)
        self._listen()

    def _listen(self) -> None:
        for line in self._parts.orders.pending():
            self._parts.arm(line.open_for_s)
            self._purposes = frozenset(line.purposes)
            self._trying.begin(trial_of(line))

    def run(self) -> None:
        """Sense until stopped; after a recording's end, say each second that it has ended.

        Raises:
            Stopped: the node has closed its end.
            SourceError: the source cannot be read.
        """
        for item in self._parts.source:
            if isinstance(item, LoopMark):
                self._parts.estimator.restart()
                self._trying.begin_anew()
                self._parts.say(Loop(item.loop))
            elif isinstance(item, Quiet):
                self._rest(item)
            else:
                self._take(item)
        self._parts.source.close()
        warning = " ".join(self._parts.source.count.warnings)[:MAX_SENTENCE]
        self._parts.say(Ended(Withheld.RECORDING_ENDED, warning))
        while True:
            self.wait(SECOND_S)
            ended = withheld_estimate(self._moment(), Withheld.RECORDING_ENDED, self._parts.estimator.model)
            self._parts.say(permitted(ended, self._purposes, self._vital_signs))
            self._second += 1

    def _take(self, frame: Frame) -> None:
        if self._parts.is_live:
            self._listen()
        else:
            frame = self._pacer.hold(frame)
        self._catch_up(frame.t_s)
        self._note("")
        self._parts.estimator.add(frame)
        self._trying.add(frame)
        for grid in self._trying.grids(frame.t_s):
            self._parts.say(grid)

    def _rest(self, quiet: Quiet) -> None:
        self._listen()
        self._note(quiet.why)
        self._catch_up(quiet.t_s)

    def _note(self, why: str) -> None:
        """Say once why the sensor is lost, and once that it is back."""
        if why != self._why_lost:
            self._why_lost = why
            self._parts.say(Notice(why[:MAX_SENTENCE]))

    def _catch_up(self, t_s: float) -> None:
        """Say each second up to now; while the sensor is lost nothing is estimated from what came before."""
        if t_s - self._second > 2:
            # The process slept: the seconds in between are not made up afterwards.
            self._second = int(t_s)
        while t_s > self._second:
            moment, estimator = self._moment(), self._parts.estimator
            if self._why_lost:
                estimate = withheld_estimate(moment, Withheld.SENSOR_FAULT, estimator.model)
            else:
                estimate = estimator.estimate(moment)
            self._parts.say(permitted(estimate, self._purposes, self._vital_signs))
            for line in self._trying.answer(moment, estimate):
                self._parts.say(line)
            self._second += 1

    def _moment(self) -> Moment:
        clock, count = self._parts.clock, self._parts.source.count
        return Moment(float(self._second), clock.utc_now(), clock.elapsed_s(), count.read, count.lost, count.bad)


class PipeOrders:
    """The node's lines on a pipe."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""

    def first(self) -> Open:
        """Wait for the first line.

        Raises:
            Stopped: the node closed its end first.
            PipeError: it is not an `open` line.
        """
        while True:
            lines = list(self._lines())
            if lines:
                line = decode_to_sensing(lines[0])
                if not isinstance(line, Open):
                    raise PipeError("the first line must be `open`")
                return line
            select.select([self._stream], [], [])

    def pending(self) -> Iterator[Extend]:
        """See `Orders.pending`."""
        for raw in self._lines():
            line = decode_to_sensing(raw)
            if not isinstance(line, Extend):
                raise PipeError("a second `open` line")
            yield line

    def _lines(self) -> list[bytes]:
        while select.select([self._stream], [], [], 0)[0]:
            chunk = os.read(self._stream.fileno(), 65536)
            if not chunk:
                raise Stopped
            self._buffer += chunk
        *lines, self._buffer = self._buffer.split(b"\n")
        return lines


def arm(seconds: float) -> None:
    """Have the kernel end this process after so many real seconds: SIGALRM keeps its default action."""
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))


def die_with_parent() -> None:
    """Have the kernel kill this process when the node dies, even if the node is killed."""
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        # The node died before the kernel was asked to watch it.
        os.kill(os.getpid(), signal.SIGKILL)


def end_before_the_node() -> None:
    """Ask the kernel, when memory runs out, to end this process and not the node, which can start it again."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(f"{ENDED_FIRST}\n", "ascii")


def _sentence(error: Exception) -> str:
    return str(error).splitlines()[0][:MAX_SENTENCE] if str(error) else type(error).__name__


def main(
    find: Callable[[Mapping[str, Any]], SourceEntry] = entry_of,
    keep_private: Callable[[], None] = keep_memory_private,
) -> int:
    """Sense for the node that started this process.

    Args:
        find: returns the source that a `[source]` table names.
        keep_private: keeps everybody from looking into this process.

    Returns:
        0 when the node stopped it, 1 after a fault, which was said on the pipe.
    """
    die_with_parent()
    # What is kept private afterwards is root's, this file with it.
    end_before_the_node()
    keep_private()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    orders = PipeOrders(sys.stdin.buffer)

    def say(line: FromSensing) -> None:
        sys.stdout.buffer.write(encode(line))
        sys.stdout.buffer.flush()

    try:
        told = orders.first()
        arm(told.open_for_s)
        if not needs_network(told.source):
            forbid_network()
        clock = clock_from(Path(told.clock["file"]) if "file" in told.clock else None)
        profile = None if told.noise_profile is None else read_profile(Path(told.noise_profile))
        estimator = Estimator(shipped_models(), zones_from(told.room), profile=profile)
        entry = find(told.source)
        source = entry.open(told.source, clock)
        say(Opened())
        parts = Parts(clock, source, estimator, orders, say, arm, entry.is_live)
        Sensing(parts, told.purposes, told.vital_signs, trial_of(told)).run()
    except (Stopped, BrokenPipeError):
        return 0
    except ModelError as error:
        say(Fault(Withheld.MODEL_FAULT, _sentence(error)))
    except (SourceError, EdgeError, BrokerError, KeyError, ValueError) as error:
        say(Fault(Withheld.SENSOR_FAULT, _sentence(error)))
    return 1


if __name__ == "__main__":
    sys.exit(main())
