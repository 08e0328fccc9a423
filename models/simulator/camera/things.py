"""What moves or shines in a room and is no person: fan, curtain, television, lamp, moth and torch."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.scene import CameraScene, Thing
from models.simulator.camera.stills import BedStage
from models.simulator.nuisances import NUISANCES, Nuisance, NuisanceMotion

Float32 = NDArray[np.float32]


class Mover(Protocol):
    """Something that changes the light of each frame."""

    def show(self, light: Float32, t_s: float) -> None:
        """Change the light, shape (height, width) [DN], as it is at a moment."""
        ...


def swings(thing: Nuisance, rng: np.random.Generator, dt_s: float) -> Iterator[float]:
    """Give how far a thing is from its middle [mm], step after step, as the radar's things move."""
    motion = NuisanceMotion(thing, rng)
    while True:
        place, _ = motion.run(64, dt_s)
        yield from (1000 * (place - thing.range_m)).tolist()


class Fan:
    """A fan on a stand: blades that whirl, and a head that looks from side to side."""

    # Height of the hub, radius and place on the floor [m].
    HUB_M, RADIUS_M, SPOT = 0.95, 0.21, (1.75, 3.0)
    BLADES, TURN_HZ, LOOK_HZ, LOOK_RAD = 3, 7.3, 0.1, 0.7

    def __init__(self, bed: BedStage, rng: np.random.Generator, dt_s: float) -> None:
        self._dt_s = dt_s
        lens = bed.lens
        column, row, depth = lens.project(np.array([*self.SPOT, self.HUB_M], np.float32))
        _, foot, _ = lens.project(np.array([*self.SPOT, 0.0], np.float32))
        self._radius_px = self.RADIUS_M / float(depth) * lens.focal_px
        reach = math.ceil(self._radius_px * 1.4)
        self._column, self._row = float(column), float(row)
        left, top = max(0, round(self._column) - reach), max(0, round(self._row) - reach)
        self._box = np.s_[top : round(self._row) + reach, left : round(self._column) + reach]
        self._pole = np.s_[round(self._row) : round(float(foot)), round(self._column) - 1 : round(self._column) + 2]
        y, x = np.mgrid[self._box]
        self._off_x, self._off_y = (x - self._column).astype(np.float32), (y - self._row).astype(np.float32)
        self._turn = float(rng.uniform(0, 7))
        self._look = float(rng.uniform(0, 7))

    def show(self, light: Float32, t_s: float) -> None:
        """Turn the blades and the head."""
        del t_s
        self._turn += 2 * math.pi * self.TURN_HZ * self._dt_s
        self._look += 2 * math.pi * self.LOOK_HZ * self._dt_s
        yaw = self.LOOK_RAD * math.sin(self._look)
        light[self._pole] *= 0.5
        box = light[self._box]
        off_x = self._off_x[: box.shape[0], : box.shape[1]] - 0.35 * self._radius_px * math.sin(yaw)
        off_y = self._off_y[: box.shape[0], : box.shape[1]]
        across = off_x / math.cos(yaw)
        far = np.hypot(across, off_y) / self._radius_px
        # An exposure of a hundredth of a second smears a blade over a quarter of a turn.
        blades = 0.5 + 0.35 * np.cos(self.BLADES * np.arctan2(off_y, across) - self._turn)
        rings = 0.75 + 0.25 * np.cos(far * 40)
        cover = np.clip((1 - far) * self._radius_px / 2 + 0.5, 0, 1) * 0.85
        box += cover * (110 * blades * rings * (0.8 + 0.2 * math.cos(yaw)) - box)


class Curtain:
    """Cloth in a draught: its pleats swing, more below than above, and not all together."""

    def __init__(self, bed: BedStage, rng: np.random.Generator, dt_s: float) -> None:
        where = bed.room.where("curtain")
        rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
        self._box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        shine = (bed.room.shine * bed.gain)[self._box]
        slope = np.gradient(shine, axis=1) * where[self._box]
        down = np.linspace(0.1, 1.0, shine.shape[0], dtype=np.float32)[:, None]
        along = np.linspace(0, math.pi, shine.shape[1], dtype=np.float32)[None, :]
        self._modes = [-(slope * down * np.sin(along * (k + 1) + k)).astype(np.float32) for k in range(2)]
        self._swings = [swings(NUISANCES["curtain"], one, dt_s) for one in rng.spawn(2)]
        # A swing of 12 mm and more, 3.8 m away.
        self._px_per_mm = bed.lens.focal_px / 3800 * 2.0

    def show(self, light: Float32, t_s: float) -> None:
        """Let the pleats swing."""
        del t_s
        for mode, swing in zip(self._modes, self._swings, strict=True):
            light[self._box] += np.float32(next(swing) * self._px_per_mm) * mode


