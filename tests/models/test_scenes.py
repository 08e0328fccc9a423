from dataclasses import replace
from functools import cache
from itertools import islice, pairwise

import numpy as np
import pytest

from models.simulator.acts import hold, lie, toss, turn, walk
from models.simulator.body import Body
from models.simulator.breathing import BreathingStyle
from models.simulator.night import Night, Scene
from models.simulator.nuisances import NUISANCES, Nuisance, NuisanceMotion
from models.simulator.phantom import Phantom
from models.simulator.receiver import ReceiverSettings, knock_mm
from models.simulator.scene import Ghost
from models.simulator.scenes import SCENES
from models.simulator.torsos import Posture
from models.simulator.windows import draw_windows

QUIET = ReceiverSettings(noise=0.5, far_noise=0.5, phase_noise=0.0, drift_per_s=0.0)
DEEP = BreathingStyle(rate_per_min=15.0, depth_mm=8.0, sigh_share=0.0)


@cache
def looks(name, seconds, seed=3):
    return list(islice(Night(seed, SCENES[name]()), int(20 * seconds)))


def play(scene, seconds, seed=3):
    return list(islice(Night(seed, scene), int(scene.receiver.frame_rate_hz * seconds)))


def stirred(seen, begin_s=0.0, end_s=1e9):
    return np.var([look.iq for look in seen if begin_s <= look.t_s < end_s], axis=0)


def risen(scene, seconds, seed=3):
    return np.array([moment.excursion_mm for moment in islice(Night(seed, scene).moments(), int(20 * seconds))])


def states(seen):
    return list(dict.fromkeys(look.truth.state for look in seen))


def test_a_person_too_weak_to_be_seen_is_present_and_not_observable():
    truth = looks("weak", 20)[-1].truth
    assert (truth.state, truth.people) == ("breathing", 1)
    assert not truth.is_presence_observable
    assert not truth.is_observable
    assert looks("supine", 20)[-1].truth.is_observable


def test_an_obstructive_apnoea_moves_the_chest_and_its_state_is_not_observable():
    seen = looks("obstructive", 58)
    now = [look for look in seen if look.truth.state == "obstructed"]
    assert states(seen) == ["breathing", "obstructed"]
    assert not any(look.truth.is_state_observable or look.truth.is_observable for look in now)
    held = play(Scene(acts=[lie(40), hold(20)]), 58)
    assert stirred(seen, 44, 58).max() > 5 * stirred(held, 44, 58).max()


def test_cheyne_stokes_swells_fades_and_pauses():
    seen = looks("cheyne_stokes", 62, seed=5)
    assert states(seen) == ["breathing", "no_breathing_seen"]
    level = risen(SCENES["cheyne_stokes"](), 62, seed=5)
    swell = level[14 * 20 : 28 * 20].max()
    assert swell > 2 * level[: 4 * 20].max()
    assert level[45 * 20 : 59 * 20].max() < 0.1 * swell


def test_breath_after_a_long_hold_is_deeper():
    levels = risen(Scene(acts=[lie(30), hold(30), lie(30)], style=DEEP), 80)
    assert max(levels[60 * 20 : 70 * 20]) > 1.15 * np.median([max(levels[k : k + 80]) for k in range(0, 480, 80)])


def test_a_breath_held_after_breathing_in_leaves_the_chest_up():
    levels = risen(Scene(acts=[lie(10), hold(20, is_full=True), lie(10)], style=DEEP), 40)
    assert min(levels[15 * 20 : 29 * 20]) > 7
    assert min(levels[30 * 20 :]) < 1


def test_a_side_lying_sleeper_shows_less_of_the_breath_than_a_supine_one():
    def shown(posture):
        bodies = [Body(DEEP, 1.2, np.random.default_rng(seed), posture=posture) for seed in range(40)]
        return np.median([body.breath_power(0.005, 0.5) for body in bodies])

    assert shown(Posture.SUPINE) > 3 * shown(Posture.SIDE)


@pytest.mark.parametrize("act", [turn(4.0), toss(4.0)], ids=["turn", "toss"])
def test_a_turn_ends_in_another_posture_without_a_jump(act):
    places = [moment.place_m for moment in islice(Night(8, Scene(acts=[lie(5), act, lie(9)])).moments(), 300)]
    steps = np.abs(np.diff(places, axis=0)).max(axis=1)
    assert np.abs(places[-1] - places[50]).max() > 0.03
    assert steps[190:].max() < 0.003
    assert 0.003 < steps[100:190].max() < 0.06


