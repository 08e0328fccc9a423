"""Who is judged: the shipped estimator, and the named baselines beside it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from edge.baselines import SpectralPeak
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
    {"spectral": _spectral, "spectral-peak": lambda _: SpectralPeak()}
)
"""Each baseline by name: what an estimator must beat, and what no node runs."""


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
