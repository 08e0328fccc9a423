"""The one way to write down something about a stay: permit, decide, entry and audit line in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.consenting.stops import write_entry
from console.keeping.holds import start_hold
from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.afterwards.holding import hold_after
from console.rules.consenting.consent import SAID_AT, STOPS, EntryKind, Standing
from console.rules.decision import Decision
from console.rules.in_person.pressing import says_too_much
from console.rules.policy import made
from console.showing.views import Words
from console.staying.roll import Person, Roll
from console.store.database import Tx

Decide = Callable[[Person, Standing], Decision]
SAID_EARLIER = "said_earlier"
"""Marks an audit entry of something that was said before it was written down."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be written down.

    Attributes:
        kind: of the entry.
        permission: what the actor needs.
        decide: the rule.
        details: codes.
        said_at: when it was said, if that was earlier; kept, and deciding nothing.
        area: `consent` or `stay`, for the audit action.
        reason: a code for the audit entry; empty when none.
        vouch: refuses a sign-in that may not be the patient's; None where it does not matter.
        new_consent: the entry begins a consent of its own; the decision's detail is its id.
    """

    kind: EntryKind
    permission: Permission
    decide: Decide
    details: Mapping[str, Any] = field(default_factory=dict)
    said_at: datetime | None = None
    area: str = "consent"
    reason: str = ""
    vouch: Callable[[Tx, Person], Decision | None] = lambda _tx, _person: None
    new_consent: Callable[[], str] | None = None

    @property
    def kept(self) -> Mapping[str, Any]:
        """What goes into the entry."""
        return self.details if self.said_at is None else {**self.details, SAID_AT: self.said_at.isoformat()}


class StayHistory:
    """Adds entries to the history of a stay."""

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office = office
        self._roll = roll

    def add(self, actor: Actor, stay_id: str, note: Note, *, room: str = "", own: bool = False) -> Decision:
        """Decide, and add one entry when it is allowed; a denial goes into the log alone."""

        def work(tx: Tx) -> Done:
            person = self._roll.sheet().stay(stay_id)
            if person is None:
                return Done(self._office.policy.deny("C4", reason=Words("Nobody stays there now.")), room=room)
            standing = self._roll.standing_in(tx, person)
            if standing.has_died:
                return Done(self._office.policy.deny("C2", reason=Words("This room is closed.")), room=room)
            if self._presses_too_often(actor, person) and note.kind not in STOPS:
                words = Words("You have tried it often today. Try it again tomorrow.")
                return Done(self._office.policy.deny("C5", reason=words), room=room)
            refused = note.vouch(tx, person)
            decision = note.decide(person, standing) if refused is None else refused
            if decision:
                consent_id = note.new_consent() if note.new_consent else standing.consent_id
                write_entry(self._office, self._roll, tx, person, consent_id, note.kind, note.kept, actor)
                why = hold_after(note.kind, note.details)
                if why is not None:
                    start_hold(self._office, tx, person.stay, why)
                decision = made(decision, consent_id) if note.new_consent else decision
            said = note.reason or (SAID_EARLIER if note.said_at is not None else "")
            return Done(decision, f"patient:{person.stay.patient_id}", person.stay.room_id, said)

        action = f"{note.area}:record:{note.kind.value}"
        return self._office.run(actor, note.permission, action, work, room=room, is_own=own)

    def _presses_too_often(self, actor: Actor, person: Person) -> bool:
        """Return whether a patient's sign-in writes faster than a person does; staff are never kept from writing."""
        is_own = actor.role is Role.PATIENT
        return is_own and says_too_much(person.entries, actor.actor_id, self._office.now())