def test_a_walker_crosses_the_bins_and_leaves_an_empty_bed():
    seen = play(Scene(acts=[lie(5), walk(3.0, 0.8)]), 14)
    assert seen[-1].truth.people == 0
    assert stirred(seen, 6, 7).argmax() != stirred(seen, 2, 4).argmax()
    assert stirred(seen, 9, 14)[3:].sum() < 0.1 * stirred(seen, 5, 7.5)[3:].sum()


def test_a_second_sleeper_makes_two_and_takes_the_rate_out_of_reach():
    truth = looks("shared", 15)[-1].truth
    assert (truth.people, truth.state, truth.is_observable) == (2, "breathing", False)


def test_staff_come_to_the_bed_and_go_again():
    told = [look.truth.people for look in looks("staff_visit", 84)]
    assert told[40 * 20] == 1
    assert told[60 * 20] == 2
    assert told[83 * 20] == 1


def test_a_ghost_stirs_bins_behind_the_sleeper():
    plain = stirred(play(Scene(acts=[lie(20)], style=DEEP, receiver=QUIET), 15))
    ghostly = stirred(play(Scene(acts=[lie(20)], style=DEEP, receiver=QUIET, ghost=Ghost(1.5, 10.0)), 15))
    behind = int((1.2 + 1.5 - 0.3) / 0.12)
    assert ghostly[behind - 2 : behind + 3].max() > 10 * plain[behind - 2 : behind + 3].max()


def test_a_neighbour_is_nobody_and_a_lighter_wall_lets_more_of_them_through():
    truths = {(look.truth.people, look.truth.state, look.truth.zone) for look in looks("neighbour", 75)}
    assert truths == {(0, "empty", None)}
    names = ("neighbour_thin", "neighbour", "empty")
    light, acoustic, still = (stirred(play(replace(SCENES[name](), receiver=QUIET), 75))[20:].max() for name in names)
    assert light > 4 * acoustic > 8 * still


@pytest.mark.parametrize("rate", [8, 12, 18, 25])
def test_a_phantom_moves_at_its_exact_rate_and_is_nobody(rate):
    seen = looks(f"phantom{rate}", 60)
    truth = seen[-1].truth
    assert (truth.people, truth.rate_per_min, truth.machine_rate_per_min) == (0, None, rate)
    best = stirred(seen).argmax()
    phase = np.unwrap(np.angle([look.iq[best] for look in seen]))
    lines = np.abs(np.fft.rfft(phase - phase.mean()))
    assert lines[1:60].argmax() + 1 == rate


def test_a_phantom_that_is_moved_keeps_its_rate():
    places = [moment.place_m[0] for moment in islice(Night(3, SCENES["phantom_jumps"]()).moments(), 20 * 30)]
    assert np.ptp(places) == pytest.approx(0.156, abs=0.002)
    assert np.count_nonzero(np.abs(np.diff(places)) > 0.1) == 2


@pytest.mark.parametrize("name", NUISANCES)
def test_a_thing_that_is_not_alive_moves_and_is_nobody(name):
    thing = NUISANCES[name]
    seen = play(Scene(acts=[], nuisances=(thing,), receiver=QUIET), 20)
    still = play(Scene(acts=[], receiver=QUIET), 20)
    assert {look.truth.people for look in seen} == {0}
    assert stirred(seen).max() > 3 * stirred(still).max()


def test_a_curtain_is_irregular_and_a_pump_is_not():
    def spread(thing):
        place, _ = NuisanceMotion(thing, np.random.default_rng(4)).run(20 * 300, 0.05)
        ups = np.flatnonzero(np.diff((place > np.median(place)).astype(int)) > 0)
        return np.std(np.diff(ups)) / np.mean(np.diff(ups))

    plain = Nuisance(rate_hz=0.25, swing_mm=10, jitter=0.35)
    assert spread(plain) > 0.1
    assert spread(NUISANCES["pump"]) < 0.05


