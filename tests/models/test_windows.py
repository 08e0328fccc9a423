from collections import Counter

import numpy as np
import pytest

from models.simulator.breathing import breath_level
from models.simulator.chests import BreathingDraw, breath_shape, draw_chests, excursion
from models.simulator.labels import TrueState
from models.simulator.randomwalks import remembered, wander
from models.simulator.receiver import ReceiverSettings
from models.simulator.traces import draw_traces
from models.simulator.walls import Wall, echo_gain, loss_db
from models.simulator.windows import draw_radar, draw_windows
from models.simulator.worlds import WORLDS

RADAR = ReceiverSettings(bins=16, step_m=0.15, frame_rate_hz=10.0)


def windows(name, count=16, seed=3, radar=RADAR):
    return draw_windows(np.random.default_rng(seed), count, radar=radar, shares={name: 1.0})


def spread(iq):
    return np.sqrt(np.var(iq, axis=1))


def test_the_same_seed_draws_the_same_windows_and_another_draws_others():
    one, same, other = (draw_windows(np.random.default_rng(seed), 9, radar=RADAR) for seed in (1, 1, 2))
    assert np.array_equal(one.iq, same.iq)
    assert np.array_equal(one.labels.rate_per_min, same.labels.rate_per_min, equal_nan=True)
    assert not np.array_equal(one.iq, other.iq)


def test_a_radar_is_drawn_from_all_that_are_common():
    radars = [draw_radar(np.random.default_rng(seed)) for seed in range(300)]
    assert {radar.bins for radar in radars} >= {1, 2, 20, 40}
    assert min(radar.frame_rate_hz for radar in radars) == 5
    assert max(radar.frame_rate_hz for radar in radars) == 50
    assert max(radar.wavelength_m for radar in radars) > 0.012
    assert all(0.02 <= radar.step_m <= 0.15 for radar in radars)


@pytest.mark.parametrize("seed", range(6))
def test_any_radar_gives_finite_windows_of_its_own_shape(seed):
    rng = np.random.default_rng(seed)
    drawn = draw_windows(rng, 3, radar=draw_radar(rng), seconds=12)
    radar = drawn.settings
    assert drawn.iq.shape == (3, round(12 * radar.frame_rate_hz), radar.bins * radar.receivers)
    assert drawn.range_m.shape == (radar.bins * radar.receivers,)
    assert np.isfinite(drawn.iq.view(np.float32)).all()
    assert (np.diff(drawn.timing.t_s, axis=1) >= 0).all()


def test_every_world_is_drawn_and_says_who_is_in_the_room():
    drawn = draw_windows(np.random.default_rng(1), 400, radar=ReceiverSettings(bins=2, frame_rate_hz=5.0)).labels
    assert set(drawn.world) == set(WORLDS)
    for name in ("empty", "machine", "neighbour", "phantom"):
        of = drawn.world == name
        assert (drawn.people[of] == 0).all(), name
        assert (drawn.state[of] == TrueState.EMPTY).all(), name
        assert np.isnan(drawn.rate_per_min[of]).all(), name


def test_a_labelled_rate_is_that_of_the_chest():
    drawn = windows("sleeper", 24).labels
    for rate, level in zip(drawn.rate_per_min, drawn.excursion_mm, strict=True):
        starts = np.count_nonzero(np.diff((level > 0.3 * np.median(level)).astype(int)) > 0)
        assert np.isnan(rate) or rate == pytest.approx(2 * starts, abs=5)


def test_nobody_breathes_in_a_window_that_ends_in_an_apnoea():
    drawn = windows("apnoea", 40).labels
    stopped = drawn.state[:, -1] == TrueState.NO_BREATHING_SEEN
    assert stopped.any()
    assert np.isnan(drawn.rate_per_min[stopped]).all()
    assert not drawn.is_rate_observable[stopped].any()


def test_an_obstructive_apnoea_moves_the_chest_and_its_state_cannot_be_observed():
    drawn = windows("obstructive", 40).labels
    now = drawn.state[:, -1] == TrueState.OBSTRUCTED
    assert now.any()
    assert not drawn.is_state_observable[now].any()
    moved = [
        level[state == TrueState.OBSTRUCTED].max()
        for level, state in zip(drawn.excursion_mm[now], drawn.state[now], strict=True)
    ]
    assert min(moved) > 0.05


def test_a_person_too_weak_to_be_seen_is_present_and_not_observable():
    drawn = windows("weak", 40).labels
    assert (drawn.people[:, -1] == 1).all()
    unseen = ~drawn.is_presence_observable
    assert unseen.mean() > 0.3
    assert np.median(drawn.evidence_db[unseen]) < 10 < np.median(windows("sleeper", 24).labels.evidence_db)
    assert not drawn.is_rate_observable[unseen].any()


def test_a_second_person_takes_the_rate_out_of_reach():
    drawn = windows("shared", 16).labels
    assert (drawn.people == 2).all()
    assert not drawn.is_rate_observable.any()


