"""Which days' figures are to be frozen by now, and when a month is whole and its audit is overdue (rules R1, G1)."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.rules.policy import Policy

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_DAY = timedelta(days=1)


def frozen_at(day: date, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return when a day's figures are frozen, UTC: at noon of the next day (rule R1)."""
    return datetime.combine(day + _DAY, policy.time_of_day("R1", "freeze_at"), zone).astimezone(UTC)


def days_to_freeze(first: date, newest: date | None, now: datetime, policy: Policy, zone: ZoneInfo) -> Iterator[date]:
    """Yield the days whose time has come, oldest first; none is left out because the console was down.

    Args:
        first: the first day of the ward.
        newest: the newest day that is frozen; None before the first.
        now: UTC.
        policy: the rule book.
        zone: ward time.
    """
    day = first if newest is None else newest + _DAY
    while frozen_at(day, policy, zone) <= now:
        yield day
        day += _DAY


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a ward day's first instant and the next day's, UTC."""
    begins, ends = (datetime.combine(one, time(0, 0), zone).astimezone(UTC) for one in (day, day + _DAY))
    return begins, ends


def days_of(month: str) -> tuple[date, ...]:
    """Return every day of a month.

    Raises:
        ValueError: it is not written as 2026-10.
    """
    told = _MONTH.fullmatch(month)
    if told is None:
        raise ValueError("a month is written as 2026-10")
    year, number = int(told[1]), int(told[2])
    return tuple(date(year, number, one) for one in range(1, monthrange(year, number)[1] + 1))


def month_of(day: date) -> str:
    """Return the month of a day, such as 2026-10."""
    return f"{day:%Y-%m}"


def is_overdue(month: str, now: datetime, policy: Policy, zone: ZoneInfo) -> bool:
    """Return whether an unsigned audit of a month is overdue: so many days after its last day was frozen (rule G1)."""
    return now > frozen_at(days_of(month)[-1], policy, zone) + policy.duration("G1", "sign_within_d")
