"""What is known around one look, and what follows it: sights, second people, and who is shut out (rules X7, X8)."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from console.office import Office
from console.roles import Actor, Role
from console.rules.access import LOOKS, Request
from console.rules.looking.reviewing import ReviewKind, due_at
from console.staying.roll import Person
from console.store import closeness, looking
from console.store.database import Tx
from console.store.looking import ReviewRow


@dataclass(frozen=True, slots=True)
class Around:
    """Where a look happens.

    Attributes:
        office: rules and clock.
        person: who stays in the room; None for an empty room.
    """

    office: Office
    person: Person | None

    def complete(self, tx: Tx, request: Request, actor: Actor) -> Request:
        """Return the request with what this transaction knows of the person; a patient's own page needs none of it."""
        if self.person is None or request.permission not in LOOKS or actor.role is Role.PATIENT:
            return request
        stay, now = self.person.stay, self.office.now()
        since = now - self.office.policy.duration("X8", "agreement_min")
        return replace(
            request,
            has_sight=looking.sight_stands(tx, actor.actor_id, stay.stay_id, now),
            needs_second=stay.stay_id in closeness.marked(tx),
            has_second=closeness.is_agreed(tx, stay.stay_id, actor.actor_id, since),
            is_shut_out=closeness.is_closed_to(tx, stay.patient_id, actor.actor_id),
        )

    def follow(self, tx: Tx, request: Request, actor: Actor) -> None:
        """Ask for the next day's review of a look at a sensitive stay (rule X8)."""
        if self.person is not None and request.needs_second:
            add_review(tx, self.office, ReviewKind.SENSITIVE, actor, self.person)


def add_review(
    tx: Tx,
    office: Office,
    kind: ReviewKind,
    actor: Actor,
    person: Person,
    *,
    count: int = 1,
    begins_at: datetime | None = None,
    reason: str = "",
) -> str:
    """Ask governance to review somebody's looks at a person; return the review's id."""
    now, stay = office.now(), person.stay
    row = ReviewRow(
        secrets.token_hex(16),
        kind,
        actor.actor_id,
        actor.role.value,
        stay.room_id,
        stay.stay_id,
        count,
        reason,
        begins_at or now,
        now,
        due_at(kind, now, office.policy, office.zone),
    )
    looking.add_review(tx, row)
    return row.review_id
