"""Starts the sensing process on an open verdict and ends it on a closed one; knows when it has truly gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from broker.clock import Clock
from broker.vocabulary import LeaseKind, Purpose, SensorState
from edge.brake import Brake
from edge.child import SENSING, Child
from edge.errors import PipeError
from edge.patience import Patience
from edge.pipe import (
    Ended,
    Extend,
    Fault,
    FromSensing,
    Loop,
    Notice,
    Open,
    Opened,
    SensedLine,
    decode_from_sensing,
    encode,
)
from edge.restarts import Restarts
from edge.trials import Trial, TrialSaid

EXTEND_AFTER_S = 5.0
"""[s] by which the permitted end must have moved before the process is told."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the sensing process may do now.

    Attributes:
        lease_id: the lease it runs under.
        purposes: what may leave it.
        vital_signs: whether rates may leave it (rule A11).
        until_s: on the node's `elapsed_s` [s], when its permission ends if nothing new is heard.
        lease_kind: on whose word it runs.
        trial: what is to be tried in an empty room; None but under a commissioning lease.
    """

    lease_id: str
    purposes: tuple[Purpose, ...]
    vital_signs: bool
    until_s: float
    lease_kind: LeaseKind = LeaseKind.CONSENT
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class SensorOpened:
    """The process has its device and has begun."""

    lease_id: str


@dataclass(frozen=True, slots=True)
class SensorClosed:
    """The process has ended, so the kernel has closed its device: a fact, not a wish."""

    lease_id: str


@dataclass(frozen=True, slots=True)
class SensorFailed:
    """The process ended by itself or had to be ended.

    Attributes:
        lease_id: the lease it ran under.
        sentence: what is known of why.
    """

    lease_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Sensed:
    """One line of what was sensed, filtered by purpose inside the sensing process, and the order it stands under."""

    order: Order
    line: SensedLine


Happening = SensorOpened | SensorClosed | SensorFailed | Sensed | Loop | Ended | Notice | TrialSaid


class SensingProcess(Protocol):
    """What the node needs of whoever runs the sensing process."""

    @property
    def state(self) -> SensorState:
        """Return the sensor's true state."""
        ...

    @property
    def is_crash_loop(self) -> bool:
        """Return whether it failed so often that it is left alone for a while."""
        ...

    @property
    def brake(self) -> Brake:
        """Return what ends the process at once, from any thread; while it is pulled nothing is started."""
        ...

    def follow(self, order: Order | None) -> list[Happening]:
        """Bring the process nearer to the order; None means closed. Never waits.

        Returns:
            What has happened since the last call, in order.
        """
        ...


