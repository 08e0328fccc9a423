"""What those who audit review: looks that stand out, emergency sights, sensitive stays (rules X2, X7, X8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.decision import Decision
from console.rules.looking.reviewing import Escalation, Reviewed, ReviewKind, ReviewOutcome, may_review, rule_of
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.store import looking
from console.store.database import Tx
from console.store.looking import ReviewRow

_SHOWN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One thing to review: staff by name, the patient by pseudonym and room (rule X5).

    Attributes:
        review_id: random.
        kind: why.
        rule_id: which rule asks for it.
        name: of who looked, as on the badge.
        role: theirs.
        room_id: the room.
        stay_id: pseudonym of the stay.
        count: looks, or days for the slow pattern.
        reason: of an emergency sight; empty otherwise.
        begins_at: the first look.
        raised_at: when this was raised.
        due_at: until when it is reviewed.
        is_late: nobody has reviewed it in time.
        escalated: who was told so.
        contact_told_at: when the patient's chosen contact was told; None until then.
        outcome: what came of it; None while it waits.
        is_own: the reader looked themselves, and cannot review it.
    """

    review_id: str
    kind: ReviewKind
    rule_id: str
    name: str
    role: Role
    room_id: str
    stay_id: str
    count: int
    reason: str
    begins_at: datetime
    raised_at: datetime
    due_at: datetime
    is_late: bool
    escalated: Escalation
    contact_told_at: datetime | None
    outcome: ReviewOutcome | None
    is_own: bool


class Reviews:
    """The governance lead's list."""

    def __init__(self, office: Office, shifts: Shifts) -> None:
        self._office = office
        self._shifts = shifts

    def waiting(self, actor: Actor) -> tuple[ReviewView, ...] | Decision:
        """Return what waits and what was reviewed lately, newest first; the look is an entry of its own (T27)."""
        found: list[ReviewView] = []

        def work(tx: Tx) -> Done:
            rows = looking.reviews_since(tx, self._office.now() - _SHOWN)
            found.extend(self._view(row, actor) for row in rows)
            return Done(self._office.policy.allow("X2", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.LOOK_REVIEW, "governance:reviews:viewed", work)
        return tuple(found) if decision else decision

    def close(self, actor: Actor, review_id: str, outcome: str) -> Decision:
        """Say what came of a review; nobody reviews their own looks."""

        def work(tx: Tx) -> Done:
            row = looking.review(tx, review_id)
            told = Reviewed(row.actor_id, row.reviewed_at is not None) if row else None
            decision = may_review(told, actor.actor_id, outcome, self._office.policy)
            if not decision or row is None:
                return Done(decision)
            looking.close_review(tx, review_id, ReviewOutcome(outcome), actor.actor_id, self._office.now())
            return Done(decision, f"review:{review_id}", row.room_id, outcome)

        return self._office.run(actor, Permission.LOOK_REVIEW, "governance:review:closed", work)

    def tell_contact(self, actor: Actor, review_id: str) -> Decision:
        """Say that the patient's chosen contact was told of a look at their sensitive stay (rule X8)."""

        def work(tx: Tx) -> Done:
            policy, row = self._office.policy, looking.review(tx, review_id)
            is_new = row is not None and row.kind is ReviewKind.SENSITIVE
            if row is None or not is_new or not looking.tell_contact(tx, review_id, self._office.now()):
                return Done(policy.deny("X8", reason=Words("That review is not there, or is done.")))
            words = Words("Written down: their chosen contact was told.")
            return Done(policy.allow("X8", reason=words), f"review:{review_id}", row.room_id)

        return self._office.run(actor, Permission.LOOK_REVIEW, "governance:contact:told", work)

    def _view(self, row: ReviewRow, reader: Actor) -> ReviewView:
        known = self._shifts.account(row.actor_id)
        return ReviewView(
            row.review_id,
            row.kind,
            rule_of(row.kind),
            known.display_name if known else "?",
            Role(row.role),
            row.room_id,
            row.stay_id,
            row.count,
            row.reason,
            row.begins_at,
            row.raised_at,
            row.due_at,
            row.reviewed_at is None and self._office.now() > row.due_at,
            row.escalated,
            row.contact_told_at,
            row.outcome,
            row.actor_id == reader.actor_id,
        )
