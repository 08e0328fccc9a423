"""What people do in a simulated room: a list of acts with durations, written by hand or drawn from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

BED_M = 1.2
BEDSIDE_M = 1.9
ENSUITE_M = 3.0
DOOR_M = 3.8


class ActKind(StrEnum):
    """What somebody does for a while."""

    LIE = "lie"
    """Lies still and breathes."""
    HOLD = "hold"
    """Lies still and does not breathe."""
    TURN = "turn"
    """Turns over, into another posture."""
    WALK = "walk"
    """Walks to `to_m`; the duration follows from the distance."""
    STAND = "stand"
    """Stands and sways."""
    AWAY = "away"
    """Is behind a wall."""


@dataclass(frozen=True)
class Act:
    """One thing done."""

    kind: ActKind
    duration_s: float
    """[s]; ignored for a walk."""
    to_m: float = BED_M
    """[m] where a walk ends."""
    speed_m_per_s: float = 0.7
    """[m/s] of a walk, 0.3 to 1.5."""


def lie(duration_s: float) -> Act:
    """Lie still and breathe."""
    return Act(ActKind.LIE, duration_s)


def hold(duration_s: float) -> Act:
    """Lie still with the breath held."""
    return Act(ActKind.HOLD, duration_s)


def turn(duration_s: float = 4.0) -> Act:
    """Turn over."""
    return Act(ActKind.TURN, duration_s)


def walk(to_m: float, speed_m_per_s: float = 0.7) -> Act:
    """Walk to a distance from the sensor."""
    return Act(ActKind.WALK, 0.0, to_m, speed_m_per_s)


def stand(duration_s: float) -> Act:
    """Stand where one is."""
    return Act(ActKind.STAND, duration_s)


def away(duration_s: float) -> Act:
    """Be out of the sensor's sight."""
    return Act(ActKind.AWAY, duration_s)


def trip(target_m: float, duration_s: float) -> list[Act]:
    """Sit up, walk to a door, be away, and come back to bed."""
    return [
        turn(3.0),
        walk(target_m, 0.6),
        stand(3.0),
        away(duration_s),
        stand(2.0),
        walk(BED_M, 0.6),
        turn(4.0),
    ]


def demo_acts(rng: np.random.Generator) -> Iterator[Act]:
    """Draw a sleeper's night at the pace of a demonstration: something happens every minute or two, for ever."""
    yield lie(float(rng.uniform(35, 110)))
    while True:
        what = rng.choice(["turn", "ensuite", "leave", "hold", "restless"], p=[0.45, 0.25, 0.1, 0.1, 0.1])
        if what == "turn":
            yield turn(float(rng.uniform(2, 6)))
        elif what == "ensuite":
            yield from trip(ENSUITE_M, float(rng.uniform(35, 80)))
        elif what == "leave":
            yield from trip(DOOR_M, float(rng.uniform(30, 70)))
        elif what == "hold":
            yield hold(float(rng.uniform(12, 20)))
        else:
            for _ in range(3):
                yield turn(float(rng.uniform(2, 4)))
                yield lie(float(rng.uniform(5, 12)))
        yield lie(float(rng.uniform(45, 130)))
