"""Sensitive stays, second people, and members of staff whom a patient has shut out (rule X8)."""

import threading
from dataclasses import dataclass
from datetime import datetime

from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import AccessReason, Permission
from console.rules.decision import Decision
from console.rules.looking.sensitive import MarkKind, may_agree, may_mark, may_shut_out
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Person, Roll
from console.store import accounts, closeness
from console.store.closeness import Asked
from console.store.database import Tx


@dataclass(frozen=True, slots=True)
class Waiting:
    """A look that waits for a second person, as a screen shows it.

    Attributes:
        asked_id: random.
        room_title: of the room; nothing of the person.
        name: of who asks, as on the badge.
        asked_at: when.
        is_own: it is the reader's own asking.
    """

    asked_id: str
    room_title: str
    name: str
    asked_at: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class StaffChoice:
    """One member of staff, as a patient sees them.

    Attributes:
        actor_id: pseudonym.
        name: first name and initial, as on the badge.
        role: theirs.
        is_shut_out: they may not look.
    """

    actor_id: str
    name: str
    role: Role
    is_shut_out: bool


class Closeness:
    """Who stands too close to a patient to look, by the patient's own word or by the kind of their stay."""

    def __init__(self, office: Office, roll: Roll, shifts: Shifts) -> None:
        self._office = office
        self._roll = roll
        self._shifts = shifts
        self._lock = threading.Lock()
        self._asked: list[Asked] = office.store.read(lambda tx: closeness.asked_since(tx, self._since()))

    def mark(self, actor: Actor, stay_id: str, kind: str, *, transfer_offered: bool) -> Decision:
        """Make a stay sensitive."""

        def work(tx: Tx) -> Done:
            person = self._roll.sheet().stay(stay_id)
            if person is None:
                return Done(self._no(Words("That stay is over.")))
            decision = may_mark(kind, transfer_offered=transfer_offered, policy=self._office.policy)
            if decision:
                closeness.unmark(tx, stay_id, actor.actor_id, self._office.now())
                closeness.mark(tx, stay_id, MarkKind(kind), actor.actor_id, self._office.now())
                self._roll.changes_with(tx)
            return Done(decision, f"stay:{stay_id}", person.stay.room_id, kind if decision else "")

        return self._office.run(actor, Permission.STAY_MARK, "stay:sensitive:marked", work)

    def unmark(self, actor: Actor, stay_id: str) -> Decision:
        """End it; the person is asked first."""

        def work(tx: Tx) -> Done:
            if not closeness.unmark(tx, stay_id, actor.actor_id, self._office.now()):
                return Done(self._no(Words("That stay is not marked.")))
            self._roll.changes_with(tx)
            words = Words("The stay is as any other from now on.")
            return Done(self._office.policy.allow("X8", reason=words), f"stay:{stay_id}")

        return self._office.run(actor, Permission.STAY_MARK, "stay:sensitive:ended", work)

    def ask_second(self, actor: Actor, room_id: str) -> Decision:
        """Ask for a second person for a look at a sensitive stay."""

        def work(tx: Tx) -> Done:
            person = self._roll.sheet().people.get(room_id)
            if person is None or person.stay.stay_id not in closeness.marked(tx):
                return Done(self._no(Words("No second person is needed here.")))
            now, stay = self._office.now(), person.stay
            asked_id = closeness.ask(tx, stay.stay_id, room_id, actor.actor_id, now)
            tx.on_commit(lambda: self._remember(Asked(asked_id, stay.stay_id, room_id, actor.actor_id, now)))
            words = Words("Now a second person agrees, on a sign-in of their own. Then look within 10 minutes.")
            return Done(self._office.policy.allow("X8", reason=words), f"look:{asked_id}", room_id)

        return self._office.run(actor, Permission.LOOK_AGREE, "look:second:asked", work)

    def agree(self, actor: Actor, asked_id: str) -> Decision:
        """Be the second person of a look."""

        def work(tx: Tx) -> Done:
            asked = next((one for one in closeness.asked_since(tx, self._since()) if one.asked_id == asked_id), None)
            if asked is None:
                return Done(self._no(Words("Nobody waits for that any more. They ask again.")))
            person = self._roll.sheet().stay(asked.stay_id)
            is_out = person is not None and closeness.is_closed_to(tx, person.stay.patient_id, actor.actor_id)
            policy = self._office.policy
            decision = may_agree(asked.actor_id, actor.actor_id, is_shut_out=is_out, policy=policy)
            if decision:
                closeness.agree(tx, asked_id, actor.actor_id, self._office.now())
                tx.on_commit(lambda: self._forget(asked_id))
            return Done(decision, f"look:{asked_id}", asked.room_id)

        return self._office.run(actor, Permission.LOOK_AGREE, "look:second:agreed", work)

    def waiting(self, actor: Actor) -> tuple[Waiting, ...]:
        """Return the looks that wait for a second person: room and colleague, nothing of the person."""
        since, titles = self._since(), {room.room_id: room.title for room in self._roll.sheet().rooms}
        with self._lock:
            asked = [one for one in self._asked if one.asked_at >= since]
        return tuple(
            Waiting(
                one.asked_id,
                titles.get(one.room_id, one.room_id),
                self._name(one.actor_id),
                one.asked_at,
                one.actor_id == actor.actor_id,
            )
            for one in asked
        )

    def notices(self) -> tuple[Words, ...]:
        """Return the lines that ask the ward for a second person; nothing of the patient is in them."""
        return tuple(
            Words("{room}: {name} asks for a second person. Open Shift.", {"room": one.room_title, "name": one.name})
            for one in self.waiting(Actor.system("board"))
        )

    def shut_out(self, actor: Actor, actor_id: str, *, may_look: bool) -> Decision:
        """Let a patient say that a named member of staff may not look, or may again; no reason is asked."""
        person = self._own(actor)

        def work(tx: Tx) -> Done:
            policy, patient_id, now = self._office.policy, actor.patient_id or "", self._office.now()
            known = accounts.by_id(tx, actor_id)
            role = known.actor.role if known else None
            decision = may_shut_out(role, has_account=known is not None, policy=policy)
            if not decision:
                return Done(decision)
            closeness.open_to(tx, patient_id, actor_id, now)
            if may_look:
                words = Words("They may look at your details again, when their work needs it.")
                return Done(policy.allow("X8", reason=words), f"account:{actor_id}", actor.room_id or "")
            closeness.close_to(tx, patient_id, actor_id, now)
            return Done(decision, f"account:{actor_id}", actor.room_id or "")

        action = "patient:staff:let_in" if may_look else "patient:staff:shut_out"
        return self._office.run(actor, Permission.STAFF_SHUT_OUT, action, work, is_own=person is not None)

    def staff_for(self, actor: Actor) -> tuple[StaffChoice, ...]:
        """Return the staff whom a patient can shut out, by name as on the badge; empty for anybody else."""
        if self._own(actor) is None:
            return ()
        out = self._office.store.read(lambda tx: closeness.closed_to(tx, actor.patient_id or ""))
        found = [
            StaffChoice(one.actor_id, one.display_name, one.role, one.actor_id in out)
            for one in self._shifts.accounts()
            if one.role in _SEES_DETAILS
        ]
        return tuple(sorted(found, key=lambda one: one.name))

    def needs_second(self, room_id: str, reason: str) -> bool:
        """Return whether a refused look could go on with a second person."""
        person = self._roll.sheet().people.get(room_id)
        return person is not None and person.is_sensitive and reason in set(AccessReason)

    def _own(self, actor: Actor) -> Person | None:
        person = self._roll.sheet().people.get(actor.room_id or "")
        return person if person is not None and person.stay.patient_id == actor.patient_id else None

    def _since(self) -> datetime:
        return self._office.now() - self._office.policy.duration("X8", "agreement_min")

    def _name(self, actor_id: str) -> str:
        known = self._shifts.account(actor_id)
        return known.display_name if known is not None else "?"

    def _no(self, reason: Words) -> Decision:
        return self._office.policy.deny("X8", reason=reason)

    def _remember(self, asked: Asked) -> None:
        with self._lock:
            self._asked = [asked, *self._asked][:50]

    def _forget(self, asked_id: str) -> None:
        with self._lock:
            self._asked = [one for one in self._asked if one.asked_id != asked_id]


_SEES_DETAILS = frozenset({Role.NURSE, Role.NURSE_IN_CHARGE, Role.WARD_MANAGER, Role.MATRON, Role.SITE_COORDINATOR})
"""Roles that can ever look at somebody's details."""
