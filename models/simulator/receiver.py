"""A radar at slow time: echoes become one complex number per range bin, spoilt as real receivers spoil them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Acconeer A121: carrier 60.5 GHz.
WAVELENGTH_M = 299_792_458.0 / 60.5e9
# A knock makes the mount ring.
KNOCK_MM, KNOCK_HZ, KNOCK_FADES_S = 1.5, 9.0, 0.25

Float = NDArray[np.float64]


@dataclass(frozen=True)
class ReceiverSettings:
    """What the radar is and how good it is."""

    first_m: float = 0.30
    """Distance of the first bin."""
    step_m: float = 0.12
    """Distance between bins."""
    bins: int = 33
    """Number of bins; 33 of 0.12 m reach 4.1 m."""
    pulse_fwhm_m: float = 0.19
    """Width of the pulse (A121 profile 4)."""
    frame_rate_hz: float = 20.0
    """Frames per second."""
    noise: float = 8.0
    """Standard deviation of the receiver noise in a frame up to 1.8 m; beyond, A121 presets average more and more."""
    far_noise: float = 3.5
    """The same from 4.2 m on (recorded: 8 at 2 m, 6.3 at 2.7 m, 4 at 5 m)."""
    phase_noise: float = 0.0165
    """Noise that grows with the echo, as a share of it."""
    clutter: float = 60.0
    """Mean echo of the room's furniture at one metre."""
    leakage: float = 3000.0
    """Direct echo in the first bin."""
    drift_per_s: float = 0.003
    """Random walk of the clutter's phase and size [1 per root second]."""
    loss_share: float = 0.0
    """Share of frames that begin a run of lost ones."""
    longest_loss: int = 11
    """Frames in the longest such run; 42 have been recorded."""
    wavelength_m: float = WAVELENGTH_M
    """[m] of the carrier: 60 GHz and 24 GHz modules are common."""
    receivers: int = 1
    """Receiving antennas; the channels of one distance lie side by side."""
    jitter: float = 0.0
    """Standard deviation of the frame times, as a share of the period (0.091 to 0.106 s was recorded for 0.1)."""
    late_share: float = 0.0
    """Share of frames that come late by half a period, and say so."""
    repeat_share: float = 0.0
    """Share of frames that are the one before again."""
    burst_share: float = 0.0
    """Share of frames hit by another transmitter."""
    imbalance: complex = 0.0
    """Share of the mirrored signal that an unequal mixer adds; 0.05 is poor."""
    full_scale: float = math.inf
    """Largest I or Q that the converter gives; beyond it clips and says so."""


@dataclass(frozen=True, eq=False)
class Profile:
    """One look."""

    iq: NDArray[np.complex64]
    """shape (channels,)."""
    noise_power: NDArray[np.float32]
    """shape (channels,)."""
    is_saturated: bool


