"""What comes down to the node: verified states of now are taken, everything else is refused and counted (rule N1)."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from broker.clock import Clock
from broker.codec import decode
from broker.errors import MessageRefused, Refusal
from broker.link import Delivery
from broker.messages import Checkpoint, ConsentLease, Receipt
from broker.topics import DOWNWARD, Leaf, Topic, parse
from edge.brake import Brake

log = logging.getLogger(__name__)

FRESH_S = 30.0
"""[s] from the console's `issued_at` to the node's clock beyond which a message says nothing any more (rule N1)."""
MOST_WAITING = 64
"""Receipts and checkpoints kept for the node's loop; each says all that the ones before it said."""
MOST_JUNK_PER_S = 100
"""Refused messages on one leaf in a second, after which the rest of that second is not looked at; never leases."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that the console signed, for this node, now.

    Attributes:
        message: what it says.
        came_s: when it came, on elapsed time [s].
        settle: call once it took effect.
    """

    message: ConsentLease | Receipt | Checkpoint
    came_s: float
    settle: Callable[[], None]


@dataclass(slots=True)
class _Second:
    """Junk that came on one leaf in the second that began at `from_s`."""

    from_s: float
    junk: int = 0


class Inbox:
    """Stands between the link's thread and the node's loop; judges on the link's thread, so that junk never queues.

    A flood can neither push out nor hold up a genuine lease (threat T37): refused messages are settled at once, so
    that they do not fill the broker's window; receipts and checkpoints have a queue of their own and a limit to how
    much junk is looked at; and the newest genuine lease has a place of its own. What a lease says is checked before
    its signature, from the cheap to the costly. Should a flood be more than this machine can read, the lease that is
    held ends by itself.

    Attributes:
        unread: messages that were not looked at, for the junk around them.
    """

    def __init__(
        self,
        topic_of: Topic,
        boot_id: str,
        verifies: Callable[[ConsentLease | Receipt | Checkpoint], bool],
        clock: Clock,
        is_a_no: Callable[[ConsentLease], bool],
        brake: Brake,
    ) -> None:
        """Take what decides.

        Args:
            topic_of: any topic of this node; its site, ward and node are the only ones read.
            boot_id: this boot; a lease for another is none.
            verifies: whether the console signed this.
            clock: the node's.
            is_a_no: whether a lease will close.
            brake: pulled for a lease that will close, before the loop has heard of it.
        """
        self._mine = topic_of
        self._boot_id = boot_id
        self._verifies = verifies
        self._clock = clock
        self._is_a_no = is_a_no
        self._brake = brake
        self._lease: Heard | None = None
        self._newest_serial = 0
        self._waiting: deque[Heard] = deque()
        self._changes: SimpleQueue[bool] = SimpleQueue()
        self._seconds: dict[Leaf, _Second] = {}
        self._refused: Counter[Refusal] = Counter()
        self._lock = threading.Lock()
        self.unread = 0

    @property
    def refused(self) -> Counter[Refusal]:
        """Return the messages not taken, by reason, since the start of this process."""
        with self._lock:
            return Counter(self._refused)

    def put(self, delivery: Delivery) -> bool:
        """Judge a delivery and keep it for the loop; called on the link's thread.

        Returns:
            True when something waits for the loop now, so that junk does not even wake it.
        """
        came_s, topic = self._clock.elapsed_s(), parse(delivery.topic)
        leaf = topic.leaf if topic is not None else Leaf.LIVE
        if leaf is not Leaf.LEASE and self._is_flooded(leaf, came_s):
            self.unread += 1
            delivery.settle()
            return False
        try:
            message = self._judge(delivery, topic)
        except MessageRefused as error:
            self._count(leaf, error)
            delivery.settle()
            return False
        # Asked before the loop can take it, and pulled once the loop can hear why.
        is_a_no = isinstance(message, ConsentLease) and self._is_a_no(message)
        self._keep(Heard(message, came_s, delivery.settle))
        if is_a_no:
            self._brake.pull()
        return True

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

    def take(self) -> Iterator[Heard]:
        """Give what waits: the newest lease first, then the rest, oldest first."""
        with self._lock:
            lease, self._lease = self._lease, None
            rest = list(self._waiting)
            self._waiting.clear()
        if lease is not None:
            yield lease
        yield from rest

    def _keep(self, heard: Heard) -> None:
        """Put a genuine message in its place; what it takes the place of has nothing more to say."""
        outdated: Heard | None = None
        with self._lock:
            if isinstance(heard.message, ConsentLease):
                outdated, self._lease = self._lease, heard
                self._newest_serial = heard.message.serial
            else:
                if len(self._waiting) >= MOST_WAITING:
                    outdated = self._waiting.popleft()
                self._waiting.append(heard)
        if outdated is not None:
            outdated.settle()

    def _is_flooded(self, leaf: Leaf, now_s: float) -> bool:
        second = self._seconds.get(leaf)
        if second is None or now_s - second.from_s >= 1.0:
            self._seconds[leaf] = second = _Second(now_s)
        return second.junk >= MOST_JUNK_PER_S

    def _count(self, leaf: Leaf, error: MessageRefused) -> None:
        """Count a refusal, and log the first of its sort."""
        if leaf in self._seconds:
            self._seconds[leaf].junk += 1
        with self._lock:
            self._refused[error.refusal] += 1
            is_first = self._refused[error.refusal] == 1
        if is_first:
            log.warning("message refused", extra={"refusal": str(error.refusal), "sentence": str(error)})

    def _judge(self, delivery: Delivery, topic: Topic | None) -> ConsentLease | Receipt | Checkpoint:
        if delivery.retained:
            raise MessageRefused(Refusal.RETAINED, "nothing of the console's is retained")
        if topic is None or topic.leaf not in DOWNWARD:
            raise MessageRefused(Refusal.WRONG_TOPIC, "not a topic that a node reads")
        if (topic.site, topic.ward, topic.node_id) != (self._mine.site, self._mine.ward, self._mine.node_id):
            raise MessageRefused(Refusal.WRONG_NODE, "a topic of another node")
        message = decode(topic, delivery.payload)
        if isinstance(message, ConsentLease):
            self._judge_lease(message)
        elif isinstance(message, Receipt | Checkpoint):
            self._judge_age(message)
        else:
            raise MessageRefused(Refusal.WRONG_TOPIC, "not a message that a console sends")
        if not self._verifies(message):
            raise MessageRefused(Refusal.BAD_SIGNATURE, "not signed by the console")
        return message

    def _judge_lease(self, lease: ConsentLease) -> None:
        """Refuse what the gate would refuse in any case, before the cost of a signature; all else is the gate's."""
        if lease.boot_id != self._boot_id:
            raise MessageRefused(Refusal.OLD_BOOT, "a lease for another boot")
        if lease.serial <= self._newest_serial:
            raise MessageRefused(Refusal.STALE, f"lease {lease.serial}; {self._newest_serial} came before")

    def _judge_age(self, message: Receipt | Checkpoint) -> None:
        age_s = (self._clock.utc_now() - message.issued_at).total_seconds()
        if abs(age_s) > FRESH_S:
            raise MessageRefused(
                Refusal.STALE if age_s > 0 else Refusal.FUTURE, f"issued {age_s:.0f} s ago by the node's clock"
            )
