"""How near the shown rates come to the true ones, and how often a rate is shown at all."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from edge.estimates import Estimate
from edge.scores.known import Known

NEAR_PER_MIN = 2.0


@dataclass(frozen=True)
class Accuracy:
    """Errors and coverage of one trial, or of many."""

    eligible: int = 0
    """Seconds at which somebody breathes calmly, so that a rate could be shown."""
    shown: int = 0
    """Of these, seconds with a rate."""
    errors: tuple[float, ...] = ()
    """Of the shown seconds whose true rate is known [1/min], without sign."""
    stated: tuple[float | None, ...] = ()
    """The uncertainty stated with each of them [1/min]; None from a baseline that states none."""
    longest_gap_s: int | None = None
    """Longest stretch of eligible seconds without a rate; None when none is eligible."""
    first_s: float | None = None
    """[s] when the first rate came; None when none came."""

    @property
    def coverage(self) -> float | None:
        """Share of eligible seconds with a rate; None when none is eligible."""
        return self.shown / self.eligible if self.eligible else None

    @property
    def mae_per_min(self) -> float | None:
        """Mean absolute error [1/min]; None without a reference."""
        return _mean(self.errors)

    @property
    def within_2(self) -> float | None:
        """Share of the shown seconds within 2/min; None without a reference."""
        return _mean([error <= NEAR_PER_MIN for error in self.errors])

    @property
    def inside(self) -> float | None:
        """Share of errors inside the stated uncertainty; None without a reference."""
        both = zip(self.errors, self.stated, strict=True)
        return _mean([error <= stated for error, stated in both if stated is not None])

    @property
    def mean_stated_per_min(self) -> float | None:
        """Mean stated uncertainty, the half-width of the interval [1/min]; None without a reference."""
        return _mean(one for one in self.stated if one is not None)


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return math.fsum(listed) / len(listed) if listed else None


def accuracy_of(estimates: Iterable[Estimate], known: Iterable[Known]) -> Accuracy:
    """Judge one trial."""
    eligible, shown, gap, longest, first = 0, 0, 0, 0, None
    errors, stated = [], []
    for estimate, truth in zip(estimates, known, strict=True):
        rate = estimate.respiratory_rate_per_min
        if rate is not None and first is None:
            first = estimate.t_s
        if not truth.is_calm:
            gap = 0
            continue
        eligible += 1
        gap = 0 if rate is not None else gap + 1
        longest = max(longest, gap)
        if rate is None:
            continue
        shown += 1
        if truth.rate_per_min is not None:
            errors.append(abs(rate - truth.rate_per_min))
            stated.append(estimate.respiratory_rate_uncertainty_per_min)
    return Accuracy(eligible, shown, tuple(errors), tuple(stated), longest if eligible else None, first)


def accuracy_of_all(parts: Iterable[Accuracy]) -> Accuracy:
    """Add trials up, second by second; gap and first number are the worst of them."""
    listed = list(parts)
    return Accuracy(
        eligible=sum(one.eligible for one in listed),
        shown=sum(one.shown for one in listed),
        errors=tuple(chain.from_iterable(one.errors for one in listed)),
        stated=tuple(chain.from_iterable(one.stated for one in listed)),
        longest_gap_s=max((one.longest_gap_s for one in listed if one.longest_gap_s is not None), default=None),
        first_s=max((one.first_s for one in listed if one.first_s is not None and one.eligible), default=None),
    )
