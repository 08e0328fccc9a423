"""Each row of the ward-night tables; `python -m tests.spec` prints the page that governance leads read."""

from pathlib import Path

import pytest

from console.rules.policy import shipped_policy
from tests.spec.never_again import nights_page, read_nights
from tests.spec.nights import Row, page, read_rows, said


@pytest.mark.parametrize("row", read_rows(), ids=lambda row: row.given)
def test_the_tile_says_what_the_table_says(row: Row):
    assert said(row) == row.says


def test_every_chapter_stands_on_rules_of_the_policy_file():
    assert {rule for row in read_rows() for rule in row.rules} <= set(shipped_policy().rules)


def test_the_page_for_governance_leads_holds_every_row():
    rows = read_rows()
    text = page(rows)

    assert text.count("| `") == len(rows)
    assert all(row.given in text for row in rows)


def test_the_committed_page_for_governance_leads_is_fresh():
    written = Path(__file__).parent.parent.parent / "docs" / "governance" / "ward-nights.md"
    assert written.read_text("utf-8") == page(read_rows()) + nights_page(read_nights()), "run `make docs`"
