"""Who is on shift and free: one entry for each sign-on, change of post and sign-off (rules A6, K9)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from console.roles import Role
from console.rules.policy import Policy


class Post(StrEnum):
    """What somebody on shift is doing; whoever is not free cannot be allocated."""

    FREE = "free"
    ONE_TO_ONE = "one_to_one"
    ESCORT = "escort"
    BREAK = "break"


class ShiftEntryKind(StrEnum):
    """What can be written about a shift."""

    ON = "on"
    POST = "post"
    ROOMS = "rooms"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ShiftEntry:
    """One entry.

    Attributes:
        actor_id: of whom.
        at: when.
        kind: what.
        post: for a change of post; empty otherwise.
        cover: who covers a break; empty when nobody was named.
        rooms: for an allocation; empty otherwise.
    """

    actor_id: str
    at: datetime
    kind: ShiftEntryKind
    post: str = ""
    cover: str = ""
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnShift:
    """Somebody who is signed on.

    Attributes:
        actor_id: pseudonym.
        role: theirs.
        since: when they signed on and tapped what the system does not tell them (rule K9).
        post: what they are doing.
        cover: who covers their break; empty when nobody does.
        rooms: allocated to them.
    """

    actor_id: str
    role: Role
    since: datetime
    post: Post = Post.FREE
    cover: str = ""
    rooms: frozenset[str] = field(default=frozenset())


def on_shift(
    entries: Iterable[ShiftEntry], roles: dict[str, Role], now: datetime, policy: Policy
) -> tuple[OnShift, ...]:
    """Return who is signed on now, in the order in which they came.

    Args:
        entries: oldest first.
        roles: by actor; somebody who is not there is left out.
        now: a shift that was never signed off ends by itself.
        policy: the rule book.
    """
    people: dict[str, OnShift] = {}
    for one in entries:
        if one.kind is ShiftEntryKind.ON and one.actor_id in roles:
            people[one.actor_id] = OnShift(one.actor_id, roles[one.actor_id], one.at)
        elif one.kind is ShiftEntryKind.OFF:
            people.pop(one.actor_id, None)
        elif one.actor_id in people:
            people[one.actor_id] = _changed(people[one.actor_id], one)
    longest = policy.duration("A6", "shift_h")
    return tuple(one for one in people.values() if now - one.since < longest)


def _changed(person: OnShift, entry: ShiftEntry) -> OnShift:
    if entry.kind is ShiftEntryKind.ROOMS:
        return replace(person, rooms=frozenset(entry.rooms))
    return replace(person, post=Post(entry.post), cover=entry.cover)
