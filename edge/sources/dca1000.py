"""Raw samples of a TI radar as its DCA1000 capture card writes them (`.bin`)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.errors import UnreadableFile
from edge.frames import Frame, FrameCount, FrameKind, Layout
from edge.range_transform import RangeTransform, is_clipped
from edge.sources.raw_settings import RawRadar, profile_beside, raw_radar, read_radar_table
from edge.sources.recording import Recording

# int16 I and Q.
BYTES_PER_SAMPLE = 4
MAX_FRAME_BYTES = 1 << 26
LOWEST, HIGHEST = -32768, 32767


def settings_for(path: Path, config: Path | None) -> dict[str, float]:
    """Gather all that is said about a recording: its profile beside it, and above that what a person gave."""
    return {**read_radar_table(profile_beside(path)), **read_radar_table(config)}


def is_dca1000(path: Path, config: Path | None) -> bool:
    """Say whether a file may be such a recording: nothing in it tells, so a profile must stand beside it."""
    return path.suffix.lower() == ".bin" and (config is not None or profile_beside(path) is not None)


def dca1000(path: Path, *, loop: bool = False, config: Path | None = None) -> Recording:
    """Open a recording of two-lane complex samples.

    Order of the int16 numbers: I0 I1 Q0 Q1 and so on, receiver after receiver within each chirp (TI SWRA581,
    "Mmwave Radar Device ADC Raw Data Capture", xWR16xx/68xx).

    Args:
        path: the `.bin`.
        loop: start again at the end.
        config: `[radar]` table or profile; what it says stands above the `.cfg` of the same name.

    Raises:
        UnreadableFile: what is missing, or a file that is shorter than one frame.
    """
    radar = raw_radar(path.name, settings_for(path, config))
    samples = radar.chirps_per_frame * radar.rx * radar.chirp.samples
    if radar.chirp.samples % 2:
        raise UnreadableFile(f"{path.name}: samples_per_chirp must be even, for the card writes them in pairs.")
    frame_bytes = samples * BYTES_PER_SAMPLE
    if not path.is_file() or frame_bytes > MAX_FRAME_BYTES or path.stat().st_size < frame_bytes:
        raise UnreadableFile(f"{path.name} is shorter than one frame of its settings ({frame_bytes} bytes).")
    rest = path.stat().st_size % frame_bytes
    cut = f"{path.name} is not a whole number of frames: its last {rest} bytes were left out."
    source = Recording(
        lambda count: _frames(path, radar, count), name=path.name, loop=loop, warnings=(cut,) if rest else ()
    )
    source.count.bad = 1 if rest else 0
    return source


def _frames(path: Path, radar: RawRadar, count: FrameCount) -> Iterator[Frame]:
    channels = radar.rx * radar.tx
    receivers = channels if radar.receiver is None else 1
    transform = RangeTransform(radar.chirp, receivers, radar.max_range_m)
    layout = Layout(
        FrameKind.RADAR, transform.range_m, radar.chirp.wavelength_m, radar.frame_rate_hz, receivers=receivers
    )
    shape = (radar.chirps_per_frame, radar.rx, radar.chirp.samples // 2, 4)
    frames = path.stat().st_size // (BYTES_PER_SAMPLE * int(np.prod(shape[:3])) * 2)
    raw = np.memmap(path, dtype="<i2", mode="r", shape=(frames, *shape))
    lost = 0
    for index in range(frames):
        frame = np.asarray(raw[index])
        # The card writes zeros where packets of its link were lost; a receiver that works has noise.
        if not frame.any(axis=(2, 3)).all():
            count.bad += 1
            lost += 1
            continue
        profile = transform.profile(_channel(complex_samples(frame), radar))
        count.read += 1
        yield Frame(
            layout,
            index / radar.frame_rate_hz,
            profile.values,
            profile.noise_power,
            lost_before=lost,
            is_saturated=is_clipped(frame, LOWEST, HIGHEST),
        )
        lost = 0


def complex_samples(frame: NDArray[np.int16]) -> NDArray[np.complex64]:
    """Put the numbers of a frame together.

    Args:
        frame: shape (chirps, receivers, samples / 2, 4), the last axis I0 I1 Q0 Q1.

    Returns:
        shape (chirps, receivers, samples).
    """
    pairs = frame[..., :2] + 1j * frame[..., 2:].astype(np.float32)
    return pairs.reshape(*frame.shape[:2], -1).astype(np.complex64)


def _channel(samples: NDArray[np.complex64], radar: RawRadar) -> NDArray[np.complex64]:
    """Sort the chirps by transmitter: shape (chirps / tx, tx * rx, samples), or the one channel that is asked for."""
    sorted_ = samples.reshape(-1, radar.tx * radar.rx, radar.chirp.samples)
    return sorted_ if radar.receiver is None else sorted_[:, [radar.receiver]]
