"""How a chest moves: breath by breath, never quite the same twice, with pauses, sighs and a heart."""

import math
from dataclasses import dataclass

import numpy as np

# Share by which the pulse rises and falls with the breath.
RESPIRATORY_COUPLING = 0.04


@dataclass(frozen=True)
class BreathingStyle:
    """How somebody breathes for a while."""

    rate_per_min: float = 14.0
    """Mean rate, 6 to 40."""
    depth_mm: float = 6.0
    """Excursion of the chest wall, peak to peak; 0.5 shallow, 4 to 12 usual, 20 deep."""
    rate_jitter: float = 0.05
    """Standard deviation of the breath's length, as a share; 0.02 to 0.10 in living people."""
    depth_jitter: float = 0.12
    """Standard deviation of the depth from breath to breath, as a share."""
    inspired_share: float = 0.40
    """Share of the breath spent breathing in (1:1 is 0.5, 1:3 is 0.25)."""
    sigh_share: float = 0.01
    """Share of breaths that are sighs, twice as deep."""


class Breathing:
    """Moves a chest in time; asked in steps, so that a night need not be made in advance."""

    def __init__(self, style: BreathingStyle, rng: np.random.Generator) -> None:
        self.style = style
        self._rng = rng
        self._drift = 0.0
        self._depth = style.depth_mm
        self._length_s = 60.0 / style.rate_per_min
        self._share = style.inspired_share
        self._passed_s = float(rng.uniform(0, self._length_s))
        self._level_mm = 0.0
        self._held_s = 0.0
        self._recovery = 0.0
        self.breaths = self._passed_s / self._length_s
        """Breaths since the start, with the fraction of the present one."""

    def _next_breath(self) -> None:
        style, rng = self.style, self._rng
        # First-order autoregression: the rate wanders, as in sleep, and does not only flicker.
        self._drift = 0.7 * self._drift + math.sqrt(1 - 0.49) * float(rng.normal(0, style.rate_jitter))
        self._length_s = 60.0 / style.rate_per_min * max(0.5, 1 + self._drift)
        self._depth = style.depth_mm * max(0.4, 1 + float(rng.normal(0, style.depth_jitter)))
        if rng.random() < style.sigh_share:
            self._depth *= 2.0
        # After a pause the body makes up for it with some deeper and faster breaths.
        self._depth *= 1 + self._recovery
        self._length_s /= math.sqrt(1 + self._recovery)
        self._recovery *= 0.6
        self._share = float(np.clip(style.inspired_share + rng.normal(0, 0.03), 0.2, 0.55))

    def step(self, dt_s: float, *, is_held: bool = False, is_full: bool = False, depth: float = 1.0) -> float:
        """Move on.

        Args:
            dt_s: [s] time passed.
            is_held: no air moves; the chest comes to rest within about a second and stays.
            is_full: it rests after breathing in, not out.
            depth: share of the usual depth.

        Returns:
            The chest's excursion towards the sensor [mm], 0 at rest.
        """
        if is_held:
            rest_mm = self.style.depth_mm if is_full else 0.0
            self._level_mm = rest_mm + (self._level_mm - rest_mm) * math.exp(-dt_s / 0.4)
            self._held_s += dt_s
            return self._level_mm
        if self._held_s:
            # A full chest breathes out first; an empty one breathes in.
            was_full = self._level_mm > self.style.depth_mm / 2
            self._recovery = 0.6 * min(1.0, self._held_s / 30)
            self._held_s = 0.0
            self._passed_s = self._share * self._length_s if was_full else 0.0
            self.breaths = float(math.ceil(self.breaths))
        self._passed_s += dt_s
        self.breaths += dt_s / self._length_s
        while self._passed_s >= self._length_s:
            self._passed_s -= self._length_s
            self._next_breath()
        self._level_mm = depth * self._depth * breath_level(self._passed_s / self._length_s, self._share)
        return self._level_mm


def breath_level(phase: float, inspired_share: float) -> float:
    """One breath from rest (0) to full (1) and back: a raised cosine in, a steeper one out, then rest."""
    if phase < inspired_share:
        return 0.5 - 0.5 * math.cos(math.pi * phase / inspired_share)
    out = (phase - inspired_share) / (0.85 * (1 - inspired_share))
    return 0.5 + 0.5 * math.cos(math.pi * out) if out < 1 else 0.0


class Heart:
    """A beating heart as the chest wall shows it: three lobes per beat, 0.1 to 0.5 mm, hurried by breathing in."""

    def __init__(self, rate_per_min: float, size_mm: float, rng: np.random.Generator) -> None:
        self._rate_hz = rate_per_min / 60
        self._size_mm = size_mm
        self._rng = rng
        self._phase = float(rng.uniform())
        self._pace = 1.0

    def step(self, dt_s: float, breaths: float) -> float:
        """Move on and return the excursion [mm].

        Args:
            dt_s: [s] time passed.
            breaths: breaths so far, with the fraction of the present one.
        """
        hurry = 1 + RESPIRATORY_COUPLING * math.sin(2 * math.pi * breaths)
        self._phase += dt_s * self._rate_hz * self._pace * hurry
        if self._phase >= 1:
            self._phase -= 1
            self._pace = 1 + float(self._rng.normal(0, 0.04))
        turn = 2 * math.pi * self._phase
        return self._size_mm * (0.6 * math.sin(turn) + 0.4 * math.sin(2 * turn + 0.8) + 0.15 * math.sin(3 * turn + 2))
