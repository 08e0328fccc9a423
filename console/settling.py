"""Records become rows: in order, exactly once, and only what was sensed under a consent (PLATFORM fact 2, rule T09)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from broker.errors import Refusal
from broker.messages import LossReport, MinuteMeasurement, Record, RoomEvent
from console.errors import KeyDestroyed
from console.office import Office
from console.record_rows import Batch, RecordRows, identity_of
from console.sifting import Refused, TakenRecord
from console.store import records as rows
from console.store.database import Tx
from console.store.leases import LeaseRow, leases_by_id
from console.store.people import NodeRow
from console.store.records import Row


class Settling:
    """Settles the records of a batch within one transaction."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._record_rows = RecordRows(office)

    def settle(self, tx: Tx, sifted: list[TakenRecord | Refused], nodes: Mapping[str, NodeRow]) -> Batch:
        """Settle records in the order in which they came.

        Args:
            tx: the write; everything here is durable together.
            sifted: records and refused messages, of any nodes.
            nodes: every node in use.

        Returns:
            What was written and what the nodes are to be told.
        """
        batch, leases = Batch(), self._leases(tx, sifted)
        before: dict[tuple[str, str], Mapping[int, str]] = self._known_digests(tx, sifted, batch)
        for one in sifted:
            if isinstance(one, Refused):
                self._refuse(batch, one)
                continue
            key = (one.record.node_id, one.record.outbox_id)
            if key not in batch.through:
                self._quarantine(batch, one, Refusal.UNKNOWN_OUTBOX)
                continue
            self._take(tx, batch, one, nodes[one.record.node_id], leases, before.get(key, {}))
        for (node_id, outbox_id), through in batch.through.items():
            rows.settle(tx, node_id, outbox_id, through)
        rows.add_all(tx, batch.rows)
        counted: dict[tuple[str, str], int] = {}
        for node_id, refusal in batch.refusals:
            counted[node_id, refusal.value] = counted.get((node_id, refusal.value), 0) + 1
        rows.count_refusals(tx, counted, self._office.now())
        return batch

    def _known_digests(
        self, tx: Tx, sifted: list[TakenRecord | Refused], batch: Batch
    ) -> dict[tuple[str, str], Mapping[int, str]]:
        """Read how far each outbox is settled, and the digests of what comes a second time."""
        asked: dict[tuple[str, str], list[int]] = {}
        for one in sifted:
            if isinstance(one, TakenRecord):
                asked.setdefault((one.record.node_id, one.record.outbox_id), []).append(one.record.sequence)
            elif one.node_id and one.identity:
                asked.setdefault((one.node_id, one.identity[0]), []).append(one.identity[1])
        known: dict[tuple[str, str], Mapping[int, str]] = {}
        for key, sequences in asked.items():
            through = rows.settled_through(tx, *key)
            if through is not None:
                batch.through[key] = through
                known[key] = rows.digests_of(tx, *key, [one for one in sequences if one <= through])
        return known

    def _leases(self, tx: Tx, sifted: list[TakenRecord | Refused]) -> Mapping[str, LeaseRow]:
        named = {_lease_of(one.record) for one in sifted if isinstance(one, TakenRecord)} - {""}
        return leases_by_id(tx, named) if named else {}

    def _take(
        self,
        tx: Tx,
        batch: Batch,
        one: TakenRecord,
        node: NodeRow,
        leases: Mapping[str, LeaseRow],
        digests: Mapping[int, str],
    ) -> None:
        record, key = one.record, (one.record.node_id, one.record.outbox_id)
        through = batch.through[key]
        if isinstance(record.body, LossReport) and record.sequence <= through + 1:
            self._take_loss(batch, one, record.body, through)
        elif record.sequence <= through:
            self._take_again(batch, one, digests)
        elif record.sequence == through + 1:
            self._commit(tx, batch, one, node, leases)
            batch.through[key] = record.sequence

    def _take_loss(self, batch: Batch, one: TakenRecord, loss: LossReport, through: int) -> None:
        """Settle what the node has lost; what it reports a second time is nothing new."""
        if loss.to_sequence <= through:
            return
        key = identity_of(one.record) | {"sequence": through + 1}
        now = self._office.now()
        count = loss.to_sequence - through
        batch.add("losses", key | {"to_sequence": loss.to_sequence, "count": count, "reason": loss.reason.value,
                                   "received_at": now})  # fmt: skip
        batch.add("records", key | {"body_sha256": one.digest, "outcome": "lost", "late": False, "received_at": now})
        batch.through[one.record.node_id, one.record.outbox_id] = loss.to_sequence

    def _take_again(self, batch: Batch, one: TakenRecord, digests: Mapping[int, str]) -> None:
        """Drop a duplicate; the same identity with another body is never a duplicate."""
        known = digests.get(one.record.sequence) or _in_batch(batch, one.record)
        if known is not None and known != one.digest:
            self._quarantine(batch, one, Refusal.REUSED_IDENTITY)

    def _commit(self, tx: Tx, batch: Batch, one: TakenRecord, node: NodeRow, leases: Mapping[str, LeaseRow]) -> None:
        record, now = one.record, self._office.now()
        late = now - record.captured_at > self._office.policy.duration("N1", "late_after_s")
        lease = leases.get(_lease_of(record))
        allowed = not isinstance(record.body, RoomEvent | MinuteMeasurement) or self._is_covered(record, lease)
        if allowed:
            try:
                self._record_rows.write(tx, batch, record, lease.room_id if lease else node.room_id, late)
            except KeyDestroyed:
                allowed = False
        outcome = "settled" if allowed else "refused"
        batch.add(
            "records",
            identity_of(record) | {"body_sha256": one.digest, "outcome": outcome, "late": late, "received_at": now},
        )
        if not allowed:
            batch.refusals.append((record.node_id, Refusal.NO_CONSENT))
        elif not late:
            batch.fresh.append(record)

    def _is_covered(self, record: Record, lease: LeaseRow | None) -> bool:
        """Return whether a record was sensed within the life of a lease of its own node (rules C1, T09)."""
        if lease is None or lease.node_id != record.node_id:
            return False
        begins, ends = _sensed_between(record)
        policy = self._office.policy
        last = min(lease.closes_at, lease.ended_at or lease.closes_at) + policy.duration("C1", "after_end_s")
        first = max(lease.first_issued_at, lease.opens_at) - policy.duration("C1", "lease_lifetime_s")
        return first <= begins and ends <= last

    def _refuse(self, batch: Batch, one: Refused) -> None:
        """Count a refused message; a record of known identity that is the next in order is settled as refused."""
        batch.refusals.append((one.node_id, one.refusal))
        if one.identity is None or not one.node_id:
            return
        outbox_id, sequence = one.identity
        key = (one.node_id, outbox_id)
        if batch.through.get(key) != sequence - 1:
            return
        row: Row = {"node_id": one.node_id, "outbox_id": outbox_id, "sequence": sequence}
        now = self._office.now()
        batch.add("records", row | {"body_sha256": one.digest, "outcome": "refused", "late": False, "received_at": now})
        batch.add("quarantine", row | {"refusal": one.refusal.value, "body_sha256": one.digest, "received_at": now})
        batch.through[key] = sequence

    def _quarantine(self, batch: Batch, one: TakenRecord, refusal: Refusal) -> None:
        batch.refusals.append((one.record.node_id, refusal))
        batch.add(
            "quarantine",
            identity_of(one.record)
            | {"refusal": refusal.value, "body_sha256": one.digest, "received_at": self._office.now()},
        )


def _in_batch(batch: Batch, record: Record) -> str | None:
    """Return the digest of a record that was committed in this same batch; None when it was not."""
    wanted = identity_of(record)
    for row in batch.rows.get("records", ()):
        if all(row[name] == value for name, value in wanted.items()) and row["outcome"] != "lost":
            return str(row["body_sha256"])
    return None


def _lease_of(record: Record) -> str:
    if isinstance(record.body, RoomEvent):
        return record.body.lease_id
    return record.body.readings.lease_id if isinstance(record.body, MinuteMeasurement) else ""


def _sensed_between(record: Record) -> tuple[datetime, datetime]:
    """Return when the content of a record was sensed."""
    body = record.body
    if isinstance(body, MinuteMeasurement):
        return body.minute_from, body.minute_from + timedelta(seconds=body.sensed_s)
    return record.captured_at, record.captured_at
