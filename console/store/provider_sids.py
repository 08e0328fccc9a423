"""Which of the hospital's own sessions somebody came in with, as rows: hashes alone, gone after two days."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from console.store.database import Tx
from console.store.holding_tables import provider_sids


def keep(tx: Tx, sid_hash: str, actor_id: str, at: datetime, before: datetime) -> None:
    """Keep one, in the place of an earlier one of that name, and let go of what is older than a time."""
    tx.execute(delete(provider_sids).where((provider_sids.c.sid_hash == sid_hash) | (provider_sids.c.came_at < before)))
    tx.execute(insert(provider_sids).values(sid_hash=sid_hash, actor_id=actor_id, came_at=at))


def whose(tx: Tx, sid_hash: str) -> str | None:
    """Return who came in with one; None when nobody did."""
    return tx.execute(select(provider_sids.c.actor_id).where(provider_sids.c.sid_hash == sid_hash)).scalar_one_or_none()
