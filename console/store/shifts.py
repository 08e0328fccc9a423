"""Shifts, emergencies and stand-downs, as rows."""

from datetime import datetime

from sqlalchemy import insert, select

from console.rules.alerting.emergency import Emergency, EmergencyStep, EmergencyStepKind
from console.rules.alerting.shifts import ShiftEntry, ShiftEntryKind
from console.rules.alerting.standing_down import StandDown
from console.store.database import Tx
from console.store.tables import emergency_steps, shift_entries, stand_downs


def add_entry(tx: Tx, entry: ShiftEntry) -> None:
    """Write down a sign-on, a change of post, an allocation or a sign-off."""
    tx.execute(
        insert(shift_entries).values(
            actor_id=entry.actor_id,
            at=entry.at,
            kind=entry.kind.value,
            post=entry.post,
            cover=entry.cover,
            rooms=list(entry.rooms),
        )
    )


def entries_since(tx: Tx, begins: datetime) -> list[ShiftEntry]:
    """Return the entries since then, oldest first."""
    wanted = select(shift_entries).where(shift_entries.c.at >= begins).order_by(shift_entries.c.position)
    return [
        ShiftEntry(row.actor_id, row.at, ShiftEntryKind(row.kind), row.post, row.cover, tuple(row.rooms))
        for row in tx.execute(wanted)
    ]


def add_tap(tx: Tx, emergency_id: str, room_id: str, step: EmergencyStep) -> None:
    """Write down one tap of an emergency."""
    tx.execute(
        insert(emergency_steps).values(
            emergency_id=emergency_id, room_id=room_id, kind=step.kind.value, at=step.at, actor_id=step.actor_id
        )
    )


def emergencies_since(tx: Tx, begins: datetime) -> list[Emergency]:
    """Return the emergencies with a tap since then, oldest first."""
    lively = select(emergency_steps.c.emergency_id).where(emergency_steps.c.at >= begins)
    wanted = select(emergency_steps).where(emergency_steps.c.emergency_id.in_(lively))
    found: dict[str, Emergency] = {}
    for row in tx.execute(wanted.order_by(emergency_steps.c.position)):
        before = found[row.emergency_id].steps if row.emergency_id in found else ()
        step = EmergencyStep(EmergencyStepKind(row.kind), row.at, row.actor_id)
        found[row.emergency_id] = Emergency(row.emergency_id, row.room_id, (*before, step))
    return list(found.values())


def add_stand_down(tx: Tx, stand_down_id: str, told: StandDown) -> None:
    """Write down that two people stood the monitor down."""
    tx.execute(
        insert(stand_downs).values(
            stand_down_id=stand_down_id,
            asked_by=told.asked_by,
            asked_at=told.asked_at,
            confirmed_by=told.confirmed_by,
            until=told.until,
        )
    )


def stand_downs_since(tx: Tx, begins: datetime) -> list[StandDown]:
    """Return the stand-downs asked for since then, oldest first; their codes are kept nowhere."""
    wanted = select(stand_downs).where(stand_downs.c.asked_at >= begins).order_by(stand_downs.c.asked_at)
    return [StandDown("", row.asked_by, row.asked_at, row.confirmed_by, row.until) for row in tx.execute(wanted)]
