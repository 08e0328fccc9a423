"""The demonstration's ward: made by a hand-set clock through the same commands and rules as a real one."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from broker.clock import HandClock
from broker.vocabulary import Modality, Purpose
from console.errors import ConsoleError
from console.roles import Actor, Role
from console.rules.consenting.grants import (
    Alternative,
    Basis,
    CarePlanReason,
    Feeling,
    Grant,
    Information,
    Mark,
    NetworkChoice,
)
from console.rules.consenting.hours import DAY_AND_NIGHT, next_wall_time
from console.rules.consenting.person import Adjustment
from console.rules.decision import Decision
from console.rules.in_person.levels import Level
from console.rules.in_person.training import Course
from console.staying.desk import Invited
from console.ward import Ward

FIRST_QUESTION = "May a sensor notice that you are breathing and moving at night? You can say no. Nothing else changes."
PURPOSES = (
    Purpose.PRESENCE,
    Purpose.BED_EXIT,
    Purpose.NO_MOVEMENT,
    Purpose.SECOND_PERSON,
    Purpose.BATHROOM_DWELL,
    Purpose.BREATHING_SPOT,
)
_STAFF = (
    ("nurse.one", "Nurse One", Role.NURSE),
    ("nurse.two", "Nurse Two", Role.NURSE),
    ("nurse.in.charge", "Nurse Charge", Role.NURSE_IN_CHARGE),
    ("ward.manager", "Manager Ward", Role.WARD_MANAGER),
    ("governance.lead", "Lead Governance", Role.GOVERNANCE_LEAD),
    ("ig.officer", "Officer Information", Role.IG_OFFICER),
    ("safety.officer", "Officer Safety", Role.CLINICAL_SAFETY_OFFICER),
    ("engineer", "Engineer Site", Role.ENGINEER),
)
_TALK_WITH_PEOPLE = (Role.NURSE, Role.NURSE_IN_CHARGE)
_IN_DATE = timedelta(days=300)
_ANSWERS = ("yes", "yes", "yes", "yes", "no", "not_asked")
"""What the people of six rooms said; larger wards repeat it."""
_LEVELS = (Level.GENERAL, Level.QUARTER_HOURLY, Level.GENERAL, Level.HALF_HOURLY, Level.GENERAL, Level.GENERAL)
"""How closely the people of six rooms are observed; larger wards repeat it, so that rounds go on from the start."""
_ROUND_BEGAN = timedelta(minutes=5)
"""Before the demonstration begins."""
_WITH_ACCOUNT = 2
_FIRST_NAMES = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Holly", "Juniper", "Larch")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account of the demonstration.

    Attributes:
        username: sign-in name.
        password: random, new with each seeding.
        role: the role.
        room: a patient's room; empty for staff.
    """

    username: str
    password: str = field(repr=False)
    role: str
    room: str = ""


