"""Neutral recordings: complex arrays (`.npz`), complex columns (`.csv`) and displacement traces (`.csv`)."""

import csv
import math
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tokenize import TokenError

import numpy as np
from numpy.typing import NDArray

from edge.errors import UnreadableFile
from edge.frames import Frame, FrameCount, FrameKind, Layout, LoopMark

IQ_COLUMNS = ("t_s", "i", "q")
# A step of more than this many usual periods is a loss.
LOSS_STEP = 1.6
# A csv without a wavelength: 60 GHz, as most of these sensors use.
USUAL_WAVELENGTH_M = 299_792_458.0 / 60e9


class ArrayRecording:
    """A recording that fits in memory, as a frame source."""

    def __init__(
        self, layout: Layout, times_s: NDArray[np.float64], values: NDArray[np.complex64], *, loop: bool = False
    ) -> None:
        """Take over a recording.

        Args:
            layout: of all frames.
            times_s: shape (frames,) [s], rising.
            values: shape (frames, channels).
            loop: start again at the end.
        """
        self._layout = layout
        self._times = times_s - times_s[0]
        self._values = values
        self._loop = loop
        self._count = FrameCount()

    @property
    def count(self) -> FrameCount:
        """Frames read, lost and bad so far."""
        return self._count

    def __iter__(self) -> Iterator[Frame | LoopMark]:
        """Give the frames in order; with `loop`, again and again."""
        steps = np.diff(self._times)
        period_s = float(np.median(steps)) if len(steps) else 0.05
        start_s, loop = 0.0, 1
        while True:
            layout = replace(self._layout)
            for index, (t_s, values) in enumerate(zip(self._times, self._values, strict=True)):
                step_s = steps[index - 1] if index else 0.0
                lost = round(step_s / period_s) - 1 if step_s > LOSS_STEP * period_s else 0
                self._count.read += 1
                self._count.lost += lost
                yield Frame(layout, start_s + float(t_s), values, lost_before=lost)
            if not self._loop:
                return
            start_s += float(self._times[-1]) + period_s
            loop += 1
            yield LoopMark(loop)

    def close(self) -> None:
        """Do nothing: the file was closed when it had been read."""


def iq_npz(path: Path, *, loop: bool = False) -> ArrayRecording:
    """Read `iq` complex [frames, bins] or [frames], `frame_rate_hz`, `wavelength_m` and optionally `range_m` and `t_s`.

    Raises:
        UnreadableFile: not such a file.
    """
    try:
        with np.load(path, allow_pickle=False) as table:
            iq = np.asarray(table["iq"])
            rate_hz = float(table["frame_rate_hz"])
            wavelength_m = float(table["wavelength_m"])
            range_m = np.asarray(table["range_m"], dtype=np.float64) if "range_m" in table else None
            times_s = np.asarray(table["t_s"], dtype=np.float64) if "t_s" in table else None
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile, EOFError, TokenError) as error:
        raise UnreadableFile(
            f"{path.name} is not an .npz with iq, frame_rate_hz and wavelength_m ({error})."
        ) from error
    if iq.ndim == 1:
        iq = iq[:, None]
    if iq.ndim != 2 or iq.shape[0] < 2 or iq.shape[1] < 1 or iq.dtype.kind not in "cfiu":
        raise UnreadableFile(f"{path.name}: iq must be complex [frames, bins] or [frames] with two frames or more.")
    if not (math.isfinite(rate_hz) and rate_hz > 0 and math.isfinite(wavelength_m) and wavelength_m > 0):
        raise UnreadableFile(f"{path.name}: frame_rate_hz and wavelength_m must be positive numbers.")
    if range_m is None:
        range_m = np.full(iq.shape[1], math.nan)
    if range_m.shape != (iq.shape[1],) or not np.isfinite(iq).all():
        raise UnreadableFile(f"{path.name}: range_m must name each bin, and iq must hold finite numbers only.")
    if times_s is None:
        times_s = np.arange(len(iq)) / rate_hz
    if times_s.shape != (len(iq),) or not (np.diff(times_s) > 0).all():
        raise UnreadableFile(f"{path.name}: t_s must give each frame a time that rises.")
    layout = Layout(FrameKind.RADAR, range_m, wavelength_m, rate_hz)
    return ArrayRecording(layout, times_s, iq.astype(np.complex64), loop=loop)


def csv_header(path: Path) -> tuple[str, ...]:
    """Return the first row of a csv, lower case; empty when the file is no text."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(cell.strip().lower() for cell in next(csv.reader([file.readline(4096)]), []))
    except (OSError, UnicodeDecodeError):
        return ()


def _columns(path: Path, names: Sequence[str]) -> tuple[NDArray[np.float64], int]:
    """Read the named columns; rows that are not numbers are left out and counted."""
    header = csv_header(path)
    places = [header.index(name) for name in names]
    rows: list[list[float]] = []
    bad = 0
    try:
        with path.open(encoding="utf-8", newline="", errors="replace") as file:
            lines = csv.reader(file)
            next(lines, None)
            for line in lines:
                try:
                    row = [float(line[place]) for place in places]
                except (ValueError, IndexError):
                    bad += 1
                    continue
                if all(map(math.isfinite, row)) and (not rows or row[0] > rows[-1][0]):
                    rows.append(row)
                else:
                    bad += 1
    except csv.Error as error:
        raise UnreadableFile(f"{path.name} is not a readable csv ({error}).") from error
    if len(rows) < 2:
        raise UnreadableFile(f"{path.name} holds fewer than two rows of numbers in {', '.join(names)}.")
    return np.array(rows), bad


def iq_csv(path: Path, *, loop: bool = False) -> ArrayRecording:
    """Read the columns `t_s,i,q` of one range bin.

    Raises:
        UnreadableFile: not such a file.
    """
    if not set(IQ_COLUMNS) <= set(csv_header(path)):
        raise UnreadableFile(f"{path.name} does not have the columns t_s, i and q.")
    table, bad = _columns(path, IQ_COLUMNS)
    values = (table[:, 1] + 1j * table[:, 2]).astype(np.complex64)[:, None]
    layout = Layout(FrameKind.RADAR, np.full(1, math.nan), USUAL_WAVELENGTH_M, _rate(table[:, 0]))
    source = ArrayRecording(layout, table[:, 0], values, loop=loop)
    source.count.bad = bad
    return source


def trace_csv(path: Path, *, loop: bool = False) -> ArrayRecording:
    """Read a displacement trace: `t_s` [s] or `timestamp` [ms], and displacement columns [mm].

    Raises:
        UnreadableFile: not such a file.
    """
    header = csv_header(path)
    time = next((name for name in ("t_s", "timestamp") if name in header), None)
    values = [name for name in header if name.startswith("displacement")]
    values = values or [name for name in header if name and name != time]
    if time is None or not values:
        raise UnreadableFile(f"{path.name} does not have t_s or timestamp beside displacement columns.")
    table, bad = _columns(path, [time, *values])
    times_s = table[:, 0] / (1000 if time == "timestamp" else 1)
    layout = Layout(FrameKind.TRACE, np.full(len(values), math.nan), math.nan, _rate(times_s))
    source = ArrayRecording(layout, times_s, table[:, 1:].astype(np.complex64), loop=loop)
    source.count.bad = bad
    return source


def _rate(times_s: NDArray[np.float64]) -> float:
    return 1 / float(np.median(np.diff(times_s)))
