"""A cat that comes by: it walks on the floor, jumps on the bed, sleeps there, and leaves again."""

import math

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.figures import BELLY, CHEST, Pose
from models.simulator.camera.room import BED_Z

# Where it is, [s] since it came: x, y and height of what it stands on [m], and how it is.
_ROUND = (
    (0.0, 2.6, 2.6, 0.0, Pose.CAT),
    (6.0, 1.1, 2.5, 0.0, Pose.CAT),
    (9.0, 1.1, 2.5, 0.0, Pose.CAT),
    (10.0, 0.45, 2.8, BED_Z + 0.06, Pose.CAT),
    (13.0, 0.45, 2.9, BED_Z + 0.06, Pose.CURLED),
    (70.0, 0.45, 2.9, BED_Z + 0.06, Pose.CURLED),
    (72.0, 0.45, 2.9, BED_Z + 0.06, Pose.CAT),
    (73.0, 1.2, 2.7, 0.0, Pose.CAT),
    (80.0, 2.8, 3.0, 0.0, Pose.CAT),
    (90.0, 2.8, 2.6, 0.0, Pose.CAT),
)
_RATE_HZ, _SWING_M = 0.42, 0.006


class Pet:
    """A cat on its round, over and over."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._t_s = float(rng.uniform(0, 3))
        self.pose = Pose.CAT
        self.x_m = self.y_m = self.lift_m = 0.0
        self.step(0.0)

    def step(self, dt_s: float) -> None:
        """Move on."""
        self._t_s += dt_s
        at_s = self._t_s % _ROUND[-1][0]
        times, xs, ys, lifts, poses = zip(*_ROUND, strict=True)
        self.x_m, self.y_m, self.lift_m = (float(np.interp(at_s, times, one)) for one in (xs, ys, lifts))
        self.pose = poses[int(np.searchsorted(times, at_s, side="right")) - 1]

    def breathing(self, parts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the parts of its body as its breath has them now."""
        level = 0.5 - 0.5 * math.cos(2 * math.pi * _RATE_HZ * self._t_s)
        parts = parts.copy()
        parts[[CHEST, BELLY], 5] += level * _SWING_M / 2
        parts[[CHEST, BELLY], 2] += level * _SWING_M / 2
        return parts
