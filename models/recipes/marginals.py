"""Figures that a simulated and a recorded signal must share before a model made on one may be believed on the other."""

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.frames import Frame
from edge.sources.formats import open_recording
from models.simulator.windows import Windows

Float = NDArray[np.float64]
Complex = NDArray[np.complex64]
LIGHT_M_PER_S = 299_792_458.0
# Breathing lies in this band; what is above it, up to the next, is noise and heart.
BAND_HZ, QUIET_HZ = (0.1, 0.7), (2.0, 4.0)
WINDOW_S = 30.0


@dataclass(frozen=True, eq=False)
class Take:
    """A stretch of one radar's frames."""

    name: str
    iq: Complex
    """shape (frames, channels)."""
    t_s: Float
    wavelength_m: float
    range_m: Float
    noise_power: Float | None
    """shape (channels,), as the sensor sees it inside its frames; None when it does not."""
    is_still: bool = True
    """Somebody sits still and breathes; else people move."""


@dataclass(frozen=True)
class Marginals:
    """What is compared, for one still person."""

    swing_mm: float
    """Displacement in the breathing band, 5th to 95th percentile, at the bin that stirs most."""
    line_over_quiet_db: float
    """Density of displacement in the breathing band over that of 2 to 4 Hz (or what the rate allows)."""
    stir_over_noise_db: float
    """Power of what moves over the noise of a frame, at that bin; NaN where the noise is not known."""
    clutter_over_stir_db: float
    """Power of what stands still over what moves, at that bin."""
    drift_per_10_s: float
    """How far the echo of the stillest bin wandered in ten seconds beyond what it did in a frame, over its size."""


def marginals_of(take: Take) -> Marginals:
    """Work the figures out of one take.

    Args:
        take: at least ten seconds of one still person.
    """
    stir = take.iq.var(axis=0)
    best = int(np.argmax(stir))
    mm, rate_hz = path_mm(take, best)
    band = np.quantile(banded(mm, rate_hz, *BAND_HZ), [0.05, 0.95])
    noise = math.nan if take.noise_power is None else float(take.noise_power[best])
    still = float(np.abs(take.iq[:, best].mean()) ** 2)
    return Marginals(
        float(band[1] - band[0]),
        decibels(_density(mm, rate_hz, *BAND_HZ) / _density(mm, rate_hz, QUIET_HZ[0], min(QUIET_HZ[1], rate_hz / 2))),
        decibels(float(stir[best]) / noise),
        decibels(still / float(stir[best])),
        _drift(take),
    )


def decibels(ratio: float) -> float:
    """Return a power ratio in dB; NaN stays NaN."""
    return 10 * math.log10(ratio) if ratio > 0 else math.nan


def path_mm(take: Take, channel: int) -> tuple[Float, float]:
    """Follow the displacement at one channel, evenly sampled [mm], and its rate [Hz]."""
    iq = take.iq[:, channel]
    mm = np.unwrap(np.angle(iq - (0 if np.abs(iq).std() < 0.3 * np.abs(iq.mean()) else iq.mean())))
    mm *= 1000 * take.wavelength_m / (4 * math.pi)
    rate_hz = 1 / float(np.median(np.diff(take.t_s)))
    even = np.arange(take.t_s[0], take.t_s[-1], 1 / rate_hz)
    return np.interp(even, take.t_s, mm), rate_hz


def banded(mm: Float, rate_hz: float, low_hz: float, high_hz: float) -> Float:
    """Keep one band of a signal."""
    flat = mm - np.polyval(np.polyfit(np.arange(len(mm)), mm, 1), np.arange(len(mm)))
    lines = np.fft.rfft(flat)
    hz = np.fft.rfftfreq(len(mm), 1 / rate_hz)
    return np.asarray(np.fft.irfft(np.where((hz >= low_hz) & (hz <= high_hz), lines, 0), len(mm)))


def spectrum(mm: Float, rate_hz: float) -> tuple[Float, Float]:
    """Return lines [Hz] and their density [mm^2/Hz] under a Hann taper."""
    taper = np.hanning(len(mm))
    flat = mm - np.polyval(np.polyfit(np.arange(len(mm)), mm, 1), np.arange(len(mm)))
    density = 2 * np.abs(np.fft.rfft(flat * taper)) ** 2 / (rate_hz * (taper**2).sum())
    return np.asarray(np.fft.rfftfreq(len(mm), 1 / rate_hz), dtype=np.float64), np.asarray(density)


def _density(mm: Float, rate_hz: float, low_hz: float, high_hz: float) -> float:
    hz, density = spectrum(mm, rate_hz)
    inside = (hz >= low_hz) & (hz <= high_hz)
    return float(density[inside].mean()) if inside.any() else math.nan


def _drift(take: Take) -> float:
    lag = int(10 / float(np.median(np.diff(take.t_s))))
    if lag >= len(take.iq) - 5:
        return math.nan
    stir = take.iq.var(axis=0) / np.maximum(np.abs(take.iq.mean(axis=0)) ** 2, 1e-12)
    still = take.iq[:, int(np.argmin(stir))]
    far, near = (float((np.abs(still[step:] - still[:-step]) ** 2).mean()) for step in (lag, 1))
    return math.sqrt(max(far - near, 0)) / float(np.abs(still.mean()))


