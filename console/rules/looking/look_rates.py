"""How often somebody looks at one person: what is flagged to governance, and never blocked (rule X2).

A look is expected while something calls for it: an open alert, checks after rapid tranquillisation, one-to-one care.
A look is somebody's work when the room was given to them for the shift, or they are in charge of it. What is neither
is unexplained, and three of those in a shift, or a few days with one, are flagged; a burst, or many more than peers,
is flagged also when the room is theirs. Peers are compared with in the same kind of shift: by night fewer people have
more rooms each. A habit that governance was told of is told again when it has grown, or after half a year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from zoneinfo import ZoneInfo

from console.rules.looking.reviewing import ReviewKind
from console.rules.policy import Policy


class Because(StrEnum):
    """What explained a look when it was made."""

    NOTHING = "nothing"
    THEIRS = "theirs"
    ALERT = "alert"
    SEDATION = "sedation"
    ONE_TO_ONE = "one_to_one"


EXPECTED = frozenset({Because.ALERT, Because.SEDATION, Because.ONE_TO_ONE})
"""Then looks are expected, and only shown."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one person.

    Attributes:
        at: UTC.
        actor_id: whose.
        role: theirs.
        stay_id: at whom.
        because: what explained it.
    """

    at: datetime
    actor_id: str
    role: str
    stay_id: str
    because: Because


@dataclass(frozen=True, slots=True)
class Peers:
    """How often somebody looks in a shift, beside others of their role.

    Attributes:
        own: their looks at anybody in this shift, the newest with them; expected ones are not counted.
        others: the same of each peer and shift, see `peer_counts`; empty while there are too few to compare with.
    """

    own: int = 0
    others: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """Looks that governance is told of.

    Attributes:
        kind: why.
        count: looks, or days for the slow pattern.
        begins_at: the first of them.
    """

    kind: ReviewKind
    count: int
    begins_at: datetime


def flags_after(look: Look, before: Sequence[Look], peers: Peers, policy: Policy, zone: ZoneInfo) -> list[Flag]:
    """Return what a look makes worth flagging.

    Args:
        look: the newest.
        before: earlier looks of the same person at the same person, within `slow_within_d`.
        peers: how often the same member of staff looked at anybody in this shift, and how often their peers do.
        policy: the rule book.
        zone: ward time.

    Returns:
        One flag for each pattern that it completes; none for an expected look.
    """
    if look.because in EXPECTED:
        return []
    counted = sorted((one for one in (*before, look) if one.because not in EXPECTED), key=lambda one: one.at)
    shift = [one for one in counted if shift_of(one.at, policy, zone) == shift_of(look.at, policy, zone)]
    found = [
        _burst(look, counted, policy),
        _above_peers(look, peers, policy),
        _unexplained(shift, policy),
        _slow(counted, policy, zone),
    ]
    return [one for one in found if one is not None]


def shift_of(at: datetime, policy: Policy, zone: ZoneInfo) -> tuple[date, bool]:
    """Return the shift of a moment: the ward day on which it began, and whether it is the night's."""
    local = at.astimezone(zone)
    begins, ends = policy.time_of_day("X2", "night_shift_from"), policy.time_of_day("X2", "night_shift_until")
    is_night = local.time() >= begins or local.time() < ends
    began_before = is_night and local.time() < ends
    return (local.date() - timedelta(days=1) if began_before else local.date(), is_night)


def peers_of(looks: Iterable[Look], newest: Look, policy: Policy, zone: ZoneInfo) -> Peers:
    """Compare somebody's shift with those of their peers, by night with nights and by day with days.

    Args:
        looks: of the ward, within `peer_nights`, the newest with them.
        newest: the look that is judged.
        policy: the rule book.
        zone: ward time.
    """
    told = [one for one in looks if one.role == newest.role and one.because not in EXPECTED]
    shift = shift_of(newest.at, policy, zone)
    mine = (one for one in told if one.actor_id == newest.actor_id and one.at > newest.at - timedelta(hours=24))
    own = sum(shift_of(one.at, policy, zone) == shift for one in mine)
    return Peers(own, peer_counts(told, newest.actor_id, policy, zone, is_night=shift[1]))


def peer_counts(looks: Iterable[Look], but: str, policy: Policy, zone: ZoneInfo, *, is_night: bool) -> list[int]:
    """Return how often each peer looked in each shift of a kind that they looked in.

    Args:
        looks: of one role, expected ones left out.
        but: the actor who is compared, left out.
        policy: the rule book.
        zone: ward time.
        is_night: of night shifts, or of those by day.

    Returns:
        One count for each peer and shift; none while they are too few looks to compare with.
    """
    counts: dict[tuple[str, tuple[date, bool]], int] = {}
    for one in looks:
        shift = shift_of(one.at, policy, zone)
        if one.actor_id != but and shift[1] == is_night:
            counts[(one.actor_id, shift)] = counts.get((one.actor_id, shift), 0) + 1
    return list(counts.values()) if sum(counts.values()) >= policy.number("X2", "peer_looks") else []


def is_news(flag: Flag, told: Iterable[tuple[datetime, int]], now: datetime, policy: Policy) -> bool:
    """Return whether a habit beside peers is told: it was not lately, or it has grown since.

    Args:
        flag: the new one.
        told: when governance was told of the same person's habit before, and of how many looks.
        now: UTC.
        policy: the rule book.
    """
    lately = [count for at, count in told if now - at < policy.duration("X2", "habit_again_d")]
    return not lately or flag.count > policy.number("X2", "habit_again_times") * max(lately)


def _burst(look: Look, counted: Sequence[Look], policy: Policy) -> Flag | None:
    begins = look.at - policy.duration("X2", "burst_within_min")
    within = [one for one in counted if begins < one.at <= look.at]
    if len(within) <= policy.number("X2", "burst_looks"):
        return None
    return Flag(ReviewKind.BURST, len(within), within[0].at)


def _above_peers(look: Look, peers: Peers, policy: Policy) -> Flag | None:
    if not peers.others or peers.own <= policy.number("X2", "times_peers") * median(peers.others):
        return None
    return Flag(ReviewKind.ABOVE_PEERS, peers.own, look.at)


def _unexplained(shift: Sequence[Look], policy: Policy) -> Flag | None:
    unexplained = [one for one in shift if one.because is Because.NOTHING]
    if len(unexplained) < policy.number("X2", "unexplained_looks"):
        return None
    return Flag(ReviewKind.UNEXPLAINED, len(unexplained), unexplained[0].at)


def _slow(counted: Sequence[Look], policy: Policy, zone: ZoneInfo) -> Flag | None:
    begins = counted[-1].at - policy.duration("X2", "slow_within_d")
    unexplained = [one for one in counted if one.because is Because.NOTHING and one.at > begins]
    days = {one.at.astimezone(zone).date() for one in unexplained}
    if len(days) < policy.number("X2", "slow_days"):
        return None
    return Flag(ReviewKind.SLOW, len(days), unexplained[0].at)
