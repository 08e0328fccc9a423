"""A profile of a TI mmWave radar (`.cfg`): the lines that its command port was given.

Source: TI "MMWAVE SDK User Guide", section "Configuration (.cfg) File Format".
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from edge.errors import UnreadableFile

MAX_CFG_BYTES = 1 << 16
COMPLEX_FORMATS = (1, 2)

Lines = Mapping[str, Sequence[Sequence[str]]]


def read_ti_cfg(path: Path) -> dict[str, float]:
    """Read what a raw or UART recording needs to know of its profile.

    Returns:
        The keys of a `[radar]` table, as far as the profile gives them: `start_frequency_hz` (at the first sample),
        `slope_hz_per_s`, `sample_rate_hz`, `samples_per_chirp`, `frame_rate_hz`, `chirps_per_frame`, `rx`, `tx`.

    Raises:
        UnreadableFile: no profile, or one with sub-frames, several profiles or real samples.
    """
    lines = _lines(path)
    if not {"profileCfg", "frameCfg", "channelCfg"} & lines.keys():
        raise UnreadableFile(f"{path.name} is not a TI profile: it has no profileCfg, frameCfg or channelCfg line.")
    if "advFrameCfg" in lines or "subFrameCfg" in lines:
        raise UnreadableFile(f"{path.name} uses sub-frames, which are not read; record with a single frameCfg.")
    try:
        return {**_sweep(lines), **_frame(lines), **_channels(lines)}
    except (ValueError, IndexError, ZeroDivisionError, OverflowError) as error:
        raise UnreadableFile(f"{path.name} has a line with too few or wrong numbers ({error}).") from error
    except UnreadableFile as error:
        raise UnreadableFile(f"{path.name} {error}") from error


def _lines(path: Path) -> Lines:
    """Group the lines by their command; comments (%) and empty lines are left out."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_CFG_BYTES).decode("utf-8", errors="replace")
    except OSError as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error.strerror}.") from error
    lines: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        words = line.partition("%")[0].split()
        if words:
            lines.setdefault(words[0], []).append(words[1:])
    return lines


def _chirps_of_loop(lines: Lines) -> list[Sequence[str]]:
    """Return the chirpCfg line of each chirp of the frame's loop, in the order in which they are sent."""
    if "frameCfg" not in lines:
        return []
    first, last = int(lines["frameCfg"][-1][0]), int(lines["frameCfg"][-1][1])
    if not 0 <= first <= last < 512:
        raise ValueError(f"frameCfg names the chirps {first} to {last}")
    chosen = []
    for number in range(first, last + 1):
        told = [line for line in lines.get("chirpCfg", []) if int(line[0]) <= number <= int(line[1])]
        if told:
            chosen.append(told[-1])
    return chosen


def _sweep(lines: Lines) -> dict[str, float]:
    profiles = {line[0]: line for line in lines.get("profileCfg", [])}
    if not profiles:
        return {}
    used = {chirp[2] for chirp in _chirps_of_loop(lines)} or set(profiles)
    if len(used) > 1:
        raise UnreadableFile("uses several profiles in one frame, which is not read; record with a single profile.")
    name = used.pop()
    if name not in profiles:
        raise ValueError(f"chirpCfg names the profile {name}, which is not there")
    profile = [float(word) for word in profiles[name]]
    slope_hz_per_s = profile[7] * 1e12
    return {
        "start_frequency_hz": profile[1] * 1e9 + slope_hz_per_s * profile[3] * 1e-6,
        "slope_hz_per_s": slope_hz_per_s,
        "samples_per_chirp": profile[9],
        "sample_rate_hz": profile[10] * 1e3,
    }


def _frame(lines: Lines) -> dict[str, float]:
    if "frameCfg" not in lines:
        return {}
    frame = lines["frameCfg"][-1]
    in_loop = int(frame[1]) - int(frame[0]) + 1
    chirps = _chirps_of_loop(lines)
    # Chirps of one transmitter may be averaged; those of several are channels of their own.
    is_same = len({chirp[7] for chirp in chirps}) <= 1
    return {
        "frame_rate_hz": 1000 / float(frame[4]),
        "chirps_per_frame": in_loop * int(frame[2]),
        "tx": 1 if is_same else in_loop,
    }


def _channels(lines: Lines) -> dict[str, float]:
    told: dict[str, float] = {}
    if "channelCfg" in lines:
        told["rx"] = int(lines["channelCfg"][-1][0]).bit_count()
    if "adcCfg" in lines and int(lines["adcCfg"][-1][1]) not in COMPLEX_FORMATS:
        raise UnreadableFile("records real samples, which are not read; set adcCfg to complex.")
    return told
