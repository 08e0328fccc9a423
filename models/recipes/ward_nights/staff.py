"""The people of a night shift: who is free, who is on a break or stays with one person, and how long a way takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import Random

from console.roles import Actor, Role
from console.rules.alerting.shifts import OnShift, Post
from models.recipes.ward_nights.habits import Habits
from models.recipes.ward_nights.people import NIGHT_S, around

_OFFICE = 8.5
"""Where the office stands, in doors from the first room."""
_FROM_ANOTHER_BUILDING_S = 240.0
_BREAKS_FROM_S = 3 * 3600.0
_HOUR_S = 3600.0


class Doing(StrEnum):
    """What somebody does now."""

    NOTHING = "nothing"
    CHECK = "check"
    HANDS_FULL = "hands_full"
    CALL = "call"


@dataclass(slots=True)
class Worker:
    """One of the staff.

    Attributes:
        actor: who.
        is_bank: temporary, and new to this ward.
        rooms: allocated to them.
        breaks: from and until [s]; None for nobody's.
        at: where they stand, in doors from the first room.
        doing: what.
        busy_until: [s] when it is over.
        room: the room of a check or a call; None otherwise.
        is_called: they are on their way to a call, or go as soon as they can.
    """

    actor: Actor
    is_bank: bool
    rooms: frozenset[str] = frozenset()
    breaks: tuple[float, float] | None = None
    at: float = _OFFICE
    doing: Doing = Doing.NOTHING
    busy_until: float = 0.0
    room: int | None = None
    is_called: bool = False

    def begin(self, doing: Doing, until: float, room: int | None = None) -> None:
        """Begin something that lasts until a moment of the night [s]."""
        self.doing, self.busy_until, self.room = doing, until, room

    def rest(self) -> None:
        """Have nothing to do."""
        self.doing, self.room, self.is_called = Doing.NOTHING, None, False

    def is_idle(self, now_s: float) -> bool:
        """Return whether they have nothing in hand."""
        return self.doing is Doing.NOTHING and not self.is_called and now_s >= self.busy_until

    def way_s(self, room: int, habits: Habits) -> float:
        """Return how long they walk to a room [s]."""
        if self.actor.role is Role.SITE_COORDINATOR:
            return _FROM_ANOTHER_BUILDING_S
        return 4.0 + habits.walk_s_per_room * abs(self.at - room)

    def answers_s(self, draw: Random, habits: Habits) -> float:
        """Draw how long they take from a call to "I'm going" [s]."""
        return around(draw, habits.answer_s) + (habits.bank_slower_s if self.is_bank else 0.0)


@dataclass(slots=True)
class Shift:
    """Everybody on one night shift.

    Attributes:
        workers: of the ward, the nurse in charge first.
        site: the site coordinator, who has more wards than this.
        watched: rooms whose person is never left alone.
        hands_full: from and until [s] at which somebody of the ward cannot leave what they do, in order of time.
    """

    workers: list[Worker]
    site: Worker
    watched: int
    hands_full: list[tuple[float, float, int]] = field(default_factory=list)

    def post_of(self, worker: Worker, now_s: float) -> Post:
        """Return whether somebody is free, on a break, or with one person; they take turns by the hour."""
        if worker.breaks is not None and worker.breaks[0] <= now_s < worker.breaks[1]:
            return Post.BREAK
        return Post.ONE_TO_ONE if worker in self._with_one(now_s) else Post.FREE

    def people(self, begins: datetime, now_s: float) -> tuple[OnShift, ...]:
        """Return everybody as the ladder knows them."""
        told = [
            OnShift(one.actor.actor_id, one.actor.role, begins, self.post_of(one, now_s), rooms=one.rooms)
            for one in self.workers
        ]
        return (*told, OnShift(self.site.actor.actor_id, self.site.actor.role, begins))

    def free(self, now_s: float) -> list[Worker]:
        """Return who is neither on a break nor with one person."""
        return [one for one in self.workers if self.post_of(one, now_s) is Post.FREE]

    def _with_one(self, now_s: float) -> Sequence[Worker]:
        others = [one for one in self.workers[1:] if one.breaks is None or not one.breaks[0] <= now_s < one.breaks[1]]
        hour = int(now_s // _HOUR_S)
        return [others[(hour + turn) % len(others)] for turn in range(min(self.watched, len(others)))]


def draw_shift(seed: int, night: int, room_ids: Sequence[str], watched: int, habits: Habits) -> Shift:
    """Draw who works a night, and when their hands are full."""
    draw = Random(f"{seed} {night} staff")
    count = max(2, habits.staff - (draw.random() < habits.one_short_share))
    workers = [
        Worker(_actor(number, Role.NURSE if number else Role.NURSE_IN_CHARGE), draw.random() < habits.bank_share)
        for number in range(count)
    ]
    workers[0].is_bank = False
    others, lasts_s = workers[1:], 60 * habits.break_min
    for place, one in enumerate([*others, workers[0]]):
        one.breaks = (_BREAKS_FROM_S + place * lasts_s, _BREAKS_FROM_S + (place + 1) * lasts_s)
    for place, room_id in enumerate(room_ids):
        nearest = others[place * len(others) // len(room_ids)]
        nearest.rooms = nearest.rooms | {room_id}
    shift = Shift(workers, Worker(_actor(99, Role.SITE_COORDINATOR), is_bank=False), watched)
    for place in range(count):
        at = draw.expovariate(habits.hands_full_per_h / _HOUR_S)
        while at < NIGHT_S:
            until = at + around(draw, 60 * habits.hands_full_min)
            shift.hands_full.append((at, until, place))
            at = until + draw.expovariate(habits.hands_full_per_h / _HOUR_S)
    shift.hands_full.sort()
    return shift


def _actor(number: int, role: Role) -> Actor:
    return Actor(f"{number:032x}", f"{role.value}.{number}", f"{role.value} {number}", role)
