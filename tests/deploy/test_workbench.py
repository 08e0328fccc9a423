import json
from pathlib import Path

import pytest

from deploy.workbench import main_estimate, main_eval, main_simulate


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
