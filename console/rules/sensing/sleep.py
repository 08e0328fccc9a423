"""A night in a patient's room in plain sums, for them alone; no sleep measurement (purpose `sleep_report`, rule S1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from broker.vocabulary import Place, Presence, Purpose
from console.rules.consenting.consent import ConsentState, Standing
from console.rules.consenting.hours import DAY_AND_NIGHT, Hours, Window, windows
from console.rules.policy import Policy

MINUTE = timedelta(minutes=1)
LEAST_SENSED_S = 45.0
"""[s] of a minute that must have been sensed for it to be said anything of."""
RESTLESS_FROM_S = 6.0
"""[s] of a minute with movement from which it counts as restless: a tenth, our own choice; no scale of sleep."""
_SAID_YES = frozenset({ConsentState.GIVEN, ConsentState.PAUSED, ConsentState.SUSPENDED})
_UP = frozenset({Place.OUT_OF_BED, Place.ENSUITE, Place.LEFT_ROOM, Place.ON_FLOOR})


class Part(StrEnum):
    """What one minute was."""

    STILL = "still"
    RESTLESS = "restless"
    OUT = "out"
    """Out of bed, or nobody was seen in the room."""
    UNKNOWN = "unknown"
    """Not sensed, not certain, or more than one person was there."""


class NoNight(StrEnum):
    """Why there is no page."""

    NOT_AGREED = "not_agreed"
    NOT_ENOUGH = "not_enough"
    NOT_YET = "not_yet"
    NOT_KEPT = "not_kept"


@dataclass(frozen=True, slots=True)
class Minute:
    """What is known of one minute.

    Attributes:
        at: its start, or the start of the sensed part of it.
        sensed_s: [s] of it in which the sensor was open.
        present_s: [s] of it in which somebody was seen; None without the purpose `presence`.
        moving_s: [s] of it in which movement was seen; None as above.
        presence: at its end; None when not certain.
        place: at its end; None when not certain or not agreed to.
        people: at its end; None when not certain or not agreed to.
        sensor: of which sensor of the room; any name that tells two apart.
    """

    at: datetime
    sensed_s: float
    present_s: float | None
    moving_s: float | None
    presence: Presence | None = None
    place: Place | None = None
    people: int | None = None
    sensor: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """Minutes of each part.

    Attributes:
        still: [min]
        restless: [min]
        out: [min]
        unknown: [min]
    """

    still: int = 0
    restless: int = 0
    out: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a night, or the part of it that belongs to the night.

    Attributes:
        begins: UTC.
        sums: its minutes.
    """

    begins: datetime
    sums: Sums


@dataclass(frozen=True, slots=True)
class Night:
    """One night in a room; of someone there, never of anybody by name (rule H5).

    Attributes:
        window: from when until when.
        whole: all its minutes.
        hours: the same by the hour, in order.
        bed_min: [min] in bed; None when where somebody is was not agreed to.
    """

    window: Window
    whole: Sums
    hours: tuple[Hour, ...]
    bed_min: int | None


def night_to_tell(standing: Standing, now: datetime, policy: Policy, zone: ZoneInfo) -> Window | NoNight:
    """Say which night may be told: the last of the granted stretches that is over.

    Args:
        standing: the patient's consent now; only while it names the purpose is anything worked out.
        now: UTC.
        policy: says what a night is where day and night were granted.
        zone: ward time.
    """
    grant, given_at, ends_at = standing.grant, standing.given_at, standing.ends_at
    if grant is None or standing.state not in _SAID_YES or Purpose.SLEEP_REPORT not in grant.purposes:
        return NoNight.NOT_AGREED
    if Purpose.PRESENCE not in grant.purposes:
        return NoNight.NOT_ENOUGH
    hours = grant.hours
    if DAY_AND_NIGHT in hours:
        hours = (Hours(policy.time_of_day("C7", "night_from"), policy.time_of_day("C7", "night_until")),)
    if given_at is None or ends_at is None or given_at >= ends_at:
        return NoNight.NOT_YET
    over = [one for one in windows(hours, given_at, ends_at, zone) if one.closes_at <= now]
    return over[-1] if over else NoNight.NOT_YET


def night_of(minutes: Iterable[Minute], window: Window, *, knows_place: bool) -> Night:
    """Sum up a night.

    Args:
        minutes: of the room's sensors, in any order; parts of one minute that were sensed apart stay apart.
        window: the night; a minute of it that is not among them is not known.
        knows_place: where somebody is was agreed to (`bed_exit`); otherwise a bed is not spoken of.
    """
    every = parts_of(minutes, window, knows_place=knows_place)
    starts = sorted({max(at.replace(minute=0), window.opens_at) for at, _ in every})
    hours = tuple(Hour(begins, _sum(part for at, part in every if _hour_of(at, window) == begins)) for begins in starts)
    whole = _sum(part for _, part in every)
    return Night(window, whole, hours, whole.still + whole.restless if knows_place else None)


def parts_of(minutes: Iterable[Minute], window: Window, *, knows_place: bool) -> list[tuple[datetime, Part]]:
    """Return what each minute of a window was, in order of time, by all the sensors of the room.

    Args:
        minutes: as in `night_of`.
        window: a minute of it that is not among them is not known.
        knows_place: as in `night_of`.
    """
    each: dict[tuple[datetime, str], Part] = {}
    for one in minutes:
        at = one.at.replace(second=0, microsecond=0)
        # Two parts of one minute say less than a whole one.
        said = (at, one.sensor)
        each[said] = Part.UNKNOWN if said in each else part_of(one, knows_place=knows_place)
    parts: dict[datetime, Part] = {}
    for (at, _sensor), part in each.items():
        parts[at] = joined_part(parts[at], part) if at in parts else part
    return [(at, parts.get(at, Part.UNKNOWN)) for at in minutes_of(window)]


def joined_part(one: Part, other: Part) -> Part:
    """Say what one minute was by two sensors: what either knows, and nothing where they contradict each other (K8)."""
    if one is other or other is Part.UNKNOWN:
        return one
    if one is Part.UNKNOWN:
        return other
    return Part.UNKNOWN if Part.OUT in (one, other) else Part.RESTLESS


def part_of(minute: Minute, *, knows_place: bool) -> Part:
    """Say what one minute was; in doubt it is not known."""
    present_s, moving_s = minute.present_s, minute.moving_s
    if minute.sensed_s < LEAST_SENSED_S or present_s is None or moving_s is None or (minute.people or 0) > 1:
        return Part.UNKNOWN
    if minute.place in _UP:
        return Part.OUT
    if present_s < minute.sensed_s / 2:
        return Part.OUT if minute.presence is Presence.ABSENT else Part.UNKNOWN
    if knows_place and minute.place is not Place.IN_BED:
        return Part.UNKNOWN
    return Part.RESTLESS if moving_s >= RESTLESS_FROM_S else Part.STILL


def minutes_of(window: Window) -> list[datetime]:
    """Return the whole minutes of a window."""
    count = (window.closes_at - window.opens_at) // MINUTE
    first = window.opens_at.replace(second=0, microsecond=0)
    first += MINUTE if first < window.opens_at else timedelta(0)
    return [first + n * MINUTE for n in range(count) if window.covers(first + n * MINUTE)]


def _hour_of(at: datetime, window: Window) -> datetime:
    return max(at.replace(minute=0), window.opens_at)


def _sum(parts: Iterable[Part]) -> Sums:
    told = list(parts)
    return Sums(*(told.count(one) for one in (Part.STILL, Part.RESTLESS, Part.OUT, Part.UNKNOWN)))
