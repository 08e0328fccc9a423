"""A folder of pictures, one for each moment."""

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
from numpy.typing import NDArray

from edge.errors import UnreadableFile
from edge.frames import Frame, FrameCount
from edge.sources.camera.drawing import USUAL_RATE_HZ, told_in
from edge.sources.camera.eye import Eye, be_quiet
from edge.sources.camera.kinds import PICTURES, TIMES_FILE, pictures_in
from edge.sources.camera.picture_size import size_of
from edge.sources.recording import Recording
from edge.view import OPEN_VIEW, View

HEAD_BYTES = 1 << 18
"""In which a picture says its size; a photograph's notes on itself may stand before it."""
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, eq=False)
class _Album:
    """What was found on opening."""

    pictures: tuple[Path, ...]
    times_s: tuple[float, ...]
    """[s] of each, from 0."""
    view: View
    camera_rate_hz: float


def frames_dir(path: Path, *, loop: bool = False, config: Path | None = None, view: View | None = None) -> Recording:
    """Open a folder of pictures (`.png .jpg .jpeg .bmp .pgm .ppm`), in the natural order of their names.

    Their times stand in `times.csv` (one column `t_s`, or `name` and `t_s`), or they are evenly spaced at
    `[camera] frame_rate_hz`, without which 10 /s are taken. Of a picture of 16 bits the upper eight are seen, and
    transparency is not. A picture that cannot be read, or is of another size than the first, is bad.

    Args:
        path: the folder.
        loop: start again at the end.
        config: TOML with `[view]` and `[camera]`.
        view: wins over the one in `config`.

    Raises:
        UnreadableFile: no pictures in it, or times that do not fit them.
    """
    told = told_in(config)
    pictures = sorted(pictures_in(path), key=_natural)
    if not pictures:
        raise UnreadableFile(f"{path.name} holds no pictures ({' '.join(PICTURES)}).")
    warnings: list[str] = []
    times_s = _times(path / TIMES_FILE, pictures) if (path / TIMES_FILE).is_file() else None
    rate_hz = told.frame_rate_hz or (None if times_s is None else _usual_rate(times_s))
    if rate_hz is None:
        rate_hz = USUAL_RATE_HZ
        warnings.append(
            f"{path.name} does not say its frame rate: {USUAL_RATE_HZ:g} frames/s were taken; put a {TIMES_FILE} "
            "beside the pictures, or give --config with [camera] frame_rate_hz."
        )
    times_s = times_s or [number / rate_hz for number in range(len(pictures))]
    album = _Album(tuple(pictures), tuple(one - times_s[0] for one in times_s), view or told.view or OPEN_VIEW, rate_hz)
    return Recording(partial(_frames, album), name=path.name, loop=loop, warnings=tuple(warnings))


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sort `frame9` before `frame10`."""
    parts = _DIGITS.split(path.name.lower())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _times(table: Path, pictures: list[Path]) -> list[float]:
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        times_s = [float(row["t_s"]) for row in rows]
        if rows and "name" in rows[0]:
            by_name = dict(zip((row["name"] for row in rows), times_s, strict=True))
            times_s = [by_name[one.name] for one in pictures]
    except (OSError, UnicodeDecodeError, csv.Error, ValueError, TypeError) as error:
        raise UnreadableFile(f"{table.name} in {table.parent.name} is not a table of t_s, or name and t_s.") from error
    except KeyError as error:
        raise UnreadableFile(f"{table.name} in {table.parent.name} lacks {error.args[0]}.") from error
    if len(times_s) != len(pictures) or not all(map(math.isfinite, times_s)):
        raise UnreadableFile(
            f"{table.name} in {table.parent.name} has {len(times_s)} times for {len(pictures)} pictures; give each one."
        )
    return times_s


def _usual_rate(times_s: list[float]) -> float | None:
    """Return the rate of the median step [Hz]; None where no time passes."""
    steps = sorted(later - earlier for earlier, later in pairwise(times_s))
    middle = steps[len(steps) // 2] if steps else 0.0
    return 1 / middle if middle > 0 else None


def _frames(album: _Album, count: FrameCount) -> Iterator[Frame]:
    eye, size = Eye(album.view, album.camera_rate_hz, count), None
    for path, t_s in zip(album.pictures, album.times_s, strict=True):
        if not eye.takes(t_s):
            continue
        picture = _read(path)
        if picture is not None:
            size = size or picture.shape
        frame = eye.see(picture if picture is not None and picture.shape == size else None, t_s)
        if frame is not None:
            yield frame


def _read(path: Path) -> NDArray[Any] | None:
    """Decode a picture, which gives its luminance alone; None when it cannot be had, or is too large to be opened."""
    be_quiet()
    try:
        with path.open("rb") as file:
            if size_of(file.read(HEAD_BYTES)) is None:
                return None
        return cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    except (OSError, cv2.error):
        return None
