"""Whether the checks of a shift can be done by the people on it, told before it begins (rule O5, NA-4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

from console.rules.decision import Decision
from console.rules.in_person.levels import CONTINUOUS, Level, longest_gap
from console.rules.in_person.rounds import mean_gap
from console.rules.policy import Policy
from console.showing.views import Words

_HOUR = timedelta(hours=1)


class LoadColour(StrEnum):
    """How a load is shown, beside its words."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class LoadAnswer(StrEnum):
    """What the manager on call answers in their own name."""

    PEOPLE_SENT = "people_sent"
    LEVELS_REVIEWED = "levels_reviewed"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Load:
    """What a shift asks of its people.

    Attributes:
        checks_per_h: planned, with the randomness that rule O3 asks for.
        at_least_per_h: if they came like clockwork, each at its longest gap.
        minutes_per_check: [min] measured, or the book's own figure.
        people: on the shift for checks, those who stay with one person taken off.
        continuous: people who are never left: each takes one away.
        percent: of the minutes that there are while everybody is on the floor; infinite when there are none.
        percent_on_break: of the minutes that there are while breaks are taken; infinite when nobody is left then.
        colour: from the limits of the rule book, for the worse of the two.
    """

    checks_per_h: float
    at_least_per_h: float
    minutes_per_check: float
    people: int
    continuous: int
    percent: float
    percent_on_break: float
    colour: LoadColour


def load_of(levels: Iterable[Level], staff: int, minutes_per_check: float, policy: Policy) -> Load:
    """Return the load of a shift.

    Nobody has sixty minutes an hour for checks: personal care, calls and people who talk take their share, and each
    of the staff has a break, in which there is one fewer. Both are in the rule book. A shift that can be done only
    while nobody eats cannot be done.

    Args:
        levels: of everybody who is on the ward.
        staff: people who are on the shift, or planned for it.
        minutes_per_check: [min] one check takes, with the way to it.
        policy: the rule book.
    """
    told = list(levels)
    timed = [one for one in told if one not in CONTINUOUS]
    continuous = len(told) - len(timed)
    planned = sum(_HOUR / mean_gap(one, policy) for one in timed)
    people = staff - continuous
    needed, each = planned * minutes_per_check, 60 - policy.number("O5", "other_work_min_per_h")
    percent = _percent(needed, people * each)
    # Where nobody is on the floor anyway, nobody goes on a break.
    at_once = min(policy.number("O5", "on_break_at_once"), max(people, 0))
    on_break = _percent(needed, (people - at_once) * each)
    least = sum(_HOUR / longest_gap(one, policy) for one in timed)
    colour = _colour(planned, people, max(percent, on_break), policy)
    return Load(planned, least, minutes_per_check, people, continuous, percent, on_break, colour)


def measured_minutes(walks: Iterable[Sequence[datetime]], policy: Policy) -> float:
    """Return how long one check takes [min]: the middle time between two checks of one person on one walk.

    Args:
        walks: for each member of staff, when they were at the door, oldest first.
        policy: the rule book; its own figure stands until enough has been measured.
    """
    within = policy.duration("O5", "one_walk_min")
    gaps = [
        (later - earlier).total_seconds() / 60
        for walk in walks
        for earlier, later in pairwise(walk)
        if timedelta(0) < later - earlier <= within
    ]
    if len(gaps) < policy.number("O5", "measured_from_checks"):
        return policy.number("O5", "minutes_per_check")
    return median(gaps)


def may_answer(answer: str, clinician: str, until: datetime | None, now: datetime, policy: Policy) -> Decision:
    """Decide whether a red load may be answered like that; who may, stands with the permissions."""
    if answer not in set(LoadAnswer):
        return policy.deny("O5", reason=Words("Choose one answer: people sent, levels reviewed, or accepted."))
    if answer == LoadAnswer.LEVELS_REVIEWED and not clinician.strip():
        return policy.deny("O5", reason=Words("Name the clinician who reviewed the levels."))
    if answer == LoadAnswer.ACCEPTED and (until is None or until <= now):
        return policy.deny("O5", reason=Words("Say until when you accept it in your name."))
    return policy.allow("O5", reason=Words("Written down in your name. The nurses keep a copy."))


def _percent(needed_min: float, there_min: float) -> float:
    if not needed_min and there_min >= 0:
        return 0.0
    return 100 * needed_min / there_min if there_min > 0 else float("inf")


def _colour(checks_per_h: float, people: int, percent: float, policy: Policy) -> LoadColour:
    too_many = checks_per_h >= policy.number("O5", "most_checks_per_h_each") * max(people, 1)
    if percent > policy.number("O5", "red_percent") or too_many:
        return LoadColour.RED
    return LoadColour.AMBER if percent > policy.number("O5", "warn_percent") else LoadColour.GREEN
