"""The bodies in a second's motion: connected blocks that moved, and where each of them stands or lies."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Zone
from edge.camera.blocks import Float
from edge.view import COLUMNS, ROWS, Mark, View

# One block that flickers is nobody.
LEAST_BLOCKS = 2
# Somebody lies on the floor when so much of them is seen on it, and stands in the bed's zone when so much is in bed.
LOW_SHARE, BED_SHARE, DOOR_SHARE = 0.8, 0.4, 0.5
# Whoever goes out is seen last so near to the door.
EXIT_BLOCKS = 2

Blocks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Blob:
    """One connected thing that moved."""

    blocks: Blocks
    """shape (12, 16)."""
    weight: float
    """Sum of its blocks' bursts."""

    @property
    def size(self) -> int:
        """Blocks in it."""
        return int(self.blocks.sum())

    def share_on(self, marks: Blocks) -> float:
        """Return how much of it lies on some marks, 0..1."""
        return float((self.blocks & marks).sum()) / self.size

    def gap_to(self, other: "Blob") -> int:
        """Return how many blocks lie between two blobs; 0 when they touch."""
        one, two = np.argwhere(self.blocks), np.argwhere(other.blocks)
        far = np.abs(one[:, None] - two[None, :]).max(axis=2)
        return int(far.min()) - 1


def blobs_of(moved: Blocks, burst: Float) -> list[Blob]:
    """Split what moved into connected things, the heaviest first; blocks touch at corners too."""
    left = moved.copy()
    found = []
    while left.any():
        row, column = divmod(int(np.argmax(left)), COLUMNS)
        part = np.zeros_like(left)
        part[row, column] = True
        while True:
            wider = grown(part) & left
            if (wider == part).all():
                break
            part = wider
        left &= ~part
        if part.sum() >= LEAST_BLOCKS:
            found.append(Blob(part, float(burst[part].sum())))
    return sorted(found, key=lambda blob: -blob.weight)


def grown(part: Blocks) -> Blocks:
    """Return the blocks and all their neighbours, shape (12, 16)."""
    wide = np.pad(part, 1)
    around = np.zeros_like(part)
    for r, c in itertools.product((-1, 0, 1), repeat=2):
        around |= wide[1 + r : 1 + r + ROWS, 1 + c : 1 + c + COLUMNS]
    return around


def zone_of(blocks: Blocks, view: View) -> Zone | None:
    """Name where somebody is who is seen in these blocks.

    Whoever stands beside the bed is seen before it: what counts is the lowest row, where their feet are, unless much
    of them is in bed.

    Args:
        blocks: shape (12, 16).
        view: how the camera looks at the room.

    Returns:
        None without any block, or without zones.
    """
    if not view.has_zones or not blocks.any():
        return None
    for mark, share, zone in _MOSTLY:
        if float((blocks & view.blocks(mark)).sum()) >= share * blocks.sum():
            return zone
    lowest = int(np.max(np.nonzero(blocks)[0]))
    zones = [view.zone(lowest, int(column)) for column in np.nonzero(blocks[lowest])[0]]
    named = [zone for zone in zones if zone is not None]
    # Of zones that are as many the leftmost, always: a set has another order in each process.
    return max(dict.fromkeys(named), key=named.count) if named else Zone.ROOM


_MOSTLY = (
    (Mark.BED, BED_SHARE, Zone.BED),
    (Mark.ENSUITE, DOOR_SHARE, Zone.ENSUITE),
    (Mark.DOOR, DOOR_SHARE, Zone.DOOR),
)


def is_low(blocks: Blocks, view: View) -> bool:
    """Say whether all that is seen of somebody lies on the floor."""
    return bool(blocks.any() and (blocks & view.blocks(Mark.FLOOR)).sum() >= LOW_SHARE * blocks.sum())


def exit_near(blocks: Blocks, view: View) -> Zone | None:
    """Name the way out at which somebody stands who is seen in these blocks: the one nearest to their feet.

    Args:
        blocks: shape (12, 16).
        view: how the camera looks at the room.

    Returns:
        ensuite or door; without zones, door at the picture's edge; None where nobody goes out.
    """
    if not blocks.any():
        return None
    if not view.has_zones:
        at_edge = blocks[0].any() or blocks[-1].any() or blocks[:, 0].any() or blocks[:, -1].any()
        return Zone.DOOR if at_edge else None
    lowest = int(np.max(np.nonzero(blocks)[0]))
    feet = np.array([(lowest, column) for column in np.nonzero(blocks[lowest])[0]])
    far = {zone: _distance(feet, view.blocks(mark)) for mark, zone in _EXITS.items()}
    nearest = min(far, key=lambda zone: far[zone])
    return nearest if far[nearest] <= EXIT_BLOCKS else None


_EXITS = {Mark.ENSUITE: Zone.ENSUITE, Mark.DOOR: Zone.DOOR}


def _distance(places: NDArray[np.int_], marks: Blocks) -> float:
    """Return how many blocks lie between places and the nearest mark; infinite without any."""
    there = np.argwhere(marks)
    if not len(there):
        return math.inf
    return float(np.abs(places[:, None] - there[None, :]).max(axis=2).min())
