"""Nights in which a sensor could not tell, and what people chose then, as rows; only ever added to (rule O7)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select

from console.rules.in_person.doubt import DoubtAnswer, DoubtNight
from console.store.database import Tx
from console.store.night_tables import doubt_answers, doubt_minutes


def add_minutes(tx: Tx, stay_id: str, night: DoubtNight, until_at: datetime) -> None:
    """Write down a stretch of a night; several stretches make the night."""
    tx.execute(
        insert(doubt_minutes).values(
            night=night.night,
            stay_id=stay_id,
            sensed_min=night.sensed_min,
            doubt_min=night.doubt_min,
            until_at=until_at,
        )
    )


def nights(tx: Tx, begins: date) -> dict[str, list[DoubtNight]]:
    """Return the nights since then by stay, oldest first; those before somebody's newest answer are left out."""
    asked = {row.stay_id: row.at for row in tx.execute(_newest_answers())}
    sums = select(
        doubt_minutes.c.stay_id,
        doubt_minutes.c.night,
        func.sum(doubt_minutes.c.sensed_min).label("sensed"),
        func.sum(doubt_minutes.c.doubt_min).label("doubt"),
        func.min(doubt_minutes.c.until_at).label("first_at"),
    )
    wanted = sums.where(doubt_minutes.c.night >= begins).group_by(doubt_minutes.c.stay_id, doubt_minutes.c.night)
    found: dict[str, list[DoubtNight]] = {}
    for row in tx.execute(wanted.order_by(doubt_minutes.c.night)):
        if row.stay_id not in asked or row.first_at > asked[row.stay_id]:
            found.setdefault(row.stay_id, []).append(DoubtNight(row.night, int(row.sensed), int(row.doubt)))
    return found


def add_answer(tx: Tx, stay_id: str, answer: DoubtAnswer, at: datetime, actor_id: str) -> None:
    """Write down what somebody chose."""
    tx.execute(insert(doubt_answers).values(stay_id=stay_id, at=at, answer=answer.value, recorded_by=actor_id))


def _newest_answers() -> Any:
    newest = func.max(doubt_answers.c.at).label("at")
    return select(doubt_answers.c.stay_id, newest).group_by(doubt_answers.c.stay_id)
