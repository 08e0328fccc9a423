"""Many radars at a time: echoes become range profiles, and a receiver that is not perfect spoils them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.simulator.receiver import ReceiverSettings

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
Complex64 = NDArray[np.complex64]
Bools = NDArray[np.bool_]


class Profiles:
    """Adds echoes up, one scatterer of all windows after the other.

    Attributes:
        range_m: shape (bins,) [m].
    """

    def __init__(self, settings: ReceiverSettings, windows: int, times: int) -> None:
        self._settings = settings
        self.range_m: Float = (settings.first_m + settings.step_m * np.arange(settings.bins)).astype(np.float64)
        self._parts = np.zeros((2, windows, times, settings.bins, settings.receivers), dtype=np.float32)

    def add(self, place_m: Float, amplitude: Float, bearing: Float) -> None:
        """Add one echo of each window.

        Args:
            place_m: shape (windows, times) [m].
            amplitude: shape (windows, times) [receiver units]; windows that are 0 throughout cost nothing.
            bearing: shape (windows, receivers), the phase that each receiver sees more [rad].
        """
        rows = np.flatnonzero(amplitude.any(axis=1))
        if not len(rows):
            return
        place, strength = place_m[rows], amplitude[rows].astype(np.float32)
        fwhm_m = self._settings.pulse_fwhm_m
        distance = (self.range_m[None, None] - place[..., None]).astype(np.float32)
        np.square(distance, out=distance)
        distance *= np.float32(-4 * math.log(2) / fwhm_m**2)
        pulse = np.exp(distance, out=distance)
        turn = np.mod(2 * place / self._settings.wavelength_m, 1).astype(np.float32) * np.float32(-2 * math.pi)
        for receiver in range(self._settings.receivers):
            angle = turn + bearing[rows, receiver, None].astype(np.float32)
            self._parts[0, rows, ..., receiver] += pulse * (strength * np.cos(angle))[..., None]
            self._parts[1, rows, ..., receiver] += pulse * (strength * np.sin(angle))[..., None]

    def total(self) -> Complex64:
        """Return the sum so far, shape (windows, times, bins x receivers), the receivers of one bin side by side."""
        _, windows, times, bins, receivers = self._parts.shape
        iq = np.empty((windows, times, bins * receivers), dtype=np.complex64)
        iq.real, iq.imag = self._parts.reshape(2, windows, times, -1)
        return iq


@dataclass(frozen=True, eq=False)
class Spoiling:
    """How bad the receivers of many windows are; arrays of shape (windows,) unless said otherwise."""

    noise: Float
    """Standard deviation of the receiver's noise in a frame."""
    phase_noise: Float
    """Noise that grows with the echo, as a share of it."""
    clutter: Complex64
    """shape (windows, channels), what stands still in the room, with the direct echo in the first bins."""
    drift_per_s: Float
    """Random walk of the clutter [1 per root second]."""
    imbalance: NDArray[np.complex128]
    """Share of the mirrored signal that an unequal mixer adds."""
    full_scale: Float
    """Largest I or Q that the converter gives; infinity never clips."""
    shake_hz: Float
    shake_mm: Float
    """Swing of the sensor's own mount; 0 for none."""
    knock_at_s: Float
    """[s] somebody knocks against the mount; infinity for never."""
    burst_share: Float
    """Share of frames hit by another transmitter."""