class Television:
    """A screen out of view that throws its changing light on the room."""

    def __init__(self, bed: BedStage, rng: np.random.Generator, dt_s: float) -> None:
        self._dt_s = dt_s
        self._rng = rng
        off = np.linspace(1.0, 0.2, bed.lens.width, dtype=np.float32)[None, :]
        self._field = off * np.linspace(0.6, 1.0, bed.lens.height, dtype=np.float32)[:, None]
        self._level = self._to = 0.3
        self._until_s = 0.0

    def show(self, light: Float32, t_s: float) -> None:
        """Cut from scene to scene, and flicker within each."""
        if t_s >= self._until_s:
            self._until_s = t_s + float(self._rng.exponential(2.5)) + 0.3
            self._to = float(self._rng.uniform(0.05, 0.45))
        self._level += min(1.0, self._dt_s / 0.08) * (self._to - self._level)
        light *= 1 + np.float32(self._level + 0.02 * self._rng.standard_normal()) * self._field


class LightSwitch:
    """Somebody turns the lamp on and off; the camera's gain follows."""

    ON_S = ((12.0, 22.0), (40.0, 43.0))
    EVERY_S, BRIGHTER, GAIN_LAG_S = 60.0, 1.1, 0.8

    def __init__(self, bed: BedStage, rng: np.random.Generator, dt_s: float) -> None:
        del rng
        self._dt_s = dt_s
        self._field = np.linspace(1.2, 0.8, bed.lens.height, dtype=np.float32)[:, None]
        self._gain = 1.0

    def show(self, light: Float32, t_s: float) -> None:
        """Be on or off."""
        at_s = t_s % self.EVERY_S
        extra = self.BRIGHTER if any(begin <= at_s < end for begin, end in self.ON_S) else 0.0
        self._gain += (1 - math.exp(-self._dt_s / self.GAIN_LAG_S)) * (1 / (1 + extra) - self._gain)
        light *= np.float32(self._gain) * (1 + np.float32(extra) * self._field)


class Moth:
    """A moth near the lens: a bright, soft spot that flies about, comes and goes."""

    def __init__(self, bed: BedStage, rng: np.random.Generator, dt_s: float) -> None:
        self._dt_s = dt_s
        self._rng, self._scale = rng, bed.lens.width / 320
        self._place, self._speed = rng.uniform([60, 60], [260, 180]), np.zeros(2)

    def show(self, light: Float32, t_s: float) -> None:
        """Fly on."""
        rng = self._rng
        self._speed = 0.75 * self._speed + rng.normal(0, 55, 2) - 0.25 * (self._place - [160, 120])
        self._place = self._place + self._speed * self._dt_s
        if (t_s % 14.0) > 9.0:
            return
        size = 5.0 + 2.0 * math.sin(2.1 * t_s)
        column, row = self._place * self._scale
        reach = int(4 * size * self._scale)
        top, left = max(0, int(row) - reach), max(0, int(column) - reach)
        box = light[top : max(0, int(row) + reach), left : max(0, int(column) + reach)]
        if box.size:
            y, x = np.mgrid[: box.shape[0], : box.shape[1]]
            off2 = (x + left - column) ** 2 + (y + top - row) ** 2
            box += np.float32(140) * np.exp(-off2 / (2 * (size * self._scale) ** 2)).astype(np.float32)


THINGS: Mapping[Thing, Callable[[BedStage, np.random.Generator, float], Mover]] = {
    Thing.FAN: Fan,
    Thing.CURTAIN: Curtain,
    Thing.TV: Television,
    Thing.LIGHT_SWITCH: LightSwitch,
    Thing.MOTH: Moth,
}
"""Each thing that changes the light; a draught moves the bedding and a pet walks, both on the stage."""


def movers_of(scene: CameraScene, bed: BedStage) -> list[Mover]:
    """Put the things of a scene into its room."""
    dt_s = 1 / scene.frame_rate_hz
    return [
        THINGS[thing](bed, np.random.default_rng([scene.seed, 40, k]), dt_s)
        for k, thing in enumerate(scene.things)
        if thing in THINGS
    ]
