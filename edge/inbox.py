"""What comes down to the node: verified states of now are taken, everything else is refused and counted (rule N1)."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from queue import Empty, Full, SimpleQueue
from queue import Queue as BoundedQueue

from broker.clock import Clock
from broker.codec import decode
from broker.errors import MessageRefused, Refusal
from broker.link import Delivery
from broker.messages import Checkpoint, ConsentLease, Receipt
from broker.topics import DOWNWARD, Topic, parse

log = logging.getLogger(__name__)

FRESH_S = 30.0
"""[s] from the console's `issued_at` to the node's clock beyond which a message says nothing any more (rule N1)."""
MOST_WAITING = 256
"""Deliveries kept for the node's loop; more than that come again, since nothing is settled before it took effect."""


class Inbox:
    """Stands between the link's thread and the node's loop.

    Attributes:
        refused: messages not taken, by reason, since the start of this process.
        overflowed: deliveries that found no room.
    """

    def __init__(self, topic_of: Topic, verifies: Callable[[Receipt | Checkpoint], bool], clock: Clock) -> None:
        """Take what decides.

        Args:
            topic_of: any topic of this node; its site, ward and node are the only ones read.
            verifies: whether the console signed this; a lease's signature is the gate's to judge.
            clock: the node's.
        """
        self._mine = topic_of
        self._verifies = verifies
        self._clock = clock
        self._waiting: BoundedQueue[tuple[Delivery, float]] = BoundedQueue(MOST_WAITING)
        self._changes: SimpleQueue[bool] = SimpleQueue()
        self.refused: Counter[Refusal] = Counter()
        self.overflowed = 0

    def put(self, delivery: Delivery) -> None:
        """Keep a delivery for the loop; called on the link's thread."""
        try:
            self._waiting.put_nowait((delivery, self._clock.elapsed_s()))
        except Full:
            self.overflowed += 1

    def put_change(self, is_up: bool) -> None:
        """Keep the news that the link came up or was lost; called on the link's thread."""
        self._changes.put(is_up)

    def take_changes(self) -> list[bool]:
        """Return the link's changes since the last call, oldest first."""
        changes = []
        while True:
            try:
                changes.append(self._changes.get_nowait())
            except Empty:
                return changes

    def take(self) -> Iterator[tuple[Delivery, float]]:
        """Give what waits, oldest first, each with when it came on elapsed time [s]; the rest of a flood waits."""
        for _ in range(MOST_WAITING):
            try:
                yield self._waiting.get_nowait()
            except Empty:
                return

    def judge(self, delivery: Delivery) -> ConsentLease | Receipt | Checkpoint | None:
        """Return the message, or None when it is refused; a refusal is counted, and logged the first time."""
        try:
            return self._judge(delivery)
        except MessageRefused as error:
            self.refused[error.refusal] += 1
            if self.refused[error.refusal] == 1:
                log.warning("message refused", extra={"refusal": str(error.refusal), "sentence": str(error)})
            return None

    def _judge(self, delivery: Delivery) -> ConsentLease | Receipt | Checkpoint:
        if delivery.retained:
            raise MessageRefused(Refusal.RETAINED, "nothing of the console's is retained")
        topic = parse(delivery.topic)
        if topic is None or topic.leaf not in DOWNWARD:
            raise MessageRefused(Refusal.WRONG_TOPIC, "not a topic that a node reads")
        if (topic.site, topic.ward, topic.node_id) != (self._mine.site, self._mine.ward, self._mine.node_id):
            raise MessageRefused(Refusal.WRONG_NODE, "a topic of another node")
        message = decode(topic, delivery.payload)
        if isinstance(message, ConsentLease):
            return message
        if not isinstance(message, Receipt | Checkpoint):
            raise MessageRefused(Refusal.WRONG_TOPIC, "not a message that a console sends")
        age_s = (self._clock.utc_now() - message.issued_at).total_seconds()
        if abs(age_s) > FRESH_S:
            raise MessageRefused(
                Refusal.STALE if age_s > 0 else Refusal.FUTURE, f"issued {age_s:.0f} s ago by the node's clock"
            )
        if not self._verifies(message):
            raise MessageRefused(Refusal.BAD_SIGNATURE, "not signed by the console")
        return message
