"""How much moved in the newest second, and in which range bin."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RECENT_S = 1.0

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Motion:
    """How much moved in the last second, and in which range bin."""

    restlessness: float
    """Energy that steady rotation does not foretell, over the noise, in the three strongest bins; 1 is noise alone."""
    incoherence: float
    """The same energy over that of all motion of the last 3 s: near 0 for breathing, above 1 for a walker."""
    slow: Float
    """shape (bins,), structure function at one second over that of noise; 1 where nothing moved."""
    burst: Float
    """shape (bins,), energy of the last second above the noise, in units of the noise; 0 where nothing moved."""


def motion_of(times: Float, iq: NDArray[np.complex64], innovation: Float, noise: Float) -> Motion:
    """Sum up the newest second of a radar window.

    Args:
        times: shape (frames,) [s].
        iq: shape (frames, bins).
        innovation: shape (frames - 2, bins), from the movement graph.
        noise: shape (bins,), noise power.
    """
    end_s = times[-1]
    recent = innovation[times[2:] > end_s - RECENT_S].mean(axis=0)
    ratio = recent / (2 * noise)
    back = np.searchsorted(times, times - RECENT_S)
    late = (times > end_s - RECENT_S) & (back < np.arange(len(times))) & (times - times[0] >= RECENT_S)
    # A handful of pairs scatters too much to say that anything stirred.
    if late.sum() >= 0.7 * (times > end_s - RECENT_S).sum():
        moved = np.abs(iq[late] - iq[back[late]]) ** 2
        slow = moved.mean(axis=0) / (2 * noise)
    else:
        slow = np.ones_like(noise)
    spread = np.maximum(iq[times > end_s - 3 * RECENT_S].var(axis=0) - noise, 0).sum()
    unforeseen = np.maximum(recent - 2 * noise, 0)
    strongest = np.sort(ratio)[-3:]
    incoherence = float(unforeseen.sum() / (spread + noise.max()))
    return Motion(float(strongest.mean()), incoherence, slow, np.maximum(ratio - 1, 0))
