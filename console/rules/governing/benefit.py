"""The quarter's question what good the sensors did; "stop" is one of its answers, and stops them (rule G4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from console.rules.consenting.lapsing import end_of_last_night
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words


class BenefitAnswer(StrEnum):
    """What a quarter's review comes to."""

    GO_ON = "go_on"
    CHANGE = "change"
    STOP = "stop"


class Measure(StrEnum):
    """What the review holds those with a sensor on against those without (rules G4, O10)."""

    WAKINGS = "wakings"
    SLEEP = "sleep"
    SAFETY = "safety"
    RESTRAINT = "restraint"
    ENGAGEMENT = "engagement"
    COMPLAINTS = "complaints"


class Change(StrEnum):
    """How a measure went."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class BenefitReview:
    """One review.

    Attributes:
        quarter: such as 2026-Q4.
        answer: what it came to.
        measures: how each measure went.
        at: when it was written down, UTC.
        by: pseudonym of who wrote it down.
    """

    quarter: str
    answer: BenefitAnswer
    measures: Mapping[str, str]
    at: datetime
    by: str


def quarter_of(day: date) -> str:
    """Return the quarter of a day, such as 2026-Q4."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def stopped_from(reviews: Sequence[BenefitReview], policy: Policy, zone: ZoneInfo) -> datetime | None:
    """Return from when the sensors are off by the newest review, UTC: never within a night; None unless it said stop.

    Args:
        reviews: in the order in which they were written down.
        policy: the rule book.
        zone: ward time.
    """
    if not reviews or reviews[-1].answer is not BenefitAnswer.STOP:
        return None
    return end_of_last_night(reviews[-1].at, policy, zone)


def may_review(
    answer: str, measures: Mapping[str, str], by: str, reviews: Sequence[BenefitReview], policy: Policy
) -> Decision:
    """Decide whether a review can be written down: every measure answered, and a stop ended by somebody else.

    Args:
        answer: a `BenefitAnswer`.
        measures: a `Change` for every `Measure`; `not_known` is an answer.
        by: pseudonym of who writes it down.
        reviews: those before, oldest first.
        policy: the rule book.
    """
    known = {one.value for one in Change}
    if set(measures) != {one.value for one in Measure} or not set(measures.values()) <= known:
        return policy.deny("G4", reason=Words("Say of each measure how it went. Not known is an answer."))
    if answer not in set(BenefitAnswer):
        return policy.deny("G4", reason=Words("Choose: go on, change, or stop."))
    if answer == BenefitAnswer.STOP:
        words = Words("Written down: stop. Every sensor is off from the end of this night, and each patient reads why.")
        return policy.allow("G4", reason=words)
    if reviews and reviews[-1].answer is BenefitAnswer.STOP and reviews[-1].by == by:
        return policy.deny("G4", reason=Words("You said stop. Somebody else who may says whether it begins again."))
    return policy.allow("G4", reason=Words("Written down. The next review is due in a quarter."))
