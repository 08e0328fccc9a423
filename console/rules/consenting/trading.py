"""Nothing is traded for a yes: what becomes easier just after one needs a reason of its own (rule C21)."""

from datetime import datetime
from enum import StrEnum

from console.rules.consenting.history import Standing
from console.rules.decision import Decision, Obligation
from console.rules.policy import Policy
from console.showing.views import Words


class ClinicalReason(StrEnum):
    """Why a level is lowered or a leave granted, apart from any sensor."""

    RISK_LOWER = "risk_lower"
    PLANNED_STEP = "planned_step"
    TEAM_REVIEW = "team_review"
    FAMILY_EVENT = "family_event"
    COURT_OR_TRIBUNAL = "court_or_tribunal"


def may_ease(standing: Standing, reason: str, now: datetime, policy: Policy) -> Decision:
    """Decide whether a lower level or a leave may be written down.

    Args:
        standing: of the person.
        reason: a `ClinicalReason`; empty when none was told.
        now: UTC.
        policy: the rule book.

    Returns:
        Allowed; within 24 h after a yes only with a reason, and then it goes into the monthly sample.
    """
    given_at = standing.given_at
    soon_after = given_at is not None and now < given_at + policy.duration("C21", "after_yes_h")
    if not soon_after:
        return policy.allow("C21", reason=Words("Written down."))
    if reason not in set(ClinicalReason):
        words = Words("They said yes less than a day ago. Write down the clinical reason: nothing is traded for a yes.")
        return policy.deny("C21", reason=words)
    words = Words("Written down, with its reason, for the monthly sample: nothing is traded for a yes.")
    return policy.allow("C21", reason=words, obligations=(Obligation.MONTHLY_SAMPLE,))
