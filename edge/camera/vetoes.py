"""What moves in rhythm and is no chest: the camera, a picture on a string, a curtain, light that comes and goes."""

import math
from functools import lru_cache

import numpy as np

from broker.vocabulary import Withheld
from edge.camera.blocks import Float32
from edge.camera.field import LINES_HZ, NEAR, PLACES, phasors_at, shares_at
from edge.camera.people import grown
from edge.chest import Chest, steady_parts
from edge.resampling import FIELD_HZ, DisplacementField
from edge.view import COLUMNS, ROWS, View

# Blocks with so much texture count, and so many of them at least.
TEXTURED, LEAST_BLOCKS = 0.6, 6
# Where nobody lies, so many blocks with so much of their motion at the rate are no chest. On simulated sleepers the
# fifth of them stayed below 0.28, beside a fan too; with a curtain, flicker or a swaying camera it was over 0.5.
OUTSIDE_BLOCKS, OUTSIDE_SHARE, EVERYWHERE_SHARE = 5, 0.4, 0.9
# Most of what is seen moves as one: the camera does.
RIGID_SHARE, RIGID_TOGETHER = 0.6, 0.5
# A stiff thing in a room that stands still: every part of it moves alike, and a chest moves most in its middle.
STIFF_TOGETHER, STIFF_SPREAD = 0.9, 0.15
# What is left of the wave beside its line and two harmonics, less noise, over the line. Less than this is a machine,
# where the noise that was taken off is smaller still: of a faint chest chance sometimes takes off all that is left.
EVEN_FROM_S, TOO_EVEN, EVEN_NOISE = 10.0, 0.008, 0.004
# What leaves more than this may be cloth in the air. Motion far above its noise has to be more even, for noise is no
# excuse, and the more so the shorter it was looked at: of simulated cloth 10 to 24 s are often as even as a chest, 30 s
# seldom are.
TOO_UNEVEN, LOUD = 0.65, 70.0
LOUD_FOR_S, TOO_UNEVEN_LOUD = (10.0, 24.0, 30.0), (0.08, 0.08, 0.3)
BAND_HZ, NOISE_FROM_HZ = (0.05, 1.0), 2.0
LOUD_TRUST, LOUD_HZ, QUIET_HZ = 0.2, (0.13, 0.75), 1.0
TINY = 1e-12


def lifeless(field: DisplacementField, powers: Float32, chest: Chest, view: View, *, is_told: bool) -> Withheld | None:
    """Say whether what moves at the chest's rate is no living chest.

    Args:
        field: every channel.
        powers: shape (lines, channels), of the same.
        chest: what was judged.
        view: how the camera looks at the room.
        is_told: the judge would tell the rate; of noise alone nobody asks how even it is.

    Returns:
        sensor_moved when the whole view sways, low_quality for everything else that is not alive; None otherwise.
    """
    if view.has_zones:
        outside = _outside(field, powers, chest.rate_per_min, view)
        if outside > OUTSIDE_SHARE:
            return Withheld.SENSOR_MOVED if outside > EVERYWHERE_SHARE else Withheld.LOW_QUALITY
    stiff = rigid_at(field, chest.rate_per_min)
    if stiff is not None:
        return stiff
    if not is_told or field.duration_s < EVEN_FROM_S:
        return None
    uneven, noise = unevenness(chest)
    return Withheld.LOW_QUALITY if uneven < TOO_EVEN and noise < EVEN_NOISE else None


def is_uneven(field: DisplacementField, powers: Float32, chest: Chest, view: View) -> bool:
    """Say whether what moves at the chest's rate is so uneven that it may be cloth in the air.

    Args:
        field: every channel.
        powers: shape (lines, channels), of the same.
        chest: what was judged.
        view: how the camera looks at the room.
    """
    if field.duration_s < EVEN_FROM_S:
        return False
    uneven, most = unevenness(chest)[0], TOO_UNEVEN
    if loudness(field, powers, view) > LOUD:
        most = float(np.interp(field.duration_s, LOUD_FOR_S, TOO_UNEVEN_LOUD))
    return uneven > most


