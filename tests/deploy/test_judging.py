import json
import os
from pathlib import Path

import pytest

from deploy.errors import DeployError
from deploy.judging import Case, Expect, as_json, as_table, judge, read_cases
from edge.evaluation import simulate_file


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    simulate_file(folder / "night.npz", seed=3, seconds=45)
    simulate_file(folder / "short.npz", seed=3, seconds=10)
    return folder


def test_a_known_rate_is_compared_second_by_second(recordings: Path) -> None:
    found = judge(Case(id="a", path=Path("night.npz"), expect=Expect.RATE, reference=15.0), recordings)
    assert found.outcome == "judged"
    assert found.seconds == 45
    assert found.coverage is not None
    assert 0 <= found.coverage <= 1
    assert found.cost is not None


def test_a_recording_that_is_too_short_for_a_number_is_said_to_be(recordings: Path) -> None:
    found = judge(Case(id="a", path=Path("short.npz"), expect=Expect.RATE, reference=15.0), recordings)
    assert found.outcome == "too short to judge"


def test_a_recording_that_is_not_there_is_said_and_the_others_go_on(recordings: Path) -> None:
    found = judge(Case(id="a", path=Path("none.h5"), expect=Expect.WITHHELD), recordings)
    assert found.outcome == "not there"
    assert "0 of 1 judged" in as_table([found])
    assert json.loads(as_json([found]))["total"]["seconds"] == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no"),
        ("[[case]", "not TOML"),
        ('[[case]]\nid = "a"\npath = "x"\nexpect = "guess"', "wrong `expect`"),
        ('[[case]]\nid = "a"\npath = "x"\nexpect = "rate"', "has no `reference`"),
        ('[[case]]\nid = "a"\npath = "x"\nexpect = "rate"\nfoo = 1', "wrong `foo`"),
    ],
)
def test_a_list_of_cases_that_is_wrong_is_said_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "cases.toml"
    path.write_text(text)
    with pytest.raises(DeployError, match=sentence):
        read_cases(path)


def test_the_seated_recording_of_a_real_sensor_is_read_within_two_breaths_a_minute() -> None:
    told = os.environ.get("HUSHWARD_RECORDINGS")
    folder = Path(told) if told else Path(__file__).parents[3] / "shared" / "data"
    file = Path("radar/acconeer/breathing-sitting.h5")
    if not (folder / file).exists():
        pytest.skip(f"recording: {file} is not here; name its folder with HUSHWARD_RECORDINGS")
    found = judge(Case(id="seated", path=file, expect=Expect.RATE, reference=18.4), folder)
    assert found.mean_error_per_min is not None
    assert found.mean_error_per_min <= 2
