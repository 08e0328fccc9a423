"""The bed while everybody in it lies still: one picture, and what each small motion adds to it."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.bedding import (
    BELLY_X,
    BREATH_WAY,
    BREATH_WIDE_M,
    CHEST_X,
    CLOTHS,
    GRID_X,
    GRID_Y,
    MIDDLE_Y,
    SHAPE,
    SHOWN,
    Bedding,
    Landscape,
    Lying,
    landscape,
)
from models.simulator.camera.lens import Lens
from models.simulator.camera.room import Room, built
from models.simulator.camera.scene import CameraScene, Thing
from models.simulator.camera.surface import BedView, Motion, Seen
from models.simulator.camera.textures import softened
from models.simulator.torsos import SCATTERERS, Posture

Float32 = NDArray[np.float32]

BED_MEAN_DN = 135.0
"""[DN] of the empty bed, to which the exposure is set when the camera is put up (SENSING)."""
# A motion is drawn once by this much, and what it changes is scaled to every smaller one [m].
DRAWN_M = 0.004
_POSTURES = (Posture.SUPINE, Posture.SIDE, Posture.PRONE)
Key = tuple[int, bool, bool]
"""How many times the sleeper has turned, and whether the sleeper and the visitor are in the bed."""


@dataclass(frozen=True, eq=False)
class Still:
    """The bed's box of the picture, with nobody moving but by breathing."""

    seen: Seen
    changes: NDArray[np.float32]
    """Shape (motions, rows, columns): what one metre of each motion adds to `seen.shine`; the motions are those of
    `BedStage.motions`."""
    px_per_m: float
    """[px] that the sleeper's breath moves the picture, where it does so most, for a metre of the bed's surface."""


