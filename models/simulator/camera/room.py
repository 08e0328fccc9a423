"""The empty room: floor, walls, doors, curtain, locker and the bed's frame, and the drawing of its zones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.simulator.acts import BED_M, BEDSIDE_M, DOOR_M, ENSUITE_M
from models.simulator.camera.lens import Lens
from models.simulator.camera.textures import fractal, read_tile

Float32 = NDArray[np.float32]
Bools = NDArray[np.bool_]

# The bed lies across the view, its head to the left [m].
BED_X, BED_Y, BED_Z = (-1.25, 0.75), (2.45, 3.40), 0.50
WALL_Y, LEFT_X, RIGHT_X, SKIRTING_Z = 3.80, -2.0, 2.45, 0.1
ENSUITE_X, DOOR_X = (0.85, 1.40), (1.62, 2.20)
CURTAIN_X, CURTAIN_Z = (-1.25, -0.25), (0.75, 2.2)
LOCKER = ((-1.85, -1.40), (2.90, 3.30), 0.55)
ROWS, COLUMNS = 12, 16

# Where somebody stands at a distance from a radar, so that one story serves both sensors: (range, x, y) [m].
_WAY_M = (
    (BED_M, -0.10, 2.15),
    (BED_M + 0.35, 0.60, 2.15),
    (BEDSIDE_M, 1.05, 2.30),
    (ENSUITE_M, 1.12, 3.45),
    ((ENSUITE_M + DOOR_M) / 2, 1.5, 3.25),
    (DOOR_M, 1.90, 3.45),
)


def standing_place(range_m: float) -> tuple[float, float]:
    """Return where on the floor (x, y) [m] somebody stands whom a radar would see at a distance [m]."""
    ranges, xs, ys = zip(*_WAY_M, strict=True)
    return float(np.interp(range_m, ranges, xs)), float(np.interp(range_m, ranges, ys))


@dataclass(frozen=True, eq=False)
class Surface:
    """One flat piece of the room."""

    name: str
    axis: int
    """0, 1 or 2: across which of x, y, z it lies."""
    at_m: float
    low: tuple[float, float]
    """[m] least of the two other coordinates, in their order."""
    high: tuple[float, float]
    albedo: Callable[["Room", Float32, Float32], Float32]
    """Its brightness at the two other coordinates [m]."""


def _plain(value: float, rough: float, texels_per_m: float = 130.0) -> Callable[["Room", Float32, Float32], Float32]:
    def albedo(room: "Room", a_m: Float32, b_m: Float32) -> Float32:
        return np.asarray(value * (1 + rough * read_tile(room.plaster, a_m * texels_per_m, b_m * texels_per_m)))

    return albedo


def _floor(room: "Room", x_m: Float32, y_m: Float32) -> Float32:
    """Vinyl in planks, with a glued joint at each edge."""
    plank = np.floor(y_m / 0.18)
    tone = 1 + 0.10 * np.sin(12.9898 * plank + 4.1)
    grain = 1 + 0.10 * read_tile(room.plaster, x_m * 40, y_m * 400)
    joint = 1 - 0.25 * ((y_m / 0.18) % 1 < 0.05)
    return np.asarray(0.38 * tone * grain * joint, dtype=np.float32)


def _wall(room: "Room", x_m: Float32, z_m: Float32) -> Float32:
    tone = 0.60 * (1 + 0.05 * read_tile(room.plaster, x_m * 110, z_m * 110))
    tone = np.where(z_m < SKIRTING_Z, 0.85, tone)
    # A picture rail's notice board over the bed's foot, and the switch beside the door.
    board = (np.abs(x_m - 0.35) < 0.22) & (np.abs(z_m - 1.3) < 0.16)
    paper = (np.abs((x_m * 9) % 1 - 0.5) < 0.36) & (np.abs((z_m * 7) % 1 - 0.5) < 0.4)
    tone = np.where(board, np.where(paper, 0.85, 0.35), tone)
    switch = (np.abs(x_m - 1.51) < 0.04) & (np.abs(z_m - 1.1) < 0.04)
    return np.asarray(np.where(switch, 0.95, tone), dtype=np.float32)


def _door(middle_m: float, tone: float) -> Callable[["Room", Float32, Float32], Float32]:
    """A door with its frame, a vision panel and a handle."""

    def albedo(room: "Room", x_m: Float32, z_m: Float32) -> Float32:
        wood = tone * (1 + 0.07 * read_tile(room.plaster, x_m * 400, z_m * 30))
        off = np.abs(x_m - middle_m)
        wood = np.where(off > 0.25, 0.8, wood)
        handle = (np.abs(x_m - middle_m - 0.19) < 0.025) & (np.abs(z_m - 1.0) < 0.07)
        panel = (off < 0.09) & (z_m > 1.2)
        return np.asarray(np.where(handle, 1.0, np.where(panel, 0.15, wood)), dtype=np.float32)

    return albedo


def _curtain(room: "Room", x_m: Float32, z_m: Float32) -> Float32:
    """Pleats that hang; the tone stands for the slope that faces the light."""
    fold = np.sin(2 * np.pi * (x_m * 7.5 + 0.12 * np.sin(3.1 * x_m) + 0.05 * z_m))
    cloth = 0.58 * (1 + 0.30 * fold + 0.05 * read_tile(room.plaster, x_m * 200, z_m * 200))
    return np.asarray(cloth, dtype=np.float32)


_LX, _LY, _LZ = LOCKER
_SURFACES = (
    Surface("floor", 2, 0.0, (-4.0, 0.0), (4.0, WALL_Y), _floor),
    Surface("wall", 1, WALL_Y, (-4.0, 0.0), (4.0, 3.0), _wall),
    Surface("side", 0, LEFT_X, (0.0, 0.0), (WALL_Y, 3.0), _plain(0.6, 0.05)),
    Surface("side", 0, RIGHT_X, (0.0, 0.0), (WALL_Y, 3.0), _plain(0.6, 0.05)),
    Surface("ensuite", 1, WALL_Y - 0.02, (ENSUITE_X[0], 0.0), (ENSUITE_X[1], 2.0), _door(1.125, 0.42)),
    Surface("door", 1, WALL_Y - 0.02, (DOOR_X[0], 0.0), (DOOR_X[1], 2.0), _door(1.91, 0.5)),
    Surface("curtain", 1, WALL_Y - 0.08, (CURTAIN_X[0], CURTAIN_Z[0]), (CURTAIN_X[1], CURTAIN_Z[1]), _curtain),
    Surface("locker", 1, _LY[0], (_LX[0], 0.0), (_LX[1], _LZ), _plain(0.5, 0.06)),
    Surface("locker", 2, _LZ, (_LX[0], _LY[0]), (_LX[1], _LY[1]), _plain(0.75, 0.04)),
    Surface("locker", 0, _LX[1], (_LY[0], 0.0), (_LY[1], _LZ), _plain(0.45, 0.06)),
    Surface("frame", 1, BED_Y[0], (BED_X[0], 0.18), (BED_X[1], 0.34), _plain(0.45, 0.04)),
    Surface("sheet", 1, BED_Y[0], (BED_X[0], 0.34), (BED_X[1], BED_Z), _plain(0.66, 0.06)),
    Surface("frame", 0, BED_X[1], (BED_Y[0], 0.18), (BED_Y[1], BED_Z), _plain(0.45, 0.04)),
    Surface("frame", 0, BED_X[0] - 0.02, (BED_Y[0], 0.1), (BED_Y[1], 0.95), _plain(0.5, 0.06)),
)
_NAMES = tuple(dict.fromkeys(surface.name for surface in _SURFACES))
_MARKS: Mapping[str, str] = {"floor": "f", "ensuite": "e", "door": "d", "sheet": "b", "frame": "b"}


@dataclass(frozen=True, eq=False)
class Room:
    """The room without its bedding and without people, as one lens sees it."""

    lens: Lens
    plaster: Float32
    """A tile that every surface takes its roughness from."""
    shine: Float32
    """Shape (height, width), light that comes back; the same units as `Lens.lit`."""
    depth_m: Float32
    """Shape (height, width), forward."""
    what: NDArray[np.uint8]
    """Shape (height, width), number of the surface's name."""

    def where(self, name: str) -> Bools:
        """Return where a surface is seen, shape (height, width)."""
        where: Bools = self.what == _NAMES.index(name)
        return where

    @cached_property
    def place_m(self) -> Float32:
        """What each pixel sees, shape (height, width, 3) [m]."""
        return np.asarray(self.lens.place_m + self.lens.rays * self.depth_m[..., None], dtype=np.float32)


