import numpy as np
import pytest

from edge.crowds import Crowd, are_alike, two_places
from edge.motion import Motion
from edge.resampling import FIELD_SAMPLES, DisplacementField, taper_for

RANGE_M = 0.3 + 0.12 * np.arange(33)


def stir(*places, width_m=0.15):
    profile = np.ones(33)
    for place_m, size in places:
        profile += size * np.exp(-0.5 * ((RANGE_M - place_m) / width_m) ** 2)
    return profile


def motion(slow, burst=None):
    return Motion(1.0, 0.0, slow, np.zeros(33) if burst is None else burst - 1, slow)


def field(waves=None):
    mm = np.zeros((FIELD_SAMPLES, 66), dtype=np.float32)
    for place_m, wave in (waves or {}).items():
        mm[:, 33 + np.flatnonzero(np.abs(RANGE_M - place_m) < 0.2)] = np.asarray(wave)[:, None]
    return DisplacementField(mm, taper_for(30.0), np.ones(66, np.float32), 0.05, 30.0, np.tile(RANGE_M, 2), 33)


def test_one_strong_body_is_one_place_however_far_its_slopes_reach():
    assert two_places(stir((1.2, 1e5), width_m=0.25), RANGE_M) is None


def test_two_bodies_with_quiet_between_are_two_places():
    assert two_places(stir((1.2, 400.0), (3.0, 60.0)), RANGE_M) == pytest.approx((1.2, 3.0), abs=0.1)


def test_an_empty_room_and_a_faint_reflection_are_no_second_place():
    assert two_places(np.ones(33), RANGE_M) is None
    assert two_places(stir((1.2, 1e7), (3.0, 10.0)), RANGE_M) is None


def test_somebody_who_comes_in_is_seen_within_three_seconds_of_stirring():
    crowd, bed = Crowd(), stir((1.2, 300.0))
    for second in range(10):
        assert not crowd.look(second, motion(bed), field(), is_moving=False)
    came = [crowd.look(10 + s, motion(bed, stir((3.6, 80.0))), field(), is_moving=True) for s in range(4)]
    assert came == [False, False, True, True]


def test_somebody_who_gets_up_is_not_taken_for_two():
    crowd = Crowd()
    for second in range(10):
        crowd.look(second, motion(stir((1.2, 300.0))), field(), is_moving=False)
    # What is asked over a whole second shows the bed for two seconds more.
    slow = [stir((1.2, 300.0)), stir((1.2, 90.0), (1.8, 90.0)), stir((2.4, 90.0)), stir((2.9, 90.0)), stir((3.4, 90.0))]
    walked = [
        crowd.look(10 + s, motion(one, stir((1.4 + 0.5 * s, 200.0))), field(), is_moving=True)
        for s, one in enumerate(slow)
    ]
    assert not any(walked)


def test_the_reflection_of_somebody_who_turns_is_not_a_visitor():
    crowd, bed = Crowd(), stir((1.2, 300.0))
    for second in range(10):
        crowd.look(second, motion(bed), field(), is_moving=False)
    turned = [
        crowd.look(10 + s, motion(bed, stir((1.2, 900.0), (2.6, 40.0))), field(), is_moving=True) for s in range(5)
    ]
    assert not any(turned)


def test_two_who_lie_still_are_told_by_breathing_apart():
    seconds = np.arange(FIELD_SAMPLES) / 10
    waves = {1.2: np.sin(1.3 * seconds), 2.4: np.sin(1.9 * seconds + 1)}
    crowd, both = Crowd(), stir((1.2, 200.0), (2.4, 90.0))
    seen = [crowd.look(s, motion(both), field(waves), is_moving=False) for s in range(6)]
    assert seen[-1]


def test_a_reflection_of_one_sleeper_is_not_a_second_one():
    wave = np.sin(1.3 * np.arange(FIELD_SAMPLES) / 10)
    waves = {1.2: wave, 2.4: -0.6 * wave}
    assert are_alike(field(waves), 1.2, 2.4)
    crowd, both = Crowd(), stir((1.2, 200.0), (2.4, 90.0))
    seen = [crowd.look(s, motion(both), field(waves), is_moving=False) for s in range(8)]
    assert not any(seen)


def test_a_sensor_without_ranges_never_says_two():
    crowd = Crowd()
    blind = DisplacementField(
        np.zeros((FIELD_SAMPLES, 1), np.float32),
        taper_for(30.0),
        np.ones(1, np.float32),
        0.05,
        30.0,
        np.full(1, np.nan),
        1,
    )
    assert not crowd.look(1.0, Motion(9.0, 2.0, np.full(1, 99.0), np.zeros(1), np.full(1, 99.0)), blind, is_moving=True)
