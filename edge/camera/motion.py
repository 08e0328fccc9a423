"""What moved in the newest second of a camera's window, block by block."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.camera.blocks import Float, Float32, Look
from edge.camera.ranks import median_square, quantile

RECENT_S = 1.0
# Slow motion is asked over a second, and over no less than half a breath of a slow breather.
LAG_S, SHORTEST_S = 1.0, 4.0
# [DN^2] below which a difference between pictures is rounding, not noise.
LEAST_CHANGE = 0.02
# No block is so much quieter than the typical one: a compressed film writes still blocks once and repeats them.
LEAST_SHARE = 0.25
# [px^2] below which two displacements are the same.
LEAST_SHIFT = 1e-6
NOISE_LOOKS = 100
# A block has moved when it differs from what was there by more than its noise can do.
BURST, UNLIKE, UNLIKE_NOISE = 3.0, 0.03, 3.0
# [DN^2] as in the graph: contrast below which blocks are alike because nothing is in them.
BLANK = 4.0
# [DN^2/px^2] of texture with which motion is half trusted.
HALF_STRENGTH = 4.0
# Median of the square of a normal number.
MEDIAN_SQUARE = 0.455

Blocks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class BlockMotion:
    """How much moved, in each block."""

    burst: Float
    """shape (12, 16), change of the newest second over that of noise, less one; 0 where nothing moved."""
    moved: Blocks
    """shape (12, 16), what was there has moved away: more than a chest does."""
    slow: Float
    """shape (12, 16), displacement over one second against that between two pictures; 1 where nothing moved, and where
    nobody lies."""
    calm_s: float
    """[s] over which `slow` was taken; the longer, the less it scatters."""


def noise_of(looks: Sequence[Look]) -> Float:
    """Return the change that noise alone makes in each block, shape (12, 16) [DN^2]."""
    told = [look.change for look in looks if not look.is_same][1:] or [looks[-1].change]
    # A quantile of a hundred looks is as good as one of three hundred.
    usual = quantile(np.array(told[:: max(1, len(told) // NOISE_LOOKS)]), 0.2)
    return np.asarray(np.maximum(usual, max(LEAST_CHANGE, LEAST_SHARE * float(np.median(usual)))), dtype=np.float64)


def trust_of(looks: Sequence[Look]) -> Float:
    """Return how much texture each block has to see motion by, shape (2, 12, 16), 0..1; by scale."""
    strength = looks[-1].strength.astype(np.float64)
    return np.asarray(strength / (strength + HALF_STRENGTH), dtype=np.float64)


def moved_of(looks: Sequence[Look], hidden: Blocks) -> tuple[Float, Blocks]:
    """Find what moved in the newest second.

    Args:
        looks: of the whole window, oldest first.
        hidden: shape (12, 16), blocks that are not looked at.

    Returns:
        `burst` and `moved` of BlockMotion.
    """
    noise = noise_of(looks)
    end_s = looks[-1].t_s
    newest = [look for look in looks if end_s - look.t_s < RECENT_S]
    change = np.mean([look.change for look in newest], axis=0, dtype=np.float64)
    burst = np.where(hidden, 0.0, np.maximum(change / noise - 1, 0))
    likeness = np.min([look.likeness for look in newest], axis=0).astype(np.float64)
    contrast = quantile(np.array([look.contrast for look in newest]), 0.5)
    unlike = 1 - likeness > UNLIKE + UNLIKE_NOISE * (noise / 2) / (contrast + BLANK)
    return burst, (burst > BURST) & unlike & ~hidden


def slow_of(calm: Sequence[Look], shift_px: Float32, asked: Blocks) -> Float:
    """Compare displacement over one second with that between neighbouring pictures; noise does not grow with time.

    Taken over each block with its neighbours, in both directions together: the better one would be chosen for its
    noise.

    Args:
        calm: looks that share one background, oldest first.
        shift_px: theirs, see `BlockWindow.shifts`.
        asked: shape (12, 16), blocks that are looked at; each costs.

    Returns:
        `slow` of BlockMotion.
    """
    still = np.ones(asked.shape)
    if len(calm) < 8 or calm[-1].t_s - calm[0].t_s < SHORTEST_S:
        return still
    times = np.array([look.t_s for look in calm])
    shift = shift_px[:, 1][:, :, asked]
    quick = median_square(np.diff(shift, axis=0)) / MEDIAN_SQUARE + LEAST_SHIFT
    back = np.searchsorted(times, times - LAG_S + 5e-4, side="right") - 1
    late = back >= 0
    far = np.mean((shift[late] - shift[back[late]]) ** 2, axis=0, dtype=np.float64)
    still[asked] = far.sum(axis=0) / quick.sum(axis=0)
    return still