def built(lens: Lens, rng: np.random.Generator) -> Room:
    """Build the room as a lens sees it."""
    shape = (lens.height, lens.width)
    room = Room(
        lens,
        fractal(rng, (512, 512), 1.0),
        np.zeros(shape, np.float32),
        np.full(shape, 60.0, np.float32),
        np.zeros(shape, np.uint8),
    )
    for surface in _SURFACES:
        _meet(room, surface)
    # Contact shadow: light that bounces hardly reaches the floor under the bed.
    under = room.where("floor") & (room.place_m[..., 1] > BED_Y[0]) & (room.place_m[..., 1] < BED_Y[1])
    under &= (room.place_m[..., 0] > BED_X[0]) & (room.place_m[..., 0] < BED_X[1])
    room.shine[under] *= 0.35
    return room


def _meet(room: Room, surface: Surface) -> None:
    """Put one surface in front of what is behind it."""
    lens, rays = room.lens, room.lens.rays
    a, b = (k for k in range(3) if k != surface.axis)
    along = rays[..., surface.axis]
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = (surface.at_m - lens.place_m[surface.axis]) / along
        at_a, at_b = (lens.place_m[k] + depth * rays[..., k] for k in (a, b))
        seen = (depth > 0.2) & (depth < room.depth_m)
        seen &= (at_a >= surface.low[0]) & (at_a <= surface.high[0])
        seen &= (at_b >= surface.low[1]) & (at_b <= surface.high[1])
    normal = np.zeros(3, np.float32)
    normal[surface.axis] = -np.sign(float(np.median(along[seen]))) if seen.any() else 1
    tone = surface.albedo(room, at_a[seen].astype(np.float32), at_b[seen].astype(np.float32))
    room.shine[seen] = tone * lens.lit(rays[seen], depth[seen].astype(np.float32), normal)
    room.depth_m[seen] = depth[seen]
    room.what[seen] = _NAMES.index(surface.name)


