"""Hands the audit log's newest head to the nodes, who remember it and answer with a cosignature (rule X3)."""

from broker.codec import encode
from broker.link import Link
from broker.topics import Leaf, Topic
from console.office import Office
from console.receiving.live import Live
from console.staying.roll import Roll
from console.store import records

_ASK_EVERY_S = 10.0


class Witnesses:
    """Sends each heard node the newest checkpoint, until it has cosigned it."""

    def __init__(self, office: Office, roll: Roll, live: Live, link: Link) -> None:
        self._office = office
        self._roll = roll
        self._live = live
        self._link = link
        self._asked: dict[str, tuple[int, float]] = {}
        for node_id, size in office.store.read(records.witness_sizes).items():
            live.cosigned(node_id, size, agrees=True)
        for node_id in office.store.read(records.disagreeing):
            live.cosigned(node_id, 0, agrees=False)

    def step(self) -> None:
        """Sign a head when one is due, and send it to whoever has not seen it."""
        self._office.audit.checkpoint_when_due()
        size, now_s = self._office.audit.checkpoint_size, self._office.clock.elapsed_s()
        for node_id in self._roll.sheet().nodes:
            if size == 0 or self._live.of(node_id).state is None:
                continue
            seen = self._live.of(node_id).witness_size or 0
            asked_size, asked_s = self._asked.get(node_id, (0, float("-inf")))
            # The first one since this console started goes out whatever the node was known to have seen: only so does
            # a node contradict a console that was set back and has nothing new to say.
            is_new = size > max(seen, asked_size) or node_id not in self._asked
            is_unanswered = size > seen and now_s - asked_s >= _ASK_EVERY_S
            if (is_new and now_s - asked_s >= 1.0) or is_unanswered:
                self._send(node_id, min(seen, size), size, now_s)

    def _send(self, node_id: str, seen: int, size: int, now_s: float) -> None:
        self._asked[node_id] = (size, now_s)
        message = self._office.audit.checkpoint_for(node_id, seen)
        self._link.publish(Topic(self._office.site, self._office.ward, node_id, Leaf.CHECKPOINT), encode(message))