class BedStage:
    """The bed of one scene, in every way in which it is lain in."""

    def __init__(self, scene: CameraScene) -> None:
        self.scene = scene
        self.lens = Lens(scene.width, scene.height, scene.distance_m, scene.light)
        self.room: Room = built(self.lens, np.random.default_rng([scene.seed, 10]))
        self.view = BedView(self.lens)
        made = self.view.see(self._landscape(scene.bedding, (), 0))
        self.gain = BED_MEAN_DN / float(made.shine[made.is_bed].mean())
        """[DN] for one unit of light."""
        self.made = made
        low, high = CLOTHS[scene.bedding].passes
        self.passes = float(np.random.default_rng([scene.seed, 11]).uniform(low, high))
        """Share of the breath that the bedding lets through."""
        self.still = lru_cache(maxsize=4)(self._still)
        self.land = lru_cache(maxsize=6)(self._land)
        self.swing = lru_cache(maxsize=256)(self._swing)

    def posture(self, lying: int) -> Posture:
        """Return how the sleeper lies after so many turns."""
        drawn = int(np.random.default_rng([self.scene.seed, 12, lying]).choice(3, p=[0.5, 0.38, 0.12]))
        return _POSTURES[drawn] if self.scene.posture is None else self.scene.posture

    def _people(self, key: Key) -> tuple[Lying, ...]:
        lying, is_in, is_guest_in = key
        rng = np.random.default_rng([self.scene.seed, 13, lying])
        aside = float(rng.uniform(-0.06, 0.06)) + (0.22 if is_guest_in else 0.0)
        size = 0.95 if is_guest_in else float(rng.uniform(0.95, 1.02))
        own = Lying(self.posture(lying), aside, size, float(rng.uniform(-0.06, 0.06)))
        guest = Lying(Posture.SIDE, -0.15, 0.9)
        return (own,) * is_in + (guest,) * is_guest_in

    def _landscape(
        self, bedding: Bedding, people: tuple[Lying, ...], lying: int, *, is_open: bool = False
    ) -> Landscape:
        rng = np.random.default_rng([self.scene.seed, 14, lying])
        rolled = self.scene.is_rolled and not people
        return landscape(
            rng, bedding, people, melanin=self.scene.melanin, is_open=is_open and not rolled, is_rolled=rolled
        )

    def _land(self, key: Key) -> Landscape:
        people = self._people(key)
        # A cover is thrown back only by somebody who has lain under it.
        is_open = not people and self.scene.acts != ()
        return self._landscape(self.scene.bedding, people, key[0], is_open=is_open)

    def motions(self, key: Key) -> tuple[Motion, ...]:
        """Return the small motions: belly, chest and creep of the sleeper, belly and chest of the guest, draught."""
        lying, is_in, is_guest_in = key
        people = self._people((lying, True, is_guest_in))
        own = _breath(people[0], self.scene.bedding, float(is_in))
        guest = _breath(people[-1], self.scene.bedding, float(is_guest_in))
        creep = Motion(_bump(-0.25, people[0].aside_m, 0.6, 0.25) * float(is_in), (0.9, 0.3, 0.3))
        draught = Motion(_bump(0.45, 0.0, 0.35, 0.4) * float(Thing.DRAUGHT in self.scene.things), (0.0, 0.0, 1.0))
        return (*own, creep, *guest, draught)

    def _still(self, key: Key) -> Still:
        land = self.land(key)
        seen = self.view.see(land)
        changes = np.zeros((6, *self.view.shape), np.float32)
        motions = self.motions(key)
        for motion, change in zip(motions, changes, strict=True):
            if motion.weight.any():
                drawn = self.view.see(land, ((motion, DRAWN_M),))
                most = self._most_per_m(seen, motion)
                change[:] = softened(np.clip((drawn.shine - seen.shine) / DRAWN_M, -most, most))
        return Still(seen, changes, self._px_per_m(seen, motions[:2]))

    def _most_per_m(self, seen: Seen, motion: Motion) -> Float32:
        """Return what a metre of motion can change of each pixel: more is a rim that is seen or hidden all at once."""
        steep = softened(np.hypot(*np.gradient(seen.shine)).astype(np.float32), 2)
        px_per_m = np.float32(self.lens.focal_px / self.scene.distance_m)
        # A slope changes by at most a motion over the width of what moves, some 0.1 m.
        most = 4.0 * px_per_m * steep + 10.0 * seen.shine
        return np.asarray(most * self.view.at_places(motion.weight, seen), dtype=np.float32)

    def _px_per_m(self, seen: Seen, breath: tuple[Motion, ...]) -> float:
        """Return how far the place that breathes most moves in the picture for a metre of breath [px/m]."""
        both = breath[0].weight + breath[1].weight
        if not both.any():
            return 0.0
        row, column = np.unravel_index(int(both.argmax()), SHAPE)
        here = np.array([GRID_X[column], GRID_Y[row]])
        off = np.hypot(*(seen.place_m[..., :2] - here.astype(np.float32)).transpose(2, 0, 1))
        at = np.unravel_index(int(np.where(seen.is_bed, off, np.inf).argmin()), off.shape)
        way = np.array(breath[0].way, np.float32) * float(both.max())
        return float(np.hypot(*self.lens.px_per_m(seen.place_m[at], way)))

    def _swing(self, lying: int, is_guest_in: bool) -> tuple[float, float]:
        """Return how a breath shows after so many turns.

        Returns:
            Metres of the bed's surface for a metre of the chest's excursion, and pixels of this picture for it.
        """
        still = self.still((lying, True, is_guest_in))
        share = SHOWN[self.posture(lying)] * self.passes
        return share, share * still.px_per_m


def _bump(x_m: float, aside_m: float, wide_x: float, wide_y: float) -> Float32:
    off_x, off_y = GRID_X[None, :] - x_m, GRID_Y[:, None] - MIDDLE_Y - aside_m
    return np.asarray(np.exp(-0.5 * ((off_x / wide_x) ** 2 + (off_y / wide_y) ** 2)), dtype=np.float32)


def _breath(lying: Lying, bedding: Bedding, share: float) -> tuple[Motion, Motion]:
    """Return the motions of a body's belly and chest; added up they move their greatest place by one."""
    spread = CLOTHS[bedding].spread_m
    wide = [math.hypot(one * lying.size, spread) for one in BREATH_WIDE_M]
    belly, chest = (_bump(x * lying.size, lying.aside_m, *wide) for x in (BELLY_X, CHEST_X))
    both = float((belly + chest).max())
    way = BREATH_WAY[lying.posture]
    return Motion(belly * share / both, way), Motion(chest * share / both, way)


WOBBLES = tuple(
    _bump(x, y, 0.16, 0.14)
    for x, y in zip(np.linspace(-0.95, 0.6, SCATTERERS), [0.1, -0.1] * (SCATTERERS // 2), strict=True)
)
"""Where a restless body's parts push the bed's surface about."""
