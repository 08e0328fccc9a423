"""Where the camera is, where each pixel looks, and how bright what it meets is."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

FOCAL_PX = 266.0
"""[px] at a width of 320, for a lens that sees 62 degrees (SENSING, camera simulator)."""
PITCH_DEG = 36.0
BED_MIDDLE_M = (-0.25, 2.92, 0.50)
# The way from the pinhole to the middle of the bed: down from high on the wall, and a little to the left.
_TO_BED = (-0.133, 0.775, -0.618)
# Infra-red light that comes back off walls and ceiling, as a share of what comes straight.
BOUNCED = 0.15


class Light(StrEnum):
    """What the room is lit by."""

    INFRARED = "infrared"
    """The camera's own light, at night."""
    LAMP = "lamp"
    """A lamp on the ceiling; it flickers with the mains."""
    DAYLIGHT = "daylight"
    """The window."""


# Where a light that is not the camera's comes from: x to the right, y away, z up.
_TOWARDS = {Light.LAMP: (0.2, -0.25, 0.95), Light.DAYLIGHT: (-0.45, 0.55, 0.7)}


@dataclass(frozen=True, eq=False)
class Lens:
    """A pinhole that looks down at a bed from the wall."""

    width: int = 320
    height: int = 240
    distance_m: float = 3.0
    """[m] to the middle of the bed."""
    light: Light = Light.INFRARED

    @property
    def focal_px(self) -> float:
        """Focal length [px] at this width."""
        return FOCAL_PX * self.width / 320

    @cached_property
    def axes(self) -> tuple[Float32, Float32, Float32]:
        """Right, down and forward, as unit vectors of the room."""
        cos, sin = math.cos(math.radians(PITCH_DEG)), math.sin(math.radians(PITCH_DEG))
        right, down, forward = (1, 0, 0), (0, -sin, -cos), (0, cos, -sin)
        return tuple(np.array(one, dtype=np.float32) for one in (right, down, forward))  # type: ignore[return-value]

    @cached_property
    def place_m(self) -> Float32:
        """Where the pinhole is, shape (3,) [m]."""
        return np.asarray(np.array(BED_MIDDLE_M) - self.distance_m * np.array(_TO_BED), dtype=np.float32)

    @cached_property
    def rays(self) -> Float32:
        """Where each pixel looks, shape (height, width, 3), one metre forward [m]."""
        right, down, forward = self.axes
        u = (np.arange(self.width, dtype=np.float32) - (self.width - 1) / 2) / self.focal_px
        v = (np.arange(self.height, dtype=np.float32) - (self.height - 1) / 2) / self.focal_px
        return np.asarray(forward + u[None, :, None] * right + v[:, None, None] * down, dtype=np.float32)

    def project(self, place_m: Float32) -> tuple[Float32, Float32, Float32]:
        """Return column [px], row [px] and depth [m] of places, shape (..., 3) [m]."""
        right, down, forward = self.axes
        off = place_m - self.place_m
        depth = np.maximum(off @ forward, 0.05)
        column = off @ right / depth * self.focal_px + (self.width - 1) / 2
        row = off @ down / depth * self.focal_px + (self.height - 1) / 2
        return np.asarray(column, np.float32), np.asarray(row, np.float32), depth

    def px_per_m(self, place_m: Float32, way: Float32) -> Float32:
        """Return how far the picture moves when a place moves by a metre, shape (..., 2) [px/m]: right and down.

        Args:
            place_m: shape (..., 3) [m].
            way: shape (..., 3) or (3,), unit vectors along which the place moves.
        """
        step = np.float32(0.002)
        column, row, _ = self.project(place_m + way * step)
        column0, row0, _ = self.project(place_m)
        return np.asarray(np.stack([column - column0, row - row0], axis=-1) / step, dtype=np.float32)

    def lit(self, ray: Float32, depth_m: Float32, normal: Float32) -> Float32:
        """Return how brightly the surface that a ray meets shines back, for a white one; arbitrary units.

        Args:
            ray: shape (..., 3), of `rays`.
            depth_m: shape (...) [m] forward.
            normal: shape (..., 3), of the surface, of length 1.

        Returns:
            Shape (...): Lambert's cosine; for the camera's own light also its fall-off, cos^4 / r^2 (SENSING).
        """
        length2 = (ray * ray).sum(axis=-1)
        if self.light is Light.INFRARED:
            cosine = -(normal * ray).sum(axis=-1) / np.sqrt(length2)
            fall_off = 1 / (depth_m**2 * length2 * length2**2)
            return np.asarray((BOUNCED + (1 - BOUNCED) * np.maximum(cosine, 0)) * fall_off, dtype=np.float32)
        towards = np.array(_TOWARDS[self.light], dtype=np.float32)
        cosine = np.maximum(normal @ (towards / np.linalg.norm(towards)), 0)
        return np.asarray((0.35 + 0.65 * cosine) / (9.0 * length2), dtype=np.float32)
