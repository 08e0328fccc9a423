"""Writes one page for each chapter of the rule book: `python -m tests.spec.rule_pages docs/reference/rules`."""

import sys
from pathlib import Path

from console.rules.policy import shipped_policy
from console.rules.rule import CHAPTERS
from tests.spec.chapters import chapter_page, read_chapter_nights
from tests.spec.nights import read_rows


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    policy, nights, rows = shipped_policy(), read_chapter_nights(), read_rows()
    return {f"{letter}.md": chapter_page(letter, nights, rows, policy) for letter in CHAPTERS}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")
