"""What another instrument says of a recording, second by second: the truth that estimates are judged by."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

# A reference rate stands for the belt's signal of the last so many seconds.
WINDOW_S = 30.0
# The least stretch of calm breathing that has a rate.
SHORTEST_S = 10.0
# Rates that a belt is searched for [Hz]: 4.8 to 45 a minute.
BAND_HZ = (0.08, 0.75)
# A belt is still where its swing over 4 s is under this share of its usual one, for as long as this.
STILL_OVER_S = 4.0
STILL_SHARE = 0.15
SHORTEST_STILL_S = 3.0
LEAST_SAMPLES = 100


@dataclass(frozen=True, eq=False)
class Reference:
    """The true rate over time, and where the breath was held."""

    t_s: Float
    """shape (seconds,), rising."""
    rate_per_min: Float
    """shape (seconds,), NaN where the instrument says nothing."""
    holds: tuple[tuple[float, float], ...] = ()
    """Stretches [s] in which the breath was held."""

    def at(self, t_s: float) -> float | None:
        """Return the true rate at a second; None where the reference says nothing."""
        if self.is_held(t_s):
            return None
        is_constant = len(self.t_s) == 1
        if not is_constant and not (len(self.t_s) and self.t_s[0] <= t_s <= self.t_s[-1]):
            return None
        rate = float(np.interp(t_s, self.t_s, self.rate_per_min))
        return None if np.isnan(rate) else rate

    def is_held(self, t_s: float) -> bool:
        """Say whether the breath was held at a second."""
        return any(from_s < t_s <= to_s for from_s, to_s in self.holds)


def constant(rate_per_min: float, holds: Sequence[tuple[float, float]] = ()) -> Reference:
    """Make the reference of a recording at one known rate."""
    return Reference(np.zeros(1), np.array([rate_per_min]), tuple(holds))


def reference_from(told: object, folder: Path) -> Reference | None:
    """Read what a case says of its reference.

    Args:
        told: a rate [1/min]; a table with the `path` of a belt, its `column` and `delimiter`; or a table with the
            `rates` of an instrument that counts by itself; None when there is none.
        folder: that the paths are relative to.

    Raises:
        OSError, KeyError, ValueError: it cannot be read.
    """
    if told is None:
        return None
    if isinstance(told, int | float):
        return constant(float(told))
    if not isinstance(told, Mapping):
        raise ValueError("`reference` is a rate, or a table with `path` or `rates`")
    if "rates" in told:
        return rates_of(folder / str(told["rates"]))
    return belt(folder / str(told["path"]), int(told.get("column", 0)), str(told.get("delimiter", ",")))


def rates_of(path: Path) -> Reference:
    """Read the rates that an instrument has counted: columns `t_s` and `respiratory_rate_per_min`, empty where unknown.

    Raises:
        OSError, KeyError, ValueError: the file or a column is not there.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    if not rows:
        raise ValueError(f"{path.name} holds no rates")
    times = [float(row["t_s"]) for row in rows]
    rates = [float(row["respiratory_rate_per_min"] or "nan") for row in rows]
    return Reference(np.array(times), np.array(rates))


def belt(path: Path, column: int, delimiter: str) -> Reference:
    """Read a respiration belt and count its breaths at each second.

    The rate is that of the last 30 s, or of what has passed since the breath was last held; with less than 10 s of
    breathing there is none.

    Args:
        path: text columns, times [s] and forces.
        column: of the times; the forces stand beside it.
        delimiter: between columns.

    Raises:
        OSError: the file is not there.
        ValueError: no belt in that column.
    """
    times, forces = [], []
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for line in csv.reader(file, delimiter=delimiter):
            try:
                time_s, force = float(line[column]), float(line[column + 1])
            except (ValueError, IndexError):
                continue
            times.append(time_s)
            forces.append(force)
    if len(times) < LEAST_SAMPLES:
        raise ValueError(f"{path.name} holds no belt in column {column}")
    return of_belt(np.array(times), np.array(forces))


def of_belt(t_s: Float, force: Float) -> Reference:
    """Count the breaths of a belt at each second; both arrays of shape (samples,), times rising [s]."""
    holds = stills(t_s, force)
    seconds = np.arange(SHORTEST_S, t_s[-1], 1.0)
    rates = np.array([_rate(t_s, force, second, _since(second, holds)) for second in seconds])
    return Reference(seconds, rates, holds)


def _since(second: float, holds: Sequence[tuple[float, float]]) -> float:
    """Return the end of the last hold before a second [s], the second itself inside one, -inf before the first."""
    return max((min(to_s, second) for from_s, to_s in holds if from_s < second), default=-math.inf)


def _rate(t_s: Float, force: Float, end_s: float, since_s: float) -> float:
    """Take the strongest period of the belt [1/min]; NaN where it does not move, or not for long enough."""
    from_s = max(end_s - WINDOW_S, since_s)
    inside = (t_s > from_s) & (t_s <= end_s)
    if end_s - from_s < SHORTEST_S or inside.sum() < LEAST_SAMPLES // 2:
        return float("nan")
    wave = force[inside]
    step_s = float(np.median(np.diff(t_s[inside])))
    n = np.arange(len(wave))
    wave = (wave - np.polyval(np.polyfit(n, wave, 2), n)) * np.hanning(len(wave))
    padded = 16 * len(wave)
    power = np.abs(np.fft.rfft(wave, padded)) ** 2
    hz = np.fft.rfftfreq(padded, step_s)
    band = (hz > BAND_HZ[0]) & (hz < BAND_HZ[1])
    if not power[band].any():
        return float("nan")
    return float(60 * hz[band][np.argmax(power[band])])


def stills(t_s: Float, force: Float) -> tuple[tuple[float, float], ...]:
    """Find where a belt stands still: held breaths of about 7 s and more, with their beginning and end [s].

    A rest between two slow breaths is shorter than the stretch that is looked at, and does not count.
    """
    step_s = float(np.median(np.diff(t_s)))
    width = max(3, round(STILL_OVER_S / step_s))
    if len(force) < 2 * width:
        return ()
    looks = np.lib.stride_tricks.sliding_window_view(force, width)
    swing = looks.std(axis=1)
    is_still = np.concatenate([[False], swing < STILL_SHARE * float(np.median(swing)), [False]])
    turns = np.flatnonzero(np.diff(is_still.astype(int)))
    runs = zip(turns[::2], turns[1::2] - 1, strict=True)
    found = [(float(t_s[first]), float(t_s[last + width - 1])) for first, last in runs]
    return tuple((from_s, to_s) for from_s, to_s in found if to_s - from_s >= STILL_OVER_S + SHORTEST_STILL_S)
