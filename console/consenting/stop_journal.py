"""A "no" that the database would not take, kept beside it: a file of fixed size, overwritten in place.

Its room on the disk is taken when the console starts, so that a full disk does not stand between a word and its record.
A file that is deleted with everything else in the folder is no worse off than the database.
"""

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path

import structlog

_log = structlog.get_logger(__name__)
JOURNAL = "stops.journal"
"""Its name in the console's folder."""
_SLOT = 512
_SLOTS = 64
_EMPTY = b" " * (_SLOT - 1) + b"\n"


class StopJournal:
    """Slots of a fixed size; each holds one word until the database has it."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, or make it with all its room taken.

        Args:
            path: beside the database; None where there is no such folder: then nothing can be kept.
        """
        self._path = path
        self._lock = threading.Lock()
        self._held: dict[int, Mapping[str, str]] = {}
        self._file = self._open(path) if path is not None else None

    def held(self) -> tuple[Mapping[str, str], ...]:
        """Return what is kept, in the order of its slots."""
        return tuple(one for _slot, one in sorted(self._held.items()))

    def keep(self, told: Mapping[str, str]) -> bool:
        """Keep a word; one that is kept already needs no second slot.

        Returns:
            Whether it is on the disk.
        """
        with self._lock:
            if told in self._held.values():
                return True
            free = next((slot for slot in range(_SLOTS) if slot not in self._held), None)
            line = json.dumps(told, sort_keys=True).encode()
            if free is None or len(line) >= _SLOT or not self._write(free, line.ljust(_SLOT - 1) + b"\n"):
                return False
            self._held[free] = dict(told)
            return True

    def drop(self, told: Mapping[str, str]) -> None:
        """Forget a word that the database has now; if that fails it is entered once more at the next start."""
        with self._lock:
            for slot in [slot for slot, one in self._held.items() if one == told]:
                if self._write(slot, _EMPTY):
                    del self._held[slot]

    def _open(self, path: Path) -> int | None:
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            if os.fstat(file).st_size < _SLOT * _SLOTS:
                # Written, not only reserved: what is overwritten later has its blocks already.
                os.pwrite(file, _EMPTY * _SLOTS, 0)
                os.fsync(file)
                _sync_folder(path.parent)
            self._held = dict(_read(os.pread(file, _SLOT * _SLOTS, 0)))
        except OSError as error:
            _log.error("stop_journal_not_opened", errno=error.errno)
            return None
        return file

    def _write(self, slot: int, line: bytes) -> bool:
        if self._file is None:
            return False
        try:
            written = os.pwrite(self._file, line, slot * _SLOT)
            os.fsync(self._file)
        except OSError as error:
            _log.error("stop_journal_not_written", errno=error.errno)
            return False
        return written == len(line)


def _read(content: bytes) -> list[tuple[int, Mapping[str, str]]]:
    found: list[tuple[int, Mapping[str, str]]] = []
    for slot in range(_SLOTS):
        line = content[slot * _SLOT : (slot + 1) * _SLOT].strip()
        if not line:
            continue
        try:
            told = json.loads(line)
            found.append((slot, {str(key): str(value) for key, value in told.items()}))
        except (ValueError, AttributeError):
            # Half a line was written when the power went: nobody was told that this one is kept.
            _log.error("stop_journal_line_unreadable", slot=slot)
    return found


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
