"""Many bodies at a time: where the scatterers of each torso are, while it breathes, turns, sits up or walks."""

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from models.simulator.chests import Excursion, lagged
from models.simulator.randomwalks import remembered, wander

Float = NDArray[np.float64]

# A torso answers from 3 to 8 places (SENSING).
LEAST_SCATTERERS, SCATTERERS = 3, 8
# Postural creep of seated and lying people: a few millimetres in half a minute, never abrupt.
SWAY_M_PER_S, SWAY_MEMORY_S = 0.00012, 4.0
# Against a closed throat the chest is drawn in while the belly rises, and the other way round.
PARADOX = -0.8
# A turning part's own velocity is forgotten within this time, and the part is drawn back to the body within a second.
TURN_MEMORY_S, TURN_PULL_S = 0.3, 1.0


class Posture(IntEnum):
    """How somebody lies or sits; it decides how much of the breath the radar sees."""

    SUPINE = 0
    SIDE = 1
    PRONE = 2
    SEATED = 3


# Least and greatest share of the chest's excursion along the line of sight (SENSING: supine about 1, side or prone 0.2
# to 0.6); a seated person's chest faces a sensor on the wall more or less.
PROJECTION = {Posture.SUPINE: (0.8, 1.0), Posture.SIDE: (0.2, 0.6), Posture.PRONE: (0.2, 0.6), Posture.SEATED: (0.5, 1)}


@dataclass(frozen=True, eq=False)
class Torsos:
    """How bodies lie; every array but `posture` has the shape (bodies, scatterers)."""

    posture: NDArray[np.int64]
    """shape (bodies,), of Posture."""
    offset_m: Float
    """[m] along the line of sight, from the torso's middle."""
    projection: Float
    """Share of the breath that this part shows."""
    belly: Float
    """1 moves with the belly, 0 with the chest."""
    echo: Float
    """Relative amplitude; 0 for a part that does not answer."""


def draw_torsos(rng: np.random.Generator, posture: NDArray[np.int64]) -> Torsos:
    """Draw how bodies lie.

    Arms, shoulders and head hardly move: their echoes beat against the chest's, which is what makes a bin fade.
    """
    shape = (len(posture), SCATTERERS)
    low, high = (np.array([PROJECTION[one][end] for one in Posture])[posture] for end in (0, 1))
    seen = rng.uniform(low, high)[:, None] * rng.uniform(0.05, 1.0, shape)
    answers = np.arange(SCATTERERS) < rng.integers(LEAST_SCATTERERS, SCATTERERS + 1, (len(posture), 1))
    echo = np.where(answers, rng.exponential(0.8, shape) + 0.2, 0.0)
    return Torsos(posture, rng.uniform(-0.16, 0.20, shape), seen, rng.uniform(0, 1, shape), echo)


@dataclass(frozen=True, eq=False)
class Doing:
    """What bodies do besides breathing; every array has the shape (bodies, times)."""

    range_m: Float
    """[m] of the torso's middle."""
    restless_m_per_s: Float
    """Speed of each part's own movement: 0 at rest, 0.02 to 0.5 turning or tossing."""
    turned: Float
    """0 before a turn, 1 after it, between while it lasts."""
    size: Float
    """Amplitude of the whole body at one metre [receiver units]; 0 out of view."""


@dataclass(frozen=True, eq=False)
class Echoes:
    """What a radar is answered; arrays of shape (bodies, scatterers, times)."""

    place_m: Float
    amplitude: Float
    breath_m: Float
    """[m] how much nearer breathing has brought each part."""


def echoes_of(
    rng: np.random.Generator,
    before: Torsos,
    after: Torsos,
    doing: Doing,
    breath: Excursion,
    heart_mm: Float,
    dt_s: float,
) -> Echoes:
    """Put the scatterers of bodies where they are.

    Args:
        rng: where the randomness comes from.
        before: how they lie before a turn.
        after: how they lie after it.
        doing: what they do.
        breath: how their chests move.
        heart_mm: shape (bodies, times), how their hearts move them [mm].
        dt_s: [s] between times.
    """
    belly_mm = breath.level_mm
    chest_mm = np.where(breath.is_obstructed, PARADOX, 1.0) * lagged(belly_mm, dt_s)
    blend = (3 - 2 * doing.turned) * doing.turned**2

    def now(one: Float, other: Float) -> Float:
        return np.asarray(one[:, :, None] + (other - one)[:, :, None] * blend[:, None, :])

    share = now(before.belly, after.belly)
    projection = now(before.projection, after.projection) / 1000
    nearer_m = projection * (share * belly_mm[:, None] + (1 - share) * chest_mm[:, None])
    middle = doing.range_m + _sway_m(rng, doing.range_m.shape, dt_s)
    place = middle[:, None] + now(before.offset_m, after.offset_m) - nearer_m - projection * heart_mm[:, None]
    if doing.restless_m_per_s.any():
        place += _wriggling_m(rng, doing.restless_m_per_s, dt_s)
    place = np.maximum(place, 0.2)
    amplitude = now(before.echo, after.echo) * (doing.size / SCATTERERS)[:, None] / place**2
    return Echoes(place, amplitude, nearer_m)


def _sway_m(rng: np.random.Generator, shape: tuple[int, ...], dt_s: float) -> Float:
    """Posture creeps smoothly, by about a millimetre in ten seconds."""
    speed = SWAY_M_PER_S * wander(rng, shape, math.exp(-dt_s / SWAY_MEMORY_S))
    return np.asarray(np.cumsum(speed.astype(np.float64), axis=-1) * dt_s)


def _wriggling_m(rng: np.random.Generator, restless_m_per_s: Float, dt_s: float) -> Float:
    """Each part of a restless body goes its own way, and is drawn back to the body."""
    moves = np.flatnonzero(restless_m_per_s.any(axis=1))
    count, times = restless_m_per_s.shape
    speed = wander(rng, (len(moves), SCATTERERS, times), math.exp(-dt_s / TURN_MEMORY_S))
    steps = speed * (restless_m_per_s[moves, None] * dt_s)
    wriggling = np.zeros((count, SCATTERERS, times))
    wriggling[moves] = remembered(steps.astype(np.float32), math.exp(-dt_s / TURN_PULL_S))
    return wriggling
