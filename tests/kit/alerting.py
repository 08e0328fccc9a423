"""Alerts for tests: one made by hand, people on shift, and a boxed ward whose rooms call."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from broker.readings import PlaceReading
from broker.vocabulary import Place
from console.alerting.alert_book import Known
from console.roles import Actor, Role
from console.rules.alerting.alerts import Alert, AlertKind, Concern, Priority, Progress, Step, StepKind, progress_of
from console.rules.alerting.ladder import Staffing
from console.rules.alerting.shifts import OnShift
from console.rules.policy import shipped_policy
from tests.kit.boxed_ward import ADMIN, NURSE, BoxedWard

POLICY = shipped_policy()
RAISED = datetime(2026, 11, 20, 2, 13, tzinfo=UTC)
ADA, BEN, CHARGE, SITE = "a" * 32, "b" * 32, "c" * 32, "d" * 32


def after(seconds: float) -> datetime:
    return RAISED + timedelta(seconds=seconds)


def an_alert(**changes: Any) -> Alert:
    told = Alert(
        "e" * 32,
        "room6",
        "f" * 32,
        AlertKind.ENSUITE,
        Priority.HIGH,
        Concern.ORDINARY,
        True,
        RAISED - timedelta(minutes=10),
        RAISED,
    )
    return replace(told, **changes)


def a_step(kind: StepKind, seconds: float, who: str = "", **details: str) -> Step:
    return Step(kind, after(seconds), who, details)


def progressed(*steps: Step, **changes: Any) -> Progress:
    return progress_of(an_alert(**changes), steps, POLICY)


def somebody(role: Role, actor_id: str) -> Actor:
    return Actor(actor_id, role.value, "Ada K.", role)


def on_shift(role: Role = Role.NURSE, actor_id: str = ADA, **changes: Any) -> OnShift:
    return replace(OnShift(actor_id, role, RAISED - timedelta(hours=4)), **changes)


def a_full_shift(**changes: Any) -> Staffing:
    """Two nurses, of whom one has room 6, the nurse in charge, and the site coordinator."""
    people = (
        on_shift(rooms=frozenset({"room6"})),
        on_shift(actor_id=BEN),
        on_shift(Role.NURSE_IN_CHARGE, CHARGE),
        on_shift(Role.SITE_COORDINATOR, SITE),
    )
    return replace(Staffing(people), **changes)


def a_person(box: BoxedWard, username: str, name: str, role: Role = Role.NURSE) -> Actor:
    """An account of the ward, on shift."""
    invited = box.ward.desk.add_staff(ADMIN, username, name, role)
    assert invited.decision and invited.actor is not None
    assert box.ward.shifts.sign_on(invited.actor, knows=True)
    return invited.actor


def limit_ensuite(box: BoxedWard, room_id: str, after_s: float = 180, concern: str = "high") -> None:
    stay_id = box.stay(room_id)
    assert box.ward.limits.set_limit(NURSE, stay_id, "ensuite", after_s, concern, "safety_plan", 7)


def in_the_ensuite(box: BoxedWard, room_id: str, seconds: float, *, others: bool = True) -> datetime:
    """Let the room show that somebody has been in the en-suite for so long; return since when."""
    began = box.clock.utc_now() + timedelta(seconds=8 - seconds)
    for _ in range(2):
        box.clock.advance(4)
        for name, node in box.nodes.items():
            if name == room_id:
                node.sees(place=PlaceReading(value=Place.ENSUITE, since=began))
            elif others:
                node.live()
        box.ward.step()
    return began


def the_alert(box: BoxedWard, room_id: str) -> Known:
    known = box.ward.alerts.open_in(room_id)
    assert known is not None, "no alert stands in this room"
    return known


def code_at(box: BoxedWard, room_id: str) -> str:
    return box.ward.tags.shown(room_id, POLICY, box.clock.utc_now())
