"""The month's audit as one document, from frozen daily figures alone: the same days make the same bytes (rule G1)."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.assurance.sections import Section, sections_of
from console.errors import FiguresDamaged
from console.rules.governing.freezing import days_of
from console.store.assurance import FrozenDay

PACK_VERSION = 1
NOT_A_TARGET = "Higher is not better. Acceptance is never a target, and nothing here ranks wards, shifts or people."


@dataclass(frozen=True, slots=True)
class Pack:
    """One month's audit of one ward.

    Attributes:
        site: the hospital's slug.
        ward: the ward's slug.
        month: such as 2026-10.
        missing: days of the month without figures, as 2026-10-31.
        sections: in the order of reading.
        text: canonical JSON, from which everything else is made.
    """

    site: str
    ward: str
    month: str
    missing: tuple[str, ...]
    sections: tuple[Section, ...]
    text: bytes

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON, 64 hex digits: what is signed, and what the log keeps."""
        return hashlib.sha256(self.text).hexdigest()

    @property
    def name(self) -> str:
        """Return the name of its files, without an ending."""
        return f"hushward-audit-{self.ward}-{self.month}"


def pack_of(site: str, ward: str, month: str, days: Sequence[FrozenDay]) -> Pack:
    """Build a month's audit.

    Args:
        site: the hospital's slug.
        ward: the ward's slug.
        month: such as 2026-10.
        days: its frozen days, in order; a day that is missing is named and counts for nothing.

    Raises:
        ValueError: the month is not written as 2026-10.
        FiguresDamaged: a day's figures are not those that were frozen.
    """
    figures = figures_of(days)
    there = {one.day for one in days}
    missing = tuple(day.isoformat() for day in days_of(month) if day not in there)
    is_whole = bool(days) and days[-1].day == days_of(month)[-1]
    sections = sections_of(figures, len(days_of(month)), missing, is_whole=is_whole)
    told = {
        "v": PACK_VERSION,
        "site": site,
        "ward": ward,
        "month": month,
        "note": NOT_A_TARGET,
        "missing": list(missing),
        "days": [{"day": one.day.isoformat(), "sha256": one.sha256} for one in days],
        "sections": [
            {
                "code": one.code,
                "title": one.title,
                "notes": list(one.notes),
                "head": list(one.head),
                "rows": [list(row) for row in one.rows],
            }
            for one in sections
        ],
    }
    return Pack(site, ward, month, missing, sections, canonical(told))


def figures_of(days: Sequence[FrozenDay]) -> list[dict[str, Any]]:
    """Return the figures of frozen days, as they were frozen.

    Raises:
        FiguresDamaged: a day's figures are not those that were frozen.
    """
    for one in days:
        if hashlib.sha256(one.figures.encode()).hexdigest() != one.sha256:
            raise FiguresDamaged(f"the figures of {one.day} are not those that were frozen: compare with the log")
    return [json.loads(one.figures) for one in days]


def canonical(told: object) -> bytes:
    """Return canonical JSON: texts, whole numbers, lists and objects alone, for which sorted JSON is RFC 8785."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
