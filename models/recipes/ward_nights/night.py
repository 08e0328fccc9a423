"""One night of the simulated ward, from 21:00 to 07:00, moment by moment."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import inf
from random import Random

from console.rules.alerting.limits import Watch, watch_of
from console.rules.in_person.levels import CONTINUOUS
from console.rules.in_person.load import Load, load_of
from console.rules.policy import Policy
from console.showing.views import TileKind
from models.recipes.ward_nights.board import tiles_of
from models.recipes.ward_nights.calls import EVERY_S, Call, Calls
from models.recipes.ward_nights.habits import Habits
from models.recipes.ward_nights.measured import Measured
from models.recipes.ward_nights.people import NIGHT_S, RoomNight, draw_room
from models.recipes.ward_nights.staff import Doing, Shift, draw_shift
from models.recipes.ward_nights.walks import Entered, Walks

FIRST_NIGHT = datetime(2026, 11, 2, 21, 0, tzinfo=UTC)
_AT_MOST_S = 30.0
"""[s] between two moments when nothing is known to come."""
_BOARD_EVERY_S = 600.0


@dataclass(frozen=True, slots=True)
class Way:
    """How a ward is run.

    Attributes:
        sensors: it has sensors for those who say yes; otherwise for nobody.
        quiet: the trust allows quiet checks, under a signed intended purpose (rules O9, A11).
        board: what the tiles say is sampled every ten minutes.
    """

    sensors: bool = True
    quiet: bool = False
    board: bool = False


@dataclass(frozen=True, slots=True)
class NightSeen:
    """All that came of one night.

    Attributes:
        number: 0 for the first.
        rooms: with what happened in each.
        calls: every alert.
        checks: every check that was entered.
        left_overdue: checks that were past their longest gap at 07:00.
        staff: how many people worked.
        load: what the checks ask of them, as the board said before the shift.
        tiles: how often each kind of tile stood, where the board was sampled.
        calm_in_need: of those, tiles that said that a living body was seen while somebody there needed help.
    """

    number: int
    rooms: tuple[RoomNight, ...]
    calls: tuple[Call, ...]
    checks: tuple[Entered, ...]
    left_overdue: int
    staff: int
    load: Load
    tiles: Counter[TileKind]
    calm_in_need: int


class Night:
    """Lives through one night."""

    def __init__(self, seed: int, number: int, habits: Habits, measured: Measured, policy: Policy, way: Way) -> None:
        self._number, self._habits, self._policy, self._way = number, habits, policy, way
        self._begins = FIRST_NIGHT + timedelta(days=number)
        self._rooms = [draw_room(seed, number, place, habits, measured) for place in range(len(habits.levels))]
        if not way.sensors:
            self._rooms = [replace(one, has_sensor=False) for one in self._rooms]
        watched = sum(one in CONTINUOUS for one in habits.levels)
        self._shift: Shift = draw_shift(seed, number, [one.room_id for one in self._rooms], watched, habits)
        draw = Random(f"{seed} {number} work")
        self._calls = Calls(self._begins, self._rooms, self._shift, habits, policy, draw)
        self._walks = Walks(
            self._begins, self._rooms, self._shift, habits, policy, draw, self._calls.came_in, quiet=way.quiet
        )
        self._known_s = sorted(set(self._foreseen()))
        self._tiles: Counter[TileKind] = Counter()
        self._calm_in_need = 0

    def live(self) -> NightSeen:
        """Live through it."""
        now_s = before_s = 0.0
        board_s = 0.0
        while now_s < NIGHT_S:
            self._free(now_s)
            self._watch_one(now_s)
            self._calls.step(now_s, now_s - before_s)
            self._walks.step(now_s)
            if self._way.board and now_s >= board_s:
                board_s += _BOARD_EVERY_S
                self._look_at_board(now_s)
            before_s, now_s = now_s, self._next(now_s)
        minutes = self._policy.number("O5", "minutes_per_check")
        load = load_of(self._habits.levels, len(self._shift.workers), minutes, self._policy)
        return NightSeen(
            self._number,
            tuple(self._rooms),
            tuple(self._calls.all),
            tuple(self._walks.entered),
            self._walks.overdue(NIGHT_S),
            len(self._shift.workers),
            load,
            self._tiles,
            self._calm_in_need,
        )

    def _free(self, now_s: float) -> None:
        """End what is over, and let hands be full where it has come to that."""
        for worker in self._shift.workers:
            if (
                now_s >= worker.busy_until
                and worker.doing in (Doing.HANDS_FULL, Doing.CALL)
                and not self._visits(worker)
            ):
                worker.doing = Doing.NOTHING if not worker.is_called else worker.doing
        while self._shift.hands_full and self._shift.hands_full[0][0] <= now_s:
            begins, until, place = self._shift.hands_full.pop(0)
            worker = self._shift.workers[place]
            if worker.is_idle(now_s):
                worker.begin(Doing.HANDS_FULL, now_s + until - begins)

    def _visits(self, worker: object) -> bool:
        """Return whether somebody is at a call, or on the way to one: that ends by itself."""
        return any(one.worker is worker for call in self._calls.open for one in call.going)

    def _watch_one(self, now_s: float) -> None:
        """Whoever is never left alone is found at once."""
        for room in self._rooms:
            if room.level in CONTINUOUS:
                self._calls.came_in(room, now_s)

    def _look_at_board(self, now_s: float) -> None:
        for kind, is_calm_in_need in tiles_of(self._rooms, self._walks.open, self._at(now_s), now_s, self._policy):
            self._tiles[kind] += 1
            self._calm_in_need += is_calm_in_need

    def _foreseen(self) -> Iterator[float]:
        """Return the moments at which something begins, or has lasted too long, as far as they are drawn already."""
        unseen_s = self._policy.number("K8", "not_seen_for_s")
        for room in self._rooms:
            yield from (room.sensor_until, *chain.from_iterable(room.doubts))
            for one in room.stretches:
                yield one.begins
                if one.seen_from is not None:
                    watch = watch_of(one.kind, (), self._begins, self._policy, False) or Watch(unseen_s)
                    own = room.limits.get(one.kind)
                    yield one.seen_from + (own[0] if own else watch.after_s)

    def _next(self, now_s: float) -> float:
        later = [now_s + _AT_MOST_S]
        if self._calls.open:
            later.append(now_s + EVERY_S)
        later += [one.busy_until for one in self._shift.workers if one.busy_until > now_s]
        later += [one.arrives_at for call in self._calls.open for one in call.going if one.arrives_at > now_s]
        later += [one.done_at for one in self._walks.walking if one.done_at > now_s]
        due = ((one.due_at - self._begins).total_seconds() for one in self._walks.open.values())
        later += [one for one in due if one > now_s]
        while self._known_s and self._known_s[0] <= now_s:
            self._known_s.pop(0)
        later.append(self._known_s[0] if self._known_s else inf)
        # Not closer than a second: nobody does more.
        return max(min(later), now_s + 1.0)

    def _at(self, now_s: float) -> datetime:
        return self._begins + timedelta(seconds=now_s)
