"""From light to numbers: noise, fixed pattern, rows, dead pixels, gain steps and a lamp's flicker."""

import math

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.lens import Light
from models.simulator.camera.scene import CameraScene

Float32 = NDArray[np.float32]
Picture = NDArray[np.uint8]

MAINS_HZ = 50.0
# A rolling shutter reads its rows one after the other over most of a frame at 30 a second [s].
READ_OUT_S = 0.028
NOISE_TABLE = 1 << 21
# The gain moves to its new value within this time [s].
AGC_LAG_S = 0.4
GAIN_STEP = (0.05, 0.20)


class Imager:
    """The sensor of one clip."""

    def __init__(self, scene: CameraScene) -> None:
        self._set, self._light = scene.sensor, scene.light
        rng = self._rng = np.random.default_rng([scene.seed, 30])
        shape = (scene.height, scene.width)
        self._table = rng.standard_normal(NOISE_TABLE, dtype=np.float32)
        self._pattern = (self._set.pattern_dn * rng.standard_normal(shape)).astype(np.float32)
        dead = rng.random(shape) < self._set.dead_share
        self._dead = np.flatnonzero(dead)
        self._dead_dn = rng.choice(np.array([0, 255], np.uint8), len(self._dead))
        self._rows_s = np.linspace(0, READ_OUT_S, scene.height, dtype=np.float32)
        self._gain = self._to_gain = 1.0
        self._mains_cycles = 0.0

    def expose(self, light: Float32, dt_s: float, gain: float = 1.0) -> Picture:
        """Take one frame.

        Args:
            light: shape (height, width) [DN] without noise; changed.
            dt_s: [s] since the one before.
            gain: of the camera's electronics on top of its own steps.
        """
        light *= np.float32(gain * self._step_gain(dt_s))
        if self._light is Light.LAMP and self._set.flicker:
            light *= self._flicker(dt_s)
        size = light.size
        begin = int(self._rng.integers(0, NOISE_TABLE - size))
        noise = self._table[begin : begin + size].reshape(light.shape)
        spread = np.float32(self._set.shot_gain) * np.maximum(light, 0)
        spread += np.float32(self._set.read_dn**2)
        np.sqrt(spread, out=spread)
        spread *= noise
        light += spread
        light += self._pattern
        rows = self._rng.standard_normal(light.shape[0], dtype=np.float32)
        light += np.asarray(self._set.row_dn * rows + 0.5, dtype=np.float32)[:, None]
        picture = np.clip(light, 0, 255).astype(np.uint8)
        picture.reshape(-1)[self._dead] = self._dead_dn
        return picture

    def _step_gain(self, dt_s: float) -> float:
        every_s = self._set.agc_every_s
        if every_s and self._rng.random() < dt_s / every_s:
            by = float(self._rng.uniform(*GAIN_STEP))
            # It steps away from its usual value and then back, so that it does not wander off.
            self._to_gain = 1.0 if self._to_gain != 1.0 else 1 + by * float(self._rng.choice([-1, 1]))
        self._gain += (1 - math.exp(-dt_s / AGC_LAG_S)) * (self._to_gain - self._gain)
        return self._gain

    def _flicker(self, dt_s: float) -> Float32:
        """Return each row's share of the light, shape (height, 1): a lamp shines twice in a cycle of the mains."""
        wander = 1 + 2e-6 * float(self._rng.standard_normal())
        self._mains_cycles = (self._mains_cycles + 2 * MAINS_HZ * wander * dt_s) % 1.0
        turn = 2 * math.pi * (self._mains_cycles + 2 * MAINS_HZ * self._rows_s)
        return np.asarray(1 + self._set.flicker * np.sin(turn), dtype=np.float32)[:, None]
