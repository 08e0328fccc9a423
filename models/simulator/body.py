"""A body as the radar sees it: a handful of scatterers that breathe, turn, sway and walk."""

import math

import numpy as np
from numpy.typing import NDArray

from models.simulator.breathing import Breathing, BreathingStyle, Heart
from models.simulator.torsos import (
    PARADOX,
    SCATTERERS,
    SWAY_M_PER_S,
    SWAY_MEMORY_S,
    TURN_MEMORY_S,
    TURN_PULL_S,
    Posture,
    draw_torsos,
)

# Echo amplitude at one metre; a seated person at 0.66 m gives an A121 some 380 to 1200 units.
ECHO_AT_1_M = 500.0
# A standing body turns more of itself to the sensor than a lying one.
UPRIGHT = 1.6
CHEST_LAG_S = 0.25

Float = NDArray[np.float64]


class Body:
    """One person: where the torso is, how it moves, and what that looks like to a radar.

    Attributes:
        range_m: [m] distance of the torso's middle.
        is_in_view: False behind a wall.
        is_upright: sitting, standing or walking, and so a larger target.
        is_obstructed: the throat is closed; chest and belly work against each other.
    """

    def __init__(
        self,
        style: BreathingStyle,
        range_m: float,
        rng: np.random.Generator,
        size: float = 1.0,
        posture: Posture | None = None,
    ) -> None:
        """Make a body.

        Args:
            style: how it breathes.
            range_m: [m] where it lies.
            rng: where the randomness comes from.
            size: amplitude of all its echoes, as a share of the usual.
            posture: in which it lies for ever; None draws one now and at each turn.
        """
        self._rng = rng
        self._size, self._posture = size, posture
        self._breathing = Breathing(style, rng)
        self._heart = Heart(float(rng.uniform(50, 85)), float(rng.uniform(0.1, 0.4)), rng)
        self.range_m = range_m
        self.is_in_view = True
        self.is_upright = False
        self.is_obstructed = False
        self._excursion_mm = self._chest_mm = self._heart_mm = 0.0
        self._wander = np.zeros(SCATTERERS)
        self._speed = np.zeros(SCATTERERS)
        self._sway_m = 0.0
        self._creep_m_per_s = 0.0
        self._now = self._next = self._drawn()
        self._turned = 0.0

    @property
    def breaths(self) -> float:
        """Breaths taken so far."""
        return self._breathing.breaths

    @property
    def depth_mm(self) -> float:
        """Usual depth of breath [mm]."""
        return self._breathing.style.depth_mm

    @property
    def excursion_mm(self) -> float:
        """How far the belly has risen [mm]."""
        return self._excursion_mm

    @property
    def chest_mm(self) -> float:
        """How far the chest has risen [mm]; against the belly's way while the throat is closed."""
        return PARADOX * self._chest_mm if self.is_obstructed else self._chest_mm

    @property
    def heart_mm(self) -> float:
        """How far the heart has moved the chest [mm]."""
        return self._heart_mm

    @property
    def creep_mm(self) -> float:
        """How far the whole body has crept since it began [mm]."""
        return 1000 * self._sway_m

    @property
    def wander_mm(self) -> Float:
        """How far each part is from its place while the body turns or tosses, shape (scatterers,) [mm]."""
        return 1000 * self._wander

    def _drawn(self) -> Float:
        """Draw another posture: shape (4, scatterers), offset [m], share of the breath, of the belly, and amplitude."""
        usual = self._rng.choice([Posture.SUPINE, Posture.SIDE, Posture.PRONE], p=[0.5, 0.38, 0.12])
        drawn = draw_torsos(self._rng, np.array([usual if self._posture is None else self._posture]))
        return np.stack([drawn.offset_m[0], drawn.projection[0], drawn.belly[0], drawn.echo[0]])

    def begin_turn(self) -> None:
        """Begin to turn into another posture."""
        self._now = self._lying()
        self._next, self._turned = self._drawn(), 0.0

    def turn(self, share: float) -> None:
        """Be so far through the turn, 0 to 1."""
        self._turned = share

    def _lying(self) -> Float:
        if self._turned == 0.0 or self._now is self._next:
            return self._now
        blend = (3 - 2 * self._turned) * self._turned**2
        return self._now + blend * (self._next - self._now)

    def step(
        self,
        dt_s: float,
        *,
        is_held: bool,
        restlessness_m_per_s: float,
        walk_m_per_s: float,
        is_full: bool = False,
        depth: float = 1.0,
    ) -> None:
        """Move on.

        Args:
            dt_s: [s] time passed.
            is_held: the breath is held.
            restlessness_m_per_s: speed of each part's own movement: 0 at rest, 0.02 to 0.5 turning or tossing.
            walk_m_per_s: speed of the whole body away from the sensor; negative comes nearer.
            is_full: the breath is held after breathing in.
            depth: share of the usual depth of breath.
        """
        self._excursion_mm = self._breathing.step(dt_s, is_held=is_held, is_full=is_full, depth=depth)
        lag = dt_s / (CHEST_LAG_S + dt_s)
        self._chest_mm += lag * (self._excursion_mm - self._chest_mm)
        self._heart_mm = self._heart.step(dt_s, self.breaths)
        self.range_m += walk_m_per_s * dt_s
        # Nobody lies like a stone: posture creeps smoothly by about a millimetre in ten seconds.
        keep_sway = math.exp(-dt_s / SWAY_MEMORY_S)
        kick_m_per_s = SWAY_M_PER_S * math.sqrt(1 - keep_sway**2)
        self._creep_m_per_s = keep_sway * self._creep_m_per_s + kick_m_per_s * float(self._rng.standard_normal())
        self._sway_m += self._creep_m_per_s * dt_s
        if restlessness_m_per_s > 0:
            keep = math.exp(-dt_s / TURN_MEMORY_S)
            kick = restlessness_m_per_s * math.sqrt(1 - keep * keep)
            self._speed = keep * self._speed + kick * self._rng.standard_normal(SCATTERERS)
            self._wander += self._speed * dt_s
            self._wander *= math.exp(-dt_s / TURN_PULL_S)

    def echoes(self) -> tuple[Float, Float]:
        """Return where the scatterers are [m] and how strongly they answer.

        Returns:
            Two arrays of shape (scatterers,): distance [m] and amplitude [receiver units]; both empty out of view.
        """
        if not self.is_in_view:
            return np.zeros(0), np.zeros(0)
        offset, projection, belly, echo = self._lying()
        inward_mm = projection * (belly * self._excursion_mm + (1 - belly) * self.chest_mm + self._heart_mm)
        place_m = self.range_m + self._sway_m + offset + self._wander - inward_mm / 1000
        place_m = np.maximum(place_m, 0.2)
        size = self._size * ECHO_AT_1_M * (UPRIGHT if self.is_upright else 1.0) / SCATTERERS
        return place_m, echo * size / place_m**2

    def breath_power(self, wavelength_m: float, depth_mm: float) -> float:
        """Estimate the power that breathing moves in the echo, at most that of the whole echo.

        Args:
            wavelength_m: [m] of the carrier.
            depth_mm: [mm] depth of the breath.

        Returns:
            Sum over the scatterers, in squared receiver units.
        """
        _, projection, _, _ = self._lying()
        _, amplitude = self.echoes()
        if not amplitude.size:
            return 0.0
        turn = 4 * math.pi / wavelength_m * projection * depth_mm / 1000
        # A sine of half swing a moves the power 1 - J0(a)^2 of its echo, near a^2 / 2 while a is small.
        return float((amplitude**2 * np.minimum(1.0, turn**2 / 8)).sum())
