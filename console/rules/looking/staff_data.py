"""How long the name of a member of staff stays at what they did: at the tag of a door above all (rule P11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.rules.looking.visiting import Visit
from console.rules.policy import Policy

_AROUND = timedelta(minutes=15)
"""An answer to an alert, and a tap of a door, that are so near to each other belong together."""
_LONGEST = timedelta(hours=4)
"""A visit of which nobody knows the end is taken to have lasted so long."""


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of time of a room that a hold keeps.

    Attributes:
        room_id: the room.
        from_at: UTC.
        until_at: UTC.
    """

    room_id: str
    from_at: datetime
    until_at: datetime


def name_ends_at(visit: Visit, answers: Iterable[datetime], policy: Policy) -> datetime:
    """Return when a tap of a door loses its name, unless a hold keeps it then.

    Args:
        visit: the tap, and the visit that it began.
        answers: when the same person answered alerts of the same stay.
        policy: the rule book.
    """
    if is_answer(visit, answers):
        return visit.came_at + policy.duration("P11", "answers_kept_d")
    return visit.came_at + policy.duration("P11", "taps_named_d")


def is_answer(visit: Visit, answers: Iterable[datetime]) -> bool:
    """Return whether a tap was a part of an answer to an alert (rule A4)."""
    left_at = visit.left_at or visit.came_at + _LONGEST
    return any(visit.came_at - _AROUND <= at <= left_at + _AROUND for at in answers)


def is_held(visit: Visit, holds: Iterable[Held]) -> bool:
    """Return whether a hold keeps a tap."""
    return any(one.room_id == visit.room_id and one.from_at <= visit.came_at <= one.until_at for one in holds)
