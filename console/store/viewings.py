"""Viewings of the night board, as rows: who had it open, on which device, from when until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, or_, select, update

from console.store.database import Tx
from console.store.tables import viewings


@dataclass(frozen=True, slots=True)
class ViewingRow:
    """One viewing.

    Attributes:
        viewing_id: random.
        actor_id: whose eyes.
        device: the device's pseudonym.
        opened_at: when it began.
        heartbeat_at: when the screen last said that it still shows it.
        closed_at: when it ended; None while it lasts.
    """

    viewing_id: str
    actor_id: str
    device: str
    opened_at: datetime
    heartbeat_at: datetime
    closed_at: datetime | None = None


def add(tx: Tx, viewing: ViewingRow) -> None:
    """Begin a viewing."""
    tx.execute(
        insert(viewings).values(
            viewing_id=viewing.viewing_id,
            actor_id=viewing.actor_id,
            device=viewing.device,
            opened_at=viewing.opened_at,
            heartbeat_at=viewing.heartbeat_at,
        )
    )


def beat(tx: Tx, beats: Mapping[str, datetime]) -> None:
    """Note until when screens have shown their viewings, by viewing; there is at least one."""
    changed = update(viewings).where(viewings.c.viewing_id == bindparam("of")).values(heartbeat_at=bindparam("at"))
    tx.execute(changed, [{"of": viewing_id, "at": at} for viewing_id, at in beats.items()])


def close(tx: Tx, viewing_id: str, at: datetime, reason: str) -> bool:
    """End a viewing; return False when it was over already."""
    lasting = (viewings.c.viewing_id == viewing_id) & viewings.c.closed_at.is_(None)
    return tx.execute(update(viewings).where(lasting).values(closed_at=at, close_reason=reason)).rowcount == 1


def lasting(tx: Tx) -> list[ViewingRow]:
    """Return the viewings that were not closed, such as those of a console that was killed."""
    return [_viewing(row) for row in tx.execute(select(viewings).where(viewings.c.closed_at.is_(None)))]


def between(tx: Tx, begins: datetime, ends: datetime) -> list[ViewingRow]:
    """Return the viewings that overlap a stretch of time, newest first."""
    overlapping = (viewings.c.opened_at < ends) & or_(viewings.c.closed_at.is_(None), viewings.c.closed_at >= begins)
    newest = select(viewings).where(overlapping).order_by(viewings.c.opened_at.desc())
    return [_viewing(row) for row in tx.execute(newest)]


def _viewing(row: object) -> ViewingRow:
    told = row._mapping  # type: ignore[attr-defined]
    return ViewingRow(
        told["viewing_id"],
        told["actor_id"],
        told["device"],
        told["opened_at"],
        told["heartbeat_at"],
        told["closed_at"],
    )
