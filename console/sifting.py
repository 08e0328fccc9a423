"""What came over the link, checked before anything is written: a message that may be taken, or why it is refused."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.codec import decode
from broker.errors import MessageRefused, Refusal
from broker.link import Delivery
from broker.messages import Checkpoint as CheckpointMessage
from broker.messages import ConsentLease, LiveState, NodeAnnouncement, NodeLost, Receipt, Record
from broker.topics import UPWARD, Leaf, Topic, parse
from broker.vocabulary import Context, Origin
from console.rules.policy import Policy
from console.signer import verifies
from console.store.people import NodeRow

_LONGEST_TO_SALVAGE = 65536
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that is not taken.

    Attributes:
        refusal: why; counted.
        node_id: the topic's node, when it is one of this ward; empty otherwise.
        identity: (outbox_id, sequence) of a record, as far as it could be read; None otherwise.
        digest: SHA-256 of the payload, 64 hex digits.
    """

    refusal: Refusal
    node_id: str
    identity: tuple[str, int] | None
    digest: str


@dataclass(frozen=True, slots=True)
class TakenRecord:
    """A record that may be settled.

    Attributes:
        record: the record.
        digest: SHA-256 of the payload, 64 hex digits.
    """

    record: Record
    digest: str


_Decoded = NodeAnnouncement | LiveState | NodeLost | Record | ConsentLease | Receipt | CheckpointMessage | None
Sifted = NodeAnnouncement | LiveState | NodeLost | TakenRecord | Refused


@dataclass(frozen=True, slots=True)
class Sieve:
    """What deliveries are checked against.

    Attributes:
        site: this hospital's slug.
        ward: this ward's slug.
        nodes: every node in use.
        context: rule A11.
        policy: the rule book.
        now: UTC.
    """

    site: str
    ward: str
    nodes: Mapping[str, NodeRow]
    context: Context
    policy: Policy
    now: datetime

    def sift(self, delivery: Delivery) -> Sifted:
        """Check one delivery."""
        digest = hashlib.sha256(delivery.payload).hexdigest()
        topic = parse(delivery.topic)
        if topic is None or (topic.site, topic.ward) != (self.site, self.ward) or topic.leaf not in UPWARD:
            return Refused(Refusal.WRONG_TOPIC, "", None, digest)
        node = self.nodes.get(topic.node_id)
        if node is None:
            return Refused(Refusal.UNKNOWN_NODE, "", None, digest)
        refusal, message = self._read(delivery, topic, node)
        if refusal is None and isinstance(message, Record):
            return TakenRecord(message, digest)
        if refusal is None and isinstance(message, NodeAnnouncement | LiveState | NodeLost):
            return message
        identity = identity_in(delivery.payload) if topic.leaf is Leaf.RECORD else None
        return Refused(refusal or Refusal.UNKNOWN_KIND, topic.node_id, identity, digest)

    def _read(self, delivery: Delivery, topic: Topic, node: NodeRow) -> tuple[Refusal | None, _Decoded]:
        if delivery.retained:
            return Refusal.RETAINED, None
        try:
            message = decode(topic, delivery.payload)
        except MessageRefused as error:
            return error.refusal, None
        return self._fault_of(message, node), message

    def _fault_of(self, message: _Decoded, node: NodeRow) -> Refusal | None:
        if isinstance(message, NodeAnnouncement):
            if not verifies(node.public_key, message):
                return Refusal.BAD_SIGNATURE
            return self._origin_fault(message.origin) or self._age_fault(message.sent_at, may_be_old=False)
        if isinstance(message, LiveState):
            return self._origin_fault(message.origin) or self._age_fault(message.sent_at, may_be_old=False)
        if isinstance(message, Record):
            return self._origin_fault(message.origin) or self._age_fault(message.captured_at, may_be_old=True)
        return None

    def _origin_fault(self, origin: Origin) -> Refusal | None:
        if self.context is Context.DEMONSTRATION or origin is Origin.SENSOR:
            return None
        return Refusal.ORIGIN_NOT_ALLOWED

    def _age_fault(self, at: datetime, *, may_be_old: bool) -> Refusal | None:
        if at > self.now + self.policy.duration("N1", "ahead_within_s"):
            return Refusal.FUTURE
        if not may_be_old and at < self.now - self.policy.duration("N1", "live_within_s"):
            return Refusal.STALE
        return None


def identity_in(payload: bytes) -> tuple[str, int] | None:
    """Read the identity of a record that cannot be taken, so that nothing has to wait behind it.

    Returns:
        (outbox_id, sequence), or None when the payload does not tell them.
    """
    if len(payload) > _LONGEST_TO_SALVAGE:
        return None
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    outbox_id, sequence = told.get("outbox_id"), told.get("sequence")
    if not isinstance(outbox_id, str) or len(outbox_id) != 32 or not set(outbox_id) <= _HEX:
        return None
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 1 <= sequence < 2**53:
        return None
    return outbox_id, sequence