def loudness(field: DisplacementField, powers: Float32, view: View) -> float:
    """Return how far what moves where somebody may lie stands above its noise.

    Args:
        field: every channel.
        powers: shape (lines, channels), of the same.
        view: how the camera looks at the room.

    Returns:
        Power over that of noise, less one: mean over the breathing band, summed over the blocks; about 0 of noise.
    """
    asked = view.lying[PLACES[:NEAR, 0], PLACES[:NEAR, 1]] & (field.trust[:NEAR] > LOUD_TRUST)
    power = powers[:, :NEAR][:, asked] / LINES_HZ[:, None]
    noise = np.median(power[LINES_HZ > QUIET_HZ], axis=0) / math.log(2)
    lowest, highest = LOUD_HZ
    breathes = (lowest < LINES_HZ) & (highest > LINES_HZ)
    return float((power[breathes] / np.maximum(noise, TINY) - 1).sum() / breathes.sum())


def _outside(field: DisplacementField, powers: Float32, rate_per_min: float, view: View) -> float:
    """Return how far the blocks where nobody lies move at the rate: the share of the fifth of them, 0..1."""
    # Whoever lies on their side is higher than the bed that was drawn: beside it is not elsewhere.
    elsewhere = ~grown(view.lying)[PLACES[:NEAR, 0], PLACES[:NEAR, 1]] & (field.trust[:NEAR] > TEXTURED)
    shares = np.sort(shares_at(powers, rate_per_min, field.duration_s)[:NEAR][elsewhere])
    return float(shares[-OUTSIDE_BLOCKS]) if len(shares) >= OUTSIDE_BLOCKS else 0.0


def rigid_at(field: DisplacementField, rate_per_min: float) -> Withheld | None:
    """Say whether all that moves at a rate moves as one stiff thing.

    Args:
        field: every channel.
        rate_per_min: [1/min].

    Returns:
        sensor_moved when it is most of the view, low_quality when it is a thing in it; None otherwise.
    """
    x, y = phasors_at(field, rate_per_min).reshape(2, ROWS * COLUMNS)
    size = np.sqrt(np.abs(x) ** 2 + np.abs(y) ** 2)
    textured = field.trust[: ROWS * COLUMNS] > TEXTURED
    if textured.sum() < LEAST_BLOCKS:
        return None
    moves = textured & (size > 0.5 * np.quantile(size[textured], 0.95))
    if moves.sum() < LEAST_BLOCKS:
        return None
    alike = np.abs(x[moves].mean()) ** 2 + np.abs(y[moves].mean()) ** 2
    together = alike / max(float((size[moves] ** 2).mean()), TINY)
    if moves.sum() >= RIGID_SHARE * textured.sum() and together > RIGID_TOGETHER:
        return Withheld.SENSOR_MOVED
    spread = float(size[moves].std() / size[moves].mean())
    return Withheld.LOW_QUALITY if together > STIFF_TOGETHER and spread < STIFF_SPREAD else None


@lru_cache(maxsize=2)
def unevenness(chest: Chest) -> tuple[float, float]:
    """Say what is left of the wave beside a steady line and its two harmonics.

    A machine leaves nothing; a chest some, for no breath is like the last; a thing that the air moves leaves much.

    Returns:
        What is left less noise, and the noise; both over the line. Chance can bring the first below 0.
    """
    count = chest.samples
    wave = chest.wave_mm[-count:]
    parts = steady_parts(chest)
    rest = wave - parts @ (parts.T @ wave)
    hz = np.fft.rfftfreq(count, 1 / FIELD_HZ)
    left, told = (np.abs(np.fft.rfft(one * np.hanning(count))) ** 2 for one in (rest, wave - rest))
    in_band = (hz > BAND_HZ[0]) & (hz < BAND_HZ[1])
    # White noise is read where nothing breathes; the mean of its power is the median over the logarithm of two.
    noise = float(np.median(left[hz > NOISE_FROM_HZ])) / math.log(2)
    line = max(float(told[in_band].sum()), TINY)
    noise_share = float(noise * in_band.sum()) / line
    return float(left[in_band].sum()) / line - noise_share, noise_share
