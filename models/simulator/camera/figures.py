"""Whoever is not under the covers: people who sit, stand, walk or lie on the floor, and a cat, drawn as ellipsoids."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.lens import Lens
from models.simulator.camera.room import BED_Z
from models.simulator.camera.textures import read_tile

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]


class Pose(StrEnum):
    """How somebody is seen who is not covered."""

    LIE = "lie"
    """In bed, where the landscape shows the body; the figure is only where people rise from."""
    SIT_UP = "sit_up"
    EDGE = "edge"
    STAND = "stand"
    FLOOR = "floor"
    CAT = "cat"
    CURLED = "curled"
    """A cat asleep."""


HEAD, CHEST, BELLY, HIPS = 0, 1, 2, 3
PARTS = 11
"""Head, chest, belly, hips, two upper legs, two lower legs, two arms, hair."""

# Centre (to the front, to the side, up) and half axes (the same) of each part [m].
_STAND = (
    (0.02, 0.00, 1.56, 0.09, 0.075, 0.115),
    (0.00, 0.00, 1.25, 0.12, 0.18, 0.21),
    (0.01, 0.00, 1.03, 0.11, 0.15, 0.16),
    (0.00, 0.00, 0.88, 0.12, 0.17, 0.13),
    (0.00, 0.09, 0.63, 0.08, 0.08, 0.26),
    (0.00, -0.09, 0.63, 0.08, 0.08, 0.26),
    (0.00, 0.09, 0.24, 0.06, 0.055, 0.25),
    (0.00, -0.09, 0.24, 0.06, 0.055, 0.25),
    (0.00, 0.22, 1.15, 0.06, 0.045, 0.32),
    (0.00, -0.22, 1.15, 0.06, 0.045, 0.32),
    (-0.03, 0.00, 1.61, 0.085, 0.08, 0.10),
)
_EDGE = (
    (0.04, 0.00, 1.20, 0.09, 0.075, 0.115),
    (-0.02, 0.00, 0.90, 0.12, 0.18, 0.21),
    (-0.04, 0.00, 0.70, 0.12, 0.15, 0.15),
    (-0.04, 0.00, 0.58, 0.14, 0.18, 0.12),
    (0.18, 0.10, 0.54, 0.26, 0.08, 0.08),
    (0.18, -0.10, 0.54, 0.26, 0.08, 0.08),
    (0.40, 0.10, 0.26, 0.06, 0.055, 0.25),
    (0.40, -0.10, 0.26, 0.06, 0.055, 0.25),
    (0.05, 0.22, 0.78, 0.07, 0.045, 0.28),
    (0.05, -0.22, 0.78, 0.07, 0.045, 0.28),
    (-0.01, 0.00, 1.25, 0.085, 0.08, 0.10),
)
# Along the body instead of to its front: whoever lies has the head at minus one metre, as in the bed.
_FLAT = (
    (-0.72, 0.00, 0.10, 0.115, 0.075, 0.09),
    (-0.42, 0.00, 0.12, 0.21, 0.18, 0.12),
    (-0.18, 0.00, 0.11, 0.16, 0.15, 0.11),
    (0.00, 0.00, 0.11, 0.13, 0.17, 0.11),
    (0.25, 0.11, 0.08, 0.26, 0.08, 0.08),
    (0.24, -0.06, 0.12, 0.24, 0.08, 0.08),
    (0.62, 0.13, 0.06, 0.25, 0.055, 0.06),
    (0.55, -0.16, 0.07, 0.24, 0.055, 0.06),
    (-0.30, 0.24, 0.06, 0.30, 0.045, 0.05),
    (-0.45, -0.26, 0.06, 0.24, 0.05, 0.05),
    (-0.78, 0.00, 0.11, 0.09, 0.08, 0.085),
)
_SIT_UP = (
    (-0.40, 0.00, 0.72, 0.10, 0.075, 0.115),
    (-0.42, 0.00, 0.42, 0.13, 0.18, 0.20),
    (-0.38, 0.00, 0.22, 0.13, 0.16, 0.15),
    (-0.34, 0.00, 0.12, 0.14, 0.17, 0.11),
    (-0.05, 0.10, 0.10, 0.28, 0.08, 0.08),
    (-0.05, -0.10, 0.10, 0.28, 0.08, 0.08),
    (0.35, 0.10, 0.07, 0.25, 0.055, 0.06),
    (0.35, -0.10, 0.07, 0.25, 0.055, 0.06),
    (-0.30, 0.22, 0.30, 0.08, 0.045, 0.27),
    (-0.30, -0.22, 0.30, 0.08, 0.045, 0.27),
    (-0.45, 0.00, 0.77, 0.085, 0.08, 0.10),
)
_CAT = (
    (0.24, 0.00, 0.25, 0.055, 0.05, 0.05),
    (0.08, 0.00, 0.19, 0.11, 0.07, 0.075),
    (-0.08, 0.00, 0.19, 0.12, 0.075, 0.08),
    (-0.18, 0.00, 0.20, 0.08, 0.065, 0.07),
    (0.12, 0.04, 0.08, 0.02, 0.02, 0.08),
    (0.12, -0.04, 0.08, 0.02, 0.02, 0.08),
    (-0.18, 0.04, 0.08, 0.025, 0.02, 0.08),
    (-0.18, -0.04, 0.08, 0.025, 0.02, 0.08),
    (-0.33, 0.00, 0.28, 0.12, 0.018, 0.03),
    (0.24, 0.03, 0.31, 0.015, 0.015, 0.025),
    (0.24, -0.03, 0.31, 0.015, 0.015, 0.025),
)
_CURLED = (
    (0.13, 0.10, 0.06, 0.055, 0.05, 0.045),
    (0.06, 0.00, 0.08, 0.15, 0.13, 0.085),
    (-0.05, 0.00, 0.08, 0.14, 0.14, 0.09),
    (-0.10, 0.04, 0.07, 0.10, 0.10, 0.07),
    (0.12, 0.05, 0.03, 0.05, 0.02, 0.02),
    (0.10, 0.12, 0.03, 0.05, 0.02, 0.02),
    (-0.05, 0.12, 0.03, 0.05, 0.02, 0.02),
    (-0.02, 0.13, 0.03, 0.05, 0.02, 0.02),
    (0.05, 0.14, 0.03, 0.12, 0.018, 0.02),
    (0.15, 0.13, 0.10, 0.015, 0.015, 0.02),
    (0.11, 0.13, 0.10, 0.015, 0.015, 0.02),
)
# The body's front looks along x for all that lies, and at the lens for all that is upright.
_SHAPES: Mapping[Pose, tuple[tuple[float, ...], ...]] = {
    Pose.LIE: _FLAT,
    Pose.SIT_UP: _SIT_UP,
    Pose.EDGE: _EDGE,
    Pose.STAND: _STAND,
    Pose.FLOOR: _FLAT,
    Pose.CAT: _CAT,
    Pose.CURLED: _CURLED,
}
_FACING_LENS = (Pose.STAND, Pose.EDGE)
_LIFTED = {Pose.LIE: BED_Z, Pose.SIT_UP: BED_Z}


def parts_of(pose: Pose, x_m: float, y_m: float, stride: float = 0.0, lift_m: float = 0.0) -> Float:
    """Return where the parts of a body are, shape (PARTS, 6): centre x, y, z and half axes x, y, z [m].

    Args:
        pose: how it is.
        x_m: [m] where in the room.
        y_m: [m] where in the room.
        stride: [m] by which a walking leg is in front of the body's middle; the other is behind.
        lift_m: [m] of what it stands on.
    """
    front, side, up, a, b, c = np.array(_SHAPES[pose]).T.copy()
    if pose in _FACING_LENS:
        front, side, a, b = side, -front, b, a
    placed = np.stack([x_m + front, y_m + side, up + _LIFTED.get(pose, lift_m), a, b, c], axis=1)
    if stride:
        axis = 0 if pose is Pose.CAT else 1
        swing = np.array([0, 0, 0, 0, 0.4, -0.4, 1.0, -1.0, -0.5, 0.5, 0]) * stride
        placed[:, axis] += swing
        placed[:, 0] += 0.6 * swing
    return placed


@dataclass(frozen=True)
class Tones:
    """How bright a body's parts are, 0 to 1."""

    skin: float = 0.58
    hair: float = 0.28
    top: float = 0.55
    legs: float = 0.30
    pattern: float = 0.25
    """Contrast of what is printed or woven on the clothes."""
    is_animal: bool = False

    def of(self, part: int) -> tuple[float, float]:
        """Return tone and contrast of a part."""
        if self.is_animal:
            return self.top, self.pattern
        if part == HEAD:
            return self.skin, 0.10
        if part == PARTS - 1:
            return self.hair, 0.3
        return (self.top, self.pattern) if part in (CHEST, BELLY, 8, 9) else (self.legs, self.pattern)


