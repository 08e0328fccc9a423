"""Leases: consent turned into signed, expiring permissions, renewed, closed, and repeated until a node confirms."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from broker.messages import ConsentLease, LiveState
from broker.vocabulary import Lamp, LeaseState, SensorState
from console.keys.signer import UNSIGNED
from console.leasing.lease_book import LeaseBook
from console.leasing.serials import Serials
from console.logbook.rollback import Rollback
from console.office import Office
from console.receiving.live import Live
from console.rules.consenting.leasing import Commissioning, KeptOff, LeaseFacts, LeaseVerdict, decide_lease, kept_off_by
from console.staying.roll import Roll, Sheet
from console.store.people import NodeRow
from console.tracing.spans import Step

_log = structlog.get_logger(__name__)
_REPEAT_AS_IT_IS_S = 15.0
"""[s] for which a closed lease is repeated as it is; then it is signed anew, as a node takes none older than 30 s."""
_MOST_TAKEN = 2**52
"""A node that claims to have taken a higher serial is not believed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The newest lease of a node.

    Attributes:
        lease: as it was signed.
        issued_s: when it was signed, on the elapsed clock [s].
        sent_s: when it was last put on the link, on the elapsed clock [s].
        confirmed_at: when the node showed the sensor closed under it; None until then, and for an open one.
        is_trial: its readings are for the person alone who tries it (rule S4).
    """

    lease: ConsentLease
    issued_s: float
    sent_s: float
    confirmed_at: datetime | None = None
    is_trial: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether it opens the sensor."""
        return self.lease.state is LeaseState.OPEN


