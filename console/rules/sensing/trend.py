"""A room's last hours on one time axis, for whoever cares for the person: gaps are gaps (rules X1, R1)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from statistics import median
from zoneinfo import ZoneInfo

from broker.vocabulary import Purpose, Withheld
from console.rules.consenting.consent import ConsentState, Standing
from console.rules.consenting.hours import Window, windows
from console.rules.sensing.sleep import MINUTE, Minute, Part, parts_of
from console.showing.views import Words

READABLE = timedelta(hours=24)
"""How far back the ward can read what was noted by the minute (rule R1)."""


class NoTrend(StrEnum):
    """Why there is nothing to show."""

    NO_CONSENT = "no_consent"
    """The sensor is not agreed to now: what was sensed before a no is not shown after it."""
    NOTHING_YET = "nothing_yet"


class MarkKind(StrEnum):
    """What stands on the axis beside the measured."""

    EVENT = "event"
    ALERT = "alert"
    CHECK = "check"
    """Somebody went to see them."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One minute as it was noted.

    Attributes:
        minute: who was seen, and how they moved.
        rate_per_min: [1/min] the minute's breathing rate; None when it was withheld.
        spread_per_min: [1/min] half-width of the interval that holds 90 % of true values; None with it.
        withheld: why there is no rate; None when there is one.
    """

    minute: Minute
    rate_per_min: float | None = None
    spread_per_min: float | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A rate of one minute with its interval [1/min]."""

    at: datetime
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Minutes without a rate, in a row.

    Attributes:
        window: from the first of them to the end of the last.
        withheld: why, for most of them; None where nothing was noted at all.
    """

    window: Window
    withheld: Withheld | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes of one kind, in a row."""

    window: Window
    part: Part


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened.

    Attributes:
        kind: of what kind.
        at: when it began.
        until: when it was over; None for a moment, and for what is not over.
        words: what, in plain words.
    """

    kind: MarkKind
    at: datetime
    until: datetime | None
    words: Words


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour in numbers.

    Attributes:
        begins: UTC.
        lowest: [1/min] smallest rate of a minute; None in an hour without any, as the next two.
        middle: [1/min] median of the minutes' rates.
        highest: [1/min] largest rate.
        rated_min: [min] with a rate.
        parts: minutes of each kind.
        whole_min: [min] of the hour that belong to the window.
    """

    begins: datetime
    lowest: float | None
    middle: float | None
    highest: float | None
    rated_min: int
    parts: Counter[Part]
    whole_min: int


@dataclass(frozen=True, slots=True)
class Trend:
    """What was noted in a room; of someone there, never of anybody by name (rule H5).

    Attributes:
        window: from when until when.
        runs: rates without a gap between them.
        gaps: where there is no rate.
        stretches: what was seen, one after the other, without a hole.
        hours: the same in numbers.
        marks: what happened, in order of time.
        shows_rate: rates are part of what was agreed to, and this ward may show them (rule A11).
    """

    window: Window
    runs: tuple[tuple[Point, ...], ...]
    gaps: tuple[Gap, ...]
    stretches: tuple[Stretch, ...]
    hours: tuple[Hour, ...]
    marks: tuple[Mark, ...]
    shows_rate: bool


def window_to_show(standing: Standing, now: datetime, zone: ZoneInfo) -> Window | NoTrend:
    """Return the granted stretch that runs now, or else the last one, as far back as the ward may read.

    Args:
        standing: the patient's consent now.
        now: UTC.
        zone: ward time.
    """
    grant, given_at, ends_at = standing.grant, standing.given_at, standing.ends_at
    if standing.state is not ConsentState.GIVEN or grant is None or given_at is None or ends_at is None:
        return NoTrend.NO_CONSENT
    begins, ends = max(given_at, now - READABLE), min(ends_at, now)
    found = windows(grant.hours, begins, ends, zone) if begins < ends else ()
    return found[-1] if found else NoTrend.NOTHING_YET


