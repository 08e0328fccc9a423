"""How a fixed camera looks at its room: a drawing of 12 rows of 16 blocks, made at installation."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Zone
from edge.errors import SettingsError

ROWS, COLUMNS = 12, 16
BLOCK_PX = 20
PICTURE_HEIGHT_PX, PICTURE_WIDTH_PX = ROWS * BLOCK_PX, COLUMNS * BLOCK_PX
"""Every picture is brought to 320x240 before anything is measured in it (SENSING, Camera)."""
FOCAL_PX = 266.0
"""[px] at a width of 320 for a lens that sees 62 degrees (SENSING, camera simulator)."""

Blocks = NDArray[np.bool_]


class Mark(StrEnum):
    """What one block of the drawing shows; the letter stands in the settings."""

    HIDDEN = "#"
    """The privacy mask: never looked at (rule P3)."""
    BED = "b"
    FLOOR = "f"
    """Floor on which somebody may lie; whoever stands on it reaches above it."""
    DOOR = "d"
    ENSUITE = "e"
    """The door to the en-suite; what is behind it is hidden."""
    ROOM = "."
    """Anything else."""


_ZONE_OF = {Mark.BED: Zone.BED, Mark.FLOOR: Zone.ROOM, Mark.DOOR: Zone.DOOR, Mark.ENSUITE: Zone.ENSUITE,
            Mark.ROOM: Zone.ROOM}  # fmt: skip


@dataclass(frozen=True, eq=False)
class View:
    """A camera's drawing of its room; each block means one thing."""

    rows: tuple[str, ...] = (Mark.ROOM * COLUMNS,) * ROWS
    """Twelve rows of sixteen marks, as the camera sees them: from the top, from the left."""
    distance_m: float = 2.5
    """[m] from the lens to the bed: how large a motion of one pixel is."""

    @classmethod
    def checked(cls, rows: Sequence[str], distance_m: float = 2.5) -> Self:
        """Build a view from its drawing.

        Args:
            rows: twelve strings of sixteen marks.
            distance_m: [m] from the lens to the bed, 0.3 to 10.

        Raises:
            SettingsError: what is wrong with the drawing, and what to draw instead.
        """
        if len(rows) != ROWS or any(len(row) != COLUMNS for row in rows):
            raise SettingsError(f"view: draw {ROWS} rows of {COLUMNS} marks each, one for each block of the picture")
        unknown = sorted(set("".join(rows)) - set(Mark))
        if unknown:
            raise SettingsError(f"view: '{unknown[0]}' is no mark; draw with {' '.join(Mark)}")
        if not 0.3 <= distance_m <= 10:
            raise SettingsError("view: the bed is 0.3 to 10 m from the lens; measure it and write `distance_m`")
        drawn = cls(tuple(rows), distance_m)
        if drawn.has_zones and not drawn.blocks(Mark.BED).any():
            raise SettingsError("view: no bed is drawn, so nobody could be said to be in it; draw its blocks with b")
        if drawn.hidden.all():
            raise SettingsError("view: every block is hidden, so nothing could be seen; leave the bed open")
        return drawn

    @cached_property
    def _marks(self) -> NDArray[np.str_]:
        return np.array([list(row) for row in self.rows])

    def blocks(self, mark: Mark) -> Blocks:
        """Return where a mark is drawn, shape (12, 16)."""
        where: Blocks = self._marks == mark.value
        return where

    @cached_property
    def hidden(self) -> Blocks:
        """Return which blocks are never looked at, shape (12, 16)."""
        return self.blocks(Mark.HIDDEN)

    @property
    def has_zones(self) -> bool:
        """Return whether anything but the mask is drawn."""
        return bool(set("".join(self.rows)) - {Mark.ROOM, Mark.HIDDEN})

    @cached_property
    def lying(self) -> Blocks:
        """Return where somebody may lie still, shape (12, 16): bed and floor; anywhere if neither is drawn."""
        return self.blocks(Mark.BED) | self.blocks(Mark.FLOOR) if self.has_zones else ~self.hidden

    def zone(self, row: int, column: int) -> Zone | None:
        """Name the zone of a block; None where it is hidden, or where no zones are drawn."""
        return _ZONE_OF.get(Mark(self.rows[row][column])) if self.has_zones else None

    @property
    def mm_per_px(self) -> float:
        """Return how far a motion across the view is that moves the picture by one of its 320 pixels [mm]."""
        return 1000 * self.distance_m / FOCAL_PX

    @property
    def block_m(self) -> float:
        """Return how wide one block of the view is at the bed [m]."""
        return BLOCK_PX * self.mm_per_px / 1000

    def hide(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Blacken what the mask hides, at the picture's own size, before anything else sees it.

        Args:
            picture: shape (height, width) or (height, width, colours).

        Returns:
            The same array, changed. A hidden block takes with it every pixel that it touches, so that no later
            change of size can mix one in.
        """
        for lines, pixels in _boxes(self.rows, *picture.shape[:2]):
            picture[lines, pixels] = 0
        return picture


@lru_cache(maxsize=8)
def _boxes(rows: tuple[str, ...], height: int, width: int) -> list[tuple[slice, slice]]:
    """Return what of a picture is hidden, one box for each run of hidden blocks beside each other."""
    boxes = []
    for row, marks in enumerate(rows):
        lines = slice(math.floor(row * height / ROWS), math.ceil((row + 1) * height / ROWS))
        for run in re.finditer(f"{re.escape(Mark.HIDDEN)}+", marks):
            first, end = run.span()
            boxes.append((lines, slice(math.floor(first * width / COLUMNS), math.ceil(end * width / COLUMNS))))
    return boxes


OPEN_VIEW = View()
"""Nothing drawn and nothing hidden: a recording of which nothing is known."""
