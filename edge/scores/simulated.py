"""Simulated rooms in a recording's place: frames, and the truth of each second."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from edge.cases import Simulation
from edge.errors import SettingsError
from edge.frames import Frame, FrameCount
from edge.sources.synthetic import frames_of
from models.simulator.acts import Act, ActKind
from models.simulator.breathing import BreathingStyle
from models.simulator.night import Fan, Night, Scene, Truth
from models.simulator.scenes import SCENES
from models.simulator.torsos import Posture


class HeldFrames:
    """Frames that are in memory already, so that the cost of making them is not the estimator's."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = frames
        self._count = FrameCount()

    @property
    def count(self) -> FrameCount:
        """Frames read, lost and bad so far."""
        return self._count

    def __iter__(self) -> Iterator[Frame]:
        """Give all frames, each time from the first."""
        self._count.read, self._count.lost = 0, 0
        for frame in self._frames:
            self._count.read += 1
            self._count.lost += frame.lost_before
            yield frame

    def close(self) -> None:
        """Give nothing back: there is no device."""


def simulated(simulation: Simulation) -> tuple[HeldFrames, list[Truth]]:
    """Play a simulated room.

    Returns:
        Its frames, and the truth at each whole second from the first on.

    Raises:
        SettingsError: no such scenario, or no such field of a scene.
    """
    frames: list[Frame] = []
    truths: list[Truth] = []
    latest: Truth | None = None
    for frame, truth in frames_of(Night(simulation.seed, scene_of(simulation))):
        if frame.t_s > simulation.seconds:
            break
        while latest is not None and len(truths) + 1 < frame.t_s:
            truths.append(latest)
        latest = truth
        frames.append(frame)
    while latest is not None and len(truths) < math.floor(simulation.seconds):
        truths.append(latest)
    return HeldFrames(frames), truths


_PARTS: dict[str, Callable[..., Any]] = {"style": BreathingStyle, "fan": Fan}


def scene_of(simulation: Simulation) -> Scene:
    """Build a scenario with what is said to differ from it.

    Raises:
        SettingsError: no such scenario, or no such field of a scene.
    """
    if simulation.scenario not in SCENES:
        raise SettingsError(f"there is no scenario '{simulation.scenario}'; there are {', '.join(SCENES)}")
    scene = SCENES[simulation.scenario]()
    names = {field.name for field in fields(Scene)}
    changes: dict[str, Any] = {}
    for name, told in simulation.changes.items():
        if name not in names:
            raise SettingsError(f"a scene has no '{name}'; it has {', '.join(sorted(names))}")
        try:
            changes[name] = _part(name, told, getattr(scene, name))
        except (KeyError, TypeError, ValueError) as error:
            raise SettingsError(f"{name}: {error}") from error
    return replace(scene, **changes)


def _part(name: str, told: Any, usual: Any) -> Any:
    """Build one field of a scene from its words in the list."""
    if name in ("acts", "visitor"):
        return [_act(one) for one in told]
    if name == "posture":
        return Posture[str(told).upper()]
    if not isinstance(told, dict):
        return tuple(told) if isinstance(told, list) else told
    return replace(usual, **told) if is_dataclass(usual) and not isinstance(usual, type) else _PARTS[name](**told)


def _act(told: dict[str, Any]) -> Act:
    return Act(ActKind(told["kind"]), **{"duration_s": 0.0, **{k: v for k, v in told.items() if k != "kind"}})
