"""Leases, their serials and the boots they were meant for, as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from broker.messages import NodeAnnouncement
from broker.vocabulary import LeaseKind
from console.store.database import Tx
from console.store.tables import lease_serials, leases, node_boots


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """One lease, from its first issue to its end.

    Attributes:
        lease_id: random, 32 hex digits.
        node_id: for which node.
        room_id: where that node was.
        stay_id: whose consent it stands on; None while commissioning.
        consent_id: that consent; None while commissioning, and for a trial of one's own (rule S4).
        kind: on whose word.
        opens_at: start of the granted stretch.
        closes_at: its end.
        first_issued_at: nothing was sensed under it before.
        ended_at: when it was closed; None while it stands.
    """

    lease_id: str
    node_id: str
    room_id: str
    stay_id: str | None
    consent_id: str | None
    kind: LeaseKind
    opens_at: datetime
    closes_at: datetime
    first_issued_at: datetime
    ended_at: datetime | None = None

    @property
    def is_trial(self) -> bool:
        """Return whether somebody tries it out for themselves: a stay, and no consent behind it (rule S4)."""
        return self.stay_id is not None and self.consent_id is None


def reserve_serials(tx: Tx, node_id: str, at_least: int, count: int) -> tuple[int, int]:
    """Reserve serials of a node before any of them is sent.

    Args:
        tx: the write.
        node_id: the node.
        at_least: highest serial that the node says it has taken; the reserve begins above it.
        count: how many.

    Returns:
        (first, last) of the reserve; none of them was ever reserved before.
    """
    known = tx.execute(select(lease_serials.c.serial).where(lease_serials.c.node_id == node_id)).scalar_one_or_none()
    first = max(known or 0, at_least) + 1
    last = first + count - 1
    if known is None:
        tx.execute(insert(lease_serials).values(node_id=node_id, serial=last))
    else:
        tx.execute(update(lease_serials).where(lease_serials.c.node_id == node_id).values(serial=last))
    return first, last


def reserved_serials(tx: Tx) -> Mapping[str, int]:
    """Return the highest serial that was ever reserved, by node."""
    return {row.node_id: row.serial for row in tx.execute(select(lease_serials))}


def standing_leases(tx: Tx) -> Mapping[str, LeaseRow]:
    """Return the leases that were not ended, by node."""
    wanted = select(leases).where(leases.c.ended_at.is_(None)).order_by(leases.c.first_issued_at)
    return {row.node_id: _lease(dict(row._mapping)) for row in tx.execute(wanted)}


def leases_by_id(tx: Tx, lease_ids: set[str]) -> Mapping[str, LeaseRow]:
    """Return leases by their ids; unknown ones are not there."""
    found = tx.execute(select(leases).where(leases.c.lease_id.in_(lease_ids)))
    return {row.lease_id: _lease(dict(row._mapping)) for row in found}


def add_lease(tx: Tx, lease: LeaseRow) -> None:
    """Write down a new lease."""
    tx.execute(
        insert(leases).values(
            lease_id=lease.lease_id,
            node_id=lease.node_id,
            room_id=lease.room_id,
            stay_id=lease.stay_id,
            consent_id=lease.consent_id,
            kind=lease.kind.value,
            opens_at=lease.opens_at,
            closes_at=lease.closes_at,
            first_issued_at=lease.first_issued_at,
        )
    )


def end_lease(tx: Tx, lease_id: str, at: datetime) -> None:
    """Write down that a lease was closed; the first time stands."""
    tx.execute(update(leases).where((leases.c.lease_id == lease_id) & leases.c.ended_at.is_(None)).values(ended_at=at))


def add_boot(tx: Tx, told: NodeAnnouncement, at: datetime) -> bool:
    """Make an announced boot the node's present one.

    Returns:
        False when this boot is known already: it is present, or a later one has taken its place.
    """
    known = (node_boots.c.node_id == told.node_id) & (node_boots.c.boot_id == told.boot_id)
    if tx.execute(select(node_boots.c.boot_id).where(known)).first() is not None:
        return False
    tx.execute(
        insert(node_boots).values(
            node_id=told.node_id,
            boot_id=told.boot_id,
            outbox_id=told.outbox_id,
            origin=told.origin.value,
            software=told.software,
            announced_at=at,
            models=" ".join(told.models),
        )
    )
    return True


@dataclass(frozen=True, slots=True)
class Boot:
    """A node's present boot.

    Attributes:
        boot_id: random, 32 hex digits.
        software: version of the node's software.
        models: sha256 of each model in use, as it was announced.
        announced_at: when this console heard of it first; None until it is written down.
    """

    boot_id: str
    software: str
    models: tuple[str, ...] = ()
    announced_at: datetime | None = None


def present_boots(tx: Tx) -> Mapping[str, Boot]:
    """Return each node's newest boot."""
    newest = select(node_boots.c.node_id, func.max(node_boots.c.announced_at).label("at")).group_by(
        node_boots.c.node_id
    )
    last = newest.subquery()
    wanted = select(node_boots).join(
        last, (node_boots.c.node_id == last.c.node_id) & (node_boots.c.announced_at == last.c.at)
    )
    return {
        row.node_id: Boot(row.boot_id, row.software, tuple(row.models.split()), row.announced_at)
        for row in tx.execute(wanted)
    }


def starts_since(tx: Tx, since: datetime) -> Mapping[str, int]:
    """Return how often each node has started since a time, by what it announced."""
    counted = (
        select(node_boots.c.node_id, func.count().label("starts"))
        .where(node_boots.c.announced_at >= since)
        .group_by(node_boots.c.node_id)
    )
    return {row.node_id: row.starts for row in tx.execute(counted)}


def _lease(told: Mapping[str, object]) -> LeaseRow:
    return LeaseRow(**{**told, "kind": LeaseKind(str(told["kind"]))})  # type: ignore[arg-type]
