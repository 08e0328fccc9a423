"""The sentences of turns beside one person, and of the silent test of the calls (O3, N4)."""

from collections.abc import Callable

from console.roles import Actor
from console.rules.decision import Decision
from console.words import open_catalogues
from tests.kit.alerting import a_person, code_at
from tests.kit.boxed_ward import BoxedWard

ENGLISH = open_catalogues("Europe/London")["en"]


def _who(box: BoxedWard, name: str) -> Actor:
    known = next((one for one in box.ward.shifts.accounts() if one.username == name.lower()), None)
    return known or a_person(box, name.lower(), f"{name} K.")


def _begins(box: BoxedWard, name: str) -> None:
    _who(box, name)
    box.pass_time(2)


def _presses(box: BoxedWard, name: str, room: str) -> Decision:
    room_id = f"room{room}"
    return box.ward.checks.turns.press(_who(box, name), room_id, code_at(box, room_id))


def _goes(box: BoxedWard, name: str, room: str) -> Decision:
    return box.ward.checks.turns.leave(_who(box, name), f"room{room}")


def _is_with(box: BoxedWard, name: str, room: str) -> None:
    told = {one.room_id: one.with_id for one in box.ward.checks.turns.view()}
    assert told[f"room{room}"] == _who(box, name).actor_id


def _is_called(box: BoxedWard, room: str) -> None:
    assert [one.path for one in box.ward.calling.calls().calls] == [f"/turns/room{room}"]


def _given_back(box: BoxedWard) -> None:
    marks = [one.test_mark for one in box.ward.board.view().tiles if one.test_mark]
    box.ward.call_tests.came_back(marks, counts=True)
    mark, _ = box.ward.call_tests.for_corridor("")
    box.ward.call_tests.for_corridor(mark)
    box.pass_time(2)


def _falls_silent(box: BoxedWard, room: str) -> None:
    box.nodes.pop(f"room{room}")


def _board_says(box: BoxedWard, words: str) -> None:
    view = box.ward.board.view()
    said = " ".join(ENGLISH.words(one) for one in (view.ward_sentence, *view.notices))
    assert words in said.replace("\u2068", "").replace("\u2069", ""), said


HAPPENS: dict[str, Callable[..., Decision | None]] = {
    r"(Ada|Ben) begins a shift": _begins,
    r"(Ada|Ben) presses at the door of room (\d)": _presses,
    r"(Ada|Ben) has to go from room (\d)": _goes,
    r"the sensor of room (\d) falls silent": _falls_silent,
    r"the held device and the corridor unit give back what came to them": _given_back,
}
THEN: dict[str, Callable[..., None]] = {
    r"(Ada|Ben) is with room (\d)": _is_with,
    r"everybody is called to room (\d)": _is_called,
    r"the board says: (.+)": _board_says,
}
