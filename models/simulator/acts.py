"""What people do in a simulated room: a list of acts with durations, written by hand or drawn from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from models.simulator.breathing import BreathingStyle

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
    OBSTRUCT = "obstruct"
    """Lies still and breathes against a closed throat: chest and belly move against each other, no air moves."""
    TURN = "turn"
    """Turns over, into another posture."""
    TWITCH = "twitch"
    """Jerks, and lies as before."""
    TOSS = "toss"
    """Throws the body about, into another posture."""
    SIT = "sit"
    """Sits in bed, still."""
    WALK = "walk"
    """Walks to `to_m`; the duration follows from the distance."""
    STAND = "stand"
    """Stands and sways."""
    FALL = "fall"
    """Falls; whoever lies, holds the breath or sits after it does so on the floor, until they stand or walk."""
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
    depth: tuple[float, float] = (1.0, 1.0)
    """How deep the breath is at the beginning and at the end, as a share of the usual; hypopnoea is 0.2 to 0.5."""
    is_full: bool = False
    """A held breath is held after breathing in; else after breathing out."""


def lie(duration_s: float, depth: float = 1.0, to_depth: float | None = None) -> Act:
    """Lie still and breathe, as deep as usual, or shallower, or swelling from one depth to another."""
    return Act(ActKind.LIE, duration_s, depth=(depth, depth if to_depth is None else to_depth))


def hold(duration_s: float, *, is_full: bool = False) -> Act:
    """Lie still with the breath held, after breathing out or after breathing in."""
    return Act(ActKind.HOLD, duration_s, is_full=is_full)


def obstruct(duration_s: float) -> Act:
    """Breathe against a closed throat: an obstructive apnoea."""
    return Act(ActKind.OBSTRUCT, duration_s)


def twitch(duration_s: float = 0.6) -> Act:
    """Jerk once."""
    return Act(ActKind.TWITCH, duration_s)


def toss(duration_s: float = 12.0) -> Act:
    """Toss about."""
    return Act(ActKind.TOSS, duration_s)


def sit(duration_s: float) -> Act:
    """Sit in bed, still."""
    return Act(ActKind.SIT, duration_s)


def cheyne_stokes(cycle_s: float = 60.0, pause_s: float = 18.0) -> list[Act]:
    """Breathe in one swell, from next to nothing to deep and back, and then not at all."""
    half_s = (cycle_s - pause_s) / 2
    return [lie(half_s, 0.15, 1.4), lie(half_s, 1.4, 0.15), hold(pause_s)]


def turn(duration_s: float = 4.0) -> Act:
    """Turn over."""
    return Act(ActKind.TURN, duration_s)


def walk(to_m: float, speed_m_per_s: float = 0.7) -> Act:
    """Walk to a distance from the sensor."""
    return Act(ActKind.WALK, 0.0, to_m, speed_m_per_s)


def sit_on_edge(duration_s: float) -> Act:
    """Sit on the edge of the bed, with the feet on the floor."""
    return Act(ActKind.SIT, duration_s, BEDSIDE_M)


def fall(duration_s: float = 1.2) -> Act:
    """Fall to the floor."""
    return Act(ActKind.FALL, duration_s)


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


TOGETHER: tuple[Act, ...] = (
    lie(110.0),
    turn(4.0),
    lie(80.0),
    turn(3.0),
    sit(4.0),
    sit_on_edge(12.0),
    walk(ENSUITE_M, 0.6),
    stand(3.0),
    away(50.0),
    stand(2.0),
    walk(BED_M, 0.6),
    sit_on_edge(5.0),
    turn(4.0),
    lie(317.0),
)
"""What a radar and a camera of one room both see, over and over: ten minutes, so that an hour's film ends with it."""
TOGETHER_STYLE = BreathingStyle(rate_per_min=14.0, depth_mm=6.0, rate_jitter=0.02)
"""How whoever does it breathes: as evenly as the living do, for each simulator draws every breath for itself."""


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
