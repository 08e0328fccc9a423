"""Each night of the rule book's chapters, and the pages that are made from them."""

from pathlib import Path

import pytest

from console.rules.policy import RuleState, shipped_policy
from tests.kit.boxed_ward import boxed_ward
from tests.kit.house import ROOT
from tests.spec.chapters import Night, Player, read_chapter_nights, read_chapter_rows
from tests.spec.nights import Row, read_rows, said
from tests.spec.rule_pages import pages

NIGHTS = read_chapter_nights()
NOT_OF_A_NIGHT = {
    "O6",
    "O8",
    "C13",
    "P4",
    "P8",
    "P11",
    "E3",
    "K1",
    "K2",
    "K3",
    "K4",
    "K7",
    "K10",
    "S7",
    "H1",
    "H2",
    "H3",
}
"""What the ward in a box cannot show on one night: these rules have tests of their own."""


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: f"{night.rules[0]}: {night.title}")
def test_the_night_goes_as_the_rule_says(night: Night, tmp_path: Path) -> None:
    with boxed_ward(tmp_path, rooms=night.rooms, yes=night.asked) as box:
        player = Player(box, tmp_path)
        for step in night.steps:
            player.play(step)


@pytest.mark.parametrize("row", read_chapter_rows(), ids=lambda row: row.given)
def test_the_tile_says_what_the_chapter_says(row: Row) -> None:
    assert said(row) == row.says


def test_every_enforced_rule_that_a_night_can_show_has_one() -> None:
    shown = {rule for one in [*NIGHTS, *read_rows(), *read_chapter_rows()] for rule in one.rules}
    kept = [
        one for one in shipped_policy().in_order() if one.state is RuleState.ENFORCED and one.chapter in "CPSEKHOIR"
    ]
    assert {one.rule_id for one in kept} - shown - NOT_OF_A_NIGHT == set()


def test_every_night_stands_on_rules_of_the_policy_file() -> None:
    assert {rule for night in NIGHTS for rule in night.rules} <= set(shipped_policy().rules)


@pytest.mark.parametrize("name", pages())
def test_the_committed_page_of_a_chapter_is_fresh(name: str) -> None:
    written = ROOT / "docs" / "reference" / "rules" / name
    assert written.read_text("utf-8") == pages()[name], "run `make docs`"
