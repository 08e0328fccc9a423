"""Video files (`.mp4 .avi .mkv .mov .webm`), through OpenCV's own FFmpeg."""

import math
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
from edge.sources.camera.drawing import USUAL_RATE_HZ, Told, is_rate, told_in
from edge.sources.camera.eye import Eye, be_quiet, is_seeable
from edge.sources.recording import Recording
from edge.view import OPEN_VIEW, View

LOOKED_AT = 32
"""Pictures at the beginning by whose times it is decided whether the file's times can be believed."""
NEAR = 0.1
"""Relative difference within which the container's rate and the pictures' own times say the same."""
CUT_SHARE, CUT_FRAMES = 0.02, 2
"""A file that ends earlier than it says by more than this is cut; containers count loosely."""


@dataclass(frozen=True, eq=False)
class _Film:
    """What was found on opening."""

    path: Path
    view: View
    camera_rate_hz: float
    has_times: bool
    """The pictures' own times rise, and are believed; otherwise each comes a period after the one before."""
    first_s: float
    frames: float
    """As the container says; 0 or less where it does not."""


class _Reel:
    """An open video file; its one picture buffer is used again for each picture."""

    def __init__(self, path: Path) -> None:
        be_quiet()
        self._capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        self._buffer: NDArray[Any] | None = None
        self.is_open: bool = self._capture.isOpened()
        self.height_px = int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        self.width_px = int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        self.rate_hz: float = self._capture.get(cv2.CAP_PROP_FPS)
        self.frames: float = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)

    def next(self) -> bool:
        """Go to the next picture without converting it; False at the end."""
        moved: bool = self._capture.grab()
        return moved

    @property
    def t_s(self) -> float:
        """[s] of the picture, by the file."""
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000

    def picture(self) -> NDArray[Any] | None:
        """Return the picture, which the next one overwrites; None when it cannot be decoded."""
        is_whole, self._buffer = self._capture.retrieve(self._buffer)
        return self._buffer if is_whole else None

    def close(self) -> None:
        self._capture.release()


def video(path: Path, *, loop: bool = False, config: Path | None = None, view: View | None = None) -> Recording:
    """Open a video.

    Each picture is dated by the file where its times rise; otherwise the pictures are taken as evenly spaced, at the
    rate of `[camera] frame_rate_hz`, of the file, or 10 /s. At most 15 a second are passed on (`Pace`).

    Args:
        path: the file.
        loop: start again at the end.
        config: TOML with `[view]` and `[camera]`.
        view: wins over the one in `config`.

    Raises:
        UnreadableFile: not a video that can be decoded, pictures of an impossible size, or none at all.
    """
    told = told_in(config)
    warnings: list[str] = []
    film = _film(path, told, view or told.view or OPEN_VIEW, warnings)
    return Recording(partial(_frames, film), name=path.name, loop=loop, warnings=tuple(warnings))


def _film(path: Path, told: Told, view: View, warnings: list[str]) -> _Film:
    reel = _Reel(path)
    try:
        if not reel.is_open:
            raise UnreadableFile(f"{path.name} cannot be opened as a video: it is cut, empty or of another kind.")
        if not is_seeable(reel.height_px, reel.width_px):
            raise UnreadableFile(
                f"{path.name} has pictures of {reel.width_px}x{reel.height_px}; a camera of this kind has 640x480."
            )
        times_s: list[float] = []
        while len(times_s) < LOOKED_AT and reel.next():
            times_s.append(reel.t_s)
        if not times_s:
            raise UnreadableFile(f"{path.name} holds no picture that can be decoded.")
        own_hz = _rate_of(times_s)
        rate_hz = told.frame_rate_hz or _agreed(own_hz, reel.rate_hz)
        if rate_hz is None:
            rate_hz = USUAL_RATE_HZ
            warnings.append(f"{path.name} does not say its frame rate: {USUAL_RATE_HZ:g} frames/s were taken.")
        return _Film(path, view, rate_hz, own_hz is not None, times_s[0], reel.frames)
    finally:
        reel.close()


def _rate_of(times_s: list[float]) -> float | None:
    """Return the usual rate of pictures by their times [Hz]; None when the times do not all rise."""
    steps = sorted(later - earlier for earlier, later in pairwise(times_s))
    if not steps or not all(map(math.isfinite, times_s)) or steps[0] <= 0:
        return None
    return 1 / steps[len(steps) // 2]


def _agreed(own_hz: float | None, told_hz: float) -> float | None:
    """Return the container's rate where the pictures' times agree with it, otherwise theirs; None: nobody knows.

    Times are often rounded to milliseconds, so the container knows better what both know.
    """
    if own_hz is None or not is_rate(own_hz):
        return told_hz if is_rate(told_hz) else None
    return told_hz if abs(told_hz - own_hz) <= NEAR * own_hz else own_hz


def _frames(film: _Film, count: FrameCount) -> Iterator[Frame]:
    reel, eye = _Reel(film.path), Eye(film.view, film.camera_rate_hz, count)
    number = 0
    try:
        while reel.next():
            t_s = reel.t_s - film.first_s if film.has_times else number / film.camera_rate_hz
            number += 1
            frame = eye.see(reel.picture(), t_s) if eye.takes(t_s) else None
            if frame is not None:
                yield frame
    finally:
        reel.close()
    if number < film.frames * (1 - CUT_SHARE) - CUT_FRAMES:
        count.bad += 1
        count.warnings.append(f"{film.path.name} is cut: it ends after {number} of {film.frames:.0f} pictures.")