class Leases:
    """Decides, signs, sends and repeats; one lease per node.

    Attributes:
        rollback: whether this console may be an older copy of itself; then nothing is opened.
        kept_off: why chapter G keeps every sensor off; None while it does not.
    """

    def __init__(
        self,
        office: Office,
        roll: Roll,
        live: Live,
        send: Callable[[ConsentLease], bool],
        commissioning: Callable[[str], Commissioning | None] = lambda _room: None,
        stands_down: Callable[[], bool] = lambda: False,
        kept_off: Callable[[], KeptOff | None] = lambda: None,
    ) -> None:
        """Take what is needed.

        Args:
            office: store, log, rules and clock.
            roll: who stays where.
            live: what the nodes say.
            send: puts a lease on the link; False when the link is down.
            commissioning: the short permission of an empty room; None when there is none.
            stands_down: whether the monitor stands down for the whole ward (rule A18).
            kept_off: why chapter G keeps every sensor off; None while it does not.
        """
        self._office = office
        self._roll = roll
        self._live = live
        self._send = send
        self._commissioning = commissioning
        self._stands_down = stands_down
        self.kept_off = kept_off
        self._serials = Serials(office.store, self._taken)
        self.rollback = Rollback(office, roll, live, self._serials.highest)
        self._lock = threading.RLock()
        self._sent: dict[str, Sent] = {}
        self._book = LeaseBook(office)
        self._halted: set[str] = set()

    def verdict(self, node: NodeRow, sheet: Sheet | None = None) -> LeaseVerdict:
        """Return what the rules say of a node's sensor now."""
        sheet = sheet or self._roll.sheet()
        office, now = self._office, self._office.now()
        person = sheet.people.get(node.room_id)
        is_confirmed = node.confirmed_at is not None
        standing = self._roll.standing_of(person, now) if person and is_confirmed else None
        # Asked for in every case: a stay voids it, and it does not come back when the stay ends.
        trial = self._commissioning(node.room_id)
        facts = LeaseFacts(
            node.kind,
            standing,
            trial,
            lamp_wanted=not is_confirmed,
            room_kind=sheet.kind_of(node.room_id),
            has_profile=sheet.has_profile(node.room_id),
        )
        verdict = decide_lease(facts, now, office.policy, office.zone)
        if verdict.is_open and (node.room_id in self._halted or self.rollback.stands() or self._stands_down()):
            stopped = LeaseFacts(node.kind, None)
            return decide_lease(stopped, now, office.policy, office.zone)
        why = self.kept_off() if verdict.is_open else None
        return verdict if why is None else kept_off_by(why, now)

    def lease_id_in_force(self, node_id: str) -> str:
        """Return the lease whose readings may be shown to staff; empty when none may."""
        sent = self._sent.get(node_id)
        return sent.lease.lease_id if sent is not None and sent.is_open and not sent.is_trial else ""

    def newest(self, node_id: str) -> Sent | None:
        """Return the newest lease of a node; None before the first since this console started."""
        return self._sent.get(node_id)

    def step(self) -> None:
        """Do what is due: renew, open, close, repeat; called several times a second."""
        sheet = self._roll.sheet()
        self.rollback.step()
        self._book.retry_ends()
        for node_id in self._book.nodes() - sheet.nodes.keys():
            self._take_out(node_id)
        for node in sheet.nodes.values():
            self._renew(node, sheet, at_once=False)

    def renew(self, room_id: str) -> None:
        """Decide anew over a room's sensor and send it at once: after a word of the patient, or a change of room."""
        sheet = self._roll.sheet()
        for node in sheet.nodes.values():
            if node.room_id == room_id:
                self._renew(node, sheet, at_once=True)

    def announced(self, node_id: str) -> None:
        """Answer a node that says which boot it is."""
        sheet = self._roll.sheet()
        node = sheet.nodes.get(node_id)
        if node is not None:
            self._renew(node, sheet, at_once=True)

    def keep_shut(self, room_id: str) -> None:
        """Open nothing in a room, at start, before the word for it is written down; until `release`."""
        self._halted.add(room_id)

    def halt(self, room_id: str) -> None:
        """Close a room's sensor although the word for it cannot be written down; until `release`."""
        self._halted.add(room_id)
        self.renew(room_id)

    def release(self, room_id: str) -> None:
        """Let a room's sensor follow the written consent again."""
        self._halted.discard(room_id)

    def heard(self, state: LiveState) -> None:
        """Take a live message: it may confirm that the sensor is closed."""
        self.rollback.heard(state)
        if state.sensor.state is not SensorState.CLOSED:
            return
        with self._lock:
            sent = self._sent.get(state.node_id)
            if sent is None or sent.is_open or sent.confirmed_at is not None:
                return
            if state.sensor.lease_serial >= sent.lease.serial:
                self._sent[state.node_id] = replace(sent, confirmed_at=self._office.now())

    def _renew(self, node: NodeRow, sheet: Sheet, *, at_once: bool) -> None:
        boot = self._live.of(node.node_id).boot
        if boot is None:
            return
        began = self._office.spans.moment()
        with self._lock:
            verdict = self.verdict(node, sheet)
            if verdict.is_open and self.rollback.waits_for(node.node_id):
                return
            sent, now_s = self._sent.get(node.node_id), self._office.clock.elapsed_s()
            fresh = sent is None or sent.lease.boot_id != boot.boot_id or _says_otherwise(sent, verdict)
            if fresh or at_once or self._is_due(sent, now_s):
                sent = self._issue(node, verdict, boot.boot_id, now_s)
            elif sent is not None and self._is_to_repeat(sent, now_s):
                sent = replace(sent, sent_s=now_s)
            else:
                return
            if sent is None:
                return
            self._sent[node.node_id] = sent
            with self._office.spans.during(Step.LEASE, began):
                self._send(sent.lease)
            if not sent.is_open:
                # Written down after it was sent: no disk stands between a "no" and the sensor.
                self._book.closed(node.node_id)

    def _is_due(self, sent: Sent | None, now_s: float) -> bool:
        if sent is None:
            return True
        if sent.is_open:
            return now_s - sent.issued_s >= self._office.policy.number("C1", "renew_every_s")
        return sent.confirmed_at is None and now_s - sent.issued_s >= _REPEAT_AS_IT_IS_S

    def _is_to_repeat(self, sent: Sent, now_s: float) -> bool:
        waiting = not sent.is_open and sent.confirmed_at is None
        return waiting and now_s - sent.sent_s >= self._office.policy.number("C5", "repeat_every_s")

    def _issue(self, node: NodeRow, verdict: LeaseVerdict, boot_id: str, now_s: float) -> Sent | None:
        lease_id = self._opened(node, verdict) if verdict.is_open else self._closing(node.node_id)
        serial = self._serials.following(node.node_id)
        if lease_id is None or (serial is None and verdict.is_open):
            _log.error("lease_not_sent", node=node.node_id, reason="it could not be written down first")
            return None
        if serial is None:
            serial = self._serials.unwritten(node.node_id)
        lease = self._sign(node, verdict, lease_id, serial, boot_id)
        return Sent(lease, now_s, now_s, is_trial=verdict.is_trial)

    def _sign(self, node: NodeRow, verdict: LeaseVerdict, lease_id: str, serial: int, boot_id: str) -> ConsentLease:
        office = self._office
        unsigned = ConsentLease(
            node_id=node.node_id,
            lease_id=lease_id,
            lease_kind=verdict.kind,
            sensor=node.kind,
            serial=serial,
            boot_id=boot_id,
            state=verdict.state,
            purposes=verdict.purposes,
            context=office.context,
            opens_at=verdict.window.opens_at,
            closes_at=verdict.window.closes_at,
            offline_until=verdict.offline_until,
            issued_at=office.now(),
            lifetime_s=office.policy.number("C1", "lease_lifetime_s"),
            lamp=verdict.lamp,
            policy_version=office.policy.version,
            signature=UNSIGNED,
        )
        return office.store.keys.sign(unsigned)

    def _opened(self, node: NodeRow, verdict: LeaseVerdict) -> str | None:
        person = self._roll.sheet().people.get(node.room_id)
        if person is None:
            return self._book.opened(node, verdict, None, None)
        # No consent stands behind a trial (rule S4); by that its lease is known for ever.
        consent_id = None if verdict.is_trial else self._roll.standing_of(person).consent_id
        return self._book.opened(node, verdict, person.stay.stay_id, consent_id)

    def _closing(self, node_id: str) -> str:
        """Return the id of the lease that is being closed, or of the one that was; a new one when there was none."""
        sent = self._sent.get(node_id)
        return self._book.standing(node_id) or (sent.lease.lease_id if sent else secrets.token_hex(16))

    def _take_out(self, node_id: str) -> None:
        """Close the sensor of a node that belongs to no room any more."""
        self._book.closed(node_id)
        sent = self._sent.pop(node_id, None)
        if sent is None or not sent.is_open:
            return
        serial = self._serials.following(node_id) or self._serials.unwritten(node_id)
        closing = {"state": LeaseState.CLOSED, "purposes": (), "offline_until": None, "lamp": Lamp.OFF}
        unsigned = sent.lease.model_copy(update={**closing, "serial": serial, "issued_at": self._office.now()})
        self._send(self._office.store.keys.sign(unsigned))

    def _taken(self, node_id: str) -> int:
        state = self._live.of(node_id).state
        taken = state.sensor.lease_serial if state is not None else 0
        return taken if taken < _MOST_TAKEN else 0


def _says_otherwise(sent: Sent, verdict: LeaseVerdict) -> bool:
    """Return whether a lease that was sent no longer says what the rules say."""
    lease = sent.lease
    if lease.state is not verdict.state or lease.lamp != verdict.lamp:
        return True
    if not sent.is_open:
        return False
    told = (lease.purposes, lease.opens_at, lease.closes_at, lease.offline_until)
    return told != (verdict.purposes, verdict.window.opens_at, verdict.window.closes_at, verdict.offline_until)
