"""Block motion to the displacement field that the vitals judge takes: the few channels that breathe most."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge.camera.blocks import Float, Float32, Look
from edge.camera.motion import trust_of
from edge.resampling import FIELD_HZ, FIELD_SAMPLES, DisplacementField, field_of
from edge.view import COLUMNS, ROWS, View

# The judge looks at no more than this many channels.
KEPT = 24
# Neighbourhoods that do not overlap: one noise must not be heard twice.
WIDE = tuple((row, column) for row in range(1, ROWS, 3) for column in range(1, COLUMNS - 1, 3))
LINES_HZ = np.arange(0.09, 1.5, 0.03)
HIGHEST_RATE_HZ = 0.75
TINY = 1e-12

_ROWS = np.concatenate([np.tile(np.repeat(np.arange(ROWS), COLUMNS), 2), np.tile([row for row, _ in WIDE], 2)])
_COLUMNS = np.concatenate([np.tile(np.tile(np.arange(COLUMNS), ROWS), 2), np.tile([column for _, column in WIDE], 2)])
PLACES = np.stack([_ROWS, _COLUMNS], axis=1)
"""shape (424, 2): row and column of each channel: blocks to the right, blocks down, neighbourhoods likewise."""
NEAR = 2 * ROWS * COLUMNS
"""Channels of single blocks, before those of neighbourhoods."""
_IN_BLOCKS = np.array([row * COLUMNS + column for row, column in WIDE])
_PLACES_IN_SHIFT = np.concatenate([np.arange(NEAR), NEAR + _IN_BLOCKS, NEAR + ROWS * COLUMNS + _IN_BLOCKS])


def channels_px(shift_px: Float32, chosen: NDArray[np.intp] | None = None) -> Float32:
    """Line the displacements up as channels.

    Args:
        shift_px: shape (looks, 2, 2, 12, 16) [px], see `BlockWindow.shifts`.
        chosen: shape (channels,), which of them; None for all.

    Returns:
        shape (looks, 424), or (looks, channels) [px].
    """
    flat = shift_px.reshape(len(shift_px), -1)
    if chosen is None:
        return np.concatenate([flat[:, :NEAR], flat[:, _PLACES_IN_SHIFT[NEAR:]]], axis=1)
    return flat[:, _PLACES_IN_SHIFT[chosen]]


def channel_trust(looks: Sequence[Look], hidden: NDArray[np.bool_]) -> Float:
    """Return how far each channel can be trusted, shape (424,), 0..1; 0 where it is hidden."""
    trust = trust_of(looks) * ~hidden
    rows, columns = zip(*WIDE, strict=True)
    near, wide = trust[0].reshape(-1), trust[1][list(rows), list(columns)]
    return np.concatenate([near, near, wide, wide])


def whole_field(looks: Sequence[Look], shift_px: Float32, view: View) -> DisplacementField:
    """Resample every channel.

    Args:
        looks: that share one background, oldest first; two or more.
        shift_px: theirs, see `BlockWindow.shifts`.
        view: how the camera looks at the room.
    """
    times = np.array([look.t_s for look in looks])
    path = channels_px(shift_px)
    path *= np.float32(view.mm_per_px)
    unknown = np.full(path.shape[1], math.nan)
    return field_of(times, path, channel_trust(looks, view.hidden), unknown, path.shape[1])


def phasors_at(field: DisplacementField, rate_per_min: float) -> NDArray[np.complex128]:
    """Return amplitude and phase of each block at a rate, shape (NEAR,) [mm]: blocks to the right, then down."""
    turns = 2 * math.pi * rate_per_min / 60 * np.arange(FIELD_SAMPLES) / FIELD_HZ
    weight = max(float(field.taper.sum()), TINY)
    turned = np.stack([np.cos(turns), -np.sin(turns), np.ones_like(turns)]) * field.taper
    real, imaginary, level = (turned.astype(np.float32) @ field.field_mm[:, :NEAR]).astype(np.float64)
    # What a level that does not move adds to a line is taken off.
    off_real, off_imaginary, _ = turned.sum(axis=1) / weight
    phasors = real - off_real * level + 1j * (imaginary - off_imaginary * level)
    return np.asarray(2 * phasors / weight, dtype=np.complex128)


def powers_of(field: DisplacementField) -> Float32:
    """Return the power of each channel at LINES_HZ, weighted by frequency so that drift counts less.

    Returns:
        shape (lines, channels), each channel adding up to 1, or to less where hardly anything moves.
    """
    samples = min(FIELD_SAMPLES, round(field.duration_s * FIELD_HZ))
    turned = _lines_under(field.taper[-samples:].tobytes()) @ field.field_mm[-samples:]
    power = turned[: len(LINES_HZ)] ** 2 + turned[len(LINES_HZ) :] ** 2
    tilted = power * LINES_HZ[:, None].astype(np.float32)
    return np.asarray(tilted / (tilted.sum(axis=0) + TINY), dtype=np.float32)


@lru_cache(maxsize=2)
def _lines_under(taper: bytes) -> Float32:
    """Make the sums that turn channels into lines, without level and slope: the same while the window is as long.

    Args:
        taper: float32, shape (samples,).

    Returns:
        shape (2 x lines, samples): cosines, then sines.
    """
    root = np.sqrt(np.frombuffer(taper, dtype=np.float32).astype(np.float64))
    samples = len(root)
    parts = np.linalg.qr(np.stack([np.ones(samples), np.linspace(-1, 1, samples)], axis=1) * root[:, None])[0]
    turns = 2 * math.pi * np.outer(LINES_HZ, np.arange(samples) / FIELD_HZ)
    waves = np.vstack([np.cos(turns), np.sin(turns)]) * root
    return np.asarray((waves - (waves @ parts) @ parts.T) * root, dtype=np.float32)


def most_rhythmic(powers: Float32, trust: Float32, view: View) -> NDArray[np.intp]:
    """Choose the channels whose motion lies most in one line of the breathing band.

    Args:
        powers: shape (lines, channels), see `powers_of`.
        trust: shape (channels,), 0..1.
        view: how the camera looks at the room; nobody's chest is looked for where nobody lies.

    Returns:
        shape (KEPT,), their places in the field.
    """
    share = powers[LINES_HZ <= HIGHEST_RATE_HZ].max(axis=0)
    worth = share * trust * view.lying[PLACES[:, 0], PLACES[:, 1]]
    return np.argsort(-worth, kind="stable")[:KEPT]


def shares_at(powers: Float32, rate_per_min: float, duration_s: float) -> Float32:
    """Return how much of each channel's motion lies in the line at a rate, shape (channels,), 0..1."""
    is_near = np.abs(LINES_HZ - rate_per_min / 60) <= 1.5 / duration_s + 0.015
    return np.asarray(powers[is_near].sum(axis=0), dtype=np.float32)


def kept(field: DisplacementField, chosen: NDArray[np.intp]) -> DisplacementField:
    """Return the field of the chosen channels alone."""
    return DisplacementField(
        field.field_mm[:, chosen], field.taper, field.trust[chosen], field.half_width_hz, field.duration_s,
        field.range_m[chosen], len(chosen),
    )  # fmt: skip
