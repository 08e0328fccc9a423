"""Writes a month's audit as files from the database alone, also while the console runs: `hushward console month`."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.assurance.pack import Pack
from console.assurance.pack_csv import csv_of
from console.assurance.pack_pdf import pdf_of
from console.assurance.packs import pack_in, was_logged
from console.errors import SettingsError
from console.rules.governing.freezing import days_of
from console.running.settings import ConsoleSettings
from console.store.database import Tx
from console.store.inspection import look_into


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        files: each with its SHA-256, 64 hex digits.
        built_at: when the same audit was built on the desk, so that its hash stands in the log; None when it was not.
        missing: days of the month without figures.
    """

    files: dict[Path, str]
    built_at: datetime | None
    missing: int


def files_of(pack: Pack) -> dict[str, bytes]:
    """Return the audit's files by ending; the same audit makes the same bytes."""
    return {"json": pack.text, "csv": csv_of(pack), "pdf": pdf_of(pack)}


def write_month(settings: ConsoleSettings, month: str, folder: Path) -> Written:
    """Build a month's audit and write it.

    Args:
        settings: of the console whose database it is.
        month: such as 2026-10.
        folder: where the files go; made when it is not there.

    Raises:
        SettingsError: the month is not written as 2026-10.
        ConsoleError: the database cannot be read, or its figures were changed.
    """
    try:
        days_of(month)
    except ValueError as error:
        raise SettingsError(f"{month}: {error}") from None

    def read(tx: Tx) -> tuple[Pack, datetime | None]:
        pack = pack_in(tx, settings.site, settings.ward, month)
        return pack, was_logged(tx, pack.digest)

    pack, built_at = look_into(settings.url, read)
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for ending, content in files_of(pack).items():
        path = folder / f"{pack.name}.{ending}"
        path.write_bytes(content)
        files[path] = hashlib.sha256(content).hexdigest()
    return Written(files, built_at, len(pack.missing))
