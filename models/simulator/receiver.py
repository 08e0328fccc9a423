"""A pulsed radar of the A121's kind at slow time: echoes become one complex number per range bin."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Acconeer A121: carrier 60.5 GHz.
WAVELENGTH_M = 299_792_458.0 / 60.5e9


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
    wavelength_m: float = WAVELENGTH_M
    """[m] of the carrier: 60 GHz and 24 GHz modules are common."""
    receivers: int = 1
    """Receiving antennas; the channels of one distance lie side by side."""


class Receiver:
    """Turns echoes into range profiles."""

    def __init__(self, settings: ReceiverSettings, rng: np.random.Generator) -> None:
        self.settings = settings
        self._rng = rng
        self.range_m = (settings.first_m + settings.step_m * np.arange(settings.bins)).astype(np.float64)
        size = settings.clutter * rng.exponential(1.0, settings.bins) / np.maximum(self.range_m, 0.5)
        self._clutter = size * np.exp(2j * math.pi * rng.uniform(size=settings.bins))
        self._noise = np.interp(self.range_m, (1.8, 4.2), (settings.noise, settings.far_noise))
        leak = np.exp(-4 * math.log(2) * ((self.range_m - settings.first_m) / settings.pulse_fwhm_m) ** 2)
        self._clutter = self._clutter + settings.leakage * leak

    def profile(
        self, place_m: NDArray[np.float64], echo: NDArray[np.float64], dt_s: float, shake_mm: float = 0.0
    ) -> tuple[NDArray[np.complex64], NDArray[np.float32]]:
        """Look once.

        Args:
            place_m: shape (echoes,), distances [m].
            echo: shape (echoes,), amplitudes.
            dt_s: [s] since the last look, for the drift.
            shake_mm: [mm] how far the sensor itself has moved towards the room.

        Returns:
            The profile, shape (bins,), and its noise power, shape (bins,).
        """
        s, rng = self.settings, self._rng
        walk = s.drift_per_s * math.sqrt(dt_s)
        drift = rng.standard_normal((2, s.bins))
        self._clutter = self._clutter * (1 + walk * (drift[0] + 1j * drift[1]))
        total = self._clutter.copy()
        if place_m.size:
            distance = self.range_m[:, None] - place_m[None, :]
            pulse = np.exp((-4 * math.log(2) / s.pulse_fwhm_m**2) * distance**2)
            total += pulse @ (echo * np.exp((-4j * math.pi / WAVELENGTH_M) * place_m))
        if shake_mm:
            total = total * np.exp(4j * math.pi * shake_mm / 1000 / WAVELENGTH_M)
        power = self._noise**2 + (s.phase_noise * np.abs(total)) ** 2
        white = rng.standard_normal((2, s.bins))
        noisy = total + np.sqrt(power / 2) * (white[0] + 1j * white[1])
        return noisy.astype(np.complex64), power.astype(np.float32)