def draw(
    picture: Float32, depth_m: Float32, lens: Lens, parts: Float, tones: Tones, tile: Float32, gain: float
) -> None:
    """Draw a body into a picture, behind what is nearer.

    Args:
        picture: shape (height, width), of brightness; changed.
        depth_m: shape (height, width), forward, of what is in it; changed.
        lens: that looks.
        parts: as `parts_of` returns.
        tones: how bright it is.
        tile: a texture that wraps.
        gain: brightness for one unit of `Lens.lit`.
    """
    order = np.argsort(-(parts[:, :3] @ lens.axes[2].astype(np.float64)))
    for part in order:
        tone, contrast = tones.of(int(part))
        _ellipsoid(picture, depth_m, lens, parts[part], tone * gain, contrast, tile, int(part))


def _ellipsoid(
    picture: Float32, depth_m: Float32, lens: Lens, part: Float, tone: float, contrast: float, tile: Float32, seed: int
) -> None:
    box = _box(lens, part)
    if box is None:
        return
    centre, half = part[:3].astype(np.float32), part[3:].astype(np.float32)
    rays = lens.rays[box]
    along = rays / half
    off = (lens.place_m - centre) / half
    a, b = (along * along).sum(axis=-1), along @ off
    inside = b * b - a * (off @ off - 1)
    # The rim is drawn by how much of each pixel it covers, so that it glides and does not jump.
    steep = np.hypot(*np.gradient(inside))
    cover = np.clip(inside / np.maximum(steep, 1e-6) + 0.5, 0, 1)
    depth = (-b - np.sqrt(np.maximum(inside, 0))) / a
    cover *= (depth < depth_m[box] + 0.02) & (depth > 0.2)
    if not cover.any():
        return
    at = off + along * depth[..., None]
    normal = at / half
    normal /= np.sqrt((normal * normal).sum(axis=-1, keepdims=True))
    on = at * half * 120 + 37 * seed
    cloth = 1 + contrast * 0.5 * read_tile(tile, on[..., 0] + on[..., 1], on[..., 2] + 0.5 * on[..., 1])
    shine = tone * cloth * lens.lit(rays, depth, normal.astype(np.float32))
    picture[box] += cover * (shine - picture[box])
    depth_m[box] = np.where(cover > 0.5, depth, depth_m[box])


def _box(lens: Lens, part: Float) -> tuple[slice, slice] | None:
    """Return the part of a picture in which an ellipsoid may be seen; None where it cannot."""
    column, row, depth = lens.project(part[:3].astype(np.float32))
    if float(depth) < 0.3:
        return None
    # The shadow of an ellipsoid along an axis is the length of its half axes seen along it; a tenth is for perspective.
    wide, high = (
        1.1 * float(np.linalg.norm(axis * part[3:])) / float(depth) * lens.focal_px + 2 for axis in lens.axes[:2]
    )
    top, bottom = max(0, math.floor(float(row) - high)), min(lens.height, math.ceil(float(row) + high))
    left, right = max(0, math.floor(float(column) - wide)), min(lens.width, math.ceil(float(column) + wide))
    if bottom - top < 2 or right - left < 2:
        return None
    return np.s_[top:bottom, left:right]
