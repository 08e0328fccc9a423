"""Looks and acts that concern one room or everybody, picked from the audit log by the database itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import not_, or_, select

from console.store.database import Tx
from console.store.tables import audit_entries


@dataclass(frozen=True, slots=True)
class LookRow:
    """One entry of the log.

    Attributes:
        index: its place, the receipt.
        at: when.
        action: what was done.
        entry: as the tree covers it.
    """

    index: int
    at: datetime
    action: str
    entry: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        of_room: actions about the room, by anybody.
        by_staff: actions about the room, by members of staff alone.
        of_everybody: an action that is about every room.
    """

    of_room: Iterable[str]
    by_staff: Iterable[str]
    of_everybody: str


def looks(tx: Tx, room_id: str, wanted: Wanted, since: datetime, limit: int) -> list[LookRow]:
    """Return what was allowed and done since then, newest first.

    Args:
        tx: the read.
        room_id: the room that the actions are about.
        wanted: which actions.
        since: nothing older.
        limit: so many at most.
    """
    columns = audit_entries.c
    # The role stands in the entry alone, as a code; both are those of nobody on the staff.
    is_staff = not_(or_(columns.entry.contains('"role":""'), columns.entry.contains('"role":"patient"')))
    by_staff = columns.action.in_(list(wanted.by_staff)) & is_staff
    here = (columns.room == room_id) & or_(columns.action.in_(list(wanted.of_room)), by_staff)
    concerns = or_(here, columns.action == wanted.of_everybody)
    chosen = select(columns.idx, columns.at, columns.action, columns.entry).where(
        concerns & (columns.outcome == "allowed") & (columns.at >= since)
    )
    newest = tx.execute(chosen.order_by(columns.idx.desc()).limit(limit))
    return [LookRow(row.idx, row.at, row.action, row.entry) for row in newest]
