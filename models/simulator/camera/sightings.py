"""How far a breath moves the picture, and how far it must for a perfect observer to tell its rate."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.figures import BELLY, CHEST, Pose, Tones, draw, parts_of
from models.simulator.camera.scene import CameraScene
from models.simulator.camera.stills import BedStage
from models.simulator.camera.tracks import ABSENT, POSES, Track
from models.simulator.labels import RATE_DB
from models.simulator.truth import TRUTH_WINDOW_S

Float = NDArray[np.float64]
_BREATH_M = 0.004


class Sightings:
    """Judges the breath of one scene's sleeper as a matched filter on every pixel would."""

    def __init__(self, scene: CameraScene, bed: BedStage, sleeper: Track) -> None:
        self._scene, self._bed, self._track = scene, bed, sleeper
        self._in_bed = lru_cache(maxsize=512)(self._judged_in_bed)
        self._out = lru_cache(maxsize=64)(self._judged_out)

    def at(self, k: int, is_guest: bool) -> tuple[float, float]:
        """Return swing and least swing of a frame [px at width 320]; 0 and infinity while nothing could be seen."""
        track, pose = self._track, int(self._track.pose[k])
        if pose == ABSENT or POSES[pose] is Pose.STAND:
            return 0.0, math.inf
        if POSES[pose] is Pose.LIE:
            full_px, least_px = self._in_bed(int(track.lying[k]), is_guest and POSES[int(pose)] is Pose.LIE)
        else:
            full_px, least_px = self._out(pose, round(float(track.x_m[k]), 1), round(float(track.y_m[k]), 1))
        return full_px * float(track.depth[k]), least_px

    def _judged_in_bed(self, lying: int, is_guest_in: bool) -> tuple[float, float]:
        bed, scene = self._bed, self._scene
        _, px = bed.swing(lying, is_guest_in)
        still = bed.still((lying, True, is_guest_in))
        change = (still.changes[0] + still.changes[1]) * bed.gain / max(still.px_per_m, 1e-9)
        least = self._least_px(change.astype(np.float64), still.seen.shine.astype(np.float64) * bed.gain)
        full = px * self._track.usual_mm / 1000 / scene.scale
        return (full if scene.swing_px is None else scene.swing_px), least

    def _judged_out(self, pose: int, x_m: float, y_m: float) -> tuple[float, float]:
        """Judge somebody who sits or lies on the floor: drawn twice, before and after a breath of 4 mm."""
        bed, lens = self._bed, self._bed.lens
        parts = parts_of(POSES[pose], x_m, y_m)
        axis = 2 if POSES[pose] is Pose.FLOOR else 1
        drawn = []
        for by_m in (0.0, _BREATH_M):
            moved = parts.copy()
            moved[[CHEST, BELLY], 3 + axis] += by_m / 2
            moved[[CHEST, BELLY], axis] += by_m / 2 * (1 if axis == 2 else -1)
            picture, depth = bed.room.shine * bed.gain, bed.room.depth_m.copy()
            draw(picture, depth, lens, moved, Tones(), bed.room.plaster, bed.gain)
            drawn.append(picture.astype(np.float64))
        way = np.zeros(3, np.float32)
        way[axis] = 1 if axis == 2 else -1
        px_per_m = float(np.hypot(*lens.px_per_m(parts[CHEST, :3].astype(np.float32), way)))
        change = (drawn[1] - drawn[0]) / (_BREATH_M * px_per_m)
        return px_per_m * self._track.usual_mm / 1000 / self._scene.scale, self._least_px(change, drawn[0])

    def _least_px(self, change: Float, light_dn: Float) -> float:
        """Return the least swing, peak to peak, whose energy over TRUTH_WINDOW_S is RATE_DB over the noise.

        Args:
            change: [DN/px] of each pixel.
            light_dn: [DN] of each pixel.
        """
        sensor = self._scene.sensor
        per_px2 = float((change**2 / (sensor.read_dn**2 + sensor.shot_gain * light_dn)).sum())
        frames = TRUTH_WINDOW_S * self._scene.frame_rate_hz
        if per_px2 <= 0:
            return math.inf
        # A sine that swings by s from peak to peak has the power s^2 / 8.
        return math.sqrt(8 * 10 ** (RATE_DB / 10) / (frames * per_px2)) / self._scene.scale
