"""How well each language is known: a small TOML beside its catalogue says who checked it, and when (rule E1)."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from console.errors import ConsoleError
from console.rules.consenting.wording import ENGLISH, Wording

LOCALES = Path(__file__).parent / "locale"
"""Holds `<language>/language.toml` beside `<language>/LC_MESSAGES/hushward.po`."""
_STATUS = "language.toml"
_KNOWN = {"reviewed_by", "reviewed_on", "covers_staff"}


def read_wordings(folder: Path = LOCALES) -> Mapping[str, Wording]:
    """Read who has checked which language.

    Returns:
        By language; English, and each that has a catalogue. One without the file is checked by nobody.

    Raises:
        ConsoleError: a file holds something else than who and when.
    """
    found = {ENGLISH.language: ENGLISH}
    for path in sorted(folder.glob("*/LC_MESSAGES/hushward.po")):
        language = path.parent.parent.name.replace("_", "-")
        found[language] = _read(language, path.parent.parent / _STATUS)
    return found


def _read(language: str, path: Path) -> Wording:
    if not path.is_file():
        return Wording(language)
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConsoleError(f"{path}: {error}; mend the file or take it away") from error
    by, on, staff = told.get("reviewed_by", ""), told.get("reviewed_on"), told.get("covers_staff", False)
    is_day = on is None or type(on) is date
    if set(told) - _KNOWN or not isinstance(by, str) or not is_day or not isinstance(staff, bool):
        raise ConsoleError(
            f'{path}: write reviewed_by = "name and role", reviewed_on = 2026-01-31, covers_staff = false; '
            "nothing else belongs there"
        )
    return Wording(language, by.strip(), on, staff)
