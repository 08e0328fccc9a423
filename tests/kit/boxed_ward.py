"""A ward in a box: a console on a hand-set clock, a broker in memory, and nodes that a test plays by hand."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pwdlib.hashers.argon2 import Argon2Hasher

from broker.clock import HandClock
from broker.codec import canonical, decode, encode
from broker.link import MemoryBroker, MemoryLink
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
from broker.topics import Leaf, Topic, parse, upward_filters
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
from console.consenting.stops import Via
from console.errors import StoreError, StoreFull
from console.keys.signer import UNSIGNED, Keys
from console.logbook.audit import AuditLog
from console.office import Office
from console.roles import Actor, Role
from console.rules.grants import Grant, LessAnswer
from console.rules.policy import shipped_policy
from console.rules.training import Course, TrainingRecord
from console.running import opening
from console.running.seed import example_grant
from console.running.settings import ConsoleSettings
from console.showing.views import TileView
from console.signing_in.identity import Identity
from console.signing_in.passwords import Passwords
from console.staying.roll import Person
from console.store import training
from console.store.database import Store, Tx
from console.ward import Ward
from tests.kit.ready_schema import put_ready_schema

SITE, WARD = "st-elsewhere", "willow"
MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MODEL = "0" * 64
QUICK = Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


def an_actor(role: Role, **changes: Any) -> Actor:
    digest = hashlib.sha256(role.value.encode()).hexdigest()[:32]
    return replace(Actor(digest, role.value, f"{role.value} X.", role), **changes)


ADMIN = an_actor(Role.ADMINISTRATOR)
NURSE = an_actor(Role.NURSE)
ENGINEER = an_actor(Role.ENGINEER)
GOVERNANCE = an_actor(Role.GOVERNANCE_LEAD)


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
        return [
            decode(topic, payload)
            for told, payload in self.broker.log
            if (topic := parse(told)) and topic.node_id == self.node_id and topic.leaf is leaf
        ]

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


@dataclass
class BoxedWard:
    """A ward whose time stands still until a test moves it."""

    ward: Ward
    clock: HandClock
    broker: MemoryBroker
    link: MemoryLink
    disk: "Disk"
    nodes: dict[str, HandNode]

    def pass_time(self, seconds: float, *, in_steps_of: float = 1.0, heard: bool = True) -> None:
        """Let time pass as on a real ward: the nodes speak each second, unless they are not heard."""
        left = seconds
        while left > 0:
            self.clock.advance(min(in_steps_of, left))
            left -= in_steps_of
            if heard:
                for node in self.nodes.values():
                    node.live()
            self.ward.step()

    def stay(self, room_id: str) -> str:
        return self.person(room_id).stay.stay_id

    def person(self, room_id: str) -> Person:
        return self.ward.roll.sheet().people[room_id]

    def patient(self, room_id: str) -> Actor:
        return an_actor(Role.PATIENT, room_id=room_id, patient_id=self.person(room_id).stay.patient_id)

    def ask(self, room_id: str, **changes: Any) -> None:
        """Ask, explain and write down a yes; by day, and long enough after admission."""
        stay_id, consents = self.stay(room_id), self.ward.consents
        grant: Grant = replace(example_grant(self.clock.utc_now()), **changes)
        if self.ward.roll.standing(room_id).grant is not None:
            grant = replace(grant, would_less_do=grant.would_less_do or LessAnswer.NOTHING_LESS)
        assert self.ward.care.note_adjustments(NURSE, stay_id, ["none"], met=True)
        assert consents.offer(NURSE, stay_id, they_asked=True)
        assert consents.explain(NURSE, stay_id, in_their_own_form=True)
        decision = consents.give(NURSE, stay_id, grant)
        assert decision, decision

    def stop(self, room_id: str, actor: Actor | None = None, *, device: str = "d" * 32) -> str:
        """Say no, as anybody at the door or as somebody signed in; return the token of this stop."""
        decision = self.ward.consents.withdraw(actor, room_id, via=Via.CARD, device=device)
        assert decision, decision
        return decision.detail

    def pause(self, room_id: str, actor: Actor | None = None) -> str:
        decision = self.ward.consents.pause(actor, room_id, via=Via.ROOM_CONTROL, device="d" * 32)
        assert decision, decision
        return decision.detail

    def tile(self, room_id: str) -> TileView:
        return next(one for one in self.ward.board.view().tiles if one.room_id == room_id)

    def actions(self, *, denied: bool = False) -> list[str]:
        """What the audit log says was done (or denied), oldest first."""
        wanted = "denied" if denied else "allowed"
        rows = self.ward.access.audit_rows(GOVERNANCE, -1, 500)
        assert isinstance(rows, tuple)
        return [row.action for row in rows if row.outcome == wanted]


def settings_of(folder: Path, **changes: Any) -> ConsoleSettings:
    told: dict[str, Any] = {"site": SITE, "ward": WARD, "data_dir": folder} | changes
    return ConsoleSettings(**told)


def open_ward(folder: Path, clock: HandClock, link: MemoryLink, **changes: Any) -> Ward:
    """Open the ward of a folder, with quick passwords."""
    if "database_url" not in changes:
        put_ready_schema(folder / "console.db")
    return opening.open_ward(settings_of(folder, **changes), clock, link, passwords=QUICK)


class Disk:
    """A store whose disk a test can fill, or let fail as it likes: reads go on, every write is refused."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_full = False
        self.error: StoreError = StoreFull("the disk is full")

    def write(self, fn: Callable[[Tx], Any]) -> Any:
        if self.is_full:
            raise self.error
        return self._store.write(fn)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def _on_a_disk(folder: Path, clock: HandClock, link: MemoryLink) -> tuple[Ward, Disk]:
    told, policy = settings_of(folder), shipped_policy()
    keys = Keys.open(folder / "keys")
    put_ready_schema(folder / "console.db")
    store = Store.open(told.url, keys, clock)
    audit, disk = AuditLog.open(store, SITE, WARD, head_file=told.head_file), Disk(store)
    shown: Any = disk
    office = Office(shown, audit, policy, clock, ZoneInfo(told.timezone), SITE, WARD, told.context)
    return Ward(office, Identity(store, audit, policy_version=policy.version, passwords=QUICK), link), disk


