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
    """Return by stay since when its newest choice stands, and whether it is a day; the same again changes nothing."""
    found: dict[str, tuple[datetime, bool]] = {}
    for row in tx.execute(select(day_choices).order_by(day_choices.c.position)):
        if row.stay_id not in found or found[row.stay_id][1] != row.after_a_day:
            found[row.stay_id] = (row.chosen_at, row.after_a_day)
    return found
