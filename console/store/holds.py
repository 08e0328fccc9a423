"""Holds as rows: added when something happened, read before anything is destroyed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from console.rules.afterwards.holding import HoldReason, HoldTime
from console.store.database import Tx
from console.store.tables import holds, measurements

_ANY_ZONE = timedelta(hours=14)
"""No ward's day begins or ends further from that of UTC."""


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold.

    Attributes:
        hold_id: random.
        patient_id: pseudonym of whose records it keeps.
        stay_id: the stay.
        room_id: the room.
        why: what started it.
        about: what it belongs to, such as `complaint:...`; empty when nothing of its own.
        time: from when, until when, and when it is reviewed.
        started_at: UTC.
    """

    hold_id: str
    patient_id: str
    stay_id: str
    room_id: str
    why: HoldReason
    about: str
    time: HoldTime
    started_at: datetime


def add(tx: Tx, row: HoldRow) -> None:
    """Add a hold."""
    tx.execute(
        insert(holds).values(
            hold_id=row.hold_id,
            patient_id=row.patient_id,
            stay_id=row.stay_id,
            room_id=row.room_id,
            why=row.why.value,
            about=row.about,
            from_at=row.time.from_at,
            until_at=row.time.until_at,
            started_at=row.started_at,
            review_by=row.time.review_by,
        )
    )


def is_about(tx: Tx, about: str) -> bool:
    """Return whether a hold of something was started before, lifted or not."""
    return tx.execute(select(holds.c.hold_id).where(holds.c.about == about).limit(1)).first() is not None


def stretch(tx: Tx, about: str, now: datetime, until_at: datetime) -> str | None:
    """Let a standing hold that has passed its end cover more; return its id, None when there is nothing to stretch."""
    passed = (holds.c.about == about) & holds.c.lifted_at.is_(None) & (holds.c.until_at < now)
    hold_id = tx.execute(select(holds.c.hold_id).where(passed).limit(1)).scalar_one_or_none()
    if hold_id is not None:
        cover_until(tx, hold_id, until_at)
    return hold_id


def cover_until(tx: Tx, hold_id: str, until_at: datetime) -> None:
    """Let a hold cover what is noted up to a time."""
    tx.execute(update(holds).where(holds.c.hold_id == hold_id).values(until_at=until_at))


def review(tx: Tx, hold_id: str, review_by: datetime) -> None:
    """Let a hold be looked at again later."""
    tx.execute(update(holds).where(holds.c.hold_id == hold_id).values(review_by=review_by))


def lift(tx: Tx, hold_id: str, by: str, at: datetime) -> None:
    """End a hold; what it kept goes at its ordinary time, or with the next run where that is past."""
    standing = (holds.c.hold_id == hold_id) & holds.c.lifted_at.is_(None)
    tx.execute(update(holds).where(standing).values(lifted_at=at, lifted_by=by))


def holds_day(tx: Tx, day: date) -> bool:
    """Return whether a hold that nobody lifted covers a part of a ward day, in whatever zone the ward is."""
    begins = datetime.combine(day, time(0, 0), UTC)
    touching = (holds.c.from_at < begins + timedelta(days=1) + _ANY_ZONE) & (holds.c.until_at > begins - _ANY_ZONE)
    wanted = select(holds.c.hold_id).where(touching & holds.c.lifted_at.is_(None)).limit(1)
    return tx.execute(wanted).first() is not None


def holds_row_under(tx: Tx, key_id: str) -> bool:
    """Return whether a hold that nobody lifted covers a row that is sealed under a key: late rows have later keys."""
    covers = (holds.c.from_at <= measurements.c.minute_from) & (holds.c.until_at >= measurements.c.minute_from)
    same = (holds.c.room_id == measurements.c.room_id) & holds.c.lifted_at.is_(None)
    wanted = select(holds.c.hold_id).join(measurements, covers & same).where(measurements.c.key_id == key_id)
    return tx.execute(wanted.limit(1)).first() is not None


def standing_holds(tx: Tx) -> list[HoldRow]:
    """Return every hold that nobody lifted, the oldest first."""
    wanted = select(holds).where(holds.c.lifted_at.is_(None)).order_by(holds.c.started_at)
    return [_hold(row) for row in tx.execute(wanted)]


def of(tx: Tx, hold_id: str) -> HoldRow | None:
    """Return a hold that nobody lifted; None when there is none of that id."""
    row = tx.execute(select(holds).where((holds.c.hold_id == hold_id) & holds.c.lifted_at.is_(None))).first()
    return None if row is None else _hold(row)


def any_of(tx: Tx, hold_id: str) -> HoldRow | None:
    """Return a hold, lifted or not; None when there is none of that id."""
    row = tx.execute(select(holds).where(holds.c.hold_id == hold_id)).first()
    return None if row is None else _hold(row)


def of_stay(tx: Tx, stay_id: str) -> list[HoldRow]:
    """Return every hold of a stay, lifted or not, the oldest first."""
    wanted = select(holds).where(holds.c.stay_id == stay_id).order_by(holds.c.started_at)
    return [_hold(row) for row in tx.execute(wanted)]


def _hold(row: Row[Any]) -> HoldRow:
    return HoldRow(
        row.hold_id,
        row.patient_id,
        row.stay_id,
        row.room_id,
        HoldReason(row.why),
        row.about,
        HoldTime(row.from_at, row.until_at, row.review_by),
        row.started_at,
    )
