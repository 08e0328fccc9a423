"""For how long a patient has notes kept, as rows: added, never changed; the newest of a stay counts (rule R1)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select

from console.store.database import Tx
from console.store.holding_tables import day_choices


def add(tx: Tx, stay_id: str, at: datetime, *, after_a_day: bool) -> None:
    """Keep a choice."""
    tx.execute(insert(day_choices).values(stay_id=stay_id, chosen_at=at, after_a_day=after_a_day))


def newest(tx: Tx) -> Mapping[str, tuple[datetime, bool]]:
    """Return by stay when its newest choice was made, and whether it is: after a day."""
    found = tx.execute(select(day_choices).order_by(day_choices.c.position))
    return {row.stay_id: (row.chosen_at, row.after_a_day) for row in found}
