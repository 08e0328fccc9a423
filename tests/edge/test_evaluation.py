import io
import json

import pytest

from edge.evaluation import EstimateOptions, estimate_file, simulate_file
from edge.sources.formats import open_recording
from tests.kit.recordings import recording

KEYS = {
    "t_s", "presence", "state", "movement", "people", "respiratory_rate_per_min",
    "respiratory_rate_uncertainty_per_min", "pulse_rate_per_min", "pulse_rate_uncertainty_per_min",
    "quality", "withheld", "model",
}  # fmt: skip


def run(path, **options):
    out, err = io.StringIO(), io.StringIO()
    status = estimate_file(path, EstimateOptions(**options), out, err)
    return status, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_a_simulated_night_is_written_and_read_back_one_line_a_second(tmp_path):
    told = simulate_file(tmp_path / "n.npz", seed=3, seconds=25)
    status, lines, err = run(tmp_path / "n.npz")
    assert told["seconds"] == 25
    assert status == 0
    assert [line["t_s"] for line in lines] == [float(second) for second in range(1, 26)]
    assert all(set(line) == KEYS for line in lines)
    assert lines[-1]["model"].startswith("sha256:")
    assert "501 frames read, 0 lost, 0 bad" in err


def test_a_file_in_no_known_format_ends_with_2_and_the_list_of_formats(tmp_path):
    (tmp_path / "x.txt").write_text("hello")
    status, lines, err = run(tmp_path / "x.txt")
    assert (status, lines) == (2, [])
    assert "a121-h5" in err
    assert err.count("\n") == 1


def test_a_format_that_is_not_read_yet_says_which_are(tmp_path):
    (tmp_path / "x.bin").write_bytes(b"\0")
    status, _, err = run(tmp_path / "x.bin", format="x4-xep")
    assert status == 2
    assert "x4-xep is not read by this version" in err


def test_a_missing_file_is_said_in_one_sentence(tmp_path):
    status, _, err = run(tmp_path / "none.h5")
    assert status == 2
    assert "does not exist" in err


def test_settings_that_a_recording_has_no_use_for_are_said_to_be_unused(tmp_path):
    simulate_file(tmp_path / "n.npz", seed=3, seconds=2)
    (tmp_path / "radar.toml").write_text("[radar]")
    status, _, err = run(tmp_path / "n.npz", config=tmp_path / "radar.toml")
    assert status == 0
    assert "radar.toml was not used" in err


def test_settings_that_are_not_there_are_said_in_one_sentence(tmp_path):
    simulate_file(tmp_path / "n.npz", seed=3, seconds=2)
    status, _, err = run(tmp_path / "n.npz", config=tmp_path / "none.toml")
    assert (status, err.count("\n")) == (2, 1)
    assert "none.toml does not exist" in err


def test_the_seated_person_breathes_about_eighteen_times_a_minute():
    status, lines, _ = run(recording("radar/acconeer/breathing-sitting.h5"))
    rates = [line["respiratory_rate_per_min"] for line in lines if line["respiratory_rate_per_min"] is not None]
    assert status == 0
    assert len(lines) == 38
    assert len(rates) >= 10
    assert all(abs(rate - 18.4) < 2 for rate in rates)


@pytest.mark.parametrize("name", ["presence-default", "presence-short_range", "presence-long_range", "smart_presence"])
def test_short_recordings_of_people_moving_show_no_rate(name):
    status, lines, _ = run(recording(f"radar/acconeer/{name}.h5"))
    assert status == 0
    assert all(line["respiratory_rate_per_min"] is None for line in lines)
    assert any(line["presence"] == "present" for line in lines)


def test_a_simulated_recording_keeps_the_times_of_the_frames_that_were_lost(tmp_path):
    simulate_file(tmp_path / "n.npz", seed=3, seconds=40, scenario="poor_receiver")
    source = open_recording(tmp_path / "n.npz")
    last = list(source)[-1]
    assert source.count.lost > 0
    assert last.t_s == pytest.approx(40, abs=1.0)
