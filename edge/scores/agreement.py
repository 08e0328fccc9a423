"""Where no reference is: how far independent looks at the same breathing agree. Agreement is no accuracy."""

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from edge.cases import Case
from edge.errors import EdgeError
from edge.estimates import Estimate
from edge.scores.accuracy import NEAR_PER_MIN
from edge.scores.trial import Maker, try_alone
from edge.sources.maker_output import maker_rates


@dataclass(frozen=True)
class Agreement:
    """Rates of two or more looks at the same seconds."""

    of: str
    """Whose they are, in a few words."""
    seconds: int
    """Seconds at which at least two gave a rate."""
    spread_per_min: float | None
    """Mean distance between the lowest and the highest [1/min]; None when there is no such second."""
    within_2: float | None
    """Share of these seconds in which they lie within 2/min."""
    medians_per_min: tuple[float | None, ...] = ()
    """Median rate of each look; None for one that never gave a rate."""
    note: str = ""
    """Why there is nothing."""


def compare(of: str, rates: NDArray[np.float64]) -> Agreement:
    """Compare looks second by second.

    Args:
        of: whose they are.
        rates: shape (looks, seconds) [1/min], NaN where one gave none.
    """
    both = np.isfinite(rates).sum(axis=0) >= 2
    shared = rates[:, both]
    medians = tuple(round(float(np.nanmedian(row)), 2) if np.isfinite(row).any() else None for row in rates)
    if not both.any():
        return Agreement(of, 0, None, None, medians)
    spread = np.nanmax(shared, axis=0) - np.nanmin(shared, axis=0)
    near = float((spread <= NEAR_PER_MIN).mean())
    return Agreement(of, int(both.sum()), float(spread.mean()), near, medians)


def agreements_of(case: Case, estimates: Sequence[Estimate], estimator: str, make: Maker) -> list[Agreement]:
    """Find whatever independent looks a case has: its receivers each alone, and the maker's own rates."""
    found = []
    if case.receivers > 1:
        found.append(_receivers(case, estimator, make))
    if case.maker is not None and case.path.exists():
        found.append(_maker(case.maker, estimates))
    return found


def _receivers(case: Case, estimator: str, make: Maker) -> Agreement:
    of = f"{case.receivers} receivers, each alone"
    rows, notes = [], []
    for receiver in range(case.receivers):
        with _alone(case.config, receiver) as config:
            trial = try_alone(case, estimator, make, config)
        if trial.note:
            notes.append(trial.note)
        rows.append(_rates(trial.estimates))
    if notes:
        return Agreement(of, 0, None, None, note=notes[0])
    shortest = min(len(row) for row in rows)
    return compare(of, np.array([row[:shortest] for row in rows]))


def _rates(estimates: Sequence[Estimate]) -> NDArray[np.float64]:
    return np.array(
        [np.nan if one.respiratory_rate_per_min is None else one.respiratory_rate_per_min for one in estimates]
    )


@contextmanager
def _alone(config: Path | None, receiver: int) -> Iterator[Path]:
    """Write the settings of a raw recording with one receiver chosen."""
    told = tomllib.loads(config.read_text("utf-8")).get("radar", {}) if config is not None else {}
    lines = [f"{name} = {value!r}" for name, value in {**told, "receiver": receiver}.items()]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "radar.toml"
        path.write_text("\n".join(["[radar]", *lines]) + "\n", "utf-8")
        yield path


def _maker(path: Path, estimates: Sequence[Estimate]) -> Agreement:
    of = "the sensor maker's own processor"
    try:
        rates = maker_rates(path)
    except EdgeError as error:
        return Agreement(of, 0, None, None, note=str(error))
    ours = _rates(estimates)
    frames_a_second = len(rates) / max(1, len(ours))
    newest = np.minimum((np.arange(1, len(ours) + 1) * frames_a_second).astype(int), len(rates) - 1)
    return compare(of, np.array([ours, rates[newest]]))
