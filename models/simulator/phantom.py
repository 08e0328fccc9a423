"""A breathing phantom: a plate that moves at an exact rate, for self-tests and for hard questions."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Phantom:
    """A plate on a motor. It is not alive, and nobody is in the room because of it."""

    rate_per_min: float = 12.0
    swing_mm: float = 6.0
    """[mm] peak to peak."""
    range_m: float = 1.2
    echo: float = 350.0
    """Amplitude in receiver units; a flat plate answers better than a chest."""
    jump_m: float = 0.0
    """[m] to and fro by which the whole motor is moved now and then; 0 stays."""
    jump_every_s: float = 12.0
    """[s] between such moves; the rate does not change with them."""


class PhantomMotion:
    """Follows one plate, a stretch of time after the other."""

    def __init__(self, phantom: Phantom, rng: np.random.Generator) -> None:
        self._phantom = phantom
        self._start = float(rng.uniform())
        self._since_s = 0.0

    def run(self, times: int, dt_s: float) -> tuple[Float, Float]:
        """Move on by a stretch.

        Args:
            times: how many steps.
            dt_s: [s] of each.

        Returns:
            Distance [m] and echo amplitude, each of shape (times,).
        """
        told = self._phantom
        t_s = self._since_s + dt_s * np.arange(times)
        self._since_s += dt_s * times
        turn = 2 * math.pi * (self._start + told.rate_per_min / 60 * t_s)
        place = told.range_m + told.swing_mm / 2000 * np.sin(turn)
        if told.jump_m:
            place = place + told.jump_m * ((t_s // told.jump_every_s) % 2)
        return place, np.full(times, told.echo)
