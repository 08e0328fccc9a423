"""Pictures to a window of block motion: each picture becomes a few numbers and is forgotten."""

import zlib
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.frames import Frame, Layout
from edge.resampling import WINDOW_S
from edge.view import BLOCK_PX, COLUMNS, OPEN_VIEW, PICTURE_HEIGHT_PX, PICTURE_WIDTH_PX, ROWS, View
from models.runtime import Model

# A longer hole ends the window: nothing is known about the motion inside it.
MAX_GAP_S = 1.5
# The newest movement has to be seen beside the 30 s before it.
EXTRA_S = 3.0
# The background follows so slowly that a breath of 10 s does not enter it, and so fast that the evening's light does.
BACKGROUND_S = 20.0
# A picture that comes back within this time is a film that runs in a loop: no sensor repeats its noise.
REPEAT_S = 120.0
# [DN] of 255 from which a pixel counts as clipped.
CLIPPED = 250
SHIFT_SHAPE = (2, 2, ROWS, COLUMNS)
LEAST_ROOM = 100

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is kept of one picture."""

    t_s: float
    shift_px: Float32
    """shape (2, 2, 12, 16) [px]: by scale (a block, nine blocks) and axis (right, down), against the background."""
    strength: Float32
    """shape (2, 12, 16) [DN^2/px^2] of texture to see motion by."""
    change: Float32
    """shape (12, 16) [DN^2], mean square difference from the picture before; 0 in the first."""
    level: Float32
    """shape (12, 16) [DN], mean."""
    contrast: Float32
    """shape (12, 16) [DN^2], variance."""
    likeness: Float32
    """shape (12, 16), -1..1, correlation with the background."""
    clipped: Float32
    """shape (12, 16), 0..1, share of pixels at their limit."""
    is_same: bool
    """To the last bit the levels and contrasts of the picture before."""
    is_repeated: bool
    """To the last bit those of a picture of the last two minutes, but not of the one before."""
    lost_before: int
    timeless_before: int
    """Pictures just before it that carried the time of the one before them, and so were not measured."""


class BlockWindow:
    """The last half minute of looks through one view."""

    def __init__(self, blocks: Model) -> None:
        self._blocks = blocks
        self.layout: Layout | None = None
        """Of the pictures inside; None while empty."""
        self._clear()

    def _clear(self) -> None:
        self._looks: deque[Look] = deque()
        # The displacements of the looks side by side, with room for as many again before the oldest have to go.
        self._shifts = np.zeros((0, *SHIFT_SHAPE), dtype=np.float32)
        self._filled = 0
        self._seen: dict[int, float] = {}
        self._last_print = 0
        self._background: Float32 | None = None
        self._previous: Float32 | None = None
        self._learned = 0
        self._timeless = 0

    @property
    def view(self) -> View:
        """Return how the camera looks at the room."""
        return OPEN_VIEW if self.layout is None or self.layout.view is None else self.layout.view

    @property
    def background(self) -> Float32:
        """Return what stands still, shape (1, 1, 120, 160) [DN]; there is one as soon as there is a look."""
        assert self._background is not None
        return self._background

    @property
    def newest(self) -> Float32:
        """Return the newest picture at half size, shape (1, 1, 120, 160) [DN]."""
        assert self._previous is not None
        return self._previous

    def add(self, frame: Frame) -> bool:
        """Measure one picture; looks older than the window fall out.

        Args:
            frame: of a camera, with its picture.

        Returns:
            False when the window had to start again: another layout, a hole, or time that went back.

        Raises:
            ModelError: see `Model`.
        """
        step_s = frame.t_s - self._looks[-1].t_s if self._looks else 0.0
        is_new = self.layout is not frame.layout
        if self._looks and not is_new and step_s == 0:
            self._timeless += 1
            return True
        is_cut = bool(self._looks) and not 0 < step_s <= MAX_GAP_S
        if is_new or is_cut:
            self._clear()
            self.layout = frame.layout
        self._looks.append(self._look(frame, step_s))
        self._keep(self._looks[-1].shift_px)
        while frame.t_s - self._looks[0].t_s > WINDOW_S + EXTRA_S:
            self._looks.popleft()
        return not (is_new or is_cut)

    def _keep(self, shift_px: Float32) -> None:
        if self._filled == len(self._shifts):
            held = self.shifts(len(self._looks) - 1)
            self._shifts = np.concatenate([held, np.zeros((len(held) + LEAST_ROOM, *SHIFT_SHAPE), np.float32)])
            self._filled = len(held)
        self._shifts[self._filled] = shift_px
        self._filled += 1

    def shifts(self, count: int) -> Float32:
        """Return the displacements of the newest looks, oldest first; not to be written to.

        Args:
            count: how many, no more than there are.

        Returns:
            shape (count, 2, 2, 12, 16) [px], as `Look.shift_px`.
        """
        return self._shifts[self._filled - count : self._filled]

    def learn_anew(self) -> None:
        """Take the next picture as background: what was still has moved."""
        self._learned = 0

    def _look(self, frame: Frame, step_s: float) -> Look:
        if frame.picture is None or frame.picture.shape != (PICTURE_HEIGHT_PX, PICTURE_WIDTH_PX):
            raise ValueError(f"a camera's frame has a picture of {PICTURE_WIDTH_PX}x{PICTURE_HEIGHT_PX}")
        picture = frame.picture.astype(np.float32)
        if self._background is None or self._previous is None:
            half = picture.reshape(PICTURE_HEIGHT_PX // 2, 2, PICTURE_WIDTH_PX // 2, 2).mean(axis=(1, 3))
            self._background = self._previous = half[None, None].astype(np.float32)
        self._learned += 1
        pace = max(1 / self._learned, min(1.0, step_s / BACKGROUND_S))
        told = self._blocks(picture, self._background, self._previous, np.array([pace], dtype=np.float32))
        self._background, self._previous = told["new_background"], told["half"]
        is_same, is_repeated = self._compare(frame.t_s, told["level"], told["contrast"])
        timeless, self._timeless = self._timeless, 0
        return Look(
            frame.t_s, told["shift_px"], told["strength"][:, 0], told["change"], told["level"], told["contrast"],
            told["likeness"], clipped_in(frame.picture), is_same, is_repeated, frame.lost_before, timeless,
        )  # fmt: skip

    def _compare(self, t_s: float, level: Float32, contrast: Float32) -> tuple[bool, bool]:
        """Say whether this is the picture before, or one of the last minutes; only a checksum of each is kept.

        Asked of the mean and the contrast of all blocks, to the last bit: a sensor's noise never gives them twice.
        """
        newest = zlib.crc32(contrast.tobytes(), zlib.crc32(level.tobytes()))
        is_same = bool(self._looks) and newest == self._last_print
        is_repeated = not is_same and t_s - self._seen.get(newest, -np.inf) <= REPEAT_S
        if not is_same:
            self._seen.pop(newest, None)
            self._seen[newest] = t_s
            while t_s - next(iter(self._seen.values())) > REPEAT_S:
                self._seen.pop(next(iter(self._seen)))
        self._last_print = newest
        return is_same, is_repeated

    def recent(self, seconds: float) -> list[Look]:
        """Return the looks of the last seconds, oldest first."""
        if not self._looks:
            return []
        end_s = self._looks[-1].t_s
        return [look for look in self._looks if end_s - look.t_s < seconds]

    def since(self, t_s: float) -> list[Look]:
        """Return the looks from a time on, oldest first."""
        return [look for look in self._looks if look.t_s >= t_s]

    @property
    def duration_s(self) -> float:
        """Seconds between the first and the last look."""
        return self._looks[-1].t_s - self._looks[0].t_s if len(self._looks) > 1 else 0.0


def clipped_in(picture: NDArray[np.uint8]) -> Float32:
    """Return the share of pixels at their upper limit in each block.

    Args:
        picture: shape (240, 320).

    Returns:
        shape (12, 16), 0..1.
    """
    # Of most pictures hardly any pixel is at its limit: those few are counted, not all of them.
    counted = np.bincount(_BLOCK_OF[np.flatnonzero(picture >= CLIPPED)], minlength=ROWS * COLUMNS)
    return np.asarray(counted.reshape(ROWS, COLUMNS) / BLOCK_PX**2, dtype=np.float32)


_BLOCK_OF = np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS).repeat(BLOCK_PX, axis=0).repeat(BLOCK_PX, axis=1).ravel()
"""shape (76800,), which block each pixel is in."""


def blocks_of(values: list[Float32]) -> Float32:
    """Stack one number per block over time.

    Returns:
        shape (looks, 12, 16).
    """
    return np.array(values, dtype=np.float32).reshape(-1, ROWS, COLUMNS)