def takes_of(drawn: Windows) -> Iterator[Take]:
    """Give simulated windows one by one, their lost frames left out."""
    for row in range(len(drawn.iq)):
        seen = ~drawn.timing.is_lost[row]
        yield Take(
            str(drawn.labels.world[row]),
            drawn.iq[row, seen],
            drawn.timing.t_s[row, seen],
            drawn.settings.wavelength_m,
            drawn.range_m,
            drawn.noise_power[row].astype(np.float64),
        )


def acconeer(path: Path, *, is_still: bool) -> Take:
    """Read a recording of an A121."""
    source = open_recording(path)
    frames = [frame for frame in source if isinstance(frame, Frame)]
    source.close()
    first = frames[0]
    frames = [frame for frame in frames if frame.layout is first.layout]
    noise = [frame.noise_power for frame in frames if frame.noise_power is not None]
    return Take(
        path.stem,
        np.array([frame.values for frame in frames]),
        np.array([frame.t_s for frame in frames]),
        first.layout.wavelength_m,
        first.layout.range_m,
        np.quantile(noise, 0.3, axis=0).astype(np.float64) if noise else None,
        is_still,
    )


def bgt60(folder: Path, *, is_still: bool) -> Take:
    """Read the first receiver of a BGT60 recording: the range transform is a Hann taper and a Fourier transform."""
    shape = json.loads((folder / "config.json").read_text("utf-8"))["device_config"]["fmcw_single_shape"]
    raw = np.load(folder / "radar.npy", mmap_mode="r")[:, 0].astype(np.float32)
    bandwidth_hz = shape["end_frequency_Hz"] - shape["start_frequency_Hz"]
    iq, noise = _transformed(raw, raw.shape[2] // 2)
    stamps = folder / "radar_timestamp.csv"
    if stamps.exists():
        times = np.array([float(line) for line in stamps.read_text("utf-8").split()])[: len(iq)]
        t_s = times - times[0]
    else:
        t_s = np.arange(len(iq)) * float(shape["frame_repetition_time_s"])
    wavelength_m = 2 * LIGHT_M_PER_S / (shape["end_frequency_Hz"] + shape["start_frequency_Hz"])
    bin_m = LIGHT_M_PER_S / (2 * float(bandwidth_hz))
    range_m = np.arange(iq.shape[1], dtype=np.float64) * bin_m
    return Take(f"BGT60 {folder.parent.name}", iq, t_s.astype(np.float64), wavelength_m, range_m, noise, is_still)


def iwr6843(path: Path) -> Take:
    """Read the first receiver of the TI recording; its set-up is that of the recordings' list."""
    raw = np.fromfile(path, "<i2").reshape(400, 2, 4, 50, 2, 2).astype(np.float32)
    chirps = (raw[..., 0, :] + 1j * raw[..., 1, :]).reshape(400, 2, 4, 100)[:, :, 0]
    iq, noise = _transformed(chirps, 60)
    bin_m = LIGHT_M_PER_S / (2 * 60e12 * 100 / 4e6)
    return Take(
        "IWR6843",
        iq,
        np.arange(400) / 20,
        LIGHT_M_PER_S / 61.1e9,
        np.arange(iq.shape[1], dtype=np.float64) * bin_m,
        noise,
    )


def _transformed(chirps: NDArray[Any], bins: int) -> tuple[Complex, Float | None]:
    """Transform chirps of shape (frames, chirps, samples); their scatter is the noise of the mean."""
    taper = np.hanning(chirps.shape[2])
    lines = np.fft.fft((chirps - chirps.mean(axis=2, keepdims=True)) * taper, axis=2)[:, :, 2:bins]
    count = chirps.shape[1]
    noise = None
    if count >= 4:
        noise = np.quantile((np.abs(np.diff(lines, axis=1)) ** 2).mean(axis=1) / (2 * count), 0.3, axis=0)
    return lines.mean(axis=1).astype(np.complex64), noise


@dataclass(frozen=True)
class TraceMarginals:
    """What is compared of a displacement trace."""

    range_m: float
    swing_mm: float
    """In the breathing band, 5th to 95th percentile."""
    white_mm: float
    """Standard deviation of noise from frame to frame."""
    slow_mm: float
    """Swing below the breathing band: posture and drift."""
    interval_spread: float
    """Standard deviation of the frame interval, as a share."""


def trace_marginals(mm: Float, t_s: Float, range_m: float) -> TraceMarginals:
    """Work the figures out of one trace."""
    rate_hz = 1 / float(np.median(np.diff(t_s)))
    even = np.interp(np.arange(t_s[0], t_s[-1], 1 / rate_hz), t_s, mm)
    low, high = np.quantile(banded(even, rate_hz, *BAND_HZ), [0.05, 0.95])
    slow = np.quantile(banded(even, rate_hz, 0.0, BAND_HZ[0]), [0.05, 0.95])
    # The second difference of white noise has six times its variance; the median keeps movement out.
    white = math.sqrt(float(np.median(np.diff(mm, n=2) ** 2)) / (6 * 0.455))
    steps = np.diff(t_s)
    usual = steps[steps < 1.6 * np.median(steps)]
    return TraceMarginals(
        range_m, float(high - low), white, float(slow[1] - slow[0]), float(usual.std() / usual.mean())
    )


def depth_traces(folder: Path) -> list[TraceMarginals]:
    """Read the depth camera's traces; the distance stands in each name."""
    found = []
    for path in sorted(folder.glob("*bpm_*m_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [(float(row["timestamp"]) / 1000, float(row["displacement"])) for row in csv.DictReader(file)]
        t_s, mm = np.array(rows).T
        found.append(trace_marginals(mm, t_s, float(path.name.split("_")[1].removesuffix("m"))))
    return found
