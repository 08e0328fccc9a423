"""Check prompts: a clock that ran when a sensor stopped, or breathing that is not seen; closed by having been there."""

import secrets
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import partial

import structlog

from broker.messages import LiveState
from broker.vocabulary import SensedState
from console.alerting.lasting import Lasting
from console.errors import StoreError
from console.leasing.leases import Leases
from console.office import Done, Office
from console.receiving.live import Live
from console.receiving.speaking import says_now
from console.roles import Actor
from console.rules.access import Permission
from console.rules.alerting.prompts import (
    PromptKind,
    Raised,
    RoomClock,
    in_doubt,
    no_breathing,
    on_stop,
    running_clocks,
)
from console.rules.alerting.prompts import prompt_sentence as sentence
from console.rules.alerting.visits import NOT_SEEN, VisitOutcome
from console.rules.decision import Decision
from console.rules.in_person.observing import Mark
from console.rules.sensing.joining import join
from console.rules.sensing.readings import readings_in_force
from console.showing.views import Words
from console.staying.roll import Person, Roll, Sheet
from console.store import observations
from console.store import prompts as rows
from console.store.database import Tx
from console.store.observations import ObservationRow
from console.store.people import NodeRow
from console.store.prompts import PromptRow

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("prompts")
_RULES = {
    PromptKind.STOPPED_ON_CLOCK: "C5a",
    PromptKind.NO_BREATHING_SEEN: "K8",
    PromptKind.ASKED_FOR_HELP: "S1",
}


