"""The same rooms one step nearer to the antenna: samples of chirps, and sweeps of a pulsed radar.

A range profile is what a range transform leaves; these are what it begins with. They carry a quantiser, a converter
that clips, and the direct echo of the radar's own housing.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.simulator.night import Moment, Night

LIGHT_M_PER_S = 299_792_458.0
FULL_SCALE_16, FULL_SCALE_12 = 32767, 4095
REFLECTORS = 12


@dataclass(frozen=True)
class ChirpSettings:
    """How an FMCW radar sweeps; the values are those of a TI xWR6843 as it is often set up."""

    start_frequency_hz: float = 60.36e9
    """At the first sample."""
    slope_hz_per_s: float = 60e12
    sample_rate_hz: float = 4e6
    samples: int = 100
    """In each chirp."""
    chirps: int = 2
    """In each frame."""
    noise: float = 20.0
    """Standard deviation of a sample's noise [counts]."""
    counts_per_echo: float = 1.0
    """Counts that an echo of amplitude 1 makes."""
    reflector_echo: float = 60.0
    """Mean echo of what stands still, at one metre."""
    housing_echo: float = 600.0
    """Echo of the radar's own housing at 3 cm."""

    @property
    def bandwidth_hz(self) -> float:
        """Swept while samples are taken."""
        return self.slope_hz_per_s * self.samples / self.sample_rate_hz

    @property
    def bin_m(self) -> float:
        """Range that one bin of an unpadded transform stands for."""
        return LIGHT_M_PER_S / (2 * self.bandwidth_hz)

    @property
    def wavelength_m(self) -> float:
        """Of the middle of the sweep, by which the phase of a range bin turns."""
        return LIGHT_M_PER_S / (self.start_frequency_hz + self.bandwidth_hz / 2)


# Infineon BGT60TR13C: 12-bit real samples, three receivers, frames of many chirps.
BGT60 = ChirpSettings(
    start_frequency_hz=60.0e9,
    slope_hz_per_s=16e12,
    sample_rate_hz=1e6,
    samples=128,
    chirps=16,
    noise=4.0,
    counts_per_echo=0.5,
)


class ChirpRadar:
    """Turns moments of a night into samples, as a DCA1000 (complex) or a BGT60 (real) gives them."""

    def __init__(self, settings: ChirpSettings, receivers: int, rng: np.random.Generator) -> None:
        """Put a radar into a room.

        Args:
            settings: how it sweeps.
            receivers: how many antennas listen.
            rng: where the randomness comes from.
        """
        self.settings = settings
        self._receivers, self._rng = receivers, rng
        places = rng.uniform(0.5, 5.0, REFLECTORS)
        sizes = settings.reflector_echo * rng.exponential(1.0, REFLECTORS) / places
        still = self._beat(places, sizes, rng.uniform(-2, 2, REFLECTORS))
        self._still = still + self._beat(np.array([0.03]), np.array([settings.housing_echo]), np.zeros(1))

    def _beat(
        self, place_m: NDArray[np.float64], echo: NDArray[np.float64], bearing: NDArray[np.float64]
    ) -> NDArray[np.complex128]:
        """Return the beat of echoes with the sweep, shape (receivers, samples).

        Source:
            A chirp delayed by 2 R / c beats at slope times delay, and begins at the carrier's phase over that delay.
        """
        s = self.settings
        delay_s = 2 * place_m / LIGHT_M_PER_S
        time_s = np.arange(s.samples) / s.sample_rate_hz
        turns = np.outer(delay_s, s.start_frequency_hz + s.slope_hz_per_s * time_s)
        # Receivers see an echo turned the other way than a profile of `receiver`, whose phase falls with distance.
        aside = np.exp(-1j * np.outer(np.arange(self._receivers), bearing))
        return np.asarray(aside @ (s.counts_per_echo * echo[:, None] * np.exp(2j * math.pi * np.mod(turns, 1))))

    def _noisy(self, moment: Moment) -> NDArray[np.complex128]:
        """Return the chirps of one frame, shape (chirps, receivers, samples)."""
        s = self.settings
        beat = self._still + self._beat(moment.place_m, moment.amplitude, moment.bearing)
        if moment.shake_mm:
            beat = beat * np.exp(-4j * math.pi * moment.shake_mm / 1000 / s.wavelength_m)
        white = self._rng.standard_normal((2, s.chirps, *beat.shape))
        return np.asarray(beat + s.noise * math.sqrt(0.5) * (white[0] + 1j * white[1]))

    def complex_frame(self, moment: Moment) -> NDArray[np.int16]:
        """Sample one frame as a DCA1000 stores it.

        Returns:
            int16 of shape (chirps, receivers, samples, 2), I and Q.
        """
        noisy = self._noisy(moment)
        parts = np.stack([noisy.real, noisy.imag], axis=-1)
        return np.clip(np.rint(parts), -FULL_SCALE_16 - 1, FULL_SCALE_16).astype(np.int16)

    def real_frame(self, moment: Moment) -> NDArray[np.uint16]:
        """Sample one frame as a BGT60 stores it: 12 bits about the middle of the scale.

        Returns:
            uint16 of shape (receivers, chirps, samples), 0 to 4095.
        """
        real = self._noisy(moment).real.transpose(1, 0, 2)
        return np.clip(np.rint(real + (FULL_SCALE_12 + 1) / 2), 0, FULL_SCALE_12).astype(np.uint16)


def dca1000_bytes(frame: NDArray[np.int16]) -> bytes:
    """Order the samples of a frame as the two lanes of a DCA1000 do: I0 I1 Q0 Q1, receiver after receiver.

    Args:
        frame: shape (chirps, receivers, samples, 2); an even number of samples.
    """
    pairs = frame.reshape(*frame.shape[:2], -1, 2, 2)
    return pairs.swapaxes(-1, -2).astype("<i2").tobytes()


@dataclass(frozen=True, eq=False)
class Sweeps:
    """One frame of a pulsed radar, sweep by sweep."""

    t_s: float
    raw: NDArray[np.int16]
    """shape (sweeps, channels, 2), real and imaginary."""
    is_saturated: bool


def sweeps_of(night: Night, sweeps: int, rng: np.random.Generator) -> Iterator[Sweeps]:
    """Give the frames of a night as an A121 does: each of several sweeps whose mean is the profile.

    Args:
        night: whose receiver looks.
        sweeps: in each frame; their noise is that of a frame times the root of their number.
        rng: for the noise of the sweeps.
    """
    for moment in night.moments():
        total = night.receiver.answer(moment.place_m, moment.amplitude, moment.dt_s, moment.shake_mm, moment.bearing)
        spread = np.sqrt(night.receiver.noise_power(total) * sweeps / 2)
        white = rng.standard_normal((2, sweeps, total.size))
        noisy = total + spread * (white[0] + 1j * white[1])
        parts = np.stack([noisy.real, noisy.imag], axis=-1)
        limit = min(night.scene.receiver.full_scale, FULL_SCALE_16)
        raw = np.clip(np.rint(parts), -limit, limit).astype(np.int16)
        yield Sweeps(moment.t_s, raw, bool((np.abs(parts) >= limit).any()))
