"""A node that a test plays by hand: it follows its lease, and says what it is told to say."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.clock import HandClock
from broker.codec import canonical, decode, encode
from broker.link import MemoryBroker
from broker.messages import (
    ConsentLease,
    LiveState,
    MinuteMeasurement,
    NodeAnnouncement,
    NodeLost,
    Receipt,
    Record,
    RecordBody,
    RoomEvent,
    Sensor,
)
from broker.readings import (
    BreathingReading,
    MovementReading,
    PeopleReading,
    PlaceReading,
    PresenceReading,
    RateReading,
    Readings,
)
from broker.topics import Leaf, Topic
from broker.vocabulary import (
    CloseReason,
    Lamp,
    LeaseState,
    Modality,
    Movement,
    Origin,
    Place,
    Presence,
    RoomEventKind,
    SensedState,
    SensorState,
    Withheld,
)
from console.keys.signer import UNSIGNED

SITE, WARD = "st-elsewhere", "willow"
MODEL = "0" * 64


def some_readings(lease_id: str, at: datetime, **changes: Any) -> Readings:
    """Readings of somebody still in bed, breathing 14 times a minute."""
    told: dict[str, Any] = {
        "captured_at": at,
        "lease_id": lease_id,
        "presence": PresenceReading(value=Presence.PRESENT, since=at - timedelta(minutes=5)),
        "movement": MovementReading(value=Movement.STILL, since=at - timedelta(minutes=2)),
        "place": PlaceReading(value=Place.IN_BED, since=at - timedelta(minutes=5)),
        "people": PeopleReading(value=1),
        "breathing": BreathingReading(value=SensedState.BREATHING, since=at - timedelta(minutes=5)),
        "respiratory_rate": RateReading(value_per_min=14.0, uncertainty_per_min=1.0),
        "pulse_rate": RateReading(withheld=Withheld.NOT_PERMITTED),
        "living_seen_at": at,
        "quality": 0.9,
        "model": MODEL,
    }
    return Readings(**(told | changes))


Said = TypeVar("Said", NodeAnnouncement, LiveState, NodeLost, Record)


@dataclass
class HandNode:
    """A node that a test plays: it follows the newest lease, as a real one does."""

    node_id: str
    clock: HandClock
    broker: MemoryBroker
    origin: Origin = Origin.SIMULATED
    modality: Modality = Modality.RADAR
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    boot_id: str = field(default_factory=lambda: secrets.token_hex(16))
    outbox_id: str = field(default_factory=lambda: secrets.token_hex(16))
    sequence: int = 0
    started_s: float = 0.0
    serial: int = 0

    @property
    def public_key(self) -> str:
        return self.key.public_key().public_bytes_raw().hex()

    def topic(self, leaf: Leaf) -> str:
        return str(Topic(SITE, WARD, self.node_id, leaf))

    def sign(self, content: bytes) -> str:
        return base64.b64encode(self.key.sign(content)).decode()

    def signed(self, message: Said) -> Said:
        """Put this node's signature on a message; what shall carry another is injected as it is."""
        return message.model_copy(update={"signature": self.sign(canonical(message))})

    def announcement(self, **changes: Any) -> NodeAnnouncement:
        told: dict[str, Any] = {
            "node_id": self.node_id,
            "boot_id": self.boot_id,
            "outbox_id": self.outbox_id,
            "modality": self.modality,
            "origin": self.origin,
            "software": "0.1.0",
            "sent_at": self.clock.utc_now(),
            "uptime_s": self.clock.elapsed_s(),
            "signature": UNSIGNED,
        }
        return self.signed(NodeAnnouncement(**(told | changes)))

    def announce(self, **changes: Any) -> None:
        self.broker.inject(self.topic(Leaf.LIVE), encode(self.announcement(**changes)))

    def restart(self) -> None:
        self.boot_id = secrets.token_hex(16)

    def received(self, leaf: Leaf) -> list[Any]:
        """Every message the console has sent to this node on one leaf, oldest first."""
        topic = Topic(SITE, WARD, self.node_id, leaf)
        wanted = str(topic)
        return [decode(topic, payload) for told, payload in self.broker.log if told == wanted]

    @property
    def lease(self) -> ConsentLease | None:
        """The newest lease meant for this boot."""
        mine = [one for one in self.received(Leaf.LEASE) if one.boot_id == self.boot_id]
        return max(mine, key=lambda one: one.serial, default=None)

    @property
    def receipt(self) -> Receipt | None:
        mine = self.received(Leaf.RECEIPT)
        return mine[-1] if mine else None

    def state(self, *, sensor: Sensor | None = None, **changes: Any) -> LiveState:
        lease, now = self.lease, self.clock.utc_now()
        is_open = lease is not None and lease.state is LeaseState.OPEN
        serial = lease.serial if lease else 0
        shown = sensor or Sensor(
            modality=self.modality,
            state=SensorState.OPEN if is_open else SensorState.CLOSED,
            since=now,
            lease_id=lease.lease_id if lease and is_open else None,
            lease_serial=serial,
            reason=None if is_open else CloseReason.LEASE_CLOSED,
            lamp=Lamp.ON if is_open else Lamp.OFF,
        )
        readings = some_readings(shown.lease_id, now) if shown.lease_id and shown.state is SensorState.OPEN else None
        told: dict[str, Any] = {
            "node_id": self.node_id,
            "boot_id": self.boot_id,
            "origin": self.origin,
            "sent_at": now,
            "uptime_s": self.clock.elapsed_s(),
            "sensor": shown,
            "readings": readings,
            "signature": UNSIGNED,
        }
        return self.signed(LiveState(**(told | changes)))

    def live(self, **changes: Any) -> None:
        """Say what the room shows now."""
        self.broker.inject(self.topic(Leaf.LIVE), encode(self.state(**changes)))

    def lost(self, **changes: Any) -> None:
        """Let the broker say that this boot's link broke."""
        told: dict[str, Any] = {"node_id": self.node_id, "boot_id": self.boot_id, "signature": UNSIGNED}
        self.broker.inject(self.topic(Leaf.LIVE), encode(self.signed(NodeLost(**(told | changes)))))

    def sees(self, **changes: Any) -> None:
        """Say that the room shows this, under the lease that is open."""
        lease = self.lease
        assert lease is not None and lease.state is LeaseState.OPEN, "the sensor of this room is off"
        self.live(readings=some_readings(lease.lease_id, self.clock.utc_now(), **changes))

    def record(self, body: RecordBody, **changes: Any) -> Record:
        self.sequence += 1
        told: dict[str, Any] = {
            "node_id": self.node_id,
            "outbox_id": self.outbox_id,
            "sequence": self.sequence,
            "boot_id": self.boot_id,
            "uptime_s": self.clock.elapsed_s(),
            "captured_at": self.clock.utc_now(),
            "origin": self.origin,
            "body": body,
            "signature": UNSIGNED,
        }
        return self.signed(Record(**(told | changes)))

    def send(self, record: Record) -> Record:
        """Send a record, signed as it stands now."""
        record = self.signed(record)
        self.broker.inject(self.topic(Leaf.RECORD), encode(record))
        return record

    def event(self, kind: RoomEventKind = RoomEventKind.OUT_OF_BED, **changes: Any) -> RoomEvent:
        lease = self.lease
        told: dict[str, Any] = {
            "event": kind,
            "lease_id": lease.lease_id if lease else "f" * 32,
            "quality": 0.9,
            "estimated_at": self.clock.utc_now(),
            "model": MODEL,
        }
        return RoomEvent(**(told | changes))

    def minute(self, **changes: Any) -> MinuteMeasurement:
        lease, now = self.lease, self.clock.utc_now()
        readings = some_readings(lease.lease_id if lease else "f" * 32, now)
        told: dict[str, Any] = {
            "minute_from": now - timedelta(seconds=60),
            "sensed_s": 60.0,
            "present_s": 60.0,
            "moving_s": 2.0,
            "readings": readings,
        }
        return MinuteMeasurement(**(told | changes))

    def cosigned(self, tree_size: int, root: str, outcome: str) -> str:
        told: dict[str, Any] = {"tree_size": tree_size, "root": root, "outcome": outcome, "node_id": self.node_id}
        return self.sign(rfc8785.dumps(told))
