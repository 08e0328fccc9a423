"""How much each block of the view moves, as one digit: for the engineer who draws the room, and for nobody else."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.block_activity import MOST, Levels
from edge.camera.blocks import Look
from edge.camera.motion import noise_of
from edge.view import COLUMNS, ROWS

NEWEST_S = 0.5
"""[s] of pictures behind one grid: a grid comes twice a second."""
LEVELS_PER_DOUBLING = 1.5
"""One digit for each two thirds of a doubling, so that 9 is a change of 64 times the noise: a sleeve with a pattern."""


def levels_of(newest: Sequence[Look], looks: Sequence[Look], hidden: NDArray[np.bool_]) -> Levels:
    """Say how far the newest change of each block stands above what noise alone does.

    Args:
        newest: the looks of the last half second; none says nothing.
        looks: all that are remembered, from which the noise is told.
        hidden: shape (12, 16), never looked at.

    Returns:
        shape (12, 16), 0 to 9; 0 where it is hidden.
    """
    if not newest or not looks:
        return np.zeros((ROWS, COLUMNS), np.uint8)
    change = np.max([look.change for look in newest], axis=0)
    doublings = np.log2(np.maximum(change, 1e-9) / noise_of(looks))
    levels = np.clip(np.floor(LEVELS_PER_DOUBLING * doublings), 0, MOST)
    return np.asarray(np.where(hidden, 0, levels), dtype=np.uint8)
