import numpy as np
import pytest

from broker.vocabulary import Withheld
from edge.learned import RATES_PER_MIN, LearnedJudge, rate_of, tapers_for, uncertainty_of
from edge.resampling import field_of

SECONDS = np.arange(0, 30, 0.1)


class Believer:
    """A model that believes what it is told to."""

    sha256 = "0" * 64

    def __init__(self, belief):
        self._belief = np.asarray(belief, dtype=np.float32)

    def __call__(self, *inputs):
        return {"belief": self._belief}


def bell(rate_per_min, lines=1.0, none=0.0):
    belief = np.exp(-0.5 * (28 * np.log2(RATES_PER_MIN / rate_per_min) / lines) ** 2)
    return np.append(belief / belief.sum() * (1 - none), none)


def field(wave_mm, seconds=SECONDS):
    return field_of(seconds, np.asarray(wave_mm)[:, None], np.ones(1), np.full(1, np.nan), 1)


@pytest.fixture
def breathing():
    rng = np.random.default_rng(3)
    turns = np.cumsum(14 / 60 * 0.1 * (1 + 0.1 * np.repeat(rng.standard_normal(30), 10)))
    return field(4 * np.sin(2 * np.pi * turns) + rng.normal(0, 0.4, len(SECONDS)))


def test_a_narrow_belief_becomes_a_number_with_its_uncertainty(breathing):
    verdict, chest = LearnedJudge(Believer(bell(14.0))).judge(breathing)
    assert verdict.rate_per_min == pytest.approx(14.0, abs=0.2)
    assert 0.2 <= verdict.uncertainty_per_min < 2.0
    assert verdict.is_alive is True
    assert chest.rate_per_min == verdict.rate_per_min


@pytest.mark.parametrize("belief", [bell(14.0, lines=12.0), bell(14.0, none=0.8), np.full(90, 1 / 90)])
def test_a_wide_belief_or_one_in_no_rate_is_withheld(breathing, belief):
    verdict, _ = LearnedJudge(Believer(belief)).judge(breathing)
    assert verdict.rate_per_min is None
    assert verdict.uncertainty_per_min is None
    assert verdict.withheld is Withheld.LOW_QUALITY
    assert verdict.quality < 0.5


def test_nothing_is_told_of_the_first_seconds_however_sure_the_net_is(breathing):
    short = field(4 * np.sin(SECONDS[:80]) + np.random.default_rng(1).normal(0, 1, 80), SECONDS[:80])
    verdict, _ = LearnedJudge(Believer(bell(14.0))).judge(short)
    assert verdict.withheld is Withheld.WARMING_UP


def test_a_machine_is_not_alive_unless_a_phantom_is_being_tried():
    plate = field(3 * np.sin(2 * np.pi * 12 / 60 * SECONDS))
    judge = LearnedJudge(Believer(bell(12.0)))
    assert judge.judge(plate)[0].is_alive is False
    assert judge.judge(plate, accepts_machines=True)[0].rate_per_min == pytest.approx(12.0, abs=0.2)


def test_a_phantoms_rate_is_that_of_its_motion_whatever_the_net_believes():
    plate = field(3 * np.sin(2 * np.pi * 25 / 60 * SECONDS + 1))
    verdict, _ = LearnedJudge(Believer(bell(12.0, none=0.9))).judge(plate, accepts_machines=True)
    assert verdict.rate_per_min == pytest.approx(25.0, abs=0.1)


def test_a_rate_so_slow_that_a_machine_could_not_be_told_apart_is_not_told_yet():
    slow = field(4 * np.sin(2 * np.pi * 7 / 60 * SECONDS[:150]), SECONDS[:150])
    verdict, _ = LearnedJudge(Believer(bell(7.0))).judge(slow)
    assert verdict.withheld is Withheld.WARMING_UP


def test_a_rate_is_the_middle_of_the_highest_peak_and_not_of_two():
    two = 0.6 * bell(12.0)[:-1] + 0.4 * bell(24.0)[:-1]
    assert rate_of(two) == pytest.approx(12.0, abs=0.2)
    assert uncertainty_of(two, 12.0) > 8


def test_tapers_cover_the_whole_and_each_half_of_what_is_there():
    tapers = tapers_for(20.0)
    assert (tapers[:, :100] == 0).all()
    assert tapers[1, 100:200].max() > 0.99
    assert (tapers[1, 200:] == 0).all()
    assert (tapers[2, :200] == 0).all()


def test_an_exercise_of_many_centimetres_is_no_breath_however_regular(breathing):
    exercise = field(60 * breathing.field_mm[:, 0])
    verdict, _ = LearnedJudge(Believer(bell(14.0))).judge(exercise)
    assert verdict.withheld is Withheld.LOW_QUALITY
