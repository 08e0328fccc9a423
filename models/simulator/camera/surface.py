"""A bed's landscape as the lens sees it, and what a small motion of it changes in the picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.bedding import CELL_M, GRID_X, GRID_Y, Landscape
from models.simulator.camera.lens import Lens
from models.simulator.camera.room import BED_X, BED_Y, BED_Z
from models.simulator.camera.textures import read_between

Float32 = NDArray[np.float32]
Bools = NDArray[np.bool_]

HIGHEST_M = 0.62
STEPS, CLOSER = 24, 4


@dataclass(frozen=True, eq=False)
class Motion:
    """A way in which a landscape may move; the arrays have the landscape's shape."""

    weight: Float32
    """How much of the motion each cell takes part in; 1 where it is greatest."""
    way: tuple[float, float, float]
    """Unit vector in the room, x, y, z."""


@dataclass(frozen=True, eq=False)
class Seen:
    """The bed's top in its box of the picture; the arrays have the box's shape."""

    shine: Float32
    """Light that comes back, in the units of `Lens.lit`; 0 where the bed is not seen."""
    depth_m: Float32
    """Forward; infinity where the bed is not seen."""
    is_bed: Bools
    skin: Float32
    place_m: Float32
    """Shape (..., 3): what each pixel sees; meaningless where the bed is not seen."""


