import time
from itertools import islice

import numpy as np
import pytest

from models.simulator.acts import DOOR_M, ENSUITE_M, hold, lie, trip, walk
from models.simulator.breathing import Breathing, BreathingStyle
from models.simulator.night import Night, Scene
from models.simulator.receiver import ReceiverSettings
from models.simulator.scenes import SCENES


def looks(night, seconds):
    return list(islice(night, int(20 * seconds)))


def test_the_same_seed_gives_the_same_night_and_another_gives_another():
    one, same, other = (looks(Night(seed), 5) for seed in (1, 1, 2))
    assert all(np.array_equal(a.iq, b.iq) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one[50].iq, other[50].iq)


def test_a_chest_breathes_at_the_rate_it_was_given():
    breathing = Breathing(BreathingStyle(rate_per_min=15, rate_jitter=0.03), np.random.default_rng(3))
    began = breathing.breaths
    for _ in range(20 * 240):
        breathing.step(0.05)
    assert (breathing.breaths - began) / 4 == pytest.approx(15, abs=0.8)


def test_a_held_breath_rests_within_two_seconds():
    breathing = Breathing(BreathingStyle(), np.random.default_rng(3))
    levels = [breathing.step(0.05, is_held=True) for _ in range(80)]
    assert max(levels[40:]) < 0.1


def test_the_truth_follows_a_trip_to_the_en_suite_and_back():
    night = Night(4, Scene(acts=[lie(15), *trip(ENSUITE_M, 10), lie(20)]))
    told = [(look.truth.state, look.truth.people) for look in looks(night, 55)]
    order = list(dict.fromkeys(told))
    assert order == [("breathing", 1), ("moving", 1), ("empty", 0)]
    assert told[-1] == ("breathing", 1)
    zones = {look.truth.zone for look in looks(Night(4, Scene(acts=[lie(1), walk(DOOR_M)])), 6)}
    assert {"bed", "room", "ensuite", "door"} <= zones


def test_no_true_rate_is_given_while_breath_is_held_or_before_ten_calm_seconds():
    night = Night(4, Scene(acts=[lie(20), hold(10), lie(20)]))
    told = [look.truth for look in looks(night, 49)]
    assert told[9 * 20].rate_per_min is None
    assert told[19 * 20].rate_per_min is not None
    assert told[25 * 20].rate_per_min is None
    assert not told[25 * 20].is_observable


def test_lost_frames_are_left_out_and_counted():
    night = Night(4, Scene(acts=[lie(60)], receiver=ReceiverSettings(loss_share=0.02)))
    seen = list(islice(night, 400))
    lost = sum(look.lost_before for look in seen)
    assert lost > 0
    assert round(seen[-1].t_s * 20) + 1 == len(seen) + lost


def test_a_demonstration_night_has_events_within_minutes():
    states = {look.truth.state for look in islice(Night(1), 0, 20 * 400, 10)}
    assert {"breathing", "moving", "empty"} <= states


@pytest.mark.parametrize("name", SCENES)
def test_every_named_scene_plays(name):
    assert len(looks(Night(1, SCENES[name]()), 3)) == 60


def test_a_frame_costs_less_than_a_millisecond():
    night = iter(Night(1))
    began = time.process_time()
    for _ in range(1000):
        next(night)
    assert time.process_time() - began < 1.0