def seed(
    open_ward: Callable[[HandClock], Ward],
    node_keys: Mapping[str, str],
    now: datetime,
    zone: ZoneInfo,
    cameras: Collection[str] = (),
    beside: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[DemoAccount, ...]:
    """Make a ward: its people admitted three days ago, asked the day after, by day.

    Args:
        open_ward: opens the ward's empty console on the clock it is given; closed again before this returns.
        node_keys: public key by node, in the order of the rooms; node `node3` goes into `room3`. 1 to 18 of them.
        now: the ward's time of day, UTC.
        zone: ward time.
        cameras: those of the nodes whose sensor is a camera.
        beside: by node that has a radar, the name and the public key of a camera's node in the same room.

    Returns:
        Every account with its password.

    Raises:
        ConsoleError: a rule refused a step; the sentence says which.
    """
    day = now.astimezone(zone).date() - timedelta(days=3)
    clock = HandClock(datetime.combine(day, time(10, 0), zone))
    ward = open_ward(clock)
    try:
        return _Seeding(ward, clock, zone, cameras, beside or {}).run(node_keys, now)
    finally:
        ward.stop()


class _Seeding:
    """The steps, in the order in which a ward would take them."""

    def __init__(
        self,
        ward: Ward,
        clock: HandClock,
        zone: ZoneInfo,
        cameras: Collection[str],
        beside: Mapping[str, tuple[str, str]],
    ) -> None:
        self._cameras = cameras
        self._beside = beside
        self._ward = ward
        self._clock = clock
        self._zone = zone
        self._accounts: list[DemoAccount] = []
        self._people: dict[Role, Actor] = {}
        self._trained: list[Actor] = []

    def run(self, node_keys: Mapping[str, str], now: datetime) -> tuple[DemoAccount, ...]:
        admin = self._first_administrator()
        _must(self._ward.desk.create_ward(admin, "Demonstration ward"))
        for username, shown, role in _STAFF:
            self._people[role] = self._enrol(self._ward.desk.add_staff(admin, username, shown, role), role)
            if role in _TALK_WITH_PEOPLE:
                self._trained.append(self._people[role])
        self._train()
        stays = [self._furnish(admin, number, *node) for number, node in enumerate(node_keys.items(), start=1)]
        for number, (room_id, stay_id) in enumerate(stays[:_WITH_ACCOUNT], start=1):
            names = ("patient.one", "patient.two")
            invited = self._ward.desk.add_patient_account(admin, stay_id, names[number - 1])
            self._enrol(invited, Role.PATIENT, room_id)
        self._go_on_to(time(10, 30))
        for number, ((_room_id, stay_id), node_id) in enumerate(zip(stays, node_keys, strict=True)):
            sensors = (Modality.RADAR, Modality.CAMERA) if node_id in self._beside else (self._sensor(node_id),)
            self._ask(stay_id, _ANSWERS[number % len(_ANSWERS)], *sensors)
        self._set_levels([stay_id for _room_id, stay_id in stays], now)
        return tuple(self._accounts)

    def _set_levels(self, stays: Collection[str], now: datetime) -> None:
        """Let the shift that works now have begun its round: nothing is overdue, and checks come due soon."""
        self._clock.advance((now - _ROUND_BEGAN - self._clock.utc_now()).total_seconds())
        for number, stay_id in enumerate(stays):
            level = _LEVELS[number % len(_LEVELS)]
            _must(self._ward.checks.plans.set_level(self._people[Role.NURSE], stay_id, level))

    def _train(self) -> None:
        """Write into the register that those who talk with people are in date (rule G3)."""
        manager, until = self._people[Role.WARD_MANAGER], self._clock.utc_now() + _IN_DATE
        for one in self._trained:
            for course in Course:
                _must(self._ward.training.enter(manager, one.actor_id, course, until))

    def _first_administrator(self) -> Actor:
        token, password = self._ward.identity.first_administrator_link(), secrets.token_hex(8)
        if token is None:
            raise ConsoleError("this ward has accounts already; seed an empty one")
        actor = self._ward.identity.enrol(token, "administrator", "Administrator Ward", password)
        if isinstance(actor, Decision):
            raise ConsoleError(actor.reason.text)
        self._accounts.append(DemoAccount("administrator", password, Role.ADMINISTRATOR.value))
        return actor

    def _enrol(self, invited: Invited, role: Role, room_id: str = "") -> Actor:
        _must(invited.decision)
        password = secrets.token_hex(8)
        actor = self._ward.identity.enrol(invited.token, "", "", password)
        if isinstance(actor, Decision):
            raise ConsoleError(actor.reason.text)
        self._accounts.append(DemoAccount(actor.username, password, role.value, room_id))
        return actor

    def _furnish(self, admin: Actor, number: int, node_id: str, public_key: str) -> tuple[str, str]:
        """Make a room with its sensor, confirmed by a second person, and admit somebody."""
        desk, room_id = self._ward.desk, f"room{number}"
        _must(desk.add_room(admin, room_id, f"Room {number}"))
        _must(desk.add_node(admin, node_id, room_id, self._sensor(node_id), public_key))
        _must(desk.confirm_node(self._people[Role.ENGINEER], node_id))
        if node_id in self._beside:
            camera_id, camera_key = self._beside[node_id]
            _must(desk.add_node(admin, camera_id, room_id, Modality.CAMERA, camera_key))
            _must(desk.confirm_node(self._people[Role.ENGINEER], camera_id))
        first = _FIRST_NAMES[(number - 1) % len(_FIRST_NAMES)]
        admitted = desk.admit(admin, f"{first} Example {number}", f"{first[0]}E", room_id)
        _must(admitted)
        return room_id, admitted.detail

    def _sensor(self, node_id: str) -> Modality:
        return Modality.CAMERA if node_id in self._cameras else Modality.RADAR

    def _go_on_to(self, wall: time) -> None:
        """Let the clock run to an hour of the next day at which people may be asked (rule C20)."""
        now = self._clock.utc_now()
        tomorrow = next_wall_time(next_wall_time(now, time(0, 0), self._zone), wall, self._zone)
        self._clock.advance((tomorrow - now).total_seconds())

    def _ask(self, stay_id: str, answer: str, *sensors: Modality) -> None:
        consents, nurse = self._ward.consents, self._people[Role.NURSE]
        if answer == "not_asked":
            return
        _must(self._ward.care.note_adjustments(nurse, stay_id, [Adjustment.NONE], met=True))
        _must(consents.offer(nurse, stay_id))
        if answer == "no":
            _must(consents.refuse(nurse, stay_id))
            return
        _must(consents.explain(nurse, stay_id, in_their_own_form=True))
        _must(consents.give(nurse, stay_id, example_grant(self._clock.utc_now(), *sensors)))


def example_grant(now: datetime, *sensors: Modality) -> Grant:
    """Return what people of the demonstration agree to: day and night, so that it shows sensing at any hour.

    Args:
        now: UTC.
        sensors: of their room; a radar when none is named.
    """
    return Grant(
        sensors=sensors or (Modality.RADAR,),
        purposes=PURPOSES,
        hours=(DAY_AND_NIGHT,),
        basis=Basis.CAPACITY_CONSENT,
        mark=Mark.SIGNATURE,
        information=Information(hashlib.sha256(FIRST_QUESTION.encode()).hexdigest(), "en", "talk"),
        care_plan_reason=CarePlanReason.REST_WITHOUT_WAKING,
        network=NetworkChoice.STOP,
        feeling=Feeling.NOTHING_TO_SAY,
        alternatives=tuple(Alternative),
        review_by=now + timedelta(days=7),
        teach_back_done=True,
        at_their_wish=True,
    )


def _must(decision: Decision) -> None:
    if not decision:
        raise ConsoleError(f"{', '.join(decision.rules)}: {decision.reason.text}")
