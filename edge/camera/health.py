"""What is wrong with the pictures, as a withheld reason."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Withheld
from edge.camera.blocks import Look
from edge.framefaults import LOOK_BACK_S, fault_in_time

# [DN] of 255 below which nothing is lit (SENSING: a bed's mean is 135, a wall's 76).
DARK_LEVEL = 12.0
# Share of the open picture at its limit above which the rest says little.
MOST_CLIPPED = 0.3
# Pictures in a row that are bit for bit the same: a living sensor always has noise.
FROZEN_LOOKS = 4
# Share of pictures that were seen before: one by chance is none.
MOST_REPEATED = 0.5
# Contrast and texture of a lens with something on it (set on the simulator).
COVERED_CONTRAST, BLURRED_SHARE = 6.0, 0.2
# How far the picture may fall from what it used to be.
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
    return fault_in_light(newest[-1], hidden) or fault_in_time(newest)


def fault_in_light(look: Look, hidden: Blocks) -> Withheld | None:
    """Say whether there is anything to see: light, and something in it."""
    seen = ~hidden
    if float(np.quantile(look.level[seen], 0.9)) < DARK_LEVEL:
        return Withheld.DARK
    if float(look.clipped[seen].mean()) > MOST_CLIPPED:
        return Withheld.SATURATED
    spread = float(look.level[seen].std()) ** 2 + float(np.quantile(look.contrast[seen], 0.9))
    return Withheld.COVERED if spread < COVERED_CONTRAST else None


class Sharpness:
    """Remembers how sharp the room was, and says when it no longer is."""

    # [s] of sound pictures before there is a "before", and its memory.
    LEARN_S, MEMORY = 10.0, 0.02

    def __init__(self) -> None:
        self._usual: float | None = None
        self._since_s: float | None = None

    def look(self, look: Look, hidden: Blocks, *, is_calm: bool) -> Withheld | None:
        """Compare the newest picture's texture with what it was.

        Args:
            look: the newest.
            hidden: blocks that are not looked at.
            is_calm: nobody moves before the lens, so that this is the room itself.

        Returns:
            defocused, or covered when hardly anything is left to see; None otherwise.
        """
        now = float(np.sqrt(np.quantile(look.contrast[~hidden], 0.75)))
        if self._usual is not None and now < BLURRED_SHARE * self._usual:
            return Withheld.COVERED
        if self._since_s is None:
            self._since_s = look.t_s
        if is_calm and look.t_s - self._since_s >= self.LEARN_S:
            self._usual = now if self._usual is None else self._usual + self.MEMORY * (now - self._usual)
        return None
