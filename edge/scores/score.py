"""What came of one case for one estimator, of all, or of a group: every figure in one place."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from edge.cases import FIRST_NUMBER_S, Case, Expect
from edge.scores.accuracy import Accuracy, accuracy_of, accuracy_of_all
from edge.scores.agreement import Agreement
from edge.scores.breaks import Found, crowds_of, events_of, found_of_all, holds_of
from edge.scores.honesty import Honesty, honesty_of, honesty_of_all
from edge.scores.trial import Trial

TOO_SHORT = "too short to judge"
SET = "set"
"""The kind of group that says where cases come from; sets are not compared with each other."""
NO_REFERENCE = "no reference here"


@dataclass(frozen=True)
class Score:
    """How one estimator did."""

    id: str
    estimator: str
    seconds: int = 0
    note: str = ""
    """Why figures are missing: absent, unreadable, too short to judge, no reference here."""
    accuracy: Accuracy = field(default_factory=Accuracy)
    honesty: Honesty = field(default_factory=Honesty)
    holds: Found = field(default_factory=Found)
    crowds: Found = field(default_factory=Found)
    events: Found = field(default_factory=Found)
    agreements: tuple[Agreement, ...] = ()
    cpu_s_per_s: float = 0.0
    """Processor seconds per second of recording."""
    groups: dict[str, str] = field(default_factory=dict)
    """What the case belongs to, by kind."""


def score_of(trial: Trial, agreements: Sequence[Agreement] = ()) -> Score:
    """Judge one trial."""
    case, estimates, known = trial.case, trial.estimates, trial.known
    groups = groups_of(case)
    if trial.note:
        return Score(case.id, trial.estimator, note=trial.note, groups=groups)
    if case.expect is Expect.RATE and len(estimates) < FIRST_NUMBER_S:
        return Score(case.id, trial.estimator, len(estimates), TOO_SHORT, cpu_s_per_s=trial.cost, groups=groups)
    accuracy = accuracy_of(estimates, known)
    has_reference = any(one.rate_per_min is not None for one in known)
    return Score(
        id=case.id,
        estimator=trial.estimator,
        seconds=len(estimates),
        note=NO_REFERENCE if case.expect is Expect.RATE and not has_reference else "",
        accuracy=accuracy,
        honesty=honesty_of(estimates, known),
        holds=holds_of(estimates, known),
        crowds=crowds_of(estimates, known),
        events=events_of(estimates, case.events),
        agreements=tuple(agreements),
        cpu_s_per_s=trial.cost,
        groups=groups,
    )


def groups_of(case: Case) -> dict[str, str]:
    """Return what a case belongs to: a radar's groups and a camera's are never mixed, for they see differently."""
    sensor = "camera" if case.is_film else "radar"
    return {kind if kind == SET else f"{kind}, {sensor}": name for kind, name in case.groups.items()}


def total(scores: Iterable[Score], name: str = "all") -> Score:
    """Add cases of one estimator up, second by second."""
    listed = list(scores)
    seconds = sum(one.seconds for one in listed)
    return Score(
        id=name,
        estimator=listed[0].estimator if listed else "",
        seconds=seconds,
        note=_left_out(listed),
        accuracy=accuracy_of_all(one.accuracy for one in listed),
        honesty=honesty_of_all(one.honesty for one in listed),
        holds=found_of_all(one.holds for one in listed),
        crowds=found_of_all(one.crowds for one in listed),
        events=found_of_all(one.events for one in listed),
        cpu_s_per_s=sum(one.cpu_s_per_s * one.seconds for one in listed) / max(1, seconds),
    )


def _left_out(scores: Sequence[Score]) -> str:
    missing = sum(bool(one.note) and one.note != NO_REFERENCE for one in scores)
    return f"{missing} of {len(scores)} cases could not be judged" if missing else ""


def of_estimator(scores: Iterable[Score], estimator: str) -> list[Score]:
    """Return the scores of one estimator."""
    return [one for one in scores if one.estimator == estimator]


def by_group(scores: Sequence[Score]) -> dict[str, list[Score]]:
    """Add up the cases of each group: kind of group, and one score for each of its names, in order of appearance."""
    found: dict[str, list[Score]] = {}
    for kind in dict.fromkeys(kind for one in scores for kind in one.groups):
        names = dict.fromkeys(one.groups[kind] for one in scores if kind in one.groups)
        found[kind] = [total([one for one in scores if one.groups.get(kind) == name], name) for name in names]
    return found


def worst_over_best(groups: Sequence[Score]) -> tuple[float | None, float | None]:
    """Compare the groups of one kind (rule E3).

    Returns:
        The largest withheld share over the smallest, and the same of the mean errors: infinite where the best group has
        none of it and another has; None where there are not two groups to compare.
    """
    withheld = [1 - one.accuracy.coverage for one in groups if one.accuracy.coverage is not None]
    errors = [one.accuracy.mae_per_min for one in groups if one.accuracy.mae_per_min is not None]
    return _ratio(withheld), _ratio(errors)


def _ratio(values: Sequence[float]) -> float | None:
    if len(values) < 2 or max(values) == 0:
        return 1.0 if len(values) > 1 else None
    return max(values) / min(values) if min(values) > 0 else math.inf
