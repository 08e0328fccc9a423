"""What is wrong with the pictures, as a withheld reason."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Withheld
from edge.camera.blocks import Look
from edge.camera.ranks import quantile
from edge.framefaults import LOOK_BACK_S, fault_in_time
from edge.view import BLOCK_PX, COLUMNS, ROWS

# [DN] of 255 below which nothing is lit (SENSING: a bed's mean is 135, a wall's 76).
DARK_LEVEL = 12.0
# Share of the open picture at its limit above which the rest says little.
MOST_CLIPPED = 0.3
# Pictures in a row that are bit for bit the same: a living sensor always has noise.
FROZEN_LOOKS = 4
# Share of pictures that were seen before: one by chance is none.
MOST_REPEATED = 0.5
# Share of pictures whose time is that of the one before: a clock that stands still measures nothing.
MOST_TIMELESS = 0.1
# [DN^2] of contrast in the whole picture with something over the lens (set on the simulator, as all of the rest).
COVERED_CONTRAST = 6.0
# How far the texture of most blocks falls out of focus (elsewhere it stayed within 0.88 and 1.04 of itself), how little
# is alike behind what covers the lens, and the texture, over the square of the level, with which a block is asked.
BLURRED_SHARE, COVERED_LIKENESS, RELATIVE_TEXTURE = 0.6, 0.3, 5e-4
# [s] of calm before the room is known, and after which it is learned anew, for the evening's light changes it.
LEARN_S, LEARN_EVERY_S = 8.0, 60.0
# [DN^2] of contrast with which a block can be known again, and the likeness of another view.
TEXTURED, MOVED_LIKENESS = 15.0, 0.4

Float32 = NDArray[np.float32]
Blocks = NDArray[np.bool_]


def fault_in(looks: Sequence[Look], hidden: Blocks) -> Withheld | None:
    """Find the gravest fault of the newest looks.

    Args:
        looks: of the whole window, oldest first.
        hidden: shape (12, 16), blocks that are not looked at.

    Returns:
        The reason to withhold everything; None when the pictures are sound or too few to tell.
    """
    newest = [look for look in looks if looks[-1].t_s - look.t_s < LOOK_BACK_S]
    if len(newest) < 2:
        return None
    if len(newest) > FROZEN_LOOKS and all(look.is_same for look in newest[-FROZEN_LOOKS:]):
        return Withheld.FROZEN
    if np.mean([look.is_repeated for look in newest]) > MOST_REPEATED:
        return Withheld.REPEATED
    timeless = sum(look.timeless_before for look in newest)
    if timeless > MOST_TIMELESS * (timeless + len(newest)):
        return Withheld.IRREGULAR_TIME
    return fault_in_light(newest[-1], hidden) or fault_in_time(newest)


def fault_in_light(look: Look, hidden: Blocks) -> Withheld | None:
    """Say whether there is anything to see: light, and something in it."""
    seen = ~hidden
    if float(quantile(look.level[seen], 0.9)) < DARK_LEVEL:
        return Withheld.DARK
    if float(look.clipped[seen].mean()) > MOST_CLIPPED:
        return Withheld.SATURATED
    spread = float(look.level[seen].std()) ** 2 + float(quantile(look.contrast[seen], 0.9))
    return Withheld.COVERED if spread < COVERED_CONTRAST else None


class Outlook:
    """Remembers how the room looks from here, and says when it no longer does."""

    def __init__(self) -> None:
        self._picture: Float32 | None = None
        self._texture: Float32 | None = None
        self._calm_since_s: float | None = None
        self._learned_s = -math.inf

    def look(
        self, look: Look, newest: Float32, background: Float32, hidden: Blocks, *, is_calm: bool
    ) -> Withheld | None:
        """Compare the room with how it looked before.

        Args:
            look: the newest.
            newest: shape (1, 1, 120, 160), its picture at half size.
            background: shape (1, 1, 120, 160), what stands still.
            hidden: blocks that are not looked at.
            is_calm: nothing moves before the lens.

        Returns:
            covered when hardly anything is left to see, defocused when its outlines are gone, sensor_moved when it is
            another view; None otherwise.
        """
        # Light scales what is seen, and its square the texture; a lens out of focus takes texture and leaves light.
        texture = texture_of(newest) / (look.level**2 + 1)
        if self._picture is not None and self._texture is not None:
            textured = (self._texture > RELATIVE_TEXTURE) & ~hidden
            left = float(np.median(texture[textured] / self._texture[textured])) if textured.any() else 1.0
            if left < BLURRED_SHARE:
                # Out of focus the large shapes stay where they were; behind a hand there are none of them.
                is_same_room = alike(self._picture, newest, hidden) > COVERED_LIKENESS
                return Withheld.DEFOCUSED if is_same_room else Withheld.COVERED
            if is_calm and alike(self._picture, background, hidden) < MOVED_LIKENESS:
                return Withheld.SENSOR_MOVED
        self._calm_since_s = (look.t_s if self._calm_since_s is None else self._calm_since_s) if is_calm else None
        is_settled = self._calm_since_s is not None and look.t_s - self._calm_since_s >= LEARN_S
        if is_settled and look.t_s - self._learned_s >= LEARN_EVERY_S:
            self._picture, self._texture = background.copy(), texture
            self._learned_s = look.t_s
        return None


def texture_of(half: Float32) -> Float32:
    """Return the mean square difference between neighbouring pixels of each block, shape (12, 16) [DN^2]."""
    picture = half[0, 0]
    right, down = np.zeros_like(picture), np.zeros_like(picture)
    right[:, :-1], down[:-1] = np.diff(picture, axis=1) ** 2, np.diff(picture, axis=0) ** 2
    return np.asarray(_in_blocks((right + down)[None, None]).mean(axis=2), dtype=np.float32)


def alike(one: Float32, other: Float32, hidden: Blocks) -> float:
    """Return how far two half-size pictures show the same, -1..1: the median over blocks of their correlation."""
    a, b = _in_blocks(one), _in_blocks(other)
    a, b = a - a.mean(axis=2, keepdims=True), b - b.mean(axis=2, keepdims=True)
    size = (a**2).mean(axis=2)
    textured = (size > TEXTURED) & ~hidden
    if not textured.any():
        return 1.0
    told = (a * b).mean(axis=2) / np.sqrt(size * (b**2).mean(axis=2) + 1e-6)
    return float(np.median(told[textured]))


def _in_blocks(half: Float32) -> Float32:
    side = BLOCK_PX // 2
    return half.reshape(ROWS, side, COLUMNS, side).transpose(0, 2, 1, 3).reshape(ROWS, COLUMNS, side * side)
