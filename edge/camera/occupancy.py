"""Is somebody before the camera, where, and how many: a small state machine over the block motion of each second."""

import math
from collections import deque

import numpy as np

from broker.vocabulary import Presence, Zone
from edge.camera.motion import BlockMotion
from edge.camera.people import Blob, Blocks, blobs_of, is_low, zone_of
from edge.camera.walks import FROM_BED_SHARE, PERSON_M2, Walk
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
# [s] after a movement in which its place says that somebody is there: stillness cannot yet be looked into.
JUST_MOVED_S = 8.0
# A burst this strong over the whole picture is walking.
FULL_SCALE = 3.0
# Two bodies are so large and so many blocks apart, in so many of the last seconds; and after a visitor who was not seen
# to go, somebody else is believed there for so long.
BODY_BLOCKS, APART_BLOCKS, APART_SECONDS, APART_OF, APART_HOLD_S = 5, 2, 2, 3, 4.0
GUEST_AFTER_S, GUEST_S = 1.0, 60.0
# What is smaller than a person and goes into bed within so many seconds, from so many blocks away, is an animal.
INTO_BED_S, INTO_BED_BLOCKS = 5.0, 2
# [s] of silence, nobody seen to leave, after which nobody is there: three times as long as any of ten simulated
# sleepers with faint breath (0.03 to 0.1 px) gave no hint of it. In half a minute such a breath is no more than an
# empty bed's noise; an empty room that calls itself empty late costs a look, and somebody called nobody could cost a
# life.
UNLEFT_S = 600.0


