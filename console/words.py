"""Every sentence a person sees, in the reader's language: one catalogue whose keys are the English sentences."""

import re
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_locale_identifier, parse_locale
from babel.dates import format_datetime
from babel.messages.pofile import read_po

from console.errors import ConsoleError
from console.rules.consenting.wording import Wording
from console.showing.views import Words
from console.wordings import LOCALES, read_wordings

SOURCE_LANGUAGE = "en"
ACCENTED = "en-XA"
"""Pseudo-language: longer, accented, in brackets. A word without accents has escaped the catalogue."""
MIRRORED = "ar-XB"
"""Pseudo-language: written from right to left."""
PSEUDO_LANGUAGES = (ACCENTED, MIRRORED)

_BREAK = " · "
"""Where a sentence of a tile may be broken into a large and a small line."""
_FIELD = re.compile(r"(\{[^{}]*\})")
_RIGHT_TO_LEFT_OVERRIDE, _POP = "\u202e", "\u202c"
_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_TURNING = {"R", "AL", "AN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""Bidirectional classes of signs after which what stands beside them may be read in another order."""
_TIME_PATTERNS = {"": "HH:mm", "seconds": "HH:mm:ss", "day": "EEE HH:mm", "date": "EEE d MMM", "month": "LLLL y"}
_ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀçđéƒĝĥíĵķļɱñóþǫřšţúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶĻṀÑÓÞǪŘŠŢÚṼŴẊÝŽ",
)


def N_(text: str) -> str:  # noqa: N802 (the name that translators' tools know)
    """Mark a sentence for the catalogue without translating it yet."""
    return text


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language.

    Attributes:
        language: tag, such as `cy` or `en-XA`.
        timezone: ward time.
        messages: English sentence to sentence; missing ones stay English.
        wording: who has checked it.
    """

    language: str
    timezone: ZoneInfo
    messages: Mapping[str, str] = field(default_factory=dict)
    wording: Wording | None = None

    @property
    def is_checked(self) -> bool:
        """Whether a translator has checked it; what is not translated needs no check."""
        return self._is_ours or (self.wording is not None and self.wording.is_reviewed)

    @property
    def covers_staff(self) -> bool:
        """Whether the staff's screens are in it; otherwise the patient's pages and papers alone."""
        return self._is_ours or (self.wording is not None and self.wording.covers_staff)

    @property
    def _is_ours(self) -> bool:
        return self.language in (SOURCE_LANGUAGE, *PSEUDO_LANGUAGES)

    @property
    def is_right_to_left(self) -> bool:
        """Whether the language is written from right to left."""
        return self.language == MIRRORED or self._locale.text_direction == "rtl"

    @property
    def direction(self) -> str:
        """Return the value of the `dir` attribute."""
        return "rtl" if self.is_right_to_left else "ltr"

    @property
    def name(self) -> str:
        """Return the language's own name for itself."""
        if self.language == ACCENTED:
            return "Accented test language"
        if self.language == MIRRORED:
            return "Right-to-left test language"
        return str(self._locale.get_language_name(self.language.replace("-", "_")) or self._locale.display_name)

    @property
    def _locale(self) -> Locale:
        return Locale.parse("en_GB" if self.language in (*PSEUDO_LANGUAGES, SOURCE_LANGUAGE) else self._identifier)

    @property
    def _identifier(self) -> str:
        parts = parse_locale(self.language, sep="-")
        return get_locale_identifier(parts)

    def translate(self, text: str) -> str:
        """Return a sentence in this language, its fields still open."""
        if self.language == ACCENTED:
            return _accented(text)
        if self.language == MIRRORED:
            return _mirrored(text)
        return self.messages.get(text) or text

    def say(self, text: str, /, **values: object) -> str:
        """Put a sentence of the catalogue and its values into this language.

        Args:
            text: the English sentence, the catalogue's key.
            values: by field name. A time is shown in ward time as HH:MM (`{at:seconds}` HH:MM:SS, `{at:day}` Sun 18:00,
                `{at:date}` Sun 4 Aug); a duration as m:ss (`{left:minutes}` whole minutes, rounded down).

        Returns:
            The sentence. A field without a value reads `?`, so that a slip in one sentence cannot blank a board.
        """
        return _Fields(self).vformat(self.translate(text), (), values)

    def words(self, words: Words) -> str:
        """Put a sentence that the core made into this language."""
        return self.say(words.text, **words.values)

    def moment(self, at: datetime, form: str = "") -> str:
        """Show a time in ward time.

        Args:
            at: UTC-aware.
            form: as in `say`; an unknown form is HH:MM.
        """
        pattern = _TIME_PATTERNS.get(form, _TIME_PATTERNS[""])
        # A month's name may end in a full stop; the sentence around it brings its own.
        return str(format_datetime(at.astimezone(self.timezone), pattern, locale=self._locale)).rstrip(".")

    def show(self, value: object, form: str) -> str:
        """Show one value of a sentence."""
        if isinstance(value, Words):
            return self.words(value)
        if isinstance(value, datetime):
            return self._apart(self.moment(value, form))
        if isinstance(value, timedelta):
            return self._apart(span(value, form))
        if isinstance(value, str):
            return self._apart(value, is_apart=any(unicodedata.bidirectional(sign) in _TURNING for sign in value))
        return self._apart(format(value, form))

    def _apart(self, text: str, *, is_apart: bool = False) -> str:
        """Keep a value from turning the words around it, and them from turning it."""
        return f"{_ISOLATE}{text}{_POP_ISOLATE}" if is_apart or self.is_right_to_left else text


