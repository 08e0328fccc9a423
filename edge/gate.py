"""May this node sense now? Closed by default, closed on expiry, closed on doubt (rules C1, C2, C5, K3, S3)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.clock import Clock
from broker.messages import ConsentLease
from broker.vocabulary import CloseReason, Lamp, LeaseKind, LeaseState
from edge.admission import (
    CLOCK_WAS_NEVER_SET,
    CLOCKS_AGREE_S,
    COMMISSIONING_S,
    History,
    Identity,
    LeaseRefusal,
    Verifier,
    objection,
)
from edge.memory import GateMemory

PAUSE_S = 600.0
"""[s] one press of the control in the room (rule S3)."""
PAUSE_ENDS_SOON_S = 30.0
"""[s] of blinking before a pause ends (rule S3)."""
LONGEST_KEPT_PAUSE_S = 43200.0
"""[s] of a pause that a restart keeps: a night, so that a clock that was wrong when it was pressed ends some day."""
OFFLINE_SLICE_S = 60.0
"""[s] for which sensing is prolonged at a time while no renewal comes."""
LAMP_REST_S = 60.0
"""[s] after a lamp fault before the lamp is tried again."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says at one moment.

    Attributes:
        lease: the lease that decides, open or closed; None before the first.
        reason: why the sensor must be closed; None exactly when it may be open.
        lamp: what the lamp must show.
        until_s: on `elapsed_s` [s]: closed from then on if nothing new is heard; 0 when closed.
        is_offline: sensing goes on without renewal, as the patient chose.
    """

    lease: ConsentLease | None
    reason: CloseReason | None
    lamp: Lamp
    until_s: float = 0.0
    is_offline: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether the sensor may be open."""
        return self.reason is None


@dataclass(frozen=True, slots=True)
class _Held:
    """The last lease taken, with its ends on this node's elapsed time.

    Attributes:
        lease: the lease.
        came_s: when it came [s].
        came_at: the time of day when it was taken.
        commissioning_ends_s: when a commissioning must end, however often it is renewed [s]; None for a consent.
    """

    lease: ConsentLease
    came_s: float
    came_at: datetime

    commissioning_ends_s: float | None

    @property
    def dies_s(self) -> float:
        """When the lease ends for want of a renewal [s]."""
        return self.came_s + self.lease.lifetime_s

    @property
    def carries_on_s(self) -> float:
        """When sensing ends for want of a renewal [s]: later than `dies_s` where the patient chose to carry on."""
        offline_until = self.lease.offline_until
        return self.dies_s if offline_until is None else max(self.dies_s, self._elapsed_at(offline_until))

    @property
    def hours_end_s(self) -> float:
        """When the granted hours, or a commissioning, end [s]."""
        ends_s = self._elapsed_at(self.lease.closes_at)
        return ends_s if self.commissioning_ends_s is None else min(ends_s, self.commissioning_ends_s)

    def until_s(self, now_s: float) -> float:
        """How long the sensing process may run without another word [s]; offline it is prolonged slice by slice."""
        end_s = max(self.dies_s, min(self.carries_on_s, now_s + OFFLINE_SLICE_S))
        return min(end_s, self.hours_end_s)

    def closed_by(self, now_s: float, now: datetime) -> CloseReason | None:
        """Why this lease does not let the sensor be open now; None when it does."""
        if self.lease.state is LeaseState.CLOSED:
            return CloseReason.LEASE_CLOSED
        if now_s >= self.carries_on_s:
            return CloseReason.LEASE_ENDED
        if not self.lease.opens_at <= now < self.lease.closes_at or now_s >= self.hours_end_s:
            return CloseReason.HOURS_ENDED
        return None

    def _elapsed_at(self, moment: datetime) -> float:
        """Where a time of day lies on elapsed time [s], so that setting the clock back prolongs nothing."""
        return self.came_s + (moment - self.came_at).total_seconds()


