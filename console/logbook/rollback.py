"""Was this console set back to an older copy of itself? Then a "no" may be lost: nothing opens until two have looked.

A node remembers more than a console that was restored: a larger head of the audit log, another history of it, a serial
that this console never gave. One such node is enough to close every sensor of the ward, over restarts too. Two people
of different roles end it; after that every yes has to be said anew.
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog

from broker.messages import LiveState
from console.errors import StoreError
from console.office import Done, Office
from console.receiving.live import Heard, Live
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.consent import ConsentEntry, EntryKind
from console.rules.decision import Decision, Obligation
from console.showing.views import Words
from console.staying.roll import Roll
from console.store import accounts, consents, people, records
from console.store import rollback as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("rollback")
_FIRST_LOOK_S = 3.0
"""[s] from first hearing a node that has cosigned before: time in which it can contradict, before anything opens."""


class Evidence(StrEnum):
    """What a node remembers that this console does not."""

    OTHER_HISTORY = "other_history"
    LARGER_LOG = "larger_log"
    HIGHER_SERIAL = "higher_serial"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What is known of it.

    Attributes:
        evidence: what a node remembers; None while nothing is suspected.
        node_id: which node; empty when none.
        since: when it was seen; None while nothing is suspected.
        first: pseudonym of the first of the two people; empty until then.
        first_role: their role.
        accepted: by node, the size of the head that was contradicted when two people had looked: it counts no more.
    """

    evidence: Evidence | None = None
    node_id: str = ""
    since: datetime | None = None
    first: str = ""
    first_role: str = ""
    accepted: Mapping[str, int] = field(default_factory=dict)


