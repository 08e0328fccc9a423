import json

import numpy as np
import pytest

from edge.errors import UnreadableFile
from edge.evaluation import estimates_of, new_estimator
from edge.sources.bgt60 import bgt60
from edge.sources.formats import open_recording
from edge.zones import Zones
from tests.kit.raw_radar import breath_m, write_bgt60
from tests.kit.recordings import recording


@pytest.fixture
def sensor(tmp_path):
    """Return a sensor's folder with 40 frames, in a recording."""
    return write_bgt60(tmp_path / "recording" / "RadarIfxAvian_00", breath_m(40, 20.0))


def edit(sensor, **changes):
    """Change the recorder's settings."""
    path = sensor / "config.json"
    told = json.loads(path.read_text())
    told["device_config"]["fmcw_single_shape"].update(changes)
    path.write_text(json.dumps(told))


def test_the_folder_the_recording_and_the_array_all_open_the_same(sensor):
    for path in (sensor, sensor.parent, sensor.parent.parent, sensor / "radar.npy"):
        frames = list(open_recording(path))
        assert (len(frames), frames[0].layout.receivers) == (40, 3)
        assert frames[0].noise_power is not None


def test_the_chest_is_where_it_was_put(sensor):
    frames = list(bgt60(sensor))
    stirs = np.std([frame.values for frame in frames], axis=0)
    assert frames[0].layout.range_m[stirs.argmax()] == pytest.approx(0.7, abs=0.11)


def test_of_several_sensors_the_first_with_frames_is_read_and_that_is_said(sensor):
    write_bgt60(sensor.parent / "RadarIfxAvian_01", breath_m(9, 20.0))
    np.save(sensor / "radar.npy", np.zeros((0, 3, 8, 128), np.uint16))
    source = bgt60(sensor.parent)
    assert len(list(source)) == 9
    assert "RadarIfxAvian_01 was read" in source.count.warnings[0]


def test_host_times_that_jitter_are_taken_and_a_hole_in_them_is_a_loss(sensor):
    times = 1e9 + np.arange(40) * 0.05 + np.where(np.arange(40) % 2, 0.004, 0.0)
    times[20:] += 0.2
    (sensor / "radar_timestamp.csv").write_text("\n".join(["time", *map(repr, times.tolist())]))
    source = bgt60(sensor)
    frames = list(source)
    assert frames[20].lost_before == 4
    assert (source.count.lost, source.count.warnings) == (4, [])


@pytest.mark.parametrize("text", ["", "1\n2\n", "x\n" * 40, "5\n" * 40, "nan\n" * 40])
def test_times_that_cannot_be_used_are_left_for_the_set_frame_rate(sensor, text):
    (sensor / "radar_timestamp.csv").write_text(text)
    source = bgt60(sensor)
    assert [frame.t_s for frame in source][:2] == pytest.approx([0.0, 0.05])
    assert "set frame rate" in source.count.warnings[0]


def test_a_cut_array_is_read_up_to_the_cut_at_whatever_byte(sensor):
    data = (sensor / "radar.npy").read_bytes()
    frame_bytes = 3 * 8 * 128 * 2
    for kept in (128 + frame_bytes, 128 + 5 * frame_bytes + 77, len(data) - 1):
        (sensor / "radar.npy").write_bytes(data[:kept])
        source = bgt60(sensor)
        assert len(list(source)) == (kept - 128) // frame_bytes
        assert source.count.bad == 1


@pytest.mark.parametrize("kept", [0, 5, 60, 127, 128, 6000])
def test_an_array_without_one_whole_frame_is_refused(sensor, kept):
    (sensor / "radar.npy").write_bytes((sensor / "radar.npy").read_bytes()[:kept])
    with pytest.raises(UnreadableFile, match=r"radar\.npy"):
        bgt60(sensor)


@pytest.mark.parametrize("array", [np.zeros(9, np.uint16), np.zeros((2, 3, 8, 128)), np.zeros((2, 3, 0, 9), np.uint16)])
def test_an_array_of_another_kind_is_refused(sensor, array):
    np.save(sensor / "radar.npy", array)
    with pytest.raises(UnreadableFile, match="must hold uint16"):
        bgt60(sensor)


@pytest.mark.parametrize("place", [8, 20, 60])
def test_a_broken_header_of_the_array_is_refused_in_one_sentence(sensor, place):
    data = bytearray((sensor / "radar.npy").read_bytes())
    data[place : place + 12] = b"(((((\0[[[[['"
    (sensor / "radar.npy").write_bytes(data)
    with pytest.raises(UnreadableFile, match=r"radar\.npy is not a readable array"):
        bgt60(sensor)


def test_settings_that_a_person_gives_must_fit_the_array(sensor, tmp_path):
    (tmp_path / "a.toml").write_text("[radar]\nsamples_per_chirp = 100")
    with pytest.raises(UnreadableFile, match="says 100 samples per chirp"):
        bgt60(sensor, config=tmp_path / "a.toml")


@pytest.mark.parametrize(
    "change",
    [
        {"sample_rate_Hz": 0}, {"sample_rate_Hz": "fast"}, {"frame_repetition_time_s": 0}, {"end_frequency_Hz": 1},
        {"num_samples_per_chirp": 0}, {"num_samples_per_chirp": 64}, {"start_frequency_Hz": None},
        {"start_frequency_Hz": float("nan")}, {"frame_repetition_time_s": -1},
    ],
)  # fmt: skip
def test_absurd_settings_are_refused_in_one_sentence(sensor, change):
    edit(sensor, **change)
    with pytest.raises(UnreadableFile, match=r"config\.json"):
        bgt60(sensor)


@pytest.mark.parametrize("text", ["", "[]", "{}", "\0", "[" * 100_000])
def test_settings_that_are_none_are_refused(sensor, text):
    (sensor / "config.json").write_text(text)
    with pytest.raises(UnreadableFile, match=r"config\.json"):
        bgt60(sensor)


def test_one_antenna_alone_can_be_asked_for(sensor, tmp_path):
    (tmp_path / "one.toml").write_text("[radar]\nreceiver = 1")
    alone, every = next(iter(bgt60(sensor, config=tmp_path / "one.toml"))), next(iter(bgt60(sensor)))
    assert alone.layout.receivers == 1
    assert alone.values == pytest.approx(every.values[1::3])


def test_a_converter_at_its_limit_marks_the_frame(sensor):
    np.save(sensor / "radar.npy", np.full((4, 3, 8, 128), 4095, np.uint16))
    assert all(frame.is_saturated for frame in bgt60(sensor))


def rates_of(path):
    shown = [one.respiratory_rate_per_min for one in estimates_of(bgt60(path), new_estimator(Zones()))]
    return [rate for rate in shown if rate is not None]


def test_a_breathing_reflector_is_counted(tmp_path):
    write_bgt60(tmp_path / "a", breath_m(500, 20.0, per_min=17.0))
    assert rates_of(tmp_path / "a")[-1] == pytest.approx(17.0, abs=1)


def test_the_recorded_sitter_breathes_about_fourteen_times_a_minute():
    assert rates_of(recording("radar/bgt60tr13c_breath/recording_breath"))[-1] == pytest.approx(14.4, abs=1)


@pytest.mark.parametrize("name", ["recording_2022_05_25_18_52_43", "recording_2022_05_25_18_53_49"])
def test_the_recorded_walkers_show_no_rate(name):
    assert rates_of(recording(f"radar/bgt60tr13c_people/{name}")) == []
