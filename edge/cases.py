"""The cases of an evaluation: which recording, and what is expected of it."""

import csv
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.errors import SettingsError

ENVIRONMENT = "HUSHWARD_RECORDINGS"
FIRST_NUMBER_S = 15.0
# A reference rate stands for the belt's signal of the last so many seconds.
REFERENCE_WINDOW_S = 30.0


class Expect(StrEnum):
    """What a case is judged on."""

    RATE = "rate"
    """A rate is known: accuracy, coverage, latency."""
    WITHHELD = "withheld"
    """No vital sign may ever be shown."""
    EVENTS = "events"
    """Presence is known; no rate is judged."""


@dataclass(frozen=True, eq=False)
class Reference:
    """The true rate over time."""

    t_s: NDArray[np.float64]
    rate_per_min: NDArray[np.float64]

    def at(self, t_s: float) -> float | None:
        """Return the true rate at a second; None where the reference says nothing."""
        if len(self.t_s) == 1:
            return float(self.rate_per_min[0])
        if not self.t_s[0] <= t_s <= self.t_s[-1]:
            return None
        return float(np.interp(t_s, self.t_s, self.rate_per_min))


@dataclass(frozen=True)
class Case:
    """One recording and what is expected."""

    id: str
    path: Path
    expect: Expect
    sensor: str | None = None
    format: str | None = None
    config: Path | None = None
    reference: Reference | None = None
    presence: str | None = None
    """present or absent for the whole recording; None when not judged."""


def recordings_dir(environment: Mapping[str, str] | None = None) -> Path | None:
    """Find the folder of recordings: HUSHWARD_RECORDINGS, or ../shared/data beside the checkout; None when absent."""
    variables = os.environ if environment is None else environment
    folder = Path(variables[ENVIRONMENT]) if ENVIRONMENT in variables else _beside_the_checkout()
    return folder if folder.is_dir() else None


def _beside_the_checkout() -> Path:
    return Path(__file__).resolve().parents[2] / "shared" / "data"


def read_cases(path: Path, recordings: Path) -> list[Case]:
    """Read a list of cases.

    Args:
        path: TOML with `[[case]]` tables.
        recordings: the folder that its paths are relative to.

    Raises:
        SettingsError: with the file, the case and what is wrong.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise SettingsError(f"{path}: not a list of [[case]] tables ({error}).") from error
    cases = []
    for row in rows:
        try:
            cases.append(_case(row, recordings))
        except (KeyError, ValueError, TypeError, OSError) as error:
            raise SettingsError(f"{path}: case {row.get('id', '?')}: {error!r}.") from error
    return cases


def _case(row: Mapping[str, Any], recordings: Path) -> Case:
    path = recordings / row["path"]
    return Case(
        id=row["id"],
        path=path,
        expect=Expect(row["expect"]),
        sensor=row.get("sensor"),
        format=row.get("format"),
        config=recordings / row["config"] if "config" in row else None,
        reference=_reference(row, recordings) if path.exists() else None,
        presence=row.get("presence"),
    )


def _reference(row: Mapping[str, Any], recordings: Path) -> Reference | None:
    told = row.get("reference")
    if told is None:
        return None
    if isinstance(told, int | float):
        return Reference(np.zeros(1), np.array([float(told)]))
    return _belt(recordings / told["path"], int(told.get("column", 0)), str(told.get("delimiter", ",")))


def _belt(path: Path, column: int, delimiter: str) -> Reference:
    """Read a respiration belt (time [s], force) and count its breaths over the last 30 s at each second."""
    times, forces = [], []
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for line in csv.reader(file, delimiter=delimiter):
            try:
                time_s, force = float(line[column]), float(line[column + 1])
            except (ValueError, IndexError):
                continue
            times.append(time_s)
            forces.append(force)
    if len(times) < 100:
        raise ValueError(f"{path.name} holds no belt in column {column}")
    t, force_n = np.array(times), np.array(forces)
    seconds = np.arange(10.0, t[-1], 1.0)
    rates = np.array([_belt_rate(t, force_n, second) for second in seconds])
    known = np.isfinite(rates)
    return Reference(seconds[known], rates[known])


def _belt_rate(t: NDArray[np.float64], force: NDArray[np.float64], end_s: float) -> float:
    """Take the strongest period of the belt over the last 30 s [1/min]; NaN where it does not move."""
    inside = (t > end_s - REFERENCE_WINDOW_S) & (t <= end_s)
    wave = force[inside]
    step_s = float(np.median(np.diff(t[inside])))
    n = np.arange(len(wave))
    wave = (wave - np.polyval(np.polyfit(n, wave, 2), n)) * np.hanning(len(wave))
    padded = 16 * len(wave)
    power = np.abs(np.fft.rfft(wave, padded)) ** 2
    hz = np.fft.rfftfreq(padded, step_s)
    band = (hz > 0.08) & (hz < 0.75)
    if not power[band].any():
        return float("nan")
    return float(60 * hz[band][np.argmax(power[band])])
