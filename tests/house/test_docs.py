"""Pages that cannot go stale: what is generated is fresh, what is linked is there, what is promised runs."""

import re

import pytest

from deploy.accuracy import PAGE
from deploy.accuracy_page import mark
from deploy.cli import VERBS
from deploy.docs import PAGES
from models.card import card_paths, read_card
from tests.kit.house import ROOT, committed

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
PAGES_BY_HAND = [path for path in committed() if path.suffix == ".md"]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_generated_page_is_fresh(page: object) -> None:
    assert (ROOT / str(page)).read_text("utf-8") == PAGES[page](), "run `make docs`"  # type: ignore[index]


def test_the_accuracy_page_and_the_cards_were_judged_with_the_models_that_ship() -> None:
    cards = [read_card(path) for path in card_paths()]
    shipped = {card.name: card.sha256 for card in cards}
    assert mark(shipped) in (ROOT / PAGE).read_text("utf-8"), "run `make docs` where the recordings are"
    told = [f"{name} sha256:{sha256}" for name, sha256 in sorted(shipped.items())]
    assert [card.name for card in cards if card.judged["models"] != told] == []


@pytest.mark.parametrize("page", PAGES_BY_HAND, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: object) -> None:
    from pathlib import Path

    assert isinstance(page, Path)
    missing = [
        target
        for target in LINK.findall(page.read_text("utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_readme_names_every_verb_and_what_hushward_is_not() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "not a medical device" in text
    for verb in VERBS:
        assert f"hushward {verb.name}" in text, verb.name


def test_every_make_target_explains_itself() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([a-z0-9]+):", text, re.MULTILINE)
    explained = re.findall(r"^([a-z0-9]+):.*## \S", text, re.MULTILINE)
    assert targets == explained
    assert set(targets) == set(text.split(".PHONY:")[1].splitlines()[0].split())


def test_decisions_are_numbered_without_a_hole() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs/adr").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 6
