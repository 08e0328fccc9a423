"""Things that move and are not alive: fans, curtains, draughts, machines, telephones and water."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.simulator.randomwalks import wander

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Nuisance:
    """One thing that moves; each part of its motion may be zero."""

    range_m: float = 2.2
    echo: float = 60.0
    """Amplitude of its echo in receiver units; a person at 2 m has about 120."""
    rate_hz: float = 0.25
    """[Hz] of its cycle."""
    swing_mm: float = 8.0
    """[mm] peak to peak of the cycle."""
    jitter: float = 0.0
    """Standard deviation of the rate, as a share; machines are near 0, cloth in a draught 0.2 to 0.6."""
    harmonics: float = 0.0
    """Share of the swing at twice the rate."""
    flash: float = 0.0
    """Share of the echo that comes and goes with the cycle, as blades and oscillating heads flash; 0..1."""
    rough_mm: float = 0.0
    """[mm] standard deviation of movement without a period."""
    rough_memory_s: float = 0.5
    """[s] how long that movement remembers."""
    burst_s: float = 0.0
    """[s] it runs and rests by turns of this length; 0 runs always."""


NUISANCES: Mapping[str, Nuisance] = {
    "blades": Nuisance(rate_hz=11.0, swing_mm=1.5, jitter=0.01, harmonics=0.5, flash=0.6, echo=40.0),
    "head": Nuisance(rate_hz=0.1, swing_mm=60.0, jitter=0.003, flash=0.7, echo=40.0),
    "curtain": Nuisance(rate_hz=0.25, swing_mm=12.0, jitter=0.35, harmonics=0.3, rough_mm=1.5, rough_memory_s=1.5),
    "draught": Nuisance(range_m=1.3, rate_hz=0.3, swing_mm=1.2, jitter=0.5, rough_mm=0.3, echo=100.0),
    "hvac": Nuisance(rate_hz=17.0, swing_mm=0.06, jitter=0.005, rough_mm=0.05, rough_memory_s=4.0, echo=150.0),
    "pump": Nuisance(range_m=1.6, rate_hz=0.2, swing_mm=2.5, jitter=0.001, harmonics=0.4, echo=50.0),
    "phone": Nuisance(range_m=1.5, rate_hz=168.0, swing_mm=0.2, jitter=0.002, burst_s=0.9, echo=80.0),
    "water": Nuisance(range_m=3.2, rate_hz=2.0, swing_mm=0.0, rough_mm=4.0, rough_memory_s=0.15, flash=0.0, echo=60.0),
}
"""blades and head: a fan; curtain: cloth at a window; draught: bedding that lifts; hvac: a duct; pump: a breathing
machine or mattress pump that nobody wears; phone: a telephone that buzzes; water: a tap or shower that runs.

Rates after SENSING: blades 1 to 30 Hz, oscillating heads 0.05 to 0.15 Hz, curtains and draughts 0.1 to 0.5 Hz."""

_SPREAD = {"blades": 3.0, "head": 1.5, "curtain": 2.0, "draught": 2.0, "pump": 1.6, "hvac": 1.5}


def draw_nuisance(rng: np.random.Generator, near_m: float, far_m: float) -> tuple[str, Nuisance]:
    """Draw one thing that moves, with its rate, swing, echo and place varied about its usual ones."""
    name = str(rng.choice(list(NUISANCES)))
    usual = NUISANCES[name]
    spread = _SPREAD.get(name, 1.3)
    drawn = replace(
        usual,
        range_m=float(rng.uniform(near_m, far_m)),
        rate_hz=usual.rate_hz * spread ** float(rng.uniform(-1, 1)),
        swing_mm=usual.swing_mm * 3.0 ** float(rng.uniform(-1, 1)),
        rough_mm=usual.rough_mm * 3.0 ** float(rng.uniform(-1, 1)),
        jitter=usual.jitter * float(rng.uniform(0.3, 1.5)),
        echo=usual.echo * 4.0 ** float(rng.uniform(-1, 1)),
    )
    return name, drawn


class NuisanceMotion:
    """Follows one thing, a stretch of time after the other."""

    def __init__(self, thing: Nuisance, rng: np.random.Generator) -> None:
        self._thing = thing
        self._rng = rng
        self._phase = float(rng.uniform())
        self._tail: Float | None = None
        self._since_s = 0.0

    def run(self, times: int, dt_s: float) -> tuple[Float, Float]:
        """Move on by a stretch.

        Args:
            times: how many steps.
            dt_s: [s] of each.

        Returns:
            Distance [m] and echo amplitude, each of shape (times,).
        """
        thing = self._thing
        pace = np.ones(times)
        if thing.jitter:
            # The rate wanders with a memory of about two cycles.
            keep = math.exp(-dt_s * min(thing.rate_hz, 2.0) / 2)
            pace = np.exp(thing.jitter * self._wander(0, times, keep))
        cycles = self._phase + np.cumsum(pace) * thing.rate_hz * dt_s
        self._phase = float(cycles[-1])
        turn = 2 * math.pi * cycles
        mm = thing.swing_mm / 2 * (np.sin(turn) + thing.harmonics * np.sin(2 * turn + 1.0))
        if thing.rough_mm:
            mm = mm + thing.rough_mm * self._wander(1, times, math.exp(-dt_s / thing.rough_memory_s))
        t_s = self._since_s + dt_s * np.arange(times)
        self._since_s += dt_s * times
        if thing.burst_s:
            mm = mm * ((t_s // thing.burst_s) % 2 == 0)
        echo = thing.echo * (1 - thing.flash * (0.5 - 0.5 * np.cos(turn)))
        return thing.range_m + mm / 1000, echo

    def _wander(self, which: int, times: int, keep: float) -> Float:
        """Continue one of the two random walks of this thing from where the last stretch ended."""
        fresh = wander(self._rng, (times,), keep).astype(np.float64)
        if self._tail is None:
            self._tail = np.array([math.nan, math.nan])
        if not math.isnan(self._tail[which]):
            # The fresh walk began anywhere; begun from the old end instead it differs by something that decays.
            begun = keep * self._tail[which] + math.sqrt(1 - keep * keep) * fresh[0]
            fresh += (begun - fresh[0]) * keep ** np.arange(times)
        self._tail[which] = fresh[-1]
        return fresh
