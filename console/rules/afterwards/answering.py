"""Until when the hospital owes an answer: working days for a complaint, a month for a copy (rules S5, S6)."""

from calendar import monthrange
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.rules.policy import Policy

_SATURDAY = 5
_MONTHS = 12
_LAST_MINUTE = time(23, 59)


def acknowledged_by(made_at: datetime, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return the end of the last working day on which a complaint must be acknowledged, UTC-aware.

    Bank holidays count as working days, so that no list of them is needed: the answer is owed sooner, never later.
    """
    day = made_at.astimezone(zone).date()
    left = int(policy.number("S6", "acknowledge_working_days"))
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return datetime.combine(day, _LAST_MINUTE, zone).astimezone(made_at.tzinfo)


def answered_by(asked_at: datetime, policy: Policy, zone: ZoneInfo) -> datetime:
    """Return the end of the day a month later, or of that month's last day when it is shorter, UTC-aware.

    Source:
        ICO, "How long do we have to comply?": the corresponding calendar date, or the last day of the month.
    """
    day = asked_at.astimezone(zone).date()
    months = day.month - 1 + int(policy.number("S5", "answer_within_months"))
    year, month = day.year + months // _MONTHS, months % _MONTHS + 1
    last = monthrange(year, month)[1]
    due = day.replace(year=year, month=month, day=min(day.day, last))
    return datetime.combine(due, _LAST_MINUTE, zone).astimezone(asked_at.tzinfo)