def test_somebody_who_leaves_is_gone_and_the_room_is_empty():
    drawn = windows("leaving", 24).labels
    gone = drawn.people[:, -1] == 0
    assert gone.any()
    assert (drawn.state[gone, -1] == TrueState.EMPTY).all()
    assert np.isnan(drawn.range_m[gone, -1]).all()
    assert np.nanmax(drawn.range_m - drawn.range_m[:, :1]) > 0.9


def test_a_sleeper_stirs_the_radar_more_than_an_empty_bed():
    asleep, empty = spread(windows("sleeper", 24).iq).max(axis=1), spread(windows("empty", 24).iq).max(axis=1)
    assert np.median(asleep) > 2 * np.median(empty)


def test_lost_frames_are_nothing_and_repeated_ones_are_the_same_again():
    drawn = draw_windows(np.random.default_rng(5), 160, radar=ReceiverSettings(bins=4, frame_rate_hz=10.0))
    lost, again = drawn.timing.is_lost, drawn.timing.is_repeated
    assert lost.any()
    assert not drawn.iq[lost].any()
    runs = Counter(
        np.diff(np.flatnonzero(np.diff(np.r_[0, lost[row], 0]))).max() for row in np.flatnonzero(lost.any(axis=1))
    )
    assert max(runs) > 10
    row, frame = next((r, f) for r, f in np.argwhere(again) if f > 1 and not lost[r, f - 1 : f + 1].any())
    assert np.array_equal(drawn.iq[row, frame], drawn.iq[row, frame - 1])


def test_a_clipped_window_says_that_it_is_saturated():
    drawn = draw_windows(np.random.default_rng(2), 200, radar=ReceiverSettings(bins=3, frame_rate_hz=5.0))
    clipped = np.flatnonzero(drawn.is_saturated.any(axis=1))
    assert len(clipped) >= 2
    assert not drawn.labels.is_rate_observable[drawn.is_saturated.all(axis=1)].any()


def test_receivers_see_the_same_motion_from_other_angles():
    radar = ReceiverSettings(bins=8, step_m=0.15, frame_rate_hz=10.0, receivers=3)
    drawn = windows("phantom", 4, radar=radar)
    assert drawn.range_m[:4] == pytest.approx([0.3, 0.3, 0.3, 0.45])
    stirred = spread(drawn.iq).reshape(4, 8, 3)
    of = stirred[np.arange(4), stirred.min(axis=2).argmax(axis=1)]
    assert np.median(of.max(axis=1) / of.min(axis=1)) < 2


def test_a_wall_of_more_boards_lets_less_through_and_more_at_24_ghz():
    light, double = Wall(boards=2), Wall(boards=4)
    assert 5 < loss_db(light, 0.005) < 8
    assert echo_gain(double, 0.005) < 0.1 < echo_gain(light, 0.005) < 0.3
    assert echo_gain(double, 0.0124) > echo_gain(double, 0.005)


def test_traces_are_noisier_the_farther_the_chest():
    drawn = draw_traces(np.random.default_rng(4), 200, shares={"sleeper": 1.0})
    far = drawn.labels.range_m[:, -1] > 2.5
    assert np.median(drawn.noise_mm[far]) > 3 * np.median(drawn.noise_mm[~far])
    assert drawn.labels.is_rate_observable[~far].mean() > drawn.labels.is_rate_observable[far].mean()
    assert np.isnan(drawn.mm[drawn.timing.is_lost]).all()


def test_the_vectorised_breath_is_the_breath_of_the_night():
    phase = np.linspace(0, 0.999, 50)
    assert breath_shape(phase, 0.4, 0.15) == pytest.approx([breath_level(float(p), 0.4) for p in phase], abs=1e-9)


def test_a_held_chest_rests_and_breathes_deeper_after_it():
    told = BreathingDraw(
        np.array([15.0]),
        np.array([6.0]),
        np.array([0.03]),
        np.array([10.0]),
        np.array([12.0]),
        np.array([False]),
        np.array([np.inf]),
    )
    t_s = np.arange(0, 40, 0.1)[None]
    seen = [excursion(draw_chests(np.random.default_rng(seed), told, 40), t_s) for seed in range(30)]
    still = np.array([one.is_still[0].sum() / 10 for one in seen])
    assert 9 < np.median(still) <= 12.1
    before = np.mean([one.level_mm[0, :80].max() for one in seen])
    after = np.mean([one.level_mm[0, 230:300].max() for one in seen])
    assert after > 1.1 * before


def test_a_memory_unrolled_by_doubling_is_the_recursion_itself():
    kicks = np.random.default_rng(1).standard_normal((2, 100)).astype(np.float32)
    slow = np.zeros_like(kicks)
    for n in range(100):
        slow[:, n] = kicks[:, n] + (0.9 * slow[:, n - 1] if n else 0)
    assert remembered(kicks, 0.9) == pytest.approx(slow, abs=1e-4)
    assert wander(np.random.default_rng(1), (200, 300), 0.97).std() == pytest.approx(1, abs=0.06)
