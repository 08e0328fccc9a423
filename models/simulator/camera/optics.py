"""What is wrong before the sensor: a camera that sways or was bumped, a covered, dirty or unsharp lens."""

import math

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.scene import CameraScene, Fault
from models.simulator.camera.textures import fractal

Float32 = NDArray[np.float32]

BUMP_PX = (14.0, -9.0)
"""[px] of a picture 320 wide, right and down, by which a bumped camera looks elsewhere."""
SOFT_PX = 5


def shifted(light: Float32, right_px: float, down_px: float) -> Float32:
    """Move a picture by fractions of pixels; its edges are carried on outwards."""
    for axis, by_px in ((1, right_px), (0, down_px)):
        whole = math.floor(by_px)
        part = np.float32(by_px - whole)
        near = _rolled(light, whole, axis)
        light = near if part == 0 else near + part * (_rolled(light, whole + 1, axis) - near)
    return light


def _rolled(light: Float32, by: int, axis: int) -> Float32:
    at = np.clip(np.arange(light.shape[axis]) - by, 0, light.shape[axis] - 1)
    return np.asarray(np.take(light, at, axis=axis), dtype=np.float32)


def softened(light: Float32, reach: int) -> Float32:
    """Blur a picture by two running means along each axis."""
    for _ in range(2):
        for axis in (0, 1):
            wide = np.pad(light, [(reach + 1, reach) if k == axis else (0, 0) for k in range(2)], mode="edge")
            total = np.cumsum(wide, axis=axis, dtype=np.float64)
            ahead, behind = (slice(2 * reach + 1, None), slice(None, -2 * reach - 1))
            cut = [slice(None), slice(None)]
            upper, lower = list(cut), list(cut)
            upper[axis], lower[axis] = ahead, behind
            light = ((total[tuple(upper)] - total[tuple(lower)]) / (2 * reach + 1)).astype(np.float32)
    return light


class Optics:
    """The way of the light from the room to the sensor, in one scene."""

    def __init__(self, scene: CameraScene) -> None:
        self._scene = scene
        rng = np.random.default_rng([scene.seed, 50])
        shape = (scene.height, scene.width)
        self._sway = (float(rng.uniform(0, 7)), float(rng.uniform(-0.4, 0.4)))
        self._palm = (fractal(rng, (512, 1024), 2.2)[: shape[0], : shape[1]] * 6 + 46).astype(np.float32)
        self._spots = _spots(rng, shape, scene.scale)

    def is_faulty(self, t_s: float) -> bool:
        """Return whether the scene's fault is there now."""
        scene = self._scene
        lasts = scene.fault is Fault.SENSOR_MOVED or t_s < scene.fault_at_s + scene.fault_for_s
        return scene.fault is not None and t_s >= scene.fault_at_s and lasts

    def pass_on(self, light: Float32, t_s: float) -> Float32:
        """Return the light on the sensor, shape (height, width) [DN]."""
        scene = self._scene
        if scene.shake is not None:
            rate_hz, swing_px = scene.shake
            by = scene.scale * swing_px / 2 * math.sin(2 * math.pi * rate_hz * t_s + self._sway[0])
            light = shifted(light, by * math.cos(self._sway[1]), by * math.sin(self._sway[1]))
        return self._spoilt(light, t_s - scene.fault_at_s) if self.is_faulty(t_s) else light

    def _spoilt(self, light: Float32, since_s: float) -> Float32:
        scene = self._scene
        match scene.fault:
            case Fault.COVERED:
                # A hand comes in from the side within half a second; what it lets past is the light it throws back.
                edge = np.arange(light.shape[1], dtype=np.float32) - 2.0 * light.shape[1] * since_s
                cover = np.clip(1 - edge / (12 * scene.scale), 0, 1)[None, :]
                covered: Float32 = light + cover * (self._palm + 0.02 * light - light)
                return covered
            case Fault.DARK:
                return light * np.float32(0.012)
            case Fault.SATURATED:
                return light * np.float32(7.0)
            case Fault.DEFOCUSED:
                return softened(light, max(2, round(SOFT_PX * scene.scale)))
            case Fault.DUST:
                return light * (1 - 0.45 * self._spots) + 150 * self._spots
            case Fault.SENSOR_MOVED:
                part = min(1.0, since_s / 0.3)
                return shifted(light, BUMP_PX[0] * scene.scale * part, BUMP_PX[1] * scene.scale * part)
            case Fault.IR_CUT:
                return light * np.float32(0.01) if since_s < 0.6 else _by_day(light)
            case _:
                return light


def _by_day(light: Float32) -> Float32:
    """Return the picture as a lamp lights it, through the infra-red filter: flatter, darker, cloth in other tones."""
    return np.asarray(90 * (np.maximum(light, 1) / 110) ** np.float32(0.55), dtype=np.float32)


def _spots(rng: np.random.Generator, shape: tuple[int, int], scale: float) -> Float32:
    y, x = np.mgrid[: shape[0], : shape[1]]
    field = np.zeros(shape)
    for _ in range(9):
        size = scale * float(rng.uniform(8, 34))
        at = rng.uniform([0, 0], shape)
        field += float(rng.uniform(0.3, 0.9)) * np.exp(-((y - at[0]) ** 2 + (x - at[1]) ** 2) / (2 * size**2))
    return np.minimum(field, 0.95).astype(np.float32)
