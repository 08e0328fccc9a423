"""The sentences of rounds, of levels and of load (chapter O; NA-2, NA-4, NA-5, NA-11)."""

from collections.abc import Callable
from typing import Any

from broker.readings import BreathingReading, RateReading
from broker.vocabulary import SensedState
from console.roles import Actor, Role
from console.rules.decision import Decision
from console.rules.in_person.rounds import PlannedCheck
from console.showing.views import TileKind
from console.store import observations as rows
from console.words import open_catalogues
from tests.kit.boxed_ward import NURSE, BoxedWard, an_actor
from tests.kit.checking import enter, observe, until_due, until_overdue

ENGLISH = open_catalogues("Europe/London")["en"]
ROLES: dict[str, Actor] = {
    "a nurse": NURSE,
    "the nurse in charge": an_actor(Role.NURSE_IN_CHARGE),
    "the manager on call": an_actor(Role.MATRON),
}
_LEVELS = {
    "general": "general",
    "half-hourly": "half_hourly",
    "quarter-hourly": "quarter_hourly",
    "within arm's length": "arms_length",
}


def _check(box: BoxedWard, room: str) -> PlannedCheck:
    check = box.ward.checks.rounds.of_room(f"room{room}")
    assert check is not None
    return check


def _level(box: BoxedWard, who: str, level: str, room: str) -> Decision:
    decision = box.ward.checks.plans.set_level(ROLES[who], box.stay(f"room{room}"), _LEVELS[level])
    box.pass_time(1)
    return decision


def _lowered(box: BoxedWard, who: str, level: str, room: str, clinician: str) -> Decision:
    stay_id = box.stay(f"room{room}")
    return box.ward.checks.plans.set_level(ROLES[who], stay_id, _LEVELS[level], clinician=clinician, why="team_review")


def _comes_due(box: BoxedWard, room: str) -> None:
    until_due(box, _check(box, room))


def _is_over(box: BoxedWard, room: str, minutes: str) -> None:
    until_overdue(box, _check(box, room), 60 * int(minutes))


def _seen(box: BoxedWard, who: str, room: str, how: str) -> Decision:
    changes = {
        "at the door": {},
        "from the desk": {"code": ""},
        "from the screen": {"source": "sensor", "code": ""},
        "and cannot see them": {"saw": "could_not_see"},
        "and leans on the sensor": {"saw": "breathing_by_sensor"},
    }[how]
    return enter(box, f"room{room}", ROLES[who], **changes)


def _breathes(box: BoxedWard, room: str, rate: str) -> None:
    box.clock.advance(1)
    told = RateReading(value_per_min=float(rate), uncertainty_per_min=0.6)
    box.nodes[f"room{room}"].sees(respiratory_rate=told)
    box.ward.step()


def _asks_the_sensor(box: BoxedWard, room: str) -> Any:
    """Ask at the door, after whatever was last written there; nothing was, for a number of no entry."""
    written = [one.observation_id for one in _kept(box) if one.room_id == f"room{room}"]
    told = box.ward.access.spot(NURSE, written[-1] if written else "0" * 32)
    return told if isinstance(told, Decision) else told.reading


def _nothing_alarms(box: BoxedWard) -> None:
    assert not box.ward.alerts.book.known()


def _twelve_at_a_quarter(box: BoxedWard) -> None:
    for room_id in list(box.nodes):
        observe(box, room_id)


def _people(box: BoxedWard, count: str) -> Decision:
    return box.ward.checks.workload.plan_people(NURSE, int(count))


def _answers(box: BoxedWard, who: str) -> Decision:
    return box.ward.checks.workload.answer(ROLES[who], "people_sent", "", None)


def _no_breathing(box: BoxedWard, room: str, seconds: str) -> None:
    since = box.clock.utc_now()
    for _ in range(int(seconds) // 10):
        box.clock.advance(10)
        unseen = BreathingReading(value=SensedState.NO_BREATHING_SEEN, since=since)
        box.nodes[f"room{room}"].sees(breathing=unseen, living_seen_at=since)
        box.ward.step()


def _tile_check(box: BoxedWard, room: str, words: str) -> None:
    told = box.tile(f"room{room}").check
    assert told is not None and told.text.startswith(words)


def _nothing_due(box: BoxedWard, room: str) -> None:
    assert box.tile(f"room{room}").check is None


def _no_calm(box: BoxedWard, room: str) -> None:
    assert box.tile(f"room{room}").kind is TileKind.CANNOT_TELL


def _kept(box: BoxedWard) -> list[rows.ObservationRow]:
    begins = box.clock.utc_now().replace(year=2026, month=1)
    return box.ward.office.store.read(lambda tx: rows.since(tx, begins))


def _written(box: BoxedWard, count: str, mark: str) -> None:
    assert sum(mark.replace(" ", "_") in one.marks for one in _kept(box)) == int(count)


def _none_written(box: BoxedWard) -> None:
    assert _kept(box) == []


def _told(box: BoxedWard, count: str) -> None:
    assert sum("place_not_proven" in one.marks for one in _kept(box)) == int(count)
    assert any("Nurse in charge: see the round." in one.text for one in box.ward.board.view().notices)


def _load(box: BoxedWard, colour: str) -> None:
    assert box.ward.checks.workload.load().colour == colour


def _asked(box: BoxedWard) -> None:
    assert box.ward.checks.workload.unanswered() is not None


def _answered(box: BoxedWard) -> None:
    assert box.ward.checks.workload.unanswered() is None and box.ward.checks.workload.asks()


def _no_timer(box: BoxedWard, room: str) -> None:
    assert box.ward.checks.rounds.of_room(f"room{room}") is None


HAPPENS: dict[str, Callable[..., Decision | None]] = {
    r"(a nurse|the nurse in charge) writes down the level (general|half-hourly|quarter-hourly|within arm's length) for "
    r"room (\d)": _level,
    r"(a nurse|the nurse in charge) lowers the level to (general) for room (\d) on the word of (.+)": _lowered,
    r"the check of room (\d) comes due": _comes_due,
    r"the longest gap of room (\d) is over by (\d+) min": _is_over,
    r"(a nurse|the nurse in charge) sees room (\d) (at the door|from the desk|from the screen|and cannot see them|and "
    r"leans on the sensor)": _seen,
    r"room (\d) breathes (\d+) times a minute": _breathes,
    r"a nurse asks at the door of room (\d) what the sensor says": _asks_the_sensor,
    r"everybody is put on quarter-hourly checks": _twelve_at_a_quarter,
    r"(\d+) people are told for the shift": _people,
    r"(a nurse|the manager on call) answers for the red load": _answers,
    r"room (\d): no breathing is seen for (\d+) s": _no_breathing,
}
THEN: dict[str, Callable[..., None]] = {
    r"room (\d) says beside its state: (.+)": _tile_check,
    r"nothing is due in room (\d)": _nothing_due,
    r"room (\d) has no calm words": _no_calm,
    r"(\d+) entr(?:y|ies) (?:is|are) kept and marked: (.+)": _written,
    r"no entry is written": _none_written,
    r"nothing alarms": _nothing_alarms,
    r"the nurse in charge is told of (\d) entries": _told,
    r"the load is (green|amber|red)": _load,
    r"the manager on call is asked": _asked,
    r"somebody answers for it by name": _answered,
    r"room (\d) has no timer": _no_timer,
}
