"""A body as the radar sees it: a handful of scatterers that breathe, turn, sway and walk."""

import math

import numpy as np
from numpy.typing import NDArray

from models.simulator.breathing import Breathing, BreathingStyle, Heart

SCATTERERS = 10
# Echo amplitude at one metre; a seated person at 0.66 m gives an A121 some 380 to 1200 units.
ECHO_AT_1_M = 500.0
# A standing body turns more of itself to the sensor than a lying one.
UPRIGHT = 1.6
# Postural creep of seated and lying people: a few millimetres in half a minute, never abrupt.
SWAY_M_PER_S = 0.00012
SWAY_MEMORY_S = 4.0


class Body:
    """One person: where the torso is, how it moves, and what that looks like to a radar.

    Attributes:
        range_m: [m] distance of the torso's middle.
        is_in_view: False behind a wall.
        is_upright: standing or walking, and so a larger target.
    """

    def __init__(self, style: BreathingStyle, range_m: float, rng: np.random.Generator) -> None:
        self._rng = rng
        self._breathing = Breathing(style, rng)
        self._heart = Heart(float(rng.uniform(50, 85)), float(rng.uniform(0.1, 0.4)), rng)
        self.range_m = range_m
        self.is_in_view = True
        self.is_upright = False
        self._chest_mm = 0.0
        self._wander = np.zeros(SCATTERERS)
        self._speed = np.zeros(SCATTERERS)
        self._sway_m = 0.0
        self._creep_m_per_s = 0.0
        self.lie_anew()

    @property
    def breaths(self) -> float:
        """Breaths taken so far."""
        return self._breathing.breaths

    def lie_anew(self) -> None:
        """Take another posture: new spread, projections and echoes."""
        rng = self._rng
        self._offset_m = rng.uniform(-0.16, 0.20, SCATTERERS)
        # Supine shows nearly all of the excursion, side-lying and prone 0.2 to 0.6 of it.
        # Arms, shoulders and head hardly move: their echoes beat against the chest's, which is what makes a bin fade.
        self._projection = rng.uniform(0.35, 1.0) * rng.uniform(0.05, 1.0, SCATTERERS)
        self._echo = rng.exponential(0.8, SCATTERERS) + 0.2
        self._belly = rng.uniform(0, 1, SCATTERERS)
        self._speed[:] = 0
        self._wander[:] = 0

    def step(self, dt_s: float, *, is_held: bool, restlessness_m_per_s: float, walk_m_per_s: float) -> None:
        """Move on.

        Args:
            dt_s: [s] time passed.
            is_held: the breath is held.
            restlessness_m_per_s: speed of each part's own movement: 0 at rest, 0.02 to 0.5 turning or tossing.
            walk_m_per_s: speed of the whole body away from the sensor; negative comes nearer.
        """
        self._excursion_mm = self._breathing.step(dt_s, is_held=is_held)
        lag = dt_s / (0.25 + dt_s)
        self._chest_mm += lag * (self._excursion_mm - self._chest_mm)
        self._heart_mm = self._heart.step(dt_s)
        self.range_m += walk_m_per_s * dt_s
        # Nobody lies like a stone: posture creeps smoothly by about a millimetre in ten seconds.
        keep_sway = math.exp(-dt_s / SWAY_MEMORY_S)
        kick_m_per_s = SWAY_M_PER_S * math.sqrt(1 - keep_sway**2)
        self._creep_m_per_s = keep_sway * self._creep_m_per_s + kick_m_per_s * float(self._rng.standard_normal())
        self._sway_m += self._creep_m_per_s * dt_s
        if restlessness_m_per_s > 0:
            # Ornstein-Uhlenbeck velocity with a memory of 0.3 s.
            keep = math.exp(-dt_s / 0.3)
            kick = restlessness_m_per_s * math.sqrt(1 - keep * keep)
            self._speed = keep * self._speed + kick * self._rng.standard_normal(SCATTERERS)
            self._wander += self._speed * dt_s
            self._wander *= math.exp(-dt_s / 1.0)

    def echoes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where the scatterers are [m] and how strongly they answer.

        Returns:
            Two arrays of shape (scatterers,): distance [m] and amplitude [receiver units]; both empty out of view.
        """
        if not self.is_in_view:
            return np.zeros(0), np.zeros(0)
        inward_mm = self._projection * (
            self._belly * self._excursion_mm + (1 - self._belly) * self._chest_mm + self._heart_mm
        )
        place_m = self.range_m + self._sway_m + self._offset_m + self._wander - inward_mm / 1000
        place_m = np.maximum(place_m, 0.2)
        size = ECHO_AT_1_M * (UPRIGHT if self.is_upright else 1.0) / SCATTERERS
        return place_m, self._echo * size / place_m**2
