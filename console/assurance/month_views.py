"""What those outside the ward read each month, as plain facts: codes and pseudonyms (rules C21, E2, I1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.rules.consenting.groups import OwnQuestion
from console.rules.governing.equality import GroupCount, GroupQuestion
from console.showing.desk_views import HoldView


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One lower level or leave that followed a yes within a day.

    Attributes:
        index: its entry in the log.
        at: when it was written down.
        subject: pseudonym of the person.
        action: what was written down, as in the log.
        reason: code of its clinical reason.
    """

    index: int
    at: datetime
    subject: str
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class MonthView:
    """The page.

    Attributes:
        sample: of the last 31 days, newest first.
        looked_at: when somebody last wrote down that they had looked at it; None before the first time.
        groups: of everybody of the last year, by question.
        holds: what is held now.
        flags: what was flagged to governance in the last 31 days, newest first.
    """

    sample: tuple[SampleRow, ...]
    looked_at: datetime | None
    groups: Mapping[GroupQuestion | OwnQuestion, tuple[GroupCount, ...]]
    holds: tuple[HoldView, ...]
    flags: tuple[SampleRow, ...] = ()
