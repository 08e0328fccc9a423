"""The simulated camera: the same seed films the same, pictures look as near infra-red ones do, and truth is true."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from models.simulator.breathing import BreathingStyle
from models.simulator.camera import SCENARIOS, film, scene_named
from models.simulator.camera.bedding import Bedding
from models.simulator.camera.scene import Fault, Sensor, Thing
from models.simulator.camera.stills import BedStage

QUIET = Sensor(read_dn=0, shot_gain=0, pattern_dn=0, row_dn=0, dead_share=0, jitter_s=0, drop_share=0)
METRONOME = BreathingStyle(rate_per_min=8, depth_mm=8, rate_jitter=0, depth_jitter=0, sigh_share=0)


@cache
def clip(name, seconds, seed=3, **changes):
    return film(scene_named(name, seed, seconds, **changes))


@cache
def pictures(name, seconds, seed=3, **changes):
    return np.array([picture for _, picture in clip(name, seconds, seed, **changes).frames()])


def times(name, seconds, **changes):
    return np.array([t_s for t_s, _ in clip(name, seconds, **changes).frames()])


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_films_a_second_and_knows_its_truth(name):
    one = clip(name, 1.3, fault_at_s=0.5)
    seen = list(one.frames())
    assert 2 <= len(seen) <= 13
    assert all(picture.shape == (240, 320) and picture.dtype == np.uint8 for _, picture in seen)
    assert (np.diff([t_s for t_s, _ in seen]) > 0).all()
    assert [truth.t_s for truth in one.truth] == [1.0]


def test_the_same_seed_films_the_same_and_another_does_not():
    again = np.array([picture for _, picture in film(scene_named("sleeper", 3, 2.0)).frames()])
    assert np.array_equal(pictures("sleeper", 2.0), again)
    assert not np.array_equal(pictures("sleeper", 2.0, seed=4)[:10], again[:10])


def test_frames_may_be_asked_for_twice():
    one = clip("sleeper", 1.0)
    first, second = ([picture for _, picture in one.frames()] for _ in range(2))
    assert np.array_equal(first, second)


def test_a_larger_picture_shows_the_same_room():
    large = pictures("sleeper_blanket", 1.0, width=640, height=480)[0].astype(float)
    small = pictures("sleeper_blanket", 1.0)[0].astype(float)
    halved = large.reshape(240, 2, 320, 2).mean(axis=(1, 3))
    assert large.shape == (480, 640)
    assert np.corrcoef(halved.ravel(), small.ravel())[0, 1] > 0.97


def test_the_room_is_drawn_in_twelve_rows_of_sixteen_marks():
    rows = clip("sleeper", 2.0).rows
    assert [len(row) for row in rows] == [16] * 12
    assert set("".join(rows)) == set("#bfde.")


@pytest.mark.parametrize("bedding", Bedding)
def test_pictures_are_as_bright_and_as_rough_as_near_infrared_ones(bedding):
    """SENSING: a bed's mean is 135, a wall's 76, and the root mean square of the gradient 8 a pixel."""
    bed = BedStage(scene_named("sleeper", 3, 1.0, bedding=bedding))
    light = pictures("sleeper", 1.0, bedding=bedding, sensor=QUIET)[0].astype(float)
    made = pictures("empty_room", 1.0, bedding=bedding, sensor=QUIET)[0].astype(float)
    box = made[bed.view.box]
    assert box[bed.made.is_bed].mean() == pytest.approx(135, abs=3)
    assert light[bed.room.where("wall")].mean() == pytest.approx(76, abs=14)
    assert np.sqrt((np.square(np.gradient(light))).sum(axis=0).mean()) == pytest.approx(7.5, abs=2.0)


def moved_px(scene):
    """Measure how far the chest moves in the picture between no breath and a full one [px at width 320]."""
    one = film(scene)
    _, risen_mm = one.excursion_mm
    seen = [picture.astype(float) for _, picture in one.frames()]
    bed = BedStage(scene)
    motions, box = bed.motions((0, True, False)), bed.view.box
    weight = bed.view.at_places(motions[0].weight + motions[1].weight, bed.still((0, True, False)).seen)
    row, column = np.unravel_index(weight.argmax(), weight.shape)
    near = np.s_[max(0, row - 10) : row + 11, max(0, column - 16) : column + 17]
    before, after = seen[risen_mm.argmin()][box], seen[risen_mm.argmax()][box]
    (down, across), (steep, slant) = np.gradient((before + after) / 2), np.gradient(weight)
    # What moves, and what slopes otherwise and so is lit otherwise.
    model = [across * weight, down * weight, before * slant, before * steep]
    columns = np.stack([part[near].ravel() for part in model], axis=1)
    found, *_ = np.linalg.lstsq(columns, (before - after)[near].ravel(), rcond=None)
    return -found[1] / scene.scale


@pytest.mark.parametrize("bedding", Bedding)
def test_the_chest_moves_in_the_picture_as_far_as_was_asked(bedding):
    asked = {"frame_rate_hz": 3.0, "bedding": bedding, "style": METRONOME, "sensor": QUIET, "swing_px": 0.5}
    measured = [moved_px(scene_named("sleeper", seed, 9.0, **asked)) for seed in (1, 2)]
    assert np.median(measured) == pytest.approx(0.5, rel=0.2)


def test_the_swing_of_an_unasked_breath_is_what_a_bed_camera_sees():
    """SENSING: 0.05 to 0.7 px at width 320, less through a duvet and on the side than uncovered on the back."""
    names = ("sleeper_uncovered", "sleeper_blanket", "sleeper", "side", "shallow")
    swing = {name: clip(name, 1.0).truth[0].swing_px for name in names}
    assert 0.7 >= swing["sleeper_uncovered"] > swing["sleeper_blanket"] > swing["sleeper"] > swing["shallow"] > 0.02
    assert swing["side"] < swing["sleeper_blanket"]
    assert clip("sleeper", 1.0, distance_m=4.0).truth[0].swing_px < swing["sleeper"]


def test_too_small_a_breath_is_there_and_not_observable():
    small, usual = clip("sleeper", 20.0, swing_px=0.004).truth[-1], clip("sleeper", 20.0).truth[-1]
    assert (small.presence, small.state, small.is_rate_observable) == ("present", "breathing", False)
    assert usual.is_rate_observable
    assert usual.detectable_px == pytest.approx(0.03, abs=0.025)


def test_a_held_breath_is_told_and_its_rate_is_not():
    truth = film(scene_named("held", 3, 52.0)).truth
    assert [one.is_held for one in truth[39:50]] == [False] + [True] * 8 + [False] * 2
    assert truth[35].respiratory_rate_per_min == pytest.approx(14, abs=2)
    assert math.isnan(truth[44].respiratory_rate_per_min)
    assert [event.kind for event in film(scene_named("held", 3, 52.0)).events] == [
        "breathing_not_seen",
        "breathing_again",
    ]


def test_a_fall_ends_on_the_floor_breathing():
    one = clip("fall", 60.0)
    places = list(dict.fromkeys(truth.place for truth in one.truth))
    assert places == ["in_bed", "edge_of_bed", "out_of_bed", "on_floor"]
    last = one.truth[-1]
    assert (last.state, last.people, last.is_rate_observable) == ("breathing", 1, True)
    assert [event.kind for event in one.events] == ["edge_of_bed", "out_of_bed", "on_floor"]


def test_a_trip_to_the_ensuite_is_told_step_by_step():
    kinds = [event.kind for event in clip("ensuite", 115.0).events]
    assert kinds == ["edge_of_bed", "out_of_bed", "ensuite_entered", "ensuite_left", "edge_of_bed", "in_bed"]
    assert 0 in [truth.people for truth in clip("ensuite", 115.0).truth]


def test_two_in_a_bed_are_two_and_a_visitor_comes_and_goes():
    assert {truth.people for truth in clip("two_lie", 5.0).truth} == {2}
    told = clip("staff_visit", 70.0)
    assert [event.kind for event in told.events] == ["second_person", "one_person"]
    assert not any(truth.is_rate_observable for truth in told.truth if truth.people == 2)


@pytest.mark.parametrize(
    "name",
    ["empty_room", "crumpled_duvet", "photograph", "swaying_photograph", "avatar", "fan", "pet", "draught_duvet"],
)
def test_what_is_no_person_is_nobody(name):
    truth = clip(name, 2.0).truth[-1]
    assert (truth.presence, truth.people, truth.state, truth.place) == ("absent", 0, "empty", "nowhere")
    assert math.isnan(truth.respiratory_rate_per_min)


def activity(name, seconds, **changes):
    """Return how much each pixel of a clip without noise changes [DN], shape (240, 320)."""
    return pictures(name, seconds, sensor=QUIET, **changes).astype(float).std(axis=0)


def test_chest_and_belly_work_against_each_other_in_an_obstruction():
    one = clip("obstructed", 58.0)
    track, at_s = one._sleeper, one._at_s
    free, closed = ((at_s > begin) & (at_s < begin + 14) for begin in (20, 43))
    assert np.corrcoef(track.belly_mm[free], track.chest_mm[free])[0, 1] > 0.9
    assert np.corrcoef(track.belly_mm[closed], track.chest_mm[closed])[0, 1] < -0.9
    assert {truth.state for truth in one.truth[42:56]} == {"obstructed"}


def test_only_the_sleeper_moves_beside_a_still_room():
    stirred = activity("sleeper_blanket", 6.0)
    assert stirred[100:150, 40:220].max() > 2
    assert stirred[:60].max() == stirred[180:].max() == 0


@pytest.mark.parametrize("thing", Thing)
def test_each_thing_moves_in_an_empty_room(thing):
    assert activity("empty_room", 14.0, frame_rate_hz=3.0, things=(thing,)).max() > 2
    assert activity("empty_room", 14.0, frame_rate_hz=3.0).max() == 0


def test_frames_come_about_when_they_should_and_some_get_lost():
    told = times("empty_room", 60.0, sensor=replace(QUIET, jitter_s=0.005, drop_share=0.02))
    steps = np.diff(told)
    assert 570 <= len(told) < 600
    assert np.median(steps) == pytest.approx(0.1, abs=0.003)
    assert 0.004 < np.std(steps[steps < 0.15]) < 0.012
    assert steps.max() > 0.17


def at_fault(fault, **changes):
    """Return the frames of a second before and two seconds within a fault."""
    seen = pictures("sleeper", 4.0, fault=fault, fault_at_s=2.0, sensor=replace(Sensor(), drop_share=0), **changes)
    return seen[10:20].astype(float), seen[26:]


def test_dark_covered_and_saturated_pictures_are_so():
    assert at_fault(Fault.DARK)[1].mean() < 6
    assert (at_fault(Fault.SATURATED)[1] == 255).mean() > 0.7
    before, covered = at_fault(Fault.COVERED)
    assert covered.astype(float).mean(axis=0).std() < 0.2 * before.mean(axis=0).std()


def test_an_unsharp_picture_has_lost_its_edges_and_a_dusty_one_is_milky():
    before, soft = at_fault(Fault.DEFOCUSED)
    edges = [np.abs(np.diff(seen.astype(float).mean(axis=0), axis=1)).mean() for seen in (before, soft)]
    assert edges[1] < 0.6 * edges[0]
    before, milky = at_fault(Fault.DUST)
    assert milky.mean() > before.mean() + 15


def test_a_frozen_picture_is_the_same_to_the_last_bit_and_a_looped_one_comes_again():
    frozen = at_fault(Fault.FROZEN)[1]
    assert all(np.array_equal(frozen[0], one) for one in frozen)
    looped = pictures("sleeper", 12.0, fault=Fault.REPEATED, fault_at_s=4.0, sensor=replace(Sensor(), drop_share=0))
    assert np.array_equal(looped[45], looped[85])
    assert not np.array_equal(looped[45], looped[46])


def test_a_bumped_camera_looks_elsewhere_for_good():
    before, after = at_fault(Fault.SENSOR_MOVED, fault_for_s=0.1)
    assert np.corrcoef(before.mean(axis=0)[9:, :-14].ravel(), after.mean(axis=0)[:-9, 14:].ravel())[0, 1] > 0.98


def test_a_slow_camera_and_a_stuttering_clock_show_in_the_times_alone():
    slow = np.diff(times("rate_drop", 40.0)[220:])
    stutter = np.diff(times("irregular_time", 40.0)[220:])
    assert np.median(slow) == pytest.approx(0.5, abs=0.03)
    assert np.median(stutter) < 0.05
    assert stutter.max() > 0.25


def test_a_lamps_flicker_turns_into_a_slow_wave():
    rows = (
        pictures("flicker", 20.0, sensor=replace(SCENARIOS["flicker"].sensor, drop_share=0))
        .astype(float)[:, 120]
        .mean(axis=1)
    )
    lines = np.abs(np.fft.rfft(rows - rows.mean()))
    assert lines.argmax() / 20.0 == pytest.approx(0.25, abs=0.06)


def test_gain_steps_change_all_of_the_picture_at_once():
    mean = pictures("gain_steps", 40.0, frame_rate_hz=3.0).mean(axis=(1, 2))
    assert 0.05 < np.ptp(mean) / np.median(mean) < 0.45
    assert np.ptp(pictures("sleeper", 40.0, frame_rate_hz=3.0).mean(axis=(1, 2))) < 1.0


def test_a_stretch_of_night_is_played_without_being_rendered():
    one = film(scene_named("night", 5, 1500.0))
    assert one.events
    assert sum(truth.is_rate_observable for truth in one.truth) > 900
