"""That somebody is told what was held or released about them, as rows (rule I3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from console.rules.afterwards.informing import NotYet, ToldWhom
from console.store.database import Tx
from console.store.incident_tables import tellings


@dataclass(frozen=True, slots=True)
class TellingRow:
    """One thing that somebody is to be told.

    Attributes:
        telling_id: random.
        about: `hold` or `release`.
        about_id: of which.
        patient_id: pseudonym of whom it is about.
        stay_id: the stay.
        room_id: the room.
        begun_at: when it was held or released.
        due_at: until when they are told.
        told_at: when they were; None until then.
        told_whom: who was; None until then.
        not_yet: why it waits; None when nothing is signed.
        review_by: until when that stands.
        escalated: the Caldicott Guardian was told that nobody told them.
    """

    telling_id: str
    about: str
    about_id: str
    patient_id: str
    stay_id: str
    room_id: str
    begun_at: datetime
    due_at: datetime
    told_at: datetime | None = None
    told_whom: ToldWhom | None = None
    not_yet: NotYet | None = None
    review_by: datetime | None = None
    escalated: bool = False


def add(tx: Tx, row: TellingRow) -> None:
    """Begin to owe it."""
    names = ("telling_id", "about", "about_id", "patient_id", "stay_id", "room_id", "begun_at", "due_at")
    tx.execute(insert(tellings).values(escalated=0, **{name: getattr(row, name) for name in names}))


def of(tx: Tx, telling_id: str) -> TellingRow | None:
    """Return one; None when there is none of that id."""
    row = tx.execute(select(tellings).where(tellings.c.telling_id == telling_id)).first()
    return None if row is None else _row(dict(row._mapping))


def is_owed(tx: Tx, about_id: str) -> bool:
    """Return whether a hold or a release is owed already, told or not."""
    return tx.execute(select(tellings.c.telling_id).where(tellings.c.about_id == about_id)).first() is not None


def about(tx: Tx, about_ids: list[str]) -> dict[str, TellingRow]:
    """Return those about some holds or releases, by what they are about."""
    found = tx.execute(select(tellings).where(tellings.c.about_id.in_(about_ids)))
    return {row.about_id: _row(dict(row._mapping)) for row in found}


def waiting(tx: Tx) -> list[TellingRow]:
    """Return what nobody was told yet, the longest waiting first."""
    wanted = select(tellings).where(tellings.c.told_at.is_(None)).order_by(tellings.c.due_at)
    return [_row(dict(row._mapping)) for row in tx.execute(wanted)]


def of_patient(tx: Tx, patient_id: str) -> list[TellingRow]:
    """Return everything about somebody, the newest first."""
    wanted = select(tellings).where(tellings.c.patient_id == patient_id).order_by(tellings.c.begun_at.desc())
    return [_row(dict(row._mapping)) for row in tx.execute(wanted)]


def note_told(tx: Tx, telling_id: str, by: str, whom: ToldWhom, at: datetime) -> bool:
    """Write down that somebody was told; return whether it was owed."""
    owed = (tellings.c.telling_id == telling_id) & tellings.c.told_at.is_(None)
    return tx.execute(update(tellings).where(owed).values(told_at=at, told_by=by, told_whom=whom.value)).rowcount == 1


def let_wait(tx: Tx, telling_id: str, why: NotYet, signed_by: str, review_by: datetime) -> bool:
    """Write down why it waits, and until when; return whether it was owed."""
    owed = (tellings.c.telling_id == telling_id) & tellings.c.told_at.is_(None)
    signed = {"not_yet": why.value, "signed_by": signed_by, "review_by": review_by}
    return tx.execute(update(tellings).where(owed).values(escalated=0, **signed)).rowcount == 1


def escalate(tx: Tx, telling_id: str) -> None:
    """Note that the Caldicott Guardian was told."""
    tx.execute(update(tellings).where(tellings.c.telling_id == telling_id).values(escalated=1))


def _row(told: Mapping[str, Any]) -> TellingRow:
    return TellingRow(
        told["telling_id"],
        told["about"],
        told["about_id"],
        told["patient_id"],
        told["stay_id"],
        told["room_id"],
        told["begun_at"],
        told["due_at"],
        told["told_at"],
        ToldWhom(told["told_whom"]) if told["told_whom"] else None,
        NotYet(told["not_yet"]) if told["not_yet"] else None,
        told["review_by"],
        bool(told["escalated"]),
    )
