"""Each night of the rule book's chapters, and the pages that are made from them."""

from pathlib import Path

import pytest

from console.rules.policy import shipped_policy
from tests.kit.boxed_ward import boxed_ward
from tests.kit.house import ROOT
from tests.spec.chapters import Night, Player, read_chapter_nights
from tests.spec.rule_pages import pages

NIGHTS = read_chapter_nights()


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: f"{night.rules[0]}: {night.title}")
def test_the_night_goes_as_the_rule_says(night: Night, tmp_path: Path) -> None:
    with boxed_ward(tmp_path, rooms=night.rooms, yes=night.asked) as box:
        player = Player(box)
        for step in night.steps:
            player.play(step)


def test_every_night_stands_on_rules_of_the_policy_file() -> None:
    assert {rule for night in NIGHTS for rule in night.rules} <= set(shipped_policy().rules)


@pytest.mark.parametrize("name", pages())
def test_the_committed_page_of_a_chapter_is_fresh(name: str) -> None:
    written = ROOT / "docs" / "reference" / "rules" / name
    assert written.read_text("utf-8") == pages()[name], "run `make docs`"
