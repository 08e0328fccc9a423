"""A hold: what was noted around an incident is kept, for a stated room and time; it never starts sensing (I1, I4)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.rules.consenting.history import EntryKind
from console.rules.consenting.person import AwayKind, Hold
from console.rules.policy import Policy


class HoldReason(StrEnum):
    """What starts a hold: most by themselves, the last six by somebody's hand."""

    COMPLAINT = "complaint"
    DEATH = "death"
    HOSPITAL = "hospital"
    RESTRAINT = "restraint"
    SECLUSION = "seclusion"
    TRANQUILLISED = "tranquillised"
    NEEDED_HELP = "needed_help"
    EMERGENCY = "emergency"
    UNANSWERED = "unanswered"
    MISSING = "missing"
    ASKED_BY_PATIENT = "asked_by_patient"
    ASKED_BY_FAMILY = "asked_by_family"
    ASKED_BY_ADVOCATE = "asked_by_advocate"
    ASKED_BY_STAFF = "asked_by_staff"
    SAFEGUARDING = "safeguarding"
    INQUIRY = "inquiry"


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


def cut_to_stay(time: HoldTime, from_at: datetime, to_at: datetime | None) -> HoldTime:
    """Return what of a hold falls into a stay: what was noted in the room before or after is somebody else's.

    Args:
        time: what would be held.
        from_at: when the stay began, UTC.
        to_at: when it ended, UTC; None while it lasts.
    """
    ends = time.until_at if to_at is None else min(time.until_at, to_at)
    return replace(time, from_at=min(max(time.from_at, from_at), ends), until_at=ends)


def hold_after(kind: EntryKind, details: Mapping[str, Any]) -> HoldReason | None:
    """Return what kind of hold starts by itself with an entry of a stay's history; None when none does."""
    if kind is EntryKind.AWAY:
        return _GONE.get(str(details.get("kind")))
    if kind is EntryKind.RESTRAINED:
        return HoldReason.SECLUSION if details.get("hold") == Hold.SECLUSION else HoldReason.RESTRAINT
    return _AFTER.get(kind)


_GONE = {AwayKind.HOSPITAL.value: HoldReason.HOSPITAL, AwayKind.MISSING.value: HoldReason.MISSING}
_AFTER = {EntryKind.DIED: HoldReason.DEATH, EntryKind.TRANQUILLISED: HoldReason.TRANQUILLISED}
