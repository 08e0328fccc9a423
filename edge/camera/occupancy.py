"""Is somebody before the camera, where, and how many: a small state machine over the block motion of each second."""

import math
from collections import deque

import numpy as np

from broker.vocabulary import Zone
from edge.camera.motion import BlockMotion
from edge.camera.people import Blob, Blocks, blobs_of, is_exit, is_low, zone_of
from edge.occupancy import Occupancy
from edge.presence import PresenceWatch
from edge.view import COLUMNS, ROWS, Mark, View

# Set on the simulator, as all limits here. Micro-motion over noise above which somebody stirs, and below which nobody
# does, by how many seconds it was looked for: the longer, the less noise alone scatters.
OVER_S, STIR, QUIET = (4.0, 10.0, 30.0), (4.5, 2.6, 1.95), (1.0, 1.3, 1.6)
# So many places at least stir together: a chest and the cover around it are no smaller.
STIRRING = 3
# Blocks that move in one second: a turning body shows in more than an insect.
MOVING_BLOCKS = 3
# [s] after a movement in which its place says that somebody is there.
JUST_MOVED_S = 8.0
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
        self._last: Blocks = np.zeros((ROWS, COLUMNS), dtype=bool)
        self._last_zone: Zone | None = None
        self._moved_s = -math.inf
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
        still = np.zeros_like(self._last) if is_moving else _stirring(motion, view, STIR)
        stirs = is_moving or bool(still.any())
        if stirs:
            self._last = blobs[0].blocks if blobs else still
        if is_moving:
            self._moved_s = t_s
        # Whoever has just moved and not gone out is there, though stillness cannot yet be looked into.
        stirs = stirs or (t_s - self._moved_s <= JUST_MOVED_S and not is_exit(self._last, view))
        presence = self._watch.look(
            t_s,
            stirs=stirs,
            may_leave=is_moving and is_exit(self._last, view),
            is_moving=is_moving,
            is_silent=not is_moving and not _stirring(motion, view, QUIET).any(),
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

    def note_breath(self, t_s: float) -> None:
        """Note that somebody was told to breathe just now, so that they do not vanish between two breaths."""
        self._watch.note_stir(t_s)

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


def _stirring(motion: BlockMotion, view: View, limits: tuple[float, ...]) -> Blocks:
    """Return the blocks that stir where somebody may lie; none of them where there are too few."""
    limit = float(np.interp(motion.calm_s, OVER_S, limits))
    stirs: Blocks = (motion.slow > limit) & view.lying
    return stirs if stirs.sum() >= STIRRING else np.zeros_like(stirs)


def movement_level(motion: BlockMotion) -> float:
    """Put the motion of a second on a scale from 0 (the empty room's noise) to 1 (walking)."""
    loud = np.log10(1 + float(motion.burst[motion.moved].sum()))
    return float(np.clip(loud / FULL_SCALE, 0, 1))