class Rollback:
    """Watches for it, and keeps every sensor closed for as long as it is suspected."""

    def __init__(self, office: Office, roll: Roll, live: Live, given: Callable[[str], int]) -> None:
        """Take what is needed.

        Args:
            office: store, log, rules and clock.
            roll: which nodes there are.
            live: what the nodes say.
            given: the highest serial of a node that this console may have given.
        """
        self._office = office
        self._roll = roll
        self._live = live
        self._given = given
        self._lock = threading.Lock()
        self._state = _read(office.store.read(rows.told))
        self._is_kept = True
        self._first_heard_s: dict[str, float] = {}
        self._cosigned = frozenset(office.store.read(records.witness_sizes))

    def stands(self) -> bool:
        """Return whether no sensor of the ward may open, after a look at what the nodes remember."""
        if self._state.evidence is not None:
            return True
        for node_id in self._roll.sheet().nodes:
            evidence = self._evidence(node_id, self._live.of(node_id))
            if evidence is not None:
                self._suspect(evidence, node_id)
                return True
        return False

    def waits_for(self, node_id: str) -> bool:
        """Return whether a node that has cosigned before may still contradict: nothing is opened there until then."""
        if node_id not in self._cosigned:
            return False
        heard_s = self._first_heard_s.get(node_id)
        return heard_s is None or self._office.clock.elapsed_s() - heard_s < _FIRST_LOOK_S

    def heard(self, state: LiveState) -> None:
        """Take a live message: from the first one of a node its time to contradict runs."""
        self._first_heard_s.setdefault(state.node_id, self._office.clock.elapsed_s())

    def notice(self) -> Words | None:
        """Return the sentence for the board; None while nothing is suspected."""
        if self._state.evidence is None:
            return None
        return Words(
            "Every sensor is off: this console may be an older copy of itself. Ask each person again. "
            "Two people of different roles look at it and confirm."
        )

    def step(self) -> None:
        """Write down what is suspected, as soon as that can be done."""
        if self._is_kept or self._state.evidence is None:
            return
        state = self._state

        def write(tx: Tx) -> None:
            rows.keep(tx, _told(state))
            self._record(tx, state)

        try:
            self._office.store.write(write)
            self._is_kept = True
        except StoreError as error:
            _log.error("rollback_not_written", error=type(error).__name__)

    def clear(self, actor: Actor) -> Decision:
        """Say that somebody has looked: the second person, of another role, ends it and suspends every yes."""

        def work(tx: Tx) -> Done:
            policy, state = self._office.policy, self._state
            if state.evidence is None:
                return Done(policy.deny("X3", reason=Words("There is nothing to confirm.")))
            account = accounts.by_id(tx, actor.actor_id)
            if account is not None and state.since is not None and account.created_at >= state.since:
                # Otherwise one person could make the second one.
                return Done(policy.deny("X3", reason=Words("This sign-in is newer than what it would confirm.")))
            if not state.first:
                self._becomes(tx, replace(state, first=actor.actor_id, first_role=actor.role.value))
                words = Words("Now a second person of another role confirms it. Until then every sensor stays off.")
                return Done(policy.allow("X3", reason=words, obligations=(Obligation.SECOND_PERSON,)))
            if actor.actor_id == state.first or actor.role.value == state.first_role:
                return Done(policy.deny("X3", reason=Words("Another person of another role confirms it.")))
            self._suspend_everyone(tx, actor)
            self._becomes(tx, Suspicion(accepted={**state.accepted, **self._remembered()}))
            return Done(policy.allow("X3", reason=Words("Every sensor stays off until each person says yes anew.")))

        return self._office.run(actor, Permission.ROLLBACK_CLEAR, "audit:rollback:cleared", work)

    def _evidence(self, node_id: str, heard: Heard) -> Evidence | None:
        accepted = self._state.accepted.get(node_id)
        remembered = heard.witness_size or 0
        is_accepted = accepted is not None and remembered <= accepted
        if heard.has_conflict and not is_accepted:
            return Evidence.OTHER_HISTORY
        if remembered > self._office.audit.size and not is_accepted:
            return Evidence.LARGER_LOG
        if heard.state is not None and heard.state.sensor.lease_serial > self._given(node_id):
            return Evidence.HIGHER_SERIAL
        return None

    def _suspect(self, evidence: Evidence, node_id: str) -> None:
        with self._lock:
            if self._state.evidence is not None:
                return
            self._state = replace(self._state, evidence=evidence, node_id=node_id, since=self._office.now())
            self._is_kept = False
        _log.error("rollback_suspected", node=node_id, evidence=evidence.value)

    def _remembered(self) -> Mapping[str, int]:
        """Return what each contradicting node remembers, so that the same contradiction is not met twice."""
        found = {node_id: self._live.of(node_id) for node_id in self._roll.sheet().nodes}
        size = self._office.audit.size
        return {
            node_id: heard.witness_size or 0
            for node_id, heard in found.items()
            if heard.has_conflict or (heard.witness_size or 0) > size
        }

    def _suspend_everyone(self, tx: Tx, actor: Actor) -> None:
        now = self._office.now()
        for stay in people.open_stays(tx):
            entries = consents.entries_of(tx, [stay.stay_id])[stay.stay_id]
            consent_id = entries[-1].consent_id if entries else ""
            entry = ConsentEntry(
                secrets.token_hex(16), consent_id, stay.stay_id, now, EntryKind.SUSPENDED, {}, actor.actor_id
            )
            consents.add_entry(tx, entry, stay.patient_id)
        self._roll.changes_with(tx)

    def _becomes(self, tx: Tx, state: Suspicion) -> None:
        rows.keep(tx, _told(state))
        tx.on_commit(lambda: self._take(state))

    def _take(self, state: Suspicion) -> None:
        with self._lock:
            self._state, self._is_kept = state, True

    def _record(self, tx: Tx, state: Suspicion) -> None:
        decision = self._office.policy.deny("X3", reason=Words("Every sensor is off."))
        evidence = state.evidence.value if state.evidence else ""
        done = Done(decision, f"node:{state.node_id}", reason=evidence)
        self._office.record(tx, _SYSTEM, "audit:rollback:suspected", done)


def _told(state: Suspicion) -> Mapping[str, Any]:
    return {
        "evidence": state.evidence.value if state.evidence else "",
        "node": state.node_id,
        "since": state.since.isoformat() if state.since else "",
        "first": state.first,
        "first_role": state.first_role,
        "accepted": dict(state.accepted),
    }


def _read(told: Mapping[str, Any]) -> Suspicion:
    if not told:
        return Suspicion()
    return Suspicion(
        Evidence(told["evidence"]) if told["evidence"] else None,
        told["node"],
        datetime.fromisoformat(told["since"]) if told["since"] else None,
        told["first"],
        told["first_role"],
        told["accepted"],
    )