def test_what_moves_in_stretches_does_not_jump_between_them():
    motion = NuisanceMotion(
        Nuisance(rate_hz=0.2, jitter=0.4, rough_mm=3.0, rough_memory_s=2.0), np.random.default_rng(1)
    )
    place = np.concatenate([motion.run(20, 0.05)[0] for _ in range(200)])
    steps = np.abs(np.diff(place))
    assert steps[19::20].max() < 1.3 * steps.max()
    assert steps[19::20].mean() == pytest.approx(steps.mean(), rel=0.2)


def test_a_breathing_machines_hose_moves_with_the_sleeper():
    plain = Scene(acts=[lie(20)], style=DEEP, receiver=QUIET)
    with_hose = Scene(acts=[lie(20)], style=DEEP, receiver=QUIET, hose_m=2.4)
    at = int((2.4 - 0.3) / 0.12)
    assert stirred(play(with_hose, 15))[at] > 10 * stirred(play(plain, 15))[at]


def test_a_poor_receiver_loses_delays_and_repeats_frames_and_time_still_rises():
    seen = looks("poor_receiver", 180)
    steps = np.diff([look.t_s for look in seen])
    assert (steps > 0).all()
    assert max(look.lost_before for look in seen) > 3
    assert any(look.is_late for look in seen)
    assert any(np.array_equal(a.iq, b.iq) for a, b in pairwise(seen))


def test_a_converter_at_its_limit_says_so():
    seen = looks("saturated", 5)
    assert any(look.is_saturated for look in seen)
    assert max(np.abs(look.iq.real).max() for look in seen) <= 2900


def test_a_knock_shakes_everything_for_a_moment():
    assert max(abs(knock_mm(k / 100)) for k in range(100)) > 0.8
    assert knock_mm(-0.1) == knock_mm(3.0) == 0
    seen = play(Scene(acts=[], knock_at_s=(5.0,)), 10)
    assert stirred(seen, 5, 6)[0] > 100 * stirred(seen, 7, 8)[0]


def test_an_unequal_mixer_mirrors_the_echo():
    plate = Phantom(rate_per_min=12, swing_mm=2.0)
    plain, uneven = (
        play(Scene(acts=[], phantom=plate, receiver=ReceiverSettings(imbalance=amount)), 10) for amount in (0.0, 0.2)
    )
    best = stirred(plain).argmax()

    def roundness(seen):
        iq = np.array([look.iq[best] for look in seen])
        return abs(np.mean((iq - iq.mean()) ** 2)) / np.mean(np.abs(iq - iq.mean()) ** 2)

    assert abs(roundness(uneven) - roundness(plain)) > 0.05


def test_another_transmitter_makes_single_frames_loud():
    seen = play(Scene(acts=[], receiver=ReceiverSettings(burst_share=0.02)), 60)
    level = np.std([look.iq for look in seen], axis=0)
    worst = np.array([np.abs(look.iq - np.mean([one.iq for one in seen], axis=0)) for look in seen]) / level
    assert np.median(worst.max(axis=1)) < worst.max() / 2


def test_several_receivers_see_one_sleeper_from_other_angles():
    seen = looks("receivers", 10)
    assert seen[0].iq.shape == (99,)
    each = stirred(seen).reshape(33, 3)
    best = each.sum(axis=1).argmax()
    assert each[best].max() < 5 * each[best].min()


def test_the_night_and_the_windows_move_alike():
    """Both ways of making half a minute share their marginals: how far echoes stir, and how deep chests go."""
    radar = ReceiverSettings(frame_rate_hz=10.0)
    drawn = draw_windows(np.random.default_rng(1), 64, radar=radar, shares={"sleeper": 1.0})
    depth = [risen(Scene(acts=[lie(60)]), 30, seed).max() for seed in range(24)]
    in_windows = drawn.labels.excursion_mm.max(axis=1)
    assert 0.4 < np.median(in_windows) / np.median(depth) < 2.0
    low, high = np.quantile(in_windows, [0.02, 0.98])
    assert low < min(depth)
    assert high > 0.9 * max(depth)
    powers = [
        stirred(list(islice(Night(seed, Scene(acts=[lie(60)], receiver=radar)), 300))).max() for seed in range(24)
    ]
    in_db = 10 * np.log10(np.var(drawn.iq, axis=1).max(axis=1))
    assert np.quantile(in_db, 0.05) < np.median(10 * np.log10(powers)) < np.quantile(in_db, 0.95)