class Receiver:
    """Turns echoes into range profiles.

    Attributes:
        range_m: shape (channels,) [m]; a distance is repeated for each receiver.
    """

    def __init__(self, settings: ReceiverSettings, rng: np.random.Generator) -> None:
        self.settings = settings
        self._rng = rng
        bins_m = (settings.first_m + settings.step_m * np.arange(settings.bins)).astype(np.float64)
        self.range_m: Float = np.repeat(bins_m, settings.receivers)
        self._bins_m = bins_m
        channels = settings.bins * settings.receivers
        size = settings.clutter * rng.exponential(1.0, channels) / np.maximum(self.range_m, 0.5)
        self._clutter = size * np.exp(2j * math.pi * rng.uniform(size=channels))
        self._noise = np.interp(self.range_m, (1.8, 4.2), (settings.noise, settings.far_noise))
        leak = np.exp(-4 * math.log(2) * ((self.range_m - settings.first_m) / settings.pulse_fwhm_m) ** 2)
        self._clutter = self._clutter + settings.leakage * leak
        self._turn = np.arange(settings.receivers)

    @property
    def bins_per_echo(self) -> float:
        """Over how many bins the power of one echo is spread."""
        return max(1.0, 0.75 * self.settings.pulse_fwhm_m / self.settings.step_m) * self.settings.receivers

    def noise_power_at(self, range_m: float) -> float:
        """Return the noise power of one channel at a distance."""
        s = self.settings
        return float(np.interp(range_m, (1.8, 4.2), (s.noise, s.far_noise))) ** 2

    def answer(
        self, place_m: Float, echo: Float, dt_s: float, shake_mm: float = 0.0, bearing: Float | None = None
    ) -> NDArray[np.complex128]:
        """Return what comes back, before the receiver adds its noise: shape (channels,).

        Args:
            place_m: shape (echoes,), distances [m].
            echo: shape (echoes,), amplitudes.
            dt_s: [s] since the last look, for the drift.
            shake_mm: [mm] how far the sensor itself has moved towards the room.
            bearing: shape (echoes,) [rad], the phase by which each further receiver sees an echo turned; None for 0.
        """
        s = self.settings
        walk = s.drift_per_s * math.sqrt(dt_s)
        drift = self._rng.standard_normal((2, self.range_m.size))
        self._clutter = self._clutter * (1 + walk * (drift[0] + 1j * drift[1]))
        total = self._clutter.copy()
        if place_m.size:
            distance = self._bins_m[:, None] - place_m[None, :]
            pulse = np.exp((-4 * math.log(2) / s.pulse_fwhm_m**2) * distance**2)
            answer = echo * np.exp((-4j * math.pi / s.wavelength_m) * place_m)
            if s.receivers == 1:
                total += pulse @ answer
            else:
                turn = np.zeros(place_m.size) if bearing is None else bearing
                total += (pulse @ (answer[:, None] * np.exp(1j * turn[:, None] * self._turn))).ravel()
        if shake_mm:
            total = total * np.exp(4j * math.pi * shake_mm / 1000 / s.wavelength_m)
        return np.asarray(total)

    def noise_power(self, total: NDArray[np.complex128]) -> Float:
        """Return the noise power of a frame, shape (channels,): part of it grows with the echo."""
        return np.asarray(self._noise**2 + (self.settings.phase_noise * np.abs(total)) ** 2)

    def profile(
        self, place_m: Float, echo: Float, dt_s: float, shake_mm: float = 0.0, bearing: Float | None = None
    ) -> Profile:
        """Look once; the arguments are those of `answer`."""
        s, rng = self.settings, self._rng
        total = self.answer(place_m, echo, dt_s, shake_mm, bearing)
        power = self.noise_power(total)
        loud = 1.0
        if s.burst_share and rng.random() < s.burst_share:
            loud = 10 ** rng.uniform(0.5, 1.5)
        white = rng.standard_normal((2, self.range_m.size))
        noisy = total + loud * np.sqrt(power / 2) * (white[0] + 1j * white[1])
        return self._converted(noisy, power)

    def _converted(self, iq: NDArray[np.complex128], power: Float) -> Profile:
        """Pass the mixer and the converter."""
        s = self.settings
        if s.imbalance:
            iq = iq + s.imbalance * iq.conj()
        is_saturated = False
        if math.isfinite(s.full_scale):
            parts = iq.view(np.float64)
            is_saturated = bool((np.abs(parts) >= s.full_scale).any())
            iq = np.clip(parts, -s.full_scale, s.full_scale).view(np.complex128)
        return Profile(iq.astype(np.complex64), power.astype(np.float32), is_saturated)


def knock_mm(since_s: float) -> float:
    """How far a knocked mount is from its place [mm], so long after the knock."""
    if not 0 <= since_s < 2:
        return 0.0
    return KNOCK_MM * math.exp(-since_s / KNOCK_FADES_S) * math.sin(2 * math.pi * KNOCK_HZ * since_s)
