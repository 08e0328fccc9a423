"""Requests that a hold ends, as rows; nothing is changed once one has ended (rules I1, I4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from console.roles import Role
from console.rules.afterwards.lifting import Lift, LiftEnd, LiftReason
from console.store.database import Tx
from console.store.holding_tables import hold_lifts
from console.store.incident_tables import releases
from console.store.people import StayRow
from console.store.tables import complaints, stays

_COMPLAINT = "complaint:"


@dataclass(frozen=True, slots=True)
class LiftRow:
    """One request.

    Attributes:
        lift_id: random.
        hold_id: which hold.
        reason: why it ends.
        text_id: where the sealed sentence stands.
        lift: what the second person decides on.
        asked_at: when.
        ended_at: when it ended; None while it waits.
        ended_by: pseudonym of the second person; empty while it waits, and when it lapsed.
        ended_role: theirs; empty likewise.
    """

    lift_id: str
    hold_id: str
    reason: LiftReason
    text_id: str
    lift: Lift
    asked_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_role: str = ""


def add(tx: Tx, row: LiftRow) -> None:
    """Add a request."""
    tx.execute(
        insert(hold_lifts).values(
            lift_id=row.lift_id,
            hold_id=row.hold_id,
            reason=row.reason.value,
            text_id=row.text_id,
            asked_by=row.lift.asked_by,
            asked_role=row.lift.role.value,
            asked_at=row.asked_at,
            lapses_at=row.lift.lapses_at,
        )
    )


def end(tx: Tx, lift_id: str, how: LiftEnd, at: datetime, by: str = "", role: str = "") -> bool:
    """End a request; return whether it waited."""
    waiting = (hold_lifts.c.lift_id == lift_id) & hold_lifts.c.ended_at.is_(None)
    told = {"ending": how.value, "ended_at": at, "ended_by": by or None, "ended_role": role or None}
    return tx.execute(update(hold_lifts).where(waiting).values(**told)).rowcount == 1


def of(tx: Tx, lift_id: str) -> LiftRow | None:
    """Return a request; None when there is none of that id."""
    row = tx.execute(select(hold_lifts).where(hold_lifts.c.lift_id == lift_id)).first()
    return None if row is None else _lift(row)


def waiting(tx: Tx) -> list[LiftRow]:
    """Return what waits for a second person, the oldest first."""
    wanted = select(hold_lifts).where(hold_lifts.c.ended_at.is_(None)).order_by(hold_lifts.c.asked_at)
    return [_lift(row) for row in tx.execute(wanted)]


def ended_since(tx: Tx, since: datetime) -> list[LiftRow]:
    """Return what has ended since then, the newest first."""
    wanted = select(hold_lifts).where(hold_lifts.c.ended_at >= since).order_by(hold_lifts.c.ended_at.desc())
    return [_lift(row) for row in tx.execute(wanted)]


def is_open(tx: Tx, hold_id: str, about: str) -> bool:
    """Return whether a hold is still needed: its complaint is not answered, or a request to open it waits."""
    asked = (releases.c.hold_id == hold_id) & releases.c.ended_at.is_(None)
    if tx.execute(select(releases.c.release_id).where(asked).limit(1)).first() is not None:
        return True
    mine = (complaints.c.complaint_id == about.removeprefix(_COMPLAINT)) & complaints.c.closed_at.is_(None)
    return (
        about.startswith(_COMPLAINT) and tx.execute(select(complaints.c.complaint_id).where(mine)).first() is not None
    )


def stay_of(tx: Tx, stay_id: str) -> StayRow | None:
    """Return a stay, over or not; None when there is none of that id."""
    row = tx.execute(select(stays).where(stays.c.stay_id == stay_id)).first()
    return None if row is None else StayRow(row.stay_id, row.patient_id, row.room_id, row.from_at)


def stay_in(tx: Tx, room_id: str, at: datetime) -> StayRow | None:
    """Return the stay of a room at a time, the later where one had just ended; None when nobody stayed there."""
    there = (stays.c.room_id == room_id) & (stays.c.from_at <= at) & (stays.c.to_at.is_(None) | (stays.c.to_at >= at))
    row = tx.execute(select(stays).where(there).order_by(stays.c.from_at.desc()).limit(1)).first()
    return None if row is None else StayRow(row.stay_id, row.patient_id, row.room_id, row.from_at)


def ended_at(tx: Tx, stay_id: str) -> datetime | None:
    """Return when a stay ended; None while it lasts."""
    return tx.execute(select(stays.c.to_at).where(stays.c.stay_id == stay_id)).scalar_one_or_none()


def _lift(row: Row[Any]) -> LiftRow:
    ended = None if row.ending is None else LiftEnd(row.ending)
    lift = Lift(row.asked_by, Role(row.asked_role), row.lapses_at, ended)
    ids = (row.lift_id, row.hold_id, LiftReason(row.reason), row.text_id)
    return LiftRow(*ids, lift, row.asked_at, row.ended_at, row.ended_by or "", row.ended_role or "")
