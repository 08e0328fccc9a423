"""What was noted of one room under the leases of one consent: sealed minutes and events, as rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from broker.vocabulary import RoomEventKind
from console.store.database import Tx
from console.store.tables import leases, measurements, room_events


@dataclass(frozen=True, slots=True)
class SealedMinute:
    """One minute that only its day's key opens.

    Attributes:
        key_id: of the day.
        sealed: the minute without its rates.
        rate_sealed: its breathing rate; None when it was withheld.
        rate_withheld: why it was; empty when it was not.
        label: which record both are bound to.
        node_id: whose sensor it is of.
    """

    key_id: str
    sealed: bytes
    rate_sealed: bytes | None
    rate_withheld: str
    label: str
    node_id: str


def sealed_minutes(
    tx: Tx, stay_id: str, consent_id: str, opens_at: datetime, closes_at: datetime
) -> tuple[SealedMinute, ...]:
    """Return the minutes sensed under a consent between two instants, in order of time."""
    wanted = (
        select(measurements)
        .where(
            measurements.c.lease_id.in_(_leases_of(stay_id, consent_id))
            & (measurements.c.minute_from >= opens_at)
            & (measurements.c.minute_from < closes_at)
        )
        .order_by(measurements.c.minute_from)
    )
    return tuple(
        SealedMinute(
            row.key_id,
            row.minute_sealed,
            row.respiratory_rate_sealed,
            row.respiratory_rate_withheld or "",
            f"{row.node_id}:{row.outbox_id}:{row.sequence}",
            row.node_id,
        )
        for row in tx.execute(wanted)
    )


def events_under(
    tx: Tx, stay_id: str, consent_id: str, opens_at: datetime, closes_at: datetime
) -> tuple[tuple[datetime, RoomEventKind], ...]:
    """Return what happened in a room under a consent between two instants, in order of time."""
    wanted = (
        select(room_events.c.captured_at, room_events.c.event)
        .where(
            room_events.c.lease_id.in_(_leases_of(stay_id, consent_id))
            & (room_events.c.captured_at >= opens_at)
            & (room_events.c.captured_at < closes_at)
        )
        .order_by(room_events.c.captured_at)
    )
    return tuple((row.captured_at, RoomEventKind(row.event)) for row in tx.execute(wanted))


def _leases_of(stay_id: str, consent_id: str) -> Select[tuple[str]]:
    return select(leases.c.lease_id).where((leases.c.stay_id == stay_id) & (leases.c.consent_id == consent_id))
