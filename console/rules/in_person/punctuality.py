"""Whether those who said no are checked as punctually as the others, and what the nights cost them (O6, O8, O10)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import fmean, variance

from console.rules.in_person.levels import Level, longest_gap
from console.rules.policy import Policy

_ONE_SIDED_95 = 1.6448536269514722
"""The normal distribution's 95th percentile; each group has at least 100 checks, so that it stands for Student's t."""


@dataclass(frozen=True, slots=True)
class DoneCheck:
    """One planned check as it went.

    Attributes:
        stay_id: of whom.
        level: theirs.
        latest_at: when the longest gap ended.
        seen_at: when they were seen; None when nobody did before the next one.
        said_no: their sensor was off by their choice, or they were never asked.
    """

    stay_id: str
    level: Level
    latest_at: datetime
    seen_at: datetime | None
    said_no: bool

    def late_by(self, now: datetime) -> timedelta:
        """Return by how much the longest gap was passed."""
        return max(timedelta(0), (self.seen_at or now) - self.latest_at)


@dataclass(frozen=True, slots=True)
class Compared:
    """One level's checks of those who said no beside the others'.

    Attributes:
        level: which.
        off: how many checks of those who said no.
        on: how many of the others.
        off_late: mean lateness of the first, as a share of the longest gap.
        on_late: of the others.
        is_enough: both are at least as many as the book asks for; otherwise nothing is concluded.
        is_worse: with 95 % confidence those who said no are checked later.
    """

    level: Level
    off: int
    on: int
    off_late: float
    on_late: float
    is_enough: bool
    is_worse: bool


def compared(checks: Iterable[DoneCheck], now: datetime, policy: Policy) -> tuple[Compared, ...]:
    """Compare the punctuality of those who said no with the others', within each level (rule O6).

    Args:
        checks: of the last 28 nights.
        now: UTC.
        policy: the rule book.

    Returns:
        One for each level that has any, the closest last.

    Source:
        Welch 1947, doi:10.1093/biomet/34.1-2.28, one-sided, with the normal quantile. Checks of one night are not
        independent, so the interval is narrower than it should be: it warns too early rather than too late.
    """
    found = list(checks)
    return tuple(
        _compare(level, [one for one in found if one.level is level], now, policy)
        for level in Level
        if any(one.level is level for one in found)
    )


def over_the_gap(checks: Iterable[DoneCheck], now: datetime) -> tuple[DoneCheck, ...]:
    """Return each check of somebody who said no that passed the longest gap, the longest first (rule O6)."""
    late = [one for one in checks if one.said_no and one.late_by(now) > timedelta(0)]
    return tuple(sorted(late, key=lambda one: one.late_by(now), reverse=True))


def wakings_per_night(wakings: int, person_nights: int) -> float | None:
    """Return how often a night's checks woke a person on average (rule O10); None without a night."""
    return wakings / person_nights if person_nights else None


def _compare(level: Level, checks: Sequence[DoneCheck], now: datetime, policy: Policy) -> Compared:
    gap = longest_gap(level, policy)
    off = [one.late_by(now) / gap for one in checks if one.said_no]
    on = [one.late_by(now) / gap for one in checks if not one.said_no]
    is_enough = min(len(off), len(on)) >= policy.number("O6", "at_least_checks")
    off_late, on_late = (fmean(group) if group else 0.0 for group in (off, on))
    is_worse = False
    if is_enough:
        error = sqrt(variance(off) / len(off) + variance(on) / len(on))
        is_worse = off_late - on_late > _ONE_SIDED_95 * error
    return Compared(level, len(off), len(on), off_late, on_late, is_enough, is_worse)
