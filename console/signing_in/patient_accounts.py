"""A patient's own sign-in: one at a time, made in person; a new one needs two people, and says so on their page (X6).

Whoever makes a link could use it. So a sign-in that was made after a stop undoes nothing until a second person, who did
not make it, has confirmed that the patient has it.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from console.errors import NameTaken
from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.consenting.consent import ConsentEntry, last_stop
from console.rules.decision import Decision, Obligation
from console.showing.views import Words
from console.signing_in.identity import Identity, name_fault
from console.staying.roll import Person, Roll
from console.store import audit_rows, consents, people
from console.store.database import Tx
from console.store.people import StayRow

MADE, RESET, CONFIRMED = "desk:account:made", "desk:account:reset", "desk:account:confirmed"
_OVER = Words("That stay is over.")
_MOST_ENTRIES = 50
_Prepare = Callable[[Tx, StayRow], Words | None]
"""Readies the patient's accounts within the write; returns why not."""


@dataclass(frozen=True, slots=True)
class Invited:
    """A new account, or why there is none.

    Attributes:
        decision: the outcome.
        token: for the one-time link; empty when denied, and while a second person is waited for.
        actor: whose; None without a token.
    """

    decision: Decision
    token: str = field(default="", repr=False)
    actor: Actor | None = None


class PatientAccounts:
    """Makes, replaces and confirms the sign-ins of patients."""

    def __init__(self, office: Office, roll: Roll, identity: Identity) -> None:
        self._office = office
        self._roll = roll
        self._identity = identity
        self._lock = threading.Lock()
        self._asked: dict[str, tuple[str, datetime]] = {}

    def add(self, actor: Actor, stay_id: str, username: str) -> Invited:
        """Make a patient's first sign-in."""

        def refuse(tx: Tx, stay: StayRow) -> Words | None:
            if people.accounts_of(tx, stay.patient_id):
                return Words("They have a sign-in already. A new one ends it and needs a second person.")
            return None

        return self._make(actor, stay_id, username, MADE, refuse)

    def reset(self, actor: Actor, stay_id: str, username: str, *, patient_present: bool = False) -> Invited:
        """Put a new sign-in in place of the old one, which ends at once.

        Args:
            actor: who does it.
            stay_id: whose.
            username: another sign-in name.
            patient_present: the patient sits with them and asks for it, which is written down; otherwise this is the
                first of two steps, and the same from another person within a quarter of an hour is the second.
        """
        if not patient_present and not self._is_second(actor, stay_id):
            return Invited(self._ask(actor, stay_id))

        def end_old(tx: Tx, stay: StayRow) -> Words | None:
            for account_id in people.accounts_of(tx, stay.patient_id):
                self._identity.set_active(tx, account_id, is_active=False)
            tx.on_commit(lambda: self._forget(stay_id))
            return None

        reason = "patient_present" if patient_present else "second_person"
        return self._make(actor, stay_id, username, RESET, end_old, reason)

    def confirm(self, actor: Actor, stay_id: str) -> Decision:
        """Confirm that the patient has their sign-in: another person than the one who made it."""

        def work(tx: Tx) -> Done:
            policy, stay = self._office.policy, people.open_stay_of(tx, stay_id)
            found = people.accounts_of(tx, stay.patient_id) if stay else ()
            link = people.newest_link(tx, found[0]) if found else None
            if stay is None or link is None:
                return Done(policy.deny("X6", reason=Words("They have no sign-in that waits for this.")))
            if link.issued_by == actor.actor_id:
                return Done(policy.deny("X6", reason=Words("Another person confirms it, with the patient.")))
            decision = policy.allow("X6", reason=Words("Written down: the patient has this sign-in."))
            return Done(decision, f"account:{found[0]}", stay.room_id)

        return self._office.run(actor, Permission.STAY_CHANGE, CONFIRMED, work)

    def _make(
        self, actor: Actor, stay_id: str, username: str, action: str, prepare: _Prepare, reason: str = ""
    ) -> Invited:
        invited: list[Invited] = []

        def work(tx: Tx) -> Done:
            stay = people.open_stay_of(tx, stay_id)
            fault = name_fault(username, username) or (_OVER if stay is None else prepare(tx, stay))
            if stay is None or fault is not None:
                return Done(self._office.policy.deny("X6", reason=fault or _OVER))
            made = self._identity.invite(
                tx, actor, username, username, Role.PATIENT, room_id=stay.room_id, patient_id=stay.patient_id
            )
            words = Words("The account is made. Hand over the link in person.")
            decision = self._office.policy.allow("X6", reason=words)
            invited.append(Invited(decision, made.token, made.actor))
            return Done(decision, f"account:{made.actor.actor_id}", stay.room_id, reason)

        try:
            decision = self._office.run(actor, Permission.STAY_CHANGE, action, work)
        except NameTaken:
            return Invited(self._office.policy.deny("X6", reason=Words("This sign-in name is taken.")))
        return invited[0] if decision else Invited(decision)

    def _is_second(self, actor: Actor, stay_id: str) -> bool:
        with self._lock:
            first, at = self._asked.get(stay_id, ("", None))
        longest = self._office.policy.duration("H5", "confirm_within_s")
        return at is not None and first != actor.actor_id and self._office.now() - at <= longest

    def _ask(self, actor: Actor, stay_id: str) -> Decision:
        def work(tx: Tx) -> Done:
            policy, stay = self._office.policy, people.open_stay_of(tx, stay_id)
            if stay is None:
                return Done(policy.deny("X6", reason=_OVER))
            asked = (actor.actor_id, self._office.now())
            tx.on_commit(lambda: self._remember(stay_id, asked))
            words = Words("Now a second person asks for the same, with the patient.")
            decision = policy.allow("X6", reason=words, obligations=(Obligation.SECOND_PERSON,))
            return Done(decision, f"patient:{stay.patient_id}", stay.room_id)

        return self._office.run(actor, Permission.STAY_CHANGE, "desk:account:reset_asked", work)

    def _remember(self, stay_id: str, asked: tuple[str, datetime]) -> None:
        with self._lock:
            self._asked[stay_id] = asked

    def _forget(self, stay_id: str) -> None:
        with self._lock:
            self._asked.pop(stay_id, None)


def vouched_for(office: Office, actor: Actor) -> Callable[[Tx, Person], Decision | None]:
    """Return what refuses a patient's act from a sign-in made after a stop, for which one person alone vouches."""

    def vouch(tx: Tx, person: Person) -> Decision | None:
        entries = consents.entries_of(tx, [person.stay.stay_id])[person.stay.stay_id]
        if actor.role is not Role.PATIENT or not waits_for_second(tx, actor, entries):
            return None
        words = Words("This sign-in was made after the stop. First a second member of staff confirms that it is yours.")
        return office.policy.deny("X6", reason=words, obligations=(Obligation.SECOND_PERSON,))

    return vouch


def waits_for_second(tx: Tx, actor: Actor, entries: Iterable[ConsentEntry]) -> bool:
    """Return whether a sign-in was made after the newest stop and nobody but its maker vouches for it."""
    stopped_at, link = last_stop(entries), people.newest_link(tx, actor.actor_id)
    if stopped_at is None or link is None or link.issued_at < stopped_at:
        return False
    rows = audit_rows.newest_rows(tx, limit=_MOST_ENTRIES, subject=f"account:{actor.actor_id}")
    return not any(row.action == CONFIRMED and row.outcome == "allowed" and row.at >= link.issued_at for row in rows)
