"""The truth of each window, and whether a perfect observer could have known it."""

from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from models.simulator.profiles import Timing

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]
Complex64 = NDArray[np.complex64]

# A stir slower than this is not a movement that ends a calm stretch.
CALM_M_PER_S = 0.015
RATE_AFTER_S = 10.0
# Energy over noise from which on the frequency of a line can be found at all: below about 15 dB the best estimate
# jumps to lines of the noise (Rife and Boorstyn 1974, doi:10.1109/TIT.1974.1055282). Seeing that something moves takes
# less.
RATE_DB, PRESENCE_DB = 16.0, 12.0
# What else moves in the same bins hides this share of its own energy's worth.
HIDING = 0.02
NOTHING_DB = -99.0


class TrueState(IntEnum):
    """What is so at one moment; the first four have the names of the estimates."""

    EMPTY = 0
    BREATHING = 1
    NO_BREATHING_SEEN = 2
    MOVING = 3
    OBSTRUCTED = 4
    """The chest moves and no air does: a radar cannot tell it from breathing."""


@dataclass(frozen=True, eq=False)
class Labels:
    """What is true of each window; shapes (windows,) or (windows, times)."""

    world: NDArray[np.str_]
    """(windows,), name of the world that each window was drawn from."""
    state: NDArray[np.int8]
    """(windows, times), of TrueState."""
    people: NDArray[np.int8]
    """(windows, times), people in this room; a neighbour is not."""
    range_m: NDArray[np.float32]
    """(windows, times) [m], of the sleeper; NaN out of view."""
    rate_per_min: NDArray[np.float32]
    """(windows,), mean over the calm stretch that ends with the window, at least 10 s; NaN where there is none."""
    calm_s: NDArray[np.float32]
    """(windows,) [s] length of that stretch; 0 where the window does not end in one."""
    pulse_rate_per_min: NDArray[np.float32]
    """(windows,), mean over the calm stretch; NaN as the rate."""
    machine_rate_per_min: NDArray[np.float32]
    """(windows,), of a phantom's plate; NaN without one."""
    posture: NDArray[np.int8]
    """(windows,), of torsos.Posture, at the end."""
    excursion_mm: NDArray[np.float32]
    """(windows, times), of the sleeper's belly; 0 with nobody."""
    evidence_db: NDArray[np.float32]
    """(windows,), energy of the sleeper's breathing over what hides it, in the calm stretch or, without one, in all."""
    is_presence_observable: Bools
    """(windows,), at the end: a perfect observer could know whether somebody is there; True where nobody is."""
    is_state_observable: Bools
    """(windows,), the same for the state; False for an obstructive apnoea."""
    is_rate_observable: Bools
    """(windows,), the same for the breathing rate."""


def motion_power(moved: Complex64, use: Bools) -> Float:
    """Return the power of what moves, about its mean, shape (windows, channels).

    Args:
        moved: shape (windows, times, channels).
        use: shape (windows, times), which of them count.
    """
    weight = use[..., None].astype(np.float32)
    count = np.maximum(weight.sum(axis=1), 1)
    used = moved * weight
    power = (used.real**2 + used.imag**2).sum(axis=1) / count - np.abs(used.sum(axis=1) / count) ** 2
    return np.asarray(np.maximum(power, 0), dtype=np.float64)


def energy_db(power: Float, hiding_power: Float, noise_power: Float, frames: Float) -> Float:
    """Weigh one thing's motion against what hides it, as a matched filter would find it.

    Args:
        power: shape (windows, channels), of the motion.
        hiding_power: shape (windows, channels), of other things that move.
        noise_power: shape (windows, channels), of one frame.
        frames: shape (windows,), how many there are.

    Returns:
        Shape (windows,) [dB], summed over channels; NOTHING_DB where there is nothing.
    """
    share = frames[:, None]
    energy = (share * power / (noise_power + HIDING * share * hiding_power)).sum(axis=1)
    return np.asarray(np.where(energy > 1e-9, 10 * np.log10(np.maximum(energy, 1e-9)), NOTHING_DB))


def calm_stretch(is_calm: Bools, t_s: Float) -> tuple[Bools, Float]:
    """Find the calm stretch that ends with each window.

    Args:
        is_calm: shape (windows, times).
        t_s: shape (windows, times) [s].

    Returns:
        The frames inside it, shape (windows, times), and its length [s], shape (windows,).
    """
    inside = np.flip(np.logical_and.accumulate(np.flip(is_calm, axis=1), axis=1), axis=1)
    first = np.argmax(inside, axis=1)
    rows = np.arange(len(t_s))
    return inside, np.where(inside[:, -1], t_s[:, -1] - t_s[rows, first], 0.0)


def mean_rate(counts: Float, t_s: Float, inside: Bools, calm_s: Float) -> NDArray[np.float32]:
    """Return the mean rate over calm stretches of at least RATE_AFTER_S [1/min]; NaN elsewhere.

    Args:
        counts: shape (windows, times), breaths or beats with their fraction.
        t_s: shape (windows, times) [s].
        inside: shape (windows, times), frames of the calm stretch.
        calm_s: shape (windows,) [s].
    """
    rows, first = np.arange(len(t_s)), np.argmax(inside, axis=1)
    rate = 60 * (counts[:, -1] - counts[rows, first]) / np.maximum(calm_s, 1e-3)
    return np.where(calm_s >= RATE_AFTER_S - 0.2, rate, np.nan).astype(np.float32)


Part = TypeVar("Part", Labels, Timing)


def joined(parts: list[Part]) -> Part:
    """Put the arrays of several batches of windows one after the other, field by field."""
    names = [one.name for one in fields(parts[0])]
    return replace(parts[0], **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
