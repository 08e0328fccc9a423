"""The sealed minutes of one room under the leases of one consent, as rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from console.store.database import Tx
from console.store.tables import leases, measurements


@dataclass(frozen=True, slots=True)
class SealedMinute:
    """One minute that only its day's key opens.

    Attributes:
        key_id: of the day.
        sealed: the minute.
        label: what it is bound to.
        node_id: whose sensor it is of.
    """

    key_id: str
    sealed: bytes
    label: str
    node_id: str


def sealed_minutes(
    tx: Tx, stay_id: str, consent_id: str, opens_at: datetime, closes_at: datetime
) -> tuple[SealedMinute, ...]:
    """Return the minutes sensed under a consent between two instants, in order of time."""
    mine = select(leases.c.lease_id).where((leases.c.stay_id == stay_id) & (leases.c.consent_id == consent_id))
    wanted = (
        select(measurements)
        .where(
            measurements.c.lease_id.in_(mine)
            & (measurements.c.minute_from >= opens_at)
            & (measurements.c.minute_from < closes_at)
        )
        .order_by(measurements.c.minute_from)
    )
    return tuple(
        SealedMinute(row.key_id, row.minute_sealed, f"minute:{row.node_id}:{row.outbox_id}:{row.sequence}", row.node_id)
        for row in tx.execute(wanted)
    )
