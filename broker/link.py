"""The link between a node and the console as a protocol, and a link in memory that keeps its promises."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from broker.topics import Topic


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as it arrived.

    Attributes:
        topic: the topic string as it stood on the wire, any content.
        payload: the bytes, any content.
        retained: the broker kept it from before; nothing of ours is retained, so it is refused.
        settle: call once the message's effect is durable; an unsettled QoS 1 message comes again.
    """

    topic: str
    payload: bytes
    retained: bool
    settle: Callable[[], None]


Receiver = Callable[[Delivery], None]


class Link(Protocol):
    """A connection to a broker that comes back by itself.

    `receive` is called on the link's own thread and must only hand over. Losing the link is a state, seen through
    `on_change`, and never an exception; what was published while it was down is gone, unless an outbox keeps it.
    """

    @property
    def is_up(self) -> bool:
        """Return whether the broker has accepted us and our subscriptions."""
        ...

    @property
    def denied(self) -> int:
        """Return how many of our connections, subscriptions and QoS 1 messages the broker has refused so far."""
        ...

    def start(self, receive: Receiver, on_change: Callable[[bool], None]) -> None:
        """Begin to connect.

        Args:
            receive: called for each message.
            on_change: called with True when the link came up, False when it was lost.
        """
        ...

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """Send now, or not at all.

        Returns:
            False when the link is down; the caller still has the message.
        """
        ...

    def stop(self) -> None:
        """Say goodbye and end; the will is not sent."""
        ...


class MemoryBroker:
    """A broker in this process, for tests and the walk: delivers in order, redelivers what was not settled.

    Attributes:
        log: every (topic, payload) ever published, in order.
    """

    def __init__(self) -> None:
        self.log: list[tuple[str, bytes]] = []
        self._links: list[MemoryLink] = []
        self._lock = threading.RLock()

    def link(self, subscriptions: Sequence[str], will: tuple[Topic, bytes] | None = None) -> "MemoryLink":
        """Return a new link to this broker."""
        made = MemoryLink(self, tuple(subscriptions), will)
        with self._lock:
            self._links.append(made)
        return made

    def inject(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        """Put any bytes on any topic, as a hostile or broken peer would."""
        with self._lock:
            self.log.append((topic, payload))
            links = [link for link in self._links if link.wants(topic)]
        for link in links:
            link.deliver(topic, payload, retained=retained)


class MemoryLink:
    """A `Link` over a `MemoryBroker`; `cut()` and `mend()` play a network that fails."""

    def __init__(self, broker: MemoryBroker, subscriptions: tuple[str, ...], will: tuple[Topic, bytes] | None) -> None:
        self._broker = broker
        self._subscriptions = subscriptions
        self._will = will
        self._receive: Receiver | None = None
        self._on_change: Callable[[bool], None] | None = None
        self._up = False
        self._unsettled: deque[tuple[str, bytes]] = deque()
        self._lock = threading.RLock()

    @property
    def is_up(self) -> bool:
        """Return whether the link is connected."""
        return self._up

    @property
    def denied(self) -> int:
        """Return 0: this broker refuses nobody."""
        return 0

    def start(self, receive: Receiver, on_change: Callable[[bool], None]) -> None:
        """Connect at once."""
        self._receive, self._on_change = receive, on_change
        self.mend()

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """Deliver to every subscriber now."""
        if not self._up:
            return False
        self._broker.inject(str(topic), payload)
        return True

    def stop(self) -> None:
        """Disconnect without the will."""
        self._up = False
        self._receive = None

    def cut(self) -> None:
        """Break the link: the broker sends the will."""
        if not self._up:
            return
        self._up = False
        if self._will is not None:
            self._broker.inject(str(self._will[0]), self._will[1])
        if self._on_change is not None:
            self._on_change(False)

    def mend(self) -> None:
        """Bring the link back: what was not settled is delivered again."""
        if self._up or self._receive is None:
            return
        self._up = True
        if self._on_change is not None:
            self._on_change(True)
        with self._lock:
            again = list(self._unsettled)
            self._unsettled.clear()
        for topic, payload in again:
            self.deliver(topic, payload, retained=False)

    def wants(self, topic: str) -> bool:
        """Return whether a subscription matches."""
        return any(_matches(one, topic) for one in self._subscriptions)

    def deliver(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Hand a message to the receiver; what is QoS 1 is remembered until it is settled, also while down."""
        entry = (topic, payload)
        if not topic.endswith("/live"):
            with self._lock:
                self._unsettled.append(entry)
        if self._up and self._receive is not None:
            self._receive(Delivery(topic, payload, retained, lambda: self._settle(entry)))

    def _settle(self, entry: tuple[str, bytes]) -> None:
        with self._lock:
            if entry in self._unsettled:
                self._unsettled.remove(entry)


def _matches(subscription: str, topic: str) -> bool:
    wanted, given = subscription.split("/"), topic.split("/")
    return len(wanted) == len(given) and all(w in ("+", g) for w, g in zip(wanted, given, strict=True))
