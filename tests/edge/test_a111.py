"""Recordings of the Acconeer A111, written by hand in the layout that its maker documents."""

import json

import h5py
import numpy as np
import pytest

from edge.errors import UnreadableFile
from edge.evaluation import estimates_of
from edge.sources.formats import open_recording
from models.simulator.acts import lie
from models.simulator.night import Scene
from tests.kit.sleeper import CALM, frames, new_estimator

RATE_HZ = 20.0


def write(path, data, mode="iq", info=None, config=None, step_m=0.0005, **fields):
    told = [[{"missed_data": False, "data_saturated": False}] * data.shape[1]] * len(data) if info is None else info
    session = {"range_start_m": 0.4, "range_length_m": 0.6, "step_length_m": step_m}
    with h5py.File(path, "w") as file:
        file["mode"], file["data"] = mode, data
        file["data_info"], file["session_info"] = json.dumps(told), json.dumps(session)
        file["sensor_config_dump"] = json.dumps({"update_rate": RATE_HZ} if config is None else config)
        for name, value in fields.items():
            file[name] = value
    return path


def swaying(seconds=2):
    """Return IQ of an echo at 0.7 m that moves by 6 mm: shape (sweeps, 1, distances)."""
    rng = np.random.default_rng(3)
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    moved_m = 0.003 * np.sin(np.pi * t / 2)
    range_m = 0.4 + 0.0005 * np.arange(1200)
    echo = np.exp(-(((range_m - 0.7) / 0.05) ** 2)) * np.exp(4j * np.pi * moved_m[:, None] / 0.00496)
    noise = rng.normal(size=(len(t), 1200)) + 1j * rng.normal(size=(len(t), 1200))
    return (1000 * echo + 3 * noise)[:, None, :]


def test_the_content_tells_an_a111_and_its_breathing_is_read(tmp_path):
    night = [frame for frame, _ in frames(Scene(acts=[lie(40)], style=CALM), 40)]
    path = write(tmp_path / "sleeper.h5", np.array([frame.values for frame in night])[:, None, :], step_m=0.12)
    seen = list(estimates_of(open_recording(path), new_estimator()))
    rates = [one.respiratory_rate_per_min for one in seen if one.respiratory_rate_per_min is not None]
    assert len(rates) > 15
    assert max(abs(rate - 15) for rate in rates) < 2


def test_points_nearer_than_a_pulse_are_left_out_and_distances_keep_their_place(tmp_path):
    frame = next(iter(open_recording(write(tmp_path / "a.h5", swaying()))))
    assert frame.layout.channels == 20
    assert np.diff(frame.layout.range_m) == pytest.approx(0.03)
    assert int(np.abs(frame.values).argmax()) == 10


def test_what_the_sensor_missed_is_lost_and_a_saturated_frame_says_so(tmp_path):
    info = [[{"missed_data": index == 5, "data_saturated": index == 7}] for index in range(40)]
    source = open_recording(write(tmp_path / "a.h5", swaying(), info=info))
    read = list(source)
    assert [one.t_s for one in read[4:6]] == [0.2, 0.3]
    assert (source.count.lost, read[5].lost_before, read[7].is_saturated) == (1, 1, True)


def test_sparse_gives_how_much_stirs_and_never_a_rate(tmp_path):
    rng = np.random.default_rng(4)
    data = 32768 + rng.normal(0, 20, (600, 1, 16, 11))
    data[300:, 0, :, 5] += 2000 * np.sin(np.arange(300) / 3)[:, None]
    source = open_recording(write(tmp_path / "s.h5", np.rint(data).astype("u2"), "sparse"))
    seen = list(estimates_of(source, new_estimator()))
    assert all(one.presence == "unsure" for one in seen[:14])
    assert all(one.presence == "present" for one in seen[18:])
    assert all(one.respiratory_rate_per_min is None for one in seen)
    assert seen[5].movement < 0.1 < seen[25].movement


def test_the_first_of_several_sensors_is_taken_and_that_is_said(tmp_path):
    source = open_recording(write(tmp_path / "a.h5", np.concatenate([swaying()] * 2, axis=1)))
    assert "has 2 sensors" in source.count.warnings[0]


def test_without_a_rate_the_times_of_arrival_say_it(tmp_path):
    path = write(tmp_path / "a.h5", swaying(), config={"update_rate": None}, sample_times=np.arange(40) / 10)
    assert next(iter(open_recording(path))).layout.frame_rate_hz == pytest.approx(10)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mode": "envelope"}, "the service envelope; record with IQ or sparse"),
        ({"info": [[{}]]}, "data_info does not fit"),
        ({"config": {}}, "how fast it was"),
        ({"data": swaying()[:, 0]}, "has the shape"),
        ({"data": np.full((4, 1, 8), np.nan, complex)}, "is no number"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path, change, sentence):
    path = write(tmp_path / "a.h5", **{"data": swaying(), **change})
    with pytest.raises(UnreadableFile, match=sentence):
        open_recording(path)


def test_a_cut_file_is_refused(tmp_path):
    path = write(tmp_path / "a.h5", swaying())
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(UnreadableFile):
        open_recording(path)
    with pytest.raises(UnreadableFile):
        open_recording(path, "a111-h5")
