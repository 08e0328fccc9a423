"""Badges and their PINs, as rows; only hashes are kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from console.store.access_tables import badges
from console.store.database import Tx


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """One badge.

    Attributes:
        badge_hash: SHA-256 of what it says, 64 hex digits.
        actor_id: whose.
        pin_hash: argon2; None until they chose a PIN.
        expires_at: when it ends; a badge for one shift ends an hour after it.
    """

    badge_hash: str
    actor_id: str
    pin_hash: str | None
    expires_at: datetime


def issue(tx: Tx, row: BadgeRow, by: str, at: datetime) -> None:
    """Give somebody a badge; see `end_of` for an earlier one."""
    told = {"badge_hash": row.badge_hash, "actor_id": row.actor_id, "pin_hash": row.pin_hash}
    tx.execute(insert(badges).values(**told, expires_at=row.expires_at, issued_at=at, issued_by=by))


def end_of(tx: Tx, actor_id: str, at: datetime) -> BadgeRow | None:
    """End somebody's badge; return it, or None when they had none."""
    row = of_actor(tx, actor_id)
    mine = (badges.c.actor_id == actor_id) & badges.c.ended_at.is_(None)
    tx.execute(update(badges).where(mine).values(ended_at=at))
    return row


def of_hash(tx: Tx, badge_hash: str) -> BadgeRow | None:
    """Return a badge that has not ended, whether it has expired or not; None when there is none."""
    return _one(tx, badges.c.badge_hash == badge_hash)


def of_actor(tx: Tx, actor_id: str) -> BadgeRow | None:
    """Return somebody's badge; None when they have none."""
    return _one(tx, badges.c.actor_id == actor_id)


def set_pin(tx: Tx, actor_id: str, pin_hash: str) -> bool:
    """Put a PIN's hash in place of the former; return whether they have a badge."""
    mine = (badges.c.actor_id == actor_id) & badges.c.ended_at.is_(None)
    return tx.execute(update(badges).where(mine).values(pin_hash=pin_hash)).rowcount == 1


def _one(tx: Tx, which: object) -> BadgeRow | None:
    row = tx.execute(select(badges).where(badges.c.ended_at.is_(None)).where(which)).first()  # type: ignore[arg-type]
    return None if row is None else BadgeRow(row.badge_hash, row.actor_id, row.pin_hash, row.expires_at)
