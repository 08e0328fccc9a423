import tomllib
from pathlib import Path

import pytest

from edge.commissioning.drawing import DrawingFile, digest_of_view
from edge.errors import SettingsError
from edge.view import OPEN_VIEW, View
from tests.kit.drawn_room import DRAWN, SETTINGS, settings_file

VIEW = View.checked(DRAWN, 2.2)
OTHER = View.checked([*DRAWN[:11], "#" * 16], 3.0)
OLD_TABLE = '[view]  # drawn in May\nrows = [\n "................",\n]\ndistance_m = 1.0\n# kept\n\n[pause]\n'


def without_view(text: str) -> dict[str, object]:
    told = tomllib.loads(text)
    told.pop("view", None)
    return told


def test_a_file_without_a_drawing_has_an_open_view(tmp_path: Path) -> None:
    assert settings_file(tmp_path).view().rows == OPEN_VIEW.rows


@pytest.mark.parametrize("text", [SETTINGS, SETTINGS + OLD_TABLE, OLD_TABLE, "", "[view]"])
def test_a_drawing_is_kept_and_comments_and_all_other_settings_stay(tmp_path: Path, text: str) -> None:
    drawing = settings_file(tmp_path, text)
    drawing.keep(VIEW)
    drawing.keep(OTHER)
    after = drawing.path.read_text()
    assert (drawing.view().rows, drawing.view().distance_m) == (OTHER.rows, 3.0)
    assert without_view(after) == without_view(text)
    assert all(line in after for line in text.splitlines() if "#" in line and "[" not in line)


def test_P3_a_kept_drawing_can_be_taken_back_as_the_file_was_to_the_byte(tmp_path: Path) -> None:
    drawing = settings_file(tmp_path)
    drawing.keep(VIEW)
    assert drawing.may_undo
    drawing.undo()
    assert drawing.path.read_text() == SETTINGS
    assert not drawing.may_undo
    with pytest.raises(SettingsError, match="no earlier drawing"):
        drawing.undo()


def test_nothing_is_taken_back_over_settings_that_somebody_changed_since(tmp_path: Path) -> None:
    drawing = settings_file(tmp_path)
    drawing.keep(VIEW)
    drawing.path.write_text(drawing.path.read_text().replace("rowan", "beech"))
    assert not drawing.may_undo
    with pytest.raises(SettingsError, match="other settings changed"):
        drawing.undo()


def test_a_drawing_written_in_a_way_that_cannot_be_changed_safely_is_left_alone(tmp_path: Path) -> None:
    text = "view = {distance_m = 2.0}\n" + SETTINGS
    drawing = settings_file(tmp_path, text)
    with pytest.raises(SettingsError, match="table `\\[view\\]` of its own"):
        drawing.keep(VIEW)
    assert drawing.path.read_text() == text
    assert not drawing.before.exists()


@pytest.mark.parametrize("text", ["view = 3", '[view]\nrows = "x"', "[view]\nrows = [1]", "[view", "[view]\nrows = []"])
def test_a_file_whose_drawing_cannot_be_read_says_what_is_wrong(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        settings_file(tmp_path, text).view()


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        DrawingFile(tmp_path / "none.toml").view()


def test_a_kept_file_keeps_its_rights(tmp_path: Path) -> None:
    drawing = settings_file(tmp_path)
    drawing.path.chmod(0o640)
    drawing.keep(VIEW)
    assert drawing.path.stat().st_mode & 0o777 == 0o640


def test_the_digest_tells_every_block_and_the_distance_apart() -> None:
    moved = [*DRAWN[:4], "...bbbbbb.......", *DRAWN[5:]]
    assert len({digest_of_view(one) for one in (VIEW, View.checked(DRAWN, 2.3), View.checked(moved, 2.2))}) == 3
