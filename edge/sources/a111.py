"""Recordings of the Acconeer A111 (`.h5`): the services IQ and sparse.

One HDF5 dataset per field: `mode`, `sensor_config_dump`, `session_info` and `data_info` as text (JSON), `data` as
(sweeps, sensors, distances) complex for IQ and (frames, sensors, sweeps, distances) around 32,768 for sparse, and
`sample_times` [s] by the clock of the computer.

Source:
    Acconeer Exploration Tool (BSD-3-Clear), docs/a111/file_format_ref.rst. Power bins and envelope hold no phase and
    no sweeps to compare, and are not read.
"""

import json
import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from edge.errors import UnreadableFile
from edge.frames import Frame, FrameCount, FrameKind, Hint, Layout
from edge.sources.recording import Recording
from edge.sweeps import CARRIER_HZ, LIGHT_M_PER_S, NOISE_FROM_SWEEPS

LEAST_STEP_M = 0.03
"""IQ comes every half millimetre, far finer than a pulse is long (0.04 m and more): points nearer than this are left
out, since they tell the same."""
# As in edge.occupancy and edge.motion, set on the simulator: energy between frames over that of the noise.
STIR, FULL_SCALE_DB = 4.0, 2.0
STRONGEST = 3
_FIELDS = ("mode", "sensor_config_dump", "session_info", "data", "data_info")
_NOTHING = np.zeros(0, dtype=np.complex64)


@dataclass(frozen=True, eq=False)
class _Record:
    """What a file holds, checked."""

    is_sparse: bool
    data: NDArray[Any]
    """shape (frames, distances) complex, or (frames, sweeps, distances) real around 0."""
    flags: Sequence[Mapping[str, Any]]
    """What the sensor said of each frame."""
    range_m: NDArray[np.float64]
    rate_hz: float
    warnings: tuple[str, ...]


def is_a111(path: Path) -> bool:
    """Say whether an HDF5 file has the fields of an A111 recording."""
    try:
        with h5py.File(path) as file:
            return all(name in file for name in _FIELDS)
    except OSError:
        return False


