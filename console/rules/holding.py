"""A hold: what was noted around an incident is kept, for a stated room and time; it never starts sensing (I1, I4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.rules.policy import Policy


class HoldReason(StrEnum):
    """What starts a hold by itself."""

    COMPLAINT = "complaint"
    DEATH = "death"
    HOSPITAL = "hospital"
    RESTRAINT = "restraint"
    SECLUSION = "seclusion"
    TRANQUILLISED = "tranquillised"
    NEEDED_HELP = "needed_help"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class HoldTime:
    """What is held.

    Attributes:
        from_at: what is older is not held, UTC.
        until_at: what is newer is not held, UTC.
        review_by: when somebody looks whether it is still needed (rule I4).
    """

    from_at: datetime
    until_at: datetime
    review_by: datetime


def hold_around(at: datetime, policy: Policy) -> HoldTime:
    """Return what a hold covers that starts by itself.

    Args:
        at: of what happened, UTC.
        policy: the rule book.
    """
    return HoldTime(
        at - policy.duration("I1", "from_before_h"),
        at + policy.duration("I1", "until_after_h"),
        at + policy.duration("I4", "review_after_d"),
    )