class _Fields(string.Formatter):
    """Fills the fields of one sentence; knows names only, never attributes or indices."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def get_field(self, field_name: str, args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, str]:  # noqa: ARG002
        return kwargs.get(field_name, "?"), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        return self._catalogue.show(value, format_spec)


def span(length: timedelta, form: str = "") -> str:
    """Show a duration.

    Args:
        length: a negative one is shown as none.
        form: "" for m:ss (h:mm:ss from an hour on), `minutes` for whole minutes, rounded down.
    """
    seconds = max(0, int(length.total_seconds()))
    if form == "minutes":
        return str(seconds // 60)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def open_catalogues(timezone: str, folder: Path = LOCALES) -> dict[str, Catalogue]:
    """Read every language of a folder.

    Args:
        timezone: ward time zone.
        folder: holds `<language>/LC_MESSAGES/hushward.po`.

    Returns:
        By language: English, the two pseudo-languages, and each that has a file.

    Raises:
        ConsoleError: a translation has other fields than its sentence.
    """
    zone, wordings = ZoneInfo(timezone), read_wordings(folder)
    catalogues = {name: Catalogue(name, zone) for name in (SOURCE_LANGUAGE, *PSEUDO_LANGUAGES)}
    for path in sorted(folder.glob("*/LC_MESSAGES/hushward.po")):
        language = path.parent.parent.name.replace("_", "-")
        catalogues[language] = Catalogue(
            language, zone, _messages(path, path.stat().st_mtime_ns), wordings.get(language)
        )
    return catalogues


def choose(catalogues: Mapping[str, Catalogue], wanted: str | None, accepted: str, default: str) -> Catalogue:
    """Choose the language of a screen.

    Args:
        catalogues: by language.
        wanted: what this reader chose before; None when nothing.
        accepted: the browser's Accept-Language; pseudo-languages in it are ignored.
        default: the ward's language.
    """
    if wanted is not None and wanted in catalogues:
        return catalogues[wanted]
    for part in accepted.split(","):
        tag = part.split(";")[0].strip()
        for name in (tag, tag.split("-")[0]):
            if name in catalogues and name not in PSEUDO_LANGUAGES:
                return catalogues[name]
    return catalogues.get(default, catalogues[SOURCE_LANGUAGE])


@lru_cache(maxsize=32)
def _messages(path: Path, _changed_ns: int) -> Mapping[str, str]:
    """Read one language; again only when its file has changed, for each takes a fiftieth of a second."""
    with path.open("rb") as file:
        entries = read_po(file)
    messages = {}
    for entry in entries:
        if not entry.id or entry.fuzzy or not isinstance(entry.id, str) or not isinstance(entry.string, str):
            continue
        if entry.string and _names(entry.id) != _names(entry.string):
            raise ConsoleError(f"{path}: the translation of {entry.id!r} must keep its fields {_names(entry.id)}")
        messages[entry.id] = entry.string
    return MappingProxyType(messages)


def _names(text: str) -> list[str]:
    return sorted({part[1:-1].split(":")[0] for part in _FIELD.findall(text)})


def _accented(text: str) -> str:
    return _BREAK.join(_accented_part(part) for part in text.split(_BREAK))


def _accented_part(text: str) -> str:
    parts = [part if _FIELD.fullmatch(part) else part.translate(_ACCENTS) for part in _FIELD.split(text)]
    return f"⟦{''.join(parts)}{'~' * (len(text) // 3)}⟧"


def _mirrored(text: str) -> str:
    return _BREAK.join(_mirrored_part(part) for part in text.split(_BREAK))


def _mirrored_part(text: str) -> str:
    return "".join(
        part if not part or _FIELD.fullmatch(part) else f"{_RIGHT_TO_LEFT_OVERRIDE}{part}{_POP}"
        for part in _FIELD.split(text)
    )
