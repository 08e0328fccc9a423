"""What governance looks at afterwards: by when, who is told when nobody did, and who may say what came of it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

_SATURDAY = 5
_LAST_MINUTE = time(23, 59)


class ReviewKind(StrEnum):
    """Why somebody's looks are reviewed."""

    BURST = "burst"
    ABOVE_PEERS = "above_peers"
    UNEXPLAINED = "unexplained"
    SLOW = "slow"
    BREAK_GLASS = "break_glass"
    SENSITIVE = "sensitive"


class ReviewOutcome(StrEnum):
    """What came of a review."""

    EXPLAINED = "explained"
    TALKED = "talked"
    INCIDENT = "incident"


class Escalation(IntEnum):
    """Who was told that nobody has reviewed an emergency sight."""

    NOBODY = 0
    CALDICOTT_GUARDIAN = 1
    EXECUTIVE = 2


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Whose looks a review is about.

    Attributes:
        actor_id: who looked.
        is_done: somebody has reviewed it.
    """

    actor_id: str
    is_done: bool


RULES = {ReviewKind.BREAK_GLASS: "X7", ReviewKind.SENSITIVE: "X8"}
"""The rule that asks for a review; X2 for all others."""


def rule_of(kind: ReviewKind) -> str:
    """Return the rule that asks for a review."""
    return RULES.get(kind, "X2")


def due_at(kind: ReviewKind, raised_at: datetime, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return until when a review is due, UTC-aware: the next day for a sensitive stay, else in working days."""
    if kind is ReviewKind.SENSITIVE:
        local = raised_at.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(local, _LAST_MINUTE, zone).astimezone(raised_at.tzinfo)
    days = policy.number("X7", "guardian_after_working_days")
    return end_of_working_day(raised_at, int(days), zone)


def end_of_working_day(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the end of the n-th working day after a moment, UTC-aware; bank holidays count, so it is never later."""
    day = at.astimezone(zone).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return datetime.combine(day, _LAST_MINUTE, zone).astimezone(at.tzinfo)


def escalation_of(raised_at: datetime, now: datetime, policy: Policy, zone: ZoneInfo) -> Escalation:
    """Return who must have been told of an unreviewed emergency sight by now; the account itself is left alone."""
    steps = ((Escalation.EXECUTIVE, "executive_after_working_days"),
             (Escalation.CALDICOTT_GUARDIAN, "guardian_after_working_days"))  # fmt: skip
    for step, name in steps:
        if now > end_of_working_day(raised_at, int(policy.number("X7", name)), zone):
            return step
    return Escalation.NOBODY


def may_review(review: Reviewed | None, reviewer_id: str, outcome: str, policy: Policy) -> Decision:
    """Decide whether somebody may say what came of a review; nobody reviews themselves (T27).

    Args:
        review: None when there is no such review.
        reviewer_id: who says so.
        outcome: a `ReviewOutcome`.
        policy: the rule book.
    """
    if review is None or review.is_done:
        return policy.deny("X2", reason=Words("That review is not there, or is done."))
    if review.actor_id == reviewer_id:
        return policy.deny("X2", reason=Words("Nobody reviews their own looks. Ask a colleague who audits."))
    if outcome not in set(ReviewOutcome):
        return policy.deny("X2", reason=Words("Choose what came of it."))
    return policy.allow("X2", reason=Words("Written down: reviewed."))
