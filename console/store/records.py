"""Records of the nodes, as rows: settled in order, exactly once; what was refused keeps no content."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update

from console.store.database import Tx
from console.store.tables import (
    cosignatures,
    losses,
    measurements,
    outboxes,
    quarantine,
    records,
    refusal_counts,
    room_events,
    sensor_changes,
)

Row = dict[str, Any]


def settled_through(tx: Tx, node_id: str, outbox_id: str) -> int | None:
    """Return up to where an outbox is settled; None when it was never announced."""
    wanted = select(outboxes.c.settled_through).where(
        (outboxes.c.node_id == node_id) & (outboxes.c.outbox_id == outbox_id)
    )
    found: int | None = tx.execute(wanted).scalar_one_or_none()
    return found


def has_other_outbox(tx: Tx, node_id: str, outbox_id: str) -> bool:
    """Return whether the node was known with another outbox before."""
    wanted = select(outboxes.c.outbox_id).where((outboxes.c.node_id == node_id) & (outboxes.c.outbox_id != outbox_id))
    return tx.execute(wanted.limit(1)).first() is not None


def add_outbox(tx: Tx, node_id: str, outbox_id: str, through: int, at: datetime) -> None:
    """Write down an outbox that was announced."""
    tx.execute(insert(outboxes).values(node_id=node_id, outbox_id=outbox_id, settled_through=through, first_seen_at=at))


def settle(tx: Tx, node_id: str, outbox_id: str, through: int) -> None:
    """Move an outbox forward; it never moves back."""
    tx.execute(
        update(outboxes)
        .where(
            (outboxes.c.node_id == node_id)
            & (outboxes.c.outbox_id == outbox_id)
            & (outboxes.c.settled_through < through)
        )
        .values(settled_through=through)
    )


def digests_of(tx: Tx, node_id: str, outbox_id: str, sequences: Sequence[int]) -> Mapping[int, str]:
    """Return the digests of records that were settled, by sequence; lost ones are not there."""
    if not sequences:
        return {}
    wanted = select(records.c.sequence, records.c.body_sha256).where(
        (records.c.node_id == node_id)
        & (records.c.outbox_id == outbox_id)
        & records.c.sequence.in_(sequences)
        & (records.c.outcome != "lost")
    )
    return {row.sequence: row.body_sha256 for row in tx.execute(wanted)}


def add_all(tx: Tx, rows: Mapping[str, list[Row]]) -> None:
    """Insert rows of a batch, by kind."""
    for kind, table in _TABLES.items():
        if rows.get(kind):
            tx.execute(insert(table), rows[kind])


def count_refusals(tx: Tx, counted: Mapping[tuple[str, str], int], at: datetime) -> None:
    """Add to the counts of (node or empty, refusal)."""
    for (node_id, refusal), count in counted.items():
        mine = (refusal_counts.c.node_id == node_id) & (refusal_counts.c.refusal == refusal)
        more = update(refusal_counts).where(mine).values(count=refusal_counts.c.count + count, last_at=at)
        if not tx.execute(more).rowcount:
            tx.execute(insert(refusal_counts).values(node_id=node_id, refusal=refusal, count=count, last_at=at))


def refusals(tx: Tx) -> Mapping[str, Mapping[str, int]]:
    """Return counts by node (empty for messages of no known node) and refusal."""
    found: dict[str, dict[str, int]] = {}
    for row in tx.execute(select(refusal_counts)):
        found.setdefault(row.node_id, {})[row.refusal] = int(row._mapping["count"])
    return found


def settled_counts(tx: Tx) -> Mapping[str, int]:
    """Return how many records of each node are settled."""
    counted = select(outboxes.c.node_id, func.sum(outboxes.c.settled_through).label("n")).group_by(outboxes.c.node_id)
    return {row.node_id: int(row.n) for row in tx.execute(counted)}


def lost_counts(tx: Tx) -> Mapping[str, int]:
    """Return how many records each node declared lost."""
    counted = select(losses.c.node_id, func.sum(losses.c.count).label("n")).group_by(losses.c.node_id)
    return {row.node_id: int(row.n) for row in tx.execute(counted)}


def witness_sizes(tx: Tx) -> Mapping[str, int]:
    """Return the largest audit head that each node has accepted."""
    counted = (
        select(cosignatures.c.node_id, func.max(cosignatures.c.tree_size).label("n"))
        .where(cosignatures.c.outcome == "accepted")
        .group_by(cosignatures.c.node_id)
    )
    return {row.node_id: int(row.n) for row in tx.execute(counted)}


def keep_newest_quarantined(tx: Tx, count: int) -> None:
    """Forget the oldest of what is in quarantine, so that at most about so many rows stay."""
    newest = tx.execute(select(func.max(quarantine.c.quarantine_id))).scalar_one()
    if newest is not None and newest > count:
        tx.execute(delete(quarantine).where(quarantine.c.quarantine_id <= newest - count))


def disagreeing(tx: Tx) -> frozenset[str]:
    """Return the nodes whose newest answer to a checkpoint was that they remember another history of the log."""
    newest = (
        select(cosignatures.c.node_id, func.max(cosignatures.c.received_at).label("at"))
        .group_by(cosignatures.c.node_id)
        .subquery()
    )
    wanted = select(cosignatures.c.node_id).join(
        newest, (cosignatures.c.node_id == newest.c.node_id) & (cosignatures.c.received_at == newest.c.at)
    )
    return frozenset(row.node_id for row in tx.execute(wanted.where(cosignatures.c.outcome == "conflict")))


def closed_since(tx: Tx, node_id: str, since: datetime) -> datetime | None:
    """Return when the console first received, since then, that a node's sensor had closed; None when it did not."""
    wanted = select(func.min(sensor_changes.c.received_at)).where(
        (sensor_changes.c.node_id == node_id)
        & (sensor_changes.c.state == "closed")
        & (sensor_changes.c.received_at >= since)
    )
    found: datetime | None = tx.execute(wanted).scalar_one_or_none()
    return found


def was_open(tx: Tx, node_id: str, at: datetime) -> bool:
    """Return whether the newest that the console had received of a node's sensor at a moment was that it had opened."""
    wanted = (
        select(sensor_changes.c.state)
        .where((sensor_changes.c.node_id == node_id) & (sensor_changes.c.received_at < at))
        .order_by(sensor_changes.c.received_at.desc())
        .limit(1)
    )
    state: str | None = tx.execute(wanted).scalar_one_or_none()
    return state == "open"


_TABLES: Mapping[str, Table] = {
    "records": records,
    "measurements": measurements,
    "room_events": room_events,
    "sensor_changes": sensor_changes,
    "cosignatures": cosignatures,
    "losses": losses,
    "quarantine": quarantine,
}
