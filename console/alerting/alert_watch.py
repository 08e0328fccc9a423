"""Follows what lasts in each room, and raises an alert when it has lasted too long (rules A2, A14, A15, C5a)."""

import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from broker.messages import LiveState
from console.alerting.alert_book import AlertBook
from console.alerting.lasting import Lasting
from console.errors import StoreError
from console.leasing.leases import Leases
from console.office import Office
from console.receiving.live import Live
from console.rules.alerting.alerts import Alert, AlertKind, Concern, Step, StepKind
from console.rules.alerting.limits import Limit, watch_of
from console.rules.alerting.raising import Due, conditions_of, due_alert
from console.rules.hazards import priority_of
from console.rules.sensing.readings import readings_in_force
from console.staying.roll import Person, Roll
from console.store import alerts as rows
from console.store.people import NodeRow

_log = structlog.get_logger(__name__)
_HOUR = timedelta(hours=1)
_LIMITS_EVERY_S = 5.0


class AlertWatch:
    """Holds the conditions of every room against the limits of who stays there."""

    def __init__(
        self,
        office: Office,
        roll: Roll,
        live: Live,
        leases: Leases,
        book: AlertBook,
        told: Callable[[str, AlertKind, datetime], None],
        explained: Callable[[str], bool] = lambda _room: False,
        *,
        vital_signs: bool = False,
    ) -> None:
        """Take what is needed.

        Args:
            office: store, log, rules and clock.
            roll: who stays where.
            live: what the nodes say.
            leases: what may be said now.
            book: where alerts are raised.
            told: is told of every condition that lasts, with its room and its beginning.
            explained: whether staff in a room explain its second person (rule C17).
            vital_signs: whether breathing that is not seen may call somebody (rule A11).
        """
        self._office, self._roll, self._live, self._leases, self._book = office, roll, live, leases, book
        self._told, self._vital_signs, self._explained = told, vital_signs, explained
        self._lock = threading.RLock()
        self._conditions: Lasting[AlertKind] = Lasting()
        self._limits: dict[str, tuple[Limit, ...]] = {}
        self._limits_s = float("-inf")

    def heard(self, state: LiveState) -> None:
        """Follow a room by one live message; what either of its sensors sees is enough, and is one condition."""
        node = self._roll.sheet().nodes.get(state.node_id)
        if node is None or readings_in_force(state, self._leases.lease_id_in_force(node.node_id)) is None:
            return
        since = self._live.of(node.node_id).no_movement_since
        purposes = self._leases.verdict(node).purposes
        with self._lock:
            before = self._conditions.of_node(node.room_id, node.node_id)
            self._conditions.put(node.room_id, node.node_id, conditions_of(before, state, purposes, since))
        self._look_at(node)

    def step(self) -> None:
        """Raise what is due by time alone, forget the rooms that are not seen, and end what is of nobody any more."""
        sheet = self._roll.sheet()
        for node in sheet.nodes.values():
            lost = self._live.loss(node.node_id, link_up=True) is not None
            if lost or not self._leases.verdict(node).is_open:
                # What was running becomes a check prompt at that instant (rule C5a).
                with self._lock:
                    self._conditions.drop(node.room_id, node.node_id)
            else:
                self._look_at(node)
        for known in self._book.open():
            person = sheet.stay(known.alert.stay_id)
            if person is None or self._roll.standing_of(person).has_died:
                self._book.add(known.alert, Step(StepKind.ENDED, self._office.now()))

    def limits_of(self, stay_id: str) -> tuple[Limit, ...]:
        """Return the limits of one person that stand, oldest first; the last ones known when the disk fails."""
        now_s = self._office.clock.elapsed_s()
        if now_s - self._limits_s >= _LIMITS_EVERY_S:
            self.read_limits()
        now = self._office.now()
        return tuple(one for one in self._limits.get(stay_id, ()) if one.expires_at > now)

    def read_limits(self) -> None:
        """Read the limits anew."""
        now = self._office.now()
        try:
            self._limits = self._office.store.read(lambda tx: rows.limits(tx, now))
        except StoreError as error:
            _log.error("limits_not_read", error=type(error).__name__)
        self._limits_s = self._office.clock.elapsed_s()

    def _look_at(self, node: NodeRow) -> None:
        person = self._roll.sheet().people.get(node.room_id)
        if person is None or self._roll.standing_of(person).has_died:
            return
        with self._lock:
            for kind, began_at in self._conditions.of(node.room_id).items():
                if kind is AlertKind.SECOND_PERSON and self._explained(node.room_id):
                    continue
                self._told(node.room_id, kind, began_at)
                due = self._due(person, kind, began_at)
                if due is not None:
                    self._book.raise_now(self._alert(person, due))

    def _due(self, person: Person, kind: AlertKind, began_at: datetime) -> Due | None:
        policy, now = self._office.policy, self._office.now()
        watch = watch_of(kind, self.limits_of(person.stay.stay_id), now, policy, self._vital_signs)
        if watch is None:
            return None
        earlier = [(one.alert, one.progress) for one in self._book.of_stay(person.stay.stay_id, now - _HOUR)]
        return due_alert(kind, began_at, watch, earlier, now, policy)

    def _alert(self, person: Person, due: Due) -> Alert:
        return Alert(
            secrets.token_hex(16),
            person.stay.room_id,
            person.stay.stay_id,
            due.kind,
            priority_of(due.kind),
            due.watch.concern,
            due.watch.voice_answer or (due.kind is AlertKind.ENSUITE and due.watch.concern is Concern.ORDINARY),
            due.began_at,
            self._office.now(),
            due.again,
            due.start,
        )
