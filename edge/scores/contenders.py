"""Who is judged: the shipped estimator, and the named baselines beside it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from edge.baselines import PicturePeak, SpectralPeak, brightness, difference
from edge.cases import Case
from edge.errors import SettingsError
from edge.estimates import Estimator
from edge.evaluation import Watcher, new_estimator
from edge.senses import shipped_models
from edge.spectral import SpectralJudge
from edge.zones import Zones
from models.runtime import load


def _spectral(zones: Zones) -> Watcher:
    """The shipped estimator with the judge without a net: vitals-v1 in the place of vitals-v2."""
    return Estimator(replace(shipped_models(), judge=SpectralJudge(load("vitals-v1"))), zones)


SHIPPED = "shipped"
"""What a node runs."""

ESTIMATORS: Mapping[str, Callable[[Zones], Watcher]] = MappingProxyType({SHIPPED: new_estimator, "spectral": _spectral})
"""Each estimator by name, with what makes a new one for a room."""

BASELINES: Mapping[str, Callable[[Zones], Watcher]] = MappingProxyType(
    {
        "spectral": _spectral,
        "spectral-peak": lambda _: SpectralPeak(),
        "brightness-peak": lambda _: PicturePeak(brightness),
        "difference-peak": lambda _: PicturePeak(difference),
    }
)
"""Each baseline by name: what an estimator must beat, and what no node runs."""


_OF_FILMS = frozenset({"brightness-peak", "difference-peak"})
_OF_CHANNELS = frozenset({"spectral-peak"})


def fit_for(case: Case, makers: Mapping[str, Callable[[Zones], Watcher]]) -> dict[str, Callable[[Zones], Watcher]]:
    """Leave out the baselines that have nothing to say of a case's kind of sensor."""
    others = _OF_CHANNELS if case.is_film else _OF_FILMS
    return {name: make for name, make in makers.items() if name not in others}


def contenders(estimator: str, *, with_baselines: bool) -> dict[str, Callable[[Zones], Watcher]]:
    """Choose who is judged.

    Args:
        estimator: one of ESTIMATORS.
        with_baselines: every baseline beside it.

    Returns:
        Name and maker, the estimator first.

    Raises:
        SettingsError: no such estimator.
    """
    if estimator not in ESTIMATORS:
        raise SettingsError(f"There is no estimator '{estimator}'; there are {', '.join(ESTIMATORS)}.")
    return {estimator: ESTIMATORS[estimator], **(BASELINES if with_baselines else {})}
