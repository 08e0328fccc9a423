"""How a raw recording was made: a `[radar]` table, a TI profile, or both."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.errors import UnreadableFile
from edge.range_transform import MAX_RANGE_M, Chirp
from edge.sources.ti_cfg import read_ti_cfg

# Far beyond any radar of this kind; a file that says more is broken, and would ask for the memory.
LIMITS: Mapping[str, tuple[float, float]] = {
    "start_frequency_hz": (1e9, 1e12),
    "slope_hz_per_s": (1e9, 1e15),
    "sample_rate_hz": (1e3, 1e9),
    "frame_rate_hz": (0.1, 2000),
    "chirps_per_frame": (1, 4096),
    "samples_per_chirp": (4, 16384),
    "rx": (1, 16),
    "tx": (1, 16),
    "receiver": (0, 255),
    "max_range_m": (0.05, 100),
}
WHOLE = ("chirps_per_frame", "samples_per_chirp", "rx", "tx", "receiver")
SWEEP_KEYS = ("start_frequency_hz", "slope_hz_per_s", "sample_rate_hz", "samples_per_chirp")
RAW_KEYS = (*SWEEP_KEYS, "frame_rate_hz", "chirps_per_frame", "rx")


@dataclass(frozen=True)
class RawRadar:
    """How the frames of a raw recording are laid out."""

    chirp: Chirp
    frame_rate_hz: float
    chirps_per_frame: int
    """Of all transmitters together."""
    rx: int
    tx: int
    """Transmitters that take turns from chirp to chirp; each pair with a receiver is a channel."""
    receiver: int | None
    """The only channel to use, counted from 0 (transmitter * rx + receiver); None uses all."""
    max_range_m: float


def read_radar_table(config: Path | None) -> dict[str, float]:
    """Read a `[radar]` table (TOML) or a TI profile (any other name).

    Raises:
        UnreadableFile: not such a file, or a number out of bounds.
    """
    if config is None:
        return {}
    if config.suffix.lower() != ".toml":
        return checked(config.name, read_ti_cfg(config))
    try:
        table = tomllib.loads(config.read_text(encoding="utf-8"))["radar"]
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise UnreadableFile(f"{config.name} has no readable [radar] table ({error}).") from error
    if not isinstance(table, dict):
        raise UnreadableFile(f"{config.name}: [radar] must be a table.")
    return checked(config.name, table)


def checked(name: str, table: Mapping[str, Any]) -> dict[str, float]:
    """Return the known keys of a table, each a number within its bounds.

    Raises:
        UnreadableFile: naming the key that is unknown or out of bounds.
    """
    told = {}
    for key, value in table.items():
        if key not in LIMITS:
            raise UnreadableFile(f"{name}: [radar] knows no {key}; it knows {', '.join(LIMITS)}.")
        low, high = LIMITS[key]
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not is_number or not low <= value <= high or (key in WHOLE and value != int(value)):
            kind = "a whole number" if key in WHOLE else "a number"
            raise UnreadableFile(f"{name}: {key} must be {kind} from {low:g} to {high:g}, not {value}.")
        told[key] = float(value)
    return told


def require(name: str, table: Mapping[str, float], keys: Sequence[str]) -> None:
    """Refuse a table that lacks a key.

    Raises:
        UnreadableFile: naming all that is missing, and where to say it.
    """
    missing = [key for key in keys if key not in table]
    if missing:
        raise UnreadableFile(
            f"{name} does not say how it was made: {', '.join(missing)} missing; "
            "put its profile beside it (same name, .cfg) or give --config with a [radar] table."
        )


def chirp_of(table: Mapping[str, float], *, is_complex: bool = True) -> Chirp:
    """Make the sweep from a table that has all SWEEP_KEYS."""
    return Chirp(
        table["start_frequency_hz"],
        table["slope_hz_per_s"],
        table["sample_rate_hz"],
        int(table["samples_per_chirp"]),
        is_complex,
    )


def receiver_of(table: Mapping[str, float], channels: int, name: str) -> int | None:
    """Return the only channel to use; None for all.

    Raises:
        UnreadableFile: there is no such channel.
    """
    if "receiver" not in table:
        return None
    if table["receiver"] >= channels:
        raise UnreadableFile(f"{name} has {channels} receivers; [radar] receiver counts from 0 to {channels - 1}.")
    return int(table["receiver"])


def raw_radar(name: str, table: Mapping[str, float]) -> RawRadar:
    """Put together how a raw recording was made.

    Raises:
        UnreadableFile: naming what is missing or does not fit together.
    """
    require(name, table, RAW_KEYS)
    chirps, rx, tx = int(table["chirps_per_frame"]), int(table["rx"]), int(table.get("tx", 1))
    if chirps % tx:
        raise UnreadableFile(f"{name}: {chirps} chirps in a frame cannot be shared out among {tx} transmitters.")
    return RawRadar(
        chirp=chirp_of(table),
        frame_rate_hz=table["frame_rate_hz"],
        chirps_per_frame=chirps,
        rx=rx,
        tx=tx,
        receiver=receiver_of(table, rx * tx, name),
        max_range_m=table.get("max_range_m", MAX_RANGE_M),
    )


def profile_beside(path: Path, *, or_only_one: bool = False) -> Path | None:
    """Find the TI profile beside a recording: `.cfg` of the same name, or the only one of its folder when allowed."""
    same = path.with_suffix(".cfg")
    if same.is_file():
        return same
    others = sorted(path.parent.glob("*.cfg")) if or_only_one else []
    return others[0] if len(others) == 1 else None
