"""Daily figures and the desk's entries as rows; and what a day's figures are counted from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, or_, select

from console.rules.governing.assurance_kinds import Kept
from console.store.assurance_tables import assurance_entries, day_figures
from console.store.database import Tx
from console.store.people import StayRow
from console.store.tables import (
    audit_entries,
    consent_entries,
    losses,
    node_boots,
    observations,
    records,
    stays,
    wards,
)


@dataclass(frozen=True, slots=True)
class FrozenDay:
    """One day's figures.

    Attributes:
        day: of ward time.
        figures: canonical JSON.
        sha256: of its bytes, 64 hex digits; it stands in the log too.
        frozen_at: when.
    """

    day: date
    figures: str
    sha256: str
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One entry of the desk.

    Attributes:
        kind: what it is.
        at: when it was written down, UTC.
        details: codes, pseudonyms and short texts.
        by: pseudonym of who wrote it down.
    """

    kind: Kept
    at: datetime
    details: Mapping[str, Any]
    by: str


def freeze(tx: Tx, row: FrozenDay) -> None:
    """Add a day; the database refuses a second one."""
    told = {"day": row.day, "figures": row.figures, "sha256": row.sha256, "frozen_at": row.frozen_at}
    tx.execute(insert(day_figures).values(**told))


def newest_day(tx: Tx) -> date | None:
    """Return the newest day that is frozen; None before the first."""
    return tx.execute(select(func.max(day_figures.c.day))).scalar_one_or_none()


def days_between(tx: Tx, first: date, last: date) -> tuple[FrozenDay, ...]:
    """Return the frozen days from one to another, both within, in order."""
    within = (day_figures.c.day >= first) & (day_figures.c.day <= last)
    found = tx.execute(select(day_figures).where(within).order_by(day_figures.c.day))
    return tuple(FrozenDay(row.day, row.figures, row.sha256, row.frozen_at) for row in found)


def frozen_days(tx: Tx) -> tuple[date, ...]:
    """Return every day that is frozen, in order."""
    return tuple(tx.execute(select(day_figures.c.day).order_by(day_figures.c.day)).scalars())


def keep(tx: Tx, row: KeptRow) -> None:
    """Add an entry of the desk."""
    told = {"at": row.at, "kind": row.kind.value, "details": dict(row.details), "recorded_by": row.by}
    tx.execute(insert(assurance_entries).values(**told))


def kept(tx: Tx, *kinds: Kept) -> tuple[KeptRow, ...]:
    """Return the entries of some kinds, in the order in which they were written down."""
    wanted = select(assurance_entries).where(assurance_entries.c.kind.in_([one.value for one in kinds]))
    found = tx.execute(wanted.order_by(assurance_entries.c.position))
    return tuple(KeptRow(Kept(row.kind), row.at, row.details, row.recorded_by) for row in found)


def began_at(tx: Tx) -> datetime | None:
    """Return when the ward was made; None before it was."""
    return tx.execute(select(func.min(wards.c.created_at))).scalar_one_or_none()


def stays_at(tx: Tx, at: datetime) -> tuple[StayRow, ...]:
    """Return who stayed on the ward at an instant."""
    there = (stays.c.from_at < at) & or_(stays.c.to_at.is_(None), stays.c.to_at >= at)
    found = tx.execute(select(stays).where(there).order_by(stays.c.stay_id))
    return tuple(StayRow(row.stay_id, row.patient_id, row.room_id, row.from_at) for row in found)


def log_between(tx: Tx, begins: datetime, ends: datetime) -> list[str]:
    """Return the log's entries of a stretch as the tree covers them, in order."""
    within = (audit_entries.c.at >= begins) & (audit_entries.c.at < ends)
    return list(tx.execute(select(audit_entries.c.entry).where(within).order_by(audit_entries.c.idx)).scalars())


def logged_after_freezing(tx: Tx, day: date, begins: datetime) -> int:
    """Return how many entries of the log came after a day was frozen and say a time before the next day began.

    While the clock goes on as clocks do there is none: a day is frozen when the next one is half over.
    """
    frozen = select(func.max(audit_entries.c.idx)).where(
        audit_entries.c.action == "governance:day:frozen", audit_entries.c.entry.contains(f'"day_{day:%Y_%m_%d}"')
    )
    after = (audit_entries.c.idx > frozen.scalar_subquery()) & (audit_entries.c.at < begins)
    return int(tx.execute(select(func.count()).select_from(audit_entries).where(after)).scalar_one())


def said_between(tx: Tx, begins: datetime, ends: datetime) -> list[str]:
    """Return the kinds of what was written down about consent in a stretch, one for each entry."""
    within = (consent_entries.c.at >= begins) & (consent_entries.c.at < ends)
    return list(tx.execute(select(consent_entries.c.kind).where(within)).scalars())


def seen_between(tx: Tx, begins: datetime, ends: datetime) -> list[tuple[str, str]]:
    """Return by what somebody was seen, and whether it woke them, for each observation of a stretch."""
    within = (observations.c.there_at >= begins) & (observations.c.there_at < ends) & observations.c.place.is_not(None)
    found = tx.execute(select(observations.c.saw, observations.c.woke).where(within))
    return [(row.saw, row.woke or "not_asked") for row in found]


def node_counts(tx: Tx, begins: datetime, ends: datetime) -> dict[str, int]:
    """Return what the nodes sent in a stretch: starts, records taken, late and refused, and records that were lost."""
    within = (records.c.received_at >= begins) & (records.c.received_at < ends)
    grouped = select(records.c.outcome, records.c.late, func.count().label("n")).where(within)
    counted = {"records_taken": 0, "records_late": 0, "records_refused": 0}
    for row in tx.execute(grouped.group_by(records.c.outcome, records.c.late)):
        if row.outcome == "settled":
            counted["records_taken"] += row.n
            counted["records_late"] += row.n if row.late else 0
        elif row.outcome == "refused":
            counted["records_refused"] += row.n
    started = (node_boots.c.announced_at >= begins) & (node_boots.c.announced_at < ends)
    gone = (losses.c.received_at >= begins) & (losses.c.received_at < ends)
    counted["starts"] = int(tx.execute(select(func.count()).select_from(node_boots).where(started)).scalar_one())
    lost = select(func.coalesce(func.sum(losses.c.count), 0)).where(gone)
    return {**counted, "records_lost": int(tx.execute(lost).scalar_one())}
