"""Recording folders of the Infineon BGT60 (`RadarIfxAvian_NN/` with config.json and radar.npy).

Source: the file formats of ifxdaq (`docs/_sources/file_format`), Infineon's own recorder.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.errors import UnreadableFile
from edge.frames import Frame, FrameCount, FrameKind, Layout
from edge.range_transform import MAX_RANGE_M, RangeTransform, is_clipped
from edge.sources.raw_settings import checked, chirp_of, read_radar_table, receiver_of
from edge.sources.recording import Recording

ARRAY, SETTINGS, ONE_SENSOR = "radar.npy", "config.json", "RadarIfxAvian_*"
# The converter has 12 bits.
LOWEST, HIGHEST = 0, 4095
MAX_SETTINGS_BYTES = 1 << 20
# A step of more than this many periods is a loss; hosts jitter by a tenth (RADAR_FORMATS section 3).
LOSS_STEP = 1.6


@dataclass(frozen=True, eq=False)
class _Folder:
    """One sensor of a recording."""

    array: NDArray[np.uint16]
    """shape (frames, antennas, chirps, samples), mapped and not read; shorter than promised when the file is cut."""
    is_cut: bool
    radar: Mapping[str, float]
    """The `[radar]` keys that config.json gives."""
    times_s: NDArray[np.float64] | None
    """shape (frames,), of the host; None where they are missing or do not rise."""


def folder_of(path: Path) -> tuple[Path, tuple[str, ...]] | None:
    """Find the sensor's folder: the folder itself, its array, or the first that has frames in it or in one below.

    Returns:
        The folder, and what to say when it was one of several; None when there is none.
    """
    if path.is_file():
        path = path.parent if path.name == ARRAY else path
    if _is_sensor(path):
        return path, ()
    below = (path.glob(pattern) for pattern in (ONE_SENSOR, f"*/{ONE_SENSOR}"))
    sensors = sorted(one for found in below for one in found if _is_sensor(one)) if path.is_dir() else []
    if not sensors:
        return None
    chosen = next((one for one in sensors if _frames_promised(one / ARRAY)), sensors[0])
    said = f"{path.name} holds {len(sensors)} sensors; {chosen.relative_to(path)} was read." if len(sensors) > 1 else ""
    return chosen, (said,) if said else ()


def _is_sensor(folder: Path) -> bool:
    return (folder / ARRAY).is_file() and (folder / SETTINGS).is_file()


def bgt60(path: Path, *, loop: bool = False, config: Path | None = None) -> Recording:
    """Open a recording folder.

    Args:
        path: a sensor's folder, its radar.npy, or the folder that holds `RadarIfxAvian_*` folders.
        loop: start again at the end.
        config: `[radar]` table; `receiver` chooses one antenna (from 0), `max_range_m` the last range.

    Raises:
        UnreadableFile: what is missing or does not fit together.
    """
    found = folder_of(path)
    if found is None:
        raise UnreadableFile(f"{path.name} has no {ARRAY} with its {SETTINGS}, alone or in {ONE_SENSOR} folders.")
    folder, warnings = found
    told = read_radar_table(config)
    recorded = _folder(folder, told)
    receiver = receiver_of(told, recorded.array.shape[1], path.name)
    if recorded.is_cut:
        warnings = (*warnings, f"{ARRAY} is cut after {len(recorded.array)} frames.")
    if recorded.times_s is None:
        warnings = (*warnings, "No usable times of the frames: the set frame rate was taken.")
    source = Recording(lambda count: _frames(recorded, receiver, count), name=path.name, loop=loop, warnings=warnings)
    source.count.bad = int(recorded.is_cut)
    return source


def _folder(folder: Path, told: Mapping[str, float]) -> _Folder:
    array, is_cut = mapped(folder / ARRAY)
    radar = {**_radar_table(folder / SETTINGS), **told}
    samples = radar["samples_per_chirp"]
    if samples != array.shape[3]:
        raise UnreadableFile(f"{SETTINGS} says {samples:g} samples per chirp, but {ARRAY} holds {array.shape[3]}.")
    return _Folder(array, is_cut, radar, _times(folder, len(array)))


def _radar_table(path: Path) -> dict[str, float]:
    """Read a recorder's settings as the keys of a `[radar]` table."""
    try:
        with path.open("rb") as file:
            shape = json.loads(file.read(MAX_SETTINGS_BYTES))["device_config"]["fmcw_single_shape"]
        start_hz, end_hz = float(shape["start_frequency_Hz"]), float(shape["end_frequency_Hz"])
        rate_hz, told = float(shape["sample_rate_Hz"]), int(shape["num_samples_per_chirp"])
        # The sweep covers the band while its samples are taken.
        table = {
            "start_frequency_hz": start_hz,
            "slope_hz_per_s": (end_hz - start_hz) * rate_hz / told,
            "sample_rate_hz": rate_hz,
            "samples_per_chirp": told,
            "frame_rate_hz": 1 / float(shape["frame_repetition_time_s"]),
        }
    except (OSError, KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError, RecursionError) as error:
        raise UnreadableFile(f"{path.name} lacks the settings of a single-shape recording ({error!r}).") from error
    return checked(path.name, table)


