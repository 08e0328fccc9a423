import json
from pathlib import Path

import numpy as np
import pytest

from deploy.simulating import main as main_simulate
from deploy.workbench import main_estimate, main_eval


def test_a_simulated_night_is_written_and_estimated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "night.npz"
    assert main_simulate([str(file), "--seed", "3", "--seconds", "20"]) == 0
    capsys.readouterr()
    assert main_estimate([str(file), "--jsonl"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(told) == 20
    assert all((one["respiratory_rate_per_min"] is None) == bool(one["withheld"]["respiratory_rate"]) for one in told)


def test_a_file_that_is_no_recording_is_exit_code_2_and_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.h5").write_text("no recording")
    assert main_estimate([str(tmp_path / "x.h5")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_list_of_cases_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main_eval([str(tmp_path / "none.toml")]) != 0
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main_simulate([str(tmp_path / "none" / "night.npz"), "--seconds", "2"]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_scenario_is_simulated_by_its_name_and_a_wrong_one_names_them_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plate.npz"
    assert main_simulate([str(file), "--scenario", "phantom12", "--seconds", "3"]) == 0
    assert '"machine_rate_per_min": 12.0' in file.with_suffix(".truth.jsonl").read_text()
    assert main_simulate([str(file), "--scenario", "opera", "--seconds", "3"]) == 1
    assert "there are night" in capsys.readouterr().err


def test_a_camera_films_a_clip_with_its_truth_and_a_wrong_scenario_names_them_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "clip.npz"
    assert main_simulate(["camera", "two_lie", str(file), "--seconds", "2", "--seed", "5"]) == 0
    with np.load(file) as clip:
        assert clip["frames"].shape == (len(clip["t_s"]), 240, 320)
        assert (clip["frames"].dtype, float(clip["frame_rate_hz"]), len(clip["rows"])) == (np.uint8, 10.0, 12)
    truth = [json.loads(line) for line in file.with_suffix(".truth.jsonl").read_text().splitlines()]
    assert [(one["t_s"], one["people"]) for one in truth] == [(1.0, 2), (2.0, 2)]
    assert main_simulate(["camera", "opera", str(file)]) == 1
    assert "there are sleeper" in capsys.readouterr().err