def trend_of(
    noted: Iterable[Noted],
    marks: Iterable[Mark],
    window: Window,
    purposes: Iterable[Purpose],
    *,
    may_show_rates: bool,
) -> Trend:
    """Put a window on one time axis.

    Args:
        noted: the minutes of all sensors of the room, in any order. Of two rates of one minute the surer one leads;
            where their intervals do not meet there is none.
        marks: what happened; those outside of the window are left out.
        window: what is shown.
        purposes: what was agreed to.
        may_show_rates: rule A11.
    """
    agreed = frozenset(purposes)
    shows_rate = may_show_rates and Purpose.BREATHING_SPOT in agreed
    every = list(noted)
    rates: dict[datetime, Noted] = {}
    for one in every:
        at = one.minute.at.replace(second=0, microsecond=0)
        rates[at] = _led(rates[at], one) if at in rates else one
    parts = parts_of((one.minute for one in every), window, knows_place=Purpose.BED_EXIT in agreed)
    told = [(at, rates.get(at)) for at, _ in parts]
    points = [(at, _point(at, one) if one and shows_rate else None, one.withheld if one else None) for at, one in told]
    return Trend(
        window,
        tuple(_runs(points)),
        tuple(_gaps(points)) if shows_rate else (),
        tuple(Stretch(_spanning([at for at, _ in group]), part) for part, group in _in_a_row(parts)),
        tuple(_hours(points, parts)),
        tuple(sorted((one for one in marks if window.covers(one.at)), key=lambda one: one.at)),
        shows_rate,
    )


def _led(one: Noted, other: Noted) -> Noted:
    """Return what is shown of two notes of one minute."""
    if one.rate_per_min is None or one.spread_per_min is None:
        return other
    if other.rate_per_min is None or other.spread_per_min is None:
        return one
    if abs(one.rate_per_min - other.rate_per_min) > one.spread_per_min + other.spread_per_min:
        return Noted(one.minute, withheld=Withheld.SENSORS_DISAGREE)
    return one if one.spread_per_min <= other.spread_per_min else other


def _point(at: datetime, one: Noted) -> Point | None:
    if one.rate_per_min is None or one.spread_per_min is None:
        return None
    return Point(
        at, max(0.0, one.rate_per_min - one.spread_per_min), one.rate_per_min, one.rate_per_min + one.spread_per_min
    )


_Points = Sequence[tuple[datetime, Point | None, Withheld | None]]


def _runs(points: _Points) -> Iterable[tuple[Point, ...]]:
    for is_rated, group in groupby(points, key=lambda one: one[1] is not None):
        if is_rated:
            yield tuple(point for _, point, _ in group if point is not None)


def _gaps(points: _Points) -> Iterable[Gap]:
    for is_rated, group in groupby(points, key=lambda one: one[1] is not None):
        if not is_rated:
            minutes = list(group)
            reasons = Counter(withheld for _, _, withheld in minutes)
            yield Gap(_spanning([at for at, _, _ in minutes]), reasons.most_common(1)[0][0])


def _in_a_row(parts: Sequence[tuple[datetime, Part]]) -> Iterable[tuple[Part, list[tuple[datetime, Part]]]]:
    return ((part, list(group)) for part, group in groupby(parts, key=lambda one: one[1]))


def _spanning(minutes: Sequence[datetime]) -> Window:
    return Window(minutes[0], minutes[-1] + MINUTE)


def _hours(points: _Points, parts: Sequence[tuple[datetime, Part]]) -> Iterable[Hour]:
    for begins, group in groupby(zip(points, parts, strict=True), key=lambda one: one[0][0].replace(minute=0)):
        minutes = list(group)
        rates = [point.middle for (_, point, _), _ in minutes if point is not None]
        yield Hour(
            begins,
            min(rates, default=None),
            median(rates) if rates else None,
            max(rates, default=None),
            len(rates),
            Counter(part for _, (_, part) in minutes),
            len(minutes),
        )
