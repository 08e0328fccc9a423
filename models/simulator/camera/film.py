"""A scene becomes a clip: frames one after the other, and the truth of each second beside them."""

from collections import deque
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.avatar import avatar
from models.simulator.camera.optics import Optics
from models.simulator.camera.room import drawing
from models.simulator.camera.scene import CameraScene, Fault, Thing
from models.simulator.camera.sensor import Imager
from models.simulator.camera.stage import Stage
from models.simulator.camera.stills import BedStage
from models.simulator.camera.things import movers_of, swings
from models.simulator.camera.tracks import play
from models.simulator.camera.truth import CameraEvent, CameraTruth, events, truths
from models.simulator.nuisances import NUISANCES

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
Picture = NDArray[np.uint8]

# A camera whose rate has dropped gives every so-many-th frame.
SLOWER = 5
# [s] of the stretch that a looped recording shows again.
LOOP_S = 4.0


class CameraClip:
    """One filmed scene; `frames` may be asked for again and gives the same each time."""

    def __init__(self, scene: CameraScene) -> None:
        self.scene = scene
        self.frame_rate_hz = scene.frame_rate_hz
        self.distance_m = scene.distance_m
        self._bed = BedStage(scene)
        count = int(scene.seconds * scene.frame_rate_hz)
        # When the light was caught; the camera's word for it is in `_told_s`.
        period_s = (1 + scene.sensor.clock_error) / scene.frame_rate_hz
        self._at_s: Float = period_s * np.arange(count, dtype=np.float64)
        self._sleeper, self._visitor = play(scene, self._at_s)
        self._told_s, self._is_lost = _told(scene, self._at_s)

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """The zones of the room, 12 rows of 16 marks: `#` hidden, `b` bed, `f` floor, `d` door, `e` en-suite door."""
        is_bed = np.zeros((self.scene.height, self.scene.width), bool)
        is_bed[self._bed.view.box] = self._bed.made.is_bed
        return drawing(self._bed.room, is_bed)

    @cached_property
    def truth(self) -> tuple[CameraTruth, ...]:
        """What is so at each whole second t = 1, 2, ..."""
        return truths(self.scene, self._bed, self._at_s, self._sleeper, self._visitor)

    @cached_property
    def events(self) -> tuple[CameraEvent, ...]:
        """What happens, in order of time."""
        return events(self.scene, self._at_s, self._sleeper, self._visitor)

    @property
    def excursion_mm(self) -> tuple[Float, Float32]:
        """When each frame was taken [s] and how far the sleeper's belly had risen [mm], lost frames included."""
        return self._at_s, self._sleeper.belly_mm

    def frames(self) -> Iterator[tuple[float, Picture]]:
        """Give each frame's time [s], as the camera tells it, and its picture, shape (height, width).

        Lost frames are simply not there.
        """
        scene = self.scene
        imager, optics = Imager(scene), Optics(scene)
        kept: deque[Picture] = deque(maxlen=int(LOOP_S * scene.frame_rate_hz))
        again = 0
        for k, (light, dt_s) in enumerate(self._lights()):
            t_s = float(self._at_s[k])
            is_faulty = optics.is_faulty(t_s)
            if is_faulty and scene.fault in (Fault.FROZEN, Fault.REPEATED) and kept:
                picture = kept[-1] if scene.fault is Fault.FROZEN else kept[again % len(kept)]
                again += 1
            else:
                picture = imager.expose(optics.pass_on(light, t_s), dt_s)
                kept.append(picture)
            if not self._is_lost[k]:
                yield float(self._told_s[k]), picture.copy()

    def _lights(self) -> Iterator[tuple[Float32, float]]:
        """Give the light before the lens, shape (height, width) [DN], and the time since the last frame [s]."""
        scene, bed = self.scene, self._bed
        stage = Stage(scene, bed, self._sleeper, self._visitor)
        movers = movers_of(scene, bed)
        air = swings(NUISANCES["draught"], np.random.default_rng([scene.seed, 41]), 1 / scene.frame_rate_hz)
        has_draught = Thing.DRAUGHT in scene.things
        print_: Float32 | None = None
        step_s = float(self._at_s[1] - self._at_s[0]) if len(self._at_s) > 1 else 0.0
        for k, t_s in enumerate(self._at_s.tolist()):
            if scene.avatar_per_min is not None:
                light = avatar((scene.height, scene.width), t_s, scene.avatar_per_min)
            elif scene.is_photograph:
                print_ = stage.frame(0, step_s) if print_ is None else print_
                light = print_.copy()
            else:
                light = stage.frame(k, step_s, 3.0 * next(air) if has_draught else 0.0)
            for mover in movers:
                mover.show(light, t_s)
            yield light, step_s


def film(scene: CameraScene) -> CameraClip:
    """Film a scene."""
    return CameraClip(scene)


def _told(scene: CameraScene, at_s: Float) -> tuple[Float, NDArray[np.bool_]]:
    """Return what the camera says of when each frame was taken [s], always rising, and which frames get lost."""
    rng = np.random.default_rng([scene.seed, 60])
    nominal_s = np.arange(len(at_s)) / scene.frame_rate_hz
    told = nominal_s + scene.sensor.jitter_s * np.clip(rng.standard_normal(len(at_s)), -3, 3)
    lost = rng.random(len(at_s)) < scene.sensor.drop_share
    within = (at_s >= scene.fault_at_s) & (at_s < scene.fault_at_s + scene.fault_for_s)
    if scene.fault is Fault.LOW_FRAME_RATE:
        lost |= within & (np.arange(len(at_s)) % SLOWER != 0)
    if scene.fault is Fault.IRREGULAR_TIME:
        # Frames wait in a queue for up to half a second, and come all at once.
        told[within] = np.ceil(told[within] * 2 + rng.uniform(-0.3, 0.3, int(within.sum()))) / 2
        told[within] += rng.exponential(0.03, int(within.sum()))
    told -= told[0] if len(told) else 0.0
    return np.maximum.accumulate(told + 1e-4 * np.arange(len(told))), lost
