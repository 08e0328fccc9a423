"""A synthetic sleeper for tests: frames with their truth, and estimates worked out of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice

from edge.estimates import Estimate, Estimator, Moment
from edge.frames import Frame, FrameKind, Layout
from edge.learned import LearnedJudge
from edge.senses import SensingModels
from edge.zones import DEMO_ZONES, Zones
from models.runtime import Model, load
from models.simulator.breathing import BreathingStyle
from models.simulator.night import Night, Scene, Truth
from models.simulator.receiver import WAVELENGTH_M

START = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
CALM = BreathingStyle(rate_per_min=15.0, depth_mm=6.0)


@cache
def model(name: str) -> Model:
    return load(name)


def new_estimator(zones: Zones = DEMO_ZONES) -> Estimator:
    models = SensingModels(model("movement-v1"), LearnedJudge(model("vitals-v2")), lambda: model("blocks-v1"))
    return Estimator(models, zones)


def moment(second: float) -> Moment:
    return Moment(float(second), START + timedelta(seconds=second), float(second))


def frames(scene: Scene, seconds: float, seed: int = 7) -> Iterator[tuple[Frame, Truth]]:
    night = Night(seed, scene)
    rate_hz = scene.receiver.frame_rate_hz
    layout = Layout(FrameKind.RADAR, night.receiver.range_m, WAVELENGTH_M, rate_hz)
    for look in islice(night, int(seconds * rate_hz)):
        yield Frame(layout, look.t_s, look.iq, look.noise_power, look.lost_before), look.truth


def watch(scene: Scene, seconds: float, seed: int = 7) -> list[tuple[Estimate, Truth]]:
    """Estimate each second of a scene; each beside the truth of that second."""
    estimator, second, seen = new_estimator(), 1, []
    truth: Truth | None = None
    for frame, now in frames(scene, seconds, seed):
        while frame.t_s > second:
            assert truth is not None
            seen.append((estimator.estimate(moment(second)), truth))
            second += 1
        estimator.add(frame)
        truth = now
    return seen
