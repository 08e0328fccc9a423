"""Recordings of the Acconeer A121 (`.h5`), played back as if they were the sensor (only importer of h5py)."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from edge.errors import SourceError, UnreadableFile
from edge.frames import Frame, FrameCount, Layout, LoopMark
from edge.sweeps import TICKS, layout_of, lost_in, period_s, profile_of

# A cut file is read into memory; what is missing may be this long.
MAX_MISSING_BYTES = 1 << 30
FRAMES_AT_ONCE = 64
SIGNATURE = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class _Entry:
    """One sensor of one session."""

    group: Any
    layout: Layout
    ticks_per_s: float
    frames: int


def is_hdf5(head: bytes) -> bool:
    """Say whether a file's first bytes are those of HDF5."""
    return head.startswith(SIGNATURE)


def json_in(dataset: Any) -> dict[str, Any]:
    """Return the JSON object that a dataset of text holds."""
    raw = dataset[()]
    value: dict[str, Any] = json.loads(raw.decode("utf-8") if isinstance(raw, bytes) else str(raw))
    return value


def _sensor_config(session: dict[str, Any], group: int, sensor_id: int) -> dict[str, Any]:
    entry = session["groups"][group][str(sensor_id)]
    config: dict[str, Any] = entry.get("config", entry)
    return config


def _entry(session: Any, group_index: int, node: Any, ticks_per_s: float) -> _Entry:
    config_all = json_in(session["session_config"])
    config = _sensor_config(config_all, group_index, int(node["sensor_id"][()]))
    metadata = json_in(node["metadata"])
    layout = layout_of(config, float(metadata["base_step_length_m"]), config_all.get("update_rate"))
    return _Entry(node["result"], layout, ticks_per_s, int(node["result"]["frame"].shape[0]))


def numbered(group: Any, prefix: str) -> list[tuple[int, Any]]:
    """List the members of a group whose names are a prefix and a number, in the order of the numbers."""
    names = [name for name in group if name.startswith(prefix)]
    return sorted((int(name.removeprefix(prefix)), group[name]) for name in names)


def _first_entries(file: Any) -> list[_Entry]:
    """List, for each session in order, the sensor entry with most range points."""
    info = json_in(file["server_info"])
    ticks_per_s = float(info.get("ticks_per_second") or 1e6)
    chosen = []
    for _, session in numbered(file["sessions"], "session_"):
        entries = [
            _entry(session, index, node, ticks_per_s)
            for index, group in numbered(session, "group_")
            for _, node in numbered(group, "entry_")
        ]
        chosen.append(max(entries, key=lambda entry: entry.layout.channels))
    return chosen


