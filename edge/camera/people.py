"""The bodies in a second's motion: connected blocks that moved, and where each of them stands or lies."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Zone
from edge.camera.blocks import Float
from edge.view import COLUMNS, ROWS, Mark, View

# One block that flickers is nobody.
LEAST_BLOCKS = 2
# Somebody lies on the floor when so much of them is seen on it, and stands in the bed's zone when so much is in bed.
LOW_SHARE, BED_SHARE = 0.8, 0.5

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
            grown = _grown(part) & left
            if (grown == part).all():
                break
            part = grown
        left &= ~part
        if part.sum() >= LEAST_BLOCKS:
            found.append(Blob(part, float(burst[part].sum())))
    return sorted(found, key=lambda blob: -blob.weight)


def _grown(part: Blocks) -> Blocks:
    """Return the blocks and all their neighbours."""
    wide = np.pad(part, 1)
    grown = np.zeros_like(part)
    for r, c in itertools.product((-1, 0, 1), repeat=2):
        grown |= wide[1 + r : 1 + r + ROWS, 1 + c : 1 + c + COLUMNS]
    return grown


def zone_of(blocks: Blocks, view: View) -> Zone | None:
    """Name where somebody is who is seen in these blocks.

    Whoever stands beside the bed is seen before it: what counts is the lowest row, where their feet are, unless most
    of them is in bed.

    Args:
        blocks: shape (12, 16).
        view: how the camera looks at the room.

    Returns:
        None without any block, or without zones.
    """
    if not view.has_zones or not blocks.any():
        return None
    if float((blocks & view.blocks(Mark.BED)).sum()) >= BED_SHARE * blocks.sum():
        return Zone.BED
    for mark, zone in ((Mark.ENSUITE, Zone.ENSUITE), (Mark.DOOR, Zone.DOOR)):
        if float((blocks & view.blocks(mark)).sum()) >= BED_SHARE * blocks.sum():
            return zone
    lowest = int(np.max(np.nonzero(blocks)[0]))
    zones = [view.zone(lowest, int(column)) for column in np.nonzero(blocks[lowest])[0]]
    named = [zone for zone in zones if zone is not None]
    return max(set(named), key=named.count) if named else Zone.ROOM


def is_low(blocks: Blocks, view: View) -> bool:
    """Say whether all that is seen of somebody lies on the floor."""
    return bool(blocks.any()) and float((blocks & view.blocks(Mark.FLOOR)).sum()) >= LOW_SHARE * blocks.sum()


def is_exit(blocks: Blocks, view: View) -> bool:
    """Say whether whoever is seen last in these blocks may have left: by a door, or over the picture's edge."""
    if not blocks.any():
        return False
    doors = view.blocks(Mark.DOOR) | view.blocks(Mark.ENSUITE)
    if view.has_zones:
        return bool((blocks & doors).any())
    edge = np.zeros_like(blocks)
    edge[0] = edge[-1] = edge[:, 0] = edge[:, -1] = True
    return bool((blocks & edge).any())
