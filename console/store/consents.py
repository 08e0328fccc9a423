"""Consent entries and what was relayed from which device: added and read, never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from console.rules.consenting.consent import ConsentEntry, EntryKind
from console.store.database import Tx
from console.store.tables import consent_entries, relays


def add_entry(tx: Tx, entry: ConsentEntry, patient_id: str) -> None:
    """Add one entry to a stay's history."""
    tx.execute(
        insert(consent_entries).values(
            entry_id=entry.entry_id,
            consent_id=entry.consent_id,
            stay_id=entry.stay_id,
            patient_id=patient_id,
            at=entry.at,
            kind=entry.kind.value,
            details=dict(entry.details),
            recorded_by=entry.recorded_by,
        )
    )


def entries_of(tx: Tx, stay_ids: Sequence[str]) -> Mapping[str, tuple[ConsentEntry, ...]]:
    """Return the histories of stays, each in the order in which it was recorded; every stay asked for is there."""
    found: dict[str, list[ConsentEntry]] = {stay_id: [] for stay_id in stay_ids}
    wanted = select(consent_entries).where(consent_entries.c.stay_id.in_(stay_ids))
    for row in tx.execute(wanted.order_by(consent_entries.c.position)):
        found[row.stay_id].append(_entry(dict(row._mapping)))
    return {stay_id: tuple(entries) for stay_id, entries in found.items()}


def histories_since(tx: Tx, since: datetime) -> Mapping[str, tuple[ConsentEntry, ...]]:
    """Return what was written down since then, oldest first, by person."""
    found: dict[str, list[ConsentEntry]] = {}
    wanted = select(consent_entries).where(consent_entries.c.at >= since)
    for row in tx.execute(wanted.order_by(consent_entries.c.position)):
        found.setdefault(row.patient_id, []).append(_entry(dict(row._mapping)))
    return {patient_id: tuple(entries) for patient_id, entries in found.items()}


def add_relay(tx: Tx, device: str, room_id: str, at: datetime) -> None:
    """Write down that a stop came from a device."""
    tx.execute(insert(relays).values(device=device, room_id=room_id, at=at))


def rooms_stopped_from(tx: Tx, device: str, since: datetime) -> int:
    """Return how many different rooms a device has stopped since then."""
    counted = select(func.count(func.distinct(relays.c.room_id))).where(
        (relays.c.device == device) & (relays.c.at >= since)
    )
    return int(tx.execute(counted).scalar_one())


def devices_that_stopped(tx: Tx, since: datetime, at_least: int, within: timedelta) -> list[tuple[datetime, int]]:
    """Return (time of the last stop, rooms) for each device that stopped many rooms, newest first.

    Args:
        tx: the read.
        since: nothing older counts.
        at_least: different rooms.
        within: in so long a time, looking back from each stop.
    """
    wanted = select(relays).where(relays.c.at >= since - within).order_by(relays.c.at)
    by_device: dict[str, list[tuple[datetime, str]]] = {}
    for row in tx.execute(wanted):
        by_device.setdefault(row.device, []).append((row.at, row.room_id))
    found = []
    for stops in by_device.values():
        counts = [(at, len({room for then, room in stops if at - within < then <= at})) for at, _room in stops]
        many = [(at, count) for at, count in counts if count >= at_least and at >= since]
        found += many[-1:]
    return sorted(found, reverse=True)


def _entry(told: Mapping[str, Any]) -> ConsentEntry:
    return ConsentEntry(
        told["entry_id"],
        told["consent_id"],
        told["stay_id"],
        told["at"],
        EntryKind(told["kind"]),
        told["details"],
        told["recorded_by"],
    )