class Prompts:
    """Follows the clocks of every room and keeps the open prompts."""

    def __init__(self, office: Office, roll: Roll, live: Live, leases: Leases) -> None:
        self._office = office
        self._roll = roll
        self._live = live
        self._leases = leases
        self._lock = threading.RLock()
        self._clocks: Lasting[RoomClock] = Lasting()
        self._breathing_told: set[str] = set()
        self._unwritten: set[str] = set()
        self._open: dict[str, PromptRow] = {one.prompt_id: one for one in office.store.read(rows.open_prompts)}

    def open_in(self, room_id: str) -> PromptRow | None:
        """Return a room's oldest open prompt; None when there is none."""
        waiting = [one for one in list(self._open.values()) if one.room_id == room_id]
        return min(waiting, key=lambda one: one.raised_at, default=None)

    def asks_because_of_breathing(self, room_id: str) -> bool:
        """Return whether somebody is asked to look in now because no breathing is seen (rule K8)."""
        kind = PromptKind.NO_BREATHING_SEEN
        return any(one.room_id == room_id and one.kind == kind for one in list(self._open.values()))

    def words(self, prompt: PromptRow) -> Words:
        """Return a prompt's sentence."""
        room = self._roll.sheet().room(prompt.room_id)
        clock = prompt.values.get("clock")
        return sentence(
            PromptKind(prompt.kind),
            RoomClock(clock) if clock else None,
            float(prompt.values.get("lasted_s", 0.0)),
            room.title if room else prompt.room_id,
        )

    def heard(self, state: LiveState) -> None:
        """Follow a room by one live message, and call for a check when breathing is not seen (rule K8)."""
        sheet = self._roll.sheet()
        node = sheet.nodes.get(state.node_id)
        person = sheet.people.get(node.room_id) if node is not None else None
        if node is None or person is None or self._roll.standing_of(person).has_died:
            return
        with self._lock:
            lease_id = self._leases.lease_id_in_force(node.node_id)
            in_force = readings_in_force(state, lease_id) is not None
            since = self._live.of(node.node_id).no_movement_since
            before = self._clocks.of_node(node.room_id, node.node_id)
            purposes = self._leases.verdict(node).purposes
            policy = self._office.policy
            after = running_clocks(before, state, purposes, since, policy) if in_force else {}
            if in_force and self._contradicts(sheet, node):
                after = in_doubt(before, after, self._office.now())
            ended = self._clocks.put(node.room_id, node.node_id, after)
            if ended and not after and not in_force:
                self._raise_all(node.room_id, on_stop(ended, self._office.now()))
            if in_force:
                self._follow_breathing(sheet, node, state)

    def _contradicts(self, sheet: Sheet, node: NodeRow) -> bool:
        """Return whether the two sensors of a room do not agree now: nobody can tell (rule K8)."""
        nodes = sheet.nodes_in(node.room_id)
        said = [says_now(one, self._live, self._leases) for one in nodes] if len(nodes) > 1 else []
        speaking = [one for one in said if one is not None]
        return len(speaking) > 1 and bool(join(speaking, self._office.now(), self._office.policy).contradicted)

    def step(self) -> None:
        """Turn clocks into prompts where a node has gone silent or a lease has ended (rule C5a)."""
        sheet = self._roll.sheet()
        for node in sheet.nodes.values():
            person = sheet.people.get(node.room_id)
            if person is not None and self._roll.standing_of(person).has_died:
                # After a death every automatic message stops; the room stays as it is.
                person = None
            self._close_of_others(node.room_id, person)
            if person is None:
                self._forget(node.room_id)
                continue
            lost = self._live.loss(node.node_id, link_up=True) is not None
            if lost or not self._leases.verdict(node).is_open:
                with self._lock:
                    ended = self._clocks.drop(node.room_id, node.node_id)
                    self._raise_all(node.room_id, on_stop(ended, self._office.now()))

    def _close_of_others(self, room_id: str, person: Person | None) -> None:
        """End the prompts for somebody who has left the room: whoever comes next is not them."""
        since = person.stay.from_at if person is not None else None
        gone = [one for one in list(self._open.values()) if one.room_id == room_id]
        for prompt in gone:
            if since is None or prompt.raised_at < since:
                self._end(prompt)

    def _end(self, prompt: PromptRow) -> None:
        now = self._office.now()
        try:
            self._office.store.write(lambda tx: rows.attend(tx, prompt.prompt_id, _SYSTEM.actor_id, "stay_ended", now))
        except StoreError as error:
            _log.error("prompt_not_ended", error=type(error).__name__)
            return
        self._close(prompt.prompt_id)

    def within_stop(self, tx: Tx, room_id: str) -> int:
        """Raise prompts for the clocks of a room whose sensor is being stopped; return how many."""
        raised = on_stop(self._clocks.of(room_id), self._office.now())
        for one in raised:
            self._raise(tx, room_id, one)
        tx.on_commit(lambda: self._forget(room_id))
        return len(raised)

    def call(self, actor: Actor) -> Decision:
        """Bring a human: the patient says that they do not feel right; asked twice, one call stands."""
        room_id, office = actor.room_id or "", self._office
        person = self._roll.sheet().people.get(room_id)
        own = person is not None and person.stay.patient_id == actor.patient_id
        raised = Raised(PromptKind.ASKED_FOR_HELP, None, 0.0)

        def work(tx: Tx) -> Done:
            decision = office.policy.allow("S1", reason=Words("Somebody is asked to come to you now."))
            if self.called_since(room_id) is None:
                self._raise(tx, room_id, raised)
            return Done(decision, f"patient:{actor.patient_id}", room_id)

        try:
            return office.run(actor, Permission.HELP_CALL, "patient:help:called", work, room=room_id, is_own=own)
        except StoreError:
            if not own:
                raise
            # It cannot be written down now, and somebody is called all the same.
            self._raise_all(room_id, (raised,))
            return office.policy.allow("S1", reason=Words("Somebody is asked to come to you now."))

    def called_since(self, room_id: str) -> datetime | None:
        """Return since when somebody in a room waits for a human; None when nobody does."""
        waiting = [one for one in list(self._open.values()) if one.room_id == room_id]
        return min((one.raised_at for one in waiting if one.kind == PromptKind.ASKED_FOR_HELP), default=None)

    def attend(self, actor: Actor, prompt_id: str, outcome: VisitOutcome | str) -> Decision:
        """Write down what somebody found who went."""
        prompt = self._open.get(prompt_id)

        def work(tx: Tx) -> Done:
            policy, now = self._office.policy, self._office.now()
            if prompt is None or outcome not in set(VisitOutcome):
                return Done(policy.deny("K8", reason=Words("That has been attended already.")))
            subject, found = f"prompt:{prompt_id}", VisitOutcome(outcome)
            if found in NOT_SEEN:
                words = Words("It stays open until somebody sees them. Get help: override key, anti-barricade.")
                return Done(policy.allow("K8", reason=words), subject, prompt.room_id, found.value)
            if prompt_id in self._unwritten:
                rows.add(tx, prompt)
                tx.on_commit(lambda: self._unwritten.discard(prompt_id))
            if not rows.attend(tx, prompt_id, actor.actor_id, found.value, now):
                return Done(policy.deny("K8", reason=Words("That has been attended already.")), subject)
            self._observe(tx, actor, prompt.room_id, found)
            tx.on_commit(lambda: self._close(prompt_id))
            decision = policy.allow("K8", "H5", reason=Words("Thank you. Written down, place not proven."))
            return Done(decision, subject, prompt.room_id, found.value)

        return self._office.run(actor, Permission.PROMPT_ATTEND, "board:prompt:attended", work)

    def _observe(self, tx: Tx, actor: Actor, room_id: str, found: VisitOutcome) -> None:
        person = self._roll.sheet().people.get(room_id)
        if person is not None:
            now, stay_id = self._office.now(), person.stay.stay_id
            told = (secrets.token_hex(16), stay_id, room_id, actor.actor_id, now, now, now, found.value)
            observations.add(tx, ObservationRow(*told, marks=(Mark.PLACE_NOT_PROVEN.value,)))

    def _follow_breathing(self, sheet: Sheet, node: NodeRow, state: LiveState) -> None:
        """Call once for each stretch without breathing seen, by either sensor of a room, until it is attended."""
        readings = state.readings
        seen = readings is None or readings.breathing.value is not SensedState.NO_BREATHING_SEEN
        if seen:
            self._breathing_told.discard(node.node_id)
            return
        raised = no_breathing(state, self._office.now(), self._office.policy)
        if raised is None:
            return
        told = [one for one in sheet.nodes_in(node.room_id) if one.node_id in self._breathing_told]
        is_told = any(one.node_id == node.node_id or self._still_unseen(one) for one in told)
        self._breathing_told.add(node.node_id)
        if not is_told:
            self._raise_all(node.room_id, (raised,))

    def _still_unseen(self, node: NodeRow) -> bool:
        """Return whether a sensor says now that it sees no breathing; one that is silent or off does not."""
        said = says_now(node, self._live, self._leases)
        return said is not None and said.readings.breathing.value is SensedState.NO_BREATHING_SEEN

    def _raise_all(self, room_id: str, raised: tuple[Raised, ...]) -> None:
        for one in raised:
            try:
                self._office.store.write(partial(self._raise, room_id=room_id, raised=one))
            except StoreError as error:
                # The call goes out all the same; it cannot be written down now.
                _log.error("prompt_not_written", error=type(error).__name__)
                prompt = self._row(room_id, one)
                self._unwritten.add(prompt.prompt_id)
                self._keep(prompt)

    def _raise(self, tx: Tx, room_id: str, raised: Raised) -> None:
        prompt = self._row(room_id, raised)
        rows.add(tx, prompt)
        rule_id = _RULES[raised.kind]
        decision = self._office.policy.allow(rule_id, reason=Words("Look in now."))
        done = Done(decision, f"prompt:{prompt.prompt_id}", room_id, raised.kind.value)
        self._office.record(tx, _SYSTEM, "board:prompt:raised", done)
        tx.on_commit(lambda: self._keep(prompt))

    def _row(self, room_id: str, raised: Raised) -> PromptRow:
        values: Mapping[str, object] = {
            "clock": raised.clock.value if raised.clock else None,
            "lasted_s": round(raised.lasted_s),
        }
        return PromptRow(secrets.token_hex(16), room_id, raised.kind.value, values, self._office.now())

    def _keep(self, prompt: PromptRow) -> None:
        self._open[prompt.prompt_id] = prompt

    def _close(self, prompt_id: str) -> None:
        self._open.pop(prompt_id, None)

    def _forget(self, room_id: str) -> None:
        self._clocks.forget(room_id)
