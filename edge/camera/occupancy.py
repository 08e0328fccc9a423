"""Is somebody before the camera, where, and how many: a small state machine over the block motion of each second."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Zone
from edge.camera.blocks import Float
from edge.camera.motion import BlockMotion
from edge.camera.people import Blob, Blocks, blobs_of, is_exit, is_low, zone_of
from edge.occupancy import Occupancy
from edge.presence import PresenceWatch
from edge.view import COLUMNS, ROWS, Mark, View

# Set on the simulator, as all limits here. Micro-motion of one second, and of ten seconds together, over noise.
STIR, LONG_STIR, LONG_QUIET = 3.5, 2.0, 1.5
LONG_S = 10
# So many blocks at least stir together: a chest is no smaller, and a moth is.
STIRRING_BLOCKS = 2
# Blocks that move in one second: a turning body shows in more than an insect.
MOVING_BLOCKS = 3
# A burst this strong over the whole picture is walking.
FULL_SCALE = 3.0
# Two bodies are so many blocks apart, in so many of the last seconds.
APART_BLOCKS, SECOND_SECONDS, SECOND_OF, SECOND_HOLD_S = 2, 2, 3, 4.0
# Somebody who lay in bed and was not seen to get up lies there still.
HOME_S = 60.0


class BlockOccupancy:
    """Follows one room second by second."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget everything: another recording, or a hole in it."""
        self._watch = PresenceWatch()
        self._long: deque[Float] = deque(maxlen=LONG_S)
        self._last: Blocks = np.zeros((ROWS, COLUMNS), dtype=bool)
        self._last_zone: Zone | None = None
        self._at_home_s: float | None = None
        self._second: deque[bool] = deque(maxlen=SECOND_OF)
        self._second_until_s = -1.0

    def look(self, t_s: float, motion: BlockMotion, view: View) -> Occupancy:
        """Take one second in.

        Args:
            t_s: [s], rising.
            motion: of the newest second.
            view: how the camera looks at the room.
        """
        blobs = [blob for blob in blobs_of(motion.moved, motion.burst) if blob.size >= MOVING_BLOCKS]
        is_moving = bool(blobs)
        still = self._still(motion, is_moving=is_moving)
        stirs = is_moving or bool(still.any())
        if stirs:
            self._last = blobs[0].blocks if blobs else still
        presence = self._watch.look(
            t_s,
            stirs=stirs,
            may_leave=is_moving and is_exit(self._last, view),
            is_moving=is_moving,
            is_silent=len(self._long) == LONG_S and not _together(self._mean(), LONG_QUIET).any(),
        )
        zone = zone_of(self._last, view) if presence is not presence.ABSENT else None
        people = 2 if self._is_crowd(t_s, blobs, view) else {presence.ABSENT: 0, presence.PRESENT: 1}.get(presence)
        if zone is Zone.BED:
            self._at_home_s = t_s
        self._last_zone = zone or self._last_zone
        if presence is presence.ABSENT and self._last_zone is Zone.ENSUITE:
            zone = Zone.ENSUITE
        low = presence is not presence.ABSENT and is_low(self._last, view)
        return Occupancy(presence, is_moving, movement_level(motion), people, None, zone, low)

    def _mean(self) -> Float:
        return np.asarray(np.mean(self._long, axis=0), dtype=np.float64)

    def _still(self, motion: BlockMotion, *, is_moving: bool) -> Blocks:
        """Return where something stirs that does not move: in this second, or in ten seconds together."""
        now = _together(motion.slow, STIR)
        if is_moving or now.any():
            self._long.clear()
            return now
        self._long.append(motion.slow)
        return _together(self._mean(), LONG_STIR) if len(self._long) == LONG_S else now

    def _is_crowd(self, t_s: float, blobs: list[Blob], view: View) -> bool:
        """Say whether two are there: two that move apart, or one that moves away from the bed where another lies."""
        apart = len(blobs) >= 2 and blobs[0].gap_to(blobs[1]) >= APART_BLOCKS
        bed = view.blocks(Mark.BED)
        lies = self._at_home_s is not None and t_s - self._at_home_s <= HOME_S and self._last_zone is Zone.BED
        comes = view.has_zones and lies and bool(blobs) and not (blobs[0].blocks & bed).any()
        self._second.append(apart or comes)
        if sum(self._second) >= SECOND_SECONDS:
            self._second_until_s = t_s + SECOND_HOLD_S
        return t_s <= self._second_until_s


def _together(stir: Float, limit: float) -> NDArray[np.bool_]:
    """Return the blocks that stir and have a neighbour that does so too; none of them where there are too few."""
    high = stir > limit
    wide = np.pad(high, 1)
    near = sum(wide[1 + r : 1 + r + ROWS, 1 + c : 1 + c + COLUMNS] for r in (-1, 0, 1) for c in (-1, 0, 1))
    both: NDArray[np.bool_] = high & (near >= STIRRING_BLOCKS)
    return both


def movement_level(motion: BlockMotion) -> float:
    """Put the motion of a second on a scale from 0 (the empty room's noise) to 1 (walking)."""
    loud = np.log10(1 + float(motion.burst[motion.moved].sum()))
    return float(np.clip(loud / FULL_SCALE, 0, 1))
