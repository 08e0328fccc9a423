"""What the people of a scene do, frame by frame: the same actors that a simulated radar sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from models.simulator.actors import TURNING, Actor
from models.simulator.acts import (
    BED_M,
    DOOR_M,
    ENSUITE_M,
    Act,
    ActKind,
    lie,
    sit,
    sit_on_edge,
    toss,
    trip,
    turn,
    twitch,
)
from models.simulator.body import Body
from models.simulator.breathing import BreathingStyle
from models.simulator.camera.figures import Pose
from models.simulator.camera.room import WALL_Y, standing_place
from models.simulator.camera.scene import CameraScene
from models.simulator.torsos import SCATTERERS

Float32 = NDArray[np.float32]

KINDS, POSES = tuple(ActKind), tuple(Pose)
ABSENT = -1
"""In `Track.pose`: out of view."""
PLACES = ("nowhere", "in_bed", "edge_of_bed", "out_of_bed", "at_door", "ensuite", "left_room", "on_floor")
_LYING = (ActKind.LIE, ActKind.HOLD, ActKind.OBSTRUCT, ActKind.TURN, ActKind.TOSS, ActKind.TWITCH, ActKind.SIT)
_UP = (ActKind.WALK, ActKind.STAND)


@dataclass(frozen=True, eq=False)
class Track:
    """One person's doing; every array has the shape (frames,) unless it says otherwise."""

    kind: NDArray[np.int8]
    """Number in KINDS."""
    pose: NDArray[np.int8]
    """Number in POSES; ABSENT out of view."""
    place: NDArray[np.int8]
    """Number in PLACES."""
    x_m: Float32
    y_m: Float32
    """Where in the room, of whoever is not in bed."""
    belly_mm: Float32
    chest_mm: Float32
    """Excursions of the body's wall, before bedding."""
    heart_mm: Float32
    creep_mm: Float32
    lying: NDArray[np.int32]
    """How many times the body has turned."""
    turned: Float32
    """0 to 1 through the present turn; 1 with none under way."""
    stir: Float32
    """0 to 1: how much `wander_mm` shows."""
    wander_mm: Float32
    """Shape (frames, scatterers)."""
    breaths: NDArray[np.float64]
    depth: Float32
    """Share of the usual depth of breath."""
    usual_mm: float
    """[mm] usual depth of breath."""

    def is_kind(self, *kinds: ActKind) -> NDArray[np.bool_]:
        """Return where one of some things is done."""
        return np.isin(self.kind, [KINDS.index(kind) for kind in kinds])

    def is_pose(self, *poses: Pose) -> NDArray[np.bool_]:
        """Return where the body is in one of some poses."""
        return np.isin(self.pose, [POSES.index(pose) for pose in poses])

    @property
    def is_in_view(self) -> NDArray[np.bool_]:
        """Where the body is in the room."""
        return np.asarray(self.pose != ABSENT)


def play(scene: CameraScene, at_s: NDArray[np.float64]) -> tuple[Track, Track]:
    """Let the sleeper and the visitor of a scene do what they do.

    Args:
        scene: the scene.
        at_s: shape (frames,) [s] when each frame is taken.
    """
    rng = np.random.default_rng([scene.seed, 1])
    style = scene.style or _drawn_style(rng)
    acts = night_acts(rng) if scene.acts is None else cycle(scene.acts)
    sleeper = Actor(acts, Body(style, _begins_at(scene.acts), rng, posture=scene.posture))
    guest_rng = np.random.default_rng([scene.seed, 2])
    lies = bool(scene.visitor) and scene.visitor[0].kind is ActKind.LIE
    visitor = Actor(cycle(scene.visitor), Body(_drawn_style(guest_rng), BED_M if lies else DOOR_M, guest_rng))
    return _run(sleeper, at_s), _run(visitor, at_s)


def _begins_at(acts: tuple[Act, ...] | None) -> float:
    """Return where the sleeper is at first: before the door for a film of somebody who comes in, else in bed [m]."""
    return DOOR_M if acts and acts[0].kind is ActKind.AWAY else BED_M


def _drawn_style(rng: np.random.Generator) -> BreathingStyle:
    return BreathingStyle(
        rate_per_min=float(rng.uniform(10, 20)),
        depth_mm=float(rng.uniform(5, 9)),
        rate_jitter=float(rng.uniform(0.02, 0.08)),
        depth_jitter=float(rng.uniform(0.06, 0.18)),
        inspired_share=float(rng.uniform(0.3, 0.48)),
    )


