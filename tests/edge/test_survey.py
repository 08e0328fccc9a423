from dataclasses import replace

import numpy as np
import pytest

from broker.vocabulary import Presence, SensedState
from edge.commissioning.survey import Refused, Survey
from edge.frames import Frame, FrameKind, Layout
from edge.noise_profile import MAX_BYTES, NoiseFile, digest_of, encoded, profile_of, read_profile
from edge.signals import SignalWindow
from edge.zones import DEMO_ZONES, Zones
from models.simulator.acts import lie, walk
from models.simulator.breathing import BreathingStyle
from models.simulator.night import Fan, Scene
from tests.kit.empty_rooms import EMPTY, WITH_A_FAN, phantom, seen_with, survey
from tests.kit.sleeper import CALM, START, frames, model


@pytest.fixture(scope="module")
def fan() -> NoiseFile:
    found = survey(WITH_A_FAN)
    assert isinstance(found, NoiseFile)
    return found


def test_an_empty_room_has_a_profile_and_no_line() -> None:
    found = survey(EMPTY)
    assert isinstance(found, NoiseFile)
    assert found.lines == ()
    assert max(found.slow_high) < 2.5


def test_a_fan_is_a_line_with_its_rate_and_place(fan: NoiseFile) -> None:
    assert len(fan.lines) == 1
    assert abs(fan.lines[0].rate_per_min - 15.0) < 0.2
    assert abs(fan.lines[0].range_m - 2.2) < 0.2


@pytest.mark.parametrize(
    ("scene", "says"),
    [
        (Scene(acts=[lie(90)], style=CALM), "breathes as a person does"),
        (Scene(acts=[lie(90)], style=BreathingStyle(depth_mm=1.0)), "make sure"),
        (Scene(acts=[walk(3.0), walk(1.0)] * 20), "moves in the room"),
        (Scene(acts=[], shake=(0.3, 2.0)), "sensor_moved"),
        (phantom(12.0), "at the bed"),
    ],
    ids=["sleeper", "shallow sleeper", "walker", "loose mount", "phantom left on the bed"],
)
def test_N3_a_room_that_is_not_empty_and_quiet_is_not_commissioned(scene: Scene, says: str) -> None:
    found = survey(scene)
    assert isinstance(found, Refused)
    assert says in found.sentence


def test_K1_no_phase_can_be_had_back_turning_every_bins_echo_leaves_the_profile_as_it_was() -> None:
    turns = np.exp(2j * np.pi * np.random.default_rng(3).uniform(size=33)).astype(np.complex64)
    plain, turned, quiet = Survey(20, DEMO_ZONES), Survey(20, DEMO_ZONES), Survey(20, DEMO_ZONES)
    for frame, _ in frames(WITH_A_FAN, 22):
        plain.add(frame)
        turned.add(replace(frame, values=frame.values * turns))
        quiet.add(replace(frame, values=frame.values.conj()))
    told = [one.finish(START) for one in (plain, turned, quiet)]
    assert all(isinstance(one, NoiseFile) for one in told)
    assert told[0].noise_power == told[1].noise_power == told[2].noise_power
    np.testing.assert_allclose(told[0].slow_high, told[1].slow_high, rtol=0.01)
    np.testing.assert_allclose(told[0].slow_high, told[2].slow_high, rtol=0.01)


def test_K1_a_profile_holds_four_numbers_a_bin_however_long_the_room_was_listened_to(fan: NoiseFile) -> None:
    longer = survey(WITH_A_FAN, 100.0)
    assert isinstance(longer, NoiseFile)
    lists = [name for name, value in longer.model_dump().items() if isinstance(value, tuple) and name != "lines"]
    assert sorted(lists) == ["noise_power", "range_m", "slow_high", "slow_median"]
    assert {len(getattr(one, name)) for one in (fan, longer) for name in lists} == {33}
    assert len(encoded(longer)) < 2500 < 33 * 20 * 100 * 8


def test_a_profile_is_read_as_it_was_written_and_a_spoilt_one_is_refused(tmp_path, fan: NoiseFile) -> None:
    path = tmp_path / "noise-profile.json"
    path.write_bytes(encoded(fan))
    assert read_profile(path).lines == fan.lines
    assert len(digest_of(path.read_bytes())) == 64
    for spoilt in (b"{", encoded(fan)[:-20], b" " * (MAX_BYTES + 1), encoded(fan).replace(b'"lines"', b'"frames"')):
        path.write_bytes(spoilt)
        with pytest.raises(Exception, match="measure the empty room again"):
            read_profile(path)


def test_a_room_without_zones_is_not_commissioned_for_its_bed_cannot_be_looked_at() -> None:
    found = Survey(10, Zones()).finish(START)
    assert isinstance(found, Refused)
    assert "draw at least the bed" in found.sentence


def test_lost_frames_and_too_many_bins_are_refused() -> None:
    listening = Survey(10, DEMO_ZONES)
    for frame, _ in frames(EMPTY, 12):
        listening.add(replace(frame, lost_before=1))
    lost = listening.finish(START)
    assert isinstance(lost, Refused)
    assert "frames were lost" in lost.sentence
    wide, layout = Survey(10, DEMO_ZONES), Layout(FrameKind.RADAR, np.linspace(0.2, 3, 400), 0.005, 20.0)
    wide.add(Frame(layout, 0.0, np.zeros(400, np.complex64)))
    assert "no frames" in wide.finish(START).sentence


def test_a_fan_that_is_known_is_nobody_and_an_unknown_one_is_doubt(fan: NoiseFile) -> None:
    known = seen_with(profile_of(fan), WITH_A_FAN, 30)
    unknown = seen_with(None, WITH_A_FAN, 30)
    assert {one.presence for one in known[12:]} == {Presence.ABSENT}
    assert Presence.ABSENT not in {one.presence for one in unknown[12:]}


def test_a_draught_as_uneven_as_a_chest_does_not_breathe_where_it_moved_when_nobody_was_there(fan: NoiseFile) -> None:
    draught = Scene(acts=[], fan=Fan(rate_hz=0.25, jitter=0.06))
    known = seen_with(profile_of(fan), draught, 60)
    assert [one for one in known if one.respiratory_rate_per_min is not None] == []


def test_a_sleeper_beside_a_known_fan_still_breathes(fan: NoiseFile) -> None:
    scene = Scene(acts=[lie(60)], style=BreathingStyle(rate_per_min=11.0), fan=WITH_A_FAN.fan)
    seen = seen_with(profile_of(fan), scene, 55)
    rates = [one.respiratory_rate_per_min for one in seen if one.respiratory_rate_per_min is not None]
    assert len(rates) > 10
    assert all(abs(rate - 11) < 2 for rate in rates)
    assert seen[-1].state is SensedState.BREATHING


def test_the_floor_of_the_empty_room_serves_frames_that_do_not_see_their_own_noise() -> None:
    quiet = [replace(frame, noise_power=None) for frame, _ in frames(EMPTY, 62)]
    listening = Survey(60, DEMO_ZONES)
    for frame in quiet:
        listening.add(frame)
    found = listening.finish(START)
    assert isinstance(found, NoiseFile)
    window = SignalWindow(model("movement-v1"))
    for frame in quiet[:200]:
        window.add(frame)
    reading = window.read(0.0, profile_of(found).noise_power)
    assert reading is not None
    assert 0.5 < float(np.median(reading.motion.slow)) < 1.5
