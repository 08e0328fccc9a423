"""How much moved in the newest second, and in which range bin."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RECENT_S = 1.0
# A walker crosses a body's depth in half a second: where they are is asked over no longer.
QUICK_S, QUICK_LAG_S = 0.5, 0.15

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
    quick: Float
    """shape (bins,), structure function at 0.15 s over that of noise, of the newest half second; 1 without motion."""


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
    slow = _structure(times, iq, noise, RECENT_S, RECENT_S)
    quick = _structure(times, iq, noise, QUICK_S, QUICK_LAG_S)
    spread = np.maximum(iq[times > end_s - 3 * RECENT_S].var(axis=0) - noise, 0).sum()
    unforeseen = np.maximum(recent - 2 * noise, 0)
    strongest = np.sort(ratio)[-3:]
    incoherence = float(unforeseen.sum() / (spread + noise.max()))
    return Motion(float(strongest.mean()), incoherence, slow, np.maximum(ratio - 1, 0), quick)


def _structure(times: Float, iq: NDArray[np.complex64], noise: Float, newest_s: float, lag_s: float) -> Float:
    """Return the mean square change over a lag, over that of noise; 1 in each bin while there are too few pairs."""
    is_newest = times > times[-1] - newest_s
    # Half a millisecond of grace: a lag of whole frames is met in spite of rounding.
    back = np.searchsorted(times, times - lag_s + 5e-4, side="right") - 1
    late = is_newest & (back >= 0) & (back < np.arange(len(times))) & (times - times[0] >= lag_s)
    # A handful of pairs scatters too much to say that anything stirred.
    if late.sum() < 0.7 * is_newest.sum():
        return np.ones_like(noise)
    moved: Float = (np.abs(iq[late] - iq[back[late]]) ** 2).mean(axis=0) / (2 * noise)
    return moved
