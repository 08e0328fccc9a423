"""Plays the nights of each chapter on a ward in a box, sentence by sentence.

A step that begins with `then` must be so; any other is something that happens. The newest decision is what `it` means.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from broker.readings import PlaceReading
from broker.vocabulary import LeaseState, Modality, Place, Purpose
from console.roles import Role
from console.rules.consenting.consent import ConsentEntry, EntryKind, Standing, derive
from console.rules.consenting.grants import Basis, Feeling, Grant, Information, LessAnswer, Mark
from console.rules.consenting.hours import parse_hours
from console.rules.consenting.person import Hold
from console.rules.decision import Decision
from console.rules.policy import shipped_policy
from console.rules.rule import CHAPTERS
from console.running.seed import example_grant
from console.words import open_catalogues
from tests.kit.boxed_ward import ADMIN, ENGINEER, GOVERNANCE, NURSE, BoxedWard, add_room, an_actor
from tests.spec import around_a_hold, around_a_look, around_the_desk, round_nights, turn_nights
from tests.spec import around_a_yes as around
from tests.spec.nights import ZONE, Row

FOLDER = Path(__file__).with_name("chapters")
ENGLISH = open_catalogues("Europe/London")["en"]
_UNIT_S = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_STRONGEST_STEPS = 40


@dataclass(frozen=True)
class Night:
    """One night of a chapter."""

    chapter: str
    rules: tuple[str, ...]
    title: str
    steps: tuple[str, ...]
    rooms: int
    asked: bool


def read_chapter_rows() -> list[Row]:
    """Rows in the form of the ward-night tables, with the rules that each shows."""
    return [
        Row(CHAPTERS[path.stem], tuple(row["rules"]), row["given"], row["says"], row)
        for path in sorted(FOLDER.glob("*.toml"))
        for row in tomllib.loads(path.read_text("utf-8")).get("row", [])
    ]


def read_chapter_nights() -> list[Night]:
    return [
        Night(
            path.stem,
            tuple(one["rules"]),
            one["title"],
            tuple(one["steps"]),
            one.get("rooms", 1),
            one.get("asked", True),
        )
        for path in sorted(FOLDER.glob("*.toml"))
        for one in tomllib.loads(path.read_text("utf-8")).get("night", [])
    ]


@dataclass
class Player:
    """A ward in a box, and what was answered last."""

    box: BoxedWard
    folder: Path
    answer: Any = None

    def play(self, step: str) -> None:
        """Let something happen, or assert that something is so."""
        table, sentence = (_THEN, step.removeprefix("then ")) if step.startswith("then ") else (_HAPPENS, step)
        for pattern, act in table.items():
            if found := re.fullmatch(pattern, sentence):
                act(self, *found.groups())
                return
        raise AssertionError(f"no such sentence: {step}")

    @property
    def stay(self) -> str:
        return self.box.stay("room1")


def _pass(player: Player, count: str, unit: str) -> None:
    seconds = float(count) * _UNIT_S[unit]
    player.box.pass_time(seconds, in_steps_of=max(1.0, seconds / _STRONGEST_STEPS))


def _again(player: Player, was_said_back: bool) -> None:
    consents = player.box.ward.consents
    assert consents.offer(NURSE, player.stay, they_asked=True)
    player.answer = consents.explain(NURSE, player.stay, in_their_own_form=was_said_back)


def _ask(player: Player, they_asked: bool) -> None:
    player.answer = player.box.ward.consents.offer(NURSE, player.stay, they_asked=they_asked)


def _yes(player: Player, how: str | None) -> None:
    grant = example_grant(player.box.clock.utc_now())
    if player.box.ward.roll.standing("room1").grant is not None:
        grant = replace(grant, would_less_do=LessAnswer.NOTHING_LESS)
    changed: Grant = _CHANGES[how](grant) if how else grant
    player.answer = player.box.ward.consents.give(NURSE, player.stay, changed)


def _changed(**changes: Any) -> Callable[[Grant], Grant]:
    return lambda grant: replace(grant, **changes)


def _later_review(grant: Grant) -> Grant:
    return _changed(review_by=grant.review_by + timedelta(days=30))(grant)


_CHANGES: dict[str, Callable[[Grant], Grant]] = {
    "no purpose named": _changed(purposes=()),
    "the same purpose twice": _changed(purposes=(Purpose.PRESENCE, Purpose.PRESENCE)),
    "nobody's answer about a broken network": _changed(network=None),
    "nobody's answer about how it feels": _changed(feeling=None),
    "a camera for somebody uneasy": _changed(feeling=Feeling.UNEASY, sensors=(Modality.CAMERA,)),
    "no other way offered": _changed(alternatives=()),
    "no text named": _changed(information=Information("", "en", "paper")),
    "a text in Polish that nobody checked": _changed(information=Information("a" * 64, "pl", "paper")),
    "a talk in Polish through an interpreter": _changed(information=Information("a" * 64, "pl", "talk", "i-77")),
    "no answer whether less would do": _changed(would_less_do=None),
    "a review far away": _later_review,
    "best interests and nothing written down": _changed(basis=Basis.BEST_INTERESTS),
    "an attorney whose papers nobody saw": _changed(basis=Basis.LPA_HEALTH_WELFARE),
    "no explanation back": _changed(teach_back_done=False),
    "a sign instead of a signature": _changed(mark=Mark.SYMBOL),
    "hours from 22:00 to 07:00": _changed(hours=(parse_hours("22:00-07:00"),)),
}


def _stop(player: Player, who: str) -> None:
    room, box = "room1", player.box
    actor = {"they press": box.patient(room), "a nurse relays": NURSE}.get(who)
    player.box.stop(room, actor)


def _pause(player: Player) -> None:
    player.box.pause("room1", player.box.patient("room1"))


def _resume(player: Player, who: str) -> None:
    room = next(iter(player.box.ward.roll.sheet().people))
    actor = NURSE if who == "the nurse" else player.box.patient(room)
    player.answer = player.box.ward.consents.resume(actor, room)


def _move(player: Player) -> None:
    add_room(player.box, 9)
    player.box.ward.desk.discharge(NURSE, player.box.stay("room9"))
    assert player.box.ward.desk.move(NURSE, player.stay, "room9")
    player.box.ward.step()


def _in_the_ensuite(player: Player, seconds: str) -> None:
    since = player.box.clock.utc_now()
    for _ in range(int(seconds)):
        player.box.clock.advance(1)
        player.box.nodes["room1"].sees(place=PlaceReading(value=Place.ENSUITE, since=since))
        player.box.ward.step()


def _look(player: Player, role: str, reason: str) -> None:
    why = {"to care for them": "direct_care", "without a reason": "", "to audit": "ward_audit"}[reason]
    player.answer = player.box.ward.access.reading(an_actor(Role(role)), "room1", why)


def _page(player: Player, who: str) -> None:
    own = player.box.patient("room1")
    player.answer = player.box.ward.access.patient_page(own if who == "they open" else NURSE)


def _discharge(player: Player) -> None:
    assert player.box.ward.desk.discharge(NURSE, player.stay)
    player.box.ward.step()


def _confirm(player: Player, who: str) -> None:
    desk = player.box.ward.desk
    assert desk.add_room(ADMIN, "room8", "Room 8")
    assert desk.add_node(ENGINEER, "node8", "room8", Modality.RADAR, player.box.nodes["room1"].public_key[::-1])
    player.answer = desk.confirm_node(ENGINEER if who == "the same" else NURSE, "node8")


def _note(player: Player, rule_id: str) -> None:
    player.answer = player.box.ward.duties.note(GOVERNANCE, rule_id)


def _read_entry(player: Player, basis: str) -> None:
    now = player.box.clock.utc_now()
    player.answer = _standing(now, [(now, EntryKind.GIVEN, basis)])


def _objection(player: Player, clock: str, later: str) -> None:
    """Let somebody for whom others decided object at a time of the night, and look again later."""
    given = player.box.clock.utc_now()
    night = given.replace(hour=int(clock[:2]), minute=int(clock[3:]))
    told = [(given, EntryKind.GIVEN, "best_interests"), (night, EntryKind.PAUSED, "")]
    player.answer = _standing(night + timedelta(hours=int(later)), told)


def _standing(now: datetime, told: list[tuple[datetime, EntryKind, str]]) -> Standing:
    grant = example_grant(told[0][0])
    entries = [
        ConsentEntry(f"{n}" * 32, "c" * 32, "d" * 32, at, kind, grant.to_details() | {"basis": basis} if basis else {})
        for n, (at, kind, basis) in enumerate(told)
    ]
    return derive(entries, now, shipped_policy(), ZONE)


def _wish(player: Player) -> None:
    player.answer = player.box.ward.care.note_advance_wish(NURSE, player.stay)


def _is_by(player: Player, what: str, rule_id: str) -> None:
    answer = player.answer
    assert isinstance(answer, Decision), answer
    assert answer.allowed == (what == "taken") and rule_id in answer.rules, answer


def _is_refused(player: Player) -> None:
    assert isinstance(player.answer, Decision) and not player.answer


def _is_shown(player: Player) -> None:
    assert not isinstance(player.answer, Decision), player.answer


def _lists_a_look(player: Player) -> None:
    assert any("looked" in one.words.text or "looked" in str(one.words.values) for one in player.answer.ledger)


def _is_given(player: Player, what: str) -> None:
    assert player.answer.is_given == (what == "something is")


def _reading_says(player: Player, words: str) -> None:
    assert ENGLISH.words(player.answer.words).replace("\u2068", "").replace("\u2069", "").startswith(words)


def _sensor_is(player: Player, what: str) -> None:
    lease = player.box.nodes["room1"].lease
    assert lease is not None and lease.state is (LeaseState.OPEN if what == "open" else LeaseState.CLOSED)


def _says(player: Player, words: str) -> None:
    assert ENGLISH.words(player.box.tile("room1").headline).startswith(words)


def _log_holds(player: Player, what: str, action: str) -> None:
    assert action in player.box.actions(denied=what == "a denied")


def _asks(player: Player, words: str) -> None:
    prompt = player.box.tile("room1").prompt
    assert prompt is not None and ENGLISH.words(prompt).replace("\u2068", "").replace("\u2069", "") == words


def _no_prompt(player: Player) -> None:
    assert player.box.tile("room1").prompt is None


def _says_other_way(player: Player, rule_id: str) -> None:
    assert player.answer.way_out == shipped_policy().rules[rule_id].way_out != ""


def _of_rounds(act: Callable[..., Decision | None]) -> Callable[..., None]:
    """Return a sentence about rounds as a step of a chapter: what was decided is what `it` means from then on."""

    def step(player: Player, *told: str) -> None:
        answer = act(player.box, *told)
        player.answer = player.answer if answer is None else answer

    return step


_HAPPENS: dict[str, Callable[..., None]] = {
    **{one: _of_rounds(act) for one, act in (round_nights.HAPPENS | turn_nights.HAPPENS).items()},
    **around.HAPPENS,
    **around_a_look.HAPPENS,
    **around_the_desk.HAPPENS,
    **around_a_hold.HAPPENS,
    r"(\d+) (s|min|h|d) pass": _pass,
    r"they are asked again, and say it back in their own way": lambda player: _again(player, True),
    r"they are asked again, and cannot say it back": lambda player: _again(player, False),
    r"the nurse asks": lambda player: _ask(player, False),
    r"they ask for it themselves": lambda player: _ask(player, True),
    r"the nurse writes down a yes(?: with (.+))?": _yes,
    r"the nurse writes down a no": lambda player: player.box.ward.consents.refuse(NURSE, player.stay),
    r"(they press|somebody at the door presses|a nurse relays) stop": _stop,
    r"they press pause": _pause,
    r"(the nurse|their own tap) says: same as before": _resume,
    r"(the nurse|their own tap) ends the pause": _resume,
    r"they are moved to another room": _move,
    r"they leave the ward": _discharge,
    r"they are restrained": lambda player: player.box.ward.care.note_hold(NURSE, player.stay, Hold.RESTRAINT),
    r"a wish from when they were well is written down": lambda player: _wish(player),
    r"they are in the en-suite for (\d+) s": _in_the_ensuite,
    r"a (\w+) looks at their reading (to care for them|without a reason|to audit)": _look,
    r"(they open|a nurse opens) the patient's page": _page,
    r"(the same|another) person confirms a sensor that an engineer put in": _confirm,
    r"an entry says yes, on the word of '(\w+)'": _read_entry,
    r"somebody for whom others decided objects at (\d\d:\d\d), and (\d+) h pass": _objection,
    r"governance writes down the record of (\w+)": _note,
}
_THEN: dict[str, Callable[..., None]] = {
    **{one: _of_rounds(act) for one, act in (round_nights.THEN | turn_nights.THEN).items()},
    **around.THEN,
    **around_a_look.THEN,
    **around_a_hold.THEN,
    r"it is (taken|refused) by (\w+)": _is_by,
    r"the way out of (\w+) is said": _says_other_way,
    r"it is refused": _is_refused,
    r"it is shown": _is_shown,
    r"(nothing is|something is) given": _is_given,
    r"the reading says: (.+)": _reading_says,
    r"the page says that somebody looked": _lists_a_look,
    r"the sensor is (open|closed)": _sensor_is,
    r"the tile says: (.+)": _says,
    r"the log holds (a denied|an allowed) (\S+)": _log_holds,
    r"somebody is asked to go: (.+)": _asks,
    r"nobody is asked to go": _no_prompt,
}
