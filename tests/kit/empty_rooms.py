"""Simulated rooms that are being set up: a source of frames for a scene, a survey of it, a phantom on the bed."""

from collections.abc import Iterator

from edge.commissioning.survey import Refused, Survey
from edge.estimates import Estimate
from edge.frames import Frame, FrameCount
from edge.noise_profile import NoiseFile, NoiseProfile
from edge.zones import DEMO_ZONES, Zones
from models.simulator.night import Fan, Scene
from tests.kit.sleeper import START, frames, moment, new_estimator

EMPTY = Scene(acts=[])
WITH_A_FAN = Scene(acts=[], fan=Fan())


def phantom(rate_per_min: float) -> Scene:
    return Scene(acts=[], fan=Fan(range_m=1.2, rate_hz=rate_per_min / 60, swing_mm=8.0, echo=200.0))


class SceneSource:
    """A scene as a source of frames, for as long as it is read."""

    def __init__(self, scene: Scene, seconds: float, seed: int = 7) -> None:
        self._frames = frames(scene, seconds, seed)
        self.count = FrameCount()

    def __iter__(self) -> Iterator[Frame]:
        for frame, _ in self._frames:
            self.count.read += 1
            yield frame

    def close(self) -> None:
        pass


def survey(scene: Scene, seconds: float = 62.0, seed: int = 7) -> NoiseFile | Refused:
    """Listen to a room until the survey ends or refuses."""
    listening, estimator, second = Survey(seconds - 2, DEMO_ZONES), new_estimator(), 1
    for frame, _ in frames(scene, seconds, seed):
        while frame.t_s > second:
            refused = listening.look(estimator.estimate(moment(second)))
            if refused is not None:
                return refused
            second += 1
        estimator.add(frame)
        listening.add(frame)
    return listening.finish(START)


def seen_with(
    profile: NoiseProfile | None, scene: Scene, seconds: float, seed: int = 8, zones: Zones = DEMO_ZONES
) -> list[Estimate]:
    """Estimate each second of a room whose emptiness is known."""
    estimator, second, seen = new_estimator(zones), 1, []
    estimator.profile = profile
    for frame, _ in frames(scene, seconds, seed):
        while frame.t_s > second:
            seen.append(estimator.estimate(moment(second)))
            second += 1
        estimator.add(frame)
    return seen
