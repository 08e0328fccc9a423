"""What moves at a given rate: how each channel shows it, the wave that they add up to, and whether it can be alive."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge.resampling import FIELD_HZ, FIELD_SAMPLES, DisplacementField

# The breathing band and the room above it for harmonics and noise; two lines fall into one peak of the longest window.
LOWEST_HZ, HIGHEST_HZ, STEP_HZ = 0.07, 1.5, 0.03
HIGHEST_RATE_HZ = 0.75
# The wave is taken from few and clear channels: what the others add when the chest rests is noise.
SHARPNESS = 10.0
TINY = 1e-9
# Share of the power in the line and its harmonics above which no living chest was seen (simulator: live at most 0.992
# at 10 s and 0.983 at 30 s, machines with a period true to 2 % at least 0.993 and 0.983).
PURITY_AT_S, MAX_PURITY = (10.0, 30.0), (0.992, 0.984)
# Fewer periods than this fit a sine whatever they are.
MIN_PURE_PERIODS = 2.6
SHAKE_SPREAD_M = 0.9
# Motion at the rate itself, along the beam: from shallow breaths turned away to three times a deep breath of 20 mm.
MIN_SWING_MM, MAX_SWING_MM = 0.15, 60.0

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chest:
    """What moves at one rate."""

    rate_per_min: float
    mixing: Float
    """shape (channels,), signed weight of each channel; adds up to at most 1 without the signs."""
    wave_mm: Float
    """shape (samples,), the weighted sum of the channels, newest last, zero before the start."""
    samples: int
    """Of the wave that hold signal."""
    evidence: Float
    """shape (channels,), 0..1, share of each channel's motion in the line."""
    phasor: NDArray[np.complex128]
    """shape (channels,) [mm], amplitude and phase at the rate."""

    swing_mm: float
    """[mm] peak to peak of the wave's part at the rate alone: without noise, drift and heartbeat."""

    @property
    def is_of_a_chests_size(self) -> bool:
        """Say whether the motion is no smaller and no larger than a chest's."""
        return MIN_SWING_MM <= self.swing_mm <= MAX_SWING_MM


def chest_at(field: DisplacementField, rate_per_min: float) -> Chest:
    """Find what moves at a rate.

    Every channel counts by the share of its motion that lies in the line, and is turned to the clearest one, so that
    channels in opposite phase add up and do not cancel.

    Args:
        field: the calm part of the window.
        rate_per_min: [1/min], any positive rate.
    """
    samples = min(FIELD_SAMPLES, round(field.duration_s * FIELD_HZ))
    x = _without_trend(field.field_mm[-samples:].astype(np.float64), field.taper[-samples:].astype(np.float64))
    tapered = x * field.taper[-samples:, None]
    t = np.arange(samples) / FIELD_HZ
    line_hz = rate_per_min / 60
    steps = np.arange(-math.floor((line_hz - LOWEST_HZ) / STEP_HZ), (HIGHEST_HZ - line_hz) / STEP_HZ)
    lines_hz = line_hz + STEP_HZ * steps
    # Turned back by the rate, what is left to look for is the same multiples of one step for every rate.
    turned = np.exp(-2j * math.pi * line_hz * t)[:, None] * tapered
    waves = _steps_from(int(steps[0]), len(steps), samples) @ turned.astype(np.complex64)
    power = waves.real**2 + waves.imag**2
    # Weighting by frequency halves the slope of drift without making harmonics win.
    tilted = power.astype(np.float64) * lines_hz[:, None]
    inside = np.abs(lines_hz - line_hz) <= field.half_width_hz
    evidence = tilted[inside].sum(axis=0) / (tilted.sum(axis=0) + TINY)
    phasor = turned.sum(axis=0)
    weight = field.trust.astype(np.float64) ** 2 * evidence**SHARPNESS
    weight = weight / (weight.sum() + TINY)
    clearest = phasor[int(np.argmax(weight))]
    alike = (phasor * np.conj(clearest)).real / (np.abs(phasor) * np.abs(clearest) + TINY)
    mixing = weight * alike
    wave = np.zeros(FIELD_SAMPLES)
    wave[-samples:] = x @ mixing
    size = float(np.abs(phasor @ mixing)) / max(float(field.taper.sum()) * float(np.abs(mixing).sum()), TINY)
    return Chest(rate_per_min, mixing, wave, samples, evidence, phasor, 4 * size)


@lru_cache(maxsize=32)
def _steps_from(first: int, count: int, samples: int) -> NDArray[np.complex64]:
    """Make the turns of so many multiples of STEP_HZ, shape (count, samples); not to be written to."""
    turns = STEP_HZ * np.outer(first + np.arange(count), np.arange(samples)) / FIELD_HZ
    return np.asarray(np.exp(-2j * math.pi * turns), dtype=np.complex64)


