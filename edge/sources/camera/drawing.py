"""What a person says of a camera's recording: `[view]` with the mask, and `[camera]` with the frame rate."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.errors import SettingsError, UnreadableFile
from edge.view import OPEN_VIEW, View

LEAST_RATE_HZ, MOST_RATE_HZ = 0.1, 1000.0
USUAL_RATE_HZ = 10.0
"""[Hz] taken for pictures that nobody gave a time or a rate."""
_VIEW_KEYS = frozenset({"rows", "distance_m"})


@dataclass(frozen=True, eq=False)
class Told:
    """What is known of a recording beside its pictures."""

    view: View | None = None
    """None when nothing was drawn."""
    frame_rate_hz: float | None = None
    """[Hz] of its pictures; None when nobody said."""


def view_from(told: object) -> View:
    """Build a view from a `[view]` table.

    Raises:
        SettingsError: what is wrong with it.
    """
    if not isinstance(told, Mapping) or set(told) - _VIEW_KEYS:
        raise SettingsError("view: it holds `rows`, twelve strings of sixteen marks, and `distance_m`")
    rows, distance_m = told.get("rows", OPEN_VIEW.rows), told.get("distance_m", OPEN_VIEW.distance_m)
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not all(isinstance(row, str) for row in rows):
        raise SettingsError("view: `rows` holds twelve strings of sixteen marks")
    if isinstance(distance_m, bool) or not isinstance(distance_m, int | float):
        raise SettingsError("view: `distance_m` is a number of metres")
    return View.checked(rows, float(distance_m))


def told_in(config: Path | None) -> Told:
    """Read a recording's settings; no file says nothing.

    Raises:
        UnreadableFile: it is not TOML, or what it says of a camera cannot be used.
    """
    if config is None:
        return Told()
    try:
        told = tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{config.name}: not the TOML settings of a recording ({error}).") from error
    if "zones" in told:
        raise UnreadableFile(f"{config.name}: a camera's places are drawn in [view], not measured in [zones].")
    try:
        view = view_from(told["view"]) if "view" in told else None
    except SettingsError as error:
        raise UnreadableFile(f"{config.name}: {error}.") from error
    return Told(view, _rate_in(config.name, told.get("camera", {})))


def is_rate(value: object) -> bool:
    """Say whether a number can be a camera's frame rate [Hz]."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return is_number and LEAST_RATE_HZ <= float(value) <= MOST_RATE_HZ  # type: ignore[arg-type]


def _rate_in(name: str, table: Any) -> float | None:
    if not isinstance(table, Mapping) or set(table) - {"frame_rate_hz"}:
        raise UnreadableFile(f"{name}: [camera] holds `frame_rate_hz` and nothing else.")
    rate_hz = table.get("frame_rate_hz")
    if rate_hz is None:
        return None
    if not is_rate(rate_hz):
        raise UnreadableFile(f"{name}: frame_rate_hz is a number from {LEAST_RATE_HZ:g} to {MOST_RATE_HZ:g}.")
    return float(rate_hz)