def a111_h5(path: Path, *, loop: bool = False) -> Recording:
    """Open a recording.

    IQ gives frames of radar. Sparse holds the amplitude alone, every six centimetres, with no phase to tell a chest's
    few millimetres by: it gives hints of how much stirs, and never a rate.

    Raises:
        UnreadableFile: not such a file, or another service.
    """
    try:
        with h5py.File(path) as file:
            record = _checked(path.name, file)
    except (OSError, KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise UnreadableFile(f"{path.name} is not a whole A111 recording ({error}).") from error
    reader = _sparse_frames if record.is_sparse else _iq_frames
    return Recording(lambda count: reader(record, count), name=path.name, loop=loop, warnings=record.warnings)


def _text(file: Any, name: str) -> str:
    raw = file[name][()]
    return raw.decode("utf-8") if isinstance(raw, bytes) else str(raw)


def _checked(name: str, file: Any) -> _Record:
    mode = _text(file, "mode").lower()
    if mode not in ("iq", "sparse"):
        raise UnreadableFile(f"{name} is an A111 recording of the service {mode}; record with IQ or sparse instead.")
    data, info = file["data"][()], json.loads(_text(file, "data_info"))
    is_sparse = mode == "sparse"
    if data.ndim != (4 if is_sparse else 3) or 0 in data.shape or data.dtype.kind not in "cfiu":
        raise ValueError(f"data has the shape {data.shape}")
    if len(info) != len(data) or not np.isfinite(data).all():
        raise ValueError("data_info does not fit data, or data holds what is no number")
    warnings = (f"{name} has {data.shape[1]} sensors: the first was taken.",) if data.shape[1] > 1 else ()
    one = data[:, 0].astype(np.float64) - 32768 if is_sparse else data[:, 0].astype(np.complex64)
    range_m = _ranges(json.loads(_text(file, "session_info")), one.shape[-1])
    rate_hz = _rate_hz(json.loads(_text(file, "sensor_config_dump")), file)
    return _Record(is_sparse, one, [flags[0] for flags in info], range_m, rate_hz, warnings)


def _ranges(session: Mapping[str, Any], points: int) -> NDArray[np.float64]:
    start_m, length_m = float(session["range_start_m"]), float(session["range_length_m"])
    step_m = float(session.get("step_length_m") or length_m / max(1, points - 1))
    if not (math.isfinite(start_m) and 0 < step_m < 1):
        raise ValueError("session_info names no range")
    return np.asarray(start_m + step_m * np.arange(points), dtype=np.float64)


def _rate_hz(config: Mapping[str, Any], file: Any) -> float:
    """Take the rate that was asked for; else the mean of the times at which frames came."""
    told = config.get("update_rate")
    if told is None and "sample_times" in file and len(file["sample_times"]) > 1:
        times = np.asarray(file["sample_times"][()], dtype=np.float64)
        told = (len(times) - 1) / float(times[-1] - times[0])
    if told is None or not 0 < float(told) < 10_000:
        raise ValueError("neither update_rate nor sample_times say how fast it was")
    return float(told)


def _iq_frames(record: _Record, count: FrameCount) -> Iterator[Frame]:
    every = max(1, round(LEAST_STEP_M / float(np.diff(record.range_m).mean()))) if len(record.range_m) > 1 else 1
    layout = Layout(FrameKind.RADAR, record.range_m[::every], LIGHT_M_PER_S / CARRIER_HZ, record.rate_hz)
    for t_s, lost, values, flags in _timed(record, count):
        yield Frame(
            layout, t_s, values[::every], lost_before=lost, is_saturated=bool(flags.get("data_saturated", False))
        )


def _sparse_frames(record: _Record, count: FrameCount) -> Iterator[Frame]:
    layout = Layout(FrameKind.HINT, np.zeros(0), math.nan, record.rate_hz)
    stirring = _Stirring(record.rate_hz)
    for t_s, lost, sweeps, _ in _timed(record, count):
        yield Frame(layout, t_s, _NOTHING, lost_before=lost, hint=stirring.look(sweeps))


def _timed(record: _Record, count: FrameCount) -> Iterator[tuple[float, int, NDArray[Any], Mapping[str, Any]]]:
    """Give each frame with its time [s] and what was lost before it; how much was lost is not said, one is taken."""
    place = 0
    for values, flags in zip(record.data, record.flags, strict=True):
        lost = int(bool(flags.get("missed_data", False)) and place > 0)
        count.read += 1
        count.lost += lost
        place += lost
        yield place / record.rate_hz, lost, values, flags
        place += 1


class _Stirring:
    """Follows how much the echo changes from frame to frame, measured by the scatter of the sweeps within a frame."""

    def __init__(self, rate_hz: float) -> None:
        self._before: NDArray[np.float64] | None = None
        self._ratios: deque[NDArray[np.float64]] = deque(maxlen=max(2, round(rate_hz)))

    def look(self, sweeps: NDArray[np.float64]) -> Hint:
        """Take one frame in.

        Args:
            sweeps: shape (sweeps, distances).

        Returns:
            What the last second amounts to; presence only where something stirs, since an amplitude that does not
            change proves nothing.
        """
        now, before = sweeps.mean(axis=0), self._before
        self._before = now
        if before is None or len(sweeps) < NOISE_FROM_SWEEPS:
            return Hint()
        noise = (np.diff(sweeps, axis=0) ** 2).mean(axis=0) / (2 * len(sweeps)) + 1e-9
        self._ratios.append((now - before) ** 2 / (2 * noise))
        if len(self._ratios) < (self._ratios.maxlen or 0):
            return Hint()
        ratio = float(np.sort(np.mean(self._ratios, axis=0))[-STRONGEST:].mean())
        level = math.log10(max(ratio, 1.0) / 2) / FULL_SCALE_DB
        return Hint(presence=True if ratio > STIR else None, movement=min(max(level, 0.0), 1.0))
