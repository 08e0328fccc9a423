"""What happens in one room in one night, and what the sensor says of it: drawn from seed, night and room."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import exp, inf, log
from random import Random

from console.rules.alerting.alerts import AlertKind, Concern
from console.rules.in_person.levels import Level
from models.recipes.ward_nights.habits import Habits
from models.recipes.ward_nights.measured import Measured

NIGHT_S = 10 * 3600.0
"""[s] from 21:00 to 07:00."""
SENSED = (3600.0, NIGHT_S)
"""[s] of the night in which sensors are on: 22:00 to 07:00."""
_SPREAD = 0.6
"""Of the logarithm of every duration: the longest in twenty lasts 2.7 times the middle one."""
_LATE_S = {AlertKind.BED_EXIT: 3.0, AlertKind.ENSUITE: 5.0, AlertKind.FLOOR: 10.0}
"""[s] after which the sensor says so; as SENSING asks, and as the room-event recipe finds in the middle."""


@dataclass(slots=True)
class Stretch:
    """Something that lasts in a room, or that the sensor says lasts.

    Attributes:
        kind: what the sensor would call it.
        begins: [s] of the night.
        ends: [s]; infinite until somebody helps.
        needs_help: somebody has to come.
        is_true: it happens; otherwise the sensor alone says so.
        seen_from: [s] from which the sensor says so; None when it never does.
        found_at: [s] when somebody came to whoever needs help; None until then.
    """

    kind: AlertKind
    begins: float
    ends: float
    needs_help: bool = False
    is_true: bool = True
    seen_from: float | None = None
    found_at: float | None = None

    def holds(self, now_s: float) -> bool:
        """Return whether it lasts now."""
        return self.begins <= now_s < self.ends

    def is_said(self, now_s: float) -> bool:
        """Return whether the sensor says now that it lasts."""
        return self.seen_from is not None and self.seen_from <= now_s < self.ends


@dataclass(slots=True)
class RoomNight:
    """One room for one night.

    Attributes:
        number: 0 to 17, in ward order.
        level: how closely its person is observed.
        has_sensor: they said yes.
        limits: seconds and concern of the kinds that are set for this person.
        wishes_quiet: they ask not to be woken.
        sensor_until: [s] when the sensor stops: at 07:00, or when they stop it.
        stretches: all that happens.
        doubts: from and until [s] in which the sensor cannot tell.
        draw: of this room's own night, for whatever comes later in it.
    """

    number: int
    level: Level
    has_sensor: bool
    limits: dict[AlertKind, tuple[float, Concern]]
    wishes_quiet: bool
    draw: Random
    sensor_until: float = NIGHT_S
    stretches: list[Stretch] = field(default_factory=list)
    doubts: list[tuple[float, float]] = field(default_factory=list)
    room_id: str = field(init=False)
    stay_id: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the room, and give whoever stays there a pseudonym."""
        self.room_id, self.stay_id = f"room{self.number + 1}", f"{self.number + 1:032x}"

    def is_on(self, now_s: float) -> bool:
        """Return whether the sensor is on now."""
        return self.has_sensor and SENSED[0] <= now_s < min(SENSED[1], self.sensor_until)

    def in_doubt(self, now_s: float) -> bool:
        """Return whether the sensor cannot tell now."""
        return self.is_on(now_s) and any(begins <= now_s < ends for begins, ends in self.doubts)

    def is_asleep(self, now_s: float) -> bool:
        """Return whether they lie in bed and sleep, as far as this simulation knows."""
        return not any(
            one.is_true and one.kind is not AlertKind.SECOND_PERSON and one.holds(now_s) for one in self.stretches
        )


def around(draw: Random, middle: float) -> float:
    """Draw a duration around its middle one, as durations of people's doings lie: log-normally."""
    return middle * exp(draw.gauss(0.0, _SPREAD))


def count(draw: Random, mean: float) -> int:
    """Draw how often something happens, as a Poisson process does."""
    found, left = 0, exp(-mean)
    product = draw.random()
    while product > left:
        found, product = found + 1, product * draw.random()
    return found