class BedView:
    """The part of a picture in which the bed's top may be seen."""

    def __init__(self, lens: Lens) -> None:
        self._lens = lens
        corners = np.array(
            [[x, y, BED_Z + z] for x in BED_X for y in BED_Y for z in (0.0, HIGHEST_M)], dtype=np.float32
        )
        column, row, _ = lens.project(corners)
        top, bottom = max(0, int(row.min())), min(lens.height, int(row.max()) + 2)
        left, right = max(0, int(column.min())), min(lens.width, int(column.max()) + 2)
        self.box = np.s_[top:bottom, left:right]
        """Rows and columns of the picture."""
        self._rays = np.ascontiguousarray(lens.rays[self.box].reshape(-1, 3))
        self.shape = (bottom - top, right - left)

    def see(self, land: Landscape, motions: tuple[tuple[Motion, float], ...] = ()) -> Seen:
        """Look at a landscape.

        Args:
            land: how the bed lies.
            motions: by how many metres it has moved from that, in which ways.
        """
        height, moved = land.height_m, _shifted(motions)
        for motion, by_m in motions:
            height = height + by_m * motion.way[2] * motion.weight
        slope_y, slope_x = np.gradient(height, CELL_M)
        layers = np.stack([height, slope_x, slope_y, land.albedo, land.skin], axis=-1).astype(np.float32)
        return self._met(layers, moved)

    def _met(self, layers: Float32, moved: Float32 | None) -> Seen:
        at, depth, is_met = self._march(np.ascontiguousarray(layers[..., 0]), moved)
        rays = self._rays[at]
        row, column = self._cell(rays, depth, moved)
        found = read_between(layers, row, column)
        normal = np.stack([-found[:, 1], -found[:, 2], np.ones(len(at), np.float32)], axis=-1)
        normal /= np.sqrt((normal * normal).sum(axis=-1, keepdims=True))
        shine = found[:, 3] * self._lens.lit(rays, depth, normal)
        count = self._rays.shape[0]
        whole = np.zeros(count, np.float32), np.full(count, np.inf, np.float32), np.zeros(count, np.float32)
        for field, values in zip(whole, (shine, depth, found[:, 4]), strict=True):
            field[at] = values
        place = self._lens.place_m + self._rays * np.where(is_met, whole[1], 1.0)[:, None]
        shaped = [field.reshape(self.shape) for field in whole]
        return Seen(shaped[0], shaped[1], is_met.reshape(self.shape), shaped[2], place.reshape(*self.shape, 3))

    def _march(self, height: Float32, moved: Float32 | None) -> tuple[NDArray[np.intp], Float32, Bools]:
        """Walk along each ray from above until it is under the landscape, then close in on where it went in.

        Returns:
            Which rays meet the landscape, how far forward [m] each of those does, and a flag for all rays.
        """
        rays, place = self._rays, self._lens.place_m
        first = (BED_Z + float(height.max()) + 0.005 - place[2]) / rays[:, 2]
        last = (BED_Z - 0.02 - place[2]) / rays[:, 2]
        step = (last - first) / STEPS
        entered = np.zeros(len(rays), np.int32)
        for k in range(STEPS, 0, -1):
            depth = first + k * step
            entered[self._is_under(rays, depth, height, moved)] = k
        at = np.flatnonzero(entered > 0)
        rays, low = rays[at], first[at] + (entered[at] - 1) * step[at]
        high = low + step[at]
        above, below = self._over(rays, low, height, moved), self._over(rays, high, height, moved)
        for _ in range(CLOSER):
            share = np.clip(above / np.maximum(above - below, 1e-6), 0.02, 0.98)
            middle = low + share * (high - low)
            gap = self._over(rays, middle, height, moved)
            is_above = gap > 0
            low, above = np.where(is_above, middle, low), np.where(is_above, gap, above)
            high, below = np.where(is_above, high, middle), np.where(is_above, below, gap)
        share = np.clip(above / np.maximum(above - below, 1e-6), 0.0, 1.0)
        is_met = np.zeros(len(self._rays), bool)
        is_met[at] = True
        return at, (low + share * (high - low)).astype(np.float32), is_met

    def _is_under(self, rays: Float32, depth: Float32, height: Float32, moved: Float32 | None) -> Bools:
        """Return which places on rays are inside the landscape, by its nearest cell."""
        row, column = self._cell(rays, depth, None)
        inside = (row >= 0) & (row <= len(GRID_Y) - 1) & (column >= 0) & (column <= len(GRID_X) - 1)
        if moved is not None:
            off = moved.reshape(-1, 2).take(_nearest(row, column), axis=0)
            row, column = row - off[:, 1], column - off[:, 0]
        ground = height.reshape(-1).take(_nearest(row, column))
        return np.asarray(inside & (self._lens.place_m[2] + depth * rays[:, 2] - BED_Z < ground))

    def _over(self, rays: Float32, depth: Float32, height: Float32, moved: Float32 | None) -> Float32:
        row, column = self._cell(rays, depth, moved)
        ground = read_between(height, row, column)
        return np.asarray(self._lens.place_m[2] + depth * rays[:, 2] - BED_Z - ground, dtype=np.float32)

    def _cell(self, rays: Float32, depth: Float32, moved: Float32 | None) -> tuple[Float32, Float32]:
        """Return row and column of the landscape that is over or under a place on a ray."""
        column = (self._lens.place_m[0] + depth * rays[:, 0] - BED_X[0]) / CELL_M
        row = (self._lens.place_m[1] + depth * rays[:, 1] - BED_Y[0]) / CELL_M
        if moved is not None:
            off = read_between(moved, row, column)
            row, column = row - off[:, 1], column - off[:, 0]
        return row.astype(np.float32), column.astype(np.float32)


def _nearest(row: Float32, column: Float32) -> NDArray[np.int32]:
    """Return the number of the cell nearest to each place, of the landscape laid out in one line."""
    r = np.clip(row + 0.5, 0, len(GRID_Y) - 1).astype(np.int32)
    c = np.clip(column + 0.5, 0, len(GRID_X) - 1).astype(np.int32)
    return np.asarray(r * np.int32(len(GRID_X)) + c)


def _shifted(motions: tuple[tuple[Motion, float], ...]) -> Float32 | None:
    """Return by how many cells the landscape has moved along and across the bed; None for not at all."""
    level = [(motion, by_m) for motion, by_m in motions if motion.way[0] or motion.way[1]]
    if not level:
        return None
    return np.asarray(
        sum(
            (by_m / CELL_M * motion.weight[..., None] * np.array(motion.way[:2], np.float32) for motion, by_m in level),
            np.zeros((*level[0][0].weight.shape, 2), np.float32),
        ),
        dtype=np.float32,
    )