def draw_spoiling(rng: np.random.Generator, range_m: Float, channels: int, target: Float) -> Spoiling:
    """Draw receivers as SENSING lists them: clutter 0 to 30 dB above the target, drift, imbalance, clipping, knocks.

    Args:
        rng: where the randomness comes from.
        range_m: shape (bins,) [m].
        channels: bins x receivers.
        target: shape (windows,), amplitude of an echo of interest.
    """
    count = len(target)
    clutter = target[:, None] * 10 ** (rng.uniform(0, 30, (count, 1)) / 20) * rng.exponential(0.5, (count, channels))
    clutter = clutter * np.exp(2j * math.pi * rng.uniform(size=(count, channels)))
    leak = np.exp(-np.repeat(range_m - range_m[0], channels // len(range_m)) / rng.uniform(0.03, 0.2, (count, 1)))
    clutter = clutter + target[:, None] * 10 ** rng.uniform(0, 1.5, (count, 1)) * leak
    is_now_and_then = rng.random((4, count))
    clips = np.abs(clutter).max(axis=1) * rng.uniform(0.75, 1.1, count)
    gain = rng.uniform(0, 0.06, count) * np.exp(2j * math.pi * rng.uniform(size=count))
    return Spoiling(
        noise=rng.uniform(0.7, 1.3, count) * 8.0,
        phase_noise=rng.uniform(0.002, 0.02, count),
        clutter=clutter.astype(np.complex64),
        drift_per_s=10 ** rng.uniform(-4, -2, count),
        imbalance=np.where(is_now_and_then[0] < 0.5, gain, 0),
        full_scale=np.where(is_now_and_then[1] < 0.04, clips, math.inf),
        shake_hz=rng.uniform(0.1, 8, count),
        shake_mm=np.where(is_now_and_then[2] < 0.04, 10 ** rng.uniform(-1, 0.7, count), 0),
        knock_at_s=np.where(is_now_and_then[3] < 0.04, rng.uniform(0, 60, count), math.inf),
        burst_share=np.where(rng.random(count) < 0.06, rng.uniform(0.002, 0.05, count), 0),
    )


@dataclass(frozen=True, eq=False)
class Spoilt:
    """What the receivers gave."""

    iq: Complex64
    """shape (windows, times, channels)."""
    noise_power: Float32
    """shape (windows, channels), mean over the window, as the receiver itself would see it inside its frames."""
    is_saturated: Bools
    """shape (windows, times)."""


def spoil(rng: np.random.Generator, echoes: Complex64, told: Spoiling, t_s: Float, wavelength_m: float) -> Spoilt:
    """Put what is not an echo into range profiles.

    Args:
        rng: where the randomness comes from.
        echoes: shape (windows, times, channels); changed in place.
        told: how bad each receiver is.
        t_s: shape (windows, times) [s].
        wavelength_m: [m] of the carrier.
    """
    count, times, channels = echoes.shape
    dt_s = float(np.median(np.diff(t_s[0])))
    iq = echoes
    _add_clutter(rng, iq, told, dt_s)
    mount_mm = told.shake_mm[:, None] / 2 * np.sin(2 * math.pi * told.shake_hz[:, None] * t_s) + _knock_mm(told, t_s)
    shaken = np.flatnonzero(np.abs(mount_mm).max(axis=1) > 0)
    if len(shaken):
        turn = 4 * math.pi * mount_mm[shaken] / 1000 / wavelength_m
        iq[shaken] *= np.exp(1j * turn).astype(np.complex64)[..., None]
    power = told.noise[:, None] ** 2 + told.phase_noise[:, None] ** 2 * mean_power(iq)
    white = rng.standard_normal((count, times, channels, 2), dtype=np.float32).view(np.complex64)[..., 0]
    hit = rng.random((count, times)) < told.burst_share[:, None]
    louder = np.where(hit, 10 ** rng.uniform(0.5, 1.5, (count, times)), 1.0).astype(np.float32)
    iq += white * np.sqrt(power / 2).astype(np.float32)[:, None] * louder[..., None]
    uneven = np.flatnonzero(told.imbalance)
    iq[uneven] += told.imbalance[uneven, None, None].astype(np.complex64) * iq[uneven].conj()
    saturated = np.zeros((count, times), dtype=bool)
    for row in np.flatnonzero(np.isfinite(told.full_scale)):
        limit = told.full_scale[row]
        parts = iq[row].view(np.float32)
        saturated[row] = (np.abs(parts) >= limit).any(axis=1)
        np.clip(parts, -limit, limit, out=parts)
    return Spoilt(iq, power.astype(np.float32), saturated)


def mean_power(iq: Complex64) -> Float:
    """Return the mean power over time, shape (windows, channels)."""
    parts = iq.view(np.float32).reshape(*iq.shape, 2)
    return np.asarray(np.einsum("wtcp,wtcp->wc", parts, parts) / iq.shape[1], dtype=np.float64)


def _add_clutter(rng: np.random.Generator, iq: Complex64, told: Spoiling, dt_s: float) -> None:
    """Add what stands still, walking at random: made at two points a second and drawn out between them."""
    count, times, channels = iq.shape
    coarse = max(2, math.ceil(times * dt_s * 2) + 1)
    kicks = rng.standard_normal((count, coarse, channels, 2), dtype=np.float32).view(np.complex64)[..., 0]
    walk = np.cumsum(kicks, axis=1) * (told.drift_per_s * math.sqrt(0.5)).astype(np.float32)[:, None, None]
    clutter = told.clutter[:, None] * (1 + walk)
    place = np.minimum(np.arange(times) * dt_s * 2, coarse - 1.001)
    left = place.astype(int)
    share = (place - left).astype(np.float32)[None, :, None]
    iq += clutter[:, left]
    iq += np.diff(clutter, axis=1)[:, left] * share


def _knock_mm(told: Spoiling, t_s: Float) -> Float:
    """A knock makes the mount ring at some 9 Hz for half a second."""
    since_s = t_s - told.knock_at_s[:, None]
    ring = 1.5 * np.exp(-np.maximum(since_s, 0) / 0.25) * np.sin(2 * math.pi * 9 * np.maximum(since_s, 0))
    return np.where(since_s >= 0, ring, 0.0)


@dataclass(frozen=True, eq=False)
class Timing:
    """When frames came and which did not; arrays of shape (windows, times)."""

    t_s: Float
    is_lost: Bools
    is_late: Bools
    is_repeated: Bools


def draw_timing(rng: np.random.Generator, windows: int, times: int, rate_hz: float) -> Timing:
    """Draw frame times: jitter, lost runs of 1 to 42, late and repeated frames.

    Host times of 0.091 to 0.106 s were seen for 0.1, and worse where the host was busy.
    """
    shape = (windows, times)
    period_s = 1 / rate_hz
    jitter = np.where(rng.random((windows, 1)) < 0.4, 10 ** rng.uniform(-2, -0.7, (windows, 1)), 0.0)
    even = np.arange(1, times + 1) * period_s
    late = rng.random(shape) < np.where(rng.random((windows, 1)) < 0.1, 0.01, 0.0)
    shift = np.clip(jitter * rng.standard_normal(shape), -0.45, 0.45) + np.where(late, 0.49, 0.0)
    t_s = np.sort(even + period_s * np.clip(shift, -0.49, 0.49), axis=1)
    repeated = rng.random(shape) < np.where(rng.random((windows, 1)) < 0.05, 0.02, 0.0)
    lost = np.zeros(shape, dtype=bool)
    for row in np.flatnonzero(rng.random(windows) < 0.15):
        for _ in range(int(rng.integers(1, 4))):
            run = int(np.exp(rng.uniform(0, math.log(42))))
            first = int(rng.integers(0, times))
            lost[row, first : first + run] = True
    lost[:, -1] = False
    return Timing(t_s, lost, late, repeated)
