"""Messages become records and facts: the one border, and the only subscriber."""

import queue
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from broker.codec import encode
from broker.errors import Refusal
from broker.link import Delivery, Link
from broker.messages import Cosignature, LiveState, NodeAnnouncement, Receipt, Record, RoomEvent
from broker.topics import Leaf, Topic
from broker.vocabulary import CheckpointOutcome, RoomEventKind
from console.errors import StoreBusy, StoreClosed, StoreDamaged, StoreFault, StoreFull
from console.keys.signer import UNSIGNED
from console.leasing.leases import Sent
from console.office import Office
from console.receiving.arrivals import Arrivals
from console.receiving.hearing import Hearing, tell
from console.receiving.live import Live
from console.receiving.record_rows import Batch
from console.receiving.settling import Settling
from console.receiving.sifting import Refused, Sieve, Sifted, TakenRecord
from console.staying.roll import Roll
from console.store import records as rows
from console.store.database import Tx
from console.store.leases import Boot
from console.store.people import NodeRow
from console.tracing.spans import Fact, Span, Step

_log = structlog.get_logger(__name__)
_MOST_WAITING = 20_000
_BATCH = 500
_TELL_AGAIN_S = 60.0
"""[s] within which the same refusal of the same node makes one entry in the log; every one is counted."""
_OUTAGES = (StoreFull, StoreFault, StoreDamaged, StoreBusy, StoreClosed)
"""Errors of the disk or the server: no message is to blame, and each waits in its node's outbox."""
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
class _Written:
    """What one batch has to tell afterwards."""

    batch: Batch
    boots: list[NodeAnnouncement] = field(default_factory=list)


_Durable = NodeAnnouncement | TakenRecord | Refused


