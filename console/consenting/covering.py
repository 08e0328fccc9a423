"""Under which consent a record was sensed, and what that consent opened at that time (rules C1, C3, T09)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.messages import MinuteMeasurement, Record, RoomEvent
from broker.vocabulary import LeaseKind, Purpose
from console.office import Office
from console.rules.consenting.consent import ConsentEntry, derive
from console.rules.consenting.lapsing import purposes_in_force
from console.rules.consenting.leasing import WHILE_SETTING_UP
from console.rules.sensing.readings import only_opened, opens_event
from console.store import consents
from console.store.database import Tx
from console.store.leases import LeaseRow, leases_by_id
from console.store.people import NodeRow


@dataclass(frozen=True, slots=True)
class Cover:
    """The leases that the records of one batch name, and the histories of the consents behind them.

    Attributes:
        office: rules and zone.
        leases: by id; a lease that was never issued is not there.
        histories: by stay.
    """

    office: Office
    leases: Mapping[str, LeaseRow]
    histories: Mapping[str, tuple[ConsentEntry, ...]]

    @classmethod
    def of(cls, office: Office, tx: Tx, records: Iterable[Record]) -> "Cover":
        """Read what these records name."""
        named = {lease_of(record) for record in records} - {""}
        leases = leases_by_id(tx, named) if named else {}
        stays = sorted({one.stay_id for one in leases.values() if one.stay_id is not None})
        return cls(office, leases, consents.entries_of(tx, stays) if stays else {})

    def room_of(self, record: Record, node: NodeRow) -> str:
        """Return the room that a record tells of: that of its lease, else that of its node."""
        lease = self.leases.get(lease_of(record))
        return lease.room_id if lease is not None and lease.node_id == record.node_id else node.room_id

    def covered(self, record: Record) -> Record | None:
        """Return a record with what its consent did not open withheld; None when none of it may be kept.

        A record that says nothing of a person needs no consent.
        """
        body = record.body
        if not isinstance(body, RoomEvent | MinuteMeasurement):
            return record
        lease = self.leases.get(lease_of(record))
        if lease is not None and lease.is_trial:
            return None
        begins, ends = _sensed_between(record)
        if lease is None or lease.node_id != record.node_id or not self._is_within(lease, begins, ends):
            return None
        purposes = self._opened(lease, begins, ends)
        if isinstance(body, RoomEvent):
            return record if opens_event(body.event, purposes) else None
        return self._minute(record, body, purposes) if purposes else None

    def is_of_a_trial(self, record: Record) -> bool:
        """Return whether a record was sensed while somebody tried it out for themselves: none of it is kept (S4)."""
        lease = self.leases.get(lease_of(record))
        return lease is not None and lease.is_trial and lease.node_id == record.node_id

    def _minute(self, record: Record, body: MinuteMeasurement, purposes: frozenset[Purpose]) -> Record:
        readings = only_opened(body.readings, purposes)
        told = (body.present_s, body.moving_s) if Purpose.PRESENCE in purposes else (None, None)
        if readings is body.readings and told == (body.present_s, body.moving_s):
            return record
        held = body.model_copy(update={"readings": readings, "present_s": told[0], "moving_s": told[1]})
        return record.model_copy(update={"body": held})

    def _is_within(self, lease: LeaseRow, begins: datetime, ends: datetime) -> bool:
        """Return whether something was sensed within the life of a lease."""
        policy = self.office.policy
        last = min(lease.closes_at, lease.ended_at or lease.closes_at) + policy.duration("C1", "after_end_s")
        first = max(lease.first_issued_at, lease.opens_at) - policy.duration("C1", "lease_lifetime_s")
        return first <= begins and ends <= last

    def _opened(self, lease: LeaseRow, begins: datetime, ends: datetime) -> frozenset[Purpose]:
        """Return what the consent behind a lease opened while something was sensed under it.

        What was opened at its beginning counts as well as what was at its end: a word that narrows a consent reaches
        the sensor a moment after it was said, and what was sensed before it stays what it was.
        """
        if lease.kind is LeaseKind.COMMISSIONING or lease.stay_id is None:
            return frozenset(WHILE_SETTING_UP)
        grace = self.office.policy.duration("C1", "after_end_s")
        start = max(begins - grace, lease.first_issued_at)
        said = [one for one in self.histories[lease.stay_id] if one.at <= ends]
        before = sum(one.at < start for one in said)
        moments = [(before, start), *((count, said[count - 1].at) for count in range(before + 1, len(said) + 1))]
        opened = [self._purposes(said[:count], at) for count, at in (*moments, (len(said), max(start, ends)))]
        return frozenset().union(*opened)

    def _purposes(self, said: list[ConsentEntry], at: datetime) -> tuple[Purpose, ...]:
        standing = derive(said, at, self.office.policy, self.office.zone)
        if not standing.is_given or standing.grant is None:
            return ()
        return purposes_in_force(standing.grant, at, self.office.policy, self.office.zone)


def lease_of(record: Record) -> str:
    """Return the lease that a record was sensed under; empty for one that was not sensed."""
    if isinstance(record.body, RoomEvent):
        return record.body.lease_id
    return record.body.readings.lease_id if isinstance(record.body, MinuteMeasurement) else ""


def _sensed_between(record: Record) -> tuple[datetime, datetime]:
    """Return when the content of a record was sensed."""
    body = record.body
    if isinstance(body, MinuteMeasurement):
        return body.minute_from, body.minute_from + timedelta(seconds=body.sensed_s)
    return record.captured_at, record.captured_at
