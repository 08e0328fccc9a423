"""The short permission to sense an empty room while it is set up: an engineer asks, a second person confirms (N3)."""

import threading
from dataclasses import dataclass
from datetime import datetime

from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.leasing import Commissioning
from console.rules.decision import Decision, Obligation
from console.showing.views import Words
from console.staying.roll import Roll
from console.store.database import Tx


@dataclass(frozen=True, slots=True)
class _Asked:
    actor_id: str
    at: datetime


class Commissions:
    """Which empty rooms are being set up; kept in memory alone, so that a restart ends them."""

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office = office
        self._roll = roll
        self._lock = threading.Lock()
        self._asked: dict[str, _Asked] = {}
        self._running: dict[str, Commissioning] = {}

    def of(self, room_id: str) -> Commissioning | None:
        """Return a room's permission; None when there is none or its time is over."""
        found = self._running.get(room_id)
        if found is not None and (found.ends <= self._office.now() or room_id in self._roll.sheet().people):
            # A stay voids it for ever: it does not come back when the stay ends.
            self._running.pop(room_id, None)
            return None
        return found

    def ask(self, actor: Actor, room_id: str) -> Decision:
        """Ask for it: the first of two steps."""

        def work(tx: Tx) -> Done:
            policy, asked = self._office.policy, _Asked(actor.actor_id, self._office.now())
            if not self._is_empty(room_id):
                return Done(policy.deny("N3", reason=Words("Only an empty room with a sensor.")), room=room_id)
            tx.on_commit(lambda: self._ask(room_id, asked))
            words = Words("Now a second person confirms it, standing in the room.")
            decision = policy.allow("N3", reason=words, obligations=(Obligation.SECOND_PERSON,))
            return Done(decision, f"room:{room_id}", room_id)

        return self._office.run(actor, Permission.COMMISSION, "desk:commissioning:asked", work, room=room_id)

    def confirm(self, actor: Actor, room_id: str) -> Decision:
        """Confirm it from inside the room: the second step, by another person."""

        def work(tx: Tx) -> Done:
            policy, now = self._office.policy, self._office.now()
            longest = policy.duration("N3", "commissioning_max_s")
            with self._lock:
                asked = self._asked.get(room_id)
                in_time = asked is not None and now - asked.at <= longest
                if asked is None or not in_time or not self._is_empty(room_id):
                    return Done(policy.deny("N3", reason=Words("Nobody has asked for this room.")), room=room_id)
                if asked.actor_id == actor.actor_id:
                    return Done(policy.deny("N3", reason=Words("Another person confirms it, in the room.")),
                                room=room_id)  # fmt: skip
            tx.on_commit(lambda: self._begin(room_id, Commissioning(now, now + longest)))
            return Done(policy.allow("N3", reason=Words("The lamp blinks for 15 minutes.")), f"room:{room_id}", room_id)

        return self._office.run(actor, Permission.NODE_CONFIRM, "desk:commissioning:confirmed", work, room=room_id)

    def _ask(self, room_id: str, asked: _Asked) -> None:
        with self._lock:
            self._asked[room_id] = asked

    def _begin(self, room_id: str, commissioning: Commissioning) -> None:
        """Let it run once its entry is durable: a sensor never opens on a confirmation that nobody can read."""
        with self._lock:
            self._asked.pop(room_id, None)
            self._running[room_id] = commissioning

    def _is_empty(self, room_id: str) -> bool:
        sheet = self._roll.sheet()
        return bool(sheet.nodes_in(room_id)) and room_id not in sheet.people