class Intake:
    """Takes what the link delivers: hands over on the link's thread, works on its own.

    Whatever one message does to the code that takes it, it is refused alone and settled with the broker: it neither
    holds up the rest of its batch, nor does it come again after a restart and stop the console for good.
    """

    def __init__(
        self,
        office: Office,
        roll: Roll,
        live: Live,
        link: Link,
        listeners: Listeners,
        newest: Callable[[str], Sent | None],
    ) -> None:
        """Take what is needed.

        Args:
            office: store, log, rules and clock.
            roll: which nodes there are.
            live: takes what the nodes say now.
            link: carries receipts.
            listeners: who is told of what came.
            newest: the newest lease of a node, which says what may be shown; None before the first.
        """
        self._office = office
        self._roll = roll
        self._live = live
        self._link = link
        self._listeners = listeners
        self._settling = Settling(office)
        self._arrivals = Arrivals(office, live)
        self._hearing = Hearing(live, listeners.live, newest)
        self._waiting: queue.Queue[Delivery] = queue.Queue(_MOST_WAITING)
        self._told_s: dict[tuple[str, Refusal], float] = {}
        self._since = 0
        self._oldest = 0
        self._came_s = office.clock.elapsed_s()
        self.arrived = threading.Event()
        self.dropped = 0

    def receive(self, delivery: Delivery) -> None:
        """Hand over a delivery; called on the link's thread.

        When too much waits, it is dropped here and settled with the broker: a record is still in its node's outbox and
        comes again, and the next live message is a second away.
        """
        self._since = self._since or self._office.spans.moment()
        try:
            self._waiting.put_nowait(delivery)
        except queue.Full:
            self.dropped += 1
            delivery.settle()
        self.arrived.set()

    def step(self) -> int:
        """Work on one batch; return how many messages it held."""
        self.arrived.clear()
        self._oldest, self._since = self._since, 0
        deliveries = self._next_batch()
        if not deliveries:
            return 0
        try:
            self._work_on(deliveries)
        finally:
            for delivery in deliveries:
                delivery.settle()
        if not self._waiting.empty():
            self.arrived.set()
        return len(deliveries)

    def _work_on(self, deliveries: Sequence[Delivery]) -> None:
        office, nodes = self._office, self._roll.sheet().nodes
        self._came_s = office.clock.elapsed_s()
        sieve = Sieve(office.site, office.ward, nodes, office.context, office.policy, office.now())
        sifted = [sieve.sift(one) for one in deliveries]
        self._note_clocks(sifted)
        # Announcements come first: a live message of a new boot may stand in the same batch.
        durable = [one for one in sifted if isinstance(one, NodeAnnouncement | TakenRecord | Refused)]
        self._write(durable, nodes)
        self._write([refused for one in sifted for refused in self._hearing.take(one)], nodes)

    def _next_batch(self) -> list[Delivery]:
        found: list[Delivery] = []
        while len(found) < _BATCH:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return found

    def _note_clocks(self, sifted: Sequence[Sifted]) -> None:
        for one in sifted:
            if isinstance(one, Refused) and one.refusal is Refusal.FUTURE:
                self._live.ahead(one.node_id)

    def _write(self, durable: Sequence[_Durable], nodes: Mapping[str, NodeRow]) -> None:
        """Write what must be durable, then tell the nodes and the rest of the console."""
        if not durable:
            return
        with self._office.spans.during(Step.INTAKE, self._oldest) as span:
            span.tell(Fact.MESSAGES, len(durable))
            self._write_and_tell(durable, nodes, span)

    def _write_and_tell(self, durable: Sequence[_Durable], nodes: Mapping[str, NodeRow], span: Span) -> None:
        try:
            with self._office.spans.during(Step.COMMIT):
                written = self._office.store.write(lambda tx: self._within(tx, durable, nodes))
        except _OUTAGES as error:
            # Nothing was written and nothing is receipted: every record stays in its node's outbox.
            _log.error("intake_not_written", error=type(error).__name__)
            span.tell(Fact.FAILED, 1)
            return
        except Exception as error:
            self._write_apart(durable, nodes, error)
            return
        for announcement in written.boots:
            boot = Boot(announcement.boot_id, announcement.software, announcement.models, self._office.now())
            self._live.announced(announcement.node_id, boot, announcement.uptime_s, self._came_s)
        for record in written.batch.fresh:
            tell(record.node_id, self._follow, record)
        with self._office.spans.during(Step.RECEIPTS) as receipts:
            receipts.tell(Fact.RECEIPTS, len(written.batch.through))
            for (node_id, outbox_id), through in written.batch.through.items():
                self._receipt(node_id, outbox_id, through)
        for announcement in written.boots:
            for listener in self._listeners.announced:
                tell(announcement.node_id, listener, announcement.node_id)

    def _write_apart(self, durable: Sequence[_Durable], nodes: Mapping[str, NodeRow], error: Exception) -> None:
        """Find, by halves, the message that cannot be written, and refuse it alone: nothing waits behind it."""
        if len(durable) > 1:
            middle = len(durable) // 2
            self._write(durable[:middle], nodes)
            self._write(durable[middle:], nodes)
            return
        one = durable[0]
        _log.error("intake_message_not_taken", kind=type(one).__name__, error=type(error).__name__)
        if isinstance(one, TakenRecord):
            identity = (one.record.outbox_id, one.record.sequence)
            self._write([Refused(Refusal.MALFORMED, one.record.node_id, identity, one.digest)], nodes)
        elif isinstance(one, NodeAnnouncement):
            self._write([Refused(Refusal.MALFORMED, one.node_id, None, "")], nodes)
        elif one.identity is not None:
            self._write([Refused(one.refusal, one.node_id, None, one.digest)], nodes)

    def _within(self, tx: Tx, durable: Sequence[_Durable], nodes: Mapping[str, NodeRow]) -> _Written:
        boots = []
        records: list[TakenRecord | Refused] = []
        for one in durable:
            if isinstance(one, NodeAnnouncement):
                if self._arrivals.announce(tx, one):
                    boots.append(one)
                else:
                    records.append(Refused(Refusal.OLD_BOOT, one.node_id, None, ""))
            else:
                node = nodes.get(one.record.node_id) if isinstance(one, TakenRecord) else None
                records.append(self._arrivals.check_cosignature(one, node))
        batch = self._settling.settle(tx, records, nodes)
        for told in boots:
            through = rows.settled_through(tx, told.node_id, told.outbox_id)
            batch.through.setdefault((told.node_id, told.outbox_id), through or 0)
        self._enter(tx, batch)
        return _Written(batch, boots)

    def _enter(self, tx: Tx, batch: Batch) -> None:
        """Write refusals that concern security into the log: each kind of each node once a minute."""
        now_s = self._office.clock.elapsed_s()
        for (node_id, refusal), _count in Counter(batch.refusals).items():
            last_s = self._told_s.get((node_id, refusal))
            if refusal not in _SECURITY or (last_s is not None and now_s - last_s < _TELL_AGAIN_S):
                continue
            self._arrivals.log(tx, node_id, "intake:message:refused", refusal.value)
            tx.on_commit(partial(self._told_s.__setitem__, (node_id, refusal), now_s))

    def _follow(self, record: Record) -> None:
        """Let memory follow a record that was committed and is of now."""
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
