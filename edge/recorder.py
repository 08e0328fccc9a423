"""Records into the outbox; what the disk will not take is owed, and the sensor stays closed until it is paid."""

import logging
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from broker.clock import Clock
from broker.errors import OutboxError, OutboxFull
from broker.messages import Receipt, Record, RecordBody
from broker.outbox import Outbox
from broker.vocabulary import HealthFlag, Origin
from edge.trust import UNSIGNED

log = logging.getLogger(__name__)

MOST_OWED = 64
"""Records kept in memory while the disk refuses; the sensor is closed meanwhile, so few come."""
PAY_EVERY_S = 1.0
"""[s] between attempts to write what is owed."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start of the node.

    Attributes:
        node_id: this node.
        boot_id: random, made at this start.
        origin: where its frames come from.
        started_s: on elapsed time [s].
    """

    node_id: str
    boot_id: str
    origin: Origin
    started_s: float


class Recorder:
    """Makes records and sees that each is durable.

    Attributes:
        fault: why the outbox takes nothing; None when all is well.
    """

    def __init__(self, outbox: Outbox, start: Start, clock: Clock) -> None:
        self._outbox = outbox
        self._start = start
        self._clock = clock
        self._owed: deque[Callable[[int], Record]] = deque()
        self._tried_s = 0.0
        self.fault: HealthFlag | None = None

    def record(self, body: RecordBody, captured_at: datetime | None = None) -> None:
        """Keep one more fact.

        Args:
            body: what happened.
            captured_at: when; None means now.
        """
        uptime_s = self._clock.elapsed_s() - self._start.started_s
        at = captured_at or self._clock.utc_now()

        def make(sequence: int) -> Record:
            return Record(
                node_id=self._start.node_id,
                outbox_id=self._outbox.outbox_id,
                sequence=sequence,
                boot_id=self._start.boot_id,
                uptime_s=uptime_s,
                captured_at=at,
                origin=self._start.origin,
                body=body,
                signature=UNSIGNED,
            )

        if self._owed or not self._append(make):
            self._owe(make)

    @property
    def waiting(self) -> int:
        """Return how many records are not settled, those owed to the disk included."""
        return self._outbox.last_sequence - self._outbox.first_unsettled + 1 + len(self._owed)

    def settle(self, receipt: Receipt) -> None:
        """Forget what the console has settled; what cannot be forgotten now is settled by a later receipt."""
        try:
            self._outbox.settle(receipt.outbox_id, receipt.settled_through)
        except sqlite3.Error as error:
            log.warning("a receipt could not be kept", extra={"sentence": str(error)})

    def pay(self) -> None:
        """Try again, now and then, to write what is owed."""
        now_s = self._clock.elapsed_s()
        if not self._owed or now_s - self._tried_s < PAY_EVERY_S:
            return
        self._tried_s = now_s
        while self._owed and self._append(self._owed[0]):
            self._owed.popleft()
        if not self._owed:
            self.fault = None
            log.warning("the outbox takes records again")

    def _append(self, make: Callable[[int], Record]) -> bool:
        try:
            self._outbox.append(make)
        except (OutboxError, sqlite3.Error, OSError) as error:
            flag = HealthFlag.OUTBOX_FULL if isinstance(error, OutboxFull) else HealthFlag.STORAGE_FAULT
            if flag is not self.fault:
                log.error("the outbox takes no records; the sensor stays closed", extra={"sentence": str(error)})
            self.fault = flag
            return False
        return True

    def _owe(self, make: Callable[[int], Record]) -> None:
        if len(self._owed) >= MOST_OWED:
            self._owed.popleft()
            log.error("a record was lost: the disk refuses and the memory kept for it is full")
        self._owed.append(make)
