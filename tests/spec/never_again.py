"""Plays the nights that must never happen again on a ward in a box, sentence by sentence, and renders their page."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from broker.readings import PlaceReading
from broker.vocabulary import LeaseState, Place
from console.consenting.stops import Via
from console.rules.consenting.consent import ConsentState
from console.running.seed import example_grant
from console.store.database import Tx
from console.store.tables import measurements, observations, room_events
from console.words import open_catalogues
from tests.kit.boxed_ward import ADMIN, NURSE, BoxedWard
from tests.spec import alert_nights, around_a_look, exporting, round_nights
from tests.spec.nights import TABLES

ENGLISH = open_catalogues("Europe/London")["en"]
PHONE = "e" * 32


@dataclass(frozen=True)
class Night:
    """One night of the table."""

    id: str
    title: str
    rules: tuple[str, ...]
    rooms: int
    asked: bool
    happens: tuple[str, ...]
    then: tuple[str, ...]


def read_nights() -> list[Night]:
    told = tomllib.loads(TABLES.read_text("utf-8"))["night"]
    return [
        Night(
            one["id"],
            one["title"],
            tuple(one["rules"]),
            one["rooms"],
            one.get("asked", True),
            tuple(one["happens"]),
            tuple(one["then"]),
        )
        for one in told
    ]


def play(box: BoxedWard, sentence: str) -> None:
    """Let something happen."""
    _do(_HAPPENS, box, sentence)


def check(box: BoxedWard, sentence: str) -> None:
    """Assert that something is so."""
    _do(_THEN, box, sentence)


def nights_page(nights: list[Night]) -> str:
    """Render the nights for governance leads."""
    lines = ["", "# Nights that must never happen again", "", "Each is played with every change of the software."]
    for one in nights:
        lines += ["", f"## {one.id}: {one.title} ({', '.join(one.rules)})", ""]
        lines += [f"- {sentence}" for sentence in one.happens]
        lines += ["", "Then:", "", *(f"- {sentence}" for sentence in one.then)]
    return "\n".join(lines) + "\n"


def _do(table: dict[str, Callable[..., object]], box: BoxedWard, sentence: str) -> None:
    for pattern, act in table.items():
        if found := re.fullmatch(pattern, sentence):
            act(box, *found.groups())
            return
    raise AssertionError(f"no such sentence: {sentence}")


def _yes_unasked(box: BoxedWard) -> None:
    box.ward.consents.give(NURSE, box.stay("room1"), example_grant(box.clock.utc_now()))


def _what_helps(box: BoxedWard) -> None:
    assert box.ward.care.note_adjustments(NURSE, box.stay("room1"), ["none"], met=True)


def _in_the_ensuite(box: BoxedWard, room: str, seconds: str) -> None:
    since = box.clock.utc_now()
    for _ in range(int(seconds) // 4):
        box.clock.advance(4)
        box.nodes[f"room{room}"].sees(place=PlaceReading(value=Place.ENSUITE, since=since))
        box.ward.step()


def _in_the_bed(box: BoxedWard, room: str, seconds: str) -> None:
    node = box.nodes[f"room{room}"]
    for _ in range(int(seconds) // 4):
        box.clock.advance(4)
        node.sees()
        box.ward.step()
    node.send(node.record(node.minute()))
    node.sees()
    box.ward.step()


def _press_stop(box: BoxedWard, room: str) -> None:
    box.stop(f"room{room}", box.patient(f"room{room}"))


def _relay_stop(box: BoxedWard, room: str) -> None:
    assert box.ward.consents.withdraw(NURSE, f"room{room}", via=Via.STAFF, device=PHONE)
    box.pass_time(10)


def _days(box: BoxedWard) -> None:
    box.clock.advance(4 * 86400)
    box.ward.step()


def _is_kept(box: BoxedWard, room: str) -> None:
    def read(tx: Tx) -> list[str]:
        return list(tx.execute(select(measurements.c.room_id)).scalars())

    assert f"room{room}" in box.ward.office.store.read(read)
    assert "retention:days:destroyed" not in box.actions()


def _scan(box: BoxedWard, cards: str) -> None:
    for number in range(1, int(cards) + 1):
        assert box.ward.consents.withdraw(None, f"room{number}", via=Via.CARD, device=PHONE)


def _leave(box: BoxedWard, room: str) -> None:
    until = box.clock.utc_now() + timedelta(days=2)
    assert box.ward.whereabouts.go_on_leave(NURSE, box.stay(f"room{room}"), until, "planned_step")


def _lend(box: BoxedWard, room: str) -> None:
    assert box.ward.desk.admit(NURSE, "Somebody Else", "SE", f"room{room}")


def _refuse(box: BoxedWard, room: str) -> None:
    assert box.ward.consents.refuse(NURSE, box.stay(f"room{room}"))


def _seclude(box: BoxedWard, room: str) -> None:
    assert box.ward.desk.add_room(ADMIN, "seclusion", "Seclusion", "seclusion")
    assert box.ward.desk.move(NURSE, box.stay(f"room{room}"), "seclusion")


def _ask_in_seclusion(box: BoxedWard) -> None:
    stay_id = box.stay("seclusion")
    assert not box.ward.consents.offer(NURSE, stay_id, they_asked=True)
    box.ward.consents.explain(NURSE, stay_id, in_their_own_form=True)
    assert not box.ward.consents.give(NURSE, stay_id, example_grant(box.clock.utc_now()))


def _is_closed(box: BoxedWard, room: str) -> None:
    lease = box.nodes[f"room{room}"].lease
    assert lease is not None and lease.state is LeaseState.CLOSED


def _is_denied(box: BoxedWard) -> None:
    assert "consent:record:given" in box.actions(denied=True)


def _asks(box: BoxedWard, room: str, words: str) -> None:
    prompt = box.tile(f"room{room}").prompt
    assert prompt is not None and ENGLISH.words(prompt) == words


def _shows(box: BoxedWard, room: str, initials: str) -> None:
    assert box.tile(f"room{room}").initials == initials


def _says(box: BoxedWard, room: str, words: str) -> None:
    assert ENGLISH.words(box.tile(f"room{room}").headline).startswith(words)


def _no_lease(box: BoxedWard, room: str) -> None:
    assert box.ward.leases.lease_id_in_force(f"node{room}") == ""


def _board_says(box: BoxedWard, words: str) -> None:
    assert any(words in ENGLISH.words(one) for one in box.ward.board.view().notices)


def _nothing_filed(box: BoxedWard) -> None:
    for table in (measurements, room_events):
        assert not {"stay_id", "patient_id"} & {column.name for column in table.columns}
    assert box.ward.office.store.read(lambda tx: tx.execute(select(observations)).all()) == []


def _nothing_said(box: BoxedWard) -> None:
    standing = box.ward.roll.standing("seclusion")
    assert standing is not None and standing.state is ConsentState.NOT_ASKED and standing.confinement is not None


def _no_observation(box: BoxedWard) -> None:
    decision = box.ward.care.check_in_person(NURSE, box.stay("seclusion"), "asleep", "sensor")
    assert decision.rules == ("P9",) and not decision


_HAPPENS: dict[str, Callable[..., object]] = {
    **alert_nights.HAPPENS,
    **around_a_look.NIGHT_HAPPENS,
    **exporting.HAPPENS,
    **round_nights.HAPPENS,
    r"the nurse writes down a yes that was never asked for": _yes_unasked,
    r"what helps them is written down": _what_helps,
    r"(\d+) s pass": lambda box, seconds: box.pass_time(float(seconds)),
    r"room (\d): (\d+) s in the en-suite": _in_the_ensuite,
    r"room (\d): somebody lies in the bed for (\d+) s": _in_the_bed,
    r"room (\d): they press stop": _press_stop,
    r"one phone scans (\d+) cards": _scan,
    r"a nurse relays a stop of room (\d)": _relay_stop,
    r"four days go by": _days,
    r"room (\d): they go on leave": _leave,
    r"room (\d): somebody else is put into the bed": _lend,
    r"room (\d): they said no": _refuse,
    r"room (\d): they are put into seclusion": _seclude,
    r"the nurse asks them in seclusion and writes down a yes": _ask_in_seclusion,
}
_THEN: dict[str, Callable[..., None]] = {
    **alert_nights.THEN,
    **around_a_look.NIGHT_THEN,
    **exporting.THEN,
    **round_nights.THEN,
    r"the sensor of room (\d) is closed": _is_closed,
    r"nothing that was noted of room (\d) is deleted": _is_kept,
    r"the log holds a denied yes": _is_denied,
    r"room (\d) asks: (.+)": _asks,
    r"room (\d) shows (\w+)": _shows,
    r"room (\d) says: (.+)": _says,
    r"room (\d) has no lease": _no_lease,
    r"the board says: (.+)": _board_says,
    r"nothing is filed about a person": _nothing_filed,
    r"the person in seclusion has said nothing": _nothing_said,
    r"a reading is not accepted as an observation in seclusion": _no_observation,
}