class Supervisor:
    """A `SensingProcess` that is a real one.

    Attributes:
        bad_lines: lines that were not what was agreed, since the start of the node.
    """

    def __init__(
        self,
        open_line: Callable[[Order, float], Open],
        clock: Clock,
        real: Clock,
        *,
        command: Sequence[str] = SENSING,
    ) -> None:
        """Take what is needed to start a process later; nothing is started now.

        Args:
            open_line: makes the first line from an order and the seconds it may run.
            clock: the node's, on which leases run.
            real: the machine's, on which a process gets its second to end.
            command: what to start.
        """
        self._open_line = open_line
        self._clock = clock
        self._real = real
        self._command = tuple(command)
        self._restarts = Restarts(real)
        self._patience = Patience(real)
        self._child: Child | None = None
        self._order: Order | None = None
        self._failure: str | None = None
        self._state = SensorState.CLOSED
        self._brake = Brake()
        self.bad_lines = 0

    @property
    def state(self) -> SensorState:
        """Return the sensor's true state: closed only once the process has been reaped."""
        return self._state

    @property
    def is_crash_loop(self) -> bool:
        """Return whether starting was given up for some minutes."""
        return self._restarts.is_crash_loop

    @property
    def brake(self) -> Brake:
        """See `SensingProcess.brake`."""
        return self._brake

    @property
    def child_pid(self) -> int | None:
        """Return the sensing process's id, None while there is none."""
        return self._child.pid if self._child is not None else None

    def follow(self, order: Order | None) -> list[Happening]:
        """See `SensingProcess.follow`."""
        if order is not None and self._brake.is_on:
            return self._wait_for_the_reason()
        happened: list[Happening] = []
        if self._child is not None and self._state is not SensorState.CLOSING:
            if order is None or self._is_of_another_kind(order):
                self._begin_to_close()
            else:
                self._extend(order)
                happened += self._listen()
        if self._child is not None and self._child.has_ended():
            if self._state is not SensorState.CLOSING:
                happened += self._listen()
            self._child.close()
            happened.append(self._note_the_end())
        if self._child is None:
            if order is None:
                self._state = SensorState.CLOSED
            elif self._restarts.may_start:
                happened += self._start(order)
        return happened

    def _wait_for_the_reason(self) -> list[Happening]:
        """The order is older than a "no" that the loop has not heard yet: it starts nothing, and a fault is none."""
        if self._child is not None:
            self._begin_to_close()
        return []

    def _is_of_another_kind(self, order: Order) -> bool:
        """Say whether a patient's lease follows an engineer's or the other way: it opens anew, as the room is drawn."""
        return self._order is not None and order.lease_kind is not self._order.lease_kind

    def _start(self, order: Order) -> list[Happening]:
        try:
            self._child = Child(self._command, self._real)
        except OSError as error:
            self._restarts.count_failure()
            self._state = SensorState.FAULT
            return [SensorFailed(order.lease_id, f"the sensing process cannot be started: {error.strerror}")]
        self._brake.guard(self._child)
        self._failure = None
        self._state = SensorState.OPENING
        self._order = order
        self._patience.begin()
        self._tell(self._open_line(order, order.until_s - self._clock.elapsed_s()))
        return []

    def _extend(self, order: Order) -> None:
        """Pass on a renewal, a change of purposes, or an earlier end.

        Leave for vital signs that comes later counts from the next opening; leave that goes is obeyed at once, since
        the node says nothing of them without it.
        """
        assert self._order is not None
        moved_s = order.until_s - self._order.until_s
        changed = replace(order, until_s=self._order.until_s) != self._order
        if changed or moved_s >= EXTEND_AFTER_S or moved_s < -0.5:
            self._order = order
            for_s = order.until_s - self._clock.elapsed_s()
            self._tell(Extend(for_s, order.purposes, order.lease_kind, order.trial))

    def _tell(self, line: Open | Extend) -> None:
        assert self._child is not None
        if not self._child.tell(encode(line)):
            self._fail("the sensing process does not read what it is told")

    def _listen(self) -> list[Happening]:
        assert self._child is not None
        heard: list[Happening] = []
        try:
            for raw in self._child.read():
                self._patience.hear()
                heard += self._understand(decode_from_sensing(raw))
        except PipeError as error:
            self.bad_lines += 1
            self._fail(str(error))
        if self._patience.is_over:
            self._fail(f"the sensing process has said nothing for {self._patience.limit_s:.0f} s")
            self._patience.give_up()
        return heard

    def _understand(self, line: FromSensing) -> list[Happening]:
        assert self._order is not None
        if isinstance(line, Opened):
            self._state = SensorState.OPEN
            return [SensorOpened(self._order.lease_id)]
        if isinstance(line, Fault):
            self._fail(line.sentence)
            return []
        if isinstance(line, SensedLine):
            self._patience.is_rewarded()
            return [Sensed(self._order, line)]
        return [line]

    def _fail(self, sentence: str) -> None:
        """End a process that is no good; the first reason is kept."""
        self._failure = self._failure or sentence
        self._begin_to_close()

    def _begin_to_close(self) -> None:
        assert self._child is not None
        self._state = SensorState.CLOSING
        self._child.ask_to_end()

    def _note_the_end(self) -> SensorClosed | SensorFailed:
        assert self._child is not None
        assert self._order is not None
        lease_id, status = self._order.lease_id, self._child.exit_status
        ended_by_itself = self._state is not SensorState.CLOSING
        self._child = self._order = None
        self._brake.guard(None)
        if ended_by_itself or self._failure is not None:
            self._restarts.count_failure()
            self._state = SensorState.FAULT
            return SensorFailed(lease_id, self._failure or f"the sensing process ended by itself (status {status})")
        self._state = SensorState.CLOSED
        return SensorClosed(lease_id)