class _Posing:
    """Follows one actor from act to act: what was done before decides how and where a thing is done now."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.is_down = False
        self.lying = 0
        self._act: Act | None = None
        self._from_m = actor.body.range_m

    def row(self) -> tuple[object, ...]:
        """Return what there is to be said of this frame, as _ROW has it."""
        pose, place, (x, y) = self._follow()
        body, kind, share = self.actor.body, self.actor.kind, self.actor.share
        is_turning = kind in TURNING and not self.is_down
        stir = min(1.0, 4 * share * (1 - share)) if is_turning or kind is ActKind.TWITCH else 0.0
        risen = body.excursion_mm, body.chest_mm, body.heart_mm, body.creep_mm
        turned = share if is_turning else 1.0
        done = self.lying, turned, stir, body.wander_mm, body.breaths, self.actor.depth
        return KINDS.index(kind), pose, place, x, y, *risen, *done

    def _follow(self) -> tuple[int, int, tuple[float, float]]:
        """Return pose, place and spot on the floor (x, y) [m] of this frame."""
        actor, kind = self.actor, self.actor.kind
        if actor.act is not self._act:
            self._act = actor.act
            self.lying += kind in TURNING and not self.is_down
        if kind is ActKind.FALL:
            self.is_down = True
        elif kind in (*_UP, ActKind.AWAY):
            self.is_down = False
        range_m = actor.body.range_m
        pose, place = self._pose(kind), self._place(kind, range_m)
        x, y = standing_place(range_m)
        if kind is ActKind.AWAY:
            y = WALL_Y + 0.8
        elif pose is Pose.FLOOR:
            x, y = x + 0.25, y - 0.05
        elif pose is Pose.EDGE:
            x, y = -0.05, 2.45
        elif pose in (Pose.LIE, Pose.SIT_UP):
            x, y = -0.28, 2.92
        return (ABSENT if kind is ActKind.AWAY else POSES.index(pose)), PLACES.index(place), (x, y)

    def _pose(self, kind: ActKind) -> Pose:
        if self.is_down:
            return Pose.FLOOR
        if kind in _UP or kind is ActKind.AWAY:
            return Pose.STAND
        if kind is ActKind.SIT:
            return Pose.EDGE if self._act is not None and self._act.to_m > BED_M else Pose.SIT_UP
        return Pose.LIE

    def _place(self, kind: ActKind, range_m: float) -> str:
        if kind is ActKind.AWAY:
            if self._act is None:
                return "nowhere"
            return "left_room" if abs(range_m - DOOR_M) < abs(range_m - ENSUITE_M) else "ensuite"
        if self.is_down:
            return "on_floor"
        if kind in _UP:
            return "at_door" if abs(range_m - DOOR_M) < 0.3 else "out_of_bed"
        return "edge_of_bed" if self._pose(kind) is Pose.EDGE else "in_bed"


_ROW = np.dtype(
    [
        ("kind", np.int8),
        ("pose", np.int8),
        ("place", np.int8),
        ("x_m", np.float32),
        ("y_m", np.float32),
        ("belly_mm", np.float32),
        ("chest_mm", np.float32),
        ("heart_mm", np.float32),
        ("creep_mm", np.float32),
        ("lying", np.int32),
        ("turned", np.float32),
        ("stir", np.float32),
        ("wander_mm", np.float32, (SCATTERERS,)),
        ("breaths", np.float64),
        ("depth", np.float32),
    ]
)


def _run(actor: Actor, at_s: NDArray[np.float64]) -> Track:
    posing, rows = _Posing(actor), np.zeros(len(at_s), _ROW)
    usual_mm, last_s = actor.body.depth_mm, 0.0
    for k, t_s in enumerate(at_s.tolist()):
        actor.step(t_s - last_s)
        last_s = t_s
        rows[k] = posing.row()
    return Track(**{name: rows[name].copy() for name in _ROW.names or ()}, usual_mm=usual_mm)


def night_acts(rng: np.random.Generator) -> Iterable[Act]:
    """Draw a whole night: sleep, turn, sit up, sit on the edge, go to the en-suite or out, and come back, for ever."""
    while True:
        yield lie(float(rng.uniform(240, 900)))
        what = rng.choice(["turn", "toss", "twitch", "sit", "ensuite", "out"], p=[0.55, 0.1, 0.15, 0.08, 0.08, 0.04])
        if what == "sit":
            yield from (turn(3.0), sit(float(rng.uniform(10, 60))), turn(3.0))
        elif what in ("ensuite", "out"):
            yield from up_and_back(ENSUITE_M if what == "ensuite" else DOOR_M, float(rng.uniform(60, 420)))
        else:
            yield {"turn": turn(float(rng.uniform(2, 6))), "toss": toss(float(rng.uniform(5, 15)))}.get(what, twitch())


def to_bed(away_s: float) -> list[Act]:
    """Be away, come in by the door, sit on the edge of the bed and lie down."""
    return up_and_back(DOOR_M, away_s)[5:]


def up_and_back(target_m: float, away_s: float) -> list[Act]:
    """Sit up, sit on the edge, walk to a door, be away, come back, sit on the edge and lie down."""
    there, *rest = trip(target_m, away_s)
    return [there, sit(4.0), sit_on_edge(12.0), *rest[:-1], sit_on_edge(5.0), rest[-1]]
