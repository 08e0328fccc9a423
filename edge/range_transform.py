"""Samples of a frequency sweep to a complex range profile; shared by every radar that gives raw samples.

Source:
    The beat of an echo at distance R has the frequency 2 S R / c and the phase 4 pi f R / c (S slope, f carrier):
    Stove 1992, "Linear FMCW radar techniques", doi:10.1049/ip-f-2.1992.0048; Hann window: Harris 1978,
    doi:10.1109/PROC.1978.10837.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LIGHT_M_PER_S = 299_792_458.0
# A bedroom's far wall; bins behind it only cost.
MAX_RANGE_M = 4.0
# The scatter between chirps is an estimate of the noise only when there are enough of them.
CHIRPS_FOR_NOISE = 4
# A clipped sine spends its peaks at the limit; single samples there are chance.
MAX_CLIPPED_SHARE = 0.01


@dataclass(frozen=True)
class Chirp:
    """How one sweep is made and sampled."""

    start_frequency_hz: float
    """[Hz] at the first sample."""
    slope_hz_per_s: float
    sample_rate_hz: float
    samples: int
    is_complex: bool
    """Two mixers (I and Q): all bins are ranges; with one, the upper half mirrors the lower."""

    @property
    def wavelength_m(self) -> float:
        """[m] in the middle of the samples, which is what the phase of a range bin turns with."""
        half_s = self.samples / self.sample_rate_hz / 2
        return LIGHT_M_PER_S / (self.start_frequency_hz + self.slope_hz_per_s * half_s)

    def range_step_m(self, points: int | None = None) -> float:
        """Return the distance from bin to bin [m].

        Args:
            points: of the transform; None for as many as there are samples.
        """
        return LIGHT_M_PER_S * self.sample_rate_hz / (2 * self.slope_hz_per_s * (points or self.samples))


@dataclass(frozen=True, eq=False)
class Profile:
    """One frame after the range transform."""

    values: NDArray[np.complex64]
    """shape (ranges * receivers,), receivers side by side; in units of the samples."""
    noise_power: NDArray[np.float32] | None
    """shape (ranges * receivers,), of `values`; None with fewer than CHIRPS_FOR_NOISE chirps."""


class RangeTransform:
    """Turns the samples of each frame into a range profile."""

    def __init__(self, chirp: Chirp, receivers: int, max_range_m: float = MAX_RANGE_M) -> None:
        """Prepare.

        Args:
            chirp: of all frames.
            receivers: in each frame.
            max_range_m: [m] of the last range that is kept; at least one is.
        """
        usable = chirp.samples if chirp.is_complex else chirp.samples // 2
        last = max(1, min(math.floor(max_range_m / chirp.range_step_m() + 1e-9), usable - 1))
        self._kept = slice(1, last + 1)
        # Without its zeros at both ends, a Hann window works on two samples too.
        window = np.hanning(chirp.samples + 2)[1:-1]
        self._window = (window / window.sum()).astype(np.float32)
        self._is_complex = chirp.is_complex
        self.range_m: NDArray[np.float64] = np.repeat(chirp.range_step_m() * np.arange(1, last + 1), receivers)
        """shape (ranges * receivers,) [m]; the bin at 0 m, where the mean was taken off, is left out."""

    def profile(self, samples: NDArray[np.complex64] | NDArray[np.float32]) -> Profile:
        """Transform one frame.

        The mean of each chirp is taken off first: it is the mixer's offset, and would leak into the near ranges.
        Chirps are then averaged coherently; what differs between neighbours is noise.

        Args:
            samples: shape (chirps, receivers, samples).
        """
        windowed = (samples - samples.mean(axis=-1, keepdims=True)) * self._window
        spectrum = np.fft.fft(windowed) if self._is_complex else np.fft.rfft(windowed)
        bins = np.swapaxes(spectrum[..., self._kept], 1, 2).reshape(len(samples), -1)
        noise = None
        if len(bins) >= CHIRPS_FOR_NOISE:
            steps = np.abs(np.diff(bins, axis=0)) ** 2
            noise = (steps.mean(axis=0) / (2 * len(bins))).astype(np.float32)
        return Profile(bins.mean(axis=0).astype(np.complex64), noise)


def is_clipped(raw: NDArray[Any], low: float, high: float) -> bool:
    """Say whether the converter was at its limit.

    Args:
        raw: any shape, as converted.
        low: lowest number that the converter gives.
        high: highest number.
    """
    return bool(((raw <= low) | (raw >= high)).mean() > MAX_CLIPPED_SHARE)
