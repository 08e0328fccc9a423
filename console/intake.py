"""Messages become records and facts: the one border, and the only subscriber."""

import queue
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from broker.codec import encode
from broker.errors import Refusal
from broker.link import Delivery, Link
from broker.messages import Cosignature, LiveState, NodeAnnouncement, NodeLost, Receipt, RoomEvent
from broker.topics import Leaf, Topic
from broker.vocabulary import CheckpointOutcome, RoomEventKind
from console.arrivals import Arrivals
from console.errors import StoreConflict, StoreError
from console.live import Live
from console.office import Office
from console.record_rows import Batch
from console.roles import Actor
from console.roll import Roll
from console.settling import Settling
from console.sifting import Refused, Sieve, Sifted, TakenRecord
from console.signer import UNSIGNED
from console.store import records as rows
from console.store.database import Tx
from console.store.leases import Boot

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("intake")
_MOST_WAITING = 20_000
_BATCH = 500
_TELL_AGAIN_S = 60.0
"""[s] within which the same refusal of the same node makes one entry in the log; every one is counted."""
_SECURITY = frozenset(
    {
        Refusal.REUSED_IDENTITY,
        Refusal.UNKNOWN_OUTBOX,
        Refusal.BAD_SIGNATURE,
        Refusal.WRONG_NODE,
        Refusal.ORIGIN_NOT_ALLOWED,
        Refusal.OLD_BOOT,
        Refusal.RETAINED,
    }
)


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told of what came, after it is durable.

    Attributes:
        live: a live message of a present boot was taken.
        announced: a node said which boot it is.
    """

    live: tuple[Callable[[LiveState], None], ...] = ()
    announced: tuple[Callable[[str], None], ...] = ()


@dataclass(slots=True)
class _Told:
    """What one batch has to tell afterwards."""

    batch: Batch
    boots: list[NodeAnnouncement] = field(default_factory=list)


class Intake:
    """Takes what the link delivers: hands over on the link's thread, works on its own."""

    def __init__(self, office: Office, roll: Roll, live: Live, link: Link, listeners: Listeners) -> None:
        self._office = office
        self._roll = roll
        self._live = live
        self._link = link
        self._listeners = listeners
        self._settling = Settling(office)
        self._arrivals = Arrivals(office, roll, live)
        self._waiting: queue.Queue[Delivery] = queue.Queue(_MOST_WAITING)
        self._told_s: dict[tuple[str, Refusal], float] = {}
        self._uncounted: list[Refused] = []
        self.arrived = threading.Event()
        self.dropped = 0

    def receive(self, delivery: Delivery) -> None:
        """Hand over a delivery; called on the link's thread.

        When too much waits, it is dropped here and settled with the broker: a record is still in its node's outbox and
        comes again, and the next live message is a second away.
        """
        try:
            self._waiting.put_nowait(delivery)
        except queue.Full:
            self.dropped += 1
            delivery.settle()
        self.arrived.set()

    def step(self) -> int:
        """Work on one batch; return how many messages it held."""
        self.arrived.clear()
        deliveries = self._next_batch()
        if not deliveries:
            return 0
        office, sheet = self._office, self._roll.sheet()
        sieve = Sieve(office.site, office.ward, sheet.nodes, office.context, office.policy, office.now())
        sifted = [sieve.sift(one) for one in deliveries]
        self._note_clocks(sifted)
        # Announcements come first: a live message of a new boot may stand in the same batch.
        self._write([*self._uncounted, *sifted])
        self._uncounted = [refused for one in sifted if (refused := self._take_live(one)) is not None]
        for delivery in deliveries:
            delivery.settle()
        if not self._waiting.empty():
            self.arrived.set()
        return len(deliveries)

    def _next_batch(self) -> list[Delivery]:
        found: list[Delivery] = []
        while len(found) < _BATCH:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return found

    def _take_live(self, one: Sifted) -> Refused | None:
        """Take a live message of the present boot; refuse one of another boot, or sent before the newest."""
        if isinstance(one, NodeLost):
            self._live.lost(one.node_id, one.boot_id)
        if not isinstance(one, LiveState):
            return None
        heard = self._live.of(one.node_id)
        if heard.boot is None or heard.boot.boot_id != one.boot_id:
            return Refused(Refusal.OLD_BOOT, one.node_id, None, "")
        newest = heard.state
        if newest is not None and newest.boot_id == one.boot_id and one.uptime_s < newest.uptime_s:
            return Refused(Refusal.STALE, one.node_id, None, "")
        self._live.put(one)
        for listener in self._listeners.live:
            listener(one)
        return None

    def _note_clocks(self, sifted: list[Sifted]) -> None:
        for one in sifted:
            if isinstance(one, Refused) and one.refusal is Refusal.FUTURE:
                self._live.ahead(one.node_id)

    def _write(self, sifted: list[Sifted]) -> None:
        """Write what must be durable, then tell the nodes and the rest of the console."""
        if not any(isinstance(one, NodeAnnouncement | TakenRecord | Refused) for one in sifted):
            return
        try:
            told = self._office.store.write(lambda tx: self._within(tx, sifted))
        except StoreConflict:
            self._write_apart(sifted)
            return
        except StoreError as error:
            # Nothing was written and nothing is receipted: every record stays in its node's outbox.
            _log.error("intake_not_written", error=type(error).__name__)
            return
        for announcement in told.boots:
            self._live.announced(announcement.node_id, Boot(announcement.boot_id, announcement.software))
        self._follow(told.batch)
        for (node_id, outbox_id), through in told.batch.through.items():
            self._receipt(node_id, outbox_id, through)
        for announcement in told.boots:
            for listener in self._listeners.announced:
                listener(announcement.node_id)

    def _write_apart(self, sifted: list[Sifted]) -> None:
        """Find the message that the database will not take, and refuse it alone, so that nothing waits behind it."""
        if len(sifted) > 1:
            for one in sifted:
                self._write([one])
        elif isinstance(sifted[0], TakenRecord):
            record, digest = sifted[0].record, sifted[0].digest
            identity = (record.outbox_id, record.sequence)
            self._write([Refused(Refusal.MALFORMED, record.node_id, identity, digest)])
        else:
            _log.error("intake_message_not_taken", kind=type(sifted[0]).__name__)

    def _within(self, tx: Tx, sifted: list[Sifted]) -> _Told:
        boots = []
        records: list[TakenRecord | Refused] = []
        for one in sifted:
            if isinstance(one, NodeAnnouncement):
                if self._arrivals.announce(tx, one):
                    boots.append(one)
                else:
                    records.append(Refused(Refusal.OLD_BOOT, one.node_id, None, ""))
            elif isinstance(one, TakenRecord | Refused):
                records.append(self._arrivals.check_cosignature(one))
        batch = self._settling.settle(tx, records, self._roll.sheet().nodes)
        for told in boots:
            through = rows.settled_through(tx, told.node_id, told.outbox_id)
            batch.through.setdefault((told.node_id, told.outbox_id), through or 0)
        self._enter(tx, batch)
        return _Told(batch, boots)

    def _enter(self, tx: Tx, batch: Batch) -> None:
        """Write refusals that concern security into the log: each kind of each node once a minute."""
        now_s = self._office.clock.elapsed_s()
        for (node_id, refusal), _count in Counter(batch.refusals).items():
            last_s = self._told_s.get((node_id, refusal))
            if refusal not in _SECURITY or (last_s is not None and now_s - last_s < _TELL_AGAIN_S):
                continue
            self._told_s[node_id, refusal] = now_s
            self._arrivals.log(tx, node_id, "intake:message:refused", refusal.value)

    def _follow(self, batch: Batch) -> None:
        """Let memory follow what was committed and is of now."""
        for record in batch.fresh:
            body = record.body
            if isinstance(body, RoomEvent) and body.event in _MOVES:
                lasted = timedelta(seconds=body.after_s or 0.0)
                is_still = body.event is RoomEventKind.NO_MOVEMENT
                self._live.moves(record.node_id, record.captured_at - lasted if is_still else None)
            if isinstance(body, Cosignature):
                agrees = body.outcome is CheckpointOutcome.ACCEPTED
                self._live.cosigned(record.node_id, body.tree_size, agrees=agrees)

    def _receipt(self, node_id: str, outbox_id: str, through: int) -> None:
        office = self._office
        unsigned = Receipt(
            node_id=node_id,
            outbox_id=outbox_id,
            settled_through=through,
            issued_at=office.now(),
            signature=UNSIGNED,
        )
        topic = Topic(office.site, office.ward, node_id, Leaf.RECEIPT)
        self._link.publish(topic, encode(office.store.keys.sign(unsigned)))

    def refusals(self) -> Mapping[str, Mapping[str, int]]:
        """Return counts of refused messages by node (empty for no known node) and code."""
        return self._office.store.read(rows.refusals)


_MOVES = frozenset({RoomEventKind.NO_MOVEMENT, RoomEventKind.MOVEMENT_AGAIN})
