"""Visits of staff to rooms, as rows: who touched a door's tag, and how it is known that they left."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import insert, select, update

from console.rules.visiting import Visit, VisitEnd
from console.store.database import Tx
from console.store.tables import staff_visits


def add(tx: Tx, visit: Visit) -> None:
    """Write down that somebody came."""
    tx.execute(
        insert(staff_visits).values(
            visit_id=visit.visit_id,
            room_id=visit.room_id,
            stay_id=visit.stay_id,
            actor_id=visit.actor_id,
            came_at=visit.came_at,
        )
    )


def end(tx: Tx, visit_id: str, at: datetime, how: VisitEnd) -> None:
    """Write down that somebody left; one that has ended stays as it is."""
    standing = (staff_visits.c.visit_id == visit_id) & staff_visits.c.left_at.is_(None)
    tx.execute(update(staff_visits).where(standing).values(left_at=at, ended_by=how.value))


def open_visits(tx: Tx) -> list[Visit]:
    """Return the visits that have not ended."""
    wanted = select(staff_visits).where(staff_visits.c.left_at.is_(None)).order_by(staff_visits.c.came_at)
    return [_visit(row) for row in tx.execute(wanted)]


def of_stay(tx: Tx, stay_id: str) -> list[Visit]:
    """Return the visits to somebody during their stay, oldest first."""
    wanted = select(staff_visits).where(staff_visits.c.stay_id == stay_id).order_by(staff_visits.c.came_at)
    return [_visit(row) for row in tx.execute(wanted)]


def of_ids(tx: Tx, visit_ids: Sequence[str]) -> list[Visit]:
    """Return the visits of these ids, oldest first."""
    wanted = select(staff_visits).where(staff_visits.c.visit_id.in_(visit_ids)).order_by(staff_visits.c.came_at)
    return [_visit(row) for row in tx.execute(wanted)]


def _visit(row: SqlRow[Any]) -> Visit:
    how = VisitEnd(row.ended_by) if row.ended_by else None
    return Visit(row.visit_id, row.room_id, row.stay_id, row.actor_id, row.came_at, row.left_at, how)
