"""Records become rows: in order, exactly once, and only what was sensed under a consent (PLATFORM fact 2, rule T09)."""

from collections.abc import Mapping

from broker.errors import Refusal
from broker.messages import MOST_LOST_AT_ONCE, LossReport, Record
from console.consenting.covering import Cover
from console.errors import KeyDestroyed
from console.office import Done, Office
from console.receiving.floods import Floods
from console.receiving.record_rows import Batch, RecordRows, identity_of
from console.receiving.sifting import Refused, TakenRecord
from console.roles import Actor
from console.showing.views import Words
from console.store import records as rows
from console.store.database import Tx
from console.store.people import NodeRow
from console.store.records import Row

_SYSTEM = Actor.system("intake")


class Settling:
    """Settles the records of a batch within one transaction."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._record_rows = RecordRows(office)
        self._floods = Floods(office)

    def settle(self, tx: Tx, sifted: list[TakenRecord | Refused], nodes: Mapping[str, NodeRow]) -> Batch:
        """Settle records in the order in which they came.

        Args:
            tx: the write; everything here is durable together.
            sifted: records and refused messages, of any nodes.
            nodes: every node in use.

        Returns:
            What was written and what the nodes are to be told.
        """
        batch = Batch()
        cover = Cover.of(self._office, tx, (one.record for one in sifted if isinstance(one, TakenRecord)))
        before: dict[tuple[str, str], Mapping[int, str]] = self._known_digests(tx, sifted, batch)
        for one in sifted:
            if isinstance(one, Refused):
                self._refuse(batch, one)
                continue
            key = (one.record.node_id, one.record.outbox_id)
            if key not in batch.through:
                self._quarantine(batch, one, Refusal.UNKNOWN_OUTBOX)
                continue
            self._take(tx, batch, one, nodes[one.record.node_id], cover, before.get(key, {}))
        for (node_id, outbox_id), through in batch.through.items():
            rows.settle(tx, node_id, outbox_id, through)
        self._floods.bound(tx, batch)
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

    def _take(
        self,
        tx: Tx,
        batch: Batch,
        one: TakenRecord,
        node: NodeRow,
        cover: Cover,
        digests: Mapping[int, str],
    ) -> None:
        record, key = one.record, (one.record.node_id, one.record.outbox_id)
        through = batch.through[key]
        if isinstance(record.body, LossReport) and record.sequence <= through + 1:
            self._take_loss(tx, batch, one, record.body, through)
        elif record.sequence <= through:
            self._take_again(batch, one, digests)
        elif record.sequence == through + 1:
            self._commit(tx, batch, one, node, cover)
            batch.through[key] = record.sequence

    def _take_loss(self, tx: Tx, batch: Batch, one: TakenRecord, loss: LossReport, through: int) -> None:
        """Settle what the node has lost, and say so in the log; what it reports a second time is nothing new.

        The contract bounds one report; that its count is that of its own range is checked here once more, for all
        that lies in it is given up for good.
        """
        if loss.to_sequence <= through:
            return
        if not 0 < loss.count == loss.to_sequence - one.record.sequence + 1 <= MOST_LOST_AT_ONCE:
            self._quarantine(batch, one, Refusal.MALFORMED)
            return
        key = identity_of(one.record) | {"sequence": through + 1}
        now = self._office.now()
        count = loss.to_sequence - through
        batch.add("losses", key | {"to_sequence": loss.to_sequence, "count": count, "reason": loss.reason.value,
                                   "received_at": now})  # fmt: skip
        batch.add("records", key | {"body_sha256": one.digest, "outcome": "lost", "late": False, "received_at": now})
        batch.through[one.record.node_id, one.record.outbox_id] = loss.to_sequence
        decision = self._office.policy.deny("N1", reason=Words("A node has lost records."))
        done = Done(decision, f"node:{one.record.node_id}", reason=loss.reason.value)
        self._office.record(tx, _SYSTEM, "intake:records:lost", done)

    def _take_again(self, batch: Batch, one: TakenRecord, digests: Mapping[int, str]) -> None:
        """Drop a duplicate; a settled place that holds another body, or none that is known, makes no duplicate."""
        known = digests.get(one.record.sequence) or _in_batch(batch, one.record)
        if known != one.digest:
            self._quarantine(batch, one, Refusal.REUSED_IDENTITY)

    def _commit(self, tx: Tx, batch: Batch, one: TakenRecord, node: NodeRow, cover: Cover) -> None:
        """Keep what the consent of its time covers of a record; a record that says more than that is counted."""
        record, now = one.record, self._office.now()
        late = now - record.captured_at > self._office.policy.duration("N1", "late_after_s")
        kept = cover.covered(record)
        if kept is not None:
            try:
                self._record_rows.write(tx, batch, kept, cover.room_of(record, node), late)
            except KeyDestroyed:
                kept = None
        outcome = "settled" if kept is not None else "refused"
        batch.add(
            "records",
            identity_of(record) | {"body_sha256": one.digest, "outcome": outcome, "late": late, "received_at": now},
        )
        if kept is not record and not cover.is_of_a_trial(record):
            batch.refusals.append((record.node_id, Refusal.NO_CONSENT))
        if kept is not None and not late:
            batch.fresh.append(kept)

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
