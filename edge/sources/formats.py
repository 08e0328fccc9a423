"""The recording formats, by name and by content."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edge.errors import UnreadableFile
from edge.frames import FrameSource
from edge.sources.arrays import IQ_COLUMNS, csv_header, iq_csv, iq_npz, trace_csv
from edge.sources.bgt60 import bgt60, folder_of
from edge.sources.dca1000 import dca1000, is_dca1000
from edge.sources.replay import A121Recording, is_hdf5
from edge.sources.ti_uart import is_ti_uart, ti_uart

# A stream that was caught in its middle shows its first whole packet within so much.
HEAD_BYTES = 1 << 16


class Opener(Protocol):
    """Opens a recording as a frame source."""

    def __call__(self, path: Path, *, loop: bool = False, config: Path | None = None) -> FrameSource:
        """Open.

        Args:
            path: file or folder.
            loop: start again at the end.
            config: the settings of a raw recording, which says nothing of them itself; None when there are none.

        Raises:
            UnreadableFile: not this format, or broken from the start.
        """
        ...


class PlainOpener(Protocol):
    """Opens a recording that carries all its settings itself."""

    def __call__(self, path: Path, *, loop: bool = False) -> FrameSource:
        """Open.

        Raises:
            UnreadableFile: not this format, or broken from the start.
        """
        ...


def without_config(opener: PlainOpener) -> Opener:
    """Make an opener that says so, as a warning, when it is given settings that it has no use for."""

    def opened(path: Path, *, loop: bool = False, config: Path | None = None) -> FrameSource:
        source = opener(path, loop=loop)
        if config is not None:
            source.count.warnings.append(f"{path.name} carries its own settings: {config.name} was not used.")
        return source

    return opened


@dataclass(frozen=True)
class Candidate:
    """What is known of a recording before its format is."""

    path: Path
    """File or folder."""
    head: bytes
    """The first HEAD_BYTES of a file, or all of a shorter one; empty for a folder."""
    config: Path | None = None
    """The settings that a person gave with it."""


@dataclass(frozen=True)
class Format:
    """One recording format that can be read."""

    name: str
    meaning: str
    """In a few words, for the list that a person is shown."""
    sensor: str
    """radar or trace."""
    open: Opener
    is_it: Callable[[Candidate], bool]
    """Decides by the name and the content."""


def _is_npz_with(candidate: Candidate, name: str) -> bool:
    if not candidate.head.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(candidate.path) as archive:
            return f"{name}.npy" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _has_columns(candidate: Candidate, names: Sequence[str]) -> bool:
    return candidate.path.is_file() and set(names) <= set(csv_header(candidate.path))


def _is_trace(candidate: Candidate) -> bool:
    header = csv_header(candidate.path) if candidate.path.is_file() else ()
    is_timed = "t_s" in header or "timestamp" in header
    return is_timed and any(name.startswith("displacement") for name in header)


FORMATS: tuple[Format, ...] = (
    Format(
        "a121-h5",
        "Acconeer A121 recording (.h5)",
        "radar",
        without_config(A121Recording),
        lambda one: is_hdf5(one.head),
    ),
    Format("ti-uart", "TI mmWave UART capture (.bin)", "radar", ti_uart, lambda one: is_ti_uart(one.head)),
    Format("bgt60", "Infineon recording folder", "radar", bgt60, lambda one: folder_of(one.path) is not None),
    Format("iq-npz", "complex array (.npz)", "radar", without_config(iq_npz), lambda one: _is_npz_with(one, "iq")),
    Format(
        "iq-csv", "columns t_s,i,q (.csv)", "radar", without_config(iq_csv), lambda one: _has_columns(one, IQ_COLUMNS)
    ),
    Format("trace-csv", "displacement trace in mm (.csv)", "trace", without_config(trace_csv), _is_trace),
    Format("dca1000", "TI DCA1000 raw samples (.bin)", "radar", dca1000, lambda one: is_dca1000(one.path, one.config)),
)


def format_list() -> str:
    """Name the formats that are read, in one phrase."""
    return ", ".join(f"{entry.name} ({entry.meaning})" for entry in FORMATS)


def open_recording(
    path: Path,
    name: str | None = None,
    sensor: str | None = None,
    *,
    loop: bool = False,
    config: Path | None = None,
) -> FrameSource:
    """Open a recording by the name of its format, or by its content.

    Args:
        path: file or folder.
        name: one of FORMATS; None lets the content decide.
        sensor: radar, camera or trace; narrows the choice.
        loop: start again at the end.
        config: settings of a raw recording (TOML, or a maker's profile); None when there are none.

    Raises:
        UnreadableFile: with one sentence for a person.
    """
    for needed in (path, config):
        if needed is not None and not needed.exists():
            raise UnreadableFile(f"{needed} does not exist.")
    choice = [entry for entry in FORMATS if sensor in (None, entry.sensor)]
    if name is not None:
        entry = next((entry for entry in FORMATS if entry.name == name), None)
        if entry is None:
            raise UnreadableFile(f"The format {name} is not read by this version; it reads {format_list()}.")
        return entry.open(path, loop=loop, config=config)
    candidate = Candidate(path, _head(path), config)
    found = next((entry for entry in choice if entry.is_it(candidate)), None)
    if found is None:
        what = "is no folder of a kind" if path.is_dir() else "is in no format"
        raise UnreadableFile(f"{path.name} {what} that is known here; this version reads {format_list()}.")
    return found.open(path, loop=loop, config=config)


def _head(path: Path) -> bytes:
    if path.is_dir():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error.strerror}.") from error
