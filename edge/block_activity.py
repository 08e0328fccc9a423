"""How much each block of a camera's view moves, as one digit: all that an engineer who draws the room is shown."""

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from edge.view import COLUMNS, ROWS

MOST = 9
EVERY_S = 0.5
"""[s] at least between two grids (rule K1: at most two a second)."""

Levels = NDArray[np.uint8]


@runtime_checkable
class BlockActivity(Protocol):
    """Whoever knows how much the blocks of a view move."""

    def levels(self) -> Levels:
        """Return how much each block moves now.

        Returns:
            shape (12, 16), rows from the top and columns from the left; 0 (still, or hidden) to 9.
        """
        ...


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
