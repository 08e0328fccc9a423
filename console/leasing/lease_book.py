"""The book of leases: each from its first issue to its end, written down with its audit entry before it is sent."""

import secrets
from collections.abc import Callable, Set
from datetime import datetime

import structlog

from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor
from console.rules.consenting.leasing import LeaseVerdict
from console.showing.views import Words
from console.store import leases as rows
from console.store.database import Tx
from console.store.leases import LeaseRow
from console.store.people import NodeRow

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("leases")


class LeaseBook:
    """Which lease of each node stands."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._standing: dict[str, LeaseRow] = dict(office.store.read(rows.standing_leases))
        self._unended: dict[str, datetime] = {}

    def nodes(self) -> Set[str]:
        """Return the nodes that have a lease which was not ended."""
        return set(self._standing)

    def standing(self, node_id: str) -> str | None:
        """Return the id of the lease that was not ended; None when there is none."""
        lease = self._standing.get(node_id)
        return lease.lease_id if lease is not None else None

    def opened(self, node: NodeRow, verdict: LeaseVerdict, stay_id: str | None, consent_id: str | None) -> str | None:
        """Return the id of the lease to send: the same as long as stay, consent and hours are.

        Returns:
            None when a new one cannot be written down: then it is not sent.
        """
        old = self._standing.get(node.node_id)
        wanted = (stay_id, consent_id, verdict.kind, verdict.window.opens_at, verdict.window.closes_at)
        if old is not None and wanted == (old.stay_id, old.consent_id, old.kind, old.opens_at, old.closes_at):
            return old.lease_id
        now = self._office.now()
        new = LeaseRow(secrets.token_hex(16), node.node_id, node.room_id, *wanted, first_issued_at=now)

        def write(tx: Tx) -> None:
            if old is not None:
                self._end(tx, old, now)
            rows.add_lease(tx, new)
            self._record(tx, "lease:sensor:opened", new, verdict.rules)

        try:
            self._office.store.write(write)
        except StoreError as error:
            _log.error("lease_not_opened", node=node.node_id, error=type(error).__name__)
            return None
        self._standing[node.node_id] = new
        return new.lease_id

    def closed(self, node_id: str) -> None:
        """End a node's lease, now; what cannot be written down at once is written later with this time."""
        old = self._standing.pop(node_id, None)
        if old is None:
            return
        now = self._office.now()
        try:
            self._office.store.write(lambda tx: self._end(tx, old, now))
        except StoreError:
            self._unended[old.lease_id] = now

    def retry_ends(self) -> None:
        """Write down the ends that could not be written when they came."""
        for lease_id, at in list(self._unended.items()):
            try:
                self._office.store.write(_ending(lease_id, at))
            except StoreError:
                return
            del self._unended[lease_id]

    def _end(self, tx: Tx, lease: LeaseRow, at: datetime) -> None:
        rows.end_lease(tx, lease.lease_id, at)
        self._record(tx, "lease:sensor:closed", lease, ("C1",))

    def _record(self, tx: Tx, action: str, lease: LeaseRow, rule_ids: tuple[str, ...]) -> None:
        decision = self._office.policy.allow(*rule_ids, reason=Words("As the consent says."))
        self._office.record(tx, _SYSTEM, action, Done(decision, f"lease:{lease.lease_id}", lease.room_id))


def _ending(lease_id: str, at: datetime) -> Callable[[Tx], None]:
    return lambda tx: rows.end_lease(tx, lease_id, at)
