"""A ward in a box: a console on a hand-set clock, a broker in memory, and nodes that a test plays by hand."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pwdlib.hashers.argon2 import Argon2Hasher

from broker.clock import HandClock
from broker.link import MemoryBroker, MemoryLink
from broker.topics import upward_filters
from broker.vocabulary import (
    Modality,
    Origin,
)
from console.consenting.stops import Via
from console.errors import StoreError, StoreFull
from console.keys.signer import Keys
from console.logbook.audit import AuditLog
from console.office import Office
from console.roles import Actor, Role
from console.rules.consenting.grants import Grant, LessAnswer
from console.rules.in_person.training import Course, TrainingRecord
from console.rules.policy import shipped_policy
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
from tests.kit.hand_node import MODEL as MODEL
from tests.kit.hand_node import SITE, WARD, HandNode
from tests.kit.hand_node import some_readings as some_readings
from tests.kit.ready_schema import put_ready_schema

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
QUICK = Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


def an_actor(role: Role, **changes: Any) -> Actor:
    digest = hashlib.sha256(role.value.encode()).hexdigest()[:32]
    return replace(Actor(digest, role.value, f"{role.value} X.", role), **changes)


ADMIN = an_actor(Role.ADMINISTRATOR)
NURSE = an_actor(Role.NURSE)
ENGINEER = an_actor(Role.ENGINEER)
GOVERNANCE = an_actor(Role.GOVERNANCE_LEAD)


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
        self.meanwhile: Callable[[], None] = lambda: None
        self.error: StoreError = StoreFull("the disk is full")

    def write(self, fn: Callable[[Tx], Any]) -> Any:
        if self.is_full:
            raise self.error
        self.meanwhile()
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
