"""A patient's own answers to 'keep or delete', as rows (rule R3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from console.rules.afterwards.keeping import KeepAnswer, KeepEnd
from console.store.database import Tx
from console.store.incident_tables import keep_answers


@dataclass(frozen=True, slots=True)
class KeepRow:
    """One answer.

    Attributes:
        answer_id: random.
        stay_id: the stay.
        patient_id: pseudonym of whose answer it is.
        room_id: the room then.
        withdrawn_at: when they had stopped it.
        answer: keep or delete.
        answered_at: when they said so.
        delete_at: when it is deleted; None for keep.
        ended_at: when it was done, changed or could not be; None until then.
        ending: how; None until then.
        rows: how many rows were deleted; None until then.
        receipt: number of the log's entry that proves it; None until then.
    """

    answer_id: str
    stay_id: str
    patient_id: str
    room_id: str
    withdrawn_at: datetime
    answer: KeepAnswer
    answered_at: datetime
    delete_at: datetime | None
    ended_at: datetime | None = None
    ending: KeepEnd | None = None
    rows: int | None = None
    receipt: int | None = None


def add(tx: Tx, row: KeepRow) -> None:
    """Add an answer; an earlier one that has not ended is changed by it."""
    older = (keep_answers.c.stay_id == row.stay_id) & keep_answers.c.ended_at.is_(None)
    tx.execute(update(keep_answers).where(older).values(ended_at=row.answered_at, ending=KeepEnd.CHANGED.value))
    names = ("answer_id", "stay_id", "patient_id", "room_id", "withdrawn_at", "answered_at", "delete_at")
    tx.execute(insert(keep_answers).values(answer=row.answer.value, **{name: getattr(row, name) for name in names}))


def newest(tx: Tx, stay_id: str, withdrawn_at: datetime) -> KeepRow | None:
    """Return the newest answer to one withdrawal; None when there is none."""
    mine = (keep_answers.c.stay_id == stay_id) & (keep_answers.c.withdrawn_at == withdrawn_at)
    row = tx.execute(select(keep_answers).where(mine).order_by(keep_answers.c.answered_at.desc())).first()
    return None if row is None else _row(dict(row._mapping))


def due(tx: Tx, now: datetime) -> list[KeepRow]:
    """Return the deletions whose time has come."""
    wanted = (keep_answers.c.delete_at <= now) & keep_answers.c.ended_at.is_(None)
    return [_row(dict(row._mapping)) for row in tx.execute(select(keep_answers).where(wanted))]


def end(tx: Tx, answer_id: str, ending: KeepEnd, at: datetime, *, rows: int, receipt: int) -> None:
    """Write down what came of a deletion."""
    which = keep_answers.c.answer_id == answer_id
    tx.execute(update(keep_answers).where(which).values(ending=ending.value, ended_at=at, rows=rows, receipt=receipt))


def _row(told: Mapping[str, Any]) -> KeepRow:
    return KeepRow(
        told["answer_id"],
        told["stay_id"],
        told["patient_id"],
        told["room_id"],
        told["withdrawn_at"],
        KeepAnswer(told["answer"]),
        told["answered_at"],
        told["delete_at"],
        told["ended_at"],
        KeepEnd(told["ending"]) if told["ending"] else None,
        told["rows"],
        told["receipt"],
    )
