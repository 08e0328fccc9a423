"""When the patients' panel visits to listen: a high share of yes says as much about asking as a low one (rule G1)."""

from collections.abc import Sequence
from enum import StrEnum
from statistics import fmean

from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words

COMPARED_MONTHS = 3
"""Months before this one that it is held against."""


class VisitReason(StrEnum):
    """Why the panel visits."""

    HIGH = "high"
    LOW = "low"
    CHANGED = "changed"


def visit_reason(share_pct: float | None, before_pct: Sequence[float], policy: Policy) -> VisitReason | None:
    """Return why a month asks for a visit; None when it does not.

    Args:
        share_pct: [%] of all days of all people on which a yes was in force; None when nobody stayed.
        before_pct: the same of the months before, oldest first; the last three count.
        policy: the rule book.
    """
    if share_pct is None:
        return None
    if share_pct >= policy.number("G1", "visit_from_pct"):
        return VisitReason.HIGH
    if share_pct <= policy.number("G1", "visit_to_pct"):
        return VisitReason.LOW
    compared = list(before_pct)[-COMPARED_MONTHS:]
    if compared and abs(share_pct - fmean(compared)) >= policy.number("G1", "visit_change_points"):
        return VisitReason.CHANGED
    return None


def may_note_visit(heard: int, *, is_asked_for: bool, policy: Policy) -> Decision:
    """Decide whether a visit of the panel can be written down.

    Args:
        heard: how many people they talked with.
        is_asked_for: the month asks for a visit, or the panel wished one.
        policy: the rule book.
    """
    if not is_asked_for or heard < 0:
        return policy.deny(
            "G1", reason=Words("Say for which month the panel came, and with how many people it talked.")
        )
    return policy.allow("G1", reason=Words("Written down: the panel came and listened."))