def draw_room(seed: int, night: int, number: int, habits: Habits, measured: Measured) -> RoomNight:
    """Draw one room's night. The same seed, night and room give the same, whatever the staff does."""
    ward, draw = Random(f"{seed} ward {number}"), Random(f"{seed} {night} {number}")
    room = RoomNight(
        number,
        habits.levels[number],
        ward.random() >= habits.said_no_share,
        {},
        ward.random() < habits.quiet_wish_share,
        draw,
    )
    room.limits = _limits(number, habits)
    if draw.random() < habits.stopped_sensor_share:
        room.sensor_until = draw.uniform(*SENSED)
    room.stretches = sorted(_happens(draw, habits), key=lambda one: one.begins)
    room.stretches += _imagined(draw, habits)
    seen = Random(f"{seed} {night} {number} sensor")
    for one in room.stretches:
        if one.is_true:
            one.seen_from = _seen_from(one, seen, habits, measured)
    room.doubts = list(_doubts(seen, habits, measured))
    return room


def _limits(number: int, habits: Habits) -> dict[AlertKind, tuple[float, Concern]]:
    """Give the first rooms an en-suite clock, and the last ones but one a limit on being out of bed."""
    found: dict[AlertKind, tuple[float, Concern]] = {}
    if number < habits.ensuite_limits:
        found[AlertKind.ENSUITE] = (180.0, Concern.HIGH) if number == 0 else (600.0, Concern.ORDINARY)
    if 0 < len(habits.levels) - 1 - number <= habits.bed_exit_limits:
        found[AlertKind.BED_EXIT] = (600.0, Concern.ORDINARY)
    return found


def _happens(draw: Random, habits: Habits) -> Iterator[Stretch]:
    for _ in range(count(draw, habits.trips_per_night)):
        at, inside = draw.uniform(0, NIGHT_S), around(draw, 60 * habits.trip_min)
        yield Stretch(AlertKind.BED_EXIT, at, at + inside + 40)
        yield Stretch(AlertKind.ENSUITE, at + 20, at + 20 + inside)
    for _ in range(count(draw, habits.up_per_night)):
        at = draw.uniform(0, NIGHT_S)
        yield Stretch(AlertKind.BED_EXIT, at, at + around(draw, 60 * habits.up_min))
    for _ in range(count(draw, habits.visits_per_night)):
        at = draw.uniform(0, NIGHT_S)
        yield Stretch(AlertKind.SECOND_PERSON, at, at + around(draw, 480.0))
    for kind, per_1000 in (
        (AlertKind.FLOOR, habits.falls_per_1000),
        (AlertKind.ENSUITE, habits.collapses_per_1000),
        (AlertKind.BREATHING_NOT_SEEN, habits.stops_per_1000),
    ):
        for _ in range(count(draw, per_1000 / 1000)):
            yield Stretch(kind, draw.uniform(0, NIGHT_S), inf, needs_help=True)


def _imagined(draw: Random, habits: Habits) -> Iterator[Stretch]:
    """Draw what the sensor says and is not so."""
    for kind, per_night, lasts_s in (
        (AlertKind.BREATHING_NOT_SEEN, habits.false_breathless, 75.0),
        (AlertKind.ENSUITE, habits.false_ensuite, 900.0),
        (AlertKind.FLOOR, habits.false_floor, 60.0),
    ):
        for _ in range(count(draw, per_night)):
            at = draw.uniform(*SENSED)
            yield Stretch(kind, at, at + around(draw, lasts_s), is_true=False, seen_from=at)


def _seen_from(one: Stretch, draw: Random, habits: Habits, measured: Measured) -> float | None:
    share, late_s = {
        AlertKind.FLOOR: (1 - habits.missed_floor_share, _LATE_S[AlertKind.FLOOR]),
        AlertKind.BREATHING_NOT_SEEN: (measured.held_share, measured.held_latest_s),
        AlertKind.SECOND_PERSON: (measured.second_share, measured.second_latest_s),
        AlertKind.ENSUITE: (measured.ensuite_share, _LATE_S[AlertKind.ENSUITE]),
        AlertKind.BED_EXIT: (measured.bed_exit_share, _LATE_S[AlertKind.BED_EXIT]),
    }[one.kind]
    return one.begins + late_s if draw.random() < share else None


def _doubts(draw: Random, habits: Habits, measured: Measured) -> Iterator[tuple[float, float]]:
    """Draw the stretches of doubt, so that they add up to the share that was measured on simulated sleepers."""
    every_s = habits.doubt_stretch_s / max(1e-6, 1 - measured.sleepers_said)
    at = SENSED[0] - every_s * log(1 - draw.random())
    while at < SENSED[1]:
        until = at - habits.doubt_stretch_s * log(1 - draw.random())
        yield at, until
        at = until - every_s * log(1 - draw.random())
