"""Unevenly timed displacement with holes, made even: the form that the vitals graph takes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WINDOW_S = 30.0
FIELD_HZ = 10
FIELD_SAMPLES = 300
# A step between frames longer than this many periods is bridged at the speed around it.
BRIDGE_PERIODS = 2.5

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DisplacementField:
    """Evenly sampled displacement of each channel over the calm part of the window."""

    field_mm: Float32
    """shape (samples, channels) [mm], newest last, zero before the start."""
    taper: Float32
    """shape (samples,), zero before the start."""
    trust: Float32
    """shape (channels,), 0..1: power of the echo over its noise."""
    half_width_hz: float
    """[Hz] half the width of a spectral line at this length."""
    duration_s: float
    """[s] of signal in the field."""
    range_m: Float
    """shape (channels,) [m]; NaN for traces."""
    bins: int
    """Range bins; channels are bins times the number of centres tried."""


def taper_for(duration_s: float) -> Float32:
    """Make a Hann taper over the newest part of the field.

    Returns:
        shape (samples,), zero before the start.
    """
    length = min(FIELD_SAMPLES, max(8, round(duration_s * FIELD_HZ)))
    taper = np.zeros(FIELD_SAMPLES, dtype=np.float32)
    taper[-length:] = np.hanning(length + 2)[1:-1]
    return taper


def bridged(times: Float, steps: Float) -> Float:
    """Replace the step over each hole by the speed around it: phase cannot be followed through a hole."""
    intervals = np.diff(times)
    usual = float(np.median(intervals))
    holes = np.flatnonzero(intervals > BRIDGE_PERIODS * usual)
    for hole in holes:
        around = [i for i in (hole - 2, hole - 1, hole + 1, hole + 2) if 0 <= i < len(steps) and i not in holes]
        if around:
            speed = (steps[around] / intervals[around, None]).mean(axis=0)
            steps[hole] = speed * intervals[hole]
    return steps


def field_of(times: Float, path: Float | Float32, trust: Float, range_m: Float, bins: int) -> DisplacementField:
    """Resample a path evenly, newest sample last.

    Args:
        times: shape (samples,) [s], rising.
        path: shape (samples, channels) [mm]; worked with as exactly as it comes.
        trust: shape (channels,), 0..1.
        range_m: as of `DisplacementField`.
        bins: likewise.
    """
    times, path = filled(times, path)
    duration_s = min(float(times[-1] - times[0]), WINDOW_S)
    length = min(FIELD_SAMPLES, int(duration_s * FIELD_HZ) + 1)
    even = times[-1] - np.arange(length - 1, -1, -1) / FIELD_HZ
    right = np.clip(np.searchsorted(times, even), 1, len(times) - 1)
    share = np.clip((even - times[right - 1]) / (times[right] - times[right - 1]), 0, 1)[:, None]
    # Average over one sample first: plain interpolation would fold fast noise into the breathing band.
    smooth = smoothed(times, path, 1 / FIELD_HZ)
    field = np.zeros((FIELD_SAMPLES, path.shape[1]), dtype=np.float32)
    # In place: of a camera's channels each copy is half a megabyte.
    share = share.astype(smooth.dtype)
    left_part, right_part = smooth[right - 1], smooth[right]
    left_part *= 1 - share
    right_part *= share
    resampled = field[-length:]
    np.add(left_part, right_part, out=resampled, casting="same_kind")
    resampled -= resampled.mean(axis=0)
    taper = taper_for(length / FIELD_HZ)
    # A Hann line is 4 / T wide from zero to zero; half of it is 2 / T, and most of its power lies within 1.5 / T.
    half_width_hz = 1.5 / max(duration_s, 1.0) + 1e-4
    return DisplacementField(field, taper, trust.astype(np.float32), half_width_hz, duration_s, range_m, bins)


def filled(times: Float, path: Float | Float32) -> tuple[Float, Float | Float32]:
    """Put straight lines of samples into the holes, so that a mean over samples is a mean over time."""
    intervals = np.diff(times)
    usual = float(np.median(intervals))
    holes = np.flatnonzero(intervals > BRIDGE_PERIODS * usual)
    if not len(holes):
        return times, path
    extra = [np.arange(times[hole] + usual, times[hole + 1] - usual / 2, usual) for hole in holes]
    dense = np.sort(np.concatenate([times, *extra]))
    right = np.clip(np.searchsorted(times, dense), 1, len(times) - 1)
    share = ((dense - times[right - 1]) / (times[right] - times[right - 1]))[:, None]
    return dense, path[right - 1] * (1 - share) + path[right] * share


def smoothed(times: Float, path: Float | Float32, seconds: float) -> Float | Float32:
    """Take the running mean over a stretch of time, centred, shorter at the ends."""
    width = max(1, round(seconds / max(float(np.median(np.diff(times))), 1e-3)))
    if width == 1:
        return path
    total = np.vstack([np.zeros(path.shape[1]), np.cumsum(path, axis=0, dtype=np.float64)])
    count = len(path)
    low = np.maximum(np.arange(count) - width // 2, 0)
    high = np.minimum(low + width, count)
    averaged: Float = (total[high] - total[low]) / (high - low)[:, None]
    return averaged
