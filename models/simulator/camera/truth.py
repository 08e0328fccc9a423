"""What is really so in a filmed room, second by second, and whether it could be seen."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.simulator.acts import ActKind
from models.simulator.camera.optics import Optics
from models.simulator.camera.scene import CameraScene
from models.simulator.camera.sightings import Sightings
from models.simulator.camera.stills import BedStage
from models.simulator.camera.tracks import KINDS, PLACES, Track
from models.simulator.truth import CALM, STATES, TRUTH_FIRST_S, TRUTH_WINDOW_S

Float = NDArray[np.float64]


@dataclass(frozen=True)
class CameraTruth:
    """What is really so at one whole second; the words are those of the radar's truth where there is one."""

    t_s: float
    presence: str
    """present or absent."""
    people: int
    """0, 1 or 2; a cat, a photograph and an avatar do not count."""
    place: str
    """in_bed, edge_of_bed, out_of_bed, at_door, ensuite, left_room or on_floor of the sleeper; nowhere when there is
    none."""
    state: str
    """breathing, no_breathing_seen, moving, empty, or obstructed: the chest moves and no air does."""
    respiratory_rate_per_min: float
    """Mean over the calm stretch of the last 10 to 30 s; NaN when nobody breathes calmly."""
    is_held: bool
    """The breath is held, or has stopped."""
    swing_px: float
    """[px at width 320] peak to peak, that the present depth of breath moves the picture where it moves most; 0 with
    nobody who lies or sits."""
    detectable_px: float
    """[px at width 320] the least such swing of which a perfect observer of 30 s could tell the rate; infinity with
    nobody there, or with a blind camera."""
    is_rate_observable: bool
    """The rate could be told: one calm person, enough swing, a camera that sees."""
    is_presence_observable: bool
    """Whether somebody is there could be told; False with a blind camera."""
    fault: str | None
    """What is wrong with the camera, one of scene.Fault; None for nothing."""
    machine_rate_per_min: float
    """Of a swaying photograph, an avatar or a camera's swaying mount; NaN without one."""


@dataclass(frozen=True)
class CameraEvent:
    """Something that happened; the words are those of the contract's room events, and edge_of_bed."""

    t_s: float
    kind: str


def truths(scene: CameraScene, bed: BedStage, at_s: Float, sleeper: Track, visitor: Track) -> tuple[CameraTruth, ...]:
    """Say what is so at each whole second, from 1 to the scene's end."""
    sightings, optics = Sightings(scene, bed, sleeper), Optics(scene)
    seconds = np.arange(1, math.floor(scene.seconds) + 1, dtype=np.float64)
    frames = np.searchsorted(at_s, seconds, side="right") - 1
    begin = _calm_since(sleeper)
    return tuple(
        _truth(scene, sightings, optics, at_s, sleeper, visitor, float(t_s), int(k), int(begin[k]))
        for t_s, k in zip(seconds, frames, strict=True)
    )


def _truth(
    scene: CameraScene,
    sightings: Sightings,
    optics: Optics,
    at_s: Float,
    sleeper: Track,
    visitor: Track,
    t_s: float,
    k: int,
    begin: int,
) -> CameraTruth:
    is_guest = bool(visitor.is_in_view[k])
    people = 0 if scene.is_lifeless else int(sleeper.is_in_view[k]) + is_guest
    kind = KINDS[int(sleeper.kind[k])]
    state = STATES.get(kind, "moving")
    if is_guest and KINDS[int(visitor.kind[k])] not in CALM:
        state = "moving"
    elif is_guest and state == "empty":
        state = "breathing"
    rate = _rate(at_s, sleeper, k, begin) if people else math.nan
    is_blind = optics.is_faulty(t_s)
    swing_px, least_px = sightings.at(k, is_guest) if people else (0.0, math.inf)
    least_px = math.inf if is_blind else least_px
    return CameraTruth(
        t_s,
        "present" if people else "absent",
        people,
        "nowhere" if scene.is_lifeless else PLACES[int(sleeper.place[k])],
        state if people else "empty",
        rate,
        bool(people) and kind is ActKind.HOLD,
        swing_px,
        least_px,
        people == 1 and state == "breathing" and not math.isnan(rate) and swing_px >= least_px,
        not is_blind,
        scene.fault.value if is_blind and scene.fault is not None else None,
        _machine_rate(scene),
    )


def _calm_since(track: Track) -> NDArray[np.intp]:
    """Return, for each frame, the first frame of the calm stretch that it is in; itself outside one."""
    is_calm = track.is_kind(*CALM)
    index = np.arange(len(is_calm))
    breaks = np.where(is_calm, -1, index)
    return np.asarray(np.maximum.accumulate(breaks) + 1).clip(0, index)


def _rate(at_s: Float, track: Track, k: int, begin: int) -> float:
    if KINDS[int(track.kind[k])] not in CALM:
        return math.nan
    first = max(begin, int(np.searchsorted(at_s, at_s[k] - TRUTH_WINDOW_S)))
    calm_s = float(at_s[k] - at_s[first])
    if calm_s < TRUTH_FIRST_S - 0.15:
        return math.nan
    return 60 * float(track.breaths[k] - track.breaths[first]) / calm_s


def _machine_rate(scene: CameraScene) -> float:
    if scene.avatar_per_min is not None:
        return scene.avatar_per_min
    return 60 * scene.shake[0] if scene.shake is not None else math.nan


def events(scene: CameraScene, at_s: Float, sleeper: Track, visitor: Track) -> tuple[CameraEvent, ...]:
    """Say what happens, in order of time."""
    found = [] if scene.is_lifeless else _happened(at_s, sleeper, visitor)
    if scene.fault is not None and scene.fault_at_s < scene.seconds:
        found.append(CameraEvent(scene.fault_at_s, "sensor_blind"))
        over_s = scene.fault_at_s + scene.fault_for_s
        if over_s < scene.seconds and Optics(scene).is_faulty(scene.fault_at_s) and not Optics(scene).is_faulty(over_s):
            found.append(CameraEvent(over_s, "sensor_sees_again"))
    return tuple(sorted(found, key=lambda event: event.t_s))


_IN_BED = ("in_bed", "edge_of_bed")
_KINDS_OF_PLACE = {"ensuite": "ensuite_entered", "nowhere": "left_room"}


def _happened(at_s: Float, sleeper: Track, visitor: Track) -> list[CameraEvent]:
    found = []
    for k in np.flatnonzero(np.diff(sleeper.place)) + 1:
        before, now, t_s = PLACES[int(sleeper.place[k - 1])], PLACES[int(sleeper.place[k])], float(at_s[k])
        if before in _IN_BED and now not in _IN_BED:
            found.append(CameraEvent(t_s, "out_of_bed"))
        if before == "left_room":
            found.append(CameraEvent(t_s, "returned"))
        if before == "ensuite":
            found.append(CameraEvent(t_s, "ensuite_left"))
        if now != "out_of_bed":
            found.append(CameraEvent(t_s, _KINDS_OF_PLACE.get(now, now)))
    changes = (
        (visitor.is_in_view, "second_person", "one_person"),
        (sleeper.is_kind(ActKind.HOLD), "breathing_not_seen", "breathing_again"),
    )
    for flags, begins, ends in changes:
        edges = np.flatnonzero(np.diff(flags.astype(np.int8))) + 1
        found += [CameraEvent(float(at_s[k]), begins if flags[k] else ends) for k in edges]
    return found