@contextmanager
def boxed_ward(
    folder: Path,
    *,
    rooms: int = 1,
    yes: bool = True,
    at: datetime = MORNING,
    origin: Origin = Origin.SIMULATED,
    trained: bool = True,
) -> Iterator[BoxedWard]:
    """A ward of so many rooms with somebody in each; they have said yes, unless they have not been asked."""
    clock, broker = HandClock(at), MemoryBroker()
    link = broker.link(upward_filters(SITE, WARD))
    ward, disk = _on_a_disk(folder, clock, link)
    link.start(ward.intake.receive, lambda _up: None)
    box = BoxedWard(ward, clock, broker, link, disk, {})
    try:
        assert ward.desk.create_ward(ADMIN, "Willow")
        if trained:
            train(ward)
        for number in range(1, rooms + 1):
            add_room(box, number, origin)
        if yes:
            for room_id in list(box.nodes):
                box.ask(room_id)
        for node in box.nodes.values():
            node.announce()
        ward.step()
        for node in box.nodes.values():
            node.live()
        ward.step()
        yield box
    finally:
        ward.stop()


def train(ward: Ward, *people: Actor) -> None:
    """Let people be in date for every course, as the register would say; a test's nurses unless others are named."""
    now = ward.clock.utc_now()
    until = now + timedelta(days=365)
    told = people or (NURSE, an_actor(Role.NURSE_IN_CHARGE))

    def write(tx: Tx) -> None:
        for one in told:
            for course in Course:
                training.add(tx, TrainingRecord(one.actor_id, course, until, now, GOVERNANCE.actor_id))

    ward.office.store.write(write)
    ward.training.read_anew()


def add_room(box: BoxedWard, number: int, origin: Origin = Origin.SIMULATED) -> None:
    room_id, desk = f"room{number}", box.ward.desk
    node = HandNode(f"node{number}", box.clock, box.broker, origin)
    assert desk.add_room(ADMIN, room_id, f"Room {number}")
    assert desk.add_node(ADMIN, node.node_id, room_id, Modality.RADAR, node.public_key)
    assert desk.confirm_node(ENGINEER, node.node_id)
    assert desk.admit(ADMIN, f"Person {number}", f"P{number}", room_id)
    box.nodes[room_id] = node


def add_camera(box: BoxedWard, room_id: str = "room1") -> HandNode:
    """Hang a camera beside the radar of a room and confirm it; nobody has agreed to it yet."""
    node = HandNode(f"{room_id}-camera", box.clock, box.broker, modality=Modality.CAMERA)
    assert box.ward.desk.add_node(ADMIN, node.node_id, room_id, Modality.CAMERA, node.public_key)
    assert box.ward.desk.confirm_node(ENGINEER, node.node_id)
    box.nodes[f"{room_id}+camera"] = node
    node.announce()
    box.ward.step()
    return node


BOTH = (Modality.RADAR, Modality.CAMERA)
