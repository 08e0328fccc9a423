"""Turns beside people who are never left alone, as rows; only ever added to (rule O3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from console.rules.in_person.turns import Turn, TurnKind
from console.store.database import Tx
from console.store.night_tables import turns
from console.store.tables import stays


def add(tx: Tx, turn: Turn) -> None:
    """Write down that somebody began a turn, or went and nobody is there."""
    tx.execute(
        insert(turns).values(
            stay_id=turn.stay_id,
            room_id=turn.room_id,
            kind=turn.kind.value,
            at=turn.at,
            actor_id=turn.actor_id,
            giver_id=turn.giver_id,
            place_proven=turn.place_proven,
            gap_s=turn.gap_s,
        )
    )


def newest(tx: Tx) -> dict[str, Turn]:
    """Return the newest turn of every stay that lasts."""
    lasting = select(stays.c.stay_id).where(stays.c.to_at.is_(None))
    wanted = select(turns).where(turns.c.stay_id.in_(lasting)).order_by(turns.c.position)
    return {row.stay_id: _turn(row) for row in tx.execute(wanted)}


def since(tx: Tx, begins: datetime) -> list[Turn]:
    """Return the turns that began since then, oldest first."""
    return [_turn(row) for row in tx.execute(select(turns).where(turns.c.at >= begins).order_by(turns.c.position))]


def _turn(row: Any) -> Turn:
    kind = TurnKind(row.kind)
    return Turn(row.stay_id, row.room_id, kind, row.at, row.actor_id, row.giver_id, row.place_proven, row.gap_s)
