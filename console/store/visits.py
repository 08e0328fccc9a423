"""Visits of staff to rooms, as rows: who touched a door's tag, and how it is known that they left."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import insert, select, update

from console.rules.looking.visiting import Visit, VisitEnd
from console.store.database import Tx
from console.store.tables import staff_visits

NAMELESS = "role:"
"""What stands before the role where a name has gone."""


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


def of_actor(tx: Tx, actor_id: str) -> list[Visit]:
    """Return somebody's visits that still have their name, newest first."""
    mine = staff_visits.c.actor_id == actor_id
    return [_visit(row) for row in tx.execute(select(staff_visits).where(mine).order_by(staff_visits.c.came_at.desc()))]


def named_before(tx: Tx, before: datetime) -> list[Visit]:
    """Return every ended visit that began before a time and still has its name."""
    named = staff_visits.c.actor_id.not_like(f"{NAMELESS}%") & (staff_visits.c.came_at < before)
    ended = staff_visits.c.left_at.is_not(None)
    return [_visit(row) for row in tx.execute(select(staff_visits).where(named & ended))]


def take_name(tx: Tx, visit_id: str, role: str) -> None:
    """Leave the role alone where a name was (rule P11)."""
    tx.execute(update(staff_visits).where(staff_visits.c.visit_id == visit_id).values(actor_id=f"{NAMELESS}{role}"))


def _visit(row: SqlRow[Any]) -> Visit:
    how = VisitEnd(row.ended_by) if row.ended_by else None
    return Visit(row.visit_id, row.room_id, row.stay_id, row.actor_id, row.came_at, row.left_at, how)
