"""The recording formats, by name and by content."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edge.errors import UnreadableFile
from edge.frames import FrameSource
from edge.sources.arrays import IQ_COLUMNS, csv_header, iq_csv, iq_npz, trace_csv
from edge.sources.replay import A121Recording, is_hdf5


class Opener(Protocol):
    """Opens a recording as a frame source."""

    def __call__(self, path: Path, *, loop: bool = False) -> FrameSource:
        """Open.

        Raises:
            UnreadableFile: not this format, or broken from the start.
        """
        ...


@dataclass(frozen=True)
class Format:
    """One recording format that can be read."""

    name: str
    meaning: str
    """In a few words, for the list that a person is shown."""
    sensor: str
    """radar or trace."""
    open: Opener
    is_it: Callable[[Path, bytes], bool]
    """Decides by the path and the first bytes."""


def _is_npz_with(path: Path, head: bytes, name: str) -> bool:
    if not head.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return f"{name}.npy" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _is_trace(path: Path, _head: bytes) -> bool:
    header = csv_header(path)
    is_timed = "t_s" in header or "timestamp" in header
    return is_timed and any(name.startswith("displacement") for name in header)


FORMATS: tuple[Format, ...] = (
    Format("a121-h5", "Acconeer A121 recording (.h5)", "radar", A121Recording, lambda _, head: is_hdf5(head)),
    Format("iq-npz", "complex array (.npz)", "radar", iq_npz, lambda path, head: _is_npz_with(path, head, "iq")),
    Format(
        "iq-csv", "columns t_s,i,q (.csv)", "radar", iq_csv, lambda path, _: set(IQ_COLUMNS) <= set(csv_header(path))
    ),
    Format("trace-csv", "displacement trace in mm (.csv)", "trace", trace_csv, _is_trace),
)


def format_list() -> str:
    """Name the formats that are read, in one phrase."""
    return ", ".join(f"{entry.name} ({entry.meaning})" for entry in FORMATS)


def open_recording(
    path: Path, name: str | None = None, sensor: str | None = None, *, loop: bool = False
) -> FrameSource:
    """Open a recording by the name of its format, or by its content.

    Args:
        path: the file.
        name: one of FORMATS; None lets the content decide.
        sensor: radar, camera or trace; narrows the choice.
        loop: start again at the end.

    Raises:
        UnreadableFile: with one sentence for a person.
    """
    if not path.exists():
        raise UnreadableFile(f"{path} does not exist.")
    choice = [entry for entry in FORMATS if sensor in (None, entry.sensor)]
    if name is not None:
        entry = next((entry for entry in FORMATS if entry.name == name), None)
        if entry is None:
            raise UnreadableFile(f"The format {name} is not read by this version; it reads {format_list()}.")
        return entry.open(path, loop=loop)
    if path.is_dir():
        raise UnreadableFile(f"{path.name} is a folder that this version cannot read; it reads {format_list()}.")
    found = _decide(path, choice)
    if found is None:
        raise UnreadableFile(f"{path.name} is in no format that is known here; this version reads {format_list()}.")
    return found.open(path, loop=loop)


def _decide(path: Path, choice: Sequence[Format]) -> Format | None:
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error.strerror}.") from error
    return next((entry for entry in choice if entry.is_it(path, head)), None)