def _header(path: Path) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """Read an array's shape, type and where its numbers begin."""
    with path.open("rb") as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, is_fortran, dtype = read(file)
        if is_fortran:
            raise ValueError("its axes are in the order of Fortran")
        return shape, dtype, file.tell()


def _frames_promised(path: Path) -> int:
    try:
        shape, _, _ = _header(path)
    except (OSError, ValueError, TokenError):
        return 0
    return shape[0] if len(shape) == 4 else 0


def mapped(path: Path) -> tuple[NDArray[np.uint16], bool]:
    """Map an array without reading it; of a cut file, the whole frames that are there.

    Returns:
        shape (frames, antennas, chirps, samples), and whether the file is cut.

    Raises:
        UnreadableFile: no such array, or not one whole frame.
    """
    try:
        shape, dtype, offset = _header(path)
        size = path.stat().st_size - offset
    except (OSError, ValueError, EOFError, TokenError) as error:
        raise UnreadableFile(f"{path.name} is not a readable array ({str(error).splitlines()[0]}).") from error
    if len(shape) != 4 or dtype != np.uint16 or min(shape[1:]) < 1 or shape[1] > 16:
        raise UnreadableFile(f"{path.name} must hold uint16 (frames, antennas, chirps, samples), not {dtype} {shape}.")
    frame_bytes = 2 * math.prod(shape[1:])
    frames = min(shape[0], size // frame_bytes)
    if frames < 1:
        raise UnreadableFile(f"{path.name} holds no whole frame.")
    array = np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=(frames, *shape[1:]))
    return array, frames < shape[0]


def _times(folder: Path, frames: int) -> NDArray[np.float64] | None:
    """Read the host's time of each frame [s]; None unless there is a rising one for each."""
    path = next(iter(sorted(folder.glob("*timestamp*.csv"))), None)
    if path is None:
        return None
    try:
        lines = [line.partition(",")[0] for line in path.read_text("utf-8").split()]
        has_title = bool(lines) and not lines[0][0].isdigit()
        times = np.array([float(line) for line in lines[has_title : frames + has_title]])
    except (OSError, ValueError, IndexError):
        return None
    is_whole = len(times) == frames and bool(np.isfinite(times).all()) and bool((np.diff(times) > 0).all())
    return times - times[0] if is_whole else None


def _frames(recorded: _Folder, receiver: int | None, count: FrameCount) -> Iterator[Frame]:
    chirp = chirp_of(recorded.radar, is_complex=False)
    antennas = recorded.array.shape[1] if receiver is None else 1
    transform = RangeTransform(chirp, antennas, recorded.radar.get("max_range_m", MAX_RANGE_M))
    rate_hz = recorded.radar["frame_rate_hz"]
    layout = Layout(FrameKind.RADAR, transform.range_m, chirp.wavelength_m, rate_hz, receivers=antennas)
    times_s = recorded.times_s if recorded.times_s is not None else np.arange(len(recorded.array)) / rate_hz
    for index, t_s in enumerate(times_s):
        raw = np.asarray(recorded.array[index] if receiver is None else recorded.array[index, [receiver]])
        profile = transform.profile(np.swapaxes(raw, 0, 1).astype(np.float32))
        periods = (t_s - times_s[index - 1]) * rate_hz if index else 1.0
        lost = round(periods) - 1 if periods > LOSS_STEP else 0
        count.read += 1
        count.lost += lost
        yield Frame(
            layout,
            float(t_s),
            profile.values,
            profile.noise_power,
            lost_before=lost,
            is_saturated=is_clipped(raw, LOWEST, HIGHEST),
        )
