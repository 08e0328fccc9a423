from pathlib import Path

import pytest

from broker.vocabulary import RoomEventKind
from edge.cases import read_cases
from edge.errors import SettingsError

GOLDEN = Path(__file__).parents[1] / "golden"


def cases(tmp_path, text):
    (tmp_path / "cases.toml").write_text(text)
    return read_cases(tmp_path / "cases.toml", tmp_path)


def test_a_list_that_is_no_list_is_named_with_its_file(tmp_path):
    with pytest.raises(SettingsError, match=r"cases\.toml: not a list"):
        cases(tmp_path, "nothing = 1")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('id = "a"\nexpect = "rate"', "either a `path` or a `simulate` table"),
        ('id = "a"\nexpect = "rate"\npath = "x"\nsimulate = { scenario = "empty", seed = 1 }', "either a `path`"),
        ('id = "a"\nexpect = "joy"\npath = "x"', "'joy' is not a valid Expect"),
        ('id = "a"\nexpect = "rate"\npath = "x"\nreferense = 18', "`referense` is not known here"),
        ('id = "a"\nexpect = "rate"\nsimulate = { scenario = "empty" }', "`seed` is missing"),
        ('id = "a"\nexpect = "rate"\nsimulate = { scenario = "empty", seed = 1, seconds = 0 }', "1 to 86400"),
        (
            'id = "a"\nexpect = "rate"\nsimulate = { scenario = "empty", seed = 1 }\nholds = [[9, 3]]',
            "two rising times",
        ),
    ],
)
def test_what_is_wrong_with_a_case_is_said_with_its_name(tmp_path, row, told):
    with pytest.raises(SettingsError, match="case a") as caught:
        cases(tmp_path, f"[[case]]\n{row}\n")
    assert told in str(caught.value)


def test_settings_of_a_raw_recording_may_lie_beside_the_list(tmp_path):
    (tmp_path / "radar.toml").write_text("[radar]\n")
    (case,) = cases(tmp_path, '[[case]]\nid = "a"\npath = "x"\nexpect = "rate"\nconfig = "radar.toml"\n')
    assert case.config == tmp_path / "radar.toml"


def test_events_are_read_with_their_times(tmp_path):
    row = 'events = [{ kind = "out_of_bed", at_s = 40 }, { kind = "in_bed", at_s = 80, within_s = 3 }]'
    (case,) = cases(tmp_path, f'[[case]]\nid = "a"\npath = "x"\nexpect = "events"\n{row}\n')
    assert [(event.kind, event.at_s, event.within_s) for event in case.events] == [
        (RoomEventKind.OUT_OF_BED, 40, 5.0),
        (RoomEventKind.IN_BED, 80, 3),
    ]


@pytest.mark.parametrize("name", ["cases.toml", "simulated.toml", "films.toml"])
def test_the_golden_lists_can_be_read_without_any_recording(name):
    assert len(read_cases(GOLDEN / name, None)) > 20


def test_each_simulated_room_of_the_golden_list_can_be_built():
    from edge.scores.simulated import scene_of

    for case in read_cases(GOLDEN / "simulated.toml", None):
        scene_of(case.simulation)


def test_each_film_of_the_golden_list_can_be_made():
    from edge.scores.filmed import scene_of

    for case in read_cases(GOLDEN / "films.toml", None):
        scene_of(case.simulation)


@pytest.mark.parametrize("name", ["simulated.toml", "films.toml"])
def test_simulated_rooms_to_judge_by_have_seeds_of_their_own(name):
    seeds = [case.simulation.seed for case in read_cases(GOLDEN / name, None)]
    assert len(set(seeds)) == len(seeds)
    assert min(seeds) > 9000
