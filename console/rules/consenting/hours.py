"""Granted hours, in ward time, turned into instants; a night with a clock change keeps its wall-clock ends (P1)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_HOURS = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$")
_MIDNIGHT = time(0, 0)


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of every day in ward time; it may cross midnight.

    Attributes:
        begins: first minute.
        ends: the minute it is over; 00:00 means the end of the day; equal to `begins` means day and night.
    """

    begins: time
    ends: time

    def __str__(self) -> str:
        """Return it as it is stored: `22:00-07:00`, `00:00-24:00` for day and night."""
        ends = "24:00" if self.ends == _MIDNIGHT else self.ends.strftime("%H:%M")
        return f"{self.begins:%H:%M}-{ends}"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time between two instants.

    Attributes:
        opens_at: UTC, included.
        closes_at: UTC, not included.
    """

    opens_at: datetime
    closes_at: datetime

    def covers(self, at: datetime) -> bool:
        """Return whether the instant lies within."""
        return self.opens_at <= at < self.closes_at


DAY_AND_NIGHT = Hours(_MIDNIGHT, _MIDNIGHT)
NIGHT = Hours(time(22, 0), time(7, 0))


def parse_hours(told: str) -> Hours:
    """Read `HH:MM-HH:MM`.

    Raises:
        ValueError: anything else; `24:00` is the only time past 23:59.
    """
    match = _HOURS.match(told)
    if match is None or (match[3] == "24" and match[4] != "00"):
        raise ValueError("hours are written HH:MM-HH:MM, such as 22:00-07:00")
    ends = _MIDNIGHT if match[3] == "24" else time(int(match[3]), int(match[4]))
    return Hours(time(int(match[1]), int(match[2])), ends)


# Asked again and again of the same grant, several times a second for each room, and the answer is always the same.
@lru_cache(maxsize=1024)
def windows(hours: tuple[Hours, ...], begins: datetime, ends: datetime, zone: ZoneInfo) -> tuple[Window, ...]:
    """Turn daily hours into instants between two others.

    Args:
        hours: granted hours, in any order; they may overlap or touch.
        begins: UTC; nothing opens before it.
        ends: UTC; everything is closed from then on.
        zone: ward time.

    Returns:
        In order of time; stretches that touch are one, so that day and night is a single window.
    """
    first, last = begins.astimezone(zone).date() - timedelta(days=1), ends.astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = sorted((_window(day, one, zone) for day in days for one in hours), key=lambda each: each.opens_at)
    joined: list[Window] = []
    for one in found:
        if joined and one.opens_at <= joined[-1].closes_at:
            joined[-1] = Window(joined[-1].opens_at, max(joined[-1].closes_at, one.closes_at))
        else:
            joined.append(one)
    clipped = (Window(max(one.opens_at, begins), min(one.closes_at, ends)) for one in joined)
    return tuple(one for one in clipped if one.opens_at < one.closes_at)


def is_within(at: datetime, begins: time, ends: time, zone: ZoneInfo) -> bool:
    """Return whether an instant lies in a daily stretch of ward time that may cross midnight."""
    wall = at.astimezone(zone).time()
    return begins <= wall < ends if begins <= ends else wall >= begins or wall < ends


def next_wall_time(after: datetime, wall: time, zone: ZoneInfo) -> datetime:
    """Return the next instant, later than `after`, at which ward clocks show `wall` (UTC)."""
    day = after.astimezone(zone).date()
    today = _instant(day, wall, zone)
    return today if today > after else _instant(day + timedelta(days=1), wall, zone)


def _window(day: date, hours: Hours, zone: ZoneInfo) -> Window:
    last = day if hours.ends > hours.begins else day + timedelta(days=1)
    return Window(_instant(day, hours.begins, zone), _instant(last, hours.ends, zone))


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the first instant at which ward clocks show this; a time that the spring change skips moves on."""
    return datetime.combine(day, wall, zone).astimezone(UTC)