def _without_trend(x: Float, taper: Float) -> Float:
    """Take a parabola off each column, fitted under the taper."""
    t = np.linspace(-1, 1, len(x))
    basis = np.stack([np.ones_like(t), t, t * t], axis=1)
    weighted = (basis * taper[:, None]).T
    # A window of two or three samples under the taper holds no parabola; a little stiffness leaves it a line.
    stiff = TINY * np.eye(3)
    return np.asarray(x - basis @ np.linalg.solve(weighted @ basis + stiff, weighted @ x), dtype=np.float64)


def loudest_rate(field: DisplacementField) -> float:
    """Find the rate at which most of what moves moves, be it a chest or a machine [1/min].

    Every channel counts by its trust and by the cube of how far its own motion lies in one line.
    """
    samples = min(FIELD_SAMPLES, round(field.duration_s * FIELD_HZ))
    taper = field.taper[-samples:].astype(np.float64)
    tapered = (_without_trend(field.field_mm[-samples:].astype(np.float64), taper) * taper[:, None]).astype(np.float32)
    lines_hz = np.arange(LOWEST_HZ, HIGHEST_HZ, STEP_HZ / 2)
    turns = 2 * math.pi * np.outer(lines_hz, np.arange(samples) / FIELD_HZ)
    waves = np.vstack([np.cos(turns), np.sin(turns)]).astype(np.float32) @ tapered
    tilted = (waves**2).reshape(2, len(lines_hz), -1).sum(axis=0).astype(np.float64) * lines_hz[:, None]
    share = tilted / (tilted.sum(axis=0) + TINY)
    may_breathe = lines_hz <= HIGHEST_RATE_HZ
    fused = share[may_breathe] @ (field.trust.astype(np.float64) * share[may_breathe].max(axis=0) ** 3)
    return 60 * float(lines_hz[int(np.argmax(fused))])


@lru_cache(maxsize=2)
def refined_rate(chest: Chest) -> float:
    """Refine the rate on the wave itself, where its line is highest [1/min]; a machine's is known to a hundredth."""
    wave, duration_s = chest.wave_mm[-chest.samples :], chest.samples / FIELD_HZ
    near_hz = chest.rate_per_min / 60 + np.linspace(-0.8, 0.8, 17) / duration_s
    t = np.arange(chest.samples) / FIELD_HZ
    power = np.abs(np.exp(-2j * math.pi * np.outer(near_hz, t)) @ (wave * np.hanning(chest.samples))) ** 2
    top = int(np.clip(np.argmax(power), 1, len(near_hz) - 2))
    left, here, right = power[top - 1 : top + 2]
    bend = left - 2 * here + right
    offset = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return 60 * float(near_hz[top] + np.clip(offset, -1, 1) * (near_hz[1] - near_hz[0]))


def is_too_pure(chest: Chest, duration_s: float) -> bool:
    """Say whether the motion repeats so exactly that it is a machine.

    The combined wave is fitted with one steady sine and its two harmonics; a chest leaves more of its power
    over, because no breath is like the last.
    """
    if chest.rate_per_min * duration_s / 60 < MIN_PURE_PERIODS:
        return False
    wave, parts = chest.wave_mm[-chest.samples :], steady_parts(chest)
    shares = parts.T @ wave
    power = float((wave**2).sum() - (shares[:3] ** 2).sum())
    rest = wave - parts @ shares
    limit = float(np.interp(duration_s, PURITY_AT_S, MAX_PURITY))
    return power > 0 and 1 - float((rest**2).sum()) / power > limit


@lru_cache(maxsize=2)
def steady_parts(chest: Chest) -> Float:
    """Make what a machine at the chest's own rate would do: a trend, one steady sine and its two harmonics.

    Returns:
        shape (samples, 9), orthogonal columns; the first three hold the trend. Not to be written to.
    """
    line_hz, t = refined_rate(chest) / 60, np.arange(chest.samples) / FIELD_HZ
    columns = [np.ones(chest.samples), t - t.mean(), (t - t.mean()) ** 2]
    for multiple in (1, 2, 3):
        turn = 2 * math.pi * multiple * line_hz * t
        columns += [np.cos(turn), np.sin(turn)]
    return np.asarray(np.linalg.qr(np.stack(columns, axis=1))[0], dtype=np.float64)


def is_shaken(field: DisplacementField, chest: Chest) -> bool:
    """Say whether all ranges move together, as only the sensor itself can make them."""
    raw = slice(0, field.bins)
    if field.bins < 4 or np.isnan(field.range_m[raw]).any():
        return False
    phasor, trust, evidence = chest.phasor[raw], field.trust[raw], chest.evidence[raw]
    seen = (trust > 0.5) & (evidence > 0.5)
    if seen.sum() < 4:
        return False
    size = np.abs(phasor[seen])
    together = phasor[seen].mean() / max(float(size.mean()), 1e-12)
    spread_m = float(np.ptp(field.range_m[raw][seen]))
    alike = float(np.abs(together)) > 0.9 and float(size.std() / size.mean()) < 0.35
    return alike and spread_m > SHAKE_SPREAD_M
