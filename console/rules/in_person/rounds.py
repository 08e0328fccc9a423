"""Rounds that nobody can foresee: a random start, first room and direction, and no gap over the longest (rule O3)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from console.rules.in_person.levels import Level, longest_gap
from console.rules.policy import Policy

_SIZE = 2**64
_OF_THE_WALK = 0.6
"""Share of the walk through a full group by which its random order shortens the mean gap."""


class Moved(StrEnum):
    """Why a check was brought forward; each does so once, until it is done (rules K8, O1, O7)."""

    DOUBTFUL_READING = "doubtful_reading"
    NO_BREATHING_SEEN = "no_breathing_seen"
    COULD_NOT_SEE = "could_not_see"


class CheckEnd(StrEnum):
    """How a planned check ended; one that nobody has made does not end."""

    ON_TIME = "on_time"
    LATE = "late"
    TAG_FAULT = "tag_fault"
    PLANNED_ANEW = "planned_anew"


class CheckState(StrEnum):
    """Where a planned check stands."""

    WAITING = "waiting"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class ToSee:
    """Somebody whose next check is to be planned.

    Attributes:
        stay_id: pseudonym of the stay.
        room_id: where to begin to look for them.
        seen_at: when somebody last saw them, or when the level was set.
    """

    stay_id: str
    room_id: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """One planned check.

    Attributes:
        check_id: random; empty before it is written down.
        stay_id: of whom.
        room_id: where.
        level: theirs when it was planned.
        opens_at: the earliest moment that the window allows.
        due_at: from when it is due.
        latest_at: when the level's longest gap ends; nothing moves it to later.
        moved: why it was brought forward; None when it was not.
    """

    check_id: str
    stay_id: str
    room_id: str
    level: Level
    opens_at: datetime
    due_at: datetime
    latest_at: datetime
    moved: Moved | None = None

    def state(self, now: datetime) -> CheckState:
        """Return where it stands."""
        if now > self.latest_at:
            return CheckState.OVERDUE
        return CheckState.DUE if now >= self.due_at else CheckState.WAITING


def neighbours(people: Sequence[ToSee], level: Level, per_check: timedelta, policy: Policy) -> list[tuple[ToSee, ...]]:
    """Part the people of a level into groups of neighbours, each with rounds of its own.

    A group is small enough that walking through it takes no more than a small share of the longest gap (policy); a
    longer way would be paid for by everybody's being checked more often.

    Args:
        people: of one level, in ward order.
        level: theirs.
        per_check: how long one check takes.
        policy: the rule book.
    """
    size = _group_size(level, per_check, policy)
    return [tuple(people[at : at + size]) for at in range(0, len(people), size)]


def plan_round(
    people: Sequence[ToSee], level: Level, seed: str, per_check: timedelta, policy: Policy
) -> tuple[PlannedCheck, ...]:
    """Plan one round of a group of neighbours.

    The start is drawn evenly from a window that ends where the first of them would reach the longest gap. Whoever
    knows everything but the seed can name no fifth of that gap in which a check falls more often than every second
    time.

    Args:
        people: at least one, in ward order.
        level: theirs.
        seed: new for each round, and kept with it, so that anybody can work the round out again afterwards.
        per_check: how long one check takes.
        policy: the rule book.

    Returns:
        In the order of walking. A check whose time is over already is due at a moment in the past.
    """
    gap, slack = longest_gap(level, policy), policy.duration("O3", "walk_slack_s")
    window = gap * policy.number("O3", "spread_percent") / 100
    order = _order(people, seed)
    latest_start = min(one.seen_at + gap - slack - place * per_check for place, one in enumerate(order))
    starts_at = latest_start - window * _draw(seed, "start")
    return tuple(
        PlannedCheck(
            "",
            one.stay_id,
            one.room_id,
            level,
            latest_start - window + place * per_check,
            starts_at + place * per_check,
            one.seen_at + gap,
        )
        for place, one in enumerate(order)
    )


def moved(check: PlannedCheck, why: Moved, now: datetime, policy: Policy) -> PlannedCheck:
    """Bring a check forward; nothing ever puts one off (rules K8, O1, O2, O7).

    A doubtful reading brings it to the earliest minute that its window allows; breathing that is not seen, and a person
    who could not be seen, bring it to now. It happens once for each check: what has been moved for a stronger reason
    stays where it is.
    """
    if check.moved is why or (check.moved is not None and why is Moved.DOUBTFUL_READING):
        return check
    if why is Moved.DOUBTFUL_READING:
        return replace(check, due_at=min(check.due_at, max(now, check.opens_at)), moved=why)
    latest = min(check.latest_at, now + policy.duration("O3", "walk_slack_s"))
    return replace(check, due_at=min(check.due_at, now), latest_at=latest, moved=why)


def counts_from(check: PlannedCheck, seen_at: datetime | None, policy: Policy) -> datetime | None:
    """Return since when somebody must have been there for a check to be ended by it; None when any moment counts.

    One walk ends one check: a code that ended the last one proves nothing for the next, however late it is sent. What
    was brought to now, because no breathing is seen or somebody could not be seen, is ended by nobody who was there
    before that.

    Args:
        check: the planned check.
        seen_at: of the visit that ended the one before it; None when there was none.
        policy: the rule book.
    """
    found = [] if seen_at is None else [seen_at + 2 * policy.duration("A4", "code_shown_s")]
    if check.moved in (Moved.NO_BREATHING_SEEN, Moved.COULD_NOT_SEE):
        found.append(check.latest_at - policy.duration("O3", "walk_slack_s"))
    return max(found, default=None)


def in_walking_order(checks: Iterable[PlannedCheck], now: datetime) -> list[PlannedCheck]:
    """Return checks as they are walked: what is overdue first, the longest of it before all, then by when it is due."""
    return sorted(checks, key=lambda one: (one.state(now) is not CheckState.OVERDUE, _when(one, now), one.room_id))


def mean_gap(level: Level, policy: Policy) -> timedelta:
    """Return how far apart the checks of a level are on average, when each is made as it becomes due.

    The random start costs half its window; the random order of a full group costs about three fifths of the walk
    through it, as rounds walked on paper show (the tests walk them again).
    """
    gap, slack = longest_gap(level, policy), policy.duration("O3", "walk_slack_s")
    per_check = timedelta(minutes=policy.number("O5", "minutes_per_check"))
    walk = per_check * (_group_size(level, per_check, policy) - 1)
    return gap - slack - gap * policy.number("O3", "spread_percent") / 200 - _OF_THE_WALK * walk


def _group_size(level: Level, per_check: timedelta, policy: Policy) -> int:
    share = policy.number("O3", "walk_percent") / 100
    return 1 + int(share * longest_gap(level, policy) / max(per_check, timedelta(seconds=1)))


def _when(check: PlannedCheck, now: datetime) -> datetime:
    return check.latest_at if check.state(now) is CheckState.OVERDUE else check.due_at


def _order(people: Sequence[ToSee], seed: str) -> list[ToSee]:
    first = int(_draw(seed, "first") * len(people))
    step = 1 if _draw(seed, "direction") < 0.5 else -1
    return [people[(first + step * place) % len(people)] for place in range(len(people))]


def _draw(seed: str, what: str) -> float:
    """Return a number from 0 (included) to 1 (not included) that the seed alone decides, on any machine."""
    return int.from_bytes(hashlib.sha256(f"{seed} {what}".encode()).digest()[:8]) / _SIZE
