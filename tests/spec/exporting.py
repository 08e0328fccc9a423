"""Sentences of NA-8: an evaluation export says how whole it is, or is refused."""

from collections.abc import Callable

from console.rules.decision import Decision
from console.rules.governing.freezing import month_of
from console.store.assurance import stays_at
from console.words import open_catalogues
from tests.kit.boxed_ward import GOVERNANCE, MORNING, BoxedWard

ENGLISH = open_catalogues("Europe/London")["en"]


def export(box: BoxedWard) -> tuple[Decision, bytes]:
    """Ask for the figures of the month in which the night is."""
    return box.ward.assurance.evaluation.export(GOVERNANCE, month_of(MORNING.date()))


def _refused(box: BoxedWard, words: str) -> None:
    decision, table = export(box)
    assert not decision and table == b""
    assert ENGLISH.words(decision.reason).replace("\u2068", "").replace("\u2069", "") == words
    assert "governance:evaluation:exported" in box.actions(denied=True)


def _planned(box: BoxedWard, days: str, words: str) -> None:
    assert box.ward.duties.note(GOVERNANCE, "G10")
    box.pass_time(int(days) * 86400, in_steps_of=86400 / 2)
    _refused(box, words)


def _made(box: BoxedWard, days: str, line: str) -> None:
    box.pass_time(int(days) * 86400, in_steps_of=86400 / 2)
    decision, table = export(box)
    assert decision and line in table.decode().splitlines()[:4], (decision, table[:200])
    assert "governance:evaluation:exported" in box.actions()


def _nobody(box: BoxedWard) -> None:
    table, now = export(box)[1].decode(), box.clock.utc_now()
    (stay,) = box.ward.office.store.read(lambda tx: stays_at(tx, now))
    assert table and stay.patient_id not in table and stay.stay_id not in table and stay.room_id not in table


HAPPENS: dict[str, Callable[..., object]] = {r"governance asks for an evaluation export": export}
THEN: dict[str, Callable[..., object]] = {
    r"the evaluation export is refused: (.+)": _refused,
    r"with a registered plan and (\d+) d later it is refused: (.+)": _planned,
    r"(\d+) d later it is made, and its first lines say: (.+)": _made,
    r"it holds no pseudonym of anybody": _nobody,
}
