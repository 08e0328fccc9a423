"""The recording formats, by name and by content."""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from edge.errors import UnreadableFile
from edge.frames import FrameSource
from edge.sources.a111 import a111_h5, is_a111
from edge.sources.arrays import IQ_COLUMNS, csv_header, iq_csv, iq_npz, trace_csv
from edge.sources.bgt60 import bgt60, folder_of
from edge.sources.camera.kinds import is_video, pictures_in
from edge.sources.dca1000 import dca1000, is_dca1000
from edge.sources.module_frames import MODULES
from edge.sources.modules import is_capture_of, module_capture
from edge.sources.replay import A121Recording, is_hdf5
from edge.sources.ti_uart import is_ti_uart, ti_uart
from edge.view import View

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


class CameraOpener(Protocol):
    """Opens a recording of pictures as a frame source."""

    def __call__(
        self, path: Path, *, loop: bool = False, config: Path | None = None, view: View | None = None
    ) -> FrameSource:
        """Open.

        Args:
            path: file or folder.
            loop: start again at the end.
            config: TOML with `[view]` and `[camera]`; None when there is none.
            view: how the camera looks at the room, for whoever knows better than the settings.

        Raises:
            UnreadableFile: not this format, or broken from the start.
        """
        ...


def camera_opener(module: str, name: str) -> CameraOpener:
    """Make an opener that loads OpenCV only when it is used: a radar room may lack it, and never needs its memory."""

    def opened(path: Path, *, loop: bool = False, config: Path | None = None, view: View | None = None) -> FrameSource:
        opener: CameraOpener = getattr(import_module(f"edge.sources.camera.{module}"), name)
        return opener(path, loop=loop, config=config, view=view)

    return opened


CAMERA_OPENERS: Mapping[str, CameraOpener] = MappingProxyType(
    {
        "video": camera_opener("video", "video"),
        "frames-dir": camera_opener("folder", "frames_dir"),
        "frames-npz": camera_opener("archive", "frames_npz"),
    }
)


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
    """radar, camera or trace."""
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


def _module_format(name: str) -> Format:
    meaning = f"{MODULES[name].meaning}, bytes or hex text with times"
    opener = without_config(module_capture(name))
    return Format(name, meaning, "radar", opener, lambda one: is_capture_of(name, one.head))


FORMATS: tuple[Format, ...] = (
    Format(
        "a111-h5",
        "Acconeer A111 recording (.h5), IQ or sparse",
        "radar",
        without_config(a111_h5),
        lambda one: is_hdf5(one.head) and is_a111(one.path),
    ),
    Format(
        "a121-h5",
        "Acconeer A121 recording (.h5)",
        "radar",
        without_config(A121Recording),
        lambda one: is_hdf5(one.head),
    ),
    Format(
        "video",
        "video (.mp4 .avi .mkv .mov .webm)",
        "camera",
        CAMERA_OPENERS["video"],
        lambda one: is_video(one.path, one.head),
    ),
    Format("ti-uart", "TI mmWave UART capture (.bin)", "radar", ti_uart, lambda one: is_ti_uart(one.head)),
    *map(_module_format, ("mr24", "mr60bha1", "mr60bha2")),
    Format("bgt60", "Infineon recording folder", "radar", bgt60, lambda one: folder_of(one.path) is not None),
    Format(
        "frames-dir",
        "folder of pictures (.png .jpg .bmp .pgm .ppm)",
        "camera",
        CAMERA_OPENERS["frames-dir"],
        lambda one: bool(pictures_in(one.path)),
    ),
    Format(
        "frames-npz",
        "array of pictures (.npz)",
        "camera",
        CAMERA_OPENERS["frames-npz"],
        lambda one: _is_npz_with(one, "frames"),
    ),
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


def format_of(path: Path, name: str | None = None, sensor: str | None = None, *, config: Path | None = None) -> Format:
    """Find the format of a recording by its name, or by the recording's content.

    Args:
        path: file or folder.
        name: one of FORMATS; None lets the content decide.
        sensor: radar, camera or trace; narrows the choice.
        config: settings of a raw recording; None when there are none.

    Raises:
        UnreadableFile: with one sentence for a person.
    """
    for needed in (path, config):
        if needed is not None and not needed.exists():
            raise UnreadableFile(f"{needed} does not exist.")
    if name is not None:
        entry = next((entry for entry in FORMATS if entry.name == name), None)
        if entry is None:
            raise UnreadableFile(f"The format {name} is not read by this version; it reads {format_list()}.")
        return entry
    choice = [entry for entry in FORMATS if sensor in (None, entry.sensor)]
    candidate = Candidate(path, _head(path), config)
    found = next((entry for entry in choice if entry.is_it(candidate)), None)
    if found is None:
        what = "is no folder of a kind" if path.is_dir() else "is in no format"
        raise UnreadableFile(f"{path.name} {what} that is known here; this version reads {format_list()}.")
    return found


def open_recording(
    path: Path,
    name: str | None = None,
    sensor: str | None = None,
    *,
    loop: bool = False,
    config: Path | None = None,
    view: View | None = None,
) -> FrameSource:
    """Open a recording by the name of its format, or by its content.

    Args:
        path: file or folder.
        name: one of FORMATS; None lets the content decide.
        sensor: radar, camera or trace; narrows the choice.
        loop: start again at the end.
        config: settings of a raw recording (TOML, or a maker's profile); None when there are none.
        view: how a camera looks at the room; None leaves it to the recording and its settings.

    Raises:
        UnreadableFile: with one sentence for a person.
    """
    entry = format_of(path, name, sensor, config=config)
    if view is None:
        return entry.open(path, loop=loop, config=config)
    if entry.name not in CAMERA_OPENERS:
        raise UnreadableFile(f"{path.name} is no camera's recording, and a view is drawn for it; leave [view] out.")
    return CAMERA_OPENERS[entry.name](path, loop=loop, config=config, view=view)


def _head(path: Path) -> bytes:
    if path.is_dir():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error.strerror}.") from error
