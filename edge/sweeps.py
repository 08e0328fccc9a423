"""Sweeps of a pulsed radar to one range profile, and the counter that times them; for files and live sensors alike."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.frames import FrameKind, Layout

CARRIER_HZ = 60.5e9
"""[Hz] of the Acconeer A121 (its data sheet)."""
LIGHT_M_PER_S = 299_792_458.0
LOSS_STEP = 1.6
"""Frame periods; a longer step of the tick counter is a loss."""
NOISE_FROM_SWEEPS = 4
"""With fewer sweeps in a frame their scatter says too little of the noise."""
USUAL_PERIOD_S = 0.05
TICKS = 1 << 32
"""The tick counter has 32 bits and begins again."""


def profile_of(
    real: NDArray[np.int16], imag: NDArray[np.int16]
) -> tuple[NDArray[np.complex64], NDArray[np.float32] | None]:
    """Average the sweeps of one frame; their scatter is the noise of the average.

    Args:
        real: shape (sweeps, points), as the sensor gives it.
        imag: as `real`.

    Returns:
        The profile, shape (points,), and its noise power, shape (points,); None with fewer than NOISE_FROM_SWEEPS.
    """
    iq = real.astype(np.float32) + 1j * imag.astype(np.float32)
    sweeps = iq.shape[0]
    noise = None
    if sweeps >= NOISE_FROM_SWEEPS:
        steps = np.abs(np.diff(iq, axis=0)) ** 2
        noise = (steps.mean(axis=0) / (2 * sweeps)).astype(np.float32)
    return iq.mean(axis=0).astype(np.complex64), noise


def layout_of(config: Mapping[str, Any], base_step_m: float, update_rate_hz: float | None = None) -> Layout:
    """Return the layout of a sensor's frames.

    Args:
        config: of one sensor: its subsweeps and its frame rate.
        base_step_m: [m] between two of the sensor's range points, from its metadata.
        update_rate_hz: [Hz] of the session, where the sensor has no frame rate of its own.

    Raises:
        KeyError, TypeError, ValueError: not such a configuration.
    """
    parts = [
        (sub["start_point"] + np.arange(sub["num_points"]) * sub["step_length"]) * base_step_m
        for sub in config["subsweeps"]
    ]
    rate = config.get("frame_rate") or update_rate_hz
    return Layout(
        kind=FrameKind.RADAR,
        range_m=np.concatenate(parts).astype(np.float64),
        wavelength_m=LIGHT_M_PER_S / CARRIER_HZ,
        frame_rate_hz=float(rate) if rate else math.nan,
    )


def period_s(layout: Layout) -> float:
    """Return the time from frame to frame [s]."""
    return 1.0 / layout.frame_rate_hz if math.isfinite(layout.frame_rate_hz) else USUAL_PERIOD_S


def lost_in(step_s: float, frame_period_s: float) -> int:
    """Return how many frames are missing in a step of time between two."""
    return round(step_s / frame_period_s) - 1 if step_s > LOSS_STEP * frame_period_s else 0
