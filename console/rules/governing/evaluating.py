"""Whether figures leave for an evaluation: a registered plan, whole figures, and how whole they are said (rule G10)."""

from dataclasses import dataclass
from datetime import datetime

from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words


@dataclass(frozen=True, slots=True)
class Wholeness:
    """How much of a stretch its figures hold.

    Attributes:
        days: ward days that are over.
        days_with: of them with figures.
        nights: patient-nights: people who stayed at the end of each of these days.
        nights_with: of them in the figures.
    """

    days: int
    days_with: int
    nights: int
    nights_with: int

    @property
    def share_pct(self) -> int:
        """Return the share of patient-nights in the figures, rounded down [%]; 0 where nobody stayed."""
        return 100 * self.nights_with // self.nights if self.nights else 0


def may_export(plan_at: datetime | None, whole: Wholeness, now: datetime, policy: Policy) -> Decision:
    """Decide whether an evaluation's figures leave, and say of how much they tell.

    Args:
        plan_at: when the record of the registered plan was last made; None when never.
        whole: how much of the stretch the figures hold.
        now: UTC.
        policy: the rule book.
    """
    paper = policy.rules["G10"].paper
    if plan_at is None or (paper is not None and now - plan_at > paper.due):
        words = Words("First the evaluation plan is registered. Write down under 'What is due' that it is.")
        return policy.deny("G10", reason=words)
    told = {"part": whole.nights_with, "whole": whole.nights, "share": whole.share_pct}
    if whole.share_pct < policy.number("G10", "least_complete_pct"):
        words = Words("Not exported: {part} of {whole} patient-nights have figures ({share} %).", told)
        return policy.deny("G10", reason=words)
    return policy.allow("G10", reason=Words("{part} of {whole} patient-nights have figures ({share} %).", told))