class A121Recording:
    """An Acconeer A121 recording as a frame source.

    Several sessions follow each other, each with its own layout (and so its own window); where a session has
    several sensors or groups, the one with most range points speaks.
    """

    def __init__(self, path: Path, *, loop: bool = False) -> None:
        """Open a recording.

        Raises:
            UnreadableFile: not an A121 recording, or broken from the start.
        """
        self._path = path
        self._loop = loop
        self._count = FrameCount()
        self._file, self._is_cut = opened(path)
        try:
            generation = self._file["generation"][()]
            if generation not in (b"a121", "a121"):
                raise UnreadableFile(f"{path.name} is an Acconeer recording of another sensor than the A121.")
            self._entries = _first_entries(self._file)
        except (KeyError, ValueError, TypeError, OSError, RuntimeError) as error:
            self._file.close()
            raise UnreadableFile(f"{path.name} is HDF5, but not an Acconeer A121 recording.") from error
        except UnreadableFile:
            self._file.close()
            raise
        if not self._entries or not any(entry.frames for entry in self._entries):
            self._file.close()
            raise UnreadableFile(f"{path.name} holds no frames.")

    @property
    def count(self) -> FrameCount:
        """Frames read, lost and bad so far."""
        return self._count

    def __iter__(self) -> Iterator[Frame | LoopMark]:
        """Give the frames of all sessions; with `loop`, again and again."""
        loop = 1
        start_s = 0.0
        while True:
            for frame in self._once():
                yield replace(frame, t_s=frame.t_s + start_s)
                last_s = frame.t_s + start_s
                step = period_s(frame.layout)
            if not self._loop:
                return
            start_s = last_s + step
            loop += 1
            yield LoopMark(loop)

    def _once(self) -> Iterator[Frame]:
        start_s = 0.0
        for entry in self._entries:
            last_s = start_s
            try:
                for frame in self._session(entry, start_s):
                    last_s = frame.t_s
                    yield frame
            except (OSError, RuntimeError, KeyError) as error:
                warning = f"{self._path.name} is cut after {last_s:.1f} s of recording."
                self._count.warnings.append(warning)
                self._count.bad += 1
                if self._count.read == 0:
                    raise SourceError(warning) from error
                return
            start_s = last_s + period_s(entry.layout)

    def _session(self, entry: _Entry, start_s: float) -> Iterator[Frame]:
        result, layout = entry.group, entry.layout
        # A fresh layout object per pass makes a looped recording start with a cleared window.
        layout = replace(layout)
        flags = {name: result[name][()] for name in ("data_saturated", "frame_delayed", "calibration_needed")}
        times_s = _unwrapped(result["tick"][()]) / entry.ticks_per_s
        usual_s = period_s(layout)
        for index, raw in enumerate(_raw_frames(result["frame"], entry.frames)):
            if self._is_cut and not raw["real"].any() and not raw["imag"].any():
                raise OSError("the rest of the file is missing")
            profile, noise = profile_of(raw["real"], raw["imag"])
            step_s = times_s[index] - times_s[index - 1] if index else 0.0
            lost = lost_in(step_s, usual_s)
            self._count.read += 1
            self._count.lost += lost
            yield Frame(
                layout=layout,
                t_s=start_s + float(times_s[index] - times_s[0]),
                values=profile,
                noise_power=noise,
                lost_before=lost,
                is_saturated=bool(flags["data_saturated"][index]),
                is_late=bool(flags["frame_delayed"][index]),
                needs_calibration=bool(flags["calibration_needed"][index]),
            )

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()


def opened(path: Path) -> tuple[Any, bool]:
    """Open an HDF5 file; one that was cut short is filled up with zeros in memory.

    Returns:
        The file, and whether it was cut.

    Raises:
        UnreadableFile: not HDF5, or cut so early that nothing can be found in it.
    """
    try:
        return h5py.File(path, "r"), False
    except OSError as error:
        try:
            data = path.read_bytes()
            # Superblock of version 0 and 1: the end-of-file address stands at byte 40; of 2 and 3: at byte 28.
            place = 40 if data[8] < 2 else 28
            end = int.from_bytes(data[place : place + 8], "little")
            if not (is_hdf5(data) and len(data) < end < len(data) + MAX_MISSING_BYTES):
                raise OSError("not a cut file")
            return h5py.File(io.BytesIO(data.ljust(end, b"\0")), "r"), True
        except (OSError, IndexError, RuntimeError, ValueError):
            raise UnreadableFile(f"{path.name} is not a readable HDF5 file ({_first_line(error)}).") from error


def _raw_frames(dataset: Any, frames: int) -> Iterator[NDArray[Any]]:
    """Give the stored frames; many at a time, since a chunk of the file is unpacked anew at every reading."""
    for first in range(0, frames, FRAMES_AT_ONCE):
        last = min(first + FRAMES_AT_ONCE, frames)
        try:
            yield from dataset[first:last]
        except (OSError, RuntimeError):
            # Something is missing in here: all that stands before it is given.
            for index in range(first, last):
                yield dataset[index]


def _unwrapped(ticks: NDArray[Any]) -> NDArray[np.float64]:
    """Undo the wrapping of the sensor's 32-bit tick counter."""
    steps = np.mod(np.diff(ticks.astype(np.int64)), TICKS)
    return np.concatenate([[0], np.cumsum(steps)]).astype(np.float64)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