def drawing(room: Room, is_bed: Bools) -> tuple[str, ...]:
    """Draw the room's zones: 12 rows of 16 marks, as the installer of a camera draws them.

    Args:
        room: as built.
        is_bed: shape (height, width), where the bed's top is seen.

    Returns:
        Of `#` hidden, `b` bed, `f` floor, `d` door, `e` en-suite door, `.` anything else. The middle of the en-suite's
        door is hidden: it opens on the bathroom.
    """
    marks = np.full(room.what.shape, ".", "<U1")
    for name, mark in _MARKS.items():
        marks[room.where(name)] = mark
    marks[is_bed] = "b"
    near = room.where("floor") & (room.place_m[..., 1] > WALL_Y - 0.55)
    for mark, (low, high) in (("e", ENSUITE_X), ("d", DOOR_X)):
        marks[near & (room.place_m[..., 0] > low - 0.05) & (room.place_m[..., 0] < high + 0.05)] = mark
    inside = room.where("ensuite") & (np.abs(room.place_m[..., 0] - 1.125) < 0.25) & (room.place_m[..., 2] > 0.25)
    marks[inside] = "#"
    bands = np.array_split(marks, ROWS, axis=0)
    return tuple("".join(_mark_of(block) for block in np.array_split(band, COLUMNS, axis=1)) for band in bands)


# What is looked for first in a block, and what share of it is enough; else its most frequent mark is drawn.
_ENOUGH = (("#", 0.6), ("b", 0.35), ("e", 0.35), ("d", 0.35))


def _mark_of(block: NDArray[np.str_]) -> str:
    for mark, enough in _ENOUGH:
        if (block == mark).mean() > enough:
            return mark
    marks, counts = np.unique(block[block != "#"], return_counts=True)
    return str(marks[counts.argmax()]) if len(marks) else "#"
