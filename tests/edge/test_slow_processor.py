"""A processor or a model that is too slow, or that answers what is no number: nothing old is said, and no value."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from broker.vocabulary import Purpose, Withheld
from edge.chest import Chest
from edge.estimates import Estimate, Estimator, Moment
from edge.frames import Frame, FrameCount
from edge.pipe import Extend, FromSensing, SensedLine
from edge.resampling import DisplacementField
from edge.senses import SensingModels
from edge.sensing import Parts, Sensing, Stopped
from edge.verdicts import Verdict
from edge.zones import DEMO_ZONES
from models.errors import ModelOutputError
from models.simulator.acts import lie
from models.simulator.night import Scene
from tests.kit.flying import TimeThatFlies
from tests.kit.sleeper import CALM, START, frames, model, new_estimator

SECONDS = 22
FRAME_S = 0.05


@cache
def sleeper() -> list[Frame]:
    return [frame for frame, _ in frames(Scene(acts=[lie(SECONDS + 10)], style=CALM), SECONDS)]


class NoNumber:
    """A judge whose model answers what is no number."""

    model = "e" * 64

    def judge(self, field: DisplacementField, *, accepts_machines: bool = False) -> tuple[Verdict, Chest]:
        raise ModelOutputError("The model vitals-v2 gave no number for belief.")


@dataclass
class Starved:
    """A sensing process whose processor takes its time, on a clock that shows it.

    Attributes:
        frame_s: what one frame costs [s].
        estimate_s: what one estimate costs [s].
        said: each second that was said, and how late it was said [s].
    """

    estimator: Estimator
    frame_s: float = 0.0
    estimate_s: float = 0.0
    said: list[tuple[SensedLine, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.count, self.clock = FrameCount(), TimeThatFlies(START)
        self.zones, self.profile, self.activity = self.estimator.zones, self.estimator.profile, None
        self.model, self.restart = self.estimator.model, self.estimator.restart

    def run(self) -> None:
        self.began_s = self.clock.elapsed_s()
        parts = Parts(self.clock, self, self, self, self._say, lambda _seconds: None)  # type: ignore[arg-type]
        with pytest.raises(Stopped):
            Sensing(parts, tuple(Purpose), True).run()

    def add(self, frame: Frame) -> None:
        self.clock.advance(self.frame_s)
        self.estimator.add(frame)

    def estimate(self, moment: Moment) -> Estimate:
        self.clock.advance(self.estimate_s)
        return self.estimator.estimate(moment)

    def __iter__(self) -> Iterator[Frame]:
        yield from sleeper()
        raise Stopped

    def pending(self) -> Iterator[Extend]:
        return iter(())

    def close(self) -> None:
        pass

    def _say(self, line: FromSensing) -> None:
        if isinstance(line, SensedLine):
            self.said.append((line, self.clock.elapsed_s() - self.began_s - line.t_s))

    @property
    def rates(self) -> list[float]:
        return [line.respiratory_rate_per_min for line, _ in self.said if line.respiratory_rate_per_min is not None]

    @property
    def values_late_s(self) -> list[float]:
        """How late whatever tells something of the room was said [s]."""
        return [late_s for line, late_s in self.said if line.presence is not None or line.movement is not None]


def test_F17_a_processor_that_keeps_up_by_a_tenth_tells_the_rate_without_delay() -> None:
    starved = Starved(new_estimator(), frame_s=0.9 * FRAME_S)
    starved.run()
    assert starved.rates[-1] == pytest.approx(CALM.rate_per_min, abs=1)
    assert max(starved.values_late_s) < 1.0


@pytest.mark.parametrize(("frame_s", "most_told"), [(1.1 * FRAME_S, SECONDS), (4 * FRAME_S, 0)])
def test_F17_a_processor_that_cannot_keep_up_says_nothing_old_and_soon_no_value_at_all(
    frame_s: float, most_told: int
) -> None:
    starved = Starved(new_estimator(), frame_s=frame_s)
    starved.run()
    assert len(starved.said) >= SECONDS
    assert len(starved.rates) <= most_told
    assert all(late_s < 2.0 for late_s in starved.values_late_s)
    assert starved.rates == pytest.approx([CALM.rate_per_min] * len(starved.rates), abs=2)
    assert starved.said[-1][0].respiratory_rate_withheld is not Withheld.NO_PRESENCE


@pytest.mark.parametrize(("estimate_s", "is_told"), [(0.5, True), (1.5, False)])
def test_F13_a_model_that_takes_ten_times_as_long_is_borne_until_it_takes_longer_than_there_is(
    estimate_s: float, is_told: bool
) -> None:
    starved = Starved(new_estimator(), estimate_s=estimate_s)
    starved.run()
    assert bool(starved.rates) is is_told
    assert all(late_s < 2.0 for late_s in starved.values_late_s)


def test_F13_a_model_that_answers_no_number_is_a_model_fault_each_second_and_sensing_goes_on() -> None:
    models = SensingModels(model("movement-v1"), NoNumber(), lambda: model("blocks-v1"))
    starved = Starved(Estimator(models, DEMO_ZONES))
    starved.run()
    last = starved.said[-1][0]
    assert (len(starved.said), last.respiratory_rate_withheld) == (SECONDS - 1, Withheld.MODEL_FAULT)
    assert starved.rates == [] and last.presence_withheld is Withheld.MODEL_FAULT
