"""The content of each kind of record as rows: per-minute rows sealed under the key of their day (rule R1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from broker.errors import Refusal
from broker.messages import Cosignature, MinuteMeasurement, Record, RoomEvent, SensorChange
from broker.readings import RateReading
from broker.vocabulary import Withheld
from console.errors import KeySealed
from console.keys.signer import SealingKey
from console.office import Office
from console.rules.sensing.readings import may_measure
from console.store.database import Tx
from console.store.records import Row
from console.store.sealing import DaySeals, seal


@dataclass(slots=True)
class Batch:
    """What one transaction will write, and what is told afterwards.

    Attributes:
        rows: by table.
        refusals: (node or empty, refusal) of each refused message.
        through: (node, outbox) to where it is settled now; each gets a receipt.
        fresh: records that were committed now and are not late.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    refusals: list[tuple[str, Refusal]] = field(default_factory=list)
    through: dict[tuple[str, str], int] = field(default_factory=dict)
    fresh: list[Record] = field(default_factory=list)

    def add(self, kind: str, row: Row) -> None:
        """Add a row."""
        self.rows.setdefault(kind, []).append(row)


def identity_of(record: Record) -> Row:
    """Return the identity of a record, as its row holds it."""
    return {"node_id": record.node_id, "outbox_id": record.outbox_id, "sequence": record.sequence}


class RecordRows:
    """Turns the bodies of records into rows of a batch."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._days = DaySeals(office.store)

    def write(self, tx: Tx, batch: Batch, record: Record, room_id: str, late: bool) -> None:
        """Add a record's content to a batch.

        Raises:
            KeyDestroyed: the key of the day it was sensed on is gone; nothing of it is kept.
        """
        _WRITERS[type(record.body)](self, tx, batch, record, room_id, late)

    def _write_event(self, _tx: Tx, batch: Batch, record: Record, room_id: str, late: bool) -> None:
        body = record.body
        if isinstance(body, RoomEvent):
            times = {"captured_at": record.captured_at, "received_at": self._office.now(), "late": late}
            facts = {"event": body.event.value, "after_s": body.after_s, "quality": body.quality}
            place = {"room_id": room_id, "lease_id": body.lease_id, "origin": record.origin.value}
            batch.add("room_events", identity_of(record) | times | facts | place)

    def _write_minute(self, tx: Tx, batch: Batch, record: Record, room_id: str, late: bool) -> None:
        body = record.body
        if not isinstance(body, MinuteMeasurement):
            return
        day = body.minute_from.astimezone(self._office.zone).date()
        key, label = self._key_for(tx, day), f"{record.node_id}:{record.outbox_id}:{record.sequence}"
        minute = body.model_dump_json(exclude={"readings": {"respiratory_rate", "pulse_rate"}})
        row = identity_of(record) | {
            "room_id": room_id,
            "lease_id": body.readings.lease_id,
            "minute_from": body.minute_from,
            "day": day,
            "key_id": key.key_id,
            "minute_sealed": seal(key, minute.encode(), f"minute:{label}"),
            "late": late,
            "origin": record.origin.value,
        }
        shown = may_measure(self._office.context, record.origin)
        for name, rate in (
            ("respiratory_rate", body.readings.respiratory_rate),
            ("pulse_rate", body.readings.pulse_rate),
        ):
            told = rate if shown else RateReading(withheld=Withheld.NOT_PERMITTED)
            sealed = seal(key, told.model_dump_json().encode(), f"{name}:{label}") if told.has_value() else None
            row |= {f"{name}_sealed": sealed, f"{name}_withheld": told.withheld.value if told.withheld else None}
        batch.add("measurements", row)

    def _key_for(self, tx: Tx, day: date) -> SealingKey:
        """Return the key of a day; of the present day for a late row of a day that is sealed already."""
        try:
            return self._days.key_of(tx, day)
        except KeySealed:
            return self._days.key_of(tx, self._office.now().astimezone(self._office.zone).date())

    def _write_change(self, _tx: Tx, batch: Batch, record: Record, room_id: str, _late: bool) -> None:
        body = record.body
        if isinstance(body, SensorChange):
            facts = {"state": body.state.value, "lease_id": body.lease_id, "lease_serial": body.lease_serial}
            why = {"reason": body.reason.value if body.reason else None, "lamp": body.lamp.value}
            times = {"captured_at": record.captured_at, "received_at": self._office.now()}
            place = {"room_id": room_id, "origin": record.origin.value}
            batch.add("sensor_changes", identity_of(record) | facts | why | times | place)

    def _write_cosignature(self, _tx: Tx, batch: Batch, record: Record, _room: str, _late: bool) -> None:
        body = record.body
        if isinstance(body, Cosignature):
            facts = {"tree_size": body.tree_size, "root": body.root, "outcome": body.outcome.value}
            proof = {"signature": body.signature, "received_at": self._office.now()}
            batch.add("cosignatures", identity_of(record) | facts | proof)


_Writer = Callable[[RecordRows, Tx, Batch, Record, str, bool], None]
_WRITERS: Mapping[type, _Writer] = {
    RoomEvent: RecordRows._write_event,
    MinuteMeasurement: RecordRows._write_minute,
    SensorChange: RecordRows._write_change,
    Cosignature: RecordRows._write_cosignature,
}
