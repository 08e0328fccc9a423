"""Simulated films in a recording's place: pictures, and the truth of each second."""

import math
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from broker.vocabulary import RoomEventKind
from edge.cases import ExpectedEvent, Simulation
from edge.errors import SettingsError
from edge.frames import Frame, FrameKind, Layout
from edge.scores.simulated import HeldFrames
from edge.view import View
from models.simulator.acts import Act, ActKind
from models.simulator.breathing import BreathingStyle
from models.simulator.camera import SCENARIOS, CameraClip, CameraScene, film, scene_named
from models.simulator.camera.bedding import Bedding
from models.simulator.camera.lens import Light
from models.simulator.camera.scene import Fault
from models.simulator.camera.truth import CameraTruth
from models.simulator.night import Truth
from models.simulator.torsos import Posture

WITHIN_S = {
    RoomEventKind.OUT_OF_BED: 3.0,
    RoomEventKind.ON_FLOOR: 10.0,
    RoomEventKind.SECOND_PERSON: 5.0,
    RoomEventKind.SENSOR_BLIND: 15.0,
}
"""[s] in which an event is to be said (SENSING, accuracy to reach; rule H4 for a blind sensor); elsewhere 10."""
# Words of the simulator that no event of the contract has.
_UNSAID = ("edge_of_bed", "at_door", "breathing_not_seen", "breathing_again", "sensor_sees_again", "one_person")


def filmed(simulation: Simulation) -> tuple[HeldFrames, list[Truth], tuple[ExpectedEvent, ...]]:
    """Film a simulated room.

    Returns:
        Its pictures as frames, the truth at each whole second, and what happens in it.

    Raises:
        SettingsError: no such scenario, or no such field of a scene.
    """
    clip = film(scene_of(simulation))
    return HeldFrames(frames_of(clip)), [_truth(one) for one in clip.truth], _events(clip)


def frames_of(clip: CameraClip) -> list[Frame]:
    """Give a clip's pictures as a camera node's source would."""
    view = View.checked(clip.rows, clip.distance_m)
    layout = Layout(FrameKind.CAMERA, np.zeros(0), math.nan, clip.frame_rate_hz, view=view)
    nothing = np.zeros(0, dtype=np.complex64)
    return [Frame(layout, t_s, nothing, picture=view.hide(picture)) for t_s, picture in clip.frames()]


def scene_of(simulation: Simulation) -> CameraScene:
    """Build a scenario with what is said to differ from it.

    Raises:
        SettingsError: no such scenario, or no such field of a scene.
    """
    if simulation.scenario not in SCENARIOS:
        raise SettingsError(f"there is no film '{simulation.scenario}'; there are {', '.join(SCENARIOS)}")
    usual = SCENARIOS[simulation.scenario]
    names = {field.name for field in fields(CameraScene)}
    changes: dict[str, Any] = {}
    for name, told in simulation.changes.items():
        if name not in names:
            raise SettingsError(f"a film has no '{name}'; it has {', '.join(sorted(names))}")
        try:
            changes[name] = _part(name, told, getattr(usual, name))
        except (KeyError, TypeError, ValueError) as error:
            raise SettingsError(f"{name}: {error}") from error
    return scene_named(simulation.scenario, simulation.seed, simulation.seconds, **changes)


def _part(name: str, told: Any, usual: Any) -> Any:
    """Build one field of a film from its words in the list."""
    if name in ("acts", "visitor"):
        return tuple(Act(ActKind(one["kind"]), **{"duration_s": 0.0, **_but_kind(one)}) for one in told)
    if name == "posture":
        return Posture[str(told).upper()]
    if name == "bedding":
        return Bedding(told)
    if name == "light":
        return Light(told)
    if name == "style":
        return BreathingStyle(**told)
    if isinstance(told, dict) and is_dataclass(usual) and not isinstance(usual, type):
        return replace(usual, **told)
    return tuple(told) if isinstance(told, list) else told


def _but_kind(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "kind"}


def _truth(one: CameraTruth) -> Truth:
    """Put a film's truth into the words that every simulated room is judged by."""
    rate = one.respiratory_rate_per_min
    return Truth(
        state=one.state,
        people=one.people,
        zone=None,
        rate_per_min=None if math.isnan(rate) else rate,
        is_observable=one.is_rate_observable,
        is_state_observable=one.is_presence_observable and one.state != "obstructed",
        is_presence_observable=one.is_presence_observable,
        is_covered=one.fault == Fault.COVERED,
    )


def _events(clip: CameraClip) -> tuple[ExpectedEvent, ...]:
    wanted = [(one.kind, one.t_s) for one in clip.events if one.kind not in _UNSAID]
    kinds = [(RoomEventKind(kind), t_s) for kind, t_s in wanted]
    return tuple(ExpectedEvent(kind, t_s, WITHIN_S.get(kind, 10.0)) for kind, t_s in kinds)
