"""What has come to the end of its time, as rows: deleted where no hold keeps it, and counted (rules R1, R2, I1)."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, delete, exists, select, tuple_

from console.store.database import Tx
from console.store.tables import day_keys, holds, leases, measurements, room_events


def living_days(tx: Tx, before: date) -> list[date]:
    """Return the ward days before one whose key is still there, or sealed, oldest first."""
    living = (day_keys.c.day < before) & day_keys.c.destroyed_at.is_(None)
    return list(tx.execute(select(day_keys.c.day).where(living).order_by(day_keys.c.day)).scalars())


def days_here(tx: Tx, before: date) -> list[date]:
    """Return the ward days before one whose key the console itself still opens, oldest first."""
    here = (day_keys.c.day < before) & day_keys.c.wrapped.is_not(None)
    return list(tx.execute(select(day_keys.c.day).where(here).order_by(day_keys.c.day)).scalars())


def delete_of_consents(tx: Tx, chosen: Iterable[tuple[str, str]], before: datetime) -> int:
    """Delete what was noted under some consents before a time, but for what a hold keeps; return how many rows.

    Args:
        tx: the write.
        chosen: each consent with the stay in which it was chosen: the same consent may say otherwise in another.
        before: what is newer stays, UTC.
    """
    return _delete_under(tx, tuple_(leases.c.consent_id, leases.c.stay_id).in_(list(chosen)), before)


def delete_of_stay(tx: Tx, stay_id: str, before: datetime, *, since: datetime | None = None) -> int:
    """Delete what was noted in a stay before a time, but for what a hold keeps; return how many rows.

    Args:
        tx: the write.
        stay_id: whose.
        before: what is newer stays, UTC.
        since: what is older stays too; None for nothing of that kind.
    """
    return _delete_under(tx, leases.c.stay_id == stay_id, before, since)


def _delete_under(tx: Tx, which: ColumnElement[bool], before: datetime, since: datetime | None = None) -> int:
    noted, gone = select(leases.c.lease_id).where(which), 0
    for table, at in ((measurements, measurements.c.minute_from), (room_events, room_events.c.captured_at)):
        theirs = table.c.lease_id.in_(noted) & (at < before) & ~_held(table, at)
        within = theirs if since is None else theirs & (at >= since)
        gone += tx.execute(delete(table).where(within)).rowcount
    return gone


def delete_minutes(tx: Tx, before: date) -> int:
    """Delete the measurements of the ward days before one, but for what a hold keeps; return how many."""
    old = (measurements.c.day < before) & ~_held(measurements, measurements.c.minute_from)
    return tx.execute(delete(measurements).where(old)).rowcount


def delete_events(tx: Tx, before: datetime) -> int:
    """Delete the room events from before a time, but for what a hold keeps; return how many."""
    old = (room_events.c.captured_at < before) & ~_held(room_events, room_events.c.captured_at)
    return tx.execute(delete(room_events).where(old)).rowcount


def _held(table: Table, at: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Say of a row that a hold which nobody lifted covers its room and time."""
    covers = (holds.c.from_at <= at) & (holds.c.until_at >= at) & holds.c.lifted_at.is_(None)
    return exists().where((holds.c.room_id == table.c.room_id) & covers)