class Gate:
    """Takes leases, presses of the pause control and lamp faults; says whether the sensor may be open.

    It has no power to open anything by itself: a pause, a fault or a restart only closes, and a verdict is open only
    under the newest lease ever accepted. While the witness contradicts the console's history, the console may have been
    set back to before a "no": then no lease opens, and a closed one still closes (threats T10 and T22).

    Attributes:
        refused: leases not taken, by reason, since the start of this process.
    """

    def __init__(
        self, identity: Identity, verifier: Verifier, memory: GateMemory, history: History, clock: Clock
    ) -> None:
        self._identity = identity
        self._verifier = verifier
        self._memory = memory
        self._history = history
        self._clock = clock
        self._highest = memory.kept.serial
        self._held: _Held | None = None
        self._lamp_rests_until_s = 0.0
        self._clock_step = self._offset()
        self._time_trusted = clock.utc_now() >= CLOCK_WAS_NEVER_SET
        self._pause_ends_s = self._remembered_pause()
        self.refused: Counter[LeaseRefusal] = Counter()

    @property
    def highest_serial(self) -> int:
        """Return the highest serial ever accepted, 0 before the first."""
        return self._highest

    @property
    def time_is_trusted(self) -> bool:
        """Return whether the node's clock has agreed with the console's since it last jumped."""
        return self._time_trusted

    @property
    def holds_a_lease(self) -> bool:
        """Return whether a lease, open or closed, has been accepted in this boot and is still young enough to count."""
        return self._held is not None and self._clock.elapsed_s() < self._held.dies_s

    def is_a_no(self, lease: ConsentLease) -> bool:
        """Return whether a lease not offered yet will close; changes nothing, and may be asked on any thread."""
        return lease.state is LeaseState.CLOSED and self._objection(lease) is None

    def offer(self, lease: ConsentLease, came_s: float) -> LeaseRefusal | None:
        """Take a lease, or say why not.

        Args:
            lease: as decoded from the link.
            came_s: when it came, on the node's elapsed time [s]; its lifetime counts from here.

        Returns:
            None when taken: it now decides, and its serial is on the disk. Otherwise the reason, which is counted.
        """
        self._watch_the_clock()
        refusal = self._objection(lease)
        is_no = lease.state is LeaseState.CLOSED
        if refusal is None and not is_no and self._history.in_conflict:
            refusal = LeaseRefusal.AUDIT_CONFLICT
        if refusal is None and is_no:
            # It closes even when the disk cannot keep it.
            self._hold(lease, came_s)
        if refusal is None and not self._memory.keep_serial(lease.serial):
            refusal = LeaseRefusal.CANNOT_REMEMBER
        if refusal is not None:
            self.refused[refusal] += 1
        elif not is_no:
            self._hold(lease, came_s)
        return refusal

    def press_pause(self) -> None:
        """Close at once for 10 min; another press adds 10 min. Needs no network and opens nothing (rules C5, S3)."""
        now_s = self._clock.elapsed_s()
        self._pause_ends_s = max(self._pause_ends_s, now_s) + PAUSE_S
        # If the disk refuses, the pause still stands in this process; a restart then begins closed in any case.
        self._memory.keep_pause(self._clock.utc_now() + timedelta(seconds=self._pause_ends_s - now_s))

    def report_lamp_fault(self) -> None:
        """Close because the lamp cannot show that the sensor is on (rule K3)."""
        self._lamp_rests_until_s = self._clock.elapsed_s() + LAMP_REST_S

    def decide(self) -> Verdict:
        """Say what holds now."""
        self._watch_the_clock()
        now_s, held = self._clock.elapsed_s(), self._held
        if not self._time_trusted:
            return Verdict(None, CloseReason.TIME_UNTRUSTED, Lamp.OFF)
        is_closed = held is not None and held.lease.state is LeaseState.CLOSED
        if self._history.in_conflict and not is_closed:
            return Verdict(None, CloseReason.AUDIT_CONFLICT, Lamp.OFF)
        if held is None:
            return Verdict(None, CloseReason.NO_LEASE, Lamp.OFF)
        reason = held.closed_by(now_s, self._clock.utc_now())
        if reason is not None:
            asks = held.lease.lamp is Lamp.IDENTIFY and now_s < held.dies_s
            return Verdict(held.lease, reason, Lamp.IDENTIFY if asks else Lamp.OFF)
        if now_s < self._pause_ends_s:
            ends_soon = self._pause_ends_s - now_s <= PAUSE_ENDS_SOON_S
            return Verdict(held.lease, CloseReason.LOCAL_PAUSE, Lamp.BLINK if ends_soon else Lamp.OFF)
        if now_s < self._lamp_rests_until_s:
            return Verdict(held.lease, CloseReason.LAMP_FAULT, Lamp.FAULT)
        is_offline = now_s >= held.dies_s
        lamp = Lamp.ON if is_offline else _lamp_when_open(held.lease)
        return Verdict(held.lease, None, lamp, held.until_s(now_s), is_offline)

    def _objection(self, lease: ConsentLease) -> LeaseRefusal | None:
        return objection(lease, self._identity, self._verifier, highest_serial=self._highest, now=self._clock.utc_now())

    def _hold(self, lease: ConsentLease, came_s: float) -> None:
        """Let a lease decide from now on."""
        self._highest = lease.serial
        self._held = _Held(lease, came_s, self._clock.utc_now(), self._end_of_commissioning(lease, came_s))
        self._clock_step, self._time_trusted = self._offset(), True

    def _end_of_commissioning(self, lease: ConsentLease, came_s: float) -> float | None:
        """A commissioning ends after 15 min in all, however often it is renewed; a closed lease ends the count."""
        if lease.lease_kind is not LeaseKind.COMMISSIONING or lease.state is LeaseState.CLOSED:
            return None
        if self._held is not None and self._held.commissioning_ends_s is not None:
            return self._held.commissioning_ends_s
        return came_s + COMMISSIONING_S

    def _watch_the_clock(self) -> None:
        """Stop trusting a clock that jumped; the next lease that agrees with it restores the trust."""
        jumped = abs(self._offset() - self._clock_step) > CLOCKS_AGREE_S
        if jumped or self._clock.utc_now() < CLOCK_WAS_NEVER_SET:
            self._time_trusted = False
            self._held = None
            self._clock_step = self._offset()

    def _offset(self) -> float:
        """Time of day minus elapsed time [s]; constant while nobody sets the clock."""
        return self._clock.utc_now().timestamp() - self._clock.elapsed_s()

    def _remembered_pause(self) -> float:
        """Where a pause from before the restart ends on elapsed time [s]; doubt counts as a whole pause."""
        now_s = self._clock.elapsed_s()
        if self._memory.fault is not None:
            return now_s + PAUSE_S
        until = self._memory.kept.paused_until
        if until is None:
            return now_s
        return now_s + min(max(0.0, (until - self._clock.utc_now()).total_seconds()), LONGEST_KEPT_PAUSE_S)


def _lamp_when_open(lease: ConsentLease) -> Lamp:
    """A sensor that is on is never dark, whatever a lease says; a commissioning blinks (rule K3)."""
    if lease.lease_kind is LeaseKind.COMMISSIONING:
        return Lamp.BLINK
    return Lamp.ON if lease.lamp is Lamp.OFF else lease.lamp
