"""Pictures in an array (`.npz`), read one after the other out of the archive."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from edge.errors import SettingsError, UnreadableFile
from edge.frames import Frame, FrameCount
from edge.sources.camera.drawing import LEAST_RATE_HZ, MOST_RATE_HZ, is_rate, told_in, view_from
from edge.sources.camera.eye import RGB, Eye, is_seeable
from edge.sources.recording import Recording
from edge.view import OPEN_VIEW, View

MOST_BYTES = 1 << 26
"""Of anything but the pictures: the times of a week."""
# What numpy and zipfile raise at a broken file; NotImplementedError is zipfile's word for a compression it cannot undo.
_DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)


@dataclass(frozen=True, eq=False)
class _Shelf:
    """What was found on opening."""

    path: Path
    shape: tuple[int, ...]
    """Of the pictures: (frames, height, width), or with a fourth axis for red, green and blue."""
    camera_rate_hz: float
    times_s: NDArray[np.float64]
    view: View


def frames_npz(path: Path, *, loop: bool = False, config: Path | None = None, view: View | None = None) -> Recording:
    """Open an archive with `frames` and `frame_rate_hz`.

    `frames` is uint8 of shape (frames, height, width) or (frames, height, width, 3) in red, green, blue. Optional are
    `t_s` (frames,), and `rows` (twelve strings) with `distance_m`, as in `[view]`. Only one picture is in memory at
    a time.

    Args:
        path: the file.
        loop: start again at the end.
        config: TOML with `[view]` and `[camera]`; wins over what the archive says.
        view: wins over both.

    Raises:
        UnreadableFile: not such an archive.
    """
    told = told_in(config)
    try:
        with zipfile.ZipFile(path) as archive:
            shape = _shape(path.name, archive)
            stored = {name: _small(archive, name) for name in ("frame_rate_hz", "t_s", "rows", "distance_m")}
        rate_hz = told.frame_rate_hz or _rate(stored["frame_rate_hz"])
        times_s = _times(shape[0], rate_hz, stored["t_s"])
        drawn = view or told.view or _drawn(stored["rows"], stored["distance_m"])
    except SettingsError as error:
        raise UnreadableFile(f"{path.name}: {error}.") from error
    except _DAMAGE as error:
        raise UnreadableFile(f"{path.name} is not an .npz with frames and frame_rate_hz ({error}).") from error
    return Recording(partial(_frames, _Shelf(path, shape, rate_hz, times_s, drawn)), name=path.name, loop=loop)


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, is_fortran, dtype = reader(file)
    return shape, is_fortran, dtype


def _shape(name: str, archive: zipfile.ZipFile) -> tuple[int, ...]:
    with archive.open("frames.npy") as file:
        shape, is_fortran, dtype = _header(file)
    if dtype != np.uint8:
        raise UnreadableFile(f"{name}: frames are {dtype}, and must be uint8: bring them to 8 bits first.")
    if is_fortran or len(shape) not in (3, 4) or (len(shape) == 4 and shape[3] not in (1, 3)) or shape[0] < 1:
        raise UnreadableFile(f"{name}: frames must be [frames, height, width], or that with red, green and blue last.")
    if not is_seeable(*shape[1:3]):
        raise UnreadableFile(f"{name} has pictures of {shape[2]}x{shape[1]}; a camera of this kind has 640x480.")
    return shape


def _small(archive: zipfile.ZipFile, name: str) -> NDArray[Any] | None:
    member = f"{name}.npy"
    if member not in archive.namelist():
        return None
    if archive.getinfo(member).file_size > MOST_BYTES:
        raise ValueError(f"{name} is too large")
    array: NDArray[Any] = np.load(io.BytesIO(archive.read(member)), allow_pickle=False)
    return array


def _rate(stored: NDArray[Any] | None) -> float:
    if stored is None:
        raise KeyError("frame_rate_hz is missing")
    if not is_rate(float(stored)):
        raise ValueError(f"frame_rate_hz is a number from {LEAST_RATE_HZ:g} to {MOST_RATE_HZ:g}")
    return float(stored)


def _times(frames: int, rate_hz: float, stored: NDArray[Any] | None) -> NDArray[np.float64]:
    if stored is None:
        return np.arange(frames) / rate_hz
    if stored.shape != (frames,):
        raise ValueError("t_s must give each frame a time")
    times_s: NDArray[np.float64] = stored.astype(np.float64)
    times_s -= times_s[0]
    return times_s


def _drawn(rows: NDArray[Any] | None, distance_m: NDArray[Any] | None) -> View:
    told: dict[str, Any] = {}
    if rows is not None:
        told["rows"] = [str(row) for row in np.atleast_1d(rows)]
    if distance_m is not None:
        told["distance_m"] = float(distance_m)
    return view_from(told) if told else OPEN_VIEW


def _frames(shelf: _Shelf, count: FrameCount) -> Iterator[Frame]:
    eye = Eye(shelf.view, shelf.camera_rate_hz, count, RGB)
    with zipfile.ZipFile(shelf.path) as archive, archive.open("frames.npy") as file:
        _header(file)
        memory = memoryview(bytearray(int(np.prod(shelf.shape[1:]))))
        picture = np.frombuffer(memory, np.uint8).reshape(shelf.shape[1:])
        for number, t_s in enumerate(shelf.times_s):
            if not _fill(memory, file):
                count.bad += 1
                count.warnings.append(f"{shelf.path.name} is cut after {number} of {shelf.shape[0]} frames.")
                return
            frame = eye.see(picture, float(t_s)) if eye.takes(float(t_s)) else None
            if frame is not None:
                yield frame


def _fill(memory: memoryview, file: IO[bytes]) -> bool:
    """Read the next picture over the one before; False when the archive is damaged here."""
    place = 0
    try:
        while place < len(memory):
            part = file.read(len(memory) - place)
            if not part:
                return False
            memory[place : place + len(part)] = part
            place += len(part)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error):
        return False
    return True
