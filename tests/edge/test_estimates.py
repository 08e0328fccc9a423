import numpy as np
import pytest

from broker.vocabulary import Presence, SensedState, Withheld, Zone
from edge.frames import Frame
from models.simulator.acts import ENSUITE_M, hold, lie, stand, trip, turn, walk
from models.simulator.night import Fan, Scene
from tests.kit.sleeper import CALM, frames, moment, new_estimator, watch


@pytest.fixture(scope="module")
def held_night():
    return watch(Scene(acts=[lie(45), hold(15), lie(25)], style=CALM), 84)


def shown(seen):
    return [(e, truth) for e, truth in seen if e.respiratory_rate_per_min is not None]


def test_a_calm_sleeper_gets_a_rate_within_fifteen_seconds_and_it_is_right(held_night):
    rates = shown(held_night)
    assert rates[0][0].t_s <= 15
    errors = [abs(e.respiratory_rate_per_min - t.rate_per_min) for e, t in rates if t.rate_per_min is not None]
    assert max(errors) < 2
    assert sum(errors) / len(errors) < 0.6


def test_every_reading_is_a_value_or_a_reason_never_neither_never_both(held_night):
    for e, _ in held_night:
        assert (e.respiratory_rate_per_min is None) == (e.respiratory_rate_withheld is not None)
        assert (e.respiratory_rate_per_min is None) == (e.respiratory_rate_uncertainty_per_min is None)
        assert (e.pulse_rate_per_min is None) == (e.pulse_rate_withheld is not None)


def test_held_breath_is_flagged_within_six_seconds_and_ends_the_rate(held_night):
    held = [e for e, truth in held_night if truth.state == "no_breathing_seen"]
    flagged = [e.t_s for e in held if e.state is SensedState.NO_BREATHING_SEEN]
    assert flagged[0] - 45 <= 6
    assert all(e.respiratory_rate_per_min is None for e in held if e.t_s > 51)
    assert held[-1].presence is Presence.PRESENT
    assert held[-1].respiratory_rate_withheld is Withheld.NO_BREATHING_SEEN
    assert held[-1].living_age_s > 5


def test_the_flag_is_cleared_within_five_seconds_of_breathing_and_a_new_window_begins(held_night):
    after = [e for e, _ in held_night if e.t_s > 60]
    cleared = next(e for e in after if e.state is not SensedState.NO_BREATHING_SEEN)
    assert cleared.t_s <= 65
    assert cleared.respiratory_rate_withheld is Withheld.WARMING_UP


def test_a_pulse_is_never_shown_without_evidence(held_night):
    assert all(e.pulse_rate_per_min is None for e, _ in held_night)


def test_a_turning_sleeper_is_moving_and_has_no_rate_and_the_old_one_is_not_held():
    seen = watch(Scene(acts=[lie(25), turn(6), lie(15)], style=CALM), 42)
    moving = [e for e, _ in seen if 27 <= e.t_s <= 31]
    assert all(e.state is SensedState.MOVING for e in moving)
    assert all(e.respiratory_rate_withheld is Withheld.MOVING for e in moving)
    assert not [e for e, _ in seen if 31 < e.t_s < 40 and e.respiratory_rate_per_min is not None]


def test_an_empty_room_is_empty_and_shows_no_vital_sign():
    seen = [e for e, _ in watch(Scene(acts=[]), 25)]
    assert all(e.respiratory_rate_per_min is None for e in seen)
    assert {e.presence for e in seen if e.t_s > 12} == {Presence.ABSENT}
    assert seen[-1].people == 0
    assert seen[-1].state is SensedState.EMPTY
    assert seen[-1].living_age_s is None


def test_a_trip_to_the_en_suite_is_followed_out_and_back():
    seen = watch(Scene(acts=[lie(20), *trip(ENSUITE_M, 20), lie(10)], style=CALM), 68)
    gone = [e for e, truth in seen if truth.people == 0]
    assert gone[-1].presence is Presence.ABSENT
    assert gone[-1].zone is Zone.ENSUITE
    assert seen[-1][0].presence is Presence.PRESENT
    assert seen[-1][0].zone is Zone.BED


@pytest.mark.parametrize("rate_hz", [0.12, 0.25, 0.4])
def test_a_fan_does_not_breathe_and_is_nobody(rate_hz):
    seen = [e for e, _ in watch(Scene(acts=[], fan=Fan(rate_hz=rate_hz)), 45)]
    assert all(e.respiratory_rate_per_min is None for e in seen)
    assert seen[-1].presence is not Presence.PRESENT


def test_a_shaken_mount_does_not_breathe():
    seen = [e for e, _ in watch(Scene(acts=[], shake=(0.3, 2.0)), 35)]
    assert all(e.respiratory_rate_per_min is None for e in seen)
    assert seen[-1].respiratory_rate_withheld is Withheld.SENSOR_MOVED


def test_somebody_walking_has_no_rate():
    acts = [walk(3.0), walk(1.0)] * 12
    seen = [e for e, _ in watch(Scene(acts=acts), 40)]
    assert all(e.respiratory_rate_per_min is None for e in seen)


def test_a_second_person_withholds_the_rate():
    scene = Scene(acts=[lie(60)], style=CALM, visitor=[stand(0.1), walk(2.4), stand(30)])
    seen = [e for e, _ in watch(scene, 30)]
    crowded = [e for e in seen if e.people == 2]
    assert crowded
    assert all(e.respiratory_rate_per_min is None for e in crowded)


def test_frozen_frames_withhold_everything():
    estimator = new_estimator()
    last = None
    for frame, _ in frames(Scene(acts=[lie(30)], style=CALM), 15):
        last = frame
        estimator.add(frame)
    for step in range(1, 10):
        estimator.add(Frame(last.layout, last.t_s + step * 0.05, last.values, last.noise_power))
    estimate = estimator.estimate(moment(15.4))
    assert estimate.respiratory_rate_withheld is Withheld.FROZEN
    assert estimate.presence is Presence.UNSURE


def test_a_source_that_falls_silent_is_a_fault_and_not_a_held_value():
    estimator = new_estimator()
    for frame, _ in frames(Scene(acts=[lie(30)], style=CALM), 20):
        estimator.add(frame)
    earlier = [estimator.estimate(moment(second)) for second in (19.8, 19.9, 20)]
    assert earlier[-1].respiratory_rate_per_min is not None
    assert estimator.estimate(moment(22)).respiratory_rate_withheld is Withheld.SENSOR_FAULT


def test_nan_in_the_frames_is_a_model_fault_and_not_a_number():
    estimator = new_estimator()
    for frame, _ in frames(Scene(acts=[lie(30)], style=CALM), 3):
        broken = Frame(frame.layout, frame.t_s, np.full_like(frame.values, np.nan), frame.noise_power)
        estimator.add(broken)
    reason = estimator.estimate(moment(3)).respiratory_rate_withheld
    assert reason in (Withheld.MODEL_FAULT, Withheld.FROZEN)
