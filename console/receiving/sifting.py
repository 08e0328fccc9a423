"""What came over the link, checked before anything is written: a message that may be taken, or why it is refused.

Nothing that a message says is believed before the key of the topic's node has signed it: not its clock, not its boot,
and not the place in an outbox that it claims, for a place that is settled is a record that its node forgets.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
import structlog

from broker.codec import canonical, decode
from broker.errors import MessageRefused, Refusal
from broker.link import Delivery
from broker.messages import Checkpoint as CheckpointMessage
from broker.messages import (
    ConsentLease,
    LiveState,
    MinuteMeasurement,
    NodeAnnouncement,
    NodeLost,
    Receipt,
    Record,
    RoomEvent,
)
from broker.readings import Readings
from broker.topics import UPWARD, Leaf, Topic, parse
from broker.vocabulary import Context, Origin
from console.keys.signer import signature_holds
from console.rules.policy import Policy
from console.store.people import NodeRow

_log = structlog.get_logger(__name__)
_LONGEST_TO_SALVAGE = 65536
_NEVER_SETTLED = frozenset({Refusal.RETAINED, Refusal.BAD_SIGNATURE, Refusal.WRONG_NODE})
"""A message refused so is no word of this node about its outbox; it settles nothing."""
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that is not taken.

    Attributes:
        refusal: why; counted.
        node_id: the topic's node, when it is one of this ward; empty otherwise.
        identity: (outbox_id, sequence) of a record that its node signed, as far as it could be read; None otherwise.
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
        """Check one delivery; whatever it holds, this raises nothing."""
        digest = hashlib.sha256(delivery.payload).hexdigest()
        topic = parse(delivery.topic)
        if topic is None or (topic.site, topic.ward) != (self.site, self.ward) or topic.leaf not in UPWARD:
            return Refused(Refusal.WRONG_TOPIC, "", None, digest)
        node = self.nodes.get(topic.node_id)
        if node is None:
            return Refused(Refusal.UNKNOWN_NODE, "", None, digest)
        try:
            refusal, message = self._read(delivery, topic, node)
            is_settled = refusal not in _NEVER_SETTLED and topic.leaf is Leaf.RECORD
            identity = signed_identity_in(delivery.payload, node.public_key) if refusal and is_settled else None
        except Exception as error:
            # Whatever a message can do to its reader, it does to itself alone.
            _log.warning("message_not_read", node=node.node_id, error=type(error).__name__)
            return Refused(Refusal.MALFORMED, node.node_id, None, digest)
        if refusal is None and isinstance(message, Record):
            return TakenRecord(message, digest)
        if refusal is None and isinstance(message, NodeAnnouncement | LiveState | NodeLost):
            return message
        return Refused(refusal or Refusal.UNKNOWN_KIND, topic.node_id, identity, digest)

    def _read(self, delivery: Delivery, topic: Topic, node: NodeRow) -> tuple[Refusal | None, _Decoded]:
        if delivery.retained:
            return Refusal.RETAINED, None
        try:
            message = decode(topic, delivery.payload)
        except MessageRefused as error:
            return error.refusal, None
        if not isinstance(message, NodeAnnouncement | LiveState | NodeLost | Record):
            return Refusal.UNKNOWN_KIND, None
        if not signature_holds(node.public_key, canonical(message), message.signature):
            return Refusal.BAD_SIGNATURE, None
        return self._fault_of(message), message

    def _fault_of(self, message: NodeAnnouncement | LiveState | NodeLost | Record) -> Refusal | None:
        if isinstance(message, NodeLost):
            return None
        fault = self._origin_fault(message.origin)
        if isinstance(message, Record):
            return fault or self._ahead_fault(message.captured_at, *_times_in(message))
        return fault or self._age_fault(message)

    def _origin_fault(self, origin: Origin) -> Refusal | None:
        if self.context is Context.DEMONSTRATION or origin is Origin.SENSOR:
            return None
        return Refusal.ORIGIN_NOT_ALLOWED

    def _age_fault(self, message: NodeAnnouncement | LiveState) -> Refusal | None:
        """Refuse what is not of now: sent too long ago, ahead of this clock, or sensed before its node had started."""
        times = _times_in(message)
        oldest = self.now - self.policy.duration("N1", "live_within_s")
        if message.sent_at < oldest:
            return Refusal.STALE
        ahead = self._ahead_fault(message.sent_at, *times)
        if ahead is not None or isinstance(message, NodeAnnouncement) or message.readings is None:
            return ahead
        # Not as a length of time: an uptime may be longer than the calendar reaches back.
        longest_s = message.uptime_s + self.policy.number("N1", "ahead_within_s")
        before_boot = any((message.sent_at - at).total_seconds() > longest_s for at in times_of(message.readings))
        return Refusal.STALE if before_boot else None

    def _ahead_fault(self, *times: datetime) -> Refusal | None:
        latest = self.now + self.policy.duration("N1", "ahead_within_s")
        return Refusal.FUTURE if any(at > latest for at in times) else None


def times_of(readings: Readings) -> tuple[datetime, ...]:
    """Return every time that readings hold."""
    found = (
        readings.captured_at,
        readings.living_seen_at,
        readings.presence.since,
        readings.movement.since,
        readings.place.since,
        readings.breathing.since,
    )
    return tuple(at for at in found if at is not None)


def _times_in(message: NodeAnnouncement | LiveState | Record) -> tuple[datetime, ...]:
    """Return the times that a message holds beside that of its sending."""
    if isinstance(message, LiveState):
        return (message.sensor.since, *(times_of(message.readings) if message.readings else ()))
    if isinstance(message, Record) and isinstance(message.body, MinuteMeasurement):
        return (message.body.minute_from, *times_of(message.body.readings))
    if isinstance(message, Record) and isinstance(message.body, RoomEvent):
        return (message.body.estimated_at,)
    return ()


def signed_identity_in(payload: bytes, public_hex: str) -> tuple[str, int] | None:
    """Read the identity of a record that cannot be taken, so that nothing has to wait behind it.

    Args:
        payload: any bytes.
        public_hex: the key of the node on whose topic they came.

    Returns:
        (outbox_id, sequence), or None when the payload does not tell them or the node's key did not sign it.
    """
    if len(payload) > _LONGEST_TO_SALVAGE:
        return None
    try:
        told = json.loads(payload)
        signature = told.pop("signature") if isinstance(told, dict) else None
        if not isinstance(signature, str) or not signature_holds(public_hex, rfc8785.dumps(told), signature):
            return None
    except (ValueError, KeyError, RecursionError):
        return None
    return _identity(told)


def _identity(told: Mapping[str, Any]) -> tuple[str, int] | None:
    outbox_id, sequence = told.get("outbox_id"), told.get("sequence")
    if not isinstance(outbox_id, str) or len(outbox_id) != 32 or not set(outbox_id) <= _HEX:
        return None
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 1 <= sequence < 2**53:
        return None
    return outbox_id, sequence