class BlockOccupancy:
    """Follows one room second by second."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget everything: another recording, or a hole in it."""
        self._watch = PresenceWatch(UNLEFT_S, UNLEFT_S)
        self._last: Blocks = np.zeros((ROWS, COLUMNS), dtype=bool)
        self._walk: Walk | None = None
        self._is_guests_walk = self._is_visit = False
        self._moved_s = -math.inf
        self._guest_until_s = -1.0
        self._lies_in_bed = False
        self._has_gone_by: Zone | None = None
        self._is_inside = self._may_have_gone = False
        self._is_empty = False
        self._small_out: tuple[float, Blob] | None = None
        self.is_of_an_animal = False
        """What got into bed last was no larger than a cat."""
        self._apart: deque[bool] = deque(maxlen=APART_OF)
        self._apart_until_s = -1.0

    def look(self, t_s: float, motion: BlockMotion, view: View) -> Occupancy:
        """Take one second in.

        Args:
            t_s: [s], rising.
            motion: of the newest second.
            view: how the camera looks at the room.
        """
        blobs = [blob for blob in blobs_of(motion.moved, motion.burst) if blob.size >= MOVING_BLOCKS]
        self._follow(t_s, blobs, view)
        still = np.zeros_like(self._last) if blobs or self._has_gone_by else _stirring(motion, view, STIR)
        if still.any():
            self._lie(still, view)
        stirs = bool(blobs) or bool(still.any()) or self._has_just_moved(t_s)
        presence = self._watch.look(
            t_s,
            stirs=stirs,
            may_leave=self._has_gone_by is not None,
            is_moving=bool(blobs),
            is_silent=not blobs and not _stirring(motion, view, QUIET).any(),
        )
        zone = zone_of(self._last, view) if stirs else None
        is_presumed = presence is Presence.UNSURE and self._is_inside and not self._may_have_gone
        presence = Presence.PRESENT if is_presumed else presence
        self._is_empty = presence is Presence.ABSENT
        if self._is_empty:
            self._is_inside = False
            zone = Zone.ENSUITE if self._has_gone_by is Zone.ENSUITE else None
        people = {Presence.ABSENT: 0, Presence.PRESENT: 1}.get(presence)
        people = 2 if self._are_two(t_s, blobs) else people
        low = presence is not Presence.ABSENT and is_low(self._last, view)
        return Occupancy(presence, bool(blobs), movement_level(motion), people, None, zone, low, is_presumed)

    def note_breath(self, t_s: float) -> None:
        """Note that somebody was told to breathe just now: they are there until they are seen to leave."""
        self._watch.note_stir(t_s)
        self._has_gone_by = None
        self._is_inside, self._may_have_gone = True, False

    def note_hint(self, t_s: float, *, is_likely: bool) -> None:
        """Note what may be a breath and is too faint to be told: nobody is not said soon after it.

        Args:
            t_s: [s] when.
            is_likely: no empty room shows so much of it: somebody is there, unless they were just seen to leave.
        """
        self._watch.note_hint(t_s)
        if is_likely and not self.is_of_an_animal and not self._may_have_gone:
            self._is_inside = True

    def _follow(self, t_s: float, blobs: list[Blob], view: View) -> None:
        """Begin, continue or end a walk, and keep what its end says."""
        if self._walk is not None and self._walk.is_over(t_s):
            self._end(t_s, self._walk)
        if not blobs:
            return
        self._size_up(t_s, blobs[0], view)
        if self._walk is None:
            self._walk = Walk(t_s, blobs[0], view)
            # Of two who are there, whoever goes leaves the other.
            is_visited = t_s <= self._guest_until_s
            self._is_guests_walk = is_visited or (view.has_zones and self._lies_in_bed and not self._walk.is_from_bed)
            # Whoever comes into a room of which nothing is known and goes again leaves it as it was: not known.
            self._is_visit = self._walk.has_come_in and not self._is_inside and not self._is_empty
        else:
            self._walk.go_on(t_s, blobs[0])
        if self._is_guests_walk and t_s - self._walk.began_s >= GUEST_AFTER_S:
            self._guest_until_s = t_s + GUEST_S
        self._last, self._moved_s = blobs[0].blocks, t_s
        # Whoever walks into the doorway may be gone in the next second.
        self._has_gone_by = None if self._is_guests_walk or self._is_visit else self._walk.exit
        # Of whoever was seen last in a doorway, and not whole, it is not known on which side of it they are.
        if not self._is_guests_walk:
            self._may_have_gone = self._has_gone_by is not None or self._walk.zone in (Zone.DOOR, Zone.ENSUITE)

    def _size_up(self, t_s: float, blob: Blob, view: View) -> None:
        """Follow something small from the floor into the bed; whoever is seen larger is a person."""
        if not view.has_zones:
            return
        if blob.size * view.block_m**2 >= PERSON_M2:
            self._small_out, self.is_of_an_animal = None, False
        elif blob.share_on(view.blocks(Mark.BED)) < FROM_BED_SHARE:
            self._small_out = (t_s, blob)
        elif self._small_out is not None:
            left_s, left = self._small_out
            is_next = t_s - left_s <= INTO_BED_S and blob.gap_to(left) <= INTO_BED_BLOCKS
            self.is_of_an_animal = self.is_of_an_animal or is_next

    def _end(self, t_s: float, walk: Walk) -> None:
        if not self._is_guests_walk:
            self._lies_in_bed = walk.zone is Zone.BED
            self._is_inside = self._is_inside or (walk.has_come_in and walk.is_a_persons and walk.exit is None)
        elif walk.exit is not None:
            self._guest_until_s = t_s
        self._walk, self._is_guests_walk, self._is_visit = None, False, False

    def _lie(self, still: Blocks, view: View) -> None:
        self._last = still
        self._lies_in_bed = zone_of(still, view) is Zone.BED

    def _has_just_moved(self, t_s: float) -> bool:
        """Say whether the last movement is so new, and ended so far from any door, that somebody is there still."""
        return self._has_gone_by is None and t_s - self._moved_s <= JUST_MOVED_S

    def _are_two(self, t_s: float, blobs: list[Blob]) -> bool:
        """Say whether two are there: two that move apart, or one that moves while another lies in bed."""
        bodies = [blob for blob in blobs if blob.size >= BODY_BLOCKS]
        self._apart.append(len(bodies) >= 2 and bodies[0].gap_to(bodies[1]) >= APART_BLOCKS)
        if sum(self._apart) >= APART_SECONDS:
            self._apart_until_s = t_s + APART_HOLD_S
        return t_s <= max(self._apart_until_s, self._guest_until_s)


def _stirring(motion: BlockMotion, view: View, limits: tuple[float, ...]) -> Blocks:
    """Return the blocks that stir where somebody may lie; none of them where there are too few."""
    limit = float(np.interp(motion.calm_s, OVER_S, limits))
    stirs: Blocks = (motion.slow > limit) & view.lying
    return stirs if stirs.sum() >= STIRRING else np.zeros_like(stirs)


def movement_level(motion: BlockMotion) -> float:
    """Put the motion of a second on a scale from 0 (the empty room's noise) to 1 (walking)."""
    loud = np.log10(1 + float(motion.burst[motion.moved].sum()))
    return float(np.clip(loud / FULL_SCALE, 0, 1))
