"""How much each block of a camera's view moves, as one digit: all that an engineer who draws the room is shown."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from broker.clock import Clock
from edge.view import COLUMNS, ROWS

MOST = 9
EVERY_S = 0.5
"""[s] at least between two grids (rule K1: at most two a second)."""

Levels = NDArray[np.uint8]


class BlockActivity(Protocol):
    """Whoever knows how much the blocks of a view move."""

    def levels(self) -> Levels:
        """Return how much each block moves now.

        Returns:
            shape (12, 16), rows from the top and columns from the left; 0 (still, or hidden) to 9.
        """
        ...


class SimulatedWalk:
    """Somebody who walks to and fro through a simulated view: from the left, along the middle, to the right."""

    def __init__(self, clock: Clock, there_and_back_s: float = 30.0) -> None:
        self._clock = clock
        self._there_and_back_s = there_and_back_s

    def levels(self) -> Levels:
        """See `BlockActivity.levels`."""
        share = self._clock.elapsed_s() / self._there_and_back_s % 1.0
        column = (COLUMNS - 1) * (1 - abs(2 * share - 1))
        rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
        away = np.hypot((rows - ROWS / 2) / 2.5, columns - column)
        levels: Levels = np.clip(np.rint(MOST * (1 - away / 2)), 0, MOST).astype(np.uint8)
        return levels


def rows_of_digits(levels: Levels) -> tuple[str, ...]:
    """Write levels as twelve rows of sixteen digits.

    Args:
        levels: shape (12, 16); what lies above 9 counts as 9.

    Raises:
        ValueError: another shape, which would be finer or coarser than the grid.
    """
    if levels.shape != (ROWS, COLUMNS):
        raise ValueError(f"block activity has the shape {levels.shape}; it is {ROWS} rows of {COLUMNS}")
    return tuple("".join(str(min(MOST, int(one))) for one in row) for row in levels)
